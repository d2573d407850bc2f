"""Names that others chose show unchanged, even where Qt would interpret them as markup."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3] / "optiverse_collab"
SOURCES = sorted(path for folder in ("window", "host") for path in (ROOT / folder).rglob("*.py"))


def calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    """The calls of a method or class."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            if name == (called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")):
                yield node


def is_safe(text: ast.expr) -> bool:
    """Whether a text is a constant of ours, or is made safe to show."""
    if isinstance(text, ast.Call):
        return getattr(text.func, "id", "") == "unmarked"
    name = text.attr if isinstance(text, ast.Attribute) else getattr(text, "id", "")
    return isinstance(text, ast.Constant) or name.isupper()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_tooltips_show_text_unchanged(path: Path) -> None:
    """Tooltips have no plain format: their text has to be escaped."""
    tree = ast.parse(path.read_text("utf-8"))
    unsafe = [call.lineno for call in calls(tree, "setToolTip") if not is_safe(call.args[-1])]
    assert unsafe == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_labels_with_text_of_others_are_plain(path: Path) -> None:
    """A label with anything but a constant is set to plain text."""
    source = path.read_text("utf-8")
    texts = [call.args[0] for call in calls(ast.parse(source), "QLabel") if call.args]
    if any(not is_safe(text) and getattr(text, "id", "") not in ("self", "parent") for text in texts):
        assert "setTextFormat(Qt.TextFormat.PlainText)" in source


def test_what_is_not_safe_is_noticed() -> None:
    tree = ast.parse("a.setToolTip(name); b.setToolTip(0, unmarked(name)); c.setToolTip(texts.HINT)")
    assert [is_safe(call.args[-1]) for call in calls(tree, "setToolTip")] == [False, True, True]
