"""What an outage delayed says so, and nothing else does."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from alerts.lateness import CATCHING_UP, Span, Telling, late
from alerts.models import Late, LetterKind
from alerts.render import console, email, telegram
from tests.letters import NOW, item, letter
from tests.papers import Moment
from watcher.storage import Database
from watcher.storage.presence import AWAY, Outage, Presence, outages

BEGAN, ENDED = NOW, NOW + timedelta(hours=30)
DURING, AFTER = NOW + timedelta(hours=9), ENDED + timedelta(minutes=1)
BOTH = [Span(began=BEGAN, ended=ENDED, tells=tells) for tells in (True, False)]
POLLING = BOTH[1:]


@pytest.mark.parametrize(
    ("telling", "spans", "is_late"),
    [
        (Telling(due_at=DURING, found_at=BEGAN - AWAY), BOTH, True),  # composed before, or waiting for the end of quiet hours
        (Telling(due_at=DURING, found_at=BEGAN - AWAY), POLLING, False),  # who tells was there
        (Telling(due_at=AFTER, found_at=AFTER, published=DURING), BOTH, True),
        (Telling(due_at=AFTER, found_at=AFTER, published=DURING), POLLING, True),
        (Telling(due_at=AFTER, found_at=AFTER), BOTH, True),  # the first look finds it, and it bears no hour
        (Telling(due_at=AFTER, found_at=AFTER, published=ENDED), BOTH, False),
        (Telling(due_at=AFTER, found_at=ENDED + CATCHING_UP, published=DURING), BOTH, False),  # the source was late, not we
        (Telling(due_at=AFTER, found_at=AFTER, published=DURING, at_once=False), BOTH, False),  # in time for its digest
        (Telling(due_at=DURING, at_once=False), BOTH, True),  # a digest
        (Telling(due_at=AFTER, at_once=False), BOTH, False),
        (Telling(due_at=DURING, found_at=BEGAN), [], False),
    ],
)
def test_late_is_what_was_due_meanwhile_or_was_missed_by_who_polls(telling: Telling, spans: list[Span], is_late: bool) -> None:
    assert late([telling], spans) == (Late(BEGAN, ENDED) if is_late else None)


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "Late: this service was away from 24 Nov 2026, 09:05 EST until 25 Nov 2026, 15:05 EST."),
        ("es", "Con retraso: este servicio no funcionó desde 24 nov 2026, 09:05 EST hasta 25 nov 2026, 15:05 EST."),
    ],
)
@pytest.mark.parametrize("kind", [LetterKind.ALERT, LetterKind.UPDATE, LetterKind.LIST, LetterKind.DIGEST])
def test_a_late_letter_says_so_and_when_nobody_was_there(kind: LetterKind, lang: str, said: str) -> None:
    items = (item(1), item(2)) if kind in (LetterKind.LIST, LetterKind.DIGEST) else (item(1),)
    told = letter(*items, kind=kind, lang=lang, late=Late(BEGAN, ENDED))
    mail = email(told)
    shown = (telegram(told).text, telegram(told).html, mail.text, mail.html, console(told).text)
    assert [said in " ".join(text.split()) for text in shown] == [True] * 5
    in_time = replace(told, late=None)
    assert all(said[:4] not in text for text in (telegram(in_time).text, email(in_time).text, console(in_time).text))


async def test_an_outage_is_more_than_an_hour_without_a_sign_of_life_of_that_role(database: Database) -> None:
    presence, clock = Presence(database), Moment()

    async def beats(after: timedelta, role: str = "poll") -> Outage | None:
        clock.now += after
        return await presence.beat(role, clock.now)

    second = timedelta(seconds=1)
    assert [await beats(each) for each in (second, AWAY, -10 * AWAY)] == [None] * 3  # the first ever; in time; a clock put back
    assert await beats(second, "deliver") is None
    began = clock.now - second
    outage = await beats(AWAY)
    assert outage == Outage(role="poll", began=began, ended=began + second + AWAY)
    assert await beats(second) is None
    assert set((await presence.seen()).values()) == {began + second, clock.now}
    async with database.reading() as connection:
        assert await outages(connection, datetime.min.replace(tzinfo=NOW.tzinfo), outage.ended) == [outage]
        assert await outages(connection, outage.ended, outage.ended) == []


async def test_a_time_is_believed_in_only_while_somebody_is_at_work_all_along(database: Database) -> None:
    presence, year = Presence(database), timedelta(days=365)
    assert not await presence.is_steady(NOW)
    await presence.beat("deliver", NOW)
    assert await presence.is_steady(NOW + AWAY / 2)
    assert not await presence.is_steady(NOW + year)  # nobody was there in between: an outage, or a clock that jumped
    await presence.beat("deliver", NOW + year)
    assert not await presence.is_steady(NOW + year)
    for hour in range(1, 26):
        await presence.beat("deliver", NOW + year + hour * AWAY)
    assert await presence.is_steady(NOW + year + 25 * AWAY)
