"""Two stories that turn out to be one: what is kept, where the other leads, and who is told what."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from alerts import deliver
from alerts.models import Cadence, Letter, LetterKind, Sent
from alerts.retry import settle
from alerts.storage import Book, Outbox
from alerts.storage.desk import StoredDesk
from alerts.storage.tellings import Tellings
from tests.outboxes import ANN, BEN, NAMES, YESTERDAY, claim, rows, told
from tests.papers import NOW, article, judged, order, stub
from tests.site import WATCHES, get, stored
from watcher import merging
from watcher.merging import Merger, Side
from watcher.models import Docket, Document, DocumentType, Severity, Stage, Story
from watcher.storage import Database
from watcher.storage import tables as t
from watcher.storage.moves import merged_by
from watcher.storage.traces import Traces
from watcher.storage.views import Views

HOUR = timedelta(hours=1)
COURT = "courtlistener/69777799"
HERE = Docket(court="mdd", number="8:25-cv-00951")
ELSEWHERE = Docket(court="mdd", number="8:25-cv-02780")
FAR = article("far", title="Quite another thing in Ghana", summary="")


def rule(number: str = "1", **fields: Any) -> Document:
    """A register paper; each of another matter."""
    return article(
        **{
            "name": number,
            "key": f"fr:{number}",
            "source_kind": "federal_register",
            "title": f"Notice {number * 3} of matter {number * 5}",
            "type": DocumentType.REGISTER_NOTICE,
            "primary": True,
            **fields,
        }
    )


def side(number: int, *papers: Document, told: bool = True) -> Side:
    story = Story(
        id=number,
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
    return Side(story=story, told=told, papers=papers)


ORDER, COPY = order(docket=HERE), order(key="scotus:x#51", docket=HERE)
NAMES_IT = rule("2", relates=("fr:1",))  # nothing but that is new
NAMED = frozenset({"fr:1"})


@pytest.mark.parametrize(
    ("mine", "theirs", "changed", "named", "kept", "because"),
    [
        (side(2, NAMES_IT), side(1, rule("1")), NAMES_IT, NAMED, 1, "names fr:1 as its own"),
        (side(1, NAMES_IT), side(2, rule("1")), NAMES_IT, NAMED, 1, "names fr:1 as its own"),
        (side(2, COPY), side(1, ORDER), COPY, frozenset(), 1, "entry 51 of the same docket"),
        (side(2, COPY, FAR), side(1, ORDER), COPY, frozenset(), 1, "entry 51 of the same docket"),  # reports of it come along
        (side(2, COPY), side(1, replace(ORDER, type=DocumentType.OTHER)), COPY, frozenset(), 2, "entry 51 of the same docket"),
        (side(1, NAMES_IT, told=False), side(2, rule("1")), NAMES_IT, NAMED, 2, "names fr:1 as its own"),
    ],
)
def test_two_stories_of_one_publication_are_one(
    mine: Side, theirs: Side, changed: Document, named: frozenset[str], kept: int, because: str
) -> None:
    found = merging.merger(mine, theirs, changed, named)
    assert found is not None
    assert (found.kept.story.id, found.gone.story.id, found.because) == (kept, 3 - kept, because)


@pytest.mark.parametrize(
    ("mine", "theirs", "changed", "named"),
    [
        (side(2, COPY), side(1, replace(ORDER, docket=ELSEWHERE)), COPY, frozenset()),
        (side(2, COPY), side(1, replace(ORDER, number="52")), COPY, frozenset()),
        (side(2, replace(COPY, number="")), side(1, replace(ORDER, number="")), replace(COPY, number=""), frozenset()),
        (side(2, NAMES_IT), side(1, rule("3")), NAMES_IT, NAMED),
        (side(2, COPY, rule("3")), side(1, ORDER), COPY, frozenset()),  # another publication would come along
        (side(2, FAR, article("other")), side(1, rule("1")), FAR, NAMED),  # reports that came to it by their words alone would
    ],
)
def test_what_is_not_one_publication_stays_apart(mine: Side, theirs: Side, changed: Document, named: frozenset[str]) -> None:
    assert merging.merger(mine, theirs, changed, named) is None


@pytest.mark.parametrize(
    ("kept", "gone", "news"),
    [
        (side(1, ORDER), side(2, COPY), ""),
        (side(1, ORDER), side(2, rule("1")), "now an order"),
        (side(1, ORDER, told=False), side(2, rule("1")), ""),  # nobody was to hear of it
        (side(1, rule("1")), side(2, rule("2")), ""),
    ],
)
def test_an_act_is_news_to_those_who_were_told_without_it(kept: Side, gone: Side, news: str) -> None:
    assert Merger(kept=kept, gone=gone, because="").news == news


@pytest.mark.parametrize(
    ("before", "after", "may"),
    [
        (rule("2"), NAMES_IT, True),
        (NAMES_IT, NAMES_IT, False),
        (replace(ORDER, number=""), ORDER, True),
        (ORDER, replace(ORDER, summary="Other words."), False),
        (ORDER, replace(ORDER, number=""), False),
    ],
)
def test_a_paper_is_looked_at_when_what_ties_it_is_new(before: Document, after: Document, may: bool) -> None:
    assert merging.may_tie(before, after) is may


# -- in the database


async def apart_then_one(database: Database) -> None:
    """Story 1 is of one notice and story 2 of another, which then says that it belongs to the first."""
    await stored(database, judged(rule("1"), "cecot"))
    await stored(database, judged(rule("2"), "abrego-garcia"), at=NOW + HOUR)
    await stored(database, judged(NAMES_IT, "abrego-garcia", "cecot"), at=NOW + 2 * HOUR)


async def test_the_number_that_is_gone_leads_to_the_one_that_is_kept(database: Database) -> None:
    await stored(database, judged(rule("1"), "cecot"))
    await stored(database, judged(rule("2"), "abrego-garcia"), at=NOW + HOUR)
    await stored(database, judged(article("old", title="Quite another thing in Ghana"), "cecot", tell=False), at=NOW)
    assert (await get(database, "/story/2")).status_code == 200
    unmoved = (await get(database, "/watch/cecot.atom")).text
    await stored(database, judged(NAMES_IT, "abrego-garcia"), at=NOW + 2 * HOUR)
    answer = await get(database, "/story/2")
    assert (answer.status_code, answer.headers["location"]) == (308, "/story/1")
    page = (await get(database, "/story/1")).text
    assert "one with story:2" in page
    assert "Notice 222 of matter 22222" in page
    assert page.index("Told before as another story") < page.index("<code>story:2</code> “Notice 222 of matter 22222”")
    assert [each.story.id for each in await Views(database).stories(limit=2)] == [1, 3]
    assert await Views(database).counts_by_watch(NOW) == {"cecot": 2, "abrego-garcia": 1}
    for path in ("/watch/abrego-garcia.atom", "/watch/abrego-garcia.json", "/watch/cecot.atom"):
        feed = (await get(database, path)).text
        assert "/story/1" in feed
        assert "/story/2" not in feed
    known = unmoved.partition("<entry>")[2].partition("<id>")[2].partition("</id>")[0]
    assert known in (await get(database, "/watch/cecot.atom")).text  # a feed reader knows the one that is kept
    assert (await get(database, "/story/4")).status_code == 404


async def test_the_headline_of_a_story_that_went_is_not_shown_once_a_paper_is_withdrawn(database: Database) -> None:
    await apart_then_one(database)
    await stored(database, judged(replace(NAMES_IT, stage=Stage.WITHDRAWN, note="Withdrawn."), "abrego-garcia"), at=NOW + 3 * HOUR)
    page = (await get(database, "/story/1")).text
    assert "<code>story:2</code>" in page
    assert "<code>story:2</code> “" not in page


async def test_a_chain_of_moves_is_one_step(database: Database) -> None:
    for number in "123":
        await stored(database, judged(rule(number), "cecot"), at=NOW + int(number) * HOUR)
    await stored(database, judged(rule("3", relates=("fr:2",)), "cecot"), at=NOW + 4 * HOUR)
    await stored(database, judged(rule("2", relates=("fr:1",)), "cecot"), at=NOW + 5 * HOUR)
    moves = await rows(database, sa.select(t.story_moves.c.story, t.story_moves.c.into).order_by(t.story_moves.c.story))
    assert moves == [(3, 2)]  # two publications are in story 2 by now: it stays apart
    await stored(database, judged(rule("1", relates=("fr:2",)), "cecot"), at=NOW + 6 * HOUR)
    moves = await rows(database, sa.select(t.story_moves.c.story, t.story_moves.c.into).order_by(t.story_moves.c.story))
    assert moves == [(2, 1), (3, 1)]
    made = await rows(database, sa.select(t.story_moves.c.revision).distinct())
    assert made == [(2,)]  # both came into story 1 by its second
    async with database.reading() as connection:
        assert [await merged_by(connection, 1, number) for number in (1, 2, 3)] == [set(), {2, 3}, set()]
    for gone in (2, 3):
        assert (await get(database, f"/story/{gone}")).headers["location"] == "/story/1"


async def test_why_follows_to_the_story_that_is_kept(database: Database) -> None:
    await stored(database, judged(rule("1"), "cecot"))
    await stored(database, judged(rule("2"), "abrego-garcia"), at=NOW + HOUR)
    await stored(database, judged(NAMES_IT, "abrego-garcia"), at=NOW + 2 * HOUR)
    page = await Traces(database).story(2)
    assert page is not None
    assert page.story.id == 1
    item = await StoredDesk(database, Outbox(database, names=lambda: NAMES), lambda: WATCHES).why(ANN, 2)
    assert item is not None
    assert item.story == 1


async def test_what_is_its_owners_alone_is_never_merged(database: Database) -> None:
    await stored(database, judged(rule("1"), "cecot"))
    await stored(database, judged(rule("2"), "own-1"), at=NOW + HOUR)
    await stored(database, judged(NAMES_IT, "own-1"), at=NOW + 2 * HOUR)
    assert await rows(database, sa.select(t.story_moves)) == []


# -- who is told


async def sent(outbox: Outbox, now: Any) -> list[tuple[str, Letter]]:
    """Everything due goes out on Telegram; what went to whom."""
    out: list[tuple[str, Letter]] = []
    while await told(outbox, now):
        for letter in await claim(outbox, now=now):
            out.append((letter.address.to, letter))
            reference = f"{letter.address.to}/{letter.id}"
            assert await outbox.settle(letter, settle(letter, Sent(reference), now, gap=timedelta(0)), now)
    return out


@pytest.fixture
async def readers(database: Database) -> Book:
    """Ann follows the case, Ben the prison."""
    book = Book(database)
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await book.follow(BEN, ["cecot"], YESTERDAY)
    return book


async def test_who_was_told_of_either_is_not_told_again(database: Database, readers: Book) -> None:
    outbox = Outbox(database, names=lambda: NAMES, domain="alerts.example")
    await stored(database, judged(rule("1"), "cecot"))
    await stored(database, judged(rule("2"), "abrego-garcia"), at=NOW + HOUR)
    assert sorted(to for to, _ in await sent(outbox, NOW + HOUR)) == ["1", "2"]
    await stored(database, judged(NAMES_IT, "abrego-garcia", "cecot"), at=NOW + 2 * HOUR)
    assert await sent(outbox, NOW + 2 * HOUR) == []


async def test_an_act_is_told_as_an_update_to_those_who_knew_the_story_without_it(database: Database, readers: Book) -> None:
    outbox = Outbox(database, names=lambda: NAMES, domain="alerts.example")
    other = stub(number=7, key="scotus:x#7", source="press", docket=HERE, title="Notice of a hearing", headline="Notice (#7)")
    other = replace(other, stage=Stage.DESCRIBED, summary="NOTICE of the clerk about the next day of the court in this case.")
    await stored(database, judged(order(docket=HERE), "cecot"), source=COURT)
    await stored(database, judged(replace(other, type=DocumentType.NOTICE), "abrego-garcia"), at=NOW + HOUR)
    first = await sent(outbox, NOW + HOUR)
    assert sorted((to, letter.items[0].story) for to, letter in first) == [("1", 2), ("2", 1)]
    now_it = replace(other, type=DocumentType.NOTICE, number="51", summary="NOTICE of the clerk, entered again.")
    await stored(database, judged(now_it, "abrego-garcia"), at=NOW + 2 * HOUR)
    ((to, update),) = await sent(outbox, NOW + 2 * HOUR)
    before = next(letter for who, letter in first if who == "1")
    assert (to, update.kind, update.reply_to) == ("1", LetterKind.UPDATE, f"1/{before.id}")
    (item,) = update.items
    assert (item.story, item.change) == (1, "now an order")
    assert item.title.startswith("Order on motion (#51)")


async def test_what_waits_of_both_is_told_in_one_letter(database: Database, readers: Book) -> None:
    await readers.follow(ANN, ["cecot"], YESTERDAY)
    outbox = Outbox(database, names=lambda: NAMES, domain="alerts.example")
    await apart_then_one(database)
    ((_, letter),) = [each for each in await sent(outbox, NOW + 2 * HOUR) if each[0] == "1"]
    assert (letter.kind, [item.story for item in letter.items]) == (LetterKind.ALERT, [1])
    assert await sent(outbox, NOW + 3 * HOUR) == []


async def test_what_waits_for_a_digest_goes_with_what_is_due_at_once(database: Database, readers: Book) -> None:
    await readers.follow(ANN, ["abrego-garcia"], YESTERDAY, cadence=Cadence.DAILY)
    await readers.follow(ANN, ["cecot"], YESTERDAY)
    outbox = Outbox(database, names=lambda: NAMES, domain="alerts.example")
    await stored(database, judged(rule("1"), "cecot"))
    await stored(database, judged(rule("2"), "abrego-garcia"), at=NOW + HOUR)
    await deliver.fan_out(outbox, NOW + HOUR)
    await stored(database, judged(NAMES_IT, "abrego-garcia"), at=NOW + 2 * HOUR)
    ((_, letter),) = [each for each in await sent(outbox, NOW + 2 * HOUR) if each[0] == "1"]
    assert (letter.kind, [item.story for item in letter.items]) == (LetterKind.ALERT, [1])
    assert await sent(outbox, NOW + 40 * HOUR) == []


async def test_a_later_change_replies_to_what_told_the_other(database: Database, readers: Book) -> None:
    outbox = Outbox(database, names=lambda: NAMES, domain="alerts.example")
    await stored(database, judged(rule("1"), "cecot"))
    await stored(database, judged(rule("2"), "abrego-garcia"), at=NOW + HOUR)
    first = dict(await sent(outbox, NOW + HOUR))
    await stored(database, judged(NAMES_IT, "abrego-garcia"), at=NOW + 2 * HOUR)
    gone = replace(NAMES_IT, summary="", stage=Stage.WITHDRAWN, note="An agency letter asked for it.")
    await stored(database, judged(gone, "abrego-garcia"), at=NOW + 3 * HOUR)
    told_now = dict(await sent(outbox, NOW + 3 * HOUR))
    assert {to: letter.reply_to for to, letter in told_now.items()} == {to: f"{to}/{first[to].id}" for to in ("1", "2")}
    assert {letter.kind for letter in told_now.values()} == {LetterKind.RETRACTION}
    assert {letter.items[0].title for letter in told_now.values()} == {NAMES_IT.title}  # and not that of the paper that stands
    telling = await Tellings(database).of_story(1)
    assert sum(tally.count for tally in telling.tallies) == 4


async def test_a_correction_of_a_story_that_two_went_into_one_after_the_other_reaches_all(database: Database, readers: Book) -> None:
    outbox = Outbox(database, names=lambda: NAMES, domain="alerts.example")
    for number in "123":
        await stored(database, judged(rule(number), "cecot"), at=NOW + int(number) * HOUR)
        assert [to for to, _ in await sent(outbox, NOW + int(number) * HOUR)] == ["2"]
    await stored(database, judged(rule("2", stage=Stage.CORRECTED), "cecot"), at=NOW + 4 * HOUR)
    await stored(database, judged(rule("3", relates=("fr:2",)), "cecot"), at=NOW + 5 * HOUR)
    await stored(database, judged(rule("1", relates=("fr:2",)), "cecot"), at=NOW + 6 * HOUR)
    assert await rows(database, sa.select(t.story_moves.c.story, t.story_moves.c.into).order_by(t.story_moves.c.story)) == [(2, 1), (3, 1)]
    assert [letter.kind for _, letter in await sent(outbox, NOW + 6 * HOUR)] == [LetterKind.UPDATE]
    await stored(database, judged(rule("1", relates=("fr:2",), stage=Stage.WITHDRAWN), "cecot"), at=NOW + 7 * HOUR)
    assert [letter.kind for _, letter in await sent(outbox, NOW + 7 * HOUR)] == [LetterKind.RETRACTION]
