"""The use case `replay` over stored history: what is stored decides what is told, on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from tests.papers import NOW, SOURCE, article, evidence, judged
from watcher.models import Match, Term, Watch
from watcher.ports import Filed, Judged
from watcher.replay import replay
from watcher.rulesets import Change, RuleSet, Tally
from watcher.storage import Database, SourceStore, StoredArchive, StoredHistory
from watcher.storage import tables as t

DAY = timedelta(days=1)
THEN = NOW - 90 * DAY
EXILE = Watch(id="exile", kind="doctrine", title="Exile", terms=(Term(text="banishment"),))
CAMPS = Watch(id="camps", kind="doctrine", title="Camps", terms=(Term(text="detention camp"),))
PRESS = {"press": SOURCE}


async def happened(database: Database, *papers: Judged, at: datetime = NOW) -> None:
    store = SourceStore(database)
    await store.enrol({"press": SOURCE.url}, at)
    (state,) = await store.claim_named(["press"], at)
    await store.save(state, papers, at)


def paper(name: str, title: str, *watches: str, tell: bool = True, backfill: bool = False, published: datetime = NOW) -> Judged:
    return judged(article(name, title=title, summary="", published=published), *watches, tell=tell, backfill=backfill)


async def pages(database: Database, since: datetime = THEN, *, matches: bool = False, page: int = 2) -> list[list[Filed]]:
    return [list(each) async for each in StoredArchive(database, page=page).pages(since, matches=matches)]


def rules(*watches: Watch) -> RuleSet:
    return RuleSet(name="new.toml", watches=watches, sources=PRESS)


def moved(tally: Tally, watch: str) -> dict[str, int]:
    return {f"{measure} {change}": number for (of, measure, change), number in sorted(tally.by_watch.items()) if of == watch}


# -- what is read


async def test_history_comes_in_pages_the_first_stored_first(database: Database) -> None:
    for number in range(5):
        await happened(database, paper(f"{number}", f"Paper {number}"), at=NOW - (9 - number) * DAY)
    assert [[each.document.title for each in page] for page in await pages(database)] == [
        ["Paper 0", "Paper 1"],
        ["Paper 2", "Paper 3"],
        ["Paper 4"],
    ]
    assert await StoredArchive(database).count(THEN) == 5


async def test_what_was_first_seen_before_is_left_out(database: Database) -> None:
    for days in (9, 5, 1):
        await happened(database, paper(f"{days}", f"Paper {days}"), at=NOW - days * DAY)
    assert [[each.document.title for each in page] for page in await pages(database, NOW - 5 * DAY)] == [["Paper 5", "Paper 1"]]
    assert await StoredArchive(database).count(NOW - 5 * DAY) == 2


async def test_an_empty_history_has_no_page(database: Database) -> None:
    assert await pages(database) == []
    assert (await replay(None, rules(EXILE), StoredArchive(database), THEN)).documents == 0


async def test_the_version_in_force_is_read_with_the_date_of_the_first_one(database: Database) -> None:
    await happened(database, paper("a", "First words", published=NOW - 3 * DAY), at=NOW - 2 * DAY)
    await happened(database, paper("a", "Other words", published=NOW), at=NOW)
    ((only,),) = await pages(database)
    assert (only.document.title, only.document.published) == ("Other words", NOW)
    assert (only.published, only.seen_at) == (NOW - 3 * DAY, NOW - 2 * DAY)


async def test_a_first_look_is_told_from_what_was_only_too_old(database: Database) -> None:
    first = [paper("baseline", "Baseline", tell=False), paper("both", "Both", tell=False, backfill=True)]
    await happened(database, *first, at=NOW - 2 * DAY)
    await happened(database, paper("old", "Old", backfill=True), paper("new", "New"), at=NOW)
    found = {each.document.title: (each.first_look, each.tell) for page in await pages(database) for each in page}
    assert found == {"Baseline": (True, False), "Both": (True, False), "Old": (False, False), "New": (False, True)}


async def test_matches_are_those_of_the_version_in_force(database: Database) -> None:
    await happened(database, paper("a", "Banishment", "exile"), at=NOW - DAY)
    await happened(database, paper("a", "Banishment in a camp", "camps", "exile"))
    document = article("a", title="Banishment in a camp", summary="")
    ((only,),) = await pages(database, matches=True)
    match = Match(watch="camps", document=document.key, score=0.95, threshold=0.88, because=(evidence(document),))
    assert only.matches == (match, replace(match, watch="exile"))
    assert [each.matches for page in await pages(database) for each in page] == [()]


async def test_what_looking_back_found_is_known_as_such(database: Database) -> None:
    history = StoredHistory(database)
    await history.meet(["exile"], NOW - 5 * DAY)
    await happened(database, paper("a", "Banishment", "exile"), at=NOW - DAY)
    await history.meet(["exile", "camps"], NOW)
    stretch = await history.stretch(["camps"], NOW)
    assert stretch is not None
    await history.keep(stretch, [paper("a", "Banishment", "camps").verdict], NOW)
    ((only,),) = await pages(database, matches=True)
    assert ({match.watch for match in only.matches}, only.silent) == ({"exile", "camps"}, frozenset({"camps"}))


async def test_reading_waits_for_no_writer(database: Database) -> None:
    await happened(database, paper("a", "Banishment"))
    async with database.writing(serial=True) as connection:
        await connection.execute(sa.update(t.documents).values(tell=False))
        assert len(await pages(database)) == 1


# -- what is said of it


async def history_of_four(database: Database) -> None:
    await happened(database, paper("baseline", "Banishment long ago", "exile", tell=False), at=NOW - 3 * DAY)
    await happened(database, paper("a", "Banishment", "exile"), paper("b", "A detention camp"), paper("c", "Football", "exile"), at=NOW)


async def test_two_rule_sets_are_compared_over_history(database: Database) -> None:
    await history_of_four(database)
    tally = await replay(rules(EXILE), rules(CAMPS), StoredArchive(database, page=2), THEN)
    assert tally.documents == 4
    assert moved(tally, "exile") == {"alerts lost": 1, "documents lost": 2}
    assert moved(tally, "camps") == {"alerts gained": 1, "documents gained": 1}


async def test_what_was_stored_is_compared_with_one_rule_set(database: Database) -> None:
    await history_of_four(database)
    tally = await replay(None, rules(EXILE), StoredArchive(database, page=2), THEN)
    assert moved(tally, "exile") == {"alerts kept": 1, "alerts lost": 1, "documents kept": 2, "documents lost": 1}
    (lost,) = tally.examples["exile", Change.LOST]
    assert (lost.title, lost.before, lost.after) == ("Football", 0.95, 0.0)


async def test_nothing_is_stored(database: Database) -> None:
    await history_of_four(database)
    every = (t.documents, t.versions, t.matches, t.stories, t.revisions, t.watches)

    async def rows() -> list[list[tuple[object, ...]]]:
        async with database.reading() as connection:
            return [[tuple(row) for row in await connection.execute(sa.select(table))] for table in every]

    before = await rows()
    await replay(rules(), rules(EXILE), StoredArchive(database), THEN)
    assert await rows() == before


class Papers:
    """An archive in memory."""

    def __init__(self, count: int) -> None:
        self.count_ = count

    async def count(self, since: datetime) -> int:
        return self.count_

    async def pages(self, since: datetime, *, matches: bool = False) -> AsyncIterator[tuple[Filed, ...]]:
        for number in range(0, self.count_, 2):
            documents = [article(f"{each}", title="Banishment", summary="") for each in range(number, min(number + 2, self.count_))]
            yield tuple(Filed(document=each, seen_at=NOW, published=NOW, first_look=False, tell=True) for each in documents)


async def test_processes_come_to_what_one_comes_to() -> None:
    alone = await replay(rules(CAMPS), rules(CAMPS, EXILE), Papers(5), THEN, processes=0)
    assert alone.by_watch == {("exile", "documents", Change.GAINED): 5, ("exile", "alerts", Change.GAINED): 5}
    assert await replay(rules(CAMPS), rules(CAMPS, EXILE), Papers(5), THEN, processes=1) == alone


async def test_progress_is_told_after_each_page() -> None:
    told: list[tuple[int, int]] = []
    await replay(rules(), rules(EXILE), Papers(5), THEN, progress=lambda done, total: told.append((done, total)))
    assert told == [(2, 5), (4, 5), (5, 5)]


async def test_a_fault_of_the_database_ends_it() -> None:
    class Away(Papers):
        async def pages(self, since: datetime, *, matches: bool = False) -> AsyncIterator[tuple[Filed, ...]]:
            async for page in super().pages(since):
                yield page
                raise OSError("away")

    with pytest.raises(OSError, match="away"):
        await replay(rules(), rules(EXILE), Away(5), THEN)
