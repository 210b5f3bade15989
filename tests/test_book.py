"""The address book: settings changed one by one, digests that move with their hour, what is shown of a subscriber."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from alerts.models import Address, Cadence
from alerts.storage import Book
from alerts.storage import tables as t
from tests.papers import NOW
from watcher.cli.subscribers import lines
from watcher.models import Severity
from watcher.storage import Database

ANN = Address.parse("mailto:Ann@example.org")
TOPICS = ["cecot", "due-process"]


async def shown(book: Book, address: Address = ANN) -> list[str]:
    listed = await book.find(address)
    assert listed is not None
    return lines(listed, TOPICS)


async def digest_at(database: Database) -> datetime | None:
    async with database.reading() as connection:
        at: datetime | None = (await connection.execute(sa.select(t.subscribers.c.next_daily_at))).scalar_one()
        return at


async def test_only_settings_that_are_given_change(book: Book) -> None:
    await book.follow(ANN, ["cecot"], NOW)
    await book.change(ANN, NOW, lang="es", second=Address.parse("telegram:5"))
    await book.change(ANN, NOW, zone="America/New_York")
    assert await shown(book) == [
        "mailto:Ann@example.org  es; digests at 7:00 America/New_York; else telegram:5",
        "  cecot (now, routine)",
    ]


async def test_a_digest_not_due_yet_moves_with_its_hour_and_one_that_is_overdue_stays_so(book: Book, database: Database) -> None:
    await book.follow(ANN, ["cecot"], NOW, cadence=Cadence.DAILY)
    due = await digest_at(database)
    assert due is not None
    await book.change(ANN, NOW, digest_hour=(due.hour + 1) % 24)
    moved = await digest_at(database)
    assert moved is not None
    assert (moved - due) % timedelta(days=1) == timedelta(hours=1)
    await book.change(ANN, moved, digest_hour=due.hour)
    assert await digest_at(database) == moved


async def test_capitals_alone_make_no_other_reader(book: Book) -> None:
    assert await book.spelt(ANN) is None
    await book.follow(ANN, ["cecot"], NOW)
    assert await book.spelt(Address.parse("mailto:ann@example.org")) == ANN
    assert await book.spelt(Address.parse("mailto:anna@example.org")) is None


async def test_all_topics_in_one_manner_are_one_line_and_others_a_line_each(book: Book) -> None:
    await book.follow(ANN, TOPICS, NOW, floor=Severity.URGENT)
    assert (await shown(book))[1:] == ["  all 2 topics (now, urgent)"]
    await book.follow(ANN, ["cecot"], NOW, cadence=Cadence.WEEKLY)
    assert (await shown(book))[1:] == ["  cecot (weekly, routine)", "  due-process (now, urgent)"]
    await book.unfollow(ANN)
    assert (await shown(book))[1:] == ["  nothing"]
