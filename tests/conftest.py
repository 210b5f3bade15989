"""What all tests share: recorded payloads, real databases, and that a missing part skips with a reason, or fails where all is required."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from alerts.storage import Book, Outbox
from tests import databases
from tests.outboxes import NAMES
from tests.recorded import Desk, open_desk
from watcher.storage import Database

REQUIRE_ALL = os.environ.get("REQUIRE_ALL") == "1"
ROOT = Path(__file__).parent.parent

#: Property tests: few examples, the same each time, for `make test`; many, of another seed each time, for `make long-fuzz`.
#: No example has a deadline: a loaded machine is no fault. Each setting is said, since hypothesis takes other ones where it
#: finds the environment of a build service.
settings.register_profile(
    "short", max_examples=40, derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "long", max_examples=2_000, derandomize=False, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("short")


#: Files of tests that run much of our code very often. Each part of it has tests of its own; the coverage tracer would double their time.
UNTRACED = {
    "test_benchmarks",
    "test_bot_lease",
    "test_chaos",
    "test_corpus",
    "test_demo_world",
    "test_edits",
    "test_kill",
    "test_phrases",
    "test_real_courts",
    "test_real_feeds",
    "test_real_input",
    "test_real_register",
    "test_render",
    "test_sources_payloads",
    "test_stories_corpus",
    "test_told",
    "test_two_pollers",
    "test_watch_examples",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out of the tracing what runs the same lines once more: such files, and on PostgreSQL what SQLite has shown."""
    for item in items:
        if item.path.stem in UNTRACED or "postgres" in item.name:
            item.add_marker(pytest.mark.no_cover)


def missing(reason: str) -> None:
    """Skip this test for want of something outside; under REQUIRE_ALL=1, where a skip is a failure, fail it."""
    if REQUIRE_ALL:
        pytest.fail(f"REQUIRE_ALL=1, and {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def payloads() -> Path:
    """The optional collection of recorded payloads: a folder with `fixtures/` and `corpus/`."""
    given = os.environ.get("WATCHER_TEST_PAYLOADS")
    folder = Path(given) if given else ROOT.parent / "shared"
    if not (folder / "fixtures").is_dir():
        missing(f"no recorded payloads in {folder}: set WATCHER_TEST_PAYLOADS to a folder with fixtures/ and corpus/")
    return folder


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[databases.Server]:
    """One server for all tests; at their end no test has left a database behind."""
    if not databases.BINARIES:
        missing("PostgreSQL is not installed: apt-get install postgresql-15")
    with databases.postgres() as server:
        yield server
        assert server.copies() == []


@pytest.fixture
def postgres_url(postgres_server: databases.Server) -> Iterator[str]:
    """A fresh, migrated database of PostgreSQL, as an operator writes it in WATCHER_DATABASE_URL."""
    name = postgres_server.copy()
    yield postgres_server.url(name)
    postgres_server.drop(name)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, copied for each test."""
    file = tmp_path_factory.mktemp("template") / "template.sqlite"
    asyncio.run(databases.migrate(f"sqlite+aiosqlite:///{file}"))
    return file


@pytest.fixture(params=["sqlite", "postgres"])
def operator_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh, migrated database, as an operator writes it in WATCHER_DATABASE_URL; each test that asks runs on both kinds."""
    if request.param == "postgres":
        url: str = request.getfixturevalue("postgres_url")
        return url
    file = tmp_path / "watch.sqlite"
    shutil.copy(request.getfixturevalue("sqlite_template"), file)
    return f"sqlite:///{file}"


@pytest.fixture
def database_url(operator_url: str) -> str:
    """The same with its driver, as SQLAlchemy wants it."""
    return databases.with_driver(operator_url)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = databases.opened(database_url)
    yield opened
    await opened.dispose()


@pytest.fixture
def book(database: Database) -> Book:
    return Book(database)


@pytest.fixture
def outbox(database: Database) -> Outbox:
    return Outbox(database, names=lambda: NAMES, domain="alerts.example")


@pytest.fixture
async def desk(database: Database, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Desk]:
    """Recorded payloads served on loopback and polled into a real database."""
    async with open_desk(database, caplog) as made:
        yield made
