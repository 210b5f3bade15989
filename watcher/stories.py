"""Documents to Stories: which papers are about one happening.

Two ways to be wrong, and they do not weigh the same. A Story split in two is told twice, which annoys. An order put into the Story of
another is never told, which is the one thing that must not happen. So what is a publication of its own keeps a Story of its own, and a
report that joins without being plainly the same says so (`Placed.sure`), so that what may be new in it is told (`watcher.revisions`):

- two papers of a court are one Story only where they are one paper (filed alike in joined dockets), two register papers only where
  both name one order or proclamation, or one names the other as its own;
- a Story holds at most one act of a court. Reports of it join it, and it joins reports of it; a second act opens a Story;
- an act that joins a Story led by news raises its revision, loudly, so it cannot be swallowed.

`watcher.papers` reads a Document once, `watcher.likeness` ties two of them; here each new one is put where it is tied best.
"""

from bisect import insort
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import TypeAlias, TypeVar

from watcher.likeness import (
    SAME_TITLE,
    Reports,
    Tie,
    alike,
    explained,
    first_said,
    is_copy,
    report_of,
    reports_of,
    same_publication,
    tells_besides,
)
from watcher.models import Document, Placed
from watcher.nearest import Nearest
from watcher.papers import COURT, REPORT, Paper, read
from watcher.revisions import ACTS
from watcher.storywords import stems

SAME = 3.0  #: score of one publication told twice: more than that of any report of it
M = TypeVar("M", bound=Hashable)
Mark: TypeAlias = Hashable  #: what tells a Document on a shelf from all others, and from itself in another version or Story


def lead(papers: Sequence[Document]) -> Document:
    """The Document that leads a Story: a primary one before news, one of substance before a formality, then the first seen.

    Args:
        papers: the Story's, in the order in which they were first seen; at least one.
    """
    return max(papers, key=lambda paper: (paper.primary, bool(paper.severity)))


def place(fresh: Sequence[Placed], window: "Sequence[Placed] | Shelf") -> list[Placed]:
    """Give each fresh Document its Story: one of the window, one opened here (`new:1`, `new:2`, …), and why.

    Deterministic: the same Documents get the same Stories, whatever order they come in, but for the numbers of new ones, which follow the
    order given. Nothing of the window is moved.

    Args:
        fresh: Documents without a Story, in the order in which they were seen.
        window: Documents that have one, of the days in which fresh ones may still join; or a shelf that holds them, left as it was.
    """
    shelf = window if isinstance(window, Shelf) else _shelf_of(window)
    papers = [read(placed) for placed in fresh]
    chosen: dict[int, tuple[str, Tie | None]] = {}
    opened = 0
    put: list[_Fresh] = []
    try:
        for at, index in enumerate(sorted(range(len(papers)), key=lambda index: (*papers[index].rank, index)), 1):
            story, tie = shelf.choose(papers[index])
            if not story:
                opened += 1
                story = f"new:{opened}"
            chosen[index] = (story, tie)
            if at < len(papers):  # none comes after the last
                shelf.put(_Fresh(index), papers[index], story, order=(1, at))
                put.append(_Fresh(index))
    finally:
        for mark in put:
            shelf.drop(mark)
    renamed: dict[str, str] = {}
    answer = []
    for index, placed in enumerate(fresh):
        story, tie = chosen[index]
        if story.startswith("new:"):
            story = renamed.setdefault(story, f"new:{len(renamed) + 1}")
        answer.append(replace(placed, story=story, because=explained(papers[index], tie) if tie else (), sure=tie is None or tie.sure))
    return answer


@dataclass(frozen=True, slots=True)
class _Fresh:
    """Marks a Document that is on the shelf only while it and those of its poll are placed."""

    index: int


_Order: TypeAlias = tuple[object, ...]


@dataclass(slots=True, eq=False)
class _Kept:
    """A paper on the shelf."""

    paper: Paper
    order: _Order  #: the window's by when they were seen, then those being placed
    story: "_Cluster"


@dataclass(slots=True, eq=False)
class _Cluster:
    """A Story on the shelf; its papers are in their order."""

    story: str
    kept: list[_Kept] = field(default_factory=list)
    said: Reports | None = None  #: what its reports say together; None: to be found out

    @property
    def order(self) -> _Order:
        return self.kept[0].order

    @property
    def primary(self) -> bool:
        """Whether it has a publication of its own."""
        return any(kept.paper.kind != REPORT for kept in self.kept)

    def has_another_act(self, paper: Paper) -> bool:
        """Whether a paper is an act, and the Story is of another: what ties the two is then no reason to tell it as news of that."""
        acts = (kept.paper for kept in self.kept if kept.paper.document.type in ACTS and kept.paper.kind != REPORT)
        return paper.document.type in ACTS and any(not (same_publication(paper, act) and is_copy(paper, act)) for act in acts)

    @property
    def reports(self) -> Reports:
        if self.said is None:
            self.said = reports_of([kept.paper for kept in self.reporting])
        return self.said

    @property
    def reporting(self) -> list[_Kept]:
        return [kept for kept in self.kept if kept.paper.kind == REPORT]


_Index: TypeAlias = defaultdict[str, set[_Kept]]


def _order(kept: _Kept) -> _Order:
    return kept.order


class Shelf:
    """Documents that have a Story, ready to be compared, and where to look for those that a new one may belong to.

    Kept from poll to poll, so that each Document is read once; what it answers follows from what it holds alone, not from how that came
    there. Not for two threads at a time.
    """

    def __init__(self) -> None:
        self._kept: dict[Mark, _Kept] = {}
        self._marks: set[Mark] = set()  # the same, to be compared quickly
        self._clusters: dict[str, _Cluster] = {}
        self._named: _Index = defaultdict(set)
        self._parties: _Index = defaultdict(set)  # of courts' papers, by the words that name their cases
        self._titles: _Index = defaultdict(set)  # of what else is no report, by the words of its title
        self._reports: Nearest[_Kept] = Nearest()

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, marks: Set[M]) -> set[M]:
        """Drop all but these; answer which of them are not there yet, for `add`."""
        fresh = set(marks - self._marks)
        if len(self._marks) + len(fresh) > len(marks):
            for mark in self._marks - marks:
                self.drop(mark)
        return fresh

    def add(self, mark: Mark, placed: Placed) -> None:
        """One more that has a Story."""
        self.put(mark, read(placed), placed.story, order=(0, placed.seen_at, placed.document.key))

    def put(self, mark: Mark, paper: Paper, story: str, *, order: _Order) -> None:
        cluster = self._clusters.setdefault(story, _Cluster(story))
        kept = self._kept[mark] = _Kept(paper, order, cluster)
        self._marks.add(mark)
        insort(cluster.kept, kept, key=_order)
        cluster.said = None
        for index, keys in self._indexes(paper):
            for key in keys:
                index[key].add(kept)
        if paper.kind == REPORT:
            self._reports.add(paper, kept)

    def drop(self, mark: Mark) -> None:
        kept = self._kept.pop(mark)
        self._marks.discard(mark)
        kept.story.kept.remove(kept)
        kept.story.said = None
        if not kept.story.kept:
            del self._clusters[kept.story.story]
        for index, keys in self._indexes(kept.paper):
            for key in keys:
                index[key].discard(kept)
                if not index[key]:
                    del index[key]
        if kept.paper.kind == REPORT:
            self._reports.drop(kept)

    def _indexes(self, paper: Paper) -> Iterator[tuple[_Index, Iterable[str]]]:
        yield self._named, paper.named
        if paper.kind == COURT:
            yield self._parties, paper.parties
        elif paper.kind != REPORT:
            yield self._titles, first_said(paper.title, 1 - SAME_TITLE)

    def choose(self, paper: Paper) -> tuple[str, Tie | None]:
        """The Story that suits best, the older where two suit alike; "" and None: a new one."""
        named = {kept for key in paper.named for kept in self._named.get(key, ())}
        same = [
            (kept, Tie(SAME, (reason,), is_copy(paper, kept.paper)))
            for kept in named
            if (reason := same_publication(paper, kept.paper)) and not kept.story.has_another_act(paper)
        ]
        ties = same or [*(self._told_of(paper, named) if paper.kind == REPORT else self._telling_of(paper, named))]
        if not ties:
            return "", None
        kept, tie = min(ties, key=lambda each: (-each[1].score, each[0].story.order, each[0].order))
        return kept.story.story, tie

    def _telling_of(self, paper: Paper, named: set[_Kept]) -> Iterator[tuple[_Kept, Tie]]:
        """Reports of a publication, in Stories that have none yet."""
        words = stems(" ".join(paper.parties)) if paper.kind == COURT else first_said(paper.title, 1 - SAME_TITLE)
        for kept in {kept for kept in named if kept.paper.kind == REPORT}.union(*map(self._reports.holding, words)):
            if (tie := report_of(kept.paper, paper)) and not kept.story.primary:
                yield kept, tie

    def _told_of(self, paper: Paper, named: set[_Kept]) -> Iterator[tuple[_Kept, Tie]]:
        """What a report is of; else Stories whose reports it is like."""
        of = {kept for kept in named if kept.paper.kind != REPORT}
        of.update(*(self._parties[word] for word in paper.parties & self._parties.keys()))
        of.update(*(self._titles[word] for word in paper.title_stems & self._titles.keys()))
        found = [(kept, _surer(paper, kept, tie)) for kept in of if (tie := report_of(paper, kept.paper))]
        yield from found
        settled = {kept.story for kept, _ in found}
        likes = self._reports.likes(paper)
        stories: dict[_Cluster, _Kept] = {}
        for kept in likes.nearest():
            if kept.story not in settled:
                stories.setdefault(kept.story, kept)
        for story, kept in stories.items():
            if tie := alike(paper, story.reports, likes.to(story.reporting)):
                yield kept, tie


def _surer(paper: Paper, kept: _Kept, tie: Tie) -> Tie:
    """A report's tie to a paper: sure, too, where it tells nothing besides, or nothing that the reports of it do not."""
    if tie.sure or not tells_besides(paper, kept.paper):
        return tie._replace(sure=True)
    if not kept.story.reports.papers:
        return tie
    like = alike(paper, kept.story.reports)
    return tie._replace(sure=like is not None and like.sure)


def _shelf_of(window: Iterable[Placed]) -> Shelf:
    shelf = Shelf()
    for mark, placed in enumerate(window):
        shelf.add(mark, placed)
    return shelf
