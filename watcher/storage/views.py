"""What pages and commands ask to see. Reads only."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.errors import DatabaseAwayError
from watcher.models import Document, Evidence, Severity, Story, Withheld
from watcher.own import is_own, is_private, public
from watcher.ports import Merged, Shown, SourceRow, StoryPage, Version
from watcher.retraction import evidence, wordless
from watcher.storage import tables as t
from watcher.storage.database import Database
from watcher.storage.earlier import dated
from watcher.storage.moves import homes, is_home
from watcher.storage.own import owned, public_story, told_publicly
from watcher.storage.retracted import Bare, bare
from watcher.storage.rows import current_documents, document_of, evidence_of, is_current, revision_of, state_of, story_of
from watcher.storage.writer import WATCHES

LATEST = 21  #: papers of a source that say how late it is
VERSIONS = 12  #: of one paper, that a page compares
MOST_VERSIONS = 60  #: of all papers of a Story; a live report has many


class Views:
    """Answers to readers of pages and to `watcher status`. Implements `watcher.ports.Views`.

    What only the Watches of subscribers brought is in no answer: no Story, paper, score card or revision of theirs. Nor are the words of
    papers that were taken back.

    Args:
        patience: seconds after which a database that says nothing is not ready.
        everything: what is private or taken back as well, for the operator's `why`; never for a page.
    """

    def __init__(self, database: Database, *, patience: float = 5.0, everything: bool = False) -> None:
        self.database = database
        self.patience = patience
        self.everything = everything

    async def stories(
        self, *, watch: str | None = None, limit: int = 50, before: int | None = None, told: bool = False, dated: bool = False
    ) -> list[StoryPage]:
        """The latest Stories, of one Watch or of all, the last revised first.

        Args:
            before: only those listed after this Story, for paging; one revised meanwhile makes pages overlap, never lose any.
            told: only those that were to be told: neither what a first look found, nor what was too old, nor a court's formalities.
            dated: only those of which a paper names a day ahead, or says that one is off.
        """
        which = sa.select(t.stories.c.id).order_by(t.stories.c.revised_at.desc(), t.stories.c.id.desc()).limit(limit)
        which = which.where(is_home(t.stories.c.id))
        if not self.everything:
            which = which.where(public_story(t.stories.c.id))
        if watch is not None:
            if is_own(watch) and not self.everything:
                return []
            which = which.where(t.stories.c.id.in_(sa.select(t.story_watches.c.story).where(t.story_watches.c.watch == watch)))
        if told:
            which = which.where(t.stories.c.tell, t.stories.c.severity > Severity.FORMALITY, told_publicly(t.stories.c.id))
        if dated:
            which = which.where(t.stories.c.id.in_(_dated()))
        if before is not None:
            mark = sa.select(t.stories.c.revised_at).where(t.stories.c.id == before).scalar_subquery()
            same = sa.and_(t.stories.c.revised_at == mark, t.stories.c.id < before)
            which = which.where(sa.or_(t.stories.c.revised_at < mark, same))
        async with self.database.reading() as connection:
            ids = list((await connection.execute(which)).scalars())
            pages = {page.story.id: page for page in await self._pages(connection, ids)}
        return [pages[story] for story in ids if story in pages]

    async def story(self, story: int) -> StoryPage | None:
        async with self.database.reading() as connection:
            return next(iter(await self._pages(connection, [story])), None)

    async def moved(self, story: int) -> int | None:
        """The Story that this one turned out to be; None where it is none but itself."""
        async with self.database.reading() as connection:
            return (await homes(connection, [story])).get(story)

    async def _pages(self, connection: AsyncConnection, ids: Sequence[int]) -> list[StoryPage]:
        pages = await _pages(connection, ids, everything=self.everything)
        return pages if self.everything else [shown for page in pages if (shown := _publicly(page)) is not None]

    async def versions(self, story: int) -> dict[str, tuple[Version, ...]]:
        """The latest VERSIONS wordings of each paper of a Story that has several, by its key, the first first. Of what was taken back
        there are the stages, and no words. Where a court closed a paper, there is nothing of the others: any version may have quoted it."""
        latest = sa.and_(t.versions.c.document == t.documents.c.id, t.versions.c.version > t.documents.c.version - VERSIONS)
        statement = (
            sa.select(t.documents.c.key, *t.versions.c)
            .select_from(t.documents)
            .join(t.versions, latest)
            .join(t.story_documents, t.story_documents.c.document == t.documents.c.id)
            .where(t.story_documents.c.story == story, t.documents.c.version > 1)
            .order_by(t.documents.c.changed_at.desc(), t.documents.c.id, t.versions.c.version.desc())
            .limit(MOST_VERSIONS)
        )
        found: dict[str, list[Version]] = defaultdict(list)
        async with self.database.reading() as connection:
            papers = await _papers(connection, [story], everything=self.everything)
            withheld = {paper.document.key: paper for paper in papers[story] if paper.withheld is not None}
            closed = _is_closed(papers[story])
            for row in await connection.execute(statement):
                document = document_of(row)
                if paper := withheld.get(row.key):
                    bare = wordless(document)
                    if paper.withheld is Withheld.WITHDRAWN:  # whose titles the register goes on to print
                        bare = replace(bare, title=document.title)
                    document = paper.document if row.version == paper.version else bare
                elif closed:
                    continue
                found[row.key].append(Version(number=row.version, seen_at=row.seen_at, document=document))
        return {key: tuple(reversed(each)) for key, each in found.items()}

    async def sources(self) -> list[SourceRow]:
        """Every source that was ever enrolled."""
        counts = (
            sa.select(
                t.documents.c.source,
                sa.func.count().label("documents"),
                sa.func.sum(sa.case((t.documents.c.backfill, 1), else_=0)).label("backfill"),
            )
            .group_by(t.documents.c.source)
            .subquery()
        )
        async with self.database.reading() as connection:
            rows = await connection.execute(
                sa.select(t.sources, counts.c.documents, counts.c.backfill)
                .outerjoin(counts, counts.c.source == t.sources.c.source)
                .order_by(t.sources.c.source)
            )
            return [
                SourceRow(
                    state=state_of(row),
                    last_new_at=row.last_new_at,
                    gaps=row.gaps,
                    documents=row.documents or 0,
                    backfill=int(row.backfill or 0),
                )
                for row in rows
            ]

    async def lags(self, sources: Sequence[str]) -> dict[str, timedelta]:
        """How long after its publication a paper of each source is seen: the median of the latest LATEST that were told, or had been if a
        Watch had wanted them. A source that gives days alone, or none whose papers have a time, is not in the answer."""
        first = sa.and_(t.versions.c.document == t.documents.c.id, t.versions.c.version == 1)
        timed = sa.and_(t.documents.c.tell, t.versions.c.published.is_not(None), sa.not_(t.versions.c.day_only))
        papers = sa.select(t.documents.c.first_seen, t.versions.c.published).join(t.versions, first).where(timed)
        found: dict[str, timedelta] = {}
        async with self.database.reading() as connection:
            for source in sources:
                latest = papers.where(t.documents.c.source == source).order_by(t.documents.c.id.desc()).limit(LATEST)
                if waits := [max(row.first_seen - row.published, timedelta(0)) for row in await connection.execute(latest)]:
                    found[source] = sorted(waits)[len(waits) // 2]
        return found

    async def counts_by_watch(self, since: datetime) -> dict[str, int]:
        """How many Stories each Watch has had since then."""
        async with self.database.reading() as connection:
            rows = await connection.execute(
                sa.select(t.story_watches.c.watch, sa.func.count().label("stories"))
                .join(t.stories, t.stories.c.id == t.story_watches.c.story)
                .where(t.stories.c.first_seen >= since, sa.not_(owned(t.story_watches.c.watch)), is_home(t.stories.c.id))
                .group_by(t.story_watches.c.watch)
            )
            return {row.watch: row.stories for row in rows}

    async def is_ready(self) -> bool:
        """Whether the database answers in time, and has our tables."""
        try:
            async with asyncio.timeout(self.patience), self.database.reading() as connection:
                await connection.execute(sa.select(t.sources.c.source).limit(1))
        except (DatabaseAwayError, sa.exc.SQLAlchemyError, OSError):  # TimeoutError is an OSError
            return False
        return True


def _dated() -> sa.Select[Any]:
    """Stories of which a paper, as it is worded now, names days."""
    return (
        sa.select(t.story_documents.c.story)
        .join(t.documents, t.documents.c.id == t.story_documents.c.document)
        .join(t.versions, is_current())
        .where(sa.cast(t.versions.c.deadlines, sa.Text) != "[]")
    )


def _publicly(page: StoryPage) -> StoryPage | None:
    """The Story as everybody may see it; None where it is its owners' alone."""
    watches = public(page.story.watches)
    revisions = tuple(
        replace(each, new_watches=public(each.new_watches)) for each in page.revisions if not is_private(each.new_watches)
    )  # numbered anew: a gap would tell of one left out
    cards = ((paper, tuple(card for card in paper.matches if not is_own(card[0]))) for paper in page.papers)
    papers = tuple(replace(paper, matches=matches) for paper, matches in cards if matches)
    if not (watches and papers):
        return None
    return StoryPage(
        story=replace(page.story, watches=watches, revision=max(1, len(revisions))),
        papers=papers,
        revisions=tuple(replace(each, number=number) for number, each in enumerate(revisions, 1)),
        told=page.told and any(each.tell for each in revisions),
        merged=page.merged,
    )


async def _pages(connection: AsyncConnection, ids: Sequence[int], *, everything: bool) -> list[StoryPage]:
    rows = list(
        await connection.execute(
            sa.select(*t.stories.c, t.documents.c.key.label("lead_key"))
            .join(t.documents, t.documents.c.id == t.stories.c.lead)
            .where(t.stories.c.id.in_(ids))
        )
    )
    watches = await _grouped(
        connection,
        sa.select(t.story_watches).where(t.story_watches.c.story.in_(ids)).order_by(*WATCHES),
    )
    revisions = await _grouped(
        connection,
        sa.select(t.revisions, t.documents.c.key.label("paper"))
        .join(t.documents, t.documents.c.id == t.revisions.c.document, isouter=True)
        .where(t.revisions.c.story.in_(ids))
        .order_by(t.revisions.c.number),
    )
    merged = await _merged(connection, ids)
    papers = await _papers(connection, ids, everything=everything)
    return [
        StoryPage(
            story=_titled(story_of(row, tuple(each.watch for each in watches[row.id]), row.lead_key), papers[row.id]),
            papers=tuple(papers[row.id]),
            revisions=tuple(revision_of(each) for each in revisions[row.id]),
            told=row.tell,
            merged=_shown_of(merged[row.id], papers[row.id]),
        )
        for row in rows
        if papers[row.id]  # else it went into another
    ]


async def _merged(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, list[Merged]]:
    """What went into these Stories."""
    of = t.story_moves.c
    gone = sa.select(of.story, of.into, of.at, of.because, t.stories.c.title).join(t.stories, t.stories.c.id == of.story)
    found: dict[int, list[Merged]] = defaultdict(list)
    for row in await connection.execute(gone.where(of.into.in_(ids)).order_by(of.at, of.story)):
        found[row.into].append(Merged(story=row.story, title=row.title, at=row.at, because=row.because))
    return found


def _shown_of(merged: Iterable[Merged], papers: Sequence[Shown]) -> tuple[Merged, ...]:
    """Without their headlines where a paper was taken back: any of them may have been its own."""
    bare = any(paper.withheld is not None for paper in papers)
    return tuple(replace(each, title="", because="") if bare else each for each in merged)


def _titled(story: Story, papers: Sequence[Shown]) -> Story:
    """The Story under a title that may be shown."""
    lead = next((paper for paper in papers if paper.document.key == story.lead), None)
    return replace(story, title=lead.document.shown) if lead is not None and lead.withheld else story


async def _grouped(connection: AsyncConnection, statement: sa.Select[Any]) -> dict[int, list[sa.Row[Any]]]:
    grouped: dict[int, list[sa.Row[Any]]] = defaultdict(list)
    for row in await connection.execute(statement):
        grouped[row.story].append(row)
    return grouped


async def _papers(connection: AsyncConnection, ids: Sequence[int], *, everything: bool) -> dict[int, list[Shown]]:
    cards: dict[int, dict[str, tuple[str, float, tuple[Evidence, ...]]]] = defaultdict(dict)
    matches = await connection.execute(
        sa.select(t.matches)
        .join(t.story_documents, t.story_documents.c.document == t.matches.c.document)
        .where(t.story_documents.c.story.in_(ids))
        .order_by(t.matches.c.version, t.matches.c.score.desc(), t.matches.c.watch)
    )
    for row in matches:
        cards[row.document][row.watch] = (row.watch, row.score, evidence_of(row.because))
    found = await connection.execute(
        current_documents(text=sa.literal(""))
        .add_columns(t.story_documents.c.story, t.story_documents.c.because, t.documents.c.first_seen)
        .join(t.story_documents, t.story_documents.c.document == t.documents.c.id)
        .where(t.story_documents.c.story.in_(ids))
        .order_by(t.versions.c.is_primary.desc(), t.documents.c.first_seen, t.documents.c.id)
    )
    rows = list(found)
    documents = await dated(connection, ((row.document, document_of(row)) for row in rows))
    members: dict[int, list[tuple[int, Document]]] = defaultdict(list)
    for row in rows:
        members[row.story].append((row.document, documents[row.document]))
    hidden = {} if everything else await bare(connection, members)
    papers: dict[int, list[Shown]] = defaultdict(list)
    for row in rows:
        paper = Shown(
            document=documents[row.document],
            seen_at=row.first_seen,
            because=tuple(row.because),
            matches=tuple(cards[row.document].values()),
            version=row.version,
            changed_at=row.seen_at,
        )
        papers[row.story].append(_bared(paper, hidden[row.document]) if row.document in hidden else paper)
    return defaultdict(list, {story: _untied(each) for story, each in papers.items()})


def _untied(papers: list[Shown]) -> list[Shown]:
    """Where a court closed a paper, nothing says any more by which words the others were tied to it, or to reports that quote it."""
    return [replace(paper, because=()) for paper in papers] if _is_closed(papers) else papers


def _is_closed(papers: Iterable[Shown]) -> bool:
    return any(paper.closed for paper in papers)


def _bared(paper: Shown, shown: Bare) -> Shown:
    matches = tuple((watch, score, evidence(because, shown.document)) for watch, score, because in paper.matches)
    return replace(paper, document=shown.document, matches=matches, withheld=shown.why)
