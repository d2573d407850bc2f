"""Starts the installed Optiverse with live collaboration in each of its windows.

Nothing of Optiverse is changed on disk: its `MainWindow.__init__` is wrapped while it runs. Whatever goes
wrong with us, Optiverse starts; so only the standard library is imported before it is needed.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import pluggy
    from PyQt6.QtWidgets import QMainWindow

    from optiverse_collab.host.optiverse.upstream.window import Window

HOST = "Optiverse"
DEMO = "python -m optiverse_collab.demo"
REPOSITORY = "https://github.com/QPG-MIT/optiverse"

NOT_INSTALLED = (
    f"Optiverse is not installed here. Get it from its repository, {REPOSITORY}, and install it into this "
    f"environment; or try the demo bench: {DEMO}"
)
ANOTHER_PROGRAM = (
    "The 'optiverse' that is installed here is another program of the same name, from the package registry. "
    f"Uninstall it and get Optiverse from its repository, {REPOSITORY}; or try the demo bench: {DEMO}"
)
WHAT_TO_DO = "Optiverse works without it. Install optiverse-collab again, or report this with the log."


def launch(argv: Sequence[str], manager: pluggy.PluginManager | None = None) -> int:
    """Start Optiverse and wait until it ends.

    Args:
        argv: arguments for Optiverse, without the name of a program.
        manager: the plugins for its windows; those that are installed, if not given.

    Returns:
        What Optiverse returns, or 1 if it can't be imported.
    """
    from optiverse_collab.host.optiverse.upstream import version

    if not version.is_installed():
        return _refuse(ANOTHER_PROGRAM if version.is_another_program() else NOT_INSTALLED)
    before = sys.argv
    sys.argv = ["optiverse", *argv]
    try:
        main: Callable[[], int] = import_module("optiverse.app.main").main
        window_class = import_module("optiverse.ui.views.main_window").MainWindow
        why_not = _why_not(version.installed_version())
        if why_not:
            _warn(f"{why_not} Optiverse starts without live collaboration.")
            return main()
        with_plugins = _WithPlugins(window_class, manager)
        try:
            return main()
        finally:
            with_plugins.undo()
    except ImportError as fault:
        return _refuse(f"Optiverse can't start: {fault}. Install it again from its repository, {REPOSITORY}")
    finally:
        sys.argv = before


class _WithPlugins:
    """Wraps the class of main windows, so that each window that is made gets the plugins."""

    def __init__(self, window_class: Any, manager: pluggy.PluginManager | None) -> None:
        self._class = window_class
        self._init = window_class.__init__
        self._manager = manager

        @functools.wraps(self._init)
        def init(window: QMainWindow, *args: Any, **kwargs: Any) -> None:
            self._init(window, *args, **kwargs)
            self.attach(window)

        window_class.__init__ = init

    def undo(self) -> None:
        """Leave alone the windows that are made from now on."""
        self._class.__init__ = self._init

    def attach(self, window: QMainWindow) -> None:
        """Give a window its plugins, or tell why it has none."""
        try:
            from optiverse_collab.host.attach import installed_plugins

            if self._manager is None:
                self._manager = installed_plugins()
            attach(window, self._manager)
        except Exception as fault:  # noqa: BLE001 - a plugin may raise anything, and the host must start
            _report(window, fault)


def attach(window: QMainWindow, manager: pluggy.PluginManager) -> None:
    """Put the plugins into one main window of Optiverse.

    Raises:
        HostUnsupported: the window lacks something that we rely on.
        Exception: whatever a plugin raises.
    """
    from optiverse_collab.host.attach import window_parts
    from optiverse_collab.host.optiverse.builtin_collaboration import BuiltinCollaboration
    from optiverse_collab.host.optiverse.upstream.check import checked

    checked(window)
    parts = window_parts(window, manager)
    try:
        BuiltinCollaboration(window, parts)
    except Exception:
        parts.closing()
        raise


def _report(window: QMainWindow, fault: Exception) -> None:
    """Log why there is no live collaboration in a window, and say it in its menu."""
    import traceback

    from optiverse_collab.category import log_category
    from optiverse_collab.errors import CollaborationError
    from optiverse_collab.host.optiverse.builtin_collaboration import say_why

    why = str(fault) if isinstance(fault, CollaborationError) else f"{type(fault).__name__}: {fault}."
    log, category = cast("Window", window).log_service, log_category()
    log.error(f"✗ Live collaboration could not be started: {why} {WHAT_TO_DO}", category)
    log.debug("".join(traceback.format_exception(fault)), category)
    say_why(window, f"Live collaboration is off: {why}"[:200])


def _why_not(version: str) -> str:
    """Why we can't work in this version of Optiverse; empty if we can."""
    try:
        from optiverse_collab import manifest
    except ImportError:
        return ""  # the attempt to attach fails for the same reason, and tells it in the window
    from optiverse_collab.errors import ManifestError

    try:
        ours = manifest.load()
    except ManifestError as fault:
        return str(fault)
    if ours.supports(HOST, version):
        return ""
    return (
        f"Optiverse {version or 'of an unknown version'} is not supported by optiverse-collab, "
        f"which knows {ours.hosts[HOST]}."
    )


def _warn(sentence: str) -> None:
    from optiverse_collab.category import log_category

    sys.stderr.write(f"{sentence}\n")
    import_module("optiverse.services.log_service").get_log_service().warning(sentence, log_category())


def _refuse(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 1
