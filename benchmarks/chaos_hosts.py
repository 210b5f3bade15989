"""Hosts of their own for the processes of a chaos run: network namespaces, each with one cable to the world and one to the database; and
a small disk for the database.

Linux only, as root, with `ip` of iproute2. Where that is not to be had, all processes share the loopback interface, and what a pulled
cable does is done by a proxy that swallows everything; the database's disk is then not filled.
"""

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Host:
    """Where a process runs, and the addresses at which it finds the world and the database."""

    name: str = ""  #: of its namespace; "": it shares ours
    wire: str = "127.0.0.1"
    database: str = "127.0.0.1"
    cable: str = ""  #: our end of its cable to the database

    def inside(self, command: Sequence[str]) -> list[str]:
        """The command as it is run there."""
        return ["ip", "netns", "exec", self.name, *command] if self.name else list(command)

    async def pull(self) -> None:
        """Pull its cable to the database: packets are lost, and nobody is told."""
        await _ip("link", "set", self.cable, "down")

    async def plug(self) -> None:
        await _ip("link", "set", self.cable, "up")


async def possible() -> bool:
    """Whether namespaces can be made here."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        return False
    try:
        async with host(250):
            return True
    except RuntimeError:
        return False


@asynccontextmanager
async def host(number: int) -> AsyncIterator[Host]:
    """A host for as long as the block lasts. `number` of 0 to 250, of each one at a time on this machine."""
    name = f"watch-{os.getpid()}-{number}"
    made = Host(name=name, wire=f"10.231.{number}.1", database=f"10.232.{number}.1", cable=f"wd{os.getpid()}-{number}"[:15])
    await _ip("netns", "add", name)
    try:
        for ours, address in ((f"ww{os.getpid()}-{number}"[:15], made.wire), (made.cable, made.database)):
            theirs = ours.replace("w", "h", 1)
            await _ip("link", "add", ours, "type", "veth", "peer", "name", theirs, "netns", name)
            await _ip("address", "add", f"{address}/30", "dev", ours)
            await _ip("link", "set", ours, "up")
            await _ip("-n", name, "address", "add", f"{address.removesuffix('.1')}.2/30", "dev", theirs)
            await _ip("-n", name, "link", "set", theirs, "up")
        await _ip("-n", name, "link", "set", "lo", "up")
        yield made
    finally:
        await _ip("netns", "delete", name)  # and both cables with it


async def _ip(*arguments: str) -> None:
    quiet, heard = asyncio.subprocess.DEVNULL, asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec("ip", *arguments, stdout=quiet, stderr=heard)
    _, said = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"ip {' '.join(arguments)}: {said.decode().strip()}")


@contextmanager
def disk(size: int) -> Iterator[Path | None]:
    """A disk of so many bytes for as long as the block lasts; None where none can be made here."""
    with tempfile.TemporaryDirectory(prefix="watch-disk-") as name:
        command = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0755", "tmpfs", name]
        if os.geteuid() != 0 or subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode:  # noqa: S603  # names of ours
            yield None
            return
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", "--lazy", name], check=True)  # noqa: S603, S607  # names of ours, found by PATH
