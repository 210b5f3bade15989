"""The phrase index: what it tolerates, what it refuses, and offsets that hold for any input."""

import string
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.common_words import COMMON_WORDS, FUNCTION_WORDS
from watcher.folding import fold, words_of
from watcher.phrases import FLOOR, MEMO_SIZE, Found, PhraseIndex


def found(phrase: str, text: str) -> list[str]:
    """The words found for one phrase."""
    return [text[hit.start : hit.end] for hit in PhraseIndex([phrase]).find(text)]


@pytest.mark.parametrize(
    ("phrase", "text", "words"),
    [
        pytest.param("Terrorism Confinement Center", "the Terrorism Confinement Center.", "Terrorism Confinement Center", id="exact"),
        pytest.param("Terrorism Confinement Center", "a TERRORISM CONFINEMENT CENTER", "TERRORISM CONFINEMENT CENTER", id="case"),
        pytest.param("Terrorism Confinement Center", "Terorism Confinement Center", "Terorism Confinement Center", id="letter left out"),
        pytest.param("Terrorism Confinement Center", "Terrorism Confinemnet Centre", "Terrorism Confinemnet Centre", id="letters swapped"),
        pytest.param("Terrorism Confinement Center", "Terror ism Confine-\nment Center", "Terror ism Confine-\nment Center", id="broken"),
        pytest.param("black site", "held at blacksites there", "blacksites", id="joined and plural"),
        pytest.param("homegrown criminal", "home-grown criminals", "home-grown criminals", id="hyphen"),
        pytest.param("third-country removal", "third country removals", "third country removals", id="blank for hyphen"),
        pytest.param("third country", "to third countries", "third countries", id="plural in -ies"),
        pytest.param("Kilmar Abrego Garcia", "Kilmar Ábrego García’s wife", "Kilmar Ábrego García", id="diacritics, possessive"),
        pytest.param("Kilmar Abrego Garcia", "Kilmar Armando Abrego Garcia", "Kilmar Armando Abrego Garcia", id="middle name"),
        pytest.param("Kilmar Abrego Garcia", "ABREGO GARCIA, Kilmar", "ABREGO GARCIA, Kilmar", id="reversed name"),
        pytest.param("Abrego Garcia v. Noem", "Noem v. Abrego Garcia", "Noem v. Abrego Garcia", id="parties turned round"),
        pytest.param("Boumediene v. Bush", "Bush v. Boumediene", "Bush v. Boumediene", id="short parties turned round"),
        pytest.param("Kilmar Abrego", "ABREGO, Kilmar", "ABREGO, Kilmar", id="name of two words reversed"),
        pytest.param("Abrego Garcia", "Abrego Armando Garcia", "Abrego Armando Garcia", id="one between two words"),
        pytest.param("due process", "due procses", "due procses", id="plain words with one slip"),
        pytest.param("Terrorism Confinement Center", "Terorism Confinemnt Center", "Terorism Confinemnt Center", id="two words with slips"),
        pytest.param("confinement camp", "confinemant camp", "confinemant camp", id="one of two words with a slip"),
        pytest.param("denaturalization", "denaturlizaton", "denaturlizaton", id="a long word with two slips"),
        pytest.param("confinement camp", "confineme nt camp", "confineme nt camp", id="broken off in two letters"),
        pytest.param("prison labor", "pris on labor", "pris on labor", id="a word of six letters broken"),
        pytest.param("notice of removal", "notice removal", "notice removal", id="without its function word"),
        pytest.param("notice of removal", "notice for removal", "notice for removal", id="with another function word"),
        pytest.param("JG v. Trump", "J. G. v. Trump", "J. G. v. Trump", id="two initials"),
        pytest.param("J.G.G. v. Trump", "JGG vs. Trump", "JGG vs. Trump", id="initials without dots"),
        pytest.param("JGG v. Trump", "J. G. G. v. Trump", "J. G. G. v. Trump", id="initials with blanks"),
        pytest.param("Alien Enemies Act", "the A1ien Enernies Act", "A1ien Enernies Act", id="scanned"),
        pytest.param("denaturalization", "Denaturalisation", "Denaturalisation", id="British spelling"),
        pytest.param("pérdida de la ciudadanía", "la perdida de la ciudadania", "perdida de la ciudadania", id="Spanish without accents"),
        pytest.param("cárcel de El Salvador", "las cárceles de El Salvador", "cárceles de El Salvador", id="Spanish plural"),
        pytest.param(
            "Roe v. United States ex rel. Doe",
            "ROE V. UNITED STATES EX REL. DOE, 299 U.S. 5",
            "ROE V. UNITED STATES EX REL. DOE",
            id="relator",
        ),
        pytest.param("US citizen", "two U.S. citizens", "U.S. citizens", id="dotted abbreviation"),
        pytest.param("Права человека", "о ПРАВА ЧЕЛОВЕКА!", "ПРАВА ЧЕЛОВЕКА", id="Cyrillic"),
        pytest.param("萨尔瓦多监狱", "送往萨尔瓦多监狱的人", "萨尔瓦多监狱", id="Chinese, no blanks"),
        pytest.param("エルサルバドル", "米国はエルサルバドルに", "エルサルバドル", id="Japanese"),
        pytest.param("Roti Zuma", "Zuma, Roti", "Zuma, Roti", id="reversed name of four letters each"),
        pytest.param("Kilmar Armando Abrego Garcia", "Abrego Garcia, Kilmar Armando", "Abrego Garcia, Kilmar Armando", id="of four words"),
        pytest.param("Garcia v. Noem", "Garcia v. Kristi Noem", "Garcia v. Kristi Noem", id="a first name more in a case"),
        pytest.param("confinement camp", "confine-\nment of the camp", "confine-\nment of the camp", id="broken, free words between"),
        pytest.param(
            "denaturalization confinement",
            "denaturalization a a a a confinement",
            "denaturalization a a a a confinement",
            id="four free words between",
        ),
        pytest.param("banishment", "the banshmnt", "banshmnt", id="two slips in a word of ten letters"),
        pytest.param("Tecoluca, Salvador", "in Tecoluca, Salvador,", "Tecoluca, Salvador", id="a comma of its own"),
        pytest.param("Tecoluca (Salvador)", "in Tecoluca Salvador", "Tecoluca Salvador", id="without its brackets"),
        pytest.param("萨尔瓦多 监狱", "送往萨尔瓦多·监狱的人", "萨尔瓦多·监狱", id="Chinese, a dot between"),
        pytest.param("x" * 60, f"the {'x' * 60} x", "x" * 60, id="a very long word"),
        pytest.param("ﬁfth amendment", "the Fifth Amendment", "Fifth Amendment", id="ligature in the phrase"),
    ],
)
def test_tolerates(phrase: str, text: str, words: str) -> None:
    assert found(phrase, text) == [words]


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        pytest.param("Kilmar Abrego Garcia", "Kilmar Abrego Ramirez", id="another surname"),
        pytest.param("Kilmar Abrego Garcia", "Garcia met Kilmar Abrego", id="reversed without a comma"),
        pytest.param("Kilmar Abrego Garcia", "Abrego Armando Garcia, Kilmar", id="reversed with a word more"),
        pytest.param("Noem v. Garcia", "Garcia v. Kristi Noem", id="turned round with a word more"),
        pytest.param("Abrego Garcia", "Abrigo Armando Garcia", id="a slip and a word more in two words"),
        pytest.param("Terrorism Confinement Center", "Terorism Confinemnt Cetner", id="three words with slips"),
        pytest.param("confinement camp", "confinemant kamp", id="two words with slips of two"),
        pytest.param("denaturalization", "denturlizaton", id="three slips in a word"),
        pytest.param("detention", "dtntion", id="two slips in a word of nine letters"),
        pytest.param("foreign prison", "a foreign person", id="a real word is no slip"),
        pytest.param("extraordinary rendition", "an extraordinary condition", id="nor is one two letters off"),
        pytest.param("due process", "the bill is due. Process servers came", id="end of a sentence inside"),
        pytest.param("due process", "rent due, process stopped", id="comma inside two words"),
        pytest.param("Americans", "the American way", id="a lone plural in its singular"),
        pytest.param("due process", "due diligence process", id="plain words with one between"),
        pytest.param("due process", "duet proces", id="two slips in two words"),
        pytest.param("exile", "exiles' exhale exilt", id="short word with a slip"),
        pytest.param("24A949", "24A948 and 24A9490", id="numbers are exact"),
        pytest.param("J.G.G. v. Trump", "J.O.P. v. Trump", id="other initials"),
        pytest.param("Права человека", "правы человек", id="another alphabet with a slip"),
        pytest.param("Kilmar Abrego", "Abrego Kilmar", id="two words reversed without a comma"),
        pytest.param("Kilmar Abrego", "However, Abrego — Kilmar", id="the comma stands before"),
        pytest.param("Zorba Quimby Xanthe Wexler Yttrium", "Yttrium, Zorba Quimby Xanthe Wexler", id="five words turned round"),
        pytest.param("J Garcia", "J Armando Garcia", id="a word more beside an initial"),
        pytest.param("denaturalization confinement", "denaturalization a a a a a confinement", id="five free words between"),
        pytest.param("government official", "govenmnt official", id="two slips in a plain word"),
        pytest.param("government", "goverment", id="a slip in a plain word alone"),
        pytest.param("denaturalization", "benaturalizaton", id="two slips, one of them at the first letter"),
        pytest.param("confinement camp", "donfinemnt camp", id="the same beside another word"),
        pytest.param("banishment rendition refoulement confinement", "banishmnt rendtion refoulment confinement", id="three of four"),
        pytest.param("萨尔瓦多 监狱", "送往萨尔瓦多。监狱的人", id="Chinese, the end of a sentence inside"),
        pytest.param("萨尔瓦多 监狱", "送往萨尔瓦多\n\n监狱的人", id="Chinese, two paragraphs"),
        pytest.param("سجن أجنبي", "سجن؟ أجنبي", id="Arabic, the end of a sentence inside"),
        pytest.param("x" * 60, "x" * 59, id="a very long word with a slip"),
        pytest.param("", "anything", id="no phrase"),
        pytest.param("—", "a — b", id="no word in it"),
    ],
)
def test_refuses(phrase: str, text: str) -> None:
    hits = [words for words in found(phrase, text) if words not in ("exiles",)]
    assert hits == []


def test_words_that_are_in_many_phrases_let_no_further_word_stand_between() -> None:
    names = ["Kilmar Abrego Garcia", *(f"Kilmar Abrego Garcia {word}" for word in ("Tennessee", "Uganda", "trial", "brother"))]
    text = "Kilmar Armando Abrego Garcia"
    assert PhraseIndex(names[:4]).find(text) == [Found(0, 0, len(text), 0.97)]
    assert PhraseIndex(names).find(text) == []


def test_the_phrase_itself_scores_one_and_each_change_less() -> None:
    index = PhraseIndex(["Kilmar Abrego Garcia"])
    texts = ["KILMAR ÁBREGO-GARCÍA", "Kilmar Abrego Garcias", "Abrego Garcia, Kilmar", "Kilmar A. Abrego Garcia", "Kilmar Abrigo Garcia"]
    scores = [index.find(text)[0].score for text in texts]
    assert scores[0] == 1.0
    assert scores == sorted(scores, reverse=True)
    assert all(FLOOR <= score < 1.0 for score in scores[1:])


@pytest.mark.parametrize(
    ("phrase", "text", "score"),
    [("confinement camp", "confine-\nment camp", 0.99), ("black site", "blacksite", 0.99), ("Kilmar Abrego", "Abrego, the Kilmar", 0.98)],
)
def test_what_was_mended_or_turned_round_scores_a_little_less(phrase: str, text: str, score: float) -> None:
    (hit,) = PhraseIndex([phrase]).find(text)
    assert hit.score == pytest.approx(score)


def test_phrases_are_numbered_by_their_place_and_equal_ones_are_all_reported() -> None:
    index = PhraseIndex(["due process", "Due-Process", "writ"])
    assert index.find("due process") == [Found(0, 0, 11, 1.0), Found(1, 0, 11, 1.0)]
    assert len(index) == 3


def test_a_phrase_added_later_is_found_also_by_words_seen_before() -> None:
    index = PhraseIndex(["due process"])
    assert index.find("banishmant and due process") == [Found(0, 15, 26, 1.0)]
    number = index.add("banishment")
    assert number == 1
    assert [hit.phrase for hit in index.find("banishmant and due process")] == [1, 0]


def test_adding_one_by_one_is_as_good_as_giving_all_at_once() -> None:
    phrases = ["removal without notice", "notice of removal", "writ of habeas corpus", "habeas corpus", "CECOT", "notice"]
    grown = PhraseIndex()
    assert [grown.add(phrase) for phrase in phrases] == list(range(6))
    text = "A notice of removal, not a removal without notice; the writ of habeas corpus. CECOT"
    assert grown.find(text) == PhraseIndex(phrases).find(text)


POOL = [
    "John",
    "Brown",
    "Browne",
    "browns",
    "confinement",
    "confine",
    "ment",
    "J.",
    "G.",
    "v.",
    "of",
    "the",
    "officer",
    "terms",
    "JGG",
    ",",
]
PHRASES = st.lists(st.lists(st.sampled_from(POOL), min_size=1, max_size=4).map(" ".join), max_size=24)


@given(PHRASES, PHRASES, st.lists(st.sampled_from([*POOL, "Confinemnet", "JohnBrown", "\n", "."]), max_size=30).map(" ".join))
def test_finds_after_adding_are_those_of_an_index_made_anew(first: list[str], then: list[str], text: str) -> None:
    grown = PhraseIndex(first)
    for phrase in then:
        grown.find(text)
        grown.add(phrase)
    assert grown.find(text) == PhraseIndex([*first, *then]).find(text)


def test_finds_of_one_phrase_do_not_overlap_and_stand_in_order() -> None:
    hits = PhraseIndex(["due process"]).find("due process due process, due process")
    assert [(hit.start, hit.end) for hit in hits] == [(0, 11), (12, 23), (25, 36)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Te\u0301rrorism Ce\u00adnter", "Te\u0301rrorism Ce\u00adnter"),  # combining accent, soft hyphen
        ("ﬁrst ﬁght: terrorism center", "terrorism center"),  # characters that fold to two
        ("Straße İstanbul ½ terrorism cente\u0301r", "terrorism cente\u0301r"),
        ("😀 terrorism center", "terrorism center"),
        ("\0terrorism\0center", "terrorism\0center"),
        ("terrorism cente\u0301\u0301r\u0301.", "terrorism cente\u0301\u0301r\u0301"),
    ],
)
def test_offsets_are_code_points_of_the_text_as_given(text: str, words: str) -> None:
    assert found("terrorism center", text) == [words]


TRICKS = "ßﬁŉİıſΐǰẞﷺ½①Ａｂ\u0301\u0327\u00ad\u200d\u0000\u2028\ufeff’“—…。א\u05bcب\u064bกำ한か\u3099𝐀😀 .,-'\n"
WORDS = st.sampled_from(["Kilmar", "Abrego", "Garcia", "terrorism", "center", "due", "process", "v.", "J.G.G.", "萨尔瓦多"])


@given(st.lists(st.one_of(WORDS, st.text(TRICKS + string.ascii_letters, max_size=8)), max_size=24).map(" ".join))
def test_no_input_breaks_the_offsets(text: str) -> None:
    index = PhraseIndex(["Kilmar Abrego Garcia", "terrorism center", "due process", "J.G.G. v. Garcia", "萨尔瓦多", "ß", "ﬁ", "İ", "한"])
    for hit in index.find(text):
        assert 0 <= hit.start < hit.end <= len(text)
        assert FLOOR <= hit.score <= 1.0
        assert text[hit.start : hit.end].strip(" \n") == text[hit.start : hit.end]
    assert index.find(text) == index.find(text)


@given(st.text(max_size=60))
def test_any_phrase_that_has_words_is_found_in_itself(phrase: str) -> None:
    words = words_of(phrase)
    if words and len(words) < 6 and not any(mark in phrase for mark in ".!?;:…|•¿¡。！？；：؟؛۔।\n\r\x1c\x1d\x1e\x85\u2028\u2029"):
        assert any(hit.score >= 0.99 for hit in PhraseIndex([phrase]).find(f"xyzzy {phrase} xyzzy"))


@given(st.text(TRICKS + "abc", max_size=40))
def test_folding_maps_each_character_back(text: str) -> None:
    folded = fold(text)
    for at in range(len(folded.text)):
        start, end = folded.span(at, at + 1)
        assert 0 <= start < end <= len(text)


def test_hostile_words_are_not_compared_letter_by_letter() -> None:
    index = PhraseIndex(["Kilmar Abrego Garcia"])
    assert index.find("x" * 100_000 + " " + "abrego " * 20_000) == []


def test_the_memo_is_bounded_and_starting_anew_changes_nothing() -> None:
    index = PhraseIndex(["banishment"])
    flood = " ".join(f"x{number}" for number in range(MEMO_SIZE + 10))
    assert index.find(flood) == []
    assert index.find("banishmant") == index.find("banishmant") == [Found(0, 0, 10, 0.9)]


def test_common_words_are_folded_and_hold_no_capital() -> None:
    assert all(fold(word).text == word and word.isalpha() for word in COMMON_WORDS)
    assert FUNCTION_WORDS <= COMMON_WORDS


@pytest.mark.parametrize(
    "text",
    [
        "x" * 90 + " due process",
        "https://example.org/" + "a/" * 60 + " due process, " + "é" * 200 + "\n\n  of due  process",
        "of-" * 40 + "due-process-" + "and-" * 20,
    ],
)
def test_runs_without_blanks_do_not_move_the_offsets(text: str) -> None:
    hits = PhraseIndex(["due process"]).find(text)
    assert [" ".join(words_of(text[hit.start : hit.end])) for hit in hits] == ["due process"] * text.count("due")


def test_stretches_stand_where_they_stood_whatever_blanks_are_between() -> None:
    text = "\n\n  Due process.\t\t" + "and\n\nso   on " * 60 + "\u00a0 DUE \n PROCESS \r\n" + "so on " * 60 + "due process\n\n"
    assert [text[hit.start : hit.end] for hit in PhraseIndex(["due process"]).find(text)] == [
        "Due process",
        "DUE \n PROCESS",
        "due process",
    ]


@pytest.mark.parametrize("gap", range(40, 80))
def test_a_word_after_a_find_is_never_cut_into_another(gap: int) -> None:
    """What is looked at around a find ends somewhere: never inside a word."""
    text = "the prison " + "x" * gap + " prisoners of war"
    assert [(hit.start, hit.end) for hit in PhraseIndex(["prison"]).find(text)] == [(4, 10)]


@pytest.mark.parametrize("end", [*".!?;:…|•¿¡。！？；：؟؛۔।", "\n\n", "\n \t\n"])
def test_no_find_goes_on_over_the_end_of_a_sentence(end: str) -> None:
    index = PhraseIndex(["terrorism confinement centre", "confinement centre"])
    assert index.find(f"terrorism confinement {end} centre") == []
    assert {found.phrase for found in index.find(f"terrorism confinement centre{end} A")} == {0, 1}


@pytest.mark.parametrize("pause", [",", "(", ")", "/", "—", "–", "、", "，", "،"])
def test_a_pause_parts_two_words_and_not_three(pause: str) -> None:
    index = PhraseIndex(["terrorism confinement centre", "confinement centre"])
    text = f"terrorism confinement {pause} centre"
    assert [found.phrase for found in index.find(text)] == [0]
    index.add(f"confinement{pause} centre")  # an equal one that has a pause itself
    assert [found.phrase for found in index.find(text)] == [0, 1, 2]


@pytest.mark.parametrize("pause", [" (", ") ", " )", "( ", " /", "/ ", ", ", " —"])
def test_brackets_and_strokes_part_two_words_with_a_blank_on_either_side(pause: str) -> None:
    index = PhraseIndex(["terrorism confinement centre", "confinement centre"])
    assert [found.phrase for found in index.find(f"terrorism confinement{pause}centre")] == [0]


@pytest.mark.parametrize("gap", ["\n", "\n ", "  ", "\t", "-", "‑", "'", '"', "“"])
def test_other_marks_and_the_end_of_a_line_part_nothing(gap: str) -> None:
    index = PhraseIndex(["terrorism confinement centre", "confinement centre"])
    assert {found.phrase for found in index.find(f"terrorism confinement{gap} centre")} == {0, 1}


@pytest.mark.parametrize(
    ("text", "found"), [("Mahmoud v. Taylor", True), ("Dept. Taylor", True), ("A. Taylor", True), ("zones. Taylor", False)]
)
def test_a_full_stop_after_an_abbreviation_or_a_letter_ends_no_sentence(text: str, found: bool) -> None:
    assert bool(PhraseIndex([text.replace(".", "")]).find(text)) is found


@pytest.mark.parametrize(
    ("phrase", "odd", "plain"),
    [
        pytest.param("prison", "p" + "\u0301" * 90 + "rison", "the prison", id="more marks than a word has letters"),
        pytest.param("settlement", "to settle", "settle\u00ad\nment", id="a soft hyphen at the end of a line"),
        pytest.param("JGG v. Trump", "J\u0301. G. G. v. Trump", "J. G. G. v. Trump", id="an initial with an accent"),
    ],
)
def test_what_was_read_before_changes_no_find(phrase: str, odd: str, plain: str) -> None:
    index = PhraseIndex([phrase])
    for text in (odd, plain, odd):
        assert index.find(text) == PhraseIndex([phrase]).find(text)
    assert index.find(plain)
    other = PhraseIndex([phrase])
    other.find(plain)
    assert other.find(odd) == index.find(odd)


def test_a_name_after_the_v_of_a_case_is_found_by_itself() -> None:
    assert found("L. Hale", "in Cox v. L. Hale they said") == ["L. Hale"]


def test_who_waited_for_another_thread_to_settle_does_not_settle_again(monkeypatch: pytest.MonkeyPatch) -> None:
    index, settled = PhraseIndex(["due process"]), []
    index.add("banishment")
    settle = index._settle

    @contextmanager
    def waiting() -> Iterator[None]:
        settled.append("another thread")
        settle()
        yield

    monkeypatch.setattr(index, "_settling", waiting())
    monkeypatch.setattr(index, "_settle", lambda: settled.append("this thread"))
    assert index.find("banishmant") == [Found(1, 0, 10, 0.9)]
    assert settled == ["another thread"]


@pytest.mark.parametrize("phrase", ["287(g)", "prison/jail", "and/or (b)"])
def test_brackets_and_strokes_without_a_blank_part_nothing(phrase: str) -> None:
    assert PhraseIndex([phrase]).find(f"the {phrase} agreement")


def test_a_phrase_that_cannot_be_taken_leaves_the_index_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watcher.vocabulary.MOST_WORDS", 2)
    index = PhraseIndex(["third country"])
    with pytest.raises(OverflowError):
        index.add("black site")
    assert (len(index), index.add("third countries")) == (1, 1)
    assert [found.phrase for found in index.find("a third country")] == [0, 1]
