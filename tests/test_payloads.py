"""The servers that stand in for the outside answer as real ones do."""

import asyncio
import os
import signal
from pathlib import Path

import httpx
import pytest

from watcher.testing.loopback import Loopback
from watcher.testing.payloads import Answer, PayloadServer, etag_of, unchanged

DATED = "Mon, 14 Apr 2025 16:00:00 GMT"


async def test_a_route_sends_its_status_headers_and_bytes() -> None:
    answer = Answer(body=b"\xff\x00", status=503, headers={"Retry-After": "120", "Content-Type": "text/odd"})
    async with PayloadServer({"/a": answer}) as server, httpx.AsyncClient() as client:
        got = await client.get(f"{server.base}/a")
    assert (got.status_code, got.content) == (503, b"\xff\x00")
    assert dict(got.headers) == {"retry-after": "120", "content-type": "text/odd", "content-length": "2"}


async def test_a_path_with_its_query_goes_before_the_path() -> None:
    async with PayloadServer({"/a": Answer(body=b"path"), "/a?page=2": Answer(body=b"query")}) as server, httpx.AsyncClient() as client:
        bodies = [(await client.get(server.base + target)).text for target in ("/a", "/a?page=2", "/a?page=3")]
    assert bodies == ["path", "query", "path"]


async def test_a_swapped_route_is_seen_by_the_next_request() -> None:
    async with PayloadServer({"/a": Answer(body=b"one")}) as server, httpx.AsyncClient() as client:
        first = (await client.get(f"{server.base}/a")).text
        server.routes["/a"] = Answer(body=b"two")
        second = (await client.get(f"{server.base}/a")).text
        del server.routes["/a"]
        third = await client.get(f"{server.base}/a")
    assert (first, second) == ("one", "two")
    assert (third.status_code, third.headers["content-type"]) == (404, "text/html; charset=utf-8")


async def test_validators_are_honoured_or_ignored_as_the_route_says() -> None:
    headers = {"ETag": '"v1"', "Last-Modified": DATED}
    routes = {"/kept": Answer(body=b"x", headers=headers), "/ignored": Answer(body=b"x", headers=headers, honours=False)}
    async with PayloadServer(routes) as server, httpx.AsyncClient() as client:
        kept = await client.get(f"{server.base}/kept", headers={"If-None-Match": '"v1"'})
        ignored = await client.get(f"{server.base}/ignored", headers={"If-None-Match": '"v1"'})
    assert (kept.status_code, kept.content, kept.headers["etag"]) == (304, b"", '"v1"')
    assert (ignored.status_code, ignored.content) == (200, b"x")


async def test_every_request_is_logged_with_its_answer() -> None:
    async with PayloadServer({"/a": Answer(headers={"ETag": '"v1"'})}) as server, httpx.AsyncClient() as client:
        await client.get(f"{server.base}/a?b=1")
        await client.get(f"{server.base}/a", headers={"If-None-Match": '"v1"'})
        await client.get(f"{server.base}/c")
    assert [(a.method, a.path, a.query, a.status, a.conditional) for a in server.requests] == [
        ("GET", "/a", "b=1", 200, False),
        ("GET", "/a", "", 304, True),
        ("GET", "/c", "", 404, False),
    ]
    assert server.asked("/a") == server.requests[:2]


async def test_two_servers_serve_at_once_and_let_go_of_their_ports() -> None:
    async with PayloadServer() as first, PayloadServer() as second:
        assert first.base != second.base
        port = int(first.base.rpartition(":")[2])
    async with PayloadServer({"/": Answer(body=b"again")}, port=port) as server, httpx.AsyncClient() as client:
        assert (await client.get(server.base + "/")).text == "again"


async def test_the_process_keeps_its_own_signals() -> None:
    heard = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, heard.set)
    try:
        async with PayloadServer({"/": Answer(body=b"up")}) as server, httpx.AsyncClient() as client:
            await client.get(server.base + "/")
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.wait_for(heard.wait(), 5)
            assert (await client.get(server.base + "/")).text == "up"
    finally:
        asyncio.get_running_loop().remove_signal_handler(signal.SIGTERM)


async def test_the_address_is_not_guessed_before_it_is_bound() -> None:
    async def nothing(*_: object) -> None: ...

    with pytest.raises(RuntimeError, match="not serving"):
        _ = Loopback(nothing).base


@pytest.mark.parametrize(
    ("asked", "sent", "expected"),
    [
        ({}, {"ETag": '"a"'}, False),
        ({"if-none-match": '"a"'}, {"ETag": '"a"'}, True),
        ({"if-none-match": 'W/"a"'}, {"ETag": '"a"'}, True),
        ({"if-none-match": '"b", "a"'}, {"etag": '"a"'}, True),
        ({"if-none-match": "*"}, {"ETag": '"a"'}, True),
        ({"if-none-match": '"b"'}, {"ETag": '"a"'}, False),
        ({"if-none-match": '"a"'}, {}, False),
        ({"if-none-match": '"b"', "if-modified-since": DATED}, {"ETag": '"a"', "Last-Modified": DATED}, False),
        ({"if-modified-since": DATED}, {"Last-Modified": DATED}, True),
        ({"if-modified-since": "Mon, 14 Apr 2025 15:59:59 GMT"}, {"Last-Modified": DATED}, False),
        ({"if-modified-since": "yesterday"}, {"Last-Modified": DATED}, False),
    ],
)
def test_a_request_is_conditional_by_its_tag_before_its_date(asked: dict[str, str], sent: dict[str, str], expected: bool) -> None:
    assert unchanged(asked, sent) is expected


def test_a_file_is_served_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_bytes(b"\xef\xbb\xbf<rss/>")
    answer = Answer.file(path, "text/xml", etag=True)
    assert answer == Answer(body=b"\xef\xbb\xbf<rss/>", headers={"Content-Type": "text/xml", "ETag": etag_of(b"\xef\xbb\xbf<rss/>")})
