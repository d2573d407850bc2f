"""People whom owners have refused: ACC-14 of docs/protocol.md."""

from __future__ import annotations

import pytest

from optiverse_collab_server.access import refused_knocks
from optiverse_collab_server.access.refused_knocks import LASTS_S, OF_NETWORK, RefusedKnocks

HOME, ABROAD = "192.0.2.1", "198.51.100.7"


def test_a_refusal_is_remembered_for_a_while() -> None:
    """ACC-14: by similar name, address and session."""
    refused = RefusedKnocks()
    refused.note("lab", HOME, "Ana", 0.0)
    assert refused.is_again("lab", HOME, "Ana", LASTS_S - 1)
    assert refused.is_again("lab", HOME, "\u0410na\u200b", 1.0), "the names look the same"
    assert not refused.is_again("lab", HOME, "Ana", LASTS_S)
    assert not refused.is_again("lab", HOME, "Bo", 1.0)
    assert not refused.is_again("lab", ABROAD, "Ana", 1.0)
    assert not refused.is_again("other", HOME, "Ana", 1.0)


@pytest.mark.parametrize(("address", "again"), [(HOME, True), ("2001:db8::1", True), ("127.0.0.1", False)])
def test_whoever_changes_the_name_is_known_by_the_address(address: str, again: bool) -> None:
    """ACC-14: unless the address may be a proxy that stands for everybody."""
    refused = RefusedKnocks()
    for number in range(OF_NETWORK):
        assert not refused.is_again("lab", address, "one more", 0.0)
        refused.note("lab", address, f"name {number}", 0.0)
    assert refused.is_again("lab", address, "one more", 0.0) is again


def test_the_table_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """ACC-14: the oldest refusal is forgotten."""
    monkeypatch.setattr(refused_knocks, "MOST", 2)
    refused = RefusedKnocks()
    for name in ("a", "b", "a", "c"):
        refused.note("lab", HOME, name, 0.0)
    assert [refused.is_again("lab", HOME, name, 0.0) for name in "abc"] == [True, False, True]
