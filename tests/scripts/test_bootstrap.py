"""The bootstrap reports what it can't do, and repeats nothing that is done."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from scripts import bootstrap

on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="system packages are Linux's")
on_posix = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for uv is a shell script")


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with an empty PATH, no library for Qt, no environment and a user other than root."""
    monkeypatch.setattr(bootstrap, "loads", lambda library: False)
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr("os.geteuid", lambda: 1000, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("UV_PROJECT_ENVIRONMENT", raising=False)
    return tmp_path


def program(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


@on_linux
def test_user_without_rights_is_told_one_command(bare: Path) -> None:
    program(bare / "apt-get", "exit 1")
    with pytest.raises(SystemExit) as exit_:
        bootstrap.install_system_packages()
    [command] = [line for line in str(exit_.value).splitlines() if "apt-get" in line]
    assert command.split()[:3] == ["sudo", "apt-get", "install"]
    assert set(bootstrap.QT_LIBRARIES.values()) <= set(command.split())


@on_linux
def test_other_systems_are_told_what_is_missing(bare: Path) -> None:
    with pytest.raises(SystemExit, match=r"libegl1 .*libxcb-cursor0"):
        bootstrap.install_system_packages()


@on_linux
def test_failing_installation_ends_the_run(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(bare / "apt-get", "exit 100")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    with pytest.raises(SystemExit) as exit_:
        bootstrap.install_system_packages()
    assert exit_.value.code == 100


@on_posix
def test_uv_that_the_project_refuses_is_passed_over(bare: Path) -> None:
    program(bare / "uv", "exit 2")
    assert bootstrap.find_uv() is None
    bootstrap.own_uv().parent.mkdir(parents=True)
    program(bootstrap.own_uv(), "exit 0")
    assert bootstrap.find_uv() == str(bootstrap.own_uv())
    program(bare / "uv", "exit 0")
    assert bootstrap.find_uv() == str(bare / "uv")


def test_environment_is_ready_until_its_inputs_change(bare: Path) -> None:
    digest = bootstrap.fingerprint()
    assert not bootstrap.is_ready(digest)
    bootstrap.interpreter().parent.mkdir(parents=True)
    bootstrap.interpreter().touch()
    assert not bootstrap.is_ready(digest)
    bootstrap.stamp().write_text(digest, encoding="utf-8")
    assert bootstrap.is_ready(digest)
    bootstrap.interpreter().unlink()
    assert not bootstrap.is_ready(digest)


def test_fingerprint_follows_the_pins_and_the_python(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pins = bare / "constraints.txt"
    pins.write_text("ruff==1.0\n", encoding="utf-8")
    monkeypatch.setattr(bootstrap, "INPUTS", [pins])
    seen = [bootstrap.fingerprint()]
    pins.write_text("ruff==1.1\n", encoding="utf-8")
    seen.append(bootstrap.fingerprint())
    monkeypatch.setenv("UV_PYTHON", "some other Python")
    seen.append(bootstrap.fingerprint())
    assert len(set(seen)) == 3
    assert seen[-1] == bootstrap.fingerprint()
