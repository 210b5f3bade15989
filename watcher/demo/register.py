"""The register's papers of the demo.

The order and the proclamation are real, with their real numbers. The ordinary papers are invented, under numbers that the register of
2025 did not reach; those of them that somebody is told of say in their titles that they are samples.
"""

from datetime import date

from watcher.demo.steps import line
from watcher.testing.world.register import Agency, Paper

PRESIDENT = Agency(
    raw_name="EXECUTIVE OFFICE OF THE PRESIDENT", name="Executive Office of the President", id=538, slug="executive-office-of-the-president"
)
JUSTICE = Agency(raw_name="DEPARTMENT OF JUSTICE", name="Justice Department", id=268, slug="justice-department")
FISHERIES = Agency(
    raw_name="National Oceanic and Atmospheric Administration",
    name="National Oceanic and Atmospheric Administration",
    id=361,
    slug="national-oceanic-and-atmospheric-administration",
    parent_id=54,
)
EXCHANGE = Agency(
    raw_name="SECURITIES AND EXCHANGE COMMISSION",
    name="Securities and Exchange Commission",
    id=466,
    slug="securities-and-exchange-commission",
)

CITIZENSHIP = Paper(
    number="2025-02007",
    title="Protecting the Meaning and Value of American Citizenship",
    type="Presidential Document",
    subtype="Executive Order",
    agencies=(PRESIDENT,),
    publication_date=date(2025, 1, 29),
    signing_date=date(2025, 1, 20),
    citation="90 FR 8449",
    start_page=8449,
    pages=2,
    executive_order_number="14160",
)
ENEMIES = Paper(
    number="2025-04865",
    title="Invocation of the Alien Enemies Act Regarding the Invasion of the United States by Tren de Aragua",
    type="Presidential Document",
    subtype="Proclamation",
    agencies=(PRESIDENT,),
    publication_date=date(2025, 3, 20),
    signing_date=date(2025, 3, 14),
    citation="90 FR 13033",
    start_page=13033,
    pages=3,
    proclamation_number="10903",
)
ENEMIES_SUBJECT = f"{ENEMIES.title} (Proclamation 10903 of March 14, 2025)"  # how the inspection list calls it

FORMS = Paper(
    number="2025-90101",
    title="International Prisoner Transfer Program; Forms for the Prisoner's Consent (Sample Notice)",
    type="Notice",
    agencies=(JUSTICE,),
    publication_date=date(2025, 6, 3),
    abstract=line(
        """A sample notice made for this demonstration. It would invite comments on the forms by which a prisoner consents to serve the
        rest of a sentence at home under a prisoner transfer treaty."""
    ),
    action="Notice; request for comments.",
    dates="Comments are accepted until August 4, 2025.",
    comments_close_on=date(2025, 8, 4),
)
FORMS_CORRECTED = Paper(
    number="C1-2025-90101",
    title="International Prisoner Transfer Program; Forms for the Prisoner's Consent (Sample Notice); Correction",
    type="Correction",
    agencies=(JUSTICE,),
    publication_date=date(2025, 6, 5),
    abstract="A sample correction made for this demonstration: the consent of both states is needed as well as the prisoner's.",
    correction_of=FORMS.number,
)
REPORT = Paper(
    number="2025-90102",
    title="Prisoner Transfer Treaties; Report on Sentences Served Abroad (Sample Notice)",
    type="Notice",
    agencies=(JUSTICE,),
    publication_date=date(2025, 6, 6),
)
REPORT_SUBJECTS = ("Prisoner Transfer Treaties;", "Report on Sentences Served Abroad (Sample Notice)")
REPORT_WITHDRAWN = line(
    """A letter of the agency asking to withdraw this document came after it was placed on public inspection. It stays on public
    inspection until the close of business on June 6, 2025."""
)


def ordinary(number: str, day: date, title: str, agency: Agency) -> Paper:
    """A paper as the register prints a hundred a day."""
    return Paper(number=number, title=title, type="Notice", agencies=(agency,), publication_date=day)
