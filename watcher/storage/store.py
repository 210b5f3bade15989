"""What `poll` needs of the database: claim sources, tell new from known, and store one poll in one transaction."""

import asyncio
import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.errors import StaleLeaseError
from watcher.hosts import host_of
from watcher.models import Document, Link, Source, SourceState
from watcher.ports import Added, Judged, Sorted
from watcher.storage import tables as t
from watcher.storage.database import Database, Utc, insert
from watcher.storage.families import put_links
from watcher.storage.known import Known, changes, chunks, contested, first_brought, is_renamed, stored_of
from watcher.storage.rows import STATE_COLUMNS, state_of
from watcher.storage.window import Placer
from watcher.storage.writer import Writer, prepare

AnyRow = sa.Row[*tuple[Any, ...]]

LEASE = timedelta(minutes=5)  #: longest a poll may take before another worker may have its source

#: columns of `sources` that are about an address, as they are before it was ever asked
AFRESH: dict[str, Any] = {
    "gone": False,
    "unreached": False,
    "failures": 0,
    "last_error": None,
    "etag": None,
    "last_modified": None,
    "body_hash": None,
    "moved_to": None,
    "moved_seen": 0,
}


class SourceStore:
    """The sources, Documents, Matches and Stories. Implements `watcher.ports.Store`."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._placer = Placer()
        self._addresses: dict[str, str] = {}  # of each source enrolled here, as the table keeps it

    async def enrol(self, addresses: Mapping[str, str], now: datetime) -> None:
        """Make a row for each source (id to configured address) that has none, due at once; keep what is known of the others.

        What is known of a source belongs to its address. With another one it is asked again at once, without validators, also if it
        was gone; a poll of the old address that is still under way is fenced off. How often it was polled stays: it is no first run.
        """
        self._addresses |= {source: _digest(address) for source, address in addresses.items()}
        async with self.database.writing() as connection:
            for chunk in chunks(sorted(addresses)):
                rows = [
                    {"source": each, "host": host_of(addresses[each]), "address": self._addresses[each], "next_poll_at": now}
                    for each in chunk
                ]
                statement = insert(connection, t.sources).values(rows)
                other = t.sources.c.address.is_distinct_from(statement.excluded.address)
                fresh = AFRESH | {"next_poll_at": sa.literal(now, Utc), "lease_until": None, "attempt": t.sources.c.attempt + 1}
                values: dict[str, Any] = {name: sa.case((other, value), else_=t.sources.c[name]) for name, value in fresh.items()}
                values |= {"host": statement.excluded.host, "address": statement.excluded.address}
                await connection.execute(statement.on_conflict_do_update(index_elements=["source"], set_=values))

    async def try_unreached(self, ids: Sequence[str], now: datetime) -> None:
        """Make those of these sources due that the last poll did not reach, as if that had failed once: their network may be another."""
        which = (t.sources.c.unreached, t.sources.c.next_poll_at > now, t.sources.c.source.in_(ids))
        async with self.database.writing() as connection:
            await connection.execute(sa.update(t.sources).where(*which).values(next_poll_at=now, failures=1))

    async def claim(self, ids: Sequence[str], now: datetime, *, limit: int, paced: Collection[str] = ()) -> list[SourceState]:
        """Take up to `limit` of these sources that are due, each for LEASE.

        Args:
            paced: hosts of which at most one source is given, and only while nobody waits for a turn there (`ports.Pacer`): the others
                would hold their claim and do nothing.
        """
        if not ids or limit <= 0:
            return []
        async with self.database.writing() as connection:
            busy = {host for host in await self._busy_hosts(connection, now) if host in paced}
            due = (
                sa.select(t.sources.c.source, t.sources.c.host, t.sources.c.address, t.sources.c.gone)
                .where(t.sources.c.next_poll_at <= now, _unleased(now), t.sources.c.source.in_(ids))
                .order_by(t.sources.c.next_poll_at, t.sources.c.source)
                .with_for_update(skip_locked=True)
            )
            chosen: list[AnyRow] = []
            for row in await connection.execute(due):
                if len(chosen) < limit and row.host not in busy and not (row.gone and self._is_ours(row)):
                    chosen.append(row)
                    if row.host in paced:
                        busy.add(row.host)
            return await self._take(connection, chosen, now)

    async def claim_named(self, ids: Sequence[str], now: datetime) -> list[SourceState]:
        """Take these sources whether due or not, as `watcher poll SOURCE` asks; those being polled right now are left out."""
        free = sa.select(t.sources.c.source, t.sources.c.address).where(t.sources.c.source.in_(ids), _unleased(now))
        async with self.database.writing() as connection:
            return await self._take(connection, list(await connection.execute(free.with_for_update(skip_locked=True))), now)

    async def release(self, states: Sequence[SourceState]) -> None:
        """Give back claims whose polls were broken off; a claim that another worker has by now stays."""
        async with self.database.writing() as connection:
            for state in states:
                mine = (t.sources.c.source == state.source, t.sources.c.attempt == state.attempt)
                await connection.execute(sa.update(t.sources).where(*mine).values(lease_until=None))

    def _is_ours(self, row: AnyRow) -> bool:
        """Whether the row is about the address that we would ask. A host whose file differs leaves the state of another one."""
        return bool(self._addresses.get(row.source, row.address) == row.address)

    async def _take(self, connection: AsyncConnection, rows: Sequence[AnyRow], now: datetime) -> list[SourceState]:
        for row in rows:
            if not self._is_ours(row):
                values = AFRESH | {"address": self._addresses[row.source]}
                await connection.execute(sa.update(t.sources).where(t.sources.c.source == row.source).values(values))
        if not rows:
            return []
        taken = (
            sa.update(t.sources)
            .where(t.sources.c.source.in_([row.source for row in rows]))
            .values(lease_until=now + LEASE, attempt=t.sources.c.attempt + 1)
            .returning(*t.sources.c)
        )
        states = {row.source: state_of(row) for row in await connection.execute(taken)}
        return [states[row.source] for row in rows]

    async def _busy_hosts(self, connection: AsyncConnection, now: datetime) -> set[str]:
        keys = await connection.execute(sa.select(t.buckets.c.key).where(t.buckets.c.key.like("host:%"), t.buckets.c.free_at > now))
        return {key.removeprefix("host:") for key in keys.scalars()}

    async def sort(self, source: Source, documents: Sequence[Document]) -> Sorted:
        async with self.database.reading() as connection:
            stored = await stored_of(connection, documents)
            known = stored.known
            changed = await asyncio.to_thread(lambda: changes(documents, known, _fingerprints(documents, known)))
            others = {document.key for document in changed}
            same = [document for document in documents if document.key in known and document.key not in others]
            renamed = [document for document in same if is_renamed(document, stored)]
            by_another_key = [document for document in renamed if document.key not in stored.owners]
            untold = await first_brought(connection, source, by_another_key, known)
        new = tuple(document for document in documents if document.key not in known)
        wanted = contested((*new, *changed), stored)
        renamed += [document for document in same if known[document.key].id in wanted and not is_renamed(document, stored)]
        return Sorted(new=new, changed=tuple(changed), known=len(documents) - len(new), renamed=tuple(renamed), untold=tuple(untold))

    async def save(
        self,
        state: SourceState,
        judged: Sequence[Judged],
        now: datetime,
        *,
        gap: bool = False,
        renamed: Sequence[Document] = (),
        links: Sequence[Link] = (),
    ) -> Added:
        ready = await prepare(self.database, self._placer, judged, now, renamed)
        async with self.database.writing(serial=True) as connection:
            await _put_state(connection, state, gap=gap)
            await put_links(connection, links, now)
            if not judged and not renamed:
                return Added()
            writer = Writer(connection, now)
            added = await writer.add(judged, ready, renamed)
            if added.new:
                await connection.execute(sa.update(t.sources).where(t.sources.c.source == state.source).values(last_new_at=now))
            return added


def _fingerprints(documents: Sequence[Document], known: Mapping[str, Known]) -> dict[str, str]:
    return {document.key: document.fingerprint() for document in documents if document.key in known}


def _digest(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()


def _unleased(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(t.sources.c.lease_until.is_(None), t.sources.c.lease_until <= now)


async def _put_state(connection: AsyncConnection, state: SourceState, *, gap: bool) -> None:
    values = {name: getattr(state, name) for name in STATE_COLUMNS if name != "attempt"} | {"lease_until": None}
    if gap:
        values["gaps"] = t.sources.c.gaps + 1
    fenced = sa.and_(t.sources.c.source == state.source, t.sources.c.attempt == state.attempt)
    result = await connection.execute(sa.update(t.sources).where(fenced).values(values))
    if result.rowcount != 1:
        raise StaleLeaseError(f"{state.source}: its lease ran out while it was polled, and another worker has it")
