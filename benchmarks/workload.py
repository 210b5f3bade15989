"""The seeded workload: tracked phrases, and papers that mention them, spelt right and wrong, among much else.

Everything here is made up and follows from the seed. A `Paper` says which phrases were planted, where and how they are spelt (`KINDS`),
and which decoys stand in it: what looks like a tracked phrase and is another. Only slips that a reader would see through are planted:
none in words of fewer than four letters, two only in words of eight or spread over two words, and none that makes another real word.
"""

import random
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from benchmarks.vocabulary import WORD, Ranked, Vocabulary, folded

Shape = Literal["person", "case", "institution", "doctrine"]

EXACT = "exact"
KINDS = (
    EXACT, "case", "diacritic", "hyphen", "joined", "one edit", "two edits", "transposition", "extra word", "reversed", "combined",
)  # fmt: skip
NOISY = KINDS[1:]
_SMALL = """
    a an and as at by for from in into of on or the to upon v with al con de del el en la las los o para por y
"""
SMALL_WORDS = frozenset(_SMALL.split())

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ACCENTED = str.maketrans("aeiounAEIOUN", "áéíóúñÁÉÍÓÚÑ")
RECURRING = 3_000  #: names, and figures, that the papers of a stream have in common
MARGIN = 72  #: characters of a line in papers that are set in lines


@dataclass(frozen=True, slots=True)
class Phrase:
    """One tracked phrase."""

    text: str
    shape: Shape


@dataclass(frozen=True, slots=True)
class Planted:
    """text[start:end] of the paper is a mention of that phrase, spelt in the way of that kind."""

    phrase: int
    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Decoy:
    """text[start:end] looks like that phrase, and is not."""

    phrase: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Paper:
    text: str
    planted: tuple[Planted, ...] = ()
    decoys: tuple[Decoy, ...] = ()


@dataclass(frozen=True, slots=True)
class DocketPaper:
    """A text that names one docket number, tracked or with one digit changed."""

    text: str
    tracked: bool


# ---- phrases


def phrases(vocabulary: Vocabulary, count: int, seed: int) -> list[Phrase]:
    """So many distinct phrases (folded), of two to eight words: people, cases, institutions, doctrines."""
    chance = random.Random(f"phrases {seed}")
    makers: dict[Shape, Callable[[Vocabulary, random.Random], str]] = {
        "person": _person, "case": _case, "institution": _institution, "doctrine": _doctrine,
    }  # fmt: skip
    made: dict[str, Phrase] = {}
    while len(made) < count:
        shape = chance.choices(list(makers), (35, 20, 20, 25))[0]
        text = makers[shape](vocabulary, chance)
        key = folded(text)
        if 2 <= key.count(" ") + 1 <= 8:
            made.setdefault(key, Phrase(text, shape))
    return list(made.values())


def _person(words: Vocabulary, chance: random.Random) -> str:
    firsts = words.first_names.draw(chance, chance.choices((1, 2), (80, 20))[0])
    lasts = words.surnames.draw(chance, chance.choices((1, 2), (75, 25))[0])
    joint = "-" if len(lasts) == 2 and chance.random() < 0.15 else " "
    return f"{' '.join(firsts)} {joint.join(lasts)}"


def _case(words: Vocabulary, chance: random.Random) -> str:
    def party() -> str:
        kind = chance.random()
        if kind < 0.25:
            return _person(words, chance)
        if kind < 0.35:
            return _institution(words, chance)
        return " ".join(words.surnames.draw(chance, chance.choices((1, 2), (80, 20))[0]))

    return f"{party()} v. {party()}"


def _institution(words: Vocabulary, chance: random.Random) -> str:
    place, other = words.places.draw(chance, 2)
    matter, theme = (word.capitalize() for word in words.matters.draw(chance, 2))
    name = words.surnames.one(chance)
    forms = (
        f"Ministry of {matter} of {place}",
        f"{place} {matter} Commission",
        f"{place} County {matter} Facility",
        f"Centro de {matter} de {place}",
        f"{name} Institute for {matter} {theme}",
        f"Department of {matter} and {theme}",
        f"{place}-{other} {matter} Council",
        f"{name} {matter} Foundation",
        f"Instituto {matter} de {place}",
        f"{place} Court of {matter}",
        f"National {matter} Alliance of {place}",
        f"{name} & {words.surnames.one(chance)} LLP",
    )
    return chance.choice(forms)


def _doctrine(words: Vocabulary, chance: random.Random) -> str:
    one, two, three = words.matters.draw(chance, 3)
    forms = (
        f"{one} {two}",
        f"{one} {two} {three}",
        f"{one} of {two}",
        f"{one} and {two} {three}",
        f"{one} {two} doctrine",
        f"{one} against {two}",
        f"{one} without {two} {three}",
        f"{one} de {two}",
        f"{one} {two} of the {three}",
        f"right to {one} {two}",
        f"{one} clause of the {two} {three}",
    )
    return chance.choice(forms)


# ---- how a mention is spelt


def _slip(word: str, chance: random.Random) -> str:
    """One letter struck, put in or changed."""
    at = chance.randrange(len(word))
    letter = chance.choice(_LETTERS)
    return chance.choice((word[:at] + word[at + 1 :], word[:at] + letter + word[at:], word[:at] + letter + word[at + 1 :]))


def _swap(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


class Speller:
    """Spells phrases in the ways of KINDS. None where a phrase cannot be spelt so: no comma turns a doctrine round."""

    def __init__(self, vocabulary: Vocabulary, tracked: Sequence[Phrase]) -> None:
        self._vocabulary = vocabulary
        self._tracked = {folded(phrase.text) for phrase in tracked}
        self._ways: dict[str, Callable[[Phrase, random.Random], str | None]] = {
            EXACT: lambda phrase, _: phrase.text,
            "case": self._case,
            "diacritic": self._diacritic,
            "hyphen": self._hyphen,
            "joined": self._joined,
            "one edit": lambda phrase, chance: self._misspelt(phrase.text, _slip, chance),
            "two edits": self._two_edits,
            "transposition": lambda phrase, chance: self._misspelt(phrase.text, _swap, chance),
            "extra word": self._extra_word,
            "reversed": self._reversed,
            "combined": self._combined,
        }

    def spell(self, phrase: Phrase, kind: str, chance: random.Random) -> str | None:
        for _ in range(5):
            spelt = self._ways[kind](phrase, chance)
            if spelt and (kind == EXACT or spelt != phrase.text) and not self._another(phrase, spelt):
                return spelt
        return None

    def _another(self, phrase: Phrase, spelt: str) -> bool:
        key = folded(spelt)
        return key in self._tracked and key != folded(phrase.text)

    def _case(self, phrase: Phrase, chance: random.Random) -> str | None:
        return chance.choice((phrase.text.upper(), phrase.text.lower(), phrase.text.title()))

    def _diacritic(self, phrase: Phrase, chance: random.Random) -> str | None:
        bare = "".join(letter for letter in unicodedata.normalize("NFD", phrase.text) if not unicodedata.combining(letter))
        if bare != phrase.text and chance.random() < 0.7:
            return bare
        places = [at for at, letter in enumerate(bare) if letter in "aeiounAEIOUN" and len(self._word_at(bare, at)) > 2]
        if not places:
            return None
        at = chance.choice(places)
        marked = bare[:at] + bare[at].translate(_ACCENTED) + bare[at + 1 :]
        return unicodedata.normalize("NFD", marked) if chance.random() < 0.3 else marked

    @staticmethod
    def _word_at(text: str, at: int) -> str:
        return next(found.group() for found in WORD.finditer(text) if found.start() <= at < found.end())

    @staticmethod
    def _seams(text: str, least: int) -> list[int]:
        """Where two words of some length meet at a blank, neither of them a small word."""
        found = list(WORD.finditer(text))
        return [
            left.end()
            for left, right in pairwise(found)
            if right.start() == left.end() + 1
            and text[left.end()] in " -"
            and all(len(word.group()) >= least and word.group().lower() not in SMALL_WORDS for word in (left, right))
        ]

    def _hyphen(self, phrase: Phrase, chance: random.Random) -> str | None:
        if "-" in phrase.text:
            return phrase.text.replace("-", " ")
        seams = self._seams(phrase.text, 2)
        if not seams:
            return None
        at = chance.choice(seams)
        return phrase.text[:at] + chance.choice("--‑") + phrase.text[at + 1 :]

    def _joined(self, phrase: Phrase, chance: random.Random) -> str | None:
        seams = self._seams(phrase.text, 3)
        if not seams:
            return None
        at = chance.choice(seams)
        rest = phrase.text[at + 1 :]
        return phrase.text[:at] + (rest if chance.random() < 0.5 else rest[0].lower() + rest[1:])

    def _misspelt(self, text: str, way: Callable[[str, random.Random], str], chance: random.Random, *, least: int = 4) -> str | None:
        """One of the words misspelt in that way; None where each try makes a real word or changes nothing."""
        words = [found for found in WORD.finditer(text) if len(found.group()) >= least and found.group().lower() not in SMALL_WORDS]
        if not words:
            return None
        for _ in range(10):
            word = chance.choice(words)
            made = way(word.group().lower(), chance)
            if folded(made) != folded(word.group()) and folded(made) not in self._vocabulary.real:
                made = made.capitalize() if word.group()[0].isupper() else made
                return text[: word.start()] + made + text[word.end() :]
        return None

    def _two_edits(self, phrase: Phrase, chance: random.Random) -> str | None:
        """Two letters of a long word, or, in phrases of three words, one letter in each of two words."""
        many = sum(word.lower() not in SMALL_WORDS for word in WORD.findall(phrase.text)) > 2
        if many and chance.random() < 0.5:
            once = self._misspelt(phrase.text, _slip, chance)
            twice = self._misspelt(once, _slip, chance) if once else None
            changed = sum(a != b for a, b in zip(folded(phrase.text).split(), folded(twice or "").split(), strict=False))
            return twice if changed == 2 else None
        return self._misspelt(phrase.text, lambda word, chance: _slip(_slip(word, chance), chance), chance, least=8)

    def _extra_word(self, phrase: Phrase, chance: random.Random) -> str | None:
        words = phrase.text.split(" ")
        at = chance.randrange(1, len(words)) if len(words) > 1 else 0
        if not at:
            return None
        if phrase.shape in ("person", "case"):
            extra = chance.choice((self._vocabulary.first_names.one(chance), f"{chance.choice(_LETTERS).upper()}."))
        else:
            extra = self._vocabulary.matters.one(chance)
        return " ".join((*words[:at], extra, *words[at:]))

    def _reversed(self, phrase: Phrase, chance: random.Random) -> str | None:
        if phrase.shape == "case":
            left, _, right = phrase.text.partition(" v. ")
            return f"{right} v. {left}"
        if phrase.shape == "person":
            words = phrase.text.split(" ")
            cut = 1 if len(words) == 2 else chance.randrange(1, len(words))
            return f"{' '.join(words[cut:])}, {' '.join(words[:cut])}"
        return None

    def _combined(self, phrase: Phrase, chance: random.Random) -> str | None:
        """Two of the ways at once."""
        pairs = (
            ("reversed", "one edit"), ("one edit", "case"), ("diacritic", "hyphen"), ("joined", "case"), ("transposition", "hyphen"),
            ("diacritic", "one edit"), ("reversed", "diacritic"), ("reversed", "case"), ("extra word", "case"), ("hyphen", "case"),
        )  # fmt: skip
        first, second = chance.choice(pairs)
        half = self._ways[first](phrase, chance)
        return self._ways[second](Phrase(half, phrase.shape), chance) if half else None


# ---- papers


class Writer:
    """Writes papers of a stream: one writer for those that are learned from, another (another seed) for those that are measured."""

    def __init__(self, vocabulary: Vocabulary, tracked: Sequence[Phrase], seed: str) -> None:
        self._vocabulary = vocabulary
        self._tracked = tracked
        self._chance = random.Random(f"papers {seed}")
        self._speller = Speller(vocabulary, tracked)
        self._known = {folded(phrase.text) for phrase in tracked}

        self._next_kind = 0
        self._names, self._figures = _in_the_news(vocabulary)

    def paper(self, size: int, mentions: int, decoys: int) -> Paper:
        """A paper of about `size` characters; kinds of spelling take turns over the papers of one writer."""
        chance = self._chance
        inserts: list[tuple[str, int, str]] = [self._mention() for _ in range(mentions)]
        inserts += [("", *decoy) for decoy in (self._decoy() for _ in range(decoys)) if decoy]
        chance.shuffle(inserts)
        every = size / (len(inserts) + 1)
        parts: list[str] = []
        length = 0
        planted: list[Planted] = []
        false: list[Decoy] = []
        for sentence in self._sentences():
            for piece in sentence:
                parts.append(piece)
                length += len(piece)
                if inserts and piece == " " and length > every * (1 + len(planted) + len(false)):
                    kind, number, spelt = inserts.pop()
                    if kind:
                        planted.append(Planted(number, kind, length, length + len(spelt)))
                    else:
                        false.append(Decoy(number, length, length + len(spelt)))
                    parts += (spelt, " ")
                    length += len(spelt) + 1
            if length >= size and not inserts:
                break
        text = "".join(parts)
        return Paper(_in_lines(text) if chance.random() < 0.5 else text, tuple(planted), tuple(false))

    def _mention(self) -> tuple[str, int, str]:
        """Kind, phrase and spelling of the next mention."""
        kind = KINDS[self._next_kind % len(KINDS)]
        self._next_kind += 1
        while True:
            number = self._chance.randrange(len(self._tracked))
            if spelt := self._speller.spell(self._tracked[number], kind, self._chance):
                return kind, number, spelt

    def _decoy(self) -> tuple[int, str] | None:
        """Another surname, or another word in the place of the longest."""
        chance = self._chance
        for _ in range(20):
            number = chance.randrange(len(self._tracked))
            phrase = self._tracked[number]
            words = phrase.text.split(" ")
            if phrase.shape == "person":
                at, other = len(words) - 1, self._vocabulary.surnames.one(chance)
            else:
                at = max(range(len(words)), key=lambda place: len(words[place]))
                other = self._vocabulary.matters.one(chance)
                other = other.capitalize() if words[at][0].isupper() else other
            spelt = " ".join((*words[:at], other, *words[at + 1 :]))
            if _far(folded(other), folded(words[at])) and folded(spelt) not in self._known:
                return number, spelt
        return None

    def _sentences(self) -> Iterator[list[str]]:
        """Sentences without end, as pieces: words, marks and single blanks."""
        chance = self._chance
        while True:
            spanish = chance.random() < 0.15
            for last in [False] * chance.randint(1, 4) + [True]:
                yield [*self._sentence(spanish), "\n\n" if last else " "]

    def _sentence(self, spanish: bool) -> list[str]:
        chance = self._chance
        words = (self._vocabulary.spanish if spanish else self._vocabulary.english).draw(chance, chance.randint(8, 30))
        if chance.random() < 0.25:
            words[chance.randrange(1, len(words))] = self._names.one(chance)
        if chance.random() < 0.25:
            words[chance.randrange(1, len(words))] = self._figures.one(chance) if chance.random() < 0.95 else docket(chance)
        words[0] = words[0].capitalize()
        pieces: list[str] = []
        for word in words[:-1]:
            pieces += (word, chance.choices(("", ",", ";", " —", ":", "’s"), (90, 7, 0.6, 0.6, 0.4, 1.4))[0], " ")
        pieces += (words[-1], chance.choices((".", "?", ".”", "!"), (92, 3, 4, 1))[0])
        if pieces[-1] == ".”":
            at = chance.randrange(0, len(pieces) // 3) * 3
            pieces[at] = f"“{pieces[at]}"
        return pieces


def _in_the_news(vocabulary: Vocabulary) -> tuple[Ranked, Ranked]:
    """Names and figures that come again and again in one stream, tracked or not: the same for all its writers."""
    chance = random.Random("in the news")
    makers = chance.choices((_person, _institution, _case), (70, 20, 10), k=RECURRING)
    names = Ranked((make(vocabulary, chance) for make in makers), 0.5)  # nobody is in every other paper
    return names, Ranked(_figure(chance) for _ in range(RECURRING))


def _figure(chance: random.Random) -> str:
    forms: tuple[Callable[[], str], ...] = (
        lambda: str(chance.randint(2, 31)), lambda: str(chance.randint(2015, 2027)), lambda: f"${chance.randint(1, 99)} million",
        lambda: f"§ {chance.randint(1, 1500)}", lambda: f"{chance.randint(1, 50)} U.S.C. {chance.randint(1, 3000)}",
        lambda: f"{chance.randint(80, 92)} FR {chance.randint(100, 99999)}", lambda: f"{chance.randint(1, 100)} percent",
        lambda: f"({chance.choice('abcdef')})({chance.randint(1, 9)})",
    )  # fmt: skip
    return chance.choices(forms, (20, 20, 8, 12, 10, 6, 10, 10))[0]()


def _far(word: str, other: str) -> bool:
    """Whether two words are no slips of each other: few letters in common at the same place from either end."""
    ahead = sum(a == b for a, b in zip(word, other, strict=False))
    back = sum(a == b for a, b in zip(word[::-1], other[::-1], strict=False))
    return max(ahead, back) + 3 <= max(len(word), len(other)) and word not in other and other not in word


def _in_lines(text: str) -> str:
    """The same text with blanks made line ends, so that no line is much longer than MARGIN: offsets stay."""
    letters = list(text)
    start = last = 0
    for at, letter in enumerate(letters):
        if letter == "\n":
            start = at + 1
        elif letter == " ":
            if at - start > MARGIN and last > start:
                letters[last] = "\n"
                start = last + 1
            last = at
    return "".join(letters)


# ---- dockets


def docket(chance: random.Random) -> str:
    """A docket number of a district, of the Supreme Court, or of a court of appeals."""
    year = chance.randint(17, 26)
    forms = (
        f"{chance.randint(1, 8)}:{year}-{chance.choice(('cv', 'cr', 'mc'))}-{chance.randint(1, 9999):05}",
        f"{year}A{chance.randint(1, 1300)}",
        f"No. {year}-{chance.randint(1000, 9999)}",
    )
    return chance.choices(forms, (70, 15, 15))[0]


def dockets(count: int, seed: int) -> list[str]:
    chance = random.Random(f"dockets {seed}")
    made: dict[str, None] = {}
    while len(made) < count:
        made[docket(chance)] = None
    return list(made)


def docket_papers(vocabulary: Vocabulary, tracked: Sequence[str], count: int, seed: int) -> list[DocketPaper]:
    """So many short papers: one half names a tracked docket, the other one with a digit of its serial number changed."""
    chance = random.Random(f"docket papers {seed}")
    writer = Writer(vocabulary, (), f"dockets {seed}")
    known = set(tracked)
    made: list[DocketPaper] = []
    while len(made) < count:
        number = chance.choice(tracked)
        decoy = len(made) % 2 == 1
        if decoy:
            at = len(number) - (chance.choice((1, 2)) if number[-2].isdigit() else 1)
            number = number[:at] + chance.choice([digit for digit in "123456789" if digit != number[at]]) + number[at + 1 :]
            if number in known:
                continue
        text = writer.paper(200, 0, 0).text
        made.append(DocketPaper(f"{text}The case is {number}, said the clerk. {writer.paper(100, 0, 0).text}", not decoy))
    return made
