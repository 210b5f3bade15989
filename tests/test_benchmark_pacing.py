"""The benchmark of the pace, in small: what it sends, and that its line has its figures."""

import asyncio
import re
from collections import Counter
from itertools import groupby
from pathlib import Path

from benchmarks import pacing as benchmark
from tests.databases import migrate, with_driver


def test_the_load_beside_its_peer_is_mostly_single_messages_with_groups_and_bursts() -> None:
    chats = benchmark.load(400, seed=1)
    counts = Counter(chats)
    assert chats == benchmark.load(400, seed=1)
    assert sum(count == 1 for count in counts.values()) == 320
    assert {chat: counts[chat] for chat in counts if chat < 0} == dict.fromkeys(range(-10, 0), 4)
    assert sorted(len(list(run)) for _, run in groupby(chats))[-4:] == [10, 10, 10, 10]


def test_the_service_itself_sends_and_the_line_says_how_fast(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/watch.db"
    asyncio.run(migrate(with_driver(url)))
    line = asyncio.run(benchmark.sustained(benchmark.Place("sqlite", url, tmp_path), 25.0, 1.0))
    figures = r"[0-9.]+ messages a second for 1 s, [0-9]+ refused, [0-9.]+ of 1,000 \(goal none refused\); [0-9]+% of a core"
    assert re.fullmatch(rf"sustained 25/s, sqlite: {figures}", line)
