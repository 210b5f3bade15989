"""Mutation testing: of small faults put into a module one at a time, how many do the tests beside it notice?

    python benchmarks/mutation.py [--seed N] [--most N] [--patterns N] [--minutes N] [MODULE ...]

mutmut makes the faults, in a copy of the tree, and runs for each the tests that come by there until the first fails. It changes what
stands in functions; patterns are changed by `benchmarks/patterns.py`. Other tables outside of functions, properties and decorated
functions stay as they are. A fault that ends in an endless loop is noticed, too.

Prints one line at the end: how many of each module's mutants were killed. Those that survived stand in `build/mutants.txt`, as
patches, and those of patterns in words: each is a test that is missing, a line that does nothing, or the same program written
otherwise. A module with more than `--most` mutants is judged by so many of them, and the line says so: the same seed takes the same
ones.
"""

import argparse
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
SURVIVORS = ROOT / "build" / "mutants.txt"
GOAL = 0.8  #: of the mutants of each module
MEMORY = 4 << 30  #: bytes of a process: a mutant that grows without end must not take the machine with it
NEEDED = ("alerts", "benchmarks", "tests", "watcher", "sources.toml", "pyproject.toml")  #: what the tests need of the tree

#: Which files of tests judge a module of `watcher`: its own, the quickest first.
JUDGES: dict[str, tuple[str, ...]] = {
    "numbers": ("test_numbers_spellings", "test_numbers"),
    "match": ("test_match", "test_nearness"),
    "nearness": ("test_nearness",),
    "folding": ("test_folding",),
    "vocabulary": ("test_vocabulary",),
    "chunks": ("test_chunks",),
    "posts": ("test_posts",),
    "phrases": ("test_phrases",),
}

SETTINGS = """
[tool.mutmut]
source_paths = ["watcher"]
only_mutate = ["watcher/{module}.py"]
also_copy = ["alerts", "benchmarks", "sources.toml"]
pytest_add_cli_args = ["-p", "no:cacheprovider", "-p", "no:xdist"]
pytest_add_cli_args_test_selection = [{tests}]
timeout_constant = 2.0
timeout_multiplier = 5.0
track_dependencies = false
use_git_change_detection = false
"""

# Two things that mutmut's command cannot do: name the mutants before a run, and show many at once. Its version is pinned.
NAMES = """
import sys
from pathlib import Path
from mutmut.mutation.file_mutation import mutate_file_contents
from mutmut.utils.format_utils import get_mutant_name
path = Path(sys.argv[1])
for name in mutate_file_contents(str(path), path.read_text()).mutant_names:
    print(get_mutant_name(path, name))
"""
SHOW = """
import sys
from mutmut.mutation.diff_apply import get_diff_for_mutant
for name in sys.argv[1:]:
    print(f"# {name}", get_diff_for_mutant(name), sep="\\n", end="\\n\\n")
"""

_KILLED = frozenset({"killed", "timeout", "segfault", "suspicious"})  # mutmut's words; `suspicious` is a process that ended oddly
_UNTRIED = frozenset({"not checked", "skipped", "check was interrupted by user"})


class MutationError(Exception):
    """mutmut could not do its work: the tests fail without a mutant, or it is not installed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of a module's mutants."""

    module: str
    made: int  #: mutants that there are
    tried: int
    survived: tuple[str, ...]  #: their names

    @property
    def share(self) -> float:
        """Of those that were tried, how many were killed: 0.0 to 1.0; 1.0 where there are none."""
        return 1.0 - len(self.survived) / self.tried if self.tried else 1.0

    def __str__(self) -> str:
        if not self.tried:
            return f"{self.module} not tried"
        part = f" (a sample of {self.made:,})" if self.tried < self.made else ""
        return f"{self.module} {100 * self.share:.1f} % of {self.tried:,}{part}"


def sample(names: Sequence[str], most: int, seed: int) -> list[str]:
    """At most so many of the names, the same for the same seed, in the order given."""
    if len(names) <= most:
        return list(names)
    return [names[place] for place in sorted(random.Random(seed).sample(range(len(names)), most))]


def statuses(answer: str) -> dict[str, str]:
    """Read what `mutmut results` prints, `    watcher.numbers.x_find__mutmut_3: survived` on each line."""
    pairs = (line.strip().partition(": ") for line in answer.splitlines() if ": " in line)
    return {name: status for name, _, status in pairs}


def result(module: str, names: Sequence[str], chosen: Sequence[str], found: Mapping[str, str]) -> Result:
    """Count what became of the chosen mutants; one that was not reached in time was not tried."""
    tried = [name for name in chosen if found.get(name, "not checked") not in _UNTRIED]
    survived = tuple(name for name in tried if found[name] not in _KILLED)
    return Result(module=module, made=len(names), tried=len(tried), survived=survived)


def of_patterns(module: str, answer: str) -> Result:
    """Count what `benchmarks/patterns.py` prints."""
    lines = answer.splitlines()
    tried = [line for line in lines if line.startswith(("killed: ", "survived: "))]
    made = next(int(line.removeprefix("made: ")) for line in lines if line.startswith("made: "))
    survived = tuple(line.removeprefix("survived: ") for line in tried if line.startswith("survived: "))
    return Result(module=f"patterns of {module}", made=made, tried=len(tried), survived=survived)


def untried(module: str) -> Result:
    """Of a module for which no time was left."""
    return Result(module=module, made=0, tried=0, survived=())


def line(results: Sequence[Result], took: float, seed: int) -> str:
    """The result, for docs/measurements.md."""
    return f"mutation: killed {', '.join(map(str, results))}; in {took:.0f} s (seed {seed})"


def lay_out(module: str, folder: Path) -> None:
    """Copy what the tests need into an empty folder, with mutmut's settings for one module."""
    for name in NEEDED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder / name)
    tests = ", ".join(f'"tests/{test}.py"' for test in JUDGES[module])
    with (folder / "pyproject.toml").open("a") as settings:
        settings.write(SETTINGS.format(module=module, tests=tests))


def run(arguments: Sequence[str], folder: Path, seconds: float | None = None) -> str:
    """Run Python in the copy and give what it printed; after so many seconds it is stopped, which is no error.

    Raises:
        MutationError: it failed by itself.
    """

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell starts what runs in the background deaf to it

    command = [sys.executable, *arguments]
    with subprocess.Popen(  # noqa: S603  # our own Python, our own words
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, preexec_fn=limited
    ) as process:
        try:
            printed, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)  # mutmut keeps what it has found so far
            return process.communicate()[0]
    if process.returncode != 0:
        raise MutationError(f"{' '.join(arguments[:3])}: status {process.returncode}\n{printed[-4_000:]}")
    return printed


def judge(module: str, *, most: int, patterns: int, seed: int, until: float) -> Iterator[tuple[Result, str]]:
    """Try a module's mutants, and those of its patterns where it has any; each with what survived."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as temporary:
        folder = Path(temporary)
        lay_out(module, folder)
        names = run(["-c", NAMES, f"watcher/{module}.py"], folder).split()
        chosen = sample(names, most, seed)
        few = chosen if len(chosen) < len(names) else []
        run(["-m", "mutmut", "run", "--max-children", "2", *few], folder, until - time.monotonic())
        counted = result(module, names, chosen, statuses(run(["-m", "mutmut", "results", "--all", "true"], folder)))
        yield counted, run(["-c", SHOW, *counted.survived], folder)
        tests = [f"tests/{test}.py" for test in JUDGES[module]]
        options = [f"--most={patterns}", f"--seed={seed}", f"--seconds={max(0.0, until - time.monotonic()):.0f}"]
        counted = of_patterns(module, run(["benchmarks/patterns.py", module, *tests, *options], folder))
        if counted.made:
            yield counted, "".join(f"# {what}\n" for what in counted.survived)


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge the modules one after the other; 0 where each reaches the goal."""
    parser = argparse.ArgumentParser(description="How many faults put into a module do its tests notice?")
    parser.add_argument("--seed", type=int, default=1, help="of the sample of a module that has too many mutants")
    parser.add_argument("--most", type=int, default=400, help="mutants of a module that are tried")
    parser.add_argument("--patterns", type=int, default=200, help="mutants of a module's patterns that are tried")
    parser.add_argument("--minutes", type=float, default=28.0, help="after which no further mutant is tried")
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=f"{', '.join(JUDGES)}: all of them where none is named")
    given = parser.parse_args(arguments)
    if unknown := [module for module in given.modules if module not in JUDGES]:
        parser.error(f"no tests are known for {', '.join(unknown)}")
    since = time.monotonic()
    until = since + 60 * given.minutes
    results: list[Result] = []
    SURVIVORS.parent.mkdir(exist_ok=True)
    with SURVIVORS.open("w") as survivors:
        for module in given.modules or JUDGES:
            if time.monotonic() > until:
                results.append(untried(module))
                continue
            for counted, patches in judge(module, most=given.most, patterns=given.patterns, seed=given.seed, until=until):
                survivors.write(patches)
                survivors.flush()
                print(counted, file=sys.stderr)
                results.append(counted)
    print(line(results, time.monotonic() - since, given.seed))
    return int(any(each.share < GOAL or not each.tried for each in results))


if __name__ == "__main__":
    sys.exit(main())
