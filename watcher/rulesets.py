"""Two rule sets over the same Documents: what each says of them, and what that changes. Pure.

A Document that none of the Watches that differ can find is the same under both, and costs one look at it: by an index of those Watches
alone. The others are judged in full by both sides, so what is shown is what `judge` says.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import Literal, Protocol, TypeAlias

from watcher.lateness import is_late
from watcher.match import Rules
from watcher.models import Evidence, Match, Near, Severity, Source, Watch
from watcher.ports import Filed

Measure: TypeAlias = Literal["documents", "alerts"]  #: found, or found and to be told
Rank: TypeAlias = tuple[bool, int, float, str]  #: those that change an alert first, then the most pressing, then the clearest
MEASURES: tuple[Measure, ...] = ("documents", "alerts")


class Change(StrEnum):
    """What becomes of a find, or of an alert, from one rule set to the other."""

    GAINED = "gained"
    LOST = "lost"
    KEPT = "kept"


MOVES = (Change.GAINED, Change.LOST)


def change_of(before: bool, after: bool) -> Change | None:
    """None where neither side has it."""
    if before and after:
        return Change.KEPT
    return Change.GAINED if after else Change.LOST if before else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """What one file says, as far as it decides."""

    name: str  #: of the file
    watches: tuple[Watch, ...]
    sources: Mapping[str, Source]  #: those that are polled, by id


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A Document that shows what changes for a Watch."""

    watch: str
    found: Change
    alert: Change | None  #: None: told by neither side
    key: str
    title: str
    url: str
    severity: Severity
    before: float | None  #: the score; None where the Watch is not asked about it at all, or was not stored
    after: float | None
    because: tuple[Evidence, ...]  #: what finds it, where it is found
    missing: tuple[str, ...]  #: on the other side: what lacks, or why it is not told
    rank: Rank


@dataclass(slots=True)
class Tally:
    """What changes, counted. Tallies of pages add up, in whatever order they come."""

    documents: int = 0
    by_watch: Counter[tuple[str, Measure, Change]] = field(default_factory=Counter)
    together: Counter[tuple[Measure, Change]] = field(default_factory=Counter)  #: by any Watch at all; KEPT is not counted
    examples: dict[tuple[str, Change], list[Example]] = field(default_factory=dict)  #: of each Watch the most telling, best first

    def add(self, other: "Tally", most: int) -> None:
        """Take in another one; of the examples `most` are kept for each Watch and change."""
        self.documents += other.documents
        self.by_watch.update(other.by_watch)
        self.together.update(other.together)
        for key, examples in other.examples.items():
            for example in examples:
                self.show(key, example, most)

    def show(self, key: tuple[str, Change], example: Example, most: int) -> None:
        if shown := sorted([*self.examples.get(key, ()), example], key=lambda each: each.rank)[:most]:
            self.examples[key] = shown

    def wants(self, key: tuple[str, Change], rank: Rank, most: int) -> bool:
        """Whether an example of this rank would be shown."""
        shown = self.examples.get(key, [])
        return len(shown) < most or (most > 0 and rank < shown[-1].rank)


# -- a side


@dataclass(frozen=True, slots=True)
class _Said:
    """What one side says of a Document."""

    matches: Mapping[str, Match]
    told: frozenset[str]  #: the Watches among them whose followers are told


_NOTHING = _Said({}, frozenset())


class _Side(Protocol):
    def say(self, filed: Filed) -> _Said: ...

    def lacks(self, filed: Filed, other: Match) -> tuple[float | None, tuple[str, ...]]:
        """The score of what is not found, and what it lacks; `other` is how the other side finds it."""
        ...

    def hushes(self, filed: Filed) -> tuple[str, ...]:
        """Why what is found is not told."""
        ...


class _Ruled:
    """What a rule set would say, had it been in force."""

    def __init__(self, given: RuleSet) -> None:
        self._given = given
        self._rules = Rules(given.watches)
        self._watches = {watch.id: watch for watch in given.watches}

    def say(self, filed: Filed) -> _Said:
        source = self._given.sources.get(filed.document.source)
        if source is None:
            return _NOTHING
        verdict = self._rules.judge(filed.document, source.watches or None)
        told = not (filed.first_look or _is_formal(filed) or _late(filed, source))
        return _Said({match.watch: match for match in verdict.matches}, frozenset(verdict.watches if told else ()))

    def lacks(self, filed: Filed, other: Match) -> tuple[float | None, tuple[str, ...]]:
        watch, name = other.watch, filed.document.source
        source = self._given.sources.get(name)
        if watch not in self._watches:
            return None, (f"{self._given.name} has no topic {watch}",)
        if source is None:
            return None, (f"{self._given.name} does not poll source {name}",)
        if source.watches and watch not in source.watches:
            return None, (f"source {name} is for other topics alone",)
        (card,) = self._rules.why_not(filed.document, [watch])
        missing = card.missing if isinstance(card, Near) else ()
        return card.score, (*_gone(self._watches[watch], other), *missing)

    def hushes(self, filed: Filed) -> tuple[str, ...]:
        if filed.first_look:
            return ("the first look at its source found it",)
        if _is_formal(filed):
            return (FORMAL,)
        source = self._given.sources[filed.document.source]
        old = filed.seen_at - (filed.published or filed.seen_at)
        return (f"it was {_days(old)} old when it was first seen: {source.id} is told up to {_days(source.max_age)}",)


class _Stored:
    """What was decided at the time, by the rules of then."""

    def say(self, filed: Filed) -> _Said:
        matches = {match.watch: match for match in filed.matches}
        return _Said(matches, frozenset(matches) - filed.silent if filed.tell and not _is_formal(filed) else frozenset())

    def lacks(self, filed: Filed, other: Match) -> tuple[float | None, tuple[str, ...]]:
        return None, ("no match was stored",)

    def hushes(self, filed: Filed) -> tuple[str, ...]:
        if _is_formal(filed):
            return (FORMAL,)
        if filed.tell:
            return ("found by looking back, after the topic was new",)
        return ("the first look at its source found it" if filed.first_look else "it was too old when it was first seen",)


FORMAL = "it is a formality, which is told to nobody"


def _is_formal(filed: Filed) -> bool:
    return filed.document.severity is Severity.FORMALITY


def _late(filed: Filed, source: Source) -> bool:
    return is_late(replace(filed.document, published=filed.published), source, filed.seen_at)


def _gone(watch: Watch, other: Match) -> tuple[str, ...]:
    """Terms that the other side finds and this Watch does not have."""
    here = {*(term.text for term in watch.terms), *watch.names, *(docket.number for docket in watch.dockets)}
    found = dict.fromkeys(each.term for each in other.because if each.score)
    return tuple(f"“{term}” is no term of it" for term in found if term not in here)


def _days(length: timedelta) -> str:
    days = length / timedelta(days=1)
    return f"{days:.0f} days" if days >= 2 else f"{days * 24:.0f} hours"


# -- both


class Comparison:
    """Two rule sets, made ready. `tally` may run in a thread.

    Args:
        before: None for what was decided at the time, as it is stored.
        examples: how many are kept for each Watch and change.
    """

    def __init__(self, before: RuleSet | None, after: RuleSet, *, examples: int = 3) -> None:
        self.examples = examples
        self.differing = frozenset(differing(before, after))
        self._before: _Side = _Stored() if before is None else _Ruled(before)
        self._after: _Side = _Ruled(after)
        self._sources = _differing_sources(before, after) if before is not None else frozenset()
        self._screens = () if before is None else _screens(before, after, self.differing)

    def tally(self, page: Iterable[Filed]) -> Tally:
        """Count what changes for these Documents."""
        tally = Tally()
        for filed in page:
            tally.documents += 1
            if self._may_differ(filed):
                self._count(filed, tally)
        return tally

    def _may_differ(self, filed: Filed) -> bool:
        if not self._screens or filed.document.source in self._sources:
            return True
        return all(any(match.watch in self.differing for match in net.judge(filed.document).matches) for net in self._screens)

    def _count(self, filed: Filed, tally: Tally) -> None:
        before, after = self._before.say(filed), self._after.say(filed)
        for watch, card in {**before.matches, **after.matches}.items():
            found = change_of(watch in before.matches, watch in after.matches)
            alert = change_of(watch in before.told, watch in after.told)
            for measure, change in zip(MEASURES, (found, alert), strict=True):
                if change is not None and (change is not Change.KEPT or watch in self.differing):
                    tally.by_watch[watch, measure, change] += 1
            if found is not None and (found in MOVES or alert in MOVES):
                self._show(filed, card, (before, after), (found, alert), tally)
        for measure, change in zip(MEASURES, _together(before, after), strict=True):
            if change in MOVES:
                tally.together[measure, change] += 1

    def _show(self, filed: Filed, card: Match, said: tuple[_Said, _Said], changes: tuple[Change, Change | None], tally: Tally) -> None:
        """Make an example of it, if it is one of the most telling: what lacks on the other side is asked for these alone."""
        document, (found, alert) = filed.document, changes
        key = (card.watch, alert or found if found is Change.KEPT else found)
        rank = (alert not in MOVES, -document.severity, -card.score, document.key)
        if not tally.wants(key, rank, self.examples):
            return
        before, after, missing = self._beside(filed, card, said, alert)
        example = Example(
            watch=card.watch,
            found=found,
            alert=alert,
            key=document.key,
            title=document.shown,
            url=document.url,
            severity=document.severity,
            before=before,
            after=after,
            because=card.because,
            missing=missing,
            rank=rank,
        )
        tally.show(key, example, self.examples)

    def _beside(
        self, filed: Filed, card: Match, said: tuple[_Said, _Said], alert: Change | None
    ) -> tuple[float | None, float | None, tuple[str, ...]]:
        """Both scores, and what lacks where one side does not find it, or does not tell it."""
        old, new = (side.matches.get(card.watch) for side in said)
        if old is None:
            score, missing = self._before.lacks(filed, card)
            return score, card.score, missing
        if new is None:
            score, missing = self._after.lacks(filed, card)
            return card.score, score, missing
        silent = self._after if alert is Change.LOST else self._before
        return old.score, new.score, silent.hushes(filed)


def _together(before: _Said, after: _Said) -> tuple[Change | None, Change | None]:
    """For somebody who follows every Watch."""
    return change_of(bool(before.matches), bool(after.matches)), change_of(bool(before.told), bool(after.told))


# -- what differs


def differing(before: RuleSet | None, after: RuleSet) -> list[str]:
    """Ids of the Watches that do not decide alike in both, those of `after` first. Before None: all of them, since nobody knows."""
    if before is None:
        return [watch.id for watch in after.watches]
    old, new = ({watch.id: _deciding(watch) for watch in side.watches} for side in (before, after))
    context = _dockets(before) != _dockets(after)  # a paper of a tracked docket has all the context that any Watch needs
    return [watch for watch in {**new, **old} if old.get(watch) != new.get(watch) or (context and new[watch].needs)]


def _deciding(watch: Watch) -> Watch:
    """The Watch without what readers alone see."""
    return replace(watch, title="", about="")


def _dockets(side: RuleSet) -> frozenset[tuple[str, str, int | None]]:
    return frozenset((docket.court, docket.number, docket.courtlistener) for watch in side.watches for docket in watch.dockets)


def _differing_sources(before: RuleSet, after: RuleSet) -> frozenset[str]:
    """Sources whose Documents are not judged by the same Watches in both, or not told alike."""

    def deciding(source: Source | None) -> tuple[object, ...]:
        return (frozenset(source.watches), source.max_age) if source is not None else ()

    ids = before.sources.keys() | after.sources.keys()
    return frozenset(each for each in ids if deciding(before.sources.get(each)) != deciding(after.sources.get(each)))


def _screens(before: RuleSet, after: RuleSet, ids: frozenset[str]) -> tuple[Rules, ...]:
    """Two ever finer nets for Documents that Watches which differ, in any wording, may find: first without what only rules Documents
    out, then with it. What slips through the first needs no second look."""
    every = dict.fromkeys(_deciding(watch) for watch in (*before.watches, *after.watches))
    differ = [watch for watch in every if watch.id in ids]
    # a paper of any tracked docket has all the context that a Watch needs, so the dockets of the others count
    others = {watch.id: _dockets_alone(watch) for watch in every if watch.id not in ids and watch.dockets}
    return Rules(list(dict.fromkeys(_widened(watch) for watch in differ))), Rules([*differ, *others.values()])


def _widened(watch: Watch) -> Watch:
    terms = tuple(replace(term, near=None, within=None) for term in watch.terms)
    return replace(watch, terms=terms, needs=(), groups=(), excludes=(), sources=(), types=())


def _dockets_alone(watch: Watch) -> Watch:
    return Watch(id=watch.id, kind=watch.kind, title="", dockets=watch.dockets)
