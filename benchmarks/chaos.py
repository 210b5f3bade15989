"""Thousands of Deliveries while everything goes wrong, and then who was told what.

    python benchmarks/chaos.py [--database sqlite|postgresql] [--deliveries N] [--faults N] [--seed N] [--scale S]

Papers come out, are corrected, turn out to be orders; hundreds of chats, groups, threads and mailboxes follow them, at once or in a daily
digest. Processes of the service tell them, two on a SQLite file, four on PostgreSQL, by a strict Bot API and a mail server, each of them
through a stretch of network of its own. Meanwhile faults happen, drawn from the seed: processes are killed, stopped, ended; connections to
Telegram, to the mail server and to the database are delayed, cut, reset, swallowed, refused; Telegram answers 429, 5xx, pages, nonsense,
nothing; the mail server takes a mail and says nothing; clocks jump; the database is restarted, read-only, locked; its disk is full.

Then all is well, digests come due, and what lies with the readers is checked (`chaos_check`): nothing lost, nothing doubled but what was
in flight at a kill or of unknown fate, nothing told after news of it, and no message over the limits of the strict API. `--scale` lets
the time of all processes and of Telegram pass faster; no pace or patience is changed. Prints one line for each database, and every double
by id.
"""

import argparse
import asyncio
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default as mail_policy
from itertools import count
from pathlib import Path
from resource import RLIM_INFINITY, RLIMIT_FSIZE, prlimit
from typing import Any

import psycopg
import sqlalchemy as sa

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))

from alerts.models import Cadence
from alerts.storage import tables as t
from benchmarks.chaos_check import Arrived, Killed, Mark, Posted, Report, check, marks
from benchmarks.chaos_hosts import Host, disk, host, possible
from benchmarks.chaos_worker import AT_WORK, FastTime
from tests.conftest import ROOT
from tests.databases import Server, migrate, postgres, with_driver
from tests.papers import judged, order, stub
from tests.press import ABREGO
from tests.processes import TOKEN, surroundings, until
from watcher.models import Document, DocumentType, Severity, Stage
from watcher.storage import Database, SourceStore, open_database
from watcher.storage import tables as w
from watcher.testing import mail, telegram
from watcher.testing.proxy import Proxy, Trouble

WORKER = ROOT / "benchmarks" / "chaos_worker.py"
DELIVERIES, FAULTS, SCALE, READERS = 10_000, 50, 1.0, 500
TELLERS = {"sqlite": 2, "postgresql": 4}
WATCH = "abrego-garcia"
PER_SECOND = 25.0  #: messages that Telegram's channel sends
DISK = 1 << 30  #: bytes of PostgreSQL's disk
GRACE = 120.0  #: seconds, in fast time, in which what is due is told after the last fault; what then waits comes with the next day
SOON = timedelta(minutes=1)
JUMP = 3_600.0  #: seconds by which clocks are wrong
DAYS = 3  #: days that are let pass at most
AWAY = 1  #: status of a process that could not reach its database when it started
PATIENCE = 120.0  #: true seconds that a step at the end may take on a loaded machine, more than it lasts


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A run."""

    database: str
    deliveries: int = DELIVERIES
    faults: int = FAULTS
    seed: int = 1
    scale: float = SCALE
    processes: int = 0  #: 0: as many as TELLERS says
    grace: float = GRACE
    hosts: bool = False  #: a network namespace for each process
    disk: bool = False  #: PostgreSQL has one of its own, which may be full

    @property
    def tellers(self) -> int:
        return self.processes or TELLERS[self.database]

    @property
    def readers(self) -> int:
        return max(10, min(READERS, self.deliveries // 10))

    @property
    def revisions(self) -> int:
        return -(-self.deliveries // self.readers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a run."""

    plan: Plan
    report: Report
    deliveries: int
    happened: Counter[str]  #: faults, by kind
    uncertain: int  #: Letters whose fate was unknown once
    ends: Sequence[str]  #: of processes, that were no faults of ours
    complaints: Sequence[str]  #: what the processes themselves call a fault, each once; some are to be expected
    seconds: float

    @property
    def good(self) -> bool:
        return self.report.good and not self.ends

    def line(self) -> str:
        faults = ", ".join(f"{number} {kind}" for kind, number in sorted(self.happened.items()))
        where = " in namespaces" if self.plan.hosts else ""
        return (
            f"{self.plan.database}, {self.plan.tellers} processes{where}, {self.deliveries:,} deliveries, "
            f"{self.happened.total()} faults ({faults}), time x{self.plan.scale:g}, seed {self.plan.seed}: {self.report.line()}; "
            f"{self.uncertain} letters of unknown fate; {self.seconds:.0f} s"
        )


# --- what happens in the world


def readers(number: int) -> list[str]:
    """Addresses: mostly private chats, some groups, threads of groups (two of each group), mailboxes."""
    made: list[str] = []
    for each in range(1, number + 1):
        match each % 20:
            case 0 | 10:
                made.append(f"mailto:reader{each}@x.test")
            case 5:
                made.append(f"telegram:{-2_000_000 - each}")
            case 6 | 7:
                made.append(f"telegram:{-1_002_000_000_000 - each // 20}/{each % 20}")
            case _:
                made.append(f"telegram:{1_000_000 + each}")
    return made


def digests(number: int) -> list[bool]:
    """Who of them reads a daily digest, be it in a chat."""
    return [each % 20 in (0, 9) for each in range(1, number + 1)]


def papers(number: int, chance: random.Random) -> list[Mark]:
    """So many versions of papers in the order in which they come out: a correction some papers after what it corrects."""
    out: list[Mark] = []
    numbers = count(1)
    later: list[Mark] = []
    while len(out) < number:
        if later and (len(later) > 3 or chance.random() < 0.4):
            out.append(later.pop(0))
            continue
        paper = next(numbers)
        out.append(Mark(paper, 1))
        if paper % 3:
            later.append(Mark(paper, 2))
    return out


def document(mark: Mark, fast: FastTime) -> Document:
    """Every third paper is a notice; of the others one is an order that is corrected, the next a stub that turns out to be an order."""
    when = {"published": fast.now()}
    if mark.paper % 3 == 0:
        notice = {"type": DocumentType.NOTICE, "severity": Severity.ROUTINE, "summary": "NOTICE of appearance"}
        return order(mark.paper, headline=f"Notice {mark}", **notice, **when)
    if mark.version == 2 and mark.paper % 3 == 1:
        return order(mark.paper, headline=f"Order {mark} on motion", stage=Stage.CORRECTED, summary="ORDER, corrected.", **when)
    if mark.version == 1 and mark.paper % 3 == 2:
        return stub(mark.paper, headline=f"New entry {mark}", **when)
    return order(mark.paper, headline=f"Order {mark} on motion", **when)


# --- the processes


@dataclass(eq=False, slots=True, kw_only=True)
class Teller:
    """One process of the service, and its ways to the world."""

    environ: Mapping[str, str]
    arguments: Sequence[str]
    said: Path
    skew: Path  #: says by how many seconds the clock of its host is wrong
    host: Host
    telegram: Proxy
    mail: Proxy
    database: Proxy | None  #: None: a file
    more: Sequence[str] = ()  #: further arguments, from its next start on
    process: asyncio.subprocess.Process | None = None
    busy: bool = False  #: a fault is under way with the process itself
    ends: list[str] = field(default_factory=list)  #: that were no faults of ours
    _watching: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Run it, again where it ends by itself, as a supervisor does."""
        await self._spawn()
        self._watching = asyncio.create_task(self._supervise())

    async def _spawn(self) -> None:
        command = self.host.inside(["nice", sys.executable, str(WORKER), *self.arguments, *self.more])  # Telegram has a machine of its own
        nowhere = asyncio.subprocess.DEVNULL
        with self.said.open("ab") as errors:
            self.process = await asyncio.create_subprocess_exec(*command, env=self.environ, cwd=ROOT, stdout=nowhere, stderr=errors)

    async def _supervise(self) -> None:
        while self.process is not None:
            if await self.process.wait() != AWAY:
                self.ends.append(f"ended by itself with {self.process.returncode}")
            await asyncio.sleep(1)
            await self._spawn()

    async def at_work(self) -> None:
        """Wait until it is."""

        async def is_so() -> bool:
            return AT_WORK in await asyncio.to_thread(self.said.read_text, errors="replace")

        await until(is_so)

    def send(self, number: int) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(number)

    async def end(self, number: int = signal.SIGTERM) -> None:
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
            self._watching = None
        if self.process is not None:
            self.send(number)
            try:
                status = await asyncio.wait_for(self.process.wait(), PATIENCE)
            except TimeoutError:
                self.ends.append(f"did not end at signal {number}")
                self.process.kill()
                status = await self.process.wait()
            if number == signal.SIGTERM and status not in (0, -signal.SIGTERM, AWAY):
                self.ends.append(f"ended with {status}")
            self.process = None


@dataclass(eq=False, slots=True, kw_only=True)
class World:
    """Everything of one run, while it lasts."""

    plan: Plan
    fast: FastTime
    database: Database
    api: telegram.BotApi
    mail: mail.ScriptedServer
    tellers: list[Teller]
    server: Server | None  #: of PostgreSQL
    name: str  #: of its database; the path of SQLite's file
    addresses: list[str]
    published: list[Mark] = field(default_factory=list)
    moved: dict[str, str] = field(default_factory=dict)  #: addresses of groups, by those that they have now
    killed: list[Killed] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)
    publishing: asyncio.Lock = field(default_factory=asyncio.Lock)
    clocks: asyncio.Lock = field(default_factory=asyncio.Lock)
    serving: asyncio.Lock = field(default_factory=asyncio.Lock)  #: held while something is wrong with PostgreSQL's server itself

    async def pause(self, seconds: float) -> None:
        """Of fast time."""
        await asyncio.sleep(seconds / self.plan.scale)

    def say(self, what: str) -> None:
        print(f"{self.fast.now():%H:%M:%S} {what}", file=sys.stderr, flush=True)

    async def note(self, how: str) -> None:
        """What is in flight at a kill."""
        flying = sa.select(t.letters.c.id).where(t.letters.c.state == "sending")
        self.killed.append(Killed(how=how, flying=frozenset(row.id for row in await self.rows(flying))))

    async def rows(self, statement: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
        """Ask the database, again where it is away."""
        (answer,) = await self.at_once(statement)
        return answer

    async def at_once(self, *statements: sa.Select[Any]) -> list[Sequence[sa.Row[Any]]]:
        """The same for several questions, about one moment."""
        while True:
            try:
                async with self.database.reading() as connection:
                    return [list(await connection.execute(each)) for each in statements]
            except Exception:
                await asyncio.sleep(0.2)

    async def publish(self, mark: Mark) -> None:
        source = f"press-{len(self.published)}"
        while True:
            try:
                async with self.publishing:
                    now, store = self.fast.now(), SourceStore(self.database)
                    await store.enrol({source: "x"}, now)
                    (state,) = await store.claim_named([source], now)
                    await store.save(state, [judged(document(mark, self.fast), WATCH)], now)
                break
            except Exception as error:  # read-only, full, away: the next try
                self.say(f"not published yet: {type(error).__name__}")
                await asyncio.sleep(0.3)
                source += "'"  # the claim of the first may still hold
        self.published.append(mark)

    def owed(self) -> dict[str, set[Mark]]:
        return {address: set(self.published) for address in self.addresses}


# --- faults: each happens, lasts, and is over


Happening = Callable[[World, random.Random], Awaitable[str]]


def _free(world: World, chance: random.Random) -> Teller | None:
    """A process with which nothing is wrong; None where there is none."""
    free = [teller for teller in world.tellers if not teller.busy]
    return chance.choice(free) if free else None


@asynccontextmanager
async def _upon(teller: Teller) -> AsyncIterator[None]:
    teller.busy = True
    try:
        yield
    finally:
        teller.busy = False


async def kill(world: World, chance: random.Random) -> str:
    if (teller := _free(world, chance)) is None:
        return ""
    async with _upon(teller):
        await teller.end(signal.SIGKILL)
        await world.note("kill")
        await world.pause(chance.uniform(0, 5))
        await teller.start()
    return "kill -9"


async def stop(world: World, chance: random.Random) -> str:
    """Held up for a moment, or for longer than its leases last."""
    if (teller := _free(world, chance)) is None:
        return ""
    async with _upon(teller):
        teller.send(signal.SIGSTOP)
        await world.note("stop")
        await world.pause(chance.choice((1.0, 5.0, 20.0, 80.0)))
        teller.send(signal.SIGCONT)
    return "kill -STOP"


async def end(world: World, chance: random.Random) -> str:
    if (teller := _free(world, chance)) is None:
        return ""
    async with _upon(teller):
        await teller.end()
        await teller.start()
    return "SIGTERM"


async def _way(world: World, chance: random.Random, ways: Sequence[Proxy | None], troubles: Sequence[Trouble]) -> None:
    way = chance.choice([each for each in ways if each is not None])
    trouble = chance.choice(troubles)
    way.meet(trouble)
    await world.pause(chance.choice((1.0, 4.0, 25.0)))
    await way.heal()


async def way_to_telegram(world: World, chance: random.Random) -> str:
    await _way(world, chance, [teller.telegram for teller in world.tellers], list(Trouble))
    return "wire to Telegram"


async def way_to_mail(world: World, chance: random.Random) -> str:
    await _way(world, chance, [teller.mail for teller in world.tellers], list(Trouble))
    return "wire to mail"


async def way_to_database(world: World, chance: random.Random) -> str:
    await _way(world, chance, [teller.database for teller in world.tellers], list(Trouble))
    return "wire to the database"


async def cut_off(world: World, chance: random.Random) -> str:
    """One process loses the database, and nobody tells it, for longer than its leases last."""
    if (teller := _free(world, chance)) is None or teller.database is None:
        return ""
    async with _upon(teller):
        await (teller.host.pull() if teller.host.name else _swallow(teller.database))
        await world.note("cut off")
        await world.pause(80)
        await (teller.host.plug() if teller.host.name else teller.database.heal())
    return "cut off from the database"


async def _swallow(way: Proxy) -> None:
    way.blackhole()


async def telegram_says(world: World, chance: random.Random) -> str:
    api = world.api
    match chance.choice(("429", "5xx", "5xx", "html", "garbage", "hang", "drop")):
        case "429":
            api.fail("429", times=chance.randrange(5, 30), retry_after=chance.randrange(1, 5))
            return "429 storm"
        case "5xx":
            api.fail("error", times=chance.randrange(1, 10), status=chance.choice((500, 502, 504)), delivered=chance.random() < 0.5)
            return "5xx of Telegram"
        case "html":
            api.fail("html", times=chance.randrange(1, 10), status=502)
            return "pages of Telegram"
        case "garbage":
            api.fail("garbage", times=chance.randrange(1, 6))
            return "nonsense of Telegram"
        case "hang":
            api.fail("hang", times=chance.randrange(1, 8))
            return "Telegram hangs"
        case _:
            api.fail("drop", times=chance.randrange(1, 8))
            return "Telegram drops"


async def migrate_group(world: World, chance: random.Random) -> str:
    """A group becomes a supergroup: its old number is refused, with the new one."""
    groups = [address for address in world.addresses if _is_group(address) and address not in world.moved.values()]
    if not groups:
        return "no group left to move"
    old = chance.choice(groups)
    new = -1_003_000_000_000 - world.addresses.index(old)
    world.api.migrate(int(old.partition(":")[2]), new)
    world.moved[f"telegram:{new}"] = old
    return "group moved"


def _is_group(address: str) -> bool:
    return address.startswith("telegram:-") and not address.startswith("telegram:-100")


async def mail_says(world: World, chance: random.Random) -> str:
    step, answer = chance.choice(
        (
            ("END", mail.DROP),
            ("END", mail.SILENCE),
            ("DATA", "451 4.3.0 try again"),
            ("RCPT", "451 4.7.1 greylisted"),
            ("MAIL", "421 4.3.2 closing"),
            ("connect", mail.DROP),
            ("DATA", mail.DROP),
        )
    )
    script = world.mail.script.setdefault(step, [])
    assert isinstance(script, list)
    script += [answer] * chance.randrange(1, 4)
    return "mail server"


async def clock(world: World, chance: random.Random) -> str:
    """A host's clock is put on, or back, by an hour, and right again."""
    wrong = chance.choice(world.tellers).skew  # on one machine they all have this one
    jump = chance.choice((JUMP, -JUMP))
    async with world.clocks:
        await world.note("clock")
        before = float(await asyncio.to_thread(wrong.read_text))
        await asyncio.to_thread(_put, wrong, before + jump)
        await world.pause(chance.choice((2.0, 10.0, 30.0)))
        await asyncio.to_thread(_put, wrong, before)
    return "clock jump"


def _put(skew: Path, seconds: float) -> None:
    """Whoever reads it reads the one or the other."""
    new = skew.with_suffix(".new")
    new.write_text(str(seconds), "ascii")
    new.replace(skew)


async def restart(world: World, chance: random.Random) -> str:
    assert world.server is not None
    async with world.serving, world.publishing:  # or it would not be known whether a paper came out
        await asyncio.to_thread(world.server.restart)
    return "pg_ctl restart -m immediate"


async def server_full(world: World, chance: random.Random) -> str:
    """PostgreSQL has no room left on its disk; most often it breaks down over that, and comes back by itself or is started again."""
    assert world.server is not None
    async with world.serving, world.publishing:
        await asyncio.to_thread(world.server.fill)
        await world.pause(chance.choice((2.0, 10.0)))
        await asyncio.to_thread(world.server.empty)
    return "PostgreSQL's disk full"


async def read_only(world: World, chance: random.Random) -> str:
    assert world.server is not None
    await asyncio.to_thread(_read_only, world.server, world.name, True)
    await world.pause(chance.choice((2.0, 10.0)))
    await asyncio.to_thread(_read_only, world.server, world.name, False)
    return "database read-only"


def _read_only(server: Server, name: str, on: bool) -> None:
    """Sessions made from now on; those that are open end."""
    while True:
        try:
            with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
                connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = {'on' if on else 'off'}".encode())
                connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
            return
        except psycopg.OperationalError:  # another fault restarts it just now
            time.sleep(0.2)


async def locked(world: World, chance: random.Random) -> str:
    """Another program writes, and takes its time."""
    holder = await asyncio.to_thread(sqlite3.connect, world.name, timeout=30, isolation_level=None, check_same_thread=False)
    try:
        await asyncio.to_thread(holder.execute, "BEGIN IMMEDIATE")
        await world.pause(chance.choice((1.0, 10.0, 30.0)))
        await asyncio.to_thread(holder.execute, "ROLLBACK")
    finally:
        holder.close()
    return "database locked"


async def full(world: World, chance: random.Random) -> str:
    """No file of a process may grow any more: what it writes fails as on a full disk."""
    victims = [teller for teller in world.tellers if teller.process is not None and not teller.busy]
    for teller in victims:
        _limit(teller, 1)
    await world.pause(chance.choice((2.0, 10.0)))
    for teller in victims:
        _limit(teller, RLIM_INFINITY)
    return "disk full"


def _limit(teller: Teller, size: int) -> None:
    if teller.process is not None and teller.process.returncode is None:
        prlimit(teller.process.pid, RLIMIT_FSIZE, (size, RLIM_INFINITY))


ALWAYS: tuple[Happening, ...] = (
    kill,
    kill,
    kill,
    stop,
    stop,
    end,
    way_to_telegram,
    way_to_telegram,
    way_to_mail,
    telegram_says,
    telegram_says,
    telegram_says,
    mail_says,
    mail_says,
    migrate_group,
    clock,
)
FAULTS_OF: Mapping[str, tuple[Happening, ...]] = {
    "sqlite": (*ALWAYS, locked, full),
    "postgresql": (*ALWAYS, way_to_database, way_to_database, cut_off, restart, restart, read_only),
}


def schedule(plan: Plan, chance: random.Random) -> list[Happening]:
    """Each kind once, as far as there is room, the rest drawn."""
    possible = FAULTS_OF[plan.database] + (server_full, server_full) * plan.disk
    kinds = list(dict.fromkeys(possible))
    chance.shuffle(kinds)
    drawn = [chance.choice(possible) for _ in range(plan.faults - len(kinds))]
    chosen = [*kinds[: plan.faults], *drawn]
    chance.shuffle(chosen)
    return chosen


# --- the run


async def run(plan: Plan, folder: Path, url: str, server: Server | None = None) -> Outcome:
    """Let all of it happen on this database, as an operator writes its address, which is migrated and empty."""
    begun = time.monotonic()
    async with world_of(plan, folder, url, server) as world:
        await enrol(world)
        await asyncio.gather(*(teller.start() for teller in world.tellers))
        await asyncio.gather(*(teller.at_work() for teller in world.tellers))
        length = plan.revisions * max(3.0, 0.8 * plan.readers / PER_SECOND)
        world.say(f"{plan.database}: {plan.readers} readers, {plan.revisions} papers, {plan.faults} faults in {length:.0f} s")
        await asyncio.gather(appear(world, length), disturb(world, length))
        world.say("all is well")
        await settle(world)
        return await judge(world, time.monotonic() - begun)


@asynccontextmanager
async def world_of(plan: Plan, folder: Path, url: str, server: Server | None) -> AsyncIterator[World]:
    fast = FastTime(plan.scale, time.time())
    async with AsyncExitStack() as made:
        database = open_database(with_driver(url))
        made.push_async_callback(database.dispose)
        api = await made.enter_async_context(telegram.BotApi(token=TOKEN, clock=fast.seconds))
        post = await made.enter_async_context(mail.scripted())
        world = World(
            plan=plan,
            fast=fast,
            database=database,
            api=api,
            mail=post,
            tellers=[],
            server=server,
            name=url.rpartition("/")[2] if server else url.removeprefix("sqlite:///"),
            addresses=readers(plan.readers),
        )
        for number in range(plan.tellers):
            world.tellers.append(await made.enter_async_context(teller_of(world, folder / f"teller-{number}", url, number)))
        yield world


@asynccontextmanager
async def teller_of(world: World, folder: Path, url: str, number: int) -> AsyncIterator[Teller]:
    await asyncio.to_thread(folder.mkdir)
    async with AsyncExitStack() as made:
        place = await made.enter_async_context(host(number)) if world.plan.hosts else Host()

        async def way(port: int, listen: str) -> Proxy:
            chance = random.Random(f"{world.plan.seed} {number} {port}")
            return await made.enter_async_context(Proxy("127.0.0.1", port, listen=listen, chance=chance))

        to_telegram = await way(int(world.api.url.rpartition(":")[2]), place.wire)
        to_mail = await way(world.mail.port, place.wire)
        to_database = await way(world.server.port, place.database) if world.server else None
        settings = {
            "DATABASE_URL": f"postgresql://postgres@{place.database}:{to_database.port}/{world.name}" if to_database else url,
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_API_URL": f"http://{place.wire}:{to_telegram.port}",
            "SMTP_URL": f"smtp://{place.wire}:{to_mail.port}",
            "MAIL_FROM": "alerts@x.test",
        }
        skew = folder / "skew" if world.server else folder.parent / "skew"
        await asyncio.to_thread(_put, skew, (number - 1) * JUMP if world.server else 0)  # hosts need not agree
        teller = Teller(
            environ=surroundings(folder, ABREGO, **settings),
            arguments=["--scale", str(world.plan.scale), "--epoch", str(world.fast.epoch), "--skew", str(skew)],
            said=folder / "said",
            skew=skew,
            host=place,
            telegram=to_telegram,
            mail=to_mail,
            database=to_database,
        )
        try:
            yield teller
        finally:
            await teller.end(signal.SIGKILL)


async def enrol(world: World) -> None:
    """Everybody follows the case."""
    since = {"created_at": world.fast.now() - timedelta(days=1)}
    for address in world.addresses:
        if address.startswith("telegram:"):
            chat, _, thread = address.removeprefix("telegram:").partition("/")
            world.api.chat(int(chat), threads=[int(thread)] if thread else [])
    hour = (world.fast.now() + timedelta(hours=20)).hour  # so that a digest comes with the day that is let pass, and not before
    async with world.database.writing() as connection:
        people = [{"address": address, "token": f"token-{address}", "digest_hour": hour} | since for address in world.addresses]
        await connection.execute(sa.insert(t.subscribers), people)
        ids = {row.address: row.id for row in await connection.execute(sa.select(t.subscribers.c.id, t.subscribers.c.address))}
        wishes = [
            {"subscriber": ids[address], "watch": WATCH, "cadence": (Cadence.DAILY if daily else Cadence.NOW).value, "floor": 0} | since
            for address, daily in zip(world.addresses, digests(len(world.addresses)), strict=True)
        ]
        await connection.execute(sa.insert(t.subscriptions), wishes)


async def appear(world: World, length: float) -> None:
    """Papers come out, evenly over the time."""
    out = papers(world.plan.revisions, random.Random(f"{world.plan.seed} papers"))
    for mark in out:
        await world.publish(mark)
        await world.pause(length / len(out))


async def disturb(world: World, length: float) -> None:
    """Faults happen, evenly over the time, some while others last."""
    chance = random.Random(f"{world.plan.seed} faults")
    chosen = schedule(world.plan, chance)

    async def happen(fault: Happening, number: int) -> None:
        own = random.Random(f"{world.plan.seed} {number}")  # whatever happens meanwhile, it draws the same
        while not (kind := await fault(world, own)):  # nothing is whole just now
            await world.pause(1)
        world.happened[kind] += 1
        world.say(f"{world.happened.total()}: {kind}")

    async with asyncio.TaskGroup() as under_way:
        for number, fault in enumerate(chosen):
            await world.pause(length / len(chosen) * chance.uniform(0.5, 1.5))
            under_way.create_task(happen(fault, number))


async def settle(world: World) -> None:
    """Let what is due be told, and then days pass, until nothing waits."""
    world.api.faults.clear()
    world.mail.script.clear()
    waits = await quiet(world, world.plan.grace / world.plan.scale)
    day = 0
    while waits and day < DAYS:
        day += 1
        await asyncio.gather(*(teller.end() for teller in world.tellers))
        world.say(f"{day} days later")
        for teller in world.tellers:
            teller.more = ("--days", str(day))
        await live_on(world, day)
        await asyncio.gather(*(teller.start() for teller in world.tellers))
        waits = await quiet(world, world.plan.grace / world.plan.scale + PATIENCE, day)
    await asyncio.gather(*(teller.end() for teller in world.tellers))


async def live_on(world: World, day: int) -> None:
    """Let the days have passed as if the service had been at work: after an outage digests wait for the sources to be read."""
    alive = {"seen_at": world.fast.now() + timedelta(days=day), "away_from": None, "away_until": None}
    async with world.database.writing() as connection:
        await connection.execute(sa.update(w.presence).values(alive))


async def quiet(world: World, seconds: float, day: int = 0) -> bool:
    """Wait until nothing is due any more or will be SOON, for so many true seconds at most; answer whether anything waits, be it for later.

    Args:
        day: that the processes believe it is later.
    """
    end = time.monotonic() + seconds
    while True:
        soon = world.fast.now() + timedelta(days=day) + SOON
        open_, owed = t.letters.c.state.in_(t.OPEN), (t.deliveries.c.letter_id.is_(None), t.deliveries.c.skipped.is_(None))
        flying = t.letters.c.state == "sending"
        asked = (  # counted by the database: thousands of rows would keep Telegram waiting, which shares our loop
            (t.letters, open_),
            (t.letters, sa.and_(open_, sa.or_(flying, t.letters.c.due_at <= soon))),
            (t.deliveries, sa.and_(*owed)),
            (t.deliveries, sa.and_(*owed, t.deliveries.c.due_at <= soon)),
            (w.revisions, sa.not_(w.revisions.c.fanned)),
        )
        counts = await world.at_once(*(sa.select(sa.func.count()).select_from(table).where(where) for table, where in asked))
        letters, letters_due, waiting, waiting_due, unmade = (number for ((number,),) in counts)
        due = unmade or letters_due or waiting_due
        if not due or time.monotonic() > end:
            world.say(f"{letters} letters open, {waiting} deliveries waiting" + ", some of them due" * bool(due))
            return bool(letters or waiting or unmade)
        await asyncio.sleep(0.3)


async def judge(world: World, seconds: float) -> Outcome:
    columns = (t.letters.c.id, t.letters.c.address, t.letters.c.state, t.letters.c.repeat, t.letters.c.content)
    letters = [
        Posted(
            id=row.id,
            address=world.moved.get(row.address, row.address),
            state=row.state,
            uncertain=row.repeat or row.state == "unknown",
            papers=frozenset(mark.paper for mark in marks(str(row.content))),
        )
        for row in await world.rows(sa.select(*columns))
    ]
    ((made,),) = await world.rows(sa.select(sa.func.count()).select_from(t.deliveries))
    ends = [f"teller-{number} {how}" for number, teller in enumerate(world.tellers) for how in teller.ends]
    return Outcome(
        plan=world.plan,
        report=check(world.owed(), [*chats(world.api, world.moved), *mailboxes(world.mail)], letters, world.killed, too_fast(world.api)),
        deliveries=made,
        happened=world.happened,
        uncertain=sum(letter.uncertain for letter in letters),
        ends=ends,
        complaints=said(world.tellers),
        seconds=seconds,
    )


def chats(api: telegram.BotApi, moved: Mapping[str, str]) -> Iterator[Arrived]:
    for posted in api.transcript:
        address = f"telegram:{posted.chat}" + (f"/{posted.thread}" if posted.thread else "")
        yield Arrived(address=moved.get(address, address), texts=[version.text for version in posted.versions])


def mailboxes(server: mail.ScriptedServer) -> Iterator[Arrived]:
    for received in server.received:
        body = message_from_bytes(received.raw, policy=mail_policy).get_body(("plain",))
        yield Arrived(address=f"mailto:{received.to}", texts=[body.get_content() if body else ""])


def too_fast(api: telegram.BotApi) -> list[str]:
    """What the strict API refused by itself: an injected 429 has no description of its own."""
    return [
        f"{call.at:%H:%M:%S} chat {call.chat}: {call.description}" for call in api.calls if call.status == 429 and call.description != "429"
    ]


def said(tellers: Sequence[Teller]) -> list[str]:
    """What the processes themselves call a fault of theirs: the last line of each traceback, each once."""
    found: dict[str, None] = {}
    for teller in tellers:
        lines = teller.said.read_text(errors="replace").splitlines()
        begun = False
        for line in lines:
            if line.startswith("Traceback "):
                begun = True
            elif begun and line and not line.startswith((" ", "The above", "During")):
                found[line[:200]] = None
                begun = False
    return list(found)


@contextmanager
def prepared(database: str) -> Iterator[tuple[Path, str, Server | None]]:
    """A folder, and a migrated empty database whose commits last; PostgreSQL's on a disk of its own, if there can be one."""
    with tempfile.TemporaryDirectory(prefix="watch-chaos-") as name:
        folder = Path(name)
        if database == "sqlite":
            url = f"sqlite:///{folder}/watch.db"
            asyncio.run(migrate(with_driver(url)))
            yield folder, url, None
            return
        with disk(DISK) as own, postgres(own) as server:
            copy = server.copy()
            lasting(server, copy)
            yield folder, server.url(copy), server


def lasting(server: Server, name: str) -> None:
    """Commits of this database wait for the write-ahead log: what it confirmed outlives a restart."""
    server.execute(f"ALTER DATABASE {name} SET synchronous_commit = on")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").partition("\n")[0], epilog="example: python benchmarks/chaos.py --deliveries 500 --faults 10"
    )
    parser.add_argument("--database", choices=tuple(TELLERS), action="append")
    parser.add_argument("--deliveries", type=int, default=DELIVERIES)
    parser.add_argument("--faults", type=int, default=FAULTS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scale", type=float, default=SCALE, help="how many seconds pass in one")
    parser.add_argument("--keep", type=Path, help="a folder for what the processes said")
    given = parser.parse_args()
    good, like = True, Plan(database="", deliveries=given.deliveries, faults=given.faults, seed=given.seed, scale=given.scale)
    for database in given.database or TELLERS:
        with prepared(database) as (folder, url, server):
            disk_of_its_own = server is not None and server.disk is not None
            plan = replace(like, database=database, hosts=server is not None and asyncio.run(possible()), disk=disk_of_its_own)
            outcome = asyncio.run(run(plan, folder, url, server))
            if given.keep:
                shutil.copytree(folder, given.keep / database, dirs_exist_ok=True)
        for detail in (*(f"said: {each}" for each in outcome.complaints), *outcome.report.details(), *outcome.ends):
            print(detail)
        print(outcome.line(), flush=True)
        good = good and outcome.good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
