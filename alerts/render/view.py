"""A Letter laid out: every word chosen, cut and in order, nothing yet set in text or HTML. The two parts of a mail come from one view."""

import re
from dataclasses import dataclass
from itertools import groupby

from alerts.models import Item, Letter, LetterKind, Paper
from alerts.render import words as w
from alerts.render.plain import clean, clip, link, paragraphs, shown, story_link
from alerts.tickets import token
from watcher.models import Severity

SUBJECT_LIMIT = 150

_PAPERS = 6
_DAYS = 6  #: dates ahead under one Story
_TOPICS = 5
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Plain text, and where it leads; "" where nowhere."""

    text: str
    url: str = ""
    note: str = ""  #: what stands after it: court, date


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One Story, ready to be set."""

    key: str
    mark: str  #: its severity in words
    level: str  #: `urgent`, `notable`, `routine`: its style
    label: str
    title: Link
    origin: str
    reported: Link | None  #: how the press put what a court's paper did
    change: str
    news: Link | None  #: the paper that made the change
    summary: str
    reasons: tuple[str, ...]
    dates: tuple[str, ...]
    papers: tuple[Link, ...]
    more: str  #: `and 3 more papers`
    page: str
    votes: tuple[Link, ...]  #: relevant, or not; none where no page of ours could take it
    short: bool  #: only the title line: the mail would be too long


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A whole Letter, ready to be set."""

    lang: str
    subject: str
    title: str  #: "" where the one Story's own title says it
    tally: str  #: `7 developments, 2 urgent`
    preview: str  #: what a mailbox shows beside the subject
    banner: str  #: of an update or retraction: what it is
    late: str  #: that it comes late, and why; "" where it does not
    body: tuple[tuple[tuple[Link, ...], ...], ...] = ()  #: the Letter's own text: paragraphs of lines of pieces, addresses apart
    groups: tuple[tuple[str, tuple[Entry, ...]], ...] = ()
    rest: Link | None = None  #: Stories left out
    dates: tuple[Link, ...] = ()  #: of a digest: all deadlines ahead
    unsubscribe: str = ""
    say: w.Words


def view(letter: Letter, public_url: str, *, full: int, short: int, dates: int) -> View:
    """Lay out a Letter: its `full` most pressing Items whole, `short` further ones by title, the rest as a number; the next `dates`."""
    say = w.words(letter.lang)
    shapes = _shapes(letter.items, full, short)
    many = len(letter.items) > 1 or letter.kind is LetterKind.DIGEST
    left = len(letter.items) - len(shapes)
    home = link(public_url)
    return View(
        lang=say.lang,
        subject=_subject(letter, say),
        title=_title(letter, say) if many or not letter.items else "",
        tally=_tally(letter, say) if many and letter.items else "",
        preview=_preview(letter, say),
        banner=_banner(letter, say),
        late=w.late(letter, say),
        body=tuple(tuple(map(_linked, lines)) for lines in _body(letter, say)),
        groups=_groups(letter, say, shapes, public_url, titled=letter.kind is LetterKind.DIGEST),
        rest=Link(text=w.plural(say.more_stories, left), url=home) if left else None,
        dates=_dates(letter, say, dates) if many else (),
        unsubscribe=link(f"{home.rstrip('/')}/unsubscribe/{letter.unsubscribe}") if home and letter.unsubscribe else "",
        say=say,
    )


def _shapes(items: tuple[Item, ...], full: int, short: int) -> dict[int, bool]:
    """Which Items are told, by their place: True in short, False in full; the most pressing and primary ones first."""
    ranked = sorted(range(len(items)), key=lambda at: (-items[at].severity, not items[at].lead.primary))
    return {at: rank >= full for rank, at in enumerate(ranked[: full + short])}


def _subject(letter: Letter, say: w.Words) -> str:
    if not letter.items and (own := clean(letter.subject)):
        return clip(own, SUBJECT_LIMIT)
    if len(letter.items) > 1 or letter.kind is LetterKind.DIGEST:
        parts = [w.heading(letter, say)]
        if letter.kind is LetterKind.DIGEST:
            parts.append(w.plural(say.stories, len(letter.items)) if letter.items else say.quiet)
        if letter.kind is LetterKind.LIST:
            parts.append(w.headline(max(letter.items, key=lambda item: item.severity), say))
        return clip(": ".join(parts), SUBJECT_LIMIT)
    if not letter.items:
        return say.confirm_subject if letter.kind is LetterKind.CONFIRMATION else say.notice_subject
    item = letter.items[0]
    prefix = {LetterKind.UPDATE: say.updated, LetterKind.RETRACTION: w.retraction(item, say)[0]}.get(letter.kind, "")
    prefix = prefix or (say.urgent if item.severity is Severity.URGENT else "")
    return clip(f"{prefix}: {w.headline(item, say)}" if prefix else w.headline(item, say), SUBJECT_LIMIT)


def _title(letter: Letter, say: w.Words) -> str:
    if letter.kind in (LetterKind.DIGEST, LetterKind.LIST):
        return w.heading(letter, say)
    return _subject(letter, say)


def _tally(letter: Letter, say: w.Words) -> str:
    """`7 developments, 2 urgent, 3 dates ahead`."""
    urgent = sum(item.severity is Severity.URGENT for item in letter.items)
    dates = len(w.dates(letter, say))
    parts = [w.plural(say.stories, len(letter.items))] if letter.kind is LetterKind.DIGEST else []
    parts += [w.plural(say.urgent_count, urgent)] if urgent else []
    parts += [w.plural(say.dates_count, dates)] if dates else []
    return ", ".join(parts)


def _preview(letter: Letter, say: w.Words) -> str:
    told = [w.headline(item, say) for item in sorted(letter.items, key=lambda item: -item.severity)[:3]]
    return clip(" · ".join(told) or clean(letter.text), 200)


def _banner(letter: Letter, say: w.Words) -> str:
    if letter.kind is LetterKind.RETRACTION:
        return w.retracted(letter.items[0], say) if letter.items else say.retracted
    return say.updated if letter.kind is LetterKind.UPDATE else ""


def _body(letter: Letter, say: w.Words) -> list[list[str]]:
    """Its own text: paragraphs, each its lines."""
    lines = paragraphs(letter.text) or ([] if letter.items or letter.subject else [say.nothing])
    return [list(lines) for filled, lines in groupby(lines, key=bool) if filled]


def _linked(text: str) -> tuple[Link, ...]:
    """A line in pieces: its web addresses as links, full stops after them left out."""
    pieces: list[Link] = []
    at = 0
    for found in _ADDRESS.finditer(text):
        url = found.group().rstrip(".,;:!?)")
        if link(url):
            pieces += [Link(text=text[at : found.start()]), Link(text=url, url=url)]
            at = found.start() + len(url)
    return tuple(piece for piece in (*pieces, Link(text=text[at:])) if piece.text)


def _groups(
    letter: Letter, say: w.Words, shapes: dict[int, bool], public_url: str, *, titled: bool
) -> tuple[tuple[str, tuple[Entry, ...]], ...]:
    told = tuple(letter.items[at] for at in sorted(shapes))
    short = {id(letter.items[at]) for at, is_short in shapes.items() if is_short}
    return tuple(
        (shown(title, 120) if titled else "", tuple(_entry(letter, item, say, public_url, short=id(item) in short) for item in group))
        for title, group in w.grouped(told, say)
    )


def _entry(letter: Letter, item: Item, say: w.Words, public_url: str, *, short: bool) -> Entry:
    more_topics = len(item.reasons) - _TOPICS
    more_papers = item.more + max(0, len(item.others) - _PAPERS)
    reasons = [w.because(reason, say) for reason in item.reasons[:_TOPICS]]
    return Entry(
        key=item.key,
        mark=w.severity(item.severity, say),
        level=item.severity.label,
        label=w.label(item, say),
        title=Link(text=shown(w.headline(item, say), 300), url=link(item.lead.url)),
        origin=w.origin(item.lead.outlet, w.when(item, w.zone(letter.zone), say)),
        reported=_reported(item),
        change="" if letter.kind is LetterKind.RETRACTION else w.change(item, say),
        news=None if letter.kind is LetterKind.RETRACTION else _news(item),
        summary=shown(item.summary, 900),
        reasons=tuple(reasons + ([w.plural(say.more_topics, more_topics)] if more_topics > 0 else [])),
        dates=tuple(f"{w.day_ahead(each, say)}: {w.ahead_of(each, say)}" for each in w.ahead(item.deadlines, letter)[:_DAYS]),
        papers=tuple(_paper(letter, paper, say) for paper in sorted(item.others, key=lambda paper: not paper.primary)[:_PAPERS]),
        more=w.plural(say.more_papers, more_papers) if more_papers > 0 else "",
        page=story_link(public_url, item.story) if item.page else "",
        votes=() if short else _votes(letter, item, say, public_url),
        short=short,
    )


def _reported(item: Item) -> Link | None:
    title, outlet = w.report(item)
    return Link(text=title, url=link(item.reported.url), note=outlet) if title and item.reported else None


def _news(item: Item) -> Link | None:
    title, outlet = w.news(item)
    return Link(text=title, url=link(item.news.url), note=outlet) if title and item.news and item.change else None


def _votes(letter: Letter, item: Item, say: w.Words, public_url: str) -> tuple[Link, ...]:
    """The two links by which a reader says whether an Item was relevant; a retraction, or what has no topic, is no matter of that."""
    home = link(public_url).rstrip("/")
    if not (home and letter.message_id and item.reasons) or letter.kind is LetterKind.RETRACTION:
        return ()
    return tuple(
        Link(text=label, url=link(f"{home}/feedback/{token(letter, item.story, relevant=relevant)}"))
        for label, relevant in ((say.relevant, True), (say.irrelevant, False))
    )


def _paper(letter: Letter, paper: Paper, say: w.Words) -> Link:
    origin = w.origin(paper.outlet, w.dated(paper, w.zone(letter.zone), say))
    title = shown(w.paper_title(paper, say), 200)
    return Link(text=title or origin or say.papers, url=link(paper.url), note=origin if title else "")


def _dates(letter: Letter, say: w.Words, most: int) -> tuple[Link, ...]:
    """The next days ahead, of all Items and of what else the reader follows."""
    return tuple(
        Link(text=f"{w.day_ahead(deadline, say)}: {w.ahead_of(deadline, say)}", url=link(url), note=shown(title, 140))
        for deadline, title, url in w.dates(letter, say)[:most]
    )
