"""A busy hour, a year, an urgent alert, for `benchmarks/fanout.py`: the clock is ours, the database real, and what is claimed is sent."""

import asyncio
import resource
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from alerts import deliver
from alerts.compose import MOST
from alerts.models import Cadence, Sent
from alerts.retry import settle
from alerts.storage import Names, Outbox
from alerts.storage import tables as t
from alerts.storage.composing import WRITTEN_AHEAD
from benchmarks.fanout import CARD, LEASE, NOW, PAPER, PER_SECOND, WATCH, fill
from watcher.models import Document, Match, Severity, Verdict
from watcher.ports import Judged
from watcher.storage import Database, SourceStore, open_database
from watcher.storage import tables as w

ALERTS, APART = 20, timedelta(minutes=3)  #: of a busy hour
ANSWER = timedelta(seconds=0.1)  #: after which a Letter that started is settled
HOURLY, WAITING, YEARLY = 100_000, 50_000, 50  #: readers; a busy hour of fewer has so much narrower a wire
A_DAY, DAYS = 5, 455  #: stories a day; days of a year and three months: what is kept longest is kept for a year
MONTH = 30
MAILED, PICKY = 4, 10  #: every so manieth reader has a daily digest by mail; every so manieth hears of urgent Stories alone
KEPT = (t.deliveries, t.letters, t.attempts, t.told, t.votes, t.updates, t.fanouts, w.buckets, w.leases)  #: tables that may not grow
ARCHIVE = (w.documents, w.versions, w.matches, w.stories, w.revisions)  #: these may: nothing that was published is forgotten
FLAT = 1.05  #: times its rows of a month before, for a table that does not grow


def outbox_of(database: Database) -> Outbox:
    return Outbox(database, names=lambda: Names(watches={WATCH: "Abrego Garcia v. Noem"}, sources={}))


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    database = open_database(url)
    try:
        yield database
    finally:
        await database.dispose()


def paper(number: int, severity: Severity = Severity.URGENT, now: datetime = NOW) -> Document:
    return replace(
        PAPER,
        key=f"cl:69777799#entry-{number}",
        title=f"Entry #{number} in Abrego Garcia v. Noem",
        headline=f"Order on motion (#{number}), Abrego Garcia v. Noem",
        number=str(number),
        severity=severity,
        published=now,
    )


async def happen(database: Database, papers: Sequence[Document], now: datetime) -> None:
    """Each is a Story of its own."""
    store = SourceStore(database)
    await store.enrol({PAPER.source: "x"}, now)
    (state,) = await store.claim_named([PAPER.source], now)
    judged = [Judged(document=each, verdict=Verdict(document=each.key, matches=(_match(each),)), tell=True) for each in papers]
    await store.save(state, judged, now)


def _match(document: Document) -> Match:
    return Match(watch=WATCH, document=document.key, score=1.0, threshold=0.88, because=(CARD,))


async def counted(database: Database, table: sa.Table, *where: sa.ColumnElement[bool]) -> int:
    async with database.reading() as connection:
        number: int = (await connection.execute(sa.select(sa.func.count()).select_from(table).where(*where))).scalar_one()
        return number


def peak() -> float:
    """MB, the most that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


# -- a busy hour


@dataclass(slots=True, kw_only=True)
class Hour:
    """What became of many alerts in an hour."""

    database: str
    readers: int
    per_second: float
    letters: int = 0
    made: int = 0  #: Deliveries
    last: timedelta = timedelta(0)  #: from the first alert to the last Letter
    spent: dict[str, float] = field(default_factory=dict)  #: seconds of the computer for each step

    @property
    def least(self) -> timedelta:
        """What the wire takes at least: nobody is told everything before the last alert, and a list shows so many."""
        one_each = timedelta(seconds=self.readers / self.per_second)
        return max((ALERTS - 1) * APART + one_each, -(-ALERTS // MOST) * one_each)

    def line(self) -> str:
        return (
            f"{self.database}, {ALERTS} alerts in an hour to {self.readers:,} readers at {self.per_second:g} messages/s: "
            f"{self.letters:,} letters of {self.made / max(1, self.letters):.1f} stories, the last after {_clock(self.last)}, at the least "
            f"{_clock(self.least)} ({self.last / self.least:.2f} times); "
            f"fanned out {self.made / self.spent['fan out']:,.0f}/s, composed {self.letters / self.spent['compose']:,.0f}/s, "
            f"claimed and settled {self.letters / self.spent['send']:,.0f}/s; {peak():.0f} MB"
        )


def _clock(time_: timedelta) -> str:
    return str(timedelta(seconds=round(time_.total_seconds())))


async def hour(name: str, url: str, readers: int, per_second: float) -> Hour:
    """Let alerts happen, and tell them at the wire's pace, until nothing waits."""
    told = Hour(database=name, readers=readers, per_second=per_second, spent=dict.fromkeys(("fan out", "compose", "send"), 0.0))
    async with opened(url) as database:
        await fill(database, readers)
        outbox, now, happened, said = _Narrow(outbox_of(database), readers), NOW, 0, 0
        while happened < ALERTS or await _busy(database):
            if happened < ALERTS and now >= NOW + happened * APART:
                happened += 1
                await happen(database, [paper(100 + happened, now=now)], now)
            await _told(outbox, told, now)
            await _sent(outbox, told, now)
            now += max(deliver.AHEAD, timedelta(seconds=1 / per_second))
            if told.letters >= said + 10_000:
                said = told.letters
                print(f"{_clock(now - NOW)}: {said:,} letters …", file=sys.stderr)
        assert told.made == readers * ALERTS == await counted(database, t.deliveries, t.deliveries.c.letter_id.is_not(None))
    return told


class _Narrow(Outbox):
    """One for which fewer readers have fewer Letters lying ready, in proportion."""

    def __init__(self, like: Outbox, readers: int) -> None:
        super().__init__(like.database, names=like.names)
        self._ahead = max(1, WRITTEN_AHEAD * readers // HOURLY)

    async def due_subscribers(self, now: datetime, limit: int = 200, ahead: int = 0) -> list[int]:
        return await super().due_subscribers(now, limit, ahead or self._ahead)


async def _busy(database: Database) -> bool:
    async with database.reading() as connection:
        waits = sa.exists().where(t.deliveries.c.letter_id.is_(None), t.deliveries.c.skipped.is_(None))
        under_way = sa.exists().where(t.letters.c.state.in_(t.OPEN))
        return bool((await connection.execute(sa.select(sa.or_(waits, under_way)))).scalar_one())


async def _told(outbox: Outbox, told: Hour, now: datetime) -> None:
    """Fan out and compose as far as there is room, as the service does between two claims."""
    more, written = True, 1
    while more or written:
        start = time.perf_counter()
        made, more = await deliver.fan_out_some(outbox, now)
        told.made += made
        middle = time.perf_counter()
        written = await deliver.compose(outbox, now, [], 40)
        told.spent["fan out"] += middle - start
        told.spent["compose"] += time.perf_counter() - middle if written else 0


async def _sent(outbox: Outbox, told: Hour, now: datetime) -> None:
    """Send what may start."""
    start = time.perf_counter()
    letters = await outbox.claim("telegram", now, free=1_000, per_second=told.per_second, lease=LEASE)
    for letter in letters:
        at = (letter.start_at or now) + ANSWER
        assert await outbox.settle(letter, settle(letter, Sent(f"{letter.address.to}/{letter.id}"), at, gap=timedelta(seconds=1)), at)
        told.last = max(told.last, at - NOW)
    told.letters += len(letters)
    told.spent["send"] += time.perf_counter() - start


# -- an urgent alert while very many wait


async def overtaking(name: str, url: str, readers: int) -> str:
    """While a notable story waits for all, an urgent one happens: after how many seconds of the computer its first Letters can leave."""
    async with opened(url) as database:
        await fill(database, readers)
        outbox = outbox_of(database)
        await happen(database, [paper(1, Severity.NOTABLE)], NOW)
        await deliver.fan_out(outbox, NOW)
        while await deliver.compose(outbox, NOW, []):
            pass
        ready = await counted(database, t.letters)
        now = NOW + timedelta(seconds=1)
        await happen(database, [paper(2)], now)
        start, first, claimed = time.perf_counter(), 0.0, 0
        while claimed < PER_SECOND:
            await deliver.fan_out_some(outbox, now)
            await deliver.compose(outbox, now, [], 40)
            letters = await outbox.claim("telegram", now, free=int(PER_SECOND), per_second=0, lease=LEASE)
            assert all(letter.urgent for letter in letters)
            claimed += len(letters)
            first = first or (time.perf_counter() - start if claimed else 0.0)
        return (
            f"{name}, an urgent alert while {readers:,} wait for another, {ready:,} of them with a letter: its first letter claimed after "
            f"{first:.2f} s, the first {claimed} after {time.perf_counter() - start:.2f} s (goal under 2)"
        )


# -- a year


async def year(name: str, url: str, readers: int, days: int = DAYS) -> list[str]:
    """Tell stories every day and clean every night; the rows of each table by the month, and whether any that should not grows."""
    rows: dict[str, list[int]] = {table.name: [] for table in (*KEPT, *ARCHIVE)}
    async with opened(url) as database:
        await fill(database, readers)
        await _as_people_are(database)
        outbox = outbox_of(database)
        for day in range(days):
            now = NOW + timedelta(days=day)
            numbers = range(day * A_DAY, (day + 1) * A_DAY)
            await happen(database, [paper(each, Severity.URGENT if each % A_DAY == 0 else Severity.NOTABLE, now) for each in numbers], now)
            await deliver.fan_out(outbox, now)
            for hour_ in (now, now + timedelta(hours=23)):  # digests fall due between
                await _all_told(outbox, hour_)
            await outbox.clean(now + timedelta(hours=23, minutes=30))
            if (day + 1) % MONTH == 0:
                for table in (*KEPT, *ARCHIVE):
                    rows[table.name].append(await counted(database, table))
                print(f"day {day + 1}: {rows['letters'][-1]:,} letters, {rows['told'][-1]:,} told …", file=sys.stderr)
    return [_growth(name, table.name, rows[table.name], bounded=table in KEPT) for table in (*KEPT, *ARCHIVE)]


async def _as_people_are(database: Database) -> None:
    async with database.writing() as connection:
        people, follows = t.subscribers.c, t.subscriptions.c
        mailed = sa.literal("mailto:r@r") + sa.cast(people.id, sa.Text) + sa.literal(".example.org")  # one domain takes few in a moment
        due_at = NOW.replace(hour=7) + timedelta(days=1)
        await connection.execute(sa.update(t.subscribers).where(people.id % MAILED == 0).values(address=mailed, next_daily_at=due_at))
        await connection.execute(sa.update(t.subscriptions).where(follows.subscriber % MAILED == 0).values(cadence=Cadence.DAILY.value))
        picky = follows.subscriber % PICKY == 1
        await connection.execute(sa.update(t.subscriptions).where(picky).values(floor=Severity.URGENT.value))


async def _all_told(outbox: Outbox, now: datetime) -> None:
    while await deliver.compose(outbox, now, []):
        for channel in ("telegram", "mailto"):
            for letter in await outbox.claim(channel, now, free=1_000, per_second=0, lease=LEASE):
                reference = f"{letter.address.to}/{letter.id}" if channel == "telegram" else letter.message_id
                assert await outbox.settle(letter, settle(letter, Sent(reference), now, gap=timedelta(0)), now)


def _growth(name: str, table: str, months: Sequence[int], *, bounded: bool) -> str:
    """Its rows, month by month; of a table that should not grow, whether it did in the last two."""
    grows = bounded and len(months) > 2 and months[-1] > FLAT * max(months[-3], 1)
    said = "grows without bound" if grows else "bounded" if bounded else "kept for good"
    return f"{name}, {table}: {' '.join(f'{each:,}' for each in months)} ({said})"


def run(mode: str, name: str, url: str, readers: int | None) -> list[str]:
    """The lines of one mode on one database; `readers` None: as many as the mode has by itself."""
    match mode:
        case "hour":
            count = readers or HOURLY
            return [asyncio.run(hour(name, url, count, PER_SECOND * count / HOURLY)).line()]
        case "overtake":
            return [asyncio.run(overtaking(name, url, readers or WAITING))]
        case _:
            return asyncio.run(year(name, url, readers or YEARLY))
