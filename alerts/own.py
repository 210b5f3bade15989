"""Phrases that subscribers own: which may be taken, and when two are one. Pure."""

import re
from collections.abc import Collection, Iterable, Sequence

from alerts.errors import PhraseError
from watcher import numbers, plain, reporters
from watcher.common_words import COMMON_WORDS, FUNCTION_WORDS
from watcher.folding import words_of
from watcher.own import is_docket
from watcher.phrases import PhraseIndex

SHORTEST, LONGEST = 4, 100  #: characters of a phrase as it is compared
MOST = 20  #: phrases of one subscriber
TELLING = 3  #: letters of a word that may tell something

_NUMBER = re.compile(r"(?!(?:19|20)[0-9]{2}$)[0-9]{3,9}")  # a year tells nothing, nor does a number that any text may have


def folded(phrase: str) -> str:
    """A phrase as it is compared: two that differ in case, accents or punctuation alone are one."""
    return " ".join(words_of(phrase))


def taken(phrases: Iterable[str], owned: Collection[str]) -> dict[str, str]:
    """The phrases that a subscriber may own from now on beside those she owns: as they are kept, by how they are compared.

    Args:
        owned: what she owns already, as it is compared; to take one of these again changes nothing.

    Raises:
        PhraseError: one cannot be taken; the text says why, and what to do.
    """
    new: dict[str, str] = {}
    for phrase in phrases:
        tidy = plain.folded(phrase)
        if reason := refusal(phrase):
            raise PhraseError(f"phrase “{plain.cut(tidy, LONGEST)}”: {reason}")
        if folded(tidy) not in owned:
            new.setdefault(folded(tidy), tidy)
    if len(owned) + len(new) > MOST:
        raise PhraseError(f"one subscriber may own {MOST} phrases, and these would be {len(owned) + len(new)}: end some first")
    return new


def refusal(phrase: str) -> str:
    """Why a phrase may not be taken, and what to do; "" where it may."""
    if len(phrase.strip().splitlines()) > 1:
        return "it has several lines; give each phrase by itself"
    tidy = plain.folded(phrase)
    size = len(folded(tidy))
    if size < SHORTEST:
        return f"it is too short to tell anything apart; write at least {SHORTEST} letters or digits, as a whole name"
    if max(size, len(tidy)) > LONGEST:
        return f"it is longer than {LONGEST} characters; keep the few words that a text would surely have"
    docket = is_docket(tidy)
    if _is_citation(tidy) or (docket and numbers.dockets(tidy)):
        return ""
    if not docket and numbers.parse_docket(tidy) is not None:
        return "many courts have a docket of this number; write it with its office, as 8:25-cv-00951, or write the name of the case"
    if not docket and not _tells_something(words_of(tidy)):
        return "it is made of everyday words, and would be found everywhere; add a name or another rare word"
    if not PhraseIndex((tidy,)).find(tidy):
        return "it would not even be found in itself; write it as a text would, or its parts by themselves"
    return ""


def _tells_something(words: Sequence[str]) -> bool:
    """Whether one of these words is rare, or is a number with a word beside it: `C-130`, `section 1231`."""
    return any(map(_tells, words)) or (any(map(_NUMBER.fullmatch, words)) and any(word.isalpha() for word in words))


def _tells(word: str) -> bool:
    rare = word not in COMMON_WORDS and word not in FUNCTION_WORDS
    return rare and (not word.isascii() or len(word) >= TELLING) and any(character.isalpha() for character in word)


def _is_citation(phrase: str) -> bool:
    """Whether it is a citation as a whole, which is found by its meaning."""
    cited = (found for found in (*numbers.find(phrase), *reporters.find(phrase)) if isinstance(found.value, numbers.Cited))
    return any((found.start, found.end) == (0, len(phrase)) for found in cited)
