"""What a Document's former versions still say of it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.models import Document
from watcher.storage import tables as t


async def dated(connection: AsyncConnection, papers: Iterable[tuple[int, Document]]) -> dict[int, Document]:
    """Documents by their row's id, for readers: one that gives no date any more shows the last that it gave.

    A paper that is withdrawn from public inspection loses its own.
    """
    found = dict(papers)
    undated = [number for number, paper in found.items() if paper.published is None]
    dates = await _earlier_dates(connection, undated) if undated else {}
    return {number: replace(paper, **dates.get(number, {})) for number, paper in found.items()}


async def _earlier_dates(connection: AsyncConnection, documents: list[int]) -> dict[int, dict[str, Any]]:
    rows = await connection.execute(
        sa.select(t.versions.c.document, t.versions.c.published, t.versions.c.day_only)
        .where(t.versions.c.document.in_(documents), t.versions.c.published.is_not(None))
        .order_by(t.versions.c.document, t.versions.c.version)
    )
    return {row.document: {"published": row.published, "day_only": row.day_only} for row in rows}
