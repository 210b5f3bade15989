"""Votes in the database: whose, of what, for how long; on SQLite and on PostgreSQL."""

import asyncio
from dataclasses import asdict, replace
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from alerts import deliver
from alerts.feedback import Vote
from alerts.models import Address, Cadence, Letter, LetterKind, Sent
from alerts.retry import settle
from alerts.storage import Ballots, Book, Names, Outbox, StoredDesk, Votes
from alerts.storage import tables as t
from alerts.tickets import token
from tests.papers import NOW, Moment, article, judged, order
from watcher.models import Evidence
from watcher.ports import Judged
from watcher.storage import Database, SourceStore
from watcher.storage import tables as w

GROUP, THREAD, OTHER = Address.parse("telegram:-100"), Address.parse("telegram:-100/7"), Address.parse("telegram:-1001")
MAIL = Address.parse("mailto:reader@example.org")
ANN, BEN = 4711001, 4711002
HOUR = timedelta(hours=1)
TODAY = date(2026, 11, 24)


@pytest.fixture
def moment(database: Database) -> Moment:
    database.clock = Moment()
    return database.clock


@pytest.fixture
def outbox(database: Database, moment: Moment) -> Outbox:
    return Outbox(database, names=lambda: Names(watches={}))


@pytest.fixture
def ballots(database: Database, moment: Moment) -> Ballots:
    return Ballots(database, lambda: "a secret of the tests")


async def happened(database: Database, *each: Judged) -> None:
    store = SourceStore(database)
    await store.enrol({"press": "x"}, NOW)
    (state,) = await store.claim_named(["press"], NOW + HOUR)
    await store.save(state, each, NOW + HOUR)


async def told(database: Database, outbox: Outbox, address: Address, *watches: str, cadence: Cadence = Cadence.NOW) -> Letter:
    """An alert that this address was sent of what happened."""
    await Book(database).follow(address, watches or ["cecot"], NOW, cadence=cadence)
    now = NOW + 2 * HOUR if cadence is Cadence.NOW else NOW + timedelta(days=2)
    await happened(database, judged(order(), *(watches or ["cecot"])))
    await deliver.fan_out(outbox, NOW + 2 * HOUR)
    await deliver.compose(outbox, now, [])
    (letter,) = await outbox.claim(address.channel, now, free=9, per_second=0, lease=HOUR)
    await outbox.settle(letter, settle(letter, Sent("-100/5"), now, gap=timedelta(0)), now)
    return letter


async def rows(database: Database) -> list[dict[str, Any]]:
    async with database.reading() as connection:
        return [dict(row._mapping) for row in await connection.execute(sa.select(t.votes).order_by(t.votes.c.id))]


async def said(database: Database) -> list[bool]:
    return [row["relevant"] for row in await rows(database)]


async def test_a_press_is_kept_with_topic_terms_story_and_day_and_no_name(database: Database, outbox: Outbox, ballots: Ballots) -> None:
    letter = await told(database, outbox, GROUP, "abrego-garcia", "cecot")
    assert await ballots.press(GROUP, letter.id, ANN, relevant=False)
    vote = Vote(story=1, watch="abrego-garcia", terms=("cecot",), relevant=False, day=TODAY)
    assert await Votes(database).since(TODAY) == [vote, replace(vote, watch="cecot")]
    assert await Votes(database).since(date(2026, 11, 25)) == []
    stored = str(await rows(database))
    assert not [name for name in (str(ANN), "-100", "telegram") if name in stored]


async def test_a_second_press_changes_the_vote_and_another_member_has_her_own(database: Database, outbox: Outbox, ballots: Ballots) -> None:
    letter = await told(database, outbox, GROUP)
    for user, relevant in ((ANN, True), (BEN, True), (ANN, False), (ANN, False)):
        assert await ballots.press(GROUP, letter.id, user, relevant=relevant)
    assert await said(database) == [False, True]


async def test_a_vote_on_news_of_a_story_changes_that_on_the_story(database: Database, outbox: Outbox, ballots: Ballots) -> None:
    first = await told(database, outbox, GROUP)
    async with database.writing() as connection:
        row = (await connection.execute(sa.select(t.letters))).one()._mapping
        again = dict(row) | {"id": first.id + 1, "kind": LetterKind.UPDATE.value, "message_id": "<b@x>"}
        await connection.execute(sa.insert(t.letters).values(again))
    assert await ballots.press(GROUP, first.id, ANN, relevant=True)
    assert await ballots.press(GROUP, first.id + 1, ANN, relevant=False)
    assert [(row["relevant"], row["letter"]) for row in await rows(database)] == [(False, first.id + 1)]


@pytest.mark.parametrize("chat", [OTHER, Address.parse("telegram:100"), Address.parse("telegram:-10")])
async def test_a_press_from_another_chat_changes_nothing(database: Database, outbox: Outbox, ballots: Ballots, chat: Address) -> None:
    letter = await told(database, outbox, GROUP)
    assert not await ballots.press(chat, letter.id, ANN, relevant=True)
    assert await rows(database) == []


async def test_a_forged_number_changes_nothing(database: Database, outbox: Outbox, ballots: Ballots) -> None:
    letter = await told(database, outbox, GROUP)
    reply = await outbox.post(GROUP, LetterKind.CONFIRMATION, "Hello", NOW)
    for number in (0, letter.id + 77, 10**18 - 1, reply):
        assert not await ballots.press(GROUP, number, ANN, relevant=True)
    assert await rows(database) == []


async def test_a_press_that_counts_for_nothing_waits_for_no_writer(database: Database, outbox: Outbox, ballots: Ballots) -> None:
    letter = await told(database, outbox, GROUP)
    async with database.writing(), asyncio.timeout(20):  # not reached but by a fault: on SQLite one writer waits for another
        assert not await ballots.press(OTHER, letter.id, ANN, relevant=True)
        assert not await ballots.press(GROUP, letter.id + 1, ANN, relevant=True)


async def test_a_letter_to_a_thread_is_voted_on_by_its_chat(database: Database, outbox: Outbox, ballots: Ballots) -> None:
    letter = await told(database, outbox, THREAD)
    assert await ballots.press(GROUP, letter.id, ANN, relevant=True)


async def test_a_digest_of_a_chat_has_no_buttons_and_takes_no_press(database: Database, outbox: Outbox, ballots: Ballots) -> None:
    letter = await told(database, outbox, GROUP, cadence=Cadence.DAILY)
    assert letter.kind is LetterKind.DIGEST
    assert not await ballots.press(GROUP, letter.id, ANN, relevant=True)


async def test_terms_are_those_of_the_papers_that_were_told_without_context(database: Database, outbox: Outbox, ballots: Ballots) -> None:
    letter = await told(database, outbox, GROUP)
    context = Evidence(term="foreign-prison: prison abroad", found="x", field="title", start=0, end=1, score=0.0)
    name = Evidence(term="CECOT prison", found="x", field="text", start=0, end=1, score=1.0)
    async with database.writing() as connection:
        await connection.execute(sa.update(w.matches).values(because=[asdict(context), asdict(name)]))
    assert await ballots.press(GROUP, letter.id, ANN, relevant=True)
    async with database.writing() as connection:
        await connection.execute(sa.update(w.story_documents).values(joined_at=NOW + 9 * HOUR))
    assert await ballots.press(GROUP, letter.id, BEN, relevant=True)
    assert [vote.terms for vote in await Votes(database).since(TODAY)] == [("CECOT prison",), ()]


# -- links


async def test_a_link_votes_for_its_address_once_however_often(database: Database, outbox: Outbox, ballots: Ballots) -> None:
    letter = await told(database, outbox, MAIL, cadence=Cadence.DAILY)
    yes, no = (token(letter, 1, relevant=relevant) for relevant in (True, False))
    asked = await ballots.asked(no)
    assert asked is not None
    assert (asked.title, asked.relevant, asked.lang) == ("Order on motion (#51), Abrego Garcia v. Noem", False, "en")
    assert await rows(database) == []
    for link in (yes, yes, no):
        assert await ballots.vote(link)
    assert await said(database) == [False]
    assert "reader@" not in str(await rows(database))


async def test_a_link_that_is_not_whole_or_not_ours_votes_for_nothing(database: Database, outbox: Outbox, ballots: Ballots) -> None:
    letter = await told(database, outbox, MAIL)
    good = token(letter, 1, relevant=True)
    of_another = token(replace(letter, message_id="<x@y>"), 1, relevant=True)
    for link in ("", "x", good[:-1], good + "0", good.replace("yes", "no"), of_another, token(letter, 2, relevant=True)):
        assert await ballots.asked(link) is None
        assert not await ballots.vote(link)
    assert await rows(database) == []


# -- how long


async def test_after_90_days_only_topic_terms_story_vote_and_day_are_left(database: Database, outbox: Outbox, ballots: Ballots) -> None:
    letter = await told(database, outbox, GROUP)
    await ballots.press(GROUP, letter.id, ANN, relevant=True)
    await outbox.clean(NOW + timedelta(days=89))
    (row,) = await rows(database)
    assert row["letter"] == letter.id
    assert len(row["voter"]) == 32
    await outbox.clean(NOW + timedelta(days=91))
    (row,) = await rows(database)
    kept = {"story": 1, "watch": "cecot", "terms": ["cecot"], "relevant": True, "day": TODAY, "letter": None, "voter": None}
    assert row == {"id": row["id"]} | kept
    assert not await ballots.press(GROUP, letter.id, ANN, relevant=False)
    assert await said(database) == [True]


async def test_who_is_forgotten_takes_her_votes_along(database: Database, outbox: Outbox, ballots: Ballots) -> None:
    letter = await told(database, outbox, GROUP)
    await ballots.press(GROUP, letter.id, ANN, relevant=True)
    await Book(database).forget(OTHER)
    assert await said(database) == [True]
    await Book(database).forget(GROUP)
    assert await rows(database) == []


async def test_an_export_shows_what_was_said_and_no_hash(database: Database, outbox: Outbox, ballots: Ballots) -> None:
    letter = await told(database, outbox, GROUP)
    await ballots.press(GROUP, letter.id, ANN, relevant=True)
    stored = await Book(database).export(GROUP)
    assert stored is not None
    (vote,) = stored["votes"]
    assert (vote["watch"], vote["relevant"], vote["day"], "voter" in vote) == ("cecot", True, "2026-11-24", False)


# -- the rest


async def test_the_words_of_a_story_are_those_of_all_its_papers(database: Database) -> None:
    long = "word " * 1_000
    await happened(database, judged(order(text=long), "cecot"), judged(article("z", title="Baseball in Ohio"), "cecot"))
    words = await Votes(database).words({1, 2, 99})
    assert sorted(words) == [1, 2]
    assert "Baseball in Ohio" in words[2]
    assert "ORDER granting" in words[1]
    assert len(words[1]) < 3_000


async def test_a_desk_without_ballots_takes_no_votes(database: Database, outbox: Outbox, ballots: Ballots) -> None:
    letter = await told(database, outbox, GROUP)
    assert not await StoredDesk(database, outbox, lambda: ()).vote(GROUP, letter.id, ANN, relevant=True)
    assert await StoredDesk(database, outbox, lambda: (), ballots=ballots).vote(GROUP, letter.id, ANN, relevant=True)


async def test_after_a_year_a_vote_is_forgotten(database: Database, outbox: Outbox, ballots: Ballots) -> None:
    letter = await told(database, outbox, GROUP)
    await ballots.press(GROUP, letter.id, ANN, relevant=True)
    await outbox.clean(NOW + timedelta(days=364))
    assert await said(database) == [True]
    await outbox.clean(NOW + timedelta(days=365))
    assert await said(database) == []
