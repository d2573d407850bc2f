"""Rounds of all sessions."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from optiverse_collab_server import rounds
from optiverse_collab_server.rounds import Rounds
from optiverse_collab_server.session import LiveSession
from optiverse_collab_server.storage import MemoryStore
from tests.helpers.aio import run, until
from tests.helpers.live_server import RawClient, live_server


class LostStore(MemoryStore):
    """A store whose sessions another server may take.

    Attributes:
        lost: whether it has.
    """

    lost = False

    def has_lost(self, session_id: str) -> bool:
        return self.lost


def test_whoever_is_silent_is_away_until_heard_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """HB-6: the others get a message, and the session continues."""
    monkeypatch.setattr(rounds, "AWAY_SECONDS", 0.4)

    async def main() -> None:
        async with live_server() as server, server.client("ann") as ann, server.client("bob") as bob:
            bob_id = bob.ack["connection_id"]

            async def hear(told: dict[str, object]) -> None:
                while await next_away(ann) != told:
                    pass

            await hear({"type": "user:away", "connection_id": bob_id, "away": True})
            async with server.client("eve") as eve:
                assert [user.get("away", False) for user in eve.ack["users"]] == [False, True, False]
            await bob.send({"type": "ping"})
            await hear({"type": "user:away", "connection_id": bob_id})

    async def next_away(client: RawClient) -> dict[str, object]:
        """The next `away` message; the client that waits for it keeps sending meanwhile."""
        receiving = asyncio.create_task(client.receive("user:away"))
        while not receiving.done():
            await client.send({"type": "ping"})
            await asyncio.wait([receiving], timeout=0.1)
        return receiving.result()

    run(main())


def test_a_lost_session_ends_without_any_edit(monkeypatch: pytest.MonkeyPatch) -> None:
    """OWN-4"""
    monkeypatch.setattr(rounds, "LOOK_SECONDS", 0.02)

    async def main() -> None:
        store = LostStore()
        async with live_server(store) as server, server.client("ann") as ann:
            await ann.sync("replica")
            store.lost = True
            assert await ann.closed() == (1001, "moved")

    run(main())


def test_others_have_their_turn_during_a_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """A round of thousands of connections takes longer than anybody should wait."""
    monkeypatch.setattr(rounds, "AT_ONCE_SECONDS", -1.0)
    monkeypatch.setattr(rounds, "LOOK_SECONDS", 0.02)
    turn, looks = 0, list[tuple[str, int]]()
    look_at = Rounds._look_at

    def note(self: Rounds, session: LiveSession, now: float) -> None:
        looks.append((session.id, turn))
        look_at(self, session, now)

    monkeypatch.setattr(Rounds, "_look_at", note)

    async def turns() -> None:
        nonlocal turn
        while True:
            turn += 1
            await asyncio.sleep(0)

    async def main() -> None:
        async with live_server() as server, AsyncExitStack() as stack:
            for session in ("one", "two", "three"):
                await stack.enter_async_context(server.client("ann", session))
            looks.clear()
            turning = asyncio.create_task(turns())
            await until(lambda: len(looks) >= 6)
            turning.cancel()
        assert {session for session, _ in looks} == {"one", "two", "three"}
        assert len({number for _, number in looks}) == len(looks)

    run(main())


def test_sessions_that_end_during_a_round_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the rounds go on."""
    monkeypatch.setattr(rounds, "LOOK_SECONDS", 0.0)
    looks, ended = list[str](), dict[str, LiveSession]()
    look_at = Rounds._look_at

    def note(self: Rounds, session: LiveSession, now: float) -> None:
        looks.append(session.id)
        look_at(self, session, now)
        live = self._live
        assert isinstance(live, dict)
        live.update(ended)
        ended.clear()
        if looks.count("one") == 1 and session.id == "one":
            ended["two"] = live.pop("two")

    async def main() -> None:
        async with live_server() as server, server.client("ann", "one"), server.client("bob", "two"):
            monkeypatch.setattr(Rounds, "_look_at", note)
            await until(lambda: looks.count("one") > 3)
            monkeypatch.setattr(Rounds, "_look_at", look_at)
        first, second = [place for place, id in enumerate(looks) if id == "one"][:2]
        assert looks[first:second] == ["one"]
        assert "two" in looks[second:]

    run(main())
