"""The engine: Deliveries made and composed, Letters claimed, sent and settled. State lives here only; any worker may die at any time.

Each method but `clean` is one transaction; what happens in it stands in `fanouts`, `composing`, `sending`, `sweeping` and `astray`.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from alerts.deliver import SLACK, TURNS
from alerts.models import Address, Cadence, Letter, LetterKind
from alerts.retry import Fault, Settlement
from alerts.storage import ahead, astray, composing, fanouts, late, letters, notices, recalled, sending, sweeping
from alerts.storage import tables as t
from alerts.storage.composing import Composer
from alerts.storage.items import Names
from watcher.models import Revision
from watcher.storage.database import Database, ring

TURNS_WITHIN = SLACK.total_seconds() / TURNS  #: seconds; what waits for other turns all the time is put back before its lease ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Everything that was ever written and is still kept; for a small database, as the demo's. `Ledger` counts a large one."""

    letters: dict[str, int]  #: by state
    deliveries: int  #: whose Letter is not written yet


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
        self._composer = Composer(names=names, domain=domain, public_url=public_url)

    # -- fan out

    async def open_revisions(self, after: Revision | None = None, limit: int = 20) -> list[Revision]:
        """Revisions to be told whose Deliveries are not all made: those of urgent Stories first, then as they came.

        Args:
            after: only those behind this one, so that what cannot be told keeps no other waiting.
        """
        async with self.database.reading() as connection:
            return await fanouts.open_revisions(connection, after, limit)

    async def fan_out(self, revision: Revision, now: datetime) -> tuple[int, bool]:
        """Make the Deliveries of the next batch of Subscribers and move the cursor, at once; answer how many were made, and whether
        more Subscribers are left. Run twice, or by two workers, it makes each Delivery once.
        """
        async with self.database.writing() as connection:
            return await fanouts.fan_out(connection, revision, now)

    # -- compose

    async def due_subscribers(self, now: datetime, limit: int = 200, ahead: int = composing.WRITTEN_AHEAD) -> list[int]:
        """Subscribers with a Delivery due at once and no Letter under way; those first to whom something urgent is due, however many others
        wait longer. Behind a Letter that is not urgent nothing urgent waits, unless it is being sent. In each lane a third of `limit` is
        for each channel that has so many.

        Args:
            ahead: no more are named of a channel while so many Letters of the same lane could start; by mail, which each domain
                paces for itself, all are.
        """
        async with self.database.reading() as connection:
            return await composing.due_subscribers(connection, now, limit, ahead)

    async def compose(self, subscriber_id: int, now: datetime) -> int | None:
        """Write the next Letter of what is due to this Subscriber, and `letter_id` of its Deliveries, at once. None: nothing is due."""
        return next(iter(await self.compose_all([subscriber_id], now)), None)

    async def compose_all(self, subscriber_ids: Sequence[int], now: datetime) -> list[int]:
        """`compose` for several at once, all or none; the Letters written."""
        async with self.database.writing() as connection:
            return await self._composer.compose(connection, subscriber_ids, now)

    async def put_off(self, subscriber_id: int, now: datetime) -> None:
        """Let what is due to this Subscriber, whom nothing could be written to, wait for `composing.PUT_OFF`."""
        async with self.database.writing() as connection:
            await composing.put_off(connection, subscriber_id, now)

    async def due_digests(self, now: datetime, limit: int = 200) -> list[tuple[int, Cadence]]:
        """Subscribers whose digest hour has come."""
        async with self.database.reading() as connection:
            return await composing.due_digests(connection, now, limit)

    async def compose_digest(self, subscriber_id: int, cadence: Cadence, now: datetime, sources: Collection[str]) -> int | None:
        """Write the Letter of the window that ended, and say when the next one is due; unique for each subscriber and window.

        Args:
            sources: ids of all that are polled. The digest says which of them could not be read, or, where nothing happened, that all
                were, so that silence is not taken for an outage. An empty one is sent by mail only.
        """
        async with self.database.reading() as connection:
            papers = await ahead.papers(connection, subscriber_id, cadence, now, self._composer.names())
        async with self.database.writing() as connection:
            return await self._composer.compose_digest(connection, subscriber_id, cadence, now, sources, papers)

    async def post(
        self, address: Address, kind: LetterKind, text: str, now: datetime, *, subject: str = "", reply_to: str = "", lang: str = "en"
    ) -> int:
        """Put a Letter of plain words into the outbox: a confirmation, a reply of the bot, a notice."""
        content = {"text": text, "subject": subject, "reply_to": reply_to, "lang": lang}
        async with self.database.writing() as connection:
            letter = await letters.post(connection, address, kind, content, now, self.domain)
            await ring(connection)
            return letter

    async def report(self, channel: str, fault: Fault, text: str, now: datetime, operators: Sequence[Address]) -> None:
        """Tell operators of a fault that no Letter met, unless they heard of such a one a while ago."""
        async with self.database.writing() as connection:
            await notices.post(connection, channel, fault, text, operators, now, self.domain)
            await ring(connection)

    # -- deliver

    async def claim(
        self,
        channel: str,
        now: datetime,
        *,
        free: int,
        per_second: float,
        lease: timedelta,
        waited: Callable[[], float] = lambda: 0.0,
    ) -> list[Letter]:
        """Take up to `free` Letters that can start now: due, the pace of their chat, mail domain and channel allowing; urgent alerts
        first, then replies and notices, then the rest. To one address a reply goes behind what tells it something, so that nobody can
        talk it to silence. What was taken back since a Letter was written is not in it any more. They come in the order in which they
        start, each at its `start_at`, at most `deliver.AHEAD` from now.

        Args:
            per_second: the channel's pace; 0: none.
            lease: longest that they may be in flight; then they are `expired`.
            waited: says how many seconds have passed since `now`: turns are given from when the database lets us write.
        """
        async with self.database.writing() as connection:
            claimed = await sending.claim(connection, channel, now, free=free, per_second=per_second, lease=lease, waited=waited)
            return await late.mark(connection, await recalled.recall(connection, claimed, self.names()), now)

    async def turns(
        self, channel: str, now: datetime, *, most: int, per_second: float, waited: Callable[[], float] = lambda: 0.0
    ) -> list[datetime]:
        """Take so many other turns of a channel for Letters that missed theirs, or fewer, but one at least; none while it is held. On
        PostgreSQL not waited for longer than TURNS_WITHIN: their leases run meanwhile."""
        async with self.database.writing(within=TURNS_WITHIN) as connection:
            return await sending.take_turns(connection, channel, now, most, per_second, waited)

    async def settle(self, letter: Letter, settlement: Settlement, now: datetime, operators: Sequence[Address] = ()) -> bool:
        """Write what became of a Letter, and what these operators are told of it; False where its lease ran out meanwhile and another
        worker has it."""
        async with self.database.writing() as connection:
            return await sending.settle(connection, letter, settlement, now, operators, self.domain)

    async def expired(self, now: datetime, limit: int = 200, operators: Sequence[Address] = ()) -> list[Letter]:
        """Letters whose lease ran out while sending: perhaps sent. Settle each as unknown; the fence keeps a late answer out. One that
        cannot be read is dead, of which these operators are told."""
        async with self.database.reading() as connection:
            found, unreadable = await sending.expired(connection, now, limit)
        if unreadable:
            async with self.database.writing() as connection:
                await sending.bury(connection, unreadable, now, operators, self.domain)
        return found

    async def next_start(self, channel: str, now: datetime) -> datetime | None:
        """When the first of the Letters that wait may be claimed: `now` or before where one is due and nothing holds it, its chat, its
        mail domain and the channel's pace included; None where none waits."""
        async with self.database.reading() as connection:
            return await sending.next_start(connection, channel, now)

    async def clean(self, now: datetime) -> int:
        """Delete what nobody needs any more: Letters settled longer ago than KEPT, with their Deliveries, of which `told` remembers for
        TOLD_KEPT which Story they told; Letters to addresses that are no Subscriber's, longer ago than KEPT_OF_STRANGERS, so that a reader
        who left leaves no trace; who voted on a Letter that is gone, and after VOTES_KEPT what; Deliveries that were skipped; updates,
        pacing and leases that ran out. Answers how many Letters went.

        Step by step, each a transaction of its own: however much there is, nobody waits for it.
        """
        gone = 0
        while ids := await self._old_letters(now):
            async with self.database.writing() as connection:
                gone += await sweeping.delete_letters(connection, ids)
        last: int | None = 0
        while last is not None:
            async with self.database.writing() as connection:
                last = await sweeping.delete_skipped(connection, now, last)
        more = True
        while more:
            async with self.database.writing() as connection:
                more = await sweeping.delete_told(connection, now)
        key: str | None = ""
        while key is not None:
            async with self.database.writing() as connection:
                key = await sweeping.delete_buckets(connection, now, key)
        async with self.database.writing() as connection:
            await sweeping.delete_rest(connection, now)
        return gone

    async def _old_letters(self, now: datetime) -> list[int]:
        async with self.database.reading() as connection:
            return await sweeping.old_letters(connection, now)

    async def set_right(self, now: datetime) -> int:
        """Let what waits for a time far ahead, written by a clock that was wrong, be due now; answer how many rows that were. Costs others
        nothing where all is right.
        """
        async with self.database.reading() as connection:
            if not await astray.any_astray(connection, now):
                return 0
        async with self.database.writing() as connection:
            return await astray.set_right(connection, now)

    async def counts(self) -> Counts:
        """How much is under way."""
        waiting = (t.deliveries.c.letter_id.is_(None), t.deliveries.c.skipped.is_(None))
        async with self.database.reading() as connection:
            states = await connection.execute(sa.select(t.letters.c.state, sa.func.count()).group_by(t.letters.c.state))
            deliveries = await connection.execute(sa.select(sa.func.count()).select_from(t.deliveries).where(*waiting))
            return Counts(letters={row[0]: row[1] for row in states}, deliveries=deliveries.scalar_one())
