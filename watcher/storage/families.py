"""Which dockets were found to be of a case beside those of the file, on what evidence, and what the operator said of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.families import key_of
from watcher.models import Docket, Link, Named, Stage
from watcher.storage import tables as t
from watcher.storage.database import Database, insert
from watcher.storage.rows import docket_json, is_current


class StoredFamilies:
    """The links that there are."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def links(self) -> tuple[Link, ...]:
        """All of them, the refused ones too, those first that were stored first; without the words of papers that are closed by now."""
        columns = t.family_links.c
        statement = (
            sa.select(t.family_links, t.versions.c.stage)
            .outerjoin(t.document_keys, t.document_keys.c.key == columns.document)
            .outerjoin(t.documents, t.documents.c.id == t.document_keys.c.document)
            .outerjoin(t.versions, is_current())
            .order_by(columns.at, columns.watch, columns.court, columns.number)
        )
        async with self.database.reading() as connection:
            return tuple(_link_of(row, closed=row.stage in _CLOSED) for row in await connection.execute(statement))

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


_CLOSED = frozenset({Stage.SEALED.value, Stage.REMOVED.value})
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


def _link_of(row: sa.Row[Any], *, closed: bool) -> Link:
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
    if closed:
        named = replace(named, found="", start=0, end=0)
    return Link(watch=row.watch, named=named, state=row.state, at=row.at)
