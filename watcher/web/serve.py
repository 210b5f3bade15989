"""The one application, and the server that runs it in our loop."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable, Iterator, Sequence

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from watcher.errors import ConfigError
from watcher.web.pages import templates

log = logging.getLogger(__name__)

#: Nothing but our own style sheet and forms to ourselves: no script runs, whatever a title holds.
HEADERS = {
    b"content-security-policy": b"default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
}


def application(routes: Sequence[BaseRoute]) -> Starlette:
    """All pages as one application; each answer forbids scripts and foreign content."""
    app = Starlette(routes=list(routes), exception_handlers={HTTPException: _refused, Exception: _broken})
    app.add_middleware(_Headers)
    return app


class _Headers:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *HEADERS.items()]
            await send(message)

        await self.app(scope, receive, with_headers)


async def _refused(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    said = error.detail if isinstance(error, HTTPException) else ""
    return HTMLResponse(templates.get_template("error.html.jinja").render(status=status, said=said, path=""), status_code=status)


async def _broken(_request: Request, _error: Exception) -> Response:
    said = "A fault of ours. It is in the log; nothing that was stored is lost."
    return HTMLResponse(templates.get_template("error.html.jinja").render(status=500, said=said, path=""), status_code=500)


class _Server(uvicorn.Server):
    """Leaves signals to the service, which stops everything in order."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(app: Starlette, host: str, port: int, stop: asyncio.Event, *, started: Callable[[str], None] = lambda _url: None) -> None:
    """Serve until `stop` is set.

    Args:
        port: 0 takes any free one; `started` is told the address that it became.

    Raises:
        ConfigError: the address cannot be had.
    """
    listener = listen(host, port)
    bound = listener.getsockname()[1]
    server = _Server(
        uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", server_header=False, timeout_graceful_shutdown=2)
    )
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    started(f"http://{f'[{host}]' if ':' in host else host}:{bound}")
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait([serving, stopping], return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    stopping.cancel()
    await serving


def listen(host: str, port: int) -> socket.socket:
    """A listening socket.

    Raises:
        ConfigError: naming the address and why it cannot be had.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        reason = error.strerror or error
        raise ConfigError(f"WATCHER_HTTP: {host}:{port} cannot be had: {reason}; choose another, as 127.0.0.1:8080") from error
    listener.setblocking(False)
    return listener
