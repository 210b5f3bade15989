"""What the pages behind the links of a mail say, in the reader's language."""

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
    vote_title: str
    vote_question: str
    vote_yes: str
    vote_no: str
    vote_noted: str
    vote_use: str
    vote_stored: str


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
    vote_title="Feedback",
    vote_question="Was this relevant to you?",
    vote_yes="Yes, it was relevant",
    vote_no="No, it was not relevant",
    vote_noted="Noted, thank you",
    vote_use="It helps the operator to mend the rules. What you are told of stays as it is. The other link changes your answer.",
    vote_stored="Kept are the story, its topic, the words found, the answer and the day. That it came from you is forgotten after 90 days.",
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
    vote_title="Su opinión",
    vote_question="¿Le resultó pertinente?",
    vote_yes="Sí, era pertinente",
    vote_no="No, no era pertinente",
    vote_noted="Anotado, gracias",
    vote_use="Ayuda al operador a corregir las reglas. Sus avisos siguen igual. El otro enlace cambia su respuesta.",
    vote_stored="Se guardan la historia, su tema, las palabras halladas, la respuesta y el día. Que vino de usted se olvida a los 90 días.",
)

LANGUAGES: Mapping[str, Words] = {"en": EN, "es": ES}


def words(lang: str) -> Words:
    """The language asked for, English where we do not speak it."""
    return LANGUAGES.get(lang.partition("-")[0].lower(), EN)
