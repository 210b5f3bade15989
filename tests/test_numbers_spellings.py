"""Every spelling of a number that is read, and the neighbours that are not: one table for each pattern."""

import pytest

from watcher.numbers import Cited, DocketNumber, dockets, find, parse_docket

DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
CODES = (
    "cv", "cr", "mc", "mj", "md", "ml", "bk", "ap", "po", "gj", "sw", "pt", "gr", "tp", "fp", "mi", "rj", "dj", "ad", "as",
    "at", "ms", "mw", "nc", "op", "pf", "ph", "pw", "rm", "sm", "te", "tm", "vv", "wa", "cm", "cn", "ct", "ec", "mp", "br",
)  # fmt: skip
WRITTEN = {"civ": "cv", "civil": "cv", "crim": "cr", "cri": "cr", "misc": "mc", "mag": "mj", "adv": "ap", "bkr": "bk"}
SPACED = {"Civ": "cv", "Cv": "cv", "Cr": "cr", "Crim": "cr", "Mag": "mj", "Misc": "mc"}
#: Words that make digits a case, or a paper, an act or a form, as the word before them says.
NUMBER_WORDS = (
    ["No.", "No. ", "Nos. ", "Nos ", "Nu. ", "number ", "numbers ", "NUMBER ", "núm. ", "núms. ", "num. ", "nums. ", "número ",
        "números ", "numero ", "n° ", "nº ", "n.° ", "n.º", "n.ºs ", "No.\n  "]
)  # fmt: skip


def named(text: str) -> list[str]:
    """The docket numbers in a text, as they stand there."""
    return [text[number.start : number.end] for number in dockets(text)]


def cited(text: str) -> list[str]:
    """The citations in a text, in our spelling."""
    return [number.value.number for number in find(text) if isinstance(number.value, Cited)]


# ---- docket numbers by themselves


@pytest.mark.parametrize(("code", "meant"), [*zip(CODES, CODES, strict=True), *WRITTEN.items()])
def test_every_code_is_read_whatever_its_case(code: str, meant: str) -> None:
    number = DocketNumber(kind="district", office=2, year=25, code=meant, serial=951)
    assert parse_docket(f"2:25-{code}-00951") == parse_docket(f"2:25-{code.upper()}-951") == number
    assert named(f"in 2:25-{code}-00951, he") == [f"2:25-{code}-00951"]
    for other in {code[:place] + code[place + 1 :] for place in range(len(code))} - {*CODES, *WRITTEN}:
        assert parse_docket(f"2:25-{other}-00951") is None


@pytest.mark.parametrize("code", ["cv", "cr", "mj", "mc", "md", "bk"])
def test_a_code_may_stand_without_dashes(code: str) -> None:
    assert parse_docket(f"8:2025{code}00951") == DocketNumber(kind="district", office=8, year=25, code=code, serial=951)
    assert named(f"in 25{code}951 he") == [f"25{code}951"]


@pytest.mark.parametrize(("word", "code"), SPACED.items())
@pytest.mark.parametrize("dot", ["", "."])
def test_a_code_may_stand_between_spaces(word: str, code: str, dot: str) -> None:
    text = f"25 {word}{dot} 2886"
    assert parse_docket(text) == DocketNumber(kind="district", year=25, code=code, serial=2886)
    assert named(f"in {text} (AKH)") == [text]
    assert parse_docket(f"25 {word}{dot}{dot or '.'}. 2886") is None


@pytest.mark.parametrize("dash", DASHES)
def test_a_dash_of_any_kind_joins_a_number(dash: str) -> None:
    for text, prose in (("8:25-cv-00951-PX-1", "in {}."), ("25-1345", "No. {}."), ("24-A949", "in {}.")):
        written = text.replace("-", dash)
        assert parse_docket(written) == parse_docket(text) is not None
        assert named(prose.format(written)) == [written]
    assert named(f"No. 25-1345{dash}x") == []


@pytest.mark.parametrize(
    "text",
    ["25-cv-7", "25-cv-123456", "25-cv-951-P", "25-cv-951-ABCD", "25-cv-951-abcd", "25-cv-951-1", "25-cv-951-123",
        "25-cv-951-PX-JEB-1-2", "1999-cv-951", "25-1", "25-12345", "24A1", "24A9999", "1:25-cv-00766(JEB)", "25-766 (J.E.B., T)  (K)",
        "25-766 (ABCDEFGHIJKLMNOPQRST)", "25-766   (jeb)", "25-766 (A) (B) (C) (D)"],
)  # fmt: skip
def test_a_number_has_as_many_digits_and_suffixes_as_courts_give_it(text: str) -> None:
    assert parse_docket(text) is not None


@pytest.mark.parametrize(
    "text",
    ["5-cv-951", "125-cv-951", "202025-cv-951", "2125-cv-951", "1:1:25-cv-951", "12:25-cv-951", "25-cv-", "25-cv-951x", "25-cv-951Z",
        "25-cv-951-", "25-cv-951-ABCDE", "25-cv-951-1234", "25-cv-951-A1", "25-cv-951-1a", "25-cv-951-1A", "5-1345", "125-1345",
        "25-123456", "25-", "25-1345x", "4A949", "124A949", "24A12345", "24A", "24--A949", "25-766 ()", "25-766 (ABCDEFGHIJKLMNOPQRSTU)",
        "25-766 (J1)", "1:25-cv-766 (JEB)-1", "24A949x", "24A949Z", "25-1345Z", "25--1345"],
)  # fmt: skip
def test_a_digit_or_a_letter_too_many_is_no_number(text: str) -> None:
    assert parse_docket(text) is None


@pytest.mark.parametrize(
    "prefix",
    ["Case ", "Cases ", "case  no. ", "Docket ", "Dockets: ", "Docket No. ", "Action No. ", "Application No. ", "Appeal ",
        "Appeals Nos. ", "Nu. ", "  No. ", "No.", "Nos.\n", ": ", "#", "# ", "N. ", "Nº ", "N° ", "N.º ", "N.°", "Appeal:  ",
        "Case\n No.  "],
)  # fmt: skip
def test_a_field_may_say_that_it_is_a_number(prefix: str) -> None:
    assert parse_docket(f"{prefix}25-1345") == DocketNumber(kind="plain", year=25, serial=1345)
    assert parse_docket(f"{prefix}24A949") == DocketNumber(kind="lettered", year=24, code="A", serial=949)


@pytest.mark.parametrize(
    "prefix",
    [
        "Casess ",
        "Docketno ",
        "No.. No.",
        "Noss. ",
        "##",
        "n...",
        "Case Docket ",
        "No",
        "n ",
        "civil civil ",
        "Case",
        "Civil",
        "Civ.. ",
        ":: ",
    ],
)
def test_a_field_that_says_something_else_holds_no_number(prefix: str) -> None:
    assert parse_docket(f"{prefix}25-1345") is None


@pytest.mark.parametrize(
    ("prefix", "code"),
    [(f"{word}{rest}", code) for word, code in (("Civil", "cv"), ("Civ.", "cv"), ("civ", "cv"), ("CRIMINAL", "cr"), ("Crim.", "cr"))
     for rest in (" ", "   No. ", " Case ", " Action No. ")],
)  # fmt: skip
def test_a_field_may_say_its_code_in_a_word(prefix: str, code: str) -> None:
    assert parse_docket(f"{prefix}25-766") == DocketNumber(kind="district", year=25, code=code, serial=766)


# ---- docket numbers in prose


@pytest.mark.parametrize("word", NUMBER_WORDS)
def test_a_number_word_makes_two_digits_a_case_but_not_behind_the_name_of_something_else(word: str) -> None:
    assert named(f"see {word}25-13") == ["25-13"]
    assert named(f"({word.upper()}25-13)") == ["25-13"]
    assert named(f"Release   {word}25-13") == []
    assert named(f"{word.rstrip()}s25-13") == [] or word.endswith("º")
    assert named(f"x{word}25-1345") == named(f"X{word}25-1345") == []


@pytest.mark.parametrize("word", ["appeal of ", "consolidated with ", "Fourth Circuit (", "CONSOLIDATED WITH "])
def test_words_around_courts_make_two_digits_a_case(word: str) -> None:
    assert named(f"the {word}25-13") == ["25-13"]


@pytest.mark.parametrize(
    "word", ["case", "cases", "docket", "dockets", "dkt", "dkt.", "dkts", "dkts.", "caso", "casos", "expediente", "expedientes"]
)
@pytest.mark.parametrize("after", [" ", ":", ":  ", "\n", ": \n  "])
def test_a_word_for_a_case_is_sure_of_three_digits_only(word: str, after: str) -> None:
    assert named(f"in {word}{after}25-134") == ["25-134"]
    assert named(f"in {word}{after}25-13") == []
    assert named(f"in{word}{after}25-134") == []


@pytest.mark.parametrize(
    "word",
    [
        "cas",
        "casess",
        "ase",
        "docke",
        "ocket",
        "caseno",
        "expedient",
        "circuit",
        "No",
        "no ",
        "o.",
        "n.",
        "dkt..",
        "docketss",
        "dktss",
        "casoss",
        "expedientess",
        "noo.",
    ],
)
def test_half_a_word_makes_nothing_a_case(word: str) -> None:
    assert named(f"in {word} 25-134") == []


@pytest.mark.parametrize(
    ("before", "code"),
    [("Civil Action ", "cv"), ("Civil Case ", "cv"), ("C.A. ", "cv"), ("Criminal Action ", "cr"), ("Criminal Case ", "cr")],
)
def test_a_number_of_a_civil_or_criminal_case_is_of_a_district(before: str, code: str) -> None:
    for text in (f"in {before}No. 25-13", f"in {before}   No.\n25-13"):
        (number,) = dockets(text)
        assert number.value == DocketNumber(kind="district", year=25, code=code, serial=13)


@pytest.mark.parametrize(("word", "code"), [("Civil", "cv"), ("Criminal", "cr")])
def test_such_a_number_needs_no_other_word(word: str, code: str) -> None:
    assert [number.value for number in dockets(f"in {word} No. 25-13")] == [DocketNumber(kind="district", year=25, code=code, serial=13)]
    assert named(f"in {word} Noo. 25-13") == named(f"in {word} o. 25-13") == []


@pytest.mark.parametrize(
    "before",
    ["Pub. L. ", "Pub. L ", "Pub L. ", "Pub.L.", "P.L. ", "P. L. ", "PL ", "P L ", "Public Law ", "Law ", "Laws ", "Release ",
        "Releases ", "H. Rept. ", "Rep. ", "Reports ", "S. Report ", "Amendment ", "Circular ", "Bulletin ", "Form ", "Forms ", "Order ",
        "Doc. ", "Docs. ", "Document ", "Resolution ", "Treaty ", "Treaty Doc. ", "Ley ", "Part ", "Parts ", "WC Docket ", "GN Dkt. ",
        "ET dkt ", "Release\n"],
)  # fmt: skip
def test_what_is_numbered_but_no_case_is_no_docket(before: str) -> None:
    assert named(f"see {before}No. 25-1345") == []


@pytest.mark.parametrize(
    "before", ["a disorder ", "USCA Docket ", "DDC Docket ", "wc docket ", "A docket ", "Orderss ", "Doc.. ", "W docket ", "the Plaw "]
)
def test_what_only_sounds_like_that_is_a_docket(before: str) -> None:
    assert named(f"see {before}No. 25-1345") == ["25-1345"]


@pytest.mark.parametrize(
    "after",
    [" (4th Cir.", " (2d Cir. 2025)", "  (Fed. Cir.", "\n(1st Cir. Mar. 3)", "(D.C. Cir.", " (U.S. Court of Appeals",
        " (Court of Appeals", " (COURT OF APPEALS", " (Supreme Court)", " (U.S. Supreme Court", f" ({'x' * 23} Cir."],
)  # fmt: skip
def test_a_court_behind_a_number_makes_it_a_case(after: str) -> None:
    assert named(f"Roe v. Doe, 25-13{after}") == ["25-13"]


@pytest.mark.parametrize(
    "after",
    [" (Cir", " (Circus)", " 4th Cir.", " (a) (4th Cir.", f" ({'x' * 24} Cir.", " (a (4th Cir.", " (Court)", " (Supreme)", " (4thCir."],
)
def test_no_court_behind_a_number_makes_it_nothing(after: str) -> None:
    assert named(f"Roe v. Doe, 25-13{after}") == []


@pytest.mark.parametrize(
    "between",
    [", ", ",", "; ", " / ", "/", " & ", " and ", " AND ", " y ", ", and ", "; & ", ", y ", ", No. ", ", Nos. ", ", no.", " and nos.   ",
        ", no. ", ", nos.", "   and ", "  ,   ", ",\n  and   "],
)  # fmt: skip
def test_one_introduction_is_enough_for_a_series(between: str) -> None:
    assert named(f"No. 25-13{between}25-14") == ["25-13", "25-14"]
    values = [number.value for number in dockets(f"Civil Action No. 25-13{between}25-14")]
    assert values == [DocketNumber(kind="district", year=25, code="cv", serial=serial) for serial in (13, 14)]


@pytest.mark.parametrize("between", [" ", " or ", " and", " y", ", and and ", " nd ", ", No ", ", o. ", ", n. ", ". ", " to ", ", und "])
def test_a_series_ends_with_any_other_word(between: str) -> None:
    assert named(f"No. 25-13{between}25-14") == ["25-13"]


@pytest.mark.parametrize("before", ["a", "A", "7", "-", "$", "7:", "1:7:"])
def test_what_a_letter_or_a_digit_touches_is_no_docket(before: str) -> None:
    assert named(f"see {before}8:25-cv-00951") == []
    assert named(f"see {before}24A949") == []


@pytest.mark.parametrize("after", ["x", "X", "7777777"])
def test_what_a_letter_or_a_digit_follows_is_no_docket(after: str) -> None:
    assert [named(f"No. {number}{after}") for number in ("25-cv-951", "24A9", "25-1345")] == [[], [], []]
    assert named("No. 12025-cv-951") == []


@pytest.mark.parametrize("after", ["-public", "-12345", "-A1", "-a1", "-1A", "-1a", "--PX"])
def test_what_is_no_suffix_is_no_part_of_a_docket(after: str) -> None:
    assert named(f"in 25-cv-951{after} he") == ["25-cv-951"]


@pytest.mark.parametrize("after", ["-1", "-A", "-a"])
def test_digits_in_more_than_two_parts_are_no_plain_number(after: str) -> None:
    assert named(f"No. 25-1345{after} he") == []


@pytest.mark.parametrize("text", ["2025-cv-951", "8:2025-cv-951", "25cv951", "22O141", "25 Civ. 2886"])
def test_a_docket_is_found_wherever_it_begins(text: str) -> None:
    assert named(f"(No. {text})") == [text]


# ---- citations

CITATIONS: dict[str, tuple[list[str], list[str]]] = {
    "14160": (
        ["Executive Order 14160", "executive orders 14160", "EXECUTIVE ORDER 14160", "Exec. Order 14160", "exec. orders No. 14160",
            "E.O. 14160", "E. O. 14160", "EO 14160", "EO14160", "EO No 14160", "EO No. 14160", "EO nos. 14160", "EO NOS 14160",
            "EO\n  14160", "E.O. No.14160", "Orden Ejecutiva 14160", "orden ejecutiva núm. 14160", "Órdenes Ejecutivas 14160",
            "ordenes ejecutivas 14160", "ORDEN EJECUTIVA 14160", "Orden Ejecutiva número 14160", "Orden Ejecutiva numero 14160",
            "Orden Ejecutiva num 14160", "Orden Ejecutiva No. 14160", "EO 14,160"],
        ["Executive Orderss 14160", "Exec Order 14160", "the CEO 14160", "EO 141601", "EO 141", "EO 1,41,60", "EO 14,,160", "EO 14,16",
            "EO 066", "E.O 14160", "eo 14160", "Orden 14160", "EO nº 14160", "EO No.No. 14160", "order 14160"],
    ),
    "9645": (
        ["Proclamation 9645", "proclamations 9645", "PROCLAMATION 9645", "Proc. 9645", "Proclamation No. 9645", "Proclamation nos 9645",
            "Proc. 9,645", "Proclamación 9645", "proclamacion 9645", "Proclamaciones 9645", "Proclamación núm. 9645",
            "Proclamación número 9645", "Proclamación num 9645", "Proclamación numero 9645", "Proclamation No.\n9645",
            "Proclamation9645"],
        ["Procl 9645", "Proc 9645", "aproc. 9645", "Proclamation 964", "Proclamation 964512", "Proclamation nº 9645",
            "Proclamationss 9645"],
    ),
    "9066": (["EO 9066", "EO 9,066", "EO No.   9066"], []),
    "10903": (["Proclamation 10903", "Proclamation   10,903", "Proc. No.   10903", "Proc. No.10903"], ["Proc. 109031", "Proc. 109,03",
        "Proc. 10,,903"]),
    "92-463": (["Pub. L. 92-463", "PL   92-463", "Pub. L. No.   92-463", "Pub. L. No.92-463"], ["Pub. L. No. No. 92-463",
        "Pub. L. Noss. 92-463"]),
    "104-1234": (["PL 104-1234"], []),
    "99-1": (["PL 99-1"], []),
    "119-21": (
        ["Public Law 119-21", "public law 119-21", "Pub. L. 119-21", "Pub L 119-21", "Pub. L 119-21", "Pub.L. 119-21", "PUB. L. 119-21",
            "Pub. Law 119-21", "P.L. 119-21", "PL 119-21", "P. L. 119-21", "P.L.119-21", "P L 119-21", "Pub. L. No. 119-21",
            "Pub. L. Nos. 119-21", "PL no. 119-21", "PL\n119-21", *(f"Pub. L. 119{dash}21" for dash in DASHES)],
        ["pl 119-21", "Pub. Laws 119-21", "Publ. L. 119-21", "APL 119-21", "PL 1-21", "PL 1190-21", "PL 119-12345", "PL No 119-21",
            "PL 119--21", "PL 119-"],
    ),
    "H.R. 1234": (
        ["H.R. 1234", "HR 1234", "H. R. 1234", "H R 1234", "H.R.1234", "H.R 1234", "H.R. 1234.", "H.R. 1234, as", "(H.R. 1234)"],
        ["AH.R. 1234", "a.H.R. 1234", "H.R. 0234", "H.R. 12345678", "H.R. 1234th", "H.R. 1234,567", "H.R. 1234A", "H.R. 1234,5a",
            "H.R.  1234"],
    ),
    "H.R. 12345": (["H.R. 12345"], ["H.R. 123456"]),
    "S. 5": (
        ["S. 5", "S.5", "see S. 5;", "S. 5,"],
        ["U.S. 5", "U. S. 5", "S 5", "s. 5", "aS. 5", "S. 50000000", "S. 5,000", "S. 5th", "S. 5,,,7", "S. 5X"],
    ),
    "S.Con.Res. 12": (
        ["S. Con. Res. 12", "S.Con.Res. 12", "S. Con.Res. 12", "S. Con Res. 12", "S Con. Res.12", "SCon. Res. 12"],
        ["S. Con. Res 12", "S. Conn. Res. 12", "S.  Con. Res. 12"],
    ),
    "H.J.Res. 3": (["H. J. Res. 3", "H.J.Res. 3", "H J Res. 3", "HJ Res. 3", "HJRes. 3"], ["H. J.  Res. 3", "H. J. J. Res. 3",
        "HJ Res 3"]),
    "H.Res. 3": (["H. Res. 3", "H.Res. 3", "HRes. 3", "H Res. 3"], ["H. Res 3", "A. Res. 3", "H.. Res. 3"]),
    "8 U.S.C. 1231": (
        ["8 U.S.C. 1231", "8 U. S. C. 1231", "8 U.S. C. 1231", "8 USC 1231", "8U.S.C. 1231", "8 U.S.C.A. 1231", "8 USCA 1231",
            "8 USCA. 1231", "8 U.S.C.1231", "8 U.S.C. § 1231", "8 U.S.C. §1231", "8 U.S.C. §§ 1231", "8 U.S.C.§1231",
            "8 U.S.C. sec. 1231", "8 U.S.C. section 1231", "8 U.S.C. Section 1231", "8 U.S.C. 1231(b)", "8\nU.S.C. 1231",
            "8 U.S.C.A §1231"],
        ["118 U.S.C. 1231", "1.8 U.S.C. 1231", "U.S.C. 1231", "8  U.S.C. 1231", "8 U.S. 1231", "8 U.S.C.AA 1231", "8 U.S.C. §§§ 1231",
            "8 U.S.C. sect. 1231", "8 U.S.C. sections 1231", "8 U.S.C. § § 1231", "8 U.S.C.  1231", "8 U.S.C. 1231123", "8 USC 1231abc",
            "8 USC §", "8 usc 1231", "8 U.SC. 1231"],
    ),
    "18 U.S.C. 1": (["18 U.S.C. 1", "18 USC §1."], ["18 USC a"]),
    "50 U.S.C. 12345ab": (["50 USC 12345ab"], ["50 USC 12345abc", "50 USC 123456ab", "50 USC 12345aB"]),
    "8 C.F.R. 208.16": (
        ["8 C.F.R. 208.16", "8 C. F. R. 208.16", "8 C.F. R. 208.16", "8 CFR 208.16", "8CFR 208.16", "8 CFR208.16", "8 C.F.R. § 208.16",
            "8 C.F.R. §208.16", "8 CFR §§ 208.16", "8 CFR part 208.16", "8 CFR parts 208.16", "8 CFR Part 208.16", "8 CFR sec. 208.16",
            "8 CFR section 208.16", "8 CFR 208.16(c)", "8 CFR 208.16."],
        ["108 CFR 208.16", "1.8 CFR 208.16", "CFR 208.16", "8  CFR 208.16", "8 CFR §§§ 208.16", "8 CFR partss 208.16",
            "8 CFR sect. 208.16", "8 CFR  208.16", "8 CFR 12345", "8 CFR part208.16", "8 cfr 208.16", "8 C.FR. 208.16"],
    ),
    "22 C.F.R. 1": (["22 CFR 1", "22 CFR 1."], []),
    "22 C.F.R. 1234.1234": (["22 CFR 1234.1234", "22 CFR 1234.1234.5"], []),
    "22 C.F.R. 1.1": (["22 CFR 1.1"], []),
    "2026-19555": (
        ["FR Doc. 2026-19555", "FR Doc 2026-19555", "FRDoc. 2026-19555", "FR Doc.2026-19555", "FR Doc. No. 2026-19555",
            "FR Doc. No: 2026-19555", "FR Doc. Nos. 2026-19555", "FR Doc. no 2026-19555", "FR Doc. number 2026-19555",
            "FR Doc. Number: 2026-19555", "FR Doc.: 2026-19555", "Federal Register document 2026-19555",
            "federal register document number 2026-19555", "Federal Register Doc. 2026-19555", "FEDERAL REGISTER DOC 2026-19555",
            "Document number: 2026-19555", "document number 2026-19555", "Document Number 2026-19555", "FR Doc. nos 2026-19555",
            *(f"FR Doc. 2026{dash}19555" for dash in DASHES)],
        ["AFR Doc. 2026-19555", "FR Docs. 2026-19555", "fr doc. 2026-19555", "FR Doc. 2126-19555", "FR Doc. 202-19555",
            "FR Doc. 20266-19555", "Doc. 2026-19555", "FR Doc. 2026-1955512", "FR Doc. 2026-", "FR  Doc. 2026-19555",
            "document 2026-19555", "federal register 2026-19555", "FR Doc. No.:: 2026-19555"],
    ),
    "1994-1": (["FR Doc. 1994-1", "FR Doc.   1994-1", "FR Doc. No.   1994-1"], []),
    "94-123456": (["FR Doc. 94-123456"], ["FR Doc. 9-123456", "FR Doc. 94-1234567"]),
    "E9-12345": (["FR Doc. E9-12345"], ["FR Doc. E-12345", "FR Doc. 9-12345", "FR Doc. EE9-12345"]),
    "C1-2026-13726": (
        [f"FR Doc. C1{dash}2026{dash}13726" for dash in DASHES],
        ["FR Doc. C12-2026-13726", "FR Doc. C-2026-13726"],
    ),
    "90 FR 8443": (
        ["90 FR 8443", "90 F.R. 8443", "90 F. R. 8443", "90 F.R 8443", "90 Fed. Reg. 8443", "90 Fed.Reg. 8443", "90 FR 8,443",
            "90 FR at 8443", "90\nFR 8443", "90 Fed. Reg. at 8,443"],
        ["9 FR 8443", "1.90 FR 8443", "1090 FR 8443", "90 FR 8,4431", "90 Fed Reg. 8443", "90 Fed. Reg 8443", "90  FR 8443",
            "90 FRR 8443", "90 FR a 8443", "90 FR 8443123", "90 FR 8", "90 FR  8443", "90FR 8443", "90 F.. R. 8443"],
    ),
    "101 FR 123456": (["101 FR 123456", "101 FR 123,456"], ["101 FR ,456"]),
    "90 FR 12": (["90 FR 12"], ["90 FR 1"]),
}  # fmt: skip


@pytest.mark.parametrize(("number", "text"), [(number, text) for number, (texts, _) in CITATIONS.items() for text in texts])
def test_a_citation_is_read_in_all_the_ways_it_is_spelt(number: str, text: str) -> None:
    assert cited(f"({text})") == [number]
    assert cited(f"see {text} and") == [number]


@pytest.mark.parametrize(("number", "text"), [(number, text) for number, (_, texts) in CITATIONS.items() for text in texts])
def test_what_is_nearly_a_citation_is_another_or_none(number: str, text: str) -> None:
    assert cited(text) == []


@pytest.mark.parametrize("between", [", ", " and ", ", and ", " y ", ", y ", ",", "   ,   ", ",and ", ",   and   ", "   and   "])
def test_orders_are_cited_in_series(between: str) -> None:
    assert cited(f"Executive Orders 14159{between}14160") == ["14159", "14160"]
    assert cited(f"Executive Orders 14159{between}14,161") == ["14159", "14161"]


@pytest.mark.parametrize("between", [" ", " or ", "; ", " andy ", " xy ", ", and, ", " and", ", and", "and ", ", and and "])
def test_a_series_of_orders_ends_with_any_other_word(between: str) -> None:
    assert cited(f"Executive Orders 14159{between}14160") == ["14159"]


@pytest.mark.parametrize("last", ["141600", "14160-1", "141"])
def test_what_is_no_number_of_an_order_ends_their_series(last: str) -> None:
    assert cited(f"Executive Orders 14159, {last}") == ["14159"]
