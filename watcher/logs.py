"""Log lines with fields, as text or JSON, with every secret blotted out."""

import json
import logging
import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import IO, Literal

ADDRESS = re.compile(r"\b(?:telegram:-?\d+(?:/\d+)?|mailto:\S+@\S+|\S+@[\w-]+(?:\.[\w-]+)+)", re.IGNORECASE)
BOT_TOKEN = re.compile(r"\d{3,}:[A-Za-z0-9_-]{30,}")
USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class Redaction:
    """Blots out secrets and readers' addresses, wherever a library may have put them."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self.secrets = tuple(secret for secret in secrets if len(secret) >= 6)

    def __call__(self, text: str) -> str:
        for secret in self.secrets:
            text = text.replace(secret, "(secret)")
        return ADDRESS.sub("(address)", BOT_TOKEN.sub("(token)", text))


class TextFormatter(logging.Formatter):
    """`2026-11-24 03:50:55 INFO hrw: 2 new`; a fault's traceback below."""

    def __init__(self, redact: Redaction) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%d %H:%M:%S")
        self.redact = redact

    def format(self, record: logging.LogRecord) -> str:
        return self.redact(super().format(record))


class JsonFormatter(logging.Formatter):
    """One JSON object a line: `time`, `level`, `logger`, `message`, and the record's own fields."""

    def __init__(self, redact: Redaction) -> None:
        super().__init__()
        self.redact = redact

    def format(self, record: logging.LogRecord) -> str:
        fields = {name: value for name, value in vars(record).items() if name not in USUAL}
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **fields,
        }
        if record.exc_info:
            said["traceback"] = self.formatException(record.exc_info)
        return self.redact(json.dumps(said, ensure_ascii=False, default=str))


def set_up(
    style: Literal["text", "json"], *, secrets: Iterable[str] = (), level: int = logging.INFO, stream: IO[str] | None = None
) -> None:
    """Send all logs to `stream` (standard error): ours from `level`, libraries' from WARNING, since httpx logs whole URLs at INFO."""
    handler = logging.StreamHandler(stream or sys.stderr)
    redact = Redaction(secrets)
    handler.setFormatter(JsonFormatter(redact) if style == "json" else TextFormatter(redact))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for ours in ("watcher", "alerts"):
        logging.getLogger(ours).setLevel(level)
    logging.getLogger("telegram.request").setLevel(logging.CRITICAL)  # it prints a traceback for each HTML answer
    logging.getLogger("telegram.ext.Updater").setLevel(logging.CRITICAL)
