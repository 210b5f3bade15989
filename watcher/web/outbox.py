"""What is on its way to readers, in words that tell silence from an outage. No reader stands in it, and no server's words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from watcher.web.words import ago, until

LATE = timedelta(minutes=15)  #: a message that has waited for longer is late
KEPT = "None is lost: each goes out as soon as it can."
NOTHING = "No message waits: all that was to be told has left."
PASSING_ON = "A development is being passed on to its readers."
WAYS = {"telegram": "Telegram", "mailto": "mail", "console": "the terminal"}  #: in a sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """Messages that are due and have not left yet."""

    waiting: int
    more: bool = False  #: whether more wait than were counted
    oldest: datetime | None = None  #: when the longest waiting one fell due
    undecided: bool = False  #: whether a development is still being passed on to its readers
    held: Mapping[str, datetime] = field(default_factory=dict)  #: channels by which nothing leaves, each until when


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of the page."""

    text: str
    trouble: bool = False


def said(outbox: Outbox, now: datetime) -> list[Line]:
    """Whether alerts leave: what is held first."""
    lines = [Line(_held(way, free, now), trouble=True) for way, free in outbox.held.items()]
    if outbox.oldest is None:
        return [*lines, Line(PASSING_ON if outbox.undecided else NOTHING)]
    number = f"More than {outbox.waiting:,}" if outbox.more else f"{outbox.waiting:,}"
    messages = "message waits" if outbox.waiting == 1 and not outbox.more else "messages wait"
    late = now - outbox.oldest > LATE
    since = f"the oldest fell due {ago(outbox.oldest, now)}"
    return [*lines, Line(f"{number} {messages} to be sent; {since}{': alerts are late. ' + KEPT if late else '.'}", late)]


def _held(way: str, free: datetime, now: datetime) -> str:
    name = WAYS.get(way, way)
    return f"{name[:1].upper()}{name[1:]} takes no messages from us just now; what is for it waits, and is tried again {until(free, now)}."
