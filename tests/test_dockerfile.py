"""The image and the service unit, as far as they can be judged without building or starting them. `make long-container` builds."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, missing

DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
LAST_STAGE = DOCKERFILE.split("\nFROM ")[-1]


def test_hadolint_has_nothing_to_say() -> None:
    tool = Path(sys.executable).parent / "hadolint"
    said = subprocess.run([str(tool), str(ROOT / "Dockerfile")], capture_output=True, text=True, check=False, timeout=60)
    assert (said.returncode, said.stdout) == (0, "")


def test_the_service_does_not_run_as_root() -> None:
    users = re.findall(r"^USER (\S+)$", LAST_STAGE, re.MULTILINE)
    assert users
    assert users[-1].split(":")[0] not in ("0", "root")


def test_what_runs_has_a_health_check_without_further_tools() -> None:
    assert re.search(r'^HEALTHCHECK .*\n\s+CMD \["python3", "-c", .*/healthz', LAST_STAGE, re.MULTILINE)


def test_data_outlives_a_container() -> None:
    assert "\nVOLUME /data\n" in LAST_STAGE
    assert "WATCHER_DATA=/data" in LAST_STAGE


def test_packages_are_installed_with_their_hashes() -> None:
    installs = [line for line in DOCKERFILE.splitlines() if "pip install" in line]
    assert installs
    assert all("--require-hashes" in line or "--no-deps ." in line for line in installs)


def test_no_secret_is_in_the_image() -> None:
    assert not re.search(r"^(ENV|ARG).*(TOKEN|PASSWORD|SECRET|SMTP_URL|_KEY)", DOCKERFILE.replace("\\\n", ""), re.MULTILINE)
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert "*" in ignored, "a file is kept out unless it is named"


def test_what_is_copied_is_let_in_and_exists() -> None:
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    copied = {
        name for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE) for name in line.split()[:-1]
    }  # fmt: skip
    assert copied == let_in
    assert all((ROOT / name).exists() for name in copied)


def test_the_service_unit_is_well_formed(tmp_path: Path) -> None:
    tool = shutil.which("systemd-analyze")
    if tool is None:
        missing("systemd-analyze is not installed: apt-get install systemd")
    unit = (ROOT / "deploy" / "watcher.service").read_text("utf-8")
    copy = tmp_path / "watcher.service"
    copy.write_text(unit.replace("/opt/watcher/bin/watcher", "/bin/true"))  # systemd looks whether the command is there
    said = subprocess.run([str(tool), "verify", "--man=no", str(copy)], capture_output=True, text=True, check=False, timeout=60)
    assert said.returncode == 0, said.stderr
    assert "watcher.service:" not in said.stderr


def test_the_service_unit_gives_no_more_than_is_needed() -> None:
    unit = (ROOT / "deploy" / "watcher.service").read_text("utf-8")
    for line in ("DynamicUser=yes", "StateDirectory=habeas-watch", "ProtectSystem=strict", "NoNewPrivileges=yes", "CapabilityBoundingSet="):
        assert f"\n{line}\n" in unit


@pytest.mark.parametrize("name", ["container", "run"])
def test_scripts_of_the_checks_can_be_read_by_the_shell(name: str) -> None:
    subprocess.run(["bash", "-n", str(ROOT / ".ci" / name)], check=True, timeout=30)
    assert (ROOT / ".ci" / name).stat().st_mode & 0o111
