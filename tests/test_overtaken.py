"""Digests that cannot leave for days become one: on SQLite and on PostgreSQL."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from alerts.models import Address, Cadence, Late, Later, LetterKind, Sent
from alerts.posted import letter_lines
from alerts.retry import settle
from alerts.storage import Book, Names, Outbox, ahead
from alerts.storage import tables as t
from alerts.storage.tellings import Tellings
from tests.outboxes import ANN, EVE, GAP, claim, rows, told
from tests.papers import NOW, happened, judged, order
from watcher.storage import Database
from watcher.storage.presence import Presence

DAY = timedelta(days=1)
MORNING = NOW.replace(hour=7, minute=0) + DAY  #: of Wednesday, 25 November
STATES = sa.select(t.letters.c.window, t.letters.c.state).order_by(t.letters.c.id)
TOLD_BY = sa.select(t.deliveries.c.letter_id, t.deliveries.c.skipped).distinct()


async def days_pass(database: Database, outbox: Outbox, count: int, first: int = 0) -> None:
    """Each day something happens, and in the morning after it digests are written that nobody sends."""
    for day in range(first, first + count):
        await happened(database, judged(order(50 + day), "cecot"), now=NOW + day * DAY)
        await told(outbox, NOW + day * DAY)
        await told(outbox, MORNING + day * DAY)


@pytest.mark.parametrize("address", [ANN, EVE], ids=["telegram", "mail"])
async def test_five_days_without_a_channel_make_one_digest(database: Database, book: Book, outbox: Outbox, address: Address) -> None:
    await book.follow(address, ["cecot"], NOW, cadence=Cadence.DAILY)
    await days_pass(database, outbox, 5)
    windows = [f"daily:2026-11-{day}" for day in range(25, 30)]
    assert await rows(database, STATES) == [(window, "pending" if window == windows[-1] else "cancelled") for window in windows]
    (letter,) = await claim(outbox, address.channel, now=MORNING + 5 * DAY - GAP)
    assert (letter.kind, letter.window, [each.story for each in letter.items], letter.late) == (
        LetterKind.DIGEST,
        "2026-11-29",
        [1, 2, 3, 4, 5],
        None,
    )
    assert await rows(database, TOLD_BY) == [(letter.id, None)]
    first = await Tellings(database).letter(1, NOW)
    assert first is not None
    assert letter_lines(first)[-1].startswith("  nothing: it never left before the next digest, which tells what it told; kept until ")
    assert "  tells no story any more: an empty digest, or another letter tells what it told" in letter_lines(first)


async def test_an_empty_digest_is_overtaken_too(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(EVE, ["cecot"], NOW, cadence=Cadence.DAILY)
    for day in range(3):
        assert await told(outbox, MORNING + day * DAY) == 1
    assert [state for _, state in await rows(database, STATES)] == ["cancelled", "cancelled", "pending"]


async def test_a_daily_and_a_weekly_digest_leave_one_another_alone(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["cecot"], NOW, cadence=Cadence.DAILY)
    await book.follow(ANN, ["alien-enemies"], NOW, cadence=Cadence.WEEKLY)
    await happened(database, judged(order(40), "alien-enemies"))
    await days_pass(database, outbox, 7)
    waiting = [window for window, state in await rows(database, STATES) if state == "pending"]
    assert sorted(waiting) == ["daily:2026-12-01", "weekly:2026-W48"]
    await days_pass(database, outbox, 7, first=7)
    await happened(database, judged(order(41), "alien-enemies"), now=NOW + 14 * DAY)
    await days_pass(database, outbox, 7, first=14)
    content = sa.select(t.letters.c.window, t.letters.c.content).where(t.letters.c.state == "pending")
    items = {window: len(content["items"]) for window, content in await rows(database, content)}
    assert items == {"daily:2026-12-15": 21, "weekly:2026-W50": 2}


async def test_one_that_was_tried_is_not_overtaken(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["cecot"], NOW, cadence=Cadence.DAILY)
    await days_pass(database, outbox, 1)
    (letter,) = await claim(outbox, now=MORNING)
    await days_pass(database, outbox, 1, first=1)  # while it is being sent
    assert await outbox.settle(letter, settle(letter, Later(GAP), MORNING, gap=GAP), MORNING)
    await days_pass(database, outbox, 1, first=2)  # it waits to be tried again
    assert [state for _, state in await rows(database, STATES)] == ["pending", "cancelled", "pending"]
    by = sa.select(t.deliveries.c.story, t.deliveries.c.letter_id).order_by(t.deliveries.c.story)
    assert await rows(database, by) == [(1, 1), (2, 3), (3, 3)]


async def test_one_that_is_being_claimed_is_not_overtaken(database: Database, book: Book, outbox: Outbox) -> None:
    if database.is_sqlite:  # one writes at a time
        return
    await book.follow(ANN, ["cecot"], NOW, cadence=Cadence.DAILY)
    await days_pass(database, outbox, 1)
    async with database.engine.connect() as connection:
        await connection.execute(sa.select(t.letters.c.id).with_for_update())
        await days_pass(database, outbox, 1, first=1)
        await connection.rollback()
    assert [state for _, state in await rows(database, STATES)] == ["pending", "pending"]


@pytest.mark.parametrize("begun", [False, True])
async def test_a_digest_in_parts_is_overtaken_whole_or_not_at_all(database: Database, book: Book, outbox: Outbox, begun: bool) -> None:
    await book.follow(ANN, ["cecot"], NOW, cadence=Cadence.DAILY)
    await happened(database, *(judged(order(number), "cecot") for number in range(100, 140)))
    await days_pass(database, outbox, 1)
    parts = len(await rows(database, STATES))
    assert parts > 1
    if begun:
        (letter,) = await claim(outbox, now=MORNING)
        assert await outbox.settle(letter, settle(letter, Sent("1/5"), MORNING, gap=GAP), MORNING)
    await days_pass(database, outbox, 1, first=1)
    states = [state for _, state in await rows(database, STATES)][:parts]
    assert states == (["sent", *["pending"] * (parts - 1)] if begun else ["cancelled"] * parts)
    content = sa.select(t.letters.c.content).where(t.letters.c.state != "cancelled").order_by(t.letters.c.id)
    stories = [item["story"] for (letter,) in await rows(database, content) for item in letter["items"]]
    assert sorted(stories) == list(range(1, 43))
    assert await rows(database, sa.select(t.deliveries.c.id).where(t.deliveries.c.letter_id.is_(None))) == []


async def test_a_digest_of_another_hour_of_the_same_day_takes_the_place_of_one_that_waits(
    database: Database, book: Book, outbox: Outbox
) -> None:
    await book.follow(ANN, ["cecot"], NOW, cadence=Cadence.DAILY)
    await days_pass(database, outbox, 1)
    await happened(database, judged(order(60), "cecot"), now=MORNING + GAP)
    evening = MORNING.replace(hour=20)
    async with database.writing() as connection:
        await connection.execute(sa.update(t.subscribers).values(digest_hour=20, next_daily_at=evening))
    await told(outbox, MORNING + GAP)
    assert await told(outbox, evening) == 1
    assert await rows(database, STATES) == [(None, "cancelled"), ("daily:2026-11-25", "pending")]
    assert await rows(database, TOLD_BY) == [(2, None)]


async def test_what_is_followed_no_more_is_not_in_the_next_one(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["cecot", "alien-enemies"], NOW, cadence=Cadence.DAILY)
    await happened(database, judged(order(40), "alien-enemies"))
    await days_pass(database, outbox, 1)
    await book.unfollow(ANN, ["alien-enemies"])
    await days_pass(database, outbox, 1, first=1)
    (letter,) = await claim(outbox, now=MORNING + DAY)
    assert [each.story for each in letter.items] == [2, 3]


async def test_one_that_an_outage_delayed_is_late_as_the_next_too(database: Database, book: Book, outbox: Outbox) -> None:
    presence = Presence(database)
    await book.follow(ANN, ["cecot"], NOW, cadence=Cadence.DAILY)
    await days_pass(database, outbox, 1)
    back = MORNING + timedelta(hours=20)
    await presence.beat("deliver", MORNING - GAP)
    await presence.beat("deliver", back)
    await told(outbox, MORNING + DAY)
    (letter,) = await claim(outbox, now=MORNING + DAY)
    assert (letter.window, letter.late) == ("2026-11-26", Late(MORNING - GAP, back))


async def test_the_days_of_what_a_waiting_digest_tells_are_read_for_the_next(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["cecot"], NOW, cadence=Cadence.DAILY)
    await days_pass(database, outbox, 1)
    async with database.reading() as connection:
        assert set((await ahead.papers(connection, 1, Cadence.DAILY, MORNING + DAY, Names())).facts) == {1}
    await claim(outbox, now=MORNING)
    async with database.reading() as connection:
        assert not (await ahead.papers(connection, 1, Cadence.DAILY, MORNING + DAY, Names())).facts
