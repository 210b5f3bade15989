"""The window that new Documents are placed among: kept from poll to poll, and never behind what the tables say."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.papers import NOW, article, happened, judged, order
from watcher import stories
from watcher.models import Placed
from watcher.papers import read
from watcher.storage import Database
from watcher.storage import tables as t
from watcher.storage.window import Placer, still_holds

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Keys of the Documents that a shelf reads, as it does."""
    seen: list[str] = []

    def noted(placed: Placed) -> object:
        seen.append(placed.document.key)
        return read(placed)

    monkeypatch.setattr(stories, "read", noted)
    return seen


async def test_a_document_of_the_window_is_read_once(database: Database, reads: list[str]) -> None:
    await happened(database, judged(order(), "cecot"))
    placer, fresh = Placer(), [judged(article("b"), "cecot")]
    reads.clear()
    async with database.reading() as connection:
        first = await placer.plan(connection, fresh, LATER)
        again = await placer.plan(connection, fresh, LATER)
    assert first == again
    assert reads == [order().key, article("b").key, article("b").key]


async def test_what_another_process_writes_changes_and_takes_away_is_seen(database: Database) -> None:
    fresh = [judged(article("b", title="Judge grants restraining order in Abrego Garcia v. Noem"), "cecot")]
    placer = Placer()

    async def planned() -> Sequence[Placed]:
        async with database.reading() as connection:
            kept = await placer.plan(connection, fresh, LATER)
            anew = await Placer().plan(connection, fresh, LATER)
        assert kept == anew
        return kept.placed

    assert [each.story for each in await planned()] == ["new:1"]
    await happened(database, judged(order(), "cecot"))
    (mine,) = await planned()
    assert mine.story.isdigit()
    async with database.writing() as connection:
        await connection.execute(sa.update(t.versions).values(title="Some other words", summary="", published=None, docket=None))
        await connection.execute(sa.update(t.documents).values(changed_at=LATER))
    await planned()
    async with database.writing() as connection:
        await connection.execute(sa.delete(t.story_documents))
    assert [each.story for each in await planned()] == ["new:1"]


async def test_a_plan_holds_until_the_window_changes(database: Database) -> None:
    placer, fresh = Placer(), [judged(article("b"), "cecot")]
    async with database.reading() as connection:
        made = await placer.plan(connection, fresh, LATER)
        assert await still_holds(connection, made, fresh, LATER)
        assert not await still_holds(connection, made, [judged(article("c"), "cecot")], LATER)
    await happened(database, judged(order(), "cecot"))
    async with database.reading() as connection:
        assert not await still_holds(connection, made, fresh, LATER)


async def test_after_a_plan_that_broke_off_the_window_is_read_anew(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await happened(database, judged(order(), "cecot"))
    placer, fresh = Placer(), [judged(article("b"), "cecot")]

    def broken(fresh: Sequence[Placed], window: object) -> list[Placed]:
        raise asyncio.CancelledError

    async with database.reading() as connection:
        with monkeypatch.context() as patched:
            patched.setattr(stories, "place", broken)
            with pytest.raises(asyncio.CancelledError):
                await placer.plan(connection, fresh, LATER)
        assert await placer.plan(connection, fresh, LATER) == await Placer().plan(connection, fresh, LATER)
        assert len(placer._shelf) == 1
