"""The command `watcher` in a process of its own, as an operator starts it, and waiting for what it does."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tests.conftest import ROOT

COMMAND = [sys.executable, "-m", "watcher"]
PATIENCE = 120.0  #: seconds; a machine with nothing else to do needs a few of them
FIRST_LOOK, LAST_LOOK = 0.01, 0.2  #: seconds between two looks: soon where it is soon so, and what takes long is not kept from its work
TOKEN = "700000001:AAFakeTokenOfTheTestsOnlyaaaaaaaaaa"


def surroundings(folder: Path, rules: str, **settings: str) -> dict[str, str]:
    """The environment of a process whose `sources.toml` says `rules`, with no setting of ours but these: `DATABASE_URL=…`."""
    file = folder / "sources.toml"
    file.write_text(rules)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WATCHER_")}
    ours = {"WATCHER_SOURCES": str(file), "WATCHER_DATA": str(folder / "data")}
    return kept | ours | {f"WATCHER_{name}": value for name, value in settings.items()}


def watcher(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run([*COMMAND, *arguments], env=environ, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False)


@asynccontextmanager
async def started(environ: dict[str, str], *arguments: str, said: Path = Path(os.devnull)) -> AsyncIterator[asyncio.subprocess.Process]:
    """A command at work; killed at the end of the block where it still is. `said` is where its log and complaints go."""
    with said.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            *COMMAND, *arguments, env=environ, cwd=ROOT, stdout=asyncio.subprocess.DEVNULL, stderr=errors
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def at_work(process: asyncio.subprocess.Process, said: Path) -> None:
    """Wait until a service with pages says where they are: then its other workers are at work too."""

    async def is_so() -> bool:
        words = said.read_text()
        assert process.returncode is None, words
        return "; pages at http://" in words

    await until(is_so)


async def until(done: Callable[[], Awaitable[bool]]) -> None:
    """Look again and again, less and less often.

    Raises:
        TimeoutError: it did not become so.
    """
    pause = FIRST_LOOK
    async with asyncio.timeout(PATIENCE):
        while not await done():
            await asyncio.sleep(pause)
            pause = min(pause * 1.2, LAST_LOOK)
