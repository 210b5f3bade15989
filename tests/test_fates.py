"""From an answer on the wire to what becomes of letter, reader and operator, in both databases."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from alerts.bot import TelegramBot
from alerts.channels.email import EmailChannel
from alerts.channels.telegram import Request, TelegramChannel
from alerts.deliver import Sender
from alerts.models import Address, Cadence, Later, LetterState, Never
from alerts.ports import Channel
from alerts.retry import PAUSE
from alerts.storage import Book, Outbox, StoredDesk
from alerts.storage import tables as t
from tests import wires
from tests.letters import Server
from tests.outboxes import YESTERDAY, rows, told
from tests.papers import NOW, article, happened, judged, order
from watcher.storage import Database
from watcher.storage import tables as w
from watcher.testing.mail import scripted
from watcher.testing.outcomes import CHAT, FATES, MAIL, MAILBOX, SUPERGROUP, TELEGRAM, Answer, Fate, Reply
from watcher.testing.telegram import BotApi

READERS = {"telegram": Address("telegram", str(CHAT)), "mailto": Address("mailto", MAILBOX)}
ANN, GROUP = READERS["telegram"], Address("telegram", "-42")
OPERATORS = (Address.parse("telegram:99"), Address.parse("mailto:op@example.net"))
LATER = NOW + timedelta(seconds=30)


async def sent(channel: Channel, outbox: Outbox, now: datetime = NOW) -> int:
    """Send what is due by a channel, and wait for its fate."""
    sender = Sender(channel, outbox, lambda: now, operators=OPERATORS)
    count = await sender.send_due()
    await sender.drain()
    return count


async def letters(database: Database) -> list[Any]:
    return await rows(
        database, sa.select(t.letters.c.address, t.letters.c.state).where(t.letters.c.kind != "notice").order_by(t.letters.c.id)
    )


async def readers(database: Database) -> list[Any]:
    """Each with whether she is parked."""
    return await rows(database, sa.select(t.subscribers.c.address, t.subscribers.c.parked.is_not(None)).order_by(t.subscribers.c.id))


async def notices(database: Database) -> list[str]:
    """To whom."""
    return [address for (address,) in await rows(database, sa.select(t.letters.c.address).where(t.letters.c.kind == "notice"))]


# -- every fate


def row_of(fate: Fate, channel: str) -> Answer | Reply | None:
    """The first row of the table with this Outcome."""
    scope = {"a chat or mailbox": "chat", "a mail domain": "domain", "the channel": "channel"}.get(fate.of)
    for row in TELEGRAM if channel == "telegram" else MAIL:
        means = row.means
        plain = not (isinstance(row, Reply) and row.denied) and getattr(row, "to", "") != "edit"
        if plain and type(means).__name__ == fate.outcome and (not isinstance(means, Later) or means.scope == scope):
            return row
    return None


CASES = [(fate, channel, row) for fate in FATES for channel in READERS if (row := row_of(fate, channel))]


@pytest.mark.parametrize(("fate", "channel", "row"), CASES, ids=[f"{channel} {fate.outcome} {fate.of}" for fate, channel, _ in CASES])
async def test_what_becomes_of_letter_reader_and_operator(
    database: Database, book: Book, outbox: Outbox, fate: Fate, channel: str, row: Answer | Reply
) -> None:
    reader = READERS[channel]
    await book.follow(reader, ["abrego-garcia"], YESTERDAY)
    quiet = fate.of in ("others", "a repeat already")
    await happened(database, judged(article() if quiet else order(), "abrego-garcia"))
    assert await told(outbox) == 1
    before = {"plain": fate.of == "plain already", "repeat": fate.of == "a repeat already"}
    async with database.writing() as connection:
        await connection.execute(sa.update(t.letters).values(before))
    async with AsyncExitStack() as stack:
        wire = wires.telegram(row) if isinstance(row, Answer) else wires.mail(row)
        assert await sent(await stack.enter_async_context(wire), outbox) == 1
    there = Address("telegram", str(SUPERGROUP)) if fate.outcome == "Moved" else reader
    assert await letters(database) == [(str(there), fate.state.value)]
    assert await readers(database) == [(str(there), fate.outcome == "Never")]
    at_once = fate.operator and fate.outcome != "Later"
    hear = [each for each in OPERATORS if at_once and (fate.outcome != "Down" or each.channel != channel)]
    assert sorted(await notices(database)) == sorted(map(str, hear))
    (after,) = await rows(database, sa.select(t.letters.c.plain, t.letters.c.repeat).where(t.letters.c.kind != "notice"))
    again = fate.state is LetterState.PENDING
    assert after == (before["plain"] or (fate.outcome == "Refused" and again), before["repeat"] or (fate.outcome == "Unknown" and again))
    d = t.deliveries.c
    (owed,) = await rows(database, sa.select(d.cadence, d.letter_id.is_(None), d.skipped.is_not(None)))
    assert owed == (("daily", True, False) if fate.state is LetterState.UNKNOWN else ("now", False, fate.outcome == "Never"))


def test_every_fate_has_a_row_of_each_channel_that_can_have_it() -> None:
    missing = [(fate.outcome, fate.of, channel) for fate in FATES for channel in READERS if row_of(fate, channel) is None]
    assert missing == [("Later", "a mail domain", "telegram"), ("Moved", "", "mailto")]


# -- whole stories, against the strict Bot API


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi(token=wires.TOKEN, scale=1000) as api:
        for chat in (CHAT, int(GROUP.to)):
            api.chat(chat)
        yield api


@pytest.fixture
async def telegram(api: BotApi) -> AsyncIterator[TelegramChannel]:
    channel = TelegramChannel(wires.TOKEN, api_url=api.url, request=Request(read_timeout=0.5))
    yield channel
    await channel.close()


async def followed(database: Database, book: Book, outbox: Outbox, address: Address) -> None:
    """Somebody follows a case, in which there is an order."""
    await book.follow(address, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(order(51), "abrego-garcia"))
    assert await told(outbox) == 1


async def test_who_blocked_the_bot_is_told_in_one_message_what_she_missed_when_she_starts_it_anew(
    database: Database, book: Book, outbox: Outbox, api: BotApi, telegram: TelegramChannel
) -> None:
    await followed(database, book, outbox, ANN)
    api.block(CHAT)
    await sent(telegram, outbox)
    assert (await letters(database), await readers(database)) == ([(str(ANN), "dead")], [(str(ANN), True)])
    await happened(database, judged(order(77), "abrego-garcia"), now=LATER)
    assert await told(outbox, LATER) == 0
    api.unblock(CHAT)
    api.say(CHAT, "/start")
    database.clock = lambda: LATER
    replied, stop = asyncio.Event(), asyncio.Event()
    bot = TelegramBot(wires.TOKEN, StoredDesk(database, outbox, lambda: (), replied.set), api_url=api.url)
    polling = asyncio.create_task(bot.poll(stop))
    async with asyncio.timeout(10):
        await replied.wait()
    stop.set()
    await polling
    await bot.close()
    assert await readers(database) == [(str(ANN), False)]
    assert await told(outbox, LATER) == 1
    await sent(telegram, outbox, LATER)
    (missed,) = api.sent(CHAT)
    assert "(#51)" in missed
    assert "(#77)" in missed


async def test_a_group_that_became_a_supergroup_is_told_there(
    database: Database, book: Book, outbox: Outbox, api: BotApi, telegram: TelegramChannel
) -> None:
    await followed(database, book, outbox, GROUP)
    api.migrate(int(GROUP.to), SUPERGROUP)
    await sent(telegram, outbox)
    there = f"telegram:{SUPERGROUP}"
    assert (await letters(database), await readers(database)) == ([(there, "pending")], [(there, False)])
    assert await sent(telegram, outbox, LATER) == 1
    assert await letters(database) == [(there, "sent")]
    assert len(api.sent(SUPERGROUP)) == 1


@pytest.mark.parametrize(
    ("deed", "why"),
    [
        ("remove", "Forbidden: bot was kicked from the group chat"),
        ("restrict", "Not enough rights to send text messages to the chat"),
        ("end", "Forbidden: the group chat was deleted"),
    ],
)
async def test_a_group_that_will_not_have_us_is_parked_with_what_it_said(
    database: Database, book: Book, outbox: Outbox, api: BotApi, telegram: TelegramChannel, deed: str, why: str
) -> None:
    await followed(database, book, outbox, GROUP)
    match deed:
        case "remove":
            api.remove(int(GROUP.to), status="kicked")
        case "restrict":
            api.restrict(int(GROUP.to))
        case _:
            api.end(int(GROUP.to), "the group chat was deleted")
    await sent(telegram, outbox)
    assert await rows(database, sa.select(t.subscribers.c.parked)) == [(why,)]


async def test_a_closed_thread_is_parked_and_its_chat_is_not(
    database: Database, book: Book, outbox: Outbox, api: BotApi, telegram: TelegramChannel
) -> None:
    api.chat(SUPERGROUP, threads=(5,))
    thread, chat = Address("telegram", str(SUPERGROUP), 5), Address("telegram", str(SUPERGROUP))
    await book.follow(chat, ["cecot"], YESTERDAY)
    await followed(database, book, outbox, thread)
    api.close_thread(SUPERGROUP, 5)
    await sent(telegram, outbox)
    assert await readers(database) == [(str(chat), False), (str(thread), True)]


async def test_markup_that_is_refused_goes_at_once_as_plain_text_and_both_operators_hear_of_it(
    database: Database, book: Book, outbox: Outbox, api: BotApi, telegram: TelegramChannel
) -> None:
    await followed(database, book, outbox, ANN)
    api.fail("error", status=400, description='Bad Request: can\'t parse entities: Unsupported start tag "br" at byte offset 12')
    await sent(telegram, outbox)
    assert sorted(await notices(database)) == sorted(map(str, OPERATORS))
    await sent(telegram, outbox, LATER)
    assert (CHAT, "", ()) in [(posted.chat, posted.now.html, posted.buttons) for posted in api.transcript]
    assert await letters(database) == [(str(ANN), "sent")]


async def test_a_token_that_is_refused_is_told_by_mail_once_and_all_goes_out_when_it_works(
    database: Database, book: Book, outbox: Outbox, api: BotApi, telegram: TelegramChannel
) -> None:
    await followed(database, book, outbox, ANN)
    api.fail("401", times=2)
    assert await sent(telegram, outbox) == 1
    assert await sent(telegram, outbox, NOW + PAUSE / 2) == 0
    assert await sent(telegram, outbox, NOW + PAUSE) == 1
    async with scripted() as server:
        mail = EmailChannel(Server(server.host, server.port), sender=wires.SENDER)
        assert await sent(mail, outbox, NOW + PAUSE) == 1
        assert b"channel telegram refuses us: token refused (status 401)" in server.received[0].raw
        assert await sent(telegram, outbox, NOW + 2 * PAUSE) == 1
        assert await letters(database) == [(str(ANN), "sent")]
        assert await sent(mail, outbox, NOW + 2 * PAUSE) == 0
    assert len(api.sent(CHAT)) == 1


async def test_a_channel_that_cannot_be_reached_is_told_of_after_an_hour_by_another_until_it_serves_again(
    database: Database, book: Book, outbox: Outbox, api: BotApi, telegram: TelegramChannel
) -> None:
    await followed(database, book, outbox, ANN)
    hour = timedelta(hours=1)
    async with wires.telegram(Answer(says="", means=Never(""), wire="absent")) as nowhere:
        for ago, heard in ((0, 0), (1, 1), (2, 1), (26, 2)):
            assert await sent(nowhere, outbox, NOW + ago * hour) == 1
            assert await notices(database) == [str(OPERATORS[1])] * heard
    assert await sent(telegram, outbox, NOW + 27 * hour) == 1
    assert await letters(database) == [(str(ANN), "sent")]
    held = sa.select(w.buckets.c.key).where(w.buckets.c.key.startswith("notice:"))
    assert await rows(database, held) == []


async def test_a_mailbox_that_is_gone_hands_what_it_is_owed_to_the_second_address(
    database: Database, book: Book, outbox: Outbox, api: BotApi, telegram: TelegramChannel
) -> None:
    mailbox = READERS["mailto"]
    await book.add(mailbox, YESTERDAY, second=ANN)
    await followed(database, book, outbox, mailbox)
    async with wires.mail(Reply(at="RCPT", says=b"550 5.1.1 \x00 utilisateur supprim\xe9", means=Never(""))) as mail:
        await sent(mail, outbox)
    assert await sent(telegram, outbox, LATER) == 1
    assert (await letters(database), len(api.sent(CHAT))) == ([(str(ANN), "sent")], 1)


async def test_a_digest_of_which_nobody_knows_whether_it_arrived_goes_once_more_as_the_same_mail(
    database: Database, book: Book, outbox: Outbox
) -> None:
    await book.follow(READERS["mailto"], ["abrego-garcia"], NOW - timedelta(seconds=1), cadence=Cadence.DAILY)
    await happened(database, judged(order(51), "abrego-garcia"))
    morning = NOW.replace(hour=7) + timedelta(days=1)
    assert await told(outbox, morning) == 1
    async with scripted(script={"END": ["drop"]}) as server:
        mail = EmailChannel(Server(server.host, server.port), sender=wires.SENDER)
        for minute in range(3):
            await sent(mail, outbox, morning + timedelta(minutes=minute))
    first, second = server.received
    assert first.raw == second.raw
    assert await letters(database) == [(str(READERS["mailto"]), "sent")]
