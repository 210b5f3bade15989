"""A clock that was hours ahead and is put right: nothing waits for hours, nothing is lost, and nothing comes twice."""

from datetime import timedelta

import sqlalchemy as sa

from alerts import deliver
from alerts.models import Cadence, LetterKind, Sent
from alerts.storage import Book, Outbox
from alerts.storage import tables as t
from alerts.storage.rewind import rewind
from tests.outboxes import ANN, BEN, GAP, YESTERDAY, claim, delivered, rows, told
from tests.papers import NOW, happened, judged, order
from watcher.storage import Database, SourceStore
from watcher.storage import tables as w
from watcher.storage.leases import Leases
from watcher.storage.presence import Presence, outages

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


async def test_a_clock_that_goes_back_and_is_put_right_is_no_outage(database: Database, book: Book, outbox: Outbox) -> None:
    """Nobody was away: what is due meanwhile is not late, and no digest waits for sources that were never silent."""
    presence, minute = Presence(database), timedelta(minutes=1)
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await book.follow(BEN, ["abrego-garcia"], YESTERDAY, cadence=Cadence.DAILY)
    morning = NOW.replace(hour=7, minute=0) + timedelta(days=1)
    await happened(database, judged(order(), "abrego-garcia"))
    await deliver.fan_out(outbox, NOW)
    await presence.beat("deliver", morning - 3 * minute)
    assert await rewind(database, morning - timedelta(hours=9))
    for after in range(1, 4):
        assert await presence.beat("deliver", morning - timedelta(hours=9) + after * minute) is None
    assert await presence.beat("deliver", morning + minute) is None
    assert await told(outbox, morning + 2 * minute) == 2
    sent = [(letter.kind, letter.late) for letter in await claim(outbox, now=morning + 2 * minute)]
    assert sent == [(LetterKind.ALERT, None), (LetterKind.DIGEST, None)]
    assert await presence.is_steady(morning + 2 * minute)


async def test_a_machine_that_starts_in_another_year_was_away_since_its_last_sign_of_life(database: Database) -> None:
    """Its clock has no battery, and is right once the network is there."""
    presence, years, outage = Presence(database), timedelta(days=365 * 50), timedelta(hours=30)
    await presence.beat("deliver", NOW)
    assert await rewind(database, NOW - years)
    assert await presence.beat("deliver", NOW - years + GAP) is None
    ended = await presence.beat("deliver", NOW + outage)
    assert ended is not None
    assert (ended.began, ended.ended) == (NOW + GAP, NOW + outage)
    async with database.reading() as connection:
        assert await outages(connection, NOW, NOW + outage) == [ended]


async def test_an_outage_after_a_clock_went_back_is_one(database: Database) -> None:
    """A shorter one than it went back by; and, once it was believed in for a day, one that is as long."""
    presence, hour = Presence(database), timedelta(hours=1)
    await presence.beat("deliver", WRONG)
    assert await rewind(database, NOW)
    ended = await presence.beat("deliver", NOW + 3 * hour)
    assert ended is not None
    assert (ended.began, ended.ended) == (NOW, NOW + 3 * hour)
    await presence.beat("poll", NOW + 40 * hour)
    assert await rewind(database, NOW + 3 * hour)
    for after in range(3, 29):
        assert await presence.beat("poll", NOW + after * hour) is None
    again = await presence.beat("poll", NOW + (28 + 37) * hour)
    assert again is not None
    assert (again.began, again.ended) == (NOW + 28 * hour, NOW + 65 * hour)


async def test_a_clock_that_is_not_put_ahead_again_saw_no_outage(database: Database) -> None:
    presence, hour = Presence(database), timedelta(hours=1)
    await presence.beat("poll", WRONG)
    assert await rewind(database, NOW)
    for after in range(12):
        assert await presence.beat("poll", NOW + after * hour) is None
        async with database.reading() as connection:
            assert await outages(connection, NOW - hour, NOW + after * hour) == []


async def test_a_clock_that_goes_back_by_little_leaves_the_last_outage_as_it_was(database: Database) -> None:
    presence, hour = Presence(database), timedelta(hours=1)
    await presence.beat("deliver", NOW)
    ended = await presence.beat("deliver", NOW + 3 * hour)
    assert await presence.beat("deliver", NOW + 3 * hour - GAP) is None
    assert await presence.beat("deliver", NOW + 3 * hour + GAP) is None
    async with database.reading() as connection:
        assert await outages(connection, NOW, NOW + 4 * hour) == [ended]
