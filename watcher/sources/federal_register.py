"""`federal-register`: what the Federal Register published, and will publish tomorrow.

The next issue is in the answer before its date, so each poll asks for the last days without an upper bound, and dedupes by number. A
paper that is corrected changes later without any stamp: twice a month a poll first looks through the last 90 days for such papers.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from watcher.cadence import OFF_HOURS
from watcher.dates import WASHINGTON
from watcher.models import Entry, Source, Stage
from watcher.ports import Ask, Page, Reading
from watcher.sources.register import API, agencies, asked, day, deadlines, entry, numbers, papers, request, results
from watcher.sources.shape import text, texts

KIND: str = "federal-register"
DEFAULT_URL: str | None = API
OPTIONS: frozenset[str] = frozenset()

WINDOW = timedelta(days=7)  #: how far back a poll asks
LOOK_BACK = timedelta(days=90)  #: how far back corrected papers are looked for (interfaces 1, "Plan")
LOOK_BACK_DAYS = frozenset({1, 15})  #: of a month, in Washington
SLACK = timedelta(minutes=10)  #: that a poll may be late and still be the first of its day
DAY = timedelta(days=1)
GTE, LTE = "conditions[publication_date][gte]", "conditions[publication_date][lte]"
PER_PAGE = 1000  #: the most it gives; a week has about 600 papers
_FIELDS = (
    "abstract action agencies comments_close_on correction_of corrections dates docket_ids document_number effective_on "
    "executive_order_number html_url pdf_url proclamation_number publication_date signing_date subtype title type"
)
FIELDS = tuple(_FIELDS.split())  #: what is asked of each paper; page_views, which change daily, are not among them


def ask(source: Source, now: datetime) -> Ask:
    """The last days; on the first poll of a day of LOOK_BACK_DAYS what lies before them, which leads on to the last days."""
    since = _day(now) - WINDOW
    return _between(source, _day(now) - LOOK_BACK, since - DAY) if _looks_back(source, now) else _between(source, since)


def read(source: Source, page: Page) -> Reading:
    """Read one page of papers; `next` is the following one. Of what lies before the last days, papers that are corrected are kept alone.

    Raises:
        ParseError: an error body, HTML, or another shape. Zero hits are none of these.
    """
    answer, found = results(source, page)
    before = _upper(page.url)
    faults: list[str] = []
    entries = tuple(_entry(number, paper) for number, paper in papers(found, faults) if before is None or paper.get("corrections"))
    following = text(answer.get("next_page_url"))
    if following.startswith(API) and not source.url.startswith(API):  # a mirror passes the register's own addresses on
        following = asked(source, following.removeprefix(API))
    if following.startswith(("https://", "http://")) and following != page.url:
        return Reading(entries=entries, faults=tuple(faults), next=request(following))
    return Reading(entries=entries, faults=tuple(faults), next=_between(source, before + DAY) if before is not None else None)


def _between(source: Source, since: date, until: date | None = None) -> Ask:
    query = [
        (GTE, since.isoformat()),
        *([(LTE, until.isoformat())] if until is not None else []),
        ("order", "newest"),
        ("per_page", str(PER_PAGE)),
        *(("fields[]", field) for field in FIELDS),
    ]
    return request(asked(source, f"documents.json?{urlencode(query)}"))


def _upper(url: str) -> date | None:
    """The day up to which a page was asked for; None for the last days, which have no end."""
    return day(next(iter(parse_qs(urlsplit(url).query).get(LTE, ())), ""))


def _looks_back(source: Source, now: datetime) -> bool:
    """Whether this is the first poll since a day of LOOK_BACK_DAYS began."""
    today = _day(now)
    days = (today - _day(now - max(source.every, OFF_HOURS) - SLACK)).days  # begun since the poll before
    return any((today - number * DAY).day in LOOK_BACK_DAYS for number in range(days))


def _day(moment: datetime) -> date:
    return moment.astimezone(WASHINGTON).date()


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
