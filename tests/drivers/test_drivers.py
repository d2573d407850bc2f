"""Both drivers have the same structure, so whoever knows one can find their way in the other."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import optiverse_collab

DRIVERS = Path(optiverse_collab.__file__).parent / "drivers"

ONLY_QT = {"disk_writer.py", "quality_watch.py", "service.py", "timers.py", "tls_probe.py"}
"""Only a window needs these: a replica on disk, signals, quality, timers, and the TLS probe."""

ONLY_AIO = {"probes.py"}
"""Only a command needs these: step-by-step checks of a server; a window runs a command for that."""


def files(driver: str) -> set[str]:
    return {path.name for path in (DRIVERS / driver).glob("*.py")}


def test_files_have_the_same_names() -> None:
    assert files("qt") - files("aio") == ONLY_QT
    assert files("aio") - files("qt") == ONLY_AIO


@pytest.mark.parametrize("package", [".", "aio", "qt"])
def test_package_imports_nothing(package: str) -> None:
    tree = ast.parse((DRIVERS / package / "__init__.py").read_text(encoding="utf-8"))
    assert not any(isinstance(node, (ast.Import, ast.ImportFrom)) for node in ast.walk(tree))
