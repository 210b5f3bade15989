"""What papers, changes and days are called in a reader's language.

`watcher` names them once, in English (`watcher.labels`, the changes of `watcher.revisions`, the labels of Deadlines), and a Letter keeps
those names. Here each of them has its words in every other language, so that no reader is told in two languages at once. Words of a paper
itself, of a newsroom or of the operator (a title, a topic) stay as they are.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time as time_of_day

from watcher import labels


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One language, by the English names."""

    kinds: Mapping[str, tuple[str, str]]  #: of papers, with the ending that a stage takes beside each
    stages: Mapping[str, str]  #: `{o}` is that ending
    changes: Mapping[str, str]
    days: Callable[[str], str]
    clocks: Mapping[str, str]  #: whose time an hour is
    titles: Mapping[str, str]  #: of papers of which there are no words, as `watcher.headlines` and `watcher.retraction` begin them


_ES_DAYS = {
    "comments close": "cierre de comentarios",
    "effective": "entrada en vigor",
    "publication": "publicación",
    "deadline": "vence un plazo",
}
_ES_DUE = {
    "response": "la respuesta",
    "reply": "la réplica",
    "replie": "la réplica",
    "answer": "la contestación",
    "objection": "las objeciones",
    "brief": "el escrito",
    "motion": "la moción",
    "opposition": "la oposición",
    "statement": "la declaración",
    "status report": "el informe de situación",
    "surreply": "la dúplica",
}
_ES_HELD = {
    "hearing": "audiencia",
    "conference": "conferencia",
    "argument": "vista oral",
    "trial": "juicio",
    "sentencing": "lectura de la sentencia",
    "arraignment": "lectura de cargos",
}
_ES_ABOUT = {
    "status": "de seguimiento",
    "case management": "de gestión del caso",
    "scheduling": "de calendario",
    "pretrial": "previa al juicio",
    "motion": "sobre mociones",
    "injunction": "sobre medidas cautelares",
    "restraining": "sobre medidas cautelares",
    "discovery": "sobre la fase de pruebas",
    "evidentiary": "de pruebas",
    "show cause": "para justificarse ante el tribunal",
    "contempt": "por desacato",
    "bond": "sobre la fianza",
    "settlement": "de conciliación",
    "jury": "con jurado",
}
_ES_SOME_DAY = "fecha fijada por el tribunal"


def _day_in_spanish(label: str) -> str:
    """Courts word these freely: the kind of day is told, and what it is about where we know the word; the rest is left out."""
    if label in _ES_DAYS:
        return _ES_DAYS[label]
    what, due, _ = f"{label} ".partition(" due ")
    if due:
        named = next((words for name, words in _ES_DUE.items() if what.startswith(name)), "presentar un escrito")
        return f"vence el plazo para {named}"
    held = next((words for name, words in _ES_HELD.items() if name in label.rpartition(" ")[2]), "")
    about = next((words for name, words in _ES_ABOUT.items() if name in label), "")
    return f"{held} {about}".strip() if held else _ES_SOME_DAY


ES = Terms(
    kinds={
        "order": ("orden", "a"),
        "opinion": ("opinión del tribunal", "a"),
        "judgment": ("sentencia", "a"),
        "motion": ("moción", "a"),
        "proposed order": ("propuesta de orden", "a"),
        "notice": ("aviso", "o"),
        "minute entry": ("minuta", "a"),
        "transcript": ("transcripción", "a"),
        "hearing": ("audiencia", "a"),
        "appearance": ("comparecencia", "a"),
        "letter": ("carta", "a"),
        "brief": ("escrito", "o"),
        "sealed paper": ("documento reservado", "o"),
        "appeal": ("apelación", "a"),
        "docket entry": ("asiento del expediente", "o"),
        "executive order": ("orden ejecutiva", "a"),
        "proclamation": ("proclamación", "a"),
        "presidential document": ("documento presidencial", "o"),
        "rule": ("norma", "a"),
        "proposed rule": ("propuesta de norma", "a"),
        "correction": ("corrección", "a"),
        "article": ("artículo", "o"),
    },
    stages={
        "on public inspection": "en inspección pública",
        "special filing, on public inspection": "presentación especial, en inspección pública",
        "corrected": "corregid{o}",
        "withdrawn": "retirad{o}",
        "sealed": "bajo reserva",
        "removed": "eliminad{o} del expediente",
    },
    changes={
        "now an order": "ahora es una orden",
        "now an opinion": "ahora es una opinión del tribunal",
        "now a judgment": "ahora es una sentencia",
        "now the executive order itself": "ahora es la propia orden ejecutiva",
        "now the proclamation itself": "ahora es la propia proclamación",
        "now with a ruling": "ahora con una resolución",
        "now with the paper itself": "ahora con el documento mismo",
        "a further report": "otra información",
        "a further paper": "otro documento",
        "now more urgent": "ahora es más urgente",
        "described": "ahora tiene descripción",
        "filed in error": "se presentó por error",
        "published": "publicado en el Federal Register",
        "listed by the Federal Register": "ya figura en el Federal Register",
        "now a special filing": "ahora es una presentación especial",
        "dates changed": "cambiaron las fechas",
        "corrected": "se corrigió",
        "withdrawn": "se retiró",
        "sealed": "el tribunal lo puso bajo reserva",
        "removed from the docket": "se eliminó del expediente",
        "open again": "vuelve a ser público",
    },
    days=_day_in_spanish,
    clocks={
        "Eastern": "hora del Este",
        "Central": "hora del Centro",
        "Mountain": "hora de la Montaña",
        "Pacific": "hora del Pacífico",
        "Arizona": "hora de Arizona",
        "Alaska": "hora de Alaska",
        "Hawaii": "hora de Hawái",
        "Atlantic": "hora del Atlántico",
        "Chamorro": "hora de Guam",
    },
    titles={
        "New entry": "Nuevo asiento",
        "Sealed paper": "Documento bajo reserva",
        "Paper removed from the docket": "Documento eliminado del expediente",
        "Copy of a paper that was taken back": "Copia de un documento retirado",
        "Report that quotes a paper that was taken back": "Noticia que cita un documento retirado",
    },
)

_TERMS = {"es": ES}
_OURS = re.compile(rf"(?:{'|'.join(ES.titles)})(?= \(#|, |$)")


def label(name: str, lang: str) -> str:
    """`orden ejecutiva, en inspección pública` of `executive order, on public inspection`; a name we do not know stays as it is."""
    terms = _TERMS.get(lang)
    kind, comma, stage = name.partition(", ")
    if terms is None or kind not in terms.kinds or (comma and stage not in terms.stages):
        return name
    word, ending = terms.kinds[kind]
    return word + comma + terms.stages.get(stage, "").format(o=ending)


def change(name: str, lang: str) -> str:
    """`se corrigió` of `corrected`; one we do not know stays as it is."""
    terms = _TERMS.get(lang)
    return terms.changes.get(name, name) if terms else name


def day(name: str, lang: str) -> str:
    """`audiencia sobre mociones` of `motion hearing`; in English a court's own words stay."""
    terms = _TERMS.get(lang)
    return terms.days(name) if terms else name


def hour(time: time_of_day, clock: str, lang: str) -> str:
    """`10:30 hora del Este` of 10:30 Eastern; in English `10:30 a.m. Eastern`, as courts say it."""
    terms = _TERMS.get(lang)
    told = f"{time:%H:%M} {terms.clocks.get(clock, clock)}" if terms else f"{labels.hour(time)} {clock}"
    return told.rstrip()


def title(words: str, lang: str) -> str:
    """A title with the words of it that are ours: `Nuevo asiento (#21), Abrego Garcia v. Noem`."""
    terms = _TERMS.get(lang)
    ours = _OURS.match(words)
    return terms.titles[ours[0]] + words[ours.end() :] if terms and ours else words
