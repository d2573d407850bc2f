"""``optiverse-collab push``: adds a bench to a session, and changes nothing there unasked."""

from __future__ import annotations

import argparse
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from optiverse_collab.cli import push
from optiverse_collab.cli.main import main
from optiverse_collab.convert import read_bench, records_from_bench, write_bench
from optiverse_collab.core.records import Set
from optiverse_collab.scripting import AsyncBench, Bench, connect
from tests.helpers.benches import DATA
from tests.helpers.cli import SMALL, UTF_8, command, fail, succeed
from tests.helpers.proxy import proxy
from tests.helpers.server_process import ServerProcess


def test_what_is_no_bench_is_said_before_a_session_is_made(server: ServerProcess, tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"version": "2.0", "items": [', "utf-8")
    there = ["--server", server.url, "--session", "never made"]
    assert "There is no file" in fail("push", str(tmp_path / "nowhere.json"), *there)
    assert "not a complete JSON file" in fail("push", str(broken), *there)
    assert not any("never made" in line for line in server.log)


def test_old_file_is_converted_and_says_so(server: ServerProcess, session_id: str) -> None:
    path = str(DATA / "bench_old_format.json")
    ended = command("push", path, "--server", server.url, "--session", session_id, **UTF_8)
    assert (ended.code, ended.output.count("6 records added")) == (0, 1)
    [warning] = ended.errors.splitlines()
    assert "from before version 2.0: its 6 elements and sources were converted" in warning
    with Bench(server.url, session_id) as bench:
        assert bench["lens-456"]["interfaces"][0]["efl_mm"] == 100.0


def test_records_that_are_there_already_are_left_alone(server: ServerProcess, session_id: str) -> None:
    there = ["--server", server.url, "--session", session_id]
    assert "27 records added, 0 changed, 0 there already." in succeed("push", SMALL, *there)
    assert "0 records added, 0 changed, 27 there already." in succeed("push", SMALL, *there)


def test_what_an_editor_writes_otherwise_is_there_already(
    server: ServerProcess, session_id: str, tmp_path: Path
) -> None:
    """docs/bench-format.md, "When two records are the same"."""
    there = ["--server", server.url, "--session", session_id]
    succeed("push", SMALL, *there)
    bench = read_bench(SMALL)
    for n, item in enumerate(bench["items"]):
        item.update(z_value=float(n), angle_deg=item["angle_deg"] + 360.0)
    write_bench(tmp_path / "saved.json", bench)
    assert "0 records added, 0 changed, 27 there already." in succeed(
        "push", str(tmp_path / "saved.json"), *there
    )


def test_replacing_sends_nothing_that_is_only_written_otherwise(
    server: ServerProcess, session_id: str, tmp_path: Path
) -> None:
    """So nobody reads that the bench was replaced, and values that only the session states stay."""
    there = ["--server", server.url, "--session", session_id]
    succeed("push", SMALL, *there)
    bench = read_bench(SMALL)
    first, second, *_ = bench["items"]
    for n, item in enumerate(bench["items"]):
        item.update(z_value=item.get("z_value", 0.0), angle_deg=item["angle_deg"] + 360.0, locked=n % 2 == 0)
    del first["name"]
    write_bench(tmp_path / "saved.json", bench)
    pushed = ["push", str(tmp_path / "saved.json"), "--replace", *there]
    with Bench(server.url, session_id) as session:
        clock = session.clock
        assert session.wait_for_changes(0.0) == []  # from here on
        assert "0 records added, 0 changed, 27 there already." in succeed(*pushed)
        second.update(x_mm=second["x_mm"] + 1.0)
        write_bench(tmp_path / "saved.json", bench)
        assert "0 records added, 1 changed, 26 there already." in succeed(*pushed)
        [change] = session.wait_for_changes()
        [op] = change.ops
        assert isinstance(op, Set)
        assert ({*op.props}, op.unset, session.clock) == ({"pos"}, [], clock + 2)  # and a version


def test_changed_records_are_overwritten_only_when_asked(server: ServerProcess, session_id: str) -> None:
    there = ["--server", server.url, "--session", session_id]
    succeed("push", SMALL, *there)
    with Bench(server.url, session_id) as bench:
        lens = next(item for item in bench.values() if item.kind == "component")
        lens.move(1.0, 2.0)
    assert "with other content, so nothing was changed" in fail("push", SMALL, *there)
    assert "0 records added, 1 changed, 26 there already." in succeed("push", SMALL, "--replace", *there)


def test_what_others_changed_meanwhile_stays(
    server: ServerProcess,
    session_id: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """SEEN-5: the command warns of each conflict, and fails, since the session lacks a part of the file."""
    id, record = next(iter(records_from_bench(read_bench(SMALL)).records.items()))

    @asynccontextmanager
    async def overtaken(options: argparse.Namespace) -> AsyncIterator[AsyncBench]:
        """Let Ben's edit arrive just before the command's own."""
        async with (
            proxy(server.port) as network,
            connect(network.url, options.session) as bench,
            connect(options.server, options.session, "Ben") as ben,
        ):
            network.stall()
            ben.put(id, record.kind, {**record.props, "name": "Ben's"})
            await ben.flush()
            network.resume()
            yield bench

    monkeypatch.setattr(push, "connected", overtaken)
    assert main(["push", SMALL, "--server", server.url, "--session", session_id]) == 1
    lacking = f"has {SMALL} now, except for what others changed meanwhile in 1 of its records"
    assert lacking in capsys.readouterr().err
    [warning] = [one.getMessage() for one in caplog.records if one.levelno == logging.WARNING]
    assert "Ben renamed" in warning
    assert "was not applied" in warning
    with Bench(server.url, session_id) as bench:
        assert (len(bench), bench[id]["name"]) == (27, "Ben's")
