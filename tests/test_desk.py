"""The bot's Desk over the database, and cleaning: on SQLite and on PostgreSQL."""

import asyncio
from datetime import datetime, time, timedelta

import pytest
import sqlalchemy as sa

from alerts import deliver
from alerts.models import Address, Cadence, LetterKind, QuietHours, Sent
from alerts.retry import settle
from alerts.storage import Book, Names, Outbox, StoredDesk, sweeping
from alerts.storage import tables as t
from tests.papers import NOW, Moment, article, judged, order
from watcher.models import Severity, Stage, Watch
from watcher.ports import Judged
from watcher.storage import Database, SourceStore
from watcher.storage import tables as w

CHAT, THREAD, OTHER = Address.parse("telegram:-100"), Address.parse("telegram:-100/7"), Address.parse("telegram:-1001")
TOPICS = (
    Watch(id="abrego-garcia", kind="case", title="Abrego Garcia v. Noem"),
    Watch(id="cecot", kind="doctrine", title="The prison CECOT"),
)
HOUR = timedelta(hours=1)


@pytest.fixture
def moment(database: Database) -> Moment:
    database.clock = Moment()
    return database.clock


@pytest.fixture
def outbox(database: Database) -> Outbox:
    return Outbox(database, names=lambda: Names(watches={topic.id: topic.title for topic in TOPICS}))


@pytest.fixture
def desk(database: Database, outbox: Outbox, moment: Moment) -> StoredDesk:
    return StoredDesk(database, outbox, lambda: TOPICS)


async def follow(desk: StoredDesk, address: Address, *watches: str, lang: str = "en", floor: Severity = Severity.ROUTINE) -> None:
    await desk.follow(address, watches or ("cecot",), cadence=Cadence.NOW, floor=floor, lang=lang)


async def happened(database: Database, *each: Judged, now: datetime) -> None:
    store = SourceStore(database)
    await store.enrol({"press": "x"}, now)
    (state,) = await store.claim_named(["press"], now)
    await store.save(state, each, now)


async def count(database: Database, table: sa.Table) -> int:
    async with database.reading() as connection:
        number: int = (await connection.execute(sa.select(sa.func.count()).select_from(table))).scalar_one()
        return number


async def parked(desk: StoredDesk, address: Address) -> str | None:
    subscriber = await desk.subscriber(address)
    assert subscriber is not None
    return subscriber.parked


async def sent(outbox: Outbox, now: datetime) -> None:
    """Every waiting Letter is handed over."""
    for letter in await outbox.claim("telegram", now, free=9, per_second=0, lease=HOUR):
        assert await outbox.settle(letter, settle(letter, Sent(f"{CHAT.to}/5"), now, gap=timedelta(0)), now)


async def test_an_update_is_remembered_however_often_it_is_settled(desk: StoredDesk) -> None:
    assert not await desk.handled(900)
    await desk.settle(900)
    await desk.settle(900)
    assert await desk.handled(900)
    assert not await desk.handled(901)


async def test_a_new_reader_has_the_language_of_her_phone_and_following_again_changes_the_wish(desk: StoredDesk) -> None:
    await follow(desk, CHAT, lang="es")
    await desk.follow(CHAT, ["cecot"], cadence=Cadence.DAILY, floor=Severity.URGENT, lang="en")
    subscriber = await desk.subscriber(CHAT)
    assert subscriber is not None
    assert subscriber.lang == "es"
    (subscription,) = await desk.subscriptions(CHAT)
    assert (subscription.watch, subscription.cadence, subscription.floor) == ("cecot", Cadence.DAILY, Severity.URGENT)
    await desk.unfollow(CHAT, ["cecot"])
    assert list(await desk.subscriptions(CHAT)) == []


async def test_quiet_hours_leave_the_zone_unless_one_is_given(desk: StoredDesk) -> None:
    hours = QuietHours(start=time(22), end=time(7))
    await follow(desk, CHAT)
    await desk.set_quiet(CHAT, hours, "America/Denver")
    await desk.set_quiet(CHAT, hours, None)
    subscriber = await desk.subscriber(CHAT)
    assert subscriber is not None
    assert (subscriber.quiet, subscriber.zone) == (hours, "America/Denver")


async def test_parking_a_chat_parks_its_threads_and_no_other_chat(desk: StoredDesk) -> None:
    for address in (CHAT, THREAD, OTHER):
        await follow(desk, address)
    await desk.park(CHAT, "removed the bot")
    assert [await parked(desk, each) for each in (CHAT, THREAD, OTHER)] == ["removed the bot", "removed the bot", None]
    await desk.unpark(CHAT)
    assert [await parked(desk, each) for each in (CHAT, THREAD, OTHER)] == [None, None, None]


async def test_a_refused_account_is_told_once_by_another_channel(database: Database, outbox: Outbox) -> None:
    operators = [Address.parse("telegram:9"), Address.parse("mailto:op@example.org")]
    desk = StoredDesk(database, outbox, lambda: TOPICS, operators=operators)
    for _ in range(2):
        await desk.refused("token refused")
    async with database.reading() as connection:
        posted = [(row.address, row.content["text"]) for row in await connection.execute(sa.select(t.letters))]
    assert posted == [("mailto:op@example.org", "channel telegram refuses us: token refused")]


async def test_parking_cancels_what_waits(desk: StoredDesk, outbox: Outbox) -> None:
    await follow(desk, THREAD)
    await desk.reply(THREAD, "Hello", lang="en")
    await desk.park(CHAT, "removed the bot")
    assert (await outbox.counts()).letters == {"cancelled": 1}


async def test_chats_that_nobody_knows_are_left_alone(desk: StoredDesk, database: Database) -> None:
    await desk.park(CHAT, "blocked")
    await desk.unpark(CHAT)
    await desk.rename(CHAT, OTHER)
    assert await count(database, t.subscribers) == 0


async def test_a_chat_moves_with_its_threads_and_its_waiting_letters(desk: StoredDesk, outbox: Outbox) -> None:
    new = Address.parse("telegram:-200")
    for address in (CHAT, THREAD):
        await follow(desk, address)
    await desk.reply(THREAD, "Hello", lang="en")
    await desk.rename(CHAT, new)
    await desk.rename(CHAT, new)
    assert await desk.subscriber(CHAT) is None
    assert await desk.subscriber(new) is not None
    assert await desk.subscriber(Address.parse("telegram:-200/7")) is not None
    (letter,) = await outbox.claim("telegram", NOW, free=9, per_second=0, lease=HOUR)
    assert letter.address == Address.parse("telegram:-200/7")


async def test_latest_is_the_newest_first_of_one_topic_or_of_all(desk: StoredDesk, database: Database) -> None:
    await happened(database, judged(order(51), "abrego-garcia"), now=NOW)
    await happened(database, judged(order(77), "cecot"), now=NOW + HOUR)
    assert [item.story for item in await desk.latest(None, 5)] == [2, 1]
    assert [item.story for item in await desk.latest(None, 1)] == [2]
    (item,) = await desk.latest("abrego-garcia", 5)
    assert (item.story, [reason.title for reason in item.reasons]) == (1, ["Abrego Garcia v. Noem"])


async def test_latest_has_the_headline_of_a_report_in_the_readers_language(desk: StoredDesk, database: Database) -> None:
    summary = "Judge Paula Xinis ordered the government to return Kilmar Abrego Garcia, 8:25-cv-00951, by temporary restraining order."
    titles = {"en": "Judge Xinis orders return of Kilmar Abrego Garcia", "es": "Jueza Xinis ordena el regreso de Kilmar Abrego Garcia"}
    reports = [article(title, title=title, summary=summary, lang=lang) for lang, title in titles.items()]
    await happened(database, *(judged(each, "abrego-garcia") for each in (order(), *reports)), now=NOW)
    for lang, title in titles.items():
        (item,) = await desk.latest(None, 5, lang=lang)
        assert item.reported is not None
        assert item.reported.title == title


async def test_why_names_the_topics_that_are_followed(desk: StoredDesk, database: Database) -> None:
    await follow(desk, CHAT, "cecot")
    await happened(database, judged(order(), "abrego-garcia", "cecot"), now=NOW + HOUR)
    item = await desk.why(CHAT, 1)
    stranger = await desk.why(OTHER, 1)
    assert item is not None
    assert stranger is not None
    assert [reason.watch for reason in item.reasons] == ["cecot"]
    assert [reason.watch for reason in stranger.reasons] == ["abrego-garcia", "cecot"]
    assert await desk.why(CHAT, 10**18 - 1) is None


async def test_a_reply_waits_in_the_outbox_and_wakes_the_sender(database: Database, outbox: Outbox, moment: Moment) -> None:
    woken: list[bool] = []
    desk = StoredDesk(database, outbox, lambda: TOPICS, lambda: woken.append(True))
    await desk.reply(CHAT, "Hola", lang="es", reply_to="-100/4")
    (letter,) = await outbox.claim("telegram", NOW, free=9, per_second=0, lease=HOUR)
    assert (letter.kind, letter.text, letter.lang, letter.reply_to, woken) == (LetterKind.CONFIRMATION, "Hola", "es", "-100/4", [True])


async def test_an_hour_after_stop_no_trace_is_left(desk: StoredDesk, database: Database, outbox: Outbox) -> None:
    await follow(desk, CHAT)
    await desk.settle(900)
    await desk.forget(CHAT)
    await desk.reply(CHAT, "Nothing is stored any more.", lang="en")
    await sent(outbox, NOW)
    assert await outbox.clean(NOW + HOUR / 2) == 0
    assert await outbox.clean(NOW + 2 * HOUR) == 1
    await outbox.clean(NOW + timedelta(days=3))
    for table in (t.subscribers, t.subscriptions, t.deliveries, t.letters, t.updates, w.buckets):
        assert await count(database, table) == 0, table.name


async def written(desk: StoredDesk, database: Database, outbox: Outbox) -> datetime:
    """A Letter about an order to a chat that follows its case; when that was."""
    await follow(desk, CHAT, "abrego-garcia")
    told = NOW + HOUR
    await happened(database, judged(order(), "abrego-garcia"), now=told)
    await deliver.fan_out(outbox, told)
    assert await deliver.compose(outbox, told, []) == 1
    return told


async def test_a_reader_who_stays_keeps_her_letters_for_90_days_and_is_not_told_again(
    desk: StoredDesk, database: Database, outbox: Outbox
) -> None:
    told = await written(desk, database, outbox)
    await sent(outbox, told)
    assert await outbox.clean(NOW + timedelta(days=89)) == 0
    assert await outbox.clean(NOW + timedelta(days=91)) == 1
    assert await deliver.compose(outbox, NOW + timedelta(days=91), []) == 0
    assert await Book(database).find(CHAT) is not None


async def test_what_is_too_old_goes_step_by_step_and_what_is_not_stays(
    desk: StoredDesk, database: Database, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "STEP", 2)
    for chat in range(1, 8):
        await follow(desk, Address("telegram", str(chat)), "abrego-garcia", floor=Severity.ROUTINE if chat < 6 else Severity.URGENT)
    for number, now in ((51, NOW + HOUR), (52, NOW + timedelta(days=30))):
        await happened(database, judged(order(number, severity=Severity.NOTABLE), "abrego-garcia"), now=now)
        await deliver.fan_out(outbox, now)
        assert await deliver.compose(outbox, now, []) == 5
        await sent(outbox, now)
    assert await outbox.clean(NOW + timedelta(days=91)) == 5
    assert [await count(database, table) for table in (t.letters, t.deliveries, t.told)] == [5, 5 + 2 * 2, 5]
    assert await outbox.clean(NOW + timedelta(days=366)) == 5
    assert [await count(database, table) for table in (t.letters, t.deliveries, t.told)] == [0, 2, 5]
    await outbox.clean(NOW + timedelta(days=396))
    assert [await count(database, table) for table in (t.letters, t.deliveries, t.told)] == [0, 0, 0]


async def test_buckets_that_nobody_holds_go_step_by_step_and_no_cleaning_waits_for_one(
    database: Database, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who claims holds some while the cleaning goes by; what it left is taken the next time."""
    monkeypatch.setattr(sweeping, "STEP", 2)
    held = [{"key": f"chat:telegram:{number}", "free_at": NOW if number < 7 else NOW + 2 * HOUR} for number in range(9)]
    async with database.writing() as connection:
        await connection.execute(sa.insert(w.buckets), held)
    async with database.writing() as connection:
        assert await sweeping.delete_buckets(connection, NOW + 2 * HOUR, "") == "chat:telegram:1"
    assert await count(database, w.buckets) == 7
    if not database.is_sqlite:  # its writers go one at a time
        async with database.writing() as claiming:
            await claiming.execute(sa.select(w.buckets).where(w.buckets.c.key == "chat:telegram:3").with_for_update())
            async with asyncio.timeout(5):
                await outbox.clean(NOW + 2 * HOUR)
        assert await count(database, w.buckets) == 3
    await outbox.clean(NOW + 2 * HOUR)
    assert await count(database, w.buckets) == 2


async def test_a_withdrawal_reaches_who_was_told_long_ago(desk: StoredDesk, database: Database, outbox: Outbox) -> None:
    await follow(desk, CHAT, "abrego-garcia")
    told = NOW + HOUR
    await happened(database, judged(order(), "abrego-garcia"), now=told)
    await deliver.fan_out(outbox, told)
    await deliver.compose(outbox, told, [])
    await sent(outbox, told)
    later = told + timedelta(days=100)
    assert await outbox.clean(later) == 1
    assert await outbox.clean(later) == 0
    await happened(database, judged(order(stage=Stage.WITHDRAWN), "abrego-garcia"), now=later)
    await deliver.fan_out(outbox, later)
    assert await deliver.compose(outbox, later, []) == 1
    (letter,) = await outbox.claim("telegram", later, free=9, per_second=0, lease=HOUR)
    assert (letter.kind, letter.reply_to) == (LetterKind.RETRACTION, f"{CHAT.to}/5")


async def test_what_was_told_and_what_was_skipped_is_remembered_for_a_year(desk: StoredDesk, database: Database, outbox: Outbox) -> None:
    await follow(desk, CHAT, "abrego-garcia")
    await desk.follow(OTHER, ["abrego-garcia"], cadence=Cadence.NOW, floor=Severity.URGENT, lang="en")
    told = NOW + HOUR
    await happened(database, judged(order(severity=Severity.NOTABLE), "abrego-garcia"), now=told)
    await deliver.fan_out(outbox, told)
    await deliver.compose(outbox, told, [])
    await sent(outbox, told)
    await outbox.clean(told + timedelta(days=364))
    assert (await count(database, t.told), await count(database, t.deliveries), await count(database, t.letters)) == (1, 1, 0)
    await outbox.clean(told + timedelta(days=366))
    assert (await count(database, t.told), await count(database, t.deliveries)) == (0, 0)


async def test_what_was_missed_since_an_address_is_parked_outlives_the_letter_that_told_it_to_nobody(
    desk: StoredDesk, database: Database, outbox: Outbox
) -> None:
    told = await written(desk, database, outbox)
    await desk.park(CHAT, "blocked the bot")
    assert await outbox.clean(told + timedelta(days=91)) == 1
    assert (await count(database, t.told), await count(database, t.deliveries), await count(database, t.letters)) == (0, 1, 0)


async def test_what_still_waits_is_never_cleaned(desk: StoredDesk, outbox: Outbox) -> None:
    await desk.reply(CHAT, "Hello", lang="en")
    assert await outbox.clean(NOW + timedelta(days=91)) == 0
