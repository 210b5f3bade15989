"""The commands as a person meets them: help with an example, clear errors, exit codes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.conftest import ROOT
from tests.processes import surroundings, watcher
from watcher.cli import app

COMMANDS = ["run", "demo", "check", "poll", "match", "stories", "status"]
GROUPS = {"subscribers": ["add", "list", "remove", "export", "forget"], "db": ["upgrade", "check"]}

RULES = """
[[source]]
id = "press"
kind = "feed"
url = "http://127.0.0.1:9/feed"
title = "The Press"

[[doctrine]]
id = "cecot"
title = "CECOT"
terms = ["CECOT prison"]
"""


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment of its own: a small sources.toml, an empty data directory."""
    return surroundings(tmp_path, RULES, ALLOW_PRIVATE="1")


@pytest.mark.parametrize("command", [[name] for name in COMMANDS] + [[group, name] for group, names in GROUPS.items() for name in names])
def test_every_command_has_help_with_an_example(command: list[str]) -> None:
    said = CliRunner().invoke(app, [*command, "--help"])
    assert said.exit_code == 0
    assert f"watcher {' '.join(command)}" in said.output.split("Example:")[1]


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from watcher.cli import app; print([m for m in ('sqlalchemy', 'telegram', 'httpx', 'pydantic') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True, cwd=ROOT)
    assert done.stdout == "[]\n"


def test_an_unknown_command_is_a_usage_error() -> None:
    assert CliRunner().invoke(app, ["wach"]).exit_code == 2


def test_poll_of_a_failing_source_says_so_and_exits_with_1(environ: dict[str, str]) -> None:
    done = watcher(environ, "poll", "press", "--json")
    assert done.returncode == 1
    (source,) = json.loads(done.stdout)["sources"]
    assert set(source) == {"source", "status", "entries", "new", "changed", "backfill", "gap", "error"}
    assert (source["source"], source["status"], source["new"]) == ("press", "failed", 0)
    assert "127.0.0.1" in source["error"]


def test_poll_of_an_unknown_source_names_it_and_exits_with_2(environ: dict[str, str]) -> None:
    done = watcher(environ, "poll", "pres")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("source 'pres': none of that name is enabled in ")


def test_run_with_a_broken_file_exits_with_2_and_the_lines_of_check(environ: dict[str, str]) -> None:
    Path(environ["WATCHER_SOURCES"]).write_text(RULES.replace('kind = "feed"', 'kind = "fed"'))
    run, check = watcher(environ, "run"), watcher(environ, "check")
    assert (run.returncode, check.returncode) == (2, 1)
    assert run.stderr == check.stderr
    assert ":4:1: " in check.stderr
    assert "did you mean feed" in check.stderr


def test_every_wrong_setting_is_named_at_once(environ: dict[str, str]) -> None:
    done = watcher({**environ, "WATCHER_HTTP": "nowhere", "WATCHER_LOG": "loud"}, "status")
    assert done.returncode == 2
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == ["WATCHER_HTTP", "WATCHER_LOG"]


def test_subscribers_are_added_listed_exported_and_forgotten(environ: dict[str, str]) -> None:
    address = "mailto:ann@example.org"
    added = watcher(environ, "subscribers", "add", address, "--follow", "cecot", "--cadence", "daily", "--floor", "notable")
    assert (added.returncode, added.stdout) == (0, f"{address} follows cecot\n")
    (listed,) = json.loads(watcher(environ, "subscribers", "list", "--json").stdout)
    assert (listed["address"], listed["follows"]) == (address, [{"watch": "cecot", "cadence": "daily", "floor": "notable"}])
    assert "mailto:ann@example.org  cecot (daily, notable)" in watcher(environ, "subscribers", "list").stdout
    stored = json.loads(watcher(environ, "subscribers", "export", address).stdout)
    assert (stored["subscriber"]["address"], len(stored["subscriptions"])) == (address, 1)
    assert watcher(environ, "subscribers", "forget", address).returncode == 0
    again = watcher(environ, "subscribers", "forget", address)
    assert (again.returncode, again.stderr) == (1, f"{address}: nothing was stored about it\n")


def test_an_unknown_topic_is_refused_with_the_nearest(environ: dict[str, str]) -> None:
    done = watcher(environ, "subscribers", "add", "telegram:5", "--follow", "cecott")
    assert done.returncode == 2
    assert done.stderr == "topic 'cecott': not known (did you mean cecot?)\n"


def test_a_wrong_address_says_which_forms_there_are(environ: dict[str, str]) -> None:
    done = watcher(environ, "subscribers", "add", "ann@example.org", "--follow", "cecot")
    assert done.returncode == 1
    assert "telegram:CHAT" in done.stderr


def test_status_tells_of_sources_and_outbox(environ: dict[str, str]) -> None:
    watcher(environ, "poll", "press")
    said = json.loads(watcher(environ, "status", "--json").stdout)
    (source,) = said["sources"]
    assert (source["source"], source["failures"], source["documents"]) == ("press", 1, 0)
    assert (said["subscribers"], said["outbox"]["letters"]) == (0, {})
    assert "press: " in watcher(environ, "status").stdout


def test_a_database_without_its_tables_says_what_to_run(environ: dict[str, str], tmp_path: Path) -> None:
    asked = {**environ, "WATCHER_DATABASE_URL": f"sqlite:///{tmp_path / 'new.sqlite'}"}
    check = watcher(asked, "db", "check")
    assert (check.returncode, check.stderr) == (1, "the database is not of this version: run `watcher db upgrade`\n")
    assert watcher(asked, "db", "upgrade").returncode == 0
    assert watcher(asked, "db", "check").returncode == 0


def test_a_database_that_cannot_be_reached_is_named_by_its_setting(environ: dict[str, str]) -> None:
    done = watcher({**environ, "WATCHER_DATABASE_URL": "postgresql://watch:hush@127.0.0.1:9/watch"}, "status")
    assert done.returncode == 1
    assert done.stderr.startswith("WATCHER_DATABASE_URL: the database does not open: ")
    assert "hush" not in done.stderr
    assert "Traceback" not in done.stderr
