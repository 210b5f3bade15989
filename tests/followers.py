"""A reader who follows one case at once: what is polled at a time, by the real use case, reaches her chat, which keeps what it shows."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from alerts import deliver
from alerts.models import Address, Item, Letter, Sent
from alerts.retry import settle
from alerts.storage import Book, Names, Outbox
from watcher.match import Rules
from watcher.models import Severity, Source, SourceState, Watch
from watcher.poll import Tools, poll
from watcher.ports import Ask, Page, PollResult
from watcher.sources import KINDS
from watcher.storage import Database, SourceStore
from watcher.storage import tables as w

CHAT = Address.parse("telegram:1")
LONG_AGO = datetime.fromisoformat("2020-01-01T00:00:00Z")
LEASE = timedelta(seconds=45)


@dataclass
class Server:
    """Answers each source with the bytes given last."""

    bodies: dict[str, bytes] = field(default_factory=dict)

    async def get(self, source: Source, ask: Ask, state: SourceState | None = None) -> Page:
        return Page(url=ask.url, body=self.bodies[source.id])


@dataclass(frozen=True)
class Told:
    """A message, or the change of one, about one Story."""

    how: str  #: alert | edit | update
    paper: str  #: key of the Document that leads the Story
    item: Item


class Reader:
    """A Telegram chat that follows Watches, and the service that tells it."""

    def __init__(self, database: Database, watches: Sequence[Watch], *, address: Address = CHAT) -> None:
        self.database = database
        self.address = address
        self.rules = Rules(watches)
        self.store = SourceStore(database)
        self.book = Book(database)
        self.outbox = Outbox(database, names=Names, domain="alerts.example")
        self.server = Server()
        self.shown: dict[str, Letter] = {}  #: what the chat shows, by the reference of each message

    async def follow(self, *, floor: Severity = Severity.ROUTINE, now: datetime = LONG_AGO) -> None:
        await self.book.follow(self.address, [watch.id for watch in self.rules.watches], now, floor=floor)

    async def poll(self, source: Source, body: bytes, now: datetime) -> PollResult:
        """Poll once at this time, and be answered with these bytes."""
        self.server.bodies[source.id] = body
        await self.store.enrol({source.id: source.url}, now)
        (state,) = await self.store.claim_named([source.id], now)
        tools = Tools(fetcher=self.server, store=self.store, judge=self.rules.judge, adapter=KINDS[source.kind], stopwatch=lambda: 0.0)
        result = await poll(source, state, tools, now)
        assert (result.error, result.faults) == (None, ())
        return result

    async def hears(self, now: datetime) -> list[Told]:
        """Fan out, compose and send until nothing is due; what that told the reader, message by message."""
        told: list[Told] = []
        await deliver.fan_out(self.outbox, now)
        while await deliver.compose(self.outbox, now, []):
            (letter,) = await self.outbox.claim(self.address.channel, now, free=9, per_second=0, lease=LEASE)
            new = letter.message_id if self.address.channel == "mailto" else f"{self.address.to}/{len(self.shown) + 1}"
            reference = letter.edits or new
            told += await self._take(letter, reference)
            assert await self.outbox.settle(letter, settle(letter, Sent(reference), now, gap=timedelta(0)), now)
        return told

    async def _take(self, letter: Letter, reference: str) -> list[Told]:
        """Show a Letter, and say what is new in it. An edit that changes nothing, or loses a Story, is a fault."""
        news, how = letter.items, "update" if letter.reply_to else "alert"
        if letter.edits:
            before = {item.story: _words(item) for item in self.shown[letter.edits].items}
            assert [item.story for item in letter.items] == list(before)
            news, how = tuple(item for item in letter.items if _words(item) != before[item.story]), "edit"
            assert news, "an edit that changes nothing"
        assert not letter.reply_to or letter.reply_to in self.shown
        self.shown[reference] = letter
        return [Told(how, await self._lead(item.story), item) for item in news]

    async def _lead(self, story: int) -> str:
        lead = sa.select(w.documents.c.key).join(w.stories, w.stories.c.lead == w.documents.c.id).where(w.stories.c.id == story)
        async with self.database.reading() as connection:
            return str((await connection.execute(lead)).scalar_one())


def _words(item: Item) -> Item:
    """What a reader sees of an Item, without the counter."""
    return replace(item, revision=0, shown=0)
