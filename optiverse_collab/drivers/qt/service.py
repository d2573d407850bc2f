"""The service with which a window joins sessions, one after the other."""

from __future__ import annotations

import logging
import random
import secrets
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import msgspec
from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot

from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.client.credentials import Credentials
from optiverse_collab.core.client.failures import Failure, FailureKind
from optiverse_collab.core.client.own_presence import Privacy
from optiverse_collab.core.client.past_effects import Span
from optiverse_collab.core.client.people import Introduction
from optiverse_collab.core.client.quality import Grade, Quality
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.protocol.ways import Ways, ways_to
from optiverse_collab.drivers.qt.disk_writer import Store
from optiverse_collab.drivers.qt.driver import QtDriver
from optiverse_collab.errors import ChangeRefused
from optiverse_collab.wording import connection as wording
from optiverse_collab.wording import log_lines


class Outage(NamedTuple):
    """Why there is no connection.

    Attributes:
        since: when it was lost, in s since 1970 UTC.
        cause: how it was lost, or how the first attempt failed, in a sentence.
        latest: the last failure: the cause, or how the last attempt failed.
        host: the person whose editor ran the server and was closed; empty otherwise.
    """

    since: float
    cause: str
    latest: str
    host: str = ""


class CollaborationService(QObject):
    """Joins a session, and reports its events.

    If the first attempt fails, it ends with an error; a connection that has synchronised is restored,
    with growing waits (docs/protocol.md: MSG, HB, CONN and CLOSE rules).

    Args:
        chance: gives numbers from 0 to 1 for the waits between attempts.

    Attributes:
        session: the core's client; None before the first `connect_to_session`.

    Signals:
        connected: the server admitted us.
        disconnected: an admitted connection has ended; `state` says whether another one will follow.
        message_received: JSON text from the server, before it is processed.
        user_joined: name of a participant who joined.
        user_left: name of a participant who left.
        error_occurred: a sentence: there is no connection, and there will be no other attempt.
        connection_acknowledged: the server's greeting, as in MSG-1.
        happened: an effect of the core's that is not for the wire.
        drained: the server has stored all that was edited here.
        state_changed: the new `ConnectionState`.
        quality_changed: the new `Quality`, at most once a second.
        outage_changed: a connection was lost, an attempt failed or began, or there is a connection again.
        saving_changed: the server has stopped saving for now, or saves again; the same for its standby.
        standby_found: the server has told where its standby is, or that there is none.
        edit_denied: the user lacks the right for an edit, and the window reverts it.
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
    outage_changed = pyqtSignal()
    standby_found = pyqtSignal()
    saving_changed = pyqtSignal()
    edit_denied = pyqtSignal()
    logged = pyqtSignal(int, str)

    def __init__(self, parent: QObject, chance: Callable[[], float] = random.random) -> None:
        super().__init__(parent)
        self.session: SessionClient | None = None
        self.introduction: Introduction | None = None
        self._privacy = Privacy()
        self._chance = chance
        self._driver: QtDriver | None = None
        self._ways = Ways()

    @property
    def state(self) -> ConnectionState:
        """The state of the connection."""
        return self._driver.state if self._driver is not None else ConnectionState.OFFLINE

    @property
    def failure(self) -> Failure | None:
        """Why there will be no other attempt; None while there may be one, and if the user left."""
        return self._driver.failure if self._driver is not None else None

    @property
    def quality(self) -> Quality:
        """The quality of the connection."""
        return self._driver.quality.quality if self._driver is not None else Quality(Grade.OFFLINE)

    @property
    def outage(self) -> Outage | None:
        """Why there is no connection, and since when; None if there is one, or none is wanted."""
        driver = self._driver
        if driver is None or driver.outage is None or driver.offline_since is None:
            return None
        cause, why = (wording.sentence(failure, self._ways[0].url) for failure in driver.outage)
        latest = driver.outage.latest
        host = latest.detail if latest.kind is FailureKind.HOST_LEFT else ""
        return Outage(driver.offline_since, cause, why, host)

    @property
    def address(self) -> str:
        """The servers of the session, as `Address.remembered`; empty before the first one."""
        return self._ways.address if self._ways else ""

    @property
    def next_attempt_ms(self) -> int | None:
        """How long until the next attempt; None if none is waited for."""
        return self._driver.next_attempt_ms if self._driver is not None else None

    @property
    def unsent(self) -> int:
        """How many changes the server has not acknowledged."""
        return len(self.session.replica.pending) if self.session is not None else 0

    @property
    def sendable(self) -> int:
        """How many of them may be sent: the others wait for a right (RIGHT-2)."""
        return self.unsent - self.session.replica.rights.withheld if self.session is not None else 0

    def retry_now(self) -> None:
        """Connect now, if an attempt is scheduled."""
        if self._driver is not None:
            self._driver.retry_now()

    def connect_to_session(
        self,
        server_url: str,
        session_id: str,
        user_id: str,
        replica: Replica | None = None,
        store: Store | None = None,
        credentials: Credentials | None = None,
    ) -> None:
        """Join a session, after leaving the previous one.

        Args:
            server_url: ``ws://host:port``, with the server's pin and its standby in the fragment, if known.
            session_id: name of the session.
            user_id: name that others see.
            replica: the saved document, with unacknowledged changes; a new one if not given.
            store: keeps it until the user leaves the session; it is not closed then. Without one, unsent
            edits are lost when the program ends. credentials: our tokens, if the server asks for one.

        Raises:
            AddressError: one of them can't be used; nothing was done.
        """
        ways = ways_to(server_url, session_id, user_id)
        self._ways = ways
        self.disconnect_from_session()
        if self._driver is not None:
            self._driver.deleteLater()
        replica = replica or Replica(secrets.token_hex(16))
        self.session = SessionClient(user_id, replica, credentials)
        self.session.mine.hide(self._privacy)
        if self.introduction is not None:
            self.session.people.introduce(self.introduction)
        self._driver = driver = QtDriver(self.session, session_id, ways, self._chance, self, store)
        driver.received.connect(self.message_received)
        driver.happened.connect(self._on_happened)
        driver.happened.connect(self.happened)
        driver.drained.connect(self.drained)
        driver.state_changed.connect(self.state_changed)
        driver.failed.connect(self.error_occurred)
        driver.disconnected.connect(self.disconnected)
        driver.logged.connect(self.logged)
        driver.outage_changed.connect(self.outage_changed)
        driver.quality.changed.connect(self.quality_changed)
        driver.join()

    def move(self, server_url: str, session_id: str, credentials: Credentials) -> None:
        """Go on with the same session on another server.

        Args:
            server_url, session_id: as for `connect_to_session`.
            credentials: our tokens there.

        Raises:
            AddressError: one of them can't be used; nothing was done.
        """
        if self.session is not None and self._driver is not None:
            self._driver.move(ways_to(server_url, session_id, self.session.user_id), credentials)

    def disconnect_from_session(self) -> None:
        """Leave the session. What waits for the server still goes out, if there is a connection."""
        if self._driver is not None:
            self._driver.leave()

    def is_connected(self) -> bool:
        """Whether there is a connection and the server has admitted us."""
        return self.session is not None and self.session.me is not None

    def wake(self) -> None:
        """The session may have something to send: an edit, presence."""
        if self._driver is not None:
            self._driver.wake()

    def send_due(self) -> None:
        """Send what is due now: in the next turn of the event loop, the window may be painted first."""
        if self._driver is not None:
            self._driver.send_due()

    def show(self, state: Mapping[str, Any]) -> None:
        """Change the user's presence: key → value, None to remove a key."""
        if self.session is None:
            return
        try:
            self.session.show(state)
        except ChangeRefused as refusal:
            self.logged.emit(logging.DEBUG, log_lines.presence_not_sent(str(refusal)))
        self.wake()

    def flush(self) -> None:
        """Send all that waits to be sent, however short ago the last push was."""
        if self._driver is not None:
            self._driver.flush()

    def hide(self, privacy: Privacy) -> None:
        """Limit what others see, now and in later sessions."""
        self._privacy = privacy
        if self.session is not None:
            self.session.mine.hide(privacy)
            self.wake()

    def ask_past(self, wanted: int | Span) -> None:
        """Ask for the bench as it was after the change at a clock, or for the changes of a span.

        `happened` answers with `PastArrived` or `PastUnavailable`, or with `EntriesArrived` or
        `EntriesUnavailable`; after a lost connection with the next one.
        """
        if self.session is not None:
            self.session.past.ask(wanted)
            self.wake()

    @pyqtSlot(object)
    def _on_happened(self, effect: fx.SessionEffect) -> None:
        if isinstance(effect, fx.Acknowledged):
            self.connected.emit()
            self.connection_acknowledged.emit(msgspec.to_builtins(effect.ack))
        elif isinstance(effect, fx.ParticipantJoined):
            self.user_joined.emit(effect.participant.user_id)
        elif isinstance(effect, fx.ParticipantLeft):
            self.user_left.emit(effect.participant.user_id)
        elif isinstance(effect, (fx.SavingChanged, fx.StandbyMissed)):
            self.saving_changed.emit()
        elif isinstance(effect, fx.StandbyFound):
            self.standby_found.emit()
