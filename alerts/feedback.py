"""What readers say of alerts: votes counted for each topic and term, and edits of `sources.toml` that they speak for. Pure.

Nothing changes by itself: a suggestion is for the operator to take or leave.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import Literal

from watcher.common_words import COMMON_WORDS, FUNCTION_WORDS
from watcher.folding import words_of
from watcher.models import CONTEXT, Watch
from watcher.phrases import PhraseIndex

ENOUGH = 3  #: different Stories, at least, that speak for a suggestion
LONGEST_PHRASE = 4  #: words of a phrase for `excludes`
SHORTEST_WORD = 5  #: letters of one that stands alone
NEWEST = 100  #: Stories of a Watch that nobody found relevant, of which a phrase is looked for
READ = 10_000  #: characters of one that nobody found relevant
PHRASES = 2  #: suggested for one Watch at a time: each changes what the next would be found in
SURE = 1.96  #: standard deviations: a bound that holds in 97.5 of 100 cases

_PART = re.compile(r"[^.,;:!?…()\[\]{}“”\"«»—–|/\n]+")  # a phrase does not reach over these


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """What one reader said of one Story that was told under one Watch."""

    story: int
    watch: str
    terms: tuple[str, ...]  #: of the score cards by which it was told
    relevant: bool
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Votes counted."""

    relevant: int = 0
    irrelevant: int = 0
    stories: int = 0  #: different ones

    @property
    def votes(self) -> int:
        return self.relevant + self.irrelevant

    @property
    def precision(self) -> float:
        """The part of the votes that say relevant; 0.0 without votes."""
        return self.relevant / self.votes if self.votes else 0.0

    @property
    def bound(self) -> float:
        """The least that the precision surely is (Wilson's lower bound, E. B. Wilson 1927): little where it is of few stories.

        Votes on one Story are mostly the same vote, however many members a group has: so Stories are counted, and not votes. 0.0 without.
        """
        if not self.stories:
            return 0.0
        n, share, square = self.stories, self.precision, SURE * SURE
        middle, width = share + square / (2 * n), SURE * sqrt(share * (1 - share) / n + square / (4 * n * n))
        return max(0.0, (middle - width) / (1 + square / n))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What was said of one Watch, or of one of its terms."""

    watch: str
    term: str = ""  #: "" of the whole Watch
    tally: Tally

    @property
    def misfires(self) -> bool:
        """A term that only ever misfired: in ENOUGH different Stories, and nobody found any of them relevant."""
        return bool(self.term) and not self.tally.relevant and self.tally.stories >= ENOUGH


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """An edit of one Watch that the votes speak for."""

    watch: str
    kind: Literal["remove", "exclude"]  #: a term or name of it to be taken out; a phrase to be added to its `excludes`
    text: str
    because: str  #: why, in a few words
    stories: tuple[int, ...] = ()  #: that speak for it, to be read before it is taken; the newest first


def report(votes: Sequence[Vote]) -> list[Line]:
    """A line for each Watch, the one with most votes first, and after it one for each of its terms, the least precise first."""
    by_watch: dict[str, list[Vote]] = defaultdict(list)
    for vote in votes:
        by_watch[vote.watch].append(vote)
    lines: list[Line] = []
    for watch, own in sorted(by_watch.items(), key=lambda each: (-len(each[1]), each[0])):
        terms = [Line(watch=watch, term=term, tally=_tally(some)) for term, some in _by_term(own).items()]
        terms.sort(key=lambda line: (line.tally.precision, -line.tally.votes, line.term))
        lines += [Line(watch=watch, tally=_tally(own)), *terms]
    return lines


def _by_term(votes: Sequence[Vote]) -> dict[str, list[Vote]]:
    found: dict[str, list[Vote]] = defaultdict(list)
    for vote in votes:
        for term in dict.fromkeys(vote.terms):
            found[term].append(vote)
    return found


def _tally(votes: Sequence[Vote]) -> Tally:
    relevant = sum(vote.relevant for vote in votes)
    return Tally(relevant=relevant, irrelevant=len(votes) - relevant, stories=len({vote.story for vote in votes}))


# -- suggestions


def to_read(votes: Sequence[Vote]) -> set[int]:
    """The Stories whose words `suggest` wants to see: those of Watches on which enough was said either way."""
    return {story for watch in {vote.watch for vote in votes} if (told := _told_apart(votes, watch)) for story in (*told.good, *told.bad)}


def suggest(votes: Sequence[Vote], watches: Sequence[Watch], words: Mapping[int, str]) -> list[Suggestion]:
    """The edits that these votes speak for, in the order of the Watches.

    A term or name goes where it only ever misfired (`Line.misfires`). A phrase comes into `excludes` where it stands in ENOUGH Stories that
    nobody found relevant, and in none that somebody did, of which there must be ENOUGH too: without them every word would be "in none".
    Stories that a term to be removed explains alone ask for no phrase.

    Args:
        words: what the Stories of `to_read` say, by Story.
    """
    lines = report(votes)
    found: list[Suggestion] = []
    for watch in watches:
        own = {term.text for term in watch.terms} | set(watch.names)
        bad = {line.term: line.tally for line in lines if line.watch == watch.id and line.misfires and line.term in own}
        found += [
            Suggestion(
                watch=watch.id,
                kind="remove",
                text=term,
                because=f"{tally.irrelevant} of {tally.votes} votes not relevant, in {tally.stories} stories",
                stories=_newest_first(vote.story for vote in votes if vote.watch == watch.id and term in vote.terms),
            )
            for term, tally in bad.items()
        ]
        found += _excludes(watch, votes, bad, words)
    return found


def _newest_first(stories: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(set(stories), reverse=True))


@dataclass(frozen=True, slots=True)
class _Told:
    """The Stories of a Watch: those that somebody found relevant, and those that nobody did; of these the NEWEST."""

    good: frozenset[int]
    bad: frozenset[int]


def _told_apart(votes: Sequence[Vote], watch: str) -> _Told | None:
    """None where too little was said either way."""
    good = {vote.story for vote in votes if vote.watch == watch and vote.relevant}
    bad = {vote.story for vote in votes if vote.watch == watch} - good
    newest = sorted(bad)[-NEWEST:]
    return _Told(frozenset(good), frozenset(newest)) if len(good) >= ENOUGH and len(bad) >= ENOUGH else None


def _excludes(watch: Watch, votes: Sequence[Vote], misfiring: Collection[str], words: Mapping[int, str]) -> Iterator[Suggestion]:
    told = _told_apart(votes, watch.id)
    if told is None:
        return
    explained = {vote.story for vote in votes if vote.watch == watch.id and vote.terms and set(vote.terms) <= set(misfiring)}
    where: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for story in told.bad - explained:
        for phrase in _phrases(words.get(story, "")[:READ]):
            where[phrase].add(story)
    relevant = [text for story in told.good if (text := words.get(story))]
    plainly = "\n".join(f" {' '.join(words_of(part))} " for text in relevant for part in _PART.findall(text))
    taken = [tuple(words_of(text)) for text in (*(term.text for term in (*watch.terms, *watch.excludes)), *watch.names)]
    covered: set[int] = set()
    count = 0
    for phrase in sorted(where, key=lambda phrase: (-len(where[phrase]), -len(phrase), phrase)):
        if len(where[phrase]) < ENOUGH or count == PHRASES:
            return
        if where[phrase] <= covered or any(_within(phrase, own) for own in taken):
            continue
        if f" {' '.join(phrase)} " in plainly or _stands_in(phrase, relevant):  # the second says all, and takes a thousand times as long
            continue
        covered |= where[phrase]
        count += 1
        because = f"in {len(where[phrase])} stories that nobody found relevant, in none of the {len(told.good)} that somebody did"
        stories = _newest_first(where[phrase])
        yield Suggestion(watch=watch.id, kind="exclude", text=" ".join(phrase), because=because, stories=stories)


def _phrases(text: str) -> set[tuple[str, ...]]:
    """Every run of words of a text that may mean something by itself, folded."""
    found: set[tuple[str, ...]] = set()
    for part in _PART.findall(text):
        words = words_of(part)
        for start in range(len(words)):
            found.update(
                phrase for end in range(start + 1, min(start + LONGEST_PHRASE, len(words)) + 1) if _means(phrase := tuple(words[start:end]))
            )
    return found


def _means(phrase: tuple[str, ...]) -> bool:
    """Whether a phrase can stand by itself: of words of content, not all of them common, a single one not short."""
    if any(word in FUNCTION_WORDS for word in phrase) or not any(word.isalpha() and word not in COMMON_WORDS for word in phrase):
        return False
    return len(phrase) > 1 or len(phrase[0]) >= SHORTEST_WORD


def _within(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    return any(whole[at : at + len(part)] == part for at in range(len(whole) - len(part) + 1))


def _stands_in(phrase: tuple[str, ...], texts: Iterable[str]) -> bool:
    """Whether the phrase would be found in any of these texts, as the rules find it: fuzzily."""
    index = PhraseIndex([" ".join(phrase)])
    return any(found.score >= CONTEXT for text in texts for found in index.find(text))
