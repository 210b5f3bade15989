"""The demo's world is read by the real readers, and what comes of each step is what the script expects."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

import pytest

from alerts import deliver
from alerts.models import Letter, Outcome, Sent
from watcher.app import App, build
from watcher.config import Rulebook, read_rules, settings
from watcher.demo.rules import demo_rules, shipped_rules
from watcher.demo.script import STEPS
from watcher.demo.steps import Step
from watcher.demo.world import World
from watcher.errors import FetchError
from watcher.fetch import HttpFetcher
from watcher.match import Rules
from watcher.models import Document, DocumentType, Severity, Source, Stage
from watcher.normalize import documents
from watcher.sources import KINDS

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
BROKEN = "morning-standard"  # answers a web page
BUSY = "evening-post-gazetteer"  # refuses twice
DOCKETS = {"courtlistener", "scotus"}
NOISE = tuple(replace(step, changes=()) for step in STEPS if step.noise)


class Reader:
    """Reads every source of the world as it stands, by the real fetcher, readers and rules; keeps nothing but what it has seen."""

    def __init__(self, world: World, rulebook: Rulebook, fetcher: HttpFetcher) -> None:
        self.world = world
        self.rulebook = rulebook
        self.fetcher = fetcher
        self.faults: list[str] = []  #: entries that could not be read
        self.seen: dict[str, Document] = {}  #: by each of its keys

    @cached_property
    def rules(self) -> Rules:
        return Rules(self.rulebook.watches)

    async def read(self, source: Source) -> list[Document]:
        adapter = KINDS[source.kind]
        page = await self.fetcher.get(source, adapter.ask(source, NOW))
        reading = adapter.read(source, page)
        self.faults += reading.faults
        return documents(reading.entries, source, now=NOW)

    async def look(self) -> list[Document]:
        """Documents that are new, or have other words or another stage, since the last look; the broken source is left out."""
        fresh = []
        for source in self.rulebook.sources:
            if source.id != BROKEN:
                fresh += [document for document in await self.read(source) if self._is_fresh(document)]
        return fresh

    def watches(self, document: Document) -> frozenset[str]:
        """Those that it matches."""
        return frozenset(self.rules.judge(document).watches)

    def _is_fresh(self, document: Document) -> bool:
        keys = (document.key, *document.keys)
        known = next((self.seen[key] for key in keys if key in self.seen), None)
        self.seen |= dict.fromkeys(keys, document)
        return known is None or known.fingerprint() != document.fingerprint()


@asynccontextmanager
async def reading(steps: tuple[Step, ...] = STEPS) -> AsyncIterator[Reader]:
    async with World(steps=steps, today=NOW.date) as world:
        world.press.outlets["post"].busy = 0
        fetcher = HttpFetcher(contact="test@example.org", version="0", allow_private=True)
        try:
            yield Reader(world, read_rules(demo_rules(world.base, shipped_rules())), fetcher)
        finally:
            await fetcher.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """What a Reader found who looked after each step."""

    reader: Reader
    archive: list[Document]  #: before the first step
    steps: list[tuple[Step, list[Document]]]  #: each with what was fresh after it

    def after(self, says: str) -> list[Document]:
        """What was fresh after the step that says this."""
        (fresh,) = [fresh for step, fresh in self.steps if says in step.says]
        return fresh


async def travelled(steps: tuple[Step, ...]) -> Journey:
    async with reading(steps) as reader:
        archive = await reader.look()
        found = []
        while not reader.world.over:
            step = await reader.world.advance()
            found.append((step, await reader.look()))
    return Journey(reader=reader, archive=archive, steps=found)


@pytest.fixture(scope="module")
def journey() -> Journey:
    """The whole script, read once for all who ask what is read."""
    return asyncio.run(travelled(STEPS))


# -- its sources.toml


def test_the_demo_watches_what_is_shipped() -> None:
    shipped, demo = (read_rules(text) for text in (shipped_rules(), demo_rules("http://127.0.0.1:9", shipped_rules())))
    assert demo.watches == shipped.watches
    assert demo.groups == shipped.groups


def test_every_source_of_the_demo_is_on_this_machine_and_tells_true_dates() -> None:
    sources = read_rules(demo_rules("http://127.0.0.1:9", shipped_rules())).sources
    assert {source.url[:18] for source in sources} == {"http://127.0.0.1:9"}
    assert {source.kind for source in sources} == set(KINDS)
    assert min(source.max_age for source in sources) > timedelta(days=3600)
    assert {(source.enabled, source.first_run.policy, source.every) for source in sources} == {(True, "baseline", timedelta(seconds=1))}


# -- every answer


def test_every_answer_is_read_without_a_fault_at_every_step(journey: Journey) -> None:
    for step, fresh in journey.steps:
        dated = [document.published for document in fresh if document.stage is not Stage.WITHDRAWN]  # which has lost its dates
        assert all(published and published <= step.at + timedelta(days=2) for published in dated), step.says
    assert journey.reader.faults == []
    assert journey.archive
    assert [step.says for step, fresh in journey.steps if not fresh] == []


async def test_the_world_opens_on_its_archive() -> None:
    async with reading() as reader:
        archive = await reader.look()
        again = await reader.look()
    assert {document.source_kind for document in archive} == {"federal_register", "docket", "news"}
    assert max(document.published for document in archive if document.published) < STEPS[0].at
    assert again == []


async def test_a_docket_nobody_files_in_is_there_and_empty() -> None:
    async with reading() as reader:
        sources = [source for source in reader.rulebook.sources if source.group in DOCKETS]
        found = {source.id: len(await reader.read(source)) for source in sources}
    assert found["courtlistener/69777799"] == 0
    assert found["scotus/24A949"] == 0


async def test_a_web_page_is_a_fault_of_its_source_alone() -> None:
    async with reading() as reader:
        source = next(source for source in reader.rulebook.sources if source.id == BROKEN)
        with pytest.raises(FetchError) as fault:
            await reader.read(source)
    assert fault.value.source == BROKEN


async def test_a_busy_newsroom_is_read_when_it_has_time_again() -> None:
    async with reading() as reader:
        reader.world.press.outlets["post"].busy = 1
        source = next(source for source in reader.rulebook.sources if source.id == BUSY)
        with pytest.raises(FetchError) as fault:
            await reader.read(source)
        assert (fault.value.status, fault.value.wait) == (503, timedelta(seconds=2))
        assert len(await reader.read(source)) == 1


async def test_a_moved_feed_is_followed_and_named() -> None:
    async with reading() as reader:
        source = next(source for source in reader.rulebook.sources if source.id == "lakeside-tribune")
        page = await reader.fetcher.get(source, KINDS["feed"].ask(source, NOW))
    assert page.moved_to == f"{reader.world.base}/press/tribune/feed"


# -- the script


def test_time_moves_forward_and_every_step_says_a_line() -> None:
    assert [step.at for step in STEPS] == sorted(step.at for step in STEPS)
    assert all("\n" not in step.says and 20 < len(step.says) <= 125 for step in STEPS)
    assert all(step.changes or step.noise for step in STEPS)


async def test_the_world_has_an_end() -> None:
    async with World(steps=STEPS[:1], today=NOW.date) as world:
        assert await world.advance() == STEPS[0]
        assert world.over
        with pytest.raises(IndexError):
            await world.advance()


async def test_the_world_knows_what_has_not_been_asked_since_the_last_step() -> None:
    async with reading() as reader:
        assert reader.world.waiting() == frozenset()
        await reader.look()
        assert reader.world.waiting() == frozenset()
        await reader.world.advance()
        waiting = reader.world.waiting()
        assert {"/docket/69741724/feed/", "/api/v1/documents.json", "/press/tribune/feed"} <= waiting
        assert not {"/robots.txt", "/press/standard/feed", "/press/tribune.xml"} & waiting
        await reader.look()
        assert reader.world.waiting() == frozenset()


def test_a_proclamation_is_one_document_on_inspection_and_in_print(journey: Journey) -> None:
    (filed,) = [document for document in journey.after("special filing") if document.type is DocumentType.PROCLAMATION]
    (printed,) = [document for document in journey.after("same number") if document.type is DocumentType.PROCLAMATION]
    assert (filed.key, filed.stage) == ("fr:2025-04865", Stage.SPECIAL)
    assert (printed.key, printed.stage) == ("fr:2025-04865", Stage.PUBLISHED)
    assert printed.url.startswith("https://www.federalregister.gov/documents/2025/03/20/2025-04865/")


def test_a_stub_fills_under_its_own_key(journey: Journey) -> None:
    (stub,) = [document for document in journey.after("without a word") if document.docket]
    (order,) = [document for document in journey.after("stub fills") if document.docket]
    assert (stub.key, stub.stage) == ("cl:69777799#entry-21", Stage.STUB)
    assert (order.key, order.stage, order.type) == (stub.key, Stage.AVAILABLE, DocumentType.ORDER)
    assert order.enclosure == "https://storage.courtlistener.com/recap/gov.uscourts.mdd.578815/gov.uscourts.mdd.578815.21.0.pdf"


def test_fourteen_articles_tell_of_one_ruling_and_no_trick_makes_a_fifteenth(journey: Journey) -> None:
    first = journey.after("Seven articles")
    later = journey.after("Seven more")
    news = [document for document in (*first, *later) if not document.docket]
    assert len({document.url for document in news}) == 14
    assert len(later) == 8  # seven new ones and the rewritten headline; the rotated identifier is known by its address
    assert not [document.url for document in news if "utm_" in document.url or "fbclid" in document.url]
    assert not [document.title for document in news if "<" in document.title or "&#" in document.title]
    assert {document.lang for document in news} == {"en", "es"}


def test_a_correction_names_what_it_corrects_and_a_withdrawal_says_so(journey: Journey) -> None:
    fresh = {document.key: document for document in journey.after("corrected")}
    assert {key: document.stage for key, document in fresh.items()} == {
        "fr:C1-2025-90101": Stage.PUBLISHED,
        "fr:2025-90101": Stage.CORRECTED,
        "fr:2025-90102": Stage.WITHDRAWN,
    }
    assert fresh["fr:C1-2025-90101"].relates == ("fr:2025-90101",)
    assert "asking to withdraw" in fresh["fr:2025-90102"].note


# -- what is recognised


def test_every_expected_watch_is_shipped() -> None:
    expected = frozenset().union(*(step.tells | step.updates for step in STEPS))
    assert expected <= {watch.id for watch in read_rules(shipped_rules()).watches}


def test_each_step_is_recognised_as_what_it_tells(journey: Journey) -> None:
    found = {step.says: frozenset().union(*map(journey.reader.watches, fresh)) for step, fresh in journey.steps}
    assert {step.says: step.tells - found[step.says] for step in STEPS if step.tells - found[step.says]} == {}


async def test_noise_is_recognised_as_nothing() -> None:
    journey = await travelled(NOISE)
    told = [document for _, fresh in journey.steps for document in fresh]
    assert len(told) > 12
    assert [document.title for document in told if journey.reader.watches(document)] == []


# -- what is told


class Kept:
    """A channel that keeps what it was given."""

    name = "console"
    per_second = 0.0
    per_chat = 0.0
    parallel = 1
    patience = 5.0

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    async def send(self, letter: Letter) -> Outcome:
        self.letters.append(letter)
        return Sent(f"console/{letter.id}")

    async def close(self) -> None: ...


class Telling:
    """The whole pipeline, driven by hand: no worker, no waiting, and a clock that moves a minute for each look."""

    def __init__(self, app: App, channel: Kept) -> None:
        self.app = app
        self.channel = channel
        self.now = NOW

    async def look(self) -> list[Letter]:
        """Poll everything, tell what is due, and answer the Letters sent."""
        self.now += timedelta(minutes=1)
        for state in await self.app.store.claim_named(list(self.app.current.sources), self.now):
            await self.app.poll(state)
        sender = deliver.Sender(self.channel, self.app.outbox, lambda: self.now)
        before = len(self.channel.letters)
        await deliver.fan_out(self.app.outbox, self.now)
        while await deliver.compose(self.app.outbox, self.now, []):
            while await sender.send_due():
                await sender.drain()
        return self.channel.letters[before:]


@asynccontextmanager
async def telling(folder: Path, steps: tuple[Step, ...] = STEPS) -> AsyncIterator[tuple[World, Telling]]:
    async with World(steps=steps, today=NOW.date) as world:
        world.press.outlets["post"].busy = 0
        rules = folder / "sources.toml"
        rules.write_text(demo_rules(world.base, shipped_rules()), encoding="utf-8")
        environ = {"WATCHER_SOURCES": str(rules), "WATCHER_DATA": str(folder), "WATCHER_ALLOW_PRIVATE": "1"}
        channel = Kept()
        clock: list[Telling] = []
        app = await build(settings(environ), clock=lambda: clock[0].now if clock else NOW)
        app = replace(app, channels={"console": channel})
        clock.append(Telling(app, channel))
        try:
            await app.start_console()
            yield world, clock[0]
        finally:
            await app.close()


async def test_what_is_told_is_what_the_script_expects(tmp_path: Path) -> None:
    wrong = []
    async with telling(tmp_path) as (world, told):
        assert await told.look() == []  # the archive
        while not world.over:
            step = await world.advance()
            letters = await told.look()
            anew = {reason.watch for letter in letters for item in letter.items if not item.change for reason in item.reasons}
            again = {reason.watch for letter in letters for item in letter.items if item.change for reason in item.reasons}
            as_told = step.tells <= anew and bool(anew) == bool(step.tells) and step.updates <= again
            if not as_told or (step.silent and letters):  # a silent one sends no update, edit or correction either
                wrong.append((step.says, anew, again))
        assert await told.look() == []  # nothing is told twice
    assert wrong == []
    said = {item.title: item for letter in told.channel.letters for item in letter.items}
    assert {title: said[title].severity for title in said if "Eswatini" in title or "homegrown" in title} == {
        "U.S. deports five men to Eswatini, a third country none of them is from": Severity.URGENT,
        "President, beside Bukele, says U.S. citizens could be next: 'homegrown criminals' to prisons in El Salvador": Severity.NOTABLE,
    }
    midnight = (
        "Order: the Government is directed not to remove any member of that class from the United States until further order of this Court"
    )
    assert said[f"{midnight}, A.A.R.P. and W.M.M. v. Donald J. Trump"].lead.outlet == "U.S. Supreme Court, No. 24A1007"


async def test_noise_alone_is_never_told(tmp_path: Path) -> None:
    async with telling(tmp_path, NOISE) as (world, told):
        await told.look()
        while not world.over:
            await world.advance()
            await told.look()
    assert told.channel.letters == []
