"""`/unsubscribe/<token>`: the link of every mail. Scanners follow links, so a GET changes nothing."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from jinja2 import Environment
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}  #: the address of such a page is a key
NO_SUCH = "This link is not known. It may be of a subscription that has ended already."


class Leaving(Protocol):
    """What leaving asks of the database."""

    async def followed(self, token: str) -> tuple[str, ...] | None:
        """Ids of the Watches that the owner of this link follows; None where the link is nobody's."""
        ...

    async def leave(self, token: str) -> bool:
        """End everything that the owner of this link follows; False where the link is nobody's."""
        ...


def routes(leaving: Leaving, templates: Environment, titles: Callable[[], Mapping[str, str]]) -> list[Route]:
    """The paths. Whoever has the link may leave: no cookie, no login (RFC 8058, 3.1)."""

    def page(followed: Sequence[str]) -> Response:
        text = templates.get_template("unsubscribe.html.jinja").render(path="", followed=followed, left=not followed)
        return HTMLResponse(text, headers=PRIVATE)

    async def show(request: Request) -> Response:
        watches = await leaving.followed(request.path_params["token"])
        if watches is None:
            raise HTTPException(404, NO_SUCH, PRIVATE)
        known = titles()
        followed = [known.get(watch, watch) for watch in watches]
        return page(followed)

    async def leave(request: Request) -> Response:
        if not await leaving.leave(request.path_params["token"]):
            raise HTTPException(404, NO_SUCH, PRIVATE)
        return page([])

    return [
        Route("/unsubscribe/{token}", show, methods=["GET"]),
        Route("/unsubscribe/{token}", leave, methods=["POST"]),
    ]
