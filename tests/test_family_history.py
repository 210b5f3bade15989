"""Two families as their courts made them, in words of our own: each begins with one docket in the file, and finds the others by itself.

Polled on loopback into a real database, day by day, as the service does it. The numbers, days and outcomes are those of the public record.
"""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.asking import asked
from tests.papers import Moment
from tests.press import reload
from watcher import config, families
from watcher.app import App, build, poll_once
from watcher.config import settings
from watcher.config.edits import with_docket
from watcher.models import Docket, Evidence
from watcher.storage.views import Views
from watcher.testing.loopback import Loopback
from watcher.testing.world.courtlistener import SHOWN, Case, CourtListener, Filing, feed
from watcher.testing.world.supreme_court import Application, Proceeding, SupremeCourt

#: The sources of courts, all on one base.
COURTS = """
[defaults]
every = "1s"
max_age = "36500d"

[[source]]
id = "courtlistener"
kind = "docket-feeds"
url = "{base}/"

[[source]]
id = "scotus"
kind = "scotus-docket"
url = "{base}/"
"""
RULES = (
    COURTS
    + """
[[source]]
id = "filed"
kind = "feed"
url = "{base}/filed"

[[case]]
id = "abrego-garcia"
title = "Abrego Garcia v. Noem"
names = ["Kilmar Abrego Garcia"]
dockets = [{{ court = "mdd", number = "8:25-cv-00951", courtlistener = 69777799 }}]  # Judge Xinis

[[case]]
id = "jgg-v-trump"
title = "J.G.G. v. Trump"
names = ["J.G.G. v. Trump"]
dockets = [{{ court = "dcd", number = "1:25-cv-00766", courtlistener = 69741724 }}]

[[case]]
id = "dvd-v-dhs"
title = "D.V.D. v. DHS"
names = ["D.V.D. v. DHS"]
dockets = [{{ court = "mad", number = "1:25-cv-10676", courtlistener = 69775896 }}]
"""
)
MDD, CA4, DCD, MAD, HABEAS = 69777799, 69847836, 69741724, 69775896, 71191591
SITE = "https://www.courtlistener.com"


def dockets() -> list[Case]:
    return [
        Case(id=MDD, court="mdd", number="8:25-cv-00951", name="Abrego Garcia v. Noem", slug="abrego-garcia-v-noem"),
        Case(id=CA4, court="ca4", number="25-1345", name="Kilmar Abrego Garcia v. Kristi Noem", slug="kilmar-abrego-garcia-v-kristi-noem"),
        Case(id=DCD, court="dcd", number="1:25-cv-00766", name="J.G.G. v. Trump", slug="jgg-v-trump"),
        Case(id=MAD, court="mad", number="1:25-cv-10676", name="D.V.D. v. DHS", slug="dvd-v-dhs"),
    ]


def applications() -> list[Application]:
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
            number="24A931",
            petitioner="Donald J. Trump, President of the United States, et al., Applicants",
            respondent="J. G. G., et al.",
            docketed=date(2025, 3, 28),
            lower_court="United States Court of Appeals for the District of Columbia Circuit",
            lower_numbers="(25-5067, 25-5068)",
        ),
    ]


def filing(number: int, day: date, text: str) -> Filing:
    words = " ".join(text.split())
    return Filing(number=number, filed=day, text=f"{words} (clerk) (Entered: {day:%m/%d/%Y})", file=f"{SITE}/recap/{number}.pdf")


@dataclass(slots=True)
class Courts:
    """The service, and the world that it looks at."""

    app: App
    environ: dict[str, str]
    clock: Moment
    file: Path
    courts: CourtListener
    supreme: SupremeCourt
    listed: list[str]  #: items of a feed that lists what is new in the courts

    async def look(self) -> None:
        """As the service does: poll what is due, take the links and the file that changed, and again, until nothing more is found."""
        for _ in range(4):
            self.clock.now += timedelta(seconds=3)
            results = await poll_once(self.app, None)
            assert [result.error for result in results if result.error] == []
            newer = await self.app.join()
            if newer is not None:
                self.app.current.take(newer)
            if reload(self.app.current) or newer is not None:
                await self.app.enrol()

    async def says(self, docket: int, *filings: Filing) -> None:
        for each in filings:
            self.courts.enter(docket, each)
        self.clock.now += timedelta(days=1)
        await self.look()

    async def rules(self, number: str, *proceedings: Proceeding) -> None:
        self.supreme.proceed(number, *proceedings)
        self.clock.now += timedelta(days=1)
        await self.look()

    def accept(self, case: str, docket: Docket) -> None:
        config.rewritten(self.file, lambda text: with_docket(text, case, docket))

    def family(self, case: str) -> list[str]:
        """The dockets of a case, as they stand; those in brackets were linked."""
        (watch,) = [watch for watch in self.app.current.rulebook.watches if watch.id == case]
        linked = [link.docket for link in watch.links]
        return [f"({families.shown(docket)})" if docket in linked else families.shown(docket) for docket in watch.dockets]

    def proposed(self) -> list[str]:
        stand = families.standing(self.app.current.filed.watches, self.app.current.in_force.links)
        return [f"{link.watch}: {families.shown(link.docket)}: {link.named.missing}" for link in stand if link.state == "proposed"]

    async def stories(self, case: str) -> list[tuple[str, str]]:
        """What leads each of a case's Stories, in the order in which they began, with how urgent it is."""
        pages = await Views(self.app.database).stories(watch=case, limit=100)
        return [(lead(page.story.lead), page.story.severity.label) for page in sorted(pages, key=lambda page: page.story.id)]

    async def card(self, court: str, number: str) -> list[Evidence]:
        """Why a paper of a docket is one of the case."""
        pages = await Views(self.app.database).stories(watch="abrego-garcia", limit=100)
        papers = [paper for page in pages for paper in page.papers if paper.document.docket and paper.document.docket.court == court]
        assert {paper.document.docket.number for paper in papers if paper.document.docket} == {number}
        return [
            each
            for paper in papers
            for watch, score, because in paper.matches
            if (watch, score) == ("abrego-garcia", 1.0)
            for each in because
        ]


def lead(key: str) -> str:
    """`mdd #21`, `scotus 24A949 of 2025-04-10`: a paper by its court."""
    docket, _, entry = key.partition(":")[2].partition("#")
    if key.startswith("scotus:"):
        return f"scotus {docket} of {entry[:10]}"
    return f"{ {MDD: 'mdd', CA4: 'ca4', DCD: 'dcd', HABEAS: 'habeas'}[int(docket)] } #{entry.removeprefix('entry-')}"


@asynccontextmanager
async def opened(folder: Path, database: str) -> AsyncIterator[Courts]:
    courts, supreme, listed = CourtListener(dockets()), SupremeCourt(applications()), list[str]()

    async def feed(_request: Request) -> Response:
        return Response(f"<rss version='2.0'><channel><title>t</title>{''.join(listed)}</channel></rss>", media_type="application/rss+xml")

    async with Loopback(Starlette(routes=[*courts.routes, *supreme.routes, Route("/filed", feed)])) as server:
        file = folder / "rules.toml"
        file.write_text(RULES.format(base=server.base))
        environ = {"WATCHER_SOURCES": str(file), "WATCHER_DATA": str(folder), "WATCHER_ALLOW_PRIVATE": "1"}
        clock = Moment()
        environ["WATCHER_DATABASE_URL"] = database
        known = settings(environ)
        app = await build(known, clock=clock, chance=lambda: 0.0, terminal=io.StringIO())
        try:
            yield Courts(app, environ, clock, file, courts, supreme, listed)
        finally:
            await app.close()


@pytest.fixture
async def world(tmp_path: Path, operator_url: str) -> AsyncIterator[Courts]:
    async with opened(tmp_path, operator_url) as made:
        await made.look()
        yield made


async def test_the_family_of_abrego_garcia_finds_itself(world: Courts) -> None:
    # the district court orders his return, the government appeals
    await world.says(
        MDD,
        filing(1, date(2025, 3, 24), "COMPLAINT by Kilmar Armando Abrego Garcia, removed to El Salvador."),
        filing(21, date(2025, 4, 4), "ORDER granting preliminary injunction: Defendants shall facilitate his return."),
        filing(22, date(2025, 4, 4), "NOTICE OF APPEAL to 4th Circuit as to 21 Order by Kristi Noem."),
    )
    assert world.family("abrego-garcia") == ["mdd 8:25-cv-00951"]
    assert world.proposed() == ["abrego-garcia: ca4 ?: its number is not named yet"]
    await world.says(MDD, filing(25, date(2025, 4, 5), "USCA Case Number 25-1345 for 22 Notice of Appeal filed by Kristi Noem."))
    assert world.family("abrego-garcia") == ["mdd 8:25-cv-00951", "(ca4 25-1345)"]
    assert world.proposed() == []

    # nobody knows where its feed is until the operator says so; from then on it is a docket of the file
    assert sorted(world.app.current.dockets) == ["courtlistener/69741724", "courtlistener/69775896", "courtlistener/69777799"]
    world.accept("abrego-garcia", Docket(court="ca4", number="25-1345", courtlistener=CA4))
    assert "# Judge Xinis" in world.file.read_text()
    await world.look()
    assert world.family("abrego-garcia") == ["mdd 8:25-cv-00951", "ca4 25-1345"]
    await world.says(
        CA4,
        filing(1, date(2025, 4, 5), "Case docketed. Originating case number: 8:25-cv-00951-PX. Case manager: A. Clerk."),
        filing(6, date(2025, 4, 7), "ORDER filed denying motion for stay pending appeal. Judge Thacker concurs."),
    )
    assert world.proposed() == []

    # the clerk of the court of appeals names the application, which has an address of its own: it is polled at once
    await world.says(CA4, filing(8, date(2025, 4, 7), "SUPREME COURT REMARK--application to vacate filed. 24A949."))
    assert world.family("abrego-garcia") == ["mdd 8:25-cv-00951", "ca4 25-1345", "(scotus 24A949)"]
    assert "scotus/24A949" in world.app.current.sources
    await world.rules(
        "24A949",
        Proceeding(on=date(2025, 4, 7), text="Application (24A949) to vacate injunction, submitted to The Chief Justice."),
        Proceeding(
            on=date(2025, 4, 10),
            text="Application (24A949) referred to the Court and granted in part and denied in part. His release is to be facilitated.",
        ),
    )

    card = next(match for match in (await world.card("ca4", "25-1345")) if match.field == "docket")
    assert card.term == "25-1345"
    card = next(match for match in (await world.card("scotus", "24A949")) if match.field == "docket")
    assert card.term == (
        "24A949, its case at the Supreme Court: ca4 25-1345 says “SUPREME COURT REMARK--application to vacate filed. 24A949”"
    )

    ruling = next(page.story.lead for page in await Views(world.app.database).stories() if "2025-04-10" in page.story.lead)
    assert f"“{card.term}” in the docket, 0–6: worth 1.0" in (await asked(world.environ, "why", f"document:{ruling}")).stdout

    # a second appeal, the mandate, contempt
    await world.says(
        MDD,
        filing(79, date(2025, 4, 15), "ORDER granting expedited discovery into what was done to comply."),
        filing(85, date(2025, 4, 16), "USCA Case Number 25-1404 for 4th Circuit for 80 Notice of Appeal filed by Kristi Noem."),
        filing(99, date(2025, 4, 22), "NOTICE by Kristi Noem of USCA Case Number 25-1519 for 4th Circuit, a related matter."),
    )
    await world.says(
        MDD,
        filing(140, date(2025, 5, 28), "MANDATE of USCA (4th Circuit) as to 22 Notice of Appeal; USCA Case Number 25-1345."),
        filing(145, date(2025, 6, 11), "MOTION for Sanctions and to hold Defendants in contempt by Kilmar Abrego Garcia."),
    )
    assert world.family("abrego-garcia") == ["mdd 8:25-cv-00951", "ca4 25-1345", "(scotus 24A949)", "(ca4 25-1404)"]
    assert world.proposed() == []
    assert world.family("jgg-v-trump") == ["dcd 1:25-cv-00766"]

    # every act of each court is a Story of its own, in the order in which it was seen (a feed has the newest first)
    assert await world.stories("abrego-garcia") == [
        ("mdd #22", "notable"),
        ("mdd #21", "urgent"),
        ("mdd #1", "routine"),
        ("mdd #25", "notable"),
        ("ca4 #6", "urgent"),
        ("ca4 #1", "notable"),
        ("ca4 #8", "notable"),
        ("scotus 24A949 of 2025-04-07", "notable"),
        ("scotus 24A949 of 2025-04-10", "urgent"),
        ("mdd #99", "notable"),
        ("mdd #85", "notable"),
        ("mdd #79", "urgent"),
        ("mdd #145", "notable"),
        ("mdd #140", "urgent"),
    ]


async def test_the_family_of_jgg_finds_itself_and_takes_nothing_of_others(world: Courts) -> None:
    await world.says(
        DCD,
        filing(1, date(2025, 3, 15), "COMPLAINT and petition for habeas corpus by five Venezuelan men held in Texas."),
        filing(20, date(2025, 3, 15), "ORDER: Defendants shall not remove the plaintiffs for 14 days. So ORDERED."),
        filing(21, date(2025, 3, 16), "NOTICE OF APPEAL TO DC CIRCUIT COURT as to 20 Order by DONALD J. TRUMP."),
        filing(24, date(2025, 3, 17), "USCA Case Number 25-5067 for 21 Notice of Appeal to DC Circuit Court filed by DONALD J. TRUMP."),
    )
    # the same number in another circuit is another case's, and what parties cite is nobody's
    await world.says(MAD, filing(9, date(2025, 4, 7), "USCA Case Number 25-1345 for 1st Circuit for 8 Notice of Appeal filed by DHS."))
    await world.says(DCD, filing(60, date(2025, 4, 20), "NOTICE of supplemental authority, A.A.R.P. v. Trump, No. 24A1007."))
    assert world.family("jgg-v-trump") == ["dcd 1:25-cv-00766", "(cadc 25-5067)"]
    assert world.family("dvd-v-dhs") == ["mad 1:25-cv-10676", "(ca1 25-1345)"]
    assert world.family("abrego-garcia") == ["mdd 8:25-cv-00951"]

    await world.says(DCD, filing(70, date(2025, 4, 8), "ORDER of the U.S. Supreme Court in No. 24A931 vacating the orders."))
    await world.rules(
        "24A931",
        Proceeding(on=date(2025, 3, 28), text="Application (24A931) to vacate, submitted to The Chief Justice."),
        Proceeding(on=date(2025, 4, 7), text="Application (24A931) referred to the Court and granted. Detainees must have notice."),
    )
    await world.says(
        DCD,
        filing(81, date(2025, 4, 16), "MEMORANDUM OPINION finding probable cause of criminal contempt."),
        filing(84, date(2025, 4, 17), "USCA Case Number 25-5124 for 82 Notice of Appeal to DC Circuit Court filed by DONALD J. TRUMP."),
        filing(90, date(2025, 8, 8), "MANDATE of USCA as to 82 Notice of Appeal to DC Circuit Court; USCA Case Number 25-5124."),
    )
    assert world.family("jgg-v-trump") == ["dcd 1:25-cv-00766", "(cadc 25-5067)", "(scotus 24A931)", "(cadc 25-5124)"]
    # the Court's own data names two numbers below, and does not say that both are of this suit
    assert world.proposed() == ["jgg-v-trump: cadc 25-5068: one of several below, which may be another suit"]
    assert await world.stories("jgg-v-trump") == [
        ("dcd #24", "notable"),
        ("dcd #21", "notable"),
        ("dcd #20", "urgent"),
        ("dcd #1", "routine"),
        ("dcd #60", "notable"),
        ("dcd #70", "urgent"),
        ("scotus 24A931 of 2025-03-28", "notable"),
        ("scotus 24A931 of 2025-04-07", "urgent"),
        ("dcd #90", "urgent"),
        ("dcd #84", "notable"),
        ("dcd #81", "urgent"),
    ]


async def test_a_case_under_a_new_office_holder_is_proposed_and_followed_once_accepted(world: Courts) -> None:
    page = f"{SITE}/docket/{HABEAS}/abrego-garcia-v-successor/"
    world.listed.append(f"<item><guid>h</guid><title>Abrego Garcia v. Successor</title><link>{page}</link></item>")
    await world.look()
    assert world.proposed() == [f"abrego-garcia: courtlistener {HABEAS}: the same name against an office: who holds it changes"]
    assert world.family("abrego-garcia") == ["mdd 8:25-cv-00951"]
    habeas = Docket(court="mdd", number="8:25-cv-02780", courtlistener=HABEAS)
    world.courts.cases[HABEAS] = Case(
        id=HABEAS, court="mdd", number=habeas.number, name="Abrego Garcia v. Successor", slug="abrego-garcia-v-successor"
    )
    world.accept("abrego-garcia", habeas)
    await world.look()
    assert world.proposed() == []
    await world.says(HABEAS, filing(3, date(2025, 8, 25), "ORDER: he shall not be removed. Signed by Judge Paula Xinis on 8/25/2025."))
    assert ("habeas #3", "urgent") in await world.stories("abrego-garcia")


async def test_a_clerk_who_takes_a_number_back_unlinks_it_and_the_operator_is_asked(world: Courts) -> None:
    await world.says(MDD, filing(25, date(2025, 4, 5), "USCA Case Number 25-1345 for 4th Circuit for 22 Notice of Appeal."))
    assert world.family("abrego-garcia") == ["mdd 8:25-cv-00951", "(ca4 25-1345)"]
    await world.says(MDD, filing(25, date(2025, 4, 5), "***ENTERED IN ERROR*** USCA Case Number 25-1345 for 4th Circuit."))
    assert world.family("abrego-garcia") == ["mdd 8:25-cv-00951"]
    assert world.proposed() == ["abrego-garcia: ca4 25-1345: the paper that said so was changed, and says it no more"]


async def test_a_link_outlives_the_notice_of_appeal_in_the_feed(world: Courts) -> None:
    day = date(2025, 4, 5)
    await world.says(
        MDD,
        filing(22, day, "NOTICE OF APPEAL to 4th Circuit as to 21 Order by Kristi Noem."),
        filing(25, day, "USCA Case Number 25-1345 for 22 Notice of Appeal filed by Kristi Noem."),
    )
    assert world.family("abrego-garcia") == ["mdd 8:25-cv-00951", "(ca4 25-1345)"]
    (stored,) = [link for link in await world.app.families.links() if link.docket.number]
    await world.says(MDD, *(filing(26 + place, day, f"STATUS REPORT no. {place} by Kristi Noem.") for place in range(SHOWN - 1)))
    shown = feed(world.courts.cases[MDD])
    assert ('#entry-22"' in shown, '#entry-25"' in shown) == (False, True)  # the older notice went first
    assert world.family("abrego-garcia") == ["mdd 8:25-cv-00951", "(ca4 25-1345)"]
    assert [link for link in await world.app.families.links() if link.docket.number] == [stored]
    assert world.proposed() == []
