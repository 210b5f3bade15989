"""When the service asks the database, and for what: it keeps the database's time, and tries nothing that must wait."""

import asyncio
import io
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from alerts.deliver import Sender
from alerts.models import Address, Later, Letter, LetterKind
from alerts.retry import settle
from alerts.storage import Names, Outbox
from tests.papers import NOW, Moment
from tests.press import CECOT
from tests.processes import until
from watcher.app import build
from watcher.config import settings
from watcher.storage.presence import Outage, Presence, outages
from watcher.web import Metrics
from watcher.workers import DatabaseTime, Service

HOUR = timedelta(hours=1)


async def test_the_time_is_the_databases_though_it_is_asked_only_now_and_then() -> None:
    ours = Moment()
    ahead = [HOUR]

    async def ask() -> datetime:
        return ours.now + ahead.pop()

    time = DatabaseTime(ask, ours)
    assert time() == NOW
    await time.measure()
    assert time() == NOW + HOUR
    ours.now += HOUR
    assert time() == NOW + 2 * HOUR


async def test_a_database_that_answers_slowly_now_and_then_is_no_clock_that_jumps() -> None:
    """Or a sender would stand still for seconds each time, which is always."""
    ours = Moment()
    ahead, slow = HOUR, timedelta(0)

    async def ask() -> datetime:
        said = ours.now + ahead
        ours.now += slow
        return said

    time = DatabaseTime(ask, ours)
    for slow in (timedelta(0), timedelta(seconds=3)) * 2:  # noqa: B007 - `ask` reads it
        await time.measure()
        assert time() - ours.now == HOUR
    ahead = 2 * HOUR
    await time.measure()
    assert abs(time() - ours.now - 2 * HOUR) <= slow
    ours.now += HOUR
    ahead -= HOUR
    await time.measure()
    assert abs(time() - ours.now - HOUR) <= slow


class Counting(Outbox):
    """Counts how often it is looked at, and how often somebody tries to claim, which writes."""

    looks = claims = 0

    async def next_start(self, *arguments: Any) -> datetime | None:
        self.looks += 1
        return await super().next_start(*arguments)

    async def claim(self, *arguments: Any, **pace: Any) -> list[Letter]:
        self.claims += 1
        return await super().claim(*arguments, **pace)


async def test_a_channel_that_is_held_is_looked_at_and_not_claimed_from(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(CECOT)
    environ = {"WATCHER_SOURCES": str(tmp_path / "sources.toml"), "WATCHER_DATA": str(tmp_path)}
    terminal = io.StringIO()
    app = await build(settings(environ), clock=Moment(), terminal=terminal)
    outbox = Counting(app.database, names=lambda: Names(watches={}))
    for words in ("first", "second"):
        await outbox.post(Address("console"), LetterKind.NOTICE, words, NOW)
    (letter,) = await outbox.claim("console", NOW, free=1, per_second=0.0, lease=HOUR)
    await outbox.settle(letter, settle(letter, Later(10 * HOUR, "channel", "full"), NOW, gap=timedelta(0)), NOW)
    outbox.claims = 0
    service = Service(replace(app, outbox=outbox), ["deliver"], Metrics())
    running = asyncio.create_task(service.run())

    async def looked_often() -> bool:
        service.send_soon()
        return outbox.looks >= 5

    await until(looked_often)
    service.stop.set()
    await running
    await app.close()
    assert (outbox.claims, terminal.getvalue()) == (0, "")


async def test_an_outage_is_known_before_the_first_letter_after_it_is_claimed(tmp_path: Path) -> None:
    """Who composes may come to it later than who sends."""
    (tmp_path / "sources.toml").write_text(CECOT)
    environ = {"WATCHER_SOURCES": str(tmp_path / "sources.toml"), "WATCHER_DATA": str(tmp_path)}
    app = await build(settings(environ), clock=Moment(), terminal=io.StringIO())
    await Presence(app.database).beat("deliver", NOW - 30 * HOUR)
    await app.outbox.post(Address("console"), LetterKind.NOTICE, "waits", NOW - 30 * HOUR)
    known: list[Outage] = []

    class Looking(Outbox):
        async def claim(self, *arguments: Any, **pace: Any) -> list[Letter]:
            async with self.database.reading() as connection:
                known.extend(await outages(connection, NOW - HOUR, NOW))
            return await super().claim(*arguments, **pace)

    outbox = Looking(app.database, names=lambda: Names(watches={}))
    service = Service(replace(app, outbox=outbox), ["deliver"], Metrics())
    sender = Sender(app.channels["console"], outbox, service.time)
    await service._send(sender)
    await sender.drain()
    await app.close()
    assert known == [Outage(role="deliver", began=NOW - 30 * HOUR, ended=NOW)]
