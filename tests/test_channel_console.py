"""The terminal as a way out."""

import asyncio
import io
import threading

import pytest

from alerts.channels.console import CLOSED_WAIT, ConsoleChannel
from alerts.models import Later, LetterKind, Sent
from alerts.render import console as render
from tests.letters import bare, item, letter


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


async def test_a_letter_is_shown_whole_with_a_gap_after_it() -> None:
    stream = io.StringIO()
    sent = letter(item(), id=5)
    assert await ConsoleChannel(stream).send(sent) == Sent("letter:5")
    assert stream.getvalue() == render(sent, width=80).text + "\n\n"


@pytest.mark.parametrize(
    ("stream", "environ", "coloured"),
    [(Terminal(), {}, True), (Terminal(), {"NO_COLOR": ""}, True), (Terminal(), {"NO_COLOR": "1"}, False), (io.StringIO(), {}, False)],
)
async def test_colour_is_for_terminals_whose_owner_allows_it(stream: io.StringIO, environ: dict[str, str], coloured: bool) -> None:
    await ConsoleChannel(stream, environ=environ).send(letter(item()))
    assert ("\x1b[" in stream.getvalue()) is coloured


@pytest.mark.parametrize(("columns", "widest"), [("60", 60), ("300", 100)])
async def test_it_is_as_wide_as_the_terminal_up_to_what_reads_well(columns: str, widest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    stream = Terminal()
    await ConsoleChannel(stream, environ={"NO_COLOR": "1"}).send(letter(bare(title="word " * 60)))
    longest = max(len(line) for line in stream.getvalue().splitlines() if "https://" not in line)
    assert widest - 5 <= longest <= widest


async def test_standard_output_is_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    assert await ConsoleChannel().send(letter(kind=LetterKind.NOTICE, subject="hrw failed", text="status 503", id=1)) == Sent("letter:1")
    assert "hrw failed" in capsys.readouterr().out


async def test_a_terminal_that_knows_only_ascii_still_gets_the_letter() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    assert await ConsoleChannel(stream).send(letter(item(), id=1)) == Sent("letter:1")
    assert b"Order to facilitate the return" in raw.getvalue()


class Stopped(io.StringIO):
    """A terminal that was stopped with Ctrl-S: it takes nothing until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.began = threading.Event()
        self.go = threading.Event()
        self.writes = 0

    def write(self, text: str) -> int:
        self.writes += 1
        self.began.set()
        self.go.wait()
        return super().write(text)


async def test_a_stopped_terminal_holds_one_thread_and_nobody_else() -> None:
    stream = Stopped()
    channel = ConsoleChannel(stream)
    hanging = asyncio.create_task(channel.send(letter(item(), id=1)))
    assert await asyncio.to_thread(stream.began.wait, 60)
    (thread,) = [each for each in threading.enumerate() if each.name == "console"]
    assert thread.daemon
    hanging.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hanging
    for _ in range(3):
        assert await channel.send(letter(item(), id=2)) == Later(CLOSED_WAIT, "channel", "the terminal takes nothing just now")
    assert stream.writes == 1
    stream.go.set()
    await asyncio.to_thread(thread.join, 60)
    assert await channel.send(letter(item(), id=2)) == Sent("letter:2")
    assert stream.writes == 2


async def test_a_closed_stream_loses_nothing() -> None:
    stream = io.StringIO()
    stream.close()
    channel = ConsoleChannel(stream)
    outcome = await channel.send(letter(item()))
    assert outcome == Later(CLOSED_WAIT, "channel", "ValueError: I/O operation on closed file.")
    await channel.close()
