"""Due Deliveries -> Letters: one makes an alert, several a list, a digest window a digest. Pure.

A Story is told whole: a Letter of it settles all that waits of it, what is due in the morning or in a digest as well, so that news never
overtakes the first alert, and nothing is told again later.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from alerts.fanout import FURTHER, TAKES_BACK, Duty
from alerts.models import Cadence, Item, LetterKind
from watcher.models import Severity

MOST = 10  #: Stories in one list; the rest follow in the next

Room = Callable[[LetterKind, Sequence[Item]], int]
"""How many of these Items, from the first, one message of that kind shows; at least 1 (`alerts.render.room`)."""

# Why a change is not told after all; all but the first are of quiet ones.
SHOWN = "what told the story came after the change, and showed it"
LONG_AGO = "a quiet change, and of the list that told the story nobody knows any more what else it told"
IN_A_DIGEST = "a quiet change, and a digest does not repeat a story"
NOTHING_SENT = "a quiet change, and nothing that arrived could be edited"
NOT_TOLD_YET = "a quiet change, and what tells the story waits still and will show it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A Delivery that waits, with the Story as it stands now."""

    delivery: int
    duty: Duty
    cadence: Cadence
    item: Item
    correction: Item | None = None  #: what is said of the paper that made the change, where it is taken back by now
    told: str = ""  #: reference of the last Letter that told this Subscriber of the Story
    shows: tuple[Item, ...] = ()  #: all that the message of that reference shows by now; empty: not known, so that it cannot be edited
    seen: bool = False  #: a Letter that arrived was written after this change, and shows it
    ripe: bool = True  #: its time has come; one whose time has not goes with another of its Story, or waits on


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A Letter to be written, and the Deliveries that it settles."""

    kind: LetterKind
    deliveries: tuple[int, ...]
    items: tuple[Item, ...]
    urgent: bool
    reply_to: str = ""
    edits: str = ""


def aloud(due: Sequence[Due]) -> list[Due]:
    """The same, with each further report an update where what told its Story cannot be edited: a digest, or a list not kept any more.

    It may be a new fact, and its reader follows at once: it replies to what told the Story, where any other quiet change is left out.
    """
    return [replace(each, duty=Duty.UPDATE) if _cannot_edit(each) and each.item.change == FURTHER else each for each in due]


def _cannot_edit(each: Due) -> bool:
    return each.duty is Duty.EDIT and each.cadence is Cadence.NOW and bool(each.told) and not each.shows


def vain(due: Sequence[Due]) -> dict[int, str]:
    """Changes that a reader has seen, and quiet ones that no Letter can make, by Delivery, with the reason: they are to be skipped.

    A Letter shows its Stories as they are when it is written, so it may show a change whose Deliveries are made only after. An alert, an
    update and a list are edited, with all that they say besides; a digest is not. A quiet change beside a loud one or a first alert of
    its Story goes with that.
    """
    seen = {each.delivery: SHOWN for each in due if each.seen}
    due = [each for each in due if not each.seen]
    waiting = {each.item.story for each in due if each.duty is not Duty.EDIT}
    loud = {each.item.story for each in due if each.duty is not Duty.EDIT and each.ripe}
    quiet = [each for each in due if each.duty is Duty.EDIT and each.item.story not in loud]
    return seen | {each.delivery: reason for each in quiet if (reason := _why_in_vain(each, each.item.story in waiting))}


def together(waiting: Sequence[Due]) -> list[Due]:
    """All that waits of the Stories of which something is ripe."""
    ripe = {each.item.story for each in waiting if each.ripe}
    return [each for each in waiting if each.item.story in ripe]


def _why_in_vain(quiet: Due, waits: bool) -> str:
    if waits:
        return NOT_TOLD_YET
    if quiet.cadence is not Cadence.NOW:
        return IN_A_DIGEST
    if not quiet.told:
        return NOTHING_SENT
    return "" if quiet.shows else LONG_AGO


def compose(due: Sequence[Due], room: Room) -> Plan | None:
    """The next Letter to one address: new Stories together, as many as it shows, or news of one Story; None where nothing is due.

    An address has one Letter in flight, so whatever falls due meanwhile, or found no room, waits and becomes one list.

    Args:
        due: without those that are `vain`, and `together`: where one of a Story's is a first alert, the Letter is that.
    """
    first = _by_story([each for each in due if each.duty is Duty.ALERT])
    if first:
        chosen = first[:MOST]
        if len(chosen) > 1:
            chosen = chosen[: room(LetterKind.LIST, [each.item for each in chosen])]
        kind = LetterKind.ALERT if len(chosen) == 1 else LetterKind.LIST
        return _plan(kind, chosen, due)
    news = _by_story([each for each in due if each.duty is not Duty.ALERT])
    if not news:
        return None
    told, quiet = news[0].told, [each for each in news if _is_quiet(each, due)]
    if news[0] not in quiet:
        return replace(_news(news[0], due), reply_to=told)
    if len(news[0].shows) > 1:
        return _edit([each for each in quiet if each.told == told], due, room)
    return replace(_news(news[0], due), edits=told, urgent=False)


def _is_quiet(news: Due, due: Sequence[Due]) -> bool:
    return not any(each.duty is Duty.UPDATE for each in due if each.item.story == news.item.story)


def _news(news: Due, due: Sequence[Due]) -> Plan:
    """News of one Story."""
    gone = [each for each in due if each.item.story == news.item.story and _takes_back(each)]
    return _retraction(gone, due) if gone else _plan(LetterKind.UPDATE, [news], due)


def _retraction(gone: Sequence[Due], due: Sequence[Due]) -> Plan:
    """One correction of all papers of a Story that were taken back. What another paper has to say, or one has said since, stays due."""
    ordered = sorted(gone, key=lambda each: each.item.revision, reverse=True)
    plan = _plan(LetterKind.RETRACTION, ordered[:1], [*gone, *(each for each in due if each not in gone and _is_past(each, ordered[0]))])
    (told,) = plan.items
    first, *others = {each.correction.lead: each.correction for each in ordered if each.correction is not None}.values()
    papers = tuple(other.lead for other in others)
    correction = replace(first, revision=told.revision, change=told.change, others=papers[:MOST], more=max(0, len(papers) - MOST))
    return replace(plan, items=(correction,))


def _is_past(said: Due, last: Due) -> bool:
    """Whether a correction leaves nothing of it: it came before, and is quiet, or of a paper that is taken back as well."""
    if said.item.story != last.item.story or said.item.revision >= last.item.revision:
        return False
    return said.duty is Duty.EDIT or said.correction is not None


def _edit(news: Sequence[Due], due: Sequence[Due], room: Room) -> Plan:
    """One edit of a list, whatever of it changed; the Stories that it tells besides stay as they are, and each stays in sight: a change for
    which there is no room is left out."""
    plan = _plan(LetterKind.LIST, news, due)
    shown = news[0].shows
    for fresh in plan.items:
        changed = tuple(fresh if each.story == fresh.story else each for each in shown)
        shown = changed if room(LetterKind.LIST, changed) == len(changed) else shown
    return replace(plan, items=shown, edits=news[0].told, urgent=False)


def digest(due: Sequence[Due], room: Room) -> tuple[Plan, ...]:
    """The Letters of a window: one, or several where one cannot show every Story.

    The one may hold nothing, which is news too: all was read, and nothing happened.
    """
    left = _by_story(due)
    plans = [replace(_plan(LetterKind.DIGEST, [], due), urgent=False)] if not left else []
    while left:
        count = room(LetterKind.DIGEST, [each.item for each in left])
        plans.append(replace(_plan(LetterKind.DIGEST, left[:count], due), urgent=False))
        left = left[count:]
    return tuple(plans)


def _takes_back(due: Due) -> bool:
    return due.duty is Duty.UPDATE and due.correction is not None and due.item.change in TAKES_BACK


def _by_story(due: Sequence[Due]) -> list[Due]:
    """One of each Story, at its latest revision that is not quiet, or at the latest that takes a paper back; the most pressing first, then
    in the order they came."""
    latest: dict[int, Due] = {}
    for each in sorted(due, key=lambda each: (each.duty is not Duty.EDIT, _takes_back(each), each.item.revision)):
        latest[each.item.story] = each
    return sorted(latest.values(), key=lambda each: (-each.item.severity, each.item.seen_at, each.item.story))


def _plan(kind: LetterKind, chosen: Sequence[Due], due: Sequence[Due]) -> Plan:
    stories = {each.item.story for each in chosen}
    settled = [each for each in due if each.item.story in stories]
    latest = {story: max(each.item.revision for each in settled if each.item.story == story) for story in stories}
    return Plan(
        kind=kind,
        deliveries=tuple(sorted(each.delivery for each in settled)),
        items=tuple(replace(each.item, revision=latest[each.item.story]) for each in chosen),
        urgent=any(each.item.severity is Severity.URGENT for each in chosen),
    )
