"""Every row of `docs/reference/lifecycle.md`, told to one reader: what happens upstream, poll by poll, and what she hears of the last."""

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any

import pytest

from alerts.models import Address
from tests.conftest import ROOT
from tests.followers import Reader, Told
from watcher.models import Docket, Severity, Source, Term, Watch
from watcher.storage import Database

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
TODAY = "2026-11-24"

MDD = Docket(court="mdd", number="8:25-cv-00951", courtlistener=69777799)
SECOND = replace(MDD, courtlistener=70000001)  #: the same case once more
OTHER = Docket(court="mad", number="1:25-cv-10676", courtlistener=69775896)


def source(name: str, kind: str, **fields: Any) -> Source:
    return Source(**{"id": name, "kind": kind, "url": "https://x.test/", "every": HOUR, **fields})


DOCKET, TWIN, ELSEWHERE = (source(f"courts/{each.courtlistener}", "docket-feeds", docket=each) for each in (MDD, SECOND, OTHER))
PRESS, WIRE = source("press", "feed"), source("wire", "feed")
WHITE_HOUSE = source("wh", "feed", primary=True)
INSPECTION, REGISTER = source("inspection", "public-inspection"), source("register", "federal-register")

CASE = Watch(id="case", kind="case", title="The case", names=("Kilmar Abrego Garcia",), dockets=(MDD, SECOND, OTHER))
PRISONS = Watch(id="prisons", kind="doctrine", title="Prisons", terms=(Term(text="foreign prisons"),))
EXILE = Watch(id="exile", kind="doctrine", title="Exile", terms=(Term(text="banishment"),))


# What the sources say


def entry(number: int | str, words: str = "", *, day: str = TODAY, paper: str = "", case: str = "Abrego Garcia v. Noem") -> dict[str, str]:
    """An entry of a docket's feed; a minute entry where the number is `minute-…`."""
    return {"number": str(number), "words": words, "day": day, "paper": paper, "case": case}


def docket(docket: Docket, *entries: dict[str, str]) -> bytes:
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>Docket updates</title><id>https://www.courtlistener.com/</id>'
        + "".join(_entry(docket, **each) for each in reversed(entries))
        + "</feed>"
    ).encode()


def _entry(docket: Docket, number: str, words: str, day: str, paper: str, case: str) -> str:
    slug = case.lower().replace(" ", "-").replace(".", "")
    minute = number.startswith("minute")
    own = f"https://www.courtlistener.com/docket/{docket.courtlistener}/{slug}/?order_by=desc#{'' if minute else 'entry-'}{number}"
    title = f"Minute entry from {day} in {case}" if minute else f"Entry #{number} in {case}"
    file = f'<link href="https://storage.courtlistener.com/{paper}" rel="enclosure" type="application/pdf"/>' if paper else ""
    return (
        f'<entry><title>{title}, {docket.number}</title><link href="{own}" rel="alternate"/><published>{day}T00:00:00-05:00</published>'
        f'<id>{own}</id><summary type="html">{escape(words)}</summary>{file}</entry>'
    )


def article(title: str, about: str = "", *, guid: str = "a", link: str = "https://news.example/a", at: datetime = NOW) -> str:
    return (
        f"<item><guid>{guid}</guid><title>{escape(title)}</title><link>{escape(link)}</link><description>{escape(about)}</description>"
        f"<pubDate>{at:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
    )


def feed(*items: str) -> bytes:
    return f'<rss version="2.0"><channel><title>t</title>{"".join(items)}</channel></rss>'.encode()


def paper(number: str = "2026-19555", **fields: Any) -> dict[str, Any]:
    """A paper as either listing of the register gives it."""
    usual = {
        "document_number": number,
        "title": "Removals to Foreign Prisons",
        "type": "Rule",
        "html_url": f"https://www.federalregister.gov/documents/2026/11/26/{number}/removals",
        "agencies": [{"name": "Homeland Security Department"}],
    }
    return usual | fields


def listed(number: str = "2026-19555", **fields: Any) -> dict[str, Any]:
    filed = {"filing_type": "regular", "filed_at": f"{TODAY}T08:45:00-05:00", "publication_date": "2026-11-26"}
    return paper(number, **(filed | fields))


def published(number: str = "2026-19555", **fields: Any) -> dict[str, Any]:
    return paper(number, **({"publication_date": TODAY, "abstract": "What is removed."} | fields))


def register(*papers: dict[str, Any]) -> bytes:
    return json.dumps({"count": len(papers), "results": list(papers)}).encode()


# What happens


@dataclass(frozen=True)
class Step:
    """A poll, and who hears what of it: `how paper`, in any order."""

    source: Source
    body: bytes
    told: tuple[str, ...] = ()
    after: timedelta = HOUR  #: since the step before


def first_fetch(source: Source) -> bytes:
    """What a source says at its first fetch, of which nothing is told."""
    if source.docket is not None:
        return docket(source.docket, FIRST)
    if source.kind == "feed":
        return feed(article("Football", guid="f", link="https://f.example/"))
    return register()


FIRST = entry(1, "COMPLAINT against Kristi Noem, filed by the plaintiffs. (Entered: 11/20/2026)", day="2026-11-20")


def told(each: Told) -> str:
    """`edit entry-51`, `alert press`, `update fr:2026-19555`."""
    place = each.paper.split(":")[1] if each.paper.startswith("feed:") else each.paper.rpartition("#")[2]
    return f"{each.how} {place}"


async def played(
    database: Database, *steps: Step, watches: tuple[Watch, ...] = (CASE, PRISONS), floor: Severity = Severity.ROUTINE
) -> None:
    """Poll step by step, each source from its first fetch on, and compare what the reader hears of each step."""
    reader = Reader(database, watches)
    await reader.follow(floor=floor)
    now = NOW - HOUR
    for each in {step.source.id: step.source for step in steps}.values():
        await reader.poll(each, first_fetch(each), now)
    assert await reader.hears(now) == []
    for number, step in enumerate(steps, 1):
        now += step.after
        await reader.poll(step.source, step.body, now)
        assert sorted(map(told, await reader.hears(now))) == sorted(step.told), f"step {number}"
    await reader.poll(steps[-1].source, steps[-1].body + b"\n", now + HOUR)  # other bytes, and nothing new in them
    assert await reader.hears(now + HOUR) == []


def court(*entries: dict[str, str], told: tuple[str, ...] = (), after: timedelta = HOUR) -> Step:
    return Step(DOCKET, docket(MDD, *entries), told, after)


ORDER = "ORDER granting 12 Motion to compel the return of the plaintiff. Signed by Judge Paula Xinis on 11/24/2026. (Entered: 11/24/2026)"
LETTER = "LETTER to Judge Xinis about the deposition of the witness of the Department, by the plaintiffs. (Entered: 11/24/2026)"
MOTION = "MOTION to seal the exhibits of the Department in support of its response. Document filed by Kristi Noem. (Entered: 11/24/2026)"
MARKED = f"FILING ERROR - WRONG EVENT TYPE SELECTED FROM MENU - {MOTION}"
AGAIN = f"RE-FILED Document 51 LETTER {MOTION}"
SERVED = "CERTIFICATE OF SERVICE of the response on 11/24/2026 by Kristi Noem. (Entered: 11/24/2026)"
HELD = "Minute Entry for proceedings held before Judge Paula Xinis: Show Cause Hearing held on 11/23/2026."
HEARING = "NOTICE of Hearing: Show Cause Hearing set for 12/1/2026 at 10:00 AM before Judge Paula Xinis. (Entered: 11/24/2026)"
DUE = "PAPERLESS ORDER: the Department's report is due by 12/3/2026 at 05:00 PM. Signed by Judge Paula Xinis. (Entered: 11/24/2026)"
PDF = "recap/mdd.51.0.pdf"
SEALED = f"SEALED {MOTION}"

ON_DOCKETS: dict[str, list[Step]] = {
    "baseline": [court(FIRST)],
    "paper": [court(entry(51, LETTER), told=("alert entry-51",))],
    "stub": [court(entry(51), entry(52, "Letter"), entry("minute-entry-7"), told=("alert entry-51", "alert entry-52"))],
    "stub-filled": [
        court(entry(51), entry(52, "Letter"), told=("alert entry-51", "alert entry-52")),
        court(entry(51, SERVED), entry(52, LETTER), told=("edit entry-51", "edit entry-52")),
    ],
    "stub-ruling": [
        court(entry(51, "Notice (Other)"), entry(52, "Order on Motion to Compel"), told=("alert entry-51", "alert entry-52")),
        court(entry(51, ORDER), entry(52, "Order on Motion to Compel"), told=("update entry-51",)),
    ],
    "stub-of-substance": [
        court(entry(51, "Certificate of Service Other"), entry("minute-entry-7")),
        court(entry(51, LETTER), entry("minute-entry-7", "Motion Hearing"), told=("alert entry-51", "alert minute-entry-7")),
    ],
    "never-told": [
        court(FIRST | {"words": "COMPLAINT against all of them, filed by the plaintiffs. (Entered: 11/20/2026)", "paper": "c.pdf"}),
        court(FIRST | {"words": "SEALED COMPLAINT, filed by the plaintiffs. (Entered: 11/20/2026)"}),
    ],
    "administrative": [
        court(entry(51, "Certificate of Service Other"), entry(52, "NOTICE of Appearance by Jane Roe on behalf of Kristi Noem")),
        court(entry(51, SERVED)),
    ],
    "companion": [
        court(
            entry(51, ORDER.replace("plaintiff.", "plaintiff by 12/1/2026.")),
            entry("minute-entry-7", "Set/Reset Deadlines: return due by 12/1/2026."),
            entry(52, "TRANSCRIPT of Proceedings held on 11/20/2026 before Judge Xinis."),
            entry(53, "NOTICE OF FILING OF OFFICIAL TRANSCRIPT Notice is hereby given that an official transcript has been filed."),
            told=("alert entry-51", "alert entry-52"),
        ),
        court(entry(54, LETTER), told=("alert entry-54",)),
        court(entry(54, LETTER), entry("minute-entry-8", "Letter")),
    ],
    "late": [court(entry(51, LETTER, day="2026-11-09")), court(entry(51, ORDER, day="2026-11-09"))],
    "document-available": [
        court(entry(51, LETTER), entry(52, "Letter"), told=("alert entry-51", "alert entry-52")),
        court(entry(51, LETTER, paper=PDF), entry(52, "Letter", paper="52.pdf")),
    ],
    "uploaded-again": [
        court(entry(51, LETTER, paper=PDF), told=("alert entry-51",)),
        court(entry(51, LETTER, paper="recap/mdd.51.0_1.pdf")),
    ],
    "text-edited": [court(entry(51, LETTER), told=("alert entry-51",)), court(entry(51, LETTER.replace("witness", "witnesses")))],
    "filing-error": [court(entry(51, MARKED), entry(52, "***NOTICE TO ATTORNEY TO RE-FILE DOCUMENT 51."))],
    "told-filing-error": [court(entry(51, MOTION), told=("alert entry-51",)), court(entry(51, MARKED), told=("edit entry-51",))],
    "filed-again": [
        court(entry(51, MOTION), told=("alert entry-51",)),
        court(entry(51, MARKED), told=("edit entry-51",)),
        court(entry(51, MARKED), entry(52, AGAIN)),
    ],
    "filed-again-untold": [court(entry(51, MARKED)), court(entry(51, MARKED), entry(52, AGAIN), told=("alert entry-52",))],
    "sealed": [court(entry(51, MOTION), told=("alert entry-51",)), court(entry(51, SEALED), told=("update entry-51",))],
    "closed-from-the-start": [
        court(entry(51, "Notice (Other)"), entry(52, "Seal"), told=("alert entry-51", "alert entry-52")),
        court(entry(51, f"***EX-PARTE*** {LETTER}"), entry(52, SEALED), told=("edit entry-51", "edit entry-52")),
    ],
    "removed": [
        court(entry(51, LETTER), told=("alert entry-51",)),
        court(entry(51, "***DELETED DOCUMENT. Deleted document number 51 Letter, filed in the wrong case."), told=("update entry-51",)),
    ],
    "unsealed": [
        court(entry(51, SEALED), told=("alert entry-51",)),
        court(entry(51, MOTION, paper=PDF), told=("update entry-51",)),
    ],
    "other-act": [
        court(entry(51, ORDER), told=("alert entry-51",)),
        court(entry(51, ORDER.replace("12 Motion", "[12] Motion"))),
        court(entry(51, ORDER.replace("granting", "denying")), told=("update entry-51",)),
    ],
    "ruling-in-minutes": [
        court(entry(51, "Minute Entry"), entry("minute-entry-7", HELD), told=("alert entry-51", "alert minute-entry-7")),
        court(
            entry(51, f"{HELD} The Court finds the Department in civil contempt."),
            entry("minute-entry-7", f"{HELD} Motion denied from the bench. (Entered: 11/24/2026)"),
            told=("update entry-51", "update minute-entry-7"),
        ),
    ],
    "hearing-moved": [
        court(entry(51, HEARING), entry(52, DUE), told=("alert entry-51", "alert entry-52")),
        court(entry(51, HEARING.replace("12/1", "12/8")), entry(52, DUE), told=("update entry-51",)),
        court(entry(51, HEARING.replace("12/1", "12/8")), entry(52, DUE.replace("05:00", "03:00")), told=("update entry-52",)),
    ],
    "corrected": [
        court(entry(51, ORDER), told=("alert entry-51",)),
        court(entry(51, f"AMENDED {ORDER}"), told=("update entry-51",)),
        court(entry(51, f"AMENDED {ORDER}", paper=PDF)),
        court(entry(51, f"AMENDED {ORDER} Typed anew.", paper=PDF)),
    ][:2],
    "renumbered": [court(entry(51, LETTER), told=("alert entry-51",)), court(entry(51, LETTER, case="Abrego Garcia v. Bondi"))],
    "out-of-the-window": [
        court(entry(51, LETTER), told=("alert entry-51",)),
        court(entry(52, SERVED)),
        court(entry(51, LETTER), entry(52, SERVED)),
    ],
    "gap": [court(*(entry(number, SERVED.replace("response", f"response {number}")) for number in range(101, 131)))],
}

LISTED = Step(INSPECTION, register(listed()), ("alert fr:2026-19555",))
SPECIAL = listed(filing_type="special", publication_date="2026-11-25")
PUBLISHED = Step(REGISTER, register(published()), ("alert fr:2026-19555",))
IN_THE_REGISTER: dict[str, list[Step]] = {
    "special-inspection": [Step(INSPECTION, register(SPECIAL), ("alert fr:2026-19555",))],
    "regular-inspection": [LISTED],
    "published-first": [PUBLISHED, Step(INSPECTION, register(listed()))][:1],
    "special-after-regular": [LISTED, Step(INSPECTION, register(SPECIAL), ("edit fr:2026-19555",))],
    "published": [LISTED, replace(PUBLISHED, told=("edit fr:2026-19555",))],
    "date-moved": [LISTED, Step(INSPECTION, register(listed(publication_date="2026-12-01")), ("edit fr:2026-19555",))],
    "register-corrected": [
        PUBLISHED,
        Step(
            REGISTER,
            register(
                published(),
                published("C1-2026-19555", type="Correction", correction_of="2026-19555", title="Removals to Foreign Prisons; Correction"),
            ),
            ("update fr:2026-19555",),
        ),
    ],
    "withdrawn": [
        LISTED,
        Step(
            INSPECTION,
            register(listed(filed_at=None, publication_date=None, editorial_note="Withdrawn by the agency before publication.")),
            ("update fr:2026-19555",),
        ),
    ],
    "off-the-list": [LISTED, Step(INSPECTION, register())],
    "register-text": [
        PUBLISHED,
        Step(REGISTER, register(published(abstract="What is removed, and what is not.", pdf_url="https://x.test/a.pdf"))),
    ],
}

PRISON = "Men were flown to foreign prisons, says a report"
REPORTED = Step(PRESS, feed(article(PRISON)), ("alert press",))
IN_THE_PRESS: dict[str, list[Step]] = {
    "article": [REPORTED],
    "title-edited": [REPORTED, Step(PRESS, feed(article(f"{PRISON} (updated)")))],
    "article-edited": [REPORTED, Step(PRESS, feed(article(PRISON, "Further words of the report.", at=NOW + HOUR)))],
    "guid-rotates": [
        REPORTED,
        Step(PRESS, feed(article(PRISON, guid="b"))),
        Step(PRESS, feed(article(PRISON, guid="c", link="http://news.example/a?utm_source=rss"))),
    ],
    "comes-back": [REPORTED, Step(PRESS, feed()), Step(PRESS, feed(article(PRISON)), after=timedelta(days=40))],
    "article-withdrawn": [
        REPORTED,
        Step(PRESS, feed(article(PRISON, "This article has been withdrawn: the report was wrong.")), ("update press",)),
    ],
    "article-gone": [REPORTED, Step(PRESS, feed(article("Another match", guid="m", link="https://news.example/m")))],
}

FILED = f"{ORDER} Filed in two cases that are joined."
RULED = "Judge orders the return of Kilmar Abrego Garcia, and compels the government to say how"
PRESIDENT = "By the authority vested in me as President by the Constitution, it is hereby ordered that people be sent to foreign prisons."
SENDING = "Sending People to Foreign Prisons"
SIGNED = article(SENDING, PRESIDENT, guid="eo", link="https://wh.example/eo")
IN_SEVERAL_PLACES: dict[str, list[Step]] = {
    "two-dockets": [court(entry(51, FILED), told=("alert entry-51",)), Step(ELSEWHERE, docket(OTHER, entry(80, FILED)))],
    "two-sources": [court(entry(51, ORDER), told=("alert entry-51",)), Step(replace(DOCKET, id="search/1"), docket(MDD, entry(51, ORDER)))],
    "duplicate-docket": [
        court(entry(51, "Order"), told=("alert entry-51",)),
        Step(TWIN, docket(SECOND, entry(51, "Order"))),
        Step(TWIN, docket(SECOND, entry(51, ORDER))),
    ][:2],
    "ruling-after-news": [Step(PRESS, feed(article(RULED)), ("alert press",)), court(entry(51, ORDER), told=("update entry-51",))],
    "paper-after-news": [
        Step(PRESS, feed(article("Kilmar Abrego Garcia asks court to order his return")), ("alert press",)),
        court(
            entry(51, "MOTION to compel the return of Kilmar Abrego Garcia. Document filed by the plaintiffs. (Entered: 11/24/2026)"),
            told=("edit entry-51",),
        ),
    ],
    "news-after-paper": [court(entry(51, ORDER), told=("alert entry-51",)), Step(PRESS, feed(article(RULED)))],
    "inspection-after-signing": [
        Step(WHITE_HOUSE, feed(SIGNED), ("alert wh",)),
        Step(
            INSPECTION,
            register(listed(title=SENDING, type="Presidential Document", toc_subject="Executive Orders", filing_type="special")),
            ("edit wh",),
        ),
    ],
    "same-words-one-docket": [
        court(entry(51, MOTION), told=("alert entry-51",)),
        court(entry(51, MOTION), entry(52, MOTION), told=("alert entry-52",)),
    ],
}
SCENES = ON_DOCKETS | IN_THE_REGISTER | IN_THE_PRESS | IN_SEVERAL_PLACES
APART = {"matches-more": "alert"}  #: rows that are about another reader, and so have a test of their own below


def page() -> dict[str, str]:
    found = re.findall(r"^\| `([a-z-]+)` \|.*\| ([a-z]+) \|$", (ROOT / "docs/reference/lifecycle.md").read_text("utf-8"), re.MULTILINE)
    return dict(found)


def test_every_row_of_the_page_is_played() -> None:
    assert set(page()) == SCENES.keys() | APART.keys()
    assert APART.items() <= page().items()


@pytest.mark.parametrize("case", SCENES)
def test_the_last_step_of_a_case_tells_what_the_page_says(case: str) -> None:
    (said,) = {each.partition(" ")[0] for each in SCENES[case][-1].told} or {"none"}
    assert said == page()[case]


@pytest.mark.parametrize("case", SCENES)
async def test_a_case_is_told_as_the_page_says(database: Database, case: str) -> None:
    await played(database, *SCENES[case])


# What another reader hears of it


@pytest.mark.parametrize("followed", ["prisons", "exile"])
async def test_further_words_are_news_to_followers_of_a_further_topic_alone(database: Database, followed: str) -> None:
    reader = Reader(database, [PRISONS, EXILE])
    await reader.book.follow(reader.address, [followed], NOW - DAY)
    await reader.poll(PRESS, first_fetch(PRESS), NOW)
    await reader.poll(PRESS, feed(article(PRISON)), NOW + HOUR)
    first = await reader.hears(NOW + HOUR)
    await reader.poll(PRESS, feed(article(PRISON, "A word of banishment, says the report.")), NOW + 2 * HOUR)
    then = await reader.hears(NOW + 2 * HOUR)
    heard = {"prisons": (["alert press"], []), "exile": ([], ["alert press"])}[followed]
    assert ([*map(told, first)], [*map(told, then)]) == heard


KEPT_BACK = {
    "a stub that is an order": [court(entry(51, "Notice (Other)")), court(entry(51, ORDER), told=("alert entry-51",))],
    "a special filing": [replace(LISTED, told=()), Step(INSPECTION, register(SPECIAL), ("alert fr:2026-19555",))],
    "news that a ruling joins": [
        Step(PRESS, feed(article("Kilmar Abrego Garcia asks court to order his return"))),
        court(entry(51, ORDER), told=("alert entry-51",)),
    ],
    "words": [court(entry(51, "Letter")), court(entry(51, LETTER))],
    "a withdrawal": [replace(LISTED, told=()), replace(IN_THE_REGISTER["withdrawn"][1], told=())],
}


@pytest.mark.parametrize("case", KEPT_BACK)
async def test_what_a_floor_kept_back_comes_as_a_first_alert_once_it_presses_enough(database: Database, case: str) -> None:
    await played(database, *KEPT_BACK[case], floor=Severity.URGENT)


async def test_whoever_began_to_follow_in_between_is_told_of_neither(database: Database) -> None:
    reader = Reader(database, [CASE])
    await reader.poll(DOCKET, first_fetch(DOCKET), NOW)
    await reader.poll(DOCKET, docket(MDD, entry(51, "Notice (Other)")), NOW + HOUR)
    await reader.follow(now=NOW + HOUR + MINUTE)
    await reader.poll(DOCKET, docket(MDD, entry(51, ORDER)), NOW + 2 * HOUR)
    assert await reader.hears(NOW + 2 * HOUR) == []


async def test_by_mail_nothing_is_edited_and_all_else_is_told(database: Database) -> None:
    reader = Reader(database, [CASE], address=Address.parse("mailto:ann@example.org"))
    await reader.follow()
    await reader.poll(DOCKET, first_fetch(DOCKET), NOW)
    heard = []
    for hour, words in enumerate(("Notice (Other)", LETTER, ORDER), 1):
        await reader.poll(DOCKET, docket(MDD, entry(51, words)), NOW + hour * HOUR)
        heard.append([*map(told, await reader.hears(NOW + hour * HOUR))])
    assert heard == [["alert entry-51"], [], ["update entry-51"]]


NAMED = published(corrections=[{"document_number": "C1-2026-19555"}])
NAMING = published("C1-2026-19555", type="Correction", correction_of="2026-19555", title="Removals to Foreign Prisons; Correction")
NEXT = published("C2-2026-19555", type="Correction", correction_of="2026-19555", title="Removals to Foreign Prisons; Correction 2")
UPDATED = ("update fr:2026-19555",)


@pytest.mark.parametrize(
    "steps",
    [
        [Step(REGISTER, register(NAMED, NAMING), UPDATED)],
        [Step(REGISTER, register(NAMED), UPDATED), Step(REGISTER, register(NAMED, NAMING))],
        [Step(REGISTER, register(published(), NAMING), UPDATED), Step(REGISTER, register(NAMED, NAMING))],
        [Step(REGISTER, register(NAMED, NAMING), UPDATED), Step(REGISTER, register(NAMED, NAMING, NEXT), UPDATED)],
    ],
)
async def test_a_correction_is_told_once_whichever_of_the_two_papers_says_so_first(database: Database, steps: list[Step]) -> None:
    await played(database, PUBLISHED, *steps)


async def test_what_a_first_fetch_found_is_told_when_it_turns_out_to_be_a_ruling(database: Database) -> None:
    reader = Reader(database, [CASE])
    await reader.follow()
    await reader.poll(DOCKET, docket(MDD, entry(51, "Notice (Other)"), entry(52, "Order")), NOW)
    assert await reader.hears(NOW) == []
    await reader.poll(DOCKET, docket(MDD, entry(51, ORDER), entry(52, ORDER.replace("12", "13"))), NOW + HOUR)
    assert [*map(told, await reader.hears(NOW + HOUR))] == ["alert entry-51"]


async def test_a_burst_of_stubs_is_one_list_and_its_words_are_one_edit_of_it(database: Database) -> None:
    reader = Reader(database, [CASE])
    await reader.follow()
    await reader.poll(DOCKET, first_fetch(DOCKET), NOW)
    numbers = range(51, 56)
    await reader.poll(DOCKET, docket(MDD, *(entry(number, "Letter") for number in numbers)), NOW + HOUR)
    assert len(await reader.hears(NOW + HOUR)) == len(numbers)
    (reference,) = reader.shown
    await reader.poll(
        DOCKET, docket(MDD, *(entry(number, LETTER.replace("witness", f"witness {number}")) for number in numbers)), NOW + 2 * HOUR
    )
    assert {each.how for each in await reader.hears(NOW + 2 * HOUR)} == {"edit"}
    (letter,) = reader.shown.values()
    assert (letter.edits, len(letter.items)) == (reference, len(numbers))
    assert all("witness" in item.title or "witness" in item.summary for item in letter.items)
