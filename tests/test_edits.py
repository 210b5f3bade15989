"""Edits of `sources.toml`: what is not edited stays as it is, comments too."""

import tomllib

import pytest

from tests.conftest import ROOT
from watcher.config import edits

SHIPPED = (ROOT / "sources.toml").read_text("utf-8")
FILE = """\
# what we watch
[[doctrine]]
id = "rendition"   # the word itself
title = "Rendition"
terms = [
    "black site",  # of the agency
    { text = "rendition", weight = 0.9 },
    "Guantanamo",
]

[[case]]
id = "cecot"
title = "CECOT"
names = ["CECOT prison"]
excludes = ["patronal"]
"""


def test_a_term_goes_and_all_else_stays() -> None:
    assert edits.without_term(FILE, "rendition", "rendition") == FILE.replace('    { text = "rendition", weight = 0.9 },\n', "")
    gone = edits.without_term(FILE, "rendition", "black site")
    assert gone is not None
    assert '"black site"' not in gone
    assert "# what we watch" in gone
    assert "# the word itself" in gone


def test_a_phrase_comes_to_those_excluded() -> None:
    assert edits.with_exclude(FILE, "cecot", "theme park") == FILE.replace('["patronal"]', '["patronal", "theme park"]')
    first = edits.with_exclude(FILE, "rendition", 'a "song"')
    assert first is not None
    assert tomllib.loads(first)["doctrine"][0]["excludes"] == ['a "song"']
    assert first.replace('excludes = ["a \\"song\\""]\n', "") == FILE


@pytest.mark.parametrize("text", ["[[doctrine", "x = 1", "", "\ufeff[[case]]"])
def test_a_file_that_would_not_be_taken_is_not_edited(text: str) -> None:
    assert edits.without_term(text, "cecot", "CECOT prison") is None
    assert edits.with_exclude(text, "cecot", "theme park") is None


def test_a_file_with_the_line_ends_of_another_system_keeps_them() -> None:
    after = edits.with_exclude(FILE.replace("\n", "\r\n"), "cecot", "theme park")
    assert after == FILE.replace('["patronal"]', '["patronal", "theme park"]').replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("watch", "term"), [("rendition", "ghost plane"), ("nobody", "black site"), ("cecot", "patronal"), ("cecot", "CECOT prison")]
)
def test_nothing_is_removed_that_is_not_there_or_that_a_watch_cannot_do_without(watch: str, term: str) -> None:
    assert edits.without_term(FILE, watch, term) is None


@pytest.mark.parametrize(("watch", "phrase"), [("cecot", "patronal"), ("nobody", "x"), ("cecot", "")])
def test_nothing_is_excluded_twice_or_nowhere_or_in_vain(watch: str, phrase: str) -> None:
    assert edits.with_exclude(FILE, watch, phrase) is None


def test_a_term_of_the_shipped_file_can_be_taken_out_of_it_alone() -> None:
    before = tomllib.loads(SHIPPED)
    for place, table in enumerate(before["doctrine"][:3]):
        term = next(each for each in table["terms"] if isinstance(each, str))
        after = edits.without_term(SHIPPED, table["id"], term)
        assert after is not None
        expected = [each for each in table["terms"] if term not in (each, each if isinstance(each, str) else each["text"])]
        assert tomllib.loads(after)["doctrine"][place] == table | {"terms": expected}
        assert [line for line in SHIPPED.splitlines() if line.startswith("#")] == [
            line for line in after.splitlines() if line.startswith("#")
        ]


def test_a_patch_is_a_unified_diff_and_nothing_where_nothing_changed() -> None:
    after = edits.with_exclude(FILE, "cecot", "theme park") or ""
    said = edits.patch(FILE, after, "sources.toml")
    assert said.startswith("--- sources.toml\n+++ sources.toml\n@@ ")
    assert '-excludes = ["patronal"]\n+excludes = ["patronal", "theme park"]\n' in said
    assert edits.patch(FILE, FILE, "sources.toml") == ""
    assert edits.patch("a", "b", "x") == "--- x\n+++ x\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n"
