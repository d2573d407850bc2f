"""Parcels leave the server: together, in time, and never to somebody who is behind (BACK-5)."""

from __future__ import annotations

import asyncio
import json
import logging

import pytest

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.changes import PushedChange
from optiverse_collab.core.protocol.messages import Push, SyncRequest
from optiverse_collab.core.records import Put
from optiverse_collab.core.server import parcels
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.room import Room
from optiverse_collab_server import parcel_sender
from optiverse_collab_server.outbox import Frame
from optiverse_collab_server.parcel_sender import BEHIND_BYTES, ParcelSender
from tests.helpers.aio import run, until


class Receiver:
    """A connection that notes what it is sent; `bytes` is how much is queued for it."""

    def __init__(self) -> None:
        self.outbox = self
        self.bytes = 0
        self.got: list[tuple[int, int]] = []

    def send(self, frame: Frame) -> None:
        message = json.loads(frame.payload)
        assert message["type"] == "parcel"
        self.got.append((message["after"], message["clock"]))


class Served:
    """A session with two people who carry its parcels, and one who doesn't."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.room = Room("lab", History(History.empty("e"), limits=limits), "test", key=b"k" * 32)
        self.receivers = {id: Receiver() for id in ("ann", "bob", "script")}
        for id in self.receivers:
            self.room.join(id, id, 0)
            self.room.receive(id, SyncRequest(id, carries=id != "script"), 0)
        self.room.flush()
        self.sender = ParcelSender(self.room, self.receivers)  # type: ignore[arg-type]

    def change(self, text: str = "") -> None:
        """A change becomes durable."""
        number = self.room.history.clock + 1
        put = Put("lens", "x", {"n": number, "text": text})
        self.room.receive("ann", Push([PushedChange(number, [put])]), 0)
        self.room.unsaved()
        self.room.saved(number)
        self.sender.look()

    @property
    def got(self) -> dict[str, list[tuple[int, int]]]:
        return {id: one.got for id, one in self.receivers.items()}


def test_changes_are_sent_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """When no more come for a while; nothing is sent if nothing changes."""
    monkeypatch.setattr(parcel_sender, "QUIET_SECONDS", 0.05)

    async def scenario() -> None:
        served = Served()
        served.change()
        served.change()
        await until(lambda: bool(served.got["bob"]))
        assert served.got == {"ann": [(0, 2)], "bob": [(0, 2)], "script": []}
        served.change()
        await until(lambda: len(served.got["bob"]) == 2)
        assert served.got["ann"] == [(0, 2), (2, 3)]
        await served.sender.close()
        assert served.got["ann"] == [(0, 2), (2, 3)]

    run(scenario())


def test_a_parcel_leaves_while_changes_keep_coming(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parcel_sender, "QUIET_SECONDS", 0.05)
    monkeypatch.setattr(parcel_sender, "PARCEL_SECONDS", 0.2)

    async def scenario() -> None:
        served = Served()

        async def change() -> None:
            while True:
                served.change()
                await asyncio.sleep(0)

        changing = asyncio.create_task(change())
        await until(lambda: bool(served.got["bob"]))
        changing.cancel()
        await served.sender.close()

    run(scenario())


def test_a_full_parcel_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parcels, "PARCEL_BYTES", 300)
    monkeypatch.setattr(parcel_sender, "PARCEL_BYTES", 300)

    async def scenario() -> None:
        served = Served()
        served.change("x" * 200)
        served.change("x" * 200)
        await until(lambda: bool(served.got["bob"]))
        await served.sender.close()

    run(scenario())


def test_the_last_parcel_leaves_when_the_session_ends() -> None:
    """So nothing is missing after a server that was stopped properly."""

    async def scenario() -> None:
        served = Served()
        served.change()
        await served.sender.close()
        assert served.got["ann"] == [(0, 1)]

    run(scenario())


def test_a_receiver_that_is_behind_gets_none() -> None:
    async def scenario() -> None:
        served = Served()
        served.receivers["ann"].bytes = BEHIND_BYTES + 1
        del served.receivers["script"]
        served.change()
        await served.sender.close()
        assert served.got == {"ann": [], "bob": [(0, 1)]}

    run(scenario())


def test_a_connection_that_is_gone_gets_none() -> None:
    async def scenario() -> None:
        served = Served()
        bob = served.receivers.pop("bob")
        served.change()
        await served.sender.close()
        assert bob.got == []

    run(scenario())


def test_a_change_that_is_too_long_is_reported(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LIM-13: no message is longer than the limit; the next parcel is sent again."""

    async def scenario() -> None:
        served = Served()
        monkeypatch.setattr(parcel_sender, "encode", lambda _: "x" * (Limits().message_bytes + 1))
        served.change()
        with caplog.at_level(logging.WARNING):
            await served.sender.close()
        assert served.got["ann"] == []

    run(scenario())
    assert caplog.messages == ["A change of session lab is too long for its clients to carry"]


def test_packing_blocks_nobody() -> None:
    """It is done in another thread."""

    async def scenario() -> None:
        served = Served()
        turns = 0
        for _ in range(50):
            served.change("x" * 1000)

        async def count() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        counting = asyncio.create_task(count())
        await served.sender.close()
        counting.cancel()
        assert turns > 1
        assert served.got["bob"] == [(0, 50)]

    run(scenario())


def test_it_stops_even_if_a_parcel_is_full_at_that_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """CLOSE-3, BACK-5: and what is left is sent."""
    monkeypatch.setattr(parcel_sender, "PARCEL_BYTES", 1000)

    async def main() -> None:
        for turns in range(6):
            served = Served()
            served.change()
            for _ in range(5):
                await asyncio.sleep(0)
            served.change("x" * 2000)
            for _ in range(turns):
                await asyncio.sleep(0)
            await served.sender.close()
            assert [clock for _, clock in served.got["ann"]][-1] == 2

    run(main())
