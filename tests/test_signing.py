"""The secret: set, or made once and kept, readable by its owner alone."""

import stat
from pathlib import Path

import pytest

from watcher.config import settings, signing_secret
from watcher.errors import ConfigError


def known(data: Path, **more: str) -> str:
    return signing_secret(settings({"WATCHER_DATA": str(data), **more}))


def test_what_is_set_holds_and_no_file_is_made(tmp_path: Path) -> None:
    assert known(tmp_path / "data", WATCHER_SECRET="s" * 16) == "s" * 16
    assert not (tmp_path / "data").exists()


def test_without_one_it_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    first = known(tmp_path / "data")
    assert len(first) >= 32
    assert known(tmp_path / "data") == first
    assert known(tmp_path / "other") != first
    (file,) = (tmp_path / "data").iterdir()
    assert (file.name, stat.S_IMODE(file.stat().st_mode)) == ("secret", 0o600)


@pytest.mark.parametrize(("content", "said"), [(b"", "is empty"), (b"\xff\xfe", "cannot be had: no text")])
def test_a_file_that_holds_none_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "secret").write_bytes(content)
    with pytest.raises(ConfigError, match=said):
        known(tmp_path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(ConfigError, match=r"WATCHER_SECRET: not set, and .*cannot be had"):
        known(tmp_path / "data")
