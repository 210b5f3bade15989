"""What readers are shown of a paper whose title is not enough: `Order on motion to stay (#51), Abrego Garcia v. Noem`."""

import re

from watcher import courts
from watcher.models import Document
from watcher.plain import cut

HEADLINE_CAP = 240  #: characters
CASE_CAP = 100  #: of which the case may have as many

_ELSEWHERE = re.compile(
    r"\s*\((?:\d+ in [\w:-]+(?:, )?)+(?: et al\.?)?\)"
)  # `(727 in 1:25-md-03143-SHS-OTW, 769 in …)`: numbers on other dockets
_PARTY_MORE = re.compile(r",\s(?!(?:Inc|LLC|L\.L\.C|Ltd|Corp|Co|LP|L\.P|LLP|PLC|N\.A|S\.A|Jr|Sr|I{2,3}|IV)\b).*", re.DOTALL)
_ACT = re.compile(r"((?:Executive Order|Proclamation) \d{4,6})(?:\n|$)")  # as `federal-register` puts it first
_CAPITALS = re.compile(r"\b[A-Z]{2,}\b")
_CLERKS = (
    "administrative adopting affidavit allowed allowing amend amended amending amicus and answer appeal appearance application "
    "appointing argument as at attorney authorizing be brief briefing by canceling case cases cause certificate certification "
    "certifying civil clarifying class clerk closing compel compelling complaint conditional conference consent continuing corrected "
    "correction counsel criminal declaration defendants denied deny denying directing discovery dismiss dismissing distributed docket "
    "document electronic emergency enjoining entered entry error event exhibit expedited extend extending extension file filed filing "
    "final finding for from grant granted granting hearing holding in injunction is joint judge judgment law leave letter limine "
    "mandate memorandum minute modified motion new notice objection of official on only opinion opposition or oral order ordered "
    "orders overruling partial parties petition petitioners plaintiffs potential preliminary pretrial privilege proceedings proposed "
    "re reassigning redacted redaction referring remanding reopening reply report request requiring reserving resetting respondents "
    "response restraining rulings scheduling seal sealed sealing service set setting show so status stay staying stipulation striking "
    "summary supplemental support sustaining temporary terminating text the time to transcript transfer type unopposed unsealing "
    "vacate vacating with withdraw writ"
)
_CLERKS_WORDS = frozenset(_CLERKS.split())  # written in capitals without being a name


def headline(document: Document) -> str:
    """Say in one line what a docket paper is, with number and case, or which number an order has; "" for all else: the title is enough."""
    if document.docket is None:
        act = _ACT.match(document.text) if document.source_kind == "federal_register" else None
        return cut(f"{act[1]}: {document.title}", HEADLINE_CAP) if act else ""
    words = _sentence(document.title) or "New entry"
    number = f" (#{document.number})" if document.number.isdecimal() else ""
    tail = f"{number}, {cut(case_name(document.case) or document.docket.number, CASE_CAP)}"
    return cut(words, HEADLINE_CAP - len(tail)) + tail


def case_name(name: str) -> str:
    """A case's name as people say it: of `Kristi Noem, Secretary of Homeland Security, et al. v. …` the first parties alone."""
    return " v. ".join(_PARTY_MORE.sub("", party) for party in name.split(" v. "))


def clause(text: str) -> str:
    """The first clause of an entry, without the numbers that the same paper has on other dockets."""
    return courts.short(_ELSEWHERE.sub("", text))


def _sentence(words: str) -> str:
    """A clerk's capitals in a sentence's: `ORDER GRANTING 12 MOTION` is `Order granting 12 motion`. Names and acronyms stay."""
    lowered = _CAPITALS.sub(lambda word: word[0].lower() if word[0].lower() in _CLERKS_WORDS else word[0], words)
    return lowered[:1].upper() + lowered[1:]
