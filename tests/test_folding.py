"""The one form in which texts and phrases are compared, and the way back to the text as given."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher import folding
from watcher.folding import UNSPACED, Folded, clean, fold, skeleton, stem, word_alone, words_of


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Due PROCESS", "due process"),
        ("ÁBREGO Garcı́a", "abrego garcia"),
        ("Łódź Đorđe Ħal Ŧ Ðð Þór Øre", "lodz dorde hal t dd thor ore"),
        ("Straße STRAẞE Æsop œuvre ﬁrst ½", "strasse strasse aesop oeuvre first 1\u20442"),
        ("d’Être ‘x’ ʼ ` ´ J‐G J‑G", "d'etre 'x' ' ' ' j-g j-g"),
        ("Права ЧЕЛОВЕКА ё й", "права человека е и"),
        ("ΛΌΓΟΣ λόγος", "λογοσ λογοσ"),
        ("שָׁלוֹם السَّلام", "שלום السلام"),
        ("萨尔瓦多 サルバドル ｶ", "萨尔瓦多 サルバドル ｶ"),
        ("con\u00adfine zero\u200bwidth e\u0301", "confine zerowidth e"),
        ("due\0process é", "due process e"),
        ("İstanbul", "istanbul"),
        ("①Ａ № Ⅳ", "1a no iv"),
        ("😀é 𝐀", "😀e a"),
    ],
)
def test_a_text_is_folded_to_plain_lower_case(text: str, folded: str) -> None:
    assert fold(text).text == folded


@pytest.mark.parametrize(
    "mark",
    "\u0300\u036f\u0483\u0489\u0591\u05bd\u05bf\u05c7\u064b\u065f\u0670\u1ab0\u1aff\u1dc0\u1dff\u20d0\u20ff\ufe00\ufe0f\ufe20\ufe2f"
    "\u00ad\u061c\u200b\u200f\u202a\u202e\u2060\u2064\u2066\u2069\ufeff",
)
def test_marks_and_what_is_not_seen_are_dropped(mark: str) -> None:
    assert fold(f"o{mark}p").text == "op"


@pytest.mark.parametrize(
    ("letters", "unspaced"),
    [("ก\u0e01\u0eff", True), ("\u1000\u109f", True), ("\u1100\u11ff", True), ("\u1780\u17ff", True),
        ("々", True), ("\u3040ア\u30ff", True),
        ("\u3400萨\u9fff", True), ("\uac00한\ud7af", True), ("\uf900\ufaff", True), ("\U00020000\U0003ffff", True),
        ("aéйΩאبक…—1 ", False)],
)  # fmt: skip
def test_some_scripts_put_no_blanks_between_words(letters: str, unspaced: bool) -> None:
    assert all((UNSPACED.search(f"a{letter}") is not None) is unspaced for letter in letters)


def test_offsets_are_kept_only_where_folding_moved_something() -> None:
    assert fold("Due Process") == Folded("due process", "Due Process")
    assert fold("Ábrego") == Folded("abrego", "Ábrego")
    assert fold("Straße") == Folded("strasse", "Straße", [0, 1, 2, 3, 4, 4, 5])


@pytest.mark.parametrize(
    ("text", "word", "stands_for"),
    [
        ("the Process", "process", "Process"),
        ("die Straße hier", "strasse", "Straße"),
        ("zur Straß", "strass", "Straß"),
        ("a con\u00adfine b", "confine", "con\u00adfine"),
        ("un cafe\u0301 ß", "cafe", "cafe\u0301"),
        ("un cafe\u0301\u0302", "cafe", "cafe\u0301\u0302"),
        ("ß cafe!", "cafe", "cafe"),
        ("ß cafe", "cafe", "cafe"),
    ],
)
def test_what_is_found_is_named_by_its_place_in_the_text_as_given(text: str, word: str, stands_for: str) -> None:
    folded = fold(text)
    at = folded.text.index(word)
    start, end = folded.span(at, at + len(word))
    assert text[start:end] == stands_for


@given(st.text(st.sampled_from("aBßﬁé\u0301\u00ad\u200d İ½𝐀😀ﬀ"), max_size=30))
def test_every_folded_character_came_from_one_of_the_text(text: str) -> None:
    folded = fold(text)
    places = [folded.span(at, at + 1) for at in range(len(folded.text))]
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert [start for start, _ in places] == sorted(start for start, _ in places)
    assert all(folded.text[at] in fold(text[start:end]).text for at, (start, end) in enumerate(places))
    assert not any(unicodedata.category(letter) == "Mn" for letter in folded.text)


def test_the_table_of_characters_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    table = folding._FoldTable()
    monkeypatch.setattr(folding, "_FOLD", table)
    every = "".join(map(chr, range(0x3400, 0x3400 + 10_010)))
    assert fold(every).text == fold(every[:10]).text + fold(every[10:]).text == every
    assert len(table) == 10_000
    assert table[ord("É")] == ord("e")


@pytest.mark.parametrize(
    ("token", "word"),
    [
        ("garcia's", "garcia"),
        ("j.g.g.", "jgg"),
        ("j. g. g.", "jgg"),
        ("u.s.'s", "us"),
        ("vs", "v"),
        ("vs.", "v"),
        ("versus", "v"),
        ("'s", ""),
        ("process", "process"),
    ],
)
def test_the_word_of_a_token_is_without_possessive_and_dots(token: str, word: str) -> None:
    assert clean(token) == word


@pytest.mark.parametrize(
    ("chunk", "word"),
    [
        ("Process", "process"),
        ("“Process,”", "process"),
        ("(García’s)", ""),
        ("Garcia's", "garcia"),
        ("Garcia’s", "garcia"),
        ("'tis", "tis"),
        ("VS", "v"),
        ("versus", "v"),
        ("J.G.G", ""),
        ("third-country", ""),
        ("24A949", ""),
        ("…", ""),
        ("", ""),
        ("'s", "s"),
    ],
)
def test_a_chunk_of_plain_letters_is_read_without_folding(chunk: str, word: str) -> None:
    assert word_alone(chunk) == word
    assert not word or words_of(chunk) == [word]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The Due-Process clause", ["the", "due", "process", "clause"]),
        ("J.G.G. v. Trump", ["jgg", "v", "trump"]),
        ("J. G. G. v. Trump", ["jgg", "v", "trump"]),
        ("Cox v. L. Hale", ["cox", "v", "l", "hale"]),
        ("D. V. D. vs. DHS", ["dvd", "v", "dhs"]),
        ("U.S. citizen's", ["us", "citizen"]),
        ("Roe, v. Wade", ["roe", "v", "wade"]),
        ("Cox, v. L. Hale", ["cox", "v", "l", "hale"]),
        ("(Doe) v. L. Hale", ["doe", "v", "l", "hale"]),
        ("Doe Jr. v. L. Hale", ["doe", "jr", "v", "l", "hale"]),
        ("24 v. L. B.", ["24", "v", "lb"]),
        ("x_v. L. Hale", ["x", "v", "l", "hale"]),
        ("— v. L. Hale", ["vl", "hale"]),
        ("V. D. Roe", ["vd", "roe"]),
        ("J. W. Roe", ["jw", "roe"]),
        ("J. V. Roe", ["j", "v", "roe"]),
        ("J. V. Z. Roe", ["jvz", "roe"]),
        ("J. G Roe", ["j", "g", "roe"]),
        ("J. GX. Roe", ["j", "gx", "roe"]),
        ("U.S citizen", ["us", "citizen"]),
        ("j.gh x", ["j", "gh", "x"]),
        ("j.g.hx y", ["jg", "hx", "y"]),
        ("xj.g. a", ["xj", "g", "a"]),
        ("it'sx", ["it", "sx"]),
        ("foo_bar 24A949", ["foo", "bar", "24a949"]),
        ("García’s Straße", ["garcia", "strasse"]),
        ("", []),
    ],
)
def test_the_words_of_a_text(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sites", "site"),
        ("countries", "country"),
        ("centre", "center"),
        ("centres", "centers"),
        ("prisiones", "prision"),
        ("classes", "class"),
        ("judges", "judge"),
        ("cats", "cat"),
    ],
)
def test_singular_and_plural_have_one_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(
    ("word", "root"),
    [("act", "act"), ("acts", "act"), ("class", "class"), ("status", "status"), ("basis", "basis"), ("24a949s", "24a949s"),
        ("site", "site"), ("sites", "site"), ("notice", "notic"), ("metre", "meter"), ("bus", "bus"), ("they", "thei"), ("free", "free"),
        ("prison", "prison")],
)  # fmt: skip
def test_stems_are_for_comparing_only(word: str, root: str) -> None:
    assert stem(word) == root


@pytest.mark.parametrize(
    ("word", "bones"),
    [("a1ien", "aiien"), ("enernies", "enemies"), ("c1ear", "dear"), ("vvrit", "writ"), ("b00k5", "books"), ("8ill", "biii")],
)
def test_letters_that_a_scanner_confuses_have_one_form(word: str, bones: str) -> None:
    assert skeleton(word) == bones


@pytest.mark.parametrize("script", ["กๆຂ\u0eff", "က႟", "ᄀᇿ", "ក\u17ff", "々", "\u3040ヿ", "㐀鿿", "가\ud7af", "豈\ufaff", "𠀀\U0003ffff"])
def test_scripts_without_blanks_are_known_from_their_first_character_to_their_last(script: str) -> None:
    assert all(folding.UNSPACED.match(character) for character in script)


def test_a_low_line_is_no_letter() -> None:
    assert words_of("due_process _ __writ__") == ["due", "process", "writ"]
