"""Whether a Letter comes late because the service was away, and what it says of it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.models import Late

CATCHING_UP = timedelta(hours=1)  #: after an outage: what is found so soon, and may be older than its end, was missed by it


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """An outage: nobody polled, or nobody told (`tells`)."""

    began: datetime
    ended: datetime
    tells: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What a Letter tells of one Story, or a digest as a whole: when that was to be."""

    due_at: datetime
    found_at: datetime | None = None  #: when it was decided to be told; None of a digest as a whole
    published: datetime | None = None  #: its paper; None where that bears no hour
    at_once: bool = True


def late(tellings: Sequence[Telling], spans: Sequence[Span]) -> Late | None:
    """Say which outage delayed any of these; None: none did.

    One that told nothing delayed what was due before its end; any delayed what was found just after it and is not newer.
    """
    by = [span for span in spans if any(_delayed(telling, span) for telling in tellings)]
    return Late(min(span.began for span in by), max(span.ended for span in by)) if by else None


def _delayed(telling: Telling, span: Span) -> bool:
    if span.tells and telling.due_at < span.ended:
        return True
    if telling.found_at is None or not telling.at_once:
        return False
    soon = span.ended <= telling.found_at < span.ended + CATCHING_UP
    return soon and (telling.published is None or telling.published < span.ended)
