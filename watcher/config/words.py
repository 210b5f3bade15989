"""The small words of `sources.toml`, read and written: durations (`15m`) and first runs (`last:5`)."""

import re
from datetime import date, timedelta

from watcher.models import FirstRun

LONGEST = timedelta(days=36_525)  #: a century: no duration of the file is longer; keeps all sums of times far from overflow

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"([0-9]{1,10})([smhd])")


def duration(text: str) -> timedelta:
    """Read `90s`, `15m`, `4h` or `7d`.

    Raises:
        ValueError: anything else, nothing at all (`0s`) or more than LONGEST.
    """
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no duration: write 90s, 15m, 4h or 7d")
    length = timedelta(seconds=int(found[1]) * _SECONDS[found[2]])
    if not timedelta(0) < length <= LONGEST:
        raise ValueError(f"{text!r} is out of range: write from 1s to {LONGEST.days}d")
    return length


def duration_text(length: timedelta) -> str:
    """Write a duration as the file has it, in the largest unit that divides it: `90s`, `15m`; less than a second counts as none."""
    seconds = length // timedelta(seconds=1)
    for unit, size in reversed(_SECONDS.items()):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def first_run(text: str) -> FirstRun:
    """Read `baseline`, `last:N` (N from 1 to 1000) or `since:2026-11-01`.

    Raises:
        ValueError: anything else.
    """
    policy, _, rest = text.partition(":")
    if text == "baseline":
        return FirstRun()
    if policy == "last" and re.fullmatch(r"[0-9]{1,4}", rest) and 1 <= int(rest) <= 1000:
        return FirstRun(policy="last", last=int(rest))
    if policy == "since" and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", rest):
        try:
            return FirstRun(policy="since", since=date.fromisoformat(rest))
        except ValueError as error:
            raise ValueError(f"{text!r}: there is no such day") from error
    raise ValueError(f"{text!r} is no first run: write baseline, last:N (1 to 1000) or since:YYYY-MM-DD")


def first_run_text(policy: FirstRun) -> str:
    """Write a first run as the file has it."""
    return {"baseline": "baseline", "last": f"last:{policy.last}", "since": f"since:{policy.since}"}[policy.policy]
