"""Sources claimed, Documents told apart, one poll stored at once: on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.papers import NOW, SOURCE, Moment, article, judged, order, stub
from watcher import stories
from watcher.errors import StaleLeaseError
from watcher.models import Document, DocumentType, Placed, Severity, SourceState, Stage
from watcher.ports import Added, Judged, Sorted
from watcher.storage import Database, SourceStore, StoredPacer
from watcher.storage import tables as t
from watcher.storage.store import LEASE
from watcher.storage.views import Views
from watcher.storage.window import Placer
from watcher.storage.writer import MOST_KEYS, Ready, prepare

LATER = NOW + timedelta(minutes=20)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
ADDRESS = "https://reader:secret@news.example/feed"


@pytest.fixture
async def store(database: Database) -> SourceStore:
    store = SourceStore(database)
    await store.enrol({"press": ADDRESS}, NOW)
    return store


async def claimed(store: SourceStore, source: str = "press") -> SourceState:
    (state,) = await store.claim_named([source], NOW)
    return state


async def saved(store: SourceStore, *each: Judged, source: str = "press") -> Added:
    state = await claimed(store, source)
    return await store.save(state, each, LATER)


async def rows(database: Database, statement: sa.Select[Any]) -> list[Any]:
    async with database.reading() as connection:
        return [tuple(row) for row in await connection.execute(statement)]


# -- claiming


async def test_a_source_is_claimed_once_until_its_lease_runs_out(store: SourceStore) -> None:
    assert [state.source for state in await store.claim(["press"], NOW, limit=9)] == ["press"]
    assert await store.claim(["press"], NOW + LEASE - timedelta(seconds=1), limit=9) == []
    (again,) = await store.claim(["press"], NOW + LEASE, limit=9)
    assert again.attempt == 2


async def test_a_source_is_not_claimed_before_it_is_due(store: SourceStore) -> None:
    state = await claimed(store)
    await store.save(replace(state, next_poll_at=NOW + HOUR), (), NOW)
    assert await store.claim(["press"], NOW + HOUR - timedelta(seconds=1), limit=9) == []
    assert len(await store.claim(["press"], NOW + HOUR, limit=9)) == 1


async def test_at_a_start_what_was_not_reached_is_due_at_once_and_a_server_that_failed_keeps_its_peace(store: SourceStore) -> None:
    await store.enrol({"press": ADDRESS, "agency": ADDRESS}, NOW)
    for source, unreached in (("press", True), ("agency", False)):
        state = await claimed(store, source)
        await store.save(replace(state, next_poll_at=NOW + HOUR, failures=9, unreached=unreached, last_error="down"), (), NOW)
    await store.try_unreached(["press", "agency"], LATER)
    states = await store.claim(["press", "agency"], LATER, limit=9)
    assert [(state.source, state.failures, state.last_error) for state in states] == [("press", 1, "down")]


async def test_a_source_that_is_gone_is_never_claimed(store: SourceStore) -> None:
    await store.save(replace(await claimed(store), gone=True), (), NOW)
    assert await store.claim(["press"], NOW + HOUR, limit=9) == []


async def test_of_a_paced_host_one_source_is_given_and_only_while_nobody_waits_for_a_turn(store: SourceStore, database: Database) -> None:
    await store.enrol(dict.fromkeys(("c/1", "c/2", "c/3"), "https://court.example/"), NOW)
    ids = ["c/1", "c/2", "c/3", "press"]
    pacer = Turns(database)
    first = await store.claim(ids, NOW, limit=9, paced={"court.example"})
    await pacer.pace("court.example", NOW)
    too_soon = await store.claim(ids, NOW + timedelta(seconds=1), limit=9, paced={"court.example"})
    then = await store.claim(ids, NOW + timedelta(seconds=2), limit=9, paced={"court.example"})
    at_once = await store.claim(ids, NOW, limit=9)
    assert [[state.source for state in each] for each in (first, too_soon, then, at_once)] == [["c/1", "press"], [], ["c/2"], ["c/3"]]


# -- turns at a host


class Turns:
    """A pacer of two seconds for all hosts but `unpaced`, and what it slept."""

    def __init__(self, database: Database) -> None:
        self.clock = Moment()
        self.slept: list[float] = []
        self.pacer = StoredPacer(Database(database.engine, self.clock), lambda host: None if host == "unpaced" else 2 * SECOND, self.sleep)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    async def pace(self, host: str, now: datetime) -> None:
        self.clock.now = now
        await self.pacer.pace(host)


async def test_each_turn_at_a_host_is_given_once_and_one_host_waits_for_no_other(database: Database) -> None:
    turns = Turns(database)
    for host in ("court.example", "court.example", "press.example", "unpaced", "unpaced", "court.example"):
        await turns.pace(host, NOW)
    await turns.pace("court.example", NOW + 5 * SECOND)
    await turns.pace("court.example", NOW + 8 * SECOND)
    assert turns.slept == [2.0, 4.0, 1.0]


async def test_rivals_get_one_turn_each(database: Database) -> None:
    rivals = [Turns(database) for _ in range(6)]
    await asyncio.gather(*(rival.pace("court.example", NOW) for rival in rivals))
    assert sorted(sum(rival.slept) for rival in rivals) == [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]


async def test_rivals_never_claim_one_source_both(store: SourceStore) -> None:
    ids = [f"s{number}" for number in range(20)]
    await store.enrol(dict.fromkeys(ids, ADDRESS), NOW)
    taken = await asyncio.gather(*(store.claim(ids, NOW, limit=5) for _ in range(6)))
    sources = [state.source for states in taken for state in states]
    assert len(sources) == len(set(sources))


async def test_enrolling_again_keeps_what_is_known(store: SourceStore) -> None:
    kept = replace(await claimed(store), etag='"x"', polls=4, failures=2, next_poll_at=NOW + HOUR)
    await store.save(kept, (), NOW)
    await store.enrol({"press": ADDRESS}, LATER)
    assert await store.claim(["press"], LATER, limit=9) == []
    state = await claimed(store)
    assert (state.etag, state.polls, state.failures, state.attempt) == ('"x"', 4, 2, 2)


OF_THE_OLD: dict[str, Any] = {
    "gone": True,
    "failures": 7,
    "last_error": "gone for good",
    "etag": '"x"',
    "last_modified": "Tue, 24 Nov 2026 12:00:00 GMT",
    "body_hash": "0" * 64,
    "moved_to": "https://old.example/",
    "moved_seen": 3,
}


async def test_another_address_starts_afresh_and_is_due_at_once(store: SourceStore) -> None:
    await store.save(replace(await claimed(store), next_poll_at=NOW + HOUR, polls=4, last_ok_at=NOW, **OF_THE_OLD), (), NOW)
    await store.enrol({"press": "https://reader:other@news.example/feed"}, LATER)
    (state,) = await store.claim(["press"], LATER, limit=9)
    assert state == SourceState(source="press", next_poll_at=LATER, polls=4, last_ok_at=NOW, lease_until=LATER + LEASE, attempt=3)


async def test_a_poll_of_the_old_address_that_is_under_way_is_fenced_off(store: SourceStore) -> None:
    old = await claimed(store)
    await store.enrol({"press": "https://new.example/feed"}, NOW)
    with pytest.raises(StaleLeaseError):
        await store.save(replace(old, gone=True), (), NOW)
    assert len(await store.claim(["press"], NOW, limit=9)) == 1


async def test_a_host_with_the_old_file_ends_the_old_address_and_not_the_new_one(store: SourceStore, database: Database) -> None:
    elsewhere = SourceStore(database)
    await elsewhere.enrol({"press": "https://new.example/feed"}, NOW)
    old = await claimed(store)
    await store.save(replace(old, next_poll_at=LATER, **OF_THE_OLD), (), NOW)
    assert await store.claim(["press"], LATER, limit=9) == []
    (state,) = await elsewhere.claim(["press"], LATER, limit=9)
    assert (state.gone, state.etag, state.moved_to, state.failures) == (False, None, None, 0)


async def test_what_is_kept_of_an_address_holds_no_password(store: SourceStore, database: Database) -> None:
    (kept,) = await rows(database, sa.select(t.sources))
    assert "secret" not in str(kept)
    assert "news.example" in kept


# -- telling new from known


async def test_a_second_poll_of_the_same_is_nothing_new(store: SourceStore) -> None:
    await saved(store, judged(article(), "cecot"))
    assert await store.sort(SOURCE, [article()]) == Sorted(new=(), changed=(), known=1)


@pytest.mark.parametrize("shared", ["url:https://news.example/a", "guid:1"])
async def test_any_shared_key_means_the_same_publication(store: SourceStore, shared: str) -> None:
    await saved(store, judged(article(keys=("url:https://news.example/a", "guid:1"))))
    rotated = article("rotated", title=article().title, summary=article().summary, keys=(shared,))
    assert await store.sort(SOURCE, [rotated]) == Sorted(new=(), changed=(), known=1, renamed=(rotated,))


async def test_further_keys_of_what_is_known_are_kept_so_that_it_is_known_by_them_alone(store: SourceStore, database: Database) -> None:
    """First the guid rotates, then the address changes: each time one of two keys is known."""
    await saved(store, judged(article("1", keys=("url:a",)), "cecot"))
    second = article("2", title=article("1").title, summary=article("1").summary, keys=("guid:2", "url:a"))
    await store.save(await claimed(store), (), LATER, renamed=(await store.sort(SOURCE, [second])).renamed)
    third = replace(second, key="feed:press:3", keys=("guid:2", "url:a-new-slug"))
    assert (await store.sort(SOURCE, [third])).known == 1
    assert await store.sort(SOURCE, [second]) == Sorted(new=(), changed=(), known=1)


async def test_a_source_that_gives_other_keys_each_time_fills_no_table(store: SourceStore, database: Database) -> None:
    first = article("1", keys=("url:a",))
    await saved(store, judged(first))
    for number in range(MOST_KEYS):
        rotated = replace(first, key=f"feed:press:other-{number}")
        await store.save(await claimed(store), (), LATER, renamed=[rotated])
    assert await rows(database, sa.select(sa.func.count()).select_from(t.document_keys)) == [(MOST_KEYS,)]


async def test_a_key_that_is_another_ones_stays_there(store: SourceStore, database: Database) -> None:
    await saved(store, judged(article("1", keys=("url:a",))), judged(article("2", keys=("url:b",))))
    both = article("2", keys=("url:a", "url:c"))
    await store.save(await claimed(store), (), LATER, renamed=[both])
    owners = sa.select(t.document_keys.c.key, t.document_keys.c.document).where(t.document_keys.c.key.startswith("url:"))
    assert sorted(await rows(database, owners)) == [("url:a", 1), ("url:b", 2), ("url:c", 2)]


async def test_new_words_from_the_same_source_are_a_change(store: SourceStore) -> None:
    await saved(store, judged(article()))
    retitled = article(title="Another title")
    assert await store.sort(SOURCE, [retitled]) == Sorted(new=(), changed=(retitled,), known=1)


async def test_another_source_s_words_for_it_are_no_change_or_two_would_take_turns(store: SourceStore) -> None:
    await saved(store, judged(article()))
    elsewhere = article(source="other", title="Another title")
    assert await store.sort(SOURCE, [elsewhere]) == Sorted(new=(), changed=(), known=1)


async def test_of_two_articles_of_one_reading_that_claim_one_stored_the_stronger_key_has_it_and_the_other_is_new(
    store: SourceStore, database: Database
) -> None:
    """A live blog: the first part moves to an address of its own, and a second stands where the first was."""
    await saved(store, judged(article(keys=("guid:1", "url:live")), "cecot"))
    first = article("moved", title="Retitled", keys=("guid:1", "url:live-part-1"))
    second = article("second", keys=("guid:2", "url:live"))
    for readings in range(2):
        found = await store.sort(SOURCE, [second, first])
        assert (found.new, found.changed) == (((second,), (first,)) if readings == 0 else ((), ()))
        await saved(store, *(judged(document, "cecot") for document in (*found.new, *found.changed)))
    assert await rows(database, sa.select(t.documents.c.key, t.documents.c.version).order_by(t.documents.c.id)) == [
        ("feed:press:a", 2),
        ("feed:press:second", 1),
    ]
    assert await rows(database, sa.select(t.document_keys.c.document).where(t.document_keys.c.key == "url:live")) == [(1,)]


AT_ITS_OWN_KEY = article(keys=("guid:1", "url:live"))
RENAMED = article("rotated", title=article().title, summary=article().summary, keys=("guid:1", "guid:1a"))


@pytest.mark.parametrize("other", [AT_ITS_OWN_KEY, RENAMED], ids=["unchanged", "renamed"])
async def test_a_new_paper_at_the_old_address_of_one_that_is_unchanged_is_new_and_told(
    store: SourceStore, database: Database, other: Document
) -> None:
    """Also when it is stored: the unchanged one is not among what was judged, and has its place all the same."""
    await saved(store, judged(AT_ITS_OWN_KEY, "cecot"))
    second = article("second", keys=("guid:2", "url:live"))
    found = await store.sort(SOURCE, [second, other])
    assert (found.new, found.changed, found.renamed) == ((second,), (), (other,))
    added = await store.save(await claimed(store), [judged(second, "cecot")], LATER, renamed=found.renamed)
    assert (added.new, added.changed) == (1, 0)
    stored = sa.select(t.documents.c.key, t.documents.c.version, t.documents.c.tell).order_by(t.documents.c.id)
    assert await rows(database, stored) == [("feed:press:a", 1, True), ("feed:press:second", 1, True)]
    again = await store.sort(SOURCE, [second, other])
    assert (again.new, again.changed, again.renamed) == ((), (), ())


async def test_two_readings_of_one_document_are_known_by_the_further_keys_of_both(store: SourceStore, database: Database) -> None:
    await saved(store, judged(article(keys=("feed:press:b",))))
    twice = [article(keys=("guid:1",)), article("b", keys=("guid:2",))]
    await store.save(await claimed(store), (), LATER, renamed=twice)
    kept = await rows(database, sa.select(t.document_keys.c.key).where(t.document_keys.c.document == 1))
    assert {key for (key,) in kept} == {"feed:press:a", "feed:press:b", "guid:1", "guid:2"}


async def test_two_readings_of_one_document_in_one_answer_are_one_change(store: SourceStore, database: Database) -> None:
    await saved(store, judged(article(keys=("feed:press:b",))))
    twice = [article("b", title="One"), article("a", title="Two")]
    found = await store.sort(SOURCE, twice)
    assert found == Sorted(new=(), changed=(twice[0],), known=2)
    added = await saved(store, *map(judged, twice))
    assert (added.new, added.changed) == (0, 1)
    assert await rows(database, sa.select(t.versions.c.title).order_by(t.versions.c.version)) == [(article().title,), ("One",)]


async def test_another_source_that_brings_a_further_stage_is_a_change(store: SourceStore) -> None:
    listed = article("fr", key="fr:2026-1", source="inspection", stage=Stage.INSPECTION)
    await saved(store, judged(listed))
    published = replace(listed, source="register", stage=Stage.PUBLISHED)
    assert (await store.sort(SOURCE, [published])).changed == (published,)
    await saved(store, judged(published))
    assert await store.sort(SOURCE, [listed]) == Sorted(new=(), changed=(), known=1)


# -- storing


async def test_a_poll_stores_documents_versions_matches_and_a_story_at_once(store: SourceStore, database: Database) -> None:
    added = await saved(store, judged(order(), "abrego-garcia", "due-process"), judged(article("unmatched")))
    assert added == Added(new=2, changed=0, backfill=0, stories=(1,))
    (page,) = await Views(database).stories()
    assert (page.story.title, page.story.revision, page.story.severity, page.story.watches) == (
        "Order on motion (#51), Abrego Garcia v. Noem",
        1,
        Severity.URGENT,
        ("abrego-garcia", "due-process"),
    )
    (paper,) = page.papers
    assert paper.document == order()
    (revision,) = page.revisions
    assert (revision.number, revision.tell, revision.new_watches) == (1, True, ("abrego-garcia", "due-process"))


async def test_every_version_is_kept(store: SourceStore, database: Database) -> None:
    await saved(store, judged(article(), "cecot"))
    added = await saved(store, judged(article(title="Retitled"), "cecot"))
    assert (added.new, added.changed, added.stories) == (0, 1, ())
    assert await rows(database, sa.select(t.versions.c.version, t.versions.c.title).order_by(t.versions.c.version)) == [
        (1, "a reported of the prison"),
        (2, "Retitled"),
    ]
    assert await rows(database, sa.select(t.documents.c.version)) == [(2,)]


async def test_a_stub_that_turns_out_to_be_an_order_raises_the_revision(store: SourceStore, database: Database) -> None:
    await saved(store, judged(stub(), "abrego-garcia"))
    await saved(store, judged(order(), "abrego-garcia"))
    (page,) = await Views(database).stories()
    assert (page.story.type, page.story.severity, page.story.revision) == (DocumentType.ORDER, Severity.URGENT, 2)
    assert [(each.number, each.loud, bool(each.change)) for each in page.revisions] == [(1, True, False), (2, True, True)]


async def test_a_lost_lease_stores_nothing(store: SourceStore, database: Database) -> None:
    state = await claimed(store)
    await store.claim(["press"], NOW + LEASE, limit=1)
    with pytest.raises(StaleLeaseError, match="press"):
        await store.save(state, [judged(article(), "cecot")], LATER)
    assert await rows(database, sa.select(t.documents.c.id)) == []


async def test_two_pollers_of_one_event_make_one_story(store: SourceStore, database: Database) -> None:
    """Both read before either writes; whoever is first keeps the Document, and the other's joins its Story or is dropped."""
    await store.enrol({"one": "https://a.example/", "two": "https://b.example/"}, NOW)
    first, second = await claimed(store, "one"), await claimed(store, "two")
    paper = order(keys=("url:https://court.example/51",))
    assert len((await store.sort(SOURCE, [paper])).new) == len((await store.sort(SOURCE, [paper])).new) == 1
    added = await asyncio.gather(
        store.save(first, [judged(paper, "abrego-garcia")], LATER), store.save(second, [judged(paper, "abrego-garcia")], LATER)
    )
    assert sorted(each.new for each in added) == [0, 1]
    assert len(await Views(database).stories()) == 1


def report(name: str) -> Document:
    """One outlet's of an event that all report."""
    title = "Judge orders return of man wrongly deported to Salvadoran prison CECOT"
    return article(name, key=f"feed:{name}:1", source=name, title=title, summary=title)


async def test_two_pollers_with_two_reports_of_one_event_make_one_story(store: SourceStore, database: Database) -> None:
    await store.enrol({"one": "https://a.example/", "two": "https://b.example/"}, NOW)
    states = [await claimed(store, "one"), await claimed(store, "two")]
    reports = [report(name) for name in ("one", "two")]
    await asyncio.gather(*(store.save(state, [judged(each, "cecot")], LATER) for state, each in zip(states, reports, strict=True)))
    (page,) = await Views(database).stories()
    assert sorted(paper.document.source for paper in page.papers) == ["one", "two"]


async def test_a_plan_that_a_rival_made_out_of_date_is_made_anew(
    store: SourceStore, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both plan before either writes: what the first stores is not in the second's window, and yet they are one Story."""
    await store.enrol({"one": "https://a.example/", "two": "https://b.example/"}, NOW)
    first, second = await claimed(store, "one"), await claimed(store, "two")
    title = "Judge orders return of man wrongly deported to Salvadoran prison CECOT"
    mine, theirs = (article(name, key=f"feed:{name}:1", source=name, title=title, summary=title) for name in ("one", "two"))

    async def overtaken(database: Database, placer: Placer, found: Sequence[Judged], now: datetime, renamed: Sequence[Document]) -> Ready:
        ready = await prepare(database, placer, found, now, renamed)
        if found[0].document is mine:
            await store.save(second, [judged(theirs, "cecot")], LATER)
        return ready

    monkeypatch.setattr("watcher.storage.store.prepare", overtaken)
    await store.save(first, [judged(mine, "cecot")], LATER)
    (page,) = await Views(database).stories()
    assert [paper.document.source for paper in page.papers] == ["two", "one"]


async def test_the_stories_are_found_before_the_lock(store: SourceStore, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await saved(store, judged(article(), "cecot"))
    state = await claimed(store)
    locked = False
    place_them = stories.place

    @asynccontextmanager
    async def writing(*, serial: bool = False) -> AsyncIterator[AsyncConnection]:
        nonlocal locked
        async with Database.writing(database, serial=serial) as connection:
            locked = True
            yield connection
            locked = False

    def place(fresh: Sequence[Placed], window: Sequence[Placed]) -> list[Placed]:
        assert not locked
        return place_them(fresh, window)

    monkeypatch.setattr(database, "writing", writing)
    monkeypatch.setattr("watcher.storage.window.placing.place", place)
    added = await store.save(state, [judged(article("b"), "cecot"), judged(order(), "cecot")], LATER)
    assert (added.new, locked) == (2, False)


# -- what is told


async def revisions(database: Database) -> list[tuple[int, bool, bool, list[str]]]:
    return await rows(
        database,
        sa.select(t.revisions.c.number, t.revisions.c.tell, t.revisions.c.fanned, t.revisions.c.new_watches).order_by(t.revisions.c.number),
    )


@pytest.mark.parametrize("how", [{"tell": False}, {"backfill": True}])
async def test_what_a_first_run_or_a_late_paper_brings_is_stored_and_not_told(
    store: SourceStore, database: Database, how: dict[str, bool]
) -> None:
    added = await saved(store, judged(order(), "abrego-garcia", **how))
    assert added.backfill == int("backfill" in how)
    assert await revisions(database) == [(1, False, True, ["abrego-garcia"])]


async def test_a_material_change_of_what_was_never_told_is_told_as_new(store: SourceStore, database: Database) -> None:
    await saved(store, judged(stub(), "abrego-garcia", tell=False))
    await saved(store, judged(order(), "abrego-garcia", "due-process"))
    assert await revisions(database) == [(1, False, True, ["abrego-garcia"]), (2, True, False, ["abrego-garcia", "due-process"])]


@pytest.mark.parametrize(("watches", "tell"), [(("abrego-garcia",), False), (("abrego-garcia", "due-process"), True)])
async def test_the_words_of_an_entry_that_a_first_fetch_found_are_news_to_followers_of_a_further_watch_alone(
    store: SourceStore, database: Database, watches: tuple[str, ...], tell: bool
) -> None:
    await saved(store, judged(stub(), "abrego-garcia", tell=False))
    await saved(store, judged(order(type=DocumentType.NOTICE), *watches))
    assert (await revisions(database))[1:] == [(2, tell, not tell, list(watches[1:]))]


async def test_better_words_for_what_was_never_told_stay_untold(store: SourceStore, database: Database) -> None:
    await saved(store, judged(article(), "cecot", tell=False))
    await saved(store, judged(article(summary="Corrected."), "cecot"))
    assert len(await revisions(database)) == 1


@pytest.mark.parametrize("after", [order(), stub(stage=Stage.SEALED)], ids=["an order", "sealed"])
async def test_what_was_late_when_first_seen_is_never_told_whatever_becomes_of_it(
    store: SourceStore, database: Database, after: Document
) -> None:
    await saved(store, judged(stub(), "abrego-garcia", backfill=True))
    await saved(store, judged(after, "abrego-garcia", "due-process"))
    assert [tell for _, tell, *_ in await revisions(database)] == [False, False]


async def test_what_was_late_and_matches_only_now_has_a_story_that_is_not_told(store: SourceStore, database: Database) -> None:
    await saved(store, judged(article(), backfill=True))
    await saved(store, judged(article(summary="Now of the prison."), "cecot"))
    assert await revisions(database) == [(1, False, True, ["cecot"])]


SEGMENT = article("one", title="CBS pulls 60 Minutes segment on prison Cecot", summary="The network's editor pulled it.")
SURFACES = article("two", title="Pulled Cecot segment surfaces in Canada, goes viral", summary="Viewers of 60 Minutes saw it there.")


@pytest.mark.parametrize("together", [True, False])
async def test_a_report_that_may_be_of_something_new_is_told_with_its_own_paper(
    store: SourceStore, database: Database, together: bool
) -> None:
    each = [judged(SEGMENT, "cecot"), judged(replace(SURFACES, severity=Severity.URGENT), "cecot")]
    for batch in [each] if together else [each[:1], each[1:]]:
        await saved(store, *batch)
    made = sa.select(t.revisions.c.number, t.revisions.c.change, t.revisions.c.loud, t.revisions.c.document).order_by(t.revisions.c.number)
    told = sa.select(t.documents.c.id).where(t.documents.c.key == SURFACES.key)
    ((surfaces,),) = await rows(database, told)
    assert await rows(database, made) == [(1, "", True, None), (2, "a further report", True, surfaces)]


LISTED = article("fr", key="fr:2026-1", source="inspection", stage=Stage.INSPECTION)
WITHDRAWN = replace(LISTED, source="register", stage=Stage.WITHDRAWN)


@pytest.mark.parametrize("told", [True, False])
async def test_what_becomes_of_a_paper_is_told_as_it_was_also_by_a_source_s_first_run(
    store: SourceStore, database: Database, told: bool
) -> None:
    await saved(store, judged(LISTED, "cecot", tell=told))
    await saved(store, judged(WITHDRAWN, "cecot", tell=False))
    assert [(number, tell) for number, tell, *_ in await revisions(database)] == [(1, told), (2, told)]


async def test_a_paper_that_a_first_run_brings_to_a_match_is_told_if_it_was_to_be(store: SourceStore, database: Database) -> None:
    await saved(store, judged(LISTED))
    await saved(store, judged(WITHDRAWN, "cecot", tell=False))
    assert await revisions(database) == [(1, True, False, ["cecot"])]


ELSEWHERE = article("theirs", key="feed:other:1", source="other", title=article().title, keys=("url:a",))
OTHER = replace(SOURCE, id="other")


async def test_what_only_a_first_run_has_found_is_told_when_another_source_brings_it(store: SourceStore, database: Database) -> None:
    await saved(store, judged(article(keys=("url:a",)), "cecot", tell=False))
    found = await store.sort(OTHER, [ELSEWHERE])
    assert found == Sorted(new=(), changed=(), known=1, renamed=(ELSEWHERE,), untold=(ELSEWHERE,))
    added = await store.save(await claimed(store), [judged(ELSEWHERE, "cecot", "due-process")], LATER, renamed=[ELSEWHERE])
    assert (added.new, added.changed, added.stories) == (0, 0, (1,))
    assert await revisions(database) == [(1, False, True, ["cecot"]), (2, True, False, ["cecot", "due-process"])]
    assert await rows(database, sa.select(t.documents.c.tell, t.documents.c.version)) == [(True, 1)]
    assert await store.sort(OTHER, [ELSEWHERE]) == Sorted(new=(), changed=(), known=1)


async def test_what_only_a_first_run_has_found_opens_its_story_when_another_source_brings_it(
    store: SourceStore, database: Database
) -> None:
    await saved(store, judged(article(keys=("url:a",)), tell=False))
    await store.save(await claimed(store), [judged(ELSEWHERE, "cecot")], LATER, renamed=[ELSEWHERE])
    assert await revisions(database) == [(1, True, False, ["cecot"])]


@pytest.mark.parametrize("how", [{"tell": True}, {"tell": False, "backfill": True}], ids=repr)
async def test_what_was_told_or_late_is_not_told_by_another_source(store: SourceStore, how: dict[str, bool]) -> None:
    await saved(store, judged(article(keys=("url:a",)), "cecot", **how))
    assert (await store.sort(OTHER, [ELSEWHERE])).untold == ()


async def test_a_source_that_brought_it_before_under_another_key_tells_it_no_more(store: SourceStore) -> None:
    await saved(store, judged(article(keys=("url:a",)), "cecot", tell=False))
    await store.save(await claimed(store), (), LATER, renamed=[ELSEWHERE])
    rotated = replace(ELSEWHERE, key="feed:other:2")
    assert (await store.sort(OTHER, [rotated])).untold == ()


async def test_a_rivals_first_run_swallows_nothing(store: SourceStore, database: Database) -> None:
    """Both have read it before either stores it, and the silent one is first."""
    await saved(store, judged(article(keys=("url:a",)), "cecot", tell=False))
    await saved(store, judged(ELSEWHERE, "cecot"))
    assert [tell for _, tell, *_ in await revisions(database)] == [False, True]


async def test_followers_of_a_watch_that_an_untold_paper_brought_hear_of_the_next_paper(store: SourceStore, database: Database) -> None:
    """The Story was told; a source's first run adds a paper of a further Watch; then a paper of both comes."""
    await saved(store, judged(report("one"), "cecot"))
    await saved(store, judged(report("two"), "cecot", "contempt", tell=False))
    assert await revisions(database) == [(1, True, False, ["cecot"]), (2, False, True, ["contempt"])]
    await saved(store, judged(report("three"), "cecot", "contempt"))
    assert (await revisions(database))[2:] == [(3, True, False, ["contempt"])]
    await saved(store, judged(report("four"), "cecot", "contempt"))
    assert len(await revisions(database)) == 3


async def test_a_document_that_matches_only_now_opens_its_story_then(store: SourceStore, database: Database) -> None:
    await saved(store, judged(article()))
    assert await revisions(database) == []
    added = await saved(store, judged(article(summary="Now of the prison."), "cecot"))
    assert (added.changed, len(added.stories)) == (1, 1)
    assert await revisions(database) == [(1, True, False, ["cecot"])]


async def test_a_naive_time_is_refused(store: SourceStore) -> None:
    naive: Document = article(published=NOW.replace(tzinfo=None))
    with pytest.raises(sa.exc.StatementError, match="has no time zone"):
        await saved(store, judged(naive))


async def test_readers_never_wait_for_a_writer(database: Database) -> None:
    """While one transaction writes and does not end, another connection reads the state before it."""
    async with database.writing(serial=True) as connection:
        await connection.execute(sa.insert(t.leases).values(name="x", holder="me", until=NOW))
        async with asyncio.timeout(5):
            assert await rows(database, sa.select(t.leases.c.name)) == []
    assert await rows(database, sa.select(t.leases.c.name)) == [("x",)]


async def test_a_reader_sees_one_state_however_often_it_asks(database: Database) -> None:
    names = sa.select(t.leases.c.name)
    async with database.reading() as reader:
        before = (await reader.execute(names)).all()
        async with database.writing() as writer:
            await writer.execute(sa.insert(t.leases).values(name="x", holder="me", until=NOW))
        assert (await reader.execute(names)).all() == before == []
    assert await rows(database, names) == [("x",)]


async def test_writers_go_one_at_a_time(database: Database) -> None:
    order_seen: list[str] = []

    async def write(name: str) -> None:
        async with database.writing(serial=True) as connection:
            order_seen.append(f"{name} in")
            await connection.execute(sa.insert(t.leases).values(name=name, holder="me", until=NOW))
            await asyncio.sleep(0.01)
            order_seen.append(f"{name} out")

    await asyncio.gather(*(write(str(number)) for number in range(4)))
    assert [line.split()[1] for line in order_seen] == ["in", "out"] * 4
