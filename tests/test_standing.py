"""Which days ahead still stand after later papers of the docket."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.papers import article, order
from watcher import numbers
from watcher import standing as module
from watcher.hearings import days_ahead, days_off
from watcher.models import Deadline, Docket, DocumentType
from watcher.standing import Said, standing
from watcher.stays import stays

FILED = datetime(2031, 1, 2, tzinfo=UTC)
OTHER = Docket(court="dcd", number="1:31-cv-00002", courtlistener=2)


def entry(number: int, text: str, *, days: int = 0, **fields: Any) -> Said:
    """An entry of the docket, filed so many days later, as the reader of dockets makes it; its number is its Story's."""
    filed = FILED + timedelta(days=days)
    named: dict[str, Any] = {
        "deadlines": days_ahead(text, court="mdd", filed=filed.date()),
        "off": days_off(text, court="mdd", filed=filed.date()),
    }
    named["stays"] = stays(text, filed=filed.date())
    cases = fields.pop("cases", frozenset())
    return Said(document=order(number, summary=text, published=filed, **named, **fields), seen_at=filed, story=number, cases=cases)


def shown(*papers: Said) -> list[tuple[str, str, int, int]]:
    """What, when, who said so last, and who first."""
    return [(day.deadline.label, day.deadline.on.strftime("%d"), day.story, day.stories[0]) for day in standing(papers)]


SET = entry(1, "Motion Hearing set for 3/3/2031 at 10:00 AM")


@pytest.mark.parametrize(
    ("later", "stands"),
    [
        ("Motion Hearing set for 3/3/2031 at 10:00 AM", [("motion hearing", "03", 1, 1)]),
        ("Set/Reset Hearings: Hearing set for 3/3/2031", [("motion hearing", "03", 1, 1)]),
        ("MOTION HEARING RESET FROM 3/3/2031 TO 3/10/2031", [("motion hearing", "10", 2, 1)]),
        ("Hearing set for 3/3/2031 is VACATED and RESET to 3/9/2031", [("hearing", "09", 2, 1)]),
        ("Motion Hearing reset for 3/10/2031 at 10:00 AM", [("motion hearing", "10", 2, 1)]),
        ("Motion Hearing reset for 3/3/2031 at 2:00 PM", [("motion hearing", "03", 2, 1)]),
        ("Motion Hearing set for 3/3/2031 is CANCELLED.", []),
        ("ORDER adjourning the March 3, 2031 motion hearing", []),
        ("Motion Hearing set for 3/10/2031", [("motion hearing", "03", 1, 1), ("motion hearing", "10", 2, 2)]),
        ("Bond Hearing reset for 3/10/2031", [("motion hearing", "03", 1, 1), ("bond hearing", "10", 2, 2)]),
        ("Status Conference set for 3/3/2031 is CANCELLED.", [("motion hearing", "03", 1, 1)]),
        ("Motion Hearing set for 3/4/2031 is CANCELLED.", [("motion hearing", "03", 1, 1)]),
        ("Motion Hearing set for 3/3/2031 at 9:00 AM is CANCELLED.", [("motion hearing", "03", 1, 1)]),
        ("LETTER requesting that the motion hearing set for 3/3/2031 be cancelled", [("motion hearing", "03", 1, 1)]),
    ],
)
def test_a_later_entry_moves_a_hearing_calls_it_off_or_says_it_again(later: str, stands: list[tuple[str, str, int, int]]) -> None:
    assert shown(SET, entry(2, later, days=1)) == stands
    assert shown(entry(2, later, days=1), SET) == stands


def test_an_earlier_entry_and_one_of_another_docket_move_nothing() -> None:
    moved = "MOTION HEARING RESET FROM 3/3/2031 TO 3/10/2031"
    assert shown(SET, entry(2, moved, days=-1)) == [("motion hearing", "10", 2, 2), ("motion hearing", "03", 1, 1)]
    assert shown(SET, entry(2, moved, days=1, docket=OTHER)) == [("motion hearing", "03", 1, 1), ("motion hearing", "10", 2, 2)]


def test_of_two_hearings_of_one_name_neither_is_struck_out_by_a_guess() -> None:
    two = entry(2, "Motion Hearing set for 3/5/2031", days=1)
    assert [day[1] for day in shown(SET, two, entry(3, "Motion Hearing reset for 3/10/2031", days=2))] == ["03", "05", "10"]


def test_a_hearing_that_is_over_is_not_moved() -> None:
    assert [day[1] for day in shown(SET, entry(2, "Motion Hearing reset for 4/10/2031", days=70))] == ["03", "10"]


def test_a_hearing_that_moves_twice_is_known_by_what_set_it_first() -> None:
    twice = entry(2, "Motion Hearing reset for 3/10/2031", days=1), entry(3, "Motion Hearing reset for 3/17/2031", days=2)
    (day,) = standing([SET, *twice])
    assert (day.deadline.on, day.stories, day.label) == (date(2031, 3, 17), (1, 2, 3), "motion hearing")


def test_an_hour_that_comes_later_is_told_with_the_day() -> None:
    bare = entry(1, "Motion Hearing set for 3/3/2031")
    (day,) = standing([bare, entry(2, "Motion Hearing set for 3/3/2031 at 10:00 AM", days=1)])
    assert (day.deadline.time, day.stories) == (time(10), (1, 2))


DUE = entry(1, "ORDER: Defendants shall file a status report by 3/3/2031.")
BRIEF = entry(2, "Appellant's brief due by 3/5/2031. Motion Hearing set for 3/7/2031.", days=1)


@pytest.mark.parametrize(
    ("later", "stands"),
    [
        ("ORDER: the deadline of March 3, 2031 is stayed.", ["05", "07"]),
        ("ORDER: the deadline of March 4, 2031 is stayed.", ["03", "05", "07"]),
        ("ORDER: the deadline of March 3, 2031 is extended to March 9, 2031.", ["05", "07", "09"]),
        ("ORDER staying all deadlines pending appeal.", ["07"]),
        ("ORDER: all deadlines and hearings are vacated.", []),
        ("ORDER: all deadlines are stayed. Status report due by 3/20/2031.", ["07", "20"]),
        ("ORDER: the briefing schedule is suspended.", ["03", "07"]),
        ("The Court vacates the motion hearing.", ["03", "05"]),
        ("The Court vacates the bond hearing.", ["03", "05", "07"]),
        ("ORDER of USCA: the Order (ECF No. 1) is administratively stayed by the Fourth Circuit.", ["05", "07"]),
        ("ORDER of USCA: the Order (ECF No. 9) is administratively stayed by the Fourth Circuit.", ["03", "05", "07"]),
        ("ORDER: the Order of January 2, 2031 is stayed.", ["05", "07"]),
        ("MOTION to stay all deadlines.", ["03", "05", "07"]),
    ],
)
def test_a_later_entry_stays_a_term_by_its_day_by_its_order_or_with_all_others(later: str, stands: list[str]) -> None:
    assert sorted(day[1] for day in shown(DUE, BRIEF, entry(3, later, days=2))) == stands
    assert sorted(day[1] for day in shown(entry(3, later, days=-1), DUE, BRIEF)) >= ["03", "05", "07"]


def test_days_that_are_past_are_not_lifted_after_all() -> None:
    assert [day[1] for day in shown(DUE, entry(3, "ORDER staying all deadlines.", days=100))] == ["03"]


def test_a_term_that_another_order_says_again_stands_when_the_first_is_stayed() -> None:
    again = entry(2, "ORDER: the status report remains due by 3/3/2031.", days=1)
    assert len(shown(DUE, again, entry(3, "The Order (ECF No. 1) is stayed.", days=2))) == 1


def test_a_term_that_another_order_says_in_the_same_words_stands_too() -> None:
    again = entry(2, DUE.document.summary, days=1)
    assert len(shown(DUE, again, entry(3, "The Order (ECF No. 1) is stayed.", days=2))) == 1


def test_a_term_that_only_the_clerk_says_again_falls_with_its_order() -> None:
    note = entry(2, "Set/Reset Deadlines: Status report due by 3/3/2031.", days=1, type=DocumentType.OTHER)
    assert shown(DUE, note, entry(3, "The Order (ECF No. 1) is stayed.", days=2)) == []


def test_of_two_hearings_of_one_name_none_is_vacated_without_its_day() -> None:
    two = entry(2, "Motion Hearing set for 3/5/2031", days=1)
    assert len(shown(SET, two, entry(3, "The Court vacates the motion hearing.", days=2))) == 2


def test_of_two_terms_of_a_day_neither_is_the_deadline_of_that_day() -> None:
    two = entry(2, "Responses due by 3/3/2031. Joint report due by 3/3/2031.")
    assert len(shown(two, entry(3, "ORDER: the deadline of March 3, 2031 is stayed.", days=1))) == 2
    one = entry(2, "Responses due by 3/3/2031.")
    assert shown(one, entry(3, "ORDER: the deadline of March 3, 2031 is stayed.", days=1)) == []


FOURTH = Docket(court="ca4", number="25-1345", courtlistener=3)
CASE = frozenset({"abrego-garcia"})
BADE = entry(1, "ORDER: Defendants shall file a status report by 3/3/2031.", cases=CASE)


@pytest.mark.parametrize(
    ("above", "cases", "stands"),
    [
        ("ORDER: the district court's order of January 2, 2031 is administratively stayed.", CASE, 0),
        ("ORDER: the order of the district court (ECF No. 1) is hereby stayed.", CASE, 0),
        ("ORDER: the order of the district court (ECF No. 2) is hereby stayed.", CASE, 1),
        ("ORDER: the district court's order of January 3, 2031 is administratively stayed.", CASE, 1),
        ("ORDER: the order of the district court (ECF No. 1) is hereby stayed.", frozenset({"other"}), 1),
        ("ORDER: the order of the district court (ECF No. 1) is hereby stayed.", frozenset(), 1),
        ("ORDER: the Order (ECF No. 1) is hereby stayed.", CASE, 1),
        ("ORDER: the district court's order of January 2, 2031, case No. 8:25-cv-951, is stayed.", CASE, 0),
        ("ORDER: the district court's order of January 2, 2031, case No. 1:31-cv-777, is stayed.", CASE, 1),
        ("ORDER staying all deadlines.", CASE, 1),
    ],
)
def test_a_court_above_stays_what_an_order_set_that_it_names_in_a_docket_of_the_case(
    above: str, cases: frozenset[str], stands: int
) -> None:
    assert len(shown(BADE, entry(70, above, days=1, docket=FOURTH, cases=cases))) == stands


def test_a_court_above_that_may_mean_either_docket_of_the_case_stays_neither() -> None:
    other = entry(1, "ORDER: Defendants shall file a log by 3/4/2031.", cases=CASE, docket=OTHER)
    above = entry(70, "ORDER: the order of the district court (ECF No. 1) is hereby stayed.", days=1, docket=FOURTH, cases=CASE)
    assert len(shown(BADE, other, above)) == 2


def test_a_court_above_that_names_no_docket_stays_nothing_of_a_case_of_two_though_one_alone_has_such_a_day() -> None:
    other = entry(2, "ORDER denying 1 Motion.", cases=CASE, docket=OTHER)
    above = "ORDER: the order of the district court (ECF No. 1) is hereby stayed."
    stayed = entry(70, above, days=1, docket=FOURTH, cases=CASE)
    assert len(shown(BADE, other, stayed)) == 1
    assert shown(BADE, replace(other, cases=frozenset({"another"})), stayed) == []


def test_a_court_below_stays_nothing_of_one_above() -> None:
    set_ = entry(70, "ORDER: Appellants shall file a letter by 3/3/2031.", docket=FOURTH, cases=CASE)
    below = entry(1, "ORDER: the order of the district court (ECF No. 70) is hereby stayed.", days=1, cases=CASE)
    assert len(shown(set_, below)) == 1


def test_a_court_stays_nothing_of_another_of_its_rank() -> None:
    set_ = entry(1, "ORDER: Appellants shall file a letter by 3/3/2031.", docket=Docket(court="cadc", number="25-5067"), cases=CASE)
    above = entry(70, "ORDER: the order of the district court (ECF No. 1) is hereby stayed.", days=1, docket=FOURTH, cases=CASE)
    assert len(shown(set_, above)) == 1


def test_of_two_orders_of_one_day_neither_is_stayed_by_it() -> None:
    two = entry(2, "ORDER: Defendants shall file a log by 3/4/2031.")
    assert len(shown(DUE, two, entry(3, "The Order of January 2, 2031 is stayed.", days=1))) == 2


def test_a_minute_entry_stays_nothing_that_was_set_on_its_own_day() -> None:
    minute = entry(2, "MINUTE ENTRY: all deadlines are vacated.", type=DocumentType.MINUTE)
    minute = replace(minute, document=replace(minute.document, number=""))
    assert len(shown(DUE, minute)) == 1
    assert shown(DUE, entry(2, "ORDER: all deadlines are vacated.")) == []


def test_briefing_that_two_orders_of_a_district_court_set_is_not_lifted_by_a_guess() -> None:
    response = entry(2, "ORDER: Respondents' response is due by 3/4/2031.")
    lifted = entry(4, "ORDER: the briefing schedule is vacated.", days=2)
    assert len(shown(response, entry(3, "ORDER: Reply due by 3/5/2031."), lifted)) == 2
    assert shown(response, lifted) == []


def test_a_court_of_appeals_lifts_its_briefs_and_no_response_to_a_motion() -> None:
    brief = entry(2, "BRIEFING ORDER: Opening brief due by 3/5/2031.", docket=FOURTH)
    response = entry(3, "ORDER: Response due by 3/4/2031.", docket=FOURTH)
    assert [day[1] for day in shown(brief, response, entry(4, "ORDER suspending the briefing schedule.", days=2, docket=FOURTH))] == ["04"]


def test_papers_without_a_docket_speak_of_their_own_story_alone() -> None:
    closes = Deadline(label="comments close", on=date(2031, 3, 3))
    papers = [
        Said(document=article(name, deadlines=(closes,)), seen_at=FILED, story=story) for name, story in (("a", 1), ("b", 1), ("c", 2))
    ]
    assert [(day.deadline, day.story) for day in standing(papers)] == [(closes, 1), (closes, 2)]


WORDS = (
    "Hearing set for {}",
    "Hearing reset for {}",
    "Hearing set for {} is VACATED",
    "HEARING RESET FROM {} TO {}",
    "Reply due by {}",
    "All deadlines are stayed",
)


@given(st.lists(st.tuples(st.sampled_from(WORDS), st.integers(1, 28), st.integers(1, 28)), max_size=6))
def test_whatever_comes_each_day_stands_once_and_was_named(said: list[tuple[str, int, int]]) -> None:
    papers = [entry(at, words.format(f"3/{one}/2031", f"3/{two}/2031"), days=at) for at, (words, one, two) in enumerate(said)]
    days = [day.deadline for day in standing(papers)]
    assert len(days) == len(set(days))
    assert set(days) <= {deadline for paper in papers for deadline in paper.document.deadlines}
    assert standing(papers) == standing(reversed(papers))


def test_each_docket_is_read_once_however_many_papers_and_dockets_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def compared(one: Docket, two: Docket) -> bool:
        asked.append(two.number)
        return numbers.same_docket(one, two)

    monkeypatch.setattr(module, "same_docket", compared)
    dockets = [Docket(court="mdd", number=f"8:25-cv-{number:05}") for number in range(1, 60)]
    papers = [entry(1, "Motion Hearing set for 3/3/2031", docket=docket) for docket in dockets * 3]
    papers.append(entry(2, "Motion Hearing set for 3/3/2031 is CANCELLED.", docket=replace(dockets[7], number="8:25-cv-00008-PX")))
    assert len(standing(papers)) == len(dockets) - 1
    assert asked == ["8:25-cv-00008-PX"]
