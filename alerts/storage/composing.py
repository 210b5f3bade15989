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
from alerts.models import Address, Cadence, Item, Letter, LetterKind, LetterState, Subscriber
from alerts.render import room
from alerts.render.words import reading, words
from alerts.storage import ahead, letters
from alerts.storage import tables as t
from alerts.storage.items import Names, items_of
from alerts.storage.rows import ahead_json, ahead_of, item_json, item_of, subscriber_of
from watcher.storage import presence
from watcher.storage import tables as w
from watcher.storage.database import Utc, insert
from watcher.storage.moves import alike

UNREAD_AFTER = timedelta(hours=12)  #: of failures, until a digest says that a source could not be read
GATHERED = timedelta(seconds=30)  #: after an outage, until what it delayed is told, so that it is told together
READ_AGAIN = timedelta(minutes=10)  #: after an outage, until the digests that it delayed are written: the sources are read first
SEVERAL = 4  #: Deliveries looked at for each Subscriber that is sought: one may have several
OF_ONE = (LetterKind.ALERT, LetterKind.UPDATE)  #: they tell of nothing besides
#: For these alone the next one to an address waits.
TELLING = (t.in_state(LetterState.PENDING, LetterState.SENDING), t.letters.c.kind.not_in(t.PLAIN))


async def due_subscribers(connection: AsyncConnection, now: datetime, limit: int) -> list[int]:
    """`Outbox.due_subscribers`, in this transaction."""
    if await presence.outages(connection, now - GATHERED):
        return []
    under_way = sa.exists().where(t.letters.c.address == t.subscribers.c.address, *TELLING)
    place = sa.tuple_(t.deliveries.c.due_at, t.deliveries.c.subscriber)
    waiting = (
        sa.select(t.deliveries.c.due_at, t.deliveries.c.subscriber)
        .join(t.subscribers, t.subscribers.c.id == t.deliveries.c.subscriber)
        .where(*_waiting(now), t.deliveries.c.cadence == Cadence.NOW.value, sa.not_(under_way), t.subscribers.c.parked.is_(None))
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
    if await presence.outages(connection, now - READ_AGAIN):
        return found
    for cadence, column in ((Cadence.DAILY, t.subscribers.c.next_daily_at), (Cadence.WEEKLY, t.subscribers.c.next_weekly_at)):
        rows = await connection.execute(
            sa.select(t.subscribers.c.id).where(column <= now, t.subscribers.c.parked.is_(None)).order_by(column).limit(limit)
        )
        found += [(subscriber, cadence) for subscriber in rows.scalars()]
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Composer:
    """Writes Letters, each in the transaction that it is given."""

    names: Callable[[], Names]  #: what readers call things; asked when a Letter is composed
    domain: str  #: right half of the Message-IDs
    public_url: str  #: where this service is seen from outside; "" without

    async def compose(self, connection: AsyncConnection, subscriber_id: int, now: datetime) -> int | None:
        """`Outbox.compose`, in this transaction."""
        subscriber, token = await _lock_subscriber(connection, subscriber_id)
        if subscriber is None or await _under_way(connection, subscriber.address):
            return None
        due = await self._due(connection, subscriber, now, Cadence.NOW, now)
        content = _content(subscriber, token)
        plan = await asyncio.to_thread(compose.compose, due, self._room(content, subscriber.address, now))
        return None if plan is None else await self._write(connection, subscriber, plan, now, content)

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
        subscriber, token = await _lock_subscriber(connection, subscriber_id)
        due_at = (await connection.execute(sa.select(column).where(t.subscribers.c.id == subscriber_id))).scalar_one_or_none()
        if subscriber is None or due_at is None or due_at > now:
            return None
        window = fanout.last_window(subscriber, cadence, due_at, now)
        following = await _next_digest(connection, subscriber, cadence, now)
        await connection.execute(sa.update(t.subscribers).where(t.subscribers.c.id == subscriber_id).values({column.name: following}))
        delayed = await presence.outages(connection, window.due_at)  # then what was found since is not left to the next one
        due = await self._due(connection, subscriber, now, cadence, following if delayed and following else now)
        if not due and (subscriber.address.channel != "mailto" or following is None):
            return None
        unread = await self._unread(connection, sources, now)
        text = reading(unread, len(sources), empty=not due, say=words(subscriber.lang))
        days = await asyncio.to_thread(papers.dates, {each.item.story for each in due})
        due = [replace(each, item=replace(each.item, deadlines=days.told.get(each.item.story, each.item.deadlines))) for each in due]
        content = _content(subscriber, token) | {"text": text, "ahead": [ahead_json(each) for each in days.near]}
        room = self._room(content, subscriber.address, now, window.name)
        plans = await asyncio.to_thread(compose.digest, due, room)
        return await self._write_parts(connection, subscriber, plans, now, content, f"{cadence.value}:{window.name}", window.due_at)

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
        self, connection: AsyncConnection, subscriber: Subscriber, now: datetime, cadence: Cadence, horizon: datetime
    ) -> list[Due]:
        """What is to be told to this Subscriber until `horizon`, at this cadence, and all else that waits of the same Stories, whatever
        its time.

        A digest takes with a Story what waits of it for the end of quiet hours. Where news of it is due at once already, it leaves the
        Story to the Letter that tells that: nothing urgent ever waits in a digest, and that Letter settles what the digest left.
        """
        rows, numbers = await _waiting_of(connection, subscriber.id, now, cadence, horizon)
        wanted: dict[int, list[str]] = defaultdict(list)
        for row in rows:
            wanted[numbers[row.story]] += [watch for watch in row.watches if watch not in wanted[numbers[row.story]]]
        items = await items_of(connection, wanted, self.names(), subscriber.lang, owner=subscriber.id)
        made_by = await _made_by(connection, rows)
        told = await _references(connection, subscriber.id, numbers)
        shown = await _shown(connection, subscriber.id, rows)
        lists = await _lists(connection, subscriber.id, [row.reference for row in told.values() if LetterKind(row.kind) is LetterKind.LIST])
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
                told=told[story].reference if story in told and subscriber.address.knows(told[story].reference) else "",
                shows=_shows(items[story].item, told.get(story), lists, numbers),
                seen=row.revision <= shown.get(row.story, 0) and items[story].news(made_by.get((row.story, row.revision))) is None,
                ripe=row.due_at <= horizon and row.cadence == cadence.value,
            )
            for row in rows
            if (story := numbers[row.story]) in items
        ]
        nothing = {row.id: fanout.MUTED for row in rows if numbers[row.story] not in items}  # all that it could be told under has ended
        skipped = compose.vain(due) | nothing
        await _skip(connection, skipped)
        return compose.together([each for each in due if each.delivery not in skipped])

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


async def _under_way(connection: AsyncConnection, address: Address) -> bool:
    flying = sa.select(sa.exists().where(t.letters.c.address == str(address), *TELLING))
    return bool((await connection.execute(flying)).scalar_one())


async def _waiting_of(
    connection: AsyncConnection, subscriber: int, now: datetime, cadence: Cadence, horizon: datetime
) -> tuple[list[sa.Row[Any]], dict[int, int]]:
    """The Deliveries that wait of each Story of which one is due until `horizon` at this cadence, in the order of the Story's
    revisions; and of all numbers that these Stories ever had the one of now: what waits of two that turned out to be one is told
    together."""
    mine, story = t.deliveries.c.subscriber == subscriber, t.deliveries.c.story
    ripe = (mine, *_waiting(horizon), t.deliveries.c.cadence == cadence.value)
    due = (await connection.execute(sa.select(story).where(*ripe))).scalars()
    numbers = await alike(connection, due)
    if cadence is not Cadence.NOW:
        news = (t.deliveries.c.cadence == Cadence.NOW.value, t.deliveries.c.duty != Duty.EDIT.value)
        left = (await connection.execute(sa.select(story).where(mine, *_waiting(now), *news, story.in_(sorted(numbers))))).scalars()
        told_at_once = {numbers[each] for each in left}
        numbers = {number: kept for number, kept in numbers.items() if kept not in told_at_once}
    waiting = sa.select(t.deliveries).where(mine, *_unsettled(), story.in_(sorted(numbers)))
    rows = await connection.execute(waiting.order_by(t.deliveries.c.revision, t.deliveries.c.id))
    return list(rows), numbers


async def _made_by(connection: AsyncConnection, rows: Sequence[sa.Row[Any]]) -> dict[tuple[int, int], int]:
    """Of the revisions of which these Deliveries are, each by Story and number, the Document that made it."""
    of = w.revisions.c
    told = sa.tuple_(of.story, of.number).in_(sorted({(row.story, row.revision) for row in rows if row.change}))
    made = await connection.execute(sa.select(of.story, of.number, of.document).where(told, of.document.is_not(None)))
    return {(row.story, row.number): row.document for row in made}


async def _references(connection: AsyncConnection, subscriber: int, numbers: Mapping[int, int]) -> dict[int, Any]:
    """For each Story the reference and kind of the last Letter that told it, by whichever of its numbers."""
    stories = sorted(numbers)
    long_ago = sa.select(t.told.c.story, t.told.c.reference, t.told.c.kind).where(
        t.told.c.subscriber == subscriber, t.told.c.story.in_(stories), t.told.c.reference.is_not(None)
    )
    lately = (
        sa.select(t.deliveries.c.story, t.letters.c.reference, t.letters.c.kind)
        .join(t.letters, t.letters.c.id == t.deliveries.c.letter_id)
        .where(t.deliveries.c.subscriber == subscriber, t.deliveries.c.story.in_(stories), t.letters.c.reference.is_not(None))
        .order_by(t.letters.c.id)
    )
    return {numbers[row.story]: row for statement in (long_ago, lately) for row in await connection.execute(statement)}


async def _shown(connection: AsyncConnection, subscriber: int, rows: Sequence[sa.Row[Any]]) -> dict[int, int]:
    """Of each Story of which a change waits the newest revision that a Letter showed which arrived."""
    changed = {row.story for row in rows if row.change and Duty(row.duty) is not Duty.ALERT}
    if not changed:
        return {}
    arrived = await connection.execute(
        sa.select(t.letters.c.content)
        .join(t.deliveries, t.deliveries.c.letter_id == t.letters.c.id)
        .where(t.deliveries.c.subscriber == subscriber, t.deliveries.c.story.in_(sorted(changed)), t.in_state(LetterState.SENT))
        .distinct()
    )
    newest: dict[int, int] = {}
    for item in (item_of(saved) for content in arrived.scalars() for saved in content["items"]):
        newest[item.story] = max(item.shown, newest.get(item.story, 0))
    return newest


async def _lists(connection: AsyncConnection, subscriber: int, references: Sequence[str]) -> dict[str, tuple[Item, ...]]:
    """What these messages show by now: what the Letter said that was the last to write each."""
    rows = await connection.execute(
        sa.select(t.letters.c.reference, t.letters.c.content)
        .where(t.letters.c.subscriber == subscriber, t.letters.c.reference.in_(references))
        .order_by(t.letters.c.id)
    )
    return {row.reference: tuple(map(item_of, row.content["items"])) for row in rows}


def _shows(item: Item, told: Any, lists: Mapping[str, tuple[Item, ...]], numbers: Mapping[int, int]) -> tuple[Item, ...]:
    """All that the message shows that told a Story last, by the numbers of now; empty where that is a digest, or not kept any more."""
    if told is None:
        return ()
    shown = lists.get(told.reference, ())
    return (item,) if LetterKind(told.kind) in OF_ONE else tuple(replace(each, story=numbers.get(each.story, each.story)) for each in shown)


async def _lock_subscriber(connection: AsyncConnection, subscriber: int) -> tuple[Subscriber | None, str]:
    row = (await connection.execute(sa.select(t.subscribers).where(t.subscribers.c.id == subscriber).with_for_update())).one_or_none()
    return (subscriber_of(row), row.token) if row is not None else (None, "")


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
