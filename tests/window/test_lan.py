"""Who reaches a server on this computer, and where."""

from __future__ import annotations

import pytest

from optiverse_collab.window import lan
from optiverse_collab.window.lan import is_local, reachable_url


@pytest.mark.parametrize(("address", "local"), [("127.0.0.1", True), ("::1", True), ("0.0.0.0", False)])
def test_who_can_reach_it(address: str, local: bool) -> None:
    assert is_local(address) is local


@pytest.mark.parametrize(
    ("listen", "address", "url"),
    [
        ("127.0.0.1", "192.0.2.7", "ws://localhost:8765"),
        ("0.0.0.0", "192.0.2.7", "ws://192.0.2.7:8765"),
        ("0.0.0.0", "", "ws://localhost:8765"),
    ],
)
def test_where_others_find_it(monkeypatch: pytest.MonkeyPatch, listen: str, address: str, url: str) -> None:
    monkeypatch.setattr(lan, "lan_address", lambda: address)
    assert reachable_url(8765, listen) == url
