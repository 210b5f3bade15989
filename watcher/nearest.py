"""Reports on a shelf, as columns of numbers: which of thousands tell a good part of what a new one tells, without looking at each.

A word leads to the reports that hold it, to those whose title does, and to those that hold it as a name or quote it; of each report it is
added up how much of the one title the other tells, and what more they share: what `likeness` says of two, of all at once.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from watcher.likeness import ALIKE, FADING, LESS, MANY_NAMES, MANY_QUOTED, MORE, NAMES, QUOTES, SPAN_DAYS, TOLD, is_series
from watcher.papers import Paper

T = TypeVar("T")
_Numbers: TypeAlias = NDArray[np.float64]
_Places: TypeAlias = dict[str, "array[int]"]
MOST_EMPTY = 500  #: places of dropped reports that are carried along, beside as many as there are reports


class Nearest(Generic[T]):
    """Reports that may come and go, each held by something of the caller's own; what it answers follows from those that are there."""

    def __init__(self) -> None:
        self._at: dict[T, tuple[int, Paper]] = {}
        self._clear()

    def _clear(self) -> None:
        self._held: list[T | None] = []  # None where one was dropped: its place stays in the lists below until they are made anew
        self._days = array("d")
        self._words: _Places = {}
        self._names: _Places = {}
        self._quotes: _Places = {}
        self._titles: dict[str, tuple[array[int], array[float]]] = {}

    def add(self, paper: Paper, held: T) -> None:
        """One more report."""
        place = len(self._held)
        self._at[held] = place, paper
        self._held.append(held)
        self._days.append(paper.day)
        for of, stems in ((self._words, paper.words), (self._names, paper.names), (self._quotes, paper.quotes)):
            for stem in stems:
                if (places := of.get(stem)) is None:
                    places = of[stem] = array("I")
                places.append(place)
        for stem, share in paper.title:
            places, shares = self._titles.setdefault(stem, (array("I"), array("d")))
            places.append(place)
            shares.append(share)

    def drop(self, held: T) -> None:
        """One less."""
        self._held[self._at.pop(held)[0]] = None
        if len(self._held) > MOST_EMPTY + 2 * len(self._at):
            left = [(paper, one) for one, (_, paper) in self._at.items()]
            self._clear()
            for paper, one in left:
                self.add(paper, one)

    def holding(self, stem: str) -> Iterator[T]:
        """Reports that have a word."""
        for place in self._words.get(stem, ()):
            if (held := self._held[place]) is not None:
                yield held

    def likes(self, paper: Paper) -> "Likes[T]":
        """How like each of them is to a report."""
        count = len(self._held)
        told = np.zeros(count)
        for stem, share in paper.title:
            if (of := self._words.get(stem)) is not None:
                told[np.frombuffer(of, np.uint32)] += share
        places, shares = array("I"), array("d")
        for stem in sorted(paper.words & self._titles.keys()):
            more_places, more_shares = self._titles[stem]
            places += more_places
            shares += more_shares
        tells = np.bincount(np.frombuffer(places, np.uint32), np.frombuffer(shares), count) if places else np.zeros(count)
        more, days = np.maximum(told, tells), np.abs(np.frombuffer(self._days) - paper.day)
        shared = _part(self._names, paper.names, MANY_NAMES, NAMES, count) + _part(self._quotes, paper.quotes, MANY_QUOTED, QUOTES, count)
        like = LESS * np.minimum(told, tells) + MORE * more - FADING * days + shared
        like[more < TOLD] = 0.0
        return Likes(paper, np.maximum(like, 0.0), days, self._held, self._at)


def _part(of: _Places, stems: Iterable[str], many: int, part: float, count: int) -> _Numbers:
    """What these stems add to the likeness of each report that has some of them; so many, and more, count in full."""
    places = array("I")
    for stem in stems:
        if (some := of.get(stem)) is not None:
            places += some
    if not places:
        return np.zeros(count)
    return part * (np.minimum(np.bincount(np.frombuffer(places, np.uint32), minlength=count), many) / many)


@dataclass(frozen=True, slots=True)
class Likes(Generic[T]):
    """How like reports are to one; see `likeness`. Good until one comes or goes."""

    paper: Paper
    _like: _Numbers  #: of each place
    _days: _Numbers  #: between the two
    _held: list[T | None]
    _at: Mapping[T, tuple[int, Paper]]

    def nearest(self) -> Iterator[T]:
        """Those of its days that are like enough to be of one Story with it."""
        for place in ((self._like >= ALIKE) & (self._days <= SPAN_DAYS)).nonzero()[0].tolist():
            held = self._held[place]
            if held is not None and not is_series(self.paper, self._at[held][1]):
                yield held

    def to(self, held: Iterable[T]) -> list[float]:
        """How like each of these is."""
        found = [self._at[each] for each in held]
        likes = self._like.take([place for place, _ in found]).tolist()
        return [0.0 if is_series(self.paper, other) else like for like, (_, other) in zip(likes, found, strict=True)]
