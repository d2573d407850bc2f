"""Optiverse's undo stack, and what its commands hold."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, TypedDict, cast

from PyQt6.QtCore import pyqtBoundSignal

from optiverse_collab.host.optiverse.upstream.groups import Group, GroupManager
from optiverse_collab.host.optiverse.upstream.items import Data, HasState, Item
from optiverse_collab.host.optiverse.upstream.layers import LayerNode, LayerState, layer_names

State = Data
"""What `capture_state` gives of an item, or a part of it."""


class Command(Protocol):
    """A step of the user."""

    def undo(self) -> None: ...

    def merge_with(self, other: Command) -> bool: ...


class UndoStack(Protocol):
    """The steps of a window."""

    commandPushed: pyqtBoundSignal
    canUndoChanged: pyqtBoundSignal
    canRedoChanged: pyqtBoundSignal
    _undo_stack: list[Command]
    _redo_stack: list[Command]

    def undo(self) -> None: ...

    def redo(self) -> None: ...

    def push(self, command: Command) -> None: ...

    def can_undo(self) -> bool: ...

    def can_redo(self) -> bool: ...


class HeldByBoth(TypedDict, total=False):
    """What commands of both versions hold, by the names of their attributes."""

    item: Item
    items: list[Item]
    before_state: State
    after_state: State
    old_pos: object
    old_positions: object
    old_rotation: object
    _item_uuid: str | None
    _item_uuids: list[str]
    _group_uuid: str | None
    _parent_group_uuid: str | None
    _executed: bool


class HeldByLayers(TypedDict, total=False):
    """What only commands of 0.3 hold; `_entries` are items with their states before and after."""

    _item: Item
    _node: LayerNode
    _commands: list[Command]
    _entries: list[tuple[HasState, State, State]]
    _before: State
    _after: State
    _uuid: str
    _uuids: list[str]
    _link_uuid: str
    _autolabel_owner: Item | None
    _cascade_labels: list[Item]
    _layer_state: LayerState | None
    _before_snapshot: dict[str | None, list[str]]
    _original_positions: dict[str, tuple[str | None, int]]
    _snapshot: Data | None


class HeldByGroups(TypedDict, total=False):
    """What only commands of 0.2 hold; `_group_data` is that of one group, or of several by their ids."""

    _items: list[Item]
    _group_manager: GroupManager | None
    _group: Group | None
    _group_data: Data | None
    _item_groups: dict[str, str]
    _target_group_uuid: str
    _previous_group_uuid: str | None
    _imported_groups_data: list[Data]
    _parent_group_data: Data | None


class Held(HeldByBoth, HeldByLayers, HeldByGroups, total=False):
    """What commands hold; each class of commands has some of it."""


def held_by(command: Command) -> Held:
    """A command's attributes; changing this changes the command."""
    return cast(Held, vars(command))


def repair_commands() -> None:
    """Let undoing "Ungroup" work.

    Quirk: 0.3.4 imports a class for its type checker alone, and raises a NameError where it needs the class.
    """
    commands = import_module("optiverse.core.undo_commands")
    vars(commands).setdefault("LayerTreeState", layer_names().LayerTreeState)
