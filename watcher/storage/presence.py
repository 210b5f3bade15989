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
NO_OUTAGE: dict[str, datetime | None] = {"away_from": None, "away_until": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A time for which nobody did this work."""

    role: str  #: `poll` or `deliver`
    began: datetime
    ended: datetime


class Presence:
    """Rows of the table `presence`, one for each role, whoever has it.

    An outage ended with a sign of life. A row whose `away_until` lies after its last one says that the clock went back, from then to
    `away_from`: when it jumps ahead as far, it is right again, and nobody was away.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    async def beat(self, role: str, now: datetime) -> Outage | None:
        """Leave a sign of life; answers the outage that ends with it: more than AWAY. Of two that come back at once, one ends it."""
        async with self.database.writing() as connection:
            await connection.execute(insert(connection, t.presence).values(role=role, seen_at=now).on_conflict_do_nothing())
            its_own = t.presence.c.role == role
            row = (await connection.execute(sa.select(t.presence).where(its_own).with_for_update())).one()
            signed = sa.update(t.presence).where(its_own).values(_signed(row, now)).returning(*t.presence.c)
            after = (await connection.execute(signed)).one()
        return _outage(after) if after.away_until == now != row.away_until else None

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
    of = t.presence.c
    ended = (of.away_until > since, of.away_until <= now, of.away_until <= of.seen_at)
    rows = await connection.execute(sa.select(t.presence).where(*ended).order_by(of.role))
    return [_outage(row) for row in rows]


async def set_back(connection: AsyncConnection, now: datetime) -> bool:
    """Let no sign of life lie ahead of now; answers whether one lay so far ahead that the clock went back. Of several that find out only
    the first is told so."""
    went_back = False
    for row in list(await connection.execute(sa.select(t.presence).order_by(t.presence.c.role).with_for_update())):
        values: dict[str, datetime | None] = {}
        if row.seen_at > now + WENT_BACK:
            values, went_back = _back_at(row, now), True
        elif _is_of_wrong_clock(row, now):
            values = NO_OUTAGE
        if values:
            await connection.execute(sa.update(t.presence).where(t.presence.c.role == row.role).values(values))
    return went_back


def _signed(row: sa.Row[Any], now: datetime) -> dict[str, datetime | None]:
    """What a row says after a sign of life."""
    if now < row.seen_at - WENT_BACK:
        return _back_at(row, now)
    gap, back = now - row.seen_at, _went_back(row)
    right_again = bool(back) and back - WENT_BACK <= gap <= back + AWAY
    if gap > AWAY and not right_again:
        return {"seen_at": now, "away_from": row.seen_at + (back if gap > back else timedelta(0)), "away_until": now}
    past = right_again or (back and (now >= row.away_until or now - row.away_from > STEADY))
    return {"seen_at": max(now, row.seen_at)} | (NO_OUTAGE if past else {})


def _back_at(row: sa.Row[Any], now: datetime) -> dict[str, datetime | None]:
    """What a row says when the time is earlier than its sign of life: from when to when the clock went back, in place of an outage that
    would end after that sign. Where a clock that jumped ahead saw an outage, it is right again."""
    if _is_of_wrong_clock(row, now):
        return {"seen_at": now} | NO_OUTAGE
    return {"seen_at": now, "away_from": now, "away_until": row.seen_at + _went_back(row)}


def _went_back(row: sa.Row[Any]) -> timedelta:
    """By how much the clock did, and is not known to be right again; 0: it did not."""
    return row.away_until - row.away_from if row.away_until is not None and row.away_until > row.seen_at else timedelta(0)


def _is_of_wrong_clock(row: sa.Row[Any], now: datetime) -> bool:
    """Whether its outage ends later than now."""
    return row.away_until is not None and now < row.away_until <= row.seen_at


def _outage(row: sa.Row[Any]) -> Outage:
    return Outage(role=row.role, began=row.away_from, ended=row.away_until)
