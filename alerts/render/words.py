"""The fixed words of every Letter, in the reader's language, and how dates are written in it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo

from alerts.models import Item, Letter, LetterKind, Paper, Reason
from alerts.render.plain import clean, shown
from watcher.models import Deadline, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One language. `{n}` is a number; pairs are singular and plural."""

    lang: str
    months: tuple[str, ...]
    urgent: str
    notable: str
    routine: str
    why: str
    topic: str
    found: str
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
    repeat: str
    first_seen: str
    full_story: str
    all_stories: str
    digest: str
    week: str
    nothing: str
    quiet: str
    unsubscribe: str
    no_advice: str
    confirm_subject: str
    notice_subject: str
    other_topics: str


EN = Words(
    lang="en",
    months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    urgent="Urgent",
    notable="Notable",
    routine="Routine",
    why="Why",
    topic="topic",
    found="found",
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
    repeat="Possible repeat: you may have received this already.",
    first_seen="first seen",
    full_story="Full story",
    all_stories="All of them",
    digest="Digest",
    week="week {n} of {year}",
    nothing="Nothing to report.",
    quiet="nothing new",
    unsubscribe="Unsubscribe",
    no_advice="Alerts point to public papers; they are not legal advice.",
    confirm_subject="Please confirm",
    notice_subject="Notice to the operator",
    other_topics="Other",
)

ES = Words(
    lang="es",
    months=("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
    urgent="Urgente",
    notable="Importante",
    routine="De rutina",
    why="Por qué",
    topic="tema",
    found="se halló",
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
    repeat="Posible repetición: quizá ya recibió este aviso.",
    first_seen="visto por primera vez",
    full_story="Historia completa",
    all_stories="Verlas todas",
    digest="Resumen",
    week="semana {n} de {year}",
    nothing="Nada que comunicar.",
    quiet="sin novedades",
    unsubscribe="Darse de baja",
    no_advice="Los avisos remiten a documentos públicos; no son asesoramiento jurídico.",
    confirm_subject="Confirme, por favor",
    notice_subject="Aviso al operador",
    other_topics="Otros",
)

_LANGUAGES = {"en": EN, "es": ES}


def words(lang: str) -> Words:
    """The language asked for (`es-MX` is `es`), English where we do not speak it."""
    return _LANGUAGES.get(lang.replace("_", "-").partition("-")[0].lower(), EN)


def plural(pair: tuple[str, str], n: int) -> str:
    return pair[n != 1].format(n=n)


def severity(of: Severity, say: Words) -> str:
    return {Severity.URGENT: say.urgent, Severity.NOTABLE: say.notable, Severity.ROUTINE: say.routine}[of]


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


def ahead(deadlines: tuple[Deadline, ...], today: date) -> list[Deadline]:
    """Those not past on `today`, the nearest first."""
    return sorted((deadline for deadline in deadlines if deadline.on >= today), key=lambda deadline: deadline.on)


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
    return f"{say.topic} “{topic}”" + (f" — {say.found} {words_found}" if words_found else "")


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
    """Items by the first topic each touched: (topic, items), the group with the most pressing item first; in each, primary
    documents before news, then the more pressing; else in the order given."""
    groups: dict[str, list[Item]] = {}
    for item in items:
        title = topic_of(item.reasons[0]) if item.reasons else say.other_topics
        groups.setdefault(title, []).append(item)
    ordered = [(title, sorted(group, key=lambda item: (not item.lead.primary, -item.severity))) for title, group in groups.items()]
    return sorted(ordered, key=lambda group: -max(item.severity for item in group[1]))


def headline(item: Item) -> str:
    """Its title as plain text; never empty."""
    return clean(item.title) or clean(item.lead.title) or clean(item.lead.outlet) or item.key


def heading(letter: Letter, say: Words) -> str:
    """What a Letter of several Items is called."""
    if letter.kind is LetterKind.DIGEST:
        return f"{say.digest}, {window(letter.window, say)}" if letter.window else say.digest
    return plural(say.stories, len(letter.items))
