"""A press, from a group's alert to the operator's report: through the service, a strict Bot API and the command."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from alerts.replies import EN
from alerts.storage import Ballots, Votes
from tests.press import CECOT, NEW, OLD, feed, feed_table
from tests.processes import TOKEN, until, watcher
from watcher.app import build
from watcher.config import settings
from watcher.storage import Database
from watcher.storage.views import Views
from watcher.testing.payloads import PayloadServer
from watcher.testing.telegram import BotApi, Posted
from watcher.web import Metrics
from watcher.workers import Service, readers, voting

GROUP, ELSEWHERE = -4711, -4712
ADMIN, MEMBER, STRANGER = 4711001, 4711002, 4711003


@pytest.fixture
def environ(tmp_path: Path, operator_url: str) -> dict[str, str]:
    return {
        "WATCHER_SOURCES": str(tmp_path / "sources.toml"),
        "WATCHER_DATA": str(tmp_path),
        "WATCHER_DATABASE_URL": operator_url,
        "WATCHER_ALLOW_PRIVATE": "1",
        "WATCHER_TELEGRAM_TOKEN": TOKEN,
    }


async def test_a_press_below_an_alert_is_stored_and_reported(tmp_path: Path, environ: dict[str, str]) -> None:
    async with PayloadServer({"/press": feed(OLD)}) as press, BotApi(token=TOKEN, scale=20.0) as api:
        rules = feed_table("press", press.base, 'title = "The Press"', 'every = "1s"') + CECOT
        (tmp_path / "sources.toml").write_text(rules)
        environ |= {"WATCHER_TELEGRAM_API_URL": api.url}
        app = await build(settings(environ), chance=lambda: 0.0)
        service = Service(app, ["poll", "deliver", "bot"], Metrics())
        running = asyncio.create_task(service.run())

        async def said(chat: int, words: str) -> Posted:
            async def is_there() -> bool:
                return any(posted.chat == chat and words in posted.text for posted in api.transcript)

            await until(is_there)
            return next(posted for posted in api.transcript if posted.chat == chat and words in posted.text)

        async def pressed(alert: Posted, data: str, user: int) -> str:
            before = len(api.answered)
            api.press(alert.chat, alert.message, data, user=user, forged=True)

            async def is_answered() -> bool:
                return len(api.answered) > before

            await until(is_answered)
            return api.answered[-1].text

        async def polled() -> bool:
            return all(row.state.polls for row in await Views(app.database).sources())

        for chat in (GROUP, ELSEWHERE):
            api.chat(chat, admins=(ADMIN,), others={STRANGER: "left"})
            api.say(chat, "/follow cecot", user=ADMIN)
            await said(chat, "The prison CECOT")
        await until(polled)
        press.routes["/press"] = feed(OLD, NEW)
        alert, other = await said(GROUP, "“CECOT prison”"), await said(ELSEWHERE, "“CECOT prison”")
        yes, no = alert.buttons[-2:]
        assert (yes[:5], no[:5], set(other.buttons) & {yes, no}) == ("vote:", "vote:", set())
        assert await pressed(alert, yes, ADMIN) == EN["vote-yes"]
        assert await pressed(alert, yes, MEMBER) == EN["vote-yes"]
        assert await pressed(alert, no, MEMBER) == EN["vote-no"]
        assert await pressed(alert, no, STRANGER) == EN["members-only"]
        assert await pressed(other, no, ADMIN) == EN["stale"]
        votes = await Votes(app.database).since((await app.database.now()).date())
        assert [(vote.watch, vote.terms, vote.relevant) for vote in votes] == [
            ("cecot", ("CECOT prison",), True),
            ("cecot", ("CECOT prison",), False),
        ]
        service.stop.set()
        await running
        await app.close()
    report = await asyncio.to_thread(watcher, environ, "feedback", "--json")
    assert report.returncode == 0, report.stderr
    (cecot,) = json.loads(report.stdout)["watches"]
    assert (cecot["watch"], cecot["relevant"], cecot["not_relevant"], cecot["stories"]) == ("cecot", 1, 1, 1)
    assert [term["term"] for term in cecot["terms"]] == ["CECOT prison"]
    assert (tmp_path / "sources.toml").read_text() == rules


async def test_without_a_secret_the_bot_takes_no_votes_and_says_so(
    tmp_path: Path, environ: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "sources.toml").write_text(CECOT)
    app = await build(settings(environ))
    assert voting(app) is app.ballots
    (tmp_path / "secret").write_text("")
    assert voting(app) is None
    assert "votes on alerts are not taken: WATCHER_SECRET: not set" in caplog.text
    await app.close()


@pytest.mark.parametrize("secret", [True, False])
async def test_without_a_secret_there_is_no_page_to_vote_on(tmp_path: Path, environ: dict[str, str], secret: bool) -> None:
    (tmp_path / "sources.toml").write_text(CECOT)
    if not secret:
        (tmp_path / "secret").write_text("")
    app = await build(settings(environ))
    assert any(route.path == "/feedback/{token}" for route in readers(app)) is secret
    await app.close()


async def test_any_token_is_read_before_the_lock_that_writers_wait_for(database: Database) -> None:
    class Locked(Database):
        def writing(self, *, serial: bool = False, within: float = 0.0) -> Any:
            raise AssertionError("waits for the lock")

    ballots = Ballots(Locked(database.engine, database.clock), lambda: "x" * 32)
    for token in ("", "nonsense", "1-1-yes-" + "0" * 32):
        assert not await ballots.vote(token)
