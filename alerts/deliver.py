"""The use cases: fan out, compose, send. Each may be run again, by any number of workers; a crash costs time, not alerts."""

import asyncio
import logging
import math
import sys
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from typing import Protocol

from alerts.models import Address, Cadence, Later, Letter, LetterState, Outcome, Unknown
from alerts.ports import Channel
from alerts.retry import Settlement, settle, unknown
from watcher.errors import DatabaseAwayError
from watcher.models import Revision
from watcher.trace import counted

log = logging.getLogger(__name__)

SLACK = timedelta(seconds=15)  #: by which a lease outlives the channel's patience: the answer must be stored as well
BREATH = 0.25  #: seconds before the second try to store an answer; each further one waits twice as long
TURN = 2  #: batches of Subscribers fanned out before Letters are written again
TOGETHER = 20  #: Subscribers written to in one transaction
AHEAD = timedelta(seconds=0.4)  #: by which a Letter may be claimed before its turn; nothing overtakes what is claimed
CATCHING_UP = 0.95  #: of the time between two turns: so close do those start that are late, for other processes keep their turns
LATE = 0.15  #: seconds after its turn a Letter may start; after that it takes another turn, or it would be sent beside those of others
TURNS = 4  #: that a Letter takes at most: where everything is slow it is sent late in the end
GROUP = 3  #: times slower than a private chat is a group
JUMP = 2.0  #: seconds by which a clock goes wrong, or right, at once; less may be a database that answers slowly


class Outbox(Protocol):
    """What the use cases ask of the database; `alerts.storage.Outbox` says how each behaves."""

    async def open_revisions(self, after: Revision | None = None) -> list[Revision]: ...
    async def fan_out(self, revision: Revision, now: datetime) -> tuple[int, bool]: ...
    async def due_subscribers(self, now: datetime, limit: int = 200) -> list[int]: ...
    async def compose(self, subscriber_id: int, now: datetime) -> int | None: ...
    async def compose_all(self, subscriber_ids: Sequence[int], now: datetime) -> list[int]: ...
    async def put_off(self, subscriber_id: int, now: datetime) -> None: ...
    async def due_digests(self, now: datetime, limit: int = 200) -> list[tuple[int, Cadence]]: ...
    async def compose_digest(self, subscriber_id: int, cadence: Cadence, now: datetime, sources: Collection[str]) -> int | None: ...
    async def claim(
        self, channel: str, now: datetime, *, free: int, per_second: float, lease: timedelta, waited: Callable[[], float]
    ) -> list[Letter]: ...
    async def turns(self, channel: str, now: datetime, *, most: int, per_second: float, waited: Callable[[], float]) -> list[datetime]: ...
    async def settle(self, letter: Letter, settlement: Settlement, now: datetime, operators: Sequence[Address] = ()) -> bool: ...
    async def expired(self, now: datetime, limit: int = 200, operators: Sequence[Address] = ()) -> list[Letter]: ...


async def fan_out(outbox: Outbox, now: datetime) -> int:
    """Make every Delivery of every open revision; answer how many were made."""
    made, _ = await fan_out_some(outbox, now, sys.maxsize)
    return made


async def fan_out_some(outbox: Outbox, now: datetime, batches: int = TURN) -> tuple[int, bool]:
    """Make the Deliveries of so many batches of Subscribers, of the most pressing open revisions; answer how many were made, and whether
    more may be left. A revision that cannot be read keeps no other waiting.
    """
    made, last = 0, None
    while batches and (revisions := await outbox.open_revisions(last)):
        for revision in revisions:
            with _left_aside(f"story:{revision.story} revision {revision.number}"):
                more = True
                while more and batches:
                    count, more = await outbox.fan_out(revision, now)
                    made, batches = made + count, batches - 1
        last = revisions[-1]
    if made:
        log.info("%d deliveries made, of a story to a reader each", made, extra={"action": "fanned-out", "deliveries": made})
    return made, not batches


async def compose(outbox: Outbox, now: datetime, sources: Collection[str], limit: int = 200) -> int:
    """Write a Letter for each Subscriber with something due and nothing under way, and the digests whose hour has come.

    A Subscriber whose row cannot be read keeps no other waiting.

    Args:
        sources: ids of all that are polled; a digest says which of them could not be read.
        limit: most Subscribers that are written to, and most whose digests are written.
    """
    written = 0
    for subscriber, cadence in await outbox.due_digests(now, limit):
        async with _put_off(outbox, subscriber, now):
            written += await outbox.compose_digest(subscriber, cadence, now, sources) is not None
    due = await outbox.due_subscribers(now, limit)
    for start in range(0, len(due), TOGETHER):
        written += await _compose_all(outbox, due[start : start + TOGETHER], now)
    if written:
        log.info("%s written", counted(written, "letter"), extra={"action": "composed", "letters": written})
    return written


async def _compose_all(outbox: Outbox, subscribers: Sequence[int], now: datetime) -> int:
    """Write to these in one transaction; where one of them is broken, to each in its own."""
    try:
        return len(await outbox.compose_all(subscribers, now))
    except DatabaseAwayError:
        raise
    except Exception as error:
        log.warning("letters are written one by one: %s", type(error).__name__, extra={"action": "compose-singly"})
    written = 0
    for subscriber in subscribers:
        async with _put_off(outbox, subscriber, now):
            written += await outbox.compose(subscriber, now) is not None
    return written


@asynccontextmanager
async def _put_off(outbox: Outbox, subscriber: int, now: datetime) -> AsyncIterator[None]:
    """Try a Subscriber who cannot be written to again later: those who are first in line would keep all others waiting for ever."""
    try:
        yield
    except DatabaseAwayError:
        raise
    except Exception:
        log.exception("subscriber:%d is put off", subscriber, extra={"action": "put-off"})
        await outbox.put_off(subscriber, now)


@contextmanager
def _left_aside(what: str) -> Iterator[None]:
    """Go on with the next where one is broken; a database that is away is everybody's fault."""
    try:
        yield
    except DatabaseAwayError:
        raise
    except Exception:
        log.exception("%s is left aside", what, extra={"action": "left-aside"})


class Sender:
    """Sends what the outbox holds, by one Channel, keeping its pace and its limit of Letters in flight.

    Args:
        clock: says the time, once for each claim and settlement.
        operators: who is told what a Letter's fate asks an operator to know; by another channel where this one is down.
        settled: told of each Letter settled, for counting.
        pause: waits so many seconds.
        seconds: a clock that never jumps; turns are waited for by it.
    """

    def __init__(
        self,
        channel: Channel,
        outbox: Outbox,
        clock: Callable[[], datetime],
        *,
        operators: Sequence[Address] = (),
        settled: Callable[[Letter, Settlement, Outcome], None] = lambda _letter, _settlement, _outcome: None,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        seconds: Callable[[], float] = lambda: asyncio.get_running_loop().time(),
    ) -> None:
        self.channel = channel
        self.outbox = outbox
        self.clock = clock
        self.operators = operators
        self.settled = settled
        self.pause = pause
        self.seconds = seconds
        self._flying: set[asyncio.Task[None]] = set()
        self._line = asyncio.Lock()  # first come, first served: in which Letters wait for their turn
        self._waiting = 0
        self._others: deque[float] = deque()  # turns, by `seconds`, that were taken for those who wait, as theirs were over
        self._started = -math.inf  # by `seconds`, the last Letter
        self._turn_of_last = -math.inf
        self._offset: float | None = None  # of the clock, from `seconds`
        self._still_until = -math.inf  # by `seconds`
        self._closed_until = -math.inf  # by `seconds`: the channel takes nothing, as one that was sent heard, or another process

    @property
    def free(self) -> int:
        return self.channel.parallel - len(self._flying)

    @property
    def _room(self) -> int:
        """How many more Letters may wait for their turns: a line that lags behind grows no longer, or nothing urgent would pass."""
        most = AHEAD.total_seconds() * self.channel.per_second + 1 if self.channel.per_second else self.channel.parallel
        return int(most) - self._waiting

    async def send_due(self) -> int:
        """Claim what can start now and start each in its turn; answer how many Letters that was. Waits neither for their turn nor for
        their fate."""
        free = min(self.free, self._room)
        if free <= 0:
            return 0
        began, now = self._moment()
        lease = timedelta(seconds=self.channel.patience) + SLACK
        if began < self._still_until:
            return 0
        letters = await self.outbox.claim(
            self.channel.name,
            now,
            free=free,
            per_second=self.channel.per_second,
            lease=lease,
            waited=lambda: self.seconds() - began,
        )
        for letter in letters:
            at = began + ((letter.start_at or now) - now).total_seconds()
            self._waiting += 1
            task = asyncio.create_task(self._send(letter, at, now + lease))
            self._flying.add(task)
            task.add_done_callback(self._landed)
        return len(letters)

    def _moment(self) -> tuple[float, datetime]:
        """What it is now by both clocks. By one that jumped since it was asked last, turns and chats that were taken a moment ago seem
        free: then none is taken for a while."""
        began, now = self.seconds(), self.clock()
        offset = now.timestamp() - began
        if self._offset is not None and abs(offset - self._offset) > JUMP:
            self._still_until = began + max(AHEAD.total_seconds(), self.channel.per_chat * GROUP)
        self._offset = offset
        return began, now

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._flying.discard(task)
        if not task.cancelled() and (fault := task.exception()) is not None:
            log.error("a letter could not be settled", exc_info=fault, extra={"action": "unsettled", "channel": self.channel.name})

    async def drain(self) -> None:
        """Wait until every Letter in flight is settled."""
        while self._flying:
            await asyncio.wait(self._flying)

    async def _send(self, letter: Letter, at: float, until: datetime) -> None:
        try:
            await self._turn(at, until)
        finally:
            self._waiting -= 1
        if self._is_too_late(until):
            await self._settle(letter, Later(timedelta(0), "chat", "its turn came too late"), until)
            return
        if self.seconds() < self._closed_until:
            await self._settle(letter, Later(timedelta(0), "chat", "the channel was closed before its turn"), until)
            return
        try:
            async with asyncio.timeout(self.channel.patience):
                outcome = await self.channel.send(letter)
        except TimeoutError:
            outcome = Unknown(f"no answer within {self.channel.patience:.0f} s")
        except Exception:
            log.exception("letter:%d could not be handed over", letter.id, extra={"action": "bug", "letter": letter.id})
            outcome = Unknown("a fault of our own")
        wait = settle(letter, outcome, self.clock(), gap=gap(self.channel, letter.address)).hold_channel
        self._closed_until = max(self._closed_until, self.seconds() + wait.total_seconds())
        await self._settle(letter, outcome, until)

    def _is_too_late(self, until: datetime) -> bool:
        """Whether this process stood still for so long that the answer to a Letter, whose lease lasts until then, would not be heard."""
        return self.clock() >= until - timedelta(seconds=self.channel.patience)

    async def _turn(self, at: float, until: datetime) -> None:
        """Wait until `seconds` says so; whose turn is over by then takes another. What is a little late makes no burst: it starts behind
        the one before it, nearly as long after it as their turns are apart."""
        if not self.channel.per_second:
            return
        async with self._line:
            if self._others:
                at = self._others.popleft()
            for _ in range(TURNS - 1):
                if await self._comes(at) <= LATE or self._is_too_late(until):
                    break
                if (other := await self._another(at)) is None:
                    break
                at = other
            else:
                await self._comes(at)
            self._turn_of_last, self._started = at, self.seconds()

    async def _comes(self, at: float) -> float:
        """Wait for a turn, and for what is due between it and the one before; answer by how many seconds it is over."""
        start = at
        if at < self._started:
            start = self._started + CATCHING_UP * max(at - self._turn_of_last, 1 / self.channel.per_second)
        if (wait := start - self.seconds()) > 0:
            await self.pause(wait)
        return self.seconds() - at

    async def _another(self, at: float) -> float | None:
        """Take new turns for all that wait, for theirs are over as well; answer the first of them, or None where there is none: then the
        old one is taken, if the channel is not closed. After a jump of the clock wait, and answer the old one."""
        began, now = self._moment()
        if (still := self._still_until - began) > 0:
            await self.pause(still)
            return at
        try:
            turns = await self.outbox.turns(
                self.channel.name,
                now,
                most=self._waiting,
                per_second=self.channel.per_second,
                waited=lambda: self.seconds() - began,
            )
        except Exception as error:
            log.warning("a turn that is over is taken all the same: %s", type(error).__name__, extra={"action": "late"})
            return None
        if not turns:
            self._closed_until = max(self._closed_until, self.seconds() + AHEAD.total_seconds())
            return None
        self._others = deque(began + (turn - now).total_seconds() for turn in turns)
        return self._others.popleft()

    async def _settle(self, letter: Letter, outcome: Outcome, until: datetime) -> None:
        settlement, stored = await self._stored(letter, outcome, until)
        if not stored:
            log.warning("letter:%d was settled by another worker", letter.id, extra={"action": "lost-lease", "letter": letter.id})
            return
        self.settled(letter, settlement, outcome)
        level = logging.INFO if settlement.state is LetterState.SENT else logging.WARNING
        log.log(
            level,
            "letter:%d %s%s",
            letter.id,
            settlement.state,
            f": {settlement.error}" if settlement.error else "",
            extra={"action": "settled", "letter": letter.id, "channel": self.channel.name, "state": settlement.state.value},
        )
        if settlement.report:
            log.error("letter:%d: %s", letter.id, settlement.report, extra={"action": "report", "letter": letter.id})

    async def _stored(self, letter: Letter, outcome: Outcome, until: datetime) -> tuple[Settlement, bool]:
        """Store what became of a Letter: what the world answered is known, so a database that stumbles is asked again while the lease
        lasts, or a Letter that arrived would go out twice."""
        breath = BREATH
        while True:
            now = self.clock()
            settlement = settle(letter, outcome, now, gap=gap(self.channel, letter.address))
            try:
                return settlement, await self.outbox.settle(letter, settlement, now, self.operators)
            except Exception as error:
                if now + timedelta(seconds=breath) >= until:
                    raise
                log.warning("letter:%d is not settled yet: %s", letter.id, type(error).__name__, extra={"action": "settle-again"})
            await self.pause(breath)
            breath *= 2


def gap(channel: Channel, address: Address) -> timedelta:
    """The least time between two Letters to one address; a Telegram group takes 20 a minute, a private chat about one a second."""
    per_chat = channel.per_chat
    if address.channel == "telegram" and address.to.startswith("-"):
        per_chat *= GROUP
    return timedelta(seconds=per_chat)


async def settle_expired(outbox: Outbox, channels: Mapping[str, Channel], now: datetime, operators: Sequence[Address] = ()) -> int:
    """Turn Letters whose lease ran out while sending into what the policy for those says (`retry.unknown`); answer how many."""
    count = 0
    for letter in await outbox.expired(now, operators=operators):
        pause = gap(channels[letter.address.channel], letter.address) if letter.address.channel in channels else timedelta(0)
        settlement = unknown(letter, "its sender ended before the answer came", now, gap=pause)
        with _left_aside(f"letter:{letter.id}"):
            if await outbox.settle(letter, settlement, now, operators):
                count += 1
                log.warning("letter:%d may have arrived", letter.id, extra={"action": "expired", "letter": letter.id})
    return count
