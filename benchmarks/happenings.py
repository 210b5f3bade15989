"""A made-up year of happenings and what is published of them, for how fast documents are put into Stories.

Everything follows from the seed. A happening is a ruling (one paper of a court, in one of many cases that go on all year, and reports
of it), a register paper (and a few reports), or news that only reports tell. Reports word the same facts differently, mostly within two
days, and stand among much else that they do not share. Documents come in the order in which they would be seen.
"""

import heapq
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from benchmarks import workload
from benchmarks.vocabulary import Vocabulary
from watcher.models import Docket, Document, DocumentType, Placed

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
YEAR = timedelta(days=365)
SIZES = ((600, 85), (2_500, 12), (12_000, 3))  #: characters of a document, and how many of a hundred; as in benchmarks/replay.py
CASES = 300
OUTLETS = 40
REGISTER = "register"  #: the source of register papers
KINDS = ("ruling", "register", "news")
SHARES = (30, 25, 45)  #: of a hundred happenings
MEAN_DELAY = 14 * 3600  #: seconds from the happening to a report
LAST_DELAY = 3.5 * 86_400
#: act -> how a court words it, how a title does
ACTS = {
    "block": ("ORDER granting {n} Motion for Preliminary Injunction", ("blocks", "halts", "bars", "suspends", "puts on hold")),
    "deny": ("ORDER denying {n} Motion to Stay", ("rejects", "denies", "refuses to allow", "dismisses")),
    "allow": ("ORDER granting {n} Motion to Stay Injunction", ("allows", "permits", "lifts the bar on", "clears the way for")),
    "facilitate": ("MEMORANDUM OPINION AND ORDER directing Defendants to facilitate return", ("orders return in", "demands answers on")),
}
OPENINGS = ("", "", "Analysis: ", "Breaking: ", "What to know: ", "Update: ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A document, when it is seen, and the happening that it tells of."""

    placed: Placed
    happening: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the documents of one happening have in common."""

    kind: str
    person: str
    office: str
    matter: str
    place: str
    act: str
    case: str
    docket: Docket


class Year:
    """Writes the documents of a year."""

    def __init__(self, count: int, seed: int = 1, *, rare: int = 60_000) -> None:
        vocabulary = Vocabulary(seed, rare=rare)
        pool = workload.phrases(vocabulary, 8_000, seed)
        self._of = {
            shape: [phrase.text for phrase in pool if phrase.shape == shape] for shape in ("person", "case", "institution", "doctrine")
        }
        self._chance = random.Random(f"happenings {seed}")
        self._writer = workload.Writer(vocabulary, (), f"happenings {seed}")
        self._count = count
        self._cases = [
            (self._chance.choice(self._of["case"]), Docket(court="dcd", number=number)) for number in workload.dockets(CASES, seed)
        ]
        self._numbers = 0

    def documents(self) -> Iterator[Told]:
        """So many documents, in the order in which they are seen."""
        waiting: list[tuple[datetime, int, Told]] = []
        made = happening = given = 0
        while given < self._count:
            at = BEGIN + YEAR * min(1.0, made / self._count)
            while waiting and (waiting[0][0] <= at or made >= self._count):
                yield heapq.heappop(waiting)[2]
                given += 1
            if made < self._count:
                happening += 1
                for document in self._tell(at)[: self._count - made]:
                    seen = (document.published or at) + timedelta(minutes=self._chance.uniform(1, 30))
                    made += 1
                    heapq.heappush(waiting, (seen, made, Told(placed=Placed(document=document, seen_at=seen), happening=happening)))

    def _tell(self, at: datetime) -> list[Document]:
        chance = self._chance
        kind = chance.choices(KINDS, SHARES)[0]
        case, docket = chance.choice(self._cases)
        facts = Facts(
            kind=kind,
            person=chance.choice(self._of["person"]),
            office=chance.choice(self._of["institution"]),
            matter=chance.choice(self._of["doctrine"]),
            place=chance.choice(self._of["institution"]),
            act=chance.choice(list(ACTS)),
            case=case,
            docket=docket,
        )
        reports = min(25, int(chance.expovariate(0.22))) if kind != "register" else int(chance.expovariate(1.2))
        papers = [self._court_paper(facts, at)] if kind == "ruling" else [self._register_paper(facts, at)] if kind == "register" else []
        return papers + [self._report(facts, at) for _ in range(max(reports, not papers))]

    def _number(self) -> int:
        self._numbers += 1
        return self._numbers

    def _filler(self) -> str:
        (size,) = self._chance.choices([size for size, _ in SIZES], [share for _, share in SIZES])
        return self._writer.paper(size, 0, 0).text

    def _court_paper(self, facts: Facts, at: datetime) -> Document:
        number = self._number()
        entry = ACTS[facts.act][0].format(n=number % 90 + 1)
        return Document(
            key=f"cl:{facts.docket.number}#entry-{number}", source=f"docket {facts.docket.number}", source_kind="docket",
            title=f"{facts.case} - {entry}", summary=f"{entry} as to {facts.person} and {facts.office}. Signed by Judge {facts.place}.",
            published=at, type=DocumentType.ORDER, primary=True, docket=facts.docket, case=facts.case, number=str(number),
        )  # fmt: skip

    def _register_paper(self, facts: Facts, at: datetime) -> Document:
        number = self._number()
        words = self._filler()
        return Document(
            key=f"fr:2025-{number:05}", source=REGISTER, source_kind="federal_register",
            title=f"{facts.office}: {facts.matter}; {facts.place}",
            summary=words[:600], text=words[600:], published=at.replace(hour=9, minute=0), day_only=True, primary=True,
        )  # fmt: skip

    def _report(self, facts: Facts, at: datetime) -> Document:
        chance = self._chance
        delay = min(LAST_DELAY, chance.expovariate(1 / MEAN_DELAY))
        words, outlet = self._filler(), chance.randrange(OUTLETS)
        told = self._facts_told(facts)
        return Document(
            key=f"feed:outlet-{outlet}:{self._number()}", source=f"outlet-{outlet}", title=self._title(facts),
            summary=f"{told} {words[: 600 - len(told)]}", text=words[600 - len(told) :], published=at + timedelta(seconds=delay),
        )  # fmt: skip

    def _title(self, facts: Facts) -> str:
        chance = self._chance
        if facts.kind == "register":
            return f"{chance.choice(OPENINGS)}{facts.office} {chance.choice(('publishes', 'announces', 'plans'))} {facts.matter}"
        verb = (
            chance.choice(ACTS[facts.act][1]) if facts.kind == "ruling" else chance.choice(("over", "and", "faces questions on", "meets"))
        )
        who = chance.choice(("Judge", "Court", "Federal judge")) if facts.kind == "ruling" else facts.person
        last = facts.person.split()[-1]
        ends = (facts.matter, f"{facts.matter} of {last}", f"{facts.office} {facts.matter}", f"{last} {facts.matter} at {facts.place}")
        return f"{chance.choice(OPENINGS)}{who} {verb} {chance.choice(ends)}"

    def _facts_told(self, facts: Facts) -> str:
        """Two of three things that could be said of it, and the case where it is a ruling."""
        chance = self._chance
        said = [
            f"It is about {facts.person}, said {facts.office}.",
            f"At issue: {facts.matter}.",
            f"The {facts.place} knew of {facts.person}.",
        ]
        if facts.kind == "ruling":
            said.append(chance.choice((f"The case is {facts.case}.", f"The number is {facts.docket.number}.", f"{facts.case} goes on.")))
        return " ".join(chance.sample(said, 2))
