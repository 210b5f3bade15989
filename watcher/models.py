"""What the package speaks of: Source, Entry, Document, Watch, Match, Story. Frozen records, no behaviour beyond reading them.

Times are aware UTC everywhere; a naive one is a bug. Offsets are code points into the field they name.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from enum import IntEnum, StrEnum
from typing import Literal
from zoneinfo import ZoneInfo

CONTEXT = 0.85  #: a phrase of a group or of `excludes` counts from this worth on


class Severity(IntEnum):
    """How much a development presses; subscribers set a floor by it. Stored as the number, printed as the lower-case name."""

    FORMALITY = 0  #: below every floor: stored and shown, told to nobody
    ROUTINE = 1
    NOTABLE = 2
    URGENT = 3

    @property
    def label(self) -> str:
        return self.name.lower()


class Stage(StrEnum):
    """Where in its life a Document is. Docket entries go stub → described → available → sealed or removed; register papers go
    inspection or special → published → corrected or withdrawn; all else is simply published."""

    STUB = "stub"  #: a docket entry with no words of its own yet, or only the short ones of the court's feed
    DESCRIBED = "described"
    AVAILABLE = "available"  #: the paper itself can be read
    SEALED = "sealed"
    REMOVED = "removed"
    INSPECTION = "inspection"  #: on public inspection, regular filing
    SPECIAL = "special"  #: on public inspection, special filing
    PUBLISHED = "published"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"


class DocumentType(StrEnum):
    """What kind of paper it is. The first block are docket entries, decided by `courts`; the second register papers; then the rest."""

    ORDER = "order"
    OPINION = "opinion"
    JUDGMENT = "judgment"
    MOTION = "motion"
    PROPOSED_ORDER = "proposed-order"  #: never an order
    NOTICE = "notice"
    MINUTE = "minute"
    TRANSCRIPT = "transcript"
    HEARING = "hearing"
    APPEARANCE = "appearance"
    LETTER = "letter"
    BRIEF = "brief"
    SEALED = "sealed"
    APPEAL = "appeal"
    OTHER = "other"

    EXECUTIVE_ORDER = "executive-order"
    PROCLAMATION = "proclamation"
    PRESIDENTIAL = "presidential"  #: memoranda, determinations, presidential notices
    RULE = "rule"
    PROPOSED_RULE = "proposed-rule"
    REGISTER_NOTICE = "register-notice"
    CORRECTION = "correction"

    ARTICLE = "article"  #: news, reports, press releases: whatever a feed brings


class Withheld(StrEnum):
    """Why no word of a paper is shown; see `watcher.retraction`."""

    SEALED = "sealed"
    REMOVED = "removed"
    WITHDRAWN = "withdrawn"
    QUOTES = "quotes"  #: it repeats words of another paper of its Story that were taken back


@dataclass(frozen=True, slots=True, kw_only=True)
class Docket:
    """One court's file of one case. Two are the same docket when court and parsed number agree (`numbers.same_docket`)."""

    court: str  #: CourtListener's court id (`mdd`, `ca4`, `scotus`); "" where it is not known
    number: str  #: as written: `8:25-cv-00951-PX`, `25-1345`, `24A949`
    courtlistener: int | None = None  #: CourtListener's docket id, needed for its feed


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstRun:
    """What the first poll of a source may tell of what it finds."""

    policy: Literal["baseline", "last", "since"] = "baseline"  #: baseline: store all, tell nothing
    last: int = 0  #: with `last`: tell the newest N
    since: date | None = None  #: with `since`: tell what is dated that day or later (UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A place we poll: one address. A `[[source]]` of kind `docket-feeds` or `scotus-docket` becomes one Source a docket."""

    id: str  #: `hrw`; of a docket `SOURCE/DOCKET`, as `courtlistener/69777799` or `scotus/24A949`
    kind: str  #: key of `watcher.sources.KINDS`
    url: str  #: the address to ask; for register kinds the base of the API
    every: timedelta
    enabled: bool = True
    title: str = ""  #: what readers see as its name; "" is the id
    first_run: FirstRun = FirstRun()
    max_age: timedelta = timedelta(days=14)  #: older than this when first seen: backfill, never told
    lang: str | None = None
    watches: tuple[str, ...] = ()  #: judged by these only; empty: by all
    primary: bool = False  #: its Documents lead a Story
    robots: bool = False  #: ask robots.txt first
    docket: Docket | None = None  #: the docket this address is of
    options: Mapping[str, str] = field(default_factory=dict)  #: the kind's own keys

    @property
    def group(self) -> str:
        """The id of the table in `sources.toml` this comes from."""
        return self.id.partition("/")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What we remember of a source between polls."""

    source: str
    next_poll_at: datetime  #: aware, UTC; poll at or after this
    failures: int = 0  #: polls failed in a row; 0 after a success
    polls: int = 0  #: polls that succeeded; 0 means that the next one is the first run
    etag: str | None = None  #: as the server sent it, quotes included (RFC 9110, 8.8.3)
    last_modified: str | None = None  #: as the server sent it
    body_hash: str | None = None  #: SHA-256 of the last body read, where validators lie
    moved_to: str | None = None  #: target of a permanent redirect, asked instead once `moved_seen` reaches MOVED_AFTER
    moved_seen: int = 0
    gone: bool = False  #: the server said 410: never asked again until the operator changes the address
    unreached: bool = False  #: the last poll found no server (no name, no connection): tried again soon, and at the next start
    last_ok_at: datetime | None = None
    last_error: str | None = None
    lease_until: datetime | None = None
    attempt: int = 0  #: the fence: raised by each claim


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item as the source gave it: strings untouched, HTML and all. What only the kind can know (identity, stage) it says here."""

    id: str = ""  #: guid, atom:id, JSON Feed id; "" without one
    link: str = ""  #: made absolute, else as given
    title: str = ""
    summary: str = ""
    text: str = ""
    published: str | None = None  #: as given
    updated: str | None = None  #: as given
    lang: str | None = None
    key: str | None = None  #: the publication's own identity where the kind has one: `fr:2026-19555`, `cl:69777799#entry-51`
    keys: tuple[str, ...] = ()  #: further identities of the same publication
    type: DocumentType | None = None  #: None: to be decided from the words
    stage: Stage | None = None
    docket: Docket | None = None
    case: str = ""  #: the case's name as the court's own feed gives it
    number: str = ""  #: entry number, document number: what people call it by
    enclosure: str = ""  #: address of the paper itself
    note: str = ""  #: an editorial note of the source (why it was withdrawn)
    outlet: str = ""  #: who published it, where that is not the source (agency, `<source>` of an aggregator)
    relates: tuple[str, ...] = ()  #: keys of publications it names as its own (correction of)
    deadlines: tuple["Deadline", ...] = ()
    off: tuple["Deadline", ...] = ()
    stays: tuple["Stay", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A day ahead that a Document names."""

    label: str  #: `comments close`, `effective`, `hearing`
    on: date
    time: time_of_day | None = None  #: of day, on the clocks of `zone`; None where only a day is named
    zone: str = ""  #: IANA name; "" without a time, and where the zone is not known
    moved: bool = field(default=False, compare=False)  #: it is said to take the place of a day set before, whichever that was

    @property
    def at(self) -> datetime | None:
        """The instant, aware UTC; None where only a day is named, or nobody knows on whose clocks the hour is."""
        if self.time is None:
            return None
        try:
            return datetime.combine(self.on, self.time, ZoneInfo(self.zone)).astimezone(UTC)
        except (KeyError, OSError, ValueError, OverflowError):  # a name that this machine does not know, or none
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """What a court lifts without naming the day: what it is of, or the order that set it."""

    of: str = ""  #: `deadlines`, `hearings`, `briefing`, or the name of a meeting; "" where it is what an order set
    number: str = ""  #: of that order's entry
    on: date | None = None  #: the day of that order, where it has no number
    below: bool = False  #: of a court below
    docket: str = ""  #: the number of its docket there, where it is named


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An Entry made ours: one publication, known by its `key`. Text only, whitespace folded, no markup."""

    key: str  #: `fr:2026-19555`, `cl:69777799#entry-51`, `scotus:24A949#…`, `feed:SOURCE:…`
    keys: tuple[str, ...] = ()  #: further keys of the same publication (guid, canonical URL); without `key` itself
    source: str = ""  #: id of the Source
    source_kind: str = "news"  #: news | federal_register | docket | press_release | bill | report
    url: str = ""  #: canonical: https, no tracking parameters
    title: str = ""
    headline: str = ""  #: what readers are shown: `Order on motion to stay (#51), Abrego Garcia v. Noem`; "" is the title
    summary: str = ""
    text: str = ""
    lang: str = ""  #: "" where unknown
    published: datetime | None = None  #: aware UTC; None where the source gives no date we can read
    day_only: bool = False  #: the source gave a day without an hour: show no hour
    type: DocumentType = DocumentType.ARTICLE
    stage: Stage = Stage.PUBLISHED
    severity: Severity = Severity.ROUTINE
    primary: bool = False  #: the act itself (order, register paper), not a report of it
    docket: Docket | None = None  #: the docket whose paper this is; None for all but court papers
    case: str = ""
    number: str = ""
    enclosure: str = ""
    note: str = ""
    outlet: str = ""
    relates: tuple[str, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    off: tuple[Deadline, ...] = ()  #: what was to be on these days, set by other papers of the docket, is off
    stays: tuple["Stay", ...] = ()  #: what else is off of what others set

    @property
    def shown(self) -> str:
        """The words a reader sees as its title; never empty."""
        return self.headline or self.title or self.url or self.key

    def fingerprint(self) -> str:
        """Hash of what makes a version: the same words at the same stage have the same one, and what it names as its own if it does.
        Addresses and derived fields are left out, so a tracking parameter or a better headline of ours never makes a version."""
        content = [self.title, self.summary, self.text, self.enclosure, self.note, str(self.stage), *sorted(self.relates)]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One fuzzy phrase of a Watch or of a context group."""

    text: str
    weight: float = 1.0  #: 0.0 < weight <= 1.0: what a perfect find of it is worth
    near: str | None = None  #: counts only with a phrase of this group near by
    within: int | None = None  #: how near, in words; None with `near`: the same sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A context group of `[phrases]`: any of its terms satisfies it."""

    name: str
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A docket that is said to be of one case with another one, and the words that say it."""

    docket: Docket  #: `court` is "" where no court is named, `number` "" where no number is
    by: Docket  #: whose paper, or whose own data, says so
    how: str  #: a key of `families.HOW`: `appeal`, `below`, `transfer`, …
    found: str  #: the words as they stand there
    field: str  #: of the paper; or of the docket's data, as its source calls it
    start: int = 0  #: code points into the field
    end: int = 0
    document: str = ""  #: key of the paper; "" where the docket's own data says so
    url: str = ""  #: where that can be read
    missing: str = ""  #: why it is no certain link; "" where number and court are named by a court


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A docket that is of a case though the file does not say so, or that might be."""

    watch: str  #: id of the case
    named: Named
    state: Literal["linked", "proposed", "refused"]  #: `refused`: by the operator, for good
    at: datetime | None = None  #: when it was first stored; None: not yet

    @property
    def docket(self) -> Docket:
        return self.named.docket


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A standing query. A doctrine and a case of `sources.toml` are each one; readers see the word *topic*."""

    id: str
    kind: Literal["doctrine", "case"]
    title: str
    about: str = ""
    terms: tuple[Term, ...] = ()
    needs: tuple[Group, ...] = ()  #: every one must be there; a paper of a tracked docket satisfies them all
    groups: tuple[Group, ...] = ()  #: groups that a term of this Watch names with `near`, each once; config fills it from `[phrases]`
    excludes: tuple[Term, ...] = ()
    names: tuple[str, ...] = ()  #: names of the case; enough by themselves
    dockets: tuple[Docket, ...] = ()  #: of a case: those of the file, then those linked to them
    links: tuple["Link", ...] = ()  #: for each docket that the file does not have, why it is among them
    sources: tuple[str, ...] = ()  #: Documents of these sources only (id, or the id of the table); empty: all
    types: tuple[DocumentType, ...] = ()  #: docket papers of these types only; empty: all. Says nothing about other Documents
    threshold: float = 0.88  #: 0.0 to 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One find that speaks for a Match, as the score card shows it."""

    term: str  #: as the Watch has it
    found: str  #: the words there
    field: str  #: title | summary | text | url | docket
    start: int  #: code points into the field as given
    end: int
    score: float  #: 0.0 to 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A Document that answers a Watch, with the words that did it. `score` follows from the card alone (`match.score_of`)."""

    watch: str
    document: str  #: its key
    score: float
    threshold: float
    because: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A Watch that just failed, and what it lacked."""

    watch: str
    document: str
    score: float
    threshold: float
    because: tuple[Evidence, ...]
    missing: tuple[str, ...]  #: a sentence each: `needs foreign-imprisonment: no phrase of it found`


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the rules say of one Document."""

    document: str
    matches: tuple[Match, ...] = ()
    near: tuple[Near, ...] = ()

    @property
    def watches(self) -> tuple[str, ...]:
        return tuple(match.watch for match in self.matches)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A Document in its Story, as `stories.place` reads and answers it."""

    document: Document
    seen_at: datetime  #: when we first saw it; orders Stories, since given dates lie
    watches: tuple[str, ...] = ()
    story: str = ""  #: "" while not placed; a Story's id; `new:N` for the N-th Story that `place` opens
    because: tuple[str, ...] = ()  #: why it joined, a phrase each: `same docket and day`, `names 24A949`
    sure: bool = True  #: False: it joined, but may have something new to tell


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Documents about one happening, told once. `revision` rises when it really changes."""

    id: int
    revision: int  #: from 1
    title: str
    severity: Severity
    stage: Stage
    type: DocumentType
    watches: tuple[str, ...]
    lead: str  #: key of the Document that leads it: a primary one before news, then the first seen
    first_seen: datetime
    revised_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """Why a Story is told, or told again."""

    story: int
    number: int  #: 1 is the Story's birth
    at: datetime
    change: str  #: what a reader is told changed: `now an order`, `withdrawn`; "" at birth
    loud: bool  #: those told before hear of it anew; else what they have is edited in place
    new_watches: tuple[str, ...]  #: Watches that this revision added; their followers not told before get a first alert
    tell: bool  #: False: backfill, baseline, replayed history: nobody is told
    paper: str = ""  #: key of the Document that made it, where that is asked; "" where none did
