"""Lets Optiverse start where PyQt6 has no WebSockets, as on Debian without python3-pyqt6.qtwebsockets.

Optiverse imports them for its own collaboration, which is set aside, and can't be imported without.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType

MODULE = "PyQt6.QtWebSockets"


@contextmanager
def web_sockets_to_import() -> Iterator[None]:
    """While Optiverse is imported: give it a `QWebSocket` that never connects, if there is none."""
    try:
        import_module(MODULE)
    except Exception:  # noqa: BLE001 - a module may raise anything while it is imported
        module = ModuleType(MODULE)
        vars(module)["QWebSocket"] = _web_socket()
        sys.modules[MODULE] = module
        try:
            yield
        finally:
            del sys.modules[MODULE]
    else:
        yield


def _web_socket() -> type:
    from PyQt6.QtCore import QObject, pyqtSignal

    class QWebSocket(QObject):
        """Has the signals to which Optiverse connects when it opens a window."""

        connected = pyqtSignal()
        disconnected = pyqtSignal()
        textMessageReceived = pyqtSignal(str)
        errorOccurred = pyqtSignal(object)

    return QWebSocket
