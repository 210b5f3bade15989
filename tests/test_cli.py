"""The commands as a person meets them: help with an example, clear errors, exit codes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.asking import ask
from tests.conftest import ROOT
from tests.processes import COMMAND, surroundings, watcher
from watcher import __version__
from watcher.cli import app, tools
from watcher.cli.subscribers import CONSOLE_RETURNS, NOBODY, labelled

COMMANDS = ["run", "demo", "check", "poll", "match", "stories", "why", "why-not", "status"]
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


@pytest.mark.parametrize("command", [["-h"], ["subscribers", "-h"], ["db", "--help"]])
def test_the_list_of_commands_is_not_cut_short_on_a_usual_terminal(command: list[str]) -> None:
    said = CliRunner().invoke(app, command, terminal_width=80)
    assert said.exit_code == 0
    assert "..." not in said.output.partition("Commands:")[2]
    assert "watcher " in said.output.split("\n\n")[-1]


def test_the_version_is_said() -> None:
    assert CliRunner().invoke(app, ["--version"]).output == f"{__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "--role", "pol"], "Invalid value for '--role': 'pol' is not one of 'poll', 'deliver', 'bot', 'web'"),
        (["demo", "--pace", "x"], "Invalid value for '--pace': must be a valid number"),
        (["subscribers", "add", "console:", "--hour", "30"], "Invalid value for '--hour': must be less than or equal to 23"),
    ],
)
def test_a_wrong_option_is_told_in_plain_words(arguments: list[str], said: str) -> None:
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 2
    assert done.output.splitlines()[-1] == f"Error: {said}"


def test_hints_name_the_program_as_it_was_called(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ours = tmp_path / "bin" / "watcher"
    ours.parent.mkdir()
    ours.touch(mode=0o755)
    monkeypatch.setattr(sys, "argv", [str(ours), "demo"])
    monkeypatch.setenv("PATH", str(tmp_path))
    assert tools.program() == str(ours)
    monkeypatch.setenv("PATH", str(ours.parent))
    assert tools.program() == "watcher"
    monkeypatch.setattr(sys, "argv", ["/usr/lib/python3/watcher/__main__.py"])
    assert tools.program() == "watcher"


def test_from_another_folder_the_file_that_is_missed_is_named_whole(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "sources.toml").unlink()
    bare = {name: value for name, value in environ.items() if name != "WATCHER_SOURCES"}
    done = subprocess.run(
        [*COMMAND, "check"], env=bare | {"PYTHONPATH": str(ROOT)}, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    said = f"{tmp_path}/sources.toml: cannot be read: No such file or directory; WATCHER_SOURCES may name another file\n"
    assert (done.returncode, done.stderr) == (2, said)


def test_an_unknown_command_is_a_usage_error() -> None:
    assert CliRunner().invoke(app, ["wach"]).exit_code == 2


def test_poll_of_a_failing_source_says_so_and_exits_with_1(environ: dict[str, str]) -> None:
    done = ask(environ, "poll", "press", "--json")
    assert done.returncode == 1
    (source,) = json.loads(done.stdout)["sources"]
    assert set(source) == {"source", "status", "entries", "new", "changed", "backfill", "gap", "error"}
    assert (source["source"], source["status"], source["new"]) == ("press", "failed", 0)
    assert "127.0.0.1" in source["error"]


def test_poll_of_an_unknown_source_names_it_and_exits_with_2(environ: dict[str, str]) -> None:
    done = ask(environ, "poll", "pres")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("source 'pres': none of that name is enabled in ")


def test_run_with_a_broken_file_exits_with_2_and_the_lines_of_check(environ: dict[str, str]) -> None:
    Path(environ["WATCHER_SOURCES"]).write_text(RULES.replace('kind = "feed"', 'kind = "fed"'))
    run, check = ask(environ, "run"), ask(environ, "check")
    assert (run.returncode, check.returncode) == (2, 1)
    assert run.stderr == check.stderr
    assert ":4:1: " in check.stderr
    assert "did you mean feed" in check.stderr


def test_every_wrong_setting_is_named_at_once(environ: dict[str, str]) -> None:
    done = ask({**environ, "WATCHER_HTTP": "nowhere", "WATCHER_LOG": "loud"}, "status")
    assert done.returncode == 2
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == ["WATCHER_HTTP", "WATCHER_LOG"]


def test_subscribers_are_added_listed_exported_and_forgotten(environ: dict[str, str]) -> None:
    address = "mailto:ann@example.org"
    added = watcher(environ, "subscribers", "add", address, "--follow", "cecot", "--cadence", "daily", "--floor", "notable")
    said = f"{address}  en; digests at 7:00 UTC\n  cecot (daily, notable)\n"
    assert (added.returncode, added.stdout) == (0, f"{said}mail is off: set WATCHER_SMTP_URL before they are told\n")
    (listed,) = json.loads(ask(environ, "subscribers", "list", "--json").stdout)
    assert (listed["address"], listed["follows"]) == (address, [{"watch": "cecot", "cadence": "daily", "floor": "notable", "types": []}])
    assert ask(environ, "subscribers", "list").stdout == said
    stored = json.loads(ask(environ, "subscribers", "export", address).stdout)
    assert (stored["subscriber"]["address"], [each["floor"] for each in stored["subscriptions"]]) == (address, ["notable"])
    forgotten = ask(environ, "subscribers", "forget", address)
    assert (forgotten.returncode, forgotten.stdout) == (0, f"forgotten: {address}\n")
    nobody = ask(environ, "subscribers", "list")
    assert (nobody.returncode, nobody.stdout) == (0, f"{NOBODY}\n")
    for again in (ask(environ, "subscribers", "forget", address), ask(environ, "subscribers", "export", address)):
        assert (again.returncode, again.stdout, again.stderr) == (1, "", f"nothing is stored about {address}\n")


def test_adding_a_known_address_again_changes_what_is_given_and_says_what_holds(environ: dict[str, str]) -> None:
    ask(environ, "subscribers", "add", "console:", "--follow", "cecot", "--lang", "es")
    options = ("--hour", "6", "--zone", "America/New_York", "--second", "telegram:5")
    done = ask(environ, "subscribers", "add", "console:", *options)
    said = "console:  es; digests at 6:00 America/New_York; else telegram:5\n  cecot (now, routine)\n"
    assert (done.returncode, done.stdout) == (0, f"{said}Telegram is off: set WATCHER_TELEGRAM_TOKEN before they are told\n")


def test_what_is_not_given_of_a_wish_stays_as_it_was(environ: dict[str, str]) -> None:
    def follows(*options: str) -> list[str]:
        done = ask(environ, "subscribers", "add", "console:", *options)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.splitlines()[1:]

    follows("--follow", "cecot", "--phrase", "Munaf v. Geren", "--cadence", "daily", "--floor", "urgent")
    assert follows("--follow", "cecot", "--cadence", "weekly") == ["  cecot (weekly, urgent)", "  phrase “Munaf v. Geren” (daily, urgent)"]
    phrases = ["  phrase “Munaf v. Geren” (daily, notable)", "  phrase “Tecoluca” (now, notable)"]
    assert follows("--phrase", "munaf v geren", "--phrase", "Tecoluca", "--floor", "notable") == ["  cecot (weekly, urgent)", *phrases]
    everything = ["  cecot (daily, urgent)", "  phrase “Munaf v. Geren” (daily, notable)", "  phrase “Tecoluca” (daily, notable)"]
    assert follows("--cadence", "daily") == everything
    assert follows("--lang", "en") == everything
    rulings = [f"{line.removesuffix(')')}, only order, opinion)" for line in everything]
    assert follows("--types", "order,opinion", "--types", "order") == rulings
    assert follows("--follow", "cecot", "--floor", "notable") == ["  cecot (daily, notable, only order, opinion)", *rulings[1:]]
    assert follows("--floor", "notable", "--types", "all") == [line.replace("urgent", "notable") for line in everything]


def test_types_that_are_asked_for_are_listed_and_exported_and_one_that_is_none_is_refused(environ: dict[str, str]) -> None:
    assert ask(environ, "subscribers", "add", "console:", "--follow", "cecot", "--types", "order,opinion").returncode == 0
    (listed,) = json.loads(ask(environ, "subscribers", "list", "--json").stdout)
    assert listed["follows"] == [{"watch": "cecot", "cadence": "now", "floor": "routine", "types": ["order", "opinion"]}]
    (stored,) = json.loads(ask(environ, "subscribers", "export", "console:").stdout)["subscriptions"]
    assert stored["types"] == ["order", "opinion"]
    done = ask(environ, "subscribers", "add", "console:", "--types", "ordr,opinion,zzzz")
    assert (done.returncode, done.stdout) == (2, "")
    unknown, worse, known = done.stderr.splitlines()
    assert (unknown, worse) == ("type 'ordr': not known (did you mean order?)", "type 'zzzz': not known")
    assert known.startswith("types are: order, opinion, judgment, motion, ")
    assert known.endswith(", article, all")
    done = ask(environ, "subscribers", "add", "console:", "--types", "order,appearance")
    said = "type 'appearance': who speaks for whom is a formality: stored and shown on pages, and told to nobody; leave it out\n"
    assert (done.returncode, done.stderr) == (2, said)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (
            ["add", "mailto:ann@example.org", "--follow", "cecot", "--second", "mailto:Ann@example.org"],
            2,
            "is the first address; name another",
        ),
        (["add", "telegram:5", "--follow", "cecot", "--zone", "europe/madird"], 2, "not known (did you mean Europe/Madrid?)\n"),
        (["add", "telegram:5", "--floor", "urgent"], 2, "telegram:5: not known yet: say what it is to follow with --follow or --phrase\n"),
        (["add", "telegram:5", "--follow", "cecot", "--lang", "fr"], 2, "'fr' is not one of 'en', 'es'"),
        (["add", "telegram:5", "--lang", "es"], 2, "telegram:5: not known yet: say what it is to follow with --follow or --phrase\n"),
        (["add", "telegram:5", "--phrase", "court order"], 2, "phrase “court order”: it is made of everyday words, and would be"),
        (["add", "ann@example.org", "--follow", "cecot"], 2, "or console: (did you mean mailto:ann@example.org?)\n"),
        (["remove", "telegram:5"], 1, "nothing is stored about telegram:5\n"),
    ],
)
def test_what_cannot_be_done_for_a_subscriber_is_one_line(environ: dict[str, str], arguments: list[str], code: int, said: str) -> None:
    done = ask(environ, "subscribers", *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr


def test_a_phrase_of_its_own_is_added_listed_exported_and_ended(environ: dict[str, str]) -> None:
    added = ask(environ, "subscribers", "add", "console:", "--phrase", "Munaf v. Geren", "--phrase", "Tecoluca", "--floor", "notable")
    nothing = "console:  en; digests at 7:00 UTC\n"
    said = f"{nothing}  phrase “Munaf v. Geren” (now, notable)\n  phrase “Tecoluca” (now, notable)\n"
    assert (added.returncode, added.stdout, added.stderr) == (0, said, "")
    (listed,) = json.loads(ask(environ, "subscribers", "list", "--json").stdout)
    wish = {"cadence": "now", "floor": "notable", "types": []}
    assert (listed["follows"], listed["phrases"]) == (
        [],
        [{"watch": "own-1", **wish, "phrase": "Munaf v. Geren"}, {"watch": "own-2", **wish, "phrase": "Tecoluca"}],
    )
    stored = json.loads(ask(environ, "subscribers", "export", "console:").stdout)
    assert [each["phrase"] for each in stored["own_watches"]] == ["Munaf v. Geren", "Tecoluca"]
    unknown = ask(environ, "subscribers", "remove", "console:", "--phrase", "munaf v geren", "--phrase", "Hamdi")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert unknown.stderr == "phrase “Hamdi”: console: does not own it; `watcher subscribers list` shows what it does\n"
    ended = ask(environ, "subscribers", "remove", "console:", "--phrase", "munaf v geren")
    assert (ended.returncode, ended.stdout) == (0, "console: follows 1 phrase less\n")
    ask(environ, "subscribers", "add", "console:", "--follow", "cecot")
    rest = ask(environ, "subscribers", "remove", "console:")
    assert (rest.returncode, rest.stdout) == (0, "console: follows 1 topic and 1 phrase less\n")
    assert ask(environ, "subscribers", "list").stdout == f"{nothing}  nothing\n"


def test_a_mailbox_is_one_reader_however_its_capitals_are_written(environ: dict[str, str]) -> None:
    ask(environ, "subscribers", "add", "mailto:Ann@example.org", "--follow", "cecot")
    ask(environ, "subscribers", "add", "mailto:ann@EXAMPLE.org", "--follow", "cecot,cecot", "--cadence", "weekly")
    (listed,) = json.loads(ask(environ, "subscribers", "list", "--json").stdout)
    assert (listed["address"], listed["follows"]) == (
        "mailto:Ann@example.org",
        [{"watch": "cecot", "cadence": "weekly", "floor": "routine", "types": []}],
    )
    gone = ask(environ, "subscribers", "remove", "mailto:ann@example.org")
    assert (gone.returncode, gone.stdout) == (0, "mailto:Ann@example.org follows 1 topic less\n")


def test_an_unknown_topic_is_refused_with_the_nearest_and_one_that_left_the_file_can_be_ended(environ: dict[str, str]) -> None:
    refused = (2, "", "topic 'cecott': not known (did you mean cecot?)\ntopics are: cecot, all\n")
    done = ask(environ, "subscribers", "add", "telegram:5", "--follow", "cecott")
    assert (done.returncode, done.stdout, done.stderr) == refused
    ask(environ, "subscribers", "add", "telegram:5", "--follow", "cecot")
    done = ask(environ, "subscribers", "remove", "telegram:5", "--follow", "cecott")
    assert (done.returncode, done.stdout, done.stderr) == refused
    rules = Path(environ["WATCHER_SOURCES"])
    rules.write_text(rules.read_text().replace("cecot", "camps"))
    done = ask(environ, "subscribers", "remove", "telegram:5", "--follow", "cecot")
    assert (done.returncode, done.stdout) == (0, "telegram:5 follows 1 topic less\n")


def test_a_forgotten_terminal_is_said_to_come_back_and_one_that_is_removed_stays_silent(environ: dict[str, str]) -> None:
    ask(environ, "subscribers", "add", "console:", "--follow", "cecot")
    done = ask(environ, "subscribers", "forget", "console:")
    assert (done.returncode, done.stdout) == (0, f"forgotten: console:\n{CONSOLE_RETURNS}\n")
    done = ask(environ, "subscribers", "remove", "console:")
    assert (done.returncode, done.stdout) == (0, "console: follows 0 topics less\n")
    (listed,) = json.loads(ask(environ, "subscribers", "list", "--json").stdout)
    assert (listed["address"], listed["follows"]) == ("console:", [])
    ask(environ, "subscribers", "add", "telegram:5", "--follow", "cecot")
    assert ask(environ, "subscribers", "forget", "console:").stdout == "forgotten: console:\n"


def test_severities_are_exported_by_their_names_wherever_they_stand() -> None:
    stored = {"floor": 2, "letters": [{"content": {"items": [{"severity": 3, "more": 2}]}}], "told": []}
    names = {"floor": "notable", "letters": [{"content": {"items": [{"severity": "urgent", "more": 2}]}}], "told": []}
    assert labelled(stored) == names


def test_status_tells_of_sources_and_outbox(environ: dict[str, str]) -> None:
    ask(environ, "poll", "press")
    said = json.loads(ask(environ, "status", "--json").stdout)
    (source,) = said["sources"]
    assert (source["source"], source["failures"], source["documents"]) == ("press", 1, 0)
    assert (said["subscribers"], said["outbox"]["letters"]) == (0, {})
    assert "press: " in ask(environ, "status").stdout


def test_a_database_without_its_tables_says_what_to_run(environ: dict[str, str], tmp_path: Path) -> None:
    asked = {**environ, "WATCHER_DATABASE_URL": f"sqlite:///{tmp_path / 'new.sqlite'}"}
    (tmp_path / "new.sqlite").touch()
    check = watcher(asked, "db", "check")
    assert (check.returncode, check.stderr) == (1, "the database is not of this version: run `watcher db upgrade`\n")
    for command in ("upgrade", "check"):
        done = ask(asked, "db", command)
        assert (done.returncode, done.stdout, done.stderr) == (0, "the database is of this version\n", "")


@pytest.mark.parametrize("command", [["run"], ["status"], ["poll"], ["db", "upgrade"], ["subscribers", "list"]])
def test_a_folder_that_cannot_be_made_is_one_line(environ: dict[str, str], command: list[str]) -> None:
    done = ask({**environ, "WATCHER_DATA": "/proc/nope"}, *command)
    said = {
        True: "WATCHER_DATA: /proc/nope cannot be made: No such file or directory\n",
        False: "there is no database at /proc/nope/habeas-watch.db yet: `watcher run` or `watcher db upgrade` makes it\n",
    }
    looks = command[-1] in ("status", "list")
    assert (done.returncode, done.stderr) == (1 if looks else 2, said[not looks])


@pytest.mark.parametrize("command", [["status"], ["db", "check"], ["db", "upgrade"]])
def test_a_database_that_cannot_be_reached_is_named_by_its_setting(environ: dict[str, str], command: list[str]) -> None:
    done = ask({**environ, "WATCHER_DATABASE_URL": "postgresql://watch:hush@127.0.0.1:9/watch"}, *command)
    assert done.returncode == 1
    assert done.stderr.startswith("WATCHER_DATABASE_URL: the database does not open: ")
    assert "hush" not in done.stderr
    assert "Traceback" not in done.stderr
