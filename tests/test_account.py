"""What one reader was told and was not, newest first: on SQLite and on PostgreSQL."""

import json
from datetime import timedelta
from pathlib import Path

from alerts.account import Account, account_json, lines
from alerts.models import Sent
from alerts.retry import settle
from alerts.storage import Book, Outbox
from alerts.storage.tellings import Tellings
from tests.asking import ask
from tests.outboxes import ANN, BEN, GAP, YESTERDAY, claim, posted, told
from tests.papers import NOW, article, happened, judged, order
from tests.processes import surroundings
from watcher.models import Severity
from watcher.storage import Database

LATER = NOW + timedelta(hours=1)


async def test_each_delivery_says_what_became_of_it_and_confirmations_are_there(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await book.follow(ANN, ["cecot"], YESTERDAY, floor=Severity.URGENT)
    await book.follow(BEN, ["abrego-garcia"], YESTERDAY)
    await posted(outbox, ANN, BEN, now=NOW - timedelta(hours=1))
    await happened(database, judged(order(), "abrego-garcia"), judged(article(severity=Severity.ROUTINE), "cecot"))
    await told(outbox)
    for letter in await claim(outbox):
        await outbox.settle(letter, settle(letter, Sent("1/1"), NOW, gap=GAP), NOW)
    account = await Tellings(database).account(ANN, YESTERDAY)
    assert account is not None
    said = lines(account)
    assert len(said) == 3
    assert said[0].startswith("2026-11-24 12:00 UTC  story:2 revision 1 “a reported")
    assert said[0].endswith("”: alert, now, for cecot: skipped: routine is below the floor")
    assert said[1].endswith(": alert, now, for abrego-garcia: letter:3 sent 2026-11-24 12:00 UTC, 1 attempt")
    assert said[2] == "2026-11-24 11:00 UTC  letter:1 confirmation: pending, 0 attempts"
    assert [entry["letter"] for entry in json.loads(json.dumps(account_json(account)))["entries"]] == [None, "letter:3", "letter:1"]


async def test_it_goes_back_as_far_as_was_asked(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await posted(outbox, ANN)
    assert await Tellings(database).account(ANN, LATER) == Account(since=LATER, entries=())
    assert lines(Account(since=LATER, entries=())) == ["nothing since 2026-11-24 13:00 UTC"]
    assert await Tellings(database).account(BEN, YESTERDAY) is None


async def test_a_long_account_ends_and_says_so(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await posted(outbox, ANN, ANN, ANN)
    account = await Tellings(database).account(ANN, YESTERDAY, 2)
    assert account is not None
    assert (len(account.entries), account.more) == (2, True)
    assert lines(account)[-1].startswith("and more before")


async def test_who_is_forgotten_has_no_history(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await posted(outbox, ANN)
    await book.forget(ANN)
    assert await Tellings(database).account(ANN, YESTERDAY) is None


def test_the_command_lists_one_address_and_says_where_nothing_is_known(tmp_path: Path) -> None:
    environ = surroundings(tmp_path, '[[doctrine]]\nid = "cecot"\ntitle = "The prison"\nterms = ["CECOT prison"]\n')
    assert ask(environ, "subscribers", "add", "mailto:ann@example.org", "--follow", "cecot").returncode == 0
    done = ask(environ, "subscribers", "history", "mailto:Ann@example.org", "--days", "7")
    off, nothing = done.stdout.splitlines()
    assert (done.returncode, nothing[:14]) == (0, "nothing since ")
    assert off == "mail is off: set WATCHER_SMTP_URL; until then nothing leaves to this address"
    assert json.loads(ask(environ, "subscribers", "history", "mailto:ann@example.org", "--json").stdout)["entries"] == []
    on = environ | {"WATCHER_SMTP_URL": "smtp://127.0.0.1:9", "WATCHER_MAIL_FROM": "watch@example.org"}
    assert ask(on, "subscribers", "history", "mailto:ann@example.org").stdout.startswith("nothing since ")
    missing = ask(environ, "subscribers", "history", "mailto:eve@example.org")
    assert (missing.returncode, missing.stderr) == (1, "nothing is stored about mailto:eve@example.org\n")
