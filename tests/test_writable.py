"""Databases that answer and take nothing new, and such as stand and say nothing: each is what it is, and is noticed."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from tests.databases import Server, with_driver
from watcher.errors import ConflictError, DatabaseAwayError, UnwritableError
from watcher.storage import Database, open_database
from watcher.storage import database as room
from watcher.testing.proxy import Proxy


@pytest.fixture
async def postgres_database(postgres_url: str) -> AsyncIterator[Database]:
    database = open_database(with_driver(postgres_url))
    yield database
    await database.dispose()


async def probes(database: Database) -> int:
    """How many rows the probes left behind."""
    async with database.reading() as connection:
        number: int = (await connection.execute(sa.text("SELECT count(*) FROM leases WHERE name LIKE 'probe:%'"))).scalar_one()
    return number


async def test_a_probe_leaves_nothing_behind(database: Database) -> None:
    await database.probe()
    assert (await database.is_writable(), await probes(database)) == (True, 0)


async def test_a_postgresql_that_may_only_be_read_takes_nothing_new_and_is_read_as_ever(
    postgres_server: Server, postgres_url: str, postgres_database: Database
) -> None:
    name = postgres_url.rpartition("/")[2]
    postgres_server.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with pytest.raises(UnwritableError, match="the database takes nothing new: cannot execute INSERT in a read-only transaction"):
        await postgres_database.probe()
    assert not await postgres_database.is_writable()
    assert await probes(postgres_database) == 0
    postgres_server.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
    await postgres_database.probe()


@pytest.mark.parametrize("operator_url", ["sqlite"], indirect=True)
async def test_a_file_that_cannot_grow_takes_nothing_new_and_what_is_there_can_still_be_changed(database: Database) -> None:
    leases = sa.table("leases", sa.column("name"), sa.column("holder"), sa.column("until"))
    async with database.writing() as connection:
        await connection.execute(sa.insert(leases).values(name="mine", holder="a", until="2026-11-24 12:00:00.000000"))
    async with database.engine.connect() as connection:  # the one that the pool gives again
        pages = (await connection.exec_driver_sql("PRAGMA page_count")).scalar_one()
        await connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(UnwritableError, match="the database takes nothing new: database or disk is full"):
        await database.probe()
    async with database.writing() as connection:
        await connection.execute(sa.update(leases).where(leases.c.name == "mine").values(holder="b"))
    assert await probes(database) == 0


@pytest.mark.parametrize("operator_url", ["sqlite"], indirect=True)
async def test_a_file_that_may_not_be_written_takes_nothing_new(database: Database) -> None:
    async with database.engine.connect() as connection:
        await connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(UnwritableError, match="attempt to write a readonly database"):
        await database.probe()


async def test_a_connection_that_swallows_everything_is_given_up(postgres_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "WITHIN", 0.2)
    async with Proxy("127.0.0.1", postgres_server.port) as way:
        database = open_database(f"postgresql+psycopg://postgres@127.0.0.1:{way.port}/watch_template")
        async with database.reading() as connection:
            await connection.execute(sa.text("SELECT 1"))
        way.blackhole()
        with pytest.raises(DatabaseAwayError, match="it was waited for too long"):
            async with asyncio.timeout(60), database.reading() as connection:
                await connection.execute(sa.text("SELECT 1"))
        monkeypatch.undo()
        await way.heal()
        async with database.reading() as connection:  # not by the one that was given up
            assert (await connection.execute(sa.text("SELECT 1"))).scalar_one() == 1
        await database.dispose()


async def test_a_network_that_swallows_everything_ends_a_connection_within_a_minute(postgres_database: Database) -> None:
    async with postgres_database.engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        with socket.socket(fileno=socket.dup(driver.pgconn.socket)) as wire:  # type: ignore[union-attr]  # psycopg's
            of_tcp = [wire.getsockopt(socket.IPPROTO_TCP, option) for option in (socket.TCP_USER_TIMEOUT, socket.TCP_KEEPIDLE)]
        server = [
            (await connection.exec_driver_sql(f"SHOW {name}")).scalar_one()
            for name in ("idle_in_transaction_session_timeout", "tcp_user_timeout")
        ]
    assert (of_tcp, server) == ([30_000, 30], ["1min", "30000"])


async def test_an_address_that_says_how_patient_to_be_is_obeyed(postgres_url: str) -> None:
    database = open_database(with_driver(postgres_url) + "?options=-c%20work_mem%3D5MB&tcp_user_timeout=1000")
    async with database.engine.connect() as connection:
        said = (await connection.exec_driver_sql("SHOW idle_in_transaction_session_timeout")).scalar_one()
    assert said == "0"
    await database.dispose()


async def test_of_two_transactions_that_wait_for_each_other_one_is_told_so(postgres_database: Database) -> None:
    insert = sa.text("INSERT INTO leases VALUES (:name, 'x', now())")
    take = sa.text("UPDATE leases SET holder = 'y' WHERE name = :name")
    async with postgres_database.writing() as connection:
        await connection.execute(insert, [{"name": "a"}, {"name": "b"}])
    both_hold = asyncio.Barrier(2)

    async def takes(first: str, second: str) -> None:
        async with postgres_database.writing() as connection:
            await connection.execute(take, {"name": first})
            await both_hold.wait()
            await connection.execute(take, {"name": second})

    ended = await asyncio.gather(takes("a", "b"), takes("b", "a"), return_exceptions=True)
    assert [type(each) for each in ended if each is not None] == [ConflictError]
