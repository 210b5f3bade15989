"""What is sent through every channel, with faults on the way, leaves no chat id, address, token or password in logs, metrics or pages."""

import asyncio
import io
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from alerts.models import Address
from tests.papers import judged, order
from tests.press import ABREGO
from tests.processes import TOKEN, until
from watcher import logs
from watcher.app import build
from watcher.cli.tools import secrets_of
from watcher.config import settings
from watcher.testing.mail import scripted
from watcher.testing.telegram import BotApi
from watcher.web import Metrics
from watcher.workers import Service, pages

PASSWORD = "correct-horse-battery"
CHATS = (4711001, 4711002, 4711003)
MAILS = ("ann.reader@example.org", "gone.reader@example.org")
PATHS = (
    "/",
    "/status",
    "/watch/abrego-garcia",
    "/watch/abrego-garcia.atom",
    "/watch/abrego-garcia.json",
    "/story/1",
    "/metrics",
    "/healthz",
    "/nope",
)


@pytest.fixture(autouse=True)
def kept() -> Iterator[None]:
    """The logging of the test run is put back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.parametrize(
    ("url", "secrets"),
    [
        ("postgresql://watch:p%40ss-word%2F1@db.example/watch", {"p%40ss-word%2F1", "p@ss-word/1"}),
        ("postgresql://db.example/watch?user=watch&password=p%40ss-word", {"p@ss-word"}),
        ("postgresql:///watch?host=/run/postgresql", set()),
    ],
)
def test_the_password_of_the_database_is_a_secret_as_written_and_as_it_is(url: str, secrets: set[str]) -> None:
    known = settings({"WATCHER_DATABASE_URL": url})
    assert set(secrets_of(known)) == secrets | {known.database.reveal()}


def test_a_file_of_this_machine_has_no_password() -> None:
    assert secrets_of(settings({})) == []


@pytest.mark.parametrize("style", ["text", "json"])
async def test_no_output_names_a_reader_or_a_secret(style: str, tmp_path: Path) -> None:
    said, terminal = io.StringIO(), io.StringIO()
    (tmp_path / "sources.toml").write_text(ABREGO)
    refused = {"RCPT": ["550 5.1.1 no such user", "250 OK"]}
    async with BotApi(token=TOKEN, scale=20.0) as api, scripted(script=refused, login=("robot", PASSWORD), clear_login=True) as post:
        for chat in CHATS:
            api.chat(chat)
        api.block(CHATS[0])
        api.fail("429", chat=CHATS[1])
        api.fail("html", chat=CHATS[2], delivered=False)
        environ = {
            "WATCHER_SOURCES": str(tmp_path / "sources.toml"),
            "WATCHER_DATA": str(tmp_path),
            "WATCHER_TELEGRAM_TOKEN": TOKEN,
            "WATCHER_TELEGRAM_API_URL": api.url,
            "WATCHER_SMTP_URL": f"smtp://robot:{PASSWORD}@127.0.0.1:{post.port}",
            "WATCHER_MAIL_FROM": "alerts@example.net",
            "WATCHER_HTTP": "127.0.0.1:0",
        }
        known = settings(environ)
        logs.set_up("json" if style == "json" else "text", secrets=secrets_of(known), stream=said)
        app = await build(known, terminal=terminal)
        now = datetime.now(UTC)
        readers = [Address.parse(f"telegram:{chat}") for chat in CHATS] + [Address.parse(f"mailto:{mail}") for mail in MAILS]
        for reader in [*readers, Address("console")]:
            await app.book.follow(reader, ["abrego-garcia"], now - timedelta(days=1))
        await app.store.enrol({"courts": "x"}, now)
        (state,) = await app.store.claim_named(["courts"], now)
        await app.store.save(state, [judged(order(), "abrego-garcia")], now)
        metrics = Metrics()
        service = Service(app, ["deliver"], metrics)
        where: list[str] = []
        running = asyncio.create_task(service.run(pages(app, metrics, where.append)))

        async def all_is_settled() -> bool:
            letters = (await app.outbox.counts()).letters
            return sum(letters.values()) == 6 and not letters.keys() & {"pending", "sending"}

        await until(all_is_settled)
        async with httpx.AsyncClient(trust_env=False) as client:
            shown = [(await client.get(where[0] + path)).text for path in PATHS]
        service.stop.set()
        await running
        await app.close()
    output = "\n".join([said.getvalue(), terminal.getvalue(), *shown])
    assert "letter:" in said.getvalue()
    assert 'channel="telegram"' in output
    assert order().headline in terminal.getvalue()
    secrets = [TOKEN, TOKEN.partition(":")[2], PASSWORD, *map(str, CHATS), *MAILS]
    assert [secret for secret in secrets if secret in output] == []
