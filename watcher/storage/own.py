"""What of the stored Stories is public: what a Watch of `sources.toml` brought. The rest is for the owners of Watches alone."""

import sqlalchemy as sa

from watcher.own import PREFIX
from watcher.storage import tables as t


def owned(watch: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Whether a subscriber owns the Watch of this id."""
    return watch.startswith(PREFIX, autoescape=True)


def public_story(story: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether a Watch of the file is among those of this Story."""
    of = t.story_watches.alias().c
    return sa.exists().where(of.story == story, sa.not_(owned(of.watch)))


def public_document(document: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether any version of this Document ever answered a Watch of the file."""
    of = t.matches.alias().c
    return sa.exists().where(of.document == document, sa.not_(owned(of.watch)))


def told_publicly(story: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether a Story that was to be told was so to others than owners: since one of its Watches of the file came with what was told."""
    of = t.story_watches.alias().c
    mine = sa.exists().where(of.story == story, owned(of.watch))
    came_told = sa.exists().where(of.story == story, sa.not_(owned(of.watch)), sa.not_(of.history))
    return sa.or_(sa.not_(mine), came_told)
