"""Which dockets are one case, on what evidence. One case has many: in its district, on appeal, at the Supreme Court.

Two ways to be wrong, and they do not weigh the same. A docket that is missing is named to the operator, who adds it with one command. A
docket of another case would bring its papers to everybody who follows this one. So only what a court itself says links a docket by
itself, number and court both: the clerk's own line that an appeal has its number (`USCA Case Number 25-1345 for 4th Circuit`), what the
Supreme Court lists as the case below and as linked, the clerk's line on a transfer. A line must *begin* as clerks begin it, since
parties cite the numbers of others all the time, and courts do; so of such a line one number counts, the first, where it stands right
behind the clerk's head, and none where the line speaks of other cases or was filed by a party. Everything else is proposed: a number
whose court is not named, a court whose number is not, a further number, appeals consolidated or listed beside each other, a case of the
same name in another court.

The file stays the authority: what it has is never linked again, what it gives to another case is only proposed, and what the operator
refused is never said again. No docket is linked to two cases.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from urllib.parse import quote

from watcher.captions import same_case
from watcher.courtnames import DISTRICTS, circuit_of, circuits_in, court_name, districts_in, is_appellate, is_district
from watcher.models import Docket, Document, DocumentType, Link, Named, Stage, Watch
from watcher.numbers import DocketNumber, parse_docket, same_docket

READ = 2_000  #: characters of an entry that are looked at
WIDE = 160  #: characters that the words of one evidence may span; where number and court stand further apart, the number's alone are shown
MOST = 60  #: dockets linked to one case by themselves: whatever goes wrong, a case never swallows a court
SUPREME = "scotus"

#: what a docket is to the one that names it
HOW: Mapping[str, str] = MappingProxyType(
    {
        "appeal": "its appeal",
        "origin": "the case it is an appeal from",
        "below": "the case below it",
        "supreme": "its case at the Supreme Court",
        "linked": "linked with it by the Supreme Court",
        "transfer": "where it was before, or went to",
        "beside": "listed beside it",
        "consolidated": "consolidated with it",
        "name": "of the same name",
    }
)

_DECORATION = re.compile(
    r"\*{2,}[^*]{1,80}\*{2,}|[-:;,.*\s(\[#\])]+|[0-9]{1,12}(?=[\s\])])"
    r"|(?:electronic|amended|corrected|remark|(?:certified|true)(?:\strue)?\scopy\sof|copy\sof|certified|docket\stext|text\sentry)(?=[\s:])",
    re.IGNORECASE,
)
_TAIL = re.compile(r"\(?\s*attachments?\s*(?:\(s\))?\s*:", re.IGNORECASE)
_MISTAKE = re.compile(
    r"filing\serror|entered\sin\serror|filed\sin\serror|docketed\sin\serror|\bdisregard\b|\bstricken\b|wrong\scase", re.IGNORECASE
)

_ORDINAL = (
    r"(?:First|Second|Third|Fourth|Fifth|Sixth|Seventh|Eighth|Ninth|Tenth|Eleventh|Federal|D\.?\s?C\.?|(?:1[01]|[1-9])(?:st|nd|rd|th))"
)
_USCA = (
    r"(?:USCA(?:-?\s?(?:1[01]|[1-9]|DC|Fed)\b)?|U\.S\.C\.A\.|(?:1[01]|[1-9])(?:st|nd|rd|th)?\s?CCA"
    rf"|(?:U\.?\s?S\.?|United\sStates)\sCourt\sof\sAppeals(?:\sfor\sthe\s{_ORDINAL}\sCircuit)?|{_ORDINAL}\sCircuit(?:\sCourt(?:\sof\sAppeals)?)?)"
)
_PLAIN = r"[0-9]{2}-[0-9]{2,5}(?:-[A-Z]{1,2})?(?![0-9A-Za-z-])"  #: some circuits add a letter
#: how clerks of a district begin a line on what the court of appeals did, or on the appeal's number
_FROM_ABOVE = re.compile(
    rf"(?:{_USCA}\s(?:(?:case|appeal|docket)\s)?(?:number(?:s|\(s\))?|nos?\.?|\#)"
    rf"|{_USCA}\s(?:mandate|judgment|order|opinion|decision|docketing\sletter|notice\sof\sdocketing)\b"
    rf"|(?:mandate|judgment|orders?|opinion|per\scuriam\sopinion|memorandum|decision)\s(?:\([^)]{{1,30}}\)\s)?(?:of|from)\s(?:the\s)?{_USCA}"
    rf"|(?:notice|letter)\sfrom\s(?:the\s)?(?:clerk\sof\s(?:the\s)?)?{_USCA}"
    rf"|acknowledge?ment\sof\sreceipt\b[^.;]{{0,60}}?{_USCA}"
    rf"|notice\sof\s(?:docketing|assignment)\b[^.;]{{0,60}}?{_USCA}"
    r"|(?:(?:certificate\sof|electronic|supplemental|entire|complete|index\sof)\s){0,2}record\son\sappeal\b"
    r"|appeal\srecord\s(?:sent|returned)|(?:transmission|transmittal)\sof\s(?:\w+\s){0,4}(?:record|appeal))",
    re.IGNORECASE,
)
_ITS_NUMBER = re.compile(
    rf"{_USCA}[\s,:;(#]{{0,3}}(?:in\s)?(?:(?:case|appeal|docket)\s)?(?:(?:number(?:s|\(s\))?|nos?\.?|\#|case|appeal)\s?)?[:\#]?\s?"
    rf"(?P<series>{_PLAIN}(?:\s?(?:,|;|&|\band\b)\s?(?:and\s)?{_PLAIN}){{0,9}})",
    re.IGNORECASE,
)
_EACH = re.compile(_PLAIN)
_A_NOTICE = r"\s(?:[a-z]+\s){0,2}notice\sof\s(?:[\w-]+\s){0,2}appeal\b"  #: behind the number of its entry
_FOR_NOTICE = re.compile(r"\b(?:for|as\sto|re:?)\s(?P<entry>[0-9]{1,5})" + _A_NOTICE, re.IGNORECASE)
_NOTICE_OF_APPEAL = re.compile(r"notice\sof\s(?:[\w-]+\s){0,2}?(?:cross[\s-])?appeal\b", re.IGNORECASE)

#: how a court of appeals begins the docket of an appeal
_OPENED = re.compile(
    r"(?:[a-z.]+\s){0,4}?(?:case|appeal|cause)\s(?:docketed|opened)\b|docketed\scause\b"
    r"|(?:notice\sof\s)?(?:civil\s|criminal\s|interlocutory\s){0,2}appeal,?\s(?:docketed|with\sdistrict\scourt\sdocket)",
    re.IGNORECASE,
)
_DISTRICT_NUMBER = r"(?:[0-9][:-])?[0-9]{2,4}-[a-z]{2}-[0-9]{1,6}(?:-[A-Za-z0-9]{1,4}){0,3}"
_BELOW = re.compile(
    r"(?:originating|district\scourt|lower\scourt(?:\sor\sagency)?|court\sbelow|\bfiled\sin)[\s\]:]{1,3}"
    rf"(?:(?:case|docket)\s)?(?:(?:numbers?|nos?\.?|\#)[\s:]{{0,2}})?\[?(?P<number>{_DISTRICT_NUMBER})",
    re.IGNORECASE,
)

_COURT_OF_ALL = r"(?:of\s)?(?:the\s)?(?:(?:U\.?\s?S\.?|United\sStates)\s)?Supreme\sCourt(?:\sof\sthe\sUnited\sStates)?"
#: how clerks below begin a line on what came from the Supreme Court
_FROM_SUPREME = re.compile(
    rf"(?:{_COURT_OF_ALL}\s(?:remark|order|judgment|mandate|letter|notice|opinion|action)\b"
    rf"|(?:mandate|(?:certified\s)?judgment|orders?|opinion)\s(?:of|from)\s{_COURT_OF_ALL}"
    rf"|(?:letter|notice|communication|correspondence)\s(?:\[[0-9]{{1,12}}\]\s)?(?:received\s)?from\s(?:the\s)?(?:(?:deputy\s)?clerk(?:\sof\s(?:the\s)?court)?,?\s)?{_COURT_OF_ALL})",
    re.IGNORECASE,
)
# A plain number says no court by itself: it is the Supreme Court's only where the words before it say so.
_SUPREME_NUMBER = re.compile(
    r"(?<![0-9A-Za-z-])(?P<lettered>[0-9]{2}[AM][0-9]{1,4})(?![0-9A-Za-z])"
    r"|(?:Supreme\sCourt(?:\sof\sthe\sUnited\sStates)?,?\s(?:in\s)?(?:case\s|docket\s)?(?:nos?\.|numbers?):?"
    r"|\bdocketed\sas(?:\s(?:no\.|number))?|\bon\sthe\sdocket\b[^.;]{0,40}?\bas\s(?:no\.|number))"
    rf"\s(?P<plain>{_PLAIN})",
    re.IGNORECASE,
)
_BY_A_PARTY = re.compile(
    r"supplemental\sauthorit|\b28\s?\(j\)|\bfiled\sby\s(?:attorney|mr\b|ms\b|appell|petitioner|respondent|plaintiff|defendant|amic)",
    re.IGNORECASE,
)
_SUBMITTED = re.compile(r"(?:the\s)?(?:application|motion)s?\s\((?P<number>[0-9]{2}[AMO][0-9]{1,4})\)", re.IGNORECASE)

#: how clerks of districts begin a line on a case that comes or goes
_MOVED = re.compile(
    r"(?:inter-?district\s)?(?:(?:civil|criminal)\s)?case\stransferr?ed\b|original\sfile\b[^.]{0,80}\breceived\sfrom\b", re.IGNORECASE
)
_OPENED_THERE = re.compile(
    rf"\bopened\sin\s(?P<court>[^.;]{{3,90}}?)\sas\s(?:case\s)?(?:(?:number|no\.)\s)?(?P<number>{_DISTRICT_NUMBER})", re.IGNORECASE
)
_CAME_FROM = re.compile(
    r"\b(?:transferr?ed\s(?:in\s)?|received\s)from\s(?P<court>[^;]{3,120}?)[;,.]?\s\(?(?:(?:originating\s)?case\s|civil\saction\s)?(?:numbers?|nos?\.?):?\s"
    rf"(?P<number>{_DISTRICT_NUMBER})",
    re.IGNORECASE,
)
_WENT_TO = re.compile(r"\btransferr?ed\s(?:out\s)?to\s(?P<court>[^.;]{3,120})", re.IGNORECASE)

#: what may stand between a clerk's head and the line's own number: which notice of appeal it is for, the court, when and what came in
_OF_A_NAME = (
    r"(?-i:(?:[A-Z]\.)+|(?:Jr|Sr|Dr|Mr|Ms|Mrs|St|Inc)\.|[A-Z][\w'’-]*"
    r"|and|of|the|for|et\sal\.?|as|next\sfriend|in\s(?:his|her|their)\sofficial\scapacity)"
)
_NOTICE_MEANT = (
    r"(?:as\sto|for|re:?|regarding|on)\s\[?[0-9]{1,5}\b\]?(?!-)"
    rf"(?:,?\s(?:[a-z]+\s){{0,2}}notice\sof\s(?:[\w-]+\s){{0,2}}appeal\b(?:\sto\s(?:the\s)?{_USCA})?(?:,?\sfiled\sby(?:[\s,]+{_OF_A_NAME}){{1,60}})?)?"
)
_BETWEEN = re.compile(
    rf"(?:[\s,;:.()\[\]#-]|{_NOTICE_MEANT}|{_USCA}|[0-9]{{1,2}}/[0-9]{{1,2}}/[0-9]{{2,4}}\b|[0-9]{{1,12}}\b(?![-/0-9])|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}\b"
    r"|(?:a|an|and|appeals?|applications?|as|case|certified|certiorari|clerk|copy|court|dated|denied|docket|docketed|emergency|entered|filed|for|forthwith"
    r"|from|granted|in|injunction|injunctive|issued|it|judgment|letter|mandate|motion|no|noa|nos|notice|number|of|office|on|opinion|or|order|petition"
    r"|placed|received|record|relief|returned|scotus|sent|states|stating|stay|supreme|that|the|to|transmitted|u\.\s?s|united|us|vacate|was|writ"
    r"|(?:jan|febr)(?:uary)?|march|april|may|june|july|aug(?:ust)?|sept(?:ember)?|octo(?:ber)?|nov(?:ember)?|dec(?:ember)?)\b)*+",
    re.IGNORECASE,
)
#: words of a line that speaks of other cases too, or shows what a party brought. Documents are related too, and stays are pending appeal.
_OF_OTHERS = re.compile(
    r"\b(?:see|cf|citing|cit(?:ed|es)|referring|refers|following|in\s(?:the\s)?(?:light|view)\sof|based\son|companion|consolidat\w+|exhibits?|exh"
    r"|pending(?!\s(?:the\s)?(?:appeal\b|further\b))|related(?!\s(?:doc|\[|(?:to\s)?[0-9]{1,5}\b(?!-)))|(?:an)?other\s(?:case|appeal|action|matter|suit)s?"
    r"|lead\scase|similar|attached|submitted|on\sbehalf\sof|supplemental\sauthorit\w+|designat\w+|v\.?|vs\.?)(?=[\s:;,.)]|$)",
    re.IGNORECASE,
)
_FILED_NOTICE = re.compile(r"\b[0-9]{1,5}\]?,?" + _A_NOTICE + r"[^;:0-9]{0,80}?\bfiled\s$", re.IGNORECASE)
_BY = re.compile(rf"\bby\s(?!and\sthrough\b|(?:the\s)?(?:{_USCA}|(?:supreme\s)?court\b|clerk\b|deputy\b|circuit\b|order\b))", re.IGNORECASE)

#: heads that parties write too, of whatever appeal: of these a line counts only where it says whose notice of appeal is docketed there
_ALSO_A_PARTYS = re.compile(
    r"notice\sof\s(?:docketing|assignment)|(?:(?:certificate\sof|electronic|supplemental|entire|complete|index\sof)\s){0,2}record\son\sappeal"
    r"|appeal\srecord|(?:transmission|transmittal)\sof",
    re.IGNORECASE,
)
_APPEALED = re.compile(
    r"\bNOA\b|\b(?:for|as\sto|re:?|regarding|on|of)\s\[?[0-9]{1,5}\b\]?,?"
    + _A_NOTICE
    + rf"|\b(?:from|sent\sto|transmitted\sto)\s(?:the\s)?{_USCA}",
    re.IGNORECASE,
)
_FILER = re.compile(
    r"\((?:the\s)?(?:plaintiff|defendant|petitioner|respondent|movant|appell(?:ant|ee)|interven[eo]r|amic(?:us|i)|government)s?\b[^()]{0,60}\)",
    re.IGNORECASE,
)

CITED = "the line speaks of other cases too"
FURTHER = "a further number of its line, which may be another case"
PLACED = "other words stand before the number, which may be another case"
PARTY = "a party may have filed it"
NO_APPEAL = "the line does not say that this case is appealed there"
SEVERAL = "one of several below, which may be another suit"
BESIDE = "listed beside it, which may be another case"
CONSOLIDATED = "consolidated, which may be another case"
_CONSOLIDATED = re.compile(rf"\bconsolidat\w+\b(?:[^.;]{{0,40}}?\b(?:{_PLAIN}|{_DISTRICT_NUMBER})){{1,6}}", re.IGNORECASE)
_ANY_NUMBER = re.compile(rf"\b(?:{_DISTRICT_NUMBER}|{_PLAIN})", re.IGNORECASE)
_JOINED_TO = re.compile(r"\b(?:(?P<consolidated>consolidat\w+)|related|companion|see\salso)\b[^.;]{0,60}$", re.IGNORECASE)
_CLOSED = frozenset({Stage.SEALED, Stage.REMOVED, Stage.WITHDRAWN})  #: nothing of such a paper is repeated
_THE_COURTS_OWN = frozenset({DocumentType.ORDER, DocumentType.OPINION, DocumentType.JUDGMENT, DocumentType.MINUTE, DocumentType.OTHER})
_PAGE = re.compile(r"https?://(?:www\.)?courtlistener\.com/docket/([0-9]{1,12})(?:/|$)")


@dataclass(frozen=True, slots=True)
class _Line:
    """A court paper's words, from where its decoration ends to where its attachments begin."""

    paper: Document
    by: Docket
    text: str  #: a prefix of the summary: offsets are the summary's own
    at: int
    notices: Mapping[str, str]  #: entry number to words, of the docket's notices of appeal at hand

    def named(self, docket: Docket, how: str, start: int, end: int, missing: str = "") -> Named:
        place = {"field": "summary", "start": start, "end": end, "found": self.text[start:end]}
        return Named(docket=docket, by=self.by, how=how, document=self.paper.key, url=self.paper.url, missing=missing, **place)  # type: ignore[arg-type]  # of three types


def named_by(papers: Sequence[Document]) -> tuple[Named, ...]:
    """The dockets that these papers of courts name as of one case with their own, in order; each paper names each once.

    The papers of one reading belong together: where the clerk gives an appeal's number `for 31 Notice of Appeal`, entry 31 says to which
    court the appeal goes.
    """
    notices: dict[Docket, dict[str, str]] = defaultdict(dict)
    for paper in papers:
        if paper.docket is not None and paper.number and _NOTICE_OF_APPEAL.match(paper.summary, _begins(paper.summary[:READ])):
            notices[paper.docket][paper.number] = paper.summary[:READ]
    found: dict[tuple[str, Docket], Named] = {}
    for paper in papers:
        if paper.docket is None or paper.stage in _CLOSED or _MISTAKE.search(paper.summary[:READ]):
            continue
        for named in _read(paper, paper.docket, notices[paper.docket]):
            found.setdefault((paper.key, named.docket), named)
    return tuple(found.values())


def _read(paper: Document, own: Docket, notices: Mapping[str, str]) -> Iterator[Named]:
    text = paper.summary[:READ]
    tail = _TAIL.search(text)
    text = text[: tail.start()] if tail else text
    line = _Line(paper, own, text, _begins(text), notices)
    if own.court == SUPREME:
        yield from _submitted(line)
        return
    if is_district(own.court):
        yield from _appeals(line)
        yield from _moved(line)
    elif is_appellate(own.court):
        yield from _origins(line)
    yield from _at_the_supreme_court(line)
    if paper.type in _THE_COURTS_OWN:
        yield from _consolidated(line)


def _begins(text: str) -> int:
    at = 0
    while (decoration := _DECORATION.match(text, at)) and decoration.end() > at:
        at = decoration.end()
    return at


def _appeals(line: _Line) -> Iterator[Named]:
    """A district's line on its court of appeals; and a notice of appeal, which names the court before there is a number."""
    if head := _FROM_ABOVE.match(line.text, line.at):
        first, doubt = True, _doubt(line)
        for found in _ITS_NUMBER.finditer(line.text, line.at):
            beside = _JOINED_TO.search(line.text, 0, found.start())
            court, missing, place = _court_above(line)
            for each in _EACH.finditer(line.text, found.start("series"), found.end("series")):
                docket = Docket(court=court, number=re.sub(r"-[A-Za-z]+$", "", each[0]))
                why = doubt or ("" if first else FURTHER) or _gap(line, head.end(), found.start())
                first = False
                if beside:
                    how, joins = ("consolidated", CONSOLIDATED) if beside["consolidated"] else ("beside", BESIDE)
                    yield line.named(docket, how, beside.start(), each.end(), joins)
                else:
                    yield line.named(docket, "appeal", *_around((found.start(), each.end()), place), missing or why)
    elif _NOTICE_OF_APPEAL.match(line.text, line.at):
        courts = circuits_in(line.text)
        if len({court.court for court in courts}) == 1:
            start, end = _around((courts[0].start, courts[0].end), (line.at, line.at))
            yield line.named(Docket(court=courts[0].court, number=""), "appeal", start, end, "its number is not named yet")


def _doubt(line: _Line) -> str:
    """Why a line that begins as clerks begin it is not surely about its own case alone; "" where nothing says so."""
    if _OF_OTHERS.search(line.text, line.at):
        return CITED
    if _FILER.search(line.text, line.at):
        return PARTY
    if _ALSO_A_PARTYS.match(line.text, line.at) and not _APPEALED.search(line.text, line.at):
        return NO_APPEAL
    filers = (line.text[line.at : by.start()] for by in _BY.finditer(line.text, line.at))
    return PARTY if any(not _FILED_NOTICE.search(before) for before in filers) else ""


def _gap(line: _Line, start: int, end: int) -> str:
    """Why a number does not stand right behind the head of its line; "" where it does. The docket's own number may stand between."""
    between = _ANY_NUMBER.sub(lambda each: "" if _is(line.by, each[0]) else each[0], line.text[start:end])
    return "" if _BETWEEN.fullmatch(between) else PLACED


def _around(own: tuple[int, int], other: tuple[int, int] | None) -> tuple[int, int]:
    """From the first to the last of two places, where that is not too wide; else the first place alone."""
    if other is None:
        return own
    start, end = min(own[0], other[0]), max(own[1], other[1])
    return own if end - start > WIDE else (start, end)


def _court_above(line: _Line) -> tuple[str, str, tuple[int, int] | None]:
    """The court of appeals that a district's line is about, why that is not sure, and where the line says it; None: nowhere."""
    own, above = line.by.court, circuit_of(line.by.court)
    named = circuits_in(line.text)
    place = (named[0].start, named[0].end) if named else None
    if not named and (notice := _FOR_NOTICE.search(line.text, line.at)):
        named, place = circuits_in(line.notices.get(notice["entry"], "")), notice.span()
    courts = {court.court for court in named}
    if not courts:
        return above, f"no court is named; appeals from {own} go to {above}, but for some to the Federal Circuit", place
    if len(courts) > 1:
        return above, "more than one court is named", place
    (court,) = courts
    if court not in (above, "cafc"):
        return court, f"appeals from {own} go to {above}, not to {court}", place
    return court, "", place


def _origins(line: _Line) -> Iterator[Named]:
    """What a court of appeals says of the case below when it opens a docket."""
    if not _OPENED.match(line.text, line.at):
        return
    court, missing = _court_below(line)
    for found in _BELOW.finditer(line.text, line.at):
        if number := _district_number(found["number"]):
            yield line.named(Docket(court=court, number=number), "origin", found.start(), found.end(), missing)


def _court_below(line: _Line) -> tuple[str, str]:
    """The district that a line of a court of appeals is about, and why that, or that it is of one suit alone, is not sure."""
    below = sorted(district for district in DISTRICTS if circuit_of(district) == line.by.court)
    named = {court.court for court in districts_in(line.text)}
    court = next(iter(named)) if len(named) == 1 else below[0] if len(below) == 1 else ""
    if len({_district_number(number) for number in re.findall(_DISTRICT_NUMBER, line.text)}) > 1:
        return court, SEVERAL
    if not named:
        return court, "no court is named"
    return court, "" if named == {court} <= set(below) else "which court is not clear"


def _at_the_supreme_court(line: _Line) -> Iterator[Named]:
    head = _FROM_SUPREME.match(line.text, line.at)
    if head is None or _BY_A_PARTY.search(line.text):
        return
    first, doubt = True, _doubt(line)
    for found in _SUPREME_NUMBER.finditer(line.text, line.at):
        number = (found["lettered"] or found["plain"]).upper()
        start = head.start() if found.end() - head.start() <= WIDE else found.start()
        if not _is(line.by, number):
            missing = doubt or ("" if first else FURTHER) or _gap(line, head.end(), found.start())
            first = False
            yield line.named(Docket(court=SUPREME, number=number), "supreme", start, found.end(), missing)


def _submitted(line: _Line) -> Iterator[Named]:
    """An application or motion with a number of its own, in the docket of the petition."""
    found = _SUBMITTED.match(line.text, line.at)
    if found is not None and not _is(line.by, found["number"]):
        yield line.named(Docket(court=SUPREME, number=found["number"].upper()), "linked", found.start(), found.end())


def _moved(line: _Line) -> Iterator[Named]:
    if not _MOVED.match(line.text, line.at):
        return
    found = _OPENED_THERE.search(line.text, line.at) or _CAME_FROM.search(line.text, line.at)
    if found is not None and (number := _district_number(found["number"])):
        courts = {named.court for named in districts_in(found["court"])}
        court, missing = (next(iter(courts)), "") if len(courts) == 1 else ("", "no court is named")
        yield line.named(Docket(court=court, number=number), "transfer", found.start(), found.end(), missing or _doubt(line))
    elif found is None and (found := _WENT_TO.search(line.text, line.at)):
        for named in districts_in(found["court"])[:1]:
            end = found.start("court") + named.end
            yield line.named(Docket(court=named.court, number=""), "transfer", found.start(), end, "its number there is not named")


def _consolidated(line: _Line) -> Iterator[Named]:
    """The numbers, not its own, that a court's line joins together; which may be those of other cases."""
    for found in _CONSOLIDATED.finditer(line.text, line.at):
        for each in _ANY_NUMBER.finditer(line.text, found.start(), found.end()):
            number = parse_docket(each[0])
            if number is not None and (number.kind == "plain") == is_appellate(line.by.court) and not _is(line.by, each[0]):
                yield line.named(Docket(court=line.by.court, number=str(number)), "consolidated", found.start(), each.end(), CONSOLIDATED)


def _district_number(written: str) -> str:
    """In one spelling (`3-25-cv-00728-ART` is `3:25-cv-00728`); "" for what is none."""
    number = parse_docket(re.sub(r"^([0-9])-(?=[0-9]{2,4}-[a-z])", r"\1:", written, flags=re.IGNORECASE))
    return str(number) if number is not None else ""


def _is(docket: Docket, number: str) -> bool:
    return same_docket(replace(docket, courtlistener=None), Docket(court=docket.court, number=number))


# -- what follows for the cases


def joined(watches: Sequence[Watch], links: Iterable[Link]) -> tuple[Watch, ...]:
    """The Watches with the dockets that are linked to them, as far as these stand beside the file (`standing`)."""
    linked: dict[str, list[Link]] = defaultdict(list)
    for link in standing(watches, links):
        if link.state == "linked":
            linked[link.watch].append(link)
    return tuple(
        replace(watch, dockets=(*watch.dockets, *(link.docket for link in more)), links=tuple(more))
        if (more := linked.get(watch.id))
        else watch
        for watch in watches
    )


def standing(watches: Iterable[Watch], links: Iterable[Link]) -> tuple[Link, ...]:
    """What of the stored links still says something beside the file, in the order of the file's cases.

    Gone are those of a case, or of a docket of a case, that the file has or has not any more; what it gives to another case alone, and
    what is linked to two, is proposed. A proposal without a number is gone once the case has a docket in that court, and one without a
    court once it has the number.
    """
    cases = _cases(watches)
    linked: dict[str, list[Docket]] = defaultdict(list)
    kept: list[Link] = []
    links = tuple(links)
    every = sorted(links, key=lambda link: (link.state != "linked", list(cases).index(link.watch) if link.watch in cases else 0))
    for link in every:
        case = cases.get(link.watch)
        if case is None or _among(link.docket, case.dockets):
            continue
        if link.state == "linked" and (missing := _elsewhere(cases, links, link.watch, link.docket)):
            link = replace(link, state="proposed", named=replace(link.named, missing=missing))
        if link.state == "linked":
            linked[link.watch].append(link.docket)
        elif link.state == "proposed" and _is_answered(link.docket, (*case.dockets, *linked[link.watch])):
            continue
        kept.append(link)
    return tuple(kept)


def found(watches: Iterable[Watch], known: Sequence[Link], papers: Sequence[Document], stated: Sequence[Named] = ()) -> tuple[Link, ...]:
    """The links to be stored after a reading: new ones, proposals that are certain now, and links whose paper says it no more.

    Args:
        watches: of the file, without what is linked to them.
        known: all that is stored.
        papers: all that was read, changed or not.
        stated: what the docket's own data names.
    """
    cases = _cases(watches)
    said = named_by(papers)
    new = {(link.watch, _key(link.docket)): link for link in _unsaid(known, papers, said)}
    states = {(link.watch, _key(link.docket)): link.state for link in known}
    stored = [link for link in known if (link.watch, _key(link.docket)) not in new]
    family = {case.id: case.dockets for case in cases.values()}
    room = dict.fromkeys(cases, MOST)
    for link in standing(cases.values(), stored):
        if link.state == "linked":
            family[link.watch] = (*family[link.watch], link.docket)
            room[link.watch] -= 1
    pairs = [(case, named) for named in (*stated, *said) for case in cases if _among(named.by, family[case])]
    claims: dict[tuple[str, str], set[str]] = defaultdict(set)
    for case, named in pairs:
        if not named.missing and states.get((case, _key(named.docket))) != "refused":
            claims[_key(named.docket)].add(case)
    for case, named in (*pairs, *_alike(cases, family, papers)):
        key = (case, _key(named.docket))
        if _among(named.docket, family[case]) or (not named.docket.number and _is_answered(named.docket, family[case])):
            continue
        elsewhere = _elsewhere(cases, stored, case, named.docket) or _under("a court names it for", claims[_key(named.docket)] - {case})
        link = _decided(case, named, elsewhere, room[case])
        if not _says_more(link, states.get(key), new.get(key)):
            continue
        new[key] = link
        if link.state == "linked":
            room[case] -= 1
            family[case] = (*family[case], named.docket)
    return tuple(new.values())


def _says_more(link: Link, stored: str | None, new: Link | None) -> bool:
    """Whether a link says more than what is stored of the same docket, and than what the same reading found before."""
    if stored == "refused" or (stored is not None and link.state == "proposed"):
        return False
    return new is None or link.state == "linked"


def _decided(case: str, named: Named, elsewhere: str, room: int) -> Link:
    missing = named.missing or elsewhere
    if not missing and room <= 0:
        missing = f"{MOST} dockets are linked to the case already"
    return Link(watch=case, named=replace(named, missing=missing), state="proposed" if missing else "linked")


def _unsaid(known: Iterable[Link], papers: Sequence[Document], said: Sequence[Named]) -> Iterator[Link]:
    """Links whose own paper was changed and names the docket no more. Of a closed paper no word is kept.

    What else a reading has, or lacks, changes nothing: the notice of appeal that named the court leaves a feed long before the number does.
    """
    read = {paper.key: paper for paper in papers}
    still = {(named.document, _key(named.docket)): named.missing for named in said}
    for link in known:
        paper = read.get(link.named.document)
        if link.state != "linked" or paper is None or not _is_taken_back(link.named, paper, still.get((paper.key, _key(link.docket)))):
            continue
        named = replace(link.named, missing="the paper that said so was changed, and says it no more")
        closed = replace(named, found="", start=0, end=0, missing="the paper that said so is closed")
        yield replace(link, state="proposed", named=closed if paper.stage in _CLOSED else named)


def _is_taken_back(named: Named, paper: Document, missing: str | None) -> bool:
    """Whether a paper does not say any more what it said of a docket; `missing` as it names it now, None where it does not."""
    if missing == "":
        return False
    text = paper.summary
    if paper.stage in _CLOSED or _MISTAKE.search(text[:READ]) or named.found not in text:
        return True
    return missing is None and text[named.start : named.end] != named.found


def _alike(cases: Mapping[str, Watch], family: Mapping[str, Sequence[Docket]], papers: Sequence[Document]) -> Iterator[tuple[str, Named]]:
    """Dockets in which a case of the same name runs, and which are of no case, each with the case that they may be of."""
    seen: set[Docket] = set()
    for paper in papers:
        docket, caption = _caption(paper)
        if docket is None or not caption or docket in seen or any(_among(docket, dockets) for dockets in family.values()):
            continue
        seen.add(docket)
        for case in cases.values():
            if why := next((why for name in (case.title, *case.names) if (why := same_case(name, caption))), ""):
                where = {"found": caption, "end": len(caption), "document": paper.key, "url": paper.url}
                yield case.id, Named(docket=docket, by=docket, how="name", field="case", missing=why, **where)  # type: ignore[arg-type]  # of two types


def _caption(paper: Document) -> tuple[Docket | None, str]:
    """The docket that a paper is of, or whose page it is, and the name of the case there."""
    if paper.docket is not None:
        return paper.docket, paper.case
    page = _PAGE.match(paper.url)
    return (Docket(court="", number="", courtlistener=int(page[1])), paper.title) if page else (None, "")


def _cases(watches: Iterable[Watch]) -> dict[str, Watch]:
    return {watch.id: watch for watch in watches if watch.kind == "case"}


def _owners(cases: Mapping[str, Watch], docket: Docket) -> list[str]:
    return [case.id for case in cases.values() if docket.number and _among(docket, case.dockets)]


def _elsewhere(cases: Mapping[str, Watch], links: Iterable[Link], case: str, docket: Docket) -> str:
    """Why a docket is not this case's alone: another case has it in the file, or by a link; "" where none has."""
    if owners := _owners(cases, docket):
        return _under("the file has it under", owners)
    linked = {link.watch for link in links if link.state == "linked" and link.watch in cases and same_docket(link.docket, docket)}
    return _under("it is linked with", linked - {case})


def _under(words: str, cases: Iterable[str]) -> str:
    names = ", ".join(sorted(cases))
    return f"{words} {names}" if names else ""


def _among(docket: Docket, dockets: Iterable[Docket]) -> bool:
    return any(same_docket(docket, other) for other in dockets)


def _is_answered(docket: Docket, family: Iterable[Docket]) -> bool:
    """Whether a case has what a proposal lacks: a docket in that court, or one of that number."""
    if not docket.number:
        return docket.courtlistener is None and any(other.court == docket.court for other in family)
    number = parse_docket(docket.number)
    return not docket.court and number is not None and any(_meets(number, other) for other in family)


def _meets(number: DocketNumber, other: Docket) -> bool:
    parsed = parse_docket(other.number)
    return parsed is not None and parsed.meets(number)


def _key(docket: Docket) -> tuple[str, str]:
    """By which a link is stored: court, and the number in one spelling; CourtListener's id where there is no number."""
    return docket.court, key_of(docket)


def key_of(docket: Docket) -> str:
    """A docket's number in one spelling; "" where only its court is known, CourtListener's id where not even that is."""
    number = parse_docket(docket.number)
    if number is not None:
        return str(number)
    return docket.number or (str(docket.courtlistener) if docket.courtlistener is not None else "")


# -- words


def shown(docket: Docket) -> str:
    """A docket as an operator writes it: `ca4 25-1345`; what is not known is a question mark."""
    if not docket.court and not docket.number and docket.courtlistener is not None:
        return f"courtlistener {docket.courtlistener}"
    return f"{docket.court or '?'} {docket.number or '?'}"


def reason(named: Named) -> str:
    """Why a docket is of a case, in a line: `its appeal: mdd 8:25-cv-00951 says “USCA Case Number 25-1345 for 4th Circuit”`."""
    if named.how == "name":
        return f"{HOW['name']}: “{named.found}”" if named.found else HOW["name"]
    words = f"says “{named.found}”" if named.found else "said so"
    return f"{HOW.get(named.how, named.how)}: {shown(named.by)} {words}"


def command(link: Link) -> str:
    """What the operator types to undo a link, or to take a proposal; what is not known stands in capitals."""
    docket = link.docket
    given = f"{link.watch} {docket.court or 'COURT'} {docket.number or 'NUMBER'}"
    if link.state == "linked":
        return f"watcher sources refuse {given}"
    known = f" --courtlistener {docket.courtlistener}" if docket.courtlistener is not None else ""
    return f"watcher sources accept {given}{known}"


def looked_up(docket: Docket) -> str:
    """Where a person finds the docket's page at CourtListener, whose address holds the id; "" where court or number is not known."""
    if not docket.court or not docket.number:
        return ""
    return f"https://www.courtlistener.com/?type=r&docket_number={quote(docket.number)}&court={quote(docket.court)}"


def court_shown(court: str) -> str:
    """A court as readers know it; its id where it has no name here."""
    return court_name(court) or court or "court not known"
