"""SQLAlchemy tables of `alerts`, rows to models and back, and what its use cases ask of the database."""

from alerts.storage.book import Book, Listed
from alerts.storage.desk import StoredDesk
from alerts.storage.feedback import Ballots, Votes
from alerts.storage.items import Names
from alerts.storage.outbox import Outbox
from alerts.storage.own import Mark, OwnPhrases
from alerts.storage.tables import metadata

__all__ = ["Ballots", "Book", "Listed", "Mark", "Names", "Outbox", "OwnPhrases", "StoredDesk", "Votes", "metadata"]
