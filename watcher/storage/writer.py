"""The deed of one poll, inside its transaction: Documents, versions, matches, Stories and their revisions."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher import revisions
from watcher import stories as placing
from watcher.models import Document, Match, Placed, Story
from watcher.own import is_private, neutral, private, public
from watcher.ports import Added, Judged
from watcher.storage import mergers
from watcher.storage import tables as t
from watcher.storage.database import Database, insert
from watcher.storage.known import Known, Stored, changes, chunks, keys_of, stored_of
from watcher.storage.own import public_document
from watcher.storage.rows import current_documents, document_of, evidence_json, story_of, version_values
from watcher.storage.window import Placer, Plan, still_holds

MOST_KEYS = 50  #: of one Document; a source that gives it another identity with each reading fills no table

#: the order of a Story's Watches: those that brought it, as they came, before those that were added to `sources.toml` later
WATCHES = (t.story_watches.c.history, t.story_watches.c.revision, t.story_watches.c.watch)


class Ready(NamedTuple):
    """What is worked out about a poll's Documents before the lock that writers wait for."""

    values: Mapping[str, dict[str, Any]]  #: what `versions` will hold of each, by its key
    placer: Placer
    plan: Plan | None = None  #: for those that match and have no Story; None where there are none


async def prepare(database: Database, placer: Placer, judged: Sequence[Judged], now: datetime, renamed: Sequence[Document] = ()) -> Ready:
    """Do what needs no lock: hash, and find the Stories. Inside the lock it is only checked that nothing has changed meanwhile."""
    values = await asyncio.to_thread(lambda: {each.document.key: version_values(each.document) for each in judged})
    matching = [each for each in judged if each.verdict.matches]
    if not matching:
        return Ready(values, placer)
    async with database.reading() as connection:
        stored = await stored_of(connection, _all(judged, renamed))
        in_story = await stories_of(connection, [known.id for known in stored.known.values()])
        homeless = [each for each in matching if (known := stored.known.get(each.document.key)) is None or known.id not in in_story]
        return Ready(values, placer, await placer.plan(connection, homeless, now) if homeless else None)


class _News(NamedTuple):
    """A Document that is new, changed or to be told from now on, and its Story as it was."""

    story: Story
    was_told: bool
    silent: tuple[str, ...]  #: Watches of the Story whose followers never heard of it
    document: int  #: its id
    before: Document | None  #: the version before; None: it newly joined the Story
    each: Judged
    untold: bool  #: nobody was to be told of it so far
    kept: bool  #: and nobody is now: only followers of Watches that it did not match before hear of it
    sure: bool  #: False: it joins, and may have something new to tell
    beside: tuple[Document, ...] = ()  #: the Story's other papers, where it matters what they say


class _Member(NamedTuple):
    """A Document of a Story."""

    id: int
    first_seen: datetime
    public: bool  #: it answered a Watch of the file
    paper: Document


class Writer:
    """The deed of one poll, inside its transaction."""

    def __init__(self, connection: AsyncConnection, now: datetime) -> None:
        self.connection = connection
        self.now = now
        self.touched: list[int] = []  # Stories born or revised
        self._members: dict[int, list[_Member]] = {}  # of Stories that were refreshed: read once, whatever joins them then

    async def add(self, judged: Sequence[Judged], ready: Ready, renamed: Sequence[Document] = ()) -> Added:
        """Store what was judged, and the further keys of what is `renamed` (`ports.Store.save`). Which stored Document each one is, is
        decided over all of them, as it was when they were sorted: else a new paper at another one's old address would become that."""
        stored = await stored_of(self.connection, _all(judged, renamed))
        known = stored.known
        fingerprints = {key: values["fingerprint"] for key, values in ready.values.items()}
        other_words = {document.key for document in changes([each.document for each in judged], known, fingerprints)}
        new = [each for each in judged if each.document.key not in known]
        changed = [_as_it_was(known[each.document.key], each) for each in judged if each.document.key in other_words]
        again = [each for each in judged if each.document.key in known and each.document.key not in other_words | stored.owners.keys()]
        untold = [each for each in again if _is_told_now(known[each.document.key], each)]
        before = await self._documents([known[each.document.key].id for each in changed])
        ids = await self._insert(new, ready)
        ids |= await self._add_versions([(known[each.document.key], each) for each in changed], ready)
        ids |= await self._tell([(known[each.document.key], each) for each in untold])
        in_story = await stories_of(self.connection, list(ids.values()))
        for each in changed:
            if (story := in_story.get(ids[each.document.key])) is not None:
                was = before[ids[each.document.key]]
                kept = not known[each.document.key].tell and revisions.stays_untold(was, each.document)
                await self._revise(story, ids[each.document.key], was, each, kept=kept)
        for each in untold:
            if (story := in_story.get(ids[each.document.key])) is not None:
                await self._revise(story, ids[each.document.key], each.document, each, untold=True)
        written = [*new, *changed, *untold]
        homeless = [each for each in written if ids[each.document.key] not in in_story and each.verdict.matches]
        if homeless:
            await self._place(homeless, ids, ready)
        await mergers.merge(self, [(known[each.document.key].id, before[known[each.document.key].id], each.document) for each in changed])
        await self._keep_keys(renamed, stored)
        return Added(
            new=len(new),
            changed=len(changed),
            backfill=sum(each.backfill for each in new),
            stories=tuple(dict.fromkeys(self.touched)),
        )

    async def _insert(self, new: Sequence[Judged], ready: Ready) -> dict[str, int]:
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
        await self._keep_words([(ids[each.document.key], 1, each) for each in new], ready)
        return ids

    async def _add_versions(self, changed: Sequence[tuple[Known, Judged]], ready: Ready) -> dict[str, int]:
        """Store further versions of known Documents; gives their ids by key."""
        rows = [{"which": known.id, "latest": known.version + 1} for known, _ in changed]
        if rows:
            which = t.documents.c.id == sa.bindparam("which")
            statement = sa.update(t.documents).where(which).values(version=sa.bindparam("latest"), changed_at=self.now)
            await self.connection.execute(statement, rows)
        await self._keep_words([(known.id, known.version + 1, each) for known, each in changed], ready)
        return {each.document.key: known.id for known, each in changed}

    async def _tell(self, untold: Sequence[tuple[Known, Judged]]) -> dict[str, int]:
        """Mark known Documents as to be told from now on; gives their ids by key."""
        ids = {each.document.key: known.id for known, each in untold}
        for chunk in chunks(list(ids.values())):
            await self.connection.execute(sa.update(t.documents).where(t.documents.c.id.in_(chunk)).values(tell=True))
        matches = [self.match_values(known.id, known.version, match) for known, each in untold for match in each.verdict.matches]
        if matches:
            await self.connection.execute(insert(self.connection, t.matches).on_conflict_do_nothing(), matches)
        return ids

    async def _keep_keys(self, documents: Sequence[Document], stored: Stored) -> None:
        """Know these Documents, which are known, by all their keys: but each by MOST_KEYS at most."""
        new: dict[int, list[str]] = defaultdict(list)
        for document in documents:
            if document.key in stored.known:
                new[stored.known[document.key].id] += [key for key in keys_of(document) if key not in stored.owners]
        counts: dict[int, int] = {}
        for chunk in chunks(list(new)):
            of = t.document_keys.c.document
            many = await self.connection.execute(sa.select(of, sa.func.count()).where(of.in_(chunk)).group_by(of))
            counts.update({row[0]: row[1] for row in many})
        rows = [
            {"key": key, "document": document} for document, keys in new.items() for key in keys[: max(MOST_KEYS - counts[document], 0)]
        ]
        if rows:
            await self.connection.execute(insert(self.connection, t.document_keys).on_conflict_do_nothing(), rows)

    async def _keep_words(self, versions: Sequence[tuple[int, int, Judged]], ready: Ready) -> None:
        """Store versions (a Document's id, the version's number, its words), with the Documents' keys and Matches."""
        words = [
            {"document": document, "version": version, "seen_at": self.now, **ready.values[each.document.key]}
            for document, version, each in versions
        ]
        keys = [{"key": key, "document": document} for document, _, each in versions for key in keys_of(each.document)]
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
            "because": evidence_json(neutral(match).because),
            "matched_at": self.now,
        }

    async def _documents(self, ids: Sequence[int]) -> dict[int, Document]:
        """These Documents in their current version."""
        found: dict[int, Document] = {}
        for chunk in chunks(ids):
            rows = await self.connection.execute(current_documents().where(t.documents.c.id.in_(chunk)))
            found.update({row.document: document_of(row) for row in rows})
        return found

    async def _place(self, fresh: Sequence[Judged], ids: Mapping[str, int], ready: Ready) -> None:
        """Give each of these Documents its Story, opened or joined: as planned, unless a rival was faster."""
        made = ready.plan
        if made is None or not await still_holds(self.connection, made, fresh, self.now):
            made = await ready.placer.plan(self.connection, fresh, self.now)
        judged = {each.document.key: each for each in fresh}
        groups: dict[str, list[tuple[Judged, Placed]]] = defaultdict(list)
        for place in made.placed:
            groups[place.story].append((judged[place.document.key], place))
        births = [_by_publicity(members) for story, members in groups.items() if story.startswith("new:")]
        opened = await self._open([first for first, _ in births], ids)
        for number, (_, others) in zip(opened, births, strict=True):
            await self._join(number, others, ids)
        for story, members in groups.items():
            if not story.startswith("new:"):
                await self._join(int(story), members, ids)

    async def _watches(self, stories: Iterable[int]) -> dict[int, tuple[str, ...]]:
        found: dict[int, list[str]] = defaultdict(list)
        for chunk in chunks(sorted(stories)):
            statement = sa.select(t.story_watches.c.story, t.story_watches.c.watch).where(t.story_watches.c.story.in_(chunk))
            for row in await self.connection.execute(statement.order_by(*WATCHES)):
                found[row.story].append(row.watch)
        return defaultdict(tuple, {story: tuple(each) for story, each in found.items()})

    async def open(self, members: Sequence[tuple[Judged, Placed]], ids: Mapping[str, int]) -> None:
        """A new Story, at revision 1."""
        await self._open([members], ids)

    async def _open(self, groups: Sequence[Sequence[tuple[Judged, Placed]]], ids: Mapping[str, int]) -> list[int]:
        """New Stories, at revision 1; gives their ids."""
        opened: list[int] = []
        for chunk in chunks(groups):
            rows = {ids[placing.lead([place.document for _, place in members]).key]: members for members in chunk}
            values = [self._story_values(members, lead) for lead, members in rows.items()]
            inserted = await self.connection.execute(sa.insert(t.stories).returning(t.stories.c.id, t.stories.c.lead), values)
            stories = {row.lead: row.id for row in inserted}
            papers = [
                {"story": stories[lead], "document": ids[each.document.key], "joined_at": self.now, "because": list(place.because)}
                for lead, members in rows.items()
                for each, place in members
            ]
            await self.connection.execute(sa.insert(t.story_documents), papers)
            watches = {stories[lead]: _watches_of(members) for lead, members in rows.items()}
            await self.connection.execute(
                sa.insert(t.story_watches),
                [{"story": story, "watch": watch, "revision": 1} for story, each in watches.items() for watch in each],
            )
            births = [
                self._revision_values(stories[row["lead"]], 1, new_watches=watches[stories[row["lead"]]], tell=row["tell"])
                for row in values
            ]
            await self.connection.execute(sa.insert(t.revisions), births)
            opened += (stories[lead] for lead in rows)
        self.touched += opened
        return opened

    def _story_values(self, members: Sequence[tuple[Judged, Placed]], lead: int) -> dict[str, Any]:
        first = placing.lead([place.document for _, place in members])
        return {
            "revision": 1,
            "title": first.shown,
            "severity": int(max(place.document.severity for _, place in members)),
            "stage": str(first.stage),
            "type": str(first.type),
            "lead": lead,
            "first_seen": self.now,
            "revised_at": self.now,
            "tell": any(each.tell and not each.backfill for each, _ in members),
        }

    async def _join(self, story: int, members: Sequence[tuple[Judged, Placed]], ids: Mapping[str, int]) -> None:
        for each, place in members:
            await self.put_in(story, ids[each.document.key], place.because)
            await self._revise(story, ids[each.document.key], None, each, sure=place.sure)

    async def put_in(self, story: int, document: int, because: Sequence[str]) -> None:
        await self.connection.execute(
            sa.insert(t.story_documents).values(story=story, document=document, joined_at=self.now, because=list(because))
        )

    async def _revise(
        self,
        story_id: int,
        document: int,
        before: Document | None,
        each: Judged,
        *,
        untold: bool = False,
        kept: bool = False,
        sure: bool = True,
    ) -> None:
        """Say what a new, changed or untold Document does to its Story: nothing, an update in place, or a revision.

        What it does by Watches that subscribers own is a revision apart (`own.is_private`), of which nobody else hears; a Document that
        never answered a Watch of the file does nothing else.
        """
        story, was_told = await self.story(story_id)
        news = _News(story, was_told, tuple(await self._silent(story_id)), document, before, each, untold, kept, sure)
        if revisions.is_correction(before, each.document):
            news = news._replace(beside=await self._beside(story_id, document))
        if not private((*story.watches, *each.verdict.watches)):
            await self._revise_publicly(news)
            return
        matched = await self._matched(document)
        further = await self._revise_publicly(news) if public(matched) else 0
        if mine := private(matched):
            await self._revise_privately(news, mine, story.revision + further + 1, alone=not public(matched))

    async def _revise_publicly(self, news: "_News") -> int:
        """What followers of the file's Watches hear of; answers how many revisions that made.

        Followers of a Watch that was added to the file later, or that a paper brought of which nobody was to be told, never heard of the
        Story: to them it is new when a further paper that matches joins it, or when it really changes. To a Story that was its owners'
        alone they all are such followers.
        """
        before, each = news.before, news.each
        story, watches, silent = replace(news.story, watches=public(news.story.watches)), public(each.verdict.watches), public(news.silent)
        heard = story.watches == news.story.watches or bool(set(story.watches) - set(silent))
        was_told = news.was_told and heard
        tell = (each.tell or (before is not None and was_told)) and not each.backfill
        said = tuple(watch for watch in story.watches if watch not in silent) if before is None and tell else story.watches
        change = revisions.revise(replace(story, watches=said), before, each.document, watches, beside=news.beside, sure=news.sure)
        new_watches = change.new_watches if change else ()
        tell = tell and not (news.kept and not was_told and not new_watches)
        anew = before is None or change is not None or news.untold
        first = tell and not was_told and not news.kept and anew  # nobody heard of it yet: told as new
        if first:
            new_watches = tuple(dict.fromkeys((*story.watches, *watches)))
        elif tell and not news.kept and change is not None and change.change:
            new_watches = tuple(dict.fromkeys((*new_watches, *silent)))
        await self.refresh(story.id, tell=tell and (first or was_told), joined=news.document)
        if change is None and not first:
            return 0
        unseen = not story.watches and bool(news.story.watches)  # its owners' alone until now: to all others nothing has changed
        said_of_it, loud = (change.change, change.loud) if change and not unseen else ("", True)
        made_by = news.document if said_of_it else None
        await self.put_revision(
            story.id, story.revision + 1, change=said_of_it, loud=loud, new_watches=new_watches, tell=tell, made_by=made_by
        )
        return 1

    async def _revise_privately(self, news: "_News", mine: tuple[str, ...], number: int, *, alone: bool) -> None:
        """What owners hear of, each of what came by her own Watch: a paper that is new to it, or a change of one that others don't see.

        Args:
            mine: the Watches of subscribers that the Document ever answered.
            number: of the next revision.
            alone: it never answered any other; else its changes are told to all.
        """
        story, before, each = news.story, news.before, news.each
        tell = (each.tell or (before is not None and news.was_told)) and not each.backfill
        change = revisions.revise(story, before, each.document, (), beside=news.beside, sure=news.sure) if alone else None
        new_watches = tuple(watch for watch in mine if watch not in story.watches)
        if (change is not None and not news.kept) or (tell and (before is None or news.untold)):
            new_watches = mine
        if alone and not public(story.watches):
            await self.refresh(story.id, tell=tell and bool(new_watches), joined=news.document)
        if new_watches:
            said, loud = (change.change, change.loud) if change else ("", False)
            made_by = news.document if said else None
            await self.put_revision(story.id, number, change=said, loud=loud, new_watches=new_watches, tell=tell, made_by=made_by)

    async def _beside(self, story: int, document: int) -> tuple[Document, ...]:
        """The other papers of a Story."""
        of = (t.story_documents.c.story == story, t.story_documents.c.document != document)
        others = (await self.connection.execute(sa.select(t.story_documents.c.document).where(*of))).scalars()
        return tuple((await self._documents(list(others))).values())

    async def _matched(self, document: int) -> tuple[str, ...]:
        """The Watches that any version of this Document answered."""
        of = sa.select(t.matches.c.watch).where(t.matches.c.document == document).distinct().order_by(t.matches.c.watch)
        return tuple((await self.connection.execute(of)).scalars())

    async def _silent(self, story: int) -> list[str]:
        """Watches that the Story got by looking back, or by a paper that nobody was to be told of."""
        of = sa.select(t.story_watches.c.watch).where(t.story_watches.c.story == story, t.story_watches.c.history)
        return list((await self.connection.execute(of.order_by(t.story_watches.c.watch))).scalars())

    async def story(self, story: int) -> tuple[Story, bool]:
        """A Story, and whether any revision of it was to be told."""
        row = (
            await self.connection.execute(
                sa.select(*t.stories.c, t.documents.c.key.label("lead_key"))
                .join(t.documents, t.documents.c.id == t.stories.c.lead)
                .where(t.stories.c.id == story)
            )
        ).one()
        watches = await self._watches([story])
        return story_of(row, watches[story], row.lead_key), row.tell

    async def refresh(self, story: int, *, tell: bool, joined: int | None = None) -> None:
        """Let the Story show its best Document: the lead's title, stage and type, the most pressing severity. Those that only Watches of
        subscribers brought say nothing where there are others.

        Args:
            joined: the Document that may be new in it; all others of this Story are as they were when it was last refreshed here. None:
                anything may have changed.
        """
        if joined is None or story not in self._members:
            self._members[story] = await self._read_members(t.story_documents.c.story == story)
        elif not any(each.id == joined for each in self._members[story]):
            self._members[story] += await self._read_members(t.story_documents.c.document == joined)
            self._members[story].sort(key=lambda each: (each.first_seen, each.id))
        members = self._members[story]
        members = [each for each in members if each.public] or members
        lead = placing.lead([each.paper for each in members])
        values: dict[str, Any] = {
            "title": lead.shown,
            "severity": int(max(each.paper.severity for each in members)),
            "stage": str(lead.stage),
            "type": str(lead.type),
            "lead": next(each.id for each in members if each.paper is lead),
        }
        if tell:
            values["tell"] = True
        await self.connection.execute(sa.update(t.stories).where(t.stories.c.id == story).values(values))

    async def _read_members(self, which: sa.ColumnElement[bool]) -> list["_Member"]:
        rows = await self.connection.execute(
            current_documents(text=sa.literal(""))
            .add_columns(t.documents.c.first_seen, public_document(t.documents.c.id).label("public"))
            .join(t.story_documents, t.story_documents.c.document == t.documents.c.id)
            .where(which)
            .order_by(t.documents.c.first_seen, t.documents.c.id)
        )
        return [_Member(row.document, row.first_seen, row.public, document_of(row)) for row in rows]

    async def put_revision(
        self,
        story: int,
        number: int,
        *,
        change: str,
        loud: bool,
        new_watches: Sequence[str],
        tell: bool,
        made_by: int | None = None,
    ) -> None:
        """The Story's next revision, the Watches that it brought, and the Document that made it."""
        if new_watches:
            rows = [{"story": story, "watch": watch, "revision": number, "history": not tell} for watch in new_watches]
            statement = insert(self.connection, t.story_watches).values(rows)
            told = {"revision": statement.excluded.revision, "history": False}
            upsert = statement.on_conflict_do_update(index_elements=["story", "watch"], set_=told, where=t.story_watches.c.history)
            await self.connection.execute(upsert if tell else statement.on_conflict_do_nothing())
        values = self._revision_values(story, number, change=change, loud=loud, new_watches=new_watches, tell=tell, made_by=made_by)
        await self.connection.execute(sa.insert(t.revisions).values(values))
        moved = {"revision": number} if is_private(new_watches) else {"revision": number, "revised_at": self.now}
        await self.connection.execute(sa.update(t.stories).where(t.stories.c.id == story).values(moved))
        self.touched.append(story)

    def _revision_values(
        self,
        story: int,
        number: int,
        *,
        new_watches: Sequence[str],
        tell: bool,
        change: str = "",
        loud: bool = True,
        made_by: int | None = None,
    ) -> dict[str, Any]:
        return {
            "story": story,
            "number": number,
            "at": self.now,
            "change": change,
            "loud": loud,
            "new_watches": list(new_watches),
            "tell": tell,
            "fanned": not tell,
            "document": made_by,
        }


def _as_it_was(before: Known, each: Judged) -> Judged:
    """A changed Document: late is what was late when it was first seen, and what was to be told goes on to be, whoever brings it."""
    return replace(each, tell=each.tell or before.tell, backfill=each.backfill or before.backfill)


def _is_told_now(before: Known, each: Judged) -> bool:
    """Whether a Document that only a first run has found so far, and that was not late, is one that another source tells."""
    return each.tell and not each.backfill and not before.tell and not before.backfill


def _all(judged: Sequence[Judged], renamed: Sequence[Document]) -> list[Document]:
    return list({document.key: document for document in (*(each.document for each in judged), *renamed)}.values())


def _by_publicity(members: Sequence[tuple[Judged, Placed]]) -> tuple[list[tuple[Judged, Placed]], list[tuple[Judged, Placed]]]:
    """Who opens a Story, and who joins it then: after those that answer a Watch of the file, those that only subscribers' own ask for, and
    what may tell something new."""
    public_ones = [member for member in members if public(member[0].verdict.watches)] or list(members)
    first = [member for member in public_ones if member[1].sure] or public_ones
    opening = {id(member) for member in first}
    return first, [member for member in members if id(member) not in opening]


def _watches_of(members: Sequence[tuple[Judged, Placed]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(watch for each, _ in members for watch in each.verdict.watches))


async def stories_of(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, int]:
    """The Story of each of these Documents that has one."""
    found: dict[int, int] = {}
    for chunk in chunks(ids):
        of = t.story_documents.c.document.in_(chunk)
        rows = await connection.execute(sa.select(t.story_documents.c.document, t.story_documents.c.story).where(of))
        found.update({row.document: row.story for row in rows})
    return found
