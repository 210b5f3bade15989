"""What is on its way to readers, over all of them, counted by the database. Reads only.

Everything is counted from indexes of what is open or in trouble: what was sent, however much, is not looked at.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.backlog import DAY, Backlog, FanOut, Fault, Flood, Held, Lane, Owing, alike
from alerts.ledger import Fate
from alerts.models import CHANNELS, LetterState
from alerts.storage import buckets
from alerts.storage import tables as t
from watcher.own import is_private
from watcher.storage import tables as w
from watcher.storage.database import Database, Utc

OPENED = 5  #: revisions whose progress is counted
MOST_PULSE = 10_000  #: Letters of a lane that are counted for monitors
NEWEST = 2_000  #: faults of the last day that are read
FLOOD = timedelta(seconds=10)  #: a chat that is held for longer, while nothing flies to it, waits for more than its pace
BEGINS = 4  #: letters that tell the channels apart


class Ledger:
    """Questions about all that is told."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def readers(self) -> dict[str, int]:
        """By channel, how many Subscribers are told: those that are not parked."""
        async with self.database.reading() as connection:
            return (await _readers(connection))[0]

    async def backlog(self, now: datetime) -> Backlog:
        """What waits, flies or went wrong, and what keeps it."""
        async with self.database.reading() as connection:
            readers, parked = await _readers(connection)
            fanouts, more = await _fan_outs(connection)
            return Backlog(
                now=now,
                readers=readers,
                parked=parked,
                lanes=await lanes(connection, now),
                owing=await _owing(connection, now),
                fanouts=fanouts,
                more_fanouts=more,
                held=await held(connection, now),
                floods=await _floods(connection, now),
                paces=await _paces(connection),
                faults=await _faults(connection, now),
                crowd=await _crowd(connection),
            )

    async def pulse(self, now: datetime) -> Backlog:
        """The same for monitors, who ask often: however much waits, of it MOST_PULSE are counted; without readers, reasons and progress;
        `more_fanouts` are all revisions that wait."""
        opened = sa.select(w.revisions.c.story).where(sa.not_(w.revisions.c.fanned))
        async with self.database.reading() as connection:
            return Backlog(
                now=now,
                readers={},
                lanes=await lanes(connection, now, MOST_PULSE),
                owing=tuple([await _due(connection, channel, now, MOST_PULSE) for channel in CHANNELS]),
                more_fanouts=await _number(connection, opened, MOST_PULSE),
                held=await held(connection, now, reasons=False),
            )

    async def stored_at(self, revisions: Collection[tuple[int, int]]) -> dict[tuple[int, int], datetime]:
        """When these revisions were stored, each by Story and number; asks the database also where none is named."""
        r = w.revisions.c
        these = sa.tuple_(r.story, r.number).in_(sorted(revisions)) if revisions else sa.false()
        async with self.database.reading() as connection:
            rows = await connection.execute(sa.select(r.story, r.number, r.at).where(these))
            return {(row.story, row.number): row.at for row in rows}


async def _readers(connection: AsyncConnection) -> tuple[dict[str, int], int]:
    """By channel those who are told, and how many are parked."""
    s, active = t.subscribers.c, t.subscribers.c.parked.is_(None)
    begins = sa.func.substr(s.address, 1, BEGINS)  # several times as fast as to compare the whole of it
    rows = await connection.execute(sa.select(begins, active, sa.func.count()).group_by(begins, active))
    readers: dict[str, int] = {}
    parked = 0
    for beginning, told, number in rows:
        if told:
            readers[next((name for name in CHANNELS if name.startswith(beginning)), "")] = number
        else:
            parked += number
    return readers, parked


async def _crowd(connection: AsyncConnection) -> timedelta:
    """How long one alert to everybody takes to the mail domain with most readers, whose mailboxes are paced together."""
    address = t.subscribers.c.address
    name = sa.func.split_part(address, "@", 2)
    if connection.dialect.name == "sqlite":
        name = sa.func.substr(address, sa.func.instr(address, "@") + 1)
    number = sa.func.count()
    readers = sa.select(number).where(sa.func.substr(address, 1, BEGINS) == "mail", t.subscribers.c.parked.is_(None)).group_by(name)
    most = (await connection.execute(readers.order_by(number.desc()).limit(1))).scalar_one_or_none() or 0
    return timedelta(seconds=most / buckets.PER_DOMAIN)


async def lanes(connection: AsyncConnection, now: datetime, most: int | None = None) -> tuple[Lane, ...]:
    """Letters that are open or in trouble, by channel and lane.

    Args:
        most: of those that wait in a lane no more are counted, so that the question costs the same however many do.
    """
    place = (t.letters.c.channel, t.letters.c.lane)
    number = sa.func.count()
    flying = sa.select(*place, number.label("number")).where(t.in_state(LetterState.SENDING)).group_by(*place)
    trouble = sa.select(*place, t.letters.c.state, number.label("number"))
    trouble = trouble.where(t.in_state(LetterState.UNKNOWN, LetterState.DEAD)).group_by(*place, t.letters.c.state)
    found: dict[tuple[str, int], dict[str, Any]] = defaultdict(dict)
    for channel in CHANNELS:
        for lane in t.LANES:
            if waiting := await _waiting(connection, channel, lane, now, most):
                found[channel, lane] = waiting
    for row in await connection.execute(flying):
        found[row.channel, row.lane]["sending"] = row.number
    for row in await connection.execute(trouble):
        found[row.channel, row.lane][row.state] = row.number
    return tuple(Lane(channel=channel, lane=lane, **values) for (channel, lane), values in sorted(found.items()))


async def _waiting(connection: AsyncConnection, channel: str, lane: int, now: datetime, most: int | None) -> dict[str, Any]:
    """How many Letters wait in a lane, read in the order of the index that says so; nothing where none does."""
    waits = (t.letters.c.channel == channel, t.letters.c.lane == lane, t.in_state(LetterState.PENDING))
    first = sa.select(t.letters.c.due_at).where(*waits).order_by(t.letters.c.due_at).limit(1)
    oldest: datetime | None = (await connection.execute(first)).scalar_one_or_none()
    if oldest is None:
        return {}
    due, later = t.letters.c.due_at <= now, t.letters.c.due_at > now
    pending = await _number(connection, sa.select(t.letters.c.due_at).where(*waits, due), most)
    waiting = await _number(connection, sa.select(t.letters.c.due_at).where(*waits, later), most)
    return {"pending": pending, "later": waiting, "oldest": oldest if oldest <= now else None}


async def _number(connection: AsyncConnection, rows: sa.Select[Any], most: int | None) -> int:
    counted: int = (await connection.execute(sa.select(sa.func.count()).select_from(rows.limit(most).subquery()))).scalar_one()
    return counted


async def _owing(connection: AsyncConnection, now: datetime) -> tuple[Owing, ...]:
    d = t.deliveries.c
    due = d.due_at <= now
    rows = await connection.execute(
        sa.select(d.cadence, due, sa.func.count(), sa.func.min(d.due_at, type_=Utc))
        .where(d.letter_id.is_(None), d.skipped.is_(None))
        .group_by(d.cadence, due)
    )
    found: dict[str, dict[str, Any]] = defaultdict(lambda: {"due": 0, "later": 0, "first": None})
    for cadence, is_due, number, first in rows:
        of = found[cadence]
        of["due" if is_due else "later"] = number
        of["first"] = min(first, of["first"] or first)
    return tuple(Owing(cadence=cadence, **values) for cadence, values in sorted(found.items()))


async def _due(connection: AsyncConnection, channel: str, now: datetime, most: int) -> Owing:
    """Deliveries that are due by a channel, whatever their cadence, read in the order of the index that says so."""
    d = t.deliveries.c
    waits = (d.letter_id.is_(None), d.skipped.is_(None), d.channel == channel, d.due_at <= now)
    due = [await _number(connection, sa.select(d.due_at).where(*waits, d.lane == lane), most) for lane in t.LANES]
    return Owing(cadence="", channel=channel, due=min(sum(due), most), later=0, first=None)


async def _fan_outs(connection: AsyncConnection) -> tuple[tuple[FanOut, ...], int]:
    """How far the oldest open revisions came, and how many wait besides."""
    r = w.revisions.c
    opened = sa.select(r.story, r.number, r.at, r.new_watches, t.fanouts.c.cursor)
    came = sa.and_(t.fanouts.c.story == r.story, t.fanouts.c.revision == r.number)
    rows = list(
        await connection.execute(
            opened.select_from(w.revisions)
            .outerjoin(t.fanouts, came)
            .where(sa.not_(r.fanned))
            .order_by(r.at, r.story, r.number)
            .limit(OPENED)
        )
    )
    every = sa.select(sa.func.count()).select_from(w.revisions).where(sa.not_(r.fanned))
    more = (await connection.execute(every)).scalar_one() - len(rows) if len(rows) == OPENED else 0
    return tuple([await _fan_out(connection, row) for row in rows]), more


async def _fan_out(connection: AsyncConnection, row: Any) -> FanOut:
    s, d = t.subscriptions.c, t.deliveries.c
    touched = sa.select(w.story_watches.c.watch).where(w.story_watches.c.story == row.story)
    watches = row.new_watches if is_private(row.new_watches) else list((await connection.execute(touched)).scalars())
    person = s.subscriber if len(watches) == 1 else sa.distinct(s.subscriber)
    followers = sa.select(sa.func.count(person)).where(s.watch.in_(watches))
    first = sa.select(d.created_at).where(d.story == row.story, d.revision == row.number).order_by(d.subscriber).limit(1)
    cursor = row.cursor or 0
    return FanOut(
        story=row.story,
        revision=row.number,
        at=row.at,
        asked=(await connection.execute(followers.where(s.subscriber <= cursor))).scalar_one() if cursor else 0,
        total=(await connection.execute(followers)).scalar_one(),
        since=(await connection.execute(first)).scalar_one_or_none(),
    )


async def held(connection: AsyncConnection, now: datetime, *, reasons: bool = True) -> tuple[Held, ...]:
    """Channels and mail domains that are held.

    Args:
        reasons: with what was said last of each, within the last DAY.
    """
    b = w.buckets.c
    rows = await connection.execute(sa.select(b.key, b.free_at).where(b.key.startswith("hold:"), b.free_at > now).order_by(b.key))
    found = []
    for key, until in rows:
        _, channel, *rest = key.split(":", 2)
        domain = "".join(rest)
        reason = await _said(connection, channel, domain, now - DAY) if reasons else None
        found.append(Held(channel=channel, domain=domain, until=until, reason=reason))
    return tuple(found)


async def _said(connection: AsyncConnection, channel: str, domain: str, since: datetime) -> str | None:
    """What was said last where a channel, or a mail domain of it, was held; of what is long ago nothing is read."""
    a, fate = t.attempts.c, Fate.DOMAIN if domain else Fate.HELD
    said = sa.select(a.error).where(a.at > since, a.channel == channel, a.fate == fate.value).order_by(a.at.desc()).limit(1)
    if domain:
        said = said.join(t.letters, t.letters.c.id == a.letter).where(t.letters.c.address.endswith(f"@{domain}", autoescape=True))
    reason: str | None = (await connection.execute(said)).scalar_one_or_none()
    return reason


async def _floods(connection: AsyncConnection, now: datetime) -> tuple[Flood, ...]:
    """Chats that are held for long, and to which nothing flies: a Letter in flight holds its chat as well."""
    b = w.buckets.c
    flying = sa.select(buckets.chat_of(t.letters.c.address)).where(t.in_state(LetterState.SENDING))
    channel = sa.case(*((b.key.startswith(f"chat:{name}:"), name) for name in CHANNELS), else_="")
    rows = await connection.execute(
        sa.select(channel, sa.func.count(), sa.func.max(b.free_at, type_=Utc))
        .where(b.key.startswith("chat:"), b.free_at > now + FLOOD, b.key.not_in(flying))
        .group_by(channel)
        .order_by(channel)
    )
    return tuple(Flood(channel=name, chats=number, until=until) for name, number, until in rows)


async def _paces(connection: AsyncConnection) -> dict[str, datetime]:
    keys = {f"channel:{name}": name for name in CHANNELS}
    rows = await connection.execute(sa.select(w.buckets).where(w.buckets.c.key.in_(keys)).order_by(w.buckets.c.key))
    return {keys[row.key]: row.free_at for row in rows}


async def _faults(connection: AsyncConnection, now: datetime) -> tuple[Fault, ...]:
    """Letters that ended badly in the last day, by what was said; of very many the newest."""
    trouble = (t.in_state(LetterState.UNKNOWN, LetterState.DEAD), t.letters.c.settled_at > now - DAY)
    newest = (
        sa.select(t.letters.c.channel, t.letters.c.state, t.letters.c.error)
        .where(*trouble)
        .order_by(t.letters.c.settled_at.desc())
        .limit(NEWEST)
        .subquery()
    )
    rows = await connection.execute(sa.select(*newest.c, sa.func.count().label("number")).group_by(*newest.c))
    return alike(Fault(channel=row.channel, state=row.state, reason=row.error or "", count=row.number) for row in rows)
