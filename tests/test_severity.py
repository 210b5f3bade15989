"""What wakes people, what is told at once, what can wait."""

import pytest

from watcher.models import Document, Severity, Stage
from watcher.models import DocumentType as T
from watcher.severity import severity_of

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


@pytest.mark.parametrize(
    ("title", "severity"),
    [
        ("Deportation flight to El Salvador takes off despite order", URGENT),
        ("Plane carrying deported men lands in Eswatini", URGENT),
        ("Eight men flown from Texas base to South Sudan", URGENT),
        ("Administration defies judge's order on return", URGENT),
        ("Judge orders government to return wrongly deported man", URGENT),
        ("Federal judge in Maryland blocks removals to third countries", URGENT),
        ("Supreme Court allows removals to third countries to resume", URGENT),
        ("Appeals court upholds order on Alien Enemies Act", URGENT),
        ("Trump signs executive order on foreign detention", URGENT),
        ("Sale vuelo de deportación hacia El Salvador", URGENT),
        ("Avión con venezolanos deportados aterriza en San Salvador", URGENT),
        ("Jueza federal ordena el regreso de un deportado", URGENT),
        ("Corte Suprema autoriza las expulsiones a terceros países", URGENT),
        ("What to know after the judge orders a return", NOTABLE),
        ("Why the Supreme Court blocks removals", NOTABLE),
        ("Family sues over transfer to foreign prison", NOTABLE),
        ("Familia presenta demanda por traslado a prisión extranjera", NOTABLE),
        ("El Salvador's president visits Washington", ROUTINE),
        ("Flight prices rise for the holidays", ROUTINE),
        ("The plane truth about summer travel", ROUTINE),
        ("", ROUTINE),
    ],
)
def test_news_is_urgent_only_by_its_headline(title: str, severity: Severity) -> None:
    assert severity_of(Document(key="k", title=title)) is severity


def test_words_of_a_body_do_not_make_news_urgent() -> None:
    assert severity_of(Document(key="k", title="Morning briefing", text="Judge orders a deportation flight back.")) is ROUTINE


@pytest.mark.parametrize("unit", ["flown to ", "plane ", "defies ", "judge a b ", "court x ", "avión "])
def test_a_hostile_title_is_read_up_to_a_limit(unit: str) -> None:
    assert severity_of(Document(key="k", title=unit * 100_000)) in Severity
