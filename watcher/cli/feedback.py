"""`watcher feedback`: what readers say of alerts, and what the operator might change for it."""

import json
import shlex
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watcher.cli import tools

if TYPE_CHECKING:
    from alerts.feedback import Line, Suggestion, Tally

READ = 6  #: stories named beside a suggestion
FEW = 5  #: votes, below which a percentage would say more than it knows


def feedback(
    since: Annotated[str, typer.Option(metavar="DURATION", help="How far back, as 90d.")] = "90d",
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
    patch: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the patch there instead of printing it.", show_default=False)
    ] = None,
) -> None:
    """Show how many readers found each topic's alerts relevant, and by which terms they were told; suggest edits of sources.toml.

    A term is suggested for removal where it was in alerts on three stories at least and nobody found one of them relevant; a phrase for
    `excludes` where it is in three such stories and in none that somebody found relevant. The edits are printed as a patch, or written to a
    file, and never applied: `patch sources.toml FILE` does that.
    """
    said = tools.go(_feedback(_duration(since)))
    if patch is not None and said["patch"]:
        _write(patch, said["patch"])
    if as_json:
        print(json.dumps(said, ensure_ascii=False))
        return
    for line in lines(said, written=patch):
        print(line)


def lines(said: dict[str, Any], *, written: Path | None = None) -> list[str]:
    """The report as the terminal shows it.

    Args:
        written: where the patch is; None: it is shown too.
    """
    if not said["watches"]:
        return [f"no votes since {said['since']}"]
    shown = []
    for watch in said["watches"]:
        shown.append(f"{watch['watch']}: {_counted(watch)}")
        shown += [f"  {term['term']}: {_counted(term)}{'; only misfires' if term['only_misfires'] else ''}" for term in watch["terms"]]
    shown += ["", "suggestions:" if said["suggestions"] else "no suggestions: nothing misfires often enough"]
    for each in said["suggestions"]:
        does = f"remove {each['text']!r}" if each["kind"] == "remove" else f"exclude {each['text']!r}"
        shown.append(
            f"  {each['watch']}: {does} ({each['because']}){'' if each['in_patch'] else '; not in the patch: the file would be wrong'}"
        )
        more = len(each["stories"]) - READ
        shown.append(f"    read before: {', '.join(each['stories'][:READ])}{f' and {more} more' if more > 0 else ''}")
    if said["patch"] and written is None:
        shown += ["", said["patch"].rstrip("\n")]
    elif said["patch"]:
        shown += [f"written to {written}; to take it: patch {shlex.quote(said['sources'])} {shlex.quote(str(written))}"]
    return shown


def _counted(tally: dict[str, Any]) -> str:
    """`8 of 12 votes relevant (67 %, surely over 37 %), 10 stories`; few votes without a percentage."""
    votes, stories = tally["votes"], tally["stories"]
    counted = f"{tally['relevant']} of {votes} {'vote' if votes == 1 else 'votes'} relevant"
    if votes >= FEW:
        counted += f" ({tally['precision']:.0%}, surely over {tally['at_least']:.0%})".replace("%", " %")
    return f"{counted}, {stories} {'story' if stories == 1 else 'stories'}"


def _duration(text: str) -> timedelta:
    from watcher import config

    try:
        return config.duration(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--since") from error


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        typer.echo(f"{file} cannot be written: {error.strerror or error}", err=True)
        raise typer.Exit(tools.UNUSABLE) from error


async def _feedback(since: timedelta) -> dict[str, Any]:
    from alerts.feedback import report, suggest, to_read
    from alerts.storage import Votes
    from watcher import config
    from watcher.errors import ConfigError

    path = config.sources_path()
    async with tools.opened(change=False) as database:
        day = (await database.now()).date() - since
        votes = await Votes(database).since(day)
        words = await Votes(database).words(to_read(votes))
    try:
        watches = config.load_rules(path).watches
    except ConfigError as error:
        typer.echo(f"no suggestions: {error}", err=True)
        watches = ()
    suggestions = suggest(votes, watches, words)
    edited, possible = _edited(path, suggestions)
    return {
        "since": day.isoformat(),
        "sources": str(path),
        "votes": len(votes),
        "watches": _watches(report(votes)),
        "suggestions": [
            {
                "watch": each.watch,
                "kind": each.kind,
                "text": each.text,
                "because": each.because,
                "stories": [f"story:{story}" for story in each.stories],
                "in_patch": done,
            }
            for each, done in zip(suggestions, possible, strict=True)
        ],
        "patch": edited,
    }


def _edited(path: Path, suggestions: "Sequence[Suggestion]") -> tuple[str, list[bool]]:
    """The patch that does all of them, and which of them it does: an edit that would break the file is left out."""
    from watcher.config import edits

    if not suggestions:
        return "", []
    before = after = path.read_bytes().decode("utf-8-sig")
    possible = []
    for each in suggestions:
        edit = edits.without_term if each.kind == "remove" else edits.with_exclude
        edited = edit(after, each.watch, each.text)
        possible.append(edited is not None)
        after = edited or after
    return edits.patch(before, after, path.name), possible


def _watches(report: "Sequence[Line]") -> list[dict[str, Any]]:
    watches: list[dict[str, Any]] = []
    for line in report:
        if line.term:
            watches[-1]["terms"].append({"term": line.term, **_tally(line.tally), "only_misfires": line.misfires})
        else:
            watches.append({"watch": line.watch, **_tally(line.tally), "terms": []})
    return watches


def _tally(tally: "Tally") -> dict[str, Any]:
    return {
        "votes": tally.votes,
        "relevant": tally.relevant,
        "not_relevant": tally.irrelevant,
        "stories": tally.stories,
        "precision": round(tally.precision, 4),
        "at_least": round(tally.bound, 4),
    }
