"""Checks that the installed Optiverse has the names that we use, before anything relies on them."""

from __future__ import annotations

from typing import cast

from optiverse_collab.host.optiverse.upstream.beams import repair_beams
from optiverse_collab.host.optiverse.upstream.bounds import repair_bounds
from optiverse_collab.host.optiverse.upstream.contract import (
    attributes_of,
    methods_of,
    missing_in,
    missing_paths,
    refuse_if,
)
from optiverse_collab.host.optiverse.upstream.groups import group_names
from optiverse_collab.host.optiverse.upstream.item_names import item_names
from optiverse_collab.host.optiverse.upstream.items import (
    AngleMeasure,
    Component,
    HasLock,
    HasName,
    HasOwner,
    Item,
    Optic,
    PathMeasure,
    Rectangle,
    Ruler,
    Source,
    TextNote,
)
from optiverse_collab.host.optiverse.upstream.layers import layer_names
from optiverse_collab.host.optiverse.upstream.tracing import tracing_names
from optiverse_collab.host.optiverse.upstream.undo import repair_commands
from optiverse_collab.host.optiverse.upstream.version import knows_layers
from optiverse_collab.host.optiverse.upstream.window import GroupsWindow, LayersWindow, Window, has_groups

ITEMS: dict[str, type] = {
    "component": Component,
    "source": Source,
    "ruler": Ruler,
    "text": TextNote,
    "rectangle": Rectangle,
    "angle_measure": AngleMeasure,
    "path_measure": PathMeasure,
}
"""Kind of record → what an item of it has; any other kind is another `Optic`."""

SOME_ITEMS = (HasLock, HasName, HasOwner)
"""Protocols of which an item that we write to has all names, or none."""


def checked(window: object) -> Window:
    """A main window of Optiverse that fulfils its Protocol.

    Raises:
        HostUnsupported: it hasn't, or there is no class or function that we use; the text says which.
    """
    item_names()
    tracing_names()
    repair_bounds()
    repair_beams()
    if knows_layers():
        layer_names()
        repair_commands()
    else:
        group_names()
    typed = cast(Window, window)
    protocol = GroupsWindow if has_groups(typed) else LayersWindow
    refuse_if([f"MainWindow.{path}" for path in missing_paths(window, protocol)])
    return typed


def missing_in_item(item: Item, kind: str) -> list[str]:
    """The missing attributes of an item that we write to; its class doesn't show them."""
    missing = {*missing_in(item, ITEMS.get(kind, Optic))}
    for protocol in SOME_ITEMS:
        absent = missing_in(item, protocol)
        if len(absent) < len(methods_of(protocol)) + len(attributes_of(protocol)):
            missing.update(absent)
    return sorted(missing)
