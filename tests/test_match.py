"""The rules: what a Watch asks for, how its score is reckoned, and why a Watch just failed."""

import io
import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from tests.papers import article, order
from watcher import families
from watcher import match as match_module
from watcher.cli.lines import each_line
from watcher.cli.match import match, match_lines
from watcher.config import read_rules
from watcher.courts import entry_type
from watcher.match import JUST, Rules, never_found, score_of
from watcher.models import Docket, Document, DocumentType, Evidence, Group, Link, Match, Named, Near, Term, Verdict, Watch
from watcher.numbers import FoundNumber
from watcher.own import own_watch

PRISON = Group(name="foreign-prison", terms=(Term(text="prison in El Salvador"), Term(text="foreign prison")))
CITIZENSHIP = Group(name="citizenship", terms=(Term(text="citizenship"),))
DUE_PROCESS = Watch(
    id="due-process",
    kind="doctrine",
    title="Due process",
    terms=(Term(text="due process"), Term(text="Fifth Amendment", weight=0.7), Term(text="hearing", weight=0.7)),
    needs=(PRISON,),
    excludes=(Term(text="Title IX"),),
)
BANISHMENT = Watch(
    id="banishment",
    kind="doctrine",
    title="Banishment",
    terms=(Term(text="strip", near="citizenship", within=3), Term(text="exile", near="citizenship")),
    groups=(CITIZENSHIP,),
)
DVD = Watch(
    id="dvd-v-dhs",
    kind="case",
    title="D.V.D. v. DHS",
    names=("D.V.D. v. DHS",),
    dockets=(
        Docket(court="mad", number="1:25-cv-10676", courtlistener=69775896),
        Docket(court="ca1", number="25-1311"),
        Docket(court="scotus", number="24A1153"),
    ),
)
RULES = Rules([DUE_PROCESS, BANISHMENT, DVD])
PAPER = Document(
    key="paper", docket=Docket(court="mad", number="1:25-cv-10676-BEM"), title="Order on notice", text="Due process asks for it."
)


def judged(watch: str, document: Document, rules: Rules = RULES) -> Match | Near | None:
    """What the rules say of one Watch."""
    return next((card for card in cards(rules.judge(document)) if card.watch == watch), None)


def cards(verdict: Verdict) -> list[Match | Near]:
    return [*verdict.matches, *verdict.near]


def said(title: str = "", text: str = "", summary: str = "") -> Document:
    return Document(key="d", title=title, text=text, summary=summary)


def test_the_card_says_what_was_found_where_and_what_it_was_worth() -> None:
    text = "He had no due process before the foreign prison."
    assert RULES.judge(said(text=text)) == Verdict(
        document="d",
        matches=(
            Match(
                watch="due-process",
                document="d",
                score=1.0,
                threshold=0.88,
                because=(
                    Evidence(term="due process", found="due process", field="text", start=10, end=21, score=1.0),
                    Evidence(term="foreign-prison: foreign prison", found="foreign prison", field="text", start=33, end=47, score=0.0),
                ),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("document", "score"),
    [
        pytest.param(said(text="the Fifth Amendment"), 0.7, id="a find is worth its weight"),
        pytest.param(said(title="The Fifth Amendment"), 0.85, id="a title halves the doubt"),
        pytest.param(said(text="a hearing under the Fifth Amendment"), 0.91, id="doubts of two terms multiply"),
        pytest.param(said(text="a hearing, a hearing, a hearing"), 0.7, id="the same term counts once"),
        pytest.param(said(text="the Fifth Amendment, the Fifth Amendment: a hearing"), 0.91, id="which hides no other term"),
        pytest.param(said(title="Hearing", text="a hearing"), 0.85, id="and where it is worth most"),
        pytest.param(said(title="Hearing", text="the Fifth Amendment"), 0.955, id="title and text add up"),
    ],
)
def test_the_score_can_be_reckoned_by_hand(document: Document, score: float) -> None:
    verdict = judged("due-process", replace(document, summary="a foreign prison"))
    assert verdict is not None
    assert verdict.score == score
    assert isinstance(verdict, Match) == (score >= 0.88)


def test_finds_that_share_words_count_once() -> None:
    watch = Watch(
        id="w", kind="case", title="W", terms=(Term(text="Abrego Garcia", weight=0.7), Term(text="Kilmar Abrego Garcia", weight=0.7))
    )
    verdict = judged("w", said(text="Kilmar Abrego Garcia"), Rules([watch]))
    assert verdict is not None
    assert (verdict.score, len(verdict.because)) == (0.7, 1)


@pytest.mark.parametrize("text", ["正当程序听证", "听证正当程序"])
def test_finds_that_touch_share_no_words(text: str) -> None:
    watch = Watch(id="w", kind="case", title="W", terms=(Term(text="正当程序", weight=0.7), Term(text="听证", weight=0.7)))
    verdict = judged("w", said(text=text), Rules([watch]))
    assert verdict is not None
    assert [one.found for one in verdict.because] == ["正当程序", "听证"]


def test_a_phrase_over_the_end_of_a_sentence_is_never_found_but_a_citation_is() -> None:
    lost = "He was removed. She was not"
    assert never_found(["due process", lost, "Pub. L. No. 119-21", "90 Fed. Reg. 8443", lost]) == [lost]


def test_a_phrase_that_only_holds_a_citation_is_no_citation() -> None:
    watch = Watch(id="w", kind="case", title="W", terms=(Term(text="denaturalized under 8 U.S.C. 1451"),))
    assert Rules([watch]).judge(said(text="8 U.S.C. 1451")) == Verdict(document="d")


def test_cards_come_best_first_and_equals_in_the_order_of_the_watches() -> None:
    def watch(name: str, weight: float, threshold: float) -> Watch:
        return Watch(id=name, kind="case", title=name, terms=(Term(text="exile", weight=weight),), threshold=threshold)

    rules = Rules(
        [
            watch("c", 0.7, 0.8),
            watch("a", 0.9, 0.8),
            watch("d", 0.65, 0.8),
            watch("e", 0.1, 0.8),
            watch("b", 0.95, 0.8),
            watch("f", 0.9, 0.8),
        ]
    )
    verdict = rules.judge(said(text="exile"))
    assert [card.watch for card in verdict.matches] == ["b", "a", "f"]
    assert [card.watch for card in verdict.near] == ["c", "d"]
    assert [card.watch for card in rules.why_not(said(text="exile"))] == ["b", "a", "f", "c", "d", "e"]


@pytest.mark.parametrize(("weight", "counts"), [(0.85, True), (0.84, False)])
def test_what_is_context_alone_counts_from_a_worth_on(weight: float, counts: bool) -> None:
    prison = Term(text="foreign prison", weight=weight)
    needing = Rules([replace(DUE_PROCESS, needs=(Group(name="prison", terms=(prison,)),))])
    assert isinstance(judged("due-process", said(text="due process, foreign prison"), needing), Match) == counts
    excluding = Rules([replace(DUE_PROCESS, needs=(), excludes=(prison,))])
    assert isinstance(judged("due-process", said(text="due process, foreign prison"), excluding), Match) != counts


def test_of_the_phrases_of_a_group_the_card_shows_the_one_that_is_most_alike() -> None:
    verdict = judged("due-process", said(text="Due process in a foriegn prison: a foreign prison."))
    assert isinstance(verdict, Match)
    assert verdict.because[-1].found == "foreign prison"


def test_what_a_watch_needs_may_stand_anywhere_and_its_absence_is_named() -> None:
    assert isinstance(judged("due-process", said(title="Due process", text="… the prison in El Salvador")), Match)
    verdict = judged("due-process", said(title="Due process in schools"))
    assert isinstance(verdict, Near)
    assert verdict.missing == ("needs foreign-prison: no phrase of it found",)


def test_every_needed_group_must_be_there() -> None:
    both = Rules([replace(DUE_PROCESS, needs=(PRISON, CITIZENSHIP))])
    verdict = judged("due-process", said(text="due process, foreign prison"), both)
    assert isinstance(verdict, Near)
    assert verdict.missing == ("needs citizenship: no phrase of it found",)
    assert isinstance(judged("due-process", said(text="due process, foreign prison, citizenship"), both), Match)


def test_an_excluded_phrase_rules_a_document_out_and_is_named() -> None:
    verdict = judged("due-process", said(title="Title IX", text="due process, foreign prison"))
    assert isinstance(verdict, Near)
    assert verdict.missing == ("“Title IX” in the title excludes it",)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("They strip him of citizenship.", True),  # two words between
        ("They strip him of his citizenship.", True),  # three
        ("They strip him of his own citizenship.", False),  # four
        ("Citizenship they strip.", True),  # before as well as after
        ("Citizenship is one thing for them and quite another thing for us: citizenship they strip.", True),  # the nearer one counts
        ("They strip citizenship, and what is left of that for anybody is a bare citizenship.", True),
        ("Citizenship is lost. In exile.", False),  # another sentence
        ("Citizenship is lost, e.g. by exile of the U.S. kind", True),
        ("Exile follows, says Dr. Roe of the U.S. bar, when citizenship is lost", True),
    ],
)
def test_a_term_near_a_group_counts_only_beside_it(text: str, found: bool) -> None:
    assert isinstance(judged("banishment", said(text=text)), Match) == found


def test_a_term_that_stands_alone_is_named_with_what_it_lacks() -> None:
    verdict = judged("banishment", said(text="To strip the bark off an old tree is no exile. Citizenship?"))
    assert isinstance(verdict, Near)
    assert verdict.missing == (
        "“strip” has no phrase of citizenship within 3 words: the nearest is 9 words away",
        "“exile” has no phrase of citizenship in the same sentence: the nearest is in another, 0 words away",
    )
    next_to_it = judged("banishment", said(text="In exile, then. Citizenship?"))
    assert isinstance(next_to_it, Near)
    assert next_to_it.missing == ("“exile” has no phrase of citizenship in the same sentence: the nearest is in another, 1 word away",)
    bare = judged("banishment", replace(said(title="Citizenship", text="To strip a tree"), summary=""))
    assert isinstance(bare, Near)
    assert bare.missing == ("“strip” has no phrase of citizenship within 3 words: the text has none",)


def test_a_term_that_counts_somewhere_lacks_nothing_where_it_stands_alone() -> None:
    rules = Rules([replace(BANISHMENT, terms=(Term(text="exile", near="citizenship", weight=0.7),))])
    verdict = judged("banishment", said(text="He lost exile. Citizenship went; no exile gives citizenship."), rules)
    assert isinstance(verdict, Near)
    assert verdict.missing == ("scores 0.70, 0.18 short of 0.88",)


def test_a_score_that_just_reaches_is_not_called_short() -> None:
    rules = Rules([replace(DUE_PROCESS, threshold=0.7)])
    verdict = judged("due-process", said(text="Fifth Amendment"), rules)
    assert isinstance(verdict, Near)
    assert verdict.missing == ("needs foreign-prison: no phrase of it found",)


@pytest.mark.parametrize(
    ("document", "watch"),
    [
        (said(title="Due process", text="in a foreign prison"), "due-process"),
        (said(text="the Fifth Amendment"), "due-process"),
        (said(text="A foreign prison."), "due-process"),
        (said(text="To strip a tree."), "banishment"),
        (PAPER, "dvd-v-dhs"),
        (said(), "dvd-v-dhs"),
    ],
)
def test_every_watch_has_a_card_and_it_is_the_one_that_judging_gives(document: Document, watch: str) -> None:
    every = {card.watch: card for card in RULES.why_not(document)}
    assert list(every) == [card.watch for card in RULES.why_not(document, [each.id for each in RULES.watches])]
    assert set(every) == {each.id for each in RULES.watches}
    assert RULES.why_not(document, [watch]) == (every[watch],)
    assert {card.watch: card for card in cards(RULES.judge(document))}.items() <= every.items()


def test_a_watch_that_is_far_from_answered_says_what_was_found_of_its_groups_and_what_lacked() -> None:
    (card,) = RULES.why_not(said(text="A foreign prison, and Title IX."), ["due-process"])
    assert card == Near(
        watch="due-process",
        document="d",
        score=0.0,
        threshold=0.88,
        because=(Evidence(term="foreign-prison: foreign prison", found="foreign prison", field="text", start=2, end=16, score=0.0),),
        missing=("“Title IX” in the text excludes it", "scores 0.00, 0.88 short of 0.88"),
    )


def test_a_watch_whose_threshold_is_nothing_is_answered_by_something_all_the_same() -> None:
    rules = Rules([replace(DVD, threshold=0.0)])
    assert rules.judge(said(text="Nothing.")).matches == ()
    (card,) = rules.why_not(said(text="Nothing."))
    assert isinstance(card, Near)
    assert card.missing == ("nothing of it was found",)


def test_the_card_shows_the_phrase_that_a_term_is_near() -> None:
    verdict = judged("banishment", said(text="to strip citizenship"))
    assert isinstance(verdict, Match)
    assert [(one.term, one.score) for one in verdict.because] == [("strip", 1.0), ("citizenship: citizenship", 0.0)]


def test_a_name_is_enough_and_knows_no_excludes() -> None:
    rules = Rules([replace(DUE_PROCESS, names=("Mathews v. Eldridge",))])
    for title in ("Title IX and Mathews v. Eldrige", "Mathews v. Eldrige in a foreign prison"):  # context goes with the terms that need it
        verdict = judged("due-process", said(title=title), rules)
        assert isinstance(verdict, Match)
        assert [(one.found, one.field) for one in verdict.because] == [("Mathews v. Eldrige", "title")]


def test_a_docket_paper_belongs_to_its_case_with_certainty() -> None:
    verdict = judged("dvd-v-dhs", PAPER)
    assert isinstance(verdict, Match)
    assert verdict.score == 1.0
    assert verdict.because == (Evidence(term="1:25-cv-10676", found="1:25-cv-10676-BEM", field="docket", start=0, end=17, score=1.0),)


def test_a_paper_of_a_tracked_case_has_all_the_context_that_others_need() -> None:
    verdict = judged("due-process", PAPER)
    assert isinstance(verdict, Match)
    assert verdict.because[-1] == Evidence(
        term="dvd-v-dhs: 1:25-cv-10676", found="1:25-cv-10676-BEM", field="docket", start=0, end=17, score=0.0
    )


def test_a_paper_of_several_cases_is_context_by_the_first_that_everybody_tracks() -> None:
    cases = [replace(DVD, id=name) for name in ("own-1", "first", "second")]
    verdict = judged("due-process", PAPER, Rules([*cases, DUE_PROCESS]))
    assert isinstance(verdict, Match)
    assert verdict.because[-1].term == "first: 1:25-cv-10676"
    assert isinstance(judged("due-process", PAPER, Rules([cases[0], DUE_PROCESS])), Near)


@pytest.mark.parametrize(
    ("docket", "belongs"),
    [
        (Docket(court="mad", number="1:25-cv-10676"), True),
        (Docket(court="", number="1:25-cv-10676"), True),
        (Docket(court="", number="24A1153"), True),
        (Docket(court="ca1", number="25-1311"), True),
        (Docket(court="", number="", courtlistener=69775896), True),
        (Docket(court="ca4", number="25-1311"), False),  # every court of appeals counts from 1
        (Docket(court="", number="25-1311"), False),
        (Docket(court="mad", number="1:25-cv-10677"), False),
        (Docket(court="dcd", number="1:25-cv-10676"), False),
        (Docket(court="mad", number="not a number"), False),
        (Docket(court="mad", number="not a number", courtlistener=69775897), False),
    ],
)
def test_a_docket_is_known_by_court_and_number(docket: Docket, belongs: bool) -> None:
    verdict = Rules([DUE_PROCESS, DVD]).judge(Document(key="d", title="Order", docket=docket))
    assert verdict.watches == (("dvd-v-dhs",) if belongs else ())


@pytest.mark.parametrize("tracked", [Docket(court="mad", number="25-cv-10676"), Docket(court="mad", number="", courtlistener=69775896)])
def test_a_case_may_be_tracked_by_a_number_or_by_an_id_alone(tracked: Docket) -> None:
    paper = replace(PAPER, docket=Docket(court="mad", number="1:25-cv-10676-BEM", courtlistener=69775896))
    assert Rules([replace(DVD, dockets=(tracked,))]).judge(paper).watches == ("dvd-v-dhs",)


def test_one_number_is_proof_enough_and_stands_once_on_the_card() -> None:
    verdict = judged("dvd-v-dhs", replace(PAPER, text="See 24A1153.", title="1:25-cv-10676"))
    assert isinstance(verdict, Match)
    assert [(one.field, one.found) for one in verdict.because] == [("docket", "1:25-cv-10676-BEM")]


def test_a_docket_number_is_found_behind_a_citation() -> None:
    rules = Rules([DVD, CITING])
    assert rules.judge(said(text="Under 8 U.S.C. 1231 and in No. 24A1153")).watches == ("dvd-v-dhs",)


@pytest.mark.parametrize(
    ("document", "term", "field", "found"),
    [
        (said(title="Ruling in No. 24A1153"), "24A1153", "title", "24A1153"),
        (said(text="see 1:25-cv-10676-BEM (D. Mass.)"), "1:25-cv-10676", "text", "1:25-cv-10676-BEM"),
        (replace(said(), url="https://www.courtlistener.com/docket/69775896/dvd-v-dhs/"), "1:25-cv-10676", "url", "69775896"),
    ],
)
def test_a_docket_number_in_a_document_is_as_good_as_a_name(document: Document, term: str, field: str, found: str) -> None:
    verdict = judged("dvd-v-dhs", document, Rules([DVD]))
    assert isinstance(verdict, Match)
    (evidence,) = verdict.because
    assert (evidence.term, evidence.field, evidence.found, evidence.score) == (term, field, found, 1.0)
    assert str(getattr(document, field))[evidence.start : evidence.end] == found


@pytest.mark.parametrize(
    ("url", "id_of_docket"),
    [
        ("https://www.courtlistener.com/docket/69775896/dvd-v-dhs/", "69775896"),
        ("http://courtlistener.com/docket/1/", "1"),
        ("https://www.courtlistener.com/docket/123456789012", "123456789012"),
        ("https://www.courtlistener.com/docket/1234567890123/", None),
        ("https://www.courtlistener.com/docket//dvd-v-dhs/", None),
        ("https://www.courtlistener.com/docket/69775896-dvd/", None),
        ("https://www.courtlistener.com/opinion/69775896/", None),
        ("https://wwwXcourtlistenerXcom/docket/69775896/", None),
        ("x https://www.courtlistener.com/docket/69775896/", None),
    ],
)
def test_the_page_of_a_docket_is_known_by_its_address(url: str, id_of_docket: str | None) -> None:
    address = match_module.DOCKET_PAGE.match(url)
    assert (address and address[1]) == id_of_docket


@pytest.mark.parametrize("text", ["24A1154", "1:25-cv-10677", "pages 25-1311", "https://www.courtlistener.com/docket/697758960/"])
def test_another_number_is_another_case(text: str) -> None:
    assert RULES.judge(replace(said(text=text), url=text)).watches == ()


def test_a_watch_with_sources_hears_of_those_only() -> None:
    rules = Rules([replace(DVD, sources=("hrw", "courtlistener"))])
    document = said(title="D.V.D. v. DHS")
    assert rules.judge(replace(document, source="hrw")).watches == ("dvd-v-dhs",)
    assert rules.judge(replace(document, source="courtlistener/69775896")).watches == ("dvd-v-dhs",)
    verdict = judged("dvd-v-dhs", replace(document, source="npr"), rules)
    assert isinstance(verdict, Near)
    assert verdict.missing == ("source npr is none of its sources",)
    unknown = judged("dvd-v-dhs", document, rules)
    assert isinstance(unknown, Near)
    assert unknown.missing == ("source unknown is none of its sources",)


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        ("ORDER granting 50 Motion to Compel.", True),
        ("MEMORANDUM OPINION AND ORDER denying 9 Motion to Dismiss", True),
        ("[PROPOSED] ORDER re 14 Motion by Roe", False),
        ("MOTION for a Temporary Restraining Order by Roe", False),
        ("NOTICE of Appearance by Jane Roe", False),
    ],
)
def test_types_of_the_file_are_those_that_the_words_of_an_entry_give_it(entry: str, found: bool) -> None:
    case = '[[case]]\nid = "c"\ntitle = "C"\nnames = ["Abrego Garcia"]\ntypes = ["order", "opinion"]\n'
    rules = Rules(read_rules(case + 'dockets = [{ court = "mdd", number = "8:25-cv-00951" }]\n').watches)
    assert bool(rules.judge(order(summary=entry, type=entry_type(entry, court="mdd"))).watches) is found
    assert rules.judge(article(title=f"Abrego Garcia: {entry}")).watches == ("c",)


def test_types_limit_docket_papers_and_nothing_else() -> None:
    rules = Rules([replace(DVD, types=(DocumentType.ORDER,))])
    assert rules.judge(replace(PAPER, type=DocumentType.ORDER)).watches == ("dvd-v-dhs",)
    verdict = judged("dvd-v-dhs", replace(PAPER, type=DocumentType.LETTER), rules)
    assert isinstance(verdict, Near)
    assert verdict.missing == ("type letter is none of its types",)
    assert rules.judge(replace(said(title="D.V.D. v. DHS"), type=DocumentType.LETTER, source_kind="docket")).watches == ()
    assert rules.judge(said(title="D.V.D. v. DHS")).watches == ("dvd-v-dhs",)


def test_only_what_lacks_little_is_near() -> None:
    weights = {
        weight: Watch(id=f"w{weight}", kind="doctrine", title="W", terms=(Term(text="exile", weight=weight),)) for weight in (0.67, 0.69)
    }
    verdict = Rules(list(weights.values())).judge(said(text="exile"))
    assert [(near.watch, near.missing) for near in verdict.near] == [("w0.69", ("scores 0.69, 0.19 short of 0.88",))]
    assert 0.88 - 0.67 > JUST > 0.88 - 0.69


def test_a_source_may_be_judged_by_some_watches_only() -> None:
    assert RULES.judge(PAPER, only=("due-process",)).watches == ("due-process",)


def test_rules_without_watches_say_nothing() -> None:
    assert Rules([]).judge(PAPER) == Verdict(document="paper")


PIECES = [
    "due process",
    "Fifth Amendment",
    "hearing",
    "foreign prison",
    "Title IX",
    "strip",
    "citizenship",
    "exile",
    "24A1153",
    ". ",
    "ﬁ",
    "D.V.D. v. DHS",
]
TEXT = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5)), max_size=10).map(" ".join)


@given(title=TEXT, summary=TEXT, text=TEXT)
def test_every_score_follows_from_its_card_and_every_find_is_where_it_says(title: str, summary: str, text: str) -> None:
    document = said(title=title, summary=summary, text=text)
    verdict = RULES.judge(document)
    assert verdict == RULES.judge(document)
    for card in cards(verdict):
        assert score_of(card.because) == card.score
        assert 0.0 <= card.score <= 1.0
        assert all(getattr(document, one.field)[one.start : one.end] == one.found for one in card.because)
    assert all(card.score >= card.threshold for card in verdict.matches)
    assert all(card.missing for card in verdict.near)
    assert not {card.watch for card in verdict.matches} & {card.watch for card in verdict.near}


# ---- watcher match


def answers(raw: bytes) -> tuple[list[dict[str, Any]], list[str]]:
    faults: list[str] = []
    lines = [json.loads(line) for line in match_lines(each_line(io.BytesIO(raw)), RULES, faults.append)]
    return lines, faults


def test_each_line_is_answered_in_order_also_where_nothing_matched() -> None:
    rows = [{"id": "b", "title": "24A1153"}, {"id": "a", "title": "nothing", "unknown": [1]}, {"id": 7, "title": "x", "text": None}]
    lines, faults = answers("\n".join(json.dumps(row) for row in rows).encode())
    assert faults == []
    assert [line["id"] for line in lines] == ["b", "a", 7]
    assert lines[1] == {"id": "a", "matches": [], "near": []}
    assert lines[0] == {
        "id": "b",
        "matches": [
            {
                "watch": "dvd-v-dhs",
                "score": 1.0,
                "threshold": 0.88,
                "because": [{"term": "24A1153", "found": "24A1153", "field": "title", "start": 0, "end": 7, "score": 1.0}],
            }
        ],
        "near": [],
    }


def test_a_near_miss_says_what_was_missing() -> None:
    lines, _ = answers(b'{"id": "a", "title": "Due process"}')
    (near,) = lines[0]["near"]
    assert near["missing"] == ["needs foreign-prison: no phrase of it found"]


def test_fields_are_indexed_as_given_not_as_cleaned() -> None:
    title = "  <b>D.V.D. v. DHS</b> \u00a0"
    lines, _ = answers(json.dumps({"id": "a", "title": title}).encode())
    (found,) = lines[0]["matches"]
    assert title[found["because"][0]["start"] : found["because"][0]["end"]] == "D.V.D. v. DHS"


def test_a_docket_row_is_a_paper_of_the_docket_its_address_or_title_names() -> None:
    by_address: dict[str, str | None] = {
        "source_kind": "docket",
        "title": "Order",
        "url": "https://www.courtlistener.com/docket/69775896/51/d-v-d/",
    }
    by_title: dict[str, str | None] = {"source_kind": "docket", "title": "D. v. D. - 1:25-cv-10676 (D. Mass.)"}
    rows: list[dict[str, Any]] = [
        {"id": "a", **by_address},
        {"id": "b", **by_title},
        {"id": "c", **by_address, "source_kind": "news", "url": None},
    ]
    lines, _ = answers("\n".join(json.dumps({**row, "text": "due process"}) for row in rows).encode())
    watches = [sorted(match["watch"] for match in line["matches"]) for line in lines]
    assert watches == [["due-process", "dvd-v-dhs"], ["due-process", "dvd-v-dhs"], []]


def test_a_bad_line_is_named_and_the_others_go_on() -> None:
    raw = b'{"id": "a", "title": "x"}\n{broken\n\n{"id": "b", "title": 5}\n[1]\n{"title": "no id"}\n\xff\n{"id": "c", "title": "y"}\n'
    lines, faults = answers(raw)
    assert [line["id"] for line in lines] == ["a", "b", "c"]
    assert lines[1] == {"id": "b", "matches": [], "near": []}
    assert [fault.partition(":")[0] for fault in faults] == ["line 2", "line 4", "line 5", "line 6", "line 7"]


def test_half_a_surrogate_pair_comes_back_as_it_was_given() -> None:
    (line,) = match_lines(each_line(io.BytesIO(b'{"id": "\\ud800", "title": "\\ud800 D.V.D. v. DHS"}')), RULES, print)
    assert json.loads(line)["id"] == "\ud800"
    line.encode()


RULES_FILE = """
[[doctrine]]
id = "writ"
title = "The writ"
terms = ["habeas corpus"]
"""


@pytest.fixture
def command(tmp_path: Path) -> typer.Typer:
    (tmp_path / "sources.toml").write_text(RULES_FILE)
    app = typer.Typer()
    app.command()(match)
    return app


def test_the_command_reads_a_file_or_standard_input(command: typer.Typer, tmp_path: Path) -> None:
    row = '{"id": "a", "title": "Habeas corpus"}\n'
    (tmp_path / "rows.jsonl").write_text(row)
    rules = ["--sources", str(tmp_path / "sources.toml")]
    by_file = CliRunner().invoke(command, [*rules, str(tmp_path / "rows.jsonl")])
    by_input = CliRunner().invoke(command, rules, input=row)
    assert (by_file.exit_code, by_file.stdout) == (by_input.exit_code, by_input.stdout)
    assert by_file.exit_code == 0
    assert json.loads(by_file.stdout)["matches"][0]["watch"] == "writ"


def test_the_command_says_by_its_status_what_could_not_be_read(command: typer.Typer, tmp_path: Path) -> None:
    rules = ["--sources", str(tmp_path / "sources.toml")]
    bad_line = CliRunner().invoke(command, rules, input='nonsense\n{"id": "a", "title": "t"}\n')
    assert (bad_line.exit_code, len(bad_line.stdout.splitlines())) == (1, 1)
    assert bad_line.stderr.startswith("line 1: not JSON")
    assert CliRunner().invoke(command, [*rules, str(tmp_path / "absent.jsonl")]).exit_code == 2
    (tmp_path / "sources.toml").write_text("[[doctrine]]\n")
    assert CliRunner().invoke(command, rules, input="").exit_code == 2


# -- phrases that are citations

CITING = Watch(
    id="citing",
    kind="doctrine",
    title="Citing",
    terms=(Term(text="8 U.S.C. 1451"), Term(text="50 U.S.C. 21", near="citizenship", within=3)),
    names=("604 U.S. 670", "Proclamation 10903"),
    excludes=(Term(text="Executive Order 14160"),),
    groups=(CITIZENSHIP,),
)


@pytest.mark.parametrize(
    ("text", "term", "found"),
    [
        ("under 8 U. S. C. § 1451(a)", "8 U.S.C. 1451", "8 U. S. C. § 1451"),
        ("see Trump v. J.G.G., 604 U. S. 670, 672", "604 U.S. 670", "604 U. S. 670"),
        ("by Proclamation No. 10,903", "Proclamation 10903", "Proclamation No. 10,903"),
        ("citizenship and 50 U.S.C. § 21", "50 U.S.C. 21", "50 U.S.C. § 21"),
    ],
)
def test_a_phrase_that_is_a_citation_is_found_by_its_meaning(text: str, term: str, found: str) -> None:
    card = judged("citing", said(text=text), Rules([CITING]))
    assert isinstance(card, Match)
    best = card.because[0]
    assert (best.term, best.found, best.score) == (term, found, 1.0)
    assert score_of(card.because) == card.score


@pytest.mark.parametrize("text", ["8 U.S.C. 1452", "604 U.S. 671", "Proclamation 10904", "50 U.S.C. § 21 and far away his citizenship"])
def test_another_number_is_another_citation(text: str) -> None:
    assert not isinstance(judged("citing", said(text=text), Rules([CITING])), Match)


def test_a_citation_can_exclude() -> None:
    card = judged("citing", said(text="8 U.S.C. 1451, and E.O. 14160"), Rules([CITING]))
    assert isinstance(card, Near)
    assert card.missing == ("“Executive Order 14160” in the text excludes it",)


def test_what_reporters_print_is_looked_for_only_where_a_watch_asks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def find(text: str) -> list[FoundNumber]:
        asked.append(text)
        return []

    rules = [Rules([DUE_PROCESS]), Rules([replace(CITING, names=())]), Rules([CITING])]
    monkeypatch.setattr("watcher.reporters.find", find)
    for each in rules:
        each.judge(said("604 U.S. 670"))
    assert asked == ["604 U.S. 670", "", ""]


# -- one Watch more

WORDS = (
    "due process",
    "foreign prison",
    "exile",
    "citizenship",
    "Title IX",
    "8 U.S.C. 1451",
    "604 U.S. 670",
    "D.V.D. v. DHS",
    "hearing",
    ". ",
)
ALL = (DUE_PROCESS, BANISHMENT, DVD, CITING)


@given(st.permutations(ALL), st.integers(0, len(ALL)), st.lists(st.sampled_from(WORDS), max_size=8))
def test_a_watch_added_later_is_judged_as_if_it_had_been_there(watches: list[Watch], built: int, words: list[str]) -> None:
    grown = Rules(watches[:built])
    for watch in watches[built:]:
        grown.add(watch)
    whole = Rules(watches)
    for document in (said(text=" ".join(words)), replace(PAPER, text=" ".join(words))):
        assert grown.judge(document) == whole.judge(document)
        assert grown.why_not(document) == whole.why_not(document)


# -- and one less

OWN = tuple(
    Watch(id=f"own-{number}", kind="doctrine", title=phrase, names=(phrase,))
    for number, phrase in enumerate(("exile", "foreign prison", "Exile", "John Brown", "604 U.S. 670", "D.V.D. v. DHS"))
)


@given(
    st.lists(st.one_of(st.sampled_from((*ALL, *OWN)), st.sampled_from([watch.id for watch in (*ALL, *OWN)])), max_size=12),
    st.lists(st.sampled_from((*WORDS, "John Q. Brown")), max_size=8),
)
def test_what_was_added_and_dropped_is_judged_as_by_fresh_rules(deeds: list[Watch | str], words: list[str]) -> None:
    changed, held = Rules(ALL[:2]), list(ALL[:2])
    for deed in deeds:
        if isinstance(deed, str):
            changed.drop(deed)
            held = [watch for watch in held if watch.id != deed]
        elif deed not in held:
            changed.add(deed)
            held.append(deed)
    fresh = Rules(held)
    assert changed.watches == fresh.watches
    for document in (said(text=" ".join(words)), replace(PAPER, text=" ".join(words))):
        assert changed.judge(document) == fresh.judge(document)
        assert changed.why_not(document) == fresh.why_not(document)


def test_one_phrase_of_many_watches_is_one_entry_of_the_index_and_answers_each() -> None:
    many = [Watch(id=f"own-{number}", kind="doctrine", title="Rendition", names=("Munaf v. Geren",)) for number in range(50)]
    rules = Rules([DUE_PROCESS])
    before = len(rules._bench._owned._index)
    rules.add(*many)
    assert len(rules._bench._owned._index) == before + 1
    assert rules.judge(said("The court follows Munaf v. Geren")).watches == tuple(watch.id for watch in many)
    rules.drop(*(watch.id for watch in many[1:]), "unknown")
    assert rules.judge(said("The court follows Munaf v. Geren")).watches == ("own-0",)


def test_nothing_is_built_anew_for_a_watch_more_nor_for_one_that_was_never_there() -> None:
    rules = Rules([DUE_PROCESS])
    rules.add(OWN[0])
    bench, index = rules._bench, rules._bench._owned._index
    rules.add(OWN[3])
    rules.drop("unknown")
    assert rules._bench is bench
    assert rules._bench._owned._index is index
    assert rules.judge(said(text="John Brown")).watches == (OWN[3].id,)


def test_a_document_is_judged_by_the_old_rules_or_the_new_ones_while_watches_come_and_go() -> None:
    rules = Rules(ALL)
    document = said(text="Munaf v. Geren and exile and due process in a foreign prison")
    others = [watch.id for watch in ALL]
    theirs = Rules(ALL).judge(document).matches
    stop = threading.Event()
    faults: list[BaseException] = []

    def judges() -> None:
        try:
            while not stop.is_set():
                verdict = rules.judge(document)
                assert tuple(match for match in verdict.matches if match.watch in others) == theirs
        except BaseException as error:  # told by the test's own thread
            faults.append(error)

    threads = [threading.Thread(target=judges) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(30):
        rules.add(Watch(id="own-7", kind="doctrine", title="Munaf", names=("Munaf v. Geren",)))
        rules.drop("own-7")
    stop.set()
    for thread in threads:
        thread.join()
    assert faults == []
    assert rules.watches == ALL


# -- what subscribers own

NAME = Watch(id="abrego-garcia", kind="case", title="Abrego Garcia", names=("Kilmar Abrego Garcia",))


def test_phrases_that_subscribers_own_change_nothing_of_what_everybody_s_topics_find() -> None:
    """Many phrases with the same words let none have a further word between; not those of others, who would learn of them by that."""
    document = said(text="The return of Kilmar Armando Abrego Garcia was ordered.")
    rules = Rules([NAME, DUE_PROCESS])
    before = rules.judge(document)
    assert [match.watch for match in before.matches] == ["abrego-garcia"]
    words = ("Tennessee", "Uganda", "trial", "brother", "lawsuit", "Maryland")
    rules.add(*(own_watch(number, f"Kilmar Abrego Garcia {word}") for number, word in enumerate(words, 1)))
    assert rules.judge(document) == before
    assert Rules(rules.watches).judge(document) == before


def test_a_page_of_a_reporter_is_found_also_behind_hundreds_of_others() -> None:
    others = " ".join(f"See Doe v. Roe, {300 + number} U.S. {number + 100} (1999), which says much." for number in range(250))
    card = judged("citing", said(text=f"{others} Noem v. Abrego Garcia, 604 U.S. 670 (2025)."), Rules([CITING]))
    assert isinstance(card, Match)
    assert card.because[0].found == "604 U.S. 670"


def test_a_paper_of_a_docket_that_is_linked_to_a_case_says_why_on_its_card() -> None:
    said = Named(
        docket=Docket(court="ca4", number="25-1345"),
        by=Docket(court="mdd", number="8:25-cv-00951"),
        how="appeal",
        found="USCA Case Number 25-1345 for 4th Circuit",
        field="summary",
    )
    case = Watch(id="abrego-garcia", kind="case", title="Abrego Garcia", dockets=(said.by,))
    (joined, needing) = families.joined(
        (case, Watch(id="due-process", kind="doctrine", title="", terms=(Term(text="notice of removal"),), needs=(PRISON,))),
        (Link(watch="abrego-garcia", named=said, state="linked"),),
    )
    paper = Document(key="a", docket=Docket(court="ca4", number="25-1345"), source_kind="docket", summary="ORDER on notice of removal")
    family, doctrine = Rules([joined, needing]).judge(paper).matches
    why = "25-1345, its appeal: mdd 8:25-cv-00951 says “USCA Case Number 25-1345 for 4th Circuit”"
    assert family.because == (Evidence(term=why, found="25-1345", field="docket", start=0, end=7, score=1.0),)
    assert (family.score, score_of(family.because)) == (1.0, 1.0)
    assert doctrine.because[-1] == Evidence(term=f"abrego-garcia: {why}", found="25-1345", field="docket", start=0, end=7, score=0.0)
    assert Rules([case]).judge(paper).matches == ()
