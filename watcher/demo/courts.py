"""The dockets of the demo. Cases, numbers, days and outcomes are of the public record; the words are ours.

Ids of minute entries, and papers' addresses at a court itself, are made up. What a court would answer 404 to until the case is filed
is here from the beginning, and empty: a demo of a minute has no time to wait for a source that fails at first.
"""

from datetime import date

from watcher.demo.steps import line
from watcher.testing.world.courtlistener import Case, Filing
from watcher.testing.world.supreme_court import Application, Proceeding

ABREGO, JGG, DVD, JOP = 69777799, 69741724, 69775896, 15867241  # CourtListener's ids
ABREGO_FILES, JGG_FILES, DVD_FILES = "gov.uscourts.mdd.578815", "gov.uscourts.dcd.278436", "gov.uscourts.mad.282404"


def cases() -> list[Case]:
    """The dockets before the first step."""
    return [
        Case(id=ABREGO, court="mdd", number="8:25-cv-00951", name="Abrego Garcia v. Noem", slug="abrego-garcia-v-noem"),
        Case(
            id=JGG,
            court="dcd",
            number="1:25-cv-00766",
            name="J.G.G. v. Trump",
            slug="jgg-v-trump",
            filings={filing.fragment: filing for filing in JGG_ARCHIVE},
        ),
        Case(id=DVD, court="mad", number="1:25-cv-10676", name="D.V.D. v. U.S. Department of Homeland Security", slug="dvd-v-dhs"),
        Case(id=JOP, court="mdd", number="8:19-cv-01944", name="J.O.P. v. U.S. Department of Homeland Security", slug="jop-v-dhs"),
    ]


def applications() -> list[Application]:
    """The Supreme Court's dockets before the first step."""
    return [
        Application(
            number="24A949",
            petitioner="Kristi Noem, Secretary, Department of Homeland Security, et al., Applicants",
            respondent="Kilmar Armando Abrego Garcia, et al.",
            docketed=date(2025, 4, 7),
            lower_court="United States Court of Appeals for the Fourth Circuit",
            lower_numbers="(25-1345)",
        ),
        Application(
            number="24A1007",
            petitioner="A.A.R.P. and W.M.M., on their own behalf and on behalf of others similarly situated, Applicants",
            respondent="Donald J. Trump, President of the United States, et al.",
            docketed=date(2025, 4, 18),
            lower_court="United States Court of Appeals for the Fifth Circuit",
            lower_numbers="(25-10534)",
        ),
        Application(
            number="24A1153",
            petitioner="Department of Homeland Security, et al., Applicants",
            respondent="D.V.D., et al.",
            docketed=date(2025, 5, 27),
            lower_court="United States Court of Appeals for the First Circuit",
            lower_numbers="(25-1393)",
        ),
    ]


def recap(files: str, entry: int) -> str:
    """The address of a paper in the free archive of court papers."""
    return f"https://storage.courtlistener.com/recap/{files}/{files}.{entry}.0.pdf"


def _filing(number: int, filed: date, files: str, text: str) -> Filing:
    return Filing(number=number, filed=filed, text=line(text), file=recap(files, number) if files else "")


def _minute(row: int, filed: date, text: str) -> Filing:
    return Filing(row=row, filed=filed, text=line(text))


JGG_ARCHIVE = (
    _filing(
        1,
        date(2025, 3, 15),
        JGG_FILES,
        """COMPLAINT and petition for habeas corpus against all defendants, filed by five Venezuelan men held in Texas who fear removal
        under a proclamation invoking the Alien Enemies Act.""",
    ),
    _filing(3, date(2025, 3, 15), JGG_FILES, "MOTION for Temporary Restraining Order by the plaintiffs."),
    _minute(
        900000001,
        date(2025, 3, 15),
        """MINUTE ORDER: the motion for a temporary restraining order is GRANTED. Defendants shall not remove any of the five individual
        plaintiffs for 14 days. So ORDERED by Chief Judge James E. Boasberg on 3/15/2025.""",
    ),
    _minute(
        900000002,
        date(2025, 3, 15),
        """MINUTE ORDER: a class is provisionally certified of all noncitizens in U.S. custody who are subject to the proclamation, and
        the Government is enjoined from removing its members under it for 14 days. So ORDERED by Chief Judge James E. Boasberg on
        3/15/2025.""",
    ),
    _minute(900000003, date(2025, 3, 17), "Minute Entry for proceedings held on 3/17/2025 before Chief Judge James E. Boasberg."),
)
JGG_OPINION = _filing(
    53,
    date(2025, 3, 24),
    JGG_FILES,
    """MEMORANDUM OPINION denying the Government's motion to vacate the temporary restraining orders: before they may be removed under
    the proclamation, the plaintiffs are entitled to individual hearings on whether the Alien Enemies Act applies to them at all.
    Signed by Chief Judge James E. Boasberg on 3/24/2025.""",
)
JGG_CONTEMPT = _filing(
    81,
    date(2025, 4, 16),
    JGG_FILES,
    """MEMORANDUM OPINION: the Government's actions on March 15 show a willful disregard for the temporary restraining order, enough to
    find probable cause of criminal contempt. It may purge the contempt by asserting custody of those who were removed in violation of
    the order. Signed by Chief Judge James E. Boasberg on 4/16/2025.""",
)

ABREGO_COMPLAINT = _filing(
    1,
    date(2025, 3, 24),
    ABREGO_FILES,
    """COMPLAINT against all defendants, filed by Kilmar Armando Abrego Garcia, his wife and their child: he was removed to El Salvador
    on March 15 although an immigration judge had granted withholding of removal to that country in 2019.""",
)
ABREGO_STUB = Filing(number=21, filed=date(2025, 4, 4), file="https://ecf.mdd.uscourts.gov/doc1/093000000021?caseid=578815")
ABREGO_ORDER = line(
    """ORDER granting preliminary injunction. Defendants shall facilitate and effectuate the return of Kilmar Armando Abrego Garcia to
    the United States by no later than 11:59 p.m. on April 7, 2025. Signed by Judge Paula Xinis on 4/4/2025."""
)
ABREGO_AMENDED = _filing(
    51,
    date(2025, 4, 10),
    ABREGO_FILES,
    """ORDER amending the order of April 4 (#21) after the Supreme Court's ruling: Defendants shall take all available steps to
    facilitate the return of Abrego Garcia to the United States as soon as possible, and shall state on April 11 where he is, what was
    done and what will be done. Signed by Judge Paula Xinis on 4/10/2025.""",
)
ABREGO_APPLICATION = (
    Proceeding(on=date(2025, 4, 7), text="Application (24A949) to vacate injunction, submitted to The Chief Justice."),
    Proceeding(
        on=date(2025, 4, 7),
        text=line(
            """Order entered by The Chief Justice: the order of the United States District Court for the District of Maryland of April 4,
            2025, case No. 8:25-cv-951, is stayed pending further order. Response due by 5 p.m. (EDT) on April 8, 2025."""
        ),
    ),
)
ABREGO_RULING = Proceeding(
    on=date(2025, 4, 10),
    text=line(
        """Application (24A949) referred to the Court and granted in part and denied in part. The deadline in the District Court's order
        has passed and is no longer effective. The rest of the order remains in effect: it properly requires the Government to
        facilitate Abrego Garcia's release from custody in El Salvador and to ensure that his case is handled as it would have been had
        he not been improperly sent there. The scope of the term effectuate is to be clarified on remand. Statement of Justice
        Sotomayor, with whom Justice Kagan and Justice Jackson join."""
    ),
    links=(("Opinion", "https://www.supremecourt.gov/opinions/24pdf/24a949_lkhn.pdf"),),
)

AARP_ORDER = (
    Proceeding(
        on=date(2025, 4, 18),
        text="Application (24A1007) for an emergency injunction or a stay of removal, submitted to Justice Alito.",
    ),
    Proceeding(
        on=date(2025, 4, 19),
        text=line(
            """The matter concerns a putative class of detainees who say that they are about to be removed under the Alien Enemies Act.
            The Government is directed not to remove any member of that class from the United States until further order of this Court.
            Justice Thomas and Justice Alito dissent."""
        ),
    ),
)

JOP_OPINION = _filing(
    254,
    date(2025, 4, 23),
    "",
    """MEMORANDUM OPINION granting the emergency motion to enforce the settlement agreement: by removing Cristian to El Salvador while his
    asylum application was pending, Defendants breached it. They are to facilitate his return to the United States, by a good faith
    request to the government of El Salvador among other things. Signed by Judge Stephanie A. Gallagher on 4/23/2025.""",
)

DVD_REMEDY = _filing(
    119,
    date(2025, 5, 21),
    DVD_FILES,
    """ORDER on remedy for the violation of the preliminary injunction of April 18. The six class members on the flight to South Sudan
    shall each be given a reasonable fear interview in private, with counsel, and at least 72 hours' notice of it. They had hours of
    notice, and no meaningful opportunity to object to removal to a third country, as due process requires. Signed by Judge Brian E.
    Murphy on 5/21/2025.""",
)
DVD_STAY = (
    Proceeding(on=date(2025, 5, 27), text="Application (24A1153) for a stay, submitted to Justice Jackson."),
    Proceeding(
        on=date(2025, 6, 23),
        text=line(
            """Application (24A1153) referred to the Court and granted. The preliminary injunction of the United States District Court for
            the District of Massachusetts of April 18, 2025, case No. 25-cv-10676, on removals to third countries, is stayed pending the
            appeal in the First Circuit and any petition for certiorari. Justice Sotomayor, with whom Justice Kagan and Justice Jackson
            join, dissents."""
        ),
    ),
)
