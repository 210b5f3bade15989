"""What the next Letter to an address is."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts.compose import IN_A_DIGEST, LONG_AGO, MOST, NOT_TOLD_YET, NOTHING_SENT, SHOWN, Due, Plan, aloud, compose, digest, together, vain
from alerts.fanout import Duty
from alerts.models import Cadence, Item, LetterKind
from tests.letters import item
from watcher.models import Severity

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def due(number: int, duty: Duty = Duty.ALERT, *, story: int | None = None, revision: int = 1, severity: Severity = Severity.NOTABLE) -> Due:
    told = replace(item(), story=story or number, revision=revision, severity=severity, seen_at=NOW + timedelta(seconds=number))
    return Due(delivery=number, duty=duty, cadence=Cadence.NOW, item=told)


def ample(_kind: LetterKind, items: Sequence[Item]) -> int:
    return len(items)


def narrow(_kind: LetterKind, items: Sequence[Item]) -> int:
    return min(2, len(items))


def tight(_kind: LetterKind, _items: Sequence[Item]) -> int:
    return 1


def test_nothing_due_makes_no_letter() -> None:
    assert compose([], ample) is None


def test_one_new_story_makes_an_alert() -> None:
    one = due(1, severity=Severity.URGENT)
    assert compose([one], ample) == Plan(kind=LetterKind.ALERT, deliveries=(1,), items=(one.item,), urgent=True)


def test_several_make_a_list_the_most_pressing_first() -> None:
    quiet, loud = due(1), due(2, severity=Severity.URGENT)
    assert compose([quiet, loud], ample) == Plan(kind=LetterKind.LIST, deliveries=(1, 2), items=(loud.item, quiet.item), urgent=True)


def test_a_list_holds_so_many_and_leaves_the_rest_due() -> None:
    plan = compose([due(number) for number in range(1, MOST + 3)], ample)
    assert plan is not None
    assert plan.deliveries == tuple(range(1, MOST + 1))


def test_two_revisions_of_one_story_are_told_once_at_the_latest() -> None:
    first, second = due(1, story=9), due(2, Duty.UPDATE, story=9, revision=2)
    plan = compose([first, second], ample)
    assert plan is not None
    assert (plan.kind, plan.deliveries, plan.items) == (LetterKind.ALERT, (1, 2), (replace(first.item, revision=2),))


def test_news_of_a_told_story_replies_to_what_was_sent() -> None:
    news = replace(due(1, Duty.UPDATE, revision=2), told="5/17")
    plan = compose([news], ample)
    assert plan is not None
    assert (plan.kind, plan.reply_to, plan.edits) == (LetterKind.UPDATE, "5/17", "")


def test_a_withdrawal_is_a_retraction() -> None:
    gone = due(1, Duty.UPDATE)
    gone = replace(gone, item=replace(gone.item, change="withdrawn"), correction=replace(gone.item, title="What was withdrawn"))
    plan = compose([gone], ample)
    assert plan is not None
    assert plan.kind is LetterKind.RETRACTION
    assert [(item.title, item.change) for item in plan.items] == [("What was withdrawn", "withdrawn")]


def test_a_quiet_change_edits_in_place_and_is_never_urgent() -> None:
    plan = compose([replace(due(1, Duty.EDIT, severity=Severity.URGENT), told="5/17", shows=(item(),))], ample)
    assert plan is not None
    assert (plan.edits, plan.reply_to, plan.urgent) == ("5/17", "", False)


EDIT = replace(due(1, Duty.EDIT, story=9, revision=2), told="5/17", shows=(item(9),))


@pytest.mark.parametrize(
    ("quiet", "reason"),
    [
        (EDIT, None),
        (replace(EDIT, shows=(item(8), item(9))), None),
        (replace(EDIT, shows=()), LONG_AGO),  # the list's other Stories would be lost with it
        (replace(EDIT, told="", shows=()), NOTHING_SENT),
        (replace(EDIT, cadence=Cadence.DAILY), IN_A_DIGEST),
    ],
)
def test_a_quiet_change_is_made_only_in_a_message_of_which_all_is_known(quiet: Due, reason: str | None) -> None:
    assert vain([quiet]) == ({} if reason is None else {1: reason})


@pytest.mark.parametrize("duty", [Duty.UPDATE, Duty.EDIT])
def test_what_a_reader_has_seen_is_not_told_again_and_keeps_nothing_else_waiting(duty: Duty) -> None:
    seen, later = replace(EDIT, duty=duty, seen=True), replace(EDIT, delivery=2)
    assert vain([seen, later]) == {1: SHOWN}


LIST = tuple(replace(item(story), severity=Severity.NOTABLE) for story in (7, 8, 9))


def in_the_list(number: int, story: int, duty: Duty = Duty.EDIT) -> Due:
    return replace(due(number, duty, story=story, revision=2), told="5/17", shows=LIST)


def test_a_list_is_edited_once_whatever_of_it_changed_and_keeps_the_rest() -> None:
    seven, nine = in_the_list(1, 7), in_the_list(2, 9)
    elsewhere = replace(EDIT, delivery=3, item=replace(EDIT.item, story=5, seen_at=NOW + timedelta(days=1)), told="5/18")
    plan = compose([seven, nine, elsewhere], ample)
    assert plan == Plan(kind=LetterKind.LIST, deliveries=(1, 2), items=(seven.item, LIST[1], nine.item), urgent=False, edits="5/17")


def test_what_is_loud_of_a_list_is_told_apart_and_the_list_is_edited_after() -> None:
    loud, quiet = in_the_list(1, 7, Duty.UPDATE), in_the_list(2, 9)
    plan = compose([loud, quiet], ample)
    assert plan is not None
    assert (plan.kind, plan.deliveries, plan.reply_to, plan.edits) == (LetterKind.UPDATE, (1,), "5/17", "")
    assert compose([quiet], ample) == Plan(kind=LetterKind.LIST, deliveries=(2,), items=(*LIST[:2], quiet.item), urgent=False, edits="5/17")


def test_an_edited_list_still_shows_each_of_its_stories() -> None:
    def full(_kind: LetterKind, items: Sequence[Item]) -> int:
        return len(items) - (sum(each.revision == 2 for each in items) > 1)

    seven, nine = in_the_list(1, 7), in_the_list(2, 9)
    plan = compose([seven, nine], full)
    assert plan is not None
    assert (plan.deliveries, plan.items) == ((1, 2), (seven.item, *LIST[1:]))


def test_a_quiet_change_goes_with_a_loud_one_that_is_due_as_well() -> None:
    loud = replace(due(2, Duty.UPDATE, story=9), told="5/17")
    assert vain([replace(EDIT, shows=()), loud]) == {}
    plan = compose([replace(EDIT, shows=()), loud], ample)
    assert plan is not None
    assert (plan.deliveries, plan.items, plan.reply_to, plan.edits) == ((1, 2), (replace(loud.item, revision=2),), "5/17", "")


def test_a_quiet_change_does_not_hurry_the_first_alert_that_waits() -> None:
    waits = replace(due(2, story=9), ripe=False)
    assert vain([EDIT, waits]) == {1: NOT_TOLD_YET}
    assert vain([EDIT, replace(waits, ripe=True)]) == {}


def test_what_waits_goes_with_what_is_due_of_its_story_and_of_no_other() -> None:
    waits, news, other = replace(due(1, story=9), ripe=False), due(2, Duty.UPDATE, story=9, revision=2), replace(due(3), ripe=False)
    assert together([waits, news, other]) == [waits, news]
    plan = compose([waits, news], ample)
    assert plan is not None
    assert (plan.kind, plan.deliveries, plan.reply_to) == (LetterKind.ALERT, (1, 2), "")


def test_new_stories_go_before_news_of_old_ones() -> None:
    plan = compose([due(1, Duty.UPDATE), due(2)], ample)
    assert plan is not None
    assert plan.deliveries == (2,)


REPORT = replace(due(1, Duty.EDIT, revision=2), told="5/17")
REPORT = replace(REPORT, item=replace(REPORT.item, change="a further report"))


@pytest.mark.parametrize(
    ("each", "duty"),
    [
        (REPORT, Duty.UPDATE),  # a digest told the Story
        (replace(REPORT, shows=(REPORT.item,)), Duty.EDIT),
        (replace(REPORT, item=replace(REPORT.item, change="described")), Duty.EDIT),
        (replace(REPORT, told=""), Duty.EDIT),
        (replace(REPORT, cadence=Cadence.DAILY), Duty.EDIT),
        (replace(REPORT, duty=Duty.ALERT), Duty.ALERT),
    ],
)
def test_a_further_report_is_an_update_where_what_told_its_story_cannot_be_edited(each: Due, duty: Duty) -> None:
    assert [other.duty for other in aloud([each])] == [duty]


def test_a_further_report_replies_to_the_digest_that_told_its_story() -> None:
    assert vain([REPORT]) == {1: LONG_AGO}
    (heard,) = aloud([REPORT])
    assert vain([heard]) == {}
    plan = compose([heard], ample)
    assert plan is not None
    assert (plan.kind, plan.reply_to, plan.edits) == (LetterKind.UPDATE, "5/17", "")


def test_a_digest_tells_each_story_once_and_is_not_urgent() -> None:
    (plan,) = digest([due(1, story=9), due(2, story=9, revision=2), due(3, severity=Severity.URGENT)], ample)
    assert (plan.kind, plan.deliveries, [each.story for each in plan.items], plan.urgent) == (LetterKind.DIGEST, (1, 2, 3), [3, 9], False)


def test_an_empty_digest_is_a_letter_too() -> None:
    assert digest([], ample) == (Plan(kind=LetterKind.DIGEST, deliveries=(), items=(), urgent=False),)


def test_a_list_holds_what_a_message_shows_and_leaves_the_rest_due() -> None:
    plan = compose([due(number) for number in range(1, 6)], narrow)
    assert plan is not None
    assert (plan.kind, plan.deliveries) == (LetterKind.LIST, (1, 2))


def test_where_one_story_fills_a_message_it_is_an_alert() -> None:
    plan = compose([due(1), due(2)], tight)
    assert plan is not None
    assert (plan.kind, plan.deliveries) == (LetterKind.ALERT, (1,))


def test_a_digest_that_one_message_cannot_hold_is_several_and_loses_none() -> None:
    plans = digest([due(number) for number in range(1, 6)], narrow)
    assert [plan.deliveries for plan in plans] == [(1, 2), (3, 4), (5,)]
    assert [tuple(each.story for each in plan.items) for plan in plans] == [(1, 2), (3, 4), (5,)]


def taken_back(number: int, change: str, paper: str, *, revision: int) -> Due:
    """News of Story 9, of a paper that is taken back by now."""
    news = replace(due(number, Duty.UPDATE, story=9, revision=revision), told="5/17")
    gone = replace(news.item, title=paper, lead=replace(news.item.lead, title=paper))
    return replace(news, item=replace(news.item, change=change), correction=gone)


def news_of_another(number: int, change: str, duty: Duty = Duty.UPDATE, *, revision: int) -> Due:
    news = replace(due(number, duty, story=9, revision=revision), told="5/17")
    return replace(news, item=replace(news.item, change=change))


SEALED = taken_back(1, "sealed", "Sealed paper (#51)", revision=2)
WITHDRAWN = replace(SEALED, item=replace(SEALED.item, change="withdrawn"))
REPORTED = news_of_another(2, "a further report", revision=3)
CORRECTED, NOW_AN_ORDER = news_of_another(2, "corrected", revision=3), news_of_another(2, "now an order", revision=3)
REMOVED = taken_back(3, "removed from the docket", "Removed paper (#60)", revision=4)


@pytest.mark.parametrize(("gone", "later"), [(SEALED, REPORTED), (WITHDRAWN, NOW_AN_ORDER), (WITHDRAWN, CORRECTED)])
def test_a_correction_goes_before_later_news_which_is_told_after_it(gone: Due, later: Due) -> None:
    plan = compose([gone, later], ample)
    assert plan is not None
    assert (plan.kind, plan.deliveries, plan.reply_to) == (LetterKind.RETRACTION, (1,), "5/17")
    assert [(each.title, each.change, each.revision) for each in plan.items] == [("Sealed paper (#51)", gone.item.change, 2)]
    after = compose([later], ample)
    assert after is not None
    assert (after.kind, after.deliveries, after.items) == (LetterKind.UPDATE, (2,), (later.item,))


def test_one_correction_names_every_paper_that_was_taken_back_and_leaves_news_between_them_due() -> None:
    plan = compose([SEALED, REPORTED, REMOVED], ample)
    assert plan is not None
    assert (plan.kind, plan.deliveries) == (LetterKind.RETRACTION, (1, 3))
    (item,) = plan.items
    assert (item.title, item.change, [paper.title for paper in item.others]) == (
        "Removed paper (#60)",
        "removed from the docket",
        ["Sealed paper (#51)"],
    )


def test_a_paper_taken_back_twice_is_named_once() -> None:
    plan = compose([SEALED, replace(REMOVED, correction=SEALED.correction)], ample)
    assert plan is not None
    assert (plan.deliveries, plan.items[0].others) == ((1, 3), ())


def test_what_was_said_of_a_paper_before_it_was_taken_back_goes_with_the_correction() -> None:
    filled = replace(taken_back(4, "now an order", "Sealed paper (#51)", revision=1), delivery=4)
    mended = news_of_another(5, "described", Duty.EDIT, revision=1)
    plan = compose([filled, mended, SEALED], ample)
    assert plan is not None
    assert (plan.kind, plan.deliveries) == (LetterKind.RETRACTION, (1, 4, 5))


def test_what_is_open_again_is_no_correction() -> None:
    again = news_of_another(2, "open again", revision=3)
    plan = compose([replace(SEALED, correction=None), again], ample)
    assert plan is not None
    assert (plan.kind, plan.deliveries, plan.items) == (LetterKind.UPDATE, (1, 2), (again.item,))


def test_a_digest_says_that_a_paper_was_taken_back_whatever_came_after_it() -> None:
    (plan,) = digest([SEALED, REPORTED], ample)
    assert (plan.deliveries, [each.change for each in plan.items]) == ((1, 2), ["sealed"])
