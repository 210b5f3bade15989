"""Recorded dockets: the Supreme Court's entry by entry, CourtListener's feeds snapshot by snapshot."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.recorded import NOW, Desk, court_docket, docket_feed, newline
from watcher.models import Docket, DocumentType, Source, Stage
from watcher.sources.scotus_docket import ask, read
from watcher.storage import tables as t
from watcher.testing.payloads import Answer

#: new, and changed in summary, in enclosure, or in either, against the snapshot before; the first snapshot is all new
SERIES = {
    "authors-guild-openai": [(17, 0, 0, 0), (3, 17, 1, 18), (0, 0, 2, 2)],
    "basbanes-microsoft": [(21, 5, 0, 5)],
    "kadrey-meta": [(3, 2, 0, 2), (0, 0, 1, 1), (0, 0, 1, 1), (4, 0, 0, 0)],
    "nyt-microsoft": [(1, 0, 0, 0), (2, 0, 0, 0), (6, 4, 0, 4)],
}
SINGLE = ("chabon-openai", "mdl-no-3094", "social-media-adolescent-addiction", "thomson-reuters-ross", "watkins-musk")
FULL = 30  #: entries of a docket feed that is full
_ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def feeds(payloads: Path) -> Path:
    return payloads / "fixtures/courtlistener/docket_feeds"


# The Supreme Court


def dockets(payloads: Path) -> Iterator[tuple[str, bytes, dict[str, Any]]]:
    """Number, body, and the second reading of each recorded docket."""
    for file in sorted((payloads / "fixtures/scotus").glob("*.expected.json")):
        number = file.name.removesuffix(".expected.json")
        yield number, file.with_name(f"{number}.json").read_bytes(), json.loads(file.read_bytes())


def supreme_court(desk: Desk, number: str) -> Source:
    """A docket's source as it is shipped: it asks robots.txt first."""
    return replace(desk.source(f"scotus/{number}", "scotus-docket", docket=Docket(court="scotus", number=number)), robots=True)


async def test_entries_dates_links_and_numbers_of_a_supreme_court_docket_agree_with_the_reading_beside_it(
    desk: Desk, payloads: Path
) -> None:
    checked = 0
    for number, body, reading in dockets(payloads):
        source = supreme_court(desk, number)
        desk.serve(source, court_docket(body))
        result = await desk.poll(source)
        wanted = reading["docket_entries"]
        assert (result.status, result.entries, result.new, result.faults) == ("ok", len(wanted), len(wanted), ()), number
        stored = await desk.documents(source)
        for document, entry in zip(stored, wanted, strict=True):
            links = [(attached["description"], attached["document_url"]) for attached in entry["attachments"]]
            assert document.published is not None
            assert (document.published.date().isoformat(), document.day_only) == (entry["date_filed"], True)
            assert document.summary == " ".join(entry["description"].split())
            assert [line.partition(": ")[::2] for line in document.text.splitlines()] == links
            assert document.docket == Docket(court="scotus", number=reading["docket_number"])
            opinion = re.search(r"href\s*=\s*'([^']+)'", entry["description_html"])
            papers = [url for _, url in links] or ([opinion[1]] if opinion else [""])
            assert document.enclosure in {url.replace("http://", "https://") for url in papers}
            assert document.stage is (Stage.AVAILABLE if papers != [""] else Stage.DESCRIBED)
            checked += len(links)
        page = await desk.fetcher.get(source, ask(source, NOW))
        dockets_named = [each.docket for each in read(source, page).named]
        assert [docket.number for docket in dockets_named if docket.court != "scotus"] == reading["lower_court_case_numbers"]
        assert {docket.number for docket in dockets_named if docket.court == "scotus"} >= ({reading["links"]} - {""})
    assert checked > 80


async def test_an_unchanged_docket_is_answered_304_and_a_new_etag_alone_changes_nothing(desk: Desk, payloads: Path) -> None:
    for number, body, _ in dockets(payloads):
        source = supreme_court(desk, number)
        answer = court_docket(body)
        path = desk.serve(source, answer)
        first, second = await desk.poll(source), await desk.poll(source)
        desk.server.routes[path] = replace(answer, headers=dict(answer.headers) | {"ETag": '"another"'})
        third = await desk.poll(source)
        assert (first.status, second.status, third.status) == ("ok", "not-modified", "not-modified")
        assert [(asked.headers.get("if-none-match"), asked.status) for asked in desk.server.asked(path)] == [
            (None, 200),
            (answer.headers["ETag"], 304),
            (answer.headers["ETag"], 200),
        ]
        assert (await desk.row(source))["etag"] == '"another"'
        assert set((await desk.versions(source)).values()) == {1}


async def test_a_docket_read_again_with_other_bytes_and_a_line_distributed_has_no_second_document(desk: Desk, payloads: Path) -> None:
    for number, body, reading in dockets(payloads):
        source, content = supreme_court(desk, number), json.loads(body)
        desk.serve(source, court_docket(body))
        await desk.poll(source)
        content["ProceedingsandOrder"][0]["Text"] += " (Distributed)"
        desk.serve(source, court_docket(json.dumps(content).encode()))
        result = await desk.poll(source)
        assert (result.status, result.new, result.changed) == ("ok", 0, 1), number
        assert sorted((await desk.versions(source)).values()) == [1] * (len(reading["docket_entries"]) - 1) + [2]


async def test_a_docket_that_robots_txt_excludes_is_left_alone_and_says_so(desk: Desk, payloads: Path) -> None:
    number, body, _ = next(dockets(payloads))
    source = supreme_court(desk, number)
    path = desk.serve(source, court_docket(body))
    desk.server.routes["/robots.txt"] = Answer(body=b"User-agent: *\nDisallow: /rss/\n", headers={"Content-Type": "text/plain"})
    result = await desk.poll(source)
    assert result.status == "failed"
    assert (result.error or "").startswith(f"robots.txt of 127.0.0.1 forbids {path}; ")
    assert desk.server.asked(path) == []
    assert (await desk.poll(replace(source, robots=False))).status == "ok"


async def test_the_docket_of_another_case_is_a_fault(desk: Desk, payloads: Path) -> None:
    bodies = {number: body for number, body, _ in dockets(payloads)}
    source = supreme_court(desk, "24A1")
    desk.serve(source, court_docket(bodies["23A999"]))
    assert (await desk.poll(source)).error == "asked for docket 24A1, answered with docket 23A999"
    assert await desk.count(t.documents) == 0


# CourtListener's feeds


def entries(body: bytes) -> dict[str, tuple[str, str]]:
    """Summary and enclosure of each entry by its atom id: our own plain reading, which shares nothing with the reader's."""
    found = {}
    for entry in ElementTree.fromstring(body).iter(f"{_ATOM}entry"):  # noqa: S314 - our own recording
        enclosure = next((link.get("href", "") for link in entry.iter(f"{_ATOM}link") if link.get("rel") == "enclosure"), "")
        found[entry.findtext(f"{_ATOM}id", "")] = (entry.findtext(f"{_ATOM}summary", ""), enclosure)
    return found


def key(atom_id: str) -> str:
    """`cl:DOCKET#entry-N` of an entry's atom id."""
    found = re.search(r"/docket/(\d+)/[^#]*#(.+)$", atom_id)
    assert found is not None
    return f"cl:{found[1]}#{found[2]}"


def docket_source(desk: Desk, body: bytes, name: str) -> Source:
    found = re.search(rb"/docket/(\d+)/feed/", body)
    assert found is not None
    docket = Docket(court="", number=name, courtlistener=int(found[1]))
    return desk.source(f"courtlistener/{docket.courtlistener}", "docket-feeds", docket=docket)


def snapshots(feeds: Path, name: str) -> list[bytes]:
    return [file.read_bytes() for file in sorted((feeds / name).glob("*.xml"))]


def test_the_collection_states_these_very_counts(payloads: Path) -> None:
    """Its words: `authors-guild 02 17/0/0, 03 3/17/1, 04 0/0/2; basbanes 02 21/5/0; …`."""
    said = " ".join((payloads / "fixtures/README.md").read_text("utf-8").split())
    for name, counts in SERIES.items():
        steps = ", ".join(f"{number:02} {new}/{words}/{paper}" for number, (new, words, paper, _) in enumerate(counts, 2))
        short = next(short for short in ("authors-guild", "basbanes", "kadrey", "nyt") if name.startswith(short))
        assert re.search(rf"\b{short} {steps}[;.]", said), name


@pytest.mark.parametrize("name", SERIES)
async def test_a_series_of_snapshots_gives_exactly_the_new_and_changed_entries(desk: Desk, feeds: Path, name: str) -> None:
    bodies = snapshots(feeds, name)
    assert len(bodies) == len(SERIES[name]) + 1
    source = docket_source(desk, bodies[0], name)
    known: dict[str, tuple[str, str]] = {}
    versions: dict[str, int] = {}
    truth = [(FULL, 0, 0, 0), *SERIES[name]]
    for body, (new, words, paper, either) in zip(bodies, truth, strict=True):
        now = entries(body)
        fresh, kept = now.keys() - known.keys(), now.keys() & known.keys()
        changed = {each for each in kept if now[each] != known[each]}
        assert (len(now), len(fresh), len(changed)) == (FULL, new, either)
        assert sum(now[each][0] != known[each][0] for each in kept) == words
        assert sum(now[each][1] != known[each][1] for each in kept) == paper
        path = desk.serve(source, docket_feed(body))
        result = await desk.poll(source)
        assert (result.status, result.entries, result.new, result.changed) == ("ok", FULL, new, either)
        assert (result.gap, result.faults) == (False, ())
        versions |= {key(each): 1 for each in fresh} | {key(each): versions[key(each)] + 1 for each in changed}
        assert await desk.versions(source) == versions
        assert (await desk.poll(source)).status == "not-modified"
        known |= now
    stored = {document.key: document.enclosure for document in await desk.documents(source)}
    assert stored == {key(each): enclosure.replace("http://", "https://") for each, (_, enclosure) in known.items()}
    assert not any(asked.conditional for asked in desk.server.asked(path))  # it honours none
    assert {asked.status for asked in desk.server.requests} == {200}


@pytest.mark.parametrize("name", SINGLE)
async def test_a_feed_recorded_once_is_stored_whole_and_once(desk: Desk, feeds: Path, name: str) -> None:
    body = (feeds / f"{name}.xml").read_bytes()
    source, wanted = docket_source(desk, body, name), entries(body)
    desk.serve(source, docket_feed(body))
    first = await desk.poll(source)
    assert (first.status, first.entries, first.new, first.faults, first.gap) == ("ok", len(wanted), len(wanted), (), False)
    stored = await desk.documents(source)
    assert [document.key for document in stored] == [key(each) for each in wanted]
    assert {document.type for document in stored} - {DocumentType.OTHER}
    assert all(document.shown and document.published and document.docket == source.docket for document in stored)
    desk.serve(source, docket_feed(body + newline(body)))
    second = await desk.poll(source)
    assert (second.status, second.entries, second.new, second.changed) == ("ok", len(wanted), 0, 0)


def test_the_single_feeds_are_all_there_are(feeds: Path) -> None:
    assert sorted(file.stem for file in feeds.glob("*.xml")) == sorted(SINGLE)
    assert sorted(folder.name for folder in feeds.iterdir() if folder.is_dir()) == sorted(SERIES)


async def test_a_snapshot_of_unknown_entries_only_is_a_gap_and_one_known_entry_is_none(desk: Desk, feeds: Path) -> None:
    """The basbanes feed moved on by 21 of 30 between two reads: had it moved on by 30, some in between would have been lost."""
    first, second = snapshots(feeds, "basbanes-microsoft")
    source, known = docket_source(desk, first, "basbanes"), entries(first)
    kept = [each for each in entries(second) if each in known]
    beyond = second
    for each in kept:
        beyond = beyond.replace(each.encode(), re.sub(r"entry-(\d+)$", r"entry-9\1", each).encode())
    assert len(entries(beyond)) == FULL
    assert not entries(beyond).keys() & known.keys()
    almost = beyond.replace(re.sub(r"entry-(\d+)$", r"entry-9\1", kept[0]).encode(), kept[0].encode())

    desk.serve(source, docket_feed(first))
    assert (await desk.poll(source)).gap is False  # a first poll knows nothing, and that is no gap
    desk.serve(source, docket_feed(almost))
    nearly = await desk.poll(source)
    assert (nearly.new, nearly.gap, (await desk.row(source))["gaps"]) == (FULL - 1, False, 0)

    far = re.sub(rb"/docket/(\d+)/", rb"/docket/9\1/", first)
    other = docket_source(desk, far, "basbanes")
    moved = re.sub(rb"/docket/(\d+)/", rb"/docket/9\1/", beyond)
    desk.serve(other, docket_feed(far))
    await desk.poll(other)
    desk.serve(other, docket_feed(moved))
    lost = await desk.poll(other)
    assert (lost.status, lost.new, lost.gap, (await desk.row(other))["gaps"]) == ("ok", FULL, True, 1)


async def test_the_feed_of_another_docket_is_a_fault(desk: Desk, feeds: Path) -> None:
    body = (feeds / "watkins-musk.xml").read_bytes()
    source = docket_source(desk, (feeds / "chabon-openai.xml").read_bytes(), "chabon-openai")
    desk.serve(source, docket_feed(body))
    assert (await desk.poll(source)).error == "asked for docket 67778017, answered with docket 68564538"
    assert await desk.count(t.documents) == 0
