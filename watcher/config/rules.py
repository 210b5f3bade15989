"""`sources.toml` -> Rulebook, or every fault of it at once."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from watcher import families
from watcher.config.checks import LISTS, OPTIONS, faults, label
from watcher.config.dockets import Dockets
from watcher.config.faults import Fault
from watcher.config.kinds import ALLOW_ROBOTS, KINDS, Kind
from watcher.config.positions import Position, Positions
from watcher.config.tables import CaseTable, DefaultsTable, DocketTable, RulesFile, SourceTable, Terms, WatchTable
from watcher.errors import ConfigError
from watcher.models import Docket, DocumentType, Group, Link, Source, Term, Watch

_HEADER = re.compile(r"[ \t]*\[\[?[^\[\]=]+\]\]?(?=[ \t]*(?:#|$))")


class UnreadableError(ConfigError):
    """The file cannot be read at all (missing, no permission)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One `[[source]]` table, as an overview shows it."""

    id: str
    kind: str
    title: str
    enabled: bool
    reason: str = ""  #: why it is not enabled
    addresses: int = 1  #: Sources it becomes: one a docket for the kinds that follow dockets


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """What `sources.toml` says, read and checked."""

    sources: tuple[Source, ...]  #: disabled ones too; `docket-feeds` and `scotus-docket` are expanded, one Source a docket
    watches: tuple[Watch, ...]  #: doctrines, then cases, in the file's order
    groups: tuple[Group, ...] = ()  #: of `[phrases]`
    listed: tuple[Listed, ...] = ()  #: the `[[source]]` tables
    bases: tuple[Source, ...] = field(default=(), compare=False)  #: the same as Sources, not expanded

    @property
    def doctrines(self) -> tuple[Watch, ...]:
        return tuple(watch for watch in self.watches if watch.kind == "doctrine")

    @property
    def cases(self) -> tuple[Watch, ...]:
        return tuple(watch for watch in self.watches if watch.kind == "case")


class Stamp(NamedTuple):
    """What tells one state of a file from another without reading it. All zero: there is no file."""

    modified: int  #: nanoseconds
    size: int
    inode: int


def load_rules(path: Path) -> Rulebook:
    """Read and check a file; faults name it as `path` is written.

    Raises:
        UnreadableError: the file cannot be read.
        ConfigError: it can, and is not right; all faults in the order of their places.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        hint = "" if path.is_absolute() else "; WATCHER_SOURCES may name another file"
        raise UnreadableError(f"{path.absolute()}: cannot be read: {error.strerror or error}{hint}") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        lines = content[: error.start].decode("utf-8-sig").split("\n")
        raise ConfigError(f"{path}:{len(lines)}:{len(lines[-1]) + 1}: not UTF-8") from error
    return read_rules(text, str(path))


def read_rules(text: str, name: str = "sources.toml") -> Rulebook:
    """Check the text of a file and read it; `name` stands before each fault.

    Raises:
        ConfigError: all faults, `NAME:LINE:COL: message`, in the order of their places. Of a text that is no TOML, the first.
    """
    text = text.replace("\r\n", "\n")
    content = _parsed(text, name)
    if found := faults(content):
        positions = Positions(text)
        placed = sorted({(positions.of(fault.path), _text(content, fault, positions)) for fault in found})
        raise ConfigError(*(f"{name}:{place.line}:{place.column}: {message}" for place, message in placed))
    return _built(content)


def _text(content: Mapping[str, Any], fault: Fault, positions: Positions) -> str:
    there = f" (line {positions.of(fault.first).line})" if fault.first is not None else ""
    return label(dict(content), fault.path) + fault.text + there


def changed(path: Path, stamp: Stamp | None) -> Stamp | None:
    """The file's new stamp if it is not what `stamp` says (None: never looked), else None. A file that is away has a stamp too."""
    try:
        state = path.stat()
    except OSError:
        now = Stamp(0, 0, 0)
    else:
        now = Stamp(state.st_mtime_ns, state.st_size, state.st_ino)
    return now if now != stamp else None


def _parsed(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message, place = _syntax(str(error), text)
        raise ConfigError(f"{name}:{place.line}:{place.column}: not TOML: {message}") from error
    except RecursionError as error:
        raise ConfigError(f"{name}:1:1: not TOML: nested too deeply") from error


def _syntax(message: str, text: str) -> tuple[str, Position]:
    """Take a message of tomllib apart: it ends with `(at line 2, column 5)` or `(at end of document)`."""
    found = re.fullmatch(r"(.*) \(at (?:line ([0-9]+), column ([0-9]+)|end of document)\)", message, re.DOTALL)
    if found is None:
        return message, Position(1, 1)
    said = found[1][:1].lower() + found[1][1:]
    if found[2]:
        place = Position(int(found[2]), int(found[3]))
        return _plain(said, text.split("\n")[: place.line]), place
    return f"{said}, at the end of the file", Position(text.count("\n") + 1, len(text) - text.rfind("\n"))


def _plain(said: str, lines: list[str]) -> str:
    """What tomllib says of common slips, in plain words.

    Args:
        lines: of the text, up to the one at fault.
    """
    if said == "illegal character '\\n'":
        return "a text whose closing quote is missing"
    if said == "cannot overwrite a value" or said.startswith("cannot declare "):
        return _twice(lines)
    return said


def _twice(lines: list[str]) -> str:
    """A key or a table that is there already, with the line of the first where that can be told."""
    *before, line = lines
    if header := _HEADER.match(line):
        table = header[0].strip()
        name = table.strip("[] \t")
        first = f" (line {Positions(chr(10).join(before)).of((name,)).line})" if "." not in name and '"' not in name else ""
        if name in LISTS:
            return f"{table}: there is a {name} already{first}: write each as [[{name}]]"
        return f"{table}: this table is there already{first}: a table is written once, with all its keys"
    if "=" not in line:
        return "this value's key is there already"  # the value is of many lines, and this is its last
    key = line.partition("=")[0].strip()
    table_begins = max((number for number, each in enumerate(before) if _HEADER.match(each)), default=0)
    same = [number for number, each in enumerate(before) if number >= table_begins and each.partition("=")[0].strip() == key]
    return f"{key}: this key is there already" + (f" (line {same[0] + 1})" if same else "")


# -- building, from content without faults


def _built(content: Mapping[str, Any]) -> Rulebook:
    tables = [{key: value for key, value in item.items() if key not in OPTIONS} for item in content.get("source", ())]
    options = [{key: _option(value) for key, value in item.items() if key in OPTIONS} for item in content.get("source", ())]
    file = RulesFile.model_validate({**content, "source": tables})
    groups = {name: Group(name=name, terms=_terms(terms)) for name, terms in file.phrases.items()}
    dockets = _each_once([_docket(docket) for case in file.case for docket in case.dockets])
    bases = tuple(_source(table, own, file.defaults) for table, own in zip(file.source, options, strict=True))
    expanded = [tuple(_expanded(base, KINDS[base.kind], dockets)) for base in bases]
    return Rulebook(
        sources=tuple(source for sources in expanded for source in sources),
        watches=tuple(_watch(table, groups) for table in (*file.doctrine, *file.case)),
        groups=tuple(groups.values()),
        listed=tuple(_listed(table, len(sources)) for table, sources in zip(file.source, expanded, strict=True)),
        bases=bases,
    )


def join(rulebook: Rulebook, links: Sequence[Link]) -> Rulebook:
    """The same with the dockets that are linked to its cases, and with a Source for each that can be asked."""
    watches = families.joined(rulebook.watches, links)
    dockets = _each_once([docket for watch in watches for docket in watch.dockets])
    expanded = [tuple(_expanded(base, KINDS[base.kind], dockets)) for base in rulebook.bases]
    return replace(
        rulebook,
        watches=watches,
        sources=tuple(source for sources in expanded for source in sources),
        listed=tuple(replace(each, addresses=len(sources)) for each, sources in zip(rulebook.listed, expanded, strict=True)),
    )


def _option(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _terms(tables: Terms) -> tuple[Term, ...]:
    return tuple(Term(text=table.text, weight=table.weight, near=table.near, within=table.within) for table in tables)


def _docket(table: DocketTable) -> Docket:
    return Docket(court=table.court, number=table.number, courtlistener=table.courtlistener)


def _each_once(dockets: list[Docket]) -> list[Docket]:
    """Dockets that several cases have, once; the one that knows CourtListener's id stands for the others."""
    once: list[Docket] = []
    places = Dockets[int]()
    for docket in dockets:
        if not (before := places.like(docket)):
            places.add(docket, len(once))
            once.append(docket)
        elif once[before[0]].courtlistener is None and docket.courtlistener is not None:
            once[before[0]] = docket
    return once


def _watch(table: WatchTable, groups: Mapping[str, Group]) -> Watch:
    nears = dict.fromkeys(term.near for term in (*table.terms, *table.excludes) if term.near is not None)
    return Watch(
        id=table.id,
        kind="case" if isinstance(table, CaseTable) else "doctrine",
        title=table.title,
        about=" ".join(table.about.split()),
        terms=_terms(table.terms),
        needs=tuple(_any_of([groups[name] for name in need]) for need in table.needs),
        groups=tuple(groups[near] for near in nears),
        excludes=_terms(table.excludes),
        names=table.names,
        dockets=tuple(_docket(docket) for docket in table.dockets) if isinstance(table, CaseTable) else (),
        sources=table.sources,
        types=tuple(DocumentType(kind) for kind in table.types),
        threshold=table.threshold,
    )


def _any_of(groups: list[Group]) -> Group:
    """The group itself, or one of all that any of these holds: `abroad or expulsion`."""
    if len(groups) == 1:
        return groups[0]
    terms = tuple(dict.fromkeys(term for group in groups for term in group.terms))
    return Group(name=" or ".join(group.name for group in groups), terms=terms)


def _source(table: SourceTable, options: Mapping[str, str], defaults: DefaultsTable) -> Source:
    kind = KINDS[table.kind]
    return Source(
        id=table.id,
        kind=table.kind,
        url=table.url or kind.url or "",
        every=table.every or defaults.every,
        enabled=table.enabled,
        title=table.title or "",
        first_run=table.first_run or defaults.first_run,
        max_age=table.max_age or defaults.max_age,
        lang=table.lang,
        watches=table.watches,
        primary=table.primary,
        robots=kind.robots and options.get(ALLOW_ROBOTS) != "true",
        options=options,
    )


def _expanded(source: Source, kind: Kind, dockets: list[Docket]) -> Iterator[Source]:
    if kind.docket is None:
        yield source
        return
    for docket in dockets:
        if (name := kind.docket(docket)) is not None:
            yield replace(source, id=f"{source.id}/{name}", docket=docket)


def _listed(table: SourceTable, addresses: int) -> Listed:
    title = table.title or table.id
    return Listed(id=table.id, kind=table.kind, title=title, enabled=table.enabled, reason=table.reason or "", addresses=addresses)
