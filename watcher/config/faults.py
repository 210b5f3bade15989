"""What is wrong with a file, gathered: each fault has a place and a text, and all are told at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from watcher.config.positions import Path

LIKE_ENOUGH = 65.0  #: of 100 (RapidFuzz ratio): below this a suggestion would puzzle more than help


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong, at a path of the file; `text` follows the name of the table there, and the line of `first` follows `text`."""

    path: Path
    text: str
    first: Path | None = None  #: where the same stands already


def did_you_mean(word: str, known: Iterable[str], like: float = LIKE_ENOUGH) -> str:
    """` (did you mean NEAREST?)`, or "" where nothing known is like `word`."""
    best = process.extractOne(word.casefold(), sorted(known), scorer=fuzz.ratio, processor=str.casefold, score_cutoff=like)
    return f" (did you mean {best[0]}?)" if best else ""
