"""When a source is due: retries, the server's wishes, office hours, chance."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.cadence import LONGEST_RETRY, LONGEST_SPREAD, LONGEST_WISH, OFF_HOURS, due_every, jittered, next_poll, next_try
from watcher.models import Source

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)  # a Tuesday, 7:00 Eastern
MINUTE = timedelta(minutes=1)

unhurried = settings(deadline=None)  # a loaded machine is no fault

times = st.integers(min_value=946_684_800, max_value=4_102_444_800).map(
    lambda seconds: datetime.fromtimestamp(seconds, UTC)
)  # 2000 to 2100
intervals = st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=366))


def register(every: timedelta = 15 * MINUTE, kind: str = "public-inspection") -> Source:
    return Source(id="register", kind=kind, url="https://register.test/", every=every)


@pytest.mark.parametrize(("failures", "wait"), [(0, 15), (1, 30), (2, 60), (3, 60), (99, 60), (10**9, 60)])
def test_each_failure_doubles_the_wait_up_to_an_hour(failures: int, wait: int) -> None:
    assert next_poll(NOW, every=15 * MINUTE, failures=failures) == NOW + wait * MINUTE


@pytest.mark.parametrize("failures", [0, 1, 5, 99])
def test_a_source_polled_less_than_hourly_is_never_retried_sooner(failures: int) -> None:
    assert next_poll(NOW, every=timedelta(hours=8), failures=failures) == NOW + timedelta(hours=8)


@pytest.mark.parametrize(
    ("wish", "wait"),
    [
        (timedelta(0), 15 * MINUTE),
        (-timedelta(days=400), 15 * MINUTE),
        (5 * MINUTE, 15 * MINUTE),
        (40 * MINUTE, 40 * MINUTE),
        (timedelta(days=1), timedelta(days=1)),
        (timedelta(days=1, seconds=1), LONGEST_WISH),
        (timedelta(days=36500), LONGEST_WISH),
    ],
)
def test_the_servers_wish_is_obeyed_up_to_a_day_and_never_shortens_the_wait(wish: timedelta, wait: timedelta) -> None:
    assert next_poll(NOW, every=15 * MINUTE, not_before=NOW + wish) == NOW + wait


@unhurried
@given(now=times, every=intervals, failures=st.integers(min_value=0, max_value=10**6), wish=st.none() | times)
def test_the_next_poll_is_at_least_an_interval_away_and_at_most_the_longest_wait(
    now: datetime, every: timedelta, failures: int, wish: datetime | None
) -> None:
    wait = next_poll(now, every=every, failures=failures, not_before=wish) - now
    assert every <= wait <= max(every, LONGEST_RETRY, LONGEST_WISH)


@pytest.mark.parametrize(("failures", "seconds"), [(0, 15), (1, 15), (2, 30), (3, 60), (7, 900), (8, 900), (10**9, 900)])
def test_what_no_server_heard_of_is_tried_again_within_seconds_and_at_last_as_often_as_ever(failures: int, seconds: int) -> None:
    assert next_try(NOW, every=15 * MINUTE, failures=failures) == NOW + timedelta(seconds=seconds)


def test_what_no_server_heard_of_is_tried_once_an_hour_at_least() -> None:
    assert next_try(NOW, every=timedelta(hours=8), failures=99) == NOW + LONGEST_RETRY


@pytest.mark.parametrize(
    ("now", "wait"),
    [
        ("2026-11-24T13:39:59Z", 15 * MINUTE),  # 8:39:59 Eastern, winter: the opening is nearer than the interval
        ("2026-11-24T13:40:00Z", 15 * MINUTE),  # opens
        ("2026-11-24T23:29:59Z", 15 * MINUTE),  # 18:29:59
        ("2026-11-24T23:30:00Z", OFF_HOURS),  # closes
        ("2026-11-24T12:00:00Z", 100 * MINUTE),  # 7:00: until 8:40
        ("2026-07-15T12:40:00Z", 15 * MINUTE),  # 8:40 Eastern, summer
        ("2026-07-15T12:00:00Z", 40 * MINUTE),  # 8:00, summer
        ("2026-11-28T16:00:00Z", OFF_HOURS),  # Saturday noon
        ("2026-11-30T12:40:00Z", 60 * MINUTE),  # Monday 7:40
        ("2026-11-29T23:00:00Z", OFF_HOURS),  # Sunday evening
    ],
)
def test_the_register_is_asked_seldom_while_its_office_is_closed_but_at_its_opening(now: str, wait: timedelta) -> None:
    assert due_every(register(), datetime.fromisoformat(now)) == wait


def test_other_kinds_keep_their_interval_at_night() -> None:
    assert due_every(register(kind="feed"), datetime(2026, 11, 28, 3, tzinfo=UTC)) == 15 * MINUTE


@unhurried
@given(now=times, every=intervals, kind=st.sampled_from(["feed", "federal-register", "public-inspection"]))
def test_office_hours_never_shorten_an_interval_nor_make_a_short_one_longer_than_two_hours(
    now: datetime, every: timedelta, kind: str
) -> None:
    assert every <= due_every(register(every, kind), now) <= max(every, OFF_HOURS)


@pytest.mark.parametrize(
    ("wait", "chance", "late"),
    [
        (15 * MINUTE, 0.0, timedelta(0)),
        (15 * MINUTE, 0.5, timedelta(seconds=45)),
        (15 * MINUTE, 1.0, timedelta(seconds=90)),
        (timedelta(hours=8), 1.0, LONGEST_SPREAD),
        (timedelta(hours=8), 0.5, LONGEST_SPREAD / 2),
        (timedelta(0), 1.0, timedelta(0)),
        (-MINUTE, 1.0, timedelta(0)),
    ],
)
def test_chance_puts_a_poll_off_by_a_tenth_of_the_wait_at_most(wait: timedelta, chance: float, late: timedelta) -> None:
    assert jittered(NOW + wait, NOW, chance=chance) == NOW + wait + late
