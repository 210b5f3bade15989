"""Letters written of what is due to a Subscriber: one under way to each address, and a digest for each window."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts import compose, fanout
from alerts.compose import Due, Plan, Room
from alerts.fanout import Duty
from alerts.models import CHANNELS, Address, Cadence, Item, Letter, LetterKind, LetterState, Subscriber
from alerts.render import room
from alerts.render.words import reading, words
from alerts.storage import ahead, buckets, letters, overtaken
from alerts.storage import tables as t
from alerts.storage.items import Facts, Names, items_of
from alerts.storage.rows import ahead_json, ahead_of, item_json, item_of, subscriber_of
from watcher.own import is_own
from watcher.storage import presence
from watcher.storage import tables as w
from watcher.storage.database import Utc, insert
from watcher.storage.moves import alike

UNREAD_AFTER = timedelta(hours=12)  #: of failures, until a digest says that a source could not be read
GATHERED = timedelta(seconds=30)  #: after an outage, until what it delayed is told, so that it is told together
READ_AGAIN = timedelta(minutes=10)  #: after an outage, until the digests that it delayed are written: the sources are read first
PUT_OFF = timedelta(minutes=10)  #: until who could not be written to is tried again
SEVERAL = 4  #: Deliveries looked at for each Subscriber that is sought: one may have several
OF_ONE = (LetterKind.ALERT, LetterKind.UPDATE)  #: they tell of nothing besides
WRITTEN_AHEAD = 500  #: Letters that may lie ready for a channel, in a lane: what waits longer becomes a list
AT_ONCE = ("mailto",)  #: channels that are written to whatever lies ready: one domain that is slow or refuses keeps no other waiting
REWRITTEN = (LetterKind.ALERT.value, LetterKind.LIST.value, LetterKind.UPDATE.value)  #: written anew where something urgent joins them
MADE_WAY = "told together with what is urgent"  #: why a Letter is cancelled that was written before it
#: For these alone the next one to an address waits.
TELLING = (t.in_state(LetterState.PENDING, LetterState.SENDING), t.letters.c.kind.not_in(t.PLAIN))


async def due_subscribers(connection: AsyncConnection, now: datetime, limit: int, ahead: int) -> list[int]:
    """`Outbox.due_subscribers`, in this transaction."""
    if await presence.outages(connection, now - GATHERED, now):
        return []
    found: dict[int, None] = {}
    for lane in (t.URGENT, t.REST):
        if left := limit - len(found):
            may = [each for each in CHANNELS if each in AT_ONCE or await _startable(connection, each, lane, now, ahead) < ahead]
            lines = [await _due_in(connection, channel, lane, now, left) for channel in may]
            found |= dict.fromkeys(_shared(lines, left))
    return list(found)


def _shared(lines: Sequence[Sequence[int]], limit: int) -> list[int]:
    """So many of those who stand in the lines of channels: of each a third of the limit, or all, and what one leaves is for the first."""
    part = limit // len(CHANNELS)
    spare = limit - sum(len(line[:part]) for line in lines)
    chosen: list[int] = []
    for line in lines:
        more = line[part : part + spare]
        chosen += [*line[:part], *more]
        spare -= len(more)
    return chosen


async def _startable(connection: AsyncConnection, channel: str, lane: int, now: datetime, most: int) -> int:
    """How many Letters wait for nothing but the pace of their channel, counted up to so many."""
    held = sa.exists().where(w.buckets.c.key == buckets.chat_of(t.letters.c.address), w.buckets.c.free_at > now)
    waits = (t.letters.c.channel == channel, t.in_state(LetterState.PENDING), t.letters.c.lane == lane, t.letters.c.due_at <= now)
    some = sa.select(t.letters.c.id).where(*waits, sa.not_(held)).limit(most).subquery()
    count: int = (await connection.execute(sa.select(sa.func.count()).select_from(some))).scalar_one()
    return count


async def _due_in(connection: AsyncConnection, channel: str, lane: int, now: datetime, limit: int) -> list[int]:
    """Those with something due in a lane and nothing under way. In the urgent one, of what is under way in the other nothing but what is
    being sent holds them up."""
    before = () if lane == t.REST else (sa.or_(t.in_state(LetterState.SENDING), t.letters.c.lane == t.URGENT),)
    under_way = sa.exists().where(t.letters.c.address == t.subscribers.c.address, *TELLING, *before)
    place = sa.tuple_(t.deliveries.c.due_at, t.deliveries.c.subscriber)
    waiting = (
        sa.select(t.deliveries.c.due_at, t.deliveries.c.subscriber)
        .join(t.subscribers, t.subscribers.c.id == t.deliveries.c.subscriber)
        .where(t.deliveries.c.channel == channel, t.deliveries.c.lane == lane, *_waiting(now))
        .where(t.deliveries.c.cadence == Cadence.NOW.value, sa.not_(under_way), t.subscribers.c.parked.is_(None))
        .order_by(t.deliveries.c.due_at, t.deliveries.c.subscriber)
        .limit(limit * SEVERAL)
    )
    found: dict[int, None] = {}
    page = (await connection.execute(waiting)).all()
    while page and len(found) < limit:
        found |= dict.fromkeys(row.subscriber for row in page)
        behind = place > sa.tuple_(sa.literal(page[-1].due_at, Utc), page[-1].subscriber)
        page = (await connection.execute(waiting.where(behind))).all() if len(page) == limit * SEVERAL else []
    return list(found)[:limit]


async def due_digests(connection: AsyncConnection, now: datetime, limit: int) -> list[tuple[int, Cadence]]:
    """`Outbox.due_digests`, in this transaction."""
    found: list[tuple[int, Cadence]] = []
    if await presence.outages(connection, now - READ_AGAIN, now):
        return found
    for cadence, column in ((Cadence.DAILY, t.subscribers.c.next_daily_at), (Cadence.WEEKLY, t.subscribers.c.next_weekly_at)):
        rows = await connection.execute(
            sa.select(t.subscribers.c.id).where(column <= now, t.subscribers.c.parked.is_(None)).order_by(column).limit(limit)
        )
        found += [(subscriber, cadence) for subscriber in rows.scalars()]
    return found


async def put_off(connection: AsyncConnection, subscriber: int, now: datetime) -> None:
    """`Outbox.put_off`, in this transaction."""
    later = now + PUT_OFF
    due = (t.deliveries.c.subscriber == subscriber, *_waiting(now), t.deliveries.c.cadence == Cadence.NOW.value)
    await connection.execute(sa.update(t.deliveries).where(*due).values(due_at=later))
    for column in (t.subscribers.c.next_daily_at, t.subscribers.c.next_weekly_at):
        hers = (t.subscribers.c.id == subscriber, column <= now)
        await connection.execute(sa.update(t.subscribers).where(*hers).values({column.name: later}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Composer:
    """Writes Letters, each in the transaction that it is given."""

    names: Callable[[], Names]  #: what readers call things; asked when a Letter is composed
    domain: str  #: right half of the Message-IDs
    public_url: str  #: where this service is seen from outside; "" without

    async def compose(self, connection: AsyncConnection, subscriber_ids: Sequence[int], now: datetime) -> list[int]:
        """`Outbox.compose`, in this transaction."""
        people = await _lock_subscribers(connection, subscriber_ids, at_hand=True)
        hindered = await _hindered(connection, [subscriber for subscriber, _ in people], now)
        people = [(subscriber, token) for subscriber, token in people if subscriber.id not in hindered]
        due = await self._due(connection, [subscriber for subscriber, _ in people], now, Cadence.NOW, now)
        contents = {subscriber.id: _content(subscriber, token) for subscriber, token in people}
        rooms = {each.id: self._room(contents[each.id], each.address, now) for each, _ in people}
        plans = await asyncio.to_thread(lambda: {each.id: compose.compose(due[each.id], rooms[each.id]) for each, _ in people})
        written = [
            await self._write(connection, subscriber, plan, now, contents[subscriber.id])
            for subscriber, _ in people
            if (plan := plans[subscriber.id]) is not None
        ]
        return [letter for letter in written if letter is not None]

    async def compose_digest(
        self,
        connection: AsyncConnection,
        subscriber_id: int,
        cadence: Cadence,
        now: datetime,
        sources: Collection[str],
        papers: ahead.Papers,
    ) -> int | None:
        """`Outbox.compose_digest`, in this transaction; `papers` were read before it."""
        column = t.subscribers.c.next_daily_at if cadence is Cadence.DAILY else t.subscribers.c.next_weekly_at
        people = await _lock_subscribers(connection, [subscriber_id])
        due_at = (await connection.execute(sa.select(column).where(t.subscribers.c.id == subscriber_id))).scalar_one_or_none()
        if not people or due_at is None or due_at > now:
            return None
        ((subscriber, token),) = people
        window = fanout.last_window(subscriber, cadence, due_at, now)
        key = f"{cadence.value}:{window.name}"
        await overtaken.take_back(connection, subscriber_id, subscriber.address, cadence, key, now)
        following = await _next_digest(connection, subscriber, cadence, now)
        await connection.execute(sa.update(t.subscribers).where(t.subscribers.c.id == subscriber_id).values({column.name: following}))
        delayed = await presence.outages(connection, window.due_at, now)  # then what was found since is not left to the next one
        horizon = following if delayed and following else now
        due = (await self._due(connection, [subscriber], now, cadence, horizon))[subscriber_id]
        if not due and (subscriber.address.channel != "mailto" or following is None):
            return None
        unread = await self._unread(connection, sources, now)
        text = reading(unread, len(sources), empty=not due, say=words(subscriber.lang))
        days = await asyncio.to_thread(papers.dates, {each.item.story for each in due})
        due = [replace(each, item=replace(each.item, deadlines=days.told.get(each.item.story, each.item.deadlines))) for each in due]
        content = _content(subscriber, token) | {"text": text, "ahead": [ahead_json(each) for each in days.near]}
        room = self._room(content, subscriber.address, now, window.name)
        plans = await asyncio.to_thread(compose.digest, due, room)
        return await self._write_parts(connection, subscriber, plans, now, content, key, window.due_at)

    async def _write_parts(
        self,
        connection: AsyncConnection,
        subscriber: Subscriber,
        plans: Sequence[Plan],
        now: datetime,
        content: dict[str, Any],
        window: str,
        due_at: datetime,
    ) -> int | None:
        """Write a digest, a Letter for each part: what opens it in the first, days ahead in the last. Answers the id of the first."""
        written: list[int | None] = []
        for part, plan in enumerate(plans, 1):
            own = content | {"part": part, "parts": len(plans), "text": content["text"] if part == 1 else ""}
            own |= {"ahead": content["ahead"] if part == len(plans) else []}
            key = window if part == 1 else f"{window}#{part}"
            written.append(await self._write(connection, subscriber, plan, now, own, window=key, due_at=due_at))
        return written[0]

    def _room(self, content: dict[str, Any], address: Address, now: datetime, window: str = "") -> Room:
        """How much a message to this address holds beside these words."""
        like = Letter(
            id=0,
            address=address,
            kind=LetterKind.LIST,
            text=content.get("text", ""),
            ahead=tuple(map(ahead_of, content.get("ahead", ()))),
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

    async def _due(
        self, connection: AsyncConnection, subscribers: Sequence[Subscriber], now: datetime, cadence: Cadence, horizon: datetime
    ) -> dict[int, list[Due]]:
        """What is to be told to each of these Subscribers until `horizon`, at this cadence, and all else that waits of the same Stories,
        whatever its time.

        A digest takes with a Story what waits of it for the end of quiet hours. Where news of it is due at once already, it leaves the
        Story to the Letter that tells that: nothing urgent ever waits in a digest, and that Letter settles what the digest left.
        """
        waiting = await _waiting_of(connection, [each.id for each in subscribers], now, cadence, horizon)
        rows = [row for each in waiting.values() for row in each.rows]
        made_by = await _made_by(connection, rows)
        told = await _references(connection, waiting)
        shown = await _shown(connection, rows)
        lists = await _lists(connection, told)
        facts = _FactsOnce(connection, self.names())
        skipped: dict[int, str] = {}
        found: dict[int, list[Due]] = {}
        for subscriber in subscribers:
            mine = waiting[subscriber.id]
            items = await facts.of(subscriber, mine)
            due = [
                Due(
                    delivery=row.id,
                    duty=Duty(row.duty),
                    cadence=Cadence(row.cadence),
                    item=replace(
                        items[story].item,
                        revision=row.revision,
                        change=row.change,
                        news=items[story].news(made_by.get((row.story, row.revision))) if row.change else None,
                    ),
                    correction=items[story].correction(made_by.get((row.story, row.revision))) if row.change else None,
                    told=_edited(subscriber, told.get((subscriber.id, story))),
                    shows=_shows(items[story].item, told.get((subscriber.id, story)), lists, mine.numbers),
                    seen=row.revision <= shown.get((subscriber.id, row.story), 0)
                    and items[story].news(made_by.get((row.story, row.revision))) is None,
                    ripe=row.due_at <= horizon and row.cadence == cadence.value,
                )
                for row in mine.rows
                if (story := mine.numbers[row.story]) in items
            ]
            nothing = {
                row.id: fanout.MUTED for row in mine.rows if mine.numbers[row.story] not in items
            }  # all it could be told under ended
            due = compose.aloud(due)
            vain = compose.vain(due) | nothing
            found[subscriber.id] = compose.together([each for each in due if each.delivery not in vain])
            skipped |= vain
        await _skip(connection, skipped)
        return found

    async def _write(
        self,
        connection: AsyncConnection,
        subscriber: Subscriber,
        plan: Plan,
        now: datetime,
        content: dict[str, Any],
        *,
        window: str | None = None,
        due_at: datetime | None = None,
    ) -> int | None:
        """Write a Letter and the Deliveries that it settles. None: there is one of this window already.

        Args:
            content: what it says beside its Items.
            due_at: when it was to be written; None: now.
        """
        whole = content | {"items": [item_json(item) for item in plan.items], "reply_to": plan.reply_to, "edits": plan.edits}
        own = {"subscriber": subscriber.id, "window": window, "due_at": due_at or now}
        values = letters.waiting(subscriber.address, plan.kind, whole, plan.urgent, now, self.domain) | own
        statement = insert(connection, t.letters).values(values).on_conflict_do_nothing().returning(t.letters.c.id)
        letter: int | None = (await connection.execute(statement)).scalar_one_or_none()
        if letter is not None and plan.deliveries:
            await connection.execute(sa.update(t.deliveries).where(t.deliveries.c.id.in_(plan.deliveries)).values(letter_id=letter))
        return letter


async def _next_digest(connection: AsyncConnection, subscriber: Subscriber, cadence: Cadence, now: datetime) -> datetime | None:
    wants = sa.exists().where(t.subscriptions.c.subscriber == subscriber.id, t.subscriptions.c.cadence == cadence.value)
    still = (await connection.execute(sa.select(wants))).scalar_one()
    return fanout.next_window(subscriber, cadence, now).due_at if still else None


async def _hindered(connection: AsyncConnection, subscribers: Sequence[Subscriber], now: datetime) -> set[int]:
    """Those of these Subscribers to whose address a Letter is under way, so that the next one waits.

    What is urgent does not wait behind one of the other lane: one that was never tried makes way, and what it told is told with what is
    urgent; any other goes before it, in the urgent lane.
    """
    by_address = {str(each.address): each.id for each in subscribers}
    columns = (t.letters.c.id, t.letters.c.address, t.letters.c.kind, t.letters.c.state, t.letters.c.lane, t.letters.c.attempt)
    open_ = list(await connection.execute(sa.select(*columns).where(t.letters.c.address.in_(sorted(by_address)), *TELLING)))
    hindered = {by_address[row.address] for row in open_}
    slow = [row for row in open_ if row.state == LetterState.PENDING.value and row.lane != t.URGENT]
    pressed = await _pressed(connection, {by_address[row.address] for row in slow}, now)
    freed = set[int]()
    for row in slow:
        if by_address[row.address] in pressed and await _makes_way(connection, row, now):
            freed.add(by_address[row.address])
    kept = {by_address[row.address] for row in open_ if row not in slow}
    return hindered - (freed - kept)


async def _pressed(connection: AsyncConnection, subscribers: Collection[int], now: datetime) -> set[int]:
    """Those of these to whom something urgent is due at once."""
    if not subscribers:
        return set()
    urgent = (t.deliveries.c.lane == t.URGENT, t.deliveries.c.cadence == Cadence.NOW.value)
    due = sa.select(t.deliveries.c.subscriber).where(t.deliveries.c.subscriber.in_(sorted(subscribers)), *_waiting(now), *urgent)
    return set((await connection.execute(due)).scalars())


async def _makes_way(connection: AsyncConnection, letter: Any, now: datetime) -> bool:
    """Take back a Letter that was never tried, so that its Deliveries are told anew; let any other hurry."""
    waits = sa.and_(t.letters.c.id == letter.id, t.in_state(LetterState.PENDING), t.letters.c.attempt == letter.attempt)
    if letter.attempt or letter.kind not in REWRITTEN:
        await connection.execute(sa.update(t.letters).where(waits).values(lane=t.URGENT))
        return False
    cancelled = {"state": LetterState.CANCELLED.value, "error": MADE_WAY, "settled_at": now}
    if (await connection.execute(sa.update(t.letters).where(waits).values(cancelled))).rowcount != 1:
        return False  # it is being sent by now
    await connection.execute(sa.update(t.deliveries).where(t.deliveries.c.letter_id == letter.id).values(letter_id=None))
    return True


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What waits of the Stories of which something is due to a Subscriber."""

    rows: list[sa.Row[Any]]  #: of Deliveries, in the order of the Story's revisions
    numbers: dict[int, int]  #: of all that these Stories ever had, the one of now


async def _waiting_of(
    connection: AsyncConnection, subscribers: Sequence[int], now: datetime, cadence: Cadence, horizon: datetime
) -> dict[int, _Waiting]:
    """For each of these the Deliveries that wait of each Story of which one is due until `horizon` at this cadence; and of all numbers
    that these Stories ever had the one of now: what waits of two that turned out to be one is told together."""
    rows = await connection.execute(
        sa.select(t.deliveries)
        .where(t.deliveries.c.subscriber.in_(subscribers), *_unsettled())
        .order_by(t.deliveries.c.revision, t.deliveries.c.id)
    )
    waiting: dict[int, list[sa.Row[Any]]] = {subscriber: [] for subscriber in subscribers}
    for row in rows:
        waiting[row.subscriber].append(row)
    ripe = {row.story for each in waiting.values() for row in each if row.due_at <= horizon and row.cadence == cadence.value}
    every = await alike(connection, ripe)
    found: dict[int, _Waiting] = {}
    for subscriber, mine in waiting.items():
        kept = {every[row.story] for row in mine if row.due_at <= horizon and row.cadence == cadence.value}
        if cadence is not Cadence.NOW:
            kept -= {every[row.story] for row in mine if row.story in every and _is_news_of_now(row, now)}
        numbers = {number: story for number, story in every.items() if story in kept}
        found[subscriber] = _Waiting([row for row in mine if row.story in numbers], numbers)
    return found


def _is_news_of_now(row: sa.Row[Any], now: datetime) -> bool:
    """Whether a Letter tells it at once."""
    return bool(row.due_at <= now) and row.cadence == Cadence.NOW.value and row.duty != Duty.EDIT.value


class _FactsOnce:
    """Facts of Stories, read once for all readers to whom they are the same: all but owners of Watches, told under the same ones in the
    same language."""

    def __init__(self, connection: AsyncConnection, names: Names) -> None:
        self._connection = connection
        self._names = names
        self._read: dict[tuple[str, int, tuple[str, ...]], Facts | None] = {}

    async def of(self, subscriber: Subscriber, waiting: _Waiting) -> dict[int, Facts]:
        """By the numbers of now; a Story of which nothing can be told is left out."""
        wanted: dict[int, list[str]] = defaultdict(list)
        for row in waiting.rows:
            mine = wanted[waiting.numbers[row.story]]
            mine += [watch for watch in row.watches if watch not in mine]
        if any(is_own(watch) for watches in wanted.values() for watch in watches):
            return await items_of(self._connection, wanted, self._names, subscriber.lang, owner=subscriber.id)
        keys = {story: (subscriber.lang, story, tuple(watches)) for story, watches in wanted.items()}
        missing = {story: wanted[story] for story, key in keys.items() if key not in self._read}
        read = await items_of(self._connection, missing, self._names, subscriber.lang)
        self._read |= {keys[story]: read.get(story) for story in missing}
        return {story: facts for story, key in keys.items() if (facts := self._read[key]) is not None}


async def _made_by(connection: AsyncConnection, rows: Sequence[sa.Row[Any]]) -> dict[tuple[int, int], int]:
    """Of the revisions of which these Deliveries are, each by Story and number, the Document that made it."""
    of = w.revisions.c
    told = sa.tuple_(of.story, of.number).in_(sorted({(row.story, row.revision) for row in rows if row.change}))
    made = await connection.execute(sa.select(of.story, of.number, of.document).where(told, of.document.is_not(None)))
    return {(row.story, row.number): row.document for row in made}


async def _references(connection: AsyncConnection, waiting: Mapping[int, _Waiting]) -> dict[tuple[int, int], Any]:
    """For each Subscriber and Story the reference and kind of the last Letter that told it, by whichever of its numbers."""
    subscribers, stories = sorted(waiting), sorted({number for each in waiting.values() for number in each.numbers})
    if not stories:
        return {}
    long_ago = sa.select(t.told.c.subscriber, t.told.c.story, t.told.c.reference, t.told.c.kind).where(
        t.told.c.subscriber.in_(subscribers), t.told.c.story.in_(stories), t.told.c.reference.is_not(None)
    )
    lately = (
        sa.select(t.deliveries.c.subscriber, t.deliveries.c.story, t.letters.c.reference, t.letters.c.kind)
        .join(t.letters, t.letters.c.id == t.deliveries.c.letter_id)
        .where(t.deliveries.c.subscriber.in_(subscribers), t.deliveries.c.story.in_(stories), t.letters.c.reference.is_not(None))
        .order_by(t.letters.c.id)
    )
    found: dict[tuple[int, int], Any] = {}
    for statement in (long_ago, lately):
        for row in await connection.execute(statement):
            if (story := waiting[row.subscriber].numbers.get(row.story)) is not None:
                found[row.subscriber, story] = row
    return found


async def _shown(connection: AsyncConnection, rows: Sequence[sa.Row[Any]]) -> dict[tuple[int, int], int]:
    """For each Subscriber and Story of which a change waits the newest revision that a Letter showed which arrived."""
    changed = {(row.subscriber, row.story) for row in rows if row.change and Duty(row.duty) is not Duty.ALERT}
    if not changed:
        return {}
    of_both = sa.tuple_(t.deliveries.c.subscriber, t.deliveries.c.story).in_(sorted(changed))
    arrived = await connection.execute(
        sa.select(t.deliveries.c.subscriber, t.letters.c.id, t.letters.c.content)
        .join(t.letters, t.deliveries.c.letter_id == t.letters.c.id)
        .where(of_both, t.in_state(LetterState.SENT))
        .distinct()
    )
    newest: dict[tuple[int, int], int] = {}
    for row in arrived:
        for item in map(item_of, row.content["items"]):
            key = (row.subscriber, item.story)
            newest[key] = max(item.shown, newest.get(key, 0))
    return newest


async def _lists(connection: AsyncConnection, told: Mapping[tuple[int, int], Any]) -> dict[tuple[int, str], tuple[Item, ...]]:
    """What these messages show by now that are lists: what the Letter said that was the last to write each."""
    wanted = {(row.subscriber, row.reference) for row in told.values() if LetterKind(row.kind) is LetterKind.LIST}
    if not wanted:
        return {}
    rows = await connection.execute(
        sa.select(t.letters.c.subscriber, t.letters.c.reference, t.letters.c.content)
        .where(sa.tuple_(t.letters.c.subscriber, t.letters.c.reference).in_(sorted(wanted)))
        .order_by(t.letters.c.id)
    )
    return {(row.subscriber, row.reference): tuple(map(item_of, row.content["items"])) for row in rows}


def _edited(subscriber: Subscriber, told: Any) -> str:
    """What a later message edits or replies to; "" where there is nothing such here."""
    return told.reference if told is not None and subscriber.address.knows(told.reference) else ""


def _shows(item: Item, told: Any, lists: Mapping[tuple[int, str], tuple[Item, ...]], numbers: Mapping[int, int]) -> tuple[Item, ...]:
    """All that the message shows that told a Story last, by the numbers of now; empty where that is a digest, or not kept any more."""
    if told is None:
        return ()
    shown = lists.get((told.subscriber, told.reference), ())
    return (item,) if LetterKind(told.kind) in OF_ONE else tuple(replace(each, story=numbers.get(each.story, each.story)) for each in shown)


async def _lock_subscribers(
    connection: AsyncConnection, subscribers: Sequence[int], *, at_hand: bool = False
) -> list[tuple[Subscriber, str]]:
    """These with their tokens, locked in one order, so that two that ask for the same wait for one another and never both.

    Args:
        at_hand: leave out whom another worker has, who writes to them: several workers write to different ones.
    """
    chosen = sa.select(t.subscribers).where(t.subscribers.c.id.in_(subscribers)).order_by(t.subscribers.c.id)
    chosen = chosen.with_for_update(skip_locked=at_hand, key_share=True)  # a fan-out that adds Deliveries of theirs is in nobody's way
    rows = {row.id: row for row in await connection.execute(chosen)}
    return [(subscriber_of(rows[each]), rows[each].token) for each in subscribers if each in rows]


async def _skip(connection: AsyncConnection, reasons: Mapping[int, str]) -> None:
    """Let these Deliveries be told by nothing, each for its reason."""
    for reason in dict.fromkeys(reasons.values()):
        ids = [delivery for delivery, why in reasons.items() if why == reason]
        await connection.execute(sa.update(t.deliveries).where(t.deliveries.c.id.in_(ids)).values(skipped=reason))


def _content(subscriber: Subscriber, token: str) -> dict[str, Any]:
    """What every Letter to a Subscriber says beside its Items."""
    return {"unsubscribe": token, "lang": subscriber.lang, "zone": subscriber.zone, "text": ""}


def _unsettled() -> tuple[sa.ColumnElement[bool], ...]:
    return t.deliveries.c.letter_id.is_(None), t.deliveries.c.skipped.is_(None)


def _waiting(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return *_unsettled(), t.deliveries.c.due_at <= now
