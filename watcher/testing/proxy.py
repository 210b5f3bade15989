"""A stretch of network that goes wrong on demand: a TCP proxy on loopback that delays, cuts, resets, swallows or refuses.

async with Proxy("127.0.0.1", 5432) as way:
    ...                     # connect to way.port
    way.cut(100)            # every connection breaks 100 bytes further on
    way.heal()
"""

import asyncio
import random
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from types import TracebackType
from typing import Literal, Self

PIECE = 65_536  #: bytes passed on at once
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER of no seconds: closing says RST, and what was not sent is dropped


class Trouble(StrEnum):
    """What a Proxy can do to those that talk through it."""

    DELAY = "delay"
    CUT = "cut"
    RESET = "reset"
    BLACKHOLE = "blackhole"
    REFUSE = "refuse"


Towards = Literal["client", "server"]


@dataclass(eq=False, slots=True)
class _Wire:
    """One connection: the two ends, and how many bytes each way may still pass before it is cut."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    left: dict[Towards, int] = field(default_factory=dict)  #: no entry: as many as come

    def reset(self) -> None:
        for writer in (self.client, self.server):
            _abort(writer)


class Proxy:
    """Passes on what is said between whoever connects to `port` and a server, for the length of an `async with` block.

    Without trouble it is only slower. Each kind of trouble lasts until `heal`; a reset is over at once.
    """

    def __init__(self, host: str, port: int, *, listen: str = "127.0.0.1", chance: random.Random | None = None) -> None:
        """Nothing is bound before the block is entered.

        Args:
            host, port: of the server; it may come later, and be away meanwhile.
            listen: the address to be found at; its port is any free one.
            chance: draws what a caller of `meet` leaves open.
        """
        self.port = 0
        self.connections = 0  #: accepted so far
        self._there = (host, port)
        self._listen = listen
        self._chance = chance or random.Random(0)
        self._wires: set[_Wire] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._listener: asyncio.Server | None = None
        self._open = asyncio.Event()
        self._open.set()
        self._delay = 0.0
        self._cut: tuple[Towards, int] | None = None

    async def __aenter__(self) -> Self:
        await self._accept()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # -- trouble

    def delay(self, seconds: float) -> None:
        """Every piece that the server says arrives so much later. What it is asked is not: its own pace stays as it was kept."""
        self._delay = seconds

    def cut(self, after: int, towards: Towards = "client") -> None:
        """Every connection, new or open, is reset once so many further bytes have passed this way; the rest of them is lost."""
        self._cut = (towards, after)
        for wire in self._wires:
            wire.left = {towards: after}

    def reset(self) -> None:
        """All connections that are open end with RST; new ones are made as ever."""
        for wire in tuple(self._wires):
            wire.reset()

    def blackhole(self) -> None:
        """Nothing passes any more, and nobody is told: connections stay open and are accepted. What is said is lost, and with `heal`
        whoever said it, or came meanwhile, meets a reset."""
        self._open.clear()

    def refuse(self) -> None:
        """Nobody listens, and what is open ends with RST."""
        self._close()
        self.reset()

    async def heal(self) -> None:
        """All is well again, at the same port."""
        self._delay, self._cut = 0.0, None
        for wire in self._wires:
            wire.left = {}
        self._open.set()
        if self._listener is None:
            await self._accept()

    def meet(self, trouble: Trouble) -> str:
        """Let this happen, its measure drawn by chance; answers what it is."""
        match trouble:
            case Trouble.DELAY:
                seconds = round(self._chance.uniform(0.05, 1.0), 2)
                self.delay(seconds)
                return f"answers {seconds} s late"
            case Trouble.CUT:
                towards: Towards = self._chance.choice(("client", "server"))
                after = self._chance.randrange(0, 2_000)
                self.cut(after, towards)
                return f"cut {after} bytes on, towards the {towards}"
            case Trouble.RESET:
                self.reset()
                return "reset"
            case Trouble.BLACKHOLE:
                self.blackhole()
                return "swallowed"
            case Trouble.REFUSE:
                self.refuse()
                return "refused"

    # -- the wire

    async def _accept(self) -> None:
        def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.create_task(self._serve(reader, writer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        self._listener = await asyncio.start_server(serve, self._listen, self.port, backlog=1024)
        self.port = self._listener.sockets[0].getsockname()[1]

    def _close(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            if not self._open.is_set():
                await self._open.wait()
                return _abort(writer)
            answers, asking = await asyncio.open_connection(*self._there)
        except (OSError, asyncio.CancelledError):
            return _abort(writer)
        wire = _Wire(writer, asking, {self._cut[0]: self._cut[1]} if self._cut else {})
        self._wires.add(wire)
        with suppress(asyncio.CancelledError):
            await asyncio.gather(self._pass(wire, reader, asking, "server"), self._pass(wire, answers, writer, "client"))
        self._wires.discard(wire)
        return wire.reset()

    async def _pass(self, wire: _Wire, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, towards: Towards) -> None:
        """Pass on one way until its end, which is passed on too: a client may close its half and still listen."""
        with suppress(OSError):
            while piece := await reader.read(PIECE):
                if towards == "client" and self._delay:
                    await asyncio.sleep(self._delay)
                if not self._open.is_set():
                    break
                passing = self._allowed(wire, towards, piece)
                writer.write(passing)
                await writer.drain()
                if len(passing) < len(piece):
                    return wire.reset()
            if not self._open.is_set():  # swallowed: a piece, or the end
                await self._open.wait()
                return wire.reset()
            if writer.can_write_eof():
                writer.write_eof()
            return None
        return wire.reset()

    def _allowed(self, wire: _Wire, towards: Towards, piece: bytes) -> bytes:
        left = wire.left.get(towards)
        if left is None:
            return piece
        wire.left[towards] = max(0, left - len(piece))
        return piece[:left] if len(piece) > left else piece


def _abort(writer: asyncio.StreamWriter) -> None:
    transport = writer.transport
    if not transport.is_closing():
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        transport.abort()
