"""The row of a Letter that waits to be sent, and Letters of plain words."""

import secrets
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.models import Address, LetterKind, LetterState
from alerts.storage import tables as t


def waiting(address: Address, kind: LetterKind, content: dict[str, Any], urgent: bool, now: datetime, domain: str) -> dict[str, Any]:
    """A Letter that is due now, as its row holds it; `domain` is the right half of its Message-ID."""
    return {
        "address": str(address),
        "channel": address.channel,
        "kind": kind.value,
        "content": content,
        "state": LetterState.PENDING.value,
        "urgent": urgent,
        "lane": t.URGENT if urgent else t.REPLIES if kind.value in t.PLAIN else t.REST,
        "message_id": f"<{secrets.token_hex(12)}@{domain}>",
        "created_at": now,
        "due_at": now,
    }


async def post(connection: AsyncConnection, address: Address, kind: LetterKind, content: dict[str, Any], now: datetime, domain: str) -> int:
    """Put a Letter of plain words into the outbox; its id."""
    owner = (await connection.execute(sa.select(t.subscribers.c.id).where(t.subscribers.c.address == str(address)))).scalar_one_or_none()
    values = waiting(address, kind, content, False, now, domain) | {"subscriber": owner}
    letter: int = (await connection.execute(sa.insert(t.letters).values(values).returning(t.letters.c.id))).scalar_one()
    return letter
