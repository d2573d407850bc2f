"""Files, functions and the names of tests are short enough to understand at a glance."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ["benchmarks", "demo", "examples", "optiverse_collab", "scripts", "server", "tests"]

FILE_LINES = 310
FUNCTION_LINES = 46
"""From `def` to the end, including the docstring; without decorators, which may hold a table of cases."""
NAME_CHARS = 60


def excesses(source: str) -> Iterator[str]:
    """Everything that is too long in a source."""
    lines = len(source.splitlines())
    if lines > FILE_LINES:
        yield f"{lines} lines"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            lines = node.end_lineno - node.lineno + 1
            if lines > FUNCTION_LINES:
                yield f"{node.name} has {lines} lines"
            if node.name.startswith("test_") and len(node.name) > NAME_CHARS:
                yield f"{node.name} has {len(node.name)} letters"


@pytest.mark.parametrize("folder", FOLDERS)
def test_nothing_is_too_long(folder: str) -> None:
    paths = {path.relative_to(ROOT).as_posix(): path for path in sorted((ROOT / folder).rglob("*.py"))}
    found = {
        name: too_long
        for name, path in paths.items()
        if (too_long := list(excesses(path.read_text(encoding="utf-8"))))
    }
    assert paths
    assert found == {}


def function(name: str, lines: int, kind: str = "def") -> str:
    """A function of `lines` lines in total, under a decorator of three."""
    return f"@decorated(\n    1,\n)\n{kind} {name}():\n" + "    pass\n" * (lines - 1)


def in_class(source: str) -> str:
    """The same function as a method."""
    return "class Some:\n" + "".join(f"    {line}\n" for line in source.splitlines())


def test_what_is_too_long_is_seen() -> None:
    assert list(excesses("x = 1\n" * 311)) == ["311 lines"]
    assert list(excesses(function("work", 47))) == ["work has 47 lines"]
    assert list(excesses(in_class(function("work", 47, "async def")))) == ["work has 47 lines"]
    name = f"test_{'x' * 56}"
    assert list(excesses(in_class(function(name, 2)))) == [f"{name} has 61 letters"]


def test_what_fits_is_let_pass() -> None:
    assert list(excesses("x = 1\n" * 310)) == []
    assert (
        list(excesses(function("work", 46) + function(f"test_{'x' * 55}", 2) + function("y" * 80, 2))) == []
    )
