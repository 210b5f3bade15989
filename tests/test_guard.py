"""One of a process knows whether the database is well. People hear of trouble that lasts: once that it began, once that it is over."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import pytest

from tests.processes import until
from watcher.errors import ConflictError, DatabaseAwayError, UnwritableError
from watcher.storage import Database, guard
from watcher.storage.guard import MEANS, Guard

AWAY, FULL = DatabaseAwayError("the database does not answer: gone"), UnwritableError("the database takes nothing new: disk full")


class Faulty(Database):
    """A database that fails for as long as it is told to."""

    fault: DatabaseAwayError | None = None
    writable = True

    def __init__(self) -> None:
        self.probed = 0

    async def is_writable(self) -> bool:
        return self.writable

    async def probe(self) -> None:
        self.probed += 1
        if self.fault is not None:
            raise self.fault


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "pause", lambda _failures, _chance: 0.001)
    monkeypatch.setattr(guard, "SERIOUS", 0.0)
    monkeypatch.setattr(guard, "LOOKS", 0.001)


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def tell(told: list[str]) -> Callable[[str], Awaitable[bool]]:
    async def tell(text: str) -> bool:
        told.append(text)
        return True

    return tell


async def outlived(watched: Guard, database: Faulty, fault: DatabaseAwayError) -> None:
    """Trouble begins, lasts for some tries, and is over; then the guard is stopped."""
    stop = asyncio.Event()
    watching = asyncio.create_task(watched.watch(stop))
    database.fault, database.probed = fault, 0
    for _ in range(5):  # as many workers as meet it
        watched.met(fault)

    async def tried() -> bool:
        return database.probed > 3

    await until(tried)
    database.fault = None
    async with asyncio.timeout(10):
        await watched.well(stop)
    await asyncio.sleep(0)
    stop.set()
    await watching


@pytest.mark.parametrize("fault", [AWAY, FULL])
async def test_people_and_the_log_hear_once_that_it_began_and_once_that_it_is_over(
    fault: DatabaseAwayError, tell: Callable[[str], Awaitable[bool]], told: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    database = Faulty()
    watched = Guard(database, lambda: 0.0, tell)
    with caplog.at_level(logging.INFO):
        await outlived(watched, database, fault)
    assert told == [
        f"{fault}. {MEANS[fault is FULL]}",
        "The database is well again, after 1 min. What waited is done now.",
    ]
    assert [record.getMessage() for record in caplog.records] == [
        f"{fault}; it is asked again until it is well",
        "the database is well again, after 0 s",
    ]


async def test_of_trouble_that_comes_again_and_again_people_hear_once_an_hour(
    tell: Callable[[str], Awaitable[bool]], told: list[str]
) -> None:
    database = Faulty()
    watched = Guard(database, lambda: 0.0, tell)
    await outlived(watched, database, AWAY)
    await outlived(watched, database, AWAY)
    assert len(told) == 2


async def test_a_restart_is_told_nobody(tell: Callable[[str], Awaitable[bool]], told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "SERIOUS", 30.0)
    database = Faulty()
    await outlived(Guard(database, lambda: 0.0, tell), database, AWAY)
    assert told == []


async def test_what_only_reads_goes_on_where_nothing_new_is_taken() -> None:
    watched, stop = Guard(Faulty(), lambda: 0.0), asyncio.Event()
    watched.met(FULL)
    async with asyncio.timeout(10):
        await watched.well(stop, to_read=True)
    waits = asyncio.create_task(watched.well(stop))
    await asyncio.sleep(0)
    assert not waits.done()
    stop.set()
    await waits


async def test_one_that_may_only_be_read_is_noticed_though_nobody_writes() -> None:
    database = Faulty()
    database.writable, database.fault = False, FULL
    watched, stop = Guard(database, lambda: 0.0), asyncio.Event()
    watching = asyncio.create_task(watched.watch(stop))

    async def noticed() -> bool:
        return watched.trouble is not None and watched.trouble.plain == "the database takes nothing new"

    await until(noticed)
    stop.set()
    await watching


async def test_the_database_is_asked_on_while_people_are_told_and_they_are_told_again_where_none_was_reached() -> None:
    database, answers, said = Faulty(), asyncio.Event(), list[str]()

    async def slow(text: str) -> bool:
        said.append(text)
        await answers.wait()
        return len(said) > 1

    watched = Guard(database, lambda: 0.0, slow)
    asyncio.get_running_loop().call_later(0.05, answers.set)
    async with asyncio.timeout(10):
        stop = asyncio.Event()
        database.fault = AWAY
        watched.met(AWAY)
        watching = asyncio.create_task(watched.watch(stop))

        async def asked_on() -> bool:
            return database.probed > 3 and len(said) > 1

        await until(asked_on)
        database.fault = None
        await watched.well(stop)
        stop.set()
        await watching
    assert [text.startswith("The database is well") for text in said] == [False, False, True]


async def test_work_goes_on_though_people_are_still_being_told() -> None:
    database, answers = Faulty(), asyncio.Event()

    async def slow(_text: str) -> bool:
        return await answers.wait()

    try:
        async with asyncio.timeout(5):
            await outlived_while(Guard(database, lambda: 0.0, slow), database, answers)
    finally:
        answers.set()


async def outlived_while(watched: Guard, database: Faulty, answers: asyncio.Event) -> None:
    stop = asyncio.Event()
    watching = asyncio.create_task(watched.watch(stop))
    database.fault = AWAY
    watched.met(AWAY)

    async def tried() -> bool:
        return database.probed > 3

    await until(tried)
    database.fault = None
    await watched.well(stop)
    answers.set()
    stop.set()
    await watching


async def test_a_transaction_that_was_in_the_way_of_another_is_no_trouble() -> None:
    guarded = Guard(Faulty(), lambda: 0.5)
    guarded.met(ConflictError("two transactions collided: deadlock detected"))
    assert guarded.trouble is None
