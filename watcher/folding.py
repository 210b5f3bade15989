"""Folding: the one form in which texts and tracked phrases are compared, and the way back to the text as given.

Lower case, no diacritics, plain apostrophes and hyphens, for Latin, Cyrillic, Greek, Arabic and Hebrew alike; every other character
stays as it is. Folding may drop a character (a combining mark, a soft hyphen) or make two of one (ß, ﬁ): `Folded.span` knows where
each came from, so what is found is always named by offsets into the text as given.
"""

import re
import unicodedata
from dataclasses import dataclass

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

TOKEN = re.compile(  #: a token of a folded text; J.G.G., U.S., D. V. D. are one each, and `v. L.` of `Cox v. L. Hale` are two
    r"\b(?=[a-z]\.)(?:"
    r"[a-z](?:\.[a-z]\b)+\.?"
    r"|(?!(?<=[^\W_] )v\.|(?<=[.,)] )v\.)[a-z](?:\. (?:[a-uw-z](?=\.)|v(?=\. [a-z]\.)))+\.?"
    r")|[^\W_]+(?:'s\b)?"
)
_MARKS = "\"'()[]{}<>.,;:!?-_*/“”‘’—–…«»¿¡|•§"
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
UNSPACED = re.compile(f"[{_UNSPACED}]")  #: a character of a script that puts no blanks between words


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


@dataclass(slots=True)
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


def clean(token: str) -> str:
    """The word of a token: without its possessive and the dots of its initials; `vs` is `v`."""
    word = token.removesuffix("'s")
    if "." in word:
        word = word.replace(".", "").replace(" ", "")
    return _VERSUS.get(word, word)


def word_alone(chunk: str) -> str:
    """The folded word of a chunk that is plain letters with marks around them, as most are; empty for any other. Quick."""
    core = chunk.strip(_MARKS)
    if core[-2:] in ("'s", "’s"):
        core = core[:-2]
    if core.isalpha() and core.isascii():
        word = core.lower()
        return _VERSUS.get(word, word)
    return ""


def words_of(text: str) -> list[str]:
    """The folded words of a text, as phrases are made of."""
    return [token if token.isalnum() and token not in _VERSUS else clean(token) for token in TOKEN.findall(fold(text).text)]


def stem(word: str) -> str:
    """What singular and plural have in common, in English and Spanish (centre and center too); good for comparing only."""
    if len(word) < 4 or not word.isalpha():
        return word
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    word = f"{word[:-2]}er" if word.endswith("tre") else word.removesuffix("e") if len(word) > 4 else word
    return f"{word[:-1]}i" if word.endswith("y") else word


def skeleton(word: str) -> str:
    """A word as a scanner may confuse it: rn for m, cl for d, vv for w, digits for letters, l for i."""
    return word.translate(_LOOKALIKES).replace("rn", "m").replace("cl", "d").replace("vv", "w").replace("l", "i")
