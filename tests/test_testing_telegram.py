"""The strict Bot API: it must refuse what Telegram refuses, or nothing that passes it means anything."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Update

from watcher.testing.loopback import Loopback
from watcher.testing.telegram import ENTITIES, TEXT_LIMIT, BotApi, Entity, Limits, MarkupError, Telegram, parse, units

ANN, GROUP, FORUM, CHANNEL = 7, -42, -1001113717682, -1002000000001


class Clock:
    """Time that stands still until it is told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Caller:
    """A bot's side of the wire, without a library in between."""

    def __init__(self, api: BotApi, client: httpx.AsyncClient) -> None:
        self.api, self.client = api, client

    async def __call__(self, method: str, **arguments: Any) -> Any:
        """The result of a call that must succeed."""
        answer = await self.ask(method, **arguments)
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]

    async def ask(self, method: str, **arguments: Any) -> httpx.Response:
        return await self.client.post(f"{self.api.url}/bot{self.api.token}/{method}", json=arguments)

    async def refused(self, method: str, **arguments: Any) -> tuple[int, str]:
        """Code and description of a call that must fail; both places of the code agree."""
        answer = await self.ask(method, **arguments)
        body = answer.json()
        assert (body["ok"], body["error_code"]) == (False, answer.status_code)
        return answer.status_code, body["description"]

    async def sim(self, verb: str, **arguments: Any) -> Any:
        answer = await self.client.post(f"{self.api.url}/sim/{verb}", json=arguments)
        return answer.status_code, answer.json()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def bot(clock: Clock) -> AsyncIterator[Caller]:
    async with BotApi(clock=clock) as api, httpx.AsyncClient(trust_env=False, timeout=10) as client:
        api.chat(ANN)
        api.chat(GROUP)
        api.chat(FORUM, threads=(5, 6))
        api.chat(CHANNEL, "channel", title="habeas_news")
        yield Caller(api, client)


# -- markup


def entity(kind: str, offset: int, length: int, **more: str | int) -> Entity:
    return Entity(type=kind, offset=offset, length=length, **more)  # type: ignore[arg-type]  # keywords of any kind


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("plain", "plain", ()),
        ("<b>a</b><STRONG>b</STRONG>", "ab", (entity("bold", 0, 1), entity("bold", 1, 1))),
        ("<i>a</i> <em>b</em>", "a b", (entity("italic", 0, 1), entity("italic", 2, 1))),
        ("<u>a</u> <ins>b</ins>", "a b", (entity("underline", 0, 1), entity("underline", 2, 1))),
        ("<s>a</s> <strike>b</strike> <del>c</del>", "a b c", tuple(entity("strikethrough", at, 1) for at in (0, 2, 4))),
        ('<tg-spoiler>a</tg-spoiler> <span class="tg-spoiler">b</span>', "a b", (entity("spoiler", 0, 1), entity("spoiler", 2, 1))),
        ("<b><i>both</i></b>", "both", (entity("bold", 0, 4), entity("italic", 0, 4))),
        ("<b>a <b>b</b></b>", "a b", (entity("bold", 0, 3),)),
        ("<b>😀</b><i>x</i>", "😀x", (entity("bold", 0, 2), entity("italic", 2, 1))),
        ('<a href="https://example.org/a?b=1&amp;c=2">x</a>', "x", (entity("text_link", 0, 1, url="https://example.org/a?b=1&c=2"),)),
        ("<a href='example.org'>x</a>", "x", (entity("text_link", 0, 1, url="http://example.org/"),)),
        ("<a>example.org</a>", "example.org", (entity("text_link", 0, 11, url="http://example.org/"),)),
        ('<a href="javascript:alert(1)">x</a>', "x", ()),
        ('<a href="http://localhost/">x</a>', "x", ()),
        ('<a href="http://[bad/">x</a>', "x", ()),
        ('<a href="tg://user?id=17">x</a>', "x", (entity("text_mention", 0, 1, user=17),)),
        ("<code>a<b>b</b></code>", "ab", (entity("code", 0, 2),)),
        ('<code class="language-py">a</code>', "a", (entity("code", 0, 1),)),
        ('<pre><code class="language-py">a</code></pre>', "a", (entity("pre", 0, 1, language="py"),)),
        ("<pre>a</pre>", "a", (entity("pre", 0, 1),)),
        ("<blockquote>a</blockquote>", "a", (entity("blockquote", 0, 1),)),
        ("<blockquote expandable>a</blockquote>", "a", (entity("expandable_blockquote", 0, 1),)),
        ('<tg-emoji emoji-id="5368324170671202286">x</tg-emoji>', "x", (entity("custom_emoji", 0, 1, emoji="5368324170671202286"),)),
        ('<b class="loud" id=x1>a</b>', "a", (entity("bold", 0, 1),)),
        ("<b>a</>", "a", (entity("bold", 0, 1),)),
        ("<b></b>a", "a", ()),
        ("&lt;br&gt; &amp; &quot; &#39;&#x41;&#66", "<br> & \" 'AB", ()),
        ("&nbsp;&copy;&apos; & &; &#; &#x110000; &LT;", "&nbsp;&copy;&apos; & &; &#; &#x110000; &LT;", ()),
        ("a > b", "a > b", ()),
        ("\n <b> a </b>\n", "a", (entity("bold", 0, 1),)),
        ("a\rb\x07c\u202ed", "ab cd", ()),
    ],
)
def test_markup_is_read_as_telegram_reads_it(source: str, text: str, entities: tuple[Entity, ...]) -> None:
    read = parse(source)
    assert (read.text, read.entities, read.dropped) == (text, entities, 0)


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("Order<br>granted", 'Unsupported start tag "br" at byte offset 5'),
        ("é<p>", 'Unsupported start tag "p" at byte offset 2'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<!-- x -->", 'Unsupported start tag "!--" at byte offset 0'),
        ("<b/>", 'Unsupported start tag "b/" at byte offset 0'),
        ("a <", "Unclosed start tag at byte offset 2"),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ('<a href="x', 'Unclosed start tag "a" at byte offset 0'),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>a</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<b x>a</b>", 'Expected equal sign in declaration of an attribute of the tag "b" at byte offset 0'),
        ("<b =1>a</b>", 'Empty attribute name in the tag "b" at byte offset 0'),
        ("<a href=http://x.org>a</a>", "Unexpected end of name token at byte offset 8"),
        ('<tg-emoji emoji-id="x">a</tg-emoji>', "Invalid custom emoji identifier specified"),
        (
            "&#xD83D;",
            "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units",
        ),
    ],
)
def test_markup_that_telegram_refuses_is_refused_in_its_words(source: str, fault: str) -> None:
    with pytest.raises(MarkupError) as refusal:
        parse(source)
    assert str(refusal.value) == fault


def test_entities_beyond_the_hundredth_are_dropped_without_a_word() -> None:
    read = parse("<b>a</b>, " * (ENTITIES + 3))
    assert (len(read.entities), read.dropped) == (ENTITIES, 3)


@given(st.text(alphabet=st.sampled_from("<>&;/ab\"'= #x1\n😀-!"), max_size=40))
def test_no_text_makes_the_reader_stumble(source: str) -> None:
    try:
        read = parse(source)
    except MarkupError:
        return
    assert all(0 <= entity.offset < entity.end <= read.units for entity in read.entities)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40))
def test_units_are_those_of_utf_16(text: str) -> None:
    assert units(text) == len(text.encode("utf-16-le")) // 2


# -- sending


async def test_a_message_is_answered_and_written_down(bot: Caller) -> None:
    answer = await bot(
        "sendMessage", chat_id=ANN, text="<b>Order</b> granted", parse_mode="HTML", link_preview_options={"is_disabled": True}
    )
    posted = bot.api.transcript[0]
    assert answer == {
        "message_id": 1,
        "from": bot.api.me(),
        "chat": {"id": ANN, "type": "private", "first_name": "Test 7"},
        "date": int(posted.at.timestamp()),
        "text": "Order granted",
        "entities": [{"type": "bold", "offset": 0, "length": 5}],
        "link_preview_options": {"is_disabled": True},
    }
    assert (posted.text, posted.now.html, posted.now.entities) == ("Order granted", "<b>Order</b> granted", (entity("bold", 0, 5),))
    assert bot.api.counted() == {200: 1}


async def test_a_call_may_come_as_query_form_multipart_or_json(bot: Caller, clock: Clock) -> None:
    url = f"{bot.api.url}/bot{bot.api.token}/SENDmessage"
    arguments = {"chat_id": str(ANN), "text": "x"}
    form = {"data": arguments | {"reply_markup": json.dumps({"inline_keyboard": [[{"text": "Why?", "callback_data": "why:1"}]]})}}
    for how in ({"params": arguments}, form, {"files": {key: (None, value) for key, value in arguments.items()}}, {"json": arguments}):
        assert (await bot.client.post(url, **how)).status_code == 200
        clock.now += 1
    assert (await bot.client.get(url, params=arguments)).status_code == 200
    assert (bot.api.sent(ANN), bot.api.transcript[1].buttons) == (["x"] * 5, ("why:1",))


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({"text": ""}, "Bad Request: message text is empty"),
        ({}, "Bad Request: message text is empty"),
        ({"text": " \n "}, "Bad Request: message text is empty"),
        ({"text": "<b></b>", "parse_mode": "HTML"}, "Bad Request: message text is empty"),
        ({"text": "x" * (TEXT_LIMIT + 1)}, "Bad Request: message is too long"),
        ({"text": "😀" * (TEXT_LIMIT // 2) + "x"}, "Bad Request: message is too long"),
        ({"text": "<br>", "parse_mode": "HTML"}, 'Bad Request: can\'t parse entities: Unsupported start tag "br" at byte offset 0'),
        ({"text": "x", "parse_mode": "RTF"}, "Bad Request: unsupported parse_mode"),
        ({"text": "x", "chat_id": ""}, "Bad Request: chat_id is empty"),
        ({"text": "x", "chat_id": 999}, "Bad Request: chat not found"),
        ({"text": "x", "chat_id": "@nobody"}, "Bad Request: chat not found"),
        ({"text": "x", "reply_markup": "{"}, "Bad Request: can't parse reply keyboard markup JSON object"),
        ({"text": "x", "reply_markup": "[]"}, "Bad Request: can't parse reply keyboard markup JSON object"),
        ({"text": "x", "link_preview_options": "7"}, "Bad Request: can't parse link preview options JSON object"),
        ({"text": "x", "entities": [{"type": "bold"}]}, "Bad Request: can't parse MessageEntity: Object expected as MessageEntity"),
        ({"text": "x", "message_thread_id": 5}, "Bad Request: message thread not found"),
        ({"text": "x", "chat_id": FORUM, "message_thread_id": 99}, "Bad Request: message thread not found"),
        ({"text": "x", "chat_id": FORUM, "message_thread_id": 6}, "Bad Request: TOPIC_CLOSED"),
        ({"text": "x", "reply_parameters": {"message_id": 55}}, "Bad Request: message to be replied not found"),
    ],
)
async def test_a_message_that_telegram_refuses_is_refused_in_its_words(bot: Caller, arguments: dict[str, Any], fault: str) -> None:
    bot.api.close_thread(FORUM, 6)
    assert await bot.refused("sendMessage", **({"chat_id": ANN} | arguments)) == (400, fault)
    assert bot.api.transcript == []


@pytest.mark.parametrize(
    "button",
    [
        {"text": "Why?"},
        {"text": "", "callback_data": "x"},
        {"text": "x", "callback_data": ""},
        {"text": "x", "callback_data": "é" * 33},
        {"text": "x", "callback_data": 17},
        {"text": "x", "callback_data": None},
        {"text": "x", "callback_data": "x", "url": "https://example.org"},
        {"text": "x", "url": "file:///etc"},
        "x",
    ],
)
async def test_a_bad_button_refuses_the_message(bot: Caller, button: object) -> None:
    code, fault = await bot.refused("sendMessage", chat_id=ANN, text="x", reply_markup={"inline_keyboard": [[button]]})
    assert (code, fault[:12]) == (400, "Bad Request:")


async def test_data_at_its_limit_passes_and_rows_of_none_are_left_out(bot: Caller) -> None:
    button = {"text": "x", "callback_data": "é" * 32}
    sent = await bot("sendMessage", chat_id=ANN, text="x", reply_markup={"inline_keyboard": [[], [button], []]})
    assert sent["reply_markup"] == {"inline_keyboard": [[button]]}


async def test_a_message_has_at_most_a_hundred_buttons(bot: Caller, clock: Clock) -> None:
    button = {"text": "x", "callback_data": "x"}
    for buttons, answer in ((50, None), (51, (400, "Bad Request: REPLY_MARKUP_TOO_LONG"))):
        markup = {"inline_keyboard": [[button] * buttons, [button] * 50]}
        clock.now += 1
        if answer is None:
            await bot("sendMessage", chat_id=ANN, text="x", reply_markup=markup)
        else:
            assert await bot.refused("sendMessage", chat_id=ANN, text="x", reply_markup=markup) == answer


async def test_a_client_of_ones_own_may_press_what_no_button_carries(bot: Caller) -> None:
    await bot("sendMessage", chat_id=ANN, text="x", reply_markup={"inline_keyboard": [[{"text": "x", "callback_data": "x"}]]})
    bot.api.press(ANN, 1, "forged", forged=True)
    assert (await bot("getUpdates"))[-1]["callback_query"]["data"] == "forged"


async def test_who_is_no_plain_member_of_a_chat_is_told(bot: Caller) -> None:
    bot.api.chat(GROUP, others={9: "left", 8: "restricted"})
    statuses = [(await bot("getChatMember", chat_id=GROUP, user_id=user))["status"] for user in (9, 8, 7)]
    assert statuses == ["left", "restricted", "member"]


async def test_text_at_the_limit_passes_and_length_is_counted_after_markup(bot: Caller, clock: Clock) -> None:
    await bot("sendMessage", chat_id=ANN, text="😀" * (TEXT_LIMIT // 2))
    clock.now += 1
    await bot("sendMessage", chat_id=ANN, text="<b>&amp;</b>" * TEXT_LIMIT, parse_mode="HTML")
    assert [len(posted.text) for posted in bot.api.transcript] == [TEXT_LIMIT // 2, TEXT_LIMIT]


async def test_lone_surrogates_are_no_text(bot: Caller) -> None:
    url = f"{bot.api.url}/bot{bot.api.token}/sendMessage"
    body = b'{"chat_id": 7, "text": "\\ud83d"}'
    answer = await bot.client.post(url, content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["description"]) == (400, "Bad Request: strings must be encoded in UTF-8")


async def test_replies_threads_and_channels_by_name(bot: Caller, clock: Clock) -> None:
    asked = bot.api.say(FORUM, "/topics@habeas_watch_bot", thread=5, user=3)
    await bot("sendMessage", chat_id=FORUM, text="a", message_thread_id=5, reply_parameters={"message_id": asked})
    await bot("sendMessage", chat_id="@habeas_news", text="b")
    clock.now += 1
    gone = {"message_id": 999, "allow_sending_without_reply": True}
    await bot("sendMessage", chat_id=FORUM, text="c", reply_parameters=gone)
    assert [(post.chat, post.thread, post.reply_to) for post in bot.api.transcript] == [
        (FORUM, 5, asked),
        (CHANNEL, None, None),
        (FORUM, None, None),
    ]


@pytest.mark.parametrize(
    ("chat", "happens", "fault"),
    [
        (ANN, lambda api: api.block(ANN), (403, "Forbidden: bot was blocked by the user")),
        (ANN, lambda api: api.end(ANN, "user is deactivated"), (403, "Forbidden: user is deactivated")),
        (GROUP, lambda api: api.remove(GROUP), (403, "Forbidden: bot was kicked from the group chat")),
        (FORUM, lambda api: api.remove(FORUM), (403, "Forbidden: bot was kicked from the supergroup chat")),
        (FORUM, lambda api: api.remove(FORUM, status="left"), (403, "Forbidden: bot is not a member of the supergroup chat")),
        (CHANNEL, lambda api: api.remove(CHANNEL), (403, "Forbidden: bot was kicked from the channel chat")),
        (GROUP, lambda api: api.end(GROUP, "the group chat was deleted"), (403, "Forbidden: the group chat was deleted")),
        (FORUM, lambda api: api.restrict(FORUM), (400, "Bad Request: not enough rights to send text messages to the chat")),
        (CHANNEL, lambda api: api.unblock(CHANNEL), (400, "Bad Request: need administrator rights in the channel chat")),
    ],
)
async def test_who_may_not_write_is_told_why(bot: Caller, chat: int, happens: Any, fault: tuple[int, str]) -> None:
    happens(bot.api)
    assert await bot.refused("sendMessage", chat_id=chat, text="x") == fault


async def test_a_group_that_moved_names_its_new_number(bot: Caller) -> None:
    bot.api.migrate(GROUP, FORUM)
    answer = await bot.ask("sendMessage", chat_id=GROUP, text="x")
    assert answer.json() == {
        "ok": False,
        "error_code": 400,
        "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": {"migrate_to_chat_id": FORUM},
    }


async def test_an_edit_keeps_what_was_said_before(bot: Caller, clock: Clock) -> None:
    await bot("sendMessage", chat_id=ANN, text="stub")
    clock.now += 1
    answer = await bot("editMessageText", chat_id=ANN, message_id=1, text="<i>order</i>", parse_mode="HTML")
    posted = bot.api.transcript[0]
    assert [version.text for version in posted.versions] == ["stub", "order"]
    assert answer["edit_date"] == int(posted.now.at.timestamp())


@pytest.mark.parametrize(
    ("message", "text", "fault"),
    [
        (1, "x", "Bad Request: message is not modified: "),
        (1, " x\n", "Bad Request: message is not modified: "),
        (1, "", "Bad Request: message text is empty"),
        (9, "y", "Bad Request: message to edit not found"),
        (2, "y", "Bad Request: message can't be edited"),
    ],
)
async def test_an_edit_that_telegram_refuses(bot: Caller, message: int, text: str, fault: str) -> None:
    await bot("sendMessage", chat_id=ANN, text="x")
    bot.api.say(ANN, "hello")
    code, description = await bot.refused("editMessageText", chat_id=ANN, message_id=message, text=text)
    assert (code, description[: len(fault)]) == (400, fault)


async def test_messages_are_deleted_for_48_hours(bot: Caller, clock: Clock) -> None:
    for _ in range(2):
        await bot("sendMessage", chat_id=ANN, text="x")
        clock.now += 1
    assert await bot("deleteMessage", chat_id=ANN, message_id=1) is True
    assert await bot.refused("deleteMessage", chat_id=ANN, message_id=1) == (400, "Bad Request: message to delete not found")
    clock.now += 48 * 3600
    assert await bot.refused("deleteMessage", chat_id=ANN, message_id=2) == (400, "Bad Request: message can't be deleted")
    assert bot.api.sent(ANN) == ["x"]


async def test_small_methods(bot: Caller) -> None:
    assert (await bot("getMe"))["username"] == "habeas_watch_bot"
    assert (await bot("getChat", chat_id=FORUM))["is_forum"] is True
    assert await bot("sendChatAction", chat_id=ANN, action="typing") is True
    bot.api.chat(FORUM, admins=(3,))
    who = [(await bot("getChatMember", chat_id=FORUM, user_id=user))["status"] for user in (3, 4, bot.api.id)]
    assert who == ["administrator", "member", "member"]
    for lang, word in (("", "Follow a topic"), ("es", "Seguir un tema")):
        await bot("setMyCommands", commands=[{"command": "follow", "description": word}], language_code=lang)
    assert await bot("getMyCommands", language_code="es") == [{"command": "follow", "description": "Seguir un tema"}]
    await bot("deleteMyCommands", language_code="es")
    assert await bot("getMyCommands", language_code="es") == []
    assert await bot.refused("setMyCommands", commands=[{"command": "Follow", "description": "x"}]) == (
        400,
        "Bad Request: BOT_COMMAND_INVALID",
    )
    assert await bot.refused("getFile") == (404, "Not Found: method not found")


@pytest.mark.parametrize(("token", "fault"), [("1:OTHER", (401, "Unauthorized")), ("nonsense", (404, "Not Found"))])
async def test_a_wrong_token_is_refused(bot: Caller, token: str, fault: tuple[int, str]) -> None:
    body = (await bot.client.post(f"{bot.api.url}/bot{token}/getMe")).json()
    assert (body["error_code"], body["description"]) == fault


# -- limits


def test_sliding_windows_keep_all_three_limits() -> None:
    limits = Limits(overall=3, burst=1, group=2)
    assert limits.take(1, 0.0, group=False) == 0
    assert limits.take(1, 0.25, group=False) == 0.75
    assert limits.take(1, 1.0, group=False) == 0
    assert [limits.take(-1, at, group=True) for at in (2.0, 3.0, 4.0, 62.0)] == [0, 0, 58, 0]
    assert [limits.take(chat, 100.0, group=False) for chat in (2, 3, 4, 5)] == [0, 0, 0, 1]
    assert limits.take(6, 100.0, group=False, paid=True) == 0


async def test_a_chat_takes_one_message_a_second(bot: Caller, clock: Clock) -> None:
    await bot("sendMessage", chat_id=ANN, text="1")
    answer = await bot.ask("sendMessage", chat_id=ANN, text="2")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
    assert answer.json() == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 1",
        "parameters": {"retry_after": 1},
    }
    clock.now += 1
    await bot("editMessageText", chat_id=ANN, message_id=1, text="3")
    assert await bot.refused("sendMessage", chat_id=ANN, text="4") == (429, "Too Many Requests: retry after 1")


async def test_a_group_takes_twenty_a_minute_and_says_when(bot: Caller, clock: Clock) -> None:
    for _ in range(20):
        await bot("sendMessage", chat_id=GROUP, text="x")
        clock.now += 1
    assert await bot.refused("sendMessage", chat_id=GROUP, text="x") == (429, "Too Many Requests: retry after 40")


async def test_all_chats_together_take_thirty_a_second(bot: Caller) -> None:
    for chat in range(100, 140):
        bot.api.chat(chat)
        await bot.ask("sendMessage", chat_id=chat, text="x")
    assert bot.api.counted() == {200: 30, 429: 10}
    await bot("sendMessage", chat_id=139, text="x", allow_paid_broadcast=True)
    assert bot.api.transcript[-1].paid


def test_a_scale_makes_seconds_shorter(clock: Clock) -> None:
    telegram = Telegram(scale=50, clock=clock)
    assert telegram.limits.take(ANN, telegram.seconds(), group=False) == 0
    clock.now += 1 / 50
    assert telegram.limits.take(ANN, telegram.seconds(), group=False) == 0


async def test_a_scaled_wait_is_told_in_the_callers_seconds(clock: Clock) -> None:
    async with BotApi(scale=50, clock=clock) as api, httpx.AsyncClient(trust_env=False) as client:
        api.chat(GROUP)
        url = f"{api.url}/bot{api.token}/sendMessage"
        for _ in range(20):
            await client.post(url, json={"chat_id": GROUP, "text": "x"})
            clock.now += 1 / 50
        refused = await client.post(url, json={"chat_id": GROUP, "text": "x"})
        assert refused.json()["parameters"] == {"retry_after": 1}


# -- updates


async def test_an_update_stays_until_an_offset_confirms_it(bot: Caller) -> None:
    for word in ("a", "b", "c"):
        bot.api.say(ANN, word)
    first = await bot("getUpdates", limit=2)
    assert [update["message"]["text"] for update in first] == ["a", "b"]
    assert await bot("getUpdates", limit=2) == first
    assert [update["message"]["text"] for update in await bot("getUpdates", offset=first[-1]["update_id"] + 1)] == ["c"]
    assert len(await bot("getUpdates")) == 1


async def test_a_negative_offset_keeps_only_the_last(bot: Caller) -> None:
    for word in ("a", "b", "c"):
        bot.api.say(ANN, word)
    assert [update["message"]["text"] for update in await bot("getUpdates", offset=-1)] == ["c"]
    assert len(await bot("getUpdates")) == 1


async def test_updates_are_kept_for_a_day(bot: Caller, clock: Clock) -> None:
    bot.api.say(ANN, "old")
    clock.now += 24 * 3600 + 1
    assert await bot("getUpdates") == []


async def test_a_long_poll_ends_with_the_first_update(bot: Caller) -> None:
    poll = asyncio.create_task(bot("getUpdates", timeout=30))
    await bot.api.polling.wait()
    bot.api.say(ANN, "/help")
    assert [update["message"]["text"] for update in await poll] == ["/help"]


async def test_a_long_poll_without_news_ends_empty(bot: Caller) -> None:
    assert await bot("getUpdates", timeout=1) == []


async def test_a_second_poller_ends_the_first(bot: Caller, payloads: Path) -> None:
    first = asyncio.create_task(bot.ask("getUpdates", timeout=30))
    await bot.api.polling.wait()
    assert await bot("getUpdates") == []
    assert (await first).json() == json.loads((payloads / "fixtures/telegram/error_409.json").read_text())


async def test_only_kinds_that_were_asked_for_come(bot: Caller) -> None:
    await bot("getUpdates", allowed_updates=["message"])
    bot.api.block(ANN)
    bot.api.say(ANN, "hello")
    bot.api.update({"new_update_kind": {"some": 1}})
    assert [set(update) - {"update_id"} for update in await bot("getUpdates")] == [{"message"}, {"new_update_kind"}]


async def test_an_update_may_come_twice(bot: Caller) -> None:
    number = bot.api.update({"poll": {"id": "1"}})
    assert bot.api.update({"poll": {"id": "1"}}, again=True) == number
    assert [update["update_id"] for update in await bot("getUpdates")] == [number, number]


async def test_what_people_do_is_told_in_telegrams_shapes(bot: Caller) -> None:
    bot.api.say(FORUM, "é😀 /follow@habeas_watch_bot cecot", user=3, thread=5, lang="es")
    bot.api.say(CHANNEL, "/help")
    bot.api.say(FORUM, "/stop", anonymous=True)
    bot.api.add(-77, "group", user=3)
    bot.api.migrate(GROUP, -1009, newest_first=True)
    said, post, anonymous, joined, members, moved_from, moved_to = await bot("getUpdates")
    assert said["message"]["entities"] == [{"type": "bot_command", "offset": 4, "length": 24}]
    assert (said["message"]["from"]["language_code"], said["message"]["is_topic_message"]) == ("es", True)
    assert (post["channel_post"]["text"], "from" in post["channel_post"]) == ("/help", False)
    assert anonymous["message"]["sender_chat"]["id"] == FORUM
    statuses = [joined["my_chat_member"][which]["status"] for which in ("old_chat_member", "new_chat_member")]
    assert statuses == ["left", "member"]
    assert members["message"]["new_chat_members"][0]["id"] == bot.api.id
    assert (moved_from["message"]["migrate_from_chat_id"], moved_to["message"]["migrate_to_chat_id"]) == (GROUP, -1009)


async def test_a_press_is_answered_once_within_thirty_seconds(bot: Caller, clock: Clock) -> None:
    keyboard = {"inline_keyboard": [[{"text": "Why?", "callback_data": "why:17"}]]}
    await bot("sendMessage", chat_id=ANN, text="x", reply_markup=keyboard)
    with pytest.raises(ValueError, match="no button 'mute'"):
        bot.api.press(ANN, 1, "mute")
    query = bot.api.press(ANN, 1, "why:17")
    assert (await bot("getUpdates"))[-1]["callback_query"]["message"]["reply_markup"] == keyboard
    assert await bot("answerCallbackQuery", callback_query_id=query, text="Because.", show_alert=True) is True
    assert [(said.text, said.alert) for said in bot.api.answered] == [("Because.", True)]
    late = bot.api.press(ANN, 1, "why:17", inaccessible=True)
    clock.now += 31
    for stale in (query, late, "nonsense"):
        code, fault = await bot.refused("answerCallbackQuery", callback_query_id=stale)
        assert (code, fault[:31]) == (400, "Bad Request: query is too old a")
    assert await bot.refused("answerCallbackQuery", callback_query_id=late, text="x" * 201) == (400, "Bad Request: MESSAGE_TOO_LONG")


# -- webhook


class Receiver(Loopback):
    """A bot's own server: refuses the first call, then takes what comes."""

    def __init__(self) -> None:
        self.got: list[tuple[str, Any]] = []
        self.enough = asyncio.Event()
        self.tries = count()
        super().__init__(Starlette(routes=[Route("/hook", self.take, methods=["POST"])]))

    async def take(self, request: Request) -> Response:
        if next(self.tries) == 0:
            return Response(status_code=500)
        self.got.append((request.headers["X-Telegram-Bot-Api-Secret-Token"], await request.json()))
        if len(self.got) == 2:
            self.enough.set()
        return Response()


async def test_a_webhook_gets_updates_in_order_with_the_secret_until_it_takes_them() -> None:
    async with Receiver() as receiver, BotApi(scale=50) as api, httpx.AsyncClient(trust_env=False) as client:
        bot = Caller(api, client)
        api.say(ANN, "a")
        assert await bot("setWebhook", url=f"{receiver.base}/hook", secret_token="s-3_cret") is True
        api.say(ANN, "b")
        await receiver.enough.wait()
        assert [(secret, update["message"]["text"]) for secret, update in receiver.got] == [("s-3_cret", "a"), ("s-3_cret", "b")]
        info = await bot("getWebhookInfo")
        assert info["last_error_message"] == "Wrong response from the webhook: 500 Internal Server Error"
        code, fault = await bot.refused("getUpdates")
        assert (code, fault[:57]) == (409, "Conflict: can't use getUpdates method while webhook is ac")
        assert await bot("deleteWebhook") is True
        assert await bot("getUpdates") == []


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({"url": "http://example.org/hook"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        ({"url": "https://example.org/hook", "secret_token": "a b"}, "secret token contains unallowed characters"),
        ({"url": "https://example.org/hook", "secret_token": "a" * 257}, "secret token is too long"),
    ],
)
async def test_a_webhook_that_telegram_refuses(bot: Caller, arguments: dict[str, str], fault: str) -> None:
    assert await bot.refused("setWebhook", **arguments) == (400, f"Bad Request: {fault}")


# -- faults


async def test_faults_come_once_and_only_where_they_were_meant(bot: Caller, clock: Clock) -> None:
    bot.api.chat(8)
    bot.api.fail("429", chat=ANN, retry_after=7)
    bot.api.fail("html", chat=ANN)
    bot.api.fail("401", chat=ANN)
    bot.api.fail("error", chat=ANN, status=500, description="Internal Server Error: x")
    assert (await bot.ask("sendMessage", chat_id=8, text="x")).status_code == 200
    answers = [await bot.ask("sendMessage", chat_id=ANN, text="x") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [429, 502, 401, 500]
    assert (answers[0].json()["parameters"], answers[0].headers["Retry-After"]) == ({"retry_after": 7}, "7")
    assert answers[1].headers["content-type"].startswith("text/html")
    await bot("sendMessage", chat_id=ANN, text="at last")
    assert bot.api.sent(ANN) == ["at last"]


async def test_a_lost_answer_may_hide_a_delivery(bot: Caller, clock: Clock) -> None:
    bot.api.fail("garbage")
    assert (await bot.ask("sendMessage", chat_id=ANN, text="garbage")).content == b'{"ok":true,"result":{"message_id":'
    clock.now += 1
    bot.api.fail("drop")
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        await bot.ask("sendMessage", chat_id=ANN, text="drop")
    clock.now += 1
    bot.api.fail("hang")
    with pytest.raises(httpx.ReadTimeout):
        await bot.client.post(f"{bot.api.url}/bot{bot.api.token}/sendMessage", json={"chat_id": ANN, "text": "hang"}, timeout=0.3)
    clock.now += 1
    bot.api.fail("drop", delivered=False)
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        await bot.ask("sendMessage", chat_id=ANN, text="lost")
    assert bot.api.sent(ANN) == ["garbage", "drop", "hang"]
    assert bot.api.counted() == {200: 1, 0: 3}


# -- control and process


async def test_the_control_api_does_what_the_methods_do(bot: Caller) -> None:
    assert await bot.sim("say", chat=ANN, text="/start") == (200, {"result": 1})
    assert await bot.sim("fail", how="401") == (200, {"result": None})
    assert await bot.sim("block", chat=ANN) == (200, {"result": None})
    assert (await bot.ask("sendMessage", chat_id=GROUP, text="x")).status_code == 401
    await bot("sendMessage", chat_id=GROUP, text="a <b> c")
    assert await bot.sim("explode") == (404, {"error": f"no such verb 'explode': {(await bot.sim('explode'))[1]['error'].split(': ')[1]}"})
    assert (await bot.sim("say", chat=ANN))[0] == 400
    told = {
        what: (await bot.client.get(f"{bot.api.url}/sim/{what}")).json()
        for what in ("transcript", "calls", "answered", "commands", "state")
    }
    assert [(said["chat"], said["text"]) for said in told["transcript"]] == [(GROUP, "a <b> c")]
    assert [call["status"] for call in told["calls"]] == [401, 200]
    assert (told["answered"], told["commands"], told["state"]["waiting"]) == ([], [], 2)
    page = (await bot.client.get(bot.api.url)).text
    assert "<td>a &lt;b&gt; c</td>" in page


def test_it_runs_as_a_process_of_its_own() -> None:
    command = [sys.executable, "-m", "watcher.testing.telegram", "--scale", "50", "--token", "1:A"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONWARNINGS": "error"}) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert httpx.post(f"{url}/bot1:A/getMe", trust_env=False).json()["result"]["id"] == 1
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


# -- against recorded payloads


@pytest.mark.parametrize(
    ("name", "chat", "happens"),
    [
        ("error_400_chat_not_found", 999, lambda api: api.chat(998)),
        ("error_400_migrated", GROUP, lambda api: api.migrate(GROUP, FORUM)),
        ("error_403_blocked", ANN, lambda api: api.block(ANN)),
        ("error_403_deactivated", ANN, lambda api: api.end(ANN, "user is deactivated")),
        ("error_403_group_deleted", GROUP, lambda api: api.end(GROUP, "the group chat was deleted")),
        ("error_403_kicked_supergroup", FORUM, lambda api: api.remove(FORUM)),
        ("error_429", ANN, lambda api: api.fail("429", retry_after=5)),
        ("error_401", ANN, lambda api: api.fail("401")),
    ],
)
async def test_refusals_are_those_that_were_recorded(bot: Caller, payloads: Path, name: str, chat: int, happens: Any) -> None:
    happens(bot.api)
    recorded = json.loads((payloads / f"fixtures/telegram/{name}.json").read_text())
    assert (await bot.ask("sendMessage", chat_id=chat, text="x")).json() == recorded


async def test_refused_text_is_refused_as_recorded(bot: Caller, payloads: Path) -> None:
    recorded = {
        name: json.loads((payloads / f"fixtures/telegram/error_400_{name}.json").read_text()) for name in ("parse_entities", "too_long")
    }
    sent = {"parse_entities": "Order issued<br>", "too_long": "x" * 5000}
    got = {name: (await bot.ask("sendMessage", chat_id=ANN, text=text, parse_mode="HTML")).json() for name, text in sent.items()}
    assert got == recorded


async def test_the_library_reads_every_update_that_we_make(bot: Caller) -> None:
    api = bot.api
    for change in (api.block, api.unblock):
        change(ANN)
    for change in (api.restrict, api.remove, api.add):
        change(FORUM)
    api.add(CHANNEL)
    api.migrate(GROUP, -1009)
    api.say(FORUM, "/help", thread=5, reply_to=1, anonymous=True)
    api.say(CHANNEL, "/help")
    await bot("sendMessage", chat_id=ANN, text="x", reply_markup={"inline_keyboard": [[{"text": "Why?", "callback_data": "why:1"}]]})
    for way in ({}, {"inaccessible": True}, {"inline": True}):
        api.press(ANN, 1, "why:1", **way)
    updates = [Update.de_json(update, None) for update in await bot("getUpdates")]
    assert [update.update_id for update in updates] == list(range(1, 15))
    assert [update.my_chat_member.new_chat_member.status for update in updates if update.my_chat_member] == [
        "kicked",
        "member",
        "restricted",
        "kicked",
        "member",
        "administrator",
    ]
