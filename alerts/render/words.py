"""The fixed words of every Letter, in the reader's language, and how dates are written in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo

from alerts.models import Item, Letter, LetterKind, Paper, Reason
from alerts.render import terms
from alerts.render.plain import clean, shown
from watcher.labels import by_time, clock
from watcher.models import Deadline, Severity
from watcher.own import is_own

_UNREAD = 5  #: sources that are named where they could not be read


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One language. `{n}` is a number; pairs are singular and plural."""

    lang: str
    months: tuple[str, ...]
    urgent: str
    notable: str
    routine: str
    formality: str
    why: str
    topic: str
    phrase: str  #: what stands for a topic where it is a phrase of the reader's own
    found: str
    reported: str
    papers: str
    more_papers: tuple[str, str]
    more_topics: tuple[str, str]
    more_stories: tuple[str, str]
    stories: tuple[str, str]
    urgent_count: tuple[str, str]
    dates_count: tuple[str, str]
    ahead: str
    changed: str
    updated: str
    retracted: str
    retracted_note: str
    sealed: str
    sealed_note: str
    removed: str
    removed_note: str
    repeat: str
    late: str  #: `{since}` and `{until}` are times in the reader's zone
    first_seen: str
    full_story: str
    all_stories: str
    digest: str
    week: str
    nothing: str
    quiet: str
    quiet_all_read: tuple[str, str]
    quiet_unread: str
    unread: str
    unsubscribe: str
    no_advice: str
    confirm_subject: str
    notice_subject: str
    other_topics: str
    why_button: str
    mute_button: str  #: `{topic}` is its title
    relevant: str  #: on a button, and before a link
    irrelevant: str


EN = Words(
    lang="en",
    months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    urgent="Urgent",
    notable="Notable",
    routine="Routine",
    formality="Formality",
    why="Why",
    topic="topic",
    phrase="your phrase",
    found="found",
    reported="Reported as",
    papers="Further papers",
    more_papers=("and 1 more paper", "and {n} more papers"),
    more_topics=("and 1 more topic", "and {n} more topics"),
    more_stories=("and 1 more development", "and {n} more developments"),
    stories=("1 development", "{n} developments"),
    urgent_count=("1 urgent", "{n} urgent"),
    dates_count=("1 date ahead", "{n} dates ahead"),
    ahead="Ahead",
    changed="What changed",
    updated="Update",
    retracted="Withdrawn",
    retracted_note="What you were told before no longer stands.",
    sealed="Sealed by the court",
    sealed_note="The paper that you were told of is no longer public.",
    removed="Removed from the docket",
    removed_note="The court no longer shows the paper that you were told of.",
    repeat="Possible repeat: you may have received this already.",
    late="Late: this service was away from {since} until {until}.",
    first_seen="first seen",
    full_story="Full story",
    all_stories="All of them",
    digest="Digest",
    week="week {n} of {year}",
    nothing="Nothing to report.",
    quiet="nothing new",
    quiet_all_read=(
        "Nothing happened in your topics. The one source was read.",
        "Nothing happened in your topics. All {n} sources were read.",
    ),
    quiet_unread="Nothing was found in your topics, but {n} of {all} sources could not be read, so something may be missing: {names}.",
    unread="{n} of {all} sources could not be read, so something may be missing: {names}.",
    unsubscribe="Unsubscribe",
    no_advice="Alerts point to public papers; they are not legal advice.",
    confirm_subject="Please confirm",
    notice_subject="Notice to the operator",
    other_topics="Other",
    why_button="Why?",
    mute_button="Mute: {topic}",
    relevant="Relevant",
    irrelevant="Not relevant",
)

ES = Words(
    lang="es",
    months=("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
    urgent="Urgente",
    notable="Importante",
    routine="De rutina",
    formality="De trámite",
    why="Por qué",
    topic="tema",
    phrase="su frase",
    found="se halló",
    reported="Según la prensa",
    papers="Otros documentos",
    more_papers=("y 1 documento más", "y {n} documentos más"),
    more_topics=("y 1 tema más", "y {n} temas más"),
    more_stories=("y 1 novedad más", "y {n} novedades más"),
    stories=("1 novedad", "{n} novedades"),
    urgent_count=("1 urgente", "{n} urgentes"),
    dates_count=("1 fecha próxima", "{n} fechas próximas"),
    ahead="Próximas fechas",
    changed="Qué cambió",
    updated="Actualización",
    retracted="Retirado",
    retracted_note="Lo que se le comunicó antes ya no es válido.",
    sealed="Puesto bajo reserva por el tribunal",
    sealed_note="El documento del que se le avisó ya no es público.",
    removed="Eliminado del expediente",
    removed_note="El tribunal ya no muestra el documento del que se le avisó.",
    repeat="Posible repetición: quizá ya recibió este aviso.",
    late="Con retraso: este servicio no funcionó desde {since} hasta {until}.",
    first_seen="visto por primera vez",
    full_story="Historia completa",
    all_stories="Verlas todas",
    digest="Resumen",
    week="semana {n} de {year}",
    nothing="Nada que comunicar.",
    quiet="sin novedades",
    quiet_all_read=("Sin novedades en sus temas. Se leyó la única fuente.", "Sin novedades en sus temas. Se leyeron las {n} fuentes."),
    quiet_unread="No se halló nada en sus temas, pero no se pudieron leer {n} de {all} fuentes; puede faltar algo: {names}.",
    unread="No se pudieron leer {n} de {all} fuentes; puede faltar algo: {names}.",
    unsubscribe="Darse de baja",
    no_advice="Los avisos remiten a documentos públicos; no son asesoramiento jurídico.",
    confirm_subject="Confirme, por favor",
    notice_subject="Aviso al operador",
    other_topics="Otros",
    why_button="¿Por qué?",
    mute_button="Silenciar: {topic}",
    relevant="Pertinente",
    irrelevant="No pertinente",
)

_LANGUAGES = {"en": EN, "es": ES}


def words(lang: str) -> Words:
    """The language asked for (`es-MX` is `es`), English where we do not speak it."""
    return _LANGUAGES.get(lang.replace("_", "-").partition("-")[0].lower(), EN)


def plural(pair: tuple[str, str], n: int) -> str:
    return pair[n != 1].format(n=n)


def reading(unread: Sequence[str], among: int, *, empty: bool, say: Words) -> str:
    """What a digest says of the sources, so that silence is not taken for an outage nor an outage for silence; "" where all is well.

    Args:
        unread: names of those that could not be read.
        among: how many there are.
        empty: whether the digest tells of nothing.
    """
    if not unread:
        return plural(say.quiet_all_read, among) if empty else ""
    names = ", ".join(shown(name, 60) for name in unread[:_UNREAD]) + (", …" if len(unread) > _UNREAD else "")
    return (say.quiet_unread if empty else say.unread).format(n=len(unread), all=among, names=names)


def severity(of: Severity, say: Words) -> str:
    said = {Severity.URGENT: say.urgent, Severity.NOTABLE: say.notable, Severity.ROUTINE: say.routine, Severity.FORMALITY: say.formality}
    return said[of]


def zone(name: str) -> tzinfo:
    """The reader's zone; UTC where the name is not known on this machine."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # unknown, a folder, or no name at all
        return UTC


def day(on: date, say: Words) -> str:
    """`24 Nov 2026`."""
    return f"{on.day} {say.months[on.month - 1]} {on.year}"


def moment(at: datetime, where: tzinfo, say: Words) -> str:
    """`24 Nov 2026, 09:05 EST`: in the reader's zone, and saying which."""
    local = at.astimezone(where)
    name = local.tzname() or ""
    return f"{day(local.date(), say)}, {local:%H:%M} {'UTC' + name if name[:1] in '+-' else name}".rstrip()


def late(letter: Letter, say: Words) -> str:
    """That a Letter comes late, and why; "" where it does not."""
    if letter.late is None:
        return ""
    where = zone(letter.zone)
    return say.late.format(since=moment(letter.late.since, where, say), until=moment(letter.late.until, where, say))


def dated(paper: Paper, where: tzinfo, say: Words) -> str:
    """When it was published, as the source gave it: a day stays that day in every zone; "" without a date."""
    if paper.published is None:
        return ""
    return day(paper.published.astimezone(UTC).date(), say) if paper.day_only else moment(paper.published, where, say)


def when(item: Item, where: tzinfo, say: Words) -> str:
    """The date of what happened; when we first saw it, where the paper bears none."""
    return dated(item.lead, where, say) or f"{say.first_seen} {moment(item.seen_at, where, say)}"


def origin(outlet: str, date: str) -> str:
    """`U.S. District Court, D. Maryland · 24 Nov 2026`; either may be missing."""
    return " · ".join(part for part in (shown(outlet, 120), date) if part)


def ahead(deadlines: Iterable[Deadline], letter: Letter) -> list[Deadline]:
    """Those not past when the Letter was written, the nearest first: what has no hour is past when its day is, in the reader's zone."""
    today = reader_day(letter)
    return sorted(
        (each for each in deadlines if (each.at >= letter.created_at if each.at is not None else each.on >= today)),
        key=by_time,
    )


def dates(letter: Letter, say: Words) -> list[tuple[Deadline, str, str]]:
    """All days ahead that a Letter knows of, each with the title of its Story and where that is to be read; the nearest first."""
    of_items = ((each, headline(item, say), item.lead.url) for item in letter.items for each in ahead(item.deadlines, letter))
    others = ((each.deadline, title(each.title, say), each.url) for each in letter.ahead if ahead([each.deadline], letter))
    return sorted((*of_items, *others), key=lambda date: (by_time(date[0]), date[1]))


def day_ahead(deadline: Deadline, say: Words) -> str:
    """`1 Dec 2026, 10:30 a.m. Eastern`: on the court's own clocks, and saying whose; the day alone where no hour is named."""
    if deadline.time is None:
        return day(deadline.on, say)
    return f"{day(deadline.on, say)}, {terms.hour(deadline.time, clean(clock(deadline.zone)), say.lang)}"


def reader_day(letter: Letter) -> date:
    """The day on which the Letter was written, in the reader's zone."""
    return letter.created_at.astimezone(zone(letter.zone)).date()


def topic_of(reason: Reason) -> str:
    return clean(reason.title) or clean(reason.watch)


def found(reason: Reason, *, most: int = 3, limit: int = 70) -> str:
    """`“South Sudan”, “removed to a third country”`; "" where a Watch answered without words (a docket number is words)."""
    return ", ".join(f"“{shown(each, limit)}”" for each in reason.found[:most] if clean(each))


def because(reason: Reason, say: Words) -> str:
    """`topic “Third-country removal” — found “South Sudan”, “removed to a third country”`; at most some 350 characters."""
    words_found = found(reason)
    topic = shown(topic_of(reason), 90)
    return f"{say.phrase if is_own(reason.watch) else say.topic} “{topic}”" + (f" — {say.found} {words_found}" if words_found else "")


def window(name: str, say: Words) -> str:
    """A digest's window as a reader says it: `24 Nov 2026`, `week 48 of 2026`."""
    year, _, week = name.partition("-W")
    if week.isascii() and week.isdigit():
        return say.week.format(n=int(week), year=year)
    try:
        return day(date.fromisoformat(name), say)
    except ValueError:
        return clean(name)


def grouped(items: tuple[Item, ...], say: Words) -> list[tuple[str, list[Item]]]:
    """Items by the case each is of, else by the first topic it touched: (topic, items).

    The group with the most pressing Item comes first; of two that press alike a case before a doctrine, and last what has no topic.
    In a group primary documents come before news, then the more pressing; else in the order given.
    """
    groups: dict[tuple[int, str], list[Item]] = {}
    for item in items:
        groups.setdefault(_group(item, say), []).append(item)
    ordered = [(key, sorted(group, key=lambda item: (not item.lead.primary, -item.severity))) for key, group in groups.items()]
    ordered.sort(key=lambda group: (-max(item.severity for item in group[1]), group[0][0]))
    return [(title, group) for (_, title), group in ordered]


def _group(item: Item, say: Words) -> tuple[int, str]:
    """Where an Item stands: rank and title of its group."""
    if not item.reasons:
        return 2, say.other_topics
    reason = next((each for each in item.reasons if each.case), item.reasons[0])
    return (0 if reason.case else 1), topic_of(reason)


def headline(item: Item, say: Words) -> str:
    """Its title as plain text; never empty."""
    return title(item.title, say) or title(item.lead.title, say) or title(item.lead.outlet, say) or item.key


def title(of: str, say: Words) -> str:
    """A title as plain text; "" where there is none."""
    return terms.title(clean(of), say.lang)


def paper_title(paper: Paper, say: Words) -> str:
    """The title of a further paper; "" where it has none."""
    return title(paper.title, say)


def report(item: Item, limit: int = 200) -> tuple[str, str]:
    """How the press put it, in quotes, and who did; "" twice where nobody is known to."""
    if item.reported is None or not (title := shown(item.reported.title, limit)):
        return "", ""
    return f"“{title}”", shown(item.reported.outlet, 120)


def label(item: Item, say: Words, limit: int = 100) -> str:
    """What its lead is: `order`, `notice, on public inspection`."""
    return shown(terms.label(clean(item.label), say.lang), limit)


def change(item: Item, say: Words, limit: int = 300) -> str:
    """What changed; "" where nothing did."""
    return shown(terms.change(clean(item.change), say.lang), limit)


def news(item: Item, limit: int = 200) -> tuple[str, str]:
    """What the paper that changed it says, in quotes, and whose it is; "" twice where it is the lead, or nobody knows."""
    if item.news is None or not (title := shown(item.news.title, limit)):
        return "", ""
    return f"“{title}”", shown(item.news.outlet, 120)


def ahead_of(deadline: Deadline, say: Words, limit: int = 100) -> str:
    """What a day ahead is: `comments close`, `status report due`."""
    return shown(terms.day(clean(deadline.label), say.lang), limit)


def retraction(item: Item, say: Words) -> tuple[str, str, str]:
    """That something told before is gone; what happened, where that is more than the fact itself; and what it means."""
    match clean(item.change):
        case "removed from the docket":
            return say.removed, "", say.removed_note
        case "sealed":
            return say.sealed, "", say.sealed_note
        case "" | "withdrawn":
            return say.retracted, "", say.retracted_note
        case _:
            return say.retracted, change(item, say), say.retracted_note


def retracted(item: Item, say: Words) -> str:
    """The same as a line: `Withdrawn. What you were told before no longer stands.`"""
    head, happened, note = retraction(item, say)
    return f"{head}: {happened}. {note}" if happened else f"{head}. {note}"


def heading(letter: Letter, say: Words) -> str:
    """What a Letter of several Items is called."""
    if letter.kind is LetterKind.DIGEST:
        part = f" ({letter.part}/{letter.parts})" if letter.parts > 1 else ""
        return (f"{say.digest}, {window(letter.window, say)}" if letter.window else say.digest) + part
    return plural(say.stories, len(letter.items))
