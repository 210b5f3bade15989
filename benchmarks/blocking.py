"""How long the event loop waits while long documents are judged: 200 kB each, against 100,000 phrases.

    python benchmarks/blocking.py [--phrases N] [--documents N]

Each document is polled as in the service, by `watcher.poll.poll`, with a source, a fetcher and a store of a few lines; reading, making
documents and judging run in its threads. Meanwhile a coroutine sleeps a millisecond again and again, and notes how much longer than that
it had to wait: what anything else in the loop would have waited. Noted is the CPU time that this process spent meanwhile, so that other
processes of a busy machine are not counted, and the time that went by, beside the same with nothing to do. One line is printed.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.vocabulary import Vocabulary
from benchmarks.workload import Paper, Writer, phrases
from watcher.match import Rules
from watcher.models import Document, Entry, Link, Source, SourceState, Term, Watch
from watcher.poll import Tools, poll
from watcher.ports import Added, Ask, Judged, Page, Reading, Sorted

SEED = 1
SIZE = 200_000  #: characters of a document
MENTIONS = 16  #: in each
TERMS = 100  #: of a watch
BEAT = 0.001  #: seconds that the heart sleeps
NOW = datetime(2025, 6, 2, 12, tzinfo=UTC)
SOURCE = Source(id="register", kind="register", url="https://example.org/", every=timedelta(minutes=15))


class Papers:
    """A kind of source whose answer is one paper: it is fetcher, reader and store in one, and keeps what was judged."""

    KIND = "papers"
    DEFAULT_URL: str | None = None
    OPTIONS: frozenset[str] = frozenset()

    def __init__(self, papers: Sequence[Paper]) -> None:
        self._papers = papers
        self.judged: list[Judged] = []

    async def get(self, source: Source, ask: Ask, state: SourceState | None = None) -> Page:
        return Page(url=ask.url, body=str(len(self.judged)).encode())

    def ask(self, source: Source, now: datetime) -> Ask:
        return Ask(url=source.url)

    def read(self, source: Source, page: Page) -> Reading:
        number = int(page.body)
        text = self._papers[number].text
        return Reading(entries=(Entry(id=f"paper-{number}", title=text[:80], text=text, published=NOW.isoformat()),))

    async def sort(self, source: Source, documents: Sequence[Document]) -> Sorted:
        return Sorted(new=tuple(documents), changed=())

    async def save(
        self,
        state: SourceState,
        judged: Sequence[Judged],
        now: datetime,
        *,
        gap: bool = False,
        renamed: Sequence[Document] = (),
        links: Sequence[Link] = (),
    ) -> Added:
        self.judged += judged
        return Added(new=len(judged))


@dataclass(slots=True)
class Heart:
    """Notes how much later than asked for the loop wakes it, in seconds: of CPU, and as a clock has it."""

    busy: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)

    async def beat(self) -> None:
        while True:
            asked, spent = time.perf_counter(), time.process_time()
            await asyncio.sleep(BEAT)
            self.busy.append(time.process_time() - spent - BEAT)
            self.late.append(time.perf_counter() - asked - BEAT)


def watches(texts: Sequence[str]) -> Iterator[Watch]:
    """Watches of TERMS phrases each."""
    for start in range(0, len(texts), TERMS):
        terms = tuple(Term(text=text) for text in texts[start : start + TERMS])
        yield Watch(id=f"watch-{start // TERMS}", kind="doctrine", title="", terms=terms)


async def measured(papers: Papers, count: int, rules: Rules) -> tuple[Heart, float]:
    """Poll each paper once, the heart beating beside; seconds that all took."""
    tools = Tools(fetcher=papers, store=papers, judge=rules.judge, adapter=papers)
    heart = Heart()
    beating = asyncio.create_task(heart.beat())
    began = time.perf_counter()
    for _ in range(count):
        result = await poll(SOURCE, SourceState(source=SOURCE.id, next_poll_at=NOW), tools, NOW)
        assert result.status == "ok", result
    took = time.perf_counter() - began
    beating.cancel()
    return heart, took


async def idle(seconds: float) -> Heart:
    """The heart alone."""
    heart = Heart()
    beating = asyncio.create_task(heart.beat())
    await asyncio.sleep(seconds)
    beating.cancel()
    return heart


def line(tracked: int, count: int, *, rare: int = 40_000, size: int = SIZE) -> str:
    vocabulary = Vocabulary(SEED, rare=rare)
    known = phrases(vocabulary, tracked, SEED)
    writer = Writer(vocabulary, known, f"blocking {SEED}")
    papers = Papers([writer.paper(size, MENTIONS, 0) for _ in range(count)])
    rules = Rules(tuple(watches([phrase.text for phrase in known])))
    heart, took = asyncio.run(measured(papers, count, rules))
    alone = asyncio.run(idle(took))
    matches = sum(len(each.verdict.matches) for each in papers.judged)
    return (
        f"blocking: {count} documents of {size // 1_000} kB against {tracked:,} phrases, {1e3 * took / count:.0f} ms each, "
        f"{matches} matches; the loop waited {1e3 * max(heart.busy):.1f} ms at most for them "
        f"({1e3 * max(heart.late):.1f} ms by the clock; with nothing to do {1e3 * max(alone.late):.1f} ms)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--phrases", type=int, default=100_000)
    parser.add_argument("--documents", type=int, default=20)
    options = parser.parse_args()
    print(line(options.phrases, options.documents))


if __name__ == "__main__":
    main()
