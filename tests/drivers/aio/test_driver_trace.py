"""A script's connection from start to end: its log and its error, over real sockets (see `traces`)."""

from __future__ import annotations

import asyncio
import logging

import pytest

from optiverse_collab.errors import ConnectionFailed
from optiverse_collab.scripting import connect
from tests.drivers.play import Play
from tests.drivers.traces import NO_ANSWER_S, TRACES, Trace
from tests.helpers.aio import run
from tests.helpers.scripted_server import ScriptedServer, scripted_server

LOG = logging.getLogger("optiverse_collab")


class ScriptPlay(Play):
    """A script in a session.

    Attributes:
        error: the sentence with which the session ended.
    """

    def __init__(self, trace: Trace, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(trace, server, monkeypatch)
        self.error = ""
        self._bench = connect(
            self.server_url, user="ann", wait=trace.patient, timeout_s=NO_ANSWER_S, chance=lambda: 0.0
        )
        self._left = asyncio.Event()

    async def run(self) -> None:
        """Stay in the session until it ends, or the script leaves."""
        working, leaving = asyncio.create_task(self._work()), asyncio.create_task(self._left.wait())
        await asyncio.wait([working, leaving], return_when=asyncio.FIRST_COMPLETED)
        for task in (working, leaving):
            task.cancel()
        try:
            await working
        except asyncio.CancelledError:
            assert self._left.is_set()
        except ConnectionFailed as failed:
            self.error = str(failed)

    async def _work(self) -> None:
        async with self._bench as bench:
            await bench.changes().__anext__()

    def soon(self, what: str | int) -> None:
        asyncio.get_running_loop().call_soon(self.do, what)

    def wake_up(self) -> None:
        self._bench._driver._on_woke()

    def edit(self) -> None:
        self._bench.put("lens", "component", {"name": "Lens 1"})

    def leave(self) -> None:
        self._left.set()


class LogPlay(logging.Handler):
    """Passes log lines to a play."""

    def __init__(self, play: Play) -> None:
        super().__init__()
        self._play = play

    def emit(self, record: logging.LogRecord) -> None:
        self._play.log(record.levelno, record.getMessage())


@pytest.mark.parametrize("trace", TRACES, ids=lambda trace: trace.name)
def test_trace(trace: Trace, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log matches the editor's, except for the verdict, which is an error here."""

    async def main() -> ScriptPlay:
        play = ScriptPlay(trace, server, monkeypatch)
        handler = LogPlay(play)
        LOG.addHandler(handler)
        try:
            await play.run()
        finally:
            LOG.removeHandler(handler)
        return play

    caplog.set_level(logging.DEBUG, LOG.name)
    with scripted_server(*trace.acts, tls=trace.tls, away=trace.away) as server:
        play = run(main())
        assert play.lines == [play.told(line) for line in (*trace.lines, *trace.unsent)]
        assert play.error == play.told(trace.error)
