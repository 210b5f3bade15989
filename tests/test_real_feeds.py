"""Every recorded feed, well formed or not, through fetch, read and store; and bodies that would have a reader open something."""

import asyncio
import gzip
import io
import json
import re
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import feedparser
import httpx
import pytest

from tests.recorded import CERTIFICATES, Desk, newline, press
from tests.servers import read_request, serving_raw
from watcher.fetch import HttpFetcher
from watcher.models import Source
from watcher.storage import tables as t
from watcher.testing.payloads import Answer, etag_of

#: What cannot be read as it is sent here, and why; all others are feeds.
NO_FEEDS = {
    "lemon24-reader__unknown.json": r"not a feed: JSON of another shape \(keys: items, version\)",  # a version of JSON Feed to come
    "node-feedparser__invalid-characters-gzipped.xml": r"not a feed: compressed data whose compression the server did not declare",
    "node-feedparser__notafeed.html": r"a web page \(text/html\) instead of a feed",
    "simplepie__feed-utf16le.xml": r"not a feed: neither RSS, RDF, Atom nor JSON Feed \(line 2: .+\)",  # no mark and no declaration
}
#: Entries that another recorded feed, earlier in the alphabet, had under the same address: known, and no second Document.
ELSEWHERE = {
    "feedjira__a10.xml": 4,  # example.com/1 to /4, as feedjira__Permalinks.xml
    "feedvalidator__updated-invalid-date.xml": 1,  # the Atom standard's example, as feedvalidator__lowercase-updated.xml
    "lemon24-reader__full.atom": 1,  # the same example
    "miniflux__large_rss.xml": 25,  # one blog as RSS and as Atom: miniflux__large_atom.xml
    "netnewswire__DaringFireball.json": 6,  # one blog at two times: netnewswire__DaringFireball.atom
    "node-feedparser__tpm.atom": 20,  # one feed with two bases: node-feedparser__tpm-with-empty-base.atom
}
#: Entries that a feed itself has twice, by guid and link (without both: by their words).
TWICE = {
    "feedreader__Rss20LeFigaro.xml": 1,
    "feedvalidator__guid_duplicate_value.xml": 1,
    "node-feedparser__illegally-nested.xml": 9,  # ten empty items within items
    "rss-parser__itunes-missing-image.rss": 1,
}
LONG = 40_000  #: bytes; longer feeds are not read a second time, which takes seconds and shows no more


@pytest.fixture
def folder(payloads: Path) -> Path:
    return payloads / "fixtures/feeds"


@cache
def held(file: Path) -> tuple[int, int]:
    """How many entries a feed holds by feedparser or by its JSON, and how many of them differ in guid and link."""
    body = file.read_bytes()
    if file.suffix == ".json":
        items: list[dict[str, Any]] = json.loads(body)["items"]
        return len(items), len({(item.get("id"), item.get("url")) for item in items})
    headers = {"content-type": "application/xml"}
    parsed = feedparser.parse(io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    entries: list[dict[str, Any]] = parsed["entries"]
    named = [(dict.get(entry, "id"), dict.get(entry, "link")) for entry in entries]
    words = [(dict.get(entry, "title"), dict.get(entry, "summary")) for entry in entries]
    return len(entries), len({name if any(name) else word for name, word in zip(named, words, strict=True)})


def feed(desk: Desk, name: str) -> Source:
    return desk.source(f"feed-{name.lower()}", "feed", f"/{name}")


async def test_every_recorded_feed_is_stored_entry_by_entry_or_is_one_clear_fault_and_twice_is_once(desk: Desk, folder: Path) -> None:
    failing, elsewhere, twice, dated = dict[str, str](), dict[str, int](), dict[str, int](), 0
    for file in sorted(folder.iterdir()):
        source, body = feed(desk, file.name), file.read_bytes()
        path = desk.serve(source, press(body, file.suffix))
        first = await desk.poll(source)
        if first.error is not None:
            failing[file.name] = first.error
            assert await desk.documents(source) == []
            continue
        entries, distinct = held(file)
        assert (first.status, first.entries, first.changed, first.faults) == ("ok", entries, 0, ()), file.name
        twice |= {file.name: entries - distinct} if entries > distinct else {}
        elsewhere |= {file.name: distinct - first.new} if distinct != first.new else {}
        stored = await desk.documents(source)
        assert len(stored) == first.new, file.name
        assert all(document.published is None or document.published.utcoffset() == timedelta(0) for document in stored)
        dated += sum(document.published is not None for document in stored)

        assert (await desk.poll(source)).status == "not-modified", file.name
        assert [asked.status for asked in desk.server.asked(path)] == [200, 304], file.name
        if len(body) < LONG:
            again = body + newline(body)
            desk.serve(source, press(again, file.suffix))
            third = await desk.poll(source)
            assert (third.status, third.entries, third.new, third.changed) == ("ok", entries, 0, 0), file.name
    assert failing.keys() == NO_FEEDS.keys()
    assert [name for name, error in failing.items() if not re.fullmatch(NO_FEEDS[name], error)] == []
    assert (twice, elsewhere) == (TWICE, ELSEWHERE)
    assert (await desk.count(t.documents), await desk.count(t.versions), dated) == (2389, 2389, 2335)


async def test_what_only_its_server_can_explain_is_read_when_it_does(desk: Desk, folder: Path) -> None:
    """Two of the faults are the transport's: compressed without a word of it, and UTF-16 without a mark."""
    packed = (folder / "node-feedparser__invalid-characters-gzipped.xml").read_bytes()
    source = feed(desk, "packed")
    desk.serve(source, press(packed, **{"Content-Encoding": "gzip"}))
    unpacked = feedparser.parse(io.BytesIO(gzip.decompress(packed)), sanitize_html=False, resolve_relative_uris=False)
    result = await desk.poll(source)
    assert (result.status, result.entries) == ("ok", len(unpacked["entries"]))
    assert result.new > 10
    wide = feed(desk, "wide")
    desk.serve(
        wide, press((folder / "simplepie__feed-utf16le.xml").read_bytes(), **{"Content-Type": "application/rss+xml; charset=utf-16le"})
    )
    assert (await desk.poll(wide)).new == 1


# Validators


async def test_validators_go_back_as_they_came_and_a_304_may_bring_new_ones(desk: Desk, folder: Path) -> None:
    body = (folder / "whitehouse__presidential-actions.xml").read_bytes()
    source, answer = feed(desk, "weak"), press(body)
    path = desk.serve(source, answer)
    first = await desk.poll(source)
    desk.serve(source, Answer(status=304, headers={"ETag": 'W/"renewed"'}))
    second, third = await desk.poll(source), await desk.poll(source)
    assert (first.new, second.status, third.status) == (1, "not-modified", "not-modified")
    since = answer.headers["Last-Modified"]
    assert [(asked.headers.get("if-none-match"), asked.headers.get("if-modified-since")) for asked in desk.server.asked(path)] == [
        (None, None),
        (f"W/{etag_of(body)}", since),
        ('W/"renewed"', since),
    ]


async def test_a_server_that_knows_dates_only_is_asked_by_its_date(desk: Desk, folder: Path) -> None:
    body = (folder / "government-updates__texas_register_feed.xml").read_bytes()
    source, since = feed(desk, "dated"), "Tue, 24 Nov 2026 10:30:00 GMT"
    path = desk.serve(source, Answer(body=body, headers={"Content-Type": "application/xml", "Last-Modified": since}))
    assert ((await desk.poll(source)).status, (await desk.poll(source)).status) == ("ok", "not-modified")
    second = desk.server.asked(path)[1]
    assert (second.headers.get("if-modified-since"), second.status) == (since, 304)
    assert "if-none-match" not in second.headers


async def test_one_etag_for_a_whole_site_changes_and_the_same_feed_is_nothing_new(desk: Desk, folder: Path) -> None:
    body = (folder / "whitehouse__presidential-actions.xml").read_bytes()
    source = feed(desk, "site")
    headers = {"Content-Type": "application/rss+xml"}
    statuses = []
    for tag in ('"monday"', '"tuesday"', '"tuesday"'):
        path = desk.serve(source, Answer(body=body, headers=headers | {"ETag": tag}))
        statuses.append((await desk.poll(source)).status)
    assert statuses == ["ok", "not-modified", "not-modified"]
    assert [asked.status for asked in desk.server.asked(path)] == [200, 200, 304]
    assert (await desk.row(source))["etag"] == '"tuesday"'


async def test_without_validators_the_same_bytes_are_not_read_again(desk: Desk, folder: Path) -> None:
    source = feed(desk, "bare")
    body = (folder / "rome__index.rss").read_bytes()
    path = desk.serve(source, Answer(body=body, headers={"Content-Type": "text/xml"}))
    assert ((await desk.poll(source)).status, (await desk.poll(source)).status) == ("ok", "not-modified")
    assert [(asked.conditional, asked.status) for asked in desk.server.asked(path)] == [(False, 200), (False, 200)]


async def test_a_feed_that_never_ends_is_given_up(desk: Desk) -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n<rss version='2.0'><channel>")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.01)

    client = httpx.AsyncClient(verify=CERTIFICATES, trust_env=False)
    impatient = HttpFetcher(client, contact="tests@example.org", version="0", allow_private=True, deadline=timedelta(seconds=0.5))
    async with serving_raw(drip) as base, impatient:
        source = Source(id="dripping", kind="feed", url=f"{base}/feed", every=timedelta(minutes=15))
        assert (await desk.poll(source, impatient)).error == "no answer within 0.5 s"
