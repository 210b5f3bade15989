"""Rules(watches).judge(Document) -> Verdict: which Watches a Document answers, with the score card, and which just failed.

One index holds all phrases of all Watches, so a Document costs what it says, not how many Watches there are.

The arithmetic, small enough to do by hand (docs/how-to/write-a-watch.md has worked examples):

- a find is worth how alike it is to its term, times the term's weight; in a title the doubt that is left, 1 - worth, is halved;
- of each term the best find counts, and of finds that share words the best one;
- finds of different terms add up by their doubts: score = 1 - product of (1 - worth). `score_of` does that from the card alone;
- a Watch is answered when the score reaches its threshold, each group it `needs` has a phrase in the Document, and nothing it
  `excludes` is there. Names and docket numbers are enough by themselves: they ask for no context and know no excludes;
- a paper of a docket of a tracked case scores 1.0 for that case, and has all the context that any Watch needs;
- a phrase that is a citation (`8 U.S.C. 1231`, `Proclamation 10903`, `604 U.S. 670`) is found by its meaning, however it is spelt.
"""

import re
import threading
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from math import inf, prod
from typing import Literal

from watcher import numbers, reporters
from watcher.families import reason
from watcher.models import CONTEXT, Docket, Document, Evidence, Group, Match, Near, Term, Verdict, Watch
from watcher.nearness import Layout
from watcher.numbers import Cited, DocketNumber, FoundNumber
from watcher.own import is_own
from watcher.phrases import Found, PhraseIndex

JUST = 0.2  #: a Watch just failed when its score lacks no more than this
DIGITS = 4  #: all scores are rounded to so many places, so that a card reads as it was reckoned

_FIELDS = ("title", "summary", "text")
DOCKET_PAGE = re.compile(r"https?://(?:www\.)?courtlistener\.com/docket/([0-9]{1,12})(?:/|$)")  #: of CourtListener


def score_of(because: Iterable[Evidence]) -> float:
    """The score that a card adds up to: 1 - product of (1 - worth). Context scores 0.0 and so adds nothing; an empty card is 0.0."""
    return round(1.0 - prod(1.0 - evidence.score for evidence in because), DIGITS)


@dataclass(frozen=True, slots=True)
class _Role:
    """What a phrase is to a Watch or a group."""

    part: Literal["term", "name", "exclude", "group"]
    owner: int  #: place of the Watch, or of the group
    term: Term


@dataclass(frozen=True, slots=True)
class _Hit:
    """A phrase found in one field."""

    where: str  #: the field
    start: int
    end: int
    term: Term
    score: float  #: how alike

    @property
    def worth(self) -> float:
        worth = self.score * self.term.weight
        return round(1.0 - (1.0 - worth) / 2 if self.where == "title" else worth, DIGITS)


def _later(one: _Hit, other: _Hit) -> _Hit:
    return other if other.end >= one.end else one


class _Row:
    """The finds of one group in one field, by place: those next to a find are known without a look at all of them."""

    def __init__(self, hits: Sequence[_Hit]) -> None:
        self._hits = sorted(hits, key=lambda hit: hit.start)
        self._starts = [hit.start for hit in self._hits]
        self._reaching = list(accumulate(self._hits, _later))  #: of those up to each the one that ends last

    def beside(self, hit: _Hit) -> tuple[_Hit, ...]:
        """Of those that begin before a find the one that ends last, and of the others the first."""
        at = bisect_left(self._starts, hit.start)
        return (*self._reaching[max(0, at - 1) : at], *self._hits[at : at + 1])


@dataclass(slots=True)
class _Seen:
    """What the index found in one Document."""

    document: Document
    terms: dict[int, list[_Hit]] = field(default_factory=dict)  #: by Watch; names are not in it
    names: dict[int, list[_Hit]] = field(default_factory=dict)
    excludes: dict[int, list[_Hit]] = field(default_factory=dict)
    groups: dict[int, list[_Hit]] = field(default_factory=dict)
    numbers: dict[int, list[Evidence]] = field(default_factory=dict)  #: by Watch: its dockets, own or named
    own: Evidence | None = None  #: that this is a paper of a case that everybody tracks, which is context enough
    read: dict[str, list[FoundNumber]] = field(default_factory=dict)  #: by field: the numbers in it, which both dockets and citations are
    layouts: dict[str, Layout] = field(default_factory=dict)  #: by field, of those that were asked for
    rows: dict[tuple[int, str], _Row] = field(default_factory=dict)  #: by group and field, of those that were asked for

    def text(self, name: str) -> str:
        return str(getattr(self.document, name))

    def layout(self, name: str) -> Layout:
        if name not in self.layouts:
            self.layouts[name] = Layout(self.text(name))
        return self.layouts[name]

    def row(self, group: int, name: str) -> _Row:
        if (group, name) not in self.rows:
            self.rows[group, name] = _Row([hit for hit in self.groups.get(group, ()) if hit.where == name])
        return self.rows[group, name]

    def keep(self, role: _Role, hit: _Hit) -> None:
        """Note a find; of what is context alone only what is alike enough."""
        if role.part in ("group", "exclude") and hit.score * hit.term.weight < CONTEXT:
            return
        kept = {"term": self.terms, "name": self.names, "exclude": self.excludes, "group": self.groups}[role.part]
        kept.setdefault(role.owner, []).append(hit)


class _Phrases:
    """Phrases with what each is to whom, in one index."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}  #: of each phrase in the index
        self._roles: list[list[_Role]] = []
        self._index = PhraseIndex(())
        self._indexed = 0

    def give(self, phrase: str, role: _Role) -> None:
        """Note it; `settle` indexes it."""
        place = self._places.setdefault(phrase, len(self._places))
        if place == len(self._roles):
            self._roles.append([])
        self._roles[place].append(role)

    def settle(self) -> None:
        """Index what was given since."""
        if self._indexed:
            for phrase in tuple(self._places)[self._indexed :]:
                self._index.add(phrase)
        elif self._places:
            self._index = PhraseIndex(tuple(self._places))
        self._indexed = len(self._places)

    def find(self, text: str) -> Iterator[tuple[Found, _Role]]:
        if self._places:
            for found in self._index.find(text):
                for role in self._roles[found.phrase]:
                    yield found, role


class _Bench:
    """Watches with the index of their phrases; for one thread at a time."""

    def __init__(self, watches: Sequence[Watch]) -> None:
        self.watches: tuple[Watch, ...] = ()
        self._groups: dict[Group, int] = {}
        # what one phrase finds depends on how many others have its words: those of subscribers change nothing for everybody's
        self._shared, self._owned = _Phrases(), _Phrases()
        self._cited: dict[str, list[_Role]] = {}  #: of the phrases that are citations: bucket of the number -> roles
        self._prints = False  #: whether one of those is a page of a reporter
        self._by_id: dict[int, list[tuple[int, Docket]]] = {}  #: CourtListener's docket id -> (Watch, docket)
        self._by_number: dict[str, list[tuple[int, Docket]]] = {}  #: bucket of a docket number -> (Watch, docket)
        self._links: dict[tuple[int, Docket], str] = {}  #: (Watch, docket that the file has not) -> how it is on a card
        self.add(watches)

    def add(self, watches: Sequence[Watch]) -> None:
        for place, watch in enumerate(watches, len(self.watches)):
            self._take(place, watch)
        self.watches += tuple(watches)
        self._shared.settle()
        self._owned.settle()

    def _take(self, place: int, watch: Watch) -> None:
        phrases = self._owned if is_own(watch.id) else self._shared
        for group in (*watch.needs, *watch.groups):
            if group not in self._groups:
                owner = self._groups[group] = len(self._groups)
                for term in group.terms:
                    self._give(phrases, term.text, _Role("group", owner, term))
        for term in watch.terms:
            self._give(phrases, term.text, _Role("term", place, term))
        for name in watch.names:
            self._give(phrases, name, _Role("name", place, Term(text=name)))
        for term in watch.excludes:
            self._give(phrases, term.text, _Role("exclude", place, term))
        for docket in watch.dockets:
            if docket.courtlistener is not None:
                self._by_id.setdefault(docket.courtlistener, []).append((place, docket))
            if number := numbers.parse_docket(docket.number):
                self._by_number.setdefault(number.bucket, []).append((place, docket))
        for link in watch.links:
            self._links[place, link.docket] = f"{link.docket.number}, {reason(link.named)}"

    def _give(self, phrases: _Phrases, phrase: str, role: _Role) -> None:
        """A citation is looked up as the number it is; one of a reporter as a phrase too, for eyecite reads a part of a text only."""
        cited = _citation(phrase)
        if cited is not None:
            self._cited.setdefault(cited.bucket, []).append(role)
            self._prints = self._prints or cited.kind == "reporter"
        if cited is None or cited.kind == "reporter":
            phrases.give(phrase, role)

    def judge(self, document: Document, only: Collection[str] | None) -> Verdict:
        seen = self._look(document)
        matches: list[Match] = []
        near: list[Near] = []
        for place in sorted({*seen.terms, *seen.names, *seen.numbers}):
            if only is None or self.watches[place].id in only:
                verdict = self._weigh(self.watches[place], place, seen)
                if isinstance(verdict, Match):
                    matches.append(verdict)
                elif just_failed(verdict):
                    near.append(verdict)
        matches.sort(key=lambda match: -match.score)
        near.sort(key=lambda miss: -miss.score)
        return Verdict(document=document.key, matches=tuple(matches), near=tuple(near))

    def why_not(self, document: Document, only: Collection[str] | None) -> tuple[Match | Near, ...]:
        seen = self._look(document)
        asked = [(place, watch) for place, watch in enumerate(self.watches) if only is None or watch.id in only]
        cards = [self._whole(self._weigh(watch, place, seen), watch, seen) for place, watch in asked]
        return tuple(sorted(cards, key=lambda card: (isinstance(card, Near), -card.score)))

    def _whole(self, card: Match | Near, watch: Watch, seen: _Seen) -> Match | Near:
        if card.because:
            return card
        context = tuple(self._context(watch, seen)[0])
        missing = card.missing if isinstance(card, Near) else ("nothing of it was found",)  # a threshold of 0.0 is reached by that too
        return Near(watch=watch.id, document=card.document, score=card.score, threshold=card.threshold, because=context, missing=missing)

    # ---- look: what is there

    def _look(self, document: Document) -> _Seen:
        seen = _Seen(document)
        for name in _FIELDS:
            for found, role in (*self._shared.find(seen.text(name)), *self._owned.find(seen.text(name))):
                seen.keep(role, _Hit(name, found.start, found.end, role.term, found.score))
            for cited in self._citations(name, seen):
                for role in self._cited.get(cited.value.bucket, ()):
                    seen.keep(role, _Hit(name, cited.start, cited.end, role.term, 1.0))
        self._look_for_dockets(seen)
        return seen

    def _citations(self, name: str, seen: _Seen) -> Iterator[FoundNumber]:
        """What a field cites, if any Watch asks for a citation; what reporters print, only if one asks for that."""
        if self._cited:
            yield from self._numbers(name, seen)
        if self._prints:
            yield from reporters.find(seen.text(name))

    def _numbers(self, name: str, seen: _Seen) -> list[FoundNumber]:
        """The numbers in a field, read once: the dockets alone where no Watch asks for a citation, which is faster."""
        if name not in seen.read:
            seen.read[name] = (numbers.find if self._cited else numbers.dockets)(seen.text(name))
        return seen.read[name]

    def _look_for_dockets(self, seen: _Seen) -> None:
        if not self._by_id and not self._by_number:
            return
        own = seen.document.docket
        if own is not None:
            for place, docket in self._dockets_like(own):
                term = self._as_term(place, docket)
                evidence = Evidence(term=term, found=own.number, field="docket", start=0, end=len(own.number), score=1.0)
                seen.numbers.setdefault(place, []).append(evidence)
                if seen.own is None and not is_own(self.watches[place].id):
                    seen.own = replace(evidence, term=f"{self.watches[place].id}: {term}", score=0.0)
        for name in (*_FIELDS, "url"):
            for place, evidence in self._dockets_in(name, seen):
                seen.numbers.setdefault(place, []).append(evidence)

    def _as_term(self, place: int, docket: Docket) -> str:
        """A docket of a Watch as a card has it: its number, and why it is one of its case where the file does not say so."""
        return self._links.get((place, docket), docket.number)

    def _dockets_like(self, own: Docket) -> Iterator[tuple[int, Docket]]:
        number = numbers.parse_docket(own.number)
        candidates = self._by_id.get(own.courtlistener, []) if own.courtlistener is not None else []
        if number is not None:
            candidates = [*candidates, *self._by_number.get(number.bucket, ())]
        for place, docket in candidates:
            if numbers.same_docket(own, docket):
                yield place, docket

    def _dockets_in(self, name: str, seen: _Seen) -> Iterator[tuple[int, Evidence]]:
        """The tracked dockets that a field names. Plain numbers (`25-1345`) don't say which court they are of, so they don't count."""
        text = seen.text(name)
        for found in self._numbers(name, seen):
            if not isinstance(found.value, DocketNumber):
                continue
            written = text[found.start : found.end]
            for place, docket in self._dockets_like(Docket(court="", number=written)):
                term = self._as_term(place, docket)
                yield place, Evidence(term=term, found=written, field=name, start=found.start, end=found.end, score=1.0)
        if name == "url" and (address := DOCKET_PAGE.match(text)):
            for place, docket in self._by_id.get(int(address[1]), ()):
                term, (start, end) = self._as_term(place, docket), address.span(1)
                yield place, Evidence(term=term, found=address[1], field=name, start=start, end=end, score=1.0)

    # ---- weigh: what it is worth

    def _weigh(self, watch: Watch, place: int, seen: _Seen) -> Match | Near:
        names = _best(seen.names.get(place, ()))
        number = seen.numbers.get(place, ())[:1]
        alone = (*number, *(_evidence(hit, seen) for hit in names))
        placed, stray = self._placed(watch, seen.terms.get(place, ()), seen)
        context, lacking = self._context(watch, seen)
        excluding, _ = self._placed(watch, seen.excludes.get(place, ()), seen)
        lacking += [f"{_quoted(hit)} in the {hit.where} excludes it" for hit in _clearest(excluding)]
        limits = _limits(watch, seen.document)
        key, threshold = seen.document.key, watch.threshold

        def card(best: Sequence[_Hit]) -> tuple[Evidence, ...]:
            hits = sorted(best, key=lambda hit: hit not in names)
            neighbours = [_context_of(str(hit.term.near), other, seen) for hit in hits if (other := placed.get(hit))]
            asked = context if any(hit not in names for hit in hits) else ()
            beside = dict.fromkeys((*neighbours, *asked))  # one phrase may be near to several terms, and needed too
            return (*number, *(_evidence(hit, seen) for hit in hits), *beside)

        if not limits:
            everything = card(_best((*names, *placed))) if not lacking else alone
            for because in (everything, alone):
                if score_of(because) >= threshold:
                    return Match(watch=watch.id, document=key, score=score_of(because), threshold=threshold, because=because)
        hits = _best((*names, *placed, *stray), stray)
        because = card(hits)
        score = score_of(because)
        missing = [*limits, *lacking, *(_alone(hit, away) for hit, away in stray.items() if hit in hits)]
        if score < threshold:
            missing.append(_short(score, threshold))
        return Near(watch=watch.id, document=key, score=score, threshold=threshold, because=because, missing=tuple(missing))

    def _placed(self, watch: Watch, hits: Iterable[_Hit], seen: _Seen) -> tuple[dict[_Hit, _Hit | None], dict[_Hit, float]]:
        """Finds that count, each with the phrase it is near to, and those that lack one, with how many words away the nearest is."""
        placed: dict[_Hit, _Hit | None] = {}
        stray: dict[_Hit, float] = {}
        groups = {group.name: self._groups[group] for group in watch.groups}
        for hit in hits:
            if hit.term.near is None:
                placed[hit] = None
                continue
            row, layout = seen.row(groups[hit.term.near], hit.where), seen.layout(hit.where)
            gaps = [(other, min(hit.end, other.end), max(hit.start, other.start)) for other in row.beside(hit)]
            near_by = (other for other, start, end in gaps if _is_near(hit.term, layout, start, end))
            if (neighbour := next(near_by, None)) is not None:
                placed[hit] = neighbour
            else:
                stray[hit] = min((layout.words(start, end) for _, start, end in gaps), default=inf)
        return placed, stray

    def _context(self, watch: Watch, seen: _Seen) -> tuple[list[Evidence], list[str]]:
        """One find for each group that the Watch needs, and a sentence for each that has none."""
        if watch.needs and seen.own is not None:
            return [seen.own], []
        context: list[Evidence] = []
        lacking: list[str] = []
        for group in watch.needs:
            if clearest := _clearest(seen.groups.get(self._groups[group], ())):
                context.append(_context_of(group.name, clearest[0], seen))
            else:
                lacking.append(f"needs {group.name}: no phrase of it found")
        return context, lacking


class Rules:
    """All Watches, ready to judge. Every method may run in threads, several at once: one judges after another."""

    def __init__(self, watches: Sequence[Watch]) -> None:
        self._bench = _Bench(watches)
        self._judging = threading.Lock()  #: held by who looks at the bench
        self._changing = threading.Lock()  #: held by who changes it, or makes another one

    @property
    def watches(self) -> tuple[Watch, ...]:
        return self._bench.watches

    def add(self, *watches: Watch) -> None:
        """Watches more, from the next Document on, as if they had been there at the beginning; nothing is built anew."""
        with self._changing, self._judging:
            self._bench.add(watches)

    def drop(self, *ids: str) -> None:
        """Watches less, for Documents judged after it returns, as if they had never been there; ids that are unknown change nothing.

        All that is left is built anew, for a phrase bears upon how others are found (of many that are alike none may have further
        words): some tenths of a second for thousands of phrases, in which others judge by all that there was.
        """
        with self._changing:
            gone = frozenset(ids)
            left = [watch for watch in self.watches if watch.id not in gone]
            if len(left) < len(self.watches):
                bench = _Bench(left)
                with self._judging:
                    self._bench = bench

    def judge(self, document: Document, only: Collection[str] | None = None) -> Verdict:
        """Judge one Document by all Watches at once, or by those of the ids in `only` (a Source's own `watches`).

        Matches and near misses come best first, equals in the order of the Watches.
        """
        with self._judging:
            return self._bench.judge(document, only)

    def why_not(self, document: Document, only: Collection[str] | None = None) -> tuple[Match | Near, ...]:
        """The card of every Watch, or of those of the ids in `only`, however far it is from being answered: best first.

        Where `judge` gives a card this is the same one. Beside it there is a Near for each other Watch, with all that it lacks; one of
        which no term was found has on its card what was found of the groups that it needs.
        """
        with self._judging:
            return self._bench.why_not(document, only)


def never_found(phrases: Iterable[str]) -> list[str]:
    """Those that are not found even where they stand as they are: over the end of a sentence, or of two words over a comma."""
    index, every = PhraseIndex(()), tuple(dict.fromkeys(phrases))
    places = [index.add(phrase) for phrase in every]
    lost = (phrase for phrase, place in zip(every, places, strict=True) if all(found.phrase != place for found in index.find(phrase)))
    return [phrase for phrase in lost if _citation(phrase) is None]


def _citation(phrase: str) -> Cited | None:
    """The citation that a whole phrase is, if it is one."""
    for found in (*numbers.find(phrase), *reporters.find(phrase)):
        if (found.start, found.end) == (0, len(phrase)) and isinstance(found.value, Cited):
            return found.value
    return None


def _evidence(hit: _Hit, seen: _Seen) -> Evidence:
    found = seen.text(hit.where)[hit.start : hit.end]
    return Evidence(term=hit.term.text, found=found, field=hit.where, start=hit.start, end=hit.end, score=hit.worth)


def _context_of(group: str, hit: _Hit, seen: _Seen) -> Evidence:
    """A phrase of a group: it is on the card as `foreign-prison: prison abroad`, and worth nothing by itself."""
    return replace(_evidence(hit, seen), term=f"{group}: {hit.term.text}", score=0.0)


def _quoted(hit: _Hit) -> str:
    return f"“{hit.term.text}”"


def _clearest(hits: Iterable[_Hit]) -> list[_Hit]:
    """The find that is most alike, of equals the first in the order of fields and places; nothing of none."""
    best = min(hits, key=lambda hit: (-hit.score, _FIELDS.index(hit.where), hit.start), default=None)
    return [] if best is None else [best]


def _best(hits: Iterable[_Hit], stray: Mapping[_Hit, float] | None = None) -> list[_Hit]:
    """The best find of each term, none sharing words with a better one; best first, of equals the longest, then the least `stray`."""
    far = stray or {}
    kept: list[_Hit] = []
    terms: set[Term] = set()
    for hit in sorted(hits, key=lambda hit: (-hit.worth, hit.start - hit.end, far.get(hit, -1), _FIELDS.index(hit.where), hit.start)):
        if hit.term in terms:
            continue
        if not any(hit.where == other.where and hit.start < other.end and other.start < hit.end for other in kept):
            kept.append(hit)
            terms.add(hit.term)
    return kept


def _is_near(term: Term, layout: Layout, start: int, end: int) -> bool:
    """Whether what stands between a find and a phrase is no more than the term allows; where they share words nothing does."""
    return not layout.ends(start, end) if term.within is None else layout.words(start, end) <= term.within


def _alone(hit: _Hit, away: float) -> str:
    """What a find lacks that has no phrase of its group near by; the nearest is so many words away, infinitely many where there is none."""
    where = "in the same sentence" if hit.term.within is None else f"within {hit.term.within} words"
    if away == inf:
        nearest = f"the {hit.where} has none"
    else:
        another = "in another, " if hit.term.within is None else ""
        nearest = f"the nearest is {another}{away:.0f} {'word' if away == 1 else 'words'} away"
    return f"{_quoted(hit)} has no phrase of {hit.term.near} {where}: {nearest}"


def just_failed(card: Match | Near) -> bool:
    """Whether the score lacks no more than JUST of what it must reach."""
    return round(card.threshold - card.score, DIGITS) <= JUST


def _short(score: float, threshold: float) -> str:
    """How much a score lacks: in hundredths, unless that would read as nothing."""
    lacks = round(threshold - score, DIGITS)
    places = 2 if round(lacks, 2) else DIGITS
    return f"scores {score:.{places}f}, {lacks:.{places}f} short of {threshold:.{places}f}"


def _limits(watch: Watch, document: Document) -> list[str]:
    """Why the Watch is not asked about this Document at all: a sentence for each limit it is outside of."""
    reasons: list[str] = []
    if watch.sources and not {document.source, document.source.partition("/")[0]} & set(watch.sources):
        reasons.append(f"source {document.source or 'unknown'} is none of its sources")
    if watch.types and _is_paper(document) and document.type not in watch.types:
        reasons.append(f"type {document.type.value} is none of its types")
    return reasons


def _is_paper(document: Document) -> bool:
    return document.docket is not None or document.source_kind == "docket"
