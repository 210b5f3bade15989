"""`kill -9` in the middle of an urgent alert to 200 chats: all 200 are told, and nobody twice who was not in flight."""

import signal
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from alerts.models import Cadence
from alerts.storage import tables as t
from tests.papers import judged, order
from tests.press import ABREGO
from tests.processes import TOKEN, started, surroundings, until
from watcher.models import Severity
from watcher.storage import Database, SourceStore
from watcher.storage import tables as w
from watcher.testing.telegram import BotApi

CHATS = range(1001, 1201)
DELIVER = ("run", "--role", "deliver")
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


async def prepare(database: Database) -> None:
    """200 chats that follow a case, and an order in it that is to be told."""
    now = datetime.now(UTC)
    since = {"created_at": now - timedelta(days=1)}
    async with database.writing() as connection:
        people = [{"address": f"telegram:{chat}", "token": f"token-{chat}"} | since for chat in CHATS]
        await connection.execute(sa.insert(t.subscribers), people)
        ids = list((await connection.execute(sa.select(t.subscribers.c.id))).scalars())
        wish = {"watch": "abrego-garcia", "cadence": Cadence.NOW.value, "floor": int(Severity.ROUTINE)} | since
        await connection.execute(sa.insert(t.subscriptions), [{"subscriber": each} | wish for each in ids])
    store = SourceStore(database)
    await store.enrol({"courts": "x"}, now)
    (state,) = await store.claim_named(["courts"], now)
    await store.save(state, [judged(order(), "abrego-garcia")], now)


async def in_flight(database: Database) -> int:
    async with database.reading() as connection:
        flying = sa.select(sa.func.count()).where(t.letters.c.state == "sending")
        number: int = (await connection.execute(flying)).scalar_one()
        return number


def told(api: BotApi) -> Counter[int]:
    """How many messages each chat has got."""
    return Counter(posted.chat for posted in api.transcript)


async def let_leases_end(database: Database) -> None:
    """The same as waiting for it: what was in flight, and the chats that are held for it, lie far back."""
    async with database.writing() as connection:
        await connection.execute(sa.update(t.letters).where(t.letters.c.state == "sending").values(lease_until=LONG_AGO))
        await connection.execute(sa.update(w.buckets).values(free_at=LONG_AGO))


@pytest.fixture
def environ(operator_url: str, tmp_path: Path) -> dict[str, str]:
    return surroundings(tmp_path, ABREGO, DATABASE_URL=operator_url, TELEGRAM_TOKEN=TOKEN)


@pytest.fixture
async def halfway(database: Database, environ: dict[str, str]) -> AsyncIterator[BotApi]:
    """A Telegram that knows all chats, for a service that has the order to tell."""
    await prepare(database)
    async with BotApi(token=TOKEN, scale=4.0) as api:
        for chat in CHATS:
            api.chat(chat)
        environ["WATCHER_TELEGRAM_API_URL"] = api.url
        yield api


async def test_killed_amid_an_urgent_alert_everybody_is_told_and_only_those_in_flight_twice(
    database: Database, halfway: BotApi, environ: dict[str, str]
) -> None:
    async def some_are_told() -> bool:
        return len(told(halfway)) >= 60 and await in_flight(database) > 0

    async with started(environ, *DELIVER) as first:
        await until(some_are_told)
        first.send_signal(signal.SIGKILL)
        assert await first.wait() == -signal.SIGKILL
    flying = await in_flight(database)
    assert len(told(halfway)) < len(CHATS), "it was killed too late to prove anything"
    await let_leases_end(database)

    async def all_are_settled() -> bool:
        async with database.reading() as connection:
            states = Counter((await connection.execute(sa.select(t.letters.c.state))).scalars())
        return states == {"sent": len(CHATS)}

    async with started(environ, *DELIVER) as second:
        await until(all_are_settled)
        second.terminate()
        assert await second.wait() == 0
    arrived = told(halfway)
    assert set(arrived) == set(CHATS)
    doubles = [chat for chat, times in arrived.items() if times > 1]
    assert sum(arrived.values()) - len(CHATS) <= flying
    assert all("repeat" in halfway.sent(chat)[-1].lower() for chat in doubles)


async def test_stopped_gracefully_amid_it_nothing_is_left_in_flight_and_nothing_is_told_twice(
    database: Database, halfway: BotApi, environ: dict[str, str]
) -> None:
    async def some_are_told() -> bool:
        return len(told(halfway)) >= 40

    async with started(environ, *DELIVER) as first:
        await until(some_are_told)
        first.terminate()
        assert await first.wait() == 0
    assert await in_flight(database) == 0
    assert len(told(halfway)) < len(CHATS)

    async def all_are_told() -> bool:
        return len(told(halfway)) == len(CHATS)

    async with started(environ, *DELIVER) as second:
        await until(all_are_told)
        second.terminate()
        assert await second.wait() == 0
    assert set(told(halfway).values()) == {1}
