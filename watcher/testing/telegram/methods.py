"""The methods of the Bot API that a bot of texts needs, with Telegram's own refusals. Bot API 10.1; texts as the open server has them."""

import asyncio
import json
import math
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from watcher.testing.telegram.markup import Entity, MarkupError, Text, parse, plain, units
from watcher.testing.telegram.state import Chat, Hook, Json, Posted, Telegram, Version, member

TEXT_LIMIT = 4096  #: UTF-16 units after entities are parsed; Bot API, sendMessage
DATA_LIMIT = 64  #: bytes of callback_data; Bot API, InlineKeyboardButton
BUTTON_LIMIT = 100  #: buttons below a message; observed, not documented
DELETABLE = 48 * 3600  #: seconds; Bot API, deleteMessage
SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
_ACTIONS = frozenset(
    {"callback_data", "url", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat", "copy_text", "pay"}
)


_PREFIX = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict", 429: "Too Many Requests"}


class ApiError(Exception):
    """A call is refused: `code` is the HTTP status, the text is the description without its prefix."""

    def __init__(self, code: int, description: str = "", **parameters: int) -> None:
        prefix = _PREFIX.get(code, "Internal Server Error")
        super().__init__(f"{prefix}: {description}" if description else prefix)
        self.code = code
        self.parameters = parameters


class Params:
    """A call's arguments: from JSON as they are, from a form as strings that may hold JSON."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def text(self, name: str) -> str:
        value = self._values.get(name, "")
        text = value if isinstance(value, str) else json.dumps(value)
        with suppress(UnicodeEncodeError):
            text.encode()
            return text
        raise ApiError(400, "strings must be encoded in UTF-8")

    def whole(self, name: str, default: int = 0) -> int:
        try:
            return int(self._values.get(name, default) or default)
        except (TypeError, ValueError):
            return default

    def flag(self, name: str) -> bool:
        return str(self._values.get(name, "")).lower() in {"true", "1", "yes"}

    def json(self, name: str, what: str) -> Any:
        """A value that is JSON by itself; None where it is absent."""
        value = self._values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise ApiError(400, f"can't parse {what} JSON object") from None

    def object(self, name: str, what: str) -> Json | None:
        value = self.json(name, what)
        if value is not None and not isinstance(value, dict):
            raise ApiError(400, f"can't parse {what} JSON object")
        return value


async def get_me(telegram: Telegram, params: Params) -> Json:
    return telegram.me() | {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}


# -- updates


async def get_updates(telegram: Telegram, params: Params) -> list[Json]:
    """Long polling. Only an offset confirms; a second poll ends the first; with a webhook there is none."""
    if telegram.hook:
        raise ApiError(409, "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
    telegram.wanted = _wanted(params, telegram.wanted)
    if telegram.poll:
        telegram.poll.set()
    mine = telegram.poll = asyncio.Event()
    limit = min(max(params.whole("limit", 100), 1), 100)
    try:
        return (await _waited(telegram, mine, params.whole("offset"), params.whole("timeout")))[:limit]
    finally:
        if telegram.poll is mine:
            telegram.poll = None


async def _waited(telegram: Telegram, mine: asyncio.Event, offset: int, timeout: int) -> list[Json]:
    """The updates at hand, or the first to come within `timeout` of the caller's seconds."""
    found = telegram.pending(offset)
    with suppress(TimeoutError):
        async with asyncio.timeout(min(max(timeout, 0), 50)):
            while not found and not telegram.stopping.is_set():
                telegram.news.clear()
                telegram.polling.set()
                await _first(telegram.news, mine, telegram.stopping)
                if mine.is_set():
                    raise ApiError(409, "terminated by other getUpdates request; make sure that only one bot instance is running")
                found = telegram.pending(offset if offset > 0 else 0)
    return found


async def _first(*events: asyncio.Event) -> None:
    """Wait for any of these."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


def _wanted(params: Params, before: frozenset[str] | None) -> frozenset[str] | None:
    kinds = params.json("allowed_updates", "allowed updates")
    if kinds is None:
        return before
    return frozenset(str(kind) for kind in kinds) or None if isinstance(kinds, list) else before


async def set_webhook(telegram: Telegram, params: Params) -> bool:
    """Have updates delivered. Plain HTTP to a loopback address is allowed here, as the local server of the Bot API does."""
    url = params.text("url")
    if not url:
        return await delete_webhook(telegram, params)
    if not re.match(r"https://|http://(127\.0\.0\.1|localhost|\[::1\])[:/]", url):
        raise ApiError(400, "bad webhook: An HTTPS URL must be provided for webhook")
    secret = params.text("secret_token")
    if len(secret) > 256 or not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise ApiError(400, "secret token contains unallowed characters" if len(secret) <= 256 else "secret token is too long")
    telegram.wanted = _wanted(params, telegram.wanted)
    if params.flag("drop_pending_updates"):
        telegram.updates.clear()
    telegram.hook = Hook(url, secret, min(max(params.whole("max_connections", 40), 1), 100))
    if telegram.poll:
        telegram.poll.set()
    telegram.news.set()
    return True


async def delete_webhook(telegram: Telegram, params: Params) -> bool:
    telegram.hook = None
    if params.flag("drop_pending_updates"):
        telegram.updates.clear()
    return True


async def get_webhook_info(telegram: Telegram, params: Params) -> Json:
    hook = telegram.hook
    info: Json = {"url": hook.url if hook else "", "has_custom_certificate": False, "pending_update_count": len(telegram.updates)}
    if hook:
        info["max_connections"] = hook.most
    if hook and hook.failed_at:
        info |= {"last_error_date": int(hook.failed_at.timestamp()), "last_error_message": hook.fault}
    if telegram.wanted:
        info["allowed_updates"] = sorted(telegram.wanted)
    return info


# -- messages


async def send_message(telegram: Telegram, params: Params) -> Json:
    text, keyboard = _text(params), _keyboard(params)
    preview = params.object("link_preview_options", "link preview options")
    place = _writable(telegram, params)
    _check_length(text)
    reply_to = _reply_to(telegram, place, params)
    thread = _thread_of(place, params)
    paid = params.flag("allow_paid_broadcast")
    _pace(telegram, place, paid=paid)
    version = Version(
        at=telegram.now(), text=text.text, html=_marked(params), entities=text.entities, dropped=text.dropped, keyboard=keyboard
    )
    silent = params.flag("disable_notification")
    return telegram.shown(telegram.post(place, version, thread=thread, reply_to=reply_to, paid=paid, preview=preview, silent=silent))


async def edit_message_text(telegram: Telegram, params: Params) -> Json:
    text, keyboard = _text(params), _keyboard(params)
    place = _writable(telegram, params)
    _check_length(text)
    posted = _message(telegram, place, params, "message to edit not found")
    if posted.sender:
        raise ApiError(400, "message can't be edited")
    before = posted.now
    if (before.text, before.entities, before.keyboard) == (text.text, text.entities, keyboard):
        raise ApiError(400, SAME)
    _pace(telegram, place)
    version = Version(
        at=telegram.now(), text=text.text, html=_marked(params), entities=text.entities, dropped=text.dropped, keyboard=keyboard
    )
    posted.versions.append(version)
    posted.preview = params.object("link_preview_options", "link preview options")
    return telegram.shown(posted)


async def delete_message(telegram: Telegram, params: Params) -> bool:
    place = _writable(telegram, params)
    posted = _message(telegram, place, params, "message to delete not found")
    old = (telegram.now() - posted.at).total_seconds() > DELETABLE
    if old or (posted.sender and place.many and place.status != "administrator"):
        raise ApiError(400, "message can't be deleted")
    posted.deleted = True
    return True


async def send_chat_action(telegram: Telegram, params: Params) -> bool:
    _writable(telegram, params)
    if not params.text("action"):
        raise ApiError(400, "wrong parameter action in request")
    return True


async def answer_callback_query(telegram: Telegram, params: Params) -> bool:
    query, text = params.text("callback_query_id"), params.text("text")
    if units(text) > 200:
        raise ApiError(400, "MESSAGE_TOO_LONG")
    if not telegram.close_query(query):
        raise ApiError(400, "query is too old and response timeout expired or query ID is invalid")
    telegram.answer(query, text, alert=params.flag("show_alert"))
    return True


def _text(params: Params) -> Text:
    """The words of a message, markup read. Telegram looks at them before it looks at the chat."""
    source, mode = params.text("text"), params.text("parse_mode").lower()
    try:
        match mode:
            case "html":
                return parse(source)
            case "" | "none":
                return plain(source, [_entity(given) for given in params.json("entities", "message entities") or ()])
            case _:
                raise ApiError(400, "unsupported parse_mode")
    except MarkupError as error:
        raise ApiError(400, f"can't parse entities: {error}") from None


def _entity(given: Json) -> Entity:
    try:
        return Entity(type=str(given["type"]), offset=int(given["offset"]), length=int(given["length"]), url=str(given.get("url", "")))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise ApiError(400, "can't parse MessageEntity: Object expected as MessageEntity") from None


def _marked(params: Params) -> str:
    return params.text("text") if params.text("parse_mode").lower() == "html" else ""


def _check_length(text: Text) -> None:
    if not text.text:
        raise ApiError(400, "message text is empty")
    if text.units > TEXT_LIMIT:
        raise ApiError(400, "message is too long")


def _keyboard(params: Params) -> Json | None:
    markup = params.object("reply_markup", "reply keyboard markup")
    if not markup or "inline_keyboard" not in markup:
        return None
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise ApiError(400, 'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    rows = [row for row in rows if row]
    for row in rows:
        for button in row:
            _check_button(button)
    if sum(map(len, rows)) > BUTTON_LIMIT:
        raise ApiError(400, "REPLY_MARKUP_TOO_LONG")
    return {"inline_keyboard": rows} if rows else None


def _check_button(button: Any) -> None:
    if not isinstance(button, dict) or not isinstance(button.get("text"), str) or not button["text"].strip():
        raise ApiError(400, 'can\'t parse inline keyboard button: Field "text" must be of type String')
    actions = _ACTIONS & button.keys()
    if len(actions) != 1:
        raise ApiError(400, "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if "callback_data" in actions:
        data = button["callback_data"]
        if not isinstance(data, str):
            raise ApiError(400, 'can\'t parse inline keyboard button: Field "callback_data" must be of type String')
        if not 1 <= len(data.encode(errors="surrogatepass")) <= DATA_LIMIT:
            raise ApiError(400, "BUTTON_DATA_INVALID")
    if "url" in actions and not re.match(r"(https?|tg)://[^\s/]+", str(button["url"])):
        raise ApiError(400, f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")


def _chat(telegram: Telegram, params: Params) -> Chat:
    given = params.text("chat_id").strip()
    if not given:
        raise ApiError(400, "chat_id is empty")
    try:
        place = telegram.chats.get(int(given))
    except ValueError:
        place = next(
            (chat for chat in telegram.chats.values() if chat.kind == "channel" and f"@{chat.title}".lower() == given.lower()), None
        )
    if place is None:
        raise ApiError(400, "chat not found")
    return place


def _writable(telegram: Telegram, params: Params) -> Chat:
    """The chat, if the bot may write there."""
    place = _chat(telegram, params)
    if place.moved_to is not None:
        raise ApiError(400, "group chat was upgraded to a supergroup chat", migrate_to_chat_id=place.moved_to)
    if place.gone:
        raise ApiError(403, place.gone)
    match place.kind, place.status:
        case "private", "kicked":
            raise ApiError(403, "bot was blocked by the user")
        case kind, "kicked":
            raise ApiError(403, f"bot was kicked from the {kind} chat")
        case kind, "left":
            raise ApiError(403, f"bot is not a member of the {kind} chat")
        case _, "restricted":
            raise ApiError(400, "not enough rights to send text messages to the chat")
        case "channel", "member":
            raise ApiError(400, "need administrator rights in the channel chat")
    return place


def _message(telegram: Telegram, place: Chat, params: Params, absent: str) -> Posted:
    posted = telegram.messages.get((place.id, params.whole("message_id")))
    if posted is None or posted.deleted:
        raise ApiError(400, absent)
    return posted


def _reply_to(telegram: Telegram, place: Chat, params: Params) -> int | None:
    reply = params.object("reply_parameters", "reply parameters")
    if not reply:
        return None
    asked = reply.get("message_id")
    posted = telegram.messages.get((place.id, asked)) if isinstance(asked, int) else None
    if posted and not posted.deleted:
        return posted.message
    if reply.get("allow_sending_without_reply") is True:
        return None
    raise ApiError(400, "message to be replied not found")


def _thread_of(place: Chat, params: Params) -> int | None:
    thread = params.whole("message_thread_id")
    if not thread:
        return None
    if thread not in place.threads:
        raise ApiError(400, "message thread not found")
    if not place.threads[thread]:
        raise ApiError(400, "TOPIC_CLOSED")
    return thread


def _pace(telegram: Telegram, place: Chat, *, paid: bool = False) -> None:
    """Refuse what comes too fast. `retry_after` is in the caller's seconds, whole ones, at least one."""
    if wait := telegram.limits.take(place.id, telegram.seconds(), group=place.many, paid=paid):
        seconds = max(1, math.ceil(wait / telegram.scale))
        raise ApiError(429, f"retry after {seconds}", retry_after=seconds)


# -- chats and commands


async def get_chat(telegram: Telegram, params: Params) -> Json:
    return _chat(telegram, params).json() | {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": _GIFTS}


_GIFTS = dict.fromkeys(("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), True)


async def get_chat_member(telegram: Telegram, params: Params) -> Json:
    place = _chat(telegram, params)
    user = params.whole("user_id")
    if not user:
        raise ApiError(400, "invalid user_id specified")
    return member(place, user, telegram.me())


async def set_my_commands(telegram: Telegram, params: Params) -> bool:
    commands = params.json("commands", "commands") or []
    if not isinstance(commands, list) or len(commands) > 100:
        raise ApiError(400, "BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", str(command.get("command", ""))):
            raise ApiError(400, "BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", ""))) <= 256:
            raise ApiError(400, "BOT_COMMAND_DESCRIPTION_INVALID")
    telegram.commands[_scope(params)] = commands
    return True


async def get_my_commands(telegram: Telegram, params: Params) -> Sequence[Json]:
    return telegram.commands.get(_scope(params), [])


async def delete_my_commands(telegram: Telegram, params: Params) -> bool:
    telegram.commands.pop(_scope(params), None)
    return True


def _scope(params: Params) -> tuple[str, str]:
    scope = params.object("scope", "bot command scope") or {"type": "default"}
    return json.dumps(scope, sort_keys=True), params.text("language_code")


Method = Callable[[Telegram, Params], Awaitable[Any]]

METHODS: Mapping[str, Method] = {
    "getMe": get_me,
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "sendMessage": send_message,
    "editMessageText": edit_message_text,
    "deleteMessage": delete_message,
    "sendChatAction": send_chat_action,
    "answerCallbackQuery": answer_callback_query,
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
}
