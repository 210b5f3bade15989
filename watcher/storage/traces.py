"""What `watcher why` asks of the database. Reads only."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.models import DocumentType, Match, Stage
from watcher.ports import SourceRow, StoryPage
from watcher.storage import tables as t
from watcher.storage.database import Database
from watcher.storage.earlier import dated
from watcher.storage.rows import current_documents, document_of, evidence_of
from watcher.storage.views import Views
from watcher.trace import Kept, Past, Seat, Wording
from watcher.unseen import Brought, forms_of, keys_of

MOST = 5  #: Documents of one address


class Traces:
    """All that is stored of one Document or Story."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def document(self, key: str) -> Past | None:
        """The Document that is known by this key, its own or a further one."""
        of = sa.select(t.document_keys.c.document).where(t.document_keys.c.key == key)
        own = sa.select(t.documents.c.id).where(t.documents.c.key == key)
        async with self.database.reading() as connection:
            found = (await connection.execute(sa.union(own, of).limit(1))).scalar_one_or_none()
            return await _past(connection, found) if found is not None else None

    async def at(self, url: str) -> list[Past]:
        """The Documents of an address, the one that is known by it first: else those that lead there, the last seen first."""
        named = sa.select(t.document_keys.c.document).where(t.document_keys.c.key.in_(keys_of(url)))
        there = (
            sa.select(t.documents.c.id)
            .join(t.versions, t.versions.c.document == t.documents.c.id)
            .where(sa.or_(t.versions.c.url.in_(forms_of(url)), t.versions.c.enclosure.in_(forms_of(url))))
            .distinct()
            .order_by(t.documents.c.id.desc())
            .limit(MOST)
        )
        async with self.database.reading() as connection:
            found = list((await connection.execute(named)).scalars()) or list((await connection.execute(there)).scalars())
            return [await _past(connection, each) for each in dict.fromkeys(found)]

    async def brought(self, host: str) -> list[Brought]:
        """Which sources have brought Documents of a host (without `www.`), those that brought most first."""
        of = sa.or_(*(t.versions.c.url.startswith(f"https://{name}/", autoescape=True) for name in (host, f"www.{host}")))
        number = sa.func.count(sa.distinct(t.versions.c.document))
        statement = sa.select(t.versions.c.source, number.label("documents")).where(of).group_by(t.versions.c.source)
        async with self.database.reading() as connection:
            rows = await connection.execute(statement.order_by(number.desc(), t.versions.c.source).limit(MOST))
            return [Brought(source=row.source, documents=row.documents) for row in rows]

    async def story(self, story: int) -> StoryPage | None:
        """A Story; of a number that went into another the one that it is by now."""
        views = Views(self.database, everything=True)
        return await views.story(await views.moved(story) or story)

    async def sources(self) -> dict[str, SourceRow]:
        """Every source that was ever enrolled, by id."""
        return {row.state.source: row for row in await Views(self.database).sources()}


async def _past(connection: AsyncConnection, number: int) -> Past:
    columns = (t.documents.c.first_seen, t.documents.c.backfill, t.documents.c.tell)
    row = (await connection.execute(current_documents().add_columns(*columns).where(t.documents.c.id == number))).one()
    keys = sa.select(t.document_keys.c.key).where(t.document_keys.c.document == number, t.document_keys.c.key != row.key)
    document = document_of(row, tuple((await connection.execute(keys.order_by(t.document_keys.c.key))).scalars()))
    return Past(
        document=(await dated(connection, [(number, document)]))[number],
        version=row.version,
        seen_at=row.first_seen,
        backfill=row.backfill,
        tell=row.tell,
        versions=await _versions(connection, number),
        kept=await _kept(connection, number, row.key),
        seat=await _seat(connection, number),
    )


async def _versions(connection: AsyncConnection, number: int) -> tuple[Wording, ...]:
    v = t.versions.c
    columns = (v.version, v.seen_at, v.source, v.stage, v.type, v.title, v.headline)
    rows = await connection.execute(sa.select(*columns).where(v.document == number).order_by(v.version))
    return tuple(
        Wording(
            number=row.version,
            seen_at=row.seen_at,
            source=row.source,
            stage=Stage(row.stage),
            type=DocumentType(row.type),
            title=row.headline or row.title,
        )
        for row in rows
    )


async def _kept(connection: AsyncConnection, number: int, key: str) -> tuple[Kept, ...]:
    m = t.matches.c
    rows = await connection.execute(sa.select(t.matches).where(m.document == number).order_by(m.version, m.score.desc(), m.watch))
    return tuple(
        Kept(
            version=row.version,
            at=row.matched_at,
            match=Match(watch=row.watch, document=key, score=row.score, threshold=row.threshold, because=evidence_of(row.because)),
        )
        for row in rows
    )


async def _seat(connection: AsyncConnection, number: int) -> Seat | None:
    seats = t.story_documents.c
    row = (await connection.execute(sa.select(t.story_documents).where(seats.document == number))).one_or_none()
    return Seat(story=row.story, joined_at=row.joined_at, because=tuple(row.because)) if row is not None else None
