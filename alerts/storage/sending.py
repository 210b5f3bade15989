"""Letters claimed, and what became of them written. Whoever changes the row has the work.

A claim raises `attempt`, and settling is fenced by it. The bucket of a chat (`buckets.chat`) is held while a Letter flies, so that
none has two in flight, and afterwards for as long as the pace asks. Those of a channel (`channel:NAME`) and of a mail domain
(`domain:mailto:NAME`) give turns; either is closed until a time where it was refused (`hold:NAME`, `hold:mailto:NAME`).
"""

import logging
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts import fanout
from alerts.deliver import AHEAD, SLACK
from alerts.models import Address, Cadence, Letter, LetterKind, LetterState
from alerts.retry import Fault, Settlement
from alerts.storage import attempts, buckets, moving, notices
from alerts.storage import tables as t
from alerts.storage.rows import left_out, letter_of, subscriber_of
from watcher.storage import tables as w
from watcher.storage.database import Utc

log = logging.getLogger(__name__)


async def claim(
    connection: AsyncConnection,
    channel: str,
    asked: datetime,
    *,
    free: int,
    per_second: float,
    lease: timedelta,
    waited: Callable[[], float] = lambda: 0.0,
) -> list[Letter]:
    """`Outbox.claim`, in this transaction."""
    free_at = await buckets.lock(connection, f"channel:{channel}", asked)
    if await buckets.held(connection, f"hold:{channel}", asked):
        return []
    now = asked + timedelta(seconds=waited())  # turns that passed while another held the lock would all start at once
    if now >= asked + SLACK:  # nothing could be started any more, and once the lease is over it would count as perhaps arrived
        return []
    turns = buckets.turns(free_at, now, free, per_second)
    if not turns:
        return []
    chosen = _Chosen(connection, channel, now, asked + lease, len(turns))
    for lane in t.LANES:
        await chosen.fill(lane)
    if not chosen.letters:
        return []
    turns = turns[: len(chosen.letters)]
    await chosen.spend()
    await buckets.spend(connection, f"channel:{channel}", turns, per_second)
    taken = (
        sa.update(t.letters)
        .where(t.letters.c.id.in_(chosen.letters))
        .values(state=LetterState.SENDING.value, attempt=t.letters.c.attempt + 1, lease_until=asked + lease)
        .returning(*t.letters.c)
    )
    claimed = await connection.execute(taken)
    try:
        rows = {row.id: row for row in claimed}
    except ValueError:  # what SQLite keeps as text may be no JSON at all, which no row beside it could be read with
        rows = {}
    read = [(await _read(connection, each, rows.get(each), now), turn) for each, turn in zip(chosen.letters, turns, strict=True)]
    return [replace(letter, start_at=turn) for letter, turn in read if letter is not None]


async def take_turns(
    connection: AsyncConnection, channel: str, asked: datetime, most: int, per_second: float, waited: Callable[[], float]
) -> list[datetime]:
    """`Outbox.turns`, in this transaction."""
    free_at = await buckets.lock(connection, f"channel:{channel}", asked)
    if await buckets.held(connection, f"hold:{channel}", asked):
        return []
    now = asked + timedelta(seconds=waited())
    turns = buckets.turns(free_at, now, most, per_second) or [free_at]
    await buckets.spend(connection, f"channel:{channel}", turns, per_second)
    return turns


@dataclass(slots=True)
class _Chosen:
    """Letters picked for a claim, in the order in which they start, and what is known of the mail domains meanwhile."""

    connection: AsyncConnection
    channel: str
    now: datetime
    until: datetime  #: their chats are held until then
    most: int
    letters: list[int] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)  #: domains that were used up meanwhile
    turns: dict[str, list[datetime]] = field(default_factory=dict)  #: by domain, those that there were
    used: Counter[str] = field(default_factory=Counter)  #: and how many of them are taken

    async def fill(self, lane: int) -> None:
        """Pick what can start of a lane. A domain that is used up is left out of a second look, so that it hides no other."""
        looking = True
        while looking and len(self.letters) < self.most:
            looking = False
            candidates: dict[str, sa.Row[tuple[int, str]]] = {}
            for row in await self.connection.execute(startable(self.channel, lane, self.now, 4 * self._left, self.closed)):
                candidates.setdefault(buckets.chat(row.address), row)
            while candidates and len(self.letters) < self.most:
                some = {key: candidates.pop(key) for key in list(candidates)[: self._left]}
                allowed = {key: row for key, row in some.items() if await self._takes(buckets.domain(row.address))}
                looking = looking or len(allowed) < len(some)
                seized = await buckets.seize_all(self.connection, allowed, self.now, self.until)
                for key, row in allowed.items():
                    if key in seized:
                        self.letters.append(row.id)
                    else:
                        self.used[buckets.domain(row.address)] -= 1

    @property
    def _left(self) -> int:
        return self.most - len(self.letters)

    async def _takes(self, domain: str) -> bool:
        """Take a turn of a domain, where there is one."""
        if not domain:
            return True
        if domain not in self.turns:
            key = f"domain:mailto:{domain}"
            free_at = await buckets.lock(self.connection, key, self.now)
            self.turns[domain] = buckets.turns(free_at, self.now, self.most, buckets.PER_DOMAIN)
        if self.used[domain] >= len(self.turns[domain]):
            self.closed.add(domain)
            return False
        self.used[domain] += 1
        return True

    async def spend(self) -> None:
        """Write down the turns of domains that were taken."""
        for domain, turns in self.turns.items():
            await buckets.spend(self.connection, f"domain:mailto:{domain}", turns[: self.used[domain]], buckets.PER_DOMAIN)


def startable(channel: str, lane: int, now: datetime, limit: int, closed: Collection[str] = ()) -> sa.Select[tuple[int, str]]:
    """The Letters of a lane that can start now, longest due first: their chats are free, they go to none of the `closed` mail domains,
    and to who is told something a reply comes behind it. However many wait, no more are looked at than are asked for, and those whose
    chats or domains are held.
    """
    held = sa.select(w.buckets.c.key).where(w.buckets.c.key == buckets.chat_of(t.letters.c.address), w.buckets.c.free_at > now)
    waits = (t.letters.c.channel == channel, t.in_state(LetterState.PENDING), t.letters.c.lane == lane, t.letters.c.due_at <= now)
    telling = t.letters.alias()
    told_something = sa.select(telling.c.id).where(
        telling.c.address == t.letters.c.address,
        t.in_state(LetterState.PENDING, LetterState.SENDING, table=telling),
        telling.c.state == LetterState.PENDING.value,
        telling.c.kind.not_in(t.PLAIN),
        telling.c.due_at <= now,
    )
    last = (sa.not_(told_something.exists()),) if lane == t.REPLIES else ()
    mail = (buckets.is_open(t.letters.c.address, now), *_in_none_of(closed)) if channel == "mailto" else ()
    return (
        sa.select(t.letters.c.id, t.letters.c.address)
        .where(*waits, sa.not_(held.exists()), *mail, *last)
        .order_by(t.letters.c.due_at, t.letters.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )


def _in_none_of(domains: Collection[str]) -> list[sa.ColumnElement[bool]]:
    """That a Letter goes to none of these mail domains."""
    return [buckets.domain_of(t.letters.c.address).not_in(sorted(domains))] if domains else []


async def _read(connection: AsyncConnection, number: int, row: sa.Row[Any] | None, now: datetime) -> Letter | None:
    """The Letter of this number, and row where that is known; None where it cannot be read: its lease is over at once, so that it is buried
    and told of, since it would stop all others."""
    try:
        return letter_of(row if row is not None else await _row(connection, number))
    except sa.exc.SQLAlchemyError:
        raise
    except Exception as error:
        log.error("letter:%d cannot be read: %s", number, type(error).__name__, extra={"action": "unreadable", "letter": number})
        over = sa.update(t.letters).where(t.letters.c.id == number).values(lease_until=now).returning(t.letters.c.address)
        await buckets.hold(connection, buckets.chat((await connection.execute(over)).scalar_one()), now)
        return None


async def _row(connection: AsyncConnection, letter: int) -> sa.Row[Any]:
    return (await connection.execute(sa.select(t.letters).where(t.letters.c.id == letter))).one()


async def settle(
    connection: AsyncConnection, letter: Letter, settlement: Settlement, now: datetime, operators: Sequence[Address], domain: str
) -> bool:
    """`Outbox.settle`, in this transaction."""
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
    fenced = sa.and_(t.letters.c.id == letter.id, t.letters.c.state == LetterState.SENDING.value, t.letters.c.attempt == letter.attempt)
    result = await connection.execute(sa.update(t.letters).where(fenced).values(values))
    if result.rowcount != 1:
        return False
    await attempts.keep(connection, letter, settlement, now)
    if settlement.hold_domain and (domain := buckets.domain(str(letter.address))):
        await buckets.hold(connection, f"hold:mailto:{domain}", now + settlement.hold_domain, longest=True)
    await buckets.hold(connection, buckets.chat(str(letter.address)), now + settlement.hold_chat)
    if settlement.hold_channel:
        await buckets.hold(connection, f"hold:{letter.address.channel}", now + settlement.hold_channel, longest=True)
    if settlement.to_digest:
        await _to_digest(connection, letter, now)
    if settlement.park is not None:
        await _park(connection, letter, settlement.park, now)
    if settlement.rename is not None:
        await moving.rename_chat(connection, letter.address, settlement.rename)
    await _land(connection, letter, settlement, now)
    if settlement.state is LetterState.SENT:
        await notices.served(connection, letter.address.channel)
    if settlement.fault is not None and letter.kind is not LetterKind.NOTICE:  # or a channel that is down would speak of itself for ever
        text = f"letter:{letter.id}: {settlement.report}"
        await notices.post(connection, letter.address.channel, settlement.fault, text, operators, now, domain)
    return True


async def _to_digest(connection: AsyncConnection, letter: Letter, now: datetime) -> None:
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


async def _park(connection: AsyncConnection, letter: Letter, reason: str, now: datetime) -> None:
    """Write no more to this address; what it was owed goes to the second address, if there is one, this Letter too."""
    row = (await connection.execute(sa.select(t.subscribers).where(t.subscribers.c.address == str(letter.address)))).one_or_none()
    if row is None:
        return
    this = sa.update(t.letters).where(t.letters.c.id == letter.id)
    await connection.execute(this.values(state=LetterState.PENDING.value, due_at=now, settled_at=None))
    if not await moving.park(connection, row, reason, now):
        await connection.execute(this.values(state=LetterState.DEAD.value, settled_at=now))


async def _land(connection: AsyncConnection, letter: Letter, settlement: Settlement, now: datetime) -> None:
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


async def expired(connection: AsyncConnection, now: datetime, limit: int) -> tuple[list[Letter], dict[int, str]]:
    """`Outbox.expired`, in this transaction; and why others cannot be read, by number."""
    over = sa.select(t.letters.c.id).where(t.in_state(LetterState.SENDING), t.letters.c.lease_until <= now).limit(limit)
    found: list[Letter] = []
    unreadable: dict[int, str] = {}
    for letter in list((await connection.execute(over)).scalars()):
        try:  # each by itself: what SQLite keeps as text may be no JSON at all, which no row beside it could be read with
            found.append(letter_of(await _row(connection, letter)))
        except sa.exc.SQLAlchemyError:
            raise
        except Exception as error:
            unreadable[letter] = f"it cannot be read: {type(error).__name__}"
    return found, unreadable


async def bury(
    connection: AsyncConnection, unreadable: Mapping[int, str], now: datetime, operators: Sequence[Address], domain: str
) -> None:
    """Let Letters whose lease ran out, and that cannot be read, be dead, each for its reason, and tell the operators."""
    for letter, reason in sorted(unreadable.items()):
        still = (t.letters.c.id == letter, t.in_state(LetterState.SENDING), t.letters.c.lease_until <= now)
        dead = {"state": LetterState.DEAD.value, "error": reason, "settled_at": now, "lease_until": None}
        row = (await connection.execute(sa.update(t.letters).where(*still).values(dead).returning(t.letters.c.channel))).one_or_none()
        if row is not None:
            log.error("letter:%d is dead: %s", letter, reason, extra={"action": "unreadable", "letter": letter})
            await notices.post(connection, row.channel, Fault.UNREADABLE, f"letter:{letter} is dead: {reason}", operators, now, domain)


async def next_start(connection: AsyncConnection, channel: str, now: datetime) -> datetime | None:
    """`Outbox.next_start`, in this transaction."""
    waits = (t.letters.c.channel == channel, t.in_state(LetterState.PENDING))
    key = w.buckets.c.key == buckets.chat_of(t.letters.c.address)
    chat = sa.select(w.buckets.c.free_at).where(key).scalar_subquery()
    free = sa.or_(chat.is_(None), chat <= now)
    opened = (buckets.is_open(t.letters.c.address, now),) if channel == "mailto" else ()
    startable = sa.select(sa.exists().where(*waits, t.letters.c.due_at <= now, free, *opened))
    key = w.buckets.c.key.in_((f"hold:{channel}", f"channel:{channel}"))
    if (await connection.execute(startable)).scalar_one():  # most often so, and found at once
        first: datetime | None = now
    else:
        at = sa.func.min(sa.case((chat > t.letters.c.due_at, chat), else_=t.letters.c.due_at), type_=Utc)
        first = await (_first_mail(connection, at, waits, now) if channel == "mailto" else connection.scalar(sa.select(at).where(*waits)))
    if first is None:
        return None
    held = {row.key: row.free_at for row in await connection.execute(sa.select(w.buckets).where(key))}
    turn: datetime = held.get(f"channel:{channel}", first) - AHEAD
    until: datetime = held.get(f"hold:{channel}", first)
    return max(first, turn, until)


async def _first_mail(
    connection: AsyncConnection, at: sa.ColumnElement[datetime], waits: Sequence[sa.ColumnElement[bool]], now: datetime
) -> datetime | None:
    """When the first mail may start of those that wait, `at` by their chats and times, and by their domains."""
    closed = await buckets.closed_domains(connection, now)
    domain = buckets.domain_of(t.letters.c.address).label("domain")
    rows = await connection.execute(sa.select(domain, at.label("at")).where(*waits).group_by(domain))
    return min((max(row.at, closed.get(row.domain, row.at)) for row in rows), default=None)
