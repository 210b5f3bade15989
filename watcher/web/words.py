"""How pages and feeds put things: dates, kinds, addresses."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from watcher import labels, troubles
from watcher.dates import WASHINGTON
from watcher.labels import brief as brief
from watcher.labels import by_time, hour_ahead
from watcher.labels import outlet as outlet
from watcher.models import Deadline, Document, Revision, Term, Withheld
from watcher.ports import Shown, SourceRow, StoryPage
from watcher.standing import Day, Said, is_by_docket, standing

OVERDUE = timedelta(minutes=15)  #: a poll that is due for so long means that nobody polls
AHEAD = 8  #: dates ahead that a page names
IN_TEMPLATES = (
    "after",
    "ago",
    "answered",
    "asked",
    "begins",
    "brief",
    "day_ahead",
    "deadlines",
    "file_name",
    "found",
    "happened",
    "made_by",
    "joined",
    "lead_of",
    "link",
    "outlet",
    "reported_as",
    "trouble",
    "until",
    "when",
    "withheld",
)

#: why a paper is in a Story, as `stories` keeps it, in a reader's words
_JOINED = (
    (re.compile(r"names (?:[a-z]+:)?(\S+) as its own"), r"it says that it belongs to \1"),
    (re.compile(r"is named by (?:[a-z]+:)?(\S+)"), r"\1 says that it belongs to it"),
    (re.compile(r"names (.+)"), r"it names “\1”"),
    (re.compile(r"tells of this act"), "it tells of the same act"),
    (re.compile(r"like its reports \(([0-9.]+), all ([0-9.]+)\): (.+)"), r"it tells what other reports tell: \3 (likeness \1, of all \2)"),
    (re.compile(r"like its reports \(([0-9.]+)\): (.+)"), r"it tells the same as the other reports (likeness \1)"),  # until 2026-11
    (re.compile(r"is about (.+) of ([0-9]+)"), r"it is about the decision \1 of \2"),
    (re.compile(r"(the same title)"), r"it has \1"),
    (re.compile(r"((?:the same|entry) .+)"), r"it is \1"),
)

_WITHHELD = {
    Withheld.SEALED: "The court has sealed this paper. Its words are not shown here any more.",
    Withheld.REMOVED: "The court has taken this paper from its docket. Its words are not shown here any more.",
    Withheld.WITHDRAWN: "This paper was withdrawn. Its title stays on record; its text is not shown here any more.",
    Withheld.QUOTES: "It repeats words of a paper that was taken back; these are not shown here.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What readers are shown for our ids."""

    topics: Mapping[str, str]  #: titles of Watches
    sources: Mapping[str, str]  #: titles of Sources

    def topic(self, watch: str) -> str:
        """The title of a Watch; its id where the rules have it no more."""
        return self.topics.get(watch, watch)


def day(moment: date) -> str:
    return f"{moment.day} {moment:%b %Y}"


def day_ahead(deadline: Deadline) -> str:
    """`1 Dec 2026, 10:30 a.m. Eastern`; the day alone where no hour is named."""
    return ", ".join(part for part in (day(deadline.on), hour_ahead(deadline)) if part)


def begins(deadline: Deadline) -> str:
    """The same for a program: the instant, or the day where nobody knows it (HTML, `time`)."""
    return (deadline.at or deadline.on).isoformat()


def when(moment: datetime | None, day_only: bool = False) -> str:
    """A given date as given: no hour where the source gave none; "undated" where it gave no date."""
    if moment is None:
        return "undated"
    return day(moment) if day_only else f"{day(moment)}, {moment:%H:%M} UTC"


def ago(moment: datetime | None, now: datetime) -> str:
    """How long ago, in the largest unit that fits."""
    if moment is None:
        return "never"
    span = _span(now - moment)
    return f"{span} ago" if span else "just now"


def until(moment: datetime, now: datetime) -> str:
    """How long until then, in the largest unit that fits."""
    span = _span(moment - now)
    return f"in {span}" if span else "now"


def after(lag: timedelta | None) -> str:
    """How long after its publication a paper is seen; "" where papers say no hour."""
    return "" if lag is None else _span(lag) or "under a minute"


def _span(length: timedelta) -> str:
    """`3 hours`; "" below a minute."""
    seconds = int(length.total_seconds())
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return ""


def asked(term: Term) -> str:
    """A term with what it is worth, where that is not all, and what it asks for beside it: `strip (within 4 words of citizenship)`."""
    place = "" if term.near is None else f"{f'within {term.within} words of' if term.within else 'in one sentence with'} {term.near}"
    notes = [*([f"worth {term.weight:g}"] if term.weight < 1 else []), *([place] if place else [])]
    return f"{term.text} ({', '.join(notes)})" if notes else term.text


def link(url: str) -> str:
    """The address if a browser may follow it, else ""."""
    return url if url.startswith(("https://", "http://")) else ""


def lead_of(page: StoryPage) -> Document:
    """The Document that leads a Story."""
    return next((paper.document for paper in page.papers if paper.document.key == page.story.lead), page.papers[0].document)


def found(page: StoryPage) -> dict[str, tuple[str, ...]]:
    """For each Watch the words that speak for it, best first, each once; at most four."""
    words: dict[str, dict[str, str]] = {watch: {} for watch in page.story.watches}
    for paper in page.papers:
        for watch, _, because in paper.matches:
            for each in sorted(because, key=lambda evidence: -evidence.score):
                words.setdefault(watch, {}).setdefault(each.found.casefold(), each.found)
    return {watch: tuple(each.values())[:4] for watch, each in words.items()}


def deadlines(page: StoryPage) -> tuple[Deadline, ...]:
    """The days that a Story's papers name, each once, the first first."""
    return tuple(sorted((day.deadline for day in standing_of([page])), key=by_time))


def standing_of(pages: Sequence[StoryPage]) -> list[Day]:
    """The days of these Stories as they stand: without what another of their papers has moved or called off."""
    return standing(
        Said(document=paper.document, seen_at=paper.seen_at, story=page.story.id, cases=_cases(paper))
        for page in pages
        for paper in page.papers
    )


def _cases(paper: Shown) -> frozenset[str]:
    """The Watches whose docket a paper is of."""
    return frozenset(watch for watch, _, because in paper.matches if is_by_docket(because))


def ahead(pages: Sequence[StoryPage], now: datetime) -> list[tuple[Deadline, StoryPage]]:
    """The next days ahead that these Stories name, today's included: it is today until midnight in Washington."""
    today = now.astimezone(WASHINGTON).date()
    by_id = {page.story.id: page for page in pages}
    days = [(day.deadline, by_id[day.story]) for day in standing_of(pages) if day.deadline.on >= today]
    return sorted(days, key=lambda each: (by_time(each[0]), each[1].story.id))[:AHEAD]


def reported_as(page: StoryPage) -> Document | None:
    """The report that says what the court's paper that leads a Story did; an English one first, as the pages are."""
    if any(paper.withheld and paper.document.key == page.story.lead for paper in page.papers):
        return None  # a headline would say again what was taken back
    papers = sorted(page.papers, key=lambda paper: paper.seen_at)
    return labels.reported_as(lead_of(page), (paper.document for paper in papers if not paper.withheld))


def happened(page: StoryPage) -> list[Revision]:
    """What became of a Story; what one poll found of two of its papers alike is said once."""
    told: dict[tuple[object, ...], Revision] = {}
    for each in page.revisions:
        told.setdefault((each.at, each.change, each.new_watches, each.tell, made_by(page, each)), each)
    return list(told.values())


def made_by(page: StoryPage, revision: Revision) -> str:
    """The headline of the paper that made a revision, where it is another than the lead and may be shown; else ""."""
    shown = (paper.document for paper in page.papers if not paper.withheld and paper.document.key != page.story.lead)
    return next((document.shown for document in shown if document.key == revision.paper), "")


def joined(because: Sequence[str]) -> str:
    """Why a paper is in its Story: `it names “abrego”; it tells of the same act`."""
    return "; ".join(_joined(each) for each in because)


def _joined(because: str) -> str:
    for pattern, words in _JOINED:
        if found := pattern.fullmatch(because):
            return found.expand(words)
    return because


def withheld(paper: Shown) -> str:
    """Why none of a paper's words is shown, as a sentence; "" where they all are."""
    return _WITHHELD[paper.withheld] if paper.withheld else ""


def file_name(document: Document) -> str:
    """What the paper itself is, to one who is about to open it."""
    return "PDF" if document.enclosure.lower().partition("?")[0].endswith(".pdf") else "the paper itself"


def answered(row: SourceRow, now: datetime) -> str:
    """When a source last answered."""
    if row.state.last_ok_at is None and not row.state.failures:
        return "not asked yet"
    return ago(row.state.last_ok_at, now)


def alike(rows: Sequence[SourceRow]) -> dict[str, list[str]]:
    """The reasons for which many sources fail, the commonest first, each with these sources."""
    failing = (row.state for row in rows if row.state.failures and not row.state.gone)
    return troubles.alike((state.source, troubles.reason(state.last_error, unreached=state.unreached)) for state in failing)


def trouble(row: SourceRow, now: datetime, told: Mapping[str, Sequence[str]] | None = None) -> str:
    """What is wrong with a source, in a sentence; "" where all is well.

    Args:
        told: reasons that are said of several sources together, as by `alike`: they are not said again.
    """
    state = row.state
    if state.gone:
        return "The server said that it is gone for good (410); it is not asked again until its address is changed."
    if state.failures:
        times = "once" if state.failures == 1 else f"{state.failures} times in a row"
        since = f"since {when(state.last_ok_at)}" if state.last_ok_at else "and never answered yet"
        if any(state.source in sources for sources in (told or {}).values()):
            return f"Failed {times} {since}, as others do"
        return f"Failed {times} {since}: {state.last_error or 'no reason is known'}"
    if now - state.next_poll_at > OVERDUE:
        return "Overdue: nobody polls it. Is `watcher run` with the role `poll` running?"
    return ""
