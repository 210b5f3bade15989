"""A Letter's whole life as lines to read: for whom, what it tells and why, each attempt, and what happens next. Pure.

A reader's address is shown where the operator named it, or sits at the terminal; errors quote addresses, which are taken out elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.ledger import LANES, Attempt, Fate
from alerts.models import Address, Cadence, LetterState, Subscriber, Subscription
from alerts.telling import follows, hidden, manner, titled
from watcher.plain import folded
from watcher.trace import counted, indented, moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The best Match of a Story's papers with one Watch, as it is stored."""

    watch: str
    score: float | None  #: None: no paper of the Story matches it any more
    found: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A Delivery that a Letter settles."""

    story: int
    revision: int
    duty: str  #: alert | update | edit; an edit that another Letter tells is an update
    watches: tuple[str, ...]
    cadence: str
    made_at: datetime
    due_at: datetime
    change: str = ""
    title: str = ""  #: of the Story as the Letter was written; "" where nobody knows any more
    now: str = ""  #: its title now
    cards: tuple[Card, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What a Letter that waits is waiting for."""

    chat: datetime | None = None  #: until when its address takes nothing
    domain: datetime | None = None  #: until when nothing leaves to its mail domain
    channel: datetime | None = None  #: until when nothing leaves by its channel
    before: int = 0  #: Letters that go before it, by lane and time due; at most MOST_BEFORE are counted
    more: bool = False  #: whether there are more of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A Letter's way so far; not what it says."""

    id: int
    address: Address
    kind: str
    state: str
    urgent: bool
    lane: int
    attempt: int
    repeat: bool
    plain: bool
    window: str
    error: str | None
    created_at: datetime
    due_at: datetime
    lease_until: datetime | None
    settled_at: datetime | None
    now: datetime
    kept_until: datetime | None = None  #: when it is deleted; None while it is open
    duties: tuple[Duty, ...] = ()
    attempts: tuple[Attempt, ...] = ()  #: that were not the end of it
    subscriber: Subscriber | None = None
    subscriptions: tuple[Subscription, ...] = ()  #: to Watches that it tells of, as they are now
    turn: Turn = Turn()
    off: str = ""  #: that its channel is off, and what switches it on; "": it is on

    def told_at(self) -> tuple[Attempt, ...]:
        """All attempts that are known: those kept, and the one by which it was sent."""
        if self.state != LetterState.SENT or self.settled_at is None:
            return self.attempts
        taken = Attempt(number=self.attempt, at=self.settled_at, channel=self.address.channel, fate=Fate.SENT)
        return (*(each for each in self.attempts if each.number != self.attempt), taken)


def letter_lines(letter: Posted, named: Address | None = None, *, terminal: bool = False) -> list[str]:
    """A Letter from the Deliveries that it settles to what happens next.

    Args:
        named: the address that the operator named; the Letter's own is shown where it is that.
        terminal: whether a person reads it, to whom the address is shown.
    """
    own = terminal or letter.address == named
    marks = [
        *(["urgent"] if letter.urgent else []),
        *([f"window {letter.window}"] if letter.window else []),
        *(["may be a repeat"] if letter.repeat else []),
        *(["sent as plain text"] if letter.plain else []),
    ]
    to = str(letter.address) if own else letter.address.channel
    said = [f"{letter.kind} by {to}" + "".join(f", {each}" for each in marks)]
    if named is not None and letter.address != named:
        said.append(f"not to {named}")
    said.append(f"{letter.state}, {counted(letter.attempt, 'attempt')}")
    times = {"written": letter.created_at, "due": letter.due_at, "in flight until": letter.lease_until, "settled": letter.settled_at}
    said.append(", ".join(f"{name} {moment(at)}" for name, at in times.items() if at is not None))
    if letter.error:
        said.append(f"error: {_error(letter.error, letter, own)}")
    return [
        f"letter:{letter.id}",
        *indented(said),
        *_tells(letter),
        *_reader(letter),
        *_attempts(letter, own),
        "Next",
        *indented([what_next(letter, own=own)]),
    ]


def _tells(letter: Posted) -> list[str]:
    if not letter.duties:
        return indented([_tells_nothing(letter)])
    return ["Tells", *(line for each in letter.duties for line in _duty(each))]


def _duty(each: Duty) -> list[str]:
    change = f" ({folded(each.change)})" if each.change else ""
    told = f"{each.duty}, {each.cadence}, for {', '.join(each.watches)}{titled(each.title, each.now)}"
    head = f"story:{each.story}, revision {each.revision}{change}: {told}"
    return [*indented([head]), *indented([f"made {moment(each.made_at)}, {_due(each)}", *map(_card, each.cards)], 4)]


def _due(each: Duty) -> str:
    if each.cadence != Cadence.NOW:
        return f"due with the {each.cadence} digest of {moment(each.due_at)}"
    late = each.due_at - each.made_at
    return f"due {moment(each.due_at)}, the end of quiet hours" if late >= timedelta(minutes=1) else "due at once"


def _card(card: Card) -> str:
    if card.score is None:
        return f"{card.watch}: no paper of it matches any more"
    found = f", found {', '.join(f'“{folded(each)}”' for each in card.found)}" if card.found else ""
    return f"{card.watch}: now scores {card.score}{found}"


def _reader(letter: Posted) -> list[str]:
    """How the reader is told, as it is set now."""
    who = letter.subscriber
    if who is None:
        return []
    return ["Its reader, as set now", *indented([manner(who), *map(follows, letter.subscriptions)])]


def _attempts(letter: Posted, own: bool) -> list[str]:
    known = letter.told_at()
    if not letter.attempt:
        return []
    lines = ["Attempts"]
    if known and known[0].number > 1:
        lines += indented([f"1 to {known[0].number - 1}: not kept any more"])
    if not known:
        lines += indented(["of none is kept how it ended"])
    for each in known:
        error = f": {_error(each.error, letter, own)}" if each.error else ""
        lines += indented([f"{each.number}, {moment(each.at)}, {each.channel}: {_fate(each)}{error}"])
    return lines


def _fate(each: Attempt) -> str:
    """What was decided, in words."""
    again = f", again {moment(each.next_at)} ({_wait(each.next_at - each.at)} later)" if each.next_at is not None else ""
    said = {
        Fate.SENT: "taken",
        Fate.AGAIN: f"not delivered{again}",
        Fate.DOMAIN: f"not delivered, and all mail to its domain rests{again}",
        Fate.HELD: f"not delivered, and the whole channel rests{again}",
        Fate.PLAIN: f"the text was refused; without markup{again}",
        Fate.MOVED: f"the chat has another id{again}",
        Fate.REPEAT: f"may have arrived; marked as a possible repeat{again}",
        Fate.DIGEST: "may have arrived; what it tells goes into the reader's next digest",
        Fate.UNKNOWN: "may have arrived; left to the operator",
        Fate.PARKED: "the address is gone: parked, or its second address takes over",
        Fate.DEAD: "given up",
    }
    return said[Fate(each.fate)] if each.fate in list(Fate) else each.fate


def _wait(length: timedelta) -> str:
    seconds = length.total_seconds()
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def what_next(letter: Posted, *, own: bool = False) -> str:
    """What happens to a Letter from here on, and when."""
    match letter.state:
        case LetterState.PENDING:
            return _waits(letter)
        case LetterState.SENDING:
            until = f" by {moment(letter.lease_until)}" if letter.lease_until is not None else ""
            return f"its answer is awaited; where none is stored{until}, it counts as unknown"
        case LetterState.UNKNOWN if not letter.duties and letter.kind not in ("confirmation", "notice"):
            said = "what it told goes on in the reader's next digest"
        case LetterState.UNKNOWN:
            said = "nothing: it may have arrived, and whether to tell it again is the operator's to say"
        case LetterState.CANCELLED:
            said = f"nothing: {_error(letter.error, letter, own) if letter.error else 'it is not wanted any more'}"
        case LetterState.DEAD:
            said = "nothing: it was given up"
        case _:
            said = "nothing: it was sent; news of its stories edit it or reply to it"
    return f"{said}; kept until {letter.kept_until:%Y-%m-%d}" if letter.kept_until is not None else said


def _waits(letter: Posted) -> str:
    if letter.off:
        return f"waits until its channel is on, however long that is: {letter.off}"
    waits = {
        "it is due then": letter.due_at,
        "its address takes nothing before": letter.turn.chat,
        "nothing leaves to its mail domain before": letter.turn.domain,
        f"nothing leaves by {letter.address.channel} before": letter.turn.channel,
    }
    late = {why: at for why, at in waits.items() if at is not None and at > letter.now}
    if late:
        why, at = max(late.items(), key=lambda each: each[1])
        return f"to be sent {moment(at)}: {why}"
    number = f"more than {letter.turn.before}" if letter.turn.more else str(letter.turn.before)
    lane = LANES[letter.lane] if letter.lane in range(len(LANES)) else "its lane"
    others = "other" if letter.turn.before == 1 and not letter.turn.more else "others"
    ahead = f"behind {number} {others}" if letter.turn.before else "as the next"
    return f"to be sent now, {ahead} (lane: {lane}); `watcher run` with the role deliver sends it"


def _tells_nothing(letter: Posted) -> str:
    if letter.kind in ("confirmation", "notice"):
        return "plain words: it tells no story"
    if letter.state == LetterState.UNKNOWN:
        return "tells no story any more: what it told went on to the next digest"
    if letter.state == LetterState.CANCELLED:
        return "tells no story any more: an empty digest, or another letter tells what it told"
    return "tells no story: an empty digest, or its deliveries are deleted"


def _error(error: str, letter: Posted, own: bool) -> str:
    return error if own else hidden(error, letter.address)


def letter_json(letter: Posted, named: Address | None = None) -> dict[str, object]:
    """The same, as a program reads it; the address only where the operator named it."""
    own = letter.address == named
    who = letter.subscriber
    return {
        "key": f"letter:{letter.id}",
        "channel": letter.address.channel,
        **({"address": str(letter.address)} if own else {}),
        "kind": letter.kind,
        "state": letter.state,
        "urgent": letter.urgent,
        "attempt": letter.attempt,
        "repeat": letter.repeat,
        "plain": letter.plain,
        "window": letter.window,
        "error": letter.error if letter.error is None else _error(letter.error, letter, own),
        "created_at": letter.created_at.isoformat(),
        "due_at": letter.due_at.isoformat(),
        "lease_until": _iso(letter.lease_until),
        "settled_at": _iso(letter.settled_at),
        "kept_until": _iso(letter.kept_until),
        "next": what_next(letter, own=own),
        "tells": [_duty_json(each) for each in letter.duties],
        "reader": manner(who) if who is not None else None,
        "follows": _follows_json(letter.subscriptions),
        "attempts": [_attempt_json(each, letter, own) for each in letter.told_at()],
    }


def _duty_json(each: Duty) -> dict[str, object]:
    return {
        "story": f"story:{each.story}",
        "revision": each.revision,
        "title": each.title,
        "title_now": each.now,
        "change": each.change,
        "duty": each.duty,
        "cadence": each.cadence,
        "watches": list(each.watches),
        "cards": [{"watch": card.watch, "score": card.score, "found": list(card.found)} for card in each.cards],
        "made_at": each.made_at.isoformat(),
        "due_at": each.due_at.isoformat(),
    }


def _follows_json(subscriptions: Sequence[Subscription]) -> list[dict[str, object]]:
    return [
        {
            "watch": each.watch,
            "cadence": each.cadence.value,
            "floor": each.floor.label,
            "types": [kind.value for kind in each.types],
            "since": each.created_at.isoformat(),
        }
        for each in subscriptions
    ]


def _attempt_json(each: Attempt, letter: Posted, own: bool) -> dict[str, object]:
    return {
        "attempt": each.number,
        "at": each.at.isoformat(),
        "channel": each.channel,
        "fate": str(each.fate),
        "error": _error(each.error, letter, own) if each.error else None,
        "next_at": _iso(each.next_at),
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None
