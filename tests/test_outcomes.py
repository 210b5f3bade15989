"""Every row of `watcher.testing.outcomes` from the wire up: what it means for the Letter, and then what becomes of letter and reader."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache
from typing import Any

import pytest

from alerts.channels.email import EmailChannel
from alerts.channels.telegram import Request, TelegramChannel
from alerts.models import Address, Later, Letter, LetterKind, Moved, Outcome, Sent
from tests.letters import Password, Server, bare, item, letter
from tests.servers import Handler, read_request, serving_raw
from watcher.testing.mail import SILENCE, authority, free_port, scripted
from watcher.testing.outcomes import CHAT, MAIL, MAILBOX, TELEGRAM, Answer, Reply, spoken

TOKEN = "700000001:AAF-secret_secret_secret_secret_secre"
SENDER = "Habeas Watch <alerts@watch.example>"
ANN, EVE = Address("telegram", str(CHAT)), Address("mailto", MAILBOX)
OPERATORS = (Address.parse("telegram:99"), Address.parse("mailto:op@example.net"))


def meaning(outcome: Outcome) -> Outcome:
    """An Outcome without the words of its reason."""
    if isinstance(outcome, Sent | Moved):
        return outcome
    return Later(outcome.wait, outcome.scope) if isinstance(outcome, Later) else type(outcome)("")


# -- the wire


def answering(answer: Answer) -> Handler:
    """A server that reads the whole request, then does what the row says."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            _, headers = await read_request(reader)
            await reader.readexactly(int(headers.get("content-length", "0")))
            match answer.wire:
                case "hang":
                    await asyncio.Event().wait()
                case "reset":
                    writer.transport.abort()
                    return
                case "closed":
                    return
                case "half":
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n" + b'{"ok":true,')
                    return
                case bytes() as said:
                    writer.write(said)
                    await writer.drain()

    return handler


@asynccontextmanager
async def telegram(answer: Answer) -> AsyncIterator[TelegramChannel]:
    """The channel before a server that gives this answer to everything."""
    async with AsyncExitStack() as stack:
        served = f"http://127.0.0.1:{free_port()}"
        if answer.wire != "absent":
            served = await stack.enter_async_context(serving_raw(answering(answer)))
        url = served.replace("http:", "https:") if answer.wire == "plain" else served
        channel = TelegramChannel(TOKEN, api_url=url, request=Request(read_timeout=0.2 if answer.wire == "hang" else 10))
        stack.push_async_callback(channel.close)
        yield channel


@cache
def trusted() -> ssl.SSLContext:
    return authority().server


@asynccontextmanager
async def mail(reply: Reply) -> AsyncIterator[EmailChannel]:
    """The channel before a mail server that gives this reply."""
    says = list(reply.says) if isinstance(reply.says, tuple) else reply.says
    script = {reply.at: says} if reply.smtputf8 else {}
    login = ("relay", "secret") if reply.at == "AUTH" else None
    unheard = says == SILENCE or spoken(reply).endswith("no more")
    tls = trusted() if reply.at == "STARTTLS" else None
    async with scripted(script=script, smtputf8=reply.smtputf8, login=login, clear_login=True, tls=tls) as server:
        where = Server(server.host, server.port, user="relay" if login else "", password=Password("secret"))
        yield EmailChannel(where, sender=SENDER, timeout=0.1 if unheard else 5.0)


def to_ann(**fields: Any) -> Letter:
    return letter(item(), address=ANN, attempt=1, **fields)


@pytest.mark.parametrize("answer", TELEGRAM, ids=lambda row: row.says[:80])
async def test_what_the_bot_api_answers_means_what_the_table_says(answer: Answer) -> None:
    sent = to_ann() if answer.to == "message" else to_ann(kind=LetterKind.UPDATE, edits=f"{CHAT}/5")
    async with telegram(answer) as channel:
        assert meaning(await channel.send(sent)) == answer.means


@pytest.mark.parametrize("reply", MAIL, ids=lambda row: f"{row.at} {spoken(row)[:80]}")
async def test_what_a_mail_server_answers_means_what_the_table_says(reply: Reply) -> None:
    sent = letter(bare(), address=Address("mailto", reply.to), attempt=1)
    async with mail(reply) as channel:
        for _ in range(reply.denied):
            await channel.send(sent)
        outcome = await channel.send(sent)
    assert meaning(outcome) == reply.means
    assert MAILBOX not in repr(outcome)
