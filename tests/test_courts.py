"""Docket entries: the kind of paper, its first clause. The shapes are those of courts' feeds."""

import io
import json
from collections import Counter
from pathlib import Path

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.courts import SHORT, entry_type, short
from watcher.models import DocumentType as T


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ORDER granting 12 Motion for Temporary Restraining Order. Signed by Judge Paula Xinis on 4/4/2025.", T.ORDER),
        ("PAPERLESS ORDER denying 81 Motion to Stay. (Entered: 04/22/2025)", T.ORDER),
        ("Judge Brian E. Murphy: ELECTRONIC ORDER entered granting 40 Motion for Leave to File", T.ORDER),
        ("District Judge Brian E. Murphy: MEMORANDUM AND ORDER entered.", T.ORDER),
        ("MINUTE ORDER: As discussed at the hearing, the Government shall file a notice by noon.", T.ORDER),
        ("TEMPORARY RESTRAINING ORDER. Signed by Judge James E. Boasberg on 3/15/2025.", T.ORDER),
        ("PRELIMINARY INJUNCTION. Signed by Judge Brian E. Murphy.", T.ORDER),
        ("CORRECTED AMENDED ORDER re 51 Order. (Attachments: # 1 Exhibit)", T.ORDER),
        ("Order on Motion to Stay", T.ORDER),
        ("STIPULATION AND ORDER of dismissal", T.ORDER),
        ("SO ORDERED", T.ORDER),
        ("SEALED ORDER", T.ORDER),
        ("CLERK'S ORDER [2106439] filed directing the parties to file briefs", T.ORDER),
        ("PER CURIAM ORDER [2105123] filed (Special Panel) that the motions for stay be denied", T.ORDER),
        ("ORDER filed [1001714361] denying Motion for stay pending appeal", T.ORDER),
        ("51 ORDER. The Court has reviewed the declarations.", T.ORDER),
        ("ORDER granting [15] Stipulation and [Proposed] Order", T.ORDER),
        ("Case Stayed", T.ORDER),
        ("The matter is continued. It is hereby ORDERED that counsel appear.", T.ORDER),
        ("MEMORANDUM OPINION. Signed by Judge Paula Xinis on 4/6/2025.", T.OPINION),
        ("MEMORANDUM OPINION AND ORDER re 5 Motion", T.OPINION),
        ("OPINION & ORDER re: 77 MOTION for Class Certification", T.OPINION),
        ("PUBLISHED AUTHORED OPINION filed. Originating case number: 8:25-cv-00951-PX", T.OPINION),
        ("FILED PER CURIAM OPINION", T.OPINION),
        ("REPORT AND RECOMMENDATIONS re 9 Petition for Writ of Habeas Corpus", T.OPINION),
        ("CLERK'S JUDGMENT in favor of Plaintiff", T.JUDGMENT),
        ("MANDATE of USCA as to 60 Notice of Appeal", T.JUDGMENT),
        ("MOTION for Temporary Restraining Order by All Plaintiffs (Attachments: # 1 Text of Proposed Order)", T.MOTION),
        ("Consent MOTION for Extension of Time", T.MOTION),
        ("JOINT LETTER MOTION for Discovery addressed to Judge Ona T. Wang", T.MOTION),
        ("***EX-PARTE***LETTER MOTION to Compel", T.SEALED),
        ("FILING ERROR - WRONG EVENT TYPE SELECTED FROM MENU - MOTION to Seal", T.MOTION),
        ("NOTICE OF MOTION to Dismiss", T.MOTION),
        ("Extension of Time to File Response/Reply", T.MOTION),
        ("Temporary Restraining Order", T.MOTION),
        ("PROPOSED ORDER re 12 Motion", T.PROPOSED_ORDER),
        ("[PROPOSED] ORDER granting 12 Motion", T.PROPOSED_ORDER),
        ("(Proposed) Temporary Restraining Order", T.PROPOSED_ORDER),
        ("Text of Proposed Order", T.PROPOSED_ORDER),
        ("PROPOSED STIPULATION AND ORDER", T.PROPOSED_ORDER),
        ("STIPULATION WITH PROPOSED ORDER re 628 Order", T.PROPOSED_ORDER),
        ("Order [Proposed] granting relief", T.PROPOSED_ORDER),
        ("NOTICE of Filing of Proposed Order", T.NOTICE),
        ("NOTICE by Kristi Noem re 51 Order", T.NOTICE),
        ("STATUS REPORT by Kristi Noem", T.NOTICE),
        ("Set/Reset Deadlines: Responses due by 1/8/2026", T.OTHER),
        ("Minute Entry for proceedings held before Judge Paula Xinis: Motion Hearing held on 4/4/2025", T.MINUTE),
        ("Electronic Clerk's Notes for proceedings held before Judge Brian E. Murphy: Hearing held", T.MINUTE),
        ("TRANSCRIPT ORDER for proceedings held on 4/4/2025", T.TRANSCRIPT),
        ("NOTICE OF FILING OF OFFICIAL TRANSCRIPT of a conference", T.TRANSCRIPT),
        ("Transcript of Motion Hearing held on April 4, 2025", T.TRANSCRIPT),
        ("ELECTRONIC NOTICE SETTING HEARING on 80 MOTION for Reconsideration", T.HEARING),
        ("Set/Reset Hearings: Status Conference set for 1/15/2026", T.HEARING),
        ("Notice of Hearing", T.HEARING),
        ("Motion Hearing", T.MINUTE),
        ("NOTICE of Appearance by Drew Ensign", T.APPEARANCE),
        ("NOTICE OF WITHDRAWAL OF APPEARANCE as to Erez Reuveni", T.APPEARANCE),
        ("LETTER to Judge Xinis from counsel", T.LETTER),
        ("***SELECTED PARTIES*** LETTER addressed to Magistrate Judge Ona T. Wang from counsel: re order", T.SEALED),
        ("RESPONSE in Opposition re 12 MOTION for Temporary Restraining Order", T.BRIEF),
        ("LETTER RESPONSE to Motion", T.BRIEF),
        ("MEMORANDUM OF LAW in Support re 6 Motion", T.BRIEF),
        ("AMICUS BRIEF by Law Professors", T.BRIEF),
        ("SEALED DOCUMENT", T.SEALED),
        ("-SEALED MOTION by Kristi Noem", T.SEALED),
        ("NOTICE OF APPEAL as to 21 Order by Kristi Noem", T.APPEAL),
        ("USCA Case Number 25-1345 for 22 Notice of Appeal", T.APPEAL),
        ("COMPLAINT against Kristi Noem challenging an order", T.OTHER),
        ("DECLARATION of Evan Katz in Support re 12 MOTION", T.OTHER),
        ("CERTIFICATE OF SERVICE of the Order", T.OTHER),
        ("USCA Appeal Fees received re 805 USCA Order", T.APPEAL),
        ("Case termination for order and judgment", T.JUDGMENT),
        ("", T.OTHER),
        ("   \n ", T.OTHER),
    ],
)
def test_the_kind_is_what_the_clerk_wrote_first(text: str, kind: T) -> None:
    assert entry_type(text) is kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("[Dismiss]", T.MOTION),
        ("[Extension of Time to File Response/Reply]", T.MOTION),
        ("[Extension of Time to File Document] [Conference]", T.MOTION),
        ("[~Util - Set Deadlines] [Memo Endorsement]", T.ORDER),
        ("[~Util - Set Deadlines] [Stipulation and Order]", T.ORDER),
        ("[~Util - Add and Terminate Parties] [Notice of Voluntary Dismissal - Signed]", T.ORDER),
        ("[~Util - Terminate Motions]", T.OTHER),
        ("[Opinion] [Order]", T.OPINION),
        ("[PROPOSED] [ORDER]", T.PROPOSED_ORDER),
        ("[Notice of Hearing]", T.HEARING),
    ],
)
def test_of_names_in_brackets_what_the_court_did_decides_and_then_the_first(text: str, kind: T) -> None:
    assert entry_type(text) is kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("REDACTION to (12 in 1:25-cv-00001) LETTER MOTION to compel the log of flights", T.MOTION),
        ("REDACTION to (12 in 1:25-cv-00001, 3 in 1:25-cv-00002) Response in Opposition to Motion,,, to Stay", T.BRIEF),
        ("CORRECTION OF DOCKET # 12, [12-1] and [12-2Statement of Non-Opposition re 11 MOTION to Relate", T.BRIEF),
        ("***EX-PARTE*** ORDER granting 12 Motion to Unseal", T.ORDER),
        ("***EX-PARTE*** NOTICE of filing of Exhibit A", T.SEALED),
        ("Waiver of right of respondent to respond filed.", T.OTHER),
    ],
)
def test_a_paper_filed_anew_is_of_the_kind_it_was_and_one_for_some_eyes_only_is_sealed(text: str, kind: T) -> None:
    assert entry_type(text, court="scotus" if text.startswith("Waiver") else "nysd") is kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Application (24A949) to vacate the injunction, submitted to The Chief Justice.", T.MOTION),
        ("Application (24A949) granted by The Chief Justice.", T.ORDER),
        ("Application (06A1001) denied by The Chief Justice. (Detached Opinion)", T.ORDER),
        ("Application (24A1007) referred to the Court.", T.ORDER),
        (
            "The application to vacate injunction presented to The Chief Justice and by him referred to the Court is granted in part.",
            T.ORDER,
        ),
        ("Order entered by The Chief Justice: the order of the District Court is hereby stayed pending further order.", T.ORDER),
        ("UPON CONSIDERATION of the application of counsel, it is ordered that the Government not remove any member.", T.ORDER),
        ("Petition DENIED.", T.ORDER),
        ("Motion to extend the time to file a response is granted.", T.ORDER),
        ("Response to application (24A949) requested by The Chief Justice, due by 5 p.m. (EDT), April 8, 2025.", T.NOTICE),
        ("Response to application from respondents filed.", T.BRIEF),
        ("Reply of applicants filed.", T.BRIEF),
        ("Brief amici curiae of Former Officials filed.", T.BRIEF),
        ("Petition for a writ of certiorari filed. (Response due April 9, 2025)", T.APPEAL),
        ("Judgment REVERSED and case REMANDED. Thomas, J., delivered the opinion of the Court.", T.OPINION),
        ("JUDGMENT ISSUED.", T.JUDGMENT),
        ("SET FOR ARGUMENT on Monday, January 9, 2023.", T.HEARING),
        ("Argued. For petitioner: counsel.", T.MINUTE),
        ("DISTRIBUTED for Conference of 5/2/2025.", T.HEARING),
        ("Letter of applicants notifying the Court filed.", T.LETTER),
        ("CIRCULATED.", T.OTHER),
        (
            "The case is before the Fifth Circuit. A response is invited. The Government is directed not to remove anybody.",
            T.ORDER,
        ),
    ],
)
def test_the_supreme_court_has_forms_of_its_own(text: str, kind: T) -> None:
    assert entry_type(text, court="scotus") is kind


def test_a_granted_application_is_known_without_the_court_but_not_in_another() -> None:
    text = "Application (24A949) granted by The Chief Justice."
    assert entry_type(text) is T.ORDER
    assert entry_type(text, court="mdd") is not T.ORDER


@given(
    st.sampled_from(
        ["Proposed Order", "[PROPOSED] ORDER", "Text of Proposed Order", "(Proposed) Preliminary Injunction", "PROPOSED JUDGMENT"]
    ),
    st.sampled_from(["", "51 ", "*** ", "- "]),
    st.sampled_from(
        ["", " granting 12 Motion", " re 12 MOTION for Stay", ". Signed by counsel", " by Kristi Noem (Attachments: # 1 Order)"]
    ),
)
def test_a_proposed_order_is_never_an_order(words: str, before: str, after: str) -> None:
    assert entry_type(before + words + after) is T.PROPOSED_ORDER


@given(
    st.sampled_from(["MOTION to Stay by Kristi Noem", "NOTICE by Kristi Noem", "RESPONSE to 12 Motion", "LETTER from counsel"]),
    st.text(max_size=40),
)
def test_attachments_say_nothing_about_the_paper_they_hang_on(head: str, name: str) -> None:
    assert entry_type(f"{head} (Attachments: # 1 Text of Proposed Order, # 2 ORDER {name})") is entry_type(head)


@pytest.mark.parametrize(
    "unit", ["judge ", "Order ", "*** ", "(Attachments: ", "51 ", "motion granted ", "hearing set for ", "a", "<b>", "proposed "]
)
def test_any_bytes_have_a_kind_and_a_short_form(unit: str) -> None:
    text = unit * 200_000
    assert entry_type(text) in T
    assert len(short(text)) <= SHORT


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        (
            "ORDER granting 12 Motion for Temporary Restraining Order. Signed by Judge Paula Xinis on 4/4/2025. (as, Deputy Clerk)",
            "ORDER granting 12 Motion for Temporary Restraining Order",
        ),
        ("MOTION to Stay re 21 Order filed by Kristi Noem (Attachments: # 1 Text of Proposed Order)", "MOTION to Stay re 21 Order"),
        (
            "Judge Brian E. Murphy: ELECTRONIC ORDER entered granting 40 Motion; denying 41 Motion",
            "ELECTRONIC ORDER entered granting 40 Motion",
        ),
        ("ORDER. The Court has reviewed the declarations. More follows.", "ORDER. The Court has reviewed the declarations"),
        ("MEMORANDUM OPINION. Signed by Judge Paula Xinis.", "MEMORANDUM OPINION"),
        ("Motion in Trump v. J.G.G. and related cases. Filed.", "Motion in Trump v. J.G.G. and related cases"),
        ("Petition DENIED.", "Petition DENIED"),
        ("ORDER", "ORDER"),
        ("", ""),
    ],
)
def test_the_first_clause_is_a_headline(text: str, clause: str) -> None:
    assert short(text) == clause


def test_a_long_clause_is_cut_between_words_at_the_limit() -> None:
    exact = "ORDER " + "x" * (SHORT - len("ORDER "))
    assert short(exact) == exact
    cut = short("ORDER granting " + "relief " * 40)
    assert len(cut) <= SHORT
    assert cut.endswith("relief…")
    assert len(short("y" * 500)) == SHORT


def test_real_feeds_of_dockets_have_no_proposed_order_among_their_orders(payloads: Path) -> None:
    summaries = []
    for path in sorted((payloads / "fixtures" / "courtlistener" / "docket_feeds").rglob("*.xml")):
        feed = feedparser.parse(io.BytesIO(path.read_bytes()))
        summaries += [entry.get("summary", "") for entry in feed.entries]
    kinds = Counter(entry_type(summary) for summary in summaries)
    assert len(summaries) > 300
    assert kinds[T.ORDER] > 30
    assert kinds[T.OTHER] < len(summaries) / 2
    judged = [s for s in summaries if entry_type(s) in (T.ORDER, T.OPINION, T.JUDGMENT)]
    assert not [s for s in judged if "propos" in s[:40].lower()]
    signed = [s for s in summaries if "signed by judge" in s.lower() or "signed by magistrate judge" in s.lower()]
    assert signed
    assert {entry_type(s) for s in signed} <= {T.ORDER, T.OPINION, T.JUDGMENT}


def test_real_supreme_court_dockets_are_read_by_its_forms(payloads: Path) -> None:
    acts: set[T] = set()
    for path in sorted((payloads / "fixtures" / "scotus").glob("*.json")):
        entries = json.loads(path.read_bytes()).get("ProceedingsandOrder", [])
        texts = [entry["Text"] for entry in entries]
        acts |= {
            entry_type(text, court="scotus")
            for text in texts
            if "granted by Justice" in text or text.startswith(("Petition DENIED", "Petition GRANTED"))
        }
        assert all(entry_type(text, court="scotus") is T.BRIEF for text in texts if text.startswith(("Brief", "Reply")))
    assert acts == {T.ORDER}
