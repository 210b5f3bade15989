"""What a paper does to its Story: said aloud, mended in place, or nothing at all."""

from dataclasses import replace

import pytest

from tests.test_stories import DISTRICT_ORDER, NOW, REPORTS, entry, register
from watcher.models import Document, Severity, Stage, Story
from watcher.models import DocumentType as T
from watcher.revisions import Change, revise


def story(kind: T = T.ORDER, *watches: str) -> Story:
    return Story(
        id=1,
        revision=1,
        title="A story",
        severity=Severity.URGENT,
        stage=Stage.STUB,
        type=kind,
        watches=watches or ("abrego-garcia",),
        lead="k",
        first_seen=NOW,
        revised_at=NOW,
    )


def stage(document: Document, after: Stage, kind: T | None = None) -> tuple[Document, Document]:
    return document, replace(document, stage=after, type=kind or document.type)


STUB = replace(entry("51", "Notice (Other)", T.NOTICE), stage=Stage.STUB)
LISTED = replace(register("fr:1", "Removals", T.RULE), stage=Stage.INSPECTION)


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (*stage(STUB, Stage.DESCRIBED, T.ORDER), Change(change="now an order", loud=True)),
        (*stage(STUB, Stage.DESCRIBED, T.OPINION), Change(change="now an opinion", loud=True)),
        (*stage(STUB, Stage.DESCRIBED), Change(change="described", loud=False)),
        (*stage(replace(STUB, type=T.ORDER), Stage.DESCRIBED), Change(change="described", loud=False)),
        (*stage(replace(STUB, stage=Stage.DESCRIBED), Stage.AVAILABLE), None),
        (*stage(replace(STUB, stage=Stage.DESCRIBED), Stage.SEALED), Change(change="sealed", loud=True)),
        (*stage(replace(STUB, stage=Stage.AVAILABLE), Stage.REMOVED), Change(change="removed from the docket", loud=True)),
        (*stage(replace(STUB, stage=Stage.SEALED), Stage.AVAILABLE), Change(change="open again", loud=True)),
        (*stage(LISTED, Stage.PUBLISHED), Change(change="published", loud=False)),
        (*stage(replace(LISTED, stage=Stage.SPECIAL), Stage.PUBLISHED), Change(change="published", loud=False)),
        (*stage(LISTED, Stage.WITHDRAWN), Change(change="withdrawn", loud=True)),
        (*stage(replace(LISTED, stage=Stage.PUBLISHED), Stage.CORRECTED), Change(change="corrected", loud=True)),
        (REPORTS[0], replace(REPORTS[0], text="A longer text."), None),
        (None, REPORTS[0], None),
    ],
)
def test_what_a_version_changes_is_told_loudly_quietly_or_not_at_all(
    before: Document | None, after: Document, change: Change | None
) -> None:
    assert revise(story(), before, after, ["abrego-garcia"]) == change


@pytest.mark.parametrize(
    ("led_by", "joins", "change"),
    [
        (T.ARTICLE, entry("21", DISTRICT_ORDER), Change(change="now an order", loud=True)),
        (T.ARTICLE, register("fr:1", "P", T.PROCLAMATION), Change(change="now the proclamation itself", loud=True)),
        (T.ARTICLE, entry("5", "MOTION to stay", T.MOTION), Change(change="now with the paper itself", loud=False)),
        (T.ORDER, entry("21", DISTRICT_ORDER), None),
        (T.RULE, register("fr:C1", "Correction", T.CORRECTION), Change(change="corrected", loud=True)),
        (T.RULE, replace(register("fr:2", "Rule", T.RULE), stage=Stage.WITHDRAWN), Change(change="withdrawn", loud=True)),
        (T.ARTICLE, REPORTS[1], None),
        (T.ORDER, REPORTS[1], None),
    ],
)
def test_an_act_that_joins_a_story_without_one_is_loud(led_by: T, joins: Document, change: Change | None) -> None:
    assert revise(story(led_by), None, joins, ["abrego-garcia"]) == change


def test_new_watches_raise_the_revision_quietly_and_each_once() -> None:
    change = revise(story(T.ORDER, "abrego-garcia"), None, REPORTS[1], ["due-process", "abrego-garcia", "cecot", "cecot"])
    assert change == Change(change="", loud=False, new_watches=("due-process", "cecot"))
    louder = revise(story(T.ARTICLE, "abrego-garcia"), None, entry("21", DISTRICT_ORDER), ["abrego-garcia", "due-process"])
    assert louder == Change(change="now an order", loud=True, new_watches=("due-process",))
