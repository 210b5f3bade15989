"""The shipped watches on labelled documents, beside exact keywords and naive `partial_ratio`, in one run.

    python benchmarks/relevance.py [--payloads FOLDER] [--write]

FOLDER (else WATCHER_TEST_PAYLOADS, else the folder `shared` beside the repository) holds the labelled corpus with its scorer, and the
tracked cases. All three matchers are scored by that scorer: on the whole file, on the fifth of it that nobody reads, and on the rest.
The two naive ones are given those terms of the watches that are enough by themselves, names and docket numbers, no context or excludes.
docs/reference/recognising.md says what each figure means; --write puts them there.
"""

import argparse
import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))

from rapidfuzz.fuzz import partial_ratio

from benchmarks import tables
from benchmarks.peers import CUT
from benchmarks.vocabulary import folded
from watcher.cli.lines import LineError, each_line
from watcher.cli.match import match_lines
from watcher.config import load_rules
from watcher.match import Rules
from watcher.models import Document, Watch

ROOT = Path(__file__).parent.parent
Answer: TypeAlias = dict[str, set[str]]  #: of each item the watches said, by its id

OURS, KEYWORDS, NAIVE = "Habeas Watch", "exact keywords", "`partial_ratio`"
PARTS: dict[str, tuple[str, ...]] = {"whole": (), "read": ("--fifth", "read"), "unread": ("--fifth", "unread")}
#: figure -> goal on the whole file
GOALS = {"micro F1": 0.93, "macro F1": 0.90, "hard F1": 0.88, "Spanish F1": 0.90, "alert recall": 0.97}
UNREAD_GOAL = 0.88  #: micro F1
GAP = 0.05  #: between the parts, at most
#: watch -> how a tracker of cases words the label that means it
CASES = {"alien-enemies-act": ("Alien Enemies Act",), "third-country-removal": ("Third Country", "Third Countries")}


def payloads(given: Path | None = None) -> Path:
    """The folder with `corpus/` and `fixtures/`; it need not be there."""
    return given or Path(os.environ.get("WATCHER_TEST_PAYLOADS") or ROOT.parent / "shared")


# ---- the matchers


def ours(lines: bytes, watches: Sequence[Watch]) -> Answer:
    """What `watcher match` says."""
    faults: list[str] = []
    answers = [json.loads(line) for line in match_lines(each_line(io.BytesIO(lines)), Rules(watches), faults.append)]
    assert faults == [], faults
    return {answer["id"]: {match["watch"] for match in answer["matches"]} for answer in answers}


def naive(lines: bytes, watches: Sequence[Watch], holds: Callable[[str, str], bool]) -> Answer:
    """A Watch is answered by any of its phrases in title, summary or text: `holds(term, text)`, both folded."""
    terms = {watch.id: [key for word in _words(watch) if (key := folded(word))] for watch in watches}
    said: Answer = {}
    for line in _lines(lines):
        text = folded(f"{line.title}\n{line.summary}\n{line.text}")
        said[line.key] = {watch for watch, keys in terms.items() if any(holds(key, text) for key in keys)}
    return said


def _words(watch: Watch) -> Iterator[str]:
    yield from (term.text for term in watch.terms if term.weight >= watch.threshold)
    yield from watch.names
    yield from (docket.number for docket in watch.dockets)


def _lines(lines: bytes) -> Iterator[Document]:
    for line in each_line(io.BytesIO(lines)):
        assert not isinstance(line, LineError), line
        yield line.document


def stands(term: str, text: str) -> bool:
    return f" {term} " in f" {text} "


def resembles(term: str, text: str) -> bool:
    return partial_ratio(term, text, score_cutoff=CUT) > 0


def answers(lines: bytes, watches: Sequence[Watch]) -> dict[str, Answer]:
    """What each matcher says of each item."""
    return {OURS: ours(lines, watches), KEYWORDS: naive(lines, watches, stands), NAIVE: naive(lines, watches, resembles)}


# ---- the labelled corpus


def score(gold: Path, said: Answer, part: str) -> dict[str, Any]:
    """The scorer's figures of one part of the corpus."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        file.writelines(
            json.dumps({"id": key, "matches": [{"watch": watch} for watch in sorted(watches)]}) + "\n" for key, watches in said.items()
        )
        file.flush()
        command = [sys.executable, str(gold.with_name("score.py")), str(gold), file.name, "--json", *PARTS[part]]
        result: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # noqa: S603 - the corpus' own scorer
    return result


def figures(result: dict[str, Any]) -> dict[str, float]:
    """The scorer's figures under the names of the table."""
    return {
        "micro F1": result["micro"]["f1"], "micro precision": result["micro"]["precision"], "micro recall": result["micro"]["recall"],
        "macro F1": result["macro_f1"], "hard F1": result["hard"]["f1"], "Spanish F1": result["spanish"]["f1"],
        "alert recall": result["alert_recall"], "false alerts in 1,000 ordinary items": result["false_alerts_per_1000_ordinary"],
    }  # fmt: skip


# ---- the tracked cases


@dataclass(frozen=True, slots=True)
class CaseScore:
    """How one watch did on the tracked cases."""

    watch: str
    labelled: int
    missed: tuple[str, ...]  #: names of cases
    false: tuple[str, ...]


def case_lines(rows: Sequence[dict[str, Any]]) -> bytes:
    """The cases as lines for `watcher match`: name and summary alone, no docket number."""
    lines = (
        {"id": f"case-{number}", "source_kind": "news", "title": row["case_name"] or "", "summary": row["summary"] or ""}
        for number, row in enumerate(rows)
    )
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def case_scores(rows: Sequence[dict[str, Any]], said: Answer) -> list[CaseScore]:
    made = []
    for watch, wordings in CASES.items():
        labelled = {number for number, row in enumerate(rows) if any(wording in (row["executive_action"] or "") for wording in wordings)}
        matched = {number for number in range(len(rows)) if watch in said[f"case-{number}"]}
        made.append(CaseScore(watch, len(labelled), _names(rows, labelled - matched), _names(rows, matched - labelled)))
    return made


def _names(rows: Sequence[dict[str, Any]], places: Iterable[int]) -> tuple[str, ...]:
    return tuple(f"{rows[place]['case_name'].strip()} ({rows[place]['docket_number']})" for place in sorted(places))


# ---- the tables


def corpus_rows(results: dict[str, dict[str, dict[str, float]]]) -> list[list[str]]:
    """One row a figure; `results` by matcher, part and figure. Goals are those of OURS on the whole file, and of its unread fifth."""
    whole, unread = results[OURS]["whole"], results[OURS]["unread"]
    made = []
    for name in whole:
        first = tables.against(whole[name], GOALS[name]) if name in GOALS else tables.number(whole[name])
        second = tables.against(unread[name], UNREAD_GOAL) if name == "micro F1" else tables.number(unread[name])
        made.append(
            [name, first, tables.number(results[OURS]["read"][name]), second]
            + [tables.number(results[matcher]["whole"][name]) for matcher in (KEYWORDS, NAIVE)]
        )
    gap = abs(results[OURS]["read"]["micro F1"] - unread["micro F1"])
    return [*made, ["micro F1, read less unread", tables.against(gap, GAP, most=True), "", "", "", ""]]


def case_rows(scores: dict[str, list[CaseScore]]) -> list[list[str]]:
    made = []
    for place, watch in enumerate(CASES):
        one = scores[OURS][place]
        cells = [
            f"{len(scores[matcher][place].missed)} missed, {len(scores[matcher][place].false)} false" for matcher in (OURS, KEYWORDS, NAIVE)
        ]
        met = "met" if len(one.missed) <= 1 and len(one.false) <= 1 else "missed"
        made.append([f"{watch}, {one.labelled} cases", f"{cells[0]} (at most 1 each: {met})", "", "", *cells[1:]])
    return made


def report(folder: Path, watches: Sequence[Watch]) -> tuple[str, list[CaseScore]]:
    """The table, and how OURS did on the tracked cases."""
    gold = folder / "corpus/dev.jsonl"
    said = answers(gold.read_bytes(), watches)
    results = {matcher: {part: figures(score(gold, answer, part)) for part in PARTS} for matcher, answer in said.items()}
    cases: list[dict[str, Any]] = json.loads((folder / "fixtures/courtlistener/tracked_cases.json").read_text("utf-8"))
    scores = {matcher: case_scores(cases, answer) for matcher, answer in answers(case_lines(cases), watches).items()}
    head = ["", OURS, "- read part", "- unread fifth", KEYWORDS, NAIVE]
    return tables.table(head, [*corpus_rows(results), *case_rows(scores)]), scores[OURS]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--payloads", type=Path, metavar="FOLDER", help="with corpus/ and fixtures/")
    parser.add_argument("--sources", type=Path, default=ROOT / "sources.toml", help="the watches")
    parser.add_argument("--write", action="store_true", help=f"put the table into {tables.PAGE.name}")
    options = parser.parse_args()
    folder = payloads(options.payloads)
    if not (folder / "corpus/dev.jsonl").is_file():
        print(f"no labelled corpus in {folder}: set WATCHER_TEST_PAYLOADS to a folder with corpus/ and fixtures/")
        return
    text, scores = report(folder, load_rules(options.sources).watches)
    print(text)
    for one in scores:
        for kind, names in (("missed", one.missed), ("false", one.false)):
            print(f"\n{one.watch}, {kind}: {'; '.join(names) or 'none'}")
    if options.write:
        tables.write(tables.PAGE, "relevance", text)


if __name__ == "__main__":
    main()
