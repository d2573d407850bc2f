"""Commands have the attributes that we read."""

from __future__ import annotations

import ast
import inspect
from importlib import import_module

import pytest

from optiverse_collab.host.optiverse.upstream.undo import HeldByBoth, HeldByGroups, HeldByLayers, held_by
from optiverse_collab.host.optiverse.upstream.version import knows_layers

pytestmark = pytest.mark.optiverse


def assigned() -> set[str]:
    """The names of all attributes that the host's commands assign to themselves."""
    nodes = ast.walk(ast.parse(inspect.getsource(import_module("optiverse.core.undo_commands"))))
    return {
        node.attr for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    }


def test_commands_have_what_is_declared_of_them() -> None:
    of_this, of_other = (HeldByLayers, HeldByGroups) if knows_layers() else (HeldByGroups, HeldByLayers)
    there = assigned()
    assert HeldByBoth.__annotations__.keys() | of_this.__annotations__.keys() <= there
    assert of_other.__annotations__.keys().isdisjoint(there)


def test_what_a_command_holds_is_the_command() -> None:
    command = import_module("optiverse.core.undo_commands").RotateItemCommand(None, 0.0, 5.0)
    held_by(command)["old_rotation"] = 7.0
    assert command.old_rotation == 7.0
