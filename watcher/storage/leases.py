"""Leases: what must happen in one process at a time (long polling of a bot, nightly cleaning) holds a row."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from watcher.storage import tables as t
from watcher.storage.database import Database, insert


class Leases:
    """Rows of the table `leases`. Whoever has changed the row has the work, until its time is over or it lets go."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def take(self, name: str, holder: str, now: datetime, for_: timedelta) -> bool:
        """Hold `name` until `now + for_`; answer whether we do. The holder takes it again to go on; of two that try, one has it.

        Args:
            holder: tells processes apart; made anew at each start.
        """
        async with self.database.writing() as connection:
            attempt = insert(connection, t.leases).values(name=name, holder=holder, until=now + for_)
            astray = t.leases.c.until > now + 2 * for_  # nobody holds it so long: the clock that wrote it was wrong
            free = sa.or_(t.leases.c.holder == holder, t.leases.c.until <= now, astray)
            taken = attempt.on_conflict_do_update(
                index_elements=["name"], set_={"holder": attempt.excluded.holder, "until": attempt.excluded.until}, where=free
            ).returning(t.leases.c.name)
            return (await connection.execute(taken)).scalar_one_or_none() is not None

    async def drop(self, name: str, holder: str) -> None:
        """Let go before the time, so that nobody waits; what another holds stays."""
        async with self.database.writing() as connection:
            await connection.execute(sa.delete(t.leases).where(t.leases.c.name == name, t.leases.c.holder == holder))
