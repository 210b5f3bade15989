"""Where a Story went that turned out to be one with another. A number that was told leads there for ever."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.storage import tables as t


def home(story: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    """The Story that this one is by now: itself, as a rule."""
    moves = t.story_moves.alias()
    into = sa.select(moves.c.into).where(moves.c.story == story).correlate_except(moves).scalar_subquery()  # at any depth of a query
    return sa.func.coalesce(into, story)


def is_home(story: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether this Story is not one with another."""
    of = t.story_moves.alias().c
    return sa.not_(sa.exists().where(of.story == story))


async def homes(connection: AsyncConnection, stories: Iterable[int]) -> dict[int, int]:
    """Those of these Stories that went into others, and where."""
    of = t.story_moves.c
    rows = await connection.execute(sa.select(of.story, of.into).where(of.story.in_(sorted(set(stories)))))
    return {row.story: row.into for row in rows}


async def alike(connection: AsyncConnection, stories: Iterable[int]) -> dict[int, int]:
    """All numbers that these Stories ever had, their own too, each with the one that it is by now."""
    asked = sorted(set(stories))
    of, mine = t.story_moves.c, t.story_moves.alias().c
    went = sa.select(mine.into).where(mine.story.in_(asked))
    rows = list(await connection.execute(sa.select(of.story, of.into).where(sa.or_(of.into.in_(asked), of.into.in_(went)))))
    return {story: story for story in (*asked, *(row.into for row in rows))} | {row.story: row.into for row in rows}


async def merged_by(connection: AsyncConnection, story: int, revision: int) -> set[int]:
    """The Stories that a revision brought into this one: the other, and all that had gone into that."""
    of = t.story_moves.c
    return set((await connection.execute(sa.select(of.story).where(of.into == story, of.revision == revision))).scalars())
