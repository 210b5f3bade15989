"""Recorded answers over real HTTP: what the collection lists, error bodies, bodies that name a file or an address, the corpus.

The register, the courts and the feeds have files of their own (`test_real_*`).
"""

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import product
from pathlib import Path
from urllib.request import pathname2url

import feedparser
import pytest

from tests.conftest import ROOT
from tests.recorded import JSON, NOW, Desk, Recording, docket_feed, fault, recordings
from watcher.errors import ParseError
from watcher.models import Docket, Source
from watcher.ports import Page
from watcher.sources import KINDS
from watcher.storage import tables as t
from watcher.testing.payloads import Answer

#: What the collection's list says of each error body of a service that is polled. Those of Telegram are answers to a channel.
STATUSES = {
    "congress_gov/error_403_api_key_missing.json": 403,
    "congress_gov/error_429_over_rate_limit.json": 429,
    "courtlistener/error_400_unknown_filter.json": 400,
    "courtlistener/error_401.json": 401,
    "courtlistener/error_404_invalid_cursor.json": 404,
    "courtlistener/error_429_blocked.json": 429,
    "courtlistener/error_429_throttled.json": 429,
    "federal_register/error_400_invalid_cursor.json": 400,
    "federal_register/error_400_unknown_field.json": 400,
    "federal_register/error_404_empty_number.html": 404,
    "federal_register/error_404_html_page_2013.html": 404,
    "federal_register/error_404_record_not_found.json": 404,
    "regulations_gov/error_429_over_rate_limit.json": 429,
    "regulations_gov/v3_error_404.json": 404,
}
#: What a JSON error body is to each kind where its status lies.
LIES = {
    "docket-feeds": r"not a feed: .+",
    "federal-register": r"the register refuses: .+|not a list of papers: `results` is null",
    "feed": r"not a feed: JSON of another shape \(keys: .+\)",
    "public-inspection": r"the register refuses: .+|not a list of papers: `results` is null",
    "scotus-docket": r"not a docket: it lacks CaseNumber or ProceedingsandOrder",
}
DOCKETS = {
    "docket-feeds": Docket(court="mdd", number="8:25-cv-00951", courtlistener=69777799),
    "scotus-docket": Docket(court="scotus", number="24A949"),
}


def source_of(desk: Desk, kind: str, name: str = "source") -> Source:
    return desk.source(f"{kind}-{name}", kind, docket=DOCKETS.get(kind))


# The collection


def test_the_collection_lists_every_file_it_has(payloads: Path) -> None:
    folder = payloads / "fixtures"
    files = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()} - {"README.md"}
    described = {name for name in files if name.startswith("scotus/")}  # in a paragraph of its own
    assert len(described) == 10
    assert recordings(payloads).keys() == files - described


def test_the_status_of_each_error_body_is_the_one_that_the_collection_lists(payloads: Path) -> None:
    listed = recordings(payloads)
    assert {name: each.status for name, each in listed.items() if each.status != 200 and each.service != "telegram"} == STATUSES
    assert {name for name in listed if "error" in name and not name.startswith("telegram/")} == STATUSES.keys()


# Error bodies


@pytest.fixture
def faults(payloads: Path) -> list[Recording]:
    listed = recordings(payloads)
    return [listed[name] for name in STATUSES]


async def test_an_error_body_of_any_service_is_one_clear_fault_of_any_kind(desk: Desk, faults: list[Recording]) -> None:
    for kind, (number, recording) in product(KINDS, enumerate(faults)):
        source = source_of(desk, kind, str(number))
        path = desk.serve(source, fault(recording))
        result = await desk.poll(source)
        assert result.status == "failed", (kind, recording.path.name)
        assert re.fullmatch(rf"status {recording.status}(: .+)?", result.error or ""), (kind, recording.path.name)
        assert desk.server.asked(path)[-1].status == recording.status
        row = await desk.row(source)
        assert (row["failures"], row["polls"], row["etag"], row["body_hash"]) == (1, 0, None, None)
    assert await desk.count(t.documents) == 0


async def test_an_error_body_under_a_good_status_is_a_fault_all_the_same(desk: Desk, faults: list[Recording]) -> None:
    page = r"(a web page \(text/html\)|content type text/html) instead of (a feed|JSON)"
    for kind, (number, recording) in product(KINDS, enumerate(faults)):
        source = source_of(desk, kind, str(number))
        desk.serve(source, replace(fault(recording), status=200))
        result = await desk.poll(source)
        said = page if recording.path.suffix == ".html" else LIES[kind]
        assert result.status == "failed", (kind, recording.path.name)
        assert re.fullmatch(said, result.error or ""), (kind, recording.path.name, result.error)
    assert await desk.count(t.documents) == 0


async def test_a_throttled_source_is_due_when_the_service_says_and_a_blocked_one_by_our_own_rule(desk: Desk, payloads: Path) -> None:
    """A blocked account is told no time; an hour of api.data.gov's is obeyed as well."""
    listed = recordings(payloads)
    for name, wait in (
        ("courtlistener/error_429_throttled.json", timedelta(seconds=7)),
        ("courtlistener/error_429_blocked.json", timedelta(seconds=2)),
        ("congress_gov/error_429_over_rate_limit.json", timedelta(hours=1)),
    ):
        source = replace(source_of(desk, "docket-feeds", Path(name).stem), every=timedelta(seconds=1))
        desk.serve(source, fault(listed[name]))
        await desk.poll(source)
        assert (await desk.row(source))["next_poll_at"] == NOW + wait, name


async def test_a_source_recovers_from_a_fault(desk: Desk, payloads: Path) -> None:
    body = (payloads / "fixtures/courtlistener/docket_feeds/kadrey-meta/01.xml").read_bytes()
    source = replace(source_of(desk, "docket-feeds"), docket=Docket(court="cand", number="3:23-cv-03417", courtlistener=67569326))
    desk.serve(source, fault(recordings(payloads)["courtlistener/error_429_throttled.json"]))
    await desk.poll(source)
    desk.serve(source, docket_feed(body))
    assert (await desk.poll(source)).new == 30
    row = await desk.row(source)
    assert (row["failures"], row["last_error"], row["last_ok_at"]) == (0, None, NOW)


# Bodies that name something to open


FEED = b"<?xml version='1.0'?><rss version='2.0'><channel><title>Opened</title><item><guid>opened</guid></item></channel></rss>"
OPENING = frozenset(
    {"open", "socket.connect", "socket.getaddrinfo", "urllib.Request", "http.client.connect", "ftplib.connect", "subprocess.Popen"}
)


class Ear:
    """Hears what this process opens while it listens; Python's audit hooks cannot be taken off again, so there is one for all tests."""

    def __init__(self) -> None:
        self._heard: list[tuple[str, str]] | None = None
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if self._heard is not None and event in OPENING:
            what = arguments[1] if event == "socket.connect" else arguments[0]
            self._heard.append((event, what.decode(errors="replace") if isinstance(what, bytes) else str(what)))

    @contextmanager
    def listening(self) -> Iterator[list[tuple[str, str]]]:
        """What is opened within the block: the audit event, and a path or an address."""
        heard: list[tuple[str, str]] = []
        self._heard = heard
        try:
            yield heard
        finally:
            self._heard = None


ear = cache(Ear)


def temptations(file: Path, address: str) -> list[bytes]:
    """Bodies that feedparser, or a careless reader, would open: paths of a file that is a feed, addresses that answer with one."""
    path = str(file)
    return [path.encode(), f"{path}\n".encode(), f"file:{pathname2url(path)}".encode(), address.encode(), f"  {address}".encode()]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file that is a feed: opened, it would be read without a fault."""
    made = tmp_path / "feed.xml"
    made.write_bytes(FEED)
    return made


def test_the_ear_hears_what_a_careless_reader_opens(file: Path) -> None:
    with ear().listening() as heard:
        assert feedparser.parse(str(file).encode())["entries"]
        feedparser.parse("http://127.0.0.1:9/nobody")
        with socket.socket() as caller:
            caller.connect_ex(("127.0.0.1", 9))
    assert {("open", str(file)), ("urllib.Request", "http://127.0.0.1:9/nobody"), ("socket.connect", "('127.0.0.1', 9)")} <= set(heard)


@pytest.mark.parametrize("kind", KINDS)
def test_no_reader_opens_what_a_body_names(file: Path, kind: str) -> None:
    url = KINDS[kind].DEFAULT_URL or "https://example.org/feed"
    source = Source(id=kind, kind=kind, url=url, every=timedelta(minutes=15), docket=DOCKETS.get(kind))
    for content_type in ("application/xml", JSON, ""):
        for body in (b"/no/such/file", *temptations(file, "http://127.0.0.1:9/nobody")):  # the first lets it import what it needs
            with ear().listening() as heard, pytest.raises(ParseError, match=rf"^{kind}: not \S+"):
                KINDS[kind].read(source, Page(url=url, body=body, content_type=content_type))
            assert heard == [] or body == b"/no/such/file", heard


async def test_a_poll_asks_its_source_and_opens_nothing_that_a_body_names(desk: Desk, file: Path) -> None:
    desk.server.routes["/secret"] = Answer(body=FEED, headers={"Content-Type": "application/rss+xml"})
    host, port = desk.server.base.removeprefix("http://").split(":")
    for kind, (number, body) in product(KINDS, enumerate(temptations(file, f"{desk.server.base}/secret"))):
        source = source_of(desk, kind, str(number))
        path = desk.serve(source, Answer(body=body, headers={"Content-Type": "application/json"}))
        with ear().listening() as heard:
            result = await desk.poll(source)
        assert result.status == "failed"
        assert result.error
        assert desk.server.asked(path), "the body was never served"
        assert not [what for event, what in heard if event == "open" and file.name in what]
        assert {what for event, what in heard if event == "socket.connect"} <= {str((host, int(port)))}
        assert {event for event, _ in heard} <= {"open", "socket.connect", "socket.getaddrinfo"}
    assert desk.server.asked("/secret") == []
    assert await desk.count(t.documents) == 0


# The corpus


def test_the_command_answers_every_item_of_the_corpus_in_order(payloads: Path) -> None:
    corpus = payloads / "corpus/dev.jsonl"
    command = [sys.executable, "-m", "watcher", "match", str(corpus), "--sources", str(ROOT / "sources.toml")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    given = [json.loads(line)["id"] for line in corpus.read_text("utf-8").splitlines()]
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(given) > 600
    assert [answer["id"] for answer in answers] == given
    assert {tuple(answer) for answer in answers} == {("id", "matches", "near")}
