"""Who is told a revision, when, or why not."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from alerts.fanout import Draft, Duty, Follower, after_quiet, decide, due, last_window, next_window
from alerts.models import Address, Cadence, QuietHours, Subscriber, Subscription, Window
from watcher.models import DocumentType, Revision, Severity, Stage, Story

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)  # a Tuesday
BEFORE = NOW - timedelta(days=1)

ANN = Subscriber(id=7, address=Address.parse("telegram:5"), created_at=BEFORE)
STORY = Story(
    id=3,
    revision=1,
    title="Order",
    severity=Severity.NOTABLE,
    stage=Stage.PUBLISHED,
    type=DocumentType.ORDER,
    watches=("cecot", "due-process"),
    lead="k",
    first_seen=NOW,
    revised_at=NOW,
)
BIRTH = Revision(story=3, number=1, at=NOW, change="", loud=True, new_watches=("cecot", "due-process"), tell=True)
WITHDRAWAL = Revision(story=3, number=2, at=NOW, change="withdrawn", loud=True, new_watches=(), tell=True)
MENDED = replace(WITHDRAWAL, change="published in the register", loud=False)


def follows(
    watch: str = "cecot",
    cadence: Cadence = Cadence.NOW,
    floor: Severity = Severity.ROUTINE,
    at: datetime = BEFORE,
    types: tuple[DocumentType, ...] = (),
) -> Subscription:
    return Subscription(subscriber=7, watch=watch, cadence=cadence, floor=floor, types=types, created_at=at)


def follower(*subscriptions: Subscription, told: bool = False, subscriber: Subscriber = ANN) -> Follower:
    return Follower(subscriber=subscriber, subscriptions=subscriptions, told=told)


def test_a_new_story_is_an_alert_that_names_every_followed_watch_in_the_storys_order() -> None:
    assert decide(STORY, BIRTH, follower(follows("due-process"), follows("cecot")), NOW) == Draft(
        channel="telegram",
        subscriber=7,
        story=3,
        revision=1,
        duty=Duty.ALERT,
        watches=("cecot", "due-process"),
        cadence=Cadence.NOW,
        due_at=NOW,
    )


def test_several_subscriptions_make_one_delivery_at_the_most_urgent_cadence() -> None:
    draft = decide(STORY, BIRTH, follower(follows("cecot", Cadence.WEEKLY), follows("due-process", Cadence.DAILY)), NOW)
    assert draft is not None
    assert (draft.cadence, draft.due_at) == (Cadence.DAILY, datetime(2026, 11, 25, 7, tzinfo=UTC))


def test_who_subscribed_after_the_revision_is_not_told() -> None:
    assert decide(STORY, BIRTH, follower(follows(at=NOW + timedelta(seconds=1))), NOW) is None


def test_below_every_floor_it_is_skipped_with_the_reason() -> None:
    draft = decide(STORY, BIRTH, follower(follows(floor=Severity.URGENT)), NOW)
    assert draft is not None
    assert draft.skipped == "notable is below the floor"


def test_one_subscription_below_its_floor_does_not_hide_the_other() -> None:
    draft = decide(STORY, BIRTH, follower(follows(floor=Severity.URGENT), follows("due-process", Cadence.DAILY)), NOW)
    assert draft is not None
    assert (draft.skipped, draft.cadence) == (None, Cadence.DAILY)


ORDERS = (DocumentType.ORDER, DocumentType.OPINION)
REPORT = replace(STORY, type=DocumentType.ARTICLE)


@pytest.mark.parametrize(
    ("story", "types", "skipped"),
    [
        (STORY, (), None),
        (REPORT, (), "of another type: article"),
        (REPORT, (DocumentType.ARTICLE, DocumentType.ORDER), None),
        (REPORT, (DocumentType.ARTICLE, DocumentType.MOTION), "of another type: article, motion"),
    ],
)
def test_a_story_without_a_paper_of_a_type_asked_for_is_skipped_with_the_reason(
    story: Story, types: tuple[DocumentType, ...], skipped: str | None
) -> None:
    draft = decide(story, BIRTH, follower(follows(types=ORDERS)), NOW, types=types)
    assert draft is not None
    assert (draft.duty, draft.skipped) == (Duty.ALERT, skipped)


def test_one_subscription_that_asks_for_other_types_does_not_hide_the_other() -> None:
    draft = decide(REPORT, BIRTH, follower(follows(types=ORDERS), follows("due-process", Cadence.DAILY)), NOW)
    assert draft is not None
    assert (draft.skipped, draft.cadence) == (None, Cadence.DAILY)


def test_below_the_floor_is_the_reason_where_floor_and_type_both_stand_against_it() -> None:
    draft = decide(REPORT, BIRTH, follower(follows(types=ORDERS, floor=Severity.URGENT)), NOW)
    assert draft is not None
    assert draft.skipped == "notable is below the floor"


@pytest.mark.parametrize("revision", [WITHDRAWAL, MENDED])
def test_who_was_told_hears_what_becomes_of_it_whatever_types_she_asks_for(revision: Revision) -> None:
    draft = decide(REPORT, revision, follower(follows(types=ORDERS), told=True), NOW)
    assert draft is not None
    assert draft.skipped is None


@pytest.mark.parametrize("revision", [replace(WITHDRAWAL, change="now an order"), MENDED])
def test_whom_the_type_kept_from_a_story_is_first_told_of_it_once_it_has_such_a_paper_also_by_a_quiet_change(revision: Revision) -> None:
    passed_over = replace(follower(follows(types=ORDERS)), owed=True)
    draft, still = decide(STORY, revision, passed_over, NOW), decide(REPORT, revision, passed_over, NOW)
    assert draft is not None
    assert (draft.duty, draft.skipped) == (Duty.ALERT, None)
    assert still is not None
    assert still.skipped == "of another type: article"


@pytest.mark.parametrize(
    ("revision", "told", "duty"),
    [
        (WITHDRAWAL, True, Duty.UPDATE),
        (MENDED, True, Duty.EDIT),
        (WITHDRAWAL, False, None),  # a change is no news to who never heard of it
        (replace(WITHDRAWAL, change="", new_watches=("cecot",)), False, Duty.ALERT),  # a new Watch: its followers' first alert
        (replace(WITHDRAWAL, change="", new_watches=("cecot",)), True, None),  # told already: a further topic is no news
        (replace(WITHDRAWAL, new_watches=("due-process",)), False, None),  # follows another Watch than the new one
    ],
)
def test_a_revision_reaches_those_told_before_and_followers_of_its_new_watches_only(
    revision: Revision, told: bool, duty: Duty | None
) -> None:
    draft = decide(STORY, revision, follower(follows("cecot"), told=told), NOW)
    assert (draft.duty if draft else None) == duty


def test_a_quiet_change_is_not_told_in_a_digest() -> None:
    draft = decide(STORY, MENDED, follower(follows(cadence=Cadence.DAILY), told=True), NOW)
    assert draft is not None
    assert draft.skipped == "a quiet change, and a digest is not edited"


RISEN = replace(STORY, revision=2, severity=Severity.URGENT)
NOW_AN_ORDER = replace(WITHDRAWAL, change="now an order")


def owed(*subscriptions: Subscription) -> Follower:
    return replace(follower(*subscriptions), owed=True)


def test_what_was_below_the_floor_and_reaches_it_by_a_loud_change_is_a_first_alert() -> None:
    draft = decide(RISEN, NOW_AN_ORDER, owed(follows(floor=Severity.URGENT)), NOW)
    assert draft is not None
    assert (draft.duty, draft.skipped, draft.watches, draft.change) == (Duty.ALERT, None, ("cecot",), "now an order")


def test_what_stays_below_the_floor_is_skipped_again() -> None:
    draft = decide(STORY, NOW_AN_ORDER, owed(follows(floor=Severity.URGENT)), NOW)
    assert draft is not None
    assert (draft.duty, draft.skipped) == (Duty.ALERT, "notable is below the floor")


def test_a_quiet_change_is_a_first_alert_too_for_who_was_passed_over_and_does_not_say_that_it_is_a_change() -> None:
    draft = decide(RISEN, MENDED, owed(follows(floor=Severity.URGENT)), NOW)
    assert draft is not None
    assert (draft.duty, draft.skipped, draft.change) == (Duty.ALERT, None, "")


@pytest.mark.parametrize("change", ["withdrawn", "sealed", "removed from the docket"])
def test_who_was_told_nothing_gets_no_correction_of_it(change: str) -> None:
    draft = decide(RISEN, replace(WITHDRAWAL, change=change), owed(follows()), NOW)
    assert draft is not None
    assert draft.skipped == "takes back what was never told"


def test_a_further_topic_of_others_is_no_news_to_who_was_passed_over() -> None:
    other = replace(WITHDRAWAL, change="", loud=False, new_watches=("due-process",))
    assert decide(RISEN, other, owed(follows(floor=Severity.URGENT)), NOW) is None


@pytest.mark.parametrize(("revision", "duty"), [(WITHDRAWAL, Duty.UPDATE), (MENDED, Duty.EDIT)])
@pytest.mark.parametrize("severity", [Severity.FORMALITY, Severity.ROUTINE])
def test_who_was_told_hears_what_becomes_of_it_also_where_that_presses_less(revision: Revision, duty: Duty, severity: Severity) -> None:
    draft = decide(replace(STORY, severity=severity), revision, follower(follows(floor=Severity.URGENT), told=True), NOW)
    assert draft is not None
    assert (draft.duty, draft.skipped) == (duty, None)


def test_a_formality_is_below_every_floor() -> None:
    draft = decide(replace(STORY, severity=Severity.FORMALITY), BIRTH, follower(follows(floor=Severity.ROUTINE)), NOW)
    assert draft is not None
    assert draft.skipped == "formality is below the floor"


def test_who_was_passed_over_and_follows_it_no_more_is_not_told() -> None:
    assert decide(RISEN, NOW_AN_ORDER, owed(follows(at=NOW + timedelta(seconds=1))), NOW) is None


def test_a_quiet_change_is_skipped_where_nothing_can_be_edited() -> None:
    by_mail = replace(ANN, address=Address.parse("mailto:ann@example.org"))
    draft = decide(STORY, MENDED, follower(follows(), told=True, subscriber=by_mail), NOW)
    assert draft is not None
    assert draft.skipped == "a quiet change, and this channel cannot edit what it sent"


@pytest.mark.parametrize(
    ("address", "follows_by", "duty", "cadence"),
    [
        ("telegram:7", Cadence.NOW, Duty.EDIT, Cadence.NOW),
        ("telegram:7", Cadence.WEEKLY, Duty.UPDATE, Cadence.WEEKLY),
        ("mailto:ann@example.org", Cadence.NOW, Duty.UPDATE, Cadence.DAILY),
        ("mailto:ann@example.org", Cadence.WEEKLY, Duty.UPDATE, Cadence.WEEKLY),
        ("console:", Cadence.NOW, Duty.UPDATE, Cadence.NOW),
    ],
)
def test_a_quiet_report_that_may_be_news_is_told_where_nothing_can_be_edited(
    address: str, follows_by: Cadence, duty: Duty, cadence: Cadence
) -> None:
    reader = replace(ANN, address=Address.parse(address))
    report = replace(MENDED, change="a further report")
    draft = decide(STORY, report, follower(follows(cadence=follows_by), told=True, subscriber=reader), NOW)
    assert draft is not None
    assert (draft.duty, draft.cadence, draft.change, draft.skipped) == (duty, cadence, "a further report", None)


def test_a_parked_address_is_skipped_with_the_reason() -> None:
    draft = decide(STORY, BIRTH, follower(follows(), subscriber=replace(ANN, parked="blocked the bot")), NOW)
    assert draft is not None
    assert draft.skipped == "address parked: blocked the bot"


NIGHT = QuietHours(start=time(22), end=time(7))


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-24T21:59", "2026-11-24T21:59"),
        ("2026-11-24T22:00", "2026-11-25T07:00"),
        ("2026-11-25T06:59", "2026-11-25T07:00"),
        ("2026-11-25T07:00", "2026-11-25T07:00"),
    ],
)
def test_quiet_hours_hold_until_their_end_across_midnight(now: str, then: str) -> None:
    zone = ZoneInfo("America/New_York")
    moment = datetime.fromisoformat(now).replace(tzinfo=zone).astimezone(UTC)
    assert after_quiet(NIGHT, zone, moment) == datetime.fromisoformat(then).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("severity", "passes", "hour"),
    [(Severity.URGENT, True, 23), (Severity.URGENT, False, 7), (Severity.NOTABLE, True, 7)],
)
def test_urgent_passes_quiet_hours_unless_the_reader_forbids_it(severity: Severity, passes: bool, hour: int) -> None:
    night = NOW.replace(hour=23)
    assert due(replace(ANN, quiet=replace(NIGHT, urgent_passes=passes)), Cadence.NOW, severity, night).hour == hour


def test_a_day_s_digest_ends_at_the_readers_hour_in_her_zone() -> None:
    madrid = replace(ANN, zone="Europe/Madrid", digest_hour=8)
    assert next_window(madrid, Cadence.DAILY, NOW) == Window(
        name="2026-11-25",
        start=date(2026, 11, 24),
        end=date(2026, 11, 25),
        due_at=datetime(2026, 11, 25, 7, tzinfo=UTC),
    )


def test_a_week_s_digest_ends_on_monday() -> None:
    window = next_window(ANN, Cadence.WEEKLY, NOW)
    assert (window.name, window.due_at) == ("2026-W48", datetime(2026, 11, 30, 7, tzinfo=UTC))


@pytest.mark.parametrize(
    ("cadence", "due_at", "now", "name"),
    [
        (Cadence.DAILY, "2026-11-24T07:00", "2026-11-24T07:00", "2026-11-24"),
        (Cadence.DAILY, "2026-11-21T07:00", "2026-11-24T06:59", "2026-11-23"),
        (Cadence.DAILY, "2026-11-21T07:00", "2026-11-24T12:00", "2026-11-24"),
        (Cadence.WEEKLY, "2026-11-09T07:00", "2026-11-24T12:00", "2026-W47"),
    ],
)
def test_after_an_outage_the_digest_bears_the_last_day_that_ended(cadence: Cadence, due_at: str, now: str, name: str) -> None:
    moments = (datetime.fromisoformat(each).replace(tzinfo=UTC) for each in (due_at, now))
    assert last_window(ANN, cadence, *moments).name == name


@pytest.mark.parametrize("zone", ["Mars/Olympus", "America", ""])  # unknown, a folder, none
def test_an_unknown_zone_is_utc(zone: str) -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert next_window(replace(ANN, zone=zone), Cadence.DAILY, now) == next_window(replace(ANN, zone="UTC"), Cadence.DAILY, now)
