"""The Stories that new Documents may join, and which they do join: found before the lock that writers wait for, checked inside it."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, TypeAlias

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher import stories as placing
from watcher.models import Document, Placed
from watcher.ports import Judged
from watcher.storage import tables as t
from watcher.storage.known import chunks
from watcher.storage.rows import current_documents, document_of

WINDOW = timedelta(days=10)  #: Stories whose last Document joined longer ago take no more, but for corrections that name them
MOST = 4_000  #: Documents of a window, the last ones
TEXT = 4_000  #: characters of a Document's text that placing sees

Mark: TypeAlias = tuple[int, int, int, datetime]  #: of a Document its id, version, Story, and when it last changed


class Plan(NamedTuple):
    """Where some Documents belong, as long as their window has these marks."""

    keys: tuple[str, ...]  #: of the Documents, in their order
    marks: frozenset[Mark]
    placed: list[Placed]


class Placer:
    """Gives Documents their Stories. What it has read of a window it keeps for the next, whoever wrote meanwhile: each time it looks which
    Documents there are, and reads those that it does not have. For one event loop."""

    def __init__(self) -> None:
        self._shelf = placing.Shelf()
        self._turn = asyncio.Lock()

    async def plan(self, connection: AsyncConnection, fresh: Sequence[Judged], now: datetime) -> Plan:
        """Give each of these Documents its Story, opened or joined."""
        candidates = [Placed(document=each.document, seen_at=now, watches=each.verdict.watches) for each in fresh]
        marks, placed = await self.place(connection, candidates, now - WINDOW)
        return Plan(keys=tuple(each.document.key for each in fresh), marks=marks, placed=placed)

    async def place(
        self, connection: AsyncConnection, fresh: Sequence[Placed], since: datetime, until: datetime | None = None
    ) -> tuple[frozenset[Mark], list[Placed]]:
        """The same, among the Documents that joined a Story after `since` and not after `until` (None: now); and which those were."""
        async with self._turn:
            try:
                marks = await marks_of(connection, [each.document for each in fresh], since, until)
                missing = self._shelf.keep(marks)
                loaded = await _load(connection, missing)
                return marks, await asyncio.to_thread(self._place, loaded, fresh)
            except BaseException:
                self._shelf = placing.Shelf()  # a thread that was left behind may still be at work on the other
                raise

    def _place(self, loaded: Iterable[tuple[Mark, Placed]], fresh: Sequence[Placed]) -> list[Placed]:
        shelf = self._shelf
        for mark, placed in loaded:
            shelf.add(mark, placed)
        return placing.place(fresh, shelf)


async def still_holds(connection: AsyncConnection, made: Plan, fresh: Sequence[Judged], now: datetime) -> bool:
    """Whether a plan is about these Documents and nothing that it was made by has changed."""
    if made.keys != tuple(each.document.key for each in fresh):
        return False
    return made.marks == await marks_of(connection, [each.document for each in fresh], now - WINDOW)


async def marks_of(
    connection: AsyncConnection, fresh: Sequence[Document], since: datetime, until: datetime | None = None
) -> frozenset[Mark]:
    """The Documents of the Stories that these could belong to: the last that joined after `since` and not after `until` (None: now), and
    those that these name."""
    recent = t.story_documents.c.joined_at > since
    if until is not None:
        recent = sa.and_(recent, t.story_documents.c.joined_at <= until)
    named = {key for document in fresh for key in document.relates}
    of_these = sa.or_(recent, t.documents.c.key.in_(sorted(named))) if named else recent
    marks = sa.select(t.documents.c.id, t.documents.c.version, t.story_documents.c.story, t.documents.c.changed_at)
    in_stories = marks.select_from(t.documents).join(t.story_documents, t.story_documents.c.document == t.documents.c.id)
    rows = await connection.execute(in_stories.where(of_these).order_by(t.documents.c.id.desc()).limit(MOST))
    return await asyncio.to_thread(
        lambda: frozenset((row.id, row.version, row.story, row.changed_at) for row in rows)
    )  # ten days of rows: no work for the loop


async def _load(connection: AsyncConnection, marks: Iterable[Mark]) -> list[tuple[Mark, Placed]]:
    """These Documents as placing sees them."""
    by_id = {mark[0]: mark for mark in marks}
    current = current_documents(text=sa.func.substr(t.versions.c.text, 1, TEXT)).add_columns(t.documents.c.first_seen)
    found: list[tuple[Mark, Placed]] = []
    for chunk in chunks(sorted(by_id)):
        rows = list(await connection.execute(current.where(t.documents.c.id.in_(chunk))))
        found += await asyncio.to_thread(_placed, rows, by_id)
    return found


def _placed(rows: Sequence[sa.Row[tuple[object, ...]]], by_id: dict[int, Mark]) -> list[tuple[Mark, Placed]]:
    marked = [(by_id[row.document], row) for row in rows]
    return [(mark, Placed(document=document_of(row), seen_at=row.first_seen, story=str(mark[2]))) for mark, row in marked]
