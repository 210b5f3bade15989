"""What nobody needs any more, deleted: no reader leaves a trace, and who was told of a Story can be told that it was withdrawn."""

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
KEPT_OF_STRANGERS = timedelta(hours=1)  #: settled Letters to an address that is no Subscriber's: the reply to /stop
UPDATES_KEPT = timedelta(days=2)  #: Telegram itself keeps an update for one (Bot API, "Getting updates")


async def clean(connection: AsyncConnection, now: datetime) -> int:
    """`Outbox.clean`, in this transaction."""
    settled_at = sa.func.coalesce(t.letters.c.settled_at, t.letters.c.created_at)
    known = sa.exists().where(t.subscribers.c.address == t.letters.c.address)
    old = sa.and_(
        t.letters.c.state.not_in(t.OPEN),
        sa.or_(settled_at <= now - KEPT, sa.and_(settled_at <= now - KEPT_OF_STRANGERS, sa.not_(known), t.letters.c.subscriber.is_(None))),
    )
    ids = sa.select(t.letters.c.id).where(old)
    await _remember(connection, old)
    await connection.execute(sa.delete(t.deliveries).where(t.deliveries.c.letter_id.in_(ids)))
    gone = (await connection.execute(sa.delete(t.letters).where(old))).rowcount
    of_nobody = (t.votes.c.letter.is_(None), t.votes.c.voter.is_not(None))
    await connection.execute(sa.update(t.votes).where(*of_nobody).values(voter=None))
    skipped = (t.deliveries.c.skipped.is_not(None), t.deliveries.c.created_at <= now - TOLD_KEPT)
    await connection.execute(sa.delete(t.deliveries).where(*skipped))
    await connection.execute(sa.delete(t.told).where(t.told.c.at <= now - TOLD_KEPT))
    await own.sweep(connection)
    await connection.execute(sa.delete(t.updates).where(t.updates.c.seen_at <= now - UPDATES_KEPT))
    await connection.execute(sa.delete(w.buckets).where(w.buckets.c.free_at <= now - KEPT_OF_STRANGERS))
    await connection.execute(sa.delete(w.leases).where(w.leases.c.until <= now - KEPT_OF_STRANGERS))
    return gone


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
