"""Letters by Telegram, over python-telegram-bot. Facts: Bot API 10.1, "Making requests", "Responses"; the limits of its FAQ.

The token is part of every address that is asked, and chat ids are readers: neither is ever in a reason, an error or a `repr` from here.
"""

import logging
import re
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import timedelta
from typing import Any

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.error import ChatMigrated, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from alerts.models import Address, Down, Later, Letter, LetterKind, Message, Moved, Never, Outcome, Refused, Sent, Unknown
from alerts.render import telegram as render
from alerts.render.plain import clean, clip
from alerts.render.words import topic_of, words

API_URL = "https://api.telegram.org"
DATA_LIMIT = 64  #: bytes of callback_data; Bot API, InlineKeyboardButton
LABEL_LIMIT = 40  #: UTF-16 units on a button; longer ones are cut by phones
ASKING = {LetterKind.ALERT, LetterKind.UPDATE}  #: kinds of Letter below which readers are asked whether it was relevant
BREATH = timedelta(seconds=15)  #: before another try where Telegram cannot be reached
LONGEST_WAIT = timedelta(days=1)  #: obeyed of a `retry_after`: no answer silences a chat for ever
FLOODED = 3  #: chats refused one after another, with none served between, before the refusal is taken to be the whole bot's
LONGEST_GUESS = timedelta(minutes=1)  #: for which the whole bot is then held: they may be three chats with a wait of hours each
MOVING = timedelta(minutes=15)  #: until a chat is written to again that has another id, which we were not told

log = logging.getLogger(__name__)
# Libraries that would print the token (httpx: whole addresses), readers (telegram: whole calls), or a traceback for an answer of HTML.
for _name, _level in (("httpx", logging.WARNING), ("telegram", logging.INFO), ("telegram.request", logging.CRITICAL)):
    logging.getLogger(_name).setLevel(_level)

# Nothing reached Telegram (httpx exceptions, by name: only `watcher.fetch` knows that library).
_NOT_SENT = frozenset(
    {"ConnectTimeout", "ConnectError", "PoolTimeout", "ProxyError", "UnsupportedProtocol", "LocalProtocolError", "InvalidURL"}
)

# What a 400 means, by the first words of its description, in lower case. The rest is a fault of our text.
_GONE = (
    "chat not found",
    "private chat not found",
    "user not found",
    "have no access to the user",
    "peer_id_invalid",
    "user_is_blocked",
    "input_user_deactivated",
    "group chat was deactivated",
    "not enough rights to send",
    "have no rights to send a message",
    "have no write access to the chat",
    "need administrator rights in the channel chat",
    "chat_admin_required",
    "chat_write_forbidden",
    "chat_send_plain_forbidden",
    "chat_guest_send_forbidden",
    "chat_restricted",
    "channel_private",
    "message thread not found",
    "topic_closed",
    "topic_deleted",
)
_MOVED = ("group chat was upgraded to a supergroup", "group chat was migrated to a supergroup", "group migrated to supergroup")
_LOGGED_OUT = "logged out"  # an account that went to a local server of the Bot API
_DONE = ("message is not modified", "message to edit not found", "message can't be edited", "message_id_invalid")
_UNSIGNED = "bad request (400)"  # the library's own words for an answer that says nothing: it is not Telegram's

_answered: ContextVar[int | None] = ContextVar("_answered", default=None)  # the HTTP status of the call that this task made last


class Request(HTTPXRequest):
    """Calls of the Bot API that remember the status of their answer, which python-telegram-bot folds away."""

    def __init__(self, *, connections: int = 64, read_timeout: float = 20.0, httpx_kwargs: Mapping[str, Any] | None = None) -> None:
        # Its default times out in the pool under concurrent sends, which looks like an answer that was lost.
        super().__init__(
            connection_pool_size=connections,
            pool_timeout=60.0,
            connect_timeout=5.0,
            read_timeout=read_timeout,
            write_timeout=10.0,
            httpx_kwargs=dict(httpx_kwargs or {}),
        )

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        _answered.set(None)
        status, body = await super().do_request(*args, **kwargs)
        _answered.set(status)
        return status, body


class TelegramChannel:
    """Telegram as a Channel.

    It keeps no pace of its own: `per_second` and `per_chat` say what the outbox must keep. `per_chat` is that of a private chat; a group
    takes 20 a minute, three times slower.
    """

    name = "telegram"
    per_chat = 1.05
    patience = 45.0

    def __init__(
        self,
        token: str,
        *,
        api_url: str = API_URL,
        public_url: str = "",
        per_second: float = 25.0,
        paid_broadcast: bool = False,
        request: HTTPXRequest | None = None,
    ) -> None:
        """Opens nothing; connections are made by the first Letter.

        Args:
            api_url: of Telegram, or of a local server of the Bot API; without a slash at its end.
            public_url: where this service is seen from outside, for links to its own pages; "" without.
            per_second: messages over all chats; Telegram takes about 30, or 1000 of paid broadcasts.
            paid_broadcast: let Telegram charge the bot's Stars for what exceeds 30 messages a second.
            request: a transport of the caller's own.
        """
        self._secret = re.compile(re.escape(token.rpartition(":")[2]), re.IGNORECASE)  # the library folds the case of descriptions
        self.per_second = per_second
        self.parallel = max(64, round(per_second))
        self._request = request or Request(connections=self.parallel)
        self._bot = Bot(token, base_url=f"{api_url}/bot", request=self._request, get_updates_request=self._request)
        self._public_url = public_url
        self._paid = paid_broadcast or None
        self._refused: set[str] = set()  # chats refused for pace since the last success

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    async def send(self, letter: Letter) -> Outcome:
        """Hand over one Letter and say what came of it; see `alerts.ports.Channel`."""
        message = render(letter, public_url=self._public_url)
        target = _target(letter)
        if letter.edits and target is None:
            log.info("letter:%d edits a message of another chat: left alone", letter.id, extra={"action": "edit-skipped"})
            return Sent(letter.edits)
        arguments = _words(message, plain=letter.plain) | ({} if letter.plain else {"reply_markup": keyboard(letter)})
        _answered.set(None)
        try:
            reference = await (self._edit(target, letter, arguments) if letter.edits and target else self._post(letter, target, arguments))
        except TelegramError as error:
            return self._paced(letter, self._clean(_outcome(error, _answered.get(), letter)))
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:  # a 200, or an error, of another shape
            return self._paced(letter, _unreadable(_answered.get(), type(error).__name__))
        self._refused.clear()
        return Sent(reference)

    async def _post(self, letter: Letter, reply_to: int | None, arguments: dict[str, Any]) -> str:
        reply = ReplyParameters(reply_to, allow_sending_without_reply=True) if reply_to else None
        sent = await self._bot.send_message(
            int(letter.address.to),
            message_thread_id=letter.address.thread,
            reply_parameters=reply,
            allow_paid_broadcast=self._paid,
            **arguments,
        )
        return f"{sent.chat.id}/{sent.message_id}"

    async def _edit(self, message: int, letter: Letter, arguments: dict[str, Any]) -> str:
        await self._bot.edit_message_text(chat_id=int(letter.address.to), message_id=message, **arguments)
        return letter.edits

    def _paced(self, letter: Letter, outcome: Outcome) -> Outcome:
        """Tell a chat's own limit from the whole bot's: the answer does not say which one refused."""
        if not isinstance(outcome, Later) or _answered.get() != 429 or outcome.scope == "channel":
            return outcome
        self._refused.add(letter.address.to)
        if len(self._refused) < FLOODED:
            return outcome
        self._refused.clear()
        return Later(min(outcome.wait, LONGEST_GUESS), "channel", outcome.reason)

    def _clean(self, outcome: Outcome) -> Outcome:
        """Take the token out of a reason, wherever a library may have put it, and what no database stores."""
        if isinstance(outcome, Sent | Moved):
            return outcome
        reason = clean(self._secret.sub("(token)", outcome.reason))
        return Later(outcome.wait, outcome.scope, reason) if isinstance(outcome, Later) else type(outcome)(reason)

    async def close(self) -> None:
        await self._request.shutdown()


def _target(letter: Letter) -> int | None:
    """The message that a Letter edits or answers; None where there is none, or none in this chat (it may have moved since).

    What was refused once answers nothing: it may have been the answering.
    """
    chat, _, message = (letter.edits or ("" if letter.plain else letter.reply_to)).partition("/")
    return int(message) if chat == letter.address.to and message.isascii() and message.isdigit() else None


def _words(message: Message, *, plain: bool) -> dict[str, Any]:
    words = {"text": message.text} if plain or not message.html else {"text": message.html, "parse_mode": "HTML"}
    return words | {"link_preview_options": LinkPreviewOptions(is_disabled=True)}


def keyboard(letter: Letter) -> InlineKeyboardMarkup | None:
    """The buttons below an alert of one Story: why it was sent, to mute its first topic, whether it was relevant. Others have none.

    A vote names the Letter: whoever takes it looks whether the chat was sent that one, so a forged number changes nothing.
    """
    if len(letter.items) != 1 or letter.kind in {LetterKind.DIGEST, LetterKind.LIST}:
        return None
    item = letter.items[0]
    say = words(letter.lang)
    row = [InlineKeyboardButton(say.why_button, callback_data=f"why:{item.story}")]
    first = item.reasons[0] if item.reasons else None
    if first and len((data := f"mute:{first.watch}").encode()) <= DATA_LIMIT:
        label = clip(say.mute_button.format(topic=topic_of(first)), LABEL_LIMIT)
        row.append(InlineKeyboardButton(label, callback_data=data))
    votes = ((say.relevant, "yes"), (say.irrelevant, "no")) if item.reasons and letter.kind in ASKING else ()
    asked = [InlineKeyboardButton(label, callback_data=f"vote:{letter.id}:{vote}") for label, vote in votes]
    return InlineKeyboardMarkup([row, asked] if asked else [row])


def _outcome(error: TelegramError, status: int | None, letter: Letter) -> Outcome:
    """What an error of the library asks for: by status and parameters first, by description last, since texts change."""
    reason = str(error)[:200]
    match error:
        case RetryAfter(retry_after=timedelta() as wait):
            return Later(min(max(wait, timedelta(seconds=1)), LONGEST_WAIT), "chat", "too many requests")
        case ChatMigrated(new_chat_id=int() as new) if str(new) != letter.address.to:
            return Moved(Address("telegram", str(new)))
    if status is None:
        return _no_answer(error)
    if 300 <= status < 500 and isinstance(error.__cause__, TelegramError):
        return _unreadable(status, "no JSON")
    said = reason.lower()
    if status == 400 and not said.startswith(_UNSIGNED):
        return _bad_request(reason, letter)
    if status == 403 and said.startswith("forbidden: "):
        return Never(reason)
    return _unreadable(status, reason)


def _no_answer(error: TelegramError) -> Outcome:
    """No status came: did the request leave? The library folds both into one class; what caused it tells."""
    cause = type(error.__cause__).__name__ if error.__cause__ else "no cause"
    if cause == "PoolTimeout":
        return Later(timedelta(seconds=1), "chat", "all connections are busy")
    if cause in _NOT_SENT:
        return Later(BREATH, "channel", f"Telegram cannot be reached: {cause}")
    return Unknown(f"no answer: {cause}")


def _bad_request(reason: str, letter: Letter) -> Outcome:
    said = reason.lower().removeprefix("bad request: ")
    if letter.edits and said.startswith(_DONE):
        return Sent(letter.edits)
    if said.startswith(_MOVED):
        return Later(MOVING, "chat", reason)
    if said.startswith(_LOGGED_OUT):
        return Down(reason)
    return Never(reason) if said.startswith(_GONE) else Refused(reason)


def _unreadable(status: int | None, fault: str) -> Outcome:
    """An answer by its status alone: an edge server's page, a description that says nothing, a shape that nobody knows."""
    match status:
        case 401 | 404:
            return Down(f"token refused (status {status})")
        case 429:
            return Later(BREATH, "chat", "too many requests")
        case 413 | 414:
            return Refused(f"status {status}")
        case int() if 300 <= status < 500:
            return Later(BREATH, "channel", f"status {status}, not as Telegram answers: {fault}")
    return Unknown(f"status {status}: {fault}" if status else fault)
