"""The installed plugins.

Only the standard library is imported at first: an editor that uses this starts even without our libraries.
"""

from __future__ import annotations

import logging
from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pluggy


@cache
def installed_plugins() -> pluggy.PluginManager:
    """The installed plugins; one that can't be imported is logged as an ERROR and left out."""
    import pluggy

    from optiverse_collab import hookspecs

    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    for name in sorted({entry.name for entry in entry_points(group=hookspecs.PROJECT)}):
        try:
            manager.load_setuptools_entrypoints(hookspecs.PROJECT, name)
        except Exception as fault:  # noqa: BLE001 - a module may raise anything while it is imported
            logging.getLogger("optiverse_collab").error(
                "✗ The plugin %r can't be used: %s: %s.", name, type(fault).__name__, fault
            )
    return manager
