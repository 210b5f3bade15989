"""`kill -9` in the middle of an urgent alert to 200 chats: all 200 are told, and nobody twice who was not in flight."""

import asyncio
import os
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from alerts.models import Address
from alerts.storage import Book
from alerts.storage import tables as t
from tests.conftest import ROOT
from tests.databases import Server
from tests.papers import judged, order
from watcher.storage import Database, SourceStore, open_database
from watcher.storage import tables as w
from watcher.testing.telegram import BotApi

CHATS = range(1001, 1201)
TOKEN = "700000001:AAFakeTokenOfTheTestsOnlyaaaaaaaaaa"
PATIENCE = 60.0  #: seconds; eight are enough on a machine with nothing else to do
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
RULES = '[[case]]\nid = "abrego-garcia"\ntitle = "Abrego Garcia v. Noem"\nnames = ["Kilmar Abrego Garcia"]\n'


async def prepare(database: Database) -> None:
    """200 chats that follow a case, and an order in it that is to be told."""
    now = datetime.now(UTC)
    book = Book(database)
    for chat in CHATS:
        await book.follow(Address.parse(f"telegram:{chat}"), ["abrego-garcia"], now - timedelta(days=1))
    store = SourceStore(database)
    await store.enrol({"courts": "x"}, now)
    (state,) = await store.claim_named(["courts"], now)
    await store.save(state, [judged(order(), "abrego-garcia")], now)


async def start(environ: dict[str, str]) -> asyncio.subprocess.Process:
    command = [sys.executable, "-m", "watcher", "run", "--role", "deliver"]
    return await asyncio.create_subprocess_exec(*command, env=environ, cwd=ROOT, stderr=asyncio.subprocess.DEVNULL)


async def until(done: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await done():
            await asyncio.sleep(0.02)


async def in_flight(database: Database) -> int:
    async with database.reading() as connection:
        flying = sa.select(sa.func.count()).where(t.letters.c.state == "sending")
        number: int = (await connection.execute(flying)).scalar_one()
        return number


def told(api: BotApi) -> Counter[int]:
    """How many messages each chat has got."""
    return Counter(posted.chat for posted in api.transcript)


async def let_leases_end(database: Database) -> None:
    """The same as waiting for it: what was in flight, and the chats that are held for it, lie far back."""
    async with database.writing() as connection:
        await connection.execute(sa.update(t.letters).where(t.letters.c.state == "sending").values(lease_until=LONG_AGO))
        await connection.execute(sa.update(w.buckets).values(free_at=LONG_AGO))


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """As an operator writes it in WATCHER_DATABASE_URL."""
    if request.param == "sqlite":
        file = tmp_path / "watch.sqlite"
        shutil.copy(request.getfixturevalue("sqlite_template"), file)
        return f"sqlite:///{file}"
    server: Server = request.getfixturevalue("postgres_server")
    return server.url(server.copy())


@pytest.fixture
def environ(url: str, tmp_path: Path) -> dict[str, str]:
    rules = tmp_path / "sources.toml"
    rules.write_text(RULES)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WATCHER_")}
    ours = {"WATCHER_SOURCES": str(rules), "WATCHER_DATA": str(tmp_path), "WATCHER_DATABASE_URL": url, "WATCHER_TELEGRAM_TOKEN": TOKEN}
    return kept | ours


def opened(url: str) -> Database:
    return open_database(url.replace("sqlite:", "sqlite+aiosqlite:").replace("postgresql:", "postgresql+psycopg:"))


async def test_killed_amid_an_urgent_alert_everybody_is_told_and_only_those_in_flight_twice(url: str, environ: dict[str, str]) -> None:
    database = opened(url)
    await prepare(database)
    async with BotApi(token=TOKEN, scale=4.0) as api:
        for chat in CHATS:
            api.chat(chat)
        environ["WATCHER_TELEGRAM_API_URL"] = api.url

        async def some_are_told() -> bool:
            return len(told(api)) >= 60 and await in_flight(database) > 0

        first = await start(environ)
        await until(some_are_told)
        first.send_signal(signal.SIGKILL)
        assert await first.wait() == -signal.SIGKILL
        flying = await in_flight(database)
        assert len(told(api)) < len(CHATS), "it was killed too late to prove anything"
        await let_leases_end(database)

        async def all_are_settled() -> bool:
            async with database.reading() as connection:
                states = Counter((await connection.execute(sa.select(t.letters.c.state))).scalars())
            return states == {"sent": len(CHATS)}

        second = await start(environ)
        await until(all_are_settled)
        second.terminate()
        assert await second.wait() == 0
        arrived = told(api)
        assert set(arrived) == set(CHATS)
        doubles = [chat for chat, times in arrived.items() if times > 1]
        assert sum(arrived.values()) - len(CHATS) <= flying
        assert all("repeat" in api.sent(chat)[-1].lower() for chat in doubles)
    await database.dispose()


async def test_stopped_gracefully_amid_it_nothing_is_left_in_flight_and_nothing_is_told_twice(url: str, environ: dict[str, str]) -> None:
    database = opened(url)
    await prepare(database)
    async with BotApi(token=TOKEN, scale=4.0) as api:
        for chat in CHATS:
            api.chat(chat)
        environ["WATCHER_TELEGRAM_API_URL"] = api.url

        async def some_are_told() -> bool:
            return len(told(api)) >= 40

        first = await start(environ)
        await until(some_are_told)
        first.terminate()
        assert await first.wait() == 0
        assert await in_flight(database) == 0
        assert len(told(api)) < len(CHATS)

        async def all_are_told() -> bool:
            return len(told(api)) == len(CHATS)

        second = await start(environ)
        await until(all_are_told)
        second.terminate()
        assert await second.wait() == 0
        assert set(told(api).values()) == {1}
    await database.dispose()
