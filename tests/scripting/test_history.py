"""What scripts can read of a session's history: HIST-6 to HIST-8."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from optiverse_collab.core.client import past as client_past
from optiverse_collab.core.client.past_effects import BenchReplaced, EntriesUnavailable, PastArrived, Span
from optiverse_collab.core.records import Put, Record, Remove, Set
from optiverse_collab.errors import CollaborationError
from optiverse_collab.scripting import AsyncBench, Bench, connect
from optiverse_collab_server import past
from optiverse_collab_server.storage import MemoryStore, StoredEntries
from optiverse_collab_server.storage import Span as StoredSpan
from tests.helpers.aio import run, until
from tests.helpers.live_server import live_server
from tests.helpers.proxy import proxy
from tests.helpers.server_process import ServerProcess

pytestmark = pytest.mark.usefixtures("quick")

ASK_EVERY_MS = client_past.ASK_EVERY_MS


async def edit_thrice(bench: AsyncBench) -> None:
    """Make three changes."""
    for number in range(3):
        bench.edit([Put("lens", "component", {"x": number}), Put(f"r{number}", "component")])
        await bench.flush()


def test_steps_have_their_author_time_and_records() -> None:
    """HIST-8: what a script does in one run is one step."""

    async def main() -> None:
        begun = datetime.now().astimezone()
        async with live_server() as server:
            async with connect(server.url, user="Ana") as ana:
                await edit_thrice(ana)
            async with connect(server.url, user="Ben") as ben:
                ben.edit([Remove("lens"), Set("r0", {"x": 1})])
                await ben.flush()
                first, second = await ben.history()
                assert (first.author, first.first, first.last) == ("Ana", 1, 3)
                assert (second.author, second.first, second.last) == ("Ben", 4, 4)
                lens = Record("lens", "component", {"x": 2})
                assert ("lens", None, lens) in first.edits
                assert second.edits[0] == ("lens", lens, None)
                assert await ben.history(since=begun - timedelta(minutes=1)) == [first, second]
                assert await ben.history(since=begun + timedelta(minutes=1)) == []
                [middle] = await ben.history(after=1, until=2)
                assert (middle.first, middle.last) == (2, 2)

    run(main())


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Little waiting between two requests; the server has to be done with one before the next (HIST-4)."""
    monkeypatch.setattr(client_past, "ASK_EVERY_MS", 50)
    monkeypatch.setattr(past, "EVERY_MS", 1)


def test_a_span_has_the_benches_around_it() -> None:
    async def main() -> None:
        async with live_server() as server, connect(server.url) as bench:
            await edit_thrice(bench)
            span = await bench.past(after=1, until=2)
            assert span.start == await bench.at(1)
            assert span.end == await bench.at(2)
            assert [(step.first, step.last) for step in span.steps] == [(2, 2)]
            assert span.is_whole
            now = dict(bench.records)
            assert await bench.past(after=3) == (now, now, [], True)

    run(main())


def test_a_span_says_whether_its_beginning_was_dropped() -> None:
    """HIST-7: what was made too early doesn't count."""
    dropped = 0

    class Dropping(MemoryStore):
        async def load_entries(self, session_id: str, span: StoredSpan) -> StoredEntries | None:
            return await super().load_entries(session_id, span._replace(after=max(span.after, dropped)))

    async def main() -> None:
        nonlocal dropped
        async with live_server(Dropping()) as server, connect(server.url) as bench:
            await edit_thrice(bench)
            early, late = (datetime.now().astimezone() + timedelta(days=days) for days in (-1, 1))
            assert [(await bench.past(since=since)).is_whole for since in (None, early, late)] == [True] * 3
            dropped = 2
            whole = [await bench.past(since=since) for since in (None, early, late)]
            assert [span.is_whole for span in whole] == [False, False, True]
            assert whole[1].start == await bench.at(2)

    run(main())


def test_long_histories_are_read_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """HIST-7"""
    monkeypatch.setattr(past, "ENTRIES_BYTES", 1)

    async def main() -> None:
        async with live_server() as server, connect(server.url) as bench:
            await edit_thrice(bench)
            [step] = await bench.history()
            assert (step.first, step.last, len(step.edits)) == (1, 3, 4)

    run(main())


def test_what_can_not_be_read_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """HIST-3: even if a part is missing in the middle."""
    monkeypatch.setattr(past, "ENTRIES_BYTES", 1)

    class Dropping(MemoryStore):
        async def load_entries(self, session_id: str, span: StoredSpan) -> StoredEntries | None:
            later = span._replace(after=span.after + (span.after == 1))
            return await super().load_entries(session_id, later)

    async def main() -> None:
        async with live_server(Dropping()) as server, connect(server.url) as bench:
            await edit_thrice(bench)
            with pytest.raises(CollaborationError, match="no such change"):
                await bench.history(after=9, until=10)
            with pytest.raises(CollaborationError, match="dropped a part"):
                await bench.history()

    run(main())


def test_answers_to_other_questions_are_passed_over() -> None:
    """Two parts of a script may ask at the same time."""

    async def main() -> None:
        async with live_server() as server, connect(server.url) as bench:
            await edit_thrice(bench)
            waiting = bench.listen(PastArrived, EntriesUnavailable)
            bench._session.past.ask(0)
            bench._session.past.ask(Span(99))
            [step] = await bench.history()
            assert step.last == 3
            assert [type(effect) for effect in await waiting.wait()] == [
                PastArrived,
                EntriesUnavailable,
                PastArrived,
            ]

    run(main())


def test_it_works_without_asyncio(
    server: ServerProcess, session_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_past, "ASK_EVERY_MS", ASK_EVERY_MS)  # the server is another process
    with Bench(server.url, session=session_id) as bench:
        bench.put("lens", "component", {})
        bench.flush()
        [step] = bench.history()
        assert step.edits == (("lens", None, Record("lens", "component", {})),)
        assert bench.past().steps == [step]


def test_a_bench_is_restored_in_one_step() -> None:
    """PUSH-9: everybody reads who restored it; restoring a part of it is an edit like any other."""

    async def main() -> None:
        async with live_server() as server, connect(server.url, user="Ben") as ben:
            await edit_thrice(ben)
            async with connect(server.url, user="Ana") as ana:
                heard = ben.listen(BenchReplaced)
                assert await ana.restore(2, ["lens"], ["x"]) == []
                assert ana["lens"]["x"] == 1
                assert await ana.restore(1) == []
                assert dict(ana.records) == await ana.at(1)
                assert {(one.by, one.restores) for one in await heard.wait()} == {("Ana", True)}
                assert await ana.restore(1) == []

    run(main())


def test_what_others_do_meanwhile_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """SEEN-5: and it is reported as a conflict."""

    async def main() -> None:
        async with (
            live_server() as server,
            proxy(server.port) as network,
            connect(server.url, user="Ben") as ben,
            connect(network.url, user="Ana") as ana,
        ):
            ben.put("lens", "component", {"x": 0})
            await ben.flush()
            await until(lambda: ana.clock == 1)

            async def read_slowly(clock: int) -> dict[str, Record]:
                network.to_client.flowing.clear()
                ben["lens"]["x"] = 2
                await ben.flush()
                asyncio.get_running_loop().call_later(0.1, network.resume)
                return {"lens": Record("lens", "component", {"x": 1})}

            monkeypatch.setattr(ana._past, "bench", read_slowly)
            [conflict] = await ana.restore(1)
            assert (conflict.stands, conflict.mine, conflict.by) == ("theirs", {"x": 1}, "Ben")
            assert ana["lens"]["x"] == ben["lens"]["x"] == 2

    run(main())


def test_the_second_of_two_restores_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """HIST-9: its author had not seen the first."""

    async def main() -> None:
        async with (
            live_server() as server,
            proxy(server.port) as network,
            connect(server.url, user="Ben") as ben,
            connect(network.url, user="Ana") as ana,
        ):
            await edit_thrice(ben)
            await until(lambda: ana.clock == 3)

            async def read_slowly(clock: int) -> dict[str, Record]:
                network.to_client.flowing.clear()
                await ben.restore(1)
                asyncio.get_running_loop().call_later(0.1, network.resume)
                return {"lens": Record("lens", "component", {"x": 1})}

            monkeypatch.setattr(ana._past, "bench", read_slowly)
            with pytest.raises(CollaborationError, match="restored an earlier bench"):
                await ana.restore(2)
            assert dict(ana.records) == await ben.at(1)

    run(main())
