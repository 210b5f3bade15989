"""`public-inspection`: papers on file at the Office of the Federal Register, a day or more before they are published.

A paper keeps its number when it is published, so this listing and the published paper are one Document at two stages; which one
prevails where both are read is decided by stage (`normalize.advances`).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from watcher.models import Entry, Source, Stage
from watcher.ports import Ask, Page, Reading
from watcher.sources.register import API, agencies, asked, deadlines, entry, papers, request, results
from watcher.sources.shape import text, texts

KIND: str = "public-inspection"
DEFAULT_URL: str | None = API
OPTIONS: frozenset[str] = frozenset()


def ask(source: Source, now: datetime) -> Ask:
    return request(asked(source, "public-inspection-documents/current.json"))


def read(source: Source, page: Page) -> Reading:
    """Read the whole list; it is not paged.

    Raises:
        ParseError: an error body, HTML, or another shape. An empty list is none of these.
    """
    answer, found = results(source, page)
    faults: list[str] = []
    entries = tuple(_entry(number, paper) for number, paper in papers(found, faults))
    count = answer.get("count")
    if isinstance(count, int) and count > len(found):
        faults.append(f"{count} papers announced, {len(found)} in the list")
    return Reading(entries=entries, faults=tuple(faults))


def _entry(number: str, paper: Mapping[str, Any]) -> Entry:
    day = text(paper.get("publication_date"))  # among the words, so that another day is another version
    lines = (agencies(paper), ", ".join(texts(paper.get("docket_numbers"))), day and f"To be published on {day}")
    return replace(
        entry(number, paper),
        text="\n".join(line for line in lines if line),
        published=text(paper.get("filed_at")) or None,
        stage=_stage(paper),
        note=text(paper.get("editorial_note")),
        deadlines=deadlines(("publication", paper.get("publication_date"))),
    )


def _stage(paper: Mapping[str, Any]) -> Stage:
    """A withdrawn paper stays listed, without a flag: it has lost both its dates, and a note says why."""
    if paper.get("filed_at") is None and paper.get("publication_date") is None and text(paper.get("editorial_note")):
        return Stage.WITHDRAWN
    return Stage.SPECIAL if text(paper.get("filing_type")) == "special" else Stage.INSPECTION
