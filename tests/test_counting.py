"""What is counted of telling, by channel, lane and outcome: on SQLite and on PostgreSQL."""

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from alerts import deliver
from alerts.models import Address, Cadence, Later, Letter, LetterKind, LetterState, Never, Outcome, Sent
from alerts.retry import settle
from alerts.storage import Book, Outbox
from tests.letters import bare, letter
from tests.outboxes import ANN, BEN, EVE, GAP, YESTERDAY, claim, posted, told
from tests.papers import NOW, happened, judged, order
from watcher.counting import KNOWN, LANES, Counting, lane_of
from watcher.errors import DatabaseAwayError
from watcher.storage import Database
from watcher.storage.known import CHUNK
from watcher.web import Metrics

LATER = NOW + timedelta(seconds=90)


class Clock:
    """Seconds, put forward by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def counting(database: Database, clock: Clock) -> Counting:
    return Counting(database, Metrics(), {"telegram": None}, clock, {"mailto": "WATCHER_SMTP_URL"})


def shown(counting: Counting, name: str) -> dict[str, float]:
    """What `/metrics` says of a name, by labels; what is 0 is left out."""
    lines = re.findall(rf"^watcher_{name}(?:{{(.*)}})? (\S+)$", counting.metrics.text().decode(), re.MULTILINE)
    return {labels: float(value) for labels, value in lines if float(value)}


def ended(counting: Counting, given: Letter, outcome: Outcome) -> None:
    counting.settled(given, settle(given, outcome, LATER, gap=GAP), outcome, LATER)


async def test_an_attempt_is_counted_by_what_was_answered_and_what_became_of_it(counting: Counting) -> None:
    ended(counting, letter(bare()), Later(GAP, "chat", "Telegram: too many requests"))
    ended(counting, letter(bare()), Later(GAP, "channel", "status 503"))
    ended(counting, letter(bare()), Never("550 <reader@example.org>"))
    assert shown(counting, "sends_total") == {'channel="mailto",outcome="later"': 2, 'channel="mailto",outcome="never"': 1}
    assert shown(counting, "rate_limited_total") == {'channel="mailto",scope="chat"': 1}
    assert shown(counting, "letters_total") == {'channel="mailto",state="pending"': 2, 'channel="mailto",state="dead"': 1}
    assert "example.org" not in counting.metrics.text().decode()


async def test_a_letter_waits_for_its_turn_from_when_it_is_due(counting: Counting) -> None:
    ended(counting, letter(bare(), urgent=True, due_at=NOW, start_at=NOW + timedelta(seconds=2)), Never("gone"))
    assert shown(counting, "pace_wait_seconds_sum") == {'channel="mailto",lane="urgent"': 2}


async def test_dwell_is_from_the_revision_stored_to_the_letter_sent(
    database: Database, book: Book, outbox: Outbox, counting: Counting
) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(order(), "abrego-garcia"))
    (revision,) = await outbox.open_revisions()
    await told(outbox)
    (sent,) = await claim(outbox)
    at = revision.at + timedelta(seconds=90)
    counting.settled(sent, settle(sent, Sent("1/1"), at, gap=GAP), Sent("1/1"), at)
    assert shown(counting, "dwell_seconds_sum") == {}  # sending waits for no reckoning
    await counting.look()
    await counting.look()
    assert shown(counting, "dwell_seconds_sum") == {'channel="telegram",lane="urgent"': 90}
    assert shown(counting, "dwell_seconds_count") == {'channel="telegram",lane="urgent"': 1}


async def test_a_digest_has_no_dwell_and_is_counted(counting: Counting) -> None:
    ended(counting, letter(bare(), kind=LetterKind.DIGEST), Sent("<1@x>"))
    await counting.look()
    assert shown(counting, "digests_total") == {'channel="mailto"': 1}
    assert shown(counting, "dwell_seconds_count") == {}


async def test_a_reply_dwells_from_when_it_was_written(counting: Counting) -> None:
    ended(counting, letter(kind=LetterKind.CONFIRMATION, created_at=LATER - timedelta(seconds=3)), Sent("<1@x>"))
    assert shown(counting, "dwell_seconds_sum") == {'channel="mailto",lane="replies"': 3}


async def test_the_gauges_are_of_what_waits_and_a_lane_that_empties_is_nought(
    database: Database, book: Book, outbox: Outbox, counting: Counting, clock: Clock
) -> None:
    await book.follow(EVE, ["cecot"], YESTERDAY, cadence=Cadence.DAILY)
    await posted(outbox, ANN, BEN, now=NOW - timedelta(days=3_650))
    await happened(database, judged(order(), "cecot"))
    await counting.show(counting.metrics)
    assert shown(counting, "pending_letters") == {'channel="telegram",lane="replies"': 2}
    assert list(shown(counting, "oldest_pending_seconds")) == ['channel="telegram",lane="replies"']
    assert shown(counting, "outbox_letters") == {'state="pending"': 2}
    assert shown(counting, "subscribers") == {'channel="mailto"': 1}  # though mail is off
    assert shown(counting, "channel_on") == {'channel="telegram"': 1}
    assert b'watcher_channel_on{channel="mailto"} 0.0' in counting.metrics.text()
    assert shown(counting, "fanout_revisions_open") == {"": 1}
    await book.forget(ANN)
    await book.forget(BEN)
    await counting.show(counting.metrics)
    assert shown(counting, "pending_letters") != {}  # what was asked a moment ago is shown again
    clock.now += 60
    await counting.show(counting.metrics)
    assert shown(counting, "pending_letters") == {}
    assert b'watcher_pending_letters{channel="telegram",lane="urgent"} 0.0' in counting.metrics.text()


async def test_fan_out_and_lost_leases_are_counted(outbox: Outbox, counting: Counting) -> None:
    await posted(outbox, ANN)
    await claim(outbox)
    counting.lost("letter", await deliver.settle_expired(outbox, {}, LATER))
    counting.fanned(3)
    assert (shown(counting, "leases_lost_total"), shown(counting, "fanout_deliveries_total")) == ({'of="letter"': 1}, {"": 3})


class Away:
    """A ledger whose database does not answer until it is told to."""

    def __init__(self, ledger: object) -> None:
        self.ledger = ledger

    async def stored_at(self, _revisions: object) -> dict[tuple[int, int], object]:
        raise DatabaseAwayError("the database is away")


async def test_how_long_the_database_was_away_is_counted_and_no_dwell_is_lost(counting: Counting, clock: Clock) -> None:
    ledger = counting.ledger
    ended(counting, letter(bare()), Sent("<1@x>"))
    counting.ledger = Away(ledger)  # type: ignore[assignment]  # the one method that is asked
    for _ in range(3):
        clock.now += 5
        await counting.look()
    counting.ledger = ledger
    clock.now += 5
    await counting.look()
    assert shown(counting, "database_away_seconds_total") == {"": 15}
    assert counting._sent == []


class Stored:
    """A ledger that knows when every revision was stored, and how many it was asked for at once."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    async def stored_at(self, revisions: Collection[tuple[int, int]]) -> dict[tuple[int, int], datetime]:
        self.asked.append(len(revisions))
        return dict.fromkeys(revisions, NOW)


async def test_no_dwell_is_lost_where_one_look_meets_more_revisions_than_are_remembered(counting: Counting) -> None:
    counting.ledger = ledger = Stored()  # type: ignore[assignment]  # the one method that is asked
    number = 2 * KNOWN + 1
    for story in range(number):
        ended(counting, letter(bare(story=story)), Sent("<1@x>"))
    await counting.look()
    assert shown(counting, "dwell_seconds_count") == {'channel="mailto",lane="rest"': number}
    assert sum(ledger.asked) == number
    assert max(ledger.asked) <= CHUNK
    assert len(counting._matched) == KNOWN


@pytest.mark.parametrize(
    ("given", "lane"),
    [
        (letter(bare(), urgent=True), "urgent"),
        (letter(kind=LetterKind.NOTICE), "replies"),
        (letter(bare()), "rest"),
    ],
)
def test_each_letter_has_a_lane(given: Letter, lane: str) -> None:
    assert lane_of(given) == lane
    assert lane in LANES


def test_no_letter_names_its_reader(counting: Counting) -> None:
    for channel in ("telegram:123456789", "mailto:reader@example.org"):
        ended(counting, replace(letter(bare()), address=Address.parse(channel)), Never("gone for 123456789"))
    text = counting.metrics.text().decode()
    assert "123456789" not in text
    assert "reader@" not in text
    assert LetterState.DEAD.value in text
