"""Phrases that subscribers own: told to their owners, seen by nobody else; on SQLite and on PostgreSQL, by the real rules and stores."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from alerts import deliver
from alerts.errors import PhraseError
from alerts.models import Address, Cadence, Letter, LetterKind, Sent
from alerts.retry import settle
from alerts.storage import Book, Names, Outbox, StoredDesk
from alerts.storage import tables as t
from alerts.storage.own import Mark, OwnPhrases
from tests.papers import NOW, article, order, stub
from tests.site import WATCHES, reader, site_app
from watcher.history import look_back
from watcher.match import Rules
from watcher.models import Docket, Document, DocumentType, Severity, Watch
from watcher.own import NEUTRAL, own_watch
from watcher.ports import Judged
from watcher.storage import Database, SourceStore
from watcher.storage import tables as w
from watcher.storage.archive import StoredArchive
from watcher.storage.history import StoredHistory
from watcher.storage.views import Views

ANN, BEN, EVE = (Address.parse(f"telegram:{number}") for number in (1, 2, 3))
MUNAF, TECOLUCA = "Munaf v. Geren", "Tecoluca"
NAMES = Names(watches={watch.id: watch.title for watch in WATCHES})
YESTERDAY = NOW - timedelta(days=1)
FILED = tuple(replace(watch, needs=()) for watch in WATCHES)
ELSEWHERE: dict[str, Any] = {"title": "Entry #51", "case": "", "headline": "", "docket": Docket(court="dcd", number="1:25-cv-00001")}
CECOT = "Terrorism Confinement Center"


@pytest.fixture
def outbox(database: Database) -> Outbox:
    return Outbox(database, names=lambda: NAMES, public_url="https://watch.example")


async def own(book: Book, address: Address, *phrases: str, **wish: Any) -> tuple[str, ...]:
    return await book.own_phrases(address, phrases, YESTERDAY, **wish)


async def published(database: Database, *papers: Document, now: datetime = NOW, tell: bool = True) -> None:
    """These were found, and judged by all rules that there are."""
    rules = Rules(FILED)
    rules.add(*(own_watch(number, phrase) for number, phrase in (await OwnPhrases(database).all()).items()))
    store = SourceStore(database)
    await store.enrol({"press": "x"}, now)
    (state,) = await store.claim_named(["press"], now)
    await store.save(state, [Judged(document=paper, verdict=rules.judge(paper), tell=tell) for paper in papers], now)


async def told(outbox: Outbox, now: datetime = NOW) -> dict[Address, Letter]:
    """What everybody is told now, and sent."""
    await deliver.fan_out(outbox, now)
    await deliver.compose(outbox, now, ["press"])
    letters: dict[Address, Letter] = {}
    while claimed := await outbox.claim("telegram", now, free=9, per_second=0, lease=timedelta(hours=1)):
        for letter in claimed:
            assert letter.address not in letters
            letters[letter.address] = letter
            await outbox.settle(letter, settle(letter, Sent(f"{letter.address.to}/5"), now, gap=timedelta(0)), now)
    return letters


def paper(name: str, *phrases: str, **fields: Any) -> Document:
    """An article that is like no other, with these phrases in it."""
    return article(name, title=f"{name} {name}ville", summary=f"It says {'; '.join(phrases)}.", **fields)


def reasons(letter: Letter) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(reason.watch, reason.title, reason.found) for item in letter.items for reason in item.reasons]


async def everything(database: Database, *, without: Sequence[str] = ()) -> str:
    """All rows of all tables, as one text."""
    async with database.reading() as connection:
        tables = [table for metadata in (w.metadata, t.metadata) for table in metadata.sorted_tables if table.name not in without]
        return "\n".join([str(row) for table in tables for row in await connection.execute(sa.select(table))])


async def shown(database: Database) -> str:
    """Every page and feed that there is, as one text."""
    paths = ["/", "/status", "/metrics", *(f"/story/{number}" for number in range(1, 9)), "/watch/own-1", "/watch/own-1.atom"]
    paths += [f"/watch/{watch.id}{form}" for watch in WATCHES for form in ("", ".atom", ".json", ".ics")]
    async with reader(site_app(database)) as client:
        pages = [await client.get(path) for path in paths]
    assert [page.status_code for page in pages if page.status_code not in (200, 404)] == []
    assert all("own-" not in page.text for page in pages if not page.url.path.startswith("/watch/own-1"))
    return "\n".join(page.text for page in pages)


# -- who is told


async def test_two_owners_of_one_phrase_are_each_told_with_it_as_the_reason(database: Database, book: Book, outbox: Outbox) -> None:
    assert await own(book, ANN, MUNAF) == ("own-1",)
    assert await own(book, BEN, "MUNAF v Geren") == ("own-2",)
    await book.follow(EVE, ["cecot"], YESTERDAY)
    await published(database, paper("Alpha", "Munaf vs. Geren"))
    letters = await told(outbox)
    assert {address: reasons(letter) for address, letter in letters.items()} == {
        ANN: [("own-1", MUNAF, ("Munaf vs. Geren",))],
        BEN: [("own-2", "MUNAF v Geren", ("Munaf vs. Geren",))],
    }
    assert [item.page for letter in letters.values() for item in letter.items] == [False, False]


async def test_cadence_floor_and_digests_hold_for_phrases_as_for_topics(database: Database, book: Book, outbox: Outbox) -> None:
    await own(book, ANN, MUNAF, cadence=Cadence.DAILY)
    await own(book, BEN, MUNAF, floor=Severity.URGENT)
    await own(book, EVE, MUNAF, types=[DocumentType.ORDER])
    await published(database, paper("Alpha", MUNAF))
    assert await told(outbox) == {}
    digest = (await told(outbox, NOW + timedelta(days=1)))[ANN]
    assert (digest.kind, reasons(digest)) == (LetterKind.DIGEST, [("own-1", MUNAF, (MUNAF,))])


async def test_a_story_under_a_topic_and_a_phrase_is_told_once_with_both(database: Database, book: Book, outbox: Outbox) -> None:
    await own(book, ANN, MUNAF)
    await book.follow(ANN, ["cecot"], YESTERDAY)
    await book.follow(BEN, ["cecot"], YESTERDAY)
    await published(database, paper("Alpha", MUNAF, CECOT))
    letters = await told(outbox)
    assert [reason[0] for reason in reasons(letters[ANN])] == ["cecot", "own-1"]
    assert [reason[0] for reason in reasons(letters[BEN])] == ["cecot"]
    assert all(item.page for letter in letters.values() for item in letter.items)


async def test_what_was_seen_before_is_not_told(database: Database, book: Book, outbox: Outbox) -> None:
    await published(database, paper("Alpha", MUNAF))
    await own(book, ANN, MUNAF)
    await published(database, paper("Alpha", MUNAF), now=NOW + timedelta(hours=1))
    assert await told(outbox) == {}


async def test_who_leaves_owns_nothing_any_more(database: Database, book: Book, outbox: Outbox) -> None:
    await own(book, ANN, MUNAF, TECOLUCA)
    await published(database, paper("Alpha", MUNAF))
    letter = (await told(outbox))[ANN]
    async with reader(site_app(database)) as client:
        page = await client.get(f"/unsubscribe/{letter.unsubscribe}")
        assert f"“{TECOLUCA}”" in page.text
        assert "own-" not in page.text
        await client.post(f"/unsubscribe/{letter.unsubscribe}")
    assert await OwnPhrases(database).all() == {}
    listed = await book.find(ANN)
    assert listed is not None
    assert (listed.subscriptions, listed.phrases) == ((), {})


# -- who sees


async def test_no_page_or_feed_shows_what_only_a_phrase_found(database: Database, book: Book) -> None:
    await own(book, ANN, MUNAF)
    await published(database, paper("Alpha", MUNAF), paper("Beta", CECOT))
    pages = await shown(database)
    assert "Alpha" not in pages
    assert "Munaf" not in pages
    assert "Beta" in pages
    async with reader(site_app(database)) as client:
        assert [(await client.get(f"/story/{number}")).status_code for number in (1, 2)].count(200) == 1
    assert await Views(database).counts_by_watch(YESTERDAY) == {"cecot": 1}
    assert len(await Views(database, everything=True).stories()) == 2


async def test_nobody_is_shown_that_a_public_story_answers_a_phrase_too(database: Database, book: Book, outbox: Outbox) -> None:
    await own(book, ANN, MUNAF)
    await published(database, paper("Alpha", MUNAF, CECOT))
    (page,) = await Views(database).stories(told=True)
    assert (page.story.watches, page.told) == (("cecot",), True)
    assert [card[0] for card in page.papers[0].matches] == ["cecot"]
    assert [each.new_watches for each in page.revisions] == [("cecot",)]
    assert await Views(database).stories(watch="own-1") == []
    assert "/watch/own-1" not in await shown(database)
    desk = StoredDesk(database, outbox, lambda: FILED)
    assert [[reason.watch for reason in item.reasons] for item in await desk.latest(None, 9)] == [["cecot"]]


async def test_the_bot_lists_and_explains_to_others_nothing_that_only_a_phrase_found(
    database: Database, book: Book, outbox: Outbox
) -> None:
    await own(book, ANN, MUNAF)
    await book.follow(BEN, ["cecot"], YESTERDAY)
    await published(database, paper("Alpha", MUNAF))
    desk = StoredDesk(database, outbox, lambda: FILED)
    assert (await desk.latest(None, 9), await desk.latest("own-1", 9)) == ([], [])
    assert (await desk.why(BEN, 1), await desk.why(EVE, 1)) == (None, None)
    mine = await desk.why(ANN, 1)
    assert mine is not None
    assert [(reason.watch, reason.title) for reason in mine.reasons] == [("own-1", MUNAF)]


async def test_the_phrase_is_in_its_row_and_in_letters_to_its_owner_alone(database: Database, book: Book, outbox: Outbox) -> None:
    await own(book, ANN, "Convención de Mégara")
    await published(database, paper("Alpha", "convencion de Megara"))
    assert "Convención" not in await everything(database, without=["own_watches"])
    async with database.reading() as connection:
        ((because,),) = (await connection.execute(sa.select(w.matches.c.because))).all()
    assert [(each["term"], each["found"]) for each in because] == [(NEUTRAL, "convencion de Megara")]
    await told(outbox)
    assert "Convención" not in await everything(database, without=["own_watches", "letters"])


async def test_newer_stories_of_owners_take_no_place_on_a_page(database: Database, book: Book, outbox: Outbox) -> None:
    await own(book, ANN, MUNAF)
    await published(database, paper("Beta", CECOT))
    await published(database, *(paper(name, MUNAF) for name in ("Alpha", "Gamma")), now=NOW + timedelta(hours=1))
    (page,) = await Views(database).stories(limit=1)
    assert page.papers[0].document.key == "feed:press:Beta"
    (item,) = await StoredDesk(database, outbox, lambda: FILED).latest(None, 1)
    assert item.lead.title == page.story.title


# -- what becomes of stories


async def test_a_story_of_owners_becomes_public_by_a_further_version_and_is_told_as_new(
    database: Database, book: Book, outbox: Outbox
) -> None:
    await own(book, ANN, MUNAF)
    await book.follow(BEN, ["cecot"], YESTERDAY)
    await published(database, paper("Alpha", MUNAF))
    assert list(await told(outbox)) == [ANN]
    later = NOW + timedelta(hours=1)
    await published(database, paper("Alpha", MUNAF, CECOT), now=later)
    letters = await told(outbox, later)
    assert {address: (letter.kind, [each[0] for each in reasons(letter)]) for address, letter in letters.items()} == {
        BEN: (LetterKind.ALERT, ["cecot"])
    }
    (page,) = await Views(database).stories(told=True)
    assert (page.story.watches, page.story.revised_at, page.told) == (("cecot",), later, True)
    assert [(each.number, each.at, each.new_watches) for each in page.revisions] == [(1, later, ("cecot",))]
    assert "first seen" in await shown(database)


async def test_a_further_paper_makes_it_public_without_the_paper_that_only_the_phrase_asks_for(
    database: Database, book: Book, outbox: Outbox
) -> None:
    await own(book, ANN, MUNAF)
    await book.follow(BEN, ["cecot"], YESTERDAY)
    entry = order(summary=f"ORDER granting 50 Motion for a Temporary Restraining Order; see {MUNAF}.", **ELSEWHERE)
    await published(database, entry)
    (first,) = (await told(outbox)).values()
    assert first.items[0].title == "Entry #51"
    other = Docket(court="ca4", number="25-1345", courtlistener=1)
    report = replace(entry, key="cl:1#entry-9", number="9", title=f"Entry #9 on the {CECOT}", docket=other)
    later = NOW + timedelta(hours=1)
    await published(database, report, now=later)
    (page,) = await Views(database).stories()
    assert [paper.document.key for paper in page.papers] == [report.key]
    assert (page.story.title, page.story.lead) == (report.title, report.key)
    assert "Entry #51" not in await shown(database)
    assert len(await Views(database, everything=True).stories()) == 1
    letter = (await told(outbox, later))[BEN]
    assert (letter.items[0].title, letter.items[0].others) == (report.title, ())


async def test_a_paper_that_only_a_phrase_asks_for_changes_nothing_that_others_see_or_hear(
    database: Database, book: Book, outbox: Outbox
) -> None:
    await own(book, ANN, MUNAF, floor=Severity.URGENT, types=[DocumentType.ORDER])
    await book.follow(BEN, ["abrego-garcia"], YESTERDAY)
    await book.follow(EVE, ["abrego-garcia"], YESTERDAY, types=[DocumentType.ORDER])
    report = article("Alpha", title="Judge grants a restraining order to Abrego Garcia", summary="The judge granted it in 8:25-cv-00951.")
    await published(database, report)
    assert list(await told(outbox)) == [BEN]
    before, bens = await shown(database), await Views(database).stories()
    later = NOW + timedelta(minutes=5)
    entry = order(headline="Order (#51)", summary=f"ORDER granting 50 Motion for Temporary Restraining Order, citing {MUNAF}.")
    only_hers = Rules([own_watch(1, MUNAF)]).judge(entry)  # as if the file tracked this docket no more
    store = SourceStore(database)
    (state,) = await store.claim_named(["press"], later)
    await store.save(state, [Judged(document=entry, verdict=only_hers)], later)
    assert await Views(database).stories() == bens
    assert await shown(database) == before
    letters = await told(outbox, later)
    assert list(letters) == [ANN]
    assert letters[ANN].urgent
    assert [each.title for each in letters[ANN].items[0].others] == ["Order (#51)"]
    (whole,) = await Views(database, everything=True).stories()
    assert [(each.number, each.change, each.new_watches) for each in whole.revisions] == [
        (1, "", ("abrego-garcia",)),
        (2, "now an order", ("own-1",)),
    ]
    await deliver.fan_out(outbox, later)


async def test_of_papers_seen_at_once_the_public_ones_open_the_story(database: Database, book: Book, outbox: Outbox) -> None:
    await own(book, ANN, MUNAF)
    await book.follow(BEN, ["cecot"], YESTERDAY)
    entry = order(summary="ORDER granting 50 Motion for a Temporary Restraining Order, as all of them asked.", **ELSEWHERE)
    hers = replace(entry, title=f"Entry #51, {MUNAF}")
    theirs = replace(entry, key="cl:1#entry-9", title=f"Entry #9 on the {CECOT}")
    await published(database, hers, theirs)
    letters = await told(outbox)
    (page,) = await Views(database, everything=True).stories()
    assert {paper.document.key for paper in page.papers} == {hers.key, theirs.key}
    assert [each.new_watches for each in page.revisions] == [("cecot",), ("own-1",)]
    assert page.story.title == theirs.title
    assert [each.title for each in letters[ANN].items[0].others] == [hers.title]
    assert letters[BEN].items[0].others == ()


async def test_a_new_topic_that_finds_a_paper_of_owners_shows_that_one_and_no_other(database: Database, book: Book) -> None:
    await own(book, ANN, MUNAF)
    entry = order(summary=f"ORDER granting 50 Motion for a Temporary Restraining Order, as in {MUNAF}.", **ELSEWHERE)
    later = replace(entry, key="cl:1#entry-9", title=f"Entry #9 on {TECOLUCA}")
    await published(database, entry)
    await published(database, later)
    topic = Watch(id="tecoluca", kind="doctrine", title="The town", names=(TECOLUCA,))
    history = StoredHistory(database)
    assert await history.meet([topic.id], NOW) == (topic.id,)
    rules = Rules([topic, own_watch(1, MUNAF)])
    looked = await look_back([topic.id], {}, rules.judge, history, NOW)
    assert looked is not None
    assert (looked.judged, looked.found) == (2, 1)
    (page,) = await Views(database).stories(watch=topic.id)
    assert (page.story.title, [paper.document.key for paper in page.papers]) == (later.title, [later.key])
    assert (page.story.watches, page.told, await Views(database).stories(told=True)) == ((topic.id,), False, [])
    assert (page.story.revision, page.revisions) == (1, ())
    assert "Entry #51" not in await shown(database)
    (whole,) = await Views(database, everything=True).stories()
    assert len(whole.papers) == 2


async def test_what_nobody_else_was_told_is_in_no_feed_when_an_owner_is(database: Database, book: Book, outbox: Outbox) -> None:
    await own(book, ANN, MUNAF)
    entry = order(summary="ORDER granting 50 Motion for a Temporary Restraining Order, as all of them asked.", **ELSEWHERE)
    await published(database, replace(entry, title=f"Entry #51 on the {CECOT}"), tell=False)
    await published(database, replace(entry, key="cl:1#entry-9", title=f"Entry #9, {MUNAF}"))
    assert list(await told(outbox)) == [ANN]
    assert await Views(database).stories(told=True) == []
    (page,) = await Views(database).stories()
    assert (len(page.papers), page.told) == (1, False)


async def test_what_only_owners_were_told_is_not_told_to_others_by_a_paper_that_a_first_look_found(
    database: Database, book: Book, outbox: Outbox
) -> None:
    await own(book, ANN, MUNAF)
    await book.follow(BEN, ["cecot"], YESTERDAY)
    entry = order(summary=f"ORDER granting 50 Motion for a Temporary Restraining Order, as in {MUNAF}.", **ELSEWHERE)
    found = replace(entry, key="cl:1#entry-9", title="Entry #9")
    await published(database, entry)
    await published(database, found, tell=False)
    assert list(await told(outbox)) == [ANN]
    await published(database, replace(found, title=f"Entry #9 on the {CECOT}"), now=NOW + timedelta(hours=1), tell=False)
    assert await told(outbox, NOW + timedelta(hours=1)) == {}
    (page,) = await Views(database).stories()
    assert (page.story.watches, page.told, await Views(database).stories(told=True)) == (("cecot",), False, [])
    assert len(await Views(database, everything=True).stories()) == 1


async def test_an_owner_hears_of_the_change_of_a_paper_that_only_she_asked_for(database: Database, book: Book, outbox: Outbox) -> None:
    await own(book, ANN, MUNAF)
    await own(book, BEN, TECOLUCA)
    bare = stub(**ELSEWHERE | {"title": f"{MUNAF}, entry 51"})
    await published(database, bare)
    assert list(await told(outbox)) == [ANN]
    later = NOW + timedelta(hours=1)
    await published(database, order(**ELSEWHERE | {"title": bare.title}), now=later)
    letters = await told(outbox, later)
    assert {address: letter.kind for address, letter in letters.items()} == {ANN: LetterKind.UPDATE}
    assert letters[ANN].items[0].change == "now an order"
    assert await Views(database).stories() == []


async def test_each_owner_is_told_of_the_paper_that_her_own_phrase_found(database: Database, book: Book, outbox: Outbox) -> None:
    await own(book, ANN, MUNAF)
    await own(book, BEN, TECOLUCA)
    one = order(summary=f"ORDER granting the motion of all of the parties, as {MUNAF} asks", **ELSEWHERE)
    two = replace(one, key="cl:2#entry-51", title=f"Entry #51 of {TECOLUCA}")
    await published(database, one)
    await published(database, two)
    assert len(await Views(database, everything=True).stories()) == 1
    letters = await told(outbox)
    assert letters[ANN].items[0].title == "Entry #51"
    assert (letters[BEN].items[0].title, letters[BEN].items[0].others) == (two.title, ())


# -- what is kept


async def test_what_is_forgotten_leaves_no_trace(database: Database, book: Book, outbox: Outbox) -> None:
    await own(book, ANN, MUNAF)
    await own(book, BEN, MUNAF)
    await published(database, paper("Alpha", MUNAF), paper("Beta", MUNAF, CECOT))
    await told(outbox)
    assert await book.forget(ANN)
    left = await everything(database, without=["revisions"])
    assert "own-1" not in left
    assert "own-2" in left
    assert await book.forget(BEN)
    left = await everything(database, without=["revisions", "versions"])
    assert "own-2" not in left
    assert "Munaf" not in left
    (page,) = await Views(database).stories()
    assert page.story.watches == ("cecot",)
    desk = StoredDesk(database, outbox, lambda: FILED)
    assert [await desk.why(EVE, story) is None for story in (1, 2)].count(True) == 1
    assert await own(book, EVE, TECOLUCA) == ("own-3",)


async def test_what_is_judged_again_for_an_operator_knows_nothing_of_it(database: Database, book: Book) -> None:
    await own(book, ANN, MUNAF)
    await published(database, paper("Alpha", MUNAF, CECOT))
    (page,) = [page async for page in StoredArchive(database).pages(YESTERDAY, matches=True)]
    assert [[match.watch for match in filed.matches] for filed in page] == [["cecot"]]


async def test_what_a_process_still_found_by_an_ended_phrase_is_swept_away(database: Database, book: Book, outbox: Outbox) -> None:
    await own(book, ANN, MUNAF)
    await own(book, BEN, MUNAF)
    late = Rules([own_watch(1, MUNAF), own_watch(2, MUNAF)])
    assert await book.end_phrases(ANN, ["munaf v geren", "Hamdi"]) == ("Hamdi",)
    assert len(await OwnPhrases(database).all()) == 2
    assert await book.end_phrases(ANN, ["munaf v geren"]) == ()
    store = SourceStore(database)
    await store.enrol({"press": "x"}, NOW)
    (state,) = await store.claim_named(["press"], NOW)
    found = paper("Alpha", MUNAF)
    await store.save(state, [Judged(document=found, verdict=late.judge(found))], NOW)
    assert list(await told(outbox)) == [BEN]
    await outbox.clean(NOW)
    async with database.reading() as connection:
        left = [set((await connection.execute(sa.select(table.c.watch))).scalars()) for table in (w.matches, w.story_watches)]
    assert left == [{"own-2"}, {"own-2"}]


async def test_all_that_is_stored_of_a_phrase_is_exported(database: Database, book: Book) -> None:
    await own(book, ANN, MUNAF)
    stored = await book.export(ANN)
    assert stored is not None
    assert [(row["id"], row["phrase"]) for row in stored["own_watches"]] == [(1, MUNAF)]
    json.dumps(stored)


async def test_a_phrase_is_owned_once_and_named_again_changes_how_it_is_told(book: Book) -> None:
    assert await own(book, ANN, MUNAF) == ("own-1",)
    assert await own(book, ANN, TECOLUCA, "MUNAF V GEREN", cadence=Cadence.WEEKLY) == ("own-2", "own-1")
    listed = await book.find(ANN)
    assert listed is not None
    assert listed.phrases == {"own-1": MUNAF, "own-2": TECOLUCA}
    assert {each.watch: each.cadence for each in listed.subscriptions} == {"own-1": Cadence.WEEKLY, "own-2": Cadence.WEEKLY}


async def test_what_may_not_be_taken_changes_nothing(book: Book) -> None:
    with pytest.raises(PhraseError, match="everyday words"):
        await own(book, ANN, MUNAF, "court order")
    assert await book.find(ANN) is None
    await own(book, ANN, *(f"Munaf number{number}" for number in range(20)))
    with pytest.raises(PhraseError, match="may own 20 phrases"):
        await own(book, ANN, TECOLUCA)
    listed = await book.find(ANN)
    assert listed is not None
    assert len(listed.phrases) == len(listed.subscriptions) == 20


async def test_the_mark_changes_with_the_rows_and_with_nothing_else(database: Database, book: Book) -> None:
    phrases = OwnPhrases(database)
    assert await phrases.mark() == Mark(0, 0)
    await own(book, ANN, MUNAF, TECOLUCA)
    assert await phrases.mark() == Mark(2, 2)
    await own(book, ANN, MUNAF)
    assert await phrases.mark() == Mark(2, 2)
    await book.end_phrases(ANN, [TECOLUCA])
    assert await phrases.mark() == Mark(1, 1)
    await own(book, ANN, TECOLUCA)
    assert await phrases.mark() == Mark(3, 2)
    assert await phrases.all() == {1: MUNAF, 3: TECOLUCA}


async def test_phrases_move_with_their_owner(database: Database, book: Book, outbox: Outbox) -> None:
    await own(book, ANN, MUNAF)
    await book.rename(ANN, BEN)
    await published(database, paper("Alpha", MUNAF))
    assert {address: reasons(letter) for address, letter in (await told(outbox)).items()} == {BEN: [("own-1", MUNAF, (MUNAF,))]}


async def test_where_two_readers_become_one_she_owns_what_both_did_and_each_phrase_once(
    database: Database, book: Book, outbox: Outbox
) -> None:
    await own(book, ANN, MUNAF, TECOLUCA)
    await own(book, BEN, "munaf v. geren")
    await published(database, paper("Alpha", MUNAF), paper("Beta", TECOLUCA))
    await deliver.fan_out(outbox, NOW)
    await book.rename(ANN, BEN)
    listed = await book.find(BEN)
    assert listed is not None
    assert listed.phrases == {"own-2": TECOLUCA, "own-3": "munaf v. geren"}
    assert {each.watch for each in listed.subscriptions} == set(listed.phrases)
    (letter,) = (await told(outbox)).values()
    assert sorted(reasons(letter)) == [("own-2", TECOLUCA, (TECOLUCA,)), ("own-3", "munaf v. geren", (MUNAF,))]
    assert "own-1" not in await everything(database, without=["revisions"])


async def test_what_waits_for_one_reader_is_told_by_the_like_phrase_of_the_reader_she_becomes(
    database: Database, book: Book, outbox: Outbox
) -> None:
    await own(book, ANN, MUNAF)
    await published(database, paper("Alpha", MUNAF))
    await deliver.fan_out(outbox, NOW)
    await own(book, BEN, "munaf v. geren")
    await book.rename(ANN, BEN)
    assert {address: reasons(letter) for address, letter in (await told(outbox)).items()} == {BEN: [("own-2", "munaf v. geren", (MUNAF,))]}
