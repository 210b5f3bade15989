"""What became of each attempt to send a Letter, and what happens to it next. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from alerts.models import LetterState
from alerts.retry import Settlement

LANES = ("urgent alerts", "replies and notices", "the rest")  #: in words, by the number of a lane


class Fate(StrEnum):
    """What was decided of an attempt, as `attempts` keeps it."""

    SENT = "sent"  #: the channel took it
    AGAIN = "again"  #: nothing was delivered: this chat waits
    DOMAIN = "domain"  #: nothing was delivered: all mailboxes of its domain wait
    HELD = "held"  #: nothing was delivered: the whole channel waits
    PLAIN = "plain"  #: the text was refused: once more without markup
    MOVED = "moved"  #: the chat has a new id: once more, there
    REPEAT = "repeat"  #: it may have arrived: once more, marked as a possible repeat
    DIGEST = "digest"  #: it may have arrived: what it tells goes into the reader's next digest
    UNKNOWN = "unknown"  #: it may have arrived, and no more is done
    PARKED = "parked"  #: the address is gone: its second one takes over, where there is one
    DEAD = "dead"  #: given up


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt at a Letter."""

    number: int
    at: datetime  #: when its end was known
    channel: str
    fate: str  #: a Fate
    error: str | None = None  #: what the other side said; may quote an address
    next_at: datetime | None = None  #: when it was to be tried again


def fate(settlement: Settlement) -> Fate:
    """What a settlement decides."""
    if settlement.state is LetterState.SENT:
        return Fate.SENT
    if settlement.park is not None:
        return Fate.PARKED
    if settlement.state is LetterState.UNKNOWN:
        return Fate.DIGEST if settlement.to_digest else Fate.UNKNOWN
    if settlement.state is not LetterState.PENDING:
        return Fate.DEAD
    if settlement.rename is not None:
        return Fate.MOVED
    if settlement.repeat:
        return Fate.REPEAT
    if settlement.plain:
        return Fate.PLAIN
    if settlement.hold_channel:
        return Fate.HELD
    return Fate.DOMAIN if settlement.hold_domain else Fate.AGAIN
