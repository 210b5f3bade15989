"""Headlines: what a paper is, in one line that a reader on a telephone understands."""

import pytest

from watcher.headlines import HEADLINE_CAP, case_name, clause, headline
from watcher.models import Docket, Document

DOCKET = Docket(court="mdd", number="8:25-cv-00951")


def paper(title: str, **given: object) -> Document:
    return Document(key="cl:1#entry-1", title=title, docket=DOCKET, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (
            paper("Order on Motion to Stay", number="51", case="Abrego Garcia v. Noem"),
            "Order on Motion to Stay (#51), Abrego Garcia v. Noem",
        ),
        (paper("ORDER GRANTING 12 MOTION for Stay", case="J.G.G. v. Trump"), "Order granting 12 motion for Stay, J.G.G. v. Trump"),
        (paper("NOTICE by DHS and ICE re CECOT"), "Notice by DHS and ICE re CECOT, 8:25-cv-00951"),
        (paper(""), "New entry, 8:25-cv-00951"),
        (Document(key="feed:a:b", title="Judge rules"), ""),
        (
            Document(key="fr:1", title="On X", text="Executive Order 14157\nAgency", source_kind="federal_register"),
            "Executive Order 14157: On X",
        ),
        (Document(key="fr:1", title="On X", text="Proclamation 10903", source_kind="federal_register"), "Proclamation 10903: On X"),
        (Document(key="fr:1", title="On X", text="Executive Order 14157 is amended", source_kind="federal_register"), ""),
        (Document(key="feed:a:b", title="On X", text="Executive Order 14157\nAgency"), ""),
    ],
)
def test_a_headline_says_what_the_paper_is(document: Document, expected: str) -> None:
    assert headline(document) == expected


def test_a_long_headline_keeps_its_case() -> None:
    long = headline(paper("word " * 100, number="51", case="Abrego Garcia v. Noem"))
    assert len(long) <= HEADLINE_CAP
    assert long.endswith("word… (#51), Abrego Garcia v. Noem")
    assert len(headline(paper("word " * 100, case="A " * 200 + "v. B"))) <= HEADLINE_CAP


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "Kristi Noem, Secretary of Homeland Security, et al. v. Kilmar Armando Abrego Garcia, et al.",
            "Kristi Noem v. Kilmar Armando Abrego Garcia",
        ),
        ("Kadrey v. Meta Platforms, Inc.", "Kadrey v. Meta Platforms, Inc."),
        ("Smith, Jr. v. Doe, Warden", "Smith, Jr. v. Doe"),
        ("In Re Grand Jury", "In Re Grand Jury"),
        ("", ""),
    ],
)
def test_a_case_is_named_by_its_first_parties(name: str, expected: str) -> None:
    assert case_name(name) == expected


def test_a_clause_leaves_out_the_numbers_that_a_paper_has_on_other_dockets() -> None:
    text = "RESPONSE to Motion re: (781 in 1:25-md-03143-SHS-OTW, 752 in 1:23-cv-08292-SHS-OTW) MOTION to Seal. Document filed by X."
    assert clause(text) == "RESPONSE to Motion re: MOTION to Seal"
