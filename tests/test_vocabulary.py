"""The words of all tracked phrases, and which of them a word of a text may stand for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from watcher import vocabulary as module
from watcher.common_words import COMMON_WORDS
from watcher.vocabulary import LONGEST_WORD, MOST_SPELT_OUT, Vocabulary, _length_bits, budget


def vocabulary(*words: str) -> Vocabulary:
    made = Vocabulary()
    for word in words:
        made.add(word)
    made.settle()
    return made


@pytest.mark.parametrize(
    ("tracked", "word", "meaning"),
    [
        ("garcia", "garcia", {"garcia": 0}),
        ("countries", "country", {"countries": 0}),
        ("centre", "centers", {"centre": 0}),
        ("garcia", "gracia", {"garcia": 1}),
        ("garcia", "garxia", {"garcia": 1}),
        ("garcia", "gaarciaa", {}),
        ("confinement", "confimenent", {"confinement": 2}),
        ("confinement", "konfinement", {"confinement": 1}),
        ("confinement", "ocnfinement", {"confinement": 1}),
        ("confinement", "onfinement", {"confinement": 1}),
        ("confinement", "kconfinement", {"confinement": 1}),
        ("confinement", "konfinment", {"confinement": 3}),
        ("confinement", "konfinemend", {}),
        ("alien", "lien", {"alien": 1}),
        ("banished", "banshd", {"banished": 2}),
        ("lawsuit", "lawsxut", {}),
        ("enemies", "enernies", {"enemies": 1}),
        ("alien", "a1ien", {"alien": 1}),
        ("writ", "wrt", {}),
        ("act", "acts", {}),
        ("24a949", "24a948", {}),
        ("prison", "person", {}),
        ("человек", "человик", {}),
    ],
)
def test_a_word_stands_for_tracked_ones_within_their_budget(tracked: str, word: str, meaning: dict[str, int]) -> None:
    assert vocabulary(tracked).meaning(word) == meaning


@pytest.mark.parametrize(
    ("word", "edits"),
    [("act", 0), ("writ", 1), ("removal", 1), ("removals", 2), ("24a949", 0), ("h2ooo", 0), ("право", 0), ("cárcel", 0)],
)
def test_a_word_bears_more_slips_the_longer_it_is(word: str, edits: int) -> None:
    assert budget(word) == edits


@given(st.integers(0, 45), st.integers(0, 6))
def test_as_many_bits_differ_as_two_lengths_do(length: int, more: int) -> None:
    assert (_length_bits(length) ^ _length_bits(length + more)).bit_count() == more
    assert _length_bits(length) >> 2 * 26 << 2 * 26 == _length_bits(length) < 1 << 64  # the bits below are of letters


def test_words_of_the_greatest_length_are_compared_and_longer_ones_stand_for_themselves() -> None:
    longest = "abcdefgh" * (LONGEST_WORD // 8)
    made = vocabulary(longest, f"{longest}x", f"{longest}xyz", longest[:20], longest[20:])
    assert made.meaning(longest) == {longest: 0}
    assert made.meaning(f"{longest}x") == {f"{longest}x": 0}
    assert made.meaning(f"{longest}y") == made.meaning(f"{longest}xx") == {}
    assert made.pair(longest) == (longest[:20], longest[20:])
    assert made.pair(f"{longest[:20]}{longest[:20]}{longest[20:]}") is None
    assert made.wholes(longest) == [f"{longest}xyz"]
    assert made.wholes(f"{longest}x") == []


def test_words_are_numbered_once_each_and_those_of_one_stem_together() -> None:
    made = Vocabulary()
    assert [made.add(word) for word in ("due", "prison", "process", "due", "prisons")] == [1, 2, 3, 1, 2]
    assert made.names == ["", "due", "prison", "process"]
    assert made.meaning("prison").keys() == {"prison", "prisons"}


def test_what_is_added_later_is_known_with_what_was_there() -> None:
    made = vocabulary("confinement")
    made.add("terrorism")
    made.settle()
    assert made.meaning("terorism") == {"terrorism": 1}
    assert made.meaning("confinment") == {"confinement": 1}
    assert (made.wholes("terr"), made.wholes("nement")) == (["terrorism"], ["confinement"])


@pytest.mark.parametrize(
    ("word", "pair"),
    [
        ("blacksites", ("black", "site")),
        ("thirdcuontry", ("third", "country")),
        ("blcaksite", ("black", "site")),
        ("wirtblack", ("writ", "black")),
        ("blackwirt", ("black", "writ")),
        ("writsiet", ("writ", "site")),
        ("dueact", ("due", "act")),
        ("dueblack", ("due", "black")),
        ("exblack", ("ex", "black")),
        ("blackex", ("black", "ex")),
        ("abcdefghij", ("abcd", "efghij")),  # and not abcdefg, hij: of several ways the one with the longest parts
        ("dueblcak", None),  # beside a word with slips the other has four letters at least
        ("blcakdue", None),
        ("exact", None),
        ("xblack", None),
        ("blackx", None),
        ("24a949site", None),
        ("blackbird", None),
        ("blac", None),
    ],
)
def test_two_words_run_together_are_parted(word: str, pair: tuple[str, str] | None) -> None:
    tracked = ("black", "site", "third", "country", "writ", "due", "act", "ex", "x", "abcd", "efghij", "abcdefg", "hij", "24a949")
    assert vocabulary(*tracked).pair(word) == pair


@pytest.mark.parametrize("word", sorted(word for word in COMMON_WORDS if len(word) > 5)[:40])
def test_an_everyday_word_is_never_two(word: str) -> None:
    assert vocabulary(word[:3], word[3:]).pair(word) is None


@pytest.mark.parametrize(
    ("part", "wholes"),
    [
        ("confine", ["confinement"]),
        ("ement", ["confinement"]),
        ("inem", []),
        ("confinemen", []),
        ("confineme", ["confinement"]),
        ("nfinement", ["confinement"]),
        ("co", []),
        ("guan", ["guantanamo"]),
    ],
)
def test_a_part_stands_for_what_it_begins_or_ends(part: str, wholes: list[str]) -> None:
    assert vocabulary("confinement", "guantanamo", "site").wholes(part) == wholes


def test_a_part_of_too_many_words_says_nothing() -> None:
    assert vocabulary(*(f"confine{letter}" for letter in "abcdefgh")).wholes("conf") != []
    assert vocabulary(*(f"confine{letter}" for letter in "abcdefghi")).wholes("conf") == []
    both = [f"conf{letter * 3}" for letter in "abcde"] + [f"{letter * 3}conf" for letter in "abcde"]
    assert vocabulary(*both[:4], *both[5:9]).wholes("conf") != []
    assert vocabulary(*both).wholes("conf") == []
    assert vocabulary(*(f"a{letter}{letter}aaa" for letter in "abcdefghijkl"), "confinement").wholes("conf") == ["confinement"]


def test_an_initial_may_begin_short_words_unless_they_are_too_many() -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    assert vocabulary("jgg", "jop", "kgg").spelt_out("j") == ["jgg", "jop"]
    many = [f"j{one}{two}z" for one in letters for two in "qx"]
    assert vocabulary(*many[:MOST_SPELT_OUT]).spelt_out("j") != []
    assert vocabulary(*many[: MOST_SPELT_OUT + 1]).spelt_out("j") == []


WORDS = st.text("abcd", min_size=4, max_size=11)


@given(st.lists(WORDS, max_size=30), WORDS)
def test_slips_are_those_that_comparing_with_every_word_finds(tracked: list[str], word: str) -> None:
    expected = {}
    for each in tracked:
        edits = OSA.distance(word, each)
        if edits <= budget(each) and (word[0] == each[0] or word[-1] == each[-1]):
            expected[each] = 3 if edits == 2 and word[0] != each[0] else edits
    assert dict(vocabulary(*tracked)._slips.of(word)) == expected


@given(st.text("abcdefgh", min_size=1, max_size=LONGEST_WORD + 9))
def test_no_word_is_too_long_or_too_short_to_be_asked_for(word: str) -> None:
    made = vocabulary("abcdefgh" * 5, "habe", "abcdefghabcd")
    assert made.meaning(word).keys() | set(made.pair(word) or ()) | set(made.wholes(word)) <= made.words.keys()


def test_an_everyday_word_is_never_a_slip() -> None:
    made = vocabulary("prisoned", "aboarding", "rendition")
    assert all(set(made.meaning(word).values()) <= {0} for word in COMMON_WORDS)


def test_one_word_too_many_is_refused_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WORDS", 2)
    made = vocabulary("prison", "banishment")
    with pytest.raises(OverflowError, match="no more than 2 different words"):
        made.add("rendition")
    assert made.add("prisons") == made.add("prison") == 1
    assert (made.meaning("rendition"), len(made.words)) == ({}, 3)
