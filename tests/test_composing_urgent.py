"""What is urgent goes first, whatever waits: on SQLite and on PostgreSQL."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from alerts import deliver
from alerts.models import Address, Later, LetterKind, LetterState, Sent
from alerts.retry import settle
from alerts.storage import Book, Outbox, fanouts
from alerts.storage import tables as t
from alerts.storage.composing import PUT_OFF
from tests.outboxes import ANN, BEN, EVE, GAP, NOTICE, SOON, YESTERDAY, chats_follow, claim, rows, told
from tests.papers import NOW, article, happened, judged, order
from watcher.storage import Database
from watcher.storage import tables as w

MANY = 50_000
TO_BE_TOLD = sa.text(
    "INSERT INTO deliveries (subscriber, story, revision, duty, watches, cadence, channel, lane, due_at, change, created_at)"
    " SELECT subscribers.id, revisions.story, 1, 'alert', '[\"cecot\"]', 'now', 'telegram', 2, revisions.at, '', revisions.at"
    " FROM subscribers, revisions"
)
READERS = sa.text(
    "INSERT INTO subscribers (address, token, created_at)"
    " WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < :count)"
    " SELECT 'telegram:' || (n + 1000), 'token-' || n, :since FROM many"
).bindparams(sa.bindparam("since", YESTERDAY, type_=t.subscribers.c.created_at.type))


async def test_what_is_urgent_is_written_before_fifty_thousand_that_wait_longer(database: Database, book: Book, outbox: Outbox) -> None:
    await happened(database, judged(article(), "cecot"))
    async with database.writing() as connection:
        await connection.execute(READERS, {"count": MANY})
        await connection.execute(TO_BE_TOLD)
        await connection.execute(sa.text("UPDATE revisions SET fanned = true"))
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(order(), "abrego-garcia"), now=SOON)
    assert await deliver.fan_out_some(outbox, SOON, 1) == (1, True)
    assert await deliver.compose(outbox, SOON, [], 1) == 1
    (letter,) = await claim(outbox, now=SOON)
    assert (letter.address, letter.urgent) == (ANN, True)
    waiting = sa.select(sa.func.count()).where(t.deliveries.c.letter_id.is_(None))
    assert await rows(database, waiting) == [(MANY,)]


async def test_an_urgent_story_is_fanned_out_before_the_rest_of_one_under_way(
    database: Database, book: Book, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fanouts, "BATCH", 2)
    await chats_follow(book, 5, "cecot")
    await happened(database, judged(article(), "cecot"))
    assert await deliver.fan_out_some(outbox, NOW, 1) == (2, True)
    await happened(database, judged(order(), "cecot"), now=SOON)
    assert await deliver.fan_out_some(outbox, SOON, 3) == (5, True)
    made = sa.select(t.deliveries.c.lane, sa.func.count()).group_by(t.deliveries.c.lane).order_by(t.deliveries.c.lane)
    assert await rows(database, made) == [(t.URGENT, 5), (t.REST, 2)]
    assert await deliver.fan_out(outbox, SOON) == 3
    assert await rows(database, made) == [(t.URGENT, 5), (t.REST, 5)]


async def test_a_letter_that_was_never_tried_makes_way_and_what_it_told_is_told_with_what_is_urgent(
    database: Database, book: Book, outbox: Outbox
) -> None:
    await book.follow(ANN, ["cecot"], YESTERDAY)
    await happened(database, judged(article(), "cecot"))
    assert await told(outbox) == 1
    await happened(database, judged(order(), "cecot"), now=SOON)
    assert await told(outbox, SOON) == 1
    assert await told(outbox, SOON) == 0
    (letter,) = await claim(outbox, now=SOON)
    assert (letter.kind, letter.urgent, letter.items[0].label, len(letter.items)) == (LetterKind.LIST, True, "order", 2)
    states = sa.select(t.letters.c.state, t.letters.c.error).order_by(t.letters.c.id)
    assert await rows(database, states) == [("cancelled", "told together with what is urgent"), ("sending", None)]
    assert await rows(database, sa.select(t.deliveries.c.letter_id).distinct()) == [(letter.id,)]


async def test_a_letter_that_was_tried_goes_first_in_the_urgent_lane(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["cecot"], YESTERDAY)
    await happened(database, judged(article(), "cecot"))
    assert await told(outbox) == 1
    (letter,) = await claim(outbox)
    await happened(database, judged(order(), "cecot"), now=SOON)
    assert await told(outbox, SOON) == 0  # it is being sent
    assert await outbox.settle(letter, settle(letter, Later(GAP), SOON, gap=GAP), SOON)
    assert await told(outbox, SOON) == 0
    assert await rows(database, sa.select(t.letters.c.state, t.letters.c.lane)) == [("pending", t.URGENT)]
    assert await outbox.due_subscribers(SOON) == []
    later = SOON + 2 * GAP
    (again,) = await claim(outbox, now=later)
    assert again.id == letter.id
    assert await outbox.settle(again, settle(again, Sent("1/7"), later, gap=GAP), later)
    assert await told(outbox, later) == 1
    (urgent,) = await claim(outbox, now=later + 2 * GAP)
    assert (urgent.kind, urgent.urgent, urgent.items[0].label) == (LetterKind.ALERT, True, "order")


async def test_letters_are_written_no_further_ahead_than_so_many_but_what_is_urgent_and_mail(
    database: Database, book: Book, outbox: Outbox
) -> None:
    await chats_follow(book, 4, "abrego-garcia")
    await book.follow(EVE, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(NOTICE, "abrego-garcia"))
    await deliver.fan_out(outbox, NOW)
    one, two, three, four, eve = [row[0] for row in await rows(database, sa.select(t.subscribers.c.id).order_by(t.subscribers.c.id))]
    assert await outbox.due_subscribers(NOW, ahead=2) == [one, two, three, four, eve]
    assert len(await outbox.compose_all([one, two], NOW)) == 2
    assert await outbox.due_subscribers(NOW, ahead=3) == [three, four, eve]
    assert await outbox.due_subscribers(NOW, ahead=2) == [eve]
    assert await claim(outbox, free=1)
    assert await outbox.due_subscribers(NOW, ahead=2) == [three, four, eve]
    await happened(database, judged(order(52), "abrego-garcia"), now=SOON)
    await deliver.fan_out(outbox, SOON)
    assert (await outbox.due_subscribers(SOON, ahead=1))[0] == two  # behind whose notice it does not wait; one's is being sent
    assert one not in await outbox.due_subscribers(SOON, ahead=1)


async def test_no_channel_waits_for_all_that_are_due_by_another(database: Database, book: Book, outbox: Outbox) -> None:
    """Each has a third of what is looked for, however many stand longer in another's line; what one leaves is for the others."""
    await chats_follow(book, 8, "abrego-garcia")
    for address in (*(f"mailto:{number}@example.org" for number in range(5)), "console:"):
        await book.follow(Address.parse(address), ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(NOTICE, "abrego-garcia"))
    await deliver.fan_out(outbox, NOW)
    line = [row[0] for row in await rows(database, sa.select(t.subscribers.c.id).order_by(t.subscribers.c.id))]
    chats, mailboxes, console = line[:8], line[8:13], line[13:]
    assert await outbox.due_subscribers(NOW, 9) == [*chats[:5], *mailboxes[:3], *console]
    assert await outbox.due_subscribers(NOW, 13) == [*chats[:8], *mailboxes[:4], *console]
    assert await outbox.due_subscribers(NOW) == line
    assert len(await outbox.compose_all(chats, NOW)) == 8
    assert await outbox.due_subscribers(NOW, 3, ahead=8) == [*mailboxes[:2], *console]


async def test_a_chat_that_is_held_fills_no_room(database: Database, book: Book, outbox: Outbox) -> None:
    """Or a group whose threads wait half a day would stop all others."""
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await book.follow(BEN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(NOTICE, "abrego-garcia"))
    await deliver.fan_out(outbox, NOW)
    ann, ben = await outbox.due_subscribers(NOW)
    await outbox.compose(ann, NOW)
    (letter,) = await claim(outbox)
    held = settle(letter, Later(timedelta(hours=12)), NOW, gap=GAP)
    assert await outbox.settle(letter, held, NOW)
    async with database.writing() as connection:
        await connection.execute(sa.update(t.letters).where(t.in_state(LetterState.PENDING)).values(due_at=NOW))
    assert await outbox.due_subscribers(NOW, ahead=1) == [ben]


async def test_two_workers_write_to_different_readers_and_neither_waits(database: Database, book: Book, outbox: Outbox) -> None:
    for address in (ANN, BEN):
        await book.follow(address, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(order(), "abrego-garcia"))
    await deliver.fan_out(outbox, NOW)
    ann, ben = await outbox.due_subscribers(NOW)
    if database.is_sqlite:  # its writers go one at a time
        assert len(await outbox.compose_all([ann], NOW)) == 1
        assert len(await outbox.compose_all([ann, ben], NOW)) == 1
        return
    async with database.writing() as connection:
        await connection.execute(sa.select(t.subscribers.c.id).where(t.subscribers.c.id == ann).with_for_update())
        assert len(await outbox.compose_all([ann, ben], NOW)) == 1
    assert await outbox.due_subscribers(NOW) == [ann]


async def test_who_cannot_be_written_to_keeps_nobody_waiting(
    database: Database, book: Book, outbox: Outbox, caplog: pytest.LogCaptureFixture
) -> None:
    await chats_follow(book, 5, "cecot")
    await book.follow(Address.parse("mailto:ann@example.org"), ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(order(), "cecot"))
    await deliver.fan_out(outbox, NOW)
    await happened(database, judged(article(), "abrego-garcia"), now=SOON)
    await deliver.fan_out(outbox, SOON)
    broken = sa.select(sa.func.min(w.documents.c.id)).scalar_subquery()
    async with database.writing() as connection:
        await connection.execute(sa.update(w.versions).where(w.versions.c.document == broken).values(stage="nonsense"))
    assert await deliver.compose(outbox, SOON, [], 4) == 0
    assert await deliver.compose(outbox, SOON, [], 4) == 1
    assert await outbox.due_subscribers(SOON) == []
    assert len(await outbox.due_subscribers(SOON + PUT_OFF)) == 5
