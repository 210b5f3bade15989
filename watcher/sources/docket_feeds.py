"""`docket-feeds`: the Atom feed of one docket at CourtListener; a Source a docket. Needs no token.

An entry is known by the docket's id and its fragment: the slug in its address changes when the case is renamed, and no date tells that
the clerk rewrote it or that its paper can be read now. Only the words and the address of the paper do.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from watcher import courts, substance
from watcher.dates import EPOCH, moment
from watcher.errors import ParseError
from watcher.hearings import READ, days_ahead, days_off
from watcher.models import Docket, DocumentType, Entry, Source, Stage
from watcher.plain import SUMMARY_CAP, line
from watcher.ports import Ask, Page, Reading
from watcher.sources.feed import ACCEPT, CAP, items_of
from watcher.sources.shape import text
from watcher.stays import stays

KIND: str = "docket-feeds"
DEFAULT_URL: str | None = "https://www.courtlistener.com/"
OPTIONS: frozenset[str] = frozenset()

FULL = 30  #: entries; the feed never has more, so 30 unknown ones mean that others were lost
STORAGE = "https://storage.courtlistener.com/"  #: where a paper is that anybody can read; elsewhere is PACER's counter

_ENTRY = re.compile(r"/docket/([0-9]{1,12})/[^#]*#((?:minute-)?entry-([0-9]{1,12}))$")
_TITLE = re.compile(r"^(?:Entry #\d+|Minute entry from .{4,30}?) in (?P<case>.+?)(?:, (?P<number>[^,]*\d[^,]*))?$", re.DOTALL)

#: whose word calls a hearing off: the court's, not that of a party which says so
CALLS_OFF = substance.ACTS | {DocumentType.MINUTE, DocumentType.HEARING, DocumentType.OTHER}
#: and whose lifts days without naming them: what a party tells of a stay (`SUGGESTION OF BANKRUPTCY`) may be of no known type
STAYS = CALLS_OFF - {DocumentType.OTHER}


def ask(source: Source, now: datetime) -> Ask:
    """The docket's own feed. Validators are no use: it ignores them and always sends the whole."""
    number = source.docket.courtlistener if source.docket else None
    if number is None:
        raise ParseError(source.id, "no CourtListener id of its docket: its feed has no address without one")
    return Ask(url=f"{source.url.rstrip('/')}/docket/{number}/feed/", accept=ACCEPT, cap=CAP, conditional=False)


def read(source: Source, page: Page) -> Reading:
    """Read the newest entries of a docket.

    Raises:
        ParseError: it is no feed, or that of another docket.
    """
    items, _ = items_of(source, page)
    entries: list[Entry] = []
    faults: list[str] = []
    for place, item in enumerate(items, 1):
        found = _ENTRY.search(text(dict.get(item, "id")).strip())
        if found is None:
            faults.append(f"entry {place}: its id names no docket entry: {text(dict.get(item, 'id'))[:120] or 'none'}")
        else:
            _same_docket(source, int(found[1]))
            entries.append(_entry(source, item, found))
    return Reading(entries=tuple(_again(entries)), faults=tuple(faults), full=FULL)


def _again(entries: Sequence[Entry]) -> Iterator[Entry]:
    """Let an entry that says that it is filed instead of another one of this reading name that; an act of a court never does."""
    numbered = {entry.number: entry for entry in entries if entry.number}
    for entry in entries:
        other = numbered.get(substance.instead_of(entry.summary)) if entry.number and entry.type not in substance.ACTS else None
        same = other is not None and int(other.number) < int(entry.number) and substance.is_again(entry.summary, other.summary)
        yield replace(entry, relates=(other.key or "",)) if other is not None and same else entry


def _same_docket(source: Source, number: int) -> None:
    if source.docket and source.docket.courtlistener not in (None, number):
        raise ParseError(source.id, f"asked for docket {source.docket.courtlistener}, answered with docket {number}")


def _entry(source: Source, item: dict[str, Any], found: re.Match[str]) -> Entry:
    docket, fragment, number = found.groups()
    title = text(dict.get(item, "title"))
    described = text(dict.get(item, "summary"))
    words = line(described, SUMMARY_CAP)
    case = _TITLE.match(title)
    enclosure = next((text(link.get("href")) for link in dict.get(item, "links") or () if link.get("rel") == "enclosure"), "")
    own = source.docket or Docket(court="", number=(case and case["number"]) or "", courtlistener=int(docket))
    kind = courts.entry_type(words, court=own.court)
    filed = moment(text(dict.get(item, "published")), now=EPOCH)
    return Entry(
        id=text(dict.get(item, "id")),
        link=text(dict.get(item, "id")).strip(),
        title=title,
        summary=described,
        published=text(dict.get(item, "published")) or None,
        updated=text(dict.get(item, "updated")) or None,
        lang="en",
        key=f"cl:{docket}#{fragment}",
        type=kind,
        stage=stage_of(words, enclosure, kind),
        docket=own,
        case=case["case"] if case else "",
        number="" if fragment.startswith("minute") else number,
        enclosure=enclosure,
        deadlines=days_ahead(line(described, READ), court=own.court, filed=filed.day if filed else None),
        off=days_off(line(described, READ), court=own.court, filed=filed.day if filed else None) if kind in CALLS_OFF else (),
        stays=stays(line(described, READ), filed=filed.day if filed else None) if kind in STAYS else (),
    )


def stage_of(words: str, enclosure: str, kind: DocumentType) -> Stage:
    """How much there is of an entry: the paper itself, the clerk's description, or only its name; nothing once it was taken away."""
    if substance.is_removed(words):
        return Stage.REMOVED
    if enclosure.startswith(STORAGE):
        return Stage.AVAILABLE
    if kind is DocumentType.SEALED and not courts.is_closed(words):
        return Stage.SEALED
    return Stage.STUB if courts.is_bare(words) else Stage.DESCRIBED
