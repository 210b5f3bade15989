"""A revision's Deliveries, made for one batch of Subscribers after another, by whichever worker comes first."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts import fanout
from alerts.fanout import Draft, Follower
from alerts.models import Cadence, LetterState
from alerts.storage import tables as t
from alerts.storage.rows import left_out, subscriber_of, subscription_of
from watcher.models import DocumentType, Revision, Severity, Story
from watcher.own import is_private
from watcher.storage import tables as w
from watcher.storage.database import Utc, insert
from watcher.storage.moves import alike, merged_by
from watcher.storage.own import owned
from watcher.storage.rows import is_current, revision_of, story_of

BATCH = 500  #: Subscribers asked in one transaction of a fan-out


async def open_revisions(connection: AsyncConnection, after: Revision | None, limit: int) -> list[Revision]:
    """`Outbox.open_revisions`, in this transaction."""
    place = sa.tuple_(w.revisions.c.at, w.revisions.c.story, w.revisions.c.number)
    waiting = sa.select(w.revisions).where(sa.not_(w.revisions.c.fanned)).order_by(*place).limit(limit)
    if after is not None:
        waiting = waiting.where(place > sa.tuple_(sa.literal(after.at, Utc), after.story, after.number))
    return [revision_of(row) for row in await connection.execute(waiting)]


async def fan_out(connection: AsyncConnection, revision: Revision, now: datetime) -> tuple[int, bool]:
    """`Outbox.fan_out`, in this transaction."""
    cursor = await _cursor(connection, revision)
    if cursor is None:
        return 0, False
    asked, followers = await _followers(connection, revision, cursor)
    story = await _story(connection, revision)
    picky = any(each.types for follower in followers for each in follower.subscriptions)
    types = await _types(connection, revision) if picky else ()
    drafts: list[Draft] = []
    for follower in followers:
        with left_out(follower.subscriber.id):
            drafts += filter(None, [fanout.decide(story, revision, follower, now, types=types)])
    if drafts:
        values = [_delivery_values(draft, now) for draft in drafts]
        await connection.execute(insert(connection, t.deliveries).on_conflict_do_nothing(), values)
        await _open_digests(connection, drafts)
    if len(asked) < BATCH:
        await connection.execute(sa.update(w.revisions).where(_is(revision)).values(fanned=True))
        await connection.execute(sa.delete(t.fanouts).where(*_fanout_is(revision)))
    else:
        await connection.execute(sa.update(t.fanouts).where(*_fanout_is(revision)).values(cursor=asked[-1]))
    return len(drafts), len(asked) == BATCH


async def _open_digests(connection: AsyncConnection, drafts: Sequence[Draft]) -> None:
    """Let whoever follows nothing by the day have a digest all the same, once, of what is to be told to her in one."""
    daily = defaultdict(list)
    for draft in drafts:
        if draft.cadence is Cadence.DAILY and draft.skipped is None:
            daily[draft.due_at].append(draft.subscriber)
    for due_at, subscribers in daily.items():
        unset = sa.and_(t.subscribers.c.id.in_(subscribers), t.subscribers.c.next_daily_at.is_(None))
        await connection.execute(sa.update(t.subscribers).where(unset).values(next_daily_at=due_at))


async def _cursor(connection: AsyncConnection, revision: Revision) -> int | None:
    """Lock the fan-out's row and read how far it came; None where another worker has finished it."""
    row = {"story": revision.story, "revision": revision.number, "cursor": 0}
    await connection.execute(insert(connection, t.fanouts).values(row).on_conflict_do_nothing())
    locked = sa.select(t.fanouts.c.cursor).where(*_fanout_is(revision)).with_for_update()
    cursor: int = (await connection.execute(locked)).scalar_one()
    if (await connection.execute(sa.select(w.revisions.c.fanned).where(_is(revision)))).scalar_one():
        await connection.execute(sa.delete(t.fanouts).where(*_fanout_is(revision)))
        return None
    return cursor


async def _followers(connection: AsyncConnection, revision: Revision, cursor: int) -> tuple[list[int], list[Follower]]:
    """The next batch of Subscribers that follow it, and those of them whose rows can be read."""
    watches: Any = sa.select(w.story_watches.c.watch).where(w.story_watches.c.story == revision.story)
    if is_private(revision.new_watches):
        watches = revision.new_watches
    following = (
        sa.select(t.subscriptions.c.subscriber)
        .where(t.subscriptions.c.watch.in_(watches), t.subscriptions.c.subscriber > cursor)
        .distinct()
        .order_by(t.subscriptions.c.subscriber)
        .limit(BATCH)
    )
    ids = list((await connection.execute(following)).scalars())
    people = await connection.execute(sa.select(t.subscribers).where(t.subscribers.c.id.in_(ids)).order_by(t.subscribers.c.id))
    rows = await connection.execute(
        sa.select(t.subscriptions).where(t.subscriptions.c.subscriber.in_(ids), t.subscriptions.c.watch.in_(watches))
    )
    by_subscriber = defaultdict(list)
    for row in rows:
        by_subscriber[row.subscriber].append(row)
    told, owed, knows = await _told(connection, revision, ids)
    followers = []
    for row in people:
        if row.id in knows:
            continue
        with left_out(row.id):
            subscriptions = tuple(subscription_of(each) for each in by_subscriber[row.id])
            followers.append(Follower(subscriber=subscriber_of(row), subscriptions=subscriptions, told=row.id in told, owed=row.id in owed))
    return ids, followers


async def _told(connection: AsyncConnection, revision: Revision, ids: Sequence[int]) -> tuple[set[int], set[int], set[int]]:
    """Which of these were told of the Story, or are about to be, by an earlier revision; which only should have been; and who knows already
    what the revision says.

    Told of it is whoever was told of another that it is one with by now. What a merger itself has to say was in one of the two, so that
    only those who were told of the other hear of it.
    """
    others = set(await alike(connection, [revision.story])) - {revision.story}
    merged = await merged_by(connection, revision.story, revision.number) if others else set()
    before = sa.and_(t.deliveries.c.story == revision.story, t.deliveries.c.revision < revision.number)
    rows = await connection.execute(
        sa.select(t.deliveries.c.subscriber, t.deliveries.c.story, t.deliveries.c.skipped, t.letters.c.state)
        .outerjoin(t.letters, t.letters.c.id == t.deliveries.c.letter_id)
        .where(
            t.deliveries.c.subscriber.in_(ids),
            sa.or_(before, t.deliveries.c.story.in_(sorted(others))) if others else before,
            sa.or_(t.deliveries.c.skipped.is_(None), t.deliveries.c.skipped.not_in(fanout.NOT_WANTED)),
        )
    )
    told: set[int] = set()
    owed: set[int] = set()
    knows: set[int] = set()
    for row in rows:
        arrives = row.skipped is None and row.state not in (LetterState.DEAD.value, LetterState.CANCELLED.value)
        (told if arrives else owed).add(row.subscriber)
        if arrives and merged and row.story not in merged:
            knows.add(row.subscriber)
    which = sa.and_(t.told.c.story.in_(sorted({revision.story, *others})), t.told.c.subscriber.in_(ids))
    for subscriber, story in await connection.execute(sa.select(t.told.c.subscriber, t.told.c.story).where(which)):
        told.add(subscriber)
        if merged and story not in merged:
            knows.add(subscriber)
    return told, owed - told, knows


async def _types(connection: AsyncConnection, revision: Revision) -> frozenset[DocumentType]:
    """Of the papers of its Story, without those that are other people's business."""
    found = (
        sa.select(w.versions.c.type)
        .join(w.documents, is_current())
        .join(w.story_documents, w.story_documents.c.document == w.documents.c.id)
        .join(w.matches, w.matches.c.document == w.documents.c.id)
        .where(
            w.story_documents.c.story == revision.story,
            sa.or_(sa.not_(owned(w.matches.c.watch)), w.matches.c.watch.in_(revision.new_watches)),
        )
        .distinct()
    )
    return frozenset(map(DocumentType, (await connection.execute(found)).scalars()))


async def _story(connection: AsyncConnection, revision: Revision) -> Story:
    """The Story of a revision; to owners of Watches it is as pressing as the papers that those found, which others don't see."""
    row = (await connection.execute(sa.select(w.stories).where(w.stories.c.id == revision.story))).one()
    watches = await connection.execute(
        sa.select(w.story_watches.c.watch)
        .where(w.story_watches.c.story == revision.story)
        .order_by(w.story_watches.c.revision, w.story_watches.c.watch)
    )
    story = story_of(row, tuple(watches.scalars()), "")
    if not is_private(revision.new_watches):
        return story
    found = (
        sa.select(sa.func.max(w.versions.c.severity))
        .join(w.documents, is_current())
        .join(w.story_documents, w.story_documents.c.document == w.documents.c.id)
        .join(w.matches, w.matches.c.document == w.documents.c.id)
        .where(w.story_documents.c.story == revision.story, w.matches.c.watch.in_(revision.new_watches))
    )
    pressing = (await connection.execute(found)).scalar_one()
    return replace(story, severity=max(story.severity, Severity(pressing or story.severity)))


def _delivery_values(draft: Draft, now: datetime) -> dict[str, Any]:
    return {
        "subscriber": draft.subscriber,
        "story": draft.story,
        "revision": draft.revision,
        "duty": draft.duty.value,
        "watches": list(draft.watches),
        "cadence": draft.cadence.value,
        "due_at": draft.due_at,
        "change": draft.change,
        "skipped": draft.skipped,
        "created_at": now,
    }


def _is(revision: Revision) -> sa.ColumnElement[bool]:
    return sa.and_(w.revisions.c.story == revision.story, w.revisions.c.number == revision.number)


def _fanout_is(revision: Revision) -> tuple[sa.ColumnElement[bool], ...]:
    return (t.fanouts.c.story == revision.story, t.fanouts.c.revision == revision.number)
