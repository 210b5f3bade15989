"""`watcher stories`: JSON Lines of documents in, the Story of each out; no database."""

import json
import sys
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

if TYPE_CHECKING:
    from watcher.cli.lines import Line, LineError

SOME_UNREADABLE = 1
USAGE = 2

_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
_APART = timedelta(days=30)


def stories(
    file: Annotated[Path | None, typer.Argument(help="JSON Lines; else, and for -, standard input.", show_default=False)] = None,
) -> None:
    """Say which documents are about one happening: one JSON object a line in, one a line out, in the same order.

    In: {"id", "source_kind", "title", "summary", "text", "url", "published", "lang"}, all but id and title optional.
    Out: {"id", "story"}; documents of one happening have the same story.
    Exits with 0 when all lines were read, 1 when some could not be (stderr names each), 2 when the file cannot be read.
    """
    from watcher.cli.lines import each_line

    try:
        opened: nullcontext[BinaryIO] | BinaryIO
        opened = nullcontext(sys.stdin.buffer) if file is None or str(file) == "-" else file.open("rb")
    except OSError as error:
        typer.echo(f"{file}: {error.strerror or error}", err=True)
        raise typer.Exit(USAGE) from error
    faults: list[str] = []
    with opened as stream:
        answers = story_lines(each_line(stream), faults.append, partial(typer.echo, err=True))
    for fault in faults:
        typer.echo(fault, err=True)
    for answer in answers:
        sys.stdout.write(answer + "\n")
    sys.stdout.flush()
    if faults:
        raise typer.Exit(SOME_UNREADABLE)


def story_lines(
    lines: Iterable["Line | LineError"], complain: Callable[[str], None], doubted: Callable[[str], None] = lambda _doubt: None
) -> list[str]:
    """Place all lines, and answer one line for each that has an id.

    `complain` is told of every fault, `doubted` of what was perhaps meant otherwise. A line whose id can be read but not the rest has a
    Story of its own; one without an id is not answered. A document without a date joins another only by key or number: nothing says that
    the two were of the same days.
    """
    from watcher import stories as placing
    from watcher.cli.lines import LineError
    from watcher.models import Placed

    ids: list[str | int] = []
    fresh: list[Placed] = []
    at: list[int | None] = []  # of each answer its place in `fresh`
    for line in lines:
        if isinstance(line, LineError):
            complain(str(line))
            if line.id is None:
                continue
            ids.append(line.id)
            at.append(None)
        else:
            for doubt in line.doubts:
                doubted(f"line {line.number}: {doubt}")
            ids.append(line.id)
            at.append(len(fresh))
            alone = _LONG_AGO + _APART * (line.number % 20_000)
            fresh.append(Placed(document=line.document, seen_at=line.document.published or alone))
    placed = placing.place(fresh, [])
    numbers: dict[str, int] = {}
    answers = []
    for position, (key, place) in enumerate(zip(ids, at, strict=True)):
        story = placed[place].story if place is not None else f"line {position}"
        answers.append(json.dumps({"id": key, "story": str(numbers.setdefault(story, len(numbers) + 1))}))
    return answers
