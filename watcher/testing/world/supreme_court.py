"""The Supreme Court's dockets as JSON, with an ETag that is honoured, and a robots.txt in several moods."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from watcher.testing.payloads import etag_of, unchanged, validators

Robots = Literal["allows", "refuses", "missing", "broken"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proceeding:
    """One line of a docket. It has no id: what tells it from others is day, words and the paper's address."""

    on: date
    text: str
    links: tuple[tuple[str, str], ...] = ()  #: (description, address) of each paper

    def shown(self) -> dict[str, Any]:
        papers = [{"Description": name, "File": url.rpartition("/")[2], "DocumentUrl": url} for name, url in self.links]
        return {"Date": f"{self.on:%b %d %Y}", "Text": self.text} | ({"Links": papers} if papers else {})


@dataclass(slots=True, kw_only=True)
class Application:
    """One docket of the court."""

    number: str  #: `24A949`
    petitioner: str  #: with its role, as the court prints it
    respondent: str
    docketed: date
    lower_court: str
    lower_numbers: str  #: `(25-1345)`
    linked: str | None = None  #: `Linked with 24-5142`
    proceedings: tuple[Proceeding, ...] = ()

    def shown(self, today: date) -> dict[str, Any]:
        term, _, number = self.number.partition("A")
        counsel = {  # the court prints names and addresses; these are nobody's
            "Attorney": "Counsel of Record",
            "IsCounselofRecord": True,
            "Title": "Office of Counsel",
            "PrisonerId": None,
            "Phone": "000-000-0000",
            "Address": "1 Example Street",
            "City": "Washington",
            "State": "DC",
            "Zip": "00000",
            "Email": "counsel@example.org",
        }
        return {
            "CaseNumber": f"{self.number} ",
            "bCapitalCase": False,
            "sJsonCreationDate": f"{today:%m/%d/%Y}",
            "sJsonTerm": f"20{term}",
            "sJsonCaseNumber": number.zfill(5),
            "sJsonCaseType": None,
            "RelatedCaseNumber": [],
            "PetitionerTitle": self.petitioner,
            "RespondentTitle": self.respondent,
            "DocketedDate": f"{self.docketed:%B} {self.docketed.day}, {self.docketed.year}",
            "Links": self.linked,
            "LowerCourt": self.lower_court,
            "LowerCourtCaseNumbers": self.lower_numbers,
            "ProceedingsandOrder": [proceeding.shown() for proceeding in self.proceedings],
            "AttorneyHeaderPetitioner": "Attorneys for Petitioner",
            "Petitioner": [counsel | {"PartyName": self.petitioner}],
            "AttorneyHeaderRespondent": "Attorneys for Respondent",
            "Respondent": [counsel | {"PartyName": self.respondent}],
        }


class SupremeCourt:
    """The dockets that can be asked for; any other number is a page of HTML with 404."""

    def __init__(self, applications: Sequence[Application] = (), *, robots: Robots = "allows") -> None:
        self.applications: dict[str, Application] = {application.number: application for application in applications}
        self.robots = robots
        self.routes = [Route("/rss/cases/JSON/{number}.json", self._docket), Route("/robots.txt", self._robots)]

    def proceed(self, number: str, *proceedings: Proceeding) -> None:
        """Add lines to a docket, newest last."""
        application = self.applications[number]
        application.proceedings = (*application.proceedings, *proceedings)

    async def _docket(self, request: Request) -> Response:
        application = self.applications.get(request.path_params["number"])
        if application is None:
            return HTMLResponse("<!DOCTYPE html><html><head><title>Error</title></head><body>The page is not there.</body></html>", 404)
        days = [proceeding.on for proceeding in application.proceedings]
        body = json.dumps(application.shown(max(days, default=application.docketed))).encode()
        return conditional(request, body, {"Content-Type": "application/json", "Cache-Control": "max-age=120"})

    async def _robots(self, request: Request) -> Response:
        match self.robots:
            case "allows":
                return PlainTextResponse("User-agent: *\nDisallow: /search/\n")
            case "refuses":
                return PlainTextResponse("User-agent: *\nDisallow: /rss/cases/\n")
            case "missing":
                return HTMLResponse("<html><body>404</body></html>", 404)
            case "broken":
                return HTMLResponse("<html><body>down for maintenance</body></html>", 503)


def conditional(request: Request, body: bytes, headers: Mapping[str, str]) -> Response:
    """Answer with an ETag of the body, and with 304 to who has it already."""
    tagged = dict(headers) | {"ETag": etag_of(body)}
    if unchanged(request.headers, tagged):
        return Response(status_code=304, headers=validators(tagged))
    return Response(body, headers=tagged)
