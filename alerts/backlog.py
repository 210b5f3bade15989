"""What is on its way to readers and what keeps it, over all of them: as lines to read and as data. Pure; nobody's address stands in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.ledger import LANES
from alerts.telling import hidden
from watcher.trace import counted, moment, span

DAY = timedelta(days=1)  #: so long a fault stands among the last ones
REASONS = 8  #: that are told apart
LONGEST = 160  #: characters of a reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """The Letters of one channel and lane that are not settled well."""

    channel: str
    lane: int
    pending: int = 0  #: that are due
    later: int = 0  #: that wait for their time: a further try, the end of a wait
    oldest: datetime | None = None  #: when the longest waiting of the due ones fell due
    sending: int = 0
    unknown: int = 0  #: as long as they are kept
    dead: int = 0  #: the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Owing:
    """Deliveries of one cadence whose Letter is not written yet."""

    cadence: str
    channel: str = ""  #: "": all of them
    due: int
    later: int
    first: datetime | None  #: when the first of them falls, or fell, due


@dataclass(frozen=True, slots=True, kw_only=True)
class FanOut:
    """How far the Deliveries of a revision are made."""

    story: int
    revision: int
    at: datetime  #: of the revision
    asked: int  #: followers that were asked
    total: int
    since: datetime | None  #: when the first Delivery was made; None: none is yet

    def rate(self, now: datetime) -> float:
        """Followers asked a second; 0 where it has hardly begun."""
        seconds = (now - self.since).total_seconds() if self.since is not None else 0
        return self.asked / seconds if seconds >= 1 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A channel, or a mail domain, by which nothing leaves for a while."""

    channel: str
    until: datetime
    domain: str = ""
    reason: str | None = None  #: what was said last; None: not known any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Flood:
    """Chats that take nothing for longer than their pace asks."""

    channel: str
    chats: int
    until: datetime  #: the last of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Letters that ended alike."""

    channel: str
    state: str  #: dead | unknown
    reason: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """All of it, at one time."""

    now: datetime
    readers: Mapping[str, int]  #: by channel: Subscribers that are not parked
    parked: int = 0
    lanes: tuple[Lane, ...] = ()
    owing: tuple[Owing, ...] = ()
    fanouts: tuple[FanOut, ...] = ()
    more_fanouts: int = 0  #: revisions that wait beyond those
    held: tuple[Held, ...] = ()
    floods: tuple[Flood, ...] = ()
    paces: Mapping[str, datetime] | None = None  #: by channel: when its bucket lets the next Letter go
    faults: tuple[Fault, ...] = ()  #: of the last DAY, the commonest first
    crowd: timedelta = timedelta(0)  #: that an alert to all takes to the mail domain with most readers

    @property
    def letters(self) -> dict[str, int]:
        """Letters by state; of those that are open or in trouble only."""
        states = {
            "pending": sum(each.pending + each.later for each in self.lanes),
            "sending": sum(each.sending for each in self.lanes),
            "unknown": sum(each.unknown for each in self.lanes),
            "dead": sum(each.dead for each in self.lanes),
        }
        return {state: number for state, number in states.items() if number}

    @property
    def waiting(self) -> dict[str, int]:
        """Letters that wait, by channel."""
        found: dict[str, int] = {}
        for each in self.lanes:
            found[each.channel] = found.get(each.channel, 0) + each.pending + each.later
        return found

    @property
    def oldest(self) -> datetime | None:
        """When the longest waiting Letter fell due; None where none is due."""
        return min((each.oldest for each in self.lanes if each.oldest is not None), default=None)

    @property
    def deliveries(self) -> int:
        return sum(each.due + each.later for each in self.owing)


def alike(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Faults that differ only in an address, as one; the commonest REASONS."""
    counts: dict[tuple[str, str, str], int] = {}
    for each in faults:
        reason = hidden(" ".join(each.reason.split()))[:LONGEST] or "no reason is known"
        key = (each.channel, each.state, reason)
        counts[key] = counts.get(key, 0) + each.count
    first = sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:REASONS]
    return tuple(Fault(channel=channel, state=state, reason=reason, count=count) for (channel, state, reason), count in first)


def to_all(backlog: Backlog, rates: Mapping[str, float]) -> dict[str, float]:
    """Seconds that the wire takes for one alert to everybody, by each channel that is on and has readers; 0 where it has no limit.

    Args:
        rates: Letters a second of each channel that is on; 0: no limit.
    """
    seconds = {name: number / rates[name] if rates[name] else 0.0 for name in rates if (number := backlog.readers.get(name, 0))}
    return {name: max(each, backlog.crowd.total_seconds()) if name == "mailto" else each for name, each in seconds.items()}


def lines(backlog: Backlog, rates: Mapping[str, float]) -> list[str]:
    """The backlog as an operator reads it.

    Args:
        rates: as `to_all`.
    """
    now = backlog.now
    said = [_lane(each, now, on=each.channel in rates) for each in backlog.lanes]
    said += [_owing(each, now) for each in backlog.owing]
    said += [_fan_out(each, now) for each in backlog.fanouts]
    if backlog.more_fanouts:
        said.append(f"and {counted(backlog.more_fanouts, 'revision')} more to be fanned out")
    said = said or ["nothing waits"]
    for held in backlog.held:
        what = f"mail to {held.domain}" if held.domain else held.channel
        said.append(
            f"held: {what} until {moment(held.until)}: {hidden(held.reason) if held.reason else 'its reason is not known any more'}"
        )
    for flood in backlog.floods:
        said.append(f"{counted(flood.chats, f'{flood.channel} chat')} in a flood wait, the last until {moment(flood.until)}")
    for channel, free in ((name, at) for name, at in (backlog.paces or {}).items() if name in rates):
        wait = max(0.0, (free - now).total_seconds())
        said.append(f"pace of {channel}: {'free now' if wait < 0.05 else f'next turn in {wait:.1f} s'}")
    said += [f"{each.count} {each.channel} {each.state} in the last day: {each.reason}" for each in backlog.faults]
    for channel, seconds in to_all(backlog, rates).items():
        pace = f"at {rates[channel]:g} a second" if rates[channel] else "without a limit"
        if channel == "mailto" and seconds == backlog.crowd.total_seconds() > 0:
            pace = "since many are of one mail domain"
        number = backlog.readers[channel]
        everybody = f"all {number} {channel} readers" if number > 1 else f"the one {channel} reader"
        said.append(f"an alert to {everybody} takes {span(timedelta(seconds=seconds))} {pace}")
    if backlog.parked:
        said.append(f"parked, so told nothing: {counted(backlog.parked, 'subscriber')}")
    return said


def _lane(each: Lane, now: datetime, *, on: bool) -> str:
    oldest = f", the oldest since {span(now - each.oldest)}" if each.oldest is not None else ""
    numbers = {
        f"due{oldest}": each.pending,
        "due later": each.later,
        "being sent": each.sending,
        "unknown": each.unknown,
        "dead": each.dead,
    }
    channel = each.channel if on else f"{each.channel} (off)"
    return f"{channel}, {_named(each.lane)}: " + "; ".join(f"{number} {what}" for what, number in numbers.items() if number)


def _named(lane: int) -> str:
    return LANES[lane] if lane in range(len(LANES)) else f"lane {lane}"


def _owing(each: Owing, now: datetime) -> str:
    parts = [f"{each.due} due"] if each.due else []
    if each.later:
        first = f", the first {moment(each.first)}" if each.first is not None and each.first > now else ""
        parts.append(f"{each.later} due later{first}")
    return f"deliveries without a letter, {each.cadence}: {'; '.join(parts)}"


def _fan_out(each: FanOut, now: datetime) -> str:
    rate = each.rate(now)
    pace = f", {rate:.0f} a second" if rate else ""
    left = f", {span(timedelta(seconds=(each.total - each.asked) / rate))} left" if rate and each.total > each.asked else ""
    return (
        f"fan-out of story:{each.story} revision {each.revision}: {each.asked} of {counted(each.total, 'follower')} asked{pace}{left}; "
        f"it is {span(now - each.at)} old"
    )


def backlog_json(backlog: Backlog, rates: Mapping[str, float]) -> dict[str, object]:
    """The backlog as a program reads it."""
    now = backlog.now
    return {
        "lanes": [
            {
                "channel": each.channel,
                "off": each.channel not in rates,
                "lane": _named(each.lane),
                "due": each.pending,
                "due_later": each.later,
                "oldest_due_at": _iso(each.oldest),
                "oldest_seconds": _since(each.oldest, now),
                "sending": each.sending,
                "unknown": each.unknown,
                "dead": each.dead,
            }
            for each in backlog.lanes
        ],
        "deliveries": [
            {"cadence": each.cadence, "due": each.due, "due_later": each.later, "first_due_at": _iso(each.first)} for each in backlog.owing
        ],
        "fan_outs": [
            {
                "story": f"story:{each.story}",
                "revision": each.revision,
                "at": each.at.isoformat(),
                "asked": each.asked,
                "total": each.total,
                "per_second": round(each.rate(now), 1),
            }
            for each in backlog.fanouts
        ],
        "more_fan_outs": backlog.more_fanouts,
        "held": [
            {
                "channel": each.channel,
                "domain": each.domain or None,
                "until": each.until.isoformat(),
                "reason": hidden(each.reason) if each.reason else None,
            }
            for each in backlog.held
        ],
        "flood_waits": [{"channel": each.channel, "chats": each.chats, "until": each.until.isoformat()} for each in backlog.floods],
        "paces": {name: max(0.0, (free - now).total_seconds()) for name, free in (backlog.paces or {}).items()},
        "faults": [{"channel": each.channel, "state": each.state, "reason": each.reason, "count": each.count} for each in backlog.faults],
        "alert_to_all": [
            {"channel": name, "readers": backlog.readers[name], "per_second": rates[name], "seconds": round(seconds)}
            for name, seconds in to_all(backlog, rates).items()
        ],
        "parked": backlog.parked,
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def _since(at: datetime | None, now: datetime) -> int | None:
    return round((now - at).total_seconds()) if at is not None else None
