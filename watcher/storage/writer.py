"""The deed of one poll, inside its transaction: Documents, versions, matches, Stories and their revisions."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher import stories as placing
from watcher.models import Document, Match, Placed, Stage, Story
from watcher.normalize import advances
from watcher.ports import Added, Judged
from watcher.storage import tables as t
from watcher.storage.database import insert
from watcher.storage.rows import current_documents, document_of, evidence_json, is_current, story_of, version_values

WINDOW = timedelta(days=10)  #: Stories whose last Document joined longer ago take no more, but for corrections that name them
TEXT = 4_000  #: characters of a Document's text that placing sees
CHUNK = 500  #: keys in one question; SQLite takes 32,766 parameters, PostgreSQL 65,535

T = TypeVar("T")

#: the order of a Story's Watches: those that brought it, as they came, before those that were added to `sources.toml` later
WATCHES = (t.story_watches.c.history, t.story_watches.c.revision, t.story_watches.c.watch)


class Known(NamedTuple):
    """What is stored of a Document already."""

    id: int
    version: int
    fingerprint: str
    stage: Stage
    source: str


class Writer:
    """The deed of one poll, inside its transaction."""

    def __init__(self, connection: AsyncConnection, now: datetime) -> None:
        self.connection = connection
        self.now = now
        self.touched: list[int] = []  # Stories born or revised

    async def add(self, judged: Sequence[Judged]) -> Added:
        known = await known_of(self.connection, [each.document for each in judged])
        new = [each for each in judged if each.document.key not in known]
        changed = [each for each in judged if (place := known.get(each.document.key)) and is_change(place, each.document)]
        before = await self._documents([known[each.document.key].id for each in changed])
        ids = await self._insert(new)
        for each in changed:
            ids[each.document.key] = known[each.document.key].id
            await self._add_version(known[each.document.key], each)
        in_story = await self.stories_of(list(ids.values()))
        for each in changed:
            if (story := in_story.get(ids[each.document.key])) is not None:
                await self._revise(story, before[ids[each.document.key]], each)
        homeless = [each for each in judged if each.document.key in ids and ids[each.document.key] not in in_story and each.verdict.matches]
        if homeless:
            await self._place(homeless, ids)
        return Added(
            new=len(new),
            changed=len(changed),
            backfill=sum(each.backfill for each in new),
            stories=tuple(dict.fromkeys(self.touched)),
        )

    async def _insert(self, new: Sequence[Judged]) -> dict[str, int]:
        """Store these Documents, none of which is known, and their words; gives their ids by key."""
        rows = [
            {
                "key": each.document.key,
                "source": each.document.source,
                "version": 1,
                "first_seen": self.now,
                "changed_at": self.now,
                "backfill": each.backfill,
                "tell": each.tell and not each.backfill,
            }
            for each in new
        ]
        ids: dict[str, int] = {}
        if rows:
            inserted = await self.connection.execute(sa.insert(t.documents).returning(t.documents.c.id, t.documents.c.key), rows)
            ids = {row.key: row.id for row in inserted}
        await self._keep_words([(ids[each.document.key], 1, each) for each in new])
        return ids

    async def _add_version(self, known: Known, each: Judged) -> None:
        version = known.version + 1
        await self.connection.execute(
            sa.update(t.documents).where(t.documents.c.id == known.id).values(version=version, changed_at=self.now)
        )
        await self._keep_words([(known.id, version, each)])

    async def _keep_words(self, versions: Sequence[tuple[int, int, Judged]]) -> None:
        """Store versions (a Document's id, the version's number, its words), with the Documents' keys and Matches."""
        words = [
            {"document": document, "version": version, "seen_at": self.now, **version_values(each.document)}
            for document, version, each in versions
        ]
        keys = [
            {"key": key, "document": document}
            for document, _, each in versions
            for key in dict.fromkeys((each.document.key, *each.document.keys))
        ]
        matches = [self.match_values(document, version, match) for document, version, each in versions for match in each.verdict.matches]
        if words:
            await self.connection.execute(sa.insert(t.versions), words)
        for chunk in chunks(keys):
            await self.connection.execute(insert(self.connection, t.document_keys).values(chunk).on_conflict_do_nothing())
        if matches:
            await self.connection.execute(sa.insert(t.matches), matches)

    def match_values(self, document: int, version: int, match: Match) -> dict[str, Any]:
        """The row of a Match."""
        return {
            "document": document,
            "version": version,
            "watch": match.watch,
            "score": match.score,
            "threshold": match.threshold,
            "because": evidence_json(match.because),
            "matched_at": self.now,
        }

    async def _documents(self, ids: Sequence[int]) -> dict[int, Document]:
        """These Documents in their current version."""
        rows = await self.connection.execute(current_documents().where(t.documents.c.id.in_(ids)))
        return {row.document: document_of(row) for row in rows}

    async def stories_of(self, ids: Sequence[int]) -> dict[int, int]:
        """The Story of each of these Documents that has one."""
        rows = await self.connection.execute(
            sa.select(t.story_documents.c.document, t.story_documents.c.story).where(t.story_documents.c.document.in_(ids))
        )
        return {row.document: row.story for row in rows}

    async def _place(self, fresh: Sequence[Judged], ids: Mapping[str, int]) -> None:
        """Give each of these Documents its Story, opened or joined."""
        window = await self.window([each.document for each in fresh], self.now - WINDOW)
        candidates = [Placed(document=each.document, seen_at=self.now, watches=each.verdict.watches) for each in fresh]
        placed = await asyncio.to_thread(placing.place, candidates, window)
        judged = {each.document.key: each for each in fresh}
        groups: dict[str, list[tuple[Judged, Placed]]] = defaultdict(list)
        for place in placed:
            groups[place.story].append((judged[place.document.key], place))
        for story, members in groups.items():
            if story.startswith("new:"):
                await self.open(members, ids)
            else:
                for each, place in members:
                    await self._join(int(story), each, place, ids[each.document.key])

    async def window(self, fresh: Sequence[Document], since: datetime, until: datetime | None = None) -> list[Placed]:
        """The Documents of the Stories that these could belong to: those that joined after `since` and not after `until` (None: now),
        and those that these name."""
        named = {key for document in fresh for key in document.relates}
        recent = t.story_documents.c.joined_at > since
        if until is not None:
            recent = sa.and_(recent, t.story_documents.c.joined_at <= until)
        near = current_documents(text=sa.func.substr(t.versions.c.text, 1, TEXT)).join(
            t.story_documents, t.story_documents.c.document == t.documents.c.id
        )
        near = near.add_columns(t.story_documents.c.story, t.documents.c.first_seen).order_by(t.documents.c.id)
        found = await self.connection.execute(near.where(sa.or_(recent, t.documents.c.key.in_(named))))
        rows = await asyncio.to_thread(list, found)  # ten days of rows are no work for the loop
        watches = await self._watches({row.story for row in rows})
        return await asyncio.to_thread(
            lambda: [
                Placed(document=document_of(row), seen_at=row.first_seen, watches=watches[row.story], story=str(row.story)) for row in rows
            ]
        )

    async def _watches(self, stories: Iterable[int]) -> dict[int, tuple[str, ...]]:
        found: dict[int, list[str]] = defaultdict(list)
        for chunk in chunks(sorted(stories)):
            statement = sa.select(t.story_watches.c.story, t.story_watches.c.watch).where(t.story_watches.c.story.in_(chunk))
            for row in await self.connection.execute(statement.order_by(*WATCHES)):
                found[row.story].append(row.watch)
        return defaultdict(tuple, {story: tuple(each) for story, each in found.items()})

    async def open(self, members: Sequence[tuple[Judged, Placed]], ids: Mapping[str, int]) -> None:
        """A new Story, at revision 1."""
        lead = placing.lead([place.document for _, place in members])
        tell = any(each.tell and not each.backfill for each, _ in members)
        watches = tuple(dict.fromkeys(watch for each, _ in members for watch in each.verdict.watches))
        values = {
            "revision": 1,
            "title": lead.shown,
            "severity": int(max(place.document.severity for _, place in members)),
            "stage": str(lead.stage),
            "type": str(lead.type),
            "lead": ids[lead.key],
            "first_seen": self.now,
            "revised_at": self.now,
            "tell": tell,
        }
        story: int = (await self.connection.execute(sa.insert(t.stories).values(values).returning(t.stories.c.id))).scalar_one()
        for each, place in members:
            await self.put_in(story, ids[each.document.key], place.because)
        await self._put_revision(story, 1, change="", loud=True, new_watches=watches, tell=tell)

    async def _join(self, story: int, each: Judged, place: Placed, document: int) -> None:
        await self.put_in(story, document, place.because)
        await self._revise(story, None, each)

    async def put_in(self, story: int, document: int, because: Sequence[str]) -> None:
        await self.connection.execute(
            sa.insert(t.story_documents).values(story=story, document=document, joined_at=self.now, because=list(because))
        )

    async def _revise(self, story_id: int, before: Document | None, each: Judged) -> None:
        """Say what a new or changed Document does to its Story: nothing, an update in place, or a revision.

        Followers of a Watch that was added to the file later were never told of the Story: to them it is new when a further paper
        that matches joins it, or when it really changes.
        """
        story, was_told = await self._story(story_id)
        silent = await self._silent(story_id)
        tell = each.tell and not each.backfill
        said = tuple(watch for watch in story.watches if watch not in silent) if before is None and tell else story.watches
        change = placing.revise(replace(story, watches=said), before, each.document, each.verdict.watches)
        first = tell and not was_told and (before is None or change is not None)  # nobody heard of it yet: told as new
        new_watches = change.new_watches if change else ()
        if first:
            new_watches = tuple(dict.fromkeys((*story.watches, *each.verdict.watches)))
        elif tell and change is not None and change.change:
            new_watches = tuple(dict.fromkeys((*new_watches, *silent)))
        await self.refresh(story.id, tell=tell and (first or was_told))
        if change is not None or first:
            loud = change.loud if change else True
            await self._put_revision(
                story.id, story.revision + 1, change=change.change if change else "", loud=loud, new_watches=new_watches, tell=tell
            )

    async def _silent(self, story: int) -> list[str]:
        """Watches that the Story got by looking back."""
        of = sa.select(t.story_watches.c.watch).where(t.story_watches.c.story == story, t.story_watches.c.history)
        return list((await self.connection.execute(of.order_by(t.story_watches.c.watch))).scalars())

    async def _story(self, story: int) -> tuple[Story, bool]:
        row = (
            await self.connection.execute(
                sa.select(*t.stories.c, t.documents.c.key.label("lead_key"))
                .join(t.documents, t.documents.c.id == t.stories.c.lead)
                .where(t.stories.c.id == story)
            )
        ).one()
        watches = await self._watches([story])
        return story_of(row, watches[story], row.lead_key), row.tell

    async def refresh(self, story: int, *, tell: bool) -> None:
        """Let the Story show its best Document: the lead's title, stage and type, the most pressing severity."""
        members = await self.connection.execute(
            current_documents(text=sa.literal(""))
            .join(t.story_documents, t.story_documents.c.document == t.documents.c.id)
            .where(t.story_documents.c.story == story)
            .order_by(t.documents.c.first_seen, t.documents.c.id)
        )
        papers = [(row.document, document_of(row)) for row in members]
        lead = placing.lead([paper for _, paper in papers])
        ids = {paper.key: number for number, paper in papers}
        values: dict[str, Any] = {
            "title": lead.shown,
            "severity": int(max(paper.severity for _, paper in papers)),
            "stage": str(lead.stage),
            "type": str(lead.type),
            "lead": ids[lead.key],
        }
        if tell:
            values["tell"] = True
        await self.connection.execute(sa.update(t.stories).where(t.stories.c.id == story).values(values))

    async def _put_revision(self, story: int, number: int, *, change: str, loud: bool, new_watches: Sequence[str], tell: bool) -> None:
        if new_watches:
            rows = [{"story": story, "watch": watch, "revision": number} for watch in new_watches]
            statement = insert(self.connection, t.story_watches).values(rows)
            told = {"revision": statement.excluded.revision, "history": False}
            upsert = statement.on_conflict_do_update(index_elements=["story", "watch"], set_=told, where=t.story_watches.c.history)
            await self.connection.execute(upsert if tell else statement.on_conflict_do_nothing())
        values = {
            "story": story,
            "number": number,
            "at": self.now,
            "change": change,
            "loud": loud,
            "new_watches": list(new_watches),
            "tell": tell,
            "fanned": not tell,
        }
        await self.connection.execute(sa.insert(t.revisions).values(values))
        await self.connection.execute(sa.update(t.stories).where(t.stories.c.id == story).values(revision=number, revised_at=self.now))
        self.touched.append(story)


async def known_of(connection: AsyncConnection, documents: Sequence[Document]) -> dict[str, Known]:
    """What is stored of each Document, by the key it comes with; its own key decides before any second one."""
    owners: dict[str, int] = {}
    every = sorted({key for document in documents for key in (document.key, *document.keys)})
    for chunk in chunks(every):
        rows = await connection.execute(sa.select(t.document_keys).where(t.document_keys.c.key.in_(chunk)))
        owners.update({row.key: row.document for row in rows})
    current: dict[int, Known] = {}
    for some in chunks(sorted(set(owners.values()))):
        rows = await connection.execute(
            sa.select(t.documents.c.id, t.documents.c.version, t.versions.c.fingerprint, t.versions.c.stage, t.versions.c.source)
            .join(t.versions, is_current())
            .where(t.documents.c.id.in_(some))
        )
        current.update({row.id: Known(row.id, row.version, row.fingerprint, Stage(row.stage), row.source) for row in rows})
    known: dict[str, Known] = {}
    for document in documents:
        owner = next((owners[key] for key in (document.key, *document.keys) if key in owners), None)
        if owner is not None:
            known[document.key] = current[owner]
    return known


def is_change(before: Known, after: Document) -> bool:
    """Whether this is another version. The source that spoke last may correct itself; any other must bring a further stage, or two
    feeds that word one article differently would change it for ever."""
    if before.source == after.source:
        return before.fingerprint != after.fingerprint()
    return before.stage != after.stage and advances(before.stage, after.stage)


def chunks(items: Sequence[T]) -> Iterable[Sequence[T]]:
    """Parts small enough for one statement."""
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))
