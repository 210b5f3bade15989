"""What a clock that went wrong wrote: times so far ahead that nothing of ours is ever held, leased or put off for so long.

A machine that starts without a clock of its own may believe for a minute that it is another year; what it held then would wait until then.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.models import Cadence, LetterState
from alerts.storage import tables as t
from watcher.storage import tables as w

FAR = timedelta(days=2)  #: the longest wait that a server is granted is a day, and so are quiet hours and the days between digests
FAR_OF_WEEKS = timedelta(days=9)


async def any_astray(connection: AsyncConnection, now: datetime) -> bool:
    """Whether there is any such time; takes no lock."""
    for _, far in _columns(now):
        if (await connection.execute(sa.select(sa.exists().where(far)))).scalar_one():
            return True
    return False


async def set_right(connection: AsyncConnection, now: datetime) -> int:
    """Let all of it be due now; answer how many rows that were."""
    count = 0
    for column, far in _columns(now):
        count += (await connection.execute(sa.update(column.table).where(far).values({column.name: now}))).rowcount
    return count


def _columns(now: datetime) -> Iterator[tuple[sa.Column[datetime], sa.ColumnElement[bool]]]:
    """Each column of a time until which something waits, and whether that is too far off."""
    d, letters = t.deliveries.c, t.letters.c
    far, far_of_weeks = now + FAR, now + FAR_OF_WEEKS
    yield w.buckets.c.free_at, w.buckets.c.free_at > far
    yield letters.lease_until, sa.and_(t.in_state(LetterState.SENDING), letters.lease_until > far)
    yield letters.due_at, sa.and_(t.in_state(LetterState.PENDING), letters.due_at > far)
    yield t.subscribers.c.next_daily_at, t.subscribers.c.next_daily_at > far
    yield t.subscribers.c.next_weekly_at, t.subscribers.c.next_weekly_at > far_of_weeks
    waits = sa.and_(d.letter_id.is_(None), d.skipped.is_(None))
    weekly = d.cadence == Cadence.WEEKLY.value
    yield d.due_at, sa.and_(waits, d.due_at > sa.case((weekly, far_of_weeks), else_=far))
