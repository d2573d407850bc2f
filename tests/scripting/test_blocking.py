"""The client for scripts that run from top to bottom, with a real server process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from optiverse_collab.convert import read_bench, same_bench
from optiverse_collab.core.records import Op, Put, Remove, Set
from optiverse_collab.errors import BenchFileError, ChangeRefused, ConnectionFailed, EditsInConflict
from optiverse_collab.scripting import Bench, Conflict
from tests.drivers.aio.test_connection import free_port
from tests.helpers.benches import DATA
from tests.helpers.server_process import ServerProcess


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """One server for all tests here; each test has its own session."""
    with ServerProcess(tmp_path_factory.mktemp("data")) as process:
        yield process


@pytest.fixture
def session(request: pytest.FixtureRequest) -> str:
    return str(request.node.name)


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "optiverse-collab"]


def test_errors_surface_in_the_caller(server: ServerProcess, session: str, tmp_path: Path) -> None:
    with Bench(server.url, session) as bench:
        with pytest.raises(KeyError, match="no record 'nowhere'"):
            bench["nowhere"]
        with pytest.raises(ChangeRefused, match="no record 'nowhere'"):
            bench.set("nowhere", {"a": 1})
        with pytest.raises(ChangeRefused):
            bench.show_presence(cursor=object())
        with pytest.raises(BenchFileError):
            bench.import_file(tmp_path / "nowhere.json")
        with pytest.raises(ConnectionFailed, match="already connected"):
            bench.open()


def test_invite_link_is_an_address(server: ServerProcess) -> None:
    """The same rule as in the connect dialog."""
    with Bench(f" {server.url.removeprefix('ws://')}/ws/link ") as bench, Bench(server.url, "link") as other:
        bench.put("lens", "component", {})
        bench.flush()
        while "lens" not in other:
            other.wait_for_changes(0.1)


def test_no_server_leaves_no_thread() -> None:
    for _ in range(3):
        with pytest.raises(ConnectionFailed, match="Nothing answers"), Bench(f"ws://127.0.0.1:{free_port()}"):
            pytest.fail("it connected")
    assert threads() == []


def test_outside_of_a_session(server: ServerProcess, session: str) -> None:
    bench = Bench(server.url, session)
    with pytest.raises(ConnectionFailed, match="is not connected; use it in a with block"):
        bench.put("lens", "component", {})
    bench.close()
    bench.open()
    bench.put("lens", "component", {})
    bench.close()
    bench.close()
    with pytest.raises(ConnectionFailed, match="is not connected"):
        bench["lens"]
    with bench:
        assert list(bench) == ["lens"]
    assert threads() == []


def test_error_in_the_block_is_not_hidden(server: ServerProcess, session: str) -> None:
    def work() -> None:
        with Bench(server.url, session) as bench:
            bench.put("lens", "component", {})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    with Bench(server.url, session) as bench:
        assert "lens" in bench


def test_leaving_says_what_the_server_does_not_have(tmp_path: Path) -> None:
    """CLK-3: its history is gone, so waiting is useless."""
    with ServerProcess(tmp_path / "old") as old:
        bench = Bench(old.url).open()
        bench.put("lens", "component", {})
        bench.flush()
        old.kill()
        bench.put("mirror", "component", {})
        new = ServerProcess(tmp_path / "new")
        new.port = old.port
        with new, pytest.raises(ConnectionFailed, match=r"different history.*1 change of yours"):
            bench.close()
    assert threads() == []


def test_three_lines_move_a_lens(server: ServerProcess, session: str) -> None:
    with Bench(server.url, session) as bench:
        bench.put("lens-uuid", "component", {"name": "Lens 1", "pos": [0.0, 0.0], "angle_deg": 0.0})
    with Bench(server.url, session=session, user="script") as bench:
        [lens] = bench.named("Lens 1")
        lens.move(120.0, 0.0)
    with Bench(server.url, session) as bench:
        bench["lens-uuid"]["angle_deg"] = 45.0
        assert dict(bench["lens-uuid"]) == {"name": "Lens 1", "pos": [120.0, 0.0], "angle_deg": 45.0}
        assert bench.records["lens-uuid"].props["angle_deg"] == 45.0


def test_listening(server: ServerProcess, session: str) -> None:
    with Bench(server.url, session, "Ann") as ann, Bench(server.url, session, "Bob") as bob:
        assert ann.wait_for_changes(0.05) == []
        bob.put("lens", "component", {})
        bob.flush()
        [change] = ann.wait_for_changes()
        assert change.ops == (Put("lens", "component", {}),)
        assert change.authors == {"lens": "Bob"}
        bob["lens"]["name"] = "Lens 1"
        bob.flush()
        bob.remove("lens")
        told: list[Op] = []
        for change in ann.changes():
            told += change.ops
            if isinstance(told[-1], Remove):
                break
        assert told == [Set("lens", {"name": "Lens 1"}), Remove("lens")]
        assert {one.user_id for one in ann.participants} == {"Ann", "Bob"}


def test_listening_ends_with_the_session(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "old") as old:
        bench = Bench(old.url).open()
        bench.put("lens", "component", {})
        bench.flush()
        old.kill()
        new = ServerProcess(tmp_path / "new")
        new.port = old.port
        with new, pytest.raises(ConnectionFailed, match="different history"):
            bench.wait_for_changes()
        bench.close()
    assert threads() == []


def test_import_and_export(server: ServerProcess, session: str, tmp_path: Path) -> None:
    path = DATA / "bench_300.json"
    with Bench(server.url, session) as bench:
        plan = bench.import_file(path)
        assert plan.added == len(bench.records)
    with Bench(server.url, session) as bench:
        bench.export_file(tmp_path / "copy.json")
    assert same_bench(read_bench(path), read_bench(tmp_path / "copy.json")) == []


def test_many_threads_share_a_bench(server: ServerProcess, session: str) -> None:
    errors: list[BaseException] = []
    with Bench(server.url, session) as bench:

        def work(name: str) -> None:
            try:
                for number in range(30):
                    bench.put(f"{name} {number}", "component", {"pos": [0.0, 0.0]})
                    bench[f"{name} {number}"].move(number, number)
                    list(bench.records)
            except BaseException as error:  # noqa: BLE001 - the main thread raises it
                errors.append(error)

        workers = [threading.Thread(target=work, args=(f"thread {number}",)) for number in range(6)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert errors == []
    with Bench(server.url, session) as bench:
        assert len(bench) == 6 * 30
        assert bench["thread 5 29"]["pos"] == [29.0, 29.0]


def test_conflicts_reach_the_caller(server: ServerProcess, session: str) -> None:
    """SEEN-10: `test_bench_conflicts` shows how they arise."""
    conflict = Conflict(
        "lens", "Lens 1", ["pos"], {"pos": [1.0, 1.0]}, None, "Ben", "theirs", "Ben removed it."
    )
    with Bench(server.url, session) as bench:
        for strict in (False, True):
            bench._call(lambda: bench._bench._unacknowledged.conflicts.append(conflict))
            if strict:
                with pytest.raises(EditsInConflict, match=r"Ben removed it\.") as caught:
                    bench.flush(strict=True)
                assert caught.value.conflicts == [conflict]
            else:
                assert bench.flush() == [conflict]
            assert bench.flush(strict=True) == []
