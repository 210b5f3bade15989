"""News never overtakes the first alert, nor is a Story told again by a digest: on SQLite and on PostgreSQL."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import sqlalchemy as sa

from alerts import deliver
from alerts.compose import NOT_TOLD_YET, SHOWN
from alerts.models import Address, Cadence, Letter, LetterKind, QuietHours, Sent, Unknown
from alerts.retry import settle
from alerts.storage import Book, Outbox
from alerts.storage import tables as t
from tests.papers import NOW, article, happened, judged, order, stub
from watcher.models import DocumentType, Severity
from watcher.storage import Database
from watcher.storage import tables as stored

ANN = Address.parse("telegram:1")
YESTERDAY = NOW - timedelta(days=1)
SOON = NOW + timedelta(seconds=5)
AFTER_QUIET = NOW + timedelta(hours=1)
MORNING = NOW.replace(hour=7) + timedelta(days=1)
QUIET = QuietHours(start=time(11), end=time(13))
ORDER_AGAIN = order(summary="ORDER granting the motion in part, and denying it in part.", severity=Severity.NOTABLE)

NOTICE = order(type=DocumentType.NOTICE, severity=Severity.ROUTINE, summary="NOTICE of appearance")


async def told(outbox: Outbox, now: datetime = NOW) -> list[Letter]:
    """What is fanned out, composed, sent and arrives at this time."""
    await deliver.fan_out(outbox, now)
    sent: list[Letter] = []
    while await deliver.compose(outbox, now, ["press"]):
        for letter in await outbox.claim("telegram", now, free=9, per_second=0, lease=timedelta(minutes=1)):
            sent.append(letter)
            assert await outbox.settle(letter, settle(letter, Sent(f"1/{letter.id}"), now, gap=timedelta(0)), now)
    return sent


async def waiting(database: Database) -> int:
    which = sa.select(sa.func.count()).where(t.deliveries.c.letter_id.is_(None), t.deliveries.c.skipped.is_(None))
    async with database.reading() as connection:
        count: int = (await connection.execute(which)).scalar_one()
        return count


async def test_urgent_news_at_night_is_the_first_alert_of_what_waited_for_the_morning(
    database: Database, book: Book, outbox: Outbox
) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await book.set_quiet(ANN, QUIET)
    await happened(database, judged(stub(), "abrego-garcia"))
    assert await told(outbox) == []
    await happened(database, judged(order(), "abrego-garcia"), now=SOON)
    (letter,) = await told(outbox, SOON)
    assert (letter.kind, letter.urgent, letter.reply_to, letter.items[0].revision) == (LetterKind.ALERT, True, "", 2)
    assert await waiting(database) == 0
    assert await told(outbox, AFTER_QUIET) == []


async def test_what_waits_for_a_digest_is_told_once_by_the_news_that_is_due_before(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY, cadence=Cadence.DAILY)
    await happened(database, judged(stub(), "abrego-garcia"))
    assert await told(outbox) == []
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(order(), "abrego-garcia"), now=SOON)
    (letter,) = await told(outbox, SOON)
    assert letter.kind is LetterKind.ALERT
    assert await told(outbox, MORNING) == []


async def test_a_digest_settles_what_waits_of_its_stories_for_a_later_one(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY, cadence=Cadence.WEEKLY)
    await happened(database, judged(stub(), "abrego-garcia"))
    assert await told(outbox) == []
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY, cadence=Cadence.DAILY)
    await happened(database, judged(order(), "abrego-garcia"), now=SOON)
    assert await told(outbox, SOON) == []
    (letter,) = await told(outbox, MORNING)
    assert letter.kind is LetterKind.DIGEST
    assert await waiting(database) == 0


async def test_a_digest_settles_what_waits_for_the_end_of_quiet_hours(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY, cadence=Cadence.DAILY)
    await book.set_quiet(ANN, QuietHours(start=time(11), end=time(8)))
    await happened(database, judged(stub(), "abrego-garcia"))
    assert await told(outbox) == []
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(ORDER_AGAIN, "abrego-garcia"), now=SOON)
    (letter,) = await told(outbox, MORNING)
    assert letter.kind is LetterKind.DIGEST
    assert await told(outbox, MORNING + timedelta(hours=1)) == []


async def test_a_digest_leaves_a_story_to_the_urgent_news_of_it(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY, cadence=Cadence.DAILY)
    await happened(database, judged(stub(), "abrego-garcia"))
    assert await told(outbox) == []
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(order(), "abrego-garcia"), now=SOON)
    (letter,) = await told(outbox, MORNING)
    assert (letter.kind, letter.urgent) == (LetterKind.ALERT, True)
    assert await waiting(database) == 0


async def test_a_quiet_change_does_not_hurry_the_alert_that_waits(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await book.set_quiet(ANN, QUIET)
    await happened(database, judged(stub(), "abrego-garcia"))
    assert await told(outbox) == []
    await book.set_quiet(ANN, None)
    await happened(database, judged(NOTICE, "abrego-garcia"), now=SOON)
    assert await told(outbox, SOON) == []
    async with database.reading() as connection:
        reasons = list((await connection.execute(sa.select(t.deliveries.c.skipped).order_by(t.deliveries.c.revision))).scalars())
    assert reasons == [None, NOT_TOLD_YET]
    (letter,) = await told(outbox, AFTER_QUIET)
    assert letter.kind is LetterKind.ALERT


# -- what is freed, ended, or told under several topics


async def test_a_letter_that_may_not_have_arrived_goes_to_the_digest_of_whoever_the_chat_is_by_then(
    database: Database, book: Book, outbox: Outbox
) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(order(severity=Severity.NOTABLE), "abrego-garcia"))
    await deliver.fan_out(outbox, NOW)
    assert await deliver.compose(outbox, NOW, []) == 1
    (letter,) = await outbox.claim("telegram", NOW, free=9, per_second=0, lease=timedelta(minutes=1))
    await book.rename(ANN, Address.parse("telegram:-1002"))
    assert await outbox.settle(letter, settle(letter, Unknown("no answer"), NOW, gap=timedelta(0)), NOW)
    assert await waiting(database) == 1
    (digest,) = await told(outbox, MORNING)
    assert (digest.kind, str(digest.address)) == (LetterKind.DIGEST, "telegram:-1002")


async def test_what_can_be_told_under_nothing_any_more_is_settled_and_keeps_nobody_waiting(
    database: Database, book: Book, outbox: Outbox
) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(order(), "abrego-garcia"))
    await deliver.fan_out(outbox, NOW)
    async with database.writing() as connection:
        await connection.execute(sa.delete(stored.story_documents))
    assert await deliver.compose(outbox, NOW, []) == 0
    assert (await waiting(database), await outbox.due_subscribers(NOW)) == (0, [])


async def test_a_letter_names_every_topic_that_it_settles(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia", "due-process"], YESTERDAY)
    await happened(database, judged(order(), "abrego-garcia", "due-process"))
    await deliver.fan_out(outbox, NOW)
    async with database.writing() as connection:
        row = (await connection.execute(sa.select(t.deliveries))).one()._mapping
        again = {name: value for name, value in row.items() if name != "id"} | {"revision": 2, "duty": "update", "watches": ["due-process"]}
        await connection.execute(sa.update(t.deliveries).values(watches=["abrego-garcia"]))
        await connection.execute(sa.insert(t.deliveries).values(again))
    (letter,) = await told(outbox)
    assert {reason.watch for reason in letter.items[0].reasons} == {"abrego-garcia", "due-process"}


async def test_a_change_that_the_alert_showed_already_is_not_told_again(database: Database, book: Book, outbox: Outbox) -> None:
    """Between fan-out and composing the paper turned out to be an order: the alert says so, though it was decided on the stub."""
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(stub(), "abrego-garcia"))
    await deliver.fan_out(outbox, NOW)
    await happened(database, judged(order(), "abrego-garcia"), now=SOON)
    assert await deliver.compose(outbox, SOON, ["press"]) == 1
    (letter,) = await outbox.claim("telegram", SOON, free=9, per_second=0, lease=timedelta(minutes=1))
    assert (letter.items[0].revision, letter.items[0].shown, letter.items[0].label) == (1, 2, "order")
    assert await outbox.settle(letter, settle(letter, Sent("1/1"), SOON, gap=timedelta(0)), SOON)
    assert await told(outbox, SOON) == []
    async with database.reading() as connection:
        reasons = (await connection.execute(sa.select(t.deliveries.c.skipped).order_by(t.deliveries.c.revision))).scalars().all()
    assert reasons == [None, SHOWN]


async def test_a_change_that_a_letter_of_unknown_fate_showed_is_told(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(NOTICE, "abrego-garcia"))
    await deliver.fan_out(outbox, NOW)
    await happened(database, judged(order(), "abrego-garcia"), now=SOON)
    await deliver.compose(outbox, SOON, ["press"])
    (letter,) = await outbox.claim("telegram", SOON, free=9, per_second=0, lease=timedelta(minutes=1))
    lost = replace(letter, repeat=True)  # the second time: it goes out by itself no more
    assert await outbox.settle(lost, settle(lost, Unknown("no answer"), SOON, gap=timedelta(0)), SOON)
    (again,) = await told(outbox, SOON + timedelta(minutes=1))
    assert (again.items[0].revision, again.items[0].shown) == (2, 2)


async def test_a_further_paper_is_told_though_the_alert_could_name_it(database: Database, book: Book, outbox: Outbox) -> None:
    """What it named beside the lead may have been cut: only what leads the story is surely seen."""
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(order(), "abrego-garcia"))
    await deliver.fan_out(outbox, NOW)
    correction = article("c", type=DocumentType.CORRECTION, relates=(order().key,))
    await happened(database, judged(correction, "abrego-garcia"), now=SOON)
    assert await deliver.compose(outbox, SOON, ["press"]) == 1
    (letter,) = await outbox.claim("telegram", SOON, free=9, per_second=0, lease=timedelta(minutes=1))
    assert letter.items[0].shown == 2
    assert await outbox.settle(letter, settle(letter, Sent("1/1"), SOON, gap=timedelta(0)), SOON)
    (update,) = await told(outbox, SOON)
    assert update.kind is LetterKind.UPDATE
