"""The pages: overview, topic, story, status; their feeds; what monitors ask."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from watcher.labels import label
from watcher.models import Watch
from watcher.ports import Views
from watcher.web import feeds, words
from watcher.web.metrics import Metrics

MONTH = timedelta(days=30)
PAGE = 30  #: Stories on a page
FEED = 50  #: Stories in a feed
LATE = 3  #: of its intervals without a good poll: a source is late

LOADER = PackageLoader("watcher.web")
templates = Environment(loader=LOADER, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
templates.globals.update(
    label=label, when=words.when, ago=words.ago, link=words.link, lead_of=words.lead_of, found=words.found, outlet=words.outlet
)


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
    public_url: str | None = None

    def base(self, request: Request) -> str:
        """Where readers reach us, without a slash at the end."""
        return self.public_url or str(request.base_url).rstrip("/")

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
    }
    return [Route(path, _bound(site, page), methods=["GET"]) for path, page in paths.items()]


def _bound(site: Site, page: Callable[[Site, Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        return await page(site, request)

    return answer


async def _html(site: Site, request: Request, name: str, **values: Any) -> HTMLResponse:
    template = templates.get_template(f"{name}.html.jinja")
    titles = {watch.id: watch.title for watch in site.watches()}
    shared = {"titles": titles, "names": site.sources(), "now": await site.now(), "path": request.url.path}
    return HTMLResponse(template.render(**shared, **values))


async def overview(site: Site, request: Request) -> Response:
    stories = await site.views.stories(limit=PAGE, before=_number(request, "before"))
    counts = await site.views.counts_by_watch(await site.now() - MONTH)
    rows = await site.views.sources()
    failing = [row for row in rows if row.state.source in site.sources() and row.state.failures]
    shown = {"stories": stories, "counts": counts, "failing": failing, "more": _more(stories)}
    return await _html(site, request, "overview", watches=site.watches(), fault=site.fault(), **shown)


async def watch_page(site: Site, request: Request) -> Response:
    watch = site.watch(request)
    stories = await site.views.stories(watch=watch.id, limit=PAGE, before=_number(request, "before"))
    return await _html(site, request, "watch", watch=watch, stories=stories, more=_more(stories))


async def story_page(site: Site, request: Request) -> Response:
    page = await site.views.story(request.path_params["story"])
    if page is None:
        raise HTTPException(404, "There is no such story; it may have been deleted after its time.")
    return await _html(site, request, "story", page=page)


async def status(site: Site, request: Request) -> Response:
    known = site.sources()
    rows = [row for row in await site.views.sources() if row.state.source in known]
    return await _html(site, request, "status", rows=rows, fault=site.fault())


async def watch_atom(site: Site, request: Request) -> Response:
    watch = site.watch(request)
    pages = await site.views.stories(watch=watch.id, limit=FEED)
    return Response(feeds.atom(watch, pages, site.base(request), await site.now()), media_type="application/atom+xml; charset=utf-8")


async def watch_json(site: Site, request: Request) -> Response:
    watch = site.watch(request)
    pages = await site.views.stories(watch=watch.id, limit=FEED)
    return Response(feeds.json_feed(watch, pages, site.base(request)), media_type="application/feed+json; charset=utf-8")


async def watch_calendar(site: Site, request: Request) -> Response:
    watch = site.watch(request)
    pages = await site.views.stories(watch=watch.id, limit=FEED)
    return Response(feeds.calendar(watch, pages, site.base(request), await site.now()), media_type="text/calendar; charset=utf-8")


async def health(_site: Site, _request: Request) -> Response:
    """The process answers."""
    return PlainTextResponse("ok\n")


async def ready(site: Site, _request: Request) -> Response:
    """The database answers too."""
    if await site.views.is_ready():
        return PlainTextResponse("ok\n")
    return PlainTextResponse("the database does not answer\n", status_code=503)


async def metrics(site: Site, _request: Request) -> Response:
    site.metrics.show_sources([row for row in await site.views.sources() if row.state.source in site.sources()])
    await site.refresh(site.metrics)
    return Response(site.metrics.text(), media_type=site.metrics.content_type)


async def style(_site: Site, _request: Request) -> Response:
    source, _, _ = LOADER.get_source(templates, "style.css")
    return Response(source, media_type="text/css; charset=utf-8", headers={"Cache-Control": "max-age=3600"})


def _number(request: Request, name: str) -> int | None:
    """A number of the query; None without one, or where it is none."""
    text = request.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _more(stories: Sequence[Any]) -> int | None:
    """Where the next page begins; None on the last."""
    return min(page.story.id for page in stories) if len(stories) == PAGE else None
