"""The terminal as a way out."""

import io

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


async def test_a_closed_stream_loses_nothing() -> None:
    stream = io.StringIO()
    stream.close()
    channel = ConsoleChannel(stream)
    outcome = await channel.send(letter(item()))
    assert outcome == Later(CLOSED_WAIT, "channel", "ValueError: I/O operation on closed file.")
    await channel.close()
