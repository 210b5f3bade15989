"""What becomes of a Letter."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest

from alerts.models import Address, Down, Later, Letter, LetterKind, LetterState, Moved, Never, Outcome, Refused, Sent, Unknown
from alerts.retry import AWAY, PATIENCE, PAUSE, TRIES, Fault, Settlement, settle, unknown
from tests.letters import item

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
GAP = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
THERE = Address.parse("telegram:-1005")

LETTER = Letter(
    id=1,
    address=Address.parse("telegram:5"),
    kind=LetterKind.ALERT,
    items=(item(),),
    state=LetterState.SENDING,
    attempt=1,
    created_at=NOW - MINUTE,
    due_at=NOW - MINUTE,
)


@pytest.mark.parametrize(
    ("outcome", "settlement"),
    [
        (Sent("5/17"), Settlement(state=LetterState.SENT, reference="5/17", hold_chat=GAP)),
        (
            Later(MINUTE, reason="retry after 60"),
            Settlement(state=LetterState.PENDING, due_at=NOW + MINUTE, error="retry after 60", hold_chat=MINUTE),
        ),
        (
            Later(MINUTE, "channel", "flood"),
            Settlement(state=LetterState.PENDING, due_at=NOW + MINUTE, error="flood", hold_chat=GAP, hold_channel=MINUTE),
        ),
        (Never("blocked"), Settlement(state=LetterState.DEAD, error="blocked", park="blocked")),
        (Moved(THERE), Settlement(state=LetterState.PENDING, due_at=NOW, rename=THERE, hold_chat=GAP)),
        (
            Refused("bad tag"),
            Settlement(
                state=LetterState.PENDING,
                due_at=NOW,
                error="bad tag",
                hold_chat=GAP,
                plain=True,
                report="text refused by telegram: bad tag",
                fault=Fault.REFUSED,
            ),
        ),
        (
            Down("token revoked"),
            Settlement(
                state=LetterState.PENDING,
                due_at=NOW + PAUSE,
                error="token revoked",
                hold_channel=PAUSE,
                report="channel telegram refuses us: token revoked",
                fault=Fault.DOWN,
            ),
        ),
    ],
)
def test_every_outcome_has_one_settlement(outcome: Outcome, settlement: Settlement) -> None:
    assert settle(LETTER, outcome, NOW, gap=GAP) == settlement


def test_a_chat_that_moved_keeps_the_thread_that_was_written_to() -> None:
    settled = settle(replace(LETTER, address=Address.parse("telegram:-5/7")), Moved(THERE), NOW, gap=GAP)
    assert settled.rename == Address.parse("telegram:-1005/7")


def test_a_text_refused_twice_is_dead_and_reported() -> None:
    settled = settle(replace(LETTER, plain=True), Refused("bad"), NOW, gap=GAP)
    assert (settled.state, settled.report) == (LetterState.DEAD, "text refused by telegram: bad")


def test_after_days_of_later_a_letter_is_dead() -> None:
    old = replace(LETTER, created_at=NOW - PATIENCE, attempt=TRIES)
    assert settle(old, Later(MINUTE, reason="full"), NOW, gap=GAP).state is LetterState.DEAD


def test_a_letter_that_an_outage_made_old_is_tried_on() -> None:
    old = replace(LETTER, created_at=NOW - 2 * PATIENCE, attempt=TRIES - 1)
    assert settle(old, Later(MINUTE, reason="full"), NOW, gap=GAP).state is LetterState.PENDING


@pytest.mark.parametrize(
    ("age", "attempt", "scope", "fault"),
    [
        (AWAY, 2, "channel", Fault.AWAY),
        (AWAY - MINUTE, 2, "channel", None),
        (AWAY, 1, "channel", None),  # it may come late for want of a turn
        (AWAY, 2, "chat", None),
    ],
)
def test_a_channel_that_has_taken_nothing_for_an_hour_is_told_of(
    age: timedelta, attempt: int, scope: Literal["chat", "channel"], fault: Fault | None
) -> None:
    settled = settle(replace(LETTER, created_at=NOW - age, attempt=attempt), Later(MINUTE, scope, "unreachable"), NOW, gap=GAP)
    assert (settled.state, settled.fault) == (LetterState.PENDING, fault)
    assert (settled.report == "channel telegram has taken nothing for an hour: unreachable") is (fault is not None)


def test_urgent_of_unknown_fate_goes_out_once_more_marked_as_a_repeat() -> None:
    settled = settle(replace(LETTER, urgent=True), Unknown("no answer"), NOW, gap=GAP)
    assert (settled.state, settled.repeat, settled.to_digest) == (LetterState.PENDING, True, False)


def test_a_second_unknown_is_left_to_the_operator_and_the_digest() -> None:
    settled = unknown(replace(LETTER, urgent=True, repeat=True), "no answer", NOW, gap=GAP)
    assert (settled.state, settled.to_digest) == (LetterState.UNKNOWN, True)
    assert settled.report == "it is not known whether a letter arrived: no answer"


def test_notable_of_unknown_fate_waits_for_the_digest_without_a_report() -> None:
    settled = unknown(LETTER, "no answer", NOW, gap=GAP)
    assert (settled.state, settled.to_digest, settled.report) == (LetterState.UNKNOWN, True, None)


@pytest.mark.parametrize(("address", "state"), [("mailto:a@b.example", LetterState.PENDING), ("telegram:5", LetterState.UNKNOWN)])
def test_a_digest_is_repeated_by_mail_alone_where_its_message_id_collapses_it(address: str, state: LetterState) -> None:
    digest = replace(LETTER, kind=LetterKind.DIGEST, address=Address.parse(address))
    assert unknown(digest, "no answer", NOW, gap=GAP).state is state
