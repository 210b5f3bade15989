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

from watcher.errors import ConfigError, DatabaseAwayError
from watcher.web.pages import templates

log = logging.getLogger(__name__)

AGAIN = 30  #: seconds after which to ask again while the database is away

#: Starlette's own words, said to a reader
_PLAIN = {"Not Found": "There is no page at this address.", "Method Not Allowed": "This page can only be read."}

#: Nothing but our own style sheet, icon and forms to ourselves: no script runs, whatever a title holds.
HEADERS = {
    b"content-security-policy": b"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    b"base-uri 'none'; frame-ancestors 'none'",
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
}


def application(routes: Sequence[BaseRoute]) -> ASGIApp:
    """All pages as one application; each answer, that of a fault too, forbids scripts and foreign content."""
    handlers = {HTTPException: _refused, DatabaseAwayError: _away, Exception: _broken}
    return _Headers(Starlette(routes=list(routes), exception_handlers=handlers))


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
    assert isinstance(error, HTTPException)  # noqa: S101 - Starlette asks by the type it was given
    said = _PLAIN.get(error.detail, error.detail)
    page = templates.get_template("error.html.jinja").render(status=error.status_code, said=said, path="")
    return HTMLResponse(page, status_code=error.status_code, headers=error.headers)


async def _away(_request: Request, error: Exception) -> Response:
    """503 (RFC 9110, 15.6.4): a fault that passes, so that readers, feed readers and monitors come back."""
    log.warning("a page could not be made: %s", error, extra={"action": "database-away"})
    said = "The database does not answer just now. Nothing that was stored is lost; this page is back as soon as it answers."
    page = templates.get_template("error.html.jinja").render(status=503, said=said, path="")
    return HTMLResponse(page, status_code=503, headers={"Retry-After": str(AGAIN)})


async def _broken(_request: Request, _error: Exception) -> Response:
    said = "A fault of ours. It is in the log; nothing that was stored is lost."
    return HTMLResponse(templates.get_template("error.html.jinja").render(status=500, said=said, path=""), status_code=500)


class _Server(uvicorn.Server):
    """Leaves signals to the service, which stops everything in order."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(app: ASGIApp, host: str, port: int, stop: asyncio.Event, *, started: Callable[[str], None] = lambda _url: None) -> None:
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
