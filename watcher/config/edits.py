"""Edits of a `sources.toml` that leave its comments and its manner of writing as they are."""

import difflib
import tomllib
from collections.abc import Callable, Mapping
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from watcher.config.rules import read_rules
from watcher.errors import ConfigError

_LISTS = ("terms", "names")  #: where a Watch has what it looks for

Change = Callable[[Any], bool]  #: edits the table of a Watch in place; False: there is nothing to edit


def without_term(text: str, watch: str, term: str) -> str | None:
    """The file without this term or name of a Watch; None where there is none, or where the file would not be right without it."""

    def change(table: Any) -> bool:
        removed = 0
        for name in _LISTS:
            listed = table.get(name, [])
            for place in reversed(range(len(listed))):
                if _says(listed[place]) == term:
                    del listed[place]
                    removed += 1
            if name in table and not listed:
                del table[name]
        return removed > 0

    return _edited(text, watch, change)


def with_exclude(text: str, watch: str, phrase: str) -> str | None:
    """The file with this phrase among what a Watch excludes; None where it is there already, or the Watch is not."""

    def change(table: Any) -> bool:
        if not table or any(_says(each) == phrase for each in table.get("excludes", [])):
            return False
        if "excludes" in table:
            table["excludes"].append(phrase)
        else:
            table["excludes"] = [phrase]
        return True

    return _edited(text, watch, change)


def patch(before: str, after: str, name: str) -> str:
    """The difference as a unified diff, which the command `patch` applies; "" where there is none.

    Args:
        name: of the file.
    """
    lines = difflib.unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), name, name, n=3)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _edited(text: str, watch: str, change: Change) -> str | None:
    """The text with one table changed, where it then says just that and would be taken; else None."""
    try:
        document, meant = tomlkit.parse(text), tomllib.loads(text)
        if not change(_table(document, watch)):
            return None
        change(_table(meant, watch))
        after = tomlkit.dumps(document)
        read_rules(after)
        return after if tomllib.loads(after) == meant else None
    except (ConfigError, tomllib.TOMLDecodeError, TOMLKitError):
        return None


def _table(document: Mapping[str, Any], watch: str) -> Any:
    tables = [*document.get("doctrine", []), *document.get("case", [])]
    return next((table for table in tables if table.get("id") == watch), {})


def _says(term: Any) -> str:
    """The words of a term, which is a string or a table with `text`."""
    return str(term.get("text", "") if isinstance(term, Mapping) else term)
