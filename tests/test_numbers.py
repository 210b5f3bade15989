"""Docket numbers and citations: written in any of the usual ways, equal only when they are the same."""

import itertools

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from watcher.models import Docket
from watcher.numbers import LONGEST, Cited, DocketNumber, dockets, find, parse_docket, same_docket


def district(office: int | None, year: int, code: str, serial: int) -> DocketNumber:
    return DocketNumber(kind="district", office=office, year=year, code=code, serial=serial)


def lettered(year: int, code: str, serial: int) -> DocketNumber:
    return DocketNumber(kind="lettered", year=year, code=code, serial=serial)


def plain(year: int, serial: int) -> DocketNumber:
    return DocketNumber(kind="plain", year=year, serial=serial)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("8:25-cv-00951-PX", district(8, 25, "cv", 951)),
        ("8:25-cv-00951", district(8, 25, "cv", 951)),
        ("25-cv-951", district(None, 25, "cv", 951)),
        ("1:18-mj-03122-1", district(1, 18, "mj", 3122)),
        ("1:25-CV-00766-JEB", district(1, 25, "cv", 766)),
        ("1:25\u2013cv\u201300766", district(1, 25, "cv", 766)),
        ("8:2025cv00951", district(8, 25, "cv", 951)),
        ("1:1998cv00951", district(1, 98, "cv", 951)),
        ("25 Civ. 2886 (AKH)", district(None, 25, "cv", 2886)),
        ("Civil Action No. 1:25-cv-00766 (JEB)", district(1, 25, "cv", 766)),
        ("Case No. 1:25-cv-00766 (TSC) (JEB)", district(1, 25, "cv", 766)),
        ("Civil Action No. 25-766 (JEB)", district(None, 25, "cv", 766)),
        ("Criminal No. 25-201", district(None, 25, "cr", 201)),
        ("Civ. No. 25-766", district(None, 25, "cv", 766)),
        ("Crim. 25-201", district(None, 25, "cr", 201)),
        ("5:18-gr-00001", district(5, 18, "gr", 1)),
        ("No. 25-1345", plain(25, 1345)),
        ("Nos. 25-1345", plain(25, 1345)),
        ("25-1345", plain(25, 1345)),
        ("24-7051", plain(24, 7051)),
        ("18-00079", plain(18, 79)),
        (" 16-1362 ", plain(16, 1362)),
        ("24A949", lettered(24, "A", 949)),
        ("No. 24A1007", lettered(24, "A", 1007)),
        ("24a1", lettered(24, "A", 1)),
        ("22M134", lettered(22, "M", 134)),
        ("22O141", lettered(22, "O", 141)),
    ],
)
def test_a_docket_number_is_read_in_all_the_ways_it_is_written(text: str, number: DocketNumber) -> None:
    assert parse_docket(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "No.",
        "5:18-~gr-00001",
        "2026-19555",
        "8:25-cv-",
        "8:25-cv-00000",
        "8:25-cv-1234567",
        "25-0",
        "24A0949",
        "24B949",
        "7:16-cv-02451 Smythe v. City of Yonkers et al",
        "Nos. 25-1345, 25-1404",
        "<b>25-1345</b>",
        "٢٥-1345",
        "25-1345" + " " * (LONGEST - 6),
        "25-1345" + " " * 1000,
        "No. " * 50_000,
    ],
)
def test_what_is_no_docket_number_is_none(text: str) -> None:
    assert parse_docket(text) is None


def test_a_field_of_the_greatest_length_is_read() -> None:
    assert parse_docket("25-1345".rjust(LONGEST)) == plain(25, 1345)


@pytest.mark.parametrize("number", [district(8, 25, "cv", 951), district(None, 9, "cr", 7), lettered(24, "A", 949), plain(25, 1345)])
def test_what_a_number_prints_as_reads_back_as_itself(number: DocketNumber) -> None:
    assert parse_docket(str(number)) == number


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (("mdd", "8:25-cv-00951-PX"), ("mdd", "25-cv-951"), True),
        (("mdd", "8:25-cv-00951"), ("MDD", "8:25-cv-00951-PX-1"), True),
        (("mdd", "8:25-cv-00951"), ("dcd", "8:25-cv-00951"), False),
        (("mdd", "8:25-cv-00951"), ("mdd", "1:25-cv-00951"), False),
        (("mdd", "8:25-cv-00951"), ("mdd", "8:25-cr-00951"), False),
        (("mdd", "8:25-cv-00951"), ("", "8:25-cv-00951-PX"), True),
        (("mdd", "8:25-cv-00951"), ("", "25-cv-951"), False),
        (("ca4", "25-1345"), ("ca4", "No. 25-1345"), True),
        (("ca4", "25-1345"), ("ca1", "25-1345"), False),
        (("ca4", "25-1345"), ("", "25-1345"), False),
        (("", "25-1345"), ("", "25-1345"), False),
        (("scotus", "24A949"), ("", "24A949"), True),
        (("scotus", "24A949"), ("scotus", "24A948"), False),
        (("ca4", "broken"), ("ca4", "broken"), False),
        (("ca4", "broken"), ("ca4", "25-1345"), False),
    ],
)
def test_two_dockets_are_one_only_where_court_and_number_say_so(a: tuple[str, str], b: tuple[str, str], same: bool) -> None:
    one, two = Docket(court=a[0], number=a[1]), Docket(court=b[0], number=b[1])
    assert same_docket(one, two) is same
    assert same_docket(two, one) is same


def test_courtlisteners_own_id_decides_before_the_number() -> None:
    one = Docket(court="mdd", number="8:25-cv-00951", courtlistener=1)
    assert same_docket(one, Docket(court="mdd", number="as yet unassigned", courtlistener=1))
    assert not same_docket(one, Docket(court="mdd", number="8:25-cv-00951", courtlistener=2))
    assert same_docket(one, Docket(court="mdd", number="25-cv-951"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Case 8:25-cv-00951-PX Document 61 Filed", ["8:25-cv-00951-PX"]),
        ("see J.G.G.,1:25-cv-00766.", ["1:25-cv-00766"]),
        ("Nos. 25-1345, 25-1404 and 24A949 were joined", ["25-1345", "25-1404", "24A949"]),
        ("No. 25-5067, No. 25-5124, & 25-5217", ["25-5067", "25-5124", "25-5217"]),
        ("Appeal of 25-1345. Status: pending", ["25-1345"]),
        ("consolidated with 25-1313.", ["25-1313"]),
        ("Doe v. Roe - 25-364; 25-365 (Supreme Court)", ["25-364", "25-365"]),
        ("Roe v. Doe, 23-7792 (9th Cir. 2025)", ["23-7792"]),
        ("en la causa núm. 25-1345 y 25-1404", ["25-1345", "25-1404"]),
        ("the application, 24A1007, is granted", ["24A1007"]),
        ("docket: 25-1345", ["25-1345"]),
        ("in case 25-134 the court", ["25-134"]),
        ("On 12 May, in 25-cv-951, 30 days after 24A949", ["25-cv-951", "24A949"]),
        ("No. 24A1", ["24A1"]),
        ("No.25-1345", ["25-1345"]),
        ("No. 8:25-cv-00951, 25-1345", ["8:25-cv-00951", "25-1345"]),
        ("(No. 22M134)", ["22M134"]),
    ],
)
def test_docket_numbers_are_found_in_prose(text: str, found: list[str]) -> None:
    numbers = dockets(text)
    assert [text[number.start : number.end] for number in numbers] == found
    assert all(number.value == parse_docket(text[number.start : number.end]) for number in numbers)


def test_a_civil_action_of_a_district_court_may_leave_out_office_and_type() -> None:
    text = "v. TRUMP, Civil Action No. 25-766 (JEB), Criminal Case No. 25-201"
    assert [number.value for number in dockets(text)] == [district(None, 25, "cv", 766), district(None, 25, "cr", 201)]


@pytest.mark.parametrize(
    "text",
    [
        "pages 25-1345",
        "25-1345",
        "call 301-555-1234 or 25-1345",
        "Pub. L. 92-463",
        "WC Docket No. 17-97",
        "Release No. 34-98765",
        "Amendment No. 39-18410",
        "H. Rept. 110-123",
        "on May 18-19, 2016",
        "in case 25-30 people come",
        "Docket No. DHS-2025-0012",
        "FR Doc. 2026-19555",
        "18:25-cv-951",
        "x8:25-cv-951x",
        "flight 124A949, seat 24A",
        "row 24A",
        "50M200 and 22O141",
        "$24A949",
    ],
)
def test_other_numbers_in_prose_are_no_dockets(text: str) -> None:
    assert dockets(text) == []


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("Executive Order 14160", [("executive-order", "14160")]),
        ("E.O. 14,160", [("executive-order", "14160")]),
        ("EO 14160", [("executive-order", "14160")]),
        ("Exec. Order No. 14,160", [("executive-order", "14160")]),
        ("la Orden Ejecutiva 14160", [("executive-order", "14160")]),
        ("Executive Orders 14159, 14160, and 14161", [("executive-order", f"{n}") for n in (14159, 14160, 14161)]),
        ("Proclamation 10903", [("proclamation", "10903")]),
        ("Proclamations 9645 and 9822", [("proclamation", "9645"), ("proclamation", "9822")]),
        ("Pub. L. 119-21 and Public Law 104\u2013208", [("public-law", "119-21"), ("public-law", "104-208")]),
        ("Pub. L. No. 92-463", [("public-law", "92-463")]),
        ("H.R. 1234", [("bill", "H.R. 1234")]),
        ("H. R. 1234 and S. 567", [("bill", "H.R. 1234"), ("bill", "S. 567")]),
        ("H. Con. Res. 12; S.J.Res. 3", [("bill", "H.Con.Res. 12"), ("bill", "S.J.Res. 3")]),
        ("18 U.S.C. § 4100", [("usc", "18 U.S.C. 4100")]),
        ("18 USC 4100", [("usc", "18 U.S.C. 4100")]),
        ("8 U.S.C. § 1231(b)(3)", [("usc", "8 U.S.C. 1231")]),
        ("8 CFR 208.16(c)", [("cfr", "8 C.F.R. 208.16")]),
        ("28 C.F.R. Part 527", [("cfr", "28 C.F.R. 527")]),
        ("FR Doc. 2026-19555 Filed", [("fr-document", "2026-19555")]),
        ("[FR Doc. C1-2026-13726]", [("fr-document", "C1-2026-13726")]),
        ("90 FR 8443", [("fr-page", "90 FR 8443")]),
        ("90 Fed. Reg. 8,443", [("fr-page", "90 FR 8443")]),
        ("553 U. S. 723", []),
        ("2026-19555", []),
        ("an executive order of 1960", []),
        ("Executive Order 141600", []),
        ("the CEO 14160", []),
    ],
)
def test_citations_are_found_in_one_spelling(text: str, cited: list[tuple[str, str]]) -> None:
    assert [(n.value.kind, n.value.number) for n in find(text) if isinstance(n.value, Cited)] == cited


NUMBERS = st.builds(
    district, st.none() | st.integers(0, 9), st.integers(0, 99), st.sampled_from(["cv", "cr", "mj", "mc"]), st.integers(1, 99_999)
) | st.builds(lettered, st.integers(0, 99), st.just("A"), st.integers(10, 9_999))
SURE = NUMBERS | st.builds(plain, st.integers(0, 99), st.integers(1, 99_999))


@given(number=SURE, court=st.sampled_from(["mdd", "ca4", ""]))
def test_however_it_is_written_a_number_meets_itself(number: DocketNumber, court: str) -> None:
    written = str(number)
    for text in (written, f"No. {written}", written.replace("-", "\u2011"), written.lower()):
        again = parse_docket(text)
        assert again == number
        assert again is not None
        assert again.meets(number)
        assert again.bucket == number.bucket


@given(number=SURE, at=st.integers(0, 30), digit=st.sampled_from("0123456789"))
def test_one_digit_off_is_never_the_same(number: DocketNumber, at: int, digit: str) -> None:
    written = str(number)
    places = [i for i, letter in enumerate(written) if letter.isdigit()]
    place = places[at % len(places)]
    decoy = written[:place] + digit + written[place + 1 :]
    assume(decoy != written)
    other = parse_docket(decoy)
    assert other is None or not other.meets(number)
    assert not same_docket(Docket(court="mdd", number=written), Docket(court="mdd", number=decoy))


@given(
    number=NUMBERS,
    before=st.sampled_from(["", "In ", "(", "see\n", "“", "v. Noem, "]),
    after=st.sampled_from(["", ".", ", and", ")", "”", " "]),
)
def test_a_number_that_speaks_for_itself_is_found_with_its_place(number: DocketNumber, before: str, after: str) -> None:
    text = f"{before}{number}{after}"
    assert [(n.start, n.end, n.value) for n in find(text)] == [(len(before), len(before) + len(str(number)), number)]


@given(st.text(alphabet="0123456789-:AcvrNo. ,§USCFREO()and"))
def test_any_text_gives_places_in_order_that_do_not_overlap(text: str) -> None:
    found = find(text)
    assert all(0 <= n.start < n.end <= len(text) for n in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))


@pytest.mark.parametrize("unit", ["No. 25-1345, ", "25-1345, ", "Executive Order 14160, ", "case ", "25-cv-", "8:", " ", "S. 1,", "Nos.\n"])
def test_a_long_text_of_one_piece_is_read_in_one_pass(unit: str) -> None:
    text = unit * (400_000 // len(unit))
    assert all(n.end <= len(text) for n in find(text))


@pytest.mark.parametrize(
    "head",
    ["No. 25-1345", "No. 25-1345,", "25 Civ.", "Executive Order 14160", "Executive Order 14160,", "EO 14160, and", "Proclamation", "EO No.",
        "Pub. L. No.", "S.", "8 U.S.C.", "8 CFR part", "FR Doc.", "FR Doc. No:", "90 Fed. Reg."],
)  # fmt: skip
def test_a_number_before_many_spaces_is_read_in_one_pass(head: str) -> None:
    text = head + " " * 400_000 + "x"  # in the square of their number it would not end today
    assert all(n.end <= len(head) for n in find(text))
