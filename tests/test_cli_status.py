"""`watcher status`: a line for each source, and of which docket it is."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.asking import ask
from tests.processes import surroundings, watcher
from watcher.cli.status import line, lines, people
from watcher.troubles import MANY, UNREACHED

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
    assert ask(environ, "db", "upgrade").returncode == 0
    said = json.loads(ask(environ, "status", "--json").stdout)
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
    "unreached": False,
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
        ({}, "2 documents; last good poll 2026-11-23 12:00:00 UTC"),
        ({"documents": 1, "gaps": 1}, "1 document, 1 gap; last good poll 2026-11-23 12:00:00 UTC"),
        (LATE, "40 documents, 7 of them too old to tell, 2 gaps; last good poll 2026-11-23 12:00:00 UTC"),
        ({"lag_seconds": 89}, "2 documents; last good poll 2026-11-23 12:00:00 UTC; seen 89 s after publication"),
        ({"lag_seconds": 725}, "2 documents; last good poll 2026-11-23 12:00:00 UTC; seen 12 min after publication"),
        ({"lag_seconds": 10_000}, "2 documents; last good poll 2026-11-23 12:00:00 UTC; seen 3 h after publication"),
        ({"lag_seconds": 1_700_000}, "2 documents; last good poll 2026-11-23 12:00:00 UTC; seen 20 days after publication"),
        (FAILING, "status 503 (failed once; next try 2026-11-23 12:15:00 UTC)"),
        (FAILING | {"failures": 3}, "status 503 (failed 3 times in a row; next try 2026-11-23 12:15:00 UTC)"),
        (
            {"gone": True, "failures": 1, "error": "status 410"},
            "status 410 (never asked again: give it another url, or set enabled = false)",
        ),
        ({"last_ok_at": None, "documents": 0}, "not polled yet"),
    ],
)
def test_a_line_says_how_a_source_is_doing(fields: dict[str, Any], said: str) -> None:
    assert line(SOURCE | fields) == f"press: {said}"


def failing(name: str, error: str, *, unreached: bool = False, minute: int = 15) -> dict[str, Any]:
    due = f"2026-11-23T12:{minute}:00+00:00"
    return SOURCE | {"source": name, "failures": 2, "error": error, "unreached": unreached, "next_poll_at": due}


def test_what_many_sources_fail_of_is_said_once_before_the_others() -> None:
    courts = [failing(f"courts/{number}", "cannot resolve courts.test", unreached=True, minute=20 + number) for number in range(9)]
    press = [failing(name, f"cannot resolve {name}.test", unreached=True) for name in ("a", "b", "c", "d", "e")]
    busy = [failing(f"agency/{number}", "status 503") for number in range(MANY)]
    gone = [SOURCE | {"source": f"old/{number}", "gone": True, "failures": 1, "error": "status 410"} for number in range(MANY)]
    few = [failing(f"few/{number}", "status 404") for number in range(MANY - 1)]
    assert lines([*courts, SOURCE, *press, *busy, *gone, *few]) == [
        f"14 sources: {UNREACHED}: cannot resolve courts.test, cannot resolve a.test, cannot resolve b.test, cannot resolve c.test "
        "and 2 more (courts 9, a, b, c and 2 more; next try 2026-11-23 12:15:00 UTC)",
        "4 sources: status 503 (agency 4; next try 2026-11-23 12:15:00 UTC)",
        *(line(each) for each in (SOURCE, *gone, *few)),
    ]


def test_one_host_that_is_not_reached_says_nothing_of_the_network() -> None:
    courts = [failing(f"courts/{number}", "no connection to courts.test", unreached=True) for number in range(MANY)]
    assert lines(courts) == ["4 sources: no connection to courts.test (courts 4; next try 2026-11-23 12:15:00 UTC)"]


def test_looking_makes_nothing(environ: dict[str, str]) -> None:
    for command in (["status"], ["subscribers", "list"], ["subscribers", "export", "console:"], ["db", "check"]):
        done = ask(environ, *command)
        assert (done.returncode, done.stdout) == (1, "")
        file = Path(environ["WATCHER_DATA"]) / "habeas-watch.db"
        assert done.stderr == f"there is no database at {file} yet: `watcher run` or `watcher db upgrade` makes it\n"
    assert not Path(environ["WATCHER_DATA"]).exists()


def test_looking_waits_for_nobody_who_writes(environ: dict[str, str]) -> None:
    assert ask(environ, "db", "upgrade").returncode == 0
    with sqlite3.connect(Path(environ["WATCHER_DATA"]) / "habeas-watch.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        for command in (["status"], ["subscribers", "list"]):
            assert ask(environ, *command).returncode == 0


def test_who_is_not_told_since_the_channel_is_off_is_said(environ: dict[str, str]) -> None:
    ask(environ, "subscribers", "add", "mailto:ann@example.org", "--follow", "return")
    said = "mail is off: set WATCHER_SMTP_URL; subscribers not told until then: 1"
    assert ask(environ, "status").stdout.splitlines()[-2:] == ["subscribers: 1, and the channel of none is on", said]
    told = json.loads(ask(environ, "status", "--json").stdout)
    assert (told["unserved"], told["readers"], told["alert_to_all_seconds"]) == ([said], {"mailto": 1}, None)
    assert ask(environ, "status", "--outbox").stdout.splitlines()[-1] == said


def test_letters_that_wait_for_a_channel_that_is_off_are_said(environ: dict[str, str]) -> None:
    assert ask(environ, "db", "upgrade").returncode == 0
    with sqlite3.connect(Path(environ["WATCHER_DATA"]) / "habeas-watch.db") as own:
        own.execute(
            "INSERT INTO letters (address, channel, kind, content, state, urgent, message_id, created_at, due_at)"
            " SELECT 'telegram:7', 'telegram', 'notice', '{}', 'pending', 0, '<1@x>', at, at FROM (SELECT '2020-11-23 12:00:00' AS at)"
        )
    said = ask(environ, "status", "--outbox").stdout.splitlines()
    assert said[0].startswith("telegram (off), the rest: 1 due, the oldest since ")
    assert said[-1] == "Telegram is off: set WATCHER_TELEGRAM_TOKEN; letters that wait until then: 1"
    assert ask(environ, "status").stdout.splitlines()[-2:] == ["subscribers: 0", said[-1]]


@pytest.mark.parametrize(
    ("readers", "seconds", "said"),
    [
        ({}, None, "subscribers: 0"),
        ({"telegram": 40}, 2, "subscribers: 40; an alert to all would take about 2 s"),
        ({"telegram": 40, "mailto": 2}, 2, "subscribers: 42; an alert to the 40 whose channel is on would take about 2 s"),
        ({"mailto": 2}, None, "subscribers: 2, and the channel of none is on"),
    ],
)
def test_an_alert_takes_no_time_to_those_whom_nobody_tells(readers: dict[str, int], seconds: int | None, said: str) -> None:
    assert people(readers, ["console", "telegram"], seconds) == said
