"""A script joins with an invite once, and with a token of its own from then on (RIGHT-4)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from optiverse_collab.core.client.credentials import Device
from optiverse_collab.core.protocol.address import Address, invite_link
from optiverse_collab.disk.tokens import Tokens
from optiverse_collab.errors import ConnectionFailed
from optiverse_collab.scripting import connect
from optiverse_collab.scripting.keys import TOKEN_VARIABLE, Keys
from tests.helpers.scripted_server import scripted_server
from tests.helpers.server_acts import ask_for_token

INVITE, OTHER, DEVICE = "i" * 22, "o" * 22, "d" * 22


def joins(server: str) -> None:
    """Let a script join and leave."""

    async def script() -> None:
        async with connect(server, "lab", "ann"):
            pass

    run(script())


def run(script: Coroutine[Any, Any, None]) -> None:
    asyncio.run(script)


def link(place: str, token: str) -> str:
    return invite_link(f"ws://{place}", "lab", token)


def test_invite_is_used_once(own_data_folder: Path) -> None:
    shown: list[str] = []
    with scripted_server(ask_for_token({INVITE: DEVICE, DEVICE: ""}, shown)) as server:
        joins(link(server.place, INVITE))
        joins(link(server.place, INVITE))
        joins(f"ws://{server.place}")
    assert shown == [INVITE, DEVICE, DEVICE]
    assert "lab" not in "".join(file.name for file in own_data_folder.rglob("*"))


def test_token_may_be_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody on the machine can see a command line."""
    monkeypatch.setenv(TOKEN_VARIABLE, f" {INVITE}\n")
    shown: list[str] = []
    with scripted_server(ask_for_token({INVITE: DEVICE, DEVICE: ""}, shown)) as server:
        joins(f"ws://{server.place}")
        monkeypatch.delenv(TOKEN_VARIABLE)
        joins(f"ws://{server.place}")
    assert shown == [INVITE, DEVICE]


def test_link_counts_more_than_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN_VARIABLE, OTHER)
    shown: list[str] = []
    with scripted_server(ask_for_token({INVITE: DEVICE}, shown)) as server:
        joins(link(server.place, INVITE))
    assert shown == [INVITE]


def test_device_that_was_removed_comes_back_with_a_new_link() -> None:
    shown: list[str] = []
    with scripted_server(ask_for_token({INVITE: DEVICE}, shown)) as server:
        joins(link(server.place, INVITE))
        joins(link(server.place, INVITE))  # the server no longer knows the device
    assert shown == [INVITE, DEVICE, INVITE]


def test_who_is_not_invited_is_told_what_to_do() -> None:
    with scripted_server(ask_for_token({}, [])) as server:
        with pytest.raises(ConnectionFailed, match="only people with an invite; paste an invite link"):
            joins(f"ws://{server.place}")
        with pytest.raises(ConnectionFailed, match="does not know this invite"):
            joins(link(server.place, INVITE))


def test_disk_that_fails_stops_no_script(own_data_folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    (own_data_folder / "tokens").write_text("not a folder")
    shown: list[str] = []
    with scripted_server(ask_for_token({INVITE: DEVICE}, shown)) as server:
        joins(link(server.place, INVITE))
    assert shown == [INVITE]
    warnings = [one.getMessage() for one in caplog.records if one.levelno == logging.WARNING]
    assert len(warnings) == 2
    assert warnings[1].endswith("The next run needs an invite again.")


def test_tokens_stand_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with scripted_server(ask_for_token({INVITE: DEVICE}, [])) as server:
        joins(link(server.place, INVITE))
        with pytest.raises(ConnectionFailed):
            joins(link(server.place, OTHER))
    lines = [one.getMessage() for one in caplog.records if not one.name.startswith("websockets.server")]
    assert any("Connecting to" in line for line in lines)
    assert [line for line in lines if any(token in line for token in (INVITE, OTHER, DEVICE))] == []


def test_nothing_to_keep_waits_for_nothing() -> None:
    run(Keys(Address("ws://host:8765", None), "lab").kept())


def test_devices_are_kept_where_windows_find_them(own_data_folder: Path) -> None:
    async def script() -> None:
        keys = Keys(Address("ws://host:8765", None), "lab")
        keys.keep(Device(DEVICE))
        await keys.kept()

    run(script())
    assert Tokens(own_data_folder / "tokens").find("ws://host:8765", "lab") == Device(DEVICE)
