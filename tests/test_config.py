"""`sources.toml` and the environment: what is read, and what is refused, where and in which words."""

import json
import os
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
import tomlkit
from hypothesis import given, reject
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from watcher.cli.check import schema_text
from watcher.config import (
    Listed,
    MailServer,
    Rulebook,
    Secret,
    Settings,
    Stamp,
    UnreadableError,
    changed,
    duration,
    duration_text,
    first_run,
    first_run_text,
    join,
    load_rules,
    read_rules,
    schema,
    settings,
    sources_path,
)
from watcher.config.courtids import COURTS
from watcher.config.kinds import KINDS, OTHER_NAMES
from watcher.config.positions import Position, Positions
from watcher.config.tables import CaseTable, DefaultsTable, DocketTable, DoctrineTable, SourceTable, Table, TermTable
from watcher.errors import ConfigError
from watcher.models import Docket, DocumentType, FirstRun, Group, Link, Named, Source, Term, Watch

unhurried = hypothesis_settings(deadline=None)  # a loaded machine is no fault

# -- durations and first runs


@pytest.mark.parametrize(
    ("text", "length"),
    [("90s", timedelta(seconds=90)), ("15m", timedelta(minutes=15)), ("4h", timedelta(hours=4)), ("7d", timedelta(days=7))],
)
def test_durations_are_a_number_and_a_unit(text: str, length: timedelta) -> None:
    assert duration(text) == length
    assert duration_text(length) == text


@pytest.mark.parametrize(
    "text", ["", "15", "m", "15 m", "1.5h", "-5m", "+5m", "15M", "1w", "1h30m", "0s", "0d", "36526d", "9999999999s", "१५m", "15m\n"]
)
def test_nothing_else_is_a_duration(text: str) -> None:
    with pytest.raises(ValueError, match="write"):
        duration(text)


@unhurried
@given(st.integers(min_value=1, max_value=36_525 * 86400))
def test_a_duration_written_is_read_again(seconds: int) -> None:
    assert duration(duration_text(timedelta(seconds=seconds))) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        ("baseline", FirstRun()),
        ("last:5", FirstRun(policy="last", last=5)),
        ("last:1000", FirstRun(policy="last", last=1000)),
        ("since:2026-11-01", FirstRun(policy="since", since=date(2026, 11, 1))),
    ],
)
def test_first_runs_are_read_and_written(text: str, policy: FirstRun) -> None:
    assert first_run(text) == policy
    assert first_run_text(policy) == text


@pytest.mark.parametrize(
    "text", ["", "all", "last", "last:", "last:0", "last:1001", "last:-1", "since:", "since:2026-02-30", "since:20261101", "baseline:1"]
)
def test_nothing_else_is_a_first_run(text: str) -> None:
    with pytest.raises(ValueError, match=r"write|no such day"):
        first_run(text)


# -- where things stand


@pytest.mark.parametrize(
    ("text", "path", "position"),
    [
        ("a = 1", ("a",), (1, 1)),
        ("\n  a = 1", ("a",), (2, 3)),
        ("a.b.c = 1", ("a", "b", "c"), (1, 1)),
        ("[a]\nb = 1\n[c]\nb = 2", ("c", "b"), (4, 1)),
        ("[a.b]\nc = 1", ("a",), (1, 1)),
        ("[[a]]\n[[a]]\nb = 1", ("a", 1, "b"), (3, 1)),
        ("[[a]]\n[[a]]", ("a", 1), (2, 1)),
        ("[[a]]\n[a.b]\nc = 1\n[[a]]\n[a.b]\nc = 2", ("a", 1, "b", "c"), (6, 1)),
        ("[[a]]\n[[a.b]]\nc = 1\n[[a.b]]\nc = 2\n[[a]]\n[[a.b]]\nc = 3", ("a", 1, "b", 0, "c"), (8, 1)),
        ("a = [1, 2,\n  3]", ("a", 2), (2, 3)),
        ("a = [ # ] \n  1, # , 2\n  2 ]", ("a", 1), (3, 3)),
        ("a = [[1], [2, [3]]]", ("a", 1, 1, 0), (1, 16)),
        ("a = { b = 1, c = { d = 2 } }", ("a", "c", "d"), (1, 20)),
        ("a = [{ b.c = 1 }, { b.c = 2 }]", ("a", 1, "b", "c"), (1, 21)),
        ("a = '''x\n# ' '' [b]\n'''\nc = 1", ("c",), (4, 1)),
        ('a = """x \\"""\n"" """""\nc = 1', ("c",), (3, 1)),
        ('a = """"""\nb = 1', ("b",), (2, 1)),
        ("a = '''it's ''quoted'''''\nb = 1", ("b",), (2, 1)),
        ('a = "\\" # [x] "\nb = 1', ("b",), (2, 1)),
        ("\"a.b\" . 'c d' = 1", ("a.b", "c d"), (1, 1)),
        ('["a]"."b"]\nc = 1', ("a]", "b", "c"), (2, 1)),
        ('"\\u00e1" = 1', ("á",), (1, 1)),
        ('"" = 1', ("",), (1, 1)),
        ("a = 1979-05-27 07:32:00 # x\nb = 1", ("b",), (2, 1)),
        ("a = {}\nb = []\nc = 1", ("c",), (3, 1)),
        ("a = 'ñ' # ñ\nb = 1", ("b",), (2, 1)),
        ("a = ['ñ', 2]", ("a", 1), (1, 11)),
        ("a = 1\nb = 2", ("b", "c", 0), (2, 1)),  # the nearest thing around it
        ("a = 1", ("z",), (1, 1)),
    ],
)
def test_keys_and_items_have_their_place(text: str, path: tuple[str | int, ...], position: tuple[int, int]) -> None:
    tomllib.loads(text)
    assert Positions(text).of(path) == Position(*position)


@pytest.mark.parametrize(
    "text", ["a = 1\nb = [1", "a = 1\nb = ]", "a = 1\nb = {c = 1 d", "a = 1\nb", "a = 1\nb = ", "a = 1\n[b", "a = 1\n[[b]", "a = 1\n!"]
)
def test_what_cannot_be_followed_keeps_the_places_before_it(text: str) -> None:
    assert Positions(text).of(("a",)) == Position(1, 1)


@dataclass
class Leaf:
    """A value to be written; `mark` is a number that stands in it and nowhere else."""

    kind: str
    tail: str
    mark: int = field(default=0)


awkward = st.text(alphabet="ab \"'\\#[]{}=,.\téß\n", max_size=8)
leaves = st.builds(Leaf, st.sampled_from(["number", "text", "long text", "literal", "long literal"]), awkward)
keys = st.text(alphabet="abc-_ .\"'#=[]é", max_size=5)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=12,
)
documents = st.dictionaries(keys, values, max_size=5)
styles = st.randoms(use_true_random=False)


def literal_of(leaf: Leaf) -> Any:
    words = f"{leaf.mark} {leaf.tail}"
    match leaf.kind:
        case "long text":
            return tomlkit.string(words, multiline=True)
        case "literal" if not set(words) & {"'", "\n"}:
            return tomlkit.string(words, literal=True)
        case "long literal" if "''" not in words and not words.endswith("'"):
            return tomlkit.string(words, literal=True, multiline=True)
        case "number":
            return leaf.mark
    return words


def written(value: Any, style: Any, marks: Iterator[int], *, inline: bool) -> Any:
    """A tomlkit item of a value, in a style chosen at random; marks its leaves in passing."""
    if isinstance(value, Leaf):
        value.mark = next(marks)
        return literal_of(value)
    if isinstance(value, dict):
        inline = inline or style.random() < 0.3
        return filled(tomlkit.inline_table() if inline else tomlkit.table(), value, style, marks, inline=inline)
    if value and not inline and all(isinstance(item, dict) for item in value) and style.random() < 0.7:
        tables = tomlkit.aot()
        for item in value:
            tables.append(filled(tomlkit.table(), item, style, marks, inline=False))
        return tables
    array = tomlkit.array()
    for item in value:
        array.append(written(item, style, marks, inline=True))
    return array.multiline(style.random() < 0.5)


def filled(table: Any, value: dict[str, Any], style: Any, marks: Iterator[int], *, inline: bool) -> Any:
    for key, item in value.items():
        if isinstance(item, dict) and item and not inline and style.random() < 0.3:
            for name, inner in item.items():
                table.append(tomlkit.key([key, name]), written(inner, style, marks, inline=True))
        else:
            table.append(tomlkit.key(key), written(item, style, marks, inline=inline))
        if not inline and style.random() < 0.2:
            table.add(tomlkit.comment("# [x] = 1 '\""))
    return table


def paths_of(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key), item
        yield from paths_of(item, (*path, key))


@unhurried
@given(documents, styles)
def test_every_value_of_any_file_is_found_where_it_stands(document: dict[str, Any], style: Any) -> None:
    text = tomlkit.dumps(filled(tomlkit.document(), document, style, iter(range(10_001, 99_999)), inline=False))
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        reject()  # tomlkit does not always write what may be read, with keys as odd as these
    positions, lines = Positions(text), text.split("\n")
    assert positions.paths() == {path for path, _ in paths_of(content)}
    for path, value in paths_of(content):
        if isinstance(value, (int, str)):
            line, column = positions.of(path)
            first = re.search("1[0-9]{4}", "\n".join([lines[line - 1][column - 1 :], *lines[line:]]))
            assert first is not None
            assert first.group() == str(value)[:5], path


# -- what is read

WHOLE = """
[defaults]
every = "20m"
first_run = "last:2"
max_age = "7d"

[phrases]
abroad = ["foreign prison", { text = "prisión  extranjera", weight = 0.9 }]
people = ["detainee"]

[[source]]
id = "hrw"
kind = "feed"
title = "Human Rights Watch"
url = "https://www.hrw.org/rss/news"
every = "30m"
first_run = "since:2026-11-01"
max_age = "30d"
lang = "en"
watches = ["abrego-garcia"]

[[source]]
id = "register"
kind = "federal-register"
primary = true

[[source]]
id = "courtlistener"
kind = "docket-feeds"

[[source]]
id = "scotus"
kind = "scotus-docket"
url = "http://127.0.0.1:8001/"
every = "1s"
allow_robots = true

[[source]]
id = "state"
kind = "page"
url = "https://www.state.gov/"
enabled = false
reason = "pages are not available"

[[doctrine]]
id = "eighth-amendment"
title = "Eighth Amendment abroad"
about = \"\"\"Not cruel
  and unusual.\"\"\"
terms = ["eighth amendment", { text = "cruel", weight = 0.5, near = "people", within = 12 }]
needs = ["abroad"]
excludes = ["lethal injection"]
sources = ["hrw", "courtlistener/69777799"]
types = ["order", "opinion"]
threshold = 0.9

[[case]]
id = "abrego-garcia"
title = "Abrego Garcia v. Noem"
names = ["Kilmar Abrego Garcia"]
dockets = [
  { court = "mdd", number = "8:25-cv-00951", courtlistener = 69777799 },
  { court = "scotus", number = "24A949" },
  { court = "ca4", number = "25-1345" },
]

[[case]]
id = "the-same"
title = "Noem v. Abrego Garcia"
dockets = [{ court = "scotus", number = "No. 24A949" }, { court = "ca4", number = "25-1345", courtlistener = 69847836 }]
"""
ABROAD = Group(name="abroad", terms=(Term(text="foreign prison"), Term(text="prisión extranjera", weight=0.9)))
PEOPLE = Group(name="people", terms=(Term(text="detainee"),))
DISTRICT = Docket(court="mdd", number="8:25-cv-00951", courtlistener=69777799)
SUPREME = Docket(court="scotus", number="24A949")
APPEAL = Docket(court="ca4", number="25-1345", courtlistener=69847836)
SOME = {"first_run": FirstRun(policy="last", last=2), "max_age": timedelta(days=7)}


def test_a_whole_file_is_read() -> None:
    dockets: dict[str, Any] = {"kind": "docket-feeds", "url": "https://www.courtlistener.com/", "every": timedelta(minutes=20), **SOME}
    assert read_rules(WHOLE) == Rulebook(
        sources=(
            Source(
                id="hrw",
                kind="feed",
                title="Human Rights Watch",
                url="https://www.hrw.org/rss/news",
                every=timedelta(minutes=30),
                first_run=FirstRun(policy="since", since=date(2026, 11, 1)),
                max_age=timedelta(days=30),
                lang="en",
                watches=("abrego-garcia",),
            ),
            Source(
                id="register",
                kind="federal-register",
                url="https://www.federalregister.gov/api/v1/",
                every=timedelta(minutes=20),
                primary=True,
                **SOME,  # type: ignore[arg-type]  # keywords of any kind
            ),
            Source(id="courtlistener/69777799", docket=DISTRICT, **dockets),
            Source(id="courtlistener/69847836", docket=APPEAL, **dockets),
            Source(
                id="scotus/24A949",
                kind="scotus-docket",
                url="http://127.0.0.1:8001/",
                every=timedelta(seconds=1),
                docket=SUPREME,
                options={"allow_robots": "true"},
                **SOME,  # type: ignore[arg-type]  # keywords of any kind
            ),
            Source(
                id="state",
                kind="page",
                url="https://www.state.gov/",
                every=timedelta(minutes=20),
                enabled=False,
                robots=True,
                **SOME,  # type: ignore[arg-type]  # keywords of any kind
            ),
        ),
        watches=(
            Watch(
                id="eighth-amendment",
                kind="doctrine",
                title="Eighth Amendment abroad",
                about="Not cruel and unusual.",
                terms=(Term(text="eighth amendment"), Term(text="cruel", weight=0.5, near="people", within=12)),
                needs=(ABROAD,),
                groups=(PEOPLE,),
                excludes=(Term(text="lethal injection"),),
                sources=("hrw", "courtlistener/69777799"),
                types=(DocumentType.ORDER, DocumentType.OPINION),
                threshold=0.9,
            ),
            Watch(
                id="abrego-garcia",
                kind="case",
                title="Abrego Garcia v. Noem",
                names=("Kilmar Abrego Garcia",),
                dockets=(DISTRICT, SUPREME, Docket(court="ca4", number="25-1345")),
            ),
            Watch(
                id="the-same",
                kind="case",
                title="Noem v. Abrego Garcia",
                dockets=(Docket(court="scotus", number="No. 24A949"), APPEAL),
            ),
        ),
        groups=(ABROAD, PEOPLE),
        listed=(
            Listed(id="hrw", kind="feed", title="Human Rights Watch", enabled=True),
            Listed(id="register", kind="federal-register", title="register", enabled=True),
            Listed(id="courtlistener", kind="docket-feeds", title="courtlistener", enabled=True, addresses=2),
            Listed(id="scotus", kind="scotus-docket", title="scotus", enabled=True, addresses=1),
            Listed(id="state", kind="page", title="state", enabled=False, reason="pages are not available"),
        ),
    )


def test_the_supreme_court_asks_robots_unless_the_operator_allows_it() -> None:
    robots = {source.id: source.robots for source in read_rules(WHOLE.replace("allow_robots = true", "allow_robots = false")).sources}
    assert robots["scotus/24A949"] is True
    assert robots["hrw"] is False


def test_defaults_hold_without_a_table_of_them() -> None:
    [source] = read_rules('[[source]]\nid = "a"\nkind = "public-inspection"').sources
    assert (source.every, source.first_run, source.max_age) == (timedelta(minutes=15), FirstRun(), timedelta(days=14))


def test_an_empty_file_watches_nothing() -> None:
    assert read_rules("# nothing yet") == Rulebook(sources=(), watches=())


def test_windows_line_ends_change_nothing() -> None:
    assert read_rules(WHOLE.replace("\n", "\r\n")) == read_rules(WHOLE)


# -- what is refused

SOURCE = '[[source]]\nid = "a"\nkind = "feed"\nurl = "https://a.test/"\n'
DOCTRINE = '[[doctrine]]\nid = "d"\ntitle = "D"\nterms = ["t"]\n'
CASE = '[[case]]\nid = "c"\ntitle = "C"\nnames = ["n"]\n'
DOCKET = CASE + "dockets = [{ %s }]\n"


def faults_of(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read_rules(text)
    return list(caught.value.faults)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        # no TOML at all: the first fault only
        ("a = ", "1:5: not TOML: invalid value, at the end of the file"),
        ("a = 1\nb = = 2", "2:5: not TOML: invalid value"),
        ("a = 1\na = 2\n", "2:6: not TOML: a: this key is there already (line 1)"),
        ("[a]\nb = 1\n[c]\nd = 1\nb = 1\nb = 2\n", "6:6: not TOML: b: this key is there already (line 5)"),
        ("a = [\n1]\na = [\n2]\n", "4:3: not TOML: this value's key is there already"),
        (
            "\n[phrases]\na = ['x']\n\n[ phrases ] # more\nb = ['y']\n",
            "5:11: not TOML: [ phrases ]: this table is there already (line 2): a table is written once, with all its keys",
        ),
        (
            "[phrases]\na = ['x']\n[[phrases]]\n",
            "3:10: not TOML: [[phrases]]: this table is there already (line 1): a table is written once, with all its keys",
        ),
        ("[a.b]\n[a.b]\n", "2:5: not TOML: [a.b]: this table is there already: a table is written once, with all its keys"),
        ("[[case]]\nid = 'a'\n[case]\n", "3:6: not TOML: [case]: there is a case already (line 1): write each as [[case]]"),
        ('a = "b\n', "1:7: not TOML: a text whose closing quote is missing"),
        ("a = " + "[" * 5000, "1:1: not TOML: nested too deeply"),
        # the top
        ("[[sorce]]\nid = 1", "1:1: sorce: unknown key (did you mean source?)"),
        ("[source]\nid = 'a'", "1:1: source: must be a list of tables: [[source]]"),
        ("source = [1]", "1:11: source number 1: must be a table"),
        ("defaults = 1", "1:1: [defaults]: must be a table"),
        ("phrases = []", "1:1: [phrases]: must be a table of lists"),
        # defaults
        ("[defaults]\nevery = '15'", "2:1: [defaults]: every: '15' is no duration: write 90s, 15m, 4h or 7d"),
        ("[defaults]\nevery = 15", "2:1: [defaults]: every: must be text in quotes"),
        ("[defaults]\nevry = '15m'", "2:1: [defaults]: evry: unknown key (did you mean every?)"),
        (
            "[defaults]\nfirst_run = 'last'",
            "2:1: [defaults]: first_run: 'last' is no first run: write baseline, last:N (1 to 1000) or since:YYYY-MM-DD",
        ),
        ("[defaults]\nfirst_run = 'since:2026-02-30'", "2:1: [defaults]: first_run: 'since:2026-02-30': there is no such day"),
        ("[defaults]\nmax_age = '40000d'", "2:1: [defaults]: max_age: '40000d' is out of range: write from 1s to 36525d"),
        # phrases
        ("[phrases]\nA = ['x']", "2:1: [phrases]: 'A' is no name: lower-case letters, digits and hyphens, a letter or digit first"),
        ("[phrases]\na = []", "2:1: [phrases]: a: has no phrases: nothing could satisfy it"),
        ("[phrases]\na = 'x'", "2:1: [phrases]: a: must be a list: [ … ]"),
        ("[phrases]\na = ['x', 5]", "2:11: [phrases]: a[1]: must be a table"),
        ("[phrases]\na = ['x', '...']", "2:11: [phrases]: a[1].text: '...' holds no letter or digit to look for"),
        ("[phrases]\na = ['x', 'X ']", "2:11: [phrases]: a[1]: 'X ' is there already"),
        ("[phrases]\na = [{ text = 'x', wieght = 1 }]", "2:20: [phrases]: a[0].wieght: unknown key (did you mean weight?)"),
        ("[phrases]\na = [{ text = 'x', near = 'a' }]", "2:20: [phrases]: a[0].near: a phrase of a group cannot ask for another group"),
        # sources
        (SOURCE.replace('id = "a"\n', ""), "1:1: source number 1: id: required"),
        (
            SOURCE.replace('"a"', '"A_b"'),
            "2:1: source A_b: id: 'A_b' is no id: lower-case letters, digits and hyphens, a letter or digit first",
        ),
        (SOURCE.replace('"a"', "7"), "2:1: source number 1: id: must be text in quotes"),
        (SOURCE.replace('"feed"', '"feeds"'), "3:1: source a: kind: 'feeds' is no kind of source (did you mean feed?)"),
        (SOURCE.replace('"feed"', '"RSS"'), "3:1: source a: kind: 'RSS' is no kind of source (did you mean feed?)"),
        (SOURCE.replace('"feed"', '"scotus"'), "3:1: source a: kind: 'scotus' is no kind of source (did you mean scotus-docket?)"),
        (SOURCE.replace('kind = "feed"\n', ""), "1:1: source a: kind: required"),
        (SOURCE.replace('url = "https://a.test/"\n', ""), "1:1: source a: url: required for kind feed"),
        (SOURCE.replace("https:", "ftp:"), "4:1: source a: url: 'ftp://a.test/' is no http(s) address"),
        (SOURCE.replace("//a.test", ""), "4:1: source a: url: 'https:/' is no http(s) address"),
        (SOURCE.replace("a.test", "a.test:70000"), "4:1: source a: url: 'https://a.test:70000/' is no address: Port out of range 0-65535"),
        (SOURCE.replace("a.test", "[::1"), "4:1: source a: url: 'https://[::1/' is no address: Invalid IPv6 URL"),
        (SOURCE.replace("a.test", "me:pw@a.test"), "4:1: source a: url: holds a name or password, which logs and pages would show"),
        (SOURCE.replace("https:", "ftp:") + 'every = "5s"', "4:1: source a: url: 'ftp://a.test/' is no http(s) address"),
        (SOURCE + 'every = "59s"', "5:1: source a: every: 59s is too often: at least 60s for this address"),
        ("[defaults]\nevery = '5s'\n" + SOURCE, "3:1: source a: every: 5s from [defaults] is too often: at least 60s for this address"),
        (SOURCE + "enabled = 1", "5:1: source a: enabled: must be true or false"),
        (SOURCE + 'enabled = "yes"', "5:1: source a: enabled: must be true or false"),
        (SOURCE + 'lang = "English"', "5:1: source a: lang: 'English' is no language tag: write en, es or es-SV"),
        (SOURCE + 'title = " "', "5:1: source a: title: must be one line of text, not empty"),
        (SOURCE + 'title = "a\\nb"', "5:1: source a: title: must be one line of text, not empty"),
        (SOURCE + "primry = true", "5:1: source a: primry: unknown key (did you mean primary?)"),
        (SOURCE + "zzzzzz = true", "5:1: source a: zzzzzz: unknown key"),
        (SOURCE + "allow_robots = true", "5:1: source a: allow_robots: only for kind scotus-docket or page"),
        (
            SOURCE.replace("feed", "scotus-docket") + 'allow_robots = "yes"',
            "5:1: source a: allow_robots: must be true or false",
        ),
        (SOURCE + 'watches = ["d"]\n' + DOCTRINE.replace('"d"', '"due"'), "5:12: source a: watches[0]: 'd' is no doctrine or case"),
        (
            SOURCE + 'watches = ["du"]\n' + DOCTRINE.replace('"d"', '"due"'),
            "5:12: source a: watches[0]: 'du' is no doctrine or case (did you mean due?)",
        ),
        (SOURCE + SOURCE, "6:1: source a: id: another source has the id 'a' (line 2)"),
        (SOURCE.replace("feed", "page"), "3:1: source a: kind page is not available in this version; set enabled = false"),
        (SOURCE.replace("feed", "congress"), "3:1: source a: kind congress is not available in this version; set enabled = false"),
        # doctrines and cases
        (
            DOCTRINE + 'needs = ["abrod"]\n[phrases]\nabroad = ["x"]',
            "5:10: doctrine d: needs[0]: 'abrod' is no group of [phrases] (did you mean abroad?)",
        ),
        (
            DOCTRINE + 'needs = ["abroad", ["abroad", "peple"]]\n[phrases]\nabroad = ["x"]\npeople = ["y"]',
            "5:31: doctrine d: needs[1][1]: 'peple' is no group of [phrases] (did you mean people?)",
        ),
        (
            DOCTRINE + 'needs = [["abroad", "abroad"]]\n[phrases]\nabroad = ["x"]',
            "5:21: doctrine d: needs[0][1]: 'abroad' is there already",
        ),
        (
            DOCTRINE + "needs = [[]]",
            "5:10: doctrine d: needs[0]: must be the name of a group, or a list of names of which one is enough",
        ),
        (
            DOCTRINE + "needs = [5]",
            "5:10: doctrine d: needs[0]: must be the name of a group, or a list of names of which one is enough",
        ),
        (DOCTRINE + 'excludes = ["x", { text = "y", near = "z" }]', "5:32: doctrine d: excludes[1].near: 'z' is no group of [phrases]"),
        (DOCTRINE + 'excludes = [{ text = "y", within = 5 }]', "5:13: doctrine d: excludes[0]: within says nothing without near"),
        (
            DOCTRINE + 'excludes = [{ text = "y", within = 0, near = "z" }]\n[phrases]\nz = ["x"]',
            "5:27: doctrine d: excludes[0].within: 0 is out of range: greater than or equal to 1",
        ),
        (DOCTRINE + "excludes = [{ weight = 1 }]", "5:13: doctrine d: excludes[0].text: required"),
        (DOCTRINE + 'excludes = [{ text = "y", weight = 0 }]', "5:27: doctrine d: excludes[0].weight: 0 is out of range: greater than 0"),
        (DOCTRINE + 'excludes = [{ text = "y", weight = nan }]', "5:27: doctrine d: excludes[0].weight: must be a finite number"),
        (
            DOCTRINE + 'excludes = ["z", { text = "y", weight = 0.84 }]',
            "5:32: doctrine d: excludes[1].weight: 0.84 could never count: context counts from 0.85 on",
        ),
        (
            '[phrases]\ng = [{ text = "y", weight = 0.5 }, { text = "z", weight = 0.85 }]',
            "2:20: [phrases]: g[0].weight: 0.5 could never count: context counts from 0.85 on",
        ),
        (DOCTRINE + "excludes = 'y'", "5:1: doctrine d: excludes: must be a list: [ … ]"),
        (DOCTRINE + 'sources = ["a"]', "5:12: doctrine d: sources[0]: 'a' is no source"),
        (DOCTRINE + 'types = ["ordr"]', "5:10: doctrine d: types[0]: 'ordr' is no type of docket entry (did you mean order?)"),
        (DOCTRINE + 'types = ["article"]', "5:10: doctrine d: types[0]: 'article' is no type of docket entry"),
        (DOCTRINE + "threshold = 1.01", "5:1: doctrine d: threshold: 1.01 is out of range: less than or equal to 1"),
        (DOCTRINE + 'threshold = "0.9"', "5:1: doctrine d: threshold: must be a number"),
        (DOCTRINE + "threshold = true", "5:1: doctrine d: threshold: must be a number"),
        (DOCTRINE + "dockets = []", "5:1: doctrine d: dockets: unknown key"),
        (DOCTRINE.replace('["t"]', "[]"), "1:1: doctrine d: has no terms: it could never match"),
        (DOCTRINE.replace('["t"]', '["t", "T"]'), "4:15: doctrine d: terms[1]: 'T' is there already"),
        (CASE.replace('names = ["n"]', ""), "1:1: case c: has no names, dockets or terms: it could never match"),
        (CASE.replace('["n"]', '["n", ""]'), "4:15: case c: names[1]: '' holds no letter or digit to look for"),
        (DOCTRINE + CASE.replace('"c"', '"d"'), "6:1: case d: id: another doctrine has the id 'd' (line 2)"),
        (
            CASE.replace('"c"', '"own-17"'),
            "2:1: case own-17: id: 'own-17' begins as the ids of phrases do that subscribers own (own-): choose another",
        ),
        (
            DOCTRINE.replace('"d"', '"own-goal"'),
            "2:1: doctrine own-goal: id: 'own-goal' begins as the ids of phrases do that subscribers own (own-): choose another",
        ),
        (
            DOCKET % 'court = "mddd", number = "25-1"',
            "5:14: case c: dockets[0].court: 'mddd' is no court that CourtListener has (did you mean mdd?)",
        ),
        (
            DOCKET % 'court = "mdd", number = "hello"',
            "5:29: case c: dockets[0].number: 'hello' is no docket number: write 8:25-cv-00951, 25-1345 or 24A949",
        ),
        (DOCKET % 'court = "ca4"', "5:12: case c: dockets[0].number: required"),
        (DOCKET % 'court = "ca4", number = "25-1", courtlistener = "5"', "5:46: case c: dockets[0].courtlistener: must be a whole number"),
        (DOCKET % 'court = "ca4", number = "25-1", docket = 5', "5:46: case c: dockets[0].docket: unknown key"),
        (
            DOCKET % 'court = "ca4", number = "25-1" }, { court = "ca4", number = "No. 25-1"',
            "5:48: case c: dockets[1]: ca4 No. 25-1 is there already",
        ),
        (
            DOCKET % 'court = "ca4", number = "25-1", courtlistener = 5 }, { court = "ca4", number = "25-2", courtlistener = 5',
            "5:101: case c: dockets[1].courtlistener: case c has it for ca4 25-1",
        ),
        (
            DOCKET % 'court = "ca4", number = "25-1", courtlistener = 5'
            + (DOCKET % 'court = "ca4", number = "25-1", courtlistener = 6').replace('"c"', '"e"'),
            "10:46: case e: dockets[0].courtlistener: case c has 5 for the same docket",
        ),
    ],
)
def test_a_fault_is_told_with_its_place(text: str, fault: str) -> None:
    assert faults_of(text) == [f"sources.toml:{fault}"]


@pytest.mark.parametrize(
    "text",
    [
        SOURCE + SOURCE.replace('"a"', '"b"'),
        DOCTRINE.replace('"d"', '"a"') + SOURCE,  # sources and Watches have ids of their own
        SOURCE.replace("a.test", "127.0.0.1:8000") + 'every = "1s"',
        SOURCE.replace("a.test", "[::1]") + 'every = "1s"',
        SOURCE.replace("a.test", "192.168.1.5") + 'every = "1s"',
        SOURCE.replace("a.test", "localhost") + 'every = "1s"',
        SOURCE + 'every = "60s"',
        SOURCE.replace("feed", "page") + "enabled = false",
        SOURCE.replace('kind = "feed"\nurl = "https://a.test/"', 'kind = "congress"') + "enabled = false",
        "[defaults]\nevery = '5s'\n" + SOURCE.replace("a.test", "127.0.0.1"),
        DOCTRINE + "threshold = 1",
        DOCTRINE + "threshold = 0",
        DOCTRINE.replace('["t"]', '["t", { text = "t", near = "g" }]') + '[phrases]\ng = ["x"]',
        CASE.replace("names", "terms"),
        DOCKET % 'court = "ca4", number = "25-1" }, { court = "ca5", number = "25-1"',
    ],
)
def test_what_is_right_is_let_through(text: str) -> None:
    assert isinstance(read_rules(text), Rulebook)


def test_all_faults_are_told_at_once_in_the_order_of_their_places() -> None:
    text = "\n".join([
        "[[source]]", 'id = "hrw"', 'kind = "fed"', 'every = "30"', 'watches = ["x"]', "colour = 1",
        "[[source]]", 'id = "hrw"', 'kind = "feed"', 'every = "5s"', "allow_robots = true", "[[source]]", 'id = "p"', 'kind = "page"',
        "[[doctrine]]", 'id = "d"', 'needs = ["g"]', "threshold = 3", 'terms = ["a", { text = "b", within = 3 }]', 'sources = ["hrv"]',
    ])  # fmt: skip
    assert faults_of(text) == [
        "sources.toml:3:1: source hrw: kind: 'fed' is no kind of source (did you mean feed?)",
        "sources.toml:4:1: source hrw: every: '30' is no duration: write 90s, 15m, 4h or 7d",
        "sources.toml:5:12: source hrw: watches[0]: 'x' is no doctrine or case",
        "sources.toml:6:1: source hrw: colour: unknown key",
        "sources.toml:7:1: source hrw: url: required for kind feed",
        "sources.toml:8:1: source hrw: id: another source has the id 'hrw' (line 2)",
        "sources.toml:11:1: source hrw: allow_robots: only for kind scotus-docket or page",
        "sources.toml:14:1: source p: kind page is not available in this version; set enabled = false",
        "sources.toml:15:1: doctrine d: title: required",
        "sources.toml:17:10: doctrine d: needs[0]: 'g' is no group of [phrases]",
        "sources.toml:18:1: doctrine d: threshold: 3 is out of range: less than or equal to 1",
        "sources.toml:19:15: doctrine d: terms[1]: within says nothing without near",
        "sources.toml:20:12: doctrine d: sources[0]: 'hrv' is no source (did you mean hrw?)",
    ]


MODELS: tuple[type[Table], ...] = (SourceTable, DoctrineTable, CaseTable, TermTable, DocketTable, DefaultsTable)
KEYS = sorted({key for model in MODELS for key in model.model_fields} | {"allow_robots"})
anything = st.recursive(
    st.sampled_from(["a", "feed", "page", "5s"]) | st.booleans() | st.integers(-9, 9) | st.floats() | st.dates() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=15,
)


def faults_or_none(text: str) -> tuple[str, ...]:
    try:
        read_rules(text)
    except ConfigError as error:
        return error.faults
    return ()


@unhurried
@given(st.dictionaries(st.sampled_from(["defaults", "phrases", "source", "doctrine", "case", "x"]), anything))
def test_any_content_is_read_or_refused_with_places(content: dict[str, Any]) -> None:
    text = tomlkit.dumps(content)
    for fault in faults_or_none(text):
        place = re.match(r"sources\.toml:([0-9]+):([0-9]+): ", fault)
        assert place is not None, fault
        line = text.split("\n")[int(place[1]) - 1]
        assert 1 <= int(place[2]) <= len(line) + 1


@unhurried
@given(st.data())
def test_a_damaged_file_is_read_or_refused(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(WHOLE)))
    damage = data.draw(st.text(alphabet=st.sampled_from("[]{}=\"'#,.\n\\ a1\x00\ud800é"), max_size=4))
    text = WHOLE[:start] + damage + WHOLE[start + data.draw(st.integers(0, 9)) :]
    assert all(fault.startswith("sources.toml:") for fault in faults_or_none(text))


# -- files


def test_a_file_is_named_as_it_was_given(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text("x = 1")
    with pytest.raises(ConfigError) as caught:
        load_rules(path)
    assert caught.value.faults == (f"{path}:1:1: x: unknown key",)
    assert not isinstance(caught.value, UnreadableError)


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SOURCE.encode())
    assert load_rules(path) == read_rules(SOURCE)


def test_bytes_that_are_no_text_are_a_fault_at_their_place(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_bytes("# é\ntitle = 'é".encode() + b"\xff'\n")
    with pytest.raises(ConfigError, match=r":2:11: not UTF-8$"):
        load_rules(path)


def test_a_file_that_cannot_be_read_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match=r"rules\.toml: cannot be read: No such file"):
        load_rules(tmp_path / "rules.toml")
    with pytest.raises(UnreadableError, match=r": cannot be read: Is a directory"):
        load_rules(tmp_path)


def test_a_change_of_the_file_is_noticed_once(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    absent = changed(path, None)
    assert absent == Stamp(0, 0, 0)
    assert changed(path, absent) is None
    path.write_text("a")
    first = changed(path, absent)
    assert first is not None
    assert changed(path, first) is None
    other = tmp_path / "new.toml"
    other.write_text("b")
    os.utime(other, ns=(first.modified, first.modified))
    other.replace(path)  # same size, same time, as editors do it
    second = changed(path, first)
    assert second is not None
    path.unlink()
    assert changed(path, second) == Stamp(0, 0, 0)


# -- what is shipped


def test_the_shipped_file_is_right_and_gives_a_reason_for_each_source_that_is_off() -> None:
    book = load_rules(ROOT / "sources.toml")
    assert len([listed for listed in book.listed if listed.enabled]) >= 20
    assert [listed.id for listed in book.listed if bool(listed.reason) == listed.enabled] == []
    assert [listed.id for listed in book.listed if listed.title == listed.id] == []
    assert {source.kind for source in book.sources if source.enabled} == {name for name, kind in KINDS.items() if kind.built}


def test_the_shipped_file_says_where_the_doctrines_begin() -> None:
    above, mark, below = (ROOT / "sources.toml").read_text("utf-8").partition("\n# ---- what is watched ----\n")
    assert mark
    assert "[[doctrine]]" not in above
    assert "[[source]]" not in below


def test_of_a_list_of_groups_that_are_needed_one_is_enough() -> None:
    phrases = '[phrases]\nabroad = ["El Salvador"]\nprison = ["CECOT", "jail"]\nremoval = ["deported", "jail"]\n'
    text = f'needs = ["abroad", ["prison", "removal"]]\n{phrases}'
    (watch,) = read_rules(DOCTRINE + text).watches
    both = Group(name="prison or removal", terms=(Term(text="CECOT"), Term(text="jail"), Term(text="deported")))
    assert watch.needs == (Group(name="abroad", terms=(Term(text="El Salvador"),)), both)


def test_the_published_schema_is_current() -> None:
    assert (ROOT / "docs/reference/sources.schema.json").read_text("utf-8") == schema_text(), "run: watcher check --schema"


def test_the_schema_knows_every_key_and_no_null() -> None:
    drawn = schema()
    tables = drawn["$defs"]
    options = {option for kind in KINDS.values() for option in kind.options}
    for model in MODELS:
        table = tables[model.__name__]
        assert table["properties"].keys() == model.model_fields.keys() | (options if model is SourceTable else set())
        assert table["additionalProperties"] is False
        assert all(entry.get("description") for entry in table["properties"].values())
    assert "null" not in str(drawn)
    assert "None" not in str(drawn)


def test_the_guide_names_every_key_and_kind() -> None:
    guide = (ROOT / "docs/how-to/add-a-source.md").read_text("utf-8")
    keys = {key for model in MODELS for key in model.model_fields}
    options = {option for kind in KINDS.values() for option in kind.options}
    assert [word for word in sorted(keys | options | KINDS.keys()) if f"`{word}`" not in guide] == []


def test_courts_are_those_that_courtlistener_has(payloads: Path) -> None:
    known = [court["value"] for court in json.loads((payloads / "fixtures/courtlistener/court_ids.json").read_text("utf-8"))]
    assert COURTS - set(known) == set()
    districts = known[known.index("cafc") + 1 : known.index("californiad")]  # all that sit today stand together there
    assert set(districts) - COURTS == set()
    assert {"scotus", *(f"ca{number}" for number in range(1, 12)), "cadc", "cafc"} <= COURTS


# -- the environment

HOME = {"HOME": "/home/watch"}
DATA = Path("/home/watch/.local/share/habeas-watch")


def faults_in(**environ: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        settings(HOME | environ)
    return list(caught.value.faults)


def test_an_empty_environment_is_one_machine_with_a_file() -> None:
    assert settings(HOME) == Settings(data=DATA, database=Secret(f"sqlite+aiosqlite:///{DATA}/habeas-watch.db"))


def test_variables_left_empty_count_as_unset() -> None:
    names = [
        "WATCHER_DATABASE_URL",
        "WATCHER_TELEGRAM_TOKEN",
        "WATCHER_SECRET_FILE",
        "WATCHER_HTTP",
        "WATCHER_OPERATOR",
        "WATCHER_ALLOW_PRIVATE",
    ]
    assert settings(HOME | dict.fromkeys(names, " ")) == settings(HOME)


def test_every_variable_is_read() -> None:
    environ = {
        "WATCHER_SOURCES": "/etc/watch/sources.toml",
        "WATCHER_DATABASE_URL": "postgresql://me:p%40ss@db.test:5433/watch?sslmode=require",
        "WATCHER_TELEGRAM_TOKEN": "123456:ABC-def_9",
        "WATCHER_TELEGRAM_API_URL": "http://127.0.0.1:8081/",
        "WATCHER_TELEGRAM_RATE": "27.5",
        "WATCHER_TELEGRAM_PAID_RATE": "500",
        "WATCHER_SMTP_URL": "smtp://alerts%40watch.test:p%2Fw@mail.test:2525",
        "WATCHER_MAIL_FROM": "Habeas Watch <alerts@watch.test>",
        "WATCHER_PUBLIC_URL": "https://watch.test/habeas/",
        "WATCHER_HTTP": "[::]:0",
        "WATCHER_SECRET": "s" * 16,
        "WATCHER_HOOK_SECRET": "h" * 16,
        "WATCHER_COURTLISTENER_TOKEN": "cl",
        "WATCHER_CONGRESS_KEY": "co",
        "WATCHER_REGULATIONS_KEY": "re",
        "WATCHER_ALLOW_PRIVATE": "1",
        "WATCHER_OPERATOR": "telegram:-100123/4, mailto:op@watch.test, telegram:-100123/4,",
        "WATCHER_DATA": "/srv/watch",
        "WATCHER_CONTACT": "op@watch.test",
        "WATCHER_IMAP_URL": "imaps://u:p@mail.test",
        "WATCHER_PING_URL": "https://ping.test/uuid",
        "WATCHER_LOG": "json",
    }
    assert settings(environ) == Settings(
        sources=Path("/etc/watch/sources.toml"),
        data=Path("/srv/watch"),
        database=Secret("postgresql+psycopg://me:p%40ss@db.test:5433/watch?sslmode=require"),
        telegram_token=Secret("123456:ABC-def_9"),
        telegram_api_url="http://127.0.0.1:8081",
        telegram_rate=27.5,
        telegram_paid_rate=500.0,
        smtp=MailServer(host="mail.test", port=2525, tls=False, user="alerts@watch.test", password=Secret("p/w")),
        mail_from="Habeas Watch <alerts@watch.test>",
        imap=MailServer(host="mail.test", port=993, tls=True, user="u", password=Secret("p")),
        public_url="https://watch.test/habeas",
        http_host="::",
        http_port=0,
        secret=Secret("s" * 16),
        hook_secret=Secret("h" * 16),
        courtlistener_token=Secret("cl"),
        congress_key=Secret("co"),
        regulations_key=Secret("re"),
        allow_private=True,
        operator=("telegram:-100123/4", "mailto:op@watch.test"),
        contact="op@watch.test",
        ping_url=Secret("https://ping.test/uuid"),
        log="json",
    )
    assert settings(environ).sqlite is False


@pytest.mark.parametrize(
    ("environ", "data"),
    [
        ({"XDG_DATA_HOME": "/xdg"}, "/xdg/habeas-watch"),
        ({"XDG_DATA_HOME": "relative"}, str(DATA)),
        ({"WATCHER_DATA": "/data", "XDG_DATA_HOME": "/xdg"}, "/data"),
    ],
)
def test_the_file_lives_in_the_data_directory(environ: dict[str, str], data: str) -> None:
    known = settings(HOME | environ)
    assert (known.data, known.database) == (Path(data), Secret(f"sqlite+aiosqlite:///{data}/habeas-watch.db"))
    assert known.sqlite


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("sqlite:///watch.db", "sqlite+aiosqlite:///watch.db"),
        ("sqlite:////srv/watch.db", "sqlite+aiosqlite:////srv/watch.db"),
        ("postgres://h/db", "postgresql+psycopg://h/db"),
        ("postgresql:///db?host=/run/postgresql", "postgresql+psycopg:///db?host=/run/postgresql"),
    ],
)
def test_the_driver_is_ours_to_choose(url: str, driver: str) -> None:
    assert settings(HOME | {"WATCHER_DATABASE_URL": url}).database == Secret(driver)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.test", MailServer(host="mail.test", port=587, tls=False)),
        ("smtps://mail.test", MailServer(host="mail.test", port=465, tls=True)),
        ("smtp://[::1]:25", MailServer(host="::1", port=25, tls=False)),
    ],
)
def test_mail_servers_have_the_ports_of_their_scheme(url: str, server: MailServer) -> None:
    assert settings(HOME | {"WATCHER_SMTP_URL": url, "WATCHER_MAIL_FROM": "a@b.test"}).smtp == server


def test_letters_come_from_the_account_unless_told_otherwise() -> None:
    assert settings(HOME | {"WATCHER_SMTP_URL": "smtps://a%40b.test:p@mail.test"}).mail_from == "a@b.test"
    assert faults_in(WATCHER_SMTP_URL="smtps://account:p@mail.test") == [
        "WATCHER_MAIL_FROM: required with WATCHER_SMTP_URL: the address that letters come from"
    ]


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("WATCHER_DATABASE_URL", "sqlite://", "a database in memory loses all at every stop: write sqlite:///PATH"),
        ("WATCHER_DATABASE_URL", "sqlite:///:memory:", "a database in memory loses all at every stop: write sqlite:///PATH"),
        ("WATCHER_DATABASE_URL", "sqlite:///a?mode=ro", "the path of the database may hold no question mark"),
        ("WATCHER_DATABASE_URL", "postgresql+asyncpg://h/db", "the driver is not yours to choose: write sqlite:///PATH or postgresql://…"),
        (
            "WATCHER_DATABASE_URL",
            "postgresql://u:pw@host:abc/db",
            "the port is no number of 1 to 65535; a special character of the password is written as %XX",
        ),
        ("WATCHER_DATABASE_URL", "mysql://h/db", "write sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME"),
        ("WATCHER_DATABASE_URL", "watch.db", "write sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME"),
        ("WATCHER_DATA", "/srv/what?", "the path of the database may hold no question mark"),
        ("WATCHER_TELEGRAM_TOKEN", "hunter2", "no bot token: BotFather gives one like 123456:ABC-DEF"),
        ("WATCHER_TELEGRAM_API_URL", "api.telegram.org", "no address: write https://HOST…"),
        ("WATCHER_TELEGRAM_API_URL", "https://u:hunter2@h/", "must be an address without name, password, ? and #"),
        ("WATCHER_TELEGRAM_RATE", "31", "no number of messages a second from 1 to 30"),
        ("WATCHER_TELEGRAM_RATE", "nan", "no number of messages a second from 1 to 30"),
        ("WATCHER_TELEGRAM_PAID_RATE", "25", "no number of messages a second from 30 to 1000"),
        ("WATCHER_TELEGRAM_PAID_RATE", "fast", "no number of messages a second from 30 to 1000"),
        ("WATCHER_PUBLIC_URL", "https://h/?a=1", "must be an address without name, password, ? and #"),
        ("WATCHER_PUBLIC_URL", "https://h:x/", "no address: write https://HOST…"),
        ("WATCHER_SMTP_URL", "mail.test:25", "no address: write smtps://HOST… or smtp://HOST…"),
        ("WATCHER_SMTP_URL", "smtp://u:hunter2/@mail.test", "no address: write smtps://HOST… or smtp://HOST…"),
        (
            "WATCHER_SMTP_URL",
            "smtp://mail.test/?hunter2",
            "write smtps://USER:PASSWORD@HOST:PORT; a special character of the password as %XX",
        ),
        ("WATCHER_IMAP_URL", "smtp://mail.test", "no address: write imaps://HOST… or imap://HOST…"),
        ("WATCHER_MAIL_FROM", "alerts", "'alerts' is no mail address: write alerts@example.org or Name <alerts@example.org>"),
        ("WATCHER_MAIL_FROM", "a@b.test\nBcc: c@d.test", "no mail address"),
        ("WATCHER_HTTP", "8000", "'8000' is no host:port: write 127.0.0.1:8000"),
        ("WATCHER_HTTP", ":8000", "':8000' is no host:port: write 127.0.0.1:8000"),
        ("WATCHER_HTTP", "localhost", "'localhost' is no host:port: write 127.0.0.1:8000"),
        ("WATCHER_HTTP", "http://localhost:8000", "'http://localhost:8000' is no host:port: write 127.0.0.1:8000"),
        ("WATCHER_HTTP", "localhost:99999", "'localhost:99999' is no host:port: write 127.0.0.1:8000"),
        ("WATCHER_SECRET", "hunter2", "too short to be secret: at least 16 characters"),
        ("WATCHER_HOOK_SECRET", "hunter2/hunter2/hunter2", "it becomes part of an address: only letters, digits, - and _"),
        ("WATCHER_COURTLISTENER_TOKEN", "Token hunter2", "no key: one word of plain characters"),
        ("WATCHER_ALLOW_PRIVATE", "yes", "'yes': write 1 for yes, 0 for no"),
        ("WATCHER_OPERATOR", "telegram:me", "'telegram:me' is no address: write telegram:ID or mailto:NAME@HOST, with commas between"),
        ("WATCHER_OPERATOR", "op@watch.test", "NAME@HOST, with commas between (did you mean mailto:op@watch.test?)"),
        ("WATCHER_CONTACT", "señor@watch.test", "'señor@watch.test' goes into a header: a mail address or URL in plain ASCII"),
        ("WATCHER_PING_URL", "hunter2", "no address: write https://HOST…"),
        ("WATCHER_LOG", "xml", "'xml': write text or json"),
    ],
)
def test_a_wrong_variable_is_named_and_no_secret_shown(name: str, value: str, fault: str) -> None:
    [said, *more] = faults_in(**{name: value})
    assert said.startswith(f"{name}: ")
    assert fault in said
    assert more == []
    assert "hunter2" not in said


def test_all_wrong_variables_are_told_at_once() -> None:
    faults = faults_in(WATCHER_LOG="xml", WATCHER_HTTP="x", WATCHER_SECRET="short", WATCHER_TELEGRAM_TOKEN_FILE="/nowhere/token")
    assert [fault.partition(":")[0] for fault in faults] == ["WATCHER_HTTP", "WATCHER_LOG", "WATCHER_SECRET", "WATCHER_TELEGRAM_TOKEN_FILE"]


SECRETS = {
    "WATCHER_DATABASE_URL": "postgresql://u:hunter2-hunter2@h/db",
    "WATCHER_TELEGRAM_TOKEN": "1:hunter2-hunter2",
    "WATCHER_SMTP_URL": "smtp://a%40b.test:hunter2-hunter2@h",
    "WATCHER_IMAP_URL": "imap://u:hunter2-hunter2@h",
    "WATCHER_SECRET": "hunter2-hunter2-hunter2",
    "WATCHER_HOOK_SECRET": "hunter2-hunter2-hunter2",
    "WATCHER_COURTLISTENER_TOKEN": "hunter2-hunter2",
    "WATCHER_CONGRESS_KEY": "hunter2-hunter2",
    "WATCHER_REGULATIONS_KEY": "hunter2-hunter2",
    "WATCHER_PING_URL": "https://ping.test/hunter2-hunter2",
}


@pytest.mark.parametrize("name", SECRETS)
def test_every_secret_may_come_in_a_file(tmp_path: Path, name: str) -> None:
    path = tmp_path / "kept"
    path.write_text(SECRETS[name] + "\n")
    assert settings(HOME | {f"{name}_FILE": str(path)}) == settings(HOME | {name: SECRETS[name]}) != settings(HOME)
    assert faults_in(**{name: SECRETS[name], f"{name}_FILE": str(path)}) == [f"{name}: set together with {name}_FILE: which holds?"]
    path.write_text("")
    assert faults_in(**{f"{name}_FILE": str(path)}) == [f"{name}_FILE: {path} is empty"]
    path.write_bytes(b"\xff")
    assert faults_in(**{f"{name}_FILE": str(path)}) == [f"{name}_FILE: {path} cannot be read: not a text in UTF-8"]
    path.unlink()
    assert faults_in(**{f"{name}_FILE": str(path)}) == [f"{name}_FILE: {path} cannot be read: No such file or directory"]


def test_no_secret_shows() -> None:
    known = settings(HOME | SECRETS)
    for shown in (repr(known), str(known), f"{known.telegram_token}", repr(known.smtp), f"{known.database!r}"):
        assert "hunter2" not in shown
    assert known.telegram_token is not None
    assert known.telegram_token.reveal() == "1:hunter2-hunter2"


def test_a_misspelt_variable_is_warned_of_and_a_strangers_is_not() -> None:
    known = settings(HOME | {"WATCHER_TELEGRAM_TOKN": "1:x", "WATCHER_SERVICE_HOST": "10.0.0.1", "WATCHER_TEST_PAYLOADS": "/x"})
    assert known.warnings == ("WATCHER_TELEGRAM_TOKN: not a setting (did you mean WATCHER_TELEGRAM_TOKEN?)",)


def test_without_an_argument_the_process_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHER_SOURCES", "/etc/elsewhere.toml")
    assert settings().sources == sources_path() == Path("/etc/elsewhere.toml")
    assert sources_path({}) == Path("sources.toml")


def test_a_path_in_nobodys_home_is_a_fault() -> None:
    environ = {"WATCHER_SOURCES": "~nobody-of-that-name/sources.toml"}
    assert [fault.partition(":")[0] for fault in faults_in(**environ)] == ["WATCHER_SOURCES"]
    with pytest.raises(ConfigError, match=r"^WATCHER_SOURCES: ~nobody-of-that-name"):
        sources_path(environ)


def test_the_reference_names_every_variable_and_marks_the_secrets() -> None:
    page = (ROOT / "docs/reference/environment.md").read_text("utf-8")
    rows = {name: bool(secret_mark) for name, secret_mark in re.findall(r"^\| `(WATCHER_[A-Z_]+)`( †)? \|", page, re.MULTILINE)}
    source = (ROOT / "watcher/config/environment.py").read_text("utf-8")
    read = {name: method == "secret" for method, name in re.findall(r'self\.(plain|secret)\(\s*"(WATCHER_[A-Z_]+)"', source)}
    assert rows == read
    assert {name for name, is_secret in read.items() if is_secret} == set(SECRETS)


def test_a_setting_that_nothing_uses_says_so() -> None:
    """Read outside the module that parses it, and beyond the list of what no log may show."""
    files = [path for package in ("watcher", "alerts") for path in (ROOT / package).rglob("*.py")]
    apart = {ROOT / "watcher/config/environment.py", ROOT / "watcher/cli/tools.py"}
    text = "\n".join(path.read_text("utf-8") for path in files if path not in apart)
    used = set(re.findall(r"\b(?:settings|known)\.([a-z_]+)", text + "known.log known.warnings settings.database"))
    idle = {field.name for field in fields(Settings)} - used
    page = (ROOT / "docs/reference/environment.md").read_text("utf-8")
    said = re.findall(r"^\| `WATCHER_([A-Z_]+?)(?:_URL)?`[^\n]*not used yet", page, re.MULTILINE)
    assert {name.removesuffix("_url") for name in idle} == {name.lower() for name in said}


def test_what_a_kind_is_often_called_leads_to_a_kind() -> None:
    assert set(OTHER_NAMES.values()) <= KINDS.keys()
    assert OTHER_NAMES.keys() & KINDS.keys() == set()


def test_dockets_that_are_linked_join_their_case_and_are_polled_where_they_have_an_address() -> None:
    book = read_rules("""
        [[source]]
        id = "courts"
        kind = "docket-feeds"
        [[source]]
        id = "supreme"
        kind = "scotus-docket"
        [[source]]
        id = "press"
        kind = "feed"
        url = "https://news.example/feed"
        [[case]]
        id = "abrego-garcia"
        title = "Abrego Garcia v. Noem"
        dockets = [{ court = "mdd", number = "8:25-cv-00951", courtlistener = 69777799 }]
    """)
    by = book.cases[0].dockets[0]
    dockets = (Docket(court="scotus", number="24A949"), Docket(court="ca4", number="25-1345"), Docket(court="ca4", number="25-1404"))
    states: tuple[Literal["linked", "refused"], ...] = ("linked", "linked", "refused")
    links = [
        Link(watch="abrego-garcia", named=Named(docket=docket, by=by, how="appeal", found="x", field="summary"), state=state)
        for docket, state in zip(dockets, states, strict=True)
    ]
    joined = join(book, links)
    assert joined.cases[0].dockets == (by, *dockets[:2])
    assert [source.id for source in joined.sources] == ["courts/69777799", "supreme/24A949", "press"]  # nobody knows the id of 25-1345
    assert [(each.id, each.addresses) for each in joined.listed] == [("courts", 1), ("supreme", 1), ("press", 1)]
    assert join(book, ()) == book
