"""The pages: overview, topic, story, status; their feeds; what monitors ask."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from watcher.labels import label
from watcher.models import Deadline, Link, Watch
from watcher.plain import visible
from watcher.ports import SourceRow, StoryPage, Views
from watcher.web import families, feeds, history, words
from watcher.web.metrics import Metrics
from watcher.web.outbox import Outbox, said

MONTH = timedelta(days=30)
PAGE = 30  #: Stories on a page
FEED = 50  #: Stories in a feed
DATES = 200  #: Stories whose dates are in a calendar
LARGEST_ID = 2**63 - 1  #: of a row; a larger number is nobody's

LOADER = PackageLoader("watcher.web")
templates = Environment(
    loader=LOADER,
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    finalize=lambda value: visible(value) if type(value) is str else value,  # no direction mark of a title turns the page around
)
templates.globals.update({name: getattr(room, name) for room in (words, families) for name in room.IN_TEMPLATES}, label=label)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the pages show, asked anew for each."""

    views: Views
    watches: Callable[[], Sequence[Watch]]
    sources: Callable[[], dict[str, str]]  #: id to title, of those that are polled
    fault: Callable[[], str | None]  #: why a changed `sources.toml` is not in force
    now: Callable[[], Awaitable[datetime]]
    metrics: Metrics
    refresh: Callable[[Metrics], Awaitable[None]]  #: takes the gauges that only the root knows
    trouble: Callable[[], str | None] = lambda: None  #: why the database takes nothing new, or does not answer
    public_url: str | None = None
    dockets: Callable[[], Mapping[str, str]] = dict  #: id to case and number, of those that are one docket each
    links: Callable[[], Sequence[Link]] = tuple  #: of dockets to cases, as they stand beside the file
    outbox: Callable[[], Awaitable[Outbox]] | None = None  #: what is on its way to readers; None: nobody says

    def base(self, request: Request) -> str:
        """Where readers reach us, without a slash at the end."""
        return self.public_url or str(request.base_url).rstrip("/")

    def names(self) -> words.Names:
        """What readers are shown for the ids of topics and sources."""
        return words.Names(topics={watch.id: watch.title for watch in self.watches()}, sources=self.sources())

    def watch(self, request: Request) -> Watch:
        """The Watch that an address names; 404 where there is none."""
        name = request.path_params["watch"]
        for watch in self.watches():
            if watch.id == name:
                return watch
        raise HTTPException(404, f"There is no topic {name!r}.")


def routes(site: Site) -> list[Route]:
    """Every path of `watcher`, in the order they are tried."""
    paths: dict[str, Callable[[Site, Request], Awaitable[Response]]] = {
        "/": overview,
        "/watch/{watch}.atom": watch_atom,
        "/watch/{watch}.json": watch_json,
        "/watch/{watch}.ics": watch_calendar,
        "/watch/{watch}": watch_page,
        "/story/{story:int}": story_page,
        "/status": status,
        "/healthz": health,
        "/readyz": ready,
        "/metrics": metrics,
        "/style.css": style,
        "/icon.svg": icon,
    }
    return [Route(path, _bound(site, page), methods=["GET"]) for path, page in paths.items()]


def _bound(site: Site, page: Callable[[Site, Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        return await page(site, request)

    return answer


async def _html(site: Site, request: Request, name: str, **values: Any) -> HTMLResponse:
    template = templates.get_template(f"{name}.html.jinja")
    names = site.names()
    shared = {"titles": names.topics, "names": names.sources, "now": await site.now(), "path": request.url.path}
    return HTMLResponse(template.render(**shared, **values))


async def overview(site: Site, request: Request) -> Response:
    """The latest Stories of all topics, the topics, the days ahead, and whether anything is wrong."""
    before = _number(request, "before")
    stories = await site.views.stories(limit=PAGE, before=before)
    counts = await site.views.counts_by_watch(await site.now() - MONTH)
    failing = [row for row in await _rows(site) if row.state.failures or row.state.gone]
    shown = {
        "stories": stories,
        "counts": counts,
        "failing": failing,
        "more": _more(stories),
        "before": before,
        "dates": await _dates(site),
    }
    return await _html(site, request, "overview", watches=site.watches(), fault=site.fault(), **shown)


async def watch_page(site: Site, request: Request) -> Response:
    """One topic: what it looks for, a case's dockets in all courts with why each is one, and its Stories."""
    watch = site.watch(request)
    before = _number(request, "before")
    stories = await site.views.stories(watch=watch.id, limit=PAGE, before=before)
    dates = await _dates(site, watch.id)
    return await _html(site, request, "watch", watch=watch, stories=stories, dates=dates, more=_more(stories), before=before)


async def _dates(site: Site, watch: str | None = None) -> list[tuple[Deadline, StoryPage]]:
    """The next days ahead, whenever they were set."""
    dated = await site.views.stories(watch=watch, limit=DATES, dated=True)
    return await asyncio.to_thread(words.ahead, dated, await site.now())


async def story_page(site: Site, request: Request) -> Response:
    """One Story: its papers with each version, why it is here with every score card, what happened; one merged into another leads there."""
    number = request.path_params["story"]
    page = await site.views.story(number) if number <= LARGEST_ID else None
    if page is None and number <= LARGEST_ID and (kept := await site.views.moved(number)) is not None:
        return RedirectResponse(f"/story/{kept}", status_code=308)
    if page is None:
        raise HTTPException(404, "There is no such story; it may have been deleted after its time.")
    several = any(paper.version > 1 for paper in page.papers)
    turns = await asyncio.to_thread(history.turns, page, await site.views.versions(number)) if several else {}
    cases = [watch for watch in site.watches() if watch.dockets and watch.id in page.story.watches]
    return await _html(site, request, "story", page=page, turns=turns, cases=cases)


async def status(site: Site, request: Request) -> Response:
    """Whether alerts leave; every source, those in trouble first, of them those that fail alike; dockets linked to cases, or proposed."""
    now = await site.now()
    leaves = said(await site.outbox(), now) if site.outbox is not None else []
    found = await _rows(site)
    told = words.alike(found)
    places = {source: place for place, sources in enumerate(told.values()) for source in sources}
    rows = sorted(found, key=lambda row: (not words.trouble(row, now), places.get(row.state.source, len(told))))
    troubled = sum(1 for row in rows if words.trouble(row, now))
    last = {name: max((at for at in times if at is not None), default=None) for name, times in _times(found).items()}
    lags = await site.views.lags([row.state.source for row in rows])
    shown = {"rows": rows, "troubled": troubled, "told": told, "fault": site.fault(), "dockets": site.dockets()}
    shown["trouble_now"] = site.trouble()
    shown |= {"leaves": leaves, "last": last, "lags": lags}
    links = {name: [link for link in site.links() if link.state == name] for name in ("linked", "proposed")}
    return await _html(site, request, "status", **shown, **links)


def _times(rows: Sequence[SourceRow]) -> dict[str, list[datetime | None]]:
    """When each source last answered, and last had something new."""
    return {"answered": [row.state.last_ok_at for row in rows], "new": [row.last_new_at for row in rows]}


async def _rows(site: Site) -> list[SourceRow]:
    """Of the sources that are polled now, not of those taken out of the file."""
    known = site.sources()
    return [row for row in await site.views.sources() if row.state.source in known]


async def watch_atom(site: Site, request: Request) -> Response:
    watch = site.watch(request)
    pages = await site.views.stories(watch=watch.id, limit=FEED, told=True)
    return _feed(site, request, feeds.atom(watch, pages, site.base(request), await site.now(), site.names()), "application/atom+xml")


async def watch_json(site: Site, request: Request) -> Response:
    watch = site.watch(request)
    pages = await site.views.stories(watch=watch.id, limit=FEED, told=True)
    return _feed(site, request, feeds.json_feed(watch, pages, site.base(request), site.names()), "application/feed+json")


async def watch_calendar(site: Site, request: Request) -> Response:
    """Its hearings, at their hour, and deadlines as a calendar; those of Stories that nobody was told of too, for it announces nothing."""
    watch = site.watch(request)
    pages = await site.views.stories(watch=watch.id, limit=DATES, dated=True)
    made = await asyncio.to_thread(feeds.calendar, watch, pages, site.base(request), site.names())
    return _feed(site, request, made, "text/calendar")


def _feed(site: Site, request: Request, body: bytes, media_type: str) -> Response:
    """A feed, or 304 where the reader has it already (RFC 9110, 13.1.2): most asks of a feed reader bring nothing new."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    # without a public address the links are those of the request: a shared cache must not hand them to others
    headers = {"ETag": tag, "Cache-Control": "max-age=60" if site.public_url else "private, max-age=60"}
    known = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    if known & {tag, "*"}:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=f"{media_type}; charset=utf-8", headers=headers)


async def health(_site: Site, _request: Request) -> Response:
    """The process answers."""
    return PlainTextResponse("ok\n")


async def ready(site: Site, _request: Request) -> Response:
    """The database answers too, and takes what is new."""
    if not await site.views.is_ready():
        return PlainTextResponse("the database does not answer\n", status_code=503)
    trouble = site.trouble()
    return PlainTextResponse(f"{trouble}\n", status_code=503) if trouble else PlainTextResponse("ok\n")


async def metrics(site: Site, _request: Request) -> Response:
    site.metrics.show_sources(await _rows(site))
    await site.refresh(site.metrics)
    return Response(site.metrics.text(), media_type=site.metrics.content_type)


async def style(_site: Site, _request: Request) -> Response:
    return _asset("style.css", "text/css; charset=utf-8")


async def icon(_site: Site, _request: Request) -> Response:
    return _asset("icon.svg", "image/svg+xml")


def _asset(name: str, media_type: str) -> Response:
    source, _, _ = LOADER.get_source(templates, name)
    return Response(source, media_type=media_type, headers={"Cache-Control": "max-age=3600"})


def _number(request: Request, name: str) -> int | None:
    """A number of the query; None without one, or where it is none."""
    text = request.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _more(stories: Sequence[StoryPage]) -> int | None:
    """After which Story the next page begins; None on the last."""
    return stories[-1].story.id if len(stories) == PAGE else None
