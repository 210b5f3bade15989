"""Why a Document was seen, matched and placed as it was, or was not: what each stage saw, as lines to read. Pure.

Nothing is taken on trust: the score cards are reckoned anew, by the rules in force, and compared with those that are stored.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher.labels import label
from watcher.match import Rules, just_failed, score_of
from watcher.models import Document, DocumentType, Evidence, Match, Near, Revision, Source, Stage, Watch
from watcher.own import is_own
from watcher.plain import cut, folded
from watcher.ports import SourceRow, StoryPage

AROUND = 60  #: characters before and after a find that are shown
MARKS = ("[[", "]]")  #: what stands around a find
LONGEST = 200  #: characters of a title


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A version of a Document."""

    number: int
    seen_at: datetime
    source: str  #: who brought it
    stage: Stage
    type: DocumentType
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A Match as it is stored."""

    version: int  #: of the Document, that was judged
    at: datetime
    match: Match


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A Document's place in a Story."""

    story: int
    joined_at: datetime
    because: tuple[str, ...]  #: empty for the one that opened it


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """All that is stored of a Document."""

    document: Document  #: in its version in force, with all its keys
    version: int
    seen_at: datetime
    backfill: bool
    tell: bool
    versions: tuple[Wording, ...]
    kept: tuple[Kept, ...] = ()
    seat: Seat | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A Watch and a Document: the card of now beside the one that is stored."""

    watch: str
    card: Match | Near | None  #: by the rules in force; None: no Watch of theirs has this id
    asked: bool = True  #: False: the Document's source is not judged by this Watch
    kept: Kept | None = None  #: of the Document's version in force, else of the last one that matched
    current: bool = True  #: whether `kept` is of the version in force

    @property
    def matches(self) -> bool:
        return isinstance(self.card, Match) and self.asked

    @property
    def verdict(self) -> str:
        """In a few words."""
        if self.matches:
            return "match"
        if not self.asked:
            return "not asked"
        return "just failed" if self.card is not None and self.card.because and just_failed(self.card) else "no match"

    @property
    def differs(self) -> bool:
        """Whether what is stored of the version in force is not what the rules in force say."""
        if is_own(self.watch):
            return False  # the file says nothing of what subscribers own
        stored = self.kept.match if self.kept is not None and self.current else None
        return stored != (self.card if self.matches else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A Document by every Watch."""

    matches: tuple[Judgement, ...]
    near: tuple[Judgement, ...]  #: that just failed, the best first
    far: tuple[Judgement, ...]  #: all others, the best first
    lost: tuple[Judgement, ...]  #: that are stored and not among the matches

    def of(self, watch: str) -> Judgement | None:
        every = (*self.matches, *self.lost, *self.near, *self.far)
        return next((each for each in every if each.watch == watch), None)


def judged(past: Past, rules: Rules, source: Source | None) -> Judged:
    """Judge a stored Document anew, and put beside it what is stored.

    Args:
        source: whose it is; None where the file names it no more.
    """
    only = source.watches if source is not None and source.watches else None
    verdict = rules.judge(past.document, only)
    kept = {each.match.watch: each for each in sorted(past.kept, key=lambda each: each.version)}
    cards: dict[str, Match | Near] = {card.watch: card for card in rules.why_not(past.document)}
    cards |= {card.watch: card for card in verdict.near} | {card.watch: card for card in verdict.matches}

    def judgement(watch: str) -> Judgement:
        stored = kept.get(watch)
        asked = only is None or watch in only
        current = stored is None or stored.version == past.version
        return Judgement(watch=watch, card=cards.get(watch), asked=asked, kept=stored, current=current)

    said = (*verdict.watches, *(miss.watch for miss in verdict.near))
    return Judged(
        matches=tuple(map(judgement, verdict.watches)),
        near=tuple(judgement(miss.watch) for miss in verdict.near),
        far=tuple(judgement(watch) for watch in cards if watch not in said),
        lost=tuple(judgement(watch) for watch in kept if watch not in verdict.watches),
    )


# -- a score card


def arithmetic(because: Iterable[Evidence]) -> str:
    """How a card adds up: `1 - (1 - 0.7)(1 - 0.7) = 0.91`; what is worth nothing is left out."""
    worths = [evidence for evidence in because if evidence.score]
    if not worths:
        return "nothing counts = 0.0"
    return f"1 - {''.join(f'(1 - {evidence.score})' for evidence in worths)} = {score_of(worths)}"


def context(document: Document, evidence: Evidence) -> str:
    """The words around a find, the find marked; on one line, whatever the field holds."""
    whole = field_of(document, evidence.field)
    before, found, after = whole[: evidence.start], whole[evidence.start : evidence.end], whole[evidence.end :]
    head, tail = before[-AROUND:], after[:AROUND]
    if len(before) > AROUND:
        head = "…" + (head.partition(" ")[2] or head)
    if len(after) > AROUND:
        tail = (tail.rpartition(" ")[0] or tail) + "…"
    opening, closing = MARKS
    left = folded(head) + (" " if head[-1:].isspace() else "")
    right = (" " if tail[:1].isspace() else "") + folded(tail)
    return f"{left}{opening}{folded(found)}{closing}{right}"


def field_of(document: Document, name: str) -> str:
    """The text of a field that evidence names."""
    if name == "docket":
        return document.docket.number if document.docket else ""
    return str(getattr(document, name))


def card_lines(judgement: Judgement, document: Document, watch: Watch | None) -> list[str]:
    """A Watch's card: what was found and is worth, the reckoning, what is missing, and what is stored."""
    card = judgement.card
    if card is None and judgement.kept is not None and is_own(judgement.watch):
        match = judgement.kept.match
        said = f"scores {match.score}, threshold {match.threshold}, found {_words(match.because)}"
        return [
            f"{judgement.watch}: a phrase that a subscriber owns: match, {said}",
            *indented([_when(judgement.kept, current=judgement.current)]),
        ]
    if card is None:
        return [f"{judgement.watch}: the rules in force have no such watch", *indented([_kept(judgement)])]
    title = f" “{watch.title}”" if watch is not None else ""
    lines = [f"{card.watch}{title}: {judgement.verdict}, scores {card.score}, threshold {card.threshold}"]
    for evidence in card.because:
        worth = f"worth {evidence.score}" if evidence.score else "context, worth nothing by itself"
        lines += indented([f"“{folded(evidence.term)}” in the {evidence.field}, {evidence.start}–{evidence.end}: {worth}"])
        lines += indented([context(document, evidence)], 4)
    lines += indented([arithmetic(card.because)])
    lines += indented(f"missing: {each}" for each in missing(judgement, watch))
    return [*lines, *indented([_kept(judgement)])]


def missing(judgement: Judgement, watch: Watch | None) -> list[str]:
    """Everything that a Watch lacked, a sentence each; empty for a match."""
    card = judgement.card
    reasons = [] if judgement.asked else ["its source is not judged by this watch (the source's `watches`)"]
    if isinstance(card, Near):
        reasons += card.missing
        if watch is not None and not any(evidence.score for evidence in card.because):
            reasons.append(f"found nothing of its {_asks(watch)}")
    return reasons


def _asks(watch: Watch) -> str:
    parts = [
        counted(len(names), word) for names, word in ((watch.terms, "term"), (watch.names, "name"), (watch.dockets, "docket")) if names
    ]
    return ", ".join(parts) or "terms: it has none"


def _when(kept: Kept, *, current: bool) -> str:
    """When a match was made that the file has no say in."""
    return f"{'stored' if current else f'of a former version, {kept.version}, stored'}, {moment(kept.at)}"


def _kept(judgement: Judgement) -> str:
    """How what is stored relates to the card."""
    kept = judgement.kept
    if kept is None:
        return "not stored: when this was judged the rules did not match it" if judgement.matches else ""
    said = f"scores {kept.match.score}, threshold {kept.match.threshold}, found {_words(kept.match.because)}"
    if not judgement.current:
        now = "differs: only a former version is" if judgement.matches else "only a former version is"
        return f"{now} stored as a match: version {kept.version}, {moment(kept.at)}: {said}"
    if judgement.differs:
        return f"differs: the stored match, {moment(kept.at)}, was made by other rules: {said}"
    return f"stored, {moment(kept.at)}: the same"


def _words(because: Iterable[Evidence]) -> str:
    return ", ".join(f"“{folded(each.found)}”" for each in because if each.score) or "nothing"


def judged_lines(
    told: Judged, document: Document, watches: Mapping[str, Watch], watch: str | None = None, *, far: bool = False
) -> list[str]:
    """All cards that say something; with `watch` that one's alone, however far; with `far` a line for each of the others as well."""
    if watch is not None:
        one = told.of(watch)
        return card_lines(one, document, watches.get(watch)) if one is not None else []
    cards = (*told.matches, *(each for each in told.lost if each not in told.near), *told.near)
    lines = [line for each in dict.fromkeys(cards) for line in card_lines(each, document, watches.get(each.watch))]
    return (lines or ["no watch matches it, and none is near"]) + (_far_lines(told, watches) if far else [])


def _far_lines(told: Judged, watches: Mapping[str, Watch]) -> list[str]:
    """What lacked the Watches that are not near, a line each; those of which nothing was found together."""
    rest = [each for each in told.far if each not in told.lost]
    some = [each for each in rest if each.card is not None and each.card.because]
    lines = []
    for each in some:
        found = ", ".join(f"“{folded(evidence.found)}”" for evidence in each.card.because) if each.card is not None else ""
        lines.append(f"{each.watch}: far; found {found}; missing: {'; '.join(missing(each, watches.get(each.watch)))}")
    nothing = [each.watch for each in rest if each not in some]
    return lines + ([f"nothing found of: {', '.join(nothing)}"] if nothing else [])


# -- a Document before it is judged


def seen_lines(past: Past, source: Source | None, row: SourceRow | None) -> list[str]:
    """By whom, when and how late a Document was seen, under which keys, in which versions."""
    document = past.document
    return [
        f"document:{document.key}",
        *indented(
            [cut(folded(document.shown), LONGEST), f"{label(document.type, document.stage)}, {document.severity.label}", document.url]
        ),
        "Seen",
        *indented(_found_by(document.source, source, row)),
        *indented([dated(past), told(past, source)]),
        *indented(_wording(each) for each in past.versions),
        *indented([f"known as: {', '.join(map(folded, dict.fromkeys((document.key, *document.keys))))}"]),
    ]


def dated(past: Past) -> str:
    """Its own date beside the one when it was first seen."""
    document = past.document
    if document.published is None:
        return f"no date of its own; first seen {moment(past.seen_at)}"
    own = f"{document.published:%Y-%m-%d}" if document.day_only else moment(document.published)
    return f"dated {own}; first seen {moment(past.seen_at)}, {_after(document, past.seen_at)}"


def _after(document: Document, seen_at: datetime) -> str:
    late = seen_at - (document.published or seen_at)
    if late < timedelta(0):
        return "before its date"
    if document.day_only:
        return "the same day" if late < timedelta(days=1) else f"{counted(late.days, 'day')} later"
    return f"{span(late)} later"


def told(past: Past, source: Source | None) -> str:
    """Whether it was to be told, and why not."""
    age = f", and max_age of {source.id} is {span(source.max_age)}" if source is not None else ""
    if past.backfill:
        return f"backfill: it was too old when it was first seen{age}; stored, shown, never told"
    if not past.tell:
        first = past.versions[0].source if past.versions else past.document.source
        return f"found by the first look at {first}: stored, and not told (first_run)"
    return "to be told, where a watch matches it"


def _found_by(name: str, source: Source | None, row: SourceRow | None) -> list[str]:
    if source is None:
        return [f"source {name}: the file names it no more"]
    kind = f"source {name}, kind {source.kind}" + ("" if source.enabled else ", disabled")
    return [kind, *([polled(row)] if row is not None else [])]


def polled(row: SourceRow | None) -> str:
    """How the polls of a source went."""
    if row is None or (row.state.last_ok_at is None and not row.state.failures):
        return "never polled"
    state = row.state
    good = f"last good poll {moment(state.last_ok_at)}" if state.last_ok_at else "no good poll yet"
    parts = [good, counted(state.polls, "good poll"), *([counted(row.gaps, "gap")] if row.gaps else [])]
    if state.gone:
        parts.append(f"gone: {state.last_error or 'status 410'}; never asked again")
    elif state.failures:
        parts.append(f"failed {counted(state.failures, 'time')} in a row: {state.last_error or 'no reason is known'}")
    return ", ".join(folded(part) for part in parts)


def _wording(each: Wording) -> str:
    words = cut(folded(each.title), LONGEST)
    return f"version {each.number}, {moment(each.seen_at)}, by {each.source}: {label(each.type, each.stage)}: {words}"


# -- a Document's Story


def seat_lines(past: Past, page: StoryPage | None) -> list[str]:
    """The Story that a Document is in, and why."""
    if past.seat is None or page is None:
        return ["Story", *indented(["none: a document has a story once a watch matches it"])]
    title = cut(folded(page.story.title), LONGEST)
    return [
        "Story",
        *indented([f"story:{past.seat.story}, revision {page.story.revision}: {title}"]),
        *indented([f"{joined(past.seat.because)}, {moment(past.seat.joined_at)}"]),
    ]


def joined(because: Sequence[str]) -> str:
    """What ties a Document to its Story."""
    return f"joined: {'; '.join(map(folded, because))}" if because else "opened it"


def story_lines(page: StoryPage) -> list[str]:
    """A Story's members with what ties them, and its revisions with what changed."""
    story = page.story
    facts = f"{label(story.type, story.stage)}, {story.severity.label}; topics: {', '.join(story.watches) or 'none'}"
    lines = [f"story:{story.id}", *indented([cut(folded(story.title), LONGEST), facts]), "Members"]
    for paper in sorted(page.papers, key=lambda paper: paper.seen_at):
        document = paper.document
        lead = " (leads it)" if document.key == story.lead else ""
        lines += indented([f"document:{document.key}{lead}"])
        matches = [f"matches {watch}: {score}, found {_words(because)}" for watch, score, because in paper.matches]
        lines += indented(
            [
                f"{label(document.type, document.stage)}: {cut(folded(document.shown), LONGEST)}",
                f"{joined(paper.because)}; first seen {moment(paper.seen_at)}; {counted(paper.version, 'version')}",
                *(matches or ["matches nothing"]),
            ],
            4,
        )
    asked = f"`watcher why document:{story.lead}` shows its whole score cards"
    return [*lines, *indented([asked]), "Revisions", *indented(map(revised, page.revisions))]


def revised(revision: Revision) -> str:
    """What a revision changed, and for whom."""
    change = "first seen" if revision.number == 1 else folded(revision.change) or "nothing but its topics"
    how = "" if revision.number == 1 or not revision.change else ", loud" if revision.loud else ", quiet"
    topics = f"; new topics: {', '.join(revision.new_watches)}" if revision.new_watches else ""
    by = f", by document:{revision.paper}" if revision.paper else ""
    silent = "" if revision.tell else "; told to nobody: found by a first look, or too old"
    return f"{revision.number}, {moment(revision.at)}: {change}{how}{by}{topics}{silent}"


# -- as data


def past_json(past: Past) -> dict[str, object]:
    """A stored Document as a program reads it."""
    document = past.document
    return {
        "key": f"document:{document.key}",
        "keys": list(dict.fromkeys((document.key, *document.keys))),
        "title": document.shown,
        "url": document.url,
        "source": document.source,
        "type": document.type.value,
        "stage": document.stage.value,
        "severity": document.severity.label,
        "published": document.published.isoformat() if document.published else None,
        "first_seen": past.seen_at.isoformat(),
        "backfill": past.backfill,
        "tell": past.tell,
        "versions": [
            {
                "version": each.number,
                "seen_at": each.seen_at.isoformat(),
                "source": each.source,
                "stage": each.stage.value,
                "title": each.title,
            }
            for each in past.versions
        ],
        "story": seat_json(past.seat),
    }


def seat_json(seat: Seat | None) -> dict[str, object] | None:
    if seat is None:
        return None
    return {"key": f"story:{seat.story}", "joined_at": seat.joined_at.isoformat(), "because": list(seat.because)}


def judged_json(told: Judged, document: Document, watches: Mapping[str, Watch], watch: str | None = None) -> dict[str, object]:
    """All cards, or that of one Watch, as a program reads them."""
    if watch is not None:
        one = told.of(watch)
        return {"watch": card_json(one, document, watches.get(watch)) if one is not None else None}
    groups = {"matches": told.matches, "near": told.near, "far": told.far, "lost": told.lost}
    return {name: [card_json(each, document, watches.get(each.watch)) for each in group] for name, group in groups.items()}


def card_json(judgement: Judgement, document: Document, watch: Watch | None) -> dict[str, object]:
    """A card as `watcher match` prints it, with the words around each find, the reckoning, and what is stored."""
    card, kept = judgement.card, judgement.kept
    return {
        "watch": judgement.watch,
        "verdict": judgement.verdict,
        "score": card.score if card is not None else None,
        "threshold": card.threshold if card is not None else None,
        "because": [
            {
                "term": each.term,
                "found": each.found,
                "field": each.field,
                "start": each.start,
                "end": each.end,
                "score": each.score,
                "context": context(document, each),
            }
            for each in (card.because if card is not None else ())
        ],
        "arithmetic": arithmetic(card.because) if card is not None else None,
        "missing": missing(judgement, watch),
        "stored": {"score": kept.match.score, "threshold": kept.match.threshold, "version": kept.version, "at": kept.at.isoformat()}
        if kept is not None
        else None,
        "differs": judgement.differs,
    }


def story_json(page: StoryPage) -> dict[str, object]:
    """A Story as a program reads it."""
    story = page.story
    return {
        "key": f"story:{story.id}",
        "title": story.title,
        "severity": story.severity.label,
        "watches": list(story.watches),
        "members": [
            {
                "key": f"document:{paper.document.key}",
                "title": paper.document.shown,
                "leads": paper.document.key == story.lead,
                "because": list(paper.because),
                "first_seen": paper.seen_at.isoformat(),
                "version": paper.version,
                "matches": [
                    {"watch": watch, "score": score, "found": [each.found for each in because if each.score]}
                    for watch, score, because in paper.matches
                ],
            }
            for paper in sorted(page.papers, key=lambda paper: paper.seen_at)
        ],
        "revisions": [
            {
                "revision": each.number,
                "at": each.at.isoformat(),
                "change": each.change,
                "document": f"document:{each.paper}" if each.paper else None,
                "loud": each.loud,
                "new_watches": list(each.new_watches),
                "tell": each.tell,
            }
            for each in page.revisions
        ],
    }


# -- words


def indented(lines: Iterable[str], by: int = 2) -> list[str]:
    """Lines set in; empty ones are left out."""
    return [" " * by + line for line in lines if line]


def moment(at: datetime) -> str:
    """A time as an operator compares it with the log: `2026-11-24 12:00 UTC`."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def span(length: timedelta) -> str:
    """A length of time in its largest unit: `40 s`, `12 min`, `3 h`, `20 days`."""
    seconds = int(length.total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3_600:
        return f"{seconds // 60} min"
    return f"{seconds // 3_600} h" if seconds < 172_800 else f"{seconds // 86_400} days"


def counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
