"""Which dockets were found to be of a case beside those of the file, on what evidence, and what the operator said of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.families import key_of
from watcher.models import Docket, Link, Named
from watcher.storage import tables as t
from watcher.storage.database import Database, insert
from watcher.storage.rows import docket_json


class StoredFamilies:
    """The links that there are."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def links(self) -> tuple[Link, ...]:
        """All of them, the refused ones too, those first that were stored first."""
        columns = t.family_links.c
        async with self.database.reading() as connection:
            rows = await connection.execute(sa.select(t.family_links).order_by(columns.at, columns.watch, columns.court, columns.number))
            return tuple(_link_of(row) for row in rows)

    async def refuse(self, link: Link, now: datetime) -> None:
        """Keep it from ever being linked or proposed again, also where it was not yet."""
        values = _values(replace(link, state="refused"), now)
        async with self.database.writing() as connection:
            statement = insert(connection, t.family_links).values(values)
            await connection.execute(statement.on_conflict_do_update(index_elements=_KEY, set_={"state": "refused"}))


async def put_links(connection: AsyncConnection, links: Sequence[Link], now: datetime) -> None:
    """Store links of a reading, in its transaction. What was refused stays so, and a link stays until the paper that says it is changed."""
    for link in links:
        statement = insert(connection, t.family_links).values(_values(link, now))
        changed = {name: statement.excluded[name] for name in _CHANGED}
        stands = sa.and_(t.family_links.c.state != "refused", t.family_links.c.state != statement.excluded.state)
        await connection.execute(statement.on_conflict_do_update(index_elements=_KEY, set_=changed, where=stands))


_KEY = ("watch", "court", "number")
_CHANGED = ("state", "written", "courtlistener", "how", "named_by", "document", "url", "found", "field", "start", "end", "missing")


def _values(link: Link, now: datetime) -> dict[str, Any]:
    named = link.named
    return {
        "watch": link.watch,
        "court": named.docket.court,
        "number": key_of(named.docket),
        "written": named.docket.number,
        "courtlistener": named.docket.courtlistener,
        "state": link.state,
        "how": named.how,
        "named_by": docket_json(named.by),
        "document": named.document,
        "url": named.url,
        "found": named.found,
        "field": named.field,
        "start": named.start,
        "end": named.end,
        "missing": named.missing,
        "at": now,
    }


def _link_of(row: sa.Row[Any]) -> Link:
    named = Named(
        docket=Docket(court=row.court, number=row.written, courtlistener=row.courtlistener),
        by=Docket(**row.named_by),
        how=row.how,
        found=row.found,
        field=row.field,
        start=row.start,
        end=row.end,
        document=row.document,
        url=row.url,
        missing=row.missing,
    )
    return Link(watch=row.watch, named=named, state=row.state, at=row.at)
