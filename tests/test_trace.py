"""The trace of a Document: cards that can be reckoned by hand, finds in their context, and what is stored beside what holds now."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from math import prod
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.papers import NOW, SOURCE, article
from watcher.match import Rules, score_of
from watcher.models import Docket, Document, DocumentType, Evidence, Group, Match, Revision, Severity, SourceState, Story, Term, Watch
from watcher.own import neutral, own_watch
from watcher.ports import Shown, SourceRow, StoryPage
from watcher.trace import (
    Judged,
    Kept,
    Past,
    Wording,
    arithmetic,
    card_json,
    card_lines,
    context,
    counted,
    dated,
    joined,
    judged,
    judged_json,
    judged_lines,
    missing,
    polled,
    revised,
    seen_lines,
    span,
    story_json,
    story_lines,
    told,
)

PRISON = Group(name="foreign-prison", terms=(Term(text="foreign prison"),))
DUE_PROCESS = Watch(
    id="due-process",
    kind="doctrine",
    title="Due process",
    terms=(Term(text="Fifth Amendment", weight=0.7), Term(text="hearing", weight=0.7)),
    needs=(PRISON,),
)
CECOT = Watch(id="cecot", kind="doctrine", title="The prison", terms=(Term(text="CECOT prison"), Term(text="mega-prison")))
ABREGO = Watch(
    id="abrego-garcia",
    kind="case",
    title="Abrego Garcia v. Noem",
    names=("Abrego Garcia",),
    dockets=(Docket(court="mdd", number="8:25-cv-00951"),),
)
WATCHES: Mapping[str, Watch] = {watch.id: watch for watch in (DUE_PROCESS, CECOT, ABREGO)}
RULES = Rules(list(WATCHES.values()))

ANSWERED = article(title="A hearing", summary="Held under the Fifth Amendment, of a man in a foreign prison.", text="")
worths = st.floats(min_value=0.0, max_value=1.0).map(lambda worth: round(worth, 4))


def find(score: float, **fields: object) -> Evidence:
    return Evidence(**{"term": "t", "found": "t", "field": "text", "start": 0, "end": 1, "score": score, **fields})  # type: ignore[arg-type]  # fields of any kind


def past(document: Document = ANSWERED, rules: Rules | None = RULES, **fields: object) -> Past:
    """A stored Document with the matches that these rules made when it was seen; None: none."""
    kept = tuple(Kept(version=1, at=NOW, match=match) for match in rules.judge(document).matches) if rules is not None else ()
    usual: dict[str, object] = {
        "document": document,
        "version": 1,
        "seen_at": NOW,
        "backfill": False,
        "tell": True,
        "versions": (),
        "kept": kept,
    }
    return Past(**(usual | fields))  # type: ignore[arg-type]  # fields of any kind


def shown(told: Judged, document: Document = ANSWERED, watch: str | None = None, *, far: bool = False) -> list[str]:
    return judged_lines(told, document, WATCHES, watch, far=far)


@given(st.lists(worths, max_size=30))
def test_the_arithmetic_that_is_printed_is_the_score(scores: list[float]) -> None:
    card = [find(score) for score in scores]
    left, _, right = arithmetic(card).rpartition(" = ")
    assert float(right) == score_of(card)
    factors = [float(worth) for worth in re.findall(r"\(1 - ([0-9.e-]+)\)", left)]
    assert factors == [score for score in scores if score]
    if factors:
        assert left.startswith("1 - (1 - ")
        assert round(1.0 - prod(1.0 - factor for factor in factors), 4) == float(right)
    else:
        assert left == "nothing counts"


def test_the_arithmetic_reads_as_one_would_write_it() -> None:
    assert arithmetic([find(0.7), find(0.7), find(0.0)]) == "1 - (1 - 0.7)(1 - 0.7) = 0.91"
    assert arithmetic([find(1.0)]) == "1 - (1 - 1.0) = 1.0"


def test_a_find_is_marked_in_the_words_around_it() -> None:
    document = article(text="He was held\n\tin  a   foreign\nprison in El Salvador.")
    start = document.text.index("foreign")
    evidence = find(1.0, start=start, end=document.text.index(" in El"))
    assert context(document, evidence) == "He was held in a [[foreign prison]] in El Salvador."


def test_long_words_around_a_find_are_cut_between_words() -> None:
    document = article(text="before " * 40 + "CECOT prison" + " after" * 40)
    line = context(document, find(1.0, start=280, end=292))
    assert re.fullmatch(r"…(before )+\[\[CECOT prison\]\]( after)+…", line)
    assert len(line) < 150


@given(st.text(), st.data())
def test_a_find_is_shown_on_one_line_without_anything_invisible_whatever_the_field_holds(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    line = context(article(text=text), find(1.0, start=start, end=end))
    assert len(line.splitlines()) == 1
    assert "\x1b" not in line
    assert "[[" in line


def test_the_whole_card_can_be_read() -> None:
    said = judged(past(), RULES, SOURCE)
    assert shown(said) == [
        "due-process “Due process”: match, scores 0.955, threshold 0.88",
        "  “hearing” in the title, 2–9: worth 0.85",
        "    A [[hearing]]",
        "  “Fifth Amendment” in the summary, 15–30: worth 0.7",
        "    Held under the [[Fifth Amendment]], of a man in a foreign prison.",
        "  “foreign-prison: foreign prison” in the summary, 46–60: context, worth nothing by itself",
        "    Held under the Fifth Amendment, of a man in a [[foreign prison]].",
        "  1 - (1 - 0.85)(1 - 0.7) = 0.955",
        "  stored, 2026-11-24 12:00 UTC: the same",
    ]


def test_a_docket_is_shown_as_what_it_is() -> None:
    document = replace(ANSWERED, docket=Docket(court="mdd", number="8:25-cv-00951-PX"))
    lines = shown(judged(past(document), RULES, SOURCE), document, "abrego-garcia")
    assert lines[1:4] == [
        "  “8:25-cv-00951” in the docket, 0–16: worth 1.0",
        "    [[8:25-cv-00951-PX]]",
        "  1 - (1 - 1.0) = 1.0",
    ]


def test_a_near_miss_names_what_was_missing_and_by_how_much() -> None:
    document = article(title="", summary="The Fifth Amendment.")
    assert shown(judged(past(document), RULES, SOURCE), document) == [
        "due-process “Due process”: just failed, scores 0.7, threshold 0.88",
        "  “Fifth Amendment” in the summary, 4–19: worth 0.7",
        "    The [[Fifth Amendment]].",
        "  1 - (1 - 0.7) = 0.7",
        "  missing: needs foreign-prison: no phrase of it found",
        "  missing: scores 0.70, 0.18 short of 0.88",
    ]


def test_of_a_watch_that_was_not_near_one_hears_what_was_found_and_what_lacked() -> None:
    document = article(title="", summary="Of a foreign prison.")
    said = judged(past(document), RULES, SOURCE)
    assert shown(said, document) == ["no watch matches it, and none is near"]
    assert shown(said, document, "due-process") == [
        "due-process “Due process”: no match, scores 0.0, threshold 0.88",
        "  “foreign-prison: foreign prison” in the summary, 5–19: context, worth nothing by itself",
        "    Of a [[foreign prison]].",
        "  nothing counts = 0.0",
        "  missing: scores 0.00, 0.88 short of 0.88",
        "  missing: found nothing of its 2 terms",
    ]
    assert shown(said, document, "abrego-garcia")[-1] == "  missing: found nothing of its 1 name, 1 docket"
    assert shown(said, document, far=True)[1:] == [
        "due-process: far; found “foreign prison”; missing: scores 0.00, 0.88 short of 0.88; found nothing of its 2 terms",
        "nothing found of: cecot, abrego-garcia",
    ]


def test_a_match_that_other_rules_made_is_told_apart() -> None:
    milder = Rules([replace(DUE_PROCESS, threshold=0.5)])
    said = judged(past(rules=milder), RULES, SOURCE)
    assert shown(said)[-1] == (
        "  differs: the stored match, 2026-11-24 12:00 UTC, was made by other rules: scores 0.955, threshold 0.5, "
        "found “hearing”, “Fifth Amendment”"
    )
    assert said.matches[0].differs


def test_a_stored_match_that_the_rules_of_now_do_not_make_is_shown_once_with_what_lacks_now() -> None:
    said = judged(past(), Rules([replace(DUE_PROCESS, excludes=(Term(text="Held"),)), CECOT]), SOURCE)
    lines = shown(said)
    assert lines[0].startswith("due-process “Due process”: just failed")
    assert [line for line in lines if "excludes it" in line] == ["  missing: “Held” in the summary excludes it"]
    assert lines[-1].startswith("  differs: the stored match,")
    gone = judged(past(), Rules([CECOT]), SOURCE)
    assert shown(gone)[0] == "due-process: the rules in force have no such watch"
    assert shown(gone)[1].startswith("  differs: the stored match,")


def test_a_match_that_was_not_made_when_it_was_judged_is_said_to_be_new() -> None:
    said = judged(past(rules=None), RULES, SOURCE)
    assert shown(said)[-1] == "  not stored: when this was judged the rules did not match it"
    assert said.matches[0].differs


def test_a_match_of_a_former_version_is_said_to_be_one() -> None:
    before = past()
    after = replace(before, document=article(title="A match was played", summary=""), version=2)
    (line, *rest) = shown(judged(after, RULES, SOURCE), after.document)
    assert line == "due-process “Due process”: no match, scores 0.0, threshold 0.88"
    assert rest[-1] == (
        "  only a former version is stored as a match: version 1, 2026-11-24 12:00 UTC: scores 0.955, threshold 0.88, "
        "found “hearing”, “Fifth Amendment”"
    )


def test_a_watch_that_a_source_is_not_judged_by_is_not_asked() -> None:
    said = judged(past(rules=None), RULES, replace(SOURCE, watches=("cecot",)))
    assert said.matches == ()
    lines = shown(said, watch="due-process")
    assert lines[0] == "due-process “Due process”: not asked, scores 0.955, threshold 0.88"
    assert "  missing: its source is not judged by this watch (the source's `watches`)" in lines


def test_the_card_as_data_says_the_same() -> None:
    said = judged(past(), RULES, SOURCE)
    card = card_json(said.matches[0], ANSWERED, DUE_PROCESS)
    assert card["arithmetic"] == "1 - (1 - 0.85)(1 - 0.7) = 0.955"
    assert (card["verdict"], card["score"], card["missing"], card["differs"]) == ("match", 0.955, [], False)
    assert card["stored"] == {"score": 0.955, "threshold": 0.88, "version": 1, "at": NOW.isoformat()}
    assert judged_json(said, ANSWERED, WATCHES, "due-process") == {"watch": card}
    whole = judged_json(said, ANSWERED, WATCHES)
    assert whole["matches"] == [card]
    assert [list(whole), whole["near"], whole["lost"]] == [["matches", "near", "far", "lost"], [], []]


def test_every_line_of_a_card_is_indented_under_its_watch() -> None:
    said = judged(past(), RULES, SOURCE)
    head, *rest = card_lines(said.matches[0], ANSWERED, DUE_PROCESS)
    assert not head.startswith(" ")
    assert all(line.startswith("  ") for line in rest)


@pytest.mark.parametrize(
    ("published", "day_only", "line"),
    [
        (NOW - timedelta(minutes=20), False, "dated 2026-11-24 11:40 UTC; first seen 2026-11-24 12:00 UTC, 20 min later"),
        (NOW - timedelta(days=3), True, "dated 2026-11-21; first seen 2026-11-24 12:00 UTC, 3 days later"),
        (NOW - timedelta(hours=12), True, "dated 2026-11-24; first seen 2026-11-24 12:00 UTC, the same day"),
        (NOW + timedelta(hours=1), False, "dated 2026-11-24 13:00 UTC; first seen 2026-11-24 12:00 UTC, before its date"),
        (None, False, "no date of its own; first seen 2026-11-24 12:00 UTC"),
    ],
)
def test_how_late_it_was_seen_is_said_as_exactly_as_its_date_allows(published: object, day_only: bool, line: str) -> None:
    assert dated(past(article(published=published, day_only=day_only))) == line


def test_whether_it_was_to_be_told_has_its_reason() -> None:
    assert told(past(), SOURCE) == "to be told, where a watch matches it"
    assert told(past(tell=False), SOURCE) == "found by the first look at press: stored, and not told (first_run)"
    late = "backfill: it was too old when it was first seen, and max_age of press is 14 days; stored, shown, never told"
    assert told(past(tell=False, backfill=True), SOURCE) == late
    assert told(past(tell=False, backfill=True), None) == "backfill: it was too old when it was first seen; stored, shown, never told"


def row(**fields: object) -> SourceRow:
    state = SourceState(**{"source": "press", "next_poll_at": NOW, "last_ok_at": NOW, "polls": 3, **fields})  # type: ignore[arg-type]  # fields of any kind
    return SourceRow(state=state, last_new_at=NOW, gaps=1, documents=1, backfill=0)


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (None, "never polled"),
        (row(last_ok_at=None, polls=0), "never polled"),
        (row(), "last good poll 2026-11-24 12:00 UTC, 3 good polls, 1 gap"),
        (
            row(failures=2, last_error="status 503"),
            "last good poll 2026-11-24 12:00 UTC, 3 good polls, 1 gap, failed 2 times in a row: status 503",
        ),
        (
            row(gone=True, failures=1, last_error=None),
            "last good poll 2026-11-24 12:00 UTC, 3 good polls, 1 gap, gone: status 410; never asked again",
        ),
    ],
)
def test_the_polls_of_a_source_are_told_in_a_line(given: SourceRow | None, line: str) -> None:
    assert polled(given) == line


def test_what_opened_a_story_joined_nothing() -> None:
    assert joined(()) == "opened it"
    assert joined(("names 24A949", "same day")) == "joined: names 24A949; same day"


@pytest.mark.parametrize(
    ("length", "words"),
    [(timedelta(seconds=40), "40 s"), (timedelta(minutes=59), "59 min"), (timedelta(hours=47), "47 h"), (timedelta(days=2), "2 days")],
)
def test_a_length_of_time_is_in_its_largest_unit(length: timedelta, words: str) -> None:
    assert span(length) == words


def test_one_is_not_counted_as_many() -> None:
    assert [counted(number, "gap") for number in (0, 1, 2)] == ["0 gaps", "1 gap", "2 gaps"]


def test_a_match_reads_from_stored_evidence_as_from_fresh_one() -> None:
    fresh = RULES.judge(ANSWERED).matches[0]
    assert isinstance(fresh, Match)
    assert arithmetic(fresh.because).endswith(f"= {fresh.score}")


ABROAD = Group(name="abroad", terms=(Term(text="foreign prison"), Term(text="prison in El Salvador"), Term(text="prisión extranjera")))
REMOVAL = Group(name="removal", terms=(Term(text="deported"), Term(text="removal flight"), Term(text="deportado")))
CITIZENSHIP = Group(name="citizenship", terms=(Term(text="citizenship"), Term(text="ciudadanía")))
LACKING = Rules(
    [
        Watch(
            id="process",
            kind="doctrine",
            title="Process",
            terms=(
                Term(text="due process"),
                Term(text="Fifth Amendment", weight=0.7),
                Term(text="debido proceso"),
                Term(text="hearing", weight=0.5),
            ),
            needs=(ABROAD, REMOVAL),
            excludes=(Term(text="Title IX"),),
        ),
        Watch(
            id="exile",
            kind="doctrine",
            title="Exile",
            terms=(
                Term(text="strip", near="citizenship", within=3),
                Term(text="exile", near="citizenship"),
                Term(text="despojar", near="citizenship", within=3),
            ),
            groups=(CITIZENSHIP,),
        ),
        Watch(id="wire", kind="doctrine", title="Wire", terms=(Term(text="removal flight"),), sources=("wire",)),
        Watch(id="orders", kind="doctrine", title="Orders", terms=(Term(text="facilitate"),), types=(DocumentType.ORDER,)),
        Watch(id="case", kind="case", title="Case", names=("Abrego Garcia",), dockets=(Docket(court="mdd", number="8:25-cv-00951"),)),
    ]
)
NEEDS_ABROAD, NEEDS_REMOVAL = "needs abroad: no phrase of it found", "needs removal: no phrase of it found"


@pytest.mark.parametrize(
    ("watch", "fields", "lacked"),
    [
        ("process", {"title": "Deported without due process"}, [NEEDS_ABROAD]),
        ("process", {"title": "Due process in a foreign prison"}, [NEEDS_REMOVAL]),
        ("process", {"title": "Due process, a lecture"}, [NEEDS_ABROAD, NEEDS_REMOVAL]),
        ("process", {"title": "No due process: a man is held by a friendly power", "text": "He was deported."}, [NEEDS_ABROAD]),
        ("process", {"summary": "Deported to a foreign prison; the Fifth Amendment."}, ["scores 0.70, 0.18 short of 0.88"]),
        ("process", {"title": "The Fifth Amendment", "text": "Deported to a foreign prison."}, ["scores 0.85, 0.03 short of 0.88"]),
        ("process", {"text": "A hearing under the Fifth Amendment; deported, foreign prison."}, ["scores 0.85, 0.03 short of 0.88"]),
        ("process", {"text": "Of a hearing, deported to a foreign prison."}, ["scores 0.50, 0.38 short of 0.88"]),
        (
            "process",
            {"title": "Title IX and due process", "text": "Deported to a foreign prison."},
            ["“Title IX” in the title excludes it"],
        ),
        ("process", {"text": "Due process, deported, foreign prison, and Title IX."}, ["“Title IX” in the text excludes it"]),
        ("process", {"title": "Sin debido proceso", "text": "Fue deportado."}, [NEEDS_ABROAD]),
        ("process", {"title": "Sin debido proceso a una prisión extranjera"}, [NEEDS_REMOVAL]),
        ("process", {"title": "Deported to a foreign prison"}, ["scores 0.00, 0.88 short of 0.88", "found nothing of its 4 terms"]),
        (
            "exile",
            {"text": "They may strip a man of the rights of his citizenship."},
            ["“strip” has no phrase of citizenship within 3 words: the nearest is 7 words away"],
        ),
        (
            "exile",
            {"text": "He speaks of exile. Citizenship is not lost."},
            ["“exile” has no phrase of citizenship in the same sentence: the nearest is in another, 0 words away"],
        ),
        (
            "exile",
            {"title": "Exile", "text": "Citizenship is lost."},
            ["“exile” has no phrase of citizenship in the same sentence: the title has none"],
        ),
        (
            "exile",
            {"text": "Quiere despojar a miles de personas de la ciudadanía."},
            ["“despojar” has no phrase of citizenship within 3 words: the nearest is 6 words away"],
        ),
        ("wire", {"title": "A removal flight left"}, ["source press is none of its sources"]),
        (
            "orders",
            {"title": "A letter: they facilitate", "source_kind": "docket", "type": DocumentType.LETTER},
            ["type letter is none of its types"],
        ),
        (
            "case",
            {"title": "A man is to return", "docket": Docket(court="ca4", number="25-1345")},
            ["scores 0.00, 0.88 short of 0.88", "found nothing of its 1 name, 1 docket"],
        ),
        (
            "case",
            {"title": "Garcia v. Noem, No. 8:25-cv-00952"},
            ["scores 0.00, 0.88 short of 0.88", "found nothing of its 1 name, 1 docket"],
        ),
    ],
)
def test_of_a_paper_that_was_missed_exactly_the_missing_piece_is_named(watch: str, fields: dict[str, Any], lacked: list[str]) -> None:
    document = article(**{"title": "", "summary": "", **fields})
    said = judged(past(document, rules=None), LACKING, SOURCE).of(watch)
    assert said is not None
    assert missing(said, next(each for each in LACKING.watches if each.id == watch)) == lacked


def test_a_source_that_the_file_names_no_more_is_said_to_be_gone_from_it() -> None:
    wording = Wording(number=1, seen_at=NOW, source="press", stage=ANSWERED.stage, type=ANSWERED.type, title="A hearing")
    assert seen_lines(past(versions=(wording,)), None, None) == [
        "document:feed:press:a",
        "  A hearing",
        "  article, routine",
        "Seen",
        "  source press: the file names it no more",
        "  dated 2026-11-24 12:00 UTC; first seen 2026-11-24 12:00 UTC, 0 s later",
        "  to be told, where a watch matches it",
        "  version 1, 2026-11-24 12:00 UTC, by press: article: A hearing",
        "  known as: feed:press:a",
    ]
    assert "  source press, kind feed, disabled" in seen_lines(past(), replace(SOURCE, enabled=False), row())


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"number": 1, "new_watches": ("cecot",)}, "1, 2026-11-24 12:00 UTC: first seen; new topics: cecot"),
        ({"change": "now an order"}, "2, 2026-11-24 12:00 UTC: now an order, loud"),
        ({"change": "a further report", "paper": "feed:a:1"}, "2, 2026-11-24 12:00 UTC: a further report, loud, by document:feed:a:1"),
        ({"change": "now described", "loud": False}, "2, 2026-11-24 12:00 UTC: now described, quiet"),
        ({"loud": False, "new_watches": ("cecot",)}, "2, 2026-11-24 12:00 UTC: nothing but its topics; new topics: cecot"),
        (
            {"change": "withdrawn", "tell": False},
            "2, 2026-11-24 12:00 UTC: withdrawn, loud; told to nobody: found by a first look, or too old",
        ),
    ],
)
def test_a_revision_says_what_changed_and_for_whom(fields: dict[str, Any], line: str) -> None:
    usual: dict[str, Any] = {"story": 1, "number": 2, "at": NOW, "change": "", "loud": True, "new_watches": (), "tell": True}
    assert revised(Revision(**(usual | fields))) == line


def test_a_story_lists_its_members_as_they_came_with_what_ties_each() -> None:
    story = Story(
        id=7,
        revision=1,
        title="A hearing",
        severity=Severity.NOTABLE,
        stage=ANSWERED.stage,
        type=ANSWERED.type,
        watches=("cecot",),
        lead="feed:press:a",
        first_seen=NOW,
        revised_at=NOW,
    )
    hearing = Evidence(term="hearing", found="hearing", field="title", start=2, end=9, score=0.95)
    first = Shown(document=ANSWERED, seen_at=NOW, because=(), matches=(("cecot", 0.95, (hearing,)),))
    second = Shown(document=article("b"), seen_at=NOW + timedelta(hours=1), because=("names 24A949",), matches=(), version=2)
    page = StoryPage(story=story, papers=(second, first), revisions=())
    assert story_lines(page) == [
        "story:7",
        "  A hearing",
        "  article, notable; topics: cecot",
        "Members",
        "  document:feed:press:a (leads it)",
        "    article: A hearing",
        "    opened it; first seen 2026-11-24 12:00 UTC; 1 version",
        "    matches cecot: 0.95, found “hearing”",
        "  document:feed:press:b",
        "    article: b reported of the prison",
        "    joined: names 24A949; first seen 2026-11-24 13:00 UTC; 2 versions",
        "    matches nothing",
        "  `watcher why document:feed:press:a` shows its whole score cards",
        "Revisions",
    ]
    data = story_json(page)
    assert (data["key"], data["severity"], data["revisions"]) == ("story:7", "notable", [])
    assert [(each["key"], each["leads"], each["because"]) for each in data["members"]] == [  # type: ignore[attr-defined]  # a list
        ("document:feed:press:a", True, []),
        ("document:feed:press:b", False, ["names 24A949"]),
    ]
    assert data["members"][0]["matches"] == [{"watch": "cecot", "score": 0.95, "found": ["hearing"]}]  # type: ignore[index]  # as above


def test_a_match_of_a_phrase_that_a_subscriber_owns_is_told_by_its_number() -> None:
    kept = Kept(version=1, at=NOW, match=neutral(Rules([own_watch(17, "a hearing")]).judge(ANSWERED).matches[0]))
    document = past(ANSWERED, None, kept=(kept,))
    told = judged(document, Rules([]), None)
    assert shown(told) == [
        "own-17: a phrase that a subscriber owns: match, scores 1.0, threshold 0.88, found “A hearing”",
        "  stored, 2026-11-24 12:00 UTC",
    ]
    former = judged(past(ANSWERED, None, kept=(kept,), version=2), Rules([]), None)
    assert shown(former)[1:] == ["  of a former version, 1, stored, 2026-11-24 12:00 UTC"]
    data = judged_json(told, ANSWERED, {})
    assert "a hearing" not in json.dumps(data)
    assert [each.differs for each in told.lost] == [False]
