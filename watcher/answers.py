"""What an HTTP answer means: its status, its Retry-After, its compressed body, and whether it is what was asked for. Pure.

Nothing here trusts the server: bodies are inflated a piece at a time so that the caller can stop, and a page of HTML is not a feed
whatever its content type says.
"""

import codecs
import re
import zlib
from collections.abc import Generator, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from watcher.errors import clip
from watcher.ports import Ask

PERMANENT = frozenset({301, 308})
REDIRECTS = PERMANENT | {302, 303, 307}
USABLE = frozenset({200, 203})

#: No wait is longer: it keeps sums of times within what a datetime holds. `cadence` has its own, shorter limit.
LONGEST_WAIT = timedelta(days=366)
#: Bytes inflated at once.
PIECE = 256 * 1024
#: gzip members in one body; each costs time even if it is empty.
MEMBERS = 1000
#: Characters of the body's beginning that decide what it is.
HEAD = 4096

#: What a status says where the number alone leaves the operator guessing.
MEANINGS = {
    304: "unchanged, though we did not say what we know",
    401: "the service wants an account; give the source an address that needs none, or set enabled = false",
    403: "the service refuses us; ask it to admit our User-Agent, give the source another address, or set enabled = false",
    404: "nothing is at this address",
    407: "the proxy wants a login",
    410: "gone for good; give the source a new address, or remove it",
    429: "we asked too often",
    451: "withheld for legal reasons",
}


class BodyError(Exception):
    """The body is not what its headers say; the text is the fault."""


def status_fault(status: int) -> str | None:
    """What is wrong with this status as the last word of an exchange; None if its body may be used."""
    if status in USABLE:
        return None
    meaning = MEANINGS.get(status)
    return f"status {status}: {meaning}" if meaning else f"status {status}"


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """The wait that a Retry-After header asks for (RFC 9110, 10.2.3), seconds or a date; None without one that can be read.

    A date that has passed is no wait; a longer one than LONGEST_WAIT is cut to it.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:12]), int(LONGEST_WAIT.total_seconds())))
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)  # HTTP dates are in GMT, also in the form that does not say so
    return min(max(at - now, timedelta(0)), LONGEST_WAIT)


class Inflater:
    """Undoes one content coding, a piece of at most PIECE bytes at a time."""

    def __init__(self, coding: str) -> None:
        """Take a Content-Encoding as sent.

        Raises:
            BodyError: a coding we did not ask for, or several.
        """
        name = coding.strip().lower()
        if name not in {"", "identity", "gzip", "x-gzip", "deflate"}:
            raise BodyError(f"content encoding {clip(name, 40)!r}, which we did not ask for")
        self._name = "" if name == "identity" else name.removeprefix("x-")
        self._stream: zlib._Decompress | None = None  #: what is being inflated; None before and between gzip members
        self._head = b""  #: the first bytes of a deflate body: they tell its two forms apart
        self._members = 0
        self._over = False  #: what comes now is not part of the body

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Give what `data` inflates to. Pieces may be empty: each is a chance to stop.

        Raises:
            BodyError: it is not in the coding that was announced.
        """
        if not self._name:
            yield data
            return
        try:
            while data and not self._over:
                if self._stream is None:
                    data = self._open(data)
                if self._stream is not None:
                    data = yield from self._pieces(self._stream, data)
        except zlib.error:
            raise BodyError(f"a body that is no {self._name}, though its headers say so") from None

    def finish(self) -> None:
        """Say that the body has ended.

        Raises:
            BodyError: it ended too early.
        """
        if self._name and (self._stream is not None or not self._members):
            raise BodyError("a compressed body that is cut short")

    def _open(self, data: bytes) -> bytes:
        """Begin a stream with `data` if there is enough of it; give the bytes to go on with."""
        if self._name == "deflate":
            data = self._head + data
            if len(data) < 2:
                self._head = data
                return b""
            self._stream = zlib.decompressobj(wbits=_deflate_form(data))
            return data
        data = data.lstrip(b"\0") if self._members else data  # padding between members (RFC 1952, 2.2, and gzip(1))
        if data and (not self._members or data[:1] == b"\x1f"):
            self._stream = zlib.decompressobj(wbits=31)
        elif data:
            self._over = True  # gzip(1) ignores trailing garbage as well
        return data

    def _pieces(self, stream: "zlib._Decompress", data: bytes) -> Generator[bytes, None, bytes]:
        """Inflate with `stream`; the generator's value is what follows the end of it."""
        full = False
        while data or full:
            piece = stream.decompress(data, PIECE)
            yield piece
            data, full = stream.unconsumed_tail, len(piece) == PIECE
            if stream.eof:
                return self._close(stream)
        return b""

    def _close(self, stream: "zlib._Decompress") -> bytes:
        self._members += 1
        if self._members > MEMBERS:
            raise BodyError(f"a compressed body of more than {MEMBERS} parts")
        self._stream = None
        self._over = self._name != "gzip"  # only gzip may go on
        return stream.unused_data


def _deflate_form(head: bytes) -> int:
    """`deflate` is zlib's format (RFC 9110, 8.4.1.2), but some servers send the bare stream."""
    wrapped = head[0] & 0x0F == 8 and int.from_bytes(head[:2]) % 31 == 0
    return 15 if wrapped else -15


def body_fault(body: bytes, content_type: str, ask: Ask) -> str | None:
    """What keeps this body from being an answer to `ask`; None if nothing does.

    The content type is believed unless the body speaks against it: XML or JSON served as text/html or text/plain is read, a page of
    HTML served as XML or JSON is not.
    """
    if not body.strip():
        return "an empty body"
    head = head_of(body)
    media = content_type.partition(";")[0].strip().lower()
    if begins_as_html(head) and not any("html" in wanted for wanted in ask.types):
        return f"a web page ({clip(media, 60) or 'of no content type'}) instead of {_wanted(ask)}"
    if not media or media in ask.types or (not ask.types and "html" not in media) or _begins_as_wanted(head, ask):
        return None
    return f"content type {clip(media, 60)} instead of {_wanted(ask)}"


def head_of(body: bytes) -> str:
    """The first characters of a body in lower case, from its first `<` or word on; encodings are told by BOM and zero bytes."""
    head = body[:HEAD]
    for mark, encoding in _ENCODINGS:
        if head.startswith(mark):
            return head.decode(encoding, "replace").lstrip("\ufeff").lstrip().lower()
    return head.decode("latin-1").lstrip().lower()


_ENCODINGS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_FEED_ROOT = re.compile(r"<(?:[\w.-]+:)?(?:rss|feed|rdf|channel)\b")


def begins_as_html(head: str) -> bool:
    """Whether a body's head (`head_of`) is a web page: HTML's doctype or root comes first, XHTML's after its XML declaration."""
    return _past_prolog(head).startswith(("<!doctype html", "<html"))


def begins_as_xml(head: str) -> bool:
    """Whether it says that it is XML, or has the root of a feed."""
    return not begins_as_html(head) and (head.startswith("<?xml") or _FEED_ROOT.match(_past_prolog(head)) is not None)


def begins_as_json(head: str) -> bool:
    """Whether it can be a JSON object or list."""
    return head.startswith(("{", "["))


def _begins_as_wanted(head: str, ask: Ask) -> bool:
    xml = not ask.types or any("xml" in wanted or "rss" in wanted for wanted in ask.types)
    json = not ask.types or any("json" in wanted for wanted in ask.types)
    return (xml and begins_as_xml(head)) or (json and begins_as_json(head))


def _past_prolog(head: str) -> str:
    """What follows processing instructions and comments; "" where one has no end in sight."""
    while head.startswith(("<?", "<!--")):
        head = head.partition("?>" if head.startswith("<?") else "-->")[2].lstrip()
    return head


_NAMES = (("rss", "a feed"), ("atom", "a feed"), ("json", "JSON"), ("xml", "XML"), ("html", "HTML"))


def _wanted(ask: Ask) -> str:
    """What an operator would call it."""
    kinds = " ".join(ask.types) or ask.accept
    return next((name for sign, name in _NAMES if sign in kinds), "what was asked for")
