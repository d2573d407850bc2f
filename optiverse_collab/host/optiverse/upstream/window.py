"""The main window of Optiverse, its canvas and its tools.

A Protocol declares what both versions have, those called `Has…` what some have: all of it, or nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Protocol, TypeGuard

from PyQt6.QtCore import QPoint, QPointF
from PyQt6.QtGui import QAction, QCloseEvent
from PyQt6.QtWidgets import QGraphicsScene, QWidget

from optiverse_collab.host.optiverse.upstream.groups import GroupManager
from optiverse_collab.host.optiverse.upstream.items import Data, Item
from optiverse_collab.host.optiverse.upstream.layers import LayerPanel, LayerState, LinkedAssemblyService
from optiverse_collab.host.optiverse.upstream.tracing import Rays, RaytracingController
from optiverse_collab.host.optiverse.upstream.undo import UndoStack


class View(Protocol):
    """The canvas."""

    _ghost_item: object | None
    """What is being dragged out of the library."""

    def viewport(self) -> QWidget: ...

    def mapToScene(self, point: QPoint, /) -> QPointF: ...


class PlacementHandler(Protocol):
    """Places items with the mouse."""

    _ghost: object | None


class MeasureHandler(Protocol):
    """Makes measures of angles, or of paths, with the mouse."""

    _temp_item: object | None


class EditorState(Protocol):
    """What tools are doing."""

    ruler_in_progress: object | None


class FileManager(Protocol):
    """Reads and writes files."""

    def serialize_scene(self) -> Data: ...

    def load_from_data(self, data: Data, /) -> object: ...

    def open_file(self, path: str, /) -> object: ...

    def save_to_file(self, path: str, /) -> object: ...


class HasDoAutosave(Protocol):
    """A file manager that can autosave; one of 0.2 does so if it is asked to, which nobody does."""

    def do_autosave(self) -> None: ...


class FileController(Protocol):
    """What the window knows of its file."""

    file_manager: FileManager
    saved_file_path: str | None

    def mark_modified(self) -> None: ...

    def _update_window_title(self) -> None: ...

    def _schedule_autosave(self) -> None: ...

    def _import_items_for_layer(self, data: Data, /) -> object: ...


class HasNewBench(Protocol):
    """A file controller that begins an empty bench (0.3)."""

    def _clear_scene(self) -> None: ...


class HasAutosave(Protocol):
    """A file controller that autosaves (0.3)."""

    _autosave_timer: object


class LogService(Protocol):
    """The log window's lines."""

    def debug(self, message: str, category: str, /) -> None: ...

    def info(self, message: str, category: str, /) -> None: ...

    def warning(self, message: str, category: str, /) -> None: ...

    def error(self, message: str, category: str, /) -> None: ...

    def get_categories(self) -> list[str]: ...


class HasTree(Protocol):
    """A panel that lists the items in a `QTreeView`."""

    @property
    def _tree(self) -> object: ...


class Window(Rays, Protocol):
    """A main window, which is a `QMainWindow`."""

    @property
    def layer_panel(self) -> HasTree: ...

    scene: QGraphicsScene
    view: View
    undo_stack: UndoStack
    file_controller: FileController
    placement_handler: PlacementHandler
    angle_measure_handler: MeasureHandler
    path_measure_handler: MeasureHandler
    _editor_state: EditorState
    log_service: LogService
    magnetic_snap: bool
    autotrace: bool
    raytracing_controller: RaytracingController
    collab_status_label: QWidget
    act_collaborate: QAction
    act_disconnect: QAction

    def retrace(self) -> None: ...

    def open_assembly(self) -> object: ...

    def closeEvent(self, event: QCloseEvent, /) -> None: ...

    def open_collaboration_dialog(self) -> None: ...

    def disconnect_collaboration(self) -> None: ...

    def _connect_item_signals(self, item: Item, /) -> None: ...

    def _refresh_layer_panel(self) -> None: ...


class GroupsDragHandler(Protocol):
    """Drags items with the mouse (0.2)."""

    _item_positions: Collection[Item]


class GroupsWindow(Window, Protocol):
    """A main window of Optiverse 0.2."""

    group_manager: GroupManager
    layer_panel: HasTree
    drag_handler: GroupsDragHandler


class Drag(Protocol):
    """What is being dragged."""

    initial_positions: Collection[Item]
    link_uuid: str | None


class LayersDragHandler(Protocol):
    """Drags items with the mouse (0.3)."""

    _drag: Drag


class LayersWindow(Window, Protocol):
    """A main window of Optiverse 0.3."""

    layer_state: LayerState
    layer_panel: LayerPanel
    linked_assembly_service: LinkedAssemblyService
    drag_handler: LayersDragHandler


class LibraryService(Protocol):
    """Knows the libraries of components."""

    def get_all_roots(self) -> list[Path]: ...


class HasLibraries(Protocol):
    """A window with libraries of its own (0.3)."""

    library_service: LibraryService


def has_groups(window: Window) -> TypeGuard[GroupsWindow]:
    """Whether this is a window of Optiverse 0.2, which has groups but no tree of layers."""
    return hasattr(window, "group_manager") and not hasattr(window, "layer_state")


def has_layers(window: Window) -> TypeGuard[LayersWindow]:
    """Whether this is a window of Optiverse 0.3."""
    return hasattr(window, "layer_state")
