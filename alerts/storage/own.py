"""Phrases that subscribers own, as rows. Their Watches are `own-17`; what they found is in the tables of `watcher`, without the phrase."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.own import taken
from alerts.storage import tables as t
from watcher.own import number_of, own_id
from watcher.storage import tables as w
from watcher.storage.database import Database, insert
from watcher.storage.own import owned

CHUNK = 500  #: Watches named in one statement


@dataclass(frozen=True, slots=True)
class Mark:
    """Which rows there are. Numbers are given in the order of commits and never again, so another set of rows has another mark."""

    last: int  #: the highest number; 0 without any
    count: int


class OwnPhrases:
    """All phrases that anybody owns, for whoever judges by them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def mark(self) -> Mark:
        """Which rows there are now. Cheap."""
        of = sa.select(sa.func.coalesce(sa.func.max(t.own_watches.c.id), 0), sa.func.count(t.own_watches.c.id))
        async with self._database.reading() as connection:
            last, count = (await connection.execute(of)).one()
            return Mark(last, count)

    async def all(self) -> dict[int, str]:
        """Each phrase by its number. One that several own comes several times, spelt alike, so that it is one to the index."""
        async with self._database.reading() as connection:
            rows = await connection.execute(
                sa.select(t.own_watches.c.id, t.own_watches.c.phrase, t.own_watches.c.folded).order_by(t.own_watches.c.id)
            )
            spelt: dict[str, str] = {}
            return {row.id: spelt.setdefault(row.folded, row.phrase) for row in rows}


async def take(connection: AsyncConnection, subscriber: int, phrases: Sequence[str], now: datetime) -> list[str]:
    """Let a Subscriber own these; gives the ids of their Watches, of those that it owned already as well. In a serial transaction.

    Raises:
        PhraseError: one may not be taken, or they would be too many.
    """
    before = await folded_of(connection, subscriber)
    new = taken(phrases, before.keys())
    rows = [{"subscriber": subscriber, "phrase": phrase, "folded": folded, "created_at": now} for folded, phrase in new.items()]
    for row in rows:
        await connection.execute(sa.insert(t.own_watches).values(row))
    after = await folded_of(connection, subscriber)
    return [after[folded] for folded in taken(phrases, ())]


async def folded_of(connection: AsyncConnection, subscriber: int) -> dict[str, str]:
    """The ids of the Watches that a Subscriber owns, by their phrases as they are compared."""
    mine = sa.select(t.own_watches.c.id, t.own_watches.c.folded).where(t.own_watches.c.subscriber == subscriber)
    return {row.folded: own_id(row.id) for row in await connection.execute(mine.order_by(t.own_watches.c.id))}


async def phrases_of(connection: AsyncConnection, subscriber: int, watches: Iterable[str] | None = None) -> dict[str, str]:
    """The phrases that a Subscriber owns by the ids of their Watches: all, or those of these Watches. Nobody else's, whatever is asked."""
    mine = sa.select(t.own_watches.c.id, t.own_watches.c.phrase).where(t.own_watches.c.subscriber == subscriber)
    if watches is not None:
        numbers = [number for watch in watches if (number := number_of(watch)) is not None]
        if not numbers:
            return {}
        mine = mine.where(t.own_watches.c.id.in_(numbers))
    return {own_id(row.id): row.phrase for row in await connection.execute(mine.order_by(t.own_watches.c.id))}


async def end(connection: AsyncConnection, subscriber: int, *, followed: Collection[str] = ()) -> None:
    """End the phrases of a Subscriber but for those followed still: the rows, and all that is stored of what they found."""
    gone = [watch for watch in (await folded_of(connection, subscriber)).values() if watch not in followed]
    numbers = [number for watch in gone if (number := number_of(watch)) is not None]
    if numbers:
        await connection.execute(sa.delete(t.own_watches).where(t.own_watches.c.id.in_(numbers)))
        await purge(connection, gone)


async def purge(connection: AsyncConnection, watches: Sequence[str]) -> None:
    """Delete what these Watches found."""
    for at in range(0, len(watches), CHUNK):
        for table in (w.matches, w.story_watches):
            await connection.execute(sa.delete(table).where(table.c.watch.in_(watches[at : at + CHUNK])))


async def sweep(connection: AsyncConnection) -> int:
    """Delete what Watches found after they had ended, by a process that had not heard of it; answers how many Watches that were."""
    found = (await connection.execute(sa.select(w.story_watches.c.watch).where(owned(w.story_watches.c.watch)).distinct())).scalars()
    rows = {own_id(number) for number in (await connection.execute(sa.select(t.own_watches.c.id))).scalars()}
    ended = sorted(set(found) - rows)
    await purge(connection, ended)
    return len(ended)


async def carry(connection: AsyncConnection, old: int, new: int) -> dict[str, str]:
    """Give the phrases of one Subscriber to another, numbers and all. What was found by one that both own is found by the other's.

    Answers which Watch stands for each of those that ended so.
    """
    theirs = await folded_of(connection, new)
    doubles = {watch: theirs[folded] for folded, watch in (await folded_of(connection, old)).items() if folded in theirs}
    for gone, kept in doubles.items():
        for table in (w.matches, w.story_watches):
            await _copy(connection, table, gone, kept)
    await end(connection, old, followed=[watch for watch in (await folded_of(connection, old)).values() if watch not in doubles])
    await connection.execute(sa.update(t.own_watches).where(t.own_watches.c.subscriber == old).values(subscriber=new))
    return doubles


async def _copy(connection: AsyncConnection, table: sa.Table, gone: str, kept: str) -> None:
    columns: Mapping[str, sa.ColumnElement[object]] = {
        column.name: sa.literal(kept) if column.name == "watch" else column for column in table.c
    }
    rows = sa.select(*columns.values()).where(table.c.watch == gone)
    await connection.execute(insert(connection, table).from_select(list(columns), rows).on_conflict_do_nothing())
