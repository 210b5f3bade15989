"""What Telegram and mail servers can answer to a Letter, and what each answer means: the one table of it.

`tests/test_outcomes.py` has every row said over a real connection, `tests/test_fates.py` follows it into the database;
`docs/reference/outcomes.md` is written from it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from alerts.channels.email import CHANNEL_WAIT, CHAT_WAIT
from alerts.channels.telegram import BREATH, LONGEST_WAIT, MOVING
from alerts.models import Address, Down, Later, LetterState, Moved, Never, Outcome, Refused, Sent, Unknown
from watcher.testing.mail import DROP, SILENCE

CHAT, SUPERGROUP = 7, -1001113717682  #: who is written to, and where that chat may have gone
MAILBOX = "reader@example.org"
SENT_AS = "<letter-1@watch.example>"

SECOND = timedelta(seconds=1)
CHAT_LATER, DOMAIN_LATER, ALL_LATER = Later(CHAT_WAIT, "chat"), Later(CHAT_WAIT, "domain"), Later(CHANNEL_WAIT, "channel")
UNREACHED = Later(BREATH, "channel")
NEVER, REFUSED, DOWN, UNKNOWN = Never(""), Refused(""), Down(""), Unknown("")

# -- Telegram

Break = Literal["absent", "plain", "reset", "closed", "hang", "half"]
GOOD = {"ok": True, "result": {"message_id": 1042, "date": 1764000000, "chat": {"id": CHAT, "type": "private"}, "text": "x"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer of the Bot API, or of what stands before it."""

    says: str
    means: Outcome  #: a reason in it says nothing
    wire: bytes | Break = b""  #: what comes over the connection; a Break: what becomes of it
    to: Literal["message", "edit"] = "message"
    why: str = ""


def _http(status: int, body: bytes, kind: str = "application/json", *, more: str = "") -> bytes:
    return f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n".encode() + body


def _json(status: int, body: object) -> bytes:
    return _http(status, json.dumps(body).encode())


def _said(
    status: int, description: str, means: Outcome, why: str = "", *, to: Literal["message", "edit"] = "message", **parameters: Any
) -> Answer:
    """A refusal in the Bot API's own shape."""
    body = {"ok": False, "error_code": status, "description": description} | ({"parameters": parameters} if parameters else {})
    also = "".join(f", `{name}` {value}" for name, value in parameters.items())
    return Answer(says=f"{status} `{description}`{also}", means=means, wire=_json(status, body), to=to, why=why)


def _page(status: int, means: Outcome, why: str = "") -> Answer:
    body = f"<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>".encode()
    return Answer(says=f"{status}, a page of HTML", means=means, wire=_http(status, body, "text/html"), why=why)


def _other(says: str, wire: bytes | Break, means: Outcome, why: str = "") -> Answer:
    return Answer(says=says, means=means, wire=wire, why=why)


_FORBIDDEN = (
    "bot was blocked by the user",
    "user is deactivated",
    "bot can't initiate conversation with a user",
    "bot can't send messages to bots",
    "bot was kicked from the group chat",
    "bot was kicked from the supergroup chat",
    "bot was kicked from the channel chat",
    "bot is not a member of the group chat",
    "bot is not a member of the supergroup chat",
    "bot is not a member of the channel chat",
    "the group chat was deleted",
)
_GONE = (
    "chat not found",
    "private chat not found",
    "user not found",
    "have no access to the user",
    "PEER_ID_INVALID",
    "USER_IS_BLOCKED",
    "INPUT_USER_DEACTIVATED",
    "group chat was deactivated",
    "not enough rights to send text messages to the chat",
    "have no rights to send a message",
    "have no write access to the chat",
    "need administrator rights in the channel chat",
    "CHAT_ADMIN_REQUIRED",
    "CHAT_WRITE_FORBIDDEN",
    "CHAT_SEND_PLAIN_FORBIDDEN",
    "CHAT_GUEST_SEND_FORBIDDEN",
    "CHAT_RESTRICTED",
    "CHANNEL_PRIVATE",
    "message thread not found",
    "TOPIC_CLOSED",
    "TOPIC_DELETED",
)
_OUR_TEXT = (
    'can\'t parse entities: Unsupported start tag "br" at byte offset 12',
    "message is too long",
    "message text is empty",
    "BUTTON_DATA_INVALID",
    "message to be replied not found",
    "SOMETHING_NEW",
)
_NOTHING_LEFT = ("message is not modified: specified new", "message to edit not found", "message can't be edited", "MESSAGE_ID_INVALID")

TELEGRAM: Sequence[Answer] = (
    _other("200, the message", _json(200, GOOD), Sent(f"{CHAT}/1042")),
    *(_said(400, f"Bad Request: {each}", Sent(f"{CHAT}/5"), to="edit") for each in _NOTHING_LEFT),
    # a wait
    _said(
        429,
        "Too Many Requests: retry after 5",
        Later(5 * SECOND),
        "Three chats in a row: the whole channel, a minute at most",
        retry_after=5,
    ),
    _said(
        429, "Too Many Requests: retry after 999999999", Later(LONGEST_WAIT), "No answer silences a chat for ever", retry_after=999999999
    ),
    _said(429, "Too Many Requests: retry after -1", Later(SECOND), retry_after=-1),
    _said(429, "Too Many Requests: retry after 0", Later(BREATH), retry_after=0),
    _said(429, "Too Many Requests", Later(BREATH)),
    _said(429, "Too Many Requests", Later(BREATH), "A wait that is none", retry_after="soon"),
    _page(429, Later(BREATH)),
    # this chat no more
    *(_said(403, f"Forbidden: {each}", NEVER) for each in _FORBIDDEN),
    *(_said(400, f"Bad Request: {each}", NEVER) for each in _GONE),
    # another chat
    _said(
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
        Moved(Address("telegram", str(SUPERGROUP))),
        migrate_to_chat_id=SUPERGROUP,
    ),
    _said(
        400, "Bad Request: group chat was upgraded to a supergroup chat", Later(MOVING), "The update that names the new id comes by itself"
    ),
    _said(400, "Bad Request: group chat was upgraded to a supergroup chat", Later(MOVING), "Where it is already", migrate_to_chat_id=CHAT),
    _said(400, "Bad Request: group chat was migrated to a supergroup chat", Later(MOVING), "In older words"),
    # our text
    *(_said(400, f"Bad Request: {each}", REFUSED) for each in _OUR_TEXT),
    _said(413, "Request Entity Too Large", REFUSED),
    _page(413, REFUSED),
    # our account
    _said(401, "Unauthorized", DOWN, "The token was revoked"),
    _said(404, "Not Found", DOWN, "No such token"),
    _page(404, DOWN, "`WATCHER_TELEGRAM_API_URL` leads elsewhere"),
    _said(400, "Bad Request: Logged out", DOWN, "The bot went to a local server of the Bot API"),
    # somebody else's answer
    _page(302, UNREACHED, "A proxy or a portal, not Telegram: nothing was delivered"),
    _page(400, UNREACHED),
    _page(403, UNREACHED, "Nobody is parked for what a proxy says"),
    _other("403, JSON of another shape", _json(403, {"error": "blocked by policy"}), UNREACHED),
    _other("400, JSON of another shape", _json(400, {"error": "bad gateway route"}), UNREACHED),
    _other("400, a list", _json(400, []), UNREACHED),
    _said(
        409,
        "Conflict: terminated by other getUpdates request",
        UNREACHED,
        "Belongs to getUpdates: the bot asks again, and takes a webhook away",
    ),
    _other("nobody listens", "absent", UNREACHED),
    _other("the server speaks no TLS", "plain", UNREACHED),
    # it may have arrived
    _said(500, "Internal Server Error: restart", UNKNOWN),
    _page(502, UNKNOWN),
    _page(504, UNKNOWN),
    _other("200, half the JSON", _http(200, b'{"ok":true,"result":{"mess'), UNKNOWN),
    _other("200, a page of HTML", _http(200, b"<html>Welcome to the hotel</html>", "text/html"), UNKNOWN),
    _other("200 without a message", _json(200, {"ok": True}), UNKNOWN),
    _other("200, a list", _json(200, []), UNKNOWN),
    _other("200, a message of another shape", _json(200, {"ok": True, "result": {"chat": {}}}), UNKNOWN),
    _other("half of the answer, then the end of the connection", "half", UNKNOWN),
    _other("no answer, then the end of the connection", "closed", UNKNOWN),
    _other("no answer, then a reset", "reset", UNKNOWN),
    _other("no answer at all", "hang", UNKNOWN),
)

# -- mail


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer of a mail server, at one step of the exchange."""

    at: str  #: `connect`, `EHLO`, `STARTTLS`, `AUTH`, `MAIL`, `RCPT`, `DATA`, `END` (after the final dot), `QUIT`
    says: str | bytes | tuple[str, ...]  #: several: to one attempt after another at this step; DROP, SILENCE
    means: Outcome
    why: str = ""
    to: str = MAILBOX
    smtputf8: bool = True
    denied: int = 0  #: mails refused alike just before


def _at(step: str, means: Outcome, *says: str, why: str = "", denied: int = 0) -> list[Reply]:
    return [Reply(at=step, says=each, means=means, why=why, denied=denied) for each in says]


def _coded(step: str, means: Outcome, *codes: str, denied: int = 0) -> list[Reply]:
    """Replies whose enhanced code alone says what they mean."""
    return _at(step, means, *(f"550 5.{code} odd" for code in codes), why=ABOUT_US if denied else "", denied=denied)


LONG = "x" * 9000
ABOUT_US = "The third in a row, with none taken between; before that `Later`, this one: it may be the word of the mailbox's own server"

MAIL: Sequence[Reply] = (
    Reply(at="END", says="250 2.0.0 queued", means=Sent(SENT_AS)),
    Reply(at="END", says="251 will forward", means=Sent(SENT_AS), why="Any 2xx"),
    Reply(at="QUIT", says=DROP, means=Sent(SENT_AS), why="It was taken before"),
    # before the envelope all is about us or the server
    *_at(
        "connect", ALL_LATER, "421 4.3.2 shutting down", "454 4.7.0 busy", "SSH-2.0-OpenSSH_9.2", "HTTP/1.1 400 Bad Request", DROP, SILENCE
    ),
    Reply(at="connect", says="554 5.7.1 client host blocked", means=DOWN),
    *_at("EHLO", ALL_LATER, "421 4.3.0 later", "451 4.3.0 later", "250-half an answer", DROP),
    *_at("EHLO", DOWN, "502 5.5.1 not implemented", "550 5.7.1 not you"),
    *_at("STARTTLS", ALL_LATER, "421 4.7.0 bye", "454 4.7.0 TLS not available", DROP, SILENCE),
    *_at("STARTTLS", DOWN, "502 5.5.1 not implemented", "554 5.7.3 no TLS for you"),
    Reply(at="STARTTLS", says="220 2.0.0 go ahead, and then no TLS", means=ALL_LATER),
    *_at("AUTH", ALL_LATER, "421 4.7.0 too many logins", "454 4.7.0 temporary failure", "nonsense", DROP),
    *_at(
        "AUTH",
        DOWN,
        "535 5.7.8 credentials invalid",
        "535 5.7.8 too many failures, try again later",
        "534 5.7.9 mechanism too weak",
        "530 5.7.0 no",
    ),
    *_at(
        "MAIL",
        ALL_LATER,
        "421 4.7.0 too many connections",
        "450 4.1.8 sender domain not found",
        "451 4.3.0 local error",
        "452 4.3.1 no space",
    ),
    *_at("MAIL", ALL_LATER, "nonsense", "250-half an answer", DROP, SILENCE),
    *_at(
        "MAIL", DOWN, "501 5.1.7 bad sender", "530 5.7.0 authentication required", "550 5.1.8 no such domain", "553 5.7.1 sender not owned"
    ),
    Reply(
        at="MAIL",
        says=("553 5.7.1 sender not owned by user",),
        means=Sent(SENT_AS),
        why="Once more under the sender's own address, which it takes",
    ),
    *_at("MAIL", REFUSED, "552 5.3.4 message too big", "552 too big"),
    Reply(at="MAIL", says="553 5.6.7 non-ASCII address not supported", means=NEVER, to="añá@example.org"),
    Reply(
        at="EHLO",
        says="no SMTPUTF8",
        means=NEVER,
        why="The name of the mailbox has letters outside ASCII",
        to="añá@example.org",
        smtputf8=False,
    ),
    # the mailbox
    *_at("RCPT", ALL_LATER, "421 4.7.0 bye", "350 go on?", "nonsense", "250-half an answer", f"550 {LONG}", DROP, SILENCE),
    *_at(
        "RCPT",
        CHAT_LATER,
        "450 4.2.0 greylisted",
        "451 4.7.1 greylisted",
        "452 4.2.2 mailbox full",
        "452 4.5.3 too many recipients",
        "499 odd",
    ),
    *_at("RCPT", DOMAIN_LATER, "450 4.1.2 domain not found", "451 4.4.1 no answer from host", "450 4.7.28 unusual rate of mail"),
    *_at("RCPT", DOMAIN_LATER, "451 4.4.3 directory down", "451 4.4.4 no route", "451 4.4.7 expired"),
    Reply(at="RCPT", says="550 4.2.1 not now", means=CHAT_LATER, why="The code says never, its class 4 that it passes"),
    Reply(at="RCPT", says="550 5.2.1 receiving mail at a rate that prevents more", means=CHAT_LATER),
    *_at(
        "RCPT", NEVER, "550 5.1.1 no such user", "550 #5.1.0 Address rejected.", "550 no such user", "550-5.1.1 no\r\n550 5.1.1 such user"
    ),
    *_at(
        "RCPT", NEVER, "550 5.1.1 User unknown in relay recipient table", "550 relay.example.net: no such user here", "551 user not local"
    ),
    *_at("RCPT", NEVER, "501 5.1.3 bad address", "521 host takes no mail", "550 5.1.10 null MX", "556 domain takes no mail"),
    *_coded("RCPT", NEVER, "1.2", "1.4", "1.6", "4.4", "7.17", "7.18"),
    *_at("RCPT", NEVER, "550 5.2.1 mailbox disabled", "550 5.4.1 recipient rejected", "553 mailbox name not allowed"),
    Reply(at="RCPT", says=b"550 5.1.1 utilisateur supprim\xe9", means=NEVER, why="A reply in Latin-1"),
    Reply(at="RCPT", says="553 5.6.7 non-ASCII address not supported", means=NEVER, to="añá@example.org"),
    *_at("RCPT", CHAT_LATER, "552 5.2.2 mailbox full", "552 mailbox full", "550 5.2.0 odd mailbox", "554 5.4.6 routing loop"),
    *_at(
        "RCPT",
        CHAT_LATER,
        "550 5.7.1 blocked by policy",
        "550 5.7.26 not authenticated",
        "554 blocked by a list",
        "550 Administrative prohibition",
    ),
    *_at("RCPT", CHAT_LATER, "550 access denied", "550 a matter of policy", "550 no spam", "550 on a blacklist", "550 blocked by our list"),
    *_at("RCPT", CHAT_LATER, "550 low reputation", "550 no reverse name", "550 DMARC fails", "550 you are not authorized"),
    *_at("RCPT", CHAT_LATER, "550 receiving mail too quickly", "550 try again later", why="It says of itself that it passes"),
    *_at("RCPT", REFUSED, "552 5.2.3 too long for this mailbox", "554 5.6.0 bad content"),
    *_coded("RCPT", REFUSED, "3.3", "3.4", "6.1", "6.2", "6.3"),
    *_at("RCPT", CHAT_LATER, "554 5.7.1 Relay access denied", why="The first time"),
    *_at("RCPT", DOWN, "500 5.5.2 syntax", "501 syntax", "502 5.5.1 what?", "503 5.5.1 need MAIL first", why=ABOUT_US, denied=2),
    *_at("RCPT", DOWN, "504 5.5.2 Helo command rejected: need a full name", "555 parameters", why=ABOUT_US, denied=2),
    *_at("RCPT", DOWN, "554 5.7.1 Client host rejected", "550 authentication is required", why=ABOUT_US, denied=2),
    *_at("RCPT", DOWN, "550 you must authenticate first", "550 MAIL FROM not accepted", why=ABOUT_US, denied=2),
    *_at("RCPT", DOWN, "554 5.7.1 Relay access denied", "550 relay not permitted", "553 not in my rcpthosts", why=ABOUT_US, denied=2),
    *_at("RCPT", DOWN, "550 Sender verify failed", "550 5.1.0 Sender address rejected: User unknown", why=ABOUT_US, denied=2),
    *_at("RCPT", DOWN, "550 bad return path", "550 EHLO name is not yours", why=ABOUT_US, denied=2),
    *_coded("RCPT", DOWN, "1.7", "1.8", "4.5", "7.8", "7.9", "7.11", "7.13", "7.14", denied=2),
    Reply(
        at="RCPT",
        says=("553 5.7.1 Sender address rejected: not owned by user",),
        means=Sent(SENT_AS),
        why="As at MAIL: under the sender's own address",
    ),
    # leave to send the mail
    *_at("DATA", ALL_LATER, "421 4.3.0 bye", "250 well", "nonsense", DROP, SILENCE),
    *_at("DATA", CHAT_LATER, "451 4.3.0 try later", "550 5.3.0 odd"),
    *_at("DATA", REFUSED, "554 no valid recipients"),
    # the mail
    *_at("END", ALL_LATER, "421 4.3.0 bye"),
    *_at(
        "END",
        CHAT_LATER,
        "450 4.2.0 later",
        "452 4.3.1 no space",
        "550 5.7.26 neither SPF nor DKIM",
        "552 5.2.2 over quota",
        "554 5.3.0 odd",
    ),
    *_at(
        "END",
        NEVER,
        "550 5.1.1 no such user after all",
        "550 no such user after all",
        "550 user unknown",
        "550 that mailbox does not exist",
    ),
    *_at(
        "END", REFUSED, "550 5.7.1 looks like spam", "552 5.3.4 too big", "552 too big", "554 transaction failed", "554 5.6.0 bad content"
    ),
    *_at("END", DOWN, "550 5.4.5 daily sending quota exceeded", "550 relaying denied", why=ABOUT_US, denied=2),
    *_coded("END", DOWN, "1.7", "7.13", denied=2),
    *_coded("END", CHAT_LATER, "7.20", "7.21", "7.22", "7.23", "7.24", "7.25", "7.26", "7.27"),
    *_coded("END", REFUSED, "2.3", "3.3", "3.4", "6.1"),
    *_at("END", UNKNOWN, "354 go on?", "nonsense", "250-half an answer", f"250 {LONG}", DROP, SILENCE),
)

# -- what becomes of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What an Outcome does to the Letter and who hears of it."""

    outcome: str
    of: str  #: which Letters; "" all
    state: LetterState
    then: str
    reader: str = ""  #: what becomes of the Subscriber
    operator: str = ""  #: what the operator is told


FATES: Sequence[Fate] = (
    Fate(outcome="Sent", of="", state=LetterState.SENT, then="settled"),
    Fate(
        outcome="Later",
        of="a chat or mailbox",
        state=LetterState.PENDING,
        then="again after the wait; nothing else goes there meanwhile",
        operator="after 4 days, when it is given up (`dead`)",
    ),
    Fate(
        outcome="Later",
        of="a mail domain",
        state=LetterState.PENDING,
        then="again after the wait; nothing goes to its mailboxes meanwhile",
        operator="after 4 days, when it is given up (`dead`)",
    ),
    Fate(
        outcome="Later",
        of="the channel",
        state=LetterState.PENDING,
        then="again after the wait; nothing goes by the channel meanwhile",
        operator="by another channel, once it has lasted for an hour; then once a day",
    ),
    Fate(
        outcome="Never",
        of="",
        state=LetterState.DEAD,
        then="goes to the second address, where there is one",
        reader="parked until she comes back; then what she missed in three days comes in one message",
    ),
    Fate(outcome="Moved", of="", state=LetterState.PENDING, then="again at once, to the new id", reader="has the new id, her threads too"),
    Fate(
        outcome="Refused",
        of="",
        state=LetterState.PENDING,
        then="at once once more: plain text, no buttons, answering nothing",
        operator="at most once an hour",
    ),
    Fate(outcome="Refused", of="plain already", state=LetterState.DEAD, then="lost", operator="at most once an hour"),
    Fate(
        outcome="Down",
        of="",
        state=LetterState.PENDING,
        then="again after 10 minutes, for as long as it takes; nothing goes by the channel meanwhile",
        operator="by another channel, once until it serves again; then once a day",
    ),
    Fate(
        outcome="Unknown",
        of="urgent, a reply of the bot, a digest by mail",
        state=LetterState.PENDING,
        then="once more, marked as a possible repeat; a mail under the same Message-ID",
    ),
    Fate(outcome="Unknown", of="others", state=LetterState.UNKNOWN, then="its stories go into the reader's next digest"),
    Fate(
        outcome="Unknown",
        of="a repeat already",
        state=LetterState.UNKNOWN,
        then="its stories go into the reader's next digest",
        operator="at most once an hour",
    ),
)


def named(outcome: Outcome) -> str:
    """An Outcome as the page says it: `Later`, of the chat, 15 min."""
    if isinstance(outcome, Later):
        minutes, seconds = divmod(int(outcome.wait.total_seconds()), 60)
        wait = f"{minutes // 60} h" if minutes >= 60 else f"{minutes} min" if minutes else f"{seconds} s"
        held = {"chat": "this one", "domain": "its domain", "channel": "the channel"}[outcome.scope]
        return f"`Later`, {held}, {wait}"
    return f"`{type(outcome).__name__}`"


def spoken(reply: Reply) -> str:
    """What a mail server says, for people."""
    match reply.says:
        case bytes() as said:
            return f"`{said.decode('latin-1')}`"
        case tuple() as said:
            return "; ".join(f"`{each}`" for each in said)
        case "drop":
            return "the end of the connection"
        case "silence":
            return "nothing"
        case str() as said if LONG in said:
            return f"`{said.partition(LONG)[0]}` and 9,000 octets in one line"
        case str() as said if said.startswith("250-") and "\n" not in said:
            return f"`{said}` and no more"
        case said:
            return f"`{said}`".replace("\r\n", "` `")
