"""Late is not new."""

from datetime import datetime, timedelta

import pytest

from tests.papers import NOW, SOURCE
from watcher.lateness import is_late
from watcher.models import Document

OLDEST = NOW - timedelta(days=14)  #: what `max_age` of a source is unless it says otherwise


@pytest.mark.parametrize(
    ("published", "late"),
    [(OLDEST, False), (OLDEST - timedelta(seconds=1), True), (NOW + timedelta(days=400), False), (None, False)],
)
def test_late_is_older_than_max_age_and_a_date_ahead_or_none_counts_as_now(published: datetime | None, late: bool) -> None:
    assert is_late(Document(key="a", published=published), SOURCE, NOW) is late


@pytest.mark.parametrize(("hours", "late"), [(0, False), (7, False), (24, False), (25, True)])
def test_a_paper_of_which_only_the_day_is_known_is_as_old_as_the_end_of_that_day(hours: int, late: bool) -> None:
    published = OLDEST - timedelta(hours=hours)
    assert is_late(Document(key="a", published=published, day_only=True), SOURCE, NOW) is late
