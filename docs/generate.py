"""Writes the reference pages that the code can tell itself: `python docs/generate.py`. `tests/test_docs.py` fails when one is stale."""

import inspect
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import typer
from prometheus_client.metrics import MetricWrapperBase
from sqlalchemy import Table

import alerts.storage.tables
import alerts.web
import watcher.cli
import watcher.storage.tables
from watcher.testing import outcomes as answers
from watcher.web import Metrics, pages

HERE = Path(__file__).parent / "reference"
NOTE = "<!-- Written by docs/generate.py from the code; do not edit by hand. -->\n"
WIDTH = 100  #: characters a line of help
HELP = ["-h", "--help"]  #: as every command takes them


def commands() -> Iterator[tuple[str, Any]]:
    """Every command that can be run, and every group of them, with its full name."""
    yield from _under("watcher", typer.main.get_command(watcher.cli.app))


def _under(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    yield name, command
    for part, below in getattr(command, "commands", {}).items():
        yield from _under(f"{name} {part}", below)


def cli() -> str:
    """The page of commands: what `--help` says of each."""
    parts = [NOTE, "# Commands\n", "What `watcher COMMAND --help` (or `-h`) says, for every command and every group of them.\n"]
    for name, command in commands():
        wide = {"terminal_width": WIDTH, "max_content_width": WIDTH, "help_option_names": HELP}
        context = command.make_context(name, [], resilient_parsing=True, **wide)
        parts.append(f"## {name}\n\n```\n{command.get_help(context).rstrip()}\n```\n")
    return "\n".join(parts)


UNSAID = {
    "/watch/{watch}.atom": "What was told of the topic as Atom.",
    "/watch/{watch}.json": "The same as JSON Feed 1.1.",
    "/metrics": "Counts for Prometheus: by source, channel, lane and outcome, never by reader ([metrics](metrics.md)).",
    "/style.css": "How the pages look.",
    "/icon.svg": "The icon of the pages.",
}  #: for functions whose name says it all


def paths() -> dict[str, str]:
    """Every HTTP path, with what its function says of itself."""
    own = inspect.getclosurevars(pages.routes)
    named: dict[str, str] = {}
    source = inspect.getsource(pages.routes)
    for line in source.splitlines():
        path, mark, function = line.strip().rstrip(",").partition('": ')
        if mark and path.startswith('"/'):
            named[path[1:]] = _first_line(own.globals[function]) or UNSAID.get(path[1:], "")
    return named


def _first_line(function: object) -> str:
    return (inspect.getdoc(function) or "").partition("\n")[0]


def http() -> str:
    """The page of HTTP paths."""
    rows = [f"| `{path}` | {said} |" for path, said in paths().items()]
    return "\n".join(
        [
            NOTE,
            "# Pages and feeds\n",
            "What `watcher run` serves at `WATCHER_HTTP`. Everything is read with GET, and no reader's address shows anywhere.\n",
            "| path | |",
            "|---|---|",
            *rows,
            "| `/unsubscribe/{token}` | The link of every mail: GET asks, POST leaves (RFC 8058). |",
            "| `/feedback/{token}` | The links below each item of a mail: GET asks, POST keeps whether it was relevant. |",
            "",
        ]
    )


def tables() -> Mapping[str, Table]:
    """All tables, in an order that each refers only to earlier ones."""
    found: dict[str, Table] = {}
    for module in (watcher.storage.tables, alerts.storage.tables):
        for value in vars(module).values():
            if isinstance(value, Table):
                found.setdefault(value.name, value)
    return found


def database() -> str:
    """The page of tables."""
    parts = [
        NOTE,
        "# Database\n",
        "The tables, alike on SQLite and PostgreSQL. Times are UTC. For looking: only the service writes.\n",
    ]
    for name, table in tables().items():
        parts += [f"## {name}\n", "| column | type | |", "|---|---|---|"]
        for column in table.columns:
            refers = ", ".join(f"refers to `{key.target_fullname}`" for key in column.foreign_keys)
            marks = [mark for mark in ("key" if column.primary_key else "", "may be null" if column.nullable else "", refers) if mark]
            parts.append(f"| `{column.name}` | {type(column.type).__name__.lower()} | {'; '.join(marks)} |")
        parts.append("")
    return "\n".join(parts)


OUTCOMES = """\
What the world can answer to a letter, what that means, and what becomes of the letter and its reader. Each row is tried over a real
connection (`tests/test_outcomes.py`), and followed into the database (`tests/test_fates.py`). What to do about what you are told:
[operate](../how-to/operate.md#what-you-are-told-of-letters), [send mail](../how-to/mail-server.md).
"""
WAITS = (
    "Waits are those of a first attempt. By mail they double with each: for a mailbox up to 4 hours, for the channel up to 15 minutes.\n"
)


def outcomes() -> str:
    """The page of answers and what becomes of letters."""
    fates = [
        f"| `{fate.outcome}`{f', {fate.of}' if fate.of else ''} | `{fate.state.value}` | {fate.then} | {fate.reader} | {fate.operator} |"
        for fate in answers.FATES
    ]
    telegram = [(answers.named(each.means), each.to == "edit", each.why, each.says) for each in answers.TELEGRAM]
    mail = [(each.at, answers.named(each.means), each.why, answers.spoken(each)) for each in answers.MAIL]
    return "\n".join(
        [
            NOTE,
            "# What an answer means\n",
            OUTCOMES,
            "| outcome | letter | then | reader | operator is told |",
            "|---|---|---|---|---|",
            *fates,
            "",
            WAITS + "\n",
            "## Telegram\n",
            "| answer to a message | means | |",
            "|---|---|---|",
            *(f"| {_edited(said, edit=edit)} | {means} | {why} |" for (means, edit, why), said in _together(telegram)),
            "",
            "## Mail\n",
            "One mail has one recipient, so an answer is about one reader. `END` is what follows the final dot.\n",
            "| at | reply | means | |",
            "|---|---|---|---|",
            *(f"| `{at}` | {said} | {means} | {why} |" for (at, means, why), said in _together(mail)),
            "",
        ]
    )


def _together(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Rows that follow each other and differ in their last cell alone, as one."""
    for same, each in groupby(rows, key=lambda row: row[:-1]):
        yield same, "<br>".join(row[-1] for row in each)


def _edited(said: str, *, edit: bool) -> str:
    return f"to an edit: {said}" if edit else said


def counted() -> dict[str, tuple[str, str, tuple[str, ...]]]:
    """What `/metrics` has: of each name what it is, what it says, and its labels."""
    found: dict[str, tuple[str, str, tuple[str, ...]]] = {}
    for metric in vars(Metrics()).values():
        if isinstance(metric, MetricWrapperBase):
            (family,) = metric.describe()
            name = f"{family.name}_total" if family.type == "counter" else family.name
            found[name] = (family.type, family.documentation, tuple(metric._labelnames))
    return found


def metrics() -> str:
    """The page of metrics."""
    rows = [
        f"| `{name}` | {kind} | {', '.join(f'`{label}`' for label in labels)} | {said} |"
        for name, (kind, said, labels) in counted().items()
    ]
    return "\n".join(
        [
            NOTE,
            "# Metrics\n",
            "What `/metrics` says, for Prometheus; times are in seconds. Counters and histograms are of the process that is asked,",
            "gauges of the database, alike in every process, and at most ten seconds old. No label names a reader, a story or its",
            "words. `lane` is `urgent`, `replies` (the bot's answers, confirmations, notices) or `rest`; `channel` is `telegram`,",
            "`mailto` or `console`. What to alert on: [operate](../how-to/operate.md#alert-rules).\n",
            "| name | type | labels | |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


PAGES = {"cli.md": cli, "http.md": http, "database.md": database, "outcomes.md": outcomes, "metrics.md": metrics}


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (HERE / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
