"""Runs a session on Qt: opens WebSockets and starts timers as the session's connector asks."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable, Sequence

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot

from optiverse_collab.core.client.access_effects import WaitsOutside
from optiverse_collab.core.client.connection_effects import (
    CloseConnection,
    ConnectionEffect,
    ConnectionLost,
    ConnectorEffect,
    DropConnection,
    Ended,
    OpenConnection,
    ProbeTls,
    RetryAfter,
)
from optiverse_collab.core.client.connector import ConnectionState, Connector, Effect, Outage
from optiverse_collab.core.client.credentials import Credentials
from optiverse_collab.core.client.effects import Acknowledged, Conflict, SessionEffect, Synced, Transmit
from optiverse_collab.core.client.failures import Failure
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.protocol.parcels import ParcelsReturned
from optiverse_collab.core.protocol.ways import Ways
from optiverse_collab.drivers.qt.connection import Connection
from optiverse_collab.drivers.qt.disk_writer import DiskWriter, Store
from optiverse_collab.drivers.qt.quality_watch import QualityWatch, now_ms
from optiverse_collab.drivers.qt.timers import single_shot
from optiverse_collab.drivers.qt.tls_probe import TlsProbe
from optiverse_collab.drivers.qt.wake_up import WakeUp
from optiverse_collab.wording import connection as wording
from optiverse_collab.wording import log_lines
from optiverse_collab.wording.attempts import AttemptLog
from optiverse_collab.wording.traffic import Traffic


class QtDriver(QObject):
    """Runs a `SessionClient` over one connection after the other, on the GUI thread, until its end.

    Args:
        session: the core's client.
        session_id: the session's name, for the log.
        ways: the WebSocket of the server, and that of its standby if it has one.
        chance: returns random numbers from 0 to 1 for the waits between attempts.
        parent: the parent of the connections, which may outlive the driver while they close.
        store: keeps the replica; without one, unsent edits are lost when the program ends.

    Attributes:
        state: the state of the connection.
        quality: the quality of the connection.
        failure: why there will be no other attempt; None while there may be one, and if the user left.
        offline_since: when the connection was lost, in s since 1970 UTC; None while there is one.

    Signals:
        received: JSON text from the server, before it is processed.
        happened: an effect that is not about the connection.
        drained: the server has stored all edits of this client.
        state_changed: the new `ConnectionState`.
        failed: a sentence: there is no connection, and there will be no other attempt.
        disconnected: an admitted connection has ended.
        outage_changed: a connection was lost, an attempt failed or began, or there is a connection again.
        logged: level (of `logging`) and text of a line for the log.
    """

    received = pyqtSignal(str)
    happened = pyqtSignal(object)
    drained = pyqtSignal()
    state_changed = pyqtSignal(object)
    failed = pyqtSignal(str)
    disconnected = pyqtSignal()
    outage_changed = pyqtSignal()
    logged = pyqtSignal(int, str)

    def __init__(
        self,
        session: SessionClient,
        session_id: str,
        ways: Ways,
        chance: Callable[[], float],
        parent: QObject,
        store: Store | None = None,
    ) -> None:
        super().__init__(parent)
        self._ways, self._way = ways, ways[0]
        self.state = ConnectionState.OFFLINE
        self.quality = QualityWatch(session.line.meter, self)
        self.failure: Failure | None = None
        self.offline_since: float | None = None
        self._session, self._parent = session, parent
        self._connector = Connector(session, chance, ways, patient=True)
        self._connection: Connection | None = None
        self._probe: TlsProbe | None = None
        self._is_in, self._traffic = False, Traffic()
        self._attempts = AttemptLog(session_id, ways)
        self._due = single_shot(self, self.send_due)
        self._timer = single_shot(self, self._on_timer)
        self._wake_up = WakeUp(self)
        self._wake_up.woke.connect(self._on_woke)
        self._disk = DiskWriter(session.replica, store, self) if store is not None else None
        if self._disk is not None:
            self._disk.happened.connect(self._on_disk)
            self._disk.written.connect(self.send_due)
            self._disk.found.connect(self._on_found)  # from another thread, so Qt queues it
            self.happened.connect(self._disk.carry)

    def join(self) -> None:
        """Start the first attempt."""
        self._wake_up.start()
        self._perform(self._connector.join())

    def leave(self) -> None:
        """Leave the session. Waiting messages are still sent, if there is a connection."""
        if self._disk is not None:
            self._disk.end()
        self.flush()
        self._perform(self._connector.leave())

    def wake(self) -> None:
        """The session may have something to send, or to write: an edit, presence."""
        self._due.start(0)
        self._write()

    def flush(self) -> None:
        """Send everything that waits, however recent the last push."""
        self._perform(self._session.flush(now_ms()))
        self._write()

    def retry_now(self) -> None:
        """Cut a wait for the next attempt short."""
        self._perform(self._connector.retry_now())

    def move(self, ways: Ways, credentials: Credentials) -> None:
        """Go to the server where the session is now."""
        self._perform(self._connector.move(ways, credentials))

    @property
    def next_attempt_ms(self) -> int | None:
        """How long until the next attempt; None if none is scheduled."""
        return self._timer.remainingTime() if self._connector.is_waiting else None

    @property
    def outage(self) -> Outage | None:
        """Why there is no connection; None if there is one, or none is wanted."""
        return self._connector.outage

    @pyqtSlot()
    def _on_stirred(self) -> None:
        self._session.line.stirred()

    @pyqtSlot(str)
    def _on_received(self, text: str) -> None:
        connection, replica = self._connection, self._session.replica
        self.received.emit(text)
        waited = bool(replica.pending)
        self._perform(self._connector.receive(text, now_ms()))
        if self._connection is not connection:  # it ended with this, or a slot left the session
            return
        if waited and not replica.pending:
            self.drained.emit()
        self.send_due()

    @pyqtSlot(object)
    def _on_over(self, failure: Failure) -> None:
        self._perform(self._connector.failed(failure))

    @pyqtSlot(bool)
    def _on_probed(self, speaks_tls: bool) -> None:
        self._perform(self._connector.probed(speaks_tls))

    @pyqtSlot()
    def _on_timer(self) -> None:
        self._perform(self._connector.timer_due())

    @pyqtSlot()
    def _on_woke(self) -> None:
        self._perform(self._connector.woke(now_ms()))
        self.wake()

    @pyqtSlot()
    def send_due(self) -> None:
        """Send and write what is due, and start the timer for the next time."""
        if self._connection is not None:
            self._session.line.written(self._connection.backlog)
            self.quality.used()
        self._perform(self._connector.poll(now_ms()))
        self._write()
        if self._connection is not None and (wait_ms := self._connector.wait_ms(now_ms())) is not None:
            self._due.start(max(1, round(wait_ms)))

    # The disk

    def _write(self) -> None:
        if self._disk is not None:
            self._disk.poll()

    @pyqtSlot(object)
    def _on_disk(self, effect: SessionEffect) -> None:
        self._log(log_lines.lines(effect, self._session.replica.view))
        self.happened.emit(effect)

    @pyqtSlot(object)
    def _on_found(self, parcels: ParcelsReturned) -> None:
        self._perform([Transmit(parcels)])

    # Effects

    def _perform(self, effects: Sequence[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, ConnectionEffect):
                self._act(effect)
            elif self._connection is not None:  # a slot for the previous effect may have left the session
                self._carry_out(effect, self._connection)
        if self._is_in and self._session.me is None:
            self._is_in = False
            self.disconnected.emit()

    def _carry_out(self, effect: SessionEffect, connection: Connection) -> None:
        self._log(self._traffic.lines(effect, now_ms()))
        if not isinstance(effect, Conflict):  # the display reports it once it is quiet
            self._log(log_lines.lines(effect, self._session.replica.view))
        if isinstance(effect, Transmit):
            connection.send(effect.text)
            return
        if isinstance(effect, Acknowledged):
            self._is_in = True
            self._attempts.connected()
            self.quality.connected()
            self._show_state()
        elif isinstance(effect, (Synced, WaitsOutside)):
            self._show_state()
            self._show_outage()
        self.happened.emit(effect)

    def _act(self, effect: ConnectorEffect) -> None:
        """Carry out effects on the connection."""
        self._log([*self._traffic.take(now_ms()), *self._attempts.lines(effect)])
        if isinstance(effect, OpenConnection):
            self._way = self._ways[effect.place]
            self._open(effect.timeout_s)
        elif isinstance(effect, ProbeTls):
            self._ask_for_tls(effect.timeout_s)
        elif isinstance(effect, RetryAfter):
            self._start_timer(effect.seconds)
            self._show_state()
            self._show_outage()
        elif isinstance(effect, (DropConnection, CloseConnection)):
            self._let_go(polite=isinstance(effect, CloseConnection))
        elif isinstance(effect, ConnectionLost):
            self._log([wording.noticed(effect.failure, traceback.format_stack(limit=12))])
        elif isinstance(effect, Ended):
            self._wake_up.stop()
            self.failure = effect.failure
            self._log(log_lines.unsent(self._session.replica, self._disk is not None and self._disk.protects))
            self._show_state()
            self._show_outage()
            if effect.failure is not None:
                self.failed.emit(wording.ending(effect, self._way.url))

    def _open(self, timeout_s: float) -> None:
        self._show_state()
        self._start_timer(timeout_s)
        self._show_outage()
        way, token = self._way, self._session.credentials.token or None
        connection = self._connection = Connection(way.url, self._parent, token, way.pin)
        connection.stirred.connect(self._on_stirred)
        connection.received.connect(self._on_received)
        connection.over.connect(self._on_over)
        connection.open()

    def _ask_for_tls(self, timeout_s: float) -> None:
        self._start_timer(timeout_s)
        self._probe = TlsProbe(self._way.url, self)
        self._probe.answered.connect(self._on_probed)
        self._probe.start()

    def _let_go(self, polite: bool) -> None:
        """Drop the connection, if there is one, the question about TLS, and the timers."""
        connection, self._connection = self._connection, None
        probe, self._probe = self._probe, None
        if probe is not None:
            probe.drop()
        if connection is not None:
            (connection.close if polite else connection.drop)()
        self._timer.stop()
        self._due.stop()
        self.quality.disconnected()

    def _show_state(self) -> None:
        if self._connector.state is not self.state:
            self.state = self._connector.state
            self.state_changed.emit(self.state)

    def _show_outage(self) -> None:
        was_offline = self.offline_since is not None
        self.offline_since = (self.offline_since or time.time()) if self._connector.outage else None
        if was_offline or self.offline_since is not None:
            self.outage_changed.emit()

    def _start_timer(self, seconds: float) -> None:
        self._timer.start(round(seconds * 1000))

    def _log(self, lines: Iterable[log_lines.Line]) -> None:
        for line in lines:
            self.logged.emit(line.level, line.text)
