"""Which of the days ahead that papers name still stand. Pure.

A hearing is set by one entry of a docket and moved or called off by another, and the clerk's calendar note says again what the order said.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from math import inf

from watcher.hearings import covers, is_hearing, same_name
from watcher.models import Deadline, Docket, Document
from watcher.numbers import parse_docket, same_docket


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A paper that may name days."""

    document: Document
    seen_at: datetime
    story: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day ahead that stands."""

    deadline: Deadline
    stories: tuple[int, ...]  #: of the papers that set and moved it, the first first
    again: frozenset[int] = frozenset()  #: of those that only say it again, as it stands
    label: str  #: what the first called it
    file: int  #: of which docket or, without one, of which Story

    @property
    def story(self) -> int:
        """Of the paper that said so last."""
        return self.stories[-1]


def standing(papers: Iterable[Said]) -> list[Day]:
    """The days that these papers name, as they stand after the last of them; in the order in which they were first named.

    Only papers of one docket, or of one Story, speak of each other's days. What two of them name alike counts once. A later one that calls
    off a meeting, or moves it from its day, takes that day away; one that moves a meeting and does not say from when takes the day of the
    only one of that name to come. Where there are two of them, both stay: a hearing that is struck out wrongly is missed.
    """
    files = _Files()
    days: list[Day] = []
    for paper in sorted(papers, key=_order):
        file = files.of(paper)
        gone = [day for day in days if day.file == file and any(_calls_off(off, day.deadline) for off in paper.document.off)]
        days = [day for day in days if day not in gone]
        known = [day for day in days if day.file == file]
        for deadline in paper.document.deadlines:
            if said := next((day for day in days if day.file == file and covers(day.deadline, deadline)), None):
                days[days.index(said)] = replace(said, again=said.again | {paper.story})
                known = [day for day in known if day is not said]
                continue
            old = next((day for day in known if covers(deadline, day.deadline)), None) or _moved_from(deadline, gone, known, paper)
            new = Day(deadline=deadline, stories=(paper.story,), label=deadline.label, file=file)
            days, gone, known = ([day for day in each if day is not old] for each in (days, gone, known))
            days.append(new if old is None else replace(old, deadline=deadline, stories=(*old.stories, paper.story), again=frozenset()))
    return days


def _order(paper: Said) -> tuple[datetime, datetime, float]:
    """As the court filed them; a minute entry, which has no number, after the orders of its day."""
    number = paper.document.number
    return paper.document.published or paper.seen_at, paper.seen_at, float(number) if number.isascii() and number.isdigit() else inf


def _calls_off(off: Deadline, deadline: Deadline) -> bool:
    """Whether this is the meeting that does not take place then; an hour that only one of them names is no difference."""
    hours = {off.time, deadline.time} - {None}
    return off.on == deadline.on and len(hours) <= 1 and is_hearing(deadline) and same_name(off.label, deadline.label)


def _moved_from(deadline: Deadline, gone: list[Day], known: list[Day], paper: Said) -> Day | None:
    """The day whose place this one takes: one that the paper takes away, else the only one to come where it says that it moves one."""
    if not is_hearing(deadline):
        return None
    if taken := [day for day in gone if same_name(day.deadline.label, deadline.label)]:
        return taken[0]
    if not deadline.moved:
        return None
    today = (paper.document.published or paper.seen_at).date()
    to_come = [day for day in known if day.deadline.on >= today and is_hearing(day.deadline)]
    meant = [day for day in to_come if same_name(day.deadline.label, deadline.label)]
    return meant[0] if len(meant) == 1 else None


class _Files:
    """Which papers speak of each other's days."""

    def __init__(self) -> None:
        self._dockets: list[Docket] = []
        self._known: dict[Docket, int] = {}
        self._alike: defaultdict[object, list[int]] = defaultdict(list)  #: by CourtListener's id and by what equal numbers share
        self._stories: dict[int, int] = {}

    def of(self, paper: Said) -> int:
        """A number for each docket, and for each Story of papers that have none."""
        docket = paper.document.docket
        if docket is None:
            return self._stories.setdefault(paper.story, -1 - len(self._stories))
        if docket not in self._known:
            self._known[docket] = self._found(docket)
        return self._known[docket]

    def _found(self, docket: Docket) -> int:
        """That of a docket which is the same, though it is written otherwise; else a new one."""
        number = parse_docket(docket.number)
        keys = [key for key in (docket.courtlistener, number and number.bucket) if key is not None]
        for at in sorted({at for key in keys for at in self._alike[key]}):
            if same_docket(self._dockets[at], docket):
                return at
        self._dockets.append(docket)
        for key in keys:
            self._alike[key].append(len(self._dockets) - 1)
        return len(self._dockets) - 1
