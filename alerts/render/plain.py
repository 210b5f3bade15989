"""Foreign text made safe to show: one line, no controls, cut at a limit, links that are links. Nothing here adds markup."""

import re
import unicodedata
from functools import lru_cache
from urllib.parse import urlsplit

URL_LIMIT = 1000  #: a longer address is not shown: Telegram refuses such entities (ENTITIES_TOO_LONG), mail clients break them

LINE_LIMIT = 2_000  #: code points of a foreign line that are looked at; nothing shows more
TEXT_READ = 6_000  #: the same for a text of several lines

_WORD_JOINER = "\u2060"
_TAPPED = re.compile(
    r"(?<![\w/<>])/(?=\w)"  # /stop
    r"|@(?=\w)"  # @name, name@host
    r"|(?<=\w):(?=//)"  # any scheme
    r"|(?<=[\w-])\.(?=[^\W\d_]{2})"  # host.example; not U.S., nor 1.5
    r"|(?<=\d)\.(?=\d{1,3}\.\d{1,3}\.\d)"  # 192.0.2.1
)  # what Telegram makes a link of without being asked (Bot API, MessageEntity), up to where it is broken

_JOINERS = "\u200c\u200d"  # zero width (non-)joiner: Persian words and emoji families need them
_MARKS = 4  #: combining marks kept on one letter; more is an attack on the line above


def clean(text: str) -> str:
    """Fold to one line of visible text.

    White space becomes single spaces. Controls, bidi overrides and isolates, invisible format characters, lone surrogates and towers of
    combining marks are dropped: a title must not reorder, hide or overprint what stands beside it.
    """
    return _folded(text[:LINE_LIMIT])


@lru_cache(512)  # a digest is cut and laid out again until it fits, and the next reader's holds the same words
def _folded(text: str) -> str:
    return " ".join((text if text.isascii() and text.isprintable() else "".join(_visible(text))).split())


def paragraphs(text: str) -> list[str]:
    """The same for text of several lines: one entry a line, empty ones kept between others, never first or last."""
    lines = [_folded(line) for line in re.split(r"\r\n|[\n\r\u2028\u2029]", text[:TEXT_READ])]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _visible(text: str) -> list[str]:
    kept: list[str] = []
    marks = 0
    for char in text:
        kind = unicodedata.category(char)
        marks = marks + 1 if kind in ("Mn", "Me") else 0
        if marks > _MARKS or (kind == "Cf" and char not in _JOINERS) or kind in ("Cs", "Co"):
            continue
        kept.append(" " if kind in ("Cc", "Zl", "Zp", "Zs") else char)
    return kept


def units(text: str) -> int:
    """Length in UTF-16 code units, as Telegram counts."""
    return len(text) + sum(char > "\uffff" for char in text)


def clip(text: str, limit: int) -> str:
    """Cut to at most `limit` UTF-16 units, at the end of a word where one is near, with `…` for what is gone."""
    if units(text) <= limit:
        return text
    if limit < 1:
        return ""
    end, used = 0, 0
    while (size := 1 + (text[end] > "\uffff")) + used <= limit - 1:
        used += size
        end += 1
    while end and _joined(text[end - 1], text[end]):
        end -= 1
    space = text.rfind(" ", max(0, end - 30), end)
    return text[: space if space > 0 else end].rstrip(" ,;:-–—") + "…"


def _joined(before: str, after: str) -> bool:
    return before in _JOINERS or after in _JOINERS or unicodedata.category(after) in ("Mn", "Me") or "\U0001f3fb" <= after <= "\U0001f3ff"


def isolate(text: str) -> str:
    """Fence text that holds right-to-left letters (FSI … PDI, Unicode UAX 9), so that the words around it keep their places."""
    return f"\u2068{text}\u2069" if any(unicodedata.bidirectional(char) in ("R", "AL") for char in text) else text


def shown(text: str, limit: int) -> str:
    """Foreign text as a line of ours shows it, at most `limit` UTF-16 units."""
    return isolate(clip(clean(text[: 3 * limit + 100]), limit - 2))


def inert(text: str) -> str:
    """Foreign text of which Telegram makes no link by itself: a reader who taps a word of a headline sends no command, opens no chat and
    goes nowhere. An invisible word joiner breaks commands, names and addresses; nothing else is changed."""
    return _TAPPED.sub(lambda found: found.group() + _WORD_JOINER, text)


def link(url: str) -> str:
    """The address if it is one that a reader may be sent to (http or https, whole, not absurdly long), else ""."""
    if len(url) > URL_LIMIT or not url.isprintable() or any(char in ' "<>\\^`{|}' for char in url):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if any(0xD800 <= ord(char) <= 0xDFFF or unicodedata.category(char) == "Cf" for char in url):
        return ""
    return url if parts.scheme in ("http", "https") and parts.hostname else ""


def story_link(public_url: str, story: int) -> str:
    """The page of a Story, "" where this service has no public address."""
    return link(f"{public_url.rstrip('/')}/story/{story}") if public_url else ""
