"""Stories of real items, measured. Every floor holds for items that were read while the rules were made, and for those that never were."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest

from watcher.cli.lines import each_line
from watcher.cli.stories import story_lines

Labels = dict[str, str]


@pytest.fixture(scope="module")
def labels(payloads: Path) -> Labels:
    with (payloads / "corpus" / "dev.jsonl").open(encoding="utf-8") as lines:
        return {row["id"]: row["story"] for row in map(json.loads, lines)}


@pytest.fixture(scope="module")
def kinds(payloads: Path) -> Labels:
    with (payloads / "corpus" / "dev.jsonl").open(encoding="utf-8") as lines:
        return {row["id"]: row["source_kind"] for row in map(json.loads, lines)}


@pytest.fixture(scope="module")
def said(payloads: Path) -> Labels:
    faults: list[str] = []
    with (payloads / "corpus" / "dev.jsonl").open("rb") as stream:
        answers = [json.loads(answer) for answer in story_lines(each_line(stream), faults.append)]
    assert faults == []
    return {answer["id"]: answer["story"] for answer in answers}


def figures(labels: Labels, said: Labels, ids: Iterable[str]) -> tuple[float, float, float]:
    """Precision and recall of pairs, and B-cubed F1."""
    ids = list(ids)
    groups = defaultdict(list)
    for item in ids:
        groups[said[item]].append(labels[item])
    sizes = Counter(labels[item] for item in ids)
    together = right = 0
    precision = recall = 0.0
    for group in groups.values():
        counts = Counter(group)
        together += len(group) * (len(group) - 1) // 2
        right += sum(n * (n - 1) // 2 for n in counts.values())
        precision += sum(n * n for n in counts.values()) / len(group)
        recall += sum(n * n / sizes[label] for label, n in counts.items())
    pairs = sum(n * (n - 1) // 2 for n in sizes.values())
    b_cubed = 2 * precision * recall / (precision + recall) / len(ids)
    return right / together if together else 1.0, right / pairs, b_cubed


def unread(item: str) -> bool:
    return int(item[1:], 16) % 5 == 0


def test_every_item_has_one_story(labels: Labels, said: Labels) -> None:
    assert list(said) == list(labels)


def test_of_items_read_most_pairs_are_found_and_most_found_belong_together(labels: Labels, said: Labels) -> None:
    precision, recall, b_cubed = figures(labels, said, (item for item in labels if not unread(item)))
    assert precision >= 0.84
    assert recall >= 0.72
    assert b_cubed >= 0.96


def test_of_items_never_read_two_pairs_in_three(labels: Labels, said: Labels) -> None:
    precision, recall, b_cubed = figures(labels, said, filter(unread, labels))
    assert precision >= 0.65  # of ten pairs
    assert recall >= 0.6
    assert b_cubed >= 0.97


def test_of_all_items_f1_of_pairs_is_three_quarters(labels: Labels, said: Labels) -> None:
    precision, recall, _ = figures(labels, said, labels)
    assert 2 * precision * recall / (precision + recall) >= 0.75


def test_no_two_rulings_are_joined(labels: Labels, said: Labels, kinds: Labels) -> None:
    rulings = {label for item, label in labels.items() if kinds[item] == "docket"}
    joined = defaultdict(set)
    for item, story in said.items():
        if labels[item] in rulings:
            joined[story].add(labels[item])
    assert {story: of for story, of in joined.items() if len(of) > 1} == {}
