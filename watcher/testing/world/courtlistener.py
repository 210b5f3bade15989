"""CourtListener's docket feeds: Atom, the newest thirty entries, entries that grow after birth, and validators that lie.

An entry's address carries the case's slug and, after the hash, its identity. `Last-Modified` is midnight Pacific of the newest filing
whatever changed since, and If-Modified-Since is not looked at: the whole feed comes with 200 each time. An unknown docket is a 404.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

SITE = "https://www.courtlistener.com"
PACIFIC = ZoneInfo("America/Los_Angeles")
SHOWN = 30  # entries of a docket feed


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """One line of a docket."""

    filed: date | None  #: undated ones are left out of the feed
    number: int | None = None  #: None: a minute entry, which has no number
    row: int = 0  #: CourtListener's own id of a minute entry
    text: str = ""  #: the long description; "" until it is known
    short: str = ""  #: the main document's description, as the court's own feed gave it
    file: str = ""  #: address of the paper; "" without one

    @property
    def fragment(self) -> str:
        return f"minute-entry-{self.row}" if self.number is None else f"entry-{self.number}"


@dataclass(slots=True, kw_only=True)
class Case:
    """One docket: its name may change, and its slug with it."""

    id: int
    court: str
    number: str
    name: str
    slug: str
    filings: dict[str, Filing] = field(default_factory=dict)  #: by fragment, oldest first


class CourtListener:
    """The dockets that have a feed."""

    def __init__(self, cases: Sequence[Case] = ()) -> None:
        self.cases: dict[int, Case] = {case.id: case for case in cases}
        self.routes = [Route("/docket/{id}/feed/", self._feed)]

    def enter(self, docket: int, filing: Filing) -> None:
        """Add a line to a docket, or put other words in the place of one that is there."""
        self.cases[docket].filings[filing.fragment] = filing

    def amend(self, docket: int, fragment: str, *, text: str | None = None, file: str | None = None) -> None:
        """Change the description or the paper of a line, which keeps its identity."""
        filing = self.cases[docket].filings[fragment]
        self.enter(docket, replace(filing, text=filing.text if text is None else text, file=filing.file if file is None else file))

    async def _feed(self, request: Request) -> Response:
        given = request.path_params["id"]
        case = self.cases.get(int(given)) if given.isascii() and given.isdigit() else None
        if case is None:
            return HTMLResponse('<!DOCTYPE html>\n<html lang="en"><head><title>Page Not Found</title></head><body>404</body></html>', 404)
        return Response(feed(case).encode(), headers=_headers(case))


def _headers(case: Case) -> Mapping[str, str]:
    headers = {"Content-Type": "application/atom+xml; charset=utf-8", "Vary": "Cookie"}
    newest = _newest(case)
    return headers | ({"Last-Modified": format_datetime(newest.astimezone(UTC), usegmt=True)} if newest else {})


def feed(case: Case) -> str:
    """The feed of one docket, as its server writes it."""
    shown = [filing for filing in reversed(case.filings.values()) if filing.filed][:SHOWN]
    name = f"{case.name}, {case.number}"
    updated = (_newest(case) or datetime(1970, 1, 1, tzinfo=PACIFIC)).isoformat()
    head = (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-us">'
        f"<title>Docket updates for {escape(name)}</title>"
        f'<link href="{SITE}/" rel="alternate"/><link href="{SITE}/docket/{case.id}/feed/" rel="self"/><id>{SITE}/</id>'
        f"<updated>{updated}</updated><author><name>Free Law Project</name><email>feeds@courtlistener.com</email></author>"
        "<rights>Created for the public domain by Free Law Project</rights>"
    )
    return head + "".join(_entry(case, name, filing) for filing in shown) + "</feed>"


def _entry(case: Case, name: str, filing: Filing) -> str:
    place = f"{SITE}/docket/{case.id}/{case.slug}/"
    identity = f"{place}?order_by=desc#{filing.fragment}"
    minute = filing.number is None
    title = f"Minute entry from {filing.filed} in {name}" if minute else f"Entry #{filing.number} in {name}"
    enclosure = f'<link href={quoteattr(filing.file)} length="0" rel="enclosure" type="None"/>' if filing.file and not minute else ""
    return (
        f'<entry><title>{escape(title)}</title><link href={quoteattr(place if minute else identity)} rel="alternate"/>'
        f"<published>{_midnight(filing.filed).isoformat() if filing.filed else ''}</published><id>{escape(identity)}</id>"
        f'<summary type="html">{escape(filing.text or filing.short)}</summary>{enclosure}</entry>'
    )


def _newest(case: Case) -> datetime | None:
    days = [filing.filed for filing in case.filings.values() if filing.filed]
    return _midnight(max(days)) if days else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), PACIFIC)
