"""Documents, verdicts and polled states for tests of storage and polling."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from watcher.models import Docket, Document, DocumentType, Evidence, Match, Severity, Source, Stage, Verdict
from watcher.ports import Judged
from watcher.storage import Database, SourceStore

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SOURCE = Source(id="press", kind="feed", url="http://127.0.0.1:1/feed", every=timedelta(minutes=15))


class Moment:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def article(name: str = "a", **fields: Any) -> Document:
    """A news article with words of its own for each name."""
    return Document(
        **{
            "key": f"feed:press:{name}",
            "source": "press",
            "title": f"{name} reported of the prison",
            "summary": f"What {name} is about.",
            "published": NOW,
            **fields,
        }
    )


def order(number: int = 51, **fields: Any) -> Document:
    """A court's order, as CourtListener's feed lists it."""
    return Document(
        **{
            "key": f"cl:69777799#entry-{number}",
            "source": "courtlistener/69777799",
            "source_kind": "docket",
            "title": f"Entry #{number} in Abrego Garcia v. Noem",
            "headline": f"Order on motion (#{number}), Abrego Garcia v. Noem",
            "summary": f"ORDER granting {number - 1} Motion for Temporary Restraining Order.",
            "published": NOW,
            "day_only": True,
            "type": DocumentType.ORDER,
            "stage": Stage.DESCRIBED,
            "severity": Severity.URGENT,
            "primary": True,
            "docket": Docket(court="mdd", number="8:25-cv-00951", courtlistener=69777799),
            "case": "Abrego Garcia v. Noem",
            "number": str(number),
            **fields,
        }
    )


def stub(number: int = 51, **fields: Any) -> Document:
    """The same entry before its words are known."""
    bare = order(number, summary="", headline=f"New entry (#{number}), Abrego Garcia v. Noem", type=DocumentType.OTHER)
    return replace(bare, **{"stage": Stage.STUB, "severity": Severity.ROUTINE, **fields})


def judged(document: Document, *watches: str, tell: bool = True, backfill: bool = False, of_docket: bool = False) -> Judged:
    """The Document with a Match of each of these Watches, by its words or by the docket that it is of."""
    because = (replace(evidence(document), field="docket") if of_docket else evidence(document),)
    matches = tuple(Match(watch=watch, document=document.key, score=0.95, threshold=0.88, because=because) for watch in watches)
    return Judged(document=document, verdict=Verdict(document=document.key, matches=matches), tell=tell, backfill=backfill)


def evidence(document: Document) -> Evidence:
    found = document.title[:5]
    return Evidence(term="cecot", found=found, field="title", start=0, end=len(found), score=0.95)


async def happened(database: Database, *each: Judged, now: datetime = NOW) -> None:
    """A poll of the source `press` stores these."""
    store = SourceStore(database)
    await store.enrol({"press": "x"}, now)
    (state,) = await store.claim_named(["press"], now)
    await store.save(state, each, now)
