"""`watcher status`: how the service is doing."""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watcher.cli import sources, tools
from watcher.troubles import UNREACHED, alike, reason

if TYPE_CHECKING:
    from alerts.backlog import Backlog
    from watcher.ports import SourceRow

NAMED = 4  #: of sources that fail alike, and of their faults


def status(
    outbox: Annotated[
        bool, typer.Option("--outbox", help="What is on its way to readers alone: waiting, held and failed, by channel and lane.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Show sources with their last good poll, faults and gaps; dockets that were linked to cases, or are proposed; the outbox; how long an
    alert to everybody would take.

    Looks alone: it makes, migrates and enrols nothing.
    """
    if outbox:
        waiting, rates, unserved = tools.go(_outbox())
        _print_outbox(waiting, rates, unserved, as_json=as_json)
        return
    said = tools.go(_status())
    if as_json:
        print(json.dumps(said, ensure_ascii=False))
        return
    for each in lines(said["sources"]):
        print(each)
    for each in sources.lines(said["dockets"]):
        print(each)
    letters = said["outbox"]["letters"]
    print(f"outbox: {', '.join(f'{state} {number}' for state, number in sorted(letters.items())) or 'empty'}")
    print(people(said["readers"], said["channels_on"], said["alert_to_all_seconds"]))
    for each in said["unserved"]:
        print(each)


def lines(sources: Sequence[dict[str, Any]]) -> list[str]:
    """A line a source, those first that fail alike: where many do, they share one."""
    failing = {source["source"]: source for source in sources if source["error"] and not source["gone"]}
    many = alike((name, reason(source["error"], unreached=source["unreached"])) for name, source in failing.items())
    told = {name for names in many.values() for name in names}
    shared = [_shared(fault, [failing[name] for name in names]) for fault, names in many.items()]
    return [*shared, *(line(each) for each in sources if each["source"] not in told)]


def people(readers: Mapping[str, int], on: Collection[str], seconds: int | None) -> str:
    """How many are to be told, and how long an alert to all whose channel is on takes.

    Args:
        readers: by channel.
        on: the channels that are.
    """
    every, told = sum(readers.values()), sum(number for name, number in readers.items() if name in on)
    if seconds is None:
        return f"subscribers: {every}{', and the channel of none is on' if every else ''}"
    whom = "all" if told == every else f"the {told} whose channel is on"
    return f"subscribers: {every}; an alert to {whom} would take about {seconds} s"


def _shared(fault: str, failing: Sequence[dict[str, Any]]) -> str:
    """What many sources fail of: `9 sources: status 503 (courtlistener 7, press, hrw; next try …)`."""
    of = Counter(source["source"].partition("/")[0] for source in failing)
    who = _some([name if number == 1 else f"{name} {number}" for name, number in of.most_common()])
    if fault == UNREACHED:
        faults = list(dict.fromkeys(source["error"] for source in failing))
        fault = f"{UNREACHED}: {_some(faults)}" if len(faults) > 1 else faults[0]
    return f"{len(failing)} sources: {fault} ({who}; next try {_moment(min(source['next_poll_at'] for source in failing))})"


def _some(names: Sequence[str]) -> str:
    """The first few, and how many more there are."""
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


def line(source: dict[str, Any]) -> str:
    """A source in one line."""
    name = f"{source['source']} {source['docket']}" if source["docket"] else source["source"]
    if source["gone"]:
        return f"{name}: {source['error']} (never asked again: give it another url, or set enabled = false)"
    if source["error"]:
        failed = "failed once" if source["failures"] == 1 else f"failed {source['failures']} times in a row"
        return f"{name}: {source['error']} ({failed}; next try {_moment(source['next_poll_at'])})"
    if not source["last_ok_at"]:
        return f"{name}: not polled yet"
    old = f", {source['backfill']} of them too old to tell" if source["backfill"] else ""
    gaps = f", {_counted(source['gaps'], 'gap')}" if source["gaps"] else ""
    lag = f"; seen {_span(source['lag_seconds'])} after publication" if source["lag_seconds"] is not None else ""
    return f"{name}: {_counted(source['documents'], 'document')}{old}{gaps}; last good poll {_moment(source['last_ok_at'])}{lag}"


def _span(seconds: int) -> str:
    """A lag, roughly: `40 s`, `12 min`, `3 h`, `20 days`."""
    if seconds < 90:
        return f"{seconds} s"
    if seconds < 5_400:
        return f"{round(seconds / 60)} min"
    return f"{round(seconds / 3_600)} h" if seconds < 172_800 else f"{round(seconds / 86_400)} days"


def _moment(at: str) -> str:
    """A time as an operator compares it with the log, to the second: a next try is often seconds away."""
    return f"{datetime.fromisoformat(at).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


async def _outbox() -> tuple["Backlog", dict[str, float], list[str]]:
    """What waits, the pace of each channel that is on, and whom nobody tells."""
    from alerts.storage.ledger import Ledger

    async with tools.built(change=False) as app:
        waiting = await Ledger(app.database).backlog(await app.database.now())
        return waiting, {name: channel.per_second for name, channel in app.channels.items()}, app.unserved(waiting.readers, waiting.waiting)


def _print_outbox(waiting: "Backlog", rates: dict[str, float], unserved: list[str], *, as_json: bool) -> None:
    from alerts import backlog
    from watcher.plain import visible

    if as_json:
        print(json.dumps(backlog.backlog_json(waiting, rates) | {"unserved": unserved}, ensure_ascii=False))
        return
    for each in (*backlog.lines(waiting, rates), *unserved):
        print(visible(each))


async def _status() -> dict[str, Any]:
    from alerts.backlog import to_all
    from alerts.storage.ledger import Ledger
    from watcher.storage.views import Views

    async with tools.built(change=False) as app:
        rows = {row.state.source: row for row in await Views(app.database).sources()}
        lags = await Views(app.database).lags(list(app.current.sources))
        now = await app.database.now()
        waiting = await Ledger(app.database).backlog(now)
        rates = {name: channel.per_second for name, channel in app.channels.items()}
        times = to_all(waiting, rates)
        return {
            "sources": [
                _source(rows.get(source) or _unknown(source, now), app.current.dockets.get(source), lags.get(source))
                for source in app.current.sources
            ],
            "dockets": sources.listed(app.current.filed.cases, app.current.in_force.links, app.current.sources.values()),
            "outbox": {"letters": waiting.letters, "deliveries_waiting": waiting.deliveries, "oldest_due_at": _time(waiting.oldest)},
            "subscribers": sum(waiting.readers.values()),
            "readers": dict(waiting.readers),
            "channels_on": list(rates),
            "unserved": app.unserved(waiting.readers, waiting.waiting),
            "alert_to_all_seconds": round(max(times.values())) if times else None,
        }


def _unknown(source: str, now: datetime) -> "SourceRow":
    """Of a source that is in the file and was never polled."""
    from watcher.models import SourceState
    from watcher.ports import SourceRow

    return SourceRow(state=SourceState(source=source, next_poll_at=now), last_new_at=None, gaps=0, documents=0, backfill=0)


def _source(row: "SourceRow", docket: str | None, lag: timedelta | None) -> dict[str, Any]:
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
        "unreached": state.unreached,
        "gaps": row.gaps,
        "documents": row.documents,
        "backfill": row.backfill,
        "lag_seconds": round(lag.total_seconds()) if lag is not None else None,
    }


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment is not None else None
