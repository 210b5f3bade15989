"""What `watcher why` asks about telling. Reads only."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from alerts.account import Account, Word
from alerts.account import Telling as ToldOf
from alerts.models import CHANNELS, Address
from alerts.posted import Posted
from alerts.storage import tables as t
from alerts.storage.posted import newest, posted
from alerts.storage.rows import subscriber_of, subscription_of
from alerts.storage.titles import as_told, titles
from alerts.telling import Mine, Owed, Tally, Telling
from watcher.storage import tables as w
from watcher.storage.database import Database
from watcher.storage.moves import alike

MOST = 10  #: Letters of a Story that are named
LONGEST_ACCOUNT = 1_000  #: entries of what became of one Subscriber
_OF_ONE_LETTER = t.deliveries.alias()
#: What is asked of a Delivery's Letter, and how many Deliveries that settles.
_LETTER = (
    as_told(),
    *(t.letters.c.state, t.letters.c.kind, t.letters.c.attempt, t.letters.c.error, t.letters.c.settled_at),
    sa.select(sa.func.count()).where(_OF_ONE_LETTER.c.letter_id == t.deliveries.c.letter_id).scalar_subquery().label("shared"),
)


class Tellings:
    """What became of Stories and Letters."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def of_story(self, story: int) -> Telling:
        """What became of a Story, over all Subscribers; of those that it is one with too."""
        async with self.database.reading() as connection:
            numbers = sorted(await alike(connection, [story]))
        d, of = t.deliveries.c, t.deliveries.c.story.in_(numbers)
        channel = sa.func.coalesce(t.letters.c.channel, _channel_of(t.subscribers.c.address)).label("channel")
        each = (
            sa.select(d.revision, as_told(), d.cadence, channel, d.skipped, t.letters.c.state)
            .select_from(t.deliveries)
            .join(t.subscribers, t.subscribers.c.id == d.subscriber)
            .outerjoin(t.letters, t.letters.c.id == d.letter_id)
            .where(of)
            .subquery()
        )
        number = sa.func.count()
        tallies = sa.select(*each.c, number.label("number")).group_by(*each.c).order_by(each.c.revision, number.desc(), *each.c)
        letters = sa.select(d.letter_id).where(of, d.letter_id.is_not(None)).distinct()
        opened = sa.select(w.revisions.c.number).where(w.revisions.c.story == story, sa.not_(w.revisions.c.fanned))
        async with self.database.reading() as connection:
            rows = list(await connection.execute(tallies))
            first = list((await connection.execute(letters.order_by(d.letter_id).limit(MOST))).scalars())
            every = (await connection.execute(sa.select(sa.func.count()).select_from(letters.subquery()))).scalar_one()
            undecided = frozenset((await connection.execute(opened)).scalars())
            told = sa.select(sa.func.count()).select_from(t.told).where(t.told.c.story.in_(numbers))
            remembered = (await connection.execute(told)).scalar_one()
        return Telling(
            tallies=tuple(
                Tally(
                    revision=row.revision,
                    duty=row.as_told,
                    cadence=row.cadence,
                    channel=row.channel,
                    skipped=row.skipped,
                    state=row.state,
                    count=row.number,
                )
                for row in rows
            ),
            open=undecided,
            letters=tuple(first),
            more=every - len(first),
            remembered=remembered,
        )

    async def of_subscriber(self, story: int, address: Address) -> Mine | None:
        """What became of a Story for one Subscriber; None where the address is nobody's."""
        d, letters = t.deliveries.c, t.letters.c
        async with self.database.reading() as connection:
            numbers = sorted(await alike(connection, [story]))
            row = (await connection.execute(sa.select(t.subscribers).where(t.subscribers.c.address == str(address)))).one_or_none()
            if row is None:
                return None
            follows = sa.select(t.subscriptions).where(t.subscriptions.c.subscriber == row.id).order_by(t.subscriptions.c.watch)
            owed = (
                sa.select(t.deliveries, *_LETTER)
                .outerjoin(t.letters, letters.id == d.letter_id)
                .where(d.story.in_(numbers), d.subscriber == row.id)
                .order_by(d.revision, d.id)
            )
            told = sa.select(sa.func.max(t.told.c.at)).where(t.told.c.story.in_(numbers), t.told.c.subscriber == row.id)
            return Mine(
                subscriber=subscriber_of(row),
                subscriptions=tuple(map(subscription_of, await connection.execute(follows))),
                owed=tuple(map(_owed, await connection.execute(owed))),
                told_at=(await connection.execute(told)).scalar_one_or_none(),
            )

    async def letter(self, number: int, now: datetime) -> Posted | None:
        """A Letter's way; None where there is none of this number."""
        async with self.database.reading() as connection:
            return await posted(connection, number, now)

    async def account(self, address: Address, since: datetime, most: int = LONGEST_ACCOUNT) -> Account | None:
        """What a Subscriber was told and was not since then, up to `most` entries; None where the address is nobody's."""
        d, letters = t.deliveries.c, t.letters.c
        async with self.database.reading() as connection:
            own = sa.select(t.subscribers.c.id).where(t.subscribers.c.address == str(address))
            reader = (await connection.execute(own)).scalar_one_or_none()
            if reader is None:
                return None
            owed = (
                sa.select(t.deliveries, *_LETTER)
                .outerjoin(t.letters, letters.id == d.letter_id)
                .where(d.subscriber == reader, d.created_at >= since)
                .order_by(d.created_at.desc(), d.id.desc())
                .limit(most + 1)
            )
            columns = (letters.id, letters.kind, letters.state, letters.attempt, letters.error, letters.created_at, letters.settled_at)
            words = (
                sa.select(*columns)
                .where(letters.subscriber == reader, letters.created_at >= since, sa.not_(sa.exists().where(d.letter_id == letters.id)))
                .order_by(letters.created_at.desc(), letters.id.desc())
                .limit(most + 1)
            )
            rows = list(await connection.execute(owed))
            called = await titles(connection, rows)
            entries = [
                *(
                    ToldOf(at=row.created_at, story=row.story, title=called[row.id].then, now=called[row.id].now, owed=_owed(row))
                    for row in rows
                ),
                *map(_word, await connection.execute(words)),
            ]
        entries.sort(key=lambda each: each.at, reverse=True)
        return Account(since=since, entries=tuple(entries[:most]), more=len(entries) > most)

    async def newest(self) -> int:
        """The highest number of a Letter that is stored; 0 where none is."""
        async with self.database.reading() as connection:
            return await newest(connection)


def _channel_of(address: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    """`telegram` of `telegram:12345`."""
    return sa.case(*((address.startswith(f"{name}:"), name) for name in CHANNELS), else_="")


def _owed(row: sa.Row[tuple[object, ...]]) -> Owed:
    return Owed(
        revision=row.revision,
        duty=row.as_told,
        cadence=row.cadence,
        watches=tuple(row.watches),
        due_at=row.due_at,
        skipped=row.skipped,
        letter=row.letter_id,
        state=row.state,
        attempt=row.attempt or 0,
        error=row.error,
        settled_at=row.settled_at,
        made_at=row.created_at,
        kind=row.kind or "",
        shared=row.shared or 1,
    )


def _word(row: Any) -> ToldOf | Word:
    return Word(
        at=row.created_at,
        letter=row.id,
        kind=row.kind,
        state=row.state,
        attempt=row.attempt,
        error=row.error,
        settled_at=row.settled_at,
    )
