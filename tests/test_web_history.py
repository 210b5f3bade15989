"""What a story's page says of the versions of its papers."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.papers import NOW, article, judged, order, stub
from tests.site import get, stored
from watcher.diffs import Diff, Piece
from watcher.models import Deadline, Document, DocumentType, Severity, Stage, Story, Withheld
from watcher.ports import Shown, StoryPage, Version
from watcher.storage import Database
from watcher.storage.views import VERSIONS, Views
from watcher.web.history import ROOM, ROOM_OF_PAGE, Fact, Turn, Wording, turns

HOUR = timedelta(hours=1)
COURT = "courtlistener/69777799"
HEARING = Deadline(label="hearing", on=date(2026, 12, 1))


def page(*papers: Document) -> StoryPage:
    story = Story(
        id=1,
        revision=1,
        title="A story",
        severity=Severity.ROUTINE,
        stage=Stage.PUBLISHED,
        type=DocumentType.ARTICLE,
        watches=("cecot",),
        lead=papers[0].key,
        first_seen=NOW,
        revised_at=NOW,
    )
    return StoryPage(story=story, papers=tuple(Shown(document=each, seen_at=NOW, because=(), matches=()) for each in papers), revisions=())


def versions(*documents: Document, first: int = 1) -> tuple[Version, ...]:
    return tuple(Version(number=number, seen_at=NOW + number * HOUR, document=each) for number, each in enumerate(documents, first))


def turn(number: int, of: Document, **fields: Any) -> Turn:
    return Turn(number=number, seen_at=NOW + number * HOUR, source=of.source, lang=of.lang, **fields)


def test_a_stub_that_is_filled_says_what_came() -> None:
    bare = stub()
    filled = order(
        enclosure="https://court.example/51.pdf", deadlines=(HEARING,), stage=Stage.AVAILABLE, summary="ORDER granting 50 Motion."
    )
    told = turns(page(filled), {filled.key: versions(bare, filled)})
    facts = (
        Fact(name="Headline", before=bare.headline, after=filled.headline),
        Fact(name="Stage", before="only named", after="the paper can be read"),
        Fact(name="Kind", before="docket entry", after="order"),
        Fact(name="Date ahead", before="", after="1 Dec 2026 hearing"),
        Fact(name="The paper itself", before="", after="https://court.example/51.pdf"),
    )
    words = Wording(name="Words", diff=Diff(places=((Piece("added", "ORDER granting 50 Motion."),),)))
    assert told == {filled.key: (turn(2, filled, facts=facts, wordings=(words,)), turn(1, bare, first=True))}


def test_an_edited_article_says_which_words_of_what_and_when() -> None:
    old = article(title="Judge blocks flights", text="One.\nTwo.", deadlines=(HEARING,))
    new = article(title="Judge allows flights", text="One.\nThree.", published=NOW + HOUR, url="https://news.example/b")
    (last, _) = turns(page(new), {new.key: versions(old, new)})[new.key]
    assert [(each.name, each.before, each.after) for each in last.facts] == [
        ("Date", "24 Nov 2026, 12:00 UTC", "24 Nov 2026, 13:00 UTC"),
        ("Date ahead", "1 Dec 2026 hearing", ""),
        ("Link", "", "https://news.example/b"),
    ]
    assert [each.name for each in last.wordings] == ["Title", "Text"]
    assert last.wordings[1].diff.places == ((Piece("removed", "Two."), Piece("added", "Three.")),)


def test_what_is_before_the_versions_that_are_compared_is_said_to_be_kept() -> None:
    told = turns(page(article()), {article().key: versions(article(), article(title="Another"), first=7)})
    assert [(each.number, each.first, each.alone) for each in told[article().key]] == [(8, False, False), (7, False, True)]


def test_a_page_shows_so_much_and_no_more() -> None:
    papers = [article(str(number)) for number in range(30)]
    long = {
        paper.key: versions(*(replace(paper, text="\n".join(f"{name} {n} {paper.key}" * 9 for n in range(300))) for name in "abc"))
        for paper in papers
    }
    told = turns(page(*papers), long)
    shown = [
        [sum(len(piece.text) for place in wording.diff.places for piece in place) for turn in each for wording in turn.wordings]
        for each in told.values()
    ]
    assert all(length <= ROOM for each in shown for length in each)
    assert ROOM_OF_PAGE - ROOM < sum(map(sum, shown)) <= ROOM_OF_PAGE
    assert all(wording.diff.left_out for turn in told[papers[-1].key][:-1] for wording in turn.wordings)


async def test_the_page_of_a_story_shows_each_version_marked_with_words_too(database: Database) -> None:
    await stored(database, judged(stub(), "abrego-garcia"), source=COURT)
    await stored(database, judged(order(), "abrego-garcia"), source=COURT, at=NOW + HOUR)
    amended = order(summary="ORDER denying 50 Motion for Temporary Restraining Order.")
    await stored(database, judged(amended, "abrego-garcia"), source=COURT, at=NOW + 2 * HOUR)
    page = " ".join((await get(database, "/story/1")).text.split())
    assert "3 versions, the last seen 24 Nov 2026, 14:00 UTC" in page
    assert '<del><span class="said">removed: </span>granting</del> <ins><span class="said">added: </span>denying</ins> 50 Motion' in page
    assert 'Stage: <del><span class="said">before: </span>only named</del> <ins><span class="said">now: </span>described</ins>' in page
    assert page.index("Version 3") < page.index("Version 2") < page.index("First seen.")


async def test_a_paper_of_one_version_has_no_history(database: Database) -> None:
    await stored(database, judged(article(), "cecot"))
    assert "<details class=" not in (await get(database, "/story/1")).text


async def test_of_a_paper_with_many_versions_the_latest_are_compared(database: Database) -> None:
    for number in range(VERSIONS + 3):
        await stored(database, judged(article(summary=f"Report {number}."), "cecot"), at=NOW + number * HOUR)
    page = (await get(database, "/story/1")).text
    assert page.count("<h3>Version ") == VERSIONS
    assert "The 3 versions before it are kept, and not compared on this page." in page


async def test_hostile_words_stay_text_in_every_version(database: Database) -> None:
    first = article(title="<b>one</b> \u202egnp.exe", summary="<script>a()</script> one", url="javascript:a()", note="<img src=x>")
    second = article(title='"><img src=x onerror=1>', summary="<style>x</style> \u2066two", url="https://x/</del>", text="</blockquote>")
    await stored(database, judged(first, "cecot"))
    await stored(database, judged(second, "cecot"), at=NOW + HOUR)
    page = (await get(database, "/story/1")).text
    for bad in ("<script", "<style", "<img", "<b>", "x</del>", "</blockquote>\n</blockquote>", "\u202e", "\u2066", 'href="javascript'):
        assert bad not in page
    assert "&lt;script&gt;" in page


async def test_the_words_of_a_paper_are_marked_with_their_language(database: Database) -> None:
    await stored(database, judged(article(lang="es", summary="El juez ordenó el regreso."), "cecot"))
    await stored(database, judged(article(lang="es", summary="El juez negó el regreso."), "cecot"), at=NOW + HOUR)
    assert '<blockquote lang="es">El juez <del>' in (await get(database, "/story/1")).text.replace(
        '<span class="said">removed: </span>', ""
    )


async def test_papers_that_only_a_subscribers_phrase_found_have_no_history_for_others(database: Database) -> None:
    await stored(database, judged(article(summary="Of one."), "own-1"))
    await stored(database, judged(article(summary="Of two."), "own-1"), at=NOW + HOUR)
    assert (await get(database, "/story/1")).status_code == 404


@pytest.mark.parametrize("stage", [Stage.SEALED, Stage.REMOVED])
async def test_the_versions_of_a_closed_paper_say_when_and_not_what(database: Database, stage: Stage) -> None:
    await stored(database, judged(order(summary="ORDER naming the hidden island."), "abrego-garcia"), source=COURT)
    closed = order(summary="SEALED DOCUMENT.", headline="SEALED DOCUMENT.", stage=stage, type=DocumentType.SEALED)
    await stored(database, judged(closed, "abrego-garcia"), source=COURT, at=NOW + HOUR)
    (known,) = (await Views(database).versions(1)).values()
    assert [(each.number, each.document.stage, each.document.summary, each.document.title) for each in known] == [
        (1, Stage.DESCRIBED, "", ""),
        (2, stage, "", ""),
    ]
    (paper,) = (await Views(database).story(1)).papers  # type: ignore[union-attr]  # there is one
    assert paper.withheld is Withheld(stage.value)
    page = (await get(database, "/story/1")).text
    assert "hidden island" not in page
    assert "Its words are not shown here any more." in page
    assert "Version 1" in page
