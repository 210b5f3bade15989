"""Two Stories that turn out to be one: on what evidence, and under which number they go on. Pure.

A Story's number was told, so it never changes; but two may be found to be of one publication, when a paper that each already has in its own
Story comes to name the other, or its entry's number. Nothing less merges them: what only looks alike stays apart, as when it was placed.
"""

import re
from dataclasses import dataclass

from watcher import numbers
from watcher.models import Document, Story
from watcher.revisions import ACTS, NOW

SAID = "one with story:{}"  #: the change of a revision that merged, where there is no news

_ENTRY = re.compile(r"([0-9]{1,9})(?:[-.][0-9]+)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of two Stories."""

    story: Story
    told: bool  #: any revision of it was to be told
    papers: tuple[Document, ...]

    @property
    def act(self) -> Document | None:
        """The act of a court or of the President that it holds."""
        return next((paper for paper in self.papers if paper.primary and paper.type in ACTS), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Merger:
    """How two Stories become one."""

    kept: Side
    gone: Side
    because: str

    @property
    def news(self) -> str:
        """What those who were told of `gone` alone are to hear of, loudly; "" for nothing: they know what the other holds."""
        act = self.kept.act if self.kept.told and self.gone.act is None else None
        return NOW[act.type] if act is not None else ""


def merger(mine: Side, theirs: Side, changed: Document, named: frozenset[str]) -> Merger | None:
    """Say whether two Stories are one since this paper of the first changed; None: they are two.

    One holds no publication that is not one of the other's, so that no order is put into the Story of another. The Story that holds the
    act goes on, else the one that was told, else the older one.

    Args:
        named: keys of the papers that it names as its own.
    """
    because = next((tie for other in theirs.papers if (tie := _tie(changed, other, named))), "")
    own = [paper.key for paper in mine.papers if paper.primary or not changed.primary]
    if not because or own != [changed.key]:
        return None
    kept, gone = sorted((mine, theirs), key=lambda side: (side.act is None, not side.told, side.story.id))
    return Merger(kept=kept, gone=gone, because=because)


def _tie(one: Document, two: Document, named: frozenset[str]) -> str:
    """Why two papers are one publication, in the words of `watcher.stories`; "" where they are two."""
    if two.key in named:
        return f"names {two.key} as its own"
    if one.docket is None or two.docket is None or not numbers.same_docket(one.docket, two.docket):
        return ""
    return f"entry {entry_of(one)} of the same docket" if entry_of(one) and entry_of(one) == entry_of(two) else ""


def entry_of(document: Document) -> str:
    """The number of the docket entry that this is, or is attached to; "" where it has none."""
    found = _ENTRY.match(document.number)
    return found[1] if found else ""


def may_tie(before: Document, after: Document) -> bool:
    """Whether a paper may be tied to another Story since it changed; most cannot be, and cost nothing."""
    numbered = (before.number, before.docket) != (after.number, after.docket)
    return bool(set(after.relates) - set(before.relates)) or (numbered and after.docket is not None and bool(entry_of(after)))
