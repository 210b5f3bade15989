"""What is on its way to readers, in words that tell silence from an outage. No reader stands in it, and no server's words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from watcher.web.words import ago, until

LATE = timedelta(minutes=15)  #: a message that has waited for longer is late
KEPT = "None is lost: each goes out as soon as it can."
NOTHING = "No message waits: all that was to be told has left."
NOTHING_ELSE = "Nothing else waits: all else that was to be told has left."
PASSING_ON = "A development is being passed on to its readers."
WAYS = {"telegram": "Telegram", "mailto": "mail", "console": "the terminal"}  #: in a sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Off:
    """A channel that is off, and by which somebody is to be told."""

    way: str
    setting: str  #: that switches it on
    waiting: int = 0
    more: bool = False  #: whether more wait than were counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """Messages that are due and have not left yet."""

    waiting: int  #: by channels that are on
    more: bool = False  #: whether more wait than were counted
    oldest: datetime | None = None  #: when the longest waiting one fell due
    undecided: bool = False  #: whether a development is still being passed on to its readers
    held: Mapping[str, datetime] = field(default_factory=dict)  #: channels by which nothing leaves, each until when
    off: tuple[Off, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of the page."""

    text: str
    trouble: bool = False


def said(outbox: Outbox, now: datetime) -> list[Line]:
    """Whether alerts leave: what is off or held first."""
    lines = [Line(_off(each), trouble=True) for each in outbox.off]
    lines += [Line(_held(way, free, now), trouble=True) for way, free in outbox.held.items()]
    if outbox.oldest is None:
        nothing = NOTHING_ELSE if any(each.waiting for each in outbox.off) else NOTHING
        return [*lines, Line(PASSING_ON if outbox.undecided else nothing)]
    late = now - outbox.oldest > LATE
    since = f"the oldest fell due {ago(outbox.oldest, now)}"
    waiting = f"{_number(outbox.waiting, more=outbox.more)} to be sent; {since}"
    return [*lines, Line(f"{waiting}: alerts are late. {KEPT}" if late else f"{waiting}.", late)]


def _number(waiting: int, *, more: bool) -> str:
    return f"{'More than ' if more else ''}{waiting:,} {'message waits' if waiting == 1 and not more else 'messages wait'}"


def _off(each: Off) -> str:
    waiting = f" {_number(each.waiting, more=each.more)} for that." if each.waiting else ""
    return f"{_begins(each.way)} is off: nothing leaves by it until the operator sets {each.setting}.{waiting}"


def _begins(way: str) -> str:
    """The name of a channel at the beginning of a sentence."""
    name = WAYS.get(way, way)
    return f"{name[:1].upper()}{name[1:]}"


def _held(way: str, free: datetime, now: datetime) -> str:
    return f"{_begins(way)} takes no messages from us just now; what is for it waits, and is tried again {until(free, now)}."
