"""What `watcher match` and `watcher stories` read: JSON Lines, one Document each.

A line is an object with `id` and `title`, and perhaps `source_kind`, `summary`, `text`, `url`, `published`, `lang`; all other keys are
ignored. Strings stay exactly as given, since what is answered points into them.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from watcher.errors import WatcherError
from watcher.models import Document

LONGEST_LINE = 20_000_000  #: bytes; a longer line is a fault, not a reason to fill the memory


class LineError(WatcherError):
    """A line that is no Document; the text says which, and what is wrong with it."""

    def __init__(self, number: int, fault: str) -> None:
        super().__init__(f"line {number}: {fault}")
        self.number = number
        self.fault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line read."""

    number: int  #: from 1, blank lines counted
    id: str | int  #: as given, for the answer
    document: Document


def read_lines(stream: BinaryIO) -> Iterator[Line]:
    """Read Documents line by line, blank lines left out. A byte order mark before the first is no part of it.

    Raises:
        LineError: at the first line that is not UTF-8, not JSON, no object, or has a field of the wrong type. Lines before it were given.
    """
    number = 0
    while raw := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(raw) > LONGEST_LINE:
            raise LineError(number, f"longer than {LONGEST_LINE:,} bytes")
        if number == 1:
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        if raw.strip():
            yield _line(number, _object(number, raw))


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
        raise LineError(number, "id is missing" if given is None else "id must be a string")
    if row.get("title") is None:
        raise LineError(number, "title is missing")
    published, day_only = _published(_string(number, row, "published"))
    document = Document(
        key=str(given),
        source_kind=_string(number, row, "source_kind") or "news",
        title=_string(number, row, "title"),
        summary=_string(number, row, "summary"),
        text=_string(number, row, "text"),
        url=_string(number, row, "url"),
        lang=_string(number, row, "lang"),
        published=published,
        day_only=day_only,
    )
    return Line(number=number, id=given, document=document)


def _string(number: int, row: dict[str, object], name: str) -> str:
    value = row.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise LineError(number, f"{name} must be a string or null")
    return value


def _published(text: str) -> tuple[datetime | None, bool]:
    """An ISO date or time as aware UTC, and whether it is a day alone; a date that cannot be read is none."""
    try:
        moment = datetime.fromisoformat(text.strip())
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None, False
    return moment, ":" not in text
