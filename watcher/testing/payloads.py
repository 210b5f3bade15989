"""Bodies under a loopback address: what a real server would send, status and headers included, and a new answer between two polls."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from hashlib import sha256
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from watcher.testing.loopback import Loopback


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one address answers."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)  #: exactly these are sent, and Content-Length
    honours: bool = True  #: answer 304 to a request whose validators agree with `headers`; many servers never do
    stall: float = 0.0  #: seconds of silence before the answer

    @classmethod
    def file(cls, path: Path, content_type: str, *, status: int = 200, etag: bool = False, honours: bool = True) -> "Answer":
        """A file's bytes as they are; with `etag` a strong validator made of them."""
        body = path.read_bytes()
        headers = {"Content-Type": content_type} | ({"ETag": etag_of(body)} if etag else {})
        return cls(body=body, status=status, headers=headers, honours=honours)


class PayloadServer(Loopback):
    """Answers by path. A route may be swapped, added or deleted at any time: the next request sees it.

    Keys are a path, or a path with its query as sent, which is looked up first. What has no route is a 404 of HTML, as a web
    server's own is.
    """

    def __init__(self, routes: Mapping[str, Answer] | None = None, *, port: int = 0) -> None:
        self.routes: dict[str, Answer] = dict(routes or {})
        methods = ["GET", "HEAD", "POST"]
        super().__init__(Starlette(routes=[Route("/{path:path}", self._answer, methods=methods)]), port=port)

    async def _answer(self, request: Request) -> Response:
        path, query = request.url.path, request.url.query
        answer = self.routes.get(f"{path}?{query}") or self.routes.get(path) or NOT_FOUND
        if answer.stall:
            await asyncio.sleep(answer.stall)
        if answer.honours and answer.status == 200 and unchanged(request.headers, answer.headers):
            return Response(status_code=304, headers=validators(answer.headers))
        return Response(answer.body, answer.status, dict(answer.headers))


NOT_FOUND = Answer(
    status=404,
    headers={"Content-Type": "text/html; charset=utf-8"},
    body=b"<!DOCTYPE html><html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>",
)


def etag_of(body: bytes) -> str:
    """A strong entity tag of these bytes, quotes included (RFC 9110, 8.8.3)."""
    return f'"{sha256(body).hexdigest()[:16]}"'


def unchanged(asked: Mapping[str, str], sent: Mapping[str, str]) -> bool:
    """Say whether a conditional request is to be answered 304 (RFC 9110, 13.2.2).

    If-None-Match alone decides where it is sent; If-Modified-Since counts only without it. `asked` is looked up as a mapping that
    knows no case, or in lower case.
    """
    etag = _header(sent, "etag")
    if (tags := asked.get("if-none-match")) is not None:
        return etag is not None and (tags.strip() == "*" or _weak(etag) in (_weak(tag) for tag in tags.split(",")))
    since, modified = asked.get("if-modified-since"), _header(sent, "last-modified")
    if since is None or modified is None:
        return False
    try:
        return parsedate_to_datetime(modified) <= parsedate_to_datetime(since)
    except ValueError:
        return False  # a date that cannot be read is ignored (13.1.3)


def validators(headers: Mapping[str, str]) -> dict[str, str]:
    """What of these headers goes with a 304 (RFC 9110, 15.4.5)."""
    return {name: value for name, value in headers.items() if name.lower() in {"etag", "last-modified", "cache-control", "expires", "date"}}


def _header(headers: Mapping[str, str], name: str) -> str | None:
    return next((value for key, value in headers.items() if key.lower() == name), None)


def _weak(tag: str) -> str:
    return tag.strip().removeprefix("W/")
