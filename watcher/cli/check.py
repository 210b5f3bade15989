"""`watcher check`: is `sources.toml` right?"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from watcher.config import Rulebook

FAULTS = 1
UNREADABLE = 2
FEW = 3  #: sources that are named one by one


def check(
    file: Annotated[Path | None, typer.Argument(help="Else WATCHER_SOURCES, else sources.toml.", show_default=False)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of the file, for editors, and check nothing.")] = False,
) -> None:
    """Check sources.toml: every fault at once, as sources.toml:LINE:COL: message.

    Exits with 0 when it is right, 1 when it has faults, 2 when it cannot be read.
    """
    from watcher import config
    from watcher.errors import ConfigError

    if schema:
        print(schema_text(), end="")
        return
    path = file or config.sources_path()
    try:
        book = config.load_rules(path)
    except ConfigError as error:
        for fault in error.faults:
            typer.echo(fault, err=True)
        if as_json:
            print(json.dumps({"file": str(path), "faults": [_fault(str(path), fault) for fault in error.faults]}, ensure_ascii=False))
        raise typer.Exit(UNREADABLE if isinstance(error, config.UnreadableError) else FAULTS) from error
    for note in (*_refused(book), *_never_found(book)):
        typer.echo(note, err=True)
    print(json.dumps({"file": str(path), "faults": [], **_counts(book)}, ensure_ascii=False) if as_json else _line(path, book))


def _refused(book: "Rulebook") -> list[str]:
    """Sources that the file may name and this environment does not let us ask; no faults of the file."""
    from watcher import config
    from watcher.hosts import is_private_url

    if config.environment().get("WATCHER_ALLOW_PRIVATE", "").strip() == "1":
        return []
    private = list(dict.fromkeys(source.group for source in book.sources if source.enabled and is_private_url(source.url)))
    if len(private) > FEW:
        return [f"{len(private)} sources: their addresses are private, and are asked only with WATCHER_ALLOW_PRIVATE=1"]
    return [f"source {name}: its address is private, and is asked only with WATCHER_ALLOW_PRIVATE=1" for name in private]


def _never_found(book: "Rulebook") -> list[str]:
    """Phrases that no text could have as they are written, or that are no words but numbers, each with where it is first asked for."""
    from watcher.match import never_found
    from watcher.numbers import parse_docket

    asked: dict[str, str] = {}
    for watch in book.watches:
        for phrase in (*(term.text for term in (*watch.terms, *watch.excludes)), *watch.names):
            asked.setdefault(phrase, f"{watch.kind} {watch.id}")
        for group in (*watch.needs, *watch.groups):
            for term in group.terms:
                asked.setdefault(term.text, f"[phrases]: {group.name}")
    said = "would not be found even in itself: write it as a text would, or its parts by themselves"
    numbers = "is the number of a docket, which no phrase finds as one: write it among the `dockets` of a case"
    lost = dict.fromkeys(never_found(asked), said) | {phrase: numbers for phrase in asked if parse_docket(phrase) is not None}
    return [f"{asked[phrase]}: “{phrase}” {lost[phrase]}" for phrase in asked if phrase in lost]


def schema_text() -> str:
    """The published JSON Schema, to the byte."""
    from watcher.config import schema

    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _counts(book: "Rulebook") -> dict[str, int]:
    enabled = [listed for listed in book.listed if listed.enabled]
    return {
        "enabled": len(enabled),
        "disabled": len(book.listed) - len(enabled),
        "addresses": sum(listed.addresses for listed in enabled),
        "doctrines": len(book.doctrines),
        "cases": len(book.cases),
    }


def _line(path: Path, book: "Rulebook") -> str:
    line = "{path}: sources: {enabled} enabled ({addresses} addresses), {disabled} disabled; doctrines: {doctrines}; cases: {cases}"
    return line.format(path=path, **_counts(book))


def _fault(name: str, fault: str) -> dict[str, Any]:
    """Take a fault apart; one without a place (the file cannot be read) has line and column 0."""
    place, colon, text = fault.removeprefix(f"{name}:").partition(": ")
    line, _, column = place.partition(":")
    if colon and line.isdigit() and column.isdigit():
        return {"line": int(line), "column": int(column), "text": text}
    return {"line": 0, "column": 0, "text": fault}
