"""What is told to nobody: whose lawyer, whose copy, whose clerk; and what only repeats another entry of its day."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from watcher.courts import entry_type
from watcher.models import Deadline, Docket, Document, Severity
from watcher.models import DocumentType as T
from watcher.severity import severity_of
from watcher.substance import instead_of, is_again, is_amended, is_formality, is_marked, is_removed, repeats

NOW = datetime(2025, 12, 5, tzinfo=UTC)
MDD = Docket(court="mdd", number="8:25-cv-00951", courtlistener=69777799)


def entry(words: str, number: str = "51", **fields: object) -> Document:
    usual = {"docket": MDD, "published": NOW, "type": entry_type(words), "key": f"cl:69777799#entry-{number or 'minute'}"}
    return Document(**(usual | {"summary": words, "number": number} | fields))  # type: ignore[arg-type]  # fields of a Document


FORMALITIES = [
    "NOTICE of Appearance by Jane Roe on behalf of Kristi Noem",
    "Notice of Appearance/Substitution/Change/Withdrawal of Attorney",
    "MOTION for Jane A. Roe to Appear Pro Hac Vice. Filing fee $ 200.00, receipt number 7.",
    "Appear Pro Hac Vice",
    "MOTION for Jane M. Roe to Withdraw as Attorney. Document filed by the Union.",
    "CONSENT MOTION to Substitute Attorney",
    "NOTICE of Withdrawal of Jane A. Roe as Counsel for the plaintiffs",
    "NOTICE of Change of Address by Jane Roe",
    "NOTICE of Withdrawal of Appearance by Jane Roe",
    "RULE 7.1 CORPORATE DISCLOSURE STATEMENT. No corporate parent.",
    "Certificate of Service Other",
    "CERTIFICATE OF SERVICE of the response on 12/2/2025.",
    "AFFIDAVIT OF SERVICE of Summons and Complaint",
    "SUMMONS RETURNED Executed by the Union.",
    "Summons Issued as to All Defendants",
    "[Affidavit of Service Other] [Certificate of Service Other]",
    "***NOTICE TO ATTORNEY TO RE-FILE DOCUMENT - EVENT TYPE ERROR. Notice to Attorney Roe to RE-FILE Document 12.",
    "FILING ERROR - WRONG EVENT TYPE SELECTED FROM MENU - MOTION to Stay",
    "USCA Appeal Fees received $ 605",
    "TRANSCRIPT ORDER for proceedings held on 11/10/2025",
    "Case Assigned to Judge Paula Xinis",
]
SUBSTANCE = [
    "Notice (Other)",
    "NOTICE of Supplemental Authority by Kristi Noem",
    "MOTION to Withdraw the Reference",
    "NOTICE of Withdrawal of 44 Motion by counsel for the plaintiffs",
    "MOTION for Sanctions against counsel admitted pro hac vice",
    "MOTION to Revoke Pro Hac Vice Admission",
    "MOTION to Disqualify Counsel",
    "MOTION for Extension of Time to File Response re Motion to Withdraw as Attorney",
    "DECLARATION of Forest Service Ranger Roe",
    "AFFIDAVIT of Secret Service Agent Roe",
    "ORDER granting Motion for Jane Roe to Appear Pro Hac Vice",
    "ORDER. Case reassigned to Judge Roe",
    "[Certificate of Service Other] [Letter]",
    "LETTER from Counsel for the Union",
    "***EX-PARTE*** LETTER MOTION for Discovery",
    "COMPLAINT against Kristi Noem ( Filing fee $405 receipt number 7)",
    "TRANSCRIPT of Proceedings held on 11/10/2025",
    "MOTION to Serve by Other Means",
    "Set/Reset Hearings: Motion Hearing set for 12/19/2025",
]


@pytest.mark.parametrize("words", FORMALITIES)
def test_lawyers_copies_and_the_clerks_own_work_are_formalities(words: str) -> None:
    assert severity_of(entry(words)) is Severity.FORMALITY


@pytest.mark.parametrize("words", SUBSTANCE)
def test_what_courts_and_parties_say_is_of_substance_and_so_is_what_nobody_knows(words: str) -> None:
    assert severity_of(entry(words)) >= Severity.ROUTINE


@pytest.mark.parametrize("kind", [T.ORDER, T.OPINION, T.JUDGMENT])
@pytest.mark.parametrize("words", [*FORMALITIES[-6:], ""])
def test_an_act_of_a_court_never_is_one(words: str, kind: T) -> None:
    assert severity_of(entry(words, "", type=kind)) >= Severity.NOTABLE


def test_only_papers_of_courts_are_formalities() -> None:
    assert not is_formality(replace(entry(FORMALITIES[5], type=T.ARTICLE), docket=None))


@pytest.mark.parametrize(("number", "formal"), [("51", False), ("", True)])
def test_an_entry_without_words_is_told_if_it_has_a_number(number: str, formal: bool) -> None:
    assert is_formality(entry("", number)) is formal


@pytest.mark.parametrize("words", ["ORDER: the filing error of the clerk is corrected", "LETTER re: errors in filing"])
def test_only_the_clerks_own_mark_counts(words: str) -> None:
    assert not is_marked(words)


def day(*days: int) -> tuple[Deadline, ...]:
    return tuple(Deadline(label="due", on=date(2026, 1, each)) for each in days)


NOTICED = entry("CLERK'S NOTICE SCHEDULING CONFERENCE. Conference set for 1/5/2026.", "56", deadlines=day(5))
TRANSCRIPT = entry("TRANSCRIPT of Proceedings held on 11/13/2025 before Judge Roe.", "57")
ORDERED = entry("ORDER denying 46 Motion. Motions due by 1/5/2026, replies by 1/9/2026.", "58", deadlines=day(5, 9))


@pytest.mark.parametrize(
    ("words", "beside", "fields"),
    [
        ("Clerk's Notice AND ~Util - Teleconference Zoom", NOTICED, {}),
        ("Set/Reset Deadlines: Motions due by 1/5/2026. Replies due by 1/9/2026.", ORDERED, {"deadlines": day(5, 9)}),
        ("Set/Reset Deadlines", ORDERED, {}),
        ("Set/Reset Hearings: Conference set for 1/5/2026.", NOTICED, {"deadlines": day(5)}),
        ("NOTICE OF FILING OF OFFICIAL TRANSCRIPT Notice is hereby given…", TRANSCRIPT, {"number": "59"}),
    ],
)
def test_an_entry_that_only_repeats_another_of_its_day_is_found(words: str, beside: Document, fields: dict[str, object]) -> None:
    again = entry(words, **{"number": ""} | fields)  # type: ignore[arg-type]  # fields of a Document
    assert repeats([again, beside]) == {again.key}
    assert repeats([again]) == frozenset()
    assert repeats([replace(again, published=NOW - timedelta(days=1)), beside]) == frozenset()
    assert repeats([replace(again, docket=replace(MDD, courtlistener=1)), beside]) == frozenset()


@pytest.mark.parametrize(
    ("words", "beside", "fields"),
    [
        ("ORDER", ORDERED, {}),  # an act is never taken for a copy
        ("Order on Motion for Discovery", ORDERED, {}),
        ("Set/Reset Hearings: Conference set for 1/6/2026.", NOTICED, {"deadlines": day(6)}),  # another day
        ("Set/Reset Hearings: Conference set for 1/5/2026.", TRANSCRIPT, {"deadlines": day(5)}),
        ("Motion Hearing", ORDERED, {}),
        ("TRANSCRIPT of Proceedings held on 11/14/2025 before Judge Roe.", TRANSCRIPT, {"number": "59"}),
        ("Notice (Other)", replace(NOTICED, summary="***NOTICE TO ATTORNEY TO RE-FILE DOCUMENT", type=T.NOTICE), {}),
        ("LETTER from the Union", entry("LETTER from the Union", "60"), {"number": "61"}),  # a number of its own
    ],
)
def test_what_says_something_of_its_own_is_told(words: str, beside: Document, fields: dict[str, object]) -> None:
    again = entry(words, **{"number": ""} | fields)  # type: ignore[arg-type]  # fields of a Document
    assert repeats([again, beside]) == frozenset()


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("RE-FILED Document 12 MOTION to Stay", "12"),
        ("MOTION to Stay (CORRECTION OF DOCKET # 650, [650-1]) filed by the Union", "650"),
        ("LETTER from the Union. Replaces Dkt. No. 45.", "45"),
        ("Statement of Non-Opposition re 651 MOTION to Relate (CORRECTION OF DOCKET # 650)", ""),  # what it answers was filed again
        ("LETTER MOTION to Seal re: 786, corrected filing 801", ""),
        ("CORRECTED BRIEF of the Union", ""),  # it does not say of what
        ("BRIEF re-filing of Dkt. 635, Public Version", ""),  # the first that anybody may read
        ("MOTION to Stay (Correction of 12). Filed In Associated Cases: 1:25-md-03143 et al.", ""),  # of which docket is 12?
        ("MOTION to correct the record of 12 hearings", ""),
    ],
)
def test_an_entry_names_what_it_files_again(words: str, number: str) -> None:
    assert instead_of(words) == number


@pytest.mark.parametrize(
    ("before", "again"),
    [
        ("FILING ERROR - WRONG EVENT TYPE SELECTED FROM MENU - MOTION to Seal the exhibits of the Union", True),
        ("Seal", True),
        ("LETTER from the Secretary about her calendar", False),
        ("", False),
    ],
)
def test_what_is_filed_again_has_the_words_of_what_it_replaces(before: str, again: bool) -> None:
    assert is_again("LETTER MOTION to Seal the exhibits of the Union. Re-filed 12.", before) is again


@pytest.mark.parametrize(
    ("words", "amended"),
    [("AMENDED ORDER granting 12", True), ("CORRECTED OPINION", True), ("ORDER granting 12", False), ("AMENDED COMPLAINT", False)],
)
def test_a_ruling_says_that_it_is_amended(words: str, amended: bool) -> None:
    assert is_amended(words) is amended


@pytest.mark.parametrize(
    ("words", "removed"),
    [("***DELETED DOCUMENT. Deleted document number 12", True), ("ENTRY STRICKEN per order", True), ("MOTION to strike", False)],
)
def test_the_court_says_that_a_paper_is_gone(words: str, removed: bool) -> None:
    assert is_removed(words) is removed
