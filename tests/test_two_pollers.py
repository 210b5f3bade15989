"""Two processes that read of one event at the same moment: one Story, and everybody who follows is told once."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from alerts.models import Address
from alerts.storage import Book
from alerts.storage import tables as t
from tests.press import CECOT, feed, feed_table
from tests.processes import TOKEN, at_work, started, surroundings, until, watcher
from watcher.app import build, poll_once
from watcher.config import settings
from watcher.storage import Database
from watcher.storage.views import Views
from watcher.testing.loopback import Loopback
from watcher.testing.payloads import Answer
from watcher.testing.telegram import BotApi

CHATS = range(1001, 1021)
EVENT = "Judge orders return of man wrongly deported to the CECOT prison in El Salvador"
TWO_REPORTS = {"/press": feed(EVENT), "/agency": feed(EVENT, paper="agency.example")}
ONE_PAPER = {"/press": feed(EVENT), "/agency": feed(EVENT)}  # the same address, in both feeds


def rules(base: str) -> str:
    return "".join(feed_table(name, base, 'first_run = "last:9"') for name in ("press", "agency")) + CECOT


def together(answers: Mapping[str, Answer]) -> Loopback:
    """A server that answers nobody before everything has been asked for: so all who ask read before any of them writes."""
    all_asked = asyncio.Barrier(len(answers))

    async def answer(request: Request) -> Response:
        await all_asked.wait()
        found = answers[request.url.path]
        return Response(found.body, headers=dict(found.headers))

    return Loopback(Starlette(routes=[Route("/{path:path}", answer)]))


async def test_two_processes_that_poll_and_two_that_tell_tell_one_event_once(database: Database, operator_url: str, tmp_path: Path) -> None:
    book = Book(database)
    for chat in CHATS:
        await book.follow(Address.parse(f"telegram:{chat}"), ["cecot"], datetime.now(UTC) - timedelta(days=1))
    said = [tmp_path / "one", tmp_path / "two"]
    async with together(TWO_REPORTS) as press, BotApi(token=TOKEN, scale=20.0) as api:
        for chat in CHATS:
            api.chat(chat)
        given = {
            "DATABASE_URL": operator_url,
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_API_URL": api.url,
            "ALLOW_PRIVATE": "1",
            "HTTP": "127.0.0.1:0",
        }
        environ = surroundings(tmp_path, rules(press.base), **given)
        work = ("run", "--role", "deliver", "--role", "web")

        async def all_is_settled() -> bool:
            async with database.reading() as connection:
                states = Counter((await connection.execute(sa.select(t.letters.c.state))).scalars())
            return states == {"sent": len(CHATS)}

        async with started(environ, *work, said=said[0]) as one, started(environ, *work, said=said[1]) as two:
            for teller, words in zip((one, two), said, strict=True):
                await at_work(teller, words)
            polls = await asyncio.gather(*(asyncio.to_thread(watcher, environ, "poll", name) for name in ("press", "agency")))
            assert [poll.returncode for poll in polls] == [0, 0]
            await until(all_is_settled)
            for teller in (one, two):
                teller.terminate()
                assert await teller.wait() == 0
        told = Counter(posted.chat for posted in api.transcript)
    (story,) = await Views(database).stories()
    assert sorted(paper.document.source for paper in story.papers) == ["agency", "press"]
    assert told == dict.fromkeys(CHATS, 1)
    async with database.reading() as connection:
        deliveries = (await connection.execute(sa.select(t.deliveries.c.subscriber, t.deliveries.c.story))).all()
    assert len(deliveries) == len(set(deliveries)) == len(CHATS)


async def test_two_pollers_of_one_paper_store_it_once(database: Database, operator_url: str, tmp_path: Path) -> None:
    async with together(ONE_PAPER) as press:
        environ = surroundings(tmp_path, rules(press.base), DATABASE_URL=operator_url, ALLOW_PRIVATE="1")
        one, two = [await build(settings(environ)) for _ in range(2)]
        polls = await asyncio.gather(poll_once(one, ["press"]), poll_once(two, ["agency"]))
        assert sorted(poll.new for (poll,) in polls) == [0, 1]
        for app in (one, two):
            await app.close()
    (story,) = await Views(database).stories()
    assert len(story.papers) == 1
