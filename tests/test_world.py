"""The stand-ins for register, courts and press answer in the shapes of their originals."""

import io
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol

import feedparser
import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from watcher.testing.loopback import Loopback
from watcher.testing.world.courtlistener import SHOWN, Case, CourtListener, Filing
from watcher.testing.world.press import Article, Form, Outlet, Press
from watcher.testing.world.register import Agency, Inspected, Paper, Register
from watcher.testing.world.supreme_court import Application, Proceeding, Robots, SupremeCourt

BUREAU = Agency(raw_name="BUREAU OF SAMPLES", name="Samples Bureau", id=9, slug="samples-bureau")
UNKNOWN = Agency(raw_name="Office Nobody Knows")


class Served(Protocol):
    routes: list[Route]


@asynccontextmanager
async def asking(*places: Served) -> AsyncIterator[httpx.AsyncClient]:
    routes = [route for place in places for route in place.routes]
    async with Loopback(Starlette(routes=routes)) as server, httpx.AsyncClient(base_url=server.base) as client:
        yield client


def paper(number: str, day: date, **more: Any) -> Paper:
    usual: dict[str, Any] = {"title": f"Paper {number}", "type": "Notice", "agencies": (BUREAU,)}
    return Paper(number=number, publication_date=day, **usual | more)


# -- the register


async def search(client: httpx.AsyncClient, *query: tuple[str, str]) -> Mapping[str, Any]:
    answer: Mapping[str, Any] = (await client.get("/api/v1/documents.json", params=list(query))).json()
    return answer


@pytest.fixture
def register() -> Register:
    register = Register()
    for number in range(1, 26):
        register.publish(paper(f"2025-{number:05}", date(2025, 3, 1) + timedelta(days=number)))
    register.publish(paper("2025-00100", date(2025, 2, 1), type="Presidential Document", subtype="Executive Order", abstract=None))
    return register


async def test_the_register_sends_no_validators_and_forbids_keeping(register: Register) -> None:
    async with asking(register) as client:
        answer = await client.get("/api/v1/documents.json", headers={"If-None-Match": "*"})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert not {"etag", "last-modified"} & set(answer.headers)


async def test_pages_by_date_are_walked_by_a_cursor_to_the_last_one(register: Register) -> None:
    seen: list[str] = []
    async with asking(register) as client:
        url = "/api/v1/documents.json?order=newest&per_page=10&fields[]=document_number"
        while url:
            answer = (await client.get(url)).json()
            assert (answer["count"], answer["total_pages"]) == (26, 3)
            seen += [result["document_number"] for result in answer["results"]]
            url = answer.get("next_page_url", "")
            assert not url or "search_after_cursor=" in url
    assert seen == [f"2025-{number:05}" for number in range(25, 0, -1)] + ["2025-00100"]


async def test_pages_by_relevance_have_a_number_and_no_cursor(register: Register) -> None:
    async with asking(register) as client:
        first = await search(client)
        second = (await client.get(first["next_page_url"])).json()
    assert "search_after_cursor" not in first["next_page_url"]
    assert len(first["results"]) == 20
    assert len(second["results"]) == 6
    assert "next_page_url" not in second


async def test_zero_hits_have_neither_results_nor_pages(register: Register) -> None:
    async with asking(register) as client:
        answer = await search(client, ("conditions[term]", "nosuchword"))
    assert answer == {"description": "Documents matching 'nosuchword'", "count": 0}


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ((("conditions[publication_date][gte]", "2025-03-25"),), {"2025-00024", "2025-00025"}),
        ((("conditions[publication_date][is]", "2025-03-02"),), {"2025-00001"}),
        ((("conditions[publication_date][lte]", "2025-02-28"),), {"2025-00100"}),
        ((("conditions[type][]", "PRESDOCU"),), {"2025-00100"}),
        ((("conditions[presidential_document_type][]", "executive_order"),), {"2025-00100"}),
        ((("conditions[presidential_document_type][]", "proclamation"),), set()),
        ((("conditions[type][]", "RULE"), ("conditions[type][]", "PRESDOCU")), {"2025-00100"}),
        ((("conditions[agencies][]", "another-bureau"),), set()),
        ((("conditions[term]", "00007"),), {"2025-00007"}),
    ],
)
async def test_conditions_narrow_the_search(register: Register, query: tuple[tuple[str, str], ...], numbers: set[str]) -> None:
    async with asking(register) as client:
        answer = await search(client, *query, ("per_page", "1000"))
    assert {result["document_number"] for result in answer.get("results", [])} == numbers


@pytest.mark.parametrize(
    ("query", "status", "body"),
    [
        ("conditions[presidents][]=x", 400, {"errors": {"presidents": "is not a valid field"}}),
        (
            "fields[]=subtype&fields[]=presidential_document_type",
            400,
            {"status": 400, "message": "field 'presidential_document_type' not valid"},
        ),
        ("order=newest&search_after_cursor=bad", 400, {"status": 400, "message": "Invalid search_after_cursor token"}),
    ],
)
async def test_a_wrong_question_is_refused_in_json(register: Register, query: str, status: int, body: Mapping[str, Any]) -> None:
    async with asking(register) as client:
        answer = await client.get(f"/api/v1/documents.json?{query}")
    assert (answer.status_code, answer.json()) == (status, body)


@pytest.mark.parametrize(("asked", "size"), [("2", 2), ("1", 20), ("0", 20), ("many", 20), ("2001", 20), ("2000", 26)])
async def test_a_page_size_out_of_bounds_becomes_twenty_silently(register: Register, asked: str, size: int) -> None:
    async with asking(register) as client:
        assert len((await search(client, ("per_page", asked)))["results"]) == size


async def test_an_unknown_number_is_json_and_an_unknown_page_is_html(register: Register) -> None:
    async with asking(register) as client:
        number, page = await client.get("/api/v1/documents/2025-99999.json"), await client.get("/api/v1/documents/.json")
        several = (await client.get("/api/v1/documents/2025-00001,2025-99999.json")).json()
    assert (number.status_code, number.json()) == (404, {"status": 404, "message": "Record Not Found"})
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert (several["count"], several["errors"]) == (1, {"not_found": ["2025-99999"]})


async def test_a_correction_and_what_it_corrects_name_each_other(register: Register) -> None:
    register.publish(paper("C1-2025-00001", date(2025, 3, 9), type="Correction", correction_of="2025-00001"))
    async with asking(register) as client:
        corrected = (await client.get("/api/v1/documents/2025-00001.json")).json()
        correction = (await client.get("/api/v1/documents/C1-2025-00001.json")).json()
    assert corrected["corrections"] == ["https://www.federalregister.gov/api/v1/documents/C1-2025-00001"]
    assert correction["correction_of"] == "https://www.federalregister.gov/api/v1/documents/2025-00001"


async def test_a_day_is_taken_back_for_who_lives_later() -> None:
    register = Register(backdate=lambda day: day - timedelta(days=600))
    register.publish(paper("2025-00001", date(2025, 3, 20)))
    async with asking(register) as client:
        within = await search(client, ("conditions[publication_date][gte]", (date(2025, 3, 14) + timedelta(days=600)).isoformat()))
        after = await search(client, ("conditions[publication_date][gte]", (date(2025, 3, 21) + timedelta(days=600)).isoformat()))
    assert (within["count"], after["count"]) == (1, 0)


async def current(client: httpx.AsyncClient) -> Mapping[str, Any]:
    answer: Mapping[str, Any] = (await client.get("/api/v1/public-inspection-documents/current.json")).json()
    return answer


async def test_the_inspection_list_tells_special_from_regular_filings() -> None:
    register = Register()
    register.inspect(Inspected(paper=paper("2025-00001", date(2025, 3, 20)), filed_at=datetime(2025, 3, 19, 12, 45, tzinfo=UTC)))
    special = Inspected(
        paper=paper("2025-00002", date(2025, 3, 20)),
        subjects=("One;", "Two"),
        filed_at=datetime(2025, 3, 19, 15, 15, tzinfo=UTC),
        special=True,
    )
    register.inspect(special)
    async with asking(register) as client:
        answer = await current(client)
    assert (answer["count"], list(answer)) == (2, ["count", "results", "special_filings_updated_at", "regular_filings_updated_at"])
    assert answer["special_filings_updated_at"] == "2025-03-19T11:15:00.000-04:00"
    assert answer["regular_filings_updated_at"] == "2025-03-19T08:45:00.000-04:00"
    shown = [(result["filing_type"], result["title"], result["filed_at"]) for result in answer["results"]]
    assert shown == [
        ("regular", "Paper 2025-00001  ", "2025-03-19T08:45:00.000-04:00"),
        ("special", "One; Two ", "2025-03-19T11:15:00.000-04:00"),
    ]


async def test_a_withdrawn_paper_stays_listed_without_its_dates() -> None:
    register = Register()
    register.inspect(Inspected(paper=paper("2025-00001", date(2025, 3, 20)), filed_at=datetime(2025, 3, 19, 12, 45, tzinfo=UTC)))
    register.withdraw("2025-00001", "Withdrawn at the agency's wish.")
    async with asking(register) as client:
        (result,) = (await current(client))["results"]
    assert (result["filed_at"], result["publication_date"], result["page_views"]) == (None, None, None)
    assert result["editorial_note"] == "Withdrawn at the agency's wish."


async def test_a_printed_paper_leaves_the_inspection_list_under_its_number() -> None:
    register = Register()
    there = paper("2025-00001", date(2025, 3, 20))
    register.inspect(Inspected(paper=there, filed_at=datetime(2025, 3, 19, 12, 45, tzinfo=UTC)))
    register.publish(there)
    async with asking(register) as client:
        inspected, printed = await current(client), await search(client)
    assert (inspected["count"], inspected["results"], inspected["regular_filings_updated_at"]) == (0, [], None)
    assert [result["document_number"] for result in printed["results"]] == ["2025-00001"]


async def test_an_unknown_agency_has_only_its_raw_name() -> None:
    register = Register()
    register.publish(paper("2025-00001", date(2025, 3, 20), agencies=(UNKNOWN,)))
    async with asking(register) as client:
        assert (await search(client))["results"][0]["agencies"] == [{"raw_name": "Office Nobody Knows"}]


@pytest.mark.parametrize("name", ["documents_presdocu_page1.json", "documents_executive_orders.json"])
async def test_a_search_has_the_keys_that_were_recorded(payloads: Any, register: Register, name: str) -> None:
    recorded = json.loads((payloads / "fixtures" / "federal_register" / name).read_bytes())
    async with asking(register) as client:
        answer = await search(client, ("order", "newest"), ("per_page", "2"))
    assert list(answer) == list(recorded)
    assert list(answer["results"][0]) == list(recorded["results"][0])
    assert list(answer["results"][0]["agencies"][0]) == list(recorded["results"][0]["agencies"][0])


async def test_the_inspection_list_has_the_keys_that_were_recorded(payloads: Any) -> None:
    recorded = json.loads((payloads / "fixtures" / "federal_register" / "public_inspection_current.json").read_bytes())
    register = Register()
    register.inspect(Inspected(paper=paper("2025-00001", date(2025, 3, 20)), filed_at=datetime(2025, 3, 19, 12, 45, tzinfo=UTC)))
    async with asking(register) as client:
        answer = await current(client)
    assert set(answer) == set(recorded)
    assert list(answer["results"][0]) == list(recorded["results"][0])


# -- the courts


def case(*filings: Filing) -> Case:
    return Case(
        id=7,
        court="mdd",
        number="8:25-cv-00007",
        name="Roe & Co. v. Doe",
        slug="roe-co-v-doe",
        filings={filing.fragment: filing for filing in filings},
    )


def parsed(body: bytes) -> Any:
    feed = feedparser.parse(io.BytesIO(body))
    assert not feed.bozo, feed.bozo_exception
    return feed


async def test_a_docket_feed_holds_the_newest_thirty_dated_entries() -> None:
    filings = [Filing(number=number, filed=date(2025, 4, 1), text=f"Line {number}") for number in range(1, 41)]
    courts = CourtListener([case(*filings, Filing(number=41, filed=None, text="undated"))])
    async with asking(courts) as client:
        feed = parsed((await client.get("/docket/7/feed/")).content)
    assert [entry.id.partition("#")[2] for entry in feed.entries] == [f"entry-{number}" for number in range(40, 40 - SHOWN, -1)]


async def test_a_docket_entry_says_what_is_known_of_it() -> None:
    numbered = Filing(number=5, filed=date(2025, 4, 4), short="Order", file="https://ecf.example/doc1/5?caseid=7&x=1")
    minute = Filing(row=99, filed=date(2025, 1, 4), text="Minute Entry & more", file="https://ecf.example/never")
    async with asking(CourtListener([case(minute, numbered)])) as client:
        feed = parsed((await client.get("/docket/7/feed/")).content)
    place = "https://www.courtlistener.com/docket/7/roe-co-v-doe/"
    shown = [
        (
            entry.title,
            entry.id,
            entry.links[0].href,
            entry.summary,
            entry.published,
            [link.href for link in entry.links if link.rel == "enclosure"],
        )
        for entry in feed.entries
    ]
    assert shown == [
        (
            "Entry #5 in Roe & Co. v. Doe, 8:25-cv-00007",
            f"{place}?order_by=desc#entry-5",
            f"{place}?order_by=desc#entry-5",
            "Order",
            "2025-04-04T00:00:00-07:00",
            ["https://ecf.example/doc1/5?caseid=7&x=1"],
        ),
        (
            "Minute entry from 2025-01-04 in Roe & Co. v. Doe, 8:25-cv-00007",
            f"{place}?order_by=desc#minute-entry-99",
            place,
            "Minute Entry & more",
            "2025-01-04T00:00:00-08:00",
            [],
        ),
    ]


async def test_an_amended_entry_keeps_identity_place_and_date() -> None:
    courts = CourtListener(
        [case(Filing(number=5, filed=date(2025, 4, 4), short="Order"), Filing(number=6, filed=date(2025, 4, 4), text="Letter"))]
    )
    async with asking(courts) as client:
        before = await client.get("/docket/7/feed/")
        courts.amend(7, "entry-5", text="ORDER granting the motion.")
        after = await client.get("/docket/7/feed/", headers={"If-Modified-Since": before.headers["last-modified"]})
    assert [entry.summary for entry in parsed(before.content).entries] == ["Letter", "Order"]
    assert [entry.summary for entry in parsed(after.content).entries] == ["Letter", "ORDER granting the motion."]
    assert [entry.id for entry in parsed(after.content).entries] == [entry.id for entry in parsed(before.content).entries]
    assert (after.status_code, after.headers["last-modified"]) == (200, "Fri, 04 Apr 2025 07:00:00 GMT")


@pytest.mark.parametrize("docket", ["8", "x", "7/more"])
async def test_an_unknown_docket_is_a_page_that_is_not_there(docket: str) -> None:
    async with asking(CourtListener([case()])) as client:
        answer = await client.get(f"/docket/{docket}/feed/")
    assert answer.status_code == 404


@pytest.fixture
def court() -> SupremeCourt:
    application = Application(
        number="24A7",
        petitioner="Jane Roe, Applicant",
        respondent="John Doe",
        docketed=date(2025, 4, 7),
        lower_court="United States Court of Appeals for the Fourth Circuit",
        lower_numbers="(25-7)",
        proceedings=(Proceeding(on=date(2025, 4, 7), text="Application filed."),),
    )
    return SupremeCourt([application])


async def test_a_docket_of_the_supreme_court_honours_its_etag(court: SupremeCourt) -> None:
    async with asking(court) as client:
        first = await client.get("/rss/cases/JSON/24A7.json")
        again = await client.get("/rss/cases/JSON/24A7.json", headers={"If-None-Match": first.headers["etag"]})
        court.proceed("24A7", Proceeding(on=date(2025, 4, 10), text="Granted.", links=(("Opinion", "https://example.org/a/b.pdf"),)))
        changed = await client.get("/rss/cases/JSON/24A7.json", headers={"If-None-Match": first.headers["etag"]})
        unknown = await client.get("/rss/cases/JSON/24A8.json")
    assert (first.headers["cache-control"], again.status_code, changed.status_code, unknown.status_code) == ("max-age=120", 304, 200, 404)
    assert changed.json()["ProceedingsandOrder"] == [
        {"Date": "Apr 07 2025", "Text": "Application filed."},
        {
            "Date": "Apr 10 2025",
            "Text": "Granted.",
            "Links": [{"Description": "Opinion", "File": "b.pdf", "DocumentUrl": "https://example.org/a/b.pdf"}],
        },
    ]


async def test_a_docket_of_the_supreme_court_has_the_keys_that_were_recorded(payloads: Any, court: SupremeCourt) -> None:
    recorded = json.loads((payloads / "fixtures" / "scotus" / "24A1.json").read_bytes())
    async with asking(court) as client:
        answer = (await client.get("/rss/cases/JSON/24A7.json")).json()
    assert list(answer) == list(recorded)
    assert answer["CaseNumber"] == "24A7 "
    assert list(answer["Petitioner"][0]) == list(recorded["Respondent"][0])


@pytest.mark.parametrize(("mood", "status"), [("allows", 200), ("refuses", 200), ("missing", 404), ("broken", 503)])
async def test_robots_txt_has_its_moods(mood: Robots, status: int) -> None:
    async with asking(SupremeCourt(robots=mood)) as client:
        answer = await client.get("/robots.txt")
    assert answer.status_code == status
    assert ("Disallow: /rss/cases/" in answer.text) is (mood == "refuses")


# -- the press

NOON = datetime(2025, 4, 10, 16, tzinfo=UTC)


def outlet(**more: Any) -> Outlet:
    usual: dict[str, Any] = {"id": "paper", "title": "Paper & Ink", "home": "https://paper.example"}
    return Outlet(**usual | more)


def article(guid: str = "a1", **more: Any) -> Article:
    usual: dict[str, Any] = {"title": "One <b>bold</b> & two", "summary": "Some <i>words</i>.", "published": NOON}
    return Article(id=guid, **usual | more)


@pytest.mark.parametrize("form", ["rss", "rdf", "atom"])
async def test_each_xml_form_is_well_formed_and_says_the_same(form: Form) -> None:
    press = Press()
    press.open(outlet(form=form))
    press.publish("paper", article(query="utm_source=rss&x=1"))
    async with asking(press) as client:
        feed = parsed((await client.get("/press/paper/feed")).content)
    (entry,) = feed.entries
    assert (feed.feed.title, entry.title) == ("Paper & Ink", "One <b>bold</b> & two")
    assert entry.link == "https://paper.example/2025/04/10/a1?utm_source=rss&x=1"
    assert tuple(entry.get("published_parsed") or entry.updated_parsed)[:5] == (2025, 4, 10, 16, 0)


async def test_a_json_feed_has_ids_addresses_and_dates() -> None:
    press = Press()
    press.open(outlet(form="json"))
    press.publish("paper", article())
    async with asking(press) as client:
        answer = await client.get("/press/paper/feed")
    assert answer.headers["content-type"] == "application/feed+json; charset=utf-8"
    assert answer.json()["items"] == [
        {
            "id": "a1",
            "url": "https://paper.example/2025/04/10/a1",
            "title": "One <b>bold</b> & two",
            "content_html": "<p>Some <i>words</i>.</p>",
            "date_published": "2025-04-10T16:00:00Z",
        }
    ]


async def test_a_feed_is_sent_again_only_when_it_changed() -> None:
    press = Press()
    press.open(outlet())
    press.publish("paper", article())
    async with asking(press) as client:
        first = await client.get("/press/paper/feed")
        etag = {"If-None-Match": first.headers["etag"]}
        again = await client.get("/press/paper/feed", headers=etag)
        dated = await client.get("/press/paper/feed", headers={"If-Modified-Since": first.headers["last-modified"]})
        press.rewrite("paper", "a1", title="Another headline")
        changed = await client.get("/press/paper/feed", headers=etag)
    assert [answer.status_code for answer in (first, again, dated, changed)] == [200, 304, 304, 200]


async def test_a_rewritten_article_keeps_its_address() -> None:
    press = Press()
    press.open(outlet())
    press.publish("paper", article("a1"), article("a0"))
    press.rewrite("paper", "a1", title="Another headline", new_guid="a1-r2")
    press.rewrite("paper", "a1-r2", new_guid="a1-r3")
    async with asking(press) as client:
        feed = parsed((await client.get("/press/paper/feed")).content)
    assert [(entry.id, entry.title, entry.link.rpartition("/")[2]) for entry in feed.entries] == [
        ("a1-r3", "Another headline", "a1"),
        ("a0", "One <b>bold</b> & two", "a0"),
    ]


async def test_a_restless_newsroom_sends_a_new_etag_with_the_same_bytes() -> None:
    press = Press()
    press.open(outlet(restless=True))
    async with asking(press) as client:
        first = await client.get("/press/paper/feed")
        second = await client.get("/press/paper/feed", headers={"If-None-Match": first.headers["etag"]})
    assert (second.status_code, second.content == first.content, second.headers["etag"] == first.headers["etag"]) == (200, True, False)


async def test_a_busy_newsroom_asks_for_patience_and_then_answers() -> None:
    press = Press()
    press.open(outlet(busy=2, wait=7))
    async with asking(press) as client:
        answers = [await client.get("/press/paper/feed") for _ in range(3)]
    assert [(answer.status_code, answer.headers.get("retry-after")) for answer in answers] == [(503, "7"), (503, "7"), (200, None)]


async def test_a_moved_feed_says_where_and_a_broken_one_sends_a_page() -> None:
    press = Press()
    press.open(outlet(old_path="/press/old.xml"))
    press.open(outlet(id="broken", html=True))
    async with asking(press) as client:
        moved, broken, unknown = [await client.get(path) for path in ("/press/old.xml", "/press/broken/feed", "/press/nobody/feed")]
    assert (moved.status_code, moved.headers["location"]) == (301, "/press/paper/feed")
    assert (broken.status_code, broken.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert unknown.status_code == 404
