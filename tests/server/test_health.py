"""Programs ask over HTTP how the server is doing: HEALTH rules."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from optiverse_collab.core.access import Role
from optiverse_collab.core.protocol.access import AccessInvite
from optiverse_collab_server import hub, tally, unstored
from optiverse_collab_server.access.entrance import Entrance
from optiverse_collab_server.access.grants import EVERY_SESSION
from optiverse_collab_server.health import FAILED, LATE, STOPPING
from tests.helpers.aio import DEADLINE_S, run
from tests.helpers.gated_store import GatedStore
from tests.helpers.http_get import get
from tests.helpers.live_server import live_server
from tests.server.cli.folders import put


def test_server_that_runs_says_so() -> None:
    """HEALTH-1"""

    async def main() -> None:
        async with live_server() as server:
            assert (await get(server.port, "/healthz"))[::2] == (200, "The server is running.\n")
            assert (await get(server.port, "/readyz?verbose"))[::2] == (200, "Ready.\n")
            assert (await get(server.port, "/health"))[0] == 404

    run(main())


def test_sessions_of_these_names_are_sessions() -> None:
    """HEALTH-1: the paths of sessions begin with /ws."""

    async def main() -> None:
        async with live_server() as server, server.client("healthz", session="metrics") as client:
            assert client.ack["session_id"] == "metrics"

    run(main())


def test_server_that_waits_for_the_disk_or_ends_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """HEALTH-2, CLOSE-3: a server that is stopping admits nobody."""
    monkeypatch.setattr(unstored, "STORE_SECONDS", 0.05)
    monkeypatch.setattr(hub, "STORE_SECONDS", DEADLINE_S)

    async def main() -> None:
        store = GatedStore()
        running = live_server(store)
        server = await running.__aenter__()
        async with server.client("ann") as ann:
            await ann.sync("a")
            await ann.push(1, put("lens"))
            store.gate.clear()
            await ann.send({"type": "push", "changes": [{"client_clock": 2, "ops": [put("mirror")]}]})
            await ann.receive("wait")
            answer = await get(server.port, "/readyz")
            assert (answer.status, answer.body) == (503, f"{LATE}\n")
            assert answer.headers["cache-control"] == "no-store"
            assert (await get(server.port, "/healthz")).status == 200
            ending = asyncio.create_task(running.__aexit__(None, None, None))
            await asyncio.sleep(0)
            answer = await get(server.port, "/readyz")
            assert (answer.status, answer.body) == (503, f"{STOPPING}\n")
            with pytest.raises(InvalidStatus) as refused:
                await connect(f"{server.url}/ws/default/bob")
            assert refused.value.response.status_code == 503
            store.gate.set()
            await ann.receive("patch")
            assert await ann.closed() == (1001, "restarting")
            await ending

    run(main())


def test_server_whose_storage_refuses_changes_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """HEALTH-2: until some are stored, or for a minute."""

    async def main() -> None:
        store = GatedStore()
        async with live_server(store) as server:

            async def push(result: str) -> None:
                async with server.client("ann") as ann:
                    await ann.sync("a")
                    await ann.send({"type": "push", "changes": [{"client_clock": 1, "ops": [put("lens")]}]})
                    assert result in str(
                        await ann.receive("patch") if not store.broken else await ann.closed()
                    )

            async def ready() -> tuple[int, str]:
                answer = await get(server.port, "/readyz")
                return answer.status, answer.body

            store.broken = True
            await push("session_failed")
            assert await ready() == (503, f"{FAILED}\n")
            monkeypatch.setattr(tally, "FAILED_SECONDS", 0.0)
            assert await ready() == (200, "Ready.\n")
            monkeypatch.undo()
            store.broken = False
            await push("commit")
            assert await ready() == (200, "Ready.\n")

    run(main())


@pytest.mark.parametrize(
    ("header", "is_own"),
    [
        ({}, True),
        ({"Host": "127.0.0.1:8765"}, True),
        ({"Host": "[::1]:8765"}, True),
        ({"X-Forwarded-For": "192.0.2.7"}, False),
        ({"Forwarded": "for=192.0.2.7"}, False),
        ({"Host": "page.example.org:8765"}, False),
        ({"Host": "[::"}, False),
    ],
)
def test_metrics_are_for_this_machine_itself(header: dict[str, str], is_own: bool) -> None:
    """HEALTH-3: not through a proxy, and not for a web page whose host name points here."""

    async def main() -> None:
        async with live_server() as server:
            answer = await get(server.port, "/metrics", header)
            assert answer.status == (200 if is_own else 403)
            assert ("optiverse_collab_connections 1.0" in answer.body) is is_own

    run(main())


def test_token_for_every_session_opens_the_metrics(tmp_path: Path) -> None:
    """HEALTH-3"""

    async def main() -> None:
        entrance = Entrance.open(tmp_path, trusts_own=True)
        for session, status in ((EVERY_SESSION, 200), ("lab", 403)):
            _, token = await entrance.book.invite(AccessInvite(1, Role.VIEWER), session, by="")
            async with live_server(entrance=entrance) as server:
                headers = {"X-Forwarded-For": "192.0.2.7", "Authorization": f"Bearer {token}"}
                assert (await get(server.port, "/metrics", headers)).status == status
                headers["Authorization"] = "Bearer wrong"
                assert (await get(server.port, "/metrics", headers)).status == 403
            entrance = Entrance.open(tmp_path, trusts_own=True)
        await entrance.book.close()

    run(main())
