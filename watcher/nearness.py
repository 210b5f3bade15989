"""What stands between two places of a text: how many words, and whether a sentence ends. A text is read once, however often it is asked."""

import re
from bisect import bisect_left

_WORD = re.compile(r"[^\W_]+")
# Not after single letters (`U.S.`, `v.`) and the commonest titles. A run of marks is looked at from its first two alone, and none of it is
# given back: thousands of dots cost what they are long, not the square of it.
_SENTENCE_END = re.compile(
    r"(?<![.!?…][.!?…])(?<!\b\w)(?<!\bvs)(?<!\b[MD][rs])(?<!\bMrs)(?<!\bNo)(?<!\bSt)(?<!\b(?:Gov|Sen|Rep|Gen|Art|Sec))"
    r"[.!?…]++[\"”’»)\]]*+(?=\s)|…|\n\s*\n"
)


class Layout:
    """Where the words of a text begin, and its sentences end."""

    def __init__(self, text: str) -> None:
        self._words = [word.start() for word in _WORD.finditer(text)]
        self._ends = [end.start() for end in _SENTENCE_END.finditer(text)]

    def words(self, start: int, end: int) -> int:
        """How many words begin from one place to before another; none where the places are the other way round."""
        return max(0, bisect_left(self._words, end) - bisect_left(self._words, start))

    def ends(self, start: int, end: int) -> bool:
        """Whether a sentence ends between two places."""
        return bisect_left(self._ends, start) < bisect_left(self._ends, end)
