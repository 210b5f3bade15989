"""Letters that were written before a paper was taken back, and leave after it: they are looked at once more as they leave."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.models import Item, Letter, LetterKind
from alerts.storage.items import Facts, Names, items_of
from watcher.storage.retracted import stories_taken_back


async def recall(connection: AsyncConnection, letters: Sequence[Letter], names: Names) -> list[Letter]:
    """The same Letters, without a word of what was taken back since they were written."""
    stories = sorted(
        {item.story for letter in letters for item in letter.items} | {day.story for letter in letters for day in letter.ahead}
    )
    gone = await stories_taken_back(connection, stories) if stories else set()
    return [await _recalled(connection, letter, gone, names) for letter in letters] if gone else list(letters)


async def _recalled(connection: AsyncConnection, letter: Letter, gone: set[int], names: Names) -> Letter:
    letter = replace(letter, ahead=tuple(each for each in letter.ahead if each.story not in gone))
    wanted = {item.story: [reason.watch for reason in item.reasons] for item in letter.items if item.story in gone}
    if not wanted or letter.kind is LetterKind.RETRACTION:  # which says none of it by itself
        return letter
    now = await items_of(connection, wanted, names, letter.lang)
    return replace(letter, items=tuple(_item(item, now.get(item.story)) if item.story in gone else item for item in letter.items))


def _item(written: Item, now: Facts | None) -> Item:
    """A Story as it may be told now. One that is gone altogether keeps its number alone."""
    if now is None:
        lead = replace(written.lead, title="")
        return replace(written, title="", summary="", lead=lead, reported=None, others=(), more=0, reasons=(), deadlines=())
    if now.correction is None:
        return written
    found = {reason.watch: reason.found for reason in now.item.reasons}
    reasons = tuple(replace(reason, found=found.get(reason.watch, ())) for reason in written.reasons)
    return replace(now.item, revision=written.revision, change=written.change, reasons=reasons)
