"""What a court's paper does, by the words that say it is done: which act, on which entry; and whether other words are another act. Pure.

Only what happens here and now counts: a motion's name (`Motion to Stay`), what somebody asks for, and what may be done later do not.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from watcher import courts
from watcher.folding import words_of

READ = 4_000  #: characters of a paper that are looked at

# Whole words, as clerks and judges write what is done.
_SAID = {
    "grant": "granting granted grants allowing allowed allows approving approved approves sustaining sustained sustains",
    "deny": "denying denied denies refusing refused refuses rejecting rejected rejects overruling overruled overrules declining declines",
    "stop": "enjoining enjoined enjoins restraining restrained staying stayed prohibiting prohibited barring barred",
    "lift": "dissolving dissolved dissolves lifting lifted lifts vacating vacated vacates terminating terminated",
    "affirm": "affirming affirmed affirms upholding upheld upholds",
    "reverse": "reversing reversed reverses",
    "dismiss": "dismissing dismissed dismisses",
    "revive": "reinstating reinstated reinstates",
    "find": "contempt sanctioned sanctioning",
    "wait": "deferring deferred reserving reserved abeyance advisement",
}
_ACTS = {word: act for act, words in _SAID.items() for word in words.split()}
_CONTRARY = frozenset(
    frozenset(pair.split())
    for pair in ("grant deny", "stop lift", "grant lift", "affirm reverse", "affirm lift", "dismiss revive", "dismiss reverse", "stop deny")
)
_NOT = frozenset({"not", "no", "never"})
_WISHED = frozenset({"to", "whether", "if", "may", "could"})
_FOUND = frozenset({"finds", "found", "finding", "held", "holds", "holding", "adjudged", "adjudges", "are", "is", "were", "was"})
_OPEN = frozenset({"why", "whether", "should", "cause"})  #: `to show cause why they should not be held in contempt`
_WITHIN = 10  #: words before `contempt` in which it is found
_ON = re.compile(r"\d{1,6}")
_SKIPPED = frozenset({"re", "in", "part", "as", "moot", "dkt", "ecf", "doc", "no", "the", "and", "without", "with", "prejudice"})
_DECREES = re.compile(
    r"\b(?:so\s+ordered|it\s+is\s+(?:hereby\s+|further\s+)?ordered|(?:court|judge)\s+(?:hereby\s+|further\s+|also\s+)?(?:orders|rules|grants|denies"
    r"|finds|holds|directs|enjoins|stays)|order(?:s|ed)?\s+(?:defendants?|respondents?|the\s+government)\s+(?:to|shall))\b",
    re.IGNORECASE,
)


class Act(NamedTuple):
    """Something that a court does."""

    what: str  #: a key of `_SAID`; `not grant` where it says that it is not done
    on: str = ""  #: number of the entry that it is done on; "" where none stands beside it


def acts_in(text: str) -> tuple[Act, ...]:
    """What these words of a court say is done, in their order, each once."""
    return tuple(dict.fromkeys(_acts(words_of(courts.head_of(text)[:READ]))))


def _acts(words: list[str]) -> Iterator[Act]:
    for at, word in enumerate(words):
        what = _ACTS.get(word)
        if what is None or _is_wished(words[max(0, at - 2) : at]):
            continue
        before = words[max(0, at - (_WITHIN if word == "contempt" else 3)) : at]
        if word == "contempt" and not _is_found(before):
            continue
        yield Act(what if _NOT.isdisjoint(before) else f"not {what}", _entry(words[at + 1 : at + 6]))


def _is_wished(before: list[str]) -> bool:
    """Whether the word behind these is what may be done: `to be granted`, `if denied`."""
    return not _WISHED.isdisjoint(before[-1:]) or (before[-1:] == ["be"] and before[0] in _WISHED)


def _is_found(before: list[str]) -> bool:
    """Whether the contempt behind these words is found, and not asked for, nor still to be shown."""
    last = [word for word in before if word not in ("civil", "criminal")][-1:]
    return last in (["in"], ["of"]) and not _FOUND.isdisjoint(before) and _OPEN.isdisjoint(before)


def _entry(words: list[str]) -> str:
    """The number that stands right behind an act."""
    for word in words:
        if _ON.fullmatch(word):
            return word
        if word not in _SKIPPED:
            break
    return ""


def rules(text: str) -> bool:
    """Whether the record of a hearing says that something was ruled there, and not only that it was held."""
    return any(act.what != "wait" for act in acts_in(text)) or _DECREES.search(text[:READ]) is not None


def is_another(before: str, after: str) -> bool:
    """Whether words that told one act of a court tell another one now, or its contrary. To say more, or better, is not that."""
    then, now = acts_in(before), acts_in(after)
    if not then:
        return False
    said, says = list(dict.fromkeys(each.what for each in then)), list(dict.fromkeys(each.what for each in now))
    lost, new = set(said) - set(says), set(says) - set(said)
    if not says:
        return not courts.is_bare(after)
    if lost:
        return bool(new) or any(_contrary(one, other) for one in lost for other in says)
    if any(_contrary(one, other) for one in said for other in new):
        return True
    if not new and said != says and any(_contrary(one, other) for one in said for other in said):
        return True
    return any(one.on and one.on == other.on and _contrary(one.what, other.what) and other not in then for one in then for other in now)


def _contrary(one: str, other: str) -> bool:
    return frozenset({one, other}) in _CONTRARY or one == f"not {other}" or other == f"not {one}"
