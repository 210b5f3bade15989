"""Markup to plain text: whatever a source sends, what we keep has no tags, no entities, no control characters and no direction tricks."""

import html
import re
import unicodedata

from selectolax.lexbor import LexborHTMLParser, LexborNode

TITLE_CAP = 500  #: characters; what is longer is cut between words, with an ellipsis
SUMMARY_CAP = 4_000
TEXT_CAP = 60_000
LONGEST_MARKUP = 500_000  #: characters of markup looked at; the rest of a longer field is dropped
DEEPEST = 400  #: tags left open at once; the parser's time grows with the square of it (measured: 20,000 need 0.6 s, 100,000 need 15 s)

_TAGS = (
    "a|abbr|acronym|address|area|article|aside|audio|b|base|basefont|bdi|bdo|big|blink|blockquote|body|br|button|"
    "canvas|caption|center|cite|code|col|colgroup|data|datalist|dd|del|details|dfn|dialog|dir|div|dl|dt|em|embed|"
    "fieldset|figcaption|figure|font|footer|form|frame|frameset|h1|h2|h3|h4|h5|h6|head|header|hgroup|hr|html|i|"
    "iframe|img|input|ins|kbd|label|legend|li|link|main|map|mark|marquee|math|menu|meta|meter|nav|nobr|noframes|"
    "noscript|object|ol|optgroup|option|output|p|param|picture|pre|progress|q|rp|rt|ruby|s|samp|script|search|"
    "section|select|small|source|span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|template|textarea|"
    "tfoot|th|thead|time|title|tr|track|tt|u|ul|var|video|wbr"
)
_TAG = re.compile(rf"</?(?:{_TAGS})(?=[\s/>])[^<>]*>|<!--|<!doctype|<!\[cdata\[", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_NO_TAG = re.compile(rf"<(?!/?(?:{_TAGS})(?:[\s/>])|!--|!doctype)", re.IGNORECASE)  # `x < y`, `<Update>`, `<name@example.org>`
_CDATA = re.compile(r"<!\[cdata\[|\]\]>", re.IGNORECASE)
_BLOCK = re.compile(
    r"(?=</?(?:address|article|aside|blockquote|br|caption|center|dd|details|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|header|hr|legend|"
    r"li|main|nav|ol|optgroup|option|p|pre|section|select|summary|table|tbody|td|tfoot|th|thead|tr|ul)(?=[\s/>]))",
    re.IGNORECASE,
)
_NOT_READ = "script,style,nav,form,select,noscript,template,iframe,object,svg,math,button,textarea,head,title"
_STEP = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)[^<>]*>")
_ANY_TAG = re.compile(r"<[^<>]*>")
_NO_NEST = "area base br col embed frame hr img input link meta param source track wbr li p option dd dt td th tr"
_VOID = frozenset(_NO_NEST.split())  # tags that close by themselves, or when the next of their kind comes
_HEADING_OF_MENU = 80  #: characters: a box with a menu and no more words than this is the menu's own

_WINDOWS = {
    code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)
}  # C1 controls in text are windows-1252 read as Latin-1
_HIDDEN = dict.fromkeys(
    (
        *(*range(0x00, 0x09), *range(0x0E, 0x1C), 0x7F),  # control characters but the breaks
        *(
            0x061C,
            0x200E,
            0x200F,
            *range(0x202A, 0x202F),
            *range(0x2066, 0x206A),
        ),  # direction marks (Unicode TR 9)
        *(0xAD, 0x200B, *range(0x2060, 0x2066), 0xFEFF),  # without width
    ),
    "",
)
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")  # half a character: no encoding can write it
_CLEAN = {chr(code): clean for code, clean in (_WINDOWS | _HIDDEN | _SURROGATES).items()}
_UNCLEAN = re.compile(f"[{re.escape(''.join(_CLEAN))}]")  #: looked for first: letter by letter nobody else gets a turn

_POST_FROM = re.compile(
    r"The post .{1,300} (?:appeared|first appeared) (?:first )?on .{1,120}$", re.DOTALL
)  # what WordPress puts under a summary


def visible(text: str) -> str:
    """Take out what a reader cannot see: control characters, zero-width and direction marks, halves of characters. NFC."""
    return unicodedata.normalize("NFC", _UNCLEAN.sub(lambda found: _CLEAN[found[0]], text))


def folded(text: str) -> str:
    """Put all of it on one line, words one blank apart."""
    return " ".join(visible(text).split())


def line(markup: str, cap: int) -> str:
    """Read markup, or plain text, as one line of at most `cap` characters."""
    return cut(folded(_text(markup)), cap)


def paragraphs(markup: str, cap: int) -> str:
    """Read markup, or plain text, as paragraphs, one a line, of at most `cap` characters together."""
    lines = (" ".join(part.split()) for part in visible(_text(markup)).splitlines())
    return cut("\n".join(part for part in lines if part), cap)


def summary(markup: str, cap: int) -> str:
    """Read a summary as one line, without the advertisement that blog software puts under it."""
    return cut(folded(_POST_FROM.sub("", _text(markup))), cap)


def cut(text: str, cap: int) -> str:
    """Shorten to at most `cap` characters, at a blank where one is near, with an ellipsis that counts."""
    if len(text) <= cap:
        return text
    head = text[: cap - 1]
    blank = max(head.rfind(" "), head.rfind("\n"))
    return (head[:blank] if blank > max(0, cap - 60) else head).rstrip() + "…"


def _text(markup: str) -> str:
    """Take tags and entities away, at most three times: sources escape twice, and some thrice."""
    text = markup[:LONGEST_MARKUP]
    for _ in range(3):
        if _TAG.search(text):
            text = _stripped(text)
        elif _ENTITY.search(text):
            text = html.unescape(text)
        else:
            break
    return text


def _stripped(markup: str) -> str:
    marked = _BLOCK.sub("\n", _NO_TAG.sub("&lt;", _CDATA.sub("", markup)))
    if _too_deep(marked):
        return _ANY_TAG.sub("", marked)
    body = LexborHTMLParser(marked).body
    if body is None:
        return ""
    for menu in body.css("nav"):
        _drop_menu(menu)
    for node in body.css(_NOT_READ):
        node.decompose()
    return body.text()


def _too_deep(markup: str) -> bool:
    depth = 0
    for step in _STEP.finditer(markup):
        if step[2].lower() not in _VOID:
            depth = max(0, depth - 1) if step[1] else depth + 1
            if depth > DEEPEST:
                return True
    return False


def _drop_menu(menu: LexborNode) -> None:
    """Take away a menu, and with it the boxes that hold nothing else but its heading."""
    box = menu.parent
    menu.decompose()
    while box is not None and box.tag not in ("body", "html") and len(folded(box.text())) < _HEADING_OF_MENU:
        outer = box.parent
        box.decompose()
        box = outer
