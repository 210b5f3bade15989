"""PhraseIndex: find many tracked phrases in a text at once, however they are spelt there.

Tolerated: letter slips and transpositions, diacritics, case, hyphens and spaces, joined and broken words, plurals, an extra
middle word, reversed names, letters that a scanner confuses. Not tolerated: a slip in a short word, a real word taken for a slip
of another, a phrase that runs over the end of a sentence.

How: the text is folded once (one character for one, so offsets stay those of the text), cut into tokens, and only tokens never
seen before are compared with the tracked words, through their deletion neighbourhood (W. Garbe's SymSpell); the answer is
remembered. A phrase is filed under its two rarest words, so a text costs the phrases it nearly holds, not the phrases tracked.
What is left is lined up word by word and scored by RapidFuzz.

Scripts without spaces (Chinese, Japanese, Korean, Thai and their kin) are found exactly, as a run of characters; words of other
alphabets (Cyrillic, Greek, Arabic, Hebrew) exactly, word by word, case and vowel marks aside.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import TypeAlias

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio

from watcher.common_words import COMMON_WORDS, FUNCTION_WORDS

FLOOR = 0.8  #: what is less alike than this is no find
EXTRA_COST = 0.03  #: taken off the score for each word that the phrase does not have
REVERSED_COST = 0.02  #: taken off for `Abrego Garcia, Kilmar`
VARIANT_COST = 0.01  #: taken off for a plural, a joined or a broken word
REACH = 4  #: how many words on the next word of a phrase may stand, at most
LONGEST_WORD = 40  #: longer runs of letters are no words (base64, hostile input): never compared
MEMO_SIZE = 200_000  #: tokens remembered; then it starts anew
PREFIX = 8  #: letters that the deletion neighbourhood looks at; the rest is checked by the distance itself

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_HAS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_TOKEN = re.compile(
    r"\b[a-z](?:\.[a-z]\b|\. (?:[a-uw-z](?=\.)|v(?=\. [a-z]\.)))+\.?"  # J.G.G., U.S., D. V. D.: one token
    r"|[^\W_]+(?:'s\b)?"
)
_STRONG = re.compile(r"[.!?;:…|•¿¡]|\n\s*\n")  #: ends a sentence; a full stop has exceptions
_WEAK = re.compile(r"[,()/—–]")
_ABBREVIATED = """
    v vs no nos mr mrs ms dr st jr sr sra dra hon gen gov sen rep dept inc co corp ltd et al ex rel art sec ch cl par cir dist app supp fed
    rev stat const amend atty asst lt col maj capt prof univ assn num lic ing jan feb mar apr jun jul aug sep sept oct nov dec mt ft
"""
_ABBREVIATIONS = frozenset(_ABBREVIATED.split())  #: a full stop after these ends no sentence
_FREE_WORDS = FUNCTION_WORDS | {"et", "al"}
_VERSUS = {"vs": "v", "versus": "v"}
_LOOKALIKES = str.maketrans({"0": "o", "1": "l", "5": "s", "8": "b"})
_DROPPED = re.compile(  # marks on letters, vowel marks of Arabic and Hebrew, soft hyphen, joiners and other invisible characters
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf-\u05c7\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
    "\ufe00-\ufe0f\ufe20-\ufe2f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
)
_PLAIN = {
    "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "‐": "-", "‑": "-", "\0": " ", "ß": "ss", "ẞ": "ss", "æ": "ae", "œ": "oe",
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŧ": "t", "ς": "σ",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """One find: text[start:end] stands for the phrase of that number."""

    phrase: int
    start: int  #: code points into the text as given
    end: int
    score: float  #: FLOOR to 1.0; 1.0 is the phrase itself, case, diacritics and hyphens aside


def _fold_character(character: str) -> str:
    """Lower case without diacritics: one character, or none for what is dropped, or two for the likes of ß and ﬁ."""
    if _DROPPED.match(character):
        return ""
    lower = character.lower()
    if lower in _PLAIN:
        return _PLAIN[lower]
    base = _DROPPED.sub("", unicodedata.normalize("NFKD", character)).lower()
    base = "".join(_PLAIN.get(letter, letter) for letter in _DROPPED.sub("", base))
    return base if base and base[0] < "\u0530" and not base.isspace() else lower if len(lower) == 1 else character


class _FoldTable(dict[int, int]):
    """For str.translate: one character for one, NUL for what folds to none or several. Fills itself, up to a bound."""

    def __missing__(self, code: int) -> int:
        folded = _fold_character(chr(code))
        value = ord(folded) if len(folded) == 1 else 0
        if len(self) < 10_000:
            self[code] = value
        return value


_FOLD = _FoldTable()


@dataclass(frozen=True, slots=True)
class Folded:
    """A text folded, and where each folded character stood; `offsets` is None where they agree one to one."""

    text: str
    original: str
    offsets: list[int] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets into the original of folded[start:end], with the marks that follow its last letter."""
        if self.offsets is None:
            return start, end
        stop = self.offsets[end - 1] + 1
        while stop < len(self.original) and unicodedata.category(self.original[stop]) == "Mn":
            stop += 1
        return self.offsets[start], stop


def fold(text: str) -> Folded:
    """Fold a text for comparing: lower case, no diacritics, plain apostrophes and hyphens."""
    if text.isascii():
        return Folded(text.lower(), text)
    folded = text.translate(_FOLD)
    if "\0" not in folded:
        return Folded(folded, text)
    parts = [_fold_character(character) for character in text]
    return Folded("".join(parts), text, [at for at, part in enumerate(parts) for _ in part])


def _clean(token: str) -> str:
    """The word of a token: without its possessive and the dots of its initials; `vs` is `v`."""
    word = token.removesuffix("'s").replace(".", "").replace(" ", "")
    return _VERSUS.get(word, word)


def words_of(text: str) -> list[str]:
    """The folded words of a text, as phrases are made of."""
    return [_clean(token) for token in _TOKEN.findall(fold(text).text)]


def _stem(word: str) -> str:
    """What singular and plural have in common, in English and Spanish (centre and center too); good for comparing only."""
    if len(word) < 4 or not word.isalpha():
        return word
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    word = f"{word[:-2]}er" if word.endswith("tre") else word.removesuffix("e") if len(word) > 4 else word
    return f"{word[:-1]}i" if word.endswith("y") else word


def _skeleton(word: str) -> str:
    """A word as a scanner may confuse it: rn for m, cl for d, vv for w, digits for letters, i for l."""
    return word.translate(_LOOKALIKES).replace("rn", "m").replace("cl", "d").replace("vv", "w").replace("i", "l")


def _budget(word: str) -> int:
    """How many edits a tracked word bears: none under 4 letters, with a digit or in another alphabet, one to 7 letters, else two."""
    if len(word) < 4 or not (word.isascii() and word.isalpha()):
        return 0
    return 1 if len(word) < 8 else 2


def _deletions(word: str, edits: int) -> Iterator[str]:
    """What is left of the first letters of a word when up to `edits` of them are struck."""
    prefix = word[:PREFIX]
    for count in range(min(edits, len(prefix) - 1) + 1):
        for kept in combinations(prefix, len(prefix) - count):
            yield "".join(kept)


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A tracked phrase as it is compared."""

    text: str  #: its words, single blanks between; function words around two that carry meaning are cut
    words: tuple[str, ...]  #: those that carry meaning; all of them where fewer than two do
    plain: bool  #: made of common and short words only: at most one slip of one letter, and no extra words
    initials: bool  #: has single letters: no extra words
    versus: int  #: place of `v` in `words`, -1 without
    reversible: bool  #: may be a name, as `Garcia, Kilmar Abrego`

    @classmethod
    def of(cls, text: str) -> "_Phrase":
        every = words_of(text)
        words = tuple(word for word in every if word not in FUNCTION_WORDS)
        if len(words) > 1:  # `the Alien Enemies Act` is as good without its article; `El Salvador` is not
            every = every[every.index(words[0]) : len(every) - every[::-1].index(words[-1])]
        else:
            words = tuple(every)
        common = [word in COMMON_WORDS or len(word) < 4 for word in words]
        versus = words.index("v") if "v" in words[1:-1] else -1
        return cls(
            text=" ".join(every),
            words=words,
            plain=all(common),
            initials=any(len(word) == 1 and word != "v" for word in words),
            versus=versus,
            reversible=versus < 0 and 2 <= len(words) <= 4 and len(words) == len(every) and not any(common),
        )

    @property
    def extras(self) -> int:
        """How many words more than its own a find may hold."""
        if self.initials or self.plain or len(self.words) < 2:
            return 0
        return 1 if len(self.words) == 2 else 2

    def orders(self) -> Iterator[tuple[tuple[int, ...], int]]:
        """The orders in which its words may stand, best first, each with the place after which a comma must be (-1: none)."""
        places = tuple(range(len(self.words)))
        yield places, -1
        if self.versus > 0:
            yield (*places[self.versus + 1 :], self.versus, *places[: self.versus]), -1
        elif self.reversible:
            for cut in places[1:]:
                yield places[cut:] + places[:cut], len(places) - cut - 1


@dataclass(slots=True)
class _Tokens:
    """A text as a row of tokens with what each may stand for: tracked word -> edits."""

    folded: str
    words: list[str]
    spans: list[tuple[int, int]]
    meanings: list[dict[str, int]]
    altered: set[int] = field(default_factory=set)  #: tokens that we parted or mended
    places: dict[str, list[int]] = field(default_factory=dict)  #: tracked word -> tokens that may stand for it

    def __post_init__(self) -> None:
        for at, meaning in enumerate(self.meanings):
            for word in meaning:
                self.places.setdefault(word, []).append(at)

    def gap(self, at: int) -> str:
        """What stands between a token and the next."""
        return self.folded[self.spans[at][1] : self.spans[at + 1][0]]

    def ends_sentence(self, at: int) -> bool:
        """Whether a sentence ends between a token and the next."""
        gap = self.gap(at)
        if gap in (" ", "-", ", "):
            return False
        strong = _STRONG.search(gap)
        return bool(strong) and not (gap.strip() == "." and (len(self.words[at]) == 1 or self.words[at] in _ABBREVIATIONS))


_Window: TypeAlias = tuple[int, int, int, float]  #: phrase, first token, last token, score
_NOTHING: dict[str, int] = {}


class PhraseIndex:
    """Tracked phrases, found all at once. Numbers of phrases are their places in the sequence given, then those `add` returned.

    Not for sharing between threads while it adds; `find` alone may be called from several (the memo is only ever filled).
    """

    def __init__(self, phrases: Sequence[str] = ()) -> None:
        self._phrases: list[_Phrase] = []
        self._numbers: list[list[int]] = []  #: of each distinct phrase, the numbers it was added under
        self._known: dict[str, int] = {}  #: folded text -> distinct phrase
        self._count = 0
        self._rarity: Counter[str] = Counter()
        self._posts: dict[str, dict[str, list[int]]] = {}  #: rarest word -> second rarest ("" for phrases of one word) -> phrases
        self._runs: dict[str, list[tuple[re.Pattern[str], int]]] = {}  #: first character of phrases in unspaced scripts -> them
        self._deleted: dict[str, list[str]] = {}
        self._stems: dict[str, list[str]] = {}
        self._skeletons: dict[str, list[str]] = {}
        self._followers: dict[str, set[str]] = {}
        self._leaders: dict[str, set[str]] = {}
        self._starts: set[str] = set()  #: first parts of tracked words, for words broken in two
        self._tracked: set[str] = set()
        self._memo: dict[str, dict[str, int]] = {}
        self._live: set[str] = set()  #: tokens of the memo that stand for something
        self._joined: dict[str, tuple[str, str]] = {}  #: tokens of the memo that are two tracked words run together
        prepared = [self._intern(phrase) for phrase in phrases]
        for phrase in prepared:  # all are counted before any is filed, so that rarity is known
            if phrase is not None:
                self._rarity.update(set(self._phrases[phrase].words))
        for phrase in prepared:
            if phrase is not None:
                self._file(phrase)

    def __len__(self) -> int:
        return self._count

    def add(self, phrase: str) -> int:
        """Track one more phrase and return its number. A few insertions; tokens seen before are compared anew where it brings new words."""
        number = self._count
        fresh = self._intern(phrase)
        if fresh is not None:
            self._rarity.update(set(self._phrases[fresh].words))
            self._file(fresh)
        return number

    def find(self, text: str) -> list[Found]:
        """All finds, by where they start. The same phrase is not found twice over the same words; different phrases may overlap."""
        folded = fold(text)
        best: dict[tuple[int, int], Found] = {}
        for tokens in self._readings(folded.text):
            for phrase, first, last, score in self._finds(tokens):
                start, end = folded.span(tokens.spans[first][0], tokens.spans[last][1])
                known = best.get((phrase, start))
                if known is None or score > known.score:
                    best[phrase, start] = Found(phrase, start, end, score)
        if self._runs and _HAS_UNSPACED.search(folded.text):
            for phrase, first, last in self._find_runs(folded.text):
                start, end = folded.span(first, last)
                best[phrase, start] = Found(phrase, start, end, 1.0)
        finds = _without_overlaps(best.values())
        return sorted(
            (Found(number, found.start, found.end, found.score) for found in finds for number in self._numbers[found.phrase]),
            key=lambda found: (found.start, found.end, found.phrase),
        )

    # ---- building

    def _intern(self, text: str) -> int | None:
        """Give a phrase the next number; return its place among the distinct ones where it is new, else None."""
        phrase = _Phrase.of(text)
        number, self._count = self._count, self._count + 1
        known = self._known.get(phrase.text)
        if known is not None:
            self._numbers[known].append(number)
            return None
        place = self._known[phrase.text] = len(self._phrases)
        self._phrases.append(phrase)
        self._numbers.append([number])
        return place

    def _file(self, place: int) -> None:
        """Make a distinct phrase findable."""
        phrase = self._phrases[place]
        if not phrase.words:
            return
        if _HAS_UNSPACED.search(phrase.text):
            pattern = re.compile(r"[\W_]*".join(map(re.escape, phrase.text.split(" "))))
            self._runs.setdefault(phrase.text[0], []).append((pattern, place))
            return
        rarest = sorted(set(phrase.words), key=lambda word: (word in COMMON_WORDS, self._rarity[word], -len(word), word))
        self._posts.setdefault(rarest[0], {}).setdefault(rarest[1] if len(rarest) > 1 else "", []).append(place)
        news = [word for word in rarest if word not in self._tracked]
        for word in news:
            self._track(word)
        for left, right in pairwise(phrase.text.split(" ")):
            if len(left) >= 2 and len(right) >= 2 and len(left) + len(right) >= 6:
                news.extend(() if right in self._followers.get(left, ()) else (left,))
                self._followers.setdefault(left, set()).add(right)
                self._leaders.setdefault(right, set()).add(left)
        if news:
            self._forget()

    def _track(self, word: str) -> None:
        self._tracked.add(word)
        self._stems.setdefault(_stem(word), []).append(word)
        budget = _budget(word)
        if budget:
            self._skeletons.setdefault(_skeleton(word), []).append(word)
            for rest in set(_deletions(word, budget)):
                self._deleted.setdefault(rest, []).append(word)
        if len(word) >= 6:
            self._starts.update(word[:cut] for cut in range(2, len(word) - 1))

    def _forget(self) -> None:
        self._memo.clear()
        self._live.clear()
        self._joined.clear()

    # ---- what a token stands for

    def _learn(self, tokens: Iterable[str]) -> None:
        if len(self._memo) > MEMO_SIZE:
            self._forget()
        for token in tokens:
            word = _clean(token)
            meaning = self._meaning(word)
            pair = None if meaning else self._pair(word)
            if pair:
                self._joined[token] = pair
            if meaning or pair:
                self._live.add(token)
            self._memo[token] = meaning

    def _meaning(self, word: str) -> dict[str, int]:
        """The tracked words that a word may be, each with the edits between them. A word that is tracked, or its plural is, is no slip."""
        if len(word) > LONGEST_WORD:
            return _NOTHING
        sure = {tracked: 0 for tracked in self._stems.get(_stem(word), ()) if len(tracked) > 3 or tracked == word}
        if sure:
            return sure
        if len(word) < 4 or word in COMMON_WORDS or not word.isascii():
            return _NOTHING
        near = dict.fromkeys(self._skeletons.get(_skeleton(word), ()) if any(map(str.isalpha, word)) else (), 1)
        if not word.isalpha():
            return near or _NOTHING
        for rest in set(_deletions(word, 2 if len(word) > 5 else 1)):
            for tracked in self._deleted.get(rest, ()):
                if tracked not in near and (edits := _edits(word, tracked)):
                    near[tracked] = edits
        return near or _NOTHING

    def _pair(self, word: str) -> tuple[str, str] | None:
        """Two words that follow each other in a phrase, run together here; one of them may have slips."""
        if not 6 <= len(word) <= LONGEST_WORD or word in COMMON_WORDS:
            return None
        for cut in range(2, len(word) - 1):
            left, right = word[:cut], word[cut:]
            for follower in self._followers.get(left, ()):
                if follower == right or _edits(right, follower):
                    return left, follower
            for leader in self._leaders.get(right, ()) if len(right) > 3 else ():
                if _edits(left, leader):
                    return leader, right
        return None

    # ---- reading a text

    def _readings(self, folded: str) -> Iterator[_Tokens]:
        """The text as tokens, and once more with joined words parted and broken words mended where there are such."""
        found = _TOKEN.findall(folded)
        distinct = set(found)
        self._learn(distinct.difference(self._memo))
        live = distinct & self._live
        starts = distinct & self._starts
        if not live and not starts:
            return
        memo = self._memo
        breaks = (
            [at for at, (word, after) in enumerate(pairwise(found)) if word in starts and word + after in self._tracked] if starts else []
        )
        if not live and not breaks:
            return
        spans = [(token.start(), token.end() - 2 if token.group().endswith("'s") else token.end()) for token in _TOKEN.finditer(folded)]
        words = [_clean(token) if len(token) > 3 and (token[1] == "." or token[-2] == "'") else token for token in found]
        plain = _Tokens(folded, words, spans, [memo.get(token, _NOTHING) if token in live else _NOTHING for token in found])
        yield plain
        if breaks or any(token in self._joined for token in live):
            yield self._mended(plain, found, frozenset(breaks))

    def _mended(self, plain: _Tokens, found: list[str], breaks: frozenset[int]) -> _Tokens:
        """The same text with broken words mended (`Confine-ment`) and joined ones parted (`blacksites`)."""
        rows: list[tuple[str, tuple[int, int], dict[str, int], bool]] = []
        mended = -1
        for at, token in enumerate(found):
            span = plain.spans[at]
            if at == mended:
                continue
            if at in breaks and plain.gap(at).strip() in ("", "-"):
                mended = at + 1
                whole = token + found[mended]
                rows.append((whole, (span[0], plain.spans[mended][1]), {whole: 0}, True))
            elif token in self._joined:
                rows.extend((word, span, {word: 0}, True) for word in self._joined[token])
            else:
                rows.append((plain.words[at], span, plain.meanings[at], False))
        words, spans, meanings, altered = (list(column) for column in zip(*rows, strict=True))
        return _Tokens(plain.folded, words, spans, meanings, {at for at, flag in enumerate(altered) if flag})

    def _finds(self, tokens: _Tokens) -> Iterator[_Window]:
        """Candidates lined up and scored."""
        present = tokens.places
        for anchor, places in present.items():
            posts = self._posts.get(anchor)
            if posts is None:
                continue
            for second in posts if len(posts) <= len(present) else ["", *present]:
                if second and second not in present:
                    continue
                for number in posts.get(second, ()):
                    phrase = self._phrases[number]
                    if all(word in present for word in phrase.words):
                        yield from self._aligned(tokens, number, phrase, anchor, places)

    def _aligned(
        self, tokens: _Tokens, number: int, phrase: _Phrase, anchor: str, places: list[int]
    ) -> Iterator[tuple[int, int, int, float]]:
        for order, comma in phrase.orders():
            row = [phrase.words[place] for place in order]
            key = row.index(anchor)
            seen = False
            for at in places:
                taken = _line_up(tokens, row, key, at)
                if taken is None:
                    continue
                score = _score(tokens, phrase, order, comma, taken)
                if score >= FLOOR:
                    seen = True
                    yield number, taken[0], taken[-1], score
            if seen:
                return

    def _find_runs(self, folded: str) -> Iterator[tuple[int, int, int]]:
        for at, character in enumerate(folded):
            for pattern, number in self._runs.get(character, ()):
                if run := pattern.match(folded, at):
                    yield number, at, run.end()


def _edits(word: str, tracked: str) -> int:
    """The edits between a word and a tracked one where they are within its budget, else 0; 3 for two that touch the first letter."""
    budget = _budget(tracked)
    edits = OSA.distance(word, tracked, score_cutoff=budget)
    if edits > budget:
        return 0
    return 3 if edits == 2 and word[0] != tracked[0] else int(edits)


def _line_up(tokens: _Tokens, row: list[str], key: int, at: int) -> list[int] | None:
    """The token for each word of a phrase, with its `key`-th word at `at`; None where one is not within REACH."""
    meanings = tokens.meanings
    taken = [at] * len(row)
    here = at
    for place in range(key + 1, len(row)):
        here = next((to for to in range(here + 1, min(here + REACH + 2, len(meanings))) if row[place] in meanings[to]), -1)
        if here < 0:
            return None
        taken[place] = here
    here = at
    for place in range(key - 1, -1, -1):
        here = next((to for to in range(here - 1, max(here - REACH - 2, -1), -1) if row[place] in meanings[to]), -1)
        if here < 0:
            return None
        taken[place] = here
    return taken


def _score(tokens: _Tokens, phrase: _Phrase, order: tuple[int, ...], comma: int, taken: list[int]) -> float:
    """How alike a lined up window is to its phrase, 0.0 where a rule of precision forbids it."""
    first, last = taken[0], taken[-1]
    own = dict(zip(taken, order, strict=True))
    extras = [at for at in range(first, last) if at not in own and tokens.words[at] not in _FREE_WORDS]
    turned = order[0] != 0
    edits = [tokens.meanings[at][phrase.words[place]] for at, place in own.items()]
    if len(extras) > phrase.extras or not _slips_allowed(phrase, edits, len(extras)) or not _one_breath(tokens, phrase, comma, taken):
        return 0.0
    if len(own) == 1 and not edits[0] and len(tokens.words[first]) < len(phrase.words[0]):
        return 0.0  # a lone plural is not found in its singular: `American` is no `Americans`
    words = {at: phrase.words[place] if tokens.meanings[at][phrase.words[place]] == 0 else tokens.words[at] for at, place in own.items()}
    if turned:
        ours, theirs = " ".join(phrase.words), " ".join(words[at] for at in sorted(own, key=own.__getitem__))
    else:
        ours = phrase.text
        theirs = " ".join(
            words.get(at) or tokens.words[at] for at in range(first, last + 1) if at in own or tokens.words[at] in _FREE_WORDS
        )
    alike: float = ratio(ours, theirs) / 100
    if alike == 1.0 and any(tokens.words[at] != word or at in tokens.altered for at, word in words.items()):
        alike -= VARIANT_COST
    return max(0.0, alike - EXTRA_COST * len(extras) - REVERSED_COST * turned)


def _slips_allowed(phrase: _Phrase, edits: list[int], extras: int) -> bool:
    """Whether so many edits, word by word, still make the phrase."""
    slips = [count for count in edits if count]
    if not slips:
        return True
    if phrase.plain:
        return len(phrase.words) > 1 and slips == [1]
    if len(phrase.words) == 1:
        return (slips == [1] and len(phrase.words[0]) >= 7) or (slips == [2] and len(phrase.words[0]) >= 10)
    if len(phrase.words) == 2:
        return len(slips) == 1 and slips[0] < 3 and not extras
    return len(slips) <= (len(phrase.words) + 1) // 2


def _one_breath(tokens: _Tokens, phrase: _Phrase, comma: int, taken: list[int]) -> bool:
    """Whether no sentence ends inside, and commas are where the order of words asks for them; never in the middle of two words."""
    first, last = taken[0], taken[-1]
    if any(tokens.ends_sentence(at) for at in range(first, last)):
        return False
    if comma >= 0:
        return any("," in tokens.gap(at) for at in range(taken[comma], taken[comma + 1]))
    return len(phrase.words) > 2 or not any(_WEAK.search(tokens.gap(at)) for at in range(first, last))


def _without_overlaps(finds: Iterable[Found]) -> list[Found]:
    """Of finds of one phrase that overlap, the best; of equals the shortest, then the first."""
    kept: dict[int, list[Found]] = {}
    for found in sorted(finds, key=lambda found: (-found.score, found.end - found.start, found.start)):
        others = kept.setdefault(found.phrase, [])
        if all(found.end <= other.start or found.start >= other.end for other in others):
            others.append(found)
    return [found for others in kept.values() for found in others]
