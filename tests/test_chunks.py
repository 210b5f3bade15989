"""Chunks of a text and their keys, and what is remembered of them."""

import string

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher import chunks as module
from watcher.chunks import LONGEST_CHUNK, PIECE, Lists, Memory, chunks_of

TRICKS = "ßﬁŉİıſΐ½①Ａｂ\u0301\u00ad\u200d\0\u2028’“—…אب\u064bกำ한か\u3099𝐀😀𐐀 .,-'_\n"


def cut(text: str) -> list[str]:
    chunks = chunks_of(text)
    return [text[start:end] for start, end in zip(chunks.starts.tolist(), chunks.ends.tolist(), strict=True)]


@pytest.mark.parametrize(
    ("text", "chunks"),
    [
        ("", []),
        (" — … ", []),
        ("due", ["due"]),
        ("The “due process”, he said.", ["The", "due", "process", "he", "said"]),
        ("García’s third-country J.G.G. v. 'tis", ["García’s", "third-country", "J.G.G.", "v.", "tis"]),
        ("Confine-\nment Confine\u00ad\nment con\u00adfine", ["Confine-", "ment", "Confine\u00ad", "ment", "con\u00adfine"]),
        ("foo,bar foo/bar foo_bar a--b", ["foo", "bar", "foo", "bar", "foo", "bar", "a-", "b"]),
        ("Te\u0301rrorism ﬁrst 😀 Straße №5", ["Te\u0301rrorism", "ﬁrst", "Straße", "№5"]),
        ("Права человека, 萨尔瓦多。", ["Права", "человека", "萨尔瓦多"]),
        ("due\0process", ["due", "process"]),
    ],
)
def test_chunks_are_words_with_what_holds_them_together(text: str, chunks: list[str]) -> None:
    assert cut(text) == chunks


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("García’s", "garcia's"),
        ("Te\u0301rrorism", "TERRORISM"),
        ("con\u00adfine", "Confine"),
        ("ﬁrst", "First"),
        ("J‑G", "j-g"),
        ("𝐀ct", "act"),
    ],
)
def test_what_folds_alike_has_one_key(one: str, other: str) -> None:
    assert chunks_of(f"x {one}").keys[1] == chunks_of(other).keys[0]


def test_other_words_have_other_keys() -> None:
    words = [f"{first}{second}{third}" for first in "abcdefghij" for second in "klmnopqrst" for third in ("", "a", "-a", "aa")]
    assert len(set(chunks_of(" ".join(words)).keys.tolist())) == len(words)


def test_a_long_chunk_is_parted_at_its_marks_and_one_without_marks_is_not() -> None:
    assert cut("of-" * 30 + "due-process") == ["of"] * 30 + ["due", "process"]
    assert cut("x" * (LONGEST_CHUNK + 1)) == ["x" * (LONGEST_CHUNK + 1)]


@pytest.mark.parametrize("blank", [" ", "\n", ",", "。"])
def test_where_a_long_text_is_cut_no_chunk_is(blank: str) -> None:
    words = [f"word{number}é" for number in range(PIECE)]
    assert cut(blank.join(words)) == words


def test_letters_without_an_end_are_passed_over_whole() -> None:
    assert cut("due " + "x" * 3 * PIECE + " process")[-1] == "process"
    assert not {"x", "xx"} & set(cut("x" * (PIECE + 2) + " due"))


@given(st.lists(st.text(TRICKS + string.ascii_letters, max_size=8), max_size=20).map(" ".join))
def test_a_chunk_by_itself_is_the_same_chunk(text: str) -> None:
    chunks = chunks_of(text)
    starts, ends = chunks.starts.tolist(), chunks.ends.tolist()
    assert all(start < end for start, end in zip(starts, ends, strict=True))
    assert (starts, ends) == (sorted(starts), sorted(ends))  # two may share a character: ½ is 1 and 2
    assert all(key in chunks_of(chunk).keys.tolist() for chunk, key in zip(cut(text), chunks.keys.tolist(), strict=True))


# ---- the secret


def with_another_secret(monkeypatch: pytest.MonkeyPatch, secret: int) -> None:
    """All tables anew, as another process has them."""
    base = secret * 2 + 1
    monkeypatch.setattr(module, "_LETTERS", module._Letters(secret))
    monkeypatch.setattr(module, "_BASE", base)
    monkeypatch.setattr(module, "_POWERS", module._powers(base, module._LENGTH))
    monkeypatch.setattr(module, "_INVERSES", module._powers(pow(base, -1, 1 << 64), module._LENGTH))
    monkeypatch.setattr(module, "_HOLDING", module._holding())


EVERYTHING = (
    "due\0process García’s third-country 'tis o'clock dogs' J.G.G. v. U.S. e.g. co.uk end. a..b 3.5 -a a- a--b a-.b a.-b "
    "Confine-\nment Confine\u00ad\nment con\u00adfine Te\u0301rrorism ﬁrst ½ 😀 𝐀ct 𐐀b "
    "№ … ① Ａ Straße … א\u05d1 萨尔瓦多 กำ か\u3099 \ud800x \udfff\u2028"
)


def test_with_another_secret_chunks_are_the_same_and_their_keys_are_others(monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"{EVERYTHING} {EVERYTHING}"
    before = chunks_of(text)
    alone = [chunks_of(word) for word in EVERYTHING.split(" ")]
    with_another_secret(monkeypatch, 0x1234_5678_9ABC_DEF0)
    after = chunks_of(text)
    assert (after.starts.tolist(), after.ends.tolist()) == (before.starts.tolist(), before.ends.tolist())
    assert not set(after.keys.tolist()) & set(before.keys.tolist())
    assert after.keys[: len(after) // 2].tolist() == after.keys[len(after) // 2 :].tolist()
    same = set(zip(before.keys.tolist(), after.keys.tolist(), strict=True))
    assert len(same) == len(set(before.keys.tolist())) == len(set(after.keys.tolist()))
    for word, chunks in zip(EVERYTHING.split(" "), alone, strict=True):
        assert chunks_of(word).starts.tolist() == chunks.starts.tolist()
        assert set(chunks_of(word).keys.tolist()) <= set(after.keys.tolist())


def test_characters_have_numbers_in_which_each_bit_is_as_often_set_as_not() -> None:
    numbers = [module._Letters(5).value(chr(code)) for code in range(32, 2_032)]
    assert len(set(numbers)) == 2_000
    assert all(800 < sum(number >> bit & 1 for number in numbers) < 1_200 for bit in range(64))
    assert max(numbers).bit_length() == 64


@pytest.mark.parametrize("more", [0, 1])
def test_a_long_text_is_cut_before_no_mark_of_a_letter(more: int) -> None:
    word = "e\u0301" * 30 + "x"
    assert cut("," * (PIECE - 31 + more) + f"{word} due") == [word, "due"]


@pytest.mark.parametrize("word", ["ﬁrst", "𝐀ct"])
def test_a_piece_that_is_longer_when_folded_has_the_same_keys_all_along(word: str) -> None:
    plain = {"ﬁrst": "first", "𝐀ct": "act"}[word]
    chunks = chunks_of(f"{word} " * (PIECE // 5) + "ﬁ" * (PIECE // 7) + f" {word}")
    assert set(chunks.keys[:-2].tolist()) | {int(chunks.keys[-1])} == {int(chunks_of(plain).keys[0])}


@pytest.mark.parametrize("odd", ["ﬁrst", "𐐀b", "Ａb", "Te\u0301rror", "con\u00adfine", "plain"])
def test_chunks_of_later_pieces_stand_where_they_stood(odd: str) -> None:
    words = ["word", odd] * PIECE
    assert cut(" ".join(words)) == words


# ---- what is remembered


def looked(memory: Memory, keys: list[int]) -> tuple[list[int], list[int]]:
    codes, unknown = memory.look(np.array(keys, np.uint64))
    return codes.tolist(), unknown


def test_codes_are_remembered_and_what_was_never_met_is_not_known() -> None:
    memory = Memory()
    memory.keep({2**63 + 5: 7, 12 << 40: 3, 13 << 40: 0})
    assert looked(memory, [12 << 40, 14 << 40, 2**63 + 5, 13 << 40]) == ([3, 0, 7, 0], [1])
    assert len(memory) == 3


def test_what_is_kept_twice_counts_once_and_stays_as_it_was() -> None:
    memory = Memory()
    memory.keep({12 << 24: 1})
    memory.keep({12 << 24: 2})
    assert (looked(memory, [12 << 24]), len(memory)) == (([1], []), 1)


def test_what_is_kept_moves_to_the_table_in_batches_the_first_of_a_place_first() -> None:
    memory = Memory()
    memory._table = table = module._Table(12)
    keys = [key * 0x9E3779B97F4A7C15 % 2**64 for key in range(1, module.MOST_LOOSE + 1)] + [1 << 60]
    codes = {key: 1 + number for number, key in enumerate(keys[:-1])} | {keys[-1]: 2**24 - 1}
    for key in keys[:-1]:
        memory.keep({key: codes[key]})
    assert (int(np.count_nonzero(table._rows)), list(table._spilt)) == (0, keys[:-1])
    memory.keep({keys[-1]: codes[keys[-1]]})
    first: dict[int, int] = {}
    for key in keys:
        first.setdefault(key % 4_096, key)
    left = [key for key in keys if first[key % 4_096] != key]
    assert {int(place): int(table._rows[place]) for place in table._rows.nonzero()[0]} == {
        place: key >> 24 << 24 | codes[key] for place, key in first.items()
    }
    assert (list(table._spilt), table._settled, len(memory)) == (left, len(left), len(keys))
    assert looked(memory, keys) == (list(codes.values()), [])
    for key in keys:
        memory.keep({key: 7})
    assert looked(memory, keys) == (list(codes.values()), [])
    assert list(table._spilt) == left


def test_a_table_has_room_for_what_comes_at_once() -> None:
    memory = Memory()
    memory.keep({key * 0x9E3779B97F4A7C15 % 2**64: 1 for key in range(1, 301)})
    assert module.LOAD * 300 <= memory._table.size <= 4 * module.LOAD * 300


def test_a_memory_grows_and_forgets_nothing() -> None:
    memory, codes = Memory(), {key * 0x9E3779B97F4A7C15 % 2**64: key % 1_000 for key in range(1, 20_000)}
    for start in range(0, len(codes), 100):
        memory.keep(dict(list(codes.items())[start : start + 100]))
    assert looked(memory, list(codes)) == (list(codes.values()), [])


def test_keys_whose_place_is_taken_are_remembered_too() -> None:
    memory, codes = Memory(), {number << 48 | 5 << 24 | 7: number for number in range(1, 20)}
    memory.keep(codes)
    assert looked(memory, [*codes, 77 << 48 | 5 << 24 | 7]) == ([*codes.values(), 0], [len(codes)])
    memory.keep({key * 0x9E3779B97F4A7C15 % 2**64: 1 for key in range(1, 3_000)})
    assert looked(memory, list(codes)) == (list(codes.values()), [])


def test_lists_are_numbered() -> None:
    lists = Lists()
    kept = [list(range(number, 2 * number)) for number in range(1, 200)]
    assert [lists.keep(numbers) for numbers in kept] == list(range(199))
    numbers, counts = lists.rows(np.array([198, 0, 2]))
    assert (numbers.tolist(), counts.tolist()) == ([*kept[198], *kept[0], *kept[2]], [199, 1, 3])


def test_a_soft_hyphen_at_the_end_of_a_line_is_a_hyphen_in_the_key_also_beside_odd_letters() -> None:
    soft, hyphen = chunks_of("confine\u00ad\nment").keys[0], chunks_of("confine-").keys[0]
    assert soft == hyphen == chunks_of("ﬁ confine\u00ad\nment").keys[1]
    assert soft != chunks_of("confine").keys[0]


def test_a_code_too_large_for_its_row_is_not_remembered_and_harms_no_other() -> None:
    memory = Memory()
    memory.keep({12 << 24: 1 << 24, 13 << 24 | 5: 4})
    assert looked(memory, [12 << 24, 13 << 24, 13 << 24 | 5]) == ([0, 0, 4], [0, 1])
