"""The tree of errors of `alerts`. What the world answers to a Letter is not an error but an Outcome."""

from watcher.errors import WatcherError


class AlertsError(WatcherError):
    """Anything that this package raises on purpose."""


class AddressError(AlertsError):
    """Not an address we can write to; the text says which forms there are."""


class CommandError(AlertsError):
    """A reader's words that we cannot act on; the text is for the reader."""


class PhraseError(AlertsError):
    """A phrase that nobody may own; the text says why, and what to do."""
