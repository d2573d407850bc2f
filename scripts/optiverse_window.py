"""Windows of the real Optiverse for pictures, if it is installed, with an empty home folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optiverse_collab.window.controller import CollaborationController


@contextmanager
def home_of_nobody() -> Iterator[None]:
    """Use a temporary home, since Optiverse keeps settings and asks whether to restore a bench; call this
    before Qt is imported."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["QT_IMAGEIO_MAXALLOC"] = "1024"  # MB; the limit of Optiverse for pictures of components
    with TemporaryDirectory() as home:
        for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "APPDATA", "LOCALAPPDATA"):
            os.environ[name] = home
        yield


@contextmanager
def optiverse(url: str, name: str, colour: int) -> Iterator[tuple[Any, CollaborationController]]:
    """A window of Optiverse whose user is in the session."""
    from optiverse_collab.core.client.connector import ConnectionState
    from optiverse_collab.core.client.people import Introduction
    from optiverse_collab.host.optiverse.launch import attach
    from optiverse_collab.host.optiverse.upstream.version import is_installed
    from optiverse_collab.host.plugins import installed_plugins
    from optiverse_collab.window.attachment import attachment_for
    from optiverse_collab.window.controller import CollaborationController
    from scripts.two_windows import SESSION, until, wait

    if not is_installed():
        raise SystemExit("Optiverse is not installed here; README.md says how to install it.")
    window: Any = import_module("optiverse.ui.views.main_window").MainWindow()
    attach(window, installed_plugins())
    controller = attachment_for(window)
    assert isinstance(controller, CollaborationController)
    window.show()
    controller.manager.service.introduction = Introduction(name, colour)
    controller.manager.join_session(url, SESSION, name)
    until(lambda: controller.manager.status is ConnectionState.CONNECTED)
    wait(500)  # the layer panel is drawn later
    try:
        yield window, controller
    finally:
        controller.manager.leave()
        window.undo_stack.clear()
        window.file_controller.mark_clean()
        window.close()
