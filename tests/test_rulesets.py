"""Two rule sets over the same Documents: the counts are those of judging everything twice, and each example says what did it."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.papers import NOW, SOURCE, article, order
from watcher.match import Rules
from watcher.models import Docket, Document, Group, Match, Severity, Source, Term, Watch
from watcher.ports import Filed
from watcher.rulesets import Change, Comparison, Example, RuleSet, Tally, change_of, differing

ABROAD = Group(name="abroad", terms=(Term(text="foreign prison"),))
DOCKET = Docket(court="mdd", number="8:25-cv-00951", courtlistener=69777799)
EXILE = Watch(id="exile", kind="doctrine", title="Exile", terms=(Term(text="banishment"), Term(text="stripped of citizenship", weight=0.7)))
NOTICE = Watch(id="notice", kind="doctrine", title="Notice", terms=(Term(text="due process"),), needs=(ABROAD,))
CASE = Watch(id="case", kind="case", title="The case", names=("Abrego Garcia",), dockets=(DOCKET,))
COURTS = replace(SOURCE, id="courtlistener/69777799")
SOURCES = {source.id: source for source in (SOURCE, COURTS)}
GAINED, LOST, KEPT = Change.GAINED, Change.LOST, Change.KEPT


def rules(*watches: Watch, name: str = "sources.toml", sources: dict[str, Source] = SOURCES) -> RuleSet:
    return RuleSet(name=name, watches=watches, sources=sources)


def filed(document: Document, **fields: Any) -> Filed:
    return Filed(**{"document": document, "seen_at": NOW, "published": document.published, "first_look": False, "tell": True, **fields})


def says(title: str, name: str = "a", **fields: Any) -> Filed:
    return filed(article(name, title=title, summary="", **fields))


def tally(before: RuleSet | None, after: RuleSet, *papers: Filed, examples: int = 3) -> Tally:
    return Comparison(before, after, examples=examples).tally(papers)


def counts(found: Tally) -> dict[str, list[str]]:
    """`gained documents` and its kin, of each Watch."""
    said: dict[str, list[str]] = {}
    for (watch, measure, change), number in sorted(found.by_watch.items()):
        said.setdefault(watch, []).append(f"{number} {measure} {change}")
    return said


def example(found: Tally, watch: str, change: Change) -> Example:
    (only,) = found.examples[watch, change]
    return only


# -- what differs


def test_a_watch_differs_by_what_decides_not_by_what_readers_see() -> None:
    old = rules(EXILE, NOTICE, CASE)
    assert differing(old, rules(replace(EXILE, title="Banishment", about="Of it."), NOTICE, CASE)) == []
    assert differing(old, rules(replace(EXILE, threshold=0.5), NOTICE, CASE)) == ["exile"]
    assert differing(old, rules(EXILE, CASE)) == ["notice"]


def test_a_docket_more_may_change_whatever_needs_context() -> None:
    other = replace(CASE, dockets=(DOCKET, Docket(court="ca4", number="25-1345")))
    assert differing(rules(EXILE, NOTICE, CASE), rules(EXILE, NOTICE, other)) == ["notice", "case"]


def test_what_was_stored_may_differ_for_every_watch() -> None:
    assert differing(None, rules(EXILE, CASE)) == ["exile", "case"]


@pytest.mark.parametrize(
    ("before", "after", "change"), [(False, False, None), (False, True, GAINED), (True, False, LOST), (True, True, KEPT)]
)
def test_a_change_is_from_before_to_after(before: bool, after: bool, change: Change | None) -> None:
    assert change_of(before, after) is change


# -- documents


def test_each_document_is_gained_lost_or_kept_by_the_watch_that_changed() -> None:
    new = replace(EXILE, terms=(Term(text="banishment"), Term(text="exile")))
    old = replace(EXILE, terms=(Term(text="banishment"), Term(text="sent away for good")))
    papers = [says("Banishment it is"), says("An exile begins", "b"), says("He was sent away for good", "c"), says("A football match", "d")]
    found = tally(rules(old, CASE), rules(new, CASE), *papers)
    assert counts(found) == {
        "exile": ["1 alerts gained", "1 alerts kept", "1 alerts lost", "1 documents gained", "1 documents kept", "1 documents lost"]
    }
    assert found.documents == 4


def test_what_both_word_alike_is_not_counted() -> None:
    found = tally(rules(EXILE, CASE), rules(replace(EXILE, threshold=0.95), CASE), says("Abrego Garcia is back"))
    assert counts(found) == {}


def test_a_gained_document_shows_its_scores_what_did_it_and_what_lacked() -> None:
    paper = says("The man who was stripped of citizenship", url="https://press.example/1")
    found = tally(rules(EXILE), rules(replace(EXILE, threshold=0.6)), paper)
    shown = example(found, "exile", GAINED)
    assert (shown.title, shown.url, shown.before, shown.after) == (paper.document.title, "https://press.example/1", 0.85, 0.85)
    assert [evidence.term for evidence in shown.because] == ["stripped of citizenship"]
    assert shown.missing == ("scores 0.85, 0.03 short of 0.88",)


def test_a_lost_document_names_the_term_that_is_gone() -> None:
    found = tally(rules(EXILE), rules(replace(EXILE, terms=(Term(text="exile"),))), says("Banishment"))
    shown = example(found, "exile", LOST)
    assert (shown.before, shown.after) == (1.0, 0.0)
    assert shown.missing[0] == "“banishment” is no term of it"


def test_a_watch_that_is_taken_out_loses_all_it_found() -> None:
    found = tally(rules(EXILE, CASE), rules(CASE, name="new.toml"), says("Banishment"))
    assert counts(found) == {"exile": ["1 alerts lost", "1 documents lost"]}
    assert example(found, "exile", LOST).missing == ("new.toml has no topic exile",)


def test_a_new_watch_gains_and_had_no_score_before() -> None:
    found = tally(rules(CASE), rules(CASE, EXILE), says("Banishment"))
    shown = example(found, "exile", GAINED)
    assert (shown.before, shown.after, shown.missing) == (None, 1.0, ("sources.toml has no topic exile",))


def test_a_new_docket_gives_its_papers_the_context_that_others_need() -> None:
    paper = filed(order(summary="ORDER on due process."))
    found = tally(rules(NOTICE, replace(CASE, dockets=())), rules(NOTICE, CASE), paper)
    assert counts(found) == {
        "case": ["1 alerts kept", "1 documents kept"],
        "notice": ["1 alerts gained", "1 documents gained"],
    }
    assert example(found, "notice", GAINED).missing == ("needs abroad: no phrase of it found",)


# -- sources


def test_a_source_that_is_not_polled_any_more_brings_nothing() -> None:
    found = tally(rules(EXILE), rules(EXILE, name="new.toml", sources={}), says("Banishment"))
    assert counts(found) == {"exile": ["1 alerts lost", "1 documents lost"]}
    assert example(found, "exile", LOST).missing == ("new.toml does not poll source press",)


def test_a_source_limited_to_other_watches_is_judged_by_these() -> None:
    limited = {"press": replace(SOURCE, watches=("case",))}
    found = tally(rules(EXILE, CASE), rules(EXILE, CASE, sources=limited), says("Banishment of Abrego Garcia"))
    assert counts(found) == {"exile": ["1 alerts lost", "1 documents lost"]}
    assert example(found, "exile", LOST).missing == ("source press is for other topics alone",)
    assert found.together == Counter()


# -- alerts


@pytest.mark.parametrize("paper", [{"first_look": True, "tell": False}, {"published": NOW - timedelta(days=15), "tell": False}])
def test_what_is_late_or_of_a_first_look_is_no_alert(paper: dict[str, Any]) -> None:
    found = tally(rules(), rules(EXILE), replace(says("Banishment"), **paper))
    assert counts(found) == {"exile": ["1 documents gained"]}
    assert example(found, "exile", GAINED).alert is None


def test_a_formality_is_no_alert() -> None:
    formal = says("Banishment", severity=Severity.FORMALITY)
    assert counts(tally(rules(), rules(EXILE), formal)) == {"exile": ["1 documents gained"]}
    assert counts(tally(None, rules(EXILE), formal)) == {"exile": ["1 documents gained"]}


def test_a_longer_max_age_tells_what_was_too_old() -> None:
    paper = replace(says("Banishment"), published=NOW - timedelta(days=20), tell=False)
    older = {"press": replace(SOURCE, max_age=timedelta(days=30))}
    found = tally(rules(EXILE), rules(EXILE, sources=older), paper)
    assert counts(found) == {"exile": ["1 alerts gained"]}
    shown = example(found, "exile", GAINED)
    assert (shown.found, shown.alert) == (KEPT, GAINED)
    assert shown.missing == ("it was 20 days old when it was first seen: press is told up to 14 days",)


def test_together_counts_a_document_once_and_not_where_another_watch_told_it() -> None:
    both = says("Banishment of Abrego Garcia")
    alone = says("Banishment", "b")
    found = tally(rules(CASE), rules(CASE, EXILE), both, alone)
    assert counts(found)["exile"] == ["2 alerts gained", "2 documents gained"]
    assert found.together == {("documents", GAINED): 1, ("alerts", GAINED): 1}


# -- against what was stored


def stored(paper: Filed, *watches: str, **fields: Any) -> Filed:
    matches = tuple(Match(watch=watch, document=paper.document.key, score=0.9, threshold=0.88, because=()) for watch in watches)
    return replace(paper, matches=matches, **fields)


def test_what_was_stored_is_compared_with_the_rules_in_force() -> None:
    papers = [stored(says("Banishment"), "exile"), says("Banishment again", "b"), stored(says("Football", "c"), "exile", "sports")]
    found = tally(None, rules(EXILE), *papers)
    assert counts(found)["exile"] == [
        "1 alerts gained", "1 alerts kept", "1 alerts lost", "1 documents gained", "1 documents kept", "1 documents lost",
    ]  # fmt: skip
    assert example(found, "exile", GAINED).missing == ("no match was stored",)
    assert example(found, "sports", LOST).missing == ("sources.toml has no topic sports",)


def test_what_looking_back_found_was_told_to_nobody() -> None:
    found = tally(None, rules(EXILE), stored(says("Banishment"), "exile", silent=frozenset({"exile"})))
    assert counts(found) == {"exile": ["1 alerts gained", "1 documents kept"]}
    assert example(found, "exile", GAINED).missing == ("found by looking back, after the topic was new",)


# -- examples


def test_the_most_telling_examples_are_kept_in_whatever_order_pages_come() -> None:
    papers = [filed(order(number, title=f"Banishment {number}")) for number in range(4)]
    quiet = [replace(says("Banishment", f"q{number}"), first_look=True) for number in range(4)]
    comparison = Comparison(rules(), rules(EXILE), examples=3)
    pages = [comparison.tally([paper]) for paper in (*quiet, *papers)]
    one, other = Tally(), Tally()
    for page in pages:
        one.add(page, 3)
    for page in reversed(pages):
        other.add(page, 3)
    assert one == other == comparison.tally([*papers, *quiet])
    assert [each.key for each in one.examples["exile", GAINED]] == [paper.document.key for paper in papers[:3]]


def test_no_example_is_made_where_none_is_asked_for() -> None:
    assert tally(rules(), rules(EXILE), says("Banishment"), examples=0).examples == {}


# -- the shortcut

WORDS = [
    "banishment",
    "exile",
    "due process",
    "stripped of citizenship",
    "foreign prison",
    "Abrego Garcia",
    "8:25-cv-00951",
    "of",
    "Title IX",
]
TERMS = st.lists(
    st.builds(Term, text=st.sampled_from(WORDS[:5]), weight=st.sampled_from([0.7, 1.0])), max_size=3, unique_by=lambda t: t.text
)


@st.composite
def rule_sets(draw: st.DrawFn) -> RuleSet:
    made = [
        Watch(
            id=name,
            kind="case",
            title=name,
            terms=tuple(draw(TERMS)),
            needs=draw(st.sampled_from([(), (ABROAD,)])),
            excludes=draw(st.sampled_from([(), (Term(text="Title IX"),)])),
            names=draw(st.sampled_from([(), ("Abrego Garcia",)])),
            dockets=draw(st.sampled_from([(), (DOCKET,)])),
            threshold=draw(st.sampled_from([0.6, 0.88, 1.0])),
        )
        for name in draw(st.sampled_from([("one",), ("one", "two"), ("two", "three")]))
    ]
    return rules(*made)


@given(rule_sets(), rule_sets(), st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=5), min_size=1, max_size=4), st.booleans())
def test_the_changes_are_those_of_judging_everything_twice(before: RuleSet, after: RuleSet, said: list[list[str]], court: bool) -> None:
    texts = [" ".join(words) for words in said]
    entries = [order(number, title=text, summary="") for number, text in enumerate(texts)]
    articles = [article(f"{number}", title=text, summary="") for number, text in enumerate(texts)]
    papers = [filed(document) for document in (entries if court else articles)]
    expected: Counter[tuple[str, Change]] = Counter()
    old, new = Rules(before.watches), Rules(after.watches)
    for paper in papers:
        was, now = (set(each.judge(paper.document).watches) for each in (old, new))
        expected.update((watch, GAINED) for watch in now - was)
        expected.update((watch, LOST) for watch in was - now)
    found = tally(before, after, *papers)
    for measure in ("documents", "alerts"):
        moved = {(watch, change): number for (watch, which, change), number in found.by_watch.items() if which == measure}
        assert {key: number for key, number in moved.items() if key[1] is not KEPT} == expected
