"""The outbox counted by the database: on SQLite and on PostgreSQL."""

from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from alerts import deliver
from alerts.backlog import FanOut, Fault, Flood, Held, Lane, Owing
from alerts.models import Address, Cadence, Down, Later, Never, Outcome, Sent
from alerts.retry import PAUSE, settle
from alerts.storage import Book, Outbox
from alerts.storage import tables as t
from alerts.storage.buckets import PER_DOMAIN
from alerts.storage.ledger import Ledger
from tests.outboxes import ANN, BEN, EVE, GAP, YESTERDAY, chats_follow, claim, posted, told
from tests.papers import NOW, happened, judged, order
from watcher.storage import Database
from watcher.storage import tables as w

BOB = Address.parse("mailto:bob@example.org")


async def had(outbox: Outbox, outcome: Outcome, channel: str = "telegram") -> None:
    for letter in await claim(outbox, channel):
        await outbox.settle(letter, settle(letter, outcome, NOW, gap=GAP), NOW)


async def test_letters_are_counted_by_channel_lane_and_state_but_what_was_sent(database: Database, book: Book, outbox: Outbox) -> None:
    for address in (ANN, EVE):
        await book.follow(address, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(order(), "abrego-garcia"))
    await told(outbox)
    await posted(outbox, BEN, now=NOW - timedelta(minutes=5))
    await posted(outbox, Address.parse("telegram:3"), now=NOW + timedelta(hours=1))
    await claim(outbox, free=1)
    await had(outbox, Sent("<1@x>"), "mailto")
    await book.follow(BOB, ["cecot"], YESTERDAY)
    await posted(outbox, BOB)
    await had(outbox, Never("550 <bob@example.org> unknown"), "mailto")
    said = await Ledger(database).backlog(NOW)
    assert said.lanes == (
        Lane(channel="mailto", lane=1, dead=1),
        Lane(channel="telegram", lane=0, sending=1),
        Lane(channel="telegram", lane=1, pending=1, later=1, oldest=NOW - timedelta(minutes=5)),
    )
    assert said.faults == (Fault(channel="mailto", state="dead", reason="550 <(address)> unknown", count=1),)
    assert (said.readers, said.parked, await Ledger(database).readers()) == ({"telegram": 1, "mailto": 1}, 1, {"telegram": 1, "mailto": 1})
    later = await Ledger(database).backlog(NOW + timedelta(days=2))
    assert later.faults == ()


async def test_deliveries_are_counted_by_cadence_due_or_later(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await book.follow(BEN, ["abrego-garcia"], YESTERDAY, cadence=Cadence.DAILY)
    await happened(database, judged(order(), "abrego-garcia"))
    await deliver.fan_out(outbox, NOW)
    tomorrow = (NOW + timedelta(days=1)).replace(hour=7, minute=0)
    assert (await Ledger(database).backlog(NOW)).owing == (
        Owing(cadence="daily", due=0, later=1, first=tomorrow),
        Owing(cadence="now", due=1, later=0, first=NOW),
    )


async def test_a_fan_out_says_how_far_it_is(database: Database, book: Book, outbox: Outbox) -> None:
    await chats_follow(book, 4, "abrego-garcia", "cecot")
    await happened(database, judged(order(), "abrego-garcia", "cecot"))
    (revision,) = await outbox.open_revisions()
    before = FanOut(story=1, revision=1, at=revision.at, asked=0, total=4, since=None)
    assert (await Ledger(database).backlog(NOW)).fanouts == (before,)
    async with database.writing() as connection:
        first_two = sa.select(t.subscribers.c.id).where(t.subscribers.c.address == "telegram:2").scalar_subquery()
        await connection.execute(sa.insert(t.fanouts).values(story=1, revision=1, cursor=first_two))
    (half,) = (await Ledger(database).backlog(NOW)).fanouts
    assert (half.asked, half.total) == (2, 4)
    await deliver.fan_out(outbox, NOW)
    assert (await Ledger(database).backlog(NOW)).fanouts == ()


async def test_what_is_held_is_told_with_what_was_said(database: Database, outbox: Outbox) -> None:
    await posted(outbox, ANN)
    await had(outbox, Down("401 Unauthorized"))
    said = await Ledger(database).backlog(NOW)
    assert said.held == (Held(channel="telegram", until=NOW + PAUSE, reason="401 Unauthorized"),)
    assert (await Ledger(database).pulse(NOW)).held == (replace(said.held[0], reason=None),)  # monitors are shown no reason
    assert (await Ledger(database).backlog(NOW + PAUSE)).held == ()


async def test_what_was_said_long_ago_is_no_reason_of_what_is_held_now(database: Database, outbox: Outbox) -> None:
    await posted(outbox, ANN)
    await had(outbox, Down("401 Unauthorized"))
    later = NOW + timedelta(days=2)
    async with database.writing() as connection:
        await connection.execute(sa.update(w.buckets).where(w.buckets.c.key == "hold:telegram").values(free_at=later + PAUSE))
    assert (await Ledger(database).backlog(later)).held == (Held(channel="telegram", until=later + PAUSE),)


async def test_monitors_are_told_by_which_channel_what_is_due_goes(database: Database, book: Book, outbox: Outbox) -> None:
    for address in (ANN, BEN, EVE):
        await book.follow(address, ["abrego-garcia"], YESTERDAY)
    await book.follow(BOB, ["abrego-garcia"], YESTERDAY, cadence=Cadence.DAILY)
    await happened(database, judged(order(), "abrego-garcia"))
    await deliver.fan_out(outbox, NOW)
    due = {each.channel: each.due for each in (await Ledger(database).pulse(NOW)).owing}
    assert due == {"telegram": 2, "mailto": 1, "console": 0}


async def test_a_mail_domain_that_is_held_is_told_with_what_its_server_said(database: Database, outbox: Outbox) -> None:
    await posted(outbox, EVE, Address.parse("mailto:zoe@other.example"))
    first, second = await claim(outbox, "mailto")
    for letter, scope, reason in ((second, "chat", "452 full"), (first, "domain", "421 example.org is busy")):
        later = Later(timedelta(minutes=5), scope, reason)  # type: ignore[arg-type]  # one of the scopes
        await outbox.settle(letter, settle(letter, later, NOW, gap=GAP), NOW)
    said = await Ledger(database).backlog(NOW)
    assert said.held == (Held(channel="mailto", domain="example.org", until=NOW + timedelta(minutes=5), reason="421 example.org is busy"),)


async def test_the_domain_with_most_readers_says_how_long_mail_to_all_takes(database: Database, book: Book) -> None:
    for name in ("ann@example.org", "ben@example.org", "zoe@other.example"):
        await book.follow(Address.parse(f"mailto:{name}"), ["cecot"], YESTERDAY)
    await book.follow(ANN, ["cecot"], YESTERDAY)
    assert (await Ledger(database).backlog(NOW)).crowd == timedelta(seconds=2 / PER_DOMAIN)


async def test_a_chat_in_a_flood_wait_is_told_from_one_that_is_written_to(database: Database, outbox: Outbox) -> None:
    await posted(outbox, ANN)
    await had(outbox, Later(timedelta(hours=12), "chat", "too many requests"))
    await posted(outbox, BEN)
    await claim(outbox)
    said = await Ledger(database).backlog(NOW)
    assert said.floods == (Flood(channel="telegram", chats=1, until=NOW + timedelta(hours=12)),)


async def test_the_oldest_is_not_what_waits_for_its_time(database: Database, outbox: Outbox) -> None:
    await posted(outbox, ANN, now=NOW + timedelta(hours=1))
    said = await Ledger(database).backlog(NOW)
    assert (said.letters, said.oldest) == ({"pending": 1}, None)
