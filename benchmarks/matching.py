"""How many times faster the phrase index is than a loop of RapidFuzz `partial_ratio`, and what both find.

    python benchmarks/matching.py [--phrases 200 2000] [--documents 40]

One thread, CPU time. Invented names as phrases; documents of about 4 kB, half of them with one mention under noise (exact, slip,
swapped letters, joined words, middle word, reversed). The memo is warm from other documents, as in a running service; the loop gets
folded text for free.
"""

import argparse
import random
import time
from collections.abc import Callable

from rapidfuzz.fuzz import partial_ratio

from watcher.common_words import COMMON_WORDS
from watcher.phrases import PhraseIndex, fold

CUT = 88
_SYLLABLES = """
    ab al an ar bel bo car da den dor el en fer gar ia il jo ka lan lo mar men mo na ne or pa qui ra ren ro sa san ta tor u val ver vi zo
"""
SYLLABLES = _SYLLABLES.split()
STRANGERS = 500  #: untracked names that the stream's documents share


def name(chance: random.Random) -> str:
    return "".join(chance.choices(SYLLABLES, k=chance.randint(3, 5))).capitalize()


def noisy(phrase: str, chance: random.Random) -> str:
    words = phrase.split()
    at = chance.randrange(1, len(words[0]) - 2)
    first = words[0]
    return chance.choice(
        [
            phrase,
            phrase.upper(),
            " ".join([first[:at] + first[at + 1 :], *words[1:]]),
            " ".join([first[:at] + first[at + 1] + first[at] + first[at + 2 :], *words[1:]]),
            words[0] + words[1] + " ".join(["", *words[2:]]),
            " ".join([words[0], "Xavier", *words[1:]]),
            f"{words[-1]}, {' '.join(words[:-1])}",
        ]
    )


def documents(phrases: list[str], count: int, chance: random.Random) -> list[tuple[str, int | None]]:
    """Texts of everyday words and strange names, each with the number of the phrase it mentions."""
    common = sorted(COMMON_WORDS)
    strangers = [name(random.Random(number)) for number in range(STRANGERS)]
    made: list[tuple[str, int | None]] = []
    for number in range(count):
        words = [chance.choice(common) if chance.random() < 0.95 else chance.choice(strangers) for _ in range(600)]
        mentioned = chance.randrange(len(phrases)) if number % 2 else None
        if mentioned is not None:
            words.insert(chance.randrange(len(words)), noisy(phrases[mentioned], chance))
        made.append((" ".join(words), mentioned))
    return made


def timed(find: Callable[[str], set[int]], texts: list[tuple[str, int | None]]) -> tuple[float, int, int]:
    """Seconds a document, mentions found, finds that are none."""
    found = false = 0
    start = time.process_time()
    for text, mentioned in texts:
        hits = find(text)
        found += mentioned in hits
        false += len(hits - {mentioned})
    return (time.process_time() - start) / len(texts), found, false


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--phrases", type=int, nargs="+", default=[200, 2000])
    parser.add_argument("--documents", type=int, default=40)
    options = parser.parse_args()
    for count in options.phrases:
        chance = random.Random(count)
        phrases = [" ".join(name(chance) for _ in range(chance.randint(2, 4))) for _ in range(count)]
        start = time.process_time()
        index = PhraseIndex(phrases)
        built = time.process_time() - start
        folded = [fold(phrase).text for phrase in phrases]
        texts = documents(phrases, options.documents, chance)
        for text, _ in documents(phrases, options.documents, chance):
            index.find(text)
        ours = timed(lambda text, index=index: {hit.phrase for hit in index.find(text)}, texts)  # type: ignore[misc]
        lower = [(fold(text).text, mentioned) for text, mentioned in texts]
        loop = timed(
            lambda text, folded=folded: {n for n, phrase in enumerate(folded) if partial_ratio(phrase, text, score_cutoff=CUT)},  # type: ignore[misc]
            lower,
        )
        planted = sum(mentioned is not None for _, mentioned in texts)
        print(
            f"{count} phrases: built in {1e6 * built / count:.0f} µs each; {loop[0] / ours[0]:.0f} times faster than the partial_ratio loop"
        )
        for label, (seconds, found, false) in (("index", ours), ("loop", loop)):
            print(f"  {label:6} {1 / seconds:8.0f} documents/s   found {found} of {planted}   false {false}")


if __name__ == "__main__":
    main()
