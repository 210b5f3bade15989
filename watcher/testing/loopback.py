"""One ASGI application on a free loopback port, inside the running event loop, with a log of what was asked of it."""

import asyncio
import contextlib
import socket
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

GRACE = 1  # seconds that answers under way get at the end


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request that the server answered."""

    method: str
    path: str  #: as sent, percent-encoding undone
    query: str  #: as sent; "" without one
    headers: Mapping[str, str]  #: names in lower case
    status: int  #: what it was answered; 0 where the answer broke off before its status

    @property
    def conditional(self) -> bool:
        """Did it ask for a change only (RFC 9110, 13.1)?"""
        return "if-none-match" in self.headers or "if-modified-since" in self.headers


class Loopback:
    """Serves an application for the length of an `async with` block. Takes no signals, so the process around it keeps its own."""

    def __init__(self, app: ASGIApp, *, port: int = 0) -> None:
        """Nothing is bound before the block is entered; `port` 0 is any free one."""
        self.requests: list[Asked] = []
        self._app = app
        self._wanted = port
        self._port = 0
        self._server: _Server | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def base(self) -> str:
        """The address of the server, without a slash at its end; known once the block is entered."""
        if not self._port:
            raise RuntimeError("not serving: enter the block first")
        return f"http://127.0.0.1:{self._port}"

    async def __aenter__(self) -> Self:
        # A connection made before the server accepts waits in the backlog of this socket, so there is nothing to wait for.
        listening = socket.create_server(("127.0.0.1", self._wanted), backlog=1024)
        # asyncio sets this only on sockets that name their protocol; without it each answer waits 40 ms for an acknowledgement.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._port = listening.getsockname()[1]
        # Headers are the application's own, so that a server which sends no Date can be played too.
        config = uvicorn.Config(
            self._logged,
            interface="asgi3",
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=GRACE,
        )
        self._server = _Server(config)
        self._serving = asyncio.create_task(self._server.serve(sockets=[listening]))
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._server is not None and self._serving is not None:
            self._server.stop.set()
            await self._serving

    def asked(self, path: str) -> list[Asked]:
        """The requests of one path, oldest first."""
        return [request for request in self.requests if request.path == path]

    async def _logged(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = 0

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, note)
        finally:
            headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
            query = scope["query_string"].decode("latin-1")
            self.requests.append(Asked(method=scope["method"], path=scope["path"], query=query, headers=headers, status=status))


class _Server(uvicorn.Server):
    """uvicorn inside somebody else's process: takes no signals, and stops at once when told instead of looking ten times a second."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.stop = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self.stop.wait()
