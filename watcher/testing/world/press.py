"""Newsrooms and rights organisations: RSS 2.0, RSS 1.0, Atom and JSON Feed, each with the habits that real ones have."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Literal
from xml.sax.saxutils import escape, quoteattr

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from watcher.testing.payloads import etag_of, unchanged, validators

Form = Literal["rss", "rdf", "atom", "json"]
SHOWN = 20  # entries of a feed


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One item of a feed. Title and summary may hold markup: it is sent as it is, escaped once, as newsrooms do."""

    id: str  #: guid; what follows the outlet's own address
    title: str
    summary: str
    published: datetime
    query: str = ""  #: tracking parameters of its address, `utm_source=rss`
    slug: str = ""  #: last part of its address; "" is `id`. A guid that rotates leaves it alone


@dataclass(slots=True, kw_only=True)
class Outlet:
    """One feed."""

    id: str
    title: str
    home: str  #: `https://courier.example`
    form: Form = "rss"
    lang: str = "en"
    articles: list[Article] = field(default_factory=list)  #: newest first
    old_path: str = ""  #: this path answers 301 to the feed
    html: bool = False  #: answers 200 with a page of HTML where the feed should be
    busy: int = 0  #: so many requests more are answered 503
    wait: int = 2  #: seconds, the Retry-After of these
    restless: bool = False  #: a new ETag with each answer, whatever the body

    @property
    def path(self) -> str:
        return f"/press/{self.id}/feed"

    def address(self, article: Article) -> str:
        plain = f"{self.home}/{article.published:%Y/%m/%d}/{article.slug or article.id}"
        return f"{plain}?{article.query}" if article.query else plain


class Press:
    """The outlets, by id."""

    def __init__(self) -> None:
        self.outlets: dict[str, Outlet] = {}
        self._answers = 0
        self.routes = [Route("/press/{id}/feed", self._feed), Route("/press/{rest:path}", self._elsewhere)]

    def open(self, outlet: Outlet) -> None:
        """Add an outlet; one of the same id is replaced."""
        self.outlets[outlet.id] = outlet

    def publish(self, outlet: str, *articles: Article) -> None:
        """Put articles on top of a feed."""
        self.outlets[outlet].articles[:0] = articles

    def rewrite(self, outlet: str, guid: str, *, title: str | None = None, new_guid: str | None = None) -> None:
        """Change the headline of an article, or its guid, or both. Its address stays."""
        articles = self.outlets[outlet].articles
        place = next(index for index, article in enumerate(articles) if article.id == guid)
        old = articles[place]
        articles[place] = replace(old, title=title or old.title, id=new_guid or old.id, slug=old.slug or old.id)

    async def _feed(self, request: Request) -> Response:
        outlet = self.outlets.get(request.path_params["id"])
        if outlet is None:
            return HTMLResponse("<html><body><h1>404</h1></body></html>", 404)
        if outlet.busy > 0:
            outlet.busy -= 1
            return HTMLResponse("<html><body>Too busy</body></html>", 503, {"Retry-After": str(outlet.wait)})
        if outlet.html:
            return HTMLResponse(
                f"<!DOCTYPE html><html><head><title>{escape(outlet.title)}</title></head><body><h1>Welcome</h1></body></html>"
            )
        self._answers += 1
        body, headers = render(outlet)
        if outlet.restless:
            headers["ETag"] = f'W/"{self._answers}"'
        if unchanged(request.headers, headers):
            return Response(status_code=304, headers=validators(headers))
        return Response(body, headers=headers)

    async def _elsewhere(self, request: Request) -> Response:
        for outlet in self.outlets.values():
            if outlet.old_path == request.url.path:
                return Response(status_code=301, headers={"Location": outlet.path})
        return HTMLResponse("<html><body><h1>404</h1></body></html>", 404)


def render(outlet: Outlet) -> tuple[bytes, dict[str, str]]:
    """A feed's bytes and headers: its type, an ETag of the body, Last-Modified of its newest article."""
    kind, write = _FORMS[outlet.form]
    shown = replace(outlet, articles=outlet.articles[:SHOWN])
    body = write(shown).encode()
    headers = {"Content-Type": f"{kind}; charset=utf-8", "ETag": etag_of(body)}
    if outlet.articles:
        headers["Last-Modified"] = _rfc822(max(article.published for article in outlet.articles))
    return body, headers


def _rss(outlet: Outlet) -> str:
    items = "".join(
        f"<item><title>{escape(article.title)}</title><link>{escape(outlet.address(article))}</link>"
        f'<guid isPermaLink="false">{escape(article.id)}</guid><pubDate>{_rfc822(article.published)}</pubDate>'
        f"<description>{escape(article.summary)}</description></item>\n"
        for article in outlet.articles
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>'
        f"<title>{escape(outlet.title)}</title><link>{outlet.home}/</link><description>{escape(outlet.title)}</description>"
        f"<language>{outlet.lang}</language><ttl>15</ttl>\n{items}</channel></rss>"
    )


def _rdf(outlet: Outlet) -> str:
    listed = "".join(f"<rdf:li rdf:resource={quoteattr(outlet.address(article))}/>" for article in outlet.articles)
    items = "".join(
        f"<item rdf:about={quoteattr(outlet.address(article))}><title>{escape(article.title)}</title>"
        f"<link>{escape(outlet.address(article))}</link><description>{escape(article.summary)}</description>"
        f"<dc:date>{_rfc3339(article.published)}</dc:date></item>\n"
        for article in outlet.articles
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<channel rdf:about="{outlet.home}/"><title>{escape(outlet.title)}</title><link>{outlet.home}/</link>'
        f"<description>{escape(outlet.title)}</description><dc:language>{outlet.lang}</dc:language>"
        f"<items><rdf:Seq>{listed}</rdf:Seq></items></channel>\n{items}</rdf:RDF>"
    )


def _atom(outlet: Outlet) -> str:
    entries = "".join(
        f'<entry><title type="html">{escape(article.title)}</title><link rel="alternate" href={quoteattr(outlet.address(article))}/>'
        f"<id>tag:{outlet.home.removeprefix('https://')},2025:{escape(article.id)}</id><published>{_rfc3339(article.published)}</published>"
        f'<updated>{_rfc3339(article.published)}</updated><summary type="html">{escape(article.summary)}</summary></entry>\n'
        for article in outlet.articles
    )
    updated = _rfc3339(max((article.published for article in outlet.articles), default=datetime(2025, 1, 1, tzinfo=UTC)))
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{outlet.lang}">'
        f'<title>{escape(outlet.title)}</title><link href="{outlet.home}/"/><id>{outlet.home}/</id>'
        f"<updated>{updated}</updated>\n{entries}</feed>"
    )


def _json(outlet: Outlet) -> str:
    items: list[dict[str, Any]] = [
        {
            "id": article.id,
            "url": outlet.address(article),
            "title": article.title,
            "content_html": f"<p>{article.summary}</p>",
            "date_published": _rfc3339(article.published),
        }
        for article in outlet.articles
    ]
    head = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.title,
        "home_page_url": f"{outlet.home}/",
        "language": outlet.lang,
    }
    return json.dumps(head | {"items": items}, ensure_ascii=False)


_FORMS: Mapping[Form, tuple[str, Callable[[Outlet], str]]] = {
    "rss": ("application/rss+xml", _rss),
    "rdf": ("application/rdf+xml", _rdf),
    "atom": ("application/atom+xml", _atom),
    "json": ("application/feed+json", _json),
}


def _rfc822(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC), usegmt=True)


def _rfc3339(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
