"""Letters as mail: a subject, plain text, and the same in HTML."""

import textwrap
from functools import cache

import css_inline
from jinja2 import Environment, PackageLoader, Template

from alerts.models import Letter, Message
from alerts.render.view import Entry, Link, View, view

HTML_LIMIT = 90_000  #: bytes; Gmail cuts a mail off at 102 kB and hides the rest, the unsubscribe link with it
TEXT_WIDTH = 72  #: columns of the plain text; addresses are never broken

_DATES = 12
_SURELY = 12  #: titles that fit whatever they are
_LEVELS = ((12, 12), (6, 12), (2, 6), (1, 3), (0, 2))  #: Items in full, and dates; tried in turn while too long
#: Items in full, in short, and dates, where not even the titles fit
_LEFT_OUT = ((12, 60, 12), (6, 30, 12), (2, 15, 6), (1, 4, 3), (0, 3, 2))


def email(letter: Letter, *, public_url: str = "") -> Message:
    """Write a Letter as mail.

    A long digest is summarised: the most pressing Stories in full, further ones by title, so that the HTML stays under HTML_LIMIT; where
    not even the titles fit (there are more than `room` says), the rest is a number with a link. `repeat` is not shown: a repeated mail has
    the same Message-ID, and mailboxes drop it.

    Args:
        public_url: where this service is seen from outside; with it Stories and the unsubscribe form are linked.
    """
    many = len(letter.items)
    for full, short, dates in ((many, 0, _DATES), *((full, many, dates) for full, dates in _LEVELS), *_LEFT_OUT):
        laid_out = view(letter, public_url, full=full, short=short, dates=dates)
        html = _html(laid_out)
        if len(html.encode()) <= HTML_LIMIT:
            break
    return Message(subject=laid_out.subject, text=_text(laid_out), html=html)


def whole(letter: Letter, public_url: str) -> bool:
    """Whether a mail names each of the Letter's Items; see `alerts.render.room`."""
    if len(letter.items) <= _SURELY:
        return True
    full, dates = _LEVELS[-1]
    return len(_html(view(letter, public_url, full=full, short=len(letter.items), dates=dates)).encode()) <= HTML_LIMIT


def _html(laid_out: View) -> str:
    return _inliner().inline(_template().render(view=laid_out, say=laid_out.say))


@cache
def _template() -> Template:
    room = Environment(loader=PackageLoader("alerts.render", ""), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return room.get_template("letter.html.jinja")


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False)


def _text(laid_out: View) -> str:
    say = laid_out.say
    head = ["HABEAS WATCH", *_wrap(laid_out.banner), *_wrap(laid_out.title), *_wrap(laid_out.tally)]
    blocks = [head, _wrap(laid_out.late), *map(_paragraph, laid_out.body)]
    for title, entries in laid_out.groups:
        blocks += [_topic(title)] if title else []
        for entry in entries:
            blocks += _entry(entry, laid_out)
    if laid_out.rest:
        blocks.append([laid_out.rest.text, *_address(laid_out.rest)])
    if laid_out.dates:
        blocks.append([*_topic(say.ahead), *(line for date in laid_out.dates for line in _listed(date, ""))])
    return "\n\n".join("\n".join(block) for block in [*blocks, _foot(laid_out)] if block) + "\n"


def _paragraph(lines: tuple[tuple[Link, ...], ...]) -> list[str]:
    return [wrapped for line in lines for wrapped in _wrap("".join(piece.text for piece in line))]


def _topic(title: str) -> list[str]:
    lines = _wrap(title.upper())
    return [*lines, "=" * max(map(len, lines))]


def _entry(entry: Entry, laid_out: View) -> list[list[str]]:
    say = laid_out.say
    mark = f"[{entry.mark}] {entry.label}".rstrip()
    head = [mark, *_wrap(entry.title.text), *_wrap(entry.origin), *_address(entry.title)]
    if entry.short:
        return [[*head, entry.key]]
    head += _listed(entry.reported, f"{say.reported}: ") if entry.reported else []
    changed = _wrap(f"{say.changed}: {entry.change}") if entry.change else []
    changed += _listed(entry.news, "") if entry.news else []
    why = [
        line for at, reason in enumerate(entry.reasons) for line in _wrap(f"{say.why}: {reason}" if at == 0 else f"- {reason}", hang="  ")
    ]
    dates = [line for date in ([] if laid_out.dates else entry.dates) for line in _wrap(f"{say.ahead}: {date}", hang="  ")]
    papers = [f"{say.papers}:", *(line for paper in entry.papers for line in _listed(paper, "- "))] if entry.papers else []
    papers += [entry.more] if entry.more else []
    key = [f"{entry.key}  {entry.page}".rstrip()]
    key += [f"{vote.text}: {vote.url}" for vote in entry.votes]
    return [part for part in (changed, head, _wrap(entry.summary), [*why, *dates], papers, key) if part]


def _listed(of: Link, bullet: str) -> list[str]:
    text = f"{of.text} ({of.note})" if of.note else of.text
    return [*_wrap(bullet + text, hang="  "), *_address(of, "  ")]


def _address(of: Link, indent: str = "") -> list[str]:
    return [f"{indent}{of.url}"] if of.url and of.url != of.text else []


def _foot(laid_out: View) -> list[str]:
    say = laid_out.say
    unsubscribe = [f"{say.unsubscribe}: {laid_out.unsubscribe}"] if laid_out.unsubscribe else []
    return ["--", *(_wrap(say.no_advice) if laid_out.groups else []), *unsubscribe] if laid_out.groups or unsubscribe else []


def _wrap(text: str, *, hang: str = "") -> list[str]:
    return textwrap.wrap(text, TEXT_WIDTH, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False)
