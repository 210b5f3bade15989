"""A clock that was hours ahead and is put right: nothing waits for hours, nothing is lost, and nothing comes twice."""

from datetime import timedelta

import sqlalchemy as sa

from alerts.models import Sent
from alerts.storage import Book, Outbox
from alerts.storage import tables as t
from alerts.storage.rewind import rewind
from tests.outboxes import ANN, BEN, GAP, YESTERDAY, claim, delivered, rows, told
from tests.papers import NOW, happened, judged, order
from watcher.storage import Database, SourceStore
from watcher.storage import tables as w
from watcher.storage.leases import Leases
from watcher.storage.presence import Presence

WRONG = NOW + timedelta(hours=9)
SOON = NOW + timedelta(seconds=5)


async def test_what_a_clock_that_was_hours_ahead_had_wait_is_done_now_and_once(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(order(), "abrego-garcia"), now=WRONG)
    await delivered(outbox, Sent("1/5"), WRONG)
    await happened(database, judged(order(52), "abrego-garcia"), now=WRONG)
    await outbox.fan_out((await outbox.open_revisions())[0], WRONG)
    await book.follow(BEN, ["abrego-garcia"], YESTERDAY)
    assert await Leases(database).take("telegram-bot", "other", WRONG, GAP)
    await Presence(database).beat("deliver", WRONG)
    assert await told(outbox, NOW) == 0  # it is due in nine hours, by the wrong clock
    assert await rewind(database, NOW)
    assert await told(outbox, SOON) == 1
    (letter,) = await claim(outbox, now=SOON)
    assert [item.title for item in letter.items] == [order(52).headline]
    assert await Leases(database).take("telegram-bot", "mine", NOW, GAP)
    assert len(await SourceStore(database).claim(["press"], NOW, limit=1)) == 1


async def test_digests_and_the_end_of_quiet_hours_stay(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(order(), "abrego-garcia"))
    await outbox.fan_out((await outbox.open_revisions())[0], NOW)
    async with database.writing() as connection:
        await connection.execute(sa.update(t.deliveries).values(due_at=WRONG))
    await Presence(database).beat("deliver", WRONG)
    assert await rewind(database, NOW)
    assert await rows(database, sa.select(t.deliveries.c.due_at)) == [(WRONG,)]


async def test_what_flies_since_the_clock_is_right_is_left_to_its_sender(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(order(), "abrego-garcia"))
    for role in ("deliver", "poll"):
        await Presence(database).beat(role, WRONG)
    assert await rewind(database, NOW)
    assert await told(outbox, SOON) == 1
    (letter,) = await claim(outbox, now=SOON)
    assert not await rewind(database, SOON)  # the other role's look
    assert await outbox.expired(SOON) == []
    assert await rows(database, sa.select(t.letters.c.state).where(t.letters.c.id == letter.id)) == [("sending",)]


async def test_an_outage_that_only_a_wrong_clock_saw_silences_nobody(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    presence = Presence(database)
    await presence.beat("deliver", NOW - GAP)
    assert await presence.beat("deliver", NOW + timedelta(days=365)) is not None
    await happened(database, judged(order(), "abrego-garcia"))
    assert await told(outbox, SOON) == 1  # found before the clock was looked at
    assert await rewind(database, SOON)
    (letter,) = await claim(outbox, now=SOON)
    assert letter.late is None
    assert await rows(database, sa.select(w.presence.c.away_until)) == [(None,)]
