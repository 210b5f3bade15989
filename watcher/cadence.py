"""When a source is next due. Pure: the clock and chance are arguments."""

from datetime import datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from watcher.models import Source

LONGEST_RETRY = timedelta(hours=1)
LONGEST_WISH = timedelta(days=1)
FIRST_RETRY = timedelta(seconds=15)  #: after a poll that did not leave this machine
SPREAD = 0.1  #: of the wait: how far chance may put a poll off
LONGEST_SPREAD = timedelta(minutes=2)

OFFICE_KINDS = frozenset({"federal-register", "public-inspection"})  #: kinds whose service publishes in office hours only
OPENING = time(8, 40)  #: shortly before the first papers of a day go on public inspection, 8:45 Eastern
CLOSING = time(18, 30)  #: after the last special filings, 18:00 Eastern
SHORTEST = timedelta(minutes=1)  #: `every` of a public source is at least this
OFF_HOURS = timedelta(hours=2)  #: how often is enough when the office is closed
SATURDAY = 5


def next_poll(now: datetime, *, every: timedelta, failures: int = 0, not_before: datetime | None = None) -> datetime:
    """Say when to poll again: an aware time after `now`.

    Args:
        every: the source's interval. `failures` in a row (0 after a success) double it each, up to LONGEST_RETRY (1 h; never less
            than `every`).
        not_before: the server's own wish (Retry-After, RFC 9110, 10.2.3), obeyed up to LONGEST_WISH (1 day): no answer silences
            a source for ever.
    """
    wait = max(every, min(every * (1 << min(failures, 10)), LONGEST_RETRY))
    return max(now + wait, min(not_before or now, now + LONGEST_WISH))


def next_try(now: datetime, *, every: timedelta, failures: int) -> datetime:
    """Say when to try again what no server has heard of (no name resolved, no connection): an aware time after `now`.

    A long wait would spare nobody, and the network of this machine is often back within the minute. The first of `failures` in a row
    waits FIRST_RETRY, each further one twice as long, up to `every` and to LONGEST_RETRY.
    """
    return now + min(FIRST_RETRY * (1 << min(max(failures - 1, 0), 10)), every, LONGEST_RETRY)


def due_every(source: Source, now: datetime) -> timedelta:
    """Say how long to wait after a poll at `now`: the source's interval, longer for the register while its office is closed.

    Outside office hours (8:40 to 18:30 Eastern, Monday to Friday) it is OFF_HOURS, or `every` if that is more, but never so long that
    the opening is missed; public holidays count as business days: a few idle polls. At all other times, and for all other kinds, it is
    `every`. So it is for what is asked more often than SHORTEST, as only a mirror or a test may be.
    """
    if source.kind not in OFFICE_KINDS or not SHORTEST <= source.every < OFF_HOURS or _is_open(now):
        return source.every
    return max(source.every, min(OFF_HOURS, _opening(now) - now))


def jittered(due: datetime, now: datetime, *, chance: float) -> datetime:
    """Put a poll off by chance, so that sources that share an interval do not all ask at once; never before `due`.

    Args:
        chance: from 0.0 (not at all) to 1.0: by SPREAD of the wait from `now`, at most LONGEST_SPREAD.
    """
    return due + chance * min(SPREAD * max(due - now, timedelta(0)), LONGEST_SPREAD)


@cache
def _eastern() -> ZoneInfo:
    return ZoneInfo("America/New_York")


def _is_open(now: datetime) -> bool:
    there = now.astimezone(_eastern())
    return there.weekday() < SATURDAY and OPENING <= there.time() < CLOSING


def _opening(now: datetime) -> datetime:
    """The next opening after `now`, on the clock of the office, whatever daylight saving does in between."""
    there = now.astimezone(_eastern())
    day = there.date() if there.time() < OPENING else there.date() + timedelta(days=1)
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return datetime.combine(day, OPENING, _eastern()).astimezone(now.tzinfo)
