"""The door to the web: one HTTP exchange, by httpx, which no other module imports.

What an answer means is decided in `answers`, which addresses are public in `hosts`; here they are obeyed. Nothing is tried twice:
a failed poll moves its due time in the database.
"""

import asyncio
import os
import socket
import ssl
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Container, Iterable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ipaddress import ip_address
from types import TracebackType
from typing import Self, cast

import httpcore
import httpx
from protego import Protego

from watcher.answers import PERMANENT, REDIRECTS, BodyError, Inflater, body_fault, retry_after, status_fault
from watcher.errors import ConfigError, FetchError, clip
from watcher.hosts import IPAddress, alternate, host_of, is_private_host, is_public, literal
from watcher.models import Source, SourceState
from watcher.poll import MOVED_AFTER
from watcher.ports import Ask, Pacer, Page

AGENT = "habeas-watch"  #: our product token, also what robots.txt knows us by
DEADLINE = timedelta(seconds=60)  #: for everything: robots.txt, all hops, the whole body, and waiting for our turns
CONNECT = timedelta(seconds=10)  #: for resolving, and for each attempt to connect
HOPS = 5  #: redirects followed in one exchange
ATTEMPTS = 4  #: addresses of one host tried in turn
VALIDATOR_LIMIT = 1000  #: characters of an ETag or Last-Modified worth remembering
WIRE_SLACK = 64 * 1024  #: compressed bytes allowed beyond the cap: what does not compress grows a little
NEVER_PROXIED = ("all://localhost", "all://127.0.0.1", "all://[::1]")  #: this machine, as a proxy would not understand it
ROBOTS_CAP = 500 * 1024  #: bytes of robots.txt that are read (RFC 9309, 2.5)
ROBOTS_KEPT = timedelta(days=1)  #: RFC 9309, 2.4
ROBOTS_WORK = 2_000_000  #: user-agent lines times rules: Protego's time grows with it

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class ExchangeError(Exception):
    """An exchange without a usable answer: a FetchError that does not know its source yet."""

    def __init__(
        self, text: str, *, status: int | None = None, wait: timedelta | None = None, gone: bool = False, unreached: bool = False
    ) -> None:
        super().__init__(text)
        self.status = status
        self.wait = wait
        self.gone = gone
        self.unreached = unreached


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What one address answered, after redirects."""

    url: httpx.URL
    status: int
    body: bytes
    content_type: str
    etag: str | None
    last_modified: str | None
    location: str | None
    wait: timedelta | None
    hops: int = 0  #: redirects on the way here
    permanent: bool = True  #: every one of them was


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limits:
    """How much of a body is read, and what becomes of one that is longer."""

    cap: int
    cut: bool = False  #: keep the beginning; else it is a fault


class HttpFetcher:
    """Asks the address of a source, and gives the answer only if it is usable. Is `ports.Fetcher`."""

    def __init__(
        self,
        client: httpx.AsyncClient | None = None,
        *,
        contact: str,
        version: str,
        allow_private: bool = False,
        deadline: timedelta = DEADLINE,
        pacer: Pacer | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
        resolve: Resolve | None = None,
    ) -> None:
        """Open nothing yet.

        Args:
            client: closed with the fetcher; its network is guarded and its cookies are refused from now on. None makes one that
                knows the operator's proxies and certificates from the environment (HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE).
            contact: a mail address or URL where the services we ask can reach the operator.
            allow_private: ask private addresses as well (mirrors, tests).
            pacer: asked before each exchange whether it is our turn; None: it always is.
            clock: aware UTC now, for Retry-After dates and the age of robots.txt.
            monotonic: seconds, for `Page.took`.
            resolve: host and port to addresses, raising OSError; None is the system's.

        Raises:
            ConfigError: `contact` cannot stand in a header.
        """
        if not (contact.isascii() and contact.isprintable()):
            raise ConfigError(f"contact {contact!r}: write a mail address or URL in plain ASCII")
        self._agent = f"{AGENT}/{version} (+{contact})"
        self._allow_private = allow_private
        self._deadline = deadline
        self._pacer = pacer
        self._clock = clock
        self._monotonic = monotonic
        self._client = client or httpx.AsyncClient(mounts=dict.fromkeys(NEVER_PROXIED))
        self._client.cookies = CookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
        self._timeout = httpx.Timeout(None, connect=min(CONNECT, deadline).total_seconds())
        self._robots: dict[str, tuple[datetime, Protego]] = {}  #: by origin, with the time it is asked again
        guard(self._client, resolve or system_resolve, allow_private=allow_private)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    async def close(self) -> None:
        """Let go of connections. Asking afterwards is a bug."""
        await self._client.aclose()

    async def get(self, source: Source, ask: Ask, state: SourceState | None = None) -> Page:
        """One HTTP exchange, redirects followed, private addresses refused on every hop.

        A source that has moved for good is asked at its new address once `state.moved_seen` reaches MOVED_AFTER; `Page.moved_to`
        then names it again. Only `source.url` itself moves: the addresses that a kind computes (pages, API calls) are asked as they are.

        Raises:
            FetchError: no usable answer (status, type, size, deadline, refused address); carries the server's own wait.
        """
        started = self._monotonic()
        url = starting_address(source, ask, state)
        known = state if ask.conditional and not ask.follow else None
        try:
            async with asyncio.timeout(self._deadline.total_seconds()):
                answer = await self._follow(url, _headers(ask, known), _Limits(cap=ask.cap), robots=source.robots)
            page = _page(answer, ask, known)
        except TimeoutError:
            raise FetchError(source.id, f"no answer within {self._deadline.total_seconds():g} s") from None
        except ExchangeError as fault:
            there = "" if url == ask.url else f" (asked at {shown(httpx.URL(url))}, where it has moved)"
            gone = fault.gone and url == ask.url and not ask.follow
            raise FetchError(
                source.id, f"{fault}{there}", status=fault.status, wait=fault.wait, gone=gone, unreached=fault.unreached and not ask.follow
            ) from fault
        took = timedelta(seconds=self._monotonic() - started)
        return replace(page, moved_to=_moved_to(answer, source, ask, url), took=took)

    async def _follow(self, url: str, headers: list[tuple[bytes, bytes]], limits: _Limits, *, robots: bool) -> _Answer:
        """Ask, and go where redirects lead. The wait of an answer or fault is the longest that any hop wished for."""
        at = _parsed(url)
        seen = {at}
        permanent, wait = True, None
        for hops in range(HOPS + 1):
            try:
                answer = await self._ask(at, headers, limits, robots=robots)
                wait = _longer(wait, answer.wait)
                if answer.status not in REDIRECTS:
                    return replace(answer, hops=hops, permanent=permanent, wait=wait)
                at = _target(answer, seen)
            except ExchangeError as fault:
                fault.wait = _longer(wait, fault.wait)
                fault.unreached = fault.unreached and not hops
                raise
            permanent = permanent and answer.status in PERMANENT
            seen.add(at)
        raise ExchangeError(f"more than {HOPS} redirects", status=answer.status, wait=wait)

    async def _ask(self, url: httpx.URL, headers: list[tuple[bytes, bytes]], limits: _Limits, *, robots: bool) -> _Answer:
        """One hop, if it is one that we may ask."""
        self._refuse_private(url)
        if robots:
            await self._ask_robots(url)
        return await self._exchange(url, headers, limits)

    async def _exchange(self, url: httpx.URL, headers: list[tuple[bytes, bytes]], limits: _Limits) -> _Answer:
        """One request, one response, when the host may be asked; the body is read only if the status lets us use it."""
        if self._pacer is not None:
            await self._pacer.pace(host_of(str(url)))
        ours = [(b"User-Agent", self._agent.encode()), (b"Accept-Encoding", b"gzip, deflate")]
        with _translated(url):
            sent = self._client.stream("GET", url, headers=[*ours, *headers], timeout=self._timeout, follow_redirects=False)
            async with sent as response:
                body = b"" if status_fault(response.status_code) else await _body(response, limits)
        return _Answer(
            url=url,
            status=response.status_code,
            body=body,
            content_type=clip(_header(response, b"content-type") or "", 200),
            etag=_validator(response, b"etag"),
            last_modified=_validator(response, b"last-modified"),
            location=_header(response, b"location"),
            wait=retry_after(_header(response, b"retry-after"), self._clock()),
        )

    def _refuse_private(self, url: httpx.URL) -> None:
        """Refuse what is private on its face. Names are vetted when they are resolved, unless a proxy does that for us."""
        if not self._allow_private and is_private_host(url.host):
            raise private(literal(url.host) or url.host, url.host)

    async def _ask_robots(self, url: httpx.URL) -> None:
        """Raise unless the robots.txt of this host lets us in."""
        rules = await self._rules(url)
        if not rules.can_fetch(str(url), AGENT):
            advice = "if the service has allowed you to read it, set allow_robots = true"
            raise ExchangeError(f"robots.txt of {url.host} forbids {clip(url.path, 120)}; {advice}")

    async def _rules(self, url: httpx.URL) -> Protego:
        now = self._clock()
        origin = str(url.copy_with(path="/robots.txt", query=None, userinfo=b""))
        until, rules = self._robots.get(origin, (now, None))
        if rules is None or until <= now:
            rules = await self._read_robots(origin)
            self._robots = {key: kept for key, kept in self._robots.items() if kept[0] > now} | {origin: (now + ROBOTS_KEPT, rules)}
        return rules

    async def _read_robots(self, url: str) -> Protego:
        """Ask for robots.txt (RFC 9309, 2.3.1): 4xx lets us in, no answer or 5xx keeps us out until it answers; so does 429."""
        host = _parsed(url).host
        try:
            answer = await self._follow(url, [(b"Accept", b"text/plain, */*;q=0.5")], _Limits(cap=ROBOTS_CAP, cut=True), robots=False)
        except ExchangeError as fault:
            raise ExchangeError(f"robots.txt of {host} must be read first: {fault}", wait=fault.wait, unreached=fault.unreached) from fault
        if 400 <= answer.status < 500 and answer.status != 429:
            return Protego.parse("")
        if fault_text := status_fault(answer.status):
            raise ExchangeError(f"robots.txt of {host} must be read first: {fault_text}", wait=answer.wait)
        text = answer.body.decode("utf-8-sig", "replace")
        lines = text.splitlines()
        agents = sum("agent" in line.lower() for line in lines)
        if agents * (len(lines) - agents) > ROBOTS_WORK:
            raise ExchangeError(f"robots.txt of {host} must be read first: it has {len(lines):,} lines, too many to obey")
        return await asyncio.to_thread(Protego.parse, text)


def starting_address(source: Source, ask: Ask, state: SourceState | None) -> str:
    """Where to begin: `ask.url`, or where the source itself has moved for good."""
    if state is None or not state.moved_to or state.moved_seen < MOVED_AFTER or ask.url != source.url or ask.follow:
        return ask.url
    return state.moved_to


def _moved_to(answer: _Answer, source: Source, ask: Ask, asked: str) -> str | None:
    """The permanent address of the source as this exchange saw it; None if it has not moved, or came back."""
    if ask.url != source.url or ask.follow:
        return None
    address = str(answer.url) if answer.hops and answer.permanent else asked
    return address if address != ask.url else None


def _page(answer: _Answer, ask: Ask, known: SourceState | None) -> Page:
    """The answer as a Page.

    Args:
        known: whose validators were sent; None if none were.
    """
    page = Page(
        url=str(answer.url.copy_with(userinfo=b"")),
        body=answer.body,
        content_type=answer.content_type,
        etag=answer.etag,
        last_modified=answer.last_modified,
    )
    if answer.status == 304 and known and (known.etag or known.last_modified):
        return replace(page, not_modified=True, etag=page.etag or known.etag, last_modified=page.last_modified or known.last_modified)
    if fault := status_fault(answer.status) or body_fault(answer.body, answer.content_type, ask):
        gone = answer.status == 410 and answer.permanent
        raise ExchangeError(fault, status=answer.status, wait=answer.wait, gone=gone)
    return page


def _longer(one: timedelta | None, other: timedelta | None) -> timedelta | None:
    return max((wait for wait in (one, other) if wait is not None), default=None)


# Addresses


def shown(url: httpx.URL) -> str:
    """A URL as errors may show it: without credentials, and without the query, where keys are."""
    bare = url.copy_with(userinfo=b"", query=None, fragment=None)
    return clip(str(bare), 200) + ("?…" if url.query else "")


def _parsed(url: str) -> httpx.URL:
    """Read an absolute http address.

    Raises:
        ExchangeError: it is none.
    """
    try:
        parsed = httpx.URL(url)
        if not 0 <= (parsed.port or 0) <= 65535:
            raise ValueError(parsed.port)
    except (httpx.InvalidURL, ValueError):
        raise ExchangeError("an address that cannot be read") from None
    if parsed.scheme not in {"http", "https"}:
        raise ExchangeError(f"an address that is {clip(parsed.scheme, 20) or 'no URL'}: only http and https are asked")
    if not parsed.host:
        raise ExchangeError("an address without a host")
    return parsed.copy_with(fragment=None)


def _target(answer: _Answer, seen: Container[httpx.URL]) -> httpx.URL:
    """Where a redirect leads, without credentials of ours and without a fragment."""
    if not answer.location:
        raise ExchangeError(f"status {answer.status} that does not say where to", status=answer.status)
    try:
        target = _parsed(str(answer.url.copy_with(userinfo=b"").join(_utf8(answer.location.strip()))))
    except (httpx.InvalidURL, ValueError):
        raise ExchangeError("a redirect to an address that cannot be read", status=answer.status) from None
    except ExchangeError as fault:
        raise ExchangeError(f"a redirect to {fault}", status=answer.status) from None
    if target.userinfo:
        raise ExchangeError(f"a redirect with credentials to {clip(target.host, 120)}", status=answer.status)
    if target in seen:
        raise ExchangeError(f"redirects lead in a circle to {shown(target)}", status=answer.status)
    return target


def private(address: IPAddress | str, host: str) -> ExchangeError:
    """The fault of an address that is not public."""
    of = "" if host == str(address) else f" of {clip(host, 120)}"
    return ExchangeError(f"address {address}{of} is private; WATCHER_ALLOW_PRIVATE=1 allows it")


# Headers: bytes in, the same bytes out


def _latin(text: str) -> bytes:
    return text.encode("latin-1", "replace")


def _header(response: httpx.Response, name: bytes) -> str | None:
    """A header as sent, a byte a character; None without it."""
    return next((value.decode("latin-1") for key, value in response.headers.raw if key.lower() == name), None)


def _utf8(header: str) -> str:
    """A header's text where the bytes are UTF-8, as those of a Location often are though they should be ASCII; else unchanged."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeDecodeError:
        return header


def _validator(response: httpx.Response, name: bytes) -> str | None:
    value = _header(response, name)
    return value if value and len(value) <= VALIDATOR_LIMIT else None


def _headers(ask: Ask, known: SourceState | None) -> list[tuple[bytes, bytes]]:
    pairs = [(b"Accept", ask.accept), (b"If-None-Match", known and known.etag), (b"If-Modified-Since", known and known.last_modified)]
    return [(name, _latin(value)) for name, value in pairs if value]


# Bodies


async def _body(response: httpx.Response, limits: _Limits) -> bytes:
    """Read a body as far as `limits` allow, inflating it on the way. Between pieces other tasks run, and the deadline is felt."""
    wire, on_wire = 0, limits.cap + WIRE_SLACK
    body = bytearray()
    declared = _header(response, b"content-length") or ""
    if declared.isdecimal() and int(declared[:15]) > on_wire and not limits.cut:
        return _cut(body, limits)
    try:
        inflater = Inflater("" if response.is_stream_consumed else _header(response, b"content-encoding") or "")
        async with aclosing(_chunks(response)) as chunks:
            async for data in chunks:
                wire += len(data)
                for piece in inflater.feed(data):
                    body += piece
                    if len(body) > limits.cap or wire > on_wire:
                        return _cut(body, limits)
                    await asyncio.sleep(0)
        inflater.finish()
    except BodyError as error:
        raise ExchangeError(str(error), status=response.status_code) from error
    return bytes(body)


async def _chunks(response: httpx.Response) -> AsyncGenerator[bytes, None]:
    """The body as it comes from the wire; one made in memory (httpx.MockTransport) has been read and inflated already."""
    if response.is_stream_consumed:
        yield response.content
        return
    async with aclosing(cast(AsyncGenerator[bytes, None], response.aiter_raw())) as chunks:
        async for chunk in chunks:
            yield chunk


def _cut(body: bytearray, limits: _Limits) -> bytes:
    if limits.cut:
        return bytes(body[: limits.cap])
    raise ExchangeError(f"a body of more than {limits.cap:,} bytes", status=200)


# The network


def guard(client: httpx.AsyncClient, resolve: Resolve, *, allow_private: bool) -> None:
    """Put a VettedNetwork between this client and the network.

    A proxy is the operator's own choice: connections to it are not vetted, and it resolves the names we ask it for. httpx gives no
    public way in; `_transport`, `_mounts` and `_pool._network_backend` are pinned by a test.
    """
    for transport in {client._transport, *client._mounts.values()}:
        if isinstance(transport, httpx.AsyncHTTPTransport):
            pool = transport._pool
            proxy = isinstance(pool, httpcore.AsyncHTTPProxy | httpcore.AsyncSOCKSProxy)
            pool._network_backend = VettedNetwork(pool._network_backend, resolve, allow_private=allow_private or proxy)


class VettedNetwork(httpcore.AsyncNetworkBackend):
    """Resolves a host, drops every address that is not public, and connects to one of the rest: a name cannot change in between."""

    def __init__(self, inner: httpcore.AsyncNetworkBackend, resolve: Resolve, *, allow_private: bool) -> None:
        self._inner = inner
        self._resolve = resolve
        self._allow_private = allow_private

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        failure: Exception | None = None
        for address in await self._addresses(host, port, timeout):
            try:
                return await self._inner.connect_tcp(str(address), port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = failure or error
        raise ExchangeError(_no_connection(host, failure, timeout), unreached=True) from failure

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)

    async def _addresses(self, host: str, port: int, timeout: float | None) -> Sequence[IPAddress]:
        try:
            async with asyncio.timeout(timeout):
                found = [ip_address(text) for text in await self._resolve(host, port)]
        except (OSError, UnicodeError, ValueError) as error:
            raise ExchangeError(f"cannot resolve {clip(host, 120)}", unreached=True) from error
        allowed = [address for address in found if self._allow_private or is_public(address)]
        if found and not allowed:
            raise private(found[0], host)
        if not allowed:
            raise ExchangeError(f"cannot resolve {clip(host, 120)}", unreached=True)
        return alternate(allowed)[:ATTEMPTS]


async def system_resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system's resolver, in a thread of its own."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def _no_connection(host: str, error: Exception | None, timeout: float | None) -> str:
    host = clip(host, 120)
    if isinstance(error, httpcore.ConnectTimeout):
        return f"no connection to {host} within {timeout:g} s" if timeout else f"no connection to {host}"
    reasons = [os.strerror(cause.errno) for cause in _causes(error) if isinstance(cause, OSError) and cause.errno]
    return f"no connection to {host}: {reasons[-1].lower()}" if reasons else f"no connection to {host}"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


@contextmanager
def _translated(url: httpx.URL) -> Iterator[None]:
    """Turn what httpx raises into faults that an operator can read."""
    host = clip(url.host, 120)
    try:
        yield
    except httpx.ProxyError as error:
        raise ExchangeError(f"the proxy does not let us reach {host}: {clip(str(error), 100)}") from error
    except httpx.ConnectTimeout as error:
        raise ExchangeError(f"no TLS with {host} in time") from error
    except httpx.ConnectError as error:
        raise ExchangeError(_tls_fault(host, error) or f"no TLS with {host}: the connection was closed") from error
    except (httpx.ReadError, httpx.WriteError, ssl.SSLError) as error:
        raise ExchangeError(_tls_fault(host, error) or f"{host} broke the connection") from error
    except httpx.InvalidURL as error:  # httpx reads a Location even if it is not to follow it
        raise ExchangeError("a redirect to an address that cannot be read") from error
    except httpx.RemoteProtocolError as error:
        raise ExchangeError(_broken(host, str(error))) from error
    except (httpx.HTTPError, httpx.StreamError, UnicodeError) as error:
        raise ExchangeError(f"cannot ask {host}: {clip(str(error), 100)}") from error


def _tls_fault(host: str, error: Exception) -> str | None:
    """What TLS had against it; None if TLS was not the trouble."""
    reason = next((cause for cause in _causes(error) if isinstance(cause, ssl.SSLError)), None)
    if reason is None:
        return None
    if isinstance(reason, ssl.SSLCertVerificationError):
        return f"no TLS with {host}: {clip(reason.verify_message, 120)}"
    return f"no TLS with {host}: {clip(reason.reason or 'handshake failed', 120).lower().replace('_', ' ')}"


def _broken(host: str, said: str) -> str:
    if "location header" in said:
        return "a redirect to an address that cannot be read"
    if "without sending a response" in said:
        return f"{host} closed the connection without an answer"
    if "peer closed connection" in said:
        return f"{host} cut its answer short"
    return f"{host} does not speak HTTP: {clip(said, 100)}"
