"""The pace on the wire: the service's Sender against a strict Bot API, on a clock of their own that only waiting moves.

What a second is, is counted by the Bot API; where nothing waits no time passes, so nothing here depends on how fast a machine is.
"""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from alerts import deliver
from alerts.channels.telegram import TelegramChannel
from alerts.deliver import AHEAD, Sender
from alerts.models import Address, Letter, LetterKind, Outcome
from alerts.storage import Book, Outbox, letters
from alerts.storage import tables as t
from alerts.storage.rows import item_json
from tests.letters import item
from tests.outboxes import YESTERDAY
from tests.papers import NOW, happened, judged, order
from tests.processes import TOKEN
from watcher.storage import Database
from watcher.testing.telegram import BotApi

BETWEEN = timedelta(seconds=0.1)  #: two claims
HOUR = timedelta(hours=1)


class Clock:
    """Moved by whoever waits, once all that was sent is answered."""

    def __init__(self) -> None:
        self.now = NOW
        self.flying = 0
        self._landed = asyncio.Condition()

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        return self.now.timestamp()

    async def pause(self, seconds: float) -> None:
        async with self._landed:
            await self._landed.wait_for(lambda: not self.flying)
        self.now += timedelta(seconds=seconds)

    async def take_off(self) -> None:
        self.flying += 1

    async def land(self) -> None:
        async with self._landed:
            self.flying -= 1
            self._landed.notify_all()


class Wire(TelegramChannel):
    """Telegram, and the clock knows what is under way."""

    def __init__(self, clock: Clock, api: BotApi, per_second: float) -> None:
        super().__init__(TOKEN, api_url=api.url, per_second=per_second)
        self.clock = clock

    async def send(self, letter: Letter) -> Outcome:
        await self.clock.take_off()
        try:
            return await super().send(letter)
        finally:
            await self.clock.land()


class Line:
    """All that a test needs to send what waits."""

    def __init__(self, outbox: Outbox, clock: Clock, api: BotApi) -> None:
        self.outbox = outbox
        self.clock = clock
        self.api = api

    async def wait(self, *chats: int, urgent: bool = False) -> None:
        """Let an alert wait for each of these, behind those that wait already."""
        content = {"items": [item_json(item())]}
        rows = [
            letters.waiting(Address("telegram", str(chat)), LetterKind.ALERT, content, urgent, self.clock.now, "example.org")
            for chat in chats
        ]
        for chat in chats:
            self.api.chat(chat)
        async with self.outbox.database.writing() as connection:
            await connection.execute(sa.insert(t.letters), rows)

    async def send(self, count: int, *, per_second: float = 27.3) -> None:
        """Send until so many messages are out, or nothing more can start within a minute."""
        wire = Wire(self.clock, self.api, per_second)
        sender = Sender(wire, self.outbox, self.clock, pause=self.clock.pause, seconds=self.clock.seconds)
        while len(self.api.transcript) < count:
            claimed = await sender.send_due()
            await sender.drain()
            start = self.clock.now if claimed else await self.outbox.next_start(wire.name, self.clock.now)
            if start is None or start > self.clock.now + timedelta(minutes=1):
                break
            self.clock.now = max(self.clock.now + BETWEEN, start)
        await wire.close()

    @property
    def chats(self) -> Sequence[int]:
        """Who was written to, in this order."""
        return [posted.chat for posted in self.api.transcript]


@pytest.fixture
async def line(outbox: Outbox) -> AsyncIterator[Line]:
    clock = Clock()
    async with BotApi(token=TOKEN, clock=clock.seconds) as api:
        yield Line(outbox, clock, api)


async def test_at_the_highest_setting_none_is_refused_and_each_arrives_in_its_order(line: Line) -> None:
    await line.wait(*range(1, 101))
    await line.send(100)
    assert line.chats == list(range(1, 101))
    assert line.api.counted() == {200: 100}


async def test_faster_than_telegram_takes_some_are_refused_and_none_is_lost(line: Line) -> None:
    await line.wait(*range(1, 101))
    await line.send(100, per_second=60)
    assert Counter(line.chats) == Counter(range(1, 101))
    assert line.api.counted()[429] > 0


async def test_an_urgent_alert_passes_a_backlog_but_for_what_was_claimed(line: Line) -> None:
    await line.wait(*range(1, 201))
    await line.send(30)
    sent = len(line.chats)
    await line.wait(1000, urgent=True)
    await line.send(sent + 15)
    assert line.chats.index(1000) - sent <= AHEAD.total_seconds() * 27.3 + 1


async def test_a_chat_that_is_to_wait_twelve_hours_holds_up_no_other_and_loses_nothing(line: Line) -> None:
    await line.wait(7, 7, 7, *range(100, 150))
    line.api.fail("429", chat=7, retry_after=12 * 3600)
    await line.send(50)
    assert line.chats == list(range(100, 150))
    assert line.api.counted() == {200: 50, 429: 1}
    line.clock.now += 12 * HOUR - timedelta(minutes=2)
    await line.send(51)
    assert line.api.counted() == {200: 50, 429: 1}
    line.clock.now += timedelta(minutes=2)
    await line.send(53)
    assert line.chats[50:] == [7, 7, 7]
    assert line.api.counted() == {200: 53, 429: 1}


async def test_one_chat_with_much_to_come_takes_no_turn_of_the_others(line: Line) -> None:
    await line.wait(*[7] * 20, *range(100, 140))
    await line.send(60)
    assert line.chats.count(7) == 20
    assert line.chats.index(139) < 45
    assert line.api.counted() == {200: 60}


async def test_groups_and_their_threads_get_twenty_a_minute(line: Line) -> None:
    group = -1_000_000_000_007
    line.api.chat(group, threads=[5, 6])
    content = {"items": [item_json(item())]}
    where = [f"telegram:{group}/5", f"telegram:{group}/6"] * 12
    rows = [letters.waiting(Address.parse(each), LetterKind.ALERT, content, False, NOW, "example.org") for each in where]
    async with line.outbox.database.writing() as connection:
        await connection.execute(sa.insert(t.letters), rows)
    await line.send(24)
    assert line.api.counted() == {200: 24}
    assert line.clock.now - NOW > timedelta(minutes=1)


async def test_what_falls_due_in_a_burst_comes_in_few_messages(line: Line, database: Database, book: Book) -> None:
    """40 Stories within a minute, to one chat: no message a Story, and no Story that is missing."""
    reader = Address.parse("telegram:7")
    line.api.chat(7)
    await book.follow(reader, ["abrego-garcia"], YESTERDAY)
    for number in range(100, 140):
        await happened(database, judged(order(number), "abrego-garcia"), now=line.clock.now)
        await deliver.fan_out(line.outbox, line.clock.now)
        await deliver.compose(line.outbox, line.clock.now, ["press"])
        if number % 10 == 9:
            await line.send(len(line.chats) + 1)
        line.clock.now += timedelta(seconds=1.5)
    for _ in range(20):
        await deliver.compose(line.outbox, line.clock.now, ["press"])
        await line.send(len(line.chats) + 1)
        line.clock.now += timedelta(seconds=2)
    said = [text for posted in line.api.transcript for text in re.findall(r"#(\d+)", posted.text)]
    assert set(map(int, said)) >= set(range(100, 140))
    assert len(line.chats) <= 10
