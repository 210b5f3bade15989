"""Rows to models and back. What a Letter says is kept as JSON, frozen when it was composed."""

import contextlib
import logging
from collections.abc import Iterator
from datetime import datetime, time
from typing import Any

from sqlalchemy import Row

from alerts.errors import AlertsError
from alerts.models import (
    Address,
    Ahead,
    Cadence,
    Item,
    Letter,
    LetterKind,
    LetterState,
    Paper,
    QuietHours,
    Reason,
    Subscriber,
    Subscription,
)
from watcher.models import DocumentType, Severity
from watcher.storage.rows import deadline_json, deadline_of

log = logging.getLogger(__name__)


@contextlib.contextmanager
def left_out(subscriber: int) -> Iterator[None]:
    """Leave out a Subscriber whose row says nonsense, which somebody must have written by hand, and go on with the others. Nothing of the
    row is logged: it may be an address."""
    try:
        yield
    except (ValueError, LookupError, TypeError, AlertsError) as error:
        said = "subscriber:%d is left out: its row cannot be read (%s); mend it in the table subscribers, or delete it there"
        log.error(said, subscriber, type(error).__name__, extra={"action": "left-out", "subscriber": subscriber})


def subscriber_of(row: Row[Any]) -> Subscriber:
    quiet = None
    if row.quiet_start and row.quiet_end:
        quiet = QuietHours(
            start=time.fromisoformat(row.quiet_start), end=time.fromisoformat(row.quiet_end), urgent_passes=row.urgent_passes
        )
    return Subscriber(
        id=row.id,
        address=Address.parse(row.address),
        second=Address.parse(row.second) if row.second else None,
        lang=row.lang,
        zone=row.zone,
        digest_hour=row.digest_hour,
        quiet=quiet,
        parked=row.parked,
        created_at=row.created_at,
    )


def subscription_of(row: Row[Any]) -> Subscription:
    return Subscription(
        subscriber=row.subscriber,
        watch=row.watch,
        cadence=Cadence(row.cadence),
        floor=Severity(row.floor),
        types=tuple(map(DocumentType, row.types)),
        created_at=row.created_at,
    )


def item_json(item: Item) -> dict[str, Any]:
    return {
        "story": item.story,
        "revision": item.revision,
        "shown": item.shown,
        "title": item.title,
        "severity": int(item.severity),
        "label": item.label,
        "summary": item.summary,
        "lead": _paper_json(item.lead),
        "reported": _paper_json(item.reported) if item.reported else None,
        "others": [_paper_json(paper) for paper in item.others],
        "more": item.more,
        "reasons": [{"watch": each.watch, "title": each.title, "found": list(each.found), "case": each.case} for each in item.reasons],
        "change": item.change,
        "news": _paper_json(item.news) if item.news else None,
        "seen_at": item.seen_at.isoformat(),
        "deadlines": [deadline_json(each) for each in item.deadlines],
        "page": item.page,
    }


def item_of(saved: dict[str, Any]) -> Item:
    return Item(
        story=saved["story"],
        revision=saved["revision"],
        shown=saved.get("shown", 0),
        title=saved["title"],
        severity=Severity(saved["severity"]),
        label=saved["label"],
        summary=saved["summary"],
        lead=_paper_of(saved["lead"]),
        reported=_paper_of(saved["reported"]) if saved.get("reported") else None,
        others=tuple(_paper_of(paper) for paper in saved["others"]),
        more=saved["more"],
        reasons=tuple(map(_reason_of, saved["reasons"])),
        change=saved["change"],
        news=_paper_of(saved["news"]) if saved.get("news") else None,
        seen_at=datetime.fromisoformat(saved["seen_at"]),
        deadlines=tuple(deadline_of(each) for each in saved["deadlines"]),
        page=saved.get("page", True),
    )


def ahead_json(ahead: Ahead) -> dict[str, Any]:
    return {"deadline": deadline_json(ahead.deadline), "story": ahead.story, "title": ahead.title, "url": ahead.url}


def ahead_of(saved: dict[str, Any]) -> Ahead:
    return Ahead(deadline=deadline_of(saved["deadline"]), story=saved["story"], title=saved["title"], url=saved["url"])


def _reason_of(saved: dict[str, Any]) -> Reason:
    return Reason(watch=saved["watch"], title=saved["title"], found=tuple(saved["found"]), case=saved.get("case", False))


def _paper_json(paper: Paper) -> dict[str, Any]:
    return {
        "title": paper.title,
        "url": paper.url,
        "outlet": paper.outlet,
        "published": paper.published.isoformat() if paper.published else None,
        "day_only": paper.day_only,
        "primary": paper.primary,
    }


def _paper_of(saved: dict[str, Any]) -> Paper:
    published = datetime.fromisoformat(saved["published"]) if saved["published"] else None
    return Paper(**{**saved, "published": published})


def letter_of(row: Row[Any]) -> Letter:
    content = row.content
    return Letter(
        id=row.id,
        address=Address.parse(row.address),
        kind=LetterKind(row.kind),
        items=tuple(item_of(each) for each in content.get("items", ())),
        ahead=tuple(map(ahead_of, content.get("ahead", ()))),
        text=content.get("text", ""),
        subject=content.get("subject", ""),
        state=LetterState(row.state),
        urgent=row.urgent,
        attempt=row.attempt,
        repeat=row.repeat,
        message_id=row.message_id,
        reply_to=content.get("reply_to", ""),
        edits=content.get("edits", ""),
        unsubscribe=content.get("unsubscribe", ""),
        window=(row.window or "").partition("#")[0].removeprefix("daily:").removeprefix("weekly:"),
        part=content.get("part", 1),
        parts=content.get("parts", 1),
        lang=content.get("lang", "en"),
        zone=content.get("zone", "UTC"),
        plain=row.plain,
        created_at=row.created_at,
        due_at=row.due_at,
    )
