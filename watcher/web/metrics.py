"""What we count, for Prometheus: by source, channel, lane and outcome, never by reader."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from watcher.ports import PollResult, SourceRow

DWELL = (1, 5, 15, 30, 60, 120, 300, 900, 3600, 14400, 86400)  #: seconds, edges of the histogram
LAG = (60, 300, 900, 1800, 3600, 7200, 14400, 43200, 86400, 259200)  #: the same
WAITS = (0.05, 0.1, 0.25, 0.5, 1, 5, 15, 60, 300, 3600)  #: the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The Letters of a lane, as the database counts them."""

    channel: str
    lane: str
    pending: int
    oldest: timedelta  #: since the first of them fell due


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What is on its way, as the database counts it."""

    states: dict[str, int]  #: Letters by state
    waiting: Sequence[Waiting]  #: every lane in which one is due
    deliveries: int  #: whose Letter is not written yet
    revisions: int  #: whose Deliveries are not all made
    subscribers: dict[str, int]  #: by channel, whether or not that is on
    on: dict[str, bool] = field(default_factory=dict)  #: by channel
    held: dict[str, timedelta] = field(default_factory=dict)  #: by channel, for how long nothing leaves by it


class Metrics:
    """The counters of one process. With several processes each serves its own; gauges read from the database agree everywhere."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        # without it each series has a second line, when this process began to count it, that nobody asks for
        disable_created_metrics()  # type: ignore[no-untyped-call]  # prometheus-client's
        self.registry = CollectorRegistry()
        self.polls = self._counter("polls", "Polls of a source, by how they ended.", "source", "status")
        self.documents = self._counter("documents", "Documents stored.", "source", "kind")
        self.lag = self._histogram("lag_seconds", "From a paper published to it seen, by kind of source.", LAG, "kind")
        self.last_ok = self._gauge("source_last_ok_seconds", "When the source was last read well, Unix time; 0: never.", "source")
        self.failures = self._gauge("source_failures", "Polls failed in a row.", "source")
        self.gaps = self._gauge("source_gaps", "Times that entries were lost between two polls.", "source")
        self.letters = self._counter("letters", "Letters settled, by what became of them.", "channel", "state")
        self.sends = self._counter("sends", "Attempts, by what the other side answered.", "channel", "outcome")
        self.limited = self._counter("rate_limited", "Answers that we write too fast (429), by what must wait.", "channel", "scope")
        self.digests = self._counter("digests", "Digests sent.", "channel")
        self.dwell = self._histogram("dwell_seconds", "From a Story matched or changed to the Letter sent.", DWELL, "channel", "lane")
        self.waits = self._histogram("pace_wait_seconds", "From a Letter due to its turn.", WAITS, "channel", "lane")
        self.fanned = self._counter("fanout_deliveries", "Deliveries made.")
        self.lost = self._counter("leases_lost", "Work whose lease ran out before its end was stored.", "of")
        self.away = self._counter("database_away_seconds", "How long the database did not answer.")
        self.outbox = self._gauge("outbox_letters", "Letters not settled well, by state.", "state")
        self.pending = self._gauge("pending_letters", "Letters that are due; of a lane 10,000 are counted at most.", "channel", "lane")
        self.oldest = self._gauge("oldest_pending_seconds", "How long the first of them is due; 0: none is.", "channel", "lane")
        self.held = self._gauge("channel_held_seconds", "For how long nothing leaves by a channel; 0: it is free.", "channel")
        self.waiting = self._gauge("deliveries_waiting", "Deliveries due without a Letter yet; of a channel 10,000 are counted at most.")
        self.revisions = self._gauge("fanout_revisions_open", "Revisions of Stories whose Deliveries are not all made.")
        self.subscribers = self._gauge("subscribers", "Addresses that are to be told, also by a channel that is off.", "channel")
        self.on = self._gauge("channel_on", "Whether a channel is on: 1; 0: what is for it waits until it is switched on.", "channel")

    def _counter(self, name: str, said: str, *labels: str) -> Counter:
        return Counter(f"watcher_{name}", said, labels, registry=self.registry)

    def _gauge(self, name: str, said: str, *labels: str) -> Gauge:
        return Gauge(f"watcher_{name}", said, labels, registry=self.registry)

    def _histogram(self, name: str, said: str, edges: Sequence[float], *labels: str) -> Histogram:
        return Histogram(f"watcher_{name}", said, labels, buckets=edges, registry=self.registry)

    def polled(self, result: PollResult) -> None:
        """Count one poll."""
        self.polls.labels(result.source, result.status).inc()
        self.documents.labels(result.source, "new").inc(result.new)
        self.documents.labels(result.source, "changed").inc(result.changed)
        self.documents.labels(result.source, "backfill").inc(result.backfill)
        for lag in result.lags:
            self.lag.labels(result.kind).observe(lag.total_seconds())

    def show_sources(self, rows: Sequence[SourceRow]) -> None:
        """Take the gauges of sources from the database."""
        for row in rows:
            state = row.state
            self.last_ok.labels(state.source).set(state.last_ok_at.timestamp() if state.last_ok_at else 0)
            self.failures.labels(state.source).set(state.failures)
            self.gaps.labels(state.source).set(row.gaps)

    def show_telling(self, told: Telling) -> None:
        """Take the gauges of what is on its way from the database; a lane that is empty again is 0."""
        for gauge in (self.pending, self.oldest, self.held, self.subscribers, self.on):
            gauge.clear()
        for state, number in told.states.items():
            self.outbox.labels(state).set(number)
        for lane in told.waiting:
            self.pending.labels(lane.channel, lane.lane).set(lane.pending)
            self.oldest.labels(lane.channel, lane.lane).set(max(0.0, lane.oldest.total_seconds()))
        for channel, wait in told.held.items():
            self.held.labels(channel).set(max(0.0, wait.total_seconds()))
        self.waiting.set(told.deliveries)
        self.revisions.set(told.revisions)
        for channel, number in told.subscribers.items():
            self.subscribers.labels(channel).set(number)
        for channel, on in told.on.items():
            self.on.labels(channel).set(on)

    def text(self) -> bytes:
        return generate_latest(self.registry)


def seconds(since: datetime, now: datetime) -> float:
    """A length that is never negative: two clocks may disagree."""
    return max(0.0, (now - since).total_seconds())
