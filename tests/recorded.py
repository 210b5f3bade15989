"""Recorded answers over real HTTP: how each service sends its own, and a desk that polls them into a real database."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import sqlalchemy as sa

from watcher.fetch import HttpFetcher
from watcher.models import Docket, Document, Source, Verdict
from watcher.poll import Tools, poll
from watcher.ports import PollResult
from watcher.sources import KINDS
from watcher.storage import Database, SourceStore
from watcher.storage import tables as t
from watcher.storage.rows import document_of
from watcher.testing.payloads import Answer, PayloadServer, etag_of

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
AGES = timedelta(days=36_500)  #: recorded papers are old
CERTIFICATES = ssl.create_default_context()  #: loaded once; loopback needs none
PATIENCE = 60.0  #: seconds; a poll that has not ended by then hangs

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"
ATOM = "application/atom+xml; charset=utf-8"
TYPES = {".json": JSON, ".txt": JSON, ".html": HTML, ".atom": "application/atom+xml", ".rss": "application/rss+xml"}  #: else XML

_SECTION = re.compile(r"^## (\w+)/")
_LINE = re.compile(r"^- `([^`]+)` \([\d,]+ B\): (.+)$")
_STATUS = re.compile(r"\bHTTP (\d{3})\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One file of the collection as its list tells of it."""

    path: Path
    service: str  #: its folder
    about: str

    @property
    def status(self) -> int:
        """What the file was answered with; 200 where the list says nothing."""
        found = _STATUS.search(self.about)
        return int(found[1]) if found else 200


def recordings(payloads: Path) -> dict[str, Recording]:
    """What the README of the collection lists, by path below `fixtures/`."""
    listed: dict[str, Recording] = {}
    service = ""
    for line in (payloads / "fixtures/README.md").read_text("utf-8").splitlines():
        if section := _SECTION.match(line):
            service = section[1]
        elif found := _LINE.match(line):
            name = f"{service}/{found[1]}"
            listed[name] = Recording(path=payloads / "fixtures" / name, service=service, about=found[2])
    return listed


# How each service answers (reference: its own section of the interfaces)


def register(body: bytes, status: int = 200, content_type: str = JSON) -> Answer:
    """The Federal Register: no validator at all, `no-store`, and all the same up to 104 minutes old."""
    headers = {"Content-Type": content_type, "Cache-Control": "no-store", "Age": "6240"}
    return Answer(body=body, status=status, headers=headers, honours=False)


def docket_feed(body: bytes) -> Answer:
    """CourtListener's feed of a docket: Last-Modified is midnight Pacific, If-Modified-Since is ignored, always the full body."""
    return Answer(body=body, headers={"Content-Type": ATOM, "Last-Modified": "Mon, 24 Nov 2025 08:00:00 GMT"}, honours=False)


def court_docket(body: bytes) -> Answer:
    """The Supreme Court's docket as JSON: an ETag, two minutes fresh."""
    return Answer(body=body, headers={"Content-Type": "application/json", "ETag": etag_of(body), "Cache-Control": "max-age=120"})


def press(body: bytes, suffix: str = ".xml", **more: str) -> Answer:
    """A publisher's feed: a weak ETag and a Last-Modified, both honoured."""
    kind = TYPES.get(suffix, "application/xml")
    headers = {"Content-Type": kind, "ETag": f"W/{etag_of(body)}", "Last-Modified": "Tue, 24 Nov 2026 10:30:00 GMT"}
    return Answer(body=body, headers=headers | more)


def fault(recording: Recording) -> Answer:
    """An error body with the status of the collection's list and the headers of its service."""
    body, content_type = recording.path.read_bytes(), TYPES[recording.path.suffix]
    if recording.service == "federal_register":
        return register(body, recording.status, content_type)
    headers = {"Content-Type": content_type}
    if recording.service in {"congress_gov", "regulations_gov"}:
        headers |= {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "0"}
        headers |= {"Retry-After": "3600"} if recording.status == 429 else {}
    elif wait := re.search(rb"available in (\d+) seconds", body):
        headers["Retry-After"] = wait[1].decode()
    return Answer(body=body, status=recording.status, headers=headers)


# The desk


def unjudged(document: Document) -> Verdict:
    return Verdict(document=document.key)


class Desk:
    """Polls sources of one loopback server into one database, with the real fetcher."""

    def __init__(self, database: Database, server: PayloadServer, fetcher: HttpFetcher, complaints: pytest.LogCaptureFixture) -> None:
        self.store = SourceStore(database)
        self.database = database
        self.server = server
        self.fetcher = fetcher
        self._complaints = complaints
        self._enrolled: set[str] = set()

    async def poll(self, source: Source, fetcher: HttpFetcher | None = None) -> PollResult:
        """Poll once. A failure is one clear line of the log, with the source first, and the same in the database."""
        self._complaints.clear()
        if source.id not in self._enrolled:
            await self.store.enrol({source.id: "loopback"}, NOW)
            self._enrolled.add(source.id)
        (state,) = await self.store.claim_named([source.id], NOW)
        tools = Tools(fetcher=fetcher or self.fetcher, store=self.store, judge=unjudged, adapter=KINDS[source.kind], stopwatch=lambda: 0.0)
        async with asyncio.timeout(PATIENCE):
            result = await poll(source, state, tools, NOW)
        said = [record.getMessage() for record in self._complaints.records if getattr(record, "action", "") == "poll-failed"]
        assert said == ([f"{source.id}: {result.error}"] if result.error else [])
        if result.error is not None:
            assert (await self.row(source))["last_error"] == result.error
            assert result.status in {"failed", "gone"}
            assert result.error.isprintable()
            assert 0 < len(result.error) <= 300
        return result

    def source(self, name: str, kind: str, path: str = "/", docket: Docket | None = None) -> Source:
        return Source(id=name, kind=kind, url=self.server.base + path, every=timedelta(minutes=15), max_age=AGES, docket=docket)

    def serve(self, source: Source, answer: Answer) -> str:
        """Answer where this source asks first; gives the path."""
        path = urlsplit(KINDS[source.kind].ask(source, NOW).url).path
        self.server.routes[path] = answer
        return path

    async def documents(self, source: Source) -> list[Document]:
        """What is stored of a source, in its current version, in the order it was stored."""
        current = sa.and_(t.versions.c.document == t.documents.c.id, t.versions.c.version == t.documents.c.version)
        every = sa.select(t.documents.c.key, *t.versions.c).join(t.versions, current).order_by(t.documents.c.id)
        every = every.where(t.documents.c.source == source.id)
        async with self.database.reading() as connection:
            return [document_of(row) for row in await connection.execute(every)]

    async def versions(self, source: Source) -> dict[str, int]:
        """How often each Document of a source was stored, by its key."""
        every = sa.select(t.documents.c.key, t.documents.c.version).where(t.documents.c.source == source.id)
        async with self.database.reading() as connection:
            return {row.key: row.version for row in await connection.execute(every)}

    async def row(self, source: Source) -> dict[str, Any]:
        """What is remembered of a source."""
        async with self.database.reading() as connection:
            found = await connection.execute(sa.select(t.sources).where(t.sources.c.source == source.id))
            return {str(name): value for name, value in found.mappings().one().items()}

    async def count(self, table: sa.Table) -> int:
        async with self.database.reading() as connection:
            return int((await connection.execute(sa.select(sa.func.count()).select_from(table))).scalar_one())


@asynccontextmanager
async def open_desk(database: Database, complaints: pytest.LogCaptureFixture) -> AsyncIterator[Desk]:
    """A desk with a server and a fetcher of its own."""
    client = httpx.AsyncClient(verify=CERTIFICATES, trust_env=False)
    fetcher = HttpFetcher(client, contact="tests@example.org", version="0", allow_private=True)
    async with PayloadServer() as server, fetcher:
        yield Desk(database, server, fetcher, complaints)


def newline(body: bytes) -> bytes:
    """A line's end in the encoding of a body: other bytes, the same words, so that it is read a second time."""
    for mark, encoding in ((b"\x00\x00\xfe\xff", "utf-32-be"), (b"\xff\xfe", "utf-16-le"), (b"<\x00", "utf-16-le")):
        if body.startswith(mark):
            return "\n".encode(encoding)
    return b"\n"
