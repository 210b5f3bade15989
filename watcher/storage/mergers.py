"""Stories that turn out to be one are merged as a poll is stored, inside its transaction."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from watcher import merging
from watcher.merging import Merger, Side
from watcher.models import Document
from watcher.own import public
from watcher.storage import tables as t
from watcher.storage.database import insert
from watcher.storage.rows import current_documents, document_of, is_current

if TYPE_CHECKING:
    from watcher.storage.writer import Writer

REACH = timedelta(days=10)  #: how long ago the other entry of a docket may have been seen first


async def merge(writer: "Writer", changed: Iterable[tuple[int, Document, Document]]) -> None:
    """Merge the Stories that these changed papers tie together.

    Args:
        changed: each paper's id, its former version and the one that it has now.
    """
    for number, before, after in changed:
        if merging.may_tie(before, after):
            await _merge_by(writer, number, replace(after, key=before.key))  # as it is stored, by whichever key it came


async def _merge_by(writer: "Writer", number: int, paper: Document) -> None:
    named = await _named(writer, paper)
    others = named | await _entries_alike(writer, number, paper)
    places = t.story_documents.c
    rows = await writer.connection.execute(sa.select(places.document, places.story).where(places.document.in_({number, *others})))
    stories = {row.document: row.story for row in rows}
    if (mine := stories.pop(number, None)) is None:
        return
    for other in sorted(set(stories.values()) - {mine}):
        sides = await _side(writer, mine), await _side(writer, other)
        found = merging.merger(*sides, paper, frozenset(named.values())) if all(map(_is_public, sides)) else None
        if found is not None:
            await _carry_out(writer, found)
            return


async def _named(writer: "Writer", paper: Document) -> dict[int, str]:
    """The stored papers that it names as its own, by their ids, with their keys."""
    known = sa.select(t.documents.c.id, t.documents.c.key).join(t.document_keys, t.document_keys.c.document == t.documents.c.id)
    rows = await writer.connection.execute(known.where(t.document_keys.c.key.in_(paper.relates)))
    return {row.id: row.key for row in rows}


async def _entries_alike(writer: "Writer", number: int, paper: Document) -> dict[int, str]:
    """Entries of the same number, of whatever docket, first seen of late."""
    entry = merging.entry_of(paper)
    if paper.docket is None or not entry:
        return {}
    of = t.versions.c.number
    same = sa.or_(of == entry, of.startswith(f"{entry}-", autoescape=True), of.startswith(f"{entry}.", autoescape=True))
    lately = t.documents.c.first_seen > writer.now - REACH
    known = sa.select(t.documents.c.id, t.documents.c.key).join(t.versions, is_current())
    rows = await writer.connection.execute(known.where(lately, t.versions.c.source_kind == "docket", same, t.documents.c.id != number))
    return {row.id: row.key for row in rows}


async def _side(writer: "Writer", story: int) -> Side:
    found, told = await writer.story(story)
    rows = await writer.connection.execute(
        current_documents(text=sa.literal(""))
        .join(t.story_documents, t.story_documents.c.document == t.documents.c.id)
        .where(t.story_documents.c.story == story)
        .order_by(t.documents.c.first_seen, t.documents.c.id)
    )
    return Side(story=found, told=told, papers=tuple(map(document_of, rows)))


def _is_public(side: Side) -> bool:
    """What is its owners' alone stays apart, or it would show by what it is merged with."""
    return bool(public(side.story.watches))


async def _carry_out(writer: "Writer", plan: Merger) -> None:
    """Move the papers and the Watches; the row and the revisions of the one that is gone stay, for what is still to be told of it."""
    connection, kept, gone = writer.connection, plan.kept.story, plan.gone.story
    number = kept.revision + 1
    moved = {"story": gone.id, "into": kept.id, "revision": number, "at": writer.now, "because": plan.because}
    await connection.execute(sa.update(t.story_moves).where(t.story_moves.c.into == gone.id).values(into=kept.id, revision=number))
    await connection.execute(sa.insert(t.story_moves).values(moved))
    await connection.execute(sa.update(t.story_documents).where(t.story_documents.c.story == gone.id).values(story=kept.id))
    watches = list(await connection.execute(sa.select(t.story_watches).where(t.story_watches.c.story == gone.id)))
    rows = [{"story": kept.id, "watch": row.watch, "revision": number, "history": row.history} for row in watches]
    if rows:
        statement = insert(connection, t.story_watches).values(rows)
        heard = {"history": False, "revision": number}
        known = sa.and_(t.story_watches.c.history, sa.not_(statement.excluded.history))
        await connection.execute(statement.on_conflict_do_update(index_elements=["story", "watch"], set_=heard, where=known))
    await writer.refresh(kept.id, tell=plan.gone.told)
    change, tell = plan.news or merging.SAID.format(gone.id), bool(plan.news)
    await writer.put_revision(kept.id, number, change=change, loud=tell, new_watches=(), tell=tell)
