"""Whether the database answers and takes what is new, as one process sees it: whoever meets a fault says so, and one alone asks again."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from watcher.backoff import pause
from watcher.errors import ConflictError, DatabaseAwayError, UnwritableError
from watcher.storage.database import Database

log = logging.getLogger(__name__)

LOOKS = 15.0  #: seconds between two looks at whether it may be written, while all is well
SERIOUS = 30.0  #: seconds of trouble after which people are told: a restart takes fewer
SELDOM = 3600.0  #: seconds between two tellings that trouble began


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with the database now."""

    text: str  #: with what the database or its driver said: not for everybody
    unwritable: bool  #: it answers, and takes nothing new
    since: float  #: by the loop's clock

    @property
    def plain(self) -> str:
        """The same for whoever reads our pages."""
        return "the database takes nothing new" if self.unwritable else "the database does not answer"


class Guard:
    """One for all workers of a process.

    Args:
        chance: draws the pauses between two tries.
        tell: tells people, by a way that needs no database; answers whether anybody was reached. None: nobody is to be told by us.
    """

    def __init__(self, database: Database, chance: Callable[[], float], tell: Callable[[str], Awaitable[bool]] | None = None) -> None:
        self.database = database
        self.chance = chance
        self.tell = tell
        self.trouble: Trouble | None = None
        self._began = asyncio.Event()
        self._well = asyncio.Event()
        self._well.set()
        self._told_at: float | None = None
        self._telling: set[asyncio.Task[bool]] = set()

    def met(self, fault: DatabaseAwayError) -> None:
        """A worker could not read or write. The log has it once, however many meet it."""
        if isinstance(fault, ConflictError):
            log.warning("%s; it is done at the next look", fault, extra={"action": "conflict"})
            return
        unwritable = isinstance(fault, UnwritableError)
        before = self.trouble
        since = before.since if before else asyncio.get_running_loop().time()
        if before is None or before.unwritable != unwritable:
            log.error("%s; it is asked again until it is well", fault, extra={"action": "database-away", "unwritable": unwritable})
            self.trouble = Trouble(str(fault), unwritable, since)
        self._well.clear()
        self._began.set()

    async def well(self, stop: asyncio.Event, *, to_read: bool = False) -> None:
        """Wait until nothing is wrong, or `stop`; `to_read`: one that takes nothing new is well enough."""
        while self.trouble is not None and not (to_read and self.trouble.unwritable) and not stop.is_set():
            await _any_of(stop, self._well)

    async def watch(self, stop: asyncio.Event) -> None:
        """Ask again while there is trouble, with growing pauses, until `stop`; people are told once that it began, and that it is over."""
        while not stop.is_set():
            await _any_of(stop, self._began, seconds=LOOKS)
            if self.trouble is None:
                await self._look()
            if self.trouble is not None:
                await self._outlive(self.trouble.since, stop)
        await asyncio.gather(*self._telling)

    async def _look(self) -> None:
        try:
            if not await self.database.is_writable():
                self.met(UnwritableError("the database takes nothing new: it may only be read"))
        except DatabaseAwayError as fault:
            self.met(fault)

    async def _outlive(self, since: float, stop: asyncio.Event) -> None:
        loop, failures = asyncio.get_running_loop(), 1
        begun: asyncio.Task[bool] | None = None
        while not stop.is_set():
            await _any_of(stop, seconds=pause(failures, self.chance()))
            if stop.is_set() or await self._answers():
                break
            failures += 1
            if (begun is None or (begun.done() and not begun.result())) and loop.time() - since >= SERIOUS:
                begun = self._beside(self._tell_begun(loop.time()))
        if not stop.is_set():
            self._end(loop.time() - since, begun)

    async def _answers(self) -> bool:
        """Whether it can be written again."""
        try:
            await self.database.probe()
        except DatabaseAwayError as fault:
            self.met(fault)
        except Exception:
            log.exception("the database could not be asked", extra={"action": "guard-fault"})
        else:
            return True
        return False

    async def _tell_begun(self, now: float) -> bool:
        if self.tell is None or self.trouble is None or (self._told_at is not None and now - self._told_at < SELDOM):
            return False
        reached = await self.tell(f"{self.trouble.text}. {MEANS[self.trouble.unwritable]}")
        if reached:
            self._told_at = now
        return reached

    def _end(self, seconds: float, begun: asyncio.Task[bool] | None) -> None:
        self.trouble = None
        self._began.clear()
        self._well.set()
        log.warning("the database is well again, after %d s", seconds, extra={"action": "database-back", "seconds": round(seconds)})
        if begun is not None:
            self._beside(self._tell_over(seconds, begun))

    async def _tell_over(self, seconds: float, begun: asyncio.Task[bool]) -> bool:
        if self.tell is None or not await begun:
            return False
        return await self.tell(f"The database is well again, after {_spoken(seconds)}. What waited is done now.")

    def _beside(self, telling: Coroutine[Any, Any, bool]) -> asyncio.Task[bool]:
        """Tell while the database is asked on: a channel may take minutes."""
        task = asyncio.create_task(telling)
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)
        return task


#: What follows, by whether it is one that takes nothing new
MEANS = {
    False: "Nothing is polled and nothing is sent until it answers; what was stored is not lost.",
    True: "Nothing is polled until it does, and a letter goes out only where that can be stored first. Make room, or let it be written.",
}


def _spoken(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{max(1, minutes)} min"


async def _any_of(*events: asyncio.Event, seconds: float | None = None) -> None:
    """Wait until one of these is set, or so long."""
    waits = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waits:
            each.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
