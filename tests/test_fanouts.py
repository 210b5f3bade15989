"""A revision's Deliveries, each made once: on SQLite and on PostgreSQL."""

import asyncio
from dataclasses import replace

import pytest
import sqlalchemy as sa

from alerts import deliver
from alerts.models import Address, Cadence, LetterKind, Refused
from alerts.retry import settle
from alerts.storage import Book, Outbox, fanouts, moving
from alerts.storage import tables as t
from tests.outboxes import ANN, GAP, NAMES, SOON, YESTERDAY, chats_follow, claim, rows, skipped, told
from tests.papers import NOW, article, happened, judged, order, stub
from watcher.models import DocumentType, Severity
from watcher.storage import Database
from watcher.storage import tables as w


async def test_fanning_out_twice_makes_each_delivery_once(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(order(), "abrego-garcia"))
    (revision,) = await outbox.open_revisions()
    made = await asyncio.gather(*(outbox.fan_out(revision, NOW) for _ in range(3)))
    assert sorted(made) == [(0, False), (0, False), (1, False)]
    assert await outbox.open_revisions() == []
    assert await outbox.fan_out(revision, NOW) == (0, False)
    assert await rows(database, sa.select(t.fanouts)) == []


async def test_a_fan_out_goes_on_where_it_was_cut_off(
    database: Database, book: Book, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fanouts, "BATCH", 2)
    await chats_follow(book, 5, "abrego-garcia")
    await happened(database, judged(order(), "abrego-garcia"))
    (revision,) = await outbox.open_revisions()
    assert await outbox.fan_out(revision, NOW) == (2, True)
    assert await deliver.fan_out(Outbox(database, names=lambda: NAMES), NOW) == 3
    assert await rows(database, sa.select(sa.func.count(sa.distinct(t.deliveries.c.subscriber)))) == [(5,)]
    assert await rows(database, sa.select(t.fanouts.c.cursor)) == []


async def test_two_fan_outs_open_digests_in_one_order(database: Database, book: Book, outbox: Outbox) -> None:
    """Whatever their hours are: one that waits for a reader holds none behind her whom another may have."""
    if database.is_sqlite:  # its writers go one at a time
        return
    mailboxes = [Address.parse(f"mailto:{number}@example.org") for number in range(1, 4)]
    for address, hour in zip(mailboxes, (7, 9, 7), strict=True):
        await book.add(address, YESTERDAY, digest_hour=hour)
        await book.follow(address, ["abrego-garcia"], YESTERDAY, cadence=Cadence.DAILY)
    async with database.writing() as connection:
        await connection.execute(sa.update(t.subscribers).values(next_daily_at=None))
    await happened(database, judged(order(), "abrego-garcia"))
    (revision,) = await outbox.open_revisions()
    _, two, three = (t.subscribers.c.address == str(address) for address in mailboxes)
    async with database.writing() as connection:
        await connection.execute(sa.select(t.subscribers.c.id).where(two).with_for_update(key_share=True))
        waiting = asyncio.create_task(outbox.fan_out(revision, NOW))
        await asyncio.wait([waiting], timeout=0.3)  # until it stands before the lock
        assert not waiting.done()
        await connection.execute(sa.select(t.subscribers.c.id).where(three).with_for_update(nowait=True, key_share=True))
    assert await waiting == (3, False)
    hours = await rows(database, sa.select(t.subscribers.c.next_daily_at).order_by(t.subscribers.c.id))
    assert [at.hour for (at,) in hours] == [7, 9, 7]


async def test_who_waits_for_a_worker_that_finishes_it_finds_nothing_left_to_do(
    database: Database, book: Book, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fanouts, "BATCH", 2)
    await chats_follow(book, 3, "abrego-garcia")
    await happened(database, judged(order(), "abrego-garcia"))
    (revision,) = await outbox.open_revisions()
    assert await outbox.fan_out(revision, NOW) == (2, True)
    async with database.writing() as connection:
        await connection.execute(sa.select(t.fanouts).with_for_update())
        waiting = asyncio.create_task(outbox.fan_out(revision, NOW))
        await asyncio.wait([waiting], timeout=0.1)  # until it stands before the lock
        assert not waiting.done()
        assert await fanouts.fan_out(connection, revision, NOW) == (1, False)
    assert await waiting == (0, False)


async def test_a_new_subscription_never_receives_the_archive(database: Database, book: Book, outbox: Outbox) -> None:
    await happened(database, judged(order(), "abrego-garcia"))
    await book.follow(ANN, ["abrego-garcia"], SOON)
    assert await told(outbox, SOON + GAP) == 0
    assert await rows(database, sa.select(t.deliveries.c.id)) == []


async def test_what_is_not_to_be_told_makes_no_delivery(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(order(), "abrego-garcia", tell=False))
    assert await told(outbox) == 0


async def test_an_order_reaches_a_reader_for_whom_its_stub_was_below_the_floor(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY, floor=Severity.URGENT)
    await happened(database, judged(stub(), "abrego-garcia"))
    assert await told(outbox) == 0
    await happened(database, judged(order(), "abrego-garcia"), now=SOON)
    assert await told(outbox, SOON) == 1
    (letter,) = await claim(outbox, now=SOON)
    assert (letter.kind, letter.urgent, letter.items[0].label) == (LetterKind.ALERT, True, "order")


RULINGS = (DocumentType.ORDER, DocumentType.OPINION)


async def test_orders_alone_are_told_to_who_asks_for_them_and_others_are_skipped_with_the_reason(
    database: Database, book: Book, outbox: Outbox
) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY, types=RULINGS)
    motion = order(40, type=DocumentType.MOTION, severity=Severity.NOTABLE, summary="MOTION to Stay by Roe.", headline="Motion (#40)")
    await happened(database, judged(motion, "abrego-garcia"), judged(order(), "abrego-garcia"))
    assert await told(outbox) == 1
    (letter,) = await claim(outbox)
    assert [each.label for each in letter.items] == ["order"]
    skipped = sa.select(t.deliveries.c.skipped).order_by(t.deliveries.c.skipped)
    assert set(await rows(database, skipped)) == {(None,), ("of another type: motion",)}


async def test_an_order_reaches_a_reader_of_orders_whom_its_stub_was_not_for(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY, types=RULINGS)
    await happened(database, judged(stub(), "abrego-garcia"))
    assert await told(outbox) == 0
    await happened(database, judged(order(), "abrego-garcia"), now=SOON)
    assert await told(outbox, SOON) == 1
    (letter,) = await claim(outbox, now=SOON)
    assert (letter.kind, letter.items[0].label) == (LetterKind.ALERT, "order")


async def test_a_motion_reaches_a_reader_of_motions_though_only_its_words_came_later(
    database: Database, book: Book, outbox: Outbox
) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY, types=[DocumentType.MOTION])
    await happened(database, judged(stub(), "abrego-garcia"))
    assert await told(outbox) == 0
    motion = order(type=DocumentType.MOTION, severity=Severity.NOTABLE, summary="MOTION to Stay by Roe.", headline="Motion (#51)")
    await happened(database, judged(motion, "abrego-garcia"), now=SOON)
    assert await told(outbox, SOON) == 1


async def test_a_ruling_reaches_a_reader_of_orders_whom_its_reports_were_not_for(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY, types=RULINGS)
    report = article(title="Abrego Garcia: judge grants restraining order", summary="In Abrego Garcia v. Noem a judge granted it.")
    await happened(database, judged(report, "abrego-garcia"))
    assert await told(outbox) == 0
    assert await rows(database, sa.select(t.deliveries.c.skipped)) == [("of another type: article",)]
    await happened(database, judged(order(), "abrego-garcia"), now=SOON)
    assert len(await rows(database, sa.select(w.stories.c.id))) == 1
    assert await told(outbox, SOON) == 1
    (letter,) = await claim(outbox, now=SOON)
    assert (letter.kind, letter.items[0].label) == (LetterKind.ALERT, "order")


async def test_a_reader_of_news_is_told_of_a_ruling_where_a_report_of_it_is_there_too(
    database: Database, book: Book, outbox: Outbox
) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY, types=[DocumentType.ARTICLE])
    report = article(title="Abrego Garcia: judge grants restraining order", summary="In Abrego Garcia v. Noem a judge granted it.")
    await happened(database, judged(order(), "abrego-garcia"), judged(report, "abrego-garcia"), judged(order(77), "abrego-garcia"))
    assert await told(outbox) == 1
    (letter,) = await claim(outbox)
    assert [each.reported.title for each in letter.items if each.reported] == [report.title]
    assert await skipped(database) == [("of another type: order",)]


async def test_types_and_their_absence_replace_what_was_asked_for_before(book: Book) -> None:
    asked = []
    for types in (RULINGS, [], [DocumentType.ORDER, DocumentType.ORDER]):
        await book.follow(ANN, ["abrego-garcia"], YESTERDAY, types=types)
        listed = await book.find(ANN)
        assert listed is not None
        asked.append(listed.subscriptions[0].types)
    assert asked == [RULINGS, (), (DocumentType.ORDER,)]


async def test_an_order_reaches_a_reader_whom_the_letter_of_its_stub_never_reached(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(stub(), "abrego-garcia"))
    await told(outbox)
    (letter,) = await claim(outbox)
    assert await outbox.settle(letter, settle(replace(letter, plain=True), Refused("bad"), NOW, gap=GAP), NOW)
    await happened(database, judged(order(), "abrego-garcia"), now=SOON)
    assert await told(outbox, SOON) == 1
    (letter,) = await claim(outbox, now=SOON)
    assert letter.kind is LetterKind.ALERT


async def test_who_left_and_came_back_is_not_told_of_what_she_left(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(stub(), "abrego-garcia"))
    await deliver.fan_out(outbox, NOW)
    await book.unfollow(ANN)
    await book.follow(ANN, ["abrego-garcia"], NOW + GAP)
    await happened(database, judged(order(), "abrego-garcia"), now=SOON)
    assert await told(outbox, SOON) == 0


async def test_a_chat_that_becomes_another_while_all_are_asked_is_asked(
    database: Database, book: Book, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fanouts, "BATCH", 2)
    old, new = Address.parse("telegram:-5"), Address.parse("telegram:-1009")
    await book.follow(new, ["cecot"], YESTERDAY)
    for address in (*(Address.parse(f"telegram:{number}") for number in range(1, 4)), old):
        await book.follow(address, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(order(), "abrego-garcia"))
    (revision,) = await outbox.open_revisions()
    assert await outbox.fan_out(revision, NOW) == (2, True)
    async with database.writing() as connection:
        await moving.rename_chat(connection, old, new)
    assert await deliver.fan_out(outbox, NOW)
    told_to = sa.select(t.subscribers.c.address).join(t.deliveries, t.deliveries.c.subscriber == t.subscribers.c.id)
    assert {address for (address,) in await rows(database, told_to)} == {"telegram:1", "telegram:2", "telegram:3", str(new)}
