"""A server with two workers, as processes: CLOSE-3, DUR-1 and ACC-6 of docs/protocol.md."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from optiverse_collab.core.protocol.address import parse_address
from optiverse_collab.scripting import connect
from optiverse_collab_server.cli.main import main as command
from optiverse_collab_server.storage.shards import number_of, parts_of
from tests.helpers.aio import run, until
from tests.helpers.grants import device_of, set_grant
from tests.helpers.http_get import get
from tests.helpers.live_server import LiveServer
from tests.helpers.processes import run_python
from tests.helpers.server_process import ServerProcess

pytestmark = [
    pytest.mark.own_store,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows can't hand a connection over"),
]

SESSIONS = ("bench", "lab")
"""The first is the first worker's, the second the second one's."""


class Workers(ServerProcess):
    """The server, and its workers."""

    def pid_of(self, number: int) -> int:
        """The process of a worker, counted from 1: the newest one."""
        found = [re.search(rf"Worker {number} is process (\d+)", line) for line in list(self.log)]
        return int([match[1] for match in found if match][-1])

    def kill_worker(self, number: int) -> None:
        """``kill -9``."""
        os.kill(self.pid_of(number), signal.SIGKILL)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Workers]:
    assert [number_of(session, 2) for session in SESSIONS] == [0, 1]
    workers = Workers(tmp_path / "data", "--workers", "2")
    workers.start()
    yield workers
    workers.kill()


def is_there(pid: int) -> bool:
    """Whether a process has not ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return b") Z " not in Path(f"/proc/{pid}/stat").read_bytes() if sys.platform == "linux" else True


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> object:
    """What a command prints as JSON."""
    capsys.readouterr()
    assert command([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def put(id: str) -> dict[str, object]:
    return {"op": "put", "id": id, "kind": "k", "props": {}}


def test_sessions_are_each_in_one_database(server: Workers, tmp_path: Path) -> None:
    async def main() -> None:
        live = LiveServer(server.port)
        for session in (*SESSIONS, "Zoë", "a b"):
            async with live.client("ann", session) as ann, live.client("bob", session) as bob:
                await ann.sync("1")
                await bob.sync("2")
                await ann.push(1, put(session))
                assert (await bob.receive("patch"))["changes"][0]["ops"][0]["id"] == session

    run(main())
    assert server.terminate() == 0
    assert {path.name: command(["check", "--data", str(path)]) for path in parts_of(tmp_path / "data")} == {
        "1-of-2": 0,
        "2-of-2": 0,
    }


def test_a_killed_worker_comes_back_and_others_do_not_notice(server: Workers) -> None:
    """DUR-1: what was acknowledged is there; people of the other worker stay connected."""

    async def main() -> None:
        live = LiveServer(server.port)
        async with (
            connect(server.url, SESSIONS[1], "ann") as ann,
            live.client("bob", SESSIONS[0]) as bob,
        ):
            await bob.sync("1")
            ann.put("lens", "k", {"n": 0})
            await ann.flush()
            former = server.pid_of(2)
            for n in range(1, 4):
                server.kill_worker(2)
                await bob.push(n, put(f"{n}"))
                ann.set("lens", {"n": n})
                await ann.flush()
                await until(lambda before=former: server.pid_of(2) != before)  # type: ignore[misc]
                former = server.pid_of(2)
            async with connect(server.url, SESSIONS[1], "zoe", wait=True) as zoe:
                assert zoe["lens"]["n"] == 3
            assert (await bob.push(4, put("4")))["result"] == "commit"

    run(main())
    assert any("Worker 2 ended; its sessions continue when it is up again" in line for line in server.log)


def test_who_is_removed_is_removed_everywhere(tmp_path: Path) -> None:
    """ACC-6: a guest of all sessions, in a session of one worker, by an owner in one of the other's."""

    async def main(data: Path, server: Workers) -> None:
        await asyncio.to_thread(server.until_says, "The owner's link is in")
        owner_token = parse_address((data / "owner-link").read_text("utf-8")).token
        live = LiveServer(server.port)
        made = await asyncio.to_thread(invite, data, "--all", "--uses", "2")
        async with live.client("Olga", SESSIONS[0], token=owner_token) as owner:
            token = await come_in(live, SESSIONS[1], made)
            await come_in(live, SESSIONS[0], made)
            async with live.asking("Gil", SESSIONS[1], token=made) as late:
                assert await late.closed() == (4401, "expired"), "each worker had one use"
            async with live.client("Gil", SESSIONS[1], token=token) as guest:
                device = await device_of(owner, f"Gil {SESSIONS[1]}")
                await set_grant(owner, device, role="none")
                assert await guest.closed() == (4403, "removed")

    def invite(data: Path, *options: str) -> str:
        link = run_python("-m", "optiverse_collab_server", "invite", *options, "--data", str(data)).output
        return parse_address(link.strip()).token or ""

    async def come_in(live: LiveServer, session: str, token: str) -> str:
        async with live.client(f"Gil {session}", session, token=token) as guest:
            return str(guest.ack["token"])

    server = Workers(tmp_path / "data", "--workers", "2", "--auth", "local")
    with server:
        run(main(tmp_path / "data", server))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_all_end_in_order(server: Workers, number: signal.Signals) -> None:
    """CLOSE-3: with a reason for everybody, and the exit code 0."""

    async def main() -> None:
        live = LiveServer(server.port)
        async with live.client("ann", SESSIONS[0]) as ann, live.client("bob", SESSIONS[1]) as bob:
            for client in (ann, bob):
                await client.sync("1")
                await client.push(1, put("a"))
            os.killpg(server.pid, number)  # as a terminal does, and a service manager
            assert await ann.closed() == await bob.closed() == (1001, "restarting")
            assert await asyncio.to_thread(server.wait) == 0

    run(main())
    assert server.log[-1].endswith("Stopped")


def test_workers_end_with_their_server(server: Workers) -> None:
    """Also with ``kill -9``, so that the next one can begin."""

    async def main() -> None:
        async with LiveServer(server.port).client("ann", SESSIONS[1]) as ann:
            await ann.sync("1")
            await ann.push(1, put("a"))
            pids = [server.pid_of(number) for number in (1, 2)]
            os.kill(server.pid, signal.SIGKILL)
            assert await ann.closed() == (1001, "restarting")
            await until(lambda: not any(map(is_there, pids)))

    run(main())
    server.kill()
    server.start()

    async def look() -> None:
        async with LiveServer(server.port).client("bob", SESSIONS[1]) as bob:
            assert [record["id"] for record in (await bob.sync("2"))["records"]] == ["a"]

    run(look())


def test_monitors_ask_all_workers_or_one(server: Workers) -> None:
    async def main() -> None:
        async with LiveServer(server.port).client("ann", SESSIONS[1]):
            assert (await get(server.port, "/healthz")).status == 200
            assert (await get(server.port, "/readyz")).body == "Ready.\n"
            assert (await get(server.port, "/metrics")).body.startswith("Each worker has metrics of its own")
            for worker, sessions in ((1, 0), (2, 1)):
                answer = await get(server.port, f"/metrics?worker={worker}")
                assert f"optiverse_collab_sessions {sessions}.0" in answer.body
                assert (await get(server.port, f"/readyz?worker={worker}")).status == 200
            assert (await get(server.port, "/anything")).status == 404
            server.kill_worker(1)
            for status in (503, 200):
                while (await get(server.port, "/readyz")).status != status:
                    pass

    run(main())


def test_a_slow_request_gets_there_whole(server: Workers) -> None:
    """Byte by byte: nothing of it is lost on the way to the worker."""

    async def main() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in f"GET /ws/{SESSIONS[1]}/ann HTTP/1.1\r\nHost: x\r\n\r\n".encode():
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0)
        assert (await reader.read()).startswith(b"HTTP/1.1 426")
        writer.close()

    run(main())


def test_commands_know_all_sessions(
    server: Workers, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, backup, file = (
        ("--data", str(tmp_path / "data")),
        str(tmp_path / "backup"),
        str(tmp_path / "s.json"),
    )

    async def edit(client_id: str) -> None:
        live = LiveServer(server.port)
        for session in SESSIONS:
            async with live.client("ann", session) as ann:
                await ann.sync(client_id)
                await ann.push(1, put(f"{session} {client_id}"))

    def changes() -> dict[str, int]:
        listed = printed(capsys, "sessions", *data)
        assert isinstance(listed, list)
        return {one["session"]: one["change"] for one in listed}

    run(edit("1"))
    assert changes() == dict.fromkeys(SESSIONS, 1)
    printed(capsys, "backup", backup, *data)
    assert command(["delete", "lab", "--yes", *data]) == 1, "the server runs"
    run(edit("2"))
    assert server.terminate() == 0
    printed(capsys, "export", "lab", file, *data)
    for session in SESSIONS:
        printed(capsys, "delete", session, "--yes", *data)
    printed(capsys, "import", file, *data)
    assert changes() == {"lab": 2}
    printed(capsys, "prune", *data)
    printed(capsys, "check", *data)
    printed(capsys, "restore", backup, *data)
    assert changes() == dict.fromkeys(SESSIONS, 1)
    assert command(["--port", "0", *data]) == 1
    printed(capsys, "divide", "--workers", "1", *data)
    assert changes() == dict.fromkeys(SESSIONS, 1)
    assert command(["--port", "0", "--workers", "2", *data]) == 1
    printed(capsys, "divide", "--workers", "2", *data)
    server.start()
    run(edit("3"))
    assert changes() == dict.fromkeys(SESSIONS, 2)
