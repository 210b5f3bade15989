"""What `watcher match` and `watcher stories` read: JSON Lines, one Document each.

A line is an object with `id` and `title`, and perhaps `source_kind`, `summary`, `text`, `url`, `published`, `lang`; all other keys are
ignored. Strings stay exactly as given, since what is answered points into them.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from watcher.config.faults import did_you_mean
from watcher.errors import WatcherError, clip
from watcher.models import Document

_LANG = re.compile(r"[a-z]{2,3}([-_][a-z0-9]{2,8})*", re.IGNORECASE)
_STRINGS = ("source_kind", "title", "summary", "text", "url", "published", "lang")
_OURS = ("id", *_STRINGS)
KINDS = ("news", "federal_register", "docket", "press_release", "bill", "report")  #: values of `source_kind`; another is judged like news
MOST_NAMED = 5  #: keys that a fault names
LIKE_A_TYPO = 75.0  #: of 100: how like one of ours a key must be to be asked about; others are somebody's own
LONGEST_LINE = 20_000_000  #: bytes; a longer line is a fault, not a reason to fill the memory


class LineError(WatcherError):
    """A line that is no Document; the text says which, and what is wrong with it."""

    def __init__(self, number: int, fault: str, *, id: str | int | None = None) -> None:  # noqa: A002  # as the line calls it
        super().__init__(f"line {number}: {fault}")
        self.number = number
        self.fault = fault
        self.id = id  #: of the line, where it has one


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line read."""

    number: int  #: from 1, blank lines counted
    id: str | int  #: as given, for the answer
    document: Document
    doubts: tuple[str, ...] = ()  #: what was read, but perhaps not as it was meant


def read_lines(stream: BinaryIO) -> Iterator[Line]:
    """Read Documents line by line, blank lines left out. A byte order mark before the first is no part of it.

    Raises:
        LineError: at the first line that is not UTF-8, not JSON, no object, or has a field of the wrong type. Lines before it were given.
    """
    for line in each_line(stream):
        if isinstance(line, LineError):
            raise line
        yield line


def each_line(stream: BinaryIO) -> Iterator[Line | LineError]:
    """Read like `read_lines`, but give the fault of a line in its place and go on."""
    number = 0
    while raw := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(raw) > LONGEST_LINE:
            _skip_line(stream, raw)
            yield LineError(number, f"longer than {LONGEST_LINE:,} bytes")
            continue
        if number == 1:
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        if raw.strip():
            try:
                line: Line | LineError = _line(number, _object(number, raw))
            except LineError as error:
                line = error
            yield line


def _skip_line(stream: BinaryIO, raw: bytes) -> None:
    while raw and not raw.endswith(b"\n"):
        raw = stream.readline(LONGEST_LINE)


def _object(number: int, raw: bytes) -> dict[str, object]:
    try:
        row = json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise LineError(number, f"not UTF-8 at byte {error.start + 1}") from error
    except RecursionError as error:
        raise LineError(number, "not JSON we can read: nested too deeply") from error
    except ValueError as error:  # json's own, and a number of too many digits
        where = f" at column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        raise LineError(number, f"not JSON{where}: {error.msg if isinstance(error, json.JSONDecodeError) else error}") from error
    if not isinstance(row, dict):
        raise LineError(number, 'not an object: write {"id": …, "title": …} on each line')
    return row


def _line(number: int, row: dict[str, object]) -> Line:
    given = row.get("id")
    if isinstance(given, bool) or not isinstance(given, (str, int)):
        raise LineError(number, f"id is missing{_instead(row)}" if given is None else "id must be a string")
    if row.get("title") is None:
        raise LineError(number, f"title is missing{_instead(row)}", id=given)
    for name in _STRINGS:
        if not isinstance(row.get(name), str | None):
            raise LineError(number, f"{name} must be a string or null", id=given)
    published, day_only = _published(_string(row, "published"))
    document = Document(
        key=str(given),
        source_kind=_string(row, "source_kind") or "news",
        title=_string(row, "title"),
        summary=_string(row, "summary"),
        text=_string(row, "text"),
        url=_string(row, "url"),
        lang=_string(row, "lang"),
        published=published,
        day_only=day_only,
    )
    return Line(number=number, id=given, document=document, doubts=tuple(_doubts(row, published)))


def _instead(row: dict[str, object]) -> str:
    """What a line without id or title has instead: the keys that are nearly ours, else those that are not ours at all."""
    if near := list(_misspelt(row)):
        return f"; {'; '.join(near[:MOST_NAMED])}"
    others = [repr(clip(name, 40)) for name in row if name not in _OURS]
    return f"; not read: {', '.join(others[:MOST_NAMED])}{', …' if len(others) > MOST_NAMED else ''}" if others else ""


def _misspelt(row: dict[str, object]) -> Iterator[str]:
    for name in row:
        if name not in _OURS and (hint := did_you_mean(name, _OURS, LIKE_A_TYPO)):
            yield f"{clip(name, 40)!r} is not read{hint}"


def _doubts(row: dict[str, object], published: datetime | None) -> Iterator[str]:
    yield from _misspelt(row)
    if (text := _string(row, "published")) and published is None:
        yield f"published {clip(text, 40)!r} is no ISO date: taken as none"
    if (kind := _string(row, "source_kind")) and kind not in KINDS:
        yield f"source_kind {clip(kind, 40)!r} is none of {', '.join(KINDS)}: judged like news{did_you_mean(kind, KINDS)}"
    if (lang := _string(row, "lang")) and not _LANG.fullmatch(lang):
        yield f"lang {clip(lang, 40)!r} is no language tag like en or es"


def _string(row: dict[str, object], name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""


def _published(text: str) -> tuple[datetime | None, bool]:
    """An ISO date or time as aware UTC, and whether it is a day alone; a date that cannot be read is none."""
    try:
        moment = datetime.fromisoformat(text.strip())
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None, False
    return moment, ":" not in text
