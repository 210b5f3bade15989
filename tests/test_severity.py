"""What wakes people, what is told at once, what can wait."""

from datetime import UTC, datetime

import pytest

from watcher.models import Document, Severity, Stage
from watcher.models import DocumentType as T
from watcher.severity import severity_of

NOW = datetime(2026, 11, 24, 14, 5, tzinfo=UTC)
URGENT, NOTABLE, ROUTINE = Severity.URGENT, Severity.NOTABLE, Severity.ROUTINE


BY_TYPE = [
    (T.ORDER, URGENT),
    (T.OPINION, URGENT),
    (T.JUDGMENT, URGENT),
    (T.EXECUTIVE_ORDER, URGENT),
    (T.PROCLAMATION, URGENT),
    (T.MOTION, NOTABLE),
    (T.NOTICE, NOTABLE),
    (T.APPEAL, NOTABLE),
    (T.HEARING, NOTABLE),
    (T.SEALED, NOTABLE),
    (T.RULE, NOTABLE),
    (T.PROPOSED_RULE, NOTABLE),
    (T.PRESIDENTIAL, NOTABLE),
    (T.PROPOSED_ORDER, ROUTINE),
    (T.MINUTE, ROUTINE),
    (T.TRANSCRIPT, ROUTINE),
    (T.APPEARANCE, ROUTINE),
    (T.LETTER, ROUTINE),
    (T.BRIEF, ROUTINE),
    (T.OTHER, ROUTINE),
    (T.REGISTER_NOTICE, ROUTINE),
    (T.CORRECTION, ROUTINE),
    (T.ARTICLE, ROUTINE),
]


@pytest.mark.parametrize(("kind", "severity"), BY_TYPE)
def test_the_type_says_how_much_a_paper_presses(kind: T, severity: Severity) -> None:
    assert severity_of(Document(key="k", type=kind, title="A paper")) is severity


@pytest.mark.parametrize(
    ("said", "severity"),
    [
        ("The Court finds the defendants in civil contempt.", URGENT),
        ("12 Motion for Preliminary Injunction is GRANTED.", URGENT),
        ("12 Motion for Extension of Time is granted.", NOTABLE),
        ("Matter taken under advisement.", ROUTINE),
        ("Argument heard on why they should not be held in contempt.", ROUTINE),
        ("Court extends the TRO.", URGENT),
        ("TRO issued from the bench.", URGENT),
        ("No removal for 14 days ordered.", URGENT),
        ("Petitioner released on own recognizance.", URGENT),
        ("Bond set at $1,500.", URGENT),
        ("Attorney John Roe terminated.", ROUTINE),
        ("Court allowed the witness.", ROUTINE),
        ("Court reporter approved.", ROUTINE),
        ("The Court orders a transcript.", ROUTINE),
    ],
)
def test_what_is_ruled_at_a_hearing_presses_as_an_order_does(said: str, severity: Severity) -> None:
    record = Document(key="k", type=T.MINUTE, title="Minute entry", summary=f"Minute Entry: Motion Hearing held on 4/5/2025. {said}")
    assert severity_of(record) is severity


def test_every_type_is_in_the_table_above() -> None:
    assert {kind for kind, _ in BY_TYPE} == set(T)


@pytest.mark.parametrize(
    ("title", "severity"),
    [
        ("Order on Motion to Stay", URGENT),
        ("ORDER granting 12 Motion for Temporary Restraining Order", URGENT),
        ("ORDER granting Motion for Andrew Smith to Appear Pro Hac Vice", NOTABLE),
        ("Order on Motion for Extension of Time to Answer", NOTABLE),
        ("Application (24A1) granted by Justice Alito extending the time to file until August 15, 2024.", NOTABLE),
        ("ORDER granting extension of time and staying removal of petitioner", URGENT),
    ],
)
def test_an_order_that_only_runs_the_case_wakes_nobody(title: str, severity: Severity) -> None:
    assert severity_of(Document(key="k", type=T.ORDER, title=title)) is severity


@pytest.mark.parametrize(
    ("stage", "kind", "severity"),
    [
        (Stage.SPECIAL, T.REGISTER_NOTICE, URGENT),
        (Stage.WITHDRAWN, T.REGISTER_NOTICE, NOTABLE),
        (Stage.WITHDRAWN, T.EXECUTIVE_ORDER, URGENT),
        (Stage.INSPECTION, T.RULE, NOTABLE),
        (Stage.INSPECTION, T.REGISTER_NOTICE, ROUTINE),
        (Stage.SEALED, T.OTHER, NOTABLE),
        (Stage.REMOVED, T.BRIEF, NOTABLE),
    ],
)
def test_a_stage_out_of_the_ordinary_presses_more(stage: Stage, kind: T, severity: Severity) -> None:
    assert severity_of(Document(key="k", type=kind, stage=stage, title="A paper")) is severity


NEWS = [
    # people on their way out
    ("Deportation flight to El Salvador takes off despite order", URGENT),
    ("Deportation flight lands in Eswatini", URGENT),
    ("Removal flight to South Sudan turns back over the Red Sea", URGENT),
    ("Second expulsion plane leaves Texas for Ghana", URGENT),
    ("Plane carrying deported men lands in Eswatini", URGENT),
    ("Planes land in El Salvador with more than 200 men after judge's order", URGENT),
    ("Eight men flown from Texas base to South Sudan", URGENT),
    ("U.S. deports five men to Eswatini, a third country none of them is from", URGENT),
    ("US sends 17 more prisoners to El Salvador's mega-prison", URGENT),
    ("Administration flies detainees to Guantánamo", URGENT),
    ("ICE transfers migrants to CECOT overnight", URGENT),
    ("Ghana receives fourteen deportees from the United States", URGENT),
    ("Deported West Africans arrive in Accra, Ghana", URGENT),
    ("Dozens deported to Rwanda under new accord", URGENT),
    ("Sale vuelo de deportación hacia El Salvador", URGENT),
    ("Un vuelo de deportación aterriza en Esuatini", URGENT),
    ("Avión con venezolanos deportados aterriza en San Salvador", URGENT),
    ("EE.UU. deporta a cinco hombres a Esuatini", URGENT),
    ("EEUU envía a ocho migrantes a Sudán del Sur", URGENT),
    ("Estados Unidos traslada a detenidos a Guantánamo", URGENT),
    ("Llegan a Ghana catorce deportados de Estados Unidos", URGENT),
    # a court's act just now
    ("Judge orders government to return wrongly deported man", URGENT),
    ("Judge Paula Xinis orders daily reports on his return", URGENT),
    ("U.S. District Judge Brian E. Murphy blocks flight to South Sudan", URGENT),
    ("Federal judge in Maryland blocks removals to third countries", URGENT),
    ("Judge temporarily halts removal to Uganda", URGENT),
    ("Judge has ordered a man's return from El Salvador", URGENT),
    ("Appeals judges let removals resume", URGENT),
    ("Supreme Court stays order on third-country removals", URGENT),
    ("Supreme Court allows removals to third countries to resume", URGENT),
    ("A divided Supreme Court lets removals go on", URGENT),
    ("The Supreme Court on Saturday temporarily blocked removals under the Alien Enemies Act", URGENT),
    ("Supreme Court orders halt to removals from north Texas", URGENT),
    ("Maryland father in CECOT: Supreme Court rules in his case", URGENT),
    ("Justices side with Venezuelan men on notice", URGENT),
    ("Appeals court upholds order on Alien Enemies Act", URGENT),
    ("Fifth Circuit strikes down use of 1798 law", URGENT),
    ("Removals to South Sudan blocked by federal judge", URGENT),
    ("Government ordered to bring back man sent to CECOT", URGENT),
    ("Order to return deported man halted on appeal", URGENT),
    ("Venezuelan men win injunction against removal", URGENT),
    ("Administration defies judge's order on return", URGENT),
    ("Woman deported to Ghana despite a judge's order", URGENT),
    ("Court blocks removal pending review", URGENT),
    ("Judge orders government to say how it will bring him back", URGENT),
    ("Judges rule in an unsigned opinion that he was owed notice", URGENT),
    ("Judge Orders Return Of Deported Man", URGENT),
    ("Judge bars a repeat of the 2025 removals", URGENT),
    ("White House ignores court order, flies men to El Salvador", URGENT),
    ("Jueza federal ordena el regreso de un deportado", URGENT),
    ("El juez James Boasberg bloquea las expulsiones", URGENT),
    ("Corte Suprema autoriza las expulsiones a terceros países", URGENT),
    ("La Corte Suprema ordena facilitar el regreso de un salvadoreño", URGENT),
    ("Un tribunal de apelaciones suspende la orden de retorno", URGENT),
    ("Deportaciones a Sudán del Sur, frenadas por un juez federal", URGENT),
    ("El Gobierno desafía la orden de un juez", URGENT),
    # an act of the President
    ("Trump signs executive order on foreign detention", URGENT),
    ("President issues sweeping executive order on removal", URGENT),
    ("Trump signs proclamation invoking the Alien Enemies Act", URGENT),
    ("President invokes Alien Enemies Act of 1798", URGENT),
    ("Trump firma una orden ejecutiva sobre prisiones en el extranjero", URGENT),
    ("Trump invoca la Ley de Enemigos Extranjeros", URGENT),
    # the same words in what did not happen, or not now
    ("What to know after the judge orders a return", NOTABLE),
    ("Why the Supreme Court blocks removals", NOTABLE),
    ("Inside the deportation flight that landed in Eswatini", NOTABLE),
    ("A year after the deportation flight landed in El Salvador, families wait", NOTABLE),
    ("He remembers the plane carrying deported men to Honduras", NOTABLE),
    ("The rendition flights that took off in 2003", NOTABLE),
    ("Deportation flights rose by a fifth in March, monitor says", NOTABLE),
    ("Official confirmed that she approved deportation flights", NOTABLE),
    ("Trump may have defied a judge's order", NOTABLE),
    ("Removal flights could resume if the Supreme Court lifts order", NOTABLE),
    ("Can a president ignore court orders?", NOTABLE),
    ("Administration says it will follow all court orders", NOTABLE),
    ("Judge Weighs Whether Trump Defied Ruling", NOTABLE),
    ("Five men deported to Eswatini say that they are held alone", NOTABLE),
    ("Opinion: judge orders are not suggestions", NOTABLE),
    ("Trump says he will obey court orders", NOTABLE),
    ("Trump asks Supreme Court to lift order", NOTABLE),
    ("Supreme Court asked to block removals", NOTABLE),
    ("Judge weighs contempt over flights to El Salvador", NOTABLE),
    ("Judge may order return of deported man", NOTABLE),
    ("Supreme Court has long held that aliens are owed due process", NOTABLE),
    ("The order that a judge issued, explained", NOTABLE),
    ("Removed to a third country and jailed: who answers for the five men in Eswatini?", NOTABLE),
    ("Lawyer kept from five men deported to a prison in Eswatini", NOTABLE),
    ("Family sues over transfer to foreign prison", NOTABLE),
    ("Un año después del vuelo de deportación que aterrizó en El Salvador", NOTABLE),
    ("¿Puede un juez ordenar el regreso?", NOTABLE),
    ("Qué se sabe del vuelo de deportación que aterriza en Esuatini", NOTABLE),
    ("Familia presenta demanda por traslado a prisión extranjera", NOTABLE),
    # proposals, deals, releases: told, and nobody is woken
    ("President says U.S. citizens could be next: 'homegrown criminals' to prisons in El Salvador", NOTABLE),
    ("Trump wants to send ‘homegrowns’ to foreign prisons", NOTABLE),
    ("U.S. prepares to deport 300 men to El Salvador", NOTABLE),
    ("Rwanda agrees to take up to 250 migrants from the U.S.", NOTABLE),
    ("El Salvador to be paid six million dollars to hold prisoners", NOTABLE),
    ("U.S.-born child deported to Honduras with her mother", NOTABLE),
    ("Venezuela frees ten Americans in swap", NOTABLE),
    ("Trump plantea enviar a ciudadanos estadounidenses a cárceles de El Salvador", NOTABLE),
    ("Ruanda acepta recibir a migrantes deportados", NOTABLE),
    ("Más de 250 venezolanos salen del CECOT en un canje por diez estadounidenses", NOTABLE),
    # the words in other matters
    ("Order of business: the Senate returns on Monday", ROUTINE),
    ("In order to save water, city bans sprinklers", ROUTINE),
    ("Law and order dominates a mayor's race", ROUTINE),
    ("Lawmakers criticise executive order on paper straws", ROUTINE),
    ("Executive orders, a short guide to the numbers", ROUTINE),
    ("President's envoy signs order book at shipyard", ROUTINE),
    ("U.S. sends envoy to Rwanda", ROUTINE),
    ("Flight lands in Accra after storm", ROUTINE),
    ("Flight prices rise for the holidays", ROUTINE),
    ("The plane truth about summer travel", ROUTINE),
    ("Tennis: the final stays dry", ROUTINE),
    ("La selección suspende el vuelo por la niebla", ROUTINE),
    ("Orden del día: presupuesto y puertos", ROUTINE),
    ("El Salvador's president visits Washington", ROUTINE),
    ("", ROUTINE),
]


@pytest.mark.parametrize(("title", "severity"), NEWS)
def test_news_is_urgent_only_by_its_headline(title: str, severity: Severity) -> None:
    assert severity_of(Document(key="k", title=title, published=NOW)) is severity


@pytest.mark.parametrize(
    ("published", "severity"),
    [(datetime(2003, 5, 1, tzinfo=UTC), URGENT), (datetime(2026, 5, 1, tzinfo=UTC), NOTABLE), (None, NOTABLE)],
)
def test_a_flight_of_another_year_is_remembered_not_reported(published: datetime | None, severity: Severity) -> None:
    assert severity_of(Document(key="k", title="Rendition flight of May 2003 lands in Libya", published=published)) is severity


@pytest.mark.parametrize(
    "said", ["Judge orders a deportation flight back.", "It follows an executive order that the president signs today, in order to deport."]
)
def test_words_of_a_body_do_not_make_news_urgent(said: str) -> None:
    assert severity_of(Document(key="k", title="Morning briefing", text=said)) is ROUTINE
    assert severity_of(Document(key="k", title="Morning briefing", summary=said)) < URGENT


@pytest.mark.parametrize(
    "unit", ["flown to ", "plane ", "defies ", "judge A b ", "court X ", "avión ", "five men ", "deports men to ", "if a court "]
)
def test_a_hostile_title_is_read_up_to_a_limit(unit: str) -> None:
    assert severity_of(Document(key="k", title=unit * 100_000)) in Severity
