"""The use case: one source, one poll. Ask, read, make Documents, judge the fresh ones, store all of it at once."""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from time import monotonic

from watcher.cadence import due_every, jittered, next_poll, next_try
from watcher.errors import FAULT_CAP, FetchError, ParseError, SourceError, WatcherError, clip
from watcher.families import reason, shown
from watcher.lateness import is_late
from watcher.models import Document, Entry, Link, Named, Source, SourceState, Verdict
from watcher.normalize import documents
from watcher.ports import Added, Ask, Fetcher, Judged, Page, PollResult, Reading, SourceAdapter, Store

log = logging.getLogger(__name__)

MOST_PAGES = 60  #: further pages of one answer; the register stops at 50 by itself
MOST_ENTRIES = 5_000  #: of one answer, all pages together; the largest that we know, a week of the register, has 1,000
MOST_FAULTS = 20  #: entries at fault that are named one by one
LONGEST = timedelta(minutes=4)  #: for one poll until it is stored; less than a claim holds, so that no rival begins meanwhile
MOVED_AFTER = 3  #: a permanent redirect is taken at its word once it has led to a readable answer this often (interfaces 4)
SPARE = timedelta(seconds=30)  #: of LONGEST, for storing what was read when a walk of many pages ends before its end
SLOW = 5.0  #: seconds of reading after which a source is at fault (interfaces 4)

Judge = Callable[[Document], Verdict]
Kin = Callable[[Sequence[Document], Sequence[Named]], Sequence[Link]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What every poll works with."""

    fetcher: Fetcher
    store: Store
    judge: Judge
    adapter: SourceAdapter
    kin: Kin = lambda _papers, _named: ()  #: ties dockets to cases by what was read (`families.found`)
    chance: Callable[[], float] = lambda: 0.0  #: 0.0 to 1.0: spreads polls that would all fall due at once
    stopwatch: Callable[[], float] = monotonic  #: seconds: how long reading takes
    longest: timedelta = LONGEST


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """All pages of one answer, read."""

    state: SourceState  #: with the validators of the first page
    entries: tuple[Entry, ...] = ()
    faults: tuple[str, ...] = ()
    full: int = 0
    named: tuple[Named, ...] = ()
    unchanged: bool = False  #: 304, or the same bytes as last time
    broken: SourceError | None = None  #: why a later page was not read; what came before it is worth keeping all the same


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """What there is to store."""

    judged: tuple[Judged, ...] = ()
    renamed: tuple[Document, ...] = ()
    links: tuple[Link, ...] = ()
    gap: bool = False
    lags: tuple[timedelta, ...] = ()


async def poll(source: Source, state: SourceState, tools: Tools, now: datetime, *, out_of_turn: bool = False) -> PollResult:
    """Poll a claimed source once and store what came, with when to poll next.

    A fault of the source is stored and returned, not raised; the row is fenced by `state.attempt`. So is a fault of ours over what the
    source sent: else it would be asked again and again, and nobody would know why nothing comes of it. Where a further page is at fault,
    what the pages before it brought is stored, and the poll has failed all the same: validators stay as they were, so that the next one
    reads from the beginning. Of a first poll nothing is stored then: it tells nothing, and part after part would be swallowed.

    Raises:
        StaleLeaseError: another worker has the source by now; nothing was stored.
        DatabaseAwayError: the database does not answer; nothing was stored.
    """
    try:
        return await _polled(source, state, tools, now, out_of_turn=out_of_turn)
    except SourceError as error:
        fault = error
    except WatcherError:
        raise
    except Exception as error:
        log.exception("%s: a fault of ours over what it sent", source.id, extra={"action": "poll-fault", "source": source.id})
        fault = ParseError(source.id, f"what it sent cannot be worked with ({type(error).__name__}); the log tells more")
    failed = _failed(source, state, fault, now)
    await tools.store.save(_in_its_turn(failed, state, fault, now, out_of_turn=out_of_turn), (), now)
    gone = isinstance(fault, FetchError) and fault.gone
    known = state.unreached and state.last_error == fault.fault  # said already, and tried again every few seconds
    log.log(logging.DEBUG if known else logging.WARNING, "%s", fault, extra={"action": "poll-failed", "source": source.id, "gone": gone})
    return PollResult(source=source.id, status="gone" if gone else "failed", error=fault.fault)


async def _polled(source: Source, state: SourceState, tools: Tools, now: datetime, *, out_of_turn: bool) -> PollResult:
    try:
        async with asyncio.timeout(tools.longest.total_seconds()):
            found = await _find(source, state, tools, now)
            work = await _judge(source, state, found, tools, now)
    except TimeoutError:
        raise FetchError(source.id, f"not read to its end within {tools.longest.total_seconds():g} s") from None
    if found.broken is None:
        after = _succeeded(source, found.state, now, tools.chance())
    else:
        after = _in_its_turn(_failed(source, state, found.broken, now), state, found.broken, now, out_of_turn=out_of_turn)
    added = await tools.store.save(after, work.judged, now, gap=work.gap, renamed=work.renamed, links=work.links)
    _say(work.links)
    if found.unchanged:
        return PollResult(source=source.id, status="not-modified")
    return _report(source, found, added, work)


async def _find(source: Source, state: SourceState, tools: Tools, now: datetime) -> _Found:
    """Fetch and read every page of the answer, as far as time and faults allow."""
    start = tools.stopwatch()
    page = await tools.fetcher.get(source, tools.adapter.ask(source, now), state)
    digest = hashlib.sha256(page.body).hexdigest()
    after = _remember(state, page, digest)
    if page.not_modified or (state.polls and digest == state.body_hash):
        return _Found(state=after, unchanged=True)
    reading = await _read(source, page, tools)
    entries, faults, full, named = list(reading.entries), list(reading.faults), reading.full, reading.named
    if reading.next is not None:
        after = replace(after, body_hash=None)  # the first page may be the same while a later one changes: read them all each time
    pages, broken = 0, None
    while reading.next is not None and pages < MOST_PAGES and len(entries) < MOST_ENTRIES and broken is None:
        pages += 1
        try:
            reading = await _read_next(source, reading.next, tools, tools.stopwatch() - start, pages)
        except SourceError as error:
            if not state.polls:
                raise _of_a_page(error) from error  # a first run tells nothing, so a part of it would be swallowed, day after day
            broken = _of_a_page(error)
        else:
            entries += reading.entries
            faults += reading.faults
    left = []
    if (over := len(entries) - MOST_ENTRIES) > 0:
        left.append(f"{over:,} of its entries are left out: no more than {MOST_ENTRIES:,} are read at once")
    if reading.next is not None and broken is None:
        left.append(f"it has more than {pages} further pages: the rest is not read")
    told = (*_shortened(faults), *left)
    return _Found(state=after, entries=tuple(entries[:MOST_ENTRIES]), faults=told, full=full, named=named, broken=broken)


def _of_a_page(error: SourceError) -> SourceError:
    """A fault of a further page: that such a page has ended for good says nothing of the source."""
    if isinstance(error, FetchError) and error.gone:
        return FetchError(error.source, f"a further page: {error.fault}", status=error.status)
    return error


async def _read_next(source: Source, ask: Ask, tools: Tools, spent: float, number: int) -> Reading:
    """Fetch and read a further page.

    Args:
        spent: seconds since the poll began.
        number: of the further page.

    Raises:
        FetchError, ParseError: of this page; or there is no time left for it.
    """
    if spent > (tools.longest - SPARE).total_seconds():
        raise FetchError(source.id, f"not read to its end within {spent:.0f} s: {number} pages are stored, the rest is left")
    page = await tools.fetcher.get(source, replace(ask, follow=True))
    return await _read(source, page, tools)


def _shortened(faults: Sequence[str]) -> tuple[str, ...]:
    """Faults of entries as they may be shown, logged and stored: they quote what the source sent."""
    named = tuple(clip(fault, FAULT_CAP) for fault in faults[:MOST_FAULTS])
    return named if len(faults) <= MOST_FAULTS else (*named, f"and {len(faults) - MOST_FAULTS:,} more entries that cannot be read")


async def _read(source: Source, page: Page, tools: Tools) -> Reading:
    """Read in a thread, so that the loop never waits: feedparser may take seconds over hostile input."""
    start = tools.stopwatch()
    reading = await asyncio.to_thread(tools.adapter.read, source, page)
    if (took := tools.stopwatch() - start) > SLOW:
        raise ParseError(source.id, f"its answer took {took:.0f} s to read; more than {SLOW:.0f} s is a fault of the source")
    return reading


async def _judge(source: Source, state: SourceState, found: _Found, tools: Tools, now: datetime) -> _Work:
    if not found.entries and not found.named:
        return _Work()
    made = await asyncio.to_thread(documents, found.entries, source, now=now)
    sorted_ = await tools.store.sort(source, made)
    untold = [document for document in sorted_.untold if not is_late(document, source, now)] if state.polls else []
    fresh = [*sorted_.new, *sorted_.changed, *untold]
    verdicts = await asyncio.to_thread(lambda: [tools.judge(document) for document in fresh])
    tellable = told_at_first(source, sorted_.new, now) if state.polls == 0 else frozenset(document.key for document in fresh)
    late = frozenset(document.key for document in sorted_.new if is_late(document, source, now))
    judged = [
        Judged(document=document, verdict=verdict, tell=document.key in tellable, backfill=document.key in late)
        for document, verdict in zip(fresh, verdicts, strict=True)
    ]
    gap = bool(found.full and found.broken is None and state.polls and len(made) >= found.full and sorted_.known == 0)
    links = await _tied(source, made, found, tools)
    lags = tuple(_lags([document for document in sorted_.new if document.key in tellable - late], now))
    return _Work(judged=tuple(judged), renamed=sorted_.renamed, links=links, gap=gap, lags=lags)


def _lags(documents: Sequence[Document], now: datetime) -> Iterator[timedelta]:
    """How long after its publication each is seen; of those alone that say their hour."""
    for document in documents:
        if document.published is not None and not document.day_only:
            yield max(now - document.published, timedelta(0))


async def _tied(source: Source, made: Sequence[Document], found: _Found, tools: Tools) -> tuple[Link, ...]:
    """What ties dockets to cases. A fault of ours in it costs that, and no paper its telling."""
    try:
        return tuple(await asyncio.to_thread(tools.kin, made, found.named))
    except Exception:
        log.exception("%s: a fault of ours over which dockets are one case", source.id, extra={"action": "kin-fault", "source": source.id})
        return ()


def told_at_first(source: Source, new: Sequence[Document], now: datetime) -> frozenset[str]:
    """Keys of what the first poll of a source may tell: never a flood."""
    policy = source.first_run
    if policy.policy == "last":
        newest = sorted(new, key=lambda document: document.published or now, reverse=True)
        return frozenset(document.key for document in newest[: policy.last])
    if policy.policy == "since" and policy.since is not None:
        day = datetime.combine(policy.since, time(), UTC)
        return frozenset(document.key for document in new if (document.published or now) >= day)
    return frozenset()


def _remember(state: SourceState, page: Page, digest: str) -> SourceState:
    """The validators and the permanent address that an answer gave; a settled one is named again by each answer that came from it."""
    if page.not_modified:
        return replace(state, etag=page.etag or state.etag, last_modified=page.last_modified or state.last_modified)
    moved = page.moved_to
    return replace(
        state,
        etag=page.etag,
        last_modified=page.last_modified,
        body_hash=digest,
        moved_to=moved,
        moved_seen=state.moved_seen + 1 if moved and moved == state.moved_to else int(bool(moved)),
    )


def _succeeded(source: Source, state: SourceState, now: datetime, chance: float) -> SourceState:
    due = jittered(next_poll(now, every=due_every(source, now)), now, chance=chance)
    return replace(state, next_poll_at=due, failures=0, polls=state.polls + 1, gone=False, unreached=False, last_ok_at=now, last_error=None)


def _failed(source: Source, state: SourceState, error: SourceError, now: datetime) -> SourceState:
    """A settled move that fails is forgotten: the next poll asks the operator's own address."""
    wait = error.wait if isinstance(error, FetchError) else None
    failures = state.failures + 1
    gone = isinstance(error, FetchError) and error.gone
    unreached = isinstance(error, FetchError) and error.unreached
    if unreached:
        due = next_try(now, every=source.every, failures=failures)
    else:
        due = next_poll(now, every=source.every, failures=failures, not_before=now + wait if wait else None)
    after = replace(state, next_poll_at=due, failures=failures, gone=gone, unreached=unreached)
    return replace(after, last_error=error.fault, moved_to=None, moved_seen=0)


def _in_its_turn(failed: SourceState, state: SourceState, error: SourceError, now: datetime, *, out_of_turn: bool) -> SourceState:
    """After a fault out of turn, which counts no further: what is not due keeps its turn, unless the server wishes to be left alone for
    longer."""
    if not out_of_turn or state.next_poll_at <= now:
        return failed
    wait = error.wait if isinstance(error, FetchError) else None
    due = min(failed.next_poll_at, max(state.next_poll_at, now + (wait or timedelta(0))))
    return replace(failed, next_poll_at=due, failures=max(state.failures, 1))


def _say(links: Sequence[Link]) -> None:
    for link in links:
        said = (link.watch, link.state, shown(link.docket), reason(link.named), f" ({link.named.missing})" if link.named.missing else "")
        log.info("%s: %s %s: %s%s", *said, extra={"action": f"docket-{link.state}", "watch": link.watch})


def _report(source: Source, found: _Found, added: Added, work: _Work) -> PollResult:
    result = PollResult(
        source=source.id,
        status="ok" if found.broken is None else "failed",
        entries=len(found.entries),
        new=added.new,
        changed=added.changed,
        backfill=added.backfill,
        gap=work.gap,
        faults=found.faults,
        error=None if found.broken is None else found.broken.fault,
        kind=source.kind,
        lags=work.lags if added.new else (),
    )
    if found.broken is not None:
        log.warning("%s", found.broken, extra={"action": "poll-failed", "source": source.id, "gone": False})
    for fault in found.faults:
        log.warning("%s: %s", source.id, fault, extra={"action": "entry-fault", "source": source.id})
    if work.gap:
        log.warning(
            "%s: nothing of it was known: entries were lost between two polls", source.id, extra={"action": "gap", "source": source.id}
        )
    log.info(
        "%s: %d new, %d changed",
        source.id,
        added.new,
        added.changed,
        extra={"action": "polled", "source": source.id, "new": added.new, "changed": added.changed, "backfill": added.backfill},
    )
    return result
