"""The secret that keys what must not be guessed: WATCHER_SECRET, else one of this machine's own, made once."""

import contextlib
import os
import secrets
from pathlib import Path

from watcher.config.environment import Settings
from watcher.errors import ConfigError

FILE = "secret"  #: in WATCHER_DATA


def signing_secret(settings: Settings) -> str:
    """WATCHER_SECRET; without it what the file `secret` in WATCHER_DATA says, made with a chance word (mode 0600) where there is none.

    Raises:
        ConfigError: the file cannot be read or made.
    """
    if settings.secret is not None:
        return settings.secret.reveal()
    file = settings.data / FILE
    try:
        with contextlib.suppress(FileExistsError):
            _make(file)
        found = file.read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        raise ConfigError(f"WATCHER_SECRET: not set, and {file} cannot be had: {getattr(error, 'strerror', None) or 'no text'}") from error
    if not found:
        raise ConfigError(f"WATCHER_SECRET: not set, and {file} is empty: delete it, or set the variable")
    return found


def _make(file: Path) -> None:
    """Of two processes that try, one makes it, and the other never sees half of it: the whole file gets its name at once."""
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{FILE}-{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as written:
            written.write(secrets.token_urlsafe(32))
        os.link(draft, file)
    finally:
        draft.unlink()
