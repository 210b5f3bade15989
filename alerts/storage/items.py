"""Stories as readers are told of them: the facts of an Item, gathered from the tables of `watcher`."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.models import Item, Paper, Reason
from alerts.storage.own import phrases_of
from watcher.labels import brief, label, outlet, reported_as
from watcher.models import Document, Evidence, Withheld
from watcher.own import is_own
from watcher.retraction import evidence
from watcher.standing import Said, is_by_docket
from watcher.storage import tables as w
from watcher.storage.earlier import dated
from watcher.storage.retracted import Bare, bare
from watcher.storage.rows import current_documents, document_of, evidence_of

SUMMARY = 400  #: characters of the lead's summary that a reader is shown
OTHERS = 4  #: further papers named; the rest is a number
WORDS = 3  #: finds shown for each topic


class Facts(NamedTuple):
    """An Item and what else composing asks."""

    item: Item
    corrections: Mapping[int, Item]  #: what is said of each paper that was taken back, by their ids; that of the lead first
    papers: tuple[Said, ...]  #: as they may be shown
    beside: Mapping[int, Paper]  #: by their ids those that were not taken back, but for the lead

    def news(self, document: int | None) -> Paper | None:
        """The paper that made a revision, as it may be shown; None where it leads the Story."""
        if (gone := self.corrections.get(document or 0)) is not None:
            return gone.lead if gone.lead != self.item.lead else None
        return self.beside.get(document or 0)

    def correction(self, document: int | None) -> Item | None:
        """What is said of the paper that made a revision; of one of which nobody knows which did, what is said of the lead."""
        return next(iter(self.corrections.values()), None) if document is None else self.corrections.get(document)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What readers call things: ids to titles. An id without one stands for itself."""

    watches: Mapping[str, str] = field(default_factory=dict)
    cases: frozenset[str] = frozenset()  #: ids of the Watches that are cases
    sources: Mapping[str, str] = field(default_factory=dict)


async def items_of(
    connection: AsyncConnection, wanted: Mapping[int, Sequence[str]], names: Names, lang: str = "en", *, owner: int | None = None
) -> dict[int, Facts]:
    """The facts of these Stories, each with its reasons under the Watches named beside it; a Story that is gone is left out.

    A paper that only Watches of subscribers brought is told under these alone, and a Story that has no other papers is left out.

    Args:
        lang: in which the reader would rather have a report's headline.
        owner: the Subscriber who is told; nobody else's phrases are named.
    """
    if not wanted:
        return {}
    stories = {row.id: row for row in await connection.execute(sa.select(w.stories).where(w.stories.c.id.in_(wanted)))}
    if owner is not None and (phrases := await phrases_of(connection, owner, {watch for each in wanted.values() for watch in each})):
        names = replace(names, watches={**names.watches, **phrases})
    hidden, public = await _hidden(connection, wanted)
    papers = {
        story: shown
        for story, each in (await _papers(connection, list(stories))).items()
        if (shown := [(number, paper) for number, paper in each if number not in hidden])
    }
    gone = await bare(connection, papers)
    papers = {
        story: [(number, gone[number].document if number in gone else paper) for number, paper in each] for story, each in papers.items()
    }
    finds = await _finds(connection, list(stories), gone)
    facts: dict[int, Facts] = {}
    for story, row in stories.items():
        if story in papers:
            item = _item(row, papers[story], finds[story], wanted[story], names, lang, page=story in public, gone=gone)
            cases = frozenset(watch for watch, because in finds[story].items() if is_by_docket(because))
            said = tuple(Said(document=paper, seen_at=row.first_seen, story=story, cases=cases) for _, paper in papers[story])
            beside = {number: _paper(paper, names) for number, paper in papers[story] if number not in gone}
            beside = {number: paper for number, paper in beside.items() if paper != item.lead}
            facts[story] = Facts(item, _corrections(item, row.lead, papers[story], gone, names), said, beside)
    return facts


async def _hidden(connection: AsyncConnection, wanted: Mapping[int, Sequence[str]]) -> tuple[set[int], set[int]]:
    """The Documents of these Stories that are only others' business; and the Stories that everybody may see."""
    rows = await connection.execute(
        sa.select(w.story_documents.c.story, w.story_documents.c.document, w.matches.c.watch)
        .join(w.matches, w.matches.c.document == w.story_documents.c.document, isouter=True)
        .where(w.story_documents.c.story.in_(wanted))
        .distinct()
    )
    every, seen, public = set[int](), set[int](), set[int]()
    for row in rows:
        every.add(row.document)
        if row.watch is None:
            continue
        if not is_own(row.watch):
            public.add(row.story)
        if not is_own(row.watch) or row.watch in wanted[row.story]:
            seen.add(row.document)
    return every - seen, public


async def _papers(connection: AsyncConnection, stories: Sequence[int]) -> dict[int, list[tuple[int, Document]]]:
    """The Documents of each Story, primary ones first, then as they were seen."""
    found: dict[int, list[tuple[int, Document]]] = defaultdict(list)
    rows = await connection.execute(
        current_documents(text=sa.literal(""))
        .add_columns(w.story_documents.c.story)
        .join(w.story_documents, w.story_documents.c.document == w.documents.c.id)
        .where(w.story_documents.c.story.in_(stories))
        .order_by(w.versions.c.is_primary.desc(), w.documents.c.first_seen, w.documents.c.id)
    )
    for row in rows:
        found[row.story].append((row.document, document_of(row)))
    shown = await dated(connection, (paper for papers in found.values() for paper in papers))
    return {story: [(number, shown[number]) for number, _ in papers] for story, papers in found.items()}


async def _finds(connection: AsyncConnection, stories: Sequence[int], gone: Mapping[int, Bare]) -> dict[int, dict[str, list[Evidence]]]:
    """For each Story and Watch what speaks for it, the best first; no words of papers that are gone."""
    found: dict[int, dict[str, list[Evidence]]] = defaultdict(lambda: defaultdict(list))
    rows = await connection.execute(
        sa.select(w.story_documents.c.story, w.matches.c.document, w.matches.c.watch, w.matches.c.because)
        .join(w.matches, w.matches.c.document == w.story_documents.c.document)
        .where(w.story_documents.c.story.in_(stories))
        .order_by(w.matches.c.score.desc(), w.matches.c.document, w.matches.c.version)
    )
    for row in rows:
        because = evidence_of(row.because)
        found[row.story][row.watch] += evidence(because, gone[row.document].document) if row.document in gone else because
    return found


def _item(
    story: Row[Any],
    papers: Sequence[tuple[int, Document]],
    finds: Mapping[str, Sequence[Evidence]],
    watches: Sequence[str],
    names: Names,
    lang: str,
    *,
    page: bool,
    gone: Mapping[int, Bare],
) -> Item:
    own = next((paper for number, paper in papers if number == story.lead), None)
    lead = own or papers[0][1]
    withheld = {paper.key for number, paper in papers if number in gone}
    # a headline would say again what was taken back, or quotes it
    news = (paper for _, paper in papers if not withheld & {paper.key, lead.key})
    report = reported_as(lead, news, lang)
    others = [paper for _, paper in papers if paper is not lead and paper is not report]
    return Item(
        story=story.id,
        revision=story.revision,
        shown=story.revision,
        title=story.title if own and lead.key not in withheld else lead.shown,
        severity=max(paper.severity for _, paper in papers),
        label=label(lead.type, lead.stage),
        summary=_summary(lead),
        lead=_paper(lead, names),
        reported=_paper(report, names) if report else None,
        others=tuple(_paper(paper, names) for paper in others[:OTHERS]),
        more=max(0, len(others) - OTHERS),
        reasons=_reasons(watches, finds, names),
        seen_at=story.first_seen,
        deadlines=tuple(dict.fromkeys(deadline for _, paper in papers for deadline in paper.deadlines)),
        page=page,
    )


def _corrections(item: Item, lead: int, papers: Sequence[tuple[int, Document]], gone: Mapping[int, Bare], names: Names) -> dict[int, Item]:
    numbers = [number for number, _ in papers if number in gone and gone[number].why is not Withheld.QUOTES]
    return {number: _correction(item, gone[number].document, names) for number in sorted(numbers, key=lambda number: number != lead)}


def _correction(item: Item, paper: Document, names: Names) -> Item:
    """A Story by the paper that was taken back: which one it is and, of what was withdrawn, why. All else would say again what was told."""
    return replace(
        item,
        title=paper.shown,
        label=label(paper.type, paper.stage),
        summary=_summary(paper),
        lead=_paper(paper, names),
        reported=None,
        others=(),
        more=0,
        reasons=tuple(replace(reason, found=()) for reason in item.reasons),
        deadlines=(),
    )


def _summary(document: Document) -> str:
    text = brief(document)
    return text if len(text) <= SUMMARY else text[:SUMMARY].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"


def _reasons(watches: Sequence[str], finds: Mapping[str, Sequence[Evidence]], names: Names) -> tuple[Reason, ...]:
    """Cases before doctrines, else in the order given."""
    return tuple(
        Reason(watch=watch, title=names.watches.get(watch, watch), found=_words(finds.get(watch, ())), case=watch in names.cases)
        for watch in sorted(watches, key=lambda watch: watch not in names.cases)
    )


def _words(finds: Sequence[Evidence]) -> tuple[str, ...]:
    """The words found, each once whatever its case."""
    seen: dict[str, str] = {}
    for find in sorted(finds, key=lambda each: -each.score):
        seen.setdefault(find.found.casefold(), find.found)
    return tuple(seen.values())[:WORDS]


def _paper(document: Document, names: Names) -> Paper:
    return Paper(
        title=document.shown,
        url=document.url,
        outlet=outlet(document, names.sources),
        published=document.published,
        day_only=document.day_only,
        primary=document.primary,
    )
