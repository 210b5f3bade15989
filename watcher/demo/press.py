"""The newsrooms and rights organisations of the demo, all invented, and what they write about real events."""

from datetime import datetime

from watcher.demo.steps import at, line
from watcher.testing.world.press import Article, Outlet

TRACKED = "utm_source=rss&utm_medium=feed&utm_campaign=courts"


def outlets() -> list[Outlet]:
    """Every newsroom before it has written anything, each with a habit that real ones have."""
    return [
        Outlet(id="wire", title="Meridian Wire", home="https://meridianwire.example", restless=True),
        Outlet(id="courier", title="Capital Courier", home="https://capitalcourier.example"),
        Outlet(id="dispatch", title="Docket Dispatch", home="https://docketdispatch.example", form="atom"),
        Outlet(id="ledger", title="Harbor Ledger", home="https://harborledger.example", form="json"),
        Outlet(id="tribune", title="Lakeside Tribune", home="https://lakesidetribune.example", old_path="/press/tribune.xml"),
        Outlet(id="post", title="Evening Post-Gazetteer", home="https://postgazetteer.example", busy=2),
        Outlet(id="notebook", title="Appellate Notebook", home="https://appellatenotebook.example", form="rdf"),
        Outlet(id="gaceta", title="Gaceta del Istmo", home="https://gacetadelistmo.example", lang="es"),
        Outlet(id="monitor", title="Prison Rights Monitor", home="https://prisonrightsmonitor.example"),
        Outlet(id="observatorio", title="Observatorio de Derechos", home="https://observatorio.example", form="atom", lang="es"),
        Outlet(id="standard", title="Morning Standard", home="https://morningstandard.example", html=True),
    ]


def article(guid: str, published: datetime, title: str, summary: str, query: str = "") -> Article:
    return Article(id=guid, title=line(title), summary=line(summary), published=published, query=query)


# -- before the first step: archive, which is never told

FLIGHTS = article(
    "wire-2025-0316-1",
    at(3, 16, 9, 30),
    "Planes land in El Salvador with more than 200 men after judge's order",
    "The men were driven to the Terrorism Confinement Center, CECOT, in the night of March 15 to 16.",
)
OFFER = article(
    "wire-2025-0204-1",
    at(2, 4, 8, 10),
    "Bukele offers to jail convicted Americans in El Salvador for a fee",
    "The Secretary of State, in San Salvador, calls the offer of the country's mega-prison unprecedented.",
)
OFERTA = article(
    "gaceta-1201",
    at(2, 4, 7),
    "Bukele ofrece a Estados Unidos recibir presos en el CECOT a cambio de una cuota",
    "La oferta incluye a ciudadanos estadounidenses condenados.",
)
FOGEL = article(
    "c-5521",
    at(2, 11, 23, 30),
    "Marc Fogel is home after more than three years in Russian custody",
    "The teacher, whom the State Department had designated as wrongfully detained, landed in Maryland on Tuesday night.",
    TRACKED,
)
TIMETABLE = article("t-100", at(3, 14), "Ferry timetable changes for spring", "Two more crossings a day from April.")
LIBRARIES = article("p-1", at(3, 13), "City council passes library budget", "Branches stay open on Saturdays.")
DREDGING = article("l-1", at(3, 12), "Harbor dredging to begin in June", "The channel will be two feet deeper.")
TEA = article("d-1", at(3, 12, 17), "Appeals court hears dispute over a trademark for tea", "Argument lasted an hour.")
PAGES = article("n-1", at(3, 10), "Ten circuits, ten page limits", "A table of the rules on briefs.")
HEAT = article("m-1", at(3, 11), "Report: heat in county jails", "Temperatures measured in twelve jails in Texas last August.")
AGUA = article("o-1", at(3, 9), "Informe anual sobre el acceso al agua", "Datos de once municipios.")

# -- fourteen articles on one ruling, with the newsroom of each

FIRST_SEVEN = (
    (
        "wire",
        article(
            "wire-2025-0410-9",
            at(4, 10, 18, 52),
            "Supreme Court: U.S. must facilitate return of man wrongly sent to El Salvador prison",
            "The justices leave most of a Maryland judge's order in the case of Kilmar Abrego Garcia standing.",
        ),
    ),
    (
        "courier",
        article(
            "c-5710",
            at(4, 10, 19, 5),
            "Justices, with no noted dissent, back order to bring Kilmar Abrego Garcia back",
            """The Supreme Court on Thursday said that the order properly requires the Government to facilitate his release from custody in
            El Salvador.""",
            TRACKED,
        ),
    ),
    (
        "dispatch",
        article(
            "d-2210",
            at(4, 10, 19, 20),
            "<em>Noem v. Abrego Garcia</em>: the court leaves most of Judge Xinis&#8217;s order in place",
            "No. 24A949 was <strong>granted in part</strong> and denied in part on Thursday evening.",
        ),
    ),
    (
        "ledger",
        article(
            "l-88",
            at(4, 10, 19, 40),
            "High court tells government to 'facilitate' Abrego Garcia's release from Salvadoran custody",
            "The unsigned order sends the case back to Greenbelt, Maryland.",
        ),
    ),
    (
        "tribune",
        article(
            "t-141",
            at(4, 10, 20),
            "Maryland father in CECOT: Supreme Court rules in Abrego Garcia case",
            """The Government must facilitate his release from custody in El Salvador, the justices said on Thursday. He has been held there
            since March 15.""",
        ),
    ),
    (
        "gaceta",
        article(
            "gaceta-1460",
            at(4, 10, 20, 15),
            "La Corte Suprema ordena facilitar el regreso de Kilmar Ábrego García",
            "El salvadoreño fue enviado por error a la megacárcel CECOT el 15 de marzo.",
        ),
    ),
    (
        "monitor",
        article(
            "m-14",
            at(4, 10, 21),
            "Statement: the Supreme Court's ruling on Kilmar Abrego Garcia must be carried out at once",
            """The justices said on April 10 that the Government must facilitate his release from custody in El Salvador. Nobody held in a
            foreign prison by mistake should wait while words are weighed.""",
        ),
    ),
)
LAST_SEVEN = (
    (
        "post",
        article(
            "p-31",
            at(4, 11, 7),
            "What 'facilitate' means: the Supreme Court's Abrego Garcia ruling, line by line",
            "The order of April 10, No. 24A949, is four paragraphs long.",
            "fbclid=abc123",
        ),
    ),
    (
        "notebook",
        article(
            "n-5",
            at(4, 11, 8),
            "24A949: application granted in part, denied in part",
            "On the Supreme Court's order of April 10 in Noem v. Abrego Garcia, and the word effectuate.",
        ),
    ),
    (
        "observatorio",
        article(
            "o-9",
            at(4, 11, 9),
            "Caso Ábrego García: la Corte Suprema ordena facilitar su regreso de El Salvador",
            """El Gobierno debe facilitar la salida de Kilmar Abrego Garcia de la cárcel en El Salvador, dice la orden del 10 de abril en el
            caso 24A949, Noem v. Abrego Garcia.""",
        ),
    ),
    (
        "courier",
        article(
            "c-5718",
            at(4, 11, 10),
            "Family of Kilmar Abrego Garcia welcomes Supreme Court's order",
            "His lawyers ask that the order to facilitate his return from El Salvador be carried out without delay.",
            TRACKED,
        ),
    ),
    (
        "dispatch",
        article(
            "d-2214",
            at(4, 11, 11),
            "Sotomayor, Kagan and Jackson write separately in Supreme Court's Abrego Garcia order",
            "Their statement in No. 24A949 would have denied the application in full.",
        ),
    ),
    (
        "gaceta",
        article(
            "gaceta-1466",
            at(4, 11, 12),
            "Qué dice, y qué no, el fallo de la Corte Suprema sobre Kilmar Abrego Garcia",
            "La palabra clave es facilitar.",
        ),
    ),
    (
        "ledger",
        article(
            "l-91",
            at(4, 11, 13),
            "Analysis: in Abrego Garcia order, Supreme Court says <i>facilitate</i> release & leaves <i>effectuate</i> open",
            """Courts owe deference in foreign affairs, the justices write in Noem v. Abrego Garcia, No. 24A949, and yet the Government must
            facilitate his release from custody in El Salvador.""",
        ),
    ),
)
REWRITTEN = "Supreme Court upholds order to facilitate Kilmar Abrego Garcia's return from El Salvador"

# -- news without a paper

HOMEGROWN = article(
    "wire-2025-0414-3",
    at(4, 14, 12, 40),
    "President, beside Bukele, says U.S. citizens could be next: 'homegrown criminals' to prisons in El Salvador",
    "He asks El Salvador's president to build more prisons. The Attorney General is studying the laws, he says.",
)
CIUDADANOS = article(
    "gaceta-1490",
    at(4, 14, 12, 50),
    "Trump plantea enviar a ciudadanos estadounidenses a cárceles de El Salvador",
    "Lo dijo junto a Bukele en la Casa Blanca, el 14 de abril.",
)
ESWATINI = article(
    "p-77",
    at(7, 16, 8),
    "U.S. deports five men to Eswatini, a third country none of them is from",
    "The men, of Vietnam, Jamaica, Laos, Cuba and Yemen, are held in prisons there, its government says.",
)
ESWATINI_STATEMENT = article(
    "m-40",
    at(7, 16, 12, 30),
    "Removed to a third country and jailed: who answers for the five men in Eswatini?",
    "The men, sent by the United States, are held in solitary confinement in a foreign prison.",
)
CANJE = article(
    "gaceta-1801",
    at(7, 18, 17),
    "Más de 250 venezolanos salen del CECOT y vuelven a su país en un canje por diez estadounidenses",
    "Estaban presos desde marzo en el Centro de Confinamiento del Terrorismo, en El Salvador, enviados por Estados Unidos.",
)

# -- noise: the words of our topics in other matters, and other matters altogether

TITLE_IX = article(
    "c-5600",
    at(3, 20, 5),
    "Explainer: what due process asks of a university's Title IX hearing",
    "Notice, cross-examination and an appeal: the circuits disagree on campus discipline.",
    TRACKED,
)
PHONES = article(
    "n-2",
    at(3, 26, 19),
    "Nondelegation before the justices: the FCC and the universal service fund",
    "FCC v. Consumers' Research was argued on March 26. Did Congress give away its power to tax?",
)
PHONES_DECIDED = article(
    "n-8",
    at(6, 27, 14),
    "FCC v. Consumers' Research: nondelegation challenge fails, 6 to 3",
    "The universal service fund stands, the justices held on June 27.",
)
ICE = article("t-140", at(4, 10, 9), "Lake ice goes out early", "Twelve days before the average.")
EASTER_SWAP = article(
    "c-5790",
    at(4, 19, 12),
    "Russia and Ukraine exchange 246 prisoners of war each before Easter",
    "The swap was arranged by the United Arab Emirates.",
    TRACKED,
)
LARGEST_SWAP = article(
    "wire-2025-0525-1",
    at(5, 25, 9),
    "Russia and Ukraine complete largest prisoner-of-war swap, a thousand from each side",
    "The exchange took three days.",
)
FERRY = article("t-190", at(7, 19, 8), "Ferry breaks down, again", "Buses replace it until Monday.")
MATCH = article("gaceta-1805", at(7, 19, 10), "La selección empata sin goles", "Un partido sin muchas ocasiones.")
