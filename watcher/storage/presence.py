"""Signs of life: when somebody last polled and last told, so that after an outage what it delayed is told together, and as late."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.storage import tables as t
from watcher.storage.database import Database, insert

AWAY = timedelta(hours=1)  #: without a sign of life; less is a restart, of which nobody need hear
BEAT = timedelta(minutes=1)  #: between two signs of life
STEADY = timedelta(days=1)  #: after an outage, until the time is believed in again for what cannot be undone
WENT_BACK = timedelta(minutes=10)  #: by which the database's time may go back without harm: nothing is due before its time


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A time for which nobody did this work."""

    role: str  #: `poll` or `deliver`
    began: datetime
    ended: datetime


class Presence:
    """Rows of the table `presence`, one for each role, whoever has it."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def beat(self, role: str, now: datetime) -> Outage | None:
        """Leave a sign of life; answers the outage that ends with it: more than AWAY. Of two that come back at once, one ends it."""
        async with self.database.writing() as connection:
            attempt = insert(connection, t.presence).values(role=role, seen_at=now)
            was_away = t.presence.c.seen_at < now - AWAY
            values = {
                "away_from": sa.case((was_away, t.presence.c.seen_at), else_=t.presence.c.away_from),
                "away_until": sa.case((was_away, attempt.excluded.seen_at), else_=t.presence.c.away_until),
                "seen_at": attempt.excluded.seen_at,
            }
            statement = attempt.on_conflict_do_update(index_elements=["role"], set_=values).returning(*t.presence.c)
            row = (await connection.execute(statement)).one()
        return _outage(row) if row.away_until == now else None

    async def seen(self) -> dict[str, datetime]:
        """When each role left its last sign of life."""
        async with self.database.reading() as connection:
            rows = await connection.execute(sa.select(t.presence.c.role, t.presence.c.seen_at))
            return {row.role: row.seen_at for row in rows}

    async def is_steady(self, now: datetime) -> bool:
        """Whether this time may be believed in for what cannot be undone: somebody told not long before it, and no outage, which a clock
        that jumped ahead looks like, ended within a day."""
        told = (await self.seen()).get("deliver")
        async with self.database.reading() as connection:
            return told is not None and abs(now - told) < AWAY and not await outages(connection, now - STEADY, now)


async def outages(connection: AsyncConnection, since: datetime, now: datetime) -> list[Outage]:
    """The last outage of each role, where it ended after this; one that a wrong clock ends later than now is none."""
    ended = (t.presence.c.away_until > since, t.presence.c.away_until <= now)
    rows = await connection.execute(sa.select(t.presence).where(*ended).order_by(t.presence.c.role))
    return [_outage(row) for row in rows]


async def set_back(connection: AsyncConnection, now: datetime) -> bool:
    """Let no sign of life lie ahead of now; answers whether one lay so far ahead that the clock went back. Of several that find out only
    the first is told so."""
    await connection.execute(sa.update(t.presence).where(t.presence.c.away_until > now).values(away_from=None, away_until=None))
    ahead = sa.update(t.presence).where(t.presence.c.seen_at > now + WENT_BACK)
    return (await connection.execute(ahead.values(seen_at=now))).rowcount > 0


def _outage(row: sa.Row[Any]) -> Outage:
    return Outage(role=row.role, began=row.away_from, ended=row.away_until)
