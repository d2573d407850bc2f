"""Layers in Optiverse 0.3: a tree of groups and items, the panel that shows it, and linked files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Protocol

from PyQt6.QtCore import QItemSelectionModel, QModelIndex, QTimer, pyqtBoundSignal
from PyQt6.QtWidgets import QAbstractItemView, QWidget

from optiverse_collab.host.optiverse.upstream.contract import loaded
from optiverse_collab.host.optiverse.upstream.items import Data, Item


class LinkMetadata(Protocol):
    """Which file a group shows, and where."""

    source_path: str
    offset_x: float
    offset_y: float
    editing: bool

    def to_dict(self) -> Data: ...

    @classmethod
    def from_dict(cls, data: Data) -> LinkMetadata: ...


class LayerNode(Protocol):
    """A group or an item in the tree."""

    uuid: str
    name: str | None
    collapsed: bool
    visible: bool
    locked: bool
    parent: LayerNode | None
    children: list[LayerNode]
    link_metadata: LinkMetadata | None

    def is_group(self) -> bool: ...


class LayerState(Protocol):
    """The tree. With `emit`, a change is signalled."""

    changed: pyqtBoundSignal
    _roots: list[LayerNode]

    def __contains__(self, uuid: object, /) -> bool: ...

    def get_node(self, uuid: str, /) -> LayerNode | None: ...

    def get_root_nodes(self) -> list[LayerNode]: ...

    def get_all_items_in_order(self) -> list[str]: ...

    def get_parent_and_index(self, uuid: str, /) -> tuple[str | None, int] | None: ...

    def add_item(self, uuid: str, parent_uuid: str | None, index: int, /, emit: bool) -> None: ...

    def remove_item(self, uuid: str, /, emit: bool) -> None: ...

    def create_group(self, name: str, /, *, group_uuid: str, emit: bool) -> str: ...

    def delete_group(self, uuid: str, /, emit: bool) -> None: ...

    def move_node(self, uuid: str, parent_uuid: str | None, index: int, /, emit: bool) -> None: ...

    def _emit_changed(self) -> None: ...


class LayerModel(Protocol):
    """The lines of the panel."""

    def rowCount(self, parent: QModelIndex, /) -> int: ...

    def index(self, row: int, column: int, parent: QModelIndex, /) -> QModelIndex: ...

    def _node_from_index(self, index: QModelIndex, /) -> LayerNode | None: ...

    def _apply_all_effective_states(self) -> None: ...


class LayerTreeView(Protocol):
    """Where the lines are, which is a `QTreeView`."""

    def currentIndex(self) -> QModelIndex: ...

    def edit(self, index: QModelIndex, /) -> None: ...

    def selectionModel(self) -> QItemSelectionModel: ...

    def setUniformRowHeights(self, uniform: bool, /) -> None: ...

    def state(self) -> QAbstractItemView.State: ...

    def viewport(self) -> QWidget: ...


class LayerPanel(Protocol):
    """The panel that shows the tree."""

    _tree: LayerTreeView
    _model: LayerModel
    _refresh_timer: QTimer

    def refresh(self) -> None: ...

    def _do_refresh(self) -> None: ...


class LinkedAssemblyService(Protocol):
    """Shows linked files."""

    _current_assembly_path: str | None
    _link_items: dict[str, list[str]]

    def get_all_linked_item_uuids(self) -> set[str]: ...

    def get_link_item_uuids(self, link_uuid: str, /) -> list[str]: ...

    def get_cache(self, link_uuid: str, /) -> Data | None: ...

    def restore_from_cache(self, link_uuid: str, cache: Data, source_path: str, /) -> None: ...

    def remove_link(self, link_uuid: str, /) -> None: ...

    def _materialize_items(
        self, link_uuid: str, data: Data, connect: Callable[[Item], None], /
    ) -> Sequence[Item]: ...


HASH = "_hash"
"""Stands in the copy of a linked file beside what the file has."""


@dataclass(frozen=True)
class LayerNames:
    """Classes and functions, and the modules that have them."""

    LayerTreeState: Annotated[type[LayerState], "optiverse.core.layer_tree_state"]
    LinkMetadata: Annotated[type[LinkMetadata], "optiverse.core.layer_tree_state"]
    set_current_assembly_dir: Annotated[Callable[[Path | None], None], "optiverse.platform.paths"]


@cache
def layer_names() -> LayerNames:
    """The host's classes and functions that are about layers.

    Raises:
        HostUnsupported: one is missing; the text says which.
    """
    return loaded(LayerNames)
