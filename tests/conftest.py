"""What all tests share: where recorded payloads are, and that a missing part skips with a reason, or fails where all is required."""

import os
from pathlib import Path

import pytest

REQUIRE_ALL = os.environ.get("REQUIRE_ALL") == "1"
ROOT = Path(__file__).parent.parent


def missing(reason: str) -> None:
    """Skip this test for want of something outside; under REQUIRE_ALL=1, where a skip is a failure, fail it."""
    if REQUIRE_ALL:
        pytest.fail(f"REQUIRE_ALL=1, and {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def payloads() -> Path:
    """The optional collection of recorded payloads: a folder with `fixtures/` and `corpus/`."""
    given = os.environ.get("WATCHER_TEST_PAYLOADS")
    folder = Path(given) if given else ROOT.parent / "shared"
    if not (folder / "fixtures").is_dir():
        missing(f"no recorded payloads in {folder}: set WATCHER_TEST_PAYLOADS to a folder with fixtures/ and corpus/")
    return folder
