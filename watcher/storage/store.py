"""What `poll` needs of the database: claim sources, tell new from known, and store one poll in one transaction."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher import stories as placing
from watcher.errors import StaleLeaseError
from watcher.models import Document, Match, Placed, Source, SourceState, Stage, Story
from watcher.normalize import advances
from watcher.ports import Added, Judged, Sorted
from watcher.storage import tables as t
from watcher.storage.database import Database, insert
from watcher.storage.rows import STATE_COLUMNS, document_of, evidence_json, state_of, story_of, version_values

LEASE = timedelta(minutes=5)  #: longest a poll may take before another worker may have its source
WINDOW = timedelta(days=10)  #: Stories whose last Document joined longer ago take no more, but for corrections that name them
TEXT = 4_000  #: characters of a Document's text that placing sees
CHUNK = 500  #: keys in one question; SQLite takes 32,766 parameters, PostgreSQL 65,535

T = TypeVar("T")


class _Known(NamedTuple):
    id: int
    version: int
    fingerprint: str
    stage: Stage
    source: str


class SourceStore:
    """The sources, Documents, Matches and Stories. Implements `watcher.ports.Store`."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def enrol(self, hosts: Mapping[str, str], now: datetime) -> None:
        """Make a row for each source (id to host) that has none, due at once; keep what is known of the others."""
        async with self.database.writing() as connection:
            for chunk in _chunks(sorted(hosts.items())):
                rows = [{"source": source, "host": host, "next_poll_at": now} for source, host in chunk]
                statement = insert(connection, t.sources).values(rows)
                await connection.execute(statement.on_conflict_do_update(index_elements=["source"], set_={"host": statement.excluded.host}))

    async def claim(self, ids: Sequence[str], now: datetime, *, limit: int, spacing: Mapping[str, timedelta]) -> list[SourceState]:
        """Take up to `limit` of these sources that are due, at most one a host, each for LEASE; and mark their hosts busy.

        Args:
            spacing: host to the least time between two requests to it; a host that is not in it is not paced.
        """
        if not ids or limit <= 0:
            return []
        async with self.database.writing() as connection:
            busy = await self._busy_hosts(connection, now)
            due = (
                sa.select(t.sources.c.source, t.sources.c.host)
                .where(*_due(now), t.sources.c.source.in_(ids))
                .order_by(t.sources.c.next_poll_at, t.sources.c.source)
                .with_for_update(skip_locked=True)
            )
            chosen: dict[str, str] = {}
            for row in await connection.execute(due):
                if len(chosen) < limit and row.host not in busy:
                    chosen[row.source] = row.host
                    if row.host in spacing:
                        busy.add(row.host)
            await _occupy(connection, {f"host:{host}": now + spacing[host] for host in set(chosen.values()) & spacing.keys()})
            return await self._take(connection, list(chosen), now)

    async def claim_named(self, ids: Sequence[str], now: datetime) -> list[SourceState]:
        """Take these sources whether due or not, as `watcher poll SOURCE` asks; those being polled right now are left out."""
        async with self.database.writing() as connection:
            free = sa.select(t.sources.c.source).where(t.sources.c.source.in_(ids), _unleased(now)).with_for_update(skip_locked=True)
            return await self._take(connection, list((await connection.execute(free)).scalars()), now)

    async def _take(self, connection: AsyncConnection, ids: Sequence[str], now: datetime) -> list[SourceState]:
        if not ids:
            return []
        taken = (
            sa.update(t.sources)
            .where(t.sources.c.source.in_(ids))
            .values(lease_until=now + LEASE, attempt=t.sources.c.attempt + 1)
            .returning(*t.sources.c)
        )
        states = {row.source: state_of(row) for row in await connection.execute(taken)}
        return [states[source] for source in ids]

    async def _busy_hosts(self, connection: AsyncConnection, now: datetime) -> set[str]:
        keys = await connection.execute(sa.select(t.buckets.c.key).where(t.buckets.c.key.like("host:%"), t.buckets.c.free_at > now))
        return {key.removeprefix("host:") for key in keys.scalars()}

    async def sort(self, source: Source, documents: Sequence[Document]) -> Sorted:
        async with self.database.reading() as connection:
            known = await _known(connection, documents)
        new = tuple(document for document in documents if document.key not in known)
        changed = tuple(document for document in documents if (before := known.get(document.key)) and _is_change(before, document))
        return Sorted(new=new, changed=changed, known=len(documents) - len(new))

    async def save(self, state: SourceState, judged: Sequence[Judged], now: datetime, *, gap: bool = False) -> Added:
        async with self.database.writing(serial=True) as connection:
            await _put_state(connection, state, gap=gap)
            if not judged:
                return Added()
            writer = _Writer(connection, now)
            added = await writer.add(judged)
            if added.new:
                await connection.execute(sa.update(t.sources).where(t.sources.c.source == state.source).values(last_new_at=now))
            return added


class _Writer:
    """The deed of one poll, inside its transaction."""

    def __init__(self, connection: AsyncConnection, now: datetime) -> None:
        self.connection = connection
        self.now = now
        self.touched: list[int] = []  # Stories born or revised

    async def add(self, judged: Sequence[Judged]) -> Added:
        known = await _known(self.connection, [each.document for each in judged])
        new = [each for each in judged if each.document.key not in known]
        changed = [each for each in judged if (place := known.get(each.document.key)) and _is_change(place, each.document)]
        before = await self._documents([known[each.document.key].id for each in changed])
        ids = {each.document.key: await self._insert(each) for each in new}
        for each in changed:
            ids[each.document.key] = known[each.document.key].id
            await self._add_version(known[each.document.key], each)
        in_story = await self._stories_of(list(ids.values()))
        for each in changed:
            if (story := in_story.get(ids[each.document.key])) is not None:
                await self._revise(story, before[ids[each.document.key]], each, ids[each.document.key])
        homeless = [each for each in judged if each.document.key in ids and ids[each.document.key] not in in_story and each.verdict.matches]
        if homeless:
            await self._place(homeless, ids)
        return Added(
            new=len(new),
            changed=len(changed),
            backfill=sum(each.backfill for each in new),
            stories=tuple(dict.fromkeys(self.touched)),
        )

    async def _insert(self, each: Judged) -> int:
        values = {
            "key": each.document.key,
            "source": each.document.source,
            "version": 1,
            "first_seen": self.now,
            "changed_at": self.now,
            "backfill": each.backfill,
            "tell": each.tell and not each.backfill,
        }
        document: int = (await self.connection.execute(sa.insert(t.documents).values(values).returning(t.documents.c.id))).scalar_one()
        await self._keep_words(document, 1, each)
        return document

    async def _add_version(self, known: _Known, each: Judged) -> None:
        version = known.version + 1
        await self.connection.execute(
            sa.update(t.documents).where(t.documents.c.id == known.id).values(version=version, changed_at=self.now)
        )
        await self._keep_words(known.id, version, each)

    async def _keep_words(self, document: int, version: int, each: Judged) -> None:
        values = {"document": document, "version": version, "seen_at": self.now, **version_values(each.document)}
        await self.connection.execute(sa.insert(t.versions).values(values))
        keys = [{"key": key, "document": document} for key in dict.fromkeys((each.document.key, *each.document.keys))]
        await self.connection.execute(insert(self.connection, t.document_keys).values(keys).on_conflict_do_nothing())
        if each.verdict.matches:
            await self.connection.execute(
                sa.insert(t.matches), [self._match_values(document, version, match) for match in each.verdict.matches]
            )

    def _match_values(self, document: int, version: int, match: Match) -> dict[str, Any]:
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

    async def _stories_of(self, ids: Sequence[int]) -> dict[int, int]:
        rows = await self.connection.execute(
            sa.select(t.story_documents.c.document, t.story_documents.c.story).where(t.story_documents.c.document.in_(ids))
        )
        return {row.document: row.story for row in rows}

    async def _place(self, fresh: Sequence[Judged], ids: Mapping[str, int]) -> None:
        """Give each of these Documents its Story, opened or joined."""
        window = await self._window([each.document for each in fresh])
        candidates = [Placed(document=each.document, seen_at=self.now, watches=each.verdict.watches) for each in fresh]
        placed = await asyncio.to_thread(placing.place, candidates, window)
        judged = {each.document.key: each for each in fresh}
        groups: dict[str, list[tuple[Judged, Placed]]] = defaultdict(list)
        for place in placed:
            groups[place.story].append((judged[place.document.key], place))
        for story, members in groups.items():
            if story.startswith("new:"):
                await self._open(members, ids)
            else:
                for each, place in members:
                    await self._join(int(story), each, place, ids[each.document.key])

    async def _window(self, fresh: Sequence[Document]) -> list[Placed]:
        """The Documents of the Stories that these could belong to."""
        named = {key for document in fresh for key in document.relates}
        recent = t.story_documents.c.joined_at > self.now - WINDOW
        near = current_documents(text=sa.func.substr(t.versions.c.text, 1, TEXT)).join(
            t.story_documents, t.story_documents.c.document == t.documents.c.id
        )
        near = near.add_columns(t.story_documents.c.story, t.documents.c.first_seen).order_by(t.documents.c.id)
        rows = list(await self.connection.execute(near.where(sa.or_(recent, t.documents.c.key.in_(named)))))
        watches = await self._watches({row.story for row in rows})
        return [Placed(document=document_of(row), seen_at=row.first_seen, watches=watches[row.story], story=str(row.story)) for row in rows]

    async def _watches(self, stories: Iterable[int]) -> dict[int, tuple[str, ...]]:
        found: dict[int, list[str]] = defaultdict(list)
        for chunk in _chunks(sorted(stories)):
            statement = sa.select(t.story_watches.c.story, t.story_watches.c.watch).where(t.story_watches.c.story.in_(chunk))
            for row in await self.connection.execute(statement.order_by(t.story_watches.c.revision, t.story_watches.c.watch)):
                found[row.story].append(row.watch)
        return defaultdict(tuple, {story: tuple(each) for story, each in found.items()})

    async def _open(self, members: Sequence[tuple[Judged, Placed]], ids: Mapping[str, int]) -> None:
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
            await self._put_in(story, ids[each.document.key], place.because)
        await self._put_revision(story, 1, change="", loud=True, new_watches=watches, tell=tell)

    async def _join(self, story: int, each: Judged, place: Placed, document: int) -> None:
        await self._put_in(story, document, place.because)
        await self._revise(story, None, each, document)

    async def _put_in(self, story: int, document: int, because: Sequence[str]) -> None:
        await self.connection.execute(
            sa.insert(t.story_documents).values(story=story, document=document, joined_at=self.now, because=list(because))
        )

    async def _revise(self, story_id: int, before: Document | None, each: Judged, document: int) -> None:
        """Say what a new or changed Document does to its Story: nothing, an update in place, or a revision."""
        story, was_told = await self._story(story_id)
        change = placing.revise(story, before, each.document, each.verdict.watches)
        tell = each.tell and not each.backfill
        first = tell and not was_told and (before is None or change is not None)  # nobody heard of it yet: told as new
        new_watches = tuple(dict.fromkeys((*story.watches, *each.verdict.watches))) if first else (change.new_watches if change else ())
        await self._refresh(story, each.document, document, tell=tell and (first or was_told))
        if change is not None or first:
            loud = change.loud if change else True
            await self._put_revision(
                story.id, story.revision + 1, change=change.change if change else "", loud=loud, new_watches=new_watches, tell=tell
            )

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

    async def _refresh(self, story: Story, document: Document, document_id: int, *, tell: bool) -> None:
        """Let the Story show its best Document: the lead's title, stage and type, the most pressing severity."""
        members = await self.connection.execute(
            current_documents(text=sa.literal(""))
            .join(t.story_documents, t.story_documents.c.document == t.documents.c.id)
            .where(t.story_documents.c.story == story.id)
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
        await self.connection.execute(sa.update(t.stories).where(t.stories.c.id == story.id).values(values))

    async def _put_revision(self, story: int, number: int, *, change: str, loud: bool, new_watches: Sequence[str], tell: bool) -> None:
        if new_watches:
            rows = [{"story": story, "watch": watch, "revision": number} for watch in new_watches]
            await self.connection.execute(insert(self.connection, t.story_watches).values(rows).on_conflict_do_nothing())
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


def _due(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (t.sources.c.next_poll_at <= now, sa.not_(t.sources.c.gone), _unleased(now))


def _unleased(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(t.sources.c.lease_until.is_(None), t.sources.c.lease_until <= now)


async def _put_state(connection: AsyncConnection, state: SourceState, *, gap: bool) -> None:
    values = {name: getattr(state, name) for name in STATE_COLUMNS if name != "attempt"} | {"lease_until": None}
    if gap:
        values["gaps"] = t.sources.c.gaps + 1
    fenced = sa.and_(t.sources.c.source == state.source, t.sources.c.attempt == state.attempt)
    result = await connection.execute(sa.update(t.sources).where(fenced).values(values))
    if result.rowcount != 1:
        raise StaleLeaseError(f"{state.source}: its lease ran out while it was polled, and another worker has it")


async def _known(connection: AsyncConnection, documents: Sequence[Document]) -> dict[str, _Known]:
    """What is stored of each Document, by the key it comes with; its own key decides before any second one."""
    owners: dict[str, int] = {}
    every = sorted({key for document in documents for key in (document.key, *document.keys)})
    for chunk in _chunks(every):
        rows = await connection.execute(sa.select(t.document_keys).where(t.document_keys.c.key.in_(chunk)))
        owners.update({row.key: row.document for row in rows})
    current: dict[int, _Known] = {}
    for some in _chunks(sorted(set(owners.values()))):
        rows = await connection.execute(
            sa.select(t.documents.c.id, t.documents.c.version, t.versions.c.fingerprint, t.versions.c.stage, t.versions.c.source)
            .join(t.versions, _is_current())
            .where(t.documents.c.id.in_(some))
        )
        current.update({row.id: _Known(row.id, row.version, row.fingerprint, Stage(row.stage), row.source) for row in rows})
    known: dict[str, _Known] = {}
    for document in documents:
        owner = next((owners[key] for key in (document.key, *document.keys) if key in owners), None)
        if owner is not None:
            known[document.key] = current[owner]
    return known


def _is_change(before: _Known, after: Document) -> bool:
    """Whether this is another version. The source that spoke last may correct itself; any other must bring a further stage, or two
    feeds that word one article differently would change it for ever."""
    if before.source == after.source:
        return before.fingerprint != after.fingerprint()
    return before.stage != after.stage and advances(before.stage, after.stage)


def _is_current() -> sa.ColumnElement[bool]:
    return sa.and_(t.versions.c.document == t.documents.c.id, t.versions.c.version == t.documents.c.version)


def current_documents(text: sa.ColumnElement[str] | None = None) -> sa.Select[Any]:
    """Documents in their current version, with `key`; `text` may be cut where it is not needed."""
    columns: list[sa.ColumnElement[Any]] = [column for column in t.versions.c if column.name != "text"]
    columns.append((t.versions.c.text if text is None else text).label("text"))
    return sa.select(t.documents.c.key, *columns).select_from(t.documents).join(t.versions, _is_current())


async def _occupy(connection: AsyncConnection, until: Mapping[str, datetime]) -> None:
    """Keep these buckets shut until then."""
    if not until:
        return
    statement = insert(connection, t.buckets).values([{"key": key, "free_at": moment} for key, moment in sorted(until.items())])
    await connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"free_at": statement.excluded.free_at}))


def _chunks(items: Sequence[T]) -> Iterable[Sequence[T]]:
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))
