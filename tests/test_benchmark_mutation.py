"""Mutation testing: which mutants are tried, and what is said of them. mutmut itself runs in `make long-mutation` only."""

import tomllib
from pathlib import Path

import pytest

from benchmarks.mutation import (
    GOAL,
    JUDGES,
    ROOT,
    MutationError,
    Result,
    lay_out,
    line,
    main,
    of_patterns,
    result,
    run,
    sample,
    statuses,
    untried,
)

NAMES = [f"watcher.match.x_find__mutmut_{number}" for number in range(1, 101)]


def test_a_sample_is_the_same_for_the_same_seed_and_in_order() -> None:
    once, again, other = sample(NAMES, 10, 1), sample(NAMES, 10, 1), sample(NAMES, 10, 2)
    assert once == again == [name for name in NAMES if name in once]
    assert len(once) == len(other) == 10
    assert once != other


def test_few_mutants_are_all_tried() -> None:
    assert sample(NAMES, 100, 1) == NAMES


def test_what_mutmut_says_is_counted_and_what_it_did_not_reach_is_not() -> None:
    said = "\n".join(
        f"    {name}: {status}"
        for name, status in zip(NAMES, ("killed", "survived", "timeout", "no tests", "not checked", "segfault"), strict=False)
    )
    counted = result("match", NAMES[:8], NAMES[:7], statuses(said))
    assert counted == Result(module="match", made=8, tried=5, survived=(NAMES[1], NAMES[3]))
    assert counted.share == 0.6 < GOAL


def test_the_line_says_the_share_of_each_module_and_where_it_is_of_a_sample() -> None:
    results = [
        Result(module="numbers", made=400, tried=400, survived=tuple(NAMES[:10])),
        Result(module="phrases", made=1_109, tried=1_000, survived=()),
        untried("match"),
    ]
    assert (
        line(results, 61.4, 7)
        == "mutation: killed numbers 97.5 % of 400, phrases 100.0 % of 1,000 (a sample of 1,109), match not tried; in 61 s (seed 7)"
    )


def test_every_module_and_its_tests_are_there() -> None:
    assert all((ROOT / "watcher" / f"{module}.py").is_file() for module in JUDGES)
    assert all((ROOT / "tests" / f"{test}.py").is_file() for tests in JUDGES.values() for test in tests)


def test_the_copy_has_all_that_its_tests_need_and_settings_for_one_module(tmp_path: Path) -> None:
    lay_out("match", tmp_path)
    assert {"tests", "watcher", "alerts", "sources.toml"} <= {path.name for path in tmp_path.iterdir()}
    settings = tomllib.loads((tmp_path / "pyproject.toml").read_text())["tool"]
    assert settings["mutmut"]["only_mutate"] == ["watcher/match.py"]
    assert settings["mutmut"]["pytest_add_cli_args_test_selection"] == ["tests/test_match.py", "tests/test_nearness.py"]
    assert "pytest" in settings


def test_what_fails_in_the_copy_is_told_and_what_takes_too_long_is_stopped(tmp_path: Path) -> None:
    assert run(["-c", "print('well')"], tmp_path) == "well\n"
    with pytest.raises(MutationError, match=r"status 3\nill"):
        run(["-c", "print('ill'); raise SystemExit(3)"], tmp_path)
    assert "woke" not in run(["-c", "import time; time.sleep(600); print('woke')"], tmp_path, seconds=0.2)


def test_a_module_that_nothing_judges_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["alerts"])
    assert "no tests are known for alerts" in capsys.readouterr().err


def test_the_answer_about_patterns_is_counted() -> None:
    said = "noise\nmade: 5\nkilled: a: without x\nsurvived: b: {1,2} for {1,3} of y\nkilled: c\n"
    assert of_patterns("numbers", said) == Result(module="patterns of numbers", made=5, tried=3, survived=("b: {1,2} for {1,3} of y",))
