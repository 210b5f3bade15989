"""JSON Lines as `match` and `stories` read them: strings as given, faults with their line."""

import contextlib
import io
import json
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT
from watcher.cli.lines import KINDS, LONGEST_LINE, Line, LineError, read_lines
from watcher.models import Document


def read(raw: bytes) -> list[Line]:
    return list(read_lines(io.BytesIO(raw)))


def test_a_line_is_a_document_with_its_strings_as_given() -> None:
    row = {
        "id": "a1",
        "source_kind": "docket",
        "title": " Ábrego  <b>García</b> ",
        "summary": None,
        "text": "one\u2028two\r",
        "url": "HTTP://Example.org/?utm_source=x",
        "published": "2025-04-04",
        "lang": "es",
        "labels": ["never used"],
        "type": 7,
    }
    [line] = read(json.dumps(row, ensure_ascii=False).encode())
    assert line == Line(
        number=1,
        id="a1",
        document=Document(
            key="a1",
            source_kind="docket",
            title=" Ábrego  <b>García</b> ",
            text="one\u2028two\r",
            url="HTTP://Example.org/?utm_source=x",
            published=datetime(2025, 4, 4, tzinfo=UTC),
            day_only=True,
            lang="es",
        ),
    )


def test_id_and_title_are_enough() -> None:
    assert read(b'{"id": 7, "title": ""}') == [Line(number=1, id=7, document=Document(key="7"))]


def test_what_was_perhaps_meant_otherwise_is_named() -> None:
    row = {"id": 1, "title": "t", "titel": "t", "summry": "s", "labels": [], "category": "", "published": "yester\0day"}
    [line] = read(json.dumps({**row, "source_kind": "dockets", "lang": "English!"}).encode())
    assert line.doubts == (
        "'titel' is not read (did you mean title?)",
        "'summry' is not read (did you mean summary?)",
        "published 'yester?day' is no ISO date: taken as none",
        "source_kind 'dockets' is none of news, federal_register, docket, press_release, bill, report: judged like news "
        "(did you mean docket?)",
        "lang 'English!' is no language tag like en or es",
    )


@pytest.mark.parametrize("given_", ["en", "es-SV", "pt_BR", "zh-Hant-TW", "", None])
def test_a_language_tag_in_any_usual_spelling_is_no_doubt(given_: str | None) -> None:
    [line] = read(json.dumps({"id": 1, "title": "t", "lang": given_}).encode())
    assert line.doubts == ()


def test_every_kind_of_document_is_one_that_lines_may_name() -> None:
    rows = [json.dumps({"id": 1, "title": "t", "source_kind": kind}) for kind in KINDS]
    assert [line.doubts for line in read("\n".join(rows).encode())] == [()] * len(KINDS)


def test_blank_lines_and_a_byte_order_mark_are_no_documents() -> None:
    lines = read(b'\xef\xbb\xbf{"id": "a", "title": "A"}\n\n  \r\n{"id": "b", "title": "B"}')
    assert [(line.number, line.id) for line in lines] == [(1, "a"), (4, "b")]


@pytest.mark.parametrize(
    ("given_", "published"),
    [
        ("2025-04-04T16:00:00-04:00", datetime(2025, 4, 4, 20, tzinfo=UTC)),
        ("2025-04-04T16:00:00Z", datetime(2025, 4, 4, 16, tzinfo=UTC)),
        ("yesterday", None),
        ("0001-01-01T00:00:00+23:00", None),
        ("", None),
    ],
)
def test_a_date_is_aware_utc_or_none(given_: str, published: datetime | None) -> None:
    [line] = read(json.dumps({"id": "a", "title": "A", "published": given_}).encode())
    assert line.document.published == published


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"\xff\xfe", "line 2: not UTF-8 at byte 1"),
        (b"{", "line 2: not JSON at column 2: Expecting property name enclosed in double quotes"),
        (b"<html>", "line 2: not JSON at column 1: Expecting value"),
        (b"[" * 100_000, "line 2: not JSON we can read: nested too deeply"),
        (b"[1]", 'line 2: not an object: write {"id": …, "title": …} on each line'),
        (b'{"title": "A"}', "line 2: id is missing"),
        (b'{"id": true, "title": "A"}', "line 2: id must be a string"),
        (b'{"id": "a"}', "line 2: title is missing"),
        (b'{"id": "a", "titel": "A", "x": 1}', "line 2: title is missing; 'titel' is not read (did you mean title?)"),
        (b'{"ID": "a", "title": "A"}', "line 2: id is missing; 'ID' is not read (did you mean id?)"),
        (b'{"id": "a", "headline": "A", "b\\u0000": 1, "url": null}', "line 2: title is missing; not read: 'headline', 'b?'"),
        (
            b'{"id": "a", "q1": 1, "q2": 1, "q3": 1, "q4": 1, "q5": 1, "q6": 1}',
            "line 2: title is missing; not read: 'q1', 'q2', 'q3', 'q4', 'q5', …",
        ),
        (b'{"id": "a", "title": 1}', "line 2: title must be a string or null"),
        (b'{"id": "a", "title": "A", "text": ["x"]}', "line 2: text must be a string or null"),
        (b'{"id": "a", "title": "' + b"x" * LONGEST_LINE + b'"}', "line 2: longer than 20,000,000 bytes"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_line_that_is_no_document_is_named_with_its_fault(raw: bytes, fault: str) -> None:
    lines = read_lines(io.BytesIO(b'{"id": "a", "title": "A"}\n' + raw))
    assert next(lines).id == "a"
    with pytest.raises(LineError) as caught:
        next(lines)
    assert str(caught.value) == fault
    assert caught.value.number == 2


@given(st.binary(max_size=60))
def test_any_bytes_are_lines_or_a_fault(raw: bytes) -> None:
    read_so_far: list[Line] = []
    with contextlib.suppress(LineError):
        read_so_far.extend(read_lines(io.BytesIO(raw)))
    assert len(read_so_far) <= raw.count(b"\n") + 1


def test_the_page_names_every_kind_of_source_and_no_other() -> None:
    page = (ROOT / "docs/how-to/write-a-watch.md").read_text("utf-8")
    said = page.partition("which says where it is from:")[2].partition("Any other")[0]
    assert set(re.findall(r"`([a-z_]+)`", said)) - {"types"} == set(KINDS)
