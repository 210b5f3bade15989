"""Rows to models and back."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row

from watcher.models import Deadline, Docket, Document, DocumentType, Evidence, Revision, Severity, SourceState, Stage, Stay, Story
from watcher.storage import tables as t


def version_values(document: Document) -> dict[str, Any]:
    """The columns of `versions` that a Document fills."""
    return {
        "fingerprint": document.fingerprint(),
        "source": document.source,
        "source_kind": document.source_kind,
        "url": document.url,
        "title": document.title,
        "headline": document.headline,
        "summary": document.summary,
        "text": document.text,
        "lang": document.lang,
        "published": document.published,
        "day_only": document.day_only,
        "type": str(document.type),
        "stage": str(document.stage),
        "severity": int(document.severity),
        "is_primary": document.primary,
        "docket": docket_json(document.docket),
        "case_name": document.case,
        "number": document.number,
        "enclosure": document.enclosure,
        "note": document.note,
        "outlet": document.outlet,
        "relates": list(document.relates),
        "deadlines": [
            *map(deadline_json, document.deadlines),
            *({**deadline_json(each), "off": "yes"} for each in document.off),
            *map(stay_json, document.stays),
        ],
    }


def docket_json(docket: Docket | None) -> dict[str, Any] | None:
    if docket is None:
        return None
    return {"court": docket.court, "number": docket.number, "courtlistener": docket.courtlistener}


def is_current() -> sa.ColumnElement[bool]:
    """Joins `documents` with the version in force."""
    return sa.and_(t.versions.c.document == t.documents.c.id, t.versions.c.version == t.documents.c.version)


def current_documents(text: sa.ColumnElement[str] | None = None) -> sa.Select[Any]:
    """Documents in their current version, with `key`; `text` may be cut where it is not needed."""
    columns: list[sa.ColumnElement[Any]] = [column for column in t.versions.c if column.name != "text"]
    columns.append((t.versions.c.text if text is None else text).label("text"))
    return sa.select(t.documents.c.key, *columns).select_from(t.documents).join(t.versions, is_current())


def document_of(row: Row[Any], keys: tuple[str, ...] = ()) -> Document:
    """A Document of a row that joins `documents.key` with a version."""
    return Document(
        key=row.key,
        keys=keys,
        source=row.source,
        source_kind=row.source_kind,
        url=row.url,
        title=row.title,
        headline=row.headline,
        summary=row.summary,
        text=row.text,
        lang=row.lang,
        published=row.published,
        day_only=row.day_only,
        type=DocumentType(row.type),
        stage=Stage(row.stage),
        severity=Severity(row.severity),
        primary=row.is_primary,
        docket=Docket(**row.docket) if row.docket else None,
        case=row.case_name,
        number=row.number,
        enclosure=row.enclosure,
        note=row.note,
        outlet=row.outlet,
        relates=tuple(row.relates),
        deadlines=tuple(deadline_of(each) for each in row.deadlines if not {"off", "stays"} & each.keys()),
        off=tuple(deadline_of(each) for each in row.deadlines if "off" in each),
        stays=tuple(stay_of(each) for each in row.deadlines if "stays" in each),
    )


def deadline_json(deadline: Deadline) -> dict[str, str]:
    """Time, zone and that it is moved are kept only where there is any."""
    at = {"time": f"{deadline.time:%H:%M}"} if deadline.time else {}
    more = at | ({"zone": deadline.zone} if deadline.zone else {}) | ({"moved": "yes"} if deadline.moved else {})
    return {"label": deadline.label, "on": deadline.on.isoformat(), **more}


def deadline_of(kept: Mapping[str, str]) -> Deadline:
    at = kept.get("time")
    return Deadline(
        label=kept["label"],
        on=date.fromisoformat(kept["on"]),
        time=time.fromisoformat(at) if at else None,
        zone=kept.get("zone", ""),
        moved="moved" in kept,
    )


def stay_json(stay: Stay) -> dict[str, str]:
    on = {"on": stay.on.isoformat()} if stay.on else {}
    docket = {"docket": stay.docket} if stay.docket else {}
    return {"stays": stay.of, "number": stay.number, **on, **({"below": "yes"} if stay.below else {}), **docket}


def stay_of(kept: Mapping[str, str]) -> Stay:
    on = kept.get("on")
    return Stay(
        of=kept["stays"],
        number=kept["number"],
        on=date.fromisoformat(on) if on else None,
        below="below" in kept,
        docket=kept.get("docket", ""),
    )


def evidence_json(because: tuple[Evidence, ...]) -> list[dict[str, Any]]:
    return [
        {"term": each.term, "found": each.found, "field": each.field, "start": each.start, "end": each.end, "score": each.score}
        for each in because
    ]


def evidence_of(because: list[dict[str, Any]]) -> tuple[Evidence, ...]:
    return tuple(Evidence(**each) for each in because)


def story_of(row: Row[*tuple[Any, ...]], watches: tuple[str, ...], lead: str) -> Story:
    return Story(
        id=row.id,
        revision=row.revision,
        title=row.title,
        severity=Severity(row.severity),
        stage=Stage(row.stage),
        type=DocumentType(row.type),
        watches=watches,
        lead=lead,
        first_seen=row.first_seen,
        revised_at=row.revised_at,
    )


def revision_of(row: Row[Any]) -> Revision:
    return Revision(
        story=row.story,
        number=row.number,
        at=row.at,
        change=row.change,
        loud=row.loud,
        new_watches=tuple(row.new_watches),
        tell=row.tell,
        paper=row._mapping.get("paper") or "",
    )


STATE_COLUMNS = (
    "next_poll_at",
    "failures",
    "polls",
    "etag",
    "last_modified",
    "body_hash",
    "moved_to",
    "moved_seen",
    "gone",
    "unreached",
    "last_ok_at",
    "last_error",
    "lease_until",
    "attempt",
)


def state_of(row: Row[Any]) -> SourceState:
    return SourceState(source=row.source, **{name: getattr(row, name) for name in STATE_COLUMNS})
