"""An address that is not stored: the keys it might be known by, and who should have brought it."""

from dataclasses import replace

import pytest

from tests.papers import NOW, SOURCE
from watcher.models import Docket, Source, SourceState
from watcher.ports import SourceRow
from watcher.unseen import Brought, Unseen, bare_host, forms_of, keys_of, unseen, unseen_json, unseen_lines


def source(name: str, url: str, **fields: object) -> Source:
    return replace(SOURCE, id=name, url=url, **fields)  # type: ignore[arg-type]  # fields of any kind


HRW = source("hrw", "https://www.hrw.org/rss/news")
FEEDS = source("times", "https://feeds.times.example/world.xml")
BBC = source("bbc", "https://feeds.bbc.co.uk/news")
OFF = source("off", "https://quiet.example/feed", enabled=False)
COURT = source(
    "courtlistener/69777799", "https://www.courtlistener.com/", docket=Docket(court="mdd", number="8:25-cv-00951", courtlistener=69777799)
)
OTHER = source(
    "courtlistener/69741724", "https://www.courtlistener.com/", docket=Docket(court="dcd", number="1:25-cv-00766", courtlistener=69741724)
)
ALL = (HRW, FEEDS, BBC, OFF, COURT, OTHER)


def said(found: Unseen, row: SourceRow | None = None, reason: str = "") -> list[str]:
    return unseen_lines(found, lambda _source: row, lambda _group: reason)


def row(gaps: int = 0, **fields: object) -> SourceRow:
    state = SourceState(**{"source": "hrw", "next_poll_at": NOW, "last_ok_at": NOW, "polls": 9, **fields})  # type: ignore[arg-type]  # fields of any kind
    return SourceRow(state=state, last_new_at=NOW, gaps=gaps, documents=1, backfill=0)


@pytest.mark.parametrize(
    ("url", "keys"),
    [
        ("http://www.hrw.org/news/1/?utm_source=x", ("url:hrw.org/news/1",)),
        (
            "https://www.federalregister.gov/documents/2025/03/20/2025-04865/invocation",
            ("fr:2025-04865", "fr:2025-4865", "url:federalregister.gov/documents/2025/03/20/2025-04865/invocation"),
        ),
        ("https://www.federalregister.gov/d/C1-2025-90101", ("fr:C1-2025-90101", "url:federalregister.gov/d/C1-2025-90101")),
        (
            "https://www.courtlistener.com/docket/69777799/x/#entry-21",
            ("cl:69777799#entry-21", "url:courtlistener.com/docket/69777799/x#entry-21"),
        ),
        ("https://www.courtlistener.com/docket/69777799/21/x/", ("cl:69777799#entry-21", "url:courtlistener.com/docket/69777799/21/x")),
        ("https://www.courtlistener.com/docket/69777799/x/", ("url:courtlistener.com/docket/69777799/x",)),
        ("https://example.org/", ()),
        ("no address", ()),
        ("https://[", ()),
    ],
)
def test_an_address_has_the_keys_under_which_its_document_may_be_known(url: str, keys: tuple[str, ...]) -> None:
    assert keys_of(url) == keys


def test_a_docket_page_of_the_supreme_court_has_two_addresses() -> None:
    page = "https://www.supremecourt.gov/docket/docketfiles/html/public/24A949.html"
    assert forms_of(page) == (page, "https://www.supremecourt.gov/search.aspx?filename=/docket/docketfiles/html/public/24a949.html")
    assert forms_of("http://hrw.org/x") == ("https://hrw.org/x",)
    assert forms_of("nothing") == ()


@pytest.mark.parametrize(
    ("url", "sources"),
    [
        ("https://hrw.org/news/2", (HRW,)),
        ("https://www.times.example/a", (FEEDS,)),
        ("https://www.bbc.co.uk/news/1", (BBC,)),
        ("https://www.other.co.uk/news/1", ()),
        ("https://quiet.example/1", (OFF,)),
        ("https://www.courtlistener.com/docket/69777799/abrego/", (COURT,)),
        ("https://www.courtlistener.com/opinion/1/", (COURT, OTHER)),
        ("https://unknown.example/1", ()),
        ("http://127.0.0.1:8001/1", ()),
    ],
)
def test_the_sources_of_its_host_or_else_of_its_domain_should_have_brought_it(url: str, sources: tuple[Source, ...]) -> None:
    here = source("mirror", "http://127.0.0.1:8000/feed")
    assert unseen(url, (*ALL, here)).sources == sources


def test_a_source_that_is_polled_says_when_it_last_was_and_what_it_lost() -> None:
    found = unseen("https://hrw.org/news/2", ALL)
    assert said(found, row(gaps=1)) == [
        "https://hrw.org/news/2",
        "  not stored: no source has brought it",
        "  hrw asks hrw.org: enabled, last good poll 2026-11-24 12:00 UTC, 9 good polls, 1 gap; entries were lost in the gap",
    ]
    assert said(found, row(failures=3, last_error="status 503"))[-1].endswith("failed 3 times in a row: status 503")
    assert said(found)[-1] == "  hrw asks hrw.org: enabled, never polled"


def test_a_source_that_is_off_says_why() -> None:
    found = unseen("https://quiet.example/1", ALL)
    assert said(found, reason="it refuses robots")[-1] == "  off asks quiet.example: disabled: it refuses robots"
    assert said(found)[-1] == "  off asks quiet.example: disabled"


def test_where_no_source_asks_the_host_that_is_said_and_who_has_brought_of_it_all_the_same() -> None:
    assert said(unseen("https://unknown.example/1", ALL))[-1] == "  no source asks unknown.example: add one to hear of it"
    found = unseen("https://unknown.example/1", ALL, [Brought(source="hrw", documents=2)])
    assert said(found)[-2:] == ["  no source asks unknown.example", "  hrw has brought 2 documents of unknown.example"]


def test_a_docket_of_no_case_is_told_by_its_number() -> None:
    found = unseen("https://www.courtlistener.com/docket/123/x/", ALL, [Brought(source="courtlistener/69777799", documents=2)])
    assert said(found)[2:] == ["  docket 123 is of no case in sources.toml: add it to one to follow it"]


def test_of_many_sources_only_some_are_named() -> None:
    many = [source(f"courtlistener/{number}", "https://www.courtlistener.com/") for number in range(12)]
    lines = said(unseen("https://www.courtlistener.com/opinion/1/", many))
    assert len(lines) == 11
    assert lines[-1] == "  and 4 more sources of courtlistener.com; `watcher status` lists them"


def test_the_same_can_be_read_by_a_program() -> None:
    found = unseen("https://hrw.org/news/2", ALL, [Brought(source="times", documents=1)])
    data = unseen_json(found, lambda _source: row(gaps=2, failures=1, last_error="status 503"), lambda _group: "")
    assert data == {
        "url": "https://hrw.org/news/2",
        "stored": False,
        "host": "hrw.org",
        "docket": None,
        "sources": [
            {
                "source": "hrw",
                "enabled": True,
                "reason": "",
                "last_ok_at": NOW.isoformat(),
                "failures": 1,
                "error": "status 503",
                "gone": False,
                "gaps": 2,
            }
        ],
        "brought": [{"source": "times", "documents": 1}],
    }
    assert unseen_json(found, lambda _source: None, lambda _group: "")["sources"] != data["sources"]


def test_hosts_are_compared_without_www_and_with_their_port() -> None:
    assert bare_host("https://www.hrw.org:443/a") == "hrw.org"
    assert bare_host("http://127.0.0.1:8001/a") == "127.0.0.1:8001"
    assert bare_host("x") == ""
