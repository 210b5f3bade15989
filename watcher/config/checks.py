"""Every fault of a parsed `sources.toml`, found on the raw content, so that one fault never hides another.

First each table by itself, by the models of `tables`; then what takes more than one table to judge. Nothing here builds.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from watcher.config.dockets import Dockets, same_number
from watcher.config.faults import Fault, did_you_mean
from watcher.config.kinds import KINDS, TRUTHS, Kind
from watcher.config.positions import Path
from watcher.config.tables import (
    ID,
    CaseTable,
    DefaultsTable,
    DocketTable,
    DoctrineTable,
    RulesFile,
    SourceTable,
    Table,
    Terms,
    TermTable,
    http_url,
)
from watcher.config.words import duration, duration_text
from watcher.hosts import is_private_url
from watcher.models import CONTEXT, Docket
from watcher.own import PREFIX, is_own

SHORTEST = "60s"  #: the shortest `every` on a public address
SHORTEST_PRIVATE = "1s"

OPTIONS: Mapping[str, tuple[str, ...]] = {
    option: tuple(name for name, kind in KINDS.items() if option in kind.options)
    for option in sorted(set().union(*(kind.options for kind in KINDS.values())))
}  #: keys that only some kinds have, and which

OTHER_NAMES = {"note": " (did you mean reason?)", "name": " (did you mean title or id?)"}  #: what our keys are often taken for

LISTS: Mapping[str, type[Table]] = {"source": SourceTable, "doctrine": DoctrineTable, "case": CaseTable}  #: tables that there are many of
_TERMS = TypeAdapter(Terms)

Item = dict[str, Any]


def faults(content: Item) -> list[Fault]:
    """All that is wrong with the content of a file, in no order."""
    return [
        *_tables(content),
        *_phrases(content),
        *_ids(content),
        *_owned(content),
        *_references(content),
        *_sources(content),
        *_weights(content),
        *_repeats(content),
        *_dockets(content),
    ]


def label(content: Item, path: Path) -> str:
    """Whom a fault is about, before its text: `source hrw: `, `[phrases]: `; "" at the top."""
    match path:
        case [str() as name, int() as number, *_] if name in LISTS:
            return f"{_name(name, number, content[name][number])}: "
        case ["defaults" | "phrases" as name, *_]:
            return f"[{name}]: "
    return ""


def _name(table: str, number: int, item: object) -> str:
    found = item.get("id") if isinstance(item, dict) else None
    return f"{table} {found}" if isinstance(found, str) and found.strip() and found.isprintable() else f"{table} number {number + 1}"


# -- the content, whatever its shape


def _items(content: Item, *names: str) -> Iterator[tuple[Path, Item]]:
    """The tables of `[[name]]` lists that are tables."""
    for name in names:
        items = content.get(name)
        for number, item in enumerate(items if isinstance(items, list) else ()):
            if isinstance(item, dict):
                yield (name, number), item


def _list(path: Path, item: Item, key: str) -> Iterator[tuple[Path, Any]]:
    """The values of a list under `key`, each with its path; none if it is no list."""
    values = item.get(key)
    for number, value in enumerate(values if isinstance(values, list) else ()):
        yield (*path, key, number), value


def _id_set(content: Item, *names: str) -> set[str]:
    return {item["id"] for _, item in _items(content, *names) if isinstance(item.get("id"), str)}


def _groups(content: Item) -> Item:
    phrases = content.get("phrases", {})
    return phrases if isinstance(phrases, dict) else {}


def _kind(item: Item) -> Kind | None:
    name = item.get("kind")
    return KINDS.get(name) if isinstance(name, str) else None


# -- each table by itself


def _tables(content: Item) -> Iterator[Fault]:
    for key in content.keys() - RulesFile.model_fields.keys():
        yield Fault((key,), f"{key}: unknown key{did_you_mean(key, RulesFile.model_fields)}")
    yield from _invalid(("defaults",), DefaultsTable, content.get("defaults", {}))
    for name, model in LISTS.items():
        items = content.get(name, [])
        if not isinstance(items, list):
            yield Fault((name,), f"{name}: must be a list of tables: [[{name}]]")
            continue
        for number, item in enumerate(items):
            own = {key: value for key, value in item.items() if key not in OPTIONS} if name == "source" and isinstance(item, dict) else item
            yield from _invalid((name, number), model, own)


def _invalid(path: Path, model: type[Table], value: object) -> Iterator[Fault]:
    try:
        model.model_validate(value)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            yield Fault((*path, *detail["loc"]), _said(detail, detail["loc"], _keys_at(detail["loc"], model)))


def _phrases(content: Item) -> Iterator[Fault]:
    if not isinstance(content.get("phrases", {}), dict):
        yield Fault(("phrases",), "must be a table of lists")
    for name, value in _groups(content).items():
        path = ("phrases", name)
        if not re.fullmatch(ID, name):
            yield Fault(path, f"{name!r} is no name: lower-case letters, digits and hyphens, a letter or digit first")
        if value == []:
            yield Fault(path, f"{name}: has no phrases: nothing could satisfy it")
        try:
            _TERMS.validate_python(value)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                yield Fault((*path, *detail["loc"]), _said(detail, (name, *detail["loc"]), TermTable.model_fields))
        for where, term in _list(("phrases",), {name: value}, name):
            if isinstance(term, dict) and "near" in term:
                yield Fault((*where, "near"), f"{_shown(where[1:])}.near: a phrase of a group cannot ask for another group")


_PLAIN = {
    "missing": "required",
    "string_type": "must be text in quotes",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "tuple_type": "must be a list: [ … ]",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
}


def _said(detail: ErrorDetails, where: Path, keys: Iterable[str]) -> str:
    """A fault of pydantic's in plain words, the key before it: `terms[2].weight: …`."""
    match detail["type"]:
        case "extra_forbidden":
            message = f"unknown key{OTHER_NAMES.get(str(where[-1])) or did_you_mean(str(where[-1]), keys)}"
        case "value_error":
            message = str(detail["ctx"]["error"])
        case "greater_than" | "greater_than_equal" | "less_than" | "less_than_equal":
            message = f"{detail['input']} is out of range: {detail['msg'].removeprefix('Input should be ')}"
        case kind:
            message = _PLAIN.get(kind, detail["msg"])
    return f"{_shown(where)}: {message}" if where else message


def _shown(where: Path) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in where).lstrip(".")


def _keys_at(where: Path, model: type[Table]) -> Iterable[str]:
    """The keys that the table around `where` may have."""
    if len(where) > 1:
        return (DocketTable if where[0] == "dockets" else TermTable).model_fields
    return [*model.model_fields, *OPTIONS] if model is SourceTable else model.model_fields


# -- what takes more than one table


def _ids(content: Item) -> Iterator[Fault]:
    """Ids that were used before: sources have theirs, doctrines and cases share theirs."""
    for names in (("source",), ("doctrine", "case")):
        seen: dict[str, Path] = {}
        for path, item in _items(content, *names):
            found = item.get("id")
            if isinstance(found, str) and found in seen:
                yield Fault((*path, "id"), f"id: another {seen[found][0]} has the id {found!r}", (*seen[found], "id"))
            elif isinstance(found, str):
                seen[found] = path


def _owned(content: Item) -> Iterator[Fault]:
    """Ids of Watches that only a subscriber's own may have."""
    for path, item in _items(content, "doctrine", "case"):
        if isinstance(found := item.get("id"), str) and is_own(found):
            yield Fault((*path, "id"), f"id: {found!r} begins as the ids of phrases do that subscribers own ({PREFIX}): choose another")


def _references(content: Item) -> Iterator[Fault]:
    """Names of groups, sources and Watches that are nowhere in the file."""
    groups, sources, watches = set(_groups(content)), _id_set(content, "source"), _id_set(content, "doctrine", "case")
    addresses = _addresses(content)
    for path, item in _items(content, "doctrine", "case"):
        yield from _unknown(_needs(path, item), groups, "group of [phrases]")
        yield from _unknown(((where, name) for where, name in _list(path, item, "sources") if name not in addresses), sources, "source")
        for key in ("terms", "excludes"):
            nears = (
                ((*where, "near"), term["near"]) for where, term in _list(path, item, key) if isinstance(term, dict) and "near" in term
            )
            yield from _unknown(nears, groups, "group of [phrases]")
    for path, item in _items(content, "source"):
        yield from _unknown(_list(path, item, "watches"), watches, "doctrine or case")


def _needs(path: Path, item: Item) -> Iterator[tuple[Path, Any]]:
    """The groups that a Watch needs, those of which one is enough too, each with its path."""
    for where, value in _list(path, item, "needs"):
        if isinstance(value, list):
            yield from _alternatives(where, value)
        else:
            yield where, value


def _alternatives(path: Path, value: object) -> Iterator[tuple[Path, Any]]:
    for number, name in enumerate(value if isinstance(value, list) else ()):
        yield (*path, number), name


def _weights(content: Item) -> Iterator[Fault]:
    """Phrases that are to be context, and are worth so little that they never would be."""
    lists = [_list(path, item, "excludes") for path, item in _items(content, "doctrine", "case")]
    lists += [_list(("phrases",), _groups(content), name) for name in _groups(content)]
    for path, value in (each for values in lists for each in values):
        weight = value.get("weight", 1) if isinstance(value, dict) else 1
        if isinstance(weight, int | float) and not isinstance(weight, bool) and 0 < weight < CONTEXT:
            where = _shown(path[1:] if path[0] == "phrases" else path[2:])
            yield Fault((*path, "weight"), f"{where}.weight: {weight} could never count: context counts from {CONTEXT} on")


def _unknown(names: Iterable[tuple[Path, Any]], known: set[str], what: str) -> Iterator[Fault]:
    for path, name in names:
        if isinstance(name, str) and name not in known:
            yield Fault(path, f"{_shown(path[2:])}: {name!r} is no {what}{did_you_mean(name, known)}")


def _addresses(content: Item) -> set[str]:
    """Ids of the Sources that the file's docket kinds become: `courtlistener/69777799`."""
    dockets = [docket for _, docket, _ in _raw_dockets(content)]
    kinds = ((item.get("id"), kind.docket) for _, item in _items(content, "source") if (kind := _kind(item)) and kind.docket)
    return {f"{source}/{name}" for source, named in kinds for docket in dockets if (name := named(docket))}


def _sources(content: Item) -> Iterator[Fault]:
    """What a kind requires and allows, and how often an address may be asked."""
    defaults = content.get("defaults")
    for path, item in _items(content, "source"):
        yield from _options(path, item)
        if (kind := _kind(item)) is None:
            continue
        if not kind.built and item.get("enabled", True) is True:
            yield Fault((*path, "kind"), f"kind {item['kind']} is not available in this version; set enabled = false")
        elif "url" not in item and kind.url is None:
            yield Fault(path, f"url: required for kind {item['kind']}")
        yield from _too_often(path, item, kind, defaults if isinstance(defaults, dict) else {})


def _options(path: Path, item: Item) -> Iterator[Fault]:
    for key in item.keys() & OPTIONS.keys():
        if item.get("kind") not in OPTIONS[key]:
            yield Fault((*path, key), f"{key}: only for kind {' or '.join(OPTIONS[key])}")
        elif key in TRUTHS and not isinstance(item[key], bool):
            yield Fault((*path, key), f"{key}: must be true or false")
        elif not isinstance(item[key], (str, bool, int)):
            yield Fault((*path, key), f"{key}: must be text, a whole number, true or false")


def _too_often(path: Path, item: Item, kind: Kind, defaults: Item) -> Iterator[Fault]:
    given = item.get("every", defaults.get("every", duration_text(DefaultsTable().every)))
    try:
        every, url = duration(str(given)), http_url(str(item.get("url", kind.url)))
    except ValueError:
        return  # the table's own fault, told already
    shortest = SHORTEST_PRIVATE if is_private_url(url) else SHORTEST
    if every < duration(shortest):
        origin = "" if "every" in item else " from [defaults]"
        yield Fault((*path, "every"), f"every: {given}{origin} is too often: at least {shortest} for this address")


def _repeats(content: Item) -> Iterator[Fault]:
    """List items that say again what one before them said."""
    lists = [
        _list(path, item, key)
        for path, item in _items(content, "doctrine", "case")
        for key in ("terms", "excludes", "names", "needs", "sources", "types")
    ]
    lists += [_list(path, item, "watches") for path, item in _items(content, "source")]
    lists += [
        _alternatives(where, value) for path, item in _items(content, "doctrine", "case") for where, value in _list(path, item, "needs")
    ]
    lists += [_list(("phrases",), _groups(content), name) for name in _groups(content)]
    for values in lists:
        seen = set()
        for path, value in values:
            text, near = (value.get("text"), value.get("near")) if isinstance(value, dict) else (value, None)
            if not isinstance(text, str):
                continue
            if (said := (" ".join(text.casefold().split()), str(near))) in seen:
                yield Fault(path, f"{_shown(path[1:] if path[0] == 'phrases' else path[2:])}: {text!r} is there already")
            seen.add(said)


def _raw_dockets(content: Item) -> Iterator[tuple[Path, Docket, str]]:
    """The dockets of cases that are right by themselves: path, docket, id of the case."""
    for path, item in _items(content, "case"):
        for where, value in _list(path, item, "dockets"):
            try:
                table = DocketTable.model_validate(value)
            except ValidationError:
                continue
            yield where, Docket(court=table.court, number=table.number, courtlistener=table.courtlistener), str(item.get("id"))


def _dockets(content: Item) -> Iterator[Fault]:
    """Dockets twice in one case, and ids of CourtListener that two dockets claim or one docket has two of. Two cases may share a docket."""
    known = Dockets[tuple[Path, Docket, str]]()
    owners: dict[int, tuple[Docket, str]] = {}
    for path, docket, case in _raw_dockets(content):
        where, id_ = _shown(path[2:]), docket.courtlistener
        for other_path, other, owner in known.like(docket):
            if other_path[:2] == path[:2]:
                yield Fault(path, f"{where}: {docket.court} {docket.number} is there already")
            elif None not in (id_, other.courtlistener) and id_ != other.courtlistener:
                yield Fault((*path, "courtlistener"), f"{where}.courtlistener: case {owner} has {other.courtlistener} for the same docket")
        known.add(docket, (path, docket, case))
        if id_ is not None and not same_number(docket, (first := owners.setdefault(id_, (docket, case)))[0]):
            yield Fault((*path, "courtlistener"), f"{where}.courtlistener: case {first[1]} has it for {first[0].court} {first[0].number}")
