"""The proxy passes on every byte, and each kind of trouble is met by those that talk through it, until it heals."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Self

import pytest

from tests.servers import answering, read_request, serving_raw
from watcher.testing.proxy import Proxy, Trouble

ASK = b"GET / HTTP/1.1\r\n\r\n"


def port_of(base: str) -> int:
    return int(base.rpartition(":")[2])


@pytest.fixture
async def way() -> AsyncIterator[Proxy]:
    """To a server that says each line again."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(line)
            await writer.drain()

    async with serving_raw(echo) as base, Proxy("127.0.0.1", port_of(base)) as proxy:
        yield proxy


class Talk:
    """One connection through a proxy, for the length of a block."""

    def __init__(self, proxy: Proxy) -> None:
        self._port = proxy.port

    async def __aenter__(self) -> Self:
        self.reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()
        with suppress(ConnectionError):
            await self._writer.wait_closed()

    def say(self, line: bytes) -> None:
        self._writer.write(line)

    async def hear(self) -> bytes:
        return await self.reader.readline()

    async def says(self, line: bytes) -> bytes:
        """Say it, and what is answered."""
        self.say(line)
        return await self.hear()

    async def rest(self) -> bytes:
        """All that still comes."""
        return await self.reader.read()


async def test_without_trouble_every_byte_passes_both_ways_and_the_end_too() -> None:
    body = random.Random(1).randbytes(300_000)
    async with serving_raw(answering(body)) as base, Proxy("127.0.0.1", port_of(base)) as way, Talk(way) as talk:
        talk.say(ASK)
        assert await talk.rest() == body
        assert way.connections == 1


async def test_a_cut_lets_so_many_bytes_of_the_answer_pass_and_then_resets(way: Proxy) -> None:
    async with Talk(way) as talk:
        assert await talk.says(b"before\n") == b"before\n"
        way.cut(4)
        talk.say(b"hello there\n")
        assert await talk.reader.readexactly(4) == b"hell"
        with pytest.raises(ConnectionResetError):
            await talk.rest()


async def test_a_cut_towards_the_server_lets_it_hear_a_part_at_most() -> None:
    heard: list[bytes] = []
    ended = asyncio.Event()

    async def hears(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while piece := await reader.read(100):
                heard.append(piece)
        finally:
            ended.set()

    async with serving_raw(hears) as base, Proxy("127.0.0.1", port_of(base)) as way:
        way.cut(3, "server")
        async with Talk(way) as talk:
            talk.say(b"hello\n")
            with pytest.raises(ConnectionResetError):
                await talk.rest()
            await asyncio.wait_for(ended.wait(), 5)
    assert b"".join(heard) in (b"", b"hel")  # a reset may overtake what it follows


async def test_what_ends_exactly_at_a_cut_passes_and_the_next_byte_does_not(way: Proxy) -> None:
    way.cut(3)
    async with Talk(way) as talk:
        assert await talk.says(b"ab\n") == b"ab\n"
        talk.say(b"c\n")
        with pytest.raises(ConnectionResetError):
            await talk.rest()


async def test_a_reset_ends_what_is_open_and_nothing_later(way: Proxy) -> None:
    async with Talk(way) as talk:
        assert await talk.says(b"hello\n") == b"hello\n"
        way.reset()
        with pytest.raises(ConnectionResetError):
            await talk.rest()
    async with Talk(way) as again:
        assert await again.says(b"again\n") == b"again\n"


async def test_what_a_black_hole_swallowed_is_lost_and_who_said_it_is_reset_when_it_heals(way: Proxy) -> None:
    async with Talk(way) as quiet, Talk(way) as talk:
        assert [await each.says(b"one\n") for each in (quiet, talk)] == [b"one\n"] * 2
        way.blackhole()
        async with Talk(way) as late:
            hearing = [asyncio.create_task(each.says(b"two\n")) for each in (talk, late)]
            heard, _ = await asyncio.wait(hearing, timeout=0.05)
            assert not heard
            await way.heal()
            assert [type(each) for each in await asyncio.gather(*hearing, return_exceptions=True)] == [ConnectionResetError] * 2
        assert await quiet.says(b"three\n") == b"three\n"


async def test_who_refuses_accepts_again_at_the_same_port_when_healed(way: Proxy) -> None:
    port = way.port
    way.refuse()
    with pytest.raises(ConnectionRefusedError):
        await Talk(way).__aenter__()
    await way.heal()
    async with Talk(way) as talk:
        assert (await talk.says(b"hello\n"), way.port) == (b"hello\n", port)


async def test_answers_come_late_and_questions_do_not() -> None:
    asked: list[float] = []

    async def notes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        asked.append(time.monotonic())
        writer.write(b"yes\n")

    async with serving_raw(notes) as base, Proxy("127.0.0.1", port_of(base)) as way, Talk(way) as talk:
        way.delay(0.2)
        begun = time.monotonic()
        assert await talk.says(ASK) == b"yes\n"
    assert time.monotonic() - begun >= 0.2 > asked[0] - begun


async def test_to_a_server_that_is_away_every_connection_is_reset() -> None:
    async with serving_raw(answering(b"x")) as base:
        port = port_of(base)
    async with Proxy("127.0.0.1", port) as way, Talk(way) as talk:
        with pytest.raises(ConnectionResetError):
            await talk.rest()


def test_the_same_seed_draws_the_same_trouble() -> None:
    def drawn(seed: int) -> list[str]:
        way = Proxy("127.0.0.1", 1, chance=random.Random(seed))
        return [way.meet(each) for _ in range(3) for each in (Trouble.DELAY, Trouble.CUT)]

    assert drawn(1) == drawn(1) != drawn(2)
