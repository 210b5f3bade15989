"""Vocabulary: the words of all tracked phrases, and which of them a word of a text may stand for.

Beside a tracked word itself: its plural, its British or American spelling, a slip or two of its letters, what a scanner made of it,
two tracked words run together, one broken in two. A short word, a number or a word of another alphabet stands for nothing but
itself, and an everyday word is never taken for a slip of another.

Slips are looked up, not searched for. An edit leaves one half of a word whole; two edits leave its head, its tail or what is between
them. So a word is filed under two or three pieces of itself, and a word of a text is compared only with those that share a piece with
it, by RapidFuzz. (W. Garbe's SymSpell files a word under all that is left when letters are struck: some forty entries where two are.)
"""

from collections.abc import Iterable, Iterator

from rapidfuzz import process
from rapidfuzz.distance import OSA

from watcher.common_words import COMMON_WORDS
from watcher.folding import skeleton, stem

LONGEST_WORD = 40  #: longer runs of letters are no words (base64, hostile input): never compared
SHORTEST_PART = 3  #: letters of the longer part of a broken word, at least; the word itself has six
MOST_WHOLES = 8
MOST_SPELT_OUT = 50
END = 3  #: letters of head and of tail that a word of eight letters and more is filed by
MIDDLES = tuple((start, stop) for start in (END, END - 1, END + 1) for stop in (END, END - 1, END + 1))  #: where its middle may stand

_NOTHING: dict[str, int] = {}
_NONE: tuple[str, ...] = ()


def budget(word: str) -> int:
    """How many edits a tracked word bears: none under 4 letters, with a digit or in another alphabet, one to 7 letters, else two."""
    if len(word) < 4 or not (word.isascii() and word.isalpha()):
        return 0
    return 1 if len(word) < 8 else 2


def edits(word: str, tracked: str) -> int:
    """The edits between a word and a tracked one where they are within its budget, else 0; 3 for two that touch the first letter.

    An edit is a letter left out, put in or exchanged, or two neighbours swapped (optimal string alignment).
    """
    allowed = budget(tracked)
    count = int(OSA.distance(word, tracked, score_cutoff=allowed))
    if count > allowed:
        return 0
    return 3 if count == 2 and word[0] != tracked[0] else count


class Vocabulary:
    """Tracked words. Grows word by word; nothing is ever taken out."""

    def __init__(self) -> None:
        self.words: set[str] = set()
        self._stems: dict[str, tuple[str, ...]] = {}  #: stem -> the words it is the stem of
        self._skeletons: dict[str, tuple[str, ...]] = {}  #: only of words that are not their own skeleton
        self._halves: dict[tuple[str, int], list[str]] = {}  #: half of a word of 4 to 7 letters, its length (negative: the second half)
        self._ends: dict[str, list[str]] = {}  #: `abr-`, `-cia`, `ego`: head, tail and middle of longer words
        self._heads: dict[str, str] = {}  #: first three letters of words of six and more -> these words in a row, blanks around each
        self._tails: dict[str, str] = {}
        self._initials: dict[str, list[str]] = {}  #: first letter -> words that may be written `J. G. G.`

    # ---- building

    def add(self, word: str) -> bool:
        """Track a folded word; say whether it is new."""
        if word in self.words:
            return False
        self.words.add(word)
        root = stem(word)
        self._stems[root] = (*self._stems.get(root, _NONE), word)
        allowed = budget(word)
        if allowed:
            bones = skeleton(word)
            if bones != word:
                self._skeletons[bones] = (*self._skeletons.get(bones, _NONE), word)
            if allowed == 1:
                for half in _halves(word, len(word)):
                    self._halves.setdefault(half, []).append(word)
            else:
                for piece in (f"{word[:END]}-", f"-{word[-END:]}", word[END:-END]):
                    self._ends.setdefault(piece, []).append(word)
        if len(word) >= 2 * SHORTEST_PART:
            for row, key in ((self._heads, word[:SHORTEST_PART]), (self._tails, word[-SHORTEST_PART:])):
                row[key] = f"{row.get(key, ' ')}{word} "
        elif len(word) >= 2 and word.isalpha() and word not in COMMON_WORDS:
            self._initials.setdefault(word[0], []).append(word)
        return True

    # ---- asking

    def meaning(self, word: str) -> dict[str, int]:
        """The tracked words that a folded word may be, each with the edits between them; empty for none.

        A word that is tracked, or whose plural or singular is, is no slip of another.
        """
        if len(word) > LONGEST_WORD:
            return _NOTHING
        sure = self._sure(word)
        if sure:
            return dict.fromkeys(sure, 0)
        if len(word) < 4 or word in COMMON_WORDS or not word.isascii():
            return _NOTHING
        near = dict.fromkeys(self._scanned(word), 1)
        if word.isalpha():
            for tracked in self._neighbours(word):
                if tracked not in near and (count := edits(word, tracked)):
                    near[tracked] = count
        return near or _NOTHING

    def pair(self, word: str) -> tuple[str, str] | None:
        """Two tracked words run together (`blacksites`); one of them may have slips. Of several ways the one with the longest parts."""
        if not 6 <= len(word) <= LONGEST_WORD or word in COMMON_WORDS or not word.isalpha():
            return None
        ways = [
            (left, rights[0])
            for cut in range(2, len(word) - 1)
            if (left := word[:cut]) in self.words and (rights := self._sure(word[cut:]))
        ]
        if not ways and len(word) > 7:
            ways = list(self._slipped_pairs(word))
        return max(ways, key=lambda way: min(len(way[0]), len(way[1])), default=None)

    def _slipped_pairs(self, word: str) -> Iterator[tuple[str, str]]:
        """Two tracked words of four letters and more, run together, one of them with slips."""
        for cut in range(4, len(word) - 3):
            left, right = word[:cut], word[cut:]
            if left in self.words:
                yield from ((left, slip) for slip in self.meaning(right))
            elif right in self.words:
                yield from ((slip, right) for slip in self.meaning(left))

    def _sure(self, word: str) -> list[str]:
        """The tracked words that a word is, a plural aside."""
        return [tracked for tracked in self._stems.get(stem(word), _NONE) if len(tracked) > 3 or tracked == word]

    def wholes(self, part: str) -> list[str]:
        """The tracked words that a word may be the first or the last part of, broken in two (`Confine-ment`, `Guan tanamo`).

        None where there are more than MOST_WHOLES: such a part says nothing.
        """
        if not SHORTEST_PART <= len(part) <= LONGEST_WORD:
            return []
        head, tail = self._heads.get(part[:SHORTEST_PART], ""), self._tails.get(part[-SHORTEST_PART:], "")
        if head.count(f" {part}") + tail.count(f"{part} ") > MOST_WHOLES:
            return []
        return [word for row in (head, tail) for word in _containing(row, part)]

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

    def _neighbours(self, word: str) -> set[str]:
        """The tracked words that share a piece with a word and are within two edits of it: few, and all within their budget among them."""
        near: set[str] = set()
        if len(word) <= 8:
            for length in range(max(len(word) - 1, 4), min(len(word) + 1, 7) + 1):
                for half in _halves(word, length):
                    near.update(self._halves.get(half, _NONE))
            if 4 <= len(word) < 8:  # neighbours swapped over the border of the halves spoil both
                near.update(self._halves.get(_halves(_swapped(word, len(word) // 2), len(word))[0], _NONE))
        if len(word) >= 6:
            for turned in (word, _swapped(word, END), _swapped(word, -END)):  # the same over the borders of head and tail
                near.update(self._ends.get(f"{turned[:END]}-", _NONE), self._ends.get(f"-{turned[-END:]}", _NONE))
            for start, stop in MIDDLES:
                near.update(self._ends.get(word[start:-stop], _NONE))
        return (
            {choice for choice, _, _ in process.extract(word, list(near), scorer=OSA.distance, score_cutoff=2, limit=None)}
            if near
            else near
        )


def _containing(row: str, part: str) -> list[str]:
    """The words of a row, blanks around each, that begin or end with a part and have two letters more."""
    return (
        [word for word in row.split() if len(word) > len(part) + 1 and (word.startswith(part) or word.endswith(part))]
        if part in row
        else []
    )


def _swapped(word: str, at: int) -> str:
    """A word with the letters before and after a border swapped."""
    return f"{word[: at - 1]}{word[at]}{word[at - 1]}{word[at:][1:]}"


def _halves(word: str, length: int) -> tuple[tuple[str, int], tuple[str, int]]:
    """The keys of both halves of a word, as of one that has so many letters."""
    half = length // 2
    return (word[:half], length), (word[half - length :], -length)
