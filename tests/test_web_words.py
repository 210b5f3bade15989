"""How pages put dates, spans and summaries."""

from datetime import timedelta

import pytest

from tests.papers import NOW, article, order
from watcher.models import Docket
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


@pytest.mark.parametrize(
    ("title", "headline", "summary", "said"),
    [
        (
            "ORDER granting motion",
            "Order granting motion (#5), A v. B",
            "ORDER granting motion. Defendants shall report.",
            "Defendants shall report.",
        ),
        ("ORDER granting motion", "Order granting motion (#5), A v. B", "ORDER granting motions of all.", "ORDER granting motions of all."),
        (
            "COMPLAINT against all",
            "Complaint against all, A v. B",
            "COMPLAINT against all, filed by A.",
            "COMPLAINT against all, filed by A.",
        ),
        ("ORDER granting…", "Order granting… (#5), A v. B", "ORDER granting a long motion.", "ORDER granting a long motion."),
        ("The matter is old", "Order: it is granted, A v. B", "The matter is old. It is granted.", "The matter is old. It is granted."),
        ("", "New entry (#5), A v. B", "", ""),
    ],
)
def test_an_entry_does_not_say_its_first_clause_twice(title: str, headline: str, summary: str, said: str) -> None:
    assert words.brief(order(title=title, headline=headline, summary=summary)) == said


def test_a_court_paper_is_from_its_court_and_docket() -> None:
    assert words.outlet(order(), {}) == "U.S. District Court, D. Maryland, No. 8:25-cv-00951"
    assert words.outlet(order(docket=Docket(court="nowhere", number="1")), {order().source: "The Court"}) == "The Court"
    assert words.outlet(order(outlet="The Clerk"), {}) == "The Clerk"


def test_a_date_is_shown_as_it_was_given() -> None:
    assert words.when(NOW) == "24 Nov 2026, 12:00 UTC"
    assert words.when(NOW, day_only=True) == "24 Nov 2026"
    assert words.when(None) == "undated"
