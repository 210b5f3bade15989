"""When the first of the Letters that wait can start, so that nobody has to try again and again: on SQLite and on PostgreSQL."""

from datetime import datetime, timedelta

import pytest

from alerts.deliver import AHEAD
from alerts.models import Address, Later, Letter, LetterKind, Sent
from alerts.retry import settle
from alerts.storage import Names, Outbox
from tests.papers import NOW
from watcher.storage import Database

ANN, BEN = Address.parse("telegram:1"), Address.parse("telegram:2")
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
PER_SECOND = 5.0


@pytest.fixture
def outbox(database: Database) -> Outbox:
    return Outbox(database, names=lambda: Names(watches={}))


async def wait(outbox: Outbox, *addresses: Address, at: datetime = NOW) -> None:
    for address in addresses:
        await outbox.post(address, LetterKind.NOTICE, "words", at)


async def start(outbox: Outbox, at: datetime = NOW, channel: str = "telegram") -> datetime | None:
    return await outbox.next_start(channel, at)


async def claim(outbox: Outbox, at: datetime = NOW, *, free: int = 1, per_second: float = 0.0) -> list[Letter]:
    return await outbox.claim("telegram", at, free=free, per_second=per_second, lease=MINUTE)


async def test_nothing_waits_and_nothing_of_another_channel_counts(outbox: Outbox) -> None:
    await wait(outbox, Address.parse("mailto:ann@example.org"))
    assert await start(outbox) is None


async def test_what_is_due_can_start_now_and_what_is_not_when_it_is(outbox: Outbox) -> None:
    await wait(outbox, ANN, at=NOW + MINUTE)
    assert await start(outbox) == NOW + MINUTE
    await wait(outbox, BEN)
    assert await start(outbox) == NOW


async def test_a_chat_with_one_in_flight_waits_for_it_and_then_for_its_gap(outbox: Outbox) -> None:
    await wait(outbox, ANN, ANN)
    (letter,) = await claim(outbox)
    assert await start(outbox) == NOW + MINUTE
    await outbox.settle(letter, settle(letter, Sent("1"), NOW, gap=3 * SECOND), NOW)
    assert await start(outbox) == NOW + 3 * SECOND
    await wait(outbox, BEN)
    assert await start(outbox) == NOW


async def test_a_channel_that_is_held_starts_nothing_until_then(outbox: Outbox) -> None:
    await wait(outbox, ANN, BEN)
    (letter,) = await claim(outbox)
    settlement = settle(letter, Later(10 * MINUTE, "channel", "too many requests"), NOW, gap=SECOND)
    await outbox.settle(letter, settlement, NOW)
    held = await start(outbox)
    assert settlement.hold_channel is not None
    assert held == NOW + settlement.hold_channel
    assert await claim(outbox, held - SECOND) == []
    assert len(await claim(outbox, held)) == 1


async def test_the_pace_of_a_channel_says_when_the_next_may_be_claimed_and_then_it_may(outbox: Outbox) -> None:
    await wait(outbox, *(Address.parse(f"telegram:{number}") for number in range(3, 9)))
    turns = [letter.start_at for letter in await claim(outbox, free=99, per_second=PER_SECOND)]
    assert turns == [NOW, NOW + SECOND / PER_SECOND, NOW + 2 * SECOND / PER_SECOND]
    first = await start(outbox)
    assert first == NOW + 3 * SECOND / PER_SECOND - AHEAD
    assert await claim(outbox, first - timedelta(milliseconds=1), free=99, per_second=PER_SECOND) == []
    assert len(await claim(outbox, first, free=99, per_second=PER_SECOND)) == 1
