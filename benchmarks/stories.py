"""How well documents are put into Stories, beside other ways to group them, and how fast.

    python benchmarks/stories.py [--payloads FOLDER] [--documents N] [--seconds N] [--quality | --speed] [--write]

FOLDER (else WATCHER_TEST_PAYLOADS, else the folder `shared` beside the repository) holds the labelled corpus. All ways are scored in one
run, on the whole file, on the fifth of it that nobody reads, and on the rest. The peers get the threshold that is best on this very file.
Speed and memory are those of a made-up year of documents, placed as they would be polled, in a process of its own.
docs/reference/stories.md says what each figure means; --write puts them there.
"""

import argparse
import gc
import io
import json
import resource
import subprocess
import sys
import time
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TypeAlias

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks import happenings, tables
from benchmarks.relevance import payloads
from benchmarks.story_peers import PEERS, Peer, single_link
from watcher import stories
from watcher.cli.lines import LineError, each_line
from watcher.cli.stories import story_lines
from watcher.models import Document, Placed
from watcher.storage.window import MOST, TEXT, WINDOW

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs/reference/stories.md"
Groups: TypeAlias = Mapping[str, str]  #: of each item, by its id, its Story

OURS = "Habeas Watch"
NOT_INSTALLED = "not installed: make long-stories"
PARTS = ("whole file", "read part", "unread fifth")
F1_GOAL = 0.75  #: of pairs, on the whole file
JOINS_GOAL = 0
RATE_GOAL = 1_000  #: documents a second of CPU
GROWTH_GOAL = 8  #: MB that memory may grow between a fifth of the documents and all
ROUNDS = {"as polled": 1, "a day at once": 24}  #: hours from one poll of a source to the next


# ---- scoring


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How one way groups some items."""

    pairs: int  #: that belong together
    precision: float  #: of pairs put together, the share that belongs together; 1.0 where none is
    recall: float  #: of pairs that belong together, the share that is; 1.0 where none does
    b_cubed: float  #: F1: precision and recall of each item's group, in the mean over items
    joins: int  #: pairs put together that are of two rulings

    @property
    def f1(self) -> float:
        """Of pairs."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def score(labels: Groups, said: Groups, rulings: frozenset[str], items: Iterable[str]) -> Figures:
    """Score what was said of some items.

    Args:
        rulings: the labelled Stories with a court's paper, as `rulings_of` finds them.
        items: at least one; pairs with others do not count.
    """
    items = list(items)
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for item in items:
        groups[said[item]].append(labels[item])
    sizes = Counter(labels[item] for item in items)
    together = right = joins = 0
    precise = recalled = 0.0
    for group in groups.values():
        counts = Counter(group)
        together += _pairs(len(group))
        right += sum(map(_pairs, counts.values()))
        joins += _joins([times for label, times in counts.items() if label in rulings])
        precise += sum(times * times for times in counts.values()) / len(group)
        recalled += sum(times * times / sizes[label] for label, times in counts.items())
    pairs = sum(map(_pairs, sizes.values()))
    return Figures(
        pairs=pairs,
        precision=right / together if together else 1.0,
        recall=right / pairs if pairs else 1.0,
        b_cubed=2 * precise * recalled / (precise + recalled) / len(items),
        joins=joins,
    )


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


def _joins(counts: Sequence[int]) -> int:
    """Pairs of two kinds, of so many of each kind."""
    return _pairs(sum(counts)) - sum(map(_pairs, counts))


def rulings_of(labels: Groups, kinds: Mapping[str, str]) -> frozenset[str]:
    """The labelled Stories that are of a ruling: one item at least is a court's paper."""
    return frozenset(label for item, label in labels.items() if kinds[item] == "docket")


def unread(item: str) -> bool:
    """Whether an item is of the fifth that nobody reads while writing rules."""
    return int(item[1:], 16) % 5 == 0


def parts(items: Sequence[str]) -> dict[str, list[str]]:
    return dict(
        zip(PARTS, (list(items), [item for item in items if not unread(item)], [item for item in items if unread(item)]), strict=True)
    )


# ---- the labelled corpus


def ours(lines: bytes) -> Groups:
    """What `watcher stories` says."""
    faults: list[str] = []
    answers = [json.loads(line) for line in story_lines(each_line(io.BytesIO(lines)), faults.append)]
    assert faults == [], faults
    return {answer["id"]: answer["story"] for answer in answers}


def read(lines: bytes) -> tuple[list[Document], dict[str, str], dict[str, str]]:
    """The documents, and of each item its label and its kind."""
    rows = [json.loads(line) for line in lines.splitlines()]
    documents = [line.document for line in each_line(io.BytesIO(lines)) if not isinstance(line, LineError)]
    assert len(documents) == len(rows)
    return documents, {row["id"]: row["story"] for row in rows}, {row["id"]: row["source_kind"] for row in rows}


def at_best(peer: Peer, documents: Sequence[Document], labels: Groups) -> tuple[float, Groups]:
    """The threshold at which a peer does best on these labels by F1 of pairs, the lowest of equals, and what it says at that."""
    items = list(labels)
    best: tuple[float, float, Groups] | None = None
    for threshold, pairs in peer(documents):
        said = dict(zip(items, map(str, single_link(len(items), pairs)), strict=True))
        reached = score(labels, said, frozenset(), items).f1
        if best is None or reached > best[0]:
            best = (reached, threshold, said)
    assert best is not None
    return best[1], best[2]


def quality(lines: bytes, peers: Mapping[str, Peer] = PEERS) -> list[list[str]]:
    """Rows of the table: each way and each part of the file."""
    documents, labels, kinds = read(lines)
    rulings = rulings_of(labels, kinds)
    said: dict[str, Groups | None] = {OURS: ours(lines)}
    for name, peer in peers.items():
        try:
            threshold, groups = at_best(peer, documents, labels)
        except ImportError:
            said[name] = None
        else:
            said[f"{name}, best at {threshold:g}" if threshold else name] = groups
    made = []
    for name, answer in said.items():
        if answer is None:
            made.append([name, NOT_INSTALLED, "", "", "", "", ""])
            continue
        for part, items in parts(list(labels)).items():
            figures = score(labels, answer, rulings, items)
            label = f"{name}: {part}" if part == PARTS[0] else f"- {part}"
            made.append([label, *cells(figures, goals=name == OURS and part == PARTS[0])])
    return made


HEAD = ("", "pairs", "precision", "recall", "F1", "B-cubed F1", "joins of rulings")


def cells(figures: Figures, *, goals: bool) -> list[str]:
    """The figures of one row, its label aside; `goals`: with the goal, and whether it is reached."""
    return [
        str(figures.pairs),
        f"{figures.precision:.2f}",
        f"{figures.recall:.2f}",
        f"{figures.f1:.2f}" + (f" (goal {F1_GOAL:.2f}: {'met' if figures.f1 >= F1_GOAL else 'missed'})" if goals else ""),
        f"{figures.b_cubed:.2f}",
        tables.against(figures.joins, JOINS_GOAL, most=True) if goals else str(figures.joins),
    ]


def versions() -> str:
    """What ran: Python and the peers."""
    said = [f"Python {sys.version.split()[0]}"]
    for package in ("rapidfuzz", "datasketch"):
        try:
            said.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            said.append(f"{package} {NOT_INSTALLED}")
    return ", ".join(said)


# ---- speed


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """How placing went."""

    placed: int  #: documents
    batches: int
    cpu: float  #: seconds
    window: int  #: documents in the fullest window
    early: float  #: MB, the most that the process held until a fifth of the documents
    most: float  #: MB, until all
    precision: float  #: of pairs
    recall: float  #: of pairs

    @property
    def rate(self) -> float:
        """Documents a second of CPU."""
        return self.placed / self.cpu


def polled(told: Iterable[happenings.Told], every: timedelta) -> Iterator[list[happenings.Told]]:
    """What each poll of each source brings; all are polled at the same times."""
    due: datetime | None = None
    waiting: defaultdict[str, list[happenings.Told]] = defaultdict(list)
    for each in told:
        if due is None:
            due = happenings.BEGIN + every
        while each.placed.seen_at >= due:
            due += every
            yield from waiting.values()
            waiting.clear()
        waiting[each.placed.document.source].append(each)
    yield from waiting.values()


class Window:
    """What storage keeps for placing, in memory: the documents of the last days, no more than `MOST`, their texts cut; and the shelf."""

    def __init__(self) -> None:
        self._kept: dict[int, Placed] = {}
        self._marks: set[int] = set()
        self._shelf = stories.Shelf()
        self._stories = self._seen = 0
        self.fullest = 0

    def place(self, fresh: Sequence[Placed], now: datetime) -> tuple[list[int], float]:
        """The Stories of these documents, and the seconds of CPU that placing took."""
        self._forget(now)
        self.fullest = max(self.fullest, len(self._kept))
        began = time.process_time()
        for mark in self._shelf.keep(self._marks):
            self._shelf.add(mark, self._kept[mark])
        placed = stories.place(fresh, self._shelf)
        took = time.process_time() - began
        numbers: dict[str, str] = {}
        said = []
        for each in placed:
            story = numbers.setdefault(each.story, self._open()) if each.story.startswith("new:") else each.story
            self._seen += 1
            self._marks.add(self._seen)
            self._kept[self._seen] = replace(each, document=_as_stored(each.document), seen_at=now, story=story)
            said.append(int(story))
        return said, took

    def _forget(self, now: datetime) -> None:
        while self._kept and (len(self._kept) > MOST or next(iter(self._kept.values())).seen_at <= now - WINDOW):
            mark = next(iter(self._kept))
            del self._kept[mark]
            self._marks.remove(mark)

    def _open(self) -> str:
        self._stories += 1
        return str(self._stories)


def _as_stored(document: Document) -> Document:
    return document if len(document.text) <= TEXT else replace(document, text=document.text[:TEXT])


def place_year(count: int, hours: float, seconds: float, *, rare: int = 60_000) -> Speed:
    """Place a year of so many documents, each source polled every so many hours; stop when so many seconds of CPU were spent placing."""
    window = Window()
    happened, said = array("l"), array("l")
    cpu = early = 0.0
    batches = 0
    for batch in polled(happenings.Year(count, rare=rare).documents(), timedelta(hours=hours)):
        now = max(each.placed.seen_at for each in batch)
        fresh = [replace(each.placed, seen_at=now) for each in batch]
        placed, took = window.place(fresh, now)
        cpu += took
        batches += 1
        happened.extend(each.happening for each in batch)
        said.extend(placed)
        if not early and len(said) * 5 >= count:
            gc.collect()
            early = _held()
        if cpu > seconds:
            break
    most = _held()  # before what scoring takes
    items = range(len(said))
    figures = score({str(i): str(happened[i]) for i in items}, {str(i): str(said[i]) for i in items}, frozenset(), map(str, items))
    return Speed(
        placed=len(said), batches=batches, cpu=cpu, window=window.fullest, early=early, most=most, precision=figures.precision,
        recall=figures.recall,
    )  # fmt: skip


def _held() -> float:
    """MB, the most that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def in_own_process(count: int, hours: float, seconds: float) -> Speed:
    """The same, in a process that did nothing else."""
    command = [sys.executable, str(Path(__file__)), "--place", str(hours), "--documents", str(count), "--seconds", str(seconds)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - this very file
    return Speed(**json.loads(done.stdout))


SPEED_HEAD = ("", *ROUNDS)


def speed_rows(measured: Sequence[Speed]) -> list[list[str]]:
    """One column for each of ROUNDS."""

    def growth(speed: Speed) -> str:
        return tables.against(speed.most - speed.early, GROWTH_GOAL, most=True) if speed.early else "stopped before"

    return [
        ["documents a second of CPU", *(tables.against(speed.rate, RATE_GOAL) for speed in measured)],
        ["documents placed", *(f"{speed.placed:,}" for speed in measured)],
        ["- at once, in the mean", *(f"{speed.placed / speed.batches:.1f}" for speed in measured)],
        ["- against so many at most", *(f"{speed.window:,}" for speed in measured)],
        ["peak memory, MB", *(tables.number(speed.most) for speed in measured)],
        ["- of it since a fifth was placed, MB", *(growth(speed) for speed in measured)],
        ["precision of pairs", *(f"{speed.precision:.2f}" for speed in measured)],
        ["recall of pairs", *(f"{speed.recall:.2f}" for speed in measured)],
    ]


# ---- the tables


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--payloads", type=Path, metavar="FOLDER", help="with corpus/")
    parser.add_argument("--documents", type=int, default=100_000, metavar="N", help="made-up ones, for speed")
    parser.add_argument("--seconds", type=float, default=300, help="of CPU, after which placing stops")
    parser.add_argument("--quality", action="store_true", help="only the labelled corpus")
    parser.add_argument("--speed", action="store_true", help="only speed")
    parser.add_argument(
        "--place", type=float, metavar="HOURS", help="print only how placing goes in this process, polled every so many hours"
    )
    parser.add_argument("--write", action="store_true", help=f"put the tables into {PAGE.name}")
    options = parser.parse_args()
    if options.place:
        speed = place_year(options.documents, options.place, options.seconds)
        print(json.dumps({name: getattr(speed, name) for name in Speed.__slots__}))
        return
    if not options.speed:
        show("stories", corpus_text(payloads(options.payloads)), write=options.write)
    if not options.quality:
        measured = [in_own_process(options.documents, hours, options.seconds) for hours in ROUNDS.values()]
        limit = f"Of {options.documents:,} documents; a column stops after {options.seconds:g} s of CPU."
        show("speed of stories", f"{tables.table(SPEED_HEAD, speed_rows(measured))}\n\n{limit}", write=options.write)


def corpus_text(folder: Path) -> str:
    """The table of the labelled corpus; "" where it is not there."""
    corpus = folder / "corpus/dev.jsonl"
    return f"{tables.table(HEAD, quality(corpus.read_bytes()))}\n\n{versions()}." if corpus.is_file() else ""


def show(name: str, text: str, *, write: bool) -> None:
    print(text or "no labelled corpus: set WATCHER_TEST_PAYLOADS to a folder with corpus/", end="\n\n", flush=True)
    if write and text:
        tables.write(PAGE, name, text)


if __name__ == "__main__":
    main()
