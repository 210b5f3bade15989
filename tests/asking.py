"""The command `watcher` in this process: what it prints and its exit code, without the two seconds that a process takes to start.

What a process alone can show (that it starts, what it imports, how it ends on a signal) is asked of `tests/processes.py`.
"""

import asyncio
import contextlib
import logging
import os
import subprocess
from collections.abc import Iterator

from typer.testing import CliRunner

from tests.conftest import ROOT
from watcher.cli import app

SET_BY_COMMANDS = ("", "watcher", "alerts", "telegram.request", "telegram.ext.Updater")  #: loggers; the first is the root's


def ask(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, with this environment and no other; what it does not catch is raised here."""
    bare: dict[str, str | None] = dict.fromkeys(os.environ)
    with _logs_kept(), contextlib.chdir(ROOT):
        said = CliRunner().invoke(app, arguments, env=bare | environ, catch_exceptions=False)
    return subprocess.CompletedProcess(arguments, said.exit_code, said.stdout, said.stderr)


async def asked(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """The same from within a loop, whose servers the command may ask."""
    return await asyncio.to_thread(ask, environ, *arguments)


@contextlib.contextmanager
def _logs_kept() -> Iterator[None]:
    """Let a command set up its logs, and then have them as they were: handlers of pytest, levels."""
    loggers = [logging.getLogger(name) for name in SET_BY_COMMANDS]
    before = [(logger, logger.level, logger.handlers[:]) for logger in loggers]
    loggers[0].handlers.clear()
    try:
        yield
    finally:
        for logger, level, handlers in before:
            logger.handlers[:] = handlers
            logger.setLevel(level)
