"""All kinds of source against recorded answers of their services: what is in them is what we read, and reading twice changes nothing."""

import io
import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest

from tests.conftest import ROOT
from watcher.errors import ParseError
from watcher.models import Docket, Document, DocumentType, Entry, Severity, Source, Stage
from watcher.normalize import documents
from watcher.ports import Page
from watcher.sources import KINDS

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
JSON = "application/json; charset=utf-8"
#: new entries, and those whose words or whose paper's address differ from the snapshot before: the collection's own count
SERIES = {
    "authors-guild-openai": [(17, 0, 0), (3, 17, 1), (0, 0, 2)],
    "basbanes-microsoft": [(21, 5, 0)],
    "kadrey-meta": [(3, 2, 0), (0, 0, 1), (0, 0, 1), (4, 0, 0)],
    "nyt-microsoft": [(1, 0, 0), (2, 0, 0), (6, 4, 0)],
}
SCOTUS = ("16-1362", "21-1397", "23A999", "24-966", "24A1")


def source(kind: str, docket: Docket | None = None) -> Source:
    url = KINDS[kind].DEFAULT_URL or "https://example.org/feed"
    return Source(id=kind, kind=kind, url=url, every=timedelta(minutes=15), docket=docket)


def read(kind: str, path: Path, docket: Docket | None = None) -> tuple[tuple[Entry, ...], list[Document]]:
    asked = source(kind, docket)
    answer = Page(url=asked.url, body=path.read_bytes(), content_type=JSON if path.suffix == ".json" else "application/xml")
    entries = KINDS[kind].read(asked, answer).entries
    return entries, documents(entries, asked, now=NOW)


def _feeds() -> list[str]:
    """Names of the recorded feeds; the fixture says what to do where there are none."""
    given = os.environ.get("WATCHER_TEST_PAYLOADS")
    folder = Path(given) if given else ROOT.parent / "shared"
    return sorted(path.name for path in (folder / "fixtures/feeds").glob("*")) or ["no payloads"]


def _held(path: Path) -> int | None:
    """How many entries a feed holds by feedparser or by its JSON; None for what is no feed."""
    body = path.read_bytes()
    if path.suffix == ".json":
        content = json.loads(body)
        return len(content["items"]) if content["version"].rstrip("/").rpartition("/")[2] in ("1", "1.1") else None
    parsed: dict[str, Any] = feedparser.parse(io.BytesIO(body), response_headers={"content-type": "application/xml"})
    return len(parsed["entries"]) if parsed["version"] else None


@pytest.mark.parametrize("name", _feeds())
def test_a_recorded_feed_gives_the_entries_it_holds_and_the_same_again_or_one_clear_fault(payloads: Path, name: str) -> None:
    path = payloads / "fixtures/feeds" / name
    held = _held(path)
    if held is None:
        with pytest.raises(ParseError, match=r"^feed: not a feed: \S+"):
            read("feed", path)
        return
    entries, made = read("feed", path)
    assert len(entries) == held
    assert 0 < len(made) <= held or held == 0
    assert all(document.published is None or document.published.tzinfo is UTC for document in made)
    assert all(document.shown for document in made)
    keys = [key for document in made for key in (document.key, *document.keys)]
    assert len(keys) == len(set(keys)), "two Documents of one reading share a key"
    again = read("feed", path)[1]
    assert [(one.key, one.keys, one.fingerprint()) for one in again] == [(one.key, one.keys, one.fingerprint()) for one in made]


def _snapshots(folder: Path) -> Iterator[dict[str, Document]]:
    for path in sorted(folder.glob("*.xml")):
        number = int(feedparser.parse(io.BytesIO(path.read_bytes()))["entries"][0]["id"].split("/docket/")[1].split("/")[0])
        yield {document.key: document for document in read("docket-feeds", path, Docket(court="", number="", courtlistener=number))[1]}


@pytest.mark.parametrize("case", SERIES)
def test_snapshots_of_a_docket_feed_give_the_new_and_changed_entries_of_the_record(payloads: Path, case: str) -> None:
    known: dict[str, Document] = {}
    counted = []
    for snapshot in _snapshots(payloads / "fixtures/courtlistener/docket_feeds" / case):
        assert len(snapshot) == 30
        common = [(known[key], snapshot[key]) for key in snapshot if key in known]
        new = len(snapshot) - len(common)
        words = sum(old.summary != now.summary for old, now in common)
        paper = sum(old.enclosure != now.enclosure for old, now in common)
        versions = sum(old.fingerprint() != now.fingerprint() for old, now in common)
        assert versions == sum(old.summary != now.summary or old.enclosure != now.enclosure for old, now in common)
        counted.append((new, words, paper))
        known |= snapshot
    assert counted[1:] == SERIES[case]


@pytest.mark.parametrize("number", SCOTUS)
def test_a_supreme_court_docket_agrees_with_the_reading_beside_it(payloads: Path, number: str) -> None:
    folder = payloads / "fixtures/scotus"
    expected = json.loads((folder / f"{number}.expected.json").read_bytes())
    entries, made = read("scotus-docket", folder / f"{number}.json", Docket(court="scotus", number=number))
    assert len(made) == len(entries) == len(expected["docket_entries"])
    for document, wanted in zip(made, expected["docket_entries"], strict=True):
        assert document.published is not None
        assert (document.published.date().isoformat(), document.day_only) == (wanted["date_filed"], True)
        assert document.summary == " ".join(wanted["description"].split())
        assert [line.partition(": ")[::2] for line in document.text.splitlines()] == [
            (attached["description"], attached["document_url"]) for attached in wanted["attachments"]
        ]
    answer = KINDS["scotus-docket"].read(source("scotus-docket", Docket(court="scotus", number=number)), _page(folder / f"{number}.json"))
    named = [each.docket for each in answer.named]
    assert [docket.number for docket in named if docket.court != "scotus"] == expected["lower_court_case_numbers"]
    assert [docket.number for docket in named if docket.court == "scotus"][:1] == ([expected["links"]] if expected["links"] else ["24-971"])


def test_no_counsel_of_a_supreme_court_docket_is_kept(payloads: Path) -> None:
    folder = payloads / "fixtures/scotus"
    for number in SCOTUS:
        case = json.loads((folder / f"{number}.json").read_bytes())
        counsel = [person for side in ("Petitioner", "Respondent", "Other") for person in case.get(side, ())]
        kept = repr(read("scotus-docket", folder / f"{number}.json", Docket(court="scotus", number=number)))
        for person in counsel:
            assert not any(person.get(field) and person[field] in kept for field in ("Address", "Phone", "Email", "Zip"))


def _page(path: Path) -> Page:
    return Page(url="https://example.org/", body=path.read_bytes(), content_type=JSON)


def test_a_whole_issue_of_the_register_is_read(payloads: Path) -> None:
    _, made = read("federal-register", payloads / "fixtures/federal_register/issue_2016-02-29_documents.json")
    assert len(made) == 129
    assert {document.published for document in made} == {datetime(2016, 2, 29, tzinfo=UTC)}
    assert {document.stage for document in made} == {Stage.PUBLISHED}
    assert made[0].key == "fr:2016-04322"
    assert "fr:2016-4322" in made[0].keys


def test_pages_of_the_register_lead_on_until_the_last(payloads: Path) -> None:
    folder = payloads / "fixtures/federal_register"
    first = KINDS["federal-register"].read(source("federal-register"), _page(folder / "documents_presdocu_page1.json"))
    assert first.next is not None
    assert first.next.url == json.loads((folder / "documents_presdocu_page1.json").read_bytes())["next_page_url"]
    assert KINDS["federal-register"].read(source("federal-register"), _page(folder / "documents_presdocu_1994.json")).next is None


def test_zero_hits_of_the_register_are_an_empty_reading(payloads: Path) -> None:
    assert read("federal-register", payloads / "fixtures/federal_register/documents_zero_results.json") == ((), [])


@pytest.mark.parametrize(
    "name",
    ["error_400_invalid_cursor.json", "error_400_unknown_field.json", "error_404_record_not_found.json", "error_404_empty_number.html"],
)
@pytest.mark.parametrize("kind", ["federal-register", "public-inspection"])
def test_an_error_body_of_the_register_is_a_fault(payloads: Path, kind: str, name: str) -> None:
    with pytest.raises(ParseError, match=f"^{kind}: "):
        read(kind, payloads / "fixtures/federal_register" / name)


def test_public_inspection_gives_stages_and_keeps_why_a_paper_was_withdrawn(payloads: Path) -> None:
    _, made = read("public-inspection", payloads / "fixtures/federal_register/public_inspection_current.json")
    stages = {document.number: document.stage for document in made}
    assert stages == {
        "2026-20295": Stage.WITHDRAWN,
        "2026-20228": Stage.SPECIAL,
        "2026-20338": Stage.SPECIAL,
        "2026-20396": Stage.SPECIAL,
        "2026-20282": Stage.INSPECTION,
        "2026-20283": Stage.INSPECTION,
        "2026-20287": Stage.INSPECTION,
        "2026-20439": Stage.SPECIAL,
    }
    withdrawn, last = made[0], made[-1]
    assert withdrawn.note.startswith("An agency letter requesting withdrawal")
    assert withdrawn.title == "Meetings; Sunshine Act"
    assert (last.type, last.severity, last.published) == (
        DocumentType.PRESIDENTIAL,
        Severity.URGENT,
        datetime(2026, 10, 2, 15, 15, tzinfo=UTC),
    )
    assert [deadline.on for deadline in last.deadlines] == [date(2026, 10, 5)]


def test_the_white_house_feed_is_read_without_its_menu(payloads: Path) -> None:
    _, (document,) = read("feed", payloads / "fixtures/feeds/whitehouse__presidential-actions.xml")
    assert document.text.startswith("By the authority vested in me as President by the Constitution")
    assert "All News" not in document.text
    assert document.summary.endswith("[…]")
