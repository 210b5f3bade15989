"""The service: workers that ask the database what is due whenever something wakes them. Any of them may be killed at any time."""

import asyncio
import contextlib
import logging
import secrets
import socket
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from starlette.routing import Route

from alerts import deliver
from alerts import web as leaving
from alerts.models import Address, Letter, LetterKind, Outcome, Sent
from alerts.retry import Settlement
from alerts.storage import Ballots, StoredDesk
from alerts.storage.rewind import rewind
from alerts.web import feedback
from watcher import web
from watcher.app import App, InForce, mail_domain
from watcher.config import signing_secret
from watcher.counting import Counting
from watcher.errors import ConfigError, DatabaseAwayError, StaleLeaseError
from watcher.families import standing
from watcher.models import SourceState
from watcher.scheduler import Clockwork
from watcher.storage.database import listening
from watcher.storage.guard import Guard
from watcher.storage.leases import Leases
from watcher.storage.presence import BEAT, WENT_BACK, Presence
from watcher.storage.views import Views
from watcher.trace import counted
from watcher.web import Metrics

log = logging.getLogger(__name__)

POLLS = 8  #: sources polled at once by one process
TICK = 1.0  #: seconds between two looks at what is due
FILE_TICK = 5.0  #: seconds between two looks at `sources.toml`
PAST_TICK = 60.0  #: seconds between two looks at whether a new Watch has stored Documents to judge
PAST_SAID = 1_000  #: Documents judged between two lines of the log
LETTERS = 40  #: written at most before the next look at what is to be fanned out
PACE = 0.1  #: seconds between two claims of a channel, each of what starts until the next, and from a Letter's end to what it sets free
AFTER = 0.5  #: seconds from a Letter's end until the next to its reader is written; no chat of Telegram takes one sooner
BOT = "telegram-bot"  #: the lease of whoever polls Telegram
BOT_LEASE = timedelta(seconds=15)  #: after a crash another process answers after it
BOT_RENEWAL = 5.0  #: seconds between two renewals, or two tries to have it
CLEANING = 600.0  #: seconds between two looks at what is too old
STOP = 20.0  #: seconds that a graceful stop waits for what is under way; the rest is taken up again by the next start


Worker = Callable[[asyncio.Event], Coroutine[Any, Any, None]]  #: works until the event is set


class DatabaseTime:
    """The time of the database, which hosts need not agree on, without asking it each time: our clock, put right by the last measurement.

    Args:
        ask: asks the database.
        clock: ours, aware.
    """

    def __init__(self, ask: Callable[[], Awaitable[datetime]], clock: Callable[[], datetime]) -> None:
        self.ask = ask
        self.clock = clock
        self._ahead = timedelta(0)

    async def measure(self) -> None:
        """Ask. An answer that was long under way is old by as much, or by nothing: what it says otherwise than the one before counts no
        further than it must, or a database that answers slowly now and then would look like a clock that jumps."""
        before = self.clock()
        said = await self.ask()
        self._ahead = min(max(self._ahead, said - self.clock()), said - before)

    def __call__(self) -> datetime:
        return self.clock() + self._ahead


class Service:
    """The workers of some roles in one process; what they do is counted in `metrics`."""

    def __init__(self, app: App, roles: Sequence[str], metrics: Metrics) -> None:
        self.app = app
        self.roles = roles
        self.metrics = metrics
        self.stop = asyncio.Event()
        self.poll_due = asyncio.Event()
        self.tell_due = asyncio.Event()
        self.send_due = {name: asyncio.Event() for name in app.channels}  # one each, or the first to see it takes it from the others
        self.file_due = asyncio.Event()
        self.past_due = asyncio.Event()
        self.time = DatabaseTime(app.database.now, app.clock)
        self.guard = Guard(app.database, app.chance, self._tell_operators if "deliver" in roles else None)
        self._presence = Presence(app.database)
        self._beaten: dict[str, datetime] = {}  # when each role of ours left its last sign of life
        self.counting = Counting(app.database, metrics, app.channels, monotonic, app.off)
        self._clockwork = Clockwork()
        self._soon: dict[Callable[[], None], asyncio.TimerHandle] = {}

    async def run(self, *also: Worker) -> None:
        """Work until `stop` is set; `also` are further workers (bot, pages) that end when the event they are given is set.

        A worker that ends by a fault ends the service: the supervisor starts it anew, and nothing is lost.
        """
        ticks = {self.poll_due: TICK, self.tell_due: TICK, self.file_due: FILE_TICK, self.past_due: PAST_TICK}
        for event, seconds in (ticks | dict.fromkeys(self.send_due.values(), TICK)).items():
            self._clockwork.every(seconds, event)
        workers = [asyncio.create_task(worker) for worker in (self._files(), *self._by_role(), *(each(self.stop) for each in also))]
        self._clockwork.start()
        stopping = asyncio.create_task(self.stop.wait())
        try:
            await asyncio.wait([stopping, *workers], return_when=asyncio.FIRST_COMPLETED)
            self._halt()
            _, late = await asyncio.wait(workers, timeout=STOP)
            for worker in late:
                worker.cancel()
            for result in await asyncio.gather(*workers, return_exceptions=True):
                if isinstance(result, Exception):
                    raise result
        finally:
            self._halt()
            stopping.cancel()
            self._clockwork.stop()
            for timer in self._soon.values():
                timer.cancel()

    def _halt(self) -> None:
        self.stop.set()
        for event in (self.poll_due, self.tell_due, *self.send_due.values(), self.file_due, self.past_due):
            event.set()

    def _by_role(self) -> list[Coroutine[Any, Any, None]]:
        workers: list[Coroutine[Any, Any, None]] = [self.guard.watch(self.stop)]
        if "poll" in self.roles:
            workers += [self._polls(), self._looks_back()]
        if "deliver" in self.roles:
            workers += [self._tells(), *(self._sends(name) for name in self.app.channels), self.counting.work(self.stop)]
            workers.append(cleaning(self.app, self.guard)(self.stop))
        if "bot" in self.roles and self.app.settings.telegram_token is not None:
            workers.append(bot(self.app, self.send_soon, self.guard)(self.stop))
        if not self.app.database.is_sqlite:
            workers.append(listening(self.app.database, self._woken, self.stop))
        return workers

    def _woken(self) -> None:
        """Another process has stored something."""
        self.tell_due.set()
        self.send_soon()

    def send_soon(self) -> None:
        """Something lies in the outbox: let the senders of all channels look."""
        for event in self.send_due.values():
            event.set()

    async def _wait(self, event: asyncio.Event, *, to_read: bool = False) -> bool:
        """Wait for the next reason to look, and for a database that is well; False when it is time to stop.

        Args:
            to_read: go on where the database takes nothing new: something may be done all the same.
        """
        if not self.stop.is_set():  # else a worker of the same event, woken by the stop, may have cleared it already
            await event.wait()
            event.clear()
        await self.guard.well(self.stop, to_read=to_read)
        return not self.stop.is_set()

    async def _beat(self, role: str, now: datetime) -> None:
        """Leave a sign of life, so that what is missed while nobody does this work is told as late."""
        last = self._beaten.get(role)
        if last is not None and timedelta(0) <= now - last < BEAT:
            return
        if (await self._presence.seen()).get(role, now) > now + WENT_BACK and await rewind(self.app.database, now):
            log.error("the clock went back to %s: what waits for a time of the wrong one is due now", f"{now:%Y-%m-%d %H:%M} UTC")
        if (outage := await self._presence.beat(role, now)) is not None:
            said = "nobody had the role %s since %s: what was missed is told now, as late"
            log.warning(said, role, f"{outage.began:%Y-%m-%d %H:%M} UTC", extra={"action": "outage-over", "role": role})
        self._beaten[role] = now

    async def _tell_operators(self, text: str) -> bool:
        """Tell those whom the operator named, past the outbox: it is what cannot be written. Answers whether any was reached."""
        said = [await _handed_over(self.app, address, f"{socket.gethostname()}: {text}", self.time()) for address in self.app.operators]
        return any(said)

    async def _files(self) -> None:
        newer: InForce | None = None
        changed = False
        while await self._wait(self.file_due, to_read=True):
            with _kept_going("rules", self.guard):
                newer = await asyncio.to_thread(self.app.current.look) or newer
                newer = await self.app.join(newer) or newer
                if newer is not None:
                    await self._take_up(newer)
                    self.app.current.take(newer)
                    newer, changed = None, True
                await self._take_up()
                if changed:
                    await self.app.enrol()
                    changed = False
                    self.poll_due.set()
                    self.past_due.set()

    async def _take_up(self, newer: InForce | None = None) -> None:
        """Who polls judges by what subscribers own as well."""
        if "poll" in self.roles:
            await self.app.take_up(newer)

    async def _polls(self) -> None:
        under_way: dict[asyncio.Task[None], SourceState] = {}
        try:
            while await self._wait(self.poll_due):
                with _kept_going("poll", self.guard):
                    await self._beat("poll", await self.app.database.now())
                    if self.app.current.mark is None:  # nothing is judged before that, or it would be lost to who owns a phrase
                        await self.app.take_up()
                    for state in await self.app.claim(POLLS - len(under_way)):
                        task = asyncio.create_task(self._poll(state))
                        under_way[task] = state
                        task.add_done_callback(under_way.pop)
            if under_way:
                await asyncio.wait(list(under_way))
        finally:  # a stop waits for so long and no longer
            await self._break_off(dict(under_way))

    async def _break_off(self, under_way: Mapping[asyncio.Task[None], SourceState]) -> None:
        """End polls before their end, and give back their sources, so that the next start need not wait for the claims to run out."""
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        if under_way:
            with _kept_going("poll", self.guard):
                await self.app.store.release(list(under_way.values()))

    async def _poll(self, state: SourceState) -> None:
        with _kept_going("poll", self.guard):
            try:
                result = await self.app.poll(state)
            except StaleLeaseError as error:
                log.warning("%s", error, extra={"action": "stale", "source": state.source})
                self.counting.lost("source")
                return
            self.metrics.polled(result)
            if result.new or result.changed:
                self.tell_due.set()
        self.poll_due.set()

    async def _looks_back(self) -> None:
        """Let new Watches judge what was stored before them, a stretch at a time; the next start goes on where this one ends."""
        while await self._wait(self.past_due):
            with _kept_going("history", self.guard):
                judged = found = 0
                while not self.stop.is_set() and (step := await self.app.look_back()):
                    judged, found = judged + step.judged, found + step.found
                    if judged // PAST_SAID > (judged - step.judged) // PAST_SAID:
                        _say_looked("so far", judged, found)
                if judged:
                    _say_looked("now", judged, found)

    async def _tells(self) -> None:
        """Fan out and compose, a little of each in turn, so that what is urgent waits behind nothing great that is under way."""
        while await self._wait(self.tell_due, to_read=True):
            with _kept_going("deliver", self.guard):
                now = await self.app.database.now()
                await self._beat("deliver", now)
                self.counting.lost("letter", await deliver.settle_expired(self.app.outbox, self.app.channels, now, self.app.operators))
                made, more = await deliver.fan_out_some(self.app.outbox, now)
                self.counting.fanned(made)
                written = await deliver.compose(self.app.outbox, now, self.app.current.sources, LETTERS)
                if written:
                    self.send_soon()
                if written or more:
                    self.tell_due.set()

    async def _sends(self, name: str) -> None:
        """Send by one channel; each letter's end may free what waits behind it."""
        channel = self.app.channels[name]
        sender = deliver.Sender(channel, self.app.outbox, self.time, operators=self.app.operators, settled=self._count_settled)
        due = self.send_due[name]
        while await self._wait(due, to_read=True):
            with _kept_going(name, self.guard):
                while not self.stop.is_set() and (pause := await self._send(sender)) is not None:
                    await _set_within(due, pause)
                    due.clear()
        await sender.drain()

    async def _send(self, sender: deliver.Sender) -> float | None:
        """Start what can start now; answer in how many seconds to look again, None: at the next tick, unless woken before."""
        if sender.free <= 0:
            return None  # each letter that lands wakes us
        await self.time.measure()
        now = self.time()
        start = await self.app.outbox.next_start(sender.channel.name, now)
        if start is None or (wait := (start - now).total_seconds()) >= TICK:
            return None
        if wait > 0:
            return max(PACE, wait)
        await self._beat("deliver", now)  # or the first letters after an outage would leave before it is known
        await sender.send_due()
        return PACE

    def _count_settled(self, letter: Letter, settlement: Settlement, outcome: Outcome) -> None:
        self.counting.settled(letter, settlement, outcome, self.time())
        self._once(self.send_soon, PACE)
        self._once(self.tell_due.set, AFTER)

    def _once(self, look: Callable[[], None], seconds: float) -> None:
        """Letters that end set free what waits behind them: one look for all that end within a moment."""

        def due() -> None:
            del self._soon[look]
            look()

        if look not in self._soon:
            self._soon[look] = asyncio.get_running_loop().call_later(seconds, due)


def _say_looked(when: str, judged: int, found: int) -> None:
    said = "new topics: %d stored documents judged %s, %d found; nobody is told of them"
    log.info(said, judged, when, found, extra={"action": "looked-back", "judged": judged, "found": found})


async def _handed_over(app: App, to: Address, text: str, now: datetime) -> bool:
    """Whether a channel took this notice; it is in no table."""
    channel = app.channels.get(to.channel)
    if channel is None:
        return False
    message_id = f"<{secrets.token_hex(12)}@{mail_domain(app.settings)}>"
    subject = "Habeas Watch: the database"
    notice = Letter(id=0, address=to, kind=LetterKind.NOTICE, text=text, subject=subject, message_id=message_id, created_at=now, due_at=now)
    try:
        async with asyncio.timeout(channel.patience):
            return isinstance(await channel.send(notice), Sent)
    except Exception:
        log.exception("an operator could not be told", extra={"action": "operator-not-told", "channel": to.channel})
        return False


def bot(app: App, posted: Callable[[], None], guard: Guard) -> Worker:
    """The worker that answers readers of Telegram. One process polls with a token at a time: it holds the lease `telegram-bot`.

    Args:
        posted: called when a reply lies in the outbox.
    """
    leases, holder = Leases(app.database), secrets.token_hex(8)
    desk = StoredDesk(app.database, app.outbox, lambda: app.current.rulebook.watches, posted, ballots=voting(app), operators=app.operators)

    async def held() -> bool:
        return await leases.take(BOT, holder, await app.database.now(), BOT_LEASE)

    async def work(stop: asyncio.Event) -> None:
        while not stop.is_set():
            with _kept_going("bot", guard):
                if await held():
                    try:
                        await _answering(app, desk, held, stop)
                    finally:
                        await leases.drop(BOT, holder)
            await _set_within(stop, BOT_RENEWAL)

    return work


def voting(app: App) -> Ballots | None:
    """What takes votes; None, and a line in the log, where there is no secret to keep the voters' names by."""
    try:
        signing_secret(app.settings)
    except ConfigError as error:
        log.error("votes on alerts are not taken: %s", error, extra={"action": "no-secret"})
        return None
    return app.ballots


async def _answering(app: App, desk: StoredDesk, held: Callable[[], Awaitable[bool]], stop: asyncio.Event) -> None:
    """Answer until `stop`, or until the lease cannot be renewed, so that whoever has it next is alone."""
    from alerts.bot import run  # a second of importing that the others need not pay

    token = app.settings.telegram_token
    if token is None:
        return
    over = asyncio.Event()
    polling = asyncio.create_task(run(token.reveal(), app.settings.telegram_api_url, desk, stop=over))
    log.info("telegram: answering", extra={"action": "bot-started"})
    try:
        while not stop.is_set() and not polling.done():
            await _set_within(stop, BOT_RENEWAL)
            if not stop.is_set() and not await held():
                log.warning("telegram: another process answers", extra={"action": "bot-lost"})
                break
    finally:
        over.set()
        await polling


def cleaning(app: App, guard: Guard) -> Worker:
    """The worker that deletes what nobody needs any more, in one process at a time."""
    leases, presence, holder = Leases(app.database), Presence(app.database), secrets.token_hex(8)

    async def work(stop: asyncio.Event) -> None:
        while not stop.is_set():
            with _kept_going("cleaning", guard):
                now = await app.database.now()
                if moved := await app.outbox.set_right(now):
                    said = "a clock was wrong: %d times that lay days ahead are now"
                    log.warning(said, moved, extra={"action": "set-right", "rows": moved})
                mine = await presence.is_steady(now) and await leases.take("cleaning", holder, now, timedelta(seconds=CLEANING / 2))
                if mine and (gone := await app.outbox.clean(now)):
                    log.info("%s deleted", counted(gone, "old letter"), extra={"action": "cleaned", "letters": gone})
            await _set_within(stop, CLEANING)

    return work


async def _set_within(event: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)


@contextlib.contextmanager
def _kept_going(what: str, guard: Guard) -> Iterator[None]:
    """A worker outlives a database that is away for a while: what is due is still due at the next look."""
    try:
        yield
    except DatabaseAwayError as error:
        log.debug("%s: %s", what, error, extra={"action": "database-away", "worker": what})
        guard.met(error)
    except Exception:
        log.exception("%s: a fault; it goes on", what, extra={"action": "worker-fault", "worker": what})


def pages(app: App, metrics: Metrics, started: Callable[[str], None], guard: Guard | None = None) -> Worker:
    """The worker that serves pages, feeds and what monitors ask.

    Args:
        guard: knows whether the database takes what is new.
    """
    counting = Counting(app.database, metrics, app.channels, monotonic, app.off)
    site = web.Site(
        views=Views(app.database),
        watches=lambda: app.current.rulebook.watches,
        sources=lambda: {source.id: source.title or source.id for source in app.current.sources.values()},
        dockets=lambda: app.current.dockets,
        links=lambda: standing(app.current.filed.watches, app.current.in_force.links),
        fault=lambda: app.current.fault,
        trouble=lambda: guard.trouble.plain if guard is not None and guard.trouble is not None else None,
        now=app.database.now,
        metrics=metrics,
        refresh=counting.show,
        outbox=counting.outbox,
        public_url=app.settings.public_url,
    )
    routes = [*web.routes(site), *readers(app)]
    return lambda stop: web.serve(web.application(routes), app.settings.http_host, app.settings.http_port, stop, started=started)


def readers(app: App) -> list[Route]:
    """Where the links in a reader's mail lead; to vote only where there is a secret to keep the voters' names by."""
    return [
        *leaving.routes(app.book, web.templates, lambda: app.current.names.watches),
        *(feedback.routes(ballots, web.templates) if (ballots := voting(app)) is not None else ()),
    ]
