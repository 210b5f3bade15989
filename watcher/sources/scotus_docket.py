"""`scotus-docket`: one docket of the Supreme Court, as the Court's own JSON; a Source a docket.

Entries have no id. What tells them apart is the day and the words, and the number of the paper where there is one: the Clerk adds
`(Distributed)` to a line months later, and attaches a paper the day after. Counsel (`Petitioner`, `Respondent`, `Other`, with their
addresses and telephone numbers) is never read.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from watcher import courts
from watcher.courtnames import circuits_in, districts_in
from watcher.dates import EPOCH, moment
from watcher.errors import ParseError, clip
from watcher.families import BESIDE, SEVERAL
from watcher.hearings import READ, days_ahead, days_off
from watcher.models import Docket, Entry, Named, Source, Stage
from watcher.numbers import parse_docket
from watcher.plain import SUMMARY_CAP, line
from watcher.ports import Ask, Page, Reading
from watcher.sources.docket_feeds import CALLS_OFF, STAYS
from watcher.sources.shape import json_object, named, objects, text
from watcher.stays import stays

KIND: str = "scotus-docket"
DEFAULT_URL: str | None = "https://www.supremecourt.gov/"
OPTIONS: frozenset[str] = frozenset({"allow_robots"})

CAP = 3_000_000  #: bytes
WORDS = 160  #: characters of a field that are shown whole as evidence
COURT = "scotus"

_PAPER = re.compile(r"/DocketPDF/[^/]+/[^/]+/(\d+)/", re.IGNORECASE)
_ADDED_LATER = re.compile(r"\(distributed\)|\bvided\b", re.IGNORECASE)
_NO_WORD = re.compile(r"[\W_]+")
_ROLE = re.compile(
    r",\s*(?:petitioners?|applicants?|respondents?|appell(?:ants?|ees?)|movants?|plaintiffs?|defendants?)\s*$", re.IGNORECASE
)
_HREF = re.compile(r"""href\s*=\s*["']([^"']+)["']""", re.IGNORECASE)
_MAIN = ("main document", "petition", "application", "opinion")  # descriptions of the paper itself, not of what comes with it
_NUMBERS = re.compile(r"\d{2}[AMO]\d+|\d{2}-\d+")
_BELOW = re.compile(r"[\w:-]*\d-[\w-]*\d")
_SEE_ALSO = re.compile(r"see\s+also|\bvide\b", re.IGNORECASE)


def ask(source: Source, now: datetime) -> Ask:
    return Ask(url=f"{source.url.rstrip('/')}/rss/cases/JSON/{_number(source)}.json", accept="application/json", cap=CAP)


def read(source: Source, page: Page) -> Reading:
    """Read the proceedings of a docket, in the Court's order, which is not strictly that of days.

    Raises:
        ParseError: HTML, another shape, or another docket.
    """
    case = _case(source, page)
    number = _number(source)
    faults: list[str] = []
    lines = [found for place, item in enumerate(case["ProceedingsandOrder"], 1) if (found := _line(place, item, faults))]
    seen: Counter[str] = Counter()
    papers = Counter(paper for item in lines for paper in _papers(item)[:1])
    entries = []
    for item in lines:
        own = f"scotus:{number}#{_slug(item)}"
        seen[own] += 1
        alone = tuple(f"scotus:{number}#paper-{paper}" for paper in _papers(item)[:1] if papers[paper] == 1)
        key = own if seen[own] == 1 else f"{own}-{seen[own]}"
        entries.append(_entry(source, case, item, key, alone))
    return Reading(entries=tuple(entries), faults=tuple(faults), named=tuple(_linked(source, case)))


def _linked(source: Source, case: Mapping[str, Any]) -> Iterator[Named]:
    """The dockets that the Court's own data names as of this case: those linked with it, and those below; and those beside it, which may
    be other cases that raise the same question."""
    words = text(case.get("Links"))
    for found in _NUMBERS.finditer(words):
        yield _named(source, Docket(court=COURT, number=found[0]), "linked", "Links", words, found.span())
    for other in objects(case.get("RelatedCaseNumber")):
        number, kind = text(other.get("DisplayCaseNumber")).strip(), text(other.get("RelatedType")).strip()
        if parse_docket(number) is not None:
            words = f"{kind or 'related'} {number}"
            yield _named(source, Docket(court=COURT, number=number), "beside", "RelatedCaseNumber", words, (0, len(words)), BESIDE)
    yield from _below(source, text(case.get("LowerCourtCaseNumbers")), text(case.get("LowerCourt")))


def _below(source: Source, words: str, name: str) -> Iterator[Named]:
    """The cases below, `(25-1345)` or `(23-2051 (See also 23-1853))`; the name of their court stands before the words that say so."""
    court = _court_below(name)
    aside = _SEE_ALSO.search(words)
    own = len(_BELOW.findall(words[: aside.start()] if aside else words))
    said = f"{clip(' '.join(name.split()), 100)} {words}".lstrip()
    first = len(said) - len(words)
    for number in _BELOW.finditer(words):
        how, missing = ("below", SEVERAL if own > 1 else "")
        if aside is not None and number.start() > aside.start():
            how, missing = "beside", BESIDE
        if not court:
            missing = f"no court that is known here: {clip(name, 80) or 'none is named'}"
        if parse_docket(number[0]) is not None:
            place = (first + number.start(), first + number.end())
            yield _named(source, Docket(court=court, number=number[0]), how, "LowerCourtCaseNumbers", said, place, missing)


def _named(source: Source, docket: Docket, how: str, field: str, words: str, place: tuple[int, int], missing: str = "") -> Named:
    start, end = (0, len(words)) if len(words) <= WORDS else place
    by = source.docket or Docket(court=COURT, number=_number(source))
    where = _page(_number(source))
    return Named(docket=docket, by=by, how=how, found=words[start:end], field=field, start=start, end=end, url=where, missing=missing)


def _page(number: str) -> str:
    return f"https://www.supremecourt.gov/search.aspx?filename=/docket/docketfiles/html/public/{number.lower()}.html"


def _number(source: Source) -> str:
    """The docket's number as the Court writes it in addresses: `24A949`, `24-966`."""
    given = source.docket.number if source.docket else ""
    parsed = parse_docket(given)
    if parsed is None:
        raise ParseError(source.id, f"no docket number of the Supreme Court: {given[:40] or 'none'}")
    return parsed.bucket


def _case(source: Source, page: Page) -> Mapping[str, Any]:
    case = json_object(source, page)
    given = text(case.get("CaseNumber")).split()[:1]  # `23A999 *** CAPITAL CASE ***`
    if not given or not isinstance(case.get("ProceedingsandOrder"), list):
        raise ParseError(source.id, "not a docket: it lacks CaseNumber or ProceedingsandOrder")
    parsed = parse_docket(given[0])
    if parsed is None or parsed.bucket != _number(source):
        raise ParseError(source.id, f"asked for docket {_number(source)}, answered with docket {given[0][:40]}")
    return case


def _line(place: int, item: object, faults: list[str]) -> Mapping[str, Any] | None:
    if isinstance(item, dict) and text(item.get("Date")).strip() and text(item.get("Text")).strip():
        return item
    faults.append(f"entry {place}: {'no date or no text' if isinstance(item, dict) else f'{named(item)} where an object should be'}")
    return None


def _entry(source: Source, case: Mapping[str, Any], item: Mapping[str, Any], key: str, keys: tuple[str, ...]) -> Entry:
    number = _number(source)
    words = line(text(item["Text"]), SUMMARY_CAP)
    main = _main(item)
    filed = moment(text(item["Date"]), now=EPOCH)
    kind = courts.entry_type(words, court=COURT)
    return Entry(
        link=_page(number),
        title=f"{number}: {_name(case)}",
        summary=text(item["Text"]),
        text="\n".join(f"{text(link.get('Description'))}: {text(link.get('DocumentUrl'))}" for link in objects(item.get("Links"))),
        published=text(item["Date"]),
        lang="en",
        key=key,
        keys=keys,
        type=kind,
        stage=Stage.AVAILABLE if main else Stage.DESCRIBED,
        docket=source.docket,
        case=_name(case),
        enclosure=main,
        deadlines=days_ahead(line(text(item["Text"]), READ), court=COURT, filed=filed.day if filed else None),
        off=days_off(line(text(item["Text"]), READ), court=COURT, filed=filed.day if filed else None) if kind in CALLS_OFF else (),
        stays=stays(line(text(item["Text"]), READ), filed=filed.day if filed else None) if kind in STAYS else (),
    )


def _main(item: Mapping[str, Any]) -> str:
    """The address of the paper itself: what is described as it, else the first; else what the text links (an opinion)."""
    links = [(text(link.get("Description")).strip().lower(), text(link.get("DocumentUrl"))) for link in objects(item.get("Links"))]
    main = (
        [url for name, url in links if name in _MAIN and url] or [url for _, url in links if url] or _HREF.findall(text(item.get("Text")))
    )
    return main[0] if main else ""


def _papers(item: Mapping[str, Any]) -> list[str]:
    """The numbers of the papers attached, as their addresses have them; usually one number for all."""
    found = (_PAPER.search(text(link.get("DocumentUrl"))) for link in objects(item.get("Links")))
    return [paper[1] for paper in found if paper]


def _slug(item: Mapping[str, Any]) -> str:
    """Day and words, less what is added to a line later."""
    given = text(item["Date"])
    day = moment(given, now=EPOCH)  # years have four digits here, so `now` settles nothing
    words = _NO_WORD.sub(" ", _ADDED_LATER.sub(" ", line(text(item["Text"]), SUMMARY_CAP))).split()
    digest = hashlib.sha256(" ".join(words).casefold().encode("utf-8", "replace")).hexdigest()[:12]
    return f"{day.day.isoformat() if day else '-'.join(given.split())}-{digest}"


def _name(case: Mapping[str, Any]) -> str:
    """`Noem v. Abrego Garcia`: the titles without their roles; the one title where there is one (`In Re Grand Jury`)."""
    titles = (_ROLE.sub("", text(case.get(side)).strip()) for side in ("PetitionerTitle", "RespondentTitle"))
    return " v. ".join(title for title in titles if title)


def _court_below(name: str) -> str:
    """The id of a federal court of appeals or district court; "" for any other, and for a name that is not clear."""
    words = " ".join(name.split()).lower()
    if "united states court of appeals" in words:
        found = circuits_in(name)
    else:
        found = districts_in(name) if "united states district court" in words else []
    return found[0].court if len({each.court for each in found}) == 1 else ""
