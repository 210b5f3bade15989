"""The Stories that new Documents may join, and which they do join: found before the lock that writers wait for, checked inside it."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher import stories as placing
from watcher.models import Document, Placed
from watcher.ports import Judged
from watcher.storage import tables as t
from watcher.storage.rows import current_documents, document_of

WINDOW = timedelta(days=10)  #: Stories whose last Document joined longer ago take no more, but for corrections that name them
MOST = 4_000  #: Documents of a window, the last ones; no more than `stories` remembers as they are compared
TEXT = 4_000  #: characters of a Document's text that placing sees

Marks = Mapping[int, tuple[int, int]]  #: of a window's Documents the version and the Story


class Window(NamedTuple):
    """The Documents that new ones are compared with."""

    placed: list[Placed]
    marks: Marks


class Plan(NamedTuple):
    """Where some Documents belong, as long as their window has these marks."""

    keys: tuple[str, ...]  #: of the Documents, in their order
    marks: Marks
    placed: list[Placed]


async def plan(connection: AsyncConnection, fresh: Sequence[Judged], now: datetime) -> Plan:
    """Give each of these Documents its Story, opened or joined."""
    window = await window_of(connection, [each.document for each in fresh], now - WINDOW)
    candidates = [Placed(document=each.document, seen_at=now, watches=each.verdict.watches) for each in fresh]
    placed = await asyncio.to_thread(placing.place, candidates, window.placed)
    return Plan(keys=tuple(each.document.key for each in fresh), marks=window.marks, placed=placed)


async def still_holds(connection: AsyncConnection, made: Plan, fresh: Sequence[Judged], now: datetime) -> bool:
    """Whether a plan is about these Documents and nothing that it was made by has changed."""
    if made.keys != tuple(each.document.key for each in fresh):
        return False
    marks = sa.select(t.documents.c.id, t.documents.c.version, t.story_documents.c.story).select_from(t.documents)
    rows = await connection.execute(_within(marks, [each.document for each in fresh], now - WINDOW))
    return made.marks == {row.id: (row.version, row.story) for row in rows}


async def window_of(connection: AsyncConnection, fresh: Sequence[Document], since: datetime, until: datetime | None = None) -> Window:
    """The Documents of the Stories that these could belong to: the last that joined after `since` and not after `until` (None: now), and
    those that these name."""
    near = current_documents(text=sa.func.substr(t.versions.c.text, 1, TEXT)).add_columns(
        t.story_documents.c.story, t.documents.c.first_seen
    )
    rows = await asyncio.to_thread(
        list, await connection.execute(_within(near, fresh, since, until))
    )  # ten days of rows: no work for the loop
    placed = await asyncio.to_thread(
        lambda: [Placed(document=document_of(row), seen_at=row.first_seen, story=str(row.story)) for row in reversed(rows)]
    )
    return Window(placed, {row.document: (row.version, row.story) for row in rows})


def _within(
    columns: sa.Select[tuple[int, int, int]], fresh: Sequence[Document], since: datetime, until: datetime | None = None
) -> sa.Select[tuple[int, int, int]]:
    """Columns of the Documents of a window, the last first seen first."""
    recent = t.story_documents.c.joined_at > since
    if until is not None:
        recent = sa.and_(recent, t.story_documents.c.joined_at <= until)
    named = {key for document in fresh for key in document.relates}
    of_these = sa.or_(recent, t.documents.c.key.in_(sorted(named))) if named else recent
    in_stories = columns.join(t.story_documents, t.story_documents.c.document == t.documents.c.id)
    return in_stories.where(of_these).order_by(t.documents.c.id.desc()).limit(MOST)
