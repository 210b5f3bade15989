"""`watcher replay`: what an operator reads before a changed file goes live, on SQLite and on PostgreSQL."""

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests import databases
from tests.asking import ask
from tests.papers import SOURCE, article, judged
from tests.processes import surroundings, watcher
from watcher.cli.replay import Progress, lines
from watcher.storage import SourceStore, open_database

RULES = """
[[source]]
id = "press"
kind = "feed"
url = "http://127.0.0.1:9/feed"

[[doctrine]]
id = "banishment"
title = "Banishment"
terms = ["banishment"]

[[doctrine]]
id = "camps"
title = "Camps"
terms = ["detention camp"]
"""


@pytest.fixture
async def environ(operator_url: str, tmp_path: Path) -> dict[str, str]:
    database = open_database(databases.with_driver(operator_url))
    store, now = SourceStore(database), datetime.now(UTC)
    await store.enrol({"press": SOURCE.url}, now)
    papers = [
        judged(article("a", title="Banishment returns", summary="", published=now, url="https://press.example/a"), "banishment"),
        judged(article("b", title="Sent into exile", summary="", published=now, url="https://press.example/b")),
    ]
    (state,) = await store.claim_named(["press"], now)
    await store.save(state, papers, now - timedelta(days=2))
    await database.dispose()
    return surroundings(tmp_path, RULES, DATABASE_URL=operator_url)


def new_rules(folder: Path) -> Path:
    file = folder / "new.toml"
    file.write_text(RULES.replace('["banishment"]', '["exile"]'))
    return file


def test_a_changed_file_is_shown_with_what_it_gains_and_loses(environ: dict[str, str], tmp_path: Path) -> None:
    new = new_rules(tmp_path)
    done = ask(environ, "replay", "--sources", str(new))
    assert (done.returncode, done.stderr) == (0, "2 of 2 documents\n")
    assert done.stdout.splitlines() == [
        f"2 documents: {environ['WATCHER_SOURCES']}, then {new}",
        "topic        documents                  alerts",
        "             gained     lost     kept   gained     lost     kept",
        "banishment        1        1        0        1        1        0",
        "1 topic worded alike in both, judged only where a source differs",
        "who follows every topic is told of 1 document more, and of 1 no more",
        "",
        "banishment: gained, alert gained, routine",
        "  Sent into exile",
        "  https://press.example/b",
        "  score 0.00 before, 1.00 after",
        "  + “exile” in the title: exile 1.00",
        "  - “exile” is no term of it",
        "  - scores 0.00, 0.88 short of 0.88",
        "",
        "banishment: lost, alert lost, routine",
        "  Banishment returns",
        "  https://press.example/a",
        "  score 1.00 before, 0.00 after",
        "  + “Banishment” in the title: banishment 1.00",
        "  - “banishment” is no term of it",
        "  - scores 0.00, 0.88 short of 0.88",
    ]


def test_json_says_the_same_for_programs(environ: dict[str, str], tmp_path: Path) -> None:
    new = new_rules(tmp_path)
    said = json.loads(ask(environ, "replay", "--json", "--since", "3d", "--examples", "0", "--sources", str(new)).stdout)
    one = {"gained": 1, "lost": 1}
    nothing = {"gained": 0, "lost": 0, "kept": None}
    since = datetime.fromisoformat(said.pop("since"))
    assert timedelta(days=2, hours=23) < datetime.now(UTC) - since < timedelta(days=3, hours=1)
    assert said == {
        "before": environ["WATCHER_SOURCES"],
        "after": str(new),
        "documents": 2,
        "together": {"documents": one, "alerts": one},
        "watches": [
            {"watch": "banishment", "differs": True, "documents": {**one, "kept": 0}, "alerts": {**one, "kept": 0}},
            {"watch": "camps", "differs": False, "documents": nothing, "alerts": nothing},
        ],
        "examples": [],
    }


def test_without_another_file_what_was_stored_is_compared(environ: dict[str, str]) -> None:
    done = ask(environ, "replay")
    assert done.stdout.splitlines()[:5] == [
        f"2 documents: what was stored at the time, then {environ['WATCHER_SOURCES']}",
        "topic        documents                  alerts",
        "             gained     lost     kept   gained     lost     kept",
        "banishment        0        0        1        0        0        1",
        "camps             0        0        0        0        0        0",
    ]


def test_what_was_seen_before_the_time_asked_for_is_left_out(environ: dict[str, str]) -> None:
    assert json.loads(ask(environ, "replay", "--json", "--since", "1d").stdout)["documents"] == 0


def test_a_file_with_faults_is_named_with_them(environ: dict[str, str], tmp_path: Path) -> None:
    new = tmp_path / "new.toml"
    new.write_text(RULES.replace("terms", "trems", 1))
    done = ask(environ, "replay", "--sources", str(new))
    assert (done.returncode, done.stdout) == (2, "")
    assert "trems: unknown key (did you mean terms?)" in done.stderr


@pytest.mark.parametrize("operator_url", ["sqlite"], indirect=True)
def test_a_time_that_is_none_is_refused(environ: dict[str, str]) -> None:
    done = watcher(environ, "replay", "--since", "soon")
    assert done.returncode == 2
    assert "'soon' is no duration" in done.stderr


def said(**fields: Any) -> dict[str, Any]:
    counts = {"gained": 0, "lost": 0, "kept": None}
    watch = {"watch": "camps", "differs": False, "documents": counts, "alerts": counts}
    return {
        "since": "2026-08-26T12:00:00+00:00",
        "before": "a.toml",
        "after": "b.toml",
        "documents": 1,
        "watches": [watch],
        "examples": [],
        **fields,
    }


def test_files_that_decide_alike_are_said_to() -> None:
    assert list(lines(said())) == [
        "1 document: a.toml, then b.toml",
        "no topic differs, and no source: the same documents, the same alerts",
    ]


def test_no_history_is_said_instead_of_a_table_of_nothing() -> None:
    watch = {"watch": "camps", "differs": True, "documents": {}, "alerts": {}}
    assert list(lines(said(documents=0, watches=[watch]))) == [
        "0 documents: a.toml, then b.toml",
        "nothing was first seen since 2026-08-26T12:00:00+00:00, so nothing can be judged: "
        "`watcher run` or `watcher poll` brings documents",
    ]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_a_bar_that_goes_when_all_is_judged() -> None:
    stream = Terminal()
    with Progress(stream) as progress:
        progress(50, 200)
        progress(200, 200)
    clear = "\r\x1b[K"
    quarter = f"[{'#' * 7}{'.' * 23}] 25%, 50 of 200 documents"
    assert stream.getvalue() == f"{clear}{quarter}{clear}[{'#' * 30}] 100%, 200 of 200 documents{clear}"


def test_elsewhere_a_line_comes_with_each_tenth() -> None:
    stream = io.StringIO()
    with Progress(stream) as progress:
        for done in range(0, 2_001, 50):
            progress(done, 2_000)
    assert stream.getvalue().splitlines() == [f"{done:,} of 2,000 documents" for done in range(200, 2_001, 200)]
