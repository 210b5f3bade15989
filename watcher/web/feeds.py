"""Atom (RFC 4287), JSON Feed 1.1 and iCalendar (RFC 5545) of Stories. Pure: pages in, bytes out."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree as ET

from watcher.labels import label
from watcher.models import Deadline, Watch
from watcher.ports import StoryPage
from watcher.web.words import found, lead_of, link, when

ATOM = "http://www.w3.org/2005/Atom"
ET.register_namespace("", ATOM)

_XML_FORBIDDEN = {code: None for code in (*range(0x20), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)) if code not in (9, 10, 13)}


def atom(watch: Watch, pages: Sequence[StoryPage], base: str, now: datetime) -> bytes:
    """An Atom feed of a Watch.

    Args:
        base: where the pages are, without a slash at the end.
        now: the feed's own time where it has no entry.
    """
    feed = ET.Element(f"{{{ATOM}}}feed")
    _text(feed, "title", f"Habeas Watch: {watch.title}")
    _text(feed, "id", f"{base}/watch/{watch.id}")
    _text(feed, "updated", (max((page.story.revised_at for page in pages), default=now)).isoformat())
    ET.SubElement(feed, f"{{{ATOM}}}link", rel="self", href=f"{base}/watch/{watch.id}.atom")
    ET.SubElement(feed, f"{{{ATOM}}}link", rel="alternate", href=f"{base}/watch/{watch.id}")
    _text(ET.SubElement(feed, f"{{{ATOM}}}author"), "name", "Habeas Watch")
    for page in pages:
        entry = ET.SubElement(feed, f"{{{ATOM}}}entry")
        story, lead = page.story, lead_of(page)
        _text(entry, "title", story.title)
        _text(entry, "id", f"{base}/story/{story.id}")
        _text(entry, "updated", story.revised_at.isoformat())
        _text(entry, "published", story.first_seen.isoformat())
        ET.SubElement(entry, f"{{{ATOM}}}link", rel="alternate", href=f"{base}/story/{story.id}")
        if link(lead.url):
            ET.SubElement(entry, f"{{{ATOM}}}link", rel="related", href=lead.url)
        for each in story.watches:
            ET.SubElement(entry, f"{{{ATOM}}}category", term=each)
        _text(entry, "summary", words_of(page))
    body: bytes = ET.tostring(feed, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + body


def json_feed(watch: Watch, pages: Sequence[StoryPage], base: str) -> bytes:
    """The same as a JSON Feed."""
    items = [
        {
            "id": f"{base}/story/{page.story.id}",
            "url": f"{base}/story/{page.story.id}",
            "external_url": link(lead_of(page).url) or None,
            "title": page.story.title,
            "content_text": words_of(page),
            "date_published": page.story.first_seen.isoformat(),
            "date_modified": page.story.revised_at.isoformat(),
            "tags": list(page.story.watches),
        }
        for page in pages
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"Habeas Watch: {watch.title}",
        "home_page_url": f"{base}/watch/{watch.id}",
        "feed_url": f"{base}/watch/{watch.id}.json",
        "description": watch.about,
        "items": [{key: value for key, value in item.items() if value is not None} for item in items],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def words_of(page: StoryPage) -> str:
    """A Story in a paragraph: what it is, when, what it says, and why it is here."""
    lead = lead_of(page)
    said = [f"{label(lead.type, lead.stage).capitalize()}, {when(lead.published, lead.day_only)}.", lead.note or lead.summary]
    reasons = [f"{watch} ({', '.join(words)})" if words else watch for watch, words in found(page).items()]
    return "\n".join([part for part in said if part] + [f"Why: {'; '.join(reasons)}"])


def calendar(watch: Watch, pages: Sequence[StoryPage], base: str, now: datetime) -> bytes:
    """Hearings and comment deadlines of a Watch's Stories, as whole days."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Habeas Watch//EN", f"X-WR-CALNAME:{_escaped('Habeas Watch: ' + watch.title)}"]
    for page in pages:
        deadlines = dict.fromkeys(deadline for paper in page.papers for deadline in paper.document.deadlines)
        for number, deadline in enumerate(deadlines):
            lines += _event(page, number, deadline, base, now)
    return "\r\n".join(folded for line in [*lines, "END:VCALENDAR", ""] for folded in _folded(line)).encode()


def _event(page: StoryPage, number: int, deadline: Deadline, base: str, now: datetime) -> list[str]:
    after: date = deadline.on + timedelta(days=1)
    return [
        "BEGIN:VEVENT",
        f"UID:story-{page.story.id}-{number}@{base.partition('//')[2]}",
        f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{deadline.on:%Y%m%d}",
        f"DTEND;VALUE=DATE:{after:%Y%m%d}",
        f"SUMMARY:{_escaped(f'{deadline.label}: {page.story.title}')}",
        f"URL:{base}/story/{page.story.id}",
        "END:VEVENT",
    ]


def _escaped(text: str) -> str:
    """RFC 5545, 3.3.11."""
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\r", "").replace("\n", "\\n")


def _folded(line: str) -> list[str]:
    """Lines of at most 75 octets (RFC 5545, 3.1), never inside a character."""
    parts, part = [], ""
    for character in line:
        if len((part + character).encode()) > 74:
            parts.append(part)
            part = " "
        part += character
    return [*parts, part]


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}{name}").text = text.translate(_XML_FORBIDDEN)
