"""Recorded answers, served over real HTTP, polled by the real fetcher into a real database, on SQLite and on PostgreSQL."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from watcher.fetch import HttpFetcher
from watcher.models import Docket, Document, Source, Verdict
from watcher.poll import Tools, poll
from watcher.ports import PollResult
from watcher.sources import KINDS
from watcher.storage import Database, SourceStore
from watcher.storage import tables as t
from watcher.testing.payloads import Answer, PayloadServer

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
AGES = timedelta(days=36_500)
SERIES = {  # new and changed against the snapshot before: the ground truth that goes with the recordings
    "authors-guild-openai": [(30, 0), (17, 0), (3, 18), (0, 2)],  # 17 by their words, one by its file
    "basbanes-microsoft": [(30, 0), (21, 5)],
    "kadrey-meta": [(30, 0), (3, 2), (0, 1), (0, 1), (4, 0)],
    "nyt-microsoft": [(30, 0), (1, 0), (2, 0), (6, 4)],
}


def unjudged(document: Document) -> Verdict:
    return Verdict(document=document.key)


def newline(body: bytes) -> bytes:
    """A line's end in the encoding of a body: other bytes, the same words, so that it is read a second time."""
    for mark, encoding in ((b"\x00\x00\xfe\xff", "utf-32-be"), (b"\xff\xfe", "utf-16-le"), (b"<\x00", "utf-16-le")):
        if body.startswith(mark):
            return "\n".encode(encoding)
    return b"\n"


class Desk:
    """Polls sources of one loopback server into one database."""

    def __init__(self, database: Database, server: PayloadServer) -> None:
        self.store = SourceStore(database)
        self.database = database
        self.server = server
        self.fetcher = HttpFetcher(contact="tests@example.org", version="0", allow_private=True)

    async def poll(self, source: Source) -> PollResult:
        await self.store.enrol({source.id: "loopback"}, NOW)
        (state,) = await self.store.claim_named([source.id], NOW)
        tools = Tools(fetcher=self.fetcher, store=self.store, judge=unjudged, adapter=KINDS[source.kind])
        return await poll(source, state, tools, NOW)

    def source(self, name: str, kind: str, path: str = "/", docket: Docket | None = None) -> Source:
        return Source(id=name, kind=kind, url=self.server.base + path, every=timedelta(minutes=15), max_age=AGES, docket=docket)

    async def stored(self, *columns: sa.ColumnElement[object]) -> list[tuple[object, ...]]:
        every = sa.select(*columns).order_by(t.versions.c.document, t.versions.c.version)
        async with self.database.reading() as connection:
            return [tuple(row) for row in await connection.execute(every)]


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[Desk]:
    async with PayloadServer() as server:
        made = Desk(database, server)
        yield made
        await made.fetcher.close()


async def test_docket_feeds_give_as_many_new_and_changed_entries_as_there_were(desk: Desk, payloads: Path) -> None:
    folder = payloads / "fixtures" / "courtlistener" / "docket_feeds"
    for name, truth in SERIES.items():
        snapshots = sorted((folder / name).glob("*.xml"))
        match = re.search(rb"/docket/(\d+)/feed/", snapshots[0].read_bytes())
        assert match is not None
        number = int(match[1])
        source = desk.source(f"courtlistener/{number}", "docket-feeds", docket=Docket(court="", number=name, courtlistener=number))
        counts = []
        for snapshot in snapshots:
            # the service honours no validator: always the full body, Last-Modified midnight Pacific
            headers = {"Content-Type": "application/atom+xml; charset=utf-8", "Last-Modified": "Mon, 24 Nov 2025 08:00:00 GMT"}
            desk.server.routes[f"/docket/{number}/feed/"] = Answer(body=snapshot.read_bytes(), headers=headers, honours=False)
            result = await desk.poll(source)
            assert (result.status, result.entries, result.gap, result.faults) == ("ok", 30, False, ())
            counts.append((result.new, result.changed))
        assert counts == truth
    versions = await desk.stored(t.versions.c.version)
    assert len(versions) == sum(new + changed for truth in SERIES.values() for new, changed in truth)


async def test_each_supreme_court_docket_is_stored_entry_by_entry(desk: Desk, payloads: Path) -> None:
    for file in sorted((payloads / "fixtures" / "scotus").glob("*.json")):
        if file.name.endswith(".expected.json"):
            continue
        number = file.stem
        desk.server.routes[f"/rss/cases/JSON/{number}.json"] = Answer.file(file, "application/json", etag=True)
        source = desk.source(f"scotus/{number}", "scotus-docket", docket=Docket(court="scotus", number=number))
        expected = json.loads(file.with_suffix(".expected.json").read_bytes())["docket_entries"]
        first, second = await desk.poll(source), await desk.poll(source)
        assert (first.new, first.faults, second.status) == (len(expected), (), "not-modified")
        async with desk.database.reading() as connection:
            rows = await connection.execute(sa.select(t.versions.c.published).where(t.versions.c.source == source.id))
            days = sorted(str(published.date()) for published in rows.scalars())
        assert days == sorted(entry["date_filed"] for entry in expected)


async def test_a_whole_register_issue_and_public_inspection_with_its_withdrawn_paper(desk: Desk, payloads: Path) -> None:
    folder = payloads / "fixtures" / "federal_register"
    # no validator at all: interfaces 1
    issue = Answer.file(folder / "issue_2016-02-29_documents.json", "application/json; charset=utf-8")
    current = Answer.file(folder / "public_inspection_current.json", "application/json; charset=utf-8")
    desk.server.routes["/documents.json"] = issue
    desk.server.routes["/public-inspection-documents/current.json"] = current
    published, listed = desk.source("register", "federal-register"), desk.source("inspection", "public-inspection")
    first = await desk.poll(published)
    assert (first.status, first.new, first.faults) == ("ok", len(json.loads(issue.body)["results"]), ())
    seen = await desk.poll(listed)
    assert (seen.new, seen.faults) == (8, ())
    assert (await desk.poll(published)).status == "not-modified"
    withdrawn = [note for stage, note in await desk.stored(t.versions.c.stage, t.versions.c.note) if stage == "withdrawn"]
    assert len(withdrawn) == 1
    assert "withdraw" in str(withdrawn[0]).lower()


async def test_error_bodies_of_the_register_are_faults_of_the_source_and_zero_results_are_none(desk: Desk, payloads: Path) -> None:
    folder = payloads / "fixtures" / "federal_register"
    source = desk.source("register", "federal-register")
    desk.server.routes["/documents.json"] = Answer.file(folder / "documents_zero_results.json", "application/json")
    zero = await desk.poll(source)
    assert (zero.status, zero.entries, zero.error) == ("ok", 0, None)
    for file in sorted(folder.glob("error_*")):
        status = int(file.name.split("_")[1])
        kind = "text/html" if file.suffix == ".html" else "application/json"
        desk.server.routes["/documents.json"] = Answer.file(file, kind, status=status)
        failed = await desk.poll(source)
        assert failed.status == "failed"
        assert str(status) in (failed.error or "")


async def test_every_recorded_feed_is_read_or_is_one_clear_fault_and_twice_is_once(desk: Desk, payloads: Path) -> None:
    for file in sorted((payloads / "fixtures" / "feeds").iterdir()):
        kind = "application/json" if file.suffix == ".json" else "application/xml"
        path = f"/{file.name}"
        body = file.read_bytes()
        desk.server.routes[path] = Answer(body=body, headers={"Content-Type": kind})
        source = desk.source(f"feed-{file.stem.lower()}"[:80], "feed", path)
        first = await desk.poll(source)
        if first.status == "failed":
            assert first.error, file.name
            continue
        desk.server.routes[path] = Answer(body=body + newline(body), headers={"Content-Type": kind})
        second = await desk.poll(replace(source))
        assert (second.status, second.new, second.changed) == ("ok", 0, 0), file.name
        assert first.new <= first.entries == second.entries, file.name
    for (published,) in await desk.stored(t.versions.c.published):
        assert published is None or (isinstance(published, datetime) and published.utcoffset() == timedelta(0))


async def test_a_body_that_names_a_file_or_an_address_opens_nothing(desk: Desk) -> None:
    for name, body in (("file", b"/etc/hostname"), ("address", f"{desk.server.base}/secret".encode())):
        desk.server.routes[f"/{name}"] = Answer(body=body, headers={"Content-Type": "application/xml"})
        result = await desk.poll(desk.source(name, "feed", f"/{name}"))
        assert result.status == "failed"
        assert result.error
    assert desk.server.asked("/secret") == []
