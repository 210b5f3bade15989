"""Letters as a terminal shows them: wrapped to its width, colour only where it is wanted."""

import textwrap
from dataclasses import dataclass, replace

from alerts.models import Item, Letter, LetterKind, Message
from alerts.render import words as w
from alerts.render.plain import link, paragraphs, shown
from watcher.models import Severity

_COLOUR = {Severity.URGENT: "31;1", Severity.NOTABLE: "33;1", Severity.ROUTINE: "2", Severity.FORMALITY: "2"}


@dataclass(frozen=True, slots=True)
class _Pen:
    """How wide to write, and whether in colour."""

    width: int
    colour: bool

    def paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and text else text

    def wrap(self, text: str, *, indent: str = "  ", hang: str | None = None) -> list[str]:
        return textwrap.wrap(
            text,
            self.width,
            initial_indent=indent,
            subsequent_indent=indent if hang is None else hang,
            break_long_words=False,
            break_on_hyphens=False,
        )

    def rule(self, left: str, right: str) -> str:
        """`── Urgent · order ──────── story:17`"""
        return f"── {left} {'─' * max(2, self.width - len(left) - len(right) - 5)}" + (f" {right}" if right else "")


def console(letter: Letter, *, width: int = 80, colour: bool = False) -> Message:
    """Write a Letter for a terminal of `width` columns, at least 40."""
    say, pen = w.words(letter.lang), _Pen(max(40, width), colour)
    lines = [line for said in (w.late(letter, say), say.repeat if letter.repeat else "") for line in pen.wrap(said, indent="")]
    if not letter.items:
        title = shown(letter.subject, 120) or (w.heading(letter, say) if letter.kind is LetterKind.DIGEST else say.notice_subject)
        lines += [pen.paint(pen.rule(title, ""), "1")]
        for paragraph in paragraphs(letter.text) or [say.nothing]:
            lines += pen.wrap(paragraph) or [""]
    elif len(letter.items) > 1 or letter.kind is LetterKind.DIGEST:
        lines += [pen.paint(w.heading(letter, say), "1")]
        for paragraph in paragraphs(letter.text):
            lines += pen.wrap(paragraph)
    for item in _in_order(letter, say):
        lines += _item(letter, item, say, pen)
    return Message(text="\n".join(lines + _ahead(letter, say, pen)))


def _ahead(letter: Letter, say: w.Words, pen: _Pen) -> list[str]:
    """The days of Stories that the Letter does not tell of; those of its Items stand with these."""
    dates = w.dates(replace(letter, items=()), say)
    lines = [pen.paint(pen.rule(say.ahead, ""), "1")] if dates else []
    for deadline, title, _ in dates:
        lines += pen.wrap(f"{w.day_ahead(deadline, say)}: {w.ahead_of(deadline, say)} · {shown(title, 140)}", hang="    ")
    return lines


def _in_order(letter: Letter, say: w.Words) -> list[Item]:
    return [item for _, group in w.grouped(letter.items, say) for item in group]


def _item(letter: Letter, item: Item, say: w.Words, pen: _Pen) -> list[str]:
    where = w.zone(letter.zone)
    label = " · ".join(part for part in (w.severity(item.severity, say), w.label(item, say)) if part)
    lines = [pen.paint(pen.rule(label, item.key), _COLOUR[item.severity])]
    lines += _news(letter, item, say, pen)
    lines += [pen.paint(line, "1") for line in pen.wrap(shown(w.headline(item, say), 400))]
    lines += pen.wrap(w.origin(item.lead.outlet, w.when(item, where, say)))
    lines += [f"  {link(item.lead.url)}"] if link(item.lead.url) else []
    report = w.origin(*w.report(item))
    lines += pen.wrap(f"{say.reported}: {report}", hang="    ") if report else []
    lines += pen.wrap(shown(item.summary, 1200))
    for at, reason in enumerate(item.reasons):
        lines += pen.wrap((f"{say.why}: " if at == 0 else "· ") + w.because(reason, say), hang="    ")
    for deadline in w.ahead(item.deadlines, letter):
        lines += pen.wrap(f"{say.ahead}: {w.day_ahead(deadline, say)}: {w.ahead_of(deadline, say)}", hang="    ")
    return lines + _papers(letter, item, say, pen)


def _news(letter: Letter, item: Item, say: w.Words, pen: _Pen) -> list[str]:
    change = w.change(item, say)
    if letter.kind is LetterKind.RETRACTION:
        return pen.wrap(w.retracted(item, say), hang="    ")
    if letter.kind is LetterKind.UPDATE or change:
        lines = pen.wrap(
            ": ".join(part for part in (say.changed, change, w.origin(*w.news(item))) if part) if change else say.updated, hang="    "
        )
        return lines + ([f"    {link(item.news.url)}"] if change and item.news and link(item.news.url) else [])
    return []


def _papers(letter: Letter, item: Item, say: w.Words, pen: _Pen) -> list[str]:
    where = w.zone(letter.zone)
    lines = [f"  {say.papers}:"] if item.others or item.more else []
    for paper in item.others:
        parts = (shown(w.paper_title(paper, say), 200) or link(paper.url), w.origin(paper.outlet, w.dated(paper, where, say)))
        lines += pen.wrap("· " + " · ".join(part for part in parts if part), indent="    ", hang="      ")
    if item.more:
        lines.append(f"    {w.plural(say.more_papers, item.more)}")
    return lines
