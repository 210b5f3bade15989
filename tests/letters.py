"""Letters to try the channels with: public facts in the documented shapes."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from alerts.models import Address, Item, Letter, LetterKind, Paper, Reason
from watcher.models import Deadline, Severity

NOW = datetime(2026, 11, 24, 14, 5, tzinfo=UTC)

ORDER = Paper(
    title="Order granting motion to facilitate return (#51)",
    url="https://www.courtlistener.com/docket/69777799/51/abrego-garcia-v-noem/",
    outlet="U.S. District Court, D. Maryland",
    published=NOW,
    primary=True,
)
ARTICLE = Paper(
    title="Judge orders return of man sent to Salvadoran prison", url="https://example.org/a", outlet="The Daily Example", published=NOW
)
CASE = Reason(watch="abrego-garcia", title="Abrego Garcia v. Noem", found=("8:25-cv-00951",))
REMOVAL = Reason(watch="third-country-removal", title="Third-country removal", found=("South Sudan", "removed to a third country"))


def item(story: int = 17, **fields: Any) -> Item:
    """An urgent order in one case, with an article on it and a date ahead."""
    usual: dict[str, Any] = {
        "story": story,
        "revision": 1,
        "title": "Order to facilitate the return (#51), Abrego Garcia v. Noem",
        "severity": Severity.URGENT,
        "label": "order",
        "summary": "The government shall facilitate the return of the plaintiff.",
        "lead": ORDER,
        "others": (ARTICLE,),
        "more": 3,
        "reasons": (CASE, REMOVAL),
        "seen_at": NOW,
        "deadlines": (Deadline(label="status report due", on=date(2026, 12, 1)),),
    }
    return Item(**(usual | fields))


def letter(*items: Item, **fields: Any) -> Letter:
    """An alert to a reader in New York."""
    usual: dict[str, Any] = {
        "id": 1,
        "address": Address("mailto", "reader@example.org"),
        "kind": LetterKind.ALERT,
        "items": items,
        "zone": "America/New_York",
        "created_at": NOW,
        "due_at": NOW,
    }
    return Letter(**(usual | fields))


def bare(story: int = 17, **fields: Any) -> Item:
    """The least that an Item can be."""
    return item(story, summary="", others=(), more=0, deadlines=(), **fields)


@dataclass(frozen=True)
class Password:
    """A password that shows itself to whoever asks, as `alerts.channels.email.Hidden`."""

    text: str = ""

    def reveal(self) -> str:
        return self.text


@dataclass(frozen=True)
class Server:
    """A mail server and how to enter it."""

    host: str
    port: int
    tls: bool = False
    user: str = ""
    password: Password = Password()


def parsed(raw: bytes) -> EmailMessage:
    """A mail as it came off the wire, without a fault in it."""
    mail = message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)
    assert mail.defects == []
    return mail
