"""What readers are shown of a paper whose title is not enough: `Order on motion to stay (#51), Abrego Garcia v. Noem`."""

import re

from watcher import courts
from watcher.models import Document, DocumentType
from watcher.plain import cut

HEADLINE_CAP = 240  #: characters
CASE_CAP = 100  #: of which the case may have as many
ENTRY_CAP = 180  #: and the first clause of an entry, where less of it does not say what was done

_ELSEWHERE = re.compile(
    r"\s*\((?:\d+ in [\w:-]+(?:, )?)+(?: et al\.?)?\)"
)  # `(727 in 1:25-md-03143-SHS-OTW, 769 in …)`: numbers on other dockets
_PARTY_MORE = re.compile(r",\s(?!(?:Inc|LLC|L\.L\.C|Ltd|Corp|Co|LP|L\.P|LLP|PLC|N\.A|S\.A|Jr|Sr|I{2,3}|IV)\b).*", re.DOTALL)
_ACT = re.compile(r"((?:Executive Order|Proclamation) \d{4,6})(?:\n|$)")  # as `federal-register` puts it first
_CAPITALS = re.compile(r"\b[A-Z]{2,}\b")
READ = 2_000  #: characters of an entry in which its act is looked for
_ACTS = frozenset({DocumentType.ORDER, DocumentType.OPINION, DocumentType.JUDGMENT})
_FULL_STOP = re.compile(
    r"(?<=[a-z0-9)”\"'])(?<!\bv)(?<!\bNo)(?<!\bNos)(?<!\bMr)(?<!\bMs)(?<!\bDr)(?<!\bInc)(?<!\bCorp)(?<!\bCo)(?<!\bJr)(?<!\bSr)\.\s+(?=[A-Z])"
)
_DONE = re.compile(
    r"\b(?:grant(?:s|ed|ing)|den(?:ies|ied|ying)|stay(?:s|ed|ing)|vacat(?:es|ed|ing)|affirm(?:s|ed|ing)|revers(?:es|ed|ing)"
    r"|remand(?:s|ed|ing)|dismiss(?:es|ed|ing)|enjoin(?:s|ed|ing)|direct(?:s|ed|ing)|amend(?:s|ed|ing)|extend(?:s|ed|ing)"
    r"|lift(?:s|ed|ing)|dissolv(?:es|ed|ing)|certif(?:ies|ied|ying)|compel(?:s|led|ling)|finds|shall|must"
    r"|(?:is|are|hereby)\s(?:ordered|prohibited|required)|remains?\sin\s(?:effect|force))\b",
    re.IGNORECASE,
)
_OPENS = re.compile(r"^(?:The|An?|It|This|That|They|All|Any|No|Each|Defendants?|Plaintiffs?|Respondents?|Petitioners?|Applicants?)\b")
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
    return titled(_sentence(_telling(document)) or "New entry", document)


def titled(words: str, document: Document) -> str:
    """These words with the number and the case of a docket paper behind them; alone for all else."""
    if document.docket is None:
        return words
    number = f" (#{document.number})" if document.number.isdecimal() else ""
    tail = f"{number}, {cut(case_name(document.case) or document.docket.number, CASE_CAP)}"
    return cut(words, HEADLINE_CAP - len(tail)) + tail


def case_name(name: str) -> str:
    """A case's name as people say it: of `Kristi Noem, Secretary of Homeland Security, et al. v. …` the first parties alone."""
    return " v. ".join(_PARTY_MORE.sub("", party) for party in name.split(" v. "))


def clause(text: str) -> str:
    """The first clause of an entry, without the numbers that the same paper has on other dockets."""
    return courts.short(_ELSEWHERE.sub("", text))


def _telling(document: Document) -> str:
    """The words of an entry that say what it is; of an act of a court, what it does.

    Clerks put that first, as a rule. Where an order opens with what the matter is about, the first sentence that decides something
    tells more, and where the first clause was cut short, more of it.
    """
    sentences = _FULL_STOP.split(_ELSEWHERE.sub("", document.summary[:READ]).strip(" ."))
    if document.type not in _ACTS or _DONE.search(document.title) or len(sentences) < 2:
        return _clause_of(sentences[0]) if document.title.endswith("…") else document.title
    if _DONE.search(sentences[0]):
        return _clause_of(sentences[0])
    told = next((sentence for sentence in sentences[1:] if _DONE.search(sentence)), "")
    kind = str(document.type).capitalize()
    return f"{kind}: {_clause_of(_OPENS.sub(lambda word: word[0].lower(), told))}" if told else document.title


def _clause_of(sentence: str) -> str:
    """At most ENTRY_CAP characters, cut at a comma or a colon where one is near, and never before what was done."""
    if len(sentence) <= ENTRY_CAP:
        return sentence
    done = _DONE.search(sentence)
    least = max(ENTRY_CAP // 2, done.end() if done else 0)
    end = max(sentence.rfind(mark, least, ENTRY_CAP - 1) for mark in ",;:")
    return f"{sentence[:end]}…" if end > 0 else cut(sentence, ENTRY_CAP)


def _sentence(words: str) -> str:
    """A clerk's capitals in a sentence's: `ORDER GRANTING 12 MOTION` is `Order granting 12 motion`. Names and acronyms stay."""
    lowered = _CAPITALS.sub(lambda word: word[0].lower() if word[0].lower() in _CLERKS_WORDS else word[0], words)
    return lowered[:1].upper() + lowered[1:]
