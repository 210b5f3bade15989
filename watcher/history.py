"""The use case: a Watch that is new in `sources.toml` begins with what was stored before it, silently.

Nobody is told of what is found: no revision, no Delivery. Its page, feeds and figures show it.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from watcher.models import Document, Source, Verdict
from watcher.ports import History, Stretch

log = logging.getLogger(__name__)

Judge = Callable[[Document, Collection[str]], Verdict]  #: a Document, by these Watches only


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """One step of looking back."""

    watches: tuple[str, ...]
    judged: int
    found: int


async def look_back(watches: Sequence[str], sources: Mapping[str, Source], judge: Judge, history: History, now: datetime) -> Looked | None:
    """Judge the next stored Documents by the Watches that are new; None where nothing is left to do for now.

    A step is short and stores its results with how far it came, so that it may end at any time and be taken up by any process.

    Args:
        sources: by id; one that is judged by some Watches only (`watches`) is so here too.
    """
    stretch = await history.stretch(watches, now)
    if stretch is None:
        return None
    verdicts = await asyncio.to_thread(_judged, stretch, sources, judge)
    found = await history.keep(stretch, verdicts, now)
    return Looked(watches=stretch.watches, judged=len(verdicts), found=found)


def _judged(stretch: Stretch, sources: Mapping[str, Source], judge: Judge) -> list[Verdict]:
    return [judge(kept.document, _of(stretch.watches, sources.get(kept.document.source))) for kept in stretch.documents]


def _of(watches: tuple[str, ...], source: Source | None) -> frozenset[str]:
    allowed = source.watches if source is not None else ()
    return frozenset(watches) & frozenset(allowed) if allowed else frozenset(watches)
