"""What tests of the outbox share: readers, times, and each step from a Story to a settled Letter as one call."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from alerts import deliver
from alerts.models import Address, Letter, LetterKind, Outcome
from alerts.retry import settle
from alerts.storage import Book, Names, Outbox
from alerts.storage import tables as t
from tests.papers import NOW, order
from watcher.models import DocumentType, Severity
from watcher.storage import Database

ANN, BEN, EVE = Address.parse("telegram:1"), Address.parse("telegram:2"), Address.parse("mailto:eve@example.org")
YESTERDAY = NOW - timedelta(days=1)
SOON = NOW + timedelta(seconds=5)
NAMES = Names(watches={"abrego-garcia": "Abrego Garcia v. Noem"}, sources={"press": "The Press"})
GAP = timedelta(seconds=1)
LEASE = timedelta(seconds=45)
NOTICE = order(type=DocumentType.NOTICE, severity=Severity.ROUTINE, summary="NOTICE of appearance")


async def told(outbox: Outbox, now: datetime = NOW) -> int:
    """Fan out and compose; the number of Letters written."""
    await deliver.fan_out(outbox, now)
    return await deliver.compose(outbox, now, ["press"])


async def rows(database: Database, statement: sa.Select[Any]) -> list[Any]:
    async with database.reading() as connection:
        return [tuple(row) for row in await connection.execute(statement)]


async def claim(outbox: Outbox, channel: str = "telegram", now: datetime = NOW, free: int = 99, per_second: float = 0) -> Sequence[Letter]:
    return await outbox.claim(channel, now, free=free, per_second=per_second, lease=LEASE)


async def delivered(outbox: Outbox, outcome: Outcome, now: datetime = NOW, *, channel: str = "telegram") -> Letter:
    """Compose, and let the one Letter have this outcome."""
    assert await told(outbox, now) == 1
    (letter,) = await claim(outbox, channel, now=now)
    assert await outbox.settle(letter, settle(letter, outcome, now, gap=GAP), now)
    return letter


async def chats_follow(book: Book, count: int, *watches: str) -> None:
    """Private chats, `telegram:1` and so on, that follow these."""
    for number in range(1, count + 1):
        await book.follow(Address.parse(f"telegram:{number}"), watches, YESTERDAY)


async def skipped(database: Database) -> list[Any]:
    return await rows(database, sa.select(t.deliveries.c.skipped).where(t.deliveries.c.skipped.is_not(None)))


async def posted(outbox: Outbox, *addresses: Address, now: datetime = NOW) -> None:
    for address in addresses:
        await outbox.post(address, LetterKind.CONFIRMATION, "hello", now)
