"""Docket numbers and citations, parsed and compared by meaning. Nothing here is fuzzy: one digit off is another number.

What counts as a docket number:

- a *district* number, `8:25-cv-00951-PX`: office, year, type, serial. The office may be missing (`25-cv-951`), leading zeros say
  nothing, and what follows the serial (judges' initials, a defendant's number) is no part of it;
- a *lettered* number of the Supreme Court: `24A949` (application), `22M134` (motion), `22O141` (original case);
- a *plain* number, `25-1345`: an appeal, a Supreme Court petition, a bankruptcy. The same digits are also page ranges, telephone
  numbers and statutes, and every court of appeals counts from 1, so in prose one counts only where the words around it say that it
  is a case (`No.`, `Case`, `Docket`, `(4th Cir.`), and it equals another only with the court known on both sides.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from watcher.models import Docket

LONGEST = 80  #: characters of a docket number as written, `Civil Action No.` and suffixes included

_DASH = r"[-\u2010-\u2015\u2212]"  # PDF text and typeset pages have every kind of dash
_END = r"(?![0-9A-Za-z])"
# Codes of PACER case numbers; `misc`, `civ`, `crim` and the like are how people write some of them.
_CODES = {"civ": "cv", "civil": "cv", "criminal": "cr", "crim": "cr", "cri": "cr", "misc": "mc", "mag": "mj", "adv": "ap", "bkr": "bk"}
_KNOWN = "cv|cr|mc|mj|md|ml|bk|ap|po|gj|sw|pt|gr|tp|fp|mi|rj|dj|ad|as|at|ms|mw|nc|op|pf|ph|pw|rm|sm|te|tm|vv|wa|cm|cn|ct|ec|mp|br"
_SUFFIX = rf"(?:{_DASH}(?:[A-Za-z]{{1,4}}|[0-9]{{1,3}}){_END})*"

_DISTRICT = re.compile(
    rf"(?:(?P<office>[0-9]):)?(?P<year>(?:19|20)?[0-9]{{2}})(?:"
    rf"{_DASH}(?P<code>{_KNOWN}|civ|civil|crim|cri|misc|mag|adv|bkr){_DASH}"
    r"|(?P<tight>cv|cr|mj|mc|md|bk)"  # `8:2025cv00951`, as Justia writes it
    r"|\ (?P<spaced>Civ|Cv|Cr|Crim|Mag|Misc)\.?\ "  # `25 Civ. 2886 (AKH)`, as New York writes it
    rf")(?P<serial>[0-9]{{1,6}}){_END}{_SUFFIX}",
    re.IGNORECASE,
)
_LETTERED = re.compile(rf"(?P<year>[0-9]{{2}}){_DASH}?(?P<code>[AMO])(?P<serial>[1-9][0-9]{{0,3}}){_END}", re.IGNORECASE)
_PLAIN = re.compile(rf"(?P<year>[0-9]{{2}}){_DASH}(?P<serial>[0-9]{{1,5}}){_END}(?!{_DASH}[0-9A-Za-z])")
_PREFIX = re.compile(
    r"\s*(?:(?P<court>civil|criminal|civ|crim)\.?\s+)?(?:(?:case|docket|action|application|appeal)s?[:\s]\s*)?(?:n[ou]s?\.|n[.º°]{1,2}|#)?:?\s*",
    re.IGNORECASE,
)

_INITIALS = re.compile(r"(?:\s*\([A-Z, .]{1,20}\))+$", re.IGNORECASE)  # of the judges: `25-766 (JEB)`
_CANDIDATE = re.compile(rf"(?<![0-9A-Za-z$-])(?<![0-9]:)[0-9]{{1,4}}(?:[:ABCMO ]|{_DASH})", re.IGNORECASE)
_FORMS = (_DISTRICT, _LETTERED, _PLAIN)
_NUMBER_WORD = r"(?:n[ou]s?\.|nos\s|numbers?\s|n[úu]ms?\.|n[úu]meros?\s|n\.?[º°]s?)"
# Words that make a plain number a case. `case` alone is less sure than `No.`: then three digits must follow.
_INTRODUCTION = re.compile(
    rf"(?<![A-Za-z])(?:(?P<civil>civil\s(?:action|case|no)|c\.a\.)|(?P<criminal>criminal\s(?:action|case|no)))?\s*"
    rf"(?:(?P<sure>{_NUMBER_WORD}"
    r"|appeal\ of|consolidated\ with|circuit\ \()|(?:cases?|dockets?|dkts?\.?|casos?|expedientes?)[:\s]|(?<=no)\.)\s*$",
    re.IGNORECASE,
)
_AND = re.compile(r"\s*(?:[,;/&]|(?:and|y)\b)\s*(?:(?:and|y|&)\s+)?(?:nos?\.\s*)?", re.IGNORECASE)
# `WC Docket No. 17-97`, `Release No. 34-98765`: numbers of something that is no case.
_FOREIGN = re.compile(
    r"\b(?:(?:law|release|rept|rep|report|amendment|circular|bulletin|form|order|doc|document|resolution|treaty|ley|part)s?\.?"
    rf"|(?-i:[A-Z]{{2}})\s(?:docket|dkt\.?))\s*{_NUMBER_WORD}\s*$",
    re.IGNORECASE,
)
_COURT_AFTER = re.compile(r"\s*\((?:[^()]{0,24}\bCir\.|(?:U\.S\.\s)?Court\ of\ Appeals|Supreme\ Court|U\.S\.\ Supreme)", re.IGNORECASE)
_LOOKBACK = 48  #: characters before a number in which its introduction stands


@dataclass(frozen=True, slots=True, kw_only=True)
class DocketNumber:
    """A docket number's meaning. Two written differently are equal when all of it is, but for the office: see `meets`."""

    kind: Literal["district", "lettered", "plain"]
    year: int  #: 0 to 99
    serial: int  #: from 1
    code: str = ""  #: `cv`, `cr`, `mj`, … of a district; `A`, `M`, `O` of the Supreme Court; "" of a plain number
    office: int | None = None  #: the district's office; None where it was not written

    def meets(self, other: "DocketNumber") -> bool:
        """Whether both can be one number: an office that one of them leaves out is no difference."""
        same = (self.kind, self.year, self.code, self.serial) == (other.kind, other.year, other.code, other.serial)
        return same and (self.office == other.office or self.office is None or other.office is None)

    @property
    def bucket(self) -> str:
        """Key under which all numbers that this one can meet are found: `25-cv-951`, `24A949`, `25-1345`."""
        if self.kind == "district":
            return f"{self.year:02}-{self.code}-{self.serial}"
        return f"{self.year:02}{self.code or '-'}{self.serial}"

    def __str__(self) -> str:
        if self.kind == "district":
            return f"{'' if self.office is None else f'{self.office}:'}{self.year:02}-{self.code}-{self.serial:05}"
        return self.bucket


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A citation's meaning: its kind, and the number in one spelling."""

    kind: Literal["executive-order", "proclamation", "public-law", "bill", "usc", "cfr", "fr-document", "fr-page", "reporter"]
    #: `14160`, `10903`, `119-21`, `H.R. 1234`, `8 U.S.C. 1231`, `8 C.F.R. 208.16`, `2026-19555`, `90 FR 8443`, `604 U.S. 670`
    number: str

    @property
    def bucket(self) -> str:
        return f"{self.kind} {self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundNumber:
    """A number in a text; `text[start:end]` are its own digits and letters, without the `No.` before it."""

    start: int
    end: int
    value: DocketNumber | Cited


def parse_docket(text: str) -> DocketNumber | None:
    """Read a field that holds one docket number (`8:25-cv-00951-PX`, `No. 25-1345`, `24A949`); None if it is anything else.

    Broken ones that courts do send (`5:18-~gr-00001`) are None. For numbers inside prose use `find`.
    """
    if len(text) > LONGEST or (prefix := _PREFIX.match(text)) is None:  # never None: it matches nothing at all, too
        return None
    value = _parsed(text[prefix.end() :].strip())
    if value is not None and value.kind == "plain" and prefix["court"]:
        return replace(value, kind="district", code=_CODES[prefix["court"].lower()])
    return value


def _parsed(body: str) -> DocketNumber | None:
    body = _INITIALS.sub("", body)
    if found := _DISTRICT.fullmatch(body):
        return _district(found)
    if found := _LETTERED.fullmatch(body):
        return DocketNumber(kind="lettered", year=int(found["year"]), code=found["code"].upper(), serial=int(found["serial"]))
    if (found := _PLAIN.fullmatch(body)) and int(found["serial"]):
        return DocketNumber(kind="plain", year=int(found["year"]), serial=int(found["serial"]))
    return None


def _district(found: re.Match[str]) -> DocketNumber | None:
    code = (found["code"] or found["tight"] or found["spaced"]).lower()
    if not int(found["serial"]):
        return None
    return DocketNumber(
        kind="district",
        office=int(found["office"]) if found["office"] else None,
        year=int(found["year"][-2:]),
        code=_CODES.get(code, code),
        serial=int(found["serial"]),
    )


def same_docket(a: Docket, b: Docket) -> bool:
    """Say whether two Dockets are one court's file of one case.

    CourtListener's id decides where both have it. Else the parsed numbers must meet and the courts agree. Where a court is unknown, a
    district number with its office and a lettered one still speak for themselves; a plain number, or one without its office, does not.
    """
    if a.courtlistener is not None and b.courtlistener is not None:
        return a.courtlistener == b.courtlistener
    one, two = parse_docket(a.number), parse_docket(b.number)
    if one is None or two is None or not one.meets(two):
        return False
    if a.court and b.court:
        return a.court.lower() == b.court.lower()
    return one.kind == "lettered" or (one.kind == "district" and one.office is not None and two.office is not None)


def find(text: str) -> list[FoundNumber]:
    """Every docket number and citation in a text, in order, none inside another; but for those of reporters (`watcher.reporters`)."""
    kept: list[FoundNumber] = []
    for number in sorted((*_citations(text), *_dockets(text)), key=lambda number: number.start):
        if not kept or number.start >= kept[-1].end:
            kept.append(number)
    return kept


def dockets(text: str) -> list[FoundNumber]:
    """The docket numbers of `find` alone."""
    if next(_dockets(text), None) is None:
        return []  # most texts name none, and need not be searched for citations
    return [number for number in find(text) if isinstance(number.value, DocketNumber)]


def _dockets(text: str) -> Iterator[FoundNumber]:
    done = 0
    for candidate in _CANDIDATE.finditer(text):
        if candidate.start() < done or not (series := _series(text, candidate.start())):
            continue
        done = series[-1].end()  # a series is read once
        before = text[max(0, candidate.start() - _LOOKBACK) : candidate.start()]
        introduction = None if _FOREIGN.search(before) else _INTRODUCTION.search(before)
        court_after = _COURT_AFTER.match(text, done) is not None
        for found in series:
            value = _meant(found, introduction, court_after=court_after)
            if value is not None:
                yield FoundNumber(start=found.start(), end=found.end(), value=value)


def _series(text: str, at: int) -> list[re.Match[str]]:
    """Numbers from `at` on, as long as nothing but commas and `and` stands between them."""
    series = []
    while found := next((found for form in _FORMS if (found := form.match(text, at))), None):
        series.append(found)
        following = _AND.match(text, found.end())
        if following is None:
            break
        at = following.end()
    return series


def _meant(found: re.Match[str], introduction: re.Match[str] | None, *, court_after: bool) -> DocketNumber | None:
    """The docket number that this is where it stands; None if it need not be one."""
    value = _parsed(found[0])
    if value is None or value.kind == "district":
        return value
    sure = court_after or (introduction is not None and introduction["sure"] is not None)
    if value.kind == "lettered":
        return value if sure or (found["code"] == "A" and value.serial >= 10) else None
    if introduction is not None and (code := "cv" if introduction["civil"] else "cr" if introduction["criminal"] else ""):
        return replace(value, kind="district", code=code)  # `Civil Action No. 25-766 (JEB)`, as the D.C. court's opinions say it
    return value if sure or (introduction is not None and len(found["serial"]) >= 3) else None


_CITATIONS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (
            "executive-order",
            r"\b(?:(?i:executive\ orders?|exec\.\ orders?|[oó]rden(?:es)?\ ejecutivas?)|E\.\s?O\.|EO)"
            r"\s*(?:(?i:nos?\.?|n[úu]m(?:ero)?\.?)\s*)?(?P<a>[0-9]{1,2},?[0-9]{3})(?![0-9])",
        ),
        (
            "proclamation",
            r"\b(?i:proclamations?|proc\.|proclamaci[oó]n(?:es)?)\s*(?:(?i:nos?\.?|n[úu]m(?:ero)?\.?)\s*)?(?P<a>[0-9]{1,2},?[0-9]{3})(?![0-9])",
        ),
        (
            "public-law",
            rf"\b(?:(?i:pub(?:lic|\.)?\s?l(?:aw|\.)?)|P\.?\s?L\.?)\s*(?:(?i:nos?\.)\s*)?(?P<a>[0-9]{{2,3}}){_DASH}(?P<b>[0-9]{{1,4}})(?![0-9])",
        ),
        (
            "bill",
            r"(?<![A-Za-z.])(?<!U\.\ )(?P<a>H\.?\s?R\.?|S\.|[HS]\.?\s?(?:J\.?\s?|Con\.?\s?)?Res\.)"
            r"\s?(?P<b>[1-9][0-9]{0,4})(?![0-9,]*[0-9A-Za-z])",
        ),
        (
            "usc",
            r"(?<![0-9.])(?P<a>[0-9]{1,2})\s?(?:U\.\s?S\.\s?C\.|USC)(?:A\.?)?\s?(?:§{1,2}\s?|(?i:sec(?:tion|\.))\s)?"
            r"(?P<b>[0-9]{1,5}[a-z]{0,2})\b",
        ),
        (
            "cfr",
            r"(?<![0-9.])(?P<a>[0-9]{1,2})\s?(?:C\.\s?F\.\s?R\.|CFR)\s?(?:§{1,2}\s?|(?i:parts?|sec(?:tion|\.))\s)?"
            r"(?P<b>[0-9]{1,4}(?:\.[0-9]{1,4})?)(?![0-9])",
        ),
        (
            "fr-document",
            r"\b(?:FR\s?Doc\.?|(?i:federal\ register\ (?:document|doc\.?)|document\ number))(?:\s*(?i:nos?\.?|number))?:?\s*"
            rf"(?P<a>(?:[A-Z][0-9]{_DASH})?(?:(?:19|20)[0-9]{{2}}|[0-9]{{2}}|[A-Z][0-9]){_DASH}[0-9]{{1,6}})(?![0-9])",
        ),
        (
            "fr-page",
            r"(?<![0-9.])(?P<a>[0-9]{2,3})\s(?:F\.?\s?R\.?|Fed\.\s?Reg\.)\s(?:at\s)?(?P<b>[0-9]{1,3},[0-9]{3}|[0-9]{2,6})(?![0-9])",
        ),
    )
)
_BILLS = {
    "HR": "H.R.",
    "S": "S.",
    "HRES": "H.Res.",
    "SRES": "S.Res.",
    "HJRES": "H.J.Res.",
    "SJRES": "S.J.Res.",
    "HCONRES": "H.Con.Res.",
    "SCONRES": "S.Con.Res.",
}
_MARKS = {
    "executive-order": ("rder", "RDER", "rden", "RDEN", "E.O.", "E. O.", "EO"),
    "proclamation": ("roc", "ROC"),
    "public-law": ("L", "l"),
    "bill": ("H", "S.", "Res."),
    "usc": ("C.", "USC"),
    "cfr": ("F.", "CFR"),
    "fr-document": ("FR", "ocument", "OCUMENT", "egister", "EGISTER"),
    "fr-page": ("F",),
}
_SPELT = {"usc": "{a} U.S.C. {b}", "cfr": "{a} C.F.R. {b}", "fr-page": "{a} FR {b}", "public-law": "{a}-{b}", "bill": "{a} {b}"}


def _citations(text: str) -> Iterator[FoundNumber]:
    for kind, pattern in _CITATIONS:
        if not any(mark in text for mark in _MARKS[kind]):
            continue  # most texts cite nothing, and this costs nothing
        for found in pattern.finditer(text):
            yield FoundNumber(start=found.start(), end=found.end(), value=_cited(kind, found))
            if kind in ("executive-order", "proclamation"):
                yield from _further(text, found.end(), kind)


_FURTHER = re.compile(r"\s*(?:,\s*(?:(?:and|y)\b\s*)?|\b(?:and|y)\b\s*)(?P<a>[0-9]{1,2},?[0-9]{3})(?![0-9-])")


def _further(text: str, at: int, kind: str) -> Iterator[FoundNumber]:
    """The rest of `Executive Orders 14159, 14160 and 14161`."""
    while found := _FURTHER.match(text, at):
        yield FoundNumber(start=found.start("a"), end=found.end(), value=_cited(kind, found))
        at = found.end()


def _cited(kind: str, found: re.Match[str]) -> Cited:
    parts = {name: re.sub(_DASH, "-", value).replace(",", "") for name, value in found.groupdict().items() if value}
    if kind == "bill":
        parts["a"] = _bill(parts["a"])
    return Cited(kind=kind, number=_SPELT.get(kind, "{a}").format(**parts))  # type: ignore[arg-type]  # the table's own keys


def _bill(written: str) -> str:
    letters = re.sub(r"[.\s]", "", written).upper()
    return _BILLS[letters]
