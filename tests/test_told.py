"""The recorded dockets, fetch by fetch, told to a reader who follows each: exactly the material ones, each once, and stubs are mended."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.followers import Reader
from tests.test_told_labels import LABELS, files
from watcher.models import Docket, Source, Watch
from watcher.storage import Database

FIRST = "2025-11-24T00:00:00Z"  #: of a docket that was fetched once
CASE = "the-case"


@pytest.fixture
def feeds(payloads: Path) -> Path:
    return payloads / "fixtures/courtlistener/docket_feeds"


def followed(series: str) -> tuple[Source, Watch]:
    """The docket of a series, and the case that holds it."""
    docket = Docket(court="nysd", number="1:23-cv-08292", courtlistener=LABELS[series]["docket"])
    source = Source(
        id=f"courtlistener/{docket.courtlistener}", kind="docket-feeds", url="https://x.test/", every=timedelta(hours=1), docket=docket
    )
    return source, Watch(id=CASE, kind="case", title="The case", dockets=(docket,))


@pytest.mark.parametrize("series", sorted(LABELS))
async def test_a_follower_of_a_recorded_docket_is_told_what_the_labels_say(database: Database, feeds: Path, series: str) -> None:
    source, watch = followed(series)
    reader = Reader(database, [watch])
    await reader.follow()
    for step, file in zip(LABELS[series]["steps"], files(feeds, series), strict=True):
        now = datetime.fromisoformat(step.get("fetched", FIRST)).astimezone(UTC)
        await reader.poll(source, file.read_bytes(), now)
        told = sorted((each.paper.partition("#")[2], each.how) for each in await reader.hears(now))
        labelled = sorted((label["id"], label["told"]) for label in step["entries"] if label["told"] != "none")
        assert told == labelled, step["file"]
