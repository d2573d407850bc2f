"""Moments on the command line."""

from __future__ import annotations

import pytest

from optiverse_collab.cli.moments import clock_of
from optiverse_collab.errors import CollaborationError
from optiverse_collab.scripting import connect
from tests.helpers.aio import run
from tests.helpers.live_server import live_server


def test_a_moment_is_a_number_or_a_name() -> None:
    """HIST-11: no name is a number."""

    async def main() -> None:
        async with live_server() as server, connect(server.url) as bench:
            bench.put("lens", "component", {})
            version = await bench.versions.keep("good state")
            assert clock_of(bench, "Good state") == version.clock == 1
            assert clock_of(bench, "-7") == -7
            assert clock_of(bench, "12") == 12
            with pytest.raises(CollaborationError, match="no version 'bad'; `versions` lists all"):
                clock_of(bench, "bad")

    run(main())
