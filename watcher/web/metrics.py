"""What we count, for Prometheus: by source, channel and outcome, never by reader."""

from collections.abc import Sequence
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from watcher.ports import PollResult, SourceRow

DWELL = (1, 5, 15, 30, 60, 120, 300, 900, 3600, 14400, 86400)  #: seconds, edges of the histogram


class Metrics:
    """The counters of one process. With several processes each serves its own; gauges read from the database agree everywhere."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.polls = Counter("watcher_polls", "Polls of a source, by how they ended.", ["source", "status"], registry=self.registry)
        self.documents = Counter("watcher_documents", "Documents stored.", ["source", "kind"], registry=self.registry)
        self.letters = Counter("watcher_letters", "Letters settled, by channel and state.", ["channel", "state"], registry=self.registry)
        self.dwell = Histogram(
            "watcher_dwell_seconds", "From a Letter written to the Letter sent.", ["channel"], buckets=DWELL, registry=self.registry
        )
        self.last_ok = Gauge(
            "watcher_source_last_ok_seconds", "When the source was last read well, Unix time; 0: never.", ["source"], registry=self.registry
        )
        self.failures = Gauge("watcher_source_failures", "Polls failed in a row.", ["source"], registry=self.registry)
        self.gaps = Gauge("watcher_source_gaps", "Times that entries were lost between two polls.", ["source"], registry=self.registry)
        self.outbox = Gauge("watcher_outbox_letters", "Letters by state.", ["state"], registry=self.registry)
        self.waiting = Gauge("watcher_deliveries_waiting", "Deliveries whose Letter is not written yet.", registry=self.registry)
        self.subscribers = Gauge("watcher_subscribers", "Addresses that are told.", registry=self.registry)

    def polled(self, result: PollResult) -> None:
        """Count one poll."""
        self.polls.labels(result.source, result.status).inc()
        self.documents.labels(result.source, "new").inc(result.new)
        self.documents.labels(result.source, "changed").inc(result.changed)
        self.documents.labels(result.source, "backfill").inc(result.backfill)

    def settled(self, channel: str, state: str, written_at: datetime, now: datetime) -> None:
        """Count one Letter whose fate is known."""
        self.letters.labels(channel, state).inc()
        if state == "sent":
            self.dwell.labels(channel).observe(max(0.0, (now - written_at).total_seconds()))

    def show_sources(self, rows: Sequence[SourceRow]) -> None:
        """Take the gauges of sources from the database."""
        for row in rows:
            state = row.state
            self.last_ok.labels(state.source).set(state.last_ok_at.timestamp() if state.last_ok_at else 0)
            self.failures.labels(state.source).set(state.failures)
            self.gaps.labels(state.source).set(row.gaps)

    def text(self) -> bytes:
        return generate_latest(self.registry)
