"""The web application over a real database, for tests of pages and feeds."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime

import httpx
from starlette.types import ASGIApp

from alerts import web as leaving
from alerts.storage import Ballots, Book
from alerts.web import feedback
from tests.papers import NOW
from watcher import families, web
from watcher.models import Docket, Group, Link, Term, Watch
from watcher.ports import Judged
from watcher.storage import Database, SourceStore
from watcher.storage.views import Views
from watcher.web import Metrics, Site
from watcher.web.outbox import Outbox

WATCHES = (
    Watch(
        id="cecot",
        kind="doctrine",
        title="CECOT & <prison>",
        about="The prison itself.",
        terms=(Term(text="Terrorism Confinement Center"),),
        needs=(Group(name="foreign-imprisonment", terms=(Term(text="foreign prison"),)),),
    ),
    Watch(
        id="abrego-garcia",
        kind="case",
        title="Abrego Garcia v. Noem",
        names=("Abrego Garcia",),
        dockets=(Docket(court="mdd", number="8:25-cv-00951"),),
    ),
)
SOURCES = {"press": "The Press", "courtlistener/69777799": "CourtListener"}
DOCKETS = {"courtlistener/69777799": "Abrego Garcia v. Noem (mdd 8:25-cv-00951)"}


async def _nothing(_metrics: Metrics) -> None:
    return None


def site_app(
    database: Database,
    *,
    fault: str | None = None,
    trouble: str | None = None,
    public_url: str | None = "https://watch.example",
    now: Callable[[], datetime] = lambda: NOW,
    sources: dict[str, str] | None = None,
    watches: tuple[Watch, ...] = WATCHES,
    links: tuple[Link, ...] = (),
    outbox: Callable[[], Awaitable[Outbox]] | None = None,
) -> ASGIApp:
    """All pages as the service puts them together."""

    async def clock() -> datetime:
        return now()

    site = Site(
        views=Views(database),
        watches=lambda: families.joined(watches, links),
        links=lambda: families.standing(watches, links),
        sources=lambda: SOURCES if sources is None else sources,
        dockets=lambda: DOCKETS,
        fault=lambda: fault,
        trouble=lambda: trouble,
        now=clock,
        metrics=Metrics(),
        refresh=_nothing,
        public_url=public_url,
        outbox=outbox,
    )
    titles = {watch.id: watch.title for watch in WATCHES}
    asking = feedback.routes(Ballots(database, lambda: "a secret of the tests"), web.templates)
    return web.application([*web.routes(site), *leaving.routes(Book(database), web.templates, lambda: titles), *asking])


@asynccontextmanager
async def reader(app: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    """A client in the test's own loop, where the database's connections live; a fault of ours is an answer, not an exception."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://local.test") as client:
        yield client


async def get(database: Database, path: str, **kwargs: object) -> httpx.Response:
    """One page as a reader gets it."""
    async with reader(site_app(database, **kwargs)) as client:  # type: ignore[arg-type]  # handed on as they came
        return await client.get(path)


async def stored(database: Database, *papers: Judged, source: str = "press", at: datetime = NOW) -> None:
    """One poll's papers."""
    store = SourceStore(database)
    await store.enrol({source: "news.example"}, NOW)
    (state,) = await store.claim_named([source], at)
    await store.save(state, papers, at)
