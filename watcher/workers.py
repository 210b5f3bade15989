"""The service: workers that ask the database what is due whenever something wakes them. Any of them may be killed at any time."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Iterator, Sequence
from typing import Any

from alerts import deliver
from alerts import web as leaving
from alerts.models import Letter, LetterState, Outcome
from alerts.retry import Settlement
from watcher import web
from watcher.app import App
from watcher.errors import StaleLeaseError
from watcher.models import SourceState
from watcher.scheduler import Clockwork
from watcher.storage.database import listening
from watcher.storage.views import Views
from watcher.web import Metrics

log = logging.getLogger(__name__)

ROLES = ("poll", "deliver", "bot", "web")
POLLS = 8  #: sources polled at once by one process
TICK = 1.0  #: seconds between two looks at what is due
FILE_TICK = 5.0  #: seconds between two looks at `sources.toml`
PACE = 0.05  #: seconds until a channel that may not send yet is asked again
STOP = 20.0  #: seconds that a graceful stop waits for what is under way; the rest is taken up again by the next start

Worker = Callable[[asyncio.Event], Coroutine[Any, Any, None]]  #: works until the event is set


class Service:
    """The workers of some roles in one process; what they do is counted in `metrics`."""

    def __init__(self, app: App, roles: Sequence[str], metrics: Metrics) -> None:
        self.app = app
        self.roles = roles
        self.metrics = metrics
        self.stop = asyncio.Event()
        self.poll_due = asyncio.Event()
        self.tell_due = asyncio.Event()
        self.send_due = asyncio.Event()
        self.file_due = asyncio.Event()
        self._clockwork = Clockwork()

    async def run(self, *also: Worker) -> None:
        """Work until `stop` is set; `also` are further workers (bot, pages) that end when the event they are given is set.

        A worker that ends by a fault ends the service: the supervisor starts it anew, and nothing is lost.
        """
        for event, seconds in ((self.poll_due, TICK), (self.tell_due, TICK), (self.send_due, TICK), (self.file_due, FILE_TICK)):
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

    def _halt(self) -> None:
        self.stop.set()
        for event in (self.poll_due, self.tell_due, self.send_due, self.file_due):
            event.set()

    def _by_role(self) -> list[Coroutine[Any, Any, None]]:
        workers: list[Coroutine[Any, Any, None]] = []
        if "poll" in self.roles:
            workers.append(self._polls())
        if "deliver" in self.roles:
            workers += [self._tells(), *(self._sends(name) for name in self.app.channels)]
        if not self.app.database.is_sqlite:
            workers.append(listening(self.app.database, self._woken, self.stop))
        return workers

    def _woken(self) -> None:
        """Another process has stored something."""
        self.tell_due.set()
        self.send_due.set()

    async def _wait(self, event: asyncio.Event) -> bool:
        """Wait for the next reason to look; False when it is time to stop."""
        await event.wait()
        event.clear()
        return not self.stop.is_set()

    async def _files(self) -> None:
        while await self._wait(self.file_due):
            if await asyncio.to_thread(self.app.current.reload):
                await self.app.enrol()
                self.poll_due.set()

    async def _polls(self) -> None:
        under_way: set[asyncio.Task[None]] = set()
        while await self._wait(self.poll_due):
            with _kept_going("poll"):
                for state in await self.app.claim(POLLS - len(under_way)):
                    task = asyncio.create_task(self._poll(state))
                    under_way.add(task)
                    task.add_done_callback(under_way.discard)
        if under_way:
            await asyncio.wait(under_way)

    async def _poll(self, state: SourceState) -> None:
        with _kept_going("poll"):
            try:
                result = await self.app.poll(state)
            except StaleLeaseError as error:
                log.warning("%s", error, extra={"action": "stale", "source": state.source})
                return
            self.metrics.polled(result)
            if result.new or result.changed:
                self.tell_due.set()
        self.poll_due.set()

    async def _tells(self) -> None:
        """Fan out and compose."""
        while await self._wait(self.tell_due):
            with _kept_going("deliver"):
                now = await self.app.database.now()
                await deliver.settle_expired(self.app.outbox, self.app.channels, now)
                await deliver.fan_out(self.app.outbox, now)
                if await deliver.compose(self.app.outbox, now, self.quiet_text):
                    self.send_due.set()
                    self.tell_due.set()

    async def _sends(self, name: str) -> None:
        """Send by one channel; each letter's end may free what waits behind it."""
        sender = deliver.Sender(
            self.app.channels[name], self.app.outbox, self.app.clock, operators=self.app.operators, settled=self._count_settled
        )
        while await self._wait(self.send_due):
            with _kept_going(name):
                while await sender.send_due() or await self.app.outbox.is_waiting(name, self.app.clock()):
                    if await self._stopped_within(PACE):
                        break
        await sender.drain()

    async def _stopped_within(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.stop.wait(), seconds)
        return self.stop.is_set()

    def _count_settled(self, letter: Letter, settlement: Settlement, _outcome: Outcome) -> None:
        self.metrics.settled(letter.address.channel, settlement.state.value, letter.created_at, self.app.clock())
        self.tell_due.set()

    def quiet_text(self) -> str:
        """What an empty digest says."""
        return f"Nothing happened in your topics. All {len(self.app.current.sources)} sources are being read."


@contextlib.contextmanager
def _kept_going(what: str) -> Iterator[None]:
    """A worker outlives a database that is away for a while: what is due is still due at the next look."""
    try:
        yield
    except Exception:
        log.exception("%s: a fault; it goes on", what, extra={"action": "worker-fault", "worker": what})


def pages(app: App, metrics: Metrics, started: Callable[[str], None]) -> Worker:
    """The worker that serves pages, feeds and what monitors ask."""
    site = web.Site(
        views=Views(app.database),
        watches=lambda: app.current.rulebook.watches,
        sources=lambda: {source.id: source.title or source.id for source in app.current.sources.values()},
        fault=lambda: app.current.fault,
        now=app.database.now,
        metrics=metrics,
        refresh=lambda metrics: _show_outbox(app, metrics),
        public_url=app.settings.public_url,
    )
    routes = [*web.routes(site), *leaving.routes(app.book, web.templates, lambda: app.current.names.watches)]
    return lambda stop: web.serve(web.application(routes), app.settings.http_host, app.settings.http_port, stop, started=started)


async def _show_outbox(app: App, metrics: Metrics) -> None:
    counts = await app.outbox.counts()
    for state in LetterState:
        metrics.outbox.labels(state.value).set(counts.letters.get(state.value, 0))
    metrics.waiting.set(counts.deliveries)
    metrics.subscribers.set(counts.subscribers)
