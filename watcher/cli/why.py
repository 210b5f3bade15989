"""`watcher why` and `watcher why-not`: the trace of a document, a story, a letter or a web address, from what is stored and the rules."""

import asyncio
import json
import re
import sys
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watcher.cli import tools

if TYPE_CHECKING:
    from datetime import datetime

    from alerts.models import Address
    from watcher.app import App, InForce
    from watcher.models import Source
    from watcher.ports import StoryPage
    from watcher.trace import Past

KEYS = (
    "keys look like story:17, as below every alert; letter:5, as in notices; or document:fr:2025-04865, document:cl:69777799#entry-21, "
    "document:feed:SOURCE:…, as on a story's page and in `watcher why story:17`"
)
DELETED = "letters go 90 days after they were settled, and at once with a reader that is forgotten"
_HOST = re.compile(r"[\w-]{1,63}(\.[\w-]{1,63})+(:[0-9]{1,5})?(/|$)")
_DOCUMENT = re.compile(r"(?:fr|cl|scotus|feed|guid|url):\S")  # how keys of papers begin
LONGEST = 200  #: characters of a key that a fault repeats
LONGEST_NUMBER = 18  #: digits: what a row's number has at most

Watch = Annotated[str | None, typer.Option(metavar="WATCH", help="This topic alone, however far it was from matching.", show_default=False)]
For = Annotated[str | None, typer.Option("--for", metavar="SUBSCRIBER", help="What became of it for this address.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print as JSON.")]


@dataclass(slots=True)
class Answer:
    """What is to be printed: lines for people, and the same for a program."""

    lines: list[str] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)


def why(
    key: Annotated[str, typer.Argument(metavar="KEY", help="story:N, letter:N or document:KEY, as alerts and pages print them.")],
    watch: Watch = None,
    subscriber: For = None,
    as_json: AsJson = False,
) -> None:
    """Say why: each stage that a document, a story or a letter went through, what it saw, and what was missing.

    The score cards are reckoned anew by the rules in force, and compared with what is stored. Of a letter: for whom, what it tells and
    why, each attempt, and what happens next. Looks alone. The address of a letter is shown at a terminal; into files and pipes goes none
    but that named with --for. Exits with 1 where nothing of that key is stored, 2 when that is no key.
    """
    terminal = sys.stdout.isatty() and not as_json
    _print(tools.go(_why(key, watch, subscriber, terminal=terminal)), as_json)


def why_not(
    url: Annotated[str, typer.Argument(metavar="URL", help="The web address of a paper or an article.")],
    watch: Watch = None,
    subscriber: For = None,
    as_json: AsJson = False,
) -> None:
    """Say why nobody was told of a web address: not seen, and by which source it should have been; or what each topic lacked.

    Exits with 0 when it could be said, 2 when that is no web address.
    """
    _print(tools.go(_why_not(url, watch, subscriber)), as_json)


def _print(answer: Answer, as_json: bool) -> None:
    from watcher.plain import visible

    if as_json:
        print(json.dumps(answer.data, ensure_ascii=False))
        return
    for line in answer.lines:
        print(visible(line))


async def _why(key: str, watch: str | None, subscriber: str | None, *, terminal: bool) -> Answer:
    async with tools.built(change=False) as app:
        return await of_key(app, key, watch, subscriber, terminal=terminal)


async def _why_not(url: str, watch: str | None, subscriber: str | None) -> Answer:
    async with tools.built(change=False) as app:
        return await of_url(app, url, watch, subscriber)


async def of_key(app: "App", key: str, watch: str | None = None, subscriber: str | None = None, *, terminal: bool = False) -> Answer:
    """The trace of what has this key.

    Args:
        terminal: whether a person at a terminal reads it, who is shown for whom a letter is.

    Raises:
        ConfigError: no key (says what keys look like), no such topic, no such form of an address, or a topic asked of a letter.
        WatcherError: nothing of this key, or about this address, is stored.
    """
    from watcher.plain import folded

    kind, _, rest = folded(key).partition(":")
    kind, number = kind.lower(), _number(rest)
    if kind not in ("document", "story", "letter") or not rest or (kind != "document" and number is None):
        raise _no_key(key)
    teller = await _Teller.of(app, watch, subscriber, terminal=terminal)
    if number is None or kind == "document":
        answer = await teller.document(rest)
    else:
        answer = await (teller.story(number) if kind == "story" else teller.letter(number))
    if answer is None:
        raise _unknown(key, kind)
    return answer


async def of_url(app: "App", url: str, watch: str | None = None, subscriber: str | None = None) -> Answer:
    """The trace of a web address.

    Raises:
        ConfigError: it is none; else as `of_key`.
    """
    from watcher.addresses import canonical
    from watcher.errors import ConfigError

    given = f"https://{url.strip()}" if _HOST.match(url.strip()) else url  # as browsers show it
    whole = canonical(given)
    if not whole:
        raise ConfigError(f"{url!r}: no web address; write one like https://example.org/article")
    return await (await _Teller.of(app, watch, subscriber)).address(given, whole)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else None


def _no_key(key: str) -> Exception:
    """Usage: a key is one of three kinds."""
    from watcher.addresses import canonical
    from watcher.errors import ConfigError, clip

    given = clip(key, LONGEST)
    if (number := _number(key.strip().removeprefix("#"))) is not None:
        return ConfigError(f"{given!r}: no key (did you mean story:{number}?); {KEYS}")
    if canonical(key):
        return ConfigError(f"{given!r}: no key but a web address: ask `watcher why-not`")
    hint = f" (did you mean document:{given}?)" if _DOCUMENT.match(key) else ""
    return ConfigError(f"{given!r}: no key{hint}; {KEYS}")


def _unknown(key: str, kind: str) -> Exception:
    from watcher.errors import WatcherError, clip

    old = f", or no more: {DELETED}" if kind == "letter" else ""
    return WatcherError(f"{clip(key, LONGEST)!r}: nothing of this key is stored{old}; {KEYS}")


class _Teller:
    """Gathers what is stored, and puts it into words."""

    def __init__(self, app: "App", watch: str | None, address: "Address | None", now: "datetime", *, terminal: bool) -> None:
        from alerts.storage.tellings import Tellings
        from watcher.storage.traces import Traces

        self.watch = watch
        self.named = address
        self.now = now
        self.terminal = terminal
        self.ways_off = app.off
        self.in_force: InForce = app.current.in_force
        self.watches = {each.id: each for each in self.in_force.rules.watches}
        self.sources: dict[str, Source] = {each.id: each for each in self.in_force.rulebook.sources}
        self.traces = Traces(app.database)
        self.tellings = Tellings(app.database)

    @classmethod
    async def of(cls, app: "App", watch: str | None, subscriber: str | None, *, terminal: bool = False) -> "_Teller":
        """Ready to tell.

        Raises:
            ConfigError: no such topic, or no such form of an address.
            WatcherError: nothing is stored about the address.
        """
        from watcher.cli.subscribers import address_of, nothing, spelt
        from watcher.config.faults import did_you_mean
        from watcher.errors import ConfigError

        ids = [each.id for each in app.current.rulebook.watches]
        if watch is not None and watch not in ids:
            raise ConfigError(f"topic {watch!r}: not known{did_you_mean(watch, ids)}")
        now = await app.database.now()
        if subscriber is None:
            return cls(app, watch, None, now, terminal=terminal)
        address = await spelt(app.book, address_of(subscriber))
        if await app.book.find(address) is None:
            raise nothing(address)
        return cls(app, watch, address, now, terminal=terminal)

    async def document(self, key: str) -> Answer | None:
        past = await self.traces.document(key)
        return await self._past(past) if past is not None else None

    async def story(self, number: int) -> Answer | None:
        from watcher import trace

        page = await self.traces.story(number)
        if page is None:
            return None
        answer = Answer(trace.story_lines(page), trace.story_json(page))
        if page.story.id != number:
            answer.lines.insert(0, f"story:{number} turned out to be one with story:{page.story.id}")
        if self.watch is not None:
            await self._cards_of(page, answer)
        await self._told(page, answer)
        return answer

    async def letter(self, number: int) -> Answer | None:
        from alerts.posted import letter_json, letter_lines
        from watcher.errors import ConfigError, WatcherError

        if self.watch is not None:
            raise ConfigError("--watch: a letter tells stories; ask for one of them")
        posted = await self.tellings.letter(number, self.now)
        if posted is not None:
            posted = replace(posted, off=self._off(posted.address))
            return Answer(letter_lines(posted, self.named, terminal=self.terminal), letter_json(posted, self.named))
        if number < await self.tellings.newest():
            raise WatcherError(f"letter:{number}: deleted: {DELETED}")
        return None

    async def address(self, url: str, whole: str) -> Answer:
        """What is known of a web address: its Documents, else who should have brought it."""
        found = await self.traces.at(url)
        if not found:
            return await self._unseen(url)
        answers = [await self._past(past, far=True) for past in found]
        lines = [line for answer in answers for line in answer.lines]
        return Answer([whole, *lines], {"url": whole, "stored": True, "documents": [answer.data for answer in answers]})

    async def _unseen(self, url: str) -> Answer:
        from watcher import unseen

        rows = await self.traces.sources()
        reasons = {each.id: each.reason for each in self.in_force.rulebook.listed}
        brought = await self.traces.brought(unseen.bare_host(url))
        said = unseen.unseen(url, self.in_force.rulebook.sources, brought)
        told = (said, rows.get, lambda group: reasons.get(group, ""))
        return Answer(unseen.unseen_lines(*told), unseen.unseen_json(*told))

    async def _past(self, past: "Past", *, far: bool = False) -> Answer:
        """A Document from its source to its readers; with `far` what every topic lacked."""
        from watcher import trace

        name = past.document.source
        rows = await self.traces.sources()
        source = self.sources.get(name)
        said = await asyncio.to_thread(trace.judged, past, self.in_force.rules, source)
        page = await self.traces.story(past.seat.story) if past.seat is not None else None
        cards = trace.judged_lines(said, past.document, self.watches, self.watch, far=far)
        answer = Answer(
            [*trace.seen_lines(past, source, rows.get(name)), "Judged by the rules in force", *trace.indented(cards)],
            trace.past_json(past) | trace.judged_json(said, past.document, self.watches, self.watch),
        )
        answer.lines += trace.seat_lines(past, page)
        if page is not None:
            await self._told(page, answer)
        else:
            answer.lines += ["Told", "  nobody: what is in no story is told to nobody"]
        return answer

    async def _told(self, page: "StoryPage", answer: Answer) -> None:
        """Who was told of a Story, or what became of it for one Subscriber."""
        from alerts import telling

        everybody = await self.tellings.of_story(page.story.id)
        answer.data["telling"] = telling.telling_json(everybody)
        mine = await self.tellings.of_subscriber(page.story.id, self.named) if self.named is not None else None
        if self.named is None or mine is None:
            answer.lines += telling.telling_lines(everybody, page.revisions)
            return
        told = (replace(mine, off=self._off(self.named)), everybody, page.revisions, page.story.watches)
        answer.lines += telling.mine_lines(*told)
        answer.data["for"] = telling.mine_json(*told)

    def _off(self, address: "Address") -> str:
        """That nothing leaves to this address, since its channel is off; "" where it is on."""
        from watcher.app import off

        return off(address.channel) if address.channel in self.ways_off else ""

    async def _cards_of(self, page: "StoryPage", answer: Answer) -> None:
        """The card of one topic for each member."""
        from watcher import trace

        cards: list[dict[str, object]] = []
        answer.lines.append("Judged by the rules in force")
        for paper in page.papers:
            past = await self.traces.document(paper.document.key)
            if past is not None:
                said = await asyncio.to_thread(trace.judged, past, self.in_force.rules, self.sources.get(past.document.source))
                lines = trace.judged_lines(said, past.document, self.watches, self.watch)
                answer.lines += [f"  document:{past.document.key}", *trace.indented(lines, 4)]
                cards.append({"key": f"document:{past.document.key}"} | trace.judged_json(said, past.document, self.watches, self.watch))
        answer.data["cards"] = cards
