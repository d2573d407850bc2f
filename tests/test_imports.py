"""Imports go one way (docs/architecture.md): the core knows nobody, and only the plugin's parts know Qt."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.processes import python

ROOT = Path(__file__).parent.parent

STANDARD_LIBRARY = sys.stdlib_module_names | {"tomllib"}  # tomllib: since Python 3.11
IMPURE = set(
    "asyncio concurrent multiprocessing os random secrets select selectors signal socket sqlite3 ssl"
    " subprocess tempfile threading time uuid".split()
)
"""What the sync core leaves to its surroundings: clock, chance, files, sockets, threads."""


def ours(*parts: str) -> set[str]:
    """The full names of parts of optiverse_collab."""
    return {f"optiverse_collab.{part}" for part in parts}


CORE = ours("errors", "core")
SCRIPTING = CORE | ours("convert", "drivers.aio", "wording") | {"msgspec", "websockets"}
WINDOW = CORE | ours("manifest", "wording") | {"PyQt6"}

ALLOWED = {
    "optiverse_collab.errors": set[str](),
    "optiverse_collab.core": ours("errors") | {"msgspec"},
    "optiverse_collab.core.client.backoff": set[str](),
    "optiverse_collab.convert": CORE,
    "optiverse_collab.wording": CORE | {"msgspec"},
    "optiverse_collab.drivers": set[str](),
    "optiverse_collab.drivers.aio": CORE | ours("wording") | {"websockets"},
    "optiverse_collab.drivers.qt": CORE | ours("wording") | {"msgspec", "PyQt6"},
    "optiverse_collab.scripting": SCRIPTING,
    "optiverse_collab.cli": SCRIPTING | ours("scripting"),
    "optiverse_collab_server": CORE | {"msgspec", "platformdirs", "uvloop", "websockets"},
    "optiverse_collab.category": ours("errors", "manifest"),
    "optiverse_collab.manifest": ours("errors") | {"msgspec", "packaging", "tomli"},
    "optiverse_collab.hookspecs": {"pluggy"},
    "optiverse_collab.demo": CORE | ours("convert", "hookspecs") | {"pluggy", "PyQt6"},
    "optiverse_collab.host": WINDOW | ours("convert", "hookspecs") | {"optiverse"},
    "optiverse_collab.host.demo": WINDOW | ours("category", "demo", "host.api"),
    "optiverse_collab.host.optiverse.launch": ours("category", "errors", "hookspecs", "host", "manifest")
    | {"optiverse", "pluggy"},
    "optiverse_collab.window": WINDOW | ours("convert", "drivers.qt", "hookspecs", "host"),
    "optiverse_collab.window.attachment": ours("category", "errors", "hookspecs", "window"),
    "optiverse_collab.plugin": ours("category", "hookspecs", "window.attachment") | {"pluggy"},
    "optiverse_collab.__main__": ours("cli", "host.optiverse.launch"),
}
"""Part of the project -> what it may import besides itself and the standard library: other parts, and
distributions. The longest name that fits a module is its rule. There is no circle in it."""


def within(module: str, package: str) -> bool:
    """Whether a module is this package or lies in it."""
    return module == package or module.startswith(f"{package}.")


def part_of(module: str) -> str | None:
    """The name in ALLOWED whose rule counts for this module."""
    return max((part for part in ALLOWED if within(module, part)), key=len, default=None)


def imported(source: str) -> Iterator[str]:
    """The full name of whatever this source imports; a relative one begins with a dot.

    Anywhere in it, but for what only a type checker sees.
    """
    for node in ast.walk(_Running().visit(ast.parse(source))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = "." * node.level + (node.module or "")
            yield from (f"{package}.{alias.name}" for alias in node.names)


class _Running(ast.NodeTransformer):
    """Leaves out what stands under ``if TYPE_CHECKING``."""

    def visit_If(self, node: ast.If) -> ast.AST:
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            node.body = [ast.Pass()]
        return self.generic_visit(node)


def complaints(module: str, source: str) -> list[str]:
    """A sentence for each import in this source that the rules don't allow to this module."""
    part = part_of(module)
    if part is None:
        return [f"{module} imports {name}, and has no rule" for name in imported(source)]
    return [f"{module} imports {name}" for name in imported(source) if not is_allowed(name, part)]


def is_allowed(name: str, part: str) -> bool:
    """Whether this part of the project may import the module of this name."""
    top = name.partition(".")[0]
    if top in STANDARD_LIBRARY:
        return not (part == "optiverse_collab.core" and top in IMPURE)
    return any(within(name, package) for package in {part, *ALLOWED[part]})


def modules() -> dict[str, Path]:
    """Name and file of every module of both distributions."""
    return {
        ".".join(path.relative_to(root).with_suffix("").parts): path
        for root, package in [(ROOT, "optiverse_collab"), (ROOT / "server", "optiverse_collab_server")]
        for path in sorted((root / package).rglob("*.py"))
    }


@pytest.mark.parametrize("module", modules())
def test_module_imports_only_what_its_part_may(module: str) -> None:
    assert complaints(module, modules()[module].read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("optiverse_collab.core.server.room", "import asyncio"),
        ("optiverse_collab.core.server.room", "from time import monotonic"),
        ("optiverse_collab.core.server.room", "def later():\n    import random"),
        ("optiverse_collab.core.server.room", "import websockets.frames"),
        ("optiverse_collab.core.server.room", "from optiverse_collab import scripting"),
        ("optiverse_collab.core.server.room", "from ..scripting import Client"),
        ("optiverse_collab.errors", "import msgspec"),
        ("optiverse_collab.convert", "from optiverse_collab.scripting import Client"),
        ("optiverse_collab.scripting", "from PyQt6.QtWebSockets import QWebSocket"),
        ("optiverse_collab_server.app", "import PyQt6"),
        ("optiverse_collab_server.app", "from optiverse_collab.scripting import Client"),
        ("optiverse_collab.host.api", "from optiverse_collab.window.manager import CollaborationManager"),
        ("optiverse_collab.window.manager", "import optiverse_collab.plugin"),
        ("optiverse_collab.plugin", "from PyQt6 import QtWidgets"),
        ("optiverse_collab.synchronous", "import json"),
        ("optiverse_collab.__init__", "import optiverse_collab.core"),
    ],
)
def test_scan_sees_what_is_not_allowed(module: str, source: str) -> None:
    [complaint] = complaints(module, source)
    assert complaint.startswith(f"{module} imports ")


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("optiverse_collab.core.server.room", "from __future__ import annotations\nimport json, msgspec"),
        ("optiverse_collab.core.server.room", "from optiverse_collab.errors import Reason"),
        ("optiverse_collab_server.app", "import asyncio, uvloop\nfrom optiverse_collab import errors"),
        ("optiverse_collab.window.manager", "from optiverse_collab.host import api"),
        ("optiverse_collab.plugin", "if TYPE_CHECKING:\n    from PyQt6.QtWidgets import QMainWindow"),
        ("optiverse_collab.host.optiverse", "from optiverse.ui import main_window"),
    ],
)
def test_scan_lets_pass_what_is_allowed(module: str, source: str) -> None:
    assert complaints(module, source) == []


def test_rules_have_no_circle() -> None:
    parts = set(ALLOWED)
    while parts:
        bottom = {part for part in parts if ALLOWED[part].isdisjoint(parts - {part})}
        assert bottom, f"these import each other: {sorted(parts)}"
        parts -= bottom


IMPORT_WITHOUT_QT = """
import importlib, sys

class NoQt:
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] == "PyQt6":
            raise ImportError("there is no PyQt6 here")

sys.meta_path.insert(0, NoQt)
for name in ["PyQt6.QtCore", *sys.argv[1:]]:
    try:
        importlib.import_module(name)
    except ImportError as error:
        print(name, error)
"""


def test_core_server_and_scripting_client_import_without_qt() -> None:
    names = [
        name.removesuffix(".__init__")
        for name in modules()
        if "PyQt6" not in ALLOWED.get(part_of(name) or "", set()) and not name.endswith(".__main__")
    ]
    assert {"optiverse_collab.core.server.room", "optiverse_collab_server.app"} <= set(names)
    with python("-W", "error", "-c", IMPORT_WITHOUT_QT, *names) as process:
        output, _ = process.communicate()
    assert output == "PyQt6.QtCore there is no PyQt6 here\n"
    assert process.returncode == 0
