"""The appeals of 428 real cases: every docket that is linked by itself is one that the list confirms, in whatever manner courts say it.

The list has numbers, courts and which case an appeal is of; the lines about them are ours, in the manners of clerks. Among them stand
lines in which parties cite the numbers of other cases, and the list's own words on each case, from which nothing may follow.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.recorded import NOW
from watcher import courts, families
from watcher.courtnames import circuit_of, is_appellate
from watcher.models import Docket, Document, Link, Named, Source, Watch
from watcher.normalize import documents
from watcher.ports import Page
from watcher.sources import KINDS

ORDINALS = {"cadc": "D.C.", "cafc": "Federal"} | {f"ca{number}": f"{number}th" for number in range(4, 12)}
ORDINALS |= {"ca1": "1st", "ca2": "2nd", "ca3": "3rd"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    docket: Docket
    name: str
    about: str
    battle: int
    parent: str  #: number of the case that it is an appeal of, without its court; "" for what is no appeal

    @property
    def numbers(self) -> list[str]:
        """`24A884; 24A885; 24A886` are three applications."""
        return [number for number in re.split(r"[;,\s]+", self.docket.number) if number]


def listed(payloads: Path) -> list[Row]:
    rows = json.loads((payloads / "fixtures/courtlistener/tracked_cases.json").read_bytes())
    return [
        Row(
            Docket(court=_court(row["court"]), number=row["docket_number"], courtlistener=row["courtlistener_docket_id"]),
            row["case_name"],
            f"{row['summary']} {row['executive_action']}",
            row["battle_id"],
            row["parent_docket"] or "" if row["is_appeal"] else "",
        )
        for row in rows
    ]


def _court(given: str) -> str:
    name = given.rstrip("/").rpartition("/")[2]
    return "scotus" if "Supreme Court" in name else name


def paper(docket: Docket, number: int, words: str) -> Document:
    kind = courts.entry_type(words, court=docket.court)
    return Document(key=f"{docket.court} {docket.number}#{number}", docket=docket, summary=words, number=str(number), type=kind)


Manner = Callable[[Docket, str, str, int], Iterator[Document]]


def names_the_circuit(below: Docket, court: str, number: str, at: int) -> Iterator[Document]:
    yield paper(below, at + 1, f"USCA Case Number {number} for {ORDINALS[court]} Circuit for {at} Notice of Appeal filed by the Government")


def gives_it_for_a_notice(below: Docket, court: str, number: str, at: int) -> Iterator[Document]:
    yield paper(below, at, f"NOTICE OF APPEAL to {ORDINALS[court]} Circuit as to 2 Order by the Government")
    yield paper(below, at + 1, f"USCA Case Number {number} for {at} Notice of Appeal filed by the Government")


def returns_the_mandate(below: Docket, court: str, number: str, at: int) -> Iterator[Document]:
    yield paper(below, at + 1, f"MANDATE of USCA ({ORDINALS[court]} Circuit) as to {at} Notice of Appeal; USCA Case Number {number}")


def gives_the_number_alone(below: Docket, court: str, number: str, at: int) -> Iterator[Document]:
    yield paper(below, at + 1, f"USCA Case Number {number} for {at} Notice of Appeal filed by the Government")


def appeals(rows: Sequence[Row]) -> list[tuple[Row, Row]]:
    """Appeals whose case is in the list beyond doubt, each with it. A number says no court: where two have it, nothing is certain."""
    by_number = defaultdict(list)
    for row in rows:
        by_number[row.docket.number].append(row)
    pairs = [(row, by_number[row.parent]) for row in rows if row.parent]
    return [(row, of[0]) for row, of in pairs if len(of) == 1 and of[0] is not row and of[0].battle == row.battle]


def cases(rows: Sequence[Row]) -> list[Watch]:
    """Each case of the list that is no appeal, with its one docket."""
    heads = [row for row in rows if not row.parent and row.docket.courtlistener is not None]
    return [Watch(id=f"case-{row.docket.courtlistener}", kind="case", title=row.name, dockets=(row.docket,)) for row in heads]


def noise(rows: Sequence[Row], pairs: Sequence[tuple[Row, Row]]) -> Iterator[Document]:
    """In each case's docket what parties cite of the next ones, and what the list says of it."""
    others = [(row.docket.court, number) for row, _ in pairs for number in row.numbers]
    for place, row in enumerate(rows[::3]):
        for step in range(3):
            court, number = others[(place * 3 + step) % len(others)]
            where = "the Supreme Court" if court == "scotus" else f"the {ORDINALS.get(court, '')} Circuit"
            cited = f"{where}, USCA Case Number {number}, No. {number}"
            for entry, words in enumerate(
                (
                    f"NOTICE of supplemental authority in {cited}",
                    f"ORDER granting the motion in light of the decision of {cited}",
                    f"LETTER under FRAP 28(j) on the order of {cited} filed by attorney for Appellee",
                    f"MOTION to stay pending appeal in {cited} and the MANDATE of USCA for it",
                    f"ORDER of USCA as to 2 Notice of Appeal: held in abeyance pending the decision of {cited}",
                    f"NOTICE OF DOCKETING by Plaintiffs of an appeal in {cited}",
                    f"ORDER of the Supreme Court staying proceedings as it did in {number}",
                )
            ):
                yield paper(row.docket, 500 + 10 * step + entry, words)
        yield paper(row.docket, 600, row.about)


def follow(watches: Sequence[Watch], papers: Sequence[Document], stated: Sequence[Named] = ()) -> tuple[Link, ...]:
    """All that follows, also from the dockets that were linked before."""
    known: dict[tuple[str, str, str], Link] = {}
    while new := families.found(watches, tuple(known.values()), papers, stated):
        known |= {(link.watch, link.docket.court, families.key_of(link.docket)): link for link in new}
    return tuple(known.values())


def battle_of(rows: Sequence[Row]) -> dict[str, int]:
    return {f"case-{row.docket.courtlistener}": row.battle for row in rows}


def confirmed(link: Link, rows: Sequence[Row], battles: dict[str, int], *, appeals_only: bool = True) -> bool:
    """Whether the list has an appeal of that court and number under the same dispute; or any case, one that is no appeal too."""
    return any(
        (row.parent or not appeals_only)
        and row.battle == battles[link.watch]
        and (row.docket.court == link.docket.court and link.docket.number in row.numbers)
        for row in rows
    )


@pytest.mark.parametrize(
    ("manner", "recall"),
    [(names_the_circuit, 1.0), (gives_it_for_a_notice, 1.0), (returns_the_mandate, 1.0), (gives_the_number_alone, 0.0)],
)
def test_every_appeal_that_is_linked_is_one_of_that_case(payloads: Path, manner: Manner, recall: float) -> None:
    rows = listed(payloads)
    pairs = [(row, of) for row, of in appeals(rows) if is_appellate(row.docket.court) and circuit_of(of.docket.court)]
    wanted = [(row, of) for row, of in pairs if circuit_of(of.docket.court) == row.docket.court]
    assert (len(pairs), len(wanted)) == (95, 94)  # one that the list has in Maryland is of the D.C. Circuit
    papers = [line for at, (row, of) in enumerate(pairs) for line in manner(of.docket, row.docket.court, row.docket.number, 20 + 2 * at)]
    links = follow(cases(rows), [*noise(rows, pairs), *papers])
    linked = [link for link in links if link.state == "linked"]
    assert [families.shown(link.docket) for link in linked if not confirmed(link, rows, battle_of(rows))] == []  # precision 1.0
    assert len({link.docket for link in linked}) == round(recall * len(wanted))
    # what is not certain is put to the operator, with the court that the law names: right for all of these
    asked = [link for link in links if link.state == "proposed" and link.docket.number and link.named.how == "appeal"]
    right = [link for link in asked if confirmed(link, rows, battle_of(rows))]
    assert len({link.docket for link in right}) >= round((1 - recall) * len(wanted))


def test_the_supreme_court_is_linked_with_the_cases_below_by_its_own_data_and_by_theirs(payloads: Path) -> None:
    rows = listed(payloads)
    pairs = [(row, of) for row, of in appeals(rows) if row.docket.court == "scotus" and is_appellate(of.docket.court)]
    assert len(pairs) == 14
    below = [(row, of) for row, of in appeals(rows) if is_appellate(row.docket.court) and circuit_of(of.docket.court) == row.docket.court]
    papers = [line for row, of in below for line in names_the_circuit(of.docket, row.docket.court, row.docket.number, 20)]
    papers += [
        paper(of.docket, 40 + place, f"SUPREME COURT REMARK--application or petition filed. Supreme Court No. {number}")
        for row, of in pairs
        for place, number in enumerate(row.numbers)
    ]
    links = follow(cases(rows), [*noise(rows, pairs), *papers])
    linked = [link for link in links if link.state == "linked"]
    assert [families.shown(link.docket) for link in linked if not confirmed(link, rows, battle_of(rows))] == []
    found = {link.docket.number for link in linked if link.docket.court == "scotus"}
    reached = {row.docket for row, _ in below} | {case.dockets[0] for case in cases(rows)}
    wanted = {number for row, of in pairs if of.docket in reached for number in row.numbers}
    assert found == wanted
    assert len(wanted) == 18

    # and from above: a case that the file has by its Supreme Court docket alone
    own = {row.battle: Docket(court="scotus", number=row.numbers[0]) for row, _ in pairs}
    tops = [Watch(id=f"case-{battle}", kind="case", title=f"Case {battle}", dockets=(docket,)) for battle, docket in own.items()]
    stated = [
        Named(docket=of.docket, by=own[row.battle], how="below", found=f"({of.docket.number})", field="LowerCourtCaseNumbers")
        for row, of in pairs
    ]
    battles = {f"case-{battle}": battle for battle in own}
    down = [link for link in follow(tops, list(noise(rows, pairs)), stated) if link.state == "linked"]
    assert [link for link in down if not confirmed(link, rows, battles, appeals_only=False)] == []
    assert {link.docket for link in down} == {of.docket for _, of in pairs}


COURT_OF = {"chabon": "cand", "kadrey": "cand", "thomson": "ded", "watkins": "mad", "mdl": "jpml", "social": "jpml"}  #: else New York


def test_of_all_recorded_dockets_one_line_names_another_docket_of_its_case(payloads: Path) -> None:
    """Clerks' own words: the transfer of one case to New York is linked; nothing of what parties cite."""
    links: list[Link] = []
    for path in sorted((payloads / "fixtures/courtlistener/docket_feeds").rglob("*.xml")):
        series = path.stem if path.parent.name == "docket_feeds" else path.parent.name
        own = Docket(court=next((court for start, court in COURT_OF.items() if series.startswith(start)), "nysd"), number="1:20-cv-00001")
        case = Watch(id=series, kind="case", title="Nobody of This Name v. Anybody Else", dockets=(own,))
        source = Source(id="x", kind="docket-feeds", url="https://www.courtlistener.com/", every=timedelta(hours=1))
        answer = Page(url=source.url, body=path.read_bytes(), content_type="application/atom+xml")
        made = documents(KINDS["docket-feeds"].read(source, answer).entries, source, now=NOW)
        links += families.found([case], (), [replace(each, docket=own) for each in made])
    assert {(link.watch, families.shown(link.docket), link.state, link.named.found) for link in links} == {
        ("chabon-openai", "nysd 1:25-cv-03291", "linked", "opened in Southern District of New York as case 1:25-cv-03291"),
        ("chabon-openai", "cand 3:23-cv-03223", "proposed", "Consolidating Cases in case 3:23-cv-03223-AMO"),
        ("thomson-reuters-ross", "ca3 ?", "proposed", "NOTICE OF APPEAL to the Third Circuit"),
    }
