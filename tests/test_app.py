"""The root: rules in force and their reload, which channels exist, polling once, the terminal as the first subscriber."""

import io
import logging
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import watcher.poll
from alerts.channels.console import ConsoleChannel
from alerts.models import Address, Cadence
from tests.papers import NOW, Moment
from tests.press import CECOT, NEW, OLD, feed, feed_table, reload
from tests.processes import TOKEN
from watcher import config
from watcher.app import CONSOLE, App, Current, build, channels, mail_domain, named, open_current, poll_once
from watcher.config import settings
from watcher.errors import ConfigError, StaleLeaseError, StorageError
from watcher.models import Source
from watcher.ports import PollResult
from watcher.storage import Database
from watcher.storage import tables as t
from watcher.storage.views import Views
from watcher.testing.payloads import PayloadServer


def feeds(base: str, *more: str) -> str:
    """Two feeds and a doctrine; the first has more lines."""
    return feed_table("press", base, 'title = "The Press"', *more) + feed_table("agency", base) + CECOT


COURTS = """
[[source]]
id = "retired"
kind = "feed"
url = "http://news.example/retired"
enabled = false
reason = "it has ended"

[[source]]
id = "courts"
kind = "docket-feeds"

[[case]]
id = "abrego-garcia"
title = "Abrego Garcia v. Noem"
names = ["Kilmar Abrego Garcia"]
dockets = [
    { court = "mdd", number = "8:25-cv-00951", courtlistener = 69777799 },
    { court = "ca4", number = "25-1345", courtlistener = 69849914 },
]
"""
DOCKETS = ["courts/69777799", "courts/69849914"]
ANOTHER = """
[[doctrine]]
id = "double-jeopardy"
title = "Double jeopardy"
terms = ["double jeopardy"]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "sources.toml"
    file.write_text(feeds("http://news.example") + COURTS)
    return file


@pytest.fixture
def current(file: Path) -> Current:
    return Current(file, config.load_rules(file))


def in_force(current: Current) -> tuple[list[str], list[str], dict[str, str]]:
    """What the parts of the rules say that must change together: watches judged by, sources polled, names shown."""
    return [watch.id for watch in current.rulebook.watches], list(current.sources), dict(current.names.watches)


# -- the rules in force


def test_an_untouched_file_is_not_read_again(current: Current) -> None:
    rules = current.rules
    assert reload(current) is False
    assert current.rules is rules


def test_a_changed_file_is_taken_whole(current: Current) -> None:
    rules = current.rules
    current.path.write_text(feeds("http://news.example").replace('"cecot"', '"prison"') + ANOTHER)
    assert reload(current) is True
    assert in_force(current) == (
        ["prison", "double-jeopardy"],
        ["press", "agency"],
        {"prison": "The prison CECOT", "double-jeopardy": "Double jeopardy"},
    )
    assert current.rules is not rules
    assert current.names.sources == {"press": "The Press"}


def test_looking_at_a_changed_file_changes_nothing_until_it_is_taken_whole(current: Current) -> None:
    before = current.in_force
    current.path.write_text(feeds("http://news.example").replace('"cecot"', '"prison"') + ANOTHER)
    newer = current.look()
    assert newer is not None
    assert current.in_force is before
    current.take(newer)
    assert current.in_force is newer
    assert (current.rules, current.sources, current.names) == (newer.rules, newer.sources, newer.names)


@pytest.mark.parametrize(
    "broken", [b"[[source", b"\xff\xfe", b'[[source]]\nid = "press"\nkind = "fed"\n'], ids=["no TOML", "no UTF-8", "faulty"]
)
def test_a_broken_file_changes_nothing_and_its_fault_is_reported_once(
    broken: bytes, current: Current, caplog: pytest.LogCaptureFixture
) -> None:
    before, rules = in_force(current), current.rules
    current.path.write_bytes(broken)
    with caplog.at_level(logging.INFO, "watcher.app"):
        assert [reload(current), reload(current)] == [False, False]
    assert (in_force(current), current.rules is rules) == (before, True)
    assert current.fault is not None
    assert current.fault.startswith(f"{current.path}:")
    assert [record.action for record in caplog.records] == ["rules-refused"]  # type: ignore[attr-defined]  # a field of `extra`


def test_a_file_that_is_away_changes_nothing_and_is_a_fault(current: Current) -> None:
    before = in_force(current)
    current.path.unlink()
    assert reload(current) is False
    assert in_force(current) == before
    assert current.fault == f"{current.path}: cannot be read: No such file or directory"


def test_a_fault_ends_with_the_next_good_file(current: Current) -> None:
    good = current.path.read_text()
    current.path.write_text("[[source")
    assert reload(current) is False
    current.path.write_text(good)
    assert reload(current) is True
    assert current.fault is None


def test_a_file_put_in_its_place_is_seen_though_size_and_time_are_the_same(current: Current) -> None:
    """Editors and deployments write a new file and rename it."""
    other = current.path.with_suffix(".new")
    other.write_text(current.path.read_text().replace("The prison CECOT", "The CECOT prison"))
    was = current.path.stat()
    os.utime(other, ns=(was.st_atime_ns, was.st_mtime_ns))
    other.replace(current.path)
    assert reload(current) is True
    assert current.names.watches["cecot"] == "The CECOT prison"


def test_a_file_can_be_taken_again_though_it_has_not_changed(current: Current) -> None:
    assert reload(current, force=True) is True
    assert reload(current) is False


def test_a_source_that_is_off_is_read_and_not_polled(current: Current) -> None:
    assert list(current.sources) == ["press", "agency", *DOCKETS]
    assert "retired" in [source.id for source in current.rulebook.sources]


# -- names of sources


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["press"], ["press"]),
        (["courts"], DOCKETS),
        (["courts/69849914"], DOCKETS[1:]),
        (["courts/69849914", "press", "courts", "press"], ["courts/69849914", "press", "courts/69777799"]),
    ],
)
def test_a_name_is_a_source_or_a_table_which_means_all_its_dockets(names: list[str], found: list[str], current: Current) -> None:
    assert named(current, names) == found


def test_every_unknown_name_is_told_at_once_with_the_nearest_and_a_source_that_is_off_is_one(current: Current) -> None:
    with pytest.raises(ConfigError) as refused:
        named(current, ["pres", "press", "retired", "courts/1"])
    assert refused.value.faults == (
        f"source 'pres': none of that name is enabled in {current.path} (did you mean press?); `watcher status` lists them",
        f"source 'retired': none of that name is enabled in {current.path}; `watcher status` lists them",
        f"source 'courts/1': none of that name is enabled in {current.path} (did you mean courts?); `watcher status` lists them",
    )


# -- channels

MAIL = {"WATCHER_SMTP_URL": "smtp://127.0.0.1:9", "WATCHER_MAIL_FROM": "Habeas Watch <alerts@watch.example>"}
CHAT = {"WATCHER_TELEGRAM_TOKEN": TOKEN, "WATCHER_TELEGRAM_API_URL": "http://127.0.0.1:9"}


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, {"console": "ConsoleChannel"}),
        (CHAT, {"console": "ConsoleChannel", "telegram": "TelegramChannel"}),
        (MAIL, {"console": "ConsoleChannel", "mailto": "EmailChannel"}),
        (CHAT | MAIL, {"console": "ConsoleChannel", "telegram": "TelegramChannel", "mailto": "EmailChannel"}),
    ],
    ids=["nothing", "token", "mail server", "both"],
)
async def test_each_channel_is_there_when_its_setting_is_and_the_terminal_always(environ: dict[str, str], expected: dict[str, str]) -> None:
    made = channels(settings(environ))
    assert {scheme: type(channel).__name__ for scheme, channel in made.items()} == expected
    for channel in made.values():
        await channel.close()


@pytest.mark.parametrize(
    ("chosen", "pace"),
    [
        ({}, (25.0, 64)),
        ({"WATCHER_TELEGRAM_RATE": "27.5"}, (27.5, 64)),
        ({"WATCHER_TELEGRAM_RATE": "27.5", "WATCHER_TELEGRAM_PAID_RATE": "500"}, (500.0, 500)),
    ],
)
async def test_telegram_keeps_the_pace_that_the_operator_chose(chosen: dict[str, str], pace: tuple[float, int]) -> None:
    made = channels(settings(CHAT | chosen))
    assert (made["telegram"].per_second, made["telegram"].parallel) == pace
    for channel in made.values():
        await channel.close()


async def test_a_channel_stands_under_the_scheme_of_the_addresses_it_serves() -> None:
    made = channels(settings(CHAT | MAIL))
    addresses = [Address("console"), Address.parse("telegram:5"), Address.parse("mailto:ann@example.org")]
    assert {address.channel for address in addresses} == set(made)
    for channel in made.values():
        await channel.close()


@pytest.mark.parametrize(("environ", "domain"), [(MAIL, "watch.example"), ({}, "habeas-watch.invalid")])
def test_message_ids_are_of_the_senders_domain_or_of_none_that_exists(environ: dict[str, str], domain: str) -> None:
    assert mail_domain(settings(environ)) == domain


# -- a built App


@pytest.fixture
async def press() -> AsyncIterator[PayloadServer]:
    async with PayloadServer({"/press": feed(OLD), "/agency": feed("Another agency reports", paper="agency.example")}) as server:
        yield server


@pytest.fixture
def clock() -> Moment:
    return Moment()


@pytest.fixture
async def app(press: PayloadServer, operator_url: str, tmp_path: Path, clock: Moment) -> AsyncIterator[App]:
    rules = tmp_path / "rules.toml"
    rules.write_text(feeds(press.base))
    environ = {"WATCHER_SOURCES": str(rules), "WATCHER_DATA": str(tmp_path), "WATCHER_ALLOW_PRIVATE": "1"}
    known = settings(environ | {"WATCHER_DATABASE_URL": operator_url})
    built = await build(known, clock=clock, chance=lambda: 0.0, terminal=io.StringIO())
    yield built
    await built.close()


async def polled(app: App, names: list[str] | None = None) -> list[tuple[str, str, int]]:
    return [(result.source, result.status, result.new) for result in await poll_once(app, names)]


async def test_what_is_due_is_polled_once_and_then_not_before_it_is_due_again(app: App, press: PayloadServer, clock: Moment) -> None:
    assert sorted(await polled(app)) == [("agency", "ok", 1), ("press", "ok", 1)]
    assert await polled(app) == []
    press.routes["/press"] = feed(OLD, NEW)
    clock.now += timedelta(days=1)
    assert sorted(await polled(app)) == [("agency", "not-modified", 0), ("press", "ok", 1)]


async def test_what_is_named_is_polled_whether_due_or_not_and_nothing_else(app: App, press: PayloadServer) -> None:
    assert await polled(app, ["press"]) == [("press", "ok", 1)]
    press.routes["/press"] = feed(OLD, NEW)
    assert await polled(app, ["press"]) == [("press", "ok", 1)]
    assert press.asked("/agency") == []


async def test_a_source_that_fails_does_not_stop_the_others(app: App, press: PayloadServer) -> None:
    del press.routes["/press"]
    failed, good = sorted(await poll_once(app, None), key=lambda result: result.source, reverse=True)
    assert (failed.source, failed.status, failed.error) == ("press", "failed", "status 404: nothing is at this address")
    assert (good.source, good.status, good.new) == ("agency", "ok", 1)


async def test_a_named_source_that_fails_keeps_the_turn_that_it_has_with_the_service(app: App, press: PayloadServer) -> None:
    await polled(app)
    turns = {row.state.source: row.state.next_poll_at for row in await Views(app.database).sources()}
    del press.routes["/press"]
    assert await polled(app, ["press"]) == [("press", "failed", 0)]
    assert {row.state.source: row.state.next_poll_at for row in await Views(app.database).sources()} == turns


async def test_a_source_that_left_the_file_since_it_was_claimed_is_not_polled(app: App, press: PayloadServer) -> None:
    (state,) = await app.store.claim_named(["press"], NOW)
    app.current.path.write_text(feed_table("agency", press.base) + CECOT)
    assert reload(app.current) is True
    with pytest.raises(StaleLeaseError, match=r"^press: it is not polled any more$"):
        await app.poll(state)
    assert press.requests == []


@pytest.fixture
def public(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is paced as public hosts are, if not for so long."""
    monkeypatch.setattr("watcher.app.is_private_url", lambda _: False)
    monkeypatch.setattr("watcher.app.SPACING", timedelta(milliseconds=5))


@pytest.mark.usefixtures("public")
@pytest.mark.parametrize("names", [None, ["press", "agency"]])
async def test_all_that_is_due_is_polled_though_sources_of_one_host_wait_for_their_turns(app: App, names: list[str] | None) -> None:
    assert sorted(await polled(app, names)) == [("agency", "ok", 1), ("press", "ok", 1)]
    async with app.database.reading() as connection:
        (free_at,) = (await connection.execute(sa.select(t.buckets.c.free_at))).scalars()
    assert free_at == NOW + timedelta(milliseconds=10)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (StaleLeaseError("press: another worker has it"), "another worker has it"),
        (ZeroDivisionError("a bug"), "a fault of ours (ZeroDivisionError); the log tells more"),
    ],
)
async def test_whatever_goes_wrong_with_one_source_the_others_are_polled(
    app: App, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    async def poll(source: Source, *rest: Any, **more: Any) -> PollResult:
        if source.id == "press":
            raise error
        return await watcher.poll.poll(source, *rest, **more)

    monkeypatch.setattr("watcher.app.poll", poll)
    results = {result.source: (result.status, result.error) for result in await poll_once(app, None)}
    assert results == {"press": ("failed", said), "agency": ("ok", None)}


async def test_one_unknown_name_and_nothing_is_polled(app: App, press: PayloadServer) -> None:
    with pytest.raises(ConfigError, match="'pres'"):
        await poll_once(app, ["press", "pres"])
    assert press.requests == []


async def test_a_source_is_judged_by_the_watches_it_names_alone(app: App, press: PayloadServer) -> None:
    more = ['watches = ["double-jeopardy"]', 'first_run = "last:9"']
    app.current.path.write_text(feeds(press.base, *more) + ANOTHER)
    assert reload(app.current) is True
    press.routes["/press"] = feed(NEW, "Double jeopardy before the court")
    await poll_once(app, ["press"])
    told = [match[0] for page in await Views(app.database).stories() for paper in page.papers for match in paper.matches]
    assert told == ["double-jeopardy"]


# -- the terminal as the first subscriber


async def followers(app: App) -> dict[str, dict[str, str]]:
    everybody = await app.book.everybody()
    return {str(each.subscriber.address): {one.watch: one.cadence.value for one in each.subscriptions} for each in everybody}


async def test_without_any_subscriber_the_terminal_follows_everything_at_once(app: App) -> None:
    await app.start_console()
    assert await followers(app) == {str(CONSOLE): {"cecot": "now"}}


async def test_where_somebody_else_is_told_the_terminal_stays_silent(app: App) -> None:
    await app.book.follow(Address.parse("telegram:5"), ["cecot"], NOW, cadence=Cadence.DAILY)
    await app.start_console()
    assert await followers(app) == {"telegram:5": {"cecot": "daily"}}


async def test_a_terminal_that_was_told_follows_at_the_next_start_what_is_new_in_the_file(app: App) -> None:
    await app.start_console()
    await app.book.follow(Address.parse("telegram:5"), ["cecot"], NOW)
    with app.current.path.open("a") as file:
        file.write(ANOTHER)
    assert reload(app.current) is True
    await app.start_console()
    assert (await followers(app))[str(CONSOLE)] == {"cecot": "now", "double-jeopardy": "now"}


async def test_what_is_chosen_for_the_terminal_takes_the_place_of_everything_and_holds_at_every_start(app: App) -> None:
    with app.current.path.open("a") as file:
        file.write(ANOTHER)
    assert reload(app.current) is True
    await app.start_console()
    await app.book.follow(CONSOLE, ["cecot"], NOW, cadence=Cadence.DAILY)
    await app.start_console()
    assert await followers(app) == {str(CONSOLE): {"cecot": "daily"}}
    await app.book.follow(CONSOLE, ["double-jeopardy"], NOW)
    assert await followers(app) == {str(CONSOLE): {"cecot": "daily", "double-jeopardy": "now"}}


async def test_a_terminal_that_is_to_hear_nothing_hears_nothing_after_the_next_start(app: App) -> None:
    await app.start_console()
    await app.book.unfollow(CONSOLE)
    await app.start_console()
    assert await followers(app) == {str(CONSOLE): {}}


# -- what cannot be built


async def test_a_database_of_another_version_is_refused_with_the_command_to_run(postgres_url: str, tmp_path: Path) -> None:
    empty = postgres_url.rpartition("/")[0] + "/postgres"
    with pytest.raises(StorageError, match=r"run `watcher db upgrade`"):
        await open_current(settings({"WATCHER_DATABASE_URL": empty, "WATCHER_DATA": str(tmp_path)}))


async def test_sqlite_is_made_with_its_folder_and_brought_up_to_date(tmp_path: Path, clock: Callable[[], datetime]) -> None:
    database = await open_current(settings({"WATCHER_DATA": str(tmp_path / "a" / "b")}), clock)
    assert await Views(database).is_ready()
    assert await database.now() == NOW
    await database.dispose()


# -- nothing is left open


@pytest.fixture
def disposed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The databases that were closed."""
    closed: list[str] = []
    dispose = Database.dispose

    async def noted(self: Database) -> None:
        await dispose(self)
        closed.append("database")

    monkeypatch.setattr(Database, "dispose", noted)
    return closed


def surrounded(folder: Path) -> dict[str, str]:
    (folder / "sources.toml").write_text(CECOT)
    return {"WATCHER_SOURCES": str(folder / "sources.toml"), "WATCHER_DATA": str(folder)}


@pytest.mark.parametrize("broken", ["HttpFetcher", "channels", "StoredHistory", "App.enrol"])
async def test_what_cannot_be_built_leaves_nothing_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, disposed: list[str], broken: str
) -> None:
    def stumble(*_: object, **__: object) -> None:
        raise RuntimeError("stumbled")

    monkeypatch.setattr(f"watcher.app.{broken}", stumble)
    with pytest.raises(RuntimeError, match="stumbled"):
        await build(settings(surrounded(tmp_path)))
    assert disposed == ["database"]


async def test_a_channel_that_cannot_be_closed_keeps_nothing_else_open(tmp_path: Path, disposed: list[str]) -> None:
    class Stuck(ConsoleChannel):
        async def close(self) -> None:
            raise RuntimeError("stuck")

    app = await build(settings(surrounded(tmp_path)))
    with pytest.raises(RuntimeError, match="stuck"):
        await replace(app, channels={"console": Stuck(io.StringIO(), environ={})}).close()
    assert disposed == ["database"]
