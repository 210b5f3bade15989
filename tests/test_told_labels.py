"""What a follower of the recorded dockets is to be told: each entry that is new or changed is judged, once, by a case of the page."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parent.parent
LABELS: dict[str, dict[str, Any]] = json.loads((ROOT / "tests/labels/told.json").read_text("utf-8"))
MAX_AGE = timedelta(days=14)  #: what `max_age` is where the operator says nothing
_ATOM = "{http://www.w3.org/2005/Atom}"
_CASE = re.compile(r"^\| `([a-z-]+)` \|.*\| ([a-z]+) \|$", re.MULTILINE)


class Seen(NamedTuple):
    """An entry as one fetch shows it."""

    published: datetime
    words: str
    papers: tuple[str, ...]


Fetch = tuple[dict[str, Any], dict[str, Seen], dict[str, Seen]]  #: its labels, what the fetch before showed, what it shows


def read(file: Path) -> Iterator[tuple[str, Seen]]:
    """Each entry of a recorded feed by the fragment of its id, which alone stays when a case is renamed."""
    for entry in ElementTree.fromstring(file.read_bytes()).iter(f"{_ATOM}entry"):  # noqa: S314 - recorded, and small
        papers = tuple(link.attrib["href"] for link in entry.iter(f"{_ATOM}link") if link.get("rel") == "enclosure")
        published = datetime.fromisoformat(entry.findtext(f"{_ATOM}published", ""))
        yield entry.findtext(f"{_ATOM}id", "").partition("#")[2], Seen(published, entry.findtext(f"{_ATOM}summary", ""), papers)


@pytest.fixture
def feeds(payloads: Path) -> Path:
    return payloads / "fixtures/courtlistener/docket_feeds"


def files(feeds: Path, series: str) -> list[Path]:
    """The fetches of one docket, in order; one that was fetched once is a file by itself."""
    folder = feeds / series
    return sorted(folder.glob("*.xml")) if folder.is_dir() else [feeds / f"{series}.xml"]


def later_fetches(feeds: Path, series: str) -> Iterator[Fetch]:
    before: dict[str, Seen] = {}
    for number, (labels, file) in enumerate(zip(LABELS[series]["steps"], files(feeds, series), strict=True)):
        now = dict(read(file))
        if number:
            yield labels, before, now
        before = now


def test_every_recorded_docket_and_each_of_its_fetches_is_labelled(feeds: Path) -> None:
    recorded = {path.stem: [file.name for file in files(feeds, path.stem)] for path in feeds.iterdir()}
    assert recorded == {series: [step["file"] for step in labels["steps"]] for series, labels in LABELS.items()}


@pytest.mark.parametrize("series", sorted(LABELS))
def test_a_label_names_the_docket_of_its_series(feeds: Path, series: str) -> None:
    for file in files(feeds, series):
        assert set(re.findall(r"<id>[^<]*/docket/(\d+)/[^<]*#", file.read_text("utf-8"))) == {str(LABELS[series]["docket"])}, file.name


@pytest.mark.parametrize("series", sorted(LABELS))
def test_of_the_first_fetch_nothing_is_told(series: str) -> None:
    first, *later = LABELS[series]["steps"]
    assert (first["baseline"], first["entries"]) == (True, [])
    assert not any("baseline" in step for step in later)


@pytest.mark.parametrize("series", sorted(LABELS))
def test_each_entry_that_is_new_or_changed_is_judged_once_and_no_other(feeds: Path, series: str) -> None:
    for labels, before, now in later_fetches(feeds, series):
        moved = sorted(entry for entry, seen in now.items() if before.get(entry) != seen)
        assert sorted(label["id"] for label in labels["entries"]) == moved, labels["file"]


@pytest.mark.parametrize("series", sorted(LABELS))
def test_an_entry_is_told_once_and_mended_only_after(series: str) -> None:
    told: set[str] = set()
    for step in LABELS[series]["steps"]:
        alerts = {label["id"] for label in step["entries"] if label["told"] == "alert"}
        mended = {label["id"] for label in step["entries"] if label["told"] in {"edit", "update"}}
        assert not alerts & told, step["file"]
        assert mended <= told, step["file"]
        told |= alerts


@pytest.mark.parametrize("series", sorted(LABELS))
def test_what_is_late_at_first_sight_is_so_by_its_day_and_nothing_else_is(feeds: Path, series: str) -> None:
    for labels, before, now in later_fetches(feeds, series):
        fetched = datetime.fromisoformat(labels["fetched"]).astimezone(UTC)
        late = {entry for entry, seen in now.items() if entry not in before and fetched - seen.published > MAX_AGE}
        assert {label["id"] for label in labels["entries"] if label["case"] == "late"} == late, labels["file"]


def test_each_case_is_on_the_page_and_told_as_the_page_says() -> None:
    page = _CASE.findall((ROOT / "docs/reference/lifecycle.md").read_text("utf-8"))
    cases = dict(page)
    assert len(cases) == len(page)
    assert set(cases.values()) == {"alert", "edit", "update", "none"}
    used = [(label["case"], label["told"]) for labels in LABELS.values() for step in labels["steps"] for label in step["entries"]]
    assert [(case, told) for case, told in used if cases.get(case) != told] == []
