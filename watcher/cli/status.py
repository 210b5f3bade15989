"""`watcher status`: how the service is doing."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watcher.cli import tools

if TYPE_CHECKING:
    from watcher.ports import SourceRow


def status(as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False) -> None:
    """Show sources with their last good poll, faults and gaps; the outbox; how long an alert to everybody would take."""
    said = tools.go(_status())
    if as_json:
        print(json.dumps(said, ensure_ascii=False))
        return
    for source in said["sources"]:
        print(_line(source))
    outbox = said["outbox"]
    print(f"outbox: {', '.join(f'{state} {number}' for state, number in sorted(outbox['letters'].items())) or 'empty'}")
    print(f"subscribers: {said['subscribers']}; an alert to all would take about {said['alert_to_all_seconds']} s")


def _line(source: dict[str, Any]) -> str:
    name = f"{source['source']} {source['docket']}" if source["docket"] else source["source"]
    if source["error"]:
        return f"{name}: {source['error']} (failed {source['failures']} times in a row; next {source['next_poll_at']})"
    good = f"last good poll {source['last_ok_at']}" if source["last_ok_at"] else "not polled yet"
    extra = f", {source['backfill']} backfill" if source["backfill"] else ""
    gaps = f", {source['gaps']} gaps" if source["gaps"] else ""
    return f"{name}: {source['documents']} documents{extra}{gaps}; {good}"


async def _status() -> dict[str, Any]:
    from watcher.storage.views import Views

    async with tools.built() as app:
        rows = {row.state.source: row for row in await Views(app.database).sources()}
        telling = await app.outbox.counts()
        return {
            "sources": [_source(rows[source], app.current.dockets.get(source)) for source in app.current.sources if source in rows],
            "outbox": {"letters": telling.letters, "deliveries_waiting": telling.deliveries, "oldest_due_at": _time(telling.oldest)},
            "subscribers": telling.subscribers,
            "alert_to_all_seconds": max(
                (round(telling.by_channel.get(name, 0) / each.per_second) for name, each in app.channels.items() if each.per_second),
                default=0,
            ),
        }


def _source(row: "SourceRow", docket: str | None) -> dict[str, Any]:
    state = row.state
    return {
        "source": state.source,
        "docket": docket,
        "last_ok_at": _time(state.last_ok_at),
        "last_new_at": _time(row.last_new_at),
        "next_poll_at": _time(state.next_poll_at),
        "failures": state.failures,
        "error": state.last_error,
        "gone": state.gone,
        "gaps": row.gaps,
        "documents": row.documents,
        "backfill": row.backfill,
    }


def _time(moment: Any) -> str | None:
    return moment.isoformat(timespec="seconds") if moment is not None else None
