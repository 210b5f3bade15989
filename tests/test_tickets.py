"""Links of a mail: made for one Letter, one Story, one answer; voters: known by a hash that says nothing of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.tickets import Ticket, read, token, voter
from tests.letters import item, letter

ID = "<aa11bb22cc33dd44ee55ff66@alerts.example>"
MAIL = letter(item(), id=12, message_id=ID)


@pytest.mark.parametrize("relevant", [True, False])
def test_a_link_says_what_it_is_about_and_fits_its_letter(relevant: bool) -> None:
    ticket = read(token(MAIL, 17, relevant=relevant))
    assert ticket is not None
    assert (ticket.letter, ticket.story, ticket.relevant, ticket.fits(ID)) == (12, 17, relevant, True)


@pytest.mark.parametrize("changed", ["13-17-yes", "12-18-yes", "12-17-no"])
def test_no_part_of_a_link_can_be_exchanged(changed: str) -> None:
    sign = token(MAIL, 17, relevant=True).rpartition("-")[2]
    ticket = read(f"{changed}-{sign}")
    assert ticket is not None
    assert not ticket.fits(ID)


def test_a_link_fits_no_letter_of_another_name_or_of_none() -> None:
    ticket = read(token(MAIL, 17, relevant=True))
    assert ticket is not None
    assert not ticket.fits("<bb11bb22cc33dd44ee55ff66@alerts.example>")
    assert not Ticket(letter=12, story=17, relevant=True, sign="0" * 32).fits("")
    assert token(letter(item()), 17, relevant=True) == ""


@given(st.one_of(st.text(), st.from_regex(r"[0-9]{1,25}-[0-9]{1,25}-(yes|no|maybe)-[0-9a-f]{30,34}", fullmatch=True)))
def test_whatever_is_sent_is_a_ticket_that_fits_nothing_or_none(text: str) -> None:
    ticket = read(text)
    assert ticket is None or not ticket.fits(ID)


def test_a_voter_is_the_same_for_one_story_and_another_for_the_next() -> None:
    assert voter("secret", 17, "telegram:7") == voter("secret", 17, "telegram:7")
    others = {voter("secret", 18, "telegram:7"), voter("secret", 17, "telegram:8"), voter("other", 17, "telegram:7")}
    assert len(others - {voter("secret", 17, "telegram:7")}) == 3
