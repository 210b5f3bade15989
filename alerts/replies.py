"""What the bot says, in each language it speaks. Names in braces are filled in; the text is plain, markup is made elsewhere."""

from collections.abc import Mapping, Sequence

from watcher.models import DocumentType

HELP_EN = """\
/topics: what there is to follow, and what this chat follows
/follow TOPIC: be told of it at once; /follow all follows everything
/follow TOPIC daily (or weekly): be told in a digest instead
/follow TOPIC urgent (or notable): hear of nothing that presses less
/follow TOPIC orders opinions: hear of such papers only (also judgments, motions, hearings, executive orders, news)
/unfollow TOPIC, /mute TOPIC: no more of it
/latest, /latest TOPIC: the last developments
/why 17: why story 17 was sent
/quiet 22-7 Europe/Madrid: hold alerts in these hours, except urgent ones; /quiet off ends it
/lang es: en español
/stop: no more alerts, and all that is stored about this chat is deleted

Urgent are orders, rulings, stays, executive orders and removal flights; notable are motions, hearings, lawsuits, deals and plans; \
the rest is routine.

In a group, only its administrators can change what it follows. Alerts point to public papers; they are not legal advice."""

HELP_ES = """\
/temas: qué se puede seguir, y qué sigue este chat
/seguir TEMA: recibir avisos al momento; /seguir todo sigue todos los temas
/seguir TEMA diario (o semanal): recibirlos en un resumen
/seguir TEMA urgente (o notable): no recibir nada menos importante
/seguir TEMA órdenes opiniones: solo esos documentos (también sentencias, mociones, audiencias, órdenes ejecutivas, noticias)
/dejar TEMA, /silenciar TEMA: no recibir más avisos de él
/ultimas, /ultimas TEMA: las últimas novedades
/porque 17: por qué se envió la historia 17
/silencio 22-7 Europe/Madrid: sin avisos a esas horas, salvo los urgentes; /silencio no lo termina
/idioma en: in English
/parar: no más avisos, y se borra todo lo guardado sobre este chat

Son urgentes las órdenes, los fallos, las suspensiones, las órdenes ejecutivas y los vuelos de expulsión; notables, las mociones, \
audiencias, demandas, acuerdos y planes; lo demás es de rutina.

En un grupo, solo sus administradores pueden cambiar lo que sigue. Los avisos remiten a documentos públicos; no son asesoría legal."""

EN: Mapping[str, str] = {
    "help": HELP_EN,
    "welcome": (
        "I watch courts, the Federal Register and the press for one thing: people sent by the United States to prisons abroad, and what "
        "may send its own citizens there. I tell you within minutes, once, with the reason.\n\n"
        "Begin with /topics: it lists what you can follow.\n\n"
        "Nothing is stored about this chat until it follows a topic; then its number, topics and settings are, what was sent to it, "
        "and whether you found that relevant.\n\n" + HELP_EN
    ),
    "followed": "{topics}: from now on you are told {cadence}, {of}. /unfollow {id} ends it.",
    "now": "at once",
    "daily": "in a daily digest",
    "weekly": "in a weekly digest",
    "routine": "of everything",
    "notable": "of what is notable or urgent",
    "urgent": "of what is urgent only",
    "and": "and",
    "routine-types": "of {types} only",
    "notable-types": "of {types} only, where they are notable or urgent",
    "urgent-types": "of {types} only, where they are urgent",
    "unfollowed": "{topics}: no more of it. /follow {id} brings it back.",
    "muted": "Muted: {topics}. /follow {id} brings it back.",
    "own-phrase": "your phrase",
    "phrase-ended": "Your phrase is ended, and deleted with what it found.",
    "not-followed": "This chat does not follow {topics}.",
    "which": "Which topic? For example: /{command} {id}\n/topics shows them all.",
    "which-story": "Which story? For example: /why 17. The number is below each alert.",
    "formality": "Who speaks for whom is a formality: nobody is told of {types}, so they cannot be asked for. Leave the word out.",
    "unknown-topic": "There is no topic “{topic}”. /topics shows them all.",
    "did-you-mean": "There is no topic “{topic}”. Did you mean {ids}? Then send: /{command} {first}",
    "ambiguous": "“{topic}” may be {ids}. Say which: /{command} {first}",
    "unknown-command": "I do not know /{command}. /help says what I can do.",
    "did-you-mean-command": "I do not know /{command}. Did you mean /{guess}? /help says what I can do.",
    "no-command": "I answer commands: /topics shows what you can follow, /help all that I can do.",
    "topic-said": "To be told of {title}, send: /follow {id}",
    "topics-cases": "Cases",
    "topics-doctrines": "Legal doctrines",
    "topics-none": "There are no topics yet.",
    "topics-foot": "✓ marks what this chat follows. To follow one more, send /follow and its name, for example: /follow {id}",
    "latest-none": "Nothing yet.",
    "latest-none-topic": "Nothing yet on {title}.",
    "latest-head": "Latest developments",
    "latest-head-topic": "Latest on {title}",
    "why-none": "There is no story {story} any more.",
    "why-head": "Why this story is here: {title}",
    "quiet-set": "Quiet from {start} until {end}, {zone}. Urgent alerts still come. /quiet off ends it.",
    "quiet-off": "No quiet hours: alerts come at any hour.",
    "quiet-how": "Write the hours and where: /quiet 22-7 Europe/Madrid. Or /quiet off.",
    "zone-unknown": "There is no time zone “{zone}”. Write it as in Europe/Madrid or America/New_York.",
    "zone-guess": "There is no time zone “{zone}”. Did you mean {guess}?",
    "lang-set": "From now on in English.",
    "lang-how": "I speak English and Spanish: /lang en, /lang es.",
    "follow-first": "Follow a topic first: nothing is stored about this chat yet. /topics shows them.",
    "admins-only": "Only administrators of this chat can change what it follows. /topics and /latest are for everybody.",
    "stopped": "Stopped. All that was stored about this chat is deleted. /start begins anew.",
    "nothing-stored": "Nothing is stored about this chat.",
    "stale": "This button is too old.",
    "vote-yes": "Noted: relevant. Thank you.",
    "vote-unsure": "Telegram does not say just now whether you are a member here. Please press again in a minute.",
    "vote-no": "Noted: not relevant. Thank you. The topic stays; Mute ends it.",
    "members-only": "Only members of this chat are asked.",
    "too-fast": "That was too fast. Please try again in a minute.",
}

ES: Mapping[str, str] = {
    "help": HELP_ES,
    "welcome": (
        "Vigilo tribunales, el Federal Register y la prensa por una sola cosa: las personas que Estados Unidos envía a prisiones en el "
        "extranjero, y lo que puede llevar allí a sus propios ciudadanos. Aviso en minutos, una vez, con el motivo.\n\n"
        "Empiece por /temas: muestra qué se puede seguir.\n\n"
        "No se guarda nada sobre este chat hasta que sigue un tema; entonces, su número, sus temas, sus ajustes, "
        "lo que se le envió y si le resultó pertinente.\n\n" + HELP_ES
    ),
    "followed": "{topics}: desde ahora recibe avisos {cadence}, {of}. /dejar {id} lo termina.",
    "now": "al momento",
    "daily": "en un resumen diario",
    "weekly": "en un resumen semanal",
    "routine": "de todo",
    "notable": "de lo notable o urgente",
    "urgent": "solo de lo urgente",
    "and": "y",
    "routine-types": "solo de {types}",
    "notable-types": "solo de {types}, si son notables o urgentes",
    "urgent-types": "solo de {types}, si son urgentes",
    "unfollowed": "{topics}: no más avisos. /seguir {id} lo recupera.",
    "muted": "Silenciado: {topics}. /seguir {id} lo recupera.",
    "own-phrase": "su frase",
    "phrase-ended": "Su frase ha terminado y se borró con lo que halló.",
    "not-followed": "Este chat no sigue {topics}.",
    "which": "¿Qué tema? Por ejemplo: /{command} {id}\n/temas los muestra todos.",
    "which-story": "¿Qué historia? Por ejemplo: /porque 17. El número está debajo de cada aviso.",
    "formality": "Quién representa a quién es un trámite: no se avisa a nadie de las {types}, y no se pueden pedir. Quite la palabra.",
    "unknown-topic": "No hay ningún tema «{topic}». /temas los muestra todos.",
    "did-you-mean": "No hay ningún tema «{topic}». ¿Quiso decir {ids}? Entonces envíe: /{command} {first}",
    "ambiguous": "«{topic}» puede ser {ids}. Diga cuál: /{command} {first}",
    "unknown-command": "No conozco /{command}. /ayuda dice qué puedo hacer.",
    "did-you-mean-command": "No conozco /{command}. ¿Quiso decir /{guess}? /ayuda dice qué puedo hacer.",
    "no-command": "Respondo a órdenes: /temas muestra qué se puede seguir, /ayuda todo lo que puedo hacer.",
    "topic-said": "Para recibir avisos de {title}, envíe: /seguir {id}",
    "topics-cases": "Casos",
    "topics-doctrines": "Doctrinas jurídicas",
    "topics-none": "Todavía no hay temas.",
    "topics-foot": "✓ marca lo que sigue este chat. Para seguir otro, envíe /seguir y su nombre, por ejemplo: /seguir {id}",
    "latest-none": "Nada todavía.",
    "latest-none-topic": "Nada todavía sobre {title}.",
    "latest-head": "Últimas novedades",
    "latest-head-topic": "Lo último sobre {title}",
    "why-none": "La historia {story} ya no existe.",
    "why-head": "Por qué está aquí esta historia: {title}",
    "quiet-set": "Silencio de {start} a {end}, {zone}. Los avisos urgentes llegan igual. /silencio no lo termina.",
    "quiet-off": "Sin horas de silencio: los avisos llegan a cualquier hora.",
    "quiet-how": "Escriba las horas y el lugar: /silencio 22-7 Europe/Madrid. O /silencio no.",
    "zone-unknown": "No hay ninguna zona horaria «{zone}». Escríbala como Europe/Madrid o America/New_York.",
    "zone-guess": "No hay ninguna zona horaria «{zone}». ¿Quiso decir {guess}?",
    "lang-set": "Desde ahora en español.",
    "lang-how": "Hablo inglés y español: /idioma en, /idioma es.",
    "follow-first": "Siga primero un tema: aún no se guarda nada sobre este chat. /temas los muestra.",
    "admins-only": "Solo los administradores de este chat pueden cambiar lo que sigue. /temas y /ultimas son para todos.",
    "stopped": "Terminado. Se ha borrado todo lo guardado sobre este chat. /start empieza de nuevo.",
    "nothing-stored": "No se guarda nada sobre este chat.",
    "stale": "Este botón es demasiado antiguo.",
    "vote-yes": "Anotado: pertinente. Gracias.",
    "vote-unsure": "Telegram no dice ahora si es usted miembro de este chat. Vuelva a pulsar en un minuto.",
    "vote-no": "Anotado: no pertinente. Gracias. El tema sigue; «Silenciar» lo termina.",
    "members-only": "Solo se pregunta a los miembros de este chat.",
    "too-fast": "Demasiado rápido. Vuelva a intentarlo en un minuto.",
}

TYPES: Mapping[str, Mapping[DocumentType, str]] = {
    "en": {
        DocumentType.ORDER: "orders",
        DocumentType.OPINION: "opinions",
        DocumentType.JUDGMENT: "judgments",
        DocumentType.MOTION: "motions",
        DocumentType.PROPOSED_ORDER: "proposed orders",
        DocumentType.NOTICE: "notices",
        DocumentType.MINUTE: "minutes",
        DocumentType.TRANSCRIPT: "transcripts",
        DocumentType.HEARING: "hearings",
        DocumentType.APPEARANCE: "appearances",
        DocumentType.LETTER: "letters",
        DocumentType.BRIEF: "briefs",
        DocumentType.SEALED: "sealed papers",
        DocumentType.APPEAL: "appeals",
        DocumentType.OTHER: "other papers",
        DocumentType.EXECUTIVE_ORDER: "executive orders",
        DocumentType.PROCLAMATION: "proclamations",
        DocumentType.PRESIDENTIAL: "presidential documents",
        DocumentType.RULE: "rules",
        DocumentType.PROPOSED_RULE: "proposed rules",
        DocumentType.REGISTER_NOTICE: "register notices",
        DocumentType.CORRECTION: "corrections",
        DocumentType.ARTICLE: "news",
    },
    "es": {
        DocumentType.ORDER: "órdenes",
        DocumentType.OPINION: "opiniones",
        DocumentType.JUDGMENT: "sentencias",
        DocumentType.MOTION: "mociones",
        DocumentType.PROPOSED_ORDER: "propuestas de orden",
        DocumentType.NOTICE: "avisos",
        DocumentType.MINUTE: "minutas",
        DocumentType.TRANSCRIPT: "transcripciones",
        DocumentType.HEARING: "audiencias",
        DocumentType.APPEARANCE: "comparecencias",
        DocumentType.LETTER: "cartas",
        DocumentType.BRIEF: "escritos",
        DocumentType.SEALED: "documentos reservados",
        DocumentType.APPEAL: "apelaciones",
        DocumentType.OTHER: "otros documentos",
        DocumentType.EXECUTIVE_ORDER: "órdenes ejecutivas",
        DocumentType.PROCLAMATION: "proclamaciones",
        DocumentType.PRESIDENTIAL: "documentos presidenciales",
        DocumentType.RULE: "normas",
        DocumentType.PROPOSED_RULE: "propuestas de norma",
        DocumentType.REGISTER_NOTICE: "avisos del registro",
        DocumentType.CORRECTION: "correcciones",
        DocumentType.ARTICLE: "noticias",
    },
}  #: papers of each type, in each language

MENU: Mapping[str, Mapping[str, str]] = {
    "en": {
        "topics": "What there is to follow",
        "follow": "Be told of a topic",
        "unfollow": "No more of a topic",
        "latest": "The last developments",
        "why": "Why a story was sent",
        "quiet": "Hours without alerts",
        "lang": "Language",
        "help": "What I can do",
        "stop": "No more alerts, and delete all about this chat",
    },
    "es": {
        "temas": "Qué se puede seguir",
        "seguir": "Recibir avisos de un tema",
        "dejar": "No más avisos de un tema",
        "ultimas": "Las últimas novedades",
        "porque": "Por qué se envió una historia",
        "silencio": "Horas sin avisos",
        "idioma": "Idioma",
        "ayuda": "Qué puedo hacer",
        "parar": "No más avisos, y borrar todo sobre este chat",
    },
}  #: the commands that Telegram offers beside the text field, with a line each

LANGUAGES: Mapping[str, Mapping[str, str]] = {"en": EN, "es": ES}


def say(lang: str, key: str, **words: object) -> str:
    """The text `key` in a reader's language, English where we do not speak it. Words filled in are never read as templates."""
    return LANGUAGES.get(lang, EN)[key].format(**words)


def listed(words: Sequence[str], lang: str) -> str:
    """`orders, opinions and judgments`."""
    *first, last = words
    return f"{', '.join(first)} {say(lang, 'and')} {last}" if first else last


def language(code: str | None) -> str:
    """The language we speak that is nearest to an IETF tag (`es-419`): English without one."""
    spoken = (code or "").lower().partition("-")[0]
    return spoken if spoken in LANGUAGES else "en"
