"""Chunks: a text as a row of chunks, each with a key of 64 bits; and what chunks of a key stand for, by heart.

A chunk is a word with what holds it together: `García’s`, `third-country`, `J.G.G.`, `Confine-` at the end of a line. Two chunks that
fold to the same letters have the same key. Nothing is done letter by letter in Python: a text is a row of numbers, looked up in tables
of what each character folds to, and a key is the difference of two running sums (a polynomial in a secret odd number, modulo 2 to the
64th, as Karp and Rabin compare strings). So that nobody can make two words of one key, the tables differ from process to process.
"""

import re
import secrets
import unicodedata
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from watcher.folding import fold

Offsets: TypeAlias = NDArray[np.intp]
Keys: TypeAlias = NDArray[np.uint64]
Codes: TypeAlias = NDArray[np.intp]

PIECE = 8_192  #: characters that are looked at in one go
LONGEST_CHUNK = 80  #: characters; a longer one is parted at its marks, if it has any
_BITS = 64
_MASK = (1 << _BITS) - 1
_TAG_AT = 24  #: bits of a code
_CODES = (1 << _TAG_AT) - 1
_TAGS = _MASK ^ _CODES
_CODE = np.uint64(_CODES)
LOAD = 4  #: places of a table for each key in it, at least
MOST_LOOSE = 500  #: keys that wait in the dictionary for their places in the table
_MARGIN = 1_000  #: characters from the end of a piece in which a place to cut is looked for

_BREAK, _APOSTROPHE, _DOT, _HYPHEN, _LETTER = 0, 1, 2, 4, 16  # as bits: a chunk is made of these
_AFTER, _BEFORE, _ERE = 32, 64, 128  #: beside them: a letter stands after a character, before it, before that
_DROPPED, _SOFT, _SEVERAL, _UNKNOWN = 32, 33, 34, 35  #: none of a chunk
_MARKS = {"'": _APOSTROPHE, ".": _DOT, "-": _HYPHEN, "\u00ad": _SOFT}
_WORD_MADE = re.compile(r"[^\W_]")
_SOFT_AT_END = re.compile("\u00ad(?= |$)")


@dataclass(slots=True)
class Chunks:
    """The chunks of a text, in order: text[start:end], and the key of each."""

    starts: Offsets
    ends: Offsets
    keys: Keys

    def __len__(self) -> int:
        return len(self.keys)


class _Letters:
    """What characters are to chunks. Fills itself; characters of 65,536 and above are folded first, or are no letters."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.kinds = np.full(1 << 16, _UNKNOWN, np.uint8)
        self.values = np.zeros(1 << 16, np.uint64)

    def learn(self, codes: Offsets) -> None:
        """Fill in the characters among these that were not met before."""
        for code in set(codes[self.kinds[codes] == _UNKNOWN].tolist()):
            folded = "-" if code == ord("\u00ad") else fold(chr(code)).text  # where it counts at all it is a hyphen
            self.values[code] = self.value(folded) if len(folded) == 1 else 0
            self.kinds[code] = _kind(chr(code), folded)

    def value(self, character: str) -> int:
        """A number of 64 bits for a character: splitmix64 of its code and the secret."""
        number = (self._seed + ord(character) * 0x9E3779B97F4A7C15) & _MASK
        number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & _MASK
        return number ^ (number >> 31)


def _kind(character: str, folded: str) -> int:
    if character in _MARKS:
        return _MARKS[character]
    if not folded:
        return _DROPPED
    if len(folded) > 1:
        return _SEVERAL if _WORD_MADE.search(folded) else _BREAK
    return _MARKS.get(folded, _LETTER if _WORD_MADE.match(folded) else _BREAK)


_LETTERS = _Letters(secrets.randbits(_BITS))
_BASE = secrets.randbits(_BITS) | 1  # odd, so that it has an inverse


def _powers(base: int, count: int) -> Keys:
    factors = np.full(count, base, np.uint64)
    factors[0] = 1
    return np.multiply.accumulate(factors)


_LENGTH = PIECE + 8
_POWERS, _INVERSES = _powers(_BASE, _LENGTH), _powers(pow(_BASE, -1, 1 << _BITS), _LENGTH)


def keyed(chunk: str) -> str:
    """The letters that the key of a chunk is made of: what is learned of these holds for every chunk of that key."""
    if chunk.isascii():
        return chunk.lower()
    return fold(f"{chunk[:-1]}-" if chunk[-1] == "\u00ad" else chunk).text


def chunks_of(text: str) -> Chunks:
    """All chunks of a text."""
    if 0 < len(text) <= PIECE:
        return _in_piece(text, 0, len(text))
    found = [_in_piece(text, start, end) for start, end in _pieces(text)]
    if not found:
        nothing = np.zeros(0, np.intp)
        return Chunks(nothing, nothing, np.zeros(0, np.uint64))
    return Chunks(
        np.concatenate([chunks.starts for chunks in found]),
        np.concatenate([chunks.ends for chunks in found]),
        np.concatenate([chunks.keys for chunks in found]),
    )


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """A text in pieces, cut where no chunk is: at a blank, or else at a mark; what is letters all along is skipped."""
    start = 0
    while len(text) - start > PIECE:
        end = start + PIECE
        cut = max(text.rfind(" ", end - _MARGIN, end), text.rfind("\n", end - _MARGIN, end))
        if cut < 0:
            cut = next((at for at in range(end - 1, end - _MARGIN, -1) if _parts(text[at])), end)
        yield start, cut
        start = cut
        if cut == end:
            start = next((at for at in range(end, len(text)) if _parts(text[at])), len(text))
    if start < len(text):
        yield start, len(text)


def _parts(character: str) -> bool:
    """Whether a text may be cut before this: it is of no word, nor a mark on the letter before."""
    return not character.isalnum() and not unicodedata.category(character).startswith("M")


def _in_piece(text: str, start: int, end: int) -> Chunks:
    given = text if end - start == len(text) else text[start:end]
    coded = f"  {given} ".encode("utf-16-le", "surrogatepass")
    if len(coded) != 2 * len(given) + 6:  # characters that take two codes
        return _in_folded(given, start)
    codes = np.frombuffer(coded, np.uint16).astype(np.intp)
    kinds = _LETTERS.kinds.take(codes)
    highest = kinds.max()
    if highest == _UNKNOWN:
        _LETTERS.learn(codes)
        kinds = _LETTERS.kinds.take(codes)
        highest = kinds.max()
    if highest == _SEVERAL:
        return _in_folded(given, start)
    values = _LETTERS.values.take(codes)
    if highest < _DROPPED:
        borders, keys = _cut(kinds, values)
        borders += start - 1
        return Chunks(borders[0::2], borders[1::2], keys)
    kept = _kept(kinds)
    borders, keys = _cut(kinds[kept], values[kept])
    return Chunks(kept[borders[0::2] + 1] + (start - 2), kept[borders[1::2]] + (start - 1), keys)


def _kept(kinds: NDArray[np.uint8]) -> Offsets:
    """The places of characters that folding does not drop. A soft hyphen at the end of a line is a hyphen."""
    soft = np.flatnonzero(kinds == _SOFT)
    kinds[soft] = np.where(kinds[soft + 1] == _BREAK, _HYPHEN, _DROPPED)
    return np.flatnonzero(kinds != _DROPPED)


def _in_folded(given: str, start: int) -> Chunks:
    """The same for text with characters that fold to several, or that take two codes: folded first, and the way back kept."""
    marks = {ord(character): " " for character in set(given) if _kind(character, fold(character).text) == _BREAK}
    folded = fold(_SOFT_AT_END.sub("-", given.translate(marks)))  # `…` would make three dots
    letters = [" ", " ", *(character if character < "\U00010000" or not character.isalnum() else "" for character in folded.text), " "]
    codes = np.array([ord(letter or "\0") for letter in letters], np.intp)
    codes[codes > 0xFFFF] = ord(" ")
    _LETTERS.learn(codes)
    kinds, values = _LETTERS.kinds[codes], _LETTERS.values[codes]
    for at, letter in enumerate(letters):
        if not letter or kinds[at] == _SEVERAL:
            kinds[at], values[at] = _LETTER, _LETTERS.value(letter or folded.text[at - 2])
    kinds[kinds > _LETTER] = _BREAK  # what is left of a fold that is none by itself
    borders, keys = _cut(kinds, values)
    if folded.offsets is None:
        return Chunks(borders[0::2] + (start - 1), borders[1::2] + (start - 1), keys)
    offsets = np.array(folded.offsets, np.intp)
    return Chunks(offsets[borders[0::2] - 1] + start, offsets[borders[1::2] - 2] + (start + 1), keys)


def _cut(kinds: NDArray[np.uint8], values: Keys) -> tuple[Offsets, Keys]:
    """The places before the first characters and of the last characters of chunks, in turns, and the key of each chunk.

    Two breaks stand before the first character, one after the last.
    """
    held = _held(kinds)
    inside = np.frombuffer(held, np.uint8)
    borders = _borders(inside)
    if _TOO_LONG in held:
        inside = inside.copy()
        for start, end in zip(borders[0::2].tolist(), borders[1::2].tolist(), strict=True):
            if end - start > LONGEST_CHUNK:
                inside[start + 1 : end + 1] = kinds[start + 1 : end + 1] == _LETTER
        borders = _borders(inside)
    count = len(values)
    powers, inverses = (_POWERS, _INVERSES) if count <= _LENGTH else (_powers(_BASE, count), _powers(pow(_BASE, -1, 1 << _BITS), count))
    values *= powers[:count]
    sums = np.add.accumulate(values, out=values).take(borders)
    return borders, (sums[1::2] - sums[0::2]) * inverses.take(borders[0::2])


def _holding() -> bytes:
    """For each kind, with _AFTER, _BEFORE and _ERE where letters stand there: 1 where such a character is a part of a chunk.

    A letter is; a hyphen after one, an apostrophe between two, a dot between two or after a single one.
    """
    held = bytearray(256)
    for code in range(256):
        after, before, ere, kind = code & _AFTER, code & _BEFORE, code & _ERE, code & ~(_AFTER | _BEFORE | _ERE)
        joins = kind == _HYPHEN or (kind == _APOSTROPHE and after) or (kind == _DOT and (after or not ere))
        held[code] = kind == _LETTER or bool(before and joins)
    return bytes(held)


_HOLDING = _holding()
_TOO_LONG = bytes([1]) * (LONGEST_CHUNK + 1)


def _held(kinds: NDArray[np.uint8]) -> bytes:
    """1 for each character of a chunk."""
    around = kinds.copy()
    letters = kinds & np.uint8(_LETTER)
    letters += letters
    around[:-1] += letters[1:]
    letters += letters
    around[1:] += letters[:-1]
    letters += letters
    around[2:] += letters[:-2]
    return around.tobytes().translate(_HOLDING)


def _borders(inside: NDArray[np.uint8]) -> Offsets:
    return (inside[1:] ^ inside[:-1]).view(np.bool_).nonzero()[0]


class Memory:
    """Codes of keys, by heart: whole numbers of 24 bits. A table has one place for each key, a dictionary the few that find it
    taken; who was met first, and so most often, has the place.

    A row of the table holds the upper 40 bits of a key above its code; where it stands tells the rest. What is kept is in the dictionary
    first, and moves to the table in batches. Reading and writing may go on in several threads at once: a place once taken is never given
    to another key, and one that moves is at worst not seen, and asked for once more.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._table = _Table(10)

    def __len__(self) -> int:
        return len(self._table)

    def look(self, keys: Keys) -> tuple[Codes, list[int]]:
        """The code of each key, and the places of those that are not known; their codes are 0."""
        return self._table.look(keys)

    def keep(self, codes: dict[int, int]) -> None:
        """Remember codes of keys that were not known."""
        with self._lock:
            if (len(self._table) + len(codes)) * LOAD > self._table.size:
                self._table = self._table.larger(len(self._table) + len(codes))
            self._table.put(codes)


class _Table:
    """What a Memory holds, of one size."""

    def __init__(self, bits: int) -> None:
        self.size = 1 << bits
        self._mask = np.uint64(self.size - 1)
        self._rows = np.zeros(self.size, np.uint64)
        self._spilt: dict[int, int] = {}
        self._settled = 0  #: how many of them found their places taken
        self._keys, self._codes = array("Q"), array("I")  #: all that was put in, for a larger table

    def __len__(self) -> int:
        return len(self._keys)

    def look(self, keys: Keys) -> tuple[Codes, list[int]]:
        found = self._rows.take((keys & self._mask).view(np.intp))
        elsewhere = ((found ^ keys) > _CODE).nonzero()[0]
        found &= _CODE
        unknown = []
        for at, key in zip(elsewhere.tolist(), keys.take(elsewhere).tolist(), strict=True):
            code = self._spilt.get(key)
            if code is None:
                unknown.append(at)
                code = 0
            found[at] = code
        return found.view(np.intp), unknown

    def put(self, codes: dict[int, int]) -> None:
        """Take codes of keys; those over 24 bits are left out, and asked for anew each time."""
        fresh = {key: code for key, code in codes.items() if code <= _CODES and key not in self._spilt}
        self._keys.extend(fresh)
        self._codes.extend(fresh.values())
        self._spilt |= fresh
        if len(self._spilt) - self._settled > MOST_LOOSE:
            self._place(list(self._spilt)[self._settled :])

    def _place(self, loose: list[int]) -> None:
        """Move keys from the dictionary to the table where their places are free, the first of several first."""
        keys = np.array(loose, np.uint64)
        rows = keys & np.uint64(_TAGS) | np.array([self._spilt[key] for key in loose], np.uint64)
        places = (keys & self._mask).view(np.intp)
        free = (self._rows.take(places) == 0).nonzero()[0][::-1]
        self._rows[places[free]] = rows[free]
        for key in keys[self._rows.take(places) ^ keys <= _CODE].tolist():
            del self._spilt[key]
        self._settled = len(self._spilt)

    def larger(self, count: int) -> "_Table":
        """A table of the same codes with room for so many."""
        table = _Table((count * LOAD * 2).bit_length())
        table._keys, table._codes = self._keys[:], self._codes[:]
        keys = np.array(self._keys, np.uint64)
        codes = np.array(self._codes, np.uint64)
        rows = keys & np.uint64(_TAGS) | codes
        places = (keys & table._mask).view(np.intp)
        table._rows[places[::-1]] = rows[::-1]  # of several of one place the first
        left = (table._rows[places] != rows).nonzero()[0]
        table._spilt = dict(zip(keys[left].tolist(), codes[left].tolist(), strict=True))
        table._settled = len(table._spilt)
        return table


class Lists:
    """Lists of numbers, each known by its own number, from 0 on. Only ever grows."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._count = 0
        self._length = 0
        self._begins = np.zeros(64, np.intp)
        self._counts = np.zeros(64, np.intp)
        self._numbers = np.zeros(256, np.intp)

    def keep(self, numbers: list[int]) -> int:
        """Keep a list; return what it is known by."""
        with self._lock:
            if self._count == len(self._begins):
                self._begins, self._counts = _doubled(self._begins, 0), _doubled(self._counts, 0)
            self._numbers = _doubled(self._numbers, self._length + len(numbers))
            self._numbers[self._length : self._length + len(numbers)] = numbers
            self._begins[self._count], self._counts[self._count] = self._length, len(numbers)
            self._length += len(numbers)
            self._count += 1
            return self._count - 1

    def rows(self, which: Offsets) -> tuple[Offsets, Offsets]:
        """The numbers of some lists, one after the other, and how many each has."""
        counts = self._counts.take(which)
        ends = counts.cumsum()
        at = np.arange(ends[-1])
        at += np.repeat(self._begins.take(which) - ends + counts, counts)
        return self._numbers.take(at), counts


def _doubled(row: Offsets, least: int) -> Offsets:
    """A row with room for so many: the same where it has that, else one of twice the length and more."""
    if 0 < least <= len(row):
        return row
    longer = np.zeros(max(2 * len(row), least), row.dtype)
    longer[: len(row)] = row
    return longer
