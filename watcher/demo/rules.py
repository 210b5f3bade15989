"""The demo's `sources.toml`: what the shipped one watches for, looked for in the demo's own sources."""

from importlib.resources import files

import tomlkit

SHIPPED = "sources.toml"  # in the package by a link to the one at the top of the repository; a wheel holds the file itself


def shipped_rules() -> str:
    """The text of the `sources.toml` that is shipped."""
    return files("watcher").joinpath(SHIPPED).read_text(encoding="utf-8")


def demo_rules(base: str, shipped: str) -> str:
    """A whole `sources.toml`: doctrines, cases and phrases as shipped, comments and all, and the demo's sources at `base`.

    Args:
        base: the address of the world, `http://127.0.0.1:PORT`, without a slash at its end.
        shipped: the text of the file whose Watches are wanted.
    """
    ours = files("watcher.demo").joinpath("sources.toml").read_text(encoding="utf-8").replace("{base}", base)
    document = tomlkit.parse(shipped)
    for table in ("source", "defaults"):
        document.pop(table, None)
    return f"{ours.rstrip()}\n\n{tomlkit.dumps(document).lstrip()}"
