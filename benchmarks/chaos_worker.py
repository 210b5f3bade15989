"""One process of the service in fast motion, for `chaos`: as `watcher run --role deliver`, but its hours pass faster.

    python benchmarks/chaos_worker.py --scale 2 --epoch 1764021600 --skew FILE [--days 1]

No pace, patience or lease is changed: all clocks of the process run faster together (its loop's, its own, the one it reads of the
database), so that what waits a minute waits a half.
"""

import argparse
import asyncio
import selectors
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
import typer

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))

from watcher.app import build
from watcher.cli import tools
from watcher.cli.run import serve
from watcher.storage import Database

AT_WORK = "at work"  #: said on stderr once it is


@dataclass(frozen=True, slots=True)
class FastTime:
    """Since `epoch` (seconds of time.time) hours have passed `scale` times faster, and `days` more."""

    scale: float
    epoch: float
    days: float = 0.0

    def at(self, moment: datetime) -> datetime:
        """What it is then, if the true hour is `moment`."""
        start = datetime.fromtimestamp(self.epoch, UTC)
        return start + (moment - start) * self.scale + timedelta(days=self.days)

    def now(self) -> datetime:
        return self.at(datetime.now(UTC))

    def seconds(self) -> float:
        """Of a clock that never jumps."""
        return time.monotonic() * self.scale


class _FastSelector(selectors.DefaultSelector):
    """Waits as many true seconds as its loop's seconds last."""

    scale = 1.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(timeout / self.scale if timeout else timeout)


class _FastLoop(asyncio.SelectorEventLoop):
    def __init__(self, scale: float) -> None:
        selector = _FastSelector()
        selector.scale = scale
        super().__init__(selector)
        self._scale = scale

    def time(self) -> float:
        return super().time() * self._scale


class HostClock:
    """The clock of a host, which is wrong by as many seconds as a file says. It may be put right, or wrong, at any moment."""

    def __init__(self, true: Callable[[], datetime], skew: Path) -> None:
        self._true = true
        self._skew = skew

    def __call__(self) -> datetime:
        return self._true() + timedelta(seconds=float(self._skew.read_text("ascii")))


def hasten(fast: FastTime) -> None:
    """Let the database's own time pass as fast. SQLite has none: there it is the host's."""

    async def now(self: Database) -> datetime:
        if self.is_sqlite:
            return self.clock()
        async with self.reading() as connection:
            moment: datetime = (await connection.execute(sa.select(sa.func.clock_timestamp()))).scalar_one()
            return fast.at(moment.astimezone(UTC))

    Database.now = now  # type: ignore[method-assign]  # the one place where true time would come in


async def work(fast: FastTime, clock: HostClock) -> None:
    app = await build(tools.read_settings(), clock=clock)
    print(AT_WORK, file=sys.stderr, flush=True)
    try:
        await serve(app, ["deliver"])
    finally:
        await app.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--scale", type=float, default=1.0, help="how many of its seconds pass in one")
    parser.add_argument("--epoch", type=float, required=True, help="when its time was the true time, in seconds of time.time()")
    parser.add_argument("--days", type=float, default=0.0, help="how many more have passed since")
    parser.add_argument("--skew", type=Path, required=True, help="a file that says by how many seconds this host's clock is wrong")
    given = parser.parse_args()
    fast = FastTime(given.scale, given.epoch, given.days)
    hasten(fast)
    clock = HostClock(fast.now, given.skew)
    try:
        with tools.clear_errors(), asyncio.Runner(loop_factory=lambda: _FastLoop(given.scale)) as runner:
            runner.run(work(fast, clock))
    except typer.Exit as stop:
        return stop.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
