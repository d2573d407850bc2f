"""The command, as users run it: a process against a real server process."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from optiverse_collab.cli.main import main
from optiverse_collab.convert import same_bench
from optiverse_collab.scripting import Bench
from tests.drivers.aio.test_connection import free_port
from tests.helpers.aio import DEADLINE_S
from tests.helpers.benches import DATA, load
from tests.helpers.server_process import ServerProcess

SMALL = str(DATA / "bench_small.json")
COMMAND = [sys.executable, "-m", "optiverse_collab"]


@pytest.fixture
def session(session_id: str) -> str:
    return session_id


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **more}


def command(*arguments: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command to its end."""
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, timeout=DEADLINE_S, env=environment(**more)
    )


def succeed(*arguments: str) -> str:
    """Run the command, which must succeed without a word on standard error; returns its output."""
    ended = command(*arguments, PYTHONIOENCODING="utf-8")
    assert (ended.returncode, ended.stderr) == (0, b"")
    return ended.stdout.decode().replace("\r\n", "\n")


def fail(*arguments: str) -> str:
    """Run the command, which must fail with one sentence and no output; returns the sentence."""
    ended = command(*arguments, PYTHONIOENCODING="utf-8")
    assert (ended.returncode, ended.stdout) == (1, b"")
    [line] = ended.stderr.decode().splitlines()
    assert line.startswith("optiverse-collab: ")
    assert line.endswith(".")
    return line


class Watching:
    """``optiverse-collab watch``, and the lines that it prints."""

    def __init__(self, *arguments: str) -> None:
        self.lines: list[str] = []
        self._process = subprocess.Popen(
            [*COMMAND, "watch", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(PYTHONIOENCODING="utf-8"),
            encoding="utf-8",
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def wait_for(self, text: str) -> None:
        """Wait for a line with `text` after its time."""
        deadline = time.monotonic() + DEADLINE_S
        while not any(text in line for line in self.lines):
            assert time.monotonic() < deadline, self.lines
            assert self._process.poll() is None, self.lines
            time.sleep(0.01)

    def end(self, by: int) -> tuple[int, str]:
        """Send a signal; returns exit code and what is on standard error."""
        self._process.send_signal(by)
        return self.ended()

    def ended(self) -> tuple[int, str]:
        """Wait for the end by itself."""
        try:
            assert self._process.stderr is not None
            errors = self._process.stderr.read()
            return self._process.wait(DEADLINE_S), errors
        finally:
            self._process.kill()
            self._reader.join()
            self._process.stderr.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as output:
            self.lines.extend(line.rstrip("\n") for line in iter(output.readline, ""))


def texts(lines: list[str]) -> list[str]:
    """What was printed behind the times."""
    assert all(re.match(r"\d\d:\d\d:\d\d ", line) for line in lines)
    return [line[9:] for line in lines]


def test_no_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([])
    assert "COMMAND" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["pusch"], ["push"], ["push", SMALL, "--force"], ["who", "default"]])
def test_wrong_arguments_are_a_usage_error(arguments: list[str]) -> None:
    ended = command(*arguments)
    assert (ended.returncode, ended.stdout) == (2, b"")
    assert ended.stderr.startswith(b"usage: optiverse-collab")


@pytest.mark.parametrize(
    ("server", "sentence"),
    [
        (f"ws://127.0.0.1:{free_port()}", "Nothing answers at 127.0.0.1:"),
        ("http://localhost:8765", "The server speaks WebSocket, not HTTP; write ws://localhost:8765."),
        ("localhost:8765", "begins with ws:// or wss://"),
    ],
)
@pytest.mark.parametrize("arguments", [["push", SMALL], ["pull", "-"], ["watch"], ["who"]])
def test_no_server(arguments: list[str], server: str, sentence: str) -> None:
    assert sentence in fail(*arguments, "--server", server)


def test_what_is_no_bench_is_said_before_a_session_is_made(server: ServerProcess, tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"version": "2.0", "items": [', "utf-8")
    there = ["--server", server.url, "--session", "never made"]
    assert "There is no file" in fail("push", str(tmp_path / "nowhere.json"), *there)
    assert "not a complete JSON file" in fail("push", str(broken), *there)
    assert not any("never made" in line for line in server.log)


@pytest.mark.parametrize("option", ["--session", "--user"])
@pytest.mark.parametrize("name", [" ", "x" * 129, ".."])
def test_names_that_cannot_be(server: ServerProcess, option: str, name: str) -> None:
    assert option.removeprefix("--") in fail("who", "--server", server.url, option, name)


def test_pull_of_nothing_writes_nothing(server: ServerProcess, session: str, tmp_path: Path) -> None:
    """A mistyped session is an empty one, and must not take the place of a good file."""
    path = tmp_path / "bench.json"
    path.write_text("precious", "utf-8")
    there = ["--server", server.url, "--session", session]
    for target in (str(path), "-"):
        assert "is empty, so nothing was written" in fail("pull", target, "--replace", *there)
    assert path.read_text("utf-8") == "precious"


def test_nothing_is_overwritten_without_being_asked(
    server: ServerProcess, session: str, tmp_path: Path
) -> None:
    there = ["--server", server.url, "--session", session]
    path = tmp_path / "bench.json"
    succeed("push", SMALL, *there)
    succeed("pull", str(path), *there)
    content = path.read_bytes()
    with Bench(server.url, session) as bench:
        lens = next(item for item in bench.values() if item.kind == "component")
        lens.move(1.0, 2.0)
    assert f"{path} exists, so nothing was written" in fail("pull", str(path), *there)
    assert path.read_bytes() == content
    assert "with other content, so nothing was changed" in fail("push", SMALL, *there)
    succeed("pull", str(path), "--replace", *there)
    assert path.read_bytes() != content
    assert "0 records added, 1 changed, 26 there already." in succeed("push", SMALL, "--replace", *there)


def test_push_and_pull_give_the_same_bench(server: ServerProcess, session: str, tmp_path: Path) -> None:
    there = ["--server", server.url, "--session", session]
    path = tmp_path / "bench.json"
    assert "27 records added, 0 changed, 0 there already." in succeed("push", SMALL, *there)
    assert "0 records added, 0 changed, 27 there already." in succeed("push", SMALL, *there)
    assert "Wrote the 27 records" in succeed("pull", str(path), *there)
    bench = load("bench_small")
    assert same_bench(bench, json.loads(path.read_text("utf-8"))) == []
    assert same_bench(bench, json.loads(succeed("pull", "-", *there))) == []


def test_output_is_utf_8_json_whatever_the_terminal(server: ServerProcess, session: str) -> None:
    there = ["--server", server.url, "--session", session, "--user", "Zoë 光"]
    succeed("push", SMALL, *there)
    ended = command("pull", "-", *there, PYTHONIOENCODING="ascii")
    assert same_bench(load("bench_small"), json.loads(ended.stdout.decode("utf-8"))) == []
    ended = command("who", "--server", server.url, "--session", "光", PYTHONIOENCODING="cp1252")
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert ended.stdout.strip() == b"Nobody is in session '\\u5149'."


@pytest.mark.skipif(sys.platform == "win32", reason="pipes break differently there")
@pytest.mark.parametrize("arguments", [["pull", "-"], ["who"]])
def test_nobody_reads_the_output(server: ServerProcess, session: str, arguments: list[str]) -> None:
    with Bench(server.url, session) as bench:
        bench.import_file(SMALL)
    with subprocess.Popen(
        [*COMMAND, *arguments, "--server", server.url, "--session", session],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b"optiverse-collab: Nobody reads the output any more.\n"
        assert process.wait(DEADLINE_S) == 1


def test_who(server: ServerProcess, session: str) -> None:
    there = ["--server", server.url, "--session", session]
    assert succeed("who", *there) == f"Nobody is in session '{session}'.\n"
    with Bench(server.url, session, "DESKTOP-X"), Bench(server.url, session, "evil\n\x1b[31m"):
        lines = succeed("who", *there).splitlines()
    assert [re.sub(r"\d", "0", line) for line in lines] == [
        "DESKTOP-X  since 0000-00-00 00:00:00",
        "evil\\n\\x0b[00m  since 0000-00-00 00:00:00",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C can't be sent to one process there")
def test_watch_tells_what_others_do_over_restarts(tmp_path: Path) -> None:
    with ServerProcess(tmp_path) as server:
        there = ["--server", server.url, "--session", "lab"]
        with Bench(server.url, "lab", "Ann") as ann:
            ann.put("lens", "component", {"name": "Standard Lens (1in)", "pos": [0.0, 0.0]})
            ann.flush()
            watching = Watching(*there, "--user", "Eve")
            watching.wait_for("watching")
            ann["lens"].move(10.0, 20.0)
            ann.flush()
            ann.remove("lens")
        watching.wait_for("Ann left")
        server.kill()
        server.start()
        watching.wait_for("connected again")
        succeed("push", SMALL, "--user", "DESKTOP-X", *there)
        watching.wait_for("DESKTOP-X left")
        code, errors = watching.end(signal.SIGINT)
    assert code == 130
    assert "Traceback" not in errors
    assert errors.splitlines()[0].startswith("✗ Disconnected from session 'lab' - ")
    assert texts(watching.lines) == [
        "watching 1 records of session 'lab', together with Ann",
        'Ann moved "Standard Lens (1in)" to (10.0, 20.0) mm',
        'Ann removed "Standard Lens (1in)"',
        "Ann left",
        "connected again, nobody else is there",
        "DESKTOP-X joined",
        "DESKTOP-X added 27 records",
        "DESKTOP-X left",
    ]


def test_watch_ends_with_the_session(tmp_path: Path) -> None:
    """CLK-3: another history is another bench."""
    with ServerProcess(tmp_path / "old") as old:
        with Bench(old.url) as bench:
            bench.import_file(SMALL)
        watching = Watching("--server", old.url)
        watching.wait_for("watching 27 records")
        old.kill()
        new = ServerProcess(tmp_path / "new")
        new.port = old.port
        with new:
            code, errors = watching.ended()
    assert code == 1
    assert errors.splitlines()[-1].startswith("optiverse-collab: The session on the server has another")
