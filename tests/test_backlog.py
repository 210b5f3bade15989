"""What an operator reads of the outbox: what waits, what keeps it, what failed, and how long an alert to all takes; nobody's address."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from alerts.backlog import Backlog, FanOut, Fault, Flood, Held, Lane, Owing, alike, backlog_json, lines, to_all

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
RATES = {"telegram": 25.0, "mailto": 10.0, "console": 0.0}
FULL = Backlog(
    now=NOW,
    readers={"telegram": 900_000, "mailto": 1},
    parked=2,
    lanes=(
        Lane(channel="mailto", lane=2, later=3, dead=4),
        Lane(channel="telegram", lane=0, pending=12, oldest=NOW - timedelta(minutes=3), sending=2, unknown=1),
    ),
    owing=(Owing(cadence="daily", due=0, later=400, first=LATER), Owing(cadence="now", due=5, later=0, first=NOW)),
    fanouts=(
        FanOut(story=17, revision=2, at=NOW - timedelta(seconds=30), asked=120_000, total=1_000_000, since=NOW - timedelta(seconds=10)),
        FanOut(story=18, revision=1, at=NOW, asked=0, total=1, since=None),
    ),
    more_fanouts=1,
    held=(
        Held(channel="telegram", until=LATER, reason="the token of 1234567890 is refused"),
        Held(channel="mailto", domain="example.org", until=LATER),
    ),
    floods=(Flood(channel="telegram", chats=14, until=LATER),),
    paces={"telegram": NOW + timedelta(seconds=0.2), "mailto": NOW},
    faults=(Fault(channel="mailto", state="dead", reason="550 <(address)>: unknown", count=4),),
)
NOTHING = Backlog(now=NOW, readers={})


def test_the_outbox_is_told_by_channel_and_lane_with_what_keeps_it() -> None:
    assert lines(FULL, RATES) == [
        "mailto, the rest: 3 due later; 4 dead",
        "telegram, urgent alerts: 12 due, the oldest since 3 min; 2 being sent; 1 unknown",
        "deliveries without a letter, daily: 400 due later, the first 2026-11-24 13:00 UTC",
        "deliveries without a letter, now: 5 due",
        "fan-out of story:17 revision 2: 120000 of 1000000 followers asked, 12000 a second, 1 min left; it is 30 s old",
        "fan-out of story:18 revision 1: 0 of 1 follower asked; it is 0 s old",
        "and 1 revision more to be fanned out",
        "held: telegram until 2026-11-24 13:00 UTC: the token of (address) is refused",
        "held: mail to example.org until 2026-11-24 13:00 UTC: its reason is not known any more",
        "14 telegram chats in a flood wait, the last until 2026-11-24 13:00 UTC",
        "pace of telegram: next turn in 0.2 s",
        "pace of mailto: free now",
        "4 mailto dead in the last day: 550 <(address)>: unknown",
        "an alert to all 900000 telegram readers takes 10 h at 25 a second",
        "an alert to the one mailto reader takes 0 s at 10 a second",
        "parked, so told nothing: 2 subscribers",
    ]


def test_silence_is_said() -> None:
    assert lines(NOTHING, {}) == ["nothing waits"]
    assert (NOTHING.letters, NOTHING.oldest, NOTHING.deliveries) == ({}, None, 0)


def test_the_sum_of_the_lanes_is_what_status_says() -> None:
    assert FULL.letters == {"pending": 15, "sending": 2, "unknown": 1, "dead": 4}
    assert FULL.oldest == NOW - timedelta(minutes=3)
    assert FULL.deliveries == 405


def test_a_program_reads_the_same_numbers() -> None:
    data = json.loads(json.dumps(backlog_json(FULL, RATES)))
    assert data["lanes"][1] == {
        "channel": "telegram",
        "off": False,
        "lane": "urgent alerts",
        "due": 12,
        "due_later": 0,
        "oldest_due_at": "2026-11-24T11:57:00+00:00",
        "oldest_seconds": 180,
        "sending": 2,
        "unknown": 1,
        "dead": 0,
    }
    assert (data["fan_outs"][0]["per_second"], data["more_fan_outs"]) == (12_000.0, 1)
    assert data["alert_to_all"][0] == {"channel": "telegram", "readers": 900_000, "per_second": 25.0, "seconds": 36_000}
    assert data["held"][0]["reason"] == "the token of (address) is refused"
    assert [each["channel"] for each in data["alert_to_all"]] == ["telegram", "mailto"]
    assert backlog_json(NOTHING, {})["lanes"] == []


def test_what_waits_for_a_channel_that_is_off_is_said_to_and_no_time_is_reckoned_for_it() -> None:
    only_mail = {"mailto": 10.0}
    said = lines(FULL, only_mail)
    assert said[:2] == [
        "mailto, the rest: 3 due later; 4 dead",
        "telegram (off), urgent alerts: 12 due, the oldest since 3 min; 2 being sent; 1 unknown",
    ]
    assert not [each for each in said if each.startswith(("an alert to all 900000", "pace of telegram"))]
    data = json.loads(json.dumps(backlog_json(FULL, only_mail)))
    assert [each["off"] for each in data["lanes"]] == [False, True]
    assert [each["channel"] for each in data["alert_to_all"]] == ["mailto"]
    assert FULL.waiting == {"mailto": 3, "telegram": 12}


def test_faults_that_differ_in_an_address_alone_are_one() -> None:
    faults = [Fault(channel="mailto", state="dead", reason=f"550 <{name}@example.org>:\n unknown", count=2) for name in ("ann", "bob")]
    rare = [Fault(channel="mailto", state="dead", reason=f"reason {number}", count=1) for number in range(20)]
    said = alike([*rare, *faults])
    assert said[0] == Fault(channel="mailto", state="dead", reason="550 <(address)>: unknown", count=4)
    assert len(said) == 8


def test_the_wire_alone_says_how_long_an_alert_to_all_takes() -> None:
    few = replace(NOTHING, readers={"telegram": 50, "mailto": 70})
    assert to_all(few, RATES) == {"telegram": 2.0, "mailto": 7.0}
    assert to_all(replace(few, readers={"console": 1}), RATES) == {"console": 0.0}


def test_a_mail_domain_of_many_readers_takes_longer_than_all_others() -> None:
    crowded = replace(NOTHING, readers={"mailto": 70}, crowd=timedelta(seconds=14))
    assert to_all(crowded, {"mailto": 10.0}) == {"mailto": 14.0}
    assert lines(crowded, {"mailto": 10.0})[-1] == "an alert to all 70 mailto readers takes 14 s since many are of one mail domain"
