"""Sources that fail alike are told of together: a machine without network is one trouble, not forty. Pure."""

from collections.abc import Iterable

MANY = 4  #: sources that fail alike: from so many on they are told of together
UNREACHED = "not reached, so this machine may be without network"


def reason(error: str | None, *, unreached: bool) -> str:
    """Why a source fails, in words that others may share: where no server hears of us the name of the host is no matter."""
    return UNREACHED if unreached else error or "no reason is known"


def alike(failing: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """The reasons for which MANY sources fail, the commonest first, each with its sources.

    Args:
        failing: sources by id, each with its `reason`.
    """
    by_reason: dict[str, list[str]] = {}
    for source, why in failing:
        by_reason.setdefault(why, []).append(source)
    many = [(why, sources) for why, sources in by_reason.items() if len(sources) >= MANY]
    return dict(sorted(many, key=lambda each: -len(each[1])))
