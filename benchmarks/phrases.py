"""The phrase index beside its peers, on a seeded workload: speed, recall, precision, size.

    python benchmarks/phrases.py [--phrases 200 2000 20000 100000] [--documents 1000] [--write]

One thread, CPU time, all in one run and in turns of a hundred documents, so that a busy machine troubles all alike. What the index
remembers of words it learned from other documents of the stream. docs/reference/recognising.md says what each figure means; --write puts
them there.
"""

import argparse
import gc
import re
import subprocess
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks import tables
from benchmarks.peers import AHO, FLASH, LOOP, PACKAGES, PEERS, SYMSPELL, Find
from benchmarks.vocabulary import Vocabulary, folded
from benchmarks.workload import KINDS, NOISY, Paper, Phrase, Writer, docket_papers, dockets, phrases
from watcher import numbers
from watcher.phrases import PhraseIndex

OURS = "Habeas Watch"
SEED = 1
READ_BEFORE, MENTIONING_BEFORE = 3_000, 1_000  #: documents of the stream that were read before the measured ones, without and with mentions
#: Documents that one finder reads before it is the next one's turn. With twenty a fifth of the time went into warming up after another.
TURN = 100
LEAST, LEAST_REMEMBERING = 20, 100  #: documents that a slow peer reads at least
SHORT, USUAL, LONG, REGISTER = 300, 4_000, 100_000, 200_000  #: characters of a document
ADDED = 500  #: phrases added at run time
NOT_INSTALLED = "not installed: make long-phrases"

GOALS: dict[str, dict[int, float]] = {
    LOOP: {200: 8, 2_000: 80, 20_000: 500, 100_000: 2_000},
    SYMSPELL: {200: 0.7, 2_000: 1.5, 20_000: 5, 100_000: 15},
    FLASH: {200: 1, 2_000: 1, 20_000: 1, 100_000: 1},
    "recall": {200: 0.98, 2_000: 0.98, 20_000: 0.98, 100_000: 0.95},
    "precision": {200: 0.98, 2_000: 0.98, 20_000: 0.95, 100_000: 0.85},
}
GROWTH, INDEX_BYTES, BUILD_MICROSECONDS, IDLE, REGISTER_MILLISECONDS = 3.0, 1_500, 25, 0.7, 50


@dataclass(slots=True)
class Tally:
    """What one finder did."""

    papers: int = 0
    seconds: float = 0.0  #: of CPU
    planted: Counter[str] = field(default_factory=Counter)  #: mentions by kind
    found: Counter[str] = field(default_factory=Counter)
    right: int = 0  #: finds that stand in the text
    false: int = 0
    decoys: int = 0  #: in the text
    decoys_hit: int = 0
    faults: list[str] = field(default_factory=list)  #: what was missed, and what was found and is not there

    @property
    def rate(self) -> float:
        """Documents a second."""
        return self.papers / self.seconds

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.false) if self.right else 0.0

    def recall(self, kinds: Iterable[str]) -> float:
        kinds = tuple(kinds)
        planted = sum(self.planted[kind] for kind in kinds)
        return sum(self.found[kind] for kind in kinds) / planted if planted else 0.0


@dataclass(frozen=True, slots=True)
class Sample:
    """A document as it is measured."""

    paper: Paper
    folded: str

    @classmethod
    def of(cls, papers: Iterable[Paper]) -> "list[Sample]":
        return [cls(paper, folded(paper.text)) for paper in papers]


class Judge:
    """Says which finds are right: planted, a part of what is planted, or standing there by chance, word by word or with one word inside.

    A word inside is what the kind `extra word` plants: `Emily Long Brown` is as good for Emily Brown where nobody planted it.
    """

    def __init__(self, tracked: Sequence[str]) -> None:
        self._tracked = tracked  #: folded

    def take(self, tally: Tally, sample: Sample, found: set[int]) -> None:
        for mention in sample.paper.planted:
            tally.planted[mention.kind] += 1
            tally.found[mention.kind] += mention.phrase in found
            if mention.phrase not in found:
                written = " ".join(sample.paper.text[mention.start : mention.end].split())
                tally.faults.append(f"missed, {mention.kind}: {self._tracked[mention.phrase]} | {written}")
        planted = {mention.phrase for mention in sample.paper.planted}
        false = {number for number in found - planted if not self._stands(number, sample.folded, planted)}
        tally.false += len(false)
        tally.faults += [f"false: {self._tracked[number]} | planted: {[self._tracked[one] for one in planted]}" for number in false]
        tally.right += len(found) - len(false)
        tally.decoys += len(sample.paper.decoys)
        tally.decoys_hit += sum(decoy.phrase in false for decoy in sample.paper.decoys)

    def _stands(self, number: int, text: str, planted: set[int]) -> bool:
        words = self._tracked[number].split()
        ways = [" ".join(words), *(r" \w+ ".join((" ".join(words[:cut]), " ".join(words[cut:]))) for cut in range(1, len(words)))]
        standing = re.compile(rf"\b(?:{'|'.join(ways)})\b")
        return any(standing.search(there) for there in (text, *(self._tracked[other] for other in planted)))


def clocked(find: Find, texts: Sequence[str]) -> tuple[float, list[set[int]]]:
    """Seconds of CPU, and what was found in each text."""
    start = time.process_time()
    found = [find(text) for text in texts]
    return time.process_time() - start, found


def measure(finders: dict[str, tuple[Find, int]], samples: Sequence[Sample], judge: Judge) -> dict[str, Tally]:
    """Let the finders read in turns, each so many of the first documents; OURS is given the text itself, the others folded text."""
    tallies = {name: Tally() for name in finders}
    gc.collect()
    gc.freeze()  # what was built is not looked through again and again for all others' sake
    for start in range(0, len(samples), TURN):
        for name, (find, limit) in finders.items():
            turn = samples[start : min(start + TURN, limit)]
            if not turn:
                continue
            seconds, found = clocked(find, [sample.paper.text if name == OURS else sample.folded for sample in turn])
            tally = tallies[name]
            tally.seconds += seconds
            tally.papers += len(turn)
            for sample, numbers_found in zip(turn, found, strict=True):
                judge.take(tally, sample, numbers_found)
    gc.unfreeze()
    return tallies


def limit_of(name: str, tracked: int, documents: int) -> int:
    """How many documents a slow peer reads of those measured, so that a run ends."""
    if name == LOOP:
        return min(documents, max(LEAST, 200_000 // tracked))
    if name == SYMSPELL:
        return min(documents, max(LEAST_REMEMBERING, 4_000_000 // tracked))
    return documents


def peers(tracked: Sequence[str], documents: int) -> dict[str, tuple[Find, int]]:
    """The peers that are installed, each with how many documents it reads."""
    found: dict[str, tuple[Find, int]] = {}
    for name, build in PEERS.items():
        try:
            found[name] = build(tracked), limit_of(name, len(tracked), documents)
        except ImportError:
            print(f"{name}: {NOT_INSTALLED}", file=sys.stderr)
    return found


def finder(index: PhraseIndex) -> Find:
    return lambda text: {found.phrase for found in index.find(text)}


@dataclass(slots=True, kw_only=True)
class Figures:
    """All that was measured at one number of phrases."""

    tracked: int
    usual: dict[str, Tally]
    usual_again: Tally  #: of OURS, on the same documents once more
    other: dict[int, Tally]  #: of OURS, by size of document
    idle: dict[str, Tally]  #: on documents that mention nothing
    idle_again: Tally  #: of OURS, on the same documents once more
    build: float  #: seconds of CPU
    index_bytes: int
    add: float  #: seconds of CPU for one phrase
    after_add: float  #: seconds of CPU for the first document after one more phrase

    @property
    def ours(self) -> Tally:
        return self.usual[OURS]


def run(
    vocabulary: Vocabulary, background: Sequence[Sample], tracked: int, documents: int, *, mentioning_before: int = MENTIONING_BEFORE
) -> Figures:
    """Measure all there is at one number of phrases."""
    made = phrases(vocabulary, tracked + 2 * ADDED, SEED)
    known, fresh = made[:tracked], made[tracked:]
    texts = [phrase.text for phrase in known]
    start = time.process_time()
    index = PhraseIndex(texts)
    build = time.process_time() - start
    plain = [folded(text) for text in texts]
    ours, others = finder(index), peers(plain, documents)
    judge = Judge(plain)
    remembering = [ours, *(others[name][0] for name in (SYMSPELL,) if name in others)]
    read_before = Sample.of(stream(Writer(vocabulary, known, f"learned from {SEED}"), USUAL, mentioning_before))
    learn(remembering, (*background, *read_before))
    writer = Writer(vocabulary, known, f"measured {SEED}")
    samples = Sample.of(stream(writer, USUAL, documents))
    usual = measure({OURS: (ours, documents), **others}, samples, judge)
    usual_again = measure({OURS: (ours, documents)}, samples, judge)[OURS]
    other = {
        size: measure({OURS: (ours, count)}, Sample.of(writer.paper(size, mentions, 1) for _ in range(count)), judge)[OURS]
        for size, count, mentions in ((SHORT, documents, 1), (LONG, max(1, documents // 50), 8), (REGISTER, max(1, documents // 200), 16))
    }
    quiet = Sample.of(writer.paper(USUAL, 0, 0) for _ in range(max(1, documents // 4)))
    exact = {AHO: others[AHO]} if AHO in others else {}
    idle = measure({OURS: (ours, len(quiet)), **exact}, quiet, judge)
    idle_again = measure({OURS: (ours, len(quiet))}, quiet, judge)[OURS]
    del others, exact
    add, after_add = adding(index, fresh, quiet)
    return Figures(
        tracked=tracked,
        usual=usual,
        usual_again=usual_again,
        other=other,
        idle=idle,
        idle_again=idle_again,
        build=build,
        index_bytes=memory(tracked),
        add=add,
        after_add=after_add,
    )


def stream(writer: Writer, size: int, count: int) -> Iterator[Paper]:
    """Documents with no, one or two mentions, and no decoy or one."""
    return (writer.paper(size, number % 3, number % 2) for number in range(count))


def learn(finders: Sequence[Find], samples: Iterable[Sample]) -> None:
    """Let finders read other documents of the stream, for what they remember of words. The first is given texts as they are."""
    for sample in samples:
        for number, find in enumerate(finders):
            find(sample.folded if number else sample.paper.text)


def adding(index: PhraseIndex, fresh: Sequence[Phrase], samples: Sequence[Sample]) -> tuple[float, float]:
    """Seconds of CPU to add a phrase, and to read the first document after that."""
    start = time.process_time()
    for phrase in fresh[:ADDED]:
        index.add(phrase.text)
    add = (time.process_time() - start) / ADDED
    for sample in samples:
        index.find(sample.paper.text)
    seconds = 0.0
    rest = list(zip(fresh[ADDED:], samples[:50], strict=False))
    for phrase, sample in rest:
        index.add(phrase.text)
        seconds += clocked(finder(index), [sample.paper.text])[0]
    return add, seconds / len(rest)


def memory(tracked: int) -> int:
    """Bytes that an index of so many phrases holds, the given texts aside; measured in a process of its own."""
    command = [sys.executable, __file__, "--memory", str(tracked)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # noqa: S603 - ourselves


def memory_here(tracked: int) -> int:
    texts = [phrase.text for phrase in phrases(Vocabulary(SEED), tracked, SEED)]
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    index = PhraseIndex(texts)
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    assert len(index) == tracked
    return after - before


def dockets_hit(vocabulary: Vocabulary, tracked: int = 2_000, papers: int = 1_000) -> tuple[int, int, int]:
    """Docket numbers named, of them found; decoys, of them hit: as (papers of each half, found, hit). Parsed, by `watcher.numbers`."""
    known = dockets(tracked, SEED)
    filed: dict[str, list[numbers.DocketNumber]] = {}
    for written in known:
        number = numbers.parse_docket(written)
        assert number is not None, written
        filed.setdefault(number.bucket, []).append(number)
    found = hit = 0
    for paper in docket_papers(vocabulary, known, papers, SEED):
        values = [one.value for one in numbers.dockets(paper.text) if isinstance(one.value, numbers.DocketNumber)]
        met = any(value.meets(other) for value in values for other in filed.get(value.bucket, ()))
        found += met and paper.tracked
        hit += met and not paper.tracked
    return papers // 2, found, hit


# ---- the table


def rows(measured: Sequence[Figures], docket_line: tuple[int, int, int]) -> list[list[str]]:
    """The figures, one row each, one column for each number of phrases."""

    named, met, hit = docket_line

    def row(label: str, cell: Callable[[Figures], str]) -> list[str]:
        return [label, *(cell(figures) for figures in measured)]

    def of(name: str, cell: Callable[[Tally], str]) -> Callable[[Figures], str]:
        return lambda figures: cell(figures.usual[name]) if name in figures.usual else NOT_INSTALLED

    def goal(name: str, figures: Figures, value: float) -> str:
        wanted = GOALS[name].get(figures.tracked)
        return tables.number(value) if wanted is None else tables.against(value, wanted)

    def times(name: str) -> Callable[[Figures], str]:
        return lambda figures: goal(name, figures, figures.ours.rate / figures.usual[name].rate) if name in figures.usual else NOT_INSTALLED

    made = [row(f"4 kB documents a second: {OURS}", of(OURS, lambda tally: tables.number(tally.rate)))]
    made += [row(f"- {name}", of(name, lambda tally: tables.number(tally.rate))) for name in PEERS]
    made += [row(f"times faster than {name}", times(name)) for name in (LOOP, SYMSPELL, FLASH)]
    made += [row(f"noisy recall: {OURS}", lambda figures: goal("recall", figures, figures.ours.recall(NOISY)))]
    made += [row(f"- {name}", of(name, lambda tally: f"{tally.recall(NOISY):.3f}")) for name in PEERS]
    made += [row(f"recall, {kind}", of(OURS, lambda tally, kind=kind: f"{tally.recall([kind]):.3f}")) for kind in KINDS]  # type: ignore[misc]  # its kind of lambda
    made += [row(f"precision: {OURS}", lambda figures: goal("precision", figures, figures.ours.precision))]
    made += [row(f"- {name}", of(name, lambda tally: f"{tally.precision:.3f}")) for name in PEERS]
    made += [
        row("decoys hit, of those there", of(OURS, lambda tally: f"{tally.decoys_hit} of {tally.decoys}")),
        row("CPU for a 4 kB document, µs", of(OURS, lambda tally: tables.number(1e6 / tally.rate))),
        row("- every word seen before", lambda figures: tables.number(1e6 / figures.usual_again.rate)),
        row(f"- times that at {measured[0].tracked}", lambda figures: _growth(measured[0], figures)),
        row("CPU for a 300 B document, µs", lambda figures: tables.number(1e6 / figures.other[SHORT].rate)),
        row("CPU for a 100 kB document, ms", lambda figures: tables.number(1e3 / figures.other[LONG].rate)),
        row("CPU for a 200 kB document, ms", _register),
        row("nothing mentioned: speed over pyahocorasick", _idle),
        row("- every word seen before", lambda figures: _idle(figures, again=True)),
        row("index, bytes a phrase", lambda figures: tables.against(figures.index_bytes / figures.tracked, INDEX_BYTES, most=True)),
        row("build, µs a phrase", lambda figures: tables.against(1e6 * figures.build / figures.tracked, BUILD_MICROSECONDS, most=True)),
        row("`add`, µs", lambda figures: tables.number(1e6 * figures.add)),
        row("4 kB document right after an `add`, µs", lambda figures: tables.number(1e6 * figures.after_add)),
        row("docket decoys hit, 2,000 tracked", lambda _: f"{hit} of {named}; of true ones {met}"),
    ]  # fmt: skip
    return made


def _growth(least: Figures, figures: Figures) -> str:
    growth = least.ours.rate / figures.ours.rate
    return tables.against(growth, GROWTH, most=True) if least.tracked == 200 else tables.number(growth)


def _register(figures: Figures) -> str:
    return tables.against(1e3 / figures.other[REGISTER].rate, REGISTER_MILLISECONDS, most=True)


def _idle(figures: Figures, *, again: bool = False) -> str:
    if AHO not in figures.idle:
        return NOT_INSTALLED
    ratio = (figures.idle_again if again else figures.idle[OURS]).rate / figures.idle[AHO].rate
    return tables.number(ratio) if again or figures.tracked != 200 else tables.against(ratio, IDLE)


def versions() -> str:
    """What ran: Python and the peers."""
    said = [f"Python {sys.version.split()[0]}"]
    for package in PACKAGES.values():
        try:
            said.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            said.append(f"{package} {NOT_INSTALLED}")
    return ", ".join(said)


def report(counts: Sequence[int], documents: int, *, faults: bool = False) -> str:
    """The whole run, as a table; with each fault of OURS on the usual documents, if so wished, on standard error."""
    vocabulary = Vocabulary(SEED)
    writer = Writer(vocabulary, (), f"read before {SEED}")
    background = Sample.of(writer.paper(USUAL, 0, 0) for _ in range(READ_BEFORE))
    measured = []
    for count in counts:
        print(f"{count:,} phrases …", file=sys.stderr, flush=True)
        measured.append(run(vocabulary, background, count, documents))
        if faults:
            print(*measured[-1].ours.faults, sep="\n", file=sys.stderr, flush=True)
    lines = rows(measured, dockets_hit(vocabulary))
    return f"{tables.table(['', *(f'K = {count:,}' for count in counts)], lines)}\n\n{versions()}; {documents:,} documents of 4 kB."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--phrases", type=int, nargs="+", default=[200, 2_000, 20_000, 100_000])
    parser.add_argument("--documents", type=int, default=1_000, help="of 4 kB; slow peers read the first of them only")
    parser.add_argument("--write", action="store_true", help=f"put the table into {tables.PAGE.name}")
    parser.add_argument("--faults", action="store_true", help="name what was missed and what was found and is not there")
    parser.add_argument("--memory", type=int, metavar="K", help="print only how many bytes an index of K phrases holds")
    options = parser.parse_args()
    if options.memory:
        print(memory_here(options.memory))
        return
    text = report(options.phrases, options.documents, faults=options.faults)
    print(text)
    if options.write:
        tables.write(tables.PAGE, "phrases", text)


if __name__ == "__main__":
    main()
