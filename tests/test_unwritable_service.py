"""The service on a PostgreSQL that turns read-only, with no restart: polling pauses, the operator hears of it, and all is told after."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from alerts.models import Address, LetterKind
from tests.databases import Server
from tests.press import CECOT, NEW, OLD, feed, feed_table
from tests.processes import surroundings, until
from tests.test_outage import Kept
from watcher import workers
from watcher.app import build
from watcher.config import settings
from watcher.errors import UnwritableError
from watcher.storage import guard
from watcher.storage.views import Views
from watcher.testing.payloads import PayloadServer
from watcher.web import Metrics
from watcher.workers import Service


async def is_away_still(service: Service) -> bool:
    """Whether it was asked again, and is in trouble."""
    with pytest.raises(UnwritableError):
        await service.app.database.probe()
    return service.guard.trouble is not None and service.guard.trouble.unwritable


async def test_a_postgresql_that_turns_read_only_pauses_polling_and_the_operator_is_told_past_it(
    postgres_server: Server, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for room, name, value in ((workers, "TICK", 0.05), (guard, "SERIOUS", 0.0), (guard, "LOOKS", 0.05)):
        monkeypatch.setattr(room, name, value)
    monkeypatch.setattr(guard, "pause", lambda _failures, _chance: 0.05)
    name, channel = postgres_url.rpartition("/")[2], Kept("telegram")
    async with PayloadServer({"/press": feed(OLD)}) as press:
        rules = feed_table("press", press.base, 'every = "1s"') + CECOT
        given = {"DATABASE_URL": postgres_url, "ALLOW_PRIVATE": "1", "OPERATOR": "telegram:99"}
        app = replace(await build(settings(surroundings(tmp_path, rules, **given)), chance=lambda: 0.0), channels={"telegram": channel})
        await app.book.follow(Address.parse("telegram:1"), ["cecot"], await app.database.now())
        service = Service(app, ["poll", "deliver"], Metrics())
        running = asyncio.create_task(service.run())

        async def polls() -> int:
            return next((row.state.polls for row in await Views(app.database).sources()), 0)

        async def polled() -> bool:
            return await polls() > 0

        async def in_trouble() -> bool:
            return service.guard.trouble is not None and bool(channel.sent)

        async def told() -> bool:
            return NEW in str(channel.sent)

        await until(polled)
        postgres_server.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        postgres_server.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")  # noqa: S608 - our own name
        await until(in_trouble)
        press.routes["/press"] = feed(OLD, NEW)
        waiting = asyncio.create_task(service.guard.well(service.stop))  # as who polls does
        assert await is_away_still(service)
        assert not waiting.done()
        postgres_server.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
        await until(told)
        service.stop.set()
        await running
        await app.database.dispose()
        await app.fetcher.close()
    notices = [letter.text.partition(": ")[2] for letter in channel.sent if letter.kind is LetterKind.NOTICE]
    told_of = [notice.partition(": ")[0].partition(",")[0] for notice in notices]  # a statement that failed, or the guard that looked
    assert told_of == ["the database takes nothing new", "The database is well again"]
    assert sum(NEW in str(letter) for letter in channel.sent) == 1
