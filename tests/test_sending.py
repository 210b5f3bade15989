"""Letters claimed and settled: on SQLite and on PostgreSQL."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from alerts import deliver
from alerts.models import Address, LetterKind, Never, Sent, Unknown
from alerts.retry import settle
from alerts.storage import Book, Outbox
from alerts.storage import tables as t
from alerts.storage.buckets import BURST
from alerts.storage.sending import startable
from tests.outboxes import ANN, BEN, EVE, GAP, LEASE, SOON, YESTERDAY, claim, posted, rows, told
from tests.papers import NOW, article, happened, judged, order
from watcher.storage import Database


async def test_a_letter_is_claimed_once(outbox: Outbox) -> None:
    await posted(outbox, ANN, BEN)
    claimed = await asyncio.gather(*(claim(outbox, free=1) for _ in range(4)))
    ids = [letter.id for letters in claimed for letter in letters]
    assert sorted(ids) == sorted(set(ids))


async def test_one_address_never_has_two_in_flight(outbox: Outbox) -> None:
    await posted(outbox, ANN, ANN, ANN)
    assert len(await claim(outbox)) == 1
    assert await claim(outbox) == []


async def test_a_chat_rests_after_a_letter_and_others_do_not_wait(outbox: Outbox) -> None:
    await posted(outbox, ANN, ANN, BEN)
    first, _other = await claim(outbox)
    await outbox.settle(first, settle(first, Sent("1/1"), NOW, gap=GAP), NOW)
    assert await claim(outbox, now=NOW + GAP - timedelta(milliseconds=1)) == []
    assert [letter.address for letter in await claim(outbox, now=NOW + GAP)] == [ANN]


async def test_a_channel_keeps_its_pace_over_all_addresses(outbox: Outbox) -> None:
    """A bucket: a burst after a rest, then so many a second, whatever the number of claims."""
    await posted(outbox, *(Address.parse(f"telegram:{number}") for number in range(1, 60)))
    sent = [len(await claim(outbox, now=NOW + timedelta(milliseconds=40 * tick), per_second=25)) for tick in range(26)]
    assert (sent[0], sum(sent)) == (BURST, BURST + 25)


async def test_alerts_reach_a_group_whose_members_keep_asking(database: Database, book: Book, outbox: Outbox) -> None:
    """A question every two seconds, a group that takes a message in three: the alert waits for one reply, not for all."""
    group = Address.parse("telegram:-5")
    await book.follow(group, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(order(), "abrego-garcia"))
    await deliver.fan_out(outbox, NOW)
    for second in range(0, 60, 2):
        await posted(outbox, group, now=NOW - timedelta(seconds=60 - second))
    (reply,) = await claim(outbox)
    assert reply.kind is LetterKind.CONFIRMATION
    assert await deliver.compose(outbox, NOW, []) == 1
    await outbox.settle(reply, settle(reply, Sent("-5/1"), NOW, gap=3 * GAP), NOW)
    (alert,) = await claim(outbox, now=NOW + 3 * GAP)
    assert alert.kind is LetterKind.ALERT


async def test_replies_go_behind_urgent_alerts_to_other_chats(database: Database, book: Book, outbox: Outbox) -> None:
    await posted(outbox, BEN, now=NOW - GAP)
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(order(), "abrego-garcia"))
    await told(outbox)
    (letter,) = await claim(outbox, free=1)
    assert letter.kind is LetterKind.ALERT


async def test_urgent_letters_go_first(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["cecot"], YESTERDAY)
    await happened(database, judged(article(), "cecot"))
    await told(outbox)
    await posted(outbox, BEN, now=NOW)
    (letter,) = await claim(outbox, free=1)
    assert letter.address == BEN


@pytest.mark.parametrize("lane", t.LANES)
async def test_what_goes_next_is_read_in_its_order_from_an_index_however_much_waits(database: Database, lane: int) -> None:
    dialect = database.engine.dialect
    query = startable("telegram", lane, NOW, 100).compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
    async with database.writing() as connection:
        if not database.is_sqlite:
            await connection.execute(sa.text("SET LOCAL enable_seqscan = off"))  # so few rows are read faster all at once
            await connection.execute(sa.text("SET LOCAL enable_bitmapscan = off"))
        plan = "\n".join(str(row) for row in await connection.execute(sa.text(explain + str(query).replace(":", "\\:"))))
    assert "ix_letters_waiting" in plan
    assert not database.is_sqlite or ("ix_letters_open" in plan) is (lane == t.REPLIES)
    assert not any(word in plan for word in ("SCAN letters", "B-TREE", "Sort", "Seq Scan on letters")), plan


async def test_settling_is_fenced_by_the_attempt(outbox: Outbox) -> None:
    await posted(outbox, ANN)
    (letter,) = await claim(outbox)
    late = NOW + LEASE
    assert [each.id for each in await outbox.expired(late)] == [letter.id]
    assert await deliver.settle_expired(outbox, {}, late) == 1
    assert not await outbox.settle(letter, settle(letter, Sent("1/1"), late, gap=GAP), late)


async def test_a_letter_whose_sender_died_goes_out_once_more_as_a_possible_repeat(outbox: Outbox) -> None:
    await posted(outbox, ANN)
    await claim(outbox)
    late = NOW + LEASE
    await deliver.settle_expired(outbox, {}, late)
    (again,) = await claim(outbox, now=late + timedelta(seconds=10))
    assert (again.repeat, again.attempt) == (True, 2)


async def test_unknown_that_is_not_urgent_waits_in_the_next_digest(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["cecot"], YESTERDAY)
    await happened(database, judged(article(), "cecot"))
    await told(outbox)
    (letter,) = await claim(outbox)
    await outbox.settle(letter, settle(letter, Unknown("no answer"), NOW, gap=GAP), NOW)
    assert await rows(database, sa.select(t.letters.c.state)) == [("unknown",)]
    assert await told(outbox, NOW + timedelta(days=1)) == 1
    (digest,) = await claim(outbox, now=NOW + timedelta(days=1))
    assert (digest.kind, [item.story for item in digest.items]) == (LetterKind.DIGEST, [1])


async def test_an_address_that_is_gone_is_parked_and_what_waits_for_it_is_cancelled(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["cecot"], YESTERDAY)
    await posted(outbox, ANN, ANN)
    (letter,) = await claim(outbox)
    await outbox.settle(letter, settle(letter, Never("blocked the bot"), NOW, gap=GAP), NOW)
    known = await book.find(ANN)
    assert known is not None
    assert known.subscriber.parked == "blocked the bot"
    assert sorted(await rows(database, sa.select(t.letters.c.state))) == [("cancelled",), ("dead",)]


async def test_a_second_address_takes_over_when_the_first_is_gone(database: Database, book: Book, outbox: Outbox) -> None:
    await book.add(ANN, YESTERDAY, second=EVE)
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(order(), "abrego-garcia"))
    await told(outbox)
    (letter,) = await claim(outbox)
    await outbox.settle(letter, settle(letter, Never("blocked the bot"), NOW, gap=GAP), NOW)
    (again,) = await claim(outbox, "mailto", SOON)
    assert (again.id, again.address) == (letter.id, EVE)
    known = await book.find(EVE)
    assert known is not None
    assert (known.subscriber.address, known.subscriber.parked) == (EVE, None)
