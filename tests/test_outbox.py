"""From a Story to what is stored of a reader, by way of the outbox: on SQLite and on PostgreSQL."""

from dataclasses import replace

import sqlalchemy as sa

from alerts.models import Address, Cadence
from alerts.storage import Book, Outbox
from alerts.storage import tables as t
from tests.outboxes import ANN, YESTERDAY, claim, posted, rows, told
from tests.papers import NOW, happened, judged, order
from watcher.models import Severity
from watcher.storage import Database


async def test_a_renamed_chat_keeps_its_subscriptions_and_letters(book: Book, outbox: Outbox) -> None:
    group, supergroup = Address.parse("telegram:-5"), Address.parse("telegram:-1005")
    await book.follow(group, ["cecot"], YESTERDAY)
    await posted(outbox, group)
    await book.rename(group, supergroup)
    (letter,) = await claim(outbox)
    known = await book.find(supergroup)
    assert known is not None
    assert (letter.address, [each.watch for each in known.subscriptions]) == (supergroup, ["cecot"])


async def test_forgetting_leaves_nothing_of_a_reader(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(order(), "abrego-garcia"))
    await told(outbox)
    await claim(outbox)
    stored = await book.export(ANN)
    assert stored is not None
    assert {name: len(stored[name]) for name in ("subscriptions", "deliveries", "letters")} == {
        "subscriptions": 1,
        "deliveries": 1,
        "letters": 1,
    }
    assert await book.forget(ANN)
    for table in t.metadata.sorted_tables:
        assert await rows(database, sa.select(table)) == []
    assert await book.export(ANN) is None


async def test_following_again_changes_cadence_and_floor_alone(book: Book) -> None:
    await book.follow(ANN, ["cecot"], YESTERDAY)
    await book.follow(ANN, ["cecot"], NOW, cadence=Cadence.WEEKLY, floor=Severity.URGENT)
    known = await book.find(ANN)
    assert known is not None
    assert known.subscriptions == (replace(known.subscriptions[0], cadence=Cadence.WEEKLY, floor=Severity.URGENT, created_at=YESTERDAY),)
