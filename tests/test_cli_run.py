"""`watcher run` as an operator sees it start and stop."""

import asyncio
import json
import signal
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.asking import asked
from tests.conftest import ROOT
from tests.papers import NOW
from tests.press import CECOT, feed_table
from tests.processes import COMMAND, PATIENCE, surroundings, until
from watcher.cli.run import silent
from watcher.models import SourceState

HOUR = timedelta(hours=1)
GOOD = SourceState(source="press", next_poll_at=NOW + HOUR, polls=1)
FAILING = replace(GOOD, source="agency", failures=2)
GONE = replace(GOOD, source="herald", failures=1, gone=True)


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ([], None),
        ([GOOD, GONE], None),
        ([GOOD, FAILING, GONE], f"1 of 3 sources did not answer last time; next try at {NOW + HOUR:%H:%M} UTC (`watcher status` says why)"),
        (
            [FAILING, replace(FAILING, next_poll_at=NOW)],
            "2 of 2 sources did not answer last time; they are tried now (`watcher status` says why)",
        ),
    ],
)
def test_a_start_says_what_failed_last_time_and_when_it_is_tried_again(states: list[SourceState], said: str | None) -> None:
    assert silent(states, NOW) == said


async def test_after_a_moment_without_network_a_start_tries_at_once_says_so_and_says_that_it_has_stopped(tmp_path: Path) -> None:
    environ = surroundings(tmp_path, feed_table("press", "http://127.0.0.1:9") + CECOT, ALLOW_PRIVATE="1", HTTP="127.0.0.1:0")
    assert (await asked(environ, "poll")).stdout == "press: no connection to 127.0.0.1: connection refused\n"
    process = await asyncio.create_subprocess_exec(*COMMAND, "run", env=environ, cwd=ROOT, stderr=asyncio.subprocess.PIPE)
    assert process.stderr is not None
    said = ""

    async def tried_again() -> bool:
        """Its failures are counted anew, from the one that is known."""
        (source,) = json.loads((await asked(environ, "status", "--json")).stdout)["sources"]
        return bool(source["failures"] > 1)

    async with asyncio.timeout(PATIENCE):
        while "watching; pages at" not in said:
            said += (await process.stderr.readline()).decode()
        await until(tried_again)
        process.terminate()
        said += (await process.stderr.read()).decode()
    assert "1 of 1 sources did not answer last time; they are tried now (`watcher status` says why)\n" in said
    assert said.endswith("stopped\n")
    assert await process.wait() == 0


async def test_a_demo_that_is_stopped_before_its_end_says_so_and_blames_nobody(tmp_path: Path) -> None:
    pipe = asyncio.subprocess.PIPE
    environ, kept = surroundings(tmp_path, ""), tmp_path / "kept"
    process = await asyncio.create_subprocess_exec(*COMMAND, "demo", "--keep", str(kept), env=environ, cwd=ROOT, stdout=pipe, stderr=pipe)
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE):
        assert (await process.stdout.readline()).startswith(b"Habeas Watch, a demonstration.")
        process.send_signal(signal.SIGINT)
        told, said = await process.communicate()
    assert (process.returncode, said) == (0, b"stopped\n")
    where = f"WATCHER_DATA={kept} WATCHER_SOURCES={kept}/sources.toml"
    assert told.decode().splitlines()[-2:] == [
        f"Kept. To ask it: {where} watcher why story:9",
        f"To look at its pages: {where} WATCHER_HTTP=127.0.0.1:8000 watcher run --role web",
    ]
    again = environ | {"WATCHER_DATA": str(kept), "WATCHER_SOURCES": str(kept / "sources.toml")}
    assert (await asked(again, "replay")).returncode == 0
    assert (await asked(environ, "demo", "--keep", str(kept))).stderr == f"{kept}: there is something in it; name a new folder\n"
    nowhere = await asked(environ, "demo", "--keep", str(kept / "sources.toml" / "x"))
    assert (nowhere.returncode, nowhere.stdout) == (2, "")
    assert nowhere.stderr == f"{kept}/sources.toml/x: cannot be made: Not a directory\n"
