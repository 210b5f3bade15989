"""`watcher run`: the service."""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Coroutine, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watcher.cli import tools

if TYPE_CHECKING:
    from watcher.app import App
    from watcher.workers import Service


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
    from watcher.workers import Service

    async with tools.built() as app:
        service = Service(app, roles)
        if "deliver" in roles:
            await app.start_console()
        with stopped_by_signals(service):
            await service.run(*further(app, service, roles))


def further(app: "App", service: "Service", roles: list[str]) -> list[Callable[[asyncio.Event], Coroutine[Any, Any, None]]]:
    """The workers beside polling and telling: the bot and the pages."""
    return []


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
