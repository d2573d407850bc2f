"""An editor's connection from start to end: its log and all signals, over real sockets (see `traces`)."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from PyQt6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.connector import Connector
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.protocol.ways import Ways
from optiverse_collab.core.records import Put
from optiverse_collab.drivers.qt import driver as driver_module
from optiverse_collab.drivers.qt.service import CollaborationService
from tests.drivers.play import Play
from tests.drivers.traces import NO_ANSWER_S, TRACES, Trace
from tests.helpers.attempt import DEADLINE_MS
from tests.helpers.scripted_server import ScriptedServer, scripted_server

Chance = Callable[[], float]


class EditorPlay(Play):
    """An editor in a session.

    Attributes:
        signals: the emitted signals, except for the log and the quality.
        lines_after_the_end: lines logged after the session ended.
    """

    def __init__(
        self, trace: Trace, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, parent: QObject
    ) -> None:
        super().__init__(trace, server, monkeypatch)
        self.signals: list[str] = []
        self.lines_after_the_end: list[str] = []
        self.service = service = CollaborationService(parent, lambda: 0.0)
        heard = self.signals.append
        service.logged.connect(self._on_logged)
        service.connected.connect(lambda: heard("connected"))
        service.disconnected.connect(lambda: heard("disconnected"))
        service.message_received.connect(lambda text: heard(f"message {json.loads(text)['type']}"))
        service.user_joined.connect(lambda name: heard(f"joined {name}"))
        service.user_left.connect(lambda name: heard(f"left {name}"))
        service.error_occurred.connect(lambda sentence: heard(f"error {sentence}"))
        service.connection_acknowledged.connect(lambda ack: heard(f"acknowledged {ack['user_id']}"))
        service.happened.connect(self._on_happened)
        service.drained.connect(lambda: heard("drained"))
        service.state_changed.connect(lambda state: heard(f"state {state.value}"))

    def run(self, qtbot: QtBot) -> None:
        """Stay in the session until it ends, or the user leaves."""
        self.service.connect_to_session(self.server_url, "default", "ann")
        qtbot.waitUntil(lambda: not self.service.state.in_session, timeout=DEADLINE_MS)

    def soon(self, what: str | int) -> None:
        QTimer.singleShot(0, lambda: self.do(what))

    def wake_up(self) -> None:
        assert self.service._driver is not None
        self.service._driver._on_woke()

    def edit(self) -> None:
        assert self.service.session is not None
        self.service.session.replica.edit([Put("lens", "component", {"name": "Lens 1"})])
        self.service.wake()

    def leave(self) -> None:
        self.service.disconnect_from_session()

    def _on_logged(self, level: int, text: str) -> None:
        if not {"state offline", "state failed"}.isdisjoint(self.signals):
            self.lines_after_the_end.append(text)
        self.log(level, text)

    def _on_happened(self, effect: fx.SessionEffect) -> None:
        self.signals.append(f"happened {type(effect).__name__}")


@pytest.mark.parametrize("trace", TRACES, ids=lambda trace: trace.name)
def test_trace(qtbot: QtBot, owner: QObject, monkeypatch: pytest.MonkeyPatch, trace: Trace) -> None:
    with (
        pytest.MonkeyPatch.context() as impatience,
        scripted_server(*trace.acts, tls=trace.tls, away=trace.away) as server,
    ):

        def connector(
            session: SessionClient, chance: Callable[[], float], ways: Ways, patient: bool
        ) -> Connector:
            assert (patient, len(ways)) == (True, 1)
            return Connector(session, chance, ways, trace.patient, NO_ANSWER_S)

        impatience.setattr(driver_module, "Connector", connector)
        play = EditorPlay(trace, server, monkeypatch, owner)
        play.run(qtbot)
        assert play.lines == [play.told(line) for line in (*trace.lines, *trace.verdict, *trace.unsent)]
        assert play.signals == [play.told(signal) for signal in trace.signals]
        # A window releases its host when the session ends, so all reports must come before.
        assert play.lines_after_the_end == []
