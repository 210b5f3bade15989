"""The busy hour, the overtaking and the year, in small: everybody is told, nothing is claimed before what is urgent, no table grows."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.storage import sweeping
from benchmarks import fanout_time as benchmark
from tests.databases import migrate, with_driver


@pytest.fixture
def url(tmp_path: Path) -> str:
    made = with_driver(f"sqlite:///{tmp_path}/watch.db")
    asyncio.run(migrate(made))
    return made


@pytest.fixture
def swift(monkeypatch: pytest.MonkeyPatch) -> None:
    """A month of three days; Letters are kept for two, what they told for four."""
    monkeypatch.setattr(benchmark, "MONTH", 3)
    monkeypatch.setattr(sweeping, "KEPT", timedelta(days=2))
    monkeypatch.setattr(sweeping, "TOLD_KEPT", timedelta(days=4))


def test_the_last_of_an_hour_is_told_soon_after_the_wire_can_at_the_least(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmark, "ALERTS", 3)
    told = asyncio.run(benchmark.hour("sqlite", url, 20, 0.05))
    assert told.made == 60
    assert told.least <= told.last <= 2 * told.least
    assert told.line().startswith("sqlite, 3 alerts in an hour to 20 readers at 0.05 messages/s: ")


def test_urgent_letters_leave_before_those_who_wait(url: str) -> None:
    line = asyncio.run(benchmark.overtaking("sqlite", url, 60))
    assert line.startswith("sqlite, an urgent alert while 60 wait for another, 60 of them with a letter: its first letter claimed after ")


@pytest.mark.parametrize(
    ("months", "bounded", "said"),
    [
        ((90, 100, 100, 104), True, "bounded"),
        ((90, 100, 103, 106), True, "grows without bound"),
        ((0, 0, 0, 0), True, "bounded"),
        ((1, 2, 3, 4), False, "kept for good"),
    ],
)
def test_a_table_grows_that_has_more_rows_than_two_months_ago(months: tuple[int, ...], bounded: bool, said: str) -> None:
    assert benchmark._growth("sqlite", "letters", months, bounded=bounded).endswith(f"({said})")


@pytest.mark.usefixtures("swift")
def test_what_is_kept_for_so_long_no_longer_grows_then(url: str) -> None:
    lines = asyncio.run(benchmark.year("sqlite", url, 10, 12))
    assert [line for line in lines if "without bound" in line] == []
    rows = {line.partition(", ")[2].partition(": ")[0]: line for line in lines}
    assert rows["revisions"] == "sqlite, revisions: 15 30 45 60 (kept for good)"
    assert not rows["told"].startswith("sqlite, told: 0 0")
