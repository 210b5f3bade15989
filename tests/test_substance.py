"""What is told to nobody: whose lawyer, whose copy, whose clerk; and what only repeats another entry of its day."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

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
    "MOTION for Leave to Appear Pro Hac Vice :Attorney Name- Jane Roe, Filing fee $ 100, receipt number 7. Fee Status: Fee Paid. by J.G.G.",
    "Assented to MOTION for Leave to Appear Pro Hac Vice for admission of Jane Roe Filing fee: $125, receipt number 7 by D.V.D.",
    "MOTION for Pro Hac Vice Appearance of Attorney Jane A. Roe, John Doe and Mary Poe of Doe Poe LLP - filed by the Union",
    "APPEARANCE OF COUNSEL by Jane Roe for Kristi Noem",
    "Notice of Appearance",
    "[Notice of Attorney Appearance - USA]",
    "NOTICE of Attorney Withdrawal by Jane Roe",
    "[Appeal Fee Payment]",
    "RECEIPT number 4179 for the filing fee",
    "MOTION to Stay. [Filed in error] (Entered: 12/05/2025)",
    "***DOCUMENT FILED IN ERROR*** LETTER from the Union",
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
#: what has the words of a formality, and is none
NEWS = [
    # a party says of another paper that it was an error
    "EMERGENCY MOTION to Vacate 51 Order entered in error by Kristi Noem",
    "MOTION to Vacate 51 Order (entered in error)",
    "RESPONSE to 45 Order to Show Cause: the 2019 withholding order was entered in error",
    "NOTICE by Kristi Noem that the order of removal of Plaintiff was entered in error",
    "MOTION to Strike 45 Notice filed in error; MOTION for Contempt",
    "MOTION to strike docket entry error and to re-file document 12",
    "FILING ERROR by ICE led to the removal of Plaintiff: MOTION for Return",
    # somebody appears who is no lawyer, or of whom something else is said
    "INITIAL APPEARANCE as to Kilmar Armando Abrego Garcia held",
    "Initial Appearance and Arraignment set for 8/22/2025 10:00 AM",
    "Minute Entry for Initial Appearance as to Kilmar Abrego Garcia",
    "APPEARANCE BOND entered",
    "SUBPOENA for Appearance of Kristi Noem",
    "NOTICE of Attorney General's Invocation of the State Secrets Privilege",
    "NOTICE of Attorney Misconduct",
    "NOTICE of Appearance by Jane Roe; EMERGENCY MOTION to Stay Removal",
    "NOTICE of Appearance and Motion for Release on Bond",
    "NOTICE of Withdrawal of Attorney General's certification",
    # a lawyer is named beside what is asked
    "MOTION for Temporary Restraining Order by J.G.G., Attorney Lee Gelernt pro hac vice",
    "EMERGENCY MOTION for Writ of Habeas Corpus and for Leave to Appear Pro Hac Vice",
    "MOTION for Class Certification and for Leave to Appear Pro Hac Vice",
    "MOTION FOR CLASS CERTIFICATION AND FOR JANE ROE TO APPEAR PRO HAC VICE",
    "MOTION for Jane Roe to Appear Pro Hac Vice and for a Temporary Restraining Order",
    "MOTION to Appear Pro Hac Vice; MOTION to Expedite the hearing",
    "NOTICE OF APPEAL as to 55 Order by Kristi Noem, attorney admitted pro hac vice",
    "NOTICE OF APPEAL. Filing fee $ 605, receipt number 7",
    "EMERGENCY MOTION to enjoin termination of detainees' access to counsel",
    "MOTION to Terminate Restrictions on Access to Counsel",
    "MOTION to Withdraw Counsel's Declaration",
    # copies, and the clerk's work
    "Return of Service of Writ of Habeas Corpus: petitioner not produced",
    "NOTICE of Service of the Notice of Removal to South Sudan on Plaintiff",
    "CERTIFICATE OF SERVICE; MOTION to Compel",
    "CERTIFICATE OF SERVICE and MOTION for Contempt",
    "Mail Returned as undeliverable: petitioner was removed",
    "Case referred to the full court for hearing en banc",
    "RECEIPT of Diplomatic Assurances from El Salvador",
    "PAYMENT to El Salvador under the agreement",
    "Notice to Attorney General to re-file the assurances",
]


@pytest.mark.parametrize("words", FORMALITIES)
def test_lawyers_copies_and_the_clerks_own_work_are_formalities(words: str) -> None:
    assert severity_of(entry(words)) is Severity.FORMALITY


@pytest.mark.parametrize("words", SUBSTANCE)
def test_what_courts_and_parties_say_is_of_substance_and_so_is_what_nobody_knows(words: str) -> None:
    assert severity_of(entry(words)) >= Severity.ROUTINE


@pytest.mark.parametrize("words", NEWS)
def test_what_only_has_words_of_a_formality_is_told(words: str) -> None:
    assert severity_of(entry(words)) >= Severity.ROUTINE


@pytest.mark.parametrize("kind", [T.ORDER, T.OPINION, T.JUDGMENT, T.HEARING, T.MINUTE])
@pytest.mark.parametrize("words", [*FORMALITIES[-6:], ""])
def test_an_act_of_a_court_or_a_hearing_never_is_one(words: str, kind: T) -> None:
    assert severity_of(entry(words, "", type=kind)) >= Severity.ROUTINE


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


def meeting(on: int, label: str = "conference", at: time | None = None) -> tuple[Deadline, ...]:
    return (Deadline(label=label, on=date(2026, 1, on), time=at),)


NOTICED = entry("CLERK'S NOTICE SCHEDULING CONFERENCE. Conference set for 1/5/2026.", "56", deadlines=meeting(5))
TRANSCRIPT = entry("TRANSCRIPT of Proceedings held on 11/13/2025 before Judge Roe.", "57")
ORDERED = entry("ORDER denying 46 Motion. Motions due by 1/5/2026, replies by 1/9/2026.", "58", deadlines=day(5, 9))


@pytest.mark.parametrize(
    ("words", "beside", "fields"),
    [
        ("Clerk's Notice AND ~Util - Teleconference Zoom", NOTICED, {}),
        ("Set/Reset Deadlines: Motions due by 1/5/2026. Replies due by 1/9/2026.", ORDERED, {"deadlines": day(5, 9)}),
        ("Set/Reset Hearings: Conference set for 1/5/2026.", NOTICED, {"deadlines": meeting(5)}),
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
        ("Set/Reset Hearings: Conference set for 1/6/2026.", NOTICED, {"deadlines": meeting(6)}),  # another day
        ("Set/Reset Hearings: Conference set for 1/5/2026 at 9:00 AM.", NOTICED, {"deadlines": meeting(5, at=time(9))}),  # with its hour
        ("Set/Reset Hearings: Contempt Hearing set for 1/5/2026.", ORDERED, {"deadlines": meeting(5, "contempt hearing")}),
        ("Set/Reset Hearings: Contempt Hearing set for 1/5/2026.", NOTICED, {"deadlines": meeting(5, "contempt hearing")}),
        ("Set/Reset Hearings: Conference set for 1/5/2026.", TRANSCRIPT, {"deadlines": meeting(5)}),
        ("Set/Reset Deadlines", ORDERED, {}),  # it does not say which
        ("Set/Reset Hearings: Contempt Hearing set for tomorrow at 9 AM", entry("ORDER granting Pro Hac Vice admission", "60"), {}),
        ("Motion for Temporary Restraining Order", entry("MOTION for Extension of Time", "60"), {}),
        ("Motion for Temporary Restraining Order and Letter", entry("LETTER from the Union", "60"), {}),
        ("Arrest of Kilmar Abrego Garcia", entry("DECLARATION of Jane Roe", "60"), {}),
        ("Bail Review Hearing", entry("Minute Entry: Status Conference held on 12/5/2025", "60"), {}),
        ("Letter", entry("Letterman's declaration", "60"), {}),
        ("Motion Hearing", ORDERED, {}),
        ("TRANSCRIPT of Proceedings held on 11/14/2025 before Judge Roe.", TRANSCRIPT, {"number": "59"}),
        ("Notice (Other)", replace(NOTICED, summary="***NOTICE TO ATTORNEY TO RE-FILE DOCUMENT", type=T.NOTICE), {}),
        ("LETTER from the Union", entry("LETTER from the Union", "60"), {"number": "61"}),  # a number of its own
    ],
)
def test_what_says_something_of_its_own_is_told(words: str, beside: Document, fields: dict[str, object]) -> None:
    again = entry(words, **{"number": ""} | fields)  # type: ignore[arg-type]  # fields of a Document
    assert repeats([again, beside]) == frozenset()


def test_a_long_day_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def ask(document: Document) -> bool:
        asked.append(document.key)
        return False

    monkeypatch.setattr("watcher.substance.is_formality", ask)
    day_of_many = [entry(f"LETTER {number} from the Union", str(number), key=f"k{number}") for number in range(50)]
    day_of_many += [entry("Letter", "", key=f"m{number}") for number in range(50)]
    assert len(repeats(day_of_many)) == 50
    assert len(asked) == len(set(asked)) == 100


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("RE-FILED Document 12 MOTION to Stay", "12"),
        ("MOTION to Stay (CORRECTION OF DOCKET # 650, [650-1]) filed by the Union", "650"),
        ("LETTER from the Union. Re-filed version of Dkt. No. 45.", "45"),
        ("LETTER from the Union. Replaces Dkt. No. 45.", ""),
        ("LETTER from USA correcting 26: detainees were removed on March 15 notwithstanding the order", ""),
        ("DECLARATION of Robert L. Cerna correcting 26 as to the number of class members removed", ""),
        ("STATUS REPORT by Kristi Noem replacing 26: Plaintiff is held in CECOT", ""),
        ("AMENDED MOTION for TRO superseding 26: removal to Libya within hours", ""),
        ("AMENDED PETITION for Writ of Habeas Corpus superseding 26", ""),
        ("RE-FILED Document 26 AMENDED PETITION for Writ of Habeas Corpus", ""),  # it says itself that it is another
        ("NOTICE that ICE re-filed 26", ""),
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
        ("Seal", False),  # too few to be sure
        ("LETTER MOTION to Seal the exhibits of the Union, and to hold Kristi Noem in contempt of the order of this Court", False),
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
