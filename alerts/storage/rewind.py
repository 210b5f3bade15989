"""A clock that went back: what was to wait until a time of the wrong one waits no more, or it would for hours."""

from datetime import datetime

import sqlalchemy as sa

from alerts.models import Cadence, LetterState
from alerts.storage import tables as t
from watcher.storage import presence
from watcher.storage import tables as w
from watcher.storage.database import Database


async def rewind(database: Database, now: datetime) -> bool:
    """Let nothing wait for longer than until now: claims, leases, paces, polls, Letters that wait, and what is told at once and was found
    later than now. Answers False, and does nothing, where no sign of life lies ahead: then another did it already, and what is in flight
    since flies by the right clock.

    All of it may be done too early: a source is asked once more, a chat that is held answers once more that it is. Digests stay, since
    their hour is the reader's; so does what waits for the end of quiet hours, unless the wrong clock found it.
    """
    ahead: list[tuple[sa.Column[datetime], sa.ColumnElement[bool]]] = [
        (w.sources.c.next_poll_at, sa.true()),
        (w.sources.c.lease_until, sa.true()),
        (w.buckets.c.free_at, sa.not_(w.buckets.c.key.startswith("notice:"))),
        (w.leases.c.until, sa.true()),
        (t.letters.c.due_at, t.in_state(LetterState.PENDING)),
        (t.letters.c.lease_until, t.in_state(LetterState.SENDING)),
        (t.deliveries.c.due_at, sa.and_(t.deliveries.c.cadence == Cadence.NOW.value, t.deliveries.c.created_at > now)),
    ]
    async with database.writing(serial=True) as connection:
        if not await presence.set_back(connection, now):
            return False
        for column, which in ahead:
            await connection.execute(sa.update(column.table).where(column > now, which).values({column.name: now}))
    return True
