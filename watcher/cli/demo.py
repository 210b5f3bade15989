"""`watcher demo`: the whole pipeline against a bundled world, about a minute long."""

import asyncio
import contextlib
import shlex
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from watcher.cli import tools

if TYPE_CHECKING:
    from watcher.app import App
    from watcher.config import Settings
    from watcher.demo.world import World

PATIENCE = 20.0  #: seconds that a step may take to be seen and told; then time passes all the same
LOOK = 0.1  #: seconds between two looks at whether it was
LOOKS = 3  #: that must agree


def demo(
    pace: Annotated[
        float, typer.Option(min=0, help="Seconds between two things that happen, at least; the next waits until the last was told.")
    ] = 3.5,
    stay: Annotated[
        bool | None,
        typer.Option("--stay/--end", help="Serve the page until Ctrl-C afterwards. Stays on a terminal by itself.", show_default=False),
    ] = None,
    keep: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Keep database and rules there, a new folder, to ask them why and to try other rules on them.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Show it working: sources of spring 2025, served from this machine, are polled, matched and told in this terminal and on a page.

    The same pipeline as `watcher run`, with a database of its own that is deleted at the end. No account, no network.
    """
    if not tools.go(_demo(pace, sys.stdout.isatty() if stay is None else stay, keep)):
        typer.echo("nothing was told: that is a fault; please report it", err=True)
        raise typer.Exit(tools.FAULT)


async def _demo(pace: float, stay: bool, keep: Path | None) -> bool:
    """Run it; answers whether letters were sent. One that was stopped before its end is not asked."""
    import logging

    from watcher import logs
    from watcher.app import build
    from watcher.cli.run import serve
    from watcher.demo.world import World

    logs.set_up("text", level=logging.ERROR)
    with _folder(keep) as folder:
        async with World() as world:
            app = await build(_settings(folder, world))
            try:
                story = _Telling(app, world, pace, stay)
                await serve(app, ["poll", "deliver", "web"], story.tell, started=story.begin)
                typer.echo("stopped", err=True)
                return bool(story.told) or not world.over
            finally:
                await app.close()


@contextlib.contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    """Where the database lies: for so long alone, or in a new folder that is kept.

    Raises:
        ConfigError: there is something already, or the folder cannot be made.
    """
    from watcher.errors import ConfigError

    if keep is None:
        with tempfile.TemporaryDirectory(prefix="habeas-watch-demo-") as folder:
            yield Path(folder)
        return
    try:
        keep.mkdir(parents=True, exist_ok=True)
        if any(keep.iterdir()):
            raise ConfigError(f"{keep}: there is something in it; name a new folder")
    except OSError as error:
        raise ConfigError(f"{keep}: cannot be made: {error.strerror or error}") from error
    yield keep
    here = keep.resolve()
    where = f"WATCHER_DATA={shlex.quote(str(here))} WATCHER_SOURCES={shlex.quote(str(here / 'sources.toml'))}"
    print(f"Kept. To ask it: {where} {tools.program()} why story:9")
    print(f"To look at its pages: {where} WATCHER_HTTP=127.0.0.1:8000 {tools.program()} run --role web")


def _settings(folder: Path, world: "World") -> "Settings":
    from watcher.config import settings
    from watcher.demo.rules import demo_rules, shipped_rules

    rules = folder / "sources.toml"
    rules.write_text(demo_rules(world.base, shipped_rules()), encoding="utf-8")
    ours = {"WATCHER_SOURCES": str(rules), "WATCHER_DATA": str(folder), "WATCHER_ALLOW_PRIVATE": "1", "WATCHER_HTTP": "127.0.0.1:0"}
    return settings(ours)


class _Telling:
    """Lets time pass in the world, a step whenever the last one was seen and told."""

    def __init__(self, app: "App", world: "World", pace: float, stay: bool) -> None:
        self.app = app
        self.world = world
        self.pace = pace
        self.stay = stay
        self.told = 0

    def begin(self, url: str) -> None:
        count, day = len(self.app.current.sources), _day(self.world)
        print(f"Habeas Watch, a demonstration. The same is shown at {url}", flush=True)
        print(f"First look at {count} sources as they stood on {day}: stored, and nobody is told.", flush=True)
        print("One of them answers with a web page instead of a feed, on purpose: the page says so, and the others go on.\n", flush=True)

    async def tell(self, stop: asyncio.Event) -> None:
        await self._until(self._seen_all, stop)
        while not self.world.over and not stop.is_set():
            step = await self.world.advance()
            print(f"▶ {_day(self.world)} · {step.says}{'  (nobody need hear of it)' if step.silent else ''}\n", flush=True)
            await asyncio.gather(self._until(self._told_all, stop), _pause(self.pace, stop))
        self.told = (await self.app.outbox.counts()).letters.get("sent", 0)
        if not stop.is_set():
            await self._sum_up()
        if self.stay and not stop.is_set():
            print("The page stays until Ctrl-C.", flush=True)
            await stop.wait()

    async def _sum_up(self) -> None:
        from watcher.storage.views import Views

        documents = sum(row.documents for row in await Views(self.app.database).sources())
        print(f"{documents} documents were read, and {self.told} letters told what mattered of them.", end=" ")
        print(f"For the real sources: {tools.program()} run")

    async def _seen_all(self) -> bool:
        from watcher.storage.views import Views

        rows = await Views(self.app.database).sources()
        return all(row.state.polls or row.state.failures for row in rows)

    async def _told_all(self) -> bool:
        """Every source was read since the last step, and what came of it has left."""
        if self.world.waiting() or await self.app.outbox.open_revisions():
            return False
        counts = await self.app.outbox.counts()
        return not counts.deliveries and not counts.letters.keys() & {"pending", "sending"}

    async def _until(self, done: Callable[[], Awaitable[bool]], stop: asyncio.Event) -> None:
        """Wait until it is so on LOOKS looks running: between an answer's last byte and the poll stored, all seems quiet."""
        in_a_row = 0
        for _ in range(int(PATIENCE / LOOK)):
            in_a_row = in_a_row + 1 if await done() else 0
            if stop.is_set() or in_a_row == LOOKS:
                return
            await _pause(LOOK, stop)


async def _pause(seconds: float, stop: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


def _day(world: "World") -> str:
    """The day in Washington, where most of it happened."""
    from watcher.testing.world.register import EASTERN

    there = world.now.astimezone(EASTERN)
    return f"{there.day} {there:%B %Y}"
