"""A window whose connection breaks off, as when a network goes away."""

from __future__ import annotations

import socket

from PyQt6.QtNetwork import QTcpSocket

from optiverse_collab.window.manager import CollaborationManager


def break_off(manager: CollaborationManager) -> None:
    """Break the connection off without a WebSocket close.

    The window notices once it handles events, and reconnects after half a second of them.
    """
    [tcp] = manager.service.findChildren(QTcpSocket)
    with socket.fromfd(int(tcp.socketDescriptor()), socket.AF_INET, socket.SOCK_STREAM) as line:
        line.shutdown(socket.SHUT_RDWR)
