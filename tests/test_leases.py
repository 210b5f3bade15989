"""Leases: one holder at a time, on SQLite and on PostgreSQL."""

import asyncio
from datetime import timedelta

from tests.papers import NOW
from watcher.storage import Database
from watcher.storage.leases import Leases

LONG = timedelta(seconds=30)


async def test_a_lease_has_one_holder_until_it_runs_out(database: Database) -> None:
    leases = Leases(database)
    assert await leases.take("bot", "ann", NOW, LONG)
    assert not await leases.take("bot", "ben", NOW + LONG / 2, LONG)
    assert await leases.take("bot", "ben", NOW + LONG, LONG)
    assert not await leases.take("bot", "ann", NOW + LONG, LONG)


async def test_the_holder_goes_on_by_taking_it_again(database: Database) -> None:
    leases = Leases(database)
    assert await leases.take("bot", "ann", NOW, LONG)
    assert await leases.take("bot", "ann", NOW + LONG / 2, LONG)
    assert not await leases.take("bot", "ben", NOW + LONG, LONG)


async def test_leases_of_other_names_are_free(database: Database) -> None:
    leases = Leases(database)
    assert await leases.take("bot", "ann", NOW, LONG)
    assert await leases.take("cleaning", "ben", NOW, LONG)


async def test_letting_go_frees_it_for_others_and_never_what_another_holds(database: Database) -> None:
    leases = Leases(database)
    assert await leases.take("bot", "ann", NOW, LONG)
    await leases.drop("bot", "ben")
    assert not await leases.take("bot", "ben", NOW, LONG)
    await leases.drop("bot", "ann")
    assert await leases.take("bot", "ben", NOW, LONG)


async def test_one_that_a_wrong_clock_took_for_years_is_free(database: Database) -> None:
    leases = Leases(database)
    assert await leases.take("bot", "ann", NOW + timedelta(days=9_000), LONG)
    assert await leases.take("bot", "ben", NOW, LONG)


async def test_of_rivals_one_has_it(database: Database) -> None:
    leases = Leases(database)
    taken = await asyncio.gather(*(leases.take("bot", f"rival-{number}", NOW, LONG) for number in range(6)))
    assert sorted(taken) == [False] * 5 + [True]
