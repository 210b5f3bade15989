"""The use case: judge stored history again, by two rule sets, and count what changes. Nothing is stored."""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TypeAlias

from watcher.ports import Archive, Filed
from watcher.rulesets import Comparison, RuleSet, Tally

MANY = 20_000  #: Documents from which on processes of their own pay: each has to begin, and to learn the words

Judge: TypeAlias = Callable[[tuple[Filed, ...]], Awaitable[Tally]]


async def replay(
    before: RuleSet | None,
    after: RuleSet,
    archive: Archive,
    since: datetime,
    *,
    examples: int = 3,
    processes: int | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Tally:
    """Judge every Document first seen since then by both rule sets.

    Pages are read while others are judged, and only a few at a time, so that memory does not grow with the history.

    Args:
        before: None for what was decided at the time, as it is stored.
        examples: how many are kept for each Watch and change.
        processes: that judge; None: one for each processor where there are MANY Documents, else this one alone. 0: this one.
        progress: told how many of how many Documents are judged, after each page.
    """
    total = await archive.count(since)
    if processes is None:
        cores = os.cpu_count() or 1
        processes = cores if total >= MANY and cores > 1 else 0
    tally = Tally()
    under_way: set[asyncio.Future[Tally]] = set()

    async def settle(most: int) -> None:
        """Wait until no more than `most` pages are under way."""
        nonlocal under_way
        while len(under_way) > most:
            done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
            for page in done:
                tally.add(page.result(), examples)
            progress(tally.documents, max(total, tally.documents))

    async with _judging(before, after, examples, processes) as judge:
        try:
            async for page in archive.pages(since, matches=before is None):
                under_way.add(asyncio.ensure_future(judge(page)))
                await settle(2 * processes)
            await settle(0)
        finally:
            for unsettled in under_way:
                unsettled.cancel()
    return tally


@asynccontextmanager
async def _judging(before: RuleSet | None, after: RuleSet, examples: int, processes: int) -> AsyncIterator[Judge]:
    """What judges a page: processes, each with rules built once, or a thread of this one."""
    if processes == 0:
        comparison = await asyncio.to_thread(Comparison, before, after, examples=examples)
        yield lambda page: asyncio.to_thread(comparison.tally, page)
        return
    loop = asyncio.get_running_loop()
    # spawned, not forked: this process has threads
    pool = ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _prepare, (before, after, examples))
    try:
        yield lambda page: loop.run_in_executor(pool, _tally, page)
    finally:
        await asyncio.to_thread(pool.shutdown, wait=True, cancel_futures=True)


_prepared: list[Comparison] = []  #: in a process that judges: its rules


def _prepare(before: RuleSet | None, after: RuleSet, examples: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process of a terminal; the one that began it ends the others
    _prepared.append(Comparison(before, after, examples=examples))


def _tally(page: tuple[Filed, ...]) -> Tally:
    return _prepared[0].tally(page)
