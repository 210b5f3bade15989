"""`watcher stories`: a Story for each line, in the order of the input."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from watcher.cli.stories import stories


def run(*arguments: str, given: bytes = b"") -> Result:
    app = typer.Typer()
    app.command()(stories)
    return CliRunner().invoke(app, arguments, input=given)


def rows(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def line(key: str | int, title: str, **more: object) -> str:
    return json.dumps({"id": key, "title": title, **more}) + "\n"


LINES = (
    line("x", "Five men deported to Eswatini prison are denied lawyers", published="2025-08-01")
    + line(7, "Proclamation on ocean policy", published="2025-08-01", source_kind="federal_register")
    + line("y", "Men deported to Eswatini prison are denied lawyers, five families say", published="2025-08-02", story="ignored")
)
ANSWERS: list[dict[str, object]] = [{"id": "x", "story": "1"}, {"id": 7, "story": "2"}, {"id": "y", "story": "1"}]


def test_each_line_has_its_story_in_the_order_of_the_input(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text(LINES, encoding="utf-8")
    result = run(str(path))
    assert (result.exit_code, rows(result), result.stderr) == (0, ANSWERS, "")


@pytest.mark.parametrize("arguments", [(), ("-",)])
def test_without_a_file_it_reads_standard_input(arguments: tuple[str, ...]) -> None:
    result = run(*arguments, given=LINES.encode())
    assert (result.exit_code, rows(result)) == (0, ANSWERS)


def test_a_line_that_cannot_be_read_is_named_and_has_a_story_of_its_own() -> None:
    result = run(given=(line("a", "Same words") + '{"id": "b"}\n' + "{}\n" + line("c", "Same words", text=1)).encode())
    assert result.exit_code == 1
    assert rows(result) == [{"id": "a", "story": "1"}, {"id": "b", "story": "2"}, {"id": "c", "story": "3"}]
    assert result.stderr.splitlines() == ["line 2: title is missing", "line 3: id is missing", "line 4: text must be a string or null"]


def test_what_was_perhaps_meant_otherwise_is_named_and_no_fault() -> None:
    result = run(given=line("a", "Same words", lang="English!").encode())
    assert (result.exit_code, rows(result), result.stderr) == (
        0,
        [{"id": "a", "story": "1"}],
        "line 1: lang 'English!' is no language tag like en or es\n",
    )


def test_documents_without_a_date_are_not_taken_to_be_of_one_day() -> None:
    result = run(
        given=(line("a", "Men deported to Eswatini denied lawyers") + line("b", "Men deported to Eswatini denied lawyers")).encode()
    )
    assert [row["story"] for row in rows(result)] == ["1", "2"]


def test_a_file_that_is_not_there_is_a_usage_fault(tmp_path: Path) -> None:
    result = run(str(tmp_path / "none.jsonl"))
    assert result.exit_code == 2
    assert "No such file" in result.stderr


def test_no_input_is_no_output() -> None:
    result = run()
    assert (result.exit_code, result.stdout) == (0, "")
