"""Addresses that end or change: parked, moved to another id, taken over by a second one. What they were owed is never lost with them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.fanout import parked
from alerts.models import Address, LetterState
from alerts.storage import own
from alerts.storage import tables as t
from watcher.storage.database import insert


def of_chat(chat: Address, table: sa.Table = t.subscribers) -> sa.ColumnElement[bool]:
    """The rows of a chat and its threads. Chat ids are digits, so nothing in them is a wildcard."""
    whole = f"{chat.channel}:{chat.to}"
    return sa.or_(table.c.address == whole, table.c.address.like(f"{whole}/%"))


async def park(connection: AsyncConnection, row: sa.Row[Any], reason: str, now: datetime) -> dict[str, str]:
    """Write no more to this row of `subscribers`: what waits for it goes to its second address, which it becomes or, where that is
    known, joins; without one, or where that one is parked too, its Letters are cancelled and its Deliveries skipped: nobody wants an
    urgent alert of last month on coming back.

    Answers the columns of a Letter that goes to the second address; empty where none does.
    """
    if row.second is not None:
        moved = {"address": row.second, "channel": Address.parse(row.second).channel}
        taken = await _known(connection, row.second)
        if taken is None:
            await connection.execute(sa.update(t.subscribers).where(t.subscribers.c.id == row.id).values(address=row.second, second=None))
            await _send_on(connection, row.address, moved)
            return moved
        if taken.parked is None and taken.id != row.id:
            await merge(connection, row, taken)
            return moved
    await connection.execute(sa.update(t.subscribers).where(t.subscribers.c.id == row.id).values(parked=reason))
    waiting = (t.letters.c.address == row.address, t.letters.c.state == LetterState.PENDING.value)
    cancelled = {"state": LetterState.CANCELLED.value, "error": reason, "settled_at": now}
    await connection.execute(sa.update(t.letters).where(*waiting).values(cancelled))
    owed = (t.deliveries.c.subscriber == row.id, t.deliveries.c.letter_id.is_(None), t.deliveries.c.skipped.is_(None))
    await connection.execute(sa.update(t.deliveries).where(*owed).values(skipped=parked(reason)))
    return {}


async def rename_chat(connection: AsyncConnection, old: Address, new: Address) -> None:
    """A chat has a new id: so have its threads, each with the same number."""
    known: set[str] = set()
    for table in (t.subscribers, t.letters):
        known.update((await connection.execute(sa.select(table.c.address).where(of_chat(old, table)))).scalars())
    for address in sorted(map(Address.parse, known), key=str):
        await rename(connection, address, Address(new.channel, new.to, address.thread))


async def rename(connection: AsyncConnection, old: Address, new: Address) -> None:
    """Readers of one address have another: its Subscriber moves there, or joins the one that is there already."""
    if old == new:
        return
    row, taken = await _known(connection, str(old)), await _known(connection, str(new))
    if row is not None and taken is not None:
        await merge(connection, row, taken)
    elif row is not None:
        moved = {"address": str(new)} | ({"second": None} if row.second == str(new) else {})
        await connection.execute(sa.update(t.subscribers).where(t.subscribers.c.id == row.id).values(moved))
    await _send_on(connection, str(old), {"address": str(new), "channel": new.channel})
    others = (t.subscribers.c.second == str(old), t.subscribers.c.address != str(new))
    await connection.execute(sa.update(t.subscribers).where(*others).values(second=str(new)))


async def merge(connection: AsyncConnection, old: sa.Row[Any], new: sa.Row[Any]) -> None:
    """Let one row of `subscribers` end in another: what it follows, is owed and was told is the other's. Where both follow a Watch, or
    have the same Delivery, the other's holds, but what one of them is to be told is told."""
    doubles = await own.carry(connection, old.id, new.id)
    await connection.execute(sa.delete(t.subscriptions).where(t.subscriptions.c.subscriber == old.id, t.subscriptions.c.watch.in_(doubles)))
    await _copy(connection, t.subscriptions, old.id, new.id)
    await _copy(connection, t.told, old.id, new.id)
    await _rename_watches(connection, old.id, doubles)
    await _move_deliveries(connection, old.id, new.id)
    letters = sa.update(t.letters).where(t.letters.c.subscriber == old.id)
    taken = sa.select(t.letters.c.window).where(t.letters.c.subscriber == new.id, t.letters.c.window.is_not(None))
    await connection.execute(letters.where(t.letters.c.window.in_(taken.scalar_subquery())).values(window=None))
    await connection.execute(letters.values(subscriber=new.id))
    await _send_on(connection, old.address, {"address": new.address, "channel": Address.parse(new.address).channel})
    due = {name: getattr(new, name) or getattr(old, name) for name in ("next_daily_at", "next_weekly_at")}
    await connection.execute(sa.update(t.subscribers).where(t.subscribers.c.id == new.id).values(due))
    await connection.execute(sa.delete(t.subscribers).where(t.subscribers.c.id == old.id))


async def _move_deliveries(connection: AsyncConnection, old: int, new: int) -> None:
    twin = t.deliveries.alias()
    same = (twin.c.story == t.deliveries.c.story, twin.c.revision == t.deliveries.c.revision)
    to_be_told = sa.exists().where(twin.c.subscriber == old, twin.c.skipped.is_(None), *same)
    skipped = (t.deliveries.c.subscriber == new, t.deliveries.c.skipped.is_not(None), to_be_told)
    await connection.execute(sa.delete(t.deliveries).where(*skipped))
    known = sa.exists().where(twin.c.subscriber == new, *same)
    await connection.execute(sa.update(t.deliveries).where(t.deliveries.c.subscriber == old, sa.not_(known)).values(subscriber=new))


async def _rename_watches(connection: AsyncConnection, subscriber: int, renamed: Mapping[str, str]) -> None:
    """Let what waits to be told under some Watches be told under others."""
    if not renamed:
        return
    waits = (t.deliveries.c.subscriber == subscriber, t.deliveries.c.letter_id.is_(None), t.deliveries.c.skipped.is_(None))
    for row in list(await connection.execute(sa.select(t.deliveries.c.id, t.deliveries.c.watches).where(*waits))):
        watches = list(dict.fromkeys(renamed.get(watch, watch) for watch in row.watches))
        if watches != row.watches:
            await connection.execute(sa.update(t.deliveries).where(t.deliveries.c.id == row.id).values(watches=watches))


async def _copy(connection: AsyncConnection, table: sa.Table, old: int, new: int) -> None:
    """Give the rows of one Subscriber to another that has none of the same key."""
    columns = [column for column in table.c if column.name != "subscriber"]
    rows = sa.select(sa.literal(new), *columns).where(table.c.subscriber == old)
    statement = insert(connection, table).from_select(["subscriber", *(column.name for column in columns)], rows)
    await connection.execute(statement.on_conflict_do_nothing())


async def _send_on(connection: AsyncConnection, address: str, moved: dict[str, str]) -> None:
    open_ones = (t.letters.c.address == address, t.letters.c.state.in_(t.OPEN))
    await connection.execute(sa.update(t.letters).where(*open_ones).values(moved))


async def _known(connection: AsyncConnection, address: str) -> sa.Row[Any] | None:
    return (await connection.execute(sa.select(t.subscribers).where(t.subscribers.c.address == address))).one_or_none()
