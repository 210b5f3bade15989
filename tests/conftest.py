"""What all tests share: recorded payloads, real databases, and that a missing part skips with a reason, or fails where all is required."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests import databases
from watcher.storage import Database, open_database

REQUIRE_ALL = os.environ.get("REQUIRE_ALL") == "1"
ROOT = Path(__file__).parent.parent


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
    if not databases.BINARIES:
        missing("PostgreSQL is not installed: apt-get install postgresql-15")
    with databases.postgres() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, copied for each test."""
    file = tmp_path_factory.mktemp("template") / "template.sqlite"
    asyncio.run(databases.migrate(f"sqlite+aiosqlite:///{file}"))
    return file


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The driver URL of a fresh, migrated database; each test that asks runs on both kinds."""
    if request.param == "sqlite":
        file = tmp_path / "watch.sqlite"
        shutil.copy(request.getfixturevalue("sqlite_template"), file)
        yield f"sqlite+aiosqlite:///{file}"
        return
    server: databases.Server = request.getfixturevalue("postgres_server")
    name = server.copy()
    yield server.url(name, "postgresql+psycopg")
    server.drop(name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = open_database(database_url)
    yield opened
    await opened.dispose()
