"""Nobody polls and nobody tells for 30 hours: then each reader gets what was missed once, in few messages, marked as late."""

import asyncio
import gc
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from alerts.models import Address, Cadence, Late, Letter, LetterKind, Outcome, QuietHours, Sent
from alerts.storage import composing
from tests.papers import Moment
from tests.press import CECOT, feed_table
from tests.processes import surroundings, until
from watcher import workers
from watcher.app import App, build
from watcher.config import settings
from watcher.storage.presence import Presence
from watcher.storage.views import Views
from watcher.testing.payloads import Answer, PayloadServer
from watcher.web import Metrics
from watcher.workers import Service

SUNDAY = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
MINUTE, OUTAGE = timedelta(minutes=1), timedelta(hours=30)
ANN, GROUP, QUIET = (Address.parse(f"telegram:{chat}") for chat in (1, -100200, 3))
DAY, WEEK = (Address.parse(f"mailto:{name}@example.org") for name in ("day", "week"))
AT_ONCE = (ANN, GROUP, QUIET)

TOLD = "Senator visits the CECOT prison in Tecoluca"
WAITS = "Budget of the CECOT prison doubled by the assembly in San Salvador"
MISSED = (
    "Hunger strike of Venezuelans reported inside the CECOT prison",
    "Bishops of Honduras condemn torture at the CECOT prison",
    "Insurance firm sues over the power plant of the CECOT prison",
)
AFTER = "Ministers meet at the CECOT prison over a cell block for women"


@dataclass
class Kept:
    """A channel that keeps what it was given; or hangs over it, and nothing arrives."""

    name: str
    hangs: bool = False
    per_second: float = 0.0
    per_chat: float = 0.0
    parallel: int = 1
    patience: float = 30.0
    given: int = 0
    sent: list[Letter] = field(default_factory=list)

    async def send(self, letter: Letter) -> Outcome:
        self.given += 1
        if self.hangs:
            await asyncio.Event().wait()
        self.sent.append(letter)
        return Sent(f"{letter.address.to}/{len(self.sent)}" if self.name == "telegram" else letter.message_id)

    async def close(self) -> None:
        pass


class World:
    """A press, a clock, and what came of it."""

    def __init__(self, folder: Path, press: PayloadServer, database_url: str) -> None:
        self.press = press
        self.clock = Moment()
        self.clock.now = SUNDAY
        self.channels = {name: Kept(name) for name in ("telegram", "mailto")}
        self.known = settings(
            surroundings(folder, feed_table("press", press.base, 'every = "1s"') + CECOT, DATABASE_URL=database_url, ALLOW_PRIVATE="1")
        )
        self._papers: list[tuple[str, datetime]] = []

    def publish(self, *titles: str) -> None:
        self._papers += [(title, self.clock.now) for title in titles]
        items = "".join(
            f"<item><guid>{title}</guid><title>{title}</title><link>https://news.example/{number}</link>"
            f"<pubDate>{format_datetime(at)}</pubDate></item>"
            for number, (title, at) in enumerate(self._papers)
        )
        body = f'<rss version="2.0"><channel><title>t</title>{items}</channel></rss>'
        self.press.routes["/press"] = Answer(body=body.encode(), headers={"Content-Type": "application/rss+xml"})

    async def app(self) -> App:
        made = await build(self.known, clock=self.clock, chance=lambda: 0.0)
        return replace(made, channels=dict(self.channels))

    def of(self, address: Address) -> list[Letter]:
        return [letter for letter in self.channels[address.channel].sent if letter.address == address]

    def told(self, address: Address) -> list[list[str]]:
        """The titles of each Letter to this address."""
        return [[item.title for item in letter.items] for letter in self.of(address)]

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[App]:
        """The service, until it is killed: nothing is finished, and no lease given back."""
        app, before = await self.app(), asyncio.all_tasks()
        running = asyncio.create_task(Service(app, ["poll", "deliver"], Metrics()).run())
        try:
            yield app
        finally:
            running.cancel()
            killed = asyncio.all_tasks() - before - {asyncio.current_task()}
            for task in killed:
                task.cancel()
            await asyncio.gather(*killed, return_exceptions=True)
            await app.database.dispose()
            await app.fetcher.close()
            killed.clear()
            with warnings.catch_warnings(action="ignore"):  # a connection that was just being made, or given back, is never closed
                gc.collect()


async def becomes(is_so: Callable[[], bool]) -> None:
    async def so() -> bool:
        return is_so()

    await until(so)


async def read(app: App, number: int) -> None:
    """Wait until so many papers are stored."""

    async def enough() -> bool:
        return sum(row.documents for row in await Views(app.database).sources()) >= number

    await until(enough)


async def fanned_out(app: App) -> None:
    """Wait until each reader is owed all that is known."""

    async def done() -> bool:
        return await app.outbox.open_revisions() == []

    await until(done)


async def lived_until(moment: datetime, app: App, clock: Moment) -> None:
    """Time passes, and the service is at work all of it."""
    presence = Presence(app.database)

    async def beaten() -> bool:
        return set((await presence.seen()).values()) == {clock.now}

    while clock.now < moment:
        clock.now = min(moment, clock.now + 50 * MINUTE)
        await until(beaten)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "TICK", 0.05)


@pytest.fixture
async def world(operator_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with PayloadServer({}) as press:
        yield World(tmp_path, press, operator_url)


async def followed(app: App, now: datetime) -> None:
    for address, cadence in ((ANN, Cadence.NOW), (GROUP, Cadence.NOW), (QUIET, Cadence.NOW), (DAY, Cadence.DAILY), (WEEK, Cadence.WEEKLY)):
        await app.book.follow(address, ["cecot"], now, cadence=cadence)
    await app.book.set_lang(GROUP, "es")
    await app.book.set_quiet(QUIET, QuietHours(start=time(22), end=time(6), urgent_passes=False))


async def test_each_reader_gets_what_was_missed_once_in_few_messages_and_marked_as_late(world: World) -> None:
    telegrams, mails = world.channels["telegram"], world.channels["mailto"]
    world.publish("A football match was played")
    async with world.at_work() as app:
        await followed(app, world.clock.now - MINUTE)
        await read(app, 1)
        world.publish(TOLD)
        world.clock.now += MINUTE
        await becomes(lambda: len(telegrams.sent) == 2)  # not to who sleeps
        telegrams.hangs = True
        world.publish(WAITS)
        world.clock.now += MINUTE
        await becomes(lambda: telegrams.given == 3)  # one is in flight; another waits behind it
        await read(app, 3)
        began = world.clock.now
    assert [letter.late for letter in telegrams.sent] == [None, None]
    telegrams.hangs = False

    world.clock.now += OUTAGE / 2
    world.publish(*MISSED)
    world.clock.now = began + OUTAGE
    async with world.at_work() as app:
        await read(app, 6)
        await fanned_out(app)
        await becomes(lambda: WAITS in str(world.told(GROUP)))
        world.clock.now += composing.GATHERED + timedelta(seconds=1)
        await becomes(lambda: all(MISSED[0] in str(world.told(address)) for address in AT_ONCE))
        assert mails.sent == []  # until the sources were read again
        world.clock.now += composing.READ_AGAIN
        await becomes(lambda: len(mails.sent) == 2)
        missed = sorted(MISSED)
        assert [sorted(each) for each in world.told(ANN)] == [[TOLD], missed]
        assert [sorted(each) for each in world.told(GROUP)] == [[TOLD], [WAITS], missed]
        assert [sorted(each) for each in world.told(QUIET)] == [sorted((TOLD, WAITS, *MISSED))]
        assert [sorted(each) for each in world.told(DAY)] == [sorted((TOLD, WAITS, *MISSED))]
        assert world.told(DAY) == world.told(WEEK)
        assert [(letter.kind, letter.window) for letter in (*world.of(DAY), *world.of(WEEK))] == [
            (LetterKind.DIGEST, "2026-11-23"),
            (LetterKind.DIGEST, "2026-W47"),
        ]
        late = Late(began, began + OUTAGE)
        assert {letter.late for letter in (*telegrams.sent[2:], *mails.sent)} == {late}

        world.publish(AFTER)
        await lived_until(datetime(2026, 11, 24, 7, 1, tzinfo=UTC), app, world.clock)  # what may have arrived comes with the next digest
        await becomes(lambda: WAITS in str(world.told(ANN)) and len(world.of(DAY)) == 2)
        await becomes(lambda: world.told(GROUP)[-1] == [AFTER])
        assert (world.told(DAY)[1], world.of(DAY)[1].late, world.of(GROUP)[-1].late) == ([AFTER], None, None)
