"""What is stored already of Documents that come: which are known, by which key, and whether they come with something new."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.models import Document, Source, Stage
from watcher.normalize import advances
from watcher.storage import tables as t
from watcher.storage.rows import is_current

CHUNK = 500  #: keys in one question; SQLite takes 32,766 parameters, PostgreSQL 65,535

T = TypeVar("T")


class Known(NamedTuple):
    """What is stored of a Document already."""

    id: int
    version: int
    fingerprint: str
    stage: Stage
    source: str  #: who brought the version in force
    tell: bool  #: False: a first run found it, or it is backfill
    backfill: bool


class Stored(NamedTuple):
    """What is stored of some Documents."""

    known: dict[str, Known]  #: by the key that a Document comes with; those that are not in it are new
    owners: Mapping[str, int]  #: of all their keys that are stored, whose they are


async def stored_of(connection: AsyncConnection, documents: Sequence[Document]) -> Stored:
    """Tell what is stored of the Documents of one reading: of all, or at least of those that speak for the same stored one."""
    owners: dict[str, int] = {}
    for chunk in chunks(sorted({key for document in documents for key in keys_of(document)})):
        rows = await connection.execute(sa.select(t.document_keys).where(t.document_keys.c.key.in_(chunk)))
        owners.update({row.key: row.document for row in rows})
    claimed = _claimed(documents, owners)
    current: dict[int, Known] = {}
    for some in chunks(sorted(set(claimed.values()))):
        rows = await connection.execute(_current().where(t.documents.c.id.in_(some)))
        current.update({row.id: Known(*row)._replace(stage=Stage(row.stage)) for row in rows})
    return Stored({key: current[document] for key, document in claimed.items()}, owners)


def is_renamed(document: Document, stored: Stored) -> bool:
    """Whether it comes with keys that are not stored yet."""
    return not all(key in stored.owners for key in keys_of(document))


def contested(documents: Iterable[Document], stored: Stored) -> frozenset[int]:
    """The stored Documents that these have a key of and are not: another of their reading is it, and must be by when they are stored."""
    known = stored.known
    return frozenset(
        owner
        for document in documents
        for key in keys_of(document)
        if (owner := stored.owners.get(key)) is not None and (document.key not in known or known[document.key].id != owner)
    )


def _current() -> sa.Select[tuple[int, int, str, str, str, bool, bool]]:
    versions = t.versions.c
    columns = (t.documents.c.id, t.documents.c.version, versions.fingerprint, versions.stage, versions.source)
    return sa.select(*columns, t.documents.c.tell, t.documents.c.backfill).join(t.versions, is_current())


def _claimed(documents: Sequence[Document], owners: Mapping[str, int]) -> dict[str, int]:
    """Which stored Document each of these is. Its own key decides; by its second keys a stored one goes to one of them alone, that which
    names the stronger key: of two articles of one reading the other is a new one, also where it stands at the first one's old address."""
    found = {document.key: owners[document.key] for document in documents if document.key in owners}
    taken = set(found.values())
    others = [document for document in documents if document.key not in found]
    claims = sorted((place, which) for which, document in enumerate(others) for place, key in enumerate(document.keys) if key in owners)
    for place, which in claims:
        key, owner = others[which].key, owners[others[which].keys[place]]
        if key not in found and owner not in taken:
            found[key] = owner
            taken.add(owner)
    return found


def changes(documents: Iterable[Document], known: Mapping[str, Known], fingerprints: Mapping[str, str]) -> list[Document]:
    """Those of these Documents that are another version of what is stored; of one stored Document at most one."""
    found, seen = [], set()
    for document in documents:
        before = known.get(document.key)
        if before is None or before.id in seen:
            continue
        seen.add(before.id)
        if _is_change(before, document, fingerprints[document.key]):
            found.append(document)
    return found


def _is_change(before: Known, after: Document, fingerprint: str) -> bool:
    """Whether this is another version. The source that spoke last may correct itself; any other must bring a further stage, or two
    feeds that word one article differently would change it for ever."""
    if before.source == after.source:
        return before.fingerprint != fingerprint
    return before.stage != after.stage and advances(before.stage, after.stage)


async def first_brought(
    connection: AsyncConnection, source: Source, documents: Sequence[Document], known: Mapping[str, Known]
) -> list[Document]:
    """Those of these Documents that nobody was to be told of, though they were not late, and that this source never brought before.

    The keys that a feed's entries have of their own tell who brought a Document; papers with a key of their own have the same one
    whoever brings them, and are told when they go on to a further stage.
    """
    mine = f"feed:{source.group}:"
    silent = [document for document in documents if document.key.startswith(mine) and _is_silent(known[document.key], document)]
    before: set[int] = set()
    for chunk in chunks([known[document.key].id for document in silent]):
        of = (t.document_keys.c.document.in_(chunk), t.document_keys.c.key.startswith(mine, autoescape=True))
        before.update((await connection.execute(sa.select(t.document_keys.c.document).where(*of))).scalars())
    return [document for document in silent if known[document.key].id not in before]


def _is_silent(before: Known, now: Document) -> bool:
    return not before.tell and not before.backfill and before.source != now.source


def keys_of(document: Document) -> tuple[str, ...]:
    """All its keys, its own first, none twice."""
    return tuple(dict.fromkeys((document.key, *document.keys)))


def chunks(items: Sequence[T]) -> Iterable[Sequence[T]]:
    """Parts small enough for one statement."""
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))
