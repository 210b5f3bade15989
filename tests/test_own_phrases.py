"""Which phrases a subscriber may own, and when two are one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.errors import PhraseError
from alerts.own import LONGEST, MOST, folded, refusal, taken
from watcher.match import Rules
from watcher.models import Document
from watcher.own import own_watch

EVERYDAY = "it is made of everyday words, and would be found everywhere; add a name or another rare word"
SHORT = "it is too short to tell anything apart; write at least 4 letters or digits, as a whole name"
EVERY_COURT = "many courts have a docket of this number; write it with its office, as 8:25-cv-00951, or write the name of the case"
LONG = "it is longer than 100 characters; keep the few words that a text would surely have"


@pytest.mark.parametrize(
    "phrase",
    [
        *("Munaf v. Geren", "Tecoluca", "  Kilmar   Abrego  ", "Convención contra la Tortura", "deporté à Mégara", "送还监狱囚犯", "сизо"),
        *("8 U.S.C. 1231", "604 U.S. 670", "8:25-cv-00951", "24A949", "22M134", "Case No. 8:25-cv-951-PX", "C-130", "section 1231"),
        *("the Munaf case", ("Munaf " * 17)[:LONGEST]),
    ],
)
def test_a_rare_name_a_citation_or_a_docket_number_may_be_taken(phrase: str) -> None:
    assert refusal(phrase) == ""


@pytest.mark.parametrize(
    ("phrase", "reason"),
    [
        ("court order", EVERYDAY),
        ("of the United States", EVERYDAY),
        ("para las de los", EVERYDAY),
        ("2025 2026", EVERYDAY),
        ("ab cd", EVERYDAY),
        ("abc", SHORT),
        ("á.b", SHORT),
        ("", SHORT),
        ("!!!!!!", SHORT),
        ("\u200b\u200b\u202emu", SHORT),
        ("x" * (LONGEST + 1), LONG),
        ("." * LONGEST + " Munaf", LONG),
        ("0|œ0", "it would not even be found in itself; write it as a text would, or its parts by themselves"),
        ("25-1345", EVERY_COURT),
        ("No. 25-cv-951", EVERY_COURT),
        ("25-cv-951", EVERY_COURT),
        ("25 Civ. 2886", EVERY_COURT),
        ("budget 2025", EVERYDAY),
        ("1231 1447", EVERYDAY),
        ("title 42", EVERYDAY),
        ("Munaf\nGeren", "it has several lines; give each phrase by itself"),
        ("Munaf\u2028Geren", "it has several lines; give each phrase by itself"),
    ],
)
def test_what_is_found_everywhere_or_nowhere_is_refused_with_what_to_do(phrase: str, reason: str) -> None:
    assert refusal(phrase) == reason
    with pytest.raises(PhraseError, match=r"^phrase “"):
        taken([phrase], ())


@pytest.mark.parametrize("phrase", ["8:25-cv-00951", "No. 8:25-cv-951-PX", "24A949", "22M134", "25-1345", "Geren"])
def test_what_is_taken_before_is_found_in_itself_still(phrase: str) -> None:
    assert Rules([own_watch(1, phrase)]).judge(Document(key="d", title=f"In {phrase}, an order")).watches == ("own-1",)


def test_doubles_by_case_accents_and_marks_are_one_and_the_first_spelling_stays() -> None:
    assert taken(["Convención  de Mégara", "CONVENCION DE MEGARA", "Munaf vs. Geren"], [folded("munaf v Geren")]) == {
        "convencion de megara": "Convención de Mégara"
    }


def test_what_nobody_sees_is_taken_out() -> None:
    assert taken(["Mu\u200bnaf\u202e  Geren"], ()) == {"munaf geren": "Munaf Geren"}


def test_a_subscriber_owns_so_many_and_no_more_and_may_name_again_what_she_owns() -> None:
    owned = [folded(f"Munaf number{number}") for number in range(MOST - 1)]
    assert taken(["Munaf number0", "Geren"], owned) == {"geren": "Geren"}
    with pytest.raises(PhraseError, match=r"^one subscriber may own 20 phrases, and these would be 21: end some first$"):
        taken(["Geren", "Hamdi"], owned)


@given(st.text(max_size=120))
def test_a_phrase_that_may_be_taken_is_found_where_it_stands_alone(phrase: str) -> None:
    if refusal(phrase):
        return
    (kept,) = taken([phrase], ()).values()
    assert "\n" not in kept
    assert Rules([own_watch(1, kept)]).judge(Document(key="d", title=kept)).watches == ("own-1",)
