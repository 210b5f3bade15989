"""`watcher check`: what it prints, where, and how it ends."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from tests.conftest import ROOT
from watcher.cli.check import check, schema_text

ENABLED = '[[source]]\nid = "a"\nkind = "feed"\nurl = "https://a.test/"\n'
RIGHT = ENABLED + '[[source]]\nid = "b"\nkind = "page"\nurl = "https://b.test/"\nenabled = false\n'
RULES = '[[doctrine]]\nid = "d"\ntitle = "D"\nterms = ["t"]\n[[case]]\nid = "c"\ntitle = "C"\nnames = ["n"]\n'
DOCKETS = 'dockets = [{ court = "mdd", number = "25-cv-1", courtlistener = 7 }, { court = "ca4", number = "25-9", courtlistener = 8 }]\n'
FEEDS = '[[source]]\nid = "cl"\nkind = "docket-feeds"\n'

app = typer.Typer()
app.command()(check)
run = CliRunner()


def test_a_right_file_ends_with_0_and_one_line_of_counts(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(RIGHT + RULES + DOCKETS + FEEDS)
    answer = run.invoke(app, [str(path)])
    line = f"{path}: sources: 2 enabled (3 addresses), 1 disabled; doctrines: 1; cases: 1\n"
    assert (answer.exit_code, answer.stdout, answer.stderr) == (0, line, "")


def test_a_phrase_that_could_never_be_found_is_named_and_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    rules = RULES.replace('["t"]', '["Kilmar. Garcia", "8 U.S.C. 1231", "Garcia, Kilmar"]\nneeds = ["abroad"]')
    path.write_text('[phrases]\nabroad = ["El Salvador", "prison. Abroad"]\n' + rules)
    answer = run.invoke(app, [str(path)])
    assert (answer.exit_code, answer.stderr.splitlines()) == (
        0,
        [
            "doctrine d: “Kilmar. Garcia” would not be found even in itself: write it as a text would, or its parts by themselves",
            "[phrases]: abroad: “prison. Abroad” would not be found even in itself: write it as a text would, or its parts by themselves",
        ],
    )


def test_a_docket_s_number_among_the_phrases_is_named_and_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(RULES.replace('["n"]', '["n", "8:25-cv-00951", "8 U.S.C. 1231"]'))
    answer = run.invoke(app, [str(path)])
    assert (answer.exit_code, answer.stderr) == (
        0,
        "case c: “8:25-cv-00951” is the number of a docket, which no phrase finds as one: write it among the `dockets` of a case\n",
    )


def test_counts_for_programs(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(RIGHT + RULES)
    answer = run.invoke(app, [str(path), "--json"])
    assert answer.exit_code == 0
    assert json.loads(answer.stdout) == {
        "file": str(path),
        "faults": [],
        "enabled": 1,
        "disabled": 1,
        "addresses": 1,
        "doctrines": 1,
        "cases": 1,
    }


def test_faults_end_with_1_all_on_stderr(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("sources.toml").write_text(RIGHT.replace("page", "pages") + "evry = '1m'\n")
    answer = run.invoke(app, [])
    faults = (
        "sources.toml:7:1: source b: kind: 'pages' is no kind of source (did you mean page?)\n"
        "sources.toml:10:1: source b: evry: unknown key (did you mean every?)\n"
    )
    assert (answer.exit_code, answer.stdout, answer.stderr) == (1, "", faults)


def test_faults_for_programs(tmp_path: Path) -> None:
    path = tmp_path / "a:1: sources.toml"  # a name that looks like a place
    path.write_text("x = 1\n")
    answer = run.invoke(app, [str(path), "--json"])
    assert answer.exit_code == 1
    assert json.loads(answer.stdout) == {"file": str(path), "faults": [{"line": 1, "column": 1, "text": "x: unknown key"}]}
    assert answer.stderr == f"{path}:1:1: x: unknown key\n"


def test_a_file_that_cannot_be_read_ends_with_2(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    fault = f"{path}: cannot be read: No such file or directory"
    plain, programs = run.invoke(app, [str(path)]), run.invoke(app, [str(path), "--json"])
    assert (plain.exit_code, plain.stdout, plain.stderr) == (2, "", fault + "\n")
    assert programs.exit_code == 2
    assert json.loads(programs.stdout) == {"file": str(path), "faults": [{"line": 0, "column": 0, "text": fault}]}


def test_the_environment_says_which_file_unless_one_is_given(tmp_path: Path) -> None:
    named, given = tmp_path / "named.toml", tmp_path / "given.toml"
    named.write_text(RIGHT)
    given.write_text(RULES)
    environ = {"WATCHER_SOURCES": str(named)}
    assert run.invoke(app, [], env=environ).stdout.startswith(f"{named}: ")
    assert run.invoke(app, [str(given)], env=environ).stdout.startswith(f"{given}: ")


def test_the_shipped_file_is_right() -> None:
    answer = run.invoke(app, [str(ROOT / "sources.toml")])
    assert (answer.exit_code, answer.stderr) == (0, "")


def test_the_schema_is_printed_to_the_byte() -> None:
    answer = run.invoke(app, ["--schema"])
    assert (answer.exit_code, answer.stdout) == (0, schema_text())
    assert json.loads(answer.stdout)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_an_address_that_this_environment_refuses_is_noted_and_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "sources.toml"
    file.write_text('[[source]]\nid = "a"\nkind = "feed"\nurl = "http://127.0.0.1:9/f"\nevery = "1s"\n')
    monkeypatch.delenv("WATCHER_ALLOW_PRIVATE", raising=False)
    said = run.invoke(app, [str(file)])
    assert (said.exit_code, said.stderr) == (0, "source a: its address is private, and is asked only with WATCHER_ALLOW_PRIVATE=1\n")
    monkeypatch.setenv("WATCHER_ALLOW_PRIVATE", "1")
    assert run.invoke(app, [str(file)]).stderr == ""


def test_many_addresses_that_this_environment_refuses_are_noted_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "sources.toml"
    feeds = "".join(f'[[source]]\nid = "s{n}"\nkind = "feed"\nurl = "http://127.0.0.1:9/{n}"\n' for n in range(3))
    courts = f'[[source]]\nid = "courts"\nkind = "docket-feeds"\nurl = "http://127.0.0.1:9/"\n{RULES}{DOCKETS}'
    monkeypatch.delenv("WATCHER_ALLOW_PRIVATE", raising=False)
    file.write_text(feeds)
    assert len(run.invoke(app, [str(file)]).stderr.splitlines()) == 3
    file.write_text(feeds + courts)
    said = run.invoke(app, [str(file)])
    assert said.stderr == "4 sources: their addresses are private, and are asked only with WATCHER_ALLOW_PRIVATE=1\n"
