"""The hosts that we know, by where the class of their window comes from."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from optiverse_collab.errors import HostUnsupported
from optiverse_collab.host.api import AutosaveNoted, FileNoted, Host


def adapter_of(window: Any) -> Callable[[], Host]:
    """What makes an adapter for a window; the window is left alone until it is called.

    Raises:
        HostUnsupported: we have none for it. (Calling the result raises it if the window lacks something.)
    """
    if _is_from("optiverse.", window):
        from optiverse_collab.host.optiverse.adapter import OptiverseHost

        return partial(OptiverseHost, window)
    if _is_from("optiverse_collab.demo.", window):
        from optiverse_collab.host.demo import DemoHost

        return partial(DemoHost, window)
    raise _unknown(window)


def watch_files(
    window: Any, opened: FileNoted, saved: FileNoted, autosaved: AutosaveNoted
) -> Callable[[], None]:
    """Call these when a window has opened a file, saved it, or autosaved its bench, in a session or not.

    Returns:
        What ends that.

    Raises:
        HostUnsupported: we know no such window.
    """
    if _is_from("optiverse.", window):
        from optiverse_collab.host.optiverse.files.file_watch import FileWatch

        return FileWatch(window, opened, saved, autosaved).close
    if _is_from("optiverse_collab.demo.", window):
        from optiverse_collab.host.demo import DemoFiles

        return DemoFiles(window, opened, saved).close
    raise _unknown(window)


def _is_from(package: str, window: object) -> bool:
    return any(cls.__module__.startswith(package) for cls in type(window).__mro__)


def _unknown(window: object) -> HostUnsupported:
    return HostUnsupported(
        f"Collaboration does not know windows of {type(window).__module__}; "
        "it works in Optiverse and in the demo bench."
    )
