"""Who was told a Story, when and how, or why not: Deliveries as lines to read. Pure.

A reader's address is shown only where the operator named it. Errors quote mail servers, which quote addresses: those are taken out.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.fanout import parked
from alerts.models import Address, Cadence, Subscriber, Subscription
from watcher.models import Revision
from watcher.plain import cut, folded
from watcher.trace import LONGEST, counted, indented, moment

HIDDEN = "(address)"
_PARKED = parked("")  #: how such a reason begins; what follows may quote an address
_MAILBOX = re.compile(r"[^\s<>()\[\],;:\"]+(?:@|%40)[^\s<>()\[\],;:\"]+")
_CHAT = re.compile(r"-?\b[0-9]{6,}\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Deliveries of a Story that ended alike."""

    revision: int
    duty: str  #: alert | update | edit
    cadence: str
    channel: str
    skipped: str | None  #: why
    state: str | None  #: of the Letter; None: none is written yet
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What became of a Story's revisions, over all Subscribers."""

    tallies: tuple[Tally, ...]
    open: frozenset[int] = frozenset()  #: revisions whose Deliveries are not all made yet
    letters: tuple[int, ...] = ()  #: the first of its Letters
    more: int = 0  #: Letters beyond those
    remembered: int = 0  #: Subscribers of whom only `told` still knows: their Letters are deleted


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One Subscriber's Delivery, with its Letter."""

    revision: int
    duty: str  #: alert | update | edit; an edit that another Letter tells is an update
    cadence: str
    watches: tuple[str, ...]
    due_at: datetime
    skipped: str | None
    letter: int | None = None
    state: str | None = None
    attempt: int = 0
    error: str | None = None
    settled_at: datetime | None = None
    made_at: datetime | None = None  #: when it was decided
    kind: str = ""  #: of the Letter
    shared: int = 1  #: Deliveries that the Letter settles


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """A Story and one Subscriber."""

    subscriber: Subscriber
    subscriptions: tuple[Subscription, ...]  #: all of them
    owed: tuple[Owed, ...]  #: by revision
    told_at: datetime | None = None  #: as `told` remembers
    off: str = ""  #: that the channel is off, and what switches it on; "": it is on


def hidden(text: str, *addresses: Address) -> str:
    """A text without anybody's address: mailboxes, chat ids, and these whatever they look like."""
    for name in (name for each in addresses for name in (str(each), each.to) if name):
        text = re.sub(rf"(?<![\w.]){re.escape(name)}(?![\w.])", HIDDEN, text)
    return _CHAT.sub(HIDDEN, _MAILBOX.sub(HIDDEN, text))


def reason(skipped: str) -> str:
    """Why a Delivery was skipped, without what an address's server said."""
    return _PARKED.rstrip(": ") if skipped.startswith(_PARKED) else skipped


def telling_lines(telling: Telling, revisions: Sequence[Revision]) -> list[str]:
    """Who was told of each revision, in numbers."""
    lines = ["Told"]
    for revision in revisions:
        parts = [_tally(each) for each in merged(telling.tallies) if each.revision == revision.number]
        lines.append(f"  revision {revision.number}: {'; '.join(parts) or _nobody(revision, telling)}")
    if telling.remembered:
        lines.append(f"  longer ago: {counted(telling.remembered, 'subscriber')}, whose letters are deleted")
    if telling.letters:
        more = f" and {telling.more} more" if telling.more else ""
        lines.append(f"  letters: {', '.join(f'letter:{each}' for each in telling.letters)}{more}")
    return lines


def merged(tallies: Iterable[Tally]) -> list[Tally]:
    """Tallies whose reasons differ only in what is not shown, as one."""
    counts: dict[tuple[int, str, str, str, str | None, str | None], int] = {}
    for each in tallies:
        skipped = reason(each.skipped) if each.skipped is not None else None
        key = (each.revision, each.duty, each.cadence, each.channel, skipped, each.state)
        counts[key] = counts.get(key, 0) + each.count
    return [
        Tally(revision=revision, duty=duty, cadence=cadence, channel=channel, skipped=skipped, state=state, count=count)
        for (revision, duty, cadence, channel, skipped, state), count in counts.items()
    ]


def _tally(each: Tally) -> str:
    what = f"{each.count} {each.channel} ({each.duty}, {each.cadence})"
    if each.skipped is not None:
        return f"{what} skipped: {each.skipped}"
    return f"{what} {each.state or 'waiting: no letter yet'}"


def _nobody(revision: Revision, telling: Telling) -> str:
    if not revision.tell:
        return "nobody: it was found by a first look, or too old"
    if revision.number in telling.open:
        return "not decided yet: `watcher run` does that, with the role deliver"
    return "nobody: nobody who follows its topics is concerned, or the letters are deleted by now"


def mine_lines(mine: Mine, telling: Telling, revisions: Sequence[Revision], watches: Sequence[str]) -> list[str]:
    """What became of each revision for one Subscriber.

    Args:
        watches: of the Story.
    """
    lines = [f"Told to {mine.subscriber.address}", *indented([manner(mine.subscriber)])]
    if mine.subscriber.parked:
        lines.append(f"  parked: {mine.subscriber.parked}")
    if mine.off:
        lines.append(f"  {mine.off}; until then nothing leaves to this address")
    lines += indented(follows(each) for each in mine.subscriptions if each.watch in watches)
    owed = {each.revision: each for each in mine.owed}
    for revision in revisions:
        own = owed.get(revision.number)
        said = delivery(own) if own is not None else no_delivery(mine, revision, telling, watches)
        lines.append(f"  revision {revision.number}: {said}")
    if mine.told_at is not None:
        lines.append(f"  told by a letter that is deleted by now, {moment(mine.told_at)}")
    return lines


def manner(who: Subscriber) -> str:
    """How a Subscriber is told: language, digests, quiet hours, and whether it is parked (not why: that may quote an address)."""
    quiet = "no quiet hours"
    if who.quiet is not None:
        passes = "urgent passes" if who.quiet.urgent_passes else "urgent waits too"
        quiet = f"quiet {who.quiet.start:%H:%M} to {who.quiet.end:%H:%M}, {passes}"
    second = ", a second address" if who.second is not None else ""
    parked = ", parked" if who.parked else ""
    return f"{who.lang}, digests at {who.digest_hour}:00 {who.zone}, {quiet}{second}{parked}"


def follows(each: Subscription) -> str:
    """`follows cecot since …: now, from routine on, only order`."""
    types = f", only {', '.join(each.types)}" if each.types else ""
    return f"follows {each.watch} since {moment(each.created_at)}: {each.cadence}, from {each.floor.label} on{types}"


def titled(title: str, now: str) -> str:
    """` “a Story's title”` as it was told, and what it is called now where that is another; "" where nobody knows any more."""
    then, today = (cut(folded(each), LONGEST) for each in (title, now))
    return f" “{then}”{f' (now “{today}”)' if today and today != then else ''}" if then else ""


def delivery(owed: Owed) -> str:
    """A Delivery's state, and the reason for it."""
    what = f"{owed.duty}, {owed.cadence}, for {', '.join(owed.watches)}"
    if owed.skipped is not None:
        return f"{what}: skipped: {owed.skipped}"
    if owed.letter is None:
        return f"{what}: {_waits(owed)}"
    settled = f" {moment(owed.settled_at)}" if owed.settled_at is not None else ""
    error = f": {owed.error}" if owed.error else ""
    others = owed.shared - 1
    kind = f" ({owed.kind}{f' with {others} more' if others else ''})" if owed.kind and (others or owed.kind == "digest") else ""
    return f"{what}: letter:{owed.letter}{kind} {owed.state}{settled}, {counted(owed.attempt, 'attempt')}{error}"


def _waits(owed: Owed) -> str:
    """What a Delivery without a Letter waits for."""
    if owed.cadence != Cadence.NOW:
        return f"waits for the {owed.cadence} digest of {moment(owed.due_at)}"
    if owed.made_at is not None and owed.due_at - owed.made_at >= timedelta(minutes=1):
        return f"waits for the end of quiet hours, {moment(owed.due_at)}"
    return f"waiting, due {moment(owed.due_at)}: for its letter, or for one before it to be settled"


def no_delivery(mine: Mine, revision: Revision, telling: Telling, watches: Sequence[str]) -> str:
    """Why a Subscriber has no Delivery of a revision."""
    if not revision.tell or revision.number in telling.open:
        return _nobody(revision, telling)
    follows = [each for each in mine.subscriptions if each.watch in watches]
    if not follows:
        return f"not told: follows none of its topics ({', '.join(watches)})"
    before = [each for each in follows if each.created_at <= revision.at]
    if not before:
        since = ", ".join(f"{each.watch} since {moment(each.created_at)}" for each in follows)
        return f"not told: follows {since}, which was after it"
    if any(each.revision < revision.number for each in mine.owed) and not revision.change:
        return "not told: it changes nothing for who knew of the story"
    if not {each.watch for each in before} & set(revision.new_watches):
        news = (
            f"it is news of {', '.join(revision.new_watches)} alone" if revision.new_watches else "it is news for those told before alone"
        )
        return f"not told: {news}, and this one follows {', '.join(each.watch for each in before)} and was not told before"
    return "no delivery: it was deleted with an old letter, or was never made"


# -- as data


def telling_json(telling: Telling) -> dict[str, object]:
    """Numbers, as a program reads them."""
    return {
        "deliveries": [
            {
                "revision": each.revision,
                "duty": each.duty,
                "cadence": each.cadence,
                "channel": each.channel,
                "skipped": each.skipped,
                "state": each.state,
                "count": each.count,
            }
            for each in merged(telling.tallies)
        ],
        "undecided": sorted(telling.open),
        "letters": [f"letter:{each}" for each in telling.letters],
        "more_letters": telling.more,
        "remembered": telling.remembered,
    }


def mine_json(mine: Mine, telling: Telling, revisions: Sequence[Revision], watches: Sequence[str]) -> dict[str, object]:
    """One Subscriber's Deliveries, as a program reads them."""
    owed = {each.revision: each for each in mine.owed}
    rows: list[dict[str, object]] = []
    for revision in revisions:
        own = owed.get(revision.number)
        if own is None:
            rows.append({"revision": revision.number, "delivery": None, "reason": no_delivery(mine, revision, telling, watches)})
        else:
            rows.append({"revision": revision.number, "delivery": _owed_json(own), "reason": delivery(own)})
    return {
        "subscriber": str(mine.subscriber.address),
        "parked": mine.subscriber.parked,
        "told_at": mine.told_at.isoformat() if mine.told_at is not None else None,
        "revisions": rows,
    }


def _owed_json(owed: Owed) -> dict[str, object]:
    return {
        "duty": owed.duty,
        "cadence": owed.cadence,
        "watches": list(owed.watches),
        "due_at": owed.due_at.isoformat(),
        "skipped": owed.skipped,
        "letter": f"letter:{owed.letter}" if owed.letter is not None else None,
        "state": owed.state,
        "attempt": owed.attempt,
        "error": owed.error,
    }
