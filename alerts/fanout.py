"""Stories x Subscriptions -> Deliveries: who is to be told a revision, when, or why not. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from alerts.models import Cadence, QuietHours, Subscriber, Subscription, Window
from alerts.render.words import zone
from watcher.models import DocumentType, Revision, Severity, Story

PRESSING = (Cadence.NOW, Cadence.DAILY, Cadence.WEEKLY)  #: the most urgent first
UNSUBSCRIBED = "unsubscribed"  #: why a Delivery is skipped whose reader follows nothing any more
MUTED = "its topics are followed no more"  #: the same where she follows other topics still
OTHER_TYPE = "of another type: "  #: begins why a Delivery is skipped whose Story has no paper of a type asked for
TAKES_BACK = ("withdrawn", "sealed", "removed from the docket")  #: changes, as `watcher.revisions` calls them
FURTHER = "a further report"  #: the same of a report that may be news: where nothing can be edited it is told, not left out
NEVER_TOLD = "takes back what was never told"  #: why a correction is skipped of which the first message never arrived, or was none
NOT_WANTED = (UNSUBSCRIBED, MUTED)  #: what was skipped for these is not owed: a later change of the Story is none of her business
EDITED = "telegram"  #: the channel that can mend what it sent


class Duty(StrEnum):
    """What kind of telling a Delivery asks for."""

    ALERT = "alert"  #: the Story is new to this Subscriber
    UPDATE = "update"  #: told before, and it changed so that one wants to hear of it
    EDIT = "edit"  #: told before; what was sent is mended in place where the channel can, else nothing is sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """A Subscriber as a revision finds it."""

    subscriber: Subscriber
    subscriptions: tuple[Subscription, ...]  #: those to Watches of the Story
    told: bool  #: it was told of the Story by an earlier revision, or is about to be: a Letter of news settles an alert that waits
    owed: bool = False  #: not told, though an earlier revision was meant for it: below its floor, parked, or its Letter never arrived


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A Delivery about to be stored."""

    subscriber: int
    channel: str
    story: int
    revision: int
    duty: Duty
    watches: tuple[str, ...]  #: every followed Watch that the Story touches
    cadence: Cadence
    due_at: datetime
    urgent: bool = False  #: a Letter of it goes in the urgent lane
    change: str = ""  #: "" in a first alert by a quiet change: to her it is all new
    skipped: str | None = None  #: why nothing is told after all; shown by `watcher why`


def decide(story: Story, revision: Revision, follower: Follower, now: datetime, *, types: Collection[DocumentType] = ()) -> Draft | None:
    """Say what this revision means for one Subscriber; None where it is none of its business.

    A first alert goes to followers of the Watches that the revision brought, and, whether the change is loud or quiet, to those who were
    passed over before (a stub below the floor that is now an order is the order's first alert); news of a known Story to those told before,
    and to nobody else. Who subscribed after the revision is not in it. Several Subscriptions make one Delivery, at the most urgent cadence.

    Floors and types of papers are asked of a first alert alone: who was told hears what becomes of it, whatever that is. Whom they kept
    from a Story gets a first alert once it presses enough and has a paper of a type she asks for.

    Args:
        types: of the Story's papers; none: the Story's own alone.
    """
    before = tuple(each for each in follower.subscriptions if each.created_at <= revision.at)
    if follower.told:
        if not revision.change:
            return None
        duty, relevant = (Duty.UPDATE if revision.loud else Duty.EDIT), before
    elif follower.owed and revision.change:
        duty, relevant = Duty.ALERT, before
    else:
        duty, relevant = Duty.ALERT, tuple(each for each in before if each.watch in revision.new_watches)
    if not relevant:
        return None
    kinds = frozenset(types) or {story.type}
    pressing = [each for each in relevant if follower.told or story.severity >= each.floor]
    wanted = [each for each in pressing if follower.told or not each.types or not kinds.isdisjoint(each.types)]
    cadence = min((each.cadence for each in wanted or relevant), key=PRESSING.index)
    subscriber = follower.subscriber
    if duty is Duty.EDIT and revision.change == FURTHER and not _edits(subscriber, cadence):
        duty, cadence = Duty.UPDATE, _unhurried(subscriber, cadence)
    unwanted = "" if wanted else _unwanted(story.severity, kinds, below=not pressing)
    if not follower.told and follower.owed and revision.change in TAKES_BACK:
        unwanted = NEVER_TOLD
    return Draft(
        subscriber=subscriber.id,
        channel=subscriber.address.channel,
        story=story.id,
        revision=revision.number,
        duty=duty,
        watches=tuple(watch for watch in story.watches if watch in {each.watch for each in before}),
        cadence=cadence,
        due_at=due(subscriber, cadence, story.severity, now),
        urgent=story.severity is Severity.URGENT and duty is not Duty.EDIT,
        change=revision.change if revision.loud or follower.told else "",
        skipped=_why_not(subscriber, duty, cadence, unwanted),
    )


def _why_not(subscriber: Subscriber, duty: Duty, cadence: Cadence, unwanted: str) -> str | None:
    if unwanted:
        return unwanted
    if duty is Duty.EDIT and subscriber.address.channel != EDITED:
        return "a quiet change, and this channel cannot edit what it sent"
    if duty is Duty.EDIT and cadence is not Cadence.NOW:
        return "a quiet change, and a digest is not edited"
    return parked(subscriber.parked) if subscriber.parked else None  # last: what else she would be told is owed when she comes back


def _edits(subscriber: Subscriber, cadence: Cadence) -> bool:
    return subscriber.address.channel == EDITED and cadence is Cadence.NOW


def _unhurried(subscriber: Subscriber, cadence: Cadence) -> Cadence:
    """When a quiet change is told that cannot be edited in: by mail in the next digest, a letter of its own were too loud."""
    return Cadence.DAILY if subscriber.address.channel == "mailto" and cadence is Cadence.NOW else cadence


def _unwanted(severity: Severity, kinds: Collection[DocumentType], *, below: bool) -> str:
    return f"{severity.label} is below the floor" if below else OTHER_TYPE + ", ".join(sorted(kinds))


def parked(reason: str) -> str:
    """Why nothing is told to an address that is parked for this reason."""
    return f"address parked: {reason}"


def due(subscriber: Subscriber, cadence: Cadence, severity: Severity, now: datetime) -> datetime:
    """When a Delivery decided now is to be told."""
    if cadence is not Cadence.NOW:
        return next_window(subscriber, cadence, now).due_at
    quiet = subscriber.quiet
    if quiet is None or (severity is Severity.URGENT and quiet.urgent_passes):
        return now
    return after_quiet(quiet, zone(subscriber.zone), now)


def after_quiet(quiet: QuietHours, where: tzinfo, now: datetime) -> datetime:
    """`now`, or the end of the quiet hours that it falls into."""
    local = now.astimezone(where)
    for day in (local.date() - timedelta(days=1), local.date()):
        start = datetime.combine(day, quiet.start, where)
        end = datetime.combine(day if quiet.end > quiet.start else day + timedelta(days=1), quiet.end, where)
        if start <= local < end:
            return end.astimezone(UTC)
    return now


def next_window(subscriber: Subscriber, cadence: Cadence, now: datetime) -> Window:
    """The digest that a Story seen now goes into: of the day that ends at the reader's hour, or of the week that ends on Monday."""
    where = zone(subscriber.zone)
    day = now.astimezone(where).date()
    while True:
        due_at = datetime.combine(day, time(subscriber.digest_hour), where).astimezone(UTC)
        if due_at > now and (cadence is Cadence.DAILY or day.weekday() == 0):
            return _window(cadence, day, due_at)
        day += timedelta(days=1)


def last_window(subscriber: Subscriber, cadence: Cadence, due_at: datetime, now: datetime) -> Window:
    """The digest to write now: the one that was due at `due_at`, or, after an outage, the last of those that fell due since."""
    window = next_window(subscriber, cadence, due_at - timedelta(seconds=1))
    while (later := next_window(subscriber, cadence, window.due_at)).due_at <= now:
        window = later
    return window


def _window(cadence: Cadence, day: date, due_at: datetime) -> Window:
    if cadence is Cadence.DAILY:
        return Window(name=day.isoformat(), start=day - timedelta(days=1), end=day, due_at=due_at)
    start = day - timedelta(days=7)
    year, week, _ = start.isocalendar()
    return Window(name=f"{year}-W{week:02}", start=start, end=day, due_at=due_at)
