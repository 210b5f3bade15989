"""What is particular to each kind: the address it asks, the stage it sees, what it refuses."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.conftest import ROOT
from watcher.dates import WASHINGTON
from watcher.errors import ParseError
from watcher.models import Docket, Document, DocumentType, Entry, Source, Stage
from watcher.normalize import documents
from watcher.ports import Page, Reading
from watcher.sources import KINDS, federal_register
from watcher.sources.docket_feeds import stage_of
from watcher.sources.federal_register import FIELDS
from watcher.sources.register import numbers, type_of

NOW = datetime(2025, 4, 12, 2, tzinfo=UTC)  # still the 11th in Washington
ABREGO = Docket(court="mdd", number="8:25-cv-00951", courtlistener=69777799)
NOEM = Docket(court="scotus", number="No. 24A949")


def source(kind: str, docket: Docket | None = None, url: str = "") -> Source:
    return Source(
        id=kind, kind=kind, url=url or KINDS[kind].DEFAULT_URL or "https://example.org/feed", every=timedelta(minutes=15), docket=docket
    )


def read(asked: Source, body: str | Mapping[str, Any], *, content_type: str = "") -> Reading:
    raw = body if isinstance(body, str) else json.dumps(body)
    return KINDS[asked.kind].read(asked, Page(url=asked.url, body=raw.encode(), content_type=content_type))


def made(asked: Source, body: str | Mapping[str, Any]) -> list[Document]:
    return documents(read(asked, body).entries, asked, now=NOW)


def known(document: Document) -> set[str]:
    return {document.key, *document.keys}


# feed


def rss(*items: str) -> str:
    return f"<rss version='2.0'><channel><title>t</title>{''.join(f'<item>{item}</item>' for item in items)}</channel></rss>"


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("<link>/a</link><guid>g</guid>", "https://example.org/a"),
        ("<guid>https://example.org/b</guid>", "https://example.org/b"),
        ("<guid isPermaLink='false'>https://example.org/c</guid>", "https://example.org/c"),
        ("<guid isPermaLink='false'>tag:d</guid>", ""),
        (
            "<link>https://feeds.example/~r/x</link><f:origLink xmlns:f='http://rssnamespace.org/feedburner/ext/1.0'>https://example.org/e</f:origLink>",
            "https://example.org/e",
        ),
    ],
)
def test_the_page_of_an_item_is_its_own_link_or_a_guid_that_is_one(item: str, expected: str) -> None:
    assert made(source("feed"), rss(f"<title>x</title>{item}"))[0].url == expected


def test_a_charset_of_the_server_is_believed_before_the_declaration() -> None:
    body = "<?xml version='1.0' encoding='utf-8'?>" + rss("<title>Prisión</title>")
    answer = Page(url="https://example.org/feed", body=body.encode("latin-1"), content_type="application/xml; charset=iso-8859-1")
    assert KINDS["feed"].read(source("feed"), answer).entries[0].title == "Prisión"


def test_an_entity_of_a_document_type_reads_no_file() -> None:
    body = "<!DOCTYPE rss [<!ENTITY f SYSTEM 'file:///etc/passwd'>]>" + rss("<title>a &f; b</title>")
    assert "root:" not in repr(read(source("feed"), body))


def test_a_json_feed_keeps_its_good_items_beside_the_bad() -> None:
    reading = read(
        source("feed"), {"version": "https://jsonfeed.org/version/1", "items": [None, {"id": 7, "title": ["x"]}, 1.5, {"id": True}]}
    )
    assert reading == Reading(
        entries=(Entry(id="7"), Entry()),
        faults=("item 1: null where an object should be", "item 3: a number where an object should be"),
    )


# federal-register, public-inspection


def test_the_register_is_asked_for_a_week_of_washington_without_an_end() -> None:
    asked = KINDS["federal-register"].ask(source("federal-register"), NOW)
    query = parse_qs(urlsplit(asked.url).query)
    assert asked.url.startswith("https://www.federalregister.gov/api/v1/documents.json?")
    assert query == {
        "conditions[publication_date][gte]": ["2025-04-04"],
        "order": ["newest"],
        "per_page": ["1000"],
        "fields[]": list(FIELDS),
    }
    assert (asked.cap, asked.types, asked.conditional) == (10_000_000, ("application/json",), False)
    assert "page_views" not in FIELDS


def days_asked(url: str) -> tuple[str, str | None]:
    query = parse_qs(urlsplit(url).query)
    return query[federal_register.GTE][0], query.get(federal_register.LTE, [None])[0]


@pytest.mark.parametrize("every", [timedelta(minutes=15), timedelta(hours=2), timedelta(hours=8), timedelta(days=1), timedelta(days=2)])
def test_twice_a_month_the_first_poll_looks_for_corrections_of_ninety_days(every: timedelta) -> None:
    register = replace(source("federal-register"), every=every)
    apart = max(every, timedelta(hours=2))  # at night, when a day begins
    polls = [NOW + timedelta(minutes=20) + step * apart for step in range(timedelta(days=61) // apart)]
    asked = {moment: days_asked(KINDS["federal-register"].ask(register, moment).url) for moment in polls}
    back = {moment: days for moment, days in asked.items() if days[1] is not None}
    assert len(back) == 4  # 15 April, 1 and 15 May, 1 June
    for moment, (since, until) in back.items():
        today = moment.astimezone(WASHINGTON).date()
        assert today - every <= today.replace(day=15 if today.day >= 15 else 1) <= today
        assert (since, until) == ((today - timedelta(days=90)).isoformat(), (today - timedelta(days=8)).isoformat())


def test_of_ninety_days_corrected_papers_are_kept_alone_and_the_last_days_follow() -> None:
    register = source("federal-register")
    first = KINDS["federal-register"].ask(register, datetime(2025, 5, 1, 4, 30, tzinfo=UTC))
    papers = [{"document_number": "2025-00001"}, {"document_number": "2025-00002", "corrections": ["C1-2025-00002"]}]

    def page(url: str, **more: str) -> Reading:
        body = json.dumps({"count": 2, "results": papers, **more}).encode()
        return KINDS["federal-register"].read(register, Page(url=url, body=body))

    second = page(first.url, next_page_url=f"{first.url}&cursor=x")
    assert second.next is not None
    assert [(each.number, each.stage) for each in second.entries] == [("2025-00002", Stage.CORRECTED)]
    last = page(second.next.url)
    assert last.next is not None
    assert days_asked(last.next.url) == ("2025-04-24", None)
    ordinary = page(last.next.url)
    assert ([each.number for each in ordinary.entries], ordinary.next) == (["2025-00001", "2025-00002"], None)


@pytest.mark.parametrize(
    ("url", "following", "expected"),
    [
        ("", "https://www.federalregister.gov/api/v1/documents?page=2", "https://www.federalregister.gov/api/v1/documents?page=2"),
        ("http://127.0.0.1:9/api/", "https://www.federalregister.gov/api/v1/documents?page=2", "http://127.0.0.1:9/api/documents?page=2"),
        ("http://127.0.0.1:9/api/", "http://127.0.0.1:9/api/documents?page=2", "http://127.0.0.1:9/api/documents?page=2"),
        ("", "file:///etc/passwd", None),
        ("", "https://www.federalregister.gov/api/v1/", None),
        ("", None, None),
        ("", 7, None),
    ],
)
def test_the_next_page_is_followed_as_given_and_on_a_mirror_there(url: str, following: object, expected: str | None) -> None:
    reading = read(source("federal-register", url=url), {"count": 0, "results": [], "next_page_url": following})
    assert (reading.next.url if reading.next else None) == expected


@pytest.mark.parametrize("kind", ["federal-register", "public-inspection"])
@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"status": 400, "message": "field 'x' not valid"}, "the register refuses: field 'x' not valid"),
        ({"errors": {"x": "is not a valid field"}}, "the register refuses: x is not a valid field"),
        ({"count": 3}, "not a list of papers: `results` is null"),
        ({"count": 3, "results": {"a": 1}}, "not a list of papers: `results` is an object"),
        ({}, "not a list of papers: `results` is null"),
    ],
)
def test_a_register_that_refuses_or_changed_its_shape_is_a_fault(kind: str, body: dict[str, Any], fault: str) -> None:
    with pytest.raises(ParseError) as caught:
        read(source(kind), body)
    assert caught.value.fault == fault


@pytest.mark.parametrize(
    ("paper", "expected"),
    [
        ({"type": "Rule"}, DocumentType.RULE),
        ({"type": "Proposed Rule"}, DocumentType.PROPOSED_RULE),
        ({"type": "Notice"}, DocumentType.REGISTER_NOTICE),
        ({"type": "Uncategorized Document"}, DocumentType.REGISTER_NOTICE),
        ({}, DocumentType.REGISTER_NOTICE),
        ({"type": "Correction"}, DocumentType.CORRECTION),
        ({"type": "Notice", "correction_of": "2025-1"}, DocumentType.CORRECTION),
        ({"type": "Rule", "action": "Final rule; correcting amendment."}, DocumentType.CORRECTION),
        ({"type": "Proposed Rule", "action": "Notice of proposed rulemaking; correction."}, DocumentType.CORRECTION),
        ({"type": "Rule", "action": "Interim final rule on corrections."}, DocumentType.RULE),
        ({"type": "Presidential Document"}, DocumentType.PRESIDENTIAL),
        ({"type": "Presidential Document", "subtype": "Executive Order"}, DocumentType.EXECUTIVE_ORDER),
        ({"type": "Presidential Document", "executive_order_number": 14157}, DocumentType.EXECUTIVE_ORDER),
        ({"type": "Presidential Document", "subtype": "Proclamation"}, DocumentType.PROCLAMATION),
        ({"type": "Presidential Document", "toc_subject": "EXECUTIVE ORDERS:"}, DocumentType.EXECUTIVE_ORDER),
        ({"type": "Presidential Document", "title": "Cartels; Designation (EO 14157) "}, DocumentType.EXECUTIVE_ORDER),
        ({"type": "Presidential Document", "title": "Alien Enemies Act (Proc. 10903)"}, DocumentType.PROCLAMATION),
        (
            {"type": "Presidential Document", "title": "Emergency Declared in Executive Order 13818; Continuation"},
            DocumentType.PRESIDENTIAL,
        ),
    ],
)
def test_the_type_of_a_register_paper(paper: dict[str, Any], expected: DocumentType) -> None:
    assert type_of(paper, "2025-04865") is expected


def test_a_number_that_begins_with_c_is_a_correction() -> None:
    assert type_of({"type": "Rule"}, "C1-2025-04865") is DocumentType.CORRECTION


@pytest.mark.parametrize(
    "value",
    [
        "2025-04865",
        ["https://www.federalregister.gov/api/v1/documents/2025-04865"],
        ["https://www.federalregister.gov/api/v1/documents/2025-04865.json?publication_date=2025-03-20"],
        [{"document_number": "2025-04865"}],
        [{"json_url": "https://www.federalregister.gov/api/v1/documents/2025-04865"}, "2025-04865", None, 7, "no number"],
    ],
)
def test_papers_are_named_by_number_or_by_address(value: object) -> None:
    assert numbers(value) == ("fr:2025-04865",)


def test_a_paper_is_one_publication_on_inspection_and_published_whatever_its_zeros() -> None:
    listed = {"count": 1, "results": [{"document_number": "2012-07333", "filing_type": "special", "filed_at": "2012-03-27T08:45:00-04:00"}]}
    published = {"count": 1, "results": [{"document_number": "2012-7333", "publication_date": "2012-03-28"}]}
    (before,), (after,) = made(source("public-inspection"), listed), made(source("federal-register"), published)
    assert known(before) & known(after)
    assert (before.stage, after.stage) == (Stage.SPECIAL, Stage.PUBLISHED)


@pytest.mark.parametrize(
    ("paper", "expected"),
    [
        ({"filing_type": "regular", "filed_at": "2025-03-18T08:45:00-04:00", "publication_date": "2025-03-19"}, Stage.INSPECTION),
        ({"filing_type": "special", "filed_at": "2025-03-18T11:15:00-04:00", "publication_date": "2025-03-20"}, Stage.SPECIAL),
        ({"filing_type": "special", "filed_at": None, "publication_date": None, "editorial_note": "Withdrawn."}, Stage.WITHDRAWN),
        ({"filing_type": "special", "filed_at": None, "publication_date": None, "editorial_note": None}, Stage.SPECIAL),
        ({"filing_type": "regular", "filed_at": "2025-03-18T08:45:00-04:00", "editorial_note": "A page was replaced."}, Stage.INSPECTION),
    ],
)
def test_the_stage_of_a_paper_on_inspection(paper: dict[str, Any], expected: Stage) -> None:
    (document,) = made(source("public-inspection"), {"count": 1, "results": [{"document_number": "2025-1", **paper}]})
    assert document.stage is expected


# docket-feeds


def atom(docket: int, *summaries: str) -> str:
    page = f"https://www.courtlistener.com/docket/{docket}/x/?order_by=desc"
    entries = "".join(
        f"<entry><title>Entry #{n} in A v. B, 1:25-cv-1</title><id>{page}#entry-{n}</id><summary type='html'>{words}</summary></entry>"
        for n, words in enumerate(summaries, 1)
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>t</title>{entries}</feed>"


@pytest.mark.parametrize(
    ("words", "lifts"),
    [
        ("ORDER: all deadlines are stayed.", 1),
        ("MINUTE ENTRY: all deadlines are stayed.", 1),
        ("SUGGESTION OF BANKRUPTCY. All deadlines are stayed.", 0),
        ("NOTICE by Roe that all deadlines are stayed", 0),
        ("JOINT STATUS REPORT. All deadlines are stayed.", 0),
        ("PROPOSED ORDER: all deadlines are stayed.", 0),
    ],
)
def test_only_a_court_s_own_word_lifts_all_days_of_a_docket(words: str, lifts: int) -> None:
    (document,) = made(source("docket-feeds", ABREGO), atom(69777799, words))
    assert len(document.stays) == lifts


def test_a_docket_is_asked_for_its_own_feed() -> None:
    asked = KINDS["docket-feeds"].ask(source("docket-feeds", ABREGO), NOW)
    assert asked.url == "https://www.courtlistener.com/docket/69777799/feed/"


def test_a_docket_without_its_id_is_a_fault_and_not_a_request() -> None:
    with pytest.raises(ParseError, match="no CourtListener id"):
        KINDS["docket-feeds"].ask(source("docket-feeds", Docket(court="mdd", number="8:25-cv-00951")), NOW)


def test_the_feed_of_another_docket_is_a_fault() -> None:
    with pytest.raises(ParseError, match="asked for docket 69777799, answered with docket 7"):
        read(source("docket-feeds", ABREGO), atom(7, "Order"))


@pytest.mark.parametrize(
    "fragment", ["docket/" + "6" * 6_000 + "/x/#entry-1", "docket/٦٩٧٧٧٧٩٩/x/#entry-1", "docket/69777799/x/#entry-" + "9" * 6_000]
)
def test_a_number_longer_than_any_docket_s_or_in_other_digits_names_no_entry(fragment: str) -> None:
    hostile = f"<entry><title>t</title><id>https://www.courtlistener.com/{fragment}</id></entry>"
    reading = read(source("docket-feeds", ABREGO), atom(69777799, "Order").replace("</feed>", f"{hostile}</feed>"))
    assert (len(reading.entries), len(reading.faults)) == (1, 1)


def test_a_full_feed_says_how_many_entries_it_can_hold() -> None:
    reading = read(source("docket-feeds", ABREGO), atom(69777799, *["Order"] * 30))
    assert (len(reading.entries), reading.full) == (30, 30)


@pytest.mark.parametrize(
    ("words", "enclosure", "kind", "expected"),
    [
        ("", "", DocumentType.OTHER, Stage.STUB),
        ("Order on Motion to Stay", "https://ecf.mdd.uscourts.gov/doc1/1", DocumentType.ORDER, Stage.STUB),
        (
            "ORDER granting stay. Signed by Judge Xinis. (Entered: 04/10/2025)",
            "https://ecf.mdd.uscourts.gov/doc1/1",
            DocumentType.ORDER,
            Stage.DESCRIBED,
        ),
        ("Case Stayed (Filed on 2/16/2024)", "", DocumentType.ORDER, Stage.DESCRIBED),
        ("w" * 100, "", DocumentType.OTHER, Stage.DESCRIBED),
        ("Order", "https://storage.courtlistener.com/recap/a.pdf", DocumentType.ORDER, Stage.AVAILABLE),
        ("Order", "https://storage.courtlistener.com.example/a.pdf", DocumentType.ORDER, Stage.STUB),
        ("SEALED DOCUMENT", "", DocumentType.SEALED, Stage.SEALED),
        (
            "***DELETED DOCUMENT. Deleted document number 12 Letter.",
            "https://storage.courtlistener.com/a.pdf",
            DocumentType.OTHER,
            Stage.REMOVED,
        ),
        ("Document removed", "", DocumentType.OTHER, Stage.REMOVED),
        ("MOTION to Strike Document removed from state court", "", DocumentType.MOTION, Stage.STUB),
        ("SEALED DOCUMENT", "https://storage.courtlistener.com/recap/a.pdf", DocumentType.SEALED, Stage.AVAILABLE),
    ],
)
def test_the_stage_of_a_docket_entry(words: str, enclosure: str, kind: DocumentType, expected: Stage) -> None:
    assert stage_of(words, enclosure, kind) is expected


# scotus-docket


def case(*proceedings: object, **fields: object) -> dict[str, Any]:
    return {
        "CaseNumber": "24A949 ",
        "PetitionerTitle": "A, Applicant",
        "RespondentTitle": "B",
        "ProceedingsandOrder": list(proceedings),
        **fields,
    }


def paper(number: int) -> dict[str, str]:
    return {"Description": "Main Document", "DocumentUrl": f"https://www.supremecourt.gov/DocketPDF/24/24A949/{number}/a.pdf"}


def test_a_supreme_court_docket_is_asked_by_its_number_alone() -> None:
    assert KINDS["scotus-docket"].ask(source("scotus-docket", NOEM), NOW).url == "https://www.supremecourt.gov/rss/cases/JSON/24A949.json"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"Text": "Reply filed."}, {"Text": "Reply filed.  (Distributed)"}),
        ({"Text": "Brief filed."}, {"Text": "Brief filed. VIDED."}),
        ({"Text": "Reply filed."}, {"Text": "Reply filed.", "Links": [paper(1)]}),
        ({"Text": "Reply filed.", "Links": [paper(1)]}, {"Text": "Reply of applicants filed.", "Links": [paper(1)]}),
    ],
)
def test_what_the_clerk_adds_later_makes_no_second_entry(before: dict[str, Any], after: dict[str, Any]) -> None:
    asked = source("scotus-docket", NOEM)
    (one,), (two,) = (made(asked, case({"Date": "Apr 07 2025", **line})) for line in (before, after))
    assert known(one) & known(two)


def test_a_party_before_the_supreme_court_lifts_nothing() -> None:
    lines = [
        {"Date": "Apr 07 2025", "Text": f"{who} All deadlines are stayed. Argument set for May 3, 2025 is vacated."}
        for who in ("Reply of applicants filed.", "ORDER:")
    ]
    party, court = made(source("scotus-docket", NOEM), case(*lines))
    assert (party.stays, party.off) == ((), ())
    assert court.stays
    assert court.off


def test_two_entries_of_a_day_are_two_though_their_words_or_their_paper_are_the_same() -> None:
    lines = [{"Date": "Apr 07 2025", "Text": words, "Links": [paper(1)]} for words in ("Reply filed.", "Reply filed.", "Letter filed.")]
    found = made(source("scotus-docket", NOEM), case(*lines))
    assert len({key for document in found for key in known(document)}) == len(found) == 3


def test_another_docket_or_no_docket_is_a_fault() -> None:
    for body in (case(CaseNumber="24A931"), case(CaseNumber=""), {"CaseNumber": "24A949"}, case(ProceedingsandOrder={})):
        with pytest.raises(ParseError):
            read(source("scotus-docket", NOEM), {**case(), **body} if "PetitionerTitle" in body else body)


def test_dockets_that_the_court_names_are_linked_with_the_court_they_are_of() -> None:
    body = case(
        Links="Linked with 24A1007",
        RelatedCaseNumber=[{"RelatedType": "Vide", "DisplayCaseNumber": "24-971"}],
        LowerCourt="United States Court of Appeals for the Fourth Circuit",
        LowerCourtCaseNumbers="(25-1345, 25-1404 (See also 25-1519))",
    )
    answer = Page(url="https://www.supremecourt.gov/", body=json.dumps(body).encode())
    named = KINDS["scotus-docket"].read(source("scotus-docket", NOEM), answer).named
    fourth = "United States Court of Appeals for the Fourth Circuit"
    assert [(each.how, each.docket.court, each.docket.number, each.found, bool(each.missing)) for each in named] == [
        ("linked", "scotus", "24A1007", "Linked with 24A1007", False),
        ("beside", "scotus", "24-971", "Vide 24-971", True),
        (
            "below",
            "ca4",
            "25-1345",
            f"{fourth} (25-1345, 25-1404 (See also 25-1519))",
            True,
        ),  # appeals of two suits may be one case up there
        ("below", "ca4", "25-1404", f"{fourth} (25-1345, 25-1404 (See also 25-1519))", True),
        ("beside", "ca4", "25-1519", f"{fourth} (25-1345, 25-1404 (See also 25-1519))", True),
    ]
    assert {(each.by, each.url) for each in named} == {
        (NOEM, "https://www.supremecourt.gov/search.aspx?filename=/docket/docketfiles/html/public/24a949.html")
    }


@pytest.mark.parametrize(
    ("name", "court"),
    [
        ("United States Court of Appeals for the District of Columbia Circuit", "cadc"),
        ("United States Court of Appeals for the Federal Circuit", "cafc"),
        ("United States District Court for the Northern District of Texas", "txnd"),
        ("United States Court of Appeals for the Armed Forces", ""),
        ("Court of Appeal of Louisiana, Fourth Circuit", ""),
        ("Supreme Court of Texas", ""),
        ("", ""),
    ],
)
def test_a_number_below_is_certain_only_with_a_federal_court_that_is_known(name: str, court: str) -> None:
    number = "1:25-cv-00059" if court == "txnd" else "25-1345"
    body = case(LowerCourt=name, LowerCourtCaseNumbers=f"({number})")
    answer = Page(url="https://www.supremecourt.gov/", body=json.dumps(body).encode())
    (named,) = KINDS["scotus-docket"].read(source("scotus-docket", NOEM), answer).named
    assert (named.docket, named.missing == "") == (Docket(court=court, number=number), court != "")


# the page of all kinds


def test_the_page_of_kinds_tells_of_each_kind_its_address_and_its_cap() -> None:
    page = (ROOT / "docs/reference/kinds.md").read_text()
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (.*) \|$", page, re.MULTILINE))
    assert set(rows) == set(KINDS) == set(re.findall(r"^## `([a-z-]+)`$", page, re.MULTILINE))
    for kind, row in rows.items():
        asked = KINDS[kind].ask(source(kind, {"docket-feeds": ABREGO, "scotus-docket": NOEM}.get(kind)), NOW)
        assert row.endswith(f"{asked.cap // 1_000_000} MB")
        assert (KINDS[kind].DEFAULT_URL or "there is no default") in row
