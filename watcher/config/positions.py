"""Where in a TOML text each key and each list item stands: what `tomllib` knows and does not tell.

The scanner reads only texts that `tomllib` has accepted, so it never judges; it follows the grammar (TOML 1.0) far enough to
know names, nesting and where values end.
"""

import re
import tomllib
from contextlib import suppress
from typing import NamedTuple

Path = tuple[str | int, ...]


class Position(NamedTuple):
    """A place in a text. Lines and columns count from 1; a column is a code point."""

    line: int
    column: int


START = Position(1, 1)

_SPACE = re.compile(r"[ \t]*")
_GAP = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")  # between the items of a list, and between lines
_KEY = re.compile(r'"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|[A-Za-z0-9_-]+')
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'  # up to two quotes may stand before the closing three
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE = re.compile(r"[^,\]}#\n]+")  # numbers, dates, true, false


class _LostError(Exception):
    """The text is no TOML that we know (a later version's): what was found so far still serves, later places are those around them."""


class Positions:
    """The places of all keys of a text, by path: `("source", 2, "url")`, `("case", 0, "terms", 1, "near")`.

    A table's place is its first header; a dotted key gives every table on its way one.
    """

    def __init__(self, text: str) -> None:
        """Read `text`, which `tomllib.loads` has accepted."""
        self._text = text
        self._at = 0
        self._lines = [0, *(found.end() for found in re.finditer("\n", text))]
        self._places: dict[Path, int] = {}
        self._counts: dict[Path, int] = {}  # `[[table]]` headers seen, by path
        with suppress(_LostError):
            self._document()

    def of(self, path: Path) -> Position:
        """The place of `path`, else of the nearest thing around it, else the start of the text."""
        for length in range(len(path), 0, -1):
            if (place := self._places.get(path[:length])) is not None:
                return self._position(place)
        return START

    def paths(self) -> frozenset[Path]:
        """All paths that have a place."""
        return frozenset(self._places)

    def _position(self, offset: int) -> Position:
        low, high = 0, len(self._lines)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._lines[middle] <= offset else (low, middle)
        return Position(low + 1, offset - self._lines[low] + 1)

    def _skip(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        if found is None:
            raise _LostError
        self._at = found.end()
        return found.group()

    def _take(self, token: str) -> None:
        if not self._next_is(token):
            raise _LostError

    def _next_is(self, token: str) -> bool:
        if self._text.startswith(token, self._at):
            self._at += len(token)
            return True
        return False

    def _document(self) -> None:
        table: Path = ()
        self._skip(_GAP)
        while self._at < len(self._text):
            start = self._at
            if self._next_is("[["):
                table = self._list_header(start)
                self._take("]]")
            elif self._next_is("["):
                table = self._inside(self._dotted())
                self._note(table, start)
                self._take("]")
            else:
                self._pair(table)
            self._skip(_GAP)

    def _list_header(self, start: int) -> Path:
        names = self._dotted()
        parent = self._inside(names[:-1])
        whole = (*parent, names[-1])
        self._counts[whole] = number = self._counts.get(whole, -1) + 1
        self._note(whole, start)
        self._note((*whole, number), start)
        return (*whole, number)

    def _inside(self, names: tuple[str, ...]) -> Path:
        """The path that a header's names mean: the last item of each `[[list]]` on the way."""
        path: Path = ()
        for name in names:
            path = (*path, name)
            if path in self._counts:
                path = (*path, self._counts[path])
        return path

    def _note(self, path: Path, start: int) -> None:
        for length in range(1, len(path) + 1):
            self._places.setdefault(path[:length], start)

    def _dotted(self) -> tuple[str, ...]:
        names = []
        while True:
            self._skip(_SPACE)
            names.append(_name(self._skip(_KEY)))
            self._skip(_SPACE)
            if not self._next_is("."):
                return tuple(names)

    def _pair(self, table: Path) -> None:
        start = self._at
        path = (*table, *self._dotted())
        self._note(path, start)
        self._take("=")
        self._skip(_SPACE)
        self._value(path)

    def _value(self, path: Path) -> None:
        if self._next_is("["):
            self._list(path)
        elif self._next_is("{"):
            self._inline(path)
        elif self._text.startswith(('"', "'"), self._at):
            self._skip(_STRING)
        else:
            self._skip(_BARE)

    def _list(self, path: Path) -> None:
        number = 0
        while True:
            self._skip(_GAP)
            if self._next_is("]"):
                return
            self._note((*path, number), self._at)
            self._value((*path, number))
            self._skip(_GAP)
            number += 1
            if not self._next_is(","):
                self._take("]")
                return

    def _inline(self, path: Path) -> None:
        while True:
            self._skip(_GAP)
            if self._next_is("}"):
                return
            self._pair(path)
            self._skip(_GAP)
            if not self._next_is(","):
                self._take("}")
                return


def _name(raw: str) -> str:
    if raw[0] not in "\"'":
        return raw
    [name] = tomllib.loads(f"{raw} = 0")
    return name
