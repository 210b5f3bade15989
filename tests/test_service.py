"""The service at work: real source on loopback, real database, alerts on a terminal of ours."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from alerts.models import Address
from tests.press import CECOT, NEW, OLD, feed, feed_table
from tests.processes import until
from watcher.app import App, build
from watcher.config import settings
from watcher.ports import Page
from watcher.storage.views import Views
from watcher.testing.payloads import PayloadServer
from watcher.web import Metrics
from watcher.workers import Service, pages


def rules(base: str, *names: str) -> str:
    return "".join(feed_table(name, base, 'title = "The Press"', 'every = "1s"') for name in names or ("press",)) + CECOT


class Running:
    """One process's worth of service, in this loop."""

    def __init__(self, app: App, terminal: io.StringIO, roles: list[str]) -> None:
        self.app = app
        self.terminal = terminal
        self.metrics = Metrics()
        self.service = Service(app, roles, self.metrics)

    async def printed(self, words: str) -> None:
        async def is_there() -> bool:
            return words in self.terminal.getvalue().replace("\n", " ").replace("  ", " ")

        await until(is_there)

    async def polled(self, times: int) -> None:
        async def enough() -> bool:
            return any(row.state.polls >= times for row in await Views(self.app.database).sources())

        await until(enough)


@asynccontextmanager
async def running(folder: Path, base: str, roles: list[str], database: str = "") -> AsyncIterator[Running]:
    folder.mkdir(exist_ok=True)
    file = folder / "sources.toml"
    if not file.exists():
        file.write_text(rules(base))
    environ = {"WATCHER_SOURCES": str(file), "WATCHER_DATA": str(folder), "WATCHER_ALLOW_PRIVATE": "1", "WATCHER_DATABASE_URL": database}
    terminal = io.StringIO()
    app = await build(settings(environ), terminal=terminal, chance=lambda: 0.0)
    one = Running(app, terminal, roles)
    if "deliver" in roles:
        await app.start_console()
    task = asyncio.create_task(one.service.run())
    try:
        yield one
    finally:
        one.service.stop.set()
        await task
        await app.close()


@pytest.fixture
async def press() -> AsyncIterator[PayloadServer]:
    async with PayloadServer({"/press": feed(OLD)}) as server:
        yield server


async def test_what_is_published_is_told_with_its_reason_and_the_first_look_is_silent(press: PayloadServer, tmp_path: Path) -> None:
    press.routes["/press"] = feed(OLD, "Before the start: the CECOT prison")
    async with running(tmp_path, press.base, ["poll", "deliver"]) as service:
        await service.polled(1)
        press.routes["/press"] = feed(OLD, "Before the start: the CECOT prison", NEW)
        await service.printed("“CECOT prison”")
        said = service.terminal.getvalue()
    assert NEW in said
    assert "The prison CECOT" in said
    assert "Before the start" not in said


async def test_a_restart_tells_nothing_twice(press: PayloadServer, tmp_path: Path) -> None:
    async with running(tmp_path, press.base, ["poll", "deliver"]) as service:
        await service.polled(1)
        press.routes["/press"] = feed(OLD, NEW)
        await service.printed(NEW)
    async with running(tmp_path, press.base, ["poll", "deliver"]) as again:
        await again.polled(3)
        assert again.terminal.getvalue() == ""


async def test_a_stop_breaks_off_polls_that_do_not_end_and_gives_their_sources_back(
    press: PayloadServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watcher.workers.STOP", 0.01)
    asked, over = asyncio.Event(), asyncio.Event()

    async def never(*_: object) -> Page:
        asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            over.set()
        raise AssertionError

    async with running(tmp_path, press.base, []) as idle:
        monkeypatch.setattr(idle.app.fetcher, "get", never)
        service = Service(idle.app, ["poll"], Metrics())
        task = asyncio.create_task(service.run())
        await asked.wait()
        service.stop.set()
        await task
        (row,) = await Views(idle.app.database).sources()
    assert (over.is_set(), row.state.lease_until, row.state.polls, row.state.failures) == (True, None, 0, 0)


async def test_a_changed_file_is_in_force_without_a_restart_and_a_broken_one_is_not(press: PayloadServer, tmp_path: Path) -> None:
    async with running(tmp_path, press.base, ["poll", "deliver"]) as service:
        await service.polled(1)
        file = tmp_path / "sources.toml"
        file.write_text("[[source]]\nid = 5\n")
        service.service.file_due.set()

        async def refused() -> bool:
            return service.app.current.fault is not None

        await until(refused)
        assert set(service.app.current.sources) == {"press"}
        press.routes["/more"] = feed(OLD)
        file.write_text(rules(press.base, "press", "more"))
        service.service.file_due.set()

        async def both() -> bool:
            return len([row for row in await Views(service.app.database).sources() if row.state.polls]) == 2

        await until(both)
        assert service.app.current.fault is None


async def test_on_postgresql_one_process_polls_and_another_tells(press: PayloadServer, tmp_path: Path, postgres_url: str) -> None:
    async with (
        running(tmp_path / "one", press.base, ["poll"], postgres_url) as poller,
        running(tmp_path / "two", press.base, ["deliver"], postgres_url) as teller,
    ):
        await poller.polled(1)
        press.routes["/press"] = feed(OLD, NEW)
        await teller.printed(NEW)
        assert poller.terminal.getvalue() == ""


async def test_many_pollers_on_one_database_read_each_answer_once(press: PayloadServer, tmp_path: Path, postgres_url: str) -> None:
    async with (
        running(tmp_path / "one", press.base, ["poll"], postgres_url) as one,
        running(tmp_path / "two", press.base, ["poll", "deliver"], postgres_url) as two,
    ):
        await one.polled(1)
        press.routes["/press"] = feed(OLD, NEW)
        await two.printed(NEW)
        await one.polled(5)
        (row,) = await Views(one.app.database).sources()
        assert row.documents == 2
        assert two.terminal.getvalue().count(NEW) == 1
        assert row.state.attempt - row.state.polls <= 1  # each claim was one poll: no two of one tick


async def test_the_page_and_the_metrics_of_a_process_say_which_channel_is_off(press: PayloadServer, tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(rules(press.base))
    environ = {"WATCHER_SOURCES": str(tmp_path / "sources.toml"), "WATCHER_DATA": str(tmp_path), "WATCHER_ALLOW_PRIVATE": "1"}
    environ |= {"WATCHER_HTTP": "127.0.0.1:0", "WATCHER_SMTP_URL": "smtp://127.0.0.1:9", "WATCHER_MAIL_FROM": "watch@example.org"}
    app = await build(settings(environ))
    for address in ("telegram:7", "mailto:ann@example.org"):
        await app.book.follow(Address.parse(address), ["cecot"], await app.database.now())
    at = asyncio.get_running_loop().create_future()
    stop = asyncio.Event()
    served = asyncio.create_task(pages(app, Metrics(), at.set_result)(stop))
    async with httpx.AsyncClient(base_url=await at) as client:
        page, metrics = (await client.get("/status")).text, (await client.get("/metrics")).text
    stop.set()
    await served
    await app.close()
    assert "Telegram is off: nothing leaves by it until the operator sets WATCHER_TELEGRAM_TOKEN." in page
    assert "Mail is off" not in page
    assert 'watcher_channel_on{channel="telegram"} 0.0' in metrics
    assert 'watcher_subscribers{channel="telegram"} 1.0' in metrics
    assert 'watcher_channel_on{channel="mailto"} 1.0' in metrics
