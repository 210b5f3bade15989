"""How close to Telegram's limits the service sends, what overtakes, and whom a refusal holds up.

    python benchmarks/pacing.py --sustained 27.3 [--seconds 300] [--postgres]
    python benchmarks/pacing.py --overtake 50000 [--postgres]
    python benchmarks/pacing.py --flood [--seconds 60] [--postgres]
    python benchmarks/pacing.py --peer 2000 [--postgres]

Without any of them all are run, the first at 25 and at 27.3 a second, on both databases. Each runs `watcher run --role deliver` as an
operator does, in a process of its own, over a database of its own, against the strict Bot API on loopback in true time, and says one line.

`--sustained`: a backlog of alerts to chats of their own is sent for so long; counted are messages a second and refusals (429).
`--overtake`: while a backlog of so many is being sent at 25 a second, an urgent alert is put into the outbox, again and again; measured
is how long it takes to arrive. `--flood`: one chat refuses for twelve hours; how fast do the others get theirs, with and without it; then
a service whose clock is twelve hours ahead takes over, and the chat gets all of its own. `--peer`: private chats, groups and bursts to
one chat, sent by the service and by python-telegram-bot's AIORateLimiter, as it comes and with its best settings.
"""

import argparse
import asyncio
import json
import os
import random
import resource
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from telegram.error import TelegramError
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))

from alerts.models import Address, LetterKind
from alerts.storage import letters
from alerts.storage import tables as t
from alerts.storage.rows import item_json
from tests.conftest import ROOT
from tests.databases import migrate, postgres, with_driver
from tests.letters import item
from tests.press import ABREGO
from tests.processes import COMMAND, TOKEN, surroundings
from watcher.storage import Database, open_database
from watcher.testing.telegram import BotApi

RATES = (25.0, 27.3)
SECONDS, FLOOD_SECONDS, BACKLOG, URGENT, MESSAGES = 300.0, 60.0, 50_000, 50, 2_000
WAIT = timedelta(hours=12)  #: for which a chat refuses
FLOODED = 7
RATE_GOAL, REFUSED_GOAL, OVERTAKE_GOAL = 27.0, 1.0, 2.0
STALLED = 60.0  #: seconds without a message after which nothing more is waited for
DELIVER = ("run", "--role", "deliver")
PEER_RATE = 27.3

#: AIORateLimiter's settings: as it comes; and without its bursts, at the pace of a group, trying until it is taken
PEERS: dict[str, dict[str, Any]] = {
    "as it comes": {},
    "at its best": {
        "overall_max_rate": 1,
        "overall_time_period": 1 / PEER_RATE,
        "group_max_rate": 1,
        "group_time_period": 3.15,
        "max_retries": 1_000,
    },
}


@dataclass(frozen=True, slots=True)
class Place:
    """A database of its own for one run."""

    name: str
    url: str  #: as an operator writes it
    folder: Path


@contextmanager
def place(name: str) -> Iterator[Place]:
    with tempfile.TemporaryDirectory() as folder:
        if name == "sqlite":
            url = f"sqlite:///{folder}/watch.db"
            asyncio.run(migrate(with_driver(url)))
            yield Place(name, url, Path(folder))
        else:
            with postgres() as server:
                yield Place(name, server.url(server.copy()), Path(folder))


# -- what waits


def alerts(chats: Sequence[int], now: datetime, *, urgent: bool = False) -> list[dict[str, Any]]:
    """Rows of alerts that wait, one for each time that a chat is named."""
    content = {"items": [item_json(item())], "lang": "en", "zone": "UTC"}
    return [letters.waiting(Address("telegram", str(chat)), LetterKind.ALERT, content, urgent, now, "example.org") for chat in chats]


async def put(database: Database, rows: Sequence[dict[str, Any]]) -> None:
    for start in range(0, len(rows), 10_000):
        async with database.writing() as connection:
            await connection.execute(sa.insert(t.letters), rows[start : start + 10_000])


@asynccontextmanager
async def opened(where: Place) -> AsyncIterator[Database]:
    database = open_database(with_driver(where.url))
    try:
        yield database
    finally:
        await database.dispose()


async def fill(where: Place, api: BotApi, chats: Sequence[int]) -> None:
    """Let an alert wait for each of these chats, which Telegram knows."""
    for chat in set(chats):
        api.chat(chat)
    async with opened(where) as database:
        await put(database, alerts(chats, datetime.now(UTC)))
        async with database.writing() as connection:
            await connection.execute(sa.text("ANALYZE"))


# -- who sends


@asynccontextmanager
async def service(where: Place, api: BotApi, rate: float, command: Sequence[str] = (*COMMAND, *DELIVER)) -> AsyncIterator[None]:
    """The service at work, until the end of the block."""
    settings = {"DATABASE_URL": where.url, "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": api.url, "TELEGRAM_RATE": str(rate)}
    environ = surroundings(where.folder, ABREGO, **settings)
    with (where.folder / "log").open("ab") as said:
        process = await asyncio.create_subprocess_exec(*command, env=environ, cwd=ROOT, stdout=asyncio.subprocess.DEVNULL, stderr=said)
    try:
        yield
        process.terminate()
        await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def until(done: Callable[[], bool], api: BotApi) -> bool:
    """Wait for it; False where nothing was sent for STALLED."""
    sent, last = -1, time.monotonic()
    while not done():
        if len(api.transcript) != sent:
            sent, last = len(api.transcript), time.monotonic()
        if time.monotonic() - last > STALLED:
            return False
        await asyncio.sleep(0.005)
    return True


async def pass_by(seconds: float, api: BotApi, what: str) -> tuple[int, int]:
    """Let time pass; how many messages were taken and refused meanwhile."""
    taken, refused = len(api.transcript), api.counted()[429]
    start = said = time.monotonic()
    while (now := time.monotonic()) < start + seconds:
        if now - said >= 15:
            said = now
            print(
                f"{what}: {(len(api.transcript) - taken) / (now - start):.2f}/s, {api.counted()[429] - refused} refused …", file=sys.stderr
            )
        await asyncio.sleep(min(0.2, start + seconds - now))
    return len(api.transcript) - taken, api.counted()[429] - refused


# -- one figure each


async def sustained(where: Place, rate: float, seconds: float) -> str:
    async with BotApi(token=TOKEN) as api:
        await fill(where, api, range(1, int(rate * (seconds + 20)) + 1))
        before = _cpu()
        async with service(where, api, rate):
            began = time.monotonic()
            assert await until(lambda: len(api.transcript) >= rate, api), "nothing was sent"
            sent, refused = await pass_by(seconds, api, f"{rate:g}/s, {where.name}")
        lasted = time.monotonic() - began
    part = (_cpu() - before) / lasted
    goal = f"goal {RATE_GOAL:g} with at most {REFUSED_GOAL:g} in 1,000" if rate > max(RATES[:-1]) else "goal none refused"
    return (
        f"sustained {rate:g}/s, {where.name}: {sent / seconds:.2f} messages a second for {seconds:.0f} s, {refused} refused, "
        f"{1000 * refused / max(1, sent + refused):.2f} of 1,000 ({goal}); {part:.0%} of a core"
    )


def _cpu() -> float:
    """Seconds that ended children worked."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def overtake(where: Place, backlog: int, times: int, seed: int) -> str:
    chance, took = random.Random(seed), []
    async with BotApi(token=TOKEN) as api:
        await fill(where, api, range(1, backlog + 1))
        async with service(where, api, RATES[0]), opened(where) as database:
            assert await until(lambda: len(api.transcript) >= 3 * RATES[0], api), "nothing was sent"
            for number in range(times):
                await asyncio.sleep(chance.uniform(0.2, 1.5))
                chat = 10_000_000 + number
                api.chat(chat)
                start, seen = time.monotonic(), len(api.transcript)
                await put(database, alerts([chat], datetime.now(UTC), urgent=True))
                assert await until(partial(_arrived, api, chat, seen), api), "an urgent alert did not arrive"
                took.append(time.monotonic() - start)
                if not (number + 1) % 10:
                    print(f"{number + 1} urgent alerts, the slowest {max(took):.2f} s …", file=sys.stderr)
        sent, refused = len(api.transcript), api.counted()[429]
    return (
        f"overtake, {where.name}: {times} urgent alerts past a backlog of {backlog:,} being sent at {RATES[0]:g}/s: median "
        f"{statistics.median(took):.2f} s, worst {max(took):.2f} s (goal under {OVERTAKE_GOAL:g}); {sent} sent, {refused} refused"
    )


def _arrived(api: BotApi, chat: int, since: int) -> bool:
    return any(api.transcript[place].chat == chat for place in range(since, len(api.transcript)))


async def flood(without: Place, where: Place, seconds: float, rate: float) -> str:
    others = range(100, 100 + int(rate * (seconds + 15)))
    async with BotApi(token=TOKEN) as api:
        await fill(without, api, others)
        async with service(without, api, rate):
            assert await until(lambda: len(api.transcript) >= rate, api), "nothing was sent"
            alone, _ = await pass_by(seconds, api, "nobody floods")
    async with BotApi(token=TOKEN) as api:
        await fill(where, api, [*[FLOODED] * 5, *others])
        fault = api.fail("429", chat=FLOODED, times=1_000_000, retry_after=int(WAIT.total_seconds()))
        async with service(where, api, rate):
            assert await until(lambda: len(api.transcript) >= rate, api), "nothing was sent"
            beside, _ = await pass_by(seconds, api, "one chat floods")
        asked = sum(call.chat == FLOODED for call in api.calls)
        api.faults.remove(fault)
        (right := where.folder / "skew").write_text("0")
        ahead = ("--epoch", str(time.time()), "--days", str(WAIT / timedelta(days=1)), "--skew", str(right))
        later = (sys.executable, str(ROOT / "benchmarks" / "chaos_worker.py"), *ahead)
        async with service(where, api, rate, later):
            await until(lambda: len(api.transcript) == 5 + len(others), api)
        got = Counter(posted.chat for posted in api.transcript)
    missed = len(others) - len(got.keys() - {FLOODED})
    return (
        f"flood, {where.name}: {beside / seconds:.2f} messages a second while a chat refuses for 12 h, {alone / seconds:.2f} without it; "
        f"asked {asked} time(s) meanwhile, twelve hours later it had {got[FLOODED]} of its 5; of {len(others)} others {missed} had none"
    )


# -- beside python-telegram-bot


def load(messages: int, seed: int) -> list[int]:
    """Chats in the order in which somebody writes to them: most are private and get one; groups get many, and so do some chats, at once."""
    singles = [1_000 + each for each in range(messages * 8 // 10)]
    groups = [-(1 + each % 10) for each in range(messages // 10)]
    mixed = singles + groups
    random.Random(seed).shuffle(mixed)
    bursts = max(1, messages // 200)  # of ten each, a twentieth in all
    for each in range(2 * bursts):
        at = each * len(mixed) // (2 * bursts)
        mixed[at:at] = [500 + each] * 10
    return mixed[:messages]


async def ptb(url: str, settings: dict[str, Any], chats: Sequence[int]) -> dict[str, float]:
    """Send by python-telegram-bot alone; how many it gave up, and how long it took."""
    request = HTTPXRequest(connection_pool_size=64, pool_timeout=3600, read_timeout=20)
    bot = ExtBot(TOKEN, base_url=f"{url}/bot", request=request, rate_limiter=AIORateLimiter(**settings))
    async with bot:
        start = time.monotonic()
        ended = await asyncio.gather(
            *(bot.send_message(chat, f"{number}: an order") for number, chat in enumerate(chats)), return_exceptions=True
        )
        return {"lost": sum(isinstance(each, TelegramError) for each in ended), "seconds": time.monotonic() - start}


async def peer(where: Place, messages: int, seed: int) -> str:
    chats = load(messages, seed)
    said = []
    for name in PEERS:
        async with BotApi(token=TOKEN) as api:
            for chat in set(chats):
                api.chat(chat)
            command = (sys.executable, __file__, "--ptb", json.dumps([api.url, name, messages, seed]))
            environ = os.environ | {"PTB_TIMEDELTA": "1"}
            process = await asyncio.create_subprocess_exec(
                *command, env=environ, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
            )
            out, _ = await process.communicate()
            result = json.loads(out)
            said.append(_beside(f"AIORateLimiter {name}", api, len(chats), result["seconds"]))
        print(said[-1], file=sys.stderr)
    async with BotApi(token=TOKEN) as api:
        await fill(where, api, chats)
        async with service(where, api, PEER_RATE):
            await until(lambda: len(api.transcript) >= 1, api)
            start = time.monotonic()
            await until(lambda: len(api.transcript) == len(chats), api)
            said.append(_beside(f"this service at {PEER_RATE:g}/s, {where.name}", api, len(chats), time.monotonic() - start))
    return f"peer, {len(chats):,} messages to {len(set(chats)):,} chats: " + "; ".join(said)


def _beside(name: str, api: BotApi, asked: int, seconds: float) -> str:
    return f"{name}: {api.counted()[429]} refused, {asked - len(api.transcript)} lost, {seconds:.0f} s"


# -- the command


def main() -> int:
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").partition("\n")[0],
        epilog="example: python benchmarks/pacing.py --sustained 27.3 --seconds 60 --postgres",
    )
    parser.add_argument("--sustained", type=float, metavar="RATE", help="messages a second that the service is set to")
    parser.add_argument("--overtake", type=int, metavar="N", help="routine alerts that wait")
    parser.add_argument("--flood", action="store_true")
    parser.add_argument("--peer", type=int, metavar="N", help="messages")
    parser.add_argument("--seconds", type=float, help=f"that --sustained ({SECONDS:g}) and --flood ({FLOOD_SECONDS:g}) measure")
    parser.add_argument("--times", type=int, default=URGENT, help=f"urgent alerts of --overtake (default {URGENT})")
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL, not on SQLite")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ptb", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.ptb:
        url, name, messages, seed = json.loads(given.ptb)
        print(json.dumps(asyncio.run(ptb(url, PEERS[name], load(messages, seed)))))
        return 0
    everything = not (given.sustained or given.overtake or given.flood or given.peer)
    for name in ("sqlite", "postgresql") if everything else ("postgresql" if given.postgres else "sqlite",):
        for figure in _wanted(given, name, everything):
            print(figure(), flush=True)
    return 0


def _wanted(given: argparse.Namespace, name: str, everything: bool) -> Iterator[Callable[[], str]]:
    def on(run: Callable[[Place], Awaitable[str]]) -> Callable[[], str]:
        def measured() -> str:
            with place(name) as where:
                return asyncio.run(_awaited(run(where)))

        return measured

    def flooding() -> str:
        with place(name) as without, place(name) as where:
            return asyncio.run(flood(without, where, given.seconds or FLOOD_SECONDS, RATES[0]))

    for rate in RATES if everything else [given.sustained] if given.sustained else []:
        yield on(partial(sustained, rate=rate, seconds=given.seconds or SECONDS))
    if everything or given.overtake:
        yield on(lambda where: overtake(where, given.overtake or BACKLOG, given.times, given.seed))
    if everything or given.flood:
        yield flooding
    if given.peer or (everything and name == "sqlite"):
        yield on(lambda where: peer(where, given.peer or MESSAGES, given.seed))


async def _awaited(run: Awaitable[str]) -> str:
    return await run


if __name__ == "__main__":
    sys.exit(main())
