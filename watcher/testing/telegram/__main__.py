"""The emulator as a process of its own: prints its address, ends at SIGTERM or Ctrl+C."""

import argparse
import asyncio
import signal
import sys

from watcher.testing.telegram import BotApi, Limits


async def serve(arguments: argparse.Namespace) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    api = BotApi(token=arguments.token, scale=arguments.scale, limits=Limits(burst=arguments.burst), port=arguments.port)
    async with api:
        sys.stdout.write(f"{api.url}\n")
        sys.stdout.flush()
        await stop.wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m watcher.testing.telegram", description="A strict Bot API on a loopback port.")
    parser.add_argument("--port", type=int, default=0, help="0 is any free one (default)")
    parser.add_argument("--token", default="700000001:TEST-TOKEN", help="the only token it takes")
    parser.add_argument(
        "--scale", type=float, default=1.0, help="how many of Telegram's seconds pass in one: its limits run so much faster"
    )
    parser.add_argument("--burst", type=int, default=1, help="messages a second in one chat (default 1)")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
