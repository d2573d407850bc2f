"""Whatever peers do, no message exceeds the limit and nobody else is hurt: LIM and PRES rules."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any

import pytest

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.server import answers, history, room
from optiverse_collab.core.server.clients import Clients
from optiverse_collab.core.space import Space
from optiverse_collab_server import hub
from tests.helpers.aio import run
from tests.helpers.live_server import LiveServer, RawClient, live_server

LONGEST = Limits().message_bytes


def attack(go: Callable[[LiveServer, RawClient, RawClient], Coroutine[Any, Any, None]]) -> None:
    """Mallory and a victim in one session; the clients accept messages of any length."""

    async def main() -> None:
        async with (
            live_server() as server,
            server.client("mallory", max_size=None, close_timeout=0.5) as mallory,
            server.client("victim", max_size=None, close_timeout=0.5) as victim,
        ):
            await mallory.sync("m")
            await victim.sync("v")
            await go(server, mallory, victim)

    run(main())


async def longest(client: RawClient, last: Callable[[dict[str, Any]], bool]) -> int:
    """The length of the longest message up to one that matches."""
    return max(length for length, _ in await client.hear(last))


def never(message: dict[str, Any]) -> bool:
    """Match no message."""
    return False


def sets(client_clock: int, *names: str, of: str = "x", length: int = 1) -> dict[str, Any]:
    """A push that sets a property of each of these records."""
    ops = [{"op": "set", "id": name, "props": {of: "y" * length}} for name in names]
    return {"type": "push", "changes": [{"client_clock": client_clock, "ops": ops, "seen": 0}]}


def puts(client_clock: int, *names: str, **props: Any) -> dict[str, Any]:
    """A push that puts records."""
    ops = [{"op": "put", "id": name, "kind": "component", "props": props} for name in names]
    return {"type": "push", "changes": [{"client_clock": client_clock, "ops": ops}]}


def acknowledges(client_clock: int) -> Callable[[dict[str, Any]], bool]:
    """Whether a message acknowledges a change."""
    return lambda message: any(ack["client_clock"] == client_clock for ack in message.get("acks", ()))


def test_presence_of_nulls_hurts_nobody() -> None:
    """PRES-7"""

    async def go(server: LiveServer, mallory: RawClient, victim: RawClient) -> None:
        for part in range(4):
            nulls = {f"{part}_{number}{'k' * 100}": None for number in range(8000)}
            await mallory.send({"type": "presence", "state": nulls})
        await mallory.send({"type": "presence", "state": {"cursor": [1, 2]}})
        assert await longest(victim, lambda message: message["type"] == "presence") < 1000

    attack(go)


def test_newcomer_gets_in_whatever_the_others_show() -> None:
    """PRES-7"""

    async def go(server: LiveServer, mallory: RawClient, victim: RawClient) -> None:
        async with AsyncExitStack() as stack:
            for number in range(40):
                member = await stack.enter_async_context(
                    server.client(f"m{number}", max_size=None, close_timeout=0.5)
                )
                await member.send({"type": "presence", "state": {"k": "x" * 60_000}})
                await member.send({"type": "ping"})
                await member.hear(lambda message: message["type"] == "pong")
                stack.callback(asyncio.create_task(member.hear(never)).cancel)
            shown: set[str] = set()
            newcomer = await stack.enter_async_context(
                server.client("newcomer", max_size=LONGEST, close_timeout=0.5)
            )
            while len(shown) < 40:
                shown.update((await newcomer.receive("presence"))["participants"])

    attack(go)


def test_acknowledgements_of_what_is_gone_fit() -> None:
    """LIM-13: eight long changes to records that never existed."""

    async def go(server: LiveServer, mallory: RawClient, victim: RawClient) -> None:
        for number in range(1, 9):
            names = [f"gone {number} {part} {'n' * 100}" for part in range(1000)]
            await mallory.send(sets(number, *names, length=500))
        assert await longest(mallory, acknowledges(8)) <= LONGEST

    attack(go)


def test_patches_of_long_changes_fit() -> None:
    """LIM-13"""

    async def go(server: LiveServer, mallory: RawClient, victim: RawClient) -> None:
        for number in range(1, 13):
            length = 470_000 if number % 2 else 120_000
            await mallory.send(puts(number, f"{number} a", f"{number} b", text="x" * length))
        watching = asyncio.create_task(longest(victim, lambda message: _clock(message) == 12))
        assert await longest(mallory, acknowledges(12)) <= LONGEST
        assert await watching <= LONGEST

    attack(go)


def test_change_that_meets_too_much_is_refused() -> None:
    """LIM-13: its patch would be too long, because it would name all that it replaces."""

    async def go(server: LiveServer, mallory: RawClient, victim: RawClient) -> None:
        names = [f"{number} {'n' * 110}" for number in range(900)]
        await victim.send(puts(1, "r", **dict.fromkeys(names, 1)))
        await longest(victim, acknowledges(1))
        ops = [{"op": "set", "id": "r", "props": dict.fromkeys(names, turn)} for turn in range(2)]
        await mallory.send(
            {"type": "push", "changes": [{"client_clock": 1, "ops": [*ops, *_long("s")], "seen": 0}]}
        )
        *_, (_, answer) = await mallory.hear(acknowledges(1))
        assert answer["acks"][0]["reason"] == "too_large"
        assert (await mallory.push(2, *ops, *_long("s")))["result"] == "commit", "it saw what it replaces"

    attack(go)


def test_answer_of_all_that_was_replaced_fits() -> None:
    """SYNC-16, LIM-13: the changes since somebody left fill many pages."""

    async def go(server: LiveServer, mallory: RawClient, victim: RawClient) -> None:
        names = [f"{number} {'n' * 110}" for number in range(500)]
        epoch = (await victim.sync("v"))["epoch"]
        await victim.send(puts(1, "r", **dict.fromkeys(names, 0)))
        [*_, (_, first)] = await victim.hear(acknowledges(1))
        for number in range(1, 30):
            for client, value, clock in ((mallory, number, number), (victim, -number, number + 1)):
                ops = [{"op": "set", "id": "r", "props": dict.fromkeys(names, value)}]
                change = {"client_clock": clock, "ops": ops, "seen": 1}
                await client.send({"type": "push", "changes": [change]})
                await client.hear(acknowledges(clock))
        async with server.client("victim", max_size=None, close_timeout=0.5) as again:
            asks = {"type": "sync:request", "client_id": "v", "epoch": epoch, "clock": 1}
            await again.send({**asks, "head": first["head"]})
            pages = await again.hear(lambda page: page.get("done", False))
            assert len(pages) > 5
            assert max(length for length, _ in pages) <= LONGEST
            acks = [ack["client_clock"] for _, page in pages for ack in page.get("acks", ())]
            assert acks == [*range(2, 31)]

    attack(go)


def test_answers_that_are_not_read_are_made_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """LIM-14: the server reads the next request only after the pages of the last one are gone."""
    made = 0
    answer = answers.answer_of

    def counted(*args: Any) -> Any:
        nonlocal made
        made += 1
        return answer(*args)

    monkeypatch.setattr(room, "answer_of", counted)

    async def go(server: LiveServer, mallory: RawClient, victim: RawClient) -> None:
        for number in range(1, 11):
            await victim.send(puts(number, *(f"{number} {part}" for part in range(10)), text="x" * 60_000))
            await victim.hear(acknowledges(number))
        mallory.ws.transport.pause_reading()
        before = made
        for number in range(200):
            await mallory.send({"type": "sync:request", "client_id": f"m{number}"})
        for _ in range(3):
            await victim.send({"type": "ping"})
            await victim.receive("pong")
        assert made - before == 1
        mallory.ws.transport.resume_reading()
        assert await longest(mallory, lambda message: made - before == 3) <= LONGEST

    attack(go)


def _clock(message: dict[str, Any]) -> int:
    return int(message["changes"][-1]["clock"]) if message.get("changes") else 0


def _long(id: str) -> list[dict[str, Any]]:
    """Operations of about 640 KB, each on its own record."""
    return [
        {"op": "put", "id": f"{id}{number}", "kind": "component", "props": {"text": "x" * 320_000}}
        for number in range(2)
    ]


def test_client_ids_without_end_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """SYNC-10: the oldest go first; a client that comes back learns it, and can push again."""
    monkeypatch.setattr(history, "Clients", lambda snapshot, _: Clients(snapshot, 20))
    lens = {"op": "put", "id": "lens", "kind": "component", "props": {}}

    async def go(server: LiveServer, mallory: RawClient, victim: RawClient) -> None:
        await victim.push(1, lens)
        await mallory.sync("m")
        positions: dict[str, dict[str, Any]] = {}
        for number in range(100):
            positions[f"id {number}"] = await mallory.sync(f"id {number}")
            await mallory.push(1, {"op": "set", "id": "lens", "props": {"x": number}})
        assert (await victim.push(2, lens))["result"] == "commit"  # a connected client continues
        for name, known in (("id 50", False), ("id 99", True), ("id 98", True), ("id 0", False)):
            position = {key: positions[name][key] for key in ("epoch", "clock", "head")}
            await mallory.send({"type": "sync:request", **position, "client_id": name})
            page = await mallory.receive("sync:delta")
            assert (page["client_clock"], page.get("known", True)) == (int(known), known)
        assert (await mallory.push(1, lens))["result"] == "commit"

    attack(go)


def test_nothing_that_a_session_keeps_is_beyond_its_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """LIM-16: client ids and long presence count together with the records; a bystander is unaffected."""
    space = Space(60_000)
    monkeypatch.setattr(hub, "Space", lambda most: space)

    async def go(server: LiveServer, mallory: RawClient, victim: RawClient) -> None:
        await victim.push(1, {"op": "put", "id": "lens", "kind": "component", "props": {"x": 0}})
        await mallory.send({"type": "presence", "state": {"k": [0] * 500}})
        for number in range(60):
            await mallory.sync(f"client {number}")
            await mallory.send(sets(1, "lens"))
        assert await longest(mallory, lambda message: "wait until others have left" in str(message)) < LONGEST
        assert space.used < 62_000
        await victim.send({"type": "presence", "state": {"k": [0] * 500}})
        assert "too little memory left" in (await victim.receive("error"))["message"]
        await victim.send({"type": "presence", "state": {"cursor": [1, 2]}})
        shown = await mallory.hear(lambda message: "cursor" in str(message))
        assert shown[-1][1]["type"] == "presence"
        ack = await victim.push(2, {"op": "remove", "id": "lens"})
        assert ack["result"] == "commit"

    attack(go)
