"""An alert waits for no tick: what is stored wakes whoever composes, and what is composed wakes whoever sends.

Here the ticks are an hour apart and the clock stands still, so an alert that arrives was woken by what was stored. A stop waits for
every worker, so it too must wake each.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
import sqlalchemy as sa

from alerts.models import Address
from alerts.storage import Book
from tests.papers import NOW, Moment, judged, order
from tests.press import ABREGO, CECOT, NEW, OLD, feed, feed_table
from tests.processes import PATIENCE, TOKEN, surroundings, until
from watcher import workers
from watcher.app import App, build, poll_once
from watcher.config import settings
from watcher.storage import Database
from watcher.storage.database import BELL
from watcher.testing.payloads import PayloadServer
from watcher.testing.telegram import BotApi
from watcher.web import Metrics
from watcher.workers import Service

CHAT = 4711
HOUR = timedelta(hours=1)


class Bell(asyncio.Event):
    """An event that knows how many wait for it."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting = 0

    async def wait(self) -> Literal[True]:
        self.waiting += 1
        try:
            return await super().wait()
        finally:
            self.waiting -= 1


@pytest.fixture(autouse=True)
def no_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "TICK", HOUR.total_seconds())
    monkeypatch.setattr(workers, "STOP", HOUR.total_seconds())


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi(token=TOKEN, scale=20.0) as api:
        api.chat(CHAT)
        yield api


@asynccontextmanager
async def idle(app: App, *roles: str) -> AsyncIterator[Service]:
    """A service whose first looks are over: nothing was due, and every worker waits to be woken."""
    service = Service(app, roles, Metrics())
    senders = {name: Bell() for name in app.channels}
    service.poll_due, service.tell_due, *_ = bells = (Bell(), Bell(), *senders.values())
    service.send_due = dict(senders)
    workers_of = (int("poll" in roles), 1, *(1 for _ in senders))

    async def all_wait() -> bool:
        return not any(bell.is_set() for bell in bells[1:]) and tuple(bell.waiting for bell in bells) == workers_of

    running = asyncio.create_task(service.run())
    try:
        await until(all_wait)
        yield service
    finally:
        service.stop.set()
        async with asyncio.timeout(PATIENCE):
            await running
        await app.close()


async def arrived(api: BotApi, words: str) -> None:
    async def is_there() -> bool:
        return any(words in text for text in api.sent(CHAT))

    await until(is_there)


async def test_what_a_poll_stores_is_told_without_waiting_for_a_tick(
    database: Database, operator_url: str, api: BotApi, tmp_path: Path
) -> None:
    await Book(database).follow(Address.parse(f"telegram:{CHAT}"), ["cecot"], NOW - HOUR)
    clock = Moment()
    async with PayloadServer({"/press": feed(OLD)}) as press:
        given = {"DATABASE_URL": operator_url, "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": api.url, "ALLOW_PRIVATE": "1"}
        app = await build(
            settings(surroundings(tmp_path, feed_table("press", press.base) + CECOT, **given)), clock=clock, chance=lambda: 0.0
        )
        await poll_once(app, None)
        async with idle(app, "poll", "deliver") as service:
            press.routes["/press"] = feed(OLD, NEW)
            clock.now += HOUR
            service.poll_due.set()
            await arrived(api, "CECOT prison")


async def test_on_postgresql_what_another_process_stores_is_told_without_waiting_for_a_tick(
    postgres_url: str, api: BotApi, tmp_path: Path
) -> None:
    given = {"DATABASE_URL": postgres_url, "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": api.url}
    known = settings(surroundings(tmp_path, ABREGO, **given))
    app, other = [await build(known, clock=lambda: NOW) for _ in range(2)]
    await app.book.follow(Address.parse(f"telegram:{CHAT}"), ["abrego-garcia"], NOW - HOUR)

    async def listens() -> bool:
        listening = sa.text("SELECT count(*) FROM pg_stat_activity WHERE query = :query AND state = 'idle'")
        async with other.database.reading() as connection:
            number: int = (await connection.execute(listening, {"query": f"LISTEN {BELL}"})).scalar_one()
        return number == 1

    async with idle(app, "deliver"):
        await until(listens)
        await other.store.enrol({"courts": "http://127.0.0.1:9/"}, NOW)
        (state,) = await other.store.claim_named(["courts"], NOW)
        await other.store.save(state, [judged(order(), "abrego-garcia")], NOW)
        await arrived(api, order().headline)
        await other.close()
