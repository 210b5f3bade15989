"""What of a court's papers is a formality: stored and shown, and told to nobody (`docs/reference/lifecycle.md`). Pure.

Who speaks for whom, proof that a paper was handed over, the clerk's own work. An act of a court is never a formality, and a notice of a
sort that is not known here is none: it may be anything.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from watcher import courts
from watcher.folding import words_of
from watcher.models import Docket, Document, DocumentType

T = DocumentType

ACTS = frozenset({T.ORDER, T.OPINION, T.JUDGMENT})  #: what a court does
ALIKE = 0.6  #: share of the words of two entries from which one may be the other filed again
READ = 600  #: characters of an entry in which the clerk's marks are looked for


def _opens(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(patterns)})(?![a-z])", re.IGNORECASE)


_LAWYER = r"(?:attorney|counsel|appearance|lawyer)s?\b"
# between `MOTION` and what it asks for: names, not another request
_NOTHING_ELSE = r"(?:(?!\bre\b|extension|stay|injunct|dismiss|compel|seal|disqualif|sanction|contempt|revo|strik)[^;:]){0,80}?"
#: names between `Withdrawal of` and `as Attorney`, but nothing else that may be withdrawn
_WHOM = r"(?: (?!(?:motion|appeal|complaint|petition|claim|brief|letter|request|notice)s?\b)[\w.,'’-]+){0,6}? "
_FORMALITY = _opens(
    # who speaks for whom
    rf"(?:(?:joint |unopposed |consent |emergency )?(?:motion|application|request)|notice)\b{_NOTHING_ELSE}"
    rf"\b(?:pro hac vice|(?:withdraw(?:al)?|substitut(?:e|ion)|terminat(?:e|ion)){_WHOM}{_LAWYER})",
    r"(?:appear|admission) pro hac vice",
    rf"(?:withdraw(?:al)?|substitut(?:e|ion)|change) (?:as |of )?{_LAWYER}",
    r"(?:add|terminate)(?: and terminate)? attorneys",
    r"(?:-?[a-z]+ court )?pro hac vice (?:fee|attorney)",
    r"(?:notice of )?(?:change of (?:attorney |counsel )?(?:address|contact|firm)|(?:attorney |counsel )?address change)",
    r"(?:notice of )?(?:rule \d[\d.]* )?(?:corporate )?(?:ownership |financial )?disclosure statement",
    r"certificat(?:e|ion) of (?:disclosure|interested (?:persons|parties|entities))",
    # proof that a paper was handed over
    r"(?:certificate|affidavit|acknowledge?ment|proof|return|declaration|waiver|admission|notice) of (?:personal |electronic )?service\b",
    r"(?:proposed |alias )?summons(?:es)?(?: in a civil (?:case|action))? (?:issued|returned|submitted)|request for issuance of summons",
    r"(?:electronic )?summons(?:es)? issued",
    r"mail returned",
    # the clerk's own work
    r"(?:[a-z]+ )?(?:filing|docket|appeal|usca appeal) fees?\b(?! motion)",
    r"receipt\b",
    r"(?:fee )?payment\b",
    r"transcript (?:order|request|designation)",
    r"(?:notice of )?case (?:assigned|reassigned|referred|designated|opening|opened)",
    r"notice of (?:case )?(?:re)?assignment",
    r"(?:notice|note) to attorney\b[^.]{0,60}\bre-?file",
    r"civil cover sheet",
)
# What the clerk writes over a paper that was filed wrongly and has to come again.
_TO_BE_FILED_AGAIN = re.compile(
    r"^[\s*#\d\[\]():-]{0,20}(?:filing error|deficient docket entry|(?:notice|note) to attorney\b.{0,80}?\bre-?file)"
    r"|\bre-file document\b|\bdocket entry error\b|\bfiled in error\b|\bentered in error\b",
    re.IGNORECASE,
)
# A judge's ruling that replaces one of the same number.
_AMENDED = re.compile(r"(?:amended|corrected|revised|superseding)(?! (?:complaint|petition|motion))\b|(?:errata|erratum)\b", re.IGNORECASE)
# An entry that names the number of the one whose place it takes.
_INSTEAD = re.compile(
    r"\b(?:correct(?:ion of|s|ing)|replac(?:es|ing|ement (?:of|for))|re-?fil(?:es|ed|ing)(?: of| version of)?|supersed(?:es|ing))"
    r"\s(?:(?:docket|document|doc|dkt|ecf|entry|nos?|number)\b\.?\s?){0,4}#?\s?(\d{1,6})\b",
    re.IGNORECASE,
)
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
    """The number of the entry that this one says it corrects, replaces or files again; "" where it says nothing of that.

    Only its own words count: what it answers may have been filed again as well, and is quoted with that. A number that may be another
    docket's says nothing, and a public version of what was closed is the first that anybody may read.
    """
    own = _OF_ANOTHER.split(text[:READ], maxsplit=1)[0]
    found = _INSTEAD.search(own)
    return found[1] if found and not _NOT_THE_SAME.search(text) else ""


def is_again(text: str, before: str) -> bool:
    """Whether an entry has the words of one before it, as what is filed again does; they may be few as yet."""
    then, now = _words(before), _words(text)
    return bool(then) and len(then & now) >= ALIKE * min(len(then), len(now))


def _words(text: str) -> set[str]:
    """The first of its words that are no marks of the clerk's."""
    return {word for word in words_of(courts.head_of(_INSTEAD.sub(" ", text)))[:20] if len(word) > 2}


def is_formality(document: Document) -> bool:
    """Whether a paper of a court is of no substance by its own words; never a paper of anybody else's, nor an act of a court."""
    if document.type in ACTS:
        return False
    if document.type is T.APPEARANCE:
        return True
    if document.docket is None:
        return False
    if not document.summary.strip():
        return not document.number  # nothing to say and nothing to find: it waits for its first word
    return is_marked(document.summary) or all(map(_is_formal, _pieces(document.summary)))


def _pieces(text: str) -> Sequence[str]:
    """The sorts that an entry of several names (`[Certificate of Service Other] [Letter]`), as PACER's feeds have them; else the whole."""
    return _PIECE.findall(text) if _PIECE.sub("", text).strip() == "" else (text,)


def _is_formal(text: str) -> bool:
    return _FORMALITY.match(courts.head_of(text)) is not None


def repeats(documents: Iterable[Document]) -> frozenset[str]:
    """Keys of those entries of one reading that only repeat another of the same docket and day.

    The bare sort without a number beside the numbered entry, the notice that a transcript was filed beside the transcript, and the
    clerk's calendar beside the entry that sets the days. No act of a court is one of them.
    """
    days: dict[tuple[Docket, object], list[Document]] = defaultdict(list)
    for document in documents:
        if document.docket is not None and document.published is not None:
            days[document.docket, document.published.date()].append(document)
    return frozenset(
        entry.key
        for entries in days.values()
        for entry in entries
        if any(_repeats(entry, other) for other in entries if other is not entry and not is_formality(other))
    )


def _repeats(entry: Document, other: Document) -> bool:
    if entry.type in ACTS:
        return False
    own, theirs = courts.head_of(entry.summary), courts.head_of(other.summary)
    if entry.type is T.TRANSCRIPT:
        return other.type is T.TRANSCRIPT and bool(_TRANSCRIPT_FILED.match(own)) and not _TRANSCRIPT_FILED.match(theirs)
    if entry.number or not other.number:
        return False
    if _CALENDAR.match(own):
        days = {deadline.on for deadline in entry.deadlines}
        return days <= {deadline.on for deadline in other.deadlines} if days else other.type in ACTS
    sorts = [sort for sort in own.casefold().split(" and ") if sort]
    return courts.is_bare(entry.summary) and (entry.type is other.type or any(theirs.casefold().startswith(sort) for sort in sorts))
