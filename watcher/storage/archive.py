"""Stored history, page by page, for judging it again."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.models import Docket, Document, DocumentType, Match, Severity
from watcher.ports import Filed
from watcher.storage import tables as t
from watcher.storage.database import Database
from watcher.storage.own import owned
from watcher.storage.rows import evidence_of, is_current

PAGE = 250  #: Documents read at once; each has 65 kB of words at most

d, v = t.documents.c, t.versions.c
#: what Watches look at, what an example shows, and what decides whether it is told
COLUMNS = (
    v.document, v.version, d.key, v.source, v.source_kind, v.url, v.title, v.headline, v.summary, v.text, v.published, v.day_only, v.type,
    v.severity, v.docket, d.first_seen, d.source.label("finder"), d.backfill, d.tell,
)  # fmt: skip


@dataclass(slots=True)
class _Beside:
    """What belongs to the Documents of a page, by their ids."""

    published: dict[int, datetime | None] = field(default_factory=dict)  #: of the first version, where there are more
    matches: dict[int, list[Match]] = field(default_factory=dict)
    silent: dict[int, list[str]] = field(default_factory=dict)


class StoredArchive:
    """Every page is a reading of its own, so that none lasts and no writer waits. Implements `watcher.ports.Archive`."""

    def __init__(self, database: Database, *, page: int = PAGE) -> None:
        self.database = database
        self.page = page

    async def count(self, since: datetime) -> int:
        async with self.database.reading() as connection:
            many = sa.select(sa.func.count()).select_from(t.documents).where(t.documents.c.first_seen >= since)
            number: int = (await connection.execute(many)).scalar_one()
        return number

    async def pages(self, since: datetime, *, matches: bool = False) -> AsyncIterator[tuple[Filed, ...]]:
        async with self.database.reading() as connection:
            ends = sa.select(sa.func.min(t.documents.c.id), sa.func.max(t.documents.c.id)).where(t.documents.c.first_seen >= since)
            first, last = (await connection.execute(ends)).one()
            looks = await _first_looks(connection)
        after = first - 1 if first is not None else 0
        while first is not None and after < last:
            async with self.database.reading() as connection:
                rows = (await connection.execute(self._page(since, after, last))).all()
                if not rows:
                    return
                beside = await _beside(connection, rows, matches=matches)
            after = rows[-1].document
            yield await asyncio.to_thread(_filed_all, rows, beside, looks)

    def _page(self, since: datetime, after: int, last: int) -> sa.Select[Any]:
        which = (t.documents.c.id > after, t.documents.c.id <= last, t.documents.c.first_seen >= since)
        return sa.select(*COLUMNS).join(t.versions, is_current()).where(*which).order_by(t.documents.c.id).limit(self.page)


async def _first_looks(connection: AsyncConnection) -> dict[str, datetime]:
    """When each source brought its first Documents."""
    firsts = sa.select(t.documents.c.source, sa.func.min(t.documents.c.first_seen)).group_by(t.documents.c.source)
    return {row[0]: row[1] for row in await connection.execute(firsts)}


async def _beside(connection: AsyncConnection, rows: Sequence[sa.Row[Any]], *, matches: bool) -> _Beside:
    beside = _Beside()
    if edited := [row.document for row in rows if row.version > 1]:
        of = (t.versions.c.document.in_(edited), t.versions.c.version == 1)
        firsts = await connection.execute(sa.select(t.versions.c.document, t.versions.c.published).where(*of))
        beside.published = {row.document: row.published for row in firsts}
    if matches:
        await _read_matches(connection, [row.document for row in rows], beside)
    return beside


async def _read_matches(connection: AsyncConnection, ids: Sequence[int], beside: _Beside) -> None:
    """Matches of the versions in force, without those of Watches that subscribers own, which no file has; silent are those of Watches that
    were met only after the version was seen."""
    m = t.matches.c
    late = sa.func.coalesce(t.watches.c.met_at > t.versions.c.seen_at, sa.false()).label("late")
    found = (
        sa.select(m.document, t.documents.c.key, m.watch, m.score, m.threshold, m.because, late)
        .join(t.documents, t.documents.c.id == m.document)
        .join(t.versions, sa.and_(is_current(), t.versions.c.version == m.version))
        .join(t.watches, t.watches.c.watch == m.watch, isouter=True)
        .where(m.document.in_(ids), sa.not_(owned(m.watch)))
        .order_by(m.document, m.score.desc(), m.watch)
    )
    for row in await connection.execute(found):
        because = evidence_of(row.because)
        match = Match(watch=row.watch, document=row.key, score=row.score, threshold=row.threshold, because=because)
        beside.matches.setdefault(row.document, []).append(match)
        if row.late:
            beside.silent.setdefault(row.document, []).append(row.watch)


def _filed_all(rows: Sequence[sa.Row[Any]], beside: _Beside, looks: Mapping[str, datetime]) -> tuple[Filed, ...]:
    return tuple(_filed(row, beside, looks) for row in rows)


def _filed(row: sa.Row[Any], beside: _Beside, looks: Mapping[str, datetime]) -> Filed:
    document = Document(
        key=row.key,
        source=row.source,
        source_kind=row.source_kind,
        url=row.url,
        title=row.title,
        headline=row.headline,
        summary=row.summary,
        text=row.text,
        published=row.published,
        day_only=row.day_only,
        type=DocumentType(row.type),
        severity=Severity(row.severity),
        docket=Docket(**row.docket) if row.docket else None,
    )
    untold = not row.tell
    return Filed(
        document=document,
        seen_at=row.first_seen,
        published=beside.published.get(row.document, document.published),
        first_look=untold and (not row.backfill or looks.get(row.finder) == row.first_seen),
        tell=row.tell,
        matches=tuple(beside.matches.get(row.document, ())),
        silent=frozenset(beside.silent.get(row.document, ())),
    )
