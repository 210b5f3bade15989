"""What a paper is called in a few words, who it is from, and what it says beyond that: for pages and Letters alike."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time

from watcher.courtnames import court_name
from watcher.models import Deadline, Document, DocumentType, Stage
from watcher.severity import explains

_STAGES = {
    Stage.INSPECTION: "on public inspection",
    Stage.SPECIAL: "special filing, on public inspection",
    Stage.CORRECTED: "corrected",
    Stage.WITHDRAWN: "withdrawn",
    Stage.SEALED: "sealed",
    Stage.REMOVED: "removed",
}
_KINDS = {
    DocumentType.OTHER: "docket entry",
    DocumentType.MINUTE: "minute entry",
    DocumentType.SEALED: "sealed paper",
    DocumentType.PRESIDENTIAL: "presidential document",
    DocumentType.REGISTER_NOTICE: "notice",
}  #: those whose own name says too little
_CLOCKS = {
    "America/New_York": "Eastern",
    "America/Detroit": "Eastern",
    "America/Indiana/Indianapolis": "Eastern",
    "America/Chicago": "Central",
    "America/Denver": "Mountain",
    "America/Boise": "Mountain",
    "America/Los_Angeles": "Pacific",
    "America/Phoenix": "Arizona",  # which has no summer time, so it is Mountain for half a year alone
    "America/Anchorage": "Alaska",
    "Pacific/Honolulu": "Hawaii",
    "America/Puerto_Rico": "Atlantic",
    "America/St_Thomas": "Atlantic",
    "Pacific/Guam": "Chamorro",
    "Pacific/Saipan": "Chamorro",
}  #: what Americans call the time of the zones in which courts sit (15 U.S.C. 263)


def label(type_: DocumentType, stage: Stage) -> str:
    """`executive order, on public inspection`; the stage is left out where it says nothing."""
    kind = _KINDS.get(type_) or type_.value.replace("-", " ")
    told = type_ is DocumentType.SEALED and stage is Stage.SEALED
    return f"{kind}, {_STAGES[stage]}" if stage in _STAGES and not told else kind


def outlet(document: Document, sources: Mapping[str, str]) -> str:
    """Who published it: the outlet it names, its court and docket (`U.S. Supreme Court, No. 24A949`), else its source's title.

    Args:
        sources: titles of sources by their ids.
    """
    docket = document.docket
    court = court_name(docket.court) if docket else ""
    if docket and court and not document.outlet:
        return f"{court}, No. {docket.number}"
    return document.outlet or sources.get(document.source, document.source)


def brief(document: Document) -> str:
    """What a paper says beyond its title, "" for nothing; why it was withdrawn comes before all else."""
    text, shown = document.note or document.summary, document.shown.casefold()
    # a docket paper is shown by its first clause, number and case behind it
    said = shown if document.docket is None or not shown.startswith(document.title.casefold()) else document.title.casefold()
    rest = text[len(said) :]
    whole = not rest[:1].isalnum() and not rest.startswith(",") if said == shown else rest.startswith((".", ":", ";"))
    if text.casefold().startswith(said) and whole:
        text = rest.lstrip(" .:;-–—")
    return "" if shown.startswith(text.rstrip(" .…").casefold()) else text


def reported_as(lead: Document, others: Iterable[Document], lang: str = "en") -> Document | None:
    """The report whose headline says what a court's paper did, which a clerk's words do not; None where no report does.

    What explains or remembers tells no news. Of the rest those in the reader's language come first, then the most pressing, then the first.

    Args:
        lead: of the Story. One that is no court's paper says by itself what happened: then None.
        others: its further papers, the first seen first.
    """
    if lead.docket is None:
        return None
    news = [paper for paper in others if paper.type is DocumentType.ARTICLE and paper.title and not explains(paper.title)]
    return min(news, key=lambda paper: (not paper.lang.startswith(lang), -paper.severity), default=None)


def clock(zone: str) -> str:
    """Whose time the hours of a zone are: `Eastern`; its IANA name where it has no such one."""
    return _CLOCKS.get(zone, zone)


def hour(at: time) -> str:
    """`10:30 a.m.`, as courts say it."""
    return "noon" if at == time(12) else f"{at.hour % 12 or 12}:{at:%M} {'a' if at.hour < 12 else 'p'}.m."


def hour_ahead(deadline: Deadline) -> str:
    """`10:30 a.m. Eastern`: on the court's own clocks; "" where only a day is named."""
    return f"{hour(deadline.time)} {clock(deadline.zone)}".rstrip() if deadline.time else ""


def by_time(deadline: Deadline) -> tuple[date, bool, datetime, str]:
    """Sorts days ahead: the nearest first, and of one day what has no hour before what has one."""
    at = deadline.at or datetime.combine(deadline.on, deadline.time or time(), UTC)
    return deadline.on, deadline.time is not None, at, deadline.label
