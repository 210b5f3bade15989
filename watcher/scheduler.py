"""APScheduler wakes the workers: its jobs do nothing but set an event. What is due, the database says."""

import asyncio
from datetime import UTC

from apscheduler.schedulers.asyncio import AsyncIOScheduler


class Clockwork:
    """Sets events at intervals. A slow worker skips no tick and piles up none: an event is set or it is not."""

    def __init__(self) -> None:
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None})

    def every(self, seconds: float, event: asyncio.Event) -> None:
        """Set `event` now and then every `seconds`, for as long as the clockwork runs."""
        event.set()
        self._scheduler.add_job(_ring, "interval", seconds=seconds, args=[event])

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)


async def _ring(event: asyncio.Event) -> None:
    event.set()
