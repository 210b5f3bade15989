"""Every page over a real database: what it shows, what it withholds, and what a hostile title cannot do."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import NoReturn

import pytest

from alerts.models import Address
from alerts.storage import Book
from tests.papers import NOW, article, judged, order, stub
from tests.site import WATCHES, get, reader, site_app, stored
from watcher.models import Deadline
from watcher.storage import Database, SourceStore
from watcher.web.pages import PAGE

PATHS = ("/", "/watch/cecot", "/story/1", "/status", "/watch/cecot.atom", "/watch/cecot.json", "/watch/cecot.ics", "/metrics")
MARKUP = ("/", "/watch/cecot", "/story/1", "/status", "/watch/cecot.atom")  #: what a browser reads as markup


async def test_the_overview_shows_stories_with_their_reasons_and_all_topics(database: Database) -> None:
    await stored(database, judged(article(deadlines=(Deadline(label="comments close", on=date(2026, 12, 1)),)), "cecot"))
    page = (await get(database, "/")).text
    assert '<a href="/story/1">a reported of the prison</a>' in page
    assert "“a rep”" in page
    assert "1 Dec 2026" in page
    assert '<a href="/watch/abrego-garcia">Abrego Garcia v. Noem</a>' in page


async def test_an_empty_overview_says_why_and_what_to_do(database: Database) -> None:
    assert "watcher demo" in (await get(database, "/")).text


async def test_paging_loses_no_story_though_an_old_one_was_revised(database: Database) -> None:
    again = timedelta(days=30)
    names = [f"n{number:02}x{number * 7919}" for number in range(PAGE + 5)]
    for number, name in enumerate(names):
        paper = article(name, title=f"{name} {name}a {name}b", summary="", published=NOW - timedelta(days=number % 9))
        await stored(database, judged(paper, "cecot"), at=NOW + timedelta(hours=9 * number))
    revised = article(names[0], title=f"{names[0]} {names[0]}a {names[0]}b", summary="Of another case too.")
    await stored(database, judged(revised, "cecot", "abrego-garcia"), at=NOW + again)
    async with reader(site_app(database)) as client:
        first = (await client.get("/")).text
        older = first.partition('href="/?before=')[2].partition('"')[0]
        second = (await client.get(f"/?before={older}")).text
        topic = (await client.get("/watch/cecot", params={"before": older})).text
    assert [name for name in names if name not in first + second] == []
    assert "Older" not in second
    assert [name for name in names if (name in second) != (name in topic)] == []


async def test_a_topic_shows_what_it_looks_for_and_only_its_stories(database: Database) -> None:
    alpha, beta = article("alpha", title="Alpha prison"), article("beta", title="Beta court")
    await stored(database, judged(alpha, "cecot"), judged(beta, "abrego-garcia"))
    page = (await get(database, "/watch/cecot")).text
    assert "CECOT &amp; &lt;prison&gt;" in page
    assert "Terrorism Confinement Center" in page
    assert "Needs one of these beside them (foreign-imprisonment): foreign prison" in page
    assert "Terms, which together must reach 0.88: Terrorism Confinement Center" in page
    assert "Alpha prison" in page
    assert "Beta court" not in page


async def test_a_story_shows_papers_score_cards_and_revisions(database: Database) -> None:
    await stored(database, judged(order(enclosure="https://court.example/a.pdf"), "abrego-garcia"), source="courtlistener/69777799")
    page = (await get(database, "/story/1")).text
    assert "Order on motion (#51), Abrego Garcia v. Noem" in page
    assert "Score card" in page
    assert "0.95" in page
    assert "title 0–5" in page
    assert "first seen" in page
    assert 'href="https://court.example/a.pdf"' in page
    assert "story:1" in page
    assert "<code>document:cl:69777799#entry-51</code>" in page


async def test_a_score_card_adds_up_to_its_score_as_it_is_shown(database: Database) -> None:
    paper = judged(article(), "cecot")
    (match,) = paper.verdict.matches
    found = replace(match.because[0], score=0.8834)
    because = (found, replace(found, term="abroad: El Salvador", score=0.0))
    verdict = replace(paper.verdict, matches=(replace(match, because=because, score=0.8834),))
    await stored(database, replace(paper, verdict=verdict))
    page = (await get(database, "/story/1")).text
    assert page.count("<td>0.8834</td>") == 2
    assert page.count("<td>context</td>") == 1


@pytest.mark.parametrize("path", ["/story/9", f"/story/{2**63}", f"/story/{10**30}", "/watch/none", "/watch/none.atom", "/nowhere"])
async def test_what_is_not_there_is_404_with_a_page(database: Database, path: str) -> None:
    answer = await get(database, path)
    assert answer.status_code == 404
    assert "Not found" in answer.text
    assert "Not Found" not in answer.text


async def test_an_address_without_a_page_is_said_to_be_one(database: Database) -> None:
    assert "There is no page at this address." in (await get(database, "/nowhere")).text


async def test_a_revision_names_topics_by_their_titles(database: Database) -> None:
    await stored(database, judged(stub(), "abrego-garcia"), source="courtlistener/69777799")
    await stored(database, judged(order(), "abrego-garcia", "cecot"), source="courtlistener/69777799", at=NOW + timedelta(hours=1))
    page = (await get(database, "/story/1")).text
    assert "now an order, and touches CECOT &amp; &lt;prison&gt;" in page


async def test_what_nobody_was_told_is_marked(database: Database) -> None:
    await stored(database, judged(article("old"), "cecot", tell=False))
    assert "<span>not told</span>" in (await get(database, "/")).text
    await stored(database, judged(article("newer", title="Quite another thing", summary=""), "cecot"), at=NOW + timedelta(hours=1))
    assert (await get(database, "/")).text.count("<span>not told</span>") == 1


@pytest.mark.parametrize("path", ["/", "/watch/abrego-garcia", "/story/1"])
async def test_a_clerks_title_has_the_presss_own_beside_it(database: Database, path: str) -> None:
    ruling = order(url="https://court.example/51", enclosure="https://court.example/51.pdf")
    report = article(
        "b",
        title="Abrego Garcia: judge grants restraining order",
        summary="The judge in Abrego Garcia v. Noem granted a temporary restraining order.",
    )
    await stored(database, judged(ruling, "abrego-garcia"), source="courtlistener/69777799")
    await stored(database, judged(report, "abrego-garcia"), at=NOW + timedelta(hours=1))
    page = (await get(database, path)).text
    assert 'Reported as: “Abrego Garcia: judge grants restraining order” <span class="meta">The Press</span>' in page


async def test_links_of_a_court_paper_say_what_they_open(database: Database) -> None:
    ruling = order(url="https://court.example/51", enclosure="https://court.example/51.pdf")
    await stored(database, judged(ruling, "abrego-garcia"), source="courtlistener/69777799")
    page = (await get(database, "/story/1")).text
    assert ">Docket entry</a>" in page
    assert ">PDF</a>" in page


async def test_a_kind_of_topic_that_nobody_watches_has_no_heading(database: Database) -> None:
    page = (await get(database, "/", watches=WATCHES[:1])).text
    assert "<h2>Doctrines" in page
    assert "<h2>Cases" not in page


async def test_status_shows_failing_gone_gaps_and_the_refused_file(database: Database) -> None:
    store = SourceStore(database)
    await store.enrol({"press": "news.example", "courtlistener/69777799": "court.example", "old": "old.example"}, NOW)
    failing, gone = await store.claim_named(["press", "courtlistener/69777799"], NOW)
    failing, gone = sorted((failing, gone), key=lambda state: state.source != "press")
    await store.save(replace(failing, failures=3, last_error="press: status <503>", next_poll_at=NOW), (), NOW, gap=True)
    await store.save(replace(gone, gone=True), (), NOW)
    page = (await get(database, "/status", fault="sources.toml:3:1: <odd>")).text
    assert "Failed 3 times in a row and never answered yet: press: status &lt;503&gt;" in page
    assert "gone for good (410)" in page
    assert "1 gap" in page
    assert "sources.toml:3:1: &lt;odd&gt;" in page
    assert "2 of 2 are in trouble" in page
    assert "old.example" not in page
    assert "2 sources are not answering" in (await get(database, "/")).text


async def test_status_says_once_why_many_sources_fail(database: Database) -> None:
    store = SourceStore(database)
    names = [f"s{number}" for number in range(8)]
    await store.enrol({name: f"{name}.example" for name in names}, NOW)
    for number, state in enumerate(sorted(await store.claim_named(names, NOW), key=lambda state: state.source)):
        fault = "<away>" if number % 2 else f"cannot resolve {state.source}.example"
        await store.save(replace(state, failures=2, last_error=fault, unreached=not number % 2 and number < 6), (), NOW)
    page = (await get(database, "/status", sources=dict.fromkeys(names, "Press"))).text
    assert page.count("&lt;away&gt;") == 1
    assert "4 sources fail alike: &lt;away&gt;" in page
    assert page.count("Failed 2 times in a row and never answered yet, as others do") == 4
    assert page.count("cannot resolve s") == 4  # three, and one that is reached again, are not many
    assert page.index("as others do") < page.index("cannot resolve")


async def test_status_says_of_which_docket_a_source_is(database: Database) -> None:
    await SourceStore(database).enrol({"press": "https://news.example/", "courtlistener/69777799": "https://court.example/"}, NOW)
    page = (await get(database, "/status")).text
    assert 'CourtListener: Abrego Garcia v. Noem (mdd 8:25-cv-00951) <span class="meta">courtlistener/69777799</span>' in page
    assert 'The Press <span class="meta">press</span>' in page


async def test_a_poll_long_overdue_is_trouble(database: Database) -> None:
    await stored(database, judged(article(), "cecot"))
    assert "Overdue" in (await get(database, "/status", now=lambda: NOW + timedelta(days=1))).text


async def test_hostile_titles_stay_text(database: Database) -> None:
    bad = article(title="<script>alert(1)</script> \u202egnp.exe\u2066", summary='"><img src=x onerror=1>', url="javascript:alert(1)")
    await stored(database, judged(bad, "cecot"))
    for path in MARKUP:
        page = (await get(database, path)).text
        assert "<script" not in page
        assert "<img" not in page
        assert "\u202e" not in page
        assert 'href="javascript' not in page
        assert "javascript:" not in page


async def test_every_answer_forbids_scripts_and_foreign_content(database: Database) -> None:
    await stored(database, judged(article(), "cecot"))
    for path in (*PATHS, "/nowhere", "/healthz", "/style.css", "/icon.svg"):
        headers = (await get(database, path)).headers
        assert headers["content-security-policy"].startswith("default-src 'none';")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


async def test_no_readers_address_is_on_any_page(database: Database) -> None:
    book = Book(database)
    for address in ("mailto:reader@example.org", "telegram:123454321"):
        await book.follow(Address.parse(address), ["cecot"], NOW)
    await stored(database, judged(article(), "cecot"))
    for path in PATHS:
        page = (await get(database, path)).text
        assert "reader@example.org" not in page
        assert "123454321" not in page


class Broken(Database):
    """A database whose every use is a bug of ours."""

    def reading(self) -> NoReturn:
        raise ValueError("secret detail")


async def test_a_fault_of_ours_is_500_with_a_page_that_tells_no_detail(database: Database) -> None:
    async with reader(site_app(Broken(database.engine))) as client:
        broken = await client.get("/")
    assert broken.status_code == 500
    assert "A fault of ours" in broken.text
    assert "secret detail" not in broken.text
    assert "content-security-policy" in broken.headers


async def test_a_database_that_answers_is_ready(database: Database) -> None:
    assert (await get(database, "/readyz")).status_code == 200


async def test_metrics_are_by_source_and_only_of_those_polled(database: Database) -> None:
    await stored(database, judged(article(), "cecot"))
    await SourceStore(database).enrol({"old": "old.example"}, NOW)
    text = (await get(database, "/metrics")).text
    assert 'watcher_source_failures{source="press"} 0.0' in text
    assert 'source="old"' not in text


async def test_a_page_cannot_be_posted_to(database: Database) -> None:
    async with reader(site_app(database)) as client:
        answer = await client.post("/status")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


async def test_a_hearing_set_long_before_the_stories_of_the_page_is_among_the_dates_ahead(database: Database) -> None:
    hearing = Deadline(label="motion hearing", on=date(2026, 12, 1))
    await stored(database, judged(order(1, deadlines=(hearing,)), "abrego-garcia"))
    later = [judged(order(number), "abrego-garcia") for number in range(2, PAGE + 3)]
    await stored(database, *later, at=NOW + timedelta(hours=1))
    for path in ("/", "/watch/abrego-garcia"):
        body = (await get(database, path)).text
        assert body.count('href="/story/1"') == 1  # among the dates alone
        assert "motion hearing" in body


async def test_a_hearing_is_shown_with_its_hour_until_a_later_entry_calls_it_off(database: Database) -> None:
    hearing = Deadline(label="motion hearing", on=date(2026, 12, 1), time=time(10, 30), zone="America/New_York")
    await stored(database, judged(order(51, deadlines=(hearing,)), "abrego-garcia"))
    for path in ("/", "/watch/abrego-garcia", "/story/1"):
        body = (await get(database, path)).text
        assert '<time datetime="2026-12-01T15:30:00+00:00">1 Dec 2026, 10:30 a.m. Eastern</time> motion hearing' in body
    assert "DTSTART:20261201T153000Z" in (await get(database, "/watch/abrego-garcia.ics")).text
    await stored(
        database, judged(order(52, published=NOW + timedelta(days=1), off=(hearing,)), "abrego-garcia"), at=NOW + timedelta(days=1)
    )
    for path in ("/", "/watch/abrego-garcia"):
        assert "10:30 a.m." not in (await get(database, path)).text
    assert "A day that a later paper moves, stays or calls off is still here" in (await get(database, "/story/1")).text
    assert "BEGIN:VEVENT" not in (await get(database, "/watch/abrego-garcia.ics")).text
