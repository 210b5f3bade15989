"""The database itself: one async API over SQLite (WAL) and PostgreSQL, and the rule of who may write when.

Reads never take a write lock. Writers of SQLite go one at a time (`BEGIN IMMEDIATE`); on PostgreSQL only those that decide what is new
do, by one transaction-level advisory lock. Neither lock is held while fetching, reading or matching.
"""

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from watcher.errors import DatabaseAwayError

log = logging.getLogger(__name__)

WRITERS = 0x48574154  #: key of the advisory lock: "HWAT"
BELL = "habeas_watch"  #: the channel of NOTIFY: something was stored that another process may wait for
BUSY = 30_000  #: milliseconds that a writer of SQLite waits for the one before
CONNECT = 10  #: seconds that PostgreSQL may take to accept a connection, unless the address says `connect_timeout`

#: names of constraints, so that a migration can speak of them on both dialects
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Key = sa.BigInteger().with_variant(sa.Integer, "sqlite")  #: SQLite numbers rows by itself for INTEGER alone
Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


class Utc(TypeDecorator[datetime]):
    """An aware UTC time. A naive one is refused: it is a bug, wherever it comes from."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        return dialect.type_descriptor(sa.DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def system_clock() -> datetime:
    return datetime.now(UTC)


class Database:
    """One database, many connections. `dispose` it when done."""

    def __init__(self, engine: AsyncEngine, clock: Callable[[], datetime] = system_clock) -> None:
        self.engine = engine
        self.clock = clock
        self._reader = engine if self.is_sqlite else engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._gate = asyncio.Lock()  # our own tasks queue here, in order, instead of racing for SQLite's lock

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    async def now(self) -> datetime:
        """Say what time it is: the server's on PostgreSQL, so that hosts need not agree; else the clock we were given."""
        if self.is_sqlite or self.clock is not system_clock:
            return self.clock()
        async with self.reading() as connection:
            moment: datetime = (await connection.execute(sa.select(sa.func.clock_timestamp()))).scalar_one()
            return moment.astimezone(UTC)

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """One consistent view, however many questions are asked; takes no lock that a writer waits for, and waits for none.

        Raises:
            DatabaseAwayError: the database does not answer; so does `writing`.
        """
        with _translated():
            async with self._reader.connect() as connection:
                yield connection

    @contextlib.asynccontextmanager
    async def writing(self, *, serial: bool = False) -> AsyncIterator[AsyncConnection]:
        """One transaction, committed at the end, rolled back by any exception.

        Args:
            serial: wait until every earlier serial writer, on any host, is done. SQLite's writers always do.
        """
        with _translated():
            if self.is_sqlite:
                async with self._gate, self.engine.connect() as connection:
                    connection = await connection.execution_options(writes=True)
                    async with connection.begin():
                        yield connection
                return
            async with self.engine.begin() as connection:
                if serial:
                    await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(WRITERS)))
                yield connection
                if serial:
                    await ring(connection)

    async def dispose(self) -> None:
        await self.engine.dispose()


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    """Faults of reaching the database, as the rest of the program knows them. The text never holds a statement or its values."""
    try:
        yield
    except (sa.exc.OperationalError, sa.exc.InterfaceError) as error:
        if getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
            raise  # the statement is wrong, or its table missing: a bug, not an outage
        said = next(iter(str(error.orig).strip().splitlines()), "")
        raise DatabaseAwayError(f"the database does not answer: {said}") from error
    except sa.exc.TimeoutError as error:
        raise DatabaseAwayError("the database does not answer: all its connections are busy") from error


def open_database(url: str, clock: Callable[[], datetime] = system_clock) -> Database:
    """Make the engine of a driver URL (`sqlite+aiosqlite:///PATH`, `postgresql+psycopg://…`); connects only when used.

    What a statement that fails was given (phrases, addresses, what letters say) is in no error, and so in no log.
    """
    if url.startswith("sqlite"):
        engine = create_async_engine(url, pool_size=8, max_overflow=24, hide_parameters=True)
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    else:
        patience = {} if "connect_timeout" in sa.make_url(url).query else {"connect_timeout": CONNECT}
        pool: dict[str, Any] = {"pool_size": 8, "max_overflow": 24, "pool_pre_ping": True}
        engine = create_async_engine(url, **pool, connect_args=patience, hide_parameters=True)
    return Database(engine, clock)


def _prepare_sqlite(connection: Any, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself: _begin_sqlite does
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", f"busy_timeout={BUSY}", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


async def ring(connection: AsyncConnection) -> None:
    """Wake the workers of every process once this transaction is committed. SQLite's wake by themselves."""
    if connection.dialect.name == "postgresql":
        await connection.execute(sa.select(sa.func.pg_notify(BELL, "")))


async def listening(database: Database, woken: Callable[[], None], stop: asyncio.Event) -> None:
    """Call `woken` whenever a writer that rang, on any host, has committed, until `stop` is set. PostgreSQL only.

    Nothing depends on it but speed: a worker also looks by itself, so a connection that breaks is simply made anew.
    """
    while not stop.is_set():
        try:
            async with database.engine.connect() as connection:
                await connection.execution_options(isolation_level="AUTOCOMMIT")
                await connection.exec_driver_sql(f"LISTEN {BELL}")
                driver = (await connection.get_raw_connection()).driver_connection
                while not stop.is_set():
                    async for _ in driver.notifies(timeout=1.0, stop_after=1):  # type: ignore[union-attr]  # psycopg's, which SQLAlchemy does not name
                        woken()
        except (sa.exc.SQLAlchemyError, OSError) as error:
            log.warning("LISTEN ended: %s", type(error).__name__, extra={"action": "listen-ended"})
            await asyncio.sleep(1)


def insert(connection: AsyncConnection, table: sa.Table) -> "postgresql.Insert | sqlite.Insert":
    """The dialect's INSERT, which knows ON CONFLICT."""
    return (sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert)(table)
