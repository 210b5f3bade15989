"""The Federal Register's recorded answers: walks over all pages, corrections, public inspection, nothing found."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import trustme

from tests.recorded import Desk, recordings, register
from tests.servers import read_request, serving_raw
from watcher.fetch import HttpFetcher
from watcher.models import Deadline, Document, DocumentType, Source, Stage
from watcher.sources.register import API
from watcher.storage import tables as t

HOST = "www.federalregister.gov"
LIST = "/api/v1/documents.json"


@pytest.fixture
def folder(payloads: Path) -> Path:
    return payloads / "fixtures/federal_register"


def loaded(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_bytes())
    return content


def mirror(desk: Desk, name: str = "register", kind: str = "federal-register") -> Source:
    """A source that an operator has pointed at a mirror of the API, here the loopback server."""
    return desk.source(name, kind, "/api/v1/")


def followed(page: Path) -> str:
    """Path and query of the page that comes after this one."""
    parts = urlsplit(loaded(page)["next_page_url"])
    assert parts.netloc == HOST
    return f"{parts.path}?{parts.query}"


def serve_walk(desk: Desk, folder: Path) -> list[dict[str, Any]]:
    """The recorded walk, and as its last page one without `next_page_url`; gives the papers of all three."""
    pages = [folder / f"documents_presdocu_{name}.json" for name in ("page1", "page2", "1994")]
    places = [LIST, followed(pages[0]), followed(pages[1])]
    desk.server.routes |= {place: register(page.read_bytes()) for place, page in zip(places, pages, strict=True)}
    return [paper for page in pages for paper in loaded(page)["results"]]


def told(document: Document) -> tuple[object, ...]:
    return document.key, document.title, document.url, document.published, document.enclosure, document.outlet


def expected(paper: dict[str, Any]) -> tuple[object, ...]:
    """What of a published paper must be found in the database, by its JSON."""
    own, published = paper["document_number"], date.fromisoformat(paper["publication_date"])
    agencies = dict.fromkeys(agency.get("name") or agency["raw_name"] for agency in paper["agencies"])
    midnight = datetime(published.year, published.month, published.day, tzinfo=UTC)
    title = " ".join(paper["title"].split())
    return f"fr:{own}", title, paper["html_url"], midnight, paper["pdf_url"] or "", ", ".join(agencies)


@asynccontextmanager
async def the_register_itself(server: str) -> AsyncIterator[tuple[httpx.AsyncClient, list[str]]]:
    """A way to www.federalregister.gov by its own name, with TLS, that ends at the loopback server: as an operator's proxy gives one.

    Gives a client that takes this way and trusts the certificate at its end, and the list of what the proxy was asked for.
    """
    authority, asked = trustme.CA(), list[str]()
    theirs, ours = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), ssl.create_default_context()
    authority.issue_cert(HOST).configure_cert(theirs)
    authority.configure_trust(ours)

    async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, ssl.SSLError):
            while data := await source.read(65_536):
                target.write(data)
                await target.drain()
        target.close()

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await read_request(reader))[0])
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await writer.drain()
        await writer.start_tls(theirs)
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", urlsplit(server).port)
        try:
            await asyncio.gather(copy(reader, inner_writer), copy(inner_reader, writer))
        finally:
            inner_writer.close()
            with suppress(ConnectionError):
                await inner_writer.wait_closed()

    async with serving_raw(proxy) as way:
        yield httpx.AsyncClient(proxy=way, verify=ours, trust_env=False), asked


async def test_all_pages_are_walked_under_the_registers_own_name(desk: Desk, folder: Path) -> None:
    papers = serve_walk(desk, folder)
    source = replace(desk.source("register", "federal-register"), url=API)
    async with (
        the_register_itself(desk.server.base) as (client, asked),
        HttpFetcher(client, contact="tests@example.org", version="0") as web,
    ):
        result = await desk.poll(source, web)
    assert (result.status, result.entries, result.new, result.faults) == ("ok", 5, 5, ())
    assert [told(document) for document in await desk.documents(source)] == [expected(paper) for paper in papers]
    assert set(asked) == {f"{HOST}:443"}
    assert [request.headers["host"] for request in desk.server.requests] == [HOST] * 3


async def test_a_mirror_is_walked_by_its_own_address(desk: Desk, folder: Path) -> None:
    papers = serve_walk(desk, folder)
    source = mirror(desk)
    result = await desk.poll(source)
    assert (result.status, result.new) == ("ok", 5)
    assert [told(document) for document in await desk.documents(source)] == [expected(paper) for paper in papers]
    assert [request.status for request in desk.server.requests] == [200, 200, 200]


async def test_a_walk_that_breaks_stores_what_it_has_read_and_the_next_one_the_rest(desk: Desk, folder: Path, payloads: Path) -> None:
    serve_walk(desk, folder)
    source, last = mirror(desk), followed(folder / "documents_presdocu_page2.json")
    listed = recordings(payloads)["federal_register/error_400_invalid_cursor.json"]
    kept, desk.server.routes[last] = desk.server.routes[last], register(listed.path.read_bytes(), listed.status)
    broken = await desk.poll(source)
    assert (broken.status, broken.error, broken.new) == ("failed", "status 400", 0)  # a first poll finds the history whole
    nothing = register((folder / "documents_zero_results.json").read_bytes())
    first = next(route for route in desk.server.routes if route != last)
    whole, desk.server.routes[first] = desk.server.routes[first], nothing
    assert (await desk.poll(source)).status == "ok"
    desk.server.routes[first] = whole
    broken = await desk.poll(source)
    assert (broken.status, broken.error) == ("failed", "status 400")
    assert (broken.new, await desk.count(t.documents)) == (4, 4)
    desk.server.routes[last] = kept
    assert (await desk.poll(source)).new == 1
    assert await desk.count(t.documents) == 5


async def test_a_paper_on_a_later_page_is_seen_to_change_though_the_first_page_is_the_same(desk: Desk, folder: Path) -> None:
    serve_walk(desk, folder)
    source, page = mirror(desk), folder / "documents_presdocu_page2.json"
    await desk.poll(source)
    corrected = loaded(page)
    corrected["results"][1]["corrections"] = [f"{API}documents/C1-2026-19416"]
    desk.server.routes[followed(folder / "documents_presdocu_page1.json")] = register(json.dumps(corrected).encode())
    result = await desk.poll(source)
    assert (result.status, result.new, result.changed) == ("ok", 0, 1)
    (changed,) = [document for document in await desk.documents(source) if document.stage is Stage.CORRECTED]
    assert (changed.key, changed.relates) == (f"fr:{corrected['results'][1]['document_number']}", ("fr:C1-2026-19416",))


async def test_every_recorded_list_of_papers_is_stored_whole_and_its_next_page_asked_for(desk: Desk, folder: Path) -> None:
    """What follows each is the answer to a search that finds nothing: neither `results` nor `total_pages`."""
    nothing = register((folder / "documents_zero_results.json").read_bytes())
    for name in ("documents_executive_orders", "documents_relevance_search", "documents_term_search"):
        papers = loaded(folder / f"{name}.json")["results"]
        following = followed(folder / f"{name}.json")
        desk.server.routes |= {LIST: register((folder / f"{name}.json").read_bytes()), following: nothing}
        source = mirror(desk, name.replace("_", "-"))
        result = await desk.poll(source)
        assert (result.status, result.entries, result.new, result.faults) == ("ok", len(papers), len(papers), ()), name
        assert [told(document) for document in await desk.documents(source)] == [expected(paper) for paper in papers], name
        assert [f"{request.path}?{request.query}" for request in desk.server.requests].count(following) == 1


async def test_a_whole_issue_is_stored_paper_by_paper_and_is_the_same_the_day_after(desk: Desk, folder: Path) -> None:
    content = loaded(folder / "issue_2016-02-29_documents.json")
    source = mirror(desk)
    desk.server.routes[LIST] = register((folder / "issue_2016-02-29_documents.json").read_bytes())
    first = await desk.poll(source)
    assert (first.status, first.entries, first.new, first.faults) == ("ok", 129, 129, ())
    assert [told(document) for document in await desk.documents(source)] == [expected(paper) for paper in content["results"]]
    assert (await desk.poll(source)).status == "not-modified"
    for paper in content["results"]:
        paper["page_views"] = {"count": 17, "last_updated": "2016-03-01 08:15:05 -0500"}
    desk.server.routes[LIST] = register(json.dumps(content).encode())
    later = await desk.poll(source)
    assert (later.status, later.entries, later.new, later.changed) == ("ok", 129, 0, 0)
    assert set((await desk.versions(source)).values()) == {1}


async def test_an_agencys_own_correction_is_stored_as_one_with_all_it_says(desk: Desk, folder: Path) -> None:
    paper = loaded(folder / "document_correction_2026-13726.json")
    source = mirror(desk)
    desk.server.routes[LIST] = register(json.dumps({"count": 1, "total_pages": 1, "results": [paper]}).encode())
    assert (await desk.poll(source)).new == 1
    (stored,) = await desk.documents(source)
    assert told(stored) == expected(paper)
    assert (stored.type, stored.stage, stored.number) == (DocumentType.CORRECTION, Stage.PUBLISHED, "2026-13726")
    assert (stored.summary, stored.relates) == (paper["abstract"], ())
    assert stored.deadlines == (Deadline(label="effective", on=date(2026, 7, 7)),)
    for fact in (paper["action"], paper["dates"], "Docket No. RM26-12-000"):
        assert fact in stored.text


async def test_a_correction_and_the_paper_it_corrects_name_each_other(desk: Desk, folder: Path) -> None:
    """The register's own form of it: a paper numbered `C1-…`, and the old one changed without a stamp."""
    issue = loaded(folder / "issue_2016-02-29_documents.json")
    source, wrong = mirror(desk), issue["results"][3]["document_number"]
    desk.server.routes[LIST] = register(json.dumps(issue).encode())
    await desk.poll(source)
    right = loaded(folder / "document_correction_2026-13726.json") | {
        "document_number": f"C1-{wrong}",
        "type": "Correction",
        "correction_of": f"{API}documents/{wrong}",
    }
    issue["results"][3]["corrections"] = [f"{API}documents/C1-{wrong}"]
    desk.server.routes[LIST] = register(json.dumps(issue | {"results": [*issue["results"], right]}).encode())
    result = await desk.poll(source)
    assert (result.new, result.changed) == (1, 1)
    stored = {document.key: document for document in await desk.documents(source)}
    old, new = stored[f"fr:{wrong}"], stored[f"fr:C1-{wrong}"]
    assert (new.type, new.stage, new.relates) == (DocumentType.CORRECTION, Stage.PUBLISHED, (f"fr:{wrong}",))
    assert (old.stage, old.relates) == (Stage.CORRECTED, (f"fr:C1-{wrong}",))


async def test_nothing_found_is_no_fault(desk: Desk, folder: Path) -> None:
    for kind in ("federal-register", "public-inspection"):
        source = mirror(desk, kind, kind)
        desk.serve(source, register((folder / "documents_zero_results.json").read_bytes()))
        result = await desk.poll(source)
        assert (result.status, result.entries, result.error, result.faults) == ("ok", 0, None, ())


async def test_public_inspection_is_stored_with_its_stages_and_the_withdrawn_paper(desk: Desk, folder: Path) -> None:
    content = loaded(folder / "public_inspection_current.json")
    source = mirror(desk, "inspection", "public-inspection")
    desk.serve(source, register((folder / "public_inspection_current.json").read_bytes()))
    first = await desk.poll(source)
    assert (first.status, first.entries, first.new, first.faults) == ("ok", 8, 8, ())
    stored = await desk.documents(source)
    for document, paper in zip(stored, content["results"], strict=True):
        filed = datetime.fromisoformat(paper["filed_at"]) if paper["filed_at"] else None
        usual = Stage.SPECIAL if paper["filing_type"] == "special" else Stage.INSPECTION
        assert (document.key, document.published) == (f"fr:{paper['document_number']}", filed)
        assert document.stage is (usual if filed else Stage.WITHDRAWN)
        assert (document.title, document.note) == (" ".join(paper["title"].split()), " ".join((paper["editorial_note"] or "").split()))
    assert [document.number for document in stored if document.stage is Stage.WITHDRAWN] == ["2026-20295"]
    for paper in content["results"]:
        paper["page_views"] = {"count": 1234, "last_updated": "2026-10-03 12:15:06 -0400"}
    desk.serve(source, register(json.dumps(content).encode()))
    again = await desk.poll(source)
    assert (again.status, again.new, again.changed) == ("ok", 0, 0)


async def test_a_paper_on_public_inspection_and_published_later_is_one_document(desk: Desk, folder: Path) -> None:
    inspection, published = mirror(desk, "inspection", "public-inspection"), mirror(desk)
    desk.serve(inspection, register((folder / "public_inspection_current.json").read_bytes()))
    await desk.poll(inspection)
    (paper,) = [one for one in loaded(folder / "documents_executive_orders.json")["results"] if one["document_number"] == "2026-20321"]
    desk.serve(published, register(json.dumps({"count": 1, "results": [paper | {"document_number": "2026-20439"}]}).encode()))
    result = await desk.poll(published)
    assert (result.new, result.changed) == (0, 1)
    stored = {document.number: document.stage for document in await desk.documents(inspection)}
    assert (stored["2026-20439"], await desk.count(t.documents)) == (Stage.PUBLISHED, 8)


async def test_papers_asked_for_by_number_are_read_though_one_is_missing(desk: Desk, folder: Path) -> None:
    source = mirror(desk, "inspection", "public-inspection")
    desk.serve(source, register((folder / "public_inspection_batch_not_found.json").read_bytes()))
    assert (await desk.poll(source)).new == 1
    assert [document.number for document in await desk.documents(source)] == ["2026-19958"]


async def test_what_is_no_list_of_papers_is_a_fault(desk: Desk, folder: Path) -> None:
    """A single document and a table of contents are the register's own JSON, but not what was asked for."""
    for name in ("document_correction_2026-13726.json", "toc_2016-02-29.json", "toc_2016-09-16.json"):
        source = mirror(desk, name.removesuffix(".json"))
        desk.serve(source, register((folder / name).read_bytes()))
        result = await desk.poll(source)
        assert (result.status, result.error) == ("failed", "not a list of papers: `results` is null"), name
