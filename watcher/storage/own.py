"""What of the stored Stories is public: what a Watch of `sources.toml` brought. The rest is for the owners of Watches alone."""

import sqlalchemy as sa

from watcher.own import PREFIX
from watcher.storage import tables as t


def owned(watch: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Whether a subscriber owns the Watch of this id."""
    return watch.startswith(PREFIX, autoescape=True)


def public_story(story: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether a Watch of the file is among those of this Story."""
    return sa.exists().where(t.story_watches.c.story == story, sa.not_(owned(t.story_watches.c.watch)))


def public_document(document: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether any version of this Document ever answered a Watch of the file."""
    return sa.exists().where(t.matches.c.document == document, sa.not_(owned(t.matches.c.watch)))


def told_publicly(story: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether a Story that was to be told was so to others than owners: since one of its Watches of the file came with what was told."""
    mine = sa.exists().where(t.story_watches.c.story == story, owned(t.story_watches.c.watch))
    came_told = sa.exists().where(
        t.story_watches.c.story == story, sa.not_(owned(t.story_watches.c.watch)), sa.not_(t.story_watches.c.history)
    )
    return sa.or_(sa.not_(mine), came_told)
