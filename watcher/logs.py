"""Log lines with fields, as text or JSON, with every secret blotted out."""

import json
import logging
import re
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import IO, Literal
from urllib.parse import quote

# Every repetition that another character could follow in vain is bounded: what is logged may be long and hostile.
_AT = r"(?:@|%40)"
_HOST = r"[\w-]{1,63}(?:\.[\w-]{1,63})+"
ADDRESS = re.compile(
    rf"\btelegram:-?\d{{1,20}}(?:/\d{{1,20}})?|(?:mailto:)?(?:(?!{_AT})[^\s<>@\"]){{1,64}}{_AT}{_HOST}|mailto:\S{{1,64}}{_AT}[\w.-]{{1,255}}",
    re.IGNORECASE,
)
MAY_BE = re.compile(r"@|%40|telegram:", re.IGNORECASE)  #: without one of these there is no address, and most lines have none
BOT_TOKEN = re.compile(r"\d{3,20}:[A-Za-z0-9_-]{30,}")
LINK = re.compile(r"(/(?:unsubscribe|feedback|confirm|hooks/[\w-]{1,40})/)[\w.~%=-]{4,}")
LOGIN = re.compile(r"(\b[a-z][a-z0-9+.-]{1,20}://)[^\s/@\"']{1,500}@", re.IGNORECASE)
LONGEST = 100_000  #: characters of one text that are written; a library may log a whole body
EDGE = 1_000  #: characters read beyond those; longer than anything that is blotted out, which no cut may leave half
SHORTEST = 6  #: characters; what is shorter stands by chance in any text
USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class Redaction:
    """Blots out secrets and readers' addresses, wherever a library may have put them."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for secret in secrets if len(secret) >= SHORTEST for form in _forms(secret)}
        self.secrets = tuple(sorted(forms, key=len, reverse=True))

    def __call__(self, text: str) -> str:
        for secret in self.secrets:
            text = text.replace(secret, "(secret)")
        if len(text) > LONGEST:
            left = len(text) - LONGEST
            return f"{self._blotted(text[: LONGEST + EDGE])[:-EDGE][:LONGEST]} … and some {left:,} characters more"
        return self._blotted(text)

    def _blotted(self, text: str) -> str:
        text = LINK.sub(r"\1(token)", LOGIN.sub(r"\1(login)@", BOT_TOKEN.sub("(token)", text)))
        return ADDRESS.sub("(address)", text) if MAY_BE.search(text) else text

    def value(self, value: object) -> object:
        """A value of any kind as JSON can hold it, every text in it redacted."""
        match value:
            case None | bool() | int() | float():
                return value
            case Mapping():
                return {self(str(key)): self.value(each) for key, each in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self.value(each) for each in value]
        return self(str(value))


def _forms(secret: str) -> set[str]:
    """How libraries may write a secret: as it is, in an address, in quotes."""
    return {secret, quote(secret, safe=""), quote(secret), repr(secret)[1:-1], json.dumps(secret)[1:-1]}


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
        return json.dumps(self.redact.value(said), ensure_ascii=False)


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
