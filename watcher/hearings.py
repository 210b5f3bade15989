"""The days ahead that a docket entry names: hearings set, and terms to keep, with the hour and the zone of the court.

Clerks say with the words beside a date what falls on it. For each date these are asked in turn, and the first answer counts:
what is done to it (`from`, `or`, `week of`), a term (`due by`, `no later than`, `Deadline`), a setting (`reset to`, `will be held on`),
what is over (`signed`, `held`, `dated`), and last a meeting that stands right beside it (`Conference of`, `the March 3 conference`).
Dates of which no such word speaks are those of other papers. docs/reference/entry-types.md says what counts, for readers.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from watcher.models import Deadline

YEARS_AHEAD, FAR = 10, 2_200  #: no court sets a day further ahead: it is a slip, or no day
READ = 20_000  #: characters of an entry that are looked at; orders in many cases list their parties first
BEFORE = 300  #: characters before a date that may say what falls on it
DATES = 200  #: of an entry that are looked at
AFTER = 240  #: characters behind it that may say that it is off
LABEL = 80  #: characters that a label may have
TERM = "deadline"  #: the label where nothing but `by DATE` is said

# ---- where courts sit

_EASTERN, _CENTRAL, _MOUNTAIN, _PACIFIC = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"
#: states, by the zone of their larger courts where they lie in two; and courts that no state names, or that sit in its other zone
_SEATS = {
    _EASTERN: "ct dc de fl ga ky ma md me nc nh nj ny oh pa ri sc va vt wv tned tneb"
    " scotus cadc cafc jpml uscfc cavc cit ca1 ca2 ca3 ca4 ca6 ca11",
    _CENTRAL: "al ar ia il ks la mn mo ms nd ne ok sd tn tx wi ca5 ca7 ca8",
    _MOUNTAIN: "co mt nm ut wy ca10",
    _PACIFIC: "ca nv or wa ca9",
    "America/Detroit": "mi",
    "America/Indiana/Indianapolis": "in",
    "America/Boise": "id",
    "America/Phoenix": "az",
    "America/Anchorage": "ak",
    "Pacific/Honolulu": "hi",
    "America/Puerto_Rico": "pr",
    "America/St_Thomas": "vi",
    "Pacific/Guam": "gu",
    "Pacific/Saipan": "nmid",
}
_ZONES = {seat: zone for zone, seats in _SEATS.items() for seat in seats.split()}
_OF_A_STATE = re.compile(r"([a-z]{2})[nsemwc]?[db]")  #: `cand`, `mdd`, `nysb`
_CLOCKS = {"e": _EASTERN, "c": _CENTRAL, "m": _MOUNTAIN, "p": _PACIFIC}


def zone_of(court: str) -> str:
    """The IANA name of the zone in which a federal court sits, by CourtListener's or PACER's id; "" where the court is not known."""
    found = _OF_A_STATE.fullmatch(court)
    return _ZONES.get(court if court in _ZONES or found is None else found[1], "") if len(court) > 2 else ""


# ---- the words


def _last(*patterns: str) -> re.Pattern[str]:
    """One of these at the end: right before a date."""
    return re.compile(rf"(?<![a-z])(?:{'|'.join(patterns)})\s*$", re.IGNORECASE)


def _word(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z])(?:{'|'.join(patterns)})(?![a-z])", re.IGNORECASE)


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|(?-i:May|MAY)|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?"
    r"|dec(?:ember)?"
)
_CLOCK = (
    r"(?:(?P<hour>[0-9]{1,2})(?::(?P<minute>[0-9]{2}))?\s?(?P<half>[ap])\.?\s?m\b\.?|(?:12(?::00)?\s)?(?P<noon>noon)\b|midnight\b)"
    r"(?:,?\s?\(?(?P<clock>[ecmp])(?:[sd]?t\b|(?:astern|entral|ountain|acific)\b(?:\s(?:standard\s|daylight\s)?time)?)\)?)?"
)
_TIME = re.compile(_CLOCK, re.IGNORECASE)
_TIME_BEHIND = re.compile(
    rf"(?:\s*\([a-z]{{6,9}}\))?[\s,]*(?:(?:at|by|no later than|not later than|starting at|beginning at|@)\s+){{0,2}}{_CLOCK}", re.IGNORECASE
)
_DATE = re.compile(
    rf"(?P<early>(?<![0-9:]){re.sub(r'[?]P<[a-z]+>', '?:', _CLOCK)},?\s+(?:on\s+)?)?"
    r"(?:\b(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?"
    r"(?:(?<![0-9/-])(?P<m>[0-9]{1,2})(?P<sep>[/-])(?P<d>[0-9]{1,2})(?P=sep)(?P<y>[0-9]{4}|(?<=/)[0-9]{2})(?![0-9/-])"
    rf"|\b(?P<month>{_MONTH})\b\.?\s+(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?\b(?![/-][0-9])(?:,?\s+(?P<year>(?:19|20)[0-9]{{2}})\b)?)",
    re.IGNORECASE,
)
#: A full stop behind a single letter or an abbreviation ends nothing, nor does one before a small letter.
_SENTENCE_END = re.compile(
    r"(?<![\s.(][A-Za-z])(?<!\b[Vv]s)(?<!\b[Nn]o)(?<!\b[Nn]os)(?<!\bInc)(?<!\bMr)(?<!\bMs)(?<!\bDr)(?<!\bHon)(?<!\bet al)"
    r"\.(?!\s*[a-z,]|\d+\b(?!\.))|;"
)

_MEETING = r"(?:hearing|conference|argument|trial|sentencing|arraignment)s?"
_DEADLINE = r"(?:deadlines?|restriction|cut-?off|due\sdates?)"
_MEETINGS = re.compile(_MEETING, re.IGNORECASE)
_NAMES = _word(_MEETING, _DEADLINE)
_PAPER = re.compile(
    r"respon[sd]\w*|repl(?:y|ies)|answers?|objections?|briefs?|motions?|oppositions?|statements?|reports?|sur-?repl(?:y|ies)|memorand\w+"
    r"|letters?|requests?|designations?|disclosures?|charts?|applications?|pleadings?|papers?|proposals?",
    re.IGNORECASE,
)

_ARGUED = re.compile(r"briefs?|respon[sd]\w*|repl(?:y|ies)|oppositions?|sur-?repl(?:y|ies)|memorand\w+|appendix", re.IGNORECASE)

# What is done to a date.
_OLD = _last(r"from", r"between", r"week\sof(?:\sthe)?", r"days?\s(?:of|after|before)")
_BETWEEN = _last(r"between")
_RANGE = re.compile(r",?\s(?:and|to|through)\s(?:on\s)?", re.IGNORECASE)
_OR = re.compile(r",?\sor\s(?:on\s|by\s|for\s)?", re.IGNORECASE)
_AND = re.compile(r",\s|,?\s(?:and|&)\s(?:on\s|for\s)?", re.IGNORECASE)

# A term.
_DUE = _last(r"(?<!was\s)(?<!were\s)(?<!been\s)due(?:\s(?:by|on|before|on\sor\sbefore|(?:by\s)?no\slater\sthan|not\slater\sthan))?\s?:?")
_TERM = _last(rf"(?P<what>{_DEADLINE})(?:\s(?:for|per|to|under)\s[^.;]{{1,60}}?\s(?:is|are)|\s(?:is|are|of|on))?\s?:?")
_BY = _last(
    r"(?:by|on\sor\sbefore|(?:by\s)?no\slater\sthan|not\slater\sthan)(?:\sand\sincluding)?,?",
    r"(?:until|through|to)\sand\sincluding,?",
    r"extend\w*\s[^.;]{0,120}?(?:to|until|through)",
)
_UNTIL = _last(r"until")
#: what bids somebody do a thing, and what makes it none for the day that follows
_BIDS = _word(r"shall", r"must", r"(?:is|are)\s(?:hereby\s|further\s|also\s){0,2}(?:ordered|directed|required)\sto")
_TO_DO = re.compile(r",?\s(?!have\b|not\b|be\sheld\b)[^.;]{0,120}?\b(?:on|at)\s*", re.IGNORECASE)
#: what was done on a day, and is only spoken of: a comma ends it, as in `counsel, who was turned away, shall`
_WAS = (
    r"(?:was|were|had|did|left|came|went|took|flew|made|sent|held|began|kept|lost|gave|knew|said|told|brought|rose|ran|met|saw|taken|given|seen"
    r"|(?<!be\s)(?<!and\s)(?<!or\s)(?:departed|arrived|landed|occurred|happened|existed|removed|deported|detained|seized|arrested|transferred|expelled|boarded|signed"
    r"|dated|entered|issued|filed|served|submitted|received|executed|announced|expired|ended|started|carried\sout))"
)
_TOLD = _last(rf"{_WAS}(?![a-z])[^,.;]*(?:on|at)", r"(?<!be\s)(?<!and\s)(?<!or\s)(?<!as\s)[a-z]{3,}ed\s(?:on|at)")
#: the same before `by` and `until`, which orders of the past use too: `the parties were directed to file by`
_RELATED = _last(
    rf"(?:that|which|who|whom|whose|whether|if|when|where)\s(?:(?!\b(?:shall|must|will|is|are|to)\b)[^,.;]){{0,60}}?\b{_WAS}(?![a-z])"
    r"(?![^,.;]*\b(?:directed|ordered|required|extended)\b)[^,.;]*",
    r"(?:incurred|accrued|(?:was|were|been)\sdue)\s[^,.;]{0,40}",
)
_APPEARS = _last(r"(?:shall|must|\sto),?\s(?:personally\s)?appear\b[^.;]{0,80}")

# A setting. What is asked for is `to set`, or `be set`.
_SETS = (
    r"(?:(?:re)?sets?(?!\sforth|\saside)|(?:re)?schedule[sd]?|calendared|noticed|continue[sd]?|advance[sd]?|adjourn(?:s|ed)?|postpone[sd]?"
    r"|move[sd]?|go(?:es)?\sforward|proceed|take\splace|begin|commence|(?:be|is|are)\s(?:held|heard))"
)
_SETTING = re.compile(rf"(?<![a-z]){_SETS}(?![a-z])", re.IGNORECASE)
_SET_FOR = re.compile(r"(?:[^.;]{0,100}?\s(?:for|on|to|until)|\sat)?\s*", re.IGNORECASE)
_WISHED = _last(r"to", r"be", r"would", r"could")
_NEW = _word(r"reset", r"rescheduled", r"continued", r"advanced", r"adjourned", r"moved")
_MOVED_FROM = re.compile(rf"(?<![a-z])(?P<verb>{_SETS}|extend\w*)(?![a-z])[^.;]{{0,60}}?from\s*$", re.IGNORECASE)

# What is over, and what stands beside a date.
_DONE = _last(
    r"(?<!be\s)(?:held|signed|dated|entered|filed|issued|modified|sent|served|received|executed|argued|heard|ordered|adopted|docketed"
    r"|returned|mailed|submitted|conducted|decided|occurred|took\splace)(?![a-z])[^.;()]{0,60}"
)
_BESIDE = _last(
    rf"(?P<what>{_MEETING})(?:\s(?:is|are|will\sbe|shall\sbe))?(?:\sby\s\w+|\sbefore\s[^.;,]{{2,60}}?)?(?:\s(?:on|of|for)|\s?[:-])?"
)
_OF_THE_DAY = re.compile(
    rf",?\s(?:(?!(?:and|at|by|in|is|of|on|or|that|the|this|to|was|with)\b)[a-z/'’-]{{3,20}},?\s){{0,3}}(?:{_MEETING}|{_DEADLINE})(?![a-z])",
    re.IGNORECASE,
)
_NO_ADJECTIVE = _last(r"on", r"in", r"since", r"after", r"until", r"by", r"from", r"dated", r"before")

# What calls it off.
_IS = r"(?:is|are|was|were|(?:has|have|shall|will)\s(?:be|been))\s(?:(?:hereby|now|also|therefore)\s)?"
_OFF = re.compile(
    rf"(?<![a-z])(?P<verb>{_IS}(?:postponed|adjourned|continued|stayed|suspended|extended|stricken|held\sin\sabeyance|moot|(?:re)?set|rescheduled"
    r"|vacated|cancell?ed|terminated)|(?<!be\s)(?:vacated|cancell?ed|terminated)|(?:off|from)\s(?:the\s)?calendar)(?![a-z])",
    re.IGNORECASE,
)
_REPLACED = re.compile(
    r"(?<![a-z])(?:reset|rescheduled|continued|adjourned|advanced|moved|postponed|extended)\s(?:to|until|for)\s", re.IGNORECASE
)
#: what tells of a day that it is over
_PASSED = re.compile(
    r"[^.;]{0,40}?\b(?:(?:has|have|had|having)\s(?:now\s|already\s|long\s|since\s)?(?:passed|expired|lapsed|run)"
    r"|(?:did\snot|never)\s(?:take\splace|go\sforward|proceed))(?![a-z])",
    re.IGNORECASE,
)
_STILL = _word(r"currently", r"presently", r"previously", r"originally", r"formerly")
_STAYS = _word(r"remains?", r"proceed", r"go(?:es)?\sforward", r"stands?")
#: what surely calls off the meeting that a date before it is of
_GONE = re.compile(
    r"(?:(?!\b(?:whether|if|may|might|should|could|injunction|order|motion|ruling|stay|judgment|opinion|sentence|decision)\b).){0,80}?"
    r"(?<![a-z])(?P<verb>(?:is|are|was|were|has\sbeen|have\sbeen|shall\sbe|will\sbe)\s(?:hereby\s|now\s|also\s|therefore\s)?"
    r"(?:postponed|adjourned|continued|stricken|reset|rescheduled|moved|vacated|cancell?ed|terminated)|(?<!be\s)(?:vacated|cancell?ed)"
    r"|(?:off|from)\s(?:the\s)?calendar)(?![a-z])",
    re.IGNORECASE,
)
#: the same of what is due: a term is stayed and extended too
_LAPSES = re.compile(
    r"(?:,(?=\sdeadline))?"
    r"(?:(?!\b(?:whether|if|may|might|should|could|injunction|order|motion|ruling|stay|judgment|opinion|sentence|decision|not|and)\b)[^.,:;()]){0,80}?"
    r"(?<![a-z])(?P<verb>is|are|has\sbeen|have\sbeen|shall\sbe)\s(?:(?:hereby|now|also|therefore|administratively|temporarily|further)\s){0,2}"
    r"(?:stayed|vacated|suspended|cancell?ed|stricken|terminated|extended|continued|(?:held|placed)\s(?:further\s)?in\sabeyance)(?![a-z])",
    re.IGNORECASE,
)
# What begins to speak of something else behind a date.
_WHILE = _word(
    r"while", r"whereas", r"because", r"since", r"although", r"though", r"but", r"during", r"so\sthat", r"as(?!\sto\b)", r"other"
)
_ANOTHER = re.compile(
    r"\band\s+(?!(?:at|before|by|in|on|via|is|are|was|were|has|have|hereby|now|(?:the\s)?motions?|(?:the\s)?cross-motions?)\b)(?P<what>\w.*)"
    r"|,\s(?:(?:the|all|any|this|that|its|his|her|their|removal|transfer|proceedings|(?:discovery|briefing)(?!\s(?:[a-z]+\s){0,2}(?:conference|hearing|deadline)))\b|\w+['’]s\b)",
    re.IGNORECASE,
)
_PARTLY = _word(r"in\spart", r"except", r"unless", r"only", r"as\sto")
_GOING = _last(r"(?:adjourn|vacat|cancell?|continu|postpon|reschedul)ing(?:\sthe)?")
_MOVES = re.compile(r"(?:reset|reschedul|continu|advanc|adjourn|postpon|move)", re.IGNORECASE)
_CALLS_OFF = re.compile(
    rf"(?:vacating|cancell?ing|terminating|striking)\s(?:(?:the|a|an|all|any|this|that|both|scheduled|upcoming)\s){{0,3}}"
    rf"(?P<what>(?:[a-z'’/]+\s){{0,4}}?{_MEETING})(?![a-z])",
    re.IGNORECASE,
)

# Who speaks.
_ASKS = re.compile(
    r"\W*+(?:(?!(?:a|an|any|are|file|is|may|must|shall|the|to)\b)[\w/'’()-]+\s){0,5}?(?:motion(?!\s(?:hearing|conference))|application|letter|stipulation|request|proposed)\b"
    r"|.*\b(?:requests?|requesting|asks|asking|seeks|seeking|moves|proposes|proposing)\b",
    re.IGNORECASE,
)
_RULES = _word(
    r"order(?:s|ed|ing)?",
    r"grant(?:s|ed|ing)?",
    r"allowed",
    r"endorsement",
    r"endorsed",
    r"directed",
    r"is extended",
    r"extending",
    r"notice",
    r"distributed",
)

# What a label leaves out.
_ASIDE = re.compile(r"\s?\([^()]{0,80}\)|,?\srequested\sby\s[^.;]{2,60}(?=,)")
_CLAUSE = re.compile(r"[.,:;()*\[\]]\s*|(?<![\w#-])\d[\w:-]*\s")
_STOP = _word(
    r"a|an|the|this|that|any|all|each|its|his|her|their|as|at|by|for|in|of|on|or|and|re|notice|court|distributed|is|are|be|been|was|were|will|shall",
    r"has|had|have|holds?|held|hold|sets?|resets?|schedules?|scheduled|(?:(?:re)?sett|(?:re)?schedul|continu|advanc)ing",
)


# ---- reading


@dataclass(frozen=True, slots=True)
class _Named:
    """A date in a text."""

    found: re.Match[str]
    sentence: str  #: what stands before it in its sentence, at most BEFORE characters
    near: str  #: of that, what stands behind the date before
    behind: str  #: the rest of its sentence, at most AFTER characters
    gap: str | None  #: what stands between it and the next date of its sentence; None where there is none


def days_ahead(text: str, *, court: str, filed: date | None) -> tuple[Deadline, ...]:
    """The hearings and deadlines that an entry sets or names, in its order, each once.

    Days that do not exist are left out, as are those that are off, that were only asked for, or that are one of two (`March 3 or 4`).

    Args:
        text: as the clerk wrote it.
        court: id of the court, which gives the zone of an hour; "" leaves the zone out.
        filed: the entry's own day. What is before it is past, and days without a year follow from it; None keeps all days and no such one.
    """
    words = " ".join(text[:READ].split())
    called_off = _called_off(words)
    said: list[Deadline] = []
    last: _Named | None = None
    label = ""
    for one in _dates(words):
        label = _label(one, last, label)
        last = one
        if not label or (_is_of(label, called_off) and _MEETINGS.search(label) and not _NEW.search(one.near)):
            continue
        day = _day(one, filed)
        if day is not None and (filed is None or filed <= day) and day.year - (filed or day).year <= YEARS_AHEAD and day.year < FAR:
            at, zone = _hour(one, court)
            said.append(Deadline(label=label, on=day, time=at, zone=zone, moved=_moves(one) and _is_meeting(label)))
    off = days_off(text, court=court, filed=filed) if said else ()
    return _once([one for one in said if not any(_same(one, other) for other in off)])


def days_off(text: str, *, court: str, filed: date | None) -> tuple[Deadline, ...]:
    """The meetings and the terms that an entry calls off, moves or stays, by the day on which they were to be, each once.

    Only what is sure: a day that is named, and a court that says so, for a hearing that is wrongly struck out is missed.

    Args:
        text, court, filed: as of `days_ahead`.
    """
    words = " ".join(text[:READ].split())
    called_off = _called_off(words)
    found: list[Deadline] = []
    for one in _dates(words):
        label = _name_in(one.near) or _name_in(one.behind[: _refers(one)]) or _term(one.near)
        day = _day(one, filed)
        past = day is None or (filed is not None and day < filed) or _DONE.search(one.near) is not None
        if day is None or past or not label or asks(one.sentence):
            continue
        named = _is_of(label, called_off) and not _NEW.search(one.near)
        if (_gone(one) or named) if _is_meeting(label) else _lapses(one):
            at, zone = _hour(one, court)
            found.append(Deadline(label=label, on=day, time=at, zone=zone))
    return _once(found)


def _called_off(words: str) -> list[str]:
    """The meetings that an entry says it calls off, as far as it names them: `vacating the hearing`."""
    return [" ".join(found["what"].lower().split()).removesuffix("s") for found in _CALLS_OFF.finditer(words)]


def _is_of(label: str, meetings: Sequence[str]) -> bool:
    """Whether a meeting is one of these: a contempt hearing is a hearing, and no pretrial conference."""
    return any(label.removesuffix("s").endswith(each) for each in meetings)


def _gone(one: _Named) -> bool:
    """Whether the words around a date say that what was to be then will not be: `is cancelled`, `continued to` another, `reset from`."""
    if moved := _MOVED_FROM.search(one.near):
        return _MOVES.match(moved["verb"]) is not None
    if _GOING.search(one.near):
        return True
    if one.gap is None:
        return _is_its_own(one.behind, _GONE.match(one.behind))
    replaced = _REPLACED.search(one.gap)
    return _is_its_own(one.gap, _GONE.match(one.gap)) or (
        replaced is not None and replaced.end() == len(one.gap) and not _NAMES.search(one.gap)
    )


def _lapses(one: _Named) -> bool:
    """Whether the words behind a date say that what was due then is not: `is stayed`, `is extended to` another, `held in abeyance`."""
    behind = one.behind if one.gap is None else one.gap
    return _is_its_own(behind, _LAPSES.match(behind)) and not _PARTLY.search(one.behind)


def _is_its_own(behind: str, off: re.Match[str] | None) -> bool:
    """Whether the words behind a date that say that something is off are of it."""
    return off is not None and not _is_of_another(behind[: off.start("verb")], off["verb"])


def _is_of_another(between: str, verb: str) -> bool:
    """Whether a verb is of what is named between a date and it, as in `due March 3, and removal is stayed`."""
    if _WHILE.search(between):
        return True
    if (another := _ANOTHER.search(between)) is None:
        return False
    both = another["what"] or ""
    together = _NAMES.search(both) or _DATE.match(both)
    return not (verb.lower().startswith(("are", "were", "have")) and together) or both.lower().startswith("all ")


def _term(near: str) -> str:
    """What is due on a day that stands behind these words."""
    due = _DUE.search(near)
    return _due(near[: due.start()]) if due else ""


def _moves(one: _Named) -> bool:
    """Whether a verb before a date says that it takes the place of another: `reset for`, `continued to`, `reset from A to`."""
    if asks(one.sentence) or not (_set(one) or _RANGE.fullmatch(one.near)):
        return False
    verbs = list(_SETTING.finditer(one.sentence))
    return bool(verbs) and _MOVES.match(verbs[-1][0]) is not None


def _is_meeting(label: str) -> bool:
    return _MEETINGS.fullmatch(label.rpartition(" ")[2]) is not None


def is_hearing(deadline: Deadline) -> bool:
    """Whether people meet then; else something is due."""
    return _is_meeting(deadline.label)


def sentences(words: str) -> Iterator[str]:
    """The sentences of a text whose white space is single blanks."""
    start = 0
    for stop in _SENTENCE_END.finditer(words):
        yield words[start : stop.start()]
        start = stop.end()
    yield words[start:]


def days_in(words: str, filed: date | None) -> list[date]:
    """The days that are named, whatever they are of; of one without a year the nearest."""
    return [day for one in _dates(words) if (day := _day(one, filed, nearest=True)) is not None]


def without_days(words: str) -> str:
    """The text without the dates that it names, so that no year is taken for another number."""
    return _DATE.sub(" ", words)


def meeting_in(words: str) -> str:
    """The meeting that is named last, with up to three words before it; "" where none is, or where a deadline is named behind it."""
    name = _name_in(words)
    return name if _is_meeting(name) else ""


def is_briefing(deadline: Deadline) -> bool:
    """Whether a paper of argument is due: `appellant's brief due`, `replies due`; not what is only called a deadline."""
    return deadline.label.endswith(" due") and any(_ARGUED.fullmatch(word) for word in deadline.label.split())


def _dates(words: str) -> Iterator[_Named]:
    found = list(islice(_DATE.finditer(words), DATES))
    for place, one in enumerate(found):
        start, end = one.span()
        begin = max(0, start - BEFORE)
        begin += max((stop.end() for stop in _SENTENCE_END.finditer(words[begin:start])), default=0)
        stop = _SENTENCE_END.search(words[end : end + AFTER])
        behind = words[end : end + (stop.start() if stop else AFTER)]
        after = found[place + 1].start() - end if place + 1 < len(found) else AFTER + 1
        yield _Named(
            found=one,
            sentence=words[begin:start],
            near=words[max(begin, found[place - 1].end() if place else 0) : start],
            behind=behind,
            gap=behind[:after] if after <= len(behind) else None,
        )


def _label(one: _Named, last: _Named | None, before: str) -> str:
    """What falls on a date; "" for nothing.

    Args:
        last, before: the date before it in the text, and what falls there.
    """
    if last is not None and last.gap is not None:
        if _OLD.search(last.near) and _RANGE.fullmatch(one.near):
            return _end_of(last)
        if _OR.fullmatch(one.near):
            return ""
        if _AND.fullmatch(one.near):
            return "" if _is_off(one) else before
    if _OLD.search(one.near) or _is_off(one):
        return ""
    return _said(one)


def _end_of(start: _Named) -> str:
    """What falls on B: `between A and B` ends with it, and what is moved from A to B is then."""
    if asks(start.sentence):
        return ""
    if _BETWEEN.search(start.near):
        return TERM
    moved = _MOVED_FROM.search(start.sentence)
    if moved is None:
        return ""
    return TERM if moved["verb"].lower().startswith("extend") else _name_in(start.sentence[: moved.start()])


def _is_off(one: _Named) -> bool:
    """Whether its own sentence calls it off, or another day stands in its place or beside it."""
    if (
        any(_is_its_own(one.behind, off) for off in _OFF.finditer(one.behind))
        or _PASSED.match(one.behind)
        or (one.gap is not None and _OR.fullmatch(one.gap))
    ):
        return True
    replaced = _REPLACED.search(one.gap) if one.gap is not None and not asks(one.sentence) else None
    if replaced is not None and one.gap is not None and replaced.end() == len(one.gap) and not _NAMES.search(one.gap):
        return not _is_of_another(one.gap[: replaced.start()], replaced[0])
    return _STILL.search(one.near) is not None and not _STAYS.search(one.behind)


def _said(one: _Named) -> str:
    near = one.near
    if due := _DUE.search(near):
        return _due(near[: due.start()])
    if term := _TERM.search(near):
        return _name_in(near[: term.end("what")])
    if _BY.search(near):
        return "" if asks(one.sentence) or _RELATED.search(near) else TERM
    if label := _set(one):
        return label
    if _UNTIL.search(near):
        return "" if asks(one.sentence) or _RELATED.search(near) else TERM
    if end := _refers(one):
        return _name_in(one.behind[:end])
    if _to_do(near):
        return "" if asks(one.sentence) else "hearing" if _APPEARS.search(near) else TERM
    if _DONE.search(near) or asks(one.sentence):
        return ""
    beside = _BESIDE.search(near)
    return _name_in(near[: beside.end("what")]) if beside else ""


def _to_do(near: str) -> bool:
    """Whether somebody is bidden to do a thing on the day; what was done then, and is only spoken of, stands nearer to it."""
    bids = list(_BIDS.finditer(near))
    if not bids or not _TO_DO.fullmatch(near, bids[-1].end()):
        return False
    return not _TOLD.search(near, bids[-1].end()) and not _NAMES.search(near)


def _set(one: _Named) -> str:
    """What a verb before the date sets for it; "" where there is none, or where somebody only wishes it."""
    verbs = list(_SETTING.finditer(one.near))
    if not verbs or not _SET_FOR.fullmatch(one.near, verbs[-1].end()):
        return ""
    start = len(one.sentence) - len(one.near) + verbs[-1].start()
    wished = _WISHED.search(one.sentence[:start]) or one.sentence[start:].lower().startswith("be ")
    if wished and asks(one.sentence):
        return ""
    return _name_in(one.near[verbs[-1].end() :]) or _name_in(one.sentence[:start])


def _refers(one: _Named) -> int:
    """Where the meeting ends that is called by its date: `the March 3, 2031 conference`; 0 where none is."""
    found = None if _NO_ADJECTIVE.search(one.near) else _OF_THE_DAY.match(one.behind)
    return found.end() if found else 0


def asks(sentence: str) -> bool:
    """Whether a party wishes what a sentence says, and no court has answered in it."""
    return _ASKS.match(sentence) is not None and not _RULES.search(sentence)


# ---- labels


def _due(before: str) -> str:
    """`status report due`; of a longer sentence the paper alone."""
    words = _clause(_ASIDE.sub("", before).rstrip(" ,"))
    while words and words[-1] in {"is", "are", "be", "shall", "must", "will"}:
        words.pop()
    if len(words) > 8 or not any(_PAPER.fullmatch(word) for word in words):
        words = _paper(before.lower().split()) or words[-8:]
    while words and _STOP.fullmatch(words[0]):
        words.pop(0)
    name = " ".join(words)
    return f"{name} due" if name and len(name) <= LABEL else TERM


def _paper(words: list[str]) -> list[str]:
    """The first paper that is named, with whose it is: `plaintiffs' reply`."""
    place = next((place for place, word in enumerate(words) if _PAPER.fullmatch(word)), None)
    return [] if place is None else [word for word in words[max(0, place - 1) : place + 1] if word.rstrip("s'’").isalpha()]


def _name_in(before: str) -> str:
    """The meeting or the deadline that is named last, with up to three words before it; "" without one."""
    named = list(_NAMES.finditer(before))
    if not named:
        return ""
    last = " ".join(named[-1][0].lower().split())
    words: list[str] = []
    for word in reversed(_clause(before[: named[-1].start()])[-3:]):
        if not re.fullmatch(r"[a-z/'’-]+", word) or (_STOP.fullmatch(word) and (word, last) != ("of", "restriction")):
            break
        words.insert(0, word)
    while words and words[0] in ("to", "of"):
        words.pop(0)
    return " ".join([*words, last])[-LABEL:]


def _clause(before: str) -> list[str]:
    """The words behind the last mark or number."""
    ends = [stop.end() for stop in _CLAUSE.finditer(before)]
    return before[ends[-1] if ends else 0 :].lower().split()


# ---- days and hours


def _day(one: _Named, filed: date | None, *, nearest: bool = False) -> date | None:
    found = one.found
    try:
        if not found["month"]:
            year = int(found["y"])
            return date(year if year > 99 else 2000 + year, int(found["m"]), int(found["d"]))
        month, day = _MONTHS.index(found["month"][:3].lower()) + 1, int(found["day"])
        if found["year"]:
            return date(int(found["year"]), month, day)
        return _without_year(filed, month, day, nearest=nearest or _speaks_of(one)) if filed else None
    except ValueError:
        return None


def _speaks_of(one: _Named) -> bool:
    """Whether a text may mean a day that was: nothing says that it is set for it or due by it."""
    near = one.near
    if any(words.search(near) for words in (_DUE, _TERM, _BY, _UNTIL)) or _set(one):
        return False
    return _refers(one) > 0 or _to_do(near) or _BESIDE.search(near) is not None


def _without_year(filed: date, month: int, day: int, *, nearest: bool) -> date:
    """The next such day, or the nearest, as `the October 29 Conference` was yesterday on October 30."""
    near = [date(year, month, day) for year in (filed.year - 1, filed.year, filed.year + 1)]
    return min(near, key=lambda each: abs((each - filed).days)) if nearest else next(each for each in near if each >= filed)


def _hour(one: _Named, court: str) -> tuple[time | None, str]:
    """The hour and its zone. Midnight is none: a term runs to the end of its day anyway (Fed. R. Civ. P. 6(a)(4))."""
    found = _TIME.match(one.found["early"]) if one.found["early"] else _TIME_BEHIND.match(one.behind)
    if found is None:
        return None, ""
    if found["noon"]:
        return time(12), _zone(court, found["clock"])
    hour, minute = int(found["hour"] or 0), int(found["minute"] or 0)
    if not 1 <= hour <= 12 or minute > 59:
        return None, ""
    return time(hour % 12 + (12 if found["half"].lower() == "p" else 0), minute), _zone(court, found["clock"])


def _zone(court: str, clock: str | None) -> str:
    """The court's own zone, unless the text names the clock of another."""
    own, said = zone_of(court), _CLOCKS.get((clock or "").lower(), "")
    return said if said and (not own or _behind(own) != _behind(said)) else own


def _behind(zone: str) -> timedelta | None:
    """How far from UTC in winter, by which Phoenix has Denver's clock."""
    return datetime(2026, 1, 1, tzinfo=ZoneInfo(zone)).utcoffset()


# ---- each once


def _once(said: list[Deadline]) -> tuple[Deadline, ...]:
    """Without what another one says as fully."""
    kept: list[Deadline] = []
    for one in said:
        if not any(covers(other, one) for other in kept):
            kept = [*(other for other in kept if not covers(one, other)), one]
    return tuple(kept)


def _same(one: Deadline, other: Deadline) -> bool:
    return (one.on, one.time) == (other.on, other.time) and same_name(one.label, other.label)


def same_name(one: str, other: str) -> bool:
    """Whether two days are called alike, one of them perhaps with further words: `motion hearing`, `hearing`."""
    longer, shorter = sorted((one, other), key=len, reverse=True)
    return longer == shorter or longer.endswith(f" {shorter}")


def covers(one: Deadline, other: Deadline) -> bool:
    """Whether `other` tells the same with no more words: another hour is more, a name with further words is not less."""
    if one.on != other.on or other.time not in (None, one.time):
        return False
    if other.label == TERM and other.time == one.time:
        return not is_hearing(one)
    return same_name(one.label, other.label) and (one.time != other.time or len(one.label) >= len(other.label))
