"""What may still be shown of a paper that was taken back."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.papers import article, order
from watcher.models import Deadline, Evidence, Stage, Stay, Withheld
from watcher.retraction import Words, evidence, redacted, taken_back, wordless

S = Stage
SEALED = order(
    stage=S.SEALED,
    text="The list of names.",
    enclosure="https://court.example/51.pdf",
    note="By the clerk.",
    deadlines=(Deadline(label="hearing", on=date(2026, 12, 1)),),
    off=(Deadline(label="hearing", on=date(2026, 11, 20)),),
    stays=(Stay(of="deadlines"),),
)
NO_DAYS: dict[str, Any] = {"deadlines": (), "off": (), "stays": ()}


@pytest.mark.parametrize(
    ("before", "now", "why"),
    [
        ((S.DESCRIBED,), S.SEALED, Withheld.SEALED),
        ((S.STUB, S.AVAILABLE, S.SEALED), S.SEALED, Withheld.SEALED),  # a better word for it opens nothing
        ((), S.SEALED, None),  # filed under seal
        ((S.STUB,), S.SEALED, None),  # closed from the start: its first words say so
        ((S.STUB, S.SEALED), S.SEALED, None),
        ((S.STUB,), S.REMOVED, Withheld.REMOVED),
        ((), S.REMOVED, Withheld.REMOVED),
        ((S.SPECIAL,), S.WITHDRAWN, Withheld.WITHDRAWN),
        ((), S.WITHDRAWN, Withheld.WITHDRAWN),
        ((S.DESCRIBED, S.SEALED), S.DESCRIBED, None),  # unsealed
        ((S.INSPECTION, S.WITHDRAWN), S.PUBLISHED, None),
        ((S.PUBLISHED,), S.CORRECTED, None),
    ],
)
def test_words_are_taken_back_of_what_was_open(before: tuple[Stage, ...], now: Stage, why: Withheld | None) -> None:
    assert taken_back(now, before) is why


@pytest.mark.parametrize(
    ("why", "title"),
    [
        (Withheld.SEALED, "Sealed paper (#51), Abrego Garcia v. Noem"),
        (Withheld.REMOVED, "Paper removed from the docket (#51), Abrego Garcia v. Noem"),
        (Withheld.QUOTES, "Copy of a paper that was taken back (#51), Abrego Garcia v. Noem"),
    ],
)
def test_of_a_closed_paper_nothing_is_left_but_that_it_is_there(why: Withheld, title: str) -> None:
    bare = replace(SEALED, title="", summary="", text="", enclosure="", note="", **NO_DAYS)
    assert redacted(SEALED, why) == replace(bare, headline=title)


def test_a_withdrawn_paper_keeps_its_title_and_the_reason() -> None:
    gone = article(stage=S.WITHDRAWN, note="At the agency's request.", enclosure="https://register.example/1.pdf", text="Its text.")
    assert redacted(gone, Withheld.WITHDRAWN) == replace(gone, summary="", text="", enclosure="")


def test_a_report_that_quotes_is_named_by_that_alone() -> None:
    shown = redacted(article(url="https://news.example/1"), Withheld.QUOTES)
    assert (shown.shown, shown.summary, shown.url) == ("Report that quotes a paper that was taken back", "", "https://news.example/1")


def test_a_former_version_says_nothing_but_what_it_was() -> None:
    bare = wordless(replace(SEALED, relates=("fr:1",)))
    assert bare == replace(SEALED, title="", headline="", summary="", text="", enclosure="", note="", **NO_DAYS)


def find(field: str, found: str) -> Evidence:
    return Evidence(term="a term", found=found, field=field, start=0, end=len(found), score=1.0)


def test_of_a_score_card_the_docket_stays_and_words_of_a_title_that_stands() -> None:
    card = (find("docket", "8:25-cv-00951"), find("title", "prison"), find("title", "secret"), find("summary", "prison"), find("text", "x"))
    shown = article(title="Notice of a prison")
    assert evidence(card, shown) == card[:2]
    assert evidence(card, redacted(SEALED, Withheld.SEALED)) == card[:1]


WORDS = Words([order(title="Order", summary="ORDER that the man be flown to the island prison before the next sitting of the court.")])


@pytest.mark.parametrize(
    ("title", "quotes"),
    [
        ("Judge: man be flown to the island prison", True),
        ("Judge: be flown to the island", False),  # five words in a row may be anybody's
        ("Judge orders “island prison” flight", True),
        ("Judge orders “island resort” flight", False),
        ("Judge orders ‘prison’ flight", False),  # one word is no quotation
        ("JUDGE: MAN BE FLOWN TO THE ISLAND PRISON", True),
        ("", False),
    ],
)
def test_a_quotation_is_six_words_in_a_row_or_two_between_marks(title: str, quotes: bool) -> None:
    assert WORDS.are_quoted_by(article(title=title, summary="")) is quotes
    assert WORDS.are_quoted_by(article(title="Something else", summary=title)) is quotes


def test_where_nothing_was_said_nothing_is_quoted() -> None:
    assert not Words([]).are_quoted_by(article())
    assert not Words([order(title="", summary="")]).are_quoted_by(article(title="“”", summary="“ ”"))
