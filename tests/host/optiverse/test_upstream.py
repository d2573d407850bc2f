"""All of Optiverse's private names that the adapter uses are declared in `upstream`, and nothing else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import optiverse_collab.host.optiverse as adapter

ADAPTER = Path(adapter.__file__).parent
UPSTREAM = ADAPTER / "upstream"
PRIVATE = re.compile(r"_[A-Za-z]\w*(?<!__)")
BY_NAME = ("getattr", "hasattr", "setattr", "delattr", "Override")
"""Functions that access the attribute that their second argument names."""
OF_TEXT = ("startswith", "endswith", "removeprefix", "removesuffix", "TypeVar", "ParamSpec")
"""Functions whose argument is part of a name, or one of the source's own names."""

USED_OTHERWISE = {
    "info": "by the adapter's `log`, which calls a method by its level",
    "has_ray_overlay": "by the adapter's stand-in for the canvas, which has it",
    "get_interfaces_scene": "by the adapter's stand-in for a component, which has it",
    "_autosave_timer": "by `HasAutosave`: a file controller that has it autosaves",
}
"""Declared names that are neither attributes nor texts in any source, and how they are used."""


def declared(source: str) -> set[str]:
    """The names that a source declares: attributes of its classes, and names that it keeps in constants."""
    module = ast.parse(source)
    names = {_constant(node.value) for node in module.body if isinstance(node, ast.Assign)}
    for cls in (node for node in module.body if isinstance(node, ast.ClassDef)):
        for node in cls.body:
            if isinstance(node, ast.FunctionDef):
                names.add(node.name)
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                names.add(node.target.id)
    return names - {""}


def touched(source: str) -> Iterator[str]:
    """The names that a source uses of others' objects: private ones, and those accessed by a text."""
    module = ast.parse(source)
    parts = {id(part) for part in _parts_of_names(module)}
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute):
            if PRIVATE.fullmatch(node.attr) and not _is_own(node.value):
                yield node.attr
        elif isinstance(node, ast.Call) and _name_of(node.func) in BY_NAME and len(node.args) > 1:
            if _constant(node.args[1]):
                yield _constant(node.args[1])
        elif isinstance(node, ast.Constant) and id(node) not in parts and PRIVATE.fullmatch(_constant(node)):
            yield _constant(node)


def _parts_of_names(module: ast.Module) -> Iterator[ast.AST]:
    """Texts that are pieces of longer ones."""
    for node in ast.walk(module):
        if isinstance(node, ast.JoinedStr):
            yield from node.values
        elif isinstance(node, ast.Call) and _name_of(node.func) in OF_TEXT:
            yield from node.args


def _is_own(thing: ast.expr) -> bool:
    return isinstance(thing, ast.Name) and thing.id in ("self", "cls")


def _name_of(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _constant(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def sources(folder: Path) -> dict[str, str]:
    """All modules in the folder, path → source."""
    paths = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*.py"))}
    return {name: path.read_text(encoding="utf-8") for name, path in paths.items()}


def used(source: str) -> set[str]:
    """All names in a source: as attributes, keys or texts."""
    nodes = list(ast.walk(ast.parse(source)))
    attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return attributes | {_constant(node) for node in nodes if isinstance(node, ast.expr)}


DECLARED = set().union(*map(declared, sources(UPSTREAM).values()))


@pytest.mark.parametrize("module", sources(ADAPTER))
def test_whatever_is_touched_is_declared(module: str) -> None:
    assert set(touched(sources(ADAPTER)[module])) - DECLARED == set()


def test_whatever_is_declared_is_used() -> None:
    unused = DECLARED - set().union(*map(used, sources(ADAPTER).values()))
    assert {name for name in unused if not name.startswith("__")} == USED_OTHERWISE.keys()
    assert len(DECLARED) > 100


@pytest.mark.parametrize(
    "source",
    [
        "window._secret",
        "self._window._secret()",
        "window.panel._secret.timeout",
        "item._secret = 1",
        "del item._secret",
        "one, item._secret = 1, 2",
        "def of(item):\n    return [part._secret for part in item.parts]",
        "getattr(item, '_secret', None)",
        "setattr(item, '_secret', 1)",
        "vars(item)['_secret']",
        "state.get('_secret')",
        "for name in ('_locked', '_secret'):\n    setattr(item, name, False)",
        "Override(window, '_secret', print)",
        "hasattr(window, 'secret')",
        "getattr(window, 'secret')()",
    ],
)
def test_scan_sees_what_is_not_declared(source: str) -> None:
    [name] = set(touched(source)) - DECLARED
    assert name.strip("_") == "secret"


@pytest.mark.parametrize(
    "source",
    [
        "self._secret = 1",
        "cls._secret",
        "item.__dict__",
        "item._locked",
        "hasattr(item, 'set_locked')",
        "name.endswith('_mm')",
        "f'{name}_mm'",
        "'_ not a name'",
        "'public'",
    ],
)
def test_scan_lets_pass_what_is_declared_or_our_own(source: str) -> None:
    assert set(touched(source)) - DECLARED == set()


def test_declarations_are_found_in_classes_and_constants() -> None:
    source = '''
TYPE = "_type"
"""A docstring."""
class Item(Protocol):
    """Another."""
    _w: float
    def _show(self) -> None: ...
    @property
    def rays(self) -> list[object]: ...
def helper(_argument):
    _local = "_text"
'''
    assert declared(source) == {"_type", "_w", "_show", "rays"}
