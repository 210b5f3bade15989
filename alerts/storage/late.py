"""Letters that an outage delayed, marked as such when they are claimed."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts import lateness
from alerts.lateness import Span, Telling
from alerts.models import Cadence, Item, Letter, LetterKind
from alerts.storage import tables as t
from watcher.storage.presence import Outage, outages

REMEMBERED = timedelta(days=5)  #: after an outage: as long as a Letter is tried (`retry.PATIENCE`), and a day


async def mark(connection: AsyncConnection, letters: Sequence[Letter], now: datetime) -> list[Letter]:
    """The same Letters, each with the outage that delayed it. An edit mends what was told in time, and is none."""
    telling = [letter.id for letter in letters if letter.kind.value not in t.PLAIN and not letter.edits]
    spans = [_span(each) for each in await outages(connection, now - REMEMBERED, now)] if telling else []
    if not spans:
        return list(letters)
    of = sa.select(t.deliveries).where(t.deliveries.c.letter_id.in_(telling))
    told: dict[int, list[sa.Row[Any]]] = defaultdict(list)
    for row in await connection.execute(of):
        told[row.letter_id].append(row)
    return [replace(each, late=lateness.late(_tellings(each, told[each.id]), spans)) if each.id in telling else each for each in letters]


def _span(outage: Outage) -> Span:
    return Span(began=outage.began, ended=outage.ended, tells=outage.role == "deliver")


def _tellings(letter: Letter, rows: Sequence[sa.Row[Any]]) -> list[Telling]:
    published = {item.story: _hour(item) for item in letter.items}
    of_stories = [
        Telling(
            due_at=row.due_at,
            found_at=row.created_at,
            published=published.get(row.story),
            at_once=row.cadence == Cadence.NOW.value,
        )
        for row in rows
    ]
    return [*of_stories, *([Telling(due_at=letter.due_at)] if letter.kind is LetterKind.DIGEST else [])]


def _hour(item: Item) -> datetime | None:
    """When the paper that is told of was published; None where it bears no hour."""
    paper = item.news or item.lead
    return None if paper.day_only else paper.published
