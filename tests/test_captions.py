"""Names of cases: who is the same though written otherwise, and who is not though the name is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.captions import same_case

OFFICE = "the same name against an office: who holds it changes"


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("Abrego Garcia v. Noem", "Kilmar Abrego Garcia v. Kristi Noem", "the same names"),
        ("Abrego Garcia v. Noem", "Noem v. Abrego Garcia", "the same names"),
        ("J.G.G. v. Trump", "Trump, President of U.S., et al. v. J. G. G., et al.", "the same names"),
        ("J.G.G. v. Trump", "J.G.G. vs Donald Trump", "the same names"),
        ("In re Grand Jury", "In Re Grand Jury", "the same name"),
        # Rule 25(d): the successor's name is not known in advance
        ("Abrego Garcia v. Noem", "Abrego Garcia v. Successor", OFFICE),
        ("Abrego Garcia v. Successor", "Abrego Garcia v. Secretary of Homeland Security", OFFICE),
        ("D.V.D. v. DHS", "Department of Homeland Security v. D.V.D.", OFFICE),
        ("Abrego García v. Noem", "Abrego Garcia v. Noem", "the same names"),
        # nobody's name, or an office on both sides
        ("Doe v. Trump", "Doe v. Noem", ""),
        ("John Doe #1 v. Trump", "Doe v. Trump", ""),
        ("New York v. Trump", "California v. Trump", ""),
        ("United States v. Trump", "Trump v. United States", ""),
        # two people
        ("Smith v. Jones", "Smith v. Brown", ""),
        ("Abrego Garcia v. Noem", "Garcia Lopez v. Noem", ""),
        ("CECOT", "Abrego Garcia v. Noem", ""),
        ("", "Abrego Garcia v. Noem", ""),
        ("", "", ""),
        ("et al v. the", "et al v. the", ""),
    ],
)
def test_names_of_one_case(one: str, other: str, reason: str) -> None:
    assert same_case(one, other) == same_case(other, one) == reason


PARTS = st.lists(
    st.sampled_from(["Abrego", "Garcia", " v. ", " vs ", "et al", ",", "J.", "G.", "Noem", "Secretary", "In re", "(", "é", " "]),
    max_size=12,
)


@given(PARTS.map("".join), PARTS.map("".join))
def test_any_two_names_are_compared_either_way_round(one: str, other: str) -> None:
    assert same_case(one, other) == same_case(other, one)
