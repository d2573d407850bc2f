"""Which computers can reach a server on this one, and at which address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import pytest
from PyQt6.QtNetwork import QHostAddress, QNetworkAddressEntry, QNetworkInterface

from optiverse_collab.window import lan
from optiverse_collab.window.lan import LanAddress, is_here, is_local, lan_addresses, reachable_url

Kind: TypeAlias = QNetworkInterface.InterfaceType
Flag: TypeAlias = QNetworkInterface.InterfaceFlag


@pytest.mark.parametrize(("address", "local"), [("127.0.0.1", True), ("::1", True), ("0.0.0.0", False)])
def test_who_can_reach_it(address: str, local: bool) -> None:
    assert is_local(address) is local


@pytest.mark.parametrize(
    ("listen", "addresses", "url"),
    [
        ("127.0.0.1", ["192.0.2.7"], "ws://localhost:8765"),
        ("0.0.0.0", ["192.0.2.7", "198.51.100.3"], "wss://192.0.2.7:8765"),
        ("0.0.0.0", [], "wss://localhost:8765"),
    ],
)
def test_where_others_find_it(
    monkeypatch: pytest.MonkeyPatch, listen: str, addresses: list[str], url: str
) -> None:
    found = [LanAddress("Wi-Fi", address) for address in addresses]
    monkeypatch.setattr(lan, "lan_addresses", lambda: found)
    assert reachable_url(8765, listen) == url


@pytest.mark.parametrize(
    ("server", "here"),
    [
        ("ws://localhost:8765", True),
        ("wss://127.0.0.1:1#pin=x", True),
        ("ws://[::1]:8765", True),
        ("wss://192.0.2.7:8765", False),
        ("wss://lab-pc", False),
    ],
)
def test_what_is_this_computers_for_itself(server: str, here: bool) -> None:
    assert is_here(server) is here


def test_addresses_have_names_and_are_no_loopback() -> None:
    """Whatever networks this machine is in; it may also be in none."""
    for interface, address in lan_addresses():
        assert interface
        assert not is_local(address)


@dataclass
class Interface:
    """An interface as Qt describes it."""

    called: str
    kind: Kind
    address: str
    up: bool = True

    def flags(self) -> Flag:
        up = Flag.IsUp | Flag.IsRunning
        return (up if self.up else Flag.IsUp) | (Flag.IsLoopBack if self.kind is Kind.Loopback else Flag(0))

    def name(self) -> str:
        return self.called

    humanReadableName = name

    def type(self) -> Kind:
        return self.kind

    def addressEntries(self) -> list[QNetworkAddressEntry]:
        entry = QNetworkAddressEntry()
        entry.setIp(QHostAddress(self.address))
        return [entry]


def test_networks_of_programs_come_last(monkeypatch: pytest.MonkeyPatch) -> None:
    there = [
        Interface("lo", Kind.Loopback, "127.0.0.1"),
        Interface("docker0", Kind.Ethernet, "172.17.0.1"),
        Interface("tun0", Kind.Virtual, "10.8.0.2"),
        Interface("eth1", Kind.Ethernet, "192.0.2.9", up=False),
        Interface("eth0", Kind.Ethernet, "192.0.2.7"),
        Interface("wlan0", Kind.Wifi, "198.51.100.3"),
        Interface("eth0", Kind.Ethernet, "2001:db8::7"),
    ]
    monkeypatch.setattr("optiverse_collab.window.lan.QNetworkInterface.allInterfaces", lambda: there)
    assert [address for _, address in lan_addresses()] == [
        "192.0.2.7",
        "198.51.100.3",
        "172.17.0.1",
        "10.8.0.2",
    ]
