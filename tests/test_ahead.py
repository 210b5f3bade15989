"""Days ahead at the end of a digest: on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from alerts import deliver
from alerts.models import Ahead, Cadence, Letter
from alerts.storage import Book, Outbox, ahead
from alerts.storage import tables as t
from tests.outboxes import ANN, EVE, YESTERDAY, claim, rows, told
from tests.papers import NOW, article, happened, judged, order
from watcher.models import Deadline, Docket, Stage, Stay
from watcher.storage import Database

MORNING = NOW.replace(hour=7) + timedelta(days=2)  #: of Thursday, 26 November
LAST_WEEK = NOW - timedelta(days=7)


def hearing(month: int, day: int, **fields: Any) -> Deadline:
    return Deadline(**{"label": "motion hearing", "on": date(2026, month, day), "time": time(10, 30), "zone": "America/New_York", **fields})


async def digest(outbox: Outbox, now: datetime = MORNING, channel: str = "mailto") -> Letter:
    """The last that this morning's compose writes."""
    await told(outbox, now)
    *_, letter = await claim(outbox, channel, now=now + timedelta(seconds=1))
    return letter


async def set_before(database: Database, *days: Deadline, number: int = 40, **fields: Any) -> None:
    """An order of last week, before anybody followed anything."""
    entry = order(number, headline=f"Order (#{number})", published=LAST_WEEK, deadlines=days, url="https://court.example/40", **fields)
    await happened(database, judged(entry, "abrego-garcia"), now=LAST_WEEK)


def dates(letter: Letter) -> list[tuple[int, date]]:
    return [(each.story, each.deadline.on) for each in letter.ahead]


async def test_a_digest_of_nothing_still_has_the_hearing_of_this_week(database: Database, book: Book, outbox: Outbox) -> None:
    await set_before(database, hearing(12, 1))
    await book.follow(EVE, ["abrego-garcia"], YESTERDAY, cadence=Cadence.DAILY)
    letter = await digest(outbox)
    assert letter.items == ()
    assert letter.ahead == (Ahead(deadline=hearing(12, 1), story=1, title="Order (#40)", url="https://court.example/40"),)


@pytest.mark.parametrize(
    ("cadence", "now", "days"),
    [(Cadence.DAILY, MORNING, [26, 3]), (Cadence.WEEKLY, MORNING + timedelta(days=4), [3, 4, 14])],
)
async def test_a_daily_digest_looks_a_week_ahead_and_a_weekly_one_two(
    database: Database, book: Book, outbox: Outbox, cadence: Cadence, now: datetime, days: list[int]
) -> None:
    set_days = [hearing(11, 25), hearing(11, 26), *(hearing(12, day) for day in (3, 4, 14, 15))]
    await set_before(database, *set_days)
    await book.follow(EVE, ["abrego-garcia"], YESTERDAY, cadence=cadence)
    assert [on.day for _, on in dates(await digest(outbox, now))] == days


async def test_today_is_the_readers_day(database: Database, book: Book, outbox: Outbox) -> None:
    await set_before(database, hearing(11, 25))
    await book.follow(EVE, ["abrego-garcia"], YESTERDAY, cadence=Cadence.DAILY)
    await book.change(EVE, YESTERDAY, zone="America/Los_Angeles", digest_hour=23)
    assert [on.day for _, on in dates(await digest(outbox))] == [25]


async def test_what_the_digest_tells_itself_is_not_said_twice_and_only_as_it_stands(database: Database, book: Book, outbox: Outbox) -> None:
    await set_before(database, hearing(12, 1), hearing(12, 2, label="bond hearing"), hearing(12, 3, label="status conference"))
    await book.follow(EVE, ["abrego-garcia"], YESTERDAY, cadence=Cadence.DAILY)
    moved, again = hearing(12, 22, moved=True), hearing(12, 2, label="bond hearing")
    entry = order(51, deadlines=(moved, again), off=(hearing(12, 1),))
    await happened(database, judged(entry, "abrego-garcia"))
    await deliver.fan_out(outbox, NOW)
    letter = await digest(outbox)
    assert [(item.story, item.deadlines) for item in letter.items] == [(2, (again, moved))]
    assert [(each.story, each.deadline.label) for each in letter.ahead] == [(1, "status conference")]


async def test_a_hearing_moved_beyond_the_span_is_not_shown_on_its_old_day(database: Database, book: Book, outbox: Outbox) -> None:
    await set_before(database, hearing(12, 1))
    await book.follow(EVE, ["abrego-garcia"], YESTERDAY, cadence=Cadence.DAILY)
    await happened(database, judged(order(51, deadlines=(hearing(12, 22, moved=True),)), "abrego-garcia", tell=False))
    assert dates(await digest(outbox)) == []


@pytest.mark.parametrize(("number", "left"), [("51", []), ("50", [date(2026, 12, 1)])])
async def test_what_a_court_above_stays_of_a_named_order_is_in_no_digest(
    database: Database, book: Book, outbox: Outbox, number: str, left: list[date]
) -> None:
    term = order(51, deadlines=(Deadline(label="status report due", on=date(2026, 12, 1)),))
    above = order(
        70, key="cl:3#entry-70", docket=Docket(court="ca4", number="25-1345", courtlistener=3), stays=(Stay(number=number, below=True),)
    )
    await book.follow(EVE, ["abrego-garcia"], YESTERDAY, cadence=Cadence.DAILY)
    for paper in (term, above):
        await happened(database, judged(paper, "abrego-garcia", tell=False, of_docket=True))
    assert [on for _, on in dates(await digest(outbox))] == left


async def test_days_of_other_topics_and_of_those_told_at_once_are_left_out(database: Database, book: Book, outbox: Outbox) -> None:
    await set_before(database, hearing(12, 1))
    await book.follow(EVE, ["abrego-garcia"], YESTERDAY)
    await book.follow(EVE, ["cecot"], YESTERDAY, cadence=Cadence.DAILY)
    assert dates(await digest(outbox)) == []


async def test_no_days_are_told_of_what_only_anothers_phrase_found(database: Database, book: Book, outbox: Outbox) -> None:
    (hers,) = await book.own_phrases(ANN, ["Munaf v. Geren"], YESTERDAY, cadence=Cadence.DAILY)
    await book.follow(EVE, ["abrego-garcia"], YESTERDAY, cadence=Cadence.DAILY)
    close = Deadline(label="comments close", on=date(2026, 12, 1))
    await happened(database, judged(article(deadlines=(close,)), hers, tell=False))
    assert dates(await digest(outbox)) == []


async def test_the_days_are_read_before_the_lock(database: Database, book: Book, outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    await set_before(database, hearing(12, 1))
    await book.follow(EVE, ["abrego-garcia"], YESTERDAY, cadence=Cadence.DAILY)
    held: list[str] = []
    reading, writing = database.reading, database.writing

    @asynccontextmanager
    async def noted(way: str, door: Any, **how: Any) -> AsyncIterator[Any]:
        async with door(**how) as connection:
            held.append(way)
            yield connection
            held.remove(way)

    read = ahead.papers

    async def looked_at(*given: Any) -> ahead.Papers:
        assert held == ["reading"]
        return await read(*given)

    monkeypatch.setattr(database, "reading", lambda: noted("reading", reading))
    monkeypatch.setattr(database, "writing", lambda **how: noted("writing", writing, **how))
    monkeypatch.setattr(ahead, "papers", looked_at)
    assert dates(await digest(outbox)) == [(1, date(2026, 12, 1))]


@pytest.mark.parametrize(("bound", "days"), [("MOST", [26, 27]), ("PAPERS", [26, 27])])
async def test_no_more_is_read_than_is_said_and_of_that_the_nearest(
    database: Database, book: Book, outbox: Outbox, monkeypatch: pytest.MonkeyPatch, bound: str, days: list[int]
) -> None:
    monkeypatch.setattr(ahead, bound, 2)
    for number, day in ((40, 30), (41, 26), (42, 29), (43, 27), (44, 28)):
        await set_before(database, hearing(11, day), number=number)
    await book.follow(EVE, ["abrego-garcia"], YESTERDAY, cadence=Cadence.DAILY)
    assert [on.day for _, on in dates(await digest(outbox))] == days


async def test_the_parts_of_a_digest_have_the_days_in_the_last(database: Database, book: Book, outbox: Outbox) -> None:
    await set_before(database, hearing(12, 1), hearing(12, 2))
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY, cadence=Cadence.DAILY)
    papers = [order(number, headline=f"Order {'x' * 180} (#{number})") for number in range(51, 71)]
    await happened(database, *(judged(each, "abrego-garcia") for each in papers))
    await deliver.fan_out(outbox, NOW)
    await told(outbox, MORNING)
    written = await rows(database, sa.select(t.letters.c.content).order_by(t.letters.c.id))
    *first, last = (len(content["ahead"]) for (content,) in written)
    assert (set(first), last) == ({0}, 2)


async def test_a_day_whose_paper_was_taken_back_since_is_not_sent(database: Database, book: Book, outbox: Outbox) -> None:
    await set_before(database, hearing(12, 1), stage=Stage.DESCRIBED)
    await book.follow(EVE, ["abrego-garcia"], YESTERDAY, cadence=Cadence.DAILY)
    await told(outbox, MORNING)
    removed = order(40, headline="Order (#40)", published=LAST_WEEK, stage=Stage.REMOVED, summary="")
    await happened(database, judged(removed, "abrego-garcia"), now=MORNING)
    (letter,) = await claim(outbox, "mailto", now=MORNING + timedelta(seconds=1))
    assert letter.ahead == ()
