"""Late is not new: whether a Document was too old to be told when it was first seen."""

from datetime import datetime

from watcher.models import Document, Source


def is_late(document: Document, source: Source, now: datetime) -> bool:
    """Whether it is too old to be told: late is not new. A date in the future, or none, counts as now."""
    return document.published is not None and now - document.published > source.max_age
