"""Letters in the terminal: for the operator's eyes, and for whoever tries the service without any account."""

import asyncio
import shutil
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from datetime import timedelta
from functools import partial
from typing import IO

from alerts.models import Later, Letter, Outcome, Sent
from alerts.render import console as render

WIDEST = 100  #: columns; longer lines are hard to read
CLOSED_WAIT = timedelta(minutes=1)  #: before another try where nobody can be written to


class ConsoleChannel:
    """The terminal as a Channel: one stream, read by everybody whose address is `console:`."""

    name = "console"
    per_second = 0.0
    per_chat = 0.0
    parallel = 1
    patience = 30.0

    def __init__(self, stream: IO[str] | None = None, *, environ: Mapping[str, str] | None = None) -> None:
        """Write to `stream`, standard output if None: in colour where it is a terminal and NO_COLOR of `environ` is unset or empty
        (https://no-color.org), and as wide as the terminal is, up to WIDEST; 80 columns elsewhere."""
        self._stream = stream
        self._environ = environ or {}
        self._writing: Future[None] | None = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    async def send(self, letter: Letter) -> Outcome:
        """Show one Letter; see `alerts.ports.Channel`. A stream that is closed or full is tried again.

        A terminal that was stopped (Ctrl-S, a pager that nobody scrolls) blocks whoever writes to it, for as long as it likes. So a
        thread writes that nothing waits for at the end of the process, and while it hangs nothing else is written.
        """
        if self._writing is not None and not self._writing.done():
            return Later(CLOSED_WAIT, "channel", "the terminal takes nothing just now")
        self._writing = Future()
        threading.Thread(target=_run, args=(self._writing, partial(self._write, letter)), daemon=True, name="console").start()
        try:
            await asyncio.shield(asyncio.wrap_future(self._writing))
        except (OSError, ValueError) as error:  # ValueError: closed on our side
            return Later(CLOSED_WAIT, "channel", f"{type(error).__name__}: {error}")
        return Sent(f"letter:{letter.id}")

    async def close(self) -> None:
        """The stream is not ours to close."""

    def _write(self, letter: Letter) -> None:
        stream = self._stream or sys.stdout
        terminal = stream.isatty()
        width = min(WIDEST, shutil.get_terminal_size().columns) if terminal else 80
        text = render(letter, width=width, colour=terminal and not self._environ.get("NO_COLOR")).text + "\n\n"
        encoding = getattr(stream, "encoding", None) or "utf-8"
        stream.write(text.encode(encoding, "replace").decode(encoding))  # a terminal may know less than we write
        stream.flush()


def _run(done: Future[None], write: Callable[[], None]) -> None:
    try:
        write()
    except Exception as error:  # whoever waits for it gets it
        done.set_exception(error)
    else:
        done.set_result(None)
