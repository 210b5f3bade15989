"""`sources.toml` written anew by a command: all of it at once, or nothing."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from watcher.config.rules import UnreadableError
from watcher.errors import ConfigError

_MARK = b"\xef\xbb\xbf"  #: some editors begin a file of UTF-8 with it


def rewritten(path: Path, edit: Callable[[str], str], *, write: bool = True) -> tuple[str, str]:
    """Edit a file, and answer its text before and after. Links are followed; owner's rights, line ends and a byte order mark stay.

    Args:
        edit: answers the new text, or raises what is to be told.
        write: False: the file stays as it is.

    Raises:
        UnreadableError: it cannot be read.
        ConfigError: it is not UTF-8, cannot be written, or was changed by somebody else meanwhile; then it is as it was.
    """
    place = path.resolve()
    try:
        content = place.read_bytes()
        before = content.removeprefix(_MARK).decode()
    except OSError as error:
        raise UnreadableError(f"{path.absolute()}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8") from error
    after = edit(before)
    if write:
        try:
            _replace(place, content, (_MARK if content.startswith(_MARK) else b"") + after.encode())
        except OSError as error:
            raise ConfigError(f"{path}: cannot be written: {error.strerror or error}") from error
    return before, after


def _replace(place: Path, before: bytes, after: bytes) -> None:
    """Put a new file in the place of this one; whoever reads sees the old one or the new one, whole."""
    rights = place.stat()
    number, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
    new = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(after)
            file.flush()
            os.fsync(file.fileno())
        new.chmod(rights.st_mode & 0o7777)
        if place.read_bytes() != before:
            raise ConfigError(f"{place}: somebody else changed it just now; nothing was written")
        new.replace(place)
    finally:
        new.unlink(missing_ok=True)
