"""The chaos of `benchmarks/chaos.py`, short and of one seed: whatever goes wrong, everybody is told, once, in order, within the limits."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import chaos
from benchmarks.chaos_check import Mark
from tests.databases import Server

SHORT = {"deliveries": 200, "faults": 5, "scale": 8.0, "processes": 2, "grace": 30.0}


@pytest.fixture
def lasting_url(postgres_server: Server) -> Iterator[str]:
    """A database of PostgreSQL whose commits last."""
    name = postgres_server.copy()
    chaos.lasting(postgres_server, name)
    yield postgres_server.url(name)
    postgres_server.drop(name)


def judged(outcome: chaos.Outcome) -> list[str]:
    """What is wrong with it, and that it was no fair weather."""
    assert outcome.happened.total() == 5
    assert (outcome.deliveries, outcome.report.owed) == (200, 200)
    assert outcome.report.messages >= 20
    faults = [line for line in outcome.report.details() if not line.startswith("doubled:")]
    return [*faults, *outcome.ends]


async def test_on_one_machine(sqlite_template: Path, tmp_path: Path) -> None:
    shutil.copy(sqlite_template, tmp_path / "watch.db")
    plan = chaos.Plan(database="sqlite", seed=39, **SHORT)  # type: ignore[arg-type]  # numbers of either kind
    assert judged(await chaos.run(plan, tmp_path, f"sqlite:///{tmp_path}/watch.db")) == []


async def test_on_several(postgres_server: Server, lasting_url: str, tmp_path: Path) -> None:
    plan = chaos.Plan(database="postgresql", seed=21, **SHORT)  # type: ignore[arg-type]  # numbers of either kind
    assert judged(await chaos.run(plan, tmp_path, lasting_url, postgres_server)) == []


@pytest.mark.parametrize(("database", "disk"), [("sqlite", False), ("postgresql", False), ("postgresql", True)])
def test_every_kind_of_fault_happens_where_there_is_room(database: str, disk: bool) -> None:
    plan = chaos.Plan(database=database, faults=50, seed=1, disk=disk)
    drawn = chaos.schedule(plan, random.Random(1))
    assert (len(drawn), set(drawn)) == (50, {*chaos.FAULTS_OF[database], *[chaos.server_full] * disk})
    assert len(chaos.schedule(chaos.Plan(database=database, faults=3), random.Random(1))) == 3


def test_each_paper_is_followed_by_its_own_later_version() -> None:
    out = chaos.papers(40, random.Random(3))
    assert len(set(out)) == len(out) == 40
    assert any(mark.version == 2 for mark in out)
    for mark in out:
        assert mark.version == 1 or out.index(mark) > out.index(Mark(mark.paper, 1))
