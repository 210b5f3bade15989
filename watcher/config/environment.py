"""Environment variables -> Settings, or every fault of them at once. Nothing else in the project reads the environment."""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from typing import Literal, TypeVar
from urllib.parse import unquote, urlsplit

from watcher.config.faults import did_you_mean
from watcher.errors import ConfigError

PAGE = "https://github.com/habeas-watch/habeas-watch"  #: contact in the User-Agent unless the operator gives one
TELEGRAM = "https://api.telegram.org"
SQLITE = "sqlite+aiosqlite:///"  #: what SQLAlchemy calls a file, before its path
SHORTEST_SECRET = 16  #: characters; what signs links must not be guessed

LIKE_A_TYPO = 85.0  #: of 100: how like a setting a foreign name must be to be warned of

T = TypeVar("T")
D = TypeVar("D")


@dataclass(frozen=True, slots=True)
class Secret:
    """A text that never shows in a log, a traceback or a page. Ask for it with `reveal`."""

    _text: str = field(repr=False)

    def reveal(self) -> str:
        """The text itself; hand it to the library that needs it, and keep it nowhere."""
        return self._text

    def __str__(self) -> str:
        return "(secret)"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """A mail server and how to enter it."""

    host: str
    port: int
    tls: bool  #: from the first byte (`smtps`, `imaps`); else STARTTLS when the server offers it
    user: str = ""  #: "" without a login
    password: Secret = Secret("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the environment says, checked. Secrets in it print as `(secret)`."""

    sources: Path = Path("sources.toml")
    data: Path  #: directory of the SQLite file; made when it is first needed
    database: Secret  #: SQLAlchemy's address, with the async driver
    telegram_token: Secret | None = None  #: None: the channel is off
    telegram_api_url: str = TELEGRAM  #: without a slash at its end
    telegram_rate: float = 25.0  #: messages a second over all chats
    telegram_paid_rate: float | None = None  #: instead, with paid broadcast; None: not paid for
    smtp: MailServer | None = None  #: None: the channel is off
    mail_from: str = ""  #: never "" with `smtp`
    imap: MailServer | None = None
    public_url: str | None = None  #: where readers reach the web pages, without a slash at its end
    http_host: str = "127.0.0.1"
    http_port: int = 8000  #: 0: any free one
    secret: Secret | None = None
    hook_secret: Secret | None = None
    courtlistener_token: Secret | None = None
    congress_key: Secret | None = None
    regulations_key: Secret | None = None
    allow_private: bool = False  #: sources may live on private addresses
    operator: tuple[str, ...] = ()  #: addresses told of faults, as written: `telegram:ID`, `mailto:ADDRESS`
    contact: str = PAGE
    ping_url: Secret | None = None  #: it names the check, so it is kept like a secret
    log: Literal["text", "json"] = "text"
    warnings: tuple[str, ...] = ()  #: variables that look like a misspelt setting, a line each

    @property
    def file(self) -> Path | None:
        """Where the database is, where it is a file."""
        return Path(self.database.reveal().removeprefix(SQLITE)) if self.sqlite else None

    @property
    def sqlite(self) -> bool:
        """Whether the database is a file of this machine."""
        return self.database.reveal().startswith("sqlite")


def environment() -> Mapping[str, str]:
    """The environment of this process."""
    return os.environ


def settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read and check all variables; empty ones count as unset. Makes no file and no directory.

    Args:
        environ: None is the environment of this process.

    Raises:
        ConfigError: all faults, `WATCHER_HTTP: message`, never with a secret in them.
    """
    reader = _Reader(environment() if environ is None else environ)
    read = reader.read()
    if reader.faults:
        raise ConfigError(*sorted(reader.faults))
    return read


def sources_path(environ: Mapping[str, str] | None = None) -> Path:
    """Where `sources.toml` is, for commands that need nothing else of the environment.

    Raises:
        ConfigError: the variable names nobody's home.
    """
    reader = _Reader(environment() if environ is None else environ)
    path = reader.sources()
    if reader.faults:
        raise ConfigError(*reader.faults)
    return path


def variables() -> frozenset[str]:
    """The names of all variables that are read."""
    reader = _Reader({})
    reader.read()
    return frozenset(reader.names)


class _Reader:
    """One reading of the environment: gathers faults while it builds."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.faults: list[str] = []
        self.names: set[str] = set()

    def read(self) -> Settings:
        """Build the Settings; with any fault gathered the result is not to be used."""
        data = self.plain("WATCHER_DATA", _path, None) or self._default_data()
        smtp = self.secret("WATCHER_SMTP_URL", _smtp)
        http_host, http_port = self.plain("WATCHER_HTTP", _listen, ("127.0.0.1", 8000))
        return Settings(
            sources=self.sources(),
            data=data,
            database=self.secret("WATCHER_DATABASE_URL", _database) or self._file_in(data),
            telegram_token=self.secret("WATCHER_TELEGRAM_TOKEN", _bot_token),
            telegram_api_url=self.plain("WATCHER_TELEGRAM_API_URL", _base_url, TELEGRAM),
            telegram_rate=self.plain("WATCHER_TELEGRAM_RATE", lambda text: _rate(text, 1, 30), 25.0),
            telegram_paid_rate=self.plain("WATCHER_TELEGRAM_PAID_RATE", lambda text: _rate(text, 30, 1000), None),
            smtp=smtp,
            mail_from=self._mail_from(smtp),
            imap=self.secret("WATCHER_IMAP_URL", _imap),
            public_url=self.plain("WATCHER_PUBLIC_URL", _base_url, None),
            http_host=http_host,
            http_port=http_port,
            secret=self.secret("WATCHER_SECRET", _long_secret),
            hook_secret=self.secret("WATCHER_HOOK_SECRET", _path_secret),
            courtlistener_token=self.secret("WATCHER_COURTLISTENER_TOKEN", _key),
            congress_key=self.secret("WATCHER_CONGRESS_KEY", _key),
            regulations_key=self.secret("WATCHER_REGULATIONS_KEY", _key),
            allow_private=self.plain("WATCHER_ALLOW_PRIVATE", _switch, False),
            operator=self.plain("WATCHER_OPERATOR", _addresses, ()),
            contact=self.plain("WATCHER_CONTACT", _contact, PAGE),
            ping_url=self.secret("WATCHER_PING_URL", lambda text: Secret(_url(text))),
            log=self.plain("WATCHER_LOG", _log_format, "text"),
            warnings=tuple(self._misspelt()),
        )

    def sources(self) -> Path:
        return self.plain("WATCHER_SOURCES", _path, Path("sources.toml"))

    def plain(self, name: str, parse: Callable[[str], T], default: D) -> T | D:
        """A variable that is no secret."""
        self.names.add(name)
        text = self.environ.get(name, "").strip()
        return self._parsed(name, parse, text, default) if text else default

    def secret(self, name: str, parse: Callable[[str], T]) -> T | None:
        """A variable that may come as `NAME_FILE` too: the path of a file that holds it and nothing else."""
        self.names |= {name, f"{name}_FILE"}
        text, path = self.environ.get(name, "").strip(), self.environ.get(f"{name}_FILE", "").strip()
        if text and path:
            self.faults.append(f"{name}: set together with {name}_FILE: which holds?")
            return None
        if path:
            text = self._content(name, Path(path))
        return self._parsed(f"{name}_FILE" if path else name, parse, text, None) if text else None

    def _parsed(self, name: str, parse: Callable[[str], T], text: str, default: D) -> T | D:
        try:
            return parse(text)
        except ValueError as error:
            self.faults.append(f"{name}: {error}")
            return default

    def _content(self, name: str, path: Path) -> str:
        try:
            text = path.read_text("utf-8").strip()
        except (OSError, ValueError) as error:  # ValueError: not UTF-8, or a name with a NUL
            why = error.strerror if isinstance(error, OSError) else "not a text in UTF-8"
            self.faults.append(f"{name}_FILE: {path} cannot be read: {why}")
            return ""
        if not text:
            self.faults.append(f"{name}_FILE: {path} is empty")
        return text

    def _default_data(self) -> Path:
        """`$XDG_DATA_HOME/habeas-watch`; a relative XDG_DATA_HOME is to be ignored (XDG Base Directory Specification)."""
        base = Path(self.environ.get("XDG_DATA_HOME") or "")
        if not base.is_absolute():
            base = Path(self.environ.get("HOME") or Path.home()) / ".local" / "share"
        return base / "habeas-watch"

    def _file_in(self, data: Path) -> Secret:
        return self._parsed("WATCHER_DATA", lambda text: Secret(_sqlite(Path(text) / "habeas-watch.db")), str(data), Secret(""))

    def _mail_from(self, smtp: MailServer | None) -> str:
        given = self.plain("WATCHER_MAIL_FROM", _mailbox, "")
        if given or smtp is None or self.environ.get("WATCHER_MAIL_FROM", "").strip():
            return given
        if "@" in smtp.user:
            return smtp.user
        self.faults.append("WATCHER_MAIL_FROM: required with WATCHER_SMTP_URL: the address that letters come from")
        return ""

    def _misspelt(self) -> Iterator[str]:
        """Names that are nearly a setting's. Others that begin alike may be somebody else's (service links of a container platform)."""
        for name in sorted(self.environ):
            if name.startswith("WATCHER_") and name not in self.names and (hint := did_you_mean(name, self.names, LIKE_A_TYPO)):
                yield f"{name}: not a setting{hint}"


# -- one variable each: text -> value, or a ValueError that shows no secret


def _path(text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError as error:  # ~somebody, who is not here
        raise ValueError(f"{text}: {error}") from error


def _url(text: str, schemes: tuple[str, ...] = ("http", "https")) -> str:
    try:
        parts = urlsplit(text)
        good = parts.scheme in schemes and parts.hostname and text.isprintable() and " " not in text and parts.port != 0
    except ValueError:
        good = False
    if not good:
        forms = " or ".join(f"{scheme}://HOST…" for scheme in reversed(schemes) if scheme != "http")
        raise ValueError(f"no address: write {forms}")
    return text


def _base_url(text: str) -> str:
    parts = urlsplit(_url(text))
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError("must be an address without name, password, ? and #")
    return text.rstrip("/")


def _rate(text: str, least: int, most: int) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if not least <= rate <= most:
        raise ValueError(f"no number of messages a second from {least} to {most}")
    return rate


def _database(text: str) -> Secret:
    scheme, mark, rest = text.partition("://")
    if mark and scheme == "sqlite":
        path = rest.removeprefix("/")
        if not rest.startswith("/") or path in ("", ":memory:"):
            raise ValueError("a database in memory loses all at every stop: write sqlite:///PATH")
        return Secret(_sqlite(Path(path)))
    if mark and scheme in ("postgresql", "postgres"):
        if not re.fullmatch(r"[^/?#\s]*/[^/?#\s]+(\?\S*)?", rest):
            raise ValueError("no database named: write postgresql://USER:PASSWORD@HOST/NAME; a special character of the password as %XX")
        try:
            has_port = urlsplit(text).port != 0
        except ValueError:
            has_port = False
        if not has_port:
            raise ValueError("the port is no number of 1 to 65535; a special character of the password is written as %XX")
        return Secret(f"postgresql+psycopg://{rest}")
    if mark and "+" in scheme:
        raise ValueError("the driver is not yours to choose: write sqlite:///PATH or postgresql://…")
    raise ValueError("write sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME")


def _sqlite(path: Path) -> str:
    if "?" in str(path):
        raise ValueError("the path of the database may hold no question mark")
    return f"{SQLITE}{path}"


def _bot_token(text: str) -> Secret:
    if not re.fullmatch(r"[0-9]+:[A-Za-z0-9_-]+", text):
        raise ValueError("no bot token: BotFather gives one like 123456:ABC-DEF")
    return Secret(text)


def _mail_server(text: str, ports: Mapping[str, int]) -> MailServer:
    plain, over_tls = ports
    parts = urlsplit(_url(text, (plain, over_tls)))
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(f"write {over_tls}://USER:PASSWORD@HOST:PORT; a special character of the password as %XX")
    return MailServer(
        host=parts.hostname or "",
        port=parts.port or ports[parts.scheme],
        tls=parts.scheme == over_tls,
        user=unquote(parts.username or ""),
        password=Secret(unquote(parts.password or "")),
    )


def _smtp(text: str) -> MailServer:
    return _mail_server(text, {"smtp": 587, "smtps": 465})


def _imap(text: str) -> MailServer:
    return _mail_server(text, {"imap": 143, "imaps": 993})


def _mailbox(text: str) -> str:
    _, address = parseaddr(text)
    local, _, domain = address.rpartition("@")
    if not (local and domain and text.isprintable()):
        raise ValueError(f"{text!r} is no mail address: write alerts@example.org or Name <alerts@example.org>")
    return text


def _listen(text: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or port is None or parts.netloc != text or "@" in text:
        raise ValueError(f"{text!r} is no host:port: write 127.0.0.1:8000")
    return host, port


def _long_secret(text: str) -> Secret:
    if len(text) < SHORTEST_SECRET:
        raise ValueError(f"too short to be secret: at least {SHORTEST_SECRET} characters")
    return Secret(text)


def _path_secret(text: str) -> Secret:
    if not re.fullmatch(r"[A-Za-z0-9_-]+", text):
        raise ValueError("it becomes part of an address: only letters, digits, - and _")
    return _long_secret(text)


def _key(text: str) -> Secret:
    if not (text.isascii() and text.isprintable() and " " not in text):
        raise ValueError("no key: one word of plain characters")
    return Secret(text)


def _switch(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError(f"{text!r}: write 1 for yes, 0 for no")
    return text == "1"


def _addresses(text: str) -> tuple[str, ...]:
    found = tuple(address.strip() for address in text.split(",") if address.strip())
    for address in found:
        if not re.fullmatch(r"telegram:-?[0-9]+(/[0-9]+)?|mailto:[^@\s]+@[^@\s]+|console:", address):
            meant = f" (did you mean mailto:{address}?)" if re.fullmatch(r"[^@\s:]+@[^@\s:]+", address) else ""
            raise ValueError(f"{address!r} is no address: write telegram:ID or mailto:NAME@HOST, with commas between{meant}")
    return tuple(dict.fromkeys(found))


def _contact(text: str) -> str:
    if not (text.isascii() and text.isprintable()):
        raise ValueError(f"{text!r} goes into a header: a mail address or URL in plain ASCII")
    return text


def _log_format(text: str) -> Literal["text", "json"]:
    match text:
        case "text" | "json":
            return text
    raise ValueError(f"{text!r}: write text or json")
