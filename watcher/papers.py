"""A Document as Stories compare it: its words, names, numbers and dates, and what of a court it tells; read once.

What a title says counts by the share of it that each word makes up, the rarer the word the more (`storywords`).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from watcher import numbers
from watcher.acts import court_acts, done_acts
from watcher.common_words import FUNCTION_WORDS
from watcher.folding import words_of
from watcher.models import Document, Placed, Severity
from watcher.revisions import ACTS
from watcher.storywords import COMMON, COURTS, FURTHER, OUR_WORDS, PLACES, RARE, stems, stems_of, weight

JUST_READ = 500  #: Documents that are not read again when they come back with the window of the next poll
READ = 4_000  #: characters of a summary and of a text that are compared
LEAD = 70  #: words after the title in which a report says what happened
FILED = 170  #: words of a docket entry in which it says what was done
QUOTED = 1_500  #: characters of a text in which quotations are looked for
LONGEST = 40  #: letters of a word by which it is known
SIDES = 8  #: words of each side of a case by which a page about its decision is found
LONG_ENOUGH = 40  #: characters from which the same words, on one day, are the same paper filed in several dockets
AHEAD = timedelta(days=1)  #: a date further ahead of the time of seeing than zones explain counts as none

COURT, REGISTER, BILL, REPORT = "court", "register", "bill", "report"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Paper:
    """A Document as it is compared. Two of them are equal only if they are one."""

    document: Document
    kind: str  #: COURT, REGISTER or BILL, each a publication of its own; else REPORT
    dated: datetime  #: by itself, or by when it was seen where it names no day, or one to come
    day: float  #: `dated` in days, for quick counting
    title: tuple[tuple[str, float], ...]  #: stems that say something, and the share of the title that each makes up
    title_stems: frozenset[str]
    words: frozenset[str]  #: stems of title, summary and text
    names: frozenset[str]  #: stems of rare names and numbers
    quotes: frozenset[str]  #: stems of what is quoted
    places: frozenset[str]  #: countries and the like of its title
    numbers: frozenset[str]  #: dockets, orders and the like that its title or summary names, its own docket too
    orders: frozenset[str]  #: executive orders and proclamations that its title names
    entry: str  #: number of the docket entry that it is, or is attached to; "" where it has none
    parties: frozenset[str]  #: words that name its case (court), or all of title and summary (report)
    done: frozenset[str]  #: acts of a court: those that a court's paper is, or of which a report may be
    acts: frozenset[str]  #: acts of a court that the title says were done
    told: frozenset[str]  #: the same of the title and what follows it at once
    further: frozenset[str]  #: words of its title that tell of one more of something, or that something planned is done
    figures: frozenset[str]  #: numbers under a thousand that its title names
    courts: frozenset[str]  #: that the title of a report names: `supreme`, `appeals`, `judge`
    is_housekeeping: bool  #: a court's word on time, pages, seals or lawyers alone: no report is of that
    template: str  #: the title without its digits
    named: frozenset[str]  #: keys that name a publication, by which it is found however long ago

    @property
    def rank(self) -> tuple[datetime, bool, str]:
        """Sorts papers as they are placed: by date, the paper itself before reports of it, then by key."""
        return self.dated, self.kind == REPORT, self.document.key

    def after(self, other: "Paper") -> timedelta:
        """How long after another it is dated; negative before."""
        return self.dated - other.dated

    @property
    def is_formal(self) -> bool:
        """Whether it is a paper that nobody is told of: no report is of that."""
        return self.document.severity is Severity.FORMALITY

    @property
    def dockets(self) -> frozenset[str]:
        """Docket numbers alone."""
        return frozenset(number for number in self.numbers if " " not in number)


def read(placed: Placed) -> Paper:
    """A Document to be compared."""
    own = placed.document.published
    return _read(placed.document, own if own is not None and own <= placed.seen_at + AHEAD else placed.seen_at)


@lru_cache(maxsize=JUST_READ)
def _read(document: Document, dated: datetime) -> Paper:
    kind = _kind(document)
    summary, text = document.summary[:READ], document.text[:READ]
    top = f"{document.title}\n{summary}"
    in_title, in_summary, in_text = (_words(part) for part in (document.title, summary, text))
    title = stems_of(in_title)
    words = title | stems_of([*in_summary, *in_text])
    lead = [*in_title, *(in_summary or in_text)[:LEAD]]
    found = _numbers(document, top)
    parties = _parties(document) if kind == COURT else frozenset([*in_title, *in_summary]) if kind == REPORT else frozenset()
    acts = done_acts(in_title)
    return Paper(
        document=document,
        kind=kind,
        dated=dated,
        day=(dated - _DAY_ZERO) / timedelta(days=1),
        title=shares(title),
        title_stems=title,
        words=words,
        names=_names(document.title, f"{summary}\n{text}") & words,
        quotes=_quotes(f"{document.title}\n{summary}\n{text[:QUOTED]}"),
        places=title & PLACES,
        numbers=found,
        orders=_orders(document.title) if found else frozenset(),
        entry=_entry(document),
        parties=parties,
        done=_done(document, in_title, in_summary) if kind == COURT else court_acts([*in_title, *in_summary[:LEAD]]),
        acts=acts,
        told=done_acts(lead) if kind == REPORT else acts,
        further=frozenset(COURTS.get(word, word) for word in in_title if word in FURTHER),
        figures=frozenset(stem for stem in title if stem.isdigit() and len(stem) < 4),
        courts=frozenset(COURTS[word] for word in in_title if word in COURTS) if kind == REPORT else frozenset(),
        is_housekeeping=kind == COURT and _HOUSEKEEPING.search(summary) is not None and _OF_WEIGHT.search(summary) is None,
        template=_DIGITS.sub("0", document.title.casefold()),
        named=frozenset(_named(document, kind, found, parties, dated)),
    )


_HOUSEKEEPING = re.compile(
    r"\b(?:(?:extension|enlargement) of (?:time|deadlines?)|extend (?:the )?(?:time|deadlines?)|pro hac vice|page limits?|excess pages|"
    r"briefing schedule|scheduling order|(?:leave|motion) to (?:seal|file)|file under seal|withdraw as (?:attorney|counsel))\b",
    re.IGNORECASE,
)
_OF_WEIGHT = re.compile(
    r"\b(?:injunct|enjoin|restrain|habeas|releas|remov|deport|contempt|return|facilitat|stay|sanction|dismiss|transfer)", re.IGNORECASE
)


def _words(text: str) -> list[str]:
    return [word[:LONGEST] for word in words_of(text)]


_DAY_ZERO = datetime(2000, 1, 1, tzinfo=UTC)
_DIGITS = re.compile(r"[0-9]+")


def shares(title: Iterable[str]) -> tuple[tuple[str, float], ...]:
    """Of each stem the share that it makes up of them all, by weight."""
    weights = [(stem, weight(stem)) for stem in sorted(title)]
    whole = sum(each for _, each in weights)
    return tuple((stem, each / whole) for stem, each in weights)


def _kind(document: Document) -> str:
    if document.docket is not None or document.source_kind == "docket":
        return COURT
    return {"federal_register": REGISTER, "bill": BILL}.get(document.source_kind, REPORT)


def _numbers(document: Document, top: str) -> frozenset[str]:
    """Dockets, orders and the like that a text names, and the Document's own docket."""
    found = {number.value.bucket for number in numbers.find(top)} if _DIGITS.search(top) else set()
    own = numbers.parse_docket(document.docket.number) if document.docket else None
    return frozenset(found | {own.bucket} if own else found)


def _done(document: Document, in_title: list[str], in_summary: list[str]) -> frozenset[str]:
    """What a court's paper does or asks."""
    done = court_acts([*in_title, *in_summary[:FILED], *words_of(document.headline)])
    if document.docket is not None:
        done = done - {"ask"} if document.type in ACTS else done & {"ask"}  # `ORDER granting 12 Motion` is no asking
    return done


def _orders(title: str) -> frozenset[str]:
    """Executive orders and proclamations that a title names."""
    found = (number.value for number in numbers.find(title))
    kinds = ("executive-order", "proclamation")
    return frozenset(value.bucket for value in found if isinstance(value, numbers.Cited) and value.kind in kinds)


def _entry(document: Document) -> str:
    """The number of the docket entry that this is, or is attached to; "" where it has none."""
    found = re.match(r"([0-9]{1,9})(?:[-.][0-9]+)?$", document.number)
    return found[1] if found else ""


# ---- keys


def _named(document: Document, kind: str, numbered: frozenset[str], parties: frozenset[str], dated: datetime) -> Iterable[str]:
    """Keys that two papers share only where one publication ties them."""
    yield from (f"number {number}" for number in numbered)
    yield from (f"paper {key}" for key in (document.key, *document.keys, *document.relates))
    if kind == COURT:
        if document.docket is not None and document.docket.courtlistener is not None and (entry := _entry(document)):
            yield f"entry {document.docket.courtlistener} {entry}"
        if document.docket is not None and len(document.summary) >= LONG_ENOUGH:
            yield f"filed {dated.date()} {document.summary}"
        if document.docket is None:
            yield from (f"decided {dated.date()} {party}" for party in parties)
            yield from (f"case {dated.year} {one} {two}" for one in _side(document.title, 0) for two in _side(document.title, 1))
    elif kind == REPORT and (caption := _CAPTION.fullmatch(document.title)):
        sides = [words_of(caption[side]) for side in ("one", "two")]
        years = set(_YEAR.findall(f"{document.title} {document.summary[:READ]}"))
        if all(sides):
            yield from (f"case {year} {sides[0][-1]} {sides[1][-1]}" for year in sorted(years))


def _side(title: str, which: int) -> list[str]:
    """The first words of one side of a case, whose name begins a title."""
    sides = [*_PARTIES.split(title)[:2], "", ""]
    return [word for word in words_of(sides[which])[:SIDES] if word not in _NO_NAMES]


# A title that is the name of a case and no more, but for its court and its place in a reporter: `Wilson v. Girard, 354 U.S. 524`.
_CAPTION = re.compile(r"(?P<one>[^,:;?!]{2,60}) vs?\.? (?P<two>[^,:;?!]{2,60})(?:,[^:;?!]{2,120})?")
_YEAR = re.compile(r"\(([12][0-9]{3})\)")

_PARTIES = re.compile(r"\s+(?:v|vs|versus)\.?\s+|\bin re:?\s+", re.IGNORECASE)
# Parties that stand in many cases, and words of captions: they name none.
_PLAIN_PARTIES = """
    et al v vs in re noem bondi rubio hegseth biden bush obama state secretary attorney general director of and the for others doe does
    john jane inc llc co corp city county university association individually official capacity petitioner respondent ex rel
"""
# Family names of thousands: alone they name no case. Folded, in English and Spanish.
_FAMILY_NAMES = """
    aguilar alvarez anderson brown campbell castillo castro chavez clark cruz davis diaz fernandez flores garcia gomez gonzales gonzalez
    green gutierrez hall harris hernandez hill jackson jimenez johnson jones king lee lewis lopez martin martinez mendoza miller mitchell
    moore morales moreno nelson ortiz perez ramirez ramos reyes rivera roberts robinson rodriguez rojas romero ruiz sanchez scott silva
    smith suarez taylor thomas thompson torres vargas vasquez walker white williams wilson wright young
"""
FAMILY_NAMES = frozenset(_FAMILY_NAMES.split())
_NO_NAMES = OUR_WORDS | frozenset(_PLAIN_PARTIES.split()) | FUNCTION_WORDS


def _parties(document: Document) -> frozenset[str]:
    """Words that name this case: of its parties, without those that sue and are sued every day."""
    caption = document.case or document.title.partition(" - ")[0].partition(" – ")[0]
    words = (word for side in _PARTIES.split(caption)[:3] for word in words_of(side))
    return frozenset(word for word in words if len(word) > 2 and not word.isdigit() and word not in _NO_NAMES)


# ---- names and quotations

# A capital inside a sentence, or a number of three digits: a name of somebody or something.
_NAME = re.compile(r"(?<=[^\W_][ ,;’'“\"(-])[\"“(]?[^\W\d_a-záéíóúñü][\w’'-]+|[0-9]{3,}")
_QUOTES = re.compile(r"[“\"«‘']")
_QUOTE = re.compile(r"[“\"«]([^”\"»\n]{3,60})[”\"»]|(?<!\w)[‘']([^’'\n]{3,60})[’'](?!\w)")


def _names(title: str, text: str) -> frozenset[str]:
    """Stems of the rare names and numbers of a Document. Titles have capitals everywhere: theirs count where there is nothing else."""
    found = " ".join(_NAME.findall(text)) if len(text) > LONG_ENOUGH else title
    return frozenset(stem for stem in stems(found) if weight(stem) == RARE)


def _quotes(text: str) -> frozenset[str]:
    """Stems of what a text quotes, but for what everybody says here."""
    found = " ".join(one or two for one, two in _QUOTE.findall(text)) if _QUOTES.search(text) else ""
    return frozenset(stem for stem in stems(found) if weight(stem) >= COMMON) if found else frozenset()
