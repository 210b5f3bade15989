"""Edits of a `sources.toml` that leave its comments and its manner of writing as they are."""

import difflib
import tomllib
from collections.abc import Mapping
from typing import Any

import tomlkit

from watcher.config.rules import read_rules
from watcher.errors import ConfigError

_LISTS = ("terms", "names")  #: where a Watch has what it looks for


def without_term(text: str, watch: str, term: str) -> str | None:
    """The file without this term or name of a Watch; None where there is none, or where the file would not be right without it."""
    document = tomlkit.parse(text)
    table = _table(document, watch)
    removed = 0
    for name in _LISTS:
        listed = table.get(name, [])
        for place in reversed(range(len(listed))):
            if _says(listed[place]) == term:
                del listed[place]
                removed += 1
        if name in table and not listed:
            del table[name]
    return _right(tomlkit.dumps(document)) if removed else None


def with_exclude(text: str, watch: str, phrase: str) -> str | None:
    """The file with this phrase among what a Watch excludes; None where it is there already, or the Watch is not."""
    document = tomlkit.parse(text)
    table = _table(document, watch)
    if not table or any(_says(each) == phrase for each in table.get("excludes", [])):
        return None
    if "excludes" in table:
        table["excludes"].append(phrase)
    else:
        table["excludes"] = [phrase]
    return _right(tomlkit.dumps(document))


def patch(before: str, after: str, name: str) -> str:
    """The difference as a unified diff, for `patch -p0` or `git apply -p0`; "" where there is none.

    Args:
        name: of the file.
    """
    lines = difflib.unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), name, name, n=3)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _table(document: Mapping[str, Any], watch: str) -> Any:
    tables = [*document.get("doctrine", []), *document.get("case", [])]
    return next((table for table in tables if table.get("id") == watch), {})


def _says(term: Any) -> str:
    """The words of a term, which is a string or a table with `text`."""
    return str(term.get("text", "") if isinstance(term, Mapping) else term)


def _right(text: str) -> str | None:
    """The text where it is a file that would be taken, else None."""
    try:
        read_rules(text)
        tomllib.loads(text)
    except (ConfigError, tomllib.TOMLDecodeError):
        return None
    return text
