"""Checks, before anything relies on it, that the installed Optiverse has what we use of it."""

from __future__ import annotations

from typing import cast

from optiverse_collab.host.optiverse.upstream import bounds
from optiverse_collab.host.optiverse.upstream.contract import missing_in, refuse_if
from optiverse_collab.host.optiverse.upstream.groups import group_names
from optiverse_collab.host.optiverse.upstream.layers import layer_names
from optiverse_collab.host.optiverse.upstream.undo import repair_commands
from optiverse_collab.host.optiverse.upstream.version import knows_layers
from optiverse_collab.host.optiverse.upstream.window import GroupsWindow, LayersWindow, Window, has_groups


def checked(window: object) -> Window:
    """A main window of Optiverse, which has what its Protocol says.

    Raises:
        HostUnsupported: it hasn't, or there is no class or function that we use; the text says which.
    """
    bounds.mend()
    if knows_layers():
        layer_names()
        repair_commands()
    else:
        group_names()
    typed = cast(Window, window)
    protocol = GroupsWindow if has_groups(typed) else LayersWindow
    refuse_if([f"MainWindow.{path}" for path in missing_in(window, protocol)])
    return typed
