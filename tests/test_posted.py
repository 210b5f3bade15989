"""A Letter's whole life, in words: nobody's address but to who may see it, each attempt, and what happens next."""

from datetime import UTC, datetime, time, timedelta

import pytest

from alerts.ledger import Attempt, Fate
from alerts.models import Address, Cadence, QuietHours, Subscriber, Subscription
from alerts.posted import Card, Duty, Posted, Turn, letter_json, letter_lines, what_next
from watcher.models import DocumentType, Severity

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
ANN, CHAT = Address("mailto", "ann@example.org"), Address("telegram", "-1001234567890", 7)
DUTY = Duty(
    story=3,
    revision=1,
    duty="alert",
    watches=("cecot",),
    cadence="now",
    made_at=NOW,
    due_at=NOW,
    title="Judge orders\nhis return",
    cards=(Card(watch="cecot", score=0.96, found=("CECOT prison",)),),
)
READER = Subscriber(id=1, address=ANN, zone="Europe/Berlin", quiet=QuietHours(start=time(22), end=time(7)), created_at=NOW)
FOLLOWS = Subscription(
    subscriber=1, watch="cecot", cadence=Cadence.NOW, floor=Severity.NOTABLE, types=(DocumentType.ORDER,), created_at=NOW
)
SAID = "550 <ann@example.org>: unknown"


def posted(**fields: object) -> Posted:
    usual: dict[str, object] = {
        "id": 5,
        "address": ANN,
        "kind": "alert",
        "state": "sent",
        "urgent": True,
        "lane": 0,
        "attempt": 1,
        "repeat": False,
        "plain": False,
        "window": "",
        "error": None,
        "created_at": NOW,
        "due_at": NOW,
        "lease_until": None,
        "settled_at": NOW,
        "now": NOW,
        "duties": (DUTY,),
    }
    return Posted(**(usual | fields))  # type: ignore[arg-type]  # fields of any kind


def attempt(number: int, fate: Fate, **fields: object) -> Attempt:
    return Attempt(**{"number": number, "at": NOW, "channel": "mailto", "fate": fate, **fields})  # type: ignore[arg-type]  # as above


def test_a_letter_says_what_it_tells_and_why_how_each_attempt_ended_and_what_comes_next() -> None:
    first = attempt(1, Fate.AGAIN, error="452 <ann@example.org> full", next_at=NOW + timedelta(minutes=5))
    letter = posted(attempt=2, settled_at=LATER, attempts=(first,), subscriber=READER, subscriptions=(FOLLOWS,), kept_until=LATER)
    assert letter_lines(letter) == [
        "letter:5",
        "  alert by mailto, urgent",
        "  sent, 2 attempts",
        "  written 2026-11-24 12:00 UTC, due 2026-11-24 12:00 UTC, settled 2026-11-24 13:00 UTC",
        "Tells",
        "  story:3, revision 1: alert, now, for cecot “Judge orders his return”",
        "    made 2026-11-24 12:00 UTC, due at once",
        "    cecot: now scores 0.96, found “CECOT prison”",
        "Its reader, as set now",
        "  en, digests at 7:00 Europe/Berlin, quiet 22:00 to 07:00, urgent passes",
        "  follows cecot since 2026-11-24 12:00 UTC: now, from notable on, only order",
        "Attempts",
        "  1, 2026-11-24 12:00 UTC, mailto: not delivered, again 2026-11-24 12:05 UTC (5 min later): 452 <(address)> full",
        "  2, 2026-11-24 13:00 UTC, mailto: taken",
        "Next",
        "  nothing: it was sent; news of its stories edit it or reply to it; kept until 2026-11-24",
    ]
    data = letter_json(letter)
    assert [each["fate"] for each in data["attempts"]] == ["again", "sent"]  # type: ignore[attr-defined]  # JSON
    assert "ann@" not in str(data)


def test_its_address_is_shown_to_who_names_it_or_sits_at_the_terminal() -> None:
    gone = attempt(2, Fate.PARKED, error=SAID)
    letter = posted(state="dead", attempt=2, error=SAID, repeat=True, window="2026-11-24", plain=True, attempts=(gone,))
    assert letter_lines(letter)[1] == "  alert by mailto, urgent, window 2026-11-24, may be a repeat, sent as plain text"
    assert "ann@" not in "\n".join(letter_lines(letter)) + str(letter_json(letter))
    assert letter_lines(letter, ANN)[1].startswith("  alert by mailto:ann@example.org, urgent")
    assert letter_lines(letter, terminal=True)[1].startswith("  alert by mailto:ann@example.org, urgent")
    assert f"  error: {SAID}" in letter_lines(letter, terminal=True)
    assert letter_json(letter, ANN)["address"] == "mailto:ann@example.org"
    assert letter_lines(letter, CHAT)[2] == f"  not to {CHAT}"
    assert "ann@" not in "\n".join(letter_lines(letter, CHAT))
    assert "  1 to 1: not kept any more" in letter_lines(letter)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"cadence": "daily", "due_at": LATER}, "due with the daily digest of 2026-11-24 13:00 UTC"),
        ({"due_at": LATER}, "due 2026-11-24 13:00 UTC, the end of quiet hours"),
        ({}, "due at once"),
    ],
)
def test_a_delivery_says_why_it_was_due_then(fields: dict[str, object], said: str) -> None:
    usual = {name: getattr(DUTY, name) for name in Duty.__dataclass_fields__}
    assert f"    made 2026-11-24 12:00 UTC, {said}" in letter_lines(posted(duties=(Duty(**(usual | fields)),)))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"state": "pending", "due_at": LATER}, "to be sent 2026-11-24 13:00 UTC: it is due then"),
        ({"state": "pending", "turn": Turn(domain=LATER)}, "to be sent 2026-11-24 13:00 UTC: nothing leaves to its mail domain before"),
        ({"state": "pending", "turn": Turn(chat=LATER)}, "to be sent 2026-11-24 13:00 UTC: its address takes nothing before"),
        (
            {"state": "pending", "turn": Turn(chat=NOW, channel=LATER)},
            "to be sent 2026-11-24 13:00 UTC: nothing leaves by mailto before",
        ),
        ({"state": "pending"}, "to be sent now, as the next (lane: urgent alerts); `watcher run` with the role deliver sends it"),
        (
            {"state": "pending", "turn": Turn(before=1)},
            "to be sent now, behind 1 other (lane: urgent alerts); `watcher run` with the role deliver sends it",
        ),
        (
            {"state": "pending", "lane": 2, "turn": Turn(before=1000, more=True)},
            "to be sent now, behind more than 1000 others (lane: the rest); `watcher run` with the role deliver sends it",
        ),
        (
            {"state": "pending", "due_at": LATER, "off": "Telegram is off: set WATCHER_TELEGRAM_TOKEN"},
            "waits until its channel is on, however long that is: Telegram is off: set WATCHER_TELEGRAM_TOKEN",
        ),
        (
            {"state": "sending", "lease_until": LATER},
            "its answer is awaited; where none is stored by 2026-11-24 13:00 UTC, it counts as unknown",
        ),
        ({"state": "unknown", "duties": ()}, "what it told goes on in the reader's next digest"),
        ({"state": "unknown"}, "nothing: it may have arrived, and whether to tell it again is the operator's to say"),
        ({"state": "cancelled", "error": "unsubscribed"}, "nothing: unsubscribed"),
        ({"state": "cancelled"}, "nothing: it is not wanted any more"),
        ({"state": "dead"}, "nothing: it was given up"),
    ],
)
def test_what_happens_next_is_said_in_every_state(fields: dict[str, object], said: str) -> None:
    assert what_next(posted(**fields)) == said


@pytest.mark.parametrize("fate", list(Fate))
def test_every_fate_has_words(fate: Fate) -> None:
    line = next(line for line in letter_lines(posted(state="pending", attempts=(attempt(1, fate),))) if line.startswith("  1, "))
    assert line.endswith(f", mailto: {line.rpartition('mailto: ')[2]}")
    assert line.rpartition("mailto: ")[2] != fate


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"kind": "notice"}, "  plain words: it tells no story"),
        ({"state": "unknown"}, "  tells no story any more: what it told went on to the next digest"),
        ({"kind": "digest"}, "  tells no story: an empty digest, or its deliveries are deleted"),
    ],
)
def test_a_letter_that_tells_no_story_says_why(fields: dict[str, object], line: str) -> None:
    lines = letter_lines(posted(duties=(), **fields))
    assert line in lines
    assert "Tells" not in lines
