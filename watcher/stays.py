"""The days that a court lifts without naming them: all that is due, the briefing, a hearing, what an order bade. Pure.

Only what is sure is read, for a day that is wrongly struck out is missed: a court's own words, of what it does, and not of what is asked,
refused, undone or done in part. docs/reference/entry-types.md says what counts, for readers.
"""

import re
from collections.abc import Iterator
from datetime import date

from watcher import hearings
from watcher.models import Stay

DEADLINES, HEARINGS, BRIEFING = "deadlines", "hearings", "briefing"  #: of what a Stay may be, beside a meeting's name and "" for an order's
READ = 20_000  #: characters of an entry that are looked at
NEAR = 160  #: characters on either side of the verb that say what it speaks of

_PARTICIPLE = r"(?:stayed|vacated|suspended|cancell?ed|stricken|(?:held|placed)\s(?:further\s)?in\sabeyance)"
_IS = re.compile(
    r"(?<![a-z])(?:is|are|shall\sbe|has\sbeen|have\sbeen)\s"
    rf"(?:(?:hereby|now|also|therefore|administratively|temporarily|further|thus)\s){{0,3}}{_PARTICIPLE}(?![a-z])",
    re.IGNORECASE,
)
_DOES = re.compile(r"(?<![a-z])(?:(?:stay|vacate|suspend|cancel)s|(?:stay|vacat|suspend|cancell?)ing|hold(?:s|ing))\s", re.IGNORECASE)
_HELD = re.compile(r"\sin\sabeyance(?![a-z])", re.IGNORECASE)
#: where what the verb speaks of begins, and where it ends
_BEGINS = re.compile(r"(?:,(?!\s[0-9])|:|\band\sthe\b|\b(?:granted|denied|ordered|that|is|are))\s", re.IGNORECASE)
_ENDS = re.compile(
    r"(?<![a-z])(?:pending|until|while|because|so\sthat|in\slight\sof|and\s(?!hearings|conferences)|in\sabeyance)(?![a-z])", re.IGNORECASE
)

_UNSURE = re.compile(
    r"(?<![a-z])(?:den(?:y|ies|ied|ying)|declin\w+|whether|if|may|might|should|would|not|never|unless|except\w*|in\spart|partial\w*|insofar|as\sto"
    r"|to\sthe\sextent|only|lift(?:s|ed|ing)|dissolv\w+|reinstat\w+|revers\w+)(?![a-z])",
    re.IGNORECASE,
)
_UNTIL_A_DAY = re.compile(
    r"\s(?:[a-z]+\s){0,4}(?:until|through|to)\s(?:[a-z]+\s){0,2}\(?(?:[0-9]{1,2}/|(?:[a-z]{3,9}\.?\s[0-9]))", re.IGNORECASE
)
_WISH = re.compile(
    r"(?<![a-z])(?:motion(?!\s(?:hearing|conference|argument))|request|application|petition|appeal|proceeding|stay\sof\sremoval)s?(?![a-z])",
    re.IGNORECASE,
)

_ALL = re.compile(
    r"(?<![a-z])all\s(?:(?:of\sthe|other|remaining|pending|existing|current|upcoming|scheduled|case|pretrial|filing)\s){0,3}"
    r"(?P<of>deadlines|due\sdates|hearings|conferences)"
    r"(?:\s(?:and|or)\s(?:(?:scheduled|upcoming|all|other)\s)?(?P<too>deadlines|due\sdates|hearings|conferences))?(?![a-z])",
    re.IGNORECASE,
)
_BRIEF = re.compile(r"(?<![a-z])briefing(?:\s(?:schedule|deadlines?|order))?\W*$", re.IGNORECASE)
_ORDER = re.compile(r"(?<![a-z])(?:orders?|injunction|judgment|opinion|ruling|deadlines?|schedule)(?![a-z])", re.IGNORECASE)
_ENTRY = re.compile(
    r"(?<![a-z])(?:ECF|Dkt|Doc|Docket|D\.?E)\.?(?:\sEntry)?(?:\sNos?\.?)?\s?#?\s?(?P<cited>[0-9]{1,5})(?![0-9-])"
    r"|(?<![\w/.,-])(?<!\bno\.\s)(?P<listed>[0-9]{1,5})\s(?:[a-z]+\s){0,3}?(?:order|injunction|judgment|opinion)(?![a-z])",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"(?<![a-z])Nos\.|[0-9](?:,|\sand|\s&|\s?-)\s?[0-9]", re.IGNORECASE)
_BELOW = re.compile(r"(?<![a-z])(?:(?:district|lower)\scourt|D\.\s(?:[A-Z][a-z]+|[A-Z]\.))", re.IGNORECASE)


def stays(text: str, *, filed: date | None) -> tuple[Stay, ...]:
    """What an entry lifts without naming the day, in its order, each once. A meeting is none where it names days: `days_off` has those.

    Args:
        text: as the clerk wrote it.
        filed: the entry's own day, from which days without a year follow.
    """
    found: dict[Stay, None] = {}
    whole = " ".join(text[:READ].split())
    dated = any(filed is None or filed < day for day in hearings.days_in(whole, filed))
    for sentence in hearings.sentences(whole):
        if not _UNSURE.search(sentence) and not hearings.asks(sentence):
            for words in _spoken_of(sentence):
                found |= dict.fromkeys(_read(words, filed))
    return tuple(each for each in found if not dated or each.of in ("", DEADLINES, HEARINGS, BRIEFING))


def _spoken_of(sentence: str) -> Iterator[str]:
    """What the verbs of a sentence say that is stayed, vacated, suspended or held in abeyance."""
    for verb in _IS.finditer(sentence):
        words = sentence[max(0, verb.start() - NEAR) : verb.start()]
        begins = max((each.end() for each in _BEGINS.finditer(words)), default=0)
        if not _UNTIL_A_DAY.match(sentence, verb.end()) and not _DOES.search(words, begins):  # `the order staying all deadlines is vacated`
            yield words[begins:]
    for verb in _DOES.finditer(sentence):
        words = sentence[verb.end() : verb.end() + NEAR]
        end = _ENDS.search(words)
        holds = verb[0].lower().startswith("hold")
        if _IS.search(words) or (holds and not _HELD.search(words)):
            continue
        if end is None or not _UNTIL_A_DAY.match(words, end.start() - 1):
            yield words[: end.start() if end else len(words)]


def _read(words: str, filed: date | None) -> Iterator[Stay]:
    if _WISH.search(words):
        return
    days = hearings.days_in(words, filed)
    if every := _ALL.search(words):
        for each in (every["of"], every["too"]):
            if each:
                yield Stay(of=HEARINGS if each.lower() in ("hearings", "conferences") else DEADLINES)
    elif _BRIEF.search(words):
        yield Stay(of=BRIEFING)
    elif (name := hearings.meeting_in(words)) and not days:
        yield Stay(of=name)
    elif _ORDER.search(words):
        named = hearings.without_days(words)
        numbers = {each["cited"] or each["listed"] for each in _ENTRY.finditer(named)}
        below = _BELOW.search(words) is not None
        if _SEVERAL.search(named):
            return
        if len(numbers) == 1:
            yield Stay(number=numbers.pop(), below=below)
        elif not numbers and len(days) == 1:
            yield Stay(on=days[0], below=below)
