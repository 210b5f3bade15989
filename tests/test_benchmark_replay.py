"""The benchmark of `replay` in small: its history is stored, its other rules differ where they are meant to, its line has its figures."""

import re

from benchmarks import replay as benchmark
from tests.conftest import ROOT
from watcher.config import load_rules, read_rules
from watcher.rulesets import RuleSet, differing

SHIPPED = load_rules(ROOT / "sources.toml")


def test_the_other_rules_differ_in_three_watches() -> None:
    shipped = (ROOT / "sources.toml").read_text("utf-8")
    sides = [RuleSet(name="", watches=read_rules(text).watches, sources={}) for text in (shipped, benchmark.other_rules(shipped))]
    assert sorted(differing(*sides)) == ["banishment", "cecot", "third-country-removal"]


def test_its_source_is_polled_by_the_shipped_rules() -> None:
    assert [source.enabled for source in SHIPPED.sources if source.id == benchmark.SOURCE] == [True]


def test_documents_are_the_same_each_time_and_all_have_words() -> None:
    made = list(benchmark.documents(30, SHIPPED.watches, rare=4_000))
    assert made == list(benchmark.documents(30, SHIPPED.watches, rare=4_000))
    assert len({document.key for document in made}) == 30
    assert all(document.title and document.summary for document in made)


def test_its_line_says_how_many_how_long_and_how_much() -> None:
    line = benchmark.line(60, stored=False)
    assert re.fullmatch(
        r"replay, 3 watches changed: 60 documents in [0-9.]+ s, [0-9,]+ a second \([0-9.]+ s of CPU\), [0-9]+ MB at most in a process; "
        r"[0-9]+ alerts gained, [0-9]+ lost",
        line,
    )
