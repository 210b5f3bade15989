"""The worked examples of docs/how-to/watch-examples.md: each document gets the score and the answer that the page says."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from watcher.config.rules import read_rules
from watcher.match import Rules
from watcher.models import Docket, Document, Match

PAGE = Path(__file__).parent.parent / "docs/how-to/watch-examples.md"
EXAMPLE = re.compile(r"^## (?P<title>.+?)$.*?```toml\n(?P<rules>.*?)```(?P<rows>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| (?P<document>(?:title|text|docket|url): .+?) \| (?P<score>[0-9.]+) \| (?P<answer>.+?) \|$", re.MULTILINE)


class Row(NamedTuple):
    rules: str
    document: str  #: `title: … · text: …`
    score: str
    answer: str


def examples(page: str) -> dict[str, list[Row]]:
    return {found["title"]: [Row(found["rules"], *row.groups()) for row in ROW.finditer(found["rows"])] for found in EXAMPLE.finditer(page)}


def document(written: str) -> Document:
    fields = dict(part.split(": ", 1) for part in written.split(" · "))
    court, _, number = fields.pop("docket", "").partition(" ")
    return Document(key="d", docket=Docket(court=court, number=number) if court else None, **{"title": "", **fields})  # type: ignore[arg-type]  # texts


def answered(row: Row) -> tuple[str, str]:
    """The score and the answer that the first Watch of the rules gives."""
    (watch, *_) = read_rules(row.rules).watches
    (card,) = Rules([watch]).why_not(document(row.document), only={watch.id})
    return f"{card.score:.4g}", "answered" if isinstance(card, Match) else "; ".join(card.missing)


EXAMPLES = examples(PAGE.read_text("utf-8"))


def test_the_page_has_ten_examples_each_with_an_answer_and_a_near_miss() -> None:
    assert len(EXAMPLES) == 10
    for title, rows in EXAMPLES.items():
        answers = [row.answer for row in rows]
        assert "answered" in answers, title
        assert set(answers) != {"answered"}, title


@pytest.mark.parametrize(
    "row", [row for rows in EXAMPLES.values() for row in rows], ids=lambda row: re.sub(r"[^\w ]", "", row.document)[:60]
)
def test_a_worked_example_is_judged_as_the_page_says(row: Row) -> None:
    assert answered(row) == (row.score, row.answer)
