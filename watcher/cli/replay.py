"""`watcher replay`: what other rules would have made of stored history."""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from watcher.cli import tools

if TYPE_CHECKING:
    from watcher.config import Rulebook
    from watcher.rulesets import Example, Measure, RuleSet, Tally

BAR = 30  #: characters
LINES = 10  #: that tell of the progress where there is no terminal
SHOWN = 100  #: characters of a title


def replay(
    since: Annotated[str, typer.Option(help="How far back: documents first seen in this time, as 12h or 90d.")] = "90d",
    sources: Annotated[
        Path | None, typer.Option(help="The other rules; else those in force are compared with what was stored.", show_default=False)
    ] = None,
    examples: Annotated[int, typer.Option(min=0, max=1_000, help="Documents shown for each topic gained and lost.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Judge stored history again: what a changed sources.toml would find and tell, more or less than the one in force.

    Counts documents, and alerts: those documents that would be told, not too old when first seen, nor found by a first look at their
    source; before stories put several into one, and whatever severity readers ask for. Changes nothing.
    Exits with 0 when it was judged, whatever came of it; 2 when a file of rules has faults.
    """
    from watcher import config

    try:
        length = config.duration(since)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--since") from error
    found = tools.go(_replay(length, sources, examples))
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        for line in lines(found):
            print(line)


async def _replay(length: timedelta, other: Path | None, examples: int) -> dict[str, Any]:
    from watcher import config
    from watcher.replay import replay as judge_again
    from watcher.storage import StoredArchive, StoredFamilies

    files = [(path, config.load_rules(path)) for path in (config.sources_path(), *([other] if other is not None else []))]
    async with tools.opened(change=False) as database:
        links = await StoredFamilies(database).links()
        sets = [rule_set(path, config.join(rulebook, links)) for path, rulebook in files]
        before, after = (None if other is None else sets[0]), sets[-1]
        began = await database.now() - length
        with Progress(sys.stderr) as progress:
            tally = await judge_again(before, after, StoredArchive(database), began, examples=examples, progress=progress)
    return said(began, before, after, tally)


def rule_set(path: Path, rulebook: "Rulebook") -> "RuleSet":
    from watcher.rulesets import RuleSet

    polled = {source.id: source for source in rulebook.sources if source.enabled}
    return RuleSet(name=str(path), watches=rulebook.watches, sources=polled)


class Progress:
    """How far it is: a bar on a terminal, which goes when it is done, else a line now and then."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._bar = stream.isatty()
        self._told = 0  # tenths

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def __call__(self, done: int, total: int) -> None:
        share = done / total if total else 1.0
        words = f"{done:,} of {total:,} documents"
        if self._bar:
            filled = int(share * BAR)
            self._stream.write(f"\r\x1b[K[{'#' * filled}{'.' * (BAR - filled)}] {share:.0%}, {words}")
            self._stream.flush()
        elif (tenth := int(share * LINES)) > self._told:
            self._told = tenth
            self._stream.write(f"{words}\n")
            self._stream.flush()


# -- what is said


def said(began: datetime, before: "RuleSet | None", after: "RuleSet", tally: "Tally") -> dict[str, Any]:
    """For programs. `kept` is null for a topic that both files word alike: where it cannot change it was not judged."""
    from watcher.rulesets import MEASURES, MOVES, Change, differing

    named = [watch.id for side in (after, before) if side is not None for watch in side.watches]
    watches = list(dict.fromkeys([*named, *sorted(watch for watch, _, _ in tally.by_watch)]))
    differ = {*differing(before, after), *(watch for watch in watches if watch not in named)}

    def counts(watch: str, measure: "Measure") -> dict[str, int | None]:
        kept = tally.by_watch[watch, measure, Change.KEPT] if watch in differ else None
        return {**{change: tally.by_watch[watch, measure, change] for change in MOVES}, Change.KEPT: kept}

    return {
        "since": began.isoformat(timespec="seconds"),
        "before": before.name if before is not None else None,
        "after": after.name,
        "documents": tally.documents,
        "together": {measure: {change: tally.together[measure, change] for change in MOVES} for measure in MEASURES},
        "watches": [
            {"watch": watch, "differs": watch in differ, **{measure: counts(watch, measure) for measure in MEASURES}} for watch in watches
        ],
        "examples": [_example(each) for watch in watches for change in MOVES for each in tally.examples.get((watch, change), ())],
    }


def _example(example: "Example") -> dict[str, Any]:
    return {
        "watch": example.watch,
        "found": example.found,
        "alert": example.alert,
        "document": example.key,
        "title": example.title,
        "url": example.url,
        "severity": example.severity.label,
        "score_before": example.before,
        "score_after": example.after,
        "because": [asdict(evidence) for evidence in example.because],
        "missing": list(example.missing),
    }


def lines(said: dict[str, Any]) -> Iterator[str]:
    """For readers."""
    yield f"{_counted(said['documents'], 'document')}: {said['before'] or 'what was stored at the time'}, then {said['after']}"
    if not said["documents"]:
        yield f"nothing was first seen since {said['since']}, so nothing can be judged: `watcher run` or `watcher poll` brings documents"
        return
    shown = [each for each in said["watches"] if each["differs"] or _moves(each)]
    if not shown:
        yield "no topic differs, and no source: the same documents, the same alerts"
        return
    yield from _table(shown)
    if alike := sum(not each["differs"] for each in said["watches"]):
        yield f"{_counted(alike, 'topic')} worded alike in both, judged only where a source differs"
    alerts = said["together"]["alerts"]
    yield f"who follows every topic is told of {_counted(alerts['gained'], 'document')} more, and of {alerts['lost']:,} no more"
    for example in said["examples"]:
        yield ""
        yield from _shown(example)


def _moves(watch: dict[str, Any]) -> bool:
    return any(watch[measure][change] for measure in ("documents", "alerts") for change in ("gained", "lost"))


def _table(watches: Sequence[dict[str, Any]]) -> Iterator[str]:
    wide = max(len("topic"), *(len(each["watch"]) for each in watches))
    three = f"{'gained':>9}{'lost':>9}{'kept':>9}"
    yield f"{'topic':{wide}}{'documents':>12}{'':15}{'alerts':>9}"
    yield f"{'':{wide}}{three}{three}"
    for each in watches:
        cells = [each[measure][change] for measure in ("documents", "alerts") for change in ("gained", "lost", "kept")]
        yield f"{each['watch']:{wide}}{''.join('' if cell is None else f'{cell:9,}' for cell in cells)}"


def _shown(example: dict[str, Any]) -> Iterator[str]:
    """What was found, by which words, and what lacks on the other side."""
    from watcher.plain import cut, folded

    alert = f"alert {example['alert']}" if example["alert"] else "never told"
    yield f"{example['watch']}: {example['found']}, {alert}, {example['severity']}"
    yield f"  {cut(folded(example['title']), SHOWN)}"
    yield f"  {folded(example['url']) or example['document']}"
    yield f"  score {_score(example['score_before'])} before, {_score(example['score_after'])} after"
    for each in example["because"]:
        if each["score"]:
            yield f"  + “{cut(folded(each['found']), SHOWN)}” in the {each['field']}: {each['term']} {each['score']:.2f}"
    for missing in example["missing"]:
        yield f"  - {missing}"


def _score(score: float | None) -> str:
    return "none" if score is None else f"{score:.2f}"


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
