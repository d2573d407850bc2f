"""A lost connection comes back automatically, and no edit is lost with it."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from optiverse_collab.core.client import liveness
from optiverse_collab.errors import ConnectionFailed
from optiverse_collab.scripting import connect
from optiverse_collab.wording import connection as wording
from tests.drivers.aio.test_connection import free_port, websocket_server
from tests.helpers.aio import run, until
from tests.helpers.live_server import live_server
from tests.helpers.proxy import proxy
from tests.helpers.server_process import ServerProcess


def at_once() -> float:
    """Set the shortest wait between two attempts."""
    return 0.0


def texts(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The lines of the client's log."""
    return [record.getMessage() for record in caplog.records if record.name == "optiverse_collab"]


def test_waits_for_a_server_if_told_to(tmp_path: Path) -> None:
    async def main() -> None:
        server = ServerProcess(tmp_path)
        server.port = free_port()

        async def join() -> None:
            async with connect(server.url, wait=True, chance=at_once) as bench:
                bench.put("lens", "component", {})

        joining = asyncio.create_task(join())
        await asyncio.sleep(0)
        with server:
            await joining
            async with connect(server.url) as bench:
                assert list(bench) == ["lens"]

    run(main())


def test_does_not_wait_for_what_waiting_does_not_mend() -> None:
    async def main() -> None:
        async def close(ws: object) -> None:
            await ws.close(4403)  # type: ignore[attr-defined]

        async with websocket_server(close) as url:
            with pytest.raises(ConnectionFailed, match="not allowed"):
                async with connect(url, wait=True):
                    pytest.fail("it connected")

    run(main())


def test_restart_of_the_server(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """CLOSE-3: it closes with 1001, and everybody comes back; REP-7: edits made meanwhile arrive."""
    caplog.set_level(logging.INFO, "optiverse_collab")

    async def main() -> None:
        with ServerProcess(tmp_path) as server:
            async with connect(server.url, user="DESKTOP-X", chance=at_once) as bench:
                bench.put("lens", "component", {"pos": [0.0, 0.0]})
                await bench.flush()
                assert await asyncio.to_thread(server.terminate) == 0
                await until(lambda: bench.me is None)
                bench["lens"].move(1.0, 2.0)
                server.start()
                await bench.flush()
                async with connect(server.url) as other:
                    assert other["lens"]["pos"] == [1.0, 2.0]

    run(main())
    lines = texts(caplog)
    start = lines.index("✗ Disconnected from session 'default' - The server is restarting or going away.")
    assert lines[start + 1].startswith("Trying again in 0.")
    assert lines[start + 2].startswith("→ Connecting to: ws://127.0.0.1:")
    assert lines[-1] == "✓ Disconnected from session 'default' - Normal closure"


def test_kill_of_the_server(tmp_path: Path) -> None:
    """DUR-1: acknowledged edits are there, and the others are sent again."""

    async def main() -> None:
        with ServerProcess(tmp_path) as server:
            async with connect(server.url, chance=at_once) as bench:
                bench.put("lens", "component", {"n": 0})
                await bench.flush()
                bench["lens"]["n"] = 1
                server.kill()
                bench["lens"]["n"] = 2
                bench.put("mirror", "component", {})
                server.start()
                await bench.flush()
                async with connect(server.url) as other:
                    assert {id: dict(item) for id, item in other.items()} == {"lens": {"n": 2}, "mirror": {}}

    run(main())


def test_lost_network(caplog: pytest.LogCaptureFixture) -> None:
    """The connection breaks silently, and so do the first attempts after it."""
    caplog.set_level(logging.INFO, "optiverse_collab")

    async def main() -> None:
        async with (
            live_server() as server,
            proxy(server.port) as network,
            connect(network.url, user="Ann", chance=at_once) as bench,
            connect(server.url, user="Bob") as other,
        ):
            network.up = False
            network.cut()
            await until(lambda: sum(line.startswith("✗") for line in texts(caplog)) >= 3)
            bench.put("lens", "component", {})
            other.put("mirror", "component", {})
            network.up = True
            await bench.flush()
            await until(lambda: "lens" in other and "mirror" in bench)

    run(main())
    assert f"✗ Disconnected from session 'default' - {wording.closed(1006)}" in texts(caplog)


def test_server_that_stopped_speaking(monkeypatch: pytest.MonkeyPatch) -> None:
    """HB-3, PRES-4: the dead connection is dropped, and presence is sent again."""
    monkeypatch.setattr(liveness, "OVERDUE_MS", 300)
    monkeypatch.setattr(liveness, "EDIT_MS", 0)

    async def main() -> None:
        async with live_server() as server, proxy(server.port) as network:
            options = {"user": "Ann", "timeout_s": 0.3, "chance": at_once}
            async with server.client("raw") as raw, connect(network.url, **options) as bench:  # type: ignore[arg-type]
                bench.show_presence(cursor=[1, 2])
                await raw.receive("presence")
                network.stall()
                bench.put("lens", "component", {})
                await until(lambda: bench.me is None)
                network.cut()
                monkeypatch.undo()
                network.resume()
                await bench.flush()
                assert bench.me is not None
                assert bench.me.user_id == "Ann"
                told = await raw.receive("presence")
                assert {"cursor": [1, 2]} in told["participants"].values()

    run(main())


def test_another_history_ends_the_session(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """CLK-3: nothing is merged, and nothing is dropped silently."""

    async def main() -> None:
        with ServerProcess(tmp_path / "old") as server:
            async with connect(server.url, chance=at_once) as bench:
                bench.put("lens", "component", {"name": "Lens 1"})
                await bench.flush()
                changes = bench.changes()
                server.kill()
                bench["lens"]["notes"] = "precious"
                new = ServerProcess(tmp_path / "new")
                new.port = server.port
                with new:
                    with pytest.raises(ConnectionFailed, match=r"different history.*1 change of yours"):
                        await bench.flush()
                    with pytest.raises(ConnectionFailed, match="different history"):
                        await changes.__anext__()
                    with pytest.raises(ConnectionFailed, match="different history"):
                        bench.put("mirror", "component", {})
                    async with connect(new.url) as fresh:
                        assert len(fresh) == 0

    with pytest.raises(ConnectionFailed, match="different history"):
        run(main())
    assert any(
        'has not confirmed your change (notes = "precious") of "Lens 1"' in text for text in texts(caplog)
    )


def test_replaced_by_a_newer_connection_of_its_own() -> None:
    """SYNC-7: the older connection ends for good; the two don't keep replacing each other."""

    async def main() -> None:
        async with live_server() as server, connect(server.url) as bench, server.client("raw") as raw:
            await raw.sync(bench._replica.client_id)
            with pytest.raises(ConnectionFailed, match="A newer connection of yours has replaced this one"):
                await bench.changes().__anext__()

    run(main())


def test_error_of_our_own_is_no_silence(caplog: pytest.LogCaptureFixture) -> None:
    """An error in a script's callback ends the session with a sentence, and is in the log."""

    def progress(done: int, total: int) -> None:
        raise RuntimeError("the script's fault")

    async def main() -> None:
        async with live_server() as server:
            async with connect(server.url) as bench:
                for number in range(3):
                    bench.put(str(number), "component", {"notes": "x" * 200_000})
            with pytest.raises(ConnectionFailed, match="the script's fault"):
                async with connect(server.url, progress=progress):
                    pytest.fail("it connected")

    run(main())
    assert any(record.exc_info for record in caplog.records)


def test_cancelled_while_connecting() -> None:
    async def main() -> None:
        async def join(url: str) -> None:
            async with connect(url, wait=True):
                pytest.fail("it connected")

        before = asyncio.all_tasks()
        for _ in range(20):
            joining = asyncio.create_task(join(f"ws://127.0.0.1:{free_port()}"))
            await asyncio.sleep(0.005)
            joining.cancel()
            with pytest.raises(asyncio.CancelledError):
                await joining
        assert asyncio.all_tasks() == before

    run(main())


def test_leaving_never_waits_for_a_heartbeat() -> None:
    """`run` does not wait for a heartbeat, even if a message arrives at the moment of leaving."""

    async def main() -> None:
        async with live_server() as server:
            for _ in range(30):
                async with connect(server.url) as ann, connect(server.url) as bob:
                    bob.put("lens", "component", {})
                    ann.put("mirror", "component", {})

    run(main())
