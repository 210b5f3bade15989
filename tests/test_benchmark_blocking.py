"""The benchmark of what the loop waits for, in small: papers are polled and judged, and its line has its figures."""

import asyncio
import re

from benchmarks import blocking as benchmark
from benchmarks.workload import Paper
from watcher.match import Rules


def test_each_paper_is_polled_once_and_judged_by_all_watches() -> None:
    papers = benchmark.Papers([Paper("Due process of law."), Paper("A writ of habeas corpus, and due process")])
    rules = Rules(tuple(benchmark.watches(["due process", *(f"made up {number}" for number in range(benchmark.TERMS)), "habeas corpus"])))
    asyncio.run(benchmark.measured(papers, 2, rules))
    assert [[match.watch for match in each.verdict.matches] for each in papers.judged] == [["watch-0"], ["watch-0", "watch-1"]]


def test_its_line_says_how_many_how_long_and_what_was_waited() -> None:
    line = benchmark.line(60, 2, rare=3_000, size=20_000)
    figure = r"-?[0-9.]+ ms"
    assert re.fullmatch(
        rf"blocking: 2 documents of 20 kB against 60 phrases, {figure} each, [1-9][0-9]* matches; the loop waited {figure} at most for "
        rf"them \({figure} by the clock; with nothing to do {figure}\)",
        line,
    )
