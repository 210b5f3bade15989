"""The days ahead in what a reader follows, for the end of her digest: whenever they were set, and whether or not she was told of that."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.models import Ahead, Cadence, Subscriber
from alerts.render.words import zone
from alerts.storage import tables as t
from alerts.storage.items import Facts, Names, items_of
from watcher.models import Deadline
from watcher.standing import standing
from watcher.storage import tables as w
from watcher.storage.rows import is_current

SPAN = {Cadence.DAILY: timedelta(days=7), Cadence.WEEKLY: timedelta(days=14)}  #: how far a digest looks ahead
SINCE = timedelta(days=400)  #: what was seen before sets no day that is still to come
MOST = 200  #: Stories that are looked at, the latest


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """What stands of the days of Stories."""

    told: Mapping[int, tuple[Deadline, ...]]  #: of those that the digest tells of, where the reader follows them at its cadence
    near: tuple[Ahead, ...]  #: of the others, as far as it looks


async def dates(
    connection: AsyncConnection, subscriber: Subscriber, cadence: Cadence, now: datetime, told: Collection[int], names: Names
) -> Dates:
    """The days ahead of what this Subscriber follows at this cadence.

    Args:
        told: Stories that the digest tells of.
    """
    today = now.astimezone(zone(subscriber.zone)).date()
    last = today + SPAN[cadence]
    wanted = await _wanted(connection, subscriber.id, cadence, (today, last), now, told)
    facts = await items_of(connection, wanted, names, subscriber.lang, owner=subscriber.id)
    kept: dict[int, list[Deadline]] = {story: [] for story in facts if story in told}
    near: list[Ahead] = []
    for day in await asyncio.to_thread(standing, [paper for each in facts.values() for paper in each.papers]):
        teller = next((story for story in (day.story, *sorted(day.again)) if story in kept), None)
        if teller is not None:
            kept[teller].append(day.deadline)
        elif today <= day.deadline.on <= last:
            near.append(_ahead(day.deadline, facts[day.story]))
    return Dates(told={story: tuple(days) for story, days in kept.items()}, near=tuple(near))


def _ahead(deadline: Deadline, facts: Facts) -> Ahead:
    item = facts.item
    return Ahead(deadline=deadline, story=item.story, title=item.title or item.lead.title, url=item.lead.url)


async def _wanted(
    connection: AsyncConnection, subscriber: int, cadence: Cadence, span: tuple[date, date], now: datetime, told: Collection[int]
) -> dict[int, list[str]]:
    """The Stories whose papers may speak of a day of this span, and those told of, each with the Watches for which it is hers.

    A day may be taken away by a paper that names only a later one: it says that something is moved.
    """
    first, last = span
    named = sa.cast(w.versions.c.deadlines, sa.Text)
    days = (first + timedelta(days=each) for each in range((last - first).days + 1))
    speaks = sa.or_(named.contains('"moved"'), *(named.contains(day.isoformat()) for day in days))
    followed = sa.select(t.subscriptions.c.watch).where(
        t.subscriptions.c.subscriber == subscriber, t.subscriptions.c.cadence == cadence.value
    )
    hers = w.story_watches.c.watch.in_(followed)
    stories = (
        sa.select(w.story_documents.c.story)
        .join(w.documents, w.documents.c.id == w.story_documents.c.document)
        .join(w.versions, is_current())
        .join(w.story_watches, w.story_watches.c.story == w.story_documents.c.story)
        .where(hers, w.documents.c.first_seen >= now - SINCE, speaks)
        .distinct()
        .order_by(w.story_documents.c.story.desc())
        .limit(MOST)
    )
    found = {*(await connection.execute(stories)).scalars(), *told}
    wanted: dict[int, list[str]] = defaultdict(list)
    rows = sa.select(w.story_watches.c.story, w.story_watches.c.watch).where(hers, w.story_watches.c.story.in_(found))
    for row in await connection.execute(rows.order_by(w.story_watches.c.story, w.story_watches.c.watch)):
        wanted[row.story].append(row.watch)
    return wanted
