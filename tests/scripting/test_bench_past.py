"""What scripts can read of the past, and what others see when a script replaces something: HIST, PUSH-9."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client.past_effects import BenchReplaced
from optiverse_collab.core.records import Record, Remove
from optiverse_collab.errors import CollaborationError
from optiverse_collab.scripting import Bench, connect
from tests.helpers.aio import run
from tests.helpers.live_server import live_server
from tests.helpers.server_process import ServerProcess


def lens(**props: object) -> Record:
    """A lens."""
    return Record("lens", "component", props)


def test_the_bench_at_a_clock() -> None:
    """HIST-2, HIST-3"""

    async def main() -> None:
        async with live_server() as server, connect(server.url) as bench:
            bench.put("lens", "component", {"pos": [1.0, 2.0]})
            await bench.flush()
            clock = bench.clock
            bench.edit([Remove("lens")])
            await bench.flush()
            assert await bench.at(clock) == {"lens": lens(pos=[1.0, 2.0])}
            with pytest.raises(CollaborationError, match="no such change"):
                await bench.at(clock + 9)

    run(main())


def test_it_works_without_asyncio(server: ServerProcess, session_id: str) -> None:
    with Bench(server.url, session=session_id) as bench:
        bench.put("lens", "component", {})
        bench.flush()
        assert list(bench.at(bench.clock)) == ["lens"]
        assert bench.at(0) == {}


def test_an_import_that_overwrites_is_announced() -> None:
    """PUSH-9: and one that only adds items is not."""

    async def main() -> None:
        async with live_server() as server, connect(server.url) as bench, connect(server.url) as other:
            heard = other.listen(BenchReplaced)
            await bench.import_records({"lens": lens(a=1)}, replace=True)
            await bench.import_records({"lens": lens(a=1)}, replace=True)
            before = bench.clock
            await bench.import_records({"lens": lens(a=2), "new": Record("new", "k", {})}, replace=True)
            [told] = await heard.wait(10)
            assert ([one.id for one in told.changed], [one.id for one in told.added]) == (["lens"], ["new"])
            assert told.clock - 1 == before
            assert await other.at(told.clock - 1) == {"lens": lens(a=1)}

    run(main())
