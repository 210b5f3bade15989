"""Whether a court's words tell another act than they told, and whether the record of a hearing tells a ruling at all. Pure.

What is an act, and what it is done on, `watcher.decrees` reads.
"""

import re
from collections.abc import Set

from watcher import courts
from watcher.decrees import READ, Act, acts_in, like, word_set, words_in

_CONTRARY = frozenset(
    frozenset(pair.split())
    for pair in (
        "grant deny", "stop lift", "grant lift", "affirm reverse", "affirm lift", "affirm remand", "dismiss revive", "dismiss reverse",
        "stop deny", "stop direct", "certify decertify", "seal unseal",
    )
)  # fmt: skip
_DECREES = re.compile(
    r"\b(?:court|judge)\s(?:hereby\s|further\s|also\s)?orders?\s(?:the\s)?(?:government|defendants?|respondents?|department|agency|officials)\b"
    r"|\border(?:s|ed)?\s(?:defendants?|respondents?|the\sgovernment)\s(?:to|shall)\b",
    re.IGNORECASE,
)
#: what is ruled with no verb that `decrees` reads, at the head of a sentence of a record
_BRIEFLY = re.compile(
    r"(?:^|[.;:]\s+)(?:it\sis\s)?(?:the\scourt\s)?(?:order(?:s|ed)[:,]?\s(?:that\s)?)?(?:"
    r"(?<=ed\s)no\s(?:removal|deportation)\b|(?<=ed:\s)no\s(?:removal|deportation)\b"
    r"|no\s(?:removal|deportation)\b(?:\s(?!is\b|was\b|be\b)[\w-]+){0,8}\sordered\b"
    r"|(?:petitioner|plaintiff|defendant)s?\s(?:(?:is|are)\s)?(?:hereby\s|ordered\s)?released\son\s(?:(?:his|her|their)\s)?(?:own|personal)?\s?"
    r"(?:recognizance|bond|bail)\b"
    r"|(?:bond|bail)\s(?:is\s)?(?:hereby\s)?set\s(?:at|in\sthe\samount\sof)\s\$\s?[0-9](?![^.;]*\bimmigration\sjudge)"
    r")",
    re.IGNORECASE,
)
_WITHOUT = tuple(re.compile(rf"\b(with|without)\s+{what}\b", re.IGNORECASE) for what in ("prejudice", "leave"))
_PERSON = re.compile(
    r"\b(?i:return|releas|remov|deport|transfer|detain)(?i:e|ing)?\s(?i:of\s)?"
    r"(?i:(?:the|petitioners?|plaintiffs?|mr\.?|mrs\.?|ms\.?|dr\.?)\s)*"
    r"(?P<name>(?:(?:[A-Z]\.\s?)+|[A-Z][a-z][\w'’-]*)(?:\s(?:(?:[A-Z]\.\s?)+|[A-Z][a-z][\w'’-]*)){0,4})"
)
_ASKED = re.compile(r"\b(?:motion|petition|application)s?\s(?:to|for)\s\w+(?:\s(?:of\s)?(?-i:[A-Z])[\w.'’-]*)*", re.IGNORECASE)  #: its name
_NO_PERSON = word_set("petitioner petitioners plaintiff plaintiffs class members defendant defendants order orders motion documents")
_BOND = re.compile(r"\b(?:bond|bail)\b[^$.;]{0,40}\$\s?([0-9][0-9,]*)", re.IGNORECASE)
_SIGNED = re.compile(r"\bsigned by\b[^.;]{0,80}|\bmodified on\b[^.;]{0,40}", re.IGNORECASE)
#: words of any order, which say nothing of what it does
_PLAIN = word_set(
    "order orders ordered opinion memorandum judgment minute entry paperless electronic text only court judge magistrate district the and"
    " for with that this motion motions are was has had its her his him see attached document details issued filed"
)
SAYS = 3  #: words that an entry has at least of its own, so that others may be instead of them
KEPT = 1 / 3  #: share of what an entry said that stands in its later words where these only say more


def rules(text: str) -> bool:
    """Whether the record of a hearing says that something was ruled there, and not only that it was held, and how."""
    head = courts.head_of(text[:READ])
    briefly = _DECREES.search(head) or _BRIEFLY.search(head)
    return briefly is not None or any(act.what != "wait" and act.ruling for act in acts_in(text))


def is_another(before: str, after: str) -> bool:
    """Whether words that told one act of a court tell another one now, or its contrary. To say more, or better, is not that."""
    then, now = acts_in(before), acts_in(after)
    if not then:
        return any(act.what != "wait" for act in now) and not courts.is_bare(before) and _is_rewritten(before, after)
    if not now:
        return bool(_new_words(before, after))
    bids = all(any(act.to for act in acts) for acts in (then, now))
    if (bids and _is_for_another(before, after)) or _are_apart(*(_bonds(text) for text in (before, after))):
        return True
    said, says = {act.what for act in then}, {act.what for act in now}
    if said - says and says - said:
        return True
    if any(_overturns(one, other) for one in then for other in now if not any(_is_same(each, other) for each in then)):
        return True
    lost = [one for one in then if one.what not in says]
    if any(_overturns(one, other) for one in lost for other in now) or _is_silent_on(lost, before, after):
        return True
    return any(_is_moved(then, now, what) for what in said & says) or _is_turned(then, now) or _is_flipped(before, after)


def _is_moved(then: tuple[Act, ...], now: tuple[Act, ...], what: str) -> bool:
    """Whether an act is done on other motions now, of another relief, or only in part."""
    was, is_ = [act for act in then if act.what == what], [act for act in now if act.what == what]
    on = [frozenset[str]().union(*(act.on for act in each)) for each in (was, is_)]
    of = [frozenset[str]().union(*(act.of for act in each)) for each in (was, is_)]
    to = [frozenset[str]().union(*(act.to for act in each)) for each in (was, is_)]
    if _are_apart(*on) or (all(of) and not _are_one(*of)) or (all(to) and not _are_like(*to)):
        return True
    in_part = [{act.part for act in each} for each in (was, is_)]
    return in_part in ([{False}, {True}], [{True}, {False}])


def _is_silent_on(lost: list[Act], before: str, after: str) -> bool:
    """Whether something else stands now where it was said what is to be done, or not to be done."""
    verbs = frozenset[str]().union(*(act.to for act in lost))
    return bool(verbs) and not _are_like(verbs, frozenset(words_in(after))) and bool(_new_words(before, after))


def _is_turned(then: tuple[Act, ...], now: tuple[Act, ...]) -> bool:
    """Whether the same acts, of which nothing is known, stand in another order: `the first granted, the other denied`."""
    said, says = ([act.what for act in acts] for acts in (then, now))
    unknown = not any(act.on or act.of or act.to for act in (*then, *now))
    return unknown and set(said) == set(says) and said != says and any(_is_contrary(one, other) for one in said for other in said)


def _is_flipped(before: str, after: str) -> bool:
    """Whether what was done without prejudice, or leave to amend, is done with it, or the other way round."""
    texts = [courts.head_of(text[:READ]).casefold() for text in (before, after)]
    return any(_are_apart(*(set(pattern.findall(text)) for text in texts)) for pattern in _WITHOUT)


def _is_for_another(before: str, after: str) -> bool:
    """Whether both name to whom something is done, and nobody of the one is in the other."""
    was, is_ = (_people(text) for text in (before, after))
    return bool(was and is_) and not any(_is_same_person(one, other) for one in was for other in is_)


def _people(text: str) -> list[list[str]]:
    """The names behind what is done to somebody, in their words; initials letter by letter."""
    found = (re.findall(r"\w+", match["name"].casefold()) for match in _PERSON.finditer(_ASKED.sub(" ", courts.head_of(text[:READ]))))
    return [name for name in found if _NO_PERSON.isdisjoint(name)]


def _is_same_person(one: list[str], other: list[str]) -> bool:
    """Whether two names share a name, or one is the initials of the other."""
    if any(like(a, b) for a in one for b in other if len(a) > 1 and len(b) > 1):
        return True
    initials = ("".join(word[0] for word in name) for name in (one, other))
    return any(len(word) == 1 for word in (*one, *other)) and len(set(initials)) == 1


def _bonds(text: str) -> set[str]:
    return {amount.replace(",", "") for amount in _BOND.findall(courts.head_of(text[:READ]))}


def _are_apart(was: Set[str], is_: Set[str]) -> bool:
    """Whether both say something, and nothing in common."""
    return bool(was and is_) and was.isdisjoint(is_)


def _overturns(one: Act, other: Act) -> bool:
    """Whether an act is the contrary of one before, and about the same thing, as far as the words tell."""
    if not _is_contrary(one.what, other.what):
        return False
    if other.what == "lift" and other.of == {"stay administrative"} != one.of:
        return False  # it ends where the stay itself begins
    if (known := _known(one, other)) is not None:
        return known
    pair = {each.removeprefix("not ") for each in (one.what, other.what)}
    if one.of or other.of or one.to or other.to:
        return pair == {"stop", "lift"} and not (one.of and other.of)
    return not pair <= {"grant", "deny"} and pair != {"grant", "lift"}


def _is_same(one: Act, other: Act) -> bool:
    return one.what == other.what and _known(one, other) is not False


def _known(one: Act, other: Act) -> bool | None:
    """Whether two acts are about the same thing; None where the words do not tell."""
    if one.on and other.on:
        return not one.on.isdisjoint(other.on)
    if one.to and other.to:
        return _are_like(one.to, other.to)
    if one.of and other.of:
        return _are_one(one.of, other.of)
    return None


def _are_one(these: frozenset[str], those: frozenset[str]) -> bool:
    """Whether a relief of these is one of those, or a sort of it."""
    return any(one.startswith(other) or other.startswith(one) for one in these for other in those)


def _are_like(these: frozenset[str], those: frozenset[str]) -> bool:
    return any(like(one, other) for one in these for other in those)


def _is_contrary(one: str, other: str) -> bool:
    return frozenset({one, other}) in _CONTRARY or one == f"not {other}" or other == f"not {one}"


def _telling(text: str) -> list[str]:
    """The words of an entry that say something, without who signed it."""
    found = words_in(_SIGNED.sub(" ", courts.head_of(text[:READ])))
    return [word for word in dict.fromkeys(found) if len(word) > 2 and not word.isdigit() and word not in _PLAIN]


def _new_words(before: str, after: str) -> list[str]:
    """What an entry says now that it did not say, a word spelt otherwise excepted."""
    known = words_in(before)
    return [word for word in _telling(after) if not any(like(word, each) for each in known)]


def _is_rewritten(before: str, after: str) -> bool:
    """Whether little of what an entry said stands in its later words."""
    said = _telling(before)
    return len(said) >= SAYS and len(said) - len(_new_words(after, before)) < KEPT * len(said)
