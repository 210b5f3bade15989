"""The settings: `sources.toml` -> Rulebook, environment -> Settings. Nothing else reads the environment."""

from watcher.config.environment import MailServer, Secret, Settings, environment, settings, sources_path
from watcher.config.rewriting import rewritten
from watcher.config.rules import Listed, Rulebook, Stamp, UnreadableError, changed, join, load_rules, read_rules
from watcher.config.signing import signing_secret
from watcher.config.tables import schema
from watcher.config.words import duration, duration_text, first_run, first_run_text

__all__ = [
    "Listed",
    "MailServer",
    "Rulebook",
    "Secret",
    "Settings",
    "Stamp",
    "UnreadableError",
    "changed",
    "duration",
    "duration_text",
    "environment",
    "first_run",
    "first_run_text",
    "join",
    "load_rules",
    "read_rules",
    "rewritten",
    "schema",
    "settings",
    "signing_secret",
    "sources_path",
]
