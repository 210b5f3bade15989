"""Every kind of source against samples of our own: what is read, what is made of it, and what foreign bytes may do."""

import dataclasses
import json
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.errors import ParseError, SourceError
from watcher.models import Docket, Document, Source
from watcher.normalize import documents
from watcher.plain import SUMMARY_CAP, TEXT_CAP, TITLE_CAP
from watcher.ports import Page
from watcher.sources import KINDS

DATA = Path(__file__).parent / "data"
SAMPLES = sorted(path for path in DATA.glob("*/*") if path.parent.name in KINDS and not path.name.endswith(".expected.json"))
NOW = datetime(2025, 7, 10, 12, tzinfo=UTC)
DOCKETS = {
    "docket-feeds": Docket(court="mdd", number="8:25-cv-00951", courtlistener=69777799),
    "scotus-docket": Docket(court="scotus", number="24A949"),
}
NOT_THE_KIND: dict[str, tuple[bytes, str]] = {
    "an empty body": (b"", "an empty body"),
    "blanks": (b" \r\n\t ", "an empty body"),
    "an HTML page": (b"<!DOCTYPE html><html><head><title>Sorry</title></head><body><p>We will be back</p></body></html>", "an HTML page"),
    "an HTML page that speaks of items": (b"<html><body><item><title>x</title></item></body></html>", "an HTML page"),
    "undeclared gzip": (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03abc", "compressed data"),
    "the path of a file": (__file__.encode(), "not "),
    "an address": (b"https://example.org/feed.xml", "not "),
    "words": (b"Too many requests", "not "),
    "bytes": (bytes(range(256)), "not "),
    "a JSON list": (b"[1, 2]", "not "),
    "a JSON string": (b'"feed"', "not "),
    "JSON of another shape": (b'{"a": 1}', "not "),
    "JSON that is cut off": (b'{"version": "https://jsonfeed.org/version/1.1", "items": [', "not "),
    "JSON too deep": (b'{"a":' * 100_000, "not "),
    "a number of a million digits": (b'{"count": ' + b"9" * 1_000_000 + b"}", "not "),
}


def source(kind: str) -> Source:
    url = KINDS[kind].DEFAULT_URL or "https://monitor.example.org/feed"
    return Source(id=kind, kind=kind, url=url, every=timedelta(minutes=15), docket=DOCKETS.get(kind))


def answer(kind: str, body: bytes) -> Page:
    return Page(url=KINDS[kind].ask(source(kind), NOW).url, body=body)


def made(kind: str, body: bytes) -> list[Document]:
    return documents(KINDS[kind].read(source(kind), answer(kind, body)).entries, source(kind), now=NOW)


def told(document: Document) -> dict[str, Any]:
    """A Document as the expected file has it: every field but those at their default."""
    fields = {field.name: field for field in dataclasses.fields(Document)}
    values = {name: getattr(document, name) for name in fields}
    kept = {name: value for name, value in values.items() if name != "source" and value != fields[name].default}
    return json.loads(json.dumps(kept, default=_plain))  # type: ignore[no-any-return]  # JSON


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.name.lower()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {name: part for name, part in dataclasses.asdict(value).items() if part}
    return value.isoformat() if isinstance(value, datetime) else str(value)


def test_every_kind_has_a_sample_and_what_is_expected_of_it() -> None:
    with_samples = {path.parent.name for path in SAMPLES if path.with_suffix(".expected.json").exists()}
    assert with_samples == set(KINDS)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_sample_is_read_as_expected(path: Path) -> None:
    kind = path.parent.name
    reading = KINDS[kind].read(source(kind), answer(kind, path.read_bytes()))
    got = {
        "documents": [told(document) for document in documents(reading.entries, source(kind), now=NOW)],
        "faults": list(reading.faults),
        "next": reading.next.url if reading.next else None,
        "full": reading.full,
    }
    assert got == json.loads(path.with_suffix(".expected.json").read_bytes())


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_reading_twice_changes_nothing(path: Path) -> None:
    kind, body = path.parent.name, path.read_bytes()
    assert made(kind, body) == made(kind, body)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_registered_under_its_own_name_and_asks_below_its_address(kind: str) -> None:
    asked = KINDS[kind].ask(source(kind), NOW)
    assert kind == KINDS[kind].KIND
    assert asked.url.startswith(source(kind).url)
    assert 1_000_000 <= asked.cap <= 10_000_000


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("what", NOT_THE_KIND)
def test_what_is_not_the_kind_gives_one_fault_that_names_source_and_reason(kind: str, what: str) -> None:
    body, reason = NOT_THE_KIND[what]
    with pytest.raises(ParseError) as caught:
        KINDS[kind].read(source(kind), answer(kind, body))
    assert str(caught.value).startswith(f"{kind}: not ")
    assert reason in str(caught.value)
    assert len(str(caught.value)) < 400
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", KINDS)
def test_a_path_or_an_address_as_a_body_opens_nothing(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(*_: object, **__: object) -> None:
        raise AssertionError("a body was opened")

    monkeypatch.setattr("builtins.open", opened)
    monkeypatch.setattr("socket.socket.connect", opened)
    monkeypatch.setattr("socket.getaddrinfo", opened)
    for body in (__file__.encode(), b"/etc/passwd", b"file:///etc/passwd", b"http://127.0.0.1:9/feed"):
        with pytest.raises(ParseError):
            KINDS[kind].read(source(kind), answer(kind, body))


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, bytes]:
    """A sample with some of its bytes changed, doubled, cut out or swapped for what hurts parsers."""
    path = draw(st.sampled_from(SAMPLES))
    body = bytearray(path.read_bytes())
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, max(0, len(body) - 1)))
        end = min(len(body), start + draw(st.integers(0, 60)))
        body[start:end] = draw(st.one_of(st.binary(max_size=12), st.sampled_from(HURTS), st.just(bytes(body[start:end]) * 3)))
    return path.parent.name, bytes(body)


HURTS = (
    *(b"", b"null", b"[]", b"{}", b"true", b'""', b"-1e999", b"NaN", b'"\\ud800"', b"\\u0000"),
    *(b"]]>", b"<![CDATA[", b"<!--", b"&#0;", b"&#xD800;", b"&a;", b"<div>" * 50, b"<!DOCTYPE x [<!ENTITY a 'b'>]>"),
    *(b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"<?xml version='1.0' encoding='utf-7'?>", "\u202e\u0130\ufdfa".encode()),
    *(b"http://[", b"http://x:99999999/", b"#entry-", b"9999-99-99", b"0000-00-00T99:99:99+99:99", b"Feb 31 2025"),
)


@given(mutated())
def test_foreign_bytes_give_a_source_error_or_sound_documents(sample: tuple[str, bytes]) -> None:
    kind, body = sample
    try:
        found = made(kind, body)
    except SourceError:
        return
    for document in found:
        assert document.published is None or document.published.tzinfo is UTC
        assert document.key
        assert document.key == document.key.strip()
        assert document.shown.encode()
        assert len(document.fingerprint()) == 64
        assert "\x00" not in json.dumps(told(document), ensure_ascii=False)
        assert len(document.title) <= TITLE_CAP
        assert len(document.summary) <= SUMMARY_CAP
        assert len(document.text) <= TEXT_CAP
