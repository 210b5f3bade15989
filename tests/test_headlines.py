"""Headlines: what a paper is, in one line that a reader on a telephone understands."""

import pytest

from watcher.headlines import HEADLINE_CAP, case_name, clause, headline
from watcher.models import Docket, Document
from watcher.models import DocumentType as T

DOCKET = Docket(court="mdd", number="8:25-cv-00951")


def paper(title: str, **given: object) -> Document:
    return Document(key="cl:1#entry-1", title=title, docket=DOCKET, **given)  # type: ignore[arg-type]  # keywords of any kind


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


MATTER = "The matter concerns detainees who say that they are about to be removed."
STILL = "still " * 10
STAYED = "Order entered by The Chief Justice: the order of the United States District Court for the District of Maryland of April 4"


@pytest.mark.parametrize(
    ("type_", "summary", "expected"),
    [
        # it opens with what the matter is about: the sentence that decides is told
        (
            T.ORDER,
            f"{MATTER} The Government is directed not to remove them. Justice Thomas dissents.",
            "Order: the Government is directed not to remove them",
        ),
        (T.OPINION, f"{MATTER} Respondents shall be given notice.", "Opinion: respondents shall be given notice"),
        # no sentence decides, or it is no act of a court
        (T.ORDER, f"{MATTER} It comes from Texas.", "The matter concerns detainees who say that they are about to be removed"),
        (
            T.BRIEF,
            f"{MATTER} The Government is directed not to remove them.",
            "The matter concerns detainees who say that they are about to be removed",
        ),
        # an abbreviation ends no sentence, and the first one decides
        (
            T.ORDER,
            "Order in No. 24A949, Noem v. Garcia, is granted. Defendants shall report.",
            "Order in No. 24A949, Noem v. Garcia, is granted",
        ),
        # what was done stands behind the first 120 characters
        (T.ORDER, f"{STAYED}, is stayed until further order. Response due on April 8.", f"{STAYED}, is stayed until further order"),
        # as much as fits, cut where a clause ends
        (
            T.ORDER,
            f"ORDER granting the motion of all plaintiffs who are {STILL}held there to certify a class, and {'more ' * 40}. So ordered.",
            f"Order granting the motion of all plaintiffs who are {STILL}held there to certify a class…",
        ),
    ],
)
def test_a_headline_says_what_the_newest_entry_does(type_: T, summary: str, expected: str) -> None:
    assert headline(paper(clause(summary), summary=summary, type=type_, case="A v. B")) == f"{expected}, A v. B"


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
