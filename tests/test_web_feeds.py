"""Feeds as other programs read them: feedparser, our own reader of feeds, a JSON parser, a calendar."""

import io
import json
from datetime import date, timedelta

import feedparser
import pytest

from tests.papers import NOW, SOURCE, article, judged, order
from tests.site import WATCHES, get, reader, site_app, stored
from watcher.models import Deadline, DocumentType, Severity, Stage, Story
from watcher.ports import Page, Shown, StoryPage
from watcher.sources import KINDS
from watcher.storage import Database
from watcher.web import feeds

HOSTILE = "Order \x00\x0b\x1f\ufffe\ud800<b>&amp; \u202eodd"
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
    assert read.feed.id == "https://watch.example/watch/abrego-garcia"
    assert [(entry.id, entry.title, entry.link) for entry in read.entries] == [
        ("https://watch.example/story/1", "Order on motion (#51), Abrego Garcia v. Noem", "https://watch.example/story/1")
    ]
    assert "found" not in read.entries[0].summary
    assert "Why: abrego-garcia" in read.entries[0].summary


@pytest.mark.parametrize("kind", ["atom", "json"])
async def test_our_own_reader_reads_our_feeds(database: Database, kind: str) -> None:
    await stored(database, judged(article(), "cecot"))
    answer = await get(database, f"/watch/cecot.{kind}")
    page = Page(url=f"https://watch.example/watch/cecot.{kind}", body=answer.content, content_type=answer.headers["content-type"])
    reading = KINDS["feed"].read(SOURCE, page)
    assert reading.faults == ()
    assert [(entry.id, entry.link, entry.title) for entry in reading.entries] == [
        ("https://watch.example/story/1", "https://watch.example/story/1", "a reported of the prison")
    ]


def test_control_characters_of_a_title_do_not_break_atom() -> None:
    read = feedparser.parse(io.BytesIO(feeds.atom(WATCHES[0], [story_page()], "https://w.example", NOW)))
    assert not read.bozo
    assert read.entries[0].title.startswith("Order")
    assert not set("\x00\x0b\x1f\ufffe\u202e") & set(read.entries[0].title)


def test_an_address_that_no_browser_may_follow_is_left_out() -> None:
    page = story_page("a", url="javascript:alert(1)")
    assert b"javascript" not in feeds.atom(WATCHES[0], [page], "https://w.example", NOW)
    assert b"javascript" not in feeds.json_feed(WATCHES[0], [page], "https://w.example")


def test_json_feed_has_the_shape_of_1_1() -> None:
    feed = json.loads(feeds.json_feed(WATCHES[0], [story_page()], "https://w.example"))
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
    assert item["id"] == item["url"] == "https://w.example/story/7"
    assert item["external_url"] == "https://court.example/a?b=1&c=2"
    assert item["content_text"]
    assert (item["date_published"], item["date_modified"]) == ("2026-11-24T12:00:00+00:00", "2026-11-24T13:00:00+00:00")
    assert item["tags"] == ["cecot"]


def test_a_calendar_has_whole_days_and_no_line_of_a_titles_own() -> None:
    body = feeds.calendar(WATCHES[0], [story_page(HOSTILE, Deadline(label=LABEL, on=date(2026, 12, 31)))], "https://w.example")
    lines = unfolded(body)
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 1
    assert "DTSTART;VALUE=DATE:20261231" in lines
    assert "DTEND;VALUE=DATE:20270101" in lines
    assert "DTSTAMP:20261124T130000Z" in lines
    (summary,) = [line for line in lines if line.startswith("SUMMARY:")]
    assert summary.startswith(r"SUMMARY:comments close\; see A\, B\\C\nBEGIN:VEVENT: Order")


def test_lines_of_a_calendar_are_folded_at_75_octets_between_characters() -> None:
    title = "Übergabe – " * 30
    body = feeds.calendar(WATCHES[0], [story_page(title, Deadline(label="hearing", on=date(2026, 12, 1)))], "https://w.example")
    assert max(len(line) for line in body.split(b"\r\n")) == 75
    assert f"SUMMARY:hearing: {title}" in unfolded(body)


def test_a_deadline_keeps_its_uid_when_another_comes_before_it() -> None:
    late, early = Deadline(label="hearing", on=date(2026, 12, 9)), Deadline(label="hearing", on=date(2026, 12, 1))

    def uids(*deadlines: Deadline) -> set[str]:
        body = feeds.calendar(WATCHES[0], [story_page("a", *deadlines)], "https://w.example")
        return {line for line in unfolded(body) if line.startswith("UID:")}

    assert len(uids(early, late)) == 2
    assert uids(late) < uids(early, late)


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
