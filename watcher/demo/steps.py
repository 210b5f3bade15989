"""What a step of the demo is, and the kinds of change it is made of."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from watcher.testing.world.courtlistener import Filing
from watcher.testing.world.press import Article
from watcher.testing.world.register import EASTERN, Inspected, Paper
from watcher.testing.world.supreme_court import Proceeding

if TYPE_CHECKING:
    from watcher.demo.world import World

Change = Callable[["World"], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that happens, and what must come of it for who follows everything.

    More Watches than `tells` may be named. Where it is empty nothing new is told, where `updates` is empty too the step is silent.
    """

    at: datetime  #: aware, UTC: when it truly happened
    says: str  #: one line for who looks on
    changes: tuple[Change, ...] = ()
    noise: tuple[Change, ...] = ()  #: ordinary papers that come with it and concern nobody
    tells: frozenset[str] = frozenset()  #: Watches named by what is told anew
    updates: frozenset[str] = frozenset()  #: Watches of a Story told before, of which a change is told

    @property
    def silent(self) -> bool:
        return not self.tells and not self.updates


def at(month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    """A time of 2025 on Washington's clocks, in UTC."""
    return datetime(2025, month, day, hour, minute, tzinfo=EASTERN).astimezone(UTC)


def line(text: str) -> str:
    """Text written over several lines, as one."""
    return " ".join(text.split())


def enters(docket: int, *filings: Filing) -> Change:
    def change(world: "World") -> None:
        for filing in filings:
            world.courtlistener.enter(docket, filing)

    return change


def fills(docket: int, fragment: str, text: str, file: str) -> Change:
    return lambda world: world.courtlistener.amend(docket, fragment, text=text, file=file)


def proceeds(number: str, *proceedings: Proceeding) -> Change:
    return lambda world: world.supreme_court.proceed(number, *proceedings)


def inspects(inspected: Inspected) -> Change:
    return lambda world: world.register.inspect(inspected)


def withdraws(number: str, note: str) -> Change:
    return lambda world: world.register.withdraw(number, note)


def prints(paper: Paper) -> Change:
    return lambda world: world.register.publish(paper)


def writes(outlet: str, *articles: Article) -> Change:
    return lambda world: world.press.publish(outlet, *articles)


def rewrites(outlet: str, guid: str, *, title: str | None = None, new_guid: str | None = None) -> Change:
    return lambda world: world.press.rewrite(outlet, guid, title=title, new_guid=new_guid)
