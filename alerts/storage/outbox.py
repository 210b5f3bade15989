"""The engine: Deliveries made and composed, Letters claimed, sent and settled. State lives here only; any worker may die at any time.

Whoever changes the row has the work: a claim raises `attempt`, and settling is fenced by it. A bucket row (`chat:ADDRESS`,
`channel:NAME`) is held while a Letter flies, so that no address has two in flight, and afterwards for as long as the pace asks.
"""

import asyncio
import logging
import secrets
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts import compose, fanout
from alerts.compose import Due, Plan, Room
from alerts.fanout import Draft, Duty, Follower
from alerts.models import Address, Cadence, Letter, LetterKind, LetterState, Subscriber
from alerts.render import room
from alerts.render.words import reading, words
from alerts.retry import Fault, Settlement
from alerts.storage import moving, own
from alerts.storage import tables as t
from alerts.storage.items import Names, items_of
from alerts.storage.rows import item_json, left_out, letter_of, subscriber_of, subscription_of
from watcher.models import Revision, Severity, Story
from watcher.own import is_private
from watcher.storage import tables as w
from watcher.storage.database import Database, Utc, insert, ring
from watcher.storage.rows import is_current, revision_of, story_of

log = logging.getLogger(__name__)

BURST = 5  #: Letters that a rested channel may start at once: with 25 a second, never more than 30 in any second
BATCH = 500  #: Subscribers asked in one transaction of a fan-out
KEPT = timedelta(days=90)  #: settled Letters, so that news can reply to what was told, and `why` and `export` can show it
TOLD_KEPT = timedelta(days=365)  #: since it was last told: that a Story was told, or why not, so that a withdrawal reaches who was told
KEPT_OF_STRANGERS = timedelta(hours=1)  #: settled Letters to an address that is no Subscriber's: the reply to /stop
DOWN_SAID = timedelta(days=1)  #: until an operator hears again that a channel still refuses us
FAULT_SAID = timedelta(hours=1)  #: the same of another fault; what happens meanwhile is in the log
UPDATES_KEPT = timedelta(days=2)  #: Telegram itself keeps an update for one (Bot API, "Getting updates")
UNREAD_AFTER = timedelta(hours=12)  #: of failures, until a digest says that a source could not be read
EDITABLE = (LetterKind.ALERT, LetterKind.UPDATE)  #: of one Story; editing a list would lose its others
TELLING = (t.letters.c.state.in_(t.OPEN), t.letters.c.kind.not_in(t.PLAIN))  #: for these alone the next one to an address waits


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What is under way, for `status` and metrics."""

    letters: dict[str, int]  #: by state
    deliveries: int  #: whose Letter is not written yet
    oldest: datetime | None  #: when the longest waiting Letter fell due
    subscribers: int
    by_channel: dict[str, int]  #: Subscribers not parked


class Outbox:
    """Deliveries and Letters.

    Args:
        names: says what readers call things; asked when a Letter is composed.
        domain: right half of the Message-IDs.
        public_url: where this service is seen from outside: addresses that a message holds, and that take room in it; "" without.
    """

    def __init__(
        self, database: Database, *, names: Callable[[], Names], domain: str = "habeas-watch.invalid", public_url: str = ""
    ) -> None:
        self.database = database
        self.names = names
        self.domain = domain
        self.public_url = public_url

    # -- fan out

    async def open_revisions(self, after: Revision | None = None, limit: int = 20) -> list[Revision]:
        """Revisions to be told whose Deliveries are not all made, oldest first.

        Args:
            after: only those behind this one, so that what cannot be told keeps no other waiting.
        """
        place = sa.tuple_(w.revisions.c.at, w.revisions.c.story, w.revisions.c.number)
        waiting = sa.select(w.revisions).where(sa.not_(w.revisions.c.fanned)).order_by(*place).limit(limit)
        if after is not None:
            waiting = waiting.where(place > sa.tuple_(sa.literal(after.at, Utc), after.story, after.number))
        async with self.database.reading() as connection:
            return [revision_of(row) for row in await connection.execute(waiting)]

    async def fan_out(self, revision: Revision, now: datetime) -> tuple[int, bool]:
        """Make the Deliveries of the next batch of Subscribers and move the cursor, at once; answer how many were made, and whether
        more Subscribers are left. Run twice, or by two workers, it makes each Delivery once.
        """
        async with self.database.writing() as connection:
            cursor = await self._cursor(connection, revision)
            if cursor is None:
                return 0, False
            asked, followers = await self._followers(connection, revision, cursor)
            story = await _story(connection, revision)
            drafts: list[Draft] = []
            for follower in followers:
                with left_out(follower.subscriber.id):
                    drafts += filter(None, [fanout.decide(story, revision, follower, now)])
            if drafts:
                values = [_delivery_values(draft, now) for draft in drafts]
                await connection.execute(insert(connection, t.deliveries).on_conflict_do_nothing(), values)
            if len(asked) < BATCH:
                await connection.execute(sa.update(w.revisions).where(_is(revision)).values(fanned=True))
                await connection.execute(sa.delete(t.fanouts).where(*_fanout_is(revision)))
            else:
                await connection.execute(sa.update(t.fanouts).where(*_fanout_is(revision)).values(cursor=asked[-1]))
            return len(drafts), len(asked) == BATCH

    async def _cursor(self, connection: AsyncConnection, revision: Revision) -> int | None:
        """Lock the fan-out's row and read how far it came; None where another worker has finished it."""
        row = {"story": revision.story, "revision": revision.number, "cursor": 0}
        await connection.execute(insert(connection, t.fanouts).values(row).on_conflict_do_nothing())
        locked = sa.select(t.fanouts.c.cursor).where(*_fanout_is(revision)).with_for_update()
        cursor: int = (await connection.execute(locked)).scalar_one()
        if (await connection.execute(sa.select(w.revisions.c.fanned).where(_is(revision)))).scalar_one():
            await connection.execute(sa.delete(t.fanouts).where(*_fanout_is(revision)))
            return None
        return cursor

    async def _followers(self, connection: AsyncConnection, revision: Revision, cursor: int) -> tuple[list[int], list[Follower]]:
        """The next batch of Subscribers that follow it, and those of them whose rows can be read."""
        watches: Any = sa.select(w.story_watches.c.watch).where(w.story_watches.c.story == revision.story)
        if is_private(revision.new_watches):
            watches = revision.new_watches
        following = (
            sa.select(t.subscriptions.c.subscriber)
            .where(t.subscriptions.c.watch.in_(watches), t.subscriptions.c.subscriber > cursor)
            .distinct()
            .order_by(t.subscriptions.c.subscriber)
            .limit(BATCH)
        )
        ids = list((await connection.execute(following)).scalars())
        people = await connection.execute(sa.select(t.subscribers).where(t.subscribers.c.id.in_(ids)).order_by(t.subscribers.c.id))
        rows = await connection.execute(
            sa.select(t.subscriptions).where(t.subscriptions.c.subscriber.in_(ids), t.subscriptions.c.watch.in_(watches))
        )
        by_subscriber = defaultdict(list)
        for row in rows:
            by_subscriber[row.subscriber].append(row)
        told, owed = await self._told(connection, revision, ids)
        followers = []
        for row in people:
            with left_out(row.id):
                subscriptions = tuple(subscription_of(each) for each in by_subscriber[row.id])
                followers.append(
                    Follower(subscriber=subscriber_of(row), subscriptions=subscriptions, told=row.id in told, owed=row.id in owed)
                )
        return ids, followers

    async def _told(self, connection: AsyncConnection, revision: Revision, ids: Sequence[int]) -> tuple[set[int], set[int]]:
        """Which of these were told of the Story, or are about to be, by an earlier revision; and which only should have been."""
        rows = await connection.execute(
            sa.select(t.deliveries.c.subscriber, t.deliveries.c.skipped, t.letters.c.state)
            .outerjoin(t.letters, t.letters.c.id == t.deliveries.c.letter_id)
            .where(
                t.deliveries.c.subscriber.in_(ids),
                t.deliveries.c.story == revision.story,
                t.deliveries.c.revision < revision.number,
                sa.or_(t.deliveries.c.skipped.is_(None), t.deliveries.c.skipped.not_in(fanout.NOT_WANTED)),
            )
        )
        told: set[int] = set()
        owed: set[int] = set()
        for row in rows:
            arrives = row.skipped is None and row.state not in (LetterState.DEAD.value, LetterState.CANCELLED.value)
            (told if arrives else owed).add(row.subscriber)
        long_ago = sa.select(t.told.c.subscriber).where(t.told.c.story == revision.story, t.told.c.subscriber.in_(ids))
        told.update((await connection.execute(long_ago)).scalars())
        return told, owed - told

    # -- compose

    async def due_subscribers(self, now: datetime, limit: int = 200) -> list[int]:
        """Subscribers with a Delivery due at once and no Letter under way."""
        under_way = sa.exists().where(t.letters.c.address == t.subscribers.c.address, *TELLING)
        waiting = (
            sa.select(t.deliveries.c.subscriber, sa.func.min(t.deliveries.c.due_at).label("first"))
            .join(t.subscribers, t.subscribers.c.id == t.deliveries.c.subscriber)
            .where(*_waiting(now), t.deliveries.c.cadence == Cadence.NOW.value, sa.not_(under_way), t.subscribers.c.parked.is_(None))
            .group_by(t.deliveries.c.subscriber)
            .order_by(sa.literal_column("first"), t.deliveries.c.subscriber)
            .limit(limit)
        )
        async with self.database.reading() as connection:
            return list((await connection.execute(waiting)).scalars())

    async def compose(self, subscriber_id: int, now: datetime) -> int | None:
        """Write the next Letter of what is due to this Subscriber, and `letter_id` of its Deliveries, at once. None: nothing is due."""
        async with self.database.writing() as connection:
            subscriber, token = await _lock_subscriber(connection, subscriber_id)
            if subscriber is None or await self._under_way(connection, subscriber.address):
                return None
            due = await self._due(connection, subscriber, now, Cadence.NOW)
            content = _content(subscriber, token)
            plan = await asyncio.to_thread(compose.compose, due, self._room(content, subscriber.address, now))
            return None if plan is None else await self._write(connection, subscriber, plan, now, content)

    async def due_digests(self, now: datetime, limit: int = 200) -> list[tuple[int, Cadence]]:
        """Subscribers whose digest hour has come."""
        found: list[tuple[int, Cadence]] = []
        async with self.database.reading() as connection:
            for cadence, column in ((Cadence.DAILY, t.subscribers.c.next_daily_at), (Cadence.WEEKLY, t.subscribers.c.next_weekly_at)):
                rows = await connection.execute(
                    sa.select(t.subscribers.c.id).where(column <= now, t.subscribers.c.parked.is_(None)).order_by(column).limit(limit)
                )
                found += [(subscriber, cadence) for subscriber in rows.scalars()]
        return found

    async def compose_digest(self, subscriber_id: int, cadence: Cadence, now: datetime, sources: Collection[str]) -> int | None:
        """Write the Letter of the window that ended, and say when the next one is due; unique for each subscriber and window.

        Args:
            sources: ids of all that are polled. The digest says which of them could not be read, or, where nothing happened, that all
                were, so that silence is not taken for an outage. An empty one is sent by mail only.
        """
        column = t.subscribers.c.next_daily_at if cadence is Cadence.DAILY else t.subscribers.c.next_weekly_at
        async with self.database.writing() as connection:
            subscriber, token = await _lock_subscriber(connection, subscriber_id)
            due_at = (await connection.execute(sa.select(column).where(t.subscribers.c.id == subscriber_id))).scalar_one_or_none()
            if subscriber is None or due_at is None or due_at > now:
                return None
            window = fanout.last_window(subscriber, cadence, due_at, now)
            following = await self._next_digest(connection, subscriber, cadence, now)
            await connection.execute(sa.update(t.subscribers).where(t.subscribers.c.id == subscriber_id).values({column.name: following}))
            due = await self._due(connection, subscriber, now, cadence)
            if not due and subscriber.address.channel != "mailto":
                return None
            unread = await self._unread(connection, sources, now)
            text = reading(unread, len(sources), empty=not due, say=words(subscriber.lang))
            content = _content(subscriber, token) | {"text": text}
            room = self._room(content, subscriber.address, now, window.name)
            plans = await asyncio.to_thread(compose.digest, due, room)
            return await self._write_parts(connection, subscriber, plans, now, content, f"{cadence.value}:{window.name}")

    async def _write_parts(
        self,
        connection: AsyncConnection,
        subscriber: Subscriber,
        plans: Sequence[Plan],
        now: datetime,
        content: dict[str, Any],
        window: str,
    ) -> int | None:
        """Write a digest, a Letter for each part; what opens it stands in the first. Answers the id of that."""
        written: list[int | None] = []
        for part, plan in enumerate(plans, 1):
            own = content | {"part": part, "parts": len(plans), "text": content["text"] if part == 1 else ""}
            key = window if part == 1 else f"{window}#{part}"
            written.append(await self._write(connection, subscriber, plan, now, own, window=key))
        return written[0]

    def _room(self, content: dict[str, Any], address: Address, now: datetime, window: str = "") -> Room:
        """How much a message to this address holds beside these words."""
        like = Letter(
            id=0,
            address=address,
            kind=LetterKind.LIST,
            text=content.get("text", ""),
            unsubscribe=content["unsubscribe"],
            window=window,
            lang=content["lang"],
            zone=content["zone"],
            created_at=now,
            due_at=now,
        )
        return lambda kind, items: room(replace(like, kind=kind, items=tuple(items)), public_url=self.public_url)

    async def _unread(self, connection: AsyncConnection, sources: Collection[str], now: datetime) -> list[str]:
        """Names of the sources that were never read, are gone, or have failed for UNREAD_AFTER."""
        failing = sa.and_(w.sources.c.failures > 0, w.sources.c.last_ok_at < now - UNREAD_AFTER)
        rows = await connection.execute(
            sa.select(w.sources.c.source)
            .where(w.sources.c.source.in_(sources), sa.or_(w.sources.c.last_ok_at.is_(None), w.sources.c.gone, failing))
            .order_by(w.sources.c.source)
        )
        titles = self.names().sources
        return [titles.get(source, source) for source in rows.scalars()]

    async def _next_digest(self, connection: AsyncConnection, subscriber: Subscriber, cadence: Cadence, now: datetime) -> datetime | None:
        wants = sa.exists().where(t.subscriptions.c.subscriber == subscriber.id, t.subscriptions.c.cadence == cadence.value)
        still = (await connection.execute(sa.select(wants))).scalar_one()
        return fanout.next_window(subscriber, cadence, now).due_at if still else None

    async def _under_way(self, connection: AsyncConnection, address: Address) -> bool:
        flying = sa.select(sa.exists().where(t.letters.c.address == str(address), *TELLING))
        return bool((await connection.execute(flying)).scalar_one())

    async def _due(self, connection: AsyncConnection, subscriber: Subscriber, now: datetime, cadence: Cadence) -> list[Due]:
        """What is to be told to this Subscriber now, at this cadence, and all else that waits of the same Stories, whatever its time.

        A digest takes with a Story what waits of it for the end of quiet hours. Where news of it is due at once already, it leaves the
        Story to the Letter that tells that: nothing urgent ever waits in a digest, and that Letter settles what the digest left.
        """
        rows = await self._waiting_of(connection, subscriber.id, now, cadence)
        wanted: dict[int, list[str]] = defaultdict(list)
        for row in rows:
            wanted[row.story] += [watch for watch in row.watches if watch not in wanted[row.story]]
        items = await items_of(connection, wanted, self.names(), subscriber.lang, owner=subscriber.id)
        told = await self._references(connection, subscriber.id, list(wanted))
        due = [
            Due(
                delivery=row.id,
                duty=Duty(row.duty),
                cadence=Cadence(row.cadence),
                item=replace(items[row.story].item, revision=row.revision, change=row.change),
                stage=items[row.story].stage,
                told=told[row.story].reference if row.story in told and subscriber.address.knows(told[row.story].reference) else "",
                alone=row.story in told and LetterKind(told[row.story].kind) in EDITABLE,
                ripe=row.due_at <= now and row.cadence == cadence.value,
            )
            for row in rows
            if row.story in items
        ]
        nothing = {row.id: fanout.MUTED for row in rows if row.story not in items}  # all that it could be told under has ended
        skipped = compose.vain(due) | nothing
        await _skip(connection, skipped)
        return compose.together([each for each in due if each.delivery not in skipped])

    async def _waiting_of(self, connection: AsyncConnection, subscriber: int, now: datetime, cadence: Cadence) -> list[sa.Row[Any]]:
        """The Deliveries that wait of each Story of which one is due now at this cadence, in the order of the Story's revisions."""
        mine = t.deliveries.c.subscriber == subscriber
        stories = sa.select(t.deliveries.c.story).where(mine, *_waiting(now), t.deliveries.c.cadence == cadence.value)
        which = [mine, *_unsettled(), t.deliveries.c.story.in_(stories)]
        if cadence is not Cadence.NOW:
            news = (t.deliveries.c.cadence == Cadence.NOW.value, t.deliveries.c.duty != Duty.EDIT.value)
            which.append(t.deliveries.c.story.not_in(sa.select(t.deliveries.c.story).where(mine, *_waiting(now), *news)))
        return list(await connection.execute(sa.select(t.deliveries).where(*which).order_by(t.deliveries.c.revision, t.deliveries.c.id)))

    async def _references(self, connection: AsyncConnection, subscriber: int, stories: Sequence[int]) -> dict[int, Any]:
        """For each Story the reference and kind of the last Letter that told it."""
        long_ago = sa.select(t.told.c.story, t.told.c.reference, t.told.c.kind).where(
            t.told.c.subscriber == subscriber, t.told.c.story.in_(stories), t.told.c.reference.is_not(None)
        )
        lately = (
            sa.select(t.deliveries.c.story, t.letters.c.reference, t.letters.c.kind)
            .join(t.letters, t.letters.c.id == t.deliveries.c.letter_id)
            .where(t.deliveries.c.subscriber == subscriber, t.deliveries.c.story.in_(stories), t.letters.c.reference.is_not(None))
            .order_by(t.letters.c.id)
        )
        return {row.story: row for statement in (long_ago, lately) for row in await connection.execute(statement)}

    async def _write(
        self,
        connection: AsyncConnection,
        subscriber: Subscriber,
        plan: Plan,
        now: datetime,
        content: dict[str, Any],
        *,
        window: str | None = None,
    ) -> int | None:
        """Write a Letter and the Deliveries that it settles. None: there is one of this window already.

        Args:
            content: what it says beside its Items.
        """
        whole = content | {"items": [item_json(item) for item in plan.items], "reply_to": plan.reply_to, "edits": plan.edits}
        own = {"subscriber": subscriber.id, "window": window}
        values = self._values(subscriber.address, plan.kind, whole, plan.urgent, now) | own
        statement = insert(connection, t.letters).values(values).on_conflict_do_nothing().returning(t.letters.c.id)
        letter: int | None = (await connection.execute(statement)).scalar_one_or_none()
        if letter is not None and plan.deliveries:
            await connection.execute(sa.update(t.deliveries).where(t.deliveries.c.id.in_(plan.deliveries)).values(letter_id=letter))
        return letter

    async def post(
        self, address: Address, kind: LetterKind, text: str, now: datetime, *, subject: str = "", reply_to: str = "", lang: str = "en"
    ) -> int:
        """Put a Letter of plain words into the outbox: a confirmation, a reply of the bot, a notice."""
        content = {"text": text, "subject": subject, "reply_to": reply_to, "lang": lang}
        async with self.database.writing() as connection:
            letter = await self._post(connection, address, kind, content, now)
            await ring(connection)
            return letter

    async def _post(self, connection: AsyncConnection, address: Address, kind: LetterKind, content: dict[str, Any], now: datetime) -> int:
        owner = (
            await connection.execute(sa.select(t.subscribers.c.id).where(t.subscribers.c.address == str(address)))
        ).scalar_one_or_none()
        values = self._values(address, kind, content, False, now) | {"subscriber": owner}
        letter: int = (await connection.execute(sa.insert(t.letters).values(values).returning(t.letters.c.id))).scalar_one()
        return letter

    def _values(self, address: Address, kind: LetterKind, content: dict[str, Any], urgent: bool, now: datetime) -> dict[str, Any]:
        return {
            "address": str(address),
            "channel": address.channel,
            "kind": kind.value,
            "content": content,
            "state": LetterState.PENDING.value,
            "urgent": urgent,
            "message_id": f"<{secrets.token_hex(12)}@{self.domain}>",
            "created_at": now,
            "due_at": now,
        }

    # -- deliver

    async def claim(self, channel: str, now: datetime, *, free: int, per_second: float, lease: timedelta) -> list[Letter]:
        """Take up to `free` Letters that can start now: due, their chat and the channel's pace allowing; urgent alerts first, then replies
        and notices, then the rest. To one address a reply goes behind what tells it something, so that nobody can talk it to silence.

        Args:
            lease: longest that they may be in flight; then they are `expired`.
        """
        async with self.database.writing() as connection:
            tokens = await self._tokens(connection, channel, now, free, per_second)
            if not tokens:
                return []
            held = sa.select(w.buckets.c.key).where(w.buckets.c.key == sa.literal("chat:") + t.letters.c.address, w.buckets.c.free_at > now)
            plain = t.letters.c.kind.in_(t.PLAIN)
            telling = t.letters.alias()
            told_something = sa.select(telling.c.address).where(
                telling.c.channel == channel,
                telling.c.state == LetterState.PENDING.value,
                telling.c.kind.not_in(t.PLAIN),
                telling.c.due_at <= now,
            )
            candidates = (
                sa.select(t.letters.c.id, t.letters.c.address)
                .where(
                    t.letters.c.channel == channel,
                    t.letters.c.state == LetterState.PENDING.value,
                    t.letters.c.due_at <= now,
                    sa.not_(held.exists()),
                    sa.not_(sa.and_(plain, t.letters.c.address.in_(told_something))),
                )
                .order_by(sa.case((t.letters.c.urgent, 0), (plain, 1), else_=2), t.letters.c.due_at, t.letters.c.id)
                .limit(tokens * 4)
                .with_for_update(skip_locked=True)
            )
            chosen: dict[str, int] = {}
            for row in await connection.execute(candidates):
                if len(chosen) < tokens and row.address not in chosen and await _seize(connection, f"chat:{row.address}", now, now + lease):
                    chosen[row.address] = row.id
            if not chosen:
                return []
            await self._spend(connection, channel, now, len(chosen), per_second)
            taken = (
                sa.update(t.letters)
                .where(t.letters.c.id.in_(chosen.values()))
                .values(state=LetterState.SENDING.value, attempt=t.letters.c.attempt + 1, lease_until=now + lease)
                .returning(*t.letters.c)
            )
            rows = {row.id: row for row in await connection.execute(taken)}
            return [letter for each in chosen.values() if (letter := await self._read(connection, rows[each], now)) is not None]

    async def _read(self, connection: AsyncConnection, row: sa.Row[Any], now: datetime) -> Letter | None:
        """The Letter of this row; None where it cannot be read: then it is dead, since it would stop all others."""
        try:
            return letter_of(row)
        except Exception as error:
            log.exception("letter:%d cannot be read", row.id, extra={"action": "unreadable", "letter": row.id})
            dead = {"state": LetterState.DEAD.value, "error": f"it cannot be read: {type(error).__name__}", "settled_at": now}
            await connection.execute(sa.update(t.letters).where(t.letters.c.id == row.id).values(dead | {"lease_until": None}))
            await _hold(connection, f"chat:{row.address}", now)
            return None

    async def _tokens(self, connection: AsyncConnection, channel: str, now: datetime, free: int, per_second: float) -> int:
        """How many Letters the channel's bucket lets go now; the bucket's row is locked until the end of this transaction."""
        held = sa.select(w.buckets.c.key).where(w.buckets.c.key == f"hold:{channel}", w.buckets.c.free_at > now)
        if (await connection.execute(held)).one_or_none() is not None:
            return 0
        key = f"channel:{channel}"
        await connection.execute(insert(connection, w.buckets).values(key=key, free_at=now).on_conflict_do_nothing())
        free_at: datetime = (
            await connection.execute(sa.select(w.buckets.c.free_at).where(w.buckets.c.key == key).with_for_update())
        ).scalar_one()
        if not per_second:
            return free if free_at <= now else 0
        burst = timedelta(seconds=BURST / per_second)
        ahead = (now + burst - max(free_at, now)).total_seconds() * per_second
        return max(0, min(free, int(ahead + 1e-6)))

    async def _spend(self, connection: AsyncConnection, channel: str, now: datetime, count: int, per_second: float) -> None:
        if per_second:
            bucket = w.buckets.c.key == f"channel:{channel}"
            free_at = (await connection.execute(sa.select(w.buckets.c.free_at).where(bucket))).scalar_one()
            await connection.execute(
                sa.update(w.buckets).where(bucket).values(free_at=max(free_at, now) + timedelta(seconds=count / per_second))
            )

    async def settle(self, letter: Letter, settlement: Settlement, now: datetime, operators: Sequence[Address] = ()) -> bool:
        """Write what became of a Letter, and what these operators are told of it; False where its lease ran out meanwhile and another
        worker has it."""
        async with self.database.writing() as connection:
            values = {
                "state": settlement.state.value,
                "lease_until": None,
                "error": settlement.error or None,
                "repeat": letter.repeat or settlement.repeat,
                "plain": letter.plain or settlement.plain,
                "due_at": settlement.due_at or letter.due_at,
            }
            if settlement.state in (LetterState.SENT, LetterState.UNKNOWN, LetterState.DEAD):
                values["settled_at"] = now
            if settlement.reference:
                values["reference"] = settlement.reference
            fenced = sa.and_(
                t.letters.c.id == letter.id, t.letters.c.state == LetterState.SENDING.value, t.letters.c.attempt == letter.attempt
            )
            result = await connection.execute(sa.update(t.letters).where(fenced).values(values))
            if result.rowcount != 1:
                return False
            await _hold(connection, f"chat:{letter.address}", now + settlement.hold_chat)
            if settlement.hold_channel:
                await _hold(connection, f"hold:{letter.address.channel}", now + settlement.hold_channel, longest=True)
            if settlement.to_digest:
                await self._to_digest(connection, letter, now)
            if settlement.park is not None:
                await self._park(connection, letter, settlement.park, now)
            if settlement.rename is not None:
                await moving.rename_chat(connection, letter.address, settlement.rename)
            await self._land(connection, letter, settlement, now)
            if settlement.state is LetterState.SENT:
                await connection.execute(sa.delete(w.buckets).where(w.buckets.c.key == _noticed(letter, Fault.DOWN)))
            await self._report(connection, letter, settlement, operators, now)
            return True

    async def _report(
        self, connection: AsyncConnection, letter: Letter, settlement: Settlement, operators: Sequence[Address], now: datetime
    ) -> None:
        """Post a notice to the operators: of a channel that is down one until it serves again, or a day; of another fault one an hour.

        Never about a notice, or a channel that is down would speak of itself for ever, and never by the channel that is down.
        """
        fault = settlement.fault
        told_by = [each for each in operators if fault is not Fault.DOWN or each.channel != letter.address.channel]
        if fault is None or letter.kind is LetterKind.NOTICE or not told_by:
            return
        if await _seize(connection, _noticed(letter, fault), now, now + (DOWN_SAID if fault is Fault.DOWN else FAULT_SAID)):
            text = f"letter:{letter.id}: {settlement.report}"
            content = {"text": text, "subject": "Habeas Watch: a fault", "reply_to": "", "lang": "en"}
            for operator in told_by:
                await self._post(connection, operator, LetterKind.NOTICE, content, now)

    async def _to_digest(self, connection: AsyncConnection, letter: Letter, now: datetime) -> None:
        """Free the Letter's Deliveries for the reader's next daily digest."""
        its_own = t.letters.c.subscriber == t.subscribers.c.id  # whose address may be another since the Letter was claimed
        row = (await connection.execute(sa.select(t.subscribers).join(t.letters, its_own).where(t.letters.c.id == letter.id))).one_or_none()
        if row is None:
            return
        with left_out(row.id):
            due_at = fanout.next_window(subscriber_of(row), Cadence.DAILY, now).due_at
            freed = {"letter_id": None, "cadence": Cadence.DAILY.value, "due_at": due_at}
            await connection.execute(sa.update(t.deliveries).where(t.deliveries.c.letter_id == letter.id).values(freed))
            if row.next_daily_at is None:
                await connection.execute(sa.update(t.subscribers).where(t.subscribers.c.id == row.id).values(next_daily_at=due_at))

    async def _park(self, connection: AsyncConnection, letter: Letter, reason: str, now: datetime) -> None:
        """Write no more to this address; what it was owed goes to the second address, if there is one, this Letter too."""
        row = (await connection.execute(sa.select(t.subscribers).where(t.subscribers.c.address == str(letter.address)))).one_or_none()
        if row is None:
            return
        this = sa.update(t.letters).where(t.letters.c.id == letter.id)
        await connection.execute(this.values(state=LetterState.PENDING.value, due_at=now, settled_at=None))
        if not await moving.park(connection, row, reason, now):
            await connection.execute(this.values(state=LetterState.DEAD.value, settled_at=now))

    async def _land(self, connection: AsyncConnection, letter: Letter, settlement: Settlement, now: datetime) -> None:
        """Where the Letter's address moved while it flew, let it go to the new one: it is owed there if it did not arrive here."""
        row = (await connection.execute(sa.select(t.letters.c.address, t.letters.c.state).where(t.letters.c.id == letter.id))).one()
        if row.address == str(letter.address) or settlement.rename is not None:
            return
        gone = settlement.park is not None and row.state == LetterState.DEAD.value
        if gone:
            again = {"state": LetterState.PENDING.value, "due_at": now, "settled_at": None}
            await connection.execute(sa.update(t.letters).where(t.letters.c.id == letter.id).values(again))
        if gone or row.state == LetterState.PENDING.value:
            await moving.land(connection, letter.id)

    async def expired(self, now: datetime, limit: int = 200) -> list[Letter]:
        """Letters whose lease ran out while sending: perhaps sent. Settle each as unknown; the fence keeps a late answer out."""
        async with self.database.reading() as connection:
            rows = await connection.execute(
                sa.select(t.letters).where(t.letters.c.state == LetterState.SENDING.value, t.letters.c.lease_until <= now).limit(limit)
            )
            return [letter_of(row) for row in rows]

    async def clean(self, now: datetime) -> int:
        """Delete what nobody needs any more: Letters settled longer ago than KEPT, with their Deliveries, of which `told` remembers for
        TOLD_KEPT which Story they told; Letters to addresses that are no Subscriber's, longer ago than KEPT_OF_STRANGERS, so that a reader
        who left leaves no trace; who voted on a Letter that is gone; Deliveries that were skipped; updates, pacing and leases that ran
        out. Answers how many Letters went.
        """
        settled_at = sa.func.coalesce(t.letters.c.settled_at, t.letters.c.created_at)
        known = sa.exists().where(t.subscribers.c.address == t.letters.c.address)
        old = sa.and_(
            t.letters.c.state.not_in(t.OPEN),
            sa.or_(
                settled_at <= now - KEPT, sa.and_(settled_at <= now - KEPT_OF_STRANGERS, sa.not_(known), t.letters.c.subscriber.is_(None))
            ),
        )
        async with self.database.writing() as connection:
            ids = sa.select(t.letters.c.id).where(old)
            await self._remember(connection, old)
            await connection.execute(sa.delete(t.deliveries).where(t.deliveries.c.letter_id.in_(ids)))
            gone = (await connection.execute(sa.delete(t.letters).where(old))).rowcount
            of_nobody = (t.votes.c.letter.is_(None), t.votes.c.voter.is_not(None))
            await connection.execute(sa.update(t.votes).where(*of_nobody).values(voter=None))
            skipped = (t.deliveries.c.skipped.is_not(None), t.deliveries.c.created_at <= now - TOLD_KEPT)
            await connection.execute(sa.delete(t.deliveries).where(*skipped))
            await connection.execute(sa.delete(t.told).where(t.told.c.at <= now - TOLD_KEPT))
            await own.sweep(connection)
            await connection.execute(sa.delete(t.updates).where(t.updates.c.seen_at <= now - UPDATES_KEPT))
            await connection.execute(sa.delete(w.buckets).where(w.buckets.c.free_at <= now - KEPT_OF_STRANGERS))
            await connection.execute(sa.delete(w.leases).where(w.leases.c.until <= now - KEPT_OF_STRANGERS))
            return gone

    async def _remember(self, connection: AsyncConnection, old: sa.ColumnElement[bool]) -> None:
        """Keep of these Letters which Story they told whom, so that a withdrawal finds those who were told."""
        last = (
            sa.select(t.deliveries.c.subscriber, t.deliveries.c.story, sa.func.max(t.letters.c.id).label("letter"))
            .join(t.letters, t.letters.c.id == t.deliveries.c.letter_id)
            .where(old, t.letters.c.state.in_((LetterState.SENT.value, LetterState.UNKNOWN.value)))
            .group_by(t.deliveries.c.subscriber, t.deliveries.c.story)
            .subquery()
        )
        at = sa.func.coalesce(t.letters.c.settled_at, t.letters.c.created_at)
        rows = sa.select(last.c.subscriber, last.c.story, t.letters.c.reference, t.letters.c.kind, at).where(
            t.letters.c.id == last.c.letter
        )
        statement = insert(connection, t.told).from_select(["subscriber", "story", "reference", "kind", "at"], rows)
        newer = {name: statement.excluded[name] for name in ("reference", "kind", "at")}
        await connection.execute(statement.on_conflict_do_update(index_elements=["subscriber", "story"], set_=newer))

    async def next_start(self, channel: str, per_second: float, now: datetime) -> datetime | None:
        """When the first of the Letters that wait may be claimed: `now` or before where one is due and nothing holds it, its chat and the
        channel's pace included; None where none waits."""
        waits = (t.letters.c.channel == channel, t.letters.c.state == LetterState.PENDING.value)
        chat = sa.select(w.buckets.c.free_at).where(w.buckets.c.key == sa.literal("chat:") + t.letters.c.address).scalar_subquery()
        free = sa.or_(chat.is_(None), chat <= now)
        startable = sa.select(sa.exists().where(*waits, t.letters.c.due_at <= now, free))
        earliest = sa.select(sa.func.min(sa.case((chat > t.letters.c.due_at, chat), else_=t.letters.c.due_at), type_=Utc)).where(*waits)
        key = w.buckets.c.key.in_((f"hold:{channel}", f"channel:{channel}"))
        async with self.database.reading() as connection:
            if (await connection.execute(startable)).scalar_one():  # most often so, and found at once
                first: datetime | None = now
            else:
                first = (await connection.execute(earliest)).scalar_one()
            held = {row.key: row.free_at for row in await connection.execute(sa.select(w.buckets).where(key))}
        if first is None:
            return None
        burst = timedelta(seconds=(BURST - 1) / per_second) if per_second else timedelta(0)
        channel_free: datetime = held.get(f"channel:{channel}", first) - burst
        channel_held: datetime = held.get(f"hold:{channel}", first)
        return max(first, channel_free, channel_held)

    async def counts(self) -> Counts:
        """How much is under way."""
        waiting = (t.deliveries.c.letter_id.is_(None), t.deliveries.c.skipped.is_(None))
        oldest = sa.select(sa.func.min(t.letters.c.due_at)).where(t.letters.c.state == LetterState.PENDING.value)
        active = sa.select(t.subscribers.c.address).where(t.subscribers.c.parked.is_(None))
        async with self.database.reading() as connection:
            letters = await connection.execute(sa.select(t.letters.c.state, sa.func.count()).group_by(t.letters.c.state))
            deliveries = await connection.execute(sa.select(sa.func.count()).select_from(t.deliveries).where(*waiting))
            addresses = list((await connection.execute(active)).scalars())
            return Counts(
                letters={row[0]: row[1] for row in letters},
                deliveries=deliveries.scalar_one(),
                oldest=(await connection.execute(oldest)).scalar_one(),
                subscribers=len(addresses),
                by_channel=dict(Counter(address.partition(":")[0] for address in addresses)),
            )


def _delivery_values(draft: Draft, now: datetime) -> dict[str, Any]:
    return {
        "subscriber": draft.subscriber,
        "story": draft.story,
        "revision": draft.revision,
        "duty": draft.duty.value,
        "watches": list(draft.watches),
        "cadence": draft.cadence.value,
        "due_at": draft.due_at,
        "change": draft.change,
        "skipped": draft.skipped,
        "created_at": now,
    }


def _content(subscriber: Subscriber, token: str) -> dict[str, Any]:
    """What every Letter to a Subscriber says beside its Items."""
    return {"unsubscribe": token, "lang": subscriber.lang, "zone": subscriber.zone, "text": ""}


def _unsettled() -> tuple[sa.ColumnElement[bool], ...]:
    return t.deliveries.c.letter_id.is_(None), t.deliveries.c.skipped.is_(None)


def _waiting(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return *_unsettled(), t.deliveries.c.due_at <= now


def _is(revision: Revision) -> sa.ColumnElement[bool]:
    return sa.and_(w.revisions.c.story == revision.story, w.revisions.c.number == revision.number)


def _fanout_is(revision: Revision) -> tuple[sa.ColumnElement[bool], ...]:
    return (t.fanouts.c.story == revision.story, t.fanouts.c.revision == revision.number)


async def _story(connection: AsyncConnection, revision: Revision) -> Story:
    """The Story of a revision; to owners of Watches it is as pressing as the papers that those found, which others don't see."""
    row = (await connection.execute(sa.select(w.stories).where(w.stories.c.id == revision.story))).one()
    watches = await connection.execute(
        sa.select(w.story_watches.c.watch)
        .where(w.story_watches.c.story == revision.story)
        .order_by(w.story_watches.c.revision, w.story_watches.c.watch)
    )
    story = story_of(row, tuple(watches.scalars()), "")
    if not is_private(revision.new_watches):
        return story
    found = (
        sa.select(sa.func.max(w.versions.c.severity))
        .join(w.documents, is_current())
        .join(w.story_documents, w.story_documents.c.document == w.documents.c.id)
        .join(w.matches, w.matches.c.document == w.documents.c.id)
        .where(w.story_documents.c.story == revision.story, w.matches.c.watch.in_(revision.new_watches))
    )
    pressing = (await connection.execute(found)).scalar_one()
    return replace(story, severity=max(story.severity, Severity(pressing or story.severity)))


async def _lock_subscriber(connection: AsyncConnection, subscriber: int) -> tuple[Subscriber | None, str]:
    row = (await connection.execute(sa.select(t.subscribers).where(t.subscribers.c.id == subscriber).with_for_update())).one_or_none()
    return (subscriber_of(row), row.token) if row is not None else (None, "")


async def _skip(connection: AsyncConnection, reasons: Mapping[int, str]) -> None:
    """Let these Deliveries be told by nothing, each for its reason."""
    for reason in dict.fromkeys(reasons.values()):
        ids = [delivery for delivery, why in reasons.items() if why == reason]
        await connection.execute(sa.update(t.deliveries).where(t.deliveries.c.id.in_(ids)).values(skipped=reason))


async def _seize(connection: AsyncConnection, key: str, now: datetime, until: datetime) -> bool:
    """Take a bucket that is free; of two that try, one has it."""
    attempt = insert(connection, w.buckets).values(key=key, free_at=until)
    statement = attempt.on_conflict_do_update(
        index_elements=["key"], set_={"free_at": attempt.excluded.free_at}, where=w.buckets.c.free_at <= now
    ).returning(w.buckets.c.key)
    return (await connection.execute(statement)).scalar_one_or_none() is not None


async def _hold(connection: AsyncConnection, key: str, until: datetime, *, longest: bool = False) -> None:
    """Hold a bucket until then; `longest`: one that is held for longer already stays so."""
    statement = insert(connection, w.buckets).values(key=key, free_at=until)
    later = w.buckets.c.free_at < statement.excluded.free_at if longest else None
    set_ = {"free_at": statement.excluded.free_at}
    await connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_=set_, where=later))


def _noticed(letter: Letter, fault: Fault) -> str:
    """The bucket that is held while operators need not hear of such a fault again."""
    return f"notice:{letter.address.channel}:{fault}"
