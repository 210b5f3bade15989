"""An Entry made ours: canonical address, words without markup, aware UTC dates, and the keys by which a publication is known again.

A publication has several keys. Two readings that share one are the same publication, so that a guid that rotates, `http` for `https`,
tracking parameters and a new title make no second Document. What cannot tell publications apart is no key: an address that several
entries of one reading share, the bare root of a host, a guid given twice.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time

from watcher import addresses, courts
from watcher.dates import Moment, moment
from watcher.headlines import clause, headline
from watcher.models import Document, DocumentType, Entry, Severity, Source, Stage
from watcher.plain import SUMMARY_CAP, TEXT_CAP, TITLE_CAP, folded, line, paragraphs, summary
from watcher.severity import severity_of
from watcher.substance import repeats

NAME_CAP = 300  #: of a case, an outlet, a number
NOTE_CAP = 1_000
KEY_CAP = 400
MOST_RELATED = 50  #: publications that one may name as its own
SHARED_LINKS = (
    5  #: where more than one entry in so many shares its link with another, links are no keys at all: they lead to a landing page
)

_AGGREGATOR = "news.google.com"  # its links are opaque and differ from day to day; title and outlet tell articles apart
_REGISTER_TYPES = frozenset(
    {
        DocumentType.EXECUTIVE_ORDER,
        DocumentType.PROCLAMATION,
        DocumentType.PRESIDENTIAL,
        DocumentType.RULE,
        DocumentType.PROPOSED_RULE,
        DocumentType.REGISTER_NOTICE,
        DocumentType.CORRECTION,
    }
)
_OPENING = 600  # characters in which the formula stands
_FORMULAS = (
    (DocumentType.PROCLAMATION, re.compile(r"By the President of the United States of America,? A Proclamation", re.IGNORECASE)),
    (DocumentType.EXECUTIVE_ORDER, re.compile(r"By the authority vested in me as President\b.{1,300}\bhereby ordered\b", re.IGNORECASE)),
)
#: What a publisher puts in the place of an article that it takes back; a headline about somebody who withdrew is none.
_TAKEN_BACK = re.compile(
    r"^\W*(?:retracted|retraction|retractado|retractada)\W*:|^\W*(?:editor[’']?s? note\W+|nota (?:del editor|de la redacci[oó]n)\W+)?"
    r"(?:this (?:article|story|report|post|page) (?:has been|was) (?:retracted|withdrawn|taken down|unpublished)"
    r"|(?:este art[ií]culo|esta noticia|este reportaje|esta nota) (?:ha sido|fue) (?:retirad[oa]|eliminad[oa]))\b",
    re.IGNORECASE,
)
_RANK = {
    stage: rank
    for rank, stage in enumerate(
        (Stage.STUB, Stage.DESCRIBED, Stage.AVAILABLE, Stage.INSPECTION, Stage.SPECIAL, Stage.PUBLISHED, Stage.CORRECTED, Stage.WITHDRAWN)
    )
}
_ENDS = frozenset({Stage.SEALED, Stage.REMOVED})


@dataclass(frozen=True, slots=True)
class Shared:
    """What several entries of one reading have in common, so that it identifies none of them."""

    links: frozenset[str] = frozenset()  #: as `addresses.key` has them
    guids: frozenset[str] = frozenset()  #: as `_guid` has them
    no_links: bool = False  #: links are no keys in this reading


def documents(entries: Iterable[Entry], source: Source, *, now: datetime) -> list[Document]:
    """Make the Documents of one reading, in its order; of entries that share a key the first stays. One that only repeats another is a
    formality."""
    entries = list(entries)
    shared = shared_of(entries)
    known: set[str] = set()
    made = []
    for entry in entries:
        document = normalize(entry, source, now=now, shared=shared)
        keys = {document.key, *document.keys}
        if not keys & known:
            made.append(document)
        known |= keys
    repeated = repeats(made)
    return [replace(each, severity=Severity.FORMALITY) if each.key in repeated else each for each in made]


def normalize(entry: Entry, source: Source, *, now: datetime, shared: Shared = Shared()) -> Document:
    """Make an Entry a Document. Never raises, whatever the entry holds.

    Args:
        now: settles the century of a two-digit year.
        shared: what the other entries of the same reading say as well (`shared_of`); without it the entry is taken to be alone.
    """
    outlet = line(entry.outlet, NAME_CAP)
    keys = keys_of(entry, source, shared)
    published, day_only = _published(entry, now)
    document = Document(
        key=keys[0],
        keys=keys[1:],
        source=source.id,
        source_kind=_source_kind(entry, source),
        url=addresses.canonical(entry.link),
        title=_title(entry, outlet),
        summary=summary(entry.summary, SUMMARY_CAP),
        text=paragraphs(entry.text, TEXT_CAP),
        lang=_lang(source.lang or entry.lang),
        published=published,
        day_only=day_only,
        type=_type(entry, source),
        stage=entry.stage or _stage(entry),
        primary=source.primary or entry.docket is not None or entry.type in _REGISTER_TYPES,
        docket=entry.docket,
        case=line(entry.case, NAME_CAP),
        number=folded(entry.number)[:NAME_CAP],
        enclosure=addresses.canonical(entry.enclosure),
        note=line(entry.note, NOTE_CAP),
        outlet=outlet,
        relates=tuple(map(_bounded, entry.relates[:MOST_RELATED])),
        deadlines=entry.deadlines,
        off=entry.off,
        stays=entry.stays,
    )
    return replace(document, headline=headline(document), severity=severity_of(document))


def keys_of(entry: Entry, source: Source, shared: Shared = Shared()) -> tuple[str, ...]:
    """Give the keys of an entry, the first of them its own; never empty, none twice.

    A paper that has a key of its own has no other: were its address one too, an article that links to it could be taken for it.
    """
    if entry.key:
        return tuple(dict.fromkeys(map(_bounded, (entry.key, *entry.keys))))
    link, guid = addresses.key(entry.link), _guid(entry.id)
    keys = [f"feed:{source.group}:{_hash(*parts)}" for parts in _identities(entry, guid, link, shared)]
    if guid and guid not in shared.guids:
        keys.append(f"guid:{source.group}:{_hash(guid)}")
    if link and not shared.no_links and link not in shared.links:
        keys.append(_bounded(f"url:{link}"))
    if link.startswith(_AGGREGATOR) and entry.title.strip():
        keys.append(f"news:{source.group}:{_hash(line(entry.title, TITLE_CAP).casefold(), line(entry.outlet, NAME_CAP).casefold())}")
    return tuple(keys)


def shared_of(entries: Sequence[Entry]) -> Shared:
    """Find what cannot tell the entries of one reading apart. An entry given twice, word for word, shares nothing with itself."""
    pairs = {(addresses.key(entry.link), _guid(entry.id) or line(entry.title, TITLE_CAP)) for entry in entries}
    by_link = Counter(link for link, _ in pairs if link)
    by_guid = Counter(guid for guid, _ in {(_guid(entry.id), addresses.key(entry.link)) for entry in entries} if guid)
    doubled = sum(count for count in by_link.values() if count > 1)
    return Shared(
        links=frozenset(link for link, count in by_link.items() if count > 1),
        guids=frozenset(guid for guid, count in by_guid.items() if count > 1),
        no_links=doubled * SHARED_LINKS > len(pairs),
    )


def advances(old: Stage, new: Stage) -> bool:
    """Whether a Document at stage `old` that is now read at `new` has gone on in its life.

    A register paper only ever goes on: once it is published, its listing on public inspection says nothing new. A docket entry may be
    sealed or removed at any time, and come back.
    """
    if old is new:
        return False
    if old in _ENDS or new in _ENDS:
        return True
    return _RANK[new] > _RANK[old]


def _title(entry: Entry, outlet: str) -> str:
    """A docket paper's own words: the title that its feed gives names the case, and changes for all entries when that is renamed.

    An aggregator writes the outlet after each title.
    """
    if entry.docket is not None:
        return clause(line(entry.summary, SUMMARY_CAP))
    title = line(entry.title, TITLE_CAP)
    return title.removesuffix(f" - {outlet}").rstrip() if outlet else title


def _identities(entry: Entry, guid: str, link: str, shared: Shared) -> list[tuple[str, ...]]:
    """What a feed's entry is told by, the first its own: guid and link; without a guid the link; without either, or where the link is
    shared, the words. Whether others share its link differs between readings, so without a guid the words always are one of them."""
    if guid:
        return [(guid, link)]
    words = (link, line(entry.title, TITLE_CAP), line(entry.summary, SUMMARY_CAP), paragraphs(entry.text, TEXT_CAP))
    return [(link,), words] if link and link not in shared.links else [words]


def _guid(given: str) -> str:
    """A guid without what differs between readings: blanks, the scheme, tracking parameters. Its fragment may be its identity."""
    guid = folded(given)
    if not guid.lower().startswith(("http://", "https://")):
        return guid
    address, hash_sign, fragment = guid.partition("#")
    return (addresses.key(address) or address.partition("://")[2]) + hash_sign + fragment


def _bounded(key: str) -> str:
    """A key that any database can index: a long one ends in the hash of the whole."""
    whole = folded(key)
    return whole if len(whole) <= KEY_CAP else f"{whole[:100]}…{_hash(whole)}"


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:24]


def _published(entry: Entry, now: datetime) -> tuple[datetime | None, bool]:
    """When it was published, and whether only the day is known. Midnight of a court's own zone means the day."""
    found: Moment | None = moment(entry.published, now=now) or moment(entry.updated, now=now)
    if found is None:
        return None, False
    if entry.docket is not None and found.midnight:
        return datetime.combine(found.day, time(), UTC), True
    return found.at, found.day_only


def _source_kind(entry: Entry, source: Source) -> str:
    if entry.docket is not None:
        return "docket"
    if entry.type in _REGISTER_TYPES:
        return "federal_register"
    return "press_release" if source.primary else "news"


def _type(entry: Entry, source: Source) -> DocumentType:
    if entry.type is not None:
        return entry.type
    if entry.docket is not None:
        return courts.entry_type(line(entry.summary, SUMMARY_CAP), court=entry.docket.court)
    return _presidential(entry) if source.primary else DocumentType.ARTICLE


def _stage(entry: Entry) -> Stage:
    """An article is published, or taken back by its publisher, who says so where it stood."""
    words = (line(entry.title, TITLE_CAP), line(entry.summary, _OPENING), line(entry.text, _OPENING))
    return Stage.WITHDRAWN if any(map(_TAKEN_BACK.search, words)) else Stage.PUBLISHED


def _presidential(entry: Entry) -> DocumentType:
    """The White House posts an order hours after its signature and days before the register has it, told only by its own formula."""
    opening = f"{line(entry.text, _OPENING)} {line(entry.summary, _OPENING)}"
    return next((kind for kind, formula in _FORMULAS if formula.search(opening)), DocumentType.ARTICLE)


def _lang(given: str | None) -> str:
    """The language alone, as ISO 639 has it: `en` of `en-US`. "" for none and for what is no language code."""
    found = re.match(r"\s*([A-Za-z]{2,3})(?![A-Za-z])", given or "")
    return found[1].lower() if found else ""
