"""`watcher poll` as a cron job runs it: real feeds on loopback, an exit code that says how it went."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.asking import asked
from tests.press import CECOT, NEW, OLD, feed, feed_table
from tests.processes import surroundings, watcher
from watcher.testing.payloads import PayloadServer

AGENCY = ("A fair was opened", "A bridge was closed")


@pytest.fixture
async def press() -> AsyncIterator[PayloadServer]:
    async with PayloadServer({"/press": feed(OLD), "/agency": feed(*AGENCY, paper="agency.example")}) as server:
        yield server


@pytest.fixture
def environ(press: PayloadServer, operator_url: str, tmp_path: Path) -> dict[str, str]:
    rules = feed_table("press", press.base) + feed_table("agency", press.base) + CECOT
    return surroundings(tmp_path, rules, DATABASE_URL=operator_url, ALLOW_PRIVATE="1")


async def poll(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return await asked(environ, "poll", *arguments)


def said(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """What `--json` printed, by source; nothing else may stand beside it."""
    whole = json.loads(done.stdout)
    assert list(whole) == ["sources"]
    return sorted(whole["sources"], key=lambda each: str(each["source"]))


def line(source: str, status: str = "ok", **fields: Any) -> dict[str, Any]:
    return {"source": source, "status": status, "entries": 0, "new": 0, "changed": 0, "backfill": 0, "gap": False, "error": None, **fields}


async def test_what_is_due_is_polled_and_all_that_is_known_of_it_is_said(environ: dict[str, str], press: PayloadServer) -> None:
    first = await poll(environ, "--json")
    assert (first.returncode, said(first)) == (0, [line("agency", entries=2, new=2), line("press", entries=1, new=1)])
    again = await poll(environ, "--json")
    assert (again.returncode, said(again)) == (0, [])
    press.routes["/press"] = feed(OLD, NEW)
    named = await poll(environ, "press", "--json")
    assert (named.returncode, said(named)) == (0, [line("press", entries=2, new=1)])
    unchanged = await poll(environ, "agency", "press", "--json")
    assert (unchanged.returncode, said(unchanged)) == (0, [line("agency", "not-modified"), line("press", "not-modified")])


async def test_one_that_fails_is_told_with_exit_1_and_the_others_are_stored(environ: dict[str, str], press: PayloadServer) -> None:
    del press.routes["/agency"]
    done = await poll(environ, "--json")
    fault = "status 404: nothing is at this address"
    assert (done.returncode, said(done)) == (1, [line("agency", "failed", error=fault), line("press", entries=1, new=1)])


async def test_for_people_it_is_a_line_a_source(environ: dict[str, str], press: PayloadServer) -> None:
    del press.routes["/agency"]
    done = await poll(environ)
    assert done.returncode == 1
    assert sorted(done.stdout.splitlines()) == [
        "agency: status 404: nothing is at this address",
        "press: 1 entry, 1 new, 0 changed, 0 too old to tell",
    ]
    assert done.stderr == ""
    again = await poll(environ, "press")
    assert (again.returncode, again.stdout) == (0, "press: nothing new\n")
    none = await poll(environ)
    assert (none.returncode, none.stdout) == (0, "nothing is due; name a source to poll it all the same\n")


@pytest.mark.parametrize("operator_url", ["sqlite"], indirect=True)
async def test_one_unknown_name_is_exit_2_with_a_suggestion_and_nothing_is_polled(environ: dict[str, str], press: PayloadServer) -> None:
    done = await asyncio.to_thread(watcher, environ, "poll", "press", "agenci", "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("source 'agenci': none of that name is enabled in ")
    assert "(did you mean agency?)" in done.stderr
    assert press.requests == []
