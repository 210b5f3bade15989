"""Which stored papers were taken back, and what readers are shown in their place. Whoever shows Documents to readers asks here."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.models import Document, Withheld
from watcher.retraction import TAKEN_BACK, Words, redacted, taken_back
from watcher.storage import tables as t
from watcher.storage.moves import home
from watcher.storage.rows import document_of, is_current


class Bare(NamedTuple):
    """A Document as readers are shown it."""

    document: Document
    why: Withheld


async def bare(connection: AsyncConnection, papers: Mapping[int, Sequence[tuple[int, Document]]]) -> dict[int, Bare]:
    """Those of these papers of which no word may be shown, by their rows' ids: they were taken back, or repeat what was.

    Args:
        papers: of each Story, with their ids.
    """
    suspects = [number for each in papers.values() for number, paper in each if paper.stage in TAKEN_BACK]
    if not suspects:
        return {}
    former = await _former(connection, suspects)
    return await asyncio.to_thread(_bare, papers, former)  # of a long text the words are many


def _bare(papers: Mapping[int, Sequence[tuple[int, Document]]], former: Mapping[int, Sequence[Document]]) -> dict[int, Bare]:
    found: dict[int, Bare] = {}
    for members in papers.values():
        gone = {
            number: Bare(redacted(paper, why), why)
            for number, paper in members
            if (why := taken_back(paper.stage, [version.stage for version in former.get(number, ())])) is not None
        }
        closed = [number for number, each in gone.items() if each.why is not Withheld.WITHDRAWN]
        words = Words(version for number in closed for version in former.get(number, ()) if version.stage not in TAKEN_BACK)
        repeats = {number: paper for number, paper in members if closed and number not in gone and words.are_quoted_by(paper)}
        found |= gone | {number: Bare(redacted(paper, Withheld.QUOTES), Withheld.QUOTES) for number, paper in repeats.items()}
    return found


async def _former(connection: AsyncConnection, documents: Sequence[int]) -> dict[int, list[Document]]:
    """The versions of these before the one in force."""
    statement = (
        sa.select(t.documents.c.key, *t.versions.c)
        .join(t.documents, t.documents.c.id == t.versions.c.document)
        .where(t.versions.c.document.in_(documents), sa.not_(is_current()))
        .order_by(t.versions.c.document, t.versions.c.version)
    )
    found: dict[int, list[Document]] = {}
    for row in await connection.execute(statement):
        found.setdefault(row.document, []).append(document_of(row))
    return found


async def stories_taken_back(connection: AsyncConnection, stories: Sequence[int]) -> set[int]:
    """Those of these Stories that hold a paper at a stage whose words may be taken back, whatever number they have by now."""
    of, stages = t.story_documents.c, [stage.value for stage in TAKEN_BACK]
    gone = (
        sa.select(of.document)
        .join(t.documents, t.documents.c.id == of.document)
        .join(t.versions, is_current())
        .where(of.story == home(t.stories.c.id), t.versions.c.stage.in_(stages))
        .correlate(t.stories)
    )
    return set((await connection.execute(sa.select(t.stories.c.id).where(t.stories.c.id.in_(stories), gone.exists()))).scalars())
