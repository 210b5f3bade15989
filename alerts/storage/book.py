"""The address book: Subscribers, what they follow, and all that is stored about one of them."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts import fanout
from alerts.models import Address, Cadence, LetterState, QuietHours, Subscriber, Subscription
from alerts.own import folded, taken
from alerts.storage import moving, own
from alerts.storage import tables as t
from alerts.storage.rows import left_out, subscriber_of, subscription_of
from watcher.models import DocumentType, Severity
from watcher.storage.database import Database, insert
from watcher.storage.tables import buckets


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A Subscriber with its Subscriptions, as `watcher subscribers list` shows it."""

    subscriber: Subscriber
    subscriptions: tuple[Subscription, ...]
    phrases: Mapping[str, str] = field(default_factory=dict)  #: that it owns, by the ids of their Watches


class Book:
    """Subscribers and Subscriptions."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def add(
        self, address: Address, now: datetime, *, lang: str = "en", zone: str = "UTC", digest_hour: int = 7, second: Address | None = None
    ) -> Subscriber:
        """The Subscriber of this address, made if there is none; a known one is left as it is."""
        values = {
            "address": str(address),
            "second": str(second) if second else None,
            "lang": lang,
            "zone": zone,
            "digest_hour": digest_hour,
            "token": secrets.token_urlsafe(18),
            "created_at": now,
        }
        async with self.database.writing() as connection:
            await connection.execute(insert(connection, t.subscribers).values(values).on_conflict_do_nothing())
            return await _one(connection, address)

    async def follow(
        self,
        address: Address,
        watches: Sequence[str],
        now: datetime,
        *,
        cadence: Cadence = Cadence.NOW,
        floor: Severity = Severity.ROUTINE,
        types: Sequence[DocumentType] = (),
    ) -> None:
        """Follow these Watches, from now on: what was revised before is never told. Following again changes cadence, floor and types alone.

        The first time that this is chosen for an automatic Subscriber it takes the place of all that it followed by itself. Who is parked
        is written to again.
        """
        await self.add(address, now)
        async with self.database.writing() as connection:
            await _choose(connection, address)
            await _follow(connection, address, watches, now, cadence=cadence, floor=floor, types=types)
            await moving.unpark(connection, address, now)

    async def own_phrases(
        self,
        address: Address,
        phrases: Sequence[str],
        now: datetime,
        *,
        cadence: Cadence = Cadence.NOW,
        floor: Severity = Severity.ROUTINE,
        types: Sequence[DocumentType] = (),
    ) -> tuple[str, ...]:
        """Let this address own these phrases and follow them, from now on; gives the ids of their Watches.

        One that it owns already gets the new cadence, floor and types.

        Raises:
            PhraseError: one may not be taken, or they would be too many; then nothing changes.
        """
        taken(phrases, ())
        subscriber = await self.add(address, now)
        async with self.database.writing(serial=True) as connection:
            watches = await own.take(connection, subscriber.id, phrases, now)
            await _choose(connection, address)
            await _follow(connection, address, watches, now, cadence=cadence, floor=floor, types=types)
            return tuple(watches)

    async def end_phrases(self, address: Address, phrases: Sequence[str]) -> tuple[str, ...]:
        """End these phrases of this address, however they are spelt; gives those that it does not own; with any nothing ends."""
        listed = await self.find(address)
        mine = {folded(phrase): watch for watch, phrase in listed.phrases.items()} if listed is not None else {}
        unknown = tuple(phrase for phrase in phrases if folded(phrase) not in mine)
        if phrases and not unknown:
            await self.unfollow(address, [mine[folded(phrase)] for phrase in phrases])
        return unknown

    async def phrases(self, token: str) -> Mapping[str, str]:
        """The phrases that the owner of this link owns, by the ids of their Watches."""
        listed = await self.by_token(token)
        return listed.phrases if listed is not None else {}

    async def follow_by_itself(self, address: Address, watches: Sequence[str], now: datetime) -> None:
        """Let an automatic Subscriber follow these too, made if there is none; where somebody has chosen for it nothing changes."""
        async with self.database.writing() as connection:
            values = {"address": str(address), "token": secrets.token_urlsafe(18), "created_at": now, "automatic": True}
            await connection.execute(insert(connection, t.subscribers).values(values).on_conflict_do_nothing())
            if (await connection.execute(_id_of(address).where(t.subscribers.c.automatic))).one_or_none() is not None:
                await _follow(connection, address, watches, now, cadence=Cadence.NOW, floor=Severity.ROUTINE)

    async def change(
        self,
        address: Address,
        now: datetime,
        *,
        lang: str | None = None,
        zone: str | None = None,
        digest_hour: int | None = None,
        second: Address | None = None,
    ) -> None:
        """Change those settings that are given, of a Subscriber that is known. A digest not due yet moves with the hour."""
        given = {"lang": lang, "zone": zone, "digest_hour": digest_hour, "second": str(second) if second else None}
        values: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        if not values:
            return
        async with self.database.writing() as connection:
            this = sa.update(t.subscribers).where(t.subscribers.c.address == str(address))
            await connection.execute(this.values(values))
            if not values.keys() & {"zone", "digest_hour"}:
                return
            for column in (t.subscribers.c.next_daily_at, t.subscribers.c.next_weekly_at):
                await connection.execute(this.where(column > now).values({column.name: None}))
            await _schedule(connection, await _one(connection, address), now)

    async def unfollow(self, address: Address, watches: Sequence[str] | None = None) -> int:
        """Follow these no more, or nothing (None); answer how many Subscriptions ended. A phrase that its owner follows no more ends."""
        async with self.database.writing() as connection:
            which = [t.subscriptions.c.subscriber.in_(_id_of(address))]
            if watches is not None:
                which.append(t.subscriptions.c.watch.in_(watches))
            ended = (await connection.execute(sa.delete(t.subscriptions).where(*which))).rowcount
            await connection.execute(sa.update(t.subscribers).where(t.subscribers.c.address == str(address)).values(automatic=False))
            await _cancel_if_nothing_followed(connection, address)
            await skip_what_is_muted(connection, address)
            await _end_unfollowed(connection, address)
            return ended

    async def find(self, address: Address) -> Listed | None:
        async with self.database.reading() as connection:
            row = (await connection.execute(sa.select(t.subscribers).where(t.subscribers.c.address == str(address)))).one_or_none()
            return await _listed(connection, row) if row is not None else None

    async def spelt(self, address: Address) -> Address | None:
        """A known address that differs from this one in capitals at most, this very one first; None where there is none."""
        same = sa.select(t.subscribers.c.address).where(sa.func.lower(t.subscribers.c.address) == str(address).lower())
        async with self.database.reading() as connection:
            known = (await connection.execute(same.order_by(t.subscribers.c.id))).scalars().all()
        return address if str(address) in known else next(map(Address.parse, known), None)

    async def by_token(self, token: str) -> Listed | None:
        """Whose one-click link this is."""
        async with self.database.reading() as connection:
            row = (await connection.execute(sa.select(t.subscribers).where(t.subscribers.c.token == token))).one_or_none()
            return await _listed(connection, row) if row is not None else None

    async def followed(self, token: str) -> tuple[str, ...] | None:
        """Ids of the Watches that the owner of this link follows; None where the link is nobody's."""
        listed = await self.by_token(token)
        return tuple(each.watch for each in listed.subscriptions) if listed is not None else None

    async def lang(self, token: str) -> str:
        """The language of the owner of this link; "en" where the link is nobody's."""
        listed = await self.by_token(token)
        return listed.subscriber.lang if listed is not None else "en"

    async def leave(self, token: str) -> bool:
        """End everything that the owner of this link follows, and cancel what waits; False where the link is nobody's."""
        listed = await self.by_token(token)
        if listed is None:
            return False
        await self.unfollow(listed.subscriber.address)
        return True

    async def everybody(self) -> list[Listed]:
        """All Subscribers whose rows can be read."""
        async with self.database.reading() as connection:
            rows = list(await connection.execute(sa.select(t.subscribers).order_by(t.subscribers.c.id)))
            found = []
            for row in rows:
                with left_out(row.id):
                    found.append(await _listed(connection, row))
            return found

    async def count(self) -> int:
        async with self.database.reading() as connection:
            number: int = (await connection.execute(sa.select(sa.func.count()).select_from(t.subscribers))).scalar_one()
            return number

    async def set_quiet(self, address: Address, quiet: QuietHours | None) -> None:
        values: dict[str, Any] = {"quiet_start": None, "quiet_end": None}
        if quiet is not None:
            values = {"quiet_start": quiet.start.isoformat(), "quiet_end": quiet.end.isoformat(), "urgent_passes": quiet.urgent_passes}
        await self._update(address, values)

    async def set_lang(self, address: Address, lang: str) -> None:
        await self._update(address, {"lang": lang})

    async def set_zone(self, address: Address, zone: str) -> None:
        await self._update(address, {"zone": zone})

    async def park(self, address: Address, reason: str) -> None:
        """Write to this address no more, until it comes back."""
        await self._update(address, {"parked": reason})

    async def _update(self, address: Address, values: dict[str, Any]) -> None:
        async with self.database.writing() as connection:
            await connection.execute(sa.update(t.subscribers).where(t.subscribers.c.address == str(address)).values(values))

    async def rename(self, old: Address, new: Address) -> None:
        """A group became a supergroup: same readers, another id."""
        async with self.database.writing() as connection:
            await moving.rename(connection, old, new)

    async def forget(self, address: Address) -> bool:
        """Delete all that is stored about this address: the Subscriber, what it follows, its phrases with what they found, every Delivery
        and Letter, what was said of those, and that it is the second address of another."""
        async with self.database.writing() as connection:
            for subscriber in list((await connection.execute(_id_of(address))).scalars()):
                await own.end(connection, subscriber)
            await connection.execute(sa.delete(t.votes).where(t.votes.c.letter.in_(_letters_of(address))))
            await connection.execute(sa.delete(t.letters).where(t.letters.c.address == str(address)))
            found = await connection.execute(sa.delete(t.subscribers).where(t.subscribers.c.address == str(address)))
            await connection.execute(sa.delete(buckets).where(buckets.c.key == f"chat:{address}"))
            await connection.execute(sa.update(t.subscribers).where(t.subscribers.c.second == str(address)).values(second=None))
            return found.rowcount > 0

    async def export(self, address: Address) -> dict[str, Any] | None:
        """All that is stored about this address, as plain data; None where nothing is."""
        async with self.database.reading() as connection:
            row = (await connection.execute(sa.select(t.subscribers).where(t.subscribers.c.address == str(address)))).one_or_none()
            if row is None:
                return None
            tables = {
                "subscriptions": sa.select(t.subscriptions).where(t.subscriptions.c.subscriber == row.id),
                "own_watches": sa.select(t.own_watches).where(t.own_watches.c.subscriber == row.id).order_by(t.own_watches.c.id),
                "deliveries": sa.select(t.deliveries).where(t.deliveries.c.subscriber == row.id).order_by(t.deliveries.c.id),
                "told": sa.select(t.told).where(t.told.c.subscriber == row.id).order_by(t.told.c.story),
                "letters": sa.select(t.letters).where(t.letters.c.address == row.address).order_by(t.letters.c.id),
                "attempts": sa.select(t.attempts).where(t.attempts.c.letter.in_(_letters_of(address))).order_by(*t.attempts.primary_key),
                "votes": sa.select(*(column for column in t.votes.c if column.name != "voter"))
                .where(t.votes.c.letter.in_(_letters_of(address)))
                .order_by(t.votes.c.id),
            }
            stored: dict[str, Any] = {"subscriber": _plain(row)}
            for name, statement in tables.items():
                stored[name] = [_plain(each) for each in await connection.execute(statement)]
            return stored


async def _follow(
    connection: AsyncConnection,
    address: Address,
    watches: Sequence[str],
    now: datetime,
    *,
    cadence: Cadence,
    floor: Severity,
    types: Sequence[DocumentType] = (),
) -> None:
    subscriber = await _one(connection, address)
    manner = {"cadence": cadence.value, "floor": int(floor), "types": [each.value for each in dict.fromkeys(types)]}
    wish = {"subscriber": subscriber.id, **manner, "created_at": now}
    rows = [{**wish, "watch": watch} for watch in dict.fromkeys(watches)]
    statement = insert(connection, t.subscriptions).values(rows)
    changed = {name: statement.excluded[name] for name in manner}
    await connection.execute(statement.on_conflict_do_update(index_elements=["subscriber", "watch"], set_=changed))
    await _schedule(connection, subscriber, now)


async def _choose(connection: AsyncConnection, address: Address) -> None:
    """Where the Subscriber is automatic: it is so no more, and follows nothing."""
    mine = sa.update(t.subscribers).where(t.subscribers.c.address == str(address), t.subscribers.c.automatic)
    if (await connection.execute(mine.values(automatic=False))).rowcount:
        await connection.execute(sa.delete(t.subscriptions).where(t.subscriptions.c.subscriber.in_(_id_of(address))))


async def _cancel_if_nothing_followed(connection: AsyncConnection, address: Address) -> None:
    """Who follows nothing any more gets nothing more: alerts and digests that wait are cancelled, and what was to come is skipped."""
    follows = sa.select(sa.exists().where(t.subscriptions.c.subscriber.in_(_id_of(address))))
    if (await connection.execute(follows)).scalar_one():
        return
    waiting = (
        t.letters.c.address == str(address),
        t.letters.c.state == LetterState.PENDING.value,
        t.letters.c.kind.not_in(t.PLAIN),
    )
    await connection.execute(sa.update(t.letters).where(*waiting).values(state=LetterState.CANCELLED.value, error=fanout.UNSUBSCRIBED))
    owed = (t.deliveries.c.subscriber.in_(_id_of(address)), t.deliveries.c.letter_id.is_(None), t.deliveries.c.skipped.is_(None))
    await connection.execute(sa.update(t.deliveries).where(*owed).values(skipped=fanout.UNSUBSCRIBED))
    ended = {"next_daily_at": None, "next_weekly_at": None}
    await connection.execute(sa.update(t.subscribers).where(t.subscribers.c.address == str(address)).values(ended))


async def skip_what_is_muted(connection: AsyncConnection, address: Address) -> None:
    """What waits to be told is told under the topics that are followed still; under none it is skipped."""
    mine = sa.select(t.subscriptions.c.watch).where(t.subscriptions.c.subscriber.in_(_id_of(address)))
    followed = set((await connection.execute(mine)).scalars())
    waits = (t.deliveries.c.subscriber.in_(_id_of(address)), t.deliveries.c.letter_id.is_(None), t.deliveries.c.skipped.is_(None))
    for row in list(await connection.execute(sa.select(t.deliveries.c.id, t.deliveries.c.watches).where(*waits))):
        left = [watch for watch in row.watches if watch in followed]
        if left != row.watches:
            values = {"watches": left} if left else {"skipped": fanout.MUTED}
            await connection.execute(sa.update(t.deliveries).where(t.deliveries.c.id == row.id).values(values))


async def _end_unfollowed(connection: AsyncConnection, address: Address) -> None:
    """Of phrases that their owner does not follow nothing is left."""
    for row in list(await connection.execute(_id_of(address))):
        mine = sa.select(t.subscriptions.c.watch).where(t.subscriptions.c.subscriber == row.id)
        await own.end(connection, row.id, followed=set((await connection.execute(mine)).scalars()))


def _id_of(address: Address) -> sa.Select[Any]:
    return sa.select(t.subscribers.c.id).where(t.subscribers.c.address == str(address))


def _letters_of(address: Address) -> sa.Select[Any]:
    return sa.select(t.letters.c.id).where(sa.or_(t.letters.c.address == str(address), t.letters.c.subscriber.in_(_id_of(address))))


async def _one(connection: AsyncConnection, address: Address) -> Subscriber:
    return subscriber_of((await connection.execute(sa.select(t.subscribers).where(t.subscribers.c.address == str(address)))).one())


async def _listed(connection: AsyncConnection, row: sa.Row[Any]) -> Listed:
    rows = await connection.execute(
        sa.select(t.subscriptions).where(t.subscriptions.c.subscriber == row.id).order_by(t.subscriptions.c.watch)
    )
    return Listed(
        subscriber=subscriber_of(row),
        subscriptions=tuple(subscription_of(each) for each in rows),
        phrases=await own.phrases_of(connection, row.id),
    )


async def _schedule(connection: AsyncConnection, subscriber: Subscriber, now: datetime) -> None:
    """Set when the reader's digests are next due; one that is set already stays."""
    for cadence, column in ((Cadence.DAILY, t.subscribers.c.next_daily_at), (Cadence.WEEKLY, t.subscribers.c.next_weekly_at)):
        wants = sa.exists().where(t.subscriptions.c.subscriber == subscriber.id, t.subscriptions.c.cadence == cadence.value)
        unset = (t.subscribers.c.id == subscriber.id, column.is_(None), wants)
        due_at = fanout.next_window(subscriber, cadence, now).due_at
        await connection.execute(sa.update(t.subscribers).where(*unset).values({column.name: due_at}))


def _plain(row: sa.Row[Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in row._mapping.items() if name != "token"}
