"""The import arrows of the map: pure rooms compute only, each library has its room, `alerts` knows `watcher` and never the other way."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT

ROOTS = ("watcher.app", "watcher.workers", "watcher.cli", "watcher.migrations", "watcher.testing", "watcher.demo", "watcher.__main__")

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
COMPUTING = {"rapidfuzz", "feedparser", "selectolax", "anyascii", "eyecite", "jinja2", "css_inline", "protego"}
PORTS = {"watcher.ports", "alerts.ports"}
USE_CASES = {"watcher.poll", "watcher.history", "alerts.deliver"}
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


ALL = pytest.mark.parametrize("module", sorted(MODULES))


@ALL
def test_a_library_is_named_in_its_room_alone(module: str) -> None:
    room = room_of(module)
    if room == "root":
        return
    allowed = LIBRARIES.get(room, set()) | COMPUTING if room != "port" else set()
    assert outside(module) <= allowed


@ALL
def test_pure_rooms_import_pure_rooms_alone(module: str) -> None:
    if room_of(module) != "pure":
        return
    ours = {name for name in imports(module) if name in MODULES}
    assert {name for name in ours if room_of(name) not in ("pure", "port")} == set()
    assert imports(module) & LOUD_IN_PURE <= COMPUTES_WITH.get(module, set())


@ALL
def test_ports_import_models_alone(module: str) -> None:
    if room_of(module) == "port":
        assert {name for name in imports(module) if name in MODULES} <= {"watcher.models", "alerts.models"}


@ALL
def test_use_cases_import_pure_rooms_and_ports_alone(module: str) -> None:
    if room_of(module) == "use case":
        assert {name for name in imports(module) if name in MODULES and room_of(name) not in ("pure", "port")} == set()


@ALL
def test_only_roots_import_roots(module: str) -> None:
    if room_of(module) != "root":
        assert {name for name in imports(module) if name in MODULES and room_of(name) == "root"} == set()


@ALL
def test_watcher_never_imports_alerts_the_root_excepted(module: str) -> None:
    if module.startswith("watcher") and room_of(module) != "root":
        assert {name for name in imports(module) if name.partition(".")[0] == "alerts"} == set()


@ALL
def test_alerts_imports_of_watcher_pure_rooms_and_from_storage_storage(module: str) -> None:
    if not module.startswith("alerts"):
        return
    theirs = {name for name in imports(module) if within(name, "watcher")}
    allowed = ("pure", "port", "watcher.storage") if within(module, "alerts.storage") else ("pure", "port")
    assert {name for name in theirs if name in MODULES and room_of(name) not in allowed} == set()


@ALL
def test_only_config_reads_the_environment(module: str) -> None:
    if within(module, "watcher.config") or room_of(module) == "root" or module in SETS_A_SWITCH:
        return
    source = MODULES[module].read_text(encoding="utf-8")
    assert "os.environ" not in source
    assert "getenv" not in source


def test_every_module_of_the_map_is_looked_at() -> None:
    assert {"watcher.match", "watcher.fetch", "alerts.fanout", "alerts.storage.outbox"} <= set(MODULES)
    assert all(isinstance(path, Path) for path in MODULES.values())
