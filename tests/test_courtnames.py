"""Courts are named, not abbreviated."""

import pytest

from watcher.config.courtids import COURTS
from watcher.courtnames import court_name


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
