"""Citations of reporters: in one spelling, with their place, and of a long text only as much as is bearable."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher import reporters
from watcher.numbers import Cited


def found(text: str) -> list[tuple[str, str]]:
    """What stood there, and its meaning."""
    return [(text[each.start : each.end], each.value.number) for each in reporters.find(text) if isinstance(each.value, Cited)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Trump v. J.G.G., 604 U.S. 670 (2025) (per curiam)", [("604 U.S. 670", "604 U.S. 670")]),
        ("Munaf v. Geren, 553 U. S. 674, 689 (2008).", [("553 U. S. 674", "553 U.S. 674")]),
        ("963 F. 3d 24; 145 S.Ct. 1017", [("963 F. 3d 24", "963 F.3d 24"), ("145 S.Ct. 1017", "145 S. Ct. 1017")]),
        ("No. 25-1345, 2025 WL 1077101 (4th Cir. Apr. 7, 2025)", [("2025 WL 1077101", "2025 WL 1077101")]),
        ("Matter of Example, 26 I. & N. Dec. 55 (BIA 2012)", [("26 I. & N. Dec. 55", "26 I. & N. Dec. 55")]),
    ],
)
def test_a_citation_is_found_in_one_spelling(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "A.A.R.P. v. Trump, 605 U.S. ___ (2025)",  # no page yet
        "604 U.S. at 673; Id. at 5",  # short forms
        "On 12 May 2025 he was flown out, on 3 June 2026 he was heard",
        "8 U.S.C. 1231, 8 C.F.R. 208 and 90 Fed. Reg. 8443 are `numbers`",
        "flight 40 from Gate 12, seats 14 A 15",
        "",
    ],
)
def test_what_names_no_decision_is_none(text: str) -> None:
    assert found(text) == []


def test_texts_without_such_a_shape_never_load_eyecite(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> None:
        raise AssertionError("loaded")

    monkeypatch.setattr(reporters, "_eyecite", refused)
    assert reporters.find("No word of any decision. " * 2000) == []
    with pytest.raises(AssertionError, match="loaded"):
        reporters.find("604 U.S. 670")


def test_eyecite_sees_so_much_of_a_text_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def eyecite(window: str) -> list[object]:
        seen.append(window)
        return []

    monkeypatch.setattr(reporters, "_eyecite", lambda: eyecite)
    reporters.find("; ".join(f"{number} U.S. {number}" for number in range(100, 999)) * 20)
    reporters.find(("word " * 100 + "604 U.S. 670 ") * 400)
    assert reporters.READ * 0.9 < len(seen[0]) <= reporters.READ
    rest = seen[1:]
    assert reporters.READ * 0.9 < sum(map(len, rest)) <= reporters.READ
    assert all("604 U.S. 670" in window for window in rest)


@pytest.mark.parametrize("beside", range(12))
def test_what_the_edge_of_a_window_cuts_is_not_read_as_another_citation(monkeypatch: pytest.MonkeyPatch, beside: int) -> None:
    monkeypatch.setattr(reporters, "BESIDE", beside)
    for text in ("604 Foo 123 F.3d 4567 and more", "seen 1604 U.S. 670 Foo 12"):  # the first shape takes the volume of the second
        assert set(found(text)) <= {("123 F.3d 4567", "123 F.3d 4567"), ("1604 U.S. 670", "1604 U.S. 670")}


def test_eyecites_doubts_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    reporters.find("; ".join(f"{number} U.S. {number} (2025)" for number in range(100, 140)))
    assert [record for record in caplog.records if record.name.startswith("eyecite") and record.levelno < logging.ERROR] == []


@given(st.lists(st.sampled_from(["604 U.S. 670", "963 F. 3d 24", "12", "U.S.", " ", "; ", "§", "\n", "é", "v.", "2025 WL 1"]), max_size=40))
def test_any_text_gives_places_that_hold_the_citation(parts: list[str]) -> None:
    text = " ".join(parts)
    ends = 0
    for each in reporters.find(text):
        assert ends <= each.start < each.end <= len(text)
        ends = each.end
        assert isinstance(each.value, Cited)
        assert text[each.start : each.end].split()[0] == each.value.number.split()[0]
