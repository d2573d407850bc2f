"""The metrics for Prometheus."""

from __future__ import annotations

import sys

import pytest
from prometheus_client.parser import text_string_to_metric_families
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.helpers.aio import run
from tests.helpers.http_get import get
from tests.helpers.live_server import LiveServer, live_server, soon
from tests.server.cli.folders import put

Values = dict[str, float]


async def values(server: LiveServer) -> Values:
    """All our metrics, by name and labels."""
    answer = await get(server.port, "/metrics")
    assert answer.status == 200
    return {
        sample.name.removeprefix("optiverse_collab_") + "".join(sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.body)
        for sample in family.samples
    }


def test_they_tell_how_many_and_how_much() -> None:
    async def main() -> None:
        async with live_server() as server:
            async with server.client("ann") as ann, server.client("bob", session="other") as bob:
                await ann.sync("a")
                await ann.push(1, put("lens"))
                await ann.push(2, put("mirror"))
                await soon(bob)
                found = await values(server)
                assert (found["sessions"], found["participants"]) == (2, 2)
                assert found["connections"] == 3, "including the connection of this request"
                assert (found["unstored_bytes"], found["sessions_waiting"]) == (0, 0)
                assert found["changes_stored_total"] == 2
                assert found["store_seconds_count"] == found["store_seconds_bucket+Inf"] >= 1
                assert found["store_seconds_sum"] < 60
                before = found["messages_total"]
                assert before >= 3
                assert found["message_chars_total"] > 100
                await soon(bob)
                assert (await values(server))["messages_total"] > before

            async def sessions() -> float:
                return (await values(server))["sessions"]

            while await sessions():
                pass

    run(main())


def test_they_tell_why_connections_were_refused_or_closed() -> None:
    async def main() -> None:
        async with live_server() as server:
            with pytest.raises(InvalidStatus):
                await connect(f"{server.url}/elsewhere")
            async with server.client("ann") as ann:
                await ann.send(b"binary")
                await ann.closed()
            found = await values(server)
            assert found["connections_refused_totalno_session"] == 1
            assert found["connections_closed_totalbinary"] == 1

    run(main())


def test_no_name_is_told() -> None:
    async def main() -> None:
        async with live_server() as server, server.client("Ann Smith", session="secret") as ann:
            await soon(ann)
            body = (await get(server.port, "/metrics")).body
            assert "secret" not in body
            assert "Smith" not in body

    run(main())


@pytest.mark.skipif(sys.platform != "linux", reason="read from /proc")
def test_memory_of_the_process_is_among_them() -> None:
    async def main() -> None:
        async with live_server() as server:
            assert (await values(server))["process_resident_memory_bytes"] > 1e6

    run(main())


def test_two_servers_in_a_process_have_their_own() -> None:
    async def main() -> None:
        async with live_server() as one, live_server() as other, one.client("ann"):
            assert (await values(one))["participants"] == 1
            assert (await values(other))["participants"] == 0

    run(main())
