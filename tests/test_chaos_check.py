"""The checker of a chaos run, on made-up transcripts: each verdict can fail, and each excuse holds for its own Letter alone."""

from dataclasses import replace

import pytest

from benchmarks.chaos_check import Arrived, Double, Killed, Mark, Posted, Report, check, marks

ANN, BEN = "telegram:1", "mailto:ben@example.org"
ONE, ONE_LATER, TWO = Mark(1, 1), Mark(1, 2), Mark(2, 1)
OWED = {ANN: {ONE, ONE_LATER}}
LETTER = Posted(id=7, address=ANN, state="sent", uncertain=False, papers=frozenset({1}))


def arrived(*texts: str, address: str = ANN) -> Arrived:
    return Arrived(address=address, texts=texts)


ALERT, UPDATE = arrived("Order p1v1q on motion"), arrived("corrected: Order p1v2q on motion")


def test_marks_are_read_wherever_they_stand_and_nothing_like_them() -> None:
    assert marks("Order p1v2q, p12v1q and xp3v1q p4v1 p5v1qq") == {Mark(1, 2), Mark(12, 1)}


def test_each_told_once_and_in_order_is_good() -> None:
    report = check(OWED, [ALERT, UPDATE], [LETTER])
    assert report == Report(owed=2, messages=2, lost=[], doubles=[], disordered=[], refused=(), strange=[], open=[])
    assert report.good
    assert report.line() == "0 lost of 2 owed in 2 messages; 0 doubled, 0 of them unaccounted; 0 out of order; 0 over the limits"
    assert report.details() == []


def test_what_nobody_got_is_lost() -> None:
    report = check(OWED, [ALERT])
    assert (report.lost, report.good) == ([f"{ANN} p1v2q"], False)
    assert check(OWED, []).lost == [f"{ANN} p1v1q", f"{ANN} p1v2q"]
    assert "1 lost of 2 owed" in report.line()
    assert report.details() == ["lost: telegram:1 p1v2q"]


def test_what_another_reader_got_is_lost_all_the_same_and_strange_to_her() -> None:
    report = check({ANN: {ONE}, BEN: set()}, [arrived("p1v1q", address=BEN)])
    assert (report.lost, report.strange, report.good) == ([f"{ANN} p1v1q"], [f"{BEN} p1v1q"], False)


def test_a_later_version_tells_the_earlier_one() -> None:
    assert check(OWED, [UPDATE]).good


def test_an_edit_tells_what_it_says() -> None:
    report = check(OWED, [arrived("p1v1q", "p1v2q")])
    assert report.good


def test_a_double_that_nothing_accounts_for_is_named() -> None:
    report = check(OWED, [ALERT, ALERT, UPDATE], [LETTER])
    assert report.doubles == report.unaccounted == [Double(address=ANN, mark=ONE, times=2, letters=())]
    assert not report.good
    assert "1 doubled, 1 of them unaccounted" in report.line()
    assert report.details() == ["unaccounted: telegram:1 p1v1q x2 by nothing"]


def test_a_double_is_accounted_for_by_a_letter_of_unknown_fate_or_one_in_flight_at_a_kill() -> None:
    twice = [ALERT, ALERT, UPDATE]
    unknown = check(OWED, twice, [replace(LETTER, uncertain=True)])
    killed = check(OWED, twice, [LETTER], [Killed(how="kill", flying=frozenset({7}))])
    assert unknown.doubles == killed.doubles == [Double(address=ANN, mark=ONE, times=2, letters=(7,))]
    assert unknown.good
    assert killed.good
    assert killed.details() == ["doubled: telegram:1 p1v1q by letter:7"]


@pytest.mark.parametrize("other", [{"address": BEN}, {"papers": frozenset({2})}], ids=["to another", "of another paper"])
def test_no_other_letter_accounts_for_it(other: dict[str, object]) -> None:
    excuse = replace(LETTER, uncertain=True, **other)  # type: ignore[arg-type]  # one field or the other
    assert not check(OWED, [ALERT, ALERT, UPDATE], [excuse], [Killed(how="kill", flying=frozenset({7}))]).good


def test_what_comes_first_after_news_of_it_is_out_of_order_and_a_repeat_is_not() -> None:
    report = check(OWED, [UPDATE, ALERT])
    assert (report.disordered, report.good) == ([f"{ANN} p1v1q"], False)
    assert check(OWED, [ALERT, UPDATE, ALERT]).disordered == []
    assert check({ANN: {ONE, ONE_LATER, TWO}}, [ALERT, arrived("p2v1q"), UPDATE]).disordered == []


def test_answers_to_what_came_too_fast_and_letters_left_open_are_faults() -> None:
    assert not check(OWED, [ALERT, UPDATE], refused=["chat 1: retry after 1"]).good
    report = check(OWED, [ALERT, UPDATE], [replace(LETTER, state="sending")])
    assert (report.open, report.good) == ([7], False)
    assert report.line().endswith("; 1 letters not settled")
