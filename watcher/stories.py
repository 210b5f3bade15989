"""Documents to Stories: which papers are about one happening, and what a new paper does to its Story.

Two ways to be wrong, and they do not weigh the same. A Story split in two is told twice, which annoys. An order put into the Story of
another is never told, which is the one thing that must not happen. So every rule here may only join what says that it belongs
together, and what is a publication of its own keeps a Story of its own:

- two papers of a court are one Story only where they are one paper (filed alike in joined dockets), two register papers only where
  both name one order or proclamation, or one names the other as its own;
- a Story holds at most one act of a court. Reports of it join it, and it joins reports of it; a second act opens a Story;
- an act that joins a Story led by news raises its revision, loudly (`revise`), so it cannot be swallowed.

Reports join by what they say: rare words shared, weighed by how rare, the title's before the body's, and less with each day between.
Rare is measured against everyday English and Spanish and what all our Stories speak of (`_OUR_WORDS`), never against the other
Documents at hand, so that the same two papers are as alike today as tomorrow.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from watcher import numbers
from watcher.common_words import COMMON_WORDS, FUNCTION_WORDS
from watcher.models import Document, DocumentType, Placed, Stage, Story
from watcher.phrases import words_of

READ = 4_000  #: characters of a text that are compared
KEPT = 160  #: words of a Document that are compared, the weightiest
KEYS = 24  #: words of a Document by which candidates are found
ALIKE = 0.33  #: mean likeness to a Story's reports from which one more joins
CLOSEST = 0.2  #: likeness to the nearest of them that it must have in any case
FADING = 0.1  #: likeness lost with each day between two reports, as a power of e
SPAN = timedelta(days=4)  #: longest silence within a Story of reports
COURT_SPAN = timedelta(days=3)  #: days after a court's act in which reports of it join, and before it, since dockets lag
REGISTER_SPAN = timedelta(days=7)  #: an order is signed, listed, published and reported within a week

_ACTS = frozenset(
    {DocumentType.ORDER, DocumentType.OPINION, DocumentType.JUDGMENT, DocumentType.EXECUTIVE_ORDER, DocumentType.PROCLAMATION}
)
_NOW = {
    DocumentType.ORDER: "now an order",
    DocumentType.OPINION: "now an opinion",
    DocumentType.JUDGMENT: "now a judgment",
    DocumentType.EXECUTIVE_ORDER: "now the executive order itself",
    DocumentType.PROCLAMATION: "now the proclamation itself",
}
_LOUD_STAGES = {
    Stage.CORRECTED: "corrected",
    Stage.WITHDRAWN: "withdrawn",
    Stage.SEALED: "sealed",
    Stage.REMOVED: "removed from the docket",
}
_QUIET_STAGES = {
    (Stage.STUB, Stage.DESCRIBED): "described",
    (Stage.STUB, Stage.AVAILABLE): "described",
    (Stage.INSPECTION, Stage.PUBLISHED): "published",
    (Stage.SPECIAL, Stage.PUBLISHED): "published",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a Document does to its Story, worth a revision."""

    change: str  #: what a reader is told changed: `now an order`; "" where only Watches are new
    loud: bool  #: those told before hear of it anew; else what they have is edited in place
    new_watches: tuple[str, ...] = ()


def lead(papers: Sequence[Document]) -> Document:
    """The Document that leads a Story: a primary one before news, then the first seen.

    Args:
        papers: the Story's, in the order in which they were first seen; at least one.
    """
    return next((paper for paper in papers if paper.primary), papers[0])


def revise(story: Story, before: Document | None, after: Document, watches: Sequence[str]) -> Change | None:
    """Say what a new or changed Document does to its Story; None: it is updated in place, and nobody hears of it.

    Loud, so that those told before hear of it: a paper corrected, withdrawn, sealed, removed or unsealed; a paper that turns out to be
    an order (or opinion, judgment, executive order, proclamation) where there was a stub; such an act joining a Story that had none. Quiet,
    so that what they have is edited: a stub that now has words, a listing that is now published, the first primary paper of a Story of
    news that is no act. New Watches raise the revision by themselves; only their followers are told. A better text, a further report,
    an available PDF change nothing.

    Args:
        before: the Document's previous version; None where it newly joined the Story.
        watches: all that the Document matches now.
    """
    new_watches = tuple(watch for watch in dict.fromkeys(watches) if watch not in story.watches)
    change = _joined(story, after) if before is None else _changed(before, after)
    if change is not None:
        return replace(change, new_watches=new_watches)
    return Change(change="", loud=False, new_watches=new_watches) if new_watches else None


def _joined(story: Story, paper: Document) -> Change | None:
    if paper.stage in _LOUD_STAGES:
        return Change(change=_LOUD_STAGES[paper.stage], loud=True)
    if paper.type is DocumentType.CORRECTION:
        return Change(change=_LOUD_STAGES[Stage.CORRECTED], loud=True)
    if paper.primary and paper.type in _ACTS and story.type not in _ACTS:
        return Change(change=_NOW[paper.type], loud=True)
    if paper.primary and story.type is DocumentType.ARTICLE:
        return Change(change="now with the paper itself", loud=False)
    return None


def _changed(before: Document, after: Document) -> Change | None:
    if after.stage is not before.stage and after.stage in _LOUD_STAGES:
        return Change(change=_LOUD_STAGES[after.stage], loud=True)
    if before.stage in (Stage.SEALED, Stage.REMOVED) and after.stage is not before.stage:
        return Change(change="open again", loud=True)
    if after.type in _ACTS and before.type not in _ACTS:
        return Change(change=_NOW[after.type], loud=True)
    quiet = _QUIET_STAGES.get((before.stage, after.stage))
    return Change(change=quiet, loud=False) if quiet else None


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
_HOW_RARE = (("function", 0.6), ("ours", 0.1), ("common", 0.012))
_RAREST = 0.0015  #: share of Documents that a word has which is in no list


def _stem(word: str) -> str:
    """What forms of a word share, in English and Spanish alike: `deport`, `deportación`."""
    return word[:6] if word.isalpha() else word


def _weights() -> dict[str, float]:
    """Weight of each known stem: the logarithm of how rare it is. A stem of several lists weighs the least."""
    stems = {"function": map(_stem, FUNCTION_WORDS), "ours": map(_stem, _OUR_WORDS), "common": map(_stem, COMMON_WORDS)}
    weights: dict[str, float] = {}
    for name, share in _HOW_RARE:
        for stem in stems[name]:
            weights.setdefault(stem, math.log(1 / share))
    return weights


_WEIGHTS = _weights()
_RARE = math.log(1 / _RAREST)
_TITLE = 2.0  #: how much more a word weighs in a title
_LEAST = 0.6  #: words that weigh less say nothing


@dataclass(frozen=True, slots=True)
class _Paper:
    """A Document as it is compared."""

    placed: Placed
    at: datetime
    kind: str  #: court | register | report
    words: dict[str, float]  #: stem to weight, of length 1
    keys: frozenset[str]  #: what candidates are found by
    numbers: frozenset[str]  #: dockets, orders and the like that its title or summary names
    named: frozenset[str]  #: distinctive names of its own case (court) or words of its title and summary (report)
    template: str  #: the title without its digits

    @property
    def document(self) -> Document:
        return self.placed.document


@dataclass(slots=True)
class _Cluster:
    """A Story while it is being filled."""

    story: str
    papers: list[_Paper] = field(default_factory=list)


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
    for index in sorted(range(len(papers)), key=lambda index: (papers[index].at, papers[index].document.key, index)):
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
        self.by_key: dict[str, list[str]] = defaultdict(list)  # a paper's keys to Stories, oldest first
        self.opened = 0

    def put(self, paper: _Paper, story: str) -> None:
        cluster = self.clusters.setdefault(story, _Cluster(story))
        cluster.papers.append(paper)
        for key in sorted(paper.keys):
            if story not in self.by_key[key][-1:]:
                self.by_key[key].append(story)

    def choose(self, paper: _Paper) -> tuple[str, tuple[str, ...]]:
        """The Story that suits best, the older where two suit alike; else a new one."""
        stories = dict.fromkeys(story for key in sorted(paper.keys) for story in self.by_key.get(key, ()))
        best: tuple[float, str, tuple[str, ...]] | None = None
        for story in stories:
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
    if paper.kind != "report" and any(other.kind == paper.kind for other in cluster.papers):
        return None  # a publication of its own
    primary = [other for other in cluster.papers if other.kind != "report"]
    reports = [other for other in cluster.papers if other.kind == "report"]
    if paper.kind != "report":
        return _best(_reports_of(report, paper) for report in reports)
    if found := _best(_reports_of(paper, other) for other in primary):
        return found
    return _alike(paper, reports) if reports else None


def _best(found: Iterable[tuple[float, tuple[str, ...]] | None]) -> tuple[float, tuple[str, ...]] | None:
    return max((each for each in found if each is not None), key=lambda each: each[0], default=None)


def _same_publication(paper: _Paper, other: _Paper) -> str:
    """Why two papers are one publication told twice; "" where they are not."""
    one, two = paper.document, other.document
    if set(one.relates) & {two.key, *two.keys} or set(two.relates) & {one.key, *one.keys}:
        return f"names {two.key} as its own" if one.relates else f"is named by {two.key}"
    if paper.kind == other.kind == "court":
        same_words = one.docket is not None and two.docket is not None and len(one.summary) >= 40 and one.summary == two.summary
        if same_words and paper.at.date() == other.at.date():
            return f"the same paper in docket {two.docket.number}" if two.docket else ""
    if paper.kind == other.kind == "register" and (orders := _orders(paper) & _orders(other)):
        return f"both name {min(orders)}"
    return ""


def _orders(paper: _Paper) -> frozenset[str]:
    """Executive orders and proclamations that the title names."""
    found = (number.value for number in numbers.find(paper.document.title))
    kinds = ("executive-order", "proclamation")
    return frozenset(value.bucket for value in found if isinstance(value, numbers.Cited) and value.kind in kinds)


def _reports_of(report: _Paper, paper: _Paper) -> tuple[float, tuple[str, ...]] | None:
    """Whether a report is of this primary paper."""
    gap = abs(report.at - paper.at)
    if paper.kind == "register":
        shared = report.numbers & paper.numbers
        if shared and gap <= REGISTER_SPAN:
            return 2.0, (f"names {min(shared)}",)
        return None
    if gap > COURT_SPAN:
        return None
    names = report.named & paper.named
    shared = report.numbers & paper.numbers
    if (names or shared) and _tells_of(report.document, paper.document):
        return 1.5 - gap / COURT_SPAN / 2, (f"names {min(shared or names)}", "tells of this act")
    return None


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
    bare = paper.type in _ACTS and not done - {"demand"}  # `ORDER`, and no more: any act of a court may be it
    return bool(said & done) or (bare and bool(said - {"ask"}))


def _alike(paper: _Paper, reports: Sequence[_Paper]) -> tuple[float, tuple[str, ...]] | None:
    """Whether a report speaks of what these speak of: close to one, and not far from the others."""
    scores = []
    for other in reports:
        days = abs(paper.at - other.at) / timedelta(days=1)
        same_series = paper.template == other.template and paper.document.title != other.document.title
        scores.append(0.0 if same_series else _dot(paper.words, other.words) * math.exp(-FADING * days))
    near = min(abs(paper.at - other.at) for other in reports)
    if near > SPAN or max(scores) < CLOSEST or (mean := sum(scores) / len(scores)) < ALIKE:
        return None
    closest = reports[scores.index(max(scores))]
    shared = sorted(set(paper.words) & set(closest.words), key=lambda stem: (-paper.words[stem] * closest.words[stem], stem))
    return mean, (f"{round(100 * mean)} % alike: {', '.join(shared[:5])}",)


def _dot(one: dict[str, float], two: dict[str, float]) -> float:
    if len(one) > len(two):
        one, two = two, one
    return sum(weight * two.get(stem, 0.0) for stem, weight in one.items())


def _paper(placed: Placed) -> _Paper:
    document = placed.document
    kind = _kind(document)
    words = _vector(document)
    top = f"{document.title}\n{document.summary[:READ]}"
    found = frozenset(number.value.bucket for number in numbers.find(top))
    own = numbers.parse_docket(document.docket.number) if document.docket else None
    found |= {own.bucket} if own else set()
    named = _case_names(document) if kind == "court" else frozenset(words_of(top)) if kind == "report" else frozenset()
    rarest = sorted(words, key=lambda stem: (-words[stem], stem))[:KEYS]
    keys = {f"word {stem}" for stem in rarest} | {f"number {number}" for number in found}
    keys |= {f"paper {key}" for key in (document.key, *document.keys, *document.relates)}
    keys |= {f"word {_stem(name)}" for name in named} if kind == "court" else set()
    return _Paper(
        placed=placed,
        at=document.published or placed.seen_at,
        kind=kind,
        words=words,
        keys=frozenset(keys),
        numbers=found,
        named=named,
        template=re.sub(r"[0-9]+", "0", document.title.casefold()),
    )


def _kind(document: Document) -> str:
    if document.docket is not None or document.source_kind == "docket":
        return "court"
    return "register" if document.source_kind == "federal_register" else "report"


def _vector(document: Document) -> dict[str, float]:
    """Stems to weights, the weightiest KEPT of them, as a vector of length 1."""
    title = _stems(document.title)
    body = _stems(f"{document.summary[:READ]}\n{document.text[:READ]}")
    weights = {stem: _WEIGHTS.get(stem, _RARE) * (_TITLE if stem in title else 1.0) for stem in title | body}
    kept = sorted((stem for stem, weight in weights.items() if weight > _LEAST), key=lambda stem: (-weights[stem], stem))[:KEPT]
    length = math.sqrt(sum(weights[stem] ** 2 for stem in kept))
    return {stem: weights[stem] / length for stem in kept}


def _stems(text: str) -> set[str]:
    return {_stem(word) for word in words_of(text) if len(word) > 1 or word.isdigit()}


_PARTIES = re.compile(r"\s+(?:v|vs|versus)\.?\s+|\bin re:?\s+", re.IGNORECASE)
# Parties that stand in many cases, and words of captions: they name none.
_PLAIN_PARTIES = """
    et al v vs in re noem bondi rubio hegseth biden bush obama state secretary attorney general director of and the for others doe does
    john jane inc llc co corp city county university association individually official capacity petitioner respondent ex rel
"""
_NO_NAMES = _OUR_WORDS | frozenset(_PLAIN_PARTIES.split()) | FUNCTION_WORDS


def _case_names(document: Document) -> frozenset[str]:
    """Words that name this case: of its parties, without those that sue and are sued every day."""
    caption = document.case or document.title.partition(" - ")[0].partition(" – ")[0]
    words = (word for side in _PARTIES.split(caption)[:3] for word in words_of(side))
    return frozenset(word for word in words if len(word) > 2 and not word.isdigit() and word not in _NO_NAMES)
