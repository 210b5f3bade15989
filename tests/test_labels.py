"""What a paper is called, and whose headline says what a court's paper did."""

from datetime import UTC, date, datetime, time

import pytest

from alerts.render import terms
from tests.papers import article, order
from watcher.hearings import _ZONES
from watcher.labels import by_time, clock, hour_ahead, reported_as
from watcher.models import Deadline, Document, Severity


def report(title: str, lang: str = "en", **fields: object) -> Document:
    return article(title, title=title, lang=lang, **fields)


EXPLAINER = report("What to know about the order to bring him back", severity=Severity.URGENT)
PLAIN = report("His family waits", severity=Severity.ROUTINE)
NEWS = report("Judge orders his return", lang="en-US", severity=Severity.URGENT)
LATER = report("Judge orders return of deported man", severity=Severity.URGENT)
SPANISH = report("Jueza ordena su regreso", lang="es", severity=Severity.URGENT)
FILED = order(50, title="Motion")


def test_the_headline_of_a_court_paper_is_news_in_the_readers_language_the_most_pressing_and_first_one() -> None:
    papers = [FILED, EXPLAINER, SPANISH, PLAIN, NEWS, LATER]
    assert reported_as(order(), papers) == NEWS
    assert reported_as(order(), papers, "es") == SPANISH
    assert reported_as(order(), [SPANISH, PLAIN]) == PLAIN
    assert reported_as(order(), [PLAIN, NEWS], "es") == NEWS


def test_no_headline_is_better_than_one_that_says_nothing_of_the_act() -> None:
    assert reported_as(order(), [EXPLAINER, FILED, report("")]) is None
    assert reported_as(NEWS, [LATER]) is None


def hearing(day: int, at: time | None = None, zone: str = "America/New_York", label: str = "hearing") -> Deadline:
    return Deadline(label=label, on=date(2031, 3, day), time=at, zone=zone if at else "")


@pytest.mark.parametrize(
    ("at", "zone", "said"),
    [
        (time(10, 30), "America/New_York", "10:30 a.m. Eastern"),
        (time(16), "America/Los_Angeles", "4:00 p.m. Pacific"),
        (time(12), "America/Chicago", "noon Central"),
        (time(12, 5), "America/Phoenix", "12:05 p.m. Arizona"),
        (time(0, 5), "Pacific/Guam", "12:05 a.m. Chamorro"),
        (time(9), "Europe/Madrid", "9:00 a.m. Europe/Madrid"),
        (time(9), "", "9:00 a.m."),
        (None, "", ""),
    ],
)
def test_an_hour_is_told_on_the_clocks_of_the_court(at: time | None, zone: str, said: str) -> None:
    assert hour_ahead(hearing(3, at, zone)) == said


def test_the_time_of_every_court_has_a_name_in_both_languages() -> None:
    assert {clock(zone) for zone in _ZONES.values()} == set(terms.ES.clocks)


@pytest.mark.parametrize(
    ("deadline", "at"),
    [
        (hearing(7, time(10, 30)), datetime(2031, 3, 7, 15, 30, tzinfo=UTC)),
        (hearing(10, time(10, 30)), datetime(2031, 3, 10, 14, 30, tzinfo=UTC)),  # summer time began the day before
        (hearing(7, time(10), "Pacific/Guam"), datetime(2031, 3, 7, 0, 0, tzinfo=UTC)),
        (hearing(7), None),
        (hearing(7, time(10), ""), None),
        (hearing(7, time(10), "Nowhere/At_All"), None),
        (hearing(7, time(10), "../../etc/passwd"), None),
    ],
)
def test_an_hour_is_an_instant_where_its_zone_is_known(deadline: Deadline, at: datetime | None) -> None:
    assert deadline.at == at


def test_days_ahead_go_by_the_clock_and_of_one_day_those_without_an_hour_come_first() -> None:
    whole, early = hearing(4, label="z"), hearing(4, time(9), "Pacific/Guam")
    eastern, western = hearing(4, time(11)), hearing(4, time(10), "America/Los_Angeles")
    assert sorted([western, eastern, early, whole, hearing(3, time(23))], key=by_time) == [
        hearing(3, time(23)),
        whole,
        early,
        eastern,
        western,
    ]
