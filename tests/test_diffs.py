"""What is read of a change: the words, a few around them, and how much was left out."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.diffs import AROUND, LONGEST, LONGEST_PIECE, PARAGRAPHS, Diff, Piece, diff

ROOM = 10_000
NUMBERS = [str(number) for number in range(200)]


def same(text: str) -> Piece:
    return Piece("same", text)


def added(text: str) -> Piece:
    return Piece("added", text)


def removed(text: str) -> Piece:
    return Piece("removed", text)


SKIPPED = Piece("skipped")


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("The man stays.", "The man leaves.", (same("The man"), removed("stays."), added("leaves."))),
        ("", "ORDER granting 50.", (added("ORDER granting 50."),)),
        ("Words.", "", (removed("Words."),)),
        ("in part", "granted in part", (added("granted"), same("in part"))),
        # a word or two that happen to be in both do not cut a sentence to pieces
        (
            "must facilitate the return by Monday",
            "must report to the court by Friday",
            (same("must"), removed("facilitate the return by Monday"), added("report to the court by Friday")),
        ),
        (
            "El juez ordenó el regreso.",
            "El juez negó el regreso.",
            (same("El juez"), removed("ordenó"), added("negó"), same("el regreso.")),
        ),
        (
            " ".join(["old", *NUMBERS[:30], "old"]),
            " ".join(["new", *NUMBERS[:30], "new"]),
            (
                removed("old"),
                added("new"),
                same(" ".join(NUMBERS[:AROUND])),
                SKIPPED,
                same(" ".join(NUMBERS[30 - AROUND : 30])),
                removed("old"),
                added("new"),
            ),
        ),
    ],
)
def test_a_change_is_read_word_by_word(before: str, after: str, pieces: tuple[Piece, ...]) -> None:
    assert diff(before, after, ROOM) == Diff(places=(pieces,))


def test_of_a_long_text_only_changed_paragraphs_are_shown() -> None:
    lines = [f"Paragraph {number} of the rule." for number in range(100)]
    other = [*lines[:50], "Paragraph 50 of the order.", *lines[51:], "And another."]
    places = ((same("Paragraph 50 of the"), removed("rule."), added("order.")), (added("And another."),))
    assert diff("\n".join(lines), "\n\n".join(other), ROOM) == Diff(places=places)


def test_what_is_the_same_has_no_places() -> None:
    assert diff("One.\nTwo.", "One.\n\nTwo.", ROOM) == Diff()


def test_without_room_it_is_said_how_much_is_left_out() -> None:
    first, second = " ".join(["first"] * 400), " ".join(["second"] * 400)
    told = diff(first, second, ROOM)
    (old, new) = told.places[0]
    assert (old.kind, new.kind) == ("removed", "added")
    assert LONGEST_PIECE - 10 < len(old.text) <= LONGEST_PIECE
    assert told.left_out == len(first) + len(second) - len(old.text) - len(new.text)
    assert diff(first, second, 0) == Diff(left_out=len(first) + len(second))


@pytest.mark.parametrize(
    "whole", ["x" * 200_000, "x " * 100_000, "\n".join(f"x{n}" for n in range(2 * PARAGRAPHS)), " ".join(NUMBERS) * 400]
)
def test_a_huge_text_is_compared_soon_and_shown_short(whole: str) -> None:
    began = time.process_time()
    told = diff(whole, whole[::-1].replace("x", "y"), 4_000)
    assert time.process_time() - began < 1.0
    assert 0 < sum(len(piece.text) for place in told.places for piece in place) <= 4_000
    assert told.left_out > 0


def test_a_place_of_too_many_words_is_not_compared_but_shown_as_it_begins() -> None:
    many = " ".join(f"w{number}" for number in range(LONGEST + 1))
    told = diff(many, many.replace("w7", "v7"), ROOM)
    assert [piece.kind for piece in told.places[0]] == ["removed", "added"]


TEXTS = st.text(alphabet="ab \n", max_size=60)


@given(TEXTS, TEXTS)
def test_old_and_new_can_be_read_from_it(before: str, after: str) -> None:
    told = diff(before, after, ROOM)
    words = {
        kind: [word for place in told.places for piece in place if piece.kind == kind for word in piece.text.split()]
        for kind in ("added", "removed")
    }
    assert told.left_out == 0
    assert len(after.split()) - len(words["added"]) == len(before.split()) - len(words["removed"])
    for place in told.places:
        old = " ".join(piece.text for piece in place if piece.kind != "added")
        assert " ".join(old.split()) in " ".join(before.split()) or any(piece.kind == "skipped" for piece in place)
