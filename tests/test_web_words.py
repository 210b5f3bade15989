"""How pages put dates, spans and summaries."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from tests.papers import NOW, article, order
from tests.test_web_feeds import story_page
from watcher.models import Deadline, Docket, Revision, SourceState, Term, Withheld
from watcher.ports import Shown, SourceRow
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


@pytest.mark.parametrize(
    ("now", "ahead"),
    [
        (datetime(2026, 12, 1, 23, 0, tzinfo=UTC), True),
        (datetime(2026, 12, 2, 4, 59, tzinfo=UTC), True),  # 23:59 in Washington
        (datetime(2026, 12, 2, 5, 0, tzinfo=UTC), False),
    ],
)
def test_today_is_over_when_it_is_in_washington(now: datetime, ahead: bool) -> None:
    page = story_page("a", Deadline(label="hearing", on=date(2026, 12, 1)))
    assert bool(words.ahead([page], now)) is ahead


def test_days_ahead_go_by_the_clock_and_have_their_hour() -> None:
    noon, early = (Deadline(label="hearing", on=date(2026, 12, 1), time=time(hour), zone="America/New_York") for hour in (12, 9))
    page = story_page("a", noon, early, Deadline(label="reply due", on=date(2026, 12, 1)))
    assert [words.day_ahead(each) for each, _ in words.ahead([page], NOW)] == [
        "1 Dec 2026",
        "1 Dec 2026, 9:00 a.m. Eastern",
        "1 Dec 2026, noon Eastern",
    ]
    assert [words.begins(each) for each in words.deadlines(page)] == [
        "2026-12-01",
        "2026-12-01T14:00:00+00:00",
        "2026-12-01T17:00:00+00:00",
    ]


@pytest.mark.parametrize(
    ("because", "said"),
    [
        (("names abrego", "tells of this act"), "it names “abrego”; it tells of the same act"),
        (("names fr:2025-90101 as its own",), "it says that it belongs to 2025-90101"),
        (("is named by fr:2025-90101",), "2025-90101 says that it belongs to it"),
        (("like its reports (0.70): eswati, 5, third",), "it tells the same as the other reports (likeness 0.70)"),
        (
            ("like its reports (0.57, all 0.41): pulled, segment",),
            "it tells what other reports tell: pulled, segment (likeness 0.57, of all 0.41)",
        ),
        (("is about rosales v. civil of 1980",), "it is about the decision rosales v. civil of 1980"),
        (("the same title",), "it has the same title"),
        (("entry 5 of the same docket",), "it is entry 5 of the same docket"),
        (("the same paper in docket 24A949",), "it is the same paper in docket 24A949"),
        (("both name 14,347",), "both name 14,347"),
    ],
)
def test_why_a_paper_is_part_of_a_story_is_in_plain_words(because: tuple[str, ...], said: str) -> None:
    assert words.joined(because) == said


def test_of_the_reports_of_a_court_paper_the_first_english_one_has_the_headline() -> None:
    court = Shown(document=order(), seen_at=NOW, because=(), matches=())
    spanish, late, early = (
        Shown(document=article(name, title=name, lang=lang), seen_at=NOW + timedelta(hours=hour), because=(), matches=())
        for name, lang, hour in (("Juez", "es", 0), ("Late", "en", 2), ("Early", "en-US", 1))
    )
    page = story_page("a")
    page = replace(page, story=replace(page.story, lead=court.document.key), papers=(court, spanish, late, early))
    assert words.reported_as(page) == early.document
    assert words.reported_as(replace(page, papers=(court, spanish))) == spanish.document
    assert words.reported_as(replace(page, papers=(court,))) is None
    assert words.reported_as(story_page("a")) is None


@pytest.mark.parametrize(
    ("term", "said"),
    [
        (Term(text="exile"), "exile"),
        (Term(text="hearing", weight=0.7), "hearing (worth 0.7)"),
        (Term(text="strip", near="citizenship", within=4), "strip (within 4 words of citizenship)"),
        (Term(text="lawyer", near="denied", weight=0.65), "lawyer (worth 0.65, in one sentence with denied)"),
    ],
)
def test_a_term_says_what_it_is_worth_and_what_it_asks_for_beside_it(term: Term, said: str) -> None:
    assert words.asked(term) == said


def test_a_source_that_fails_says_since_when() -> None:
    state = SourceState(source="press", next_poll_at=NOW, failures=1, last_error="status 503", last_ok_at=NOW)
    row = SourceRow(state=state, last_new_at=None, gaps=0, documents=0, backfill=0)
    assert words.trouble(row, NOW) == "Failed once since 24 Nov 2026, 12:00 UTC: status 503"
    never = replace(row, state=replace(state, failures=2, last_ok_at=None))
    assert words.trouble(never, NOW) == "Failed 2 times in a row and never answered yet: status 503"
    assert words.answered(never, NOW) == "never"
    assert words.answered(replace(row, state=SourceState(source="press", next_poll_at=NOW)), NOW) == "not asked yet"


def test_what_one_poll_found_of_two_papers_alike_is_said_once() -> None:
    born = Revision(story=7, number=1, at=NOW, change="", loud=True, new_watches=("cecot",), tell=True)
    first = Revision(story=7, number=2, at=NOW + timedelta(hours=1), change="corrected", loud=True, new_watches=(), tell=True)
    again, later = replace(first, number=3), replace(first, number=4, at=NOW + timedelta(hours=2))
    assert words.happened(replace(story_page("a"), revisions=(born, first, again, later))) == [born, first, later]


def test_a_revision_names_the_paper_that_made_it_if_it_may_be_shown_and_does_not_lead() -> None:
    lead, further = (Shown(document=article(name, title=name), seen_at=NOW, because=(), matches=()) for name in ("Lead", "Further"))
    page = story_page("a")
    page = replace(page, story=replace(page.story, lead=lead.document.key), papers=(lead, further))
    made = Revision(story=7, number=2, at=NOW, change="a further report", loud=True, new_watches=(), tell=True)
    by_further, by_lead, by_hidden = (replace(made, paper=key) for key in (further.document.key, lead.document.key, "feed:hidden"))
    assert [words.made_by(page, each) for each in (by_further, by_lead, by_hidden, made)] == ["Further", "", "", ""]
    withheld = replace(page, papers=(lead, replace(further, withheld=Withheld.QUOTES)))
    assert words.made_by(withheld, by_further) == ""
    third = Shown(document=article("Third", title="Third"), seen_at=NOW, because=(), matches=())
    two = (by_further, replace(by_further, number=3, paper=third.document.key))
    assert words.happened(replace(page, papers=(*page.papers, third), revisions=two)) == list(two)
