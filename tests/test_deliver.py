"""What a Sender does with an answer, with none, and with a database that stumbles; one broken row keeps nobody waiting."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts import deliver
from alerts.deliver import CATCHING_UP, TURNS, Sender
from alerts.models import Address, Cadence, Down, Later, Letter, LetterKind, LetterState, Outcome, Refused, Sent
from alerts.retry import PAUSE, Settlement
from alerts.storage import Book, Names, Outbox, buckets
from alerts.storage import tables as t
from tests.outboxes import rows
from tests.papers import NOW, judged, order
from watcher.errors import DatabaseAwayError
from watcher.models import Revision
from watcher.ports import Judged
from watcher.storage import Database, SourceStore

ANN, BEN = Address.parse("telegram:1"), Address.parse("telegram:2")
OPERATOR, OPERATOR_HERE = Address.parse("mailto:op@example.org"), Address.parse("telegram:9")
MINUTE = timedelta(minutes=1)


class Told:
    """A Channel that keeps what was sent and answers as it is told."""

    name = "telegram"
    per_second = 0.0
    per_chat = 0.0
    parallel = 4
    patience = 0.05

    def __init__(self, answer: Callable[[Letter], Outcome] = lambda letter: Sent(f"{letter.address.to}/{letter.id}")) -> None:
        self.answer = answer
        self.sent: list[Letter] = []

    async def send(self, letter: Letter) -> Outcome:
        self.sent.append(letter)
        return self.answer(letter)

    async def close(self) -> None: ...


class Deaf(Told):
    """Never answers."""

    async def send(self, letter: Letter) -> Outcome:
        self.sent.append(letter)
        await asyncio.Event().wait()
        raise AssertionError


class Stumbling(Outbox):
    """Fails the first so many settlements."""

    def __init__(self, database: Database, failures: int) -> None:
        super().__init__(database, names=Names)
        self.failures = failures

    async def settle(self, letter: Letter, settlement: Settlement, now: datetime, operators: Sequence[Address] = ()) -> bool:
        if self.failures:
            self.failures -= 1
            raise DatabaseAwayError("the database does not answer")
        return await super().settle(letter, settlement, now, operators)


class Moment:
    """A clock that waiting moves."""

    def __init__(self) -> None:
        self.now = NOW
        self.waits: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        return self.now.timestamp()

    async def pause(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def moment() -> Moment:
    return Moment()


@pytest.fixture
def outbox(database: Database) -> Outbox:
    return Outbox(database, names=Names)


async def posted(outbox: Outbox, *addresses: Address) -> None:
    for address in addresses:
        await outbox.post(address, LetterKind.CONFIRMATION, "hello", NOW)


async def states(outbox: Outbox) -> list[Any]:
    async with outbox.database.reading() as connection:
        rows = await connection.execute(sa.select(t.letters.c.state, t.letters.c.error, t.letters.c.repeat).order_by(t.letters.c.id))
        return [tuple(row) for row in rows]


async def notices(outbox: Outbox) -> list[Any]:
    async with outbox.database.reading() as connection:
        rows = await connection.execute(sa.select(t.letters.c.address, t.letters.c.content).where(t.letters.c.kind == "notice"))
        return [(row.address, row.content["text"]) for row in rows]


async def sent_out(sender: Sender) -> int:
    """Send what is due, and wait for its fate."""
    count = await sender.send_due()
    await sender.drain()
    return count


async def test_what_arrived_is_settled_and_counted(outbox: Outbox, moment: Moment) -> None:
    counted: list[tuple[int, LetterState, Outcome]] = []
    sender = Sender(
        Told(),
        outbox,
        moment,
        seconds=moment.seconds,
        settled=lambda letter, done, outcome: counted.append((letter.id, done.state, outcome)),
    )
    await posted(outbox, ANN)
    assert await sent_out(sender) == 1
    assert await states(outbox) == [("sent", None, False)]
    assert counted == [(1, LetterState.SENT, Sent("1/1"))]


async def test_no_more_letters_fly_than_the_channel_takes_and_drain_waits_for_all(outbox: Outbox, moment: Moment) -> None:
    gate = asyncio.Event()

    class Slow(Told):
        parallel = 2
        patience = 60.0

        async def send(self, letter: Letter) -> Outcome:
            await gate.wait()
            return await super().send(letter)

    channel = Slow()
    sender = Sender(channel, outbox, moment, seconds=moment.seconds)
    await posted(outbox, *(Address("telegram", str(number)) for number in range(1, 4)))
    assert (await sender.send_due(), sender.free) == (2, 0)
    assert await sender.send_due() == 0
    gate.set()
    await sender.drain()
    assert (len(channel.sent), sender.free) == (2, 2)


async def test_without_an_answer_the_fate_is_unknown_and_it_goes_out_once_more(outbox: Outbox, moment: Moment) -> None:
    sender = Sender(Deaf(), outbox, moment, seconds=moment.seconds)
    await posted(outbox, ANN)
    await sent_out(sender)
    assert await states(outbox) == [("pending", "no answer within 0 s", True)]


async def test_a_fault_of_a_channel_leaves_the_fate_unknown(outbox: Outbox, moment: Moment, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_letter: Letter) -> Outcome:
        raise KeyError("a bug")

    await posted(outbox, ANN, BEN)
    await sent_out(Sender(Told(broken), outbox, moment, seconds=moment.seconds))
    assert await states(outbox) == [("pending", "a fault of our own", True)] * 2
    assert "letter:1 could not be handed over" in caplog.text


async def test_a_letter_that_another_worker_has_by_now_is_left_to_it(
    outbox: Outbox, moment: Moment, caplog: pytest.LogCaptureFixture
) -> None:
    """Its lease ran out before the answer came; the other one has marked it as a possible repeat."""
    counted: list[int] = []
    late = NOW + timedelta(minutes=5)

    async def meanwhile() -> None:
        assert await deliver.settle_expired(outbox, {}, late) == 1

    class Late(Told):
        patience = 60.0

        async def send(self, letter: Letter) -> Outcome:
            await meanwhile()
            return Sent("1/1")

    await posted(outbox, ANN)
    await sent_out(
        Sender(Late(), outbox, moment, seconds=moment.seconds, settled=lambda letter, _done, _outcome: counted.append(letter.id))
    )
    assert await states(outbox) == [("pending", "its sender ended before the answer came", True)]
    assert counted == []
    assert "letter:1 was settled by another worker" in caplog.text


async def test_an_answer_that_is_known_outlasts_a_database_that_stumbles(database: Database, moment: Moment) -> None:
    outbox, channel = Stumbling(database, failures=3), Told()
    await posted(outbox, ANN)
    await sent_out(Sender(channel, outbox, moment, seconds=moment.seconds, pause=moment.pause))
    assert await states(outbox) == [("sent", None, False)]
    assert (len(channel.sent), moment.waits) == (1, [0.25, 0.5, 1.0])


async def test_when_the_lease_ends_the_answer_is_given_up_with_a_line_in_the_log(
    database: Database, moment: Moment, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = Stumbling(database, failures=99)
    await posted(outbox, ANN)
    await sent_out(Sender(Told(), outbox, moment, seconds=moment.seconds, pause=moment.pause))
    assert moment.now < NOW + deliver.SLACK + timedelta(seconds=Told.patience)
    assert await states(outbox) == [("sending", None, False)]
    assert [record.message for record in caplog.records if record.levelno == logging.ERROR] == ["a letter could not be settled"]


# -- what operators are told


async def test_an_operator_is_told_of_a_refused_text_once_an_hour(outbox: Outbox, moment: Moment) -> None:
    sender = Sender(Told(lambda _letter: Refused("bad tag")), outbox, moment, seconds=moment.seconds, operators=[OPERATOR])
    await posted(outbox, ANN, BEN)
    for _ in range(4):
        await sent_out(sender)
        moment.now += MINUTE
    assert [address for address, _ in await notices(outbox)] == [str(OPERATOR)]
    moment.now += timedelta(hours=1)
    await posted(outbox, ANN)
    await sent_out(sender)
    assert len(await notices(outbox)) == 2


async def test_a_channel_that_is_down_is_told_once_by_another_until_it_serves_again(outbox: Outbox, moment: Moment) -> None:
    answers: list[Outcome] = [Down("token refused")]
    sender = Sender(Told(lambda _letter: answers[0]), outbox, moment, seconds=moment.seconds, operators=[OPERATOR, OPERATOR_HERE])
    await posted(outbox, *(Address("telegram", str(number)) for number in range(1, 40)))
    for _ in range(36):
        await sent_out(sender)
        moment.now += PAUSE
    ((told, text),) = await notices(outbox)
    assert told == str(OPERATOR)
    assert text.endswith("channel telegram refuses us: token refused")
    answers[0] = Sent("1/1")
    await sent_out(sender)
    answers[0] = Down("token refused")
    await sent_out(sender)
    assert len(await notices(outbox)) == 2


async def test_a_channel_that_stays_down_is_told_again_the_next_day(outbox: Outbox, moment: Moment) -> None:
    sender = Sender(Told(lambda _letter: Down("token refused")), outbox, moment, seconds=moment.seconds, operators=[OPERATOR])
    await posted(outbox, ANN)
    for _ in range(2):
        await sent_out(sender)
        moment.now += timedelta(days=1)
    assert len(await notices(outbox)) == 2


async def test_nobody_is_told_of_a_notice(outbox: Outbox, moment: Moment) -> None:
    await outbox.post(OPERATOR_HERE, LetterKind.NOTICE, "a fault", NOW)
    await sent_out(Sender(Told(lambda _letter: Refused("bad tag")), outbox, moment, seconds=moment.seconds, operators=[OPERATOR]))
    assert len(await notices(outbox)) == 1


async def test_the_second_unknown_of_a_crashed_sender_is_left_to_the_operator(outbox: Outbox, moment: Moment) -> None:
    await posted(outbox, ANN)
    for _ in range(2):
        await outbox.claim("telegram", moment.now, free=1, per_second=0, lease=MINUTE)
        moment.now += 2 * MINUTE
        await deliver.settle_expired(outbox, {}, moment.now, [OPERATOR])
        moment.now += MINUTE
    assert (await states(outbox))[0][0] == "unknown"
    assert [address for address, _ in await notices(outbox)] == [str(OPERATOR)]


@pytest.mark.parametrize(
    ("column", "written", "why"),
    [("kind", "'nonsense'", "ValueError"), ("content", "'[7]'", "AttributeError"), ("content", "'{'", "JSONDecodeError")],
    ids=["kind", "shape", "no JSON"],
)
async def test_a_letter_in_flight_that_cannot_be_read_is_dead_and_an_operator_hears_of_it_once(
    outbox: Outbox, moment: Moment, column: str, written: str, why: str
) -> None:
    if why == "JSONDecodeError" and not outbox.database.is_sqlite:  # PostgreSQL takes none such
        return
    await posted(outbox, ANN, BEN)
    (letter, _other) = await outbox.claim("telegram", moment.now, free=9, per_second=0, lease=MINUTE)
    async with outbox.database.writing() as connection:
        nonsense: dict[str, Any] = {column: sa.literal_column(written)}
        await connection.execute(sa.update(t.letters).where(t.letters.c.id == letter.id).values(nonsense))
    moment.now += 2 * MINUTE
    assert await deliver.settle_expired(outbox, {}, moment.now, [OPERATOR]) == 1
    assert await deliver.settle_expired(outbox, {}, moment.now, [OPERATOR]) == 0
    fate = sa.select(t.letters.c.state, t.letters.c.error).where(t.letters.c.id == letter.id)
    assert await rows(outbox.database, fate) == [("dead", f"it cannot be read: {why}")]
    told = sa.select(t.letters.c.address).where(t.letters.c.kind == "notice")
    assert await rows(outbox.database, told) == [(str(OPERATOR),)]


# -- pace


async def test_a_channel_on_hold_is_not_held_shorter_by_a_later_answer(outbox: Outbox, moment: Moment) -> None:
    """Two Letters fly: one is answered with a quarter of an hour, the other with half a minute."""
    waits = {"1": 15 * MINUTE, "2": MINUTE / 2}
    channel = Told(lambda letter: Later(waits[letter.address.to], "channel"))
    sender = Sender(channel, outbox, moment, seconds=moment.seconds)
    await posted(outbox, ANN, BEN)
    assert await sent_out(sender) == 2
    moment.now = NOW + 14 * MINUTE
    assert await sent_out(sender) == 0
    moment.now = NOW + 15 * MINUTE
    assert await sent_out(sender) == 2


@pytest.mark.parametrize("answer", [Later(MINUTE, "channel", "429"), Down("401")], ids=["later", "down"])
async def test_what_waits_for_its_turn_does_not_go_to_a_channel_that_was_just_closed(
    outbox: Outbox, moment: Moment, answer: Outcome
) -> None:
    """Telegram counts what comes in spite of a `retry_after`."""
    answers = [Sent("1/1"), answer]
    channel = Told(lambda _letter: answers.pop(0))
    channel.per_second, channel.parallel = 20.0, 20
    sender = Sender(channel, outbox, moment, pause=moment.pause, seconds=moment.seconds)
    await posted(outbox, *(Address.parse(f"telegram:{number}") for number in range(1, 7)))
    assert await sent_out(sender) == 6
    assert (len(channel.sent), answers) == (2, [])
    assert [state for state, *_ in await states(outbox)] == ["sent"] + ["pending"] * 5
    assert await sender.send_due() == 0
    channel.answer = lambda letter: Sent(f"{letter.address.to}/1")
    moment.now += PAUSE
    assert await sent_out(sender) == 5
    assert [state for state, *_ in await states(outbox)] == ["sent"] * 6


async def test_a_hold_does_not_end_early_for_a_burst(outbox: Outbox, moment: Moment) -> None:
    channel = Told(lambda _letter: Later(timedelta(seconds=1), "channel"))
    channel.per_second = 25.0
    sender = Sender(channel, outbox, moment, seconds=moment.seconds)
    await posted(outbox, ANN)
    await sent_out(sender)
    moment.now = NOW + timedelta(seconds=0.9)
    assert await sent_out(sender) == 0
    moment.now = NOW + timedelta(seconds=1)
    assert await sent_out(sender) == 1


async def test_letters_start_in_their_order_each_at_its_turn(outbox: Outbox, moment: Moment) -> None:
    channel = Told()
    channel.per_second, channel.parallel = 20.0, 20
    people = [Address.parse(f"telegram:{number}") for number in range(1, 15)]
    await posted(outbox, *people)
    assert await sent_out(Sender(channel, outbox, moment, pause=moment.pause, seconds=moment.seconds)) == 9  # of AHEAD
    assert [letter.address for letter in channel.sent] == people[:9]
    assert moment.waits == pytest.approx([0.05] * 8, abs=0.0001)


class Slow(Outbox):
    """A database that takes its time to answer claims."""

    moment: Moment
    seconds = 0.0

    async def claim(self, *arguments: Any, **pace: Any) -> list[Letter]:
        claimed = await super().claim(*arguments, **pace)
        self.moment.now += timedelta(seconds=self.seconds)
        return claimed


async def test_letters_that_are_a_little_late_make_no_burst(outbox: Outbox, moment: Moment) -> None:
    channel = Told()
    channel.per_second, channel.parallel = 20.0, 20
    slow = Slow(outbox.database, names=Names)
    slow.moment, slow.seconds = moment, 0.14
    await posted(outbox, *(Address.parse(f"telegram:{number}") for number in range(1, 15)))
    sender = Sender(channel, slow, moment, pause=moment.pause, seconds=moment.seconds)
    assert await sent_out(sender) == len(channel.sent) == 9
    assert moment.waits == pytest.approx([CATCHING_UP * 0.05] * 8, abs=0.001)


async def test_letters_whose_turns_are_over_take_others(outbox: Outbox, moment: Moment) -> None:
    """Other processes keep to theirs: what starts beside them is too much."""
    channel = Told()
    channel.per_second, channel.parallel = 20.0, 20
    slow = Slow(outbox.database, names=Names)
    slow.moment, slow.seconds = moment, 0.7
    await posted(outbox, *(Address.parse(f"telegram:{number}") for number in range(1, 15)))
    sender = Sender(channel, slow, moment, pause=moment.pause, seconds=moment.seconds)
    assert await sent_out(sender) == len(channel.sent) == 9
    assert moment.waits == pytest.approx([0.05] * 8, abs=0.001)
    (next_one,) = await outbox.claim("telegram", moment.now, free=1, per_second=20.0, lease=MINUTE)
    assert next_one.start_at == NOW + timedelta(seconds=0.7 + 9 * 0.05)


async def test_where_every_turn_is_over_before_it_is_known_letters_start_all_the_same_and_make_no_burst(
    outbox: Outbox, moment: Moment, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = Told()
    channel.per_second, channel.parallel = 20.0, 20
    turns = outbox.turns
    asked = []

    async def slowly(*arguments: Any, **pace: Any) -> list[datetime]:
        asked.append(pace["most"])
        taken = await turns(*arguments, **pace)
        moment.now += timedelta(seconds=1)
        return taken

    await posted(outbox, *(Address.parse(f"telegram:{number}") for number in range(1, 4)))
    sender = Sender(channel, outbox, moment, pause=moment.pause, seconds=moment.seconds)
    assert await sender.send_due() == 3
    moment.now += timedelta(seconds=1)
    monkeypatch.setattr(outbox, "turns", slowly)
    await sender.drain()
    assert (len(channel.sent), asked) == (3, [3] * (TURNS - 1) + [2] * (TURNS - 1) + [1] * (TURNS - 1))


async def test_a_turn_that_is_over_is_taken_where_the_database_gives_no_other(
    outbox: Outbox, moment: Moment, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = Told()
    channel.per_second, channel.parallel = 20.0, 20

    asked = []

    async def away(*_arguments: Any, **pace: Any) -> list[datetime]:
        asked.append(pace["most"])
        raise DatabaseAwayError("the database does not answer")

    await posted(outbox, *(Address.parse(f"telegram:{number}") for number in range(1, 4)))
    sender = Sender(channel, outbox, moment, pause=moment.pause, seconds=moment.seconds)
    assert await sender.send_due() == 3
    moment.now += timedelta(seconds=1)
    monkeypatch.setattr(outbox, "turns", away)
    await sender.drain()
    assert (len(channel.sent), asked) == (3, [3, 2, 1])  # once for each: an answer may take seconds
    assert moment.waits == pytest.approx([CATCHING_UP * 0.05] * 2, abs=0.001)


async def test_letters_whose_turns_are_over_stay_here_where_another_process_heard_that_the_channel_is_closed(
    outbox: Outbox, moment: Moment
) -> None:
    class Closed(Outbox):
        async def claim(self, *arguments: Any, **pace: Any) -> list[Letter]:
            claimed = await super().claim(*arguments, **pace)
            async with self.database.writing() as connection:
                await buckets.hold(connection, "hold:telegram", NOW + MINUTE)
            moment.now += timedelta(seconds=5)
            return claimed

    channel = Told()
    channel.per_second, channel.parallel = 20.0, 20
    await posted(outbox, *(Address.parse(f"telegram:{number}") for number in range(1, 8)))
    sender = Sender(channel, Closed(outbox.database, names=Names), moment, pause=moment.pause, seconds=moment.seconds)
    assert await sent_out(sender) == 7
    assert channel.sent == []
    sender = Sender(channel, outbox, moment, pause=moment.pause, seconds=moment.seconds)
    moment.now = NOW + MINUTE
    assert await sent_out(sender) == len(channel.sent) == 7


async def test_turns_count_from_when_the_database_lets_us_write(outbox: Outbox, moment: Moment, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others write for a while: the turns that pass meanwhile are nobody's, or they would all be taken beside those of other processes."""
    channel = Told()
    channel.per_second, channel.parallel = 20.0, 20
    writing = outbox.database.writing

    @asynccontextmanager
    async def after_others() -> AsyncIterator[AsyncConnection]:
        moment.now += timedelta(seconds=0.7)
        async with writing() as connection:
            yield connection

    await posted(outbox, *(Address.parse(f"telegram:{number}") for number in range(1, 15)))
    sender = Sender(channel, outbox, moment, pause=moment.pause, seconds=moment.seconds)
    monkeypatch.setattr(outbox.database, "writing", after_others)
    assert await sender.send_due() == 9
    monkeypatch.undo()
    await sender.drain()
    assert moment.waits == pytest.approx([0.05] * 8, abs=0.001)
    (next_one,) = await outbox.claim("telegram", NOW + timedelta(seconds=1.1), free=1, per_second=20.0, lease=MINUTE)
    assert next_one.start_at == NOW + timedelta(seconds=0.7 + 9 * 0.05)


async def test_what_was_waited_for_until_nothing_can_start_any_more_is_not_claimed(outbox: Outbox, moment: Moment) -> None:
    """Else it would count as perhaps arrived, though nobody tried."""
    await posted(outbox, ANN)
    slow = deliver.SLACK.total_seconds()
    assert await outbox.claim("telegram", moment.now, free=9, per_second=25, lease=MINUTE, waited=lambda: slow) == []
    assert [letter.address for letter in await outbox.claim("telegram", moment.now, free=9, per_second=25, lease=MINUTE)] == [ANN]


async def test_a_process_that_stood_still_starts_nothing_beside_another(outbox: Outbox, moment: Moment) -> None:
    starts: list[float] = []

    def told() -> Told:
        def answer(letter: Letter) -> Outcome:
            starts.append(moment.seconds())
            return Sent(str(letter.id))

        channel = Told(answer)
        channel.per_second, channel.parallel, channel.patience = 20.0, 20, 60.0
        return channel

    await posted(outbox, *(Address.parse(f"telegram:{number}") for number in range(1, 31)))
    still, other = (Sender(told(), outbox, moment, pause=moment.pause, seconds=moment.seconds) for _ in range(2))
    assert await still.send_due() == 9
    moment.now += timedelta(seconds=10)
    assert await other.send_due() == 9
    await asyncio.gather(still.drain(), other.drain())
    assert len(starts) == 18
    assert min(later - sooner for sooner, later in pairwise(sorted(starts))) > CATCHING_UP * 0.05 - 0.001


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(hours=-1)])
async def test_when_the_clock_jumps_nothing_is_claimed_until_every_chat_is_free_by_any_clock(
    outbox: Outbox, moment: Moment, jump: timedelta
) -> None:
    """By the new hour a chat that was written to a moment ago would be free."""
    channel = Told()
    channel.per_second, channel.parallel, channel.per_chat = 20.0, 20, 1.0
    seconds = [0.0]
    await posted(outbox, ANN)
    sender = Sender(channel, outbox, moment, pause=moment.pause, seconds=lambda: seconds[0])
    assert await sent_out(sender) == 1
    await outbox.post(BEN, LetterKind.CONFIRMATION, "hello", NOW - timedelta(hours=2))
    moment.now += jump
    for passed, sent in ((0.1, 0), (2.9, 0), (3.2, 1)):
        moment.now += timedelta(seconds=passed - seconds[0])
        seconds[0] = passed
        assert await sent_out(sender) == sent


async def test_a_letter_whose_turn_came_while_the_process_stood_still_waits_again(outbox: Outbox, moment: Moment) -> None:
    """Its lease may be over, and another worker may have it."""
    channel = Told()
    channel.per_second = 2.0
    await posted(outbox, ANN)
    sender = Sender(channel, outbox, moment, seconds=moment.seconds)
    assert await sender.send_due() == 1
    moment.now = NOW + MINUTE
    await sender.drain()
    assert channel.sent == []
    assert await sent_out(sender) == 1
    assert [letter.repeat for letter in channel.sent] == [False]


# -- one broken row


async def happened(database: Database, *each: Judged) -> None:
    store = SourceStore(database)
    await store.enrol({"press": "x"}, NOW)
    (state,) = await store.claim_named(["press"], NOW)
    await store.save(state, each, NOW)


async def test_a_subscriber_that_cannot_be_read_keeps_nobody_waiting(
    database: Database, outbox: Outbox, caplog: pytest.LogCaptureFixture
) -> None:
    for address in (ANN, BEN):
        await Book(database).follow(address, ["cecot"], NOW - MINUTE)
    await happened(database, judged(order(), "cecot"))
    await deliver.fan_out(outbox, NOW)
    async with database.writing() as connection:
        broken = {"quiet_start": "7", "quiet_end": "nonsense"}
        await connection.execute(sa.update(t.subscribers).where(t.subscribers.c.address == str(ANN)).values(broken))
    assert await deliver.compose(outbox, NOW, []) == 1
    (letter,) = await outbox.claim("telegram", NOW, free=9, per_second=0, lease=MINUTE)
    assert letter.address == BEN
    assert "subscriber:1 is put off" in caplog.text


@pytest.mark.parametrize(
    ("written", "why"), [('{"items": [{"story": 1}]}', "KeyError"), ("{", "JSONDecodeError")], ids=["shape", "no JSON"]
)
async def test_a_letter_that_cannot_be_read_is_dead_and_told_of_and_keeps_no_other_waiting(
    outbox: Outbox, moment: Moment, written: str, why: str
) -> None:
    if why == "JSONDecodeError" and not outbox.database.is_sqlite:  # PostgreSQL takes none such
        return
    await posted(outbox, ANN, BEN)
    async with outbox.database.writing() as connection:
        nonsense: dict[str, Any] = {"content": sa.literal_column(f"'{written}'")}
        await connection.execute(sa.update(t.letters).where(t.letters.c.id == 1).values(nonsense))
    channel = Told()
    await sent_out(Sender(channel, outbox, moment, seconds=moment.seconds))
    assert [letter.address for letter in channel.sent] == [BEN]
    assert await deliver.settle_expired(outbox, {}, moment.now, [OPERATOR]) == 0
    fates = sa.select(t.letters.c.state, t.letters.c.error).where(t.letters.c.kind != "notice").order_by(t.letters.c.id)
    assert await rows(outbox.database, fates) == [("dead", f"it cannot be read: {why}"), ("sent", None)]
    assert [address for address, _ in await notices(outbox)] == [str(OPERATOR)]


BROKEN = [
    {"quiet_start": "7", "quiet_end": "nonsense"},
    {"address": "carrier-pigeon:ann"},
    {"zone": "Mars/Olympus", "digest_hour": 99},
]


@pytest.mark.parametrize("broken", BROKEN, ids=["quiet", "address", "hour"])
async def test_a_subscriber_whose_row_says_nonsense_keeps_no_other_waiting(
    database: Database, outbox: Outbox, caplog: pytest.LogCaptureFixture, broken: dict[str, Any]
) -> None:
    book = Book(database)
    await book.follow(ANN, ["abrego-garcia"], NOW - MINUTE, cadence=Cadence.DAILY)
    await book.follow(BEN, ["abrego-garcia"], NOW - MINUTE)
    await happened(database, judged(order(51), "abrego-garcia"))
    async with database.writing() as connection:
        await connection.execute(sa.update(t.subscribers).where(t.subscribers.c.address == str(ANN)).values(broken))
    assert await deliver.fan_out(outbox, NOW) == 1
    assert "subscriber:1 is left out: its row cannot be read" in caplog.text
    assert not any(str(value) in caplog.text for value in broken.values() if isinstance(value, str) and len(value) > 1)
    assert await outbox.open_revisions() == []
    assert await deliver.compose(outbox, NOW, []) == 1
    readable = [each.subscriber.address for each in await book.everybody()]
    assert BEN in readable
    assert ANN not in readable or "digest_hour" in broken


async def test_a_batch_of_nonsense_is_not_the_end_of_a_fan_out(database: Database, outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alerts.storage.fanouts.BATCH", 2)
    for number in range(5):
        await Book(database).follow(Address.parse(f"telegram:{number + 1}"), ["abrego-garcia"], NOW - MINUTE)
    await happened(database, judged(order(51), "abrego-garcia"))
    async with database.writing() as connection:
        broken = {"quiet_start": "7", "quiet_end": "nonsense"}
        await connection.execute(sa.update(t.subscribers).where(t.subscribers.c.id.in_((1, 2, 4))).values(broken))
    assert await deliver.fan_out(outbox, NOW) == 2


async def test_revisions_that_cannot_be_told_keep_no_other_waiting(
    database: Database, outbox: Outbox, caplog: pytest.LogCaptureFixture
) -> None:
    """More of them than are asked for at once."""
    await Book(database).follow(BEN, ["abrego-garcia"], NOW - MINUTE)
    await happened(database, *(judged(order(number), "abrego-garcia") for number in range(1, 25)))
    broken = {row.story for row in await outbox.open_revisions(limit=22)}

    class Stumbling(Outbox):
        async def fan_out(self, revision: Revision, now: datetime) -> tuple[int, bool]:
            if revision.story in broken:
                raise KeyError("nonsense")
            return await super().fan_out(revision, now)

    assert await deliver.fan_out(Stumbling(database, names=Names), NOW) == 2
    assert len(await outbox.open_revisions(limit=99)) == 22
    assert caplog.text.count("is left aside") == 22


async def test_a_database_that_is_away_is_no_broken_row(outbox: Outbox) -> None:
    class Away(Outbox):
        async def due_subscribers(self, now: datetime, limit: int = 200, ahead: int = 500) -> list[int]:
            return [1]

        async def compose_all(self, subscriber_ids: Sequence[int], now: datetime) -> list[int]:
            raise DatabaseAwayError("the database does not answer")

    with pytest.raises(DatabaseAwayError):
        await deliver.compose(Away(outbox.database, names=Names), NOW, [])


async def test_one_letter_is_one_letter_in_the_log(outbox: Outbox, database: Database, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="alerts.deliver")
    await Book(database).follow(ANN, ["abrego-garcia"], NOW - MINUTE)
    await happened(database, judged(order(), "abrego-garcia"))
    await deliver.fan_out(outbox, NOW)
    assert await deliver.compose(outbox, NOW, ["press"]) == 1
    assert "1 letter written" in [record.message for record in caplog.records]
