"""Scripts that edit what others edit: what `flush` returns, warns about and raises (SEEN-10)."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.records import Record
from optiverse_collab.errors import CollaborationError, EditsInConflict
from optiverse_collab.scripting import AsyncBench, connect
from tests.helpers.aio import run, until
from tests.helpers.live_server import live_server
from tests.helpers.proxy import Proxy, proxy

LENS = {"name": "Lens 1", "pos": [0.0, 0.0], "angle_deg": 0.0}


@asynccontextmanager
async def two(limits: Limits | None = None) -> AsyncIterator[tuple[AsyncBench, AsyncBench, Proxy]]:
    """Ann, whose network can fail, and Ben; both see a lens."""
    async with (
        live_server(limits=limits) as server,
        proxy(server.port) as network,
        connect(network.url, user="Ann", chance=lambda: 0.0) as ann,
        connect(server.url, user="Ben") as ben,
    ):
        ben.put("lens", "component", LENS)
        await ben.flush()
        await until(lambda: "lens" in ann)
        yield ann, ben, network


async def move_behind(ann: AsyncBench, ben: AsyncBench, network: Proxy) -> None:
    """Ben moves the lens, and Ann moves it before she receives his edit."""
    network.stall()
    ben["lens"].move(2.0, 2.0)
    await ben.flush()
    ann["lens"].move(1.0, 1.0)
    network.resume()


async def move_away(ann: AsyncBench, ben: AsyncBench, network: Proxy) -> None:
    """Ben moves the lens, and Ann moves it while she is offline."""
    network.up = False
    network.cut()
    await until(lambda: ann.me is None)
    ben["lens"].move(2.0, 2.0)
    await ben.flush()
    ann["lens"].move(1.0, 1.0)
    network.up = True


def test_no_conflict_is_an_empty_list() -> None:
    async def main() -> None:
        async with two() as (ann, _, _):
            ann["lens"].rotate(45.0)
            assert await ann.flush() == []
            assert await ann.flush(strict=True) == []

    run(main())


def test_edit_that_replaced_an_unseen_one(caplog: pytest.LogCaptureFixture) -> None:
    """SEEN-3: arrival decides; both scripts get one report."""

    async def main() -> None:
        async with two() as (ann, ben, network):
            await move_behind(ann, ben, network)
            [mine] = await ann.flush()
            assert (mine.id, mine.name, mine.properties) == ("lens", "Lens 1", ["pos"])
            assert (mine.mine, mine.theirs) == ({"pos": [1.0, 1.0]}, {"pos": [2.0, 2.0]})
            assert (mine.by, mine.stands) == ("Ben", "mine")
            await until(lambda: ben["lens"]["pos"] == [1.0, 1.0])
            [theirs] = await ben.flush()
            assert (theirs.by, theirs.stands, theirs.mine) == ("Ann", "theirs", {"pos": [2.0, 2.0]})
            assert json.loads(json.dumps([mine, theirs])) == [list(mine), list(theirs)]
            assert [await ann.flush(), await ben.flush()] == [[], []]
            warned.extend([mine.sentence, f"✗ {theirs.sentence}"])

    warned: list[str] = []
    run(main())
    assert sorted(warned) == sorted(
        one.getMessage() for one in caplog.records if one.levelno == logging.WARNING
    )


def test_edit_made_away_is_not_applied(caplog: pytest.LogCaptureFixture) -> None:
    """SEEN-4, SEEN-5: a warning names it, and it is not tried again; a script that insists repeats it."""

    async def main() -> None:
        async with two() as (ann, ben, network):
            await move_away(ann, ben, network)
            [conflict] = await ann.flush()
            assert (conflict.by, conflict.stands) == ("Ben", "theirs")
            assert ann["lens"]["pos"] == [2.0, 2.0]
            assert f"✗ {conflict.sentence}" in caplog.messages
            assert conflict.mine is not None
            ann["lens"].update(conflict.mine)
            assert await ann.flush() == []
            await until(lambda: ben["lens"]["pos"] == [1.0, 1.0])

    run(main())


def test_strict_raises_after_everything_is_acknowledged() -> None:
    async def main() -> None:
        async with two() as (ann, ben, network):
            await move_away(ann, ben, network)
            ann["lens"].rotate(45.0)
            ann.put("mirror", "component", {})
            with pytest.raises(EditsInConflict) as caught:
                await ann.flush(strict=True)
            [conflict] = caught.value.conflicts
            assert str(caught.value) == f"There were 1 conflict with others' edits: {conflict.sentence}"
            assert conflict.stands == "theirs"
            await until(lambda: ben["lens"]["angle_deg"] == 45.0 and "mirror" in ben)
            assert await ann.flush(strict=True) == []

    run(main())


def test_refusal_comes_before_conflicts_and_hides_none() -> None:
    """REP-8: an error reports what was refused; the next call returns the conflicts."""

    async def main() -> None:
        async with two(Limits(records=1)) as (ann, ben, network):
            await move_behind(ann, ben, network)
            ann.put("mirror", "component", {})
            with pytest.raises(CollaborationError, match="refused 1 change"):
                await ann.flush(strict=True)
            [conflict] = await ann.flush()
            assert conflict.id == "lens"

    run(main())


def test_what_is_imported_yields() -> None:
    """SEEN-5: edits that arrived meanwhile are not replaced, since the import had not seen them."""

    async def main() -> None:
        async with two() as (ann, ben, network):
            network.stall()
            ben.put("mirror", "component", {"name": "Ben's", "notes": "aligned"})
            await ben.flush()
            records = {"mirror": Record("mirror", "component", {"name": "from a file", "pos": [1.0, 2.0]})}
            network.resume()
            plan = await ann.import_records(records)
            assert plan.added == 1
            [conflict] = await ann.flush()
            assert (conflict.id, conflict.mine, conflict.stands) == (
                "mirror",
                records["mirror"].props,
                "theirs",
            )
            assert ann.record("mirror").props == {"name": "Ben's", "notes": "aligned"}

    run(main())


def test_all_changes_of_a_run_are_one_step() -> None:
    """PUSH-8, PRES-18."""

    async def main() -> None:
        async with live_server() as server, server.client("raw") as raw:
            await raw.sync("raw")
            for _ in range(2):
                async with connect(server.url) as bench:
                    assert [one.script for one in bench.participants] == [False, True]
                    bench.put("lens", "component", {})
                    await bench.import_records({"mirror": Record("mirror", "component", {})}, replace=True)
                    bench.remove("mirror")
            steps: list[str] = []
            while len(steps) < 6:
                steps += [change["step"] for change in (await raw.receive("patch"))["changes"]]
            first, second = dict.fromkeys(steps)
            assert first
            assert second

    run(main())


def test_conflicts_that_nobody_asks_for_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest are kept; all are in the log."""
    monkeypatch.setattr("optiverse_collab.scripting.unacknowledged.CONFLICTS", 1)

    async def main() -> None:
        async with two() as (ann, ben, network):
            for x in (1.0, 2.0):
                await move_behind(ann, ben, network)
                await ann.import_records({})
                ben["lens"].rotate(x)
                await until(lambda x=x: ann["lens"]["angle_deg"] == x)  # type: ignore[misc]
            assert len(await ann.flush()) == 1

    run(main())
