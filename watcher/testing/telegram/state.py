"""What Telegram's servers would know of one bot: chats, messages, updates not yet confirmed, faults to come; and what happened.

No HTTP here. `methods` changes it by what the bot calls, a test or the control API by what people do.
"""

import asyncio
import re
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Literal

from watcher.testing.telegram.limits import Limits
from watcher.testing.telegram.markup import Entity

Json = dict[str, Any]  #: an object of the Bot API, as it is written
ChatKind = Literal["private", "group", "supergroup", "channel"]

KEPT = 24 * 3600  #: seconds an update waits to be fetched; Bot API, "Getting updates"
QUIET_KINDS = frozenset({"chat_member", "message_reaction", "message_reaction_count"})  #: sent only to a bot that asks for them
_COMMAND = re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])")


@dataclass(slots=True)
class Chat:
    """One chat as Telegram has it."""

    id: int
    kind: ChatKind
    title: str
    status: str = "member"  #: the bot's own: member, administrator, restricted, left, kicked
    admins: set[int] = field(default_factory=set)  #: users who administer it
    others: dict[int, str] = field(default_factory=dict)  #: users who are no plain members: restricted, left, kicked
    threads: dict[int, bool] = field(default_factory=dict)  #: forum threads, and whether each is open
    gone: str = ""  #: what a call is told with 403 whatever the status (`the group chat was deleted`)
    moved_to: int | None = None  #: the supergroup it became
    last_message: int = 0

    @property
    def many(self) -> bool:
        """Is it under the limit of groups?"""
        return self.kind != "private"

    def json(self) -> Json:
        if self.kind == "private":
            return {"id": self.id, "type": "private", "first_name": self.title}
        forum = {"is_forum": True} if self.threads else {}
        return {"id": self.id, "type": self.kind, "title": self.title} | forum


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What a message said from some moment on."""

    at: datetime
    text: str
    html: str  #: as it was sent; "" where it came without parse mode
    entities: tuple[Entity, ...] = ()
    dropped: int = 0  #: entities beyond the hundredth, which nobody sees
    keyboard: Json | None = None


@dataclass(slots=True, kw_only=True)
class Posted:
    """One message that Telegram accepted; of the bot, where `sender` is 0."""

    chat: int
    message: int
    sender: int
    thread: int | None = None
    reply_to: int | None = None
    paid: bool = False
    silent: bool = False
    preview: Json | None = None  #: link_preview_options
    versions: list[Version]  #: the first, then one an edit
    deleted: bool = False

    @property
    def now(self) -> Version:
        return self.versions[-1]

    @property
    def text(self) -> str:
        """What it says now."""
        return self.now.text

    @property
    def at(self) -> datetime:
        return self.versions[0].at

    @property
    def edited(self) -> bool:
        return len(self.versions) > 1

    @property
    def buttons(self) -> tuple[str, ...]:
        """The callback data below it, in reading order."""
        rows = (self.now.keyboard or {}).get("inline_keyboard", [])
        return tuple(button["callback_data"] for row in rows for button in row if "callback_data" in button)

    def json(self) -> Json:
        """For the transcript: everything, as plain values."""
        return {
            "chat": self.chat,
            "message": self.message,
            "thread": self.thread,
            "reply_to": self.reply_to,
            "paid": self.paid,
            "deleted": self.deleted,
            "buttons": list(self.buttons),
            "at": self.at.isoformat(),
            "text": self.text,
            "html": self.now.html,
            "entities": [entity.json() for entity in self.now.entities],
            "versions": [{"at": version.at.isoformat(), "text": version.text, "html": version.html} for version in self.versions],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """One call of the bot and how it was answered."""

    at: datetime
    method: str
    chat: int | None
    status: int  #: HTTP status; 0 where the connection was cut or left hanging
    description: str = ""


Trouble = Literal["error", "429", "401", "html", "garbage", "hang", "drop"]


@dataclass(slots=True, kw_only=True)
class Fault:
    """The next calls that go wrong, and how."""

    how: Trouble
    method: str = "sendMessage"
    chat: int | None = None  #: None: any
    times: int = 1
    status: int = 500
    description: str = ""
    retry_after: int = 1  #: seconds, in a 429
    delivered: bool  #: was it carried out all the same?

    def fits(self, method: str, chat: int | None) -> bool:
        return self.times > 0 and self.method.lower() == method.lower() and self.chat in (None, chat)


@dataclass(slots=True)
class Hook:
    """A webhook that was set."""

    url: str
    secret: str
    most: int = 40
    failed_at: datetime | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What the bot said to a press of a button."""

    query: str
    text: str
    alert: bool


class Telegram:
    """The state of one bot's Telegram. Times inside are Telegram's seconds: `scale` of them pass in one of ours."""

    def __init__(
        self,
        *,
        token: str = "700000001:TEST-TOKEN",  # noqa: S107 - nobody's token
        username: str = "habeas_watch_bot",
        scale: float = 1.0,
        limits: Limits | None = None,
        answerable: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.token = token
        self.id = int(token.partition(":")[0])
        self.username = username
        self.scale = scale
        self.limits = limits or Limits()
        self.answerable = answerable  #: seconds in which a press must be answered
        self.chats: dict[int, Chat] = {}
        self.messages: dict[tuple[int, int], Posted] = {}
        self.transcript: list[Posted] = []  #: the bot's own messages, in the order they were accepted
        self.calls: list[Called] = []
        self.answered: list[Answered] = []
        self.commands: dict[tuple[str, str], list[Json]] = {}  #: by scope (as JSON) and language
        self.faults: list[Fault] = []
        self.hook: Hook | None = None
        self.wanted: frozenset[str] | None = None  #: kinds of update the bot asked for; None: the usual ones
        self.updates: deque[tuple[float, Json]] = deque()  #: not yet confirmed, with the time each came
        self.poll: asyncio.Event | None = None  #: of the poll under way; a later one sets it to end it
        self.polling = asyncio.Event()  #: a poll has begun to wait; whoever waits for that clears it
        self.news = asyncio.Event()  #: an update came; whoever waits clears it
        self.stopping = asyncio.Event()
        self._queries: dict[str, float] = {}
        self._last_update = 0
        self._last_query = 0
        self._clock = clock
        self._started = clock()
        self._epoch = time.time()

    # -- time

    def seconds(self) -> float:
        """Telegram's seconds since the start."""
        return (self._clock() - self._started) * self.scale

    def now(self) -> datetime:
        """The hour by the caller's own clock: dates are not scaled."""
        return datetime.fromtimestamp(self._epoch + self._clock() - self._started, UTC)

    # -- what people do

    def chat(
        self,
        chat: int,
        kind: ChatKind | None = None,
        *,
        title: str = "",
        admins: Sequence[int] = (),
        threads: Sequence[int] = (),
        others: Mapping[int, str] = MappingProxyType({}),
    ) -> Chat:
        """A chat, made if it is not there. Without `kind` its number says it: users are positive, `-100…` are supergroups."""
        if chat not in self.chats:
            made: ChatKind = kind or ("private" if chat > 0 else "supergroup" if chat <= -1_000_000_000_000 else "group")
            self.chats[chat] = Chat(chat, made, title or f"Test {abs(chat) % 1000}")
            if made == "channel":
                self.chats[chat].status = "administrator"
        found = self.chats[chat]
        found.admins.update(admins)
        found.others.update({int(user): status for user, status in others.items()})
        found.threads.update(dict.fromkeys(threads, True))
        return found

    def say(
        self,
        chat: int,
        text: str,
        *,
        user: int | None = None,
        thread: int | None = None,
        reply_to: int | None = None,
        lang: str = "en",
        anonymous: bool = False,
        edited: bool = False,
    ) -> int:
        """Somebody writes: the message's number. In a channel it is a post; an `anonymous` administrator writes as the group itself.

        In a private chat the user is the chat; elsewhere `user` says who. `edited`: the last message of the chat, with new words.
        """
        place = self.chat(chat)
        author = user or (chat if place.kind == "private" else 700000099)
        message = place.last_message if edited else self._number(place)
        body = (
            self._head(place, message)
            | {"text": text}
            | self._thread(place, thread)
            | self._author(place, author, lang, anonymous=anonymous)
        )
        if commands := [
            {"type": "bot_command", "offset": _offset(text, found.start()), "length": len(found[0])} for found in _COMMAND.finditer(text)
        ]:
            body["entities"] = commands
        if reply_to is not None:
            body["reply_to_message"] = self._head(place, reply_to)
        version = Version(at=self.now(), text=text, html="")
        self.messages[chat, message] = Posted(
            chat=chat, message=message, sender=author, thread=thread, reply_to=reply_to, versions=[version]
        )
        kind = "channel_post" if place.kind == "channel" else "message"
        self.update({("edited_" + kind if edited else kind): body})
        return message

    def press(
        self,
        chat: int,
        message: int,
        data: str,
        *,
        user: int | None = None,
        inaccessible: bool = False,
        inline: bool = False,
        forged: bool = False,
    ) -> str:
        """Somebody presses a button: the query's id. `inaccessible`: the message is too old to be shown; `inline`: it has no chat;
        `forged`: a client of somebody's own sends what no button carries, which Telegram passes on.

        Raises:
            KeyError: there is no such message of the bot.
            ValueError: no button of it carries `data`, and it is not `forged`.
        """
        place = self.chat(chat)
        posted = self.messages[chat, message]
        if data not in posted.buttons and not forged:
            raise ValueError(f"no button {data!r} below message {message}: {posted.buttons}")
        self._last_query += 1
        query = str(4_000_000_000_000_000 + self._last_query)
        self._queries[query] = self.seconds()
        body: Json = {"id": query, "from": self._user(user or abs(chat), "en"), "chat_instance": "1", "data": data}
        if inline:
            body["inline_message_id"] = "i1"
        elif inaccessible:
            body["message"] = {"chat": place.json(), "message_id": message, "date": 0}
        else:
            body["message"] = self.shown(posted)
        self.update({"callback_query": body})
        return query

    def block(self, chat: int) -> None:
        """A user blocks the bot."""
        self._became(chat, "kicked")

    def unblock(self, chat: int) -> None:
        """A user lets the bot in again."""
        self._became(chat, "member")

    def add(self, chat: int, kind: ChatKind | None = None, *, user: int = 700000099, administrator: bool = False) -> None:
        """Somebody adds the bot to a group or a channel."""
        place = self.chat(chat, kind)
        if place.status in {"member", "administrator"}:
            place.status = "left"
        self._became(chat, "administrator" if administrator or place.kind == "channel" else "member", by=user)
        if place.kind != "channel":
            body = self._head(place, self._number(place)) | self._author(place, user, "en", anonymous=False)
            self.update({"message": body | {"new_chat_members": [self.me()]}})

    def remove(self, chat: int, *, status: str = "kicked") -> None:
        """Somebody removes the bot from a group or a channel."""
        self._became(chat, status, by=700000099)

    def restrict(self, chat: int) -> None:
        """An administrator forbids the bot to write."""
        self._became(chat, "restricted", by=700000099)

    def end(self, chat: int, reason: str) -> None:
        """The chat is gone without a word to the bot: `user is deactivated`, `the group chat was deleted`."""
        self.chat(chat).gone = reason

    def close_thread(self, chat: int, thread: int) -> None:
        self.chat(chat).threads[thread] = False

    def migrate(self, chat: int, new: int, *, newest_first: bool = False) -> None:
        """A group becomes a supergroup: two messages say so, in either order."""
        old = self.chat(chat, "group")
        place = self.chat(new, "supergroup", title=old.title, admins=tuple(old.admins))
        old.moved_to = new
        notes = [
            self._head(old, self._number(old)) | self._author(old, 700000099, "en", anonymous=False) | {"migrate_to_chat_id": new},
            self._head(place, self._number(place)) | self._author(place, 700000099, "en", anonymous=True) | {"migrate_from_chat_id": chat},
        ]
        for note in reversed(notes) if newest_first else notes:
            self.update({"message": note})

    def update(self, body: Mapping[str, Any], *, again: bool = False) -> int | None:
        """Put an update in the queue as it is: its number, or None where the bot did not ask for its kind.

        Kinds that nobody knows yet pass. `again` repeats the last number, as Telegram now and then does.
        """
        kind = next((key for key in body if key != "update_id"), "")
        known = kind in QUIET_KINDS or kind in KINDS
        if known and (kind not in self.wanted if self.wanted else kind in QUIET_KINDS):
            return None
        if not again:
            self._last_update += 1
        number = int(body.get("update_id", 0)) or self._last_update
        self._last_update = max(self._last_update, number)
        self.updates.append((self.seconds(), dict(body) | {"update_id": number}))
        self.news.set()
        return number

    def fail(
        self,
        how: Trouble,
        *,
        method: str = "sendMessage",
        chat: int | None = None,
        times: int = 1,
        status: int = 502,
        description: str = "",
        retry_after: int = 1,
        delivered: bool | None = None,
    ) -> Fault:
        """Make the next calls go wrong.

        Args:
            how: `error` answers `status` and `description` as JSON; `html` answers `status` as an edge server would; `garbage` answers 200
                and no JSON; `hang` answers nothing until the bot gives up; `drop` cuts the connection; `429` and `401` are what they say.
            delivered: whether the call is carried out all the same. None: as is usual, yes for garbage, hang and drop, else no.
        """
        done = how in {"garbage", "hang", "drop"} if delivered is None else delivered
        fault = Fault(
            how=how, method=method, chat=chat, times=times, status=status, description=description, retry_after=retry_after, delivered=done
        )
        self.faults.append(fault)
        return fault

    # -- what a test asks

    def sent(self, chat: int) -> list[str]:
        """What the bot's messages in a chat say now, oldest first; without deleted ones."""
        return [posted.text for posted in self.transcript if posted.chat == chat and not posted.deleted]

    def counted(self, method: str = "sendMessage") -> Counter[int]:
        """How many calls of a method were answered with which status."""
        return Counter(call.status for call in self.calls if call.method == method)

    # -- for the methods

    def fault(self, method: str, chat: int | None) -> Fault | None:
        """The fault that this call meets; it is used up by that."""
        found = next((fault for fault in self.faults if fault.fits(method, chat)), None)
        if found:
            found.times -= 1
        return found

    def me(self) -> Json:
        return {"id": self.id, "is_bot": True, "first_name": "Habeas Watch", "username": self.username}

    def post(self, place: Chat, version: Version, **about: Any) -> Posted:
        """A message of the bot is accepted."""
        posted = Posted(chat=place.id, message=self._number(place), sender=0, versions=[version], **about)
        self.messages[place.id, posted.message] = posted
        self.transcript.append(posted)
        return posted

    def shown(self, posted: Posted) -> Json:
        """A message as the Bot API answers it."""
        place, now = self.chats[posted.chat], posted.now
        body = (
            self._head(place, posted.message) | {"date": int(posted.at.timestamp()), "text": now.text} | self._thread(place, posted.thread)
        )
        body |= {"from": self.me()} if place.kind != "channel" else {"sender_chat": place.json()}
        if now.entities:
            body["entities"] = [entity.json() for entity in now.entities]
        if now.keyboard:
            body["reply_markup"] = now.keyboard
        if posted.preview:
            body["link_preview_options"] = posted.preview
        if posted.edited:
            body["edit_date"] = int(now.at.timestamp())
        if posted.reply_to and (posted.chat, posted.reply_to) in self.messages:
            body["reply_to_message"] = self._head(place, posted.reply_to)
        return body

    def pending(self, offset: int) -> list[Json]:
        """The updates that wait. A positive `offset` confirms those before it; a negative one all but the last so many."""
        while self.updates and self.updates[0][0] < self.seconds() - KEPT:
            self.updates.popleft()
        if offset > 0:
            self.updates = deque((at, update) for at, update in self.updates if update["update_id"] >= offset)
        elif offset < 0:
            self.updates = deque(list(self.updates)[offset:])
        return [update for _, update in self.updates]

    def close_query(self, query: str) -> bool:
        """Take the answer to a press; False where there is none to answer any more, `answerable` seconds after it."""
        asked = self._queries.pop(query, None)
        return asked is not None and self.seconds() - asked <= self.answerable

    def answer(self, query: str, text: str, *, alert: bool) -> None:
        self.answered.append(Answered(query=query, text=text, alert=alert))

    # -- pieces of updates

    def _number(self, place: Chat) -> int:
        place.last_message += 1
        return place.last_message

    def _head(self, place: Chat, message: int) -> Json:
        return {"message_id": message, "date": int(self.now().timestamp()), "chat": place.json()}

    def _thread(self, place: Chat, thread: int | None) -> Json:
        if thread is None:
            return {}
        return {"message_thread_id": thread} | ({"is_topic_message": True} if place.threads else {})

    def _author(self, place: Chat, user: int, lang: str, *, anonymous: bool) -> Json:
        if place.kind == "channel":
            return {"sender_chat": place.json()}
        if anonymous:
            group = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
            return {"from": group, "sender_chat": place.json()}
        return {"from": self._user(user, lang)}

    def _user(self, user: int, lang: str) -> Json:
        return {"id": user, "is_bot": False, "first_name": "Test", "username": f"test_{user}", "language_code": lang}

    def _became(self, chat: int, status: str, *, by: int | None = None) -> None:
        """The bot's own place in a chat changes, and it is told."""
        place = self.chat(chat)
        before, place.status = place.status, status
        old, new = ({"user": self.me(), "status": kind} | _rights(kind) for kind in (before, status))
        body = {
            "chat": place.json(),
            "from": self._user(by or abs(chat), "en"),
            "date": int(self.now().timestamp()),
            "old_chat_member": old,
            "new_chat_member": new,
        }
        self.update({"my_chat_member": body})


KINDS = frozenset(
    {
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "callback_query",
        "inline_query",
        "my_chat_member",
        "poll",
        "poll_answer",
    }
)  #: update kinds that are sent unless the bot names others


def _offset(text: str, at: int) -> int:
    return len(text[:at].encode("utf-16-le")) // 2


_ADMIN = (
    "can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members can_promote_members "
    "can_change_info can_invite_users can_post_stories can_edit_stories can_delete_stories"
)
_RESTRICTED = (
    "is_member can_send_messages can_send_audios can_send_documents can_send_photos can_send_videos can_send_video_notes "
    "can_send_voice_notes can_send_polls can_send_other_messages can_add_web_page_previews can_change_info can_invite_users "
    "can_pin_messages can_manage_topics can_edit_tag can_react_to_messages"
)


def _rights(status: str) -> Json:
    """The fields that go with a member's status; Bot API, ChatMember."""
    match status:
        case "kicked":
            return {"until_date": 0}
        case "administrator":
            return dict.fromkeys(_ADMIN.split(), False) | {"can_manage_chat": True}
        case "restricted":
            return dict.fromkeys(_RESTRICTED.split(), False) | {"is_member": True, "until_date": 0}
        case "creator":
            return {"is_anonymous": False}
    return {}


def member(chat: Chat, user: int, bot: Json) -> Json:
    """A ChatMember: who somebody is in a chat."""
    if user == bot["id"]:
        return {"user": bot, "status": chat.status} | _rights(chat.status)
    status = "administrator" if user in chat.admins else chat.others.get(user, "member")
    who = {"id": user, "is_bot": False, "first_name": "Test"}
    return {"user": who, "status": status} | _rights(status)
