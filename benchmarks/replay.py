"""How long `watcher replay` takes over a long history: 100,000 documents, the shipped rules, and the same with three watches changed.

    python benchmarks/replay.py [--documents N] [--stored]

The history is made of the workload's papers (most as long as a news item, some as a court's or the register's paper), one in ten with
mentions of what the shipped watches look for, and stored in a SQLite file as a poll stores it. Then the command itself is run in a
process of its own, as an operator runs it. One line is printed: documents a second, seconds, and the memory of its largest process.
"""

import argparse
import asyncio
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks import workload
from benchmarks.vocabulary import Vocabulary
from watcher import migrations
from watcher.config import load_rules
from watcher.models import Document, Severity, Verdict, Watch
from watcher.ports import Judged
from watcher.storage import SourceStore, open_database

ROOT = Path(__file__).parent.parent
SOURCE = "hrw"  #: of the shipped file: all documents are of it
BATCH = 500  #: stored at once
SIZES = ((600, 85), (2_500, 12), (12_000, 3))  #: characters of a document, and how many of a hundred
MENTIONING = 10  #: one document in so many mentions two phrases
WORDINGS = (  # what the other rules say otherwise of three watches
    ('id = "third-country-removal"\n', 'id = "third-country-removal"\nthreshold = 0.8\n'),
    ('id = "banishment"\n', 'id = "banishment"\nthreshold = 0.7\n'),
    ('id = "cecot"\n', 'id = "cecot"\nthreshold = 1.0\n'),
)


def phrases(watches: Sequence[Watch]) -> list[workload.Phrase]:
    """What the watches look for, as the workload spells it."""
    terms = [workload.Phrase(term.text, "doctrine") for watch in watches for term in watch.terms if " " in term.text]
    return [*terms, *(workload.Phrase(name, "person") for watch in watches for name in watch.names if " " in name)]


def documents(count: int, watches: Sequence[Watch], *, rare: int = 60_000) -> Iterator[Document]:
    """Made up, and the same each time."""
    vocabulary = Vocabulary(1, rare=rare)
    writer = workload.Writer(vocabulary, phrases(watches), "replay")
    chance = random.Random("replay")
    for number in range(count):
        (size,) = chance.choices([size for size, _ in SIZES], [share for _, share in SIZES])
        words = writer.paper(size, 2 if number % MENTIONING == 0 else 0, 0).text
        title, rest = words[:80], words[80:]
        yield Document(
            key=f"feed:{SOURCE}:{number}",
            source=SOURCE,
            title=title,
            summary=rest[:600],
            text=rest[600:],
            url=f"https://example.org/{number}",
            severity=Severity(1 + number % 3),
        )


async def store(file: Path, count: int, watches: Sequence[Watch]) -> None:
    """A history of ninety days, as polls store it."""
    database = open_database(f"sqlite+aiosqlite:///{file}")
    try:
        await migrations.upgrade(database)
        places, now = SourceStore(database), datetime.now(UTC)
        await places.enrol({SOURCE: "https://example.org/feed"}, now)
        batch: list[Judged] = []
        for number, document in enumerate(documents(count, watches), 1):
            batch.append(Judged(document=document, verdict=Verdict(document=document.key)))
            if len(batch) == BATCH or number == count:
                (state,) = await places.claim_named([SOURCE], now)
                await places.save(state, batch, now - timedelta(days=89) * (1 - number / count))
                batch = []
    finally:
        await database.dispose()


def other_rules(shipped: str) -> str:
    for before, after in WORDINGS:
        assert before in shipped, before
        shipped = shipped.replace(before, after)
    return shipped


def line(count: int, *, stored: bool) -> str:
    """Make a history, replay it, and say how that went."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        rules = place / "sources.toml"
        rules.write_text((ROOT / "sources.toml").read_text("utf-8"), "utf-8")
        (place / "new.toml").write_text(other_rules(rules.read_text("utf-8")), "utf-8")
        asyncio.run(store(place / "history.sqlite", count, load_rules(rules).watches))
        environ = {name: value for name, value in os.environ.items() if not name.startswith("WATCHER_")}
        environ |= {"WATCHER_SOURCES": str(rules), "WATCHER_DATABASE_URL": f"sqlite:///{place / 'history.sqlite'}", "WATCHER_DATA": folder}
        command = [sys.executable, "-m", "watcher", "replay", "--json", *([] if stored else ["--sources", str(place / "new.toml")])]
        began = time.perf_counter()
        done = subprocess.run(command, cwd=ROOT, env=environ, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603 - our own command
        took = time.perf_counter() - began
    said = json.loads(done.stdout)
    assert said["documents"] == count, said["documents"]
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    alerts = said["together"]["alerts"]
    against = "what was stored" if stored else f"{len(WORDINGS)} watches changed"
    return (
        f"replay, {against}: {count:,} documents in {took:.1f} s, {count / took:,.0f} a second "
        f"({used.ru_utime + used.ru_stime:.1f} s of CPU), {used.ru_maxrss / 1024:.0f} MB at most in a process; "
        f"{alerts['gained']:,} alerts gained, {alerts['lost']:,} lost"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=100_000, metavar="N")
    parser.add_argument("--stored", action="store_true", help="compare the shipped rules with what was stored: every watch is judged")
    options = parser.parse_args()
    print(line(options.documents, stored=options.stored))


if __name__ == "__main__":
    main()
