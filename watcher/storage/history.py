"""Which Watches were met, how far each has looked back, and what it found: stored so that nobody is told."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.models import Placed, Verdict
from watcher.ports import Judged, Kept, Stretch
from watcher.storage import tables as t
from watcher.storage.database import Database, insert
from watcher.storage.own import owned
from watcher.storage.rows import current_documents, document_of
from watcher.storage.store import LEASE
from watcher.storage.window import WINDOW, Placer
from watcher.storage.writer import Writer, stories_of

HISTORY = timedelta(days=90)  #: how far back a new Watch looks
STRETCH = 50  #: Documents of one step


class StoredHistory:
    """Looking back. Implements `watcher.ports.History`.

    Args:
        step: Documents of one stretch.
    """

    def __init__(self, database: Database, *, step: int = STRETCH) -> None:
        self.database = database
        self.step = step
        self._placer = Placer()

    async def meet(self, watches: Sequence[str], now: datetime) -> tuple[str, ...]:
        """Remember that there are these Watches; answer those never met before that have a history to be judged.

        The first ones of an empty database have none.
        """
        async with self.database.reading() as connection:
            known = set((await connection.execute(sa.select(t.watches.c.watch))).scalars())
        new = tuple(watch for watch in dict.fromkeys(watches) if watch not in known)
        if not new:
            return ()
        async with self.database.writing() as connection:
            since = sa.select(sa.func.min(t.documents.c.id)).where(t.documents.c.first_seen >= now - HISTORY)
            first: int | None = (await connection.execute(since)).scalar_one()
            last: int | None = (await connection.execute(sa.select(sa.func.max(t.documents.c.id)))).scalar_one()
            reached = first - 1 if first is not None else last or 0
            done = now if not known and last is None else None
            rows = [{"watch": watch, "met_at": now, "reached": reached, "done_at": done} for watch in new]
            await connection.execute(insert(connection, t.watches).values(rows).on_conflict_do_nothing())
        return new if done is None else ()

    async def stretch(self, watches: Sequence[str], now: datetime) -> Stretch | None:
        """What is to be judged next by those of these Watches that are furthest behind; None: nothing just now.

        A Watch is done when it has come to the end and no poll that began before it was met can still be under way.
        """
        async with self.database.reading() as connection:
            behind = await self._behind(connection, watches)
            if not behind:
                return None
            after = min(behind.values())
            rows = await connection.execute(
                current_documents()
                .add_columns(t.documents.c.first_seen)
                .where(t.documents.c.id > after)
                .order_by(t.documents.c.id)
                .limit(self.step)
            )
            kept = await asyncio.to_thread(_kept, rows)
        if kept:
            return Stretch(watches=tuple(watch for watch, reached in behind.items() if reached == after), after=after, documents=kept)
        async with self.database.writing() as connection:
            at_end = (t.watches.c.watch.in_(list(behind)), t.watches.c.done_at.is_(None), t.watches.c.met_at <= now - LEASE)
            await connection.execute(sa.update(t.watches).where(*at_end).values(done_at=now))
        return None

    async def _behind(self, connection: AsyncConnection, watches: Sequence[str]) -> dict[str, int]:
        """Those of these Watches that are not done, and how far each has come."""
        waiting = sa.select(t.watches.c.watch, t.watches.c.reached).where(t.watches.c.done_at.is_(None)).order_by(t.watches.c.watch)
        wanted = frozenset(watches)
        return {row.watch: row.reached for row in await connection.execute(waiting) if row.watch in wanted}

    async def keep(self, stretch: Stretch, verdicts: Sequence[Verdict], now: datetime) -> int:
        """Store Matches, and Stories of what had none, silently; answer how many Documents were found."""
        async with self.database.writing(serial=True) as connection:
            if not await self._advance(connection, stretch):
                return 0
            ids = [kept.id for kept in stretch.documents]
            rows = await connection.execute(sa.select(t.documents.c.id, t.documents.c.version).where(t.documents.c.id.in_(ids)))
            versions = {row.id: row.version for row in rows}
            keeper = _Keeper(connection, self._placer, now)
            found = [
                (kept, matched)
                for kept, verdict in zip(stretch.documents, verdicts, strict=True)
                if versions.get(kept.id) == kept.version  # else its poll has judged it anew meanwhile
                if (matched := await keeper.put_matches(kept, verdict)).matches
            ]
            await keeper.put_in_stories(found)
            return len(found)

    async def _advance(self, connection: AsyncConnection, stretch: Stretch) -> bool:
        """Move the mark; False, and none moved, where another worker has moved one of them, and with it this stretch."""
        mine = (t.watches.c.watch.in_(stretch.watches), t.watches.c.reached == stretch.after, t.watches.c.done_at.is_(None))
        there = (await connection.execute(sa.select(sa.func.count()).select_from(t.watches).where(*mine))).scalar_one()
        if there != len(stretch.watches):
            return False
        await connection.execute(sa.update(t.watches).where(*mine).values(reached=stretch.documents[-1].id))
        return True


def _kept(rows: Iterable[sa.Row[Any]]) -> tuple[Kept, ...]:
    return tuple(Kept(id=row.document, version=row.version, seen_at=row.first_seen, document=document_of(row)) for row in rows)


class _Keeper:
    """The deed of one stretch, inside its transaction."""

    def __init__(self, connection: AsyncConnection, placer: Placer, now: datetime) -> None:
        self.connection = connection
        self.placer = placer
        self.now = now
        self.writer = Writer(connection, now)

    async def put_matches(self, kept: Kept, verdict: Verdict) -> Verdict:
        """Store what is not stored yet, and answer that."""
        if not verdict.matches:
            return verdict
        rows = [self.writer.match_values(kept.id, kept.version, match) for match in verdict.matches]
        statement = insert(self.connection, t.matches).values(rows).on_conflict_do_nothing().returning(t.matches.c.watch)
        new = set((await self.connection.execute(statement)).scalars())
        return Verdict(document=verdict.document, matches=tuple(match for match in verdict.matches if match.watch in new))

    async def put_in_stories(self, found: Sequence[tuple[Kept, Verdict]]) -> None:
        """Let the Stories of these Documents have the Watches, and give a Story to those that have none."""
        stories = await stories_of(self.connection, [kept.id for kept, _ in found])
        for kept, verdict in found:
            if kept.id in stories:
                await self._touch(stories[kept.id], verdict)
        if homeless := [(kept, verdict) for kept, verdict in found if kept.id not in stories]:
            await self._place(homeless)

    async def _touch(self, story: int, verdict: Verdict) -> None:
        revision = sa.select(t.stories.c.revision).where(t.stories.c.id == story).scalar_subquery()
        rows = [{"story": story, "watch": watch, "revision": revision, "history": True} for watch in verdict.watches]
        await self.connection.execute(insert(self.connection, t.story_watches).values(rows).on_conflict_do_nothing())
        private = sa.select(sa.exists().where(t.story_watches.c.story == story, owned(t.story_watches.c.watch)))
        if (await self.connection.execute(private)).scalar_one():  # from now on its title is that of a paper which all may see
            await self.writer.refresh(story, tell=False)

    async def _place(self, homeless: Sequence[tuple[Kept, Verdict]]) -> None:
        """As a poll places them, among the Stories of their own time."""
        times = [kept.seen_at for kept, _ in homeless]
        fresh = [Placed(document=kept.document, seen_at=kept.seen_at, watches=verdict.watches) for kept, verdict in homeless]
        _, answers = await self.placer.place(self.connection, fresh, min(times) - WINDOW, max(times) + WINDOW)
        groups: dict[str, list[tuple[Kept, Verdict, Placed]]] = defaultdict(list)
        for (kept, verdict), placed in zip(homeless, answers, strict=True):
            groups[placed.story].append((kept, verdict, placed))
        ids = {kept.document.key: kept.id for kept, _ in homeless}
        for story, members in groups.items():
            if story.startswith("new:"):
                await self._open(members, ids)
            else:
                await self._join(int(story), members)

    async def _open(self, members: Sequence[tuple[Kept, Verdict, Placed]], ids: Mapping[str, int]) -> None:
        """A Story of its own time, not of today: it stands in the timeline where it belongs."""
        then = Writer(self.connection, min(kept.seen_at for kept, _, _ in members))
        judged = [(Judged(document=kept.document, verdict=verdict, tell=False), placed) for kept, verdict, placed in members]
        await then.open(judged, ids)

    async def _join(self, story: int, members: Sequence[tuple[Kept, Verdict, Placed]]) -> None:
        """A paper that others told of, or that tells of what others are: the Story shows it, and is not revised."""
        for kept, verdict, placed in members:
            await Writer(self.connection, kept.seen_at).put_in(story, kept.id, placed.because)
            await self._touch(story, verdict)
        await self.writer.refresh(story, tell=False)
