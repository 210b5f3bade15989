"""Letters as Telegram shows them: a few tags, 4096 UTF-16 units, 100 entities. Text is cut before it is marked up."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Literal

from alerts.models import Item, Letter, LetterKind, Message, Paper
from alerts.render import words as w
from alerts.render.plain import clean, clip, inert, isolate, link, paragraphs, shown, story_link, units
from watcher.models import Deadline, Severity

TEXT_LIMIT = 4096  #: UTF-16 units after entities are parsed; Bot API, sendMessage
ENTITY_LIMIT = 100  #: entities a message; further ones lose their effect; Bot API
SUMMARY_LIMIT = 900

_MARK = {Severity.URGENT: "🔴", Severity.NOTABLE: "🟠", Severity.ROUTINE: "⚪", Severity.FORMALITY: "▫️"}
_TOPICS = 4  #: reasons spelled out in an alert
_PAPERS = 5  #: further papers listed
_DATES = 8  #: days ahead below a digest


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of plain text and how it looks; where it leads, if anywhere."""

    text: str
    style: Literal["", "b", "i", "code"] = ""
    href: str = ""
    ours: bool = False  #: no foreign word in it: its commands are to be tapped

    @property
    def told(self) -> str:
        """The text as it is sent."""
        return self.text if self.ours or self.style == "code" else inert(self.text)


Line = tuple[Span, ...]
Block = tuple[Line, ...]  #: lines that stand together; a blank line between blocks


def telegram(letter: Letter, *, public_url: str = "") -> Message:
    """Write a Letter for Telegram: `html` for parse_mode HTML, `text` for when markup was refused. Both fit TEXT_LIMIT.

    Args:
        public_url: where this service is seen from outside; with it each Story links to its page.
    """
    marked_up = _blocks(letter, public_url, _html_size)
    spelled_out = _blocks(letter, public_url, _plain_size)
    if len(letter.items) > 1 and len(spelled_out) < len(marked_up):  # addresses would take the place of Stories: without them all are there
        return Message(text=_write(marked_up, _bare), html=_write(marked_up, _html))
    return Message(text=_write(spelled_out, _plain), html=_write(marked_up, _html))


def whole(letter: Letter, public_url: str) -> bool:
    """Whether a Letter of several Items shows each of them; see `alerts.render.room`."""
    say = w.words(letter.lang)
    return _fits(_all(letter, say, _opening(letter, say)), _html_size)


Measure = Callable[[Span], int]  #: UTF-16 units that a span takes


def _blocks(letter: Letter, public_url: str, measure: Measure) -> list[Block]:
    say = w.words(letter.lang)
    opening = _opening(letter, say)
    if len(letter.items) > 1 or (letter.items and letter.kind is LetterKind.DIGEST):
        return _several(letter, say, public_url, opening, measure)
    if letter.items:
        return _one(letter, letter.items[0], say, public_url, opening, measure)
    return _told(letter, say, opening, measure)


def _opening(letter: Letter, say: w.Words) -> list[Block]:
    return [((Span(said, "i"),),) for said in (w.late(letter, say), say.repeat if letter.repeat else "") if said]


def _told(letter: Letter, say: w.Words, opening: list[Block], measure: Measure) -> list[Block]:
    """A Letter that brings its own words: confirmation, notice, a digest of nothing."""
    title = shown(letter.subject, 200) or (w.heading(letter, say) if letter.kind is LetterKind.DIGEST else "")
    head = [*opening, *([((Span(title, "b", ours=True),),)] if title else [])]
    body = paragraphs(letter.text) or ([] if title else [say.nothing])
    room = TEXT_LIMIT - _size(head, measure) - 2
    return [*head, ((Span(clip("\n".join(body), room), ours=True),),)] if body else head


def _one(letter: Letter, item: Item, say: w.Words, public_url: str, opening: list[Block], measure: Measure) -> list[Block]:
    """One Story in full. Parts give way from the last where addresses spelled out take too much room; the summary takes what is left."""
    parts = [[*opening, *_news(letter, item, say), _head(item, say, letter)], [_foot(item, say, public_url)], _why(item, say)]
    head, foot, why, dates, papers = _fitting([*parts, _ahead(letter, item, say), _papers(letter, item, say)], measure)
    rest = [*why, *dates, *papers, *foot]
    room = min(SUMMARY_LIMIT, TEXT_LIMIT - _size([*head, *rest], measure) - 2)
    summary = isolate(clip(inert(clean(item.summary)), room - 2)) if room > 80 else ""
    return [*head, *([((Span(summary),),)] if summary else []), *rest]


def _fitting(parts: list[list[Block]], measure: Measure) -> list[list[Block]]:
    """Each part whole or not at all, the first ones first."""
    kept: list[list[Block]] = []
    for part in parts:
        fits = _size([block for each in [*kept, part] for block in each], measure) <= TEXT_LIMIT
        kept.append(part if fits else [])
    return kept


def _news(letter: Letter, item: Item, say: w.Words) -> list[Block]:
    change = w.change(item, say)
    if letter.kind is LetterKind.RETRACTION:
        head, happened, note = w.retraction(item, say)
        return [((Span(head, "b"), Span(f": {happened}" if happened else "")), (Span(note),))]
    if letter.kind is LetterKind.UPDATE or change:
        return [((Span(say.changed if change else say.updated, "b"), Span(f": {change}" if change else ""), *_by(item)),)]
    return []


def _by(item: Item, limit: int = 200) -> Line:
    """The paper that made a change, after it."""
    title, outlet = w.news(item, limit)
    if not title or item.news is None:
        return ()
    return (Span(": "), Span(title, "", link(item.news.url)), Span(f" ({outlet})" if outlet else ""))


def _head(item: Item, say: w.Words, letter: Letter) -> Block:
    mark = f"{_MARK[item.severity]} {w.severity(item.severity, say)}"
    label = w.label(item, say)
    return (
        (Span(mark, "b"), Span(f" · {label}" if label else "")),
        (Span(shown(w.headline(item, say), 400), "b", link(item.lead.url)),),
        (Span(w.origin(item.lead.outlet, w.when(item, w.zone(letter.zone), say))),),
        *_reported(item, say),
    )


def _reported(item: Item, say: w.Words, limit: int = 200) -> Block:
    title, outlet = w.report(item, limit)
    if not title or item.reported is None:
        return ()
    return ((Span(f"{say.reported}: "), Span(title, "", link(item.reported.url)), Span(f" ({outlet})" if outlet else "")),)


def _why(item: Item, say: w.Words) -> list[Block]:
    if not item.reasons:
        return []
    lines: list[Line] = [
        ((Span(f"{say.why}: ", "b") if at == 0 else Span("· ")), Span(w.because(reason, say)))
        for at, reason in enumerate(item.reasons[:_TOPICS])
    ]
    if (more := len(item.reasons) - _TOPICS) > 0:
        lines.append((Span(w.plural(say.more_topics, more)),))
    return [tuple(lines)]


def _ahead(letter: Letter, item: Item, say: w.Words) -> list[Block]:
    days = w.ahead(item.deadlines, letter)[:4]
    if not days:
        return []
    lines: list[Line] = [(Span(f"{w.day_ahead(each, say)}: {w.ahead_of(each, say, 80)}"),) for each in days]
    return [((Span(say.ahead, "b"),), *lines)]


def _papers(letter: Letter, item: Item, say: w.Words) -> list[Block]:
    lines: list[Line] = [_paper(letter, paper, say) for paper in item.others[:_PAPERS]]
    if (more := item.more + max(0, len(item.others) - _PAPERS)) > 0:
        lines.append((Span(w.plural(say.more_papers, more)),))
    return [((Span(say.papers, "b"),), *lines)] if lines else []


def _paper(letter: Letter, paper: Paper, say: w.Words) -> Line:
    origin = w.origin(paper.outlet, w.dated(paper, w.zone(letter.zone), say))
    title = shown(w.paper_title(paper, say), 160) or origin or link(paper.url)[:160]
    return (Span("· "), Span(title, "", link(paper.url)), Span(f" ({origin})" if origin and origin != title else ""))


def _foot(item: Item, say: w.Words, public_url: str) -> Block:
    page = story_link(public_url, item.story) if item.page else ""
    return ((Span(item.key, "code"), *((Span(" · "), Span(say.full_story, "", page)) if page else ())),)


def _several(letter: Letter, say: w.Words, public_url: str, opening: list[Block], measure: Measure) -> list[Block]:
    """The Stories, and below those of a digest as many of the days ahead as there is room for."""
    blocks = _stories(letter, say, public_url, opening, measure)
    dates = w.dates(letter, say) if letter.kind is LetterKind.DIGEST else []
    for most in range(min(len(dates), _DATES), 0, -1):
        block: Block = ((Span(say.ahead, "b"),), *(_date(*date, say) for date in dates[:most]))
        if _fits([*blocks, block], measure):
            return [*blocks, block]
    return blocks


def _date(deadline: Deadline, title: str, url: str, say: w.Words) -> Line:
    return (Span(f"{w.day_ahead(deadline, say)}: {w.ahead_of(deadline, say, 80)} · "), Span(shown(title, 100), "", link(url)))


def _stories(letter: Letter, say: w.Words, public_url: str, opening: list[Block], measure: Measure) -> list[Block]:
    """Every Story where they fit, with what the press made of each if that fits too; else as many as do, then how many more there are
    and where."""
    reported = _all(letter, say, opening, reported=True)
    if _fits(reported, measure):
        return reported
    every = _all(letter, say, opening)
    if _fits(every, measure):
        return every
    blocks = every[: len(every) - len(letter.items)]
    told = 0
    for title, item in _in_order(letter, say):
        block = _short(letter, item, say, title)
        left = len(letter.items) - told - 1
        rest = [_rest(left, say, public_url)] if left else []
        if not _fits([*blocks, block, *rest], measure):
            break
        blocks.append(block)
        told += 1
    left = len(letter.items) - told
    return [*blocks, _rest(left, say, public_url)] if left else blocks


def _all(letter: Letter, say: w.Words, opening: list[Block], *, reported: bool = False) -> list[Block]:
    blocks: list[Block] = [*opening, ((Span(clip(w.heading(letter, say), 200), "b"),),)]
    if introduction := shown(letter.text, 300):
        blocks.append(((Span(introduction),),))
    return blocks + [_short(letter, item, say, title, reported=reported) for title, item in _in_order(letter, say)]


def _in_order(letter: Letter, say: w.Words) -> list[tuple[str, Item]]:
    """The Items in telling order, with a topic's title before the first of its group in a digest."""
    if letter.kind is not LetterKind.DIGEST:
        return [("", item) for item in sorted(letter.items, key=lambda item: -item.severity)]
    return [(title if at == 0 else "", item) for title, group in w.grouped(letter.items, say) for at, item in enumerate(group)]


def _short(letter: Letter, item: Item, say: w.Words, title: str, *, reported: bool = False) -> Block:
    topics = w.because(item.reasons[0], say) if item.reasons else ""
    more = len(item.reasons) - 1
    why = topics + (f" {w.plural(say.more_topics, more)}" if more > 0 else "")
    change = w.change(item, say, 160)
    lines: list[Line] = [
        (Span(shown(title, 120), "b"),) if title else (),
        (Span(f"{_MARK[item.severity]} "), Span(shown(w.headline(item, say), 220), "", link(item.lead.url))),
        *(_reported(item, say, 160) if reported else ()),
        (Span(f"{say.changed}: {change}"), *_by(item, 160)) if change else (),
        (Span(w.origin(w.label(item, say, 60), w.origin(item.lead.outlet, w.when(item, w.zone(letter.zone), say)))),),
        (Span(f"{say.why}: {why}"),) if why else (),
        (Span(item.key, "code"),),
    ]
    return tuple(line for line in lines if line)


def _rest(left: int, say: w.Words, public_url: str) -> Block:
    page = link(public_url)
    return ((Span(w.plural(say.more_stories, left)), *((Span(": "), Span(say.all_stories, "", page)) if page else ())),)


def _fits(blocks: list[Block], measure: Measure) -> bool:
    entities = sum(bool(span.style) + bool(span.href) for block in blocks for line in block for span in line)
    return _size(blocks, measure) <= TEXT_LIMIT and entities <= ENTITY_LIMIT


def _size(blocks: list[Block], measure: Measure) -> int:
    return sum(sum(sum(map(measure, line)) for line in block) + len(block) - 1 for block in blocks) + 2 * max(0, len(blocks) - 1)


def _write(blocks: list[Block], show: Callable[[Span], str]) -> str:
    return "\n\n".join("\n".join("".join(map(show, line)) for line in block) for block in blocks)


def _html(span: Span) -> str:
    text = escape(span.told, quote=False)
    if span.href and text:
        text = f'<a href="{escape(span.href, quote=False)}">{text}</a>'
    return f"<{span.style}>{text}</{span.style}>" if span.style and text else text


def _bare(span: Span) -> str:
    return span.told


def _html_size(span: Span) -> int:
    return units(span.told)


def _plain(span: Span) -> str:
    if span.href and span.text != span.href:
        return f"{span.told}\n{span.href}"
    return span.href or span.told


def _plain_size(span: Span) -> int:
    return units(_plain(span))
