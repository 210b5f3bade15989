"""All that is stored of one Letter but what it says, for `watcher why`. Reads only."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.models import Address, LetterState, Subscriber
from alerts.posted import Card, Duty, Posted, Turn
from alerts.storage import attempts, buckets
from alerts.storage import tables as t
from alerts.storage.rows import left_out, subscriber_of, subscription_of
from alerts.storage.sweeping import KEPT
from alerts.storage.titles import as_told, titles
from watcher.storage import tables as w
from watcher.storage.database import Utc
from watcher.storage.moves import homes

FOUND = 3  #: words of a card
MOST_BEFORE = 1_000  #: Letters counted that go before one


async def posted(connection: AsyncConnection, number: int, now: datetime) -> Posted | None:
    """A Letter's way; of its content the titles alone are read, so one that cannot be read is shown too. None where there is none of this
    number."""
    columns = [column for column in t.letters.c if column.name != "content"]
    row = (await connection.execute(sa.select(*columns).where(t.letters.c.id == number))).one_or_none()
    if row is None:
        return None
    duties = await _duties(connection, number)
    reader = await _subscriber(connection, row.subscriber)
    ended = row.settled_at or row.created_at
    return Posted(
        id=row.id,
        address=Address.parse(row.address),
        kind=row.kind,
        state=row.state,
        urgent=row.urgent,
        lane=row.lane,
        attempt=row.attempt,
        repeat=row.repeat,
        plain=row.plain,
        window=(row.window or "").partition("#")[0].removeprefix("daily:").removeprefix("weekly:"),
        error=row.error,
        created_at=row.created_at,
        due_at=row.due_at,
        lease_until=row.lease_until,
        settled_at=row.settled_at,
        now=now,
        kept_until=None if row.state in t.OPEN else ended + KEPT,
        duties=duties,
        attempts=await attempts.of_letter(connection, number),
        subscriber=reader,
        subscriptions=await _subscriptions(connection, row.subscriber, {watch for each in duties for watch in each.watches}),
        turn=await _turn(connection, row, now) if row.state == LetterState.PENDING.value else Turn(),
    )


async def newest(connection: AsyncConnection) -> int:
    """The highest number of a Letter that is stored; 0 where none is."""
    number: int | None = (await connection.execute(sa.select(sa.func.max(t.letters.c.id)))).scalar_one()
    return number or 0


async def _duties(connection: AsyncConnection, letter: int) -> tuple[Duty, ...]:
    own = sa.select(t.deliveries, as_told()).join(t.letters, t.letters.c.id == t.deliveries.c.letter_id)
    rows = list(await connection.execute(own.where(t.letters.c.id == letter).order_by(t.deliveries.c.id)))
    went = await homes(connection, (row.story for row in rows))
    stories = {went.get(row.story, row.story) for row in rows}
    called = await titles(connection, rows)
    cards = await _cards(connection, stories, {watch for row in rows for watch in row.watches})
    return tuple(
        Duty(
            story=row.story,
            revision=row.revision,
            duty=row.as_told,
            watches=tuple(row.watches),
            cadence=row.cadence,
            made_at=row.created_at,
            due_at=row.due_at,
            change=row.change,
            title=called[row.id].then,
            now=called[row.id].now,
            cards=tuple(cards[went.get(row.story, row.story)].get(watch, Card(watch=watch, score=None)) for watch in row.watches),
        )
        for row in rows
    )


async def _cards(connection: AsyncConnection, stories: Iterable[int], watches: Iterable[str]) -> dict[int, dict[str, Card]]:
    """By Story and Watch the best Match of a paper in the version in force."""
    current = sa.and_(w.matches.c.document == w.documents.c.id, w.matches.c.version == w.documents.c.version)
    found = (
        sa.select(w.story_documents.c.story, w.matches.c.watch, w.matches.c.score, w.matches.c.because)
        .join(w.documents, w.documents.c.id == w.story_documents.c.document)
        .join(w.matches, current)
        .where(w.story_documents.c.story.in_(sorted(stories)), w.matches.c.watch.in_(sorted(watches)))
        .order_by(w.matches.c.score, w.matches.c.document.desc())
    )
    cards: dict[int, dict[str, Card]] = defaultdict(dict)
    for row in await connection.execute(found):
        cards[row.story][row.watch] = Card(watch=row.watch, score=row.score, found=_found(row.because))
    return cards


def _found(because: Sequence[Any]) -> tuple[str, ...]:
    worth = sorted((each for each in because if each["score"]), key=lambda each: -each["score"])
    return tuple(dict.fromkeys(each["found"] for each in worth))[:FOUND]


async def _subscriber(connection: AsyncConnection, number: int | None) -> Subscriber | None:
    """None where it is nobody's, or its row cannot be read."""
    row = (await connection.execute(sa.select(t.subscribers).where(t.subscribers.c.id == number))).one_or_none()
    if row is not None:
        with left_out(row.id):
            return subscriber_of(row)
    return None


async def _subscriptions(connection: AsyncConnection, number: int | None, watches: Iterable[str]) -> tuple[Any, ...]:
    own = (t.subscriptions.c.subscriber == number, t.subscriptions.c.watch.in_(sorted(watches)))
    rows = await connection.execute(sa.select(t.subscriptions).where(*own).order_by(t.subscriptions.c.watch))
    return tuple(map(subscription_of, rows))


async def _turn(connection: AsyncConnection, row: sa.Row[Any], now: datetime) -> Turn:
    """What stands before a Letter that waits."""
    keys = (buckets.chat(row.address), f"hold:mailto:{buckets.domain(row.address)}", f"hold:{row.channel}")
    free = {each.key: each.free_at for each in await connection.execute(sa.select(w.buckets).where(w.buckets.c.key.in_(keys)))}
    before = 0
    for lane in (lane for lane in t.LANES if lane <= row.lane):
        waits = [t.letters.c.channel == row.channel, t.in_state(LetterState.PENDING), t.letters.c.lane == lane, t.letters.c.due_at <= now]
        if lane == row.lane:
            waits.append(sa.tuple_(t.letters.c.due_at, t.letters.c.id) < sa.tuple_(sa.literal(row.due_at, Utc), row.id))
        some = sa.select(t.letters.c.id).where(*waits).limit(MOST_BEFORE + 1 - before).subquery()
        before += (await connection.execute(sa.select(sa.func.count()).select_from(some))).scalar_one()
    chat, domain, channel = map(free.get, keys)
    return Turn(chat=chat, domain=domain, channel=channel, before=min(before, MOST_BEFORE), more=before > MOST_BEFORE)
