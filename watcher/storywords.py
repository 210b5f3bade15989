"""The words of Stories: what they have in common in English and Spanish, and how much each says about which happening this one is.

Rare is measured against everyday English and Spanish and what all our Stories speak of, never against the other Documents at hand, so
that two papers are as alike today as tomorrow.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from watcher.common_words import COMMON_WORDS, FUNCTION_WORDS
from watcher.folding import words_of

STEM = 6  #: letters of a word that its forms share
EVERYWHERE, OURS, COMMON, RARE = 0.0, 2.3, 4.4, 6.5  #: about the logarithm of one in so many Documents
REMEMBERED = 20_000  #: words whose stem is known without thinking

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
OUR_WORDS = frozenset(_OURS.split())
# Who and what is in the news here for months: it says which topic a Document is about, and little of what happened today.
_WATCHED = "kilmar abrego garcia nayib bukele cecot tren aragua guantanamo gitmo boasberg xinis boumediene"
# Countries, capitals and heads of state, in English and Spanish: each day brings something of them.
_PLACES = """
    afghanistan afganistan albania algeria argelia argentina armenia australia austria azerbaijan bangladesh belarus belgium belgica
    bolivia bosnia brazil brasil britain british bulgaria burundi cambodia camboya cameroon camerun canada chad chile china chinese
    colombia congo croatia croacia cuba czech denmark dinamarca djibouti ecuador egypt egipto eritrea esuatini eswatini ethiopia etiopia
    finland france francia french gabon georgia germany german alemania ghana greece grecia guatemala guinea guyana haiti honduras
    hungary hungria india indonesia iran iraq irak ireland irlanda israel italy italia jamaica japan japon jordan jordania kazakhstan
    kenya korea corea kosovo kuwait laos lebanon libano liberia libya libia malaysia malasia mali malta mexico moldova mongolia morocco
    marruecos mozambique myanmar nepal netherlands nicaragua niger nigeria norway noruega oman pakistan palau palestine palestina panama
    paraguay peru philippines filipinas poland polonia portugal qatar romania rumania russia rusia rwanda ruanda senegal serbia
    singapore somalia spain espana sudan sweden suecia switzerland suiza syria siria taiwan tanzania thailand tailandia togo tunisia
    turkey turquia uganda ukraine ucrania uruguay uzbekistan vietnam yemen zambia zimbabwe europe europa africa asia nato otan
    beijing pekin moscow moscu kyiv kiev washington brussels bruselas london londres paris berlin tehran teheran jerusalem gaza caracas
    bogota lima quito santiago madrid putin zelensky zelenskyy netanyahu jinping modi milei maduro petro biden
    texas maryland california florida louisiana virginia massachusetts arizona york baltimore houston
"""
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


def stem(word: str) -> str:
    """What forms of a word share, in English and Spanish alike: `deport`, `deportación`; `three` is `3`."""
    word = _CANONICAL.get(word, word)
    return word[:STEM] if word.isalpha() else word


def _weights() -> dict[str, float]:
    """Weight of each known stem; one of several lists weighs the least."""
    lists = (
        (EVERYWHERE, FUNCTION_WORDS | set(_EVERYWHERE.split())),
        (OURS, OUR_WORDS),
        (COMMON, COMMON_WORDS | set(_WATCHED.split()) | set(_PLACES.split())),
    )
    weights: dict[str, float] = {}
    for weight, words in lists:
        for word in words:
            weights.setdefault(stem(word), weight)
    return weights


# Words of a title that tell of one more of something, of what was planned and is done, or of a higher court. Folded, whole.
_FURTHER = """
    second third fourth another again more new newly further full lands landed arrives arrived leaves left departs departed reaches reached
    returns returned extends extended expands expanded widens supreme appeals circuit panel
    otro otra otros otras segundo segunda tercer tercera nuevo nueva nuevos nuevas mas aterriza aterrizan llega llegan llegaron parte parten
    sale salen regresa regresan amplia extiende pleno suprema supremo apelaciones
"""
FURTHER = frozenset(_FURTHER.split())
#: Words of titles that name a court, folded.
COURTS = (
    dict.fromkeys(("supreme", "suprema", "supremo", "justices", "scotus"), "supreme")
    | dict.fromkeys(("appeals", "apelaciones", "circuit"), "appeals")
    | dict.fromkeys(("judge", "judges", "juez", "jueza", "jueces", "district"), "judge")
)
_WEIGHTS = _weights()
PLACES = frozenset(map(stem, _PLACES.split()))
#: what says of which topic a report is, and not what happened
TOPICS = PLACES | frozenset(map(stem, [*_WATCHED.split(), *OUR_WORDS]))


def weight(of: str) -> float:
    """How much a stem says: EVERYWHERE (nothing) to RARE."""
    if of.isdigit() and len(of) < 3:
        return COMMON
    return _WEIGHTS.get(of, RARE)


@lru_cache(maxsize=REMEMBERED)
def _said(word: str) -> str:
    """The stem of a word; "" where it says nothing, as single letters don't."""
    found = stem(word) if len(word) > 1 or word.isdigit() else ""
    return found if found and weight(found) else ""


def stems_of(words: Iterable[str]) -> frozenset[str]:
    """Stems of folded words, of those that say something."""
    return frozenset({*map(_said, words)} - {""})


def stems(text: str) -> frozenset[str]:
    """Stems of a text that say something."""
    return stems_of(words_of(text))


def spelt(text: str, which: frozenset[str]) -> dict[str, str]:
    """These stems as the text first spells them, folded."""
    found: dict[str, str] = {}
    for word in words_of(text):
        if (of := _said(word)) in which:
            found.setdefault(of, word)
    return found
