"""A database that goes away and comes back: nothing but the process's own health answers meanwhile, and then everything does."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from tests.databases import Server, free_port, with_driver
from tests.papers import article, judged
from tests.servers import serving_raw
from tests.site import reader, site_app, stored
from watcher import migrations
from watcher.errors import DatabaseAwayError
from watcher.storage import Database, open_database
from watcher.storage.views import Views

PAGES = (
    "/",
    "/status",
    "/story/1",
    "/watch/cecot",
    "/watch/cecot.atom",
    "/watch/cecot.json",
    "/watch/cecot.ics",
    "/metrics",
    "/unsubscribe/x",
)

Switch = Callable[[], None]
LONG = 30  #: seconds for what must happen


@dataclass(frozen=True)
class Outage:
    """A real database that can be taken away, connections and all, and given back."""

    database: Database
    begin: Switch
    end: Switch


@pytest.fixture(params=["sqlite", "postgres"])
def url_and_switch(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Switch, Switch]]:
    if request.param == "sqlite":
        here, away = tmp_path / "here", tmp_path / "away"
        here.mkdir()
        yield f"sqlite+aiosqlite:///{here / 'watch.sqlite'}", lambda: _move(here, away), lambda: _move(away, here)
        return
    server: Server = request.getfixturevalue("postgres_server")
    name = server.copy()

    def begin() -> None:
        server.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")
        server.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")  # noqa: S608 - our own name

    def end() -> None:
        server.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true")

    yield with_driver(server.url(name)), begin, end
    server.drop(name)


def _move(old: Path, new: Path) -> None:
    old.rename(new)


@pytest.fixture
async def outage(url_and_switch: tuple[str, Switch, Switch]) -> AsyncIterator[Outage]:
    url, begin, end = url_and_switch
    before = set(threading.enumerate())
    database = open_database(url)
    await migrations.upgrade(database)
    yield Outage(database, begin, end)
    await database.dispose()
    for thread in set(threading.enumerate()) - before:
        if "_connection_worker_thread" in thread.name:  # aiosqlite lets one go on that could not connect, and it still speaks to this loop
            await asyncio.to_thread(thread.join, LONG)


async def test_pages_say_503_while_it_is_away_and_are_back_with_it(outage: Outage) -> None:
    await stored(outage.database, judged(article(), "cecot"))
    async with reader(site_app(outage.database)) as client:
        before = {path: (await client.get(path)).status_code for path in PAGES}
        outage.begin()
        if outage.database.is_sqlite:
            await outage.database.dispose()  # an open connection would go on with the file that was moved
        during = {path: await client.get(path) for path in PAGES}
        alive, ready = await client.get("/healthz"), await client.get("/readyz")
        outage.end()
        after = {path: (await client.get(path)).status_code for path in PAGES}
        ready_again = await client.get("/readyz")
    assert before == after == dict.fromkeys(PAGES, 200) | {"/unsubscribe/x": 404}
    assert {path: (answer.status_code, answer.headers["retry-after"]) for path, answer in during.items()} == dict.fromkeys(
        PAGES, (503, "30")
    )
    assert [(alive.status_code, ready.status_code), ready_again.status_code] == [(200, 503), 200]


async def test_the_page_is_plain_and_tells_nothing_of_the_database(outage: Outage) -> None:
    outage.begin()
    await outage.database.dispose()
    async with reader(site_app(outage.database)) as client:
        page = await client.get("/")
    outage.end()
    assert "The database does not answer just now." in page.text
    assert "content-security-policy" in page.headers
    assert all(word not in page.text for word in ("127.0.0.1", "psycopg", "sqlite", "OperationalError"))


async def test_one_that_takes_nothing_new_is_read_and_says_so_to_monitors_and_on_the_page_of_sources(database: Database) -> None:
    async with reader(site_app(database, trouble="the database takes nothing new")) as client:
        said = {path: await client.get(path) for path in ("/", "/status", "/healthz", "/readyz")}
    assert {path: answer.status_code for path, answer in said.items()} == {"/": 200, "/status": 200, "/healthz": 200, "/readyz": 503}
    assert said["/readyz"].text == "the database takes nothing new\n"
    assert "Nothing new is seen or told just now: the database takes nothing new" in said["/status"].text


async def test_one_that_refuses_connections_is_away_for_readers_and_writers() -> None:
    away = open_database(f"postgresql+psycopg://watch@127.0.0.1:{free_port()}/none")
    with pytest.raises(DatabaseAwayError, match=r"the database does not answer: .*[Cc]onnection refused"):
        await Views(away).stories()
    with pytest.raises(DatabaseAwayError):
        async with away.writing(serial=True):
            pass
    assert not await Views(away).is_ready()
    await away.dispose()


async def test_one_that_accepts_and_says_nothing_is_not_ready() -> None:
    async def silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()  # until the other side gives up

    async with serving_raw(silent) as base:
        mute = open_database(base.replace("http:", "postgresql+psycopg:") + "/none")
        assert not await Views(mute, patience=0.05).is_ready()
        await mute.dispose()


async def test_a_statement_that_is_wrong_is_a_bug_and_no_outage(database: Database) -> None:
    with pytest.raises(sa.exc.DBAPIError, match="nowhere"):
        async with database.reading() as connection:
            await connection.execute(sa.text("SELECT * FROM nowhere"))


async def test_all_connections_busy_is_away_too(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'watch.sqlite'}"
    database = Database(create_async_engine(url, pool_size=1, max_overflow=0, pool_timeout=0.01))
    async with database.reading():
        with pytest.raises(DatabaseAwayError, match="all its connections are busy"):
            async with database.reading():
                pass
    await database.dispose()
