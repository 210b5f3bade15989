"""What a changed `sources.toml` does to a running service: real sources on loopback, the file edited in between."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.press import NEW, OLD, feed
from tests.processes import until
from tests.test_service import Running, running
from watcher.app import CONSOLE
from watcher.models import SourceState
from watcher.storage.views import Views
from watcher.testing.payloads import Answer, PayloadServer

FLIGHTS = """
[[doctrine]]
id = "flights"
title = "Flown and played"
terms = ["Men flown", "football match"]
"""


@pytest.fixture
async def press() -> AsyncIterator[PayloadServer]:
    async with PayloadServer({"/press": feed(OLD)}) as server:
        yield server


async def state_of(service: Running) -> SourceState:
    (row,) = await Views(service.app.database).sources()
    return row.state


async def test_a_source_that_is_gone_is_polled_again_when_its_address_is_changed(press: PayloadServer, tmp_path: Path) -> None:
    async with running(tmp_path, press.base, ["poll", "deliver"]) as service:
        await service.polled(1)
        press.routes["/press"] = Answer(status=410)
        press.routes["/moved"] = feed(OLD, NEW)

        async def gone() -> bool:
            return (await state_of(service)).gone

        await until(gone)
        rules = tmp_path / "sources.toml"
        rules.write_text(rules.read_text().replace("/press", "/moved"))
        service.service.file_due.set()
        await service.printed(NEW)
        state = await state_of(service)
    assert (state.gone, state.failures, state.last_error) == (False, 0, None)


async def test_a_new_watch_shows_what_was_stored_before_it_and_tells_nobody(press: PayloadServer, tmp_path: Path) -> None:
    async with running(tmp_path, press.base, ["poll", "deliver"]) as service:
        await service.polled(1)
        press.routes["/press"] = feed(OLD, NEW)
        await service.printed(NEW)
        told = service.terminal.getvalue()
        await service.app.book.follow(CONSOLE, ["flights"], await service.app.database.now())
        rules = tmp_path / "sources.toml"
        rules.write_text(f"{rules.read_text()}\n{FLIGHTS}")
        service.service.file_due.set()
        views = Views(service.app.database)

        async def shown() -> bool:
            return len(await views.stories(watch="flights")) == 2

        await until(shown)
        before = (await state_of(service)).polls
        await service.polled(before + 2)
        assert service.terminal.getvalue() == told
        assert [page.story.title for page in await views.stories(watch="flights")] == [NEW, OLD]
    async with running(tmp_path, press.base, ["poll", "deliver"]) as again:
        await again.polled((await state_of(again)).polls + 1)
        assert again.terminal.getvalue() == ""
