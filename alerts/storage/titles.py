"""As what a Story was told, under which title, and what it is called now. Reads only.

A Letter keeps the title that it was written with. What no Letter tells has the one that the Story's lead had at that revision.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.fanout import Duty
from alerts.storage import tables as t
from watcher.storage import tables as w
from watcher.storage.moves import homes


class Titles(NamedTuple):
    """Of one Delivery's Story; "" where it is not known any more."""

    then: str
    now: str


def as_told() -> sa.ColumnElement[str]:
    """A Delivery's duty, beside its Letter: a quiet change that is not edited in, but told by a reply or with more, is an update."""
    edits = sa.func.coalesce(t.letters.c.content["edits"].as_string(), "")
    quiet = sa.and_(t.deliveries.c.duty == Duty.EDIT.value, t.letters.c.id.is_not(None))
    return sa.case((quiet, sa.case((edits == "", Duty.UPDATE.value), else_=Duty.EDIT.value)), else_=t.deliveries.c.duty).label("as_told")


async def titles(connection: AsyncConnection, deliveries: Sequence[sa.Row[Any]]) -> dict[int, Titles]:
    """The titles of these Deliveries, by their ids."""
    written = await _written(connection, {row.letter_id for row in deliveries if row.letter_id is not None})
    numbers = {row.story for row in deliveries} | {story for each in written.values() for story in each}
    went = {story: story for story in numbers} | await homes(connection, numbers)
    stories = sa.select(w.stories.c.id, w.stories.c.title).where(w.stories.c.id.in_(sorted(set(went.values()))))
    now = {row.id: row.title for row in await connection.execute(stories)}
    stood = await _stood(connection, {(row.story, row.revision) for row in deliveries if row.letter_id is None})
    found: dict[int, Titles] = {}
    for row in deliveries:
        home = went[row.story]
        told = written.get(row.letter_id, {})
        then = told.get(row.story) or next((title for story, title in told.items() if went[story] == home), "")
        then = then or stood.get((row.story, row.revision), "")
        found[row.id] = Titles(then=then or now.get(home, ""), now=now.get(home, ""))
    return found


async def _written(connection: AsyncConnection, letters: Iterable[int]) -> dict[int, dict[int, str]]:
    """By Letter the titles of its Stories as it was written."""
    contents = sa.select(t.letters.c.id, sa.cast(t.letters.c.content, sa.Text).label("content")).where(t.letters.c.id.in_(sorted(letters)))
    return {row.id: _titles(row.content) for row in await connection.execute(contents)}


def _titles(content: str) -> dict[int, str]:
    """None of what says nonsense, or is no JSON at all: the Letter is shown all the same."""
    try:
        items = json.loads(content)["items"]
    except (ValueError, LookupError, TypeError):
        return {}
    each = [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []
    return {item["story"]: str(item["title"]) for item in each if isinstance(item.get("story"), int) and item.get("title")}


async def _stood(connection: AsyncConnection, revisions: Iterable[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """What the papers that lead these Stories were called at these revisions; before the lead came, the paper that made the revision."""
    asked = sorted(revisions)
    if not asked:
        return {}
    r, v = w.revisions.c, w.versions.c
    title = sa.func.coalesce(sa.func.nullif(v.headline, ""), v.title)
    at_last = sa.select(title).where(v.seen_at <= r.at).order_by(v.version.desc()).limit(1).correlate(w.revisions, w.stories)
    lead = at_last.where(v.document == w.stories.c.lead).scalar_subquery()
    maker = at_last.where(v.document == r.document).scalar_subquery()
    rows = sa.select(r.story, r.number, sa.func.coalesce(lead, maker).label("title")).join(w.stories, w.stories.c.id == r.story)
    found = await connection.execute(rows.where(sa.tuple_(r.story, r.number).in_(asked)))
    return {(row.story, row.number): row.title for row in found if row.title}
