"""SQLAlchemy, and only here (and in `alerts.storage`): tables, rows to models and back, what the use cases ask of the database."""

from watcher.storage.archive import StoredArchive
from watcher.storage.database import Database, open_database
from watcher.storage.families import StoredFamilies
from watcher.storage.history import StoredHistory
from watcher.storage.pacing import StoredPacer
from watcher.storage.store import SourceStore
from watcher.storage.tables import metadata

__all__ = ["Database", "SourceStore", "StoredArchive", "StoredFamilies", "StoredHistory", "StoredPacer", "metadata", "open_database"]
