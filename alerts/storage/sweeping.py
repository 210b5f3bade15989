"""What nobody needs any more, deleted: no reader leaves a trace, and who was told of a Story can be told that it was withdrawn."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.models import LetterState
from alerts.storage import own
from alerts.storage import tables as t
from watcher.storage import tables as w
from watcher.storage.database import insert

KEPT = timedelta(days=90)  #: settled Letters, so that news can reply to what was told, and `why` and `export` can show it
TOLD_KEPT = timedelta(days=365)  #: since it was last told: that a Story was told, or why not, so that a withdrawal reaches who was told
VOTES_KEPT = timedelta(days=365)  #: what was voted, by nobody any more: what `watcher feedback` proposes is of the rules of now
KEPT_OF_STRANGERS = timedelta(hours=1)  #: settled Letters to an address that is no Subscriber's: the reply to /stop
STEP = 500  #: rows deleted in one transaction: writers wait for it
UPDATES_KEPT = timedelta(days=2)  #: Telegram itself keeps an update for one (Bot API, "Getting updates")


async def old_letters(connection: AsyncConnection, now: datetime) -> list[int]:
    """Some of the Letters that are to be deleted; none: there are no more. No index is needed: numbers grow with time, and none before the
    first that is too young is looked at twice for long."""
    of = t.letters.c
    settled_at = sa.func.coalesce(of.settled_at, of.created_at)
    known = sa.exists().where(t.subscribers.c.address == of.address)
    of_strangers = sa.select(of.id).where(of.subscriber.is_(None), of.state.not_in(t.OPEN), settled_at <= now - KEPT_OF_STRANGERS)
    found = list((await connection.execute(of_strangers.where(sa.not_(known)).limit(STEP))).scalars())
    columns = sa.select(of.id, of.created_at, sa.and_(of.state.not_in(t.OPEN), settled_at <= now - KEPT).label("old"))
    last = 0
    while len(found) < STEP:
        page = (await connection.execute(columns.where(of.id > last).order_by(of.id).limit(STEP))).all()
        found += [row.id for row in page if row.old]
        if len(page) < STEP or page[-1].created_at > now - KEPT:
            break
        last = page[-1].id
    return found[:STEP]


async def delete_letters(connection: AsyncConnection, ids: Sequence[int]) -> int:
    """Delete these Letters with the Deliveries that they told, and remember whom of what; answers how many there were. What was skipped
    when an address was parked stays (`delete_skipped`)."""
    old = sa.and_(t.letters.c.id.in_(ids), t.letters.c.state.not_in(t.OPEN))
    await _remember(connection, old)
    of_these = t.deliveries.c.letter_id.in_(sa.select(t.letters.c.id).where(old))
    await connection.execute(sa.delete(t.deliveries).where(of_these, t.deliveries.c.skipped.is_(None)))
    return (await connection.execute(sa.delete(t.letters).where(old))).rowcount


async def delete_skipped(connection: AsyncConnection, now: datetime, after: int) -> int | None:
    """Delete skipped Deliveries that are too old, of some behind this number; the number of the last looked at, None: there are no more."""
    of = t.deliveries.c
    some = sa.select(of.id, of.created_at).where(of.id > after).order_by(of.id).limit(STEP)
    page = (await connection.execute(some)).all()
    old = [row.id for row in page if row.created_at <= now - TOLD_KEPT]
    if old:
        await connection.execute(sa.delete(t.deliveries).where(of.id.in_(old), of.skipped.is_not(None)))
    return page[-1].id if len(old) == STEP else None


async def delete_told(connection: AsyncConnection, now: datetime) -> bool:
    """Forget some of what was told too long ago; whether there may be more."""
    of = t.told.c
    some = sa.select(of.subscriber, of.story).where(of.at <= now - TOLD_KEPT).order_by(of.at).limit(STEP)
    pairs = [tuple(row) for row in await connection.execute(some)]
    if pairs:
        await connection.execute(sa.delete(t.told).where(sa.tuple_(of.subscriber, of.story).in_(pairs)))
    return len(pairs) == STEP


async def delete_buckets(connection: AsyncConnection, now: datetime, after: str) -> str | None:
    """Delete buckets that nobody has held for a while, of some behind this key; the key of the last, None: there are no more. In one order,
    and none that somebody else has locked: who claims never waits for it, nor it for them."""
    of = w.buckets.c
    old = of.free_at <= now - KEPT_OF_STRANGERS
    some = sa.select(of.key).where(of.key > after, old).order_by(of.key).limit(STEP).with_for_update(skip_locked=True)
    keys = list((await connection.execute(some)).scalars())
    if keys:
        await connection.execute(sa.delete(w.buckets).where(of.key.in_(keys), old))
    return keys[-1] if len(keys) == STEP else None


async def delete_rest(connection: AsyncConnection, now: datetime) -> None:
    """Delete what is never much."""
    of_nobody = (t.votes.c.letter.is_(None), t.votes.c.voter.is_not(None))
    await connection.execute(sa.update(t.votes).where(*of_nobody).values(voter=None))
    await connection.execute(sa.delete(t.votes).where(t.votes.c.day <= (now - VOTES_KEPT).date()))
    await own.sweep(connection)
    await connection.execute(sa.delete(t.updates).where(t.updates.c.seen_at <= now - UPDATES_KEPT))
    await connection.execute(sa.delete(w.leases).where(w.leases.c.until <= now - KEPT_OF_STRANGERS))


async def _remember(connection: AsyncConnection, old: sa.ColumnElement[bool]) -> None:
    """Keep of these Letters which Story they told whom, so that a withdrawal finds those who were told."""
    last = (
        sa.select(t.deliveries.c.subscriber, t.deliveries.c.story, sa.func.max(t.letters.c.id).label("letter"))
        .join(t.letters, t.letters.c.id == t.deliveries.c.letter_id)
        .where(old, t.letters.c.state.in_((LetterState.SENT.value, LetterState.UNKNOWN.value)))
        .group_by(t.deliveries.c.subscriber, t.deliveries.c.story)
        .subquery()
    )
    at = sa.func.coalesce(t.letters.c.settled_at, t.letters.c.created_at)
    rows = sa.select(last.c.subscriber, last.c.story, t.letters.c.reference, t.letters.c.kind, at).where(t.letters.c.id == last.c.letter)
    statement = insert(connection, t.told).from_select(["subscriber", "story", "reference", "kind", "at"], rows)
    newer = {name: statement.excluded[name] for name in ("reference", "kind", "at")}
    await connection.execute(statement.on_conflict_do_update(index_elements=["subscriber", "story"], set_=newer))
