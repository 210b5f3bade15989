"""Turns at the hosts that we ask, shared by all processes."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import sqlalchemy as sa

from watcher.storage import tables as t
from watcher.storage.database import Database, insert


class StoredPacer:
    """One request to a host at a time, so far apart as the host may expect. Implements `watcher.ports.Pacer`.

    Args:
        spacing: of a host the least time between two requests to it; None: it is not paced.
        sleep: waits for so many seconds.
    """

    def __init__(
        self, database: Database, spacing: Callable[[str], timedelta | None], sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    ) -> None:
        self.database = database
        self.spacing = spacing
        self.sleep = sleep

    async def pace(self, host: str) -> None:
        spacing = self.spacing(host)
        if spacing is None:
            return
        now = await self.database.now()
        turn = await self._turn(f"host:{host}", now, spacing)
        if turn > now:
            await self.sleep((turn - now).total_seconds())

    async def _turn(self, key: str, now: datetime, spacing: timedelta) -> datetime:
        """Take the next turn: now where the host is free, else behind those who wait for it already. Each is given once."""
        bucket = t.buckets.c.key == key
        async with self.database.writing() as connection:
            first = insert(connection, t.buckets).values(key=key, free_at=now + spacing)
            free = first.on_conflict_do_update(
                index_elements=["key"], set_={"free_at": first.excluded.free_at}, where=t.buckets.c.free_at <= now
            )
            if (await connection.execute(free.returning(t.buckets.c.key))).scalar_one_or_none() is not None:
                return now
            turn: datetime = (await connection.execute(sa.select(t.buckets.c.free_at).where(bucket).with_for_update())).scalar_one()
            await connection.execute(sa.update(t.buckets).where(bucket).values(free_at=turn + spacing))
            return turn
