"""Mutants of patterns: which there are, and that tests are asked about each."""

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from benchmarks.mutation import ROOT, run
from benchmarks.patterns import install, mutants
from watcher import phrases


def holder(**values: object) -> ModuleType:
    """A module with these globals."""
    module = ModuleType("watcher.held")
    vars(module).update(values)
    return module


def changed(pattern: str, flags: re.RegexFlag = re.NOFLAG) -> dict[str, re.Pattern[str]]:
    """What is said of each mutant of a pattern, with the mutant."""
    return {mutant.what.removeprefix("watcher.held.it: "): mutant.new for mutant in mutants(holder(it=re.compile(pattern, flags)))}


@pytest.mark.parametrize(
    ("pattern", "what"),
    [
        ("ab", {"without a in b", "without b in a"}),
        ("[a-c_]", {"without [a-c_] in ", "without a-c of _", "without _ of a-c"}),
        (r"(?:xa|b\b)", {"without xa of b\\b", "without b\\b of xa", "without x in a", "without a in x"}
            | {"without b in \\b", "without \\b in b"}),
        ("(?:ab){1,3}", {"{2,3} for {1,3} of ab in (ab){2,3}", "{0,3} for {1,3} of ab in (ab){0,3}", "{1,4} for {1,3} of ab in (ab){1,4}"}
            | {"{1,2} for {1,3} of ab in (ab){1,2}", "without a in b", "without b in a"}),
        ("a?", {"{1,1} for {0,1} of a in (a){1,1}", "without a in "}),
        ("a*", {"{1,} for {0,} of a in (a){1,}", "{0,1} for {0,} of a in (a){0,1}", "without a in "}),
        (r"^\W$", {"without ^ in [\\W]$", "without [\\W] in ^$", "without $ in ^[\\W]"}),
        ("(?<!a)b", {"without (?<!a) in b", "without b in (?<!a)", "without a in "}),
    ],
)  # fmt: skip
def test_a_pattern_is_changed_in_one_place_after_the_other(pattern: str, what: set[str]) -> None:
    assert set(changed(pattern)) == what


def test_a_mutant_is_the_pattern_but_for_its_change_and_keeps_its_flags_and_groups() -> None:
    (without_b,) = [new for what, new in changed("(?P<x>a)b?c", re.IGNORECASE).items() if what.startswith("without b")]
    found = without_b.fullmatch("AC")
    assert found is not None
    assert found["x"] == "A"
    assert without_b.fullmatch("abc") is None
    assert changed("(?<=ab)c")["without a in b"].search("bc") is not None  # a look behind has its new width


def test_a_mutant_stands_in_for_its_pattern_wherever_a_module_holds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    pattern, other = re.compile("ab"), re.compile("cd")
    module = holder(row=(("x", pattern), ("y", other)), table={"z": [pattern]})
    also = holder(it=pattern)
    monkeypatch.setitem(sys.modules, "watcher.held", module)
    monkeypatch.setitem(sys.modules, "watcher.also", also)
    first = mutants(module)[0]
    install(first)
    assert first.old is pattern
    assert vars(module)["row"] == (("x", first.new), ("y", other))
    assert vars(module)["table"] == {"z": [first.new]}
    assert vars(also)["it"] is first.new


def test_each_mutant_is_judged_by_the_tests(tmp_path: Path) -> None:
    test = tmp_path / "test_court.py"
    test.write_text(
        "from watcher import match\ndef test_it():\n    assert match.DOCKET_PAGE.match('https://www.courtlistener.com/docket/12/')\n"
    )
    script = str(ROOT / "benchmarks" / "patterns.py")
    answer = run([script, "match", str(test)], ROOT).splitlines()
    assert "killed: watcher.match.DOCKET_PAGE: without h in ttp(s){0,1}://(www.){0,1}courtlistener.com/docket/(([0-9]){1…" in answer
    assert "survived: watcher.match.DOCKET_PAGE: {1,11} for {1,12} of [0-9] in ([0-9]){1,11}" in answer
    tried = [line for line in answer if line.startswith(("killed: ", "survived: "))]
    assert f"made: {len(tried)}" in answer


def test_what_a_module_imports_is_left_to_the_module_that_made_it() -> None:
    ours = {mutant.what.partition(":")[0] for mutant in mutants(phrases)}
    assert "watcher.phrases._PAUSE" in ours
    assert "watcher.phrases.TOKEN" not in ours
