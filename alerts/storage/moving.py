"""Addresses that end or change: parked, moved to another id, taken over by a second one. What they were owed is never lost with them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.fanout import next_window, parked
from alerts.models import Address, Cadence, LetterState
from alerts.storage import own
from alerts.storage import tables as t
from alerts.storage.rows import left_out, subscriber_of
from watcher.storage.database import insert


def of_chat(chat: Address, table: sa.Table = t.subscribers) -> sa.ColumnElement[bool]:
    """The rows of a chat and its threads. Chat ids are digits, so nothing in them is a wildcard."""
    whole = f"{chat.channel}:{chat.to}"
    return sa.or_(table.c.address == whole, table.c.address.like(f"{whole}/%"))


#: What a parked address missed in them, or would have been told by a Letter that was tried until then, is told when it comes back; nobody
#: wants an urgent alert of last month.
LATELY = timedelta(days=3)
FAILED = (LetterState.DEAD.value, LetterState.CANCELLED.value)  #: states of a Letter that told nothing
TOLD_THERE = "its stories are told to the address that took over"  #: why a Letter is cancelled
NOTHING_TO_EDIT = "the message that it edits lies at another address"  #: the same


async def park(connection: AsyncConnection, row: sa.Row[Any], reason: str, now: datetime) -> bool:
    """Write no more to this row of `subscribers`: what waits for it goes to its second address, which it becomes or, where that is
    known, joins; without one, or where that one is parked too, its Letters are cancelled and its Deliveries skipped, until it comes back
    (`unpark`). Those of a Letter stay with it: it says until when it was tried, and whether it may have arrived.

    Answers whether the second address took over.
    """
    if row.second is not None:
        taken = await _known(connection, row.second)
        if taken is None:
            await connection.execute(sa.update(t.subscribers).where(t.subscribers.c.id == row.id).values(address=row.second, second=None))
            await _send_on(connection, row.address, Address.parse(row.second))
            return True
        if taken.parked is None and taken.id != row.id:
            await merge(connection, row, taken)
            return True
    await connection.execute(sa.update(t.subscribers).where(t.subscribers.c.id == row.id).values(parked=reason))
    waiting = (t.letters.c.address == row.address, t.letters.c.state == LetterState.PENDING.value)
    cancelled = {"state": LetterState.CANCELLED.value, "error": reason, "settled_at": now}
    ended = (await connection.execute(sa.update(t.letters).where(*waiting).values(cancelled).returning(t.letters.c.id))).scalars().all()
    untold = sa.and_(t.deliveries.c.letter_id.is_(None), t.deliveries.c.skipped.is_(None))
    owed = (t.deliveries.c.subscriber == row.id, sa.or_(untold, t.deliveries.c.letter_id.in_(ended)))
    await connection.execute(sa.update(t.deliveries).where(*owed).values(skipped=parked(reason)))
    return False


async def unpark(connection: AsyncConnection, chat: Address, now: datetime) -> None:
    """Write to this chat and its threads again. What they missed LATELY, and follow still, is owed again: what was to be told at once is
    due now, all together, the rest goes into the next digest."""
    came_back = sa.select(t.subscribers).where(of_chat(chat), t.subscribers.c.parked.is_not(None))
    for row in list(await connection.execute(came_back)):
        await connection.execute(sa.update(t.subscribers).where(t.subscribers.c.id == row.id).values(parked=None))
        with left_out(row.id):
            await _owe_again(connection, row, now)


async def _owe_again(connection: AsyncConnection, row: sa.Row[Any], now: datetime) -> None:
    subscriber = subscriber_of(row)
    followed = set((await connection.execute(sa.select(t.subscriptions.c.watch).where(t.subscriptions.c.subscriber == row.id))).scalars())
    digests = {
        each: getattr(row, f"next_{each}_at") or next_window(subscriber, each, now).due_at for each in (Cadence.DAILY, Cadence.WEEKLY)
    }
    perhaps: set[int] = set()
    for missed in await _missed(connection, row.id, now):
        if not (watches := [watch for watch in missed.watches if watch in followed]):
            continue
        if missed.repeat:
            perhaps.add(missed.letter_id)
            continue
        cadence = Cadence(missed.cadence)
        owed = {"skipped": None, "letter_id": None, "watches": watches, "due_at": digests.get(cadence, now)}
        await connection.execute(sa.update(t.deliveries).where(t.deliveries.c.id == missed.id).values(owed))
        if cadence in digests:
            due = {f"next_{cadence}_at": digests[cadence]}
            await connection.execute(sa.update(t.subscribers).where(t.subscribers.c.id == row.id).values(due))
    await _send_again(connection, sorted(perhaps), subscriber.address, now)


async def _missed(connection: AsyncConnection, subscriber: int, now: datetime) -> list[sa.Row[Any]]:
    """The Deliveries that a parked address missed LATELY, each with whether its Letter may have arrived. What was found since a Letter
    was, that was tried until lately, waited behind that."""
    d, of = t.deliveries.c, t.letters.c
    skipped = (d.subscriber == subscriber, d.skipped.startswith(parked("")))
    tried = sa.select(sa.func.min(d.created_at)).join(t.letters, of.id == d.letter_id).where(*skipped, of.settled_at > now - LATELY)
    lately = sa.or_(d.created_at > now - LATELY, d.created_at >= tried.scalar_subquery())
    missed = sa.select(*d, of.repeat).outerjoin(t.letters, of.id == d.letter_id).where(*skipped, lately).order_by(d.id)
    return list(await connection.execute(missed))


async def _send_again(connection: AsyncConnection, letters: Sequence[int], address: Address, now: datetime) -> None:
    """Let these Letters go that may have arrived before their address was parked: they say so, which one written anew would not."""
    ended = (t.letters.c.id.in_(letters), t.letters.c.state.in_(FAILED))
    there = {"address": str(address), "channel": address.channel}
    waits = {"state": LetterState.PENDING.value, "due_at": now, "settled_at": None}
    again = sa.update(t.letters).where(*ended).values(there | waits).returning(t.letters.c.id)
    for letter in list((await connection.execute(again)).scalars()):
        await connection.execute(sa.update(t.deliveries).where(t.deliveries.c.letter_id == letter).values(skipped=None))
        await _mend_references(connection, letter)


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
    await _send_on(connection, str(old), new)
    others = (t.subscribers.c.second == str(old), t.subscribers.c.address != str(new))
    await connection.execute(sa.update(t.subscribers).where(*others).values(second=str(new)))


async def merge(connection: AsyncConnection, old: sa.Row[Any], new: sa.Row[Any]) -> None:
    """Let one row of `subscribers` end in another: what it follows, is owed and was told is the other's. Where both follow a Watch, or
    have the same Delivery, the other's holds, but what one of them is to be told is told.

    A Letter all of whose Stories the other was told, or is about to be, is cancelled; one that holds more goes on: at least once beats
    never. One in flight is left to its sender (`settle`). Deliveries that the other has end with the row.
    """
    doubles = await own.carry(connection, old.id, new.id)
    await connection.execute(sa.delete(t.subscriptions).where(t.subscriptions.c.subscriber == old.id, t.subscriptions.c.watch.in_(doubles)))
    await _copy(connection, t.subscriptions, old.id, new.id)
    await _copy(connection, t.told, old.id, new.id)
    await _rename_watches(connection, old.id, doubles)
    await _move_deliveries(connection, old.id, new.id)
    await _cancel_doubles(connection, old.id, new.id)
    letters = sa.update(t.letters).where(t.letters.c.subscriber == old.id)
    taken = sa.select(t.letters.c.window).where(t.letters.c.subscriber == new.id, t.letters.c.window.is_not(None))
    await connection.execute(letters.where(t.letters.c.window.in_(taken.scalar_subquery())).values(window=None))
    await connection.execute(letters.values(subscriber=new.id))
    await _send_on(connection, old.address, Address.parse(new.address))
    due = {name: getattr(new, name) or getattr(old, name) for name in ("next_daily_at", "next_weekly_at")}
    await connection.execute(sa.update(t.subscribers).where(t.subscribers.c.id == new.id).values(due))
    between = (t.fanouts.c.cursor >= new.id, t.fanouts.c.cursor < old.id)  # asked already, when she did not follow all of this yet
    await connection.execute(sa.update(t.fanouts).where(*between).values(cursor=new.id - 1))
    await connection.execute(sa.delete(t.subscribers).where(t.subscribers.c.id == old.id))


async def _move_deliveries(connection: AsyncConnection, old: int, new: int) -> None:
    """Give the Deliveries of one Subscriber to another that has none of the same revision, or one that tells less: skipped, of a Letter
    that never arrives, or waiting still while a Letter of the first is on its way."""
    twin = t.deliveries.alias()
    same = (twin.c.story == t.deliveries.c.story, twin.c.revision == t.deliveries.c.revision)
    failed = sa.select(t.letters.c.id).where(t.letters.c.state.in_(FAILED))
    on_its_way = sa.select(t.letters.c.id).where(t.letters.c.state.in_(t.OPEN))
    arrives = sa.and_(twin.c.skipped.is_(None), sa.or_(twin.c.letter_id.is_(None), twin.c.letter_id.not_in(failed)))
    mine = (t.deliveries.c.subscriber == new,)
    in_vain = sa.or_(t.deliveries.c.skipped.is_not(None), t.deliveries.c.letter_id.in_(failed))
    await connection.execute(sa.delete(t.deliveries).where(*mine, in_vain, sa.exists().where(twin.c.subscriber == old, arrives, *same)))
    flies = sa.exists().where(twin.c.subscriber == old, twin.c.letter_id.in_(on_its_way), *same)
    await connection.execute(sa.delete(t.deliveries).where(*mine, t.deliveries.c.letter_id.is_(None), flies))
    known = sa.exists().where(twin.c.subscriber == new, *same)
    await connection.execute(sa.update(t.deliveries).where(t.deliveries.c.subscriber == old, sa.not_(known)).values(subscriber=new))


async def _rename_watches(connection: AsyncConnection, subscriber: int, renamed: Mapping[str, str]) -> None:
    """Let what was told under some Watches, waits or is on its way, be told under others."""
    if not renamed:
        return
    mine = sa.select(t.deliveries.c.id, t.deliveries.c.watches).where(t.deliveries.c.subscriber == subscriber)
    for row in list(await connection.execute(mine)):
        watches = list(dict.fromkeys(renamed.get(watch, watch) for watch in row.watches))
        if watches != row.watches:
            await connection.execute(sa.update(t.deliveries).where(t.deliveries.c.id == row.id).values(watches=watches))


async def _cancel_doubles(connection: AsyncConnection, old: int, new: int) -> None:
    """Cancel the Letters that wait and tell nothing but what the other Subscriber has: all their Deliveries stayed behind."""
    left = sa.exists().where(t.deliveries.c.letter_id == t.letters.c.id, t.deliveries.c.subscriber == old)
    moved = sa.exists().where(t.deliveries.c.letter_id == t.letters.c.id, t.deliveries.c.subscriber == new)
    doubles = (t.letters.c.subscriber == old, t.letters.c.state == LetterState.PENDING.value, left, sa.not_(moved))
    cancelled = {"state": LetterState.CANCELLED.value, "error": TOLD_THERE}
    await connection.execute(sa.update(t.letters).where(*doubles).values(cancelled))


async def _copy(connection: AsyncConnection, table: sa.Table, old: int, new: int) -> None:
    """Give the rows of one Subscriber to another that has none of the same key."""
    columns = [column for column in table.c if column.name != "subscriber"]
    rows = sa.select(sa.literal(new), *columns).where(table.c.subscriber == old)
    statement = insert(connection, table).from_select(["subscriber", *(column.name for column in columns)], rows)
    await connection.execute(statement.on_conflict_do_nothing())


async def _send_on(connection: AsyncConnection, address: str, new: Address) -> None:
    """Let the Letters that are not settled go to another address; one in flight when it comes back (`land`)."""
    open_ones = (t.letters.c.address == address, t.letters.c.state.in_(t.OPEN))
    moved = {"address": str(new), "channel": new.channel}
    ids = (await connection.execute(sa.update(t.letters).where(*open_ones).values(moved).returning(t.letters.c.id))).scalars()
    for letter in list(ids):
        await _mend_references(connection, letter)


async def land(connection: AsyncConnection, letter: int) -> None:
    """Make a Letter, which came back from its flight after its address had moved, fit to go to the new one: cancel it where it tells
    nothing but what the other Subscriber has."""
    has_items = (await connection.execute(sa.select(t.letters.c.content).where(t.letters.c.id == letter))).scalar_one().get("items")
    told = (await connection.execute(sa.select(sa.exists().where(t.deliveries.c.letter_id == letter)))).scalar_one()
    if has_items and not told:
        await _cancel(connection, letter, TOLD_THERE)
    await _mend_references(connection, letter)


async def _mend_references(connection: AsyncConnection, letter: int) -> None:
    """Cancel a waiting Letter that only edits a message of another address; let one reply to no message of another."""
    waiting = (t.letters.c.id == letter, t.letters.c.state == LetterState.PENDING.value)
    row = (await connection.execute(sa.select(t.letters.c.address, t.letters.c.content).where(*waiting))).one_or_none()
    if row is None:
        return
    here = Address.parse(row.address)
    if (edits := row.content.get("edits")) and not here.knows(edits):
        await _cancel(connection, letter, NOTHING_TO_EDIT)
    elif (reply_to := row.content.get("reply_to")) and not here.knows(reply_to):
        await connection.execute(sa.update(t.letters).where(t.letters.c.id == letter).values(content=row.content | {"reply_to": ""}))


async def _cancel(connection: AsyncConnection, letter: int, reason: str) -> None:
    cancelled = {"state": LetterState.CANCELLED.value, "error": reason}
    await connection.execute(sa.update(t.letters).where(t.letters.c.id == letter).values(cancelled))


async def _known(connection: AsyncConnection, address: str) -> sa.Row[Any] | None:
    return (await connection.execute(sa.select(t.subscribers).where(t.subscribers.c.address == address))).one_or_none()
