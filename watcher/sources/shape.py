"""Reading bytes that claim to be JSON, field by field, so that no wrong shape gets any further."""

import json
import re
from collections.abc import Mapping
from typing import Any

from watcher.errors import ParseError
from watcher.models import Source
from watcher.ports import Page

LONGEST_NUMBER = 400  #: characters of a number's digits that are read; Python refuses more than 4,300

_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE)
_GZIP = b"\x1f\x8b"
_LOOKED_AT = 2_000  # bytes; a page says within them what it is


def json_object(source: Source, page: Page) -> Mapping[str, Any]:
    """Read a body as one JSON object.

    Raises:
        ParseError: it is none; the text says what it looks like.
    """
    try:
        content = json.loads(_decoded(page.body), parse_int=_integer)
    except (ValueError, RecursionError) as error:
        fault = guess(page.body) or f"broken JSON ({error})"
        raise ParseError(source.id, f"not the JSON that this kind answers: {fault[:200]}") from error
    if not isinstance(content, dict):
        raise ParseError(source.id, f"not the JSON that this kind answers: {named(content)} where an object should be")
    return content


def guess(body: bytes) -> str:
    """Say what a body is that is not what it should be; "" when it may still be JSON or a feed."""
    start = body[:_LOOKED_AT].lstrip()
    if not start:
        return "an empty body"
    if start.startswith(_GZIP):
        return "compressed data whose compression the server did not declare"
    if _HTML.search(start):
        return "an HTML page"
    return ""


def text(value: object) -> str:
    """A string as it is, a number as its digits; "" for anything else."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def objects(value: object) -> list[Mapping[str, Any]]:
    """The objects of a list; nothing where there is no list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def texts(value: object) -> list[str]:
    """The strings and numbers of a list; of a lone string itself."""
    values = value if isinstance(value, list) else [value]
    return [found for item in values if (found := text(item))]


def named(value: object) -> str:
    """What a JSON value is, in words."""
    if value is None:
        return "null"
    names: tuple[tuple[type, str], ...] = ((bool, "a boolean"), (str, "a string"), (list, "a list"), (dict, "an object"))
    return next((name for kind, name in names if isinstance(value, kind)), "a number")


def _decoded(body: bytes) -> str:
    """By its byte order mark or the zeros of its first bytes (RFC 4627, 3); wrong bytes become U+FFFD."""
    return body.decode(json.detect_encoding(body), "replace")


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= LONGEST_NUMBER else digits[:LONGEST_NUMBER]
