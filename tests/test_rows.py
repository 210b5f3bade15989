"""Rows to models and back: the days ahead of a paper, as versions and Letters keep them."""

import json
from datetime import date, time

import pytest

from alerts.storage.rows import item_json, item_of
from tests.letters import item
from tests.papers import article
from watcher.models import Deadline, Stay
from watcher.storage.rows import deadline_json, deadline_of, stay_of, version_values

DAY = date(2031, 3, 3)


@pytest.mark.parametrize(
    ("deadline", "kept"),
    [
        (Deadline(label="effective", on=DAY), {"label": "effective", "on": "2031-03-03"}),
        (Deadline(label="hearing", on=DAY, time=time(0)), {"label": "hearing", "on": "2031-03-03", "time": "00:00"}),
        (
            Deadline(label="hearing", on=DAY, time=time(9, 30), zone="America/New_York"),
            {"label": "hearing", "on": "2031-03-03", "time": "09:30", "zone": "America/New_York"},
        ),
    ],
)
def test_a_day_ahead_is_kept_with_its_hour_only_where_it_has_one(deadline: Deadline, kept: dict[str, str]) -> None:
    assert deadline_json(deadline) == kept
    assert deadline_of(kept) == deadline


def test_that_a_day_is_moved_and_that_one_is_off_are_kept_with_a_paper() -> None:
    moved, off = Deadline(label="hearing", on=DAY, moved=True), Deadline(label="hearing", on=DAY.replace(day=1), time=time(9))
    kept = version_values(article(deadlines=(moved,), off=(off,)))["deadlines"]
    assert kept == [
        {"label": "hearing", "on": "2031-03-03", "moved": "yes"},
        {"label": "hearing", "on": "2031-03-01", "time": "09:00", "off": "yes"},
    ]
    assert deadline_of(kept[0]).moved


def test_what_a_court_stays_is_kept_with_a_paper() -> None:
    lifted = (Stay(of="deadlines"), Stay(number="12", below=True), Stay(on=DAY, below=True, docket="8:25-cv-951"))
    kept = version_values(article(stays=lifted))["deadlines"]
    assert json.loads(json.dumps(kept)) == kept
    assert tuple(stay_of(each) for each in kept) == lifted


def test_a_letter_keeps_the_hour() -> None:
    hearing = Deadline(label="hearing", on=DAY, time=time(16), zone="America/Los_Angeles")
    assert item_of(json.loads(json.dumps(item_json(item(deadlines=(hearing,)))))) == item(deadlines=(hearing,))
