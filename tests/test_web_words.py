"""How pages put dates, spans and summaries."""

from datetime import timedelta

import pytest

from tests.papers import NOW, article
from watcher.web import words


@pytest.mark.parametrize(
    ("seconds", "said", "ahead"),
    [
        (0, "just now", "now"),
        (59, "just now", "now"),
        (60, "1 minute ago", "in 1 minute"),
        (7_200, "2 hours ago", "in 2 hours"),
        (86_400, "1 day ago", "in 1 day"),
        (-5, "just now", "now"),
    ],
)
def test_spans_are_in_the_largest_unit_that_fits(seconds: int, said: str, ahead: str) -> None:
    span = timedelta(seconds=seconds)
    assert (words.ago(NOW - span, NOW), words.until(NOW + span, NOW)) == (said, ahead)


@pytest.mark.parametrize(
    ("title", "summary", "note", "said"),
    [
        ("Order", "It grants all.", "", "It grants all."),
        ("Order", "ORDER: it grants all.", "", "it grants all."),
        ("Application for a stay (24A1), A v. B", "Application for a stay (24A1).", "", ""),
        ("Notice", "It invites comments.", "It was withdrawn.", "It was withdrawn."),
        ("Notice", "", "", ""),
    ],
)
def test_a_summary_says_nothing_that_the_title_said(title: str, summary: str, note: str, said: str) -> None:
    assert words.brief(article(title=title, summary=summary, note=note)) == said


def test_a_date_is_shown_as_it_was_given() -> None:
    assert words.when(NOW) == "24 Nov 2026, 12:00 UTC"
    assert words.when(NOW, day_only=True) == "24 Nov 2026"
    assert words.when(None) == "undated"
