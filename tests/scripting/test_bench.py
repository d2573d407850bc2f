"""The asyncio client against a real server."""

from __future__ import annotations

import asyncio
import logging
import math
from pathlib import Path

import pytest

from optiverse_collab.convert import read_bench, same_bench
from optiverse_collab.core.client.effects import ParticipantJoined, ParticipantLeft, ShowChange
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.records import Put, Record, Remove, Set
from optiverse_collab.errors import ChangeRefused, CollaborationError, ConnectionFailed, WouldOverwrite
from optiverse_collab.scripting import AsyncBench, connect
from tests.helpers.aio import run, until
from tests.helpers.benches import DATA
from tests.helpers.live_server import live_server
from tests.helpers.proxy import proxy


def test_edit_that_breaks_a_rule_changes_nothing() -> None:
    """A change is applied as a whole or not at all; REP-6, LIM-2, LIM-6."""

    async def main() -> None:
        async with live_server() as server, connect(server.url) as bench:
            for op in (Set("nowhere", {"a": 1}), Put("x", "k", {"a": math.nan}), Put("", "k")):
                with pytest.raises(ChangeRefused):
                    bench.edit([Put("lens", "component"), op])
            with pytest.raises(ChangeRefused):
                bench.put("big", "component", {"notes": "x" * 600_000})
            with pytest.raises(ChangeRefused):
                bench.show_presence(cursor=[math.inf, 0])
            assert len(bench) == 0
            await bench.flush()

    run(main())


def test_refusal_of_the_server_surfaces_in_flush(caplog: pytest.LogCaptureFixture) -> None:
    """LIM-6: only the server counts the records of a session; REP-8: refusals are reported."""

    async def main() -> None:
        async with live_server(limits=Limits(records=1)) as server, connect(server.url) as bench:
            bench.put("lens", "component", {"name": "Lens 1"})
            bench.put("mirror", "component", {"name": "Mirror 1"})
            with pytest.raises(CollaborationError, match="refused 1 change: "):
                await bench.flush()
            assert list(bench) == ["lens"]
            await bench.flush()

    run(main())
    [warning] = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert warning.startswith('✗ Your change (name = "Mirror 1") of "Mirror 1" was refused by the server: ')


def test_flush_says_what_the_server_does_not_have() -> None:
    """And if the script raises an error, the block ends without waiting for a server that is gone."""

    async def main() -> None:
        async with live_server() as server, proxy(server.port) as network:

            async def work() -> None:
                async with connect(network.url) as bench:
                    network.stall()
                    bench.put("lens", "component", {})
                    bench.put("mirror", "component", {})
                    with pytest.raises(ConnectionFailed) as caught:
                        await bench.flush(0.2)
                    assert str(caught.value) == (
                        "The server acknowledged nothing for 0.2 s; 2 changes of yours are not on the server."
                    )
                    network.cut()
                    await until(lambda: bench.me is None)
                    raise ZeroDivisionError

            with pytest.raises(ZeroDivisionError):
                await work()

    run(main())


def test_what_was_done_before_an_error_arrives() -> None:
    async def main() -> None:
        async with live_server() as server:

            async def work() -> None:
                async with connect(server.url) as bench:
                    bench.put("lens", "component", {})
                    raise ZeroDivisionError

            with pytest.raises(ZeroDivisionError):
                await work()
            async with connect(server.url) as other:
                assert list(other) == ["lens"]

    run(main())


def test_cancellation_leaves_without_waiting(caplog: pytest.LogCaptureFixture) -> None:
    """For example, by Ctrl+C: nobody wants to wait then, and the log says what the server did not get."""

    async def main() -> None:
        async with live_server() as server, proxy(server.port) as network:
            stalled = asyncio.Event()

            async def work() -> None:
                async with connect(network.url) as bench:
                    network.stall()
                    bench.put("lens", "component", {})
                    stalled.set()
                    await bench.flush()

            working = asyncio.create_task(work())
            await stalled.wait()
            working.cancel()
            with pytest.raises(asyncio.CancelledError):
                await working

    run(main())
    assert any(" has not confirmed your change of component lens;" in line for line in caplog.messages)


def test_nothing_goes_on_after_leaving() -> None:
    async def main() -> None:
        async with live_server() as server:
            async with connect(server.url) as bench:
                changes = bench.changes()
            assert [change async for change in changes] == []
            assert bench.participants == []
            with pytest.raises(ConnectionFailed, match="The session was left"):
                bench.put("lens", "component", {})

    run(main())


def test_two_of_the_same_name() -> None:
    """MSG-2: both work, and the second appears under another name."""

    async def main() -> None:
        async with live_server() as server, connect(server.url, user="Ann") as ann:
            comings = ann.listen(ParticipantJoined, ParticipantLeft)
            async with connect(server.url, user="Ann") as bob:
                assert bob.me is not None
                assert bob.me.user_id == "Ann (2)"
                bob.put("lens", "component", {})
                ann.put("mirror", "component", {})
                await until(lambda: len(ann) == len(bob) == 2)
                assert {one.user_id for one in bob.participants} == {"Ann", "Ann (2)"}
            told = [type(effect) for effect in await comings.wait()]
            told += [type(effect) for effect in await comings.wait()] if len(told) == 1 else []
            assert told == [ParticipantJoined, ParticipantLeft]
            assert [one.user_id for one in ann.participants] == ["Ann"]

    run(main())


def test_changes_of_others_with_their_authors() -> None:
    """REP-4: one's own changes are not among them; a script that listens later gets only later ones."""

    async def main() -> None:
        async with (
            live_server() as server,
            connect(server.url, user="Ann") as ann,
            connect(server.url, user="Bob") as bob,
        ):
            heard = ann.changes()
            ann.put("mine", "component", {})
            bob.put("lens", "component", {"pos": [0.0, 0.0]})
            change = await heard.__anext__()
            assert change.ops == (Put("lens", "component", {"pos": [0.0, 0.0]}),)
            assert change.authors["lens"] == "Bob"
            later = ann.changes()
            bob["lens"].move(1.0, 2.0)
            moved = ShowChange((Set("lens", {"pos": [1.0, 2.0]}),), {"lens": "Bob"})
            assert [await heard.wait(), await later.wait()] == [[moved], [moved]]
            assert await later.wait(0.05) == []
            bob.remove("lens")
            async for change in heard:
                assert change == ShowChange((Remove("lens"),), {"lens": "Bob"})
                break

    run(main())


def test_presence_reaches_others() -> None:
    """PRES-1."""

    async def main() -> None:
        async with live_server() as server, server.client("raw") as raw, connect(server.url) as bench:
            bench.show_presence(cursor=(1, 2.5), selection=["lens"])
            told = await raw.receive("presence")
            assert list(told["participants"].values()) == [{"cursor": [1, 2.5], "selection": ["lens"]}]
            bench.show_presence(cursor=None)
            told = await raw.receive("presence")
            assert list(told["participants"].values()) == [{"cursor": None}]

    run(main())


def test_records_are_a_view() -> None:
    async def main() -> None:
        async with live_server() as server, connect(server.url) as bench:
            records = bench.records
            bench.put("lens", "component", {})
            assert records == {"lens": Record("lens", "component", {})}
            with pytest.raises(TypeError):
                records["mirror"] = Record("mirror", "component", {})  # type: ignore[index]

    run(main())


def test_edits_of_many_stay_equal() -> None:
    async def main() -> None:
        async with live_server() as server:

            async def work(name: str) -> None:
                async with connect(server.url, user=name) as bench:
                    for number in range(40):
                        bench.put(f"{name} {number}", "component", {})
                        bench.put("shared", "component", {"pos": [number, 0]})
                        await asyncio.sleep(0)

            await asyncio.gather(*(work(f"user {number}") for number in range(8)))
            async with connect(server.url) as bench:
                assert len(bench) == 8 * 40 + 1

    run(main())


@pytest.mark.parametrize("name", ["bench_small", "bench_300", "bench_layers"])
def test_bench_survives_import_sync_and_export(name: str, tmp_path: Path) -> None:
    """Real files: to the server, to a second client and back into a file."""

    async def main() -> None:
        path = DATA / f"{name}.json"
        done: list[tuple[int, int]] = []
        async with live_server() as server, connect(server.url) as ann, connect(server.url) as bob:
            plan = await ann.import_file(path, progress=lambda *step: done.append(step))
            assert done[-1] == (plan.added, len(plan.ops))
            await until(lambda: len(bob) == len(ann))
            await bob.export_file(tmp_path / "bob.json")
            async with connect(server.url) as late:
                await late.export_file(tmp_path / "late.json")
        for copy in ("bob.json", "late.json"):
            assert same_bench(read_bench(path), read_bench(tmp_path / copy)) == []

    run(main())


def test_import_again_and_import_of_other_content(tmp_path: Path) -> None:
    async def main() -> None:
        async with live_server() as server, connect(server.url) as bench:
            path = DATA / "bench_small.json"
            first = await bench.import_file(path)
            again = await bench.import_file(path)
            assert (again.added, again.changed, again.unchanged) == (0, 0, first.added)
            lens = next(item for item in bench.values() if item.kind == "component")
            before = lens["pos"]
            lens.move(1.0, 2.0)
            with pytest.raises(WouldOverwrite):
                await bench.import_file(path)
            assert lens["pos"] == [1.0, 2.0]
            replaced = await bench.import_file(path, replace=True)
            assert (replaced.added, replaced.changed) == (0, 1)
            assert lens["pos"] == before

    run(main())


def big_bench(count: int) -> dict[str, Record]:
    """Records of a typical size, about 700 bytes each."""
    interface = {"x1_mm": -10.5, "y1_mm": 3.25, "x2_mm": 10.5, "y2_mm": 1 / 3, "element_type": "lens"}
    props = {"angle_deg": 45.0, "interfaces": [interface] * 4, "notes": "x" * 200, "name": "Lens ½″"}
    return {
        str(number): Record(str(number), "component", {**props, "pos": [number / 7, 0.0]})
        for number in range(count)
    }


def test_ten_thousand_items_join_in_small_messages() -> None:
    """SYNC-3, LIM-1: no message is longer than 1 MiB, in either direction."""

    async def main() -> None:
        records = big_bench(10_000)
        received: list[tuple[int, int]] = []
        async with live_server() as server:
            async with connect(server.url) as ann:
                await ann.import_records(records)
            async with connect(server.url, progress=lambda *step: received.append(step)) as bob:
                assert dict(bob.records) == records
        assert len(received) > 10
        assert received == sorted(received)
        assert {total for _, total in received} == {10_000}

    run(main())


def test_stream_that_nobody_holds_keeps_nothing() -> None:
    async def main() -> None:
        async with live_server() as server, connect(server.url) as bench:
            assert isinstance(bench, AsyncBench)
            bench.changes()
            held = bench.changes()
            await until(lambda: len(bench._streams) == 1)
            assert list(bench._streams) == [held]

    run(main())
