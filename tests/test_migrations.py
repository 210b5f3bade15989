"""The migrations make the tables that the code expects, on SQLite and on PostgreSQL."""

from pathlib import Path

import sqlalchemy as sa

from watcher import migrations
from watcher.storage import Database, open_database
from watcher.storage import tables as t


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
