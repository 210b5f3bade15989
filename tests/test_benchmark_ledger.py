"""The benchmark of what an operator asks, in small: half of the letters wait, and its line has its figures."""

import asyncio
import re

from benchmarks import ledger as benchmark
from tests.databases import with_driver


def test_what_is_timed_is_there_and_its_line_has_its_figures(operator_url: str) -> None:
    figures = asyncio.run(benchmark.measure("here", with_driver(operator_url), 600, 2))
    assert (len(figures.status), len(figures.metrics), len(figures.history)) == (2, 2, 2)
    times = r"status --outbox [0-9,]+ ms, /metrics [0-9,]+ ms, history of one reader [0-9,]+ ms"
    assert re.fullmatch(rf"here, 600 subscribers, half of their letters waiting: {times}", figures.line())
