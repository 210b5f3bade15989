"""The days that a court lifts without naming them: all that is due, the briefing, a hearing, what an order bade. Pure.

Only what is sure is read, for a day that is wrongly struck out is missed: a court's own words, of what it does, and not of what is asked,
refused, undone or done in part. docs/reference/entry-types.md says what counts, for readers.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from watcher import hearings
from watcher.models import Stay

DEADLINES, HEARINGS, BRIEFING = "deadlines", "hearings", "briefing"  #: of what a Stay may be, beside a meeting's name and "" for an order's
READ = 20_000  #: characters of an entry that are looked at
NEAR = 160  #: characters on either side of the verb that say what it speaks of

_PARTICIPLE = r"(?:stayed|vacated|suspended|cancell?ed|stricken|(?:held|placed)\s(?:further\s)?in\sabeyance)"
_ERRS = re.compile(r"\s(?:is|was|were|had|has)\s", re.IGNORECASE)  #: behind it, where it was only told: `that it is stayed was heard`
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
    r"(?<![a-z])(?:den(?:y|ies|ied|ying)|declin\w+|whether|if|may|might|should|would|not|nothing|nor|never|unless|except\w*|exclud\w+|other\sthan|save|but"
    r"|in\spart|partial\w*|insofar|as\s(?:to|against)|with\srespect|relat(?:ed|ing|es)|regarding|concerning|against|companion|portions?|paragraphs?"
    r"|sections?|to\sthe\sextent|only|where|lift(?:s|ed|ing)|dissolv\w+|reinstat\w+|revers\w+|revok\w+|rescind\w*"
    r"|argu(?:es?|ed|ing|ments?\sthat)|contend\w*|understand\w*|previously|operation\sof\slaw|automatic\w*"
    r"|(?:that|the|this|its|his|her|an?|prior|earlier|of|[a-z]+ing|[0-9]+)\s(?:[a-z]+\s)?(?:order|opinion|decision)\s(?:[a-z]+\s)?(?:stay|vacat|suspend|cancel|hold)[a-z]*)(?![a-z])"
    r"|(?<![a-z])no\s[a-z]",
    re.IGNORECASE,
)
_UNTIL_A_DAY = re.compile(
    r"\s(?:[a-z]+\s){0,4}(?:until|through|to)\s(?:[a-z]+\s){0,2}\(?(?:[0-9]{1,2}/|(?:[a-z]{3,9}\.?\s[0-9]))", re.IGNORECASE
)
#: behind the verb: for how long
_FOR_A_TIME = re.compile(
    r"\s(?:[a-z]+\s){0,3}?(?:for|by)\s(?:(?:a|an|one|two|three|four|five|six|seven|ten|fourteen|twenty|thirty|sixty|ninety|up\sto|another|period|of)\s|\(?[0-9]{1,3}\)?[\s-])+"
    r"(?:business\s|court\s|calendar\s)?(?:hour|day|week|month|year)",
    re.IGNORECASE,
)
_CONDITION = (
    r"(?:upon|when|after|once|provided|on\s(?:the\s)?condition|subject\sto|effective(?!\simmediately)"
    r"|until(?!\s(?:further|otherwise|such|(?:the\s)?(?:court|resolution|disposition|decision)|after\s(?:the\s)?(?:resolution|disposition|decision))))(?![a-z])"
)
_LATER = re.compile(rf"\s(?:[a-z]+\s){{0,3}}?{_CONDITION}", re.IGNORECASE)  #: behind the verb: not now, or not for good
_WHEN = re.compile(rf"(?<![a-z]){_CONDITION}", re.IGNORECASE)
_WISH = re.compile(
    r"(?<![a-z])(?:motion(?!\s(?:hearing|conference|argument))|request|application|petition|appeal|proceeding|stay\sof\sremoval)s?(?![a-z])",
    re.IGNORECASE,
)

#: each is the whole of what the verb speaks of: `all deadlines for Doe`, `attendance at the hearing` are something else
_FIRST = r"\W*(?:(?:it\sis\s|is\s|and\s|also\s|hereby\s|the\s|this\s|that\s|these\s|any\s|a\s|its\s|our\s|court['’]s\s){0,5})"
_HERE = r"(?:\sin\sth(?:is|ese|e\sabove-captioned)\s(?:case|action|matter|appeal|proceeding)s?)?\W*"
_OTHER = re.compile(r"\bother\b", re.IGNORECASE)
_DAYS = r"deadlines|due\sdates|hearings|conferences"
_ALL = re.compile(
    rf"{_FIRST}all\s(?:(?:of\sthe|other|remaining|pending|existing|current|upcoming|scheduled|case|pretrial|filing)\s){{0,3}}"
    rf"(?P<of>{_DAYS})(?:\s(?:and|or)\s(?:(?:scheduled|upcoming|all|other)\s)?(?P<too>{_DAYS}))?{_HERE}",
    re.IGNORECASE,
)
_BRIEF = re.compile(
    rf"{_FIRST}(?:all\s)?(?:(?:further|remaining|current|existing|merits)\s){{0,2}}briefing(?:\s(?:schedule|deadlines?|order))?{_HERE}",
    re.IGNORECASE,
)
_MEETING = re.compile(
    rf"{_FIRST}(?:(?!(?:at|by|for|from|in|of|on|to|under|with|setting|cancel\w*|vacat\w*|order)\b)[a-z/'’-]+\s){{0,4}}[a-z]+{_HERE}",
    re.IGNORECASE,
)
_ORDER = re.compile(r"(?<![a-z])(?:orders?|injunction|judgment|opinion|ruling|deadlines?|schedule)(?![a-z])", re.IGNORECASE)
#: what of an order, or which, is no order of this docket's, or is only named by it: `the response to the Order (ECF No. 12)`
_NO_ORDER = re.compile(
    r"(?<![a-z])(?:removal|deportation|executive|immigration|IJ|BIA|board|agency|administrative|commission|secretary|USCIS|ICE|DHS|DOJ"
    r"|president\w*|sealing|discovery|footnote|docket\sentry\stitle|denying|refusing|lifting|dissolving)(?![a-z])",
    re.IGNORECASE,
)
_OF_AN_ORDER = re.compile(
    r"(?<![a-z])(?:to|for|under|opposing|supporting|of|in|with|by|from|on|against|about)\s[^()]*?\b(?:order|injunction|judgment|opinion|ruling)",
    re.IGNORECASE,
)
_TERMS_OF = re.compile(
    r"\W*(?:the\s)?(?:deadlines?|schedule|enforcement)\s(?:(?:set|established|imposed|contained)\s)?(?:forth\s)?(?:by|in|of)\s",
    re.IGNORECASE,
)
_ENTRY = re.compile(
    r"(?<![a-z])(?:ECF|Dkt|Doc|Docket|D\.?E)\.?(?:\sEntry)?(?:\sNos?\.?)?\s?#?\s?(?P<cited>[0-9]{1,5})(?![0-9-])"
    r"|(?<![\w/.,-])(?<!\bno\.\s)(?P<listed>[0-9]{1,5})\s(?:[a-z]+\s){0,3}?(?:order|injunction|judgment|opinion)(?![a-z])",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"(?<![a-z])Nos\.|[0-9](?:,|\sand|\s&|\s?-)\s?[0-9]", re.IGNORECASE)
#: between an order of a court below and the verb: `, case No. 8:25-cv-951, is hereby stayed`
_FILE = re.compile(
    r",\s(?:(?:civil|case|action|docket)\s){0,2}No\.\s(?P<number>[0-9][0-9a-z:-]{3,30}),?(?=\s(?:is|are|shall\sbe|has\sbeen|have\sbeen)\s)",
    re.IGNORECASE,
)
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
            file = _FILE.search(sentence)
            for words in _spoken_of(_FILE.sub("", sentence, count=1)):
                found |= dict.fromkeys(_of_file(_read(words, filed, dated=dated), file["number"] if file else ""))
    return tuple(each for each in found if not dated or each.of in ("", DEADLINES, HEARINGS, BRIEFING))


def _of_file(read: Iterator[Stay], number: str) -> Iterator[Stay]:
    """The same, where a docket is named: what is stayed of another court's; a docket's own number is not looked for in it."""
    return (replace(each, docket=number) for each in read if each.below) if number else read


def _spoken_of(sentence: str) -> Iterator[str]:
    """What the verbs of a sentence say that is stayed, vacated, suspended or held in abeyance."""
    for verb in _IS.finditer(sentence):
        words = sentence[max(0, verb.start() - NEAR) : verb.start()]
        begins = max((each.end() for each in _BEGINS.finditer(words)), default=0)
        if any(words.match(sentence, verb.end()) for words in (_FOR_A_TIME, _LATER, _ERRS)):
            continue
        if not _UNTIL_A_DAY.match(sentence, verb.end()) and not _DOES.search(words, begins):  # `the order staying all deadlines is vacated`
            yield words[begins:]
    for verb in _DOES.finditer(sentence):
        words = sentence[verb.end() : verb.end() + NEAR]
        end = _ENDS.search(words)
        holds = verb[0].lower().startswith("hold")
        if _IS.search(words) or (holds and not _HELD.search(words)):
            continue
        if _FOR_A_TIME.search(words) or _WHEN.search(words):
            continue
        if end is None or not _UNTIL_A_DAY.match(words, end.start() - 1):
            yield words[: end.start() if end else len(words)]


def _read(words: str, filed: date | None, *, dated: bool) -> Iterator[Stay]:
    if _WISH.search(words):
        return
    days = hearings.days_in(words, filed)
    if every := _ALL.fullmatch(words):
        if _OTHER.search(words) and not dated:
            return  # than one of which no day is named
        for each in (every["of"], every["too"]):
            if each:
                yield Stay(of=HEARINGS if each.lower() in ("hearings", "conferences") else DEADLINES)
    elif _BRIEF.fullmatch(words):
        yield Stay(of=BRIEFING)
    elif name := hearings.meeting_in(words):
        if not days and _MEETING.fullmatch(words):
            yield Stay(of=name)
    elif _ORDER.search(words) and _is_an_order(words):
        named = hearings.without_days(words)
        numbers = {each["cited"] or each["listed"] for each in _ENTRY.finditer(named)}
        below = _BELOW.search(words) is not None
        if _SEVERAL.search(named):
            return
        if len(numbers) == 1:
            yield Stay(number=numbers.pop(), below=below)
        elif not numbers and len(days) == 1:
            yield Stay(on=days[0], below=below)


def _is_an_order(words: str) -> bool:
    """Whether an order is the whole of what these words speak of, and one of a court's."""
    own = _TERMS_OF.sub("", words, count=1)
    return _NO_ORDER.search(words) is None and _OF_AN_ORDER.search(hearings.without_days(own)) is None
