"""What one Subscriber was told and was not, newest first: as lines and as data. Pure; for whoever may see that address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.telling import Owed, delivery, titled
from watcher.trace import counted, moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """A Delivery, with what became of it."""

    at: datetime  #: when it was made
    story: int
    title: str  #: of the Story as it was told, or when it was decided not to tell it; "" where nobody knows any more
    now: str = ""  #: its title now
    owed: Owed


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A Letter that tells no Story: a confirmation, a reply of the bot, a notice, a digest of nothing."""

    at: datetime  #: when it was written
    letter: int
    kind: str
    state: str
    attempt: int
    error: str | None
    settled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """All of it since a time."""

    since: datetime
    entries: tuple[Telling | Word, ...]  #: newest first
    more: bool = False  #: whether there are older ones since then that are not listed
    off: str = ""  #: that the address's channel is off, and what switches it on; "": it is on


def lines(account: Account) -> list[str]:
    """An entry a line; before them, where it is so, why nothing leaves."""
    said = [f"{moment(each.at)}  {_said(each)}" for each in account.entries]
    said = said or [f"nothing since {moment(account.since)}"]
    said = [f"{account.off}; until then nothing leaves to this address", *said] if account.off else said
    return [*said, "and more before; `--days` with a smaller number lists the last ones"] if account.more else said


def _said(each: Telling | Word) -> str:
    if isinstance(each, Telling):
        return f"story:{each.story} revision {each.owed.revision}{titled(each.title, each.now)}: {delivery(each.owed)}"
    settled = f" {moment(each.settled_at)}" if each.settled_at is not None else ""
    error = f": {each.error}" if each.error else ""
    return f"letter:{each.letter} {each.kind}: {each.state}{settled}, {counted(each.attempt, 'attempt')}{error}"


def account_json(account: Account) -> dict[str, object]:
    """The same, as a program reads it."""
    return {"since": account.since.isoformat(), "entries": _entries_json(account.entries), "more": account.more, "off": account.off}


def _entries_json(entries: Sequence[Telling | Word]) -> list[dict[str, object]]:
    return [_telling_json(each) if isinstance(each, Telling) else _word_json(each) for each in entries]


def _telling_json(each: Telling) -> dict[str, object]:
    owed = each.owed
    return {
        "at": each.at.isoformat(),
        "story": f"story:{each.story}",
        "revision": owed.revision,
        "title": each.title,
        "title_now": each.now,
        "duty": owed.duty,
        "cadence": owed.cadence,
        "watches": list(owed.watches),
        "due_at": owed.due_at.isoformat(),
        "skipped": owed.skipped,
        **_letter_json(owed.letter, owed.state, owed.attempt, owed.error, owed.settled_at),
    }


def _word_json(each: Word) -> dict[str, object]:
    return {
        "at": each.at.isoformat(),
        "kind": each.kind,
        **_letter_json(each.letter, each.state, each.attempt, each.error, each.settled_at),
    }


def _letter_json(letter: int | None, state: str | None, attempt: int, error: str | None, settled: datetime | None) -> dict[str, object]:
    return {
        "letter": f"letter:{letter}" if letter is not None else None,
        "state": state,
        "attempt": attempt,
        "error": error,
        "settled_at": settled.isoformat() if settled is not None else None,
    }
