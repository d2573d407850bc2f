"""Changes that storage doesn't hold yet: DUR-6."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from optiverse_collab_server import hub, unstored
from optiverse_collab_server.unstored import Unstored
from tests.helpers.aio import run, until
from tests.helpers.gated_store import GatedStore
from tests.helpers.live_server import LiveServer, RawClient, live_server

MOST = 30_000


def put(client_clock: int) -> dict[str, object]:
    """A push of about 6 KB."""
    op = {"op": "put", "id": "lens", "kind": "component", "props": {"note": "x" * 6000, "n": client_clock}}
    return {"type": "push", "changes": [{"client_clock": client_clock, "ops": [op]}]}


def test_one_alone_holds_a_third() -> None:
    """DUR-6"""
    held = Unstored(900)
    held.hold("a", 300)
    assert held.has_room("a")
    held.hold("a", 1)
    assert not held.has_room("a")


@pytest.mark.parametrize("many", [1, 10, 100])
def test_however_many_hold_much_others_have_room(many: int) -> None:
    """DUR-6: and their total never exceeds the limit, except for the last of each."""
    held = Unstored(90_000)
    taken = 0
    while any(held.has_room(f"c{number}") for number in range(many)):
        for number in range(many):
            if held.has_room(f"c{number}"):
                held.hold(f"c{number}", 10)
                taken += 10
    assert held.total == taken <= 90_000
    assert held.has_room("somebody else")
    held.hold("somebody else", 90_000 // (many + 3) // 2)
    assert held.has_room("somebody else")


def test_what_is_released_is_room_again() -> None:
    """DUR-6"""

    async def main() -> None:
        held = Unstored(900)
        held.hold("a", 500)
        waiting = asyncio.create_task(held.until_room("a"))
        await asyncio.sleep(0)
        held.release("a", 100)
        for _ in range(5):
            await asyncio.sleep(0)
        assert not waiting.done()
        held.release("a", 400)
        await waiting
        assert held.total == 0

    run(main())


def on_a_slow_disk(
    monkeypatch: pytest.MonkeyPatch,
    go: Callable[[GatedStore, LiveServer, RawClient, RawClient], Awaitable[None]],
) -> None:
    """Two people in two sessions, on a disk that accepts nothing until its gate opens."""
    held = Unstored(MOST)
    monkeypatch.setattr(hub, "Unstored", lambda: held)

    async def main() -> None:
        store = GatedStore()
        async with (
            live_server(store, silence_seconds=0.6) as server,
            server.client("ann") as ann,
            server.client("bob", session="other") as bob,
        ):
            await ann.sync("1")
            await bob.sync("2")
            store.gate.clear()
            await go(store, server, ann, bob)
            store.gate.set()
        assert held.total == 0

    run(main())


async def fill(ann: RawClient) -> None:
    """Push until the server stops reading; a ping then gets no answer."""
    for number in range(1, 4):
        await ann.send(put(number))
    await ann.send({"type": "ping"})


def test_who_holds_much_is_not_read_until_it_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    """DUR-6, HB-2, HB-6: this does not count as silence, others are served, and nothing is lost."""

    async def go(store: GatedStore, server: LiveServer, ann: RawClient, bob: RawClient) -> None:
        await fill(ann)
        for _ in range(8):
            await bob.send({"type": "ping"})
            await bob.receive("pong")
            await asyncio.sleep(0.1)
        early = asyncio.create_task(ann.receive())
        await bob.send({"type": "ping"})
        await bob.receive("pong")
        assert not early.done(), early.result()
        store.gate.set()
        first = await early
        acks = [ack["client_clock"] for ack in first["acks"]]
        while True:
            message = await ann.receive()
            if message["type"] == "pong":
                break
            acks += [ack["client_clock"] for ack in message.get("acks", ())]
        while len(acks) < 3:
            acks += [ack["client_clock"] for ack in (await ann.receive("patch"))["acks"]]
        assert acks == [1, 2, 3]

    on_a_slow_disk(monkeypatch, go)


def test_who_goes_while_nothing_is_read_is_gone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """DUR-6"""
    caplog.set_level("INFO")

    async def go(store: GatedStore, server: LiveServer, ann: RawClient, bob: RawClient) -> None:
        await fill(ann)
        ann.ws.transport.abort()
        await until(lambda: "User ann left session default" in caplog.text)

    on_a_slow_disk(monkeypatch, go)


def test_session_that_fails_gives_back_what_it_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """DUR-6, DUR-3"""

    async def go(store: GatedStore, server: LiveServer, ann: RawClient, bob: RawClient) -> None:
        await fill(ann)
        store.broken = True
        store.gate.set()
        assert await ann.closed() == (1011, "session_failed")

    on_a_slow_disk(monkeypatch, go)


def test_people_are_told_that_nothing_is_saved(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """DUR-6: everybody in the session gets repeated reports; people in other sessions get none."""
    monkeypatch.setattr(unstored, "STORE_SECONDS", 0.05)
    monkeypatch.setattr(unstored, "WAIT_SECONDS", 0.05)

    async def go(store: GatedStore, server: LiveServer, ann: RawClient, bob: RawClient) -> None:
        async with server.client("eve") as eve:
            await ann.send(put(1))
            for client in (ann, eve, ann, eve):
                assert await client.receive("wait") == {"type": "wait", "reason": "storage"}
            await bob.send({"type": "ping"})
            assert (await bob.receive())["type"] == "pong"
            store.gate.set()
            assert (await ann.receive("patch"))["acks"][0]["result"] == "commit"
            await ann.send({"type": "ping"})
            await ann.receive("pong")
        assert "Session default waits for storage" in caplog.text

    on_a_slow_disk(monkeypatch, go)


def test_question_about_an_empty_session_holds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """DUR-6: it waits behind a push that is not stored yet; the session continues."""

    async def go(store: GatedStore, server: LiveServer, ann: RawClient, bob: RawClient) -> None:
        removal = {"client_clock": 1, "ops": [{"op": "remove", "id": "nothing"}]}
        await ann.send({"type": "push", "changes": [removal]})
        await ann.send({"type": "sync:request", "client_id": "1"})
        store.gate.set()
        assert (await ann.receive("sync:full_state"))["clock"] == 1
        assert (await ann.push(2, {"op": "remove", "id": "nothing"}))["clock"] == 2

    on_a_slow_disk(monkeypatch, go)
