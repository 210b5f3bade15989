"""What the page behind the unsubscribe link says, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    lang: str
    title: str
    question: str
    followed: str
    button: str
    nothing_yet: str
    left: str
    left_note: str
    stored: str


EN = Words(
    lang="en",
    title="Unsubscribe",
    question="Unsubscribe?",
    followed="You are told of:",
    button="Unsubscribe from all of them",
    nothing_yet="Opening this page has changed nothing.",
    left="You are unsubscribed",
    left_note="You follow nothing any more. What was waiting for you is cancelled; a mail already on its way may still arrive.",
    stored="Your address and what was sent to it stay stored until the operator of this service deletes them, which you may ask for.",
)

ES = Words(
    lang="es",
    title="Darse de baja",
    question="¿Darse de baja?",
    followed="Recibe avisos de:",
    button="Darse de baja de todos",
    nothing_yet="Abrir esta página no ha cambiado nada.",
    left="Se ha dado de baja",
    left_note="Ya no sigue ningún tema. Lo que estaba por enviársele se ha cancelado; un correo que ya va de camino aún puede llegar.",
    stored="Su dirección y lo que se le envió quedan guardados hasta que el operador de este servicio los borre; puede pedírselo.",
)

LANGUAGES: Mapping[str, Words] = {"en": EN, "es": ES}


def words(lang: str) -> Words:
    """The language asked for, English where we do not speak it."""
    return LANGUAGES.get(lang.partition("-")[0].lower(), EN)
