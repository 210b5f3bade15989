"""How long to wait before something that failed is tried again. Pure."""

SHORTEST, LONGEST = 1.0, 30.0  #: seconds


def pause(failures: int, chance: float) -> float:
    """Seconds until the next try: twice as long after each further failure, up to LONGEST, and never the same for all who wait.

    Args:
        failures: in a row, 1 after the first.
        chance: from 0.0 to 1.0; of those who failed at once some try after half the time, some after all of it.
    """
    return min(SHORTEST * (1 << min(max(failures, 1) - 1, 10)), LONGEST) * (0.5 + chance / 2)
