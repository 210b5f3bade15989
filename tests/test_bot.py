"""The bot against a strict Bot API over real HTTP: what people do, what is done at the desk, what they are told."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from telegram.error import TelegramError

from alerts.bot import ALONE, TOGETHER, TRIES, Patience, TelegramBot, run
from alerts.models import Address, Cadence, Item, QuietHours, Subscriber, Subscription
from alerts.replies import EN, ES, MENU
from tests.letters import bare, item
from watcher.models import DocumentType, Severity, Watch
from watcher.testing.telegram import BotApi, Limits
from watcher.testing.telegram.state import Hook, Trouble

TOKEN = "700000001:AAF-secret_secret_secret_secret_secre"
NOW = datetime(2026, 11, 24, 14, 5, tzinfo=UTC)
ANN, GROUP, FORUM, CHANNEL = 7, -42, -1001113717682, -1002000000001
ADMIN, MEMBER = 3, 4
TOPICS = (
    Watch(id="abrego-garcia", kind="case", title="Abrego Garcia v. Noem"),
    Watch(id="cecot", kind="case", title="CECOT"),
)


def chat(number: int, thread: int | None = None) -> Address:
    return Address("telegram", str(number), thread)


class FakeDesk:
    """A desk in memory. Replies are waited for; a test may make it stumble."""

    def __init__(self) -> None:
        self.people: dict[Address, Subscriber] = {}
        self.follows: dict[tuple[Address, str], Subscription] = {}
        self.replies: asyncio.Queue[tuple[Address, str, str]] = asyncio.Queue()
        self.deeds: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        self.settled: list[int] = []
        self.letters: set[tuple[Address, int]] = set()  # what each chat was sent
        self.votes: dict[tuple[int, int], bool] = {}
        self.stumbles: list[Exception] = []  # raised by the next replies
        self.down = False

    async def handled(self, update: int) -> bool:
        if self.down:
            await self.deeds.put(("away", update))
            raise ConnectionError("the database is away")
        return update in self.settled

    async def settle(self, update: int) -> None:
        if self.down:
            raise ConnectionError("the database is away")
        self.settled.append(update)
        await self.deeds.put(("settled", update))

    async def topics(self) -> Sequence[Watch]:
        return TOPICS

    async def subscriber(self, address: Address) -> Subscriber | None:
        return self.people.get(address)

    async def subscriptions(self, address: Address) -> Sequence[Subscription]:
        return [each for (owner, _), each in self.follows.items() if owner == address]

    async def follow(
        self,
        address: Address,
        watches: Sequence[str],
        *,
        cadence: Cadence,
        floor: Severity,
        types: Sequence[DocumentType] = (),
        lang: str,
    ) -> None:
        self.people.setdefault(address, Subscriber(id=len(self.people) + 1, address=address, lang=lang, created_at=NOW))
        for watch in watches:
            self.follows[address, watch] = Subscription(
                subscriber=1, watch=watch, cadence=cadence, floor=floor, types=tuple(types), created_at=NOW
            )

    async def unfollow(self, address: Address, watches: Sequence[str]) -> None:
        for watch in watches:
            self.follows.pop((address, watch), None)

    async def set_quiet(self, address: Address, quiet: QuietHours | None, zone: str | None) -> None:
        self.people[address] = replace(self.people[address], quiet=quiet, zone=zone or self.people[address].zone)

    async def set_lang(self, address: Address, lang: str) -> None:
        self.people[address] = replace(self.people[address], lang=lang)

    async def latest(self, watch: str | None, count: int, *, lang: str = "en") -> Sequence[Item]:
        return [replace(bare(n), title=f"Development {n}, {lang}") for n in range(count)]

    async def why(self, address: Address, story: int) -> Item | None:
        return item(story) if story == 17 else None

    async def vote(self, chat: Address, letter: int, user: int, *, relevant: bool) -> bool:
        if (chat, letter) not in self.letters:
            return False
        self.votes[letter, user] = relevant
        return True

    async def forget(self, address: Address) -> None:
        self.people.pop(address, None)
        self.follows = {key: each for key, each in self.follows.items() if key[0] != address}

    async def park(self, chat: Address, reason: str) -> None:
        await self.deeds.put(("park", (chat, reason)))
        if chat in self.people:
            self.people[chat] = replace(self.people[chat], parked=reason)

    async def unpark(self, chat: Address) -> None:
        await self.deeds.put(("unpark", chat))
        if chat in self.people:
            self.people[chat] = replace(self.people[chat], parked=None)

    async def rename(self, old: Address, new: Address) -> None:
        await self.deeds.put(("rename", (old, new)))

    async def refused(self, reason: str) -> None:
        if self.down:
            raise ConnectionError("the database is away")
        await self.deeds.put(("refused", reason))

    async def reply(self, address: Address, text: str, *, lang: str, reply_to: str = "") -> None:
        if self.stumbles:
            raise self.stumbles.pop(0)
        await self.replies.put((address, text, reply_to))

    # -- what a test asks

    async def told(self) -> tuple[Address, str]:
        """The next reply."""
        async with asyncio.timeout(10):
            address, text, _ = await self.replies.get()
        return address, text

    async def until(self, deed: str) -> Any:
        """What the next deed of this kind was about."""
        async with asyncio.timeout(10):
            while (done := await self.deeds.get())[0] != deed:
                pass
        return done[1]


class World:
    """A bot that polls, its Telegram, its desk."""

    def __init__(self, api: BotApi, desk: FakeDesk, bot: TelegramBot) -> None:
        self.api, self.desk, self.bot = api, desk, bot

    async def say(self, place: int, text: str, **about: Any) -> tuple[Address, str]:
        """Somebody writes: the reply."""
        self.api.say(place, text, **about)
        return await self.desk.told()

    async def silence(self, place: int, text: str, **about: Any) -> bool:
        """Somebody writes what is not for us: nothing was answered once it was settled."""
        self.api.say(place, text, **about)
        await self.desk.until("settled")
        return self.desk.replies.empty()

    async def settled(self, updates: int) -> None:
        """So many updates were settled since the start."""
        while len(self.desk.settled) < updates:
            await self.desk.until("settled")


@asynccontextmanager
async def world(**about: Any) -> AsyncIterator[World]:
    patient: dict[str, Any] = {
        "limits": Limits(overall=10_000, burst=1_000),
        "answerable": 10_000.0,
    }  # a loaded machine is slow, an idle one is fast
    async with BotApi(token=TOKEN, scale=100, **patient) as api:
        api.chat(GROUP, admins=(ADMIN,))
        api.chat(FORUM, threads=(5,), admins=(ADMIN,))
        api.chat(CHANNEL, "channel")
        desk = FakeDesk()
        bot = TelegramBot(TOKEN, desk, api_url=api.url, breath=0.01, **about)
        stop = asyncio.Event()
        polling = asyncio.create_task(bot.poll(stop))
        try:
            yield World(api, desk, bot)
        finally:
            stop.set()
            await polling
            await bot.close()


@pytest.fixture
async def here() -> AsyncIterator[World]:
    async with world() as here:
        yield here


# -- a private chat


async def test_a_reader_follows_asks_and_stops(here: World) -> None:
    ann = chat(ANN)
    assert await here.say(ANN, "/start") == (ann, EN["welcome"])
    assert ann not in here.desk.people
    assert (await here.say(ANN, "/follow abrego daily urgent"))[1].startswith("Abrego Garcia v. Noem: from now on")
    assert here.desk.follows[ann, "abrego-garcia"] == Subscription(
        subscriber=1, watch="abrego-garcia", cadence=Cadence.DAILY, floor=Severity.URGENT, created_at=NOW
    )
    assert "✓ abrego-garcia" in (await here.say(ANN, "/topics"))[1]
    assert (await here.say(ANN, "/latest"))[1].count("Development 0, en\n") == 1
    assert (await here.say(ANN, "/latest"))[1].count("/why ") == 5
    assert "topic “Abrego Garcia v. Noem”" in (await here.say(ANN, "/why 17"))[1]
    assert (await here.say(ANN, "/quiet 22-7 Europe/Madrid"))[1].startswith("Quiet from 22:00 until 07:00, Europe/Madrid")
    assert here.desk.people[ann].zone == "Europe/Madrid"
    assert (await here.say(ANN, "/lang es"))[1] == ES["lang-set"]
    assert (await here.say(ANN, "/silenciar abrego"))[1].startswith("Silenciado: Abrego Garcia v. Noem")
    assert (await here.say(ANN, "/parar"))[1] == ES["stopped"]
    assert (here.desk.people, here.desk.follows) == ({}, {})


async def test_a_deep_link_follows_and_speaks_the_readers_language(here: World) -> None:
    address, text = await here.say(ANN, "/start follow_cecot", lang="es-419")
    assert (address, text.split(":")[0], here.desk.people[address].lang) == (chat(ANN), "CECOT", "es")


async def test_mistakes_are_answered_with_help(here: World) -> None:
    assert "Did you mean cecot?" in (await here.say(ANN, "/follow cecto"))[1]
    assert "Did you mean /follow?" in (await here.say(ANN, "/folow cecot"))[1]
    assert (await here.say(ANN, "hello"))[1] == EN["no-command"]
    assert here.desk.people == {}


async def test_following_again_or_starting_anew_ends_a_parking(here: World) -> None:
    await here.desk.follow(chat(ANN), ["cecot"], cadence=Cadence.NOW, floor=Severity.ROUTINE, lang="en")
    here.api.chat(ANN)
    here.api.block(ANN)
    assert await here.desk.until("park") == (chat(ANN), "blocked the bot")
    here.api.unblock(ANN)
    assert await here.desk.until("unpark") == chat(ANN)
    for said in ("/follow cecot", "/start"):
        await here.desk.park(chat(ANN), "chat not found")
        await here.say(ANN, "/topics")
        assert here.desk.people[chat(ANN)].parked is not None
        await here.say(ANN, said)
        assert here.desk.people[chat(ANN)].parked is None


# -- groups and channels


async def test_only_a_groups_administrators_change_what_it_follows(here: World) -> None:
    assert (await here.say(GROUP, "/follow cecot", user=MEMBER))[1] == EN["admins-only"]
    assert here.desk.people == {}
    assert (await here.say(GROUP, "/follow@habeas_watch_bot cecot", user=ADMIN))[1].startswith("CECOT: from now on")
    assert (await here.say(GROUP, "/mute cecot", anonymous=True))[1].startswith("Muted: CECOT")
    assert (await here.say(GROUP, "/topics", user=MEMBER))[1].startswith("Cases")


async def test_in_a_group_we_answer_the_message_and_only_what_is_for_us(here: World) -> None:
    for text in ("good morning", "/follow@other_bot cecot", "/dance", "see /help"):
        assert await here.silence(GROUP, text, user=ADMIN)
    message = here.api.say(GROUP, "/help", user=MEMBER)
    async with asyncio.timeout(10):
        assert await here.desk.replies.get() == (chat(GROUP), EN["help"], f"{GROUP}/{message}")


async def test_a_forums_thread_follows_for_itself_and_a_reply_is_no_thread(here: World) -> None:
    assert (await here.say(FORUM, "/follow cecot", user=ADMIN, thread=5))[0] == chat(FORUM, 5)
    assert (await here.say(GROUP, "/follow cecot", user=ADMIN, thread=134545))[0] == chat(GROUP)


async def test_a_channel_follows_by_a_post_in_it(here: World) -> None:
    assert (await here.say(CHANNEL, "/follow all"))[0] == chat(CHANNEL)
    assert [watch for _, watch in here.desk.follows] == ["abrego-garcia", "cecot"]


async def test_being_added_removed_silenced_and_moved(here: World) -> None:
    here.api.add(-77, "group", user=ADMIN)
    assert await here.desk.told() == (chat(-77), EN["welcome"])
    here.api.restrict(FORUM)
    assert await here.desk.until("park") == (chat(FORUM), "does not let the bot write")
    here.api.remove(FORUM)
    assert await here.desk.until("park") == (chat(FORUM), "removed the bot")
    here.api.add(CHANNEL, "channel")
    assert await here.desk.until("unpark") == chat(CHANNEL)
    here.api.migrate(GROUP, -1009)
    assert await here.desk.until("rename") == (chat(GROUP), chat(-1009))
    assert await here.desk.until("rename") == (chat(GROUP), chat(-1009))
    here.api.migrate(-77, -1010, newest_first=True)
    assert await here.desk.until("rename") == (chat(-77), chat(-1010))
    assert here.desk.replies.empty()


async def test_a_forums_thread_that_opens_again_is_written_to_again(here: World) -> None:
    opened = {"message_thread_id": 5, "is_topic_message": True, "forum_topic_reopened": {}}
    here.api.update({"message": {"message_id": 1, "date": 1764000000, "chat": here.api.chat(FORUM).json(), **opened}})
    assert await here.desk.until("unpark") == chat(FORUM)


async def test_other_bots_forwards_and_linked_channels_ask_nothing(here: World) -> None:
    place = here.api.chat(FORUM).json()
    human = {"id": ADMIN, "is_bot": False, "first_name": "Test"}
    base = {"message_id": 1, "date": 1764000000, "chat": place, "text": "/stop"}
    bodies: list[dict[str, Any]] = [
        {"from": {"id": 9, "is_bot": True, "first_name": "Bot"}},
        {"from": human, "forward_origin": {"type": "user", "date": 1, "sender_user": human}},
        {"from": human, "sender_chat": here.api.chat(CHANNEL).json(), "is_automatic_forward": True},
        {"from": human, "via_bot": {"id": 9, "is_bot": True, "first_name": "Bot"}},
        {},
    ]
    for body in bodies:
        here.api.update({"message": base | body})
        await here.desk.until("settled")
    assert here.desk.replies.empty()


# -- buttons


async def posted(here: World, place: int) -> int:
    """An alert with its buttons, as the channel sends it."""
    buttons = [[{"text": "Why?", "callback_data": data} for data in ("why:17", "why:x", "why:99", "mute:cecot", "else")]]
    here.api.chat(place)
    markup = json.dumps({"inline_keyboard": buttons})
    sent = await here.bot._bot.send_message(place, "Order granted", api_kwargs={"reply_markup": markup})
    return sent.message_id


async def test_why_opens_a_small_window_and_sends_no_message(here: World) -> None:
    message = await posted(here, ANN)
    for data, window in (("why:17", "topic “Abrego"), ("why:99", "There is no story 99"), ("why:x", EN["stale"]), ("else", EN["stale"])):
        here.api.press(ANN, message, data)
        await here.desk.until("settled")
        said = here.api.answered[-1]
        assert (said.text[: len(window)], said.alert) == (window, True)
    assert here.desk.replies.empty()


async def test_a_press_may_come_without_its_message(here: World) -> None:
    message = await posted(here, ANN)
    here.api.press(ANN, message, "why:17", inaccessible=True)
    await here.desk.until("settled")
    here.api.press(ANN, message, "why:17", inline=True)
    await here.desk.until("settled")
    assert [said.text[:10] for said in here.api.answered] == ["topic “Abr", EN["stale"][:10]]


async def test_mute_mutes_for_those_who_may(here: World) -> None:
    for place in (ANN, GROUP):
        await here.desk.follow(chat(place), ["cecot"], cadence=Cadence.NOW, floor=Severity.ROUTINE, lang="en")
    private, group = await posted(here, ANN), await posted(here, GROUP)
    here.api.press(GROUP, group, "mute:cecot", user=MEMBER)
    await here.desk.until("settled")
    assert (here.api.answered[-1].text, len(here.desk.follows)) == (EN["admins-only"], 2)
    for place, message, user in ((GROUP, group, ADMIN), (ANN, private, ANN)):
        here.api.press(place, message, "mute:cecot", user=user)
        await here.desk.until("settled")
        assert here.api.answered[-1].text == "Muted: CECOT. /follow cecot brings it back."
    assert here.desk.follows == {}


async def voting(here: World, place: int, user: int, data: str = "vote:9:yes", **about: Any) -> str:
    """Somebody presses a button of a vote below letter 9, that the chat was sent: the answer."""
    here.desk.letters.add((chat(place), 9))
    here.api.chat(place)
    markup = {"inline_keyboard": [[{"text": "Relevant", "callback_data": "vote:9:yes"}]]}
    message = await here.bot._bot.send_message(place, "Order granted", api_kwargs={"reply_markup": json.dumps(markup)})
    here.api.press(place, message.message_id, data, user=user, forged=True, **about)
    await here.desk.until("settled")
    said = here.api.answered[-1]
    assert not said.alert
    return said.text


async def test_a_vote_is_kept_and_a_second_press_changes_it(here: World) -> None:
    assert await voting(here, ANN, ANN) == EN["vote-yes"]
    assert here.desk.votes == {(9, ANN): True}
    assert await voting(here, ANN, ANN, "vote:9:no", inaccessible=True) == EN["vote-no"]
    assert here.desk.votes == {(9, ANN): False}
    assert here.desk.replies.empty()


async def test_each_member_of_a_group_has_a_vote_and_nobody_else(here: World) -> None:
    here.api.chat(GROUP, others={99: "left"})
    assert await voting(here, GROUP, ADMIN) == EN["vote-yes"]
    assert await voting(here, GROUP, MEMBER, "vote:9:no") == EN["vote-no"]
    assert await voting(here, GROUP, 99) == EN["members-only"]
    assert here.desk.votes == {(9, ADMIN): True, (9, MEMBER): False}


async def test_a_member_who_may_not_write_has_a_vote_and_one_who_was_removed_has_none(here: World) -> None:
    for status, answer in (("restricted", "vote-yes"), ("kicked", "members-only")):
        here.api.chat(GROUP, others={MEMBER: status})
        assert await voting(here, GROUP, MEMBER) == EN[answer]


@pytest.mark.parametrize(
    "data", ["vote:8:yes", "vote:9:maybe", "vote::yes", "vote:9", "vote:-9:yes", "vote:９:yes", f"vote:{'9' * 40}:yes"]
)
async def test_a_forged_vote_changes_nothing(here: World, data: str) -> None:
    assert await voting(here, ANN, ANN, data) == EN["stale"]
    assert here.desk.votes == {}


async def test_a_vote_on_another_chats_letter_changes_nothing(here: World) -> None:
    here.desk.letters.add((chat(GROUP), 10))
    assert await voting(here, ANN, ANN, "vote:10:yes") == EN["stale"]
    assert here.desk.votes == {}


@pytest.mark.parametrize("how", ["error", "html", "429"])
async def test_a_member_whom_telegram_does_not_tell_of_is_asked_to_press_again_and_nobody_waits(here: World, how: Trouble) -> None:
    await here.desk.follow(chat(GROUP), ["cecot"], cadence=Cadence.NOW, floor=Severity.ROUTINE, lang="en")
    here.api.fail(how, method="getChatMember")
    assert await voting(here, GROUP, MEMBER) == EN["vote-unsure"]
    assert here.desk.votes == {}
    assert await voting(here, GROUP, MEMBER) == EN["vote-yes"]


async def test_who_presses_without_end_is_held_back_alone(here: World) -> None:
    for _ in range(TOGETHER):
        assert await voting(here, ANN, ANN) == EN["vote-yes"]
    assert await voting(here, ANN, ANN, "vote:9:no") == EN["too-fast"]
    assert here.desk.votes == {(9, ANN): True}
    assert await voting(here, GROUP, MEMBER) == EN["vote-yes"]


async def test_a_reader_is_thanked_in_her_language(here: World) -> None:
    await here.say(ANN, "/start follow_cecot", lang="es")
    await here.desk.until("settled")
    assert await voting(here, ANN, ANN) == ES["vote-yes"]


async def test_a_press_answered_too_late_is_answered_by_a_message(here: World) -> None:
    await here.desk.follow(chat(ANN), ["cecot"], cadence=Cadence.NOW, floor=Severity.ROUTINE, lang="en")
    message = await posted(here, ANN)
    here.api.fail("error", method="answerCallbackQuery", status=400, description="Bad Request: query is too old")
    here.api.press(ANN, message, "mute:cecot")
    assert await here.desk.told() == (chat(ANN), "Muted: CECOT. /follow cecot brings it back.")


# -- what comes twice, broken, or never


async def test_updates_that_cannot_be_read_are_confirmed_and_left(here: World, caplog: pytest.LogCaptureFixture) -> None:
    here.api.update({"new_update_kind": {"some_field": 1}})
    here.api.update({"message": {"some fields are missing": True}})
    here.api.update({"callback_query": 7})
    here.api.update({"my_chat_member": {"chat": "x"}})
    assert (await here.say(ANN, "/help"))[1] == EN["help"]
    assert "an update that cannot be read is left" in caplog.text


async def test_an_update_that_comes_twice_is_acted_on_once(here: World) -> None:
    person = {"id": ANN, "is_bot": False, "first_name": "Test"}
    body = {"message": {"message_id": 1, "date": 1, "chat": here.api.chat(ANN).json(), "from": person, "text": "/help"}}
    here.api.update(body)
    here.api.update(body, again=True)
    here.api.say(ANN, "/topics")
    await here.settled(2)
    assert here.desk.replies.qsize() == 2
    assert len(set(here.desk.settled)) == len(here.desk.settled)


async def test_an_update_is_confirmed_only_after_its_deed() -> None:
    async with BotApi(token=TOKEN) as api:
        desk = FakeDesk()
        desk.down = True
        stop = asyncio.Event()
        api.say(ANN, "/follow cecot")
        first = TelegramBot(TOKEN, desk, api_url=api.url, breath=0.01)
        polling = asyncio.create_task(first.poll(stop))
        await desk.until("away")
        stop.set()
        await polling
        await first.close()
        assert len(api.updates) == 1
        desk.down = False
        stop = asyncio.Event()
        second = TelegramBot(TOKEN, desk, api_url=api.url, breath=0.01)
        polling = asyncio.create_task(second.poll(stop))
        assert (await desk.told())[1].startswith("CECOT: from now on")
        stop.set()
        await polling
        await second.close()


async def test_a_desk_that_is_away_is_waited_for(here: World) -> None:
    here.desk.down = True
    here.api.say(ANN, "/help")
    for _ in range(TRIES + 2):
        await here.desk.until("away")
    here.desk.down = False
    assert (await here.desk.told())[1] == EN["help"]


async def test_an_update_that_we_stumble_over_does_not_stop_the_others(here: World) -> None:
    here.desk.stumbles = [ValueError("a fault of our own")] * TRIES
    here.api.say(ANN, "/topics")
    assert (await here.say(ANN, "/help"))[1] == EN["help"]


async def test_a_stumble_that_passes_loses_nothing(here: World) -> None:
    here.desk.stumbles = [ConnectionError("just now")]
    assert (await here.say(ANN, "/help"))[1] == EN["help"]


@pytest.mark.parametrize("how", ["html", "garbage", "drop", "429", "401", "error"])
async def test_a_broken_connection_is_mended(here: World, how: Any) -> None:
    await here.say(ANN, "/help")
    here.api.fail(how, method="getUpdates", status=500, delivered=False, times=2, retry_after=1)
    assert (await here.say(ANN, "/topics"))[1].startswith("Cases")
    assert (await here.say(ANN, "/help"))[1] == EN["help"]


async def test_a_second_poller_is_reported_and_outlived(here: World, caplog: pytest.LogCaptureFixture) -> None:
    await here.say(ANN, "/help")
    await here.api.polling.wait()
    await here.bot._bot.get_updates(timeout=0)
    assert (await here.say(ANN, "/help"))[1] == EN["help"]
    assert "another process polls with this token" in caplog.text


async def test_a_chat_that_writes_too_much_is_left_unanswered() -> None:
    now = [0.0]
    patience = Patience(lambda: now[0])
    assert [patience.allows(ANN, ANN) for _ in range(TOGETHER + 2)] == [True] * TOGETHER + [False] * 2
    assert patience.allows(8, 8)
    now[0] = 60.0
    assert patience.allows(ANN, ANN)


async def test_one_member_does_not_use_up_what_a_group_is_answered() -> None:
    now = [0.0]
    patience = Patience(lambda: now[0])
    assert [patience.allows(GROUP, MEMBER) for _ in range(ALONE + 1)] == [True] * ALONE + [False]
    others = [patience.allows(GROUP, 1000 + number) for number in range(TOGETHER)]
    assert others.count(True) == TOGETHER - ALONE
    now[0] = 60.0
    assert patience.allows(GROUP, MEMBER)


def test_a_group_is_answered_less_than_it_takes_so_that_alerts_get_through() -> None:
    """Telegram lets a group have 20 messages a minute."""
    assert TOGETHER <= 15


async def test_patience_forgets_chats_that_have_gone_quiet() -> None:
    now = [0.0]
    patience = Patience(lambda: now[0])
    for number in range(10_001):
        patience.allows(number, number)
    now[0] = 61.0
    patience.allows(8, 8)
    assert len(patience._past) == 1


async def test_too_many_commands_are_not_answered() -> None:
    async with world(clock=lambda: 0.0) as here:
        for _ in range(TOGETHER):
            await here.say(ANN, "/help")
        here.api.say(ANN, "/help")
        await here.settled(TOGETHER + 1)
        assert here.desk.replies.empty()


async def test_a_reader_who_asked_too_much_still_gets_away() -> None:
    async with world(clock=lambda: 0.0) as here:
        await here.say(ANN, "/follow cecot")
        for _ in range(TOGETHER - 1):
            await here.say(ANN, "/help")
        here.api.say(ANN, "/stop")
        await here.settled(TOGETHER + 1)
        assert here.desk.people == {}


async def test_members_who_ask_too_much_do_not_keep_an_administrator_from_stopping_the_group() -> None:
    async with world(clock=lambda: 0.0) as here:
        await here.say(GROUP, "/follow cecot", user=ADMIN)
        asked = 0
        for member in range(100, 100 + TOGETHER):
            here.api.say(GROUP, "/help", user=member)
            here.api.say(GROUP, "/stop", user=member)
            asked += 2
        await here.settled(asked + 1)
        while not here.desk.replies.empty():
            here.desk.replies.get_nowait()
        assert await here.say(GROUP, "/stop", user=ADMIN) == (chat(GROUP), EN["stopped"])
        assert here.desk.people == {}


# -- starting, stopping, webhook


async def test_telegram_is_told_what_we_understand(here: World) -> None:
    await here.say(ANN, "/help")
    told = {lang: [command["command"] for command in commands] for (_, lang), commands in here.api.commands.items()}
    assert told == {"": list(MENU["en"]), "es": list(MENU["es"])}


@pytest.mark.parametrize("token", ["700000001:AAF-another_another_another_another_anoth", "no-token"])
async def test_a_token_that_is_refused_is_told_to_the_operators_also_when_no_letter_is_due(token: str) -> None:
    async with BotApi(token=TOKEN) as api:
        desk, stop = FakeDesk(), asyncio.Event()
        bot = TelegramBot(token, desk, api_url=api.url, breath=0.001)
        running = asyncio.create_task(bot.poll(stop))
        assert await desk.until("refused") == "token refused, when asking for updates"
        desk.down = True  # goes on all the same
        stop.set()
        await running
        await bot.close()


async def test_a_webhook_that_somebody_sets_later_is_taken_away(here: World) -> None:
    await here.say(ANN, "/help")
    here.api.hook = Hook("http://127.0.0.1:9/", "secret", 1)
    if here.api.poll:
        here.api.poll.set()
    assert (await here.say(ANN, "/help"))[1] == EN["help"]
    assert here.api.hook is None


async def test_run_ends_at_once_when_it_is_stopped() -> None:
    async with BotApi(token=TOKEN) as api:
        desk, stop = FakeDesk(), asyncio.Event()
        running = asyncio.create_task(run(TOKEN, api.url, desk, stop=stop))
        await api.polling.wait()
        stop.set()
        async with asyncio.timeout(5):
            await running


async def test_updates_by_webhook() -> None:
    async with BotApi(token=TOKEN) as api:
        desk = FakeDesk()
        bot = TelegramBot(TOKEN, desk, api_url=api.url)
        await bot.hook("https://watch.example.org/hooks/telegram", "s-3_cret")
        assert api.hook is not None
        assert (api.hook.secret, api.wanted) == ("s-3_cret", frozenset({"message", "channel_post", "callback_query", "my_chat_member"}))
        api.say(ANN, "/help")
        _, update = api.updates[0]
        for body in (json.dumps(update), json.dumps(update), "{", "[]", '{"update_id": "x"}', '{"update_id": 99, "message": {}}'):
            await bot.receive(body.encode())
        assert (await desk.told(), desk.replies.empty(), desk.settled) == ((chat(ANN), EN["help"]), True, [update["update_id"], 99])
        desk.stumbles = [ConnectionError("away")]
        again = json.dumps(update | {"update_id": 100}).encode()
        with pytest.raises(ConnectionError):
            await bot.receive(again)
        await bot.receive(again)
        assert (await desk.told())[1] == EN["help"]
        await bot.close()


async def test_a_webhook_works_in_a_process_that_never_polled() -> None:
    async with BotApi(token=TOKEN) as api:
        desk = FakeDesk()
        bot = TelegramBot(TOKEN, desk, api_url=api.url)
        api.say(GROUP, "/help@habeas_watch_bot", user=MEMBER)
        await bot.receive(json.dumps(api.updates[0][1]).encode())
        assert (await desk.told())[1] == EN["help"]
        api.fail("401", method="setWebhook")
        with pytest.raises(TelegramError):
            await bot.hook("https://watch.example.org/hooks/telegram", "s")
        await bot.close()


@pytest.mark.parametrize(
    "name",
    [
        "update_message",
        "update_channel_forward",
        "update_inline_query",
        "update_message_reaction",
        "update_message_story",
        "update_unknown_kind",
        "update_callback_query",
        "update_migrate_from",
        "update_migrate_to",
        "update_my_chat_member",
        "update_my_chat_member_blocked",
        "update_message_thread_reply",
    ],
)
async def test_recorded_updates_are_acted_on_and_settled(payloads: Path, name: str) -> None:
    body = (payloads / f"fixtures/telegram/{name}.json").read_bytes()
    async with BotApi(token=TOKEN) as api:
        desk = FakeDesk()
        bot = TelegramBot(TOKEN, desk, api_url=api.url)
        await bot.receive(body)
        await bot.close()
    deeds = [desk.deeds.get_nowait() for _ in range(desk.deeds.qsize())]
    old, new = chat(-599075523), chat(-1001555296434)
    done: dict[str, list[tuple[str, Any]]] = {
        "update_migrate_to": [("rename", (old, new))],
        "update_migrate_from": [("rename", (old, new))],
        "update_my_chat_member": [("park", (chat(0), "blocked the bot"))],
        "update_my_chat_member_blocked": [("park", (chat(700000002), "blocked the bot"))],
    }
    assert deeds == [*done.get(name, []), ("settled", json.loads(body)["update_id"])]
    assert desk.replies.qsize() == (name == "update_message")


async def test_recorded_updates_among_broken_ones_are_all_settled(here: World, payloads: Path) -> None:
    for update in json.loads((payloads / "fixtures/telegram/get_updates_mixed_bad.json").read_text())["result"]:
        here.api.update(update | {"update_id": update["update_id"] + 1})
    for _ in range(3):  # poll answers that were not asked for do not come
        if not here.api.updates:
            break
        await here.desk.until("settled")
    assert (await here.say(ANN, "/help"))[1] == EN["help"]


async def test_the_token_and_the_chats_are_in_no_log(here: World, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for how in ("html", "garbage", "401"):
            here.api.fail(how, method="getUpdates", delivered=False)
        await here.say(998877665544, "/help")
        await here.say(998877665544, "/follow cecot")
    said = [record.getMessage() for record in caplog.records if not record.name.startswith("uvicorn")]
    assert not [line for line in said if "secret_secret" in line or "998877665544" in line]
    assert "secret" not in repr(here.bot)
