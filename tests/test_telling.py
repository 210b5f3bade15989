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
    hidden,
    merged,
    mine_json,
    mine_lines,
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


LETTER = {"letter": 5, "attempt": 1}
HOUR = timedelta(hours=1)

#: Every way in which a revision reaches one reader, or does not: who she is, what happened, and what she is told of it.
CASES = {
    "sent at once": (
        mine(owed(**LETTER, state="sent", settled_at=NOW, kind="alert")),
        BIRTH,
        "letter:5 sent 2026-11-24 12:00 UTC, 1 attempt",
    ),
    "on its way": (mine(owed(**LETTER, state="sending")), BIRTH, "letter:5 sending, 1 attempt"),
    "tried and refused for now": (
        mine(owed(letter=5, attempt=2, state="pending", error="status 429")),
        BIRTH,
        "letter:5 pending, 2 attempts: status 429",
    ),
    "in a list with others": (
        mine(owed(**LETTER, state="sent", settled_at=NOW, kind="list", shared=4)),
        BIRTH,
        "letter:5 (list with 3 more) sent 2026-11-24 12:00 UTC, 1 attempt",
    ),
    "in a digest": (
        mine(owed(**LETTER, cadence="daily", state="sent", settled_at=NOW, kind="digest")),
        BIRTH,
        "alert, daily, for cecot: letter:5 (digest) sent 2026-11-24 12:00 UTC, 1 attempt",
    ),
    "it may have arrived": (mine(owed(**LETTER, state="unknown", error="no answer")), BIRTH, "letter:5 unknown, 1 attempt: no answer"),
    "given up": (mine(owed(**LETTER, state="dead", error="550 unknown")), BIRTH, "letter:5 dead, 1 attempt: 550 unknown"),
    "due and not written": (
        mine(owed(made_at=NOW)),
        BIRTH,
        "waiting, due 2026-11-24 12:00 UTC: for its letter, or for one before it to be settled",
    ),
    "quiet hours": (
        mine(owed(made_at=NOW, due_at=NOW + HOUR)),
        BIRTH,
        "alert, now, for cecot: waits for the end of quiet hours, 2026-11-24 13:00 UTC",
    ),
    "waits in a digest": (
        mine(owed(cadence="weekly", made_at=NOW, due_at=NOW + HOUR)),
        BIRTH,
        "alert, weekly, for cecot: waits for the weekly digest of 2026-11-24 13:00 UTC",
    ),
    "below the floor": (mine(owed(skipped="routine is below the floor")), BIRTH, "skipped: routine is below the floor"),
    "of another type": (mine(owed(skipped="of another type: notice")), BIRTH, "skipped: of another type: notice"),
    "parked": (mine(owed(skipped="address parked: blocked"), parked="blocked"), BIRTH, "skipped: address parked: blocked"),
    "muted since": (mine(owed(skipped="its topics are followed no more"), follows=()), BIRTH, "skipped: its topics are followed no more"),
    "left": (mine(owed(skipped="unsubscribed"), follows=()), BIRTH, "skipped: unsubscribed"),
    "backfill": (mine(), SILENT, "nobody: it was found by a first look, or too old"),
    "not decided yet": (mine(), BIRTH, "not decided yet: `watcher run` does that, with the role deliver"),
    "follows none of its topics": (
        mine(follows=(subscription("banishment"),)),
        BIRTH,
        "not told: follows none of its topics (cecot, abrego-garcia)",
    ),
    "subscribed after": (
        mine(follows=(subscription("cecot", NOW + timedelta(minutes=5)),)),
        BIRTH,
        "not told: follows cecot since 2026-11-24 12:05 UTC, which was after it",
    ),
    "told already": (mine(owed()), TOPICS, "not told: it changes nothing for who knew of the story"),
    "news of other topics": (
        mine(),
        TOPICS,
        "not told: it is news of banishment alone, and this one follows cecot and was not told before",
    ),
    "news for those told before": (
        mine(),
        ORDER,
        "not told: it is news for those told before alone, and this one follows cecot and was not told before",
    ),
    "long ago": (mine(), BIRTH, "no delivery: it was deleted with an old letter, or was never made"),
}


@pytest.mark.parametrize("case", CASES)
def test_one_reader_hears_why_she_was_told_or_not(case: str) -> None:
    who, revision, line = CASES[case]
    telling = Telling(tallies=(), open=frozenset([1])) if case == "not decided yet" else NOTHING
    watches = ("cecot", "abrego-garcia")
    said = mine_lines(who, telling, [revision], watches)[-1]
    assert said.startswith(f"  revision {revision.number}: ")
    assert said.endswith(line)
    reasons = mine_json(who, telling, [revision], watches)["revisions"]
    assert isinstance(reasons, list)
    assert reasons[0]["reason"].endswith(line)


def test_each_subscription_to_the_storys_topics_is_shown_with_how_it_is_told() -> None:
    follows = (subscription("cecot"), subscription("banishment"))
    assert mine_lines(mine(follows=follows), NOTHING, [], ("cecot",)) == [
        "Told to mailto:ann@example.org",
        "  en, digests at 7:00 UTC, no quiet hours",
        "  follows cecot since 2026-11-23 12:00 UTC: now, from routine on",
    ]


def test_one_reader_is_told_of_each_revision() -> None:
    lines = mine_lines(mine(owed(skipped="address parked: gone"), parked="gone", told_at=NOW), NOTHING, [BIRTH, TOPICS], ("cecot",))
    assert lines == [
        "Told to mailto:ann@example.org",
        "  en, digests at 7:00 UTC, no quiet hours, parked",
        "  parked: gone",
        "  follows cecot since 2026-11-23 12:00 UTC: now, from routine on",
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
