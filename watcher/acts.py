"""What of a court a text tells: that it stopped, denied, allowed, demanded, blamed or decided something, or that somebody asks it to.

By words, in English and Spanish, folded (`folding.words_of`).
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

OPPOSITE = frozenset({"stop", "allow"})  #: of these two a court did one, or the other
REMEMBERED = 20_000  #: words that are known without thinking

# What a court, or who asks it, can do: beginnings of words, and whole ones (=). A report and the paper it reports agree in one.
_SAID = {
    "stop": "stay block halt paus enjoin injunction restrain suspend freez frena bloque prohib =bars =barred",
    "deny": "deny denie reject refus rechaz nieg deneg dismiss desestim",
    "allow": "grant allow permit lift clear vacat autoriz conced levant =lets =letting",
    "demand": "facilitat return demand direct requir compel exig regres =orders =ordered =ordena =ordeno =cause",
    "blame": "contempt sanction misconduct desacato sanci",
    "ask": "motion seek request petition appeal applies application pide pidio solicit apel recurso =asks =asked",
    "decide": "opinion decid decision affirm revers uphold upheld dictamin sentencia =rules =ruled =ruling =held =holds =fallo",
}


def _pattern(words: str) -> str:
    return "|".join(f"{word[1:]}$" if word.startswith("=") else word for word in words.split())


_ACT = re.compile("|".join(f"(?P<{name}>{_pattern(words)})" for name, words in _SAID.items()))
_WISH = frozenset({"to", "para"})  # `sue to block`: asked for, not done


@lru_cache(maxsize=REMEMBERED)
def _act(word: str) -> str | None:
    found = _ACT.match(word)
    return found.lastgroup if found else None


def court_acts(words: Iterable[str]) -> frozenset[str]:
    """What of a court these words tell, done or asked for."""
    return frozenset(act for act in {*map(_act, words)} if act)


def done_acts(words: Sequence[str]) -> frozenset[str]:
    """What these words say that a court has done: not what somebody wants it to do, nor orders in general."""
    done = {act for at, act in enumerate(map(_act, words)) if act and not _wished(words, at)}
    return frozenset(done - {"ask", "demand"})


def _wished(words: Sequence[str], at: int) -> bool:
    """Whether a word stands after `to`, or after that and an adverb."""
    return at > 0 and (words[at - 1] in _WISH or (at > 1 and words[at - 1].endswith("ly") and words[at - 2] in _WISH))
