"""A command that writes `sources.toml`: all of it at once, or nothing."""

import os
from pathlib import Path

import pytest

from watcher.config import UnreadableError, rewritten
from watcher.errors import ConfigError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "sources.toml"
    file.write_bytes(b"\xef\xbb\xbfa = 1\r\nb = 2\r\n")
    file.chmod(0o640)
    return file


def test_a_file_is_replaced_with_its_rights_line_ends_and_mark(file: Path) -> None:
    number = file.stat().st_ino
    assert rewritten(file, lambda text: text + "c = 3\r\n") == ("a = 1\r\nb = 2\r\n", "a = 1\r\nb = 2\r\nc = 3\r\n")
    assert file.read_bytes() == b"\xef\xbb\xbfa = 1\r\nb = 2\r\nc = 3\r\n"
    assert (file.stat().st_mode & 0o777, file.stat().st_ino == number) == (0o640, False)  # a new file in its place
    assert os.listdir(file.parent) == [file.name]


def test_a_link_to_a_file_stays_one(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.toml"
    link.symlink_to(file)
    rewritten(link, str.upper)
    assert link.is_symlink()
    assert file.read_bytes().endswith(b"A = 1\r\nB = 2\r\n")


def test_where_nothing_is_to_be_written_the_file_stays(file: Path) -> None:
    before = file.read_bytes()
    assert rewritten(file, str.upper, write=False)[1] == "A = 1\r\nB = 2\r\n"
    assert file.read_bytes() == before


def test_an_edit_that_is_refused_changes_nothing(file: Path) -> None:
    def refuse(_text: str) -> str:
        raise ConfigError("no")

    before = file.read_bytes()
    with pytest.raises(ConfigError, match="no"):
        rewritten(file, refuse)
    assert (file.read_bytes(), os.listdir(file.parent)) == (before, [file.name])


def test_what_somebody_else_writes_meanwhile_is_not_lost(file: Path) -> None:
    def edit(text: str) -> str:
        file.write_text("theirs = true\n")
        return text

    with pytest.raises(ConfigError, match="somebody else changed it just now"):
        rewritten(file, edit)
    assert (file.read_text(), os.listdir(file.parent)) == ("theirs = true\n", [file.name])


def test_a_folder_that_is_gone_is_said(file: Path, tmp_path: Path) -> None:
    def edit(text: str) -> str:
        file.parent.rename(tmp_path.parent / f"{tmp_path.name}-elsewhere")
        return text

    with pytest.raises(ConfigError, match="cannot be written: No such file"):
        rewritten(file, edit)


def test_a_file_that_is_not_there_or_no_text_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="cannot be read: No such file"):
        rewritten(tmp_path / "none.toml", str.upper)
    (tmp_path / "broken.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="not UTF-8"):
        rewritten(tmp_path / "broken.toml", str.upper)
