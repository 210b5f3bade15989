"""Many papers that join one Story in one poll: it is read once, and shows what it would show had each come alone. On both databases."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.papers import NOW, article, judged, order
from watcher.models import Document, Placed
from watcher.ports import Judged
from watcher.storage import Database
from watcher.storage import tables as t
from watcher.storage.rows import version_values
from watcher.storage.window import Placer, Plan
from watcher.storage.writer import Ready, Writer


class Into(Placer):
    """Puts whatever comes into one Story."""

    def __init__(self, story: str) -> None:
        self.story = story

    async def plan(self, connection: AsyncConnection, fresh: Sequence[Judged], now: datetime) -> Plan:
        placed = [Placed(document=each.document, seen_at=now, story=self.story, because=("so",), sure=False) for each in fresh]
        return Plan(keys=(), marks=frozenset(), placed=placed)


async def put(connection: AsyncConnection, story: str, *papers: Document) -> None:
    each = [judged(paper, "cecot") for paper in papers]
    await Writer(connection, NOW).add(each, Ready({paper.key: version_values(paper) for paper in papers}, Into(story)))


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


@asynccontextmanager
async def a_story(database: Database, *papers: Document) -> AsyncIterator[AsyncConnection]:
    async with database.writing(serial=True) as connection:
        await put(connection, "new:1", *papers)
        yield connection


async def shown(connection: AsyncConnection, story: int) -> tuple[object, ...]:
    """What a Story shows, which paper leads it, and what was told of it."""
    columns = (t.stories.c.revision, t.stories.c.title, t.stories.c.severity, t.stories.c.type, t.documents.c.key)
    of = sa.select(*columns).join(t.documents, t.documents.c.id == t.stories.c.lead).where(t.stories.c.id == story)
    said = sa.select(t.revisions.c.number, t.revisions.c.change, t.revisions.c.loud).where(t.revisions.c.story == story)
    revisions = await connection.execute(said.order_by(t.revisions.c.number))
    return (*(await connection.execute(of)).one(), *map(tuple, revisions))


@pytest.mark.parametrize("many", [2, 12])
async def test_a_story_is_read_once_however_many_join_it(database: Database, many: int) -> None:
    async with a_story(database, article("first"), article("second")) as connection:
        with statements(database) as asked:
            await put(connection, "1", *(article(f"more{number}") for number in range(many)))
    whole = [statement for statement in asked if "story_documents.story = " in statement and "versions" in statement]
    assert len(whole) == 1


async def test_it_shows_and_says_the_same_as_if_they_came_one_by_one(database: Database) -> None:
    async with a_story(database, article("a")) as connection:
        await put(connection, "1", article("b"), order(51), article("c"), order(52))
        at_once = await shown(connection, 1)
        await put(connection, "new:1", article("d"))
        for paper in (article("e"), order(61), article("f"), order(62)):
            await put(connection, "2", paper)
        one_by_one = await shown(connection, 2)
    assert (at_once[3:5], one_by_one[3:5]) == (("order", order(51).key), ("order", order(61).key))
    assert at_once[5:] == one_by_one[5:]
    assert at_once[5:][2] == (3, "now an order", True)
