"""A reader and the bot, through the whole service: follows, is told with the reason, leaves, and nothing of her is stored."""

import asyncio
from pathlib import Path

import sqlalchemy as sa

from alerts.models import Address
from alerts.storage import tables as t
from tests.press import CECOT, NEW, OLD, feed, feed_table
from tests.processes import TOKEN, until
from watcher.app import build
from watcher.config import settings
from watcher.storage.views import Views
from watcher.testing.payloads import PayloadServer
from watcher.testing.telegram import BotApi
from watcher.web import Metrics
from watcher.workers import Service

CHAT = 4711


async def test_a_reader_follows_is_told_why_and_leaves_no_trace(tmp_path: Path) -> None:
    async with PayloadServer({"/press": feed(OLD)}) as press, BotApi(token=TOKEN, scale=20.0) as api:
        (tmp_path / "sources.toml").write_text(feed_table("press", press.base, 'title = "The Press"', 'every = "1s"') + CECOT)
        environ = {
            "WATCHER_SOURCES": str(tmp_path / "sources.toml"),
            "WATCHER_DATA": str(tmp_path),
            "WATCHER_ALLOW_PRIVATE": "1",
            "WATCHER_TELEGRAM_TOKEN": TOKEN,
            "WATCHER_TELEGRAM_API_URL": api.url,
        }
        app = await build(settings(environ), chance=lambda: 0.0)
        service = Service(app, ["poll", "deliver", "bot"], Metrics())
        running = asyncio.create_task(service.run())

        async def said(words: str) -> None:
            async def is_there() -> bool:
                return any(words in text for text in api.sent(CHAT))

            await until(is_there)

        async def polled() -> bool:
            return all(row.state.polls for row in await Views(app.database).sources())

        api.chat(CHAT)
        api.say(CHAT, "/follow cecot")
        await said("The prison CECOT")
        await until(polled)
        press.routes["/press"] = feed(OLD, NEW)
        await said("“CECOT prison”")
        api.say(CHAT, "/stop")

        async def is_forgotten() -> bool:
            return await app.book.find(Address.parse(f"telegram:{CHAT}")) is None

        await until(is_forgotten)
        service.stop.set()
        await running
        async with app.database.reading() as connection:
            for table in (t.subscribers, t.subscriptions, t.deliveries):
                assert (await connection.execute(sa.select(table))).all() == []
        await app.close()
