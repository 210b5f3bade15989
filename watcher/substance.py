"""What of a court's papers is a formality: stored and shown, and told to nobody (`docs/reference/lifecycle.md`). Pure.

Who speaks for whom, proof that a paper was handed over, the clerk's own work. An act of a court is never a formality, and a notice of a
sort that is not known here is none: it may be anything.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from watcher import courts
from watcher.folding import words_of
from watcher.hearings import is_hearing, same_name
from watcher.models import Deadline, Docket, Document, DocumentType

T = DocumentType

ACTS = frozenset({T.ORDER, T.OPINION, T.JUDGMENT})  #: what a court does
_NEVER = ACTS | {T.HEARING, T.MINUTE}  #: what is no formality whatever its words are
ALIKE = 0.6  #: share of the words of two entries from which one may be the other filed again
WORDS = 60  #: of either that are compared
COMMON = 4  #: words that they have at least in common
NEW = 3  #: words of the later one that the earlier did not have, at most
READ = 600  #: characters of an entry in which the clerk's marks are looked for

# Each is the whole shape of an entry's beginning: what else it might say there makes it another paper, and that is told.


def _opens(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(patterns)})(?![a-z])", re.IGNORECASE)


#: what asks for something, or is done to somebody: beside a lawyer's name it is news
_WEIGHT = (
    r"(?:motions?|requests?|petitions?|applications?|appeals?|hearings?|conferences?|arraign\w*|emergency|orders?|stay\w*|restrain\w*"
    r"|temporary|injunct\w*|enjoin\w*|habeas|writs?|remov\w*|deport\w*|transfer\w*|deten\w*|detain\w*|contempt|sanction\w*|misconduct"
    r"|dismiss\w*|compel\w*|certif\w*|discovery|releas\w*|vacat\w*|revok\w*|revoc\w*|disqualif\w*|extension|seal\w*|interven\w*|preclude"
    r"|strik\w*|briefs?|declarations?|complaints?|bonds?|access|restrict\w*|warrants?|subpoenas?|privilege\w*)"
)
_LAWYER = r"(?:attorneys?|counsel|appearances?|lawyers?)\b(?!['’]| general| misconduct| bond)"
_NAME = rf"(?!{_WEIGHT}\b)(?:(?-i:[A-Z])[\w.'’-]*|and|of|de|del|la|van|von),?"
_NAMES = rf"(?:{_NAME}\s){{1,12}}?"
_ASKED = (
    r"(?:(?:joint|unopposed|consent|assented[ -]to|first|second|notice of)\s){0,3}(?:motion|application|request)\s"
    rf"(?:by\s{_NAMES})?(?:for\sleave\s|for\s(?!leave)(?:the\s)?(?:admission\sof\s|leave\sfor\s)?{_NAMES})?"
)
_HERE_TOO = r"(?:in\s)?pro\shac\svice"
#: who speaks for whom
_WHO = _opens(
    rf"{_ASKED}to\s(?:appear|practice|be\sadmitted)\s(?:as\s(?:counsel|attorney)\s)?{_HERE_TOO}",
    rf"{_ASKED}to\sadmit\s(?:(?:attorney|counsel)\s)?(?:{_NAMES})?{_HERE_TOO}",
    rf"{_ASKED}(?:for\s)?(?:(?:appearance|admission|leave\sto\sappear)\s)?(?:of\s{_NAMES})?{_HERE_TOO}",
    rf"{_ASKED}to\s(?:withdraw|substitute|terminate)\s(?:as\s)?{_LAWYER}",
    rf"{_ASKED}to\s(?:withdraw|substitute|terminate)\s{_NAMES}as\s{_LAWYER}",
    rf"{_ASKED}(?:for\s)?(?:withdrawal|substitution|termination)\sof\s(?:{_NAMES}as\s)?{_LAWYER}",
    rf"(?:notice\sof\s)?(?:withdrawal|substitution|termination|change)\s(?:as|of)\s(?:{_NAMES}as\s)?{_LAWYER}",
    rf"withdraw\s(?:as\s)?{_LAWYER}",
    r"(?:notice|entry|withdrawal)\sof\s(?:(?:attorney|counsel|withdrawal|entry|limited|special|general|of)\s){0,4}appearance(?:\sform)?(?!\sbond)",
    r"(?:attorney|counsel)\sappearance",
    r"appearance(?:\sform|\sof\s(?:counsel|attorneys?)(?! general)|\W*$|\sby\s(?=[^;:]{2,120}\s(?:on\sbehalf\sof|for)\s))",
    r"notice\sof\s(?:pro\shac\svice|attorney(?:\s(?:withdrawal|substitution|change|admission)|\W*$))",
    r"(?:appear|admission) pro hac vice",
    r"(?:add|terminate)(?: and terminate)? attorneys",
    r"(?:-?[a-z]+ court )?pro hac vice (?:fee|attorney)",
    r"(?:notice of )?(?:change of (?:attorney |counsel )?(?:address|contact|firm)|(?:attorney |counsel )?address change)",
    r"(?:notice of )?(?:rule \d[\d.]* )?(?:corporate )?(?:ownership |financial )?disclosure statement",
    r"certificat(?:e|ion) of (?:disclosure|interested (?:persons|parties|entities))",
)
#: proof that a paper was handed over, as one says that nothing else says
_PROOF = _opens(
    r"(?:certificate|affidavit|proof|waiver) of (?:personal |electronic )?service\b",
    r"(?:proposed |alias )?summons(?:es)?(?: in a civil (?:case|action))? (?:issued|returned|submitted)|request for issuance of summons",
    r"(?:electronic )?summons(?:es)? issued",
    r"mail returned\b(?!.*\b(?:removed|deported|transferred|released)\b)",
)
_JUDGE = r":?\s(?:(?:the\s)?(?:honorable|hon\.?)\s|(?:(?:chief|senior|district|magistrate|circuit|u\.?s\.?|united\sstates)\s){0,4}judge\b)"
#: the same, where a person may be meant; and who decides
_TO_WHOM = _opens(
    r"(?:acknowledge?ment|return|declaration|admission|notice) of (?:personal |electronic )?service\b",
    rf"(?:notice of )?case (?:re)?(?:assigned|referred|designated)(?:/(?:re)?assigned)?(?=\W*$|\s(?:to|for){_JUDGE}|\secf)",
    r"notice of (?:case )?(?:re)?assignment",
)
#: the clerk's own work
_CLERKS = _opens(
    r"(?:usca |civil |initial |partial )?(?:filing|docket|appeal) fees?\b(?! (?:motion|waive|order))",
    r"receipt(?=\W*$|\W*(?:number|no\b|#|\d))|receipt (?:of|for) (?:payment|(?:filing |appeal |docket )?fees?)",
    r"fee payment\b|payment(?=\W*$)|payment (?:received|of (?:\w+ )?fees?)",
    r"transcript (?:order|request|designation)",
    r"(?:notice of )?case open(?:ing|ed)(?=\W*$)",
    r"(?:notice|note) to attorney(?! general)\b[^.;:]{0,60}\bre-?file",
    r"civil cover sheet",
)
_NO_WEIGHT = re.compile(
    r"motion and supporting papers to be reviewed by clerk['’]?s office staff|\bre:?\s\d+\s(?:\w+\s){0,3}?motions?\b", re.IGNORECASE
)
_WEIGHTY = re.compile(rf"(?<![a-z]){_WEIGHT}(?![a-z])", re.IGNORECASE)
#: of an entry that is two: what it asks besides
_BESIDES = re.compile(
    r"(?:^\s*and\b|[;:]|\.\s|\s-\s)\s*(?:and\s)?(?:[a-z-]+\s){0,3}?(?:(?-i:MOTION|APPLICATION|PETITION|REQUEST|APPEAL|ORDER)S?|(?:emergency|joint)\smotion|motion\s(?:for|to))(?![a-z])",
    re.IGNORECASE,
)
_EMERGENCY = re.compile(r"\bemergency\b", re.IGNORECASE)
# What the clerk writes over a paper that was filed wrongly and has to come again: at its head, between asterisks, or as a note behind it.
_IN_ERROR = (
    r"(?:(?:this |the )?(?:docket entry|entry|document|docket text|pleading)\s)?(?:(?:was|is)\s)?(?:filed|entered|docketed) in error"
)
_TO_BE_FILED_AGAIN = re.compile(
    r"^[\s*#\d\[\]():-]{0,20}(?:(?:filing error|deficient docket entry|docket entry error)(?=\s*(?:[-–—:.*)\]]|$))"
    rf"|{_IN_ERROR}(?=\s*(?:[-–—:.*)\]]|$))|(?:notice|note) to attorney(?! general)\b[^.;:]{{0,80}}?\bre-?file)"
    r"|\*{2,}\s*(?:filing error|deficient docket entry|docket entry error|re-file document|"
    rf"{_IN_ERROR})[^*]{{0,120}}\*{{2,}}"
    rf"|[\[(]\s*(?=(?-i:[A-Z])){_IN_ERROR}\W{{0,3}}[\])](?=[\s.]*(?:\([^()]{{0,300}}\)[\s.]*)*$)",
    re.IGNORECASE,
)
# A judge's ruling that replaces one of the same number.
_AMENDED = re.compile(r"(?:amended|corrected|revised|superseding)(?! (?:complaint|petition|motion))\b|(?:errata|erratum)\b", re.IGNORECASE)
# An entry of which the clerk says whose place it takes.
_INSTEAD = re.compile(
    r"(?:^|[(\[*]\s*|[.-]\s+)(?:correction of\s(?=docket|document|doc\b|dkt|ecf|entry)|re-?fil(?:ed|ing)(?: of| version of)?\s)"
    r"(?:(?:docket|document|doc|dkt|ecf|entry|nos?|number)\b\.?\s?){0,4}#?\s?(\d{1,6})\b",
    re.IGNORECASE,
)
#: of a paper that says itself that it is another one
_ANOTHER = re.compile(r"\b(?:correct(?:s|ing|ed)|amend(?:s|ing|ed|ment)|supplement\w*|supersed\w*|replac\w*|revised)\b", re.IGNORECASE)
_OF_ANOTHER = re.compile(
    r"\bre:?\s(?=[(\[#]?\d)|\bin (?:support|opposition) (?:of|to|re)", re.IGNORECASE
)  #: what follows is the title of another paper
_NOT_THE_SAME = re.compile(r"\bassociated cases\b|\bpublic\b|redact", re.IGNORECASE)
_REMOVED = re.compile(
    r"(?:deleted document|(?:docket )?(?:document|entry|text) (?:removed|deleted|stricken)|stricken (?:by|per|pursuant))\b",
    re.IGNORECASE,
)
_PIECE = re.compile(r"\[([^\[\]]{1,200})\]")
_TRANSCRIPT_FILED = re.compile(r"notice\b.{0,60}?\btranscript", re.IGNORECASE)
_CALENDAR = re.compile(r"(?:~?util - )?(?:set|reset|set/reset)\b.{0,40}\b(?:deadlines?|hearings?)", re.IGNORECASE)


def is_marked(text: str) -> bool:
    """Whether the clerk marked an entry as filed in error, or as to be filed again (`FILING ERROR`, `RE-FILE DOCUMENT`)."""
    return _TO_BE_FILED_AGAIN.search(text[:READ]) is not None


def is_amended(text: str) -> bool:
    """Whether a ruling says of itself that it replaces an earlier wording (`AMENDED ORDER`)."""
    return _AMENDED.match(courts.head_of(text)) is not None


def is_removed(text: str) -> bool:
    """Whether the court says of an entry that its paper is taken from the docket."""
    return _REMOVED.match(courts.head_of(text)) is not None


def instead_of(text: str) -> str:
    """The number of the entry of which the clerk says that this one corrects it or files it again; "" where nothing says so.

    Only its own words count: what it answers may have been filed again as well, and is quoted with that. A number that may be another
    docket's says nothing, and a public version of what was closed is the first that anybody may read. A paper that calls itself amended,
    or says what it corrects, is one of its own.
    """
    own = _OF_ANOTHER.split(text[:READ], maxsplit=1)[0]
    found = _INSTEAD.search(own)
    return found[1] if found and not _NOT_THE_SAME.search(text) and not _ANOTHER.search(courts.head_of(own)) else ""


def is_again(text: str, before: str) -> bool:
    """Whether an entry has the words of one before it and hardly any of its own, as what is filed again does."""
    then, now = _words(before), _words(text)
    common = len(then & now)
    return common >= max(COMMON, ALIKE * len(now), ALIKE * len(then)) and len(now - then) <= NEW


def _words(text: str) -> set[str]:
    """Its words without the clerk's marks, as far as they name the paper."""
    return {word for word in words_of(courts.head_of(_INSTEAD.sub(" ", text)))[:WORDS] if len(word) > 2}


def is_formality(document: Document) -> bool:
    """Whether a paper of a court is of no substance by its own words; never a paper of anybody else's, an act of a court or a hearing."""
    if document.docket is None or document.type in _NEVER:
        return False
    if not document.summary.strip():
        return not document.number  # nothing to say and nothing to find: it waits for its first word
    if _EMERGENCY.search(courts.head_of(document.summary)):
        return False
    if document.type is T.APPEAL and not all(_CLERKS.match(courts.head_of(piece)) for piece in _pieces(document.summary)):
        return False  # of an appeal nothing but its fee
    return is_marked(document.summary) or all(map(_is_formal, _pieces(document.summary)))


def _pieces(text: str) -> Sequence[str]:
    """The sorts that an entry of several names (`[Certificate of Service Other] [Letter]`), as PACER's feeds have them; else the whole."""
    return _PIECE.findall(text) if _PIECE.sub("", text).strip() == "" else (text,)


def _is_formal(text: str) -> bool:
    """Whether it has one of the shapes, and nothing that weighs stands behind it."""
    head = courts.head_of(text)
    if found := _WHO.match(head) or _TO_WHOM.match(head):
        return _WEIGHTY.search(_NO_WEIGHT.sub("", head[found.end() :])) is None
    found = _PROOF.match(head) or _CLERKS.match(head)
    return found is not None and _BESIDES.search(head[found.end() :]) is None


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of a day, with its own words."""

    document: Document
    head: str


def repeats(documents: Iterable[Document]) -> frozenset[str]:
    """Keys of those entries of one reading that only repeat another of the same docket and day.

    The bare sort without a number beside the numbered entry that it opens, the notice that a transcript was filed beside the transcript,
    and the clerk's calendar beside the entry that sets the same days. No act of a court is one of them.
    """
    days: dict[tuple[Docket, object], list[_Entry]] = defaultdict(list)
    for document in documents:
        if document.docket is not None and document.published is not None:
            days[document.docket, document.published.date()].append(_Entry(document, courts.head_of(document.summary).casefold()))
    return frozenset(key for entries in days.values() if len(entries) > 1 for key in _repeated(entries))


def _repeated(entries: Sequence[_Entry]) -> Iterator[str]:
    """Those of one docket's day."""
    said = [entry for entry in entries if not is_formality(entry.document)]
    transcripts = any(entry.document.type is T.TRANSCRIPT and not _TRANSCRIPT_FILED.match(entry.head) for entry in said)
    numbered = [entry for entry in said if entry.document.number]
    heads = sorted(entry.head for entry in numbered)
    set_ = [entry.document.deadlines for entry in numbered if entry.document.deadlines]
    for entry in entries:
        document = entry.document
        if document.type in ACTS:
            continue
        if document.type is T.TRANSCRIPT:
            again = transcripts and _TRANSCRIPT_FILED.match(entry.head) is not None
        elif document.number:
            again = False
        elif _CALENDAR.match(entry.head):
            again = bool(document.deadlines) and any(_name_all(days, document.deadlines) for days in set_)
        else:
            again = courts.is_bare(document.summary) and _opens_one(entry.head, heads)
        if again:
            yield document.key


def _name_all(others: Sequence[Deadline], days: Sequence[Deadline]) -> bool:
    return all(any(_names(other, day) for other in others) for day in days)


def _names(other: Deadline, day: Deadline) -> bool:
    """Whether another entry's day is this one, with its hour: of two meetings the same one, of two terms whatever is due."""
    if (other.on, is_hearing(other)) != (day.on, is_hearing(day)) or day.time not in (None, other.time):
        return False
    return not is_hearing(day) or same_name(other.label, day.label)


def _opens_one(head: str, heads: Sequence[str]) -> bool:
    """Whether each sort that an entry names is how one of these (in their order) begins; what the clerk notes beside it is none."""
    sorts = [sort for sort in head.split(" and ") if not sort.startswith("~util")]
    return _opening(head.rstrip(" ."), heads) or (bool(sorts) and all(_opening(sort.strip(" ."), heads) for sort in sorts))


def _opening(sort: str, heads: Sequence[str]) -> bool:
    """Whether one of these begins with a sort, and no longer word."""
    opened = takewhile(lambda head: head.startswith(sort), islice(heads, bisect_left(heads, sort), None))
    return bool(sort) and any(not head[len(sort) : len(sort) + 1].isalnum() for head in opened)
