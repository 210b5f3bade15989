"""`watcher run`: the service."""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from watcher.cli import tools

if TYPE_CHECKING:
    from watcher.app import App
    from watcher.models import SourceState
    from watcher.workers import Service, Worker


class Role(StrEnum):
    poll = "poll"
    deliver = "deliver"
    bot = "bot"
    web = "web"


def run(
    role: Annotated[
        list[Role] | None, typer.Option(help="Work as this only; repeat it. All roles if not given.", show_default=False)
    ] = None,
) -> None:
    """Poll, match, tell, answer and serve, until stopped by SIGTERM or Ctrl-C. Channels are switched on by the environment."""
    tools.go(_run([each.value for each in role or list(Role)]))


async def _run(roles: list[str]) -> None:
    async with tools.built() as app:
        await serve(app, roles)
        typer.echo("stopped", err=True)


async def serve(app: "App", roles: list[str], *further: "Worker", started: Callable[[str], None] | None = None) -> None:
    """Run the service until a signal stops it; `demo` adds its own workers."""
    from alerts.storage.ledger import Ledger
    from watcher.web import Metrics
    from watcher.workers import Service, pages

    metrics = Metrics()
    service = Service(app, roles, metrics)
    workers = list(further)
    if "deliver" in roles:
        await app.start_console()
        for said in app.unserved(await Ledger(app.database).readers()):
            typer.echo(said, err=True)
    if "web" in roles:
        workers.append(pages(app, metrics, started or _say, service.guard))
    if "poll" in roles:
        await app.try_unreached()
        if failed := silent(await _states(app), await app.database.now()):
            typer.echo(failed, err=True)
    with stopped_by_signals(service):
        await service.run(*workers)


async def _states(app: "App") -> list["SourceState"]:
    from watcher.storage.views import Views

    return [row.state for row in await Views(app.database).sources() if row.state.source in app.current.sources]


def silent(states: Sequence["SourceState"], now: datetime) -> str | None:
    """How many sources failed when they were last polled, and when the first of them is tried again; None where all went well."""
    failing = [state for state in states if state.failures and not state.gone]
    if not failing:
        return None
    due = min(state.next_poll_at for state in failing)
    when = "they are tried now" if due <= now else f"next try at {due:%H:%M} UTC"
    return f"{len(failing)} of {len(states)} sources did not answer last time; {when} (`watcher status` says why)"


def _say(url: str) -> None:
    typer.echo(f"watching; pages at {url}; `{tools.program()} demo` shows it working without a network", err=True)


@contextlib.contextmanager
def stopped_by_signals(service: "Service") -> Iterator[None]:
    """SIGTERM and SIGINT stop gracefully; SIGHUP looks at `sources.toml` at once."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, service.stop.set)
    loop.add_signal_handler(signal.SIGHUP, service.file_due.set)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.remove_signal_handler(number)
