"""The benchmarks in small: what they plant is there, what they call a decoy is none of the tracked phrases, their tables reach the page."""

import json
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import peers, relevance, tables, workload
from benchmarks import phrases as benchmark
from benchmarks.vocabulary import Vocabulary, folded
from watcher.config import load_rules
from watcher.models import Term, Watch

TRACKED = 50


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary(1, rare=4_000)


@pytest.fixture(scope="module")
def tracked(vocabulary: Vocabulary) -> list[workload.Phrase]:
    return workload.phrases(vocabulary, TRACKED, 1)


@pytest.fixture(scope="module")
def papers(vocabulary: Vocabulary, tracked: list[workload.Phrase]) -> list[workload.Paper]:
    writer = workload.Writer(vocabulary, tracked, "tests")
    return [writer.paper(1_000, 2, 1) for _ in range(55)]


# ---- the workload


def test_the_same_seed_makes_the_same_workload(
    vocabulary: Vocabulary, tracked: list[workload.Phrase], papers: list[workload.Paper]
) -> None:
    again = Vocabulary(1, rare=4_000)
    assert again.english.words == vocabulary.english.words
    assert workload.phrases(again, TRACKED, 1) == tracked
    writer = workload.Writer(again, tracked, "tests")
    assert [writer.paper(1_000, 2, 1) for _ in range(55)] == papers


def test_more_phrases_begin_with_the_same_ones(vocabulary: Vocabulary, tracked: list[workload.Phrase]) -> None:
    assert workload.phrases(vocabulary, 2 * TRACKED, 1)[:TRACKED] == tracked


def test_phrases_are_distinct_and_of_two_to_eight_words(tracked: list[workload.Phrase]) -> None:
    keys = [folded(phrase.text) for phrase in tracked]
    assert len(set(keys)) == TRACKED
    assert {len(key.split()) for key in keys} <= set(range(2, 9))
    assert {phrase.shape for phrase in tracked} == {"person", "case", "institution", "doctrine"}


def test_every_paper_has_its_mentions_and_all_kinds_come_alike(papers: list[workload.Paper]) -> None:
    assert [len(paper.planted) for paper in papers] == [2] * 55
    assert Counter(mention.kind for paper in papers for mention in paper.planted) == dict.fromkeys(workload.KINDS, 10)


def test_what_is_planted_stands_where_it_is_said_to(tracked: list[workload.Phrase], papers: list[workload.Paper]) -> None:
    for paper in papers:
        for mention in paper.planted:
            written, phrase = folded(paper.text[mention.start : mention.end]), folded(tracked[mention.phrase].text)
            assert written
            if mention.kind in ("exact", "case", "diacritic", "hyphen"):
                assert written == phrase
            elif mention.kind == "joined":
                assert written.replace(" ", "") == phrase.replace(" ", "")
                assert written != phrase
            elif mention.kind == "reversed":
                assert Counter(written.split()) == Counter(phrase.split())
                assert written != phrase
            elif mention.kind == "extra word":
                left = Counter(written.split()) - Counter(phrase.split())
                assert left.total() == 1
            else:
                assert written != phrase or mention.kind == "combined"


def test_no_slip_makes_a_real_word(vocabulary: Vocabulary, tracked: list[workload.Phrase], papers: list[workload.Paper]) -> None:
    for paper in papers:
        for mention in paper.planted:
            if mention.kind in ("one edit", "two edits", "transposition"):
                written = set(folded(paper.text[mention.start : mention.end]).split())
                assert not (written - set(folded(tracked[mention.phrase].text).split())) & vocabulary.real


def test_decoys_are_not_tracked(tracked: list[workload.Phrase], papers: list[workload.Paper]) -> None:
    keys = {folded(phrase.text) for phrase in tracked}
    decoys = [folded(paper.text[decoy.start : decoy.end]) for paper in papers for decoy in paper.decoys]
    assert len(decoys) > 40
    assert keys.isdisjoint(decoys)


def test_half_of_the_docket_papers_name_a_tracked_number_and_half_another(vocabulary: Vocabulary) -> None:
    known = workload.dockets(40, 1)
    made = workload.docket_papers(vocabulary, known, 20, 1)
    named = [any(number in paper.text for number in known) for paper in made]
    assert named == [paper.tracked for paper in made] == [True, False] * 10


def test_lines_are_set_without_moving_anything() -> None:
    text = "word " * 60 + "\n\nend"
    lines = workload._in_lines(text)
    assert lines.replace("\n", " ") == text.replace("\n", " ")
    assert max(map(len, lines.split("\n"))) <= workload.MARGIN + len("word ")


def test_drawn_words_follow_their_rank(vocabulary: Vocabulary) -> None:
    drawn = Counter(vocabulary.english.draw(random.Random(1), 20_000))
    assert drawn["the"] > drawn["that"] > drawn["could"]


# ---- the benchmark of phrases


@pytest.fixture(scope="module")
def figures(vocabulary: Vocabulary) -> benchmark.Figures:
    writer = workload.Writer(vocabulary, (), "read before")
    background = benchmark.Sample.of(writer.paper(500, 0, 0) for _ in range(3))
    return benchmark.run(vocabulary, background, TRACKED, 44, mentioning_before=5)


def test_the_index_finds_what_is_planted(figures: benchmark.Figures) -> None:
    ours = figures.ours
    assert (ours.papers, ours.planted.total()) == (44, 43)
    assert ours.recall(["exact", "case", "diacritic", "hyphen"]) == 1.0
    assert ours.recall(workload.NOISY) >= 0.9
    assert ours.precision >= 0.9
    assert figures.index_bytes > 0


def test_no_docket_number_with_another_digit_is_taken_for_a_tracked_one(vocabulary: Vocabulary) -> None:
    assert benchmark.dockets_hit(vocabulary, tracked=100, papers=40) == (20, 20, 0)


def test_every_row_of_the_table_has_its_figure(figures: benchmark.Figures) -> None:
    rows = benchmark.rows([figures, figures], (20, 20, 0))
    assert {len(row) for row in rows} == {3}
    assert all(cell for row in rows for cell in row)
    assert len({row[0] for row in rows if not row[0].startswith("- ")}) == sum(not row[0].startswith("- ") for row in rows)


def test_a_peer_that_is_not_installed_is_left_out_and_named_in_the_table(
    figures: benchmark.Figures, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(_: object) -> peers.Find:
        raise ImportError

    monkeypatch.setitem(peers.PEERS, peers.FLASH, absent)
    assert peers.FLASH not in benchmark.peers(["due process"], 20)
    without = replace(figures, usual={name: tally for name, tally in figures.usual.items() if name != peers.FLASH})
    assert [f"times faster than {peers.FLASH}", benchmark.NOT_INSTALLED] in benchmark.rows([without], (1, 1, 0))


def test_the_loop_finds_a_slip_in_the_middle_and_no_reversed_name() -> None:
    find = peers.partial_ratio_loop(["kilmar abrego garcia", "due process"])
    assert find("mr kilmar abrgo garcia spoke") == {0}
    assert find("garcia kilmar abrego spoke of the due proces") == {1}


def test_a_find_is_right_where_it_is_planted_or_stands_there_and_false_elsewhere() -> None:
    judge = benchmark.Judge(["kilmar abrego garcia", "abrego garcia", "due process", "ana ramos"])
    paper = workload.Paper("Kilmar Abrgo Garcia had due process.", (workload.Planted(0, "one edit", 0, 19),), (workload.Decoy(3, 0, 1),))
    tally = benchmark.Tally()
    judge.take(tally, benchmark.Sample.of([paper])[0], {0, 1, 2, 3})
    assert (tally.right, tally.false, tally.decoys_hit, tally.precision) == (3, 1, 1, 0.75)
    assert (tally.recall(["one edit"]), tally.recall(["joined"])) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("text", "right"),
    [("Ana Ramos spoke", 1), ("Ana Long Ramos spoke", 1), ("Ana Long Brown Ramos", 0), ("Mariana Ramos", 0), ("Ana Ramosa", 0)],
)
def test_a_find_is_right_with_one_word_inside_and_no_more(text: str, right: int) -> None:
    tally = benchmark.Tally()
    benchmark.Judge(["ana ramos"]).take(tally, benchmark.Sample.of([workload.Paper(text)])[0], {0})
    assert (tally.right, tally.false) == (right, 1 - right)


@pytest.mark.parametrize(
    ("name", "tracked", "limit"),
    [(peers.LOOP, 200, 1_000), (peers.LOOP, 100_000, 20), (peers.SYMSPELL, 100_000, 100), (peers.FLASH, 100_000, 1_000)],
)
def test_slow_peers_read_the_first_documents_only(name: str, tracked: int, limit: int) -> None:
    assert benchmark.limit_of(name, tracked, 1_000) == limit


# ---- the benchmark of relevance


@pytest.fixture
def corpus(tmp_path: Path, payloads: Path) -> Path:
    """A corpus of two items in the shape of the labelled one, with its scorer."""
    shape = {"source_kind": "news", "maybe": [], "hard": False, "lang": "en", "sample": "ordinary"}
    items = [
        {**shape, "id": "c000000005", "title": "Court rules on the Alien Enemies Act", "labels": ["alien-enemies-act"]},
        {**shape, "id": "c000000006", "title": "Rain today", "labels": []},
    ]
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "dev.jsonl").write_text("".join(json.dumps(item) + "\n" for item in items))
    (folder / "score.py").write_bytes((payloads / "corpus/score.py").read_bytes())
    cases = [
        {
            "case_name": "A.B. v. C",
            "docket_number": "1",
            "executive_action": "Alien Enemies Act Removal",
            "summary": "The Alien Enemies Act.",
        },
        {"case_name": "D v. E", "docket_number": "2", "executive_action": "Alien Enemies Act Removal", "summary": None},
    ]
    (tmp_path / "fixtures/courtlistener").mkdir(parents=True)
    (tmp_path / "fixtures/courtlistener/tracked_cases.json").write_text(json.dumps(cases))
    return tmp_path


def test_the_table_of_relevance_has_every_figure_for_every_matcher(corpus: Path) -> None:
    watches = load_rules(relevance.ROOT / "sources.toml").watches
    text, cases = relevance.report(corpus, watches)
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()]
    assert lines[0] == ["", "Habeas Watch", "- read part", "- unread fifth", "exact keywords", "`partial_ratio`"]
    assert lines[2][0] == "micro F1"
    assert lines[2][1] == "1 (goal 0.93: met)"
    assert {len(line) for line in lines} == {6}
    assert cases[0] == relevance.CaseScore("alien-enemies-act", 2, ("D v. E (2)",), ())


def test_naive_matchers_are_given_what_is_enough_by_itself() -> None:
    terms = (Term(text="Alien Enemies Act"), Term(text="invasion", weight=0.3))
    watch = Watch(id="aea", title="", kind="doctrine", threshold=0.8, terms=terms, names=("J.G.G. v. Trump",))
    lines = b"".join(
        json.dumps({"id": key, "title": title}).encode() + b"\n"
        for key, title in (("a", "ALIEN-ENEMIES Act"), ("b", "an invasion"), ("c", "The Alien Enemis Act case"))
    )
    assert relevance.naive(lines, [watch], relevance.stands) == {"a": {"aea"}, "b": set(), "c": set()}
    assert relevance.naive(lines, [watch], relevance.resembles) == {"a": {"aea"}, "b": set(), "c": {"aea"}}


# ---- tables


def test_a_table_goes_between_its_markers_and_nowhere_else(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "before\n<!-- phrases -->\nold\n<!-- end of phrases -->\nafter\n<!-- relevance -->\n<!-- end of relevance -->\n", "utf-8"
    )
    tables.write(page, "phrases", tables.table(["", "K = 200"], [["recall", "0.99"]]))
    tables.write(page, "phrases", tables.table(["", "K = 200"], [["recall", "1"]]))
    assert page.read_text("utf-8") == (
        "before\n<!-- phrases -->\n|        | K = 200 |\n|--------|---------|\n| recall | 1       |\n<!-- end of phrases -->\n"
        "after\n<!-- relevance -->\n<!-- end of relevance -->\n"
    )


def test_a_page_without_markers_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("no place\n", "utf-8")
    with pytest.raises(ValueError, match="no <!-- phrases -->"):
        tables.write(page, "phrases", "text")
    assert page.read_text("utf-8") == "no place\n"


@pytest.mark.parametrize("name", ["phrases", "relevance"])
def test_the_page_of_the_docs_has_a_place_for_each_table(name: str, tmp_path: Path) -> None:
    page = tmp_path / "recognising.md"
    page.write_bytes(tables.PAGE.read_bytes())
    tables.write(page, name, "| a table |")
    assert f"<!-- {name} -->\n| a table |\n<!-- end of {name} -->" in page.read_text("utf-8")


@pytest.mark.parametrize(
    ("value", "most", "said"),
    [
        (8.0, False, "8 (goal 8: met)"),
        (7.99, False, "7.99 (goal 8: missed)"),
        (8.0, True, "8 (at most 8: met)"),
        (1234.5, True, "1,234 (at most 8: missed)"),
    ],
)
def test_a_figure_says_whether_its_goal_is_met(value: float, most: bool, said: str) -> None:
    assert tables.against(value, 8, most=most) == said
