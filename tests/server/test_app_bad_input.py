"""A real server and clients that break the rules: SEEN, SYNC, DOC and LIM rules of docs/protocol.md."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from optiverse_collab.core.limits import OPS_PER_RECORD
from optiverse_collab.core.protocol.messages import ClientMessage, Push
from optiverse_collab_server.connection import Connection
from optiverse_collab_server.session import LiveSession
from optiverse_collab_server.slices import OPERATION_US, SLICE_US
from tests.helpers.aio import run
from tests.helpers.live_server import RawClient, live_server, soon

LENS = {"op": "put", "id": "lens", "kind": "component", "props": {"x": 0}}
NOTE = {"op": "put", "id": "note", "kind": "text", "props": {"x": "hush"}, "lane": "talk"}


def moved(x: int, id: str = "lens") -> dict[str, Any]:
    return {"op": "set", "id": id, "props": {"x": x}}


async def answers(client: RawClient, *changes: dict[str, Any]) -> list[dict[str, Any]]:
    """Push changes; returns their acknowledgements."""
    await client.send({"type": "push", "changes": list(changes)})
    acks: list[dict[str, Any]] = []
    while len(acks) < len(changes):
        acks += (await client.receive("patch")).get("acks", [])
    return acks


@pytest.mark.parametrize("seen", [2, 2**63, -1])
def test_what_nobody_can_have_seen_is_refused(seen: int) -> None:
    """SEEN-1, PUSH-6: the changes before and after it take effect."""

    async def main() -> None:
        async with live_server() as server, server.client("ann") as ann:
            await ann.sync("a")
            forged = {"client_clock": 2, "seen": seen, "yield": True, "ops": [moved(1)]}
            first, second, third = await answers(
                ann,
                {"client_clock": 1, "ops": [LENS]},
                forged,
                {"client_clock": 3, "ops": [moved(3)]},
            )
            assert (first["result"], third["result"]) == ("commit", "commit")
            assert (second["result"], second["reason"]) == ("refused", "invalid_message")
            assert second["message"].endswith(".")

    run(main())


def test_who_names_a_live_id_takes_it_over() -> None:
    """SYNC-7, SYNC-8: a client id is a secret, and anyone who knows it speaks for the replica."""

    async def main() -> None:
        async with live_server() as server, server.client("ann") as ann, server.client("eve") as eve:
            await ann.sync("secret")
            assert (await answers(ann, {"client_clock": 4, "ops": [LENS]}))[0]["result"] == "commit"
            await eve.send({"type": "sync:request", "client_id": "eve", "settles": ["secret"]})
            page = await eve.receive("sync:full_state")
            assert page["settled"] == {"secret": 4}
            assert await ann.closed() == (4409, "replaced")
            async with server.client("ann") as again:
                assert (await again.sync("secret"))["client_clock"] == 4
                assert (await answers(again, {"client_clock": 5, "ops": [moved(5)]}))[0]["result"] == "commit"
                await soon(eve)

    run(main())


def test_ids_that_are_guessed_say_nothing_and_close_nobody() -> None:
    """SYNC-8, STAMP-1: a public origin is not a client id, and an empty id belongs to nobody."""

    async def main() -> None:
        async with (
            live_server() as server,
            server.client("ann") as ann,
            server.client("eve") as eve,
            server.client("bob"),  # which has not sent a request yet
        ):
            await ann.sync("secret")
            await answers(ann, {"client_clock": 1, "ops": [LENS]})
            await eve.sync("eve")
            await answers(eve, {"client_clock": 1, "seen": 0, "ops": [moved(1)]})
            origin = (await ann.receive("patch"))["changes"][0]["replaced"][0]["of"]
            request = {"type": "sync:request", "client_id": "eve"}
            await eve.send({**request, "settles": [""]})
            assert (await eve.receive("error"))["reason"] == "id_empty"
            await eve.send({**request, "settles": [origin, "ann"]})
            page = await eve.receive("sync:full_state")
            assert page["settled"] == {origin: 0, "ann": 0}
            await soon(ann)
            async with server.client("cid") as cid:
                assert [user["user_id"] for user in cid.ack["users"]] == ["ann", "eve", "bob", "cid"]

    run(main())


@pytest.mark.parametrize(
    ("ops", "reason"),
    [
        ([LENS, {**LENS, "id": "b", "lane": "attic"}], "invalid_message"),
        ([moved(1), NOTE], "mixed_lanes"),
        ([moved(1), NOTE, {"op": "remove", "id": "note"}], "mixed_lanes"),
        ([{"op": "remove", "id": "lens"}, {**LENS, "lane": "talk"}], "mixed_lanes"),
    ],
)
def test_lanes_that_are_foreign_or_mixed_are_refused(ops: list[dict[str, Any]], reason: str) -> None:
    """DOC-8."""

    async def main() -> None:
        async with live_server() as server, server.client("ann") as ann:
            await ann.sync("a")
            await answers(ann, {"client_clock": 1, "ops": [LENS]})
            [ack] = await answers(ann, {"client_clock": 2, "ops": ops})
            assert (ack["result"], ack["reason"]) == ("refused", reason)
            page = await ann.sync("a")
            assert page["records"] == [{key: LENS[key] for key in ("id", "kind", "props")}]

    run(main())


def test_nothing_of_a_lane_reaches_those_who_do_not_know_it() -> None:
    """DOC-8: not in patches or pages, and not when it is removed."""
    drafts: list[dict[str, Any]] = [{**NOTE, "id": "draft"}, {"op": "remove", "id": "draft"}]
    removal: dict[str, Any] = {"op": "remove", "id": "note"}

    async def main() -> None:
        async with live_server() as server, server.client("ann") as ann, server.client("bob") as bob:
            await ann.send({"type": "sync:request", "client_id": "a", "lanes": ["talk"]})
            await ann.receive("sync:full_state")
            request = {"type": "sync:request", "client_id": "b", "epoch": (await bob.sync("b"))["epoch"]}
            patch: dict[str, Any] = {}
            for number, ops in enumerate([[NOTE], [moved(1, "note")], drafts, [removal]], 1):
                [ack] = await answers(ann, {"client_clock": number, "ops": ops})
                assert ack["result"] == "commit"
                patch = await bob.receive("patch")
                assert patch["changes"] == [{"clock": number, "user_id": "ann", "ops": []}]
            await answers(ann, {"client_clock": 5, "ops": [NOTE]}, {"client_clock": 6, "ops": [removal]})
            await bob.send({**request, "clock": 4, "head": patch["head"]})
            page = await bob.receive("sync:delta")
            assert page["clock"] == 6
            assert not page.keys() & {"records", "ops", "acks", "notices"}

    run(main())


def test_long_step_is_taken_in_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """LIM-11, PUSH-8: it has 100,000 operations, and others get their turn in between."""
    turns = 0
    slices: list[tuple[int, int]] = []
    receive = LiveSession.receive

    def count_turn() -> None:
        nonlocal turns
        turns += 1

    def watched(self: LiveSession, connection: Connection, message: ClientMessage) -> None:
        if isinstance(message, Push):
            slices.append((turns, sum(len(change.ops) for change in message.changes)))
            asyncio.get_running_loop().call_soon(count_turn)
        receive(self, connection, message)

    monkeypatch.setattr(LiveSession, "receive", watched)

    async def main() -> None:
        async with live_server() as server, server.client("ann") as ann:
            await ann.sync("a")
            ops = [{"op": "remove", "id": f"r{n}"} for n in range(10)]
            for start in range(1, 10_001, 1000):
                step = [{"client_clock": start + n, "step": "s", "ops": ops} for n in range(1000)]
                assert {ack["result"] for ack in await answers(ann, *step)} == {"commit"}

    run(main())
    assert sum(size for _, size in slices) == 100_000
    assert max(size for _, size in slices) < SLICE_US / OPERATION_US
    assert [turn for turn, _ in slices] == [*range(len(slices))]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ([{"client_clock": n, "ops": []} for n in range(1, 1002)], "invalid_message"),
        ([{"client_clock": 1, "ops": [{"op": "remove", "id": f"r{n}"} for n in range(1001)]}], "too_large"),
        ([{"client_clock": 2**53 + 1, "ops": []}], "invalid_message"),
        ([{"client_clock": 0, "ops": []}], "invalid_message"),
        ([{"client_clock": 1, "ops": [], "seen": 2**54}], "invalid_message"),
    ],
)
def test_push_beyond_all_measure_is_one_answer(changes: list[dict[str, object]], reason: str) -> None:
    """LIM-11, LIM-12: the next push is accepted."""

    async def main() -> None:
        async with live_server() as server, server.client("ann") as ann:
            await ann.sync("a")
            await ann.send({"type": "push", "changes": changes})
            message = await ann.receive("patch", "error")
            refused = message if message["type"] == "error" else message["acks"][0]
            assert refused["reason"] == reason
            assert (await ann.push(2, LENS))["result"] == "commit"

    run(main())


def test_many_operations_on_one_record_are_refused() -> None:
    """LIM-11: such a message would keep the server busy for seconds."""

    async def main() -> None:
        async with live_server() as server, server.client("ann") as ann:
            await ann.sync("a")
            ops = [LENS, *({"op": "set", "id": "lens", "props": {f"p{n}": 1}} for n in range(15_000))]
            [ack] = await answers(ann, {"client_clock": 1, "ops": ops})
            assert (ack["result"], ack["reason"]) == ("refused", "too_large")
            [ack] = await answers(ann, {"client_clock": 2, "ops": ops[:OPS_PER_RECORD]})
            assert ack["result"] == "commit"

    run(main())
