"""Watches that subscribers own: one phrase each. Whoever reads pages, feeds or logs learns nothing of them.

Who owns which phrase is kept by `alerts`; here they are Watches like others, told apart by their ids alone.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from watcher import numbers
from watcher.models import Docket, Match, Watch

PREFIX = "own-"  #: their ids begin so, and no id of `sources.toml` does
NEUTRAL = "own phrase"  #: stands for the phrase wherever a score card is stored

_ID = re.compile(rf"{PREFIX}([1-9][0-9]{{0,18}})")


def own_watch(number: int, phrase: str) -> Watch:
    """The Watch of a phrase: it is enough by itself, as the name of a case is. A docket's number is that docket, and finds its papers."""
    known = is_docket(phrase)
    words = () if known and numbers.dockets(phrase) else (phrase,)  # some numbers are none in prose, where nothing beside them says so
    dockets = (Docket(court="", number=phrase),) if known else ()
    return Watch(id=own_id(number), kind="doctrine", title=f"“{phrase}”", names=words, dockets=dockets)


def is_docket(phrase: str) -> bool:
    """Whether a phrase is the number of a docket that says by itself which one it is: `8:25-cv-00951`, `24A949`, and not `25-1345`."""
    docket = Docket(court="", number=phrase)
    return numbers.same_docket(docket, docket)


def own_id(number: int) -> str:
    """The id of the Watch that a row is: `own-17`."""
    return f"{PREFIX}{number}"


def number_of(watch: str) -> int | None:
    """The number of the row that this Watch is; None where it is none."""
    found = _ID.fullmatch(watch)
    return int(found[1]) if found else None


def is_own(watch: str) -> bool:
    """Whether a subscriber owns the Watch of this id."""
    return watch.startswith(PREFIX)


def public(watches: Iterable[str]) -> tuple[str, ...]:
    """Those of `sources.toml`, in their order."""
    return tuple(watch for watch in watches if not is_own(watch))


def private(watches: Iterable[str]) -> tuple[str, ...]:
    """Those that subscribers own, in their order."""
    return tuple(watch for watch in watches if is_own(watch))


def is_private(new_watches: Iterable[str]) -> bool:
    """Whether a revision that brought these is for their owners alone: it brought some, and nobody but owners follows them."""
    every = tuple(new_watches)
    return bool(every) and not public(every)


def neutral(match: Match) -> Match:
    """The Match as it is stored: with the words that were found, which all may read, and without the phrase, if it is one of those."""
    if not is_own(match.watch):
        return match
    return replace(match, because=tuple(replace(each, term=NEUTRAL) for each in match.because))
