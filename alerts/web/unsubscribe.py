"""`/unsubscribe/<token>`: the link of every mail. Scanners follow links, so a GET changes nothing."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from jinja2 import Environment
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from alerts.web.words import words

PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}  #: the address of such a page is a key
NO_SUCH = (
    "This unsubscribe link is not known: part of it is missing, or all that was stored about its reader is deleted already. "
    "Please open the link of the newest mail, whole."
)


class Leaving(Protocol):
    """What leaving asks of the database."""

    async def followed(self, token: str) -> tuple[str, ...] | None:
        """Ids of the Watches that the owner of this link follows; None where the link is nobody's."""
        ...

    async def phrases(self, token: str) -> Mapping[str, str]:
        """The phrases that the owner of this link owns, by the ids of their Watches."""
        ...

    async def lang(self, token: str) -> str:
        """The language of the owner of this link; "en" where the link is nobody's."""
        ...

    async def leave(self, token: str) -> bool:
        """End everything that the owner of this link follows; False where the link is nobody's."""
        ...


def routes(leaving: Leaving, templates: Environment, titles: Callable[[], Mapping[str, str]]) -> list[Route]:
    """The paths. Whoever has the link may leave: no cookie, no login (RFC 8058, 3.1)."""

    async def page(token: str, followed: Sequence[str]) -> Response:
        said = words(await leaving.lang(token))
        text = templates.get_template("unsubscribe.html.jinja").render(path="", followed=followed, say=said)
        return HTMLResponse(text, headers=PRIVATE | {"Content-Language": said.lang})

    async def show(request: Request) -> Response:
        token = request.path_params["token"]
        watches = await leaving.followed(token)
        if watches is None:
            raise HTTPException(404, NO_SUCH, PRIVATE)
        known = {**titles(), **{watch: f"“{phrase}”" for watch, phrase in (await leaving.phrases(token)).items()}}
        return await page(token, [known.get(watch, watch) for watch in watches])

    async def leave(request: Request) -> Response:
        token = request.path_params["token"]
        if not await leaving.leave(token):
            raise HTTPException(404, NO_SUCH, PRIVATE)
        return await page(token, [])

    return [
        Route("/unsubscribe/{token}", show, methods=["GET"]),
        Route("/unsubscribe/{token}", leave, methods=["POST"]),
    ]
