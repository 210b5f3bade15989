"""The documentation holds what the code has: no page stale, no command without an example, no link dead."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from docs import generate
from tests.conftest import ROOT
from watcher.cli import app
from watcher.config import read_rules
from watcher.config.kinds import KINDS
from watcher.models import Document, DocumentType
from watcher.severity import severity_of

PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMANDS = dict(generate.commands())


@pytest.mark.parametrize("name", list(generate.PAGES))
def test_a_page_written_from_the_code_is_as_the_code_says(name: str) -> None:
    assert (ROOT / "docs/reference" / name).read_text("utf-8") == generate.PAGES[name](), "run: python docs/generate.py"


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_shows_an_example_of_itself(name: str) -> None:
    epilog = COMMANDS[name].epilog or ""
    assert epilog.startswith("Example: ")
    assert name in epilog


def test_every_option_says_what_it_does() -> None:
    silent = [
        (name, option.name) for name, command in COMMANDS.items() for option in command.params if not (option.name == "help" or option.help)
    ]
    assert silent == []


def test_every_path_is_told_with_what_it_is() -> None:
    said = generate.paths()
    assert {"/", "/healthz", "/metrics", "/watch/{watch}.atom"} <= set(said)
    assert [path for path, words in said.items() if not words] == []


def test_the_alert_rules_name_metrics_and_labels_that_there_are() -> None:
    known = {name: set(labels) for name, (_, _, labels) in generate.counted().items()}
    text = (ROOT / "docs/how-to/operate.md").read_text("utf-8")
    asked = re.findall(r"(watcher_[a-z_]+)(?:\{([a-z]+)=)?", text)
    assert len(asked) >= 10
    for name, label in asked:
        assert label in known[re.sub("_bucket$", "", name)] | {""}, name


def test_every_built_kind_of_source_has_its_words() -> None:
    page = (ROOT / "docs/reference/kinds.md").read_text("utf-8")
    assert [name for name, kind in KINDS.items() if kind.built and f"`{name}`" not in page] == []


def dead_links(page: Path) -> list[str]:
    """Relative links of a page that lead to no file, or to no heading of it."""
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    dead = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, heading = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (heading and heading not in headings(file)):
            dead.append(target)
    return dead


def headings(file: Path) -> set[str]:
    found = re.findall(r"^#+ (.+)$", file.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in found}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_link_within_the_repository_is_dead(page: Path) -> None:
    assert dead_links(page) == []


def test_a_dead_link_is_seen(tmp_path: Path) -> None:
    (tmp_path / "b.md").write_text("# There it is\n")
    page = tmp_path / "a.md"
    page.write_text("[a](b.md) [b](c.md) [c](b.md#there-it-is) [d](b.md#nowhere) [e](https://example.org/x)\n```\n[f](g.md)\n```\n")
    assert dead_links(page) == ["c.md", "b.md#nowhere"]


def test_every_page_can_be_reached_from_the_index() -> None:
    index = (ROOT / "docs/index.md").read_text("utf-8")
    lost = [path for page in PAGES[2:] if (path := str(page.relative_to(ROOT / "docs"))) != "index.md" and f"({path})" not in index]
    assert lost == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_that_is_shown_exists(page: Path) -> None:
    shown = set(re.findall(r"(?:`|^|bin/)watcher ((?:(?:subscribers|sources|db) )?[a-z]+)", page.read_text("utf-8"), re.MULTILINE))
    known = {name.removeprefix("watcher ") for name in COMMANDS} | {"subscribers", "sources", "db"}
    assert shown - known == set()


def tables(text: str) -> list[list[list[str]]]:
    """The tables of a page: each its rows, each of these its cells; what stands in code blocks is none."""
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    blocks = re.findall(r"(?:^\|.*\n?)+", text, re.MULTILINE)
    return [[re.split(r"(?<!\\)\|", row.strip()[1:-1]) for row in block.splitlines()] for block in blocks]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_table_has_its_head_and_rows_of_one_width(page: Path) -> None:
    for _, rule, *rows in (table if len(table) > 1 else [*table, [""]] for table in tables(page.read_text("utf-8"))):
        assert {cell.strip(" :").rstrip("-") for cell in rule} == {""} != {*rule}
        assert {len(row) for row in rows} == {len(rule)}


def test_a_row_that_is_cut_off_from_its_table_is_seen() -> None:
    whole, alone = tables("| a | b |\n|---|---|\n| c \\| d | e |\n\n| f | g |\n```\n| h |\n```\n")
    assert (whole[2], alone) == ([" c \\| d ", " e "], [[" f ", " g "]])


def severities() -> list[list[list[str]]]:
    """The rows of the tables of the page: kinds of paper, what is said at a hearing, headlines."""
    read = tables((ROOT / "docs/reference/severity.md").read_text("utf-8"))
    return [[[cell.strip() for cell in row] for row in rows] for _, _, *rows in read]


def test_what_a_paper_presses_is_as_the_page_says_for_every_type() -> None:
    said = [(kind, level) for kinds, level, _ in severities()[0] for kind in re.findall(r"`([a-z-]+)`", kinds)]
    papers = {str(kind): severity_of(Document(key="a", type=kind)).label for kind in DocumentType if kind is not DocumentType.ARTICLE}
    assert sorted(said) == sorted(papers.items())


@pytest.mark.parametrize(("said", "level"), severities()[1])
def test_what_is_said_at_a_hearing_presses_as_the_page_says(said: str, level: str) -> None:
    minutes = Document(key="a", type=DocumentType.MINUTE, summary=f"Minute Entry: Motion Hearing held on 4/5/2025. {said}.")
    assert severity_of(minutes).label == level


@pytest.mark.parametrize(("headline", "level"), severities()[2])
def test_what_a_headline_presses_is_as_the_page_says(headline: str, level: str) -> None:
    assert severity_of(Document(key="a", title=headline, published=datetime(2026, 11, 24, tzinfo=UTC))).label == level


@pytest.mark.parametrize("name", ["journalist.md", "telegram.md"])
def test_readers_are_led_to_what_is_urgent(name: str) -> None:
    assert "(../reference/severity.md)" in (ROOT / "docs/how-to" / name).read_text("utf-8")


@pytest.mark.parametrize("page", sorted((ROOT / "docs/how-to").glob("*.md")), ids=lambda page: page.name)
def test_every_how_to_says_where_the_command_is(page: Path) -> None:
    assert "In a clone `watcher` is `.venv/bin/watcher`" in page.read_text("utf-8")


@pytest.mark.parametrize("name", ["add-a-source.md", "operate.md"])
def test_what_is_to_be_pasted_into_the_shipped_file_fits_it(name: str) -> None:
    page = (ROOT / "docs/how-to" / name).read_text("utf-8")
    text = (ROOT / "sources.toml").read_text("utf-8")
    for block in re.findall(r"```toml\n(.*?)```", page, re.DOTALL):
        group = re.match(r"\[phrases\].*\n(.*\n)\n", block)  # a group goes into the table that is there
        if group is not None:
            text = text.replace("[phrases]\n", f"[phrases]\n{group[1]}", 1)
        text += "\n" + block[group.end() if group is not None else 0 :]
    assert len(read_rules(text).listed) >= 42


def test_what_check_says_of_the_shipped_file_is_as_the_pages_say() -> None:
    said = CliRunner().invoke(app, ["check", str(ROOT / "sources.toml")]).output.rpartition("sources.toml: ")[2]
    for page in (ROOT / "docs/tutorial.md", ROOT / "docs/how-to/add-a-source.md"):
        assert f"\nsources.toml: {said}" in page.read_text("utf-8")
