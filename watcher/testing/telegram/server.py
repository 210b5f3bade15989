"""The HTTP side: the Bot API under `/bot<token>/`, a control API under `/sim/`, the transcript at `/`."""

import asyncio
import html
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import httpx
from starlette.applications import Starlette
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from watcher.testing.loopback import Loopback
from watcher.testing.telegram.methods import METHODS, ApiError, Params
from watcher.testing.telegram.state import Called, Fault, Json, Telegram

VERBS = frozenset(
    {"chat", "say", "press", "block", "unblock", "add", "remove", "restrict", "end", "close_thread", "migrate", "update", "fail"}
)
_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{1,64}")
_NAMES = {name.lower(): name for name in METHODS}
_RETRY = 1.0  #: Telegram's seconds between two tries of a webhook


class BotApi(Telegram):
    """A strict Bot API on a free loopback port for the length of an `async with` block.

    `url` is what a bot is given as the address of the Bot API (`WATCHER_TELEGRAM_API_URL`). Everything of `Telegram` can be asked and
    done meanwhile: `say`, `press`, `block`, `fail`, `transcript`.
    """

    def __init__(self, *, port: int = 0, **about: Any) -> None:
        """Nothing is bound before the block is entered; `port` 0 is any free one. The rest is as for `Telegram`."""
        super().__init__(**about)
        self._http = _Cutting(application(self), port=port)

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        self._hooking = asyncio.create_task(deliver(self))
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stopping.set()
        self._hooking.cancel()
        with suppress(asyncio.CancelledError):
            await self._hooking
        await self._http.__aexit__(kind, error, trace)

    @property
    def url(self) -> str:
        """The address, without a slash at its end; known once the block is entered."""
        return self._http.base


class _Cutting(Loopback):
    """Lets an answer cut its connection: `scope["cut"]`."""

    async def _logged(self, scope: Scope, receive: Receive, send: Send) -> None:
        # uvicorn gives no way to end a connection without an answer; its `send` is a method of the object that holds the transport.
        scope["cut"] = send.__self__.transport.abort  # type: ignore[attr-defined]  # a method of uvicorn's
        await super()._logged(scope, receive, send)


def application(telegram: Telegram) -> Starlette:
    """The ASGI application over a state."""

    async def call(request: Request) -> Response:
        return await _call(telegram, request)

    async def control(request: Request) -> Response:
        return await _control(telegram, request)

    async def tell(request: Request) -> Response:
        return JSONResponse(_told(telegram, request.path_params["what"]))

    async def page(request: Request) -> Response:
        return HTMLResponse(transcript_page(telegram))

    return Starlette(
        routes=[
            Route("/bot{token}/{method}", call, methods=["GET", "POST"]),
            Route("/sim/{verb}", control, methods=["POST"]),
            Route("/sim/{what}", tell, methods=["GET"]),
            Route("/", page),
        ]
    )


# -- the Bot API


async def _call(telegram: Telegram, request: Request) -> Response:
    token, method = request.path_params["token"], request.path_params["method"]
    name = _NAMES.get(method.lower(), "")
    chat: int | None = None
    try:
        _check_token(telegram, token)
        if not name:
            raise ApiError(404, "method not found")
        params = await _params(request)
        chat = _chat_number(params)
        if fault := telegram.fault(name, chat):
            return await _faulty(telegram, request, name, params, fault)
        answer: Response = JSONResponse({"ok": True, "result": await METHODS[name](telegram, params)})
        _note(telegram, name, chat, 200)
    except ApiError as error:
        answer = _refused(error)
        _note(telegram, name or "?", chat, error.code, str(error))
    return answer


def _check_token(telegram: Telegram, token: str) -> None:
    if not _TOKEN.fullmatch(token):
        raise ApiError(404)
    if token != telegram.token:
        raise ApiError(401)


async def _params(request: Request) -> Params:
    """The arguments of a call, from wherever it put them: query, form, multipart, JSON."""
    values: dict[str, Any] = dict(request.query_params)
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json"):
        try:
            body = json.loads(await request.body() or b"{}")
        except ValueError:
            raise ApiError(400, "can't parse request body as JSON") from None
        if not isinstance(body, dict):
            raise ApiError(400, "Object expected as request body")
        values |= body
    elif kind.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        form: FormData = await request.form()
        values |= {key: value for key, value in form.items() if isinstance(value, str)}
    return Params(values)


def _chat_number(params: Params) -> int | None:
    return params.whole("chat_id") or None


def _refused(error: ApiError) -> Response:
    body: Json = {"ok": False, "error_code": error.code, "description": str(error)}
    if error.parameters:
        body["parameters"] = error.parameters
    retry = error.parameters.get("retry_after")
    return JSONResponse(body, error.code, {"Retry-After": str(retry)} if retry else None)


def _note(telegram: Telegram, method: str, chat: int | None, status: int, description: str = "") -> None:
    telegram.calls.append(Called(at=telegram.now(), method=method, chat=chat, status=status, description=description))


async def _faulty(telegram: Telegram, request: Request, name: str, params: Params, fault: Fault) -> Response:
    """Answer a call as its fault says; carry it out first where the fault says so."""
    if fault.delivered:
        await METHODS[name](telegram, params)
    answer, status = _broken(fault)
    _note(telegram, name, _chat_number(params), status, fault.description or fault.how)
    if answer is not None:
        return answer
    if fault.how == "drop":
        request.scope["cut"]()
    await _left(telegram, request)
    return Response(status_code=503)


def _broken(fault: Fault) -> tuple[Response | None, int]:
    match fault.how:
        case "429":
            wait = fault.retry_after
            return _refused(ApiError(429, f"retry after {wait}", retry_after=wait)), 429
        case "401":
            return _refused(ApiError(401)), 401
        case "html":
            page = (
                f"<html>\n<head><title>{fault.status}</title></head>\n<body>\n<center><h1>{fault.status}</h1></center>\n</body>\n</html>\n"
            )
            return HTMLResponse(page, fault.status), fault.status
        case "garbage":
            return Response('{"ok":true,"result":{"message_id":', 200, media_type="application/json"), 200
        case "error":
            body = {"ok": False, "error_code": fault.status, "description": fault.description}
            return JSONResponse(body, fault.status), fault.status
    return None, 0


async def _left(telegram: Telegram, request: Request) -> None:
    """Wait until the caller has gone, or the server stops."""
    leaving = asyncio.ensure_future(request.receive())
    stopping = asyncio.ensure_future(telegram.stopping.wait())
    while True:
        await asyncio.wait({leaving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if stopping.done() or leaving.result()["type"] == "http.disconnect":
            break
        leaving = asyncio.ensure_future(request.receive())
    leaving.cancel()
    stopping.cancel()


# -- webhook


async def deliver(telegram: Telegram) -> None:
    """Post updates to the webhook, one after the other, each until it is answered with 2xx."""
    async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
        while True:
            pause = await _deliver_one(telegram, client)
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await telegram.news.wait()
                    telegram.news.clear()


async def _deliver_one(telegram: Telegram, client: httpx.AsyncClient) -> float | None:
    """Post what waits; the seconds until the next try, None where only news can bring work."""
    while telegram.hook and telegram.updates:
        hook, (_, update) = telegram.hook, telegram.updates[0]
        fault = await _post(client, hook.url, hook.secret, update)
        if fault:
            hook.failed_at, hook.fault = telegram.now(), fault
            return _RETRY / telegram.scale
        if telegram.updates and telegram.updates[0][1] is update:
            telegram.updates.popleft()
    return None


async def _post(client: httpx.AsyncClient, url: str, secret: str, update: Json) -> str:
    """Post one update: "" where it was taken, else the fault."""
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
    try:
        answer = await client.post(url, json=update, headers=headers)
    except httpx.HTTPError as error:
        return f"Connection failed: {type(error).__name__}"
    return "" if answer.is_success else f"Wrong response from the webhook: {answer.status_code} {answer.reason_phrase}"


# -- control


async def _control(telegram: Telegram, request: Request) -> Response:
    """`POST /sim/VERB` with the verb's arguments as a JSON object: does what the method of that name of `Telegram` does."""
    verb = request.path_params["verb"]
    if verb not in VERBS:
        return JSONResponse({"error": f"no such verb {verb!r}: {', '.join(sorted(VERBS))}"}, 404)
    try:
        arguments = json.loads(await request.body() or b"{}")
        result = getattr(telegram, verb)(**arguments)
    except (TypeError, ValueError, KeyError) as error:
        return JSONResponse({"error": f"{verb}: {error}"}, 400)
    return JSONResponse({"result": result if isinstance(result, int | str) else None})


def _told(telegram: Telegram, what: str) -> Any:
    match what:
        case "transcript":
            return [posted.json() for posted in telegram.transcript]
        case "calls":
            return [_plain(call) for call in telegram.calls]
        case "answered":
            return [{"query": said.query, "text": said.text, "alert": said.alert} for said in telegram.answered]
        case "commands":
            return [{"scope": json.loads(scope), "language": lang, "commands": held} for (scope, lang), held in telegram.commands.items()]
        case _:
            return {
                "waiting": len(telegram.updates),
                "messages": len(telegram.transcript),
                "webhook": telegram.hook.url if telegram.hook else "",
            }


def _plain(call: Called) -> Mapping[str, Any]:
    return {"at": call.at.isoformat(), "method": call.method, "chat": call.chat, "status": call.status, "description": call.description}


def transcript_page(telegram: Telegram) -> str:
    """Everything the bot said, newest last, as a plain page."""
    rows = "".join(
        f"<tr><td>{posted.at:%H:%M:%S}</td><td>{posted.chat}</td><td>{posted.message}{' (edited)' if posted.edited else ''}"
        f"{' (deleted)' if posted.deleted else ''}</td><td>{html.escape(posted.text)}</td></tr>\n"
        for posted in telegram.transcript
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Transcript</title>'
        "<style>body{font-family:sans-serif}td{white-space:pre-wrap;vertical-align:top;padding:.3em .8em;border-top:1px solid #ccc}</style>"
        f"</head><body><h1>{len(telegram.transcript)} messages</h1><table>\n"
        f"<tr><th>time</th><th>chat</th><th>message</th><th>text</th></tr>\n{rows}</table></body></html>\n"
    )
