"""Pages show the dockets of a case in all courts, and why each is one of its; what is proposed is shown to the operator alone."""

from dataclasses import replace

from tests.papers import judged, order
from tests.site import WATCHES, get, stored
from watcher.models import Docket, Link, Named
from watcher.storage import Database

MDD = WATCHES[1].dockets[0]
SAID = Named(
    docket=Docket(court="ca4", number="25-1345"),
    by=MDD,
    how="appeal",
    found="USCA Case Number 25-1345 for <4th> Circuit",
    field="summary",
    url="https://www.courtlistener.com/docket/69777799/x/#entry-40",
)
LINKED = Link(watch="abrego-garcia", named=SAID, state="linked")
OTHER = replace(SAID, docket=Docket(court="ca4", number="25-1404"), missing="no court is named")
PROPOSED = Link(watch="abrego-garcia", named=OTHER, state="proposed")
REFUSED = Link(watch="abrego-garcia", named=replace(SAID, docket=Docket(court="ca4", number="25-1519")), state="refused")
LINKS = (LINKED, PROPOSED, REFUSED)
REASON = "its appeal: mdd 8:25-cv-00951 says “USCA Case Number 25-1345 for &lt;4th&gt; Circuit”"


async def test_a_case_shows_its_dockets_in_all_courts_with_the_words_that_linked_them(database: Database) -> None:
    await stored(database, judged(order(), "abrego-garcia"), source="courtlistener/69777799")
    for path in ("/watch/abrego-garcia", "/story/1"):
        page = (await get(database, path, links=LINKS)).text
        assert "its dockets in all courts (2)" in page.lower()
        assert '8:25-cv-00951 <span class="meta">U.S. District Court, D. Maryland</span>' in page
        assert '25-1345 <span class="meta">U.S. Court of Appeals, Fourth Circuit</span>' in page
        assert REASON in page
        assert f'href="{SAID.url}"' in page
        assert "25-1404" not in page
        assert "25-1519" not in page


async def test_a_docket_of_the_file_needs_no_reason(database: Database) -> None:
    page = (await get(database, "/watch/abrego-garcia")).text
    assert "its dockets in all courts (1)" in page.lower()
    assert "says “" not in page
    assert "in all courts" not in (await get(database, "/watch/cecot")).text


async def test_status_lists_what_was_linked_and_what_is_proposed_with_the_command_for_each(database: Database) -> None:
    page = (await get(database, "/status", links=LINKS)).text
    linked, proposed = page.partition("Dockets linked to cases")[2].split("Dockets proposed for cases")
    assert REASON in linked
    assert "<code>watcher sources refuse abrego-garcia ca4 25-1345</code>" in linked
    assert "Not certain: no court is named" in proposed
    assert "<code>watcher sources accept abrego-garcia ca4 25-1404</code>" in proposed
    assert "25-1519" not in page


async def test_without_links_status_says_nothing_of_them(database: Database) -> None:
    assert "Dockets" not in (await get(database, "/status")).text


async def test_an_address_that_no_browser_should_follow_is_no_link(database: Database) -> None:
    hostile = replace(LINKED, named=replace(SAID, url="javascript:alert(1)"))
    assert "javascript" not in (await get(database, "/watch/abrego-garcia", links=(hostile,))).text
