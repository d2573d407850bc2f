"""A worker process, seen from the server: it is started again, and stopped."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from optiverse_collab.errors import StorageError
from optiverse_collab_server.workers import worker as module
from optiverse_collab_server.workers.worker import Worker
from tests.helpers.aio import run, until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="only Unix hands connections over")

READY = "import socket, sys; line = socket.socket(fileno=int(sys.argv[1])); line.send(b'r'); "
"""What a worker does first."""


def made(tmp_path: Path, program: str) -> Worker:
    """A worker that runs a program, and notes each start in a file."""
    note = f"open({str(tmp_path / 'starts')!r}, 'a').write(sys.stdin.read()); "
    return Worker(1, [sys.executable, "-c", f"import sys; {note}{program}"], b"job;", lambda by: None)


def starts(tmp_path: Path) -> int:
    """How often it was started."""
    file = tmp_path / "starts"
    return file.read_text().count("job;") if file.exists() else 0


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE_SECONDS", (0.01, 0.02))


def test_one_that_never_serves_is_an_error(tmp_path: Path) -> None:
    async def main() -> None:
        with pytest.raises(StorageError, match="Worker 1 did not start"):
            await made(tmp_path, "").run()

    run(main())
    assert starts(tmp_path) == 1


def test_one_that_ends_is_started_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Also if it then fails to start, more than once; a connection waits until it serves."""
    program = (
        f"n = open({str(tmp_path / 'starts')!r}).read().count('job;')\nif n in (2, 3): sys.exit(1)\n{READY}"
    )
    program += "line.recv(1)\nif n == 5: line.recv(1)"

    async def main() -> None:
        worker = made(tmp_path, program.replace("import sys; ", "", 1))
        life = asyncio.create_task(worker.run())
        await worker.started()
        assert worker.is_ready
        peer, own = socket.socketpair()
        with peer, own:
            for _ in range(2):
                await worker.hand_over(own)
                await until(lambda: not worker.is_ready)
            await worker.started()
        worker.look_at_grants()
        await worker.stop()
        await life
        assert not worker.failed

    with caplog.at_level(logging.INFO, "optiverse_collab_server"):
        run(main())
    assert starts(tmp_path) == 5
    assert "Worker 1 ended; its sessions continue when it is up again" in caplog.messages


def test_a_system_that_starts_no_process_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        worker = made(tmp_path, f"{READY} line.recv(1)")
        life = asyncio.create_task(worker.run())
        await worker.started()
        true, failures = (
            asyncio.create_subprocess_exec,
            iter([OSError(11, "Resource temporarily unavailable")]),
        )

        async def start(*command: str, **options: Any) -> asyncio.subprocess.Process:
            for failure in failures:
                raise failure
            return await true(*command, **options)

        monkeypatch.setattr(asyncio, "create_subprocess_exec", start)
        worker.look_at_grants()  # it ends
        await until(lambda: not worker.is_ready)
        await worker.started()
        await worker.stop()
        await life

    run(main())
    assert "Worker 1 can't be started: Resource temporarily unavailable" in caplog.messages


def test_one_that_is_being_started_again_ends_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """CLOSE-3: it may be between two processes, or have one that the server has not heard of."""
    monkeypatch.setattr(module, "PAUSE_SECONDS", (0.2, 0.2))

    async def main() -> None:
        worker = made(tmp_path, f"{READY} line.recv(1)")
        life = asyncio.create_task(worker.run())
        await asyncio.sleep(0)
        await worker.stop()
        await life
        worker = made(tmp_path, READY)
        life = asyncio.create_task(worker.run())
        await worker.started()
        await until(lambda: not worker.is_ready)
        await worker.stop()
        await life
        assert not worker.failed

    run(main())


def test_one_that_cannot_save_is_not_ready(tmp_path: Path) -> None:
    async def main() -> None:
        worker = made(tmp_path, f"{READY} line.send(b'l'); line.recv(1)")
        life = asyncio.create_task(worker.run())
        await worker.started()
        await until(lambda: worker.is_late)
        assert not worker.is_ready
        await worker.stop()
        await life

    run(main())


@pytest.mark.parametrize(
    "program", [f"{READY} line.recv(1); sys.exit(1)", f"{READY} sys.stdin.close(); input"]
)
def test_one_that_does_not_end_well_has_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    """CLOSE-3: it is killed if it takes too long."""
    hangs = "input" in program
    if hangs:
        program = f"{READY} import time; time.sleep(600)"
        monkeypatch.setattr(module, "STOP_SECONDS", 0.01)

    async def main() -> None:
        worker = made(tmp_path, program)
        await worker.stop()
        worker.kill()
        worker = made(tmp_path, program)
        life = asyncio.create_task(worker.run())
        await worker.started()
        await worker.stop()
        await life
        worker.kill()
        assert worker.failed

    run(main())
