"""The peers of `watcher stories`: what else says which documents are one. All compare wording, and join by single link.

Each is a function from documents to, for each threshold that is tried, the pairs of documents (by place) that it ties; it raises
ImportError where its package is not installed.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

from rapidfuzz import fuzz, process

from watcher.common_words import FUNCTION_WORDS
from watcher.folding import words_of
from watcher.models import Document

Pairs: TypeAlias = list[tuple[int, int]]
Peer: TypeAlias = Callable[[Sequence[Document]], Iterator[tuple[float, Pairs]]]

PERMUTATIONS = 128  #: of MinHash, datasketch's own default
SEED = 1


def words(document: Document) -> list[str]:
    """Title, once more, and summary, folded, without function words: of what was tried, the text too, this serves TF-IDF best."""
    said = words_of(f"{document.title}\n{document.title}\n{document.summary}")
    return [word for word in said if len(word) > 1 and word not in FUNCTION_WORDS]


def single_link(count: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """The group of each of so many documents: two are in one where a chain of pairs leads from one to the other."""
    leader = list(range(count))

    def find(place: int) -> int:
        while leader[place] != place:
            leader[place] = leader[leader[place]]
            place = leader[place]
        return place

    for one, two in pairs:
        leader[find(one)] = find(two)
    return [find(place) for place in range(count)]


def cosines(texts: Sequence[Sequence[str]]) -> dict[tuple[int, int], float]:
    """TF-IDF cosine of each two texts that share a word; as scikit-learn's defaults weigh: count times `ln((1 + n) / (1 + df)) + 1`."""
    counts = [Counter(text) for text in texts]
    holding = Counter(word for count in counts for word in count)
    weigh = {word: math.log((1 + len(texts)) / (1 + held)) + 1 for word, held in holding.items()}
    filed: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for place, count in enumerate(counts):
        length = math.sqrt(sum((times * weigh[word]) ** 2 for word, times in count.items()))
        for word, times in count.items():
            filed[word].append((place, times * weigh[word] / length))
    cosine: defaultdict[tuple[int, int], float] = defaultdict(float)
    for row in filed.values():
        for at, (one, weight) in enumerate(row):
            for two, other in row[at + 1 :]:
                cosine[one, two] += weight * other
    return cosine


def tf_idf(documents: Sequence[Document]) -> Iterator[tuple[float, Pairs]]:
    """Cosine of title and summary."""
    found = cosines([words(document) for document in documents])
    for hundredths in range(10, 100, 2):
        yield hundredths / 100, [pair for pair, cosine in found.items() if cosine >= hundredths / 100]


def minhash_lsh(documents: Sequence[Document]) -> Iterator[tuple[float, Pairs]]:
    """datasketch: what an index for that Jaccard likeness of words answers, less what the sketches say is less alike."""
    from datasketch import MinHash, MinHashLSH

    hashed = []
    for document in documents:
        sketch = MinHash(num_perm=PERMUTATIONS, seed=SEED)
        sketch.update_batch([word.encode() for word in sorted(set(words(document)))])
        hashed.append(sketch)
    for hundredths in range(10, 100, 5):
        index = MinHashLSH(threshold=hundredths / 100, num_perm=PERMUTATIONS)
        for place, sketch in enumerate(hashed):
            index.insert(place, sketch)
        found = [(place, other) for place, sketch in enumerate(hashed) for other in index.query(sketch) if other > place]
        yield hundredths / 100, [(one, two) for one, two in found if hashed[one].jaccard(hashed[two]) >= hundredths / 100]


def token_set_ratio(documents: Sequence[Document]) -> Iterator[tuple[float, Pairs]]:
    """RapidFuzz, titles only."""
    titles = [" ".join(words_of(document.title)) for document in documents]
    ratios = process.cdist(titles, titles, scorer=fuzz.token_set_ratio)
    for cut in range(40, 101, 2):
        yield cut, [(one, two) for one, row in enumerate(ratios >= cut) for two in map(int, row.nonzero()[0]) if two > one]


def alone(documents: Sequence[Document]) -> Iterator[tuple[float, Pairs]]:
    """Nothing is joined."""
    yield 0, []


PEERS: dict[str, Peer] = {
    "TF-IDF cosine": tf_idf,
    "MinHash-LSH (datasketch)": minhash_lsh,
    "`token_set_ratio` of titles": token_set_ratio,
    "every item alone": alone,
}
