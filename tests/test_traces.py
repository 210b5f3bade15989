"""What `watcher why` reads of the database, on SQLite and on PostgreSQL: papers, their stories, who was told; and it writes nothing."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from alerts.models import Address, LetterKind, LetterState
from alerts.retry import Settlement
from alerts.storage import Book, Names, Outbox
from alerts.storage import tables as a
from alerts.storage.tellings import Tellings
from alerts.telling import Owed, Tally
from tests.papers import NOW, article, evidence, judged, order, stub
from watcher.models import Match, Severity, Stage
from watcher.ports import Judged
from watcher.storage import Database, SourceStore
from watcher.storage.traces import Traces
from watcher.trace import Kept, Seat
from watcher.unseen import Brought

ANN, BOB, EVE = (Address("mailto", f"{name}@example.org") for name in ("ann", "bob", "eve"))
LATER = NOW + timedelta(hours=1)


async def seen(database: Database, *papers: Judged, now: Any = NOW) -> None:
    store = SourceStore(database)
    await store.enrol({"press": "x"}, NOW)
    (state,) = await store.claim_named(["press"], now)
    await store.save(state, papers, now)


@pytest.fixture
def outbox(database: Database) -> Outbox:
    return Outbox(database, names=Names)


async def told(outbox: Outbox, now: Any = NOW) -> None:
    """Fan out what is open, write every Letter, and send it."""
    for revision in await outbox.open_revisions():
        await outbox.fan_out(revision, now)
    for subscriber in await outbox.due_subscribers(now):
        await outbox.compose(subscriber, now)
    for letter in await outbox.claim("mailto", now, free=99, per_second=0, lease=timedelta(minutes=1)):
        await outbox.settle(letter, Settlement(state=LetterState.SENT, reference=f"<{letter.id}@x>"), now)


async def test_a_document_is_found_by_each_of_its_keys_with_all_that_is_stored_of_it(database: Database) -> None:
    first = article("a", keys=("url:press.example/a",), url="https://press.example/a")
    await seen(database, judged(first, "cecot"))
    await seen(database, judged(article("a", keys=("url:press.example/a",), title="rewritten"), "cecot", "banishment"), now=LATER)
    past = await Traces(database).document("url:press.example/a")
    assert past is not None
    assert past == await Traces(database).document("feed:press:a")
    assert (past.document.title, past.document.keys, past.version) == ("rewritten", ("url:press.example/a",), 2)
    assert [(each.number, each.seen_at, each.source, each.title) for each in past.versions] == [
        (1, NOW, "press", first.title),
        (2, LATER, "press", "rewritten"),
    ]
    match = Match(watch="cecot", document="feed:press:a", score=0.95, threshold=0.88, because=(evidence(first),))
    assert past.kept[0] == Kept(version=1, at=NOW, match=match)
    assert [(each.version, each.match.watch) for each in past.kept] == [(1, "cecot"), (2, "banishment"), (2, "cecot")]
    assert past.seat == Seat(story=1, joined_at=NOW, because=())


async def test_a_paper_that_is_withdrawn_keeps_the_last_date_that_it_gave(database: Database) -> None:
    await seen(database, judged(article("a", published=NOW)))
    await seen(database, judged(article("a", published=None, stage=Stage.WITHDRAWN)), now=LATER)
    past = await Traces(database).document("feed:press:a")
    assert past is not None
    assert (past.version, past.document.stage, past.document.published) == (2, Stage.WITHDRAWN, NOW)


async def test_what_was_late_or_found_by_a_first_look_is_known_as_that(database: Database) -> None:
    await seen(database, judged(article("old"), tell=False, backfill=True), judged(article("first"), tell=False))
    traces = Traces(database)
    old, first = await traces.document("feed:press:old"), await traces.document("feed:press:first")
    assert old is not None
    assert first is not None
    assert (old.backfill, old.tell, old.seat) == (True, False, None)
    assert (first.backfill, first.tell, first.kept) == (False, False, ())
    assert await traces.document("feed:press:none") is None


async def test_an_address_leads_to_its_documents_whatever_stands_around_it(database: Database) -> None:
    line = "https://www.supremecourt.gov/search.aspx?filename=/docket/docketfiles/html/public/24a949.html"
    docket = [order(number, key=f"scotus:24A949#{number}", url=line, docket=None) for number in (1, 2)]
    await seen(
        database,
        judged(article("a", keys=("url:press.example/a",), url="https://press.example/a")),
        judged(order(21)),
        *map(judged, docket),
    )
    traces = Traces(database)

    async def found(url: str) -> list[str]:
        return [past.document.key for past in await traces.at(url)]

    assert await found("http://www.press.example/a/?utm_source=feed") == ["feed:press:a"]
    assert await found("https://www.courtlistener.com/docket/69777799/21/abrego/") == ["cl:69777799#entry-21"]
    assert await found("https://www.supremecourt.gov/docket/docketfiles/html/public/24A949.html") == ["scotus:24A949#2", "scotus:24A949#1"]
    assert await found("https://press.example/b") == []


async def test_who_has_brought_documents_of_a_host_is_counted(database: Database) -> None:
    urls = ("https://press.example/a", "https://www.press.example/b", "https://press.example.org/c")
    await seen(database, *(judged(article(f"n{number}", url=url)) for number, url in enumerate(urls)))
    assert await Traces(database).brought("press.example") == [Brought(source="press", documents=2)]
    assert await Traces(database).brought("pre%") == []


async def test_a_story_is_told_in_numbers_and_to_one_reader_in_full(database: Database, outbox: Outbox) -> None:
    book, tellings = Book(database), Tellings(database)
    for who, floor in ((ANN, Severity.ROUTINE), (BOB, Severity.URGENT), (EVE, Severity.ROUTINE)):
        await book.follow(who, ["cecot" if who != EVE else "banishment"], NOW, floor=floor)
    await seen(database, judged(stub(), "cecot"))
    undecided = await tellings.of_story(1)
    assert (undecided.tallies, undecided.open, undecided.letters) == ((), frozenset([1]), ())
    await told(outbox)
    await seen(database, judged(order(), "cecot"), now=LATER)
    await told(outbox, LATER)
    telling = await tellings.of_story(1)
    usual: dict[str, Any] = {"cadence": "now", "channel": "mailto", "count": 1}
    skipped: dict[str, Any] = {"skipped": "routine is below the floor", "state": None}
    assert set(telling.tallies) == {
        Tally(revision=1, duty="alert", **usual, **skipped),
        Tally(revision=1, duty="alert", **usual, skipped=None, state="sent"),
        Tally(revision=2, duty="alert", **usual, skipped=None, state="sent"),
        Tally(revision=2, duty="update", **usual, skipped=None, state="sent"),
    }
    assert (telling.open, len(telling.letters), telling.more) == (frozenset(), 3, 0)
    bob, eve = await tellings.of_subscriber(1, BOB), await tellings.of_subscriber(1, EVE)
    assert bob is not None
    assert [(each.revision, each.skipped, each.state) for each in bob.owed] == [(1, "routine is below the floor", None), (2, None, "sent")]
    assert isinstance(bob.owed[1], Owed)
    assert (bob.owed[1].duty, bob.owed[1].watches, bob.owed[1].attempt, bob.owed[1].settled_at) == ("alert", ("cecot",), 1, LATER)
    assert eve is not None
    assert (eve.owed, [each.watch for each in eve.subscriptions], eve.told_at) == ((), ["banishment"], None)
    assert await tellings.of_subscriber(1, Address("mailto", "nobody@example.org")) is None


async def test_what_only_memory_knows_is_counted_too(database: Database, outbox: Outbox) -> None:
    await Book(database).follow(ANN, ["cecot"], NOW)
    await seen(database, judged(order(), "cecot"))
    await told(outbox)
    await outbox.clean(NOW + timedelta(days=100))
    telling = await Tellings(database).of_story(1)
    assert (telling.tallies, telling.letters, telling.remembered) == ((), (), 1)
    ann = await Tellings(database).of_subscriber(1, ANN)
    assert ann is not None
    assert (ann.owed, ann.told_at) == ((), NOW)


async def test_the_letters_of_a_story_are_named_up_to_ten(database: Database, outbox: Outbox) -> None:
    book = Book(database)
    for number in range(12):
        await book.follow(Address("mailto", f"r{number}@example.org"), ["cecot"], NOW)
    await seen(database, judged(order(), "cecot"))
    await told(outbox)
    telling = await Tellings(database).of_story(1)
    assert (len(telling.letters), telling.more, sum(each.count for each in telling.tallies)) == (10, 2, 12)
    assert list(telling.letters) == sorted(telling.letters)


async def test_a_letter_is_read_with_what_it_tells_even_where_its_words_cannot_be(database: Database, outbox: Outbox) -> None:
    await Book(database).follow(ANN, ["cecot"], NOW)
    await seen(database, judged(order(), "cecot"))
    await told(outbox)
    async with database.writing() as connection:
        await connection.execute(sa.update(a.letters).values(content={"items": [{"story": "broken"}]}, window="daily:2026-11-24#2"))
    letter = await Tellings(database).letter(1, NOW)
    assert letter is not None
    assert (letter.address, letter.kind, letter.state, letter.attempt, letter.window) == (ANN, LetterKind.ALERT, "sent", 1, "2026-11-24")
    assert [(each.story, each.revision, each.duty, each.watches) for each in letter.duties] == [(1, 1, "alert", ("cecot",))]
    assert await Tellings(database).letter(2, NOW) is None


async def test_reading_waits_for_no_writer(database: Database) -> None:
    await seen(database, judged(order(), "cecot"))
    async with database.writing(serial=True) as connection:
        await connection.execute(sa.delete(a.letters))
        past = await Traces(database).document("cl:69777799#entry-51")
        assert past is not None
        assert past.document.stage is Stage.DESCRIBED
        page = await Traces(database).story(1)
        assert page is not None
        assert [paper.document.key for paper in page.papers] == ["cl:69777799#entry-51"]
        assert (await Tellings(database).of_story(1)).open == frozenset([1])
        assert set(await Traces(database).sources()) == {"press"}
