"""Edits of `sources.toml`: what is not edited stays as it is, comments too."""

import tomllib

import pytest

from tests.conftest import ROOT
from watcher.config import edits
from watcher.errors import ConfigError
from watcher.models import Docket

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


COURTS = """\
[[case]]
id = "abrego-garcia"  # the first
title = "Abrego Garcia v. Noem"
dockets = [
    { court = "mdd", number = "8:25-cv-00951", courtlistener = 69777799 },  # Judge Xinis
    { court = "scotus", number = "24A949" },
]

[[case]]
id = "aarp"
title = "A.A.R.P. v. Trump"
dockets = [{ court = "scotus", number = "24A1007" }] # and more

[[case]]
id = "cecot"
title = "CECOT"
names = ["CECOT prison"]

[[case]]
id = "wmm"
title = "W.M.M. v. Trump"
[[case.dockets]]
court = "ca5"   # on appeal
number = "25-10534"
"""
CA4 = Docket(court="ca4", number="25-1345", courtlistener=69847836)


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("case", "docket", "before", "after"),
    [
        (
            "abrego-garcia",
            CA4,
            '"24A949" },\n',
            '"24A949" },\n    { court = "ca4", number = "25-1345", courtlistener = 69847836 },\n',
        ),
        ("aarp", Docket(court="scotus", number="24-1177"), '"24A1007" }]', '"24A1007" }, { court = "scotus", number = "24-1177" }]'),
        (
            "cecot",
            Docket(court="mdd", number="8:25-cv-00951"),
            '["CECOT prison"]\n',
            '["CECOT prison"]\ndockets = [{ court = "mdd", number = "8:25-cv-00951" }]\n',
        ),
        # only the id is new
        ("abrego-garcia", Docket(court="scotus", number="24A949", courtlistener=7), '"24A949" }', '"24A949", courtlistener = 7 }'),
        ("wmm", Docket(court="ca5", number="25-10534", courtlistener=7), '"25-10534"\n', '"25-10534"\ncourtlistener = 7\n'),
    ],
)
def test_a_docket_comes_to_a_case_and_all_else_stays(ends: str, case: str, docket: Docket, before: str, after: str) -> None:
    text = COURTS.replace("\n", ends)
    assert edits.with_docket(text, case, docket) == text.replace(before.replace("\n", ends), after.replace("\n", ends))


def test_dockets_that_are_tables_of_their_own_get_another_table() -> None:
    after = edits.with_docket(COURTS, "wmm", CA4)
    assert after.startswith(COURTS)
    assert tomllib.loads(after)["case"][3]["dockets"][1] == {"court": "ca4", "number": "25-1345", "courtlistener": 69847836}


@pytest.mark.parametrize(
    ("case", "docket", "faults"),
    [
        ("abrego-garica", CA4, ["case 'abrego-garica': there is none of that id (did you mean abrego-garcia?)"]),
        ("aarp", Docket(court="scotus", number="24A1007"), ["case aarp: it has scotus 24A1007 already"]),
        ("abrego-garcia", Docket(court="mdd", number="25-cv-951"), ["case abrego-garcia: it has mdd 25-cv-951 already"]),
        (
            "aarp",
            Docket(court="ca44", number="x"),
            [
                "case aarp: dockets[1].court: 'ca44' is no court that CourtListener has (did you mean ca4?)",
                "case aarp: dockets[1].number: 'x' is no docket number: write 8:25-cv-00951, 25-1345 or 24A949",
            ],
        ),
        (
            "aarp",
            Docket(court="ca5", number="25-10534", courtlistener=69777799),
            ["case aarp: dockets[1].courtlistener: case abrego-garcia has it for mdd 8:25-cv-00951"],
        ),
    ],
)
def test_a_docket_that_would_not_be_right_is_not_added(case: str, docket: Docket, faults: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        edits.with_docket(COURTS, case, docket)
    assert list(caught.value.faults) == faults


def test_any_case_of_the_shipped_file_can_be_given_a_docket() -> None:
    for case in tomllib.loads(SHIPPED)["case"]:
        after = edits.with_docket(SHIPPED, case["id"], Docket(court="cafc", number="26-9999"))
        added = [line for line in after.splitlines() if line not in SHIPPED.splitlines()]
        assert len(added) == 1, case["id"]
        assert added[0].endswith(('{ court = "cafc", number = "26-9999" },', '{ court = "cafc", number = "26-9999" }]')), case["id"]
