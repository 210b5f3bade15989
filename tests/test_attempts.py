"""Attempts at Letters are kept while the Letter is: on SQLite and on PostgreSQL."""

from datetime import timedelta

import sqlalchemy as sa

from alerts.models import Later, Letter, Outcome, Sent, Unknown
from alerts.retry import settle
from alerts.storage import Book, Outbox, attempts
from alerts.storage import tables as t
from alerts.storage.sweeping import KEPT
from tests.outboxes import ANN, GAP, YESTERDAY, claim, posted, rows
from tests.papers import NOW
from watcher.storage import Database

WAIT = timedelta(seconds=30)
KEEPS = sa.select(t.attempts.c.number, t.attempts.c.fate, t.attempts.c.error, t.attempts.c.next_at)


async def tried(outbox: Outbox, *outcomes: Outcome) -> Letter:
    """Let one Letter have these outcomes, each when it is due again."""
    now = NOW
    for outcome in outcomes:
        (letter,) = await claim(outbox, now=now)
        await outbox.settle(letter, settle(letter, outcome, now, gap=GAP), now)
        now += WAIT
    return letter


async def test_each_attempt_that_failed_is_kept_with_its_time_reason_and_wait(database: Database, outbox: Outbox) -> None:
    await posted(outbox, ANN)
    await tried(outbox, Later(WAIT, "chat", "too many requests"), Unknown("no answer"), Sent("1/1"))
    later = NOW + WAIT
    assert await rows(database, KEEPS.order_by(t.attempts.c.number)) == [
        (1, "again", "too many requests", later),
        (2, "repeat", "no answer", later + timedelta(seconds=5)),
    ]


async def test_what_is_sent_at_once_costs_no_row(database: Database, outbox: Outbox) -> None:
    await posted(outbox, ANN)
    await tried(outbox, Sent("1/1"))
    assert await rows(database, KEEPS) == []


async def test_a_late_answer_leaves_no_attempt(database: Database, outbox: Outbox) -> None:
    await posted(outbox, ANN)
    letter = await tried(outbox, Later(WAIT, "chat", "busy"))
    assert not await outbox.settle(letter, settle(letter, Unknown("late"), NOW, gap=GAP), NOW)
    assert await rows(database, sa.select(t.attempts.c.error)) == [("busy",)]


async def test_of_a_letter_that_is_tried_for_ever_the_last_attempts_are_kept(database: Database, outbox: Outbox) -> None:
    await posted(outbox, ANN)
    await tried(outbox, *[Later(WAIT, "chat", "busy")] * (attempts.MOST + 3))
    kept = await rows(database, sa.select(t.attempts.c.number).order_by(t.attempts.c.number))
    assert kept == [(number,) for number in range(4, attempts.MOST + 4)]


async def test_attempts_go_with_their_letter_and_are_exported_and_forgotten(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["cecot"], YESTERDAY)
    await posted(outbox, ANN)
    await tried(outbox, Later(WAIT, "chat", "busy"), Sent("1/1"))
    stored = await book.export(ANN)
    assert stored is not None
    assert [(each["number"], each["error"]) for each in stored["attempts"]] == [(1, "busy")]
    await outbox.clean(NOW + KEPT + 2 * WAIT)
    assert await rows(database, KEEPS) == []
    await posted(outbox, ANN)
    await tried(outbox, Later(WAIT, "chat", "busy"))
    assert await book.forget(ANN)
    assert await rows(database, KEEPS) == []
