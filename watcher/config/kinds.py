"""What the file may say of each kind of source."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from watcher.models import Docket
from watcher.numbers import parse_docket

SUPREME_COURT = "scotus"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of source as the file sees it."""

    url: str | None = None  #: where it is asked unless the file says otherwise; None: the file must say
    options: frozenset[str] = frozenset()  #: keys that only this kind has
    built: bool = True  #: False: known, but this version cannot poll it
    robots: bool = False  #: robots.txt is asked first, unless `allow_robots = true`
    docket: Callable[[Docket], str | None] | None = None  #: one Source a docket: its name, None for a docket that this kind has not


def _by_courtlistener(docket: Docket) -> str | None:
    return str(docket.courtlistener) if docket.courtlistener is not None else None


def _by_supreme_court(docket: Docket) -> str | None:
    if docket.court != SUPREME_COURT or (number := parse_docket(docket.number)) is None:
        return None
    return f"{number.year:02}{number.code}{number.serial}" if number.code else f"{number.year:02}-{number.serial}"


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "feed": Kind(),
        "federal-register": Kind(url="https://www.federalregister.gov/api/v1/"),
        "public-inspection": Kind(url="https://www.federalregister.gov/api/v1/"),
        "docket-feeds": Kind(url="https://www.courtlistener.com/", docket=_by_courtlistener),
        "scotus-docket": Kind(
            url="https://www.supremecourt.gov/", options=frozenset({"allow_robots"}), robots=True, docket=_by_supreme_court
        ),
        "courtlistener-search": Kind(url="https://www.courtlistener.com/api/rest/v4/", built=False),
        "pacer-rss": Kind(built=False),
        "congress": Kind(url="https://api.congress.gov/v3", built=False),
        "regulations": Kind(url="https://api.regulations.gov/v4", built=False),
        "page": Kind(options=frozenset({"allow_robots"}), robots=True, built=False),
    }
)
