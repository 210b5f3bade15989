"""Which of the days ahead that papers name still stand. Pure.

A hearing is set by one entry of a docket and moved or called off by another, and the clerk's calendar note says again what the order said.
What an order bade is stayed by its entry's number or day, in its own docket or in that of a court above.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from math import inf

from watcher.courtnames import is_appellate
from watcher.hearings import TERM, covers, is_briefing, is_hearing, same_name
from watcher.models import Deadline, Docket, Document, Evidence, Stay
from watcher.numbers import parse_docket, same_docket
from watcher.stays import BRIEFING, DEADLINES, HEARINGS
from watcher.substance import ACTS

SUPREME = "scotus"
_BRIEF = re.compile(r"\b(?:briefs?|appendix)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A paper that may name days."""

    document: Document
    seen_at: datetime
    story: int
    cases: frozenset[str] = frozenset()  #: ids of the Watches whose docket it is of: dockets that share one are of one case


def is_by_docket(because: Iterable[Evidence]) -> bool:
    """Whether a Watch has a paper because of the docket that it is of, not of one that it names."""
    return any(each.field == "docket" for each in because)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day ahead that stands."""

    deadline: Deadline
    stories: tuple[int, ...]  #: of the papers that set and moved it, the first first
    again: frozenset[int] = frozenset()  #: of those that only say it again, as it stands
    label: str  #: what the first called it
    file: int  #: of which docket or, without one, of which Story
    papers: tuple[Said, ...] = ()  #: those that set, moved or say it

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
    heard = sorted(papers, key=_order)
    for paper in heard:
        file = files.of(paper)
        here = [day for day in days if day.file == file]
        gone = [day for off in paper.document.off for day in _called_off(off, here)]
        gone += [day for stay in paper.document.stays for day in _lifted(stay, paper, here, days, heard)]
        days = [day for day in days if day not in gone]
        known = [day for day in days if day.file == file]
        for deadline in paper.document.deadlines:
            if said := next((day for day in days if day.file == file and covers(day.deadline, deadline)), None):
                days[days.index(said)] = replace(said, again=said.again | {paper.story}, papers=(*said.papers, paper))
                known = [day for day in known if day is not said]
                continue
            old = next((day for day in known if covers(deadline, day.deadline)), None) or _moved_from(deadline, gone, known, paper)
            new = Day(deadline=deadline, stories=(paper.story,), label=deadline.label, file=file, papers=(paper,))
            days, gone, known = ([day for day in each if day is not old] for each in (days, gone, known))
            days.append(new if old is None else _become(old, deadline, paper))
    return days


def _order(paper: Said) -> tuple[datetime, datetime, float]:
    """As the court filed them; a minute entry, which has no number, after the orders of its day."""
    number = paper.document.number
    return paper.document.published or paper.seen_at, paper.seen_at, float(number) if number.isascii() and number.isdigit() else inf


def _become(day: Day, deadline: Deadline, paper: Said) -> Day:
    stories, papers = (*day.stories, paper.story), (*day.papers, paper)
    return replace(day, deadline=deadline, stories=stories, again=frozenset(), papers=papers)


def _called_off(off: Deadline, days: Sequence[Day]) -> list[Day]:
    """The meeting or the term that is not then; an hour that only one names is no difference, nor is the name of the only term."""
    then = [day for day in days if day.deadline.on == off.on and is_hearing(day.deadline) == is_hearing(off)]
    then = [day for day in then if len({off.time, day.deadline.time} - {None}) <= 1]
    named = [day for day in then if same_name(off.label, day.deadline.label)]
    return then if not named and len(then) == 1 and not is_hearing(off) and off.label.endswith(TERM) else named


def _lifted(stay: Stay, paper: Said, here: Sequence[Day], days: Sequence[Day], heard: Sequence[Said]) -> list[Day]:
    """The days to come that a Stay is of: in its paper's own docket, and of an order of a court below in the one that has it."""
    today = _today(paper)
    to_come = [day for day in here if day.deadline.on >= today and not _may_be_later(day, paper)]
    if not stay.of:
        court = paper.document.docket.court if paper.document.docket else ""
        return _of_a_case(stay, paper, today, days, heard) if _rank(court) else _set_by(stay, to_come)
    if stay.of == DEADLINES:
        return [day for day in to_come if not is_hearing(day.deadline)]
    if stay.of == HEARINGS:
        return [day for day in to_come if is_hearing(day.deadline)]
    if stay.of == BRIEFING:
        return _briefed(paper, [day for day in to_come if is_briefing(day.deadline)])
    named = [day for day in to_come if is_hearing(day.deadline) and same_name(stay.of, day.deadline.label)]
    return named if len(named) == 1 else []


def _may_be_later(day: Day, paper: Said) -> bool:
    """Whether a day was set on the very day of a paper, and nothing says which came first: a minute entry has no number."""
    filed = paper.document.published
    then = [each.document for each in day.papers if each.document.published and filed and each.document.published.date() == filed.date()]
    return any(not each.number or not paper.document.number for each in then)


def _briefed(paper: Said, days: Sequence[Day]) -> list[Day]:
    """Of a court of appeals the briefs, for a response may be to the motion that waits; of another court what one order set."""
    if paper.document.docket is not None and _rank(paper.document.docket.court):
        return [day for day in days if _BRIEF.search(day.deadline.label)]
    return list(days) if len(_orders(days)) == 1 else []


def _orders(days: Sequence[Day]) -> set[tuple[int, str]]:
    return {(day.file, each.document.number or each.document.key) for day in days for each in _bidding(day)}


def _of_a_case(stay: Stay, paper: Said, today: date, days: Sequence[Day], heard: Sequence[Said]) -> list[Day]:
    """What an order of a court below set, in the one docket that is named, or that the case has there: each numbers its own entries."""
    own = paper.document.docket
    if own is None or not stay.below:
        return []
    dockets = [each.document.docket for each in heard if paper.cases & each.cases]
    known = [docket for docket in dict.fromkeys(dockets) if docket is not None and _rank(docket.court) == 0]
    if not stay.docket and not all(same_docket(known[0], docket) for docket in known):
        return []
    below = [
        day
        for day in days
        if day.deadline.on >= today
        and _is_below(day, own.court)
        and any(paper.cases & each.cases for each in day.papers)
        and (not stay.docket or _is_of(day, stay.docket))
    ]
    found = _set_by(stay, below)
    return found if len({day.file for day in found}) == 1 else []


def _set_by(stay: Stay, days: Sequence[Day]) -> list[Day]:
    """The terms that one order set; none where another order says them too, or where two orders are of that day."""
    found = [day for day in days if not is_hearing(day.deadline) and all(_is_named(stay, each) for each in _bidding(day))]
    return found if stay.number or len(_orders(found)) == 1 else []


def _bidding(day: Day) -> list[Said]:
    """The orders that set or say a day; the clerk's notes of it where there is none."""
    return [each for each in day.papers if each.document.type in ACTS] or list(day.papers)


def _is_named(stay: Stay, paper: Said) -> bool:
    if stay.number:
        return paper.document.number == stay.number
    filed = paper.document.published
    return filed is not None and stay.on == filed.date() and paper.document.type in ACTS


def _is_below(day: Day, court: str) -> bool:
    dockets = [each.document.docket for each in day.papers]
    return all(docket is not None and _rank(docket.court) < _rank(court) for docket in dockets)


def _is_of(day: Day, number: str) -> bool:
    """Whether a day is of the docket that has this number."""
    meant = parse_docket(number)
    numbers = [parse_docket(each.document.docket.number) for each in day.papers if each.document.docket is not None]
    return meant is not None and any(one is not None and one.meets(meant) for one in numbers)


def _rank(court: str) -> int:
    return 2 if court == SUPREME else 1 if is_appellate(court) else 0


def _today(paper: Said) -> date:
    return (paper.document.published or paper.seen_at).date()


def _moved_from(deadline: Deadline, gone: list[Day], known: list[Day], paper: Said) -> Day | None:
    """The day whose place this one takes: one that the paper takes away, else the only one to come where it says that it moves one."""
    if not is_hearing(deadline):
        return None
    if taken := [day for day in gone if same_name(day.deadline.label, deadline.label)]:
        return taken[0]
    if not deadline.moved:
        return None
    today = _today(paper)
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
