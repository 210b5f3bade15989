"""The tree of errors. Each says the thing first, then the fault: `federal-register: status 503`."""

from datetime import timedelta

FAULT_CAP = 500  #: characters of a fault: an operator reads it in one line


class WatcherError(Exception):
    """Anything that this package raises on purpose."""


class ConfigError(WatcherError):
    """The settings cannot be used: stop at start. `faults` holds every one of them, a line each."""

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class StorageError(WatcherError):
    """The database cannot be used as it is (wrong address, migrations missing); the text says what to do."""


class DatabaseAwayError(StorageError):
    """The database does not answer just now (stopped, unreachable, too busy): nothing is wrong with what it holds, so ask again."""


class UnwritableError(DatabaseAwayError):
    """The database takes nothing new just now: its disk is full, or it may only be read. What it holds can be read as ever."""


class ConflictError(DatabaseAwayError):
    """Two transactions stood in each other's way, and the database broke this one off: it is well, and does it when asked again."""


class SourceError(WatcherError):
    """One source failed; the others go on. `source` is its id, `fault` the rest of the text.

    A fault may quote what the source sent, so it is clipped: it goes to terminals, logs and the database, which takes no NUL.
    """

    def __init__(self, source: str, fault: str) -> None:
        fault = clip(fault, FAULT_CAP)
        super().__init__(f"{source}: {fault}")
        self.source = source
        self.fault = fault


class FetchError(SourceError):
    """No usable answer.

    `status` is the HTTP status, None where no answer came; `wait` is the server's own wish (Retry-After), None without one;
    `gone` says that the address has ended for good (410): stop asking and tell the operator; `unreached` that no server heard of us (no
    name, no connection): perhaps this machine is without a network, so try again soon.
    """

    def __init__(
        self,
        source: str,
        fault: str,
        *,
        status: int | None = None,
        wait: timedelta | None = None,
        gone: bool = False,
        unreached: bool = False,
    ) -> None:
        super().__init__(source, fault)
        self.status = status
        self.wait = wait
        self.gone = gone
        self.unreached = unreached


class ParseError(SourceError):
    """An answer came that we cannot read: the source has changed, or it is not what it says it is."""


class StaleLeaseError(WatcherError):
    """Another worker has taken this work over meanwhile; what was found is dropped, since that one finds it again."""


def clip(text: str, limit: int) -> str:
    """Foreign text as it may stand in an error: printable, at most `limit` characters."""
    text = "".join(character if character.isprintable() else "?" for character in text[: limit + 1])
    return text if len(text) <= limit else text[: limit - 1] + "…"
