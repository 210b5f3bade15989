"""Posts: where tracked phrases are filed, and which of them a text may hold where.

A phrase is filed under its rarest word, beside its next rarest two. A text is taken in blocks of steps, each parted into 64 segments,
and each word has a mask of the segments it stands in: that two words stand near each other is a single `and`, asked of all phrases at
once. Words are known by their numbers, from 1 on; phrases by theirs, from 0 on.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.intp]
Masks: TypeAlias = NDArray[np.uint64]
_Places: TypeAlias = tuple[list[int], list[int]]  #: steps, and the chunks beside
Near: TypeAlias = tuple[int, int, int]  #: first chunk, last chunk, phrase

SEGMENTS = 64
SEGMENT = 9  #: steps of a segment, at least: as far as the words of a phrase of eight may stand apart
BLOCK = 1_024  #: steps
TAIL = 3_000  #: phrases added since all were sorted, before all are sorted again: so many, and one for each 64 sorted ones
FEW = 100  #: words that are looked at one by one
MANY = 10_000  #: rows; before so many are looked at for one text, no word is looked at twice
_ONE = np.uint64(1)
_EVERYWHERE = np.uint64(2**64 - 1)
_NOWHERE = np.uint64(0)
_BITS = _ONE << (np.arange(SEGMENT * SEGMENTS) // SEGMENT).astype(np.uint64)  #: of each step the segment, where they are of that many


@dataclass(frozen=True, slots=True)
class _Row:
    """Phrases in a row."""

    phrases: Numbers
    rarest: Numbers
    second: Numbers  #: the next rarest word; the rarest where there is no other
    third: Numbers  #: and the next; the second where there is no other
    wide: NDArray[np.bool_]  #: its words may stand further apart than neighbouring segments
    some_wide: bool

    def __len__(self) -> int:
        return len(self.phrases)


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Phrases by their rarest words."""

    row: _Row
    begins: Numbers  #: of each word, where its phrases begin in the row
    counts: Numbers  #: and how many there are


@dataclass(slots=True)
class Standing:
    """Tracked words that a text may hold, in order: `words[i]` stands in chunk `chunks[i]`, so many `steps` from the beginning."""

    words: Numbers
    chunks: Numbers
    steps: Numbers

    def between(self, start: int, end: int) -> "Standing":
        left, right = np.searchsorted(self.steps, (start, end)).tolist()
        return Standing(self.words[left:right], self.chunks[left:right], self.steps[left:right])

    def places(self, needed: Collection[int], notes: Numbers) -> dict[int, _Places]:
        """Where each of these words stands."""
        words, steps, chunks = self.words, self.steps, self.chunks
        if len(words) > FEW:
            notes[words] = 0
            notes[list(needed)] = 1
            at = notes.take(words).nonzero()[0]
            words, steps, chunks = words.take(at), steps.take(at), chunks.take(at)
        places: dict[int, _Places] = {}
        for word, step, chunk in zip(words.tolist(), steps.tolist(), chunks.tolist(), strict=True):
            if word not in needed:
                continue
            row = places.get(word)
            if row is None:
                row = places[word] = ([], [])
            row[0].append(step)
            row[1].append(chunk)
        return places


class _Scratch:
    """What is written on, for each word; `masks` are all empty between two uses."""

    def __init__(self, words: int) -> None:
        self.masks = np.zeros(words, np.uint64)
        self.notes = np.zeros(words, np.intp)


class Posts:
    """Phrases as rows of words. Reading may go on in several threads at once, adding in none beside."""

    def __init__(self, reach: Callable[[int], int], reach_of: Callable[[int], int], rank: Callable[[int, int], Any]) -> None:
        """What a posts must be told.

        Args:
            reach: how many steps apart the words of a phrase of so many may stand, at most.
            reach_of: and those of this phrase.
            rank: of a word and the number of phrases it is in: what makes rarer words come first.
        """
        self._reach, self._reach_of, self._rank = reach, reach_of, rank
        self._words = array("i")  #: of all phrases, one after the other
        self._starts = array("i", [0])  #: where those of each phrase start, and the end
        self.rarity = array("i", [0])  #: of each word, how many phrases it is in
        self._longest = 0
        self._sorted = _Sorted(_row([], [], [], [], []), np.zeros(1, np.intp), np.zeros(1, np.intp))
        self._tail = self._sorted.row
        self._spare: list[_Scratch] = []

    def __len__(self) -> int:
        return len(self._starts) - 1

    def words(self, phrase: int) -> Sequence[int]:
        return self._words[self._starts[phrase] : self._starts[phrase + 1]]

    # ---- filing

    def append(self, words: Sequence[int]) -> None:
        """Take a phrase, the next in number; one without words is never found. `settle` makes what was appended findable."""
        self._words.extend(words)
        self._starts.append(len(self._words))
        self._longest = max(self._longest, len(words))
        self.rarity.extend([0] * (max(words, default=0) + 1 - len(self.rarity)))
        for word in set(words):
            self.rarity[word] += 1

    def settle(self) -> None:
        """Make what was appended findable: beside what is sorted, or, where that has become much, sorted with it."""
        begin = len(self._sorted.row)  # sorted phrases are the first
        if len(self) - begin > TAIL + begin // 64:
            self._sort()
            begin = len(self)
        self._tail = self._filed(begin)

    def _sort(self) -> None:
        row = self._filed(0)
        order = np.argsort(row.rarest, kind="stable")
        row = _row(*(column[order] for column in (row.phrases, row.rarest, row.second, row.third, row.wide)))
        counts = np.bincount(row.rarest, minlength=len(self.rarity))
        self._sorted = _Sorted(row, np.cumsum(counts) - counts, counts)

    def _filed(self, begin: int) -> _Row:
        """The phrases from a number on, each with its rarest words."""
        starts = np.array(self._starts[begin:], np.intp)
        lengths = np.diff(starts)
        words = np.array(self._words[self._starts[begin] :], np.int32)
        met = sorted(set(words.tolist()), key=lambda word: self._rank(word, self.rarity[word]))
        ranks = np.zeros(len(self.rarity), np.int32)
        ranks[met] = np.arange(len(met))
        order = np.lexsort((ranks[words], np.repeat(np.arange(len(lengths)), lengths)))
        words = np.append(words[order], np.int32(0))
        first = starts[:-1] - starts[0]
        second, third = first + (lengths > 1), first + np.minimum(np.maximum(lengths - 1, 0), 2)
        wide = np.array([self._reach(count) > SEGMENT for count in range(self._longest + 1)])[lengths]
        rarest = np.where(lengths > 0, words[first], 0)
        return _row(np.arange(begin, len(self)), rarest, words[second], words[third], wide)

    # ---- asking

    def near(self, standing: Standing, steps: int) -> Sequence[Near]:
        """Where in a text of so many steps all words of a phrase stand near each other."""
        overlap = self._reach(max(self._longest, 1))
        size = max(BLOCK, 2 * overlap)
        if size >= steps:
            return self._in_block(standing, 0)
        blocks = range(0, max(steps - overlap, 1), size - overlap)
        return [near for start in blocks for near in self._in_block(standing.between(start, start + size), start)]

    def _in_block(self, standing: Standing, start: int) -> list[Near]:
        words, steps = standing.words, standing.steps
        if not len(words):
            return []
        scratch = self._scratch()
        masks = scratch.masks
        segment = max(SEGMENT, -(-(int(steps[-1]) + 1 - start) // SEGMENTS))
        inside = steps - start if start else steps
        bits = _BITS.take(inside) if segment == SEGMENT else _ONE << (inside // segment).view(np.uint64)
        np.bitwise_or.at(masks, words, bits)
        phrases = self._of_tail(masks) + self._of_sorted(words, scratch)
        masks[words] = 0
        near = list(self._placed(phrases, standing, scratch)) if phrases else []
        self._spare.append(scratch)
        return near

    def _scratch(self) -> _Scratch:
        try:
            scratch = self._spare.pop()
        except IndexError:
            scratch = _Scratch(0)
        return scratch if len(scratch.masks) >= len(self.rarity) else _Scratch(len(self.rarity))

    def _of_sorted(self, words: Numbers, scratch: _Scratch) -> list[int]:
        filed = self._sorted
        if not len(filed.row):
            return []
        if len(filed.counts) < len(self.rarity):
            words = words[words < len(filed.counts)]
        counts = filed.counts.take(words)
        at = counts.nonzero()[0]
        if not len(at):
            return []
        rarest, counts = words.take(at), counts.take(at)
        ends = counts.cumsum()
        if ends[-1] > MANY:
            scratch.notes[rarest] = at
            once = scratch.notes.take(rarest) == at  # of a word that stands in several chunks the last
            rarest, counts = rarest[once], counts[once]
            ends = counts.cumsum()
        row = np.arange(ends[-1])
        row += (filed.begins.take(rarest) - ends + counts).repeat(counts)
        held = _spread(scratch.masks.take(rarest)).repeat(counts)
        return list(dict.fromkeys(_meeting(filed.row, row, held, scratch.masks)))

    def _of_tail(self, masks: Masks) -> list[int]:
        row = self._tail
        if not len(row):
            return []
        held = masks.take(row.rarest)
        at = (held != _NOWHERE).nonzero()[0]  # of truths it is four times as fast as of numbers
        return _meeting(row, at, _spread(held.take(at)), masks) if len(at) else []

    def _placed(self, phrases: list[int], standing: Standing, scratch: _Scratch) -> Iterator[Near]:
        """Where all words of a phrase stand near one of it: no narrower than what could line up."""
        rows = [(phrase, self.words(phrase)) for phrase in phrases]
        needed = set[int]().union(*(row for _, row in rows))
        places = standing.places(needed, scratch.notes)
        for phrase, row in rows:
            spots = [places[word] for word in row if word in places]
            if len(spots) == len(row):
                spots.sort(key=_count)
                for first, last in _together(spots, self._reach_of(phrase)):
                    yield first, last, phrase


def _row(phrases: Any, rarest: Any, second: Any, third: Any, wide: Any) -> _Row:
    columns = [np.asarray(column, np.intp) for column in (phrases, rarest, second, third)]
    flags = np.asarray(wide, np.bool_)
    return _Row(columns[0], columns[1], columns[2], columns[3], flags, bool(flags.any()))


def _spread(masks: Masks) -> Masks:
    """Masks with the neighbouring segments."""
    wider = masks << _ONE
    wider |= masks >> _ONE
    wider |= masks
    return wider


def _meeting(row: _Row, at: Numbers, held: Masks, masks: Masks) -> list[int]:
    """The phrases at these places of a row whose second and third words stand where their rarest may be."""
    if row.some_wide:
        held[row.wide.take(at)] = _EVERYWHERE
    meet = (held & masks.take(row.second.take(at))).nonzero()[0]
    if not len(meet):
        return []
    at = at.take(meet)
    meet = (held.take(meet) & masks.take(row.third.take(at))).nonzero()[0]
    found: list[int] = row.phrases.take(at.take(meet)).tolist()
    return found


def _count(places: _Places) -> int:
    return len(places[0])


def _together(places: list[_Places], reach: int) -> Iterator[tuple[int, int]]:
    """First and last of the chunks around each of the first row that have one of each other row within reach."""
    others = places[1:]
    for step, at in zip(*places[0], strict=True):
        first = last = at
        for steps, chunks in others:
            left, right = bisect_left(steps, step - reach), bisect_right(steps, step + reach) - 1
            if left > right:
                break
            if chunks[left] < first:
                first = chunks[left]
            if chunks[right] > last:
                last = chunks[right]
        else:
            yield first, last
