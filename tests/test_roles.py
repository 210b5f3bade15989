"""One SQLite file, a process for each role: what one of them stores another tells, and a page shows."""

import re
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from alerts.models import Address
from alerts.storage import Book
from tests.press import CECOT, NEW, OLD, feed, feed_table
from tests.processes import TOKEN, at_work, started, surroundings, until
from watcher.storage import Database
from watcher.storage.presence import Presence
from watcher.storage.views import Views
from watcher.testing.payloads import PayloadServer
from watcher.testing.telegram import BotApi

CHAT = 4711


@pytest.mark.parametrize("operator_url", ["sqlite"], indirect=True)
async def test_four_processes_on_one_file_poll_tell_answer_and_show(database: Database, operator_url: str, tmp_path: Path) -> None:
    await Book(database).follow(Address.parse(f"telegram:{CHAT}"), ["cecot"], await database.now())
    async with BotApi(token=TOKEN, scale=20.0) as api, PayloadServer({"/press": feed(OLD)}) as press:
        api.chat(CHAT)
        rules = feed_table("press", press.base, 'every = "1s"') + CECOT
        given = {"DATABASE_URL": operator_url, "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": api.url, "ALLOW_PRIVATE": "1"}
        environ = surroundings(tmp_path, rules, HTTP="127.0.0.1:0", **given)
        said = {role: tmp_path / role for role in ("poll", "deliver", "bot", "web")}

        async def all_at_work() -> bool:
            return len(await Presence(database).seen()) == 2 and api.poll is not None

        async def polled() -> bool:
            return any(row.state.polls for row in await Views(database).sources())

        async def told() -> bool:
            return any(NEW in text for text in api.sent(CHAT))

        async def answered() -> bool:
            return len(api.sent(CHAT)) > 1

        async with (
            started(environ, "run", "--role", "poll", said=said["poll"]),
            started(environ, "run", "--role", "deliver", said=said["deliver"]),
            started(environ, "run", "--role", "bot", said=said["bot"]),
            started(environ, "run", "--role", "web", said=said["web"]) as web,
        ):
            await at_work(web, said["web"])
            await until(all_at_work)
            await until(polled)
            press.routes["/press"] = feed(OLD, NEW)
            await until(told)
            api.say(CHAT, "/list")
            await until(answered)
            found = re.search(r"pages at (http://\S+?)[;\s]", said["web"].read_text())
            assert found is not None
            async with httpx.AsyncClient() as client:
                assert NEW in (await client.get(found[1])).text
                assert (await client.get(found[1] + "/readyz")).text == "ok\n"
    async with database.reading() as connection:
        assert (await connection.execute(sa.text("SELECT count(*) FROM letters WHERE state <> 'sent'"))).scalar_one() == 0
    assert [line for path in said.values() for line in path.read_text().splitlines() if "ERROR" in line or "locked" in line] == []
