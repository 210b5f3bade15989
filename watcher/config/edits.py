"""Edits of a `sources.toml` that leave its comments and its manner of writing as they are."""

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import tomlkit
from tomlkit import TOMLDocument
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Array, Table

from watcher.config.dockets import same_number
from watcher.config.faults import did_you_mean
from watcher.config.rules import read_rules
from watcher.errors import ConfigError
from watcher.models import Docket

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


def with_docket(text: str, case: str, docket: Docket) -> str:
    """The file with this docket among those of a case; where it is there already, with its id of CourtListener, if there is one.

    Raises:
        ConfigError: there is no such case; it has the docket just so; or the file would not be right with it: all its faults.
    """
    rulebook = read_rules(text)
    found = next((each for each in rulebook.cases if each.id == case), None)
    if found is None:
        raise ConfigError(f"case {case!r}: there is none of that id{did_you_mean(case, {each.id for each in rulebook.cases})}")
    if any(same_number(each, docket) and docket.courtlistener in (None, each.courtlistener) for each in found.dockets):
        raise ConfigError(f"case {case}: it has {docket.court} {docket.number} already")
    document, meant = tomlkit.parse(text), tomllib.loads(text)
    _add_docket(_table(document, case), docket)
    _add_docket(_table(meant, case), docket)
    after = _dumped(document, text)
    try:
        read_rules(after)
    except ConfigError as error:  # of lines that the file does not have yet
        raise ConfigError(*(fault.partition(": ")[2] for fault in error.faults)) from error
    if tomllib.loads(after) != meant:
        raise ConfigError(f"case {case}: its dockets are written in a way that cannot be edited here: add {_inline(docket)} by hand")
    return after


def _add_docket(table: Any, docket: Docket) -> None:
    """Edit the table of a case, of tomlkit's or of tomllib's making."""
    listed = table.get("dockets", [])
    places = [place for place, each in enumerate(listed) if same_number(Docket(court=each["court"], number=each["number"]), docket)]
    if places and isinstance(listed, Array):
        listed[places[0]] = tomlkit.value(_inline(replace(docket, number=str(listed[places[0]]["number"]))))
    elif places:
        listed[places[0]]["courtlistener"] = docket.courtlistener
    elif isinstance(listed, AoT):
        listed.append(tomlkit.item(_plain(docket)))
    elif "dockets" in table:
        listed.append(tomlkit.value(_inline(docket)) if isinstance(listed, Array) else _plain(docket))
    else:
        table["dockets"] = tomlkit.value(f"[{_inline(docket)}]") if isinstance(table, Table) else [_plain(docket)]


def _plain(docket: Docket) -> dict[str, Any]:
    given = {"court": docket.court, "number": docket.number}
    return given | ({"courtlistener": docket.courtlistener} if docket.courtlistener is not None else {})


def _inline(docket: Docket) -> str:
    """A docket on one line, as the file has it: `{ court = "ca4", number = "25-1345" }`."""
    return f"{{ {', '.join(f'{key} = {tomlkit.item(value).as_string()}' for key, value in _plain(docket).items())} }}"


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
        after = _dumped(document, text)
        read_rules(after)
        return after if tomllib.loads(after) == meant else None
    except (ConfigError, tomllib.TOMLDecodeError, TOMLKitError):
        return None


def _dumped(document: TOMLDocument, before: str) -> str:
    """The text of an edited file, with the line ends that it had."""
    after = tomlkit.dumps(document)
    return re.sub(r"(?<!\r)\n", "\r\n", after) if before.count("\r\n") == before.count("\n") > 0 else after


def _table(document: Mapping[str, Any], watch: str) -> Any:
    tables = [*document.get("doctrine", []), *document.get("case", [])]
    return next((table for table in tables if table.get("id") == watch), {})


def _says(term: Any) -> str:
    """The words of a term, which is a string or a table with `text`."""
    return str(term.get("text", "") if isinstance(term, Mapping) else term)
