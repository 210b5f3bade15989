"""What a court's words do, and whether other words do something else: loud is what changed, silent what is only said better or longer."""

import pytest

from watcher.rulings import is_another, rules

#: an entry as it was told, and as it stands now, where it does something else
OTHERS = [
    # what is ordered
    ("ORDER: defendants shall return petitioner.", "ORDER: defendants shall not be required to return petitioner."),
    ("ORDER: defendants shall return petitioner.", "ORDER: defendants are not required to return petitioner."),
    ("ORDER: defendants shall return petitioner.", "ORDER: defendants shall not return petitioner."),
    ("ORDER: defendants shall return petitioner.", "ORDER: defendants may return petitioner."),
    ("ORDER: defendants shall not remove petitioner.", "ORDER: defendants may remove petitioner."),
    ("ORDER: defendants shall not remove petitioner.", "ORDER: defendants shall remove petitioner."),
    ("ORDER: defendants shall return petitioner.", "ORDER: defendants shall release petitioner on bond."),
    ("ORDER directing defendants to facilitate the return of the plaintiff.", "ORDER setting a briefing schedule."),
    ("ORDER setting a briefing schedule. (Entered: 1/1/2025)", "ORDER directing defendants to facilitate the return of the plaintiff."),
    ("ORDER directing defendants to facilitate the return.", "ORDER directing defendants to file a report by 12/3/2026."),
    ("ORDER: the government is ordered to release her.", "ORDER: the government is no longer ordered to release her."),
    ("ORDER: the Court ORDERS respondents to return him.", "ORDER: respondents file a brief on whether to return him."),
    ("ORDER requiring defendants to give notice before removal.", "ORDER: argument is set on notice before removal."),
    ("ORDERED that petitioner be released forthwith.", "ORDERED that petitioner remain detained."),
    ("ORDER: defendants are enjoined from removing her.", "ORDER: defendants are enjoined from detaining her."),
    ("ORDER: the government must return him.", "ORDER: the government need not return him."),
    ("ORDER: respondents must release him.", "ORDER: respondents must file a brief."),
    ("ORDER: petitioner is to be released.", "ORDER: petitioner is to be detained."),
    ("ORDER granting 6 Motion, directing defendants to return him.", "ORDER granting 6 Motion. More is left for a hearing."),
    ("ORDER: the mandate shall issue forthwith.", "ORDER: the mandate is withheld."),
    ("ORDER: the government is directed to remove her.", "ORDER: the government is directed not to remove her."),
    ("ORDER: petitioner is to be removed.", "ORDER: petitioner is not to be removed."),
    ("ORDERED that no class member be removed.", "ORDERED that class members be removed."),
    ("ORDER granting TRO. They shall not transfer her.", "ORDER granting TRO. Respondents may transfer her."),
    ("ORDER granting TRO; defendants are ENJOINED.", "ORDER granting TRO; defendants are not enjoined."),
    ("ORDER: the government shall afford notice to her.", "ORDER: the government shall afford no notice to her."),
    ("ORDER: motion denied; defendants may proceed with removal.", "ORDER: motion denied; defendants may not proceed with removal."),
    ("ORDER: respondents need not release him but shall return him.", "ORDER: respondents need not return him but shall release him."),
    ("ORDER: defendants shall continue to detain her.", "ORDER: defendants shall release her."),
    # to whom, and at what sum
    ("ORDER: defendants shall return A.B. to the United States.", "ORDER: defendants shall return C.D. to the United States."),
    ("ORDER directing defendants to release Juan Perez.", "ORDER directing defendants to release Maria Gomez."),
    ("ORDER: respondents shall not remove Petitioner Perez.", "ORDER: respondents shall not remove Petitioner Gomez."),
    ("ORDER granting 12 Motion for bond. Bond is set at $1,500.", "ORDER granting 12 Motion for bond. Bond is set at $15,000."),
    # judgments
    ("JUDGMENT: REMANDED to the district court.", "JUDGMENT: AFFIRMED."),
    ("JUDGMENT: affirmed.", "JUDGMENT: remanded for trial."),
    ("JUDGMENT: affirmed.", "JUDGMENT: affirmed in part and vacated in part."),
    ("OPINION: AFFIRMED.", "OPINION: AFFIRMED. REVERSED as to the second count."),
    # no act any more, in few words
    ("ORDER granting 12 Motion to Stay.", "ORDER re 12 Motion to Stay: hearing follows."),
    ("ORDER denying 12 Motion.", "ORDER: no decision yet"),
    # the same act on something else
    ("ORDER granting 12 Motion to Stay.", "ORDER granting 21 Motion to Stay."),
    ("ORDER granting [12] and [13] Motions.", "ORDER granting [21] and [22] Motions."),
    ("ORDER: 12 Motion for bond is GRANTED.", "ORDER: 21 Motion for bond is GRANTED."),
    ("ORDER granting 12 Motion; denying 13 Motion.", "ORDER granting 21 Motion; denying 13 Motion."),
    ("ORDER dismissing the case without prejudice.", "ORDER dismissing the case with prejudice."),
    ("ORDER denying 12 Motion with prejudice.", "ORDER denying 12 Motion without prejudice."),
    ("ORDER granting preliminary injunction.", "ORDER granting administrative stay."),
    ("ORDER granting 12 Motion for Preliminary Injunction.", "ORDER granting 12 Motion for Administrative Stay."),
    ("ORDER granting TRO.", "ORDER granting preliminary injunction."),
    ("ORDER granting 12 Motion to Dismiss with leave to amend.", "ORDER granting 12 Motion to Dismiss without leave to amend."),
    ("ORDER granting 12 Motion to Stay.", "ORDER granting 12 Motion to Lift Stay."),
    ("ORDER: bond is GRANTED as asked in ECF No. 12.", "ORDER: bond is GRANTED as asked in ECF No. 21."),
    # contraries
    ("ORDER: the first motion is granted, the second denied.", "ORDER: the first motion is denied, the second granted."),
    ("ORDER: defendants are enjoined.", "ORDER: defendants are enjoined. All that is dissolved on 12/3/2026."),
    ("ORDER: the district court injunction is vacated.", "ORDER: the district court injunction is stayed."),
    ("The Court enters an ORDER granting 12 Motion.", "The Court enters an ORDER denying 12 Motion."),
    ("The Court makes this ORDER granting 12 Motion.", "The Court makes this ORDER denying 12 Motion."),
    ("ORDER certifying a class.", "ORDER decertifying a class."),
    ("ORDER unsealing the exhibits.", "ORDER sealing the exhibits."),
    ("JUDGMENT: the judgment of the district court is affirmed.", "JUDGMENT: the judgment of the district court is vacated."),
    ("OPINION: the district court's injunction is affirmed.", "OPINION: the district court's injunction is reversed."),
    ("ORDER lifting stay of removal.", "ORDER staying removal."),
    ("ORDER finding probable cause of contempt.", "ORDER finding no probable cause of contempt."),
    ("ORDER finding probable cause of contempt.", "ORDER declining to find probable cause of contempt."),
    ("ORDER: the administrative stay is entered.", "ORDER: the administrative stay is dissolved."),
    ("ORDER: administrative stay granted.", "ORDER: administrative stay granted. The stay is lifted as of 12/3/2026."),
    ("ORDER granting 12 Motion.", "ORDER granting in part and denying in part 12 Motion."),
    ("ORDER: motion GRANTED IN PART and DENIED IN PART.", "ORDER: motion GRANTED."),
    ("ORDER: stay granted.", "ORDER: stay granted. The stay is lifted as of 12/3/2026."),
    ("ORDER: defendants are enjoined.", "ORDER: defendants are enjoined. The injunction is dissolved."),
    ("ORDER: motion to stay granted, motion to seal denied.", "ORDER: motion to stay denied, motion to seal granted."),
    ("ORDER extending the TRO to 12/3/2026.", "ORDER dissolving the TRO."),
    ("ORDER: I GRANT the motion for a stay.", "ORDER: I DENY the motion for a stay."),
    ("ORDER granting 12 Motion.", "ORDER finding the Department in contempt."),
    ("ORDER: the motion is granted (Dkt. No. 12).", "ORDER: the motion is not granted (Dkt. No. 12)."),
]

#: the same, where it does what it did
SAME = [
    # what is ordered
    ("ORDER: defendants shall return petitioner.", "ORDER: defendants SHALL return the petitioner to Maryland by 5:00 PM."),
    ("ORDER: defendants shall facilitate the return.", "ORDER directing defendants to facilitate and effectuate the return."),
    ("ORDER: defendants shall faciltate the return.", "ORDER: defendants shall facilitate the return."),
    ("ORDER: defendants are ordered to return him.", "ORDER: defendants shall immediately return him."),
    ("ORDER: defendants shall take all steps to return him.", "ORDER: defendants shall return him."),
    ("ORDER: petitioner shall be released.", "ORDER directing respondents to release petitioner."),
    ("ORDER: defendants shall not remove her.", "ORDER: defendants shall not remove her from the United States."),
    ("ORDER: defendants shall return him.", "ORDER granting 12 Motion. Defendants shall return him."),
    ("ORDER: defendants shall return him. Pay the fee.", "ORDER: defendants shall return him. They are not required to pay the fee."),
    ("ORDER: the government must return him.", "ORDER: the government must return him within 7 days."),
    ("ORDER granting 6 Motion.", "ORDER granting 6 Motion, directing defendants to return him, and setting a hearing."),
    ("ORDER: the government is directed not to remove her.", "ORDER: the government shall not remove her."),
    ("ORDER: the government shall return him.", "ORDER: the government will need time, and shall return him."),
    ("ORDER: defendants shall make her available.", "ORDER: defendants shall make her available for a call."),
    # to the same person, at the same sum
    ("ORDER: defendants shall return Perez.", "ORDER: defendants shall return Mr. Juan Perez."),
    ("ORDER: defendants shall return Abrego Garcia.", "ORDER: defendants shall return Petitioner Kilmar Abrego-Garcia."),
    ("ORDER: defendants shall return Juan Peres.", "ORDER: defendants shall return Juan Perez."),
    ("ORDER: defendants shall return J.P. to Maryland.", "ORDER: defendants shall return Juan Perez to Maryland."),
    ("ORDER: defendants shall return A. B. now.", "ORDER: defendants shall return A.B. now."),
    ("ORDER: defendants shall return A.B. now.", "ORDER: defendants shall return Petitioner now."),
    ("ORDER: defendants shall return A.B. now.", "ORDER: defendants shall return A.B. and C.D. now."),
    (
        "ORDER granting 12 Motion to Release Maria Gomez. Defendants shall return him.",
        "ORDER granting 12 Motion to Release Juan Perez. Defendants shall return him.",
    ),
    ("ORDER granting 12 Petition, to transfer Venue.", "ORDER granting 12 Petition, to transfer Proceedings."),
    ("ORDER: bond is set at $1,500. Motion granted.", "ORDER: bond is set at $1500.00. Motion granted."),
    ("ORDER: bond is set at $1,500. Motion granted.", "ORDER: bond of $1,500 is set, and a fee of $15. Motion granted."),
    # how the case is run
    ("ORDER: defendants shall continue conferring with her.", "ORDER: defendants confer with her."),
    ("ORDER: defendants shall file a response by 12/3/2026.", "ORDER: response of defendants is due by 12/3/2026."),
    ("ORDER: the parties shall appear on 12/3/2026.", "ORDER: hearing on 12/3/2026, at which the parties appear."),
    ("ORDER: the Clerk is directed to close the case.", "ORDER: the case is closed by the Clerk."),
    ("ORDER: the parties are directed to meet and confer.", "ORDER: the parties confer."),
    ("ORDER: defendants shall provide a status report.", "ORDER: a status report is due from defendants."),
    ("ORDER: hearing shall be held on 12/3/2026.", "ORDER: hearing set for 12/3/2026."),
    ("ORDER: plaintiffs are directed to submit briefs.", "ORDER: briefs of plaintiffs are awaited."),
    ("ORDER: produce within 14 days. Defendants shall answer the motion.", "ORDER: produce within 21 days. Defendants answer the motion."),
    ("ORDER: defendants shall produce the record.", "ORDER: the record is due from defendants."),
    ("ORDER granting extension of 14 days on the motion.", "ORDER granting extension of 21 days on the motion."),
    # what parties ask
    ("ORDER granting 12 Motion for Order Directing Release.", "ORDER granting 12 Motion."),
    ("ORDER denying 12 Motion to Return.", "ORDER denying 12 Motion for an order directing defendants to return him."),
    ("ORDER re 12 Motion: plaintiffs ask that he be ordered to return.", "ORDER re 12 Motion of plaintiffs that he return."),
    (
        "OPINION: AFFIRMED.",
        "OPINION: AFFIRMED. Plaintiffs ask that the stay be vacated; we need not decide whether it was granted in error.",
    ),
    # only lost words
    ("ORDER granting 12 Motion to Stay. Signed by Judge Xinis.", "Order on Motion to Stay"),
    ("ORDER granting TRO.", "Order on Motion for Temporary Restraining Order"),
    ("ORDER denying 12 Motion.", "ORDER denyng 12 Motion."),
    ("ORDER denyng 12 Motion.", "ORDER denying 12 Motion."),
    ("ORDER granting 12 Motion; denying 13 Motion.", "ORDER granting 12 Motion."),
    ("ORDER re 12 Motion to Stay.", "ORDER granting 12 Motion to Stay."),
    ("ORDER.", "ORDER directing defendants to facilitate the return."),
    ("MEMORANDUM ORDER (see attached document for details). (Entered: 1/1/2025)", "MEMORANDUM ORDER granting 12 Motion to Stay."),
    ("Order on Motion for Extension of Time to Answer", "ORDER directing defendants to facilitate the return."),
    # the same, said otherwise
    ("ORDER granting Rule 12(b)(6) Motion to Dismiss.", "ORDER granting 33 Rule 12(b)(6) Motion to Dismiss."),
    ("ORDER granting 28 U.S.C. § 2241 petition.", "ORDER granting 1 Petition for Writ of Habeas Corpus under 28 U.S.C. § 2241."),
    ("ORDER: motion granted by April 14.", "ORDER granting 12 Motion, by April 21."),
    ("ORDER granting 12 and 13 Motions.", "ORDER granting 13 and 12 Motions."),
    ("ORDER granting Motion to Stay.", "ORDER granting 12 Motion to Stay."),
    ("ORDER granting 12 Motion.", "ORDER granting (12 in 8:25-cv-00951, 40 in 8:25-cv-01000) Motion."),
    ("ORDER granting 12 Motion.", "ORDER granting 12 Motion (https://ecf.mdd.uscourts.gov/doc1/093)."),
    ("ORDER granting 12 Motion; denying 13 Motion.", "ORDER denying 13 Motion; granting 12 Motion."),
    ("ORDER granting stay.", "ORDER granting administrative stay."),
    ("ORDER granting TRO.", "ORDER granting Temporary Restraining Order."),
    ("ORDER granting preliminary injunction.", "ORDER granting 12 Motion for TRO and Preliminary Injunction."),
    ("ORDER dismissing the case.", "ORDER dismissing the case with prejudice."),
    ("ORDER extending the TRO.", "ORDER granting 30 Motion to extend the TRO, which is extended to 12/3/2026."),
    (
        "ORDER granting in part and denying in part 12 Motion.",
        "ORDER granting in part and denying in part 12 Motion: granted as to 1, denied as to 2.",
    ),
    ("ORDER: the order is stayed.", "ORDER: the order in case No. 8:25-cv-951, is hereby stayed until the Court says otherwise."),
    # beside what stands
    ("ORDER granting 12 Motion for stay.", "ORDER granting 12 Motion for stay, and dissolving the administrative stay."),
    ("ORDER granting TRO.", "ORDER granting TRO. Defendants are ENJOINED from removing her. It expires unless extended or dissolved."),
    (
        "ORDER denying a stay.",
        "ORDER denying a stay. Plaintiffs must show irreparable harm, and did; the argument of the government is rejected.",
    ),
    ("OPINION: AFFIRMED.", "OPINION: AFFIRMED. Judge Roe dissents: I would reverse and vacate the injunction."),
    ("ORDER granting 12 Motion to Stay.", "ORDER granting 12 Motion to Stay. Motions terminated: 5 MOTION to Stay."),
    ("ORDER granting 12 Motion.", "ORDER granting 12 Motion. Attorney John Roe terminated."),
    ("ORDER granting 12 Motion.", "ORDER granting 12 Motion. The hearing set for 12/3/2026 is VACATED."),
    ("ORDER granting 12 Motion.", "ORDER granting 12 Motion; denying 13 Motion."),
    ("ORDER: motion for TRO granted.", "ORDER: motion for TRO granted. Motion to seal denied."),
    ("ORDER granting preliminary injunction.", "ORDER granting preliminary injunction; the TRO is dissolved."),
    ("JUDGMENT: affirmed.", "JUDGMENT: affirmed. The stay is lifted."),
    ("ORDER: defendants are enjoined.", "ORDER: defendants are enjoined. The stay is lifted."),
    (
        "ORDER: they shall produce him within 14 court days of motion.",
        "ORDER: they shall produce him within 21 court days of motion.",
    ),
    ("ORDER granting 12 Motion.", "ORDER granting 12 Motion. The entry of 5/1/2026 is VACATED."),
    ("ORDER granting 12 Motion.", "ORDER granting 12 Motion. Costs are denied."),
    # history
    ("ORDER: defendants are enjoined.", "ORDER: defendants are enjoined. The Court had dissolved it in May."),
    ("OPINION: motion for a stay granted.", "OPINION: motion for a stay granted, as the order denying the stay was an error."),
    ("OPINION: stay denied.", "OPINION: stay denied. The Court had granted one in May."),
    ("OPINION: stay denied.", "OPINION: stay denied. The previously granted one ended in May."),
    ("OPINION: we affirm. AFFIRMED.", "OPINION: we affirm. The district court dismissed the petition. AFFIRMED."),
    ("OPINION: motion granted.", "OPINION: motion granted. The motion was denied by the district court."),
    ("OPINION: motion granted.", "OPINION: motion granted, as the order denying the motion was an error."),
    (
        "OPINION: motion for stay denied.",
        "OPINION: motion for stay denied in light of Judge Roe's Order (Dkt. No. 9) granting a stay.",
    ),
    ("ORDER denying 12 Motion.", "ORDER denying 12 Motion in light of the opinion (Dkt. No. 884) and denying relief."),
]


@pytest.mark.parametrize(("before", "after"), OTHERS)
def test_other_words_that_do_something_else_are_another_act(before: str, after: str) -> None:
    assert is_another(before, after)


@pytest.mark.parametrize(("before", "after"), SAME)
def test_words_that_say_it_better_or_say_more_are_no_other_act(before: str, after: str) -> None:
    assert not is_another(before, after)


@pytest.mark.parametrize("before", [text for pair in (*OTHERS, *SAME) for text in pair])
def test_nothing_is_another_act_than_itself(before: str) -> None:
    assert not is_another(before, f"***REDACTED*** {before.upper()}  (Entered: 12/3/2026)")


HELD = "Minute Entry: Motion Hearing held on 4/5/2025."


@pytest.mark.parametrize(
    "said",
    [
        "Court extends the TRO.",
        "TRO issued from the bench.",
        "TRO extended to 4/19/2025.",
        "The Court issues a preliminary injunction.",
        "12 Motion for Preliminary Injunction is GRANTED.",
        "Motion denied from the bench.",
        "The Court finds the defendants in civil contempt.",
        "The Court ORDERS the government to file a report.",
        "Defendants are directed to facilitate the return of the plaintiff.",
        "Petitioner shall be released from custody.",
        "All discovery stayed.",
        "Petition dismissed.",
        "The Court vacates the stay.",
        "Court allowed the motion to extend the stay.",
        "The Court will grant the motion.",
        "The Court stays removal pending appeal.",
        "Judge orders the immediate return of the plaintiff.",
        "Petitioner ordered released.",
        "Government directed not to remove petitioner.",
        "Court sanctions defendants.",
        "Court terminates the stay of removal.",
        "Motion to exclude the testimony allowed.",
        "No removal for 14 days ordered.",
        "ORDERED: no removal of the petitioner for 14 days.",
        "Petitioner released on own recognizance.",
        "Petitioner is hereby released on his own recognizance.",
        "Defendant released on bond with conditions.",
        "Bond set at $1,500.",
        "Bond is set in the amount of $5,000.",
    ],
)
def test_a_record_with_an_act_beside_a_relief_has_a_ruling(said: str) -> None:
    assert rules(f"{HELD} {said}")


@pytest.mark.parametrize(
    "said",
    [
        "",
        "Attorney John Roe terminated.",
        "Attorney Jane Roe terminated from the case.",
        "Motions terminated: 12 MOTION for a TRO.",
        "Court allowed the witness to testify.",
        "Court allowed the witness to testify on the removal.",
        "Court reporter approved.",
        "Plaintiff orders a transcript.",
        "The Court orders a transcript of the motion hearing.",
        "Objection overruled.",
        "Exhibits 1 to 5 allowed.",
        "Parties shall file briefs on the TRO.",
        "Court to issue a written order on the preliminary injunction.",
        "Whether the TRO is to be extended is argued.",
        "Motion for a TRO taken under advisement.",
        "Hearing on the injunction vacated.",
        "The district court denied the stay in March.",
        "Deadlines as stated on the record. SO ORDERED.",
        "Plaintiffs ask that the TRO be extended.",
        "Counsel stated that the TRO had been extended.",
        "Parties agree that the injunction entered on 4/1/2025 remains.",
        "Court inquires whether the motion to stay was denied by the Fourth Circuit.",
        "Objection to the testimony on the removal overruled.",
        "Time to respond to the motion for a TRO extended.",
        "Bond hearing continued.",
        "The Court had previously granted the stay.",
        "Argument heard on whether defendants are in contempt.",
        "Argument heard on whether there is probable cause of contempt.",
        "At the motion hearing the stipulation was approved.",
        "Plaintiffs seek to have defendants ordered to release him.",
        "The Clerk is directed to return the exhibits.",
        "Plaintiffs must show irreparable harm for a stay.",
        "The Court read the law: no person shall be removed without notice.",
        "Plaintiffs ask that no removal be ordered.",
        "Plaintiffs seek that no removal be ordered.",
        "No removal is planned; a transcript is ordered.",
        "No removal, counsel says, was ordered.",
        "Petitioner was released on bond in March.",
        "Counsel states that petitioner is released on bond.",
        "Argument heard on whether petitioner is released on bond.",
        "Argument heard on terms if petitioner released on bond.",
        "Witness released on consent.",
        "Bond set at $1,500 by the immigration judge is discussed.",
        "Counsel asks that bond be set at $1,500.",
        "Plaintiffs ask for bond set at $1,500.",
        "Plaintiff requests bond set at $1,500.",
        "Bond hearing set at 10:00 AM.",
    ],
)
def test_a_record_that_only_tells_how_a_hearing_went_has_none(said: str) -> None:
    assert not rules(f"{HELD} {said}")
