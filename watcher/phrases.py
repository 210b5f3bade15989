"""PhraseIndex: find many tracked phrases in a text at once, however they are spelt there.

Tolerated: letter slips and transpositions, diacritics, case, hyphens and spaces, joined and broken words, plurals, an extra
middle word, reversed names, letters that a scanner confuses. Not tolerated: a slip in a short word, a real word taken for a slip
of another, a phrase that runs over the end of a sentence.

How, from cheap to dear, each step for what the one before has left:

1. A text is cut into chunks by `watcher.chunks`, with no look at a single letter in Python. A chunk (`García’s`, `third-country`) seen
   before is known by heart: which tracked words it may stand for (`Vocabulary` says so of new ones), most often none.
2. `watcher.posts` knows which phrases have all their words near each other there, counted in steps: chunks, free words aside.
3. Only such places are folded, cut into tokens and lined up word by word with the phrase; RapidFuzz gives the score.

Scripts without spaces (Chinese, Japanese, Korean, Thai and their kin) are found exactly, as a run of characters; words of other
alphabets (Cyrillic, Greek, Arabic, Hebrew) exactly, word by word, case and vowel marks aside.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from threading import Lock
from typing import NamedTuple, TypeAlias

import numpy as np
from rapidfuzz.fuzz import ratio

from watcher.chunks import LONGEST_CHUNK, Chunks, Codes, Lists, Memory, Offsets, chunks_of, keyed
from watcher.common_words import COMMON_WORDS, FUNCTION_WORDS
from watcher.folding import TOKEN, UNSPACED, clean, fold, word_alone, words_of
from watcher.posts import Near, Posts, Standing
from watcher.vocabulary import MOST_WORDS, SHORTEST_PART, Vocabulary

FLOOR = 0.8  #: what is less alike than this is no find
EXTRA_COST = 0.03  #: taken off the score for each word that the phrase does not have
REVERSED_COST = 0.02  #: taken off for `Abrego Garcia, Kilmar`
VARIANT_COST = 0.01  #: taken off for a plural, a joined or a broken word
MOST_EXTRAS = 2  #: words besides its own that a find may hold; 1 in a phrase of two
REACH = 4  #: how many words on the next word of a phrase may stand, at most
MEMO_SIZE = 200_000  #: chunks remembered; then it starts anew
CROWD = 4  #: a word that is in more phrases than so (and one more for every 1,500 tracked) tells little
MOST_INITIALS = 6  #: single letters that may make one word

_MARKS = ".!?;:|•¿¡。؟؛۔।"  #: full-width ones are folded to these
_STRONG = re.compile(rf"[{_MARKS}]|\n\s*\n")  #: ends a sentence; a full stop has exceptions
_WEAK = re.compile(r"[,—–、،]|\s[()/]|[()/]\s")  #: `287(g)` and `and/or` are one breath
_IN_RUN = rf"(?:(?!\n\s*\n)[^\w{_MARKS}]|_)*"  #: what may stand inside a phrase without blanks
_PAUSE = re.compile(f"{_STRONG.pattern}|{_WEAK.pattern}")
_ABBREVIATED = """
    v vs no nos mr mrs ms dr st jr sr sra dra hon gen gov sen rep dept inc co corp ltd et al ex rel art sec ch cl par cir dist app supp fed
    rev stat const amend atty asst lt col maj capt prof univ assn num lic ing jan feb mar apr jun jul aug sep sept oct nov dec mt ft
"""
_ABBREVIATIONS = frozenset(_ABBREVIATED.split())  #: a full stop after these ends no sentence
_FREE_WORDS = FUNCTION_WORDS | {"et", "al"}
_STEP, _DOTTED, _FLAG_BITS = 1, 2, 2  #: a chunk is a word between others; begins with an initial and a dot
_LISTS = MOST_WORDS + 1  #: numbers from here on are of lists of tracked words


@dataclass(frozen=True, slots=True)
class Found:
    """One find: text[start:end] stands for the phrase of that number."""

    phrase: int
    start: int  #: code points into the text as given
    end: int
    score: float  #: FLOOR to 1.0; 1.0 is the phrase itself, case, diacritics and hyphens aside


def _telling(every: list[str]) -> tuple[str, ...]:
    """The words of a phrase that carry meaning; all of them where fewer than two do."""
    words = tuple(word for word in every if word not in FUNCTION_WORDS)
    return words if len(words) > 1 else tuple(every)


def _essence(text: str) -> str:
    """A phrase as it is filed: its folded words, single blanks between, without the articles and prepositions at its ends.

    `the Alien Enemies Act` is as good without its article; `El Salvador` is not.
    """
    every = words_of(text)
    words = _telling(every)
    if len(words) > 1:
        every = every[every.index(words[0]) : len(every) - every[::-1].index(words[-1])]
    return " ".join(every)


class _Order(NamedTuple):
    """An order in which the words of a phrase may stand."""

    row: tuple[str, ...]
    turned: bool  #: not as they are in the phrase
    comma: int = -1  #: the place after which a comma must be


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A tracked phrase as it is compared."""

    text: str  #: its words, single blanks between; function words around two that carry meaning are cut
    words: tuple[str, ...]  #: those that carry meaning; all of them where fewer than two do
    plain: bool  #: made of common and short words only: at most one slip of one letter, and no extra words
    extras: int  #: how many words more than its own a find may hold; none where its words tell little
    least: int  #: how many letters a chunk has at least that holds all its words
    orders: tuple[_Order, ...]  #: best first; a name may be turned round, as `Garcia, Kilmar Abrego`
    parted: bool  #: has a comma or the like of its own, as `Tecoluca, El Salvador`

    @classmethod
    def of(cls, text: str, *, crowded: bool, parted: bool) -> "_Phrase":
        """Of a text that `_essence` gave."""
        every = text.split(" ")
        words = _telling(every)
        common = [word in COMMON_WORDS or len(word) < 4 for word in words]
        versus = words.index("v") if "v" in words[1:-1] else -1
        orders = [_Order(words, turned=False)]
        if versus > 0:
            orders.append(_Order((*words[versus + 1 :], "v", *words[:versus]), turned=True))
        elif 2 <= len(words) <= 4 and len(words) == len(every) and not all(common):
            orders += [_Order(words[cut:] + words[:cut], True, len(words) - cut - 1) for cut in range(1, len(words))]
        vague = all(common) or crowded or any(len(word) == 1 and word != "v" for word in words)
        return cls(
            text=text,
            words=words,
            plain=all(common),
            extras=0 if vague else min(len(words) - 1, MOST_EXTRAS),
            least=len(text) - 3 * len(words) if len(words) > 1 else 0,
            orders=tuple(orders),
            parted=parted,
        )

    @property
    def reach(self) -> int:
        """How many steps apart its words may stand."""
        return len(self.words) - 1 + self.extras


@dataclass(slots=True)
class _Tokens:
    """A stretch of text as a row of tokens with what each may stand for: tracked word -> edits."""

    folded: str
    words: list[str] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    meanings: list[dict[str, int]] = field(default_factory=list)
    places: dict[str, list[int]] = field(default_factory=dict)  #: tracked word -> tokens that may stand for it
    altered: set[int] = field(default_factory=set)  #: tokens that we parted or mended

    def append(self, word: str, span: tuple[int, int], meaning: dict[str, int]) -> None:
        if meaning:
            for tracked in meaning:
                self.places.setdefault(tracked, []).append(len(self.words))
        self.words.append(word)
        self.spans.append(span)
        self.meanings.append(meaning)

    def gap(self, at: int) -> str:
        """What stands between a token and the next."""
        return self.folded[self.spans[at][1] : self.spans[at + 1][0]]

    def pauses(self, first: int, last: int) -> bool:
        """Whether there is any mark between two tokens that may end something."""
        return _PAUSE.search(self.folded, self.spans[first][1], self.spans[last][0]) is not None

    def ends_sentence(self, at: int) -> bool:
        """Whether a sentence ends between a token and the next."""
        gap = self.gap(at)
        strong = _STRONG.search(gap)
        return bool(strong) and not (gap.strip() == "." and (len(self.words[at]) == 1 or self.words[at] in _ABBREVIATIONS))


_Window: TypeAlias = tuple[int, int, int, float]  #: phrase, first token, last token, score
_Find: TypeAlias = tuple[int, int, int, float]  #: phrase, start, end, score
_NO_NUMBERS: tuple[int, ...] = ()


class _Word(NamedTuple):
    """What a folded word stands for."""

    meaning: dict[str, int]  #: tracked word -> edits
    pair: tuple[str, str] | None  #: two tracked words run together
    known: tuple[str, ...]  #: all tracked words that it may be or be a part of
    code: int  #: of a chunk that it makes alone


@dataclass(slots=True)
class _Memo:
    """What was met. Replaced as a whole, never emptied: another thread may be reading it."""

    chunks: Memory = field(default_factory=Memory)  #: key of a chunk -> what it stands for, with its flags
    lists: Lists = field(default_factory=Lists)  #: numbers of tracked words, where a chunk may stand for several
    words: dict[str, _Word] = field(default_factory=dict)

    @property
    def full(self) -> bool:
        return len(self.chunks) > MEMO_SIZE or len(self.words) > MEMO_SIZE


_UNKNOWN, _NO_STEP = _Word({}, None, (), _STEP), _Word({}, None, (), 0)


class PhraseIndex:
    """Tracked phrases, found all at once. Numbers of phrases are their places in the sequence given, then those `add` returned.

    Not for sharing between threads while it adds; `find` alone may be called from several (the memo is only ever filled).
    """

    def __init__(self, phrases: Sequence[str] = ()) -> None:
        self._texts: list[str] = []  #: of each distinct phrase, as `_essence` gives it
        self._details: dict[int, _Phrase] = {}  #: of those that came near to being found
        self._first: list[int] = []  #: of each distinct phrase, the number it was first added under
        self._others: dict[int, list[int]] = {}  #: and the further ones
        self._known: dict[str, int] = {}  #: text -> distinct phrase
        self._parted: set[int] = set()  #: distinct phrases that were given with a comma or the like between their words
        self._count = 0
        self._runs: dict[str, list[tuple[re.Pattern[str], int]]] = {}  #: first character of phrases in unspaced scripts -> them
        self._vocabulary = Vocabulary()
        self._posts = Posts(_reach, lambda place: self._detail(place).reach, self._rank)
        self._memo = _Memo()
        self._settling = Lock()
        self._stale = True  #: what came last is not filed yet, and what chunks stand for must be asked anew
        for phrase in phrases:
            self._take(phrase)
        self._settle()

    def __len__(self) -> int:
        return self._count

    def add(self, phrase: str) -> int:
        """Track one more phrase and return its number. A few insertions; where it brings new words, what chunks stand for is asked anew."""
        number = self._count
        self._take(phrase)
        return number

    def find(self, text: str) -> list[Found]:
        """All finds, by where they start. The same phrase is not found twice over the same words; different phrases may overlap."""
        best: dict[tuple[int, int], _Find] = {}
        for find in self._finds(text):
            known = best.get(find[:2])
            if known is None or find[3] > known[3]:
                best[find[:2]] = find
        finds: Collection[_Find] = _without_overlaps(best.values()) if len(best) > 1 else best.values()
        found = [Found(number, start, end, score) for phrase, start, end, score in finds for number in self._numbers(phrase)]
        if len(found) > 1:
            found.sort(key=lambda found: (found.start, found.end, found.phrase))
        return found

    def _numbers(self, place: int) -> list[int]:
        return [self._first[place], *self._others.get(place, _NO_NUMBERS)]

    # ---- building

    def _take(self, text: str) -> None:
        """Give a phrase the next number, and where no equal one is known a place among the distinct ones."""
        essence = _essence(text)
        known = self._known.get(essence)
        if known is not None:
            self._others.setdefault(known, []).append(self._count)
        else:
            words = self._filed(essence, len(self._texts))
            self._known[essence] = len(self._texts)
            self._texts.append(essence)
            self._first.append(self._count)
            self._posts.append(words)
            self._stale = True
        if _WEAK.search(fold(text).text):
            self._parted.add(self._known[essence])
            self._details.pop(self._known[essence], None)
        self._count += 1

    def _filed(self, text: str, place: int) -> list[int]:
        """The numbers of the words that a phrase is filed under; none of one that is sought as a run of characters, or has no words."""
        if not text.isascii() and UNSPACED.search(text):
            pattern = re.compile(_IN_RUN.join(map(re.escape, text.split(" "))))
            self._runs.setdefault(text[0], []).append((pattern, place))
            return []
        return [self._vocabulary.add(word) for word in _telling(text.split(" "))] if text else []

    def _rank(self, number: int, rarity: int) -> tuple[bool, int, int, str]:
        word = self._vocabulary.names[number]
        return word in COMMON_WORDS, rarity, -len(word), word

    def _settle(self) -> None:
        self._vocabulary.settle()
        self._posts.settle()
        self._details, self._memo, self._stale = {}, _Memo(), False

    # ---- what a chunk stands for

    def _learn(self, text: str, chunks: Chunks, codes: Codes, unknown: list[int], memo: _Memo) -> None:
        """Fill in the codes of chunks that were not known, and remember them."""
        fresh: dict[int, int] = {}
        for at in unknown:
            key = int(chunks.keys[at])
            code = fresh.get(key)
            if code is None:
                code = fresh[key] = self._code(keyed(text[chunks.starts[at] : chunks.ends[at]]), memo)
            codes[at] = code
        if not memo.full:
            memo.chunks.keep(fresh if len(fresh) < MEMO_SIZE else dict(islice(fresh.items(), MEMO_SIZE)))

    def _code(self, chunk: str, memo: _Memo) -> int:
        """What a chunk in the letters of its key stands for: nothing (0), the tracked word of that number, or several (_LISTS); times
        four, with its flags.
        """
        if len(chunk) > LONGEST_CHUNK:
            return _STEP
        word = word_alone(chunk)
        words = [word] if word else words_of(chunk)
        if len(words) == 1 and chunk[1:2] != "." and chunk[-1] != "-":
            return self._word(words[0], memo).code
        every = dict.fromkeys(tracked for word in words for tracked in self._word(word, memo).known)
        every.update((left + right, None) for left, right in pairwise(words) if self._is_broken(left, right, hyphen=True))
        if words and chunk[-1] == "-":
            every.update(dict.fromkeys(self._vocabulary.wholes(words[-1])))
        broken = chunk[-1] == "-" or any(not self._word(word, memo).code & _STEP for word in words)
        return self._number(tuple(every), memo) << _FLAG_BITS | (_DOTTED if chunk[1:2] == "." else 0 if broken else _STEP)

    def _number(self, known: tuple[str, ...], memo: _Memo) -> int:
        """One number for tracked words: of none 0, of several _LISTS and that of their list."""
        numbers = list(dict.fromkeys(map(self._vocabulary.words.__getitem__, known)))
        return _LISTS + memo.lists.keep(numbers) if len(numbers) > 1 else sum(numbers)

    def _word(self, word: str, memo: _Memo) -> _Word:
        known = memo.words.get(word)
        if known is None:
            known = self._new_word(word, memo)
            if not memo.full:
                memo.words[word] = known
        return known

    def _new_word(self, word: str, memo: _Memo) -> _Word:
        meaning = self._vocabulary.meaning(word)
        pair = None if meaning else self._vocabulary.pair(word)
        wholes = self._vocabulary.wholes(word) if self._is_odd(word) else []
        known = (*meaning, *(pair or ()), *wholes)
        step = 0 if wholes or word in _FREE_WORDS else _STEP
        if not known:
            return _NO_STEP if step == 0 else _UNKNOWN
        return _Word(meaning, pair, known, self._number(known, memo) << _FLAG_BITS | step)

    def _is_odd(self, word: str) -> bool:
        """Neither an everyday word nor a tracked one."""
        return word not in COMMON_WORDS and word not in self._vocabulary.words

    def _is_broken(self, left: str, right: str, *, hyphen: bool) -> bool:
        """Whether two words are a tracked one broken in two: by a hyphen, or else one of them is no word by itself."""
        whole = left + right
        if whole not in self._vocabulary.words or len(whole) < 2 * SHORTEST_PART or min(len(left), len(right)) < 2:
            return False
        return hyphen or self._is_odd(left) or self._is_odd(right)

    # ---- reading a text

    def _finds(self, text: str) -> Iterator[_Find]:
        """Whatever lines up, in offsets of the text; a place may come more than once."""
        if self._stale or self._memo.full:
            with self._settling:
                if self._stale or self._memo.full:
                    self._settle()
        memo = self._memo
        chunks = chunks_of(text)
        for first, last, phrases in _stretches(self._near(text, chunks, memo), len(chunks)):
            start, end = int(chunks.starts[first]), int(chunks.starts[last + 1]) if last + 1 < len(chunks) else len(text)
            folded = fold(text[start:end])
            for tokens in self._readings(folded.text, memo):
                for phrase, left, right, score in self._lined_up(tokens, phrases):
                    begin, stop = folded.span(tokens.spans[left][0], tokens.spans[right][1])
                    yield phrase, begin + start, stop + start, score
        if self._runs and not text.isascii():
            yield from self._find_runs(text)

    def _near(self, text: str, chunks: Chunks, memo: _Memo) -> Iterator[Near]:
        """Where all words of a phrase may stand near each other, with what a broken or spelt out word takes up besides its first chunk."""
        codes, unknown = memo.chunks.look(chunks.keys)
        if unknown:
            self._learn(text, chunks, codes, unknown, memo)
        if not len(codes):
            return
        steps = (codes & _STEP).cumsum()
        telling = (codes > _STEP).nonzero()[0]
        told = codes.take(telling)
        standing = _standing(told, telling, memo)
        if self._vocabulary.has_initials and (spelt := self._spelt_out(text, chunks, told, telling)):
            standing = _with(standing, spelt)
        # two chunks before: a row of initials may begin there, and in `Cox v. L. Hale` one sees what the `v.` is only beside `Cox`
        for first, last, phrase in self._posts.near(Standing(*standing, steps.take(standing[1])), int(steps[-1]) + 1):
            if first == last and chunks.ends[first] - chunks.starts[first] < self._detail(phrase).least:
                continue
            stop, furthest = last + 1, min(last + MOST_INITIALS, len(steps))
            while stop < furthest and steps[stop] <= steps[last] + 1:
                stop += 1
            yield first - 2, stop, phrase

    def _spelt_out(self, text: str, chunks: Chunks, told: Codes, telling: Offsets) -> list[tuple[int, int]]:
        """The words that rows of initials (`J. G. G.`) may spell, by number, each with the chunk of the first initial."""
        dotted = telling.take((told & _DOTTED).nonzero()[0])
        if len(dotted) < 2:
            return []
        rows = [
            at
            for at, after in pairwise(dotted.tolist())
            if after == at + 1 and len(fold(text[chunks.starts[at] : chunks.ends[at]]).text) == 2
        ]
        letters = [fold(text[chunks.starts[at]]).text for at in rows]
        return [
            (self._vocabulary.words[word], at)
            for at, letter in zip(rows, letters, strict=True)
            for word in self._vocabulary.spelt_out(letter)
        ]

    def _readings(self, folded: str, memo: _Memo) -> Iterator[_Tokens]:
        """A stretch as tokens, and once more with joined words parted and broken words mended where there are such."""
        tokens = _Tokens(folded)
        append, words, tracked = tokens.append, memo.words, self._vocabulary.words
        pairs: dict[int, tuple[str, str]] = {}
        breaks: set[int] = set()
        before = ""
        for at, token in enumerate(TOKEN.finditer(folded)):
            word = token.group()
            known, span = words.get(word), token.span()
            if known is None:
                if word.endswith("'s"):
                    span = span[0], span[1] - 2
                word = clean(word)
                known = words.get(word) or self._word(word, memo)
            if known.pair:
                pairs[at] = known.pair
            if before and before + word in tracked:
                breaks.add(at - 1)
            append(word, span, known.meaning)
            before = word
        yield tokens
        breaks = {at for at in breaks if self._is_mendable(tokens, at)}
        if breaks or pairs:
            yield _mended(tokens, pairs, breaks)

    def _is_mendable(self, tokens: _Tokens, at: int) -> bool:
        """Whether a token and the next are a tracked word broken in two."""
        gap = tokens.gap(at).strip()
        return gap in ("", "-") and self._is_broken(tokens.words[at], tokens.words[at + 1], hyphen=gap == "-")

    def _lined_up(self, tokens: _Tokens, phrases: Iterable[int]) -> Iterator[_Window]:
        for number in phrases:
            phrase = self._detail(number)
            if all(word in tokens.places for word in phrase.words):
                yield from _aligned(tokens, number, phrase)

    def _detail(self, number: int) -> _Phrase:
        phrase = self._details.get(number)
        if phrase is None:
            crowded = min(self._posts.rarity[word] for word in self._posts.words(number)) > CROWD + len(self._texts) // 1500
            phrase = self._details[number] = _Phrase.of(self._texts[number], crowded=crowded, parted=number in self._parted)
        return phrase

    def _find_runs(self, text: str) -> Iterator[_Find]:
        folded = fold(text)
        if not UNSPACED.search(folded.text):  # asked after folding: ㈀ is one only then
            return
        for at, character in enumerate(folded.text):
            for pattern, number in self._runs.get(character, ()):
                if run := pattern.match(folded.text, at):
                    yield number, *folded.span(at, run.end()), 1.0


def _reach(words: int) -> int:
    """How many steps apart the words of a phrase of so many may stand."""
    return words - 1 + min(words - 1, MOST_EXTRAS)


def _standing(told: Codes, telling: Offsets, memo: _Memo) -> tuple[Offsets, Offsets]:
    """The tracked words that chunks may stand for, by number, and the chunk of each.

    Args:
        told: codes of chunks that say more than that they are a step.
        telling: those chunks.
    """
    words = told >> _FLAG_BITS
    counts = np.minimum(words, 1)
    many = (words >= _LISTS).nonzero()[0]
    if not len(many):
        return words.repeat(counts), telling.repeat(counts)
    rows, counts[many] = memo.lists.rows(words.take(many) - _LISTS)
    words = words.repeat(counts)
    words[(words >= _LISTS).nonzero()[0]] = rows
    return words, telling.repeat(counts)


def _with(standing: tuple[Offsets, Offsets], more: list[tuple[int, int]]) -> tuple[Offsets, Offsets]:
    """The same with more words, in the order of their chunks."""
    words, chunks = (np.append(row, further) for row, further in zip(standing, zip(*more, strict=True), strict=True))
    order = chunks.argsort(kind="stable")
    return words[order], chunks[order]


def _stretches(near: Iterable[tuple[int, int, int]], count: int) -> list[tuple[int, int, set[int]]]:
    """Windows of chunks, those that overlap made one: first chunk, last chunk, the phrases to line up there."""
    stretches: list[tuple[int, int, set[int]]] = []
    for first, last, phrase in sorted(near):
        if stretches and first <= stretches[-1][1]:
            before, until, phrases = stretches[-1]
            phrases.add(phrase)
            stretches[-1] = before, max(until, last), phrases
        else:
            stretches.append((first, last, {phrase}))
    return [(max(first, 0), min(last, count - 1), phrases) for first, last, phrases in stretches]


def _mended(plain: _Tokens, pairs: dict[int, tuple[str, str]], breaks: Collection[int]) -> _Tokens:
    """The same text with broken words mended (`Confine-ment`) and joined ones parted (`blacksites`)."""
    mended = _Tokens(plain.folded)
    last = -1  # the token that the one before was mended with
    for at, (word, span) in enumerate(zip(plain.words, plain.spans, strict=True)):
        if at == last:
            continue
        parts: tuple[str, ...] = pairs.get(at, ())
        if at in breaks:
            last = at + 1
            parts, span = (word + plain.words[last],), (span[0], plain.spans[last][1])
        for part in parts:
            mended.altered.add(len(mended.words))
            mended.append(part, span, {part: 0})
        if not parts:
            mended.append(word, span, plain.meanings[at])
    return mended


def _aligned(tokens: _Tokens, number: int, phrase: _Phrase) -> Iterator[_Window]:
    """The windows where a phrase lines up, in the best order of its words that does."""
    anchor = min(phrase.words, key=lambda word: len(tokens.places[word]))
    for order in phrase.orders:
        key = order.row.index(anchor)
        seen = False
        for at in tokens.places[anchor]:
            taken = _line_up(tokens.places, order.row, key, at)
            if taken is None:
                continue
            score = _score(tokens, phrase, order, taken)
            if score >= FLOOR:
                seen = True
                yield number, taken[0], taken[-1], score
        if seen:
            return


def _line_up(places: dict[str, list[int]], row: Sequence[str], key: int, at: int) -> list[int] | None:
    """The token for each word of a phrase, with its `key`-th word at `at`; None where one is not within REACH."""
    taken = [at] * len(row)
    here = at
    for place in range(key + 1, len(row)):
        standing = places[row[place]]
        after = bisect_right(standing, here)
        if after == len(standing) or standing[after] - here > REACH + 1:
            return None
        here = taken[place] = standing[after]
    here = at
    for place in range(key - 1, -1, -1):
        standing = places[row[place]]
        before = bisect_left(standing, here) - 1
        if before < 0 or here - standing[before] > REACH + 1:
            return None
        here = taken[place] = standing[before]
    return taken


def _score(tokens: _Tokens, phrase: _Phrase, order: _Order, taken: list[int]) -> float:
    """How alike a lined up window is to its phrase, 0.0 where a rule of precision forbids it."""
    row, turned, comma = order
    first, last = taken[0], taken[-1]
    between = [at for at in range(first, last) if at not in taken] if last - first >= len(taken) else []
    free = [at for at in between if tokens.words[at] in _FREE_WORDS]
    extras = len(between) - len(free)
    edits = [tokens.meanings[at][word] for at, word in zip(taken, row, strict=True)]
    if (
        extras > (0 if turned else phrase.extras)
        or (any(edits) and not _slips_allowed(phrase, edits, extras))
        or not _one_breath(tokens, phrase, comma, taken)
    ):
        return 0.0
    if len(row) == 1 and not edits[0] and len(tokens.words[first]) < len(row[0]):
        return 0.0  # a lone plural is not found in its singular: `American` is no `Americans`
    written = [tokens.words[at] if slips else word for at, word, slips in zip(taken, row, edits, strict=True)]
    if free and not turned:
        standing = dict(zip(taken, written, strict=True)) | {at: tokens.words[at] for at in free}
        alike = _alike(phrase.text, " ".join([standing[at] for at in sorted(standing)]))
    else:
        alike = _alike(" ".join(row) if turned else phrase.text, " ".join(written))
    if alike == 1.0 and any(tokens.words[at] != word or at in tokens.altered for at, word in zip(taken, written, strict=True)):
        alike -= VARIANT_COST
    return max(0.0, alike - EXTRA_COST * extras - REVERSED_COST * turned)


def _alike(ours: str, theirs: str) -> float:
    alike: float = 1.0 if ours == theirs else ratio(ours, theirs) / 100
    return alike


def _slips_allowed(phrase: _Phrase, edits: list[int], extras: int) -> bool:
    """Whether so many edits, word by word, still make the phrase."""
    slips = [count for count in edits if count]
    if phrase.plain:
        return len(phrase.words) > 1 and slips == [1]
    if len(phrase.words) == 1:
        return (slips == [1] and len(phrase.words[0]) >= 7) or (slips == [2] and len(phrase.words[0]) >= 10)
    if len(phrase.words) == 2:
        return len(slips) == 1 and slips[0] < 3 and not extras
    return len(slips) <= (len(phrase.words) + 1) // 2


def _one_breath(tokens: _Tokens, phrase: _Phrase, comma: int, taken: list[int]) -> bool:
    """Whether no sentence ends inside, and commas are where the order of words asks for them; never in the middle of two words, if the
    phrase has none itself.
    """
    first, last = taken[0], taken[-1]
    if first == last or not tokens.pauses(first, last):
        return comma < 0
    if any(tokens.ends_sentence(at) for at in range(first, last)):
        return False
    if comma >= 0:
        return any("," in tokens.gap(at) for at in range(taken[comma], taken[comma + 1]))
    return len(phrase.words) > 2 or phrase.parted or not any(_WEAK.search(tokens.gap(at)) for at in range(first, last))


def _without_overlaps(finds: Iterable[_Find]) -> list[_Find]:
    """Of finds of one phrase that overlap, the best; of equals the shortest, then the first."""
    kept: list[_Find] = []
    taken: dict[int, list[tuple[int, int]]] = {}  #: of each phrase the stretches that are kept, in order
    for find in sorted(finds, key=lambda find: (-find[3], find[2] - find[1], find[1])):
        phrase, start, end, _ = find
        stretches = taken.setdefault(phrase, [])
        at = bisect_left(stretches, (start, end))
        if (at == 0 or stretches[at - 1][1] <= start) and (at == len(stretches) or end <= stretches[at][0]):
            stretches.insert(at, (start, end))
            kept.append(find)
    return kept
