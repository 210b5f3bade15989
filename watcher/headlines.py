"""What readers are shown of a docket paper: `Order on motion to stay (#51), Abrego Garcia v. Noem`."""

import re

from watcher import courts
from watcher.models import Document
from watcher.plain import cut

HEADLINE_CAP = 240  #: characters

_ELSEWHERE = re.compile(
    r"\s*\((?:\d+ in [\w:-]+(?:, )?)+(?: et al\.?)?\)"
)  # `(727 in 1:25-md-03143-SHS-OTW, 769 in …)`: numbers on other dockets
_CAPITALS = re.compile(r"\b[A-Z]{2,}\b")
_CLERKS = (
    "administrative affidavit allowed amended amicus and answer appeal appearance application argument as at attorney be brief "
    "briefing by canceling case cases cause certificate clerk closing compel complaint conditional conference consent corrected "
    "correction counsel declaration denied deny denying discovery dismiss distributed docket document electronic emergency entered "
    "entry error event exhibit expedited extend extension file filed filing final for from grant granted granting hearing in "
    "injunction is joint judge judgment law leave letter limine mandate memorandum minute modified motion notice objection of "
    "official on only opinion opposition or oral order ordered orders partial petition potential preliminary pretrial privilege "
    "proceedings proposed re redacted redaction reply report request resetting response restraining rulings scheduling seal sealed "
    "service set setting show so status stay stipulation summary supplemental support temporary text the time to transcript transfer "
    "type unopposed vacate vacating with withdraw writ"
)
_CLERKS_WORDS = frozenset(_CLERKS.split())  # written in capitals without being a name


def headline(document: Document) -> str:
    """Say in one line what a docket paper is, with its number and its case; "" for all else: its title is its headline."""
    if document.docket is None:
        return ""
    words = _sentence(document.title) or "New entry"
    number = f" (#{document.number})" if document.number.isdecimal() else ""
    return cut(f"{words}{number}, {document.case or document.docket.number}", HEADLINE_CAP)


def clause(text: str) -> str:
    """The first clause of an entry, without the numbers that the same paper has on other dockets."""
    return courts.short(_ELSEWHERE.sub("", text))


def _sentence(words: str) -> str:
    """A clerk's capitals in a sentence's: `ORDER GRANTING 12 MOTION` is `Order granting 12 motion`. Names and acronyms stay."""
    lowered = _CAPITALS.sub(lambda word: word[0].lower() if word[0].lower() in _CLERKS_WORDS else word[0], words)
    return lowered[:1].upper() + lowered[1:]
