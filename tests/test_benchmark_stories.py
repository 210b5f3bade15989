"""The benchmark of Stories in small: its scorer on groups whose figures are known, its made-up year, its tables."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from benchmarks import happenings, story_peers
from benchmarks import stories as benchmark
from watcher.models import Document

LABELS = {"a": "x", "b": "x", "c": "x", "d": "y", "e": "y"}
LINES = [
    {"id": "c1", "source_kind": "docket", "title": "Alder v. Birch - ORDER denying the motion", "published": "2026-03-02", "story": "one"},
    {
        "id": "c2",
        "source_kind": "docket",
        "title": "Cedar v. Dogwood - ORDER granting the motion",
        "published": "2026-03-02",
        "story": "two",
    },
    {"id": "c3", "source_kind": "news", "title": "Judge refuses Alder the flight", "published": "2026-03-02", "story": "one"},
    {"id": "c5", "source_kind": "news", "title": "Judge refuses Alder the flight", "published": "2026-03-02", "story": "one"},
]
CORPUS = "".join(json.dumps(line) + "\n" for line in LINES).encode()


def figures(*groups: str, rulings: str = "") -> benchmark.Figures:
    said = {item: group for group in groups for item in group}
    return benchmark.score(LABELS, said, frozenset(rulings), said)


def test_pairs_are_counted_by_group_and_by_label() -> None:
    scored = figures("ab", "cde")  # together: ab, cd, ce, de; of these right: ab, de; there are four
    assert (scored.pairs, scored.precision, scored.recall, scored.f1) == (4, 0.5, 0.5, 0.5)


def test_b_cubed_is_the_mean_over_items() -> None:
    # precision: 1, 1, 1/3, 2/3, 2/3; recall: 2/3, 2/3, 1/3, 1, 1
    assert figures("ab", "cde").b_cubed == pytest.approx(11 / 15)


def test_items_alone_are_precise_and_find_nothing() -> None:
    scored = figures("a", "b", "c", "d", "e")
    assert (scored.precision, scored.recall, scored.f1) == (1.0, 0.0, 0.0)
    assert scored.b_cubed == pytest.approx(2 * 1.0 * 0.4 / 1.4)  # recall: three times 1/3, twice 1/2


def test_groups_as_labelled_are_perfect() -> None:
    scored = figures("abc", "de")
    assert (scored.precision, scored.recall, scored.f1, scored.b_cubed, scored.joins) == (1.0, 1.0, 1.0, 1.0, 0)


def test_pairs_with_other_parts_do_not_count() -> None:
    said = dict.fromkeys(LABELS, "all")
    assert benchmark.score(LABELS, said, frozenset(), ["a", "b"]) == benchmark.score(LABELS, said, frozenset(), ["b", "c"])
    assert benchmark.score(LABELS, said, frozenset(), ["a", "d"]).pairs == 0


def test_joins_are_the_pairs_of_two_rulings() -> None:
    assert figures("ab", "cde", rulings="xy").joins == 2
    assert figures("ab", "cde", rulings="x").joins == 0
    assert figures("abcde", rulings="xy").joins == 6


def test_a_ruling_is_a_story_with_a_paper_of_a_court() -> None:
    kinds = {"a": "news", "b": "docket", "c": "news", "d": "news", "e": "bill"}
    assert benchmark.rulings_of(LABELS, kinds) == {"x"}


def test_a_fifth_of_the_items_is_unread_by_their_ids() -> None:
    assert benchmark.parts(["c0", "c1", "ca", "cb"]) == {
        "whole file": ["c0", "c1", "ca", "cb"], "read part": ["c1", "cb"], "unread fifth": ["c0", "ca"],
    }  # fmt: skip


def test_single_link_follows_chains() -> None:
    groups = story_peers.single_link(5, [(0, 1), (3, 4), (1, 4)])
    assert len(set(groups)) == 2
    assert groups[2] not in groups[:2] + groups[3:]


def test_cosines_are_those_of_tf_idf() -> None:
    found = story_peers.cosines([["one", "two"], ["one", "two"], ["two", "three"], ["four"]])
    assert found[0, 1] == pytest.approx(1.0)
    # ln(5/4) + 1 of `two`, ln(5/3) + 1 of `one`, ln(5/2) + 1 of `three`
    assert found[0, 2] == pytest.approx(1.2231**2 / ((1.2231**2 + 1.5108**2) ** 0.5 * (1.2231**2 + 1.9163**2) ** 0.5), abs=1e-3)
    assert (0, 3) not in found


def at_three(documents: Sequence[Document]) -> Iterator[tuple[float, story_peers.Pairs]]:
    yield 0.2, [(0, 1), (0, 2), (0, 3)]
    yield 0.3, [(0, 2), (2, 3)]
    yield 0.4, [(0, 2), (2, 3)]
    yield 0.5, []


def test_a_peer_gets_its_best_threshold() -> None:
    documents, labels, _ = benchmark.read(CORPUS)
    threshold, said = benchmark.at_best(at_three, documents, labels)
    assert threshold == 0.3
    assert said["c1"] == said["c3"] == said["c5"] != said["c2"]


def missing(documents: Sequence[Document]) -> Iterator[tuple[float, story_peers.Pairs]]:
    raise ImportError


def test_each_way_has_a_row_for_each_part() -> None:
    rows = benchmark.quality(CORPUS, {"peer": at_three, "gone": missing, "every item alone": story_peers.alone})
    assert {len(row) for row in rows} == {len(benchmark.HEAD)}
    assert [row[0] for row in rows] == [
        "Habeas Watch: whole file", "- read part", "- unread fifth", "peer, best at 0.3: whole file", "- read part", "- unread fifth",
        "gone", "every item alone: whole file", "- read part", "- unread fifth",
    ]  # fmt: skip
    assert rows[3][1:] == ["3", "1.00", "1.00", "1.00", "1.00", "0"]
    assert rows[6][1] == benchmark.NOT_INSTALLED


def test_goals_stand_beside_our_figures() -> None:
    perfect = benchmark.Figures(pairs=3, precision=1.0, recall=1.0, b_cubed=1.0, joins=0)
    assert benchmark.cells(perfect, goals=True) == ["3", "1.00", "1.00", "1.00 (goal 0.75: met)", "1.00", "0 (at most 0: met)"]
    joined = benchmark.cells(replace(perfect, recall=0.5, joins=2), goals=True)
    assert joined[3:] == ["0.67 (goal 0.75: missed)", "1.00", "2 (at most 0: missed)"]


@pytest.fixture(scope="module")
def year() -> list[happenings.Told]:
    return list(happenings.Year(120, rare=4_000).documents())


def test_a_year_is_the_same_each_time_and_comes_as_it_is_seen(year: list[happenings.Told]) -> None:
    assert year == list(happenings.Year(120, rare=4_000).documents())
    assert len({each.placed.document.key for each in year}) == 120
    assert [each.placed.seen_at for each in year] == sorted(each.placed.seen_at for each in year)
    assert {each.placed.document.source_kind for each in year} == {"news", "docket", "federal_register"}


def test_a_poll_brings_what_one_source_has_within_its_hours(year: list[happenings.Told]) -> None:
    batches = list(benchmark.polled(year, timedelta(hours=24)))
    assert sorted(each.placed.document.key for batch in batches for each in batch) == sorted(each.placed.document.key for each in year)
    for batch in batches:
        assert len({each.placed.document.source for each in batch}) == 1
        assert len({each.placed.seen_at.date() for each in batch}) == 1


def test_a_window_keeps_ten_days_and_numbers_its_stories(year: list[happenings.Told]) -> None:
    window = benchmark.Window()
    first, again, later = (replace(year[0].placed.document, key=key, keys=("one",)) for key in ("feed:1", "feed:2", "feed:3"))
    said = []
    for document, days in ((first, 0), (again, 5), (later, 20)):
        now = happenings.BEGIN + timedelta(days=days)
        dated = replace(document, relates=("feed:1", "feed:2"), published=now)
        said += window.place([replace(year[0].placed, document=dated, seen_at=now)], now)[0]
    assert said == [1, 1, 2]
    assert window.fullest == 1


def test_a_year_placed_has_its_figures() -> None:
    speed = benchmark.place_year(80, 24, 60, rare=4_000)
    assert speed.placed == 80
    assert 1 <= speed.batches <= 80
    assert speed.most >= speed.early > 0
    rows = benchmark.speed_rows([speed, speed])
    assert {len(row) for row in rows} == {len(benchmark.SPEED_HEAD)}
    assert rows[1] == ["documents placed", "80", "80"]


def test_placing_stops_when_its_time_is_spent() -> None:
    assert benchmark.place_year(80, 24, 0, rare=4_000).batches == 1
