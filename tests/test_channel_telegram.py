"""Letters by Telegram: every answer and every break, and what is made of it; then a strict Bot API over real HTTP."""

import json
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from alerts.channels.telegram import DATA_LIMIT, FLOODED, LABEL_LIMIT, Request, TelegramChannel, keyboard
from alerts.models import Address, Down, Later, Letter, LetterKind, Moved, Never, Outcome, Reason, Refused, Sent, Unknown
from tests.letters import bare, item, letter
from watcher.testing.telegram import TEXT_LIMIT, BotApi, units

TOKEN = "700000001:AAF-secret_secret_secret_secret_secre"
ANN, GROUP, FORUM = 7, -42, -1001113717682
TO_ANN = Address("telegram", str(ANN))


def answering(answer: Callable[[httpx.Request], httpx.Response]) -> TelegramChannel:
    """A channel whose wire is a function."""
    return TelegramChannel(TOKEN, request=Request(httpx_kwargs={"transport": httpx.MockTransport(answer)}))


async def outcome_of(answer: Callable[[httpx.Request], httpx.Response], sent: Letter | None = None) -> Outcome:
    channel = answering(answer)
    try:
        return await channel.send(sent or letter(item(), address=TO_ANN))
    finally:
        await channel.close()


def refusal(code: int, description: str, **parameters: Any) -> httpx.Response:
    body = {"ok": False, "error_code": code, "description": description}
    return httpx.Response(code, content=json.dumps(body | ({"parameters": parameters} if parameters else {})))


def page(status: int) -> httpx.Response:
    return httpx.Response(status, html=f"<html><h1>{status}</h1></html>")


GOOD = {"ok": True, "result": {"message_id": 1042, "date": 1764000000, "chat": {"id": ANN, "type": "private"}, "text": "x"}}

#: What an operator reads of an answer; what each means is in `test_outcomes`.
REASONS: list[tuple[httpx.Response, Outcome]] = [
    (refusal(429, "Too Many Requests: retry after 5", retry_after=5), Later(timedelta(seconds=5), "chat", "too many requests")),
    (refusal(403, "Forbidden: bot was blocked by the user"), Never("Forbidden: bot was blocked by the user")),
    (refusal(400, "Bad Request: TOPIC_CLOSED"), Never("Topic_closed")),
    (refusal(400, "Bad Request: message is too long"), Refused("Message is too long")),
    (refusal(400, "Bad Request: \x00 \ud800 \u202e?"), Refused("?")),  # nothing that a database would not store
    (page(413), Refused("status 413")),
    (refusal(401, "Unauthorized"), Down("token refused (status 401)")),
    (page(403), Later(timedelta(seconds=15), "channel", "status 403, not as Telegram answers: no JSON")),
    (refusal(409, "Conflict"), Later(timedelta(seconds=15), "channel", "status 409, not as Telegram answers: Conflict")),
    (page(502), Unknown("status 502: Bad Gateway (502). Parsing the server response b'<html><h1>502</h1></html>' failed")),
    (httpx.Response(200, content=b'{"ok":true,"result":{"mess'), Unknown("status 200: Invalid server response")),
    (httpx.Response(200, json={"ok": True}), Unknown("status 200: KeyError")),
]

BREAKS: list[tuple[type[httpx.HTTPError], Outcome]] = [
    (httpx.ConnectError, Later(timedelta(seconds=15), "channel", "Telegram cannot be reached: ConnectError")),
    (httpx.ConnectTimeout, Later(timedelta(seconds=15), "channel", "Telegram cannot be reached: ConnectTimeout")),
    (httpx.ProxyError, Later(timedelta(seconds=15), "channel", "Telegram cannot be reached: ProxyError")),
    (httpx.PoolTimeout, Later(timedelta(seconds=1), "chat", "all connections are busy")),
    (httpx.ReadTimeout, Unknown("no answer: ReadTimeout")),
    (httpx.WriteTimeout, Unknown("no answer: WriteTimeout")),
    (httpx.ReadError, Unknown("no answer: ReadError")),
    (httpx.WriteError, Unknown("no answer: WriteError")),
    (httpx.RemoteProtocolError, Unknown("no answer: RemoteProtocolError")),
]


@pytest.mark.parametrize(("answer", "outcome"), REASONS, ids=lambda each: str(each)[:60])
async def test_the_reason_says_what_was_answered(answer: httpx.Response, outcome: Outcome) -> None:
    assert await outcome_of(lambda _: answer) == outcome


@pytest.mark.parametrize(("error", "outcome"), BREAKS)
async def test_every_break_has_its_outcome(error: type[httpx.HTTPError], outcome: Outcome) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise error(f"broken at {request.url}")

    assert await outcome_of(fail) == outcome


@pytest.mark.parametrize(
    ("name", "status", "outcome"),
    [
        ("send_message_ok.json", 200, Sent("700000002/1042")),
        ("error_400_chat_not_found.json", 400, Never("Chat not found")),
        ("error_400_migrated.json", 400, Moved(Address("telegram", "-1001113717682"))),
        ("error_400_parse_entities.json", 400, Refused('Can\'t parse entities: unsupported start tag "br" at byte offset 12')),
        ("error_400_too_long.json", 400, Refused("Message is too long")),
        ("error_401.json", 401, Down("token refused (status 401)")),
        ("error_403_blocked.json", 403, Never("Forbidden: bot was blocked by the user")),
        ("error_403_deactivated.json", 403, Never("Forbidden: user is deactivated")),
        ("error_403_group_deleted.json", 403, Never("Forbidden: the group chat was deleted")),
        ("error_403_kicked_supergroup.json", 403, Never("Forbidden: bot was kicked from the supergroup chat")),
        ("error_429.json", 429, Later(timedelta(seconds=5), "chat", "too many requests")),
    ],
)
async def test_recorded_answers_have_their_outcome(payloads: Path, name: str, status: int, outcome: Outcome) -> None:
    body = (payloads / "fixtures/telegram" / name).read_bytes()
    assert await outcome_of(lambda _: httpx.Response(status, content=body)) == outcome


async def test_a_recorded_html_fault_leaves_the_outcome_open(payloads: Path) -> None:
    body = (payloads / "fixtures/telegram/error_502.html").read_bytes()
    assert isinstance(await outcome_of(lambda _: httpx.Response(502, content=body)), Unknown)


async def test_refusals_of_many_chats_in_a_row_hold_the_whole_channel() -> None:
    answers = [refusal(429, "", retry_after=3) for _ in range(5)]
    answers.insert(2, httpx.Response(200, json=GOOD))
    channel = answering(lambda _: answers.pop(0))
    outcomes = [await channel.send(letter(item(), address=Address("telegram", str(chat)))) for chat in range(6)]
    held = [outcome.scope if isinstance(outcome, Later) else "sent" for outcome in outcomes]
    assert (held, FLOODED) == (["chat", "chat", "sent", "chat", "chat", "channel"], 3)
    await channel.close()


async def test_the_whole_channel_is_held_for_a_minute_at_most_for_what_may_be_three_chats_own_waits() -> None:
    channel = answering(lambda _: refusal(429, "", retry_after=12 * 3600))
    waits = [await channel.send(letter(item(), address=Address("telegram", str(chat)))) for chat in range(3)]
    hours = timedelta(hours=12)
    said = "too many requests"
    assert waits == [Later(hours, "chat", said), Later(hours, "chat", said), Later(timedelta(minutes=1), "channel", said)]
    await channel.close()


async def test_what_was_refused_once_answers_no_message() -> None:
    asked: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.content)
        return refusal(400, "Bad Request: message to be replied not found")

    for plain in (False, True):
        await outcome_of(answer, letter(item(), address=TO_ANN, kind=LetterKind.UPDATE, reply_to="7/5", plain=plain))
    assert [b"reply_parameters" in each for each in asked] == [True, False]


# -- what is sent


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi(token=TOKEN, scale=1000) as api:
        api.chat(ANN)
        api.chat(GROUP)
        api.chat(FORUM, threads=(5,))
        yield api


@pytest.fixture
async def channel(api: BotApi) -> AsyncIterator[TelegramChannel]:
    channel = TelegramChannel(TOKEN, api_url=api.url, request=Request(read_timeout=0.5))
    yield channel
    await channel.close()


async def test_an_alert_arrives_with_its_buttons_and_without_a_preview(api: BotApi, channel: TelegramChannel) -> None:
    assert await channel.send(letter(item(), address=TO_ANN)) == Sent("7/1")
    posted = api.transcript[0]
    assert "Order granting motion" in posted.text or "Order to facilitate" in posted.text
    assert posted.now.html.startswith("<b>")
    assert posted.buttons == ("why:17", "mute:abrego-garcia", "vote:1:yes", "vote:1:no")
    assert (posted.preview, posted.now.dropped) == ({"is_disabled": True}, 0)
    labels = [button["text"] for button in (posted.now.keyboard or {})["inline_keyboard"][0]]
    assert labels == ["Why?", "Mute: Abrego Garcia v. Noem"]


async def test_hostile_words_arrive_as_words(api: BotApi, channel: TelegramChannel) -> None:
    title = '<script>&lt;b&gt;</b> & "x" </a> 1 < 2'
    sent = item(title=title, summary="<br>" * 2000, reasons=(Reason(watch="cecot", title="<b>CECOT"),))
    assert await channel.send(letter(sent, address=TO_ANN)) == Sent("7/1")
    assert title in api.transcript[0].text
    assert units(api.transcript[0].text) <= TEXT_LIMIT


async def test_a_letter_whose_markup_was_refused_goes_as_plain_text(api: BotApi, channel: TelegramChannel) -> None:
    assert await channel.send(letter(item(), address=TO_ANN, plain=True)) == Sent("7/1")
    posted = api.transcript[0]
    assert (posted.now.html, posted.now.entities, posted.buttons) == ("", (), ())
    assert "<b>" not in posted.text


async def test_an_edit_replaces_the_message_in_place(api: BotApi, channel: TelegramChannel) -> None:
    await channel.send(letter(item(), address=TO_ANN))
    update = letter(item(change="now an order"), address=TO_ANN, kind=LetterKind.UPDATE, edits="7/1")
    assert await channel.send(update) == Sent("7/1")
    assert (len(api.transcript), len(api.transcript[0].versions)) == (1, 2)
    assert "now an order" in api.transcript[0].text
    assert await channel.send(update) == Sent("7/1")
    assert len(api.transcript[0].versions) == 2


async def test_an_edit_of_a_chat_that_moved_is_left_alone(api: BotApi, channel: TelegramChannel) -> None:
    assert await channel.send(letter(item(), address=TO_ANN, edits="-42/9")) == Sent("-42/9")
    assert api.calls == []


async def test_news_of_a_story_answers_the_message_that_told_it(api: BotApi, channel: TelegramChannel) -> None:
    await channel.send(letter(item(), address=TO_ANN))
    for reply_to in ("7/1", "7/999", "-42/1", "nonsense"):
        await channel.send(letter(bare(), address=TO_ANN, kind=LetterKind.UPDATE, reply_to=reply_to))
    assert [posted.reply_to for posted in api.transcript] == [None, 1, None, None, None]


async def test_a_thread_of_a_forum_is_written_to(api: BotApi, channel: TelegramChannel) -> None:
    assert await channel.send(letter(item(), address=Address("telegram", str(FORUM), 5))) == Sent(f"{FORUM}/1")
    assert api.transcript[0].thread == 5
    gone = letter(item(), address=Address("telegram", str(FORUM), 6))
    assert await channel.send(gone) == Never("Message thread not found")


async def test_a_reply_of_the_bot_is_its_own_words(api: BotApi, channel: TelegramChannel) -> None:
    reply = letter(address=TO_ANN, kind=LetterKind.CONFIRMATION, text="You follow <nothing> & more.")
    assert await channel.send(reply) == Sent("7/1")
    assert (api.sent(ANN), api.transcript[0].buttons) == (["You follow <nothing> & more."], ())


async def test_outcomes_over_a_real_wire(api: BotApi, channel: TelegramChannel) -> None:
    sent = letter(item(), address=TO_ANN)
    group = letter(item(), address=Address("telegram", str(GROUP)))
    api.fail("drop")
    dropped = await channel.send(sent)
    api.fail("hang")
    api.fail("garbage")
    api.fail("html", status=502)
    lost = [dropped, *[await channel.send(sent) for _ in range(3)]]
    assert all(isinstance(outcome, Unknown) for outcome in lost), lost
    assert len(api.transcript) == 3  # the three that were delivered although no answer came
    api.block(ANN)
    assert await channel.send(sent) == Never("Forbidden: bot was blocked by the user")
    api.migrate(GROUP, -1009)
    assert await channel.send(group) == Moved(Address("telegram", "-1009"))
    assert await channel.send(replace(sent, address=Address("telegram", "999"))) == Never("Chat not found")


async def test_paid_broadcast_is_asked_for_only_when_the_operator_wants_it(api: BotApi) -> None:
    for paid in (False, True):
        channel = TelegramChannel(TOKEN, api_url=api.url, paid_broadcast=paid)
        assert isinstance(await channel.send(letter(item(), address=TO_ANN)), Sent)
        await channel.close()
    assert [posted.paid for posted in api.transcript] == [False, True]


async def test_an_address_where_nobody_listens_holds_the_channel() -> None:
    channel = TelegramChannel(TOKEN, api_url="http://127.0.0.1:9")
    outcome = await channel.send(letter(item(), address=TO_ANN))
    assert outcome == Later(timedelta(seconds=15), "channel", "Telegram cannot be reached: ConnectError")
    await channel.close()


# -- buttons


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        (letter(item()), True),
        (letter(item(), kind=LetterKind.UPDATE), True),
        (letter(item(), kind=LetterKind.RETRACTION), False),
        (letter(item(reasons=())), False),
    ],
)
def test_what_one_is_told_under_a_topic_is_asked_about(given: Letter, asked: bool) -> None:
    below = keyboard(given)
    assert below is not None
    votes = [[button.text, button.callback_data] for row in below.inline_keyboard[1:] for button in row]
    assert votes == ([["Relevant", "vote:1:yes"], ["Not relevant", "vote:1:no"]] if asked else [])


def test_a_vote_names_its_letter_within_what_telegram_takes() -> None:
    below = keyboard(letter(item(), id=10**18 - 1))
    assert below is not None
    assert max(len(str(button.callback_data).encode()) for row in below.inline_keyboard for button in row) <= DATA_LIMIT


def test_only_a_letter_of_one_story_has_buttons() -> None:
    for without in (letter(), letter(item(), item(18), kind=LetterKind.LIST), letter(item(), kind=LetterKind.DIGEST)):
        assert keyboard(without) is None


def test_buttons_speak_the_readers_language_and_keep_their_limits() -> None:
    long = Reason(watch="w" * 60, title="A" * 100)
    both = keyboard(letter(item(), lang="es"))
    only_why = keyboard(letter(item(reasons=(long,))))
    cut = keyboard(letter(item(reasons=(replace(long, watch="w"),))))
    assert both is not None
    assert only_why is not None
    assert cut is not None
    assert [button.text for button in both.inline_keyboard[0]] == ["¿Por qué?", "Silenciar: Abrego Garcia v. Noem"]
    assert [button.callback_data for button in only_why.inline_keyboard[0]] == ["why:17"]
    assert len(cut.inline_keyboard[0][1].text) == LABEL_LIMIT


# -- secrets


async def test_the_token_and_the_chat_are_in_no_log_no_reason_and_no_repr(api: BotApi, caplog: pytest.LogCaptureFixture) -> None:
    def leak(request: httpx.Request) -> httpx.Response:
        return refusal(400, f"Bad Request: chat {request.url} of {TOKEN}")

    with caplog.at_level(logging.DEBUG):
        leaking, real = answering(leak), TelegramChannel(TOKEN, api_url=api.url)
        outcome = await leaking.send(letter(item(), address=TO_ANN))
        await real.send(letter(item(), address=Address("telegram", "998877665544")))
        api.fail("html")
        await real.send(letter(item(), address=TO_ANN))
        await leaking.close()
        await real.close()
    records = [record for record in caplog.records if not record.name.startswith("uvicorn")]  # the emulator's own
    said = " ".join([repr(leaking), repr(outcome), *(record.getMessage() for record in records)]).lower()
    assert "(token)" in repr(outcome)
    assert TOKEN.partition(":")[2].lower() not in said
    assert "998877665544" not in said
