"""What the package speaks of: Subscriber, Subscription, Delivery, Letter, Message, Outcome. Times are aware UTC."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Literal, TypeAlias, get_args

from alerts.errors import AddressError
from watcher.models import Deadline, DocumentType, Severity


class Cadence(StrEnum):
    """When a Subscription is told."""

    NOW = "now"
    DAILY = "daily"
    WEEKLY = "weekly"


Scheme: TypeAlias = Literal["telegram", "mailto", "console"]
CHANNELS: tuple[Scheme, ...] = get_args(Scheme)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a Letter goes: `telegram:CHAT`, `telegram:CHAT/THREAD`, `mailto:ADDRESS`, `console:`."""

    channel: Scheme
    to: str = ""  #: chat id (64 bits, negative for groups), or mail address
    thread: int | None = None  #: a Telegram forum topic

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Read an address as a person writes it.

        Raises:
            AddressError: naming the text and the forms there are.
        """
        channel, colon, rest = text.strip().partition(":")
        match channel.lower() if colon else "":
            case "console" if not rest:
                return cls("console")
            case "mailto" if _is_mailbox(rest):
                local, _, domain = rest.rpartition("@")
                return cls("mailto", f"{local}@{domain.lower()}")
            case "telegram":
                chat, slash, thread = rest.partition("/")
                if _is_number(chat.removeprefix("-")) and (not slash or _is_number(thread)):
                    return cls("telegram", str(int(chat)), int(thread) if slash else None)
        raise AddressError(
            f"address {text!r}: write telegram:CHAT, telegram:CHAT/THREAD, mailto:NAME@HOST or console:{_meant(text.strip())}"
        )

    def knows(self, reference: str) -> bool:
        """Whether a message of this reference lies here, so that another can edit it or reply to it: a Telegram message lies in one chat,
        a mail wherever mail goes."""
        match self.channel:
            case "telegram":
                return reference.partition("/")[0] == self.to
            case "mailto":
                return reference.startswith("<")
            case "console":
                return not reference.startswith("<")

    def __str__(self) -> str:
        return f"{self.channel}:{self.to}" + (f"/{self.thread}" if self.thread is not None else "")


def _meant(text: str) -> str:
    """` (did you mean mailto:NAME@HOST?)` where the channel alone is missing or called otherwise; else ""."""
    bare = text.partition(":")[2] if text.lower().startswith(("email:", "mail:", "e-mail:")) else text
    if _is_mailbox(bare):
        return f" (did you mean mailto:{bare}?)"
    if _is_number(text.partition("/")[0].removeprefix("-")):
        return f" (did you mean telegram:{text}?)"
    return " (did you mean console:?)" if text.lower() == "console" else ""


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 19


def _is_mailbox(text: str) -> bool:
    local, _, domain = text.rpartition("@")
    return bool(local and domain) and len(text) <= 254 and text.isprintable() and not set(text) & set(' ,;<>"()[]\\:') and "@" not in local


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """From `start` until `end` in the reader's own time; they may span midnight."""

    start: time
    end: time
    urgent_passes: bool = True  #: an urgent alert is told all the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """One address that is told."""

    id: int
    address: Address
    second: Address | None = None  #: told when the first fails
    lang: str = "en"
    zone: str = "UTC"  #: IANA name; digests and quiet hours are in it
    digest_hour: int = 7  #: 0 to 23, in `zone`
    quiet: QuietHours | None = None
    parked: str | None = None  #: why nothing is sent to it (blocked the bot, mailbox gone); None: all is well
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One Watch that one Subscriber follows."""

    subscriber: int
    watch: str
    cadence: Cadence = Cadence.NOW
    floor: Severity = Severity.ROUTINE  #: less than this is not told
    types: tuple[DocumentType, ...] = ()  #: what has no paper of one of these is not told; empty: all is
    created_at: datetime  #: revisions older than this are never told to it


class LetterKind(StrEnum):
    ALERT = "alert"  #: one Story
    LIST = "list"  #: several Stories that fell due together
    DIGEST = "digest"  #: the Stories of a window, on a schedule
    UPDATE = "update"  #: news of a Story told before
    RETRACTION = "retraction"  #: what was told is withdrawn
    CONFIRMATION = "confirmation"  #: please confirm; also the bot's own replies that must arrive
    NOTICE = "notice"  #: to the operator


class LetterState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"  #: in flight; a crash in this state leaves it `unknown`
    SENT = "sent"
    UNKNOWN = "unknown"  #: the request left and no answer came, or the lease ran out while sending: it may have arrived
    DEAD = "dead"  #: refused for good
    CANCELLED = "cancelled"  #: not wanted any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a Story was told under a Watch, in a reader's words."""

    watch: str  #: id
    title: str  #: the Watch's title: the *topic*
    found: tuple[str, ...] = ()  #: the words found, best first; at most a few
    case: bool = False  #: a case, not a doctrine: readers look for a development under its case


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One Document of a Story as a Letter shows it."""

    title: str
    url: str  #: "" where there is no address
    outlet: str  #: court, agency or publisher
    published: datetime | None
    day_only: bool = False
    primary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One Story as a Letter tells it: facts frozen when the Letter was composed, plain text, no markup."""

    story: int
    revision: int
    shown: int = 0  #: the Story's newest revision by then, which this shows whether or not it is told with it; 0: not known
    title: str
    severity: Severity
    label: str  #: what it is, in a few words: `order`, `executive order, on public inspection`, `article`
    summary: str = ""  #: at most a paragraph
    lead: Paper
    reported: Paper | None = None  #: of a court's paper: the report whose headline says what it did; not among the others
    others: tuple[Paper, ...] = ()  #: further papers, primary ones first; at most a few
    more: int = 0  #: papers beyond those
    reasons: tuple[Reason, ...]
    change: str = ""  #: in an update: what changed
    news: Paper | None = None  #: and the paper that made it so, where that does not lead the Story
    seen_at: datetime
    deadlines: tuple[Deadline, ...] = ()
    page: bool = True  #: whether it has a public page; what only a subscriber's own phrase found has none

    @property
    def key(self) -> str:
        """What `watcher why` takes: `story:17`."""
        return f"story:{self.story}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """A day ahead of a Story that a digest does not tell of: it was set before, and comes soon."""

    deadline: Deadline
    story: int
    title: str  #: of the Story
    url: str  #: of its lead; "" where there is none


@dataclass(frozen=True, slots=True)
class Late:
    """Why a Letter comes late: nobody polled, or nobody told, from `since` until `until`."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message on its way to one address, with its state. What it says was frozen when it was composed."""

    id: int
    address: Address
    kind: LetterKind
    items: tuple[Item, ...] = ()
    ahead: tuple[Ahead, ...] = ()  #: of a digest: the days of other Stories that are near
    text: str = ""  #: of a confirmation or a notice: what it says, plain
    subject: str = ""  #: of a confirmation or a notice
    state: LetterState = LetterState.PENDING
    urgent: bool = False
    attempt: int = 0  #: the fence: raised by each claim
    repeat: bool = False  #: may have arrived already: say so (mail needs not, its Message-ID is the same)
    message_id: str = ""  #: mail: `<…@host>`, made once, the same in every attempt
    reply_to: str = ""  #: reference of a Letter sent before, of which this is news
    edits: str = ""  #: reference of a Letter sent before, which this replaces in place
    unsubscribe: str = ""  #: token of the one-click link; "" where none belongs
    window: str = ""  #: of a digest: `2026-11-24` or `2026-W48`
    part: int = 1  #: of a digest that one message cannot hold: which of its Letters this is
    parts: int = 1
    lang: str = "en"
    zone: str = "UTC"
    plain: bool = False  #: markup was refused once: send it as plain text
    late: Late | None = None  #: of one that is claimed: say that, and why, it comes late
    start_at: datetime | None = None  #: of one that is claimed: when it is its turn; None: at once
    created_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Text ready for one Channel, within its limits."""

    text: str  #: plain; for Telegram the fallback if markup is refused
    html: str = ""  #: Telegram's or the mail's markup; "" without
    subject: str = ""  #: mail only


@dataclass(frozen=True, slots=True)
class Sent:
    """Settled. `reference` is what a later edit, reply or Message-ID needs: `CHAT/MESSAGE`, `<id@host>`."""

    reference: str


@dataclass(frozen=True, slots=True)
class Later:
    """Nothing was delivered. Hold this chat, all mailboxes of its domain, or the whole channel, for `wait`."""

    wait: timedelta
    scope: Literal["chat", "domain", "channel"] = "chat"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Never:
    """This address is gone: park the Subscriber."""

    reason: str


@dataclass(frozen=True, slots=True)
class Moved:
    """The chat has a new id: rename, send again."""

    address: Address


@dataclass(frozen=True, slots=True)
class Refused:
    """Our text was not accepted: once more as plain text, and report."""

    reason: str


@dataclass(frozen=True, slots=True)
class Down:
    """Token or account refused: stop the channel, tell the operator by another."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The request left and no answer came: it may have arrived."""

    reason: str


Outcome = Sent | Later | Never | Moved | Refused | Down | Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The days a digest covers: `name` is unique per subscriber, `due_at` when it goes."""

    name: str
    start: date
    end: date
    due_at: datetime
