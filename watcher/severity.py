"""How much a Document presses: urgent, notable, routine, or not at all: a formality of a court is told to nobody.

Urgent is what a lawyer or an activist must know within minutes: an act of a court, an executive order or proclamation, a special filing
on public inspection, and news that people are being flown out, that a court has just ruled or that the President has just signed. Plans,
deals, lawsuits and releases are notable, and so is what explains or remembers something urgent. Where a headline leaves a doubt it is not
urgent: one that is urgent for no reason wakes people at night, one that is not still arrives.
"""

import re
from datetime import datetime

from watcher import rulings
from watcher.models import Document, DocumentType, Severity, Stage
from watcher.substance import is_formality

_URGENT = frozenset(
    {DocumentType.ORDER, DocumentType.OPINION, DocumentType.JUDGMENT, DocumentType.EXECUTIVE_ORDER, DocumentType.PROCLAMATION},
)
_NOTABLE = frozenset(
    {
        DocumentType.MOTION,
        DocumentType.NOTICE,
        DocumentType.APPEAL,
        DocumentType.HEARING,
        DocumentType.SEALED,
        DocumentType.RULE,
        DocumentType.PROPOSED_RULE,
        DocumentType.PRESIDENTIAL,
    }
)
# Orders that run the case and change nothing in it: told, but they wake nobody.
_HOUSEKEEPING = re.compile(
    r"pro hac vice|extend(?:ing)? (?:the )?time|extension of time|(?:excess|additional) pages|page limit|word limit"
    r"|leave to (?:file|appear as) amic|withdraw(?:al)? (?:as|of) (?:attorney|counsel|appearance)"
    r"|adjourn conference|reassign|referring case|relating cases",
    re.IGNORECASE,
)
_SUBSTANCE = re.compile(
    r"\bstay|injunct|restrain|facilitate|remov(?:al|e|ed|ing)\b|deport|contempt|sanction|habeas|dismiss|compel|discovery"
    r"|show cause|vacat|revers",
    re.IGNORECASE,
)

# -- news: a headline says what happened, a body speaks of much that did not happen today
#
# Each rule is words in a headline's order, with little between them. English and Spanish; whole words.


def _rule(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE)


_ABROAD = (
    r"(?:eswatini|esuatini|south\ssudan|sud[aá]n\sdel\ssur|ghana|rwanda|ruanda|uganda|libya|libia|liberia|kosovo|palau|djibouti|(?:equatorial\s)?guinea"
    r"|el\ssalvador|san\ssalvador|salvador[ae]n|cecot|guant[aá]namo|costa\srica|panam[aá]|honduras|guatemala|venezuela"
    r"|third[\s-]countr(?:y|ies)|terceros?\spa[ií]s(?:es)?|foreign\sprisons?|mega-?prison|megac[aá]rcel)"
)
_PEOPLE = (
    r"(?:men|women|people|migrants|immigrants|detainees|deportees|prisoners|inmates|nationals|citizens|asylum[\s-]seekers|families|children"
    r"|venezuelans|salvadorans|(?:west\s)?africans|gang\smembers|dozens|hundreds|deported"
    r"|hombres|mujeres|personas|migrantes|inmigrantes|detenid[oa]s|deportad[oa]s|expulsad[oa]s|pres[oa]s|reclusos|ciudadanos|venezolan[oa]s"
    r"|salvadoreñ[oa]s)"
)
_COUNT = (
    r"(?:(?:(?:more\sthan|at\sleast|nearly|about|some|another|over)\s)?(?:\d[\d,.]{0,6}|two|three|four|five|six|seven|eight|nine|ten|eleven"
    r"|twelve|dozens|hundreds))"
)
_MOVES = (
    r"(?:lands?|landed|touche[sd]\sdown|arriv(?:es?|ed|ing)|tak(?:es?|ing)\soff|took\soff|departs?|departed|leaves?|left|heads?|heading|headed"
    r"|en\sroute|airborne|bound\sfor|carr(?:y|ies|ying)|turn(?:s|ed)?\s(?:back|around)|under\s?way"
    r"|aterriza[n]?|aterriz[oó]|aterrizaron|llegan?|lleg[oó]|llegaron|salen?|sali[oó]|despegan?|despeg[oó]|parten?|rumbo|hacia|llevan?)"
)
#: People on their way out.
_LEAVING = _rule(
    rf"(?:deport(?:ation|ee)|removal|expulsion|rendition)\s(?:flight|plane)s?\b.{{0,60}}\b{_MOVES}",
    rf"vuelos?\sde\s(?:deportaci[oó]n|deportados|expulsi[oó]n)\b.{{0,60}}\b{_MOVES}",
    rf"(?:flight|plane)s?\b.{{0,60}}\b(?:{_MOVES}|with)\b.{{0,60}}\b{_PEOPLE}",
    rf"(?:avi[oó]n|aviones|vuelos?)\b.{{0,60}}\b(?:{_MOVES}|con)\b.{{0,60}}\b{_PEOPLE}",
    rf"(?:deports|expels|deporta|expulsa)\b.{{0,60}}\b(?:to|a|al|hacia)\b.{{0,40}}\b{_ABROAD}",
    rf"(?:sends|flies|transfers|ships|removes|env[ií]a|traslada|manda)\b.{{0,40}}\b{_PEOPLE}\b.{{0,30}}\b(?:to|a|al|hacia)\b.{{0,30}}\b{_ABROAD}",
    rf"{_PEOPLE}\b.{{0,40}}\b(?:arrived?|arrives|lands?|landed|llegan|aterrizan)\b.{{0,40}}\b{_ABROAD}",
    rf"(?:llegan|aterrizan)\b.{{0,20}}\b{_ABROAD}\b.{{0,40}}\b{_PEOPLE}",
    rf"{_ABROAD}\s(?:receives|takes\sin|jails|imprisons|recibe|encarcela)\b.{{0,40}}\b{_PEOPLE}",
    rf"{_PEOPLE}\b.{{0,30}}\bflown\b.{{0,60}}\bto\b.{{0,30}}\b{_ABROAD}",
)
#: The same, told in the passive: only where it opens the headline, and the people do not go on to say something.
_TAKEN = re.compile(
    rf"(?:{_COUNT}(?:\s[\w-]+){{0,3}}?|{_COUNT}(?:\s[\w-]+){{0,3}}?\s(?:are|were|have\sbeen))\s(?:deported|sent|removed|transferred|expelled)"
    rf"\b.{{0,40}}\bto\b.{{0,30}}\b{_ABROAD}(?!.*\b(?:say|said|says|tell|told|describe|sue|sued|speak|testify|recount|fear|file|held|still|allege|remain)\b)",
    re.IGNORECASE,
)

_ADVERBS = r"temporarily|again|also|just|now|partly|partially|unanimously|largely|mostly|briefly|narrowly|swiftly"
#: What may stand between a judge and the act: a name, a place, a day.
_BETWEEN = (
    r"(?:,[^,]{0,40},)?"
    r"(?:\s(?!(?:may|might|could|would|should|will|to|asks?|asked|hears?|weighs?|considers?|mulls?|fears?|long|never|not|who|whose|says?|said)\b)"
    rf"(?:(?-i:[A-Z])[\w.’'-]{{0,30}}|in|of|for|on|has|have|majority|{_ADVERBS})){{0,6}}?"
)
_ACTS = (
    r"(?:ordered|blocks|blocked|halts|halted|bars|barred|ruled|stops|stopped|stayed|finds|holds|grants|granted|denies|denied|demands|demanded"
    r"|allows|allowed|lets|lifts|lifted|upholds|upheld|rejects|rejected|sides|sided|pauses|paused|clears|cleared|strikes|struck|overturns"
    r"|overturned|reverses|reversed|vacates|vacated|dismisses|dismissed|freezes|froze|directs|directed|tosses|extends|extended|backs)"
)
_ACTS_OF_MANY = (
    r"(?:order|block|halt|bar|rule|stop|stay|find|hold|grant|deny|allow|let|lift|uphold|reject|side|pause|clear|strike|overturn|reverse|vacate"
    r"|dismiss|freeze|direct|back)"
)
_COURT = (
    r"(?:supreme\scourt|scotus|high\scourt|appeals\scourt|court\sof\sappeals|(?:first|second|third|fourth|fifth|ninth|\d{1,2}th|1st|d\.?c\.?)\scircuit"
    r"|(?:district|federal|trial|inter-american)\scourt|court)"
)
_A_COURT = r"(?:juez|jueza|jueces|juzgado|tribunal(?:es)?|corte|justicia)"
#: What a court has just done.
_RULING = _rule(
    rf"(?:judge|magistrate){_BETWEEN}\s(?:orders|rules|stays|{_ACTS})",
    rf"(?:judges|justices){_BETWEEN}\s(?:{_ACTS_OF_MANY}|{_ACTS})",
    rf"{_COURT}{_BETWEEN}\s{_ACTS}",
    # `orders`, `rules` and `stays` are nouns as well: only where the court is the subject
    rf"(?:(?<=^)|(?<=[:;.,—–]\s)|(?<=\bas\s)|(?<=\bafter\s))(?:(?:the|an?|divided|unanimous|full|u\.?s\.?|united\sstates|federal)\s){{0,3}}{_COURT}"
    rf"{_BETWEEN}\s(?:orders|rules|stays)",
    r"(?:blocked|halted|stayed|barred|frozen|upheld|overturned|struck\sdown|lifted|paused|stopped|ordered|reversed|cleared|allowed|rejected)\s"
    r"(?:\w+\s){0,2}?(?:by\s(?:[\w.]+\s){0,3}?(?:judges?|courts?|justices|circuit|panel)|on\sappeal)",
    r"(?:government|administration|u\.?s\.?|ice|dhs|officials)\s(?:is\s|are\s)?ordered\sto",
    r"wins?\s(?:(?:an?|preliminary|emergency|temporary|court)\s){0,3}(?:injunction|restraining\sorder|stay|reprieve|ruling)",
    r"(?:injunction|restraining\sorder)\s(?:is\s)?(?:granted|issued|lifted|extended|upheld|vacated|dissolved|denied)",
    # defied
    r"(?<!have\s)(?:defies|defied|defying|ignores|flouts|violates)\b.{0,40}\b(?:order|court|judge|ruling|injunction)s?",
    r"(?:deported|removed|flown|sent|expelled)\b.{0,60}\bdespite\b.{0,30}\b(?:order|court|judge|ruling|injunction)",
    rf"{_A_COURT}(?:\s[\w.]+){{0,5}}?\s"
    r"(?:ordenan?|orden[oó]|bloquean?|bloque[oó]|frenan?|fren[oó]|suspenden?|suspendi[oó]|autorizan?|autoriz[oó]|permiten?|permiti[oó]|proh[ií]ben?"
    r"|prohibi[oó]|rechazan?|rechaz[oó]|fallan?|fall[oó]|dictaminan?|dictamin[oó]|avalan?|aval[oó]|anulan?|anul[oó]|exigen?|exigi[oó]|paralizan?"
    r"|paraliz[oó]|revocan?|revoc[oó])",
    rf"(?:frenad|bloquead|suspendid|autorizad|anulad|ordenad|paralizad|prohibid)[oa]s?\spor\s(?:\w+\s){{0,2}}{_A_COURT}",
    r"(?:desaf[ií]a|ignora|incumple|desobedece)\b.{0,40}\b(?:orden|juez|jueza|corte|tribunal)",
)
#: What the President has just done.
_SIGNED = _rule(
    r"(?:signs|signed|issues|issued)\b.{0,30}\b(?:executive\sorders?|proclamation)",
    r"(?:firma|firm[oó]|emite|emiti[oó])\b.{0,30}\b(?:orden\sejecutiva|decreto|proclama)",
    r"(?:invokes|invoked)\b.{0,20}\balien\senemies",
    r"(?:invoca|invoc[oó])\b.{0,20}\bley\sde\senemigos",
)
#: The same words in what is not news of today: explained, remembered, asked, supposed.
_NOT_NOW = re.compile(
    r"(?:^|[:|–—]\s)(?:how|why|what|who|when|inside|explainer|analysis|opinion|editorial|column|timeline|podcast|listen|photos|review|history"
    r"|fact\scheck|qu[eé]|c[oó]mo|por\squ[eé]|qui[eé]n(?:es)?|as[ií]\s(?:es|fue)|opini[oó]n|an[aá]lisis|claves|cr[oó]nica|¿.*)\b"
    r"|\b(?:explained|explainer|what\s(?:to|we)\sknow|anniversary|podcast|documentary|memoir|look(?:s|ing)?\sback|remember(?:s|ed|ing)?"
    r"|recalls?|recounts?|(?:years?|months?)\s(?:ago|later|after|since)|aniversario|recuerdan?|documental|a[ñn]os?\sdespu[eé]s|hace\s\w+\sa[ñn]os?)\b"
    r"|\b(?:weighs?|considers?|mulls?|debates?|decide)\s(?:whether|if)\b"
    r"|\b(?:if|unless|until|whether|si)\s(?:the\s|an?\s|un[a]?\s|la\s|el\s)?(?:\w+\s){0,2}(?:judges?|courts?|justices|juez|jueza|corte|tribunal)\b"
    r"|[|–—-]\s(?:opinion|analysis|editorial|podcast)\s*$|\?\W*$",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
#: What else is news of people sent away or brought back, of deals and of plans.
_HAPPENING = _rule(
    r"deport\w*|removals?|removed\sto|expel(?:s|led)?|expulsions?|rendition|third[\s-]countr(?:y|ies)|homegrowns?|denaturali[sz]\w*",
    rf"(?:sends?|sending|sent|transfers?|transferred)\b.{{0,40}}\b{_PEOPLE}\b.{{0,40}}\bto\b",
    r"(?:sends?|sending|sent|transfers?|transferred)\b.{0,60}\bto\b.{0,30}\bprisons?",
    rf"(?:agree[sd]?|deal|pact|accord|agreement|paid|pays)\b.{{0,60}}\b(?:{_PEOPLE}|{_ABROAD})",
    rf"{_ABROAD}\b.{{0,60}}\b(?:agree[sd]?|deal|pact|accord|agreement|paid|acuerdo|acepta)",
    r"(?:frees|freed|released?|releases|swap|swapped|exchange)\b.{0,60}\b(?:americans?|citizens?|venezuelans?|prisoners?|detainees?|men)",
    r"(?:strip\w*|revok\w*)\b.{0,30}\bcitizenship",
    r"expulsi[oó]n(?:es)?|expulsad[oa]s?|terceros?\spa[ií]ses|canjes?|intercambian?|intercambio\sde\spresos|excarcelad[oa]s?",
    r"(?:liberan?|liberad[oa]s?|liberaci[oó]n|salen)\b.{0,60}\b(?:venezolanos|estadounidenses|presos|cecot|migrantes)",
    rf"(?:enviar|env[ií]an?|trasladar|trasladan?|traslado|recibir)\b.{{0,60}}\b(?:c[aá]rcel(?:es)?|prisi[oó]n(?:es)?|{_ABROAD}|{_PEOPLE})",
)
_COURT_ACT = re.compile(
    r"\b(?:judges?|courts?|justices?|ruling|ruled|injunction|restraining order|habeas|lawsuit|sues?|sued|appeals?|hearing|contempt"
    r"|juez|jueza|jueces|tribunal(?:es)?|cortes?|fallo|demandas?|demandan?|recurso|amparo|audiencia|orden judicial)\b",
    re.IGNORECASE,
)
_HEADLINE = 400  #: characters of a title that are looked at


def severity_of(document: Document) -> Severity:
    """Say how much a Document presses, from its type, stage and headline."""
    if document.stage is Stage.SPECIAL:
        return Severity.URGENT
    if is_formality(document):
        return Severity.FORMALITY
    if document.type in _URGENT:
        return Severity.NOTABLE if _is_housekeeping(document) else Severity.URGENT
    if document.type is DocumentType.MINUTE and rulings.rules(document.summary):
        return Severity.NOTABLE if _is_housekeeping(document) else Severity.URGENT
    if document.type in _NOTABLE:
        return Severity.NOTABLE
    if document.type is DocumentType.ARTICLE:
        return _of_news(document)
    return Severity.NOTABLE if document.stage in (Stage.SEALED, Stage.REMOVED, Stage.WITHDRAWN) else Severity.ROUTINE


def explains(headline: str) -> bool:
    """Whether a headline explains, remembers, asks or supposes, and so does not say what happened."""
    return bool(_NOT_NOW.search(headline[:_HEADLINE]))


def _is_housekeeping(document: Document) -> bool:
    """Only for orders; anything of substance beside it makes it urgent all the same."""
    words = f"{document.title} {document.summary[:600]}"
    runs = document.type in (DocumentType.ORDER, DocumentType.MINUTE)
    return runs and bool(_HOUSEKEEPING.search(words)) and not _SUBSTANCE.search(words)


def _of_news(document: Document) -> Severity:
    headline = document.title[:_HEADLINE]
    if not explains(headline) and (_RULING.search(headline) or _SIGNED.search(headline) or _leaving(headline, document.published)):
        return Severity.URGENT
    happened = any(rule.search(headline) for rule in (_RULING, _LEAVING, _HAPPENING, _COURT_ACT))
    return Severity.NOTABLE if happened or _COURT_ACT.search(document.summary[:_HEADLINE]) else Severity.ROUTINE


def _leaving(headline: str, published: datetime | None) -> bool:
    """People on their way out, in no other year than that of the article."""
    if not (_LEAVING.search(headline) or _TAKEN.match(headline)):
        return False
    return {int(year) for year in _YEAR.findall(headline)} <= ({published.year} if published else set())
