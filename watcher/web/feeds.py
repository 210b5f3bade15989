"""Atom (RFC 4287), JSON Feed 1.1 and iCalendar (RFC 5545) of Stories. Pure: pages in, bytes out.

What identifies a feed, a Story or a day is a `urn:uuid` that no address is part of: a service that moves, or is asked by another name,
brings no reader anything twice.
"""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5
from xml.etree import ElementTree as ET

from watcher.labels import by_time, hour_ahead, label
from watcher.models import Deadline, Watch
from watcher.plain import visible
from watcher.ports import StoryPage
from watcher.standing import Day
from watcher.web.words import Names, brief, day_ahead, found, lead_of, link, outlet, reported_as, standing_of, when

ATOM = "http://www.w3.org/2005/Atom"
_OURS = UUID("5e44d1e7-9a13-4e27-9286-11603a2c6f3b")  #: the names that we give out
STAMP = "%Y%m%dT%H%M%SZ"  #: of an instant in UTC (RFC 5545, 3.3.5)
OCTETS = 75  #: of a line of iCalendar without its end

_FORBIDDEN = dict.fromkeys((0x0B, 0x0C, *range(0x1C, 0x20), 0xFFFE, 0xFFFF))  #: in XML 1.0, beside what `visible` takes out


def atom(watch: Watch, pages: Sequence[StoryPage], base: str, now: datetime, names: Names) -> bytes:
    """An Atom feed of a Watch.

    Args:
        base: where the pages are, without a slash at the end.
        now: the feed's own time where it has no entry.
    """
    feed = ET.Element("feed", {"xmlns": ATOM, "xml:lang": "en"})
    _text(feed, "title", f"Habeas Watch: {watch.title}")
    _text(feed, "subtitle", watch.about)
    _text(feed, "id", _urn("watch", watch.id))
    _text(feed, "updated", max((page.story.revised_at for page in pages), default=now).isoformat())
    _link(feed, "self", f"{base}/watch/{watch.id}.atom")
    _link(feed, "alternate", f"{base}/watch/{watch.id}")
    _text(ET.SubElement(feed, "author"), "name", "Habeas Watch")
    days = _days_of(pages)
    for page in pages:
        _entry(feed, page, base, names, days[page.story.id])
    body: bytes = ET.tostring(feed, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + body


def _days_of(pages: Sequence[StoryPage]) -> dict[int, list[Deadline]]:
    """The days ahead of each of these Stories, as they stand by the papers of them all; the nearest first."""
    found: dict[int, list[Deadline]] = {page.story.id: [] for page in pages}
    for day in sorted(standing_of(pages), key=lambda day: by_time(day.deadline)):
        for story in {day.story, *day.again}:
            found[story].append(day.deadline)
    return found


def _entry(feed: ET.Element, page: StoryPage, base: str, names: Names, days: Sequence[Deadline]) -> None:
    entry = ET.SubElement(feed, "entry")
    story, lead = page.story, lead_of(page)
    _text(entry, "title", story.title)
    _text(entry, "id", _named(page))
    _text(entry, "updated", story.revised_at.isoformat())
    _text(entry, "published", story.first_seen.isoformat())
    _link(entry, "alternate", f"{base}/story/{story.id}")
    if link(lead.url):
        _link(entry, "related", lead.url)
    for watch in story.watches:
        ET.SubElement(entry, "category", term=_clean(watch), label=_clean(names.topic(watch)))
    _text(entry, "summary", _with_days(page, names, days))


def _named(page: StoryPage) -> str:
    """What a Story is known by in every feed, for ever; two services never give one name to two Stories."""
    return _urn("story", str(page.story.id), page.story.first_seen.astimezone(UTC).isoformat())


def _urn(*parts: str) -> str:
    return uuid5(_OURS, "\n".join(parts)).urn


def _text(parent: ET.Element, name: str, text: str) -> None:
    if text:
        ET.SubElement(parent, name).text = _clean(text)


def _link(parent: ET.Element, rel: str, href: str) -> None:
    ET.SubElement(parent, "link", rel=rel, href=_clean(href))


def _clean(text: str) -> str:
    return visible(text).translate(_FORBIDDEN)


def json_feed(watch: Watch, pages: Sequence[StoryPage], base: str, names: Names) -> bytes:
    """The same as a JSON Feed. Its items have the days ahead as data too, in our own extension (`_habeas_watch`)."""
    days = _days_of(pages)
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _clean(f"Habeas Watch: {watch.title}"),
        "home_page_url": f"{base}/watch/{watch.id}",
        "feed_url": f"{base}/watch/{watch.id}.json",
        "description": _clean(watch.about),
        "language": "en",
        "authors": [{"name": "Habeas Watch"}],
        "items": [_item(page, base, names, days[page.story.id]) for page in pages],
    }
    return json.dumps({key: value for key, value in feed.items() if value != ""}, ensure_ascii=False, indent=1).encode()


def _item(page: StoryPage, base: str, names: Names, days: Sequence[Deadline]) -> dict[str, object]:
    story = page.story
    source = link(lead_of(page).url)
    return {
        "id": _named(page),
        "url": f"{base}/story/{story.id}",
        **({"external_url": _clean(source)} if source else {}),
        "title": _clean(story.title),
        "content_text": _clean(_with_days(page, names, days)),
        "date_published": story.first_seen.isoformat(),
        "date_modified": story.revised_at.isoformat(),
        "tags": list(story.watches),
        "_habeas_watch": {"dates": [_date(day) for day in days]},
    }


def _date(day: Deadline) -> dict[str, str]:
    """A day ahead as data; without an hour where none is named."""
    said = {"label": _clean(day.label), "on": day.on.isoformat(), "zone": day.zone}
    said |= {"time": day.time.isoformat("minutes")} if day.time else {}
    said |= {"at": day.at.isoformat()} if day.at else {}
    return {key: value for key, value in said.items() if value}


def _with_days(page: StoryPage, names: Names, days: Sequence[Deadline]) -> str:
    """`words_of`, with the days that it names before its reasons."""
    *said, why, key = words_of(page, names).splitlines()
    return "\n".join([*said, *(f"{day_ahead(day)}: {day.label}" for day in days), why, key])


def words_of(page: StoryPage, names: Names) -> str:
    """A Story in a few lines: what it is, whose, when, what it says, why it is here, and its key."""
    lead = lead_of(page)
    about = ", ".join((label(lead.type, lead.stage).capitalize(), outlet(lead, names.sources), when(lead.published, lead.day_only)))
    report = reported_as(page)
    headline = f"Reported as: “{report.title}” ({outlet(report, names.sources)})" if report else ""
    reasons = [names.topic(watch) + (f" ({', '.join(words)})" if words else "") for watch, words in found(page).items()]
    return "\n".join(part for part in (f"{about}.", headline, brief(lead), f"Why: {'; '.join(reasons)}", f"story:{page.story.id}") if part)


def calendar(watch: Watch, pages: Sequence[StoryPage], base: str, names: Names) -> bytes:
    """Hearings and deadlines of a Watch's Stories: at their hour where it is known on whose clocks that is, else as whole days."""
    name = _escaped(f"Habeas Watch: {watch.title}")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Habeas Watch//EN", f"NAME:{name}", f"X-WR-CALNAME:{name}"]
    by_id = {page.story.id: page for page in pages}
    said: Counter[tuple[int, str]] = Counter()
    for day in sorted(standing_of(pages), key=lambda day: by_time(day.deadline)):
        called = day.stories[0], day.label
        lines += _event([by_id[story] for story in day.stories], day, said[called], base, names)
        said[called] += 1
    return "\r\n".join(folded for line in [*lines, "END:VCALENDAR", ""] for folded in _folded(line)).encode()


def _event(pages: Sequence[StoryPage], day: Day, before: int, base: str, names: Names) -> list[str]:
    """A day ahead as an event.

    Args:
        pages: of the Stories that set and moved it.
        before: how many days that the first of these set are called the same and come before it.
    """
    page, deadline = pages[-1], day.deadline
    story = page.story
    told = hour_ahead(deadline)
    what = deadline.label if deadline.at or not told else f"{deadline.label}, {told}"  # the hour is nowhere else
    about = f"{day_ahead(deadline)}: {deadline.label}\n{words_of(page, names)}"
    changed = max(when for each in pages for when in _changes(each)).astimezone(UTC)
    return [
        "BEGIN:VEVENT",
        f"UID:{_uid(pages[0], day.label, before)}",
        f"SEQUENCE:{len(pages) - 1 + sum(map(_edits, pages))}",
        f"DTSTAMP:{changed:{STAMP}}",  # when this was last changed, as there is no METHOD (3.8.7.2)
        f"LAST-MODIFIED:{changed:{STAMP}}",
        *_span(deadline),
        f"SUMMARY:{_escaped(f'{what}: {story.title}')}",
        f"DESCRIPTION:{_escaped(about)}",
        f"URL:{_clean(base)}/story/{story.id}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _span(deadline: Deadline) -> list[str]:
    """When an event is. No court says how long a hearing will take, so what has an hour has no end (RFC 5545, 3.6.1)."""
    if deadline.at is not None:
        return [f"DTSTART:{deadline.at:{STAMP}}"]
    start = f"DTSTART;VALUE=DATE:{deadline.on:%Y%m%d}"
    if deadline.on == date.max:
        return [start]  # without an end it takes one day (3.6.1)
    return [start, f"DTEND;VALUE=DATE:{deadline.on + timedelta(days=1):%Y%m%d}"]  # an end is not included (3.6.1)


def _uid(page: StoryPage, label: str, before: int) -> str:
    """The same for one day when it is moved, so that a calendar moves what it has and never shows it twice."""
    return str(uuid5(_OURS, "\n".join((_named(page), label, str(before)))))


def _edits(page: StoryPage) -> int:
    """How often something of a Story was changed; it never falls."""
    return page.story.revision - 1 + sum(paper.version - 1 for paper in page.papers)


def _changes(page: StoryPage) -> list[datetime]:
    return [page.story.revised_at, *(paper.changed_at or paper.seen_at for paper in page.papers)]


def _escaped(text: str) -> str:
    """RFC 5545, 3.3.11: a line end is a `\\n`, and there are no other control characters."""
    text = "\n".join(_clean(text).splitlines())
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> list[str]:
    """Lines of at most 75 octets (RFC 5545, 3.1), never inside a character."""
    parts, part, size = [], "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > OCTETS:
            parts.append(part)
            part, size = " ", 1
        part += character
        size += octets
    return [*parts, part]
