"""The migrations make the tables that the code expects, on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from tests.databases import Server, with_driver
from tests.papers import NOW
from watcher import migrations
from watcher.storage import Database, SourceStore, open_database
from watcher.storage import tables as t
from watcher.storage.views import Views


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'empty.sqlite'}"
        return
    server: Server = request.getfixturevalue("postgres_server")
    server.execute("CREATE DATABASE empty")
    yield with_driver(server.url("empty"))
    server.drop("empty")


@pytest.fixture
async def empty(empty_url: str) -> AsyncIterator[Database]:
    """A database without any table."""
    database = open_database(empty_url)
    yield database
    await database.dispose()


#: Rows as the first version wrote them, on either database.
FIRST = (
    "INSERT INTO sources (source, host, next_poll_at, polls, etag, gone) VALUES"
    " ('press', 'news.example', '2026-11-24 12:00:00', 4, 'x', false), ('old', 'old.example', '2026-11-24 12:00:00', 2, NULL, true)",
    "INSERT INTO documents (id, key, source, version, first_seen, changed_at, backfill, tell)"
    " VALUES (7, 'feed:press:a', 'press', 1, '2026-11-24 12:00:00', '2026-11-24 12:00:00', false, true)",
    "INSERT INTO versions (document, version, seen_at, fingerprint, source, source_kind, url, title, headline, summary, text, lang,"
    " day_only, type, stage, severity, is_primary, case_name, number, enclosure, note, outlet, relates, deadlines)"
    " VALUES (7, 1, '2026-11-24 12:00:00', 'f', 'press', 'news', '', 'A title', '', '', '', '',"
    " false, 'article', 'published', 1, false, '', '', '', '', '', '[]', '[]')",
    "INSERT INTO matches (document, version, watch, score, threshold, because, matched_at)"
    " VALUES (7, 1, 'cecot', 0.9, 0.88, '[]', '2026-11-24 12:00:00')",
    "INSERT INTO stories (id, revision, title, severity, stage, type, lead, first_seen, revised_at, tell)"
    " VALUES (3, 1, 'A title', 1, 'published', 'article', 7, '2026-11-24 12:00:00', '2026-11-24 12:00:00', true)",
    "INSERT INTO story_documents (document, story, joined_at, because) VALUES (7, 3, '2026-11-24 12:00:00', '[]')",
    "INSERT INTO story_watches (story, watch, revision) VALUES (3, 'cecot', 1)",
)


async def test_a_database_of_the_first_version_is_brought_up_to_date_with_all_it_holds(empty: Database) -> None:
    await migrations.upgrade(empty, "0001")
    async with empty.writing() as connection:
        for statement in FIRST:
            await connection.exec_driver_sql(statement)
    await migrations.upgrade(empty)
    assert await migrations.drift(empty) is None
    async with empty.reading() as connection:
        met = (await connection.execute(sa.select(t.watches))).all()
        touched = (await connection.execute(sa.select(t.story_watches))).all()
    assert [tuple(row) for row in met] == [("cecot", NOW, 7, NOW)]
    assert [tuple(row) for row in touched] == [(3, "cecot", 1, False)]
    (page,) = await Views(empty).stories(watch="cecot")
    assert page.papers[0].document.title == "A title"


#: A reader of the first version, with everything that hangs on her.
READER = (
    "INSERT INTO subscribers (id, address, token, created_at) VALUES (1, 'mailto:ann@example.org', 'tok', '2026-11-24 12:00:00')",
    "INSERT INTO subscriptions VALUES (1, 'cecot', 'now', 0, '2026-11-24 12:00:00')",
    "INSERT INTO letters (id, subscriber, address, channel, kind, content, state, urgent, message_id, created_at, due_at) VALUES"
    " (1, 1, 'mailto:ann@example.org', 'mailto', 'alert', '{}', 'sent', false, '<m>', '2026-11-24 12:00:00', '2026-11-24 12:00:00')",
    "INSERT INTO deliveries (id, subscriber, story, revision, duty, watches, cadence, due_at, change, letter_id, created_at) VALUES"
    " (1, 1, 1, 1, 'alert', '[]', 'now', '2026-11-24 12:00:00', '', 1, '2026-11-24 12:00:00')",
)
HELD = (
    "subscribers",
    "subscriptions",
    "letters",
    "deliveries",
    *("sources", "documents", "versions", "matches", "stories", "story_watches"),
)


async def counted(database: Database) -> dict[str, int]:
    async with database.reading() as connection:
        return {table: (await connection.exec_driver_sql(f"SELECT count(*) FROM {table}")).scalar_one() for table in HELD}  # noqa: S608 - our own names


async def test_no_migration_up_or_down_loses_a_reader_or_what_hangs_on_one(empty: Database) -> None:
    """SQLite remakes a table to alter it, unless told not to: that drops the old one, and with it whatever refers to it."""
    await migrations.upgrade(empty, "0001")
    async with empty.writing() as connection:
        for statement in (*FIRST, *READER):
            await connection.exec_driver_sql(statement)
    before = await counted(empty)
    assert all(before.values())
    for version in ("0002", "0003", "0004", "0005", "0006", "0007", "0008"):
        await migrations.upgrade(empty, version)
        assert await counted(empty) == before, version
    async with empty.writing(serial=True) as connection:
        await connection.run_sync(lambda sync: command.downgrade(migrations._config(sync), "0001"))
    assert await counted(empty) == before


OWNED = (
    "INSERT INTO own_watches (subscriber, phrase, folded, created_at) VALUES (1, 'Munaf', 'munaf', '2026-11-24 12:00:00')",
    "INSERT INTO subscriptions (subscriber, watch, cadence, floor, created_at) VALUES (1, 'own-1', 'now', 0, '2026-11-24 12:00:00')",
    "INSERT INTO matches (document, version, watch, score, threshold, because, matched_at)"
    " VALUES (7, 1, 'own-1', 0.9, 0.88, '[]', '2026-11-24 12:00:00')",
    "INSERT INTO story_watches (story, watch, revision, history) VALUES (3, 'own-1', 1, false)",
)


async def test_going_back_leaves_nothing_of_the_phrases_that_subscribers_own_as_their_numbers_will_be_given_again(empty: Database) -> None:
    await migrations.upgrade(empty, "0001")
    async with empty.writing() as connection:
        for statement in (*FIRST, *READER):
            await connection.exec_driver_sql(statement)
    before = await counted(empty)
    await migrations.upgrade(empty)
    async with empty.writing() as connection:
        for statement in OWNED:
            await connection.exec_driver_sql(statement)
    async with empty.writing(serial=True) as connection:
        await connection.run_sync(lambda sync: command.downgrade(migrations._config(sync), "0006"))
    assert await counted(empty) == before


async def test_the_number_of_a_phrase_is_never_given_again(empty: Database) -> None:
    await migrations.upgrade(empty)
    async with empty.writing() as connection:
        await connection.exec_driver_sql(READER[0])
        numbers = []
        for _ in range(3):
            await connection.exec_driver_sql(OWNED[0])
            numbers.append((await connection.exec_driver_sql("SELECT max(id) FROM own_watches")).scalar_one())
            await connection.exec_driver_sql("DELETE FROM own_watches")
    assert numbers == [1, 2, 3]


async def test_sources_of_the_first_version_are_asked_afresh_once_as_nobody_knows_of_which_address_they_are(empty: Database) -> None:
    await migrations.upgrade(empty, "0001")
    async with empty.writing() as connection:
        await connection.exec_driver_sql(FIRST[0])
    await migrations.upgrade(empty)
    store = SourceStore(empty)
    addresses = {"press": "https://news.example/feed", "old": "https://old.example/feed"}
    await store.enrol(addresses, NOW)
    states = await store.claim(list(addresses), NOW, limit=9)
    assert sorted((state.source, state.polls, state.gone, state.etag) for state in states) == [
        ("old", 2, False, None),
        ("press", 4, False, None),
    ]
    await store.enrol(addresses, NOW)
    assert await store.claim(list(addresses), NOW, limit=9) == []


async def test_after_all_migrations_nothing_differs_from_the_tables_in_code(database: Database) -> None:
    assert await migrations.is_current(database)
    assert await migrations.drift(database) is None


async def test_upgrading_again_does_nothing(database: Database) -> None:
    await migrations.upgrade(database)
    assert await migrations.is_current(database)


async def test_a_missing_column_is_told(database: Database) -> None:
    async with database.writing() as connection:
        await connection.execute(sa.text("ALTER TABLE leases DROP COLUMN holder"))
    said = await migrations.drift(database)
    assert said is not None
    assert "holder" in said


async def test_an_empty_database_is_not_current(tmp_path: Path) -> None:
    database = open_database(f"sqlite+aiosqlite:///{tmp_path / 'empty.sqlite'}")
    assert not await migrations.is_current(database)
    await migrations.upgrade(database)
    assert await migrations.is_current(database)
    async with database.reading() as connection:
        assert (await connection.execute(sa.select(t.sources))).all() == []
    await database.dispose()


async def test_what_sources_said_before_there_were_families_is_read_once_more(empty: Database) -> None:
    await migrations.upgrade(empty, "0008")
    async with empty.writing() as connection:
        await connection.execute(
            sa.insert(t.sources).values(
                source="press", host="news.example", next_poll_at=NOW, polls=4, etag="x", last_modified="y", body_hash="z"
            )
        )
    await migrations.upgrade(empty)
    async with empty.reading() as connection:
        (row,) = await connection.execute(sa.select(t.sources))
    assert (row.polls, row.etag, row.last_modified, row.body_hash) == (4, None, None, None)
