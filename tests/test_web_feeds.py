"""Feeds as other programs read them: feedparser, our own reader of feeds, a JSON parser, a calendar."""

import io
import json
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import feedparser
import pytest

from tests.papers import NOW, SOURCE, article, judged, order
from tests.site import SOURCES, WATCHES, get, reader, site_app, stored
from watcher.models import Deadline, Docket, DocumentType, Severity, Stage, Stay, Story
from watcher.ports import Page, Shown, StoryPage
from watcher.sources import KINDS
from watcher.storage import Database
from watcher.web import feeds
from watcher.web.words import Names

HOSTILE = "Order \x00\x0b\x1f\ufffe\ud800<b>&amp; \u202eodd"
NAMES = Names(topics={watch.id: watch.title for watch in WATCHES}, sources=SOURCES)
LABEL = "comments close; see A, B\\C\r\nBEGIN:VEVENT"


def story_page(title: str = HOSTILE, *deadlines: Deadline, url: str = "https://court.example/a?b=1&c=2") -> StoryPage:
    """A Story as no reader of ours would store it: nothing of it was cleaned."""
    document = article(title=title, url=url, deadlines=deadlines)
    story = Story(
        id=7,
        revision=2,
        title=title,
        severity=Severity.URGENT,
        stage=Stage.PUBLISHED,
        type=DocumentType.ARTICLE,
        watches=("cecot",),
        lead=document.key,
        first_seen=NOW,
        revised_at=NOW + timedelta(hours=1),
    )
    return StoryPage(story=story, papers=(Shown(document=document, seen_at=NOW, because=(), matches=()),), revisions=())


def unfolded(body: bytes) -> list[str]:
    return body.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


async def test_atom_is_what_feedparser_reads_without_complaint(database: Database) -> None:
    await stored(database, judged(order(url="https://court.example/51"), "abrego-garcia"), source="courtlistener/69777799")
    answer = await get(database, "/watch/abrego-garcia.atom")
    read = feedparser.parse(io.BytesIO(answer.content), response_headers={"content-type": answer.headers["content-type"]})
    assert not read.bozo
    assert read.version == "atom10"
    (entry,) = read.entries
    assert (entry.title, entry.link) == ("Order on motion (#51), Abrego Garcia v. Noem", "https://watch.example/story/1")
    assert [(tag.term, tag.label) for tag in entry.tags] == [("abrego-garcia", "Abrego Garcia v. Noem")]
    assert entry.summary.splitlines() == [
        "Order, U.S. District Court, D. Maryland, No. 8:25-cv-00951, 24 Nov 2026.",
        "ORDER granting 50 Motion for Temporary Restraining Order.",
        "Why: Abrego Garcia v. Noem (Entry)",
        "story:1",
    ]


ARGUED = Deadline(label="motion hearing", on=date(2026, 12, 1), time=time(10, 30), zone="America/New_York")
DUE = Deadline(label="response due", on=date(2026, 11, 30))


@pytest.mark.parametrize("kind", ["atom", "json"])
async def test_a_feed_says_which_days_are_ahead(database: Database, kind: str) -> None:
    await stored(database, judged(order(deadlines=(ARGUED, DUE)), "abrego-garcia"), source="courtlistener/69777799")
    body = (await get(database, f"/watch/abrego-garcia.{kind}")).content
    said = json.loads(body)["items"][0]["content_text"] if kind == "json" else feedparser.parse(io.BytesIO(body)).entries[0].summary
    assert said.splitlines()[-4:-2] == ["30 Nov 2026: response due", "1 Dec 2026, 10:30 a.m. Eastern: motion hearing"]


async def test_the_days_of_a_json_feed_are_data_as_they_stand(database: Database) -> None:
    await stored(database, judged(order(deadlines=(ARGUED, DUE)), "abrego-garcia"), source="courtlistener/69777799")
    moved = replace(ARGUED, on=date(2026, 12, 8), moved=True)
    at = NOW + timedelta(hours=1)
    await stored(database, judged(order(52, deadlines=(moved,), off=(ARGUED,)), "abrego-garcia"), source="courtlistener/69777799", at=at)
    items = json.loads((await get(database, "/watch/abrego-garcia.json")).content)["items"]
    hearing = {
        "label": "motion hearing",
        "on": "2026-12-08",
        "zone": "America/New_York",
        "time": "10:30",
        "at": "2026-12-08T15:30:00+00:00",
    }
    assert [item["_habeas_watch"]["dates"] for item in items] == [[hearing], [{"label": "response due", "on": "2026-11-30"}]]


@pytest.mark.parametrize("of_docket", [True, False])
async def test_what_a_court_above_stays_of_a_named_order_leaves_the_calendar_where_the_docket_is_one_of_the_case(
    database: Database, of_docket: bool
) -> None:
    above = order(
        70, key="cl:3#entry-70", docket=Docket(court="ca4", number="25-1345", courtlistener=3), stays=(Stay(number="51", below=True),)
    )
    for paper, at in ((order(51, deadlines=(DUE,)), NOW), (above, NOW + timedelta(hours=1))):
        given = judged(paper, "abrego-garcia", of_docket=of_docket)
        await stored(database, given, source="courtlistener/69777799", at=at)
    body = (await get(database, "/watch/abrego-garcia.ics")).content
    assert (b"response due" in body) is not of_docket


async def test_a_ruling_has_the_headline_of_the_press_in_a_feed(database: Database) -> None:
    report = article("b", title="Abrego Garcia: judge grants restraining order", summary="In Abrego Garcia v. Noem a judge granted it.")
    await stored(database, judged(order(), "abrego-garcia"), source="courtlistener/69777799")
    await stored(database, judged(report, "abrego-garcia"), at=NOW + timedelta(hours=1))
    (item,) = json.loads((await get(database, "/watch/abrego-garcia.json")).content)["items"]
    assert "Reported as: “Abrego Garcia: judge grants restraining order” (The Press)" in item["content_text"].splitlines()


def ids_of(kind: str, body: bytes) -> list[str]:
    """What a feed and its entries, or the events of a calendar, are known by."""
    if kind == "ics":
        return [line for line in unfolded(body) if line.startswith("UID:")]
    if kind == "json":
        return [item["id"] for item in json.loads(body)["items"]]
    read = feedparser.parse(io.BytesIO(body))
    return [read.feed.id, *(entry.id for entry in read.entries)]


@pytest.mark.parametrize("kind", ["atom", "json", "ics"])
async def test_what_identifies_an_entry_is_the_same_under_every_host(database: Database, kind: str) -> None:
    await stored(database, judged(article(deadlines=(Deadline(label="hearing", on=date(2026, 12, 1)),)), "cecot"))
    async with reader(site_app(database, public_url=None)) as client:
        bodies = [(await client.get(f"/watch/cecot.{kind}", headers={"Host": host})).content for host in ("a.example", "b.example")]
    bodies.append((await get(database, f"/watch/cecot.{kind}")).content)
    told = {tuple(ids_of(kind, body)) for body in bodies}
    assert len(told) == 1
    assert len(set(told.pop())) == (2 if kind == "atom" else 1)


async def test_a_feed_whose_links_are_those_of_the_request_is_for_no_shared_cache(database: Database) -> None:
    assert (await get(database, "/watch/cecot.atom", public_url=None)).headers["cache-control"] == "private, max-age=60"
    assert (await get(database, "/watch/cecot.atom")).headers["cache-control"] == "max-age=60"


@pytest.mark.parametrize("kind", ["atom", "json"])
async def test_a_feed_has_only_what_was_to_be_told(database: Database, kind: str) -> None:
    names = ("oldest", "belated", "formal", "newest")
    old, late, formal, new = (article(name, title=f"{name} {name}x {name}y", summary="") for name in names)
    formal = replace(formal, severity=Severity.FORMALITY)
    silent = (judged(old, "cecot", tell=False), judged(late, "cecot", backfill=True), judged(formal, "cecot"))
    await stored(database, *silent, judged(new, "cecot"))
    body = (await get(database, f"/watch/cecot.{kind}")).text
    assert [name for name in names if name in body] == ["newest"]


async def test_a_calendar_has_the_days_of_what_nobody_was_told_too(database: Database) -> None:
    hearing = Deadline(label="hearing", on=date(2026, 12, 1))
    await stored(database, judged(article(deadlines=(hearing,)), "cecot", tell=False))
    assert "DTSTART;VALUE=DATE:20261201" in (await get(database, "/watch/cecot.ics")).text


@pytest.mark.parametrize("kind", ["atom", "json"])
async def test_our_own_reader_reads_our_feeds(database: Database, kind: str) -> None:
    await stored(database, judged(article(), "cecot"))
    answer = await get(database, f"/watch/cecot.{kind}")
    page = Page(url=f"https://watch.example/watch/cecot.{kind}", body=answer.content, content_type=answer.headers["content-type"])
    reading = KINDS["feed"].read(SOURCE, page)
    assert reading.faults == ()
    assert [(entry.id[:9], entry.link, entry.title) for entry in reading.entries] == [
        ("urn:uuid:", "https://watch.example/story/1", "a reported of the prison")
    ]


def test_control_characters_of_a_title_do_not_break_atom() -> None:
    read = feedparser.parse(io.BytesIO(feeds.atom(WATCHES[0], [story_page()], "https://w.example", NOW, NAMES)))
    assert not read.bozo
    assert read.entries[0].title.startswith("Order")
    assert not set("\x00\x0b\x1f\ufffe\u202e") & set(read.entries[0].title)


def test_an_address_that_no_browser_may_follow_is_left_out() -> None:
    page = story_page("a", url="javascript:alert(1)")
    assert b"javascript" not in feeds.atom(WATCHES[0], [page], "https://w.example", NOW, NAMES)
    assert b"javascript" not in feeds.json_feed(WATCHES[0], [page], "https://w.example", NAMES)


def test_json_feed_has_the_shape_of_1_1() -> None:
    feed = json.loads(feeds.json_feed(WATCHES[0], [story_page()], "https://w.example", NAMES))
    (item,) = feed.pop("items")
    assert feed == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Habeas Watch: CECOT & <prison>",
        "home_page_url": "https://w.example/watch/cecot",
        "feed_url": "https://w.example/watch/cecot.json",
        "description": "The prison itself.",
        "language": "en",
        "authors": [{"name": "Habeas Watch"}],
    }
    assert item["id"].startswith("urn:uuid:")
    assert item["url"] == "https://w.example/story/7"
    assert item["external_url"] == "https://court.example/a?b=1&c=2"
    assert item["content_text"]
    assert (item["date_published"], item["date_modified"]) == ("2026-11-24T12:00:00+00:00", "2026-11-24T13:00:00+00:00")
    assert item["tags"] == ["cecot"]


def test_a_calendar_has_whole_days_and_no_line_of_a_titles_own() -> None:
    body = feeds.calendar(WATCHES[0], [story_page(HOSTILE, Deadline(label=LABEL, on=date(2026, 12, 31)))], "https://w.example", NAMES)
    lines = unfolded(body)
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 1
    assert "DTSTART;VALUE=DATE:20261231" in lines
    assert "DTEND;VALUE=DATE:20270101" in lines
    assert "DTSTAMP:20261124T130000Z" in lines
    (summary,) = [line for line in lines if line.startswith("SUMMARY:")]
    assert summary.startswith(r"SUMMARY:comments close\; see A\, B\\C\nBEGIN:VEVENT: Order")


def test_lines_of_a_calendar_are_folded_at_75_octets_between_characters() -> None:
    title = "Übergabe – " * 30
    body = feeds.calendar(WATCHES[0], [story_page(title, Deadline(label="hearing", on=date(2026, 12, 1)))], "https://w.example", NAMES)
    assert max(len(line) for line in body.split(b"\r\n")) == 75
    assert f"SUMMARY:hearing: {title}" in unfolded(body)


HEARING = Deadline(label="hearing", on=date(2026, 12, 1), time=time(10, 30), zone="America/New_York")


def events(*pages: StoryPage) -> list[dict[str, str]]:
    """What a calendar reads: each event's properties by their names, parameters and all."""
    lines = unfolded(feeds.calendar(WATCHES[0], pages, "https://w.example", NAMES))
    assert (lines[0], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    found: list[dict[str, str]] = []
    for name, colon, value in (line.partition(":") for line in lines):
        assert colon
        if (name, value) == ("BEGIN", "VEVENT"):
            found.append({})
        elif found and name != "END":
            assert found[-1].setdefault(name, value) == value  # once each (3.6.1)
    return found


def test_a_hearing_is_at_its_hour_in_utc_and_has_no_end() -> None:
    (event,) = events(story_page("Order", HEARING))
    assert event["DTSTART"] == "20261201T153000Z"
    assert "DTEND" not in event
    assert event["SUMMARY"] == "hearing: Order"
    assert event["DESCRIPTION"].startswith(r"1 Dec 2026\, 10:30 a.m. Eastern: hearing\nArticle\, The Press")


@pytest.mark.parametrize("zone", ["", "Nowhere/At_All"])
def test_an_hour_on_nobody_knows_whose_clocks_is_a_day_that_names_it(zone: str) -> None:
    (event,) = events(story_page("Order", replace(HEARING, zone=zone)))
    assert event["DTSTART;VALUE=DATE"] == "20261201"
    assert event["SUMMARY"].startswith(r"hearing\, 10:30 a.m.")


def test_a_hearing_that_is_moved_is_the_same_event_later_on() -> None:
    before = story_page("Order", HEARING, replace(HEARING, label="reply due", time=None, zone=""))
    (paper,) = before.papers
    edited = replace(paper.document, deadlines=(replace(HEARING, on=date(2026, 12, 8)), paper.document.deadlines[1]))
    after = replace(before, papers=(replace(paper, document=edited, version=2, changed_at=NOW + timedelta(days=2)),))
    (_, old_hearing), (reply, hearing) = events(before), events(after)
    assert (hearing["UID"], hearing["DTSTART"]) == (old_hearing["UID"], "20261208T153000Z")
    assert reply["UID"] != hearing["UID"]
    assert int(hearing["SEQUENCE"]) > int(old_hearing["SEQUENCE"])
    assert hearing["DTSTAMP"] == hearing["LAST-MODIFIED"] == "20261126T120000Z" > old_hearing["DTSTAMP"]


def hearing_page(story: int, days: int, *, on: int, off: tuple[Deadline, ...] = (), **fields: Any) -> StoryPage:
    """A Story of one docket entry, seen so many days later, that names a hearing on a day of December."""
    at = NOW + timedelta(days=days)
    deadline = replace(HEARING, on=date(2026, 12, on), moved=bool(days))
    entry = order(story, headline=f"Entry {story}", published=at, deadlines=(deadline,), off=off)
    page = story_page("a")
    born = replace(page.story, id=story, revision=1, title=f"Entry {story}", lead=entry.key, first_seen=at, revised_at=at)
    return replace(page, story=born, papers=(Shown(document=entry, seen_at=at, because=(), matches=(), **fields),))


def test_a_hearing_that_a_later_entry_moves_is_the_same_event_and_its_sequence_never_falls() -> None:
    first, second, third = hearing_page(7, 0, on=1), hearing_page(8, 1, on=8, version=4), hearing_page(9, 2, on=15)
    states = [events(first), events(second, first), events(third, second, first)]
    assert [len(each) for each in states] == [1, 1, 1]
    told = [(event["UID"], event["DTSTART"][:8], event["SUMMARY"]) for (event,) in states]
    uid = told[0][0]
    assert told == [(uid, f"202612{day}", f"hearing: Entry {story}") for day, story in (("01", 7), ("08", 8), ("15", 9))]
    assert [event["SEQUENCE"] for (event,) in states] == ["0", "4", "5"]


def test_two_hearings_of_one_story_are_two_events() -> None:
    two = events(story_page("a", HEARING, replace(HEARING, on=date(2026, 12, 9))))
    assert len({event["UID"] for event in two}) == 2
    assert events(story_page("a", HEARING))[0]["UID"] in {event["UID"] for event in two}


async def test_a_feed_known_already_is_not_sent_again(database: Database) -> None:
    await stored(database, judged(article(), "cecot"))
    async with reader(site_app(database)) as client:
        for kind in ("atom", "json", "ics"):
            first = await client.get(f"/watch/cecot.{kind}")
            again = await client.get(f"/watch/cecot.{kind}", headers={"If-None-Match": f'"x", W/{first.headers["etag"]}'})
            assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


async def test_without_a_public_address_links_are_those_of_the_request(database: Database) -> None:
    assert (
        json.loads((await get(database, "/watch/cecot.json", public_url=None)).content)["home_page_url"] == "http://local.test/watch/cecot"
    )
