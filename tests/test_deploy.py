"""The units and the compose file for many machines: they name only commands, roles and variables that there are."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperGroup
from typer.main import get_command

from tests.conftest import ROOT, missing
from watcher.cli import app
from watcher.cli.run import Role
from watcher.config.environment import variables

DEPLOY = ROOT / "deploy"
COMPOSE = (DEPLOY / "compose.yaml").read_text("utf-8")
UNIT = (DEPLOY / "watcher@.service").read_text("utf-8")
HOW_TO = (ROOT / "docs/how-to/operate.md").read_text("utf-8")
MANY = HOW_TO.split("\n## Many machines\n")[1].split("\n## ")[0]
ROLES = [role.value for role in Role]
FILES = sorted(path for path in DEPLOY.iterdir() if path.is_file())


def commands() -> Iterator[tuple[str, list[str]]]:
    """Each command line of ours in these files and in the docs about them, with where it stands."""
    for unit in DEPLOY.glob("*.service"):
        for line in re.findall(r"^Exec(?:Start|StartPre)=/opt/watcher/bin/watcher (.+)$", unit.read_text("utf-8"), re.MULTILINE):
            yield from ((unit.name, shlex.split(line.replace("%i", role))) for role in (ROLES if "%i" in line else [""]))
    for line in re.findall(r"^ +command: \[watcher, (.+)\]$", COMPOSE, re.MULTILINE):
        yield "compose.yaml", line.split(", ")
    for line in re.findall(r"^(?:\S*/)?watcher ([a-z].*)$", MANY, re.MULTILINE):
        yield "operate.md", shlex.split(line)


def fault(words: list[str]) -> str:
    """What our own command line would say of these words; "" where it would take them."""
    command: Any = get_command(app)
    while isinstance(command, TyperGroup):
        found = command.get_command(typer.Context(command), words[0]) if words else None
        if found is None:
            return f"no command {words[:1]}"
        command, words = found, words[1:]
    try:
        command.make_context("watcher", list(words))
    except Exception as error:
        return str(error) or type(error).__name__
    return ""


def test_each_command_is_one_that_the_command_line_takes() -> None:
    given = list(commands())
    assert {where for where, _ in given} == {"compose.yaml", "operate.md", "watcher.service", "watcher@.service"}
    assert [(where, words, said) for where, words in given if (said := fault(words))] == []


@pytest.mark.parametrize("words", [["run", "--role", "poller"], ["runs"], ["db", "upgrades"], ["run", "--roles", "poll"], []])
def test_a_command_that_is_none_is_found_out(words: list[str]) -> None:
    assert fault(words)


def test_each_role_has_a_service_that_only_it_starts() -> None:
    found = re.findall(
        r"^  (\w+):\n    <<: \*watcher\n    profiles: \[(\w+)\]\n    command: \[watcher, run, --role, (\w+)\]$", COMPOSE, re.MULTILINE
    )
    assert found == [(role, role, role) for role in ROLES]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_variable_is_one_that_is_read(path: Path) -> None:
    named = set(re.findall(r"WATCHER_[A-Z_]+", path.read_text("utf-8")))
    assert named <= variables()


def test_the_docs_about_many_machines_name_each_file_each_role_and_only_variables_that_are_read() -> None:
    assert {path.name for path in FILES if path.name != "watcher.service"} <= set(re.findall(r"deploy/([\w@.-]+\w)", MANY))
    assert set(re.findall(r"(?<!/)watcher@([a-z]+)", MANY)) <= set(ROLES)
    assert set(re.findall(r"--profile (\w+)", MANY)) <= {*ROLES, "postgres"}
    assert set(re.findall(r"WATCHER_[A-Z_]+", MANY)) <= variables()


def test_what_all_machines_must_share_is_in_the_example_and_in_the_compose_file() -> None:
    shared = {"DATABASE_URL", "SECRET", "TELEGRAM_TOKEN", "SMTP_URL", "MAIL_FROM", "PUBLIC_URL", "OPERATOR"}
    example = (DEPLOY / "environment.example").read_text("utf-8")
    assert shared <= set(re.findall(r"^WATCHER_([A-Z_]+)=", example, re.MULTILINE))
    assert shared <= {name.removesuffix("_FILE") for name in re.findall(r"^    WATCHER_([A-Z_]+):", COMPOSE, re.MULTILINE)}


def test_each_secret_of_the_compose_file_is_given_and_is_where_its_variable_looks() -> None:
    given = re.findall(r"^  (\w+):\n    file: \./secrets/(\w+)$", COMPOSE, re.MULTILINE)
    assert all(name == file for name, file in given)
    mounted = {name.strip() for line in re.findall(r"secrets: \[(.+)\]", COMPOSE) for name in line.split(",")}
    assert mounted == {name for name, _ in given} == set(re.findall(r"_FILE: /run/secrets/(\w+)", COMPOSE))


def test_no_secret_is_written_in_these_files() -> None:
    example = (DEPLOY / "environment.example").read_text("utf-8")
    assert not re.search(r"^WATCHER_(?:SECRET|TELEGRAM_TOKEN|SMTP_URL)=.", example, re.MULTILINE)
    assert not re.search(r"(?:SECRET|TOKEN|PASSWORD|SMTP_URL|DATABASE_URL):", COMPOSE)


@pytest.mark.parametrize("role", ROLES)
def test_the_unit_of_each_role_is_well_formed(role: str, tmp_path: Path) -> None:
    tool = shutil.which("systemd-analyze")
    if tool is None:
        missing("systemd-analyze is not installed: apt-get install systemd")
    copy = tmp_path / f"watcher@{role}.service"
    copy.write_text(UNIT.replace("/opt/watcher/bin/watcher", "/bin/true"))  # systemd looks whether the command is there
    said = subprocess.run([str(tool), "verify", "--man=no", str(copy)], capture_output=True, text=True, check=False, timeout=60)
    assert said.returncode == 0, said.stderr
    assert "watcher@" not in said.stderr


def test_the_unit_of_a_role_is_as_closed_as_that_of_all() -> None:
    whole = (DEPLOY / "watcher.service").read_text("utf-8")
    closed = whole[whole.index("DynamicUser=yes") :].replace("StateDirectory=habeas-watch\n", "StateDirectory=watcher-%i\n")
    assert UNIT.endswith(closed)


def test_a_role_starts_on_no_database_of_its_own() -> None:
    """Without a name of the database each process would make a file: the unit asks for one that is there."""
    assert re.search(r"^ExecStartPre=/opt/watcher/bin/watcher db check$", UNIT, re.MULTILINE)
    assert re.search(r"^EnvironmentFile=/etc/habeas-watch/environment$", UNIT, re.MULTILINE)
