"""Phrases of subscribers in a running service: taken up while it runs, by every process, and kept over a new `sources.toml`."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from alerts.models import Address
from tests.press import NEW, OLD, feed, feed_table
from tests.processes import surroundings, until, watcher
from tests.test_service import Running, rules, running
from watcher.app import CONSOLE, App, build, poll_once
from watcher.config import settings
from watcher.own import is_own
from watcher.testing.payloads import PayloadServer

TOWN, BASE, PORT = "A flight to Tecoluca is planned", "The base at Megara opens", "The port of Nauplia closes"


@pytest.fixture
async def press() -> AsyncIterator[PayloadServer]:
    async with PayloadServer({"/press": feed(OLD)}) as server:
        yield server


async def own(app: App, *phrases: str) -> None:
    await app.book.own_phrases(CONSOLE, phrases, await app.database.now())


async def judged_by(service: Running, *watches: str) -> None:
    """The service judges by these of subscribers, and no others."""

    async def it_is() -> bool:
        service.service.file_due.set()
        return tuple(watch.id for watch in service.app.current.rules.watches if is_own(watch.id)) == watches

    await until(it_is)


async def test_a_phrase_is_judged_by_from_when_it_is_owned_until_it_is_ended(press: PayloadServer, tmp_path: Path) -> None:
    async with running(tmp_path, press.base, ["poll", "deliver"]) as service:
        await service.polled(1)
        await own(service.app, "Tecoluca", "Megara")
        await judged_by(service, "own-1", "own-2")
        press.routes["/press"] = feed(OLD, TOWN)
        await service.printed("your phrase “Tecoluca” — found “Tecoluca”")
        await service.app.book.end_phrases(CONSOLE, ["megara"])
        await judged_by(service, "own-1")
        press.routes["/press"] = feed(OLD, TOWN, BASE)
        await service.polled(4)
        press.routes["/press"] = feed(OLD, TOWN, BASE, "Tecoluca is reached")
        await service.printed("Tecoluca is reached")
        assert BASE not in service.terminal.getvalue()


async def test_a_new_file_is_in_force_with_the_phrases_that_are_owned(press: PayloadServer, tmp_path: Path) -> None:
    async with running(tmp_path, press.base, ["poll", "deliver"]) as service:
        await service.polled(1)
        await own(service.app, "Tecoluca")
        await judged_by(service, "own-1")
        before = service.app.current.in_force
        file = tmp_path / "sources.toml"
        file.write_text(file.read_text() + '\n[[doctrine]]\nid = "ports"\ntitle = "Ports"\nterms = ["Nauplia"]\n')

        async def taken() -> bool:
            service.service.file_due.set()
            return service.app.current.in_force is not before

        await until(taken)
        assert [watch.id for watch in service.app.current.rules.watches] == ["cecot", "ports", "own-1"]
        press.routes["/press"] = feed(OLD, TOWN)
        await service.printed("your phrase “Tecoluca”")


async def test_every_process_takes_up_what_one_was_told(press: PayloadServer, tmp_path: Path, operator_url: str) -> None:
    async with (
        running(tmp_path / "one", press.base, ["poll"], operator_url) as one,
        running(tmp_path / "two", press.base, ["poll"], operator_url) as two,
        running(tmp_path / "three", press.base, ["deliver"], operator_url) as three,
    ):
        await own(one.app, "Tecoluca")
        environ = surroundings(tmp_path / "two", (tmp_path / "two" / "sources.toml").read_text(), DATABASE_URL=operator_url)
        added = await asyncio.to_thread(watcher, environ, "subscribers", "add", "console:", "--phrase", "Nauplia")
        assert "phrase “Nauplia”" in added.stdout
        for each in (one, two):
            await judged_by(each, "own-1", "own-2")
        await three.app.book.forget(CONSOLE)
        for each in (one, two):
            await judged_by(each)
        assert [watch.id for watch in three.app.current.rules.watches] == ["cecot"]


async def test_at_the_start_and_by_hand_nothing_is_judged_without_them(press: PayloadServer, tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(
        rules(press.base) + feed_table("limited", press.base, 'watches = ["cecot"]', 'first_run = "last:9"')
    )
    environ = {"WATCHER_SOURCES": str(tmp_path / "sources.toml"), "WATCHER_DATA": str(tmp_path), "WATCHER_ALLOW_PRIVATE": "1"}
    press.routes["/limited"] = feed(PORT, NEW, paper="limited.example")
    app = await build(settings(environ))
    await own(app, "Tecoluca", "Nauplia")
    await poll_once(app, None)
    press.routes["/press"] = feed(OLD, TOWN)
    await poll_once(app, ["press"])
    now = await app.database.now()
    stories = {revision.story: revision.new_watches for revision in await app.outbox.open_revisions()}
    assert sorted(stories.values()) == [("cecot",), ("own-1",)]  # the source that is limited to topics is judged by no phrase
    for revision in await app.outbox.open_revisions():
        await app.outbox.fan_out(revision, now)
    await app.close()


async def test_of_a_phrase_the_log_tells_no_more_than_how_many(
    press: PayloadServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "watcher")
    caplog.set_level("DEBUG", "alerts")
    async with running(tmp_path, press.base, ["poll", "deliver"]) as service:
        await service.polled(1)
        await service.app.book.own_phrases(Address.parse("console:"), ["Tecoluca"], await service.app.database.now())
        await judged_by(service, "own-1")
        press.routes["/press"] = feed(OLD, TOWN)
        await service.printed("your phrase “Tecoluca”")
    assert "phrases of subscribers: 1 more, 0 less" in caplog.text
    assert "Tecoluca" not in caplog.text.replace(TOWN, "")
