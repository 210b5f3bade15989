"""The use case `poll`: a fetcher of a few lines, the real store on SQLite and on PostgreSQL."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.papers import NOW, SOURCE, judged
from watcher.errors import DatabaseAwayError, FetchError, ParseError, SourceError, StaleLeaseError
from watcher.models import Docket, Document, Entry, FirstRun, Link, Named, Source, SourceState, Verdict
from watcher.poll import LONGEST, MOST_FAULTS, MOST_PAGES, MOVED_AFTER, SLOW, Kin, Tools, poll, told_at_first
from watcher.ports import Added, Ask, Judged, Page, PollResult, Reading, Sorted
from watcher.storage import Database, SourceStore, StoredFamilies
from watcher.storage import tables as t
from watcher.storage.store import LEASE

Answer = Page | SourceError
OLDEST = NOW - timedelta(days=14)  #: what `max_age` of a source is unless it says otherwise


def item(name: str, published: datetime | None = NOW) -> dict[str, Any]:
    return {"id": name, "title": f"{name} was reported", "published": published and published.isoformat()}


def page(*items: dict[str, Any], then: str | None = None, faults: Sequence[str] = (), full: int = 0, **fields: Any) -> Page:
    """An answer in the shape that `Lines` reads."""
    body = json.dumps({"items": items, "next": then, "faults": faults, "full": full}).encode()
    return Page(**{"url": SOURCE.url, "body": body, **fields})


NOT_MODIFIED = Page(url=SOURCE.url, body=b"", not_modified=True)
BROKEN = Page(url=SOURCE.url, body=b"<html>", etag='"broken"')


class Lines:
    """A kind of source whose answers say all that a Reading holds."""

    KIND = "lines"
    DEFAULT_URL: str | None = None
    OPTIONS: frozenset[str] = frozenset()

    def __init__(self) -> None:
        self.reads = 0

    def ask(self, source: Source, now: datetime) -> Ask:
        return Ask(url=source.url)

    def read(self, source: Source, page: Page) -> Reading:
        self.reads += 1
        try:
            said = json.loads(page.body)
        except ValueError as error:
            raise ParseError(source.id, "not a list of lines") from error
        entries = tuple(Entry(**each) for each in said["items"])
        then = Ask(url=said["next"]) if said["next"] else None
        return Reading(entries=entries, faults=tuple(said["faults"]), full=said["full"], next=then)


@dataclass
class Web:
    """A fetcher that gives what a test put there, by address, and keeps what it was asked."""

    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[Ask, SourceState | None]] = field(default_factory=list)

    async def get(self, source: Source, ask: Ask, state: SourceState | None = None) -> Page:
        self.asked.append((ask, state))
        answer = self.answers[ask.url]
        if isinstance(answer, SourceError):
            raise answer
        return answer


@dataclass(frozen=True)
class Row:
    """How a Document is stored."""

    title: str
    tell: bool
    backfill: bool
    version: int


class Desk:
    """One source, polled time after time."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.store = SourceStore(database)
        self.web = Web()
        self.lines = Lines()
        self.source = SOURCE
        self.chance = 0.0
        self.judge: Callable[[Document], Verdict] = lambda document: Verdict(document=document.key)
        self.kin: Kin = lambda _papers, _named: ()
        self.longest = LONGEST
        self.minutes = 0
        self.stopwatch: Callable[[], float] = lambda: 0.0

    async def claim(self, now: datetime = NOW) -> SourceState:
        await self.store.enrol({self.source.id: "127.0.0.1:1"}, now)
        (state,) = await self.store.claim_named([self.source.id], now)
        return state

    async def poll(
        self, answer: Answer | None = None, *, now: datetime = NOW, state: SourceState | None = None, out_of_turn: bool = False
    ) -> PollResult:
        if answer is not None:
            self.web.answers[self.source.url] = answer
        tools = Tools(
            fetcher=self.web,
            store=self.store,
            judge=self.judge,
            adapter=self.lines,
            kin=self.kin,
            chance=lambda: self.chance,
            stopwatch=self.stopwatch,
            longest=self.longest,
        )
        return await poll(self.source, state or await self.claim(now), tools, now, out_of_turn=out_of_turn)

    async def state(self) -> SourceState:
        """What is remembered now. Claimed and given back untouched."""
        async with self.database.reading() as connection:
            row = (await connection.execute(sa.select(t.sources))).mappings().one()
        fields = SourceState.__dataclass_fields__
        return SourceState(**{name: value for name, value in row.items() if name in fields})

    async def stored(self) -> list[Row]:
        columns = (t.versions.c.title, t.documents.c.tell, t.documents.c.backfill, t.documents.c.version)
        current = sa.and_(t.versions.c.document == t.documents.c.id, t.versions.c.version == t.documents.c.version)
        async with self.database.reading() as connection:
            rows = await connection.execute(sa.select(*columns).join(t.versions, current).order_by(t.documents.c.id))
            return [Row(*row) for row in rows]

    async def titles(self) -> list[str]:
        return [row.title.removesuffix(" was reported") for row in await self.stored()]


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


# What is told


async def test_a_first_poll_stores_all_and_tells_nothing_and_the_next_tells_what_is_new(desk: Desk) -> None:
    first = await desk.poll(page(item("a"), item("b")))
    second = await desk.poll(page(item("c"), item("a"), item("b")))
    assert first == PollResult(source="press", kind="feed", status="ok", entries=2, new=2)
    assert second == PollResult(source="press", kind="feed", status="ok", entries=3, new=1, lags=(timedelta(0),))
    assert [(row.title[0], row.tell) for row in await desk.stored()] == [("a", False), ("b", False), ("c", True)]


async def test_the_lag_is_of_new_papers_that_may_be_told_and_say_their_hour(desk: Desk) -> None:
    await desk.poll(page(item("a", NOW - timedelta(hours=9))))
    later = [item("b", NOW - timedelta(minutes=7)), item("c", None), item("d", NOW - timedelta(days=20)), item("e", NOW + timedelta(1))]
    assert (await desk.poll(page(*later))).lags == (timedelta(minutes=7), timedelta(0))


async def test_a_first_poll_tells_the_newest_where_the_operator_wants_it(desk: Desk) -> None:
    desk.source = replace(SOURCE, first_run=FirstRun(policy="last", last=1))
    await desk.poll(page(item("old", NOW - timedelta(hours=2)), item("new", NOW - timedelta(hours=1))))
    assert [(row.title[:3], row.tell) for row in await desk.stored()] == [("old", False), ("new", True)]


def paper(name: str, published: datetime | None) -> Document:
    return Document(key=name, published=published)


PAPERS = (
    paper("eve", datetime(2026, 11, 22, 23, 59, tzinfo=UTC)),
    paper("day", datetime(2026, 11, 23, tzinfo=UTC)),
    paper("dateless", None),
    paper("ahead", NOW + timedelta(days=9)),
)


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        (FirstRun(), set()),
        (FirstRun(policy="last", last=0), set()),
        (FirstRun(policy="last", last=1), {"ahead"}),
        (FirstRun(policy="last", last=2), {"ahead", "dateless"}),
        (FirstRun(policy="last", last=9), {"eve", "day", "dateless", "ahead"}),
        (FirstRun(policy="since", since=date(2026, 11, 23)), {"day", "dateless", "ahead"}),
        (FirstRun(policy="since", since=date(2026, 12, 1)), {"ahead"}),
    ],
    ids=lambda value: str(sorted(value)) if isinstance(value, set) else repr(value),
)
def test_a_first_run_tells_what_its_policy_says(policy: FirstRun, told: set[str]) -> None:
    assert told_at_first(replace(SOURCE, first_run=policy), PAPERS, NOW) == told


async def test_late_is_not_new_it_is_stored_and_counted_and_never_told(desk: Desk) -> None:
    await desk.poll(page(item("a")))
    result = await desk.poll(page(item("late", OLDEST - timedelta(days=1)), item("ahead", NOW + timedelta(days=1)), item("dateless", None)))
    assert (result.new, result.backfill) == (3, 1)
    assert [(row.title.split()[0], row.tell, row.backfill) for row in await desk.stored()][1:] == [
        ("late", False, True),
        ("ahead", True, False),
        ("dateless", True, False),
    ]


async def test_a_new_sources_first_run_swallows_nothing_of_what_an_old_one_would_have_told(desk: Desk) -> None:
    """Both have an article; the new one is the first to see it, and the old one tells it all the same, once, unless it is late."""
    link = {"link": "https://news.example/a"}
    older = {"link": "https://news.example/b"}
    added = Desk(desk.database)
    added.source = replace(SOURCE, id="added")
    desk.judge = added.judge = lambda document: judged(document, "cecot").verdict
    await desk.poll(page(item("x")))
    await added.poll(page({**item("a"), **link}, {**item("b", OLDEST), **older}))
    later = NOW + timedelta(minutes=5)
    for number in range(2):
        await added.poll(page({**item("a"), **link}, {**item("b", OLDEST), **older}, item(f"y{number}")), now=later)
        await desk.poll(page({**item("1"), **link}, {**item("2", OLDEST), **older}, item(f"z{number}")), now=later)
    assert [(row.title[0], row.tell) for row in await desk.stored()][:3] == [("x", False), ("a", True), ("b", False)]
    async with desk.database.reading() as connection:
        of = sa.select(sa.func.count()).select_from(t.revisions).where(t.revisions.c.tell, t.revisions.c.number == 2)
        assert (await connection.execute(of)).scalar_one() == 1


async def test_what_two_first_runs_find_is_told_by_neither_afterwards(desk: Desk) -> None:
    link = {"link": "https://news.example/a"}
    other = Desk(desk.database)
    other.source = replace(SOURCE, id="other")
    for each in (desk, other, desk, other):
        await each.poll(page({**item(each.source.id), **link}, item(f"{each.source.id}-{each.lines.reads}")))
    assert [row.tell for row in await desk.stored() if row.title.startswith("press was")] == [False]


async def test_other_words_of_a_known_entry_are_a_version_of_it(desk: Desk) -> None:
    await desk.poll(page(item("a")))
    result = await desk.poll(page({**item("a"), "title": "Better words"}))
    assert (result.new, result.changed) == (0, 1)
    assert [(row.title, row.version) for row in await desk.stored()] == [("Better words", 2)]


async def test_an_entry_that_comes_twice_is_one(desk: Desk) -> None:
    result = await desk.poll(page(item("a"), item("a")))
    assert (result.entries, result.new) == (2, 1)
    assert await desk.titles() == ["a"]


# What is asked and read


async def test_validators_are_remembered_and_sent_again(desk: Desk) -> None:
    await desk.poll(page(item("a"), etag='W/"1"', last_modified="Mon, 23 Nov 2026 00:00:00 GMT"))
    await desk.poll()
    _, sent = desk.web.asked[-1]
    assert sent is not None
    assert (sent.etag, sent.last_modified) == ('W/"1"', "Mon, 23 Nov 2026 00:00:00 GMT")


async def test_an_answer_not_modified_is_not_read_and_keeps_the_validators(desk: Desk) -> None:
    await desk.poll(page(item("a"), etag='"1"'))
    await desk.poll(FetchError("press", "status 503", status=503))
    result = await desk.poll(NOT_MODIFIED)
    state = await desk.state()
    assert result == PollResult(source="press", status="not-modified")
    assert (state.etag, state.polls, state.failures, state.last_error, desk.lines.reads) == ('"1"', 2, 0, None, 1)


async def test_the_same_bytes_are_not_read_again(desk: Desk) -> None:
    await desk.poll(page(item("a")))
    result = await desk.poll(page(item("a"), etag='"another"'))
    assert (result.status, desk.lines.reads) == ("not-modified", 1)
    assert (await desk.state()).etag == '"another"'


async def test_what_could_not_be_read_is_not_remembered_so_it_is_read_again(desk: Desk) -> None:
    await desk.poll(page(item("a"), etag='"good"'))
    good = await desk.state()
    assert [(await desk.poll(BROKEN)).error for _ in range(2)] == ["not a list of lines"] * 2
    bad = await desk.state()
    assert (bad.etag, bad.body_hash) == (good.etag, good.body_hash)
    assert (desk.lines.reads, bad.failures) == (3, 2)


async def test_all_pages_are_followed_without_validators(desk: Desk) -> None:
    desk.web.answers |= {"http://127.0.0.1:1/2": page(item("b"), then="http://127.0.0.1:1/3"), "http://127.0.0.1:1/3": page(item("c"))}
    result = await desk.poll(page(item("a"), then="http://127.0.0.1:1/2", etag='"first"'))
    assert (result.entries, result.new) == (3, 3)
    assert await desk.titles() == ["a", "b", "c"]
    assert [(ask.follow, state is None) for ask, state in desk.web.asked] == [(False, False), (True, True), (True, True)]
    assert (await desk.state()).etag == '"first"'


async def test_an_answer_whose_pages_never_end_is_left_after_most_pages(desk: Desk) -> None:
    result = await desk.poll(page(item("a"), then=SOURCE.url))
    assert (result.status, result.entries, len(desk.web.asked)) == ("ok", MOST_PAGES + 1, MOST_PAGES + 1)
    assert result.faults == (f"it has more than {MOST_PAGES} further pages: the rest is not read",)


async def test_of_a_flood_of_entries_most_are_left_out_and_that_is_a_fault(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watcher.poll.MOST_ENTRIES", 2)
    desk.web.answers["http://127.0.0.1:1/2"] = page(item("b"), item("c"), item("d"), then="http://127.0.0.1:1/3")
    result = await desk.poll(page(item("a"), then="http://127.0.0.1:1/2"))
    assert await desk.titles() == ["a", "b"]
    assert result.faults == (
        "2 of its entries are left out: no more than 2 are read at once",
        "it has more than 1 further pages: the rest is not read",
    )


async def test_faults_of_entries_are_printable_and_not_without_end(desk: Desk) -> None:
    result = await desk.poll(page(item("a"), faults=["entry 2: \x1b[2J\0\ud800"] + ["entry"] * MOST_FAULTS))
    assert result.faults == ("entry 2: ?[2J??", *["entry"] * (MOST_FAULTS - 1), "and 1 more entries that cannot be read")


async def test_a_poll_ends_before_its_claim_and_that_is_a_fault_like_any_other(desk: Desk) -> None:
    async def never(source: Source, ask: Ask, state: SourceState | None = None) -> Page:
        await asyncio.Event().wait()
        raise AssertionError

    desk.web.get = never  # type: ignore[method-assign]  # this fake's own
    desk.longest = timedelta(microseconds=1)
    result = await desk.poll()
    assert (result.status, result.error) == ("failed", "not read to its end within 1e-06 s")
    assert (await desk.state()).failures == 1
    assert LONGEST < LEASE


SECOND = "http://127.0.0.1:1/2"


@pytest.mark.parametrize("fault", [FetchError("press", "status 500", status=500), BROKEN], ids=["not answered", "not readable"])
async def test_of_an_answer_with_a_page_at_fault_the_others_are_stored_and_the_next_poll_reads_it_all(desk: Desk, fault: Answer) -> None:
    await desk.poll(page())
    desk.web.answers[SECOND] = fault
    first = page(item("a"), then=SECOND, etag='"first"', full=1)
    before, result = await desk.state(), await desk.poll(first)
    assert (result.status, result.new, result.gap) == ("failed", 1, False)
    assert result.error == ("status 500" if isinstance(fault, FetchError) else "not a list of lines")
    state = await desk.state()
    assert (state.etag, state.body_hash, state.polls, state.failures) == (before.etag, before.body_hash, 1, 1)
    assert state.last_error == result.error
    desk.web.answers[SECOND] = page(item("b"))
    assert (await desk.poll(first)).new == 1
    assert sorted(await desk.titles()) == ["a", "b"]


async def test_a_first_poll_that_breaks_stores_nothing_since_what_it_stores_is_never_told(desk: Desk) -> None:
    desk.web.answers[SECOND] = FetchError("press", "status 500", status=500)
    for _ in range(2):
        assert (await desk.poll(page(item("a"), then=SECOND))).status == "failed"
    assert await desk.titles() == []
    desk.web.answers[SECOND] = page(item("b"))
    assert (await desk.poll(page(item("a"), then=SECOND))).new == 2


async def test_a_page_that_has_ended_for_good_does_not_end_the_source(desk: Desk) -> None:
    await desk.poll(page())
    desk.web.answers[SECOND] = FetchError("press", "status 410: gone", status=410, gone=True)
    result = await desk.poll(page(item("a"), then=SECOND))
    assert (result.status, result.new, result.error) == ("failed", 1, "a further page: status 410: gone")
    assert not (await desk.state()).gone


async def test_a_page_that_asks_to_be_left_alone_is(desk: Desk) -> None:
    desk.web.answers[SECOND] = FetchError("press", "status 429", status=429, wait=timedelta(hours=3))
    await desk.poll(page(item("a"), then=SECOND))
    assert (await desk.state()).next_poll_at >= NOW + timedelta(hours=3)


async def test_a_walk_that_is_too_slow_stores_what_it_has_read_in_time(desk: Desk) -> None:
    """Each page takes a minute; at three and a half of the four there is no time for a further one."""
    pages = [SOURCE.url, *(f"http://127.0.0.1:1/{number}" for number in range(2, 9))]
    for number, (address, then) in enumerate(zip(pages, [*pages[1:], None], strict=True)):
        desk.web.answers[address] = page(item(f"n{number}"), then=then)
    get = desk.web.get

    async def slowly(source: Source, ask: Ask, state: SourceState | None = None) -> Page:
        desk.minutes += 1
        return await get(source, ask, state)

    desk.web.get = slowly  # type: ignore[method-assign]  # this fake's own
    desk.stopwatch = lambda: desk.minutes * 60.0
    kept = desk.web.answers[SOURCE.url]
    await desk.poll(page())
    desk.minutes, desk.web.answers[SOURCE.url] = 0, kept
    result = await desk.poll()
    assert (result.status, result.new) == ("failed", 4)
    assert result.error == "not read to its end within 240 s: 4 pages are stored, the rest is left"


async def test_entries_that_cannot_be_read_are_named_and_the_others_stored(desk: Desk) -> None:
    result = await desk.poll(page(item("a"), faults=["entry 2: no date"]))
    assert (result.status, result.new, result.faults) == ("ok", 1, ("entry 2: no date",))


async def test_reading_too_long_is_the_fault_of_the_source(desk: Desk) -> None:
    for took, status in ((SLOW, "ok"), (SLOW + 1, "failed")):
        desk.stopwatch = iter([100.0, 100.0, 100.0 + took]).__next__
        result = await desk.poll(page(item("a"), faults=[str(took)]))
        assert result.status == status
    assert result.error == "its answer took 6 s to read; more than 5 s is a fault of the source"


# Faults of ours


@pytest.mark.parametrize("where", ["read", "judge", "save"])
async def test_what_we_cannot_work_with_is_a_fault_of_the_source_that_is_remembered(desk: Desk, where: str) -> None:
    def fail(*_: Any) -> Any:
        raise ZeroDivisionError("a bug of ours")

    class Broken(SourceStore):
        async def save(self, state: SourceState, judged: Sequence[Judged], now: datetime, **more: Any) -> Added:
            return await super().save(state, judged and fail(), now, **more)

    if where == "read":
        desk.lines.read = fail  # type: ignore[method-assign, assignment]  # this fake's own
    elif where == "judge":
        desk.judge = fail
    else:
        desk.store = Broken(desk.database)
    result = await desk.poll(page(item("a")))
    assert (result.status, result.error) == ("failed", "what it sent cannot be worked with (ZeroDivisionError); the log tells more")
    state = await desk.state()
    assert (state.failures, state.last_error, state.lease_until) == (1, result.error, None)
    assert state.next_poll_at == NOW + 2 * SOURCE.every
    assert await desk.titles() == []


LINK = Link(
    watch="abrego-garcia",
    named=Named(
        docket=Docket(court="ca4", number="25-1345"), by=Docket(court="mdd", number="8:25-cv-00951"), how="appeal", found="x", field="y"
    ),
    state="linked",
)


async def test_dockets_are_tied_by_all_that_was_read_changed_or_not(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    read: list[list[str]] = []

    def kin(papers: Sequence[Document], _named: Sequence[Named]) -> Sequence[Link]:
        read.append([paper.title for paper in papers])
        return [LINK]

    desk.kin = kin
    with caplog.at_level("INFO", "watcher.poll"):
        await desk.poll(page(item("a")))
        await desk.poll(page(item("a"), item("b")))
    assert read == [["a was reported"], ["a was reported", "b was reported"]]
    assert "abrego-garcia: linked ca4 25-1345: its appeal: mdd 8:25-cv-00951 says “x”" in caplog.messages
    assert await StoredFamilies(desk.database).links() == (replace(LINK, at=NOW),)


async def test_a_fault_of_ours_over_dockets_costs_no_paper_its_telling(desk: Desk) -> None:
    def fail(*_: Any) -> Any:
        raise ZeroDivisionError("a bug of ours")

    desk.kin = fail
    assert (await desk.poll(page(item("a")))).status == "ok"
    assert await desk.titles() == ["a"]


async def test_a_database_that_is_away_is_no_fault_of_the_source(desk: Desk) -> None:
    class Away(SourceStore):
        async def sort(self, source: Source, documents: Sequence[Document]) -> Sorted:
            raise DatabaseAwayError("the database does not answer")

    desk.store = Away(desk.database)
    with pytest.raises(DatabaseAwayError):
        await desk.poll(page(item("a")))
    assert (await desk.state()).failures == 0


# Gaps


async def test_a_full_answer_of_unknown_entries_is_a_gap_and_one_known_entry_is_none(desk: Desk) -> None:
    first = await desk.poll(page(item("a"), item("b"), full=2))
    overlapping = await desk.poll(page(item("c"), item("b"), full=2))
    lost = await desk.poll(page(item("f"), item("e"), full=2))
    assert [each.gap for each in (first, overlapping, lost)] == [False, False, True]
    async with desk.database.reading() as connection:
        assert (await connection.execute(sa.select(t.sources.c.gaps))).scalar_one() == 1


@pytest.mark.parametrize("full", [0, 3])
async def test_an_answer_that_is_not_full_has_no_gap(desk: Desk, full: int) -> None:
    await desk.poll(page(item("a"), full=full))
    assert not (await desk.poll(page(item("b"), item("c"), full=full))).gap


# When it is due again


async def test_each_failure_doubles_the_wait_up_to_an_hour_and_a_success_ends_it(desk: Desk) -> None:
    waits = []
    for _ in range(4):
        result = await desk.poll(FetchError("press", "status 503", status=503))
        assert result == PollResult(source="press", status="failed", error="status 503")
        waits.append((await desk.state()).next_poll_at - NOW)
    assert waits == [timedelta(minutes=minutes) for minutes in (30, 60, 60, 60)]
    failed = await desk.state()
    assert (failed.failures, failed.last_error, failed.polls) == (4, "status 503", 0)
    await desk.poll(page(item("a")))
    state = await desk.state()
    assert (state.failures, state.last_error, state.last_ok_at, state.next_poll_at) == (0, None, NOW, NOW + SOURCE.every)


async def test_a_moment_without_network_costs_seconds_and_an_answer_ends_it(desk: Desk) -> None:
    waits = []
    for _ in range(4):
        await desk.poll(FetchError("press", "cannot resolve news.example", unreached=True))
        waits.append(((await desk.state()).next_poll_at - NOW).total_seconds())
    assert waits == [15, 30, 60, 120]
    assert (await desk.state()).unreached
    await desk.poll(FetchError("press", "status 503", status=503))
    assert not (await desk.state()).unreached
    await desk.poll(FetchError("press", "no connection to news.example", unreached=True))
    await desk.poll(page(item("a")))
    state = await desk.state()
    assert (state.unreached, state.failures, state.next_poll_at) == (False, 0, NOW + SOURCE.every)


async def test_what_is_tried_again_within_seconds_is_said_once(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    faults = [FetchError("press", f"cannot resolve {host}", unreached=True) for host in ("a.example", "a.example", "b.example")]
    for fault in [*faults, FetchError("press", "status 503", status=503), FetchError("press", "status 503", status=503)]:
        await desk.poll(fault)
    said = ["press: cannot resolve a.example", "press: cannot resolve b.example", "press: status 503", "press: status 503"]
    assert [record.message for record in caplog.records if record.levelname == "WARNING"] == said


@pytest.mark.parametrize(
    ("wish", "wait"),
    [(timedelta(hours=3), timedelta(hours=3)), (timedelta(seconds=5), timedelta(minutes=30)), (timedelta(days=99), timedelta(days=1))],
)
async def test_the_servers_own_wish_is_obeyed_within_bounds(desk: Desk, wish: timedelta, wait: timedelta) -> None:
    await desk.poll(FetchError("press", "status 429", status=429, wait=wish))
    assert (await desk.state()).next_poll_at == NOW + wait


@pytest.mark.parametrize(
    ("fault", "wait"),
    [
        (FetchError("press", "status 503", status=503), timedelta(minutes=15)),
        (FetchError("press", "cannot resolve news.example", unreached=True), timedelta(minutes=5, seconds=15)),
        (FetchError("press", "status 429", status=429, wait=timedelta(hours=3)), timedelta(hours=3, minutes=5)),
        (FetchError("press", "status 429", status=429, wait=timedelta(minutes=1)), timedelta(minutes=15)),
    ],
)
async def test_a_fault_out_of_turn_puts_no_turn_off_unless_the_server_wishes_it(desk: Desk, fault: Answer, wait: timedelta) -> None:
    await desk.poll(page(item("a")))
    for _ in range(3):
        await desk.poll(fault, now=NOW + timedelta(minutes=5), out_of_turn=True)
    state = await desk.state()
    assert (state.next_poll_at, state.failures) == (NOW + wait, 1)
    await desk.poll(page(item("a"), item("b")), now=NOW + timedelta(minutes=6), out_of_turn=True)
    after = await desk.state()
    assert (after.next_poll_at, after.failures, after.last_error) == (NOW + timedelta(minutes=21), 0, None)


async def test_a_fault_out_of_turn_of_what_is_due_is_one_in_its_turn(desk: Desk) -> None:
    await desk.poll(FetchError("press", "status 503", status=503), out_of_turn=True)
    assert (await desk.state()).next_poll_at == NOW + 2 * SOURCE.every


async def test_chance_puts_a_poll_off(desk: Desk) -> None:
    desk.chance = 1.0
    await desk.poll(page(item("a")))
    assert (await desk.state()).next_poll_at == NOW + timedelta(minutes=15, seconds=90)


async def test_what_is_gone_is_not_due_any_more_and_answers_again_if_asked_by_name(desk: Desk) -> None:
    result = await desk.poll(FetchError("press", "status 410", status=410, gone=True))
    assert (result.status, (await desk.state()).gone) == ("gone", True)
    assert await desk.store.claim(["press"], NOW + timedelta(days=9), limit=1) == []
    await desk.poll(page(item("a")))
    assert not (await desk.state()).gone


# Moves


async def test_a_permanent_redirect_is_settled_after_a_few_readable_answers(desk: Desk) -> None:
    seen = []
    for number in range(MOVED_AFTER + 1):
        await desk.poll(page(item(str(number)), moved_to="https://new.example/"))
        state = await desk.state()
        seen.append((state.moved_to, state.moved_seen))
    assert seen == [("https://new.example/", number) for number in range(1, MOVED_AFTER + 2)]


async def test_a_redirect_to_another_place_counts_anew_and_none_at_all_forgets_it(desk: Desk) -> None:
    seen = []
    for number, address in enumerate(("https://new.example/", "https://other.example/", None)):
        await desk.poll(page(item(str(number)), moved_to=address))
        state = await desk.state()
        seen.append((state.moved_to, state.moved_seen))
    assert seen == [("https://new.example/", 1), ("https://other.example/", 1), (None, 0)]


async def test_a_settled_move_that_comes_back_is_forgotten(desk: Desk) -> None:
    for number in range(MOVED_AFTER):
        await desk.poll(page(item(str(number)), moved_to="https://new.example/"))
    await desk.poll(page(item("back")))  # what the fetcher says of an address that leads back to the operator's own
    state = await desk.state()
    assert (state.moved_to, state.moved_seen) == (None, 0)


async def test_a_settled_move_that_fails_is_forgotten_and_one_that_is_unchanged_is_kept(desk: Desk) -> None:
    for number in range(MOVED_AFTER):
        await desk.poll(page(item(str(number)), moved_to="https://new.example/"))
    await desk.poll(NOT_MODIFIED)
    state = await desk.state()
    assert (state.moved_to, state.moved_seen) == ("https://new.example/", MOVED_AFTER)
    await desk.poll(FetchError("press", "status 404", status=404))
    state = await desk.state()
    assert (state.moved_to, state.moved_seen) == (None, 0)


# Rivals


async def test_a_poll_whose_lease_ran_out_stores_nothing(desk: Desk) -> None:
    slow = await desk.claim()
    await desk.claim(NOW + LEASE)
    with pytest.raises(StaleLeaseError, match="another worker has it"):
        await desk.poll(page(item("a")), state=slow)
    assert (await desk.titles(), (await desk.state()).polls) == ([], 0)


async def test_what_a_rival_stored_meanwhile_is_not_counted_as_ours(desk: Desk) -> None:
    await desk.poll(page(item("a")))

    class Late(SourceStore):
        """A rival stores the same Documents between our look and our deed."""

        async def save(self, state: SourceState, judged: Sequence[Judged], now: datetime, **more: Any) -> Added:
            await super().enrol({"rival": "127.0.0.1:2"}, now)
            (theirs,) = await super().claim_named(["rival"], now)
            await super().save(theirs, [replace(each, tell=True) for each in judged], now)
            return await super().save(state, judged, now, **more)

    desk.store = Late(desk.database)
    result = await desk.poll(page(item("a"), item("b")))
    assert (result.new, await desk.titles()) == (0, ["a", "b"])
