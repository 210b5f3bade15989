"""Addresses that are parked, move, or fall back on a second one: nothing owed is lost, on SQLite and on PostgreSQL."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from alerts import deliver
from alerts.models import Address, Cadence, Later, Letter, LetterKind, Moved, Never, Outcome, Sent, Unknown
from alerts.retry import settle
from alerts.storage import Book, Names, Outbox, StoredDesk, moving
from alerts.storage import tables as t
from tests.outboxes import claim, rows, told
from tests.papers import NOW, happened, judged, order, stub
from watcher.models import DocumentType, Severity
from watcher.ports import Judged
from watcher.storage import Database

ANN, EVE = Address.parse("telegram:1"), Address.parse("mailto:eve@example.org")
GROUP, SUPERGROUP = Address.parse("telegram:-5"), Address.parse("telegram:-1005")
YESTERDAY, SOON = NOW - timedelta(days=1), NOW + timedelta(seconds=5)
MORNING = NOW.replace(hour=7) + timedelta(days=1)
GAP, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def outbox(database: Database) -> Outbox:
    return Outbox(database, names=Names)


async def answered(outbox: Outbox, letter: Letter, outcome: Outcome, now: datetime = NOW) -> None:
    assert await outbox.settle(letter, settle(letter, outcome, now, gap=GAP), now)


async def told_of_a_stub(database: Database, book: Book, outbox: Outbox) -> None:
    """Ann, whose second address is Eve's, has the alert of a case's new entry."""
    await book.add(ANN, YESTERDAY, second=EVE)
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(stub(), "abrego-garcia"))
    await told(outbox)
    (letter,) = await claim(outbox)
    await answered(outbox, letter, Sent("1/5"))


async def follows(book: Book, address: Address) -> dict[str, Cadence]:
    listed = await book.find(address)
    assert listed is not None
    return {each.watch: each.cadence for each in listed.subscriptions}


# -- a second address


async def test_a_second_address_that_is_known_takes_over_what_the_first_follows_and_is_owed(
    database: Database, book: Book, outbox: Outbox
) -> None:
    await book.add(ANN, YESTERDAY, second=EVE)
    await book.follow(ANN, ["abrego-garcia", "cecot"], YESTERDAY)
    await book.follow(EVE, ["cecot"], NOW - GAP, cadence=Cadence.DAILY)
    await happened(database, judged(order(51), "abrego-garcia"))
    await told(outbox)
    await happened(database, judged(order(77), "abrego-garcia"))
    await deliver.fan_out(outbox, NOW)
    (letter,) = await claim(outbox)
    await answered(outbox, letter, Never("blocked the bot"))
    assert await book.find(ANN) is None
    assert await follows(book, EVE) == {"abrego-garcia": Cadence.NOW, "cecot": Cadence.DAILY}
    (first,) = await claim(outbox, "mailto", SOON)
    assert (first.id, first.address, first.items) == (letter.id, EVE, letter.items)
    await answered(outbox, first, Sent("<1@x>"), SOON)
    assert await told(outbox, SOON) == 1
    (second,) = await claim(outbox, "mailto", SOON + GAP)
    assert [item.story for item in second.items] == [2]


async def test_a_second_address_that_is_parked_itself_takes_nothing_over(database: Database, book: Book, outbox: Outbox) -> None:
    await book.add(ANN, YESTERDAY, second=EVE)
    await book.follow(ANN, ["cecot"], YESTERDAY)
    await book.add(EVE, YESTERDAY)
    await book.park(EVE, "mailbox gone")
    await StoredDesk(database, outbox, lambda: ()).park(ANN, "blocked the bot")
    listed = await book.find(ANN)
    assert listed is not None
    assert listed.subscriber.parked == "blocked the bot"


async def test_what_both_were_to_be_told_is_told_once_and_what_one_was_is_told(database: Database, book: Book, outbox: Outbox) -> None:
    """Of three Stories one is due to both, one to the first alone, and one lies below the second's floor."""
    await book.add(ANN, YESTERDAY, second=EVE)
    await book.follow(ANN, ["abrego-garcia", "cecot", "due-process"], YESTERDAY)
    await book.follow(EVE, ["abrego-garcia"], YESTERDAY)
    await book.follow(EVE, ["due-process"], YESTERDAY, floor=Severity.URGENT)
    await happened(
        database,
        judged(order(51), "abrego-garcia"),
        judged(order(77), "cecot"),
        judged(order(99, severity=Severity.NOTABLE), "due-process"),
    )
    await deliver.fan_out(outbox, NOW)
    await StoredDesk(database, outbox, lambda: ()).park(ANN, "blocked the bot")
    await told(outbox)
    (letter,) = await claim(outbox, "mailto")
    assert sorted(item.story for item in letter.items) == [1, 2, 3]


async def letters(database: Database) -> list[Any]:
    return await rows(database, sa.select(t.letters.c.address, t.letters.c.state).order_by(t.letters.c.id))


async def test_what_the_second_address_was_told_is_not_told_again(database: Database, book: Book, outbox: Outbox) -> None:
    await book.add(ANN, YESTERDAY, second=EVE)
    for address in (ANN, EVE):
        await book.follow(address, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(order(51), "abrego-garcia"))
    await told(outbox)
    (mail,) = await claim(outbox, "mailto")
    await answered(outbox, mail, Sent("<1@x>"))
    (letter,) = await claim(outbox)
    await answered(outbox, letter, Never("blocked the bot"))
    assert await letters(database) == [(str(ANN), "cancelled"), (str(EVE), "sent")]
    assert await rows(database, sa.select(sa.func.count()).select_from(t.deliveries)) == [(1,)]
    assert await told(outbox, SOON) == 0


async def test_a_letter_of_which_the_second_address_knows_only_a_part_goes_on(database: Database, book: Book, outbox: Outbox) -> None:
    await book.add(ANN, YESTERDAY, second=EVE)
    await book.follow(ANN, ["abrego-garcia", "cecot"], YESTERDAY)
    await book.follow(EVE, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(order(51), "abrego-garcia"), judged(order(77), "cecot"))
    await told(outbox)
    await StoredDesk(database, outbox, lambda: ()).park(ANN, "blocked the bot")
    assert await letters(database) == [(str(EVE), "pending"), (str(EVE), "pending")]


async def test_a_letter_on_its_way_tells_what_waits_at_the_second_address(database: Database, book: Book, outbox: Outbox) -> None:
    await book.add(ANN, YESTERDAY, second=EVE)
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await book.follow(EVE, ["abrego-garcia"], NOW - GAP, cadence=Cadence.DAILY)
    await happened(database, judged(order(51), "abrego-garcia"))
    await told(outbox)
    await StoredDesk(database, outbox, lambda: ()).park(ANN, "blocked the bot")
    assert await letters(database) == [(str(EVE), "pending")]
    assert await rows(database, sa.select(t.deliveries.c.letter_id)) == [(1,)]


@pytest.mark.parametrize(("known", "state"), [(True, "cancelled"), (False, "pending")])
async def test_a_letter_in_flight_when_its_address_ends_goes_on_only_if_it_is_owed(
    database: Database, book: Book, outbox: Outbox, known: bool, state: str
) -> None:
    await book.add(ANN, YESTERDAY, second=EVE)
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await book.follow(EVE, ["abrego-garcia" if known else "cecot"], YESTERDAY)
    await happened(database, judged(order(51), "abrego-garcia"))
    await told(outbox)
    (letter,) = await claim(outbox)
    await StoredDesk(database, outbox, lambda: ()).park(ANN, "blocked the bot")
    assert (str(EVE), "sending") in await letters(database)
    await answered(outbox, letter, Never("blocked the bot"), SOON)
    assert await rows(database, sa.select(t.letters.c.state).where(t.letters.c.id == letter.id)) == [(state,)]


# -- references of another address


NOTICE = order(type=DocumentType.NOTICE, severity=Severity.ROUTINE, summary="NOTICE of appearance")


@pytest.mark.parametrize(
    ("news", "state"),
    [(judged(NOTICE, "abrego-garcia"), "cancelled"), (judged(order(), "abrego-garcia"), "pending")],
    ids=["edit", "update"],
)
async def test_another_channel_gets_no_edit_and_no_reply_to_a_message_of_the_first(
    database: Database, book: Book, outbox: Outbox, news: Judged, state: str
) -> None:
    await told_of_a_stub(database, book, outbox)
    await happened(database, news, now=SOON)
    assert await told(outbox, SOON) == 1
    await StoredDesk(database, outbox, lambda: ()).park(ANN, "blocked the bot")
    assert (await letters(database))[1] == (str(EVE), state)
    assert [mail.reply_to for mail in await claim(outbox, "mailto", SOON)] == ([""] if state == "pending" else [])


async def test_news_after_a_change_of_channel_replies_to_nothing(database: Database, book: Book, outbox: Outbox) -> None:
    await told_of_a_stub(database, book, outbox)
    await StoredDesk(database, outbox, lambda: ()).park(ANN, "blocked the bot")
    await happened(database, judged(order(), "abrego-garcia"), now=SOON)
    assert await told(outbox, SOON) == 1
    (mail,) = await claim(outbox, "mailto", SOON)
    assert (mail.kind, mail.reply_to) == (LetterKind.UPDATE, "")


# -- parked


async def back(database: Database, address: Address, now: datetime) -> None:
    async with database.writing() as connection:
        await moving.unpark(connection, address, now)


async def test_what_a_chat_missed_lately_comes_in_one_message_when_it_is_back(database: Database, book: Book, outbox: Outbox) -> None:
    """One alert met the block, one waited behind it, one happened meanwhile."""
    await book.follow(ANN, ["abrego-garcia", "cecot"], YESTERDAY)
    await happened(database, judged(order(51), "abrego-garcia"))
    await told(outbox)
    await happened(database, judged(order(77), "cecot"))
    await deliver.fan_out(outbox, NOW)
    (letter,) = await claim(outbox)
    await answered(outbox, letter, Never("Forbidden: bot was blocked by the user"))
    await happened(database, judged(order(99), "cecot"), now=SOON)
    assert await told(outbox, SOON) == 0
    await back(database, ANN, MORNING)
    assert await told(outbox, MORNING) == 1
    (missed,) = await claim(outbox, now=MORNING)
    assert (missed.kind, sorted(each.story for each in missed.items)) == (LetterKind.LIST, [1, 2, 3])
    await answered(outbox, missed, Sent("1/9"), MORNING)
    await back(database, ANN, MORNING)
    assert await told(outbox, MORNING + GAP) == 0


async def test_what_is_followed_no_more_or_was_below_the_floor_is_not_owed_to_who_comes_back(
    database: Database, book: Book, outbox: Outbox
) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await book.follow(ANN, ["cecot"], YESTERDAY, floor=Severity.URGENT)
    await book.park(ANN, "blocked the bot")
    await happened(database, judged(order(51), "abrego-garcia"), judged(order(77, severity=Severity.NOTABLE), "cecot"))
    await deliver.fan_out(outbox, NOW)
    await book.unfollow(ANN, ["abrego-garcia"])
    await back(database, ANN, SOON)
    assert await told(outbox, SOON) == 0
    why = "address parked: blocked the bot", "notable is below the floor"
    assert sorted(await rows(database, sa.select(t.deliveries.c.skipped))) == [(each,) for each in why]


@pytest.mark.parametrize(("since", "comes"), [(NOW - GAP, MORNING), (YESTERDAY, SOON)], ids=["ahead", "overdue"])
async def test_what_was_meant_for_a_digest_comes_in_the_next_one(
    database: Database, book: Book, outbox: Outbox, since: datetime, comes: datetime
) -> None:
    await book.follow(ANN, ["abrego-garcia"], since, cadence=Cadence.DAILY)
    await book.park(ANN, "blocked the bot")
    await happened(database, judged(order(51), "abrego-garcia"))
    await deliver.fan_out(outbox, NOW)
    await back(database, ANN, SOON)
    assert await told(outbox, SOON) == (comes == SOON)
    await told(outbox, comes)
    (digest,) = await claim(outbox, now=comes)
    assert (digest.kind, [each.story for each in digest.items]) == (LetterKind.DIGEST, [1])


async def test_an_operator_who_adds_a_parked_mailbox_again_has_it_told_again(book: Book) -> None:
    await book.follow(EVE, ["cecot"], YESTERDAY)
    await book.park(EVE, "550 5.1.1 unknown")
    await book.follow(EVE, ["cecot"], NOW)
    listed = await book.find(EVE)
    assert listed is not None
    assert listed.subscriber.parked is None


async def test_what_a_chat_missed_long_ago_is_not_told_when_it_comes_back(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(stub(), "abrego-garcia"))
    await deliver.fan_out(outbox, NOW)
    await StoredDesk(database, outbox, lambda: ()).park(ANN, "blocked the bot")
    month = NOW + timedelta(days=30)
    await back(database, ANN, month)
    assert await told(outbox, month) == 0
    assert await rows(database, sa.select(t.deliveries.c.skipped)) == [("address parked: blocked the bot",)]
    await happened(database, judged(order(), "abrego-garcia"), now=month)
    assert await told(outbox, month) == 1
    (letter,) = await claim(outbox, now=month)
    assert letter.kind is LetterKind.ALERT


@pytest.mark.parametrize("when", ["in flight", "while it waits"])
async def test_what_may_have_arrived_before_a_chat_was_parked_says_so_when_it_is_told_again(
    database: Database, book: Book, outbox: Outbox, when: str
) -> None:
    await book.follow(ANN, ["abrego-garcia", "cecot"], YESTERDAY)
    await happened(database, judged(order(51), "abrego-garcia"))
    await told(outbox)
    (letter,) = await claim(outbox)
    await answered(outbox, letter, Unknown("no answer"))
    if when == "in flight":
        (again,) = await claim(outbox, now=NOW + MINUTE)
        assert again.repeat
        await answered(outbox, again, Never("blocked the bot"), NOW + MINUTE)
    else:
        await StoredDesk(database, outbox, lambda: ()).park(ANN, "blocked the bot")
    await happened(database, judged(order(77), "cecot"), now=NOW + MINUTE)
    await deliver.fan_out(outbox, NOW + MINUTE)
    await back(database, ANN, NOW + 2 * MINUTE)
    assert await told(outbox, NOW + 2 * MINUTE) == 0  # it goes first
    (first,) = await claim(outbox, now=NOW + 2 * MINUTE)
    assert (first.id, first.repeat, first.items) == (letter.id, True, letter.items)
    await answered(outbox, first, Sent("1/5"), NOW + 2 * MINUTE)
    assert await told(outbox, NOW + 3 * MINUTE) == 1
    (second,) = await claim(outbox, now=NOW + 3 * MINUTE)
    assert (second.repeat, [item.story for item in second.items]) == (False, [2])
    await answered(outbox, second, Sent("1/6"), NOW + 3 * MINUTE)
    assert await rows(database, sa.select(t.deliveries.c.skipped).distinct()) == [(None,)]


async def test_what_may_have_arrived_and_is_followed_no_more_stays_unsaid(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia", "cecot"], YESTERDAY)
    await happened(database, judged(order(51), "abrego-garcia"))
    await told(outbox)
    (letter,) = await claim(outbox)
    await answered(outbox, letter, Unknown("no answer"))
    await StoredDesk(database, outbox, lambda: ()).park(ANN, "blocked the bot")
    await book.unfollow(ANN, ["abrego-garcia"])
    await back(database, ANN, SOON)
    assert await claim(outbox, now=NOW + MINUTE) == []


async def test_what_was_tried_until_lately_is_owed_with_all_that_waited_behind_it(database: Database, book: Book, outbox: Outbox) -> None:
    """A chat that takes nothing for four days and turns out to have blocked the bot missed none of it long ago; what it had missed when it
    was parked before, it did."""
    await book.follow(ANN, ["abrego-garcia", "cecot"], NOW - 5 * DAY)
    await book.park(ANN, "blocked the bot")
    await happened(database, judged(order(33), "cecot"), now=NOW - 4 * DAY)
    await deliver.fan_out(outbox, NOW - 4 * DAY)
    await back(database, ANN, NOW - GAP)
    await happened(database, judged(order(51), "abrego-garcia"))
    await told(outbox)
    (letter,) = await claim(outbox)
    await answered(outbox, letter, Later(4 * DAY), NOW)
    await happened(database, judged(order(77), "cecot"), now=SOON)
    await deliver.fan_out(outbox, SOON)
    later = NOW + 4 * DAY + MINUTE
    (again,) = await claim(outbox, now=later)
    await answered(outbox, again, Never("blocked the bot"), later)
    await back(database, ANN, later + MINUTE)
    assert await told(outbox, later + MINUTE) == 1
    (missed,) = await claim(outbox, now=later + MINUTE)
    assert (missed.kind, sorted(item.story for item in missed.items)) == (LetterKind.LIST, [2, 3])


# -- another id


async def test_a_chat_that_moves_onto_a_known_one_brings_what_it_is_owed(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(GROUP, ["abrego-garcia", "cecot"], YESTERDAY)
    await book.follow(SUPERGROUP, ["cecot"], NOW - GAP)
    await happened(database, judged(order(51), "abrego-garcia"))
    await told(outbox)
    await happened(database, judged(order(77), "abrego-garcia"))
    await deliver.fan_out(outbox, NOW)
    (letter,) = await claim(outbox)
    await answered(outbox, letter, Moved(SUPERGROUP))
    assert set(await follows(book, SUPERGROUP)) == {"abrego-garcia", "cecot"}
    (again,) = await claim(outbox, now=SOON)
    assert (again.id, again.address) == (letter.id, SUPERGROUP)
    await answered(outbox, again, Sent("-1005/1"), SOON)
    assert await told(outbox, SOON) == 1


async def test_two_digests_of_one_window_both_go_on(database: Database, book: Book, outbox: Outbox) -> None:
    for address, watch in ((GROUP, "abrego-garcia"), (SUPERGROUP, "cecot")):
        await book.follow(address, [watch], YESTERDAY, cadence=Cadence.DAILY)
    await happened(database, judged(order(51), "abrego-garcia"), judged(order(77), "cecot"))
    await deliver.fan_out(outbox, NOW)
    assert await deliver.compose(outbox, MORNING, []) == 2
    await book.rename(GROUP, SUPERGROUP)
    addresses = await rows(database, sa.select(t.letters.c.address, t.letters.c.state))
    assert addresses == [(str(SUPERGROUP), "pending")] * 2


async def test_a_thread_that_learns_that_its_chat_moved_takes_the_whole_chat_along(database: Database, book: Book, outbox: Outbox) -> None:
    thread = Address("telegram", GROUP.to, 7)
    await book.follow(GROUP, ["cecot"], YESTERDAY)
    await book.follow(thread, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(order(51), "abrego-garcia"))
    await told(outbox)
    (letter,) = await claim(outbox)
    await answered(outbox, letter, Moved(SUPERGROUP))
    known = [listed.subscriber.address for listed in await book.everybody()]
    assert sorted(known, key=str) == [SUPERGROUP, Address("telegram", SUPERGROUP.to, 7)]


async def test_an_id_that_did_not_change_moves_nothing(book: Book) -> None:
    await book.follow(GROUP, ["cecot"], YESTERDAY)
    await book.rename(GROUP, GROUP)
    assert await follows(book, GROUP) == {"cecot": Cadence.NOW}


async def test_a_second_address_follows_its_chat(book: Book) -> None:
    await book.add(EVE, YESTERDAY, second=GROUP)
    await book.rename(GROUP, SUPERGROUP)
    listed = await book.find(EVE)
    assert listed is not None
    assert listed.subscriber.second == SUPERGROUP


# -- gone


async def test_forgetting_an_address_takes_it_out_of_others_second(book: Book) -> None:
    await book.add(ANN, YESTERDAY, second=EVE)
    await book.add(EVE, YESTERDAY)
    assert await book.forget(EVE)
    listed = await book.find(ANN)
    assert listed is not None
    assert listed.subscriber.second is None
