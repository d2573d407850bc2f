"""One participation in a session, over one connection after the other."""

from __future__ import annotations

import logging
import random
import secrets
import traceback
from collections.abc import Callable, Sequence

import msgspec
from PyQt6.QtCore import QObject, QTimer, pyqtSignal, pyqtSlot

from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.backoff import Backoff
from optiverse_collab.core.client.quality import Quality
from optiverse_collab.core.client.replica import PUSH_EVERY_MS, Replica
from optiverse_collab.core.client.session import Session
from optiverse_collab.core.client.state import State
from optiverse_collab.core.protocol.address import websocket_url
from optiverse_collab.core.protocol.codec import encode
from optiverse_collab.drivers.qt.connection import Connection
from optiverse_collab.drivers.qt.failures import Failure
from optiverse_collab.drivers.qt.quality_watch import QualityWatch, now_ms
from optiverse_collab.wording import connection as wording
from optiverse_collab.wording import log_lines


class CollaborationService(QObject):
    """Carries a `Session` of the sync core over WebSockets, on the GUI thread.

    The first attempt ends with an error if it fails; a connection that was up comes back by itself, with
    waits that grow (docs/protocol.md: MSG, HB and CLOSE rules).

    Attributes:
        session: the core's side of it; None before the first `connect_to_session`.
        state: how it stands.

    Signals:
        connected: the server let us in.
        disconnected: a connection that was let in is over; `state` says whether another one comes.
        message_received: JSON text from the server, before anything is made of it.
        user_joined: name of a participant who came.
        user_left: name of a participant who went.
        error_occurred: a sentence: there is no connection, and no other attempt comes by itself.
        connection_acknowledged: the server's greeting, as in MSG-1.
        happened: an effect of the core's that is not for the wire.
        drained: the server has stored all that was edited here.
        state_changed: the new `State`.
        quality_changed: the new `Quality`.
        logged: level (of `logging`) and text of a line for the log.
    """

    connected = pyqtSignal()
    disconnected = pyqtSignal()
    message_received = pyqtSignal(str)
    user_joined = pyqtSignal(str)
    user_left = pyqtSignal(str)
    error_occurred = pyqtSignal(str)
    connection_acknowledged = pyqtSignal(dict)
    happened = pyqtSignal(object)
    drained = pyqtSignal()
    state_changed = pyqtSignal(object)
    quality_changed = pyqtSignal(object)
    logged = pyqtSignal(int, str)

    def __init__(self, parent: QObject, backoff: Backoff | None = None) -> None:
        super().__init__(parent)
        self.session: Session | None = None
        self.state = State.OFFLINE
        self._session_id = self._url = ""
        self._backoff = backoff or Backoff(random.random)
        self._quality = QualityWatch(self)
        self._quality.changed.connect(self.quality_changed)
        self._connection: Connection | None = None
        self._opened_ms = 0.0
        self._was_synced = False
        self._due = self._timer(self._on_due)
        self._retry = self._timer(self._on_retry)

    def connect_to_session(
        self, server_url: str, session_id: str, user_id: str, replica: Replica | None = None
    ) -> None:
        """Join a session; one that was joined before is left first.

        Args:
            server_url: ``ws://host:port``.
            session_id: name of the session.
            user_id: name that others see.
            replica: the document as it was left, with what was not acknowledged; a new one if not given.

        Raises:
            AddressError: one of them can't be used; nothing was done.
        """
        url = websocket_url(server_url, session_id, user_id)
        self.disconnect_from_session()
        self._url, self._session_id = url, session_id
        self.session = Session(user_id, replica or Replica(secrets.token_hex(16)))
        self._was_synced = False
        self._attempt()

    def disconnect_from_session(self) -> None:
        """Leave the session. What waits for the server still goes out, if there is a connection."""
        if not self.state.in_session:
            return
        self.flush()
        was_in = self.is_connected()
        self._drop_connection()
        self._say(wording.left(self._session_id))
        self._end(State.OFFLINE)
        if was_in:
            self.disconnected.emit()

    @property
    def quality(self) -> Quality:
        """How well the connection does."""
        return self._quality.quality

    def is_connected(self) -> bool:
        """Whether there is a connection and the server has let us in."""
        return self.session is not None and self.session.me is not None

    def wake(self) -> None:
        """The session may have something to send: an edit, presence."""
        self._due.start(0)

    def flush(self) -> None:
        """Send all that waits to be sent, however short ago the last push was."""
        now = now_ms()
        # A push takes as much as fits into one message.
        while self.session is not None and self.session.replica.wait_ms(now) is not None:
            now += PUSH_EVERY_MS
            self._perform(self.session.replica.poll(now))

    # One connection after the other

    def _attempt(self) -> None:
        self._set_state(State.RECONNECTING if self._was_synced else State.CONNECTING)
        self._say(wording.connecting(self._url))
        connection = self._connection = Connection(self._url, self)
        connection.received.connect(self._on_received)
        connection.over.connect(self._on_over)
        self._opened_ms = 0.0
        connection.open()

    @pyqtSlot()
    def _on_retry(self) -> None:
        self._attempt()

    @pyqtSlot(str)
    def _on_received(self, text: str) -> None:
        session, connection = self.session, self._connection
        if session is None or connection is None:
            return
        if not connection.speaks_ours:
            connection.refuse()
            return
        if not self._opened_ms:
            self._opened_ms = now_ms()
            session.opened(self._opened_ms)
        self.message_received.emit(text)
        waited = bool(session.replica.pending)
        self._perform(session.receive(text, now_ms()))
        if self._connection is not connection:  # whoever heard of it left
            return
        if session.me is None:
            connection.refuse()
            return
        connection.let_in()
        if waited and not session.replica.pending:
            self.drained.emit()
        self._pump()

    @pyqtSlot(object)
    def _on_over(self, failure: Failure) -> None:
        """A connection or an attempt at one is over: try again, or give up."""
        was_in = self.is_connected()
        self._backoff.held((now_ms() - self._opened_ms) / 1000 if self._opened_ms else 0.0)
        self._drop_connection()
        if was_in:
            self._say(wording.broken(self._session_id, failure.sentence))
            trace = "".join(traceback.format_stack(limit=12))
            self._say(log_lines.Line(logging.DEBUG, f"Close code {failure.code}; noticed at:\n{trace}"))
        if failure.retry and self._was_synced:
            if not was_in:
                self._say(wording.failed(failure.sentence))
            delay_s = self._backoff.next_s()
            self._say(wording.retrying(delay_s))
            self._set_state(State.RECONNECTING)
            self._retry.start(round(delay_s * 1000))
        else:
            self._say(wording.ended() if was_in else wording.failed(failure.sentence))
            self._end(State.FAILED)
            self.error_occurred.emit(failure.sentence)
        if was_in:
            self.disconnected.emit()

    def _drop_connection(self) -> None:
        """Let go of the connection, if there is one, and of everything that was known from it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.leave()
        self._due.stop()
        if self.session is not None:
            self.session.closed()
        self._quality.disconnected()

    def _end(self, state: State) -> None:
        """No other attempt comes; what the server does not have is told."""
        self._retry.stop()
        if self.session is not None:
            for line in log_lines.unsent(self.session.replica):
                self._say(line)
        self._set_state(state)

    # The core

    @pyqtSlot()
    def _on_due(self) -> None:
        self._pump()

    def _pump(self) -> None:
        """Do what is due, and come back when the next thing is."""
        session, connection = self.session, self._connection
        if session is None or connection is None:
            return
        self._perform(session.poll(now_ms()))
        if self._connection is not connection:
            return
        self._quality.waits(session.replica)
        wait_ms = session.wait_ms(now_ms())
        if wait_ms is not None:
            self._due.start(max(1, round(wait_ms)))

    def _perform(self, effects: Sequence[fx.SessionEffect]) -> None:
        """Carry effects out."""
        for effect in effects:
            connection, session = self._connection, self.session
            if connection is None or session is None:
                return
            for line in log_lines.lines(effect, session.replica.view):
                self._say(line)
            self._quality.hear(effect)
            if isinstance(effect, fx.Transmit):
                connection.send(encode(effect.message))
            elif isinstance(effect, fx.Dead):
                connection.give_up(Failure(effect.message, retry=True, code=1006))
            elif isinstance(effect, fx.EpochChanged):
                unsent = len(session.replica.pending)
                connection.give_up(Failure(wording.epoch_changed(unsent), retry=False))
            else:
                self._notice(effect)

    def _notice(self, effect: fx.SessionEffect) -> None:
        """Tell the others in this program what happened."""
        if isinstance(effect, fx.Acknowledged):
            self._set_state(State.SYNCING)
            self.connected.emit()
            self.connection_acknowledged.emit(msgspec.to_builtins(effect.ack))
        elif isinstance(effect, fx.Came) and not effect.renamed:
            self.user_joined.emit(effect.participant.user_id)
        elif isinstance(effect, fx.Went):
            self.user_left.emit(effect.participant.user_id)
        elif isinstance(effect, fx.Synced):
            self._was_synced = True
            self._set_state(State.CONNECTED)
        self.happened.emit(effect)

    def _set_state(self, state: State) -> None:
        if state is not self.state:
            self.state = state
            self.state_changed.emit(state)

    def _say(self, line: log_lines.Line) -> None:
        self.logged.emit(line.level, line.text)

    def _timer(self, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(slot)
        return timer
