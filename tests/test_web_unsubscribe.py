"""The link of every mail: a GET shows, a POST acts, once or twice, with no cookie (RFC 8058)."""

from dataclasses import fields
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from alerts.models import Address
from alerts.storage import Book
from alerts.storage import tables as t
from alerts.web.words import EN, ES, Words
from tests.papers import NOW
from tests.site import reader, site_app
from watcher.storage import Database

READER = Address.parse("mailto:reader@example.org")
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
async def link(database: Database) -> str:
    """The link of a reader of two topics."""
    await Book(database).follow(READER, ["cecot", "abrego-garcia"], NOW)
    async with database.reading() as connection:
        token = (await connection.execute(sa.select(t.subscribers.c.token))).scalar_one()
    return f"/unsubscribe/{token}"


async def followed(database: Database) -> int:
    listed = await Book(database).find(READER)
    assert listed is not None
    return len(listed.subscriptions)


async def asked(database: Database, method: str, path: str, **sent: Any) -> httpx.Response:
    async with reader(site_app(database)) as client:
        return await client.request(method, path, **sent)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_look_changes_nothing(database: Database, link: str, method: str) -> None:
    answer = await asked(database, method, link)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert "reader@" not in answer.text
    assert await followed(database) == 2


async def test_a_look_says_what_is_followed_and_offers_the_button(database: Database, link: str) -> None:
    page = (await asked(database, "GET", link)).text
    assert "<li>Abrego Garcia v. Noem</li>" in page
    assert "<li>CECOT &amp; &lt;prison&gt;</li>" in page
    assert '<form method="post">' in page
    assert "Opening this page has changed nothing." in page


async def test_a_reader_is_asked_in_her_own_language(database: Database, link: str) -> None:
    await Book(database).set_lang(READER, "es-MX")
    look = await asked(database, "GET", link)
    assert "¿Darse de baja?" in look.text
    assert "Unsubscribe" not in look.text
    assert look.headers["content-language"] == "es"
    assert "Se ha dado de baja" in (await asked(database, "POST", link)).text


def test_both_languages_have_words_of_their_own() -> None:
    assert [each.name for each in fields(Words) if getattr(EN, each.name) == getattr(ES, each.name)] == []


@pytest.mark.parametrize("sent", [{"data": ONE_CLICK}, {"files": {name: (None, value) for name, value in ONE_CLICK.items()}}, {}])
async def test_a_post_ends_all_and_again_is_well(database: Database, link: str, sent: dict[str, Any]) -> None:
    for _ in range(2):
        answer = await asked(database, "POST", link, **sent)
        assert answer.status_code == 200
        assert "You are unsubscribed" in answer.text
        assert "set-cookie" not in answer.headers
        assert await followed(database) == 0
    assert "You are unsubscribed" in (await asked(database, "GET", link)).text


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_link_of_nobody_is_404_and_changes_nothing(database: Database, link: str, method: str) -> None:
    assert (await asked(database, method, link + "x")).status_code == 404
    assert await followed(database) == 2
