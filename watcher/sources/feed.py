"""`feed`: RSS 0.9 to 2.0, RDF, Atom, JSON Feed 1 and 1.1."""

import html
import io
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import feedparser

from watcher.addresses import absolute
from watcher.errors import ParseError
from watcher.models import Entry, Source
from watcher.ports import Ask, Page, Reading
from watcher.sources.shape import guess, json_object, named, objects, text

KIND: str = "feed"
DEFAULT_URL: str | None = None
OPTIONS: frozenset[str] = frozenset()

ACCEPT = "application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
CAP = 3_000_000  #: bytes; the largest feed we know has 1.6 MB, and hostile markup costs feedparser up to 4 s a megabyte

_JSON_FEED = re.compile(r"https?://jsonfeed\.org/version/1(?:\.\d{1,2})?/?")
_LINE = re.compile(r"<unknown>:(\d+):\d+: ")  # how the XML parser says where
#: feedparser's own work on markup, a third of its time: needless, since `plain` makes text of whatever markup comes.
_AS_IT_IS = {"sanitize_html": False, "resolve_relative_uris": False}
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def ask(source: Source, now: datetime) -> Ask:
    return Ask(url=source.url, accept=ACCEPT, cap=CAP)


def read(source: Source, page: Page) -> Reading:
    """Read a feed of any format, well formed or not, as far as it can be read.

    Raises:
        ParseError: it is no feed. An empty feed is one.
    """
    if page.body.removeprefix(_BYTE_ORDER_MARK).lstrip()[:1] in (b"{", b"["):
        return _read_json(source, page)
    return _read_xml(source, page)


def _read_xml(source: Source, page: Page) -> Reading:
    items, lang = items_of(source, page)
    return Reading(entries=tuple(_of_xml(item, page.url, lang) for item in items))


def items_of(source: Source, page: Page) -> tuple[list[dict[str, Any]], str]:
    """The items of an RSS, RDF or Atom feed as feedparser gives them, and the feed's language.

    feedparser is only ever given a BytesIO: a path or an address, as bytes or str, it would open.

    Raises:
        ParseError: it is no feed. An empty feed is one.
    """
    headers = {"content-type": page.content_type or "application/xml", "content-location": page.url}
    try:
        parsed = feedparser.parse(io.BytesIO(page.body), response_headers=headers, **_AS_IT_IS)
    except Exception as error:  # foreign bytes: whatever they make it raise is the source's fault
        raise ParseError(source.id, f"not a feed: {guess(page.body) or f'{type(error).__name__} while reading'}") from error
    items: list[dict[str, Any]] = parsed.get("entries", [])
    what = guess(page.body)
    if not parsed.get("version") and (not items or what):
        raise ParseError(source.id, f"not a feed: {what or _complaint(parsed)}")
    return items, _str(parsed.get("feed", {}).get("language"))


def _complaint(parsed: Mapping[str, Any]) -> str:
    """What feedparser has against it, in one line."""
    error = parsed.get("bozo_exception")
    reason = _LINE.sub(r"line \1: ", " ".join(str(error or "").split()))[:120]
    return f"neither RSS, RDF, Atom nor JSON Feed{reason and f' ({reason})'}"


def _of_xml(item: dict[str, Any], base: str, lang: str) -> Entry:
    """One item of feedparser's; by `dict.get`, since its own `get` gives one field in place of another and warns."""
    guid = _str(dict.get(item, "id"))
    content = [_str(part.get("value")) for part in dict.get(item, "content") or ()]
    body = max(content, key=len, default="")
    summary = _str(dict.get(item, "summary"))
    details = dict.get(item, "title_detail") or {}
    return Entry(
        id=guid,
        link=_link(item, guid, base),
        title=_str(dict.get(item, "title")),
        summary="" if summary == body else summary,
        text=body,
        published=_str(dict.get(item, "published")) or None,
        updated=_str(dict.get(item, "updated")) or None,
        lang=_str(details.get("language")) or lang or None,
        outlet=_str((dict.get(item, "source") or {}).get("title")),
    )


def _link(item: dict[str, Any], guid: str, base: str) -> str:
    """The page of an item: its link, else another of its links, else a guid that is an address; absolute. FeedBurner keeps it apart."""
    link = _str(dict.get(item, "feedburner_origlink")) or _str(dict.get(item, "link"))
    if not link:
        others = [other for other in dict.get(item, "links") or () if other.get("rel") in (None, "alternate")]
        link = next((_str(other.get("href")) for other in others), "")
    if not link and guid.lower().startswith(("http://", "https://")):
        link = guid
    return absolute(base, link) if link else ""


def _read_json(source: Source, page: Page) -> Reading:
    """JSON Feed; items that are no objects are faults, the others are read."""
    feed = json_object(source, page)
    items = feed.get("items")
    if not _JSON_FEED.fullmatch(text(feed.get("version")).strip()) or not isinstance(items, list):
        keys = ", ".join(sorted(map(str, feed))[:6])
        raise ParseError(source.id, f"not a feed: JSON of another shape (keys: {keys[:120] or 'none'})")
    base = absolute(page.url, text(feed.get("home_page_url")))
    lang = text(feed.get("language"))
    faults = tuple(
        f"item {number}: {named(item)} where an object should be" for number, item in enumerate(items, 1) if not isinstance(item, dict)
    )
    return Reading(entries=tuple(_of_json(item, base, lang) for item in objects(items)), faults=faults)


def _of_json(item: Mapping[str, Any], base: str, lang: str) -> Entry:
    link = text(item.get("url")) or text(item.get("external_url"))
    return Entry(
        id=text(item.get("id")),
        link=absolute(base, link) if link else "",
        title=text(item.get("title")),
        summary=html.escape(text(item.get("summary")), quote=False),  # plain text by the format's word: a `<` in it is one
        text=text(item.get("content_html")) or html.escape(text(item.get("content_text")), quote=False),
        published=text(item.get("date_published")) or None,
        updated=text(item.get("date_modified")) or None,
        lang=text(item.get("language")) or lang or None,
    )


def _str(value: object) -> str:
    return value if isinstance(value, str) else ""
