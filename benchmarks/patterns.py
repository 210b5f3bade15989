"""Mutants of regular expressions, which mutmut leaves as they are: patterns with a piece less, or with other bounds.

    python benchmarks/patterns.py MODULE TEST ... [--most N] [--seed N] [--seconds N]

For each mutant of a pattern of `watcher.MODULE` the tests run in a process of its own until the first fails. Prints a line for each:
`killed` or `survived`, and what was changed. `benchmarks/mutation.py` counts them.
"""

import argparse
import ast
import contextlib
import importlib
import inspect
import os
import random
import re
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))

import pytest
from _pytest.runner import runtestprotocol

# What `re` makes of a pattern before it compiles it: lists of (operation, argument). Private to Python, so this is for benchmarks alone.
_parser: Any = importlib.import_module("re._parser")
_compiler: Any = importlib.import_module("re._compiler")
_op: Any = importlib.import_module("re._constants")

CPU = 20  #: seconds of a mutant's tests, after which it has hung, and so is noticed
WORKERS = 2
LONGEST = 60  #: characters of a pattern that are shown
_REPEATS = (_op.MAX_REPEAT, _op.MIN_REPEAT, _op.POSSESSIVE_REPEAT)
_AROUND = (_op.ASSERT, _op.ASSERT_NOT)
_PIECES = (_op.LITERAL, _op.NOT_LITERAL, _op.ANY, _op.AT, _op.IN, *_AROUND)


@dataclass(frozen=True, slots=True)
class Mutant:
    """A pattern of a module, changed."""

    old: re.Pattern[str]
    new: re.Pattern[str]
    what: str


def mutants(module: Any) -> list[Mutant]:
    """Every mutant of every pattern that a module makes, also in tuples and dicts, in order. What it imports is another module's."""
    made = []
    own = _assigned(module)
    for name, value in vars(module).items():
        for pattern in _patterns(value) if name in own else ():
            tree = _parser.parse(pattern.pattern, pattern.flags)
            for what in _changed(tree):
                _forget_widths(tree)
                try:
                    new = _compiler.compile(tree, pattern.flags & ~re.UNICODE)
                except re.error:  # such as a look behind of no fixed width
                    continue
                made.append(Mutant(pattern, new, f"{module.__name__}.{name}: {what}"))
    return made


def _assigned(module: Any) -> set[str]:
    """The names that a module assigns to itself; all that it has, where it has no source."""
    try:
        tree = ast.parse(inspect.getsource(module))
    except (OSError, TypeError):
        return set(vars(module))
    return {
        name.id
        for statement in tree.body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        for name in ast.walk(statement)
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
    }


def install(mutant: Mutant) -> None:
    """Put a mutant in the place of its pattern, in every module that has it."""
    for name, module in tuple(sys.modules.items()):
        if name.partition(".")[0] == "watcher":
            for key, value in tuple(vars(module).items()):
                if mutant.old in _patterns(value):
                    setattr(module, key, _replaced(value, mutant))


def _patterns(value: object) -> list[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, tuple | list) else ()
    return [pattern for part in parts for pattern in _patterns(part)]


def _replaced(value: Any, mutant: Mutant) -> Any:
    if isinstance(value, dict):
        return {key: _replaced(part, mutant) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(_replaced(part, mutant) for part in value)
    return mutant.new if value is mutant.old else value


# ---- changing


def _changed(tree: Any) -> Iterator[str]:
    """Change a parsed pattern in one place after the other, say how, and change it back when asked for the next."""
    items = tree.data
    for at, (operation, argument) in enumerate(tuple(items)):
        if operation in _PIECES:
            items[at : at + 1] = []
            yield f"without {_shown([(operation, argument)])} in {_shown(items)}"
            items[at:at] = [(operation, argument)]
        if operation is _op.IN:
            yield from _without(argument, _member)
        elif operation is _op.BRANCH:
            yield from _without(argument[1], _shown)
        elif operation in _REPEATS:
            low, high, part = argument
            for bounds in _bounds(low, high):
                items[at] = (operation, (*bounds, part))
                yield f"{_times(*bounds)} for {_times(low, high)} of {_shown(part)} in {_shown(items)}"
            items[at] = (operation, argument)
        for part in _parts(operation, argument):
            yield from _changed(part)


def _without(choices: list[Any], shown: Any) -> Iterator[str]:
    """Each of several choices away, as long as one is left."""
    for at, choice in enumerate(tuple(choices)):
        if len(choices) > 1:
            del choices[at]
            yield f"without {shown(choice)} of {'|'.join(map(shown, choices))}"
            choices.insert(at, choice)


def _bounds(low: int, high: int) -> Iterator[tuple[int, int]]:
    if low < high:
        yield low + 1, high
    if low:
        yield low - 1, high
    if high is _op.MAXREPEAT:
        yield low, max(low, 1)
    elif high > 1:  # a second one of what is optional is seldom a rule
        yield low, high + 1
        if low < high:
            yield low, high - 1


def _parts(operation: Any, argument: Any) -> Sequence[Any]:
    if operation in _REPEATS:
        return (argument[2],)
    if operation is _op.SUBPATTERN:
        return (argument[3],)
    if operation in _AROUND:
        return (argument[1],)
    return tuple(argument[1]) if operation is _op.BRANCH else ()


def _forget_widths(tree: Any) -> None:
    """They are reckoned once, and may have changed."""
    tree.width = None
    for operation, argument in tree.data:
        for part in _parts(operation, argument):
            _forget_widths(part)


# ---- saying


_SIGNS = {  # by name: numbers of different kinds are equal
    "AT_BOUNDARY": r"\b", "AT_BEGINNING": "^", "AT_END": "$", "NEGATE": "^",
    "CATEGORY_SPACE": r"\s", "CATEGORY_WORD": r"\w", "CATEGORY_NOT_WORD": r"\W", "CATEGORY_DIGIT": r"\d",
}  # fmt: skip


def _shown(items: Any) -> str:
    text = "".join(_piece(operation, argument) for operation, argument in items)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _piece(operation: Any, argument: Any) -> str:
    if operation is _op.LITERAL:
        return _letter(argument)
    if operation is _op.IN:
        return f"[{''.join(map(_member, argument))}]"
    if operation is _op.BRANCH:
        return f"({'|'.join(map(_shown, argument[1]))})"
    if operation in _REPEATS:
        return f"({_shown(argument[2])}){_times(argument[0], argument[1])}"
    if operation is _op.SUBPATTERN:
        return f"({_shown(argument[3])})"
    if operation in _AROUND:
        return f"(?{'<' if argument[0] < 0 else ''}{'=' if operation is _op.ASSERT else '!'}{_shown(argument[1])})"
    return _SIGNS.get(str(argument), f"<{operation} {argument}>".lower())


def _member(member: tuple[Any, Any]) -> str:
    operation, argument = member
    if operation is _op.RANGE:
        return f"{_letter(argument[0])}-{_letter(argument[1])}"
    return _letter(argument) if operation is _op.LITERAL else _SIGNS.get(str(argument or operation), f"<{argument}>")


def _letter(code: int) -> str:
    return chr(code) if chr(code).isprintable() else ascii(chr(code))[1:-1]


def _times(low: int, high: int) -> str:
    return f"{{{low},{'' if high is _op.MAXREPEAT else high}}}"


# ---- judging


class Judge:
    """In the place of pytest's loop: all tests for each mutant, in processes forked after all was collected."""

    def __init__(self, chosen: Sequence[Mutant], seconds: float) -> None:
        self.chosen = chosen
        self._until = time.monotonic() + seconds
        self.survived: dict[int, bool] = {}  #: by place; also of -1, which is no mutant at all
        self._running: dict[int, int] = {}  #: process -> place

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        for place in range(-1, len(self.chosen)):
            if place >= 0 and time.monotonic() > self._until:
                break
            self._running[self._started(session, place)] = place
            if len(self._running) == WORKERS:
                self._ended()
        while self._running:
            self._ended()
        return True

    def _started(self, session: pytest.Session, place: int) -> int:
        process = os.fork()
        if process:
            return process
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU + 1))
            if place >= 0:
                install(self.chosen[place])
            os._exit(int(_fails(session.items)))
        finally:
            os._exit(1)

    def _ended(self) -> None:
        process, status = os.waitpid(-1, 0)
        self.survived[self._running.pop(process)] = status == 0


def _fails(items: Sequence[pytest.Item]) -> bool:
    followed = zip(items, [*items[1:], None], strict=True)
    return any(report.failed for item, next_item in followed for report in runtestprotocol(item, log=False, nextitem=next_item))


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge the mutants of a module's patterns; 0 where the tests hold without any."""
    parser = argparse.ArgumentParser(description="Which tests notice what in a pattern?")
    parser.add_argument("module", help="of watcher, as `numbers`")
    parser.add_argument("tests", nargs="+", help="files of tests")
    parser.add_argument("--most", type=int, default=10_000, help="mutants that are tried")
    parser.add_argument("--seed", type=int, default=1, help="of the sample, where there are more")
    parser.add_argument("--seconds", type=float, default=1_800.0, help="after which no further mutant is tried")
    given = parser.parse_args(arguments)
    every = mutants(importlib.import_module(f"watcher.{given.module}"))
    chosen = random.Random(given.seed).sample(every, given.most) if len(every) > given.most else every
    judge = Judge(chosen, given.seconds)
    with contextlib.redirect_stdout(sys.stderr):
        pytest.main(["-q", "-p", "no:cacheprovider", "-p", "no:xdist", *given.tests], plugins=[judge])
    print(f"made: {len(every)}")
    for place, survived in sorted(judge.survived.items()):
        if place >= 0:
            print(f"{'survived' if survived else 'killed'}: {chosen[place].what}")
    return int(not judge.survived.get(-1))


if __name__ == "__main__":
    sys.exit(main())
