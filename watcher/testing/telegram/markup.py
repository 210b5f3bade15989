"""Telegram's HTML parse mode, as its servers read it: which tags, which attributes, which entities, and the texts of its refusals.

Rules: Bot API, "HTML style", and the observable behaviour of the open Bot API server. Offsets and lengths are UTF-16 units.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

ENTITIES = 100  #: a message keeps this many entities; further ones lose their effect, silently
_MENTION = re.compile(r"tg://user\?id=([0-9]{1,16})")
_SPACE = frozenset(" \t\r\n\0\v")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_TYPES = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "strike", "del"), "strikethrough"),
    **dict.fromkeys(("span", "tg-spoiler"), "spoiler"),
    "a": "text_link",
    "tg-emoji": "custom_emoji",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}


class MarkupError(ValueError):
    """The markup is refused; the text is what follows `can't parse entities: `."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A stretch of text with a look or a link."""

    type: str
    offset: int
    length: int
    url: str = ""
    user: int = 0  #: of a text_mention
    language: str = ""  #: of a pre
    emoji: str = ""  #: id of a custom emoji

    @property
    def end(self) -> int:
        return self.offset + self.length

    def json(self) -> dict[str, object]:
        """As the Bot API writes it."""
        more: dict[str, object] = {"url": self.url, "language": self.language, "custom_emoji_id": self.emoji}
        if self.user:
            more["user"] = {"id": self.user, "is_bot": False, "first_name": "Test"}
        return {"type": self.type, "offset": self.offset, "length": self.length} | {key: value for key, value in more.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What a message says once its markup is taken out."""

    text: str
    entities: tuple[Entity, ...] = ()
    dropped: int = 0  #: entities beyond ENTITIES, which Telegram forgets without a word

    @property
    def units(self) -> int:
        """Its length as Telegram counts it."""
        return units(self.text)


def units(text: str) -> int:
    """Length in UTF-16 units: a character beyond the basic plane counts two."""
    return len(text) + sum(char > "\uffff" for char in text)


def plain(source: str, entities: Iterable[Entity] = ()) -> Text:
    """A text sent without parse mode, cleaned as Telegram cleans it."""
    return _finished("".join(_cleaned(source)), list(entities))


def parse(source: str) -> Text:
    """Read a text sent with parse mode HTML.

    Raises:
        MarkupError: an unknown, unclosed, unopened or crossed tag, or an attribute that cannot be read.
    """
    reader = _Reader(source)
    reader.read()
    entities = [replace(entity, language="") if entity.type == "code" else entity for entity in reader.entities]
    return _finished("".join(reader.out), entities)


def _cleaned(source: str) -> Iterable[str]:
    """Carriage returns and marks that turn the line round are taken out; other control characters become spaces."""
    for char in source:
        if char == "\r" or "\u2028" <= char <= "\u202e":
            continue
        yield " " if char < " " and char != "\n" else char


def _finished(text: str, entities: list[Entity]) -> Text:
    """Trim the text, move its entities along, and keep those that still mean something."""
    body = text.rstrip()
    start = units(body) - units(body.lstrip())
    body = body.lstrip()
    size = units(body)
    moved = [clipped for entity in reversed(entities) if (clipped := _clipped(entity, start, size))]  # outer ones closed last
    kept = _nested(sorted(moved, key=lambda entity: (entity.offset, -entity.length)))
    return Text(text=body, entities=tuple(kept[:ENTITIES]), dropped=max(0, len(kept) - ENTITIES))


def _clipped(entity: Entity, start: int, size: int) -> Entity | None:
    first, last = max(entity.offset - start, 0), min(entity.end - start, size)
    return replace(entity, offset=first, length=last - first) if last > first else None


def _nested(entities: list[Entity]) -> list[Entity]:
    """Code holds nothing else, and no entity holds another of its own kind."""
    kept: list[Entity] = []
    around: list[Entity] = []
    for entity in entities:
        while around and around[-1].end <= entity.offset:
            around.pop()
        if any(outer.type in {"code", "pre", entity.type} for outer in around):
            continue
        kept.append(entity)
        around.append(entity)
    return kept


@dataclass(frozen=True, slots=True)
class _Open:
    """A start tag whose end is still to come."""

    tag: str
    argument: str
    units: int  # where its text begins
    piece: int  # and in which piece of the output


class _Reader:
    """One pass over the source. A missing character reads as NUL, which counts as space."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.out: list[str] = []
        self.units = 0
        self.open: list[_Open] = []
        self.entities: list[Entity] = []

    def read(self) -> None:
        while self.at < len(self.source):
            if self.source[self.at] == "<":
                self._tag()
            else:
                self._put(self._character())
        if self.open:
            raise MarkupError(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')

    def _char(self) -> str:
        return self.source[self.at] if self.at < len(self.source) else "\0"

    def _ended(self) -> bool:
        return self.at >= len(self.source)

    def _bytes(self, at: int) -> int:
        return len(self.source[:at].encode())

    def _put(self, char: str) -> None:
        for kept in _cleaned(char):
            self.out.append(kept)
            self.units += units(kept)

    def _until(self, stops: Iterable[str]) -> str:
        start, wanted = self.at, _SPACE | set(stops)
        while self._char() not in wanted:
            self.at += 1
        return self.source[start : self.at]

    def _spaces(self) -> None:
        while not self._ended() and self._char() in _SPACE:
            self.at += 1

    def _character(self) -> str:
        """The next character of text, a reference decoded; an unknown reference is the text it looks like."""
        if self._char() == "&" and (found := _reference(self.source, self.at)):
            char, self.at = found
            return char
        self.at += 1
        return self.source[self.at - 1]

    def _tag(self) -> None:
        begin = self.at
        self.at += 1
        if self._char() == "/":
            self.at += 1
            self._end_tag(begin)
        else:
            self._start_tag(begin)

    def _start_tag(self, begin: int) -> None:
        tag = self._until(">").lower()
        if self._ended():
            raise MarkupError(f"Unclosed start tag at byte offset {self._bytes(begin)}")
        if tag not in _TYPES:
            raise MarkupError(f'Unsupported start tag "{tag}" at byte offset {self._bytes(begin)}')
        argument = ""
        while self._more_attributes():
            name, value = self._attribute(tag, begin)
            argument = _argument(tag, name, value) or argument
        self.at += 1
        if tag == "span" and argument != "spoiler":
            raise MarkupError(f'Tag "span" must have class "tg-spoiler" at byte offset {self._bytes(begin)}')
        self.open.append(_Open(tag, argument, self.units, len(self.out)))

    def _more_attributes(self) -> bool:
        self._spaces()
        return self._char() != ">"

    def _attribute(self, tag: str, begin: int) -> tuple[str, str]:
        name = self._until("=>" if tag == "blockquote" else "=")
        if not name:
            raise MarkupError(f'Empty attribute name in the tag "{tag}" at byte offset {self._bytes(begin)}')
        self._spaces()
        if tag == "blockquote" and name == "expandable" and self._char() != "=" and not self._ended():
            return name, "1"
        if self._char() != "=":
            raise MarkupError(f'Expected equal sign in declaration of an attribute of the tag "{tag}" at byte offset {self._bytes(begin)}')
        self.at += 1
        self._spaces()
        value = self._quoted() if self._char() in {'"', "'"} else self._token()
        if self._ended():
            raise MarkupError(f'Unclosed start tag "{tag}" at byte offset {self._bytes(begin)}')
        return name, value

    def _quoted(self) -> str:
        quote = self._char()
        self.at += 1
        value: list[str] = []
        while not self._ended() and self._char() != quote:
            value.append(self._character())
        if not self._ended():
            self.at += 1
        return "".join(value)

    def _token(self) -> str:
        start = self.at
        while self._char().isascii() and (self._char().isalnum() or self._char() in {".", "-"}):
            self.at += 1
        if self._char() not in _SPACE | {">"}:
            raise MarkupError(f"Unexpected end of name token at byte offset {self._bytes(start)}")
        return self.source[start : self.at].lower()

    def _end_tag(self, begin: int) -> None:
        if not self.open:
            raise MarkupError(f"Unexpected end tag at byte offset {self._bytes(begin)}")
        tag = self._until(">").lower()
        self._spaces()
        if self._char() != ">":
            raise MarkupError(f"Unclosed end tag at byte offset {self._bytes(begin)}")
        self.at += 1
        opened = self.open.pop()
        if tag and tag != opened.tag:
            raise MarkupError(f'Unmatched end tag at byte offset {self._bytes(begin)}, expected "</{opened.tag}>", found "</{tag}>"')
        if self.units > opened.units:
            self._close(opened)

    def _close(self, opened: _Open) -> None:
        span = Entity(type=_TYPES[opened.tag], offset=opened.units, length=self.units - opened.units)
        match opened.tag:
            case "a":
                self.entities.extend(_linked(span, opened.argument or "".join(self.out[opened.piece :])))
            case "pre" | "code":
                self._code(span, opened)
            case "blockquote" if opened.argument:
                self.entities.append(replace(span, type="expandable_blockquote"))
            case "tg-emoji":
                if not (opened.argument.isascii() and opened.argument.isdigit() and int(opened.argument)):
                    raise MarkupError("Invalid custom emoji identifier specified")
                self.entities.append(replace(span, emoji=opened.argument))
            case _:
                self.entities.append(span)

    def _code(self, span: Entity, opened: _Open) -> None:
        """`pre` around exactly one `code class="language-x"`, or the other way about, is one entity with a language."""
        language = opened.argument if opened.tag == "code" else ""
        inner = self.entities[-1] if self.entities else None
        same = inner is not None and (inner.offset, inner.length) == (span.offset, span.length)
        spoken = language or (inner.language if inner else "")
        if inner and same and spoken and {inner.type, opened.tag} == {"code", "pre"}:
            self.entities[-1] = replace(inner, type="pre", language=spoken)
        else:
            self.entities.append(replace(span, language=language))


def _reference(source: str, at: int) -> tuple[str, int] | None:
    """Decode `&…` at `at`: the character and where to go on; None where it is no reference. The semicolon may be missing."""
    numeric = source[at + 1 : at + 2] == "#"
    hexadecimal = numeric and source[at + 2 : at + 3] == "x"
    start = at + 1 + numeric + hexadecimal
    allowed = "0123456789abcdefABCDEF" if hexadecimal else "0123456789"
    end = start
    while end < len(source) and (source[end] in allowed if numeric else source[end].isascii() and source[end].isalpha()):
        end += 1
    char = _numbered(source[start:end], 16 if hexadecimal else 10, end - at) if numeric else _NAMED.get(source[start:end])
    if char is None:
        return None
    return char, end + (source[end : end + 1] == ";")


def _numbered(digits: str, base: int, size: int) -> str | None:
    code = int(digits, base) if digits and size < 10 else 0
    if not 0 < code < 0x10FFFF:
        return None
    if 0xD800 <= code <= 0xDFFF:
        raise MarkupError("Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units")
    return chr(code)


def _argument(tag: str, name: str, value: str) -> str:
    """What an attribute says, where it says anything; others are read and ignored."""
    match tag, name:
        case "a", "href":
            return value
        case "code", "class" if value.startswith("language-"):
            return value.removeprefix("language-")
        case "span", "class" if value.startswith("tg-"):
            return value.removeprefix("tg-")
        case "tg-emoji", "emoji-id":
            return value
        case "blockquote", "expandable":
            return "1"
    return ""


def _linked(span: Entity, url: str) -> list[Entity]:
    """A link, a mention by `tg://user?id=`, or nothing where the address is none: the words stay, the link does not."""
    if mention := _MENTION.fullmatch(url.strip()):
        return [replace(span, type="text_mention", user=int(mention[1]))]
    link = _checked(url.strip())
    return [replace(span, url=link)] if link else []


def _checked(url: str) -> str:
    """The address as Telegram keeps it, "" where it refuses it: a scheme it knows and a host with a dot."""
    if any(char in _SPACE for char in url):
        return ""
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host = parts.hostname or ""
    except ValueError:
        return ""
    if parts.scheme in {"tg", "ton", "tonsite"}:
        return url
    if parts.scheme not in {"http", "https"} or "." not in host.strip("."):
        return ""
    return parts._replace(path=parts.path or "/").geturl()
