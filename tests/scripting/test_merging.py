"""A copy that was edited elsewhere, merged by a script with a real server."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from optiverse_collab.convert import bench_from_records, write_bench
from optiverse_collab.convert.ancestor_search import Certainty
from optiverse_collab.convert.stray_copy import merge_copy
from optiverse_collab.core.access import Role
from optiverse_collab.core.records import Op, Put, Record, Remove, Set
from optiverse_collab.errors import ChangeRefused, CollaborationError
from optiverse_collab.scripting import AsyncBench, Bench, MergedCopy, connect, merging
from optiverse_collab.scripting.files import FileRecords
from optiverse_collab_server.storage import MemoryStore, Span, StoredEntries
from tests.helpers.aio import run
from tests.helpers.live_server import live_server
from tests.helpers.server_process import ServerProcess

NAMES = "lens", "mirror", "wall", "stage"


def item(id: str, x: float, **props: Any) -> Record:
    """A component."""
    return Record(id, "component", {"pos": [x, 0.0], **props})


def copy(**places: float) -> dict[str, Record]:
    """A copy with the session's items, some of them elsewhere."""
    return {id: item(id, places.get(id, 0.0)) for id in NAMES}


async def merged_into(
    bench: AsyncBench, records: dict[str, Record], ancestor: int | None = None, dry_run: bool = False
) -> MergedCopy:
    """Merge a copy with these records."""
    return await bench.merge_file(FileRecords(records, False), ancestor, dry_run)


def move(id: str, x: float) -> Op:
    return Set(id, {"pos": [x, 0.0]})


async def fill(bench: AsyncBench, *more: Op) -> None:
    """Put the items into the session, and make more changes."""
    bench.edit([Put(id, "component", item(id, 0.0).props) for id in NAMES])
    await bench.flush()
    for op in more:
        bench.edit([op])
        await bench.flush()


def test_its_edits_are_one_step_that_yields() -> None:
    """SEEN-5, HIST-8"""

    async def main() -> None:
        async with live_server() as server, connect(server.url, user="Ann") as ann:
            await fill(ann, move("mirror", 5.0), move("wall", 7.0), move("mirror", 6.0))
            mine = {**copy(mirror=5.0, wall=9.0, stage=3.0), "new": item("new", 1.0)}
            async with connect(server.url, user="Ben") as ben:
                merged = await merged_into(ben, mine)
                assert (merged.left.clock, merged.left.certainty) == (2, Certainty.SURE)
                assert merged.changes == [Put("new", "component", mine["new"].props), move("stage", 3.0)]
                [conflict] = merged.conflicts
                assert (conflict.mine, conflict.theirs) == ({"pos": [9.0, 0.0]}, {"pos": [7.0, 0.0]})
                assert (conflict.by, conflict.stands) == ("Ann", "theirs")
                [step] = await ben.history(after=4)
                assert {id for id, *_ in step.edits} == {"new", "stage"}
                again = await merged_into(ben, mine)
                assert again.changes == []

    run(main())


def test_a_file_is_merged_without_asyncio(server: ServerProcess, session_id: str, tmp_path: Path) -> None:
    path = tmp_path / "copy.json"
    with Bench(server.url, session_id) as bench:
        for id in NAMES:
            bench.put(id, "component", item(id, 0.0).props)
        bench.flush()
        write_bench(path, bench_from_records({**bench.records, "lens": item("lens", 4.0)}))
        merged = bench.merge_file(path, dry_run=True)
        assert [op.id for op in merged.changes] == ["lens"]
        assert bench["lens"]["pos"] == [0.0, 0.0]
        assert merged.before["lens"] == item("lens", 0.0)


@pytest.mark.parametrize("first", [2, 3])
def test_beyond_the_kept_history_nothing_was_removed(first: int) -> None:
    """HIST-7: the copy is older than the first change that is kept."""

    class Dropped(MemoryStore):
        async def load_entries(self, session_id: str, span: Span) -> StoredEntries | None:
            return await super().load_entries(session_id, span._replace(after=max(span.after, first)))

    async def main() -> None:
        async with live_server(Dropped()) as server, connect(server.url) as bench:
            await fill(bench, move("mirror", 5.0), move("mirror", 6.0))
            mine = copy(mirror=3.0)
            del mine["wall"]
            merged = await merged_into(bench, mine)
            assert (merged.left.clock, merged.left.is_oldest, merged.changes) == (first, True, [])
            assert [conflict.id for conflict in merged.conflicts] == ["mirror"]
            assert "wall" in bench

    run(main())


def test_a_viewer_may_only_try_it() -> None:
    """RIGHT-1"""

    async def main() -> None:
        async with live_server() as server, connect(server.url) as bench:
            await fill(bench, move("mirror", 5.0))
            bench._replica.set_role(Role.VIEWER)
            mine = copy(mirror=5.0, lens=2.0)
            assert (await merged_into(bench, mine, dry_run=True)).changes == [move("lens", 2.0)]
            with pytest.raises(ChangeRefused, match="may only view"):
                await merged_into(bench, mine)
            assert (await merged_into(bench, copy(mirror=5.0))).changes == []

    run(main())


def test_what_others_do_meanwhile_stays(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """SEEN-4: while the copy is compared. What is refused for another reason is in the log."""

    async def main() -> None:
        async with (
            live_server() as server,
            connect(server.url, user="Ann") as ann,
            connect(server.url, user="Ben") as ben,
        ):
            await fill(ann, move("stage", 5.0))
            mine = copy(stage=5.0, lens=2.0, mirror=3.0)
            mine["wall"] = item("wall", 0.0, notes="x" * ben._replica.limits.record_bytes)
            mine["stage"] = item("stage", 5.0, notes="Mine")
            heard = ben.changes()
            loop = asyncio.get_running_loop()

            async def edit() -> None:
                ann.edit([move("lens", 8.0), Remove("mirror")])
                await ann.flush()
                while "mirror" in ben:
                    await heard.wait()

            def compare(*arguments: Any) -> Any:
                found = merge_copy(*arguments)
                asyncio.run_coroutine_threadsafe(edit(), loop).result()
                return found

            monkeypatch.setattr(merging, "merge_copy", compare)
            merged = await merged_into(ben, mine)
            assert {conflict.id for conflict in merged.conflicts} == {"lens", "mirror"}
            assert all(conflict.by in ("Ann", "") for conflict in merged.conflicts)
            assert ben["lens"]["pos"] == [8.0, 0.0]
            assert "was not shared" in caplog.text
            assert "notes" not in ben["wall"]
            assert ben["stage"]["notes"] == "Mine"

    run(main())


@pytest.mark.parametrize(
    ("mine", "ancestor", "sentence"),
    [
        ({"other": item("other", 0.0)}, None, "No item of this copy was ever in the session"),
        ({"lens": item("lens", 0.0)}, None, "It is not sure when this copy left"),
        (copy(), 0, "has no moment 0"),
        (copy(), 9, "has no moment 9"),
    ],
)
def test_a_merge_without_an_ancestor_is_refused(
    mine: dict[str, Record], ancestor: int | None, sentence: str
) -> None:
    async def main() -> None:
        async with live_server() as server, connect(server.url) as bench:
            await fill(bench)
            with pytest.raises(CollaborationError, match=sentence):
                await merged_into(bench, mine, ancestor)
            assert bench.clock == 1

    run(main())


def test_an_empty_session_has_no_ancestor() -> None:
    async def main() -> None:
        async with live_server() as server, connect(server.url) as bench:
            with pytest.raises(CollaborationError, match="No item of this copy"):
                await merged_into(bench, copy())

    run(main())


def test_a_known_ancestor_needs_no_search() -> None:
    async def main() -> None:
        async with live_server() as server, connect(server.url) as bench:
            await fill(bench, move("mirror", 5.0), move("wall", 7.0))
            mine = {id: record for id, record in copy(mirror=5.0).items() if id in ("lens", "mirror")}
            merged = await merged_into(bench, mine, ancestor=2)
            assert merged.left.certainty is Certainty.GIVEN
            assert merged.changes == [Remove("stage")]
            assert [conflict.id for conflict in merged.conflicts] == ["wall"]

    run(main())
