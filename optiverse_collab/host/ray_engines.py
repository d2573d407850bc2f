"""Finds the ray tracing of an editor, for past benches."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from optiverse_collab.errors import HostUnsupported
from optiverse_collab.host.api import RayEngine
from optiverse_collab.host.plugins import installed_plugins

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QMainWindow


def ray_engine(window: QMainWindow | None = None) -> RayEngine:
    """The ray tracing of a window's editor; without a window, that of the installed one.

    Raises:
        HostUnsupported: there is none.
        Exception: whatever a plugin raises.
    """
    engine: RayEngine | None = None
    if find_spec("PyQt6") is not None:  # Plugins for editors can't be imported without it.
        engine = installed_plugins().hook.optiverse_ray_engine(window=window)
    if engine is not None:
        return engine
    if window is None:
        raise HostUnsupported(
            "No editor that traces beams is installed here; install Optiverse in this Python environment "
            "(README, Install)."
        )
    raise HostUnsupported(
        f"No installed plugin traces beams for windows of {type(window).__module__}; ask its author for the "
        "hook optiverse_ray_engine."
    )
