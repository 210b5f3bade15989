"""The days ahead in what a reader follows, for the end of her digest: whenever they were set, and whether or not she was told of that.

They are read before a digest's transaction, for which others wait, and of no more than so many papers: those with the nearest days.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.models import Ahead, Cadence
from alerts.render.words import zone
from alerts.storage import tables as t
from alerts.storage.items import Facts, Names, items_of
from alerts.storage.overtaken import untried
from alerts.storage.rows import subscriber_of
from watcher.models import Deadline
from watcher.standing import standing
from watcher.storage import tables as w
from watcher.storage.moves import home
from watcher.storage.rows import is_current

SPAN = {Cadence.DAILY: timedelta(days=7), Cadence.WEEKLY: timedelta(days=14)}  #: how far a digest looks ahead
SINCE = timedelta(days=400)  #: what was seen before sets no day that is still to come
SPEAKING = 2_000  #: papers that name such days and are looked at, the latest
MOST = 200  #: Stories that are read, those with the nearest days
PAPERS = 1_000  #: of them all: a Story that would make more is left out, but for the first


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """What stands of the days of Stories."""

    told: Mapping[int, tuple[Deadline, ...]]  #: of those that the digest tells of, where the reader follows them at its cadence
    near: tuple[Ahead, ...]  #: of the others, as far as it looks


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """What the papers of Stories say of days, as it was read; and the days that a digest looks at."""

    facts: Mapping[int, Facts]
    today: date
    last: date

    def dates(self, told: Collection[int]) -> Dates:
        """What stands of them. What was told meanwhile, of a Story that was not read, is not among it.

        Args:
            told: Stories that the digest tells of.
        """
        kept: dict[int, list[Deadline]] = {story: [] for story in self.facts if story in told}
        near: list[Ahead] = []
        for day in standing([paper for each in self.facts.values() for paper in each.papers]):
            teller = next((story for story in (day.story, *sorted(day.again)) if story in kept), None)
            if teller is not None:
                kept[teller].append(day.deadline)
            elif self.today <= day.deadline.on <= self.last:
                near.append(_ahead(day.deadline, self.facts[day.story]))
        return Dates(told={story: tuple(days) for story, days in kept.items()}, near=tuple(near))


async def papers(connection: AsyncConnection, subscriber_id: int, cadence: Cadence, now: datetime, names: Names) -> Papers:
    """What a digest of this Subscriber at this cadence may say of days: of what she follows by it, and of what waits to be told by it."""
    row = (await connection.execute(sa.select(t.subscribers).where(t.subscribers.c.id == subscriber_id))).one_or_none()
    if row is None:  # gone meanwhile
        return Papers(facts={}, today=now.date(), last=now.date())
    subscriber = subscriber_of(row)
    today = now.astimezone(zone(subscriber.zone)).date()
    last = today + SPAN[cadence]
    wanted = await _wanted(connection, subscriber_id, cadence, (today, last), now)
    return Papers(facts=await items_of(connection, wanted, names, subscriber.lang, owner=subscriber_id), today=today, last=last)


def _ahead(deadline: Deadline, facts: Facts) -> Ahead:
    item = facts.item
    return Ahead(deadline=deadline, story=item.story, title=item.title or item.lead.title, url=item.lead.url)


async def _wanted(
    connection: AsyncConnection, subscriber: int, cadence: Cadence, span: tuple[date, date], now: datetime
) -> dict[int, list[str]]:
    """The Stories whose papers may speak of a day of this span, and those that wait to be told, each with the Watches for which it is hers.

    A day may be taken away by a paper that names only a later one, or none: it says that something is moved or stayed.
    """
    days = [(span[0] + timedelta(days=each)).isoformat() for each in range((span[1] - span[0]).days + 1)]
    named = sa.cast(w.versions.c.deadlines, sa.Text)
    followed = sa.select(t.subscriptions.c.watch).where(
        t.subscriptions.c.subscriber == subscriber, t.subscriptions.c.cadence == cadence.value
    )
    hers = w.story_watches.c.watch.in_(followed)
    mine = sa.exists().where(w.story_watches.c.story == w.story_documents.c.story, hers)
    speaking = (
        sa.select(w.story_documents.c.story, named.label("named"))
        .join(w.documents, w.documents.c.id == w.story_documents.c.document)
        .join(w.versions, is_current())
        .where(mine, w.documents.c.first_seen >= now - SINCE)
        .where(sa.or_(named.contains('"moved"'), named.contains('"stays"'), *(named.contains(day) for day in days)))
        .order_by(w.documents.c.first_seen.desc(), w.documents.c.id.desc())
        .limit(SPEAKING)
    )
    nearest: dict[int, str] = {}
    for row in await connection.execute(speaking):
        day = next((day for day in days if day in row.named), days[-1])
        nearest[row.story] = min(day, nearest.get(row.story, day))
    told_by_none = sa.or_(t.deliveries.c.letter_id.is_(None), t.deliveries.c.letter_id.in_(untried(subscriber, cadence)))
    open_ones = (told_by_none, t.deliveries.c.skipped.is_(None), t.deliveries.c.cadence == cadence.value)
    waiting = (
        sa.select(home(t.deliveries.c.story).label("story"))
        .where(t.deliveries.c.subscriber == subscriber, *open_ones)
        .distinct()
        .order_by(sa.desc("story"))
        .limit(MOST)
    )
    told = (await connection.execute(waiting)).scalars().all()
    near = sorted((story for story in nearest if story not in told), key=lambda story: (nearest[story], -story))
    found = await _within([*told, *near[:MOST]], connection)
    wanted: dict[int, list[str]] = defaultdict(list)
    rows = sa.select(w.story_watches.c.story, w.story_watches.c.watch).where(hers, w.story_watches.c.story.in_(found))
    for row in await connection.execute(rows.order_by(w.story_watches.c.story, w.story_watches.c.watch)):
        wanted[row.story].append(row.watch)
    return wanted


async def _within(stories: Sequence[int], connection: AsyncConnection) -> list[int]:
    """Of these Stories those that have no more papers than are read, in their order; the first whatever it has."""
    of = w.story_documents.c.story
    counts = await connection.execute(sa.select(of, sa.func.count().label("many")).where(of.in_(stories)).group_by(of))
    many = {row.story: row.many for row in counts}
    found: list[int] = []
    room = PAPERS
    for story in stories:
        if many.get(story, 0) <= room or not found:
            found.append(story)
            room -= many.get(story, 0)
    return found
