"""`sources.toml` -> Rulebook, or every fault of it at once."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path as FilePath
from typing import Any, NamedTuple, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from watcher.config.faults import Fault, did_you_mean
from watcher.config.kinds import KINDS, Kind
from watcher.config.positions import Path, Position, Positions
from watcher.config.tables import (
    CaseTable,
    DefaultsTable,
    DocketTable,
    DoctrineTable,
    RulesFile,
    SourceTable,
    Table,
    TermTable,
    Terms,
    WatchTable,
    is_private,
)
from watcher.config.words import duration_text
from watcher.errors import ConfigError
from watcher.models import Docket, DocumentType, FirstRun, Group, Source, Term, Watch
from watcher.numbers import parse_docket

SHORTEST = timedelta(seconds=60)  #: the shortest `every` on a public address
SHORTEST_PRIVATE = timedelta(seconds=1)

_LISTS: Mapping[str, type[Table]] = {"source": SourceTable, "doctrine": DoctrineTable, "case": CaseTable}
_TERMS = TypeAdapter(Terms)
T = TypeVar("T", bound=Table)


class UnreadableError(ConfigError):
    """The file cannot be read at all (missing, no permission)."""


class Stamp(NamedTuple):
    """What tells one state of a file from another without reading it. All zero: there is no file."""

    modified: int  #: nanoseconds
    size: int
    inode: int


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
    listed: tuple[Listed, ...] = field(default=())  #: the `[[source]]` tables

    @property
    def doctrines(self) -> tuple[Watch, ...]:
        return tuple(watch for watch in self.watches if watch.kind == "doctrine")

    @property
    def cases(self) -> tuple[Watch, ...]:
        return tuple(watch for watch in self.watches if watch.kind == "case")


def load_rules(path: FilePath) -> Rulebook:
    """Read and check a file; faults name it as `path` is written.

    Raises:
        UnreadableError: the file cannot be read.
        ConfigError: it can, and is not right; all faults in the order of their places.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableError(f"{path}: cannot be read: {error.strerror or error}") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, len(before.rpartition(b"\n")[2].decode(errors="replace")) + 1
        raise ConfigError(f"{path}:{line}:{column}: not UTF-8") from error
    return read_rules(text, str(path))


def read_rules(text: str, name: str = "sources.toml") -> Rulebook:
    """Check the text of a file and read it; `name` stands before each fault.

    Raises:
        ConfigError: all faults, `NAME:LINE:COL: message`, in the order of their places.
    """
    text = text.replace("\r\n", "\n")
    content = _parse(text, name)
    reader = _Reader(content)
    book = reader.read()
    if reader.faults:
        positions = Positions(text)
        placed = sorted({(positions.of(fault.path), _label(content, fault.path) + fault.text) for fault in reader.faults})
        raise ConfigError(*(f"{name}:{place.line}:{place.column}: {message}" for place, message in placed))
    return book


def changed(path: FilePath, stamp: Stamp | None) -> Stamp | None:
    """The file's new stamp if it is not what `stamp` says (None: never looked), else None. A file that is away has a stamp too."""
    try:
        state = path.stat()
    except OSError:
        now = Stamp(0, 0, 0)
    else:
        now = Stamp(state.st_mtime_ns, state.st_size, state.st_ino)
    return now if now != stamp else None


def _parse(text: str, name: str) -> dict[str, Any]:
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
        return said, Position(int(found[2]), int(found[3]))
    return f"{said}, at the end of the file", Position(text.count("\n") + 1, len(text) - text.rfind("\n"))


def _label(content: dict[str, Any], path: Path) -> str:
    """Whom a fault is about: `source hrw: `, `[phrases]: `; "" at the top."""
    match path:
        case [str() as table, int() as number, *_] if table in _LISTS:
            item = content[table][number]
            named = item.get("id") if isinstance(item, dict) else None
            return f"{table} {named}: " if isinstance(named, str) and named.isprintable() else f"{table} number {number + 1}: "
        case [str() as table, str(), *_]:
            return f"[{table}]: "
    return ""


class _Reader:
    """One reading of one file: gathers faults while it builds."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.content = content
        self.faults: list[Fault] = []
        self.source_ids = self._ids("source")
        self.watch_ids = self._ids("doctrine") | self._ids("case")
        phrases = content.get("phrases")
        self.group_names = set(phrases) if isinstance(phrases, dict) else set()

    def read(self) -> Rulebook:
        """Build what can be built; with any fault gathered the result is not to be used."""
        self._top()
        defaults = self._defaults()
        groups = self._groups()
        doctrines = list(self._tables("doctrine", DoctrineTable))
        cases = list(self._tables("case", CaseTable))
        watches = tuple(self._watch(path, table, groups) for path, table in [*doctrines, *cases])
        dockets = self._dockets(cases)
        sources: list[Source] = []
        listed: list[Listed] = []
        for path, table in list(self._tables("source", SourceTable)):
            found = self._sources(path, table, defaults, dockets)
            sources += found
            listed.append(_listed(table, len(found)))
        self._doubles("source")
        self._doubles("doctrine", "case")
        self._watched_sources([*doctrines, *cases], {source.id for source in sources})
        return Rulebook(sources=tuple(sources), watches=watches, groups=tuple(groups.values()), listed=tuple(listed))

    def fault(self, path: Path, text: str) -> None:
        self.faults.append(Fault(path, text))

    def _ids(self, table: str) -> set[str]:
        """Ids as the file has them, of tables with other faults too, so that one fault does not bring forth others."""
        items = self.content.get(table)
        return {item["id"] for item in items if isinstance(item, dict) and isinstance(item.get("id"), str)} if isinstance(items, list) else set()

    def _top(self) -> None:
        for key in self.content.keys() - RulesFile.model_fields.keys():
            self.fault((key,), f"{key}: unknown key{did_you_mean(key, RulesFile.model_fields)}")

    def _checked(self, path: Path, model: type[T], value: object) -> T | None:
        try:
            return model.model_validate(value)
        except ValidationError as error:
            self._gather(path, error, tuple(model.model_fields))
            return None

    def _gather(self, path: Path, error: ValidationError, known: tuple[str, ...]) -> None:
        for detail in error.errors(include_url=False):
            where = detail["loc"]
            self.fault((*path, *where), _said(detail, known if len(where) == 1 else _known_in(where)))

    def _defaults(self) -> DefaultsTable:
        return self._checked(("defaults",), DefaultsTable, self.content.get("defaults", {})) or DefaultsTable()

    def _groups(self) -> dict[str, Group]:
        phrases = self.content.get("phrases", {})
        if not isinstance(phrases, dict):
            self.fault(("phrases",), "phrases: must be a table of lists: [phrases]")
            return {}
        return {name: self._group(name, value) for name, value in phrases.items()}

    def _group(self, name: str, value: object) -> Group:
        path = ("phrases", name)
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
            self.fault(path, f"{name!r} is no name: lower-case letters, digits and hyphens, a letter or digit first")
        try:
            terms = _TERMS.validate_python(value)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                self.fault((*path, *detail["loc"]), _said({**detail, "loc": (name, *detail["loc"])}, tuple(TermTable.model_fields)))
            return Group(name=name, terms=())
        if not terms:
            self.fault(path, f"{name}: has no phrases: nothing could satisfy it")
        for number, term in enumerate(terms):
            if term.near is not None:
                self.fault((*path, number), f"{name}[{number}].near: a phrase of a group cannot ask for another")
        self._same_terms(path, name, terms)
        return Group(name=name, terms=_terms(terms))

    def _tables(self, name: str, model: type[T]) -> Iterator[tuple[Path, T]]:
        items = self.content.get(name, [])
        if not isinstance(items, list):
            self.fault((name,), f"{name}: must be a list of tables: [[{name}]]")
            return
        for number, item in enumerate(items):
            path = (name, number)
            if not isinstance(item, dict):
                self.fault(path, "must be a table")
            elif (table := self._checked(path, model, self._without_options(path, item) if model is SourceTable else item)) is not None:
                yield path, table

    def _without_options(self, path: Path, item: dict[str, Any]) -> dict[str, Any]:
        """A source without the keys that only some kind has; faults where this one has them not."""
        kind = item.get("kind")
        own = KINDS[kind].options if isinstance(kind, str) and kind in KINDS else frozenset()
        others = {option: name for name, facts in KINDS.items() for option in facts.options if option not in SourceTable.model_fields}
        for key in item.keys() & others.keys():
            if key not in own:
                self.fault((*path, key), f"{key}: only a source of kind {others[key]} has this key")
            elif not isinstance(item[key], (str, bool, int)):
                self.fault((*path, key), f"{key}: must be text, a whole number, true or false")
        return {key: value for key, value in item.items() if key not in others}

    def _doubles(self, *names: str) -> None:
        """Each id again after its first use."""
        seen: dict[str, str] = {}
        for name in names:
            items = self.content.get(name)
            for number, item in enumerate(items if isinstance(items, list) else []):
                found = item.get("id") if isinstance(item, dict) else None
                if not isinstance(found, str):
                    continue
                if found in seen:
                    self.fault((name, number, "id"), f"id: {found!r} is already the id of a {seen[found]}")
                seen.setdefault(found, name)

    def _watch(self, path: Path, table: WatchTable, groups: Mapping[str, Group]) -> Watch:
        for number, need in enumerate(table.needs):
            self._known((*path, "needs", number), f"needs: {need!r} is no group of [phrases]", need, self.group_names)
        for field_name in ("terms", "excludes"):
            terms: Terms = getattr(table, field_name)
            for number, term in enumerate(terms):
                if term.near is not None:
                    where = (*path, field_name, number, "near")
                    self._known(where, f"{field_name}[{number}].near: {term.near!r} is no group of [phrases]", term.near, self.group_names)
            self._same_terms((*path, field_name), field_name, terms)
        return Watch(
            id=table.id,
            kind="case" if isinstance(table, CaseTable) else "doctrine",
            title=table.title,
            about=" ".join(table.about.split()),
            terms=_terms(table.terms),
            needs=tuple(groups[need] for need in table.needs if need in groups),
            excludes=_terms(table.excludes),
            names=table.names,
            dockets=tuple(_docket(docket) for docket in table.dockets) if isinstance(table, CaseTable) else (),
            sources=table.sources,
            types=tuple(DocumentType(kind) for kind in table.types),
            threshold=table.threshold,
        )

    def _same_terms(self, path: Path, name: str, terms: Terms) -> None:
        counts: Counter[tuple[str, str | None]] = Counter()
        for number, term in enumerate(terms):
            counts[term.text.casefold(), term.near] += 1
            if counts[term.text.casefold(), term.near] == 2:
                self.fault((*path, number), f"{name}[{number}]: {term.text!r} is there already")

    def _known(self, path: Path, text: str, word: str, known: set[str]) -> None:
        if word not in known:
            self.fault(path, text + did_you_mean(word, known))

    def _watched_sources(self, watches: list[tuple[Path, Any]], expanded: set[str]) -> None:
        """Check the `sources` of Watches, which may be a table's id or that of one docket's address."""
        for path, table in watches:
            for number, source in enumerate(table.sources):
                if source not in expanded:
                    self._known((*path, "sources", number), f"sources: {source!r} is no source", source, self.source_ids)

    def _dockets(self, cases: list[tuple[Path, CaseTable]]) -> list[Docket]:
        """The dockets of all cases, each once, though two cases may share one."""
        first: dict[tuple[str, object], tuple[Docket, str]] = {}
        ids: dict[int, tuple[tuple[str, object], str]] = {}
        for path, case in cases:
            own: set[tuple[str, object]] = set()
            for number, table in enumerate(case.dockets):
                where = (*path, "dockets", number)
                docket, key = _docket(table), (table.court, parse_docket(table.number))
                if key in own:
                    self.fault(where, f"dockets[{number}]: {table.court} {table.number} is there already")
                own.add(key)
                if docket.courtlistener is not None and ids.setdefault(docket.courtlistener, (key, case.id))[0] != key:
                    self.fault(where, f"dockets[{number}].courtlistener: {docket.courtlistener} is another docket in case {ids[docket.courtlistener][1]}")
                known, owner = first.setdefault(key, (docket, case.id))
                if known.courtlistener is None:
                    first[key] = (docket, owner)
                elif docket.courtlistener not in (None, known.courtlistener):
                    self.fault(where, f"dockets[{number}].courtlistener: is {known.courtlistener} in case {owner}")
        return [docket for docket, _ in first.values()]

    def _sources(self, path: Path, table: SourceTable, defaults: DefaultsTable, dockets: list[Docket]) -> list[Source]:
        kind = KINDS[table.kind]
        for number, watch in enumerate(table.watches):
            self._known((*path, "watches", number), f"watches: {watch!r} is no doctrine or case", watch, self.watch_ids)
        if table.enabled and not kind.built:
            self.fault((*path, "kind"), f"kind {table.kind} is not available in this version; set enabled = false")
        url = table.url or kind.url
        if url is None:
            self.fault(path, f"url: required for kind {table.kind}")
            return []
        every = table.every or defaults.every
        shortest = SHORTEST_PRIVATE if is_private(url) else SHORTEST
        if every < shortest:
            origin = "" if table.every else " (from [defaults])"
            self.fault((*path, "every"), f"every: {duration_text(every)}{origin} is shorter than {duration_text(shortest)}")
        source = _source(table, kind, self._options(path, kind), url, every, defaults)
        return [source] if kind.docket is None else list(_per_docket(source, kind, dockets))

    def _options(self, path: Path, kind: Kind) -> dict[str, str]:
        name, number = path
        item = self.content[str(name)][number]
        return {key: _option(item[key]) for key in sorted(kind.options) if key in item}


def _option(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _source(table: SourceTable, kind: Kind, options: dict[str, str], url: str, every: timedelta, defaults: DefaultsTable) -> Source:
    first: FirstRun = table.first_run or defaults.first_run
    return Source(
        id=table.id,
        kind=table.kind,
        url=url,
        every=every,
        enabled=table.enabled,
        title=table.title or "",
        first_run=first,
        max_age=table.max_age or defaults.max_age,
        lang=table.lang,
        watches=table.watches,
        primary=table.primary,
        robots=kind.robots and options.get("allow_robots") != "true",
        options=options,
    )


def _per_docket(source: Source, kind: Kind, dockets: list[Docket]) -> Iterator[Source]:
    for docket in dockets:
        if kind.docket is not None and (name := kind.docket(docket)) is not None:
            yield replace(source, id=f"{source.id}/{name}", docket=docket)


def _listed(table: SourceTable, addresses: int) -> Listed:
    return Listed(
        id=table.id, kind=table.kind, title=table.title or table.id, enabled=table.enabled, reason=table.reason or "", addresses=addresses
    )


def _terms(tables: Terms) -> tuple[Term, ...]:
    return tuple(Term(text=table.text, weight=table.weight, near=table.near, within=table.within) for table in tables)


def _docket(table: DocketTable) -> Docket:
    return Docket(court=table.court, number=table.number, courtlistener=table.courtlistener)


_PLAIN = {
    "missing": "required",
    "string_type": "must be text in quotes",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "tuple_type": "must be a list: [ … ]",
    "list_type": "must be a list: [ … ]",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
}


def _said(detail: ErrorDetails, known: tuple[str, ...]) -> str:
    """A fault of pydantic's in plain words, the key before it: `terms[2].weight: …`."""
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in detail["loc"]).lstrip(".")
    context = detail.get("ctx", {})
    match detail["type"]:
        case "extra_forbidden":
            message = f"unknown key{did_you_mean(str(detail['loc'][-1]), known)}"
        case "value_error":
            message = str(context["error"])
        case "greater_than" | "greater_than_equal" | "less_than" | "less_than_equal":
            message = f"{detail['input']} is out of range: {detail['msg'].removeprefix('Input should be ')}"
        case kind:
            message = _PLAIN.get(kind) or detail["msg"]
    return f"{where}: {message}" if where else message


def _known_in(where: tuple[int | str, ...]) -> tuple[str, ...]:
    return tuple((DocketTable if where[0] == "dockets" else TermTable).model_fields)
