"""What a court lifts without naming the day."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.models import Stay
from watcher.stays import BRIEFING, DEADLINES, HEARINGS, stays

FILED = date(2031, 4, 20)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ORDER: all deadlines are hereby stayed pending appeal.", [Stay(of=DEADLINES)]),
        ("PAPERLESS ORDER staying all remaining deadlines.", [Stay(of=DEADLINES)]),
        ("ORDER: all deadlines are stayed until further order of the court.", [Stay(of=DEADLINES)]),
        ("ORDER: the Order (ECF No. 12) is stayed until resolution of the appeal.", [Stay(number="12")]),
        ("ORDER: all other deadlines are stayed. Status report due by May 20, 2031.", [Stay(of=DEADLINES)]),
        ("ORDER. All pending deadlines and hearings are vacated.", [Stay(of=DEADLINES), Stay(of=HEARINGS)]),
        ("ORDER filed: the briefing schedule is suspended.", [Stay(of=BRIEFING)]),
        ("ORDER suspending the briefing schedule pending further order of the court.", [Stay(of=BRIEFING)]),
        ("ORDER granting Motion and the briefing schedule is held in abeyance.", [Stay(of=BRIEFING)]),
        ("ORDER holding further briefing in abeyance.", [Stay(of=BRIEFING)]),
        ("The Court vacates the evidentiary hearing.", [Stay(of="evidentiary hearing")]),
        ("MINUTE ORDER: The motion hearing is vacated.", [Stay(of="motion hearing")]),
        ("ORDER of USCA: the Order (ECF No. 12) is administratively stayed by the Fourth Circuit.", [Stay(number="12")]),
        ("ORDER staying 12 Order pending appeal.", [Stay(number="12")]),
        ("The deadlines set in ECF 12 are stayed.", [Stay(number="12")]),
        ("ORDER: the Court's Order of April 4, 2031 is vacated.", [Stay(on=date(2031, 4, 4))]),
        ("ORDER: the Order of April 4 is stayed.", [Stay(on=date(2031, 4, 4))]),
        ("ORDER: the district court's April 4, 2031 order is administratively stayed.", [Stay(on=date(2031, 4, 4), below=True)]),
        ("The order of the district court (ECF No. 12) is hereby stayed pending further order.", [Stay(number="12", below=True)]),
        (
            "The April 4, 2031 order of the United States District Court for the District of Maryland is stayed.",
            [Stay(on=date(2031, 4, 4), below=True)],
        ),
        (
            "Order entered by The Chief Justice: it is ordered that the April 4, 2031 order of the United States District Court for the "
            "District of Maryland, case No. 8:31-cv-951, is hereby stayed pending further order of the undersigned or of the Court.",
            [Stay(on=date(2031, 4, 4), below=True, docket="8:31-cv-951")],
        ),
        (
            "Order: the order of the United States District Court for the District of Maryland of April 4, 2031, case No. 8:31-cv-951, is "
            "stayed pending further order. Response due by 5 p.m. (EDT) on April 28, 2031.",
            [Stay(on=date(2031, 4, 4), below=True, docket="8:31-cv-951")],
        ),
    ],
)
def test_what_a_court_stays_is_known_by_what_it_is_of_or_by_the_order_that_set_it(text: str, expected: list[Stay]) -> None:
    assert list(stays(text, filed=FILED)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "MOTION to stay all deadlines by Roe.",
        "LETTER requesting that all deadlines are stayed.",
        "ORDER denying motion; the request that all deadlines be stayed is denied.",
        "The motion to stay the Order (ECF No. 12) is held in abeyance.",
        "ORDER: the order staying all deadlines is vacated.",
        "ORDER lifting the stay: the order suspending the briefing schedule is vacated.",
        "The Order (ECF No. 12) is stayed in part.",
        "All deadlines are stayed as to Defendant Roe.",
        "All deadlines are stayed until May 3, 2031.",
        "All deadlines are stayed except those of ECF No. 12.",
        "The Order (ECF No. 12) is not stayed.",
        "The parties shall say whether the Order (ECF No. 12) is stayed.",
        "The Orders (ECF Nos. 12, 14) are stayed.",
        "The Order is stayed.",
        "Removal is stayed.",
        "Case stayed.",
        "ORDER: all deadlines for Defendant Roe are stayed.",
        "ORDER: all deadlines other than the habeas return are stayed.",
        "ORDER: all deadlines in the related case are stayed.",
        "ORDER: all deadlines in the prior scheduling order are vacated.",
        "ORDER: all deadlines are stayed with respect to Count II.",
        "ORDER: all deadlines are stayed for 14 days.",
        "ORDER: all deadlines are stayed for seven days.",
        "ORDER: all deadlines are suspended by two weeks.",
        "ORDER: it is not the case that all deadlines are stayed.",
        "ORDER: no deadlines are stayed, nor the hearing is vacated.",
        "ORDER vacating order staying all deadlines.",
        "ORDER vacating 12 Order staying all deadlines.",
        "ORDER: the court previously ordered that all deadlines are stayed.",
        "ORDER: the order holding that all deadlines are stayed is vacated.",
        "MINUTE ENTRY: argument that the Order (ECF No. 12) is stayed was heard.",
        "ORDER: the location of the hearing is vacated.",
        "ORDER: the requirement of personal appearance at the hearing is vacated.",
        "ORDER: attendance at the status conference is cancelled.",
        "ORDER: the order setting the hearing is vacated.",
        "ORDER: the portion of the Order (ECF No. 12) on discovery is stayed.",
        "ORDER: Section II of the April 4, 2031 Order is vacated.",
        "ORDER: the response to the Order (ECF No. 12) is stricken.",
        "ORDER: the deadline to respond to the Order (ECF No. 12) is vacated.",
        "ORDER: the Order (ECF No. 12) is stayed as against Defendant Roe.",
        "ORDER: discovery under the Order (ECF No. 12) is stayed.",
        "ORDER: Petitioner's removal order of April 4, 2031 is stayed.",
        "ORDER: the removal of petitioner under the order of April 4, 2031 is stayed.",
        "ORDER: the immigration judge's order of April 4, 2031 is vacated.",
        "ORDER: the Executive Order of April 4, 2031 is suspended.",
        "The case is stayed.",
        "ORDER: the Order (ECF No. 12) is administratively stayed until Friday.",
        "ORDER: the Order (ECF No. 12) is stayed until 5:00 PM tomorrow.",
        "ORDER: the Order (ECF No. 12) is stayed upon the posting of a bond.",
        "ORDER staying 12 Order upon the posting of a bond.",
        "ORDER: all deadlines are stayed effective May 10, 2031.",
        "ORDER: all deadlines are stayed when the appeal is docketed.",
        "ORDER: the status report remains due. All other deadlines are stayed.",
        "The motion hearing set for May 3, 2031 is vacated.",
        "NOTICE CANCELLING HEARING. Hearing set for May 3, 2031 before Judge Doe.",
        "The judgment is vacated and remanded.",
        "The conviction of April 4, 2031 is vacated.",
        "",
    ],
)
def test_what_is_asked_refused_undone_in_part_or_not_named_lifts_nothing(text: str) -> None:
    assert stays(text, filed=FILED) == ()


@pytest.mark.parametrize(
    "unit",
    [
        "is stayed ",
        "staying all ",
        "holding in abeyance ",
        "the order (ECF No. 1) is vacated, ",
        "and the ",
        "of April 4 ",
        "a",
        "(",
        "'",
        "no ",
        "for a ",
    ],
)
def test_long_texts_are_read_quickly(unit: str) -> None:
    assert len(stays(unit * 100_000, filed=FILED)) <= 2


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    stays(f"{text} all deadlines are stayed {text}", filed=FILED)
