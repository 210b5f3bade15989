"""Two processes with one bot: one of them long-polls, and when it dies the other takes over. Telegram ends a second poll with 409."""

import signal
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from tests.press import CECOT
from tests.processes import TOKEN, at_work, started, surroundings, until
from watcher.storage import Database
from watcher.storage import tables as t
from watcher.testing.telegram import BotApi
from watcher.workers import BOT

CHAT = 4711
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


async def lease(database: Database) -> tuple[str, datetime]:
    """Who may ask Telegram for updates, and until when; ("", LONG_AGO) where nobody may."""
    async with database.reading() as connection:
        row = (await connection.execute(sa.select(t.leases.c.holder, t.leases.c.until).where(t.leases.c.name == BOT))).one_or_none()
        return (row.holder, row.until) if row is not None else ("", LONG_AGO)


async def let_lease_end(database: Database) -> None:
    """The same as waiting for it."""
    async with database.writing() as connection:
        await connection.execute(sa.update(t.leases).where(t.leases.c.name == BOT).values(until=LONG_AGO))


def told(api: BotApi, times: int) -> Callable[[], Awaitable[bool]]:
    async def is_told() -> bool:
        return len(api.sent(CHAT)) >= times

    return is_told


async def test_of_two_processes_one_long_polls_and_the_other_takes_over_when_it_dies(
    database: Database, operator_url: str, tmp_path: Path
) -> None:
    said = tmp_path / "said"
    async with BotApi(token=TOKEN, scale=20.0) as api:
        api.chat(CHAT)
        environ = surroundings(
            tmp_path, CECOT, DATABASE_URL=operator_url, TELEGRAM_TOKEN=TOKEN, TELEGRAM_API_URL=api.url, HTTP="127.0.0.1:0"
        )

        async def somebody_polls() -> bool:
            return api.poll is not None

        async def nobody_polls() -> bool:
            return api.poll is None

        async def is_renewed() -> bool:
            return await lease(database) != held

        async with started(environ, "run") as first:
            await until(somebody_polls)
            async with started(environ, "run", said=said) as second:
                await at_work(second, said)
                held = await lease(database)
                await until(is_renewed)
                holder, _ = await lease(database)
                assert holder == held[0]
                api.say(CHAT, "/topics")
                await until(told(api, 1))
                first.send_signal(signal.SIGKILL)
                await first.wait()
                api.say(CHAT, "/help")  # Telegram gives it to the poll of the dead, and once more to whoever asks next
                await until(nobody_polls)
                assert (await lease(database))[0] == holder
                await let_lease_end(database)
                await until(told(api, 2))
                assert (await lease(database))[0] not in (holder, "")
                second.terminate()
                assert await second.wait() == 0
        assert await lease(database) == ("", LONG_AGO)
        assert len(api.sent(CHAT)) == 2
        assert [call.description for call in api.calls if call.status == 409] == []
