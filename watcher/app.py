"""The root: builds everything from the settings, and runs it. The only module that knows both packages and every adapter."""

import asyncio
import contextlib
import logging
import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import IO

from alerts.channels.console import ConsoleChannel
from alerts.models import Address
from alerts.ports import Channel
from alerts.storage import Ballots, Book, Mark, Names, Outbox, OwnPhrases
from watcher import __version__, config, migrations
from watcher.config import Rulebook, Settings
from watcher.config.dockets import Dockets
from watcher.config.faults import did_you_mean
from watcher.errors import ConfigError, DatabaseAwayError, StaleLeaseError, StorageError
from watcher.families import found
from watcher.fetch import HttpFetcher
from watcher.history import Looked, look_back
from watcher.hosts import host_of, is_private_url
from watcher.match import Rules
from watcher.models import Link, Source, SourceState
from watcher.own import is_own, own_id, own_watch
from watcher.poll import Tools, poll
from watcher.ports import PollResult
from watcher.sources import KINDS
from watcher.storage import Database, SourceStore, StoredFamilies, StoredHistory, StoredPacer, open_database
from watcher.storage.database import system_clock

log = logging.getLogger(__name__)

SPACING = timedelta(seconds=1)  #: between two requests to one public host; private ones (mirrors, tests) are not paced
CONSOLE = Address("console")
ANOTHER_VERSION = "the database is not of this version: run `watcher db upgrade`"


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """What one `sources.toml` says, made ready. Whoever needs several parts of it asks `Current` once, and keeps this."""

    rulebook: Rulebook  #: with the dockets that are linked to its cases
    filed: Rulebook  #: what the file says alone
    links: tuple[Link, ...]  #: all that is stored
    rules: Rules
    sources: Mapping[str, Source]  #: that are polled, by id
    dockets: Mapping[str, str]  #: source id to the docket that it is of, as a reader knows it
    names: Names

    @classmethod
    def of(cls, filed: Rulebook, links: Sequence[Link] = ()) -> "InForce":
        """Make the rules ready: some tenths of a second of work."""
        rulebook = config.join(filed, links)
        return cls(
            rulebook=rulebook,
            filed=filed,
            links=tuple(links),
            rules=Rules(rulebook.watches),
            sources={source.id: source for source in rulebook.sources if source.enabled},
            dockets=dockets_of(rulebook),
            names=Names(
                watches={watch.id: watch.title for watch in rulebook.watches},
                cases=frozenset(watch.id for watch in rulebook.watches if watch.kind == "case"),
                sources={source.id: source.title for source in rulebook.sources if source.title},
            ),
        )


class Current:
    """The rules in force, from `sources.toml`. They change all at once, or not at all."""

    def __init__(self, path: Path, rulebook: Rulebook, links: Sequence[Link] = ()) -> None:
        self.path = path
        self.fault: str | None = None  #: why a newer file is not in force
        self.in_force = InForce.of(rulebook, links)
        self.mark: Mark | None = None  #: of the phrases of subscribers that are in force; None: none was taken up yet
        self.taking_up = asyncio.Lock()
        self._stamp = config.changed(path, None)

    @property
    def rulebook(self) -> Rulebook:
        return self.in_force.rulebook

    @property
    def filed(self) -> Rulebook:
        return self.in_force.filed

    @property
    def rules(self) -> Rules:
        return self.in_force.rules

    @property
    def sources(self) -> Mapping[str, Source]:
        return self.in_force.sources

    @property
    def dockets(self) -> Mapping[str, str]:
        return self.in_force.dockets

    @property
    def names(self) -> Names:
        return self.in_force.names

    def look(self, *, force: bool = False) -> InForce | None:
        """Read the file again if it has changed, for `take`; a broken one is reported once. May run in a thread."""
        stamp = config.changed(self.path, None if force else self._stamp)
        if stamp is None:
            return None
        self._stamp = stamp
        try:
            newer = InForce.of(config.load_rules(self.path), self.in_force.links)
        except ConfigError as error:
            self.fault = str(error)
            log.error("%s is not taken: %s", self.path, error, extra={"action": "rules-refused"})
            return None
        self.fault = None
        return newer

    def take(self, newer: InForce) -> None:
        """From now on these are in force. To be called where nobody is in the middle of something: in the loop."""
        self.in_force = newer
        count = len(newer.sources)
        log.info("%s taken: %d sources", self.path, count, extra={"action": "rules-taken", "sources": count})


def spacing_of(host: str) -> timedelta | None:
    """The least time between two requests to a host: SPACING for a public one."""
    return None if is_private_url(f"http://{host}/") else SPACING


def dockets_of(rulebook: Rulebook) -> dict[str, str]:
    """What a docket's source is about: `Abrego Garcia v. Noem (mdd 8:25-cv-00951)`, by the source's id."""
    cases = Dockets[str]()
    for case in rulebook.cases:
        for docket in case.dockets:
            cases.add(docket, case.title)
    of = {source.id: source.docket for source in rulebook.sources if source.docket is not None}
    return {name: f"{', '.join(dict.fromkeys(cases.like(own)))} ({own.court} {own.number})" for name, own in of.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """Everything that was built, ready to work."""

    settings: Settings
    current: Current
    database: Database
    store: SourceStore
    history: StoredHistory
    families: StoredFamilies
    book: Book
    phrases: OwnPhrases
    outbox: Outbox
    ballots: Ballots
    fetcher: HttpFetcher
    channels: dict[str, Channel]
    operators: tuple[Address, ...]
    clock: Callable[[], datetime]
    chance: Callable[[], float]

    @property
    def off(self) -> dict[str, str]:
        """The channels that are off, each with the setting that switches it on."""
        return {name: setting for name, (_, setting) in SWITCHES.items() if name not in self.channels}

    def unserved(self, by_channel: Mapping[str, int], waiting: Mapping[str, int] | None = None) -> list[str]:
        """Whom nobody tells, and what does not leave, since the channel is off: a line for each such channel.

        Args:
            by_channel: how many subscribers each has.
            waiting: how many letters wait for each.
        """
        numbers = {"subscribers not told": by_channel, "letters that wait": waiting or {}}
        found = {name: {what: of.get(name, 0) for what, of in numbers.items()} for name in self.off}
        return [
            "; ".join([off(name), *(f"{what} until then: {number}" for what, number in each.items() if number)])
            for name, each in found.items()
            if any(each.values())
        ]

    async def close(self) -> None:
        """Close everything; what cannot be closed keeps nothing else open."""
        async with contextlib.AsyncExitStack() as made:
            made.push_async_callback(self.database.dispose)
            made.push_async_callback(self.fetcher.close)
            for channel in self.channels.values():
                made.push_async_callback(channel.close)

    async def enrol(self) -> None:
        """Let the database know every source that is to be polled, and every Watch."""
        now = await self.database.now()
        await self.store.enrol({source.id: source.url for source in self.current.sources.values()}, now)
        if new := await self.history.meet([watch.id for watch in self.current.rulebook.watches], now):
            said = "new topics, which begin silently with what was stored before them: %s"
            log.info(said, ", ".join(new), extra={"action": "watches-met", "watches": len(new)})

    async def take_up(self, newer: InForce | None = None) -> None:
        """Let the rules in force judge by the phrases that subscribers own now, or newer ones before they are in force.

        The work is done in a thread. Sources that are judged by some Watches only are judged by none of these, and nothing that was
        stored before is: a phrase begins when it is taken up.
        """
        async with self.current.taking_up:
            mark = await self.phrases.mark()
            if newer is None and mark == self.current.mark:
                return
            rules = (newer or self.current.in_force).rules
            more, less = await asyncio.to_thread(_renew, rules, await self.phrases.all())
            if newer is None:
                self.current.mark = mark
        if more or less:
            log.info("phrases of subscribers: %d more, %d less", more, less, extra={"action": "phrases-taken", "more": more, "less": less})

    async def join(self, newer: InForce | None = None) -> InForce | None:
        """What is in force, or about to be, with the dockets that are linked by now; None where none came or went."""
        base = newer or self.current.in_force
        links = await self.families.links()
        return await asyncio.to_thread(InForce.of, base.filed, links) if links != base.links else None

    async def look_back(self) -> Looked | None:
        """Judge some of what was stored before a Watch came into the file; None where nothing is left for now."""
        now = await self.database.now()
        in_force = self.current.in_force
        sources = {source.id: source for source in in_force.rulebook.sources}
        watches = [watch.id for watch in in_force.rulebook.watches]
        return await look_back(watches, sources, in_force.rules.judge, self.history, now)

    async def try_unreached(self) -> None:
        """Let sources that could not be reached be tried at once, as at a start: the network may be back."""
        await self.store.try_unreached(list(self.current.sources), await self.database.now())

    async def claim(self, limit: int) -> list[SourceState]:
        """Take up to `limit` sources that are due, at most one of a host that is paced."""
        return await self.store.claim(list(self.current.sources), await self.database.now(), limit=limit, paced=self._paced())

    async def claim_next(self, ids: Sequence[str]) -> SourceState | None:
        """Take one of these sources that is due: one that may be asked at once, else one that has to wait for its turn; None: none is."""
        now = await self.database.now()
        for paced in (self._paced(), frozenset[str]()):
            if states := await self.store.claim(ids, now, limit=1, paced=paced):
                return states[0]
        return None

    def _paced(self) -> frozenset[str]:
        hosts = {host_of(source.url) for source in self.current.sources.values()}
        return frozenset(host for host in hosts if spacing_of(host))

    async def poll(self, state: SourceState, *, out_of_turn: bool = False) -> PollResult:
        """Poll one claimed source, perhaps one that is not due (`out_of_turn`).

        Raises:
            StaleLeaseError: as `watcher.poll` does; and where the file names the source no more since it was claimed.
        """
        in_force = self.current.in_force
        source = in_force.sources.get(state.source)
        if source is None:
            raise StaleLeaseError(f"{state.source}: it is not polled any more")
        judge = partial(in_force.rules.judge, only=source.watches or None)
        kin = partial(found, in_force.filed.watches, in_force.links)
        tools = Tools(fetcher=self.fetcher, store=self.store, judge=judge, adapter=KINDS[source.kind], kin=kin, chance=self.chance)
        return await poll(source, state, tools, await self.database.now(), out_of_turn=out_of_turn)

    async def start_console(self) -> None:
        """Without any subscriber there is one: the terminal, following everything at once, until somebody chooses for it."""
        if await self.book.find(CONSOLE) is None and await self.book.count():
            return
        await self.book.follow_by_itself(CONSOLE, [watch.id for watch in self.current.rulebook.watches], await self.database.now())


async def build(
    settings: Settings,
    *,
    clock: Callable[[], datetime] = system_clock,
    chance: Callable[[], float] = random.random,
    terminal: IO[str] | None = None,
    change: bool = True,
) -> App:
    """Make everything that the settings ask for, and the database current where it is SQLite.

    Args:
        terminal: where console alerts go; None is standard output.
        change: False for looking alone: nothing is made, brought up to date or enrolled.

    Raises:
        ConfigError: the settings or `sources.toml` cannot be used.
        StorageError: the database cannot be used as it is; says what to do.
    """
    rulebook = config.load_rules(settings.sources)
    async with contextlib.AsyncExitStack() as made:
        database = await open_current(settings, clock, change=change)
        made.push_async_callback(database.dispose)
        kept = StoredFamilies(database)
        current = Current(settings.sources, rulebook, await kept.links())
        fetcher = HttpFetcher(
            contact=settings.contact,
            version=__version__,
            allow_private=settings.allow_private,
            pacer=StoredPacer(database, spacing_of),
            clock=clock,
        )
        made.push_async_callback(fetcher.close)
        ways = channels(settings, terminal)
        for channel in ways.values():
            made.push_async_callback(channel.close)
        app = App(
            settings=settings,
            current=current,
            database=database,
            store=SourceStore(database),
            history=StoredHistory(database),
            families=kept,
            book=Book(database),
            phrases=OwnPhrases(database),
            outbox=Outbox(database, names=lambda: current.names, domain=mail_domain(settings), public_url=settings.public_url or ""),
            ballots=Ballots(database, cache(partial(config.signing_secret, settings))),
            fetcher=fetcher,
            channels=ways,
            operators=tuple(Address.parse(each) for each in settings.operator),
            clock=clock,
            chance=chance,
        )
        if change:
            await app.enrol()
        made.pop_all()  # nothing went wrong: it stays open
    return app


async def open_current(settings: Settings, clock: Callable[[], datetime] = system_clock, *, change: bool = True) -> Database:
    """Open the database: SQLite's file is made and brought up to date where `change` allows it, PostgreSQL's shape is only checked.

    Raises:
        ConfigError: there is no folder for the file.
        StorageError: it cannot be reached, or `watcher db upgrade` has to run first.
    """
    async with opening(settings, clock, change=change) as database:
        if settings.sqlite and change:
            await migrations.upgrade(database)
        elif not await migrations.is_current(database):
            raise StorageError(ANOTHER_VERSION)
    return database


@contextlib.asynccontextmanager
async def opening(settings: Settings, clock: Callable[[], datetime] = system_clock, *, change: bool = True) -> AsyncIterator[Database]:
    """The database as it is, for a first look at it. It stays open, unless the look fails.

    Args:
        change: an SQLite file, and the folder of it, are made where there are none.

    Raises:
        ConfigError: there is no folder for the file.
        StorageError: it cannot be reached, or cannot be used; says what to do.
    """
    if settings.sqlite and change:
        _make(settings.data)
    if settings.file is not None and not change and not settings.file.exists():
        raise StorageError(f"there is no database at {settings.file} yet: `watcher run` or `watcher db upgrade` makes it")
    database = open_database(settings.database.reveal(), clock)
    try:
        yield database
    except BaseException as error:
        await database.dispose()
        if not isinstance(error, Exception) or (isinstance(error, StorageError) and not isinstance(error, DatabaseAwayError)):
            raise
        raise StorageError(f"WATCHER_DATABASE_URL: the database does not open: {_first_line(error)}") from error


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"WATCHER_DATA: {folder} cannot be made: {error.strerror or error}") from error


def _first_line(error: Exception) -> str:
    said = next(iter(str(error).strip().splitlines()), "")
    return said if isinstance(error, DatabaseAwayError) else f"{type(error).__name__}: {said}"


def channels(settings: Settings, terminal: IO[str] | None = None) -> dict[str, Channel]:
    """The ways out that the settings switch on; the terminal always is one."""
    made: dict[str, Channel] = {"console": ConsoleChannel(terminal, environ=config.environment())}
    if settings.telegram_token is not None:
        from alerts.channels.telegram import TelegramChannel  # a second of importing that the others need not pay

        made["telegram"] = TelegramChannel(
            settings.telegram_token.reveal(),
            api_url=settings.telegram_api_url,
            public_url=settings.public_url or "",
            per_second=settings.telegram_paid_rate or settings.telegram_rate,
            paid_broadcast=settings.telegram_paid_rate is not None,
        )
    if settings.smtp is not None:
        from alerts.channels.email import EmailChannel

        made["mailto"] = EmailChannel(settings.smtp, sender=settings.mail_from, public_url=settings.public_url or "")
    return made


#: how a channel is called, and the setting that switches it on
SWITCHES = {"telegram": ("Telegram", "WATCHER_TELEGRAM_TOKEN"), "mailto": ("mail", "WATCHER_SMTP_URL")}


def off(channel: str) -> str:
    """That this channel is off, and what is to be set."""
    name, setting = SWITCHES[channel]
    return f"{name} is off: set {setting}"


def off_by(settings: Settings, channel: str) -> str:
    """What `off` says where these settings leave a channel off; "" where it is on."""
    given = {"telegram": settings.telegram_token, "mailto": settings.smtp}
    return off(channel) if channel in given and given[channel] is None else ""


def mail_domain(settings: Settings) -> str:
    """The right half of our Message-IDs: that of the sender, so that it is ours."""
    return settings.mail_from.rpartition("@")[2].rstrip(">") or "habeas-watch.invalid"


def _renew(rules: Rules, phrases: Mapping[int, str]) -> tuple[int, int]:
    """Add and drop Watches that subscribers own until they are these; answers how many came, and how many went."""
    owned = {own_id(number): own_watch(number, phrase) for number, phrase in phrases.items()}
    known = {watch.id for watch in rules.watches if is_own(watch.id)}
    gone = known - owned.keys()
    if gone:
        rules.drop(*gone)
    new = [watch for name, watch in owned.items() if name not in known]
    rules.add(*new)
    return len(new), len(gone)


async def poll_once(app: App, names: Sequence[str] | None) -> list[PollResult]:
    """Poll all sources that are due (None), or those named whether due or not, each once, one after another.

    What goes wrong with one is its result, and the others go on.

    Raises:
        ConfigError: a name is no enabled source, nor the id of a table with any.
        DatabaseAwayError: the database does not answer.
    """
    await app.take_up()
    results: list[PollResult] = []
    left = list(app.current.sources) if names is None else named(app.current, names)
    if names is None:
        while (state := await app.claim_next(left)) is not None:
            left.remove(state.source)
            results.append(await _polled(app, state))
    else:
        for name in left:
            states = await app.store.claim_named([name], await app.database.now())
            results += [await _polled(app, state, out_of_turn=True) for state in states]
    return results


async def _polled(app: App, state: SourceState, *, out_of_turn: bool = False) -> PollResult:
    try:
        return await app.poll(state, out_of_turn=out_of_turn)
    except DatabaseAwayError:
        raise
    except StaleLeaseError as error:
        log.warning("%s", error, extra={"action": "stale", "source": state.source})
        return PollResult(source=state.source, status="failed", error=str(error).removeprefix(f"{state.source}: "))
    except Exception as error:
        log.exception("%s: a fault of ours", state.source, extra={"action": "poll-fault", "source": state.source})
        return PollResult(source=state.source, status="failed", error=f"a fault of ours ({type(error).__name__}); the log tells more")


def named(current: Current, names: Sequence[str]) -> list[str]:
    """Ids of the sources that these names mean: a source's own, or its table's, which means all its dockets."""
    found: dict[str, None] = {}
    unknown = []
    known = {each for source in current.sources.values() for each in (source.id, source.group)}
    for name in names:
        ids = [source.id for source in current.sources.values() if name in (source.id, source.group)]
        found.update(dict.fromkeys(ids))
        if not ids:
            hint = did_you_mean(name, known)
            unknown.append(f"source {name!r}: none of that name is enabled in {current.path}{hint}; `watcher status` lists them")
    if unknown:
        raise ConfigError(*unknown)
    return list(found)
