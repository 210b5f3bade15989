"""The real fetcher against real servers on loopback; only the table of statuses, where a server adds nothing, uses a mock transport."""

import asyncio
import gzip
import http
import itertools
import ssl
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpcore
import httpx
import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.servers import Handler, answering, read_request, serving, serving_raw
from watcher.errors import ConfigError, FetchError
from watcher.fetch import HOPS, HttpFetcher, VettedNetwork, shown
from watcher.models import Source, SourceState
from watcher.ports import Ask, Page

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
FEED = b"<?xml version='1.0'?><rss version='2.0'><channel/></rss>"
RSS = "application/rss+xml"
PUBLIC = "93.184.216.34"

CERTIFICATES = ssl.create_default_context()

Endpoint = Callable[[Request], Awaitable[Response]]


def offline(**settings: Any) -> httpx.AsyncClient:
    """A client that knows nothing of this machine's environment, and does not load certificates anew for each test."""
    return httpx.AsyncClient(verify=CERTIFICATES, trust_env=False, **settings)


def source(url: str = "https://www.hrw.org/rss/news", *, robots: bool = False) -> Source:
    return Source(id="hrw", kind="feed", url=url, every=timedelta(minutes=15), robots=robots)


def remembered(**known: object) -> SourceState:
    return replace(SourceState(source="hrw", next_poll_at=NOW), **known)  # type: ignore[arg-type]  # keywords of any kind


def fetcher(
    client: httpx.AsyncClient | None = None,
    *,
    allow_private: bool = True,
    deadline: float = 30,
    clock: Callable[[], datetime] = lambda: NOW,
    resolve: Callable[[str, int], Awaitable[Sequence[str]]] | None = None,
    monotonic: Callable[[], float] = lambda: 0.0,
) -> HttpFetcher:
    return HttpFetcher(
        client or offline(),
        contact="ops@watch.example",
        version="0.1.0",
        allow_private=allow_private,
        deadline=timedelta(seconds=deadline),
        clock=clock,
        resolve=resolve,
        monotonic=monotonic,
    )


async def fetch(url: str, state: SourceState | None = None, *, cap: int = 3_000_000, deadline: float = 30) -> Page:
    """What a source at `url` gets from a server on loopback."""
    async with fetcher(deadline=deadline) as web:
        return await web.get(source(url), Ask(url=url, cap=cap), state)


async def refused(url: str, state: SourceState | None = None, *, cap: int = 3_000_000, deadline: float = 30) -> str:
    """The fault that a source at `url` gets instead of an answer."""
    with pytest.raises(FetchError) as caught:
        await fetch(url, state, cap=cap, deadline=deadline)
    return str(caught.value)


def feed(**headers: str) -> Response:
    return Response(FEED, media_type=RSS, headers={name.replace("_", "-"): value for name, value in headers.items()})


def app(**endpoints: Endpoint) -> Starlette:
    """An application with an endpoint a path: `feed` is `/feed`, `robots_txt` is `/robots.txt`."""
    return Starlette(routes=[Route(f"/{name.replace('_txt', '.txt')}", endpoint) for name, endpoint in endpoints.items()])


def head(*lines: str, status: str = "200 OK") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", f"Content-Type: {RSS}", *lines, "", ""]).encode("latin-1")


# What is sent


async def test_the_request_says_honestly_who_asks_and_for_what() -> None:
    seen: list[dict[str, str]] = []

    async def answer(request: Request) -> Response:
        seen.append(dict(request.headers))
        return feed()

    async with serving(app(feed=answer)) as base, fetcher() as web:
        await web.get(source(f"{base}/feed"), Ask(url=f"{base}/feed", accept="application/rss+xml, */*;q=0.1"))

    (headers,) = seen
    assert {name: headers[name] for name in ("user-agent", "accept", "accept-encoding")} == {
        "user-agent": "habeas-watch/0.1.0 (+ops@watch.example)",
        "accept": "application/rss+xml, */*;q=0.1",
        "accept-encoding": "gzip, deflate",
    }


@pytest.mark.parametrize("contact", ["ops@watch.example\r\nX-Evil: 1", "opérateur@watch.example"])
async def test_a_contact_that_cannot_stand_in_a_header_is_a_fault_of_the_settings(contact: str) -> None:
    with pytest.raises(ConfigError, match="contact"):
        HttpFetcher(contact=contact, version="0.1.0")


async def test_cookies_are_never_kept() -> None:
    seen: list[str | None] = []

    async def answer(request: Request) -> Response:
        seen.append(request.headers.get("cookie"))
        return feed(set_cookie="id=reader-42; Path=/")

    async with serving(app(feed=answer)) as base, fetcher() as web:
        for _ in range(2):
            await web.get(source(f"{base}/feed"), Ask(url=f"{base}/feed"))

    assert seen == [None, None]


# Validators


async def test_an_answer_is_given_whole_with_its_validators_and_how_long_it_took() -> None:
    async def answer(request: Request) -> Response:
        return feed(ETag='W/"51"', Last_Modified="Tue, 24 Nov 2026 07:00:00 GMT")

    async with serving(app(feed=answer)) as base, fetcher(monotonic=iter([10.0, 12.5]).__next__) as web:
        page = await web.get(source(f"{base}/feed"), Ask(url=f"{base}/feed"))

    assert page == Page(
        url=f"{base}/feed",
        body=FEED,
        content_type=RSS,
        etag='W/"51"',
        last_modified="Tue, 24 Nov 2026 07:00:00 GMT",
        took=timedelta(seconds=2.5),
    )


@pytest.mark.parametrize(
    ("etag", "last_modified", "sent"),
    [
        ('W/"51"', None, {"if-none-match": 'W/"51"'}),
        ("unquoted", "yesterday, about noon", {"if-none-match": "unquoted", "if-modified-since": "yesterday, about noon"}),
        ('"\xe9\xff"', None, {"if-none-match": '"\xe9\xff"'}),
        (None, None, {}),
    ],
)
async def test_validators_go_back_byte_for_byte(etag: str | None, last_modified: str | None, sent: dict[str, str]) -> None:
    asked: list[dict[str, str]] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, headers = await read_request(reader)
        asked.append({name: value for name, value in headers.items() if name.startswith("if-")})
        lines = [f"{name}: {value}" for name, value in (("ETag", etag), ("Last-Modified", last_modified)) if value]
        writer.write(head(*lines, f"Content-Length: {len(FEED)}", "Connection: close") + FEED)

    async with serving_raw(handler) as base:
        page = await fetch(base)
        await fetch(base, remembered(etag=page.etag, last_modified=page.last_modified))

    assert (page.etag, page.last_modified) == (etag, last_modified)
    assert asked == [{}, sent]


@pytest.mark.parametrize(("sent", "etag"), [({}, '"51"'), ({"etag": '"52"'}, '"52"')])
async def test_not_modified_keeps_the_etag_or_takes_the_new_one(sent: dict[str, str], etag: str) -> None:
    async def answer(request: Request) -> Response:
        assert request.headers["if-none-match"] == '"51"'
        return Response(status_code=304, headers=sent)

    async with serving(app(feed=answer)) as base:
        page = await fetch(f"{base}/feed", remembered(etag='"51"', last_modified="then"))

    assert page == Page(url=f"{base}/feed", body=b"", not_modified=True, etag=etag, last_modified="then")


@pytest.mark.parametrize("ask", [Ask(url="", follow=True), Ask(url="", conditional=False)])
async def test_a_further_page_is_asked_for_without_validators_and_may_not_be_unmodified(ask: Ask) -> None:
    seen: list[str | None] = []

    async def answer(request: Request) -> Response:
        seen.append(request.headers.get("if-none-match"))
        return Response(status_code=304)

    async with serving(app(feed=answer)) as base, fetcher() as web:
        with pytest.raises(FetchError, match=r"^hrw: status 304: unchanged, though we did not say what we know$"):
            await web.get(source(), replace(ask, url=f"{base}/feed"), remembered(etag='"51"'))

    assert seen == [None]


async def test_a_source_without_validators_may_not_be_unmodified() -> None:
    async def answer(request: Request) -> Response:
        return Response(status_code=304)

    async with serving(app(feed=answer)) as base:
        assert await refused(f"{base}/feed", remembered()) == "hrw: status 304: unchanged, though we did not say what we know"


async def test_an_absurdly_long_etag_is_not_remembered() -> None:
    async def answer(request: Request) -> Response:
        return feed(ETag='"' + "x" * 5000 + '"')

    async with serving(app(feed=answer)) as base:
        assert (await fetch(f"{base}/feed")).etag is None


# Every status

REFUSALS = {
    304: "status 304: unchanged, though we did not say what we know",
    401: "status 401: the service wants an account; give the source an address that needs none, or set enabled = false",
    403: "status 403: the service refuses us; ask it to admit our User-Agent, give the source another address, or set enabled = false",
    404: "status 404: nothing is at this address",
    407: "status 407: the proxy wants a login",
    410: "status 410: gone for good; give the source a new address, or remove it",
    429: "status 429: we asked too often",
    451: "status 451: withheld for legal reasons",
} | {status: f"status {status} that does not say where to" for status in (301, 302, 303, 307, 308)}
STATUSES = [status.value for status in http.HTTPStatus if status >= 200] + [299, 306, 420, 499, 520, 530, 599, 999]


@pytest.mark.parametrize("status", STATUSES)
async def test_every_status_is_an_answer_or_a_fault_with_the_wait_it_asked_for(status: int) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(status, content=FEED, headers={"Retry-After": "120", "Content-Type": RSS}))
    async with fetcher(offline(transport=transport)) as web:
        if status in (200, 203):
            assert (await web.get(source(), Ask(url=source().url))).body == FEED
            return
        with pytest.raises(FetchError) as caught:
            await web.get(source(), Ask(url=source().url))

    error = caught.value
    assert str(error) == f"hrw: {REFUSALS.get(status, f'status {status}')}"
    assert (error.status, error.wait, error.gone) == (status, timedelta(minutes=2), status == 410)


async def test_a_retry_after_date_is_counted_from_our_clock() -> None:
    answer = httpx.Response(503, headers={"Retry-After": "Tue, 24 Nov 2026 08:30:00 GMT"})
    async with fetcher(offline(transport=httpx.MockTransport(lambda _: answer))) as web:
        with pytest.raises(FetchError) as caught:
            await web.get(source(), Ask(url=source().url))
    assert caught.value.wait == timedelta(minutes=30)


# Redirects


def redirecting(hops: dict[str, tuple[int, str]], **headers: str) -> Starlette:
    """`/a` leads to `/b` by that status; a path that is not in `hops` is the feed."""

    async def answer(request: Request) -> Response:
        status, target = hops.get(request.url.path, (200, ""))
        return RedirectResponse(target, status, headers) if target else feed()

    return Starlette(routes=[Route("/{path:path}", answer)])


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [
        ((301,), True),
        ((308,), True),
        ((301, 308, 301), True),
        ((302,), False),
        ((303,), False),
        ((307,), False),
        ((301, 302), False),
        ((302, 301), False),
    ],
)
async def test_only_a_chain_of_permanent_redirects_moves_a_source(statuses: tuple[int, ...], moved: bool) -> None:
    hops = {f"/{at}": (status, f"/{at + 1}") for at, status in enumerate(statuses)}
    async with serving(redirecting(hops)) as base:
        page = await fetch(f"{base}/0")

    end = f"{base}/{len(statuses)}"
    assert (page.url, page.body, page.moved_to) == (end, FEED, end if moved else None)


async def test_relative_locations_and_fragments_are_understood() -> None:
    async with serving(redirecting({"/old/feed": (301, "../new/feed?x=1#top")})) as base:
        assert (await fetch(f"{base}/old/feed")).url == f"{base}/new/feed?x=1"


@pytest.mark.parametrize(
    ("location", "path"), [("/\xc3\xb1ews", "/%C3%B1ews"), ("/\xf1ews", "/%C3%B1ews"), (" /a%20b ", "/a%20b"), ("/a b", "/a%20b")]
)
async def test_a_location_that_is_not_plain_ascii_is_understood(location: str, path: str) -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked, _ = await read_request(reader)
        writer.write(head() + FEED if asked != "/" else head(f"Location: {location}", status="302 Found"))

    async with serving_raw(handler) as base:
        assert (await fetch(base)).url == base + path


async def test_before_each_exchange_it_is_our_turn_redirects_and_robots_txt_too() -> None:
    events: list[str] = []

    class Turns:
        async def pace(self, host: str) -> None:
            events.append(host)

    def answer(request: httpx.Request) -> httpx.Response:
        events.append(str(request.url))
        if request.url.path == "/robots.txt":
            return httpx.Response(404)
        return httpx.Response(302, headers={"Location": "https://User.example:8443/b"}) if request.url.path == "/a" else httpx.Response(304)

    client = offline(transport=httpx.MockTransport(answer))
    async with HttpFetcher(client, contact="ops@watch.example", version="0.1.0", pacer=Turns()) as web:
        with pytest.raises(FetchError, match="status 304"):
            await web.get(source("https://hrw.example/a", robots=True), Ask(url="https://hrw.example/a"))
    there, then = "hrw.example", "user.example:8443"
    asked = [f"https://{there}/robots.txt", f"https://{there}/a", f"https://{then}/robots.txt", f"https://{then}/b"]
    assert events == [each for url in asked for each in (url.split("/")[2], url)]


async def test_five_redirects_are_followed_and_six_are_not() -> None:
    hops = {f"/{at}": (302, f"/{at + 1}") for at in range(HOPS + 1)}
    async with serving(redirecting(hops)) as base:
        assert (await fetch(f"{base}/1")).url == f"{base}/{HOPS + 1}"
        assert await refused(f"{base}/0") == "hrw: more than 5 redirects"


@pytest.mark.parametrize("hops", [{"/a": (301, "/a")}, {"/a": (302, "/b"), "/b": (301, "/c?key=s3cret"), "/c": (307, "/b")}])
async def test_redirects_in_a_circle_are_a_fault(hops: dict[str, tuple[int, str]]) -> None:
    async with serving(redirecting(hops)) as base:
        fault = await refused(f"{base}/a")
    assert fault.startswith("hrw: redirects lead in a circle to http://127.0.0.1:")
    assert "s3cret" not in fault


@pytest.mark.parametrize(
    ("target", "fault"),
    [
        ("ftp://files.example/feed", "a redirect to an address that is ftp: only http and https are asked"),
        ("file:///etc/passwd", "a redirect to an address that is file: only http and https are asked"),
        ("javascript:alert(1)", "a redirect to an address that cannot be read"),
        ("http://user:s3cret@files.example/feed", "a redirect with credentials to files.example"),
        ("http://[::1", "a redirect to an address that cannot be read"),
        ("http://files.example:99999/", "a redirect to an address that cannot be read"),
    ],
)
async def test_a_redirect_to_what_is_not_plain_http_is_refused(target: str, fault: str) -> None:
    async with serving_raw(answering(head(f"Location: {target}", status="301 Moved"))) as base:
        assert await refused(base) == f"hrw: {fault}"


async def test_credentials_of_the_source_stay_with_its_own_address() -> None:
    seen: list[tuple[str, str | None]] = []

    async def answer(request: Request) -> Response:
        seen.append((request.url.path, request.headers.get("authorization")))
        return RedirectResponse("/b") if request.url.path == "/a" else feed()

    async with serving(app(a=answer, b=answer)) as base:
        pages = [await fetch(base.replace("http://", "http://reader:s3cret@") + path) for path in ("/a", "/b")]

    login = "Basic cmVhZGVyOnMzY3JldA=="
    assert [page.url for page in pages] == [f"{base}/b", f"{base}/b"]
    assert seen == [("/a", login), ("/b", None), ("/b", login)]


async def test_the_wait_of_a_redirect_is_kept_if_what_follows_fails() -> None:
    async with serving(redirecting({"/a": (301, "/b"), "/b": (302, "/a")}, **{"Retry-After": "60"})) as base, fetcher() as web:
        with pytest.raises(FetchError) as caught:
            await web.get(source(), Ask(url=f"{base}/a"))
    assert caught.value.wait == timedelta(minutes=1)


# Sources that have moved


@pytest.mark.parametrize(("seen", "asked"), [(2, "/old"), (3, "/new")])
async def test_a_move_is_believed_once_it_was_seen_three_times(seen: int, asked: str) -> None:
    paths: list[str] = []

    async def answer(request: Request) -> Response:
        paths.append(request.url.path)
        return RedirectResponse("/new", 301) if request.url.path == "/old" else feed()

    async with serving(app(old=answer, new=answer)) as base:
        page = await fetch(f"{base}/old", remembered(moved_to=f"{base}/new", moved_seen=seen))

    assert paths[0] == asked
    assert page.moved_to == f"{base}/new"


async def test_a_source_that_moves_on_or_back_says_so() -> None:
    async with serving(redirecting({"/new": (308, "/newer"), "/away": (301, "/old"), "/inn": (302, "/tonight")})) as base:
        on = await fetch(f"{base}/old", remembered(moved_to=f"{base}/new", moved_seen=3))
        back = await fetch(f"{base}/old", remembered(moved_to=f"{base}/away", moved_seen=3))
        stays = await fetch(f"{base}/old", remembered(moved_to=f"{base}/inn", moved_seen=3))

    assert [page.moved_to for page in (on, back, stays)] == [f"{base}/newer", None, f"{base}/inn"]


@pytest.mark.parametrize("ask", [Ask(url="/page-2", follow=True), Ask(url="/documents?since=2026-11-17"), Ask(url="/old", follow=True)])
async def test_addresses_that_a_kind_computes_do_not_move(ask: Ask) -> None:
    async with (
        serving(redirecting({"/page-2": (301, "/new"), "/documents": (301, "/new"), "/old": (301, "/new")})) as base,
        fetcher() as web,
    ):
        state = remembered(moved_to=f"{base}/elsewhere", moved_seen=99)
        page = await web.get(source(f"{base}/old"), replace(ask, url=base + ask.url), state)

    assert (page.url, page.moved_to) == (f"{base}/new", None)


async def test_a_fault_at_the_new_address_says_where_it_happened_and_ends_nothing() -> None:
    async def gone(request: Request) -> Response:
        return Response(status_code=410)

    async with serving(app(new=gone)) as base, fetcher() as web:
        state = remembered(moved_to=f"{base}/new?key=s3cret", moved_seen=3)
        with pytest.raises(FetchError) as caught:
            await web.get(source(f"{base}/old"), Ask(url=f"{base}/old"), state)

    assert str(caught.value).endswith(f" (asked at {base}/new?…, where it has moved)")
    assert (caught.value.status, caught.value.gone) == (410, False)


@pytest.mark.parametrize(("status", "gone"), [(301, True), (302, False)])
async def test_gone_behind_a_redirect_ends_a_source_only_if_the_redirect_was_permanent(status: int, gone: bool) -> None:
    async def ended(request: Request) -> Response:
        return Response(status_code=410)

    async def away(request: Request) -> Response:
        return RedirectResponse("/ended", status)

    async with serving(app(away=away, ended=ended)) as base, fetcher() as web:
        with pytest.raises(FetchError) as caught:
            await web.get(source(f"{base}/away"), Ask(url=f"{base}/away"))
    assert caught.value.gone is gone


async def test_a_further_page_that_is_gone_ends_nothing() -> None:
    async def ended(request: Request) -> Response:
        return Response(status_code=410)

    async with serving(app(page=ended)) as base, fetcher() as web:
        with pytest.raises(FetchError) as caught:
            await web.get(source(base), Ask(url=f"{base}/page", follow=True))
    assert (caught.value.status, caught.value.gone) == (410, False)


# Deadlines


async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


def dripping(first: bytes, drop: bytes) -> Handler:
    """Sends something all the time and never comes to an end."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(first)
        while True:
            writer.write(drop)
            await writer.drain()
            await asyncio.sleep(0.01)

    return handler


@pytest.mark.parametrize(
    "handler",
    [
        pytest.param(silence, id="no answer"),
        pytest.param(dripping(b"", b"H"), id="drops of a status line"),
        pytest.param(dripping(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"), id="drops of headers"),
        pytest.param(dripping(head(), b"<"), id="drops of a body"),
        pytest.param(dripping(head("Content-Length: 900"), b"<"), id="drops of a counted body"),
        pytest.param(dripping(head("Content-Encoding: gzip") + gzip.compress(FEED, mtime=0)[:10], b""), id="a body that stops"),
    ],
)
async def test_the_deadline_holds_for_the_whole_exchange(handler: Handler) -> None:
    async with serving_raw(handler) as base:
        assert await refused(base, deadline=0.3) == "hrw: no answer within 0.3 s"


async def test_the_deadline_is_one_for_all_hops() -> None:
    async def slow(request: Request) -> Response:
        await asyncio.sleep(0.2)
        return RedirectResponse(f"/slow?{request.url.query}x", 302)

    async with serving(app(slow=slow)) as base:
        assert await refused(f"{base}/slow", deadline=0.5) == "hrw: no answer within 0.5 s"


# Bodies


@pytest.mark.parametrize(
    ("coding", "body"),
    [("gzip", gzip.compress(FEED, mtime=0)), ("deflate", zlib.compress(FEED)), ("identity", FEED)],
)
async def test_compressed_bodies_are_read(coding: str, body: bytes) -> None:
    async def answer(request: Request) -> Response:
        return Response(body, media_type=RSS, headers={"Content-Encoding": coding})

    async with serving(app(feed=answer)) as base:
        assert (await fetch(f"{base}/feed")).body == FEED


ENDLESS_ZEROS = gzip.compress(bytes(3_000_000))[:-8]


@pytest.mark.parametrize(
    "handler",
    [
        pytest.param(dripping(head(), b"<" * 9000), id="no end"),
        pytest.param(dripping(head("Content-Encoding: gzip"), ENDLESS_ZEROS), id="bomb"),
        pytest.param(answering(head("Content-Length: 99999999999999999999")), id="declared"),
        pytest.param(answering(head("Content-Length: 20000", "Connection: close") + b"<" * 20000), id="just too long"),
    ],
)
async def test_a_body_beyond_the_cap_is_left_unread(handler: Handler) -> None:
    async with serving_raw(handler) as base:
        assert await refused(base, cap=10_000) == "hrw: a body of more than 10,000 bytes"


async def test_what_is_compressed_is_capped_as_well() -> None:
    nothing = b"\0\0\0\xff\xff" * 2000  # stored blocks of no bytes: a body that inflates to nothing, for ever
    async with serving_raw(dripping(head("Content-Encoding: gzip") + gzip.compress(b"")[:10], nothing)) as base:
        assert await refused(base, cap=1000) == "hrw: a body of more than 1,000 bytes"


@pytest.mark.parametrize("coding", ["identity", "gzip"])
async def test_a_body_of_just_the_cap_is_read(coding: str) -> None:
    async def answer(request: Request) -> Response:
        return Response(FEED if coding == "identity" else gzip.compress(FEED), media_type=RSS, headers={"Content-Encoding": coding})

    async with serving(app(feed=answer)) as base:
        assert (await fetch(f"{base}/feed", cap=len(FEED))).body == FEED
        assert "more than" in await refused(f"{base}/feed", cap=len(FEED) - 1)


@pytest.mark.parametrize(
    ("sent", "fault"),
    [
        (head("Content-Length: 500") + FEED, "127.0.0.1 cut its answer short"),
        (head("Transfer-Encoding: chunked") + b"5\r\n<rss>\r\n", "127.0.0.1 cut its answer short"),
        (head("Transfer-Encoding: chunked") + b"zz\r\n<rss>\r\n", "127.0.0.1 does not speak HTTP: "),
        (head("Content-Encoding: gzip") + gzip.compress(FEED, mtime=0)[:-9], "a compressed body that is cut short"),
        (head("Content-Encoding: gzip") + FEED, "a body that is no gzip, though its headers say so"),
        (head("Content-Encoding: deflate") + FEED, "a body that is no deflate, though its headers say so"),
        (head("Content-Encoding: br") + FEED, "content encoding 'br', which we did not ask for"),
        (head("Content-Length: 0"), "an empty body"),
        (head("Content-Length: 2") + b"\r\n", "an empty body"),
        (head(), "an empty body"),
        (b"", "127.0.0.1 closed the connection without an answer"),
        (b"HTTP/1.1 200 OK\r\nContent-", "127.0.0.1 closed the connection without an answer"),
        (b"<html>Hello</html>\r\n\r\n", "127.0.0.1 does not speak HTTP: "),
        (b"SSH-2.0-OpenSSH_9.6\r\n\x1b[2J\r\n\r\n", "127.0.0.1 does not speak HTTP: "),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000, "127.0.0.1 does not speak HTTP: "),
        (head("Content-Length: 5", "Content-Length: 7") + b"<rss>", "127.0.0.1 does not speak HTTP: "),
    ],
)
async def test_a_broken_answer_is_a_fault_that_may_be_printed(sent: bytes, fault: str) -> None:
    async with serving_raw(answering(sent)) as base:
        text = await refused(base)
    assert text.startswith(f"hrw: {fault}")
    assert text.isprintable()
    assert len(text) < 200


async def test_a_body_longer_than_its_declared_length_ends_there() -> None:
    async with serving_raw(answering(head(f"Content-Length: {len(FEED)}") + FEED + b"HTTP/1.1 200 OK\r\n\r\n")) as base:
        assert (await fetch(base)).body == FEED


@pytest.mark.parametrize(
    "content_type", ["text/xml; charset=utf-16", "text/html; charset=nonsense", 'application/rss+xml;charset="\xe9"', ""]
)
async def test_bytes_and_content_type_are_given_as_they_were_sent(content_type: str) -> None:
    body = "<?xml version='1.0' encoding='iso-8859-1'?><rss>\xe9\x92</rss>".encode("latin-1")
    lines = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    async with serving_raw(answering(lines.encode("latin-1"), body)) as base:
        page = await fetch(base)
    assert (page.body, page.content_type) == (body, content_type)


async def test_a_web_page_with_status_200_is_a_fault() -> None:
    async with serving_raw(answering(head(status="200 OK") + b"<!DOCTYPE html><title>Just a moment...</title>")) as base, fetcher() as web:
        with pytest.raises(FetchError, match=r"^hrw: a web page \(application/rss\+xml\) instead of a feed$") as caught:
            await web.get(source(), Ask(url=base, types=(RSS,)))
    assert caught.value.status == 200


NAMES = ["Location", "Set-Cookie", "Retry-After", "ETag", "Last-Modified", "Content-Type", "Content-Encoding", "Content-Length", "Upgrade"]
VALUES = [
    "/b",
    "http://[::1",
    "//a:b@c:99999",
    "x=1; Expires=1; Max-Age=999999999999; Domain=.",
    "gzip",
    "deflate",
    "5",
    "text/html; charset=",
]
LINES = st.tuples(st.sampled_from(NAMES), st.sampled_from(VALUES) | st.binary(max_size=20).map(lambda value: value.decode("latin-1")))
BODIES = st.sampled_from([b"<?xml", b"\x1f\x8b\x08", gzip.compress(FEED, mtime=0)]) | st.binary(max_size=40)


@st.composite
def answers(draw: st.DrawFn) -> list[bytes]:
    """What looks like an answer of HTTP, with anything in its headers and body."""
    status = draw(st.sampled_from([100, 101, 200, 200, 301, 302, 304, 503]))
    lines = [f"{name}: {value}\r\n".encode("latin-1") for name, value in draw(st.lists(LINES, max_size=5))]
    return [f"HTTP/1.1 {status} x\r\n".encode(), *lines, b"\r\n", draw(BODIES)]


async def exchanged(sent: list[bytes]) -> Page | FetchError:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return [PUBLIC]

    client = offline()
    client._transport._pool._network_backend = httpcore.AsyncMockBackend(sent)  # type: ignore[attr-defined]  # private to httpx
    async with fetcher(client, allow_private=False, resolve=resolve) as web:
        try:
            return await web.get(source(), Ask(url="http://www.hrw.org/feed"), remembered(etag='"51"'))
        except FetchError as error:
            return error


@given(answers() | st.lists(st.binary(min_size=1, max_size=30), max_size=3))
def test_any_bytes_are_an_answer_or_a_fault_that_may_be_printed(sent: list[bytes]) -> None:
    outcome = asyncio.run(exchanged(sent))
    assert isinstance(outcome, Page) or str(outcome).isprintable()


# Connections that fail


async def test_a_name_that_does_not_exist_is_one_plain_line() -> None:
    assert await refused("http://no-such-host.invalid/feed") == "hrw: cannot resolve no-such-host.invalid"


@pytest.mark.parametrize("found", [OSError("no network"), UnicodeError("label too long"), []])
async def test_a_resolver_that_fails_or_finds_nothing_is_one_plain_line(found: Exception | list[str]) -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        if isinstance(found, Exception):
            raise found
        return found

    async with fetcher(resolve=resolve) as web:
        with pytest.raises(FetchError, match=r"^hrw: cannot resolve www\.hrw\.org$"):
            await web.get(source(), Ask(url=source().url))


async def test_a_resolver_that_hangs_is_felt_by_the_deadline() -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return []

    async with fetcher(resolve=resolve, deadline=0.2) as web:
        with pytest.raises(FetchError, match=r"^hrw: (cannot resolve www\.hrw\.org|no answer within 0\.2 s)$"):
            await web.get(source(), Ask(url=source().url))


async def test_a_refused_connection_is_one_plain_line() -> None:
    async with serving_raw(silence) as base:
        pass
    assert await refused(base) == "hrw: no connection to 127.0.0.1: connection refused"


async def is_unreached(url: str, *, follow: bool = False, robots: bool = False) -> bool:
    async with fetcher() as web:
        with pytest.raises(FetchError) as failure:
            await web.get(source(url=url, robots=robots), Ask(url=url, follow=follow))
        return failure.value.unreached


async def test_a_fault_says_whether_any_server_heard_of_us() -> None:
    nowhere = "http://no-such-host.invalid/feed"
    async with serving_raw(silence) as closed:
        pass
    async with serving(redirecting({"/away": (302, nowhere), "/down": (302, closed)})) as base:
        heard = [await is_unreached(f"{base}/{path}") for path in ("away", "down")]
    silent = [await is_unreached(nowhere), await is_unreached(closed), await is_unreached(closed, robots=True)]
    assert (silent, heard, await is_unreached(nowhere, follow=True)) == ([True] * 3, [False] * 2, False)


async def test_a_server_that_resets_the_connection_is_one_plain_line() -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(head("Content-Length: 900") + FEED)
        await writer.drain()
        writer.transport.abort()

    async with serving_raw(handler) as base:
        assert (await refused(base)).startswith("hrw: 127.0.0.1 ")


async def test_a_certificate_that_nobody_vouches_for_is_one_plain_line() -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    async with serving_raw(answering(head() + FEED), tls=context) as base:
        assert (await refused(base)).startswith("hrw: no TLS with 127.0.0.1: unable to get local issuer certificate")


async def test_a_server_that_wants_a_certificate_of_ours_is_one_plain_line() -> None:
    authority = trustme.CA()
    theirs, ours = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), ssl.create_default_context()
    authority.issue_cert("127.0.0.1").configure_cert(theirs)
    authority.configure_trust(theirs)
    authority.configure_trust(ours)
    theirs.verify_mode = ssl.CERT_REQUIRED
    async with serving_raw(answering(head() + FEED), tls=theirs) as base, fetcher(httpx.AsyncClient(verify=ours, trust_env=False)) as web:
        with pytest.raises(FetchError, match=r"^hrw: (no TLS with 127\.0\.0\.1: .*certificate required|127.0.0.1 broke the connection)$"):
            await web.get(source(), Ask(url=base))


async def test_a_trusted_certificate_is_all_that_tls_takes() -> None:
    authority = trustme.CA()
    theirs, ours = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), ssl.create_default_context()
    authority.issue_cert("127.0.0.1").configure_cert(theirs)
    authority.configure_trust(ours)
    async with serving_raw(answering(head() + FEED), tls=theirs) as base, fetcher(httpx.AsyncClient(verify=ours, trust_env=False)) as web:
        assert (await web.get(source(), Ask(url=base))).body == FEED


async def test_a_server_without_tls_is_one_plain_line() -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")

    async with serving_raw(handler) as base:
        fault = await refused(base.replace("http://", "https://"))
    assert fault.startswith("hrw: no TLS with 127.0.0.1: ")
    assert len(fault) < 100


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("", "an address that is no URL: only http and https are asked"),
        ("/etc/passwd", "an address that is no URL: only http and https are asked"),
        ("file:///etc/passwd", "an address that is file: only http and https are asked"),
        ("gopher://old.example/", "an address that is gopher: only http and https are asked"),
        ("https:///feed", "an address without a host"),
        ("http://[::1", "an address that cannot be read"),
        ("http://old.example:port/", "an address that cannot be read"),
        ("http://127.0.0.1:99999/", "an address that cannot be read"),
    ],
)
async def test_what_is_not_an_http_address_is_not_asked(url: str, fault: str) -> None:
    assert await refused(url) == f"hrw: {fault}"


async def test_keys_and_passwords_are_in_no_error() -> None:
    async with serving(redirecting({"/a": (302, "/b?key=s3cret"), "/b": (302, "/b?key=s3cret")})) as base:
        faults = [
            await refused(base.replace("http://", "http://reader:s3cret@") + "/a?key=s3cret"),
            await refused("http://reader:s3cret@no-such-host.invalid/feed?key=s3cret"),
            await refused("ftp://reader:s3cret@files.example/feed?key=s3cret"),
        ]
    assert not [fault for fault in faults if "s3cret" in fault]


def test_an_address_is_shown_without_login_query_and_fragment() -> None:
    assert shown(httpx.URL("https://reader:s3cret@www.hrw.org/rss?key=s3cret#s3cret")) == "https://www.hrw.org/rss?…"


# Private addresses


class Elsewhere(httpcore.AsyncNetworkBackend):
    """A network on which every address is the server at `base`; keeps what it was asked to connect to."""

    def __init__(self, base: str, *, dead: Iterable[str] = ()) -> None:
        self._inner = httpcore.AnyIOBackend()
        self._port = int(base.rpartition(":")[2])
        self._dead = set(dead)
        self.connected: list[str] = []

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self.connected.append(host)
        if host in self._dead:
            raise httpcore.ConnectTimeout
        return await self._inner.connect_tcp("127.0.0.1", self._port, timeout)


def vetting(network: Elsewhere, names: dict[str, list[list[str]]]) -> HttpFetcher:
    """A fetcher that allows no private address, on this network; a name resolves to one list after the other."""
    answers = {name: itertools.chain(lists, itertools.repeat(lists[-1])) for name, lists in names.items()}

    async def resolve(host: str, port: int) -> Sequence[str]:
        if host not in answers:
            raise OSError(host)
        return next(answers[host])

    client = offline()
    client._transport._pool._network_backend = network  # type: ignore[attr-defined]  # private to httpx
    return fetcher(client, allow_private=False, resolve=resolve)


def network_of(web: HttpFetcher) -> object:
    return web._client._transport._pool._network_backend  # type: ignore[attr-defined]  # private to httpx


async def test_the_guard_is_where_httpx_looks_for_its_network() -> None:
    async with HttpFetcher(contact="ops@watch.example", version="0.1.0") as ours, fetcher() as given:
        assert isinstance(network_of(ours), VettedNetwork)
        assert isinstance(network_of(given), VettedNetwork)


async def test_a_public_name_is_connected_at_the_address_that_was_vetted() -> None:
    async with serving(redirecting({})) as base:
        network = Elsewhere(base)
        async with vetting(network, {"www.hrw.org": [[PUBLIC], ["127.0.0.1"]]}) as web:
            page = await web.get(source(), Ask(url="http://www.hrw.org/feed"))
    assert page.body == FEED
    assert network.connected == [PUBLIC]


@pytest.mark.parametrize(
    "address", ["10.0.0.5", "127.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.5", "64:ff9b::a00:5", "2002:7f00:1::", "fe80::1%1"]
)
async def test_a_name_with_private_addresses_only_is_refused(address: str) -> None:
    async with serving(redirecting({})) as base:
        network = Elsewhere(base)
        async with vetting(network, {"inside.example": [[address]]}) as web:
            with pytest.raises(FetchError) as caught:
                await web.get(source(), Ask(url="http://inside.example/"))
    assert str(caught.value).startswith("hrw: address ")
    assert str(caught.value).endswith(" of inside.example is private; WATCHER_ALLOW_PRIVATE=1 allows it")
    assert network.connected == []


async def test_of_mixed_addresses_only_the_public_ones_are_tried_and_families_take_turns() -> None:
    async with serving(redirecting({})) as base:
        network = Elsewhere(base, dead=["2606:4700::1"])
        async with vetting(network, {"www.hrw.org": [["10.0.0.5", "2606:4700::1", "2606:4700::2", PUBLIC, "::1"]]}) as web:
            await web.get(source(), Ask(url="http://www.hrw.org/feed"))
    assert network.connected == ["2606:4700::1", PUBLIC]


async def test_a_host_that_no_address_answers_for_is_one_plain_line() -> None:
    addresses = [f"1.0.0.{last}" for last in range(9)]
    async with serving(redirecting({})) as base:
        network = Elsewhere(base, dead=addresses)
        async with vetting(network, {"www.hrw.org": [addresses]}) as web:
            with pytest.raises(FetchError, match=r"^hrw: no connection to www\.hrw\.org within 10 s$"):
                await web.get(source(), Ask(url="http://www.hrw.org/feed"))
    assert network.connected == addresses[:4]


async def test_a_name_that_turns_private_between_two_hops_is_refused() -> None:
    async with serving(redirecting({"/a": (302, "http://www.hrw.org:8080/b")})) as base:
        network = Elsewhere(base)
        async with vetting(network, {"www.hrw.org": [[PUBLIC], ["127.0.0.1"]]}) as web:
            with pytest.raises(FetchError, match=r"address 127\.0\.0\.1 of www\.hrw\.org is private"):
                await web.get(source(), Ask(url="http://www.hrw.org/a"))
    assert network.connected == [PUBLIC]


LITERALS = [
    "http://127.0.0.1/",
    "http://10.0.0.5:8080/feed",
    "http://0x7f000001/",
    "http://2130706433/",
    "http://127.1/",
    "http://0/",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://localhost/",
    "http://feeds.localhost./",
]


@pytest.mark.parametrize("url", LITERALS)
@pytest.mark.parametrize("redirected", [False, True])
async def test_a_literal_private_address_is_refused_on_every_hop(url: str, redirected: bool) -> None:
    async with serving_raw(answering(head(f"Location: {url}", status="301 Moved"))) as base:
        network = Elsewhere(base)
        async with vetting(network, {"www.hrw.org": [[PUBLIC]]}) as web:
            with pytest.raises(FetchError, match=r"is private; WATCHER_ALLOW_PRIVATE=1 allows it$"):
                await web.get(source(), Ask(url="http://www.hrw.org/" if redirected else url))
    assert network.connected == [PUBLIC] * redirected


@pytest.mark.parametrize(
    "url", ["http://①②⑦.⓪.⓪.①/", "http://１２７.0.0.1/", "http://ⓛocalhost/", "http://0177.0.0.1/", "http://127.0.0.1\\@example.org/"]
)
async def test_odd_digits_and_letters_reach_no_private_address(url: str) -> None:
    async with fetcher(allow_private=False) as web:
        with pytest.raises(FetchError, match=r"cannot be read$|is private|cannot resolve"):
            await web.get(source(), Ask(url=url))


async def test_behind_a_proxy_names_are_its_business_and_private_literals_are_refused() -> None:
    seen: list[str] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append((await read_request(reader))[0])
        writer.write(head(f"Content-Length: {len(FEED)}", "Connection: close") + FEED)

    async with serving_raw(proxy) as base, fetcher(offline(proxy=base), allow_private=False) as web:
        page = await web.get(source(), Ask(url="http://only.the.proxy.knows.invalid/feed"))
        with pytest.raises(FetchError, match=r"^hrw: address 10\.0\.0\.5 is private"):
            await web.get(source(), Ask(url="http://10.0.0.5/feed"))

    assert page.body == FEED
    assert seen == ["http://only.the.proxy.knows.invalid/feed"]


async def test_a_proxy_that_is_down_or_refuses_is_named() -> None:
    login = answering(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
    async with serving_raw(login) as base, fetcher(offline(proxy=base)) as web:
        with pytest.raises(FetchError, match=r"^hrw: the proxy does not let us reach www\.hrw\.org: 407 "):
            await web.get(source(), Ask(url=source().url))
    async with fetcher(offline(proxy="http://no-such-proxy.invalid:3128"), allow_private=False) as web:
        with pytest.raises(FetchError, match=r"^hrw: cannot resolve no-such-proxy\.invalid$"):
            await web.get(source(), Ask(url=source().url))


async def test_the_operators_proxy_is_found_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving_raw(answering(head(f"Content-Length: {len(FEED)}") + FEED)) as base:
        monkeypatch.setenv("http_proxy", base)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        async with HttpFetcher(contact="ops@watch.example", version="0.1.0") as web:
            assert (await web.get(source(), Ask(url="http://only.the.proxy.knows.invalid/feed"))).body == FEED


async def test_this_machine_is_asked_without_the_operators_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("all_proxy", "http://no-such-proxy.invalid:3128")
    async with serving(redirecting({})) as base, HttpFetcher(contact="ops@watch.example", version="0.1.0", allow_private=True) as web:
        assert (await web.get(source(), Ask(url=f"{base}/feed"))).body == FEED


# robots.txt


@asynccontextmanager
async def robots(text: str | bytes | None, status: int = 200, **headers: str) -> AsyncIterator[tuple[str, list[str]]]:
    """A server with this robots.txt and a feed everywhere else; gives its address and the paths that were asked for."""
    paths: list[str] = []

    async def answer(request: Request) -> Response:
        paths.append(request.url.path)
        if request.url.path != "/robots.txt":
            return feed()
        return PlainTextResponse(text or b"", status, {name.replace("_", "-"): value for name, value in headers.items()})

    async with serving(Starlette(routes=[Route("/{path:path}", answer)])) as base:
        yield base, paths


async def ask_politely(web: HttpFetcher, url: str) -> Page:
    return await web.get(source(url, robots=True), Ask(url=url))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "User-agent: *\nDisallow:",
        "User-agent: *\nDisallow: /private/",
        "User-agent: *\nDisallow: /\n\nUser-agent: Habeas-Watch\nAllow: /",
        "User-agent: *\nDisallow: /rss/\nAllow: /rss/cases/",
        "<!DOCTYPE html><html>We have no such file</html>",
        b"\xff\xfe\x00garbage",
        b"\xef\xbb\xbfUser-agent: other\nDisallow: /",
    ],
)
async def test_robots_txt_may_let_us_in(text: str | bytes) -> None:
    async with robots(text) as (base, paths), fetcher() as web:
        assert (await ask_politely(web, f"{base}/rss/cases/24A949.json")).body == FEED
    assert paths == ["/robots.txt", "/rss/cases/24A949.json"]


@pytest.mark.parametrize(
    "text",
    [
        "User-agent: *\nDisallow: /",
        "\ufeffUser-agent: *\nDisallow: /rss",
        "User-agent: habeas-watch\nDisallow: /rss/cases/\n\nUser-agent: *\nDisallow:",
        "User-agent: *\r\nDisallow: /*.json",
        "User-agent: *\nDisallow: /rss/cases/\n" + "# padding\n" * 60_000,  # what lies beyond the cap is not read
    ],
)
async def test_robots_txt_may_keep_us_out_and_the_operator_hears_how_to_go_on(text: str) -> None:
    async with robots(text) as (base, paths), fetcher() as web:
        with pytest.raises(FetchError) as caught:
            await ask_politely(web, f"{base}/rss/cases/24A949.json?key=s3cret")
    assert str(caught.value) == (
        "hrw: robots.txt of 127.0.0.1 forbids /rss/cases/24A949.json; if the service has allowed you to read it, set allow_robots = true"
    )
    assert paths == ["/robots.txt"]


@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_a_host_that_has_no_robots_txt_for_us_lets_us_in(status: int) -> None:
    async with robots("User-agent: *\nDisallow: /", status) as (base, _), fetcher() as web:
        assert (await ask_politely(web, f"{base}/feed")).body == FEED


@pytest.mark.parametrize("status", [204, 429, 500, 503])
async def test_a_host_that_cannot_show_its_robots_txt_is_asked_for_it_again_next_time(status: int) -> None:
    async with robots("", status, Retry_After="90") as (base, paths), fetcher() as web:
        for _ in range(2):
            with pytest.raises(FetchError, match=rf"^hrw: robots\.txt of 127\.0\.0\.1 must be read first: status {status}") as caught:
                await ask_politely(web, f"{base}/feed")
            assert (caught.value.wait, caught.value.gone) == (timedelta(seconds=90), False)
    assert paths == ["/robots.txt", "/robots.txt"]


async def test_a_host_that_does_not_answer_for_its_robots_txt_is_not_asked_for_more() -> None:
    async with serving_raw(silence) as base:
        pass
    async with fetcher() as web:
        with pytest.raises(FetchError, match=r"^hrw: robots\.txt of 127\.0\.0\.1 must be read first: no connection to 127\.0\.0\.1"):
            await ask_politely(web, f"{base}/feed")


async def test_robots_txt_is_kept_for_a_day() -> None:
    now = [NOW]
    async with robots("") as (base, paths), fetcher(clock=lambda: now[0]) as web:
        for hours in (0, 23, 24):
            now[0] = NOW + timedelta(hours=hours)
            await ask_politely(web, f"{base}/feed")
    assert paths == ["/robots.txt", "/feed", "/feed", "/robots.txt", "/feed"]


async def test_robots_txt_is_asked_of_every_host_on_the_way() -> None:
    async with robots("User-agent: *\nDisallow: /") as (other, paths):

        async def away(request: Request) -> Response:
            return RedirectResponse(f"{other}/feed")

        async with serving(app(feed=away)) as base, fetcher() as web:
            with pytest.raises(FetchError, match="forbids /feed;"):
                await ask_politely(web, f"{base}/feed")
    assert paths == ["/robots.txt"]


async def test_a_redirect_of_robots_txt_is_followed_but_never_to_a_private_address() -> None:
    away = redirecting({"/robots.txt": (301, "http://169.254.169.254/robots.txt")})
    async with serving(away) as base, vetting(Elsewhere(base), {"www.supremecourt.gov": [[PUBLIC]]}) as web:
        with pytest.raises(FetchError, match=r"^hrw: robots\.txt of www\.supremecourt\.gov must be read first: address 169\.254"):
            await ask_politely(web, "http://www.supremecourt.gov/rss/cases/JSON/24A949.json")


async def test_a_robots_txt_made_to_keep_us_busy_is_not_obeyed_but_refused() -> None:
    hostile = "".join(f"User-agent: a{number}\n" for number in range(9000)) + "Allow:/\n" * 30_000
    async with robots(hostile) as (base, _), fetcher() as web:
        with pytest.raises(FetchError, match="too many to obey"):
            await ask_politely(web, f"{base}/feed")


async def test_a_source_that_need_not_ask_does_not_ask_for_robots_txt() -> None:
    async with robots("User-agent: *\nDisallow: /") as (base, paths):
        await fetch(f"{base}/feed")
    assert paths == ["/feed"]
