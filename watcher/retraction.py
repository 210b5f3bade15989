"""What may still be shown of a paper that was taken back: that it is there and what became of it, and none of its words. Pure.

A sealed or removed paper of a court loses its title too, which is the clerk's own words. What is withdrawn keeps its title: the register
itself publishes that, with the reason. What was closed from the start took nothing back.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from watcher.folding import words_of
from watcher.headlines import titled
from watcher.models import Document, Evidence, Stage, Withheld

RUN = 6  #: words in a row that make a quotation; a case's name, or what clerks write each day, is shorter
MARKED = 2  #: the same between quotation marks
_MARKED = re.compile(r"[“\"«‘]([^“”\"«»‘’]{3,400})[”\"»’]")
_READ = 4_000  #: characters of a summary in which quotations are looked for

#: stages at which a paper's words are taken back
TAKEN_BACK = frozenset({Stage.SEALED, Stage.REMOVED, Stage.WITHDRAWN})
_NEVER_OPEN = frozenset({Stage.STUB, Stage.SEALED})


_CALLED = {
    Withheld.SEALED: "Sealed paper",
    Withheld.REMOVED: "Paper removed from the docket",
}
_COPY = "Copy of a paper that was taken back"
_REPORT = "Report that quotes a paper that was taken back"


def taken_back(now: Stage, before: Iterable[Stage]) -> Withheld | None:
    """Say whether the words of a paper were taken back.

    Args:
        now: its stage.
        before: the stages of its former versions. Of a sealed paper that was never more than a stub nothing was said.
    """
    if now not in TAKEN_BACK or (now is Stage.SEALED and all(stage in _NEVER_OPEN for stage in before)):
        return None
    return Withheld(now.value)


def redacted(document: Document, why: Withheld) -> Document:
    """The paper as it may be shown; its links to the paper itself, the days it names, and what it does to those of others, go too."""
    bare = replace(document, summary="", text="", enclosure="", deadlines=(), off=(), stays=())
    if why is Withheld.WITHDRAWN:
        return bare
    called = _CALLED.get(why) or (_REPORT if document.docket is None else _COPY)
    return replace(bare, title="", headline=titled(called, document), note="")


def wordless(document: Document) -> Document:
    """A former version of it: of what stage and kind it was, and nothing that it said."""
    return replace(document, title="", headline="", summary="", text="", enclosure="", note="", deadlines=(), off=(), stays=(), relates=())


def evidence(because: Iterable[Evidence], shown: Document) -> tuple[Evidence, ...]:
    """What of a score card may be shown beside a redacted paper: its docket's number, and words of a title that still stands."""
    return tuple(each for each in because if each.field == "docket" or (each.field == "title" and each.found in shown.title))


class Words:
    """All the words that were taken back, of a Story's papers."""

    def __init__(self, documents: Iterable[Document]) -> None:
        told = [words_of(text) for each in documents for text in (each.title, each.summary, each.text)]
        self._runs = frozenset(tuple(words[at : at + RUN]) for words in told for at in range(len(words) - RUN + 1))
        self._whole = [f" {' '.join(words)} " for words in told if words]

    def are_quoted_by(self, document: Document) -> bool:
        """Whether a title or summary repeats RUN of them in a row, or MARKED of them between quotation marks."""
        return any(self._quoted(text) for text in (document.title, document.headline, document.summary[:_READ]))

    def _quoted(self, text: str) -> bool:
        words = words_of(text)
        if any(tuple(words[at : at + RUN]) in self._runs for at in range(len(words) - RUN + 1)):
            return True
        marked = (words_of(passage) for passage in _MARKED.findall(text))
        return any(f" {' '.join(passage)} " in whole for passage in marked if len(passage) >= MARKED for whole in self._whole)
