"""What was written before a paper was taken back, and is sent or shown after it: it is looked at once more."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.models import Ahead, Item, Letter, LetterKind
from alerts.storage.items import Facts, Names, items_of
from watcher.storage.moves import homes
from watcher.storage.retracted import stories_taken_back

log = logging.getLogger(__name__)


async def recall(connection: AsyncConnection, letters: Sequence[Letter], names: Names) -> list[Letter]:
    """The same Letters, without a word of what was taken back since they were written."""
    suspects = await _suspects(connection, {each.story for letter in letters for each in _told(letter)})
    return [await _recalled(connection, letter, suspects, names) for letter in letters] if suspects else list(letters)


async def item_now(connection: AsyncConnection, item: Item, lang: str) -> Item:
    """The same of a Story that a Letter told."""
    suspects = await _suspects(connection, [item.story])
    return _item(item, await _facts(connection, [item], suspects, Names(), lang), suspects)


def _told(letter: Letter) -> list[Item | Ahead]:
    return [*letter.items, *letter.ahead]


async def _suspects(connection: AsyncConnection, stories: Iterable[int]) -> dict[int, int]:
    """Those of these Stories of which something may have been taken back, each with the one that it is by now."""
    told = sorted(set(stories))
    gone = await stories_taken_back(connection, told) if told else set()
    return {story: story for story in gone} | await homes(connection, gone) if gone else {}


async def _recalled(connection: AsyncConnection, letter: Letter, suspects: Mapping[int, int], names: Names) -> Letter:
    if letter.kind is LetterKind.RETRACTION or not any(each.story in suspects for each in _told(letter)):
        return letter  # a correction says none of it by itself
    facts = await _readable(connection, letter, suspects, names)
    ahead = tuple(each for each in letter.ahead if each.story not in suspects or _stands(facts.get(suspects[each.story])))
    return replace(letter, items=tuple(_item(item, facts, suspects) for item in letter.items), ahead=ahead)


async def _readable(connection: AsyncConnection, letter: Letter, suspects: Mapping[int, int], names: Names) -> Mapping[int, Facts]:
    """The facts of a Letter's Stories; none where one cannot be read: then nothing is said of them, and no other Letter waits for it."""
    try:
        return await _facts(connection, _told(letter), suspects, names, letter.lang)
    except SQLAlchemyError:
        raise  # of the database itself: the transaction is over
    except Exception as error:
        said = "letter:%d leaves without its words: what was taken back of its stories cannot be read (%s)"
        log.error(said, letter.id, type(error).__name__, extra={"action": "blanked", "letter": letter.id})
        return {}


async def _facts(
    connection: AsyncConnection, told: Iterable[Item | Ahead], suspects: Mapping[int, int], names: Names, lang: str
) -> dict[int, Facts]:
    wanted: dict[int, list[str]] = defaultdict(list)
    for each in told:
        if each.story in suspects:
            wanted[suspects[each.story]] += [reason.watch for reason in each.reasons] if isinstance(each, Item) else []
    return await items_of(connection, wanted, names, lang)


def _stands(facts: Facts | None) -> bool:
    return facts is not None and not facts.corrections


def _item(written: Item, facts: Mapping[int, Facts], suspects: Mapping[int, int]) -> Item:
    """A Story as it may be told now. One that is gone altogether keeps its number alone."""
    if written.story not in suspects:
        return written
    now = facts.get(suspects[written.story])
    if now is None:
        lead = replace(written.lead, title="", url="")
        return replace(written, title="", summary="", lead=lead, reported=None, others=(), more=0, reasons=(), news=None, deadlines=())
    if _stands(now):
        return written
    found = {reason.watch: reason.found for reason in now.item.reasons}
    reasons = tuple(replace(reason, found=found.get(reason.watch, ())) for reason in written.reasons)
    shown = (*now.beside.values(), *(each.lead for each in now.corrections.values()))
    news = written.news if written.news in shown else None
    return replace(now.item, revision=written.revision, change=written.change, reasons=reasons, news=news)
