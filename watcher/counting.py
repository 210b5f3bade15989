"""Counts what is told, for `/metrics`: as it happens, and from the database. Labels name channels, lanes and outcomes, never a reader."""

import asyncio
import contextlib
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from alerts.backlog import Backlog
from alerts.models import Later, Letter, LetterKind, LetterState, Outcome
from alerts.retry import Settlement
from alerts.storage.ledger import MOST_PULSE, Ledger
from watcher.errors import DatabaseAwayError
from watcher.storage import Database
from watcher.storage.known import chunks
from watcher.web.metrics import Metrics, Telling, Waiting, seconds
from watcher.web.outbox import Off, Outbox

log = logging.getLogger(__name__)

LOOK = 5.0  #: seconds between two looks at what was sent, and whether the database answers
FRESH = 10.0  #: seconds for which what the database counted is shown again
PEOPLE_FRESH = 300.0  #: the same of how many are told: all of them are counted for it
KNOWN = 1_000  #: revisions whose time is remembered
LONGEST_LINE = 100_000  #: Letters sent whose dwell is not reckoned yet; of more it never is
LANES = ("urgent", "replies", "rest")  #: labels, by the number of a lane
OPEN_OR_TROUBLED = (LetterState.PENDING, LetterState.SENDING, LetterState.UNKNOWN, LetterState.DEAD)
TOO_FAST = "too many requests"  #: how channels call an answer that we write too fast


@dataclass(frozen=True, slots=True)
class _Sent:
    """A Letter of Stories that was sent."""

    channel: str
    lane: str
    at: datetime
    revisions: tuple[tuple[int, int], ...]  #: Story and number


class Counting:
    """What one process counts.

    Args:
        channels: every channel that is on: shown with 0 while it has nothing.
        clock: a clock that never jumps, in seconds.
        off: every channel that is off, with the setting that switches it on.
    """

    def __init__(
        self,
        database: Database,
        metrics: Metrics,
        channels: Mapping[str, object],
        clock: Callable[[], float],
        off: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.database = database
        self.metrics = metrics
        self.channels = channels
        self.clock = clock
        self.off = off
        self.ledger = Ledger(database)
        self._sent: list[_Sent] = []
        self._matched: OrderedDict[tuple[int, int], datetime] = OrderedDict()
        self._answered = clock()
        self._shown: float | None = None
        self._people: tuple[float, dict[str, int]] | None = None

    # -- as it happens

    def settled(self, letter: Letter, settlement: Settlement, outcome: Outcome, now: datetime) -> None:
        """Count an attempt that ended; how long its Stories took is reckoned at the next `look`, since sending waits for nobody."""
        channel, lane = letter.address.channel, lane_of(letter)
        self.metrics.letters.labels(channel, settlement.state.value).inc()
        self.metrics.sends.labels(channel, type(outcome).__name__.lower()).inc()
        if isinstance(outcome, Later) and outcome.reason.endswith(TOO_FAST):
            self.metrics.limited.labels(channel, outcome.scope).inc()
        if letter.start_at is not None:
            self.metrics.waits.labels(channel, lane).observe(seconds(letter.due_at, letter.start_at))
        if settlement.state is not LetterState.SENT:
            return
        if letter.kind is LetterKind.DIGEST:
            self.metrics.digests.labels(channel).inc()
        elif not letter.items:
            self.metrics.dwell.labels(channel, lane).observe(seconds(letter.created_at, now))
        elif len(self._sent) < LONGEST_LINE:
            revisions = tuple((item.story, item.revision) for item in letter.items)
            self._sent.append(_Sent(channel, lane, now, revisions))

    def fanned(self, made: int) -> None:
        self.metrics.fanned.inc(made)

    def lost(self, of: str, number: int = 1) -> None:
        """Work was taken from its worker, `letter` or `source`: its lease ran out first."""
        self.metrics.lost.labels(of).inc(number)

    # -- from the database

    async def work(self, stop: asyncio.Event) -> None:
        """Look every LOOK seconds until stopped."""
        while not stop.is_set():
            try:
                await self.look()
            except Exception:
                log.exception("counting: a fault; it goes on", extra={"action": "worker-fault", "worker": "counting"})
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), LOOK)

    async def look(self) -> None:
        """Reckon the dwell of what was sent since, from when its oldest revision was stored; and how long the database was away."""
        sent, self._sent = self._sent, []
        try:
            await self._learn({revision for each in sent for revision in each.revisions})
        except DatabaseAwayError:
            self._sent = (sent + self._sent)[:LONGEST_LINE]
            sent = []
            self.metrics.away.inc(self.clock() - self._answered)
        self._answered = self.clock()
        for each in sent:
            if times := [self._matched[revision] for revision in each.revisions if revision in self._matched]:
                self.metrics.dwell.labels(each.channel, each.lane).observe(seconds(min(times), each.at))
        self._forget()

    async def _learn(self, revisions: set[tuple[int, int]]) -> None:
        """Remember when these revisions were stored; asks the database also where all are known, for then it answers or not."""
        unknown = sorted(revisions - self._matched.keys())
        for few in chunks(unknown) if unknown else [unknown]:
            self._matched.update(await self.ledger.stored_at(few))
        for revision in revisions & self._matched.keys():
            self._matched.move_to_end(revision)

    def _forget(self) -> None:
        """All but the latest: once what was sent is reckoned, for one look may ask for more than are remembered."""
        while len(self._matched) > KNOWN:
            self._matched.popitem(last=False)

    async def show(self, metrics: Metrics) -> None:
        """Take the gauges from the database, unless that was done a moment ago: whoever asks often costs nothing more."""
        if self._shown is not None and self.clock() - self._shown < FRESH:
            return
        now = await self.database.now()
        backlog = await self.ledger.pulse(now)
        metrics.show_telling(self._telling(backlog, await self._counted()))
        self._shown = self.clock()

    async def outbox(self) -> Outbox:
        """What waits, for readers of the page."""
        pulse = await self.ledger.pulse(await self.database.now())
        people = await self._counted()
        lanes = [each for each in pulse.lanes if each.channel not in self.off]
        return Outbox(
            waiting=sum(each.pending for each in lanes),
            more=any(each.pending >= MOST_PULSE for each in lanes),
            oldest=min((each.oldest for each in lanes if each.oldest is not None), default=None),
            undecided=bool(pulse.more_fanouts or any(each.due for each in pulse.owing if each.channel not in self.off)),
            held={each.channel: each.until for each in pulse.held if not each.domain and each.channel not in self.off},
            off=tuple(off for name in self.off if (off := self._off(name, pulse)).waiting or people.get(name)),
        )

    def _off(self, channel: str, pulse: Backlog) -> Off:
        pending = [each.pending for each in pulse.lanes if each.channel == channel]
        return Off(way=channel, setting=self.off[channel], waiting=sum(pending), more=any(each >= MOST_PULSE for each in pending))

    async def _counted(self) -> Mapping[str, int]:
        if self._people is None or self.clock() - self._people[0] >= PEOPLE_FRESH:
            self._people = (self.clock(), await self.ledger.readers())
        return self._people[1]

    def _telling(self, backlog: Backlog, people: Mapping[str, int]) -> Telling:
        idle = {name: timedelta(0) for name in self.channels}
        lanes = {(name, lane): Waiting(channel=name, lane=lane, pending=0, oldest=timedelta(0)) for name in idle for lane in LANES}
        for each in backlog.lanes:
            lane = LANES[each.lane]
            oldest = backlog.now - each.oldest if each.oldest is not None else timedelta(0)
            lanes[each.channel, lane] = Waiting(channel=each.channel, lane=lane, pending=each.pending, oldest=oldest)
        return Telling(
            states={state.value: backlog.letters.get(state.value, 0) for state in OPEN_OR_TROUBLED},
            waiting=tuple(lanes.values()),
            deliveries=sum(each.due for each in backlog.owing),
            revisions=backlog.more_fanouts,
            subscribers=dict.fromkeys((*self.channels, *self.off), 0) | dict(people),
            on=dict.fromkeys(self.channels, True) | dict.fromkeys(self.off, False),
            held=idle | {each.channel: each.until - backlog.now for each in backlog.held if not each.domain},
        )


def lane_of(letter: Letter) -> str:
    """In which lane a Letter waited."""
    if letter.kind in (LetterKind.CONFIRMATION, LetterKind.NOTICE):
        return LANES[1]
    return LANES[0] if letter.urgent else LANES[2]
