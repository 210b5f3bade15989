"""The shipped watches against the labelled corpus: floors that no change of terms or matcher may fall below."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from watcher.cli.lines import each_line
from watcher.cli.match import match_lines
from watcher.config import load_rules
from watcher.match import Rules

#: What a fair list of exact keywords, or of `partial_ratio` phrases, reaches on the whole file.
NAIVE = {"micro": 0.76, "macro": 0.70, "hard": 0.67, "spanish": 0.69}


@pytest.fixture(scope="module")
def said(payloads: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The corpus, and what `watcher match` says of it by the shipped file."""
    gold = payloads / "corpus" / "dev.jsonl"
    rules = Rules(load_rules(ROOT / "sources.toml").watches)
    faults: list[str] = []
    answers = list(match_lines(each_line(io.BytesIO(gold.read_bytes())), rules, faults.append))
    assert faults == []
    predicted = tmp_path_factory.mktemp("corpus") / "said.jsonl"
    predicted.write_text("\n".join(answers), encoding="utf-8")
    return gold, predicted


def scored(said: tuple[Path, Path], *options: str) -> dict[str, Any]:
    gold, predicted = said
    command = [sys.executable, str(gold.with_name("score.py")), str(gold), str(predicted), "--json", *options]
    answer: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return answer


def test_every_item_is_answered(said: tuple[Path, Path]) -> None:
    assert scored(said)["unanswered"] == 0


def test_micro_f1_is_at_least_080_and_every_naive_figure_is_beaten(said: tuple[Path, Path]) -> None:
    result = scored(said)
    reached = {
        "micro": result["micro"]["f1"],
        "macro": result["macro_f1"],
        "hard": result["hard"]["f1"],
        "spanish": result["spanish"]["f1"],
    }
    assert reached["micro"] >= 0.80
    assert {name: figure for name, figure in reached.items() if figure <= NAIVE[name]} == {}


def test_the_items_that_nobody_reads_are_recognised_as_well(said: tuple[Path, Path]) -> None:
    assert scored(said, "--fifth", "unread")["micro"]["f1"] >= 0.80


def test_an_ordinary_feed_brings_at_most_one_false_alert(said: tuple[Path, Path]) -> None:
    gold, _ = said
    ordinary = sum(json.loads(line)["sample"] == "ordinary" for line in gold.read_text(encoding="utf-8").splitlines())
    assert ordinary > 200
    assert round(scored(said)["false_alerts_per_1000_ordinary"] * ordinary / 1000) <= 1
