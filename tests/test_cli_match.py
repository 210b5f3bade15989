"""`watcher match` at a terminal."""

import os
import pty
import subprocess
from pathlib import Path

from tests.conftest import ROOT
from tests.processes import COMMAND, PATIENCE, surroundings


def test_who_gives_no_file_at_a_terminal_is_told_what_is_waited_for(tmp_path: Path) -> None:
    environ = surroundings(tmp_path, '[[doctrine]]\nid = "exile"\ntitle = "Exile"\nterms = ["exile"]\n')
    keys, terminal = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, "match"], env=environ, cwd=ROOT, stdin=terminal, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        os.close(terminal)
        os.write(keys, b'{"id": 1, "title": "In exile"}\n\x04')  # Ctrl-D
        answer, said = process.communicate(timeout=PATIENCE)
    os.close(keys)
    assert said.decode() == 'reading this terminal: {"id": "1", "title": "…"}, one a line; Ctrl-D ends\n'
    assert b'"watch": "exile"' in answer
