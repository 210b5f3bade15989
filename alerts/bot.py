"""The bot's ears: updates of Telegram, by long polling or webhook, become Commands, deeds at the Desk, and replies in the outbox.

python-telegram-bot's own updater confirms an update before it was acted on, and one update it cannot read stops all that follow. So
the loop here is our own: an update is confirmed after its deed is stored, one that cannot be read is confirmed and left.
"""

import asyncio
import json
import logging
import time
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from copy import deepcopy
from datetime import timedelta
from functools import cache
from typing import Any, TypeVar
from zoneinfo import available_timezones

from telegram import Bot, BotCommand, CallbackQuery, Chat, ChatMemberRestricted, ChatMemberUpdated, Message, Update
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, RetryAfter, TelegramError

from alerts.channels.telegram import API_URL, Request
from alerts.commands import (
    POPUP,
    AskLatest,
    AskWhy,
    Command,
    Follow,
    Forget,
    Language,
    Quiet,
    Reply,
    Unfollow,
    View,
    answer,
    changes,
    latest,
    read,
    why,
    why_briefly,
)
from alerts.errors import CommandError
from alerts.models import Address
from alerts.ports import Desk
from alerts.render.plain import clip
from alerts.replies import MENU, language, say

KINDS = ["message", "channel_post", "callback_query", "my_chat_member"]  #: of updates that we ask for
POLL = 30  #: seconds that a long poll waits
TRIES = 3  #: at an update that makes us stumble, before it is left
TOGETHER = 12  #: commands a minute in one chat that are answered; a group takes 20 messages (Bot API), and alerts have to get through
RETURNS = frozenset({"start", "follow"})  #: commands of who wants to be told again
ALONE = 6  #: of them by one member of a group
LONGEST_PAUSE = 60.0  #: seconds between two tries to reach Telegram
CHATS = 10_000  #: whose pace is remembered

log = logging.getLogger(__name__)

T = TypeVar("T")


class Updates(Request):
    """The client of getUpdates. What it cannot make an Update of becomes one that says nothing, so that it can be confirmed."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        body: Any = Request.parse_json_payload(payload)
        if isinstance(body, dict) and isinstance(body.get("result"), list):
            body["result"] = [_readable(update) for update in body["result"] if _number(update) is not None]
        return body  # type: ignore[no-any-return]  # PTB leaves it open


def _number(update: object) -> int | None:
    number = update.get("update_id") if isinstance(update, dict) else None
    return number if isinstance(number, int) else None


def _readable(update: dict[str, Any]) -> dict[str, Any]:
    try:
        Update.de_json(deepcopy(update), None)
    except Exception:  # whatever a missing field raises
        log.warning("an update that cannot be read is left", extra={"action": "update-unreadable"})
        return {"update_id": update["update_id"]}
    return update


class Patience:
    """How many commands are answered: at most TOGETHER a minute in a chat, of one member of a group ALONE, so that a joker can neither
    fill the outbox nor silence the others."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._past: dict[tuple[int, int], deque[float]] = {}

    def allows(self, chat: int, user: int) -> bool:
        now = self._clock()
        if len(self._past) > CHATS:
            self._past = {each: past for each, past in self._past.items() if past and past[-1] > now - 60}
        together = self._past.setdefault((chat, 0), deque(maxlen=TOGETHER))
        alone = together if chat == user else self._past.setdefault((chat, user), deque(maxlen=ALONE))
        if any(past and len(past) == past.maxlen and past[0] > now - 60 for past in (together, alone)):
            return False
        together.append(now)
        if alone is not together:
            alone.append(now)
        return True


class TelegramBot:
    """One bot account and the Desk it works for."""

    def __init__(
        self,
        token: str,
        desk: Desk,
        *,
        api_url: str = API_URL,
        breath: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Asks nothing yet.

        Args:
            breath: seconds before the first new try after a fault; each further one waits twice as long, up to LONGEST_PAUSE.
            clock: seconds from any fixed start.
        """
        self._desk = desk
        self._requests = (Updates(), Request())
        polling, calling = self._requests
        self._bot = Bot(token, base_url=f"{api_url}/bot", request=calling, get_updates_request=polling)
        self._patience = Patience(clock)
        self._voting = Patience(clock)
        self._breath = breath
        self._name = ""  # our own user name, asked once

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    async def close(self) -> None:
        for request in self._requests:
            await request.shutdown()

    # -- how updates come

    async def poll(self, stop: asyncio.Event) -> None:
        """Ask for updates and act on them until `stop`, whatever happens to the connection. A webhook that was set is taken away."""
        offset: int | None = None
        failures = 0
        while not stop.is_set():
            try:
                if not self._name:
                    await self._begin()
                updates = await _unless(stop, self._bot.get_updates(offset=offset, timeout=POLL, allowed_updates=KINDS))
                failures = 0
            except TelegramError as error:
                failures += 1
                await self._fault(error, failures, stop)
                continue
            for update in updates or ():
                if not await self._take(update, stop):
                    break
                offset = update.update_id + 1

    async def hook(self, url: str, secret: str) -> None:
        """Have Telegram deliver updates to `url`, with `secret` in the header X-Telegram-Bot-Api-Secret-Token.

        Raises:
            TelegramError: it would not.
        """
        await self._introduce()
        await self._bot.set_webhook(url, secret_token=secret, allowed_updates=KINDS)

    async def receive(self, body: bytes) -> None:
        """Act on an update that came by webhook; the caller has compared the secret. What cannot be read is taken and left.

        Whatever is raised asks Telegram to deliver it again: answer 500.
        """
        try:
            given = json.loads(body)
        except ValueError:
            return
        if _number(given) is None:
            return
        if not self._name:
            await self._introduce()
        update = Update.de_json(_readable(given), self._bot)
        if not await self._desk.handled(update.update_id):
            await self.handle(update)
            await self._desk.settle(update.update_id)

    async def _begin(self) -> None:
        await self._bot.delete_webhook()
        await self._introduce()

    async def _introduce(self) -> None:
        """Learn our own name, and tell Telegram what we understand."""
        name = (await self._bot.get_me()).username or ""
        for lang, menu in MENU.items():
            commands = [BotCommand(command, line) for command, line in menu.items()]
            await self._bot.set_my_commands(commands, language_code=None if lang == "en" else lang)
        self._name = name

    async def _fault(self, error: TelegramError, failures: int, stop: asyncio.Event) -> None:
        """Say what is wrong, without the error's own words (they may hold the token), and wait."""
        wait = min(self._breath * 2 ** min(failures - 1, 10), LONGEST_PAUSE)
        match error:
            case InvalidToken():
                log.error("telegram: token refused", extra={"action": "token-refused"})
                await self._refused()
                wait = self._breath * LONGEST_PAUSE
            case Conflict():
                if "webhook" in str(error):  # set since we began, by whatever else has the token
                    self._name = ""  # so begin anew, which takes it away
                log.error("telegram: another process polls with this token, or set a webhook", extra={"action": "poll-conflict"})
            case RetryAfter():
                log.warning("telegram: too many requests", extra={"action": "poll-refused"})
                asked = error.retry_after
                wait = max(wait, asked.total_seconds() if isinstance(asked, timedelta) else asked)
            case _:
                cause = type(error.__cause__ or error).__name__
                log.warning("telegram: no updates: %s", cause, extra={"action": "poll-failed", "cause": cause})
        await _pause(stop, wait)

    async def _refused(self) -> None:
        """Have the operators told, if the Desk is well: a day without alerts is a day on which no letter finds it out."""
        try:
            await self._desk.refused("token refused, when asking for updates")
        except Exception:
            log.exception("operators are not told", extra={"action": "not-told"})

    async def _take(self, update: Update, stop: asyncio.Event) -> bool:
        """Act on one update, and remember that we did. False: stopped before that.

        Where the Desk does not answer we wait for it, since nothing must be lost. An update that we stumble over while the Desk is well is
        a fault of ours: after TRIES it is left, or nobody would ever be answered again.
        """
        failures = 0
        while not stop.is_set():
            try:
                if not await self._desk.handled(update.update_id):
                    await self.handle(update)
                    await self._desk.settle(update.update_id)
                return True
            except Exception:
                failures += 1
                log.exception("an update could not be acted on", extra={"action": "update-failed", "failures": failures})
                if failures >= TRIES and await self._leaves(update):
                    return True
            await _pause(stop, min(self._breath * 2**failures, LONGEST_PAUSE))
        return False

    async def _leaves(self, update: Update) -> bool:
        """Leave an update for good, if the Desk is well."""
        try:
            await self._desk.settle(update.update_id)
        except Exception:
            return False
        return True

    # -- what they ask for

    async def handle(self, update: Update) -> None:
        """Act on one update. Kinds that we do not know ask for nothing."""
        if update.callback_query:
            await self._pressed(update.callback_query)
        elif update.my_chat_member:
            await self._moved(update.my_chat_member)
        elif update.channel_post:
            await self._said(update.channel_post)
        elif update.message:
            await self._said(update.message)

    async def _said(self, message: Message) -> None:
        chat = message.chat
        if message.migrate_to_chat_id:
            await self._desk.rename(_address(chat.id), _address(message.migrate_to_chat_id))
        elif message.forum_topic_reopened:
            await self._desk.unpark(_address(chat.id))
        elif message.migrate_from_chat_id:
            await self._desk.rename(_address(message.migrate_from_chat_id), _address(chat.id))
        elif message.text and _own_words(message):
            command = read(message.text, bot=self._name, private=chat.type == Chat.PRIVATE)
            if command:
                await self._command(command, message)

    async def _command(self, command: Command, message: Message) -> None:
        """Act on a command. What would change something is done however much was asked before; only the answer may be kept back."""
        chat, user = message.chat, message.from_user
        answered = self._patience.allows(chat.id, user.id if user else chat.id)
        if not answered and not changes(command):
            return
        address = _address(chat.id, _thread(message))
        by_the_chat = message.sender_chat is not None  # a channel's post, or a group's anonymous administrator
        may_change = by_the_chat or not changes(command) or await self._administers(chat, user.id if user else 0)
        view = await self._view(address, user.language_code if user else None, may_change=may_change)
        if command.name in RETURNS and view.subscriber and view.subscriber.parked:
            await self._desk.unpark(address)
        text = await self._answer(command, address, view)
        if not answered and (chat.type == Chat.PRIVATE or not may_change):
            return
        reply_to = f"{chat.id}/{message.message_id}" if chat.type in {Chat.GROUP, Chat.SUPERGROUP} else ""
        await self._desk.reply(address, text, lang=view.lang, reply_to=reply_to)

    async def _view(self, address: Address, code: str | None, *, may_change: bool) -> View:
        subscriber = await self._desk.subscriber(address)
        return View(
            topics=await self._desk.topics(),
            subscriber=subscriber,
            subscriptions=await self._desk.subscriptions(address),
            lang=subscriber.lang if subscriber else language(code),
            zones=await asyncio.to_thread(_zones),
            may_change=may_change,
        )

    async def _answer(self, command: Command, address: Address, view: View) -> str:
        """Do what a command asks for: the text that says so."""
        try:
            reply = answer(command, view)
        except CommandError as error:
            return str(error)
        return await self._do(reply, address, view)

    async def _do(self, reply: Reply, address: Address, view: View) -> str:
        zone = view.subscriber.zone if view.subscriber else "UTC"
        match reply.deed:
            case Follow(watches=watches, cadence=cadence, floor=floor, types=types):
                await self._desk.follow(address, watches, cadence=cadence, floor=floor, types=types, lang=view.lang)
            case Unfollow(watches=watches):
                await self._desk.unfollow(address, watches)
            case Quiet(hours=hours, zone=place):
                await self._desk.set_quiet(address, hours, place)
            case Language(lang=lang):
                await self._desk.set_lang(address, lang)
            case Forget():
                await self._desk.forget(address)
            case AskLatest(watch=watch, count=count):
                items = await self._desk.latest(watch.id if watch else None, count, lang=view.lang)
                return latest(items, watch, lang=view.lang, zone_name=zone)
            case AskWhy(story=story):
                return why(await self._desk.why(address, story), story, lang=view.lang)
        return reply.text

    async def _administers(self, chat: Chat, user: int) -> bool:
        """May this user change what the chat follows? In a private chat there is nobody else."""
        if chat.type == Chat.PRIVATE:
            return True
        try:
            member = await self._bot.get_chat_member(chat.id, user)
        except BadRequest:
            return False
        return member.status in {member.ADMINISTRATOR, member.OWNER}

    async def _pressed(self, query: CallbackQuery) -> None:
        """A button below an alert. The answer is a small window that only this reader sees, so a group is not disturbed."""
        verb, _, about = (query.data or "").partition(":")
        message = query.message
        if verb == "vote" and message is not None:
            await self._voted(query, message.chat, about)
            return
        allowed = message is not None and (self._patience.allows(message.chat.id, query.from_user.id) or verb == "mute")
        if message is None or verb not in {"why", "mute"} or not allowed:
            await self._pop_up(query.id, say(language(query.from_user.language_code), "stale"))
            return
        address = _address(message.chat.id, _thread(message) if isinstance(message, Message) else None)
        may_change = verb == "why" or await self._administers(message.chat, query.from_user.id)
        view = await self._view(address, query.from_user.language_code, may_change=may_change)
        if verb == "why":
            text = await self._briefly(about, address, view)
        else:
            text = await self._answer(Command("mute", about), address, view)
        if not await self._pop_up(query.id, text) and verb == "mute":
            await self._desk.reply(address, text, lang=view.lang)

    async def _voted(self, query: CallbackQuery, chat: Chat, about: str) -> None:
        """A vote on an alert: `17:yes`, of which 17 is the Letter. The answer is a line that passes, seen by this reader alone."""
        user = query.from_user
        subscriber = await self._desk.subscriber(_address(chat.id))
        lang = subscriber.lang if subscriber else language(user.language_code)
        number, _, said = about.partition(":")
        letter = _count(number)
        if not self._voting.allows(user.id, user.id):
            answer = "too-fast"
        elif (belongs := await self._belongs(chat, user.id)) is not True:
            answer = "members-only" if belongs is False else "vote-unsure"
        elif letter is None or said not in {"yes", "no"}:
            answer = "stale"
        else:
            kept = await self._desk.vote(_address(chat.id), letter, user.id, relevant=said == "yes")
            answer = f"vote-{said}" if kept else "stale"
        await self._pop_up(query.id, say(lang, answer), alert=False)

    async def _belongs(self, chat: Chat, user: int) -> bool | None:
        """Is this user one of the chat's own? Whoever looks into a public one can press its buttons. None: Telegram does not say just now;
        for a vote we keep nobody else waiting."""
        if chat.type == Chat.PRIVATE:
            return True
        try:
            member = await self._bot.get_chat_member(chat.id, user)
        except (BadRequest, Forbidden):
            return False
        except TelegramError as error:
            cause = type(error.__cause__ or error).__name__
            log.warning("telegram: membership not told: %s", cause, extra={"action": "member-unknown", "cause": cause})
            return None
        if isinstance(member, ChatMemberRestricted):
            return member.is_member
        return member.status in {member.MEMBER, member.ADMINISTRATOR, member.OWNER}

    async def _briefly(self, about: str, address: Address, view: View) -> str:
        story = _count(about)
        if story is None:
            return say(view.lang, "stale")
        return why_briefly(await self._desk.why(address, story), story, lang=view.lang)

    async def _pop_up(self, query: str, text: str, *, alert: bool = True) -> bool:
        """Answer a press, by a window or (no `alert`) by a line that passes; False where it is too late for that."""
        try:
            return await self._bot.answer_callback_query(query, clip(text, POPUP), show_alert=alert)
        except BadRequest:
            return False

    async def _moved(self, change: ChatMemberUpdated) -> None:
        """Our own place in a chat changed: blocked or let in again, added or removed, silenced."""
        new, old = change.new_chat_member, change.old_chat_member
        chat, here = change.chat, _address(change.chat.id)
        if new.status in {new.BANNED, new.LEFT}:
            await self._desk.park(here, "blocked the bot" if chat.type == Chat.PRIVATE else "removed the bot")
        elif isinstance(new, ChatMemberRestricted) and not new.can_send_messages:
            await self._desk.park(here, "does not let the bot write")
        else:
            await self._desk.unpark(here)
            if old.status in {old.BANNED, old.LEFT} and chat.type in {Chat.GROUP, Chat.SUPERGROUP}:
                lang = language(change.from_user.language_code)
                await self._desk.reply(here, say(lang, "welcome"), lang=lang)


def _address(chat: int, thread: int | None = None) -> Address:
    return Address("telegram", str(chat), thread)


def _thread(message: Message) -> int | None:
    """The forum thread of a message. Replies in other groups carry such a number too, and have no thread."""
    return message.message_thread_id if message.is_topic_message else None


def _count(text: str) -> int | None:
    """The number of a row, as a button names it; None where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def _own_words(message: Message) -> bool:
    """Did a person of this chat write it here? Forwarded words, other bots and posts of a linked channel ask nothing of us."""
    if message.forward_origin or message.is_automatic_forward or message.via_bot:
        return False
    if message.sender_chat:
        return message.sender_chat.id == message.chat.id
    return message.from_user is not None and not message.from_user.is_bot


async def _unless(stop: asyncio.Event, work: Coroutine[Any, Any, T]) -> T | None:
    """The result of `work`, or None where `stop` came first: work is then cancelled."""
    doing = asyncio.ensure_future(work)
    stopping = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({doing, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return await doing if doing.done() else None
    finally:
        for task in (doing, stopping):
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(doing, stopping, return_exceptions=True)


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()


@cache
def _zones() -> frozenset[str]:
    """Names of all time zones: files of this machine, read once."""
    return frozenset(available_timezones())


async def run(bot_token: str, api_url: str, desk: Desk, *, stop: asyncio.Event) -> None:
    """Answer by long polling until `stop`; one process a token, which a lease ensures."""
    bot = TelegramBot(bot_token, desk, api_url=api_url)
    try:
        await bot.poll(stop)
    finally:
        await bot.close()
