"""Each attempt at a Letter that was not the end of it, kept as long as the Letter. The one that the channel took stands in the Letter."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.ledger import Attempt, Fate, fate
from alerts.models import Letter
from alerts.retry import Settlement
from alerts.storage import tables as t
from watcher.storage.database import insert

MOST = 50  #: attempts of a Letter that are kept, the last ones: a channel that refuses us for days makes hundreds


async def keep(connection: AsyncConnection, letter: Letter, settlement: Settlement, now: datetime) -> None:
    """Write down how an attempt ended, in the transaction that settles it."""
    what = fate(settlement)
    if what is Fate.SENT:
        return
    row = {"letter": letter.id, "number": letter.attempt, "at": now, "channel": letter.address.channel, "fate": what.value}
    row |= {"error": settlement.error or None, "next_at": settlement.due_at}
    await connection.execute(insert(connection, t.attempts).values(row).on_conflict_do_nothing())
    if letter.attempt > MOST:
        old = (t.attempts.c.letter == letter.id, t.attempts.c.number <= letter.attempt - MOST)
        await connection.execute(sa.delete(t.attempts).where(*old))


async def of_letter(connection: AsyncConnection, letter: int) -> tuple[Attempt, ...]:
    """The attempts at a Letter that are kept, in their order."""
    rows = await connection.execute(sa.select(t.attempts).where(t.attempts.c.letter == letter).order_by(t.attempts.c.number))
    return tuple(
        Attempt(number=row.number, at=row.at, channel=row.channel, fate=row.fate, error=row.error, next_at=row.next_at) for row in rows
    )
