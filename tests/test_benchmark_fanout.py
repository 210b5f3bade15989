"""The benchmark of an alert to many, in small: everybody is told, all who wait are there, and its line has its figures."""

import asyncio
import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from alerts.models import LetterState
from alerts.storage import Outbox
from alerts.storage import tables as t
from benchmarks import fanout as benchmark
from tests.databases import migrate, with_driver
from watcher.storage import Database


def test_everybody_gets_a_delivery_and_while_claims_are_timed_all_others_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting: list[int] = []
    sending = benchmark.sending

    async def looked_at(outbox: Outbox, count: int) -> float:
        waiting.append(await _waiting(outbox.database))
        return await sending(outbox, count)

    monkeypatch.setattr(benchmark, "sending", looked_at)
    url = with_driver(f"sqlite:///{tmp_path}/watch.db")
    asyncio.run(migrate(url))
    figures = asyncio.run(benchmark.measure("sqlite", url, 600, 3, 2))
    assert waiting == [6, 3, 594, 591]
    assert (figures.subscribers, len(figures.empty), len(figures.full)) == (600, 2, 2)
    rates = r"[0-9,]+ [0-9,]+"
    assert re.fullmatch(
        rf"sqlite, 600 subscribers: [0-9,]+ deliveries/s \(goal 10,000\), grown by -?[0-9]+ MB to [0-9]+ \(goal under 300\); "
        rf"[0-9,]+ letters composed/s; claimed and settled/s {rates} with no backlog, {rates} with it: [0-9.]+ times slower \(goal 2\); "
        r"the wire takes 0:00:24 at 25/s or 0:00:01 at 1,000/s",
        figures.line(),
    )


async def _waiting(database: Database) -> int:
    async with database.reading() as connection:
        number: int = (await connection.execute(sa.select(sa.func.count()).where(t.in_state(LetterState.PENDING)))).scalar_one()
        return number
