"""`watcher why` and `why-not` as an operator asks them, after real polls on loopback."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from alerts.models import Address, LetterKind, LetterState
from alerts.retry import Settlement
from tests.asking import asked
from tests.papers import article, judged
from tests.press import ABREGO, CECOT, NEW, OLD, feed, feed_table, reload
from tests.processes import surroundings, watcher
from tests.site import stored
from watcher.app import App, build, poll_once
from watcher.cli.why import Answer, of_key, of_url
from watcher.config import settings
from watcher.errors import ConfigError, WatcherError
from watcher.storage import tables as t
from watcher.storage.views import Views
from watcher.testing.payloads import PayloadServer

NEEDY = '[phrases]\nremoval = ["flown out"]\n[[doctrine]]\nid = "flights"\ntitle = "Flights"\nterms = ["Men flown"]\nneeds = ["removal"]\n'
OFF = '[[source]]\nid = "off"\nkind = "feed"\nurl = "https://quiet.example/feed"\nenabled = false\nreason = "it asks to be left alone"\n'
ANN, BOB = Address("mailto", "ann@example.org"), Address("mailto", "bob@example.org")


@pytest.fixture
async def press() -> AsyncIterator[PayloadServer]:
    async with PayloadServer({"/press": feed(OLD)}) as server:
        yield server


@pytest.fixture
def environ(press: PayloadServer, operator_url: str, tmp_path: Path) -> dict[str, str]:
    rules = NEEDY + feed_table("press", press.base) + OFF + CECOT + ABREGO
    return surroundings(tmp_path, rules, DATABASE_URL=operator_url, ALLOW_PRIVATE="1")


@pytest.fixture
async def service(environ: dict[str, str], press: PayloadServer) -> AsyncIterator[App]:
    """A first look, then news, of which Ann is to be told, but not Bob, who came later."""
    app = await build(settings(environ))
    await poll_once(app, None)
    await app.book.follow(ANN, ["cecot"], await app.database.now())
    press.routes["/press"] = feed(OLD, NEW)
    await poll_once(app, ["press"])
    now = await app.database.now()
    for revision in await app.outbox.open_revisions():
        await app.outbox.fan_out(revision, now)
    for subscriber in await app.outbox.due_subscribers(now):
        await app.outbox.compose(subscriber, now)
    await app.book.follow(BOB, ["cecot"], await app.database.now())
    yield app
    await app.close()


def read(answer: Answer) -> str:
    return "\n".join(answer.lines) + "\n"


async def test_a_story_leads_to_its_documents_and_these_to_their_cards(environ: dict[str, str], service: App) -> None:
    story = json.loads((await asked(environ, "why", "story:1", "--json")).stdout)
    assert (story["title"], story["watches"]) == (NEW, ["cecot"])
    (member,) = story["members"]
    done = await asked(environ, "why", member["key"])
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line.strip() for line in done.stdout.splitlines()]
    assert lines[:2] == [member["key"], NEW]
    for line in (
        "source press, kind feed",
        "to be told, where a watch matches it",
        "cecot “The prison CECOT”: match, scores 1.0, threshold 0.88",
        "Men flown to the [[CECOT prison]] in El Salvador",
        "1 - (1 - 1.0) = 1.0",
        "flights “Flights”: just failed, scores 1.0, threshold 0.88",
        "missing: needs removal: no phrase of it found",
        f"story:1, revision 1: {NEW}",
        "revision 1: 1 mailto (alert, now) pending",
        "letters: letter:1",
    ):
        assert line in lines
    assert any(line.startswith("stored, ") and line.endswith("the same") for line in lines)
    assert "example.org" not in done.stdout


async def test_what_became_of_it_for_one_reader_is_told_and_no_other_is_named(service: App) -> None:
    ann = await of_key(service, "story:1", subscriber="mailto:Ann@example.org")
    assert ann.lines[-5] == "Told to mailto:ann@example.org"
    assert ann.lines[-3] == "  mail is off: set WATCHER_SMTP_URL; until then nothing leaves to this address"
    assert ann.lines[-1] == "  revision 1: alert, now, for cecot: letter:1 pending, 0 attempts"
    assert ann.data["for"]["revisions"][0]["delivery"]["state"] == "pending"
    bob = await of_key(service, "story:1", subscriber="mailto:bob@example.org")
    assert bob.lines[-1].startswith("  revision 1: not told: follows cecot since ")
    assert "ann@" not in read(bob) + json.dumps(bob.data)
    with pytest.raises(WatcherError, match=r"nothing is stored about mailto:eve@example\.org"):
        await of_key(service, "story:1", subscriber="mailto:eve@example.org")


async def test_a_letter_says_what_it_tells_and_how_it_fares_without_the_address(service: App) -> None:
    now = await service.database.now()
    (letter,) = await service.outbox.claim("mailto", now, free=1, per_second=0, lease=timedelta(minutes=1))
    await service.outbox.settle(letter, Settlement(state=LetterState.DEAD, error="550 5.1.1 <ann@example.org>: unknown"), now)
    told = await of_key(service, "letter:1")
    assert (told.data["state"], told.data["attempt"], told.data["error"]) == ("dead", 1, "550 5.1.1 <(address)>: unknown")
    (duty,) = told.data["tells"]
    assert (duty["story"], duty["watches"], duty["cadence"]) == ("story:1", ["cecot"], "now")
    assert duty["cards"] == [{"watch": "cecot", "score": 1.0, "found": ["CECOT prison"]}]
    (attempt,) = told.data["attempts"]
    assert (attempt["fate"], attempt["error"]) == ("dead", "550 5.1.1 <(address)>: unknown")
    assert "    cecot: now scores 1.0, found “CECOT prison”" in told.lines
    other = await of_key(service, "letter:1", subscriber="mailto:bob@example.org")
    assert "  not to mailto:bob@example.org" in other.lines
    assert "ann@" not in read(told) + read(other) + json.dumps([told.data, other.data])


async def test_a_letter_that_waits_says_that_its_channel_is_off(service: App) -> None:
    said = "waits until its channel is on, however long that is: mail is off: set WATCHER_SMTP_URL"
    assert (await of_key(service, "letter:1")).lines[-1] == f"  {said}"
    assert (await of_key(service, "letter:1")).data["next"] == said
    service.channels["mailto"] = service.channels["console"]
    assert "role deliver sends it" in (await of_key(service, "letter:1")).lines[-1]


async def test_a_letters_address_is_shown_to_a_person_at_the_terminal_alone(environ: dict[str, str], service: App) -> None:
    shown = await of_key(service, "letter:1", terminal=True)
    assert "  alert by mailto:ann@example.org, urgent" in shown.lines
    assert "example.org" not in json.dumps(shown.data)
    piped = await asked(environ, "why", "letter:1")
    assert (piped.returncode, "ann@" in piped.stdout, "  alert by mailto, urgent\n" in piped.stdout) == (0, False, True)


async def test_a_letter_that_was_deleted_is_told_from_one_that_never_was(service: App) -> None:
    await service.outbox.post(BOB, LetterKind.CONFIRMATION, "hello", await service.database.now())
    await service.book.forget(ANN)
    with pytest.raises(WatcherError, match="letter:1: deleted: letters go 90 days after they were settled, and at once with a reader"):
        await of_key(service, "letter:1")


async def test_a_match_of_other_rules_differs(service: App) -> None:
    rules = service.settings.sources
    rules.write_text(rules.read_text().replace('terms = ["CECOT prison"]', 'terms = [{ text = "CECOT prison", weight = 0.5 }]'))
    assert reload(service.current, force=True)
    answer = await of_key(service, "Story:1", "cecot")
    watch = answer.data["cards"][0]["watch"]
    assert (watch["verdict"], watch["score"], watch["stored"]["score"], watch["differs"]) == ("just failed", 0.75, 1.0, True)
    assert watch["arithmetic"] == "1 - (1 - 0.75) = 0.75"
    assert watch["missing"] == ["scores 0.75, 0.13 short of 0.88"]
    assert any("differs: the stored match, " in line for line in answer.lines)


async def test_an_address_that_is_stored_says_what_each_topic_lacked(service: App) -> None:
    answer = await of_url(service, "http://www.news.example/0?utm_source=x")
    (document,) = answer.data["documents"]
    assert (answer.data["stored"], document["title"], document["tell"], document["story"]) == (True, OLD, False, None)
    assert {each["watch"]: each["missing"][-1] for each in document["far"]} == {
        "flights": "found nothing of its 1 term",
        "cecot": "found nothing of its 1 term",
        "abrego-garcia": "found nothing of its 1 name",
    }
    assert "  found by the first look at press: stored, and not told (first_run)" in answer.lines
    assert "  nothing found of: flights, cecot, abrego-garcia" in answer.lines
    assert answer.lines[-2:] == ["Told", "  nobody: what is in no story is told to nobody"]
    bare = await of_url(service, " news.example/0")  # as browsers show it
    assert bare.data["documents"] == answer.data["documents"]
    one = await of_url(service, "https://news.example/0", "flights")
    assert "  flights “Flights”: no match, scores 0.0, threshold 0.88" in one.lines
    assert not any("abrego-garcia" in line for line in one.lines)


async def test_an_address_that_is_not_stored_says_who_should_have_brought_it(
    environ: dict[str, str], service: App, press: PayloadServer
) -> None:
    there = await asked(environ, "why-not", f"{press.base}/elsewhere")
    assert (there.returncode, there.stderr) == (0, "")
    assert "  not stored: no source has brought it\n  press asks 127.0.0.1:" in there.stdout
    assert ", 2 good polls\n" in there.stdout
    off = await of_url(service, "https://quiet.example/1")
    assert off.lines[-1] == "  off asks quiet.example: disabled: it asks to be left alone"
    news = await of_url(service, "https://news.example/77")
    assert news.lines[-2:] == ["  no source asks news.example", "  press has brought 2 documents of news.example"]
    assert news.data["stored"] is False


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("story:99", "'story:99': nothing of this key is stored; keys look like story:17"),
        ("document:fr:none", "document:fr:2025-04865"),
        ("document:\udcff", "nothing of this key is stored"),
        ("letter:99", "or no more: letters go 90 days after they were settled, and at once with a reader that is forgotten; keys"),
    ],
)
async def test_an_unknown_key_says_what_keys_look_like(environ: dict[str, str], key: str, said: str) -> None:
    app = await build(settings(environ))
    try:
        with pytest.raises(WatcherError) as raised:
            await of_key(app, key)
    finally:
        await app.close()
    assert said in str(raised.value)
    assert not isinstance(raised.value, ConfigError)


@pytest.mark.parametrize("operator_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("key", "asked_for", "said"),
    [
        ("story:1", {"watch": "ceco"}, "topic 'ceco': not known (did you mean cecot?)"),
        ("story:1", {"subscriber": "ann"}, "address 'ann': write telegram:CHAT"),
        ("letter:1", {"watch": "cecot"}, "--watch: a letter tells stories"),
        ("nonsense", {}, "'nonsense': no key; keys look like story:17"),
        ("story:9999999999999999999999", {}, "'story:9999999999999999999999': no key; keys look like"),
        ("story:²", {}, "'story:²': no key; keys look like"),
        ("document:", {}, "'document:': no key; keys look like"),
        ("letter:x", {}, "'letter:x': no key; keys look like"),
        ("17", {}, "'17': no key (did you mean story:17?); keys look like"),
        ("#17", {}, "'#17': no key (did you mean story:17?); keys look like"),
        ("fr:2025-04865", {}, "'fr:2025-04865': no key (did you mean document:fr:2025-04865?); keys look like"),
        ("x" * 999, {}, f"'{'x' * 199}…': no key; keys look like"),
        ("https://news.example/a", {}, "'https://news.example/a': no key but a web address: ask `watcher why-not`"),
    ],
)
async def test_what_cannot_be_asked_is_a_fault_of_usage(environ: dict[str, str], key: str, asked_for: dict[str, str], said: str) -> None:
    app = await build(settings(environ))
    try:
        with pytest.raises(ConfigError) as raised:
            await of_key(app, key, asked_for.get("watch"), asked_for.get("subscriber"))
    finally:
        await app.close()
    assert str(raised.value).startswith(said)


@pytest.mark.parametrize("operator_url", ["sqlite"], indirect=True)
async def test_the_exit_code_tells_an_unknown_key_from_wrong_usage(environ: dict[str, str]) -> None:
    for arguments, code, said in (
        (["why", "story:99"], 1, "keys look like story:17"),
        (["why"], 2, "Missing argument 'KEY'"),
        (["why", "nonsense"], 2, "'nonsense': no key; keys look like story:17"),
        (["why-not", "prison news"], 2, "'prison news': no web address"),
    ):
        done = await asked(environ, *arguments)
        assert (done.returncode, done.stdout) == (code, "")
        assert said in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("operator_url", ["sqlite"], indirect=True)
async def test_looking_makes_no_database(environ: dict[str, str], tmp_path: Path) -> None:
    bare = {name: value for name, value in environ.items() if name != "WATCHER_DATABASE_URL"}
    done = await asyncio.to_thread(watcher, bare, "why", "story:1")
    assert (done.returncode, done.stdout) == (1, "")
    assert "there is no database" in done.stderr
    assert not (tmp_path / "data").exists()


async def test_the_number_of_a_merged_story_is_followed(service: App) -> None:
    first = article("first", title="Notice of the first matter", key="fr:1", primary=True, source_kind="federal_register")
    second = replace(first, key="fr:2", title="Another of the second sort")
    for paper in (first, second, replace(second, relates=("fr:1",))):
        await stored(service.database, judged(paper, "cecot"))
    kept = [page.story.id for page in await Views(service.database).stories(watch="cecot") if page.story.lead == "fr:1"]
    async with service.database.reading() as connection:
        gone = list((await connection.execute(sa.select(t.story_moves.c.story))).scalars())
    answer = await of_key(service, f"story:{gone[0]}")
    assert answer is not None
    assert answer.lines[:2] == [f"story:{gone[0]} turned out to be one with story:{kept[0]}", f"story:{kept[0]}"]
