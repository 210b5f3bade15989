"""A revision's Deliveries, made for one batch of Subscribers after another, by whichever worker comes first."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts import fanout
from alerts.fanout import Draft, Follower
from alerts.models import Address, Cadence, LetterState
from alerts.storage import tables as t
from alerts.storage.rows import left_out, subscriber_of, subscription_of
from watcher.models import DocumentType, Revision, Severity, Story
from watcher.own import is_private
from watcher.storage import tables as w
from watcher.storage.database import Utc, insert
from watcher.storage.moves import alike, home, merged_by
from watcher.storage.own import owned
from watcher.storage.rows import is_current, revision_of, story_of

BATCH = 1_000  #: Subscribers asked in one transaction of a fan-out


async def open_revisions(connection: AsyncConnection, after: Revision | None, limit: int) -> list[Revision]:
    """`Outbox.open_revisions`, in this transaction."""
    lane = _lane(w.revisions.c.story)
    place = sa.tuple_(lane, w.revisions.c.at, w.revisions.c.story, w.revisions.c.number)
    waiting = sa.select(w.revisions).where(sa.not_(w.revisions.c.fanned)).order_by(*place).limit(limit)
    if after is not None:
        behind = (await connection.execute(sa.select(_lane(sa.literal(after.story))))).scalar_one()
        waiting = waiting.where(place > sa.tuple_(behind, sa.literal(after.at, Utc), after.story, after.number))
    return [revision_of(row) for row in await connection.execute(waiting)]


def _lane(story: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    """In which lane a Story's revisions wait: in one, also those of a Story that went into it, so that none overtakes one before it."""
    severity = sa.select(w.stories.c.severity).where(w.stories.c.id == home(story)).scalar_subquery()
    return sa.case((severity == Severity.URGENT.value, t.URGENT), else_=t.REST)


async def fan_out(connection: AsyncConnection, revision: Revision, now: datetime) -> tuple[int, bool]:
    """`Outbox.fan_out`, in this transaction."""
    cursor = await _cursor(connection, revision)
    if cursor is None:
        return 0, False
    watches = await _watches(connection, revision)
    asked = await _asked(connection, watches, cursor)
    drafts = await _drafts(connection, revision, watches, asked, now) if asked else []
    if drafts:
        await _store(connection, drafts, now)
        await _open_digests(connection, drafts)
    if len(asked) < BATCH:
        await connection.execute(sa.update(w.revisions).where(_is(revision)).values(fanned=True))
        await connection.execute(sa.delete(t.fanouts).where(*_fanout_is(revision)))
    else:
        await connection.execute(sa.update(t.fanouts).where(*_fanout_is(revision)).values(cursor=asked[-1]))
    return len(drafts), len(asked) == BATCH


async def _open_digests(connection: AsyncConnection, drafts: Sequence[Draft]) -> None:
    """Let whoever follows nothing by the day have a digest all the same, once, of what is to be told to her in one. Two fan-outs lock her
    and others in one order."""
    due = {draft.subscriber: draft.due_at for draft in drafts if draft.cadence is Cadence.DAILY and draft.skipped is None}
    if not due:
        return
    of = t.subscribers.c
    without = sa.select(of.id).where(of.id.in_(sorted(due)), of.next_daily_at.is_(None)).order_by(of.id).with_for_update(key_share=True)
    together = defaultdict(list)
    for subscriber in (await connection.execute(without)).scalars():
        together[due[subscriber]].append(subscriber)
    for due_at, subscribers in together.items():
        await connection.execute(sa.update(t.subscribers).where(of.id.in_(subscribers)).values(next_daily_at=due_at))


async def _cursor(connection: AsyncConnection, revision: Revision) -> int | None:
    """Lock the fan-out's row and read how far it came; None where another worker has finished it."""
    row = {"story": revision.story, "revision": revision.number, "cursor": 0}
    await connection.execute(insert(connection, t.fanouts).values(row).on_conflict_do_nothing())
    locked = sa.select(t.fanouts.c.cursor).where(*_fanout_is(revision)).with_for_update()
    cursor: int | None = (await connection.execute(locked)).scalar_one_or_none()
    if cursor is None:  # whoever finished it had locked the row, and took it away
        return None
    if (await connection.execute(sa.select(w.revisions.c.fanned).where(_is(revision)))).scalar_one():
        await connection.execute(sa.delete(t.fanouts).where(*_fanout_is(revision)))
        return None
    return cursor


async def _watches(connection: AsyncConnection, revision: Revision) -> Sequence[str]:
    """Those whose followers a revision may concern."""
    if is_private(revision.new_watches):
        return revision.new_watches
    found = sa.select(w.story_watches.c.watch).where(w.story_watches.c.story == revision.story).order_by(w.story_watches.c.watch)
    return list((await connection.execute(found)).scalars())


async def _asked(connection: AsyncConnection, watches: Sequence[str], cursor: int) -> list[int]:
    """The next batch of Subscribers that follow any of these: of each the next, which an index has in order, however many there are."""
    ids: set[int] = set()
    for watch in watches:
        following = (
            sa.select(t.subscriptions.c.subscriber)
            .where(t.subscriptions.c.watch == watch, t.subscriptions.c.subscriber > cursor)
            .order_by(t.subscriptions.c.subscriber)
            .limit(BATCH)
        )
        ids.update((await connection.execute(following)).scalars())
    return sorted(ids)[:BATCH]


async def _drafts(
    connection: AsyncConnection, revision: Revision, watches: Sequence[str], asked: Sequence[int], now: datetime
) -> list[Draft]:
    """What the revision means for each of these Subscribers whose row can be read. Who asks for the same at the same hours is told the
    same, so that it is decided once for all of them."""
    story = await _story(connection, revision)
    follows = t.subscriptions.c.subscriber
    rows = await connection.execute(sa.select(t.subscriptions).where(t.subscriptions.c.watch.in_(watches), _among(follows, asked)))
    by_subscriber: dict[int, list[sa.Row[Any]]] = defaultdict(list)
    picky = False
    for row in rows:
        by_subscriber[row.subscriber].append(row)
        picky = picky or bool(row.types)
    types = await _types(connection, revision) if picky else ()
    told, owed, knows = await _told(connection, revision, asked)
    decided: dict[tuple[Any, ...], Draft | None] = {}
    drafts: list[Draft] = []
    for row in await connection.execute(sa.select(t.subscribers).where(_among(t.subscribers.c.id, asked)).order_by(t.subscribers.c.id)):
        if row.id in knows or row.id not in by_subscriber:
            continue
        with left_out(row.id):
            mine = by_subscriber[row.id]
            like = (*_like(row, mine, revision), row.id in told, row.id in owed)
            if like not in decided:
                subscriptions = tuple(map(subscription_of, mine))
                follower = Follower(subscriber=subscriber_of(row), subscriptions=subscriptions, told=row.id in told, owed=row.id in owed)
                decided[like] = fanout.decide(story, revision, follower, now, types=types)
            if (draft := decided[like]) is not None:
                drafts.append(replace(draft, subscriber=row.id))
    return drafts


def _like(row: sa.Row[Any], subscriptions: Sequence[sa.Row[Any]], revision: Revision) -> tuple[Any, ...]:
    """All that `fanout.decide` asks of a Subscriber."""
    if row.second:
        Address.parse(row.second)
    when = (row.zone, row.digest_hour, row.quiet_start, row.quiet_end, row.urgent_passes, row.parked)
    wants = ((each.watch, each.cadence, each.floor, tuple(each.types), each.created_at <= revision.at) for each in subscriptions)
    return Address.parse(row.address).channel, when, tuple(sorted(wants))


def _among(subscriber: sa.ColumnElement[int], asked: Sequence[int]) -> sa.ColumnElement[bool]:
    """Whether it lies between the first and the last of these: of those who follow it is one of them."""
    return subscriber.between(asked[0], asked[-1])


async def _told(connection: AsyncConnection, revision: Revision, ids: Sequence[int]) -> tuple[set[int], set[int], set[int]]:
    """Which of these were told of the Story, or are about to be, by an earlier revision; which only should have been; and who knows already
    what the revision says.

    Told of it is whoever was told of another that it is one with by now. What a merger itself has to say was in one of the two, so that
    only those who were told of the other hear of it.
    """
    others = set(await alike(connection, [revision.story])) - {revision.story}
    merged = await merged_by(connection, revision.story, revision.number) if others else set()
    numbers = sorted({revision.story, *others})
    rows = await connection.execute(
        sa.select(t.deliveries.c.subscriber, t.deliveries.c.story, t.deliveries.c.skipped, t.letters.c.state)
        .outerjoin(t.letters, t.letters.c.id == t.deliveries.c.letter_id)
        .where(
            t.deliveries.c.story.in_(numbers),
            _among(t.deliveries.c.subscriber, ids),
            sa.or_(t.deliveries.c.story != revision.story, t.deliveries.c.revision < revision.number),
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
    which = sa.and_(t.told.c.story.in_(numbers), _among(t.told.c.subscriber, ids))
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


async def _store(connection: AsyncConnection, drafts: Sequence[Draft], now: datetime) -> None:
    """Write Deliveries that are not there yet: on PostgreSQL all by one statement, which sends row by row otherwise."""
    values = [_delivery_values(draft, now) for draft in drafts]
    if connection.dialect.name == "sqlite":
        await connection.execute(insert(connection, t.deliveries).on_conflict_do_nothing(), values)
        return
    columns = [t.deliveries.c[name] for name in values[0]]
    table = sa.func.unnest(*(sa.bindparam(each.name, type_=ARRAY(_sent_as(each))) for each in columns))
    given = table.table_valued(*(sa.column(each.name, _sent_as(each)) for each in columns)).render_derived()
    rows = sa.select(*(sa.cast(given.c[each.name], each.type) for each in columns))
    statement = insert(connection, t.deliveries).from_select([each.name for each in columns], rows).on_conflict_do_nothing()
    lists = {each.name: [row[each.name] for row in values] for each in columns}
    await connection.execute(statement, lists | {"watches": [json.dumps(each) for each in lists["watches"]]})


def _sent_as(column: sa.Column[Any]) -> sa.types.TypeEngine[Any]:
    """Of what an array of such values is: a list of lists would be one array of two dimensions."""
    return sa.Text() if column.name == "watches" else column.type


def _delivery_values(draft: Draft, now: datetime) -> dict[str, Any]:
    return {
        "subscriber": draft.subscriber,
        "channel": draft.channel,
        "story": draft.story,
        "revision": draft.revision,
        "duty": draft.duty.value,
        "watches": list(draft.watches),
        "cadence": draft.cadence.value,
        "lane": t.URGENT if draft.urgent else t.REST,
        "due_at": draft.due_at,
        "change": draft.change,
        "skipped": draft.skipped,
        "created_at": now,
    }


def _is(revision: Revision) -> sa.ColumnElement[bool]:
    return sa.and_(w.revisions.c.story == revision.story, w.revisions.c.number == revision.number)


def _fanout_is(revision: Revision) -> tuple[sa.ColumnElement[bool], ...]:
    return (t.fanouts.c.story == revision.story, t.fanouts.c.revision == revision.number)
