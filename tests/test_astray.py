"""What a clock that went wrong put off for years is told as soon as it is right; what waits for good reason waits on."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from alerts import deliver
from alerts.models import Address, Cadence, Later, Sent
from alerts.retry import settle
from alerts.storage import Book, Outbox
from alerts.storage import tables as t
from alerts.storage.astray import FAR, FAR_OF_WEEKS
from tests.outboxes import ANN, BEN, EVE, GAP, YESTERDAY, claim, told
from tests.papers import NOW, happened, judged, order
from watcher.storage import Database
from watcher.storage import tables as w

YEARS = timedelta(days=9_000)
DAY = timedelta(days=1)


async def test_a_chat_that_was_told_in_another_year_is_told_today(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(order(), "abrego-garcia"))
    assert await told(outbox, NOW + YEARS) == 1
    (first,) = await claim(outbox, now=NOW + YEARS)
    assert await outbox.settle(first, settle(first, Sent("1/1"), NOW + YEARS, gap=GAP), NOW + YEARS)
    await happened(database, judged(order(52), "abrego-garcia"))
    assert await told(outbox) == 1
    assert await claim(outbox) == []
    assert await outbox.set_right(NOW) > 0
    assert len(await claim(outbox)) == 1


async def test_what_flew_or_was_put_off_in_another_year_is_settled_and_sent_today(database: Database, book: Book, outbox: Outbox) -> None:
    for address in (ANN, BEN):
        await book.follow(address, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(order(), "abrego-garcia"))
    assert await told(outbox, NOW + YEARS) == 2
    flying, late = await claim(outbox, now=NOW + YEARS)
    assert await outbox.settle(late, settle(late, Later(DAY, "chat", "busy"), NOW + YEARS, gap=GAP), NOW + YEARS)
    assert await outbox.set_right(NOW) > 0
    assert await deliver.settle_expired(outbox, {}, NOW) == 1
    again = await claim(outbox, now=NOW + timedelta(seconds=9))
    assert {letter.id for letter in again} == {flying.id, late.id}


async def test_a_digest_of_another_year_comes_today(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(EVE, ["abrego-garcia"], YESTERDAY, cadence=Cadence.DAILY)
    await happened(database, judged(order(), "abrego-garcia"))
    await deliver.fan_out(outbox, NOW)
    async with database.writing() as connection:
        await connection.execute(sa.update(t.subscribers).values(next_daily_at=NOW + YEARS))
        await connection.execute(sa.update(t.deliveries).values(due_at=NOW + YEARS))
    assert await deliver.compose(outbox, NOW + DAY, ["press"]) == 0
    assert await outbox.set_right(NOW + DAY) == 2
    assert await deliver.compose(outbox, NOW + DAY, ["press"]) == 1


@pytest.mark.parametrize(("far", "moved"), [(timedelta(0), 0), (timedelta(seconds=1), 1)])
async def test_no_wait_of_ours_is_cut_short(database: Database, far: timedelta, moved: int, outbox: Outbox, book: Book) -> None:
    await book.follow(Address.parse("telegram:5"), ["abrego-garcia"], YESTERDAY)
    async with database.writing() as connection:
        await connection.execute(sa.update(t.subscribers).values(next_weekly_at=NOW + FAR_OF_WEEKS + far))
    assert await outbox.set_right(NOW) == moved
    async with database.writing() as connection:
        await connection.execute(sa.insert(w.buckets).values(key="chat:telegram:5", free_at=NOW + FAR + far))
    assert await outbox.set_right(NOW) == moved


async def test_what_is_settled_keeps_its_times(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(order(), "abrego-garcia"))
    assert await told(outbox, NOW + YEARS) == 1
    (letter,) = await claim(outbox, now=NOW + YEARS)
    await outbox.settle(letter, settle(letter, Sent("1/1"), NOW + YEARS, gap=GAP), NOW + YEARS)
    assert await outbox.set_right(NOW) == 2  # the buckets of the chat and of the channel
