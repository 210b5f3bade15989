"""How long to wait before the next try."""

import pytest

from watcher.backoff import LONGEST, pause


@pytest.mark.parametrize(("failures", "most"), [(0, 1.0), (1, 1.0), (2, 2.0), (5, 16.0), (6, LONGEST), (10_000, LONGEST)])
def test_each_failure_doubles_the_wait_up_to_half_a_minute_and_half_of_it_is_chance(failures: int, most: float) -> None:
    assert (pause(failures, 0.0), pause(failures, 1.0)) == (most / 2, most)
