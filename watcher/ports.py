"""What the use case `poll` needs from the world: a Fetcher, which needs a Pacer, a SourceAdapter, a Store."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from watcher.models import Document, Entry, Evidence, Link, Match, Named, Revision, Source, SourceState, Story, Verdict, Withheld


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One address to ask, and what a usable answer looks like."""

    url: str
    accept: str = "*/*"
    cap: int = 3_000_000  #: bytes of the body after decompression; more is a fault
    types: tuple[str, ...] = ()  #: content types that can be right, lower case, without parameters; empty: any but HTML
    conditional: bool = True  #: send If-None-Match and If-Modified-Since
    follow: bool = False  #: a further page of the same answer: no validators, and it may not answer 304


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One usable answer."""

    url: str  #: the address that answered, after redirects
    body: bytes  #: decompressed, within the cap; empty when not modified
    content_type: str = ""  #: as sent, parameters included
    not_modified: bool = False  #: 304
    etag: str | None = None
    last_modified: str | None = None
    moved_to: str | None = None  #: where a chain of permanent redirects (301, 308 only) led
    took: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one Page holds."""

    entries: tuple[Entry, ...]
    faults: tuple[str, ...] = ()  #: entries that could not be read, a sentence each; the others are here all the same
    next: Ask | None = None  #: the following page
    full: int = 0  #: with a feed of fixed length: this many entries and none known means that some were lost (a gap); 0: never
    named: tuple[Named, ...] = ()  #: dockets that the docket itself is said to be of one case with, not one of its entries


class Fetcher(Protocol):
    async def get(self, source: Source, ask: Ask, state: SourceState | None = None) -> Page:
        """One HTTP exchange, redirects followed, private addresses refused on every hop.

        Raises:
            FetchError: no usable answer (status, type, size, deadline, refused address); carries the server's own wait.
        """
        ...


class Pacer(Protocol):
    async def pace(self, host: str) -> None:
        """Return when it is our turn to ask this host (a name or an address, with the port where the URL has one).

        Called before each exchange: first and further pages, redirects, robots.txt. Turns are given by host, whichever process asks.

        Raises:
            DatabaseAwayError: nobody can say whose turn it is.
        """
        ...


class SourceAdapter(Protocol):
    """How to ask a kind of source and read what comes; pure, no I/O. Each module of `watcher.sources` is one."""

    KIND: str
    DEFAULT_URL: str | None  #: None: the operator must give `url`
    OPTIONS: frozenset[str]  #: keys of `[[source]]` that only this kind has

    def ask(self, source: Source, now: datetime) -> Ask:
        """The first address of a poll."""
        ...

    def read(self, source: Source, page: Page) -> Reading:
        """Read a whole answer.

        Raises:
            ParseError: it is not what this kind answers; naming source and fault.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """What of a poll's Documents is not known as it is. Those that are unchanged, under keys that are known, are left out."""

    new: tuple[Document, ...]
    changed: tuple[Document, ...]  #: known, with other words or at a further stage
    known: int = 0  #: Documents that were there already, changed or not
    renamed: tuple[Document, ...] = ()  #: unchanged, with keys that are not stored yet; or one of whose keys a new or changed one has too
    untold: tuple[Document, ...] = ()  #: of the renamed those that this source brings for the first time, and nobody was to be told of:
    #: the first run of another source found them


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A new, changed or untold Document with what the rules say of it, ready to be stored."""

    document: Document
    verdict: Verdict
    tell: bool = True  #: False: a first run found it, or it is backfill
    backfill: bool = False  #: its own date is older than the source's `max_age`


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What a transaction really stored; a rival's Documents are not in it."""

    new: int = 0
    changed: int = 0
    backfill: int = 0  #: of the new ones
    stories: tuple[int, ...] = ()  #: Stories born or revised


@dataclass(frozen=True, slots=True, kw_only=True)
class PollResult:
    """One line of `watcher poll --json`."""

    source: str
    status: str  #: ok | not-modified | failed | gone
    entries: int = 0
    new: int = 0
    changed: int = 0
    backfill: int = 0
    gap: bool = False
    error: str | None = None
    faults: tuple[str, ...] = field(default=())
    kind: str = ""  #: of the source
    lags: tuple[timedelta, ...] = ()  #: from publication to now, of each new paper that may be told and says its hour; for counting


class Store(Protocol):
    """What `poll` asks of the database."""

    async def sort(self, source: Source, documents: Sequence[Document]) -> Sorted:
        """Tell new and changed Documents from known ones, by key and fingerprint. Reads only."""
        ...

    async def save(
        self,
        state: SourceState,
        judged: Sequence[Judged],
        now: datetime,
        *,
        gap: bool = False,
        renamed: Sequence[Document] = (),
        links: Sequence[Link] = (),
    ) -> Added:
        """Store Documents, versions, matches and Stories of one poll, and the source's new state, in one transaction.

        Whoever was first keeps a Document; what a rival stored meanwhile is dropped here. With nothing judged only the state is
        written (a failure, a 304). What becomes of a Document that was to be told is told, whoever brings it; what was late when it was
        first seen never is.

        Args:
            renamed: known Documents, unchanged, whose further keys are to be known as well, as `sort` gave them.
            links: dockets that these papers tie to cases. What the operator refused stays refused.

        Raises:
            StaleLeaseError: `state.attempt` is not the row's any more: another worker has the source. Nothing is stored.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A stored Document in its version in force."""

    id: int  #: rises with every Document stored
    version: int
    seen_at: datetime  #: when it was first seen
    document: Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """The next Documents that were stored before some Watches were met, and have yet to be judged by them."""

    watches: tuple[str, ...]
    after: int  #: how far they had come: id of the last Document judged
    documents: tuple[Kept, ...]  #: at least one, the first stored first


class History(Protocol):
    """What `history` asks of the database."""

    async def meet(self, watches: Sequence[str], now: datetime) -> tuple[str, ...]:
        """Remember that there are these Watches; answer those never met before that have a history to be judged."""
        ...

    async def stretch(self, watches: Sequence[str], now: datetime) -> Stretch | None:
        """What is to be judged next by those of these Watches that are furthest behind; None: nothing just now."""
        ...

    async def keep(self, stretch: Stretch, verdicts: Sequence[Verdict], now: datetime) -> int:
        """Store Matches, and Stories of what had none, silently; answer how many Documents were found. All of a stretch or nothing:
        where another worker was faster, that is 0."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A stored Document in its version in force, as `replay` judges it again, with what was decided at the time."""

    document: Document  #: as far as it is judged and shown
    seen_at: datetime  #: when it was first seen
    published: datetime | None  #: the date that it had then: late is not new
    first_look: bool  #: the first run of its source found it, and did not tell it: no rules would
    tell: bool  #: it was to be told
    matches: tuple[Match, ...] = ()  #: stored, of this version
    silent: frozenset[str] = frozenset()  #: Watches among them that came later and looked back


class Archive(Protocol):
    """What `replay` asks of the database. Reads only."""

    async def count(self, since: datetime) -> int:
        """How many Documents were first seen since then."""
        ...

    def pages(self, since: datetime, *, matches: bool = False) -> AsyncIterator[tuple[Filed, ...]]:
        """All of them that there are now, the first stored first; with their stored Matches where asked for."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A Document of a Story as a page shows it."""

    document: Document
    seen_at: datetime
    because: tuple[str, ...]  #: why it is in this Story
    matches: tuple[tuple[str, float, tuple[Evidence, ...]], ...]  #: watch, score, score card; of every version
    version: int = 1
    changed_at: datetime | None = None  #: when this version was seen; None: as `seen_at`
    withheld: Withheld | None = None  #: why none of its words is here; None: they all are

    @property
    def closed(self) -> bool:
        """Whether a court took its words back, or those that it quotes."""
        return self.withheld not in (None, Withheld.WITHDRAWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One wording of a Document, as it may be shown."""

    number: int  #: from 1
    seen_at: datetime
    document: Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """A Story that turned out to be one with another, as it was told."""

    story: int  #: its number, which leads to the other one
    title: str  #: "" where it may not be shown any more
    at: datetime  #: when the two became one
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryPage:
    """A Story with all its papers and revisions."""

    story: Story
    papers: tuple[Shown, ...]  #: primary ones first, then as they were seen
    revisions: tuple[Revision, ...]
    told: bool = True  #: whether any revision was to be told; False: found by a first look, or too old
    merged: tuple[Merged, ...] = ()  #: the Stories that went into it, the first first

    @property
    def closed(self) -> bool:
        """Whether a court closed a paper of it: others may have quoted that in any of their versions."""
        return any(paper.closed for paper in self.papers)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """What `status` says of one source."""

    state: SourceState
    last_new_at: datetime | None
    gaps: int
    documents: int
    backfill: int


class Views(Protocol):
    """What pages ask of the database. Reads only."""

    async def stories(
        self, *, watch: str | None = None, limit: int = 50, before: int | None = None, told: bool = False, dated: bool = False
    ) -> list[StoryPage]:
        """The latest Stories, of one Watch or of all, the last revised first; `before`: only those listed after this one; `told`: only
        those that were to be told."""
        ...

    async def story(self, story: int) -> StoryPage | None: ...

    async def moved(self, story: int) -> int | None:
        """The Story that this one turned out to be one with, and is shown as; None where it is itself."""
        ...

    async def versions(self, story: int) -> dict[str, tuple[Version, ...]]:
        """The latest wordings of each paper of a Story that has several, by its key, the first first."""
        ...

    async def sources(self) -> list[SourceRow]: ...

    async def lags(self, sources: Sequence[str]) -> dict[str, timedelta]:
        """How long after its publication a paper of each source is seen; of those that say the hour."""
        ...

    async def counts_by_watch(self, since: datetime) -> dict[str, int]:
        """How many Stories each Watch has had since then."""
        ...

    async def is_ready(self) -> bool:
        """Whether the database answers."""
        ...
