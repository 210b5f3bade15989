"""`federal-register`: what the Federal Register published, and will publish tomorrow.

The next issue is in the answer before its date, and a paper that is corrected changes later without any stamp. So each poll asks for
the last days without an upper bound, and dedupes by number.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from watcher.dates import WASHINGTON
from watcher.models import Entry, Source, Stage
from watcher.ports import Ask, Page, Reading
from watcher.sources.register import API, agencies, asked, deadlines, entry, numbers, papers, request, results
from watcher.sources.shape import text, texts

KIND: str = "federal-register"
DEFAULT_URL: str | None = API
OPTIONS: frozenset[str] = frozenset()

WINDOW = timedelta(days=7)  #: how far back a poll asks
PER_PAGE = 1000  #: the most it gives; a week has about 600 papers
_FIELDS = (
    "abstract action agencies comments_close_on correction_of corrections dates docket_ids document_number effective_on "
    "executive_order_number html_url pdf_url proclamation_number publication_date signing_date subtype title type"
)
FIELDS = tuple(_FIELDS.split())  #: what is asked of each paper; page_views, which change daily, are not among them


def ask(source: Source, now: datetime) -> Ask:
    since = (now.astimezone(WASHINGTON) - WINDOW).date()
    query = [
        ("conditions[publication_date][gte]", since.isoformat()),
        ("order", "newest"),
        ("per_page", str(PER_PAGE)),
        *(("fields[]", field) for field in FIELDS),
    ]
    return request(asked(source, f"documents.json?{urlencode(query)}"))


def read(source: Source, page: Page) -> Reading:
    """Read one page of papers; `next` is the following one.

    Raises:
        ParseError: an error body, HTML, or another shape. Zero hits are none of these.
    """
    answer, found = results(source, page)
    faults: list[str] = []
    entries = tuple(_entry(number, paper) for number, paper in papers(found, faults))
    following = text(answer.get("next_page_url"))
    if following.startswith(API) and not source.url.startswith(API):  # a mirror passes the register's own addresses on
        following = asked(source, following.removeprefix(API))
    following = following if following.startswith(("https://", "http://")) and following != page.url else ""
    return Reading(entries=entries, faults=tuple(faults), next=request(following) if following else None)


def _entry(number: str, paper: Mapping[str, Any]) -> Entry:
    return replace(
        entry(number, paper),
        summary=text(paper.get("abstract")),
        text=_facts(paper),
        published=text(paper.get("publication_date")) or None,
        stage=Stage.CORRECTED if paper.get("corrections") else Stage.PUBLISHED,
        relates=(*numbers(paper.get("correction_of")), *numbers(paper.get("corrections"))),
        deadlines=deadlines(("comments close", paper.get("comments_close_on")), ("effective", paper.get("effective_on"))),
    )


def _facts(paper: Mapping[str, Any]) -> str:
    """What the register says beside the abstract, a line each; an executive order has no abstract at all."""
    order, proclamation = text(paper.get("executive_order_number")), text(paper.get("proclamation_number"))
    lines = (
        order and f"Executive Order {order}",
        proclamation and f"Proclamation {proclamation}",
        text(paper.get("action")),
        text(paper.get("dates")),
        agencies(paper),
        ", ".join(texts(paper.get("docket_ids"))),
    )
    return "\n".join(line for line in lines if line)
