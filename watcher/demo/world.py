"""The demo's world: one loopback server for everything that is polled, and time that passes step by step."""

import tomllib
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from starlette.applications import Starlette
from starlette.types import Message, Receive, Scope, Send

from watcher.demo.courts import applications, cases
from watcher.demo.press import outlets
from watcher.demo.rules import shipped_rules
from watcher.demo.script import ARCHIVE, BEGINS, STEPS
from watcher.demo.steps import Step
from watcher.testing.loopback import Loopback
from watcher.testing.world.courtlistener import Case, CourtListener
from watcher.testing.world.press import Press
from watcher.testing.world.register import Register, slug
from watcher.testing.world.supreme_court import Application, Robots, SupremeCourt


class World(Loopback):
    """Register, courts and press under one address, as they stood on March 18, 2025, until `advance` moves them on.

    The calendar inside is that of 2025, while who asks may live later: a day named to the register is taken back by as much.
    """

    def __init__(
        self,
        *,
        steps: Sequence[Step] = STEPS,
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
        shipped: str | None = None,
        robots: Robots = "allows",
        port: int = 0,
    ) -> None:
        """Nothing is served before the block is entered.

        Args:
            today: the calendar of who asks.
            shipped: the text of `sources.toml`: each docket of its cases has a feed here, most of them empty. None is the shipped one.
        """
        self.steps = tuple(steps)
        self.taken = 0  #: steps that are done
        self.now = BEGINS  #: aware, UTC: where this world's time is
        self.register = Register(backdate=lambda day: day - (today() - self.now.date()))
        self.courtlistener = CourtListener(cases())
        self.supreme_court = SupremeCourt(applications(), robots=robots)
        self.press = Press()
        self._answered: dict[str, int] = {}  # by path: `taken` when the last good answer to it began
        for outlet in outlets():
            self.press.open(outlet)
        for change in ARCHIVE:
            change(self)
        self._open_dockets(shipped_rules() if shipped is None else shipped)
        routes = [*self.register.routes, *self.courtlistener.routes, *self.supreme_court.routes, *self.press.routes]
        self._pages = Starlette(routes=routes)
        super().__init__(self._serve, port=port)

    async def advance(self) -> Step:
        """Let the next step happen. Every address has it from this moment on.

        Raises:
            IndexError: it was the last.
        """
        step = self.steps[self.taken]
        self.now = max(self.now, step.at)
        for change in (*step.changes, *step.noise):
            change(self)
        self.taken += 1
        return step

    @property
    def over(self) -> bool:
        return self.taken == len(self.steps)

    def waiting(self) -> frozenset[str]:
        """Paths that were answered well before, and not since the last step: who polls them has not seen it yet."""
        return frozenset(path for path, taken in self._answered.items() if taken < self.taken)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = self.taken

        async def note(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in {200, 304} and self._is_source(scope["path"]):
                self._answered[scope["path"]] = began
            await send(message)

        await self._pages(scope, receive, note)

    def _is_source(self, path: str) -> bool:
        """Further pages, robots.txt and what is no feed are not polled by themselves."""
        broken = {outlet.path for outlet in self.press.outlets.values() if outlet.html}
        return path not in {"/robots.txt", "/api/v1/documents"} | broken

    def _open_dockets(self, shipped: str) -> None:
        for case in tomllib.loads(shipped).get("case", []):
            for docket in case.get("dockets", []):
                self._open_docket(case["title"], docket)

    def _open_docket(self, title: str, docket: dict[str, Any]) -> None:
        court, number, known = docket["court"], docket["number"], docket.get("courtlistener")
        if known is not None:
            self.courtlistener.cases.setdefault(known, Case(id=known, court=court, number=number, name=title, slug=slug(title)))
        elif court == "scotus":
            empty = Application(
                number=number,
                petitioner=f"{title}, Applicant",
                respondent="United States",
                docketed=BEGINS.date(),
                lower_court="",
                lower_numbers="",
            )
            self.supreme_court.applications.setdefault(number, empty)
