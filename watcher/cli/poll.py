"""`watcher poll`: look at sources once."""

import json
import logging
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watcher.cli import tools

if TYPE_CHECKING:
    from watcher.ports import PollResult


def poll(
    sources: Annotated[
        list[str] | None, typer.Argument(help="Poll these whether due or not; else all that are due now.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Poll the sources that are due now, or those named, once, and store what came. Tells nobody: `watcher run` does.

    Exits with 0 when all went well, 1 when a source failed, 2 when a name is not known.
    """
    # What is printed says it all: no log beside it, unless standard output is for programs
    results = tools.go(_poll(sources, logging.INFO if as_json else logging.ERROR))
    if as_json:
        print(json.dumps({"sources": [_json(result) for result in results]}, ensure_ascii=False))
    else:
        for result in results:
            print(line(result))
            for fault in result.faults:
                print(f"  {fault}")
        if not results:
            print("nothing is due; name a source to poll it all the same")
    if any(result.status in ("failed", "gone") for result in results):
        raise typer.Exit(tools.FAULT)


async def _poll(sources: list[str] | None, level: int) -> list["PollResult"]:
    from watcher.app import poll_once

    async with tools.built(level=level) as app:
        return await poll_once(app, sources or None)


def _json(result: "PollResult") -> dict[str, Any]:
    keys = ("source", "status", "entries", "new", "changed", "backfill", "gap", "error")
    return {key: asdict(result)[key] for key in keys}


def line(result: "PollResult") -> str:
    """One poll in one line."""
    if result.error is not None:
        return f"{result.source}: {result.error}"
    if result.status == "not-modified":
        return f"{result.source}: nothing new"
    entries = "1 entry" if result.entries == 1 else f"{result.entries} entries"
    said = f"{result.source}: {entries}, {result.new} new, {result.changed} changed, {result.backfill} too old to tell"
    return said + (", and a gap before them" if result.gap else "")
