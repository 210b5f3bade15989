"""The versions of a Story's papers, and what changed from each to the next, in words. Pure: it takes its time with long texts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from watcher.diffs import Diff, diff
from watcher.labels import label
from watcher.models import Document, Stage
from watcher.ports import StoryPage, Version
from watcher.web.words import day_ahead, when

ROOM = 6_000  #: characters of one version's changes that are shown
ROOM_OF_PAGE = 40_000  #: the same of all that a page shows

_STAGES = {
    Stage.STUB: "only named",
    Stage.DESCRIBED: "described",
    Stage.AVAILABLE: "the paper can be read",
    Stage.SEALED: "sealed",
    Stage.REMOVED: "removed from the docket",
    Stage.INSPECTION: "on public inspection",
    Stage.SPECIAL: "special filing, on public inspection",
    Stage.PUBLISHED: "published",
    Stage.CORRECTED: "corrected",
    Stage.WITHDRAWN: "withdrawn",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something short that changed; "" where there was or is none."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A text that changed."""

    name: str
    diff: Diff


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One version, and what it changed."""

    number: int
    seen_at: datetime
    source: str
    lang: str
    first: bool = False  #: there was nothing before it
    alone: bool = False  #: what was before it is kept, and not compared here
    facts: tuple[Fact, ...] = ()
    wordings: tuple[Wording, ...] = ()


def turns(page: StoryPage, versions: Mapping[str, Sequence[Version]]) -> dict[str, tuple[Turn, ...]]:
    """For each paper that has several versions, by its key, the last first.

    Args:
        versions: the latest of each, the first first.
    """
    told: dict[str, tuple[Turn, ...]] = {}
    room = ROOM_OF_PAGE
    for paper in page.papers:
        if known := versions.get(paper.document.key):
            told[paper.document.key] = tuple(_turns(known, min(room, ROOM_OF_PAGE)))
            room -= sum(map(_shown, told[paper.document.key]))
    return told


def _turns(versions: Sequence[Version], room: int) -> Iterator[Turn]:
    for before, now in zip(reversed([None, *versions[:-1]]), reversed(versions), strict=True):
        turn = _turn(before.document if before else None, now, min(room, ROOM))
        room -= _shown(turn)
        yield turn


def _turn(before: Document | None, now: Version, room: int) -> Turn:
    after = now.document
    if before is None:
        first = now.number == 1
        return Turn(number=now.number, seen_at=now.seen_at, source=after.source, lang=after.lang, first=first, alone=not first)
    wordings: list[Wording] = []
    for name, old, new in _texts(before, after):
        if old != new:
            wordings.append(Wording(name=name, diff=diff(old, new, room)))
            room -= _length(wordings[-1].diff)
    facts = tuple(Fact(name=name, before=old, after=new) for name, old, new in _facts(before, after) if old != new)
    return Turn(number=now.number, seen_at=now.seen_at, source=after.source, lang=after.lang, facts=facts, wordings=tuple(wordings))


def _texts(before: Document, after: Document) -> Iterator[tuple[str, str, str]]:
    """The texts of a paper. A docket entry's title is the first clause of its words."""
    if after.docket is None:
        yield "Title", before.title, after.title
    yield ("Words" if after.docket else "Summary"), before.summary, after.summary
    yield "Note", before.note, after.note
    yield "Text", before.text, after.text


def _facts(before: Document, after: Document) -> Iterator[tuple[str, str, str]]:
    if before.docket is not None:  # of all others the title is compared word by word
        yield "Headline", before.headline, after.headline
    yield "Stage", _STAGES[before.stage], _STAGES[after.stage]
    yield "Kind", label(before.type, Stage.PUBLISHED), label(after.type, Stage.PUBLISHED)
    yield "Number", before.number, after.number
    yield "Date", _date(before), _date(after)
    for deadline in before.deadlines:
        if deadline not in after.deadlines:
            yield "Date ahead", f"{day_ahead(deadline)} {deadline.label}", ""
    for deadline in after.deadlines:
        if deadline not in before.deadlines:
            yield "Date ahead", "", f"{day_ahead(deadline)} {deadline.label}"
    yield "Link", before.url, after.url
    yield "The paper itself", before.enclosure, after.enclosure


def _date(document: Document) -> str:
    return when(document.published, document.day_only) if document.published else ""


def _shown(turn: Turn) -> int:
    return sum(_length(wording.diff) for wording in turn.wordings)


def _length(told: Diff) -> int:
    return sum(len(piece.text) for place in told.places for piece in place)
