"""Votes on alerts: taken from whoever was told, kept without whoever voted, read for the operator's report."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts import tickets
from alerts.feedback import Vote
from alerts.models import Address, Item, LetterKind
from alerts.storage import tables as t
from alerts.storage.recalled import item_now
from alerts.storage.rows import item_of
from alerts.tickets import Ticket
from watcher.storage import tables as w
from watcher.storage.database import Database, insert
from watcher.storage.rows import evidence_of

SHOWN = 2_000  #: characters of a paper's text that are read for a phrase
ASKING = (LetterKind.ALERT.value, LetterKind.UPDATE.value)  #: Letters with buttons of a vote: those of one Story
CHUNK = 500  #: Stories asked for in one statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the page behind a link asks."""

    title: str  #: of the Story
    relevant: bool  #: what the link says
    lang: str


class Ballots:
    """Takes votes.

    Args:
        secret: keys the hashes that voters are known by; asked when it is needed.
    """

    def __init__(self, database: Database, secret: Callable[[], str]) -> None:
        self._database = database
        self._secret = secret

    async def press(self, chat: Address, letter: int, user: int, *, relevant: bool) -> bool:
        """A vote by the button below a chat's own alert; a second one changes the first. False: this chat was sent no such alert.

        Args:
            user: of Telegram; only a keyed hash of it is kept.
        """
        async with self._database.reading() as connection:  # before the lock that writers wait for, as in `vote`
            if await _of_press(connection, letter, chat) is None:
                return False
        now = await self._database.now()
        async with self._database.writing() as connection:
            found = await _of_press(connection, letter, chat)
            return found is not None and await self._keep(connection, *found, f"telegram:{user}", now, relevant=relevant)

    async def asked(self, token: str) -> Asked | None:
        """What a link asks; None where it is none of ours, or too old."""
        async with self._database.reading() as connection:
            found = await _of_link(connection, token)
            if found is None:
                return None
            ticket, row, told = found
            lang = row.content.get("lang", "en")
            item = await item_now(connection, told, lang)
        return Asked(title=item.title or item.lead.title or item.key, relevant=ticket.relevant, lang=lang)

    async def vote(self, token: str) -> bool:
        """A vote by a link, for the address that it was sent to; False where it is none of ours, or too old."""
        if await self.asked(token) is None:
            return False  # before the lock that writers wait for: anybody may send any token
        now = await self._database.now()
        async with self._database.writing() as connection:
            found = await _of_link(connection, token)
            if found is None:
                return False
            ticket, row, item = found
            return await self._keep(connection, row, item, row.address, now, relevant=ticket.relevant)

    async def _keep(self, connection: AsyncConnection, row: sa.Row[Any], item: Item, who: str, now: datetime, *, relevant: bool) -> bool:
        """Write a vote, a row for each topic that the Story was told under."""
        watches = [reason.watch for reason in item.reasons]
        if not watches:
            return False
        voter = tickets.voter(self._secret(), item.story, who)
        terms = await _terms(connection, item.story, watches, row.created_at)
        said = {"relevant": relevant, "day": now.date(), "letter": row.id}
        before = (t.votes.c.story == item.story, t.votes.c.voter == voter)
        await connection.execute(sa.update(t.votes).where(*before).values(said))
        same = said | {"story": item.story, "voter": voter}
        rows = [same | {"watch": watch, "terms": terms.get(watch, [])} for watch in dict.fromkeys(watches)]
        statement = insert(connection, t.votes).values(rows)
        changed = {name: statement.excluded[name] for name in ("relevant", "day", "letter", "terms")}
        await connection.execute(statement.on_conflict_do_update(index_elements=["story", "watch", "voter"], set_=changed))
        return True


class Votes:
    """What was said, without whoever said it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def since(self, day: date) -> list[Vote]:
        """The votes of this day and later."""
        async with self._database.reading() as connection:
            rows = await connection.execute(sa.select(t.votes).where(t.votes.c.day >= day).order_by(t.votes.c.id))
            return [Vote(story=row.story, watch=row.watch, terms=tuple(row.terms), relevant=row.relevant, day=row.day) for row in rows]

    async def words(self, stories: Collection[int]) -> dict[int, str]:
        """What the papers of these Stories say: titles, summaries and the beginnings of texts."""
        found: dict[int, list[str]] = {}
        wanted = sorted(stories)
        async with self._database.reading() as connection:
            for at in range(0, len(wanted), CHUNK):
                for row in await connection.execute(_words(wanted[at : at + CHUNK])):
                    found.setdefault(row.story, []).extend(part for part in (row.title, row.summary, row.text) if part)
        return {story: "\n".join(parts) for story, parts in found.items()}


def _words(stories: Sequence[int]) -> sa.Select[Any]:
    current = sa.and_(w.versions.c.document == w.documents.c.id, w.versions.c.version == w.documents.c.version)
    text = sa.func.substr(w.versions.c.text, 1, SHOWN).label("text")
    return (
        sa.select(w.story_documents.c.story, w.versions.c.title, w.versions.c.summary, text)
        .join(w.documents, w.documents.c.id == w.story_documents.c.document)
        .join(w.versions, current)
        .where(w.story_documents.c.story.in_(stories))
        .order_by(w.story_documents.c.story, w.documents.c.id)
    )


async def _letter(connection: AsyncConnection, letter: int) -> sa.Row[Any] | None:
    return (await connection.execute(sa.select(t.letters).where(t.letters.c.id == letter))).one_or_none()


def _same_chat(address: str, chat: Address) -> bool:
    """A chat and its threads are one: whoever presses in one thread reads the others."""
    own = Address.parse(address)
    return (own.channel, own.to) == (chat.channel, chat.to)


async def _of_press(connection: AsyncConnection, letter: int, chat: Address) -> tuple[sa.Row[Any], Item] | None:
    """The Letter and the one Item that a button stood below, if this chat was sent it."""
    row = await _letter(connection, letter)
    if row is None or row.kind not in ASKING or not _same_chat(row.address, chat):
        return None
    items = _items(row)
    return (row, items[0]) if len(items) == 1 else None


def _items(row: sa.Row[Any]) -> list[Item]:
    return [item_of(each) for each in row.content.get("items", ())]


async def _of_link(connection: AsyncConnection, token: str) -> tuple[Ticket, sa.Row[Any], Item] | None:
    """The Letter and the Item that a link was made for, if it was."""
    ticket = tickets.read(token)
    row = await _letter(connection, ticket.letter) if ticket is not None else None
    if ticket is None or row is None or not ticket.fits(row.message_id):
        return None
    item = next((item for item in _items(row) if item.story == ticket.story), None)
    return None if item is None else (ticket, row, item)


async def _terms(connection: AsyncConnection, story: int, watches: Sequence[str], told_at: datetime) -> dict[str, list[str]]:
    """For each of these Watches the terms on the score cards by which the Story was told: of papers that it had then, the best first.

    Context is on a card too, and worth nothing by itself: it is none of the terms.
    """
    rows = await connection.execute(
        sa.select(w.matches.c.watch, w.matches.c.because)
        .join(w.story_documents, w.story_documents.c.document == w.matches.c.document)
        .where(
            w.story_documents.c.story == story,
            w.matches.c.watch.in_(watches),
            w.story_documents.c.joined_at <= told_at,
            w.matches.c.matched_at <= told_at,
        )
        .order_by(w.matches.c.score.desc(), w.matches.c.document, w.matches.c.version)
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.watch, []).extend(evidence.term for evidence in evidence_of(row.because) if evidence.score > 0)
    return {watch: list(dict.fromkeys(terms)) for watch, terms in found.items()}
