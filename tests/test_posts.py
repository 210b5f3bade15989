"""Where phrases are filed, and which of them a text may hold where."""

import random
from collections.abc import Sequence

import numpy as np
import pytest

from watcher import posts as module
from watcher.posts import BLOCK, Posts, Standing


def posts(phrases: Sequence[Sequence[int]], *, reach: int = 2) -> Posts:
    """Phrases whose words may stand `reach` steps apart for each word but the first."""

    def far(words: int) -> int:
        return reach * (words - 1)

    made = Posts(far, lambda phrase: far(len(phrases[phrase])), lambda word, rarity: (rarity, word))
    for phrase in phrases:
        made.append(phrase)
    made.settle()
    return made


def near(made: Posts, words: Sequence[int], places: Sequence[int] | None = None) -> set[tuple[int, int, int]]:
    """What may be held by a text of these words, a word a step; 0 is no tracked word."""
    text = np.array(words, np.intp)
    chunks = text.nonzero()[0] if places is None else np.array(places)
    return set(made.near(Standing(text[text > 0], chunks, chunks), len(words) if places is None else max(places) + 1))


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ([1, 2], {(0, 1, 0)}),
        ([2, 0, 1, 0], {(0, 2, 0)}),
        ([1, 0, 0, 2], set()),
        ([1, 1], set()),
        ([], set()),
    ],
)
def test_all_words_stand_near_each_other(words: list[int], found: set[tuple[int, int, int]]) -> None:
    assert near(posts([[1, 2]]), words) == found


@pytest.mark.parametrize("words", [[1, 2], [2, 1]])
@pytest.mark.parametrize("before", [7, 8, 15, 500])
def test_words_may_stand_in_two_segments(words: list[int], before: int) -> None:
    assert near(posts([[1, 2], [1, 3], [3, 4]]), [3, *[0] * (before - 1), *words]) == {(before, before + 1, 0)}


def test_words_of_no_phrase_that_may_be_there_are_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    made = posts([[1, 2], [3, 4], [5, 6]])
    few = near(made, [3, 0, 0, 5, 1, 2, 0, 0, 6])
    assert few == {(4, 5, 0)}
    monkeypatch.setattr(module, "FEW", 0)
    for _ in range(2):  # what was noted for one text says nothing of the next
        assert near(made, [3, 0, 0, 5, 1, 2, 0, 0, 6]) == few
        assert near(made, [6, 5]) == {(0, 1, 2)}


def test_a_word_is_as_rare_as_the_phrases_are_few_that_it_is_in() -> None:
    asked: list[tuple[int, int]] = []

    def rank(word: int, rarity: int) -> tuple[int, int]:
        asked.append((word, rarity))
        return rarity, word

    made = Posts(lambda words: words, lambda _: 2, rank)
    for phrase in ([2, 5, 2], [5], [], [3, 5]):
        made.append(phrase)
    made.settle()
    assert made.rarity.tolist() == [0, 0, 1, 1, 0, 3]
    assert sorted(asked) == [(2, 1), (3, 1), (5, 3)]
    assert (len(made), [list(made.words(phrase)) for phrase in range(4)]) == (4, [[2, 5, 2], [5], [], [3, 5]])


def test_a_window_reaches_to_the_furthest_word_that_may_belong_to_it() -> None:
    assert near(posts([[1, 2, 3]]), [2, 3, 1, 3, 0, 0, 0, 0, 2]) == {(0, 3, 0)}


def test_a_phrase_of_one_word_is_where_it_stands_and_one_of_none_is_nowhere() -> None:
    assert near(posts([[5], []]), [0, 5, 5]) == {(1, 1, 0), (2, 2, 0)}


def test_a_word_that_a_phrase_has_twice_reaches_to_its_neighbour() -> None:
    assert near(posts([[1, 1]]), [1, 0, 1, 0, 0, 0, 1]) == {(0, 2, 0), (6, 6, 0)}


@pytest.mark.parametrize("at", [BLOCK - 2, BLOCK - 1, BLOCK, 2 * BLOCK - 1])
def test_no_phrase_is_lost_between_two_blocks(at: int) -> None:
    words = [0] * (3 * BLOCK)
    words[at], words[at + 2] = 1, 2
    assert near(posts([[1, 2]]), words) == {(at, at + 2, 0)}


def test_long_phrases_are_found_wherever_their_words_stand() -> None:
    words = list(range(1, 40))
    assert near(posts([words], reach=60), [word for word in words for _ in range(59)][::-1]) != set()


@pytest.mark.parametrize("tail", [0, 10_000])
def test_sorted_or_not_yet_sorted_phrases_are_found_alike(tail: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TAIL", tail)
    chance = random.Random(7)
    phrases = [[chance.randrange(1, 60) for _ in range(chance.randrange(1, 5))] for _ in range(400)]
    words = [chance.randrange(0, 60) for _ in range(3_000)]
    found = near(posts(phrases), words)
    for number, phrase in enumerate(phrases):
        held = [at for at in range(len(words)) if words[at : at + len(phrase)] == phrase]
        assert all(any(first <= at and at + len(phrase) - 1 <= last for first, last, which in found if which == number) for at in held)
    for first, last, number in found:
        assert set(phrases[number]) <= set(words[first : last + 1])
        assert last - first <= 4 * (len(phrases[number]) - 1)


def test_many_words_of_many_phrases_are_looked_at_once_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TAIL", 0)
    phrases = [[1, 2, number] for number in range(3, 60)]
    few = near(posts(phrases), [1, 2, 7] * 20)
    monkeypatch.setattr(module, "MANY", 0)
    assert near(posts(phrases), [1, 2, 7] * 20) == few
    assert {phrase for _, _, phrase in few} == {4}


def test_phrases_added_to_sorted_ones_are_found_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TAIL", 1)
    made = posts([[1, 2], [2, 3], [3, 4]])
    made.append([3, 9])
    made.settle()
    made._reach_of = lambda _: 1
    assert near(made, [1, 2, 0, 0, 3, 9]) == {(0, 1, 0), (4, 5, 3)}
