"""The bot's Desk over the database: what chats follow and are shown. A chat's threads are addresses of their own, and go with it."""

from collections.abc import Callable, Sequence

import sqlalchemy as sa

from alerts.models import Address, Cadence, Item, LetterKind, QuietHours, Subscriber, Subscription
from alerts.retry import Fault
from alerts.storage import moving
from alerts.storage import tables as t
from alerts.storage.book import Book
from alerts.storage.feedback import Ballots
from alerts.storage.items import items_of
from alerts.storage.outbox import Outbox
from watcher.models import DocumentType, Severity, Watch
from watcher.own import is_own
from watcher.storage import tables as w
from watcher.storage.database import Database, insert
from watcher.storage.moves import alike, is_home
from watcher.storage.own import owned, public_story


class StoredDesk:
    """`alerts.ports.Desk`; each deed is one short transaction, and may be done twice.

    Args:
        topics: what can be followed now, in the order it is shown.
        posted: called when a reply lies in the outbox, so that it leaves at once.
        ballots: takes votes; None takes none.
        operators: who is told of faults.
    """

    def __init__(
        self,
        database: Database,
        outbox: Outbox,
        topics: Callable[[], Sequence[Watch]],
        posted: Callable[[], None] = lambda: None,
        *,
        ballots: Ballots | None = None,
        operators: Sequence[Address] = (),
    ) -> None:
        self._database = database
        self._outbox = outbox
        self._book = Book(database)
        self._topics = topics
        self._posted = posted
        self._ballots = ballots
        self._operators = operators

    # -- updates

    async def handled(self, update: int) -> bool:
        async with self._database.reading() as connection:
            known = sa.select(sa.exists().where(t.updates.c.id == update))
            return bool((await connection.execute(known)).scalar_one())

    async def settle(self, update: int) -> None:
        now = await self._database.now()
        async with self._database.writing() as connection:
            await connection.execute(insert(connection, t.updates).values(id=update, seen_at=now).on_conflict_do_nothing())

    # -- what is known

    async def topics(self) -> Sequence[Watch]:
        return self._topics()

    async def subscriber(self, address: Address) -> Subscriber | None:
        listed = await self._book.find(address)
        return listed.subscriber if listed is not None else None

    async def subscriptions(self, address: Address) -> Sequence[Subscription]:
        listed = await self._book.find(address)
        return listed.subscriptions if listed is not None else ()

    async def latest(self, watch: str | None, count: int, *, lang: str = "en") -> Sequence[Item]:
        newest = sa.select(w.stories.c.id).order_by(w.stories.c.revised_at.desc(), w.stories.c.id.desc()).limit(count)
        newest = newest.where(public_story(w.stories.c.id), is_home(w.stories.c.id))
        if watch is not None:
            if is_own(watch):
                return []
            newest = newest.join(w.story_watches, w.story_watches.c.story == w.stories.c.id).where(w.story_watches.c.watch == watch)
        async with self._database.reading() as connection:
            ids = list((await connection.execute(newest)).scalars())
            rows = await connection.execute(
                sa.select(w.story_watches.c.story, w.story_watches.c.watch)
                .where(w.story_watches.c.story.in_(ids), sa.not_(owned(w.story_watches.c.watch)))
                .order_by(w.story_watches.c.revision, w.story_watches.c.watch)
            )
            wanted: dict[int, list[str]] = {story: [] for story in ids}
            for row in rows:
                wanted[row.story].append(row.watch)
            facts = await items_of(connection, wanted, self._outbox.names(), lang)
        return [facts[story].item for story in ids if story in facts]

    async def why(self, address: Address, story: int) -> Item | None:
        """With the Watches it was told under; else those of it that are followed here; else all of it. A number that went into another
        Story is that."""
        async with self._database.reading() as connection:
            numbers = await alike(connection, [story])
        story = numbers[story]
        told = (
            sa.select(t.deliveries.c.watches)
            .join(t.subscribers, t.subscribers.c.id == t.deliveries.c.subscriber)
            .where(t.subscribers.c.address == str(address), t.deliveries.c.story.in_(sorted(numbers)))
            .order_by(t.deliveries.c.revision)
        )
        of_it = (
            sa.select(w.story_watches.c.watch)
            .where(w.story_watches.c.story == story)
            .order_by(w.story_watches.c.revision, w.story_watches.c.watch)
        )
        listed = await self._book.find(address)
        followed = {each.watch for each in listed.subscriptions} if listed is not None else set()
        owner = listed.subscriber.id if listed is not None else None
        async with self._database.reading() as connection:
            every = [watch for watch in (await connection.execute(of_it)).scalars() if not is_own(watch) or watch in followed]
            under = dict.fromkeys(watch for watches in (await connection.execute(told)).scalars() for watch in watches)
            watches = list(under) or [watch for watch in every if watch in followed] or every
            facts = await items_of(connection, {story: watches}, self._outbox.names(), owner=owner)
        return facts[story].item if story in facts else None

    # -- what is done

    async def follow(
        self,
        address: Address,
        watches: Sequence[str],
        *,
        cadence: Cadence,
        floor: Severity,
        types: Sequence[DocumentType] = (),
        lang: str,
    ) -> None:
        now = await self._database.now()
        await self._book.add(address, now, lang=lang)
        if watches:
            await self._book.follow(address, watches, now, cadence=cadence, floor=floor, types=types)

    async def unfollow(self, address: Address, watches: Sequence[str]) -> None:
        await self._book.unfollow(address, watches)

    async def set_quiet(self, address: Address, quiet: QuietHours | None, zone: str | None) -> None:
        await self._book.set_quiet(address, quiet)
        if zone is not None:
            await self._book.set_zone(address, zone)

    async def set_lang(self, address: Address, lang: str) -> None:
        await self._book.set_lang(address, lang)

    async def vote(self, chat: Address, letter: int, user: int, *, relevant: bool) -> bool:
        return self._ballots is not None and await self._ballots.press(chat, letter, user, relevant=relevant)

    async def forget(self, address: Address) -> None:
        await self._book.forget(address)

    async def park(self, chat: Address, reason: str) -> None:
        now = await self._database.now()
        async with self._database.writing() as connection:
            for row in list(await connection.execute(sa.select(t.subscribers).where(moving.of_chat(chat)))):
                await moving.park(connection, row, reason, now)

    async def unpark(self, chat: Address) -> None:
        now = await self._database.now()
        async with self._database.writing() as connection:
            await moving.unpark(connection, chat, now)

    async def rename(self, old: Address, new: Address) -> None:
        """Its threads move too, each to the thread of the same number."""
        async with self._database.writing() as connection:
            await moving.rename_chat(connection, old, new)

    async def refused(self, reason: str) -> None:
        text = f"channel telegram refuses us: {reason}"
        await self._outbox.report("telegram", Fault.DOWN, text, await self._database.now(), self._operators)
        self._posted()

    async def reply(self, address: Address, text: str, *, lang: str, reply_to: str = "") -> None:
        now = await self._database.now()
        await self._outbox.post(address, LetterKind.CONFIRMATION, text, now, reply_to=reply_to, lang=lang)
        self._posted()
