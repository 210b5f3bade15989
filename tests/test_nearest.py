"""Reports found by columns of numbers are those that `likeness` finds."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.likeness import ALIKE, likeness
from watcher.models import Document, Placed
from watcher.nearest import MOST_EMPTY, Nearest
from watcher.papers import Paper, read

NOW = datetime(2025, 4, 4, tzinfo=UTC)
WORDS = ("judge", "blocks", "uganda", "eswatini", "lawyer", "prison", "oopsie", "tattoo", "jersey", "252", "the", "Kilmar")


@st.composite
def papers(draw: st.DrawFn) -> list[Paper]:
    texts = draw(st.lists(st.tuples(*[st.lists(st.sampled_from(WORDS), max_size=5)] * 2, st.integers(0, 6)), min_size=1, max_size=9))
    documents = [
        Document(key=str(n), title=" ".join(title), text=" and ".join(text), published=NOW + timedelta(days=day))
        for n, (title, text, day) in enumerate(texts)
    ]
    return [read(Placed(document=document, seen_at=NOW + timedelta(days=9))) for document in documents]


@given(papers(), st.sets(st.integers(1, 8)))
def test_what_is_near_is_what_is_like(reports: list[Paper], dropped: set[int]) -> None:
    nearest: Nearest[int] = Nearest()
    for place, other in enumerate(reports[1:], 1):
        nearest.add(other, place)
    for place in dropped & set(range(1, len(reports))):
        nearest.drop(place)
    left = {place for place in range(1, len(reports)) if place not in dropped}
    paper = reports[0]
    likes = nearest.likes(paper)
    expected = {place: likeness(paper, reports[place]) for place in left}
    assert dict(zip(expected, likes.to(expected), strict=True)) == pytest.approx(expected)
    near = {place for place, like in expected.items() if like >= ALIKE and abs(paper.day - reports[place].day) <= 4}
    assert set(likes.nearest()) == near


def _titled(title: str) -> Paper:
    return read(Placed(document=Document(key=title, title=title, published=NOW), seen_at=NOW))


def test_what_was_dropped_takes_no_room_for_ever() -> None:
    nearest: Nearest[int] = Nearest()
    paper = [_titled(f"oopsie {n}") for n in range(3 * MOST_EMPTY)]
    for n, one in enumerate(paper):
        nearest.add(one, n)
        if n:
            nearest.drop(n - 1)
    assert len(nearest._held) <= MOST_EMPTY + 3
    assert list(nearest.holding("oopsie")) == [len(paper) - 1]
    assert list(nearest.likes(paper[0]).nearest()) == []  # a series: they differ in digits alone
    assert list(nearest.likes(_titled("oopsie")).nearest()) == [len(paper) - 1]


NAMED = " of ".join(("judge", "Aldous", "Bertram", "Cyprian", "Dunstan", "Egbert", "Fulgence", "Gervase"))


@pytest.mark.parametrize(
    ("title", "text", "days", "alike", "near"),
    [
        ("oopsie tattoo uganda", "he said “the lawyer is an oopsie”, and left the prison of the state", 0, True, True),
        ("oopsie tattoo uganda", NAMED, 0, True, True),  # more names than count
        ("oopsie tattoo uganda", NAMED, 5, True, False),  # of other days
        ("oopsie 252 tattoo", NAMED, 0, False, False),  # one of a series
    ],
)
def test_a_report_is_like_another_by_all_that_likeness_counts(title: str, text: str, days: int, alike: bool, near: bool) -> None:
    one, other = (
        read(
            Placed(
                document=Document(key=key, title=heading, text=text, published=NOW + timedelta(days=after)), seen_at=NOW + timedelta(days=9)
            )
        )
        for key, heading, after in (("1", title, 0), ("2", title.replace("252", "253"), days))
    )
    nearest: Nearest[int] = Nearest()
    nearest.add(other, 2)
    likes = nearest.likes(one)
    assert likes.to([2]) == pytest.approx([likeness(one, other)])
    assert (likeness(one, other) >= ALIKE, list(likes.nearest())) == (alike, [2] * near)
