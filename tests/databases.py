"""Real databases for tests: a SQLite file, and a PostgreSQL server of our own on loopback, started once, stopped by its own tools."""

import asyncio
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncEngine

from watcher import migrations
from watcher.storage import Database, open_database

MEMORY = Path("/dev/shm")  #: a folder of the memory, on Linux
BALLAST = "ballast"  #: a file that fills a disk
UP = 10  #: half seconds in which a server that had no room comes up again by itself
ROOM = 1 << 30  #: bytes; a server with its copies takes a tenth
BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
TEMPLATE = "watch_template"
#: No test outlives its server, so nothing need last; and no vacuum runs beside a test.
SWIFT = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 -c autovacuum=off"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class Server:
    """A PostgreSQL server that holds one migrated template and copies of it."""

    def __init__(self, port: int, again: Sequence[str] = (), disk: Path | None = None) -> None:
        """`again` is the command that starts it anew; `disk` is where all of it lies, if that is a disk of its own."""
        self.port = port
        self.disk = disk
        self._again = again
        self._made = 0
        self._strategy = " STRATEGY FILE_COPY" if float(BINARIES[-1].parent.name) >= 15 else ""  # the older way, of half the work here

    def url(self, name: str) -> str:
        """As an operator writes it."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def copy(self) -> str:
        """A fresh database with every table; its name."""
        self._made += 1
        name = f"watch_{self._made}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}{self._strategy}")
        return name

    def restart(self) -> None:
        """As after a crash of the server: nothing is finished, and nobody is told."""
        _quietly([*self._again, "-m", "immediate", "restart"])

    def fill(self) -> None:
        """Leave no room on its disk."""
        assert self.disk is not None
        with suppress(OSError), (self.disk / BALLAST).open("wb", buffering=0) as ballast:
            while ballast.write(bytes(1 << 20)):
                pass

    def empty(self) -> None:
        """Give the room back, and start it again if it ended for want of it."""
        assert self.disk is not None
        (self.disk / BALLAST).unlink()
        for _ in range(UP):
            try:
                self.execute("CHECKPOINT")
                return
            except psycopg.OperationalError:
                time.sleep(0.5)
        self.restart()

    def drop(self, name: str) -> None:
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def copies(self) -> list[str]:
        """The databases that were made and not dropped."""
        with psycopg.connect(self.url("postgres")) as connection:
            names = connection.execute("SELECT datname FROM pg_database WHERE datname ~ '^watch_[0-9]+$' ORDER BY 1").fetchall()
        return [name for (name,) in names]


def with_driver(url: str) -> str:
    """An operator's address of a database as SQLAlchemy wants it."""
    return url.replace("sqlite:", "sqlite+aiosqlite:").replace("postgresql:", "postgresql+psycopg:")


def opened(url: str) -> Database:
    """One of our databases, by the only engine of its kind: that keeps what statements were compiled to, a third of the work of a short
    test. It is disposed of before another is opened.
    """
    driver = url.partition(":")[0]
    _led_to[driver] = url
    return Database(_engine(driver))


_led_to: dict[str, str] = {}  #: by driver, where its engine connects now


@cache
def _engine(driver: str) -> AsyncEngine:
    engine = open_database(_led_to[driver]).engine

    @event.listens_for(engine.sync_engine, "do_connect")
    def lead(dialect: Dialect, record: object, arguments: list[Any], named: dict[str, Any]) -> None:
        there, how = dialect.create_connect_args(sa.make_url(_led_to[driver]))
        arguments[:] = there
        named.update(how)

    return engine


async def migrate(url: str) -> None:
    database = open_database(url)
    try:
        await migrations.upgrade(database)
    finally:
        await database.dispose()


@contextmanager
def postgres(disk: Path | None = None) -> Iterator[Server]:
    """Run a server for a while. Needs BINARIES; as root it runs as `postgres`, since initdb refuses root.

    Args:
        disk: one of its own, which may be filled.
    """
    folder = Path(tempfile.mkdtemp(prefix="watch-pg-", dir=disk or _swift_folder()))
    as_user: list[str] = []
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        as_user = ["runuser", "-u", "postgres", "--"]
    port = free_port()
    control = [*as_user, str(BINARIES[-1] / "pg_ctl"), "-D", str(folder / "d"), "-w"]
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c max_connections=200 {SWIFT}"
    _quietly([*as_user, str(BINARIES[-1] / "initdb"), "-D", str(folder / "d"), "-A", "trust", "-N", "-U", "postgres"])
    starting = [*control, "-o", options, "-l", str(folder / "log")]
    _quietly([*starting, "start"])
    server = Server(port, starting, disk)
    try:
        server.execute(f"CREATE DATABASE {TEMPLATE}")
        asyncio.run(migrate(with_driver(server.url(TEMPLATE))))
        yield server
    finally:
        _quietly([*control, "-m", "immediate", "stop"])
        shutil.rmtree(folder, ignore_errors=True)


def _swift_folder() -> Path | None:
    """The memory where there is room; None for the usual place. A copy is hundreds of files: on a disk it costs seven times the CPU."""
    there = MEMORY.is_dir() and os.access(MEMORY, os.W_OK | os.X_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return MEMORY if there else None


def _quietly(command: list[str]) -> None:
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd="/", check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr}")
