"""Watches that subscribers own: what they are, and what of them is kept."""

from dataclasses import replace

import pytest

from watcher.match import Rules, score_of
from watcher.models import Docket, Document, Evidence, Group, Match, Term, Watch
from watcher.own import NEUTRAL, is_own, is_private, neutral, number_of, own_id, own_watch, private, public

MUNAF = "Munaf v. Geren"


def test_a_phrase_is_enough_by_itself_however_it_is_spelt() -> None:
    rules = Rules([own_watch(17, MUNAF)])
    assert own_watch(17, MUNAF) == Watch(id="own-17", kind="doctrine", title="“Munaf v. Geren”", names=(MUNAF,))
    for title in (MUNAF, "The court reads Munaf v Geren anew", "MUNAF vs. GEREN"):
        assert rules.judge(Document(key="d", title=title)).watches == ("own-17",)
    assert rules.judge(Document(key="d", title="Geren spoke")).watches == ()


def test_a_citation_is_found_by_its_meaning() -> None:
    rules = Rules([own_watch(1, "8 U.S.C. 1231")])
    assert rules.judge(Document(key="d", text="under 8 USC § 1231(b)")).watches == ("own-1",)


@pytest.mark.parametrize(
    "document",
    [
        Document(key="d", docket=Docket(court="mdd", number="8:25-cv-00951-PX"), title="ORDER"),
        Document(key="d", docket=Docket(court="mdd", number="8:25-cv-951", courtlistener=69777799), title="ORDER"),
        Document(key="d", text="In Case No. 8:25-cv-951, the judge"),
    ],
)
def test_a_docket_s_number_is_that_docket_and_finds_its_papers(document: Document) -> None:
    rules = Rules([own_watch(1, "8:25-cv-00951")])
    assert rules.judge(document).watches == ("own-1",)
    assert rules.judge(Document(key="d", docket=Docket(court="mdd", number="1:25-cv-00951"), title="ORDER")).watches == ()


def test_a_docket_that_a_subscriber_names_is_no_tracked_case_to_which_everything_belongs() -> None:
    prison = Group(name="prison", terms=(Term(text="foreign prison"),))
    topic = Watch(id="due-process", kind="doctrine", title="Due process", terms=(Term(text="due process"),), needs=(prison,))
    document = Document(key="d", docket=Docket(court="mdd", number="8:25-cv-00951"), title="Order on due process")
    assert Rules([own_watch(1, "8:25-cv-00951"), topic]).judge(document).watches == ("own-1",)


def test_owned_watches_are_told_from_those_of_the_file_by_their_ids() -> None:
    every = ("cecot", "own-2", "own-19", "ownership")
    assert (public(every), private(every)) == (("cecot", "ownership"), ("own-2", "own-19"))
    assert [is_own(watch) for watch in every] == [False, True, True, False]
    assert number_of(own_id(19)) == 19


@pytest.mark.parametrize("watch", ["cecot", "own-", "own-0", "own-1x", "own--1", "own-１", "Own-1", "own-1\n", "own-" + "9" * 20])
def test_what_is_no_number_of_a_row_is_none(watch: str) -> None:
    assert number_of(watch) is None


def test_a_revision_is_private_that_brought_owned_watches_alone() -> None:
    assert is_private(("own-1", "own-2"))
    assert not is_private(("own-1", "cecot"))
    assert not is_private(())


def test_a_stored_card_has_the_words_found_and_not_the_phrase() -> None:
    found = Evidence(term=MUNAF, found="Munaf vs. Geren", field="title", start=0, end=15, score=0.97)
    match = Match(watch="own-17", document="d", score=0.97, threshold=0.88, because=(found,))
    assert neutral(match) == replace(match, because=(replace(found, term=NEUTRAL),))
    assert score_of(neutral(match).because) == match.score
    ours = replace(match, watch="cecot")
    assert neutral(ours) == ours
