"""A court's paper is polled, told, sealed upstream and opened again: what readers are sent and shown, over the whole way."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from alerts import deliver, render
from alerts.channels.telegram import Request, TelegramChannel
from alerts.models import Address, Cadence, Letter, LetterKind, Sent
from alerts.retry import settle
from alerts.storage import Book, Outbox
from alerts.storage.desk import StoredDesk
from tests.outboxes import EVE, NAMES, YESTERDAY, claim
from tests.papers import NOW, Moment, article, judged, order
from tests.site import WATCHES, get, stored
from watcher.match import Rules
from watcher.models import Docket, DocumentType, Link, Named, Severity, Source, SourceState, Stage
from watcher.poll import Tools, poll
from watcher.ports import Ask, Page
from watcher.sources import KINDS
from watcher.storage import Database, SourceStore, StoredFamilies
from watcher.storage import tables as t
from watcher.storage.families import put_links
from watcher.storage.views import Views
from watcher.testing.telegram import BotApi

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TOKEN = "700000001:AAF-secret_secret_secret_secret_secre"
CHAT, DAN = Address.parse("telegram:7"), Address.parse("mailto:dan@example.org")
DOCKET = Docket(court="mdd", number="8:25-cv-00951", courtlistener=69777799)
COURT = Source(id="courtlistener/69777799", kind="docket-feeds", url="https://court.example/", every=HOUR, docket=DOCKET)
PRESS = Source(id="press", kind="feed", url="https://news.example/feed", every=HOUR)

OPEN = "ORDER DIRECTING that the witness Quicksilver be moved from Zanzibar before the hearing. Signed by Judge Paula Xinis on 11/24/2026."
CLOSED = "SEALED DOCUMENT."
HEADLINE = "Abrego Garcia: judge directs that “witness Quicksilver” be moved"
RULES = Rules((WATCHES[0], replace(WATCHES[1], names=("Abrego Garcia", "witness Quicksilver"))))
FEEDBACK = re.compile(r"https://watch\.example(/feedback/[^\s\"]+)")
SECRETS = ("quicksilver", "zanzibar", "578815.51.0.pdf")
PATHS = ("/", "/story/1", "/watch/abrego-garcia", *(f"/watch/abrego-garcia.{kind}" for kind in ("atom", "json", "ics")), "/watch/cecot")


def docket_feed(words: str, *, enclosure: str = "") -> bytes:
    """The docket's feed with entry 51 in these words; none for none."""
    name = "Abrego Garcia v. Noem, 8:25-cv-00951"
    link = f'<link href="{enclosure}" rel="enclosure" type="application/pdf"/>' if enclosure else ""
    where = "https://www.courtlistener.com/docket/69777799/abrego-garcia-v-noem/?order_by=desc#entry-51"
    entry = (
        f"<entry><title>Entry #51 in {name}</title><published>2026-11-24T00:00:00-05:00</published><id>{where}</id>"
        f'<summary type="html">{words}</summary>{link}</entry>'
    )
    head = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>{name}</title><id>https://www.courtlistener.com/</id>'
    return f"{head}{entry if words else ''}</feed>".encode()


def press_feed(*titles: str) -> bytes:
    items = "".join(
        f"<item><title>{title}</title><link>https://news.example/{number}</link><guid>{number}</guid>"
        "<pubDate>Tue, 24 Nov 2026 12:30:00 GMT</pubDate></item>"
        for number, title in enumerate(titles)
    )
    return f'<rss version="2.0"><channel><title>The Press</title>{items}</channel></rss>'.encode()


class World:
    """The sources as they answer now, and the service that reads and tells."""

    def __init__(self, database: Database, channel: TelegramChannel) -> None:
        self.database = database
        self.clock = Moment()
        self.store = SourceStore(database)
        self.outbox = Outbox(database, names=lambda: NAMES, domain="alerts.example")
        self.sender = deliver.Sender(channel, self.outbox, self.clock, seconds=lambda: self.clock().timestamp())
        self.body = b""

    async def get(self, source: Source, ask: Ask, state: SourceState | None = None) -> Page:
        return Page(url=ask.url, body=self.body)

    async def polled(self, source: Source, body: bytes) -> None:
        self.clock.now += HOUR
        self.body = body
        await self.store.enrol({source.id: source.url}, self.clock.now)
        (state,) = await self.store.claim_named([source.id], self.clock.now)
        tools = Tools(fetcher=self, store=self.store, judge=RULES.judge, adapter=KINDS[source.kind], stopwatch=lambda: 0.0)
        result = await poll(source, state, tools, self.clock.now)
        assert (result.error, result.faults) == (None, ())

    async def told(self) -> list[Letter]:
        """Everything that is due goes out; the mails that did."""
        mails: list[Letter] = []
        await deliver.fan_out(self.outbox, self.clock.now)
        busy = True
        while busy:
            written = await deliver.compose(self.outbox, self.clock.now, [COURT.id, PRESS.id])
            busy = bool(written + await self.sender.send_due())
            await self.sender.drain()
            for letter in await claim(self.outbox, "mailto", now=self.clock.now):
                mails.append(letter)
                sent = settle(letter, Sent(f"<{letter.id}@x>"), self.clock.now, gap=timedelta(0))
                assert await self.outbox.settle(letter, sent, self.clock.now)
        return mails

    async def shown(self) -> str:
        """All that anybody may read at our addresses, and what the bot answers about it."""
        pages = [(await get(self.database, path, now=self.clock)).text for path in PATHS]
        desk = StoredDesk(self.database, self.outbox, lambda: WATCHES)
        latest = [await desk.why(CHAT, 1), *await desk.latest(None, 9), *await desk.latest("abrego-garcia", 9, lang="es")]
        return "\n".join((*pages, *map(repr, latest)))


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi(token=TOKEN, scale=1000) as api:
        api.chat(int(CHAT.to))
        yield api


@pytest.fixture
async def world(database: Database, api: BotApi) -> AsyncIterator[World]:
    channel = TelegramChannel(TOKEN, api_url=api.url, request=Request(read_timeout=2.0))
    world = World(database, channel)
    book = Book(database)
    for address in (CHAT, EVE):
        await book.follow(address, ["abrego-garcia"], YESTERDAY)
    await book.follow(DAN, ["abrego-garcia"], NOW, cadence=Cadence.DAILY)
    await world.polled(COURT, docket_feed(""))
    await world.polled(PRESS, press_feed())
    yield world
    await channel.close()


def secrets(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text.casefold()]


def mail(letter: Letter) -> str:
    message = render.email(letter, public_url="https://watch.example")
    return "\n".join((message.subject, message.text, message.html))


async def test_what_is_sealed_is_corrected_shortly_and_shown_nowhere(world: World, api: BotApi) -> None:
    pdf = "https://storage.courtlistener.com/recap/gov.uscourts.mdd.578815/gov.uscourts.mdd.578815.51.0.pdf"
    await world.polled(COURT, docket_feed(OPEN, enclosure=pdf))
    (alert,) = await world.told()
    assert secrets(api.transcript[-1].text) == secrets(mail(alert))[:2] == list(SECRETS[:2])
    await world.polled(PRESS, press_feed(HEADLINE))
    await world.told()
    before = await world.shown()
    assert secrets(before) == list(SECRETS)
    assert "Reported as" in before

    await world.polled(COURT, docket_feed(CLOSED))
    (correction,) = await world.told()
    first, second = api.transcript[0], api.transcript[-1]
    assert (len(api.transcript), second.reply_to, correction.kind) == (2, first.message, LetterKind.RETRACTION)
    assert second.text.startswith("Sealed by the court\nThe paper that you were told of is no longer public.\n\n")
    assert "Sealed paper (#51), Abrego Garcia v. Noem" in second.text
    assert len(second.text) < 450
    assert "Sealed by the court: Sealed paper (#51), Abrego Garcia v. Noem" in mail(correction)
    assert secrets(second.text) == secrets(mail(correction)) == []
    after = await world.shown()
    assert secrets(after) == []
    assert "The court has sealed this paper." in after
    assert "Report that quotes a paper that was taken back" in after

    asks = await get(world.database, FEEDBACK.findall(mail(alert))[0])
    assert "Sealed paper (#51)" in asks.text
    assert secrets(asks.text) == []

    world.clock.now = NOW + DAY
    (digest,) = await world.told()
    assert (digest.kind, secrets(mail(digest))) == (LetterKind.DIGEST, [])
    assert "Sealed paper (#51)" in mail(digest)

    await world.polled(COURT, docket_feed(OPEN, enclosure=pdf))
    await world.told()
    assert "open again" in api.transcript[-1].text
    assert secrets(api.transcript[-1].text) == list(SECRETS[:2])
    assert secrets(await world.shown()) == list(SECRETS)


async def test_a_letter_that_waits_while_its_paper_is_sealed_leaves_without_its_words(world: World, api: BotApi) -> None:
    await world.polled(COURT, docket_feed(OPEN))
    await deliver.fan_out(world.outbox, world.clock.now)
    assert await deliver.compose(world.outbox, world.clock.now, []) == 2
    await world.polled(COURT, docket_feed(CLOSED))
    mails = await world.told()
    world.clock.now += HOUR  # a chat takes one message a second
    await world.told()
    assert [secrets(posted.text) for posted in api.transcript] == [secrets(mail(each)) for each in mails] == [[], []]
    assert [each.kind for each in mails] == [LetterKind.ALERT, LetterKind.RETRACTION]
    assert "topic “Abrego Garcia v. Noem”" in api.transcript[0].text


async def test_a_stub_that_was_closed_from_the_start_takes_nothing_back(world: World, api: BotApi) -> None:
    await world.polled(COURT, docket_feed("Letter"))
    await world.told()
    await world.polled(COURT, docket_feed("***EX-PARTE*** LETTER of the parties about a hearing. (Entered: 11/24/2026)"))
    await world.told()
    assert "no longer public" not in "".join(posted.text for posted in api.transcript)
    page = (await get(world.database, "/story/1")).text
    assert "about a hearing" in page
    assert "not shown" not in page


async def test_a_paper_filed_under_seal_is_told_as_it_is(world: World, api: BotApi) -> None:
    await world.polled(COURT, docket_feed("SEALED MOTION of the parties. (Entered: 11/24/2026)"))
    await world.told()
    assert "Sealed motion of the parties" in api.transcript[-1].text
    assert "not shown" not in (await get(world.database, "/story/1")).text


async def test_a_withdrawn_register_paper_keeps_its_title_and_loses_its_text(database: Database) -> None:
    listed = article("rule", title="Removal of Aliens to Zanzibar", summary="Of Quicksilver.", text="Quicksilver.", stage=Stage.SPECIAL)
    listed = replace(listed, primary=True, type=DocumentType.RULE, source_kind="federal_register", severity=Severity.URGENT)
    await stored(database, judged(listed, "cecot"))
    gone = replace(listed, stage=Stage.WITHDRAWN, published=None, note="An agency letter asked for it.")
    await stored(database, judged(gone, "cecot"), at=NOW + HOUR)
    page = (await get(database, "/story/1")).text
    assert "quicksilver" not in page.casefold()
    assert "Removal of Aliens to Zanzibar" in page
    assert "An agency letter asked for it." in page
    assert "This paper was withdrawn." in page
    assert [each.document.title for each in (await Views(database).versions(1))[listed.key]] == [listed.title] * 2  # it had one before too


async def test_the_same_paper_in_another_docket_is_silent_too(database: Database) -> None:
    here = order(summary=OPEN)
    there = replace(here, key="cl:2#entry-9", number="9", docket=Docket(court="mdd", number="8:25-cv-02780"))
    for paper in (here, there):
        await stored(database, judged(paper, "abrego-garcia"))
    await stored(database, judged(replace(here, summary=CLOSED, stage=Stage.SEALED), "abrego-garcia"), at=NOW + HOUR)
    page = (await get(database, "/story/1")).text
    assert "quicksilver" not in page.casefold()
    assert "Copy of a paper that was taken back (#9)" in page
    assert (await get(database, "/story/2")).status_code == 404


async def test_no_word_that_tied_two_reports_is_left_of_a_closed_paper(database: Database) -> None:
    ruling = order(summary=OPEN, title="Order")
    report = article("one", title="Abrego Garcia judge orders a man moved", summary="")
    for paper in (ruling, report):
        await stored(database, judged(paper, "abrego-garcia"))
    async with database.writing() as connection:
        tie = ["like its reports (0.80, all 0.70): quicks, zanzib"]
        await connection.execute(sa.update(t.story_documents).values(story=1, because=tie))
    assert "part of this story" in (await get(database, "/story/1")).text
    await stored(database, judged(replace(ruling, summary=CLOSED, stage=Stage.SEALED), "abrego-garcia"), at=NOW + HOUR)
    page = (await get(database, "/story/1")).text
    assert "part of this story" not in page
    assert "zanzib" not in page


async def test_once_a_court_closed_a_paper_no_earlier_version_of_a_report_of_it_is_shown(database: Database) -> None:
    ruling = order(summary=OPEN, title="Order")
    quoting = article("one", title="Judge: “move Jane Roe to Fort Zanzibar by noon”", summary="")
    for paper in (ruling, quoting):
        await stored(database, judged(paper, "abrego-garcia"))
    await stored(database, judged(replace(quoting, title="Judge decides on a transfer"), "abrego-garcia"), at=NOW + HOUR)
    async with database.writing() as connection:
        await connection.execute(sa.update(t.story_documents).values(story=1))
    assert "Zanzibar" in (await get(database, "/story/1")).text
    await stored(database, judged(replace(ruling, summary=CLOSED, stage=Stage.SEALED), "abrego-garcia"), at=NOW + 2 * HOUR)
    page = (await get(database, "/story/1")).text
    assert "Zanzibar" not in page
    assert "Its versions are not compared here" in page


async def test_the_words_that_link_a_docket_are_not_shown_once_their_paper_is_closed(database: Database) -> None:
    paper = order(summary="USCA Case Number 25-1345 for 4th Circuit")
    await stored(database, judged(paper, "abrego-garcia"))
    named = Named(
        docket=Docket(court="ca4", number="25-1345"), by=Docket(court="mdd", number="8:25-cv-00951"), how="appeal", found=paper.summary,
        field="summary", end=len(paper.summary), document=paper.key, missing="no court is named",
    )  # fmt: skip
    async with database.writing() as connection:
        await put_links(connection, [Link(watch="abrego-garcia", named=named, state="proposed")], NOW)
    (link,) = await StoredFamilies(database).links()
    assert link.named == named
    await stored(database, judged(replace(paper, summary=CLOSED, stage=Stage.SEALED), "abrego-garcia"), at=NOW + HOUR)
    (link,) = await StoredFamilies(database).links()
    assert (link.state, link.named) == ("proposed", replace(named, found="", end=0))


async def test_a_letter_of_other_stories_is_left_as_it_was_written(world: World, api: BotApi) -> None:
    await world.polled(COURT, docket_feed(OPEN))
    await deliver.fan_out(world.outbox, world.clock.now)
    await deliver.compose(world.outbox, world.clock.now, [])
    (letter, *_) = await claim(world.outbox, "telegram", now=world.clock.now)
    assert secrets(repr(letter)) == list(SECRETS[:2])


async def test_a_story_that_cannot_be_read_costs_its_letters_their_words_and_stops_no_channel(
    world: World, api: BotApi, caplog: pytest.LogCaptureFixture
) -> None:
    await world.polled(COURT, docket_feed(OPEN))
    await deliver.fan_out(world.outbox, world.clock.now)
    await deliver.compose(world.outbox, world.clock.now, [])
    await world.polled(COURT, docket_feed(CLOSED))
    async with world.database.writing() as connection:
        await connection.execute(sa.update(t.versions).where(t.versions.c.stage == Stage.SEALED.value).values(type="of-a-later-release"))
    letters = [each for channel in ("telegram", "mailto") for each in await claim(world.outbox, channel, now=world.clock.now)]
    assert sorted(letter.kind for letter in letters) == [LetterKind.ALERT, LetterKind.ALERT]
    assert [item.story for letter in letters for item in letter.items] == [1, 1]
    assert [secrets(repr(letter)) for letter in letters] == [[], []]
    assert "what was taken back of its stories cannot be read (ValueError)" in caplog.text
