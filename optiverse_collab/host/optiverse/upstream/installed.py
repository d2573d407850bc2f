"""What we use of Optiverse: found at run time, and checked before anything relies on it.

Optiverse need not be installed where this project is developed or tested, so nothing of it is
imported by name.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
from functools import cache
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from optiverse_collab.errors import HostUnsupported
from optiverse_collab.host.optiverse.upstream import bounds

_NAMES = {
    "MainWindow": "optiverse.ui.views.main_window",
    "BaseObj": "optiverse.objects",
    "ComponentItem": "optiverse.objects.generic.component_item",
    "RulerItem": "optiverse.objects.annotations",
    "TextNoteItem": "optiverse.objects.annotations",
    "RectangleItem": "optiverse.objects",
    "AngleMeasureItem": "optiverse.objects.annotations.angle_measure_item",
    "PathMeasureItem": "optiverse.objects.annotations.path_measure_item",
    "InterfaceDefinition": "optiverse.core.interface_definition",
    "deserialize_item": "optiverse.objects.type_registry",
    "TypeRegistry": "optiverse.objects.type_registry",
    "user_angle_to_qt": "optiverse.core.raytracing_math",
    "qt_angle_to_user": "optiverse.core.raytracing_math",
    "to_absolute_path": "optiverse.platform.paths",
    "get_all_library_roots": "optiverse.platform.paths",
    "get_builtin_library_root": "optiverse.platform.paths",
    "qcolor_from_hex": "optiverse.core.color_utils",
}

_NAMES_OF_LAYERS = {
    "LayerTreeState": "optiverse.core.layer_tree_state",
    "LinkMetadata": "optiverse.core.layer_tree_state",
    "set_current_assembly_dir": "optiverse.platform.paths",
}
_NAMES_OF_GROUPS = {"LayerGroup": "optiverse.core.layer_group"}

_WINDOW = (
    "scene",
    "view",
    "undo_stack.push",
    "undo_stack.undo",
    "undo_stack.redo",
    "undo_stack.commandPushed",
    "undo_stack.canUndoChanged",
    "undo_stack.canRedoChanged",
    "undo_stack._undo_stack",
    "undo_stack._redo_stack",
    "file_controller.file_manager.serialize_scene",
    "file_controller.file_manager.load_from_data",
    "file_controller.file_manager.open_file",
    "file_controller.saved_file_path",
    "file_controller._update_window_title",
    "file_controller.mark_modified",
    "file_controller._schedule_autosave",
    "drag_handler",
    "placement_handler._ghost",
    "view._ghost_item",
    "angle_measure_handler._temp_item",
    "path_measure_handler._temp_item",
    "_editor_state.ruler_in_progress",
    "log_service",
    "ray_data",
    "magnetic_snap",
    "_connect_item_signals",
    "autotrace",
    "retrace",
    "_refresh_layer_panel",
    "collaboration_manager.enabled",
    "collab_controller",
    "collab_status_label",
    "act_collaborate",
    "act_disconnect",
    "open_collaboration_dialog",
    "disconnect_collaboration",
)

_LAYERS = (
    "layer_state.changed",
    "layer_state._roots",
    "layer_state._emit_changed",
    "layer_state.get_node",
    "layer_state.add_item",
    "layer_state.remove_item",
    "layer_state.create_group",
    "layer_state.delete_group",
    "layer_state.move_node",
    "layer_state.get_root_nodes",
    "layer_state.get_all_items_in_order",
    "layer_state.get_parent_and_index",
    "layer_state.__contains__",
    "layer_panel._refresh_timer",
    "layer_panel._do_refresh",
    "layer_panel.refresh",
    "layer_panel._tree.state",
    "layer_panel._model._node_from_index",
    "layer_panel._model._apply_all_effective_states",
    "layer_panel._tree.setUniformRowHeights",
    "drag_handler._drag.initial_positions",
    "drag_handler._drag.link_uuid",
    "linked_assembly_service.get_all_linked_item_uuids",
    "linked_assembly_service.get_link_item_uuids",
    "linked_assembly_service.get_cache",
    "linked_assembly_service.restore_from_cache",
    "linked_assembly_service.remove_link",
    "linked_assembly_service._current_assembly_path",
    "linked_assembly_service._link_items",
    "linked_assembly_service._materialize_items",
)
"""Optiverse 0.3."""

_GROUPS = (
    "group_manager.groupsChanged",
    "group_manager._groups",
    "group_manager._item_to_group",
    "drag_handler._item_positions",
)
"""Optiverse 0.2."""


HOST_FAULTS = (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError)
"""What the host raises on values that it didn't expect."""


def is_installed() -> bool:
    """Whether the editor can be imported."""
    return _exists("optiverse") and _exists("optiverse.ui")


def is_another_program() -> bool:
    """Whether there is an `optiverse`, but not the editor: the registry's project of that name."""
    return _exists("optiverse") and not _exists("optiverse.ui")


@cache
def version() -> str:
    """The version of the installed Optiverse; empty if there is no telling.

    Quirk: 0.2.7 doesn't say, and 0.3.4 run from its repository may say that of another checkout that is
    installed; so, as 0.3.4 does, the project file next to the package is asked first.
    """
    spec = importlib.util.find_spec("optiverse")
    places = [] if spec is None else spec.submodule_search_locations or []
    for place in places:
        project = Path(place).parent.parent / "pyproject.toml"
        if project.is_file():
            stated = re.search(r'^version\s*=\s*"([^"]*)"', project.read_text("utf-8"), re.MULTILINE)
            if stated and re.search(r'^name\s*=\s*"optiverse"', project.read_text("utf-8"), re.MULTILINE):
                return stated[1]
    try:
        return metadata.version("optiverse")
    except metadata.PackageNotFoundError:
        return ""


@cache
def load() -> Any:
    """A namespace with the classes and functions of `_NAMES`, mended where they would end the program.

    Raises:
        HostUnsupported: one is missing; the text says which.
    """
    found, missing = SimpleNamespace(), []
    has_layers = _exists("optiverse.core.layer_tree_state")
    names = {**_NAMES, **(_NAMES_OF_LAYERS if has_layers else _NAMES_OF_GROUPS)}
    for name, module in names.items():
        try:
            setattr(found, name, getattr(importlib.import_module(module), name))
        except (ImportError, AttributeError):
            missing.append(f"{module}.{name}")
    _complain(missing)
    bounds.mend(found)
    if has_layers:
        # Quirk: 0.3.4 imports this for its type checker alone, and taking back "Ungroup" raises a NameError.
        commands = importlib.import_module("optiverse.core.undo_commands")
        vars(commands).setdefault("LayerTreeState", found.LayerTreeState)
    return found


def check(window: Any) -> None:
    """Check that a window has what the adapter relies on.

    Raises:
        HostUnsupported: it hasn't; the text says what is missing.
    """
    wanted = (*_WINDOW, *(_GROUPS if has_groups(window) else _LAYERS))
    _complain([f"MainWindow.{path}" for path in wanted if not _has(window, path)])


def has_groups(window: Any) -> bool:
    """Whether this is Optiverse 0.2, which knows groups but no tree of layers."""
    return hasattr(window, "group_manager") and not hasattr(window, "layer_state")


def _exists(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def _has(thing: Any, path: str) -> bool:
    for name in path.split("."):
        if not hasattr(thing, name):
            return False
        thing = getattr(thing, name)
    return True


def _complain(missing: list[str]) -> None:
    if missing:
        raise HostUnsupported(
            f"Optiverse {version()} has no {', '.join(missing)}, which live collaboration needs; "
            "install a version of Optiverse that it supports."
        )
