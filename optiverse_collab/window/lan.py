"""Where this computer is in its local network: the address that others connect to."""

from __future__ import annotations

from PyQt6.QtNetwork import QAbstractSocket, QHostAddress, QNetworkInterface


def lan_address() -> str:
    """This computer's IPv4 address in the local network; empty if it has none."""
    for interface in QNetworkInterface.allInterfaces():
        flags = interface.flags()
        up = QNetworkInterface.InterfaceFlag.IsRunning | QNetworkInterface.InterfaceFlag.IsUp
        if flags & up != up or flags & QNetworkInterface.InterfaceFlag.IsLoopBack:
            continue
        for entry in interface.addressEntries():
            address = entry.ip()
            if address.protocol() == QAbstractSocket.NetworkLayerProtocol.IPv4Protocol:
                return address.toString()
    return ""


def reachable_url(port: int, listen: str) -> str:
    """Where others find a server on this computer: ``ws://host:port``.

    Args:
        port: where it listens.
        listen: the address that it opens; if that is no other's business, ``localhost``.
    """
    return f"ws://{'localhost' if is_local(listen) else lan_address() or 'localhost'}:{port}"


def is_local(listen: str) -> bool:
    """Whether an address that a server opens is reached from this computer alone."""
    return QHostAddress(listen).isLoopback()
