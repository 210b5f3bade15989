"""The property tests with many more examples than `make test` gives them, of another seed each time.

    python benchmarks/fuzz.py [--seed N] [--minutes N] [TEST ...]

Prints what broke as pytest does, and one line at the end. After `--minutes` (25) no further test is begun, and the line says how many
were not run. The same seed gives the same examples: a fault that was found is found again.
"""

import argparse
import random
import sys
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))

import pytest

PROFILE = "long"  #: of tests/conftest.py


class Tally:
    """Counts the property tests that held and that broke, and ends the run when its time is up."""

    def __init__(self, limit: timedelta) -> None:
        self.limit = limit
        self.chosen = self.held = self.broken = 0
        self._since = time.monotonic()

    @property
    def took(self) -> float:
        """Seconds so far."""
        return time.monotonic() - self._since

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.chosen = len(session.items)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.held += report.when == "call" and report.passed
        self.broken += report.failed

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> None:
        if self.took >= self.limit.total_seconds():
            item.session.shouldstop = "its time is up"

    def line(self, seed: int) -> str:
        """The result, for docs/measurements.md."""
        unrun = self.chosen - self.held - self.broken
        missing = f", {unrun} not run" if unrun else ""
        return f"fuzz: {self.held} properties held, {self.broken} broken{missing}, in {self.took:.0f} s (seed {seed})"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run them; 0 where all held."""
    parser = argparse.ArgumentParser(description="The property tests with many more examples.")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000), help="of a run that is to be repeated")
    parser.add_argument("--minutes", type=float, default=25.0, help="after which no further test is begun")
    parser.add_argument("tests", nargs="*", default=["tests"], help="files or tests, as pytest takes them")
    given = parser.parse_args(arguments)
    tally = Tally(timedelta(minutes=given.minutes))
    options = ["-q", "-m", "hypothesis", f"--hypothesis-profile={PROFILE}", f"--hypothesis-seed={given.seed}"]
    pytest.main([*options, *given.tests], plugins=[tally])
    print(tally.line(given.seed))
    return int(tally.broken > 0 or tally.held == 0)


if __name__ == "__main__":
    sys.exit(main())
