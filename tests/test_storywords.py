"""The words of Stories: one stem for what says one thing, and what each says."""

import pytest

from watcher.storywords import COMMON, EVERYWHERE, OURS, PLACES, RARE, spelt, stem, stems, weight


@pytest.mark.parametrize(
    ("one", "two"),
    [("deported", "deportacion"), ("three", "tres"), ("three", "3"), ("blocks", "frena"), ("lawyers", "abogados"), ("niños", "niños")],
)
def test_forms_of_a_word_have_one_stem_in_both_languages(one: str, two: str) -> None:
    assert stem(one) == stem(two)


@pytest.mark.parametrize(
    ("word", "says"),
    [("the", EVERYWHERE), ("trump", OURS), ("lawyer", COMMON), ("abrego", COMMON), ("uganda", COMMON), ("oopsie", RARE), ("12", COMMON)],
)
def test_the_rarer_a_word_the_more_it_says(word: str, says: float) -> None:
    assert weight(stem(word)) == says


def test_no_place_weighs_more_than_a_common_word() -> None:
    assert {weight(place) for place in PLACES} == {COMMON}


def test_what_says_nothing_is_no_stem_and_stems_are_spelt_as_the_text_does() -> None:
    assert stems("The three men of a U.S. plane") == {"3", "men", "flight"}
    assert spelt("The three men of a U.S. plane", frozenset({"3", "flight"})) == {"3": "three", "flight": "plane"}
