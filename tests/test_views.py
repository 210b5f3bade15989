"""What pages and `status` ask to see, on SQLite and on PostgreSQL."""

from dataclasses import replace
from datetime import datetime, timedelta

from tests.papers import NOW, article, judged
from watcher.models import Stage
from watcher.ports import Judged
from watcher.storage import Database, SourceStore
from watcher.storage.views import LATEST, Views

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


async def seen(database: Database, *papers: Judged, now: datetime = NOW) -> None:
    store = SourceStore(database)
    await store.enrol({"press": "x", "agency": "y"}, NOW)
    (state,) = await store.claim_named(["press"], now)
    await store.save(state, papers, now)


async def test_the_lag_of_a_source_is_the_median_wait_of_its_latest_papers_that_carry_a_time(database: Database) -> None:
    waits = [1, 2, 3, 50, 600]
    old = judged(article("old", published=NOW - 900 * HOUR), tell=False, backfill=True)
    vague = [judged(article("day", published=NOW - 20 * HOUR, day_only=True)), judged(article("none", published=None))]
    await seen(database, old, *vague, *(judged(article(str(wait), published=NOW - wait * MINUTE)) for wait in waits))
    assert await Views(database).lags(["press", "agency"]) == {"press": 3 * MINUTE}


async def test_what_is_seen_before_its_own_date_was_not_late(database: Database) -> None:
    await seen(database, judged(article("ahead", published=NOW + HOUR)))
    assert await Views(database).lags(["press"]) == {"press": timedelta(0)}


async def test_only_the_latest_papers_say_how_late_a_source_is_now(database: Database) -> None:
    await seen(database, *(judged(article(f"slow {number}", published=NOW - HOUR)) for number in range(LATEST)))
    await seen(database, *(judged(article(f"quick {number}", published=NOW)) for number in range(LATEST)))
    assert await Views(database).lags(["press"]) == {"press": timedelta(0)}


async def test_a_withdrawn_paper_is_shown_with_the_last_date_that_it_gave(database: Database) -> None:
    listed = article("a notice", stage=Stage.INSPECTION, published=NOW - HOUR, day_only=True)
    moved = replace(listed, published=NOW, title="A notice moved")
    gone = replace(moved, stage=Stage.WITHDRAWN, published=None, day_only=False, note="It was withdrawn.")
    never = article("another", published=None)
    for version in (listed, moved, gone):
        await seen(database, judged(version, "cecot"), judged(never, "cecot"))
    pages = await Views(database).stories()
    dates = {paper.document.key: (paper.document.published, paper.document.day_only) for page in pages for paper in page.papers}
    assert dates == {listed.key: (NOW, True), never.key: (None, False)}
