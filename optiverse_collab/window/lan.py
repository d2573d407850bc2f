"""This computer's addresses in its local network, for others to connect to."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

from PyQt6.QtNetwork import QAbstractSocket, QHostAddress, QNetworkInterface


class LanAddress(NamedTuple):
    """An IPv4 address of this computer in a network.

    Attributes:
        interface: the system's name for the network interface.
        address: the address.
    """

    interface: str
    address: str


def lan_addresses() -> list[LanAddress]:
    """This computer's addresses in local networks, the one that others most likely reach first."""
    found = []
    for interface in QNetworkInterface.allInterfaces():
        flags = interface.flags()
        up = QNetworkInterface.InterfaceFlag.IsRunning | QNetworkInterface.InterfaceFlag.IsUp
        if flags & up != up or flags & QNetworkInterface.InterfaceFlag.IsLoopBack:
            continue
        for entry in interface.addressEntries():
            if entry.ip().protocol() == QAbstractSocket.NetworkLayerProtocol.IPv4Protocol:
                found.append(
                    (_rank(interface), LanAddress(interface.humanReadableName(), entry.ip().toString()))
                )
    return [address for _, address in sorted(found, key=lambda one: one[0])]


def reachable_url(port: int, listen: str) -> str:
    """Where others find a server on this computer: ``ws://localhost:port``, or ``wss://address:port``.

    Args:
        port: where it listens.
        listen: the address that it opens; if only this computer reaches it, connections are not encrypted.
    """
    if is_local(listen):
        return f"ws://localhost:{port}"
    addresses = lan_addresses()
    return f"wss://{addresses[0].address if addresses else 'localhost'}:{port}"


def is_local(listen: str) -> bool:
    """Whether an address that a server opens is reached from this computer alone."""
    return QHostAddress(listen).isLoopback()


def is_here(server: str) -> bool:
    """Whether an address like ``ws://host:port`` is this computer's for itself."""
    host = urlsplit(server).hostname or ""
    return host == "localhost" or is_local(host)


def _rank(interface: QNetworkInterface) -> int:
    """Physical networks come before virtual ones."""
    kinds = (QNetworkInterface.InterfaceType.Ethernet, QNetworkInterface.InterfaceType.Wifi)
    made = interface.name().startswith(("docker", "br-", "veth", "virbr", "vmnet", "vboxnet"))
    return 0 if interface.type() in kinds and not made else 1
