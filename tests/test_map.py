"""The import arrows of the map: pure rooms compute only, each library has its room, `alerts` knows `watcher` and never the other way."""

import ast
import re
import sys
from collections.abc import Callable, Iterator
from functools import cache

from tests.conftest import ROOT

ROOTS = (
    "watcher.app",
    "watcher.counting",
    "watcher.workers",
    "watcher.cli",
    "watcher.migrations",
    "watcher.testing",
    "watcher.demo",
    "watcher.__main__",
)

#: room (a module and all below it) to the third-party packages that it may import
LIBRARIES = {
    "watcher.fetch": {"httpx", "httpcore", "protego"},
    "watcher.storage": {"sqlalchemy"},
    "watcher.config": {"pydantic", "pydantic_core", "tomlkit", "rapidfuzz"},
    "watcher.scheduler": {"apscheduler"},
    "watcher.web": {"starlette", "uvicorn", "jinja2", "prometheus_client"},
    "alerts.storage": {"sqlalchemy"},
    "alerts.bot": {"telegram"},
    "alerts.channels": {"telegram", "aiosmtplib"},
    "alerts.web": {"starlette", "jinja2"},
}
COMPUTING = {"rapidfuzz", "numpy", "feedparser", "selectolax", "anyascii", "eyecite", "jinja2", "css_inline", "protego"}
PORTS = {"watcher.ports", "alerts.ports"}
USE_CASES = {"watcher.poll", "watcher.history", "watcher.replay", "alerts.deliver"}
LOUD_IN_PURE = {"asyncio", "socket", "ssl", "urllib.request", "http.client", "subprocess", "sqlite3", "smtplib"}

COMPUTES_WITH = {"watcher.hosts": {"socket"}}  # inet_aton alone: it reads an address as a resolver would, and opens nothing
SETS_A_SWITCH = {"alerts.channels"}  # PTB_TIMEDELTA, before python-telegram-bot is imported; reads nothing

MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for package in ("watcher", "alerts")
    for path in sorted((ROOT / package).rglob("*.py"))
    if "versions" not in path.parts
}


def within(module: str, room: str) -> bool:
    return module == room or module.startswith(f"{room}.")


def room_of(module: str) -> str:
    """`root`, an adapter's own name, `use case`, `port`, or `pure`."""
    if any(within(module, root) for root in ROOTS):
        return "root"
    if adapter := next((room for room in LIBRARIES if within(module, room)), None):
        return adapter
    if module in USE_CASES:
        return "use case"
    if module in PORTS:
        return "port"
    return "adapter" if module in {"watcher.logs"} else "pure"


@cache
def imports(module: str) -> frozenset[str]:
    """Every module that this one imports, types alone included; of `from a import b` both `a` and, if it is one of ours, `a.b`."""
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    return frozenset(name for node in ast.walk(tree) for name in _named(node, module))


def _named(node: ast.AST, module: str) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"{module}: a relative import"
        ours = [f"{node.module}.{alias.name}" for alias in node.names if f"{node.module}.{alias.name}" in MODULES]
        yield from ours or [node.module or ""]


def outside(module: str) -> set[str]:
    tops = {name.partition(".")[0] for name in imports(module)}
    return {top for top in tops if top not in sys.stdlib_module_names and top not in ("watcher", "alerts")}


def modules(which: Callable[[str], bool]) -> list[str]:
    """The modules that a rule is about; a rule about none would hold of nothing."""
    found = [module for module in sorted(MODULES) if which(module)]
    assert found
    return found


def broken(rule: Callable[[str], set[str]], which: Callable[[str], bool]) -> dict[str, set[str]]:
    """What a rule finds wrong, by module."""
    wrong = {module: rule(module) for module in modules(which)}
    return {module: found for module, found in wrong.items() if found}


def ours(module: str) -> set[str]:
    """The modules of ours that it imports."""
    return {name for name in imports(module) if name in MODULES}


def in_rooms(names: set[str], *rooms: str) -> set[str]:
    return {name for name in names if room_of(name) in rooms}


def is_root(module: str) -> bool:
    return room_of(module) == "root"


def test_a_library_is_named_in_its_room_alone() -> None:
    def strange(module: str) -> set[str]:
        room = room_of(module)
        return outside(module) - (LIBRARIES.get(room, set()) | COMPUTING if room != "port" else set())

    assert broken(strange, lambda module: not is_root(module)) == {}


def test_pure_rooms_import_pure_rooms_alone() -> None:
    def strange(module: str) -> set[str]:
        loud = imports(module) & LOUD_IN_PURE - COMPUTES_WITH.get(module, set())
        return ours(module) - in_rooms(ours(module), "pure", "port") | loud

    assert broken(strange, lambda module: room_of(module) == "pure") == {}


def test_ports_import_models_alone() -> None:
    models = {"watcher.models", "alerts.models"}
    assert broken(lambda module: ours(module) - models, lambda module: room_of(module) == "port") == {}


def test_use_cases_import_pure_rooms_and_ports_alone() -> None:
    def strange(module: str) -> set[str]:
        return ours(module) - in_rooms(ours(module), "pure", "port")

    assert broken(strange, lambda module: room_of(module) == "use case") == {}


def test_only_roots_import_roots() -> None:
    assert broken(lambda module: in_rooms(ours(module), "root"), lambda module: not is_root(module)) == {}


def test_watcher_never_imports_alerts_the_root_excepted() -> None:
    def strange(module: str) -> set[str]:
        return {name for name in imports(module) if within(name, "alerts")}

    assert broken(strange, lambda module: module.startswith("watcher") and not is_root(module)) == {}


def test_alerts_imports_of_watcher_pure_rooms_and_from_storage_storage() -> None:
    def strange(module: str) -> set[str]:
        theirs = {name for name in ours(module) if within(name, "watcher")}
        allowed = ("pure", "port", "watcher.storage") if within(module, "alerts.storage") else ("pure", "port")
        return theirs - in_rooms(theirs, *allowed)

    assert broken(strange, lambda module: module.startswith("alerts")) == {}


def test_only_config_reads_the_environment() -> None:
    def reads(module: str) -> set[str]:
        source = MODULES[module].read_text(encoding="utf-8")
        return {word for word in ("os.environ", "getenv") if word in source}

    def may_not(module: str) -> bool:
        return not (within(module, "watcher.config") or is_root(module) or module in SETS_A_SWITCH)

    assert broken(reads, may_not) == {}


def test_every_module_of_both_packages_is_looked_at() -> None:
    files = {path for package in ("watcher", "alerts") for path in (ROOT / package).rglob("*.py")}
    migrations = {path for path in files if path.parent.name == "versions"}
    assert set(MODULES.values()) == files - migrations
    assert {"watcher.match", "watcher.fetch", "alerts.fanout", "alerts.storage.outbox"} <= set(MODULES)


def test_rooms_are_told_apart() -> None:
    rooms = {
        "watcher.match": "pure",
        "watcher.sources.feed": "pure",
        "watcher.trace": "pure",
        "watcher.unseen": "pure",
        "alerts.telling": "pure",
        "watcher.ports": "port",
        "watcher.poll": "use case",
        "watcher.fetch": "watcher.fetch",
        "watcher.storage.traces": "watcher.storage",
        "alerts.storage.book": "alerts.storage",
        "alerts.storage.tellings": "alerts.storage",
        "watcher.cli.run": "root",
        "watcher.cli.why": "root",
    }
    assert {module: room_of(module) for module in rooms} == rooms


WRITTEN = sorted(path for folder in ("watcher", "alerts", "tests", "benchmarks", "docs") for path in (ROOT / folder).rglob("*.py"))
IGNORED = re.compile(r"#\s(?:type: ignore\[[a-z, -]+\]|noqa: [A-Z0-9]+(?:, ?[A-Z0-9]+)*)(.*)")


def test_each_ignored_rule_has_its_reason_beside_it() -> None:
    bare = {
        (str(path.relative_to(ROOT)), line.strip())
        for path in WRITTEN
        for line in path.read_text("utf-8").splitlines()
        for found in [IGNORED.search(line)]
        if found and not re.search(r"[A-Za-z]{2}", found[1])
    }
    assert bare == set()
