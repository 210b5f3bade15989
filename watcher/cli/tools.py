"""What several commands need: settings, a built App, an end with a clear error. Imports nothing heavy at the top."""

import asyncio
import contextlib
import logging
import os
import shutil
import sys
from collections.abc import AsyncIterator, Coroutine, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import typer

if TYPE_CHECKING:
    from watcher.app import App
    from watcher.config import Settings
    from watcher.storage import Database

T = TypeVar("T")

FAULT = 1
UNUSABLE = 2  #: broken settings, usage errors


@contextlib.contextmanager
def clear_errors() -> Iterator[None]:
    """End the command with the lines of an error instead of a traceback."""
    from watcher.errors import ConfigError, WatcherError

    try:
        yield
    except ConfigError as error:
        for fault in error.faults:
            typer.echo(fault, err=True)
        raise typer.Exit(UNUSABLE) from error
    except WatcherError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(FAULT) from error


def program() -> str:
    """How the operator called us: `watcher`, or the path of it where the shell would not find that."""
    called = sys.argv[0]
    found = shutil.which("watcher")
    if Path(called).name != "watcher" or (found is not None and os.path.samefile(found, called)):
        return "watcher"
    return called


def go(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's async part."""
    with clear_errors():
        return asyncio.run(work)


def read_settings(level: int = logging.INFO) -> "Settings":
    """The settings, with logs set up as they say, ours from `level` on."""
    from watcher import config, logs

    known = config.settings()
    logs.set_up(known.log, secrets=secrets_of(known), level=level)
    for warning in known.warnings:
        typer.echo(warning, err=True)
    return known


def secrets_of(settings: "Settings") -> list[str]:
    """Every secret that no log may show."""
    plain = (
        settings.telegram_token,
        settings.secret,
        settings.hook_secret,
        settings.courtlistener_token,
        settings.congress_key,
        settings.regulations_key,
        settings.ping_url,
        settings.smtp.password if settings.smtp else None,
        settings.imap.password if settings.imap else None,
    )
    return [secret.reveal() for secret in plain if secret is not None] + _passwords(settings.database.reveal())


def _passwords(url: str) -> list[str]:
    """Of a database's address: the whole of it, and its passwords as they are written and as they are."""
    from urllib.parse import parse_qs, unquote, urlsplit

    parts = urlsplit(url)
    if parts.scheme.startswith("sqlite"):
        return []
    return [url, *({parts.password, unquote(parts.password)} if parts.password else ()), *parse_qs(parts.query).get("password", ())]


@contextlib.asynccontextmanager
async def built(*, change: bool = True, level: int = logging.INFO) -> AsyncIterator["App"]:
    """An App of this process's settings, closed at the end; without `change` for looking alone. Our logs are shown from `level` on."""
    from watcher.app import build

    app = await build(read_settings(level), change=change)
    try:
        yield app
    finally:
        await app.close()


@contextlib.asynccontextmanager
async def opened(*, change: bool = True) -> AsyncIterator["Database"]:
    """The database alone, for commands that need no sources; without `change` for looking alone."""
    from watcher.app import open_current

    database = await open_current(read_settings(), change=change)
    try:
        yield database
    finally:
        await database.dispose()
