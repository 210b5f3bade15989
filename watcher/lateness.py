"""Late is not new: whether a Document was too old to be told when it was first seen."""

from datetime import datetime, timedelta

from watcher.models import Document, Source

DAY = timedelta(days=1)


def is_late(document: Document, source: Source, now: datetime) -> bool:
    """Whether it is too old to be told: late is not new. A date in the future, or none, counts as now; a day without an hour as its end."""
    if document.published is None:
        return False
    return now - document.published > source.max_age + (DAY if document.day_only else timedelta(0))
