"""Dates: whatever a source writes becomes an aware UTC time, a day, or nothing."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.dates import Moment, moment

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]  # a date's parts


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Wed, 02 Oct 2002 13:00:00 GMT", utc(2002, 10, 2, 13)),
        ("Tue, 29 Sep 2026 21:23:48 +0000", utc(2026, 9, 29, 21, 23, 48)),
        ("Thu, 10 Apr 2025 18:41:07 -0400", utc(2025, 4, 10, 22, 41, 7)),
        ("15 Apr 25 16:00 EDT", utc(2025, 4, 15, 20)),
        ("Sun, 1 Mar 99 10:00 PST", utc(1999, 3, 1, 18)),
        ("2026-10-02T11:15:00.000-04:00", utc(2026, 10, 2, 15, 15)),
        ("2003-12-31t10:14:55z", utc(2003, 12, 31, 10, 14, 55)),
        ("2003-12-31 10:14", utc(2003, 12, 31, 10, 14)),
        ("20261124T101112Z", utc(2026, 11, 24, 10, 11, 12)),
        ("Tue Nov 24 03:59:58 UTC 2026", utc(2026, 11, 24, 3, 59, 58)),
        ("November 24, 2026 5:00 PM EST", utc(2026, 11, 24, 22)),
        ("13 Mar. 2026 12:05 a.m.", utc(2026, 3, 13, 0, 5)),
        ("2026-11-24 10:00:00 ET", utc(2026, 11, 24, 15)),
        ("2026-07-24 10:00:00 ET", utc(2026, 7, 24, 14)),
        ("mar, 24 nov 2026 10:00:00 +0100", utc(2026, 11, 24, 9)),
        ("lun, 3 feb 2025 22:10:00 -0600", utc(2025, 2, 4, 4, 10)),
        ("24 août 2026 à 10h30", utc(2026, 8, 24, 10, 30)),
        ("Do, 5 März 2026 08:00:00 +0100", utc(2026, 3, 5, 7)),
        ("Вс, 24 мая 2026 10:00 MSK", utc(2026, 5, 24, 7)),
        ("2026년 11월 24일 10:00", utc(2026, 11, 24, 10)),
        ("24.11.2026 10:20", utc(2026, 11, 24, 10, 20)),
        ("Thu, 01 Jan 2004 19:48:21 Nowhere", utc(2004, 1, 1, 19, 48, 21)),
        ("Mon, 24 Nov 2026 10:00:00 +9999", utc(2026, 11, 24, 10)),
        ("2016-12-31T23:59:60Z", utc(2016, 12, 31, 23, 59, 59)),
        ("2026-11-24T24:00:00Z", utc(2026, 11, 25)),
        ("1764000000", utc(2025, 11, 24, 16)),
        ("1764000000000", utc(2025, 11, 24, 16)),
    ],
)
def test_an_hour_is_read_in_its_zone(text: str, at: datetime) -> None:
    found = moment(text, now=NOW)
    assert found is not None
    assert (found.at, found.at.tzinfo, found.day_only) == (at, UTC, False)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Jul 01 2024", date(2024, 7, 1)),
        ("2025-03-16", date(2025, 3, 16)),
        ("20261124", date(2026, 11, 24)),
        ("24 de noviembre de 2026", date(2026, 11, 24)),
        ("2 de mayo de 2025", date(2025, 5, 2)),
        ("24-Nov-26", date(2026, 11, 24)),
        ("Sept. 5, 2026", date(2026, 9, 5)),
        ("11/24/2026", date(2026, 11, 24)),
        ("24/11/2026", date(2026, 11, 24)),
        ("5/4/2026", date(2026, 5, 4)),
        ("5.4.2026", date(2026, 4, 5)),
    ],
)
def test_a_day_alone_is_its_midnight_utc_and_says_so(text: str, day: date) -> None:
    assert moment(text, now=NOW) == Moment(at=utc(day.year, day.month, day.day), day_only=True, day=day)


def test_a_two_digit_year_is_the_latest_that_is_not_beyond_next_year() -> None:
    years = [found.day.year if (found := moment(f"1 May {year}", now=NOW)) else None for year in ("26", "27", "28", "71", "99")]
    assert years == [2026, 2027, None, 1971, 1999]


def test_day_first_is_for_sources_that_write_so() -> None:
    found = moment("5/4/2026", now=NOW, day_first=True)
    assert found is not None
    assert found.day == date(2026, 4, 5)


def test_midnight_in_the_zone_of_the_source_is_told_apart() -> None:
    found = moment("2025-11-20T00:00:00-08:00", now=NOW)
    assert found == Moment(at=utc(2025, 11, 20, 8), day_only=False, midnight=True, day=date(2025, 11, 20))


@pytest.mark.parametrize(
    "text",
    [
        None, "", "garbage", "may", "10:00", "2026", "2026-11", "31 Feb 2026", "2026-02-30", "2026-13-01", "24 Nov 2026 25:00",
        "0001-01-01T00:00:00", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59-08:00", "0", "not a date", "24 Nov", "x" * 10_000,
        "1 Jan 2026 " * 30,
    ],
)  # fmt: skip
def test_what_no_reader_would_trust_is_no_date(text: str | None) -> None:
    assert moment(text, now=NOW) is None


@given(
    st.one_of(
        st.text(max_size=60),
        st.from_regex(r"[A-Za-z]{0,4},? ?\d{1,4}[-/. ]\w{1,9}[-/. ]\d{1,4}[ T]\d{0,2}:?\d{0,3}:?\d{0,2} ?[+-]?\w{0,5}"),
    )
)
def test_any_text_gives_an_aware_date_or_none(text: str) -> None:
    found = moment(text, now=NOW)
    assert found is None or (found.at.tzinfo is UTC and 1970 <= found.at.year <= 2201)
