"""Who was told what, judged by what arrived: lost, doubled, out of order, too fast. Pure; `chaos` gathers what it is given.

Each paper of a chaos run has a mark for each of its versions, which every message that tells it shows: `p17v2q` is the second version of
paper 17. So what was told is read off the messages themselves, and the service's own tables are asked for one thing only: whether a double
was a Letter whose fate was unknown.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

_MARK = re.compile(r"\bp([0-9]+)v([0-9]+)q\b")
SHOWN = 5  #: of each kind of fault, how many are named


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """One version of one paper: a revision of its Story."""

    paper: int
    version: int

    def __str__(self) -> str:
        return f"p{self.paper}v{self.version}q"


def marks(text: str) -> frozenset[Mark]:
    """What a text tells."""
    return frozenset(Mark(int(paper), int(version)) for paper, version in _MARK.findall(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A message that lies with a reader."""

    address: str  #: `telegram:CHAT/THREAD`, `mailto:ADDRESS`
    texts: Sequence[str]  #: as it came, and after each edit

    def told(self) -> frozenset[Mark]:
        return frozenset().union(*map(marks, self.texts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A Letter as its row stands at the end."""

    id: int
    address: str
    state: str
    uncertain: bool  #: its fate was unknown once: it is marked as a repeat, or `unknown`
    papers: frozenset[int]  #: that it tells


@dataclass(frozen=True, slots=True, kw_only=True)
class Killed:
    """A process was ended or held up, while these Letters were in flight."""

    how: str
    flying: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Double:
    """A reader got a version of a paper more than once."""

    address: str
    mark: Mark
    times: int
    letters: tuple[int, ...]  #: that account for it; none: nothing does

    def __str__(self) -> str:
        by = f"by {_numbers(self.letters)}" if self.letters else "by nothing"
        return f"{self.address} {self.mark} x{self.times} {by}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The verdict."""

    owed: int
    messages: int
    lost: Sequence[str] = ()  #: `ADDRESS MARK`
    doubles: Sequence[Double] = ()
    disordered: Sequence[str] = ()  #: `ADDRESS MARK`: what was told after news of it
    refused: Sequence[str] = ()  #: answers of the strict API to what came too fast
    strange: Sequence[str] = ()  #: `ADDRESS MARK`: told, and nobody owed it
    open: Sequence[int] = field(default=())  #: Letters that nobody settled

    @property
    def unaccounted(self) -> list[Double]:
        return [double for double in self.doubles if not double.letters]

    @property
    def good(self) -> bool:
        return not (self.lost or self.unaccounted or self.disordered or self.refused or self.strange or self.open)

    def line(self) -> str:
        said = (
            f"{len(self.lost)} lost of {self.owed:,} owed in {self.messages:,} messages; {len(self.doubles)} doubled, "
            f"{len(self.unaccounted)} of them unaccounted; {len(self.disordered)} out of order; {len(self.refused)} over the limits"
        )
        further = {"told to whom it was not owed": self.strange, "letters not settled": self.open}
        return said + "".join(f"; {len(found)} {what}" for what, found in further.items() if found)

    def details(self) -> list[str]:
        """The doubles that are accounted for by id, and the first of each kind of fault."""
        faults: Mapping[str, Sequence[object]] = {
            "lost": self.lost,
            "unaccounted": self.unaccounted,
            "out of order": self.disordered,
            "over the limits": self.refused,
            "not owed": self.strange,
            "not settled": self.open,
        }
        accounted: dict[tuple[str, tuple[int, ...]], list[Mark]] = defaultdict(list)
        for double in self.doubles:
            if double.letters:
                accounted[double.address, double.letters].append(double.mark)
        doubled = [f"doubled: {address} {_list(told)} by {_numbers(by)}" for (address, by), told in accounted.items()]
        return doubled + [f"{name}: {each}" for name, found in faults.items() for each in found[:SHOWN]]


def check(
    owed: Mapping[str, Collection[Mark]],
    arrived: Sequence[Arrived],
    letters: Iterable[Posted] = (),
    killed: Iterable[Killed] = (),
    refused: Sequence[str] = (),
) -> Report:
    """Judge a run.

    A version is told by a message that shows it or a later one of the same paper: who was told nothing yet is told what it is by now. It is
    doubled where two messages show it; a double is accounted for by a Letter to that address about that paper whose fate was unknown, or
    which was in flight at a kill. It is out of order where it came first after a later one.

    Args:
        owed: by address, the versions that its reader is to be told.
        arrived: in the order of arrival.
        refused: what the strict API said to messages that came too fast, those of injected faults left out.
    """
    letters = list(letters)
    doubtful = {each for kill in killed for each in kill.flying} | {letter.id for letter in letters if letter.uncertain}
    of: dict[tuple[str, int], list[int]] = defaultdict(list)
    for letter in letters:
        for paper in letter.papers:
            of[letter.address, paper].append(letter.id)
    told: dict[str, Counter[Mark]] = defaultdict(Counter)  # in the order of their first arrival
    for message in arrived:
        told[message.address].update(sorted(message.told()))
    return Report(
        owed=sum(map(len, owed.values())),
        messages=len(arrived),
        lost=[f"{address} {mark}" for address, wanted in owed.items() for mark in _missing(wanted, told[address])],
        doubles=[
            Double(
                address=address,
                mark=mark,
                times=times,
                letters=tuple(each for each in of[address, mark.paper] if each in doubtful),
            )
            for address, counts in told.items()
            for mark, times in counts.items()
            if times > 1
        ],
        disordered=[f"{address} {mark}" for address, counts in told.items() for mark in _late(counts)],
        refused=refused,
        strange=[f"{address} {mark}" for address, counts in told.items() for mark in counts if mark not in owed.get(address, ())],
        open=[letter.id for letter in letters if letter.state in ("pending", "sending")],
    )


def _numbers(letters: Iterable[int]) -> str:
    return _list(f"letter:{each}" for each in letters)


def _list(each: Iterable[object]) -> str:
    return " ".join(map(str, each))


def _missing(wanted: Iterable[Mark], told: Iterable[Mark]) -> list[Mark]:
    newest: dict[int, int] = {}
    for mark in told:
        newest[mark.paper] = max(mark.version, newest.get(mark.paper, 0))
    return sorted(mark for mark in wanted if newest.get(mark.paper, 0) < mark.version)


def _late(told: Iterable[Mark]) -> list[Mark]:
    newest: dict[int, int] = {}
    late = []
    for mark in told:
        if mark.version < newest.get(mark.paper, 0):
            late.append(mark)
        newest[mark.paper] = max(mark.version, newest.get(mark.paper, 0))
    return late
