"""The Federal Register's API v1: documents and public inspection, with its odd sides.

No validators and `Cache-Control: no-store`; zero hits have no `results`; an order by date is paged by a cursor; a withdrawn paper
stays listed with a note and no dates; titles on public inspection end in blanks; a wrong address is answered in HTML.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from math import ceil
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

SITE = "https://www.federalregister.gov"
EASTERN = ZoneInfo("America/New_York")
MOST_HITS = 10_000  # `count` stops here, and reading past it is an error
MOST_PAGES = 50
PER_PAGE = 20  # what a `per_page` that is no number from 2 to 2000 becomes, silently
TYPES = {"RULE": "Rule", "PRORULE": "Proposed Rule", "NOTICE": "Notice", "PRESDOCU": "Presidential Document"}

_ALL_FIELDS = """
abstract action agencies agency_names body_html_url cfr_references citation comment_url comments_close_on correction_of
corrections dates disposition_notes docket_id docket_ids dockets document_number effective_on end_page excerpts
executive_order_notes executive_order_number explanation full_text_xml_url html_url images images_metadata json_url mods_url
not_received_for_publication page_length page_views pdf_url president presidential_document_number proclamation_number
public_inspection_pdf_url publication_date raw_text_url regulation_id_number_info regulation_id_numbers regulations_dot_gov_info
regulations_dot_gov_url significant signing_date start_page subtype title toc_doc toc_subject topics type volume
"""
FIELDS = frozenset(_ALL_FIELDS.split())
DEFAULT_FIELDS = (
    "title",
    "type",
    "abstract",
    "document_number",
    "html_url",
    "pdf_url",
    "public_inspection_pdf_url",
    "publication_date",
    "agencies",
    "excerpts",
)
_ALL_CONDITIONS = """
term publication_date effective_date agencies type presidential_document_type president docket_id regulation_id_number sections
topics significant cfr
"""
CONDITIONS = frozenset(_ALL_CONDITIONS.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """Who wrote it. One that the system does not know has only `raw_name`."""

    raw_name: str
    name: str = ""
    id: int = 0
    slug: str = ""
    parent_id: int | None = None

    def shown(self) -> dict[str, Any]:
        if not self.slug:
            return {"raw_name": self.raw_name}
        return {
            "raw_name": self.raw_name,
            "name": self.name,
            "id": self.id,
            "url": f"{SITE}/agencies/{self.slug}",
            "json_url": f"{SITE}/api/v1/agencies/{self.id}",
            "parent_id": self.parent_id,
            "slug": self.slug,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One document of the register, under the number it has from public inspection on."""

    number: str
    title: str
    type: str  #: as answered: `Rule`, `Proposed Rule`, `Notice`, `Presidential Document`, `Correction`
    agencies: tuple[Agency, ...]
    publication_date: date
    subtype: str | None = None  #: of a presidential document: `Proclamation`, `Executive Order`
    abstract: str | None = None
    action: str | None = None
    dates: str | None = None
    signing_date: date | None = None
    effective_on: date | None = None
    comments_close_on: date | None = None
    citation: str | None = None
    volume: int = 90
    start_page: int | None = None
    pages: int = 1
    proclamation_number: str | None = None
    executive_order_number: str | None = None
    correction_of: str | None = None  #: a number
    corrections: tuple[str, ...] = ()  #: numbers
    docket_ids: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    significant: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """A paper on public inspection."""

    paper: Paper
    filed_at: datetime
    special: bool = False
    subjects: tuple[str, str] = ("", "")  #: the title's two parts; empty: the whole title is the first
    note: str | None = None  #: editorial note
    withdrawn: bool = False


class Register:
    """What is published and what is on inspection, now."""

    def __init__(self, *, backdate: Callable[[date], date] = lambda day: day) -> None:
        """`backdate` turns a day that a reader names in a condition into one of this register, for a reader with a later calendar."""
        self.papers: dict[str, Paper] = {}
        self.inspected: dict[str, Inspected] = {}
        self._backdate = backdate
        self.routes = [
            Route("/api/v1/documents.json", self._search),
            Route("/api/v1/documents", self._search),
            Route("/api/v1/documents/{numbers}.json", self._documents),
            Route("/api/v1/public-inspection-documents/current.json", self._current),
            Route("/api/v1/{rest:path}", self._nowhere),
        ]

    def inspect(self, inspected: Inspected) -> None:
        """Put a paper on public inspection."""
        self.inspected[inspected.paper.number] = inspected

    def withdraw(self, number: str, note: str) -> None:
        """Withdraw a paper after it was put on inspection: it stays listed."""
        self.inspected[number] = replace(self.inspected[number], withdrawn=True, note=note)

    def publish(self, paper: Paper) -> None:
        """Print a paper. It leaves the inspection list; what it corrects learns of it, and gets no stamp."""
        self.inspected.pop(paper.number, None)
        self.papers[paper.number] = paper
        corrected = self.papers.get(paper.correction_of or "")
        if corrected is not None:
            self.papers[corrected.number] = replace(corrected, corrections=(*corrected.corrections, paper.number))

    async def _search(self, request: Request) -> Response:
        query = [(key, value) for key, value in request.query_params.multi_items() if key != "_"]
        unknown = [name for key, _ in query if (name := _condition(key)) is not None and name not in CONDITIONS]
        if unknown:
            return _json({"errors": dict.fromkeys(unknown, "is not a valid field")}, 400)
        fields = [value for key, value in query if key == "fields[]"] or list(DEFAULT_FIELDS)
        for name in fields:
            if name not in FIELDS:
                return _json({"status": 400, "message": f"field '{name}' not valid"}, 400)
        try:
            hits = [paper for paper in self.papers.values() if all(self._meets(paper, query_part) for query_part in _grouped(query))]
            return _json(_page(hits, request, query, fields))
        except BadCursorError:
            return _json({"status": 400, "message": "Invalid search_after_cursor token"}, 400)

    def _meets(self, paper: Paper, part: tuple[str, str, Sequence[str]]) -> bool:
        name, how, values = part
        match name:
            case "term":
                words = f"{paper.title} {paper.abstract or ''}".lower()
                return all(word.strip('"').lower() in words for word in values[0].split())
            case "publication_date":
                return self._on(paper.publication_date, how, values[0])
            case "effective_date":
                return paper.effective_on is not None and self._on(paper.effective_on, how, values[0])
            case "agencies":
                return any(agency.slug in values for agency in paper.agencies)
            case "type":
                return any(TYPES.get(value) == paper.type for value in values)
            case "presidential_document_type":
                return (paper.subtype or "").lower().replace(" ", "_") in values
            case "docket_id":
                return values[0] in paper.docket_ids
            case "topics":
                return any(topic in values for topic in paper.topics)
            case "significant":
                return paper.significant is (values[0] == "1")
            case _:
                return False  # known to the API, and no paper here has it

    def _on(self, day: date, how: str, value: str) -> bool:
        if how == "year":
            return str(day.year) == value
        try:
            asked = self._backdate(date.fromisoformat(value))
        except ValueError:
            return False
        return {"is": day == asked, "gte": day >= asked, "lte": day <= asked}.get(how, False)

    async def _documents(self, request: Request) -> Response:
        numbers = request.path_params["numbers"].split(",")
        found = [_fields(self.papers[number], sorted(FIELDS)) for number in numbers if number in self.papers]
        missing = [number for number in numbers if number not in self.papers]
        if len(numbers) == 1:
            return _json(found[0]) if found else _json({"status": 404, "message": "Record Not Found"}, 404)
        return _json({"count": len(found), "results": found} | ({"errors": {"not_found": missing}} if missing else {}))

    async def _current(self, request: Request) -> Response:
        listed = list(self.inspected.values())
        special = max((entry.filed_at for entry in listed if entry.special), default=None)
        regular = max((entry.filed_at for entry in listed if not entry.special), default=None)
        return _json(
            {
                "count": len(listed),
                "results": [_inspection(entry) for entry in listed],
                "special_filings_updated_at": _eastern(special),
                "regular_filings_updated_at": _eastern(regular),
            }
        )

    async def _nowhere(self, request: Request) -> Response:
        return HTMLResponse(
            '<div class="title"><span>404 Not Found</span></div>\n<h2>This page does not exist.</h2>\n<p>Check the address.</p>\n', 404
        )


class BadCursorError(ValueError):
    """A `search_after_cursor` that this server did not make, or one past the last result that may be read."""


def _condition(key: str) -> str | None:
    found = re.match(r"conditions\[([^\]]*)\]", key)
    return found[1] if found else None


def _grouped(query: Sequence[tuple[str, str]]) -> list[tuple[str, str, Sequence[str]]]:
    """Conditions as (name, how, values): values of one key are alternatives, keys are all required."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for key, value in query:
        found = re.fullmatch(r"conditions\[([^\]]*)\](?:\[([^\]]*)\])?(?:\[\])?", key)
        if found:
            grouped.setdefault((found[1], found[2] or ""), []).append(value)
    return [(name, how, values) for (name, how), values in grouped.items()]


def _page(hits: list[Paper], request: Request, query: Sequence[tuple[str, str]], fields: Sequence[str]) -> dict[str, Any]:
    description = _description(query)
    if not hits:
        return {"description": description, "count": 0}
    asked = dict(query)
    order = asked.get("order", "relevance")
    size, number = _size(asked.get("per_page", "")), max(1, int(asked["page"]) if asked.get("page", "").isdigit() else 1)
    dated = order in {"newest", "oldest"}
    if dated:
        hits = sorted(hits, key=_place, reverse=order == "newest")
    start = _after(hits, asked["search_after_cursor"]) if "search_after_cursor" in asked else (number - 1) * size
    if start >= MOST_HITS:
        raise BadCursorError
    shown = hits[start : start + size]
    total = min(MOST_PAGES, ceil(len(hits) / size))
    links = {}
    if start + size < len(hits) and number < MOST_PAGES:
        links["next_page_url"] = _address(request, query, number + 1, _cursor(shown[-1]) if dated else None)
    if number > 1:
        links["previous_page_url"] = _address(request, query, number - 1, asked.get("search_after_cursor"))
    results = [_fields(paper, fields) for paper in shown]
    return {"description": description, "count": min(MOST_HITS, len(hits)), "total_pages": total} | links | {"results": results}


def _size(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and 2 <= int(text) <= 2000 else PER_PAGE


def _place(paper: Paper) -> tuple[int, str]:
    midnight = datetime.combine(paper.publication_date, time(), UTC)
    return int(midnight.timestamp() * 1000), paper.number


def _cursor(paper: Paper) -> str:
    return base64.urlsafe_b64encode(json.dumps(_place(paper), separators=(",", ":")).encode()).decode().rstrip("=")


def _after(hits: Sequence[Paper], cursor: str) -> int:
    places = [_cursor(paper) for paper in hits]
    if cursor not in places:
        raise BadCursorError
    return places.index(cursor) + 1


def _address(request: Request, query: Sequence[tuple[str, str]], page: int, cursor: str | None) -> str:
    kept = [(key, value) for key, value in query if key not in {"page", "search_after_cursor", "format"}]
    kept += [("format", "json"), ("page", str(page))] + ([("search_after_cursor", cursor)] if cursor else [])
    return f"{request.url.scheme}://{request.url.netloc}/api/v1/documents?{urlencode(sorted(kept))}"


def _description(query: Sequence[tuple[str, str]]) -> str:
    parts = []
    for name, how, values in _grouped(query):
        match name, how:
            case "term", _:
                parts.append(f"matching '{values[0]}'")
            case "type", _:
                parts.append("of type " + " or ".join(TYPES.get(value, value) for value in values))
            case "publication_date", "gte":
                parts.append(f"published on or after {_american(values[0])}")
            case "publication_date", "is":
                parts.append(f"published on {_american(values[0])}")
            case _:
                parts.append(f"with {name.replace('_', ' ')} {' or '.join(values)}")
    return "Documents " + " and ".join(parts) if parts else "All Documents"


def _american(day: str) -> str:
    year, _, rest = day.partition("-")
    return f"{rest.replace('-', '/')}/{year}"


def _fields(paper: Paper, names: Sequence[str]) -> dict[str, Any]:
    known = _known(paper)
    return {name: known.get(name) for name in names}


def _known(paper: Paper) -> dict[str, Any]:
    day, number = paper.publication_date, paper.number
    where = f"{day:%Y/%m/%d}/{number}"
    return {
        "abstract": paper.abstract,
        "action": paper.action,
        "agencies": [agency.shown() for agency in paper.agencies],
        "agency_names": [agency.name or agency.raw_name for agency in paper.agencies],
        "body_html_url": f"{SITE}/documents/full_text/html/{where}.html",
        "cfr_references": [],
        "citation": paper.citation,
        "comments_close_on": _iso(paper.comments_close_on),
        "correction_of": f"{SITE}/api/v1/documents/{paper.correction_of}" if paper.correction_of else None,
        "corrections": [f"{SITE}/api/v1/documents/{other}" for other in paper.corrections],
        "dates": paper.dates,
        "docket_ids": list(paper.docket_ids),
        "dockets": [],
        "document_number": number,
        "effective_on": _iso(paper.effective_on),
        "end_page": paper.start_page + paper.pages - 1 if paper.start_page else None,
        "executive_order_number": paper.executive_order_number,
        "full_text_xml_url": f"{SITE}/documents/full_text/xml/{where}.xml",
        "html_url": f"{SITE}/documents/{where}/{slug(paper.title)}",
        "images": {},
        "images_metadata": {},
        "json_url": f"{SITE}/api/v1/documents/{number}?publication_date={day}",
        "mods_url": f"https://www.govinfo.gov/metadata/granule/FR-{day}/{number}/mods.xml",
        "page_length": paper.pages,
        "page_views": {"count": 17, "last_updated": f"{day} 08:15:05 -0400"},
        "pdf_url": f"https://www.govinfo.gov/content/pkg/FR-{day}/pdf/{number}.pdf",
        "presidential_document_number": paper.proclamation_number or paper.executive_order_number,
        "proclamation_number": paper.proclamation_number,
        "public_inspection_pdf_url": f"https://public-inspection.federalregister.gov/{number}.pdf",
        "publication_date": _iso(day),
        "raw_text_url": f"{SITE}/documents/full_text/text/{where}.txt",
        "regulation_id_number_info": {},
        "regulation_id_numbers": [],
        "regulations_dot_gov_info": {},
        "significant": paper.significant,
        "signing_date": _iso(paper.signing_date),
        "start_page": paper.start_page,
        "subtype": paper.subtype,
        "title": paper.title,
        "toc_doc": paper.title,
        "topics": list(paper.topics),
        "type": paper.type,
        "volume": paper.volume,
    }


def _inspection(entry: Inspected) -> dict[str, Any]:
    paper, number = entry.paper, entry.paper.number
    first, second = entry.subjects if any(entry.subjects) else (paper.title, "")
    filed = None if entry.withdrawn else _eastern(entry.filed_at)
    digits = number.replace("-", "")
    filing = entry.filed_at.astimezone(EASTERN)
    return {
        "agencies": [agency.shown() for agency in paper.agencies[-1:]],
        "agency_letters": [],
        "agency_names": [agency.name or agency.raw_name for agency in paper.agencies[-1:]],
        "docket_numbers": list(paper.docket_ids),
        "document_number": number,
        "editorial_note": entry.note,
        "excerpts": None,
        "filed_at": filed,
        "filing_type": "special" if entry.special else "regular",
        "html_url": f"{SITE}/public-inspection/{number}/{slug(paper.title)}",
        "json_url": f"{SITE}/api/v1/public_inspection_documents/{number}",
        "last_public_inspection_issue": f"{filing:%Y-%m-%d}",
        "num_pages": paper.pages,
        "page_views": None if entry.withdrawn else {"count": 0, "last_updated": f"{filing:%Y-%m-%d %H:%M:%S %z}"},
        "pdf_file_name": f"{number}_PI.pdf",
        "pdf_file_size": 65_000,
        "pdf_updated_at": _eastern(entry.filed_at),
        "pdf_url": f"https://public-inspection.federalregister.gov/{number}.pdf",
        "publication_date": None if entry.withdrawn else _iso(paper.publication_date),
        "raw_text_url": f"{SITE}/public-inspection/raw_text/{digits[:3]}/{digits[3:6]}/{digits[6:9]}.txt",
        "subject_1": first,
        "subject_2": second or None,
        "subject_3": None,
        "title": f"{first} {second} ",  # the three subjects, joined by blanks though two of them may be missing
        "toc_doc": second or first,
        "toc_subject": first if second else "",
        "type": paper.type,
    }


def slug(title: str) -> str:
    """A title as the last part of an address."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:90].rstrip("-")


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _eastern(at: datetime | None) -> str | None:
    return at.astimezone(EASTERN).isoformat(timespec="milliseconds") if at else None


def _json(content: Mapping[str, Any], status: int = 200) -> Response:
    return JSONResponse(
        content, status, {"Cache-Control": "no-store", "Access-Control-Allow-Origin": "*"}, "application/json; charset=utf-8"
    )
