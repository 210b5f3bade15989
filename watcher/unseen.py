"""Where a web address should have come from: the keys that it may be stored under, and the sources of its host. Pure."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from watcher import addresses
from watcher.match import DOCKET_PAGE
from watcher.models import Source
from watcher.ports import SourceRow
from watcher.trace import counted, polled

_REGISTER = re.compile(
    r"https?://(?:www\.)?federalregister\.gov/(?:documents/[0-9]{4}/[0-9]{2}/[0-9]{2}|d|public-inspection)/([0-9A-Z][0-9A-Z-]{3,20})(?:/|$)"
)
_ENTRY = re.compile(r"/docket/[0-9]+/([0-9]{1,6})(?:/|$)")
_SHOWN = 8  #: sources named one by one


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A source that has brought Documents of a host."""

    source: str
    documents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """An address under which nothing is stored, and who might have brought it."""

    url: str  #: canonical
    host: str
    sources: tuple[Source, ...]  #: that ask this host, or one of the same domain
    docket: int | None = None  #: CourtListener's id of the docket that the address is of
    brought: tuple[Brought, ...] = ()


def bare_host(url: str) -> str:
    """The host of a web address as sources are compared by it."""
    return _host(addresses.canonical(url))


def forms_of(url: str) -> tuple[str, ...]:
    """The forms in which a Document may lead to this address: canonical, and for a docket of the Supreme Court as its own search does."""
    whole = addresses.canonical(url)
    parts = urlsplit(whole)
    if parts.netloc.removeprefix("www.") == "supremecourt.gov" and parts.path.startswith("/docket/docketfiles/"):
        return whole, f"https://www.supremecourt.gov/search.aspx?filename={parts.path.lower()}"
    return (whole,) if whole else ()


def keys_of(url: str) -> tuple[str, ...]:
    """The keys that a Document of this address may have, however its reader came to it; empty for what is no web address."""
    whole = addresses.canonical(url)
    if not whole:
        return ()
    keys: list[str] = []
    if found := _REGISTER.match(whole):
        keys += addresses.register_keys(found[1])
    if found := DOCKET_PAGE.match(whole):
        fragment = urlsplit(whole).fragment
        paper = _ENTRY.search(urlsplit(whole).path)
        keys += [f"cl:{found[1]}#{entry}" for entry in (fragment, f"entry-{paper[1]}" if paper else "") if entry]
    own = addresses.key(whole)
    return (*keys, *([f"url:{own}"] if own else []))


def unseen(url: str, sources: Sequence[Source], brought: Iterable[Brought] = ()) -> Unseen:
    """Find the sources that ask the host of an address that is not stored: of the very host, else of its domain.

    Of a docket's page only the source of that docket is one.
    """
    whole = addresses.canonical(url)
    host = _host(whole)
    found = DOCKET_PAGE.match(whole)
    docket = int(found[1]) if found else None
    same = [source for source in sources if _host(source.url) == host]
    near = same or [source for source in sources if _domain(_host(source.url)) == _domain(host)]
    if docket is not None:
        near = [source for source in near if source.docket is None or source.docket.courtlistener == docket]
    named = {source.id for source in near}
    others = () if docket is not None else tuple(each for each in brought if each.source not in named)
    return Unseen(url=whole, host=host, sources=tuple(near), docket=docket, brought=others)


def unseen_lines(said: Unseen, row_of: Callable[[str], SourceRow | None], reason_of: Callable[[str], str]) -> list[str]:
    """What is known of an address that is not stored.

    Args:
        row_of: what is stored of a source.
        reason_of: why a source is disabled; "" where the file does not say.
    """
    lines = [said.url, "  not stored: no source has brought it"]
    if said.docket is not None and not said.sources:
        lines.append(f"  docket {said.docket} is of no case in sources.toml: add it to one to follow it")
    elif not said.sources:
        lines.append(f"  no source asks {said.host}{'' if said.brought else ': add one to hear of it'}")
    lines += [
        f"  {source.id} asks {_host(source.url)}: {_state(source, row_of(source.id), reason_of(source.group))}"
        for source in said.sources[:_SHOWN]
    ]
    if (more := len(said.sources) - _SHOWN) > 0:
        lines.append(f"  and {counted(more, 'more source')} of {said.host}; `watcher status` lists them")
    lines += [f"  {each.source} has brought {counted(each.documents, 'document')} of {said.host}" for each in said.brought]
    return lines


def unseen_json(said: Unseen, row_of: Callable[[str], SourceRow | None], reason_of: Callable[[str], str]) -> dict[str, object]:
    """The same as a program reads it."""
    return {
        "url": said.url,
        "stored": False,
        "host": said.host,
        "docket": said.docket,
        "sources": [
            {
                "source": each.id,
                "enabled": each.enabled,
                "reason": reason_of(each.group),
                "last_ok_at": row.state.last_ok_at.isoformat() if row is not None and row.state.last_ok_at else None,
                "failures": row.state.failures if row is not None else 0,
                "error": row.state.last_error if row is not None else None,
                "gone": row.state.gone if row is not None else False,
                "gaps": row.gaps if row is not None else 0,
            }
            for each in said.sources
            for row in [row_of(each.id)]
        ],
        "brought": [{"source": each.source, "documents": each.documents} for each in said.brought],
    }


def _state(source: Source, row: SourceRow | None, reason: str) -> str:
    if not source.enabled:
        return f"disabled{f': {reason}' if reason else ''}"
    state = polled(row)
    lost = (
        "; entries were lost in the gap" if row is not None and row.gaps == 1 else "; entries were lost in them" if row and row.gaps else ""
    )
    return f"enabled, {state}{lost}"


def _host(url: str) -> str:
    """The host of an address, with a port that is not the usual one."""
    parts = urlsplit(url)
    name = (parts.hostname or "").removeprefix("www.")
    return name if parts.port in (None, 80, 443) else f"{name}:{parts.port}"


def _domain(host: str) -> str:
    """The part of a host's name that one owner has, as near as names tell: `example.org` of `feeds.example.org`, `bbc.co.uk`."""
    parts = host.split(".")
    if ":" in host or all(part.isdigit() for part in parts):
        return host
    two_level = len(parts) > 2 and len(parts[-1]) == 2 and len(parts[-2]) <= 3
    return ".".join(parts[-3:] if two_level else parts[-2:])
