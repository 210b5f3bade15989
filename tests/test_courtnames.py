"""Courts are named, not abbreviated."""

import pytest

from watcher.config.courtids import COURTS
from watcher.courtnames import DISTRICTS, circuit_of, circuits_in, court_name, districts_in


@pytest.mark.parametrize(
    ("court", "name"),
    [
        ("scotus", "U.S. Supreme Court"),
        ("ca4", "U.S. Court of Appeals, Fourth Circuit"),
        ("ca11", "U.S. Court of Appeals, Eleventh Circuit"),
        ("cadc", "U.S. Court of Appeals, D.C. Circuit"),
        ("dcd", "U.S. District Court, District of Columbia"),
        ("mdd", "U.S. District Court, D. Maryland"),
        ("med", "U.S. District Court, D. Maine"),
        ("ndd", "U.S. District Court, D. North Dakota"),
        ("txnd", "U.S. District Court, N.D. Texas"),
        ("ncmd", "U.S. District Court, M.D. North Carolina"),
        ("nmid", "U.S. District Court, D. Northern Mariana Islands"),
        ("jpml", ""),
        ("xxd", ""),
        ("d", ""),
        ("", ""),
    ],
)
def test_a_court_has_the_name_that_readers_know(court: str, name: str) -> None:
    assert court_name(court) == name


def test_every_district_and_circuit_that_can_be_tracked_has_one() -> None:
    unnamed = {court for court in COURTS if not court_name(court)}
    assert {court for court in unnamed if court.endswith("d") or court.removeprefix("ca").isdecimal()} == set()
    assert len({court_name(court) for court in COURTS - unnamed}) == len(COURTS - unnamed)


@pytest.mark.parametrize(
    ("text", "courts"),
    [
        ("USCA Case Number 25-1345 for 4th Circuit for 31 Notice of Appeal", ["ca4"]),
        ("NOTICE OF APPEAL TO DC CIRCUIT COURT", ["cadc"]),
        ("the D.C. Circuit, the District of Columbia Circuit", ["cadc", "cadc"]),
        ("USCA Case Number 25-10534 in USCA5", ["ca5"]),
        ("ORDER of 4CCA; (10th Cir. 2025); Eleventh Circuit", ["ca4", "ca10", "ca11"]),
        ("the Federal Circuit, Fed. Circuit", ["cafc", "cafc"]),
        ("USCA Case Number 25-1345", []),  # the digits behind it are no circuit
        ("Los Angeles, CA 90012", []),
        ("Circuit Judge Wilkinson", []),
    ],
)
def test_courts_of_appeals_that_a_text_names(text: str, courts: list[str]) -> None:
    assert [named.court for named in circuits_in(text)] == courts


@pytest.mark.parametrize(
    ("text", "courts"),
    [
        ("United States District Court for the District of Maryland", ["mdd"]),
        ("transferred from California Northern has been opened in Southern District of New York", ["cand", "nysd"]),
        ("N.D. Texas, D. Maryland", ["txnd", "mdd"]),
        ("District of Columbia", ["dcd"]),
        ("the District of Columbia Circuit", []),
        ("Southern District of West Virginia", ["wvsd"]),
        ("Northern District of Maryland, District of Texas", []),  # there are no such courts
    ],
)
def test_district_courts_that_a_text_names(text: str, courts: list[str]) -> None:
    assert [named.court for named in districts_in(text)] == courts


def test_each_district_court_has_one_court_of_appeals() -> None:
    assert {circuit_of(court) for court in DISTRICTS} == {*(f"ca{number}" for number in range(1, 12)), "cadc"}
    assert [circuit_of(court) for court in ("mdd", "dcd", "mad", "txnd", "nmid")] == ["ca4", "cadc", "ca1", "ca5", "ca9"]
    assert [circuit_of(court) for court in ("ca4", "scotus", "bia", "", "xxd")] == [""] * 5
