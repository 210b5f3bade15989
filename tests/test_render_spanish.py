"""A Spanish reader is told in Spanish: whatever is ours in a Letter has its word there, and no English one beside it."""

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest

from alerts import commands, render
from alerts.channels.telegram import keyboard
from alerts.models import Letter, LetterKind, Paper, Reason
from alerts.render import terms
from alerts.render import words as w
from tests.letters import NOW, item, letter
from watcher import revisions
from watcher.headlines import headline
from watcher.hearings import days_ahead
from watcher.labels import label
from watcher.models import Deadline, Docket, Document, DocumentType, Severity, Stage

LABELS = [label(kind, stage) for kind in DocumentType for stage in Stage]
CHANGES = sorted(
    {
        *re.findall(r'change="([^"]+)"', inspect.getsource(revisions)),
        *re.findall(r': "((?:now |[a-z])[a-z ]+)",$', inspect.getsource(revisions), re.M),
    }
)
DAYS = {
    "comments close": "cierre de comentarios",
    "effective": "entrada en vigor",
    "publication": "publicación",
    "hearing": "audiencia",
    "motion hearing": "audiencia sobre mociones",
    "status conference": "conferencia de seguimiento",
    "further case management conference": "conferencia de gestión del caso",
    "limited additional discovery hearing": "audiencia sobre la fase de pruebas",
    "telephonic hearing": "audiencia",
    "argument": "vista oral",
    "jury trial": "juicio con jurado",
    "sentencing": "lectura de la sentencia",
    "response due": "vence el plazo para la respuesta",
    "replies to motion due": "vence el plazo para la réplica",
    "status report due": "vence el plazo para el informe de situación",
    "something else": "fecha fijada por el tribunal",
    "something else due": "vence el plazo para presentar un escrito",
}
#: Foreign words that an Item holds here, and what is a name or an address in every language.
FOREIGN = re.compile(r"zz\w+|https?://\S+|\S+@\S+|story:\d+|habeas watch|noem|abrego|garcia", re.IGNORECASE)


#: Words of both languages, each looked at: a further one here would be English among the Spanish.
SHARED = {"feb", "mar", "may", "jun", "jul", "sep", "oct", "nov", "no", "error", "federal", "register"}


def tokens(text: str) -> set[str]:
    return {token for token in re.findall(r"[^\W\d_]+", FOREIGN.sub(" ", text).lower()) if len(token) > 1}


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield re.sub(r"\{\w+\}", " ", value)
    elif isinstance(value, tuple):
        for each in value:
            yield from strings(each)


def vocabulary(say: w.Words) -> set[str]:
    return {token for each in fields(w.Words) if each.name != "lang" for text in strings(getattr(say, each.name)) for token in tokens(text)}


SPANISH = vocabulary(w.ES) | {
    token
    for text in [
        *(kind for kind, _ in terms.ES.kinds.values()),
        *(stage.format(o=ending) for stage in terms.ES.stages.values() for ending in "ao"),
        *terms.ES.changes.values(),
        *DAYS.values(),
        *terms.ES.titles.values(),
    ]
    for token in tokens(text)
}
ENGLISH = (vocabulary(w.EN) | {token for text in [*LABELS, *CHANGES, *DAYS, "New entry"] for token in tokens(text)}) - SPANISH


def facts(**more: Any) -> Letter:
    """A Letter that holds no English but ours."""
    kind = more.pop("kind", LetterKind.ALERT)
    paper = Paper(title="Zzpaper", url="https://example.org/a", outlet="Zzoutlet", published=NOW, primary=True)
    usual: dict[str, Any] = {
        "title": "Zztitle",
        "summary": "Zzsummary.",
        "label": "article",
        "lead": paper,
        "others": (paper,) * 9,
        "reasons": tuple(Reason(watch=f"zz{n}", title=f"Zztopic {n}", found=("zzfound",)) for n in range(9)),
        "deadlines": (),
    }
    one = item(**(usual | more))
    several = kind in (LetterKind.LIST, LetterKind.DIGEST)
    return letter(
        *((one, replace(one, story=18)) if several else (one,)), kind=kind, lang="es", unsubscribe="zztoken", message_id="<zz@zz>"
    )


def renderings(given: Letter) -> str:
    """All that a reader may see of it."""
    mail, chat = render.email(given, public_url="https://example.org"), render.telegram(given, public_url="https://example.org")
    buttons = keyboard(given)
    row = [button.text for below in buttons.inline_keyboard for button in below] if buttons else []
    body = re.sub(r"(?s)<head>.*?</head>|<[^>]*>", " ", mail.html)
    asked = commands.latest(given.items, None, lang="es") + "".join(commands.why(each, each.story, lang="es") for each in given.items)
    return "\n".join(
        [mail.subject, mail.text, body, chat.text, re.sub(r"<[^>]*>", " ", chat.html), render.console(given).text, asked, *row]
    )


def english(text: str) -> set[str]:
    return tokens(text) & ENGLISH


def test_the_check_finds_english_where_there_is_some() -> None:
    told = renderings(
        replace(facts(label="order", change="withdrawn", deadlines=(Deadline(label="hearing", on=date(2026, 12, 1)),)), lang="en")
    )
    assert {"order", "withdrawn", "hearing", "why", "ahead", "urgent", "unsubscribe", "papers", "mute"} <= english(told)


@pytest.mark.parametrize("kind", LetterKind)
@pytest.mark.parametrize("severity", Severity)
def test_no_kind_of_letter_says_anything_in_english(kind: LetterKind, severity: Severity) -> None:
    assert english(renderings(facts(kind=kind, severity=severity, change="now an order"))) == set()


@pytest.mark.parametrize("name", dict.fromkeys(LABELS))
def test_every_label_has_its_words_in_spanish(name: str) -> None:
    said = terms.label(name, "es")
    assert tokens(said) <= SPANISH
    assert english(said) == set()
    assert said in renderings(facts(label=name))
    assert english(renderings(facts(label=name))) == set()


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("kind", [LetterKind.UPDATE, LetterKind.RETRACTION, LetterKind.DIGEST])
def test_every_change_has_its_words_in_spanish(name: str, kind: LetterKind) -> None:
    assert name in terms.ES.changes
    assert english(renderings(facts(change=name, kind=kind))) == set()


def test_the_changes_are_those_that_stories_tell() -> None:
    assert set(CHANGES) == set(terms.ES.changes)
    assert {"now an order", "withdrawn", "open again", "now with the paper itself", "described"} <= set(CHANGES)


@pytest.mark.parametrize(("name", "said"), DAYS.items())
def test_days_ahead_are_named_in_spanish(name: str, said: str) -> None:
    ahead = renderings(facts(deadlines=(Deadline(label=name, on=date(2026, 12, 1)),)))
    assert f"1 dic 2026: {said}" in ahead
    assert english(ahead) == set()


@pytest.mark.parametrize("court", ["mdd", "ca5", "cod", "cand", "azd", "akd", "hid", "prd", "gud"])
def test_hours_ahead_are_told_in_spanish(court: str) -> None:
    (deadline,) = days_ahead("Motion Hearing set for 12/1/2026 at 12:00 PM", court=court, filed=date(2026, 11, 1))
    ahead = renderings(facts(deadlines=(deadline,)))
    assert "1 dic 2026, 12:00 hora de" in ahead
    assert english(ahead) == set()


@pytest.mark.parametrize(
    "entry",
    [
        "Telephonic Show Cause Hearing set for 12/1/2026 at 10:00 AM",
        "Preliminary Injunction Hearing set for 12/1/2026",
        "Responses due by 12/1/2026",
        "Counsel shall write by 12/1/2026",
        "SET FOR ARGUMENT on Tuesday, December 1, 2026",
    ],
)
def test_days_as_courts_word_them_are_named_in_spanish(entry: str) -> None:
    (deadline,) = days_ahead(entry, court="mdd", filed=date(2026, 11, 1))
    assert english(renderings(facts(deadlines=(deadline,)))) == set()
    assert terms.day(deadline.label, "es") != deadline.label


def test_an_entry_without_words_is_called_new_in_spanish() -> None:
    stub = headline(Document(key="k", docket=Docket(court="mdd", number="8:25-cv-00951"), case="Abrego Garcia v. Noem", number="51"))
    told = renderings(facts(title=stub))
    assert "Nuevo asiento (#51), Abrego Garcia v. Noem" in told
    assert english(told) == set()


@pytest.mark.parametrize("words", ["New entry rules for visitors", "A new entry (#1)"])
def test_a_title_that_only_begins_so_stays(words: str) -> None:
    assert terms.title(words, "es") == words


@pytest.mark.parametrize(
    ("say", "name"), [(terms.label, "order, somehow"), (terms.label, "riddle"), (terms.change, "lost"), (terms.day, "")]
)
def test_a_name_that_we_do_not_know_is_shown_rather_than_lost(say: Callable[[str, str], str], name: str) -> None:
    assert say(name, "es") == (name if name else "fecha fijada por el tribunal")
    assert say(name, "en") == name


def test_stages_agree_with_the_paper() -> None:
    assert terms.label("notice, withdrawn", "es") == "aviso, retirado"
    assert terms.label("rule, withdrawn", "es") == "norma, retirada"


def test_the_languages_share_only_words_that_are_both() -> None:
    english_words = vocabulary(w.EN) | {token for text in [*LABELS, *CHANGES, *DAYS] for token in tokens(text)}
    assert english_words & SPANISH == SHARED
