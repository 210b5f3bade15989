"""Citations of printed and online reporters (`604 U.S. 670`, `2025 WL 1077101`), found by eyecite, which knows their names and spellings.

eyecite reads dense text in more than linear time (2,000 citations in 82 kB: 15 s), so it sees no more than READ characters of a text: the
surroundings of what has the shape of a citation, from the start on. It is loaded when the first such shape is met; most texts have none.
"""

import logging
import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from watcher.numbers import Cited, FoundNumber

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

READ = 10_000  #: characters of one text that eyecite sees
BESIDE = 40  #: characters on both sides of a shape that it sees

# Volume, reporter, page. The reporter begins with a capital (`N.`, `U. S.`, `WL`, `I. & N. Dec.`); `F.3d` and `F. Supp. 2d` have digits.
_SHAPE = re.compile(r"(?<![0-9A-Za-z.,$§-])[0-9]{1,4}\s{1,2}[A-Z][A-Za-z0-9.,'’& ]{0,28}?\s{1,2}[0-9]{1,7}(?![0-9A-Za-z])")


def find(text: str) -> list[FoundNumber]:
    """The citations of reporters in a text, in order. A page that is not known yet (`605 U.S. ___`) names no decision, and a short form
    (`604 U.S. at 673`) none by itself: neither is given."""
    found: list[FoundNumber] = []
    for start, end in _windows(text):
        for begin, finish, number in _cited(text[start:end]):
            cut = (begin == 0 and start > 0) or (start + finish == end and end < len(text))
            if not cut:
                found.append(FoundNumber(start=start + begin, end=start + finish, value=Cited(kind="reporter", number=number)))
    return found


def _windows(text: str) -> Iterator[tuple[int, int]]:
    """Parts of the text that hold shapes, READ characters of it at most, none overlapping."""
    left, start, end = READ, 0, 0
    for shape in _SHAPE.finditer(text):
        begin, finish = max(shape.start() - BESIDE, 0), min(shape.end() + BESIDE, len(text))
        if begin > end:
            if end > start:
                yield start, end
            left -= end - start
            start = begin
        if finish - start > left:
            break
        end = finish
    if end > start:
        yield start, end


def _cited(window: str) -> Iterator[tuple[int, int, str]]:
    from eyecite.models import FullCaseCitation

    for citation in _eyecite()(window):
        if isinstance(citation, FullCaseCitation) and citation.groups.get("page"):
            start, end = citation.span()  # type: ignore[no-untyped-call]  # eyecite's own
            yield start, end, str(citation.corrected_citation())  # type: ignore[no-untyped-call]  # as above


@cache
def _eyecite() -> "Callable[[str], Sequence[object]]":
    from eyecite import get_citations

    logging.getLogger("eyecite").setLevel(logging.ERROR)  # it warns of every citation that it is not sure of
    return lambda window: get_citations(window)
