"""Documents to Stories: which papers are about one happening.

Two ways to be wrong, and they do not weigh the same. A Story split in two is told twice, which annoys. An order put into the Story of
another is never told, which is the one thing that must not happen. So every rule here may only join what says that it belongs
together, and what is a publication of its own keeps a Story of its own:

- two papers of a court are one Story only where they are one paper (filed alike in joined dockets), two register papers only where
  both name one order or proclamation, or one names the other as its own;
- a Story holds at most one act of a court. Reports of it join it, and it joins reports of it; a second act opens a Story;
- an act that joins a Story led by news raises its revision, loudly (`revisions.revise`), so it cannot be swallowed.

Reports join by what they say: how much of the title of each is told by the other, its words weighed by how rare they are, and less with
each day between. Titles alone differ too much between papers, bodies alone agree too much: everything here speaks of judges and prisons.
A report of what a court did and one that tells of no act of a court are rarely one happening. Rare is measured against everyday English
and Spanish and what all our Stories speak of (`_OUR_WORDS`), never against the other Documents at hand, so that two papers are as alike
today as tomorrow.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from watcher import numbers
from watcher.common_words import COMMON_WORDS, FUNCTION_WORDS
from watcher.folding import words_of
from watcher.models import Document, Placed
from watcher.revisions import ACTS

REMEMBERED = 6_000  #: Documents as they are compared: the window comes again with every poll that brings something, beside what is new
READ = 4_000  #: characters of a text that are compared
KEYS = 24  #: words of a Document by which candidates are found
ALIKE = 0.62  #: mean likeness to a Story's reports from which one more joins; see `_likeness`
FADING = 0.04  #: likeness lost with each day between two reports
ONE_ACT = 0.2  #: likeness lost where only one of two titles tells of an act of a court
MANY_NAMES = 5  #: so many rare names and numbers shared count in full
SPAN = timedelta(days=4)  #: longest silence within a Story of reports
COURT_SPAN = timedelta(days=3)  #: time after a court's paper in which reports of it join
COURT_LAG = timedelta(days=1)  #: and before it: papers are dated by their entry
SAME_TITLE = 0.8  #: share of each other's title from which an announcement and a register paper are one
LONG_ENOUGH = 40  #: characters from which the same words, on one day, are the same paper filed in several dockets
AHEAD = timedelta(days=1)  #: a date further ahead of the time of seeing than zones explain counts as none
REGISTER_SPAN = timedelta(days=7)  #: an order is signed, listed, published and reported within a week


def lead(papers: Sequence[Document]) -> Document:
    """The Document that leads a Story: a primary one before news, one of substance before a formality, then the first seen.

    Args:
        papers: the Story's, in the order in which they were first seen; at least one.
    """
    return max(papers, key=lambda paper: (paper.primary, bool(paper.severity)))


# What nearly every Document here speaks of: it says little about which happening this one is.
_OURS = """
    trump donald president presidents administration government federal department dept justice homeland security dhs doj ice
    united states us usa american americans u.s america white house
    deport deported deports deportation deportations deporting deportee removal removals remove removed removing
    immigrant immigrants immigration migrant migrants noncitizen alien aliens asylum
    el salvador salvadoran salvador venezuela venezuelan venezuelans prison prisons prisoner imprisoned jail detention detained detainees
    court courts judge judges order orders ordered law laws legal lawsuit ruling rule rules case cases
    country countries official officials news report reports reported people man men
    gobierno presidente presidenta administracion estados unidos eeuu ee uu deportacion deportaciones deportado deportados deportar
    migrante migrantes inmigrantes venezolano venezolanos salvadoreno carcel prision presos detenidos
    corte tribunal juez jueza orden ley leyes legal demanda caso pais paises noticias persona personas hombres
    year years week month day days monday tuesday wednesday thursday friday saturday sunday
    january february march april may june july august september october november december
    ano anos semana mes dia dias lunes martes miercoles jueves viernes sabado domingo
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
"""
_OUR_WORDS = frozenset(_OURS.split())
_EVERYWHERE = """
    a about after again all also am among an and any are as at be back because been before being between both but by can could did do does
    down during each else even ever every few first for from get go going had has have he her here him his how however i if in into is it
    its itself just last least let like made make many may me might more most much must my near new next no nor not now of off on once one
    only or other our out over own per put re same say saying says see set she should since so some still such take than that the their
    them then there these they this those though through thus to today together too under until up upon us use used
    very via want was way we well were what when where which while who whom whose why will with within without would yes yet you your
    al algo ante antes aun aunque bajo bien cada casi como con contra cual cuando de del desde donde dos durante e el ella ellas ellos en
    entre era eran es esa ese eso esta estaba estan este esto estos fue fueron ha haber habia han hasta hay la las le les lo los mas mi
    mientras muy nada ni nos nuestro o os otra otro otros para pero poco por porque que quien se sea segun ser si sido sin sobre solo son
    su sus tambien tan tanto te tiene tienen toda todas todo todos tras tres tu un una uno unos y ya
    com www http https ap reuters afp efe editor update updated video photo
"""
_HOW_RARE = {"everywhere": 0.0, "ours": 2.3, "common": 4.4}  #: about the logarithm of one in so many Documents
_RARE = 6.5


# Words that say one thing, in English and Spanish; the first of a line stands for all.
_SYNONYMS = """
    block blocks blocked blocking halt halts halted bar bars barred pause pauses paused freeze freezes suspend suspends suspended stop stops
        bloquea bloqueo bloquear bloqueada frena frenar freno suspende suspendio detiene
    allow allows allowed permit permits lets letting clears permite autoriza autorizo avala
    free frees freed release releases released releasing freedom liberation liberados liberado libera liberar liberacion excarcelados
    swap swaps exchange exchanges exchanged canje canjea canjean intercambio intercambia intercambian
    return returns returned returning regreso regresa regresan retorno devolver devolucion
    flight flights plane planes aircraft vuelo vuelos avion aviones
    child children kid kids minor minors toddler nino ninos menor menores hijos
    citizen citizens citizenship ciudadano ciudadanos ciudadania
    sue sues sued suing lawsuit lawsuits suit demanda demandan demandas
    lawyer lawyers attorney attorneys abogado abogados
    tattoo tattoos tatuaje tatuajes
    gang gangs pandilla pandillas pandillero
    memo memos memorandum directive
    denaturalize denaturalization denaturalisation denaturalizing desnaturalizacion
    send sends sent sending envia envio enviar enviados enviado traslado trasladan traslada trasladados
    defy defies defied defiance desafia desafio desacata
    appeal appeals appealed apela apelacion apelaciones
    kidnapped kidnap secuestro secuestrados secuestrado
    mother mothers mom moms madre madres
    supreme suprema supremo
    enemy enemies enemigo enemigos
    foreign foreigner foreigners extranjero extranjeros
    agreement deal deals accord pact acuerdo pacto
    envoy enviado emisario
"""
_NUMERALS = "zero one two three four five six seven eight nine ten eleven twelve"
_NUMERALES = "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce"


def _canonical() -> dict[str, str]:
    """Each word of the tables above to the one that stands for it."""
    same: dict[str, str] = {}
    for line in re.split(r"\n    (?=\S)", _SYNONYMS):
        first, *others = line.split() or [""]
        same |= dict.fromkeys(others, first)
    for numerals in (_NUMERALS, _NUMERALES):
        same |= {word: str(value) for value, word in enumerate(numerals.split())}
    return same


_CANONICAL = _canonical()


def _stem(word: str) -> str:
    """What forms of a word share, in English and Spanish alike: `deport`, `deportación`; `three` is `3`."""
    word = _CANONICAL.get(word, word)
    return word[:6] if word.isalpha() else word


def _weights() -> dict[str, float]:
    """Weight of each known stem; one of several lists weighs the least."""
    words = {"everywhere": FUNCTION_WORDS | set(_EVERYWHERE.split()), "ours": _OUR_WORDS, "common": COMMON_WORDS}
    weights: dict[str, float] = {}
    for name, weight in _HOW_RARE.items():
        for word in words[name]:
            weights.setdefault(_stem(word), weight)
    return weights


_WEIGHTS = _weights()


def _weight(stem: str) -> float:
    if stem.isdigit() and len(stem) < 3:
        return _HOW_RARE["common"]
    return _WEIGHTS.get(stem, _RARE)


_EARLIEST = datetime.min.replace(tzinfo=UTC)
_LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Paper:
    """A Document as it is compared."""

    document: Document
    kind: str  #: court | register | bill, each a publication of its own; else report
    at: datetime | None  #: its own date; None while only the time of seeing is known
    title: frozenset[str]  #: stems that weigh something
    words: frozenset[str]  #: stems of title, summary and text
    names: frozenset[str]  #: stems of rare names and numbers
    numbers: frozenset[str]  #: dockets, orders and the like that its title or summary names, its own docket too
    parties: frozenset[str]  #: words that name its case (court), or all of title and summary (report)
    acts: frozenset[str]  #: acts of a court that the title tells of
    template: str  #: the title without its digits
    keys: frozenset[str]  #: what candidates are found by

    def after(self, other: "_Paper") -> timedelta:
        """How long after another it is dated; negative before."""
        return self.dated - other.dated

    @property
    def rank(self) -> tuple[datetime, bool, str]:
        """Sorts papers as they are placed: by date, the paper itself before reports of it, then by key."""
        return self.dated, self.kind == "report", self.document.key

    @property
    def dated(self) -> datetime:
        return self.at or _EARLIEST


@dataclass(slots=True)
class _Cluster:
    """A Story while it is being filled."""

    story: str
    papers: list[_Paper] = field(default_factory=list)
    first: datetime = _LATEST
    last: datetime = _EARLIEST

    def put(self, paper: _Paper) -> None:
        self.papers.append(paper)
        self.first, self.last = min(self.first, paper.dated), max(self.last, paper.dated)

    def in_reach(self, paper: _Paper) -> bool:
        """Whether a paper is near enough in time to be of this Story, unless a key or a number says so."""
        return self.first - paper.dated <= REGISTER_SPAN and paper.dated - self.last <= REGISTER_SPAN


def place(fresh: Sequence[Placed], window: Sequence[Placed]) -> list[Placed]:
    """Give each fresh Document its Story: one of the window, one opened here (`new:1`, `new:2`, …), and why.

    Pure and deterministic: the same Documents get the same Stories, whatever order they come in, but for the numbers of new ones, which
    follow the order given. Nothing of the window is moved.

    Args:
        fresh: Documents without a Story, in the order in which they were seen.
        window: Documents that have one, of the days in which fresh ones may still join.
    """
    shelf = _Shelf()
    for placed in sorted(window, key=lambda placed: (placed.seen_at, placed.document.key)):
        shelf.put(_paper(placed), placed.story)
    papers = [_paper(placed) for placed in fresh]
    chosen: dict[int, tuple[str, tuple[str, ...]]] = {}
    for index in sorted(range(len(papers)), key=lambda index: (*papers[index].rank, index)):
        story, because = shelf.choose(papers[index])
        chosen[index] = (story, because)
        shelf.put(papers[index], story)
    renamed: dict[str, str] = {}
    answer = []
    for index, placed in enumerate(fresh):
        story, because = chosen[index]
        if story.startswith("new:"):
            story = renamed.setdefault(story, f"new:{len(renamed) + 1}")
        answer.append(replace(placed, story=story, because=because))
    return answer


class _Shelf:
    """Stories so far, and where to look for the one that a paper belongs to."""

    def __init__(self) -> None:
        self.clusters: dict[str, _Cluster] = {}
        self.order: dict[str, int] = {}  # of Stories, the oldest first
        self.by_key: dict[str, list[str]] = defaultdict(list)  # a paper's keys to Stories, oldest first
        self.opened = 0

    def put(self, paper: _Paper, story: str) -> None:
        self.order.setdefault(story, len(self.order))
        self.clusters.setdefault(story, _Cluster(story)).put(paper)
        for key in sorted(paper.keys):
            if story not in self.by_key[key][-1:]:
                self.by_key[key].append(story)

    def choose(self, paper: _Paper) -> tuple[str, tuple[str, ...]]:
        """The Story that suits best, the older where two suit alike; else a new one."""
        named = {story for key in paper.keys if not key.startswith("word ") for story in self.by_key.get(key, ())}
        stories = dict.fromkeys(story for key in sorted(paper.keys) for story in self.by_key.get(key, ()))
        best: tuple[float, str, tuple[str, ...]] | None = None
        for story in sorted(stories, key=self.order.__getitem__):
            if story not in named and not self.clusters[story].in_reach(paper):
                continue
            found = _suits(paper, self.clusters[story])
            if found is not None and (best is None or found[0] > best[0]):
                best = (found[0], story, found[1])
        if best is None:
            self.opened += 1
            return f"new:{self.opened}", ()
        return best[1], best[2]


def _suits(paper: _Paper, cluster: _Cluster) -> tuple[float, tuple[str, ...]] | None:
    """How well a paper suits a Story, and why; None: it does not belong there."""
    for other in cluster.papers:
        if reason := _same_publication(paper, other):
            return 3.0, (reason,)
    primary = [other for other in cluster.papers if other.kind != "report"]
    reports = [other for other in cluster.papers if other.kind == "report"]
    if paper.kind != "report":
        return None if primary else _best(_reports_of(report, paper) for report in reports)  # a publication of its own
    return _best(_reports_of(paper, other) for other in primary) or (_alike(paper, reports) if reports else None)


def _best(found: Iterable[tuple[float, tuple[str, ...]] | None]) -> tuple[float, tuple[str, ...]] | None:
    return max((each for each in found if each is not None), key=lambda each: each[0], default=None)


def _same_publication(paper: _Paper, other: _Paper) -> str:
    """Why two papers are one publication told twice; "" where they are not."""
    one, two = paper.document, other.document
    if set(one.relates) & {two.key, *two.keys} or set(two.relates) & {one.key, *one.keys}:
        return f"names {two.key} as its own" if one.relates else f"is named by {two.key}"
    kinds = {paper.kind, other.kind}
    if kinds == {"court"}:
        return _same_entry(paper, other)
    if kinds == {"register"} and (orders := _orders(paper) & _orders(other)):
        return f"both name {min(orders)}"
    if kinds == {"bill"} and paper.title == other.title and (shared := paper.numbers & other.numbers):
        return f"both are {min(shared)}"
    if kinds == {"court", "register"} and (shared := _dockets(paper) & _dockets(other)) and abs(paper.after(other)) <= REGISTER_SPAN:
        act = one if paper.kind == "court" else two
        return f"both name {min(shared)}" if act.type in ACTS else ""
    return ""


def _same_entry(paper: _Paper, other: _Paper) -> str:
    """Why two papers of courts are one paper; "" where they are two, even of one docket and day."""
    one, two = paper.document, other.document
    if one.docket is None or two.docket is None:
        return "the same decision" if one.docket is two.docket and _same_decision(paper, other) else ""
    if _entry(one) and _entry(one) == _entry(two) and numbers.same_docket(one.docket, two.docket):
        return f"entry {_entry(one)} of the same docket"
    if len(one.summary) >= LONG_ENOUGH and one.summary == two.summary and paper.dated.date() == other.dated.date():
        return f"the same paper in docket {two.docket.number}"
    return ""


def _entry(document: Document) -> str:
    """The number of the docket entry that this is, or is attached to; "" where it has none."""
    found = re.match(r"([0-9]{1,9})(?:[-.][0-9]+)?$", document.number)
    return found[1] if found else ""


def _same_decision(paper: _Paper, other: _Paper) -> bool:
    """Whether two papers that come from no docket we poll are one decision: one day, one case, and no number that says otherwise."""
    less, more = sorted((paper.parties, other.parties), key=len)
    numbered = paper.numbers and other.numbers and not paper.numbers & other.numbers
    return bool(less) and less <= more and paper.dated.date() == other.dated.date() and not numbered


def _dockets(paper: _Paper) -> frozenset[str]:
    return frozenset(number for number in paper.numbers if " " not in number)


def _orders(paper: _Paper) -> frozenset[str]:
    """Executive orders and proclamations that the title names."""
    found = (number.value for number in numbers.find(paper.document.title))
    kinds = ("executive-order", "proclamation")
    return frozenset(value.bucket for value in found if isinstance(value, numbers.Cited) and value.kind in kinds)


def _reports_of(report: _Paper, paper: _Paper) -> tuple[float, tuple[str, ...]] | None:
    """Whether a report is of this primary paper, and how surely."""
    gap = report.after(paper)
    shared = report.numbers & paper.numbers
    if paper.kind != "court":
        if abs(gap) > REGISTER_SPAN:
            return None
        if shared := shared - _statutes(shared):
            return 2.0, (f"names {min(shared)}",)
        same = min(_told(report.title, paper.title), _told(paper.title, report.title))
        return (1.0 + same, ("the same title",)) if same >= SAME_TITLE and len(paper.title) >= 4 else None
    if not -COURT_LAG <= gap <= COURT_SPAN:
        return None
    named = (report.parties & paper.parties) or _dockets(report) & _dockets(paper)
    if not named or not _tells_of(report.document, paper.document):
        return None
    return 1.2 - abs(gap) / COURT_SPAN / 2 + 0.3 * _told(report.title, paper.words), (f"names {min(named)}", "tells of this act")


def _statutes(cited: frozenset[str]) -> frozenset[str]:
    """Citations that many papers share: codes and public laws name no happening."""
    return frozenset(number for number in cited if number.startswith(("usc ", "cfr ", "public-law ")))


# What a court, or who asks it, can do; a report and the paper it reports agree in one of these.
_COURT_ACTS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(rf"\b(?:{pattern})", re.IGNORECASE))
    for name, pattern in (
        ("stop", r"stay|block|halt|bar(?:s|red)\b|paus|enjoin|injunction|restrain|suspend|freez|frena|bloque|prohíb"),
        ("deny", r"den(?:y|ie)|reject|refus|rechaz|nieg|deneg|dismiss|desestim"),
        ("allow", r"grant|allow|permit|lift|clear|let(?:s|ting)\b|vacat|autoriz|permit|conced|levant"),
        ("demand", r"facilitat|return|demand|direct|requir|order(?:s|ed)\b|compel|show cause|orden[aó]|exig|regres"),
        ("blame", r"contempt|sanction|misconduct|bad faith|desacato|sanci"),
        ("ask", r"motion|ask(?:s|ed)\b|seek|request|petition|appeal|appli(?:es|cation)|pid(?:e|ió)|solicit|apel|recurso"),
        ("decide", r"opinion|rul(?:es|ed|ing)\b|decid|decision|uph[oe]ld|affirm|revers|held\b|holds\b|fall[oó]|dictamin|sentencia"),
    )
)


def _court_acts(text: str) -> set[str]:
    return {name for name, pattern in _COURT_ACTS if pattern.search(text)}


def _tells_of(report: Document, paper: Document) -> bool:
    said = _court_acts(f"{report.title} {report.summary[:400]}")
    done = _court_acts(f"{paper.title} {paper.summary[:1_000]} {paper.headline}")
    if paper.docket is not None:
        done = done - {"ask"} if paper.type in ACTS else done & {"ask"}  # `ORDER granting 12 Motion` is no asking
    bare = paper.type in ACTS and not done - {"demand"}  # `ORDER`, and no more: any act of a court may be it
    return bool(said & done) or (bare and bool(said - {"ask"}))


def _alike(paper: _Paper, reports: Sequence[_Paper]) -> tuple[float, tuple[str, ...]] | None:
    """Whether a report tells of what these tell of: it must be like them all in the mean, so that Stories do not drift from day to day."""
    if min(abs(paper.after(other)) for other in reports) > SPAN:
        return None
    scores = [_likeness(paper, other) for other in reports]
    mean = sum(scores) / len(scores)
    if mean < ALIKE:
        return None
    closest = reports[scores.index(max(scores))]
    shared = sorted(paper.words & closest.words, key=lambda stem: (-_weight(stem) * (1 + (stem in paper.title)), stem))
    return mean, (f"like its reports ({mean:.2f}): {', '.join(shared[:5])}",)


def _likeness(one: _Paper, two: _Paper) -> float:
    """How much two reports tell of one happening: 0.0 not at all, above 1.0 the same article.

    Mostly the share of each title that the other tells of (the better told title counts more), then how many rare names they share; less
    for each day between them, and where only one tells of a court's act. Titles that differ in their digits alone are a series.
    """
    if one.template == two.template and one.document.title != two.document.title:
        return 0.0
    told = sorted((_told(one.title, two.words), _told(two.title, one.words)))
    likeness = 0.4 * told[0] + 0.6 * told[1] + 0.2 * min(len(one.names & two.names), MANY_NAMES) / MANY_NAMES
    likeness -= FADING * (abs(one.after(two)) / timedelta(days=1))
    return max(0.0, likeness - (ONE_ACT if bool(one.acts) != bool(two.acts) else 0.0))


def _told(title: frozenset[str], words: frozenset[str]) -> float:
    """The share of a title, by weight, that these words hold."""
    whole = sum(map(_weight, sorted(title)))
    return sum(map(_weight, sorted(title & words))) / whole if whole else 0.0


def _paper(placed: Placed) -> _Paper:
    """A Document to be compared, dated by itself, or by when it was seen where it names no day or one to come."""
    paper = _read(placed.document)
    at_itself = paper.at is not None and paper.at <= placed.seen_at + AHEAD
    return paper if at_itself else replace(paper, at=placed.seen_at)


@lru_cache(maxsize=REMEMBERED)
def _read(document: Document) -> _Paper:
    kind = _kind(document)
    title = _stems(document.title)
    words = title | _stems(f"{document.summary[:READ]}\n{document.text[:READ]}")
    top = f"{document.title}\n{document.summary[:READ]}"
    found = frozenset(number.value.bucket for number in numbers.find(top))
    own = numbers.parse_docket(document.docket.number) if document.docket else None
    found |= {own.bucket} if own else set()
    parties = _parties(document) if kind == "court" else frozenset(words_of(top)) if kind == "report" else frozenset()
    rarest = sorted(words, key=lambda stem: (-_weight(stem) * (1 + (stem in title)), stem))[:KEYS]
    keys = {f"word {stem}" for stem in rarest} | {f"number {number}" for number in found}
    keys |= {f"paper {key}" for key in (document.key, *document.keys, *document.relates)}
    keys |= {f"word {_stem(name)}" for name in parties} if kind == "court" else set()
    return _Paper(
        document=document,
        kind=kind,
        at=document.published,
        title=title,
        words=words,
        names=_names(document) & words,
        numbers=found,
        parties=parties,
        acts=frozenset(_court_acts(document.title)) - {"ask", "demand"},
        template=re.sub(r"[0-9]+", "0", document.title.casefold()),
        keys=frozenset(keys),
    )


def _kind(document: Document) -> str:
    if document.docket is not None or document.source_kind == "docket":
        return "court"
    return {"federal_register": "register", "bill": "bill"}.get(document.source_kind, "report")


def _stems(text: str) -> frozenset[str]:
    """Stems that weigh something; single letters do not."""
    stems = {_stem(word) for word in words_of(text) if len(word) > 1 or word.isdigit()}
    return frozenset(stem for stem in stems if _weight(stem))


# A capital inside a sentence, or a number of three digits: a name of somebody or something.
_NAME = re.compile(r"(?<=[^\W_][ ,;’'“\"(-])[\"“(]?[^\W\d_a-záéíóúñü][\w’'-]+|[0-9]{3,}")


def _names(document: Document) -> frozenset[str]:
    """Stems of the rare names and numbers of a Document. Titles have capitals everywhere: theirs count where there is nothing else."""
    text = f"{document.summary[:READ]}\n{document.text[:READ]}"
    found = " ".join(_NAME.findall(text)) if len(text) > 40 else document.title
    return frozenset(stem for stem in _stems(found) if _weight(stem) == _RARE)


_PARTIES = re.compile(r"\s+(?:v|vs|versus)\.?\s+|\bin re:?\s+", re.IGNORECASE)
# Parties that stand in many cases, and words of captions: they name none.
_PLAIN_PARTIES = """
    et al v vs in re noem bondi rubio hegseth biden bush obama state secretary attorney general director of and the for others doe does
    john jane inc llc co corp city county university association individually official capacity petitioner respondent ex rel
"""
_NO_NAMES = _OUR_WORDS | frozenset(_PLAIN_PARTIES.split()) | FUNCTION_WORDS


def _parties(document: Document) -> frozenset[str]:
    """Words that name this case: of its parties, without those that sue and are sued every day."""
    caption = document.case or document.title.partition(" - ")[0].partition(" – ")[0]
    words = (word for side in _PARTIES.split(caption)[:3] for word in words_of(side))
    return frozenset(word for word in words if len(word) > 2 and not word.isdigit() and word not in _NO_NAMES)
