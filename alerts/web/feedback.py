"""`/feedback/<token>`: the two links below each item of a mail. Scanners follow links, so a GET changes nothing."""

from typing import Protocol

from jinja2 import Environment
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from alerts.web.unsubscribe import PRIVATE
from alerts.web.words import words

NO_SUCH = (
    "This feedback link is not known: part of it is missing, or the mail it stood in is so old that it is deleted here. "
    "Nothing was changed."
)


class Asked(Protocol):
    """What the page behind a link asks."""

    @property
    def title(self) -> str:
        """Of the Story."""
        ...

    @property
    def relevant(self) -> bool:
        """What the link says."""
        ...

    @property
    def lang(self) -> str: ...


class Voting(Protocol):
    """What a vote asks of the database."""

    async def asked(self, token: str) -> Asked | None:
        """What a link asks; None where it is none of ours, or too old."""
        ...

    async def vote(self, token: str) -> bool:
        """Keep what the link says, for the address that it was sent to; False where it is none of ours, or too old."""
        ...


def routes(voting: Voting, templates: Environment) -> list[Route]:
    """The paths. Whoever has the link may vote, and vote again: no cookie, no login."""

    async def page(token: str, *, noted: bool) -> Response:
        asked = await voting.asked(token)
        if asked is None:
            raise HTTPException(404, NO_SUCH, PRIVATE)
        said = words(asked.lang)
        text = templates.get_template("feedback.html.jinja").render(path="", asked=asked, noted=noted, say=said)
        return HTMLResponse(text, headers=PRIVATE | {"Content-Language": said.lang})

    async def show(request: Request) -> Response:
        return await page(request.path_params["token"], noted=False)

    async def vote(request: Request) -> Response:
        token = request.path_params["token"]
        if not await voting.vote(token):
            raise HTTPException(404, NO_SUCH, PRIVATE)
        return await page(token, noted=True)

    return [
        Route("/feedback/{token}", show, methods=["GET"]),
        Route("/feedback/{token}", vote, methods=["POST"]),
    ]
