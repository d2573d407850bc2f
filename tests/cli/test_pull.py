"""``optiverse-collab pull``: writes a session's bench to a file, and overwrites nothing unasked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from optiverse_collab.convert import same_bench
from optiverse_collab.scripting import Bench
from tests.helpers.benches import load
from tests.helpers.cli import SMALL, command, fail, succeed
from tests.helpers.server_process import ServerProcess


@pytest.fixture
def there(server: ServerProcess, session_id: str) -> list[str]:
    """The options that name the test's session."""
    return ["--server", server.url, "--session", session_id]


def test_pull_of_nothing_writes_nothing(there: list[str], tmp_path: Path) -> None:
    """A mistyped session is empty, and must not replace a good file."""
    path = tmp_path / "bench.json"
    path.write_text("precious", "utf-8")
    for target in (str(path), "-"):
        assert "is empty, so nothing was written" in fail("pull", target, "--replace", *there)
    assert path.read_text("utf-8") == "precious"


def test_file_is_overwritten_only_when_asked(
    server: ServerProcess, session_id: str, there: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "bench.json"
    succeed("push", SMALL, *there)
    succeed("pull", str(path), *there)
    content = path.read_bytes()
    with Bench(server.url, session_id) as bench:
        lens = next(item for item in bench.values() if item.kind == "component")
        lens.move(1.0, 2.0)
    assert f"{path} exists, so nothing was written" in fail("pull", str(path), *there)
    assert path.read_bytes() == content
    succeed("pull", str(path), "--replace", *there)
    assert path.read_bytes() != content


def test_pull_gives_the_bench_that_was_pushed(there: list[str], tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    succeed("push", SMALL, *there)
    assert "Wrote the 27 records" in succeed("pull", str(path), *there)
    bench = load("bench_small")
    assert same_bench(bench, json.loads(path.read_text("utf-8"))) == []
    assert same_bench(bench, json.loads(succeed("pull", "-", *there))) == []


def test_output_is_utf_8_whatever_the_terminal(there: list[str]) -> None:
    there += ["--user", "Zoë 光"]
    succeed("push", SMALL, *there)
    ended = command("pull", "-", *there, PYTHONIOENCODING="ascii")
    assert same_bench(load("bench_small"), json.loads(ended.output)) == []
