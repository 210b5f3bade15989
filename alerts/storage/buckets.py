"""Buckets: rows that are held until a time, which is how a chat, a channel or a notice keeps its pace over all processes."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.storage import tables as w
from watcher.storage.database import insert

BURST = 5  #: Letters that a rested channel may start at once: with 25 a second, never more than 30 in any second


async def tokens(connection: AsyncConnection, channel: str, now: datetime, free: int, per_second: float) -> int:
    """How many Letters the channel's bucket lets go now; the bucket's row is locked until the end of this transaction."""
    held = sa.select(w.buckets.c.key).where(w.buckets.c.key == f"hold:{channel}", w.buckets.c.free_at > now)
    if (await connection.execute(held)).one_or_none() is not None:
        return 0
    key = f"channel:{channel}"
    await connection.execute(insert(connection, w.buckets).values(key=key, free_at=now).on_conflict_do_nothing())
    free_at: datetime = (
        await connection.execute(sa.select(w.buckets.c.free_at).where(w.buckets.c.key == key).with_for_update())
    ).scalar_one()
    if not per_second:
        return free if free_at <= now else 0
    burst = timedelta(seconds=BURST / per_second)
    ahead = (now + burst - max(free_at, now)).total_seconds() * per_second
    return max(0, min(free, int(ahead + 1e-6)))


async def spend(connection: AsyncConnection, channel: str, now: datetime, count: int, per_second: float) -> None:
    """Let the channel's bucket be held for as long as so many Letters take at its pace."""
    if per_second:
        bucket = w.buckets.c.key == f"channel:{channel}"
        free_at = (await connection.execute(sa.select(w.buckets.c.free_at).where(bucket))).scalar_one()
        await connection.execute(
            sa.update(w.buckets).where(bucket).values(free_at=max(free_at, now) + timedelta(seconds=count / per_second))
        )


async def seize(connection: AsyncConnection, key: str, now: datetime, until: datetime) -> bool:
    """Take a bucket that is free; of two that try, one has it."""
    attempt = insert(connection, w.buckets).values(key=key, free_at=until)
    statement = attempt.on_conflict_do_update(
        index_elements=["key"], set_={"free_at": attempt.excluded.free_at}, where=w.buckets.c.free_at <= now
    ).returning(w.buckets.c.key)
    return (await connection.execute(statement)).scalar_one_or_none() is not None


async def hold(connection: AsyncConnection, key: str, until: datetime, *, longest: bool = False) -> None:
    """Hold a bucket until then; `longest`: one that is held for longer already stays so."""
    statement = insert(connection, w.buckets).values(key=key, free_at=until)
    later = w.buckets.c.free_at < statement.excluded.free_at if longest else None
    set_ = {"free_at": statement.excluded.free_at}
    await connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_=set_, where=later))
