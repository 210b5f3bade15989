"""What changed between two wordings, for people to read: the words added and removed, with a few around them. Pure.

Paragraphs are compared first, then the words of those that changed, so that the work and the answer stay small however long the text is.
The longest common sequence is RapidFuzz's, whose worst case is known: two texts of LONGEST words without one in common take some
milliseconds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from rapidfuzz.distance import LCSseq

LONGEST = 2_000  #: words of one changed place that are compared; of a longer one only its first words are shown, old and new
PARAGRAPHS = 5_000  #: of a text; what is behind them is not compared
AROUND = 8  #: words left standing on either side of a change
CHANCE = 2  #: so many words in common between two longer changes are chance, and read worse than one change
LONGEST_PIECE = 800  #: characters added or removed in one place that are shown

Kind = Literal["same", "added", "removed", "skipped"]
CHANGED = ("added", "removed")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words, and whether both wordings have them; of what is skipped, which both have, there are none."""

    kind: Kind
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """What is to be read."""

    places: tuple[tuple[Piece, ...], ...] = ()  #: each changed place of the text, in order
    left_out: int = 0  #: characters added or removed that are not in `places`, for want of room


class _Step(NamedTuple):
    """Something that both have (then `old` and `new` are alike), or that one has in the place of what the other has."""

    same: bool
    old: list[str]
    new: list[str]


def diff(before: str, after: str, room: int) -> Diff:
    """Compare two wordings.

    Args:
        room: characters that may be shown.
    """
    places: list[tuple[Piece, ...]] = []
    left_out = 0
    for old, new in _changed_paragraphs(before, after):
        shown, missing = _fitting(_words(old.split(), new.split()), room)
        room -= sum(len(piece.text) for piece in shown)
        left_out += missing
        if shown:
            places.append(shown)
    return Diff(places=tuple(places), left_out=left_out)


def _changed_paragraphs(before: str, after: str) -> Iterator[tuple[str, str]]:
    """The places where paragraphs differ: those of the one, and those of the other."""
    old, old_rest = _paragraphs(before)
    new, new_rest = _paragraphs(after)
    for step in _steps(old, new):
        if not step.same:
            yield "\n".join(step.old), "\n".join(step.new)
    if old_rest != new_rest:
        yield old_rest, new_rest


def _paragraphs(text: str) -> tuple[list[str], str]:
    """Its paragraphs, and what is behind the last that is compared."""
    lines = [line for line in text.split("\n") if line.strip()]
    return lines[:PARAGRAPHS], "\n".join(lines[PARAGRAPHS:])


def _steps(old: list[str], new: list[str], chance: int = 0) -> list[_Step]:
    """How to come from one sequence to the other. Changes that touch are one, and so are those with little in common between them.

    Args:
        chance: how much is little.
    """
    codes = LCSseq.opcodes(old, new)
    steps = [_Step(code.tag == "equal", old[code.src_start : code.src_end], new[code.dest_start : code.dest_end]) for code in codes]
    joined: list[_Step] = []
    for place, step in enumerate(steps):
        changed = bool(joined) and not joined[-1].same
        between = len(step.old) <= chance and place + 1 < len(steps) and changed and len(step.old) < len(joined[-1].old + joined[-1].new)
        if changed and (not step.same or between):
            joined[-1] = _Step(False, [*joined[-1].old, *step.old], [*joined[-1].new, *step.new])
        else:
            joined.append(step)
    return joined


def _words(old: list[str], new: list[str]) -> list[Piece]:
    """A changed place, word by word."""
    if max(len(old), len(new)) > LONGEST:
        return [piece for piece in (Piece("removed", " ".join(old)), Piece("added", " ".join(new))) if piece.text]
    steps = _steps(old, new, CHANCE)
    pieces: list[Piece] = []
    for place, step in enumerate(steps):
        if step.same:
            pieces += _around(step.old, first=place == 0, last=place == len(steps) - 1)
        else:
            pieces += [piece for piece in (Piece("removed", " ".join(step.old)), Piece("added", " ".join(step.new))) if piece.text]
    return pieces


def _around(words: list[str], *, first: bool, last: bool) -> list[Piece]:
    """What both have, as far as it helps to read the change before and the one behind it."""
    before, behind = (0 if first else AROUND), (0 if last else AROUND)
    if len(words) <= before + behind:
        return [Piece("same", " ".join(words))]
    parts = (" ".join(words[:before]), "", " ".join(words[len(words) - behind :]))
    return [Piece("same" if part else "skipped", part) for place, part in enumerate(parts) if part or place == 1]


def _fitting(pieces: Sequence[Piece], room: int) -> tuple[tuple[Piece, ...], int]:
    """These pieces as far as there is room, and how many characters of changes are left out."""
    shown: list[Piece] = []
    left_out = 0
    for piece in pieces:
        text = _cut(piece.text, min(room, LONGEST_PIECE))
        room -= len(text)
        left_out += len(piece.text) - len(text) if piece.kind in CHANGED else 0
        if text or piece.kind == "skipped":
            shown.append(Piece(piece.kind, text))
    return (tuple(shown) if any(piece.kind in CHANGED for piece in shown) else ()), left_out


def _cut(text: str, limit: int) -> str:
    """At most so many characters; whole words, where there are any."""
    return text if len(text) <= limit else text[: limit + 1].rpartition(" ")[0] or text[:limit]
