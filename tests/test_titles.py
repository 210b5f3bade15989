"""As what a Story was told and under which title, whatever it is called since: on SQLite and on PostgreSQL."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from alerts import account
from alerts.account import Telling, account_json
from alerts.models import Cadence, Sent
from alerts.posted import letter_json, letter_lines
from alerts.storage import Book, Outbox
from alerts.storage import tables as t
from alerts.storage.tellings import Tellings
from tests.outboxes import ANN, SOON, YESTERDAY, delivered, told
from tests.papers import NOW, article, happened, judged
from tests.test_composing import SEGMENT, SURFACES
from watcher.models import Severity
from watcher.storage import Database
from watcher.storage import tables as w

ORDERS, DENIES = article(title="Judge orders his return"), article(title="Judge denies his return")
BOTH = "“Judge orders his return” (now “Judge denies his return”)"
OPENS = article("b", title="Prison opens a wing")


async def history(database: Database) -> list[str]:
    found = await Tellings(database).account(ANN, YESTERDAY)
    assert found is not None
    return account.lines(found)


async def letter(database: Database, number: int) -> list[str]:
    posted = await Tellings(database).letter(number, SOON)
    assert posted is not None
    return letter_lines(posted)


async def test_what_was_told_stands_under_the_title_that_it_was_told_by(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["cecot"], YESTERDAY)
    await happened(database, judged(ORDERS, "cecot"))
    await delivered(outbox, Sent("1/5"))
    assert (await history(database))[0].startswith("2026-11-24 12:00 UTC  story:1 revision 1 “Judge orders his return”: alert")
    await happened(database, judged(DENIES, "cecot"), now=SOON)
    assert f"story:1 revision 1 {BOTH}: alert" in (await history(database))[-1]
    assert f"  story:1, revision 1: alert, now, for cecot {BOTH}" in await letter(database, 1)
    posted = await Tellings(database).letter(1, SOON)
    assert posted is not None
    (duty,) = json.loads(json.dumps(letter_json(posted)))["tells"]
    assert (duty["title"], duty["title_now"]) == ("Judge orders his return", "Judge denies his return")


@pytest.mark.parametrize("written", ["[7]", '{"items": [7, {"story": 1}]}', "{"], ids=["shape", "items", "no JSON"])
async def test_a_letter_that_cannot_be_read_is_shown_all_the_same(database: Database, book: Book, outbox: Outbox, written: str) -> None:
    if written == "{" and not database.is_sqlite:  # PostgreSQL takes none such
        return
    await book.follow(ANN, ["cecot"], YESTERDAY)
    await happened(database, judged(ORDERS, "cecot"))
    await delivered(outbox, Sent("1/5"))
    async with database.writing() as connection:
        nonsense: dict[str, Any] = {"content": sa.literal_column(f"'{written}'")}
        await connection.execute(sa.update(t.letters).values(nonsense))
    assert "  story:1, revision 1: alert, now, for cecot “Judge orders his return”" in await letter(database, 1)
    assert "story:1 revision 1 “Judge orders his return”: alert" in (await history(database))[0]


async def test_what_was_not_told_stands_under_the_title_of_then(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["cecot"], YESTERDAY, floor=Severity.URGENT)
    await happened(database, judged(replace(ORDERS, severity=Severity.ROUTINE), "cecot"))
    await told(outbox)
    await happened(database, judged(replace(DENIES, severity=Severity.ROUTINE), "cecot"), now=SOON)
    assert f"story:1 revision 1 {BOTH}: alert, now, for cecot: skipped: " in (await history(database))[-1]
    found = await Tellings(database).account(ANN, YESTERDAY)
    assert found is not None
    entry = json.loads(json.dumps(account_json(found)))["entries"][-1]
    assert (entry["title"], entry["title_now"]) == ("Judge orders his return", "Judge denies his return")


async def test_a_story_that_went_into_another_stands_under_the_title_that_it_had(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["cecot"], YESTERDAY)
    await happened(database, judged(ORDERS, "cecot"), judged(OPENS, "cecot"))
    await delivered(outbox, Sent("1/5"))
    async with database.writing() as connection:
        values = {"story": 2, "into": 1, "revision": 2, "at": SOON, "because": "one happening"}
        await connection.execute(sa.insert(w.story_moves).values(values))
    lines = await letter(database, 1)
    assert "  story:1, revision 1: alert, now, for cecot “Judge orders his return”" in lines
    assert "  story:2, revision 1: alert, now, for cecot “Prison opens a wing” (now “Judge orders his return”)" in lines


@pytest.mark.parametrize("content", [[], {}, {"items": 7}, {"items": [7, {"story": "1"}, {"story": 1, "title": ""}]}])
async def test_a_letter_whose_content_is_nonsense_is_shown_under_the_title_of_now(
    database: Database, book: Book, outbox: Outbox, content: Any
) -> None:
    await book.follow(ANN, ["cecot"], YESTERDAY)
    await happened(database, judged(ORDERS, "cecot"))
    await delivered(outbox, Sent("1/5"))
    async with database.writing() as connection:
        await connection.execute(sa.update(t.letters).values(content=content))
    assert "  story:1, revision 1: alert, now, for cecot “Judge orders his return”" in await letter(database, 1)
    assert "“Judge orders his return”: alert" in (await history(database))[0]


async def test_a_quiet_change_that_replies_to_a_digest_is_no_edit(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["cecot"], YESTERDAY, cadence=Cadence.DAILY)
    await happened(database, judged(SEGMENT, "cecot"))
    await told(outbox)
    tomorrow = NOW + timedelta(days=1)
    await delivered(outbox, Sent("1/5"), tomorrow)
    await book.follow(ANN, ["cecot"], YESTERDAY)
    later = tomorrow + timedelta(hours=1)
    await happened(database, judged(replace(SURFACES, severity=Severity.NOTABLE), "cecot"), now=later)
    reply = await delivered(outbox, Sent("1/6"), later)
    assert (reply.reply_to, reply.edits) == ("1/5", "")
    assert "story:1, revision 2 (a further report): update, now, for cecot" in "\n".join(await letter(database, reply.id))
    mine, everybody = await Tellings(database).of_subscriber(1, ANN), await Tellings(database).of_story(1)
    assert mine is not None
    assert [each.duty for each in mine.owed] == ["alert", "update"]
    assert {(each.revision, each.duty) for each in everybody.tallies} == {(1, "alert"), (2, "update")}
    found = await Tellings(database).account(ANN, YESTERDAY)
    assert found is not None
    assert [each.owed.duty for each in found.entries if isinstance(each, Telling)] == ["update", "alert"]


async def test_an_edit_is_an_edit(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["cecot"], YESTERDAY)
    await happened(database, judged(SEGMENT, "cecot"))
    await delivered(outbox, Sent("1/5"))
    await happened(database, judged(replace(SURFACES, severity=Severity.NOTABLE), "cecot"), now=SOON)
    edit = await delivered(outbox, Sent("1/5"), SOON)
    assert edit.edits == "1/5"
    assert "story:1, revision 2 (a further report): edit, now, for cecot" in "\n".join(await letter(database, edit.id))
