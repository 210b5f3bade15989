"""How long an operator and a monitor wait for an answer while very many are told.

    python benchmarks/ledger.py [--subscribers N] [--database sqlite|postgresql] [--runs N]

A story is told to N subscribers on a database of its own, as by `benchmarks/fanout.py`: half of them wait for their letter, for half a
letter waits, and a letter more of each was sent before. Timed are what `watcher status --outbox` counts, what `/metrics` counts, and one
reader's history; medians of the runs. One line for each database.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))

from alerts.models import Address, LetterState
from alerts.storage import Names, Outbox
from alerts.storage import tables as t
from alerts.storage.ledger import Ledger
from alerts.storage.tellings import Tellings
from benchmarks.fanout import NOW, SOON, WATCH, fan_out, fill, happen
from tests.databases import migrate, postgres, with_driver
from watcher.storage import Database, open_database

SUBSCRIBERS, RUNS = 200_000, 5
FILLING = 3_600.0  #: seconds that one step of preparing may take
WORDS = {"text": "y" * 800}  #: what a letter weighs, about


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was measured on one database: seconds of each run."""

    database: str
    subscribers: int
    status: Sequence[float]
    metrics: Sequence[float]
    history: Sequence[float]

    def line(self) -> str:
        status, metrics, history = (statistics.median(each) * 1000 for each in (self.status, self.metrics, self.history))
        return (
            f"{self.database}, {self.subscribers:,} subscribers, half of their letters waiting: status --outbox {status:,.0f} ms, "
            f"/metrics {metrics:,.0f} ms, history of one reader {history:,.0f} ms"
        )


async def write(database: Database, count: int) -> None:
    """A letter to each that was sent, and to every second one that waits."""
    own = (t.subscribers.c.id, t.subscribers.c.address)
    for state, which in ((LetterState.SENT, sa.true()), (LetterState.PENDING, t.subscribers.c.id % 2 == 0)):
        columns = {
            "channel": "telegram",
            "kind": "alert",
            "state": state.value,
            "urgent": False,
            "lane": t.REST,
            "created_at": NOW,
            "due_at": NOW,
            "content": WORDS,
        }
        values = [sa.literal(value, t.letters.c[name].type) for name, value in columns.items()]
        message = sa.literal(f"<{state.value}-") + sa.cast(own[0], sa.Text) + sa.literal("@example.org>")
        rows = sa.select(*own, message, *values).where(which)
        async with database.writing(within=FILLING) as connection:
            await connection.execute(sa.insert(t.letters).from_select(["subscriber", "address", "message_id", *columns], rows))
    settled = sa.update(t.deliveries).where(t.deliveries.c.subscriber % 2 == 0)
    mine = sa.select(sa.func.max(t.letters.c.id)).where(t.letters.c.subscriber == t.deliveries.c.subscriber).scalar_subquery()
    async with database.writing(within=FILLING) as connection:
        await connection.execute(settled.values(letter_id=mine))
    async with database.writing(within=FILLING) as connection:
        await connection.execute(sa.text("ANALYZE"))


async def timed(ask: Callable[[], Awaitable[object]], runs: int) -> list[float]:
    """Seconds of each run."""
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        await ask()
        taken.append(time.perf_counter() - start)
    return taken


async def measure(name: str, url: str, count: int, runs: int) -> Figures:
    database = open_database(url)
    try:
        print(f"{name}: {count:,} subscribers …", file=sys.stderr)
        await fill(database, count)
        await happen(database)
        await fan_out(Outbox(database, names=lambda: Names(watches={WATCH: "Abrego Garcia v. Noem"}, sources={})), count)
        print(f"{count * 3 // 2:,} letters …", file=sys.stderr)
        await write(database, count)
        ledger, tellings = Ledger(database), Tellings(database)
        backlog = await ledger.backlog(SOON)
        assert backlog.letters == {"pending": count // 2}, backlog.letters
        assert backlog.deliveries == count - count // 2, backlog.deliveries
        return Figures(
            database=name,
            subscribers=count,
            status=await timed(lambda: ledger.backlog(SOON), runs),
            metrics=await timed(lambda: ledger.pulse(SOON), runs),
            history=await timed(lambda: tellings.account(Address.parse("telegram:2"), NOW), runs),
        )
    finally:
        await database.dispose()


def main() -> int:
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").partition("\n")[0], epilog="example: python benchmarks/ledger.py --subscribers 20000"
    )
    parser.add_argument("--subscribers", type=int, default=SUBSCRIBERS)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    given = parser.parse_args()
    for name in given.database or ("sqlite", "postgresql"):
        print(_on(name, given.subscribers, given.runs).line(), flush=True)
    return 0


def _on(name: str, count: int, runs: int) -> Figures:
    if name == "postgresql":
        with postgres() as server:
            return asyncio.run(measure(name, with_driver(server.url(server.copy())), count, runs))
    with tempfile.TemporaryDirectory() as folder:
        url = with_driver(f"sqlite:///{folder}/watch.db")
        asyncio.run(migrate(url))
        return asyncio.run(measure(name, url, count, runs))


if __name__ == "__main__":
    sys.exit(main())
