"""One alert to very many subscribers: how fast it is fanned out, and whether a large backlog slows down what leaves.

    python benchmarks/fanout.py [--million | --overtake | --hour | --year] [--subscribers N] [--database sqlite|postgresql] [--letters N]
                                [--runs N]

A story is told to N subscribers, on a database of its own: a SQLite file, and a PostgreSQL server started for this on loopback, which does
not wait for the disk. Measured are, by the clock, Deliveries made a second and how much the process grew meanwhile; Letters composed a
second; and Letters claimed and settled a second, one after the other, while no others wait and while N do. What the wire allows comes with
it: at so many a second, when the last of N could be told, whatever we do. One line for each database.

    --overtake   an urgent alert while 50,000 readers wait for another one: how soon its first letters can leave
    --hour       twenty alerts in an hour to 100,000 readers, by a clock of ours: when the last is told, beside what the wire takes at least
    --year       five stories a day to 50 readers for a year and three months: the rows of each table after every month
"""

import argparse
import asyncio
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))

from alerts import deliver
from alerts.models import Cadence, Letter, LetterState, Sent
from alerts.retry import settle
from alerts.storage import Names, Outbox
from alerts.storage import tables as t
from tests.databases import migrate, postgres, with_driver
from watcher.models import Docket, Document, DocumentType, Evidence, Match, Severity, Stage, Verdict
from watcher.ports import Judged
from watcher.storage import Database, SourceStore, open_database

SUBSCRIBERS, LETTERS, RUNS = 1_000_000, 500, 5
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SOON = NOW + timedelta(minutes=1)
LEASE = timedelta(seconds=45)
WATCH = "abrego-garcia"
FILLED_AT_ONCE = 50_000  #: rows
FREE = 25  #: Letters claimed at once
PER_SECOND = 25.0  #: messages that Telegram's channel sends
PAID = 1_000.0  #: and with paid broadcast
MODES = {
    "million": "one alert to a million subscribers; this is done where nothing else is asked for",
    "overtake": "an urgent alert while 50,000 wait",
    "hour": "twenty alerts in an hour to 100,000 readers",
    "year": "how the tables grow in a year and three months",
}
FAN_OUT_GOAL, GROWTH_GOAL, SLOWER_GOAL = 10_000, 300, 2.0

PAPER = Document(
    key="cl:69777799#entry-51",
    source="courtlistener/69777799",
    source_kind="docket",
    title="Entry #51 in Abrego Garcia v. Noem",
    headline="Order on motion (#51), Abrego Garcia v. Noem",
    summary="ORDER granting 50 Motion for Temporary Restraining Order.",
    published=NOW,
    day_only=True,
    type=DocumentType.ORDER,
    stage=Stage.DESCRIBED,
    severity=Severity.URGENT,
    primary=True,
    docket=Docket(court="mdd", number="8:25-cv-00951", courtlistener=69777799),
    case="Abrego Garcia v. Noem",
    number="51",
)
CARD = Evidence(term="Abrego Garcia", found="Abrego Garcia", field="title", start=13, end=26, score=1.0)
MATCH = Match(watch=WATCH, document=PAPER.key, score=1.0, threshold=0.88, because=(CARD,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was measured on one database."""

    database: str
    subscribers: int
    fanned: float  #: Deliveries made a second
    grown: float  #: MB that the process held more after the last Delivery than after the first tenth of them
    peak: float  #: MB, the most that the process ever held
    composed: float  #: Letters a second
    empty: Sequence[float]  #: Letters claimed and settled a second, of each run, while none waits besides
    full: Sequence[float]  #: and while `subscribers` wait

    @property
    def slower(self) -> float:
        return statistics.median(self.empty) / statistics.median(self.full)

    def line(self) -> str:
        wire = " or ".join(f"{timedelta(seconds=round(self.subscribers / rate))} at {rate:,.0f}/s" for rate in (PER_SECOND, PAID))
        return (
            f"{self.database}, {self.subscribers:,} subscribers: {self.fanned:,.0f} deliveries/s (goal {FAN_OUT_GOAL:,}), grown by "
            f"{self.grown:.0f} MB to {self.peak:.0f} (goal under {GROWTH_GOAL}); {self.composed:,.0f} letters composed/s; "
            f"claimed and settled/s {_list(self.empty)} with no backlog, {_list(self.full)} with it: {self.slower:.2f} times slower "
            f"(goal {SLOWER_GOAL:.0f}); the wire takes {wire}"
        )


def _list(rates: Sequence[float]) -> str:
    return " ".join(f"{rate:,.0f}" for rate in rates)


async def fill(database: Database, count: int) -> None:
    """Private chats that follow the Watch, at once."""
    since = {"created_at": NOW - timedelta(days=1)}
    follows = {"watch": WATCH, "cadence": Cadence.NOW.value, "floor": Severity.ROUTINE.value, **since}
    for start in range(1, count + 1, FILLED_AT_ONCE):
        numbers = range(start, min(start + FILLED_AT_ONCE, count + 1))
        people = [{"id": each, "address": f"telegram:{each}", "token": f"t{each}", **since} for each in numbers]
        async with database.writing() as connection:
            await connection.execute(sa.insert(t.subscribers), people)
            await connection.execute(sa.insert(t.subscriptions), [{"subscriber": each, **follows} for each in numbers])


async def happen(database: Database) -> None:
    store = SourceStore(database)
    await store.enrol({PAPER.source: "x"}, NOW)
    (state,) = await store.claim_named([PAPER.source], NOW)
    await store.save(state, [Judged(document=PAPER, verdict=Verdict(document=PAPER.key, matches=(MATCH,)), tell=True)], NOW)


def held() -> float:
    """MB that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


async def fan_out(outbox: Outbox, count: int) -> tuple[float, float]:
    """Deliveries a second, and by how many MB the process grew after the first tenth."""
    (revision,) = await outbox.open_revisions()
    made, more, first = 0, True, 0.0
    start = time.perf_counter()
    while more:
        step, more = await outbox.fan_out(revision, NOW)
        made += step
        first = first if first or made < count / 10 else held()
        if made % 100_000 < step:
            print(f"{made:,} deliveries …", file=sys.stderr)
    seconds = time.perf_counter() - start
    assert made == count, (made, count)
    return made / seconds, held() - first


async def composing(outbox: Outbox, count: int) -> float:
    """Letters composed a second."""
    start = time.perf_counter()
    written = 0
    while written < count:
        due = (await outbox.due_subscribers(SOON, deliver.TOGETHER, count + 1))[: count - written]
        written += len(await outbox.compose_all(due, SOON))
    return count / (time.perf_counter() - start)


async def sending(outbox: Outbox, count: int) -> float:
    """Letters claimed and settled as sent a second."""
    start = time.perf_counter()
    sent = 0
    while sent < count:
        letters: list[Letter] = await outbox.claim("telegram", SOON, free=min(FREE, count - sent), per_second=0, lease=LEASE)
        assert letters
        for letter in letters:
            settled = settle(letter, Sent(str(letter.id)), SOON, gap=timedelta(seconds=1))
            assert await outbox.settle(letter, settled, SOON)
        sent += len(letters)
    return count / (time.perf_counter() - start)


async def wait_in_line(database: Database) -> None:
    """Give every Subscriber who was written no Letter one like the first, which waits."""
    own = ("subscriber", "address", "message_id")
    same = [column for column in t.letters.c if column.name not in (*own, "id", "window", "reference", "state", "settled_at", "attempt")]
    like = t.letters.alias()
    rows = (
        sa.select(
            t.subscribers.c.id,
            t.subscribers.c.address,
            sa.literal("<waiting-") + sa.cast(t.subscribers.c.id, sa.Text) + sa.literal("@example.org>"),
            sa.literal(LetterState.PENDING.value),
            *(like.c[column.name] for column in same),
        )
        .select_from(t.subscribers.join(like, like.c.id == sa.select(sa.func.min(t.letters.c.id)).scalar_subquery()))
        .where(t.subscribers.c.id.not_in(sa.select(t.letters.c.subscriber)))
    )
    names = [*own, "state", *(column.name for column in same)]
    async with database.writing() as connection:
        await connection.execute(sa.insert(t.letters).from_select(names, rows))
    async with database.writing() as connection:
        await connection.execute(sa.text("ANALYZE"))


async def measure(name: str, url: str, count: int, letters: int, runs: int) -> Figures:
    database = open_database(url)
    try:
        print(f"{name}: {count:,} subscribers …", file=sys.stderr)
        await fill(database, count)
        await happen(database)
        outbox = Outbox(database, names=lambda: Names(watches={WATCH: "Abrego Garcia v. Noem"}, sources={}))
        fanned, grown = await fan_out(outbox, count)
        composed = await composing(outbox, letters * runs)
        empty = [await sending(outbox, letters) for _ in range(runs)]
        print(f"{count - letters * runs:,} letters wait …", file=sys.stderr)
        await wait_in_line(database)
        full = [await sending(outbox, letters) for _ in range(runs)]
    finally:
        await database.dispose()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    return Figures(database=name, subscribers=count, fanned=fanned, grown=grown, peak=peak, composed=composed, empty=empty, full=full)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").partition("\n")[0], epilog="example: python benchmarks/fanout.py --subscribers 20000"
    )
    modes = parser.add_mutually_exclusive_group()
    for mode, meaning in MODES.items():
        modes.add_argument(f"--{mode}", dest="mode", action="store_const", const=mode, default="million", help=meaning)
    parser.add_argument("--subscribers", type=int, help="how many; each mode has its own number")
    parser.add_argument("--letters", type=int, default=LETTERS, help="claimed and settled in each run")
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    given = parser.parse_args()
    for name in given.database or ("sqlite", "postgresql"):
        with _database(name) as url:
            for line in _lines(given.mode, name, url, given):
                print(line, flush=True)
    return 0


def _lines(mode: str, name: str, url: str, given: argparse.Namespace) -> list[str]:
    if mode == "million":
        return [asyncio.run(measure(name, url, given.subscribers or SUBSCRIBERS, given.letters, given.runs)).line()]
    from benchmarks import fanout_time  # it needs ours

    return fanout_time.run(mode, name, url, given.subscribers)


@contextmanager
def _database(name: str) -> Iterator[str]:
    if name == "postgresql":
        with postgres() as server:
            yield with_driver(server.url(server.copy()))
        return
    with tempfile.TemporaryDirectory() as folder:
        url = with_driver(f"sqlite:///{folder}/watch.db")
        asyncio.run(migrate(url))
        yield url


if __name__ == "__main__":
    sys.exit(main())
