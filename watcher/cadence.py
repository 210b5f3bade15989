"""When a source is next due. Pure: the clock and chance are arguments."""

from datetime import datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from watcher.models import Source

LONGEST_RETRY = timedelta(hours=1)
LONGEST_WISH = timedelta(days=1)
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


def due_every(source: Source, now: datetime) -> timedelta:
    """Say how long to wait after a poll at `now`: the source's interval, longer for the register while its office is closed.

    In office hours (8:40 to 18:30 Eastern, Monday to Friday) and for all other kinds it is `every`, and for a mirror or a test, which
    alone may be asked more often than SHORTEST. Outside it is OFF_HOURS, or
    `every` if that is more, but never so long that the opening is missed. Public holidays count as business days: a few idle polls.
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
