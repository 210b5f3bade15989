"""Hosts whose clocks are hours apart, on one PostgreSQL: only the database's time decides, and nobody can tell from what was done."""

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from alerts.models import Address
from alerts.storage import Outbox
from alerts.storage import tables as t
from tests.outboxes import rows
from tests.papers import Moment
from tests.press import CECOT, NEW, OLD, feed, feed_table
from tests.processes import surroundings, until
from tests.test_outage import Kept
from watcher import workers
from watcher.app import App, build
from watcher.config import settings
from watcher.storage import Database
from watcher.storage import tables as w
from watcher.storage.presence import Presence
from watcher.storage.views import Views
from watcher.testing.payloads import PayloadServer
from watcher.web import Metrics
from watcher.workers import Service

APART = timedelta(hours=7)
NEAR = timedelta(minutes=3)  #: by which a time may differ from that of the database: a slow machine, and what is due in a moment
READER = Address.parse("telegram:1")


async def test_hosts_with_clocks_hours_apart_poll_tell_and_send_by_the_time_of_the_database(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "TICK", 0.05)
    async with PayloadServer({"/press": feed(OLD)}) as press:
        rules = feed_table("press", press.base, 'every = "1s"') + CECOT
        known = settings(surroundings(tmp_path, rules, DATABASE_URL=postgres_url, ALLOW_PRIVATE="1"))
        channel = Kept("telegram", per_second=30.0, per_chat=0.1)
        hosts: list[App] = []
        for by in (-APART, APART):
            clock = lambda by=by: datetime.now(UTC) + by  # noqa: E731 - of this host
            hosts.append(replace(await build(known, chance=lambda: 0.0), clock=clock, channels={"telegram": channel}))
        first = hosts[0]
        now = await first.database.now()
        assert abs(now - datetime.now(UTC)) < NEAR
        await first.book.follow(READER, ["cecot"], now)
        services = [Service(host, ["poll", "deliver"], Metrics()) for host in hosts]
        running = [asyncio.create_task(service.run()) for service in services]

        async def polled() -> bool:
            return all(row.state.polls for row in await Views(first.database).sources())

        async def told() -> bool:
            return bool(await rows(first.database, sa.select(t.letters.c.id).where(t.letters.c.settled_at.is_not(None))))

        await until(polled)
        press.routes["/press"] = feed(OLD, NEW)
        await until(told)
        for service in services:
            service.stop.set()
        await asyncio.gather(*running)
        assert [[item.title for item in letter.items] for letter in channel.sent] == [[NEW]]
        times = [
            getattr(table.c, name)
            for table, names in (
                (w.sources, ("next_poll_at", "last_ok_at")),
                (w.documents, ("first_seen", "changed_at")),
                (w.revisions, ("at",)),
                (w.buckets, ("free_at",)),
                (w.presence, ("seen_at",)),
                (t.deliveries, ("due_at", "created_at")),
                (t.letters, ("created_at", "due_at", "settled_at")),
            )
            for name in names
        ]
        for column in times:
            stored = [moment for (moment,) in await rows(first.database, sa.select(column))]
            assert stored, column
            assert [moment for moment in stored if abs(moment - now) > NEAR] == [], column
        assert await rows(first.database, sa.select(w.presence.c.role).where(w.presence.c.away_from.is_not(None))) == []
        for host in hosts:
            await host.database.dispose()
            await host.fetcher.close()


async def test_a_clock_that_went_back_by_hours_stops_nothing(
    database: Database, outbox: Outbox, caplog: pytest.LogCaptureFixture, tmp_path: Path, operator_url: str
) -> None:
    clock = Moment()
    known = settings(surroundings(tmp_path, CECOT, DATABASE_URL=operator_url))
    app = await build(known, clock=clock)
    service = Service(app, ["deliver"], Metrics())
    await service._beat("deliver", clock.now)
    async with database.writing() as connection:
        await connection.execute(sa.insert(w.buckets).values(key="chat:telegram:1", free_at=clock.now + timedelta(seconds=1)))
    clock.now -= APART
    with caplog.at_level(logging.ERROR):
        await service._beat("deliver", clock.now)
        await service._beat("deliver", clock.now)
    assert [record.getMessage()[:21] for record in caplog.records] == ["the clock went back t"]
    assert await rows(database, sa.select(w.buckets.c.free_at)) == [(clock.now,)]
    assert await Presence(database).seen() == {"deliver": clock.now}
    await app.close()
