"""Letters claimed and settled: on SQLite and on PostgreSQL."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts import deliver
from alerts.deliver import AHEAD
from alerts.models import Address, Later, LetterKind, Never, Sent, Unknown
from alerts.retry import settle
from alerts.storage import Book, Outbox, buckets, sweeping
from alerts.storage import outbox as outboxes
from alerts.storage import tables as t
from alerts.storage.buckets import PER_DOMAIN
from alerts.storage.sending import startable
from tests.outboxes import ANN, BEN, EVE, GAP, LEASE, SOON, YESTERDAY, claim, posted, rows, told
from tests.papers import NOW, article, happened, judged, order
from watcher.errors import DatabaseAwayError
from watcher.storage import Database
from watcher.storage import tables as w


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
    """Each has its turn, a fortieth of a second after the one before, whatever the number of claims and their hours."""
    await posted(outbox, *(Address.parse(f"telegram:{number}") for number in range(1, 60)))
    claims = [await claim(outbox, now=NOW + timedelta(milliseconds=60 * tick), per_second=40) for tick in range(14)]
    turns = [letter.start_at for letters in claims for letter in letters]
    assert turns == [NOW + timedelta(milliseconds=25 * turn) for turn in range(len(turns))]
    assert len(turns) == (13 * 60 + AHEAD // timedelta(milliseconds=1)) // 25 + 1
    assert {len(letters) for letters in claims[1:]} == {2, 3}


async def test_workers_that_claim_at_once_share_the_turns_of_a_channel(outbox: Outbox) -> None:
    await posted(outbox, *(Address.parse(f"telegram:{number}") for number in range(1, 60)))
    turns: list[datetime | None] = []
    for tick in range(3):
        at = NOW + tick * AHEAD
        claims = await asyncio.gather(*(claim(outbox, now=at, free=5, per_second=40) for _ in range(4)))
        turns += sorted(letter.start_at for letters in claims for letter in letters if letter.start_at)
    assert turns == [NOW + timedelta(milliseconds=25 * turn) for turn in range(len(turns))]
    assert len(turns) == 3 * AHEAD // timedelta(milliseconds=25) + 1


async def test_a_pace_written_by_a_clock_that_went_wrong_is_not_waited_for(outbox: Outbox) -> None:
    await posted(outbox, ANN, BEN)
    assert len(await claim(outbox, now=NOW + timedelta(hours=1), free=1, per_second=25)) == 1
    assert [letter.start_at for letter in await claim(outbox, free=1, per_second=25)] == [NOW]


async def test_the_threads_of_a_group_are_one_chat(outbox: Outbox) -> None:
    first, second, other = (Address.parse(f"telegram:{each}") for each in ("-100/5", "-100/7", "-1001/5"))
    await posted(outbox, first, second, other)
    claimed = await claim(outbox)
    assert [letter.address for letter in claimed] == [first, other]
    assert await claim(outbox) == []
    await outbox.settle(claimed[0], settle(claimed[0], Sent("1/1"), NOW, gap=GAP), NOW)
    assert await outbox.next_start("telegram", NOW) == NOW + GAP
    assert [letter.address for letter in await claim(outbox, now=NOW + GAP)] == [second]


async def test_mails_to_one_domain_keep_its_pace_and_hide_no_other_domain(outbox: Outbox) -> None:
    many = [Address.parse(f"mailto:reader{number}@example.com") for number in range(40)]
    await posted(outbox, *many, EVE)
    counts: Counter[str] = Counter()
    for tick in range(5):
        claimed = await claim(outbox, "mailto", now=NOW + tick * AHEAD, free=8, per_second=100)
        counts.update(letter.address.to.partition("@")[2] for letter in claimed)
        assert tick or EVE in [letter.address for letter in claimed]
    assert counts == {"example.com": 11, "example.org": 1}
    start = await outbox.next_start("mailto", NOW + 4 * AHEAD)
    assert start is not None
    assert NOW + 4 * AHEAD < start <= NOW + 4 * AHEAD + timedelta(seconds=1 / PER_DOMAIN)
    assert len(await claim(outbox, "mailto", now=start, free=8, per_second=100)) == 1


async def test_a_domain_that_takes_nothing_now_holds_its_own_mail_alone(outbox: Outbox) -> None:
    hour = timedelta(hours=1)
    await posted(
        outbox, *(Address.parse(f"mailto:{name}@example.com") for name in "ab"), EVE, *(3 * [Address.parse("mailto:c@sub.example.com")])
    )
    letter, *_ = await claim(outbox, "mailto", free=1)
    await outbox.settle(letter, settle(letter, Later(hour, "domain", "4.4.1"), NOW, gap=0 * GAP), NOW)
    assert {each.address.to for each in await claim(outbox, "mailto", now=NOW + GAP)} == {EVE.to, "c@sub.example.com"}
    async with outbox.database.writing() as connection:
        await connection.execute(sa.delete(t.letters).where(t.letters.c.address.not_like("%@example.com")))
    assert await outbox.next_start("mailto", NOW + GAP) == NOW + hour
    assert await claim(outbox, "mailto", now=NOW + hour - GAP) == []
    assert len(await claim(outbox, "mailto", now=NOW + hour)) == 2


async def test_very_many_domains_may_take_nothing_at_once(outbox: Outbox) -> None:
    reopens = NOW + timedelta(hours=1)
    domains = [f"d{number}.example" for number in range(70_000)]  # more than a statement has parameters
    await posted(outbox, *(Address.parse(f"mailto:reader@{domain}") for domain in domains[:30]))
    async with outbox.database.writing() as connection:
        held = [{"key": f"hold:mailto:{domain}", "free_at": reopens + GAP * number} for number, domain in enumerate(domains)]
        await connection.execute(sa.insert(w.buckets), held)
    assert await outbox.next_start("mailto", NOW) == reopens
    assert await claim(outbox, "mailto", now=NOW) == []
    await posted(outbox, EVE)
    assert await outbox.next_start("mailto", NOW) == NOW
    assert [letter.address for letter in await claim(outbox, "mailto", now=NOW)] == [EVE]


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


async def test_mail_domains_that_are_closed_are_found_beside_however_many_chats(database: Database) -> None:
    query = buckets.closed(NOW).compile(dialect=database.engine.dialect, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
    async with database.writing() as connection:
        if not database.is_sqlite:
            await connection.execute(sa.text("SET LOCAL enable_seqscan = off"))  # so few rows are read faster all at once
        plan = "\n".join(str(row) for row in await connection.execute(sa.text(explain + str(query).replace(":", "\\:"))))
    assert plan.count("SEARCH buckets" if database.is_sqlite else "Index Cond") == 2, plan
    assert not any(word in plan for word in ("SCAN buckets", "Seq Scan")), plan


async def test_a_domain_that_is_closed_is_all_that_stands_behind_the_at(database: Database, outbox: Outbox) -> None:
    odd, under = Address.parse("mailto:mail.example@post.example"), Address.parse("mailto:ben@a.mail.example")
    await posted(outbox, odd, under, Address.parse("mailto:eve@mail.example"))
    async with database.writing() as connection:
        await buckets.hold(connection, "hold:mailto:mail.example", NOW + timedelta(hours=1))
    assert {letter.address for letter in await claim(outbox, "mailto")} == {odd, under}


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


async def test_a_bucket_that_is_cleaned_away_while_it_is_locked_stands_all_the_same(database: Database) -> None:
    class Swept:
        """A connection beside which all buckets that can be had are deleted after each statement."""

        def __init__(self, connection: AsyncConnection) -> None:
            self.connection = connection
            self.dialect = connection.dialect

        async def execute(self, statement: Any) -> Any:
            result = await self.connection.execute(statement)
            if not database.is_sqlite:  # its writers go one at a time
                async with database.writing() as other:
                    await sweeping.delete_buckets(other, NOW + timedelta(hours=2), "")
            return result

    async with database.writing() as connection:
        await buckets.hold(connection, "channel:telegram", NOW)
    async with database.writing() as connection:
        assert await buckets.lock(cast(AsyncConnection, Swept(connection)), "channel:telegram", SOON) == NOW
    assert await rows(database, sa.select(w.buckets.c.key)) == [("channel:telegram",)]


async def test_other_turns_are_not_waited_for_while_one_who_stands_still_has_the_channel(
    database: Database, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The leases of those who wait run meanwhile, and once they are over a letter that nobody tried counts as perhaps arrived."""
    if database.is_sqlite:  # what a thread does cannot be broken off
        return
    monkeypatch.setattr(outboxes, "TURNS_WITHIN", 0.2)
    async with database.writing() as still:
        await buckets.lock(still, "channel:telegram", NOW)
        async with asyncio.timeout(10):
            with pytest.raises(DatabaseAwayError):
                await outbox.turns("telegram", NOW, most=3, per_second=25)
    assert len(await outbox.turns("telegram", NOW, most=3, per_second=25)) == 3


async def test_however_many_processes_are_late_no_turn_is_given_twice(outbox: Outbox) -> None:
    """Each takes what there is, and then one more, at one moment; at a slow pace that is long before its time."""
    given = [turn for _ in range(20) for turn in await outbox.turns("telegram", NOW, most=2, per_second=1.0)]
    assert given == [NOW + timedelta(seconds=each) for each in range(20)]


async def test_a_turn_that_a_clock_gone_wrong_wrote_is_not_waited_for(outbox: Outbox) -> None:
    await outbox.turns("telegram", NOW + timedelta(hours=1), most=1, per_second=25.0)
    assert await outbox.turns("telegram", NOW, most=1, per_second=25.0) == [NOW]
