"""The labels of docket texts: for exactly the texts that were drawn, in words that exist; and how well the rules agree with them."""

import json
from collections import Counter
from datetime import date, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from benchmarks.entry_types import EACH, HEARINGS, TYPES, DocketText, docket_texts, drawn, drawn_dates, speaks_of_a_date
from tests.conftest import ROOT
from watcher.courts import entry_type
from watcher.models import DocumentType

LABELS = ROOT / "tests/labels"
#: the kinds that docket entries have; the others are papers of the register and of the press
OF_DOCKETS = list(DocumentType)[: list(DocumentType).index(DocumentType.OTHER) + 1]


def labels(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((LABELS / name).read_text("utf-8"))
    return read


@pytest.fixture(scope="module")
def texts(payloads: Path) -> list[DocketText]:
    return docket_texts(payloads / "fixtures")


def test_the_typed_texts_are_the_drawn_ones(texts: list[DocketText]) -> None:
    chosen = [text.id for text in drawn(texts)]
    assert len(chosen) == TYPES
    assert list(labels("entry_types.json")) == chosen


def test_every_stratum_is_drawn_from(texts: list[DocketText]) -> None:
    has, drew = Counter(text.stratum for text in texts), Counter(text.stratum for text in drawn(texts))
    assert all(drew[stratum] >= min(EACH, count) for stratum, count in has.items())


def test_an_id_names_one_text(texts: list[DocketText]) -> None:
    assert len({text.id for text in texts}) == len(texts)


def test_the_dated_texts_are_the_drawn_ones(texts: list[DocketText]) -> None:
    chosen = [text.id for text in drawn_dates(texts)]
    assert len(chosen) == HEARINGS
    assert list(labels("hearings.json")) == chosen


def test_no_labelled_date_is_before_its_text(texts: list[DocketText]) -> None:
    filed = {text.id: text.filed for text in texts}
    dated = labels("hearings.json")
    assert all(date.fromisoformat(one["date"]) >= filed[id_] for id_, dates in dated.items() for one in dates)


def test_types_are_those_of_docket_entries() -> None:
    assert set(labels("entry_types.json").values()) == set(OF_DOCKETS)


def test_dates_are_hearings_or_deadlines_and_have_a_zone_where_they_have_a_time() -> None:
    for dates in labels("hearings.json").values():
        assert dates == sorted(dates, key=lambda one: (one["date"], one["time"] or "", one["what"]))
        for one in dates:
            assert set(one) == {"what", "date", "time", "zone"}
            assert one["what"] in {"hearing", "deadline"}
            assert (one["time"] is None) == (one["zone"] is None)
            if one["time"]:
                assert time.fromisoformat(one["time"]).tzinfo is None
                assert ZoneInfo(one["zone"]).key == one["zone"]


@pytest.mark.parametrize(
    ("text", "speaks"),
    [
        ("Bond hearing set for 3/3/2031", True),
        ("Reply due March 3, 2031", True),
        ("Conference held on 3/3/2031", False),
        ("ORDER setting a hearing. (Signed by Judge Doe on 3/3/2031)", False),
        ("Complaint about what was done on 3/3/2031", False),
        ("The hearing is moved", False),
    ],
)
def test_a_text_speaks_of_a_date_that_stands_beside_a_meeting_or_a_term(text: str, speaks: bool) -> None:
    assert speaks_of_a_date(text) is speaks


def test_the_rules_type_nineteen_of_twenty_as_people_do_and_never_take_what_is_proposed_for_an_order(texts: list[DocketText]) -> None:
    labelled = labels("entry_types.json")
    typed = {text.id: str(entry_type(text.text, court=text.court)) for text in texts if text.id in labelled}
    wrong = {id_: (label, typed[id_]) for id_, label in labelled.items() if typed[id_] != label}
    assert len(wrong) <= 0.05 * TYPES, wrong
    assert not [id_ for id_, pair in wrong.items() if pair == (DocumentType.PROPOSED_ORDER, DocumentType.ORDER)]
