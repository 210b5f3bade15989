"""Which dockets are one case: what a court's line names, what follows for the cases, and what never does."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher import courts, families
from watcher.models import Docket, Document, Link, Named, Stage, Watch

MDD = Docket(court="mdd", number="8:25-cv-00951", courtlistener=69777799)
CA4 = Docket(court="ca4", number="25-1345")
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

ABREGO = Watch(id="abrego-garcia", kind="case", title="Abrego Garcia v. Noem", names=("Abrego Garcia",), dockets=(MDD,))
JGG = Watch(
    id="jgg-v-trump", kind="case", title="J.G.G. v. Trump", dockets=(Docket(court="dcd", number="1:25-cv-00766", courtlistener=69741724),)
)
CASES = (ABREGO, JGG, Watch(id="due-process", kind="doctrine", title="Due process"))


def paper(words: str, docket: Docket = MDD, number: str = "40", case: str = "") -> Document:
    kind = courts.entry_type(words, court=docket.court)
    url = f"https://www.courtlistener.com/docket/1/x/#entry-{number}"
    return Document(key=f"cl:{docket.number}#entry-{number}", docket=docket, summary=words, number=number, type=kind, case=case, url=url)


def named(court: str, words: str, number: str = "1:25-cv-00951") -> list[tuple[str, str, str, bool]]:
    found = families.named_by([paper(words, Docket(court=court, number=number))])
    assert all(words[each.start : each.end] == each.found for each in found)
    return [(each.docket.court, each.docket.number, each.how, not each.missing) for each in found]


SURE, ASK = True, False


@pytest.mark.parametrize(
    ("court", "words", "found"),
    [
        ("mdd", "USCA Case Number 25-1345 for 4th Circuit for 31 Notice of Appeal", [("ca4", "25-1345", "appeal", SURE)]),
        ("dcd", "USCA Case Number 25-5067 for 24 Notice of Appeal to DC Circuit Court", [("cadc", "25-5067", "appeal", SURE)]),
        ("txnd", "USCA Case Number 25-10534 in USCA5 for 41 Notice of Appeal", [("ca5", "25-10534", "appeal", SURE)]),
        (
            "flsd",
            "Acknowledgment of Receipt of NOA from USCA, 11th Circuit. USCA Case Number: 25-10123-A",
            [("ca11", "25-10123", "appeal", SURE)],
        ),
        ("mdd", "USCA Case Number 25-1345-2-1 for 4th Circuit", []),  # not a number of that form
        ("ded", "USCA Case Number 25-2153 in the Federal Circuit for 9 Notice of Appeal", [("cafc", "25-2153", "appeal", SURE)]),
        (
            "dcd",
            "MANDATE of USCA as to 24 Notice of Appeal to DC Circuit Court, filed by DONALD TRUMP; USCA Case Number 25-5067.",
            [("cadc", "25-5067", "appeal", SURE)],
        ),
        ("mdd", "ORDER of USCA (certified copy) as to 31, USCA# 25-1345, 4th Circuit", [("ca4", "25-1345", "appeal", SURE)]),
        (
            "ncmd",
            "OPINION of 4CCA, 4CCA Case Nos. 25-1345, 25-1404",
            [("ca4", "25-1345", "appeal", SURE), ("ca4", "25-1404", "appeal", ASK)],
        ),
        (
            "mdd",
            "JUDGMENT of the U.S. Court of Appeals for the Fourth Circuit, USCA No. 25-1345",
            [("ca4", "25-1345", "appeal", SURE)],
        ),
        ("dcd", "NOTICE OF DOCKETING as to 51 Notice of Appeal: D.C. Circuit No. 25-5067 (zjf)", [("cadc", "25-5067", "appeal", SURE)]),
        ("dcd", "NOTICE OF DOCKETING from USCA, D.C. Circuit No. 25-5067", [("cadc", "25-5067", "appeal", SURE)]),
        # a number whose court is not named: appeals for patents go elsewhere
        ("njd", "USCA Case Number 26-3085 for 110 Notice of Appeal (USCA)", [("ca3", "26-3085", "appeal", ASK)]),
        ("txsd", "Notice of Assignment of USCA No. 25-40400 re: 68 Notice of Appeal, filed.", [("ca5", "25-40400", "appeal", ASK)]),
        # what cannot be, and what can be two
        ("mdd", "USCA Case Number 25-1345 for 9th Circuit for 31 Notice of Appeal", [("ca9", "25-1345", "appeal", ASK)]),
        ("mdd", "USCA Case Number 25-1345 for 4th Circuit, formerly D.C. Circuit", [("ca4", "25-1345", "appeal", ASK)]),
        ("mdd", "ORDER of USCA, 4th Circuit, consolidating it with USCA No. 25-1404", [("ca4", "25-1404", "consolidated", ASK)]),
        (
            "mdd",
            "JUDGMENT of USCA, USCA Case Number 25-1345 for 4th Circuit, related to USCA No. 25-1404",
            [("ca4", "25-1345", "appeal", ASK), ("ca4", "25-1404", "beside", ASK)],
        ),
        # a court whose number is not named
        ("mdd", "NOTICE OF APPEAL to 4th Circuit as to 21 Order by Kristi Noem", [("ca4", "", "appeal", ASK)]),
        # parties cite
        ("mdd", "NOTICE by plaintiffs of order in USCA Case Number 24-9999 for 4th Circuit", []),
        ("mdd", "MOTION to stay pending USCA Case Number 25-1404 in the 4th Circuit", []),
        ("mdd", "ORDER granting the motion in light of Abrego v. Noem, No. 25-1404 (4th Cir. 2025)", []),
        ("mdd", "RESPONSE re USCA Case Number 25-1404 for 4th Circuit", []),
        # the clerk takes it back
        ("mdd", "FILING ERROR: USCA Case Number 25-1345 for 4th Circuit", []),
        ("mdd", "USCA Case Number 25-1345 for 4th Circuit. ENTERED IN ERROR", []),
        ("ded", "USCA Appeal Fees received: $605, receipt number 4179 re 805 USCA Order. (cdd) (Entered: 06/18/2025)", []),
    ],
)
def test_what_a_district_says_of_its_appeal(court: str, words: str, found: list[tuple[str, str, str, bool]]) -> None:
    assert named(court, words) == found


@pytest.mark.parametrize(
    ("court", "words", "found"),
    [
        ("ca9", "CASE OPENED. A copy of your notice of appeal filed in 3:25-cv-00728-ART-CLB, District of Nevada, has been received", SURE),
        ("ca3", "CIVIL CASE DOCKETED. Notice filed by Appellant USA in District Court No. 3-25-cv-00728, New Jersey Northern", ASK),
        ("ca4", "Case docketed. Originating case number: 3:25-cv-00728-PX. Case manager: A. Clerk. [25-1345]", ASK),
        ("ca4", "Case docketed. Originating case number: 3:25-cv-00728-PX, District of Nevada.", ASK),  # not below this court
        (
            "ca9",
            "CASE OPENED. Notices of appeal filed in 3:25-cv-00728-ART, 3:25-cv-00731-ART have been received, District of Nevada.",
            ASK,
        ),
        ("ca4", "BRIEF by appellees, citing originating case number: 3:25-cv-00728", None),
    ],
)
def test_what_a_court_of_appeals_says_of_the_case_below(court: str, words: str, found: bool | None) -> None:
    got = named(court, words, "25-1345")
    assert [(number, how, sure) for _, number, how, sure in got] == ([] if found is None else [("3:25-cv-00728", "origin", found)])


def test_a_circuit_of_one_district_has_it_named_for_the_operator() -> None:
    words = "US CIVIL CASE docketed. [Lower court or agency case number: 1:25-cv-00766-JEB] [25-5067]"
    assert named("cadc", words, "25-5067") == [("dcd", "1:25-cv-00766", "origin", ASK)]


@pytest.mark.parametrize(
    ("court", "words", "numbers"),
    [
        ("ca4", "SUPREME COURT REMARK--application for stay filed. 24A949", ["24A949"]),
        ("cadc", "LETTER from Clerk of the Supreme Court of the United States: application placed on the docket as No. 24A931", ["24A931"]),
        ("ca5", "Supreme Court notice that petition for writ of certiorari was filed. Supreme Court No. 24-1177", ["24-1177"]),
        ("mdd", "ORDER of the U.S. Supreme Court in 24A949", ["24A949"]),
        ("mdd", "ORDER of the U.S. Supreme Court in No. 24-1177", ["24-1177"]),
        # plain numbers are every court's: its own, and others of its own court
        ("cadc", "SUPREME COURT ORDER filed in No. 25-5067: application 24A931 denied", ["24A931"]),
        ("cadc", "SUPREME COURT ORDER filed, see also Case Nos. 25-5068, 25-5069", []),
        ("cadc", "Supreme Court order, U.S. Supreme Court No. 25-5067", []),
        ("cadc", "LETTER [2110000] received from the Clerk of the Supreme Court: placed on the docket April 7 as No. 24-1287", ["24-1287"]),
        ("cadc", "LETTER under FRAP 28(j) by appellees on Supreme Court order in No. 24A1007", []),
        ("cadc", "NOTICE of Supreme Court decision in No. 24A1007", []),
        ("cadc", "SUPREME COURT ORDER in No. 24A1007, supplemental authority filed by appellees", []),
        ("cadc", "BRIEF citing Trump v. J.G.G., No. 24A931 (U.S. Apr. 7, 2025)", []),
        ("mdd", "ORDER: the Supreme Court stayed the order in No. 24A931", []),
    ],
)
def test_what_courts_below_say_of_the_supreme_court(court: str, words: str, numbers: list[str]) -> None:
    assert named(court, words, "25-5067") == [("scotus", number, "supreme", SURE) for number in numbers]


@pytest.mark.parametrize(
    ("court", "words", "found"),
    [
        (
            "cand",
            "Remark: Case transferred from California Northern has been opened in Southern District of New York as case 1:25-cv-03291",
            [("nysd", "1:25-cv-03291", "transfer", SURE)],
        ),
        (
            "vtd",
            "CASE TRANSFERRED IN from the United States District Court for the District of Massachusetts; Case Number: 1:25-cv-10695.",
            [("mad", "1:25-cv-10695", "transfer", SURE)],
        ),
        ("vtd", "Case transferred in from another court; Case Number 1:25-cv-10695.", [("", "1:25-cv-10695", "transfer", ASK)]),
        ("mad", "Case transferred to District of Vermont.", [("vtd", "", "transfer", ASK)]),
        ("mad", "MOTION to have the case transferred to District of Vermont", []),
        ("cand", "TRANSFER ORDER. Case to be transferred to the Southern District of New York for coordination with MDL 3143.", []),
        ("ca4", "Order consolidating 25-1404 with 25-1345 for argument", [("ca4", "25-1404", "consolidated", ASK)]),
        ("scotus", "Application (24A1007) for injunction submitted to Justice Alito.", [("scotus", "24A1007", "linked", SURE)]),
    ],
)
def test_what_courts_say_of_other_dockets(court: str, words: str, found: list[tuple[str, str, str, bool]]) -> None:
    assert named(court, words, "24-1177" if court == "scotus" else "25-1345") == found


DCD = "dcd"
NOTICE_51 = "as to 51 Notice of Appeal to DC Circuit Court"


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        # a court's line that names other cases too
        (f"ORDER of USCA (certified copy) {NOTICE_51}; USCA Case Number 25-5067: held in abeyance pending "
         "D.C. Circuit No. 24-5111, RAICES v. Noem", 2),
        (f"MANDATE of USCA {NOTICE_51}; USCA Case Number 25-5067. See D.C. Circuit Case No. 24-9999", 2),
        ("Judgment of USCA D.C. Circuit No. 25-5067 affirming; companion D.C. Circuit No. 25-5071 remains pending", 2),
        ("ORDER of USCA, D.C. Circuit No. 24-5111, RAICES v. Noem", 1),
        ("ORDER of USCA: stayed until decision in D.C. Circuit No. 24-5111", 1),
        (f"ORDER of USCA {NOTICE_51}, filed by DONALD J. TRUMP. It applies the rule of D.C. Circuit No. 24-5111", 1),
        (f"ORDER of USCA {NOTICE_51}, filed by DONALD J. TRUMP. RAICES, USCA D.C. Circuit No. 24-5111", 1),
        ("MANDATE of USCA for 24-5111; USCA Case Number 25-5068, D.C. Circuit", 1),
        ("Transmission of Notice of Appeal; other cases: D.C. Circuit No. 25-5124, 25-5125", 2),
        ("USCA Case Number 25-5067 for DC Circuit, related to Case No. 1:25-cv-01234", 1),
        # what a party wrote, begun as clerks begin
        ("NOTICE OF DOCKETING by Plaintiffs of related appeal in D.C. Circuit No. 25-7777 (Doe v. Bondi)", 1),
        ("NOTICE OF DOCKETING by Plaintiffs in D.C. Circuit No. 25-7777", 1),
        ("NOTICE OF DOCKETING of D.C. Circuit No. 25-7777 by J.G.G.", 1),
        (f"NOTICE OF DOCKETING {NOTICE_51} filed by DONALD J. TRUMP; D.C. Circuit No. 25-7777 by J.G.G.", 1),
        ("NOTICE OF DOCKETING: D.C. Circuit No. 25-7777 (Plaintiffs)", 1),
        ("NOTICE OF DOCKETING: D.C. Circuit No. 25-7777", 1),
        ("NOTICE OF DOCKETING D.C. Circuit No. 25-7777 (Gelernt, Lee)", 1),
        (f"NOTICE OF DOCKETING {NOTICE_51}; D.C. Circuit No. 25-7777 (Plaintiffs J.G.G. and W.G.H.)", 1),
        ("Record on Appeal, D.C. Circuit No. 25-7777", 1),
        ("OPINION of USCA, D.C. Circuit No. 24-8888 (Petitioners)", 1),
        ("OPINION of the D.C. Circuit Court of Appeals No. 24-8888 (Huisha-Huisha), filed by Plaintiffs as exhibit", 1),
        ("OPINION of the D.C. Circuit Court of Appeals No. 24-8888, filed by Plaintiffs", 1),
        ("Record on Appeal designation by J.G.G. referring to D.C. Circuit No. 24-8888", 1),
        ("OPINION of USCA, D.C. Circuit No. 24-8888, submitted on behalf of J.G.G.", 1),
        ("ORDER of USCA, D.C. Circuit No. 24-8888, which Plaintiffs bring as supplemental authority", 1),
        ("Record on Appeal: designation referring to D.C. Circuit No. 24-8888", 1),
        # the Supreme Court
        ("SUPREME COURT ORDER: application 24A931 is granted; see also A.A.R.P. v. Trump, No. 24A1007", 2),
        ("ORDER of the Supreme Court staying proceedings in light of 24A1007", 1),
        ("ORDER of the Supreme Court staying proceedings as it did in 24A1007", 1),
        ("LETTER from Clerk of the Supreme Court: certiorari denied, see Trump v. Slaughter, 25A264", 1),
        ("LETTER from Clerk of the Supreme Court: Trump v. Slaughter, 25A264", 1),
        ("ORDER of the U.S. Supreme Court in 24A931 by Plaintiffs", 1),
        # a transfer
        ("Case transferred in from District of Maryland; Case Number 8:25-cv-00951, related to this one", 1),
    ],
)  # fmt: skip
def test_numbers_of_other_cases_are_only_proposed(words: str, numbers: int) -> None:
    got = [each for each in named(DCD, words) if each[1]]
    assert [sure for *_, sure in got] == [ASK] * numbers


@pytest.mark.parametrize(
    "words",
    [
        f"ORDER of USCA {NOTICE_51}, filed by DONALD J. TRUMP, PAMELA JO BONDI; USCA Case Number 25-5067: stay pending appeal is denied",
        f"MANDATE of USCA {NOTICE_51}, filed by DONALD J. TRUMP. USCA Case Number 25-5067",
        "JUDGMENT of USCA (certified copy) issued 04/07/2025, D.C. Circuit No. 25-5067",
        "Electronic Record on Appeal sent to D.C. Circuit, USCA Case Number 25-5067",
        "Notice of Docketing from USCA, D.C. Circuit Case No. 25-5067, related document(s) 51",
    ],
)
def test_what_clerks_put_before_a_number_keeps_it_the_lines_own(words: str) -> None:
    assert named(DCD, words) == [("cadc", "25-5067", "appeal", SURE)]


def test_of_several_numbers_the_first_is_the_lines_own() -> None:
    assert named(DCD, "ORDER of the U.S. Supreme Court in 24A931 and 24A932") == [
        ("scotus", "24A931", "supreme", SURE),
        ("scotus", "24A932", "supreme", ASK),
    ]
    assert named(DCD, "MANDATE of USCA, D.C. Circuit Nos. 25-5067, 25-5068; D.C. Circuit No. 25-5069") == [
        ("cadc", "25-5067", "appeal", SURE),
        ("cadc", "25-5068", "appeal", ASK),
        ("cadc", "25-5069", "appeal", ASK),
    ]


def test_the_notice_of_appeal_that_a_number_is_given_for_names_its_court() -> None:
    notice = paper("NOTICE OF APPEAL to 4th Circuit as to 21 Order by Kristi Noem", number="31")
    number = paper("USCA Case Number 25-1345 for 31 Notice of Appeal filed by Kristi Noem", number="40")
    (hint, appeal) = families.named_by([notice, number])
    assert (hint.docket, bool(hint.missing)) == (Docket(court="ca4", number=""), True)
    assert (appeal.docket, appeal.found, appeal.missing) == (CA4, "USCA Case Number 25-1345 for 31 Notice of Appeal", "")
    (alone,) = families.named_by([number])
    assert alone.missing == "no court is named; appeals from mdd go to ca4, but for some to the Federal Circuit"
    elsewhere = paper(notice.summary, replace(MDD, number="8:25-cv-02780", courtlistener=71191591), number="31")
    assert families.named_by([elsewhere, number])[1].missing != ""


# what follows for the cases

APPEAL = paper("USCA Case Number 25-1345 for 4th Circuit for 31 Notice of Appeal")


def found(*papers: Document, known: tuple[Link, ...] = (), cases: tuple[Watch, ...] = CASES) -> list[tuple[str, str, str]]:
    links = families.found(cases, known, papers)
    return [(link.watch, families.shown(link.docket), link.state) for link in links]


def link(state: str = "linked", docket: Docket = CA4, watch: str = "abrego-garcia", missing: str = "", document: str = APPEAL.key) -> Link:
    said = Named(docket=docket, by=MDD, how="appeal", found="words", field="summary", document=document, missing=missing)
    return Link(watch=watch, named=said, state=state, at=NOW)  # type: ignore[arg-type]  # one of three words


def test_what_a_court_names_with_its_number_is_linked() -> None:
    assert found(APPEAL) == [("abrego-garcia", "ca4 25-1345", "linked")]
    assert found(paper(APPEAL.summary, JGG.dockets[0])) == [("jgg-v-trump", "ca4 25-1345", "proposed")]  # no appeal goes there
    assert found(paper(APPEAL.summary, Docket(court="mdd", number="8:25-cv-02780"))) == []  # of no case


def test_a_link_never_contradicts_the_file() -> None:
    has = replace(ABREGO, dockets=(MDD, CA4))
    other = replace(JGG, dockets=(*JGG.dockets, CA4))
    assert found(APPEAL, cases=(has, JGG)) == []
    (proposed,) = families.found((ABREGO, other), (), [APPEAL])
    assert (proposed.state, proposed.named.missing) == ("proposed", "the file has it under jgg-v-trump")
    assert found(APPEAL, known=(link("refused"),)) == []


def test_what_is_stored_already_is_not_stored_again_unless_it_is_certain_now() -> None:
    assert found(APPEAL, known=(link(),)) == []
    assert found(APPEAL, known=(link("proposed", missing="no court is named"),)) == [("abrego-garcia", "ca4 25-1345", "linked")]
    bare = paper("USCA Case Number 25-1345 for 31 Notice of Appeal")
    assert found(bare) == [("abrego-garcia", "ca4 25-1345", "proposed")]
    assert found(bare, known=(link("proposed", missing="no court is named"),)) == []


def test_of_two_papers_of_a_reading_the_certain_one_speaks() -> None:
    bare = paper("USCA Case Number 25-1345 for 31 Notice of Appeal", number="39")
    assert found(bare, APPEAL) == found(APPEAL, bare) == [("abrego-garcia", "ca4 25-1345", "linked")]


def test_a_link_whose_paper_says_it_no_more_is_only_proposed() -> None:
    mended = replace(APPEAL, summary="FILING ERROR: wrong case")
    assert found(mended, known=(link(),)) == [("abrego-garcia", "ca4 25-1345", "proposed")]
    assert found(paper("ORDER granting stay", number="41"), known=(link(),)) == []  # another paper says nothing of it
    assert found(mended, replace(APPEAL, key="cl:another"), known=(link(),)) == [("abrego-garcia", "ca4 25-1345", "linked")]


def test_a_link_stays_when_the_notice_that_named_its_court_leaves_the_feed() -> None:
    notice = paper("NOTICE OF APPEAL to 4th Circuit as to 21 Order by Kristi Noem", number="31")
    number = paper("USCA Case Number 25-1345 for 31 Notice of Appeal filed by Kristi Noem", number="40")
    first = families.found(CASES, (), [notice, number])
    assert [(each.docket, each.state) for each in first if each.docket.number] == [(CA4, "linked")]
    assert found(number, known=first) == []
    assert found(replace(number, summary=f"{number.summary} (Entered: 04/05/2025)"), known=first) == []
    assert found(replace(number, summary=f"CORRECTED {number.summary}"), known=first) == []
    for changed in (
        "USCA Case Number 25-1355 for 31 Notice of Appeal filed by Kristi Noem",
        f"FILING ERROR: {number.summary}",
        f"NOTICE by Kristi Noem of {number.summary}",
        "USCA Case Number 25-1345, related to 24-1000",
    ):
        undone = [each for each in families.found(CASES, first, [replace(number, summary=changed)]) if each.docket == CA4]
        assert [(each.state, each.named.missing) for each in undone] == [
            ("proposed", "the paper that said so was changed, and says it no more")
        ]


AARP = Watch(id="aarp", kind="case", title="A.A.R.P. v. Trump", dockets=(Docket(court="txnd", number="1:25-cv-00059"),))
ORDERED = "ORDER of the Supreme Court in 24A1007"
THERE, HERE = paper(ORDERED, AARP.dockets[0]), paper(ORDERED, JGG.dockets[0])


def test_what_is_linked_with_another_case_is_only_proposed() -> None:
    known = families.found((JGG, AARP), (), [THERE])
    assert [(each.watch, each.state) for each in known] == [("aarp", "linked")]
    (asked,) = families.found((JGG, AARP), known, [HERE])
    assert (asked.watch, asked.state, asked.named.missing) == ("jgg-v-trump", "proposed", "it is linked with aarp")
    jgg, aarp = families.joined((JGG, AARP), (*known, asked))
    assert (jgg, len(aarp.dockets)) == (JGG, 2)
    refused = tuple(replace(each, state="refused") for each in known)  # the operator says that it is not of that case
    assert found(HERE, known=refused, cases=(JGG, AARP)) == [("jgg-v-trump", "scotus 24A1007", "linked")]
    assert found(THERE, HERE, known=refused, cases=(JGG, AARP)) == [("jgg-v-trump", "scotus 24A1007", "linked")]


def test_what_two_cases_would_be_linked_with_is_proposed_to_both() -> None:
    asked = families.found((JGG, AARP), (), [THERE, HERE])
    assert {(each.watch, each.state, each.named.missing) for each in asked} == {
        ("aarp", "proposed", "a court names it for jgg-v-trump"),
        ("jgg-v-trump", "proposed", "a court names it for aarp"),
    }
    stored = tuple(replace(each, state="linked", named=replace(each.named, missing="")) for each in asked)  # by two readings at once
    assert families.joined((JGG, AARP), stored) == (JGG, AARP)
    assert {(each.watch, each.named.missing) for each in families.standing((JGG, AARP), stored)} == {
        ("aarp", "it is linked with jgg-v-trump"),
        ("jgg-v-trump", "it is linked with aarp"),
    }
    assert found(THERE, HERE, known=stored, cases=(JGG, AARP)) == []


def test_of_a_closed_paper_no_word_is_kept() -> None:
    (asked,) = families.found(CASES, (link(),), [replace(APPEAL, stage=Stage.SEALED)])
    assert (asked.state, asked.named.found, asked.named.missing) == ("proposed", "", "the paper that said so is closed")
    assert families.reason(asked.named) == "its appeal: mdd 8:25-cv-00951 said so"
    assert found(replace(APPEAL, stage=Stage.REMOVED)) == []


def test_a_linked_docket_names_others_in_its_turn() -> None:
    remark = paper("SUPREME COURT REMARK--application for stay filed. 24A949", CA4)
    assert found(remark) == []
    assert found(remark, known=(link(),)) == [("abrego-garcia", "scotus 24A949", "linked")]
    assert found(remark, known=(link("proposed"),)) == []


def test_a_case_never_swallows_a_court() -> None:
    many = [paper(f"USCA Case Number 25-{number} for 4th Circuit", number=str(number)) for number in range(1_000, 1_080)]
    states = [state for _, _, state in found(*many)]
    assert (states.count("linked"), states.count("proposed")) == (families.MOST, 20)


def test_a_court_without_a_number_is_proposed_until_the_case_has_a_docket_there() -> None:
    notice = paper("NOTICE OF APPEAL to 4th Circuit as to 21 Order", number="31")
    assert found(notice) == [("abrego-garcia", "ca4 ?", "proposed")]
    assert found(notice, known=(link(),)) == []
    hint = link("proposed", Docket(court="ca4", number=""))
    assert families.standing(CASES, (hint,)) == (hint,)
    assert families.standing(CASES, (hint, link())) == (link(),)


def test_a_number_without_a_court_is_proposed_until_the_case_has_that_number() -> None:
    asked = link("proposed", Docket(court="", number="25-1345"), missing="no court is named")
    assert families.standing(CASES, (asked,)) == (asked,)
    assert families.standing(CASES, (asked, link())) == (link(),)


def test_a_case_of_the_same_name_is_proposed_whoever_holds_the_office() -> None:
    habeas = Docket(court="mdd", number="8:25-cv-02780", courtlistener=71191591)
    later = paper("ORDER", habeas, case="Abrego Garcia v. Successor")
    (proposed,) = families.found(CASES, (), [later, replace(later, key="another")])
    assert (proposed.watch, proposed.state, proposed.docket, proposed.named.found) == (
        "abrego-garcia", "proposed", habeas, "Abrego Garcia v. Successor"
    )  # fmt: skip
    page = Document(key="feed:x", title="Abrego Garcia v. Noem", url="https://www.courtlistener.com/docket/71191591/abrego-garcia-v-noem/")
    assert found(page) == [("abrego-garcia", "courtlistener 71191591", "proposed")]
    assert found(replace(page, url="https://www.courtlistener.com/docket/69777799/abrego-garcia-v-noem/")) == []  # the file has it
    assert found(replace(page, title="Doe v. Noem")) == []


def test_the_cases_that_are_joined_keep_why() -> None:
    refused, proposed = link("refused", Docket(court="ca4", number="25-1404")), link("proposed", Docket(court="ca4", number="25-1519"))
    abrego, jgg, doctrine = families.joined(CASES, (link(), refused, proposed))
    assert (abrego.dockets, abrego.links) == ((MDD, CA4), (link(),))
    assert (jgg, doctrine) == CASES[1:]
    assert families.joined((JGG,), (link(),)) == (JGG,)  # the file has the case no more


def test_a_link_is_gone_when_the_file_has_the_docket_and_asked_about_when_another_case_has_it() -> None:
    assert families.standing((replace(ABREGO, dockets=(MDD, CA4)),), (link(),)) == ()
    (asked,) = families.standing((ABREGO, replace(JGG, dockets=(CA4,))), (link(),))
    assert (asked.state, asked.named.missing) == ("proposed", "the file has it under jgg-v-trump")


def test_a_link_says_why_in_a_line() -> None:
    (named_there,) = families.named_by([APPEAL])
    assert families.reason(named_there) == "its appeal: mdd 8:25-cv-00951 says “USCA Case Number 25-1345 for 4th Circuit”"


SAID = """USCA Case Number 25-1345 4th Circuit for 31 Notice of Appeal MANDATE *** ( # : - Supreme Court 24A949 LETTER from
    consolidated with transferred to in District Maryland 8:25-cv-951"""
WORDS = st.lists(st.sampled_from(SAID.split()), max_size=60)


@given(WORDS, st.sampled_from(["mdd", "ca4", "scotus", "", "jpml"]))
def test_whatever_a_line_says_its_evidence_stands_there(words: list[str], court: str) -> None:
    named(court, " ".join(words))


def test_a_long_line_of_decoration_is_read_at_once() -> None:
    for words in ("** " * 60_000, "-" * 100_000, "(1 " * 50_000, "consolidated with " + "25-1 " * 40_000, "USCA " * 40_000):
        assert named("mdd", words) == []
    for filler in (" ", ", ", "the ", "for 1 ", "as to 1 notice of appeal filed by A ", "Trump, ", "filed by "):
        long = (f"MANDATE of USCA {filler * 600}"[:1_900]).rstrip() + " what? USCA Case Number 25-1345 4th Circuit"
        assert all(not sure for *_, sure in named("mdd", long))
