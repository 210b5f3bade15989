"""Buckets: rows that are held until a time, which is how a chat, a mail domain, a channel or a notice keeps its pace over all processes.

A pace is a GCRA bucket without bursts: its row says when the next Letter may start, so that all workers together start one after the
other, evenly. They claim a little ahead of that, several at once, and each Letter says when its turn is.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.deliver import AHEAD, JUMP
from watcher.storage import tables as w
from watcher.storage.database import insert

LINE = 50  #: turns that are taken at most before their time: ahead, and one after the other by processes that are late
PER_DOMAIN = 5.0  #: mails a second to the mailboxes of one domain

_THREADED = "telegram:%/%"
_HELD, _PACED = "hold:mailto", "domain:mailto"  #: how the keys of mail domains begin


def chat(address: str) -> str:
    """The key of the bucket of an address: Telegram counts a group's messages over all its threads."""
    return f"chat:{address.partition('/')[0] if address.startswith('telegram:') else address}"


def chat_of(address: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    """`chat` of a column."""
    without_thread = sa.func.rtrim(sa.func.rtrim(address, "0123456789"), "/")
    return sa.literal("chat:") + sa.case((address.like(_THREADED), without_thread), else_=address)


def domain(address: str) -> str:
    """The mail domain of an address, whose mailboxes are paced together; "" where there is none."""
    return address.rpartition("@")[2] if address.startswith("mailto:") else ""


def domain_of(address: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    """`domain` of a column that holds mail addresses: what is behind the last `@`."""
    before = sa.func.rtrim(address, sa.func.replace(address, "@", ""))
    return sa.func.substr(address, sa.func.length(before) + 1, type_=sa.Text)


def _begins(word: str) -> sa.ColumnElement[bool]:
    """Whether a key begins with a word and a colon. Looked up between the word and the one of the next letter, which is right by whatever
    rules the index is sorted: it holds a row for each chat."""
    of = w.buckets.c.key
    return sa.and_(of >= word, of < word[:-1] + chr(ord(word[-1]) + 1), of.startswith(f"{word}:"))


async def lock(connection: AsyncConnection, key: str, now: datetime) -> datetime:
    """Lock the row of a bucket until the end of this transaction, after all who locked it before; answer until when it is held."""
    statement = insert(connection, w.buckets).values(key=key, free_at=now)
    as_it_is = {"free_at": w.buckets.c.free_at}  # one statement: between two of them a cleaning would take the row away
    locked = statement.on_conflict_do_update(index_elements=["key"], set_=as_it_is).returning(w.buckets.c.free_at)
    free_at: datetime = (await connection.execute(locked)).scalar_one()
    return free_at


def turns(free_at: datetime, now: datetime, most: int, per_second: float) -> list[datetime]:
    """When the next Letters of a bucket start that is held until `free_at`, of those that may be claimed now."""
    if not per_second:
        return [now] * most
    step = timedelta(seconds=1 / per_second)
    if free_at > now + LINE * step + timedelta(seconds=JUMP):  # no turn is ever so far off: the clock that wrote it went wrong
        free_at = now
    first = max(free_at, now)
    count = (now + AHEAD - first) // step + 1
    return [first + each * step for each in range(max(0, min(most, count)))]


async def spend(connection: AsyncConnection, key: str, taken: list[datetime], per_second: float) -> None:
    """Take these turns, the first of those that there were."""
    if per_second and taken:
        free_at = taken[-1] + timedelta(seconds=1 / per_second)
        await connection.execute(sa.update(w.buckets).where(w.buckets.c.key == key).values(free_at=free_at))


async def held(connection: AsyncConnection, key: str, now: datetime) -> bool:
    """Whether a bucket is held."""
    statement = sa.select(w.buckets.c.key).where(w.buckets.c.key == key, w.buckets.c.free_at > now)
    return (await connection.execute(statement)).one_or_none() is not None


def closed(now: datetime) -> sa.Select[tuple[str, datetime]]:
    """The rows of mail domains to which nothing can be claimed now; no row of a chat is looked at."""
    free_at = w.buckets.c.free_at
    held = sa.and_(_begins(_HELD), free_at > now)
    return sa.select(w.buckets.c.key, free_at).where(sa.or_(held, sa.and_(_begins(_PACED), free_at > now + AHEAD)))


def is_open(address: sa.ColumnElement[str], now: datetime) -> sa.ColumnElement[bool]:
    """Whether a mail address is of no domain that is closed, however many are: they are read once, and each looked up."""
    of = w.buckets.c
    held, paced = (sa.func.substr(of.key, len(word) + 2, type_=sa.Text) for word in (_HELD, _PACED))
    names = sa.union_all(
        sa.select(held).where(_begins(_HELD), of.free_at > now), sa.select(paced).where(_begins(_PACED), of.free_at > now + AHEAD)
    )
    return domain_of(address).not_in(names)


async def closed_domains(connection: AsyncConnection, now: datetime) -> dict[str, datetime]:
    """The mail domains to which nothing can be claimed now, and when it can be again."""
    until: dict[str, datetime] = {}
    for row in await connection.execute(closed(now)):
        name = row.key.rpartition(":")[2]
        until[name] = max(until.get(name, now), row.free_at if row.key.startswith("hold:") else row.free_at - AHEAD)
    return until


async def seize(connection: AsyncConnection, key: str, now: datetime, until: datetime) -> bool:
    """Take a bucket that is free; of two that try, one has it."""
    return bool(await seize_all(connection, [key], now, until))


async def seize_all(connection: AsyncConnection, keys: Collection[str], now: datetime, until: datetime) -> set[str]:
    """Take those of the buckets that are free, each named once; answer which. In one order, so that two that try wait for one another
    and never both."""
    if not keys:
        return set()
    attempt = insert(connection, w.buckets).values([{"key": key, "free_at": until} for key in sorted(keys)])
    statement = attempt.on_conflict_do_update(
        index_elements=["key"], set_={"free_at": attempt.excluded.free_at}, where=w.buckets.c.free_at <= now
    ).returning(w.buckets.c.key)
    return set((await connection.execute(statement)).scalars())


async def hold(connection: AsyncConnection, key: str, until: datetime, *, longest: bool = False) -> None:
    """Hold a bucket until then; `longest`: one that is held for longer already stays so."""
    statement = insert(connection, w.buckets).values(key=key, free_at=until)
    later = w.buckets.c.free_at < statement.excluded.free_at if longest else None
    set_ = {"free_at": statement.excluded.free_at}
    await connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_=set_, where=later))
