"""How pages and feeds put things: dates, kinds, addresses."""

from datetime import datetime

from watcher.models import Document
from watcher.ports import Shown, StoryPage


def day(moment: datetime) -> str:
    return f"{moment.day} {moment:%b %Y}"


def when(moment: datetime | None, day_only: bool = False) -> str:
    """A given date as given: no hour where the source gave none; "undated" where it gave no date."""
    if moment is None:
        return "undated"
    return day(moment) if day_only else f"{day(moment)}, {moment:%H:%M} UTC"


def ago(moment: datetime | None, now: datetime) -> str:
    """How long ago, in the largest unit that fits."""
    if moment is None:
        return "never"
    seconds = max(0, int((now - moment).total_seconds()))
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


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


def outlet(paper: Shown, names: dict[str, str]) -> str:
    document = paper.document
    return document.outlet or names.get(document.source, document.source)
