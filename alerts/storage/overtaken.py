"""Digests that never left before the next one of their reader was due, as while a channel is off: the next tells what they told."""

from collections import Counter, defaultdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.models import Address, Cadence, LetterState
from alerts.storage import tables as t
from alerts.storage.book import skip_what_is_muted

OVERTAKEN = "it never left before the next digest, which tells what it told"  #: why such a Letter is cancelled
NEVER_TRIED = (t.in_state(LetterState.PENDING), t.letters.c.attempt == 0)


def untried(subscriber: int, cadence: Cadence) -> sa.Select[tuple[int]]:
    """The Letters of digests at this cadence that wait, and that nobody ever claimed."""
    return sa.select(t.letters.c.id).where(*_digests(subscriber, cadence), *NEVER_TRIED)


async def take_back(connection: AsyncConnection, subscriber: int, address: Address, cadence: Cadence, window: str, now: datetime) -> None:
    """Cancel what is `untried`, and let its Deliveries wait again, for the digest that is about to be written.

    A digest of which one part was tried, or is being claimed at this moment, goes on as it is.

    Args:
        window: of the digest that is about to be written; where that one has begun to leave already, nothing more is told by it.
    """
    waiting: dict[str, list[int]] = defaultdict(list)
    candidates = untried(subscriber, cadence).add_columns(t.letters.c.window).with_for_update(skip_locked=True)
    for row in await connection.execute(candidates):
        waiting[_whole(row.window)].append(row.id)
    if not waiting:
        return
    wanted = (*_digests(subscriber, cadence), t.letters.c.state != LetterState.CANCELLED.value)
    parts = Counter(map(_whole, (await connection.execute(sa.select(t.letters.c.window).where(*wanted))).scalars()))
    same = waiting.get(window, [])
    if parts[window] > len(same):
        return
    letters = [letter for name, ids in waiting.items() if len(ids) == parts[name] for letter in ids]
    cancelled = {"state": LetterState.CANCELLED.value, "error": OVERTAKEN, "settled_at": now}
    await connection.execute(sa.update(t.letters).where(t.letters.c.id.in_(letters), *NEVER_TRIED).values(cancelled))
    await connection.execute(sa.update(t.letters).where(t.letters.c.id.in_(same)).values(window=None))  # it is the next one's
    await connection.execute(sa.update(t.deliveries).where(t.deliveries.c.letter_id.in_(letters)).values(letter_id=None))
    await skip_what_is_muted(connection, address)


def _digests(subscriber: int, cadence: Cadence) -> tuple[sa.ColumnElement[bool], ...]:
    return t.letters.c.subscriber == subscriber, t.letters.c.window.startswith(f"{cadence.value}:")


def _whole(window: str) -> str:
    """The window of a part."""
    return window.partition("#")[0]
