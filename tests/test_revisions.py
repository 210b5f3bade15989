"""What a paper does to its Story: said aloud, mended in place, or nothing at all."""

import re
from dataclasses import replace
from datetime import time, timedelta

import pytest

from tests.conftest import ROOT
from tests.test_stories import DISTRICT_ORDER, NOW, REPORTS, entry, register
from watcher.models import Deadline, Document, Severity, Stage, Stay, Story
from watcher.models import DocumentType as T
from watcher.revisions import Change, revise, stays_untold


def story(kind: T = T.ORDER, *watches: str) -> Story:
    return Story(
        id=1,
        revision=1,
        title="A story",
        severity=Severity.URGENT,
        stage=Stage.STUB,
        type=kind,
        watches=watches or ("abrego-garcia",),
        lead="k",
        first_seen=NOW,
        revised_at=NOW,
    )


def now(before: Document, **fields: object) -> tuple[Document, Document]:
    return before, replace(before, **fields)  # type: ignore[arg-type]  # fields of a Document


WORDS = "NOTICE of supplemental authority by Kristi Noem re 44 Motion. (Entered: 04/05/2025)"
STUB = replace(entry("51", "Notice (Other)", T.NOTICE), stage=Stage.STUB)
LETTER = entry("52", "LETTER to Judge Xinis from the plaintiffs about the deposition. (Entered: 04/05/2025)", T.LETTER)
OPEN = replace(STUB, summary=WORDS, stage=Stage.DESCRIBED)
SEALED = replace(OPEN, summary="SEALED NOTICE by Kristi Noem. (Entered: 04/06/2025)", type=T.SEALED, stage=Stage.SEALED)
ORDERED = entry("21", DISTRICT_ORDER)
LISTED = replace(register("fr:1", "Removals", T.RULE), stage=Stage.INSPECTION, deadlines=(Deadline(label="publication", on=NOW.date()),))
MOVED = (Deadline(label="publication", on=NOW.date() + timedelta(days=1)),)
SIGNED = register("fr:1", "Ordering things", T.EXECUTIVE_ORDER)

GRANTED = "ORDER granting 12 Motion to Stay. Signed by Judge Xinis. (Entered: 1/1/2025)"
HELD = "Minute Entry for proceedings held before Judge Xinis: Show Cause Hearing held on 4/5/2025."
MINUTES = replace(entry("53", "Minute Entry", T.MINUTE), stage=Stage.STUB)
HEARING = Deadline(label="motion hearing", on=NOW.date() + timedelta(days=2), time=time(10))
DUE = Deadline(label="response due", on=NOW.date() + timedelta(days=3))
SET = replace(entry("54", "NOTICE of Hearing", T.HEARING), stage=Stage.DESCRIBED, deadlines=(HEARING, DUE))
WORDED = replace(SET, summary=WORDS)


def words(summary: str, kind: T = T.ORDER) -> Document:
    """A paper of the court that was told in these words."""
    return replace(entry("55", summary, kind), stage=Stage.DESCRIBED)


#: by the rows of the page: the versions of a paper, or the Story and the paper that joins it
CASES: dict[str, list[tuple[Document | T | None, Document]]] = {
    "becomes an act": [
        now(STUB, summary=DISTRICT_ORDER, type=T.ORDER, stage=Stage.DESCRIBED),
        (replace(STUB, summary="", type=T.OTHER), ORDERED),
        now(OPEN, summary="ORDER on the notice of supplemental authority. Signed by Judge Xinis.", type=T.ORDER),
        now(STUB, summary="ORDER of another kind. Signed by Judge Xinis.", type=T.ORDER, stage=Stage.AVAILABLE),
    ],
    "another act": [
        now(words(GRANTED), summary="ORDER denying 12 Motion to Stay. (Entered: 1/1/2025)"),
        now(words("ORDER: defendants are enjoined from removing her."), summary="ORDER: the injunction is dissolved; 9 Motion is moot"),
        now(words("ORDER: the injunction is hereby DISSOLVED."), summary="ORDER: defendants remain ENJOINED from removing her."),
        now(words("ORDER: stay granted pending appeal."), summary="ORDER: the stay is lifted as of today. (Entered: 1/1/2025)"),
        now(words("ORDER: stay granted pending appeal."), summary="ORDER: the stay pending appeal is VACATED. (Entered: 1/1/2025)"),
        now(words("OPINION: AFFIRMED by the panel.", T.OPINION), summary="OPINION: REVERSED by the panel."),
        now(words("JUDGMENT: affirmed.", T.JUDGMENT), summary="JUDGMENT: affirmed in part and vacated in part."),
        now(words("ORDER granting 12 Motion; denying 13 Motion."), summary="ORDER denying 12 Motion; granting 13 Motion."),
        now(words("ORDER granting 12 Motion; denying 13, granting 14 Motion."), summary="ORDER granting 12; denying 13, denying 14."),
        now(words(GRANTED), summary="ORDER: the motion is taken under advisement, and briefs follow. (Entered: 1/1/2025)"),
        now(words(GRANTED), summary="ORDER re 12 Motion to Stay, on which the parties shall confer. (Entered: 1/1/2025)"),
        now(words("ORDER: the motion is granted."), summary="ORDER: the motion is not granted."),
        now(words("ORDER: defendants shall return her."), summary="ORDER: defendants shall not be required to return her."),
        now(words("ORDER directing defendants to facilitate her return."), summary="ORDER setting a briefing schedule."),
        now(words("JUDGMENT: remanded.", T.JUDGMENT), summary="JUDGMENT: affirmed."),
        now(words("ORDER granting 12 Motion to Stay."), summary="ORDER granting 21 Motion to Stay."),
        now(words("ORDER dismissing the case without prejudice."), summary="ORDER dismissing the case with prejudice."),
        now(words("ORDER granting preliminary injunction."), summary="ORDER granting administrative stay."),
        now(words(GRANTED), summary="ORDER: hearing on 12 Motion follows."),
        now(words("Minute Entry: 12 Motion granted from the bench.", T.MINUTE), summary="Minute Entry: 12 Motion denied from the bench."),
        now(words(GRANTED), summary="PROPOSED ORDER granting 12 Motion, by the plaintiffs. (Entered: 1/1/2025)", type=T.PROPOSED_ORDER),
    ],
    "an act that is marked": [now(words(GRANTED), summary=f"***FILED IN ERROR*** {GRANTED}")],
    "a ruling in the record": [
        now(MINUTES, summary=f"{HELD} The Court finds the defendants in civil contempt.", stage=Stage.DESCRIBED),
        now(replace(MINUTES, summary="", type=T.OTHER), summary=f"{HELD} The Court ORDERS the government to file a report.", type=T.MINUTE),
        now(replace(MINUTES, summary=HELD, stage=Stage.DESCRIBED), summary=f"{HELD} Motion denied from the bench."),
    ],
    "another hour": [
        now(SET, deadlines=(replace(HEARING, on=NOW.date() + timedelta(days=9)),)),
        now(SET, deadlines=(replace(HEARING, time=time(15), label="hearing"),)),
        now(SET, deadlines=(), off=(HEARING,)),
        now(WORDED, summary="NOTICE: all deadlines are stayed.", deadlines=(), stays=(Stay(of="deadlines"),)),
        now(replace(WORDED, stays=(Stay(of="briefing"),)), stays=(Stay(of="briefing"), Stay(of="deadlines"))),
        now(WORDED, stays=(Stay(number="12"),)),
        now(replace(SET, type=T.ORDER), deadlines=(HEARING, replace(DUE, on=NOW.date() + timedelta(days=9)))),
    ],
    "taken back": [
        now(OPEN, stage=Stage.REMOVED),
        now(replace(OPEN, stage=Stage.AVAILABLE), stage=Stage.REMOVED),
    ],
    "withdrawn": [
        now(LISTED, stage=Stage.WITHDRAWN, deadlines=()),
        (T.RULE, replace(register("fr:2", "Rule", T.RULE), stage=Stage.WITHDRAWN)),
    ],
    "closed": [(OPEN, SEALED), (replace(OPEN, stage=Stage.AVAILABLE), SEALED)],
    "opened": [
        (SEALED, replace(OPEN, stage=Stage.AVAILABLE)),
        now(replace(OPEN, stage=Stage.REMOVED), stage=Stage.DESCRIBED),
    ],
    "corrected": [
        now(ORDERED, summary=f"AMENDED {DISTRICT_ORDER}"),
        now(replace(ORDERED, summary="ORDER denying 12 Motion for PI", stage=Stage.STUB), summary="ORDER granting 12 Motion for PI"),
        now(replace(ORDERED, summary="ORDER granting 12 Motion to Stay. (Entered: 1/1/2025)"), summary="ORDER denying 12 Motion to Stay"),
        now(replace(LISTED, stage=Stage.PUBLISHED), stage=Stage.CORRECTED),
        (T.RULE, register("fr:C1", "Correction", T.CORRECTION)),
    ],
    "joined by an act": [(T.ARTICLE, ORDERED), (T.MOTION, ORDERED)],
    "joined by an act of the President": [(T.ARTICLE, register("fr:1", "P", T.PROCLAMATION))],
    "gets its words": [
        (STUB, OPEN),
        now(STUB, summary=WORDS, stage=Stage.AVAILABLE),
        now(replace(STUB, stage=Stage.AVAILABLE), summary=WORDS),
        now(replace(STUB, summary="", type=T.OTHER), summary="Letter", type=T.LETTER),
        (replace(ORDERED, summary="Order on Motion to Stay", stage=Stage.STUB), ORDERED),
        (replace(ORDERED, summary="Order on Motion to Stay", stage=Stage.STUB), replace(ORDERED, stays=(Stay(of="deadlines"),))),
        (replace(ORDERED, summary="Order on Motion to Stay", stage=Stage.STUB), replace(ORDERED, type=T.OPINION)),
        (replace(ORDERED, summary="Order", stage=Stage.STUB), replace(ORDERED, summary=f"AMENDED {DISTRICT_ORDER}")),
        now(STUB, summary=f"***EX-PARTE***{WORDS}", type=T.SEALED, stage=Stage.DESCRIBED),
        (replace(STUB, summary="Sealed Document", type=T.SEALED, stage=Stage.SEALED), replace(SEALED, summary=f"SEALED {WORDS}")),
        (STUB, SEALED),
        (
            replace(STUB, summary="Sealed Document", type=T.SEALED, stage=Stage.SEALED),
            replace(OPEN, summary=f"***EX-PARTE***{WORDS}", type=T.SEALED),
        ),
    ],
    "marked": [now(LETTER, summary=f"FILING ERROR - WRONG EVENT - {LETTER.summary}")],
    "published": [now(LISTED, stage=Stage.PUBLISHED), now(replace(LISTED, stage=Stage.SPECIAL), stage=Stage.PUBLISHED, deadlines=())],
    "listed as special": [now(LISTED, stage=Stage.SPECIAL), now(LISTED, stage=Stage.SPECIAL, deadlines=MOVED)],
    "another day": [now(LISTED, deadlines=MOVED), now(replace(LISTED, stage=Stage.SPECIAL), deadlines=MOVED)],
    "joined by its register copy": [(T.EXECUTIVE_ORDER, SIGNED), (T.EXECUTIVE_ORDER, replace(SIGNED, stage=Stage.INSPECTION))],
    "joined by a paper": [(T.ARTICLE, entry("5", "MOTION to stay", T.MOTION))],
    "presses more": [now(replace(REPORTS[0], severity=Severity.NOTABLE), severity=Severity.URGENT)],
    "nothing of that": [
        now(replace(STUB, stage=Stage.DESCRIBED), stage=Stage.AVAILABLE),
        now(STUB, stage=Stage.AVAILABLE, enclosure="https://storage.courtlistener.com/a.pdf"),
        now(OPEN, summary=WORDS.replace("re 44", "re 45")),
        now(OPEN, enclosure="https://storage.courtlistener.com/a.0_1.pdf"),
        now(ORDERED, summary=DISTRICT_ORDER.replace("hereby ordered", "ordered"), type=T.OPINION),
        now(ORDERED, case="Abrego Garcia v. Bondi"),
        now(replace(LISTED, stage=Stage.PUBLISHED), text="The whole of it."),
        now(LISTED, deadlines=()),
        now(REPORTS[0], text="A longer text."),
        now(REPORTS[0], title="Another title"),
        now(words("ORDER denyng 12 Motion. (Entered: 1/1/2025)"), summary="ORDER denying 12 Motion. (Entered: 1/1/2025)"),
        now(words(GRANTED), summary=GRANTED.replace("12 Motion", "[12] Motion (https://ecf.mdd.uscourts.gov/doc1/1)")),
        now(words(GRANTED), summary=GRANTED.replace(" granting", "\n  GRANTING")),
        now(words(GRANTED), summary=GRANTED.replace(" Signed", " Defendants are enjoined. The motion is granted. Signed")),
        now(words(GRANTED), summary="Order on Motion to Stay"),
        now(words(GRANTED), summary=GRANTED.replace(" Signed", " Motions terminated: 5 MOTION to Stay; 13 Motion denied. Signed")),
        now(words(GRANTED), summary=GRANTED.replace(" Signed", " The district court had denied it. Signed")),
        now(words("ORDER: defendants shall file a report by 4/9/2025."), summary="ORDER: report of defendants due by 4/9/2025."),
        now(words(HELD, T.MINUTE), summary=f"{HELD} Matter taken under advisement. (Attachments: # 1 Exhibit)"),
        now(words(HELD, T.MINUTE), summary=HELD.replace("held on", "was held on")),
        now(replace(MINUTES, summary=HELD), summary=f"{HELD} Argument on why they should not be held in contempt heard."),
        now(SET, deadlines=(replace(HEARING, label="hearing"), DUE)),
        now(SET, deadlines=(replace(HEARING, time=None), DUE)),
        now(SET, deadlines=()),
        now(replace(WORDED, stays=(Stay(of="deadlines"),)), deadlines=()),
        now(replace(WORDED, stays=(Stay(of="hearing"),)), stays=(Stay(of="motion hearing"),)),
        now(replace(WORDED, stays=(Stay(number="12"),)), stays=(Stay(on=NOW.date()),)),
        (T.ORDER, ORDERED),
        (T.MOTION, SEALED),
        (T.ORDER, REPORTS[1]),
        (T.ARTICLE, REPORTS[1]),
    ],
}


def rows() -> dict[str, Change | None]:
    """What the page says of each case."""
    page = (ROOT / "docs/reference/lifecycle.md").read_text("utf-8").partition("## What raises a revision")[2]
    found = re.findall(r"^\| ([a-z ’A-Z]+?) \| [^|]+ \| (?:“([^”]+)”)? *\| (loud|quiet|none) \|$", page, re.MULTILINE)
    return {case: None if told == "none" else Change(change=said, loud=told == "loud") for case, said, told in found}


def test_the_page_has_every_case_and_no_other() -> None:
    assert list(rows()) == list(CASES)


@pytest.mark.parametrize(("case", "before", "after"), [(case, *each) for case, all_ in CASES.items() for each in all_])
def test_what_a_paper_does_to_its_story_is_as_the_page_says(case: str, before: Document | T | None, after: Document) -> None:
    said = rows()[case]
    if isinstance(before, T):
        change = revise(story(before), None, after, ["abrego-garcia"])
    else:
        told = replace(story(), severity=Severity.NOTABLE) if case == "presses more" else story()
        change = revise(told, before, after, ["abrego-garcia"])
    if said is not None and said.change == "now an order":
        said = replace(said, change=f"now {'an opinion' if after.type is T.OPINION else 'an order'}")
    assert change == said


def test_a_register_paper_that_the_register_brought_is_not_listed_again() -> None:
    brought = replace(story(T.EXECUTIVE_ORDER), lead="fr:2")
    assert revise(brought, None, SIGNED, ["abrego-garcia"]) is None


@pytest.mark.parametrize("severity", [Severity.ROUTINE, Severity.URGENT])
def test_what_is_a_formality_no_more_is_news_to_who_was_told_nothing(severity: Severity) -> None:
    formal = replace(story(T.MOTION), severity=Severity.FORMALITY)
    again = replace(LETTER, severity=severity)
    assert revise(formal, None, again, ["cecot"]) == Change(change="", loud=False, new_watches=("abrego-garcia", "cecot"))
    assert revise(formal, None, replace(again, severity=Severity.FORMALITY), ["abrego-garcia"]) is None
    assert revise(replace(formal, severity=severity), None, again, ["abrego-garcia"]) is None


def test_new_watches_raise_the_revision_quietly_and_each_once() -> None:
    change = revise(story(T.ORDER, "abrego-garcia"), None, REPORTS[1], ["due-process", "abrego-garcia", "cecot", "cecot"])
    assert change == Change(change="", loud=False, new_watches=("due-process", "cecot"))
    louder = revise(story(T.ARTICLE, "abrego-garcia"), None, entry("21", DISTRICT_ORDER), ["abrego-garcia", "due-process"])
    assert louder == Change(change="now an order", loud=True, new_watches=("due-process",))


@pytest.mark.parametrize(
    ("before", "after", "untold"),
    [
        (STUB, OPEN, True),
        (OPEN, SEALED, True),
        (replace(ORDERED, summary="Order", stage=Stage.STUB), ORDERED, True),
        (STUB, replace(ORDERED, key=STUB.key), False),
        (MINUTES, replace(MINUTES, summary=f"{HELD} Motion denied."), False),
        (LISTED, replace(LISTED, stage=Stage.PUBLISHED), False),
    ],
)
def test_what_a_first_fetch_found_stays_untold_unless_it_turns_out_to_be_an_act(before: Document, after: Document, untold: bool) -> None:
    assert stays_untold(before, after) is untold


@pytest.mark.parametrize(
    ("severity", "sure", "change"),
    [
        (Severity.URGENT, False, Change(change="a further report", loud=True)),
        (Severity.NOTABLE, False, Change(change="a further report", loud=False)),
        (Severity.ROUTINE, False, Change(change="a further report", loud=False)),
        (Severity.FORMALITY, False, None),
        (Severity.URGENT, True, None),
    ],
)
def test_a_report_that_may_tell_something_new_is_told_and_one_that_says_the_same_is_not(
    severity: Severity, sure: bool, change: Change | None
) -> None:
    report = replace(REPORTS[1], severity=severity)
    assert revise(story(), None, report, ["abrego-garcia"], sure=sure) == change


@pytest.mark.parametrize(
    ("told", "paper", "change"),
    [
        (T.ORDER, register("fr:2", "Implementation of Executive Order 14160", T.RULE), Change(change="a further paper", loud=True)),
        (T.EXECUTIVE_ORDER, register("fr:2", "Notice", T.REGISTER_NOTICE), Change(change="a further paper", loud=True)),
        (T.ARTICLE, entry("5", "EMERGENCY MOTION to stay", T.MOTION), Change(change="now with the paper itself", loud=True)),
        (T.ARTICLE, ORDERED, Change(change="now an order", loud=True)),
    ],
)
def test_a_paper_of_its_own_that_joins_what_is_not_surely_the_same_is_told_aloud(told: T, paper: Document, change: Change) -> None:
    assert revise(story(told), None, paper, ["abrego-garcia"], sure=False) == change
