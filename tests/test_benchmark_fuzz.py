"""The long run of the property tests says what held, what broke and what it had no time for."""

from datetime import timedelta

import pytest
from hypothesis import settings

from benchmarks.fuzz import PROFILE, Tally


def report(outcome: str, when: str = "call") -> pytest.TestReport:
    return pytest.TestReport("tests/test_x.py::test_y", ("x", 0, "y"), {}, outcome, None, when)  # type: ignore[arg-type]  # a report of a few words


def test_the_line_counts_what_held_what_broke_and_what_was_not_run() -> None:
    tally = Tally(timedelta(minutes=1))
    tally.chosen = 4
    for each in (report("passed", "setup"), report("passed"), report("passed"), report("passed", "teardown"), report("failed")):
        tally.pytest_runtest_logreport(each)
    assert tally.line(7) == "fuzz: 2 properties held, 1 broken, 1 not run, in 0 s (seed 7)"


def test_the_long_profile_gives_many_more_examples_than_the_short_one_and_none_of_them_the_same_each_time() -> None:
    short, long = settings.get_profile("short"), settings.get_profile(PROFILE)
    assert long.max_examples >= 20 * short.max_examples
    assert (short.derandomize, long.derandomize) == (True, False)
    assert short.deadline is long.deadline is None
