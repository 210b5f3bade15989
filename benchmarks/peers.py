"""The peers: what else finds many phrases in a text. All are given folded text, which the index under test is not.

Each is a function from phrases (folded) to a function from a text (folded) to the numbers of the phrases found; it raises ImportError
where its package is not installed.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import TypeAlias

from rapidfuzz.fuzz import partial_ratio

Find: TypeAlias = Callable[[str], set[int]]

CUT = 88  #: of 100; what RapidFuzz scores lower is no find
WINDOW = 9  #: words on either side of an anchor


def partial_ratio_loop(phrases: Sequence[str]) -> Find:
    """RapidFuzz `partial_ratio` of each phrase with the whole text."""

    def find(text: str) -> set[int]:
        return {number for number, phrase in enumerate(phrases) if partial_ratio(phrase, text, score_cutoff=CUT)}

    return find


def symspell_window(phrases: Sequence[str]) -> Find:
    """symspellpy says for each word which tracked words it may be; phrases whose rarest word is one are compared with the words around.

    What a word may be is remembered, as the index under test does.
    """
    from symspellpy import SymSpell, Verbosity

    words = [phrase.split() for phrase in phrases]
    count = Counter(word for row in words for word in set(row))
    speller = SymSpell(max_dictionary_edit_distance=2, prefix_length=7)
    for word, times in count.items():
        speller.create_dictionary_entry(word, times)
    filed: defaultdict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(words):
        filed[min(row, key=lambda word: (count[word], -len(word)))].append(number)
    anchors = frozenset(filed)
    memo: dict[str, tuple[str, ...]] = {}

    def candidates(token: str) -> tuple[str, ...]:
        edits = 0 if len(token) < 4 or not token.isalpha() else 1 if len(token) < 8 else 2
        near = [suggestion.term for suggestion in speller.lookup(token, Verbosity.ALL, max_edit_distance=edits)] if edits else [token]
        return tuple(anchors.intersection(near))

    def find(text: str) -> set[int]:
        tokens = text.split()
        found: set[int] = set()
        for at, token in enumerate(tokens):
            anchored = memo.get(token)
            if anchored is None:
                anchored = memo[token] = candidates(token)
            if anchored:
                window = " ".join(tokens[max(0, at - WINDOW) : at + WINDOW + 1])
                for anchor in anchored:
                    found.update(number for number in filed[anchor] if partial_ratio(phrases[number], window, score_cutoff=CUT))
        return found

    return find


def aho_corasick(phrases: Sequence[str]) -> Find:
    """pyahocorasick: whole phrases, exactly; as its examples do it, with a look at the ends of what was found."""
    import ahocorasick

    automaton = ahocorasick.Automaton()
    for number, phrase in enumerate(phrases):
        automaton.add_word(phrase, (number, len(phrase)))
    automaton.make_automaton()

    def find(text: str) -> set[int]:
        found: set[int] = set()
        for last, (number, length) in automaton.iter(text):
            before, after = last - length, last + 1
            if (before < 0 or text[before] == " ") and (after == len(text) or text[after] == " "):
                found.add(number)
        return found

    return find


def flashtext(phrases: Sequence[str]) -> Find:
    """flashtext: whole phrases, exactly, the longest at each place."""
    from flashtext import KeywordProcessor

    processor = KeywordProcessor(case_sensitive=True)
    for number, phrase in enumerate(phrases):
        processor.add_keyword(phrase, number + 1)  # 0 would mean: no name of its own

    def find(text: str) -> set[int]:
        return {name - 1 for name in processor.extract_keywords(text)}

    return find


LOOP, SYMSPELL, AHO, FLASH = "RapidFuzz `partial_ratio` loop", "symspellpy + RapidFuzz window", "pyahocorasick (exact)", "flashtext (exact)"
PEERS: dict[str, Callable[[Sequence[str]], Find]] = {
    LOOP: partial_ratio_loop,
    SYMSPELL: symspell_window,
    AHO: aho_corasick,
    FLASH: flashtext,
}
PACKAGES = {LOOP: "rapidfuzz", SYMSPELL: "symspellpy", AHO: "pyahocorasick", FLASH: "flashtext"}
