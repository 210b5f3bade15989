"""Letters written of what is due, and digests: on SQLite and on PostgreSQL."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from alerts import deliver
from alerts.compose import LONG_AGO, NOT_TOLD_YET
from alerts.fanout import MUTED
from alerts.models import Cadence, LetterKind, LetterState, Sent, Unknown
from alerts.render import telegram
from alerts.retry import settle
from alerts.storage import Book, Names, Outbox
from alerts.storage import tables as t
from alerts.storage.composing import UNREAD_AFTER
from tests.outboxes import ANN, BEN, EVE, GAP, NOTICE, SOON, YESTERDAY, claim, delivered, rows, skipped, told
from tests.papers import NOW, article, happened, judged, order, stub
from watcher.models import Severity, Stage
from watcher.storage import Database, SourceStore
from watcher.storage import tables as w


async def stands(database: Database, source: str, **columns: Any) -> None:
    """Let a source be as these columns say."""
    await SourceStore(database).enrol({source: "x"}, NOW)
    async with database.writing() as connection:
        await connection.execute(sa.update(w.sources).where(w.sources.c.source == source).values(columns))


async def test_who_has_much_due_hides_nobody_who_is_due_later(database: Database, book: Book, outbox: Outbox) -> None:
    for address in (ANN, BEN, EVE):
        await book.follow(address, ["abrego-garcia"], YESTERDAY)
    for number in range(1, 12):
        await happened(database, judged(order(number), "abrego-garcia"), now=NOW + number * GAP)
        await deliver.fan_out(outbox, NOW + number * GAP)
    ann, ben, eve = [row[0] for row in await rows(database, sa.select(t.subscribers.c.id).order_by(t.subscribers.c.id))]
    async with database.writing() as connection:
        later = sa.update(t.deliveries).where(t.deliveries.c.subscriber != ann).values(due_at=NOW + 20 * GAP)
        await connection.execute(later)
    for limit, expected in ((1, [ann]), (2, [ann, ben]), (3, [ann, ben, eve]), (200, [ann, ben, eve])):
        assert await outbox.due_subscribers(NOW + 20 * GAP, limit) == expected
    assert await outbox.due_subscribers(NOW + 19 * GAP) == [ann]


async def test_an_alert_names_the_story_its_reasons_and_its_papers(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(order(), "abrego-garcia"))
    assert await told(outbox) == 1
    (letter,) = await claim(outbox)
    assert (letter.address, letter.kind, letter.urgent, letter.state, letter.attempt) == (
        ANN,
        LetterKind.ALERT,
        True,
        LetterState.SENDING,
        1,
    )
    (item,) = letter.items
    assert (item.key, item.title, item.label, item.severity) == ("story:1", order().headline, "order", Severity.URGENT)
    assert [(reason.watch, reason.title, reason.found) for reason in item.reasons] == [
        ("abrego-garcia", "Abrego Garcia v. Noem", ("Entry",))
    ]
    assert (item.lead.primary, item.lead.day_only, item.lead.outlet) == (True, True, "U.S. District Court, D. Maryland, No. 8:25-cv-00951")


async def test_bursts_collapse_into_one_list(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia", "cecot"], YESTERDAY)
    await happened(database, judged(order(), "abrego-garcia"), judged(order(77), "cecot"))
    assert await told(outbox) == 1
    (letter,) = await claim(outbox)
    assert (letter.kind, len(letter.items)) == (LetterKind.LIST, 2)


async def test_an_address_has_one_letter_under_way(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia", "cecot"], YESTERDAY)
    await happened(database, judged(order(), "abrego-garcia"))
    assert await told(outbox) == 1
    await happened(database, judged(order(77), "cecot"))
    assert await told(outbox) == 0
    (letter,) = await claim(outbox)
    await outbox.settle(letter, settle(letter, Sent("1/5"), NOW, gap=GAP), NOW)
    assert await told(outbox) == 1


async def test_news_of_a_told_story_replies_to_its_letter(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(stub(), "abrego-garcia"))
    await told(outbox)
    (letter,) = await claim(outbox)
    await outbox.settle(letter, settle(letter, Sent("1/5"), NOW, gap=GAP), NOW)
    await happened(database, judged(order(), "abrego-garcia"), now=SOON)
    assert await told(outbox, SOON) == 1
    (news,) = await claim(outbox, now=SOON)
    assert (news.kind, news.reply_to, bool(news.items[0].change)) == (LetterKind.UPDATE, "1/5", True)


SEGMENT = article("one", title="CBS pulls 60 Minutes segment on prison Cecot", summary="The network's editor pulled it.")
SURFACES = article(
    "two",
    title="Pulled Cecot segment surfaces in Canada, goes viral",
    summary="Viewers of 60 Minutes saw it there.",
    url="https://example.org/two",
)


@pytest.mark.parametrize(("severity", "edits", "reply_to"), [(Severity.URGENT, "", "1/5"), (Severity.NOTABLE, "1/5", "")])
async def test_a_further_report_with_something_new_is_told_with_its_headline_and_link(
    database: Database, book: Book, outbox: Outbox, severity: Severity, edits: str, reply_to: str
) -> None:
    await book.follow(ANN, ["cecot"], YESTERDAY)
    await happened(database, judged(SEGMENT, "cecot"))
    await delivered(outbox, Sent("1/5"))
    await happened(database, judged(replace(SURFACES, severity=severity), "cecot"), now=SOON)
    news = await delivered(outbox, Sent("1/6"), SOON)
    assert (news.edits, news.reply_to) == (edits, reply_to)
    (item,) = news.items
    assert (item.title, item.change) == (SEGMENT.title, "a further report")
    assert item.news is not None
    assert (item.news.title, item.news.url) == (SURFACES.title, SURFACES.url)


async def test_a_change_of_the_lead_itself_names_no_paper_twice(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(stub(), "abrego-garcia"))
    await delivered(outbox, Sent("1/5"))
    await happened(database, judged(order(), "abrego-garcia"), now=SOON)
    (item,) = (await delivered(outbox, Sent("1/6"), SOON)).items
    assert (item.change, item.news) == ("now an order", None)


async def test_a_quiet_change_edits_the_alert_that_told_the_story(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(stub(), "abrego-garcia"))
    await delivered(outbox, Sent("1/5"))
    await happened(database, judged(NOTICE, "abrego-garcia"), now=SOON)
    assert (await delivered(outbox, Sent("1/5"), SOON)).edits == "1/5"


async def test_a_quiet_change_edits_the_list_that_told_the_story_and_loses_nothing_of_it(
    database: Database, book: Book, outbox: Outbox
) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, *(judged(stub(number), "abrego-garcia") for number in (51, 52)), judged(order(77), "abrego-garcia"))
    sent = await delivered(outbox, Sent("1/5"))
    for moment, number in ((SOON, 51), (SOON + GAP, 52)):
        await happened(database, judged(replace(NOTICE, key=stub(number).key, number=str(number)), "abrego-garcia"), now=moment)
        edit = await delivered(outbox, Sent("1/5"), moment)
        assert (edit.kind, edit.edits, [each.story for each in edit.items]) == (LetterKind.LIST, "1/5", [each.story for each in sent.items])
    assert [each.change for each in edit.items] == ["", "described", "described"]
    assert await outbox.due_subscribers(SOON + GAP) == []


async def test_a_list_whose_other_stories_nobody_knows_any_more_is_not_edited(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(stub(), "abrego-garcia"), judged(order(77), "abrego-garcia"))
    assert (await delivered(outbox, Sent("1/5"))).kind is LetterKind.LIST
    later = NOW + timedelta(days=100)
    await outbox.clean(later)
    await happened(database, judged(NOTICE, "abrego-garcia"), now=later)
    assert await told(outbox, later) == 0
    assert await skipped(database) == [(LONG_AGO,)]


async def test_a_quiet_change_of_what_may_never_have_arrived_is_skipped(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(stub(), "abrego-garcia"))
    await delivered(outbox, Unknown("no answer"))
    await happened(database, judged(NOTICE, "abrego-garcia"), now=SOON)
    assert await told(outbox, SOON) == 0
    assert await skipped(database) == [(NOT_TOLD_YET,)]


async def test_a_quiet_change_is_no_item_of_the_next_digest(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY, cadence=Cadence.DAILY)
    await happened(database, judged(stub(), "abrego-garcia"))
    morning = NOW.replace(hour=7) + timedelta(days=1)
    await told(outbox)
    await delivered(outbox, Sent("1/5"), morning)
    await happened(database, judged(NOTICE, "abrego-garcia"), now=morning + GAP)
    assert await told(outbox, morning + timedelta(days=1)) == 0


async def test_a_digest_is_one_for_each_subscriber_and_window(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(EVE, ["abrego-garcia"], YESTERDAY, cadence=Cadence.DAILY)
    await happened(database, judged(order(), "abrego-garcia"))
    await stands(database, "press", last_ok_at=NOW)
    morning = NOW.replace(hour=7) + timedelta(days=1)
    assert await told(outbox, morning - timedelta(seconds=1)) == 1  # the window that ended this morning, empty
    assert await told(outbox, morning) == 1
    assert await told(outbox, morning + timedelta(hours=1)) == 0
    first, second = await rows(database, sa.select(t.letters.c.kind, t.letters.c.window, t.letters.c.content).order_by(t.letters.c.id))
    assert (first[:2], first[2]["text"]) == (("digest", "daily:2026-11-24"), "Nothing happened in your topics. The one source was read.")
    assert (second[:2], len(second[2]["items"])) == (("digest", "daily:2026-11-25"), 1)


@pytest.mark.parametrize(
    ("state", "unread"),
    [
        ({"last_ok_at": NOW}, False),
        ({"last_ok_at": NOW - UNREAD_AFTER, "failures": 9}, False),
        ({"last_ok_at": NOW - UNREAD_AFTER - GAP, "failures": 9}, True),
        ({"last_ok_at": NOW - timedelta(days=6)}, False),  # read once a week, and well
        ({"last_ok_at": NOW, "gone": True}, True),
        ({"last_ok_at": None}, True),
    ],
)
async def test_a_digest_says_which_sources_could_not_be_read(
    database: Database, book: Book, outbox: Outbox, state: dict[str, Any], unread: bool
) -> None:
    yesterday = NOW - timedelta(days=2)
    await book.follow(EVE, ["abrego-garcia"], yesterday, cadence=Cadence.DAILY)
    await book.set_lang(EVE, "es")
    await stands(database, "press", **state)
    await stands(database, "dropped-from-the-file", failures=99)
    assert await told(outbox) == 1
    ((content,),) = await rows(database, sa.select(t.letters.c.content))
    missing = "No se halló nada en sus temas, pero no se pudieron leer 1 de 1 fuentes; puede faltar algo: The Press."
    assert content["text"] == (missing if unread else "Sin novedades en sus temas. Se leyó la única fuente.")


async def test_a_digest_with_news_speaks_of_sources_only_where_one_failed(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(EVE, ["abrego-garcia"], YESTERDAY, cadence=Cadence.DAILY)
    await happened(database, judged(order(), "abrego-garcia"), now=NOW - timedelta(hours=12))
    await deliver.fan_out(outbox, NOW - timedelta(hours=12))
    await stands(database, "press", last_ok_at=NOW)
    assert await told(outbox) == 1
    ((content,),) = await rows(database, sa.select(t.letters.c.content))
    assert (len(content["items"]), content["text"]) == (1, "")


async def test_a_digest_too_long_for_one_message_comes_in_parts_and_none_is_lost(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY, cadence=Cadence.DAILY)
    await happened(database, *(judged(order(number), "abrego-garcia") for number in range(100, 140)))
    await stands(database, "press", last_ok_at=None)
    while await outbox.open_revisions():
        await deliver.fan_out(outbox, NOW)
    morning = NOW.replace(hour=7) + timedelta(days=1)
    assert await deliver.compose(outbox, morning, ["press"]) == 1
    shown = []
    for at in range(9):
        for letter in await claim(outbox, now=morning + at * GAP):
            message = telegram(letter)
            assert f"({letter.part}/{letter.parts})" in message.text
            assert ("The Press" in message.text) == (letter.part == 1)
            for text in (message.text, message.html):
                assert [each.key for each in letter.items if each.key not in text] == []
            shown += [each.story for each in letter.items]
            await outbox.settle(letter, settle(letter, Sent("1/5"), morning, gap=GAP / 2), morning + at * GAP)
    assert sorted(shown) == list(range(1, 41))
    windows = await rows(database, sa.select(t.letters.c.window).order_by(t.letters.c.id))
    assert windows[:2] == [("daily:2026-11-25",), ("daily:2026-11-25#2",)]
    assert await rows(database, sa.select(t.deliveries.c.id).where(t.deliveries.c.letter_id.is_(None))) == []


async def test_a_list_shows_every_story_it_settles(database: Database, book: Book, outbox: Outbox) -> None:
    topic = "Removal of people without notice to prisons of countries that are not their own, and the litigation about it " * 2
    outbox = Outbox(database, names=lambda: Names(watches={"abrego-garcia": topic}))
    title = "Order on a motion by the plaintiffs to compel the defendants to facilitate the return of the men removed without notice " * 2
    page = "https://court.example/" + "x" * 700
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    orders = [
        order(number, headline=f"{title} (#{number})", url=f"{page}/{number}", outlet="Court of Appeals " * 7) for number in range(100, 110)
    ]
    await happened(database, *(judged(each, "abrego-garcia") for each in orders))
    lists = []
    for at in range(5):
        await told(outbox, NOW + at * GAP)
        for letter in await claim(outbox, now=NOW + at * GAP):
            message = telegram(letter)
            for text in (message.text, message.html):
                assert [each.key for each in letter.items if each.key not in text] == []
            lists.append(len(letter.items))
            await outbox.settle(letter, settle(letter, Sent("1/5"), NOW, gap=GAP / 2), NOW + at * GAP)
    assert sum(lists) == 10
    assert len(lists) > 1


async def test_two_composers_write_one_digest(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(EVE, ["abrego-garcia"], YESTERDAY, cadence=Cadence.DAILY)
    await happened(database, judged(order(), "abrego-garcia"))
    await deliver.fan_out(outbox, NOW)
    (subscriber,) = await book.everybody()
    morning = NOW.replace(hour=7) + timedelta(days=1)
    written = await asyncio.gather(*(outbox.compose_digest(subscriber.subscriber.id, Cadence.DAILY, morning, ["press"]) for _ in range(3)))
    assert len([letter for letter in written if letter]) == 1


async def test_what_went_out_at_once_is_not_in_the_digest(database: Database, book: Book, outbox: Outbox) -> None:
    this_morning = NOW - timedelta(hours=1)
    await book.follow(EVE, ["abrego-garcia"], this_morning)
    await book.follow(EVE, ["cecot"], this_morning, cadence=Cadence.DAILY)
    await happened(database, judged(order(), "abrego-garcia", "cecot"))
    assert await told(outbox) == 1
    assert await told(outbox, NOW + timedelta(days=1)) == 1
    kinds = await rows(database, sa.select(t.letters.c.kind, t.letters.c.content).order_by(t.letters.c.id))
    assert [(kind, len(content["items"])) for kind, content in kinds] == [("alert", 1), ("digest", 0)]


async def test_a_muted_topic_is_not_told_any_more(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["abrego-garcia", "cecot", "due-process"], YESTERDAY)
    await happened(database, judged(order(51), "abrego-garcia"), judged(order(77), "abrego-garcia", "cecot"))
    await deliver.fan_out(outbox, NOW)
    await book.unfollow(ANN, ["abrego-garcia"])
    assert await told(outbox) == 1
    (letter,) = await claim(outbox)
    assert [(item.story, [reason.watch for reason in item.reasons]) for item in letter.items] == [(2, ["cecot"])]
    assert await skipped(database) == [(MUTED,)]


@pytest.mark.parametrize(
    ("lang", "headline"),
    [("en", "Judge Xinis orders return of Kilmar Abrego Garcia"), ("es", "Jueza Xinis ordena el regreso de Kilmar Abrego Garcia")],
)
async def test_a_courts_order_is_told_with_the_headline_of_its_news(
    database: Database, book: Book, outbox: Outbox, lang: str, headline: str
) -> None:
    await book.follow(EVE, ["abrego-garcia"], YESTERDAY)
    await book.change(EVE, YESTERDAY, lang=lang)
    summary = "Judge Paula Xinis ordered the government to return Kilmar Abrego Garcia, 8:25-cv-00951, by temporary restraining order."
    titles = {
        "What to know about Judge Xinis and Kilmar Abrego Garcia": "en",
        "Jueza Xinis ordena el regreso de Kilmar Abrego Garcia": "es",
        "Judge Xinis orders return of Kilmar Abrego Garcia": "en",
    }
    reports = [article(title, title=title, summary=summary, lang=own) for title, own in titles.items()]
    await happened(database, judged(order(), "abrego-garcia"), *(judged(each, "abrego-garcia") for each in reports))
    assert await told(outbox) == 1
    (letter,) = await claim(outbox, "mailto")
    (item,) = letter.items
    assert item.reported is not None
    assert item.reported.title == headline
    assert sorted(paper.title for paper in item.others) == sorted(titles.keys() - {headline})


async def test_a_withdrawn_paper_keeps_the_date_that_it_had(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(EVE, ["abrego-garcia"], YESTERDAY)
    listed = order(stage=Stage.INSPECTION)
    await happened(database, judged(listed, "abrego-garcia"))
    assert await told(outbox) == 1
    (letter,) = await claim(outbox, "mailto")
    assert await outbox.settle(letter, settle(letter, Sent("<1@x>"), NOW, gap=GAP), NOW)
    gone = replace(listed, stage=Stage.WITHDRAWN, published=None, note="It was withdrawn.")
    await happened(database, judged(gone, "abrego-garcia"), now=SOON)
    assert await told(outbox, SOON) == 1
    (letter,) = await claim(outbox, "mailto", now=SOON + timedelta(minutes=1))
    assert (letter.kind, letter.items[0].lead.published, letter.items[0].lead.day_only) == (LetterKind.RETRACTION, listed.published, True)


SOON_AFTER = timedelta(seconds=5)
SEALED_51 = replace(order(), stage=Stage.SEALED, summary="SEALED DOCUMENT.", text="")
REMOVED_60 = replace(order(60), stage=Stage.REMOVED, summary="", text="")


async def two_orders_of_one_story(database: Database, book: Book, outbox: Outbox) -> None:
    """Told in one alert."""
    await book.follow(ANN, ["abrego-garcia"], YESTERDAY)
    await happened(database, judged(order(), "abrego-garcia"))
    await happened(database, judged(order(60), "abrego-garcia", tell=False))
    async with database.writing() as connection:
        await connection.execute(sa.update(w.story_documents).values(story=1))
    await delivered(outbox, Sent("1/5"))


async def test_a_second_correction_of_a_story_names_the_paper_that_it_is_of(database: Database, book: Book, outbox: Outbox) -> None:
    await two_orders_of_one_story(database, book, outbox)
    await happened(database, judged(SEALED_51, "abrego-garcia"), now=SOON)
    first = await delivered(outbox, Sent("1/6"), SOON)
    assert (first.kind, first.items[0].title) == (LetterKind.RETRACTION, "Sealed paper (#51), Abrego Garcia v. Noem")
    await happened(database, judged(REMOVED_60, "abrego-garcia"), now=SOON + SOON_AFTER)
    second = await delivered(outbox, Sent("1/7"), SOON + SOON_AFTER)
    assert (second.kind, second.items[0].title, second.items[0].others) == (
        LetterKind.RETRACTION,
        "Paper removed from the docket (#60), Abrego Garcia v. Noem",
        (),
    )


async def test_two_papers_that_are_taken_back_at_once_are_both_named(database: Database, book: Book, outbox: Outbox) -> None:
    await two_orders_of_one_story(database, book, outbox)
    await happened(database, judged(SEALED_51, "abrego-garcia"), judged(REMOVED_60, "abrego-garcia"), now=SOON)
    letter = await delivered(outbox, Sent("1/6"), SOON)
    (item,) = letter.items
    assert (letter.kind, {item.title, *(paper.title for paper in item.others)}) == (
        LetterKind.RETRACTION,
        {"Sealed paper (#51), Abrego Garcia v. Noem", "Paper removed from the docket (#60), Abrego Garcia v. Noem"},
    )
    assert await told(outbox, SOON) == 0


async def test_a_correction_leaves_first_and_the_report_that_came_after_it_is_told_too(
    database: Database, book: Book, outbox: Outbox
) -> None:
    await two_orders_of_one_story(database, book, outbox)
    await happened(database, judged(SEALED_51, "abrego-garcia"), now=SOON)
    corrected = replace(order(60), stage=Stage.CORRECTED)
    await happened(database, judged(corrected, "abrego-garcia"), now=SOON)
    assert (await delivered(outbox, Sent("1/6"), SOON)).kind is LetterKind.RETRACTION
    update = await delivered(outbox, Sent("1/7"), SOON + SOON_AFTER)
    (item,) = update.items
    assert (update.kind, item.change) == (LetterKind.UPDATE, "corrected")
    assert item.news is not None
    assert "(#60)" in item.news.title


async def test_a_quiet_report_of_a_story_that_a_digest_told_is_a_reply_to_it(database: Database, book: Book, outbox: Outbox) -> None:
    await book.follow(ANN, ["cecot"], YESTERDAY, cadence=Cadence.DAILY)
    await happened(database, judged(SEGMENT, "cecot"))
    assert await told(outbox) == 0
    tomorrow = NOW + timedelta(days=1)
    digest = await delivered(outbox, Sent("1/5"), tomorrow)
    assert digest.kind is LetterKind.DIGEST
    await book.follow(ANN, ["cecot"], YESTERDAY, cadence=Cadence.NOW)
    later = tomorrow + timedelta(hours=1)
    await happened(database, judged(replace(SURFACES, severity=Severity.NOTABLE), "cecot"), now=later)
    news = await delivered(outbox, Sent("1/6"), later)
    assert (news.kind, news.reply_to, news.edits, news.items[0].change) == (LetterKind.UPDATE, "1/5", "", "a further report")


async def test_by_mail_a_quiet_report_that_may_be_news_is_in_the_next_digest_of_who_has_none_otherwise(
    database: Database, book: Book, outbox: Outbox
) -> None:
    await book.follow(EVE, ["cecot"], YESTERDAY)
    await happened(database, judged(SEGMENT, "cecot"))
    await delivered(outbox, Sent("<1@x>"), channel="mailto")
    await happened(database, judged(replace(SURFACES, severity=Severity.NOTABLE), "cecot"), now=SOON)
    assert await told(outbox, SOON) == 0
    tomorrow = NOW + timedelta(days=1)
    assert await told(outbox, tomorrow) == 1
    (digest,) = await claim(outbox, "mailto", now=tomorrow)
    (item,) = digest.items
    assert (digest.kind, item.change) == (LetterKind.DIGEST, "a further report")
    assert item.news is not None
    assert item.news.title == SURFACES.title
    await outbox.settle(digest, settle(digest, Sent("<2@x>"), tomorrow, gap=GAP), tomorrow)
    assert await told(outbox, tomorrow + timedelta(days=2)) == 0  # and no digest of nothing after it


async def test_a_digest_that_was_opened_for_a_report_is_not_sent_where_news_at_once_told_it(
    database: Database, book: Book, outbox: Outbox
) -> None:
    await book.follow(EVE, ["cecot"], YESTERDAY)
    await happened(database, judged(SEGMENT, "cecot"))
    await delivered(outbox, Sent("<1@x>"), channel="mailto")
    await happened(database, judged(replace(SURFACES, severity=Severity.NOTABLE), "cecot"), now=SOON)
    await happened(database, judged(replace(SEGMENT, stage=Stage.WITHDRAWN), "cecot"), now=SOON)
    assert await told(outbox, SOON) == 1
    (correction,) = await claim(outbox, "mailto", now=SOON)
    assert correction.kind is LetterKind.RETRACTION
    async with database.writing() as connection:
        await connection.execute(sa.update(t.deliveries).where(t.deliveries.c.letter_id.is_(None)).values(skipped="told at once"))
    assert await told(outbox, NOW + timedelta(days=1)) == 0
