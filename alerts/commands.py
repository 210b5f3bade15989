"""Chat text -> Command -> Reply: the bot's grammar, without Telegram. Pure: a Reply says what to write and what is to be done.

What somebody asks for is a Deed; `alerts.bot` does it, then sends the text. Words we cannot act on raise CommandError, whose text is
for the reader.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from difflib import get_close_matches
from typing import Literal

from anyascii import anyascii
from rapidfuzz import fuzz

from alerts.errors import CommandError
from alerts.models import Cadence, Item, QuietHours, Subscriber, Subscription
from alerts.render.plain import clean, clip, inert, link, shown
from alerts.render.words import because, headline, label, report, when, words, zone
from alerts.replies import LANGUAGES, MENU, TYPES, listed, say
from watcher.models import DocumentType, Severity, Watch
from watcher.own import is_own

LATEST = 5  #: Stories that /latest shows
POPUP = 200  #: UTF-16 units of an answer to a button; Bot API, answerCallbackQuery
ECHO = 60  #: code points of a reader's own words in a reply
NEAR = 60.0  #: likeness, 0 to 100, from which a topic is offered as "did you mean"
MANY = 30  #: topics in one command; more are not looked at

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,64})(?:@([A-Za-z0-9_]{3,32}))?(?:\s+(.*))?", re.DOTALL)
_HOURS = re.compile(r"(\d{1,2})(?::(\d{2}))?\s*(?:-|–|to|a)\s*(\d{1,2})(?::(\d{2}))?(?:\s+(\S+))?", re.IGNORECASE)
_PAYLOAD = re.compile(r"follow_([A-Za-z0-9_-]{1,57})")

#: Every command by each of its names.
NAMES: Mapping[str, str] = {
    "start": "start",
    **dict.fromkeys(("help", "ayuda"), "help"),
    **dict.fromkeys(("follow", "seguir"), "follow"),
    **dict.fromkeys(("unfollow", "dejar"), "unfollow"),
    **dict.fromkeys(("mute", "silenciar"), "mute"),
    **dict.fromkeys(("topics", "temas"), "topics"),
    **dict.fromkeys(("latest", "ultimas"), "latest"),
    **dict.fromkeys(("why", "porque"), "why"),
    **dict.fromkeys(("quiet", "silencio"), "quiet"),
    **dict.fromkeys(("lang", "idioma"), "lang"),
    **dict.fromkeys(("stop", "parar"), "stop"),
}
CHANGES = frozenset({"follow", "unfollow", "mute", "quiet", "lang", "stop"})  #: in a group, for its administrators only

_CADENCES = {
    **dict.fromkeys(("now", "once", "ahora"), Cadence.NOW),
    **dict.fromkeys(("daily", "diario", "diaria", "diarios", "diarias"), Cadence.DAILY),
    **dict.fromkeys(("weekly", "semanal", "semanales"), Cadence.WEEKLY),
}
_FLOORS = {
    **dict.fromkeys(("urgent", "urgente", "urgentes"), Severity.URGENT),
    **dict.fromkeys(("notable", "notables"), Severity.NOTABLE),
    **dict.fromkeys(("routine", "rutina"), Severity.ROUTINE),
}
_ONLY = frozenset({"only", "solo", "solamente"})
_JOINING = frozenset({"", "and", "or", "y", "e", "o"})  #: between types; "" is a comma
_ALL = frozenset({"all", "everything", "todo", "todos", "todas"})
_OFF = frozenset({"off", "no", "none", "never"})


@dataclass(frozen=True, slots=True)
class Command:
    """What somebody wrote to the bot: the command's own name, as `NAMES` has it, and the rest. The name "" is words without one."""

    name: str
    rest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What is known of a chat, and what there is."""

    topics: Sequence[Watch]
    subscriber: Subscriber | None = None
    subscriptions: Sequence[Subscription] = ()
    lang: str = "en"
    zones: frozenset[str] = frozenset()  #: names of all time zones that this machine knows
    may_change: bool = True  #: False: a member of a group who does not administer it

    def followed(self, watch: str) -> Subscription | None:
        return next((each for each in self.subscriptions if each.watch == watch), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    watches: tuple[str, ...]
    cadence: Cadence = Cadence.NOW
    floor: Severity = Severity.ROUTINE
    types: tuple[DocumentType, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfollow:
    watches: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    hours: QuietHours | None  #: None: none any more
    zone: str | None = None  #: None: as it was


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    lang: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Forget:
    """Delete all that is stored about the chat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskLatest:
    """Look up the newest Stories; `latest` writes them."""

    watch: Watch | None = None
    count: int = LATEST


@dataclass(frozen=True, slots=True, kw_only=True)
class AskWhy:
    """Look up a Story; `why` writes its reasons."""

    story: int


Deed = Follow | Unfollow | Quiet | Language | Forget | AskLatest | AskWhy


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What to write back, and what is to be done before that."""

    text: str = ""  #: "" where it depends on what a deed finds
    deed: Deed | None = None


def read(text: str, *, bot: str, private: bool) -> Command | None:
    """Read a message.

    None where it is not for us: a command for another bot, or, outside a private chat, words without a command and commands that
    nobody addressed to us and we do not know.

    Args:
        bot: our own user name, without `@`.
        private: in a private chat everything is for us.
    """
    if not (found := _COMMAND.fullmatch(text.strip())):
        return Command("", text.strip()) if private and text.strip() else None
    name, addressee, rest = found[1].lower(), found[2], " ".join((found[3] or "").split())
    if addressee and addressee.lower() != bot.lower():
        return None
    if name not in NAMES:
        return Command(name, rest) if private or addressee else None
    return Command(NAMES[name], rest)


def changes(command: Command) -> bool:
    """Would it change what is stored about the chat?"""
    return command.name in CHANGES or (command.name == "start" and bool(_PAYLOAD.fullmatch(command.rest)))


def answer(command: Command, view: View) -> Reply:
    """Say what to write and what to do.

    Raises:
        CommandError: with a text that tells the reader how to say it.
    """
    if changes(command) and not view.may_change:
        raise CommandError(say(view.lang, "admins-only"))
    if not command.name:
        return _words(command.rest, view)
    if command.name not in _ANSWERS:
        raise CommandError(_unknown(command.name, view.lang))
    return _ANSWERS[command.name](command.rest, view)


def _start(rest: str, view: View) -> Reply:
    """`/start follow_abrego-garcia_cecot` follows; deep links carry letters, digits, `_` and `-` only, and no topic's id has a `_`."""
    if payload := _PAYLOAD.fullmatch(rest):
        return _follow(", ".join(payload[1].split("_")), view)
    return Reply(text=say(view.lang, "welcome"))


def _help(rest: str, view: View) -> Reply:
    return Reply(text=say(view.lang, "help"))


def _follow(rest: str, view: View) -> Reply:
    words_left = rest.replace(",", " , ").split()
    cadence, floor = Cadence.NOW, Severity.ROUTINE
    types: list[DocumentType] = []
    names = {_fold(name) for watch in view.topics for name in (watch.id, watch.title)}
    while words_left and _fold(" ".join(words_left)) not in names:  # no word of a whole name is an option
        option = _fold(words_left[-1])
        if option in _CADENCES | _FLOORS:
            cadence, floor = _CADENCES.get(option, cadence), _FLOORS.get(option, floor)
        elif named_last := _type(words_left):
            kind, words_left = named_last
            types.insert(0, kind)
            continue
        elif option in _FORMALITIES and not _match(" ".join(words_left), view.topics)[0]:
            raise CommandError(say(view.lang, "formality", types=_plural(DocumentType.APPEARANCE, view.lang)))
        elif option not in _ONLY and not (types and option in _JOINING):
            break
        words_left.pop()
    named = " ".join(words_left)
    chosen = _chosen(named, view, "follow")
    follow = Follow(watches=tuple(watch.id for watch in chosen), cadence=cadence, floor=floor, types=tuple(dict.fromkeys(types)))
    text = say(
        view.lang,
        "followed",
        topics=_titles(chosen),
        cadence=say(view.lang, cadence.value),
        of=_of(follow, view.lang),
        id=named.lower() if named.lower() in _ALL else ", ".join(watch.id for watch in chosen),
    )
    return Reply(text=text, deed=follow)


def _type(spoken: Sequence[str]) -> tuple[DocumentType, list[str]] | None:
    """The type of papers that the last words name, and the words before them."""
    for length in (3, 2, 1):  # `opiniones del tribunal`, `executive orders`, `orders`
        if kind := _TYPES.get(_fold(" ".join(spoken[-length:]))):
            return kind, list(spoken[:-length])
    return None


def _of(follows: Follow | Subscription, lang: str) -> str:
    """Of what one is told: `of everything`, `of orders and opinions only`."""
    if not follows.types:
        return say(lang, follows.floor.label)
    return say(lang, f"{follows.floor.label}-types", types=listed([_plural(each, lang) for each in follows.types], lang))


def _plural(kind: DocumentType, lang: str) -> str:
    return TYPES[lang if lang in TYPES else "en"][kind]


def _unfollow(rest: str, view: View) -> Reply:
    return _drop(rest, view, "unfollow", "unfollowed")


def _mute(rest: str, view: View) -> Reply:
    return _drop(rest, view, "mute", "muted")


def _drop(rest: str, view: View, command: str, done: str) -> Reply:
    """Follow no more. A topic that the operator took away, and a phrase of the reader's own, can be dropped by its id."""
    known = {watch.id for watch in view.topics}
    others = [_unlisted(each.watch, view.lang) for each in view.subscriptions if each.watch not in known]
    if named := [watch for watch in others if watch.id == rest.lower()]:
        chosen = named
    elif rest.lower() in _ALL:
        chosen = [*(watch for watch in view.topics if view.followed(watch.id)), *others]
    else:
        chosen = _chosen(rest, view, command)
    dropped = [watch for watch in chosen if view.followed(watch.id)]
    if not dropped:
        raise CommandError(say(view.lang, "not-followed", topics=_titles(chosen) or "–"))
    done = "phrase-ended" if len(dropped) == 1 and is_own(dropped[0].id) else done
    text = say(view.lang, done, topics=_titles(dropped), id=dropped[0].id)
    return Reply(text=text, deed=Unfollow(watches=tuple(watch.id for watch in dropped)))


def _unlisted(watch: str, lang: str) -> Watch:
    """What is followed and is no topic of the file, by what a reader can be told of it."""
    return Watch(id=watch, kind="doctrine", title=say(lang, "own-phrase") if is_own(watch) else watch)


def _topics(rest: str, view: View) -> Reply:
    if not view.topics:
        return Reply(text=say(view.lang, "topics-none"))
    blocks = [_block(view, kind) for kind in ("case", "doctrine")]
    return Reply(text="\n\n".join([block for block in blocks if block] + [say(view.lang, "topics-foot", id=_example(view))]))


def _example(view: View) -> str:
    """A topic that this chat does not follow yet, where there is one."""
    return next((watch.id for watch in view.topics if not view.followed(watch.id)), view.topics[0].id)


def _block(view: View, kind: Literal["case", "doctrine"]) -> str:
    lines = [_topic_line(watch, view) for watch in view.topics if watch.kind == kind]
    return "\n".join([say(view.lang, f"topics-{kind}s"), *lines]) if lines else ""


def _topic_line(watch: Watch, view: View) -> str:
    line = f"{watch.id}: {shown(watch.title, 70)}"
    if not (followed := view.followed(watch.id)):
        return f"· {line}"
    return f"✓ {line} ({say(view.lang, followed.cadence.value)}, {_of(followed, view.lang)})"


def _latest(rest: str, view: View) -> Reply:
    return Reply(deed=AskLatest(watch=_one(rest, view, "latest") if rest else None))


def _why(rest: str, view: View) -> Reply:
    number = rest.lower().removeprefix("story:").removeprefix("#").strip()
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        raise CommandError(say(view.lang, "which-story"))
    return Reply(deed=AskWhy(story=int(number)))


def _quiet(rest: str, view: View) -> Reply:
    if view.subscriber is None:
        raise CommandError(say(view.lang, "follow-first"))
    if rest.lower() in _OFF:
        return Reply(text=say(view.lang, "quiet-off"), deed=Quiet(hours=None))
    found = _HOURS.fullmatch(rest)
    start, end = (_hour(found[1], found[2]), _hour(found[3], found[4])) if found else (None, None)
    if found is None or start is None or end is None or start == end:
        raise CommandError(say(view.lang, "quiet-how"))
    place = _zone(found[5], view) if found[5] else None
    text = say(view.lang, "quiet-set", start=f"{start:%H:%M}", end=f"{end:%H:%M}", zone=place or view.subscriber.zone)
    return Reply(text=text, deed=Quiet(hours=QuietHours(start=start, end=end), zone=place))


def _hour(hour: str, minute: str | None) -> time | None:
    try:
        return time(int(hour) % 24 if int(hour) == 24 else int(hour), int(minute or 0))
    except ValueError:
        return None


def _zone(given: str, view: View) -> str:
    by_name = {name.lower(): name for name in view.zones}
    if name := by_name.get(given.lower()):
        return name
    cities = {name.rpartition("/")[2].lower(): name for name in sorted(view.zones)}
    guess = cities.get(given.lower()) or next(iter(get_close_matches(given[:ECHO], sorted(view.zones), n=1, cutoff=0.6)), None)
    if guess:
        raise CommandError(say(view.lang, "zone-guess", zone=shown(given, ECHO), guess=guess))
    raise CommandError(say(view.lang, "zone-unknown", zone=shown(given, ECHO)))


def _lang(rest: str, view: View) -> Reply:
    lang = rest.lower()
    if lang not in LANGUAGES:
        raise CommandError(say(view.lang, "lang-how"))
    if view.subscriber is None:
        raise CommandError(say(lang, "follow-first"))
    return Reply(text=say(lang, "lang-set"), deed=Language(lang=lang))


def _stop(rest: str, view: View) -> Reply:
    """Deleting comes before saying so, and also where nothing seems stored: a Letter under way may be."""
    return Reply(text=say(view.lang, "stopped" if view.subscriber else "nothing-stored"), deed=Forget())


def _words(rest: str, view: View) -> Reply:
    """Words without a command, in a private chat: perhaps the name of a topic."""
    found, _ = _match(rest, view.topics)
    if found:
        return Reply(text=say(view.lang, "topic-said", title=shown(found.title, 90), id=found.id))
    return Reply(text=say(view.lang, "no-command"))


def _unknown(name: str, lang: str) -> str:
    close = get_close_matches(name, NAMES, n=1, cutoff=0.6)
    shown_name = shown(name, ECHO)
    return (
        say(lang, "did-you-mean-command", command=shown_name, guess=close[0]) if close else say(lang, "unknown-command", command=shown_name)
    )


_ANSWERS: Mapping[str, Callable[[str, View], Reply]] = {
    "start": _start,
    "help": _help,
    "follow": _follow,
    "unfollow": _unfollow,
    "mute": _mute,
    "topics": _topics,
    "latest": _latest,
    "why": _why,
    "quiet": _quiet,
    "lang": _lang,
    "stop": _stop,
}


def _named(command: str, lang: str) -> str:
    """A command's name in the reader's language."""
    return next((name for name in MENU.get(lang, MENU["en"]) if NAMES[name] == command), command)


# -- topics by the words people use


def _chosen(rest: str, view: View, command: str) -> list[Watch]:
    """The topics that were named, with commas between; `all` is all."""
    if rest.strip().lower() in _ALL:
        return list(view.topics)
    named = [each.strip() for each in rest.split(",") if each.strip()][:MANY]
    if not named:
        example = view.topics[0].id if view.topics else "TOPIC"
        raise CommandError(say(view.lang, "which", command=_named(command, view.lang), id=example))
    return list({watch.id: watch for watch in (_one(each, view, command) for each in named)}.values())


def _one(named: str, view: View, command: str) -> Watch:
    """The topic of this name, or an error that says which may be meant: a wrong guess would be a wrong alert."""
    found, near = _match(named, view.topics)
    if found:
        return found
    topic = shown(named, ECHO)
    if not near:
        raise CommandError(say(view.lang, "unknown-topic", topic=topic))
    ids = ", ".join(watch.id for watch in near)
    exact = len(near) > 1 and _contains(near[0], _fold(named))
    raise CommandError(
        say(view.lang, "ambiguous" if exact else "did-you-mean", topic=topic, ids=ids, command=_named(command, view.lang), first=near[0].id)
    )


def _match(named: str, topics: Sequence[Watch]) -> tuple[Watch | None, list[Watch]]:
    """The one topic these words name, and otherwise up to three that they may mean, the likeliest first."""
    query = _fold(named[: 4 * ECHO])
    if not query:
        return None, []
    exact = [watch for watch in topics if query in (_fold(watch.id), _fold(watch.title))]
    if len(exact) == 1:
        return exact[0], []
    within = [watch for watch in topics if _contains(watch, query)]
    if len(within) == 1:
        return within[0], []
    if within:
        return None, within[:3]
    scored = sorted(((_likeness(query, watch), watch) for watch in topics), key=lambda each: (-each[0], each[1].id))
    return None, [watch for score, watch in scored if score >= NEAR][:3]


def _contains(watch: Watch, query: str) -> bool:
    """Are all its words whole words of the topic's id or title?"""
    own = set(f"{_fold(watch.id)} {_fold(watch.title)}".split())
    return bool(query) and set(query.split()) <= own


def _likeness(query: str, watch: Watch) -> float:
    return max(fuzz.token_sort_ratio(query, _fold(name)) for name in (watch.id, watch.title))


def _fold(text: str) -> str:
    """Lower case, no accents, words apart by one space."""
    return " ".join(re.findall(r"[a-z0-9]+", anyascii(text).lower()))


#: Types of papers by the words of either language, one and many, and by their own names.
_TYPES = {
    **{
        _fold(name): kind
        for names in TYPES.values()
        for kind, plural in names.items()
        for name in (plural, kind.value)
        if kind is not DocumentType.APPEARANCE  # of _FORMALITIES
    },
    **dict.fromkeys(("orden", "ordenes", "auto", "autos"), DocumentType.ORDER),
    **dict.fromkeys(("opinion", "opiniones", "opiniones del tribunal"), DocumentType.OPINION),
    **dict.fromkeys(("judgement", "judgements", "sentencia"), DocumentType.JUDGMENT),
    **dict.fromkeys(("mocion",), DocumentType.MOTION),
    **dict.fromkeys(("audiencia", "vista", "vistas"), DocumentType.HEARING),
    **dict.fromkeys(("executive order", "orden ejecutiva"), DocumentType.EXECUTIVE_ORDER),
    **dict.fromkeys(("article", "articles", "articulo", "articulos", "noticia"), DocumentType.ARTICLE),
}
#: The words for papers of which nobody is ever told.
_FORMALITIES = {"comparecencia", DocumentType.APPEARANCE.value, *(_fold(names[DocumentType.APPEARANCE]) for names in TYPES.values())}


def _titles(watches: Sequence[Watch]) -> str:
    return ", ".join(shown(watch.title, 90) for watch in watches)


# -- what a deed found, in words


def latest(items: Sequence[Item], watch: Watch | None, *, lang: str, zone_name: str = "UTC") -> str:
    """The newest Stories, each with its address and its number."""
    title = shown(watch.title, 90) if watch else ""
    if not items:
        return say(lang, "latest-none-topic", title=title) if watch else say(lang, "latest-none")
    head = say(lang, "latest-head-topic", title=title) if watch else say(lang, "latest-head")
    return "\n\n".join([head, *(_story(item, lang, zone_name) for item in items)])


def _story(item: Item, lang: str, zone_name: str) -> str:
    told = words(lang)
    facts = " · ".join(fact for fact in (label(item, told), clean(item.lead.outlet), when(item, zone(zone_name), told)) if fact)
    title, outlet = report(item)
    reported = f"{told.reported}: {title}{f' ({outlet})' if outlet else ''}" if title else ""
    said = [inert(shown(headline(item, told), 200)), inert(shown(facts, 200)), inert(reported)]
    lines = [*said, link(item.lead.url), f"/{_named('why', lang)} {item.story}"]
    return "\n".join(line for line in lines if line)


def why(item: Item | None, story: int, *, lang: str) -> str:
    """Why a Story was told: its topics, with the words that were found."""
    if item is None:
        return say(lang, "why-none", story=story)
    reasons = [inert(f"· {because(reason, words(lang))}") for reason in item.reasons]
    return "\n".join([say(lang, "why-head", title=inert(shown(headline(item, words(lang)), 200))), *reasons, link(item.lead.url)]).rstrip()


def why_briefly(item: Item | None, story: int, *, lang: str) -> str:
    """The same for the small window that a button opens: POPUP units at most."""
    if item is None:
        return say(lang, "why-none", story=story)
    return clip("\n".join(because(reason, words(lang)) for reason in item.reasons) or shown(headline(item, words(lang)), POPUP), POPUP)
