"""Vocabulary: the words of all tracked phrases, and which of them a word of a text may stand for.

Beside a tracked word itself: its plural, its British or American spelling, a slip or two of its letters, what a scanner made of it,
two tracked words run together, one broken in two. A short word, a number or a word of another alphabet stands for nothing but
itself, and an everyday word is never taken for a slip of another.

Slips are looked up, not searched for. Each tracked word has a signature: a bit for each letter that it has, another for each that it
has twice, and some for its length. An edit changes two bits at most, so the signatures of all words of a like length and the same first
or last letter are compared at once, and only the few that are near are compared letter by letter, by RapidFuzz.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA

from watcher.common_words import COMMON_WORDS
from watcher.folding import skeleton, stem

MOST_WORDS = (1 << 21) - 1  #: of different stems; what chunks stand for is remembered in so many bits
LONGEST_WORD = 40  #: longer runs of letters are hardly words (base64, hostile input): they stand for themselves alone
SHORTEST_PART = 3  #: letters of the longer part of a broken word, at least; the word itself has six
MOST_WHOLES = 8
MOST_SPELT_OUT = 50
_LETTERS = 26
_NOTHING: dict[str, int] = {}
_NONE: tuple[str, ...] = ()


def budget(word: str) -> int:
    """How many edits a tracked word bears: none under 4 letters, with a digit or in another alphabet, one to 7 letters, else two."""
    if len(word) < 4 or not (word.isascii() and word.isalpha()):
        return 0
    return 1 if len(word) < 8 else 2


class _Slips:
    """Tracked words that bear slips. A word with slips has either its first or its last letter yet."""

    def __init__(self, words: Iterable[str]) -> None:
        each = list(words)
        self._shelves = [(end, _Shelves(each, end)) for end in (0, -1)]

    def of(self, word: str) -> dict[str, int]:
        """The words that a word is a slip of, each with the edits between them; 3 edits for two one of which is at the first letter.

        An edit is a letter left out, put in or exchanged, or two neighbours swapped (optimal string alignment).
        """
        most = 2 if len(word) > 5 else 1
        signature = _signature(word)
        found: dict[str, int] = {}
        for end, shelves in self._shelves:
            for tracked in shelves.near(word[end], len(word), signature, most):
                count = OSA.distance(word, tracked, score_cutoff=most)
                if count < 2 or (count == most and len(tracked) > 7):
                    found[tracked] = 3 if count == 2 and word[0] != tracked[0] else count
        return found


class _Shelves:
    """Words by one of their letters and by length, with the signature of each."""

    def __init__(self, words: Sequence[str], end: int) -> None:
        shelves = np.array([_shelf(word[end], len(word)) for word in words], np.intp)
        order = shelves.argsort(kind="stable")
        self._words = [words[at] for at in order.tolist()]
        self._signatures = _signatures(self._words)
        self._begins: list[int] = np.searchsorted(shelves[order], range(_SHELVES * (_LETTERS + 1))).tolist()

    def near(self, letter: str, length: int, signature: np.uint64, most: int) -> list[str]:
        """The words with that letter there whose signature says that they may be so many edits away."""
        shelf = _shelf(letter, length)
        start, end = self._begins[shelf - most], self._begins[shelf + most + 1]
        if start == end:
            return []
        near = (np.bitwise_count(self._signatures[start:end] ^ signature) <= 2 * most).nonzero()[0]
        return [self._words[start + at] for at in near.tolist()] if len(near) else []


def _shelf(letter: str, length: int) -> int:
    return (ord(letter) - 97) * _SHELVES + length


def _signature(word: str) -> np.uint64:
    once = twice = 0
    for letter in word.encode():
        bit = _BITS[letter]
        twice |= once & bit
        once |= bit
    return np.uint64(once | twice << _LETTERS | _LENGTHS[len(word)])


def _signatures(words: Sequence[str]) -> NDArray[np.uint64]:
    """The same for many words: of the letters a to z alone."""
    lengths = list(map(len, words))
    letters = np.frombuffer("".join(words).encode("ascii"), np.uint8) - np.uint8(97)
    owners = np.repeat(np.arange(len(words)), lengths)
    counts = np.bincount(owners * _LETTERS + letters, minlength=len(words) * _LETTERS).reshape(len(words), _LETTERS)
    bits = np.uint64(1) << np.arange(2 * _LETTERS, dtype=np.uint64)
    return np.concatenate((counts > 0, counts > 1), axis=1) @ bits | np.array(_LENGTHS, np.uint64)[lengths]


def _length_bits(length: int) -> int:
    """Six bits of which as many differ as two lengths do, up to six: ones come in from below, then zeros."""
    turn = length % 12
    return ((1 << turn) - 1 if turn <= 6 else 0b111111 << turn - 6 & 0b111111) << 2 * _LETTERS


_SHELVES = 64  #: more than the longest word that is compared, and the words that are longer by an edit
_BITS = [1 << letter - 97 if 97 <= letter < 97 + _LETTERS else 0 for letter in range(128)]
_LENGTHS = [_length_bits(length) for length in range(_SHELVES)]


class Vocabulary:
    """Tracked words. Grows word by word; nothing is ever taken out."""

    def __init__(self) -> None:
        self.words: dict[str, int] = {}  #: each with its number, from 1 on; words of one stem have the same
        self.names: list[str] = [""]  #: by number, the first word that had it
        self._stems: dict[str, tuple[str, ...]] = {}  #: stem -> the words it is the stem of
        self._skeletons: dict[str, tuple[str, ...]] = {}  #: only of words that are not their own skeleton
        self._slips = _Slips(())
        self._heads: list[str] = []  #: words of six letters and more, in order
        self._tails: list[str] = []  #: the same turned round, in order
        self._settled = 0
        self._initials: dict[str, list[str]] = {}  #: first letter -> words that may be written `J. G. G.`

    # ---- building

    def add(self, word: str) -> int:
        """Track a folded word; return its number.

        Raises:
            OverflowError: there are MOST_WORDS already.
        """
        known = self.words.get(word)
        if known is not None:
            return known
        root = stem(word)
        kin = self._stems.get(root, _NONE)
        if not kin and len(self.names) > MOST_WORDS:
            raise OverflowError(f"no more than {MOST_WORDS:,} different words can be tracked: watch fewer phrases")
        self._stems[root] = (*kin, word)
        number = self.words[word] = self.words[kin[0]] if kin else len(self.names)
        if not kin:
            self.names.append(word)
        self._file(word)
        return number

    def _file(self, word: str) -> None:
        if budget(word):
            bones = skeleton(word)
            if bones != word:
                self._skeletons[bones] = (*self._skeletons.get(bones, _NONE), word)
        if 2 <= len(word) < 2 * SHORTEST_PART and word.isalpha() and word not in COMMON_WORDS:
            self._initials.setdefault(word[0], []).append(word)

    def settle(self) -> None:
        """Sort what was added since: until then its slips and its parts are not known."""
        fresh = list(islice(self.words, self._settled, None))
        if not fresh:
            return
        self._settled = len(self.words)
        self._slips = _Slips(word for word in self.words if budget(word) > 0 and len(word) <= LONGEST_WORD + 2)
        long = [word for word in fresh if len(word) >= 2 * SHORTEST_PART]
        self._heads = sorted((*self._heads, *long))
        self._tails = sorted((*self._tails, *(word[::-1] for word in long)))

    # ---- asking

    def meaning(self, word: str) -> dict[str, int]:
        """The tracked words that a folded word may be, each with the edits between them; empty for none.

        A word that is tracked, or whose plural or singular is, is no slip of another.
        """
        if len(word) > LONGEST_WORD:
            return {word: 0} if word in self.words else _NOTHING
        sure = self._sure(word)
        if sure:
            return dict.fromkeys(sure, 0)
        if len(word) < 4 or word in COMMON_WORDS or not word.isascii():
            return _NOTHING
        near = dict.fromkeys(self._scanned(word), 1)
        if word.isalpha():
            for tracked, count in self._slips.of(word).items():
                near.setdefault(tracked, count)
        return near or _NOTHING

    def pair(self, word: str) -> tuple[str, str] | None:
        """Two tracked words run together (`blacksites`); one of them may have slips. Of several ways the one with the longest parts."""
        if not 6 <= len(word) <= LONGEST_WORD or word in COMMON_WORDS or not word.isalpha():
            return None
        lefts = [cut for cut in range(2, len(word) - 1) if word[:cut] in self.words]
        ways = [(word[:cut], right) for cut in lefts for right in self._sure(word[cut:])[:1]]
        if not ways and len(word) > 7:
            ways = list(self._slipped_pairs(word, lefts))
        return max(ways, key=lambda way: min(len(way[0]), len(way[1])), default=None)

    def _slipped_pairs(self, word: str, lefts: Sequence[int]) -> Iterator[tuple[str, str]]:
        """Two tracked words of four letters and more, run together, one of them with slips; cut at `lefts` the left one has none."""
        for cut in range(4, len(word) - 3):
            if cut in lefts:
                yield from ((word[:cut], slip) for slip in self.meaning(word[cut:]))
            elif word[cut:] in self.words:
                yield from ((slip, word[cut:]) for slip in self.meaning(word[:cut]))

    def _sure(self, word: str) -> list[str]:
        """The tracked words that a word is, a plural aside."""
        return [tracked for tracked in self._stems.get(stem(word), _NONE) if len(tracked) > 3 or tracked == word]

    def wholes(self, part: str) -> list[str]:
        """The tracked words that a word may be the first or the last part of, broken in two (`Confine-ment`, `Guan tanamo`).

        None where there are more than MOST_WHOLES: such a part says nothing.
        """
        if not SHORTEST_PART <= len(part) <= LONGEST_WORD:
            return []
        heads, tails = _starting(self._heads, part), _starting(self._tails, part[::-1])
        if len(heads) + len(tails) > MOST_WHOLES:
            return []
        return [word for word in (*heads, *(tail[::-1] for tail in tails)) if len(word) > len(part) + 1]

    @property
    def has_initials(self) -> bool:
        """Whether any tracked word may be written `J. G. G.`."""
        return bool(self._initials)

    def spelt_out(self, letter: str) -> list[str]:
        """The tracked words that a single letter with a dot may begin (`J. G. G.`); none where there are more than MOST_SPELT_OUT."""
        words = self._initials.get(letter, [])
        return words if len(words) <= MOST_SPELT_OUT else []

    def _scanned(self, word: str) -> Iterable[str]:
        """The tracked words that a scanner may have read as this one."""
        if not any(map(str.isalpha, word)):
            return _NONE
        bones = skeleton(word)
        same = self._skeletons.get(bones, _NONE)
        return (*same, bones) if bones != word and bones in self.words and budget(bones) else same


def _starting(row: list[str], part: str) -> list[str]:
    """The words of a sorted row that begin with a part, but no more than one over MOST_WHOLES."""
    at = bisect_left(row, part)
    end = at
    while end < len(row) and end - at <= MOST_WHOLES and row[end].startswith(part):
        end += 1
    return row[at:end]
