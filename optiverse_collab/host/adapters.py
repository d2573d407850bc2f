"""The hosts that we know, by where the class of their window comes from."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from optiverse_collab.errors import HostUnsupported
from optiverse_collab.host.api import Host


def adapter_of(window: Any) -> Callable[[], Host]:
    """What makes an adapter for a window; the window is left alone until it is called.

    Raises:
        HostUnsupported: we have none for it. (Calling the result raises it if the window lacks something.)
    """
    modules = [cls.__module__ for cls in type(window).__mro__]
    if any(module.startswith("optiverse.") for module in modules):
        from optiverse_collab.host.optiverse.adapter import OptiverseHost

        return partial(OptiverseHost, window)
    if any(module.startswith("optiverse_collab.demo.") for module in modules):
        from optiverse_collab.host.demo import DemoHost

        return partial(DemoHost, window)
    raise HostUnsupported(
        f"Collaboration does not know windows of {modules[0]}; it works in Optiverse and in the demo bench."
    )
