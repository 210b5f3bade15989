"""Words for made-up news and court papers: English and Spanish, in the order of how often they are used (Zipf's law).

Frequent words are listed; tens of thousands of rarer ones are built from roots with prefixes and endings, so that they lie as near to
each other as those of a language do (`deportation`, `deportations`, `reported`). Names of people and places are listed where frequent and
built of syllables where rare. Everything follows from the seed.
"""

import random
import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import accumulate

_FUNCTION_EN = """
    the of and to in a that for is on was by with as his it at be from he are not which this have has had or an were but they who been
    their its would said will her she after before under over about into than when also no there more one out if any between against
    during without such these those may could should other only where while until because so what all two three him them up
"""
_FUNCTION_ES = """
    de la que el en y a los del se las por un para con no una su al lo como más pero sus le ya o este sí porque esta entre cuando muy sin
    sobre también me hasta hay donde quien desde todo nos durante todos uno les ni contra otros ese eso ante ellos e esto antes algunos
    qué unos yo otro otras otra él tanto esa estos mucho quienes nada muchos cual fue ser son ha han había está según tras
"""
_EVERYDAY_EN = """
    court judge government state president order people case law federal officials department united country year years time new
    immigration lawyers attorney attorneys house rights administration prison police district public office national secretary group
    hearing day week month ruling justice security power policy filed rule claim claims request motion agency border men family children
    plaintiffs defendants petition petitioner respondent appeal supreme circuit authority congress senate action actions evidence review
    decision decisions question questions statement report reports spokesman spokeswoman minister embassy foreign international world
    agreement deal program notice comment comments section paragraph title code register act acts bill member members committee chairman
    chair staff letter record records document documents information person individual individuals relief injunction temporary order
    emergency stay mandate opinion dissent majority panel clerk counsel firm client clients trial jury verdict sentence charge charges
    crime criminal civil detention detained custody removal removed flight flights plane transfer transferred hold held facility facilities
    centre center guard guards officer officers agent agents military army troops war peace nation nations region province city town
    county village street road river coast island north south east west northern southern eastern western money million billion dollars
    cost costs fund funds budget tax trade market company companies business bank price workers union school university student students
    teacher hospital doctor health care water food energy oil gas climate weather storm fire news press media newspaper television
    reporter journalist interview article story page website account video photo picture meeting talks vote votes election campaign party
    leader leaders opposition candidate governor mayor council parliament majority minority member decree constitution amendment
    freedom liberty equal protection process due speech religion property contract treaty convention protocol charter commission
    commissioner director deputy assistant chief general inspector ambassador consul envoy delegation mission visit arrival departure
    return passport visa citizen citizens citizenship resident residents migrant migrants refugee refugees asylum seeker seekers
    application applications applicant permit licence status proceeding proceedings proposed final interim effective date dates
    period term terms condition conditions requirement requirements standard standards procedure procedures provision provisions
    regulation regulations guidance memorandum executive directive instruction response reply brief argument arguments finding findings
    fact facts issue issues matter matters reason reasons basis ground grounds purpose effect effects result results change changes
    number numbers amount part parts place point way side end start beginning middle area level system service services support
    help need needs work life home man woman women child mother father brother sister son daughter wife husband friend friends body
    hand head eye face heart mind word words name names call called told asked added wrote argued found ruled ordered denied granted
    affirmed reversed remanded dismissed issued signed announced declared confirmed rejected accepted agreed refused failed tried
    began continued remained became made took gave came went saw known seen given taken sent brought kept left put set let get
    according including following regarding concerning several many some most few each both another same different first second last
    next early late recent long short large small high low great good bad old young major minor local general special particular
    certain possible likely clear full free open strong hard real true legal illegal lawful unlawful official private common single
    monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october november
    december today yesterday tomorrow morning evening night hours minutes later ago since already still again never always often now
"""
_EVERYDAY_ES = """
    gobierno presidente tribunal juez jueza ley país estado estados unidos años año día días derechos humanos corte suprema orden caso
    personas persona abogado abogados ministro ministerio seguridad nacional justicia prisión cárcel detenidos detenido migrantes
    migración deportación deportados vuelo vuelos acuerdo ciudad pueblo familia hijos hijo madre padre mujer hombre mujeres hombres
    fiscal fiscalía policía ejército guerra paz poder ejecutivo legislativo congreso senado diputados comisión informe documento
    documentos decreto constitución artículo proceso debido recurso amparo hábeas corpus sentencia fallo decisión medida medidas
    libertad pena delito delitos cargos acusado acusados víctimas víctima denuncia organización organizaciones internacional extranjero
    embajada embajador cónsul frontera región provincia departamento municipio capital norte sur centro parte vez tiempo semana mes
    meses horas noche mañana martes lunes miércoles jueves viernes sábado domingo enero febrero marzo abril mayo junio julio agosto
    septiembre octubre noviembre diciembre dijo señaló afirmó explicó indicó aseguró anunció declaró confirmó rechazó aceptó pidió
    ordenó firmó presentó solicitó resolvió negó concedió traslado trasladados terceros países ciudadano ciudadanos ciudadanía
    nacionalidad asilo refugio refugiados protección garantías condiciones centro confinamiento pandilla pandillas régimen excepción
    gran nuevo nueva nuevos primera primero último última mayor menor mejor general público pública social política político mundo
    vida trabajo salud educación economía dinero millones dólares costo fondos programa proyecto plan servicio servicios
"""
_ROOTS = """
    port deport transport support report import rend surrend extend detent intent retent attent content prosec execut persec sequest
    arrest confin restrain incarcer imprison releas parol sentenc convict acquit indict arraign impeach adjudic litig mitig navig
    investig interrog derog abrog arrog deleg releg alleg regul legisl legit privileg constitut institut restitut substitut prostitut
    destitut statut juris jurisd jurid judic prejudic justif rectif ratif certif notif codif modif qualif clarif verif falsif testif
    specif extradit expedit tradit redit credit audit edit domest forest protest contest attest detest invest divest manifest request
    conquest citizen denizen natural nation denation ration migr emigr immigr transmigr repatri expatri patri alien exil banish vanish
    punish sanction function unction junct injunct adjunct conjunct sover govern reign foreign territ terror error mirror horror tort
    contort distort extort retort reson person season treason reason poison prison garrison custod guard ward award reward steward
    forward protect detect select elect reject project inject object subject direct correct connect respect inspect suspect prospect
    expect effect affect defect infect perfect refer confer prefer defer infer transfer differ suffer offer proffer buffer treat retreat
    entreat threat human inhuman cruel unusu usual mutual actual factual effectual habit prohibit inhibit exhibit debit habeas corp
    corpor incorpor admin minist sinist commiss permiss submiss admiss omiss remiss emiss transmiss miss dismiss compet petit repetit
    appet consul counsel council concil reconcil agree decree degree reform perform inform conform deform transform uniform platform
    form firm affirm confirm infirm consent assent dissent present represent resent sent absent doctrin principl discipl exempl templ
    ample simpl multipl tripl proced preced reced conced exceed succeed proceed access process recess success excess assess obsess
    possess compress suppress oppress express impress depress repress press stress distress address redress progress congress regress
    transgress egress aggress vers revers convers divers invers advers travers univers obvers subvers perver vert avert convert divert
    invert revert pervert extravert reven conven interven preven preven inven adven circumven contraven supervis televis revis devis
    advis provis divis vis previs exclu inclu preclu conclu seclu occlu delu elu allu illu collu prelu interlu volun volunt revolt evolv
    revolv involv dissolv resolv solv absolv strateg trag mag imag pag wag menac furnac grimac surfac interfac fac plac replac displac
    misplac complac solac palac menag manag damag salvag savag ravag outrag forag storag courag bondag leakag packag bagag mortgag engag
    enlarg charg discharg recharg surcharg monitor auditor editor creditor debtor doctor factor actor tractor contractor detract extract
    subtract abstract contract distract attract retract react enact exact impact intact compact contact tact fact pact compensat
    dispensat recompens suspens expens defens offens license silenc violenc evidenc confidenc residenc presidenc precedenc credenc
    prudenc jurisprudenc influenc sequenc consequenc frequenc eloquenc delinquenc innocenc adolescenc licenc absenc presenc essenc
    sentienc patienc scienc conscienc audienc obedienc expedienc ingredienc gradi radi medi comedi tragedi remedi parodi melodi studi
    embodi custodi subsidi presidi dissid resid presid decid provid divid subdivid coincid incid accid suicid homicid genocid pesticid
    herbicid concord record accord discord chord border disorder reorder hard standard vanguard regard disregard retard mustard bombard
    discard postcard wizard hazard lizard blizzard maritim legitim victim intim ultim proxim maxim optim minim anim unanim magnanim
    equanim synonym anonym pseudonym econom autonom astronom taxonom gastronom agronom metron harmon sermon summon common lemon demon
    canon cannon carbon ribbon gallon balloon saloon platoon cartoon
"""
_PREFIXES = ["re", "un", "non", "dis", "pre", "inter", "counter", "over", "sub", "super", "co", "anti", "trans", "mis", "extra"]
_ENDINGS = """
    e ed es er ers ing ings ion ions ation ations ative able ability ment ments al ally ance ances ant ants ive ively or ors ory ity
    ities ism ist ists ize ized izes izing ous ously ful less ness ship hood ly ary aries ial ially ee ees ent ents ency
"""
_ENDINGS_ES = """
    ar ado ada ados adas ando aron ación aciones amiento amientos ador adora adores ante antes able ables idad idades ivo iva ivos ivas
    ismo ista istas ar ía ías ario aria arios encia encias ente entes oso osa osos al ales mente eza ción ciones ura uras
"""
_FIRST_NAMES = """
    James Mary John Patricia Robert Jennifer Michael Linda David Elizabeth William Barbara Richard Susan Joseph Jessica Thomas Sarah
    Charles Karen Daniel Nancy Matthew Lisa Anthony Betty Mark Margaret Donald Sandra Steven Ashley Paul Kimberly Andrew Emily Joshua
    Donna Kenneth Michelle Kevin Carol Brian Amanda George Melissa Edward Deborah Ronald Stephanie José María Juan Ana Luis Carmen
    Carlos Rosa Jorge Isabel Miguel Lucía Pedro Elena Rafael Marta Andrés Sofía Fernando Julia Ricardo Paula Sergio Alicia Óscar Mónica
    Álvaro Beatriz Raúl Verónica Héctor Adriana Víctor Gabriela Iván Daniela Hugo Valentina Mario Camila Felipe Natalia Jesús Inés Ángel
    Noemí Ramón Yolanda Arturo Silvia Neiyerver Franyerson Yorman Wilmer Jerson Anyelo Merwil Arturo Gustavo Ingrid Nayib Mohammed
    Fatima Ahmed Aisha Yusuf Zainab Omar Layla Chen Wei Minh Thuy Dmitri Olga Sergei Irina Pavel Anna Piotr Katarzyna Jürgen Sabine
    François Chloé Luca Giulia João Beatriz
"""
_SURNAMES = """
    Smith Johnson Williams Brown Jones García Miller Davis Rodríguez Martínez Hernández López González Wilson Anderson Thomas Taylor Moore
    Jackson Martin Lee Pérez Thompson White Harris Sánchez Clark Ramírez Lewis Robinson Walker Young Allen King Wright Scott Torres Nguyen
    Hill Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts Gómez Phillips Evans Turner Díaz Parker Cruz Edwards
    Collins Reyes Stewart Morris Morales Murphy Cook Rogers Gutiérrez Ortiz Morgan Cooper Peterson Bailey Reed Kelly Howard Ramos Kim Cox
    Ward Richardson Watson Brooks Chávez Wood James Bennett Gray Mendoza Ruiz Hughes Price Álvarez Castillo Sanders Patel Myers Long Ross
    Foster Jiménez Powell Jenkins Perry Russell Sullivan Bell Coleman Butler Henderson Barnes Gonzales Fisher Vásquez Simmons Romero Jordan
    Patterson Alexander Hamilton Graham Reynolds Griffin Wallace Moreno West Cole Hayes Bryant Herrera Gibson Ellis Tran Medina Aguilar
    Stevens Murray Ford Castro Marshall Owens Harrison Fernández McDonald Woods Washington Kennedy Wells Vargas Henry Chen Freeman Webb
    Tucker Guzmán Burns Crawford Olson Simpson Porter Hunter Gordon Méndez Silva Shaw Snyder Mason Dixon Muñoz Hunt Hicks Holmes Palmer
    Wagner Black Robertson Boyd Rose Stone Salazar Fox Warren Mills Meyer Rice Schmidt Garza Daniels Ferguson Nichols Stephens Soto Weaver
    Ryan Gardner Payne Grant Dunn Kelley Spencer Hawkins Arnold Pierce Hansen Peters Santos Hart Bradley Knight Elliott Cunningham Duncan
    Armstrong Hudson Carroll Lane Riley Andrews Alvarado Ray Delgado Berry Perkins Hoffman Johnston Matthews Peña Richards Contreras Willis
    Carpenter Lawrence Sandoval Guerrero George Chapman Ríos Estrada Ortega Watkins Greene Núñez Wheeler Valdez Harper Burke Larson Santiago
    Maldonado Morrison Franklin Carlson Austin Domínguez Carr Lawson Jacobs O'Brien Lynch Singh Vega Bishop Montgomery Oliver Jensen Harvey
    Williamson Gilbert Dean Sims Espinoza Howell Li Wong Reid Hanson Le McCoy Garrett Burton Fuller Wang Weber Welch Rojas Lucas Márquez
    Fields Park Yang Little Banks Padilla Day Walsh Bowman Schultz Luna Fowler Mejía Noem Abrego Boasberg Xinis Cáceres Arévalo Quiñónez
"""
_PLACES = """
    Maryland Texas Virginia California Florida Georgia Louisiana Arizona Nevada Colorado Oregon Washington Illinois Ohio Michigan Vermont
    Maine Alabama Tennessee Kentucky Missouri Kansas Nebraska Iowa Minnesota Wisconsin Montana Idaho Utah Wyoming Oklahoma Arkansas
    Mississippi Delaware Connecticut Massachusetts Honduras Guatemala Nicaragua Panamá Colombia Venezuela Ecuador Perú Bolivia Chile
    Argentina Uruguay Paraguay Brasil México Cuba Haiti Jamaica Belize Ruanda Uganda Ghana Kenya Libya Egypt Sudan Eswatini Kosovo Albania
    Serbia Poland Hungary Ukraine Turkey Syria Iraq Iran Jordan Israel Lebanon Yemen Afghanistan Pakistan India Bangladesh Myanmar Thailand
    Vietnam Cambodia Laos Malaysia Indonesia Philippines China Japan Korea Mongolia Kazakhstan Uzbekistan Georgia Armenia Spain Portugal
    Tecoluca Chalatenango Usulután Zacatecoluca Tapachula Matamoros Laredo Brownsville Greenbelt Alexandria Lumpkin Jena Winnfield Pearsall
"""
_SYLLABLES = """
    ba be bi bo bra bri cal can car cas ce cha chi co cor cu da de del di do dra du el en er fa fer fi fo fra ga gal ge go gra gu ha he ho
    ja je jo ka ke ki kor la lan le len li lo lu ma man mar me men mi mo mon mu na ne ni no nu o or pa par pe pi po qui ra ran re ri ro
    ru sa sal san se si so sta su ta tan te ti to tor tri tu u va val ve ver vi vo wa we wi xa ya yo za ze zo
"""
_NAME_ENDS = """
    n r s l z m d t x ez es ic ov ski ian ano ero illo ton son man berg stein wala puri ides
"""


LONGEST = 16  #: letters of a built word
KNEE = 6_000  #: rank
WORD = re.compile(r"[^\W_]+")
_SPECIAL = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "ł": "l"})


def folded(text: str) -> str:
    """The words of a text, lower case and without diacritics, one blank between: what the peers are given. Not the engine's own folding."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return " ".join(WORD.findall(plain.lower().translate(_SPECIAL)))


class Ranked:
    """Words in the order of their frequency, drawn by Zipf's law: a word's weight falls with a power of its rank.

    From the rank KNEE on it falls faster by one power, as it does in large bodies of text (Ferrer i Cancho and Solé, 2001).
    """

    def __init__(self, words: Iterable[str], exponent: float = 1.05) -> None:
        self.words: Sequence[str] = tuple(dict.fromkeys(words))
        weights = ((rank + 2.7) ** -exponent * min(1.0, KNEE / rank) for rank in range(1, len(self.words) + 1))
        self._weights = list(accumulate(weights))

    def draw(self, chance: random.Random, count: int) -> list[str]:
        return chance.choices(self.words, cum_weights=self._weights, k=count)

    def one(self, chance: random.Random) -> str:
        return self.draw(chance, 1)[0]


def _shuffled(words: Iterable[str], chance: random.Random) -> list[str]:
    made = list(dict.fromkeys(words))
    chance.shuffle(made)
    return made


def _built(endings: str, chance: random.Random, count: int) -> list[str]:
    """Words of a root and an ending, then those with a prefix before them, each once."""
    roots, ends = list(dict.fromkeys(_ROOTS.split())), list(dict.fromkeys(endings.split()))
    plain = _shuffled((root + end for root in roots for end in ends), chance)
    longer = chance.sample(range(len(_PREFIXES) * len(plain)), min(count, len(plain)) * 4)
    made = (*plain, *(_PREFIXES[number % len(_PREFIXES)] + plain[number // len(_PREFIXES)] for number in longer))
    return [word for word in dict.fromkeys(made) if len(word) < LONGEST][:count]


def _invented(chance: random.Random, count: int) -> list[str]:
    """Names of two to four syllables, each once."""
    syllables = _SYLLABLES.split()
    made: dict[str, None] = {}
    while len(made) < count:
        made["".join(chance.choices(syllables, k=chance.randint(2, 4))).capitalize() + chance.choice(_NAME_ENDS.split())] = None
    return list(made)


class Vocabulary:
    """All that texts and phrases are made of."""

    def __init__(self, seed: int = 1, *, rare: int = 40_000) -> None:
        """`rare` is the number of built words; names are a fifth of it."""
        chance = random.Random(seed)
        english = _shuffled(_EVERYDAY_EN.split(), chance)
        spanish = _shuffled(_EVERYDAY_ES.split(), chance)
        built = _built(_ENDINGS, chance, rare * 4 // 5)
        built_es = _built(_ENDINGS_ES, chance, rare // 5)
        self.english = Ranked([*_FUNCTION_EN.split(), *english, *built])
        self.spanish = Ranked([*_FUNCTION_ES.split(), *spanish, *built_es])
        self.matters = Ranked(
            [*_mixed(english, built, chance), *_mixed(spanish, built_es, chance)], 0.9
        )  #: words that doctrines are made of
        self.first_names = Ranked([*_FIRST_NAMES.split(), *_invented(chance, rare // 40)], 0.9)
        self.surnames = Ranked([*_SURNAMES.split(), *_invented(chance, rare // 5)], 0.9)
        self.places = Ranked([*_PLACES.split(), *_invented(chance, rare // 20)], 1.0)
        ranked = (self.english, self.spanish, self.first_names, self.surnames, self.places)
        self.real = frozenset(folded(word) for part in ranked for word in part.words)  #: a slip that makes one of these is no slip


def _mixed(everyday: list[str], built: list[str], chance: random.Random) -> list[str]:
    """Everyday words of some length among rarer ones, as doctrines have them."""
    head = [word for word in everyday if len(word) > 4] + built[: len(everyday) * 3]
    chance.shuffle(head)
    return [*head, *built[len(everyday) * 3 :]]
