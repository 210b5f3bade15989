"""The links below each item of a mail: a GET asks, a POST keeps the answer, again and again, with no cookie."""

import httpx
import pytest

from alerts.models import Address
from alerts.storage import Book, Names, Outbox, Votes
from alerts.tickets import token
from tests.papers import NOW, Moment
from tests.site import reader, site_app
from tests.test_votes import TODAY, told
from watcher.storage import Database

READER = Address.parse("mailto:reader@example.org")


@pytest.fixture
async def links(database: Database) -> tuple[str, str]:
    """Where a reader of one alert says that it was relevant, and that it was not."""
    database.clock = Moment()
    letter = await told(database, Outbox(database, names=Names), READER)
    yes, no = (f"/feedback/{token(letter, 1, relevant=relevant)}" for relevant in (True, False))
    return yes, no


async def asked(database: Database, method: str, path: str) -> httpx.Response:
    async with reader(site_app(database)) as client:
        return await client.request(method, path)


async def said(database: Database) -> list[bool]:
    return [vote.relevant for vote in await Votes(database).since(TODAY)]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_look_changes_nothing(database: Database, links: tuple[str, str], method: str) -> None:
    for link in links:
        answer = await asked(database, method, link)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        assert "reader@" not in answer.text
    assert await said(database) == []


async def test_a_look_names_the_story_and_offers_one_button(database: Database, links: tuple[str, str]) -> None:
    yes, no = [(await asked(database, "GET", link)).text for link in links]
    for page, button in ((yes, "Yes, it was relevant"), (no, "No, it was not relevant")):
        assert "Order on motion (#51), Abrego Garcia v. Noem" in page
        assert f'<form method="post"><button type="submit">{button}</button></form>' in page
        assert "Opening this page has changed nothing." in page


async def test_a_post_keeps_the_answer_and_the_other_link_changes_it(database: Database, links: tuple[str, str]) -> None:
    for link in (*links, links[1], links[0]):
        answer = await asked(database, "POST", link)
        assert answer.status_code == 200
        assert "Noted, thank you" in answer.text
        assert "set-cookie" not in answer.headers
        assert await said(database) == [link == links[0]]


async def test_a_reader_is_asked_in_the_language_of_her_mail(database: Database) -> None:
    database.clock = Moment()
    await Book(database).add(READER, NOW, lang="es")
    letter = await told(database, Outbox(database, names=Names), READER)
    page = await asked(database, "GET", f"/feedback/{token(letter, 1, relevant=True)}")
    assert "¿Le resultó pertinente?" in page.text
    assert page.headers["content-language"] == "es"


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("wrong", ["{}0", "x", "{}/x", "%00{}"])
async def test_a_link_of_nobody_is_404_and_changes_nothing(database: Database, links: tuple[str, str], method: str, wrong: str) -> None:
    path = "/feedback/" + wrong.format(links[0].removeprefix("/feedback/"))
    assert (await asked(database, method, path)).status_code == 404
    assert await said(database) == []


async def test_a_link_ends_with_its_letter(database: Database, links: tuple[str, str]) -> None:
    await Book(database).forget(READER)
    answer = await asked(database, "POST", links[0])
    assert (answer.status_code, "Nothing was changed." in answer.text) == (404, True)
