"""What both kinds of the Federal Register have in common: addresses, types of paper, the shape of an answer. API v1, no key."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from watcher.addresses import register_keys
from watcher.errors import ParseError
from watcher.models import Deadline, DocumentType, Entry, Source
from watcher.ports import Ask, Page
from watcher.sources.shape import json_object, named, objects, text

API = "https://www.federalregister.gov/api/v1/"
CAP = 10_000_000  #: bytes
CONTENT_TYPES = ("application/json",)

_TYPES = {
    "Rule": DocumentType.RULE,
    "Proposed Rule": DocumentType.PROPOSED_RULE,
    "Notice": DocumentType.REGISTER_NOTICE,
    "Presidential Document": DocumentType.PRESIDENTIAL,
    "Correction": DocumentType.CORRECTION,
}
_CORRECTION_NUMBER = re.compile(r"C\d{1,2}-", re.IGNORECASE)
#: The end of an agency's own action line where it corrects itself: `Final rule; correcting amendment.` (Document Drafting Handbook, 4.5)
_CORRECTS = re.compile(r";\s*(?:technical\s+)?correct(?:ions?|ing\s+amendments?)\.?\s*$", re.IGNORECASE)
_ORDER = re.compile(r"^executive orders?\b|\((?:executive order|e\.?o\.?)\s*(?:no\.?\s*)?\d{4,5}\b[^()]*\)\s*$", re.IGNORECASE)
_PROCLAMATION = re.compile(r"^proclamations?\b|\(proc(?:lamation|\.)\s*(?:no\.?\s*)?\d{4,5}\b[^()]*\)\s*$", re.IGNORECASE)
_NUMBER = re.compile(r"(?:^|/)([A-Za-z]?\d{0,2}-?\d{2,4}-\d+)(?:\.json)?(?:\?.*)?$")


def asked(source: Source, path: str) -> str:
    """An address below the API's base, which an operator may have moved to a mirror."""
    return source.url.rstrip("/") + "/" + path


def request(url: str) -> Ask:
    """No validators: the register sends none, and may answer 100 minutes late."""
    return Ask(url=url, accept="application/json", cap=CAP, types=CONTENT_TYPES, conditional=False)


def results(source: Source, page: Page) -> tuple[Mapping[str, Any], list[Any]]:
    """The answer and its list of papers. Zero hits come without a list: then `count` is 0.

    Raises:
        ParseError: an error body, or another shape.
    """
    answer = json_object(source, page)
    found = answer.get("results")
    if isinstance(found, list):
        return answer, found
    if complaint := answer.get("message") or answer.get("errors"):
        raise ParseError(source.id, f"the register refuses: {_said(complaint)[:200]}")
    if found is None and answer.get("count") == 0:
        return answer, []
    raise ParseError(source.id, f"not a list of papers: `results` is {named(found)}")


def papers(found: list[Any], faults: list[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The papers of a list with their numbers; what is none goes to `faults`."""
    for place, item in enumerate(found, 1):
        number = text(item.get("document_number")).strip() if isinstance(item, dict) else ""
        if number:
            yield number, item
        else:
            faults.append(
                f"result {place}: {'no document_number' if isinstance(item, dict) else f'{named(item)} where an object should be'}"
            )


def entry(number: str, paper: Mapping[str, Any]) -> Entry:
    """What both kinds say of a paper in the same words; each adds its own with `replace`."""
    key, others = keys(number)
    return Entry(
        id=number,
        link=text(paper.get("html_url")),
        title=text(paper.get("title")),
        lang="en",
        key=key,
        keys=others,
        type=type_of(paper, number),
        number=number,
        enclosure=text(paper.get("pdf_url")),
        outlet=agencies(paper),
    )


def keys(number: str) -> tuple[str, tuple[str, ...]]:
    """The key of a paper, and its other spelling: public inspection pads with zeros what was published without."""
    own, *others = register_keys(number)
    return own, tuple(others)


def type_of(paper: Mapping[str, Any], number: str) -> DocumentType:
    """What kind of paper it is. On public inspection only the heading or the end of the title tells an executive order."""
    if text(paper.get("executive_order_number")) or text(paper.get("subtype")) == "Executive Order":
        return DocumentType.EXECUTIVE_ORDER
    if text(paper.get("proclamation_number")) or text(paper.get("subtype")) == "Proclamation":
        return DocumentType.PROCLAMATION
    if paper.get("correction_of") or _CORRECTION_NUMBER.match(number) or _CORRECTS.search(text(paper.get("action"))):
        return DocumentType.CORRECTION
    kind = _TYPES.get(text(paper.get("type")), DocumentType.REGISTER_NOTICE)
    if kind is DocumentType.PRESIDENTIAL:
        headings = [text(paper.get(name)).strip() for name in ("toc_subject", "subject_1", "title")]
        if any(map(_ORDER.search, headings)):
            return DocumentType.EXECUTIVE_ORDER
        if any(map(_PROCLAMATION.search, headings)):
            return DocumentType.PROCLAMATION
    return kind


def agencies(paper: Mapping[str, Any]) -> str:
    """The agencies, the parent first as the register has them. One that it does not know has only a raw name."""
    names = [text(agency.get("name")) or text(agency.get("raw_name")) for agency in objects(paper.get("agencies"))]
    return ", ".join(dict.fromkeys(name for name in names if name))


def numbers(value: object) -> tuple[str, ...]:
    """The keys of papers that another one names, by number or by the API's address of them."""
    values = value if isinstance(value, list) else [value]
    written = (text(item.get("document_number")) or text(item.get("json_url")) if isinstance(item, dict) else text(item) for item in values)
    return tuple(dict.fromkeys(keys(found[1])[0] for item in written if (found := _NUMBER.search(item.strip()))))


def deadlines(*named_days: tuple[str, object]) -> tuple[Deadline, ...]:
    """The days that a paper names, those that can be read."""
    days = ((label, day(value)) for label, value in named_days)
    return tuple(Deadline(label=label, on=on) for label, on in days if on)


def day(value: object) -> date | None:
    try:
        return date.fromisoformat(text(value)[:10])
    except ValueError:
        return None


def _said(complaint: object) -> str:
    """`{"errors": {"name": "is not a valid field"}}` in one line."""
    if isinstance(complaint, dict):
        return "; ".join(f"{name} {text(said)}" for name, said in complaint.items())
    return text(complaint) or named(complaint)
