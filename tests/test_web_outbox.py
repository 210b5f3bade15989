"""Whether alerts leave, in words that tell silence from an outage."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from alerts.models import Down
from alerts.retry import settle
from alerts.storage import Book
from alerts.storage import Outbox as Stored
from alerts.storage import tables as t
from tests.outboxes import ANN, BEN, EVE, GAP, YESTERDAY, claim, posted, told
from tests.papers import NOW, article, happened, judged, order
from tests.site import get, reader, site_app, stored
from watcher.counting import Counting
from watcher.storage import Database
from watcher.storage import tables as w
from watcher.web import Metrics
from watcher.web.outbox import KEPT, NOTHING, NOTHING_ELSE, PASSING_ON, Line, Off, Outbox, said

LATER = NOW + timedelta(hours=2)
TOKEN, SMTP = "WATCHER_TELEGRAM_TOKEN", "WATCHER_SMTP_URL"
MAIL_OFF = f"Mail is off: nothing leaves by it until the operator sets {SMTP}"


@pytest.mark.parametrize(
    ("outbox", "lines"),
    [
        (Outbox(waiting=0), [Line(NOTHING)]),
        (Outbox(waiting=0, undecided=True), [Line(PASSING_ON)]),
        (Outbox(waiting=1, oldest=NOW), [Line("1 message waits to be sent; the oldest fell due just now.")]),
        (
            Outbox(waiting=1200, oldest=NOW - timedelta(minutes=15)),
            [Line("1,200 messages wait to be sent; the oldest fell due 15 minutes ago.")],
        ),
        (
            Outbox(waiting=10_000, more=True, oldest=NOW - timedelta(minutes=16)),
            [Line(f"More than 10,000 messages wait to be sent; the oldest fell due 16 minutes ago: alerts are late. {KEPT}", trouble=True)],
        ),
        (
            Outbox(waiting=0, held={"mailto": NOW + timedelta(minutes=10), "telegram": LATER}),
            [
                Line("Mail takes no messages from us just now; what is for it waits, and is tried again in 10 minutes.", trouble=True),
                Line("Telegram takes no messages from us just now; what is for it waits, and is tried again in 2 hours.", trouble=True),
                Line(NOTHING),
            ],
        ),
        (
            Outbox(waiting=0, off=(Off(way="telegram", setting=TOKEN, waiting=1), Off(way="mailto", setting=SMTP))),
            [
                Line(f"Telegram is off: nothing leaves by it until the operator sets {TOKEN}. 1 message waits for that.", trouble=True),
                Line(f"{MAIL_OFF}.", trouble=True),
                Line(NOTHING_ELSE),
            ],
        ),
        (
            Outbox(waiting=1, oldest=NOW, off=(Off(way="mailto", setting=SMTP, waiting=10_000, more=True),)),
            [
                Line(f"{MAIL_OFF}. More than 10,000 messages wait for that.", trouble=True),
                Line("1 message waits to be sent; the oldest fell due just now."),
            ],
        ),
        (Outbox(waiting=0, off=(Off(way="mailto", setting=SMTP),)), [Line(f"{MAIL_OFF}.", trouble=True), Line(NOTHING)]),
    ],
)
def test_a_journalist_reads_whether_alerts_leave(outbox: Outbox, lines: list[Line]) -> None:
    assert said(outbox, NOW) == lines


async def test_the_page_says_when_anything_was_read_and_that_a_channel_is_held_but_not_what_its_server_said(
    database: Database, outbox: Stored
) -> None:
    await stored(database, judged(article(published=NOW - timedelta(minutes=20)), "cecot"))
    async with database.writing() as connection:
        await connection.execute(sa.update(w.sources).values(last_ok_at=NOW))
    await posted(outbox, ANN, BEN)
    (letter, _) = await claim(outbox)
    await outbox.settle(letter, settle(letter, Down("the token of telegram:1 is refused"), NOW, gap=GAP), NOW)
    counting = Counting(database, Metrics(), {}, lambda: 0.0)
    async with reader(site_app(database, outbox=counting.outbox, now=lambda: NOW + timedelta(minutes=1))) as client:
        page = (await client.get("/status")).text
    assert "A source last answered 1 minute ago; the last new paper came 1 minute ago." in page
    assert "<td>20 minutes</td>" in page
    assert "token" not in page


async def test_what_waits_is_counted_and_what_is_held_named(database: Database, outbox: Stored) -> None:
    long_ago = NOW - timedelta(days=3_000)
    await posted(outbox, ANN, BEN, now=long_ago)
    counting = Counting(database, Metrics(), {}, lambda: 0.0)
    assert await counting.outbox() == Outbox(waiting=2, oldest=long_ago)


async def test_what_waits_for_a_channel_that_is_off_is_not_on_its_way(database: Database, book: Book, outbox: Stored) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(order(51), "abrego-garcia"))
    await told(outbox)
    await happened(database, judged(order(52), "abrego-garcia"))
    await told(outbox)  # a delivery waits behind the letter
    async with database.writing() as connection:
        for table in (t.letters, t.deliveries):
            await connection.execute(sa.update(table).values(due_at=NOW - timedelta(days=3_000)))  # whatever this machine's clock says
    await book.follow(BEN, ["cecot"], YESTERDAY)
    both = {"telegram": TOKEN, "mailto": SMTP}
    assert await Counting(database, Metrics(), {}, lambda: 0.0, both).outbox() == Outbox(
        waiting=0, off=(Off(way="telegram", setting=TOKEN, waiting=1),)
    )
    await book.follow(EVE, ["cecot"], YESTERDAY)
    assert (await Counting(database, Metrics(), {}, lambda: 0.0, both).outbox()).off[1] == Off(way="mailto", setting=SMTP)
    on = await Counting(database, Metrics(), {}, lambda: 0.0, {"mailto": SMTP}).outbox()
    assert (on.waiting, on.undecided, on.off) == (1, True, (Off(way="mailto", setting=SMTP),))


async def test_a_channel_that_is_off_is_not_tried_again(database: Database, outbox: Stored) -> None:
    now = await database.now()
    await posted(outbox, ANN, now=now)
    (letter,) = await claim(outbox, now=now)
    await outbox.settle(letter, settle(letter, Down("refused"), now, gap=GAP), now)
    on, off = (Counting(database, Metrics(), {}, lambda: 0.0, off) for off in ({}, {"telegram": TOKEN}))
    assert list((await on.outbox()).held) == ["telegram"]
    assert (await off.outbox()).held == {}


async def test_without_an_outbox_the_page_says_nothing_of_alerts(database: Database) -> None:
    assert "<h2>Alerts</h2>" not in (await get(database, "/status")).text
