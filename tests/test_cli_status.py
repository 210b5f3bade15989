"""`watcher status`: a line for each source, and of which docket it is."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.processes import surroundings, watcher
from watcher.cli.status import line

RULES = """
[[source]]
id = "press"
kind = "feed"
url = "http://127.0.0.1:9/feed"

[[source]]
id = "courts"
kind = "docket-feeds"

[[case]]
id = "abrego-garcia"
title = "Abrego Garcia v. Noem"
names = ["Kilmar Abrego Garcia"]
dockets = [{ court = "mdd", number = "8:25-cv-00951", courtlistener = 69777799 }]

[[case]]
id = "return"
title = "Facilitate the return"
names = ["facilitate his return"]
dockets = [{ court = "mdd", number = "8:25-cv-00951-PX" }]
"""
DOCKET = "Abrego Garcia v. Noem, Facilitate the return (mdd 8:25-cv-00951)"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return surroundings(tmp_path, RULES)


def test_a_source_of_one_docket_names_its_cases_and_number(environ: dict[str, str]) -> None:
    assert watcher(environ, "db", "upgrade").returncode == 0
    said = json.loads(watcher(environ, "status", "--json").stdout)
    assert [(source["source"], source["docket"]) for source in said["sources"]] == [("press", None), ("courts/69777799", DOCKET)]
    lines = watcher(environ, "status").stdout.splitlines()
    assert lines[:2] == ["press: not polled yet", f"courts/69777799 {DOCKET}: not polled yet"]


SOURCE: dict[str, Any] = {
    "source": "press",
    "docket": None,
    "last_ok_at": "2026-11-23T12:00:00+00:00",
    "next_poll_at": "2026-11-23T12:15:00+00:00",
    "failures": 0,
    "error": None,
    "gone": False,
    "gaps": 0,
    "documents": 2,
    "backfill": 0,
    "lag_seconds": None,
}
LATE = {"documents": 40, "backfill": 7, "gaps": 2}
FAILING = {"failures": 1, "error": "status 503"}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "2 documents; last good poll 2026-11-23T12:00:00+00:00"),
        ({"documents": 1, "gaps": 1}, "1 document, 1 gap; last good poll 2026-11-23T12:00:00+00:00"),
        (LATE, "40 documents, 7 of them too old to tell, 2 gaps; last good poll 2026-11-23T12:00:00+00:00"),
        ({"lag_seconds": 89}, "2 documents; last good poll 2026-11-23T12:00:00+00:00; seen 89 s after publication"),
        ({"lag_seconds": 725}, "2 documents; last good poll 2026-11-23T12:00:00+00:00; seen 12 min after publication"),
        ({"lag_seconds": 10_000}, "2 documents; last good poll 2026-11-23T12:00:00+00:00; seen 3 h after publication"),
        (FAILING, "status 503 (failed once; next try 2026-11-23T12:15:00+00:00)"),
        (FAILING | {"failures": 3}, "status 503 (failed 3 times in a row; next try 2026-11-23T12:15:00+00:00)"),
        (
            {"gone": True, "failures": 1, "error": "status 410"},
            "status 410 (never asked again: give it another url, or set enabled = false)",
        ),
        ({"last_ok_at": None, "documents": 0}, "not polled yet"),
    ],
)
def test_a_line_says_how_a_source_is_doing(fields: dict[str, Any], said: str) -> None:
    assert line(SOURCE | fields) == f"press: {said}"


def test_looking_makes_nothing(environ: dict[str, str]) -> None:
    for command in (["status"], ["subscribers", "list"], ["subscribers", "export", "console:"], ["db", "check"]):
        done = watcher(environ, *command)
        assert (done.returncode, done.stdout) == (1, "")
        file = Path(environ["WATCHER_DATA"]) / "habeas-watch.db"
        assert done.stderr == f"there is no database at {file} yet: `watcher run` or `watcher db upgrade` makes it\n"
    assert not Path(environ["WATCHER_DATA"]).exists()


def test_looking_waits_for_nobody_who_writes(environ: dict[str, str]) -> None:
    assert watcher(environ, "db", "upgrade").returncode == 0
    with sqlite3.connect(Path(environ["WATCHER_DATA"]) / "habeas-watch.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        for command in (["status"], ["subscribers", "list"]):
            assert watcher(environ, *command).returncode == 0


def test_who_is_not_told_since_the_channel_is_off_is_said(environ: dict[str, str]) -> None:
    watcher(environ, "subscribers", "add", "mailto:ann@example.org", "--follow", "return")
    said = "mail is off: set WATCHER_SMTP_URL; subscribers not told until then: 1"
    assert watcher(environ, "status").stdout.splitlines()[-1] == said
    assert json.loads(watcher(environ, "status", "--json").stdout)["unserved"] == [said]
