"""`watcher feedback`: counts, suggestions and a patch; nothing is ever changed by it."""

import asyncio
import json
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from alerts.storage import tables as t
from tests.asking import ask
from tests.databases import with_driver
from tests.papers import article, judged
from tests.processes import surroundings
from watcher.cli.feedback import lines
from watcher.config import load_rules
from watcher.storage import SourceStore, open_database
from watcher.storage.database import system_clock

RULES = """\
[[source]]
id = "press"
kind = "feed"
url = "http://127.0.0.1:9/feed"

[[doctrine]]   # the prison
id = "cecot"
title = "The prison CECOT"
terms = [
    "CECOT prison",
    "megaprison",  # too wide?
]

[[doctrine]]
id = "rendition"
title = "Rendition"
terms = ["black site"]
"""


@pytest.fixture
def environ(tmp_path: Path, operator_url: str) -> dict[str, str]:
    return surroundings(tmp_path, RULES, DATABASE_URL=operator_url)


def voted(url: str, *votes: tuple[int, str, str, bool], days: int = 0, titles: dict[int, str] | None = None) -> None:
    """Store these votes: story, watch, term, relevant; and papers of stories with these titles, numbered as they come."""

    async def store() -> None:
        database = open_database(with_driver(url))
        now = system_clock()
        papers = [judged(article(f"n{n}", title=title, summary="", published=now), "cecot") for n, title in (titles or {}).items()]
        if papers:
            await SourceStore(database).enrol({"press": "x"}, now)
            for n, paper in enumerate(papers):
                (state,) = await SourceStore(database).claim_named(["press"], now + timedelta(hours=n))
                await SourceStore(database).save(state, [paper], now + timedelta(hours=n))
        day = (now - timedelta(days=days)).date()
        rows = [{"story": n, "watch": watch, "terms": [term], "relevant": relevant, "day": day} for n, watch, term, relevant in votes]
        async with database.writing() as connection:
            await connection.execute(sa.insert(t.votes), rows)
        await database.dispose()

    asyncio.run(store())


def test_without_votes_it_says_so(environ: dict[str, str]) -> None:
    done = ask(environ, "feedback")
    assert (done.returncode, done.stdout[:15]) == (0, "no votes since ")


def test_counts_are_by_topic_and_term_within_the_days_asked_for(environ: dict[str, str], operator_url: str) -> None:
    voted(operator_url, *((n, "cecot", "CECOT prison", n % 3 > 0) for n in range(1, 7)), (7, "rendition", "black site", True))
    voted(operator_url, *[(9, "cecot", "megaprison", False)], days=40)
    said = ask(environ, "feedback", "--since", "30d").stdout.splitlines()
    assert said == [
        "cecot: 4 of 6 votes relevant (67 %, surely over 30 %), 6 stories",
        "  CECOT prison: 4 of 6 votes relevant (67 %, surely over 30 %), 6 stories",
        "rendition: 1 of 1 vote relevant, 1 story",
        "  black site: 1 of 1 vote relevant, 1 story",
        "",
        "no suggestions: nothing misfires often enough",
    ]
    assert "megaprison: 0 of 1 vote relevant, 1 story" in ask(environ, "feedback").stdout


def test_a_patch_removes_what_misfires_and_is_applied_by_the_operator_alone(
    environ: dict[str, str], operator_url: str, tmp_path: Path
) -> None:
    voted(
        operator_url, *((n, "cecot", "megaprison", False) for n in (1, 2, 3)), *((n, "rendition", "black site", False) for n in (4, 5, 6))
    )
    said = json.loads(ask(environ, "feedback", "--json").stdout)
    because = "3 of 3 votes not relevant, in 3 stories"
    assert said["suggestions"] == [
        {
            "watch": "cecot",
            "kind": "remove",
            "text": "megaprison",
            "because": because,
            "stories": ["story:3", "story:2", "story:1"],
            "in_patch": True,
        },
        {
            "watch": "rendition",
            "kind": "remove",
            "text": "black site",
            "because": because,
            "stories": ["story:6", "story:5", "story:4"],
            "in_patch": False,
        },
    ]
    patch = tmp_path / "feedback.patch"
    shown = ask(environ, "feedback", "--patch", str(patch)).stdout
    sources = tmp_path / "sources.toml"
    assert f"written to {patch}; to take it: patch {sources} {patch}" in shown
    assert patch.read_text() == said["patch"]
    assert said["patch"] not in shown
    assert sources.read_text() == RULES
    subprocess.run(["patch", str(sources), str(patch)], check=True, capture_output=True)
    assert [term.text for term in load_rules(sources).watches[0].terms] == ["CECOT prison"]
    assert "# the prison" in sources.read_text()


def test_a_phrase_of_what_is_not_relevant_is_suggested_for_excludes(environ: dict[str, str], operator_url: str) -> None:
    titles = {
        1: "Andry Hernandez was held for months",
        2: "Senate asks what was paid to El Salvador",
        3: "Judge Boasberg hears the families",
        4: "Teenager in Oslo builds a jail in Minecraft",
        5: "Ten Minecraft worlds that went viral this summer",
        6: "Review: the new Minecraft film has a dungeon",
    }
    voted(operator_url, *((n, "cecot", "CECOT prison", n < 4) for n in range(1, 7)), titles=titles)
    shown = ask(environ, "feedback").stdout
    because = "in 3 stories that nobody found relevant, in none of the 3 that somebody did"
    assert f"  cecot: exclude 'minecraft' ({because})\n    read before: story:6, story:5, story:4\n" in shown
    assert '+excludes = ["minecraft"]' in shown
    assert "+++ sources.toml" in shown


def test_a_broken_file_costs_the_suggestions_alone(environ: dict[str, str], operator_url: str, tmp_path: Path) -> None:
    voted(operator_url, *((n, "cecot", "megaprison", False) for n in (1, 2, 3)))
    (tmp_path / "sources.toml").write_text("[[doctrine")
    done = ask(environ, "feedback", "--patch", str(tmp_path / "x.patch"))
    assert done.returncode == 0
    assert "cecot: 0 of 3 votes relevant" in done.stdout
    assert "no suggestions: " in done.stderr
    assert not (tmp_path / "x.patch").exists()


@pytest.mark.parametrize(("arguments", "said"), [(["--since", "soon"], "is no duration"), (["--patch", "/nowhere/x"], "cannot be written")])
def test_what_cannot_be_done_is_said(environ: dict[str, str], operator_url: str, arguments: list[str], said: str) -> None:
    voted(operator_url, *((n, "cecot", "megaprison", False) for n in (1, 2, 3)))
    done = ask(environ, "feedback", *arguments)
    assert (done.returncode, said in done.stderr) == (2, True)


def test_a_term_that_only_misfires_is_marked() -> None:
    tally: dict[str, Any] = {"votes": 3, "relevant": 0, "not_relevant": 3, "stories": 3, "precision": 0.0, "at_least": 0.0}
    watch = {"watch": "cecot", **tally, "terms": [{"term": "megaprison", **tally, "only_misfires": True}]}
    shown = lines({"since": "2026-08-26", "sources": "s", "votes": 3, "watches": [watch], "suggestions": [], "patch": ""})
    assert shown[1] == "  megaprison: 0 of 3 votes relevant, 3 stories; only misfires"


def test_of_many_stories_that_speak_for_an_edit_the_newest_are_named() -> None:
    stories = [f"story:{number}" for number in range(9, 0, -1)]
    edit = {"watch": "cecot", "kind": "remove", "text": "megaprison", "because": "so", "stories": stories, "in_patch": True}
    tally: dict[str, Any] = {"votes": 9, "relevant": 0, "not_relevant": 9, "stories": 9, "precision": 0.0, "at_least": 0.0}
    said = {"since": "2026-11-24", "watches": [{"watch": "cecot", **tally, "terms": []}], "suggestions": [edit], "patch": ""}
    assert lines(said)[-1] == "    read before: story:9, story:8, story:7, story:6, story:5, story:4 and 3 more"
