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

from optiverse_collab.errors import CannotStart
from optiverse_collab.host.optiverse.upstream.version import REPOSITORY

if TYPE_CHECKING:
    import pluggy
    from PyQt6.QtWidgets import QMainWindow

    from optiverse_collab.host.optiverse.upstream.window import Window

    FirstWindow = Callable[[QMainWindow, str], None]

HOST = "Optiverse"
DEMO = "optiverse_collab_demo"

NOT_INSTALLED = (
    f"Optiverse is not installed here. Get it from its repository, {REPOSITORY}, and install it into this "
    "environment; or try the demo bench: "
)
INCOMPLETE = (
    "Optiverse is installed without most of its modules: a plain 'pip install' leaves them out. "
    f"Get a checkout of its repository, {REPOSITORY}, and install it with: pip install -e CHECKOUT"
)
ANOTHER_PROGRAM = (
    "The 'optiverse' that is installed here is another program of the same name, from the package registry. "
    f"Uninstall it and get Optiverse from its repository, {REPOSITORY}; or try the demo bench: "
)


def launch(
    argv: Sequence[str], manager: pluggy.PluginManager | None = None, then: FirstWindow | None = None
) -> int:
    """Start Optiverse and wait until it ends.

    Args:
        argv: arguments for Optiverse, without the name of a program.
        manager: the plugins for its windows; those that are installed, if not given.
        then: called once with the first window, when that is ready, and with a sentence that says why it has
            no live collaboration; an empty one if it has.

    Returns:
        What Optiverse returns.

    Raises:
        CannotStart: it is not installed, or can't be imported.
    """
    from optiverse_collab.host.optiverse.upstream import version
    from optiverse_collab.host.optiverse.web_sockets import web_sockets_to_import

    if not version.is_installed():
        if version.is_incomplete():
            raise CannotStart(INCOMPLETE)
        what = ANOTHER_PROGRAM if version.is_another_program() else NOT_INSTALLED
        demo = f"python -m {DEMO}" if version.module_exists(DEMO) else "make demo, in a checkout of ours"
        raise CannotStart(f"{what}{demo}")
    before = sys.argv
    sys.argv = ["optiverse", *argv]
    try:
        with web_sockets_to_import():
            main: Callable[[], int] = import_module("optiverse.app.main").main
            window_class = import_module("optiverse.ui.views.main_window").MainWindow
        why_not = _why_not(version.installed_version())
        if why_not:
            _warn(f"{why_not} Optiverse starts without live collaboration.")
        new_windows = _NewWindows(window_class, why_not, manager, then)
        try:
            return main()
        finally:
            new_windows.undo()
    except ImportError as fault:
        raise CannotStart(
            f"Optiverse can't start: {fault}. Install it again from its repository, {REPOSITORY}"
        ) from fault
    finally:
        sys.argv = before


class _NewWindows:
    """Wraps the class of main windows, so that each window that is made gets the plugins.

    Args:
        window_class: Optiverse's.
        why_not: why no window gets them; empty if all do.
        manager, then: see `launch`.
    """

    def __init__(
        self,
        window_class: Any,
        why_not: str,
        manager: pluggy.PluginManager | None,
        then: FirstWindow | None,
    ) -> None:
        self._class = window_class
        self._init = window_class.__init__
        self._manager = manager
        self._then = then

        @functools.wraps(self._init)
        def init(window: QMainWindow, *args: Any, **kwargs: Any) -> None:
            self._init(window, *args, **kwargs)
            why = why_not or self.attach(window)
            if self._then is not None:
                then, self._then = self._then, None
                _when_ready(window, functools.partial(then, window, why))

        window_class.__init__ = init

    def undo(self) -> None:
        """Leave alone the windows that are made from now on."""
        self._class.__init__ = self._init

    def attach(self, window: QMainWindow) -> str:
        """Give a window its plugins; or report why it has none, and return that."""
        try:
            from optiverse_collab.host.plugins import installed_plugins

            if self._manager is None:
                self._manager = installed_plugins()
            attach(window, self._manager)
        except Exception as fault:  # noqa: BLE001 - a plugin may raise anything, and the host must start
            return _report(window, fault)
        return ""


def _when_ready(window: QMainWindow, act: Callable[[], None]) -> None:
    from optiverse_collab.host.optiverse.first_window import WhenReady

    WhenReady(window, act)


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


def _report(window: QMainWindow, fault: Exception) -> str:
    """Log why there is no live collaboration in a window, say it in its menu, and return it."""
    import traceback

    from optiverse_collab.category import log_category
    from optiverse_collab.host.faults import OFF, sentence_of
    from optiverse_collab.host.menus import say_why

    why, category = sentence_of(fault), log_category()
    log = cast("Window", window).log_service
    log.error(f"✗ {OFF} {why} Optiverse works without it.", category)
    log.debug("".join(traceback.format_exception(fault)), category)
    say_why(window, why)
    return why


def _why_not(version: str) -> str:
    """Why we can't work in this version of Optiverse; empty if we can."""
    try:
        from optiverse_collab import manifest
    except Exception:  # noqa: BLE001 - a module may raise anything while it is imported
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
