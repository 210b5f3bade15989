"""Votes counted, and what they speak for: pure."""

import sys
from datetime import date
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.feedback import ENOUGH, NEWEST, PHRASES, Line, Suggestion, Tally, Vote, report, suggest, to_read
from watcher.models import Term, Watch

DAY = date(2026, 11, 24)
CECOT = Watch(
    id="cecot",
    kind="case",
    title="CECOT",
    terms=(Term(text="notorious prison"), Term(text="megaprison")),
    names=("Terrorism Confinement Center",),
    excludes=(Term(text="patronal"),),
)


def vote(story: int, *terms: str, relevant: bool = True, watch: str = "cecot") -> Vote:
    return Vote(story=story, watch=watch, terms=terms or ("megaprison",), relevant=relevant, day=DAY)


def votes(good: int, bad: int, term: str = "megaprison") -> list[Vote]:
    """So many Stories found relevant, and so many not, one vote each: numbered from 1 and from 101."""
    return [vote(n, term) for n in range(1, good + 1)] + [vote(100 + n, term, relevant=False) for n in range(1, bad + 1)]


@pytest.mark.parametrize(
    ("relevant", "irrelevant", "stories", "precision", "bound"),
    [
        (0, 0, 0, 0.0, 0.0),
        (1, 0, 1, 1.0, 0.2065),
        (300, 0, 1, 1.0, 0.2065),  # of one group
        (0, 5, 5, 0.0, 0.0),
        (8, 4, 12, 0.6667, 0.3906),
        (90, 10, 100, 0.9, 0.8256),
    ],
)
def test_precision_and_its_lower_bound(relevant: int, irrelevant: int, stories: int, precision: float, bound: float) -> None:
    tally = Tally(relevant=relevant, irrelevant=irrelevant, stories=stories)
    assert (round(tally.precision, 4), round(tally.bound, 4)) == (precision, bound)


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(0, 10_000))
def test_the_bound_never_exceeds_the_precision(relevant: int, irrelevant: int, stories: int) -> None:
    tally = Tally(relevant=relevant, irrelevant=irrelevant, stories=min(stories, relevant + irrelevant))
    assert 0.0 <= tally.bound <= tally.precision + 1e-9


def test_a_report_has_a_line_for_each_topic_and_term() -> None:
    given = [vote(1, "a", "b"), vote(1, "a", "b", relevant=False), vote(2, "b", relevant=False), vote(9, "c", watch="rendition")]
    assert report(given) == [
        Line(watch="cecot", tally=Tally(relevant=1, irrelevant=2, stories=2)),
        Line(watch="cecot", term="b", tally=Tally(relevant=1, irrelevant=2, stories=2)),
        Line(watch="cecot", term="a", tally=Tally(relevant=1, irrelevant=1, stories=1)),
        Line(watch="rendition", tally=Tally(relevant=1, stories=1)),
        Line(watch="rendition", term="c", tally=Tally(relevant=1, stories=1)),
    ]
    assert report([]) == []


@pytest.mark.parametrize(
    ("said", "misfires"),
    [
        (votes(0, ENOUGH), True),
        (votes(0, ENOUGH - 1), False),
        (votes(1, 50), False),
        ([vote(7, relevant=False)] * 50, False),
    ],
)
def test_a_term_only_misfires_in_enough_stories_of_which_none_was_relevant(said: list[Vote], misfires: bool) -> None:
    assert [line.misfires for line in report(said)] == [False, misfires]


# -- suggestions


def test_a_term_or_name_that_only_misfires_is_to_go() -> None:
    said = [*votes(4, 0), *votes(0, 3, "notorious prison"), *votes(0, 4, "Terrorism Confinement Center")]
    removed = [(each.kind, each.text) for each in suggest(said, [CECOT], {})]
    assert removed == [("remove", "Terrorism Confinement Center"), ("remove", "notorious prison")]


def test_what_the_file_does_not_have_is_not_to_be_removed() -> None:
    assert suggest(votes(0, 9, "8:25-cv-00951"), [CECOT], {}) == []
    assert suggest(votes(0, 9), [], {}) == []


def test_a_phrase_of_what_nobody_found_relevant_alone_is_to_be_excluded() -> None:
    words = dict.fromkeys((1, 2, 3), "Men sent to the megaprison by the United States")
    words |= {100 + n: f"Visit number {n}: the megaprison on Minecraft by the United States" for n in (1, 2, 3)}
    (only,) = suggest(votes(3, 3), [CECOT], words)
    because = "in 3 stories that nobody found relevant, in none of the 3 that somebody did"
    assert only == Suggestion(watch="cecot", kind="exclude", text="minecraft", because=because, stories=(103, 102, 101))


@pytest.mark.parametrize(("good", "bad"), [(2, 5), (5, 2), (0, 5)])
def test_without_enough_said_either_way_no_phrase_is_suggested(good: int, bad: int) -> None:
    said = votes(good, bad)
    words = {each.story: "roblox" if not each.relevant else "court" for each in said}
    assert [each.text for each in suggest(said, [CECOT], words) if each.kind == "exclude"] == []
    assert to_read(said) == set()


def test_only_stories_of_topics_with_enough_said_are_read() -> None:
    assert to_read([*votes(3, 3), vote(77, watch="rendition")]) == {1, 2, 3, 101, 102, 103}


@pytest.mark.parametrize(
    "phrase",
    [
        "United States",  # common words alone
        "megaprison",  # what the Watch looks for
        "patronal",  # excluded already
        "of the",
        "xbox",  # too short to stand alone
        "Bukele",  # stands in a relevant story too, written otherwise
    ],
)
def test_what_means_nothing_or_would_hurt_is_never_excluded(phrase: str) -> None:
    words = dict.fromkeys((1, 2, 3), "El presidente BUKÉLE habló") | {100 + n: f"{phrase}; {n}" for n in (1, 2, 3)}
    assert suggest(votes(3, 3), [CECOT], words) == []


def test_a_story_that_one_reader_found_relevant_protects_its_words() -> None:
    words = dict.fromkeys((1, 2, 3), "court") | {100 + n: "roblox" for n in (1, 2, 3, 4)}
    said = [*votes(3, 4), vote(101)]
    assert suggest(said, [CECOT], words) == []


def test_only_so_many_stories_that_nobody_found_relevant_are_read_the_newest_of_them() -> None:
    told = [vote(n) for n in range(1, 4)] + [vote(100 + n, relevant=False) for n in range(NEWEST + ENOUGH)]
    assert to_read(told) == {1, 2, 3, *range(100 + ENOUGH, 100 + ENOUGH + NEWEST)}
    words = {each.story: "Memphis rodeo" if each.story < 100 + ENOUGH else "Nashville rodeo" for each in told if each.story >= 100}
    words |= dict.fromkeys((1, 2, 3), "a prison")
    assert [each.text for each in suggest(told, [CECOT], words)] == ["nashville rodeo"]


def test_what_plainly_stands_in_a_relevant_story_is_not_looked_for_fuzzily() -> None:
    """To look costs as much as to judge all relevant stories: thousands of phrases that all have would take hours."""
    looked = 0

    def count(frame: FrameType, event: str, _arg: object) -> None:
        nonlocal looked
        looked += event == "call" and frame.f_code.co_name == "_stands_in"

    everywhere = " ".join(f"{first}{second}ville" for first in "bcdfgh" for second in "aeiou")
    told = votes(3, 3)
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        assert suggest(told, [CECOT], {each.story: everywhere for each in told}) == []
    finally:
        sys.setprofile(before)
    assert looked == 0


def test_stories_that_a_term_to_be_removed_explains_ask_for_no_phrase() -> None:
    words = dict.fromkeys((1, 2, 3), "court") | {100 + n: "roblox" for n in (1, 2, 3)}
    said = [*votes(3, 0), *votes(0, 3, "notorious prison")]
    assert [each.kind for each in suggest(said, [CECOT], words)] == ["remove"]


def test_of_many_phrases_the_first_few_are_suggested_each_for_other_stories() -> None:
    words: dict[int, str] = dict.fromkeys((1, 2, 3), "court")
    for n in range(1, 13):
        words[100 + n] = ("roblox", "fortnite", "cricket", "handball")[(n - 1) // 3]
    assert [each.text for each in suggest(votes(3, 12), [CECOT], words)] == ["cricket", "fortnite"][:PHRASES]


@given(st.lists(st.tuples(st.integers(1, 8), st.booleans(), st.text(max_size=40)), max_size=30))
def test_no_text_stops_a_suggestion_and_none_stands_in_a_relevant_story(said: list[tuple[int, bool, str]]) -> None:
    words = {story: text for story, _, text in said}
    good = {story for story, relevant, _ in said if relevant}
    for each in suggest([vote(story, relevant=relevant) for story, relevant, _ in said], [CECOT], words):
        assert each.kind == "remove" or not any(each.text in words[story].casefold() for story in good)
