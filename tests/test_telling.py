"""Who was told, or why not: one reader's answer, everybody's numbers, and nobody's address."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.models import Address, Cadence, Subscriber, Subscription
from alerts.telling import (
    Mine,
    Owed,
    Tally,
    Telling,
    delivery,
    hidden,
    merged,
    mine_json,
    mine_lines,
    no_delivery,
    telling_json,
    telling_lines,
)
from watcher.models import Revision, Severity

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ANN, CHAT = Address("mailto", "ann@example.org"), Address("telegram", "-1001234567890", 7)
BIRTH = Revision(story=3, number=1, at=NOW, change="", loud=True, new_watches=("cecot",), tell=True)
ORDER = Revision(story=3, number=2, at=NOW + timedelta(hours=1), change="now an order", loud=True, new_watches=(), tell=True)
TOPICS = Revision(story=3, number=2, at=NOW + timedelta(hours=1), change="", loud=False, new_watches=("banishment",), tell=True)
SILENT = Revision(story=3, number=1, at=NOW, change="", loud=True, new_watches=("cecot",), tell=False)
NOTHING = Telling(tallies=())


def subscription(watch: str, since: datetime = NOW - timedelta(days=1)) -> Subscription:
    return Subscription(subscriber=1, watch=watch, cadence=Cadence.NOW, floor=Severity.ROUTINE, created_at=since)


def mine(
    *owed: Owed, follows: tuple[Subscription, ...] = (subscription("cecot"),), parked: str | None = None, told_at: datetime | None = None
) -> Mine:
    subscriber = Subscriber(id=1, address=ANN, parked=parked, created_at=NOW)
    return Mine(subscriber=subscriber, subscriptions=follows, owed=owed, told_at=told_at)


def owed(**fields: object) -> Owed:
    usual: dict[str, object] = {"revision": 1, "duty": "alert", "cadence": "now", "watches": ("cecot",), "due_at": NOW, "skipped": None}
    return Owed(**(usual | fields))  # type: ignore[arg-type]  # fields of any kind


def tally(**fields: object) -> Tally:
    usual: dict[str, object] = {
        "revision": 1,
        "duty": "alert",
        "cadence": "now",
        "channel": "mailto",
        "skipped": None,
        "state": "sent",
        "count": 2,
    }
    return Tally(**(usual | fields))  # type: ignore[arg-type]  # fields of any kind


@pytest.mark.parametrize(
    ("given_", "line"),
    [
        (owed(), "alert, now, for cecot: waiting, due 2026-11-24 12:00 UTC"),
        (owed(skipped="routine is below the floor"), "alert, now, for cecot: skipped: routine is below the floor"),
        (owed(letter=5, state="sent", attempt=1, settled_at=NOW), "alert, now, for cecot: letter:5 sent 2026-11-24 12:00 UTC, 1 attempt"),
        (owed(letter=5, state="pending", attempt=2, error="status 429"), "alert, now, for cecot: letter:5 pending, 2 attempts: status 429"),
    ],
)
def test_a_delivery_says_its_state_and_the_reason(given_: Owed, line: str) -> None:
    assert delivery(given_) == line


@pytest.mark.parametrize(
    ("who", "revision", "telling", "line"),
    [
        (mine(), SILENT, NOTHING, "nobody: it was found by a first look, or too old"),
        (mine(), BIRTH, Telling(tallies=(), open=frozenset([1])), "not decided yet: `watcher run` does that, with the role deliver"),
        (mine(follows=(subscription("banishment"),)), BIRTH, NOTHING, "not told: follows none of its topics (cecot, abrego-garcia)"),
        (
            mine(follows=(subscription("cecot", NOW + timedelta(minutes=5)),)),
            BIRTH,
            NOTHING,
            "not told: follows cecot since 2026-11-24 12:05 UTC, which was after it",
        ),
        (mine(owed()), TOPICS, NOTHING, "not told: it changes nothing for who knew of the story"),
        (mine(), TOPICS, NOTHING, "not told: it is news of banishment alone, and this one follows cecot and was not told before"),
        (mine(), ORDER, NOTHING, "not told: it is news for those told before alone, and this one follows cecot and was not told before"),
        (mine(), BIRTH, NOTHING, "no delivery: it was deleted with an old letter, or was never made"),
    ],
)
def test_who_has_no_delivery_hears_why(who: Mine, revision: Revision, telling: Telling, line: str) -> None:
    assert no_delivery(who, revision, telling, ("cecot", "abrego-garcia")) == line


def test_one_reader_is_told_of_each_revision() -> None:
    lines = mine_lines(mine(owed(skipped="address parked: gone"), parked="gone", told_at=NOW), NOTHING, [BIRTH, TOPICS], ("cecot",))
    assert lines == [
        "Told to mailto:ann@example.org",
        "  parked: gone",
        "  revision 1: alert, now, for cecot: skipped: address parked: gone",
        "  revision 2: not told: it changes nothing for who knew of the story",
        "  told by a letter that is deleted by now, 2026-11-24 12:00 UTC",
    ]
    data = mine_json(mine(owed(letter=5, state="sent")), NOTHING, [BIRTH, TOPICS], ("cecot",))
    assert data["subscriber"] == "mailto:ann@example.org"
    revisions = data["revisions"]
    assert isinstance(revisions, list)
    assert [each["delivery"] and each["delivery"]["letter"] for each in revisions] == ["letter:5", None]


def test_everybody_is_told_of_in_numbers() -> None:
    telling = Telling(
        tallies=(
            tally(),
            tally(channel="telegram", state=None, cadence="daily", count=1),
            tally(state=None, skipped="routine is below the floor", count=1),
        ),
        letters=(4, 5),
        more=3,
        remembered=1,
    )
    assert telling_lines(telling, [BIRTH, ORDER]) == [
        "Told",
        "  revision 1: 2 mailto (alert, now) sent; 1 telegram (alert, daily) waiting: no letter yet; "
        "1 mailto (alert, now) skipped: routine is below the floor",
        "  revision 2: nobody: nobody who follows its topics is concerned, or the letters are deleted by now",
        "  longer ago: 1 subscriber, whose letters are deleted",
        "  letters: letter:4, letter:5 and 3 more",
    ]


def test_reasons_that_quote_an_address_are_counted_without_it() -> None:
    parked = [tally(state=None, skipped=f"address parked: 550 5.1.1 <{name}@example.org> unknown", count=1) for name in ("ann", "bob")]
    assert merged(parked) == [tally(state=None, skipped="address parked", count=2)]
    assert "example.org" not in str(telling_json(Telling(tallies=tuple(parked))))


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        ("550 5.1.1 <ann@example.org>: unknown", "550 5.1.1 <(address)>: unknown"),
        ("550 bounce+ann=example.org@mx.example says no", "550 (address) says no"),
        ("relayed for postmaster@mx.example and cc%40mx.example", "relayed for (address) and (address)"),
        ("status 503: no answer", "status 503: no answer"),
    ],
)
def test_errors_are_shown_without_mailboxes(error: str, shown: str) -> None:
    assert hidden(error, ANN) == shown


def test_errors_are_shown_without_chats() -> None:
    assert hidden("group -1001234567890 became 1009876543210; telegram:-1001234567890/7", CHAT) == (
        "group (address) became (address); (address)"
    )
    assert hidden("chat 42 is no number of 4242 or 4.42", Address("telegram", "42")) == "chat (address) is no number of 4242 or 4.42"


@given(st.text(), st.text())
def test_no_text_around_it_keeps_an_address(before: str, after: str) -> None:
    assert "ann@example.org" not in hidden(f"{before}ann@example.org{after}", ANN)
