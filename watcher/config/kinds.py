"""What the file may say of each kind of source: what its adapter says, and what is planned."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from watcher import sources
from watcher.models import Docket
from watcher.numbers import parse_docket

SUPREME_COURT = "scotus"
ALLOW_ROBOTS = "allow_robots"  #: the key of kinds that ask robots.txt first, by which an operator allows what it forbids

#: what a kind is often called instead
OTHER_NAMES: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(("rss", "atom", "rdf", "xml", "json-feed", "jsonfeed"), "feed")
    | {"scotus": "scotus-docket", "courtlistener": "docket-feeds", "html": "page"}
)

TRUTHS = frozenset({ALLOW_ROBOTS})  #: keys of kinds that are true or false; the others are text


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of source as the file sees it."""

    url: str | None = None  #: where it is asked unless the file says otherwise; None: the file must say
    options: frozenset[str] = frozenset()  #: keys that only this kind has
    built: bool = True  #: False: known, but this version cannot poll it
    docket: Callable[[Docket], str | None] | None = None  #: one Source a docket: its name, None for a docket that this kind has not

    @property
    def robots(self) -> bool:
        """Whether robots.txt is asked first."""
        return ALLOW_ROBOTS in self.options


def _by_courtlistener(docket: Docket) -> str | None:
    return str(docket.courtlistener) if docket.courtlistener is not None else None


def _by_supreme_court(docket: Docket) -> str | None:
    number = parse_docket(docket.number)
    return str(number) if number is not None and docket.court == SUPREME_COURT else None


_BY_DOCKET: Mapping[str, Callable[[Docket], str | None]] = {"docket-feeds": _by_courtlistener, "scotus-docket": _by_supreme_court}
_PLANNED = {
    "courtlistener-search": Kind(url="https://www.courtlistener.com/api/rest/v4/", built=False),
    "pacer-rss": Kind(built=False),
    "congress": Kind(url="https://api.congress.gov/v3/", built=False),
    "regulations": Kind(url="https://api.regulations.gov/v4/", built=False),
    "page": Kind(options=frozenset({ALLOW_ROBOTS}), built=False),
}

_BUILT = {
    name: Kind(url=adapter.DEFAULT_URL, options=frozenset(adapter.OPTIONS), docket=_BY_DOCKET.get(name))
    for name, adapter in sources.KINDS.items()
}

KINDS: Mapping[str, Kind] = MappingProxyType(_BUILT | {name: kind for name, kind in _PLANNED.items() if name not in _BUILT})
