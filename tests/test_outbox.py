"""Deliveries made and composed, Letters claimed and settled: on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from alerts import deliver
from alerts.compose import IN_A_LIST, NOT_TOLD_YET
from alerts.fanout import MUTED
from alerts.models import Address, Cadence, Letter, LetterKind, LetterState, Never, Outcome, Refused, Sent, Unknown
from alerts.render import telegram
from alerts.retry import settle
from alerts.storage import Book, Names, Outbox
from alerts.storage import outbox as engine
from alerts.storage import tables as t
from tests.papers import NOW, article, happened, judged, order, stub
from watcher.models import DocumentType, Severity, Stage
from watcher.storage import Database, SourceStore
from watcher.storage import tables as w

ANN, BEN, EVE = Address.parse("telegram:1"), Address.parse("telegram:2"), Address.parse("mailto:eve@example.org")
YESTERDAY = NOW - timedelta(days=1)
SOON = NOW + timedelta(seconds=5)
NAMES = Names(watches={"abrego-garcia": "Abrego Garcia v. Noem"}, sources={"press": "The Press"})
GAP = timedelta(seconds=1)
LEASE = timedelta(seconds=45)


@pytest.fixture
async def book(database: Database) -> Book:
    return Book(database)


@pytest.fixture
async def outbox(database: Database) -> Outbox:
    return Outbox(database, names=lambda: NAMES, domain="alerts.example")


async def stands(database: Database, source: str, **columns: Any) -> None:
    """Let a source be as these columns say."""
    await SourceStore(database).enrol({source: "x"}, NOW)
    async with database.writing() as connection:
        await connection.execute(sa.update(w.sources).where(w.sources.c.source == source).values(columns))


async def told(outbox: Outbox, now: datetime = NOW) -> int:
    """Fan out and compose; the number of Letters written."""
    await deliver.fan_out(outbox, now)
    return await deliver.compose(outbox, now, ["press"])


async def rows(database: Database, statement: sa.Select[Any]) -> list[Any]:
    async with database.reading() as connection:
        return [tuple(row) for row in await connection.execute(statement)]


async def claim(outbox: Outbox, channel: str = "telegram", now: datetime = NOW, free: int = 99, per_second: float = 0) -> Sequence[Letter]:
    return await outbox.claim(channel, now, free=free, per_second=per_second, lease=LEASE)


# -- fan out and compose


async def test_an_alert_names_the_story_its_reasons_and_its_papers(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(order(), "abrego-garcia"))
    assert await told(outbox) == 1
    (letter,) = await claim(outbox)
    assert (letter.address, letter.kind, letter.urgent, letter.state, letter.attempt) == (
        ANN,
        LetterKind.ALERT,
        True,
        LetterState.SENDING,
        1,
    )
    (item,) = letter.items
    assert (item.key, item.title, item.label, item.severity) == ("story:1", order().headline, "order", Severity.URGENT)
    assert [(reason.watch, reason.title, reason.found) for reason in item.reasons] == [
        ("abrego-garcia", "Abrego Garcia v. Noem", ("Entry",))
    ]
    assert (item.lead.primary, item.lead.day_only, item.lead.outlet) == (True, True, "U.S. District Court, D. Maryland, No. 8:25-cv-00951")


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
    monkeypatch.setattr(engine, "BATCH", 2)
    for number in range(1, 6):
        await book.follow(Address.parse(f"telegram:{number}"), ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(order(), "abrego-garcia"))
    (revision,) = await outbox.open_revisions()
    assert await outbox.fan_out(revision, NOW) == (2, True)
    assert await deliver.fan_out(Outbox(database, names=lambda: NAMES), NOW) == 3
    assert await rows(database, sa.select(sa.func.count(sa.distinct(t.deliveries.c.subscriber)))) == [(5,)]
    assert await rows(database, sa.select(t.fanouts.c.cursor)) == []


async def test_a_new_subscription_never_receives_the_archive(database: Database, book: Book, outbox: Outbox) -> None:
    await happened(database, judged(order(), "abrego-garcia"))
    await book.follow(ANN, ["abrego-garcia"], SOON)
    assert await told(outbox, SOON + GAP) == 0
    assert await rows(database, sa.select(t.deliveries.c.id)) == []


async def test_what_is_not_to_be_told_makes_no_delivery(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(order(), "abrego-garcia", tell=False))
    assert await told(outbox) == 0


async def test_bursts_collapse_into_one_list(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia", "cecot"], YESTERDAY)
    await happened(database, judged(order(), "abrego-garcia"), judged(order(77), "cecot"))
    assert await told(outbox) == 1
    (letter,) = await claim(outbox)
    assert (letter.kind, len(letter.items)) == (LetterKind.LIST, 2)


async def test_an_address_has_one_letter_under_way(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia", "cecot"], YESTERDAY)
    await happened(database, judged(order(), "abrego-garcia"))
    assert await told(outbox) == 1
    await happened(database, judged(order(77), "cecot"))
    assert await told(outbox) == 0
    (letter,) = await claim(outbox)
    await outbox.settle(letter, settle(letter, Sent("1/5"), NOW, gap=GAP), NOW)
    assert await told(outbox) == 1


async def test_news_of_a_told_story_replies_to_its_letter(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(stub(), "abrego-garcia"))
    await told(outbox)
    (letter,) = await claim(outbox)
    await outbox.settle(letter, settle(letter, Sent("1/5"), NOW, gap=GAP), NOW)
    await happened(database, judged(order(), "abrego-garcia"), now=SOON)
    assert await told(outbox, SOON) == 1
    (news,) = await claim(outbox, now=SOON)
    assert (news.kind, news.reply_to, bool(news.items[0].change)) == (LetterKind.UPDATE, "1/5", True)


async def test_an_order_reaches_a_reader_for_whom_its_stub_was_below_the_floor(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY, floor=Severity.URGENT)
    await happened(database, judged(stub(), "abrego-garcia"))
    assert await told(outbox) == 0
    await happened(database, judged(order(), "abrego-garcia"), now=SOON)
    assert await told(outbox, SOON) == 1
    (letter,) = await claim(outbox, now=SOON)
    assert (letter.kind, letter.urgent, letter.items[0].label) == (LetterKind.ALERT, True, "order")


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


NOTICE = order(type=DocumentType.NOTICE, severity=Severity.ROUTINE, summary="NOTICE of appearance")


async def delivered(outbox: Outbox, outcome: Outcome, now: datetime = NOW) -> Letter:
    """Compose, and let the one Letter have this outcome."""
    assert await told(outbox, now) == 1
    (letter,) = await claim(outbox, now=now)
    assert await outbox.settle(letter, settle(letter, outcome, now, gap=GAP), now)
    return letter


async def skipped(database: Database) -> list[Any]:
    return await rows(database, sa.select(t.deliveries.c.skipped).where(t.deliveries.c.skipped.is_not(None)))


async def test_a_quiet_change_edits_the_alert_that_told_the_story(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(stub(), "abrego-garcia"))
    await delivered(outbox, Sent("1/5"))
    await happened(database, judged(NOTICE, "abrego-garcia"), now=SOON)
    assert (await delivered(outbox, Sent("1/5"), SOON)).edits == "1/5"


async def test_a_quiet_change_never_overwrites_a_list(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(stub(), "abrego-garcia"), judged(order(77), "abrego-garcia"))
    assert (await delivered(outbox, Sent("1/5"))).kind is LetterKind.LIST
    await happened(database, judged(NOTICE, "abrego-garcia"), now=SOON)
    assert await told(outbox, SOON) == 0
    assert await skipped(database) == [(IN_A_LIST,)]
    assert await outbox.due_subscribers(SOON) == []


async def test_a_quiet_change_of_what_may_never_have_arrived_is_skipped(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(stub(), "abrego-garcia"))
    await delivered(outbox, Unknown("no answer"))
    await happened(database, judged(NOTICE, "abrego-garcia"), now=SOON)
    assert await told(outbox, SOON) == 0
    assert await skipped(database) == [(NOT_TOLD_YET,)]


async def test_a_quiet_change_is_no_item_of_the_next_digest(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY, cadence=Cadence.DAILY)
    await happened(database, judged(stub(), "abrego-garcia"))
    morning = NOW.replace(hour=7) + timedelta(days=1)
    await told(outbox)
    await delivered(outbox, Sent("1/5"), morning)
    await happened(database, judged(NOTICE, "abrego-garcia"), now=morning + GAP)
    assert await told(outbox, morning + timedelta(days=1)) == 0


async def test_a_digest_is_one_for_each_subscriber_and_window(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(EVE, ["abrego-garcia"], YESTERDAY, cadence=Cadence.DAILY)
    await happened(database, judged(order(), "abrego-garcia"))
    await stands(database, "press", last_ok_at=NOW)
    morning = NOW.replace(hour=7) + timedelta(days=1)
    assert await told(outbox, morning - timedelta(seconds=1)) == 1  # the window that ended this morning, empty
    assert await told(outbox, morning) == 1
    assert await told(outbox, morning + timedelta(hours=1)) == 0
    first, second = await rows(database, sa.select(t.letters.c.kind, t.letters.c.window, t.letters.c.content).order_by(t.letters.c.id))
    assert (first[:2], first[2]["text"]) == (("digest", "daily:2026-11-24"), "Nothing happened in your topics. The one source was read.")
    assert (second[:2], len(second[2]["items"])) == (("digest", "daily:2026-11-25"), 1)


@pytest.mark.parametrize(
    ("state", "unread"),
    [
        ({"last_ok_at": NOW}, False),
        ({"last_ok_at": NOW - engine.UNREAD_AFTER, "failures": 9}, False),
        ({"last_ok_at": NOW - engine.UNREAD_AFTER - GAP, "failures": 9}, True),
        ({"last_ok_at": NOW - timedelta(days=6)}, False),  # read once a week, and well
        ({"last_ok_at": NOW, "gone": True}, True),
        ({"last_ok_at": None}, True),
    ],
)
async def test_a_digest_says_which_sources_could_not_be_read(
    database: Database, book: Book, outbox: Outbox, state: dict[str, Any], unread: bool
) -> None:
    yesterday = NOW - timedelta(days=2)
    await book.follow(EVE, ["abrego-garcia"], yesterday, cadence=Cadence.DAILY)
    await book.set_lang(EVE, "es")
    await stands(database, "press", **state)
    await stands(database, "dropped-from-the-file", failures=99)
    assert await told(outbox) == 1
    ((content,),) = await rows(database, sa.select(t.letters.c.content))
    missing = "No se halló nada en sus temas, pero no se pudieron leer 1 de 1 fuentes; puede faltar algo: The Press."
    assert content["text"] == (missing if unread else "Sin novedades en sus temas. Se leyó la única fuente.")


async def test_a_digest_with_news_speaks_of_sources_only_where_one_failed(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(EVE, ["abrego-garcia"], YESTERDAY, cadence=Cadence.DAILY)
    await happened(database, judged(order(), "abrego-garcia"), now=NOW - timedelta(hours=12))
    await deliver.fan_out(outbox, NOW - timedelta(hours=12))
    await stands(database, "press", last_ok_at=NOW)
    assert await told(outbox) == 1
    ((content,),) = await rows(database, sa.select(t.letters.c.content))
    assert (len(content["items"]), content["text"]) == (1, "")


async def test_a_digest_too_long_for_one_message_comes_in_parts_and_none_is_lost(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY, cadence=Cadence.DAILY)
    await happened(database, *(judged(order(number), "abrego-garcia") for number in range(100, 140)))
    await stands(database, "press", last_ok_at=None)
    while await outbox.open_revisions():
        await deliver.fan_out(outbox, NOW)
    morning = NOW.replace(hour=7) + timedelta(days=1)
    assert await deliver.compose(outbox, morning, ["press"]) == 1
    shown = []
    for at in range(9):
        for letter in await claim(outbox, now=morning + at * GAP):
            message = telegram(letter)
            assert f"({letter.part}/{letter.parts})" in message.text
            assert ("The Press" in message.text) == (letter.part == 1)
            for text in (message.text, message.html):
                assert [each.key for each in letter.items if each.key not in text] == []
            shown += [each.story for each in letter.items]
            await outbox.settle(letter, settle(letter, Sent("1/5"), morning, gap=GAP / 2), morning + at * GAP)
    assert sorted(shown) == list(range(1, 41))
    windows = await rows(database, sa.select(t.letters.c.window).order_by(t.letters.c.id))
    assert windows[:2] == [("daily:2026-11-25",), ("daily:2026-11-25#2",)]
    assert await rows(database, sa.select(t.deliveries.c.id).where(t.deliveries.c.letter_id.is_(None))) == []


async def test_a_list_shows_every_story_it_settles(database: Database, book: Book, outbox: Outbox) -> None:
    topic = "Removal of people without notice to prisons of countries that are not their own, and the litigation about it " * 2
    outbox.names = lambda: Names(watches={"abrego-garcia": topic})
    title = "Order on a motion by the plaintiffs to compel the defendants to facilitate the return of the men removed without notice " * 2
    page = "https://court.example/" + "x" * 700
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    orders = [
        order(number, headline=f"{title} (#{number})", url=f"{page}/{number}", outlet="Court of Appeals " * 7) for number in range(100, 110)
    ]
    await happened(database, *(judged(each, "abrego-garcia") for each in orders))
    lists = []
    for at in range(5):
        await told(outbox, NOW + at * GAP)
        for letter in await claim(outbox, now=NOW + at * GAP):
            message = telegram(letter)
            for text in (message.text, message.html):
                assert [each.key for each in letter.items if each.key not in text] == []
            lists.append(len(letter.items))
            await outbox.settle(letter, settle(letter, Sent("1/5"), NOW, gap=GAP / 2), NOW + at * GAP)
    assert sum(lists) == 10
    assert len(lists) > 1


async def test_two_composers_write_one_digest(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(EVE, ["abrego-garcia"], YESTERDAY, cadence=Cadence.DAILY)
    await happened(database, judged(order(), "abrego-garcia"))
    await deliver.fan_out(outbox, NOW)
    (subscriber,) = await book.everybody()
    morning = NOW.replace(hour=7) + timedelta(days=1)
    written = await asyncio.gather(*(outbox.compose_digest(subscriber.subscriber.id, Cadence.DAILY, morning, ["press"]) for _ in range(3)))
    assert len([letter for letter in written if letter]) == 1


async def test_what_went_out_at_once_is_not_in_the_digest(database: Database, book: Book, outbox: Outbox) -> None:
    this_morning = NOW - timedelta(hours=1)
    await book.follow(EVE, ["abrego-garcia"], this_morning)
    await book.follow(EVE, ["cecot"], this_morning, cadence=Cadence.DAILY)
    await happened(database, judged(order(), "abrego-garcia", "cecot"))
    assert await told(outbox) == 1
    assert await told(outbox, NOW + timedelta(days=1)) == 1
    kinds = await rows(database, sa.select(t.letters.c.kind, t.letters.c.content).order_by(t.letters.c.id))
    assert [(kind, len(content["items"])) for kind, content in kinds] == [("alert", 1), ("digest", 0)]


# -- claim and settle


async def posted(outbox: Outbox, *addresses: Address, now: datetime = NOW) -> None:
    for address in addresses:
        await outbox.post(address, LetterKind.CONFIRMATION, "hello", now)


async def test_a_letter_is_claimed_once(outbox: Outbox) -> None:
    await posted(outbox, ANN, BEN)
    claimed = await asyncio.gather(*(claim(outbox, free=1) for _ in range(4)))
    ids = [letter.id for letters in claimed for letter in letters]
    assert sorted(ids) == sorted(set(ids))


async def test_one_address_never_has_two_in_flight(outbox: Outbox) -> None:
    await posted(outbox, ANN, ANN, ANN)
    assert len(await claim(outbox)) == 1
    assert await claim(outbox) == []


async def test_a_chat_rests_after_a_letter_and_others_do_not_wait(outbox: Outbox) -> None:
    await posted(outbox, ANN, ANN, BEN)
    first, _other = await claim(outbox)
    await outbox.settle(first, settle(first, Sent("1/1"), NOW, gap=GAP), NOW)
    assert await claim(outbox, now=NOW + GAP - timedelta(milliseconds=1)) == []
    assert [letter.address for letter in await claim(outbox, now=NOW + GAP)] == [ANN]


async def test_a_channel_keeps_its_pace_over_all_addresses(outbox: Outbox) -> None:
    """A bucket: a burst after a rest, then so many a second, whatever the number of claims."""
    await posted(outbox, *(Address.parse(f"telegram:{number}") for number in range(1, 60)))
    sent = [len(await claim(outbox, now=NOW + timedelta(milliseconds=40 * tick), per_second=25)) for tick in range(26)]
    assert (sent[0], sum(sent)) == (engine.BURST, engine.BURST + 25)


async def test_alerts_reach_a_group_whose_members_keep_asking(database: Database, book: Book, outbox: Outbox) -> None:
    """A question every two seconds, a group that takes a message in three: the alert waits for one reply, not for all."""
    group = Address.parse("telegram:-5")
    await book.follow(group, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(order(), "abrego-garcia"))
    await deliver.fan_out(outbox, NOW)
    for second in range(0, 60, 2):
        await posted(outbox, group, now=NOW - timedelta(seconds=60 - second))
    (reply,) = await claim(outbox)
    assert reply.kind is LetterKind.CONFIRMATION
    assert await deliver.compose(outbox, NOW, []) == 1
    await outbox.settle(reply, settle(reply, Sent("-5/1"), NOW, gap=3 * GAP), NOW)
    (alert,) = await claim(outbox, now=NOW + 3 * GAP)
    assert alert.kind is LetterKind.ALERT


async def test_replies_go_behind_urgent_alerts_to_other_chats(database: Database, book: Book, outbox: Outbox) -> None:
    await posted(outbox, BEN, now=NOW - GAP)
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(order(), "abrego-garcia"))
    await told(outbox)
    (letter,) = await claim(outbox, free=1)
    assert letter.kind is LetterKind.ALERT


async def test_urgent_letters_go_first(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["cecot"], YESTERDAY)
    await happened(database, judged(article(), "cecot"))
    await told(outbox)
    await posted(outbox, BEN, now=NOW)
    (letter,) = await claim(outbox, free=1)
    assert letter.address == BEN


async def test_settling_is_fenced_by_the_attempt(outbox: Outbox) -> None:
    await posted(outbox, ANN)
    (letter,) = await claim(outbox)
    late = NOW + LEASE
    assert [each.id for each in await outbox.expired(late)] == [letter.id]
    assert await deliver.settle_expired(outbox, {}, late) == 1
    assert not await outbox.settle(letter, settle(letter, Sent("1/1"), late, gap=GAP), late)


async def test_a_letter_whose_sender_died_goes_out_once_more_as_a_possible_repeat(outbox: Outbox) -> None:
    await posted(outbox, ANN)
    await claim(outbox)
    late = NOW + LEASE
    await deliver.settle_expired(outbox, {}, late)
    (again,) = await claim(outbox, now=late + timedelta(seconds=10))
    assert (again.repeat, again.attempt) == (True, 2)


async def test_unknown_that_is_not_urgent_waits_in_the_next_digest(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["cecot"], YESTERDAY)
    await happened(database, judged(article(), "cecot"))
    await told(outbox)
    (letter,) = await claim(outbox)
    await outbox.settle(letter, settle(letter, Unknown("no answer"), NOW, gap=GAP), NOW)
    assert await rows(database, sa.select(t.letters.c.state)) == [("unknown",)]
    assert await told(outbox, NOW + timedelta(days=1)) == 1
    (digest,) = await claim(outbox, now=NOW + timedelta(days=1))
    assert (digest.kind, [item.story for item in digest.items]) == (LetterKind.DIGEST, [1])


async def test_an_address_that_is_gone_is_parked_and_what_waits_for_it_is_cancelled(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["cecot"], YESTERDAY)
    await posted(outbox, ANN, ANN)
    (letter,) = await claim(outbox)
    await outbox.settle(letter, settle(letter, Never("blocked the bot"), NOW, gap=GAP), NOW)
    known = await book.find(ANN)
    assert known is not None
    assert known.subscriber.parked == "blocked the bot"
    assert sorted(await rows(database, sa.select(t.letters.c.state))) == [("cancelled",), ("dead",)]


async def test_a_second_address_takes_over_when_the_first_is_gone(database: Database, book: Book, outbox: Outbox) -> None:
    await book.add(ANN, YESTERDAY, second=EVE)
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(order(), "abrego-garcia"))
    await told(outbox)
    (letter,) = await claim(outbox)
    await outbox.settle(letter, settle(letter, Never("blocked the bot"), NOW, gap=GAP), NOW)
    (again,) = await claim(outbox, "mailto", SOON)
    assert (again.id, again.address) == (letter.id, EVE)
    known = await book.find(EVE)
    assert known is not None
    assert (known.subscriber.address, known.subscriber.parked) == (EVE, None)


async def test_a_renamed_chat_keeps_its_subscriptions_and_letters(book: Book, outbox: Outbox) -> None:
    group, supergroup = Address.parse("telegram:-5"), Address.parse("telegram:-1005")
    await book.follow(group, ["cecot"], YESTERDAY)
    await posted(outbox, group)
    await book.rename(group, supergroup)
    (letter,) = await claim(outbox)
    known = await book.find(supergroup)
    assert known is not None
    assert (letter.address, [each.watch for each in known.subscriptions]) == (supergroup, ["cecot"])


# -- the book


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


async def test_a_muted_topic_is_not_told_any_more(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia", "cecot", "due-process"], YESTERDAY)
    await happened(database, judged(order(51), "abrego-garcia"), judged(order(77), "abrego-garcia", "cecot"))
    await deliver.fan_out(outbox, NOW)
    await book.unfollow(ANN, ["abrego-garcia"])
    assert await told(outbox) == 1
    (letter,) = await claim(outbox)
    assert [(item.story, [reason.watch for reason in item.reasons]) for item in letter.items] == [(2, ["cecot"])]
    assert await skipped(database) == [(MUTED,)]


@pytest.mark.parametrize(
    ("lang", "headline"),
    [("en", "Judge Xinis orders return of Kilmar Abrego Garcia"), ("es", "Jueza Xinis ordena el regreso de Kilmar Abrego Garcia")],
)
async def test_a_courts_order_is_told_with_the_headline_of_its_news(
    database: Database, book: Book, outbox: Outbox, lang: str, headline: str
) -> None:
    await book.follow(EVE, ["abrego-garcia"], YESTERDAY)
    await book.change(EVE, YESTERDAY, lang=lang)
    summary = "Judge Paula Xinis ordered the government to return Kilmar Abrego Garcia, 8:25-cv-00951, by temporary restraining order."
    titles = {
        "What to know about Judge Xinis and Kilmar Abrego Garcia": "en",
        "Jueza Xinis ordena el regreso de Kilmar Abrego Garcia": "es",
        "Judge Xinis orders return of Kilmar Abrego Garcia": "en",
    }
    reports = [article(title, title=title, summary=summary, lang=own) for title, own in titles.items()]
    await happened(database, judged(order(), "abrego-garcia"), *(judged(each, "abrego-garcia") for each in reports))
    assert await told(outbox) == 1
    (letter,) = await claim(outbox, "mailto")
    (item,) = letter.items
    assert item.reported is not None
    assert item.reported.title == headline
    assert sorted(paper.title for paper in item.others) == sorted(titles.keys() - {headline})


async def test_a_withdrawn_paper_keeps_the_date_that_it_had(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(EVE, ["abrego-garcia"], YESTERDAY)
    listed = order(stage=Stage.INSPECTION)
    await happened(database, judged(listed, "abrego-garcia"))
    assert await told(outbox) == 1
    (letter,) = await claim(outbox, "mailto")
    assert await outbox.settle(letter, settle(letter, Sent("<1@x>"), NOW, gap=GAP), NOW)
    gone = replace(listed, stage=Stage.WITHDRAWN, published=None, note="It was withdrawn.")
    await happened(database, judged(gone, "abrego-garcia"), now=SOON)
    assert await told(outbox, SOON) == 1
    (letter,) = await claim(outbox, "mailto", now=SOON + timedelta(minutes=1))
    assert (letter.kind, letter.items[0].lead.published, letter.items[0].lead.day_only) == (LetterKind.RETRACTION, listed.published, True)
