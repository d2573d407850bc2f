"""Imports obey the laws in pyproject.toml, and each distribution is used only where it belongs."""

from __future__ import annotations

import ast
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.processes import python, run_python

ROOT = Path(__file__).parent.parent
PACKAGES = {
    "optiverse_collab": ROOT,
    "optiverse_collab_demo": ROOT / "demo",
    "optiverse_collab_server": ROOT / "server",
}
DEADLINE_S = 120

STANDARD_LIBRARY = sys.stdlib_module_names | {"tomllib"}  # tomllib: since Python 3.11
IMPURE = set(
    "asyncio concurrent multiprocessing os random secrets select selectors signal socket sqlite3 ssl"
    " subprocess tempfile threading time uuid".split()
)
"""What the core leaves to its callers: clock, randomness, files, sockets, threads."""

DISTRIBUTIONS = {
    "optiverse_collab": set[str](),
    "optiverse_collab.opening": {"PyQt6"},
    "optiverse_collab.core": {"msgspec"},
    "optiverse_collab.disk": {"keyring", "msgspec"},
    "optiverse_collab.wording": {"msgspec"},
    "optiverse_collab.drivers.aio": {"websockets"},
    "optiverse_collab.drivers.qt": {"msgspec", "PyQt6"},
    "optiverse_collab.manifest": {"msgspec", "packaging", "tomli"},
    "optiverse_collab.hookspecs": {"pluggy"},
    "optiverse_collab.plugin": {"pluggy"},
    "optiverse_collab.host": {"PyQt6"},
    "optiverse_collab.host.attach": set[str](),
    "optiverse_collab.host.plugins": {"pluggy"},
    "optiverse_collab.host.optiverse": {"optiverse", "PyQt6"},
    "optiverse_collab.host.optiverse.launch": {"optiverse", "pluggy"},
    "optiverse_collab.window": {"PyQt6"},
    "optiverse_collab.window.ui.qr_code": {"PyQt6", "segno"},
    "optiverse_collab.window.attachment": set[str](),
    "optiverse_collab.testing": {"PyQt6", "pytest"},
    "optiverse_collab_demo": {"pluggy", "PyQt6"},
    "optiverse_collab_server": {"msgspec", "uvloop", "websockets"},
    "optiverse_collab_server.health": {"prometheus_client", "websockets"},
    "optiverse_collab_server.metrics": {"prometheus_client"},
    "optiverse_collab_server.certificate": {"cryptography"},
    "optiverse_collab_server.storage.jetstream": {"msgspec"},
    "optiverse_collab_server.cluster.grants": {"msgspec", "nats"},
    "optiverse_collab_server.cluster.store": {"nats"},
    "optiverse_collab_server.storage.jetstream.changes": {"nats"},
    "optiverse_collab_server.storage.jetstream.opening": {"nats"},
    "optiverse_collab_server.storage.jetstream.store": {"msgspec", "nats"},
    "optiverse_collab_server.storage.jetstream.stream": {"nats"},
    "optiverse_collab_server.config": {"platformdirs", "tomli"},
}
"""Part of the project → the distributions that it may import. The longest name that fits is the rule."""

BARE = [
    "optiverse_collab.drivers",
    "optiverse_collab.host",
    "optiverse_collab.host.optiverse",
    "optiverse_collab.window",
]
"""Packages that import nothing: their content is imported when it is needed."""


def modules() -> dict[str, Path]:
    """Name and file of every module of all distributions."""
    return {
        ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path
        for package, root in PACKAGES.items()
        for path in sorted((root / package).rglob("*.py"))
    }


def source_of(module: str) -> str:
    return modules()[module].read_text(encoding="utf-8")


# The laws in pyproject.toml


def broken_laws(folder: Path) -> list[str]:
    """The names of the laws that the packages in a folder break."""
    command = ["-c", "from importlinter.cli import lint_imports_command as lint; lint()"]
    config = ["--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    ended = run_python(*command, *config, folder=folder, deadline=DEADLINE_S)
    assert "Contracts:" in ended.output, ended.errors
    return re.findall("^(.*) BROKEN", ended.output, re.MULTILINE)


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of all packages; a test may break it, but has to repair it."""
    folder = tmp_path_factory.mktemp("packages")
    for package, root in PACKAGES.items():
        shutil.copytree(root / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_laws_are_kept(packages: Path) -> None:
    assert broken_laws(packages) == []


@pytest.mark.parametrize(
    ("module", "source", "law"),
    [
        ("errors", "from optiverse_collab.core import records", "Rooms"),
        ("convert/kinds", "from optiverse_collab.scripting import bench", "Rooms"),
        ("core/client/replica", "from optiverse_collab.core.server import history", "Rooms of the core"),
        ("core/records", "from optiverse_collab.core import checks", "Rooms of the core"),
        ("window/manager", "from optiverse_collab.window import controller", "Floors of a window"),
        ("drivers/qt/connection", "from optiverse_collab.drivers import aio", "The drivers don't know"),
        ("window/ui/fields", "import asyncio", "A window needs no asyncio"),
        ("scripting/files", "import PyQt6.QtCore", "The server and scripts need no Qt"),
        ("convert/kinds", "from optiverse_collab.convert import writing", "No cycle between siblings"),
        ("host/menus", "from optiverse_collab_demo import app", "Nobody knows the demo bench"),
    ],
)
def test_a_broken_law_is_seen(packages: Path, module: str, source: str, law: str) -> None:
    path = packages / "optiverse_collab" / f"{module}.py"
    before = path.read_text(encoding="utf-8")
    path.write_text(f"{before}\n{source}\n", encoding="utf-8")
    try:
        assert any(broken.startswith(law) for broken in broken_laws(packages))
    finally:
        path.write_text(before, encoding="utf-8")


# Distributions that a part may import


def imported(source: str) -> Iterator[str]:
    """The full name of everything that this source imports, except for type checkers alone."""
    for node in ast.walk(_WithoutTypeChecking().visit(ast.parse(source))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = "." * node.level + (node.module or "")
            yield from (f"{package}.{alias.name}" for alias in node.names)


class _WithoutTypeChecking(ast.NodeTransformer):
    """Leaves out the code under ``if TYPE_CHECKING``."""

    def visit_If(self, node: ast.If) -> ast.AST:
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            node.body = [ast.Pass()]
        return self.generic_visit(node)


def distributions_of(module: str) -> set[str]:
    """The distributions that the longest matching rule allows a module."""
    rules = [name for name in DISTRIBUTIONS if module == name or module.startswith(f"{name}.")]
    return DISTRIBUTIONS[max(rules, key=len)]


def complaints(module: str, source: str) -> list[str]:
    """Each import in this source that its part may not have: a distribution, or something impure."""
    allowed = distributions_of(module) | set(PACKAGES)
    is_core = module.startswith("optiverse_collab.core")
    return [
        name
        for name in imported(source)
        if (top := name.partition(".")[0]) not in STANDARD_LIBRARY | allowed or (is_core and top in IMPURE)
    ]


@pytest.mark.parametrize("module", modules())
def test_distributions_are_used_where_they_belong(module: str) -> None:
    assert complaints(module, source_of(module)) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("optiverse_collab.core.server.room", "import asyncio"),
        ("optiverse_collab.core.server.room", "from time import monotonic"),
        ("optiverse_collab.core.client.backoff", "def later():\n    import random"),
        ("optiverse_collab.core.server.room", "import websockets.frames"),
        ("optiverse_collab.core.server.room", "from ..client import replica"),
        ("optiverse_collab.errors", "import msgspec"),
        ("optiverse_collab.scripting.bench", "from PyQt6.QtWebSockets import QWebSocket"),
        ("optiverse_collab_server.serving", "import PyQt6"),
        ("optiverse_collab.plugin", "from PyQt6 import QtWidgets"),
    ],
)
def test_a_misplaced_import_is_seen(module: str, source: str) -> None:
    assert len(complaints(module, source)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("optiverse_collab.core.server.room", "from __future__ import annotations\nimport json, msgspec"),
        ("optiverse_collab_server.app", "import asyncio, uvloop\nfrom optiverse_collab import errors"),
        ("optiverse_collab.plugin", "if TYPE_CHECKING:\n    from PyQt6.QtWidgets import QMainWindow"),
        ("optiverse_collab.host.optiverse", "from optiverse.ui import main_window"),
    ],
)
def test_an_import_in_its_place_passes(module: str, source: str) -> None:
    assert complaints(module, source) == []


def test_what_the_server_uses_of_the_other_distribution() -> None:
    """The core, the errors, what programs that keep files need, and how scripts connect, for a standby."""
    used = {
        name
        for module in modules()
        if module.startswith("optiverse_collab_server")
        for name in imported(source_of(module))
        if name.startswith("optiverse_collab.")
    }
    rooms = {name.split(".")[1] for name in used}
    assert rooms == {"core", "drivers", "errors", "disk"}
    of_disk = {name.split(".")[2] for name in used if name.split(".")[1] == "disk"}
    assert of_disk == {"lock", "durable"}
    assert {name.split(".")[2] for name in used if name.split(".")[1] == "drivers"} == {"aio"}


# When things are imported


@pytest.mark.parametrize("package", BARE)
def test_rooms_that_import_nothing(package: str) -> None:
    assert list(imported(source_of(package))) == []


STARTERS = [
    "optiverse_collab.category",
    "optiverse_collab.errors",
    "optiverse_collab.host.attach",
    "optiverse_collab.host.faults",
    "optiverse_collab.host.optiverse.launch",
    "optiverse_collab.host.optiverse.upstream.version",
    "optiverse_collab.host.optiverse.web_sockets",
    "optiverse_collab.host.plugins",
    "optiverse_collab.opening",
]
"""Modules that work where our dependencies are missing, and report that."""


@pytest.mark.parametrize("module", STARTERS)
def test_start_without_our_dependencies_needs_stdlib_alone(module: str) -> None:
    tree = _WithoutTypeChecking().visit(ast.parse(source_of(module)))
    at_once = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    for name in imported("\n".join(map(ast.unparse, at_once))):
        assert name.partition(".")[0] in STANDARD_LIBRARY or name.rpartition(".")[0] in STARTERS, name


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
        name for name in modules() if "PyQt6" not in distributions_of(name) and not name.endswith(".__main__")
    ]
    assert {"optiverse_collab.core.server.room", "optiverse_collab_server.app"} <= set(names)
    with python("-W", "error", "-c", IMPORT_WITHOUT_QT, *names) as process:
        output, _ = process.communicate(timeout=DEADLINE_S)
    assert output == "PyQt6.QtCore there is no PyQt6 here\n"
    assert process.returncode == 0
