"""The docket texts whose types and dates are labelled by reading: drawn by a fixed seed, whatever stands in them.

    python benchmarks/entry_types.py --draw [--payloads FOLDER]

FOLDER (else WATCHER_TEST_PAYLOADS, else the folder `shared` beside the repository) holds `fixtures/`. What is printed are ids, nothing
of the texts. The labels themselves are `tests/labels/entry_types.json` (id -> type) and `tests/labels/hearings.json` (id -> dates);
docs/reference/entry-types.md says what each type means.

**All texts.** Every docket text of the fixtures, in order of file and place: Atom docket feeds (each snapshot of a series), docket entries
of the REST interface (list, search, webhook; a search result's attachments stand for their entry; an entry without words of its own
speaks by its main paper), proceedings of the Supreme Court, items of PACER RSS (items with one guid are one filing of several kinds:
their bracketed texts in a row). Of texts that are equal in one court but for white space, the first counts.

**An id** is the file's path below `fixtures/`, `#`, and what names the entry in it: the Atom id's fragment, the entry's id, the end of the
guid, or the place among the proceedings from 0.

**The 300.** Each file, or folder of snapshots, is a stratum, so that rare courts and forms come in. Within it texts stand in an order that
chance made: by the SHA-256 of the seed and the id. The first EACH of every stratum are drawn, and the rest from all others in that order.

**The 60** are drawn in such an order, with another seed, from all texts where a date (`March 3`, `3/3/2025`) stands at most BESIDE
characters from a word of a meeting or of a term to keep. Dates that only say when something was entered, signed or filed do not count.
"""

import argparse
import hashlib
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

ROOT = Path(__file__).parent.parent
ATOM = "{http://www.w3.org/2005/Atom}"

TYPES, HEARINGS = 300, 60  #: how many are drawn
EACH = 10  #: of every stratum, as far as it has so many
BESIDE = 60  #: characters
SEED, HEARINGS_SEED = "entry types", "hearings"

MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
DATE = re.compile(rf"\b{MONTH}\.?\s+\d{{1,2}}\b|\b\d{{1,2}}/\d{{1,2}}/(?:\d{{4}}|\d\d)\b|\b\d{{1,2}}-\d{{1,2}}-\d{{4}}\b", re.IGNORECASE)
TERM = re.compile(r"\b(?:hearings?|conferences?|arguments?|due|deadlines?|set|reset|rescheduled|no later than)\b", re.IGNORECASE)
DONE = re.compile(r"\b(?:entered|modified|signed|filed|dated|held|adopted)\b[^.;()]{0,40}$", re.IGNORECASE)  #: then a date that is past


@dataclass(frozen=True, slots=True, kw_only=True)
class DocketText:
    """One docket text of the fixtures."""

    id: str
    stratum: str
    court: str  #: as PACER's host or CourtListener names it: `nysd`, `ca6`, `scotus`
    filed: date  #: as the source dates the entry
    text: str  #: white space made single blanks; otherwise as given


def main() -> None:
    parser = argparse.ArgumentParser(description="Print the ids of the drawn docket texts, then of those with dates.")
    parser.add_argument("--draw", action="store_true", required=True)
    parser.add_argument("--payloads", type=Path)
    given = parser.parse_args().payloads
    texts = docket_texts((given or Path(os.environ.get("WATCHER_TEST_PAYLOADS") or ROOT.parent / "shared")) / "fixtures")
    lines = [*(text.id for text in drawn(texts)), "", *(text.id for text in drawn_dates(texts))]
    sys.stdout.write("\n".join(lines) + "\n")


# ---- the draws


def drawn(texts: Iterable[DocketText]) -> list[DocketText]:
    """The TYPES texts to type, in the order of the draw."""
    shuffled = sorted(texts, key=lambda text: chance(SEED, text))
    first: list[DocketText] = []
    taken: dict[str, int] = {}
    for text in shuffled:
        taken[text.stratum] = taken.get(text.stratum, 0) + 1
        if taken[text.stratum] <= EACH:
            first.append(text)
    chosen = {text.id for text in first}
    rest = [text for text in shuffled if text.id not in chosen]
    return sorted([*first, *rest][:TYPES], key=lambda text: chance(SEED, text))


def drawn_dates(texts: Iterable[DocketText]) -> list[DocketText]:
    """The HEARINGS texts whose dates are read."""
    return sorted((text for text in texts if speaks_of_a_date(text.text)), key=lambda text: chance(HEARINGS_SEED, text))[:HEARINGS]


def speaks_of_a_date(text: str) -> bool:
    """Whether a date stands beside a word of a meeting or of a term to keep: the plain test of the module's head."""
    terms = [(found.start(), found.end()) for found in TERM.finditer(text)]
    dates = [(found.start(), found.end()) for found in DATE.finditer(text) if not DONE.search(text[: found.start()])]
    return any(term[1] >= day[0] - BESIDE and term[0] <= day[1] + BESIDE for day in dates for term in terms)


def chance(seed: str, text: DocketText) -> str:
    """A place that chance gave this text: the same on every machine."""
    return hashlib.sha256(f"{seed}\n{text.id}".encode()).hexdigest()


# ---- the texts


def docket_texts(fixtures: Path) -> list[DocketText]:
    """All docket texts, each once."""
    seen: set[tuple[str, str]] = set()
    once = []
    for text in every(fixtures):
        if text.text and (text.court, text.text) not in seen:
            seen.add((text.court, text.text))
            once.append(text)
    return once


def every(fixtures: Path) -> Iterator[DocketText]:
    """All docket texts, repeated ones too, in order of file and place."""
    courtlistener = fixtures / "courtlistener"
    for path in sorted((courtlistener / "docket_feeds").rglob("*.xml")):
        yield from of_atom(path, fixtures)
    for path in sorted(courtlistener.glob("*.json")):
        if re.fullmatch(r"docket_entries_page\d|search_type_rd?|webhook_docket_alert", path.stem):
            yield from of_rest(path, fixtures)
    for path in sorted((fixtures / "pacer_rss").glob("*.xml")):
        yield from of_rss(path, fixtures)
    for path in sorted((fixtures / "scotus").glob("*.json")):
        if not path.name.endswith(".expected.json"):
            yield from of_scotus(path, fixtures)


def of_atom(path: Path, fixtures: Path) -> Iterator[DocketText]:
    """A docket feed. Its court is the one that most of its papers are stored for."""
    body = path.read_text("utf-8")
    name = path.relative_to(fixtures).as_posix()
    series = path.parent.relative_to(fixtures).as_posix()
    stratum = name if path.parent.name == "docket_feeds" else series
    hosts = re.findall(r"(?:ecf|gov\.uscourts)\.([a-z0-9]+)", body)
    court = max(sorted(set(hosts)), key=hosts.count)
    for entry in ElementTree.fromstring(body).iter(f"{ATOM}entry"):  # noqa: S314 - files of a collection of our own
        fragment = (entry.findtext(f"{ATOM}id") or "").partition("#")[2]
        yield DocketText(
            id=f"{name}#{fragment}",
            stratum=stratum,
            court=court,
            filed=date.fromisoformat((entry.findtext(f"{ATOM}published") or "")[:10]),
            text=plain(entry.findtext(f"{ATOM}summary") or ""),
        )


def of_rest(path: Path, fixtures: Path) -> Iterator[DocketText]:
    """A page of docket entries, of search results (nested or flat), or the call of a webhook."""
    name = path.relative_to(fixtures).as_posix()
    page = json.loads(path.read_bytes())
    for court, entry in entries(page, fixtures):
        papers = entry.get("recap_documents") or []
        text = plain(entry["description"]) or next((words for paper in papers if (words := plain(paper["description"]))), "")
        yield DocketText(
            id=f"{name}#{entry.get('docket_entry_id') or entry['id']}",
            stratum=name,
            court=court,
            filed=date.fromisoformat(entry.get("entry_date_filed") or entry["date_filed"]),
            text=text,
        )


def entries(page: dict[str, Any], fixtures: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each entry with its court: named by the docket, else by where its papers are stored, else that of the one docket of the fixtures."""
    for result in (page.get("payload") or page)["results"]:
        if "court_id" in result:
            yield from ((result["court_id"], paper) for paper in result["recap_documents"])
            continue
        stored = re.search(r"gov\.uscourts\.([a-z]+)", json.dumps(result))
        yield (stored[1] if stored else json.loads((fixtures / "courtlistener/docket.json").read_bytes())["court_id"]), result


def of_rss(path: Path, fixtures: Path) -> Iterator[DocketText]:
    """A court's feed of the day. Items with one guid are one filing."""
    name = path.relative_to(fixtures).as_posix()
    channel = ElementTree.fromstring(path.read_bytes())  # noqa: S314 - files of a collection of our own
    court = re.sub(r"^.*//ecf\.|\.uscourts\.gov.*$", "", channel.findtext("channel/link") or "")
    filings: dict[str, list[str]] = {}
    dated: dict[str, date] = {}
    for item in channel.iter("item"):
        guid = (item.findtext("guid") or "").strip().rpartition("?")[2]
        words = re.sub(r"\(<a .*|^[^\[]*(?=\[)", "", item.findtext("description") or "", flags=re.DOTALL)
        filings.setdefault(guid, []).append(plain(words))
        dated[guid] = stamp(item.findtext("pubDate") or "").date()
    for guid, texts in filings.items():
        yield DocketText(id=f"{name}#{guid}", stratum=name, court=court, filed=dated[guid], text=" ".join(dict.fromkeys(texts)))


def of_scotus(path: Path, fixtures: Path) -> Iterator[DocketText]:
    """The proceedings of one docket."""
    name = path.relative_to(fixtures).as_posix()
    for place, proceeding in enumerate(json.loads(path.read_bytes())["ProceedingsandOrder"]):
        filed = datetime.strptime(proceeding["Date"], "%b %d %Y").date()  # noqa: DTZ007 - a day, no moment
        yield DocketText(id=f"{name}#{place}", stratum=name, court="scotus", filed=filed, text=plain(proceeding["Text"]))


def stamp(text: str) -> datetime:
    return parsedate_to_datetime(text.strip())


def plain(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    main()
