"""Notices to operators: of each channel and kind of fault one for a while, whichever process finds it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.models import Address, LetterKind
from alerts.retry import SILENCED, Fault
from alerts.storage import buckets, letters
from watcher.storage import tables as w

DOWN_SAID = timedelta(days=1)  #: until an operator hears again that a channel still refuses us, or cannot be reached
FAULT_SAID = timedelta(hours=1)  #: the same of another fault; what happens meanwhile is in the log


async def post(
    connection: AsyncConnection, channel: str, fault: Fault, text: str, operators: Sequence[Address], now: datetime, domain: str
) -> None:
    """Tell the operators: of a channel that is down or away once until it serves again, or a day; of another fault once an hour.

    Never by the channel that is down.
    """
    told_by = [each for each in operators if fault not in SILENCED or each.channel != channel]
    said = DOWN_SAID if fault in SILENCED else FAULT_SAID
    if told_by and await buckets.seize(connection, _held(channel, fault), now, now + said):
        content = {"text": text, "subject": "Habeas Watch: a fault", "reply_to": "", "lang": "en"}
        for operator in told_by:
            await letters.post(connection, operator, LetterKind.NOTICE, content, now, domain)


async def served(connection: AsyncConnection, channel: str) -> None:
    """The channel serves: the next time that it does not is news."""
    keys = [_held(channel, fault) for fault in SILENCED]
    await connection.execute(sa.delete(w.buckets).where(w.buckets.c.key.in_(keys)))


def _held(channel: str, fault: Fault) -> str:
    """The bucket that is held while operators need not hear of such a fault again."""
    return f"notice:{channel}:{fault}"
