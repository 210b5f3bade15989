"""The two channels before servers on loopback that answer as a row of `watcher.testing.outcomes` says."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache

from alerts.channels.email import EmailChannel
from alerts.channels.telegram import Request, TelegramChannel
from tests.letters import Password, Server
from tests.servers import Handler, read_request, serving_raw
from watcher.testing.mail import SILENCE, authority, free_port, scripted
from watcher.testing.outcomes import Answer, Reply, spoken

TOKEN = "700000001:AAF-secret_secret_secret_secret_secre"
SENDER = "Habeas Watch <alerts@watch.example>"


@asynccontextmanager
async def telegram(answer: Answer) -> AsyncIterator[TelegramChannel]:
    """Telegram's channel before a server that gives this answer to everything."""
    async with AsyncExitStack() as stack:
        served = f"http://127.0.0.1:{free_port()}"
        if answer.wire != "absent":
            served = await stack.enter_async_context(serving_raw(_answering(answer)))
        url = served.replace("http:", "https:") if answer.wire == "plain" else served
        channel = TelegramChannel(TOKEN, api_url=url, request=Request(read_timeout=0.2 if answer.wire == "hang" else 10))
        stack.push_async_callback(channel.close)
        yield channel


def _answering(answer: Answer) -> Handler:
    """Reads each request to its end, then does what the row says."""

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
async def mail(reply: Reply) -> AsyncIterator[EmailChannel]:
    """Mail's channel before a server that gives this reply at its step."""
    says = list(reply.says) if isinstance(reply.says, tuple) else reply.says
    script = {reply.at: says} if reply.smtputf8 else {}
    login = ("relay", "secret") if reply.at == "AUTH" else None
    tls = _trusted() if reply.at == "STARTTLS" else None
    unheard = says == SILENCE or spoken(reply).endswith("no more")
    async with scripted(script=script, smtputf8=reply.smtputf8, login=login, clear_login=True, tls=tls) as server:
        where = Server(server.host, server.port, user="relay" if login else "", password=Password("secret"))
        yield EmailChannel(where, sender=SENDER, timeout=0.1 if unheard else 5.0)


@cache
def _trusted() -> ssl.SSLContext:
    return authority().server
