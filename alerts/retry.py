"""Outcome -> what becomes of the Letter. Pure; `deliver` writes what it says."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from alerts.models import Address, Down, Later, Letter, LetterKind, LetterState, Moved, Never, Outcome, Refused, Sent, Unknown

PATIENCE = timedelta(days=4)  #: a Letter that could not be handed over for so long is dead (RFC 5321, 4.5.4.1)
TRIES = 10  #: and so often at least: one that an outage, or a wrong clock, made old was hardly tried
PAUSE = timedelta(minutes=10)  #: a channel whose account is refused is tried again after it
AWAY = timedelta(hours=1)  #: a channel that has taken nothing for so long is told of by another
AGAIN = timedelta(seconds=5)  #: before an urgent Letter of unknown fate goes out once more


class Fault(StrEnum):
    """What an operator is told of."""

    DOWN = "down"  #: the channel refuses us; told by another one
    AWAY = "away"  #: the channel cannot be reached, or asks for patience, for AWAY; told by another one
    REFUSED = "refused"  #: a text of ours was not accepted
    GAVE_UP = "gave-up"  #: not accepted for PATIENCE
    UNKNOWN = "unknown"  #: twice without an answer
    UNREADABLE = "unreadable"  #: a row of ours says nonsense


SILENCED = (Fault.DOWN, Fault.AWAY)  #: nothing goes by the channel, a notice of it as little as the rest


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What is written of a Letter and around it, in one transaction."""

    state: LetterState
    due_at: datetime | None = None  #: of a Letter that waits again
    reference: str = ""
    error: str = ""
    hold_chat: timedelta = timedelta(0)  #: nothing to this address for so long
    hold_domain: timedelta = timedelta(0)  #: nothing to a mailbox of its domain for so long
    hold_channel: timedelta = timedelta(0)  #: nothing by this channel for so long
    park: str | None = None  #: stop writing to this address, for this reason
    rename: Address | None = None
    plain: bool = False  #: send without markup next time
    repeat: bool = False  #: may have arrived: say so next time
    to_digest: bool = False  #: its Stories go into the reader's next digest
    report: str | None = None  #: a line for the operator
    fault: Fault | None = None  #: what kind of line: of each kind and channel one notice goes out for a while, the rest is in the log


def settle(letter: Letter, outcome: Outcome, now: datetime, *, gap: timedelta) -> Settlement:
    """Say what becomes of a Letter that was in flight.

    Args:
        gap: the least time between two Letters to this address.
    """
    match outcome:
        case Sent(reference):
            return Settlement(state=LetterState.SENT, reference=reference, hold_chat=gap)
        case Later(wait, scope, reason):
            return _later(letter, now, wait, scope, reason, gap)
        case Never(reason):
            return Settlement(state=LetterState.DEAD, error=reason, park=reason)
        case Moved(address):
            there = replace(address, thread=letter.address.thread)
            return Settlement(state=LetterState.PENDING, due_at=now, rename=there, hold_chat=gap)
        case Refused(reason):
            return _refused(letter, reason, now, gap)
        case Down(reason):
            return Settlement(
                state=LetterState.PENDING,
                due_at=now + PAUSE,
                error=reason,
                hold_channel=PAUSE,
                report=f"channel {letter.address.channel} refuses us: {reason}",
                fault=Fault.DOWN,
            )
        case Unknown(reason):
            return unknown(letter, reason, now, gap=gap)


def _later(letter: Letter, now: datetime, wait: timedelta, scope: str, reason: str, gap: timedelta) -> Settlement:
    if letter.attempt >= TRIES and now + wait - letter.created_at > PATIENCE:
        error = f"not accepted for {PATIENCE.days} days: {reason}"
        return Settlement(state=LetterState.DEAD, error=error, report=f"gave up: {reason}", fault=Fault.GAVE_UP)
    away = scope == "channel" and letter.attempt > 1 and now - letter.created_at >= AWAY  # a first attempt may come late for want of a turn
    return Settlement(
        state=LetterState.PENDING,
        due_at=now + wait,
        error=reason,
        report=f"channel {letter.address.channel} has taken nothing for an hour: {reason}" if away else None,
        fault=Fault.AWAY if away else None,
        hold_chat=max(wait, gap) if scope == "chat" else gap,
        hold_domain=wait if scope == "domain" else timedelta(0),
        hold_channel=wait if scope == "channel" else timedelta(0),
    )


def _refused(letter: Letter, reason: str, now: datetime, gap: timedelta) -> Settlement:
    report = f"text refused by {letter.address.channel}: {reason}"
    if letter.plain:
        return Settlement(state=LetterState.DEAD, error=reason, hold_chat=gap, report=report, fault=Fault.REFUSED)
    again = Settlement(state=LetterState.PENDING, due_at=now, error=reason, hold_chat=gap, plain=True)
    return replace(again, report=report, fault=Fault.REFUSED)


def unknown(letter: Letter, reason: str, now: datetime, *, gap: timedelta) -> Settlement:
    """It may have arrived. Urgent goes out once more, marked as a possible repeat; the rest waits for the reader's digest; a second
    unknown, or a digest of a channel that shows repeats, is left to the operator. Mail repeats under the same Message-ID."""
    can_repeat = (
        letter.urgent
        or letter.kind in (LetterKind.CONFIRMATION, LetterKind.NOTICE)
        or (letter.kind is LetterKind.DIGEST and letter.address.channel == "mailto")
    )
    if can_repeat and not letter.repeat:
        wait = max(AGAIN, gap)
        return Settlement(state=LetterState.PENDING, due_at=now + wait, error=reason, hold_chat=gap, repeat=True)
    return Settlement(
        state=LetterState.UNKNOWN,
        error=reason,
        hold_chat=gap,
        to_digest=bool(letter.items),
        report=f"it is not known whether a letter arrived: {reason}" if letter.repeat else None,
        fault=Fault.UNKNOWN if letter.repeat else None,
    )
