"""`watcher subscribers`: who is told, from the operator's side."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watcher.cli import tools

if TYPE_CHECKING:
    from datetime import datetime

    from alerts import models
    from alerts.account import Account
    from alerts.storage import Book, Listed
    from watcher.errors import WatcherError
    from watcher.models import DocumentType, Severity

app = typer.Typer(
    no_args_is_help=True, help="Who is told: add, list, remove, history, export, forget.", epilog="Example: watcher subscribers list"
)

NOBODY = (
    "nobody is told yet: `watcher run` tells its terminal of every topic until somebody is added, as by "
    "`watcher subscribers add mailto:NAME@HOST --follow all`"
)
CONSOLE_RETURNS = (
    "nobody else is told, so the next `watcher run` makes console: again, and tells it of every topic; "
    "`watcher subscribers remove console:` keeps the terminal silent"
)

FORMAL = "appearance"  #: the type of papers of which nobody is ever told
UNTOLD = "who speaks for whom is a formality: stored and shown on pages, and told to nobody; leave it out"

Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="telegram:CHAT, telegram:CHAT/THREAD, mailto:NAME@HOST or console:")]


class Cadence(StrEnum):
    now = "now"
    daily = "daily"
    weekly = "weekly"


class Floor(StrEnum):
    routine = "routine"
    notable = "notable"
    urgent = "urgent"


class Lang(StrEnum):
    en = "en"
    es = "es"


@app.command(
    short_help="Let an address follow topics; change it.",
    epilog="Example: watcher subscribers add mailto:ann@example.org --follow cecot,due-process --cadence daily",
)
def add(
    address: Address,
    follow: Annotated[
        list[str] | None,
        typer.Option(
            help="Ids of topics, with commas or repeated; `all` means every topic. Not needed to change settings.", show_default=False
        ),
    ] = None,
    phrase: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WORDS",
            help="A phrase of its own, as `Munaf v. Geren`, of which nobody else hears; repeated for more.",
            show_default=False,
        ),
    ] = None,
    cadence: Annotated[
        Cadence | None, typer.Option(help="At once, or in a digest; now unless it was set before.", show_default=False)
    ] = None,
    floor: Annotated[
        Floor | None,
        typer.Option(help="Tell nothing less pressing than this; routine, so everything, unless set before.", show_default=False),
    ] = None,
    types: Annotated[
        list[str] | None,
        typer.Option(
            help="Tell only of what has a paper of these types, as `order,opinion`; news is `article`; `all` means every type. Not "
            "`appearance`: formalities are told to nobody.",
            show_default=False,
        ),
    ] = None,
    lang: Annotated[Lang | None, typer.Option(help="Language; en unless it was set before.", show_default=False)] = None,
    zone: Annotated[str | None, typer.Option(help="Time zone of digests; UTC unless set before.", show_default=False)] = None,
    hour: Annotated[
        int | None, typer.Option(min=0, max=23, help="Hour of the digest, in that zone; 7 unless set before.", show_default=False)
    ] = None,
    second: Annotated[str | None, typer.Option(help="Told when the first address fails.", show_default=False)] = None,
) -> None:
    """Let an address follow topics, from now on, and set what is given; print what holds then.

    Cadence, floor and types are for the topics and phrases named, without any for all that it follows. What a phrase finds is on no page
    and in no feed, unless a topic finds it too.
    """
    wish = Wish(cadence, floor, _split(types) if types is not None else None)
    given = _add(address, _split(follow), phrase or [], wish, lang=lang, zone=zone, hour=hour, second=second)
    for line in tools.go(given):
        print(line)


@app.command("list", epilog="Example: watcher subscribers list --json")
def list_(as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False) -> None:
    """List every subscriber with what it follows."""
    listed, ids = tools.go(_list())
    if as_json:
        print(json.dumps([_plain(each) for each in listed], ensure_ascii=False))
        return
    for each in listed:
        for line in lines(each, ids):
            print(line)
    if not listed:
        print(NOBODY)


@app.command(short_help="End what an address follows.", epilog="Example: watcher subscribers remove telegram:12345 --follow cecot")
def remove(
    address: Address,
    follow: Annotated[
        list[str] | None, typer.Option(help="End these topics only, with commas or repeated; else all.", show_default=False)
    ] = None,
    phrase: Annotated[
        list[str] | None, typer.Option(metavar="WORDS", help="End this phrase of its own; repeated for more.", show_default=False)
    ] = None,
) -> None:
    """End what an address follows, and keep its settings and history. `forget` deletes those as well.

    The terminal (console:) stays silent from then on, also after the next start of `watcher run`.
    """
    who, topics, phrases = tools.go(_remove(address, _split(follow), phrase or []))
    ended = [_counted(topics, "topic")] if topics or not phrases else []
    ended += [_counted(phrases, "phrase")] if phrases else []
    print(f"{who} follows {' and '.join(ended)} less")


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


@app.command(epilog="Example: watcher subscribers export mailto:ann@example.org > ann.json")
def export(address: Address) -> None:
    """Print all that is stored about an address, as JSON."""
    print(json.dumps(labelled(tools.go(_export(address))), ensure_ascii=False, indent=2))


@app.command(
    short_help="List what an address was told and was not.", epilog="Example: watcher subscribers history mailto:ann@example.org --days 7"
)
def history(
    address: Address,
    days: Annotated[int, typer.Option(min=1, max=3_660, help="How far back.")] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """List what an address was told and was not, with the reason, newest first; confirmations and replies too.

    As far back as it is kept: letters and what they told for 90 days, what was not told for a year.
    """
    from alerts import account
    from watcher.plain import visible

    found = tools.go(_history(address, days))
    if as_json:
        print(json.dumps(account.account_json(found), ensure_ascii=False))
        return
    for line in account.lines(found):
        print(visible(line))


@app.command(epilog="Example: watcher subscribers forget telegram:12345")
def forget(address: Address) -> None:
    """Delete all that is stored about an address.

    The terminal (console:) is made again by the next `watcher run` where nobody else is told; `remove console:` keeps it silent.
    """
    who, returns = tools.go(_forget(address))
    print(f"forgotten: {who}")
    if returns:
        print(CONSOLE_RETURNS)


def _split(names: list[str] | None) -> list[str]:
    """What was repeated or written with commas, each once."""
    words = (word.strip() for name in names or () for word in name.split(","))
    return list(dict.fromkeys(word for word in words if word))


def lines(listed: "Listed", ids: Sequence[str]) -> list[str]:
    """A subscriber as the terminal shows it: its settings, then what it follows, a topic a line unless it is all of them alike, then its
    own phrases.

    Args:
        ids: of every topic there is.
    """
    who = listed.subscriber
    told = [who.lang, f"digests at {who.digest_hour}:00 {who.zone}"]
    if who.quiet:
        told.append(f"quiet {who.quiet.start:%H:%M} to {who.quiet.end:%H:%M}")
    if who.second:
        told.append(f"else {who.second}")
    if who.parked:
        told.append(f"parked: {who.parked}")
    topics = [each for each in listed.subscriptions if each.watch not in listed.phrases]
    phrases = [each for each in listed.subscriptions if each.watch in listed.phrases]
    manners = {_manner(each) for each in topics}
    if len(manners) == 1 and {each.watch for each in topics} >= set(ids) and len(ids) > 1:
        follows = [f"all {len(topics)} topics ({manners.pop()})"]
    else:
        follows = [f"{each.watch} ({_manner(each)})" for each in topics]
    follows += [f"phrase “{listed.phrases[each.watch]}” ({_manner(each)})" for each in phrases]
    follows = follows or ["nothing"]
    return [f"{who.address}  {'; '.join(told)}", *(f"  {each}" for each in follows)]


def _manner(follows: "models.Subscription") -> str:
    """`daily, notable`, and the types of papers where not all are wanted: `now, routine, only order, opinion`."""
    types = f", only {', '.join(follows.types)}" if follows.types else ""
    return f"{follows.cadence}, {follows.floor.label}{types}"


async def _add(
    address: str,
    follow: list[str],
    phrases: list[str],
    wish: "Wish",
    *,
    lang: Lang | None,
    zone: str | None,
    hour: int | None,
    second: str | None,
) -> list[str]:
    """Do it; answers what holds then."""
    from watcher.app import off
    from watcher.errors import ConfigError

    async with tools.built() as built:
        ids = [watch.id for watch in built.current.rulebook.watches]
        watches = _known(follow, ids)
        who = await spelt(built.book, address_of(address))
        other = address_of(second) if second else None
        if other is not None and str(other).lower() == str(who).lower():
            raise ConfigError(f"--second: {other} is the first address; name another, for when that one fails")
        where = _zone(zone) if zone else None
        now = await built.database.now()
        await _follow(built.book, who, watches, phrases, now, wish)
        await built.book.change(who, now, lang=lang.value if lang else None, zone=where, digest_hour=hour, second=other)
        listed = await built.book.find(who)
        if listed is None:
            raise ConfigError(f"{who}: not known yet: say what it is to follow with --follow or --phrase")
        ways = [each.channel for each in (who, other) if each]
        return [*lines(listed, ids), *(f"{off(way)} before they are told" for way in dict.fromkeys(ways) if way not in built.channels)]


@dataclass(frozen=True, slots=True)
class Wish:
    """When to be told, from which severity on, and of which types; None: as it was, at once and of everything where it is new."""

    cadence: Cadence | None = None
    floor: Floor | None = None
    types: list[str] | None = None

    def __bool__(self) -> bool:
        return bool(self.cadence or self.floor or self.types is not None)

    def kinds(self) -> "tuple[DocumentType, ...]":
        """The types asked for; none: all.

        Raises:
            ConfigError: naming each that is not known, with the nearest.
        """
        from watcher.config.faults import did_you_mean
        from watcher.errors import ConfigError
        from watcher.models import DocumentType

        every = [kind.value for kind in DocumentType]
        asked = self.types or []
        if faults := [f"type {name!r}: not known{did_you_mean(name, every)}" for name in asked if name not in (*every, "all")]:
            raise ConfigError(*faults, f"types are: {', '.join([*(name for name in every if name != FORMAL), 'all'])}")
        if FORMAL in asked:
            raise ConfigError(f"type {FORMAL!r}: {UNTOLD}")
        return () if "all" in asked else tuple(map(DocumentType, asked))

    def of(self, before: "models.Subscription | None") -> "tuple[models.Cadence, Severity, tuple[DocumentType, ...]]":
        from alerts import models
        from watcher.models import Severity

        cadence = models.Cadence(self.cadence.value) if self.cadence else before.cadence if before else models.Cadence.NOW
        floor = Severity[self.floor.name.upper()] if self.floor else before.floor if before else Severity.ROUTINE
        types = self.kinds() if self.types is not None else before.types if before else ()
        return cadence, floor, types


async def _follow(book: "Book", who: "models.Address", watches: list[str], phrases: list[str], now: "datetime", wish: Wish) -> None:
    """Let an address follow these topics, and own these phrases; without any the wish is for all that it follows.

    Raises:
        ConfigError: a phrase may not be taken; says what to do. Then nothing changes.
    """
    listed = await book.find(who)
    before = {each.watch: each for each in listed.subscriptions} if listed is not None else {}
    if phrases:
        owned = await _own(book, who, phrases, now, wish)
        watches = [*watches, *(watch for watch in owned if watch in before)]
    elif not watches and wish:
        watches = list(before)
    alike: dict[tuple[models.Cadence, Severity, tuple[DocumentType, ...]], list[str]] = {}
    for watch in watches:
        alike.setdefault(wish.of(before.get(watch)), []).append(watch)
    for (cadence, floor, types), some in alike.items():
        await book.follow(who, some, now, cadence=cadence, floor=floor, types=types)


async def _own(book: "Book", who: "models.Address", phrases: list[str], now: "datetime", wish: Wish) -> tuple[str, ...]:
    """Let an address own these, with the wish of new ones; gives the ids of their Watches.

    Raises:
        ConfigError: one may not be taken; says what to do. Then nothing changes.
    """
    from alerts.errors import PhraseError
    from watcher.errors import ConfigError

    cadence, floor, types = wish.of(None)
    try:
        return await book.own_phrases(who, phrases, now, cadence=cadence, floor=floor, types=types)
    except PhraseError as error:
        raise ConfigError(str(error)) from error


def address_of(text: str) -> "models.Address":
    """Read an address.

    Raises:
        ConfigError: naming the text and the forms there are.
    """
    from alerts import models
    from alerts.errors import AddressError
    from watcher.errors import ConfigError

    try:
        return models.Address.parse(text)
    except AddressError as error:
        raise ConfigError(str(error)) from error


async def spelt(book: "Book", address: "models.Address") -> "models.Address":
    """The address as it is stored: no mail server tells `Ann@example.org` from `ann@example.org`."""
    return await book.spelt(address) or address


def _known(asked: list[str], ids: list[str]) -> list[str]:
    """The ids asked for, `all` spelt out.

    Raises:
        ConfigError: naming each that is not known, with the nearest.
    """
    from watcher.config.faults import did_you_mean
    from watcher.errors import ConfigError

    if faults := [f"topic {name!r}: not known{did_you_mean(name, ids)}" for name in asked if name != "all" and name not in ids]:
        raise ConfigError(*faults, f"topics are: {', '.join([*ids, 'all'])}")
    return list(dict.fromkeys(ids if "all" in asked else asked))


def _zone(name: str) -> str:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

    from watcher.config.faults import did_you_mean
    from watcher.errors import ConfigError

    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        hint = did_you_mean(name, available_timezones()) or "; write one like America/New_York"
        raise ConfigError(f"zone {name!r}: not known{hint}") from error


async def _list() -> tuple[list["Listed"], list[str]]:
    """Everybody, and the id of every topic."""
    from alerts.storage import Book

    async with tools.opened(change=False) as database:
        return await Book(database).everybody(), _ids()


async def _remove(address: str, follow: list[str], phrases: list[str]) -> tuple["models.Address", int, int]:
    """Do it; answers how many topics and phrases ended. A terminal that is not known yet is remembered as one that is to hear nothing."""
    from alerts.storage import Book
    from watcher.app import CONSOLE
    from watcher.errors import ConfigError

    async with tools.opened() as database:
        book = Book(database)
        who = await spelt(book, address_of(address))
        listed = await book.find(who)
        if listed is None:
            if who != CONSOLE:
                raise nothing(who)
            await book.add(who, await database.now())
        owned = listed.phrases if listed else {}
        followed = [each.watch for each in listed.subscriptions if each.watch not in owned] if listed else []
        watches = _known(follow, list(dict.fromkeys([*followed, *_ids()])))
        if unknown := await book.end_phrases(who, phrases):
            raise ConfigError(
                *(f"phrase “{phrase}”: {who} does not own it; `watcher subscribers list` shows what it does" for phrase in unknown)
            )
        if watches or not phrases:
            await book.unfollow(who, watches or None)
        left = await book.find(who)
        still = {each.watch for each in left.subscriptions} if left else set()
        return who, len(set(followed) - still), len(owned.keys() - still)


def _ids() -> list[str]:
    """The id of every topic; none where `sources.toml` cannot be read."""
    from watcher import config
    from watcher.errors import ConfigError

    try:
        return [watch.id for watch in config.load_rules(config.sources_path()).watches]
    except ConfigError:
        return []


async def _export(address: str) -> dict[str, Any]:
    from alerts.storage import Book

    async with tools.opened(change=False) as database:
        book = Book(database)
        who = await spelt(book, address_of(address))
        if (stored := await book.export(who)) is None:
            raise nothing(who)
        return stored


async def _history(address: str, days: int) -> "Account":
    from datetime import timedelta

    from alerts.storage import Book
    from alerts.storage.tellings import Tellings
    from watcher import config
    from watcher.app import off_by

    async with tools.opened(change=False) as database:
        who = await spelt(Book(database), address_of(address))
        found = await Tellings(database).account(who, await database.now() - timedelta(days=days))
        if found is None:
            raise nothing(who)
        return replace(found, off=off_by(config.settings(), who.channel))


async def _forget(address: str) -> tuple["models.Address", bool]:
    """Do it; answers as well whether a terminal that is forgotten is made again by the next `watcher run`."""
    from alerts.storage import Book
    from watcher.app import CONSOLE

    async with tools.opened() as database:
        book = Book(database)
        who = await spelt(book, address_of(address))
        if not await book.forget(who):
            raise nothing(who)
        return who, who == CONSOLE and not await book.count()


def labelled(stored: Any) -> Any:
    """What is stored, with severities by their names instead of their numbers."""
    from watcher.models import Severity

    if isinstance(stored, list):
        return [labelled(each) for each in stored]
    if not isinstance(stored, dict):
        return stored
    return {
        name: Severity(value).label if name in ("floor", "severity") and isinstance(value, int) else labelled(value)
        for name, value in stored.items()
    }


def nothing(address: "models.Address") -> "WatcherError":
    from watcher.errors import WatcherError

    return WatcherError(f"nothing is stored about {address}")


def _followed(subscription: "models.Subscription") -> dict[str, Any]:
    manner = {"cadence": subscription.cadence.value, "floor": subscription.floor.label, "types": list(subscription.types)}
    return {"watch": subscription.watch, **manner}


def _plain(each: "Listed") -> dict[str, Any]:
    return {
        "address": str(each.subscriber.address),
        "second": str(each.subscriber.second) if each.subscriber.second else None,
        "lang": each.subscriber.lang,
        "zone": each.subscriber.zone,
        "digest_hour": each.subscriber.digest_hour,
        "parked": each.subscriber.parked,
        "follows": [_followed(sub) for sub in each.subscriptions if sub.watch not in each.phrases],
        "phrases": [_followed(sub) | {"phrase": each.phrases[sub.watch]} for sub in each.subscriptions if sub.watch in each.phrases],
    }
