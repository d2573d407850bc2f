"""The standby's command and folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from optiverse_collab.core.protocol.address import Address
from optiverse_collab.errors import DiskError
from optiverse_collab.window import server_command, standby_server
from optiverse_collab_server.standby.standing import FILE_NAME, Standing, State, read_standing, write_standing


def test_a_standby_is_promoted(tmp_path: Path) -> None:
    """STAND-4"""
    write_standing(tmp_path, Standing(State.STANDBY, 3, "ws://first"))
    here = Address("ws://127.0.0.1:1", None)
    assert standby_server.promote(tmp_path, here) == here
    after = read_standing(tmp_path)
    assert (after.state, after.other) == (State.PRIMARY, "ws://first")
    assert after.term > 3


def test_whoever_hosts_is_an_owner(tmp_path: Path) -> None:
    """STAND-10: where tokens are needed."""
    write_standing(tmp_path, Standing(State.STANDBY, 3, "ws://first"))
    place = Address("wss://192.0.2.1:8765", None, pin="p" * 43)
    address = standby_server.promote(tmp_path, place)
    assert address._replace(token=None) == place
    assert address.token


def test_what_is_in_the_way_of_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / FILE_NAME).write_text("{")
    with pytest.raises(DiskError, match="This computer can't host the session: "):
        standby_server.promote(tmp_path, Address("ws://127.0.0.1:1", None))
    monkeypatch.setattr(server_command, "TIMEOUT_S", 0.0)
    with pytest.raises(DiskError, match="timed out"):
        standby_server.promote(tmp_path, Address("ws://127.0.0.1:1", None))
