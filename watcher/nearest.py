"""Reports on a shelf, as columns of numbers: which of thousands tell a good part of what a new one tells, without looking at each.

A word leads to the reports that hold it, and to those whose title does; of each report it is added up how much of the one title the other
tells. What is left is few, and `likeness` judges it.
"""

from array import array
from collections.abc import Iterator
from typing import Generic, TypeVar

import numpy as np

from watcher.likeness import FADING, LESS, MORE, SPAN_DAYS, TOLD
from watcher.papers import Paper

T = TypeVar("T")
MOST_EMPTY = 500  #: places of dropped reports that are carried along, beside as many as there are reports


class Nearest(Generic[T]):
    """Reports that may come and go, each held by something of the caller's own; what it answers follows from those that are there."""

    def __init__(self) -> None:
        self._at: dict[T, tuple[int, Paper]] = {}
        self._clear()

    def _clear(self) -> None:
        self._held: list[T | None] = []  # None where one was dropped: its place stays in the lists below until they are made anew
        self._days = array("d")
        self._words: dict[str, array[int]] = {}
        self._titles: dict[str, tuple[array[int], array[float]]] = {}

    def add(self, paper: Paper, held: T) -> None:
        """One more report."""
        place = len(self._held)
        self._at[held] = place, paper
        self._held.append(held)
        self._days.append(paper.day)
        for stem in paper.words:
            self._words.setdefault(stem, array("I")).append(place)
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

    def near(self, paper: Paper) -> Iterator[tuple[T, float]]:
        """Reports of its days of which it tells, or that tell of it, a good part of the title; and how like they are by that alone."""
        count = len(self._held)
        if not count:
            return
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
        found = np.nonzero((more >= TOLD) & (days <= SPAN_DAYS))[0]
        base = LESS * np.minimum(told, tells)[found] + MORE * more[found] - FADING * days[found]
        for place, like in zip(found.tolist(), base.tolist(), strict=True):
            if (other := self._held[place]) is not None:
                yield other, like
