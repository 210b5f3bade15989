"""A Watch that is new begins with what was stored before it, and nobody is told: on SQLite and on PostgreSQL."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from alerts import deliver
from alerts.models import Address
from alerts.storage import Book, Names, Outbox
from alerts.storage import tables as told
from tests.papers import NOW, SOURCE, article, evidence, judged, order, stub
from watcher.history import Looked, look_back
from watcher.models import Document, Match, Source, Verdict
from watcher.ports import Judged
from watcher.storage import Database, SourceStore, StoredHistory
from watcher.storage import tables as t
from watcher.storage.history import HISTORY
from watcher.storage.store import LEASE
from watcher.storage.views import Views

DAY = timedelta(days=1)
ANN = Address.parse("telegram:1")
OLD, NEW = "abrego-garcia", "cecot"  #: a Watch that was there, and one that comes later
WORDS = {OLD: "Abrego", NEW: "prison"}


def judge(document: Document, only: Collection[str]) -> Verdict:
    """By one word of the title for each Watch."""
    found = [watch for watch in WORDS if watch in only and WORDS[watch] in document.title]
    matches = tuple(Match(watch=each, document=document.key, score=0.9, threshold=0.88, because=(evidence(document),)) for each in found)
    return Verdict(document=document.key, matches=matches)


class Place:
    """A database, polled with the Watches that there are; then more of them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.store = SourceStore(database)
        self.history = StoredHistory(database, step=3)
        self.outbox = Outbox(database, names=Names)

    async def happened(self, *papers: Judged, at: datetime = NOW) -> None:
        await self.store.enrol({"press": SOURCE.url}, at)
        (state,) = await self.store.claim_named(["press"], at)
        await self.store.save(state, papers, at)

    async def look(self, now: datetime = NOW, sources: dict[str, Source] | None = None) -> Looked | None:
        return await look_back([OLD, NEW], sources or {}, judge, self.history, now)

    async def look_all(self, now: datetime = NOW) -> list[Looked]:
        steps = []
        while step := await self.look(now):
            steps.append(step)
        return steps

    async def rows(self, statement: sa.Select[Any]) -> list[Any]:
        async with self.database.reading() as connection:
            return [tuple(row) for row in await connection.execute(statement)]

    async def timeline(self, watch: str = NEW) -> list[list[str]]:
        pages = await Views(self.database).stories(watch=watch)
        return [[paper.document.title for paper in page.papers] for page in pages]

    async def deliveries(self) -> list[Any]:
        await deliver.fan_out(self.outbox, NOW)
        columns = (told.deliveries.c.story, told.deliveries.c.revision, told.deliveries.c.duty)
        return await self.rows(sa.select(*columns).order_by(told.deliveries.c.id))

    async def revisions(self) -> list[Any]:
        columns = (t.revisions.c.story, t.revisions.c.number, t.revisions.c.tell, t.revisions.c.new_watches)
        return await self.rows(sa.select(*columns).order_by(t.revisions.c.story, t.revisions.c.number))


@pytest.fixture
async def place(database: Database) -> Place:
    place = Place(database)
    assert await place.history.meet([OLD], NOW - 2 * HISTORY) == ()
    return place


def paper(name: str, *watches: str, **fields: Any) -> Judged:
    return judged(article(name, **fields), *watches)


UNRELATED = ("Ministers met over harvest and prison", "Volcano closes an airport near a prison", "Opera opens inside a former prison")


# -- meeting


async def test_the_watches_of_an_empty_database_have_nothing_to_look_back_on(database: Database) -> None:
    place = Place(database)
    assert await place.history.meet([OLD, NEW], NOW) == ()
    await place.happened(paper("a"))
    assert await place.look() is None
    assert await place.rows(sa.select(t.matches.c.watch)) == []


async def test_a_watch_is_met_once(place: Place) -> None:
    await place.happened(paper("a"))
    assert await place.history.meet([OLD, NEW], NOW) == (NEW,)
    assert await place.history.meet([OLD, NEW], NOW) == ()


async def test_a_second_start_does_nothing(place: Place) -> None:
    await place.happened(paper("a"))
    await place.history.meet([OLD, NEW], NOW)
    assert await place.look_all(NOW + LEASE) == [Looked(watches=(NEW,), judged=1, found=1)]
    again = StoredHistory(place.database)
    assert await again.meet([OLD, NEW], NOW + DAY) == ()
    assert await again.stretch([OLD, NEW], NOW + DAY) is None
    assert await place.rows(sa.select(t.watches.c.watch, t.watches.c.done_at).order_by(t.watches.c.watch)) == [
        (OLD, NOW - 2 * HISTORY),
        (NEW, NOW + LEASE),
    ]


async def test_a_watch_that_is_taken_out_of_the_file_waits_and_goes_on_when_it_is_back(place: Place) -> None:
    await place.happened(paper("a"))
    await place.history.meet([NEW], NOW)
    assert await look_back([OLD], {}, judge, place.history, NOW) is None
    assert await place.look() == Looked(watches=(NEW,), judged=1, found=1)


# -- what is found


async def test_its_page_shows_what_was_stored_before_it_in_the_order_of_that_time(place: Place) -> None:
    for days, title in zip((5, 20, 1), UNRELATED, strict=True):
        await place.happened(paper(title, title=title, summary=title, published=NOW - days * DAY), at=NOW - days * DAY)
    await place.happened(paper("else", title="A football match"))
    await place.history.meet([OLD, NEW], NOW)
    assert await place.look_all() == [Looked(watches=(NEW,), judged=3, found=3), Looked(watches=(NEW,), judged=1, found=0)]
    assert await place.timeline() == [[UNRELATED[2]], [UNRELATED[0]], [UNRELATED[1]]]
    assert await Views(place.database).counts_by_watch(NOW - 10 * DAY) == {NEW: 2}
    (page, *_) = await Views(place.database).stories(watch=NEW)
    assert page.papers[0].matches == ((NEW, 0.9, (evidence(article(title=UNRELATED[2])),)),)


async def test_papers_of_one_happening_are_one_story_and_join_the_one_there_is(place: Place) -> None:
    title = "Judge orders return of man wrongly deported to Salvadoran prison CECOT"
    then = NOW - 8 * DAY
    await place.happened(*(paper(name, key=f"feed:{name}:1", title=title, summary=title, published=then) for name in ("a", "b")), at=then)
    third = paper("c", OLD, key="feed:c:1", title=f"{title}, Abrego", summary=title, published=then)
    await place.happened(third, at=then)
    before = await place.revisions()
    await place.history.meet([OLD, NEW], NOW)
    await place.look_all()
    assert await place.timeline() == [[title, title, third.document.title]]
    assert await place.revisions() == before


async def test_what_is_older_than_ninety_days_is_not_looked_at(place: Place) -> None:
    for days, title in zip((91, 89), UNRELATED, strict=False):
        await place.happened(paper(title, title=title, summary=title), at=NOW - days * DAY)
    await place.history.meet([OLD, NEW], NOW)
    assert await place.look_all() == [Looked(watches=(NEW,), judged=1, found=1)]
    assert await place.timeline() == [[UNRELATED[1]]]


async def test_a_source_of_some_watches_only_is_so_here_too(place: Place) -> None:
    await place.happened(paper("a"))
    await place.history.meet([OLD, NEW], NOW)
    assert await place.look(sources={"press": replace(SOURCE, watches=(OLD,))}) == Looked(watches=(NEW,), judged=1, found=0)


async def test_the_version_in_force_is_judged(place: Place) -> None:
    await place.happened(paper("a"))
    await place.happened(paper("a", title="Now of football"))
    await place.history.meet([OLD, NEW], NOW)
    assert await place.look_all() == [Looked(watches=(NEW,), judged=1, found=0)]


# -- nobody is told


async def test_nobody_is_told_not_even_who_follows_it_at_once(place: Place) -> None:
    await Book(place.database).follow(ANN, [OLD, NEW], NOW - 3 * DAY)
    await place.happened(judged(order(title="Entry on a prison in Abrego"), OLD), at=NOW - DAY)
    await place.happened(paper("other", title=UNRELATED[1], summary=UNRELATED[1]), at=NOW - DAY)
    assert await place.deliveries() == [(1, 1, "alert")]
    before = await place.revisions()
    await place.history.meet([OLD, NEW], NOW)
    await place.look_all()
    assert await place.timeline() == [[UNRELATED[1]], ["Entry on a prison in Abrego"]]
    assert await place.deliveries() == [(1, 1, "alert")]
    assert await place.outbox.open_revisions() == []
    assert await place.revisions() == [*before, (2, 1, False, [NEW])]


async def looked_at(place: Place, *first: Judged) -> None:
    """A Story that was told under the old Watch, and that the new one has by looking back; its only reader follows the new one."""
    await Book(place.database).follow(ANN, [NEW], NOW - 3 * DAY)
    await place.happened(*first, at=NOW - DAY)
    await place.history.meet([OLD, NEW], NOW)
    await place.look_all()
    assert await place.deliveries() == []


async def test_a_trivial_edit_of_what_was_found_tells_nobody(place: Place) -> None:
    await looked_at(place, paper("Abrego", OLD))
    await place.happened(paper("Abrego", OLD, NEW, summary="One word more."))
    assert await place.deliveries() == []


async def test_a_real_change_is_told_as_new_to_those_who_never_heard_of_it(place: Place) -> None:
    await looked_at(place, judged(stub(title="A stub in Abrego, on a prison"), OLD))
    await place.happened(judged(order(title="An order in Abrego, on a prison"), OLD, NEW))
    assert await place.deliveries() == [(1, 2, "alert")]
    columns = (t.story_watches.c.watch, t.story_watches.c.revision, t.story_watches.c.history)
    assert await place.rows(sa.select(*columns).order_by(t.story_watches.c.watch)) == [(OLD, 1, False), (NEW, 2, False)]


@pytest.mark.parametrize(("watches", "made"), [((OLD, NEW), [(1, 2, "alert")]), ((OLD,), [])])
async def test_a_further_paper_is_told_as_new_where_it_matches_itself(place: Place, watches: Sequence[str], made: list[Any]) -> None:
    title = "Judge orders return of Abrego, wrongly deported to Salvadoran prison CECOT"
    await looked_at(place, paper("a", OLD, title=title, summary=title, published=NOW - DAY))
    await place.happened(paper("b", *watches, title=title, summary=title), at=NOW)
    assert len(await place.timeline()) == 1
    assert await place.deliveries() == made


async def test_what_a_first_look_at_a_source_adds_leaves_it_untold(place: Place) -> None:
    title = "Judge orders return of Abrego, wrongly deported to Salvadoran prison CECOT"
    await looked_at(place, paper("a", OLD, title=title, summary=title, published=NOW - DAY))
    await place.happened(replace(paper("b", OLD, NEW, title=title, summary=title), tell=False))
    await place.happened(paper("c", OLD, NEW, title=title, summary=title))
    assert await place.deliveries() == [(1, 2, "alert")]


# -- restarts, rivals, and polls under way


async def test_it_goes_on_where_it_was_cut_off_and_finds_each_once(place: Place) -> None:
    for number in range(7):
        await place.happened(paper(f"{number}", OLD, title=f"Abrego {number}: a prison"))
    await place.history.meet([OLD, NEW], NOW)
    assert await place.look() == Looked(watches=(NEW,), judged=3, found=3)
    place.history = StoredHistory(place.database, step=3)
    assert [(step.judged, step.found) for step in await place.look_all()] == [(3, 3), (1, 1)]
    found = sa.select(sa.func.count()).select_from(t.matches).where(t.matches.c.watch == NEW)
    assert await place.rows(found) == [(7,)]


async def test_of_two_workers_with_one_stretch_one_stores_it(place: Place) -> None:
    await place.happened(paper("a"))
    await place.history.meet([OLD, NEW], NOW)
    first, second = await place.history.stretch([NEW], NOW), await place.history.stretch([NEW], NOW)
    assert first is not None
    assert first == second
    verdicts = [judge(kept.document, [NEW]) for kept in first.documents]
    assert [await place.history.keep(first, verdicts, NOW), await place.history.keep(first, verdicts, NOW)] == [1, 0]
    assert await place.timeline() == [[article().title]]


async def test_a_rival_that_moved_one_of_two_watches_leaves_the_mark_of_the_other(place: Place) -> None:
    """Else the other's would have gone past Documents of which nothing was kept."""
    await place.happened(paper("a"))
    async with place.database.writing() as connection:
        await connection.execute(sa.delete(t.watches))
    await place.history.meet([OLD, NEW], NOW)
    both, one = await place.history.stretch([OLD, NEW], NOW), await place.history.stretch([OLD], NOW)
    assert both is not None
    assert one is not None
    assert await place.history.keep(one, [judge(kept.document, [OLD]) for kept in one.documents], NOW) == 0
    assert await place.history.keep(both, [judge(kept.document, [OLD, NEW]) for kept in both.documents], NOW) == 0
    assert await place.look_all() == [Looked(watches=(NEW,), judged=1, found=1)]


async def test_what_is_changed_while_it_is_judged_is_left_to_its_poll(place: Place) -> None:
    await place.happened(paper("a"))
    await place.history.meet([OLD, NEW], NOW)
    stretch = await place.history.stretch([NEW], NOW)
    assert stretch is not None
    await place.happened(paper("a", title="Now of football"))
    assert await place.history.keep(stretch, [judge(kept.document, [NEW]) for kept in stretch.documents], NOW) == 0
    assert await place.timeline() == []


async def test_what_a_poll_brings_that_began_before_is_judged_too(place: Place) -> None:
    """It judges by the rules that it began with; so a Watch is done only when no such poll can be under way."""
    await place.happened(paper("a"))
    await place.history.meet([OLD, NEW], NOW)
    await place.look_all()
    await place.happened(paper("late"))
    assert await place.look_all(NOW + LEASE - timedelta(seconds=1)) == [Looked(watches=(NEW,), judged=1, found=1)]
    assert await place.look_all(NOW + LEASE) == []
    await place.happened(paper("later"))
    assert await place.look_all(NOW + LEASE) == []


async def test_a_watch_that_comes_while_another_looks_back_looks_at_everything(place: Place) -> None:
    for number in range(4):
        await place.happened(paper(f"{number}", title=f"Abrego {number}: a prison"))
    async with place.database.writing() as connection:
        await connection.execute(sa.delete(t.watches))
    await place.history.meet([OLD], NOW)
    assert (await place.look()) == Looked(watches=(OLD,), judged=3, found=3)
    await place.history.meet([OLD, NEW], NOW)
    assert [(step.watches, step.found) for step in await place.look_all()] == [((NEW,), 3), ((OLD, NEW), 1)]
