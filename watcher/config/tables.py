"""The tables of `sources.toml` as pydantic reads them: names, types and ranges, one table by itself.

What needs more than one table to judge (unknown names, doubles, what a kind requires) is for `checks`.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from watcher.config.courtids import COURTS
from watcher.config.faults import did_you_mean
from watcher.config.kinds import KINDS, OTHER_NAMES, TRUTHS
from watcher.config.words import duration, duration_text, first_run, first_run_text
from watcher.models import DocumentType, FirstRun
from watcher.numbers import parse_docket

DOCKET_TYPES = tuple(kind.value for kind in DocumentType)[: list(DocumentType).index(DocumentType.OTHER) + 1]
ID = r"[a-z0-9][a-z0-9-]*"


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("must be text in quotes")
    return value


def _id(value: str) -> str:
    if not re.fullmatch(ID, value):
        raise ValueError(f"{value!r} is no id: lower-case letters, digits and hyphens, a letter or digit first")
    return value


def _line(value: str) -> str:
    if not value.strip() or any(character < " " or character == "\x7f" for character in value):
        raise ValueError("must be one line of text, not empty")
    return value.strip()


def _phrase(value: str) -> str:
    if not any(character.isalnum() for character in value):
        raise ValueError(f"{value!r} holds no letter or digit to look for")
    return " ".join(_line(value).split())


def http_url(value: str) -> str:
    """An address of a source, as it is.

    Raises:
        ValueError: it is none, or holds a password.
    """
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018  # read for its ValueError
    except ValueError as error:
        raise ValueError(f"{value!r} is no address: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or not value.isprintable() or " " in value:
        raise ValueError(f"{value!r} is no http(s) address")
    if "@" in parts.netloc:
        raise ValueError("holds a name or password, which logs and pages would show")
    return value


def _lang(value: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", value):
        raise ValueError(f"{value!r} is no language tag: write en, es or es-SV")
    return value


_NO_NAMES: Mapping[str, str] = {}


def _one_of(what: str, known: tuple[str, ...] | frozenset[str], others: Mapping[str, str] = _NO_NAMES) -> AfterValidator:
    """One of the known ones.

    Args:
        others: what some of them are often called instead.
    """

    def check(value: str) -> str:
        if value not in known:
            other = others.get(value.strip().lower())
            raise ValueError(f"{value!r} is no {what}{f' (did you mean {other}?)' if other else did_you_mean(value, known)}")
        return value

    return AfterValidator(check)


def _docket_number(value: str) -> str:
    if parse_docket(value) is None:
        raise ValueError(f"{value!r} is no docket number: write 8:25-cv-00951, 25-1345 or 24A949")
    return value.strip()


def _duration(value: object) -> timedelta:
    return value if isinstance(value, timedelta) else duration(_text(value))


def _first_run(value: object) -> FirstRun:
    return value if isinstance(value, FirstRun) else first_run(_text(value))


Id = Annotated[str, AfterValidator(_id), Field(json_schema_extra={"pattern": f"^{ID}$"})]
Line = Annotated[str, AfterValidator(_line), Field(json_schema_extra={"minLength": 1})]
Phrase = Annotated[str, AfterValidator(_phrase), Field(json_schema_extra={"minLength": 1})]
Url = Annotated[str, AfterValidator(http_url), Field(json_schema_extra={"format": "uri", "pattern": "^https?://"})]
Lang = Annotated[str, AfterValidator(_lang)]
Duration = Annotated[
    timedelta,
    PlainValidator(_duration),
    PlainSerializer(duration_text, return_type=str),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]+[smhd]$", "examples": ["90s", "15m", "4h", "7d"]}),
]
First = Annotated[
    FirstRun,
    PlainValidator(_first_run),
    PlainSerializer(first_run_text, return_type=str),
    WithJsonSchema({"type": "string", "pattern": "^(baseline|last:[0-9]+|since:[0-9]{4}-[0-9]{2}-[0-9]{2})$"}),
]
KindName = Annotated[str, _one_of("kind of source", tuple(KINDS), OTHER_NAMES), Field(json_schema_extra={"enum": list(KINDS)})]
Court = Annotated[str, _one_of("court that CourtListener has", COURTS), Field(json_schema_extra={"examples": ["mdd", "ca4", "scotus"]})]
EntryType = Annotated[str, _one_of("type of docket entry", DOCKET_TYPES), Field(json_schema_extra={"enum": list(DOCKET_TYPES)})]
DocketText = Annotated[str, AfterValidator(_docket_number)]


class Table(BaseModel):
    """Any table: unknown keys are faults. Numbers and truths are read strictly: `"5"` is no number, `1` is not true."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TermTable(Table):
    """A fuzzy phrase. A plain text is short for a table with `text` alone."""

    text: Phrase = Field(description="The phrase to look for.")
    weight: float = Field(default=1.0, strict=True, gt=0, le=1, allow_inf_nan=False, description="What a perfect find of it is worth.")
    near: str | None = Field(default=None, description="Counts only with a phrase of this group of [phrases] near by.")
    within: int | None = Field(
        default=None, strict=True, ge=1, le=1000, description="How near, in words; without it, in the same sentence."
    )

    @model_validator(mode="after")
    def _within_needs_near(self) -> "TermTable":
        if self.within is not None and self.near is None:
            raise ValueError("within says nothing without near")
        return self


def _term(value: object) -> object:
    return {"text": value} if isinstance(value, str) else value


def _need(value: object) -> object:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not names or not all(isinstance(name, str) for name in names):
        raise ValueError("must be the name of a group, or a list of names of which one is enough")
    return names


Need = Annotated[tuple[str, ...], BeforeValidator(_need, json_schema_input_type=str | list[str])]
AnyTerm = Annotated[TermTable, BeforeValidator(_term, json_schema_input_type=str | TermTable)]
Terms = tuple[AnyTerm, ...]


class DocketTable(Table):
    """One court's file of the case."""

    court: Court = Field(description="CourtListener's id of the court.")
    number: DocketText = Field(description="The docket's number there.")
    courtlistener: int | None = Field(
        default=None, strict=True, ge=1, lt=2**63, description="CourtListener's id of the docket; its feed is polled by it."
    )


class DefaultsTable(Table):
    """What holds for every source that does not say otherwise."""

    every: Duration = Field(default=timedelta(minutes=15), description="How often to poll.")
    first_run: First = Field(default=FirstRun(), description="What the first poll may tell: baseline (nothing), last:N, since:DATE.")
    max_age: Duration = Field(default=timedelta(days=14), description="Papers older than this when first seen are stored, never told.")


class SourceTable(Table):
    """A place to poll."""

    id: Id = Field(description="Its name, unique among the sources.")
    kind: KindName = Field(description="How it is asked and read.")
    url: Url | None = Field(default=None, description="Its address; feed, pacer-rss and page need one, the others have the service's own.")
    title: Line | None = Field(default=None, description="What readers see as its name.")
    every: Duration | None = Field(default=None, description="How often to poll; at least 60s, on private addresses 1s.")
    enabled: bool = Field(default=True, strict=True, description="Whether it is polled.")
    reason: Line | None = Field(default=None, description="Why it is not enabled.")
    first_run: First | None = Field(default=None, description="What the first poll may tell: baseline (nothing), last:N, since:DATE.")
    max_age: Duration | None = Field(default=None, description="Papers older than this when first seen are stored, never told.")
    lang: Lang | None = Field(default=None, description="Language of what it publishes, where it does not say.")
    watches: tuple[str, ...] = Field(default=(), description="Judge what it brings by these doctrines and cases only.")
    primary: bool = Field(default=False, strict=True, description="Whether its papers are the acts themselves and lead a story.")


class WatchTable(Table):
    """What a doctrine and a case have in common."""

    id: Id = Field(description="Its name, unique among doctrines and cases.")
    title: Line = Field(description="What readers see as its name.")
    about: str = Field(default="", description="What a reader wants to hear of, in a sentence.")
    terms: Terms = Field(default=(), description="Phrases to look for, each a text or { text, weight, near, within }.")
    needs: tuple[Need, ...] = Field(
        default=(),
        description="Groups of [phrases] that must be there as well, each by one of its phrases; of a list of groups one is enough.",
    )
    excludes: Terms = Field(default=(), description="Phrases that rule a document out.")
    names: tuple[Phrase, ...] = Field(default=(), description="Names that are enough by themselves.")
    sources: tuple[str, ...] = Field(default=(), description="Documents of these sources only.")
    types: tuple[EntryType, ...] = Field(default=(), description="Docket papers of these types only.")
    threshold: float = Field(default=0.88, strict=True, ge=0, le=1, allow_inf_nan=False, description="The score that a match must reach.")


class DoctrineTable(WatchTable):
    """A legal question that is watched."""

    @model_validator(mode="after")
    def _can_match(self) -> "DoctrineTable":
        if not (self.terms or self.names):
            raise ValueError("has no terms: it could never match")
        return self


class CaseTable(WatchTable):
    """A case, over all its dockets."""

    dockets: tuple[DocketTable, ...] = Field(default=(), description="Its dockets, in every court.")

    @model_validator(mode="after")
    def _can_match(self) -> "CaseTable":
        if not (self.terms or self.names or self.dockets):
            raise ValueError("has no names, dockets or terms: it could never match")
        return self


class RulesFile(Table):
    """The whole of `sources.toml`: what is polled, and what of it matters."""

    defaults: DefaultsTable = Field(default=DefaultsTable(), description="What holds for every source that does not say otherwise.")
    phrases: dict[str, Terms] = Field(default={}, description="Groups of phrases that Watches may need.")
    source: tuple[SourceTable, ...] = Field(default=(), description="The places to poll.")
    doctrine: tuple[DoctrineTable, ...] = Field(default=(), description="The legal questions that are watched.")
    case: tuple[CaseTable, ...] = Field(default=(), description="The cases that are followed.")


class _Drawn(GenerateJsonSchema):
    """As an editor wants it: no null, which TOML has not, defaults as the file writes them, no titles that only repeat names."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        drawn = super().default_schema(schema)
        return drawn if drawn.get("default", 0) is not None else {key: value for key, value in drawn.items() if key != "default"}

    def encode_default(self, dft: Any) -> Any:
        if isinstance(dft, timedelta):
            return duration_text(dft)
        return first_run_text(dft) if isinstance(dft, FirstRun) else super().encode_default(dft)


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of `sources.toml`, for editors."""
    drawn = RulesFile.model_json_schema(mode="validation", schema_generator=_Drawn)
    source = drawn["$defs"]["SourceTable"]
    for option in sorted(set().union(*(facts.options for facts in KINDS.values()))):
        kinds = ", ".join(name for name, facts in KINDS.items() if option in facts.options)
        kind_of_value = "boolean" if option in TRUTHS else ["string", "boolean", "integer"]
        source["properties"][option] = {"type": kind_of_value, "description": f"Only for kind {kinds}."}
    needing = [kind for kind, facts in KINDS.items() if facts.url is None]
    source["if"] = {"properties": {"kind": {"enum": needing}}, "required": ["kind"]}
    source["then"] = {"required": ["url"]}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | drawn | {"title": "sources.toml of Habeas Watch"}
