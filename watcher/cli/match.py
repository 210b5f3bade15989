"""`watcher match`: JSON Lines of documents in, JSON Lines of matches out; no database."""

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

if TYPE_CHECKING:
    from watcher.cli.lines import Line, LineError
    from watcher.match import Rules
    from watcher.models import Docket, Document, Evidence, Match, Near, Verdict

SOME_UNREADABLE = 1
USAGE = 2

_SURROGATES = re.compile("[\ud800-\udfff]")


def match(
    file: Annotated[Path | None, typer.Argument(help="JSON Lines; else, and for -, standard input.", show_default=False)] = None,
    sources: Annotated[Path | None, typer.Option(help="The rules; else WATCHER_SOURCES, else sources.toml.", show_default=False)] = None,
) -> None:
    """Judge documents by sources.toml: one JSON object a line in, one a line out, in the same order.

    In: {"id", "source_kind", "title", "summary", "text", "url", "published", "lang"}, all but id and title optional.
    Out: {"id", "matches", "near"}; near lists what just failed, and what was missing.
    Exits with 0 when all lines were read, 1 when some could not be (stderr names each), 2 when rules or file cannot be read.
    """
    from watcher import config
    from watcher.errors import ConfigError
    from watcher.match import Rules

    try:
        rules = Rules(config.load_rules(sources or config.sources_path()).watches)
        opened = nullcontext(sys.stdin.buffer) if file is None or str(file) == "-" else file.open("rb")
    except ConfigError as error:
        for fault in error.faults:
            typer.echo(fault, err=True)
        raise typer.Exit(USAGE) from error
    except OSError as error:
        typer.echo(f"{file}: {error.strerror or error}", err=True)
        raise typer.Exit(USAGE) from error
    if sys.stdin.isatty() and (file is None or str(file) == "-"):
        typer.echo('reading this terminal: {"id": "1", "title": "…"}, one a line; Ctrl-D ends', err=True)
    with opened as stream:
        faults = _copy(stream, rules)
    if faults:
        raise typer.Exit(SOME_UNREADABLE)


def match_lines(
    lines: Iterable["Line | LineError"],
    rules: "Rules",
    complain: Callable[[str], None],
    doubted: Callable[[str], None] = lambda _doubt: None,
) -> Iterator[str]:
    """Judge each line, and answer one line for each that has an id.

    `complain` is told of every fault, as `line 3: title is missing`, and the others go on. A line whose id can be read but not the
    rest is answered with no match, so that answers can be counted against the input; one without an id is not answered at all.
    `doubted` is told of what was perhaps meant otherwise: a key nearly like one of ours, a date that is none.
    """
    from watcher.cli.lines import LineError
    from watcher.models import Verdict

    for line in lines:
        if isinstance(line, LineError):
            complain(str(line))
            if line.id is not None:
                yield _written(line.id, Verdict(document=str(line.id)))
        else:
            for doubt in line.doubts:
                doubted(f"line {line.number}: {doubt}")
            yield _written(line.id, rules.judge(_as_paper(line.document)))


def _copy(stream: BinaryIO, rules: "Rules") -> int:
    from watcher.cli.lines import each_line

    faults: list[str] = []

    def complain(fault: str) -> None:
        faults.append(fault)
        typer.echo(fault, err=True)

    for answer in match_lines(each_line(stream), rules, complain, partial(typer.echo, err=True)):
        sys.stdout.buffer.write(answer.encode() + b"\n")
    sys.stdout.buffer.flush()
    return len(faults)


def _as_paper(document: "Document") -> "Document":
    """A row of kind `docket` with the docket whose paper it is: by CourtListener's address, and the first docket number of its title."""
    docket = _docket(document.title, document.url) if document.source_kind == "docket" else None
    return document if docket is None else replace(document, docket=docket)


def _docket(title: str, url: str) -> "Docket | None":
    from watcher import numbers
    from watcher.match import DOCKET_PAGE
    from watcher.models import Docket

    page = DOCKET_PAGE.match(url)
    found = numbers.dockets(title)
    if page is None and not found:
        return None
    number = title[found[0].start : found[0].end] if found else ""
    return Docket(court="", number=number, courtlistener=int(page[1]) if page else None)


def _written(key: str | int, verdict: "Verdict") -> str:
    """One line of JSON; with escapes where it holds half a surrogate pair, which UTF-8 cannot."""
    matches = [_card(match) for match in verdict.matches]
    near = [{**_card(miss), "missing": list(miss.missing)} for miss in verdict.near]
    answer = {"id": key, "matches": matches, "near": near}
    line = json.dumps(answer, ensure_ascii=False)
    return json.dumps(answer) if _SURROGATES.search(line) else line


def _card(found: "Match | Near") -> dict[str, Any]:
    return {
        "watch": found.watch,
        "score": found.score,
        "threshold": found.threshold,
        "because": [_evidence(one) for one in found.because],
    }


def _evidence(one: "Evidence") -> dict[str, Any]:
    return {"term": one.term, "found": one.found, "field": one.field, "start": one.start, "end": one.end, "score": one.score}
