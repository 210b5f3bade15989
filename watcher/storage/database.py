"""The database itself: one async API over SQLite (WAL) and PostgreSQL, and the rule of who may write when.

Reads never take a write lock. Writers of SQLite go one at a time (`BEGIN IMMEDIATE`); on PostgreSQL only those that decide what is new
do, by one transaction-level advisory lock. Neither lock is held while fetching, reading or matching.
"""

import asyncio
import contextlib
import logging
import random
import secrets
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, ExceptionContext
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from watcher.backoff import pause
from watcher.errors import ConflictError, DatabaseAwayError, UnwritableError

log = logging.getLogger(__name__)

WRITERS = 0x48574154  #: key of the advisory lock: "HWAT"
BELL = "habeas_watch"  #: the channel of NOTIFY: something was stored that another process may wait for
BUSY = 30_000  #: milliseconds that a writer of SQLite waits for the one before
CONNECT = 10  #: seconds that PostgreSQL may take to accept a connection, unless the address says `connect_timeout`
CONFLICTS = frozenset({"40P01", "40001"})  #: SQLSTATE of a deadlock, and of what cannot be done in any order
WITHIN = 120.0  #: seconds that a transaction on PostgreSQL may take; then its server counts as away, though the connection stands
PROBE = 65_536  #: bytes written to see whether there is room: more than most polls bring
LISTENS = 30.0  #: seconds between two looks at whether who we listen to is still there

#: Unless the address says otherwise: a network that swallows everything ends a connection within a minute, on either side, and a worker
#: that stopped in the middle of a transaction loses it, with the locks that all others wait for.
PATIENCE: dict[str, str | int] = {
    "connect_timeout": CONNECT,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
    "options": "-c idle_in_transaction_session_timeout=60s "
    "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3 -c tcp_user_timeout=30s",
}
#: SQLSTATE of a database that takes nothing new: it may only be read, or its disk is full; and of a transaction that was idle for too long
READ_ONLY, FULL, IDLE = "25006", "53100", "25P03"
#: primary result codes of SQLite that say the same: full, read-only; and of what could not be written, which is as good as full
_UNWRITABLE = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY}
_NOT_WRITTEN = {sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_TRUNCATE}

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
            DatabaseAwayError: the database does not answer, or not within WITHIN.
        """
        with _translated():
            async with self._answers_within(WITHIN), self._reader.connect() as connection:
                yield connection

    @contextlib.asynccontextmanager
    async def writing(self, *, serial: bool = False, within: float = WITHIN) -> AsyncIterator[AsyncConnection]:
        """One transaction, committed at the end, rolled back by any exception.

        Args:
            serial: wait until every earlier serial writer, on any host, is done. SQLite's writers always do.
            within: seconds that it may take on PostgreSQL, waiting for others included.

        Raises:
            DatabaseAwayError: as `reading`.
            UnwritableError: the database answers, and takes nothing new.
        """
        with _translated():
            if self.is_sqlite:
                async with self._gate, self.engine.connect() as connection:
                    connection = await connection.execution_options(writes=True)
                    async with connection.begin():
                        yield connection
                return
            async with self._answers_within(within), self.engine.begin() as connection:
                if serial:
                    await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(WRITERS)))
                yield connection
                if serial:
                    await ring(connection)

    def _answers_within(self, seconds: float) -> contextlib.AbstractAsyncContextManager[object]:
        """On a file nothing is waited for but other writers, who end; and what a thread does cannot be broken off."""
        return contextlib.nullcontext() if self.is_sqlite else asyncio.timeout(seconds)

    async def is_writable(self) -> bool:
        """Whether PostgreSQL says that it may be written; always so on SQLite, where only writing shows it."""
        if self.is_sqlite:
            return True
        with _translated():
            async with self._answers_within(WITHIN), self.engine.connect() as connection:
                said = (await connection.exec_driver_sql("SHOW transaction_read_only")).scalar_one()
        return bool(said == "off")

    async def probe(self) -> None:
        """Write PROBE bytes, and take them away again.

        Raises:
            DatabaseAwayError: it does not answer.
            UnwritableError: it takes nothing new.
        """
        leases = sa.table("leases", sa.column("name"), sa.column("holder"), sa.column("until", Utc))
        row = {"name": f"probe:{secrets.token_hex(8)}", "holder": "-" * PROBE, "until": self.clock() - timedelta(days=1)}
        async with self.writing() as connection:
            await connection.execute(sa.insert(leases).values(row))
        async with self.writing() as connection:
            await connection.execute(sa.delete(leases).where(leases.c.name == row["name"]))

    async def dispose(self) -> None:
        await self.engine.dispose()


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    """Faults of reaching the database, as the rest of the program knows them. The text never holds a statement or its values."""
    try:
        yield
    except (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.InternalError) as error:
        said = next(iter(str(error.orig).strip().splitlines()), "")
        if getattr(error.orig, "sqlstate", None) in CONFLICTS:
            raise ConflictError(f"two transactions collided: {said}") from error
        if _takes_nothing_new(error.orig):
            raise UnwritableError(f"the database takes nothing new: {said}") from error
        if _is_ours(error):
            raise
        raise DatabaseAwayError(f"the database does not answer: {said}") from error
    except sa.exc.TimeoutError as error:
        raise DatabaseAwayError("the database does not answer: all its connections are busy") from error
    except TimeoutError as error:
        raise DatabaseAwayError("the database does not answer: it was waited for too long") from error


def _takes_nothing_new(fault: BaseException | None) -> bool:
    code = getattr(fault, "sqlite_errorcode", 0)
    return getattr(fault, "sqlstate", None) in (READ_ONLY, FULL) or code & 0xFF in _UNWRITABLE or code in _NOT_WRITTEN


def _is_ours(error: sa.exc.DBAPIError) -> bool:
    """Whether the statement is wrong, or its table missing: a bug, not an outage."""
    if isinstance(error, sa.exc.InternalError):
        return getattr(error.orig, "sqlstate", None) != IDLE
    return getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR


def open_database(url: str, clock: Callable[[], datetime] = system_clock) -> Database:
    """Make the engine of a driver URL (`sqlite+aiosqlite:///PATH`, `postgresql+psycopg://…`); connects only when used.

    What a statement that fails was given (phrases, addresses, what letters say) is in no error, and so in no log.
    """
    if url.startswith("sqlite"):
        engine = create_async_engine(url, pool_size=8, max_overflow=24, hide_parameters=True)
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    else:
        said = sa.make_url(url).query
        patience = {name: value for name, value in PATIENCE.items() if name not in said}
        pool: dict[str, Any] = {"pool_size": 8, "max_overflow": 24, "pool_pre_ping": True}
        engine = create_async_engine(url, **pool, connect_args=patience, hide_parameters=True)
        event.listen(engine.sync_engine, "handle_error", _leave_read_only)
    return Database(engine, clock)


def _prepare_sqlite(connection: Any, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself: _begin_sqlite does
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", f"busy_timeout={BUSY}", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _leave_read_only(context: ExceptionContext) -> None:
    """Connections to a server that may only be read are made anew: where the address names several hosts, to the one that is written."""
    if getattr(context.original_exception, "sqlstate", None) == READ_ONLY:
        context.is_disconnect = True


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


async def ring(connection: AsyncConnection) -> None:
    """Wake the workers of every process once this transaction is committed. SQLite's wake by themselves."""
    if connection.dialect.name == "postgresql":
        await connection.execute(sa.select(sa.func.pg_notify(BELL, "")))


async def listening(
    database: Database,
    woken: Callable[[], None],
    stop: asyncio.Event,
    *,
    chance: Callable[[], float] = random.random,
) -> None:
    """Call `woken` whenever a writer that rang, on any host, has committed, until `stop` is set; and once when a connection that broke was
    made anew, for who rang meanwhile. PostgreSQL only.

    Nothing depends on it but speed: a worker also looks by itself, so a connection that breaks is simply made anew.
    """
    failures = 0
    while not stop.is_set():
        try:
            async for rung in _rung(database, stop):
                if failures:
                    log.info("LISTEN: again", extra={"action": "listens"})
                if failures or rung:
                    woken()
                failures = 0
        except (sa.exc.SQLAlchemyError, OSError) as error:
            failures += 1
            log.log(
                logging.WARNING if failures == 1 else logging.DEBUG,
                "LISTEN ended: %s",
                type(error).__name__,
                extra={"action": "listen-ended"},
            )
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause(failures, chance()))


async def _rung(database: Database, stop: asyncio.Event) -> AsyncIterator[bool]:
    """One connection: False once it listens, and True for each time that somebody rang.

    Raises:
        TimeoutError: it stands, and nobody is there any more.
    """
    loop = asyncio.get_running_loop()
    async with database.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.exec_driver_sql(f"LISTEN {BELL}")
        driver: Any = (await connection.get_raw_connection()).driver_connection  # psycopg's, which SQLAlchemy does not name
        yield False
        heard = loop.time()
        while not stop.is_set():
            async for _ in driver.notifies(timeout=1.0, stop_after=1):
                heard = loop.time()
                yield True
            if loop.time() - heard > LISTENS:
                async with asyncio.timeout(CONNECT):
                    await connection.exec_driver_sql("SELECT 1")
                heard = loop.time()


def insert(connection: AsyncConnection, table: sa.Table) -> "postgresql.Insert | sqlite.Insert":
    """The dialect's INSERT, which knows ON CONFLICT."""
    return (sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert)(table)
