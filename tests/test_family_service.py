"""A running service takes a docket that a court named: without a restart it is polled, and followers of the case hear of its papers."""

from datetime import date
from pathlib import Path

from starlette.applications import Starlette

from tests.processes import until
from tests.test_family_history import COURTS
from tests.test_service import running
from watcher.testing.loopback import Loopback
from watcher.testing.world.courtlistener import Case, CourtListener, Filing
from watcher.testing.world.supreme_court import Application, Proceeding, SupremeCourt

RULES = (
    COURTS
    + """
[[case]]
id = "abrego-garcia"
title = "Abrego Garcia v. Noem"
dockets = [{{ court = "mdd", number = "8:25-cv-00951", courtlistener = 69777799 }}]
"""
)


async def test_a_docket_that_a_court_names_is_followed_without_a_restart(tmp_path: Path) -> None:
    courts = CourtListener([Case(id=69777799, court="mdd", number="8:25-cv-00951", name="Abrego Garcia v. Noem", slug="abrego")])
    supreme = SupremeCourt(
        [
            Application(
                number="24A949",
                petitioner="Kristi Noem, et al., Applicants",
                respondent="Kilmar Armando Abrego Garcia",
                docketed=date(2025, 4, 7),
                lower_court="United States Court of Appeals for the Fourth Circuit",
                lower_numbers="(25-1345)",
            )
        ]
    )
    async with Loopback(Starlette(routes=[*courts.routes, *supreme.routes])) as world:
        (tmp_path / "sources.toml").write_text(RULES.format(base=world.base))
        async with running(tmp_path, world.base, ["poll", "deliver"]) as service:
            await service.polled(1)
            order = "ORDER of the U.S. Supreme Court in 24A949 (clerk) (Entered: 04/08/2025)"
            courts.enter(69777799, Filing(number=40, filed=date(2025, 4, 8), text=order))

            app = service.app

            async def is_linked() -> bool:
                return bool(await app.families.links())

            async def is_taken() -> bool:
                return "scotus/24A949" in app.current.sources

            async def is_asked() -> bool:
                return any(asked.path.endswith("24A949.json") and asked.status == 200 for asked in world.requests)

            async def has_its_appeal() -> bool:
                return {(link.docket.court, link.docket.number, link.state) for link in await app.families.links()} == {
                    ("scotus", "24A949", "linked"),
                    ("ca4", "25-1345", "linked"),
                }

            await until(is_linked)
            service.service.file_due.set()
            await until(is_taken)
            assert app.current.dockets["scotus/24A949"] == "Abrego Garcia v. Noem (scotus 24A949)"
            await until(is_asked)
            await until(has_its_appeal)  # the Court's own data names it, before there is any line of proceedings
            supreme.proceed("24A949", Proceeding(on=date(2025, 4, 10), text="Application (24A949) granted in part and denied in part."))
            await service.printed("granted in part and denied in part")
