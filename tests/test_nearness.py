"""How near a find stands to a phrase: words between them, ends of sentences, and what that costs in texts made to be slow."""

import re
import sys
from dataclasses import replace
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.match import JUST, Rules, just_failed
from watcher.models import Document, Group, Match, Near, Term, Watch
from watcher.nearness import Layout

LOST = Group(name="citizenship", terms=(Term(text="citizenship"), Term(text="naturalization certificate")))


def card(text: str, *terms: Term, title: str = "", excludes: tuple[Term, ...] = (), threshold: float = 0.88) -> Match | Near:
    watch = Watch(id="loss", kind="doctrine", title="Loss", terms=terms, excludes=excludes, groups=(LOST,), threshold=threshold)
    (said,) = Rules([watch]).why_not(Document(key="d", title=title, text=text))
    return said


def strip(within: int | None = 4, weight: float = 1.0) -> Term:
    return Term(text="strip", near="citizenship", within=within, weight=weight)


@given(st.text(st.sampled_from("ab_ .!?…\n\"')U.S"), max_size=60), st.data())
def test_words_and_ends_are_those_that_begin_between_two_places(text: str, data: st.DataObject) -> None:
    start, end = (data.draw(st.integers(0, len(text))) for _ in range(2))
    layout = Layout(text)
    assert layout.words(start, end) == sum(start <= word.start() < end for word in re.finditer(r"[^\W_]+", text))
    assert layout.ends(start, end) == any(layout.ends(place, place + 1) for place in range(start, end))


@pytest.mark.parametrize(
    ("between", "ends"),
    [
        (". ", True),
        (".” ", True),
        ("?! ", True),
        ("… ", True),
        ("…", True),
        ("\n \n", True),
        ("\n", False),
        (".com ", False),
        (" v. ", False),
        (" U.S. ", False),
        (" Gov. ", False),
        (", says Dr. ", False),
        (" No... ", True),
    ],
)
def test_where_a_sentence_ends(between: str, ends: bool) -> None:
    assert Layout(f"exile{between}Lost").ends(5, 5 + len(between)) == ends


@pytest.mark.parametrize("word", ["v", "vs", "Mr", "Ms", "Mrs", "Dr", "Ds", "No", "St", "Gov", "Sen", "Rep", "Gen", "Art", "Sec"])
def test_a_full_stop_after_an_abbreviation_ends_no_sentence_but_after_a_word_that_ends_like_one(word: str) -> None:
    assert not Layout(f"exile of {word}. Doe").ends(0, 99)
    assert Layout(f"exile of x{word}. Doe").ends(0, 99)


@pytest.mark.parametrize("marks", [".", "!", "?", "…", "...", "?!", "!?!", ".…", ".!", ".?", "!.", "?.", "….", "!!", "??", "……"])
@pytest.mark.parametrize("closing", ["", '"', "”", "’", "»", ")", "]", "”)", '."'])
def test_a_sentence_ends_with_marks_and_what_closes_behind_them(marks: str, closing: str) -> None:
    assert Layout(f"exile{marks}{closing} Lost").ends(5, 6)


@pytest.mark.parametrize(("blank", "ends"), [("\n\n", True), ("\n \t \n", True), ("\n   ", False), (" ", False)])
def test_a_blank_line_ends_a_sentence(blank: str, ends: bool) -> None:
    assert Layout(f"exile{blank}Lost").ends(0, 99) == ends


def test_a_word_ends_at_an_underscore() -> None:
    assert Layout("exile_lost 24A1").words(0, 99) == 3


def test_a_thousand_dots_are_read_in_one_go() -> None:
    assert not Layout("." * 300_000 + "x").ends(0, 300_000)  # in the square of their number it would not end today


def test_the_mark_behind_a_single_letter_ends_no_sentence_where_that_letter_is_the_find_s_own() -> None:
    assert isinstance(card("By Exhibit C. Smith lost his citizenship", Term(text="Exhibit C", near="citizenship")), Match)


def test_what_is_worth_too_little_to_be_context_does_not_hide_what_stands_behind_it() -> None:
    group = Group(name="citizenship", terms=(Term(text="citizenship"), Term(text="oath", weight=0.5)))
    watch = Watch(id="loss", kind="doctrine", title="Loss", terms=(strip(),), groups=(group,))
    assert Rules([watch]).judge(Document(key="d", text="strip oath oath oath citizenship")).watches == ("loss",)


def test_of_phrases_that_begin_before_a_find_the_one_that_ends_last_is_near() -> None:
    group = Group(name="citizenship", terms=tuple(Term(text=each) for each in ("lost by decree of the court of Panama", "decree", "court")))
    watch = Watch(id="loss", kind="doctrine", title="Loss", terms=(strip(within=1),), groups=(group,))
    verdict = Rules([watch]).judge(Document(key="d", text="lost by decree of the court of Panama, to strip him"))
    assert verdict.watches == ("loss",)


def test_a_stray_find_is_named_where_it_was_nearest_and_only_there() -> None:
    text = "Strip the paint off. Then they strip him of all that was his citizenship. All that was left to him was a strip of land."
    said = card(text, strip(within=4))
    assert isinstance(said, Near)
    assert said.missing == ("“strip” has no phrase of citizenship within 4 words: the nearest is 6 words away",)
    assert [each.start for each in said.because] == [text.index("strip him")]


def test_a_stray_find_of_a_term_that_counts_elsewhere_is_no_lack() -> None:
    said = card("They strip him of citizenship." + " word" * 30 + " A strip of land.", strip(weight=0.7))
    assert isinstance(said, Near)
    assert said.missing == ("scores 0.70, 0.18 short of 0.88",)


def test_an_exclude_may_ask_for_a_phrase_near_by() -> None:
    excludes = (Term(text="mining", near="citizenship", within=3),)
    exile = Term(text="exile")
    assert isinstance(card("Mining. In exile for years, with no citizenship", exile, excludes=excludes), Match)
    said = card("In exile. Mining their citizenship", exile, excludes=excludes)
    assert isinstance(said, Near)
    assert said.missing == ("“mining” in the text excludes it",)


@pytest.mark.parametrize(
    ("weight", "threshold", "said"),
    [(0.7, 0.88, "scores 0.70, 0.18 short of 0.88"), (0.876, 0.88, "scores 0.8760, 0.0040 short of 0.8800")],
)
def test_what_a_score_lacks_is_never_said_to_be_nothing(weight: float, threshold: float, said: str) -> None:
    near = card("in exile", Term(text="exile", weight=weight), threshold=threshold)
    assert isinstance(near, Near)
    assert near.missing == (said,)


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.7, 0.8, 0.88, 0.9, 0.95, 1.0])
def test_what_lacks_just_so_much_just_failed_whatever_binary_fractions_make_of_it(threshold: float) -> None:
    def near(score: float) -> Near:
        return Near(watch="loss", document="d", score=round(score, 4), threshold=threshold, because=(), missing=())

    assert just_failed(near(threshold - JUST))
    assert not just_failed(near(threshold - JUST - 0.0001))


def test_a_document_of_nothing_but_stray_finds_costs_as_many_steps_as_it_has_finds() -> None:
    def steps(finds: int) -> int:
        """How many functions are called to judge it."""
        document = Document(key="d", text="strip zebra " * finds + "Filler. " * 9 + "citizenship zebra " * finds)
        taken = 0

        def count(_frame: FrameType, event: str, _arg: object) -> None:
            nonlocal taken
            taken += event in ("call", "c_call")

        rules = Rules([Watch(id="loss", kind="doctrine", title="Loss", terms=(strip(),), groups=(LOST,))])
        before = sys.getprofile()
        sys.setprofile(count)
        try:
            rules.judge(document)
        finally:
            sys.setprofile(before)
        return taken

    assert steps(160) < 2.5 * steps(80)


def test_a_term_that_shares_words_with_a_name_counts_once_with_it() -> None:
    watch = Watch(id="case", kind="case", title="Case", names=("Kilmar Abrego Garcia",), terms=(Term(text="Abrego Garcia v. Noem"),))
    (said,) = Rules([watch]).why_not(Document(key="d", text="In Kilmar Abrego Garcai v. Noem"))
    assert [(each.term, each.found) for each in said.because] == [("Abrego Garcia v. Noem", "Abrego Garcai v. Noem")]
    (said,) = Rules([watch]).why_not(Document(key="d", text="Kilmar Abrego Garcia is back; Abrego Garcia v. Noem goes on"))
    assert [each.term for each in said.because] == ["Kilmar Abrego Garcia", "Abrego Garcia v. Noem"]


WORDS = ("strip", "exile", "hearing", "mining", "citizenship", "Panama", "prison", "a dog", "of those", "Then.", "It was so.")
ABROAD, JAIL = Group(name="abroad", terms=(Term(text="Panama"),)), Group(name="jail", terms=(Term(text="prison"),))
PICKY = Watch(
    id="loss",
    kind="doctrine",
    title="Loss",
    terms=(
        strip(within=2),
        Term(text="exile", near="citizenship", weight=0.7),
        Term(text="hearing", weight=0.6),
    ),
    needs=(ABROAD, JAIL),
    groups=(LOST,),
    excludes=(Term(text="mining"),),
)


@given(st.lists(st.sampled_from(WORDS), max_size=14), st.lists(st.sampled_from(WORDS), max_size=4))
def test_what_is_named_as_missing_is_just_what_would_do(text: list[str], title: list[str]) -> None:
    """Lacks are taken away one by one, as an operator would: then nothing is missing, and while one is left something is. Of several finds
    that stand alone one may be enough, so these go first."""
    document = Document(key="d", title=" ".join(title), text=" ".join(text))
    (said,) = Rules([PICKY]).why_not(document)
    if isinstance(said, Match):
        return
    eased = PICKY
    for reason in sorted(said.missing, key=lambda reason: " has no phrase of " not in reason):
        assert " has no phrase of " in reason or isinstance(Rules([eased]).why_not(document)[0], Near)
        eased = without(eased, reason, said.score)
    verdict = Rules([eased]).why_not(document)[0]
    assert isinstance(verdict, Match) or said.score == 0.0
    assert verdict.score == said.score


def without(watch: Watch, reason: str, score: float) -> Watch:
    """The Watch that does not ask for what a reason names."""
    if reason.startswith("needs "):
        return replace(watch, needs=tuple(group for group in watch.needs if group.name not in reason))
    if reason.startswith("scores "):
        return replace(watch, threshold=score)
    if "excludes it" in reason:
        return replace(watch, excludes=())
    terms = (replace(term, near=None, within=None) if f"“{term.text}” has no phrase" in reason else term for term in watch.terms)
    return replace(watch, terms=tuple(terms))
