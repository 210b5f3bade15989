"""Real HTTP servers on loopback for tests: an ASGI application under uvicorn, or a handler that writes the bytes itself.

    async with serving(app) as base_url: …
    async with serving_raw(handler) as base_url: …

Both listen on a free port of 127.0.0.1 in the test's own event loop and are gone when the block ends.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from starlette.types import ASGIApp

from watcher.testing.loopback import Loopback

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[str]:
    """Serve an ASGI application; gives its base address, without a slash at the end."""
    async with Loopback(app) as server:
        yield server.base


@asynccontextmanager
async def serving_raw(handler: Handler, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """Serve with a handler that reads the request and writes every byte of the answer itself; it need not close the connection.

    Handlers still at work when the block ends are cancelled: one may wait for ever.
    """
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.CancelledError, ssl.SSLError):
            await handler(reader, writer)
            await writer.drain()
        writer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=tls)
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks)
        await server.wait_closed()


async def read_request(reader: asyncio.StreamReader) -> tuple[str, dict[str, str]]:
    """The path and the headers (names in lower case) of the request that is coming in."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.split("\r\n")
    pairs = (line.partition(":") for line in lines if line)
    return first.split(" ")[1], {name.lower(): value.strip() for name, _, value in pairs}


def answering(*parts: bytes) -> Handler:
    """A handler that answers every request on a connection of its own with these bytes, whatever they are, and closes it."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.writelines(parts)

    return handler
